"""Metrics against Keras's own: the same data in batches, with and without weights."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.keras import metrics

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

BOUND = 2e-6
"""Keras sums in float32 and adds 1e-7 to denominators, which are at least 1 here."""
BOUNDS = {"R2Score": 2e-5}
"""Keras subtracts squares of means, which loses digits in float32."""

CASES = [
    pytest.param(entry, number, id=f"{entry.__name__}-{number}")
    for entry in metrics.Metric.registry
    if entry.__module__.startswith("tinygrad_gates")
    for number in range(len(entry.examples))
]


def drawn(entry: Any, number: int) -> tuple[Any, list[Any], Any]:
    """Return a metric, targets and predictions as float32, and whole weights for samples."""
    found = entry.examples[number]
    rng = np.random.default_rng(number)
    data = [draw.array(rng, np.float32) for draw in found.inputs]
    weights: Any = rng.integers(1, 4, len(data[0]))
    if not issubclass(entry, metrics.IoU):
        weights = (weights / 2).astype(np.float32)
    elif entry is metrics.BinaryIoU:  # where Keras takes no weights of samples, only of pairs
        weights = weights.reshape(-1, *(1,) * (data[0].ndim - 1)) * np.ones(data[0].shape, int)
    return entry(**found.arguments), data, weights


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("entry", "number"), CASES)
def test_results_are_keras_s(
    keras: Any, twin: Any, entry: Any, number: int, weighted: bool
) -> None:
    ours, data, weights = drawn(entry, number)
    if issubclass(entry, metrics.IoU) and ours.axis != -1:
        pytest.skip("Keras's own result fails for another axis than the last")
    theirs = twin(ours)
    half = len(weights) // 2
    for part in (slice(None, half), slice(half, None)):
        batch = [array[part] for array in data]
        weight = weights[part] if weighted else None
        ours.update_state(*batch, sample_weight=weight)
        theirs.update_state(*batch, sample_weight=weight)
    expected = keras.ops.convert_to_numpy(theirs.result())
    bound = BOUNDS.get(entry.__name__, BOUND)
    np.testing.assert_allclose(ours.result(), expected, rtol=bound, atol=bound)
    assert np.shape(ours.result()) == expected.shape


@pytest.mark.parametrize(("entry", "number"), CASES)
def test_configurations_are_keras_s(twin: Any, entry: Any, number: int) -> None:
    ours = entry(**entry.examples[number].arguments)
    theirs = twin(ours).get_config()
    found = ours.get_config()
    if entry.__name__ == "CosineSimilarity":
        assert found.pop("axis") == ours.axis, "Keras forgets it"
    if "label_weights" in found:
        theirs["label_weights"] = found["label_weights"]  # Keras keeps a tensor there
    assert found == theirs


@pytest.mark.parametrize(
    "name", [name for name in metrics.__all__ if name[0].isupper() and name not in ("Metric",)]
)
def test_signatures_are_keras_s(keras: Any, name: str) -> None:
    def arguments(cls: Any) -> list[tuple[str, Any]]:
        return [(p.name, p.default) for p in inspect.signature(cls).parameters.values()]

    assert arguments(getattr(metrics, name)) == arguments(getattr(keras.metrics, name))

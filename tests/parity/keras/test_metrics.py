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
    pytest.mark.filterwarnings("ignore:Explicitly requested dtype:UserWarning"),  # JAX has float32
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


SHAPES = [(1,), (6,), (6, 1), (6, 3), (1, 3), (1, 1)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "name", ["Mean", "Sum", "BinaryAccuracy", "RootMeanSquaredError", "Recall", "AUC", "R2Score"]
)
def test_weights_spread_as_keras_s(keras: Any, name: str, shape: Any) -> None:
    rng = np.random.default_rng(0)
    weight = rng.integers(1, 4, shape).astype(np.float32)
    data: list[Any] = [rng.uniform(size=(6, 3)).astype(np.float32)]
    if name not in ("Mean", "Sum"):
        data = [rng.integers(0, 2, (6, 3)).astype(np.float32), *data]
    ours, theirs = getattr(metrics, name)(), getattr(keras.metrics, name)()
    for _ in range(2):
        ours.update_state(*data, sample_weight=weight)
        theirs.update_state(*data, sample_weight=weight)
    expected = keras.ops.convert_to_numpy(theirs.result())
    np.testing.assert_allclose(ours.result(), expected, rtol=2e-5)


@pytest.mark.parametrize("aggregation", [None, "uniform_average", "variance_weighted_average"])
@pytest.mark.parametrize("predicted", [1.0, 0.75])
def test_equal_targets_score_as_in_keras(keras: Any, aggregation: Any, predicted: float) -> None:
    y_true, y_pred = np.ones((4, 2), np.float32), np.full((4, 2), predicted, np.float32)
    found = metrics.R2Score(aggregation)(y_true, y_pred)
    expected = keras.metrics.R2Score(aggregation)(y_true, y_pred)
    np.testing.assert_array_equal(found, keras.ops.convert_to_numpy(expected))


@pytest.mark.parametrize("weight", [None, [0.5, 2.0, 1.0, 0.0]])
def test_an_ignored_class_counts_as_in_keras(keras: Any, weight: Any) -> None:
    y_true, y_pred = np.array([1, 0, 2, 1]), np.full((4, 3), [0.2, 0.5, 0.3], np.float32)
    results = [
        family.SparseCategoricalCrossentropy(ignore_class=0)(y_true, y_pred, weight)
        for family in (metrics, keras.metrics)
    ]
    assert results[0] == pytest.approx(float(results[1]), rel=1e-6)


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


def test_everything_of_keras_s_is_there_with_its_arguments(keras: Any) -> None:
    def arguments(item: Any) -> list[tuple[str, Any]]:
        return [(p.name, p.default) for p in inspect.signature(item).parameters.values()]

    public = [name for name in dir(keras.metrics) if not name.startswith("_")]
    assert len(public) > 60
    for name in public:
        assert arguments(getattr(metrics, name)) == arguments(getattr(keras.metrics, name)), name

"""Losses against Keras's own: values, weights and gradients for the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value
from tinygrad_gates.keras import losses

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

BOUND = 2e-6
"""A few roundings of float32 to numbers of about 1."""
BOUNDS = {"Circle": 2e-5, "MeanAbsolutePercentageError": 1e-5}
"""Exponentials of large numbers; numbers of about 100."""

CASES = [
    pytest.param(entry, number, id=f"{entry.__name__}-{number}")
    for entry in losses.Loss.registry
    if isinstance(entry, type) and entry.__name__ in losses.__all__
    for number in range(len(entry.examples))
    if entry is not losses.Loss
]


def drawn(entry: Any, number: int) -> list[Any]:
    rng = np.random.default_rng(number)
    return [draw.array(rng, np.float32) for draw in entry.examples[number].inputs]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "sum", "none", "mean_with_sample_weight"]
)
@pytest.mark.parametrize(("entry", "number"), CASES)
def test_losses_are_keras_s(
    keras: Any, twin: Any, entry: Any, number: int, reduction: str, weighted: bool
) -> None:
    ours = entry(**{**entry.examples[number].arguments, "reduction": reduction})
    theirs = twin(ours)
    if hasattr(ours, "axis") and hasattr(theirs, "_fn_kwargs"):
        theirs._fn_kwargs["axis"] = ours.axis  # which Keras leaves out of some configurations
    y_true, y_pred = drawn(entry, number)
    each = entry(**{**entry.examples[number].arguments, "reduction": "none"})(y_true, y_pred)
    if weighted and each.ndim != 1:
        pytest.skip("Keras broadcasts weights along other axes")
    weight = np.linspace(0.5, 2, len(y_pred)).astype(np.float32) if weighted else None
    bound = BOUNDS.get(entry.__name__, BOUND)
    expected = keras.ops.convert_to_numpy(theirs(y_true, y_pred, weight))
    np.testing.assert_allclose(
        ours(y_true, y_pred, weight).numpy(), expected, rtol=bound, atol=bound
    )


@pytest.mark.parametrize(("entry", "number"), CASES)
def test_gradients_are_keras_s(keras: Any, twin: Any, entry: Any, number: int) -> None:
    torch = pytest.importorskip("torch", exc_type=ImportError)
    if keras.backend.backend() != "torch":
        pytest.skip("gradients are taken through PyTorch")
    ours = entry(**entry.examples[number].arguments)
    theirs = twin(ours)
    if hasattr(ours, "axis") and hasattr(theirs, "_fn_kwargs"):
        theirs._fn_kwargs["axis"] = ours.axis
    y_true, y_pred = drawn(entry, number)
    value = Value(y_pred)
    ours(y_true, value).sum().backward()
    tensor = torch.tensor(y_pred, requires_grad=True)
    theirs(y_true, tensor).sum().backward()
    bound = BOUNDS.get(entry.__name__, BOUND)
    np.testing.assert_allclose(value.grad, tensor.grad.numpy(), rtol=bound, atol=bound)


@pytest.mark.parametrize(("entry", "number"), CASES)
def test_configurations_are_keras_s(twin: Any, entry: Any, number: int) -> None:
    ours = entry(**entry.examples[number].arguments)
    config, expected = ours.get_config(), twin(ours).get_config()
    known = {key: value for key, value in config.items() if key in expected}
    assert {key: _plain(value) for key, value in known.items()} == {
        key: _plain(value) for key, value in expected.items()
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value

"""Losses against Keras's own: values, weights and gradients for the same numbers."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value
from tinygrad_gates.keras import losses

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
    pytest.mark.filterwarnings("ignore:Explicitly requested dtype:UserWarning"),  # JAX has float32
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
    sparse = entry is losses.SparseCategoricalCrossentropy
    if sparse and ours.axis != -1 and keras.backend.backend() == "jax":
        pytest.skip("Keras refuses axes other than the last on JAX")
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


SHAPES = [(), (1,), (2,), (2, 1), (2, 1, 1), (2, 3, 1), (2, 3), (1, 3), (1, 1), (1, 3, 1)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "sum", "none", "mean_with_sample_weight"]
)
def test_weights_spread_as_keras_s(keras: Any, reduction: str, shape: Any) -> None:
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.normal(size=(2, 2, 3, 4)).astype(np.float32)
    weight = rng.uniform(0, 2, shape).astype(np.float32)
    for name in ("MeanAbsoluteError", "Dice"):
        ours = getattr(losses, name)(reduction=reduction)
        theirs = getattr(keras.losses, name)(reduction=reduction)
        if name == "MeanAbsoluteError" and shape in ((2,), (2, 1, 1)):
            continue  # Keras refuses, or makes more losses of it than there are
        expected = keras.ops.convert_to_numpy(theirs(y_true, y_pred, weight))
        found = ours(y_true, y_pred, weight).numpy()
        assert np.shape(found) == expected.shape
        np.testing.assert_allclose(found, expected, rtol=BOUND, atol=BOUND)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
@pytest.mark.parametrize("shape", [(0, 2), (0, 3, 2)])
@pytest.mark.parametrize("weighted", [False, True])
def test_no_samples_have_keras_s_losses(
    keras: Any, reduction: str, shape: Any, weighted: bool
) -> None:
    y, weight = np.zeros(shape, np.float32), np.zeros(shape[:-1], np.float32) if weighted else None
    for name in ("MeanSquaredError", "MeanAbsoluteError"):
        expected = getattr(keras.losses, name)(reduction=reduction)(y, y, weight)
        found = getattr(losses, name)(reduction=reduction)(y, y, weight)
        np.testing.assert_array_equal(found.numpy(), keras.ops.convert_to_numpy(expected))


CERTAIN = {  # what is predicted, and whether as a logit
    "probabilities": ([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]], False),
    "logits": ([[-1000.0, 1000.0], [1000.0, -1000.0], [0.0, 0.0]], True),
    "no numbers": ([[np.nan, 1.0], [np.nan, np.nan], [0.5, 0.5]], False),
}
CROSSENTROPIES = [name for name in losses.__all__ if name.endswith("_crossentropy")]


@pytest.mark.parametrize("name", CROSSENTROPIES)
@pytest.mark.parametrize("certain", CERTAIN)
def test_certain_predictions_have_keras_s_losses(keras: Any, name: str, certain: str) -> None:
    if certain == "no numbers" and name[:6] == "binary" and keras.backend.backend() == "torch":
        pytest.skip("PyTorch refuses them itself")
    y_pred, from_logits = np.array(CERTAIN[certain][0], np.float32), CERTAIN[certain][1]
    y_true: Any = np.array([0, 0, 1])
    if not name.startswith("sparse"):
        y_true = np.eye(2, dtype=np.float32)[y_true]
    found = getattr(losses, name)(y_true, y_pred, from_logits=from_logits)
    theirs = getattr(keras.losses, name)
    tensors = keras.ops.convert_to_tensor(y_true), keras.ops.convert_to_tensor(y_pred)
    expected = keras.ops.convert_to_numpy(theirs(*tensors, from_logits=from_logits))
    np.testing.assert_allclose(found.numpy(), expected, rtol=2e-6, atol=2e-7)


def test_everything_of_keras_s_is_there_with_its_arguments(keras: Any) -> None:
    def arguments(item: Any) -> list[tuple[str, Any]]:
        return [(p.name, p.default) for p in inspect.signature(item).parameters.values()]

    public = [name for name in dir(keras.losses) if not name.startswith("_")]
    assert len(public) > 40
    for name in public:
        assert arguments(getattr(losses, name)) == arguments(getattr(keras.losses, name)), name


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

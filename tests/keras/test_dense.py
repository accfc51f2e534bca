"""The fully connected layer: numbers, gradients, weights and shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras import activations
from tinygrad_gates.keras.layers import Dense

RNG = np.random.default_rng(0)

ACTIVATIONS: dict[str, Any] = {
    "linear": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "softplus": lambda z: np.log1p(np.exp(z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
}


def layer(units: int = 3, inputs: int = 2, **options: Any) -> tuple[Dense, list[Any]]:
    """Return a built float64 layer, and its weights, which are not zero."""
    dense = Dense(units, dtype="float64", **options)
    dense.build((None, inputs))
    weights = [RNG.normal(size=weight.shape) for weight in dense.weights]
    dense.set_weights(weights)
    return dense, weights


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("shape", [(4, 2), (1, 2), (0, 2), (3, 5, 2)])
def test_outputs(activation: str, shape: tuple[int, ...]) -> None:
    dense, (kernel, bias) = layer(activation=activation)
    x = RNG.normal(size=shape)
    expected = ACTIVATIONS[activation](x @ kernel + bias)
    np.testing.assert_allclose(dense(x).data, expected, rtol=1e-12)
    assert dense.compute_output_shape((None, *shape[1:])) == (None, *expected.shape[1:])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("shape", [(4, 2), (2, 3, 2)])
def test_gradients_by_inputs_and_weights(
    activation: str, use_bias: bool, shape: tuple[int, ...]
) -> None:
    dense, weights = layer(activation=activation, use_bias=use_bias)
    x = RNG.normal(size=shape)

    def call(x: Any, kernel: Any, bias: Any = None) -> Any:
        dense.kernel, dense.bias = kernel, bias  # Values in place of the layer's own
        return dense(x)

    tf.assert_gradients(call, x, *weights, order=2)


def test_an_activation_is_a_name_or_any_function() -> None:
    assert Dense(1).activation is activations.linear
    assert Dense(1, activation="ReLU").activation is activations.relu
    dense, (kernel, bias) = layer(activation=lambda z: z**2)
    x = RNG.normal(size=(4, 2))
    np.testing.assert_allclose(dense(x).data, (x @ kernel + bias) ** 2, rtol=1e-12)


def test_weights_are_made_once_the_width_is_known() -> None:
    dense = Dense(3)
    assert not dense.built
    assert dense.weights == []
    assert dense([[1, 2]]).shape == (1, 3)
    assert [(w.path, w.shape, w.dtype) for w in dense.weights] == [
        (f"{dense.name}/kernel", (2, 3), np.float32),
        (f"{dense.name}/bias", (3,), np.float32),
    ]
    assert dense.count_params() == 9
    assert (dense.input_shape, dense.output_shape) == ((None, 2), (None, 3))
    assert [w.shape for w in layer(use_bias=False)[0].weights] == [(2, 3)]


def test_initial_weights_are_the_stream_s() -> None:
    tf.random.set_seed(777)
    dense = Dense(3)
    dense.build((None, 2))
    tf.random.set_seed(777)
    limit = np.sqrt(6 / 5)
    expected = tf.random.uniform((2, 3), -limit, limit)
    np.testing.assert_allclose(dense.get_weights()[0], expected, rtol=1e-6)
    np.testing.assert_array_equal(dense.get_weights()[1], np.zeros(3))


def test_biases_draw_nothing_from_the_stream() -> None:
    tf.random.set_seed(777)
    Dense(3).build((None, 2))
    after_a_layer = tf.random.uniform((2,))
    tf.random.set_seed(777)
    tf.random.uniform((2, 3))
    np.testing.assert_array_equal(after_a_layer, tf.random.uniform((2,)))


def test_a_failed_build_leaves_no_weights() -> None:
    def fail(shape: Any, dtype: Any) -> Any:
        raise RuntimeError("no numbers today")

    dense = Dense(3, bias_initializer=fail)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no numbers"):
            dense([[1.0, 2.0]])
        assert not dense.built
        assert dense.get_weights() == []


def test_dtypes_are_the_layer_s() -> None:
    assert Dense(1)(np.ones((1, 2))).dtype == np.float32
    assert layer()[0](np.ones((1, 2), np.float32)).dtype == np.float64
    x = Value([[1.0, 2.0]])
    dense, (kernel, _) = layer(units=1)
    dense32 = Dense(1)
    dense32.build((None, 2))
    dense32.set_weights(dense.get_weights())
    dense32(x).sum().backward()
    assert x.grad.dtype == np.float64
    np.testing.assert_allclose(x.grad, kernel.T, rtol=1e-6)


def test_frozen_layers_give_no_weights_to_train() -> None:
    dense, _ = layer()
    dense.trainable = False
    assert dense.trainable_weights == []
    assert dense.non_trainable_weights == dense.weights
    dense.trainable = True
    assert dense.trainable_weights == dense.weights


def test_a_configuration_makes_an_equal_layer() -> None:
    dense = Dense(3, "relu", use_bias=False, kernel_initializer="ones", name="mine")
    config = dense.get_config()
    again = Dense.from_config(config)
    assert again.get_config() == config
    assert (again.name, again.units, again.use_bias) == ("mine", 3, False)
    assert repr(dense) == "<Dense name=mine, built=False>"


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "0 units": (lambda: Dense(0), ValueError, "Dense: units=0 has to be a positive integer"),
    "negative units": (lambda: Dense(-3), ValueError, "units=-3"),
    "half a unit": (lambda: Dense(1.5), ValueError, "units=1.5"),
    "units as text": (lambda: Dense("3"), ValueError, "units='3'"),
    "units as truth": (lambda: Dense(True), ValueError, "units=True"),
    "no units": (lambda: Dense(None), ValueError, "units=None"),
    "activation": (lambda: Dense(1, "rellu"), ValueError, "'rellu'. Did you mean 'relu'"),
    "activation 3": (lambda: Dense(1, 3), ValueError, "Could not interpret activation function 3"),
    "misspelt": (lambda: Dense(1, activaton="relu"), ValueError, "Did you mean 'activation'"),
    "text as shape": (lambda: Dense(1, input_shape="2"), ValueError, "Dense: input_shape='2'"),
    "number as shape": (lambda: Dense(1, input_shape=2), ValueError, r"input_shape=\(2,\)"),
    "one sample": (lambda: layer()[0](np.ones(2)), ShapeError, r"at least 2 axes.*\(2,\).*\[\[.*"),
    "width": (lambda: layer()[0](np.ones((4, 3))), ShapeError, r"length 2, .*\(4, 3\)"),
    "later width": (lambda: [layer()[0](np.ones((4, n))) for n in (2, 3)], ShapeError, "length 2"),
    "no width": (lambda: Dense(1).build((None, None)), ShapeError, "the last axis.*length"),
    "text": (lambda: layer()[0]([["a", "b"]]), DtypeError, "numbers are needed.*'a'"),
    "objects": (
        lambda: Dense(1)(np.array([[1, None]])),
        DtypeError,
        "dtype object, with None in it",
    ),
    "unbuilt": (lambda: Dense(1).count_params(), ValueError, "the weights are not made yet"),
    "unbuilt weights": (lambda: Dense(1).set_weights([1]), ValueError, "before it is built"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()

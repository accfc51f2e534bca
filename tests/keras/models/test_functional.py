"""Models that are told their inputs and outputs: connections, sharing, nesting, mistakes."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import Input, Model, Sequential, layers, ops
from tinygrad_gates.keras.models import clone_model

RNG = np.random.default_rng(0)
X = RNG.normal(size=(5, 3)).astype(np.float32)


def dense(x: Any, layer: Any) -> Any:
    kernel, bias = layer.get_weights()
    return x @ kernel + bias


def test_layers_are_called_in_any_arrangement() -> None:
    place = Input((3,))
    one, two = layers.Dense(4), layers.Dense(4)
    model = Model(place, layers.Add()([one(place), two(place), one(place)]))
    expected = 2 * dense(X, one) + dense(X, two)
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, rtol=1e-5, atol=1e-6)
    assert model.count_params() == 2 * (3 * 4 + 4), "a shared layer counts once"


def test_operators_and_numpy_functions_are_layers_too() -> None:
    place = Input((3,))
    output = np.tanh(2 * place - 1) ** 2 / (1 + np.exp(-place)) + np.sum(
        place, axis=1, keepdims=True
    )
    model = Model(place, output[:, ::-1])
    expected = np.tanh(2 * X - 1) ** 2 / (1 + np.exp(-X)) + X.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(X).numpy(), expected[:, ::-1], rtol=1e-5)
    assert model.output_shape == (None, 3)


def test_places_are_compared() -> None:
    place = Input((3,))
    model = Model(place, np.where(place > 0.5, place // 0.5, place % 2 >= 1))
    expected = np.where(X > 0.5, X // 0.5, X % 2 >= 1)
    np.testing.assert_allclose(model(X).numpy(), expected, rtol=1e-6)


def test_keras_ops_take_places() -> None:
    place = Input((3,))
    model = Model(place, ops.concatenate([ops.relu(place), ops.abs(place)], axis=-1))
    expected = np.concatenate([np.maximum(X, 0), np.abs(X)], axis=-1)
    np.testing.assert_array_equal(model(X).numpy(), expected)


FORMS: dict[str, tuple[Any, Any]] = {
    "a list": (lambda a, b: [a, b], lambda x, y: [x, y]),
    "a dict": (lambda a, b: {"b": b, "a": a}, lambda x, y: {"a": x, "b": y}),
    "a dict by names": (lambda a, b: [a, b], lambda x, y: {"two": y, "one": x}),
}


@pytest.mark.parametrize("name", FORMS)
def test_inputs_come_in_the_form_that_was_told(name: str) -> None:
    told, given = FORMS[name]
    one, two = Input((3,), name="one"), Input((3,), name="two")
    model = Model(told(one, two), one - 2 * two)
    np.testing.assert_allclose(model(given(X, 3 * X)).numpy(), X - 6 * X, rtol=1e-6)
    np.testing.assert_allclose(model.predict(given(X, 3 * X), verbose=0), -5 * X, rtol=1e-5)


@pytest.mark.parametrize(
    "form",
    [
        lambda a, b: [a, b],
        lambda a, b: {"sum": a, "twice": b},
        lambda a, b: [{"in": a}, b],
    ],
)
def test_outputs_come_in_the_form_that_was_told(form: Any) -> None:
    place = Input((3,))
    model = Model(place, form(place + 1, place * 2))
    expected = form(X + 1, X * 2)
    for found in (model.predict(X, verbose=0), model(X)):
        pairs = zip(tf.trees.leaves(found), tf.trees.leaves(expected), strict=True)
        assert type(found) is type(expected)
        for one, other in pairs:
            np.testing.assert_allclose(np.asarray(one), other, rtol=1e-6)


def test_a_model_is_a_layer_of_another() -> None:
    inner = Sequential([Input((3,)), layers.Dense(2, "tanh")], name="inner")
    place = Input((3,))
    outer = Model(place, layers.Dense(1)(inner(place)))
    assert [layer.name for layer in outer.layers][1] == "inner"
    assert outer.get_layer("inner") is inner
    np.testing.assert_array_equal(
        outer(X).numpy(), dense(inner(X).numpy(), outer.layers[-1]).astype(np.float32)
    )
    inner.trainable = False
    assert len(outer.trainable_weights) == 2
    assert len(outer.weights) == 4


def test_parts_of_a_model_are_models() -> None:
    model = Sequential([Input((3,)), layers.Dense(4, "relu", name="hidden"), layers.Dense(1)])
    hidden = Model(model.inputs, model.get_layer("hidden").output)
    np.testing.assert_array_equal(hidden(X).numpy(), model.layers[0](X).numpy())
    assert hidden.weights[0] is model.weights[0], "weights are shared, not copied"


def test_gradients_flow_to_inputs() -> None:
    place = Input((3,))
    model = Model(place, layers.Dense(1, "tanh")(place * place))
    value = tf.Value(X)
    (found,) = tf.gradients(model(value).sum(), [value])
    kernel, bias = model.get_weights()
    slope = 1 - np.tanh(X**2 @ kernel + bias) ** 2
    np.testing.assert_allclose(found, slope * kernel.T * 2 * X, rtol=1e-4, atol=1e-6)


def test_copies_have_weights_of_their_own() -> None:
    place = Input((3,))
    model = Model(place, layers.Dense(2)(layers.Dense(3, "relu")(place)))
    copy = clone_model(model)
    assert copy.get_config() == model.get_config()
    assert copy.weights[0] is not model.weights[0]
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy(X).numpy(), model(X).numpy())


def test_deep_models_are_copied() -> None:
    place = hidden = Input((3,))
    for _ in range(300):
        hidden = layers.Dense(3)(hidden)
    model = Model(place, [hidden, place * 2])
    model.compile("sgd", "mse")
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        for one, expected in zip(other(X), model(X), strict=True):
            np.testing.assert_array_equal(one.numpy(), expected.numpy())
        assert other.weights[0] is not model.weights[0]
        assert other.compiled


def test_inputs_of_several_levels_come_in_the_same_form() -> None:
    a, b, c = (Input((3,), name=name) for name in "abc")
    model = Model([{"b": b, "a": a}, c], a - 2 * b + 4 * c)
    for given in ([{"a": X, "b": 2 * X}, X], [X, 2 * X, X]):
        np.testing.assert_allclose(model(given).numpy(), X, rtol=1e-5)
        np.testing.assert_allclose(model.predict(given, verbose=0), X, rtol=1e-5)
    with pytest.raises(ValueError, match=r"inputs\[0\]: 'b' is missing among \['a'\]"):
        model([{"a": X}, X])
    with pytest.raises(ValueError, match=r"inputs: a list of 2 is needed"):
        model([{"a": X, "b": X}])


def test_images_and_sequences() -> None:
    image = Input((8, 8, 1))
    hidden = layers.MaxPooling2D()(layers.Conv2D(3, 3, padding="same", activation="relu")(image))
    model = Model(image, layers.Dense(2)(layers.Flatten()(hidden)))
    assert model.output_shape == (None, 2)
    assert model.predict(np.ones((4, 8, 8, 1)), verbose=0).shape == (4, 2)


def two_inputs() -> Model:
    one, two = Input((3,), name="one"), Input((2,), name="two")
    return Model([one, two], layers.concatenate([one, two]))


def test_a_declared_number_of_samples_binds_nobody() -> None:
    place = Input((3,), batch_size=2)
    model = Model(place, layers.Dense(1)(place))
    assert model(X).shape == (5, 1)
    assert model.predict(X, verbose=0).shape == (5, 1)


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    "an array": (lambda: Model(X, X), TypeError, r"inputs have to be made of Input\(\.\.\.\)"),
    "outputs alone": (lambda: Model(outputs=Input((2,))), ValueError, "inputs= is missing"),
    "an input is missing": (
        lambda: Model(Input((3,)), layers.Dense(1)(Input((3,)))), ValueError,
        "outputs need .* not among the inputs",
    ),
    "one name twice": (
        lambda: (lambda x: Model(x, layers.Dense(1, name="a")(layers.Dense(1, name="a")(x))))(
            Input((3,))), ValueError, "2 layers are called 'a'",
    ),
    "too few inputs": (lambda: two_inputs()([X]), ValueError, "2 are needed, one, two, and 1"),
    "too many inputs": (lambda: two_inputs()([X, X, X]), ValueError, "and 3 given"),
    "a name is missing": (
        lambda: two_inputs()({"one": X}), ValueError, "'two' is missing among",
    ),
    "swapped": (
        lambda: two_inputs()([X[:, :2], X]), ShapeError,
        r"input one has to have shape \(None, 3\), and has \(5, 2\)",
    ),
    "two arrays for one": (
        lambda: two_inputs().predict([X, X[:, :2], X], verbose=0), ValueError, "2 are needed",
    ),
    "a place as a condition": (lambda: bool(Input((2,))), TypeError, "neither true nor false"),
    "a place as an array": (lambda: np.asarray(Input((2,))), TypeError, "holds none"),
    "shapes of a sum": (
        lambda: layers.Add()([Input((2,)), Input((3,))]), ShapeError, r"\(None, 2\).*\(None, 3\)",
    ),
    "ranks": (
        lambda: layers.Conv2D(2, 3)(Input((8, 8))), ShapeError, "4 axes|ndim",
    ),
    "a layer that is none": (
        lambda: two_inputs().get_layer("three"), ValueError, "no layer of name 'three'.*one, two",
    ),
    "a layer by number": (
        lambda: two_inputs().get_layer(index=9), ValueError, "no layer of index 9",
    ),
    "no shape": (lambda: Input(), ValueError, r"such as shape=\(2,\)"),
    "a shape of text": (lambda: Input("2"), ValueError, "shape"),
    "a negative shape": (lambda: Input((-2,)), ValueError, "shape"),
    "a number as shape": (lambda: Input(2), ValueError, r"\(2,\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = MISTAKES[name]
    with pytest.raises(error, match=message):
        call()


# ------------------------------------------------------------------------ masks


class Shares(layers.Layer):
    """Shares of the steps that count; it has to be given a mask."""

    supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        assert mask is not None
        counts = ops.expand_dims(ops.cast(mask, "float32"), -1)
        weights = ops.exp(inputs) * counts
        return weights / ops.sum(weights, axis=1, keepdims=True)


def test_masks_are_known_while_a_model_is_described() -> None:
    words = Input((None,), dtype="int32")
    embedded = layers.Embedding(5, 3, mask_zero=True)(words)
    scores = layers.Dense(1)(embedded)
    assert words._keras_mask is None
    assert [place._keras_mask.shape for place in (embedded, scores)] == [(None, None)] * 2
    assert layers.LSTM(2)(embedded)._keras_mask is None
    model = Model(words, Shares()(scores))
    shares = model.predict(np.array([[1, 2, 0, 0], [3, 0, 0, 4]]), verbose=0)[..., 0]
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)
    assert (shares[0, 2:] == 0).all()
    assert (shares[1, 1:3] == 0).all()


def test_no_mask_is_seen_where_none_is_made() -> None:
    words = Input((4,), dtype="int32")
    with pytest.raises(AssertionError):
        Shares()(layers.Embedding(5, 3)(words))

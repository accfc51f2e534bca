"""What holds for every layer: shapes, dtypes, gradients, configurations, places in models."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value, trees
from tinygrad_gates.keras import Input, Model, layers
from tinygrad_gates.keras.layers.tracking import Tracking

ABSTRACT = {"InputLayer", "Wrapper"}
"""Made by calls, and for subclasses."""
CELLS = {"SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells"}
"""Called with states, by layers that are tested here."""
CLASSES = [
    entry
    for entry in layers.Layer.registry
    if entry.__module__.startswith("tinygrad_gates.keras.layers")
    and entry.__name__ in layers.__all__
    and entry.__name__ not in ABSTRACT | CELLS
]
CASES = [
    pytest.param(cls, number, id=f"{cls.__name__}-{number}")
    for cls in CLASSES
    for number in range(len(cls.examples))
]
WITHOUT_GRADIENT = {"Embedding", "Masking"}
"""Inputs of these are numbers of rows, or are compared with a number."""


def made(cls: Any, number: int, dtype: Any = None) -> Any:
    given = cls.examples[number].arguments
    return cls(**{name: copied(item, dtype) for name, item in given.items()}, dtype=dtype)


def copied(item: Any, dtype: Any) -> Any:
    """Return a layer's copy in a dtype."""
    if isinstance(item, list):
        return [copied(part, dtype) for part in item]
    if isinstance(item, layers.Layer):
        return type(item).from_config({**item.get_config(), "dtype": dtype})
    return item


def drawn(cls: Any, number: int, dtype: Any = np.float32) -> Any:
    """Return an example's input, a list if there are several."""
    rng = np.random.default_rng(number)
    data = [draw.array(rng, dtype) for draw in cls.examples[number].inputs]
    return data[0] if len(data) == 1 else data


def reset(layer: Any, states: list[Any] | None) -> list[Any]:
    """Bring all that a call may change back, so that one call is like another."""
    changing = [v for v in layer.variables if not v.trainable]
    if states is not None:
        for variable, state in zip(changing, states, strict=True):
            variable.assign(state)
    return [variable.numpy().copy() for variable in changing]


@pytest.mark.parametrize("cls", CLASSES)
def test_every_class_has_examples_and_a_docstring(cls: Any) -> None:
    assert cls.examples
    assert cls.__doc__


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_the_output_has_the_shape_that_was_told(cls: Any, number: int) -> None:
    layer, data = made(cls, number), drawn(cls, number)
    shapes = trees.transform(lambda array: array.shape, data)
    unknown = trees.transform(lambda array: (None, *array.shape[1:]), data)
    told = layer.compute_output_shape(unknown)
    output = layer(data)
    assert trees.transform(lambda value: value.shape, output) == _filled(told, len(_first(data)))
    assert _filled(layer.compute_output_shape(shapes), None) == _shapes(output)
    for value in trees.leaves(output):
        assert value.dtype == np.float32
    assert layer.built


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls.stateless])
def test_what_has_nothing_to_build_counts_as_built(cls: Any) -> None:
    assert made(cls, 0).built is (cls.build is layers.Layer.build)

    class Building(cls):  # type: ignore[misc]
        def build(self, input_shape: Any) -> None: ...

    assert not Building(**cls.examples[0].arguments).built


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_a_layer_of_float64_computes_in_it(cls: Any, number: int) -> None:
    layer = made(cls, number, "float64")
    for value in trees.leaves(layer(drawn(cls, number, np.float64), **_training(layer))):
        assert value.dtype == np.float64
    assert all(v.dtype == np.float64 for v in layer.trainable_weights)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(("cls", "number"), CASES)
def test_gradients_agree_with_finite_differences(cls: Any, number: int, training: bool) -> None:
    layer, data = made(cls, number, "float64"), drawn(cls, number, np.float64)
    if training and not layer.takes_training:
        return  # the same as the other case
    options = {"training": training} if layer.takes_training else {}
    layer(data, **options)
    rng = np.random.default_rng(1)
    weights = layer.trainable_weights
    drawn_weights = [rng.uniform(0.2, 1.0, weight.shape) for weight in weights]
    states = reset(layer, None)

    def call(inputs: Any, *numbers: Value) -> Any:
        reset(layer, states)
        with Replaced(layer, weights, numbers):
            return layer(inputs, **options)

    if cls.__name__ in WITHOUT_GRADIENT:
        if weights:
            tf.assert_gradients(lambda *numbers: call(data, *numbers), *drawn_weights)
    else:
        tf.assert_gradients(call, data, *drawn_weights)


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_a_configuration_makes_an_equal_layer(cls: Any, number: int) -> None:
    layer, data = made(cls, number), drawn(cls, number)
    expected = layer(data)
    plain = json.loads(json.dumps(layer.serialized()))
    for again in (
        layers.deserialize(plain),
        cls.from_config(layer.get_config()),
        pickle.loads(pickle.dumps(layer)),
    ):
        assert type(again) is cls
        again(data)
        assert again.get_config() == layer.get_config()
        again.set_weights(layer.get_weights())
        both = zip(trees.leaves(again(data)), trees.leaves(expected), strict=True)
        for one, other in both:
            np.testing.assert_array_equal(one.numpy(), other.numpy())


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_a_model_of_the_layer_computes_what_it_computes(cls: Any, number: int) -> None:
    layer, data = made(cls, number), drawn(cls, number)
    places = trees.transform(lambda array: Input(array.shape[1:], dtype=array.dtype.name), data)
    model = Model(places, layer(places))
    expected = trees.transform(lambda value: value.numpy(), layer(data))
    got = model.predict(data, verbose=0)
    for one, other in zip(trees.leaves(got), trees.leaves(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)
    again = Model.from_config(json.loads(json.dumps(model.get_config())))
    again.set_weights(model.get_weights())
    for one, other in zip(
        trees.leaves(again.predict(data, verbose=0)), trees.leaves(got), strict=True
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_samples_do_not_depend_on_each_other_when_not_training(cls: Any, number: int) -> None:
    layer, data = made(cls, number), drawn(cls, number)
    whole = layer(data)
    first = layer(trees.transform(lambda array: array[:1], data))
    for one, other in zip(trees.leaves(first), trees.leaves(whole), strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy()[:1], rtol=1e-5, atol=1e-6)


def test_every_public_layer_is_tested() -> None:
    public = {getattr(layers, name).__name__ for name in layers.__all__ if name[0].isupper()}
    assert public - {cls.__name__ for cls in CLASSES} == {
        "Input", "InputSpec", "Layer", *ABSTRACT, *CELLS,
    }  # fmt: skip


# ------------------------------------------------------------------------ helpers


def _training(layer: Any) -> dict[str, bool]:
    return {"training": True} if layer.takes_training else {}


def _first(data: Any) -> Any:
    return trees.leaves(data)[0]


def _shapes(output: Any) -> Any:
    return trees.transform(lambda value: value.shape, output)


def _filled(shape: Any, samples: int | None) -> Any:
    if isinstance(shape, tuple) and all(n is None or isinstance(n, int) for n in shape):
        return tuple(samples if n is None else n for n in shape)
    return type(shape)(_filled(part, samples) for part in shape)


class Replaced:
    """Puts Values in the place of weights, wherever layers hold them."""

    def __init__(self, layer: Any, weights: list[Any], values: tuple[Value, ...]) -> None:
        self.places = []
        for weight, value in zip(weights, values, strict=True):
            holder, name = _holder(layer, weight)
            self.places.append((holder, name, weight, value))

    def __enter__(self) -> None:
        for holder, name, _, value in self.places:
            setattr(holder, name, value)

    def __exit__(self, *_: object) -> None:
        for holder, name, weight, _ in self.places:
            setattr(holder, name, weight)


def _holder(layer: Any, weight: Any) -> tuple[Tracking, str]:
    for part in layer._all_layers():
        for name, item in vars(part).items():
            if item is weight:
                return part, name
    raise AssertionError(f"{weight.path} is kept in no attribute")

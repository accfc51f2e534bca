"""Initializers: TensorFlow's draws, bounds, and finding them by name."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.keras import initializers
from tinygrad_gates.keras.initializers import Constant, GlorotUniform, Ones, Zeros

ARTICLE = json.loads(files("tinygrad_gates.cli").joinpath("article.json").read_text("utf-8"))


def test_the_article_s_kernels_are_drawn_bit_for_bit() -> None:
    tf.random.set_seed(777)
    for record in ARTICLE["experiments"].values():
        for weight in record["initial_weights"]:
            weight = np.array(weight, np.float32)
            if weight.ndim == 2:
                np.testing.assert_array_equal(GlorotUniform()(weight.shape), weight)


@pytest.mark.parametrize(
    ("shape", "fan_in", "fan_out"),
    [((64, 32), 64, 32), ((3, 3, 8, 16), 72, 144), ((500,), 500, 500), ((5, 40, 7), 200, 35)],
)
def test_glorot_s_bounds_follow_from_the_fans(shape: Any, fan_in: int, fan_out: int) -> None:
    drawn = GlorotUniform(seed=1)(shape)
    limit = math.sqrt(6 / (fan_in + fan_out))
    assert np.abs(drawn).max() <= limit
    assert np.abs(drawn).max() > 0.95 * limit
    assert drawn.std() == pytest.approx(limit / math.sqrt(3), rel=0.15)


def test_an_own_seed_does_not_depend_on_the_stream() -> None:
    tf.random.set_seed(1)
    first = GlorotUniform(seed=5)((3, 2))
    tf.random.set_seed(1)
    np.testing.assert_array_equal(GlorotUniform(seed=5)((3, 2)), first)
    assert not np.array_equal(GlorotUniform(seed=6)((3, 2)), first)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("initializer", "value"), [(Zeros(), 0), (Ones(), 1), (Constant(0.25), 0.25)]
)
def test_constants_fill(initializer: Any, value: float, dtype: Any) -> None:
    array = initializer((2, 3), dtype)
    assert array.dtype == dtype
    np.testing.assert_array_equal(array, np.full((2, 3), value))


def test_a_constant_may_be_an_array() -> None:
    np.testing.assert_array_equal(Constant([1.0, 2.0])((2, 2)), [[1, 2], [1, 2]])


@pytest.mark.parametrize(
    ("identifier", "kind"),
    [
        ("zeros", Zeros), ("ones", Ones), ("Zeros", Zeros), ("one", Ones), ("constant", Constant),
        ("glorot_uniform", GlorotUniform), ("GlorotUniform", GlorotUniform), (Ones, Ones),
        ({"class_name": "Constant", "config": {"value": 2.0}}, Constant),
    ],
)  # fmt: skip
def test_names_mean_initializers(identifier: Any, kind: type) -> None:
    assert type(initializers.get(identifier)) is kind


def test_a_function_is_an_initializer() -> None:
    def ramp(shape: Any, dtype: Any = np.float32) -> Any:
        return np.arange(math.prod(shape), dtype=dtype).reshape(shape)

    from tinygrad_gates.keras.layers import Dense

    layer = Dense(2, kernel_initializer=ramp)
    layer.build((None, 3))
    np.testing.assert_array_equal(layer.get_weights()[0], [[0, 1], [2, 3], [4, 5]])


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        ("glorot", "Unknown initializer: 'glorot'.* Known are: Constant, GlorotNormal,"),
        (3, "Could not interpret initializer 3"),
    ],
)
def test_mistakes_are_named(identifier: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        initializers.get(identifier)

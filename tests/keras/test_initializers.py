"""Initializers: TensorFlow's draws, bounds, and finding them by name."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import keras
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


# ------------------------------------------------------------------------ every initializer

CASES = [
    pytest.param(entry, number, id=f"{entry.__name__}-{number}")
    for entry in initializers.Initializer.registry
    if entry.__module__.startswith("tinygrad_gates")
    for number in range(len(entry.examples))
]


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_shapes_dtypes_and_configurations(cls: Any, number: int) -> None:
    tf.random.set_seed(9)
    made = cls(**cls.examples[number].arguments)
    again = initializers.deserialize(json.loads(json.dumps(initializers.serialize(made))))
    assert again.get_config() == made.get_config()
    for dtype in (np.float32, np.float64):
        drawn = made((6, 4), dtype)
        assert (drawn.shape, drawn.dtype) == ((6, 4), np.dtype(dtype))
        assert np.isfinite(drawn).all()


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_one_seed_of_the_package_makes_all_draws(cls: Any, number: int) -> None:
    drawn = []
    for _ in range(2):
        tf.random.set_seed(4)
        drawn.append(cls(**cls.examples[number].arguments)((5, 3)))
    np.testing.assert_array_equal(*drawn)


SPREADS: dict[str, tuple[Any, float]] = {
    # Glorot and Bengio 2010, He et al. 2015, LeCun et al. 1998; for 300 inputs and 200 outputs
    "glorot_uniform": (initializers.GlorotUniform(1), math.sqrt(2 / 500)),
    "glorot_normal": (initializers.GlorotNormal(1), math.sqrt(2 / 500)),
    "he_uniform": (initializers.HeUniform(1), math.sqrt(2 / 300)),
    "he_normal": (initializers.HeNormal(1), math.sqrt(2 / 300)),
    "lecun_uniform": (initializers.LecunUniform(1), math.sqrt(1 / 300)),
    "lecun_normal": (initializers.LecunNormal(1), math.sqrt(1 / 300)),
    "random_normal": (initializers.RandomNormal(0.0, 0.3, seed=1), 0.3),
    "random_uniform": (initializers.RandomUniform(-0.3, 0.3, seed=1), 0.3 / math.sqrt(3)),
    "truncated_normal": (initializers.TruncatedNormal(0.0, 0.3, seed=1), 0.3 * 0.87962566),
    "fan_out": (
        initializers.VarianceScaling(3.0, "fan_out", "untruncated_normal", seed=1),
        math.sqrt(3 / 200),
    ),
}


@pytest.mark.parametrize("name", SPREADS)
def test_spreads_are_the_papers(name: str) -> None:
    make, spread = SPREADS[name]
    drawn = make((300, 200), np.float64)
    assert drawn.std() == pytest.approx(spread, rel=0.01)
    assert abs(drawn.mean()) < 0.02 * spread
    if "truncated" in name or (name.endswith("_normal") and name != "random_normal"):
        assert np.abs(drawn).max() <= 2.001 * spread / 0.87962566


def test_orthogonal_columns_and_identities() -> None:
    tall = initializers.Orthogonal(gain=2.0, seed=1)((7, 4), np.float64)
    np.testing.assert_allclose(tall.T @ tall, 4 * np.eye(4), atol=1e-9)
    wide = initializers.Orthogonal(seed=1)((3, 2, 9), np.float64).reshape(6, 9)
    np.testing.assert_allclose(wide @ wide.T, np.eye(6), atol=1e-9)
    np.testing.assert_array_equal(initializers.Identity(2.0)((2, 3)), 2 * np.eye(2, 3))


DRAWING = {case.values[0] for case in CASES if "seed" in case.values[0].parameters()}


@pytest.mark.parametrize("cls", sorted(DRAWING, key=lambda cls: str(cls.__name__)))
def test_calls_repeat_their_numbers(cls: Any) -> None:
    tf.random.set_seed(4)
    unseeded, other = cls(), cls()
    first = unseeded((5, 3))
    np.testing.assert_array_equal(unseeded((5, 3)), first)
    assert not np.array_equal(other((5, 3)), first)
    seeded = cls(seed=7)((5, 3))
    tf.random.set_seed(5)
    np.testing.assert_array_equal(cls(seed=7)((5, 3)), seeded)
    np.testing.assert_array_equal(cls(seed=7).clone()((5, 3)), seeded)
    generated = cls(seed=keras.random.SeedGenerator(7))
    assert not np.array_equal(generated((5, 3)), generated((5, 3)))
    again = initializers.deserialize(json.loads(json.dumps(initializers.serialize(generated))))
    assert again.seed.seed == 7
    with pytest.raises(ValueError, match=f"{cls.__name__}: seed='x' has to be an integer"):
        cls(seed="x")


def test_axes_may_be_named() -> None:
    plain = initializers.GlorotUniform(seed=1)
    named = initializers.GlorotUniform(seed=1, input_axes=[0], output_axes=[1, 2])
    np.testing.assert_array_equal(
        named((8, 2, 3)), initializers.GlorotUniform(seed=1)((8, 6)).reshape(8, 2, 3)
    )
    assert "input_axes" not in plain.get_config()
    assert named.clone().get_config()["output_axes"] == [1, 2]
    with pytest.raises(ValueError, match=r"name axis 2, which the shape \(8, 6\)"):
        named((8, 6))


def test_arrays_stand_for_themselves() -> None:
    array = np.arange(6.0).reshape(2, 3)
    given = initializers.get(array)
    np.testing.assert_array_equal(given((2, 3)), array)
    assert given((2, 3)).dtype == np.float32
    with pytest.raises(ValueError, match=r"shape \(2, 3\) was given, and the weight has shape"):
        given((3, 2))
    plain = json.loads(json.dumps(initializers.serialize(Constant(array))))
    np.testing.assert_array_equal(initializers.deserialize(plain)((2, 3)), array)
    assert initializers.get(None) is None


def test_the_default_dtype_is_floatx() -> None:
    keras.config.set_floatx("float64")
    try:
        for case in CASES:
            cls, number = case.values
            assert cls(**cls.examples[number].arguments)((3, 3)).dtype == np.float64
    finally:
        keras.config.set_floatx("float32")

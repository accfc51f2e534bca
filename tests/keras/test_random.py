"""`keras.random`: distributions, seeds, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value, keras
from tinygrad_gates.keras import random

SIZE = 20_000
FUNCTIONS: dict[str, tuple[Any, float, float]] = {
    # a draw of SIZE numbers, its mean and its standard deviation
    "uniform": (lambda **o: random.uniform((SIZE,), -1.0, 3.0, **o), 1.0, 4 / 12**0.5),
    "normal": (lambda **o: random.normal((SIZE,), 2.0, 0.5, **o), 2.0, 0.5),
    "truncated_normal": (lambda **o: random.truncated_normal((SIZE,), 1.0, 2.0, **o), 1.0, 1.7593),
    "gamma": (lambda **o: random.gamma((SIZE,), 4.0, **o), 4.0, 2.0),
    "beta": (lambda **o: random.beta((SIZE,), 2.0, 6.0, **o), 0.25, (12 / (64 * 9)) ** 0.5),
    "binomial": (lambda **o: random.binomial((SIZE,), 10, 0.2, **o), 2.0, 1.6**0.5),
    "randint": (lambda **o: random.randint((SIZE,), 3, 8, **o), 5.0, 2**0.5),
    "categorical": (
        lambda **o: random.categorical(np.log([[0.1, 0.2, 0.7]]), SIZE, **o)[0], 1.6, 0.44**0.5,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_draws_have_their_mean_and_spread(name: str) -> None:
    draw, mean, deviation = FUNCTIONS[name]
    drawn = draw(seed=3)
    assert drawn.dtype == (np.int32 if name in ("randint", "categorical") else np.float32)
    assert drawn.mean() == pytest.approx(mean, abs=5 * deviation / SIZE**0.5)
    assert drawn.std() == pytest.approx(deviation, rel=0.03)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_draw_follows_from_its_seed(name: str) -> None:
    draw = FUNCTIONS[name][0]
    np.testing.assert_array_equal(draw(seed=3), draw(seed=3))
    assert not np.array_equal(draw(seed=3), draw(seed=4))
    generator = random.SeedGenerator(3)
    first = draw(seed=generator)
    np.testing.assert_array_equal(first, draw(seed=3))
    assert not np.array_equal(draw(seed=generator), first)
    unseeded = []
    for _ in range(2):
        tf.random.set_seed(8)
        unseeded.append([draw(), draw()])
    np.testing.assert_array_equal(*unseeded)
    assert not np.array_equal(*unseeded[0])


def test_floats_are_floatx_and_parameters_may_be_arrays() -> None:
    keras.config.set_floatx("float64")
    try:
        assert random.normal((2,), seed=1).dtype == np.float64
    finally:
        keras.config.set_floatx("float32")
    assert random.uniform((2,), dtype="float64", seed=1).dtype == np.float64
    assert random.categorical(np.zeros((4, 3)), 5, dtype="int64").shape == (4, 5)
    assert random.gamma((3, 2), [1.0, 50.0], seed=1).shape == (3, 2)
    assert (random.binomial((3, 2), [4.0, 9.0], [0.0, 1.0], seed=1) == [0, 9]).all()


def test_dropout_scales_what_it_keeps_and_lets_gradients_through() -> None:
    x = Value(np.ones((50, 40), np.float32))
    kept = random.dropout(x, 0.25, noise_shape=(None, 1), seed=5)
    rows = kept.numpy()
    assert set(np.unique(rows)) == {0.0, np.float32(4 / 3)}
    assert (rows == rows[:, :1]).all()
    (gradient,) = tf.core.backward.gradients(kept.sum(), [x])
    np.testing.assert_array_equal(gradient, rows)
    np.testing.assert_array_equal(random.dropout(x, 0.0).numpy(), x.numpy())
    assert not random.dropout(x, 1.0).numpy().any()


WRONG: dict[str, tuple[Any, str]] = {
    "uniform of integers": (lambda: random.uniform((2,), dtype="int64"), "'int64' has to be float"),
    "half precision": (lambda: random.normal((2,), dtype="float16"), "normal: dtype='float16'"),
    "integers of floats": (lambda: random.randint((2,), 0, 3, "float64"), "one of integers"),
    "logits": (lambda: random.categorical(np.ones(5), 2), r"\(batch, classes\).*\(5,\)"),
    "dropout of halves": (lambda: random.dropout(np.ones(3, np.float16), 0.5), "float16"),
    "rate": (lambda: random.dropout(np.ones(3), 1.5), "rate=1.5"),
    "noise": (lambda: random.dropout(np.ones(3), 0.5, (1, 1)), "has 2 axes"),
    "seed": (lambda: random.normal((2,), seed="x"), "seed='x'"),
    "argument": (lambda: random.SeedGenerator(sead=3), "unknown argument 'sead'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        call()


def test_a_seed_generator_has_a_configuration() -> None:
    generator = random.SeedGenerator(2**40, name="mine")
    again = random.SeedGenerator.from_config(generator.get_config())
    assert again.get_config() == {"seed": 2**40, "name": "mine"}
    assert again.next() == generator.next()
    plain = keras.saving.serialize_keras_object(generator)
    assert plain["module"] == "keras.random"
    assert keras.saving.deserialize_keras_object(plain).seed == 2**40

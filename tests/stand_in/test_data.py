"""Data sets as programs for TensorFlow make them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates import keras, random
from tinygrad_gates.core import Value
from tinygrad_gates.stand_in.data import AUTOTUNE, Dataset
from tinygrad_gates.stand_in.tensorflow import TensorSpec

TEN = Dataset.range(10)


def numbers(dataset: Dataset) -> list[Any]:
    return [element.tolist() for element in dataset]


# What each method makes of the numbers from 0 to 9, and how many elements it says there are.
METHODS: dict[str, tuple[Dataset, list[Any], int]] = {
    "map": (TEN.map(lambda x: x * 2, num_parallel_calls=AUTOTUNE), list(range(0, 20, 2)), 10),
    "filter": (TEN.filter(lambda x: x > 7), [8, 9], -2),
    "take": (TEN.take(2), [0, 1], 2),
    "take more": (TEN.take(99).take(-1), list(range(10)), 10),
    "skip": (TEN.skip(8), [8, 9], 2),
    "repeat": (TEN.take(2).repeat(2), [0, 1, 0, 1], 4),
    "repeat endlessly": (TEN.repeat().take(12), [*range(10), 0, 1], 12),
    "concatenate": (TEN.take(1).concatenate(TEN.skip(9)), [0, 9], 2),
    "batch": (TEN.batch(4), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], 3),
    "batch whole ones": (TEN.batch(4, drop_remainder=True), [[0, 1, 2, 3], [4, 5, 6, 7]], 2),
    "unbatch": (TEN.take(4).batch(2).unbatch(), [0, 1, 2, 3], -2),
    "prefetch": (TEN.take(1).prefetch(AUTOTUNE), [0], 1),
    "apply": (TEN.apply(lambda dataset: dataset.take(1)), [0], 1),
    "range": (Dataset.range(1, 7, 3), [1, 4], 2),
    "from_tensors": (Dataset.from_tensors([1, 2]), [[1, 2]], 1),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods(name: str) -> None:
    dataset, expected, cardinality = METHODS[name]
    assert numbers(dataset) == expected
    assert numbers(dataset) == expected, "and again"
    assert int(dataset.cardinality()) == cardinality
    if cardinality >= 0:
        assert len(dataset) == cardinality


def test_elements_are_nested_as_the_arrays_are() -> None:
    arrays = {"a": np.arange(4.0), "b": [[1.0]] * 4}, [0, 1, 0, 1]
    (features, labels), _ = Dataset.from_tensor_slices(arrays).batch(2)
    assert isinstance(labels, Value)
    assert features["a"].numpy().tolist() == [0, 1]
    assert features["b"].shape == (2, 1)
    assert (features["a"].dtype, features["b"].dtype, labels.dtype) == (
        "float64",
        "float32",
        "int32",
    )
    pairs = list(Dataset.zip((TEN, TEN.skip(5))).as_numpy_iterator())
    assert pairs[0] == (0, 5)
    assert len(pairs) == 5
    assert [(int(n), int(x)) for n, x in TEN.skip(8).enumerate()] == [(0, 8), (1, 9)]
    doubled = Dataset.from_tensor_slices(([1], [2])).map(lambda x, y: {"x": 2 * x, "y": y})
    assert [{k: int(v) for k, v in element.items()} for element in doubled] == [{"x": 2, "y": 2}]


def test_generators_are_called_for_each_iteration() -> None:
    signature = TensorSpec((), np.int32), TensorSpec((None,), np.float32)
    dataset = Dataset.from_generator(
        lambda: ((i, np.ones(i)) for i in range(3)), output_signature=signature
    )
    for _ in range(2):
        assert [(int(n), x.shape, x.dtype.name) for n, x in dataset] == [
            (i, (i,), "float32") for i in range(3)
        ]
    assert numbers(Dataset.from_generator(lambda stop: iter(range(stop)), np.int64, args=(2,))) == [
        0,
        1,
    ]


def test_shuffling_takes_from_a_buffer_anew_each_time() -> None:
    random.set_seed(3)
    shuffled = TEN.shuffle(10)
    first, second = numbers(shuffled), numbers(shuffled)
    assert first != second
    assert sorted(first) == sorted(second) == list(range(10))
    random.set_seed(3)
    assert numbers(TEN.shuffle(10)) == first
    kept = TEN.shuffle(10, seed=1, reshuffle_each_iteration=False)
    assert numbers(kept) == numbers(kept)
    # An element of a buffer of 3 is no further ahead of its place than that.
    assert all(element < place + 3 for place, element in enumerate(numbers(TEN.shuffle(3))))
    assert numbers(TEN.shuffle(1)) == list(range(10))


def test_a_cache_is_filled_by_a_whole_iteration() -> None:
    calls = []
    cached = TEN.take(3).map(lambda x: calls.append(x) or x).cache()
    next(iter(cached))
    assert numbers(cached) == numbers(cached) == [0, 1, 2]
    assert len(calls) == 4


def test_reducing() -> None:
    assert int(TEN.reduce(0, lambda total, x: total + x)) == 45


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: len(TEN.repeat()), TypeError, "infinite"),
        (lambda: len(TEN.filter(bool)), TypeError, "unknown"),
        (lambda: Dataset.from_tensor_slices(([1, 2], [1])), ValueError, r"unequal lengths: \[1, 2"),
        (lambda: TEN.shuffle(0), ValueError, "buffer_size=0"),
        (lambda: TEN.batch(0), ValueError, "batch_size=0"),
        (lambda: TEN.cache("file"), ValueError, "in memory"),
    ],
)
def test_refusals(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_models_take_data_sets() -> None:
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(0).random((40, 2), np.float32)
    y = x.sum(1, keepdims=True)
    dataset = Dataset.from_tensor_slices((x, y)).batch(8)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(dataset, epochs=3, validation_data=dataset, verbose=0).history
    assert history["val_loss"][-1] < history["loss"][0]
    np.testing.assert_allclose(
        model.evaluate(dataset, verbose=0), model.evaluate(x, y, verbose=0), rtol=1e-5
    )
    np.testing.assert_allclose(
        model.predict(dataset.map(lambda x, y: x), verbose=0),
        model.predict(x, verbose=0),
        rtol=1e-5,
    )
    endless = model.fit(dataset.shuffle(5).repeat(), epochs=2, steps_per_epoch=3, verbose=0)
    assert len(endless.history["loss"]) == 2

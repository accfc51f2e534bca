"""What fit, evaluate and predict take: generators, data sets, weights, parts of data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.keras import Input, Model, Sequential, layers, utils

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 2)).astype(np.float32)
Y = np.sin(X.sum(axis=1, keepdims=True))
BITS = (X[:, :1] > 0).astype(np.float32)


def network(loss: Any = "mse", **options: Any) -> Sequential:
    tf.random.set_seed(1)
    model = Sequential([layers.Dense(5, activation="tanh", input_shape=(2,)), layers.Dense(1)])
    model.compile("sgd", loss, **options)
    return model


def batches(size: int = 4, repeat: bool = True, weights: bool = False) -> Iterator[Any]:
    while True:
        for start in range(0, 12, size):
            part = slice(start, start + size)
            yield (X[part], Y[part], np.ones(size)) if weights else (X[part], Y[part])
        if not repeat:
            return


class Data(utils.PyDataset):
    """Three batches, which count how often they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []
        self.ends = 0

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        self.asked.append(index)
        part = slice(4 * index, 4 * index + 4)
        return X[part], Y[part]

    def on_epoch_end(self) -> None:
        self.ends += 1


def losses(model: Any, *data: Any, **options: Any) -> Any:
    return model.fit(*data, verbose=0, **options).history["loss"]


EXPECTED = {"batch_size": 4, "epochs": 3, "shuffle": False}


# ------------------------------------------------------------------------ what yields batches

SOURCES: dict[str, Any] = {
    "a generator": lambda: (batches(), {"steps_per_epoch": 3}),
    "with weights": lambda: (batches(weights=True), {"steps_per_epoch": 3}),
    "an iterable": lambda: (Again(), {}),
    "a data set": lambda: (Data(), {"shuffle": False}),
}


class Again:
    """Can be gone through again and again, and has no length."""

    def __iter__(self) -> Iterator[Any]:
        return batches(repeat=False)


@pytest.mark.parametrize("name", SOURCES)
def test_batches_from_anywhere_are_those_of_arrays(name: str) -> None:
    data, options = SOURCES[name]()
    expected = losses(network(), X, Y, **EXPECTED)
    assert losses(network(), data, epochs=3, **options) == expected


def test_a_data_set_is_shuffled_by_batches_and_told_of_ends() -> None:
    data = Data()
    losses(network(), data, epochs=4)
    taken = data.asked[-12:]
    assert all(sorted(taken[i : i + 3]) == [0, 1, 2] for i in range(0, 12, 3))
    assert taken != [0, 1, 2] * 4
    assert data.ends == 4


def test_evaluate_and_predict_take_batches_too() -> None:
    model = network()
    whole = model.evaluate(X, Y, verbose=0)
    assert model.evaluate(Data(), verbose=0) == pytest.approx(whole, rel=1e-6)
    assert model.evaluate(batches(), steps=3, verbose=0) == pytest.approx(whole, rel=1e-6)
    expected = model.predict(X, verbose=0)
    np.testing.assert_allclose(model.predict(Data(), verbose=0), expected, rtol=1e-6)
    found = model.predict((x for x, _ in batches(repeat=False)), verbose=0)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_generator_that_ends_early_is_told() -> None:
    model = network()
    with pytest.warns(UserWarning, match="ended after 3 of 5 steps"):
        history = model.fit(batches(repeat=False), steps_per_epoch=5, verbose=0)
    assert len(history.history["loss"]) == 1


def test_a_model_is_built_on_the_first_batch_and_still_trains_on_it() -> None:
    late = Sequential([layers.Dense(1)])
    late.compile("sgd", "mse")
    seen = []

    def watched() -> Iterator[Any]:
        for index, batch in enumerate(batches()):
            seen.append(index)
            yield batch

    late.fit(watched(), steps_per_epoch=3, verbose=0)
    assert int(late.optimizer.iterations) == 3
    assert seen == [0, 1, 2]


def test_validation_takes_batches_as_well() -> None:
    told = network().fit(X, Y, epochs=2, verbose=0, validation_data=batches(), validation_steps=3)
    expected = network().fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y))
    np.testing.assert_allclose(told.history["val_loss"], expected.history["val_loss"], rtol=1e-6)


# ------------------------------------------------------------------------ epochs and steps


def test_an_epoch_of_some_steps_goes_on_where_the_last_one_stopped() -> None:
    expected = losses(network(), X, Y, batch_size=4, epochs=1, shuffle=False)
    model = network()
    with pytest.warns(UserWarning, match="ended after 1 of 2 steps"):
        two = losses(model, X, Y, batch_size=4, epochs=2, shuffle=False, steps_per_epoch=2)
    assert np.average(two, weights=[2, 1]) == pytest.approx(expected[0], rel=1e-6)
    assert int(model.optimizer.iterations) == 3


@pytest.mark.parametrize(("freq", "epochs"), [(2, [2, 4]), ([1, 4], [1, 4]), (9, [])])
def test_validation_happens_when_it_is_asked_for(freq: Any, epochs: list[int]) -> None:
    history = (
        network()
        .fit(X, Y, epochs=5, verbose=0, validation_data=(X, Y), validation_freq=freq)
        .history
    )
    assert len(history.get("val_loss", [])) == len(epochs)


def test_initial_epoch_counts_on() -> None:
    model = network()
    assert model.fit(X, Y, epochs=5, initial_epoch=3, verbose=0).epoch == [3, 4]
    assert model.fit(X, Y, epochs=2, initial_epoch=3, verbose=0).epoch == []


# ------------------------------------------------------------------------ weights of classes


def test_class_weights_are_sample_weights() -> None:
    weighted = network("binary_crossentropy")
    by_class = losses(weighted, X, BITS, class_weight={0: 1.0, 1: 3.0}, epochs=3)
    by_sample = losses(
        network("binary_crossentropy"), X, BITS, sample_weight=1 + 2 * BITS[:, 0], epochs=3
    )
    assert by_class == by_sample


@pytest.mark.parametrize("labels", [[0, 2, 1, 2], np.eye(3)[[0, 2, 1, 2]]])
def test_class_weights_take_numbers_and_one_hot_rows(labels: Any) -> None:
    from tinygrad_gates.keras.trainers.arrays import class_weights

    found = class_weights({0: 5.0, 2: 2.0}, np.asarray(labels), None)
    np.testing.assert_array_equal(found, [5, 2, 1, 2])


# ------------------------------------------------------------------------ several inputs


def two_inputs() -> Model:
    tf.random.set_seed(2)
    one, two = Input((2,), name="one"), Input((2,), name="two")
    model = Model([one, two], layers.Dense(1)(layers.Subtract()([one, two])))
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("form", [lambda a, b: [a, b], lambda a, b: {"two": b, "one": a}])
def test_several_inputs_come_as_a_list_or_by_name(form: Any) -> None:
    expected = losses(two_inputs(), [X, 2 * X], Y, epochs=2, shuffle=False)
    model = two_inputs()
    assert losses(model, form(X, 2 * X), Y, epochs=2, shuffle=False) == expected
    assert model.predict(form(X, X), verbose=0).shape == (12, 1)


def test_numbers_of_classes_and_table_rows_stay_whole() -> None:
    rows = np.arange(12).reshape(6, 2) % 5
    model = Sequential([Input((2,), dtype="int32"), layers.Embedding(5, 3), layers.Flatten(),
                        layers.Dense(3)])  # fmt: skip
    model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert np.isfinite(losses(model, rows, rows[:, 0] % 3, epochs=2)).all()


MISTAKES: dict[str, tuple[Any, str]] = {
    "y beside a generator": (lambda: network().fit(batches(), Y), "y has to be yielded with th"),
    "weights beside one": (
        lambda: network().fit(Data(), sample_weight=Y), "sample_weight has to be yielded",
    ),
    "a split of one": (lambda: network().fit(Data(), validation_split=0.5), "cannot part it"),
    "four parts": (
        lambda: network().fit(iter([(X, Y, Y, Y)]), steps_per_epoch=1), "a tuple of 4",
    ),
    "no steps": (lambda: network().fit(batches(), steps_per_epoch=0), "steps_per_epoch=0"),
    "class weights in a list": (
        lambda: network().fit(X, BITS, class_weight=[1, 2]), "has to be a dict from class numbers",
    ),
    "a missing input": (lambda: two_inputs().fit({"one": X}, Y), "'two' is missing"),
    "inputs of other lengths": (
        lambda: two_inputs().fit([X, X[:5]], Y), "x has 12 samples and x has 5",
    ),
    "a freq of nothing": (
        lambda: network().fit(X, Y, validation_data=(X, Y), validation_freq=0),
        "validation_freq=0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name: str) -> None:
    call, message = MISTAKES[name]
    with pytest.raises(ValueError, match=message):
        call()

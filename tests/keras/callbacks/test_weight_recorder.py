"""`WeightRecorder`: the weights of every epoch, and those before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.keras import callbacks, layers
from tinygrad_gates.keras.callbacks import BackupAndRestore, Callback, WeightRecorder
from tinygrad_gates.keras.models import Sequential

X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = 2 * X + 1


def compiled() -> Sequential:
    tf.random.set_seed(1)
    model = Sequential([layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    return model


def same(one: Any, other: Any) -> None:
    assert len(one) == len(other)
    for arrays, others in zip(one, other, strict=True):
        for a, b in zip(arrays, others, strict=True):
            np.testing.assert_array_equal(a, b)


def watched(**options: Any) -> tuple[WeightRecorder, list[Any]]:
    """Train, and also take down the weights by hand."""
    model, recorder = compiled(), WeightRecorder(**options)
    seen = [model.get_weights()]
    watch = callbacks.LambdaCallback(on_epoch_end=lambda *_: seen.append(model.get_weights()))
    model.fit(X, Y, epochs=7, batch_size=2, verbose=0, callbacks=[recorder, watch])
    return recorder, seen


def test_weights_are_those_of_each_moment() -> None:
    recorder, seen = watched()
    assert recorder.epochs == [*range(8)]
    same(recorder.weights, seen)


@pytest.mark.parametrize(("every", "epochs"), [(2, [0, 2, 4, 6, 7]), (7, [0, 7]), (100, [0, 7])])
def test_some_epochs_are_left_out_but_never_the_last(every: int, epochs: list[int]) -> None:
    recorder, seen = watched(every=every)
    assert recorder.epochs == epochs
    same(recorder.weights, [seen[epoch] for epoch in epochs])


def test_each_training_starts_afresh_and_goes_on_counting() -> None:
    model, recorder = compiled(), WeightRecorder()
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[recorder])
    last = recorder.weights[-1]
    model.fit(X, Y, epochs=4, initial_epoch=2, verbose=0, callbacks=[recorder])
    assert recorder.epochs == [2, 3, 4]
    same(recorder.weights[:1], [last])


def test_a_model_that_training_builds_has_weights_before_its_first_step() -> None:
    for data in ((X, Y), (((X, Y) for _ in range(99)),)):
        model, recorder = Sequential([layers.Dense(1)]), WeightRecorder(every=3)
        model.compile("sgd", "mse")
        options: Any = {"steps_per_epoch": 1, "verbose": 0, "callbacks": [recorder]}
        model.fit(*data, epochs=4, **options)
        assert recorder.epochs == [0, 3, 4]
        assert [array.shape for array in recorder.weights[0]] == [(1, 1), (1,)]


class PowerError(Exception):
    """What fails."""


class FailAt(Callback):
    def __init__(self, epoch: int) -> None:
        self.at = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.at:
            raise PowerError


def test_an_interrupted_training_goes_on(tmp_path: Path) -> None:
    def train(*more: Callback) -> WeightRecorder:
        recorder = WeightRecorder()
        turns = [BackupAndRestore(tmp_path), recorder, *more]
        compiled().fit(X, Y, epochs=5, verbose=0, callbacks=turns)
        return recorder

    whole = train(FailAt(99))
    with pytest.raises(PowerError):
        train(FailAt(3))
    again = train(FailAt(99))
    assert again.epochs == whole.epochs == [0, 1, 2, 3, 4, 5]
    same(again.weights, whole.weights)


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="WeightRecorder: every=0 has to be 1 or more"):
        WeightRecorder(every=0)

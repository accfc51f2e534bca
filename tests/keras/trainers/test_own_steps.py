"""Models with training steps of their own, in the manner of Keras's guides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates import gradients
from tinygrad_gates.keras import Model, Sequential, callbacks, layers, metrics, utils

X = np.random.default_rng(0).random((24, 3), np.float32)
Y = X.sum(1, keepdims=True)


class Own(Sequential):
    """Does what Keras's own step does, and lets each metric take the batch into account."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y, weight = utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weight)
        weights = self.trainable_variables
        self.optimizer.apply(gradients(loss, weights), weights)
        return self._report(loss, y, y_pred, weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        x, y, weight = utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weight)
        return self._report(loss, y, y_pred, weight)

    def _report(self, loss: Any, y: Any, y_pred: Any, weight: Any) -> dict[str, Any]:
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=weight)
        return {metric.name: metric.result() for metric in self.metrics}


def compiled(kind: type[Sequential]) -> Sequential:
    utils.set_random_seed(1)
    model = kind([layers.Dense(4, activation="relu"), layers.Dropout(0.5), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae", "acc"])
    return model


def test_an_own_step_may_look_for_metrics_in_the_first_batch() -> None:
    histories = [
        compiled(kind).fit(X, Y, batch_size=8, epochs=2, validation_data=(X, Y), verbose=0).history
        for kind in (Own, Sequential)
    ]
    assert list(histories[0]) == list(histories[1])
    for name, expected in histories[1].items():
        assert histories[0][name] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("call", ["evaluate", "train_on_batch", "test_on_batch"])
def test_whatever_is_called_first(call: str) -> None:
    results = [getattr(compiled(kind), call)(X, Y, return_dict=True) for kind in (Own, Sequential)]
    assert results[0] == pytest.approx(results[1], rel=1e-6)


class Uncallable(Model):
    """A model that is no function: its parts are called in its step."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = Sequential([layers.Dense(2)])
        self.seen: list[Any] = []
        self.mean_loss = metrics.Mean(name="mean_loss")

    def train_step(self, data: Any) -> dict[str, Any]:
        self.seen.append(data)
        x = data[0] if isinstance(data, tuple) else data
        loss = (self.inside(x) ** 2).mean()
        weights = self.inside.trainable_weights
        self.optimizer.apply(gradients(loss, weights), weights)
        self.mean_loss.update_state(loss)
        return {"mean_loss": self.mean_loss.result()}


def test_a_model_with_an_own_step_need_not_be_callable() -> None:
    model = Uncallable()
    model.compile("sgd")
    history = model.fit(X, epochs=3, verbose=0).history["mean_loss"]
    assert history[-1] < history[0]


def test_inputs_alone_come_as_they_are() -> None:
    """Without targets there is no tuple around them, as in Keras."""
    model = Uncallable()
    model.compile("sgd")
    model.fit(X, verbose=0, batch_size=24)
    model.fit(X, Y, verbose=0, batch_size=24)
    alone, pair = model.seen
    np.testing.assert_array_equal(alone.data, X)
    assert (type(pair), len(pair)) == (tuple, 2)


def test_predict_step_gets_inputs_alone_too() -> None:
    class Doubling(Sequential):
        def predict_step(self, data: Any) -> Any:
            return 2 * self(data)

    model = Doubling([layers.Dense(1, kernel_initializer="ones")])
    np.testing.assert_allclose(model.predict(X, verbose=0), 2 * Y, rtol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(X), 2 * Y, rtol=1e-6)


class Endless:
    """Batches without end, whose number cannot be told."""

    def __iter__(self) -> Any:
        while True:
            yield X, Y

    def __len__(self) -> int:
        raise TypeError("there is no end")


def test_data_may_refuse_to_tell_how_much_it_is() -> None:
    model = compiled(Sequential)
    steps: list[Any] = []
    noting = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
    model.fit(Endless(), steps_per_epoch=2, epochs=2, callbacks=[noting], verbose=0)
    assert steps == [0, 1, 0, 1]

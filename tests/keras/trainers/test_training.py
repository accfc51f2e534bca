"""compile, fit, evaluate, predict: the numbers, the history, callbacks, interrupts."""

from __future__ import annotations

import signal
import threading
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.errors import AnomalyError
from tinygrad_gates.keras.callbacks import Callback
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.models import Model, Sequential
from tinygrad_gates.keras.optimizers import SGD

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def network(optimizer: Any = "sgd", **options: Any) -> Sequential:
    tf.random.set_seed(1)
    model = Sequential([Dense(5, activation="tanh", input_shape=(2,)), Dense(1)])
    model.compile(optimizer=optimizer, loss="mse", metrics=["acc"], **options)
    return model


def trained(model: Model) -> np.ndarray[Any, Any]:
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


# ------------------------------------------------------------------------ batches


def test_batches_follow_the_data_in_order() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(10, 2)), rng.normal(size=(10, 1))
    whole, pieces = network(), network()
    history = pieces.fit(x, y, batch_size=4, epochs=1, shuffle=False, verbose=0).history
    losses = []
    for part in (slice(0, 4), slice(4, 8), slice(8, 10)):
        h = whole.fit(x[part], y[part], epochs=1, verbose=0).history
        losses.append(h["loss"][0])
    assert history["loss"][0] == pytest.approx(np.average(losses, weights=[4, 4, 2]), rel=1e-6)
    for a, b in zip(whole.get_weights(), pieces.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_shuffling_follows_the_seed() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 2)), rng.normal(size=(50, 1))
    runs = []
    for shuffle in (True, True, False):
        model = network()
        model.fit(x, y, batch_size=5, epochs=2, shuffle=shuffle, verbose=0)
        runs.append(trained(model))
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_evaluate_and_predict() -> None:
    model = network()
    predictions = model.predict(X, verbose=0)
    assert (predictions.shape, predictions.dtype) == ((4, 1), np.float32)
    loss, accuracy = model.evaluate(X, Y, verbose=0)
    assert loss == pytest.approx(np.mean((predictions - Y) ** 2), rel=1e-6)
    assert accuracy == np.mean((predictions > 0.5) == Y)
    assert model.evaluate(X, Y, verbose=0, return_dict=True) == {"loss": loss, "acc": accuracy}
    np.testing.assert_allclose(model.predict(X, batch_size=3, verbose=0), predictions, rtol=1e-6)


def test_validation_and_weights_of_samples() -> None:
    model = network()
    history = model.fit(X, Y, epochs=2, validation_data=(X, Y), verbose=0).history
    assert history.keys() == {"loss", "acc", "val_loss", "val_acc"}
    assert history["val_loss"][-1] == pytest.approx(model.evaluate(X, Y, verbose=0)[0])
    ours = network().fit(X, Y, verbose=0, sample_weight=np.array([1, 0, 0, 0])).history["loss"][0]
    p = network().predict(X[:1], verbose=0)
    assert ours == pytest.approx(float(p[0, 0] ** 2) / 4, rel=1e-5)


def test_one_batch_of_all_samples_keeps_their_order() -> None:
    shuffled, kept = network(), network()
    shuffled.fit(X, Y, epochs=5, verbose=0)
    kept.fit(X, Y, epochs=5, verbose=0, shuffle=False)
    np.testing.assert_array_equal(trained(shuffled), trained(kept))


def test_fit_draws_nothing_from_the_stream_of_weights() -> None:
    model = network()
    tf.random.set_seed(5)
    model.fit(np.repeat(X, 20, 0), np.repeat(Y, 20, 0), batch_size=8, epochs=3, verbose=0)
    after = tf.random.uniform((3,))
    tf.random.set_seed(5)
    np.testing.assert_array_equal(after, tf.random.uniform((3,)))


def test_targets_may_be_a_vector() -> None:
    column, vector = network(), network()
    column.fit(X, Y, epochs=3, verbose=0)
    vector.fit(X, Y.ravel(), epochs=3, verbose=0)
    np.testing.assert_array_equal(trained(column), trained(vector))


@pytest.mark.parametrize("kind", [list, lambda a: a.astype(bool), np.asfortranarray, tf.Value])
def test_data_may_be_anything_that_makes_arrays(kind: Any) -> None:
    plain, other = network(), network()
    plain.fit(X, Y, verbose=0)
    other.fit(kind(X), kind(Y), verbose=0)
    np.testing.assert_array_equal(trained(plain), trained(other))


def test_float64_models_compute_in_float64() -> None:
    model = Sequential([Dense(1, input_shape=(2,), dtype="float64")])
    model.compile(SGD(0.1), "mse")
    model.fit(X + 1e-12, Y, epochs=3, verbose=0)
    assert all(weight.dtype == np.float64 for weight in model.get_weights())
    assert model.predict(X, verbose=0).dtype == np.float64


# ------------------------------------------------------------------------ results


def test_a_single_figure_comes_alone() -> None:
    model = network()
    model.compile("sgd", "mse")
    loss = model.evaluate(X, Y, verbose=0)
    assert type(loss) is float
    assert model.evaluate(X, Y, verbose=0, return_dict=True) == {"loss": loss}
    assert model.metrics_names == ["loss"]
    assert model.loss == "mse"


def test_validation_split_holds_the_last_samples_out() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(10, 2)), rng.normal(size=(10, 1))
    split, given = network(), network()
    ours = split.fit(x, y, validation_split=0.3, verbose=0).history
    theirs = given.fit(x[:7], y[:7], validation_data=(x[7:], y[7:]), verbose=0).history
    assert ours == theirs


def test_validation_weights_count() -> None:
    model = network()
    weights = np.array([1.0, 0, 0, 0])
    history = model.fit(X, Y, validation_data=(X, Y, weights), verbose=0).history
    expected = model.evaluate(X, Y, sample_weight=weights, verbose=0)
    assert history["val_loss"] == [pytest.approx(expected[0])]


def test_the_history_tells_its_epochs_and_the_call() -> None:
    model = network()
    history = model.fit(X, Y, batch_size=2, epochs=5, initial_epoch=2, verbose=0)
    assert history is model.history
    assert history.epoch == [2, 3, 4]
    assert history.params == {"epochs": 5, "steps": 2, "verbose": 0}
    assert history.model is model
    assert all(len(figures) == 3 for figures in history.history.values())
    assert model.fit(X, Y, epochs=0, verbose=0).history == {}


def test_a_loss_and_metrics_of_ones_own() -> None:
    def cubed(y_true: Any, y_pred: Any) -> Any:
        return np.mean(np.abs(y_pred - y_true) ** 3, axis=-1)

    model = network()
    model.compile("sgd", cubed, metrics=[cubed, "mse"])
    before = np.abs(model.predict(X, verbose=0) - Y)
    results = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert results.keys() == {"loss", "cubed", "mse"}
    assert results["loss"] == pytest.approx(np.mean(before**3), rel=1e-6)
    assert results["cubed"] == pytest.approx(results["loss"], rel=1e-6)
    assert results["mse"] == pytest.approx(np.mean(before**2), rel=1e-6)
    losses = model.fit(X, Y, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_frozen_weights_stay() -> None:
    model = network()
    model.layers[0].trainable = False
    before = model.get_weights()
    model.fit(X, Y, epochs=3, verbose=0)
    after = model.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


def test_a_model_without_weights_to_train_is_only_evaluated() -> None:
    model = network()
    model.trainable = False
    expected = model.evaluate(X, Y, verbose=0)[0]
    assert model.fit(X, Y, epochs=2, verbose=0).history["loss"] == [expected] * 2


def test_a_subclass_trains() -> None:
    class Gate(Model):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = Dense(8, "tanh"), Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.second(self.first(inputs))

    model = Gate()
    model.compile(SGD(0.3), "mse", metrics=["acc"])
    history = model.fit(X, Y, epochs=400, verbose=0).history
    assert history["acc"][-1] == 1.0
    assert [layer.units for layer in model.layers] == [8, 1]


def test_training_again_goes_on_where_it_was() -> None:
    once, twice = network("rmsprop"), network("rmsprop")
    once.fit(X, Y, epochs=6, verbose=0)
    twice.fit(X, Y, epochs=3, verbose=0)
    twice.fit(X, Y, epochs=3, verbose=0)
    np.testing.assert_array_equal(trained(once), trained(twice))


def test_anomalies_are_found_while_training() -> None:
    model = network(SGD(1e30))
    with tf.detect_anomaly(), np.errstate(all="ignore"), pytest.raises(AnomalyError, match="made"):
        model.fit(X, Y, epochs=10, verbose=0)


# ------------------------------------------------------------------------ callbacks


def test_callbacks_are_called_in_turn() -> None:
    calls: list[str] = []

    class Recorder(Callback):
        pass

    for name in [name for name in dir(Callback) if name.startswith("on_")]:

        def record(self: Any, *args: Any, name: str = name) -> None:
            calls.append(name.removeprefix("on_"))

        setattr(Recorder, name, record)
    model = network()
    model.fit(X, Y, batch_size=2, verbose=0, callbacks=Recorder(), validation_data=(X, Y))
    step, test_step = (
        ["train_batch_begin", "train_batch_end"],
        ["test_batch_begin", "test_batch_end"],
    )
    validation = ["test_begin", *test_step * 2, "test_end"]
    assert calls == ["train_begin", "epoch_begin", *step * 2, *validation, "epoch_end", "train_end"]
    calls.clear()
    model.predict(X, verbose=0, callbacks=[Recorder()])
    assert calls == ["predict_begin", "predict_batch_begin", "predict_batch_end", "predict_end"]


@pytest.mark.parametrize("turn", ["on_train_batch_end", "on_epoch_end"])
def test_a_callback_ends_training(turn: str) -> None:
    class Enough(Callback):
        pass

    def stop(self: Any, number: int, logs: Any = None) -> None:
        self.model.stop_training = True

    setattr(Enough, turn, stop)
    model = network()
    history = model.fit(X, Y, batch_size=2, epochs=9, verbose=0, callbacks=[Enough()])
    assert history.epoch == [0]
    assert model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1], "not the next one"


# ------------------------------------------------------------------------ interrupts


def test_ctrl_c_leaves_a_usable_model_and_its_history() -> None:
    class Impatient(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 3:
                raise KeyboardInterrupt

    model = network()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=10, verbose=0, callbacks=[Impatient()])
    assert model.history is not None
    assert len(model.history.history["loss"]) == 3
    expected = network()
    expected.fit(X, Y, epochs=3, verbose=0)
    np.testing.assert_array_equal(trained(model), trained(expected))


def test_ctrl_c_inside_a_step_waits_for_its_end() -> None:
    class Hasty(SGD):
        pressed = False

        def rule(self, parameter: Any, *rest: Any) -> Any:
            if int(self.iterations) == 2 and not self.pressed:
                self.pressed = True
                signal.raise_signal(signal.SIGINT)
            return super().rule(parameter, *rest)

    before = signal.getsignal(signal.SIGINT)
    model, expected = network(Hasty()), network(SGD())
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=10, verbose=0)
    assert signal.getsignal(signal.SIGINT) is before
    expected.fit(X, Y, epochs=3, verbose=0)
    np.testing.assert_array_equal(trained(model), trained(expected))
    assert int(model.optimizer.iterations) == 3


def test_training_works_in_another_thread() -> None:
    model, expected = network(), network()
    thread = threading.Thread(target=lambda: model.fit(X, Y, epochs=3, verbose=0))
    thread.start()
    thread.join()
    expected.fit(X, Y, epochs=3, verbose=0)
    np.testing.assert_array_equal(trained(model), trained(expected))

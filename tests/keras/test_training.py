"""compile, fit, evaluate, predict: numbers, printed lines, and what goes wrong."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.keras.callbacks import Callback
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.models import Sequential

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def network(optimizer: Any = "sgd", **options: Any) -> Sequential:
    tf.random.set_seed(1)
    model = Sequential([Dense(5, activation="tanh", input_shape=(2,)), Dense(1)])
    model.compile(optimizer=optimizer, loss="mse", metrics=["acc"], **options)
    return model


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
        runs.append(np.concatenate([w.ravel() for w in model.get_weights()]))
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


# ------------------------------------------------------------------------ what is printed


def test_verbose_0_prints_nothing(capsys: Any) -> None:
    network().fit(X, Y, epochs=3, verbose=0)
    assert capsys.readouterr() == ("", "")


def test_verbose_1_prints_the_article_s_lines(capsys: Any) -> None:
    network().fit(X, Y, epochs=2, batch_size=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2"
    line = r"2/2 \[={30}\] - \d+s \d+(us|ms|s)/step - loss: \d\.\d{4} - acc: \d\.\d{4}"
    assert re.fullmatch(line, lines[1])
    assert lines[2] == "Epoch 2/2"
    assert len(lines) == 4


def test_verbose_2_prints_a_line_each(capsys: Any) -> None:
    network().fit(X, Y, epochs=1, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/1"
    assert re.match(r"1/1 - \d+s - .*loss: \d\.\d{4} - acc: \d\.\d{4}", lines[1])


def test_progress_is_live_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)

    class Slow(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            import time

            time.sleep(0.06)

    network().fit(np.repeat(X, 8, 0), np.repeat(Y, 8, 0), batch_size=4, callbacks=[Slow()])
    assert re.search(r"[\r\b].*\d/8 \[=*>\.*\] - ETA: ", screen.getvalue(), re.DOTALL)
    assert "8/8 [==============================]" in screen.getvalue()


# ------------------------------------------------------------------------ interrupts


def test_ctrl_c_leaves_a_usable_model_and_its_history() -> None:
    class Impatient(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 3:
                raise KeyboardInterrupt

    model = network()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=10, verbose=0, callbacks=[Impatient()])
    assert len(model.history.history["loss"]) == 3
    assert np.all(np.isfinite(model.predict(X, verbose=0)))


# ------------------------------------------------------------------------ weights


def test_weights_go_out_and_in() -> None:
    one, other = network(), network()
    one.fit(X, Y, epochs=3, verbose=0)
    other.set_weights(one.get_weights())
    np.testing.assert_array_equal(one.predict(X, verbose=0), other.predict(X, verbose=0))
    one.get_weights()[0][:] = 99
    assert np.max(np.abs(one.get_weights()[0])) < 9


def test_wrong_weights_change_nothing() -> None:
    model = network()
    before = model.get_weights()
    wrong = [before[0] + 1, before[1], before[2][:2], before[3]]
    with pytest.raises(ValueError, match="shape"):
        model.set_weights(wrong)
    with pytest.raises(ValueError, match="4"):
        model.set_weights(before[:3])
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)

"""compile, fit, evaluate, predict: numbers, printed lines, and what goes wrong."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value, gradients
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras.callbacks import Callback
from tinygrad_gates.keras.layers import Dense, Input
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD, RMSprop

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def network(optimizer: Any = "sgd", **options: Any) -> Sequential:
    tf.random.set_seed(1)
    model = Sequential([Dense(5, activation="tanh", input_shape=(2,)), Dense(1)])
    model.compile(optimizer=optimizer, loss="mse", metrics=["acc"], **options)
    return model


# ------------------------------------------------------------------------ optimizers, by hand


def sgd(w: Any, g: Any, s: dict[str, Any]) -> Any:
    return w - 0.1 * g


def momentum(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["v"] = 0.9 * s.get("v", 0) - 0.1 * g
    return w + s["v"]


def nesterov(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["v"] = 0.9 * s.get("v", 0) - 0.1 * g
    return w + 0.9 * s["v"] - 0.1 * g


def rmsprop(w: Any, g: Any, s: dict[str, Any]) -> Any:
    s["r"] = 0.9 * s.get("r", 0) + 0.1 * g * g
    return w - 0.01 * g / np.sqrt(s["r"] + 1e-7)


OPTIMIZERS = {
    "sgd": (lambda: SGD(learning_rate=0.1), sgd),
    "momentum": (lambda: SGD(learning_rate=0.1, momentum=0.9), momentum),
    "nesterov": (lambda: SGD(0.1, 0.9, nesterov=True), nesterov),
    "rmsprop": (lambda: RMSprop(learning_rate=0.01), rmsprop),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_follow_the_formula(name: str) -> None:
    make, formula = OPTIMIZERS[name]
    model = network(make())
    weights = [w.astype(np.float64) for w in model.get_weights()]
    states: list[dict[str, Any]] = [{} for _ in weights]
    losses = []
    for _ in range(20):
        leaves = w1, b1, w2, b2 = [Value(w) for w in weights]
        loss = ((np.tanh(X @ w1 + b1) @ w2 + b2 - Y) ** 2).mean()
        losses.append(loss.item())
        pairs = zip(weights, gradients(loss, leaves), states, strict=True)
        weights = [formula(w, g, s) for w, g, s in pairs]
    history = model.fit(X, Y, epochs=20, verbose=0).history
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-5)
    for ours, expected in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-6)


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


def test_summary_counts_parameters(capsys: Any) -> None:
    model = network()
    assert model.summary() is None
    printed = capsys.readouterr().out
    for text in ("dense", "(None, 5)", "(None, 1)", "15", "6", "Total params: 21"):
        assert text in printed


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


# ------------------------------------------------------------------------ layers, initial weights


def test_initial_weights_are_the_stream_s() -> None:
    tf.random.set_seed(777)
    kernel = Dense(3)
    kernel.build((None, 2))
    tf.random.set_seed(777)
    limit = np.sqrt(6 / 5)
    expected = tf.random.uniform((2, 3), -limit, limit)
    np.testing.assert_allclose(kernel.get_weights()[0], expected, rtol=1e-6)
    np.testing.assert_array_equal(kernel.get_weights()[1], np.zeros(3))


def test_a_model_is_built_by_its_first_data() -> None:
    model = Sequential([Dense(3), Dense(1)])
    model.compile("sgd", "mse")
    assert model.predict(X, verbose=0).shape == (4, 1)
    assert [w.shape for w in model.get_weights()] == [(2, 3), (3,), (3, 1), (1,)]
    again = Sequential([Input((2,)), Dense(1, use_bias=False)])
    assert [w.shape for w in again.get_weights()] == [(2, 1)]


def test_models_are_called_on_values() -> None:
    model = network()
    x = Value(X.astype(np.float32))
    loss = mse(Y, model(x)).mean()
    loss.backward()
    assert x.grad.shape == (4, 2)
    assert all(w.grad.shape == w.shape for w in model.weights)


@pytest.mark.parametrize("activation", ["linear", "relu", "sigmoid", "softmax", "softplus", "tanh"])
def test_layers_pass_the_gradient_check(activation: str) -> None:
    tf.random.set_seed(0)
    layer = Dense(3, activation=activation, dtype="float64")
    layer.build((None, 2))
    kernel, bias = (np.asarray(w, float) for w in layer.get_weights())

    def call(x: Any) -> Any:
        return layer(x)

    tf.assert_gradients(call, np.array([[0.3, -0.7], [1.1, 0.4]]), order=2)
    assert kernel.shape == (2, 3)
    assert bias.shape == (3,)


# ------------------------------------------------------------------------ mistakes


def uncompiled() -> Sequential:
    return Sequential([Dense(1, input_shape=(2,))])


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    "forgotten compile": (lambda: uncompiled().fit(X, Y), ValueError, "fit.*compile"),
    "wrong width": (lambda: network().fit(np.ones((4, 3)), Y), ValueError, "3"),
    "counts": (lambda: network().fit(X, Y[:3]), ValueError, "4.*3|3.*4"),
    "text": (lambda: network().fit(np.array([["a", "b"]]), Y[:1]), TypeError, "fit"),
    "nan": (lambda: network().fit(np.full((4, 2), np.nan), Y), ValueError, "[Nn]a[Nn]"),
    "no data": (lambda: network().fit(np.ones((0, 2)), np.ones((0, 1))), ValueError, "fit"),
    "optimizer": (lambda: uncompiled().compile("sgdd", "mse"), ValueError, "sgdd.*sgd"),
    "loss": (lambda: uncompiled().compile("sgd", "msee"), ValueError, "msee.*mse"),
    "metric": (lambda: network().compile("sgd", "mse", metrics=["accc"]), ValueError, "accc"),
    "metrics as text": (lambda: network().compile("sgd", "mse", metrics="acc"), TypeError, "list"),
    "activation": (lambda: Dense(1, activation="rellu"), ValueError, "rellu.*relu"),
    "units": (lambda: Dense(0), ValueError, "units.*0"),
    "fraction of units": (lambda: Dense(1.5), (TypeError, ValueError), "units.*1.5"),
    "input shape": (lambda: Dense(1, input_shape="2"), ValueError, "Dense: input_shape='2'"),
    "number as shape": (lambda: Dense(1, input_shape=2), ValueError, r"input_shape=\(2,\)"),
    "shape of Input": (lambda: Input(shape=(2.5,)), ValueError, "Input: shape"),
    "unbuilt weights": (lambda: Sequential([Dense(1)]).set_weights([X]), ValueError, "weights"),
    "learning rate": (lambda: SGD(learning_rate=-1), ValueError, "learning_rate"),
    "momentum": (lambda: SGD(momentum=2), ValueError, "momentum"),
    "not a layer": (lambda: Sequential([3]), (TypeError, ValueError), "3"),
    "epochs": (lambda: network().fit(X, Y, epochs=-1), ValueError, "epochs"),
    "batch size": (lambda: network().fit(X, Y, batch_size=0), ValueError, "batch_size"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = MISTAKES[name]
    with pytest.raises(error, match=message):
        call()


def test_exceptions_belong_to_the_package() -> None:
    with pytest.raises(ShapeError):
        network().fit(np.ones((4, 3)), Y)
    with pytest.raises(DtypeError):
        network().fit(np.array([["a", "b"]]), Y[:1])

"""What users of other packages run into, every day: none of it happens here."""

# ruff: noqa: NPY002 - the legacy generators are what is tested

from __future__ import annotations

import gc
import importlib.metadata
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import Sequential, callbacks, layers, losses, models, utils

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)


def network() -> Sequential:
    tf.random.set_seed(777)
    model = Sequential([layers.Dense(32, activation="relu", input_shape=(2,)), layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", metrics=["acc"])
    return model


# ------------------------------------------------------------------------ installing, importing


def test_a_model_is_drawn_where_there_is_no_dot(tmp_path: Path) -> None:
    code = """
from tinygrad_gates.keras import Sequential, layers, utils
model = Sequential([layers.Dense(3, input_shape=(2,))])
utils.plot_model(model, "model.png", show_shapes=True)
"""
    environment = {**os.environ, "PATH": ""}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "model.png").read_bytes().startswith(b"\x89PNG")


def test_installing_takes_numpy_and_what_draws() -> None:
    required = importlib.metadata.requires("tinygrad_gates") or []
    names = {re.split(r"[<>=;\[ ]", line)[0] for line in required if "extra ==" not in line}
    assert names == {"numpy", "graphviz", "graphviz-pure"}


def modules_of(code: str) -> set[str]:
    code = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_stays_light() -> None:
    """Seconds are for the benchmark; here it is counted what an import brings along."""
    numpy = modules_of("import numpy")
    package = modules_of("import tinygrad_gates") - numpy
    assert len({name for name in package if not name.startswith("tinygrad_gates")}) <= 25
    trained = modules_of("""
from tinygrad_gates.keras import Sequential, layers
model = Sequential([layers.Dense(1, input_shape=(2,))])
model.compile("sgd", "mse")
model.fit([[0, 1]], [1], verbose=0)
""")
    heavy = {"matplotlib", "h5py", "safetensors", "graphviz", "tensorboardX", "pandas", "IPython"}
    assert not heavy & {name.partition(".")[0] for name in trained}


# ------------------------------------------------------------------------ tiny models


def python_calls(function: Any) -> int:
    """Return how many functions written in Python are entered during a call."""
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    gc.disable()  # it would call what others have told it to
    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls


def test_a_step_on_a_tiny_model_does_little_else() -> None:
    model = network()
    model.fit(X, Y, epochs=2, verbose=0)
    few, many = (
        python_calls(lambda epochs=epochs: model.fit(X, Y, epochs=epochs, verbose=0))
        for epochs in (10, 90)
    )
    assert (many - few) / 80 < 150, "calls an epoch"
    assert few < 3000, "and those around it"


def test_a_prediction_on_a_tiny_model_does_little_else() -> None:
    model = network()
    model.predict(X, verbose=0)
    assert python_calls(lambda: model.predict(X, verbose=0)) < 200
    assert python_calls(lambda: model(X)) < 60


def test_nothing_grows_over_calls() -> None:
    model = network()
    counts = [python_calls(lambda: model.train_on_batch(X, Y)) for _ in range(20)]
    assert len(set(counts[5:])) == 1


# ------------------------------------------------------------------------ progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "ascii"

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        text.encode(self.encoding)  # as a terminal would
        return super().write(text)


def printed(stream: Any, monkeypatch: Any, **options: Any) -> str:
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm")
    rng = np.random.default_rng(0)
    network().fit(
        rng.normal(size=(2000, 2)), rng.normal(size=2000), batch_size=1, **{"epochs": 2, **options}
    )
    return str(stream.getvalue())


def test_the_line_on_a_terminal_is_throttled(monkeypatch: Any) -> None:
    text = printed(Terminal(), monkeypatch)
    assert text.isascii()
    assert 2 <= text.count("\r") < 500, "2,000 steps an epoch, and 20 changes a second at most"
    assert "\b" not in text


def test_a_file_gets_finished_lines_alone(monkeypatch: Any) -> None:
    lines = printed(io.StringIO(), monkeypatch).splitlines()
    assert [line[:9] for line in lines] == ["Epoch 1/2", "2000/2000", "Epoch 2/2", "2000/2000"]
    assert all("\r" not in line and "ETA" not in line for line in lines)


def test_a_whole_run_takes_one_line_on_wish(monkeypatch: Any) -> None:
    line = callbacks.ProgbarLogger(whole_run=True)
    text = printed(io.StringIO(), monkeypatch, callbacks=[line], validation_split=0.1)
    (only,) = text.splitlines()
    assert re.fullmatch(r"2/2 \[=+\] - \d+s \S+/epoch - loss: .* - val_acc: \S+", only)


def test_a_line_on_a_narrow_terminal_is_not_wrapped(monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = printed(Terminal(), monkeypatch, epochs=1)
    live = [part for part in text.split("\r")[1:-1] if "ETA" in part]
    assert all(len(part.splitlines()[0]) < 40 for part in live)


def test_names_that_the_output_cannot_show_are_escaped(monkeypatch: Any) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    model = network()
    model.compile("sgd", "mse", metrics=[tf.keras.metrics.MeanSquaredError(name="오차")])
    model.fit(X, Y)
    assert "\\uc624\\ucc28: " in stream.getvalue()


# ------------------------------------------------------------------------ the same again

SEEDED = """
import numpy as np
from tinygrad_gates import keras
from tinygrad_gates.keras import layers
keras.utils.set_random_seed(42)
x = np.random.normal(size=(64, 3)).astype("float32")
y = np.random.normal(size=(64, 1)).astype("float32")
model = keras.Sequential([
    layers.Dense(8, activation="tanh", kernel_initializer="he_normal"),
    layers.Dropout(0.3), layers.GaussianNoise(0.1), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y, epochs=4, batch_size=16, verbose=0)
print(b"".join(w.tobytes() for w in model.get_weights()).hex())
"""


def test_one_seed_makes_everything_the_same_bit_for_bit() -> None:
    """Weights, shuffling, dropout and noise; whatever order Python's hashes give sets."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", SEEDED], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert len(runs[0]) > 100
    assert runs[0] == runs[1]


def test_the_package_s_seed_is_enough_for_the_package() -> None:
    """`set_seed` alone: NumPy's and Python's own generators are neither used nor changed."""
    before = np.random.get_state()[1].copy()
    results = []
    for noise in (1, 2):
        np.random.seed(noise)
        state = np.random.get_state()[1].copy()
        tf.random.set_seed(5)
        model = Sequential(
            [layers.Dense(4, input_shape=(2,)), layers.Dropout(0.5), layers.Dense(1)]
        )
        model.compile("adam", "mse")
        model.fit(np.tile(X, (20, 1)), np.tile(Y, (20, 1)), epochs=2, verbose=0)
        results.append(np.concatenate([w.ravel() for w in model.get_weights()]))
        np.testing.assert_array_equal(np.random.get_state()[1], state)
    np.testing.assert_array_equal(*results)
    np.random.set_state(("MT19937", before, 624))


# ------------------------------------------------------------------------ loading


def test_what_was_saved_is_loaded_or_refused(tmp_path: Path) -> None:
    model = network()
    model.compile(tf.keras.optimizers.Adam(0.01), "mse")
    model.fit(X, Y, epochs=5, verbose=0)
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    assert int(again.optimizer.iterations) == 5
    goes_on = [m.fit(X, Y, epochs=5, verbose=0).history["loss"] for m in (model, again)]
    assert goes_on[0] == goes_on[1], "the optimizer's state is there"
    model.save_weights(tmp_path / "all.weights.h5")
    other = Sequential([layers.Dense(31, input_shape=(2,)), layers.Dense(1)])
    with pytest.raises(ValueError, match=r"has shape \(2, 31\), and the file \(2, 32\)"):
        other.load_weights(tmp_path / "all.weights.h5")


# ------------------------------------------------------------------------ (n,) and (n, 1)


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "log_cosh", "binary_crossentropy"])
def test_a_vector_of_targets_is_one_column(name: str) -> None:
    predictions = np.array([[0.1], [0.9], [0.4], [0.6]], np.float32)
    loss = losses.get(name)
    column, vector = (np.asarray(loss(y, predictions)) for y in (Y, Y[:, 0]))
    np.testing.assert_array_equal(np.mean(column), np.mean(vector))
    assert vector.size == 4, "one loss a sample, never (n, n)"
    fits = []
    for y in (Y, Y[:, 0]):
        model = network()
        model.compile("sgd", name)
        fits.append(model.fit(X, y, epochs=3, verbose=0).history["loss"])
    assert fits[0] == fits[1]


@pytest.mark.parametrize("shape", [(4, 2), (2,), (1, 4)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises((ShapeError, ValueError), match=r"shape|samples"):
        network().fit(X, np.zeros(shape), verbose=0)


# ------------------------------------------------------------------------ pictures


def test_pictures_show_and_save_themselves(tmp_path: Path) -> None:
    picture = utils.model_to_dot(network(), show_shapes=True, show_layer_names=True)
    bundle = picture._repr_mimebundle_()
    assert "<svg" in bundle["image/svg+xml"]
    assert "(None, 32)" in bundle["image/svg+xml"]
    picture.save(tmp_path / "model.svg")
    assert "Dense" in (tmp_path / "model.svg").read_text("utf-8")
    loss = losses.mean_squared_error(Y, network()(X))
    assert "<svg" in loss.graph()._repr_mimebundle_()["image/svg+xml"]

"""The article's cells, only their import lines changed, and every line that they print."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

ARTICLE = json.loads(files("tinygrad_gates.cli").joinpath("article.json").read_text("utf-8"))

SET_UP = """
import tinygrad_gates as tf
tf.random.set_seed(777)
import numpy as np
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.optimizers import SGD
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.optimizers import RMSprop
"""
ONE_LAYER = """
x = np.array([[0,0],[0,1],[1,0],[1,1]])
y = np.array({y})
model = Sequential()
model.add(Dense(1, input_shape=(2,), activation='linear'))
model.compile(optimizer=SGD(),
              loss=mse,
              metrics=['acc'])
history = model.fit(x, y, epochs={epochs})
"""
HIDDEN_LAYER = """
x = np.array([[0,0],[0,1],[1,0],[1,1]])
y = np.array({y})
model = Sequential()
model.add(Dense(32, input_shape=(2,), activation='relu'))
model.add(Dense(1, activation='linear'))
model.compile(optimizer=SGD(),
              loss=mse,
              metrics=['acc'])
history = model.fit(x, y, epochs={epochs})
"""
LINE = re.compile(
    r"1/1 \[={30}\] - \d+s \d+(?:us|ms|s)/step - loss: (\d\.\d{4}) - acc: (\d\.\d{4})"
)


WAYS = ["as it is", "eager", "numpy", "numba"]


@pytest.fixture(scope="module", params=WAYS)
def results(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Run the cells in order, in one namespace, as a notebook does; also compiled in each way."""
    import contextlib
    import io

    way = {"as it is": "'auto'", "eager": "False"}.get(request.param, repr(request.param))
    if way == "'numba'":
        pytest.importorskip("numba")
    names: dict[str, Any] = {}
    exec(SET_UP, names)
    found = {}
    for name, record in ARTICLE["experiments"].items():
        cell = HIDDEN_LAYER if len(record["layers"]) == 2 else ONE_LAYER
        if request.param != "as it is":
            cell = cell.replace("metrics=['acc']", f"metrics=['acc'], jit_compile={way}")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            targets = np.reshape(record["y"], (-1, 1)).tolist()
            exec(cell.format(y=targets, epochs=record["epochs"]), names)
            predictions = names["model"].predict(names["x"])
        found[name] = {**names, "printed": printed.getvalue(), "predictions": predictions}
    return found


@pytest.mark.parametrize("name", ARTICLE["experiments"])
def test_every_printed_line_is_the_article_s(name: str, results: dict[str, Any]) -> None:
    record, printed = ARTICLE["experiments"][name], results[name]["printed"].splitlines()
    for epoch in range(record["epochs"]):
        assert printed[2 * epoch] == f"Epoch {epoch + 1}/{record['epochs']}"
        line = LINE.fullmatch(printed[2 * epoch + 1])
        assert line, printed[2 * epoch + 1]
        assert line[1] == f"{record['loss'][epoch]:.4f}"
        assert line[2] == f"{record['acc'][epoch]:.4f}"
    assert re.fullmatch(r"1/1 \[={30}\] - \d+s \d+(us|ms|s)/step", printed[-1])


@pytest.mark.parametrize("name", ARTICLE["experiments"])
def test_weights_and_predictions_are_tensorflow_s(name: str, results: dict[str, Any]) -> None:
    record, result = ARTICLE["experiments"][name], results[name]
    ours = [*result["model"].get_weights(), result["predictions"]]
    theirs = [*record["final_weights"], record["predictions"]]
    for a, b in zip(ours, theirs, strict=True):
        b = np.array(b, np.float32)
        assert a.dtype == np.float32
        assert a.shape == b.shape
        assert np.max(np.abs(a - b)) <= 4 * np.spacing(np.max(np.abs(b)))


def test_history_is_keras_s(results: dict[str, Any]) -> None:
    history = results["or"]["history"]
    assert history.history.keys() == {"loss", "acc"}
    assert history.epoch == list(range(500))
    assert type(history.history["loss"][0]) is float
    assert history.params["epochs"] == 500


@pytest.mark.parametrize("name", ARTICLE["experiments"])
def test_history_without_printing(name: str, results: dict[str, Any]) -> None:
    """Nothing is told of single epochs then, so that they may run in machine code."""
    record = ARTICLE["experiments"][name]
    model = results[name]["model"]
    layers = [layer.from_config(layer.get_config()) for layer in model.layers]
    again = type(model)(layers)
    again.build((None, 2))
    again.set_weights([np.array(weight, np.float32) for weight in record["initial_weights"]])
    again.compile("sgd", "mse", metrics=["acc"], jit_compile=model.jit_compile)
    targets = np.reshape(record["y"], (-1, 1))
    history = again.fit(results[name]["x"], targets, epochs=record["epochs"], verbose=0)
    for key in ("loss", "acc"):
        ours = [f"{number:.4f}" for number in history.history[key]]
        assert ours == [f"{number:.4f}" for number in record[key]]
    assert history.epoch == list(range(record["epochs"]))

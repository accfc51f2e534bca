"""Callbacks against Keras's own: the same scripted losses, the same decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.keras import callbacks, layers, models, optimizers

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

X = np.array([[0.0], [1.0], [2.0], [3.0]], np.float32)
Y = 2 * X + 1
SCRIPTS = [
    [4.0, 3.0, 2.0, 1.0, 0.5, 0.25],
    [4.0, 3.0, 3.5, 3.2, 2.9, 3.1, 3.3, 3.4],
    [1.0, 2.0, 1.5, 0.9, 0.95, 0.89, 0.895, 0.8],
    [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0],
]
STOPPING: list[dict[str, Any]] = [
    {},
    {"patience": 2},
    {"patience": 1, "min_delta": 0.2},
    {"patience": 2, "baseline": 2.5},
    {"patience": 1, "start_from_epoch": 2},
    {"patience": 1, "mode": "max"},
    {"patience": 3, "restore_best_weights": True},
]
PLATEAUS: list[dict[str, Any]] = [
    {"patience": 1},
    {"patience": 2, "factor": 0.5, "cooldown": 2},
    {"patience": 1, "factor": 0.3, "min_lr": 0.02, "min_delta": 0.3},
]


def fitted(api: Any, callback: Any, numbers: list[float]) -> tuple[Any, Any]:
    """Train the same model with this package or with Keras; returns the history and weights."""

    class Script(api["Callback"]):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["val_loss"] = numbers[epoch]

    model = api["Sequential"]([api["Input"]((1,)), api["Dense"](1, kernel_initializer="ones")])
    model.compile(optimizer=api["SGD"](0.05), loss="mse")
    turns = [Script(), callback]
    history = model.fit(X, Y, epochs=len(numbers), callbacks=turns, verbose=0, shuffle=False)
    return history.history, model.get_weights()


@pytest.fixture
def apis(keras: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    ours = {"Callback": callbacks.Callback, "Sequential": models.Sequential,
            "Input": layers.Input, "Dense": layers.Dense, "SGD": optimizers.SGD}  # fmt: skip
    theirs = {"Callback": keras.callbacks.Callback, "Sequential": keras.Sequential,
              "Input": keras.Input, "Dense": keras.layers.Dense,
              "SGD": keras.optimizers.SGD}  # fmt: skip
    return ours, theirs


def compared(apis: Any, pair: tuple[Any, Any], numbers: list[float]) -> None:
    (history, weights), (expected, other_weights) = (
        fitted(api, callback, numbers) for api, callback in zip(apis, pair, strict=True)
    )
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=2e-6)
    for one, other in zip(weights, other_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-6)


@pytest.mark.parametrize("numbers", SCRIPTS)
@pytest.mark.parametrize("options", STOPPING)
def test_early_stopping_is_keras_s(
    keras: Any, apis: Any, options: dict[str, Any], numbers: list[float]
) -> None:
    pair = callbacks.EarlyStopping(**options), keras.callbacks.EarlyStopping(**options)
    compared(apis, pair, numbers)
    assert pair[0].stopped_epoch == pair[1].stopped_epoch
    assert pair[0].best_epoch == pair[1].best_epoch


@pytest.mark.parametrize("numbers", SCRIPTS)
@pytest.mark.parametrize("options", PLATEAUS)
def test_plateaus_are_keras_s(
    keras: Any, apis: Any, options: dict[str, Any], numbers: list[float]
) -> None:
    pair = callbacks.ReduceLROnPlateau(**options), keras.callbacks.ReduceLROnPlateau(**options)
    compared(apis, pair, numbers)


@pytest.mark.parametrize(
    "schedule", [lambda epoch: 0.1 / (epoch + 1), lambda epoch, rate: rate * 0.9]
)
def test_schedulers_are_keras_s(keras: Any, apis: Any, schedule: Any) -> None:
    pair = (
        callbacks.LearningRateScheduler(schedule),
        keras.callbacks.LearningRateScheduler(schedule),
    )
    compared(apis, pair, SCRIPTS[0])


@pytest.mark.parametrize(
    "options",
    [
        {"filepath": "{epoch:02d}-{val_loss:.2f}.keras"},
        {"filepath": "{epoch}.weights.h5", "save_weights_only": True, "save_best_only": True},
        {"filepath": "{epoch}.keras", "save_best_only": True, "initial_value_threshold": 3.1},
    ],
)
def test_checkpoints_are_named_as_keras_s(
    keras: Any, apis: Any, options: dict[str, Any], tmp_path: Path
) -> None:
    names = []
    for api, module in zip(apis, (callbacks, keras.callbacks), strict=True):
        folder = tmp_path / module.__name__
        path = str(folder / options["filepath"])
        fitted(api, module.ModelCheckpoint(**{**options, "filepath": path}), SCRIPTS[1])
        names.append(sorted(file.name for file in folder.iterdir()))
    assert names[0] == names[1]


def test_tables_are_keras_s(keras: Any, apis: Any, tmp_path: Path) -> None:
    tables = []
    for api, module in zip(apis, (callbacks, keras.callbacks), strict=True):
        path = tmp_path / f"{module.__name__}.csv"
        fitted(api, module.CSVLogger(str(path), separator=";"), SCRIPTS[0])
        tables.append([line.split(";") for line in path.read_text().splitlines()])
    assert [row[0] for row in tables[0]] == [row[0] for row in tables[1]]
    assert tables[0][0] == tables[1][0]
    numbers = [np.array([row[1:] for row in table[1:]], float) for table in tables]
    np.testing.assert_allclose(*numbers, rtol=2e-6)

"""Callbacks against Keras's own: the same scripted losses, the same decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
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


def turns_of(k: Any) -> list[tuple[str, Any, Any]]:
    """Train, evaluate and predict; return each turn with its number and the keys of its logs."""
    said: list[tuple[str, Any, Any]] = []

    def listen(name: str) -> Any:
        def hook(*arguments: Any, logs: Any = None) -> None:
            *number, own = (*arguments, logs) if logs is not None else arguments
            said.append((name, number, sorted(own)))

        return hook

    names = [name for name in dir(k.callbacks.Callback) if name.startswith("on_")]
    callback = k.callbacks.LambdaCallback(**{name: listen(name) for name in names})
    model = k.Sequential([k.Input((1,)), k.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    for call, options in (
        (model.fit, {"y": Y, "epochs": 2, "batch_size": 3, "validation_data": (X, Y)}),
        (model.evaluate, {"y": Y}), (model.predict, {"batch_size": 2}),
    ):  # fmt: skip
        call(X, callbacks=[callback], verbose=0, **options)
        said.append(("params", sorted(callback.params.items()), None))
    return said


def test_turns_and_their_logs_are_keras_s(keras: Any) -> None:
    assert turns_of(tf.keras) == turns_of(keras)


@pytest.mark.parametrize("options", [{}, {"swap_on_epoch": True}])
def test_swapped_means_are_keras_s(keras: Any, options: dict[str, Any]) -> None:
    results = []
    for k in (tf.keras, keras):
        model = k.Sequential([k.Input((1,)), k.layers.Dense(1, kernel_initializer="ones")])
        model.compile(k.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.7), "mse")
        seen: list[Any] = []
        look = k.callbacks.LambdaCallback(
            on_epoch_end=lambda *_, seen=seen, model=model: seen.extend(model.get_weights())
        )
        history = model.fit(
            X, Y, epochs=4, batch_size=3, shuffle=False, verbose=0, validation_data=(X, Y),
            callbacks=[k.callbacks.SwapEMAWeights(**options), look],
        )  # fmt: skip
        results.append([*seen, *model.get_weights(), history.history["val_loss"]])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-6)

"""Callbacks: when they are called, and what they do with scripted logs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.keras import callbacks, layers, optimizers
from tinygrad_gates.keras.callbacks import (
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TensorBoard,
    TerminateOnNaN,
)
from tinygrad_gates.keras.models import Sequential, load_model

X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = 2 * X + 1


def compiled(optimizer: Any = None, metrics: Any = None) -> Sequential:
    model = Sequential([layers.Dense(1, input_shape=(1,), kernel_initializer="zeros")])
    model.compile(optimizer or optimizers.SGD(0.01), "mse", metrics=metrics)
    return model


class Scripted(callbacks.Callback):
    """Puts numbers of a script in the place of the logs'."""

    def __init__(self, name: str, numbers: list[float]) -> None:
        self.key = name
        self.numbers = numbers

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs[self.key] = self.numbers[epoch]


def fitted(numbers: list[float], callback: Any, key: str = "val_loss", model: Any = None) -> Any:
    model = model or compiled()
    script = Scripted(key, numbers)
    return model.fit(X, Y, epochs=len(numbers), callbacks=[script, callback], verbose=0)


# ------------------------------------------------------------------------ stopping


@pytest.mark.parametrize(
    ("numbers", "options", "epochs"),
    [
        ([4, 3, 2, 1], {}, 4),
        ([4, 3, 3, 1], {}, 3),
        ([4, 3, 3, 3, 1], {"patience": 2}, 4),
        ([4, 3, 3, 2, 2, 2], {"patience": 2}, 6),
        ([4, 3.9, 3.8, 3], {"min_delta": 0.5, "patience": 2}, 3),
        ([4, 5, 6], {"mode": "max"}, 3),
        ([5, 5, 5, 5], {"baseline": 3.5, "patience": 2}, 2),
        ([3, 5, 5, 5], {"baseline": 3.5, "patience": 2}, 3),
        ([9, 9, 4, 5, 1], {"start_from_epoch": 2}, 4),
        ([1, float("nan"), 2], {}, 2),
    ],
)
def test_early_stopping_stops_after_patience(
    numbers: list[float], options: dict[str, Any], epochs: int
) -> None:
    assert len(fitted(numbers, EarlyStopping(**options)).epoch) == epochs


def test_early_stopping_goes_back_to_the_best_weights(capsys: Any) -> None:
    model = compiled()
    seen: list[Any] = []
    watch = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()))
    stopping = EarlyStopping(patience=2, restore_best_weights=True, verbose=1)
    script = Scripted("val_loss", [3.0, 1.0, 2.0, 2.0, 2.0])
    model.fit(X, Y, epochs=5, callbacks=[script, watch, stopping], verbose=0)
    assert (stopping.best, stopping.best_epoch, stopping.stopped_epoch) == (1.0, 1, 3)
    for one, other in zip(model.get_weights(), seen[1], strict=True):
        np.testing.assert_array_equal(one, other)
    assert "Epoch 4: early stopping" in capsys.readouterr().out


def test_best_weights_come_back_even_if_nothing_stopped_training() -> None:
    model = compiled()
    stopping = EarlyStopping(patience=5, restore_best_weights=True)
    fitted([1.0, 2.0, 3.0], stopping, model=model)
    again = compiled()
    again.fit(X, Y, epochs=1, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], again.get_weights()[0])


def test_a_metric_tells_its_direction() -> None:
    assert len(fitted([0.1, 0.2, 0.3], EarlyStopping("val_acc"), "val_acc",
                      compiled(metrics=["acc"])).epoch) == 3  # fmt: skip
    assert len(fitted([0.3, 0.2, 0.1], EarlyStopping("val_acc"), "val_acc",
                      compiled(metrics=["acc"])).epoch) == 2  # fmt: skip
    with pytest.raises(ValueError, match="whether less or more of val_odd is better"):
        fitted([1.0, 2.0], EarlyStopping("val_odd"), "val_odd")
    with pytest.raises(ValueError, match="whether less or more of acurracy is better"):
        compiled(metrics=["accuracy"]).fit(X, Y, callbacks=[EarlyStopping("acurracy")], verbose=0)


def test_what_is_not_in_the_logs_is_told_with_a_hint() -> None:
    with pytest.warns(UserWarning, match=r"val_loss is not in the logs.*validation data"):
        compiled().fit(X, Y, epochs=1, callbacks=[EarlyStopping()], verbose=0)


def test_an_infinite_loss_ends_training(capsys: Any) -> None:
    model = compiled(optimizers.SGD(1e30))
    with np.errstate(over="ignore", invalid="ignore"):
        history = model.fit(X, Y, batch_size=1, epochs=50, callbacks=[TerminateOnNaN()], verbose=0)
        assert len(history.epoch) < 50
        assert "the learning rate may be too large" in capsys.readouterr().out
        with pytest.raises(RuntimeError, match="the loss is"):
            compiled(optimizers.SGD(1e30)).fit(
                X, Y, batch_size=1, epochs=50, callbacks=TerminateOnNaN(True), verbose=0
            )


# ------------------------------------------------------------------------ learning rates


def test_the_rate_falls_on_a_plateau_and_is_logged() -> None:
    model = compiled(optimizers.SGD(0.8))
    callback = ReduceLROnPlateau(factor=0.5, patience=2, min_lr=0.3)
    history = fitted([5, 4, 4, 4, 4, 4, 4, 4], callback, model=model).history
    np.testing.assert_allclose(
        history["learning_rate"], [0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.3, 0.3], rtol=1e-6
    )


def test_a_schedule_sets_the_rate_of_each_epoch() -> None:
    for schedule in (lambda epoch: 0.5**epoch, lambda epoch, rate: rate * 0.5 if epoch else 1.0):
        model = compiled(optimizers.SGD(0.1))
        history = model.fit(
            X, Y, epochs=3, callbacks=[LearningRateScheduler(schedule)], verbose=0
        ).history
        assert history["learning_rate"] == [1.0, 0.5, 0.25]
    with pytest.raises(ValueError, match="returned 'fast'"):
        compiled().fit(X, Y, callbacks=[LearningRateScheduler(lambda epoch: "fast")], verbose=0)


# ------------------------------------------------------------------------ files


def test_checkpoints_are_named_by_logs(tmp_path: Path) -> None:
    model = compiled()
    path = tmp_path / "deep" / "{epoch:02d}-{loss:.1f}.keras"
    losses = model.fit(X, Y, epochs=2, callbacks=[ModelCheckpoint(path)], verbose=0).history["loss"]
    names = [f"{epoch:02d}-{loss:.1f}.keras" for epoch, loss in enumerate(losses, 1)]
    assert sorted(file.name for file in path.parent.iterdir()) == names
    again = load_model(path.parent / names[-1])
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    with pytest.raises(KeyError, match=r"names 'val_loss', and there are epoch, loss"):
        model.fit(X, Y, callbacks=[ModelCheckpoint(tmp_path / "{val_loss}.keras")], verbose=0)


def test_only_the_best_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "best.weights.h5"
    model, seen = compiled(), []
    watch = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()[0]))
    best = ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
    script = Scripted("val_loss", [3.0, 1.0, 2.0])
    model.fit(X, Y, epochs=3, callbacks=[script, watch, best], verbose=0)
    again = compiled()
    again.load_weights(path)
    np.testing.assert_array_equal(again.get_weights()[0], seen[1])
    best = ModelCheckpoint(path, save_best_only=True, save_weights_only=True,
                           initial_value_threshold=0.5)  # fmt: skip
    before = path.stat().st_mtime_ns
    fitted([3.0, 1.0], best, model=model)
    assert path.stat().st_mtime_ns == before


def test_checkpoints_after_some_batches(tmp_path: Path) -> None:
    checkpoint = ModelCheckpoint(tmp_path / "{epoch}-{batch}.keras", save_freq=3)
    compiled().fit(X, Y, batch_size=1, epochs=3, callbacks=[checkpoint], verbose=0)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["1-3.keras", "2-2.keras", "3-1.keras", "3-4.keras"]


def test_a_table_has_a_row_for_each_epoch(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    model = compiled(metrics=["mae"])
    history = model.fit(X, Y, epochs=2, validation_data=(X, Y), verbose=0,
                        callbacks=[CSVLogger(path, separator=";")]).history  # fmt: skip
    rows = [line.split(";") for line in path.read_text().splitlines()]
    assert rows[0] == ["epoch", "loss", "mae", "val_loss", "val_mae"]
    for epoch in range(2):
        assert [float(item) for item in rows[1 + epoch]] == [
            epoch, *(history[key][epoch] for key in rows[0][1:])
        ]  # fmt: skip
    model.fit(X, Y, initial_epoch=2, epochs=3, verbose=0,
              callbacks=[CSVLogger(path, ";", append=True)])  # fmt: skip
    assert len(path.read_text().splitlines()) == 4
    assert path.read_text().splitlines()[3].startswith("2;")
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[CSVLogger(path)])
    assert path.read_text().splitlines()[0] == "epoch,loss,mae,val_loss,val_mae"
    assert path.read_text().splitlines()[1].endswith("NA,NA")


def test_event_files_are_written(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    from tensorboardX.proto.event_pb2 import Event

    board = TensorBoard(tmp_path, histogram_freq=1, update_freq="batch")
    history = compiled().fit(X, Y, batch_size=2, epochs=2, validation_data=(X, Y), verbose=0,
                             callbacks=[board]).history  # fmt: skip
    found: dict[str, dict[str, list[float]]] = {}
    for part in ("train", "validation"):
        (file,) = (tmp_path / part).iterdir()
        data, tags = file.read_bytes(), found.setdefault(part, {})
        while data:
            length = int.from_bytes(data[:8], "little")
            for value in Event.FromString(data[12 : 12 + length]).summary.value:
                tags.setdefault(value.tag, []).append(value.simple_value)
            data = data[16 + length :]
    np.testing.assert_allclose(found["train"]["epoch_loss"], history["loss"], rtol=1e-6)
    np.testing.assert_allclose(found["validation"]["epoch_loss"], history["val_loss"], rtol=1e-6)
    assert len(found["train"]["batch_loss"]) == 4
    assert sum(tag.endswith("kernel/histogram") for tag in found["train"]) == 1
    np.testing.assert_allclose(found["train"]["epoch_learning_rate"], [0.01, 0.01], rtol=1e-6)
    assert set(found["validation"]) == {"epoch_loss", "evaluation_loss_vs_iterations"}


# ------------------------------------------------------------------------ being called


def test_turns_come_in_order_under_both_names() -> None:
    said: list[str] = []

    class Old(callbacks.Callback):
        def on_batch_begin(self, batch: int, logs: Any = None) -> None:
            said.append(f"begin {batch}")

        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            assert logs["loss"] >= 0
            said.append(f"end {batch}")

    turns = LambdaCallback(
        on_train_begin=lambda logs: said.append("train"),
        on_epoch_begin=lambda epoch, logs: said.append(f"epoch {epoch}"),
        on_test_begin=lambda logs: said.append("test"),
        on_epoch_end=lambda epoch, logs: said.append("over"),
        on_train_end=lambda logs: said.append("done"),
    )
    compiled().fit(X, Y, batch_size=2, callbacks=[Old(), turns], validation_data=(X, Y), verbose=0)
    assert said == ["train", "epoch 0", "begin 0", "end 0", "begin 1", "end 1", "test", "over",
                    "done"]  # fmt: skip


def test_an_unknown_mode_is_taken_as_auto() -> None:
    with pytest.warns(UserWarning, match="EarlyStopping: mode='best' is none of"):
        stopping = EarlyStopping(mode="best")
    assert len(fitted([4, 3, 3, 1], stopping).epoch) == 3


def test_several_numbers_share_a_cell(tmp_path: Path) -> None:
    logger = CSVLogger(tmp_path / "log.csv")
    logger.on_train_begin()
    logger.on_epoch_end(0, {"val_f1": np.array([0.5, 0.25]), "note": "fine"})
    with open(tmp_path / "log.csv", newline="") as file:
        assert list(csv.reader(file))[1] == ["0", "fine", '"[0.5, 0.25]"']


def test_a_list_of_callbacks_calls_them_all() -> None:
    said: list[Any] = []
    turns = LambdaCallback(
        on_epoch_begin=lambda epoch, logs: said.append((epoch, logs)),
        on_train_end=lambda logs: said.append(logs), note="mine",
    )  # fmt: skip
    model = compiled()
    several = callbacks.CallbackList([turns], add_history=True, model=model, epochs=3)
    several.on_epoch_begin(2)
    several.on_train_end(logs={"loss": 1.0})
    several.on_epoch_end(2, {"loss": 1.0})
    assert said == [(2, {}), {"loss": 1.0}]
    assert several.callbacks[1].history == {"loss": [1.0]}
    assert (turns.model, turns.params, turns.note) == (model, {"epochs": 3}, "mine")
    with pytest.raises(TypeError, match="missing a required argument: 'epoch'"):
        several.on_epoch_begin()
    with pytest.raises(AttributeError, match="no attribute 'on_lunch'"):
        several.on_lunch()
    assert model.fit(X, Y, callbacks=several, verbose=0) is several.callbacks[1]
    assert callbacks.Callback().model is None


def swapped(swap_on_epoch: bool, **options: Any) -> Any:
    """Train with running means; return the model, and the weights that each turn saw."""
    model = compiled(optimizers.SGD(0.25, use_ema=True, ema_momentum=0.5))
    seen: dict[str, list[float]] = {}

    def look(name: str) -> Any:
        return lambda *_: seen.setdefault(name, []).append(float(model.get_weights()[0][0, 0]))

    names = ("on_train_batch_end", "on_test_begin", "on_test_end", "on_epoch_end")
    turns = [
        callbacks.SwapEMAWeights(swap_on_epoch), LambdaCallback(**{n: look(n) for n in names}),
    ]  # fmt: skip
    model.fit(X, Y, epochs=3, validation_data=(X, Y), callbacks=turns, verbose=0, **options)
    return model, seen


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_means_are_evaluated_and_weights_trained(swap_on_epoch: bool) -> None:
    model, seen = swapped(swap_on_epoch)
    plain = compiled(optimizers.SGD(0.25))
    raw: list[float] = []
    watch = LambdaCallback(
        on_train_batch_end=lambda *_: raw.append(float(plain.get_weights()[0][0, 0]))
    )
    plain.fit(X, Y, epochs=3, callbacks=[watch], verbose=0)
    means = [raw[0]]
    for number in raw[1:]:
        means.append(0.5 * means[-1] + 0.5 * number)
    np.testing.assert_allclose(seen["on_train_batch_end"], raw, rtol=1e-5)
    np.testing.assert_allclose(seen["on_test_begin"], means, rtol=1e-5)
    np.testing.assert_allclose(seen["on_epoch_end"], means if swap_on_epoch else raw, rtol=1e-5)
    assert model.get_weights()[0][0, 0] == pytest.approx(means[-1], rel=1e-5)
    with pytest.raises(ValueError, match="keeps no running means"):
        plain.predict(X, callbacks=[callbacks.SwapEMAWeights()], verbose=0)


def test_logs_are_a_dict_at_every_turn() -> None:
    said: dict[str, list[Any]] = {}

    def listen(name: str) -> Any:
        return lambda *arguments: said.setdefault(name, []).append(arguments[-1])

    names = [name for name in dir(callbacks.Callback) if name.startswith("on_")]
    turns = LambdaCallback(**{name: listen(name) for name in names if "n_batch" not in name})
    model = compiled()
    model.fit(X, Y, callbacks=[turns], validation_data=(X, Y), verbose=0)
    model.predict(X, callbacks=[turns], verbose=0)
    assert set(said) == {name for name in names if "n_batch" not in name}
    for name, logs in said.items():
        expected = set() if name.endswith("begin") or name == "on_predict_end" else {"loss"}
        if name in ("on_epoch_end", "on_train_end"):
            expected = {"loss", "val_loss"}
        if name == "on_predict_batch_end":
            expected = {"outputs"}
        assert all(set(each) == expected for each in logs), name
    assert turns.params == {"verbose": 0, "epochs": 1, "steps": 1}


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "factor": (lambda: ReduceLROnPlateau(factor=1.0), ValueError, "factor=1.0"),
    "schedule": (lambda: LearningRateScheduler(0.1), TypeError, "schedule=0.1 is no function"),
    "ending": (lambda: ModelCheckpoint("model.h6"), ValueError, "has to end with .keras"),
    "weights": (
        lambda: ModelCheckpoint("m.keras", save_weights_only=True), ValueError, ".weights.h5",
    ),
    "frequency": (lambda: ModelCheckpoint("m.keras", save_freq="day"), ValueError, "'day'"),
    "folder": (lambda: callbacks.BackupAndRestore(""), ValueError, "name a folder"),
    "turn": (lambda: LambdaCallback(on_lunch=print), TypeError, "on_lunch is no turn"),
    "function": (lambda: LambdaCallback(on_epoch_end=3), TypeError, "3 is no function"),
    "images": (lambda: TensorBoard(write_images=True), ValueError, "write_images"),
    "class": (
        lambda: compiled().fit(X, Y, callbacks=[EarlyStopping], verbose=0), TypeError,
        r"Give an object, EarlyStopping\(\)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()

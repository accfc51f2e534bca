"""`BackupAndRestore`: a training that is killed ends with the bits of one that is not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import keras
from tinygrad_gates.core.backward import gradients
from tinygrad_gates.keras import callbacks, layers, optimizers
from tinygrad_gates.keras.callbacks import BackupAndRestore, Callback
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.saving import training_state

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3))
Y = (X.sum(axis=1, keepdims=True) > 0).astype(float)
EPOCHS = 6
STEPS = 5


class PowerError(Exception):
    """What fails."""


class FailAt(Callback):
    """Fails after some steps of training."""

    def __init__(self, step: int) -> None:
        self.left = step

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if not self.left:
            raise PowerError


def trained(
    folder: Path, save_freq: Any, fail_at: int | None = None, append: bool = False, **options: Any
) -> Any:
    """Train the same as ever, with dropout, moments, schedules and much else that has a state."""
    tf.random.set_seed(4)
    model = Sequential([
        layers.Dense(8, "relu", input_shape=(3,)), layers.BatchNormalization(),
        layers.Dropout(0.3), layers.GaussianNoise(0.1), layers.Dense(1, "sigmoid"),
    ])  # fmt: skip
    model.compile(
        optimizers.Adam(0.05, amsgrad=True, use_ema=True, ema_overwrite_frequency=7),
        "binary_crossentropy", metrics=["acc", "AUC"],
    )  # fmt: skip
    plateau = callbacks.ReduceLROnPlateau("loss", factor=0.7, patience=0, min_delta=0.05)
    scheduler = callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9)
    stopping = callbacks.EarlyStopping("loss", patience=9, restore_best_weights=True)
    table = callbacks.CSVLogger(folder / "log.csv", append=append)
    backup = BackupAndRestore(folder / "backup", save_freq, **options)
    turns = [backup, plateau, scheduler, stopping, table]
    if fail_at is not None:
        turns.append(FailAt(fail_at))
    history = model.fit(X, Y, batch_size=8, epochs=EPOCHS, callbacks=turns, verbose=0,
                        validation_split=0.1)  # fmt: skip
    states = [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]
    return states, history.history, history.epoch, (folder / "log.csv").read_text()


def assert_same(one: Any, other: Any) -> None:
    for a, b in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(a, b)
    assert one[1:] == other[1:]


@pytest.mark.parametrize("save_freq", ["epoch", 1, 3])
@pytest.mark.parametrize("fail_at", [1, 4, 5, 6, 13, EPOCHS * STEPS])
def test_an_interrupted_training_ends_as_if_it_had_not_been(
    tmp_path: Path, save_freq: Any, fail_at: int
) -> None:
    (tmp_path / "whole").mkdir()
    whole = trained(tmp_path / "whole", save_freq)
    with pytest.raises(PowerError):
        trained(tmp_path, save_freq, fail_at)
    assert_same(trained(tmp_path, save_freq), whole)
    assert not (tmp_path / "backup").exists()


class Rivals(keras.Model):
    """Two parts with an optimizer each, one of which makes what the other tells from the data."""

    def __init__(self) -> None:
        super().__init__()
        self.maker = Sequential([layers.Dense(3, "tanh", input_shape=(3,)), layers.Dropout(0.2)])
        self.judge = Sequential([layers.Dense(1, input_shape=(3,))])
        self.noise = keras.random.SeedGenerator(3)
        self.means = keras.metrics.Mean(name="judged"), keras.metrics.Mean(name="made")
        self.optimizers = {"judge": optimizers.Adam(0.01), "maker": optimizers.RMSprop(0.01)}

    def call(self, x: Any) -> Any:
        return self.judge(x)

    def train_step(self, data: Any) -> Any:
        noise = keras.random.normal(np.shape(data), seed=self.noise)
        real, made = self.judge(data), self.judge(self.maker(noise, training=True))
        loss = np.mean(np.square(real - 1)) + np.mean(np.square(made))
        self.step("judge", self.judge, loss, self.means[0])
        made = self.judge(self.maker(noise, training=True))
        self.step("maker", self.maker, np.mean(np.square(made - 1)), self.means[1])
        return {mean.name: mean.result() for mean in self.means}

    def step(self, name: str, part: Any, loss: Any, mean: Any) -> None:
        weights = part.trainable_weights
        self.optimizers[name].apply(gradients(loss, weights), weights)
        mean.update_state(loss)


def rivals(folder: Path, save_freq: Any, fail_at: int | None = None) -> Any:
    tf.random.set_seed(4)
    model = Rivals()
    model.compile()
    backup = BackupAndRestore(folder, save_freq)
    turns = [backup, FailAt(fail_at)] if fail_at else [backup]
    history = model.fit(X, batch_size=8, epochs=3, callbacks=turns, verbose=0)
    states = [v for optimizer in model.optimizers.values() for v in optimizer.variables]
    return [*model.get_weights(), *(v.numpy() for v in states)], history.history


@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_optimizers_of_the_model_s_own_are_part_of_it(tmp_path: Path, save_freq: Any) -> None:
    whole = rivals(tmp_path / "whole", save_freq)
    with pytest.raises(PowerError):
        rivals(tmp_path / "backup", save_freq, fail_at=8)
    assert_same(rivals(tmp_path / "backup", save_freq), whole)


def test_what_the_model_does_not_hold_cannot_be_backed_up(tmp_path: Path) -> None:
    model = Rivals()
    model.compile()
    model.optimizers["maker"].build([keras.Variable(np.zeros(2), name="stray")])
    with pytest.raises(ValueError, match="trains stray, which the model does not hold"):
        training_state.save(tmp_path / "backup.npz", fitted(model), [], {})


def fitted(model: Any) -> Any:
    model.fit(X, epochs=0, verbose=0)
    return model


@pytest.mark.parametrize("append", [False, True])
def test_twice_interrupted(tmp_path: Path, append: bool) -> None:
    (tmp_path / "whole").mkdir()
    whole = trained(tmp_path / "whole", 2, append=append)
    for _ in range(2):
        with pytest.raises(PowerError):
            trained(tmp_path, 2, fail_at=7, append=append)
    assert_same(trained(tmp_path, 2, append=append), whole)


SCRIPT = """
import sys
import numpy as np
import tinygrad_gates as tf
from tinygrad_gates.keras import callbacks, layers
from tinygrad_gates.keras.models import Sequential

tf.random.set_seed(4)
x = np.random.default_rng(0).normal(size=(64, 3))
model = Sequential([layers.Dense(8, "tanh", input_shape=(3,)), layers.Dropout(0.2),
                    layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, x[:, :1], batch_size=4, epochs=25, verbose=0,
          callbacks=[callbacks.BackupAndRestore(sys.argv[1], save_freq=1)])
np.savez(sys.argv[2], *model.get_weights())
"""


def run(folder: Path, result: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(folder), str(result)])


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system cannot kill so hard")
def test_killed_at_any_moment(tmp_path: Path) -> None:
    assert run(tmp_path / "whole", tmp_path / "whole.npz").wait() == 0
    backup, result = tmp_path / "backup", tmp_path / "result.npz"
    kills = 0
    for pause in (0.02, 0.051, 0.013):
        process = run(backup, result)
        while not (backup / "training.npz").exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(pause)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
    assert kills, "the training was too short to be killed"
    assert run(backup, result).wait() == 0
    with np.load(tmp_path / "whole.npz") as whole, np.load(result) as resumed:
        for name in whole.files:
            np.testing.assert_array_equal(whole[name], resumed[name])


def interrupted(folder: Path, **options: Any) -> Path:
    with pytest.raises(PowerError):
        trained(folder, 1, fail_at=8, **options)
    return folder / "backup" / "training.npz"


def with_flag(data: bytes, flag: int) -> bytes:
    """Return a zip archive with a flag set for its first part."""
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + bytes([data[at] | flag]) + data[at + 1 :]


DAMAGES: dict[str, Any] = {
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "altered": lambda data: data[:400] + bytes([data[400] ^ 1]) + data[401:],
    "something else": lambda data: b"no backup at all",
    "a kind of archive that Python cannot read": lambda data: with_flag(data, 0x20),
    "pickled": lambda data: __import__("pickle").dumps({"version": 1}),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_backup_is_told_and_changes_nothing(tmp_path: Path, name: str) -> None:
    path = interrupted(tmp_path)
    path.write_bytes(DAMAGES[name](path.read_bytes()))
    with pytest.raises(ValueError, match=r"training.npz is damaged, or no backup.*Remove it"):
        trained(tmp_path, 1)
    assert path.exists()


def test_the_backup_before_helps_out(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    whole = trained(tmp_path / "whole", 1)
    path = interrupted(tmp_path, double_checkpoint=True)
    path.write_bytes(b"damaged")
    assert_same(trained(tmp_path, 1, double_checkpoint=True), whole)


def test_another_training_is_told_apart(tmp_path: Path) -> None:
    path = interrupted(tmp_path)
    model = Sequential([layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    before = model.get_weights()[0]
    with pytest.raises(ValueError, match=r"backup of another training: its model's variables"):
        model.fit(X, Y, callbacks=[BackupAndRestore(path.parent)], verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before)


def test_a_backup_holds_plain_data_alone(tmp_path: Path) -> None:
    path = interrupted(tmp_path)
    with np.load(path, allow_pickle=False) as archive:
        assert all(archive[name].dtype.kind in "fiub" for name in archive.files)
        plain = json.loads(archive["plain"].tobytes())
    assert plain["version"] == 1
    assert plain["resume"][:2] == [1, 2]

"""Weights alone, in HDF5 and in safetensors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras import Model, Sequential, layers, metrics
from tinygrad_gates.keras.saving import load_weights, save_weights

FILES = ["w.weights.h5", "w.safetensors"]
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)


def network(width: int = 4, **options: Any) -> Sequential:
    model = Sequential(
        [
            layers.Dense(width, "tanh", input_shape=(2,), name="one"),
            layers.BatchNormalization(name="two"),
            layers.Dense(1, name="three", **options),
        ]
    )
    model.compile("adam", "mse")
    return model


def same(one: Any, other: Any) -> bool:
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("file", FILES)
def test_weights_and_the_optimizer_s_state_come_back(file: str, tmp_path: Path) -> None:
    tf.random.set_seed(1)
    model, again = network(), network()
    model.fit(X, Y, epochs=3, verbose=0)
    model.save_weights(tmp_path / file)
    again.load_weights(tmp_path / file)
    assert same(model, again)
    for one, other in zip(model.optimizer.variables, again.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    for each in (model, again):
        each.fit(X, Y, epochs=3, verbose=0)
    assert same(model, again)


@pytest.mark.parametrize("file", FILES)
def test_a_layer_has_files_too(file: str, tmp_path: Path) -> None:
    one, other = layers.Dense(2), layers.Dense(2)
    for layer in (one, other):
        layer.build((None, 3))
    save_weights(one, tmp_path / file)
    load_weights(other, tmp_path / file)
    assert same(one, other)


@pytest.mark.parametrize("file", FILES)
def test_what_does_not_fit_changes_nothing(file: str, tmp_path: Path) -> None:
    network(5).save_weights(tmp_path / file)
    model = network(4)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"one/kernel has shape \(2, 4\), and the file \(2, 5\)"):
        model.load_weights(tmp_path / file)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("file", FILES)
def test_what_fits_may_be_taken_alone(file: str, tmp_path: Path) -> None:
    tf.random.set_seed(1)
    saved, model = network(), network(use_bias=False)
    saved.save_weights(tmp_path / file)
    last = model.get_layer("three").get_weights()
    with pytest.raises(ValueError, match="three has 1 variables, and the file has 2"):
        model.load_weights(tmp_path / file)
    with pytest.warns(UserWarning, match="other numbers for three, left as is"):
        model.load_weights(tmp_path / file, skip_mismatch=True)
    assert same(model.get_layer("one"), saved.get_layer("one"))
    np.testing.assert_array_equal(model.get_layer("three").get_weights(), last)


@pytest.mark.parametrize("file", FILES)
def test_layers_too_many_or_too_few_are_told(file: str, tmp_path: Path) -> None:
    small = Sequential([layers.Dense(4, input_shape=(2,), name="one")])
    small.save_weights(tmp_path / file)
    with pytest.raises(ValueError, match="two has 4 variables, and the file has 0"):
        network().load_weights(tmp_path / file)
    network().save_weights(tmp_path / file)
    with pytest.raises(ValueError, match=r"the file has weights at .*batch_norm.*no such layer"):
        small.load_weights(tmp_path / file)


def test_a_failed_save_leaves_the_older_file(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "w.weights.h5"
    network().save_weights(path)
    before = path.read_bytes()

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        network().save_weights(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["w.weights.h5"]


def test_a_link_and_permissions_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "real.weights.h5", tmp_path / "link.weights.h5"
    network().save_weights(path)
    path.chmod(0o600)
    link.symlink_to(path)
    model = network()
    model.save_weights(link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    other = network()
    other.load_weights(path)
    assert same(model, other)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        network().save_weights(tmp_path / "nowhere" / "w.weights.h5")


def test_the_weights_of_a_whole_model_s_file(tmp_path: Path) -> None:
    one, other = network(), network()
    one.save(tmp_path / "model.keras")
    other.load_weights(tmp_path / "model.keras")
    assert same(one, other)


def test_another_optimizer_s_state_is_left_out_with_a_warning(tmp_path: Path) -> None:
    model, other = network(), network()
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save_weights(tmp_path / "w.weights.h5")
    other.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="other numbers for sgd"):
        other.load_weights(tmp_path / "w.weights.h5")
    assert same(model, other)
    assert int(other.optimizer.iterations) == 0


class Renamed(Model):
    """Calls its layer by another name than before, or has a property of the old name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        setattr(self, name, layers.Dense(2))

    def call(self, inputs: Any) -> Any:
        return (getattr(self, "dense", None) or self.a_dense)(inputs)


class WithProperty(Renamed):
    @property
    def dense(self) -> Any:
        return self.a_dense


def test_an_attribute_may_get_another_name(tmp_path: Path) -> None:
    model, other = Renamed("dense"), WithProperty("a_dense")
    model(X), other(X)
    model.save_weights(tmp_path / "w.weights.h5")
    other.load_weights(tmp_path / "w.weights.h5")
    assert same(model, other)


def test_float64_stays_exact(tmp_path: Path) -> None:
    one, other = (Sequential([layers.Dense(3, input_shape=(2,), dtype="float64")]) for _ in "ab")
    one.save_weights(tmp_path / "w.weights.h5")
    other.load_weights(tmp_path / "w.weights.h5")
    assert other.weights[0].dtype == np.float64
    assert same(one, other)


def test_a_metric_s_state_is_in_no_file(tmp_path: Path) -> None:
    model = network()
    model.compile("sgd", "mse", metrics=[metrics.MeanAbsoluteError()])
    model.fit(X, Y, verbose=0)
    model.save_weights(tmp_path / "w.weights.h5")
    again = network()
    again.compile("sgd", "mse")
    again.load_weights(tmp_path / "w.weights.h5")
    assert same(model, again)


# ------------------------------------------------------------------------ in memory

WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "too few": ([np.zeros((2, 4))], ValueError, r"1 arrays were given, and there are 8 weights"),
    "a shape": ("first", ShapeError, r"one/kernel has shape \(2, 4\), .* \(4, 2\)"),
    "text": ("text", DtypeError, "one/kernel: numbers are needed"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_weights_change_nothing(name: str) -> None:
    given, error, message = WRONG[name]
    model = network()
    before = model.get_weights()
    if given == "first":
        given = [before[0].T, *before[1:]]
    elif given == "text":
        given = [before[0].astype(str), *before[1:]]
    with pytest.raises(error, match=message):
        model.set_weights(given)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_get_weights_are_copies() -> None:
    model = network()
    taken = model.get_weights()
    taken[0][:] = 7
    assert not np.any(model.get_weights()[0] == 7)

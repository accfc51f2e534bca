"""Toy data: truth tables and clouds of points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.keras import datasets
from tinygrad_gates.keras.datasets import gates

BITWISE: dict[str, Any] = {
    "AND": lambda a, b: a & b,
    "OR": lambda a, b: a | b,
    "XOR": lambda a, b: a ^ b,
    "NAND": lambda a, b: 1 - (a & b),
    "NOR": lambda a, b: 1 - (a | b),
    "XNOR": lambda a, b: 1 - (a ^ b),
    "IMPLIES": lambda a, b: (1 - a) | b,
    "IMPLIED_BY": lambda a, b: a | (1 - b),
    "A": lambda a, b: a,
    "B": lambda a, b: b,
    "NOT_A": lambda a, b: 1 - a,
    "NOT_B": lambda a, b: 1 - b,
    "A_AND_NOT_B": lambda a, b: a & (1 - b),
    "B_AND_NOT_A": lambda a, b: b & (1 - a),
    "TRUE": lambda a, b: 1 | a,
    "FALSE": lambda a, b: 0 & a,
}


@pytest.mark.parametrize("name", gates.GATES)
def test_truth_tables(name: str) -> None:
    x, y = gates.load_data(name.lower())
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((4, 2), (4, 1), np.float32, np.float32)
    a, b = x.astype(int).T
    np.testing.assert_array_equal(y[:, 0], BITWISE[name](a, b))
    np.testing.assert_array_equal(x, [[0, 0], [0, 1], [1, 0], [1, 1]])


def test_there_are_all_sixteen() -> None:
    assert len(set(gates.GATES.values())) == 16


@pytest.mark.parametrize("bits", [1, 2, 5])
def test_parity(bits: int) -> None:
    x, y = gates.parity(bits)
    assert len(np.unique(x, axis=0)) == 2**bits
    np.testing.assert_array_equal(y[:, 0], np.logical_xor.reduce(x.astype(bool), axis=1))


MAKERS = [datasets.make_moons, datasets.make_circles, datasets.make_spirals]


@pytest.mark.parametrize("make", MAKERS)
def test_points_follow_from_the_seed(make: Any) -> None:
    x, y = make(50, noise=0.1, seed=3)
    again, labels = make(50, noise=0.1, seed=3)
    np.testing.assert_array_equal(x, again)
    np.testing.assert_array_equal(y, labels)
    assert (x.shape, y.shape, x.dtype) == ((50, 2), (50,), np.float32)
    assert np.ptp(np.bincount(y)) <= 1
    assert not np.array_equal(x, make(50, noise=0.1, seed=4)[0])


def test_moons_are_half_circles() -> None:
    x, y = datasets.make_moons(40, seed=0)
    upper, lower = x[y == 0], x[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, rtol=1e-6)
    assert (upper[:, 1] >= -1e-6).all()
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1, rtol=1e-6)
    assert (lower[:, 1] <= 0.5 + 1e-6).all()


WRONG: dict[str, tuple[Any, str]] = {
    "gate": (lambda: gates.load_data("xro"), "no gate 'xro'. Did you mean 'xor'"),
    "no name": (lambda: gates.load_data(3), "no gate 3"),
    "bits": (lambda: gates.parity(0), "bits=0"),
    "points": (lambda: datasets.make_moons(1), "n_samples=1"),
    "noise": (lambda: datasets.make_moons(noise=-1), "noise=-1"),
    "factor": (lambda: datasets.make_circles(factor=1), "factor=1"),
    "classes": (lambda: datasets.make_spirals(classes=1), "classes=1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        call()


# ------------------------------------------------------------------------ MNIST


def test_mnist_is_read_from_where_keras_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"no file .*mnist\.npz.*storage\.googleapis\.com"):
        datasets.mnist.load_data()
    kept = {
        "x_train": np.arange(24, dtype=np.uint8).reshape(6, 2, 2),
        "y_train": np.arange(6, dtype=np.uint8),
        "x_test": np.zeros((1, 2, 2), np.uint8),
        "y_test": np.array([7], np.uint8),
    }
    (tmp_path / "datasets").mkdir()
    np.savez(tmp_path / "datasets" / "mnist.npz", **kept)
    (x_train, y_train), (x_test, y_test) = datasets.mnist.load_data()
    for name, array in zip(kept, (x_train, y_train, x_test, y_test), strict=True):
        np.testing.assert_array_equal(array, kept[name])

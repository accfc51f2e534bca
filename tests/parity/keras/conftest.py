"""Keras 3 as an oracle, on the PyTorch backend unless KERAS_BACKEND says otherwise."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import trees

os.environ.setdefault("KERAS_BACKEND", "torch")

BOUND = 2e-5
"""Roundings of float32, added up over some tens of steps."""


@pytest.fixture(scope="session")
def keras() -> Any:
    """Keras 3 itself; the test skips where it, or its backend, is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("keras", minversion="3.5", exc_type=ImportError)


@pytest.fixture
def twin(keras: Any) -> Callable[[Any], Any]:
    """Keras's own object for one of ours: the same public path, made from our configuration."""

    def make(ours: Any) -> Any:
        family = reduce(getattr, ours.config_module.split(".")[1:], keras)
        return getattr(family, type(ours).__name__).from_config(ours.get_config())

    return make


@pytest.fixture
def agree(keras: Any) -> Callable[[Any], None]:
    """Run a program with this package's names and with Keras's; what it finds has to agree."""

    def compare(program: Any) -> None:
        ours, theirs = (_flat(k, _quiet(program, k)) for k in (tf.keras, keras))
        assert list(ours) == list(theirs)
        for path, mine in ours.items():
            if isinstance(mine, (str, bool, int)):
                assert mine == theirs[path], path
            else:
                np.testing.assert_allclose(mine, theirs[path], BOUND, BOUND, err_msg=path)

    return compare


def _quiet(program: Any, k: Any) -> Any:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return program(k)


def _flat(k: Any, found: Any) -> dict[str, Any]:
    """Return numbers by their paths. Keras sorts logs; here the loss comes first."""
    result = {}
    for path, leaf in sorted(trees.walk(found), key=lambda item: item[0]):
        is_plain = isinstance(leaf, (str, bool, int, float))
        result[path] = leaf if is_plain else np.asarray(k.ops.convert_to_numpy(leaf))
    return result

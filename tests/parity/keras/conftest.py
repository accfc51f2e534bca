"""Keras 3 as an oracle, on the PyTorch backend unless KERAS_BACKEND says otherwise."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")


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

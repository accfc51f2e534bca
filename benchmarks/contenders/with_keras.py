"""Keras 3, on the backend that KERAS_BACKEND names."""

from __future__ import annotations

from functools import partial

import keras

from benchmarks.contenders.contender import Makers
from benchmarks.contenders.fit import Fit
from benchmarks.networks import Network


def contenders(network: Network) -> Makers:
    """Return what Keras does."""
    return {f"Keras 3 fit, on {keras.backend.backend()}": partial(Fit, keras, network)}

"""MNIST, 70 000 images of digits, from the file that Keras keeps; nothing is downloaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

Part = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]

_ORIGIN = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"


def load_data(path: str = "mnist.npz") -> tuple[Part, Part]:
    """Return images of 28 by 28 numbers from 0 to 255, and the digits: to train with, to test with.

    Args:
        path: the file, absolute or in the folder `datasets` of `KERAS_HOME`, `~/.keras` by
            default, where Keras keeps it.

    Raises:
        FileNotFoundError: if it is not there, with the address that it can be had from.
    """
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    file = Path(home, "datasets", path)
    if not file.is_file():
        raise FileNotFoundError(
            f"mnist.load_data: there is no file {file}, and nothing is downloaded here. Get it "
            f"from {_ORIGIN}, or use other data, such as scikit-learn's load_digits()."
        )
    with np.load(file) as arrays:
        train, test = ((arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test"))
    return train, test

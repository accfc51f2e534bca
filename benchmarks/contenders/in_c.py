"""The training loop for XOR in C, by the system's compiler."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contenders.contender import Contender, Makers, UnavailableError
from benchmarks.networks import XOR, Array, Network

OPTIONS = ("-O3", "-march=native")
C = f"C, {' '.join(OPTIONS)}"


def contenders(network: Network) -> Makers:
    """Return what is written in C."""
    return {C: XorInC} if network == XOR else {}


class XorInC(Contender):
    """Calls `xor.c`."""

    def __init__(self) -> None:
        self._train = _compiled(Path(__file__).with_name("xor.c")).train
        self._train.restype = None
        self._x, self._y = XOR.data()
        self.reset()

    def reset(self) -> None:
        """Take the initial weights."""
        self._weights = XOR.weights()

    def run(self, steps: int) -> float:
        """Train."""
        losses = np.empty(steps, np.float32)
        arrays = (self._x, self._y, *self._weights, losses)
        pointers = (ctypes.c_void_p(array.ctypes.data) for array in arrays)
        self._train(ctypes.c_long(steps), ctypes.c_float(XOR.rate), *pointers)
        return float(losses[-1])

    def weights(self) -> list[Array]:
        """Return the weights."""
        return self._weights


def _compiled(source: Path) -> Any:
    compiler = shutil.which("cc")
    if compiler is None:
        raise UnavailableError("there is no C compiler, cc")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        library = Path(folder) / "library.so"
        command = [compiler, *OPTIONS, "-shared", "-fPIC", "-o", str(library), str(source)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise UnavailableError(f"cc: {done.stderr.strip()}")
        return ctypes.CDLL(str(library))

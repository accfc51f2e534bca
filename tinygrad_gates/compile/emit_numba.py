"""A program as loops that Numba compiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinygrad_gates.compile.loading import function_of
from tinygrad_gates.compile.loops import LoopText
from tinygrad_gates.compile.program import Program


class NumbaCode:
    """A program as compiled loops.

    Attributes:
        source: the Python code that Numba compiles.

    Raises:
        TraceError: if an operation cannot be written as loops.
        ImportError: if Numba is not installed (`pip install "tinygrad-gates[jit]"`).
    """

    def __init__(self, program: Program, name: str = "program") -> None:
        import numba

        self._text = LoopText(program, name)
        self.source = self._text.source
        function = function_of(self.source, name, {"np": np, "math": math})
        self._function = numba.njit(nogil=True, error_model="numpy")(function)

    def __call__(self, *arrays: Any) -> tuple[Any, ...]:
        """Return the program's outputs for inputs of the shapes and dtypes it was made for."""
        text = self._text
        given = {x: np.empty(x.shape, x.dtype) for x in text.arrays}
        numbers = iter(self._function(*arrays, *text.constants, *given.values()))
        return tuple(given[x] if x in given else next(numbers) for x in text.outputs)

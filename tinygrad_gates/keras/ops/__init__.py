"""`keras.ops`: NumPy's functions and those of networks, under Keras's names, on Values.

Each takes Values, arrays, numbers and nested lists, and the places of a functional model. Python's
numbers and lists become float32 and int32, and dtypes meet by Keras's rules. Results are Values
with gradients; booleans are arrays, as those of comparisons are.
"""

from typing import Any

from tinygrad_gates.keras.ops import core, linalg, math, nn, numpy
from tinygrad_gates.keras.ops.public import functions_of

_FUNCTIONS = {**numpy.FUNCTIONS, **nn.FUNCTIONS, **functions_of(core, linalg, math)}

_REFUSED = {
    **dict.fromkeys(
        """angle eig fft fft2 ifft2 imag irfft istft polar rfft stft view_as_complex view_as_real
        """.split(),
        "it needs complex numbers",
    ),
    **dict.fromkeys(
        """adaptive_average_pool adaptive_max_pool conv_transpose ctc_decode ctc_loss fold i0 image
        lu_factor rearrange unfold view
        """.split(),
        "it is not supported",
    ),
}

__all__ = sorted(_FUNCTIONS)


def __getattr__(name: str) -> Any:
    if name in _FUNCTIONS:
        return _FUNCTIONS[name]
    reason = f": {_REFUSED[name]}" if name in _REFUSED else ""
    raise AttributeError(f"tinygrad_gates has no keras.ops.{name}{reason}.")


def __dir__() -> list[str]:
    return [*__all__, "linalg", "nn", "numpy"]

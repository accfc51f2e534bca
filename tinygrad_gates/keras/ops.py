"""`keras.ops`: NumPy's functions and those of networks, under Keras's names, on Values.

NumPy's functions take Values as they are, so most of this is their names alone. A name that Keras
has and NumPy has too is found here; what neither has, or has no gradient, says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import activations
from tinygrad_gates.keras.activations import (
    celu,
    elu,
    hard_sigmoid,
    hard_silu,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
)
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.symbolic import KerasTensor, takes_places
from tinygrad_gates.transforms import stop_gradient

# As `keras.ops` names them, and NumPy too.
NUMPY = """
    abs absolute add all amax amin any append arange arccos arccosh arcsin arcsinh arctan arctan2
    arctanh argmax argmin argsort average broadcast_to ceil clip concatenate cos cosh cross cumprod
    cumsum diag diagonal diff divide dot einsum equal exp expand_dims expm1 eye flip floor
    floor_divide full full_like greater greater_equal hstack identity inner isfinite isinf isnan
    less less_equal linspace log log10 log1p log2 logaddexp logical_and logical_not logical_or
    matmul max maximum mean median meshgrid min minimum mod moveaxis multiply nan_to_num ndim
    negative nonzero not_equal ones ones_like outer pad power prod ravel reciprocal repeat reshape
    roll round sign sin sinh size sort split sqrt square squeeze stack std subtract sum swapaxes
    take take_along_axis tan tanh tensordot tile trace transpose tri tril triu true_divide var vdot
    vstack where zeros zeros_like
""".split()

logsumexp = takes_places(ops.logsumexp)
erf = takes_places(ops.erf)

__all__ = [
    *NUMPY,
    "cast",
    "celu",
    "convert_to_numpy",
    "convert_to_tensor",
    "elu",
    "erf",
    "gelu",
    "hard_sigmoid",
    "hard_silu",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "norm",
    "one_hot",
    "relu",
    "relu6",
    "rsqrt",
    "selu",
    "shape",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "stop_gradient",
]


def __getattr__(name: str) -> Any:
    if name in NUMPY:
        return getattr(np, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def convert_to_tensor(x: Any, dtype: DTypeLike | None = None, sparse: Any = None) -> Any:
    """Return x as a Value; floats of Python become float32, as everywhere in Keras.

    >>> convert_to_tensor([1.0, 2.0]).dtype
    dtype('float32')
    """
    if isinstance(x, (Value, KerasTensor)):
        return x if dtype is None else cast(x, dtype)
    array = np.asarray(x)
    if dtype is None and not isinstance(x, (np.ndarray, np.generic)) and array.dtype.kind == "f":
        dtype = floatx()
    return Value(array, dtype=dtype)


def convert_to_numpy(x: Any) -> np.ndarray[Any, Any]:
    """Return x as an array of its own.

    >>> convert_to_numpy(Value([1.0, 2.0]))
    array([1., 2.])
    """
    return np.asarray(x.numpy() if isinstance(x, Value) else x)


def cast(x: Any, dtype: DTypeLike) -> Any:
    """Return x in another dtype.

    >>> cast(Value([1.0, 2.0]), "float32").dtype
    dtype('float32')
    """
    return x.astype(dtype) if hasattr(x, "astype") else np.asarray(x, dtype)


def shape(x: Any) -> tuple[Any, ...]:
    """Return the shape of x; of a place, with None for what is not known.

    >>> shape([[1, 2]])
    (1, 2)
    """
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def gelu(x: Any, approximate: bool = True) -> Any:
    """Return x times the normal distribution's share below x; by tanh, unless told otherwise.

    >>> gelu(np.array([0.0, 1.0])).round(3)
    array([0.   , 0.841])
    """
    return activations.gelu(x, approximate=approximate)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Return a norm of vectors or matrices: see `np.linalg.norm`.

    >>> float(norm(np.array([3.0, 4.0])))
    5.0
    """
    return np.linalg.norm(x, ord, axis, keepdims)


def rsqrt(x: Any) -> Any:
    """Return 1 / sqrt(x).

    >>> float(rsqrt(4.0))
    0.5
    """
    return 1 / np.sqrt(x)


def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: DTypeLike | None = None) -> Any:
    """Return a row for each class number: 1 at its place, 0 elsewhere.

    >>> one_hot([1], 2)
    array([[0., 1.]], dtype=float32)
    """
    classes = np.asarray(x.numpy() if isinstance(x, Value) else x).astype(np.int64)
    rows = (classes[..., None] == np.arange(num_classes)).astype(dtype or floatx())
    return np.moveaxis(rows, -1, axis)

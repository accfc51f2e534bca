"""What TensorFlow makes of numbers: their dtypes, and tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.symbolic import KerasTensor
from tinygrad_gates.trees import leaves

_PYTHON = {"f": np.float32, "i": np.int32}


def array(x: Any, dtype: Any = None) -> Any:
    """Return numbers as an array: of float32 and int32, where they were Python's.

    >>> array([1.0, 2.0]).dtype, array([1, 2]).dtype, array(np.array([1.0])).dtype
    (dtype('float32'), dtype('int32'), dtype('float64'))
    """
    if isinstance(x, Value):
        return np.asarray(x.numpy(), dtype)[()]
    found = np.asarray(x, dtype)
    if dtype is None and not any(hasattr(leaf, "dtype") for leaf in leaves(x)):
        found = found.astype(_PYTHON.get(found.dtype.kind, found.dtype), copy=False)
    return found[()]


def tensor(x: Any, dtype: Any = None) -> Any:
    """Return numbers as a Value, to which no gradient flows unless it is watched.

    A Value, or a place in a model, stays what it is; a list with Values in it is stacked.

    >>> tensor([1.0, 2.0])
    Value(data=[1., 2.])
    """
    if isinstance(x, (Value, KerasTensor)):
        return x if dtype is None or x.dtype == dtype else x.astype(dtype)
    if isinstance(x, (list, tuple)) and any(isinstance(leaf, Value) for leaf in leaves(x)):
        return tensor(np.stack([tensor(item) for item in x]), dtype)
    return Value(array(x, dtype), requires_grad=False)

"""Inputs, targets and weights as arrays that fit each other: what `fit` is given, checked once."""

from __future__ import annotations

import operator
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.tensors import FLOAT32, as_array

Array = np.ndarray[Any, Any]


class Arrays(NamedTuple):
    """Inputs, targets and sample weights: each an array or a nest of arrays, or None."""

    x: Any
    y: Any = None
    weight: Any = None

    @property
    def samples(self) -> int:
        """The number of samples."""
        return len(trees.leaves(self.x)[0])

    def part(self, which: Any) -> Arrays:
        """Return some of the samples."""
        return Arrays(*(trees.transform(lambda array: array[which], item) for item in self))


def prepare(
    call: str,
    x: Any,
    y: Any = None,
    weight: Any = None,
    *,
    x_dtype: np.dtype[Any] | None = FLOAT32,
    y_dtype: np.dtype[Any] | None = FLOAT32,
    keep_integers: bool = False,
) -> Arrays:
    """Return inputs, targets and sample weights as arrays that fit each other.

    Args:
        call: the method that they were given to, for messages.
        x: inputs, samples first; a list or dict of arrays for several.
        y: targets, likewise, or None.
        weight: a weight for each sample, likewise, or None.
        x_dtype: what inputs are cast to; None leaves integers as they are.
        y_dtype: what targets are cast to; likewise.
        keep_integers: whether inputs that are integers stay as they are all the same.

    Raises:
        ShapeError: if there are no samples, or not as many of each.
        DtypeError: for text, objects and other data that are no numbers.
    """
    arrays = Arrays(
        _nested(f"{call}: x", x, x_dtype, keep_integers),
        None if y is None else _nested(f"{call}: y", y, y_dtype),
        None if weight is None else _nested(f"{call}: sample_weight", weight, FLOAT32),
    )
    first = trees.leaves(arrays.x)[0]
    for name, nested in zip(("x", "y", "sample_weight"), arrays, strict=True):
        for array in trees.leaves(nested):
            if len(array) != len(first):
                raise ShapeError(
                    f"{call}: x has {len(first)} samples and {name} has {len(array)}; each sample "
                    f"needs one. (Shapes: {first.shape} and {array.shape}.)"
                )
    return arrays


def _nested(what: str, data: Any, dtype: np.dtype[Any] | None, keep_integers: bool = False) -> Any:
    if data is None:
        raise ValueError(f"{what} is missing: give an array with samples first.")
    if isinstance(data, dict):
        return {
            name: _nested(f"{what}[{name!r}]", part, dtype, keep_integers)
            for name, part in data.items()
        }
    if is_several(data):
        return [_nested(f"{what}[{i}]", part, dtype, keep_integers) for i, part in enumerate(data)]
    return _samples(what, data, dtype, keep_integers)


def is_several(data: Any) -> bool:
    """Return whether data is a list of arrays, not nested lists of numbers.

    >>> is_several([np.zeros((4, 1)), np.ones((4, 2))]), is_several([[0, 1], [1, 0]])
    (True, False)
    """
    return isinstance(data, (list, tuple)) and bool(data) and all(_is_data(part) for part in data)


def _is_data(part: Any) -> bool:
    if isinstance(part, (dict, list, tuple)):
        return is_several(part) or isinstance(part, dict)
    return getattr(part, "ndim", 0) > 0 and hasattr(part, "__array__")


def _samples(
    what: str, data: Any, dtype: np.dtype[Any] | None, keep_integers: bool = False
) -> Array:
    if hasattr(data, "to_numpy") and not isinstance(data, (np.ndarray, Value)):
        data = data.to_numpy()  # pandas' tables
    array = as_array(data, what)
    if array.dtype.kind == "f" or not (dtype is None or keep_integers):
        array = array.astype(dtype or FLOAT32, copy=False)
    if not array.ndim:
        raise ShapeError(f"{what} is the single number {array}; give an array with samples first.")
    if not len(array):
        raise ShapeError(f"{what} has shape {array.shape}: there are no samples.")
    return array


def split(arrays: Arrays, fraction: float) -> tuple[Arrays, Arrays]:
    """Return the first samples, and the last ones, of which there is this fraction.

    Raises `ValueError` if one part would be empty.
    """
    samples = arrays.samples
    kept = int(samples * (1 - fraction)) if is_share(fraction) else 0
    if not 0 < kept < samples:
        raise ValueError(
            f"fit: validation_split={fraction!r} of {samples} samples leaves none to train on, or "
            f"none to validate with. Give a number between 0 and 1, or validation_data."
        )
    return arrays.part(slice(None, kept)), arrays.part(slice(kept, None))


def is_share(fraction: Any) -> bool:
    """Return whether something is a number between 0 and 1.

    >>> is_share(0.5), is_share("0.5"), is_share(1)
    (True, False, False)
    """
    return isinstance(fraction, (float, np.floating)) and bool(0 < fraction < 1)


def refuse_non_finite(call: str, arrays: Arrays) -> None:
    """Raise `ValueError` if data to train on has a NaN or an infinity, and say where."""
    for name, nested in zip(("x", "y", "sample_weight"), arrays, strict=True):
        for path, array in trees.walk(nested):
            if array.dtype.kind != "f" or np.isfinite(array).all():
                continue
            place = np.argwhere(~np.isfinite(array))[0].tolist()
            raise ValueError(
                f"{call}: {name}{path} has {array[tuple(place)]} (as {array.dtype}) at "
                f"{name}{path}{place}: every weight would become NaN. Remove or replace such "
                f"samples, as with np.nan_to_num({name}{path})."
            )


def class_weights(class_weight: Any, y: Any, weight: Any) -> Array:
    """Return sample weights times the weight of each sample's class; classes left out weigh 1.

    Args:
        class_weight: a dict from class numbers to weights.
        y: class numbers, or one-hot rows.
        weight: sample weights, or None.

    Raises:
        ValueError: if there are several outputs, or something else than a dict from integers.

    >>> class_weights({1: 3.0}, np.array([[0], [1]]), None)
    array([1., 3.], dtype=float32)
    """
    if not isinstance(class_weight, dict) or not all(map(_is_class, class_weight)):
        raise ValueError(
            f"class_weight={class_weight!r} has to be a dict from class numbers to weights, such "
            f"as {{0: 1.0, 1: 5.0}}."
        )
    if not isinstance(y, np.ndarray) or y.ndim > 2:
        raise ValueError("class_weight is for models with one output and one class a sample.")
    classes = y.argmax(axis=-1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1)
    weights = np.ones(len(classes), FLOAT32)
    for number, factor in class_weight.items():
        weights[np.asarray(classes) == number] = factor
    return weights if weight is None else weights * np.asarray(weight, FLOAT32).reshape(-1)


def _is_class(number: Any) -> bool:
    return isinstance(number, (int, float, np.integer, np.floating)) and number == int(number)


def refuse_both_weights(call: str, weight: Any) -> None:
    """Raise `ValueError` if samples have weights of their own beside those of their classes."""
    if weight is not None:
        raise ValueError(
            f"{call}: give class_weight or sample_weight, not both; multiply them for one "
            f"sample_weight."
        )


def positive(name: str, number: Any, least: int = 1) -> int:
    """Return an argument as an integer; raises `ValueError` if it is none, or below `least`."""
    try:
        integer = least - 1 if isinstance(number, bool) else operator.index(number)
    except TypeError:
        integer = least - 1
    if integer < least:
        raise ValueError(f"{name}={number!r} has to be an integer from {least} up.")
    return integer

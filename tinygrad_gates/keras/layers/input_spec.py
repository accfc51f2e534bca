"""What a layer demands of its input's shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.symbolic import Shape

__all__ = ["InputSpec", "Shape", "given_shape", "sample_shape"]


@dataclass(frozen=True, slots=True)
class InputSpec:
    """Demands on a shape; what is not given is not demanded.

    Attributes:
        ndim: the number of axes, samples included.
        min_ndim: the least number of axes.
        axes: the lengths of some axes, by number.
    """

    ndim: int | None = None
    min_ndim: int | None = None
    axes: Mapping[int, int] = field(default_factory=dict)

    def check(self, shape: Shape, layer: str) -> None:
        """Raise `ShapeError` if a shape does not meet the demands.

        >>> InputSpec(min_ndim=2).check((2,), "dense")
        Traceback (most recent call last):
        ...
        tinygrad_gates.errors.ShapeError: dense: an input of at least 2 axes is needed (samples \
first), and this one has shape (2,), which is incompatible with the layer. For one sample, give \
[[...]] or x[np.newaxis].
        """
        if self.ndim is not None and len(shape) != self.ndim:
            raise ShapeError(
                f"{layer}: an input of {self.ndim} axes is needed (samples first), and this one "
                f"has shape {shape}, which is incompatible with the layer."
            )
        if self.min_ndim is not None and len(shape) < self.min_ndim:
            raise ShapeError(
                f"{layer}: an input of at least {self.min_ndim} axes is needed (samples first), "
                f"and this one has shape {shape}, which is incompatible with the layer. For one "
                f"sample, give [[...]] or x[np.newaxis]."
            )
        for axis, length in self.axes.items():
            if shape[axis] not in (length, None):
                raise ShapeError(
                    f"{layer}: axis {axis} of the input has to have length {length}, and the "
                    f"input has shape {shape}, which is incompatible with the layer. Give data "
                    f"with {length} values there, or build the model with another input_shape."
                )


def sample_shape(shape: Any, what: str) -> Shape:
    """Return the shape of one sample as a tuple.

    Raises `ValueError`, beginning with `what`, for anything but lengths from 0 up and None.

    >>> sample_shape([2, None], "Dense: input_shape")
    (2, None)
    """
    if isinstance(shape, int):
        raise ValueError(f"{what}={shape} has to be a tuple, such as {what.split()[-1]}=({shape},)")
    lengths = tuple(shape)
    for length in lengths:
        if length is not None and not (isinstance(length, (int, np.integer)) and length >= 0):
            raise ValueError(f"{what}={shape!r} has to be a tuple of lengths, such as (2,)")
    return lengths


def given_shape(owner: type, shape: Any, dim: int | None, batch_shape: Any) -> Shape | None:
    """Return the shape, samples first, that one of a layer's arguments gives; None if none does.

    >>> given_shape(InputSpec, None, 3, None)
    (None, 3)
    """
    if batch_shape is not None:
        return sample_shape(batch_shape, f"{owner.__name__}: batch_input_shape")
    if dim is not None:
        shape = (dim,)
    return None if shape is None else (None, *sample_shape(shape, f"{owner.__name__}: input_shape"))

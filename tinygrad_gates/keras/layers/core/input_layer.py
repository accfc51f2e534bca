"""Where data enters a model: its shape, before there is any data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.layers.input_spec import Shape, sample_shape
from tinygrad_gates.keras.layers.layer import Layer


class InputLayer(Layer):
    """Passes its input on; it says what shape that has.

    Args:
        shape: of one sample.
        batch_size: the number of samples, where it is fixed.
        dtype: of the data.
        name: unique in a model.
        batch_shape: shape and batch_size in one.
    """

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: DTypeLike | None = None,
        name: str | None = None,
        batch_shape: Sequence[int | None] | None = None,
    ) -> None:
        super().__init__(dtype=dtype, name=name)
        self.batch_shape = _batch_shape(shape, batch_size, batch_shape)
        self.build(self.batch_shape)

    unsaved = ("shape", "batch_size")

    def call(self, inputs: Any) -> Any:
        """Return the input."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the same shape."""
        return input_shape


class KerasTensor:
    """A place in a model where data will be: a shape, a dtype, and the layer that it leaves."""

    def __init__(self, shape: Shape, dtype: np.dtype[Any], layer: Layer) -> None:
        self.shape = shape
        self.dtype = dtype
        self.layer = layer

    @property
    def name(self) -> str:
        """The name of the layer."""
        return self.layer.name

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


def Input(
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: DTypeLike | None = None,
    name: str | None = None,
    batch_shape: Sequence[int | None] | None = None,
) -> KerasTensor:
    """Return the start of a model; arguments as for `InputLayer`.

    >>> Input((2,), name="x")
    <KerasTensor shape=(None, 2), dtype=float32, name=x>
    """
    layer = InputLayer(shape, batch_size, dtype, name, batch_shape)
    return KerasTensor(layer.input_shape, layer.dtype, layer)


def _batch_shape(
    shape: Sequence[int | None] | None, batch_size: int | None, batch_shape: Any
) -> Shape:
    if (shape is None) == (batch_shape is None):
        raise ValueError("Input: give shape=, the shape of one sample, such as shape=(2,).")
    if shape is not None:
        return (batch_size, *sample_shape(shape, "Input: shape"))
    return sample_shape(batch_shape, "Input: batch_shape")

"""Where data enters a model: its shape, before there is any data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.layers.input_spec import Shape, sample_shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.symbolic import KerasTensor, Node


class InputLayer(Layer):
    """Passes its input on; it says what shape and dtype that has.

    Args:
        shape: of one sample.
        batch_size: the number of samples, where it is fixed.
        dtype: of the data.
        sparse: refused, as are `ragged` and `optional`: there are dense arrays alone.
        ragged: see sparse.
        batch_shape: shape and batch_size in one.
        input_tensor: a place that becomes the start of a model; its shape and dtype then need
            not be given, and have to be the same if they are.
        optional: see sparse.
        name: unique in a model.
        input_shape: another name of `shape`.
        batch_input_shape: another name of `batch_shape`.

    Raises:
        ValueError: for a shape that is none, arguments that contradict each other, or what is
            refused.
    """

    unsaved = ("shape", "batch_size", "input_tensor", "input_shape", "batch_input_shape")
    examples: ClassVar = (example((4, 2), shape=(2,)), example((4, 2), batch_shape=(None, 2)))

    def __init__(
        self,
        shape: Sequence[int | None] | None = None,
        batch_size: int | None = None,
        dtype: DTypeLike | None = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Sequence[int | None] | None = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        input_shape: Sequence[int | None] | None = None,
        batch_input_shape: Sequence[int | None] | None = None,
    ) -> None:
        if sparse or ragged or optional:
            raise ValueError(
                "Input: sparse, ragged and optional inputs are not supported: give dense arrays."
            )
        shape = input_shape if shape is None else shape
        batch_shape = batch_input_shape if batch_shape is None else batch_shape
        if input_tensor is not None:
            _check_place(input_tensor, shape, batch_size, dtype, batch_shape)
            shape, batch_size, batch_shape = None, None, input_tensor.shape
            dtype = input_tensor.dtype
        super().__init__(dtype=dtype, name=name, autocast=False)
        self.batch_shape: Shape = _batch_shape(shape, batch_size, batch_shape)
        self.sparse = self.ragged = self.optional = False
        self.build(self.batch_shape)
        place = input_tensor
        if place is None:
            place = KerasTensor(self.batch_shape, self.dtype, self.name)
        self.nodes.append(Node(self, (), {}, place))

    def call(self, inputs: Any) -> Any:
        """Return the input."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer, as plain data."""
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype.name,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": False,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a layer from what `get_config` returned, here or in Keras 2 or 3."""
        names = {"batch_input_shape": "batch_shape"}
        return super().from_config({names.get(k, k): v for k, v in config.items()})

    def get_build_config(self) -> None:
        """Return nothing: there is nothing to build."""


def Input(
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: DTypeLike | None = None,
    sparse: bool | None = None,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> KerasTensor:
    """Return the start of a model; arguments as for `InputLayer`.

    >>> Input((2,), name="x")
    <KerasTensor shape=(None, 2), dtype=float32, name=x>
    """
    layer = InputLayer(
        shape,
        batch_size,
        dtype,
        sparse,
        batch_shape=batch_shape,
        input_tensor=tensor,
        optional=optional,
        name=name,
    )
    place: KerasTensor = layer.output
    return place


def _batch_shape(
    shape: Sequence[int | None] | None, batch_size: int | None, batch_shape: Any
) -> Shape:
    if shape is None and batch_shape is None:
        raise ValueError("Input: pass a `shape` argument, that of one sample, such as shape=(2,).")
    for name, given in (("shape", shape), ("batch_size", batch_size)):
        if given is not None and batch_shape is not None:
            raise ValueError(
                f"Input: you cannot pass both `{name}` and `batch_shape`: {given} and "
                f"{batch_shape}."
            )
    if shape is not None:
        return (batch_size, *sample_shape(shape, "Input: shape"))
    return sample_shape(batch_shape, "Input: batch_shape")


def _check_place(
    place: Any, shape: Any, batch_size: int | None, dtype: DTypeLike | None, batch_shape: Any
) -> None:
    if not isinstance(place, KerasTensor):
        raise ValueError(f"Input: `input_tensor` must be a KerasTensor, not {place!r}.")
    wrong = [
        name
        for name, differs in (
            ("shape", shape is not None and tuple(shape) != place.shape[1:]),
            ("batch_size", batch_size is not None and place.shape[:1] != (batch_size,)),
            ("batch_shape", batch_shape is not None and tuple(batch_shape) != place.shape),
            ("dtype", dtype is not None and np.dtype(dtype) != place.dtype),
        )
        if differs
    ]
    if wrong:
        raise ValueError(
            f"Input: you cannot provide an incompatible `{wrong[0]}` with the tensor {place!r}."
        )

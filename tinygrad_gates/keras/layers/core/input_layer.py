"""Where data enters a model: its shape, before there is any data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

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
        sparse: refused, as are the two that follow: there are dense arrays alone.
        ragged: see sparse.
        batch_shape: shape and batch_size in one.
        name: unique in a model.
        optional: see sparse.

    Raises:
        ValueError: for a shape that is none, or what is refused.
    """

    unsaved = ("shape", "batch_size", "input_tensor")
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
    ) -> None:
        if sparse or ragged or optional or input_tensor is not None:
            raise ValueError(
                "Input: sparse, ragged and optional inputs, and input_tensor, are not supported: "
                "give dense arrays."
            )
        super().__init__(dtype=dtype, name=name, autocast=False)
        self.batch_shape: Shape = _batch_shape(shape, batch_size, batch_shape)
        self.sparse = self.ragged = self.optional = False
        self.build(self.batch_shape)
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
    if (shape is None) == (batch_shape is None):
        raise ValueError("Input: give shape=, the shape of one sample, such as shape=(2,).")
    if shape is not None:
        return (batch_size, *sample_shape(shape, "Input: shape"))
    return sample_shape(batch_shape, "Input: batch_shape")

"""The same layer for each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import Example, example, inner
from tinygrad_gates.keras.layers.core.dense import Dense
from tinygrad_gates.keras.layers.core.wrapper import Wrapper
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.masking import as_mask


class TimeDistributed(Wrapper):
    """Calls a layer on each step of a sequence.

    Args:
        layer: the layer.
        **options: as for every `Layer`.

    Raises:
        ValueError: for what is no layer.

    >>> TimeDistributed(Dense(3))([[[1.0, 2.0], [3.0, 4.0]]]).shape
    (1, 2, 3)
    """

    supports_masking = True
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 2), layer=inner(Dense, 2, "tanh")),
        example((2, 3, 2, 2), layer=inner(Dense, 3)),
    )

    def __init__(self, layer: Any, **options: Unpack[LayerOptions]) -> None:
        super().__init__(layer, **options)
        self.input_spec = InputSpec(min_ndim=3)

    def build(self, input_shape: Any = None) -> None:
        """Build the layer for one step."""
        if not input_shape or len(input_shape) < 3:
            raise ShapeError(f"{self.name}: the input shape {input_shape} has no axis of steps.")
        super().build((input_shape[0], *input_shape[2:]))

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the outputs of all steps, of shape (samples, steps, ...)."""
        samples, steps = inputs.shape[:2]
        if mask is not None:
            mask = self._checked_mask(as_mask(mask), inputs.shape)
        if self.layer.non_trainable_variables:  # each step changes what the next one sees
            outputs = [self._called(inputs[:, s], training, mask, s) for s in range(steps)]
            return np.stack(outputs, axis=1)
        flat = inputs.reshape((samples * steps, *inputs.shape[2:]))
        output = self._called(flat, training, mask, None)
        return output.reshape((samples, steps, *output.shape[1:]))

    def _checked_mask(self, mask: Any, shape: tuple[int, ...]) -> Any:
        if mask.ndim < 2 or mask.shape[:2] != shape[:2]:
            raise ShapeError(
                f"{self.name}: the mask has shape {mask.shape}, which is incompatible with the "
                f"input's, {shape}: it has to be at least 2D, and begin with {shape[:2]}."
            )
        return mask

    def _called(self, inputs: Any, training: Any, mask: Any, step: int | None) -> Any:
        options: dict[str, Any] = {"training": training} if self.layer.takes_training else {}
        if self.layer.takes_mask and mask is not None:
            rest = mask.shape[2:]
            options["mask"] = mask.reshape((-1, *rest)) if step is None else mask[:, step]
        return self.layer(inputs, **options)

    def compute_output_shape(self, input_shape: Shape) -> Any:
        """Return the shape of the layer's output, with the axis of steps."""
        shape = self.layer.compute_output_shape((input_shape[0], *input_shape[2:]))
        return (shape[0], input_shape[1], *shape[1:])

"""Normalising groups of channels, each sample by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.normalization.moments import ScaleAndShift, known_lengths
from tinygrad_gates.keras.layers.options import LayerOptions


class GroupNormalization(ScaleAndShift):
    """Brings each group of channels of a sample to mean 0 and variance 1 (Wu and He, 2018).

    Args:
        groups: how many; -1 for one of each channel.
        axis: that of the channels.
        epsilon: added to the variance.
        center: whether beta is added.
        scale: whether gamma multiplies.
        beta_initializer: fills beta, one number for each channel.
        gamma_initializer: fills gamma, one number for each channel.
        beta_regularizer: a penalty of beta.
        gamma_regularizer: a penalty of gamma.
        beta_constraint: what beta is brought back to after each step.
        gamma_constraint: what gamma is brought back to after each step.
        **options: as for every `Layer`.

    Raises:
        ValueError: for a number of groups that is none.
        ShapeError: on building, if groups do not divide the channels.

    >>> GroupNormalization(2, epsilon=0.0)([[1.0, 3.0, 4.0, 8.0]]).numpy()
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 4), groups=2),
        example((2, 4, 3, 2), groups=-1, epsilon=0.1, scale=False),
        example((2, 4, 3), groups=2, axis=1, center=False, gamma_initializer="he_normal"),
    )

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        if not isinstance(groups, int) or not (groups > 0 or groups == -1):
            raise ValueError(
                f"GroupNormalization: groups={groups!r} has to be a positive integer, or -1."
            )
        super().__init__(
            axis,
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **options,
        )
        self.groups = groups

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta."""
        (channels,) = shape = known_lengths(self.name, input_shape, (self.axis,))
        if self.groups == -1:
            self.groups = channels
        if not channels or channels % self.groups:
            raise ShapeError(
                f"{self.name}: groups={self.groups} do not divide the {channels} channels (axis "
                f"{self.axis} of {input_shape})."
            )
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})
        self._add_scale_and_shift(shape, self.scale, self.center)

    def call(self, inputs: Any) -> Any:
        """Return the normalised samples."""
        shape, axis = inputs.shape, self.axis % inputs.ndim
        parts = inputs.reshape((*shape[:axis], self.groups, -1, *shape[axis + 1 :]))
        rest = tuple(place for place in range(1, parts.ndim) if place != axis)
        centred = parts - parts.mean(axis=rest, keepdims=True)
        variance = (centred * centred).mean(axis=rest, keepdims=True)
        normal = (centred / np.sqrt(variance + self.epsilon)).reshape(shape)
        lengths = tuple(n if place == axis else 1 for place, n in enumerate(shape))
        return self._scaled_and_shifted(normal, lengths)

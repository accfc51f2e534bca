"""Normalising each sample by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.normalization.moments import (
    ScaleAndShift,
    check_axes,
    known_lengths,
)
from tinygrad_gates.keras.layers.options import LayerOptions


class LayerNormalization(ScaleAndShift):
    """Brings each sample to mean 0 and variance 1, then scales and shifts it (Ba et al., 2016).

    Args:
        axis: the axis, or axes, over which a mean is taken.
        epsilon: added to the variance.
        center: whether beta is added.
        scale: whether gamma multiplies.
        beta_initializer: fills beta, of the lengths of those axes.
        gamma_initializer: fills gamma, of the lengths of those axes.
        beta_regularizer: a penalty of beta.
        gamma_regularizer: a penalty of gamma.
        beta_constraint: what beta is brought back to after each step.
        gamma_constraint: what gamma is brought back to after each step.
        rms_scaling: whether the mean stays where it is, and beta is left out: the variance alone
            is brought to 1, which is what Keras means by the name.
        **options: as for every `Layer`.

    Raises:
        TypeError: for an axis that is no integer.
        ShapeError: on building, for an axis that is missing, or of unknown length.

    >>> LayerNormalization(epsilon=0.0)([[1.0, 3.0]]).numpy()
    array([[-1.,  1.]], dtype=float32)
    """

    examples: ClassVar[Sequence[Example]] = (
        example((4, 3)),
        example((2, 3, 4), axis=[1, 2], gamma_initializer="he_normal"),
        example((2, 3, 4), axis=1, center=False, epsilon=0.1),
        example((4, 3), scale=False, beta_initializer="ones", beta_regularizer="l2"),
        example((2, 3, 4), axis=[-1, 1], gamma_initializer="he_normal", rms_scaling=True),
    )

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        rms_scaling: bool = False,
        **options: Unpack[LayerOptions],
    ) -> None:
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
        self.rms_scaling = rms_scaling

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta, whose axes are in the order of `axis`, which is sorted."""
        self.axis = sorted(self.axis) if isinstance(self.axis, list) else [self.axis]
        check_axes(self.name, input_shape, self.axis)
        scale = self.scale or self.rms_scaling
        shift = self.center and not self.rms_scaling
        if scale or shift:
            lengths = known_lengths(self.name, input_shape, self.axis)
            self._add_scale_and_shift(lengths, scale, shift)

    def call(self, inputs: Any) -> Any:
        """Return the normalised samples."""
        axes = tuple(axis % inputs.ndim for axis in self.axis)
        centred = inputs - inputs.mean(axis=axes, keepdims=True)
        variance = (centred * centred).mean(axis=axes, keepdims=True)
        kept = inputs if self.rms_scaling else centred
        normal = kept / np.sqrt(variance + self.epsilon)
        shape = tuple(n if axis in axes else 1 for axis, n in enumerate(inputs.shape))
        return self._scaled_and_shifted(normal, shape)

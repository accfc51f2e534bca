"""Normalising by the statistics of a batch."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import initializers
from tinygrad_gates.keras.config import epsilon as smallest
from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.arguments import real, refuse
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.normalization.moments import ScaleAndShift, known_lengths
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.masking import spread


class BatchNormalization(ScaleAndShift):
    """Brings each channel to mean 0 and variance 1, then scales and shifts it.

    Defined by Ioffe and Szegedy, "Batch normalization", 2015. In training, mean and variance are
    those of the batch, and running means of them are kept; else, and in a layer that is not
    trainable, the running means are used.

    Args:
        axis: that of the channels.
        momentum: the share of a running mean that each batch leaves as it was.
        epsilon: added to the variance.
        center: whether beta is added.
        scale: whether gamma multiplies.
        beta_initializer: fills beta, one number for each channel.
        gamma_initializer: fills gamma, one number for each channel.
        moving_mean_initializer: fills the running mean.
        moving_variance_initializer: fills the running variance.
        beta_regularizer: a penalty of beta.
        gamma_regularizer: a penalty of gamma.
        beta_constraint: what beta is brought back to after each step.
        gamma_constraint: what gamma is brought back to after each step.
        renorm: refused, as are the two that follow.
        renorm_clipping: see there.
        renorm_momentum: see there.
        synchronized: refused: there is one device.
        **options: as for every `Layer`.

    Raises:
        TypeError: for an axis that is no integer.
        ValueError: for a momentum outside [0, 1].
        ShapeError: on building, for an axis that is missing, or of unknown length; on a call,
            for a mask that has not all axes of the input but the last.

    >>> BatchNormalization(epsilon=0.0)([[1.0], [3.0]], training=True).numpy()
    array([[-1.],
           [ 1.]], dtype=float32)
    """

    unsaved = (
        *ScaleAndShift.unsaved, "renorm", "renorm_clipping", "renorm_momentum", "synchronized",
    )  # fmt: skip
    examples: ClassVar[Sequence[Example]] = (
        example((5, 3)),
        example((4, 3, 2), axis=1, momentum=0.5, epsilon=0.1, scale=False),
        example((2, 3, 2, 2), center=False, gamma_initializer="he_normal",
                moving_mean_initializer="ones", moving_variance_initializer="ones"),
    )  # fmt: skip

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **options: Unpack[LayerOptions],
    ) -> None:
        kind = "BatchNormalization"
        refuse(kind, renorm=renorm, renorm_clipping=renorm_clipping, synchronized=synchronized)
        try:
            axis = operator.index(axis)
        except TypeError:
            raise TypeError(f"{kind}: axis={axis!r} has to be an integer.") from None
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
        self.momentum = real(kind, "momentum", momentum, 0, 1)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape: Shape) -> None:
        """Make gamma, beta and the running means."""
        shape = known_lengths(self.name, input_shape, (self.axis,))
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: shape[0]})
        self._add_scale_and_shift(shape, self.scale, self.center)
        self.moving_mean = self.add_weight(
            shape, self.moving_mean_initializer, trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            shape, self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Return the normalised batch."""
        if mask is not None and np.ndim(mask) != inputs.ndim - 1:
            raise ShapeError(
                f"{self.name}: the mask should have one dimension less than the input, and their "
                f"shapes are {np.shape(mask)} and {inputs.shape}."
            )
        channels = self.axis % inputs.ndim
        shape = tuple(n if axis == channels else 1 for axis, n in enumerate(inputs.shape))
        if training and self.trainable:
            axes = tuple(axis for axis in range(inputs.ndim) if axis != channels)
            mean, variance = _moments(inputs, axes, mask)
            self._follow(self.moving_mean, mean)
            self._follow(self.moving_variance, variance)
        else:
            mean, variance = self.moving_mean.reshape(shape), self.moving_variance.reshape(shape)
        normal = (inputs - mean) / np.sqrt(variance + self.epsilon)
        return self._scaled_and_shifted(normal, shape)

    def _follow(self, running: Any, new: Value) -> None:
        """Move a running mean towards that of a batch, by which nothing is differentiated."""
        new_data = new._data.reshape(running.shape)
        running.assign(running._data * self.momentum + new_data * (1 - self.momentum))


def _moments(inputs: Value, axes: tuple[int, ...], mask: Any) -> tuple[Value, Value]:
    """Return means and variances, of what counts if there is a mask."""
    if mask is None:
        mean = inputs.mean(axis=axes, keepdims=True)
        return mean, ((inputs - mean) ** 2).mean(axis=axes, keepdims=True)
    weights = spread(mask, inputs.shape).astype(inputs.dtype)
    total = weights.sum(axis=axes, keepdims=True) + inputs.dtype.type(smallest())
    mean = (inputs * weights).sum(axis=axes, keepdims=True) / total
    return mean, ((inputs - mean) ** 2 * weights).sum(axis=axes, keepdims=True) / total

"""Distributions whose variance follows from how many inputs and outputs a unit has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.initializers.initializer import weight_dtype
from tinygrad_gates.keras.initializers.random_initializer import RandomInitializer, Seed

Axes = Sequence[int] | None

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

# The standard deviation of a standard normal distribution cut off at -2 and 2.
TRUNCATED_STDDEV = 0.87962566103423978


class VarianceScaling(RandomInitializer):
    """Draws with mean 0 and variance scale / n, n the number of inputs or outputs of a unit.

    Args:
        scale: what 1 / n is multiplied with.
        mode: "fan_in" for inputs, "fan_out" for outputs, "fan_avg" for their mean.
        distribution: "truncated_normal", "untruncated_normal" or "uniform".
        seed: an integer, None or a `SeedGenerator`; as for every `RandomInitializer`.
        input_axes: the axes of inputs; by default, and without the other, they are all but the
            last.
        output_axes: the axes of outputs; by default the last, and the places of a kernel.

    Raises:
        ValueError: for a scale that is not positive, or another mode or distribution.

    >>> VarianceScaling(seed=1)((100, 100)).std().round(2)
    np.float32(0.1)
    """

    examples: ClassVar[Sequence[Example]] = (
        example(),
        example(scale=2.0, mode="fan_out", distribution="uniform"),
        example(scale=0.5, mode="fan_avg", distribution="untruncated_normal", seed=3),
    )

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        super().__init__(seed)
        name = type(self).__name__
        if isinstance(scale, bool) or not scale > 0:
            raise ValueError(f"{name}: scale={scale!r} has to be a number above 0.")
        if mode not in MODES:
            raise ValueError(f"{name}: mode={mode!r} is none of {MODES}.")
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in DISTRIBUTIONS:
            raise ValueError(f"{name}: distribution={distribution!r} is none of {DISTRIBUTIONS}.")
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = input_axes
        self.output_axes = output_axes

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        config = super().get_config()
        return {k: v for k, v in config.items() if v is not None or not k.endswith("_axes")}

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray[Any, Any]:
        """Draw an array of a shape; raises `ValueError` if it has not got the axes."""
        shape, dtype = tuple(shape), weight_dtype(dtype)
        variance = self.scale * (1.0 / max(1.0, self._count(shape)))
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random.uniform(shape, -limit, limit, dtype, self.stream())
        if self.distribution == "untruncated_normal":
            return random.normal(shape, 0.0, math.sqrt(variance), dtype, self.stream())
        stddev = math.sqrt(variance) / TRUNCATED_STDDEV
        return random.truncated_normal(shape, 0.0, stddev, dtype, self.stream())

    def _count(self, shape: tuple[int, ...]) -> float:
        fan_in, fan_out = fans(shape)
        if self.input_axes is not None and self.output_axes is not None:
            fan_in, fan_out = (self._size(shape, a) for a in (self.input_axes, self.output_axes))
        return {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]

    def _size(self, shape: tuple[int, ...], axes: Sequence[int]) -> int:
        missing = [axis for axis in axes if not -len(shape) <= axis < len(shape)]
        if missing:
            raise ValueError(
                f"{type(self).__name__}: input_axes={self.input_axes} and "
                f"output_axes={self.output_axes} name axis {missing[0]}, which the shape {shape} "
                f"has not got."
            )
        return math.prod(shape[axis] for axis in axes)


def fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """Return how many inputs and outputs each unit of a kernel has, as Keras counts them.

    >>> fans((2, 32)), fans((3, 3, 16, 8)), fans((5,)), fans(())
    ((2, 32), (144, 72), (5, 5), (1, 1))
    """
    if len(shape) < 2:
        only = shape[0] if shape else 1
        return only, only
    positions = math.prod(shape[:-2])
    return positions * shape[-2], positions * shape[-1]

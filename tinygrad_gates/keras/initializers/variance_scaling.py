"""Distributions whose variance follows from how many inputs and outputs a unit has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.initializers.drawing import (
    Seed,
    draw_normal,
    draw_truncated,
    draw_uniform,
)
from tinygrad_gates.keras.initializers.initializer import Initializer

MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")

# The standard deviation of a standard normal distribution cut off at -2 and 2.
TRUNCATED_STDDEV = 0.87962566103423978


class VarianceScaling(Initializer):
    """Draws with mean 0 and variance scale / n, n the number of inputs or outputs of a unit.

    Args:
        scale: what 1 / n is multiplied with.
        mode: "fan_in" for inputs, "fan_out" for outputs, "fan_avg" for their mean.
        distribution: "truncated_normal", "untruncated_normal" or "uniform".
        seed: an own seed for TensorFlow's stream; None takes the next of `set_seed`'s.
        input_axes: refused, as is the other: kernels have their inputs and outputs last.
        output_axes: see there.

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
        input_axes: Any = None,
        output_axes: Any = None,
    ) -> None:
        name = type(self).__name__
        if isinstance(scale, bool) or not scale > 0:
            raise ValueError(f"{name}: scale={scale!r} has to be a number above 0.")
        if mode not in MODES:
            raise ValueError(f"{name}: mode={mode!r} is none of {MODES}.")
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if distribution not in DISTRIBUTIONS:
            raise ValueError(f"{name}: distribution={distribution!r} is none of {DISTRIBUTIONS}.")
        if input_axes is not None or output_axes is not None:
            raise ValueError(f"{name}: input_axes and output_axes are not supported.")
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal initializer."""
        known = ("scale", "mode", "distribution", "seed")
        config = {name: getattr(self, name) for name in known if name in self.parameters()}
        if "seed" in config:
            config["seed"] = self.seed if isinstance(self.seed, (int, type(None))) else None
        return config

    def __call__(self, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray[Any, Any]:
        """Draw an array of a shape, the last two axes of which are fan in and fan out."""
        fan_in, fan_out = fans(shape)
        count = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        variance = self.scale * (1.0 / max(1.0, count[self.mode]))
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return draw_uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return draw_normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)
        stddev = math.sqrt(variance) / TRUNCATED_STDDEV
        return draw_truncated(shape, 0.0, stddev, dtype, self.seed)


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

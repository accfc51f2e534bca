"""A learning rate that changes at given steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.schedules.learning_rate_schedule import LearningRateSchedule


class PiecewiseConstantDecay(LearningRateSchedule):
    """The first value up to and with the first boundary, the next up to and with the next.

    Args:
        boundaries: steps, each later than the one before.
        values: rates, one more than boundaries: the last is that after all of them.
        name: what it is called.

    Raises:
        ValueError: if the counts do not fit, the boundaries do not increase, or something is no
            finite number.

    >>> schedule = PiecewiseConstantDecay([2, 5], [1.0, 0.5, 0.25])
    >>> [float(schedule(step)) for step in (0, 2, 3, 5, 6)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    examples: ClassVar = (
        example(boundaries=[3, 11], values=[0.1, 0.05, 0.01]),
        example(boundaries=[5.5], values=[0.1, 0.2]),
    )

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str = "PiecewiseConstant",
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                f"PiecewiseConstantDecay: {len(boundaries)} boundaries need "
                f"{len(boundaries) + 1} values, got {len(values)}."
            )
        self.boundaries = [self.number("a boundary", boundary) for boundary in boundaries]
        self.values = [self.number("a value", value) for value in values]
        self.name = name
        if sorted(set(boundaries)) != self.boundaries:
            raise ValueError(f"PiecewiseConstantDecay: boundaries={boundaries!r} have to increase.")

    def __call__(self, step: Any) -> Any:
        """Return the rate after this many steps."""
        rate: Any = np.float32(self.values[0])
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            # Steps are whole: a boundary is cut to a whole number, as Keras cuts it.
            rate = np.where(step > int(boundary), np.float32(value), rate)
        return rate[()]

"""Adam whose mean squares take one row and one column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import example
from tinygrad_gates.keras.optimizers.checks import ABOVE_0, UP_TO_0
from tinygrad_gates.keras.optimizers.moments import cast
from tinygrad_gates.keras.optimizers.optimizer import Optimizer, Slots
from tinygrad_gates.keras.optimizers.options import OptimizerOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate
from tinygrad_gates.keras.optimizers.slots import Slot
from tinygrad_gates.keras.variable import Variable


class Adafactor(Optimizer):
    """Divides gradients by the root of a mean square, kept for rows and columns only.

    With b = 1 - t**beta_2_decay and q = g**2 + epsilon_1, the means of a matrix's rows and
    columns are r <- b r + (1 - b) mean(q, -1) and c <- b c + (1 - b) mean(q, -2), and the mean
    square is v = r c / mean(r); that of a vector is v <- b v + (1 - b) q. Then, with
    u = g / sqrt(v) and a = max(epsilon_2, rms(w)) min(lr, 1 / sqrt(t)),
    w <- w - a u / max(1, rms(u) / clip_threshold) (Shazeer and Stern, "Adafactor: adaptive
    learning rates with sublinear memory cost", ICML 2018).

    Args:
        learning_rate: lr, a number, a schedule or a function.
        beta_2_decay: how fast the means come to keep more.
        epsilon_1: added to squares, so that nothing is divided by 0.
        epsilon_2: the least root mean square of weights that steps are in proportion to.
        clip_threshold: the largest root mean square of u; larger ones are scaled down.
        relative_step: kept for files; Keras's steps are at most 1 / sqrt(t) either way.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range.

    >>> w, g = np.full(2, 4.0), np.full(2, 3.0)
    >>> Adafactor().rule(w, g, (0, 0, np.zeros(2)), 0.5, 1)[0]
    array([2., 2.])
    """

    examples: ClassVar = (
        example(learning_rate=0.05),
        example(learning_rate=0.5, relative_step=False),
        example(
            learning_rate=0.05, beta_2_decay=-0.5, epsilon_1=1e-6, epsilon_2=1.0, clip_threshold=0.5
        ),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **options: Unpack[OptimizerOptions],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_2_decay = self.number("beta_2_decay", beta_2_decay, UP_TO_0)
        self.epsilon_1 = self.number("epsilon_1", epsilon_1)
        self.epsilon_2 = self.number("epsilon_2", epsilon_2)
        self.clip_threshold = self.number("clip_threshold", clip_threshold, ABOVE_0)
        self.relative_step = relative_step

    def new_slots(self, parameter: Variable) -> Sequence[Slot]:
        """Return the means of rows and of columns, and the mean square."""
        shape = parameter.shape
        if len(shape) < 2:
            # A vector has neither, but Keras's files have a number in the place of each.
            unused = Slot(None, shape=(), dtype=np.int32)
            return (unused, unused, Slot("velocity"))
        rows, columns = shape[:-1], (*shape[:-2], shape[-1])
        return (Slot(None, shape=rows), Slot(None, shape=columns), Slot("velocity"))

    def rule(
        self, parameter: Any, gradient: Any, slots: Slots, learning_rate: Any, step: Any
    ) -> tuple[Any, Slots]:
        """Return the parameter after a step, and its mean squares."""
        time = cast(step, parameter)
        rate = np.minimum(learning_rate, 1 / np.sqrt(time))
        new = self._mean_squares(np.square(gradient) + self.epsilon_1, slots, time)
        change = gradient / np.sqrt(new[2])
        change = change / np.maximum(_rms(change) / self.clip_threshold, 1)
        return parameter - np.maximum(_rms(parameter), self.epsilon_2) * rate * change, new

    def _mean_squares(self, squares: Any, slots: Slots, time: Any) -> Slots:
        new_share = time**self.beta_2_decay
        keep = 1 - new_share
        rows, columns, every = slots
        if squares.ndim < 2:
            return rows, columns, keep * every + new_share * squares
        rows = keep * rows + new_share * squares.mean(axis=-1)
        columns = keep * columns + new_share * squares.mean(axis=-2)
        shares = rows / rows.mean(axis=-1, keepdims=True)
        return rows, columns, np.expand_dims(shares, -1) * np.expand_dims(columns, -2)


def _rms(array: Any) -> Any:
    return np.sqrt(np.mean(np.square(array)))

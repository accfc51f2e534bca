"""Keras's `Progbar`: a progress line for a loop of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_gates.keras.utils.progbar import Progress, finished_line, one_line, running_line
from tinygrad_gates.keras.utils.status_line import StatusLine


class Progbar:
    """Prints how far a loop is, on one line.

    Args:
        target: the number of steps, or None.
        width: taken for Keras's sake; the bar has 30 characters.
        verbose: 0 for silence, 1 for a bar, 2 for a line at the end.
        interval: the least number of seconds between two changes of the line.
        stateful_metrics: the names of values that are shown as they are; others are averaged.
        unit_name: what a step is called.
        stateless_metrics: in place of `stateful_metrics`, the names of values that are averaged;
            others are shown as they are.

    Raises:
        ValueError: if both are given.

    >>> bar = Progbar(2, verbose=2)
    >>> for step in range(2):
    ...     bar.update(step + 1, [("loss", 0.5)])  # doctest: +ELLIPSIS
    2/2 - 0s - loss: 0.5000 - ...
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Sequence[str] | None = None,
        unit_name: str = "step",
        stateless_metrics: Sequence[str] | None = None,
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Progbar: Only one of stateful_metrics and stateless_metrics can be given."
            )
        self.target = target
        self.verbose = verbose
        self.stateful_metrics = set(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._line = StatusLine(interval=interval)
        self._progress = Progress(target, unit=unit_name)
        self._sums: dict[str, tuple[float, int]] = {}

    def update(
        self,
        current: int,
        values: Sequence[tuple[str, Any]] | None = None,
        finalize: bool | None = None,
    ) -> None:
        """Show that `current` steps are done.

        Args:
            current: the number of steps done.
            values: names and numbers, or lists of numbers, averaged over steps.
            finalize: whether this was the last; known from the target by default.
        """
        steps = current - self._progress.current
        for name, value in values or ():
            total, count = self._sums.get(name, (0.0, 0))
            if self._is_stateful(name):
                total, count, steps_of = 0.0, 0, 1
            else:
                steps_of = steps
            self._sums[name] = total + float(np.mean(value)) * steps_of, count + steps_of
        self._progress.advance(current)
        last = current == self.target if finalize is None else finalize
        logs = {name: total / max(count, 1) for name, (total, count) in self._sums.items()}
        if not self.verbose:
            return
        if last:
            line = finished_line if self.verbose == 1 else one_line
            self._line.print(line(self._progress, logs))
        elif self.verbose == 1 and self._line.is_due():
            self._line.show(running_line(self._progress, logs))

    def _is_stateful(self, name: str) -> bool:
        if self.stateless_metrics is not None:
            return name not in self.stateless_metrics
        return name in self.stateful_metrics

    def add(self, n: int, values: Sequence[tuple[str, Any]] | None = None) -> None:
        """Show that n more steps are done."""
        self.update(self._progress.current + n, values)

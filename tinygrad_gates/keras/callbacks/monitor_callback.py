"""What callbacks share that watch one number of the logs."""

from __future__ import annotations

import warnings
from typing import Any

from tinygrad_gates.keras.callbacks.callback import Callback, Logs

MODES = ("auto", "min", "max")


class MonitorCallback(Callback):
    """A callback that asks each epoch whether a number got better.

    Args:
        monitor: the key in logs.
        mode: "min" if less is better, "max" if more is; "auto" finds out from the loss or metric,
            as does any other word, with a warning.
        min_delta: by how much it has to get better.

    Raises:
        ValueError: in training, if "auto" cannot find out.

    Attributes:
        best: the best number so far; None before there was one.
    """

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", min_delta: float = 0) -> None:
        if mode not in MODES:
            warnings.warn(
                f"{type(self).__name__}: mode={mode!r} is none of {MODES}, and taken as 'auto'.",
                stacklevel=3,
            )
            mode = "auto"
        self.monitor = monitor
        self.mode = mode
        self.min_delta = abs(min_delta)
        self.best: float | None = None

    def current(self, logs: Logs | None) -> float | None:
        """Return the number now; warns and returns None if it is not in the logs.

        Raises `ValueError` if it could not be told whether less or more of it is better.
        """
        self._more_is_better()
        number = (logs or {}).get(self.monitor)
        if number is None:
            hint = " Give fit validation data." if self.monitor.startswith("val_") else ""
            warnings.warn(
                f"{type(self).__name__}: {self.monitor} is not in the logs, which have "
                f"{', '.join(logs or {})}.{hint}",
                stacklevel=3,
            )
        return number

    def is_better(self, number: float, than: float | None) -> bool:
        """Return whether a number is better than another, by `min_delta` at least."""
        if than is None:
            return True
        if self._more_is_better():
            return number - self.min_delta > than
        return number + self.min_delta < than

    def _more_is_better(self) -> bool:
        if self.mode != "auto":
            return self.mode == "max"
        name = self.monitor.removeprefix("val_")
        direction = _direction(name, getattr(self.model, "_single_metrics", []))
        if direction is None:
            raise ValueError(
                f"{type(self).__name__}: whether less or more of {self.monitor} is better cannot "
                f"be told from its name. Give mode='min' or mode='max'."
            )
        return direction == "up"


def _direction(name: str, metrics: list[Any]) -> str | None:
    if name == "loss" or name.endswith("_loss"):
        return "down"
    for metric in metrics:
        if metric.log_name == name:
            direction: str | None = metric.direction
            return direction
    return None

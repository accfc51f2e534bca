"""What a progress line says. Pure text: where and when it appears is `status_line`'s business.

The lines are those of Keras 2.12.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

WIDTH = 30


class Progress:
    """How many steps are done, and how long they took.

    The first step is not representative (weights are made, caches filled), so estimates leave
    it out once there are more.

    Args:
        target: the number of steps, if it is known.
        start: when it began, in seconds, as `time.perf_counter` counts.
        unit: what a step is called.

    Attributes:
        current: the number of steps done.
    """

    def __init__(self, target: int | None, start: float | None = None, unit: str = "step") -> None:
        self.target = target
        self.unit = unit
        self.current = 0
        self._start = time.perf_counter() if start is None else start
        self._first_step_end: float | None = None
        self._now = self._start

    def advance(self, current: int, now: float | None = None) -> None:
        """Note that `current` steps are done by `now`."""
        self.current = current
        self._now = time.perf_counter() if now is None else now
        if current == 1:
            self._first_step_end = self._now

    @property
    def elapsed(self) -> float:
        """Seconds from the start to the last step."""
        return self._now - self._start

    @property
    def seconds_per_step(self) -> float:
        """The mean duration of a step; 0 before there was one."""
        if self._first_step_end is not None and self.current > 1:
            return (self._now - self._first_step_end) / (self.current - 1)
        return self.elapsed / self.current if self.current else 0.0

    @property
    def remaining(self) -> float:
        """The seconds that the steps left will take."""
        return self.seconds_per_step * ((self.target or 0) - self.current)


def running_line(progress: Progress, logs: Mapping[str, float]) -> str:
    """Return the line while steps are left to do, or validation.

    >>> progress = Progress(4, start=0.0)
    >>> progress.advance(2, now=3.0)
    >>> running_line(progress, {"loss": 0.25})
    '2/4 [==============>...............] - ETA: 3s - loss: 0.2500'
    """
    if progress.target is None:
        return finished_line(progress, logs)
    eta = clock_text(progress.remaining)
    return f"{bar(progress.current, progress.target)} - ETA: {eta}{_metrics(logs)}"


def finished_line(progress: Progress, logs: Mapping[str, float]) -> str:
    """Return the line that stays.

    >>> progress = Progress(1, start=0.0)
    >>> progress.advance(1, now=0.009)
    >>> finished_line(progress, {"loss": 0.0666, "acc": 1.0})
    '1/1 [==============================] - 0s 9ms/step - loss: 0.0666 - acc: 1.0000'
    """
    steps = bar(progress.current, progress.target)
    step = step_text(progress.seconds_per_step, progress.unit)
    return f"{steps} - {progress.elapsed:.0f}s {step}{_metrics(logs)}"


def one_line(progress: Progress, logs: Mapping[str, float]) -> str:
    """Return the line of `verbose=2`, without a bar.

    >>> progress = Progress(1, start=0.0)
    >>> progress.advance(1, now=0.009)
    >>> one_line(progress, {"loss": 0.0666})
    '1/1 - 0s - loss: 0.0666 - 9ms/epoch - 9ms/step'
    """
    epoch = step_text(progress.elapsed, "epoch")
    step = step_text(progress.seconds_per_step, "step")
    count = _count(progress.current, progress.target)
    return f"{count} - {progress.elapsed:.0f}s{_metrics(logs)} - {epoch} - {step}"


def bar(current: int, target: int | None, width: int = WIDTH) -> str:
    """Return the count of steps and the bar.

    >>> bar(5, 20, width=8), bar(20, 20, width=8), bar(7, None)
    (' 5/20 [=>......]', '20/20 [========]', '      7/Unknown')
    """
    if target is None:
        return _count(current, target)
    done = min(width, width * current // target) if target else width
    head = ">" if current < target else "="
    filled = "=" * (done - 1) + head if done else ""
    return f"{_count(current, target)} [{filled}{'.' * (width - done)}]"


def _count(current: int, target: int | None) -> str:
    if target is None:
        return f"{current:7d}/Unknown"
    return f"{current:{len(str(target))}d}/{target}"


def step_text(seconds: float, unit: str) -> str:
    """Return a duration of one unit in s, ms or us.

    >>> step_text(1.2, "step"), step_text(0.0093, "step"), step_text(0.000105, "epoch")
    ('1s/step', '9ms/step', '105us/epoch')
    """
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s/{unit}"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.0f}ms/{unit}"
    return f"{seconds * 1e6:.0f}us/{unit}"


def clock_text(seconds: float) -> str:
    """Return a duration in hours, minutes and seconds.

    >>> clock_text(59.9), clock_text(61), clock_text(3661)
    ('59s', '1:01', '1:01:01')
    """
    minutes, rest = divmod(int(seconds), 60)
    if seconds > 3600:
        return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if seconds > 60 else f"{rest if minutes == 0 else 60}s"


def _metrics(logs: Mapping[str, float]) -> str:
    return "".join(f" - {name}: {number_text(number)}" for name, number in logs.items())


def number_text(number: float) -> str:
    """Return a number to 4 digits behind the point, small ones with an exponent.

    >>> number_text(0.06664), number_text(-2.0), number_text(0.0), number_text(float("nan"))
    ('0.0666', '-2.0000', '0.0000e+00', 'nan')
    """
    return f"{number:.4f}" if abs(number) > 1e-3 else f"{number:.4e}"

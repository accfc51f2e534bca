"""What a work found: figures of the contenders, whether goals are reached, as text and as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from benchmarks.sidebyside import Samples, Spread, ratio

Unit = Literal["s", "B"]

_SCALES: dict[Unit, list[tuple[float, str]]] = {
    "s": [(1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")],
    "B": [(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")],
}


@dataclass(frozen=True)
class Goal:
    """How good a contender is to be.

    Attributes:
        contender: its name.
        at_most: this many times the reference's figure, or this figure where there is none.
        reference: the other contender's name.
    """

    contender: str
    at_most: float
    reference: str | None = None


@dataclass(frozen=True)
class Report:
    """The figures of one work.

    Attributes:
        title: what was measured.
        unit: of what: seconds or bytes.
        samples: for each contender the figure of each round.
        yardstick: the contender that the others are measured with in the table.
        goals: what is to be reached.
        left_out: the contenders that were not measured, and why.
    """

    title: str
    unit: Unit
    samples: Samples
    yardstick: str
    goals: tuple[Goal, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)

    def reached(self, goal: Goal) -> Spread | None:
        """Return what a goal is about; None if one of its contenders is left out."""
        wanted = [goal.contender, *([goal.reference] if goal.reference else [])]
        if not self.samples.keys() >= set(wanted):
            return None
        figures = [self.samples[name] for name in wanted]
        return ratio(*figures) if goal.reference else Spread.of(*figures)

    def data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        goals = []
        for goal in self.goals:
            found = self.reached(goal)
            reached = found and found.median <= goal.at_most
            goals.append(asdict(goal) | {"found": found and asdict(found), "reached": reached})
        return asdict(self) | {"goals": goals}

    def __str__(self) -> str:
        lines = [self.title, "", *self._table(), ""]
        lines += [self._verdict(goal) for goal in self.goals]
        lines += [f"  left out: {name}: {why}" for name, why in self.left_out.items()]
        return "\n".join(lines)

    def _table(self) -> list[str]:
        width = max(map(len, self.samples), default=0)
        beside = self.samples.get(self.yardstick) if len(self.samples) > 1 else None
        lines = []
        for name, figures in sorted(
            self.samples.items(), key=lambda item: Spread.of(item[1]).median
        ):
            line = f"  {name:<{width}}{amount(Spread.of(figures).median, self.unit):>12}"
            if beside:
                found = ratio(figures, beside)
                line += f"{found.median:>12.4g}   ({found.low:.4g} to {found.high:.4g})"
            lines.append(line)
        if beside:
            lines.insert(0, f"  {'':<{width}}{'median':>12}   times {self.yardstick} (quartiles)")
        return lines

    def _verdict(self, goal: Goal) -> str:
        beside = f" / {goal.reference}" if goal.reference else ""
        wanted = f"{goal.at_most:g}" if goal.reference else amount(goal.at_most, self.unit)
        found = self.reached(goal)
        if found is None:
            return f"  goal: {goal.contender}{beside} at most {wanted}: not measured"
        verdict = "reached" if found.median <= goal.at_most else "NOT reached"
        median, low, high = (
            f"{x:.3g}" if goal.reference else amount(x, self.unit)
            for x in (found.median, found.low, found.high)
        )
        return (
            f"  goal: {goal.contender}{beside} at most {wanted}: "
            f"{median} ({low} to {high}), {verdict}"
        )


def amount(figure: float, unit: Unit) -> str:
    """Return a figure with a unit that suits its size.

    >>> amount(0.0123, "s")
    '12.3 ms'
    """
    scale, symbol = next(
        (item for item in _SCALES[unit] if abs(figure) >= item[0]), _SCALES[unit][-1]
    )
    return (
        f"{figure / scale:.3g} {symbol}"
        if figure / scale < 100
        else f"{figure / scale:.0f} {symbol}"
    )

"""What a gradient check found, in words."""

from __future__ import annotations

from typing import NamedTuple


class KinkWarning(UserWarning):
    """A gradient was checked where the function has no derivative, only one-sided ones."""


class Derivative(NamedTuple):
    """One derivative: of one number of the results by one number of the inputs.

    Attributes:
        of, by: where these numbers are.
        rule: what the gradient rules say.
        measured: what finite differences say.
        bound: how far the two may be apart.
        kink: the one-sided derivatives, where they differ.
    """

    of: str
    by: str
    rule: float
    measured: float
    bound: float
    kink: tuple[float, float] | None = None

    @property
    def excess(self) -> float:
        """How many times the bound the difference is; inf where there is nothing to compare."""
        if self.kink is not None:
            return 0.0 if self._between(*sorted(self.kink)) else float("inf")
        difference = abs(self.rule - self.measured)
        if not difference < float("inf") or self.bound == float("inf"):
            return float("inf")
        return difference / self.bound if self.bound else difference and float("inf")

    def _between(self, low: float, high: float) -> bool:
        slack = 1e-3 * (high - low)
        return low - slack <= self.rule <= high + slack

    def __str__(self) -> str:
        said = f"d {self.of} / d {self.by}: the rule gives {self.rule:.9g}, "
        if self.kink is not None:
            left, right = self.kink
            return f"{said}and there is a kink: {left:.6g} to the left, {right:.6g} to the right"
        if self.bound == float("inf"):
            return (
                f"{said}and finite differences do not settle (a jump, noise, or undefined near by)"
            )
        return f"{said}finite differences {self.measured:.9g} ± {self.bound:.1g}"


class Report(NamedTuple):
    """The outcome of a gradient check; true if all derivatives agree.

    Attributes:
        order: 1 for the gradient, 2 for the gradient of the gradient, and so on.
        checked: how many derivatives were compared.
        failures: those that disagree, the worst first.
        worst: the one that comes nearest to disagreement, or is furthest beyond.
        kinks: those without a derivative; they agree if the rule gives a one-sided derivative
            or a number between them.
    """

    order: int
    checked: int
    failures: tuple[Derivative, ...]
    worst: Derivative | None
    kinks: tuple[Derivative, ...]

    def __bool__(self) -> bool:
        return not self.failures

    def __str__(self) -> str:
        what = "gradient" if self.order == 1 else f"gradient of order {self.order}"
        if self.failures:
            lines = [
                f"{what}: {len(self.failures)} of {self.checked} derivatives disagree with "
                f"finite differences; the worst:"
            ]
            lines += [f"  {derivative}" for derivative in self.failures[:3]]
        else:
            lines = [f"{what}: all {self.checked} derivatives agree with finite differences"]
        for derivative in self.kinks[:3]:
            if derivative not in self.failures[:3]:
                lines.append(f"  undecided: {derivative}")
        return "\n".join(lines)

"""What precision and recall share: the part of positives that is right."""

from __future__ import annotations

from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.class_numbers import check_k
from tinygrad_gates.keras.metrics.confusion import NEVER, ThresholdMetric, one_or_all, ratio
from tinygrad_gates.keras.variable import Variable

_TARGETS, _SHARES = Draw((9, 3), 0, 2, whole=True), Draw((9, 3), 0, 1)


class RightShare(ThresholdMetric, shared=True):
    """True positives among them and what `wrong` names, at each threshold.

    Arguments and errors are those of `Precision`.
    """

    direction = "up"
    wrong: ClassVar[str]
    """Which other count there is; it is an attribute of this name."""
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((9,), 0, 2, whole=True), Draw((9,), 0, 1)),
        example(_TARGETS, _SHARES, thresholds=[0.7, 0.2]),
        example(_TARGETS, (9, 3), top_k=2, name="top2"),
        example(_TARGETS, _SHARES, class_id=1, thresholds=0.25),
        example(_TARGETS, _SHARES, class_id=1, top_k=2, thresholds=0.5),
    )
    true_positives: Variable

    def __init_subclass__(cls, **options: Any) -> None:
        cls.kept = {"true_positives": "true_positives", cls.wrong: cls.wrong}
        super().__init_subclass__(**options)

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        default = 0.5 if top_k is None else NEVER
        top_k = None if top_k is None else check_k(top_k, type(self).__name__)
        super().__init__(thresholds, name, dtype, default=default, top_k=top_k, class_id=class_id)

    def result(self) -> Any:
        """Return the share, or an array with one for each of several thresholds."""
        right, wrong = self.true_positives.numpy(), getattr(self, self.wrong).numpy()
        return one_or_all(ratio(right, right + wrong))

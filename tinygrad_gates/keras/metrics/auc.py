"""The area under a curve of two rates over all thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.primitive import constant
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.confusion import (
    Array,
    ConfusionMetric,
    Counts,
    as_thresholds,
    even_thresholds,
    ratio,
)
from tinygrad_gates.keras.variable import Variable

CURVES = ("ROC", "PR", "PRGAIN")
METHODS = ("interpolation", "majoring", "minoring")
MARGIN = 1e-7
"""How far the outermost thresholds are outside the interval from 0 to 1."""


class AUC(ConfusionMetric):
    """The area under the ROC, precision-recall or precision-recall-gain curve.

    The curve is known at `num_thresholds` points. Interpolation under the precision-recall curve
    is Davis and Goadrich's, "The relationship between Precision-Recall and ROC curves", ICML
    2006; the gains are Flach and Kull's, "Precision-Recall-Gain curves", NeurIPS 2015.

    Args:
        num_thresholds: how many thresholds from 0 to 1, at equal distances.
        curve: "ROC" (true positives over false positives), "PR" (precision over recall), or
            "PRGAIN".
        summation_method: "interpolation" (trapezia), "majoring" or "minoring" (from above or
            below).
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.
        thresholds: own thresholds from 0 to 1 in place of equal distances; 0 and 1 are added.
        multi_label: whether the columns of (samples, labels) have curves of their own, whose
            areas are averaged; otherwise all predictions make one curve.
        num_labels: how many columns, with `multi_label`; by default as the first batch has.
        label_weights: a weight for each column: of its area with `multi_label`, else of its
            predictions.
        from_logits: whether predictions are logits, to which sigmoid is applied.

    Raises:
        ValueError: for another curve or method, fewer than 2 thresholds, thresholds outside the
            interval from 0 to 1, and num_labels without multi_label.

    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])
    0.75
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        *(
            example(
                *(Draw((40,), 0, 2, whole=True), Draw((40,), 0, 1)),
                curve=curve, summation_method=method, num_thresholds=20,
            )
            for curve in CURVES for method in METHODS
        ),
        example(Draw((40, 1), 0, 2, whole=True), Draw((40, 1), 0, 1), name="area"),
        example(Draw((40,), 0, 2, whole=True), Draw((40,), 0, 1), thresholds=[0.7, 0.2, 0.4]),
        example(
            *(Draw((40, 3), 0, 2, whole=True), (40, 3)),
            multi_label=True, label_weights=[1.0, 0.5, 2.0], from_logits=True,
        ),
        example(
            *(Draw((40, 2), 0, 2, whole=True), Draw((40, 2), 0, 1)),
            multi_label=True, num_labels=2, curve="PR",
        ),
        example(
            *(Draw((40, 2), 0, 2, whole=True), Draw((40, 2), 0, 1)), label_weights=[1.0, 0.25]
        ),
    )  # fmt: skip
    true_positives: Variable
    false_positives: Variable
    true_negatives: Variable
    false_negatives: Variable

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: DTypeLike | None = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        self.curve = _one_of(curve, CURVES, "curve")
        self.summation_method = _one_of(summation_method, METHODS, "summation_method")
        if thresholds is not None:
            inner = sorted(as_thresholds(thresholds, 0.5, "AUC"))
        elif num_thresholds > 1:
            inner = even_thresholds(num_thresholds)[1:-1]
        else:
            raise ValueError(f"AUC: num_thresholds={num_thresholds!r} has to be 2 at least.")
        if num_labels and not multi_label:
            raise ValueError(f"AUC: num_labels={num_labels} needs multi_label=True.")
        super().__init__([-MARGIN, *inner, 1 + MARGIN], name, dtype)
        self.num_thresholds = len(self.thresholds)
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else np.asarray(label_weights, float)
        self.from_logits = from_logits
        self._own_thresholds = thresholds is not None
        if num_labels or not multi_label:
            self._build(num_labels)

    def _build(self, labels: int | None) -> None:
        weights = self.label_weights
        if labels and weights is not None and weights.shape != (labels,):
            raise ShapeError(
                f"{self.name}: label_weights have shape {weights.shape}, and there are {labels} "
                f"labels. Give one weight for each."
            )
        self.make_counts(*(() if labels is None else (labels,)))

    def build_for_state(self, state: Sequence[Array]) -> None:
        """Make the variables for a state's number of labels."""
        self._build(state[0].shape[-1] if state[0].ndim else None)

    def count(self, y_true: Array, y_pred: Array, weights: Array | None) -> Counts:
        """Return the counts of one batch."""
        if self.from_logits:
            y_pred = ops.sigmoid(constant(y_pred)).numpy()
        if self.multi_label:
            return self._count_by_label(y_true, y_pred, weights)
        if self.label_weights is not None:
            if y_pred.shape[-1:] != self.label_weights.shape:
                raise ShapeError(
                    f"{self.name}: label_weights have shape {self.label_weights.shape}, and the "
                    f"predictions {y_pred.shape}. Give one weight for each along the last axis."
                )
            weights = self.label_weights if weights is None else weights * self.label_weights
        return self._comparer.count(y_true, y_pred, weights)

    def _count_by_label(self, y_true: Array, y_pred: Array, weights: Array | None) -> Counts:
        known = self.true_positives.shape[-1] if self._variables else y_pred.shape[-1:]
        if y_pred.ndim != 2 or y_pred.shape[-1:] != np.atleast_1d(known):
            raise ShapeError(
                f"{self.name}: multi_label=True needs predictions of shape (samples, labels), "
                f"the same labels in every batch; they have shape {y_pred.shape}."
            )
        labels = y_pred.shape[1]
        counts = self._comparer.count(y_true, y_pred, weights, labels)
        if not self._variables:
            self._build(labels)
        return counts

    def result(self) -> float:
        """Return the area; 0 before anything was seen."""
        if not self._variables:
            return 0.0
        counts = Counts(*(getattr(self, name).numpy() for name in Counts._fields))
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = _interpolated_precision(counts)
        else:
            areas = self._riemann(*_points(counts, self.curve))
        if not areas.ndim:
            return float(areas)
        return float(np.average(areas, weights=self.label_weights))

    def _riemann(self, x: Array, y: Array) -> Array:
        left, right = y[:-1], y[1:]
        if self.summation_method == "interpolation":
            heights = (left + right) / 2
        else:
            heights = (np.minimum if self.summation_method == "minoring" else np.maximum)(
                left, right
            )
        return np.sum((x[:-1] - x[1:]) * heights, axis=0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric, as Keras writes them."""
        config = super().get_config()
        del config["thresholds"]
        if self._own_thresholds:
            config["thresholds"] = self.thresholds[1:-1]
        if self.label_weights is not None:
            config["label_weights"] = self.label_weights.tolist()
        return config


def _one_of(given: Any, known: tuple[str, ...], what: str) -> str:
    for name in known:
        if isinstance(given, str) and given.lower() == name.lower():
            return name
    raise ValueError(f"AUC: {what}={given!r} is none of {known}.")


def _points(counts: Counts, curve: str) -> tuple[Array, Array]:
    tp, fp, tn, fn = counts
    if curve == "ROC":
        return ratio(fp, fp + tn), ratio(tp, tp + fn)
    if curve == "PR":
        return ratio(tp, tp + fn), ratio(tp, tp + fp)
    odds = ratio(tp + fn, tn + fp)
    recall_gain = np.maximum(np.where(tp == 0, 0, 1 - odds * ratio(fn, tp)), 0)
    return recall_gain, np.where(tp == 0, 1, 1 - odds * ratio(fp, tp))


def _interpolated_precision(counts: Counts) -> Array:
    """Return the area where true positives are linear in predicted ones between thresholds."""
    tp, fp, _, fn = counts
    predicted = tp + fp
    gained = tp[:-1] - tp[1:]
    slope = ratio(gained, np.maximum(predicted[:-1] - predicted[1:], 0))
    intercept = tp[1:] - slope * predicted[1:]
    both = (predicted[:-1] > 0) & (predicted[1:] > 0)
    growth = np.where(both, ratio(predicted[:-1], predicted[1:]), 1)
    pieces = slope * (gained + intercept * np.log(np.where(both, growth, 1)))
    return np.sum(ratio(pieces, np.maximum(tp[1:] + fn[1:], 0)), axis=0)

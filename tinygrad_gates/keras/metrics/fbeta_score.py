"""The weighted harmonic mean of precision and recall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.confusion import Array, ratio
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.metrics.weights import as_weights
from tinygrad_gates.keras.tensors import as_array
from tinygrad_gates.keras.variable import Variable

AVERAGES = (None, "micro", "macro", "weighted")
STATE = ("true_positives", "false_positives", "false_negatives", "intermediate_weights")
ZERO = 1e-9
"""A largest prediction no larger than this chooses no class."""


class FBetaScore(Metric):
    """(1 + beta^2) * precision * recall / (beta^2 * precision + recall), for each class.

    Args:
        average: None (a score for each class), "micro" (all classes counted together), "macro"
            (the mean of the classes' scores) or "weighted" (weighted by the classes' targets).
        beta: how many times as much recall counts as precision.
        threshold: what a prediction has to exceed to be positive; None takes each sample's
            largest.
        name: the key in logs.
        dtype: of predictions, to which arrays are cast.

    Raises:
        ValueError: for another average, and if beta is not positive or the threshold not
            between 0 and 1.

    >>> metric = FBetaScore(beta=2.0, threshold=0.5)
    >>> metric([[1, 1], [1, 0], [1, 1], [0, 1]], [[0.2, 0.6], [0.2, 0.6], [0.6, 0.8], [0, 0.1]])
    array([0.38461538, 0.66666667])
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        example(Draw((12, 3), 0, 2, whole=True), Draw((12, 3), 0, 1), beta=2.0, threshold=0.4),
        *(
            example(Draw((12, 3), 0, 2, whole=True), (12, 3), beta=0.5, average=average)
            for average in AVERAGES
        ),
    )
    true_positives: Variable
    false_positives: Variable
    false_negatives: Variable
    intermediate_weights: Variable

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: DTypeLike | None = None,
    ) -> None:
        what = type(self).__name__
        if average not in AVERAGES:
            raise ValueError(f"{what}: average={average!r} is none of {AVERAGES}.")
        if not isinstance(beta, float) or not beta > 0:
            raise ValueError(f"{what}: beta={beta!r} has to be a positive float, such as 1.0.")
        if threshold is not None and not (isinstance(threshold, float) and 0 < threshold <= 1):
            raise ValueError(
                f"{what}: threshold={threshold!r} has to be a float above 0 and up to 1, or None."
            )
        super().__init__(dtype, name)
        self.average = average
        self.beta = beta
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the predictions of a batch.

        Args:
            y_true: targets from 0 to 1, of shape (samples, classes).
            y_pred: predictions of the same shape.
            sample_weight: one weight for each sample.

        Raises:
            ShapeError: if the shapes do not fit each other or earlier batches.
        """
        y_true = as_array(y_true, f"{self.name}: y_true").astype(np.float64)
        y_pred = as_array(y_pred, f"{self.name}: y_pred", np.dtype(self.dtype))
        self._check(y_true.shape, y_pred.shape)
        positive = self._positive(y_pred)
        weights = 1.0 if sample_weight is None else as_weights(
            sample_weight, y_pred.shape, self.name
        )  # fmt: skip
        axis = None if self.average == "micro" else 0
        sums = [
            (part * weights).sum(axis=axis)
            for part in (y_true * positive, (1 - y_true) * positive, y_true * ~positive, y_true)
        ]
        if not self._variables:
            self._build(np.shape(sums[0]))
        for variable, total in zip(self._variables, sums, strict=True):
            variable.replace(variable._data + total)

    def _positive(self, y_pred: Array) -> Array:
        if self.threshold is not None:
            return y_pred > self.threshold
        return (y_pred >= y_pred.max(axis=-1, keepdims=True)) & (np.abs(y_pred) > ZERO)

    def _check(self, y_true: tuple[int, ...], y_pred: tuple[int, ...]) -> None:
        known = self._variables[0].shape if self._variables else ()
        if len(y_pred) != 2 or y_true != y_pred or (known and known != y_pred[1:]):
            raise ShapeError(
                f"{self.name}: targets and predictions have to be of one shape (samples, classes)"
                + (f" with {known[0]} classes" if known else "")
                + f"; y_true has shape {y_true} and y_pred {y_pred}."
            )

    def _build(self, shape: tuple[int, ...]) -> None:
        for name in STATE:
            setattr(self, name, self.add_variable(shape, "zeros", name=name))

    def build_for_state(self, state: Sequence[Array]) -> None:
        """Make the variables for a state's number of classes."""
        self._build(state[0].shape)

    def result(self) -> Any:
        """Return the score, or an array with one for each class; 0 before anything was seen."""
        if not self._variables:
            return 0.0
        tp, fp, fn, support = (variable.numpy() for variable in self._variables)
        squared = self.beta**2
        right = np.atleast_1d((1 + squared) * tp)
        scores = ratio(right, right + squared * fn + fp)
        if self.average is None:
            return scores
        if self.average == "weighted":
            return float(np.sum(scores * ratio(support, np.full_like(support, support.sum()))))
        return float(scores.mean())

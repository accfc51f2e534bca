"""Counting right and wrong predictions at thresholds, which many metrics share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.plain import at_run_time
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.allowance import check_array
from tinygrad_gates.keras.losses.shapes import match_shapes
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.metrics.weights import as_weights
from tinygrad_gates.keras.registry import serialize
from tinygrad_gates.keras.tensors import as_array
from tinygrad_gates.keras.variable import Variable

Array = np.ndarray[Any, Any]

NEVER = -1e10
"""A score, and a threshold, below all others."""


class Counts(NamedTuple):
    """Weighted numbers of predictions, an array with one entry for each threshold."""

    true_positives: Array
    false_positives: Array
    true_negatives: Array
    false_negatives: Array


def own_names(*fields: str) -> Mapping[str, str]:
    """Return which attribute keeps which of `Counts`, where each has the same name.

    >>> own_names("true_positives")
    {'true_positives': 'true_positives'}
    """
    return {name: name for name in fields}


class ConfusionMetric(Metric, shared=True):
    """A metric that keeps some of the four counts at each of its thresholds.

    A prediction is positive where it exceeds the threshold; a target where it is not 0.

    Args:
        thresholds: numbers in any order.
        top_k: only a sample's k largest predictions can be positive.
        class_id: the only class that counts, along the last axis.
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.
    """

    kept: ClassVar[Mapping[str, str]] = own_names(*Counts._fields)
    """Which attribute keeps which of `Counts`."""

    def __init__(
        self,
        thresholds: Sequence[float],
        name: str | None,
        dtype: DTypeLike | None,
        *,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> None:
        super().__init__(dtype, name)
        self.thresholds = list(thresholds)
        self.top_k = top_k
        self.class_id = class_id
        self._comparer = Comparer(self.thresholds, self.dtype)

    def make_counts(self, *labels: int) -> None:
        """Make the variables, with an entry for each threshold (and label)."""
        shape = (len(self.thresholds), *labels)
        for attribute in self.kept:
            setattr(self, attribute, self.add_variable(shape, "zeros", name=attribute))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the predictions of a batch.

        Args:
            y_true: targets, 0 or not, of the predictions' shape.
            y_pred: predictions from 0 to 1, samples first.
            sample_weight: one weight for each sample (or for each prediction).

        Raises:
            ShapeError: if the shapes do not fit.
            ValueError: if there are fewer classes than `top_k` or `class_id` say.
        """
        y_true, y_pred = self._pair(y_true, y_pred)
        if self.top_k is not None:
            y_pred = _only_largest(y_pred, self.top_k, self.name)
        if self.class_id is not None:
            y_true, y_pred = self._of_class(y_true), self._of_class(y_pred)
        weights = None
        if sample_weight is not None:
            weights = as_weights(sample_weight, y_pred.shape, self.name)
        self.add_counts(self.count(y_true, y_pred, weights))

    def count(self, y_true: Array, y_pred: Array, weights: Array | None) -> Counts:
        """Return the counts of one batch."""
        return self._comparer.count(y_true, y_pred, weights)

    def add_counts(self, counts: Counts) -> None:
        """Add the counts of one batch to the state."""
        for attribute, field in self.kept.items():
            variable: Variable = getattr(self, attribute)
            variable.replace(variable._data + getattr(counts, field).reshape(variable.shape))

    def _pair(self, y_true: Any, y_pred: Any) -> tuple[Array, Array]:
        y_true = as_array(y_true, f"{self.name}: y_true")
        y_pred = as_array(y_pred, f"{self.name}: y_pred", np.dtype(self.dtype))
        y_true, y_pred = match_shapes(y_true, y_pred, self.name)
        return np.atleast_1d(y_true), np.atleast_1d(y_pred)

    def _of_class(self, array: Array) -> Array:
        assert self.class_id is not None
        if array.ndim < 2:
            raise ShapeError(
                f"{self.name}: class_id={self.class_id} needs predictions for classes along a "
                f"last axis, of shape (samples, classes); they have shape {array.shape}."
            )
        if not -array.shape[-1] <= self.class_id < array.shape[-1]:
            raise ValueError(
                f"{self.name}: class_id={self.class_id}, and there are {array.shape[-1]} classes."
            )
        return array[..., self.class_id, None]


class Comparer:
    """Counts which predictions exceed which thresholds, by sorting them into intervals.

    Args:
        thresholds: numbers in any order.
        dtype: in which they are compared with predictions.
    """

    def __init__(self, thresholds: Sequence[float], dtype: str) -> None:
        values = np.asarray(thresholds, dtype)
        self._order = values.argsort(kind="stable")
        self._sorted = values[self._order]
        # Where thresholds divide the interval from 0 to 1 evenly, Keras clips predictions to it.
        even = np.linspace(0, 1, len(values))
        self._clips = len(values) > 2 and np.allclose(thresholds, even, atol=1e-7)

    def count(self, y_true: Array, y_pred: Array, weights: Array | None, labels: int = 1) -> Counts:
        """Return the counts, of shape (thresholds, labels).

        Args:
            y_true: targets, 0 or not.
            y_pred: predictions of the same shape.
            weights: what broadcasts to that shape, or None.
            labels: how many along the last axis are counted apart; 1 counts all together.
        """
        return Counts(*_counted(self, y_true, y_pred, weights, labels))

    def counted(self, y_true: Array, y_pred: Array, weights: Array | None, labels: int) -> Array:
        """Return the four counts in one array."""
        if self._clips:
            y_pred = y_pred.clip(0, 1)
        below = np.searchsorted(self._sorted, y_pred)  # thresholds that a prediction exceeds
        below[np.isnan(y_pred)] = 0  # which exceeds nothing, and which sorting puts last
        intervals = len(self._sorted) + 1
        place = ((y_true != 0) * intervals + below).reshape(-1, labels) * labels
        place += np.arange(labels)
        if weights is not None:
            weights = np.broadcast_to(weights, y_pred.shape).ravel()
        size = 2 * intervals * labels
        sums = np.bincount(place.ravel(), weights, size).reshape(2, intervals, labels)
        at_most = np.cumsum(sums, axis=1, dtype=np.float64)[:, :-1]
        above = np.cumsum(sums[:, ::-1], axis=1, dtype=np.float64)[:, -2::-1]
        (tn, fn), (fp, tp) = self._as_given(at_most), self._as_given(above)
        return np.stack([tp, fp, tn, fn])

    def _as_given(self, counts: Array) -> Array:
        given = np.empty_like(counts)
        given[:, self._order] = counts
        return given


@at_run_time
def _counted(comparer: Comparer, *arguments: Any) -> Array:
    return comparer.counted(*arguments)


def as_thresholds(given: Any, default: float, what: str) -> list[float]:
    """Return the thresholds that an argument means, a number or several.

    Raises `ValueError` if one is outside the interval from 0 to 1, or there is none.

    >>> as_thresholds(None, 0.5, "precision"), as_thresholds([0.2, 0.8], 0.5, "precision")
    ([0.5], [0.2, 0.8])
    """
    if given is None:
        return [default]
    thresholds = list(given) if isinstance(given, (list, tuple, np.ndarray)) else [given]
    wrong = [t for t in thresholds if t is None or not 0 <= t <= 1]
    if wrong or not thresholds:
        raise ValueError(
            f"{what}: thresholds={given!r} have to be numbers from 0 to 1"
            + (f"; {wrong[0]!r} is not." if wrong else ", one at least.")
        )
    return [float(t) for t in thresholds]


def even_thresholds(number: int) -> list[float]:
    """Return thresholds from 0 to 1 at equal distances.

    >>> even_thresholds(3)
    [0.0, 0.5, 1.0]
    """
    check_array((number,))
    return [i / (number - 1) for i in range(number)]


def ratio(a: Array, b: Array) -> Array:
    """Return a / b, and 0 where b is 0.

    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    result: Array = np.where(b != 0, a / np.where(b != 0, b, 1), 0)
    return result


def one_or_all(values: Array) -> Any:
    """Return the only number as a float, or several as an array."""
    return float(values[0]) if len(values) == 1 else values.copy()


class ThresholdMetric(ConfusionMetric, shared=True):
    """A metric at thresholds that the user gives, with a result for each.

    Args:
        thresholds: a number from 0 to 1, or a list of them.
        default: the threshold if none is given.
        name: the key in logs.
        dtype: in which predictions and thresholds are compared.
        top_k: only a sample's k largest predictions can be positive.
        class_id: the only class that counts, along the last axis.

    Raises:
        ValueError: for thresholds outside the interval from 0 to 1, and if top_k is no positive
            integer.
    """

    def __init__(
        self,
        thresholds: Any,
        name: str | None,
        dtype: DTypeLike | None,
        *,
        default: float = 0.5,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> None:
        parsed = as_thresholds(thresholds, default, type(self).__name__)
        super().__init__(parsed, name, dtype, top_k=top_k, class_id=class_id)
        self.init_thresholds = thresholds
        self.make_counts()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {**super().get_config(), "thresholds": serialize(self.init_thresholds)}


def _only_largest(y_pred: Array, k: int, what: str) -> Array:
    if not y_pred.ndim or y_pred.shape[-1] < k:
        raise ValueError(
            f"{what}: top_k={k} needs so many classes along the last axis; the predictions have "
            f"shape {y_pred.shape}."
        )
    largest: Array = _largest(y_pred, k)
    return largest


@at_run_time
def _largest(y_pred: Array, k: int) -> Array:
    largest = np.argsort(-y_pred, axis=-1, kind="stable")[..., :k]
    kept = np.full_like(y_pred, NEVER)
    np.put_along_axis(kept, largest, np.take_along_axis(y_pred, largest, axis=-1), axis=-1)
    return kept

"""Intersection over union of classes."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.plain import at_run_time
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.metrics.confusion import Array
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.metrics.weights import as_weights, whole_numbers
from tinygrad_gates.keras.tensors import as_array


class IoU(Metric):
    """tp / (tp + fp + fn), the mean over given classes, such as of the pixels of pictures.

    A class that is neither predicted nor a target is left out of the mean, and so is every pair
    with a class number outside 0 ... num_classes - 1, as in Keras.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes whose ratios are averaged.
        name: the key in logs.
        dtype: of weights; with the default, int64, fractions are cut off, with a warning.
        ignore_class: a target's class number that does not count, such as 255.
        sparse_y_true: whether targets are class numbers, not one-hot.
        sparse_y_pred: whether predictions are class numbers, not scores of classes.
        axis: the axis of classes in one-hot targets and scores.

    Raises:
        ValueError: for classes that there are not.

    >>> IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1])
    0.3333333333333333
    """

    direction = "up"
    default_dtype = "int64"
    dtype_kinds = "iuf"
    examples: ClassVar[tuple[Example, ...]] = (
        example(
            *(Draw((20,), 0, 3, whole=True), Draw((20,), 0, 3, whole=True)),
            num_classes=3, target_class_ids=[0, 2],
        ),
        example(
            *(Draw((4, 5), -1, 3, whole=True), Draw((4, 3, 5))),
            num_classes=3, target_class_ids=[1], ignore_class=2, sparse_y_pred=False, axis=-2,
            name="overlap", dtype="float32",
        ),
    )  # fmt: skip

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: DTypeLike | None = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        wrong = [number for number in target_class_ids if not 0 <= number < num_classes]
        if wrong or not len(target_class_ids):
            raise ValueError(
                f"{type(self).__name__}: target_class_ids={target_class_ids!r} have to be class "
                f"numbers from 0 to {num_classes - 1}, one at least."
            )
        super().__init__(dtype, name)
        self.num_classes = num_classes
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.add_variable(
            (num_classes, num_classes), "zeros", name="total_confusion_matrix"
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count the pairs of targets and predictions of a batch.

        Args:
            y_true: class numbers, or one-hot.
            y_pred: class numbers, or scores of classes.
            sample_weight: one weight for each sample (or for each pair).

        Raises:
            ShapeError: if the shapes do not fit.

        Warns:
            UserWarning: of fractional weights, where the dtype is one of integers.
        """
        y_true = np.atleast_1d(self._classes(y_true, self.sparse_y_true, "y_true"))
        y_pred = np.atleast_1d(self._classes(y_pred, self.sparse_y_pred, "y_pred"))
        if y_true.size != y_pred.size or len(y_true) != len(y_pred):
            raise ShapeError(
                f"{self.name}: there are targets for classes of shape {y_true.shape}, and "
                f"predictions of shape {y_pred.shape}; they have to be equal. Are they class "
                f"numbers (sparse_y_true=True, sparse_y_pred=True), or have an axis of classes?"
            )
        counts = np.ones(y_true.size)
        if sample_weight is not None:
            weights = self._weights(sample_weight, y_true.shape)
            counts = np.broadcast_to(weights, y_true.shape).ravel()
        self._add(y_true.ravel(), y_pred.ravel(), counts)

    def _classes(self, data: Any, sparse: bool, what: str) -> Array:
        array = as_array(data, f"{self.name}: {what}")
        return array if sparse else array.argmax(axis=self.axis)

    def _weights(self, sample_weight: Any, shape: tuple[int, ...]) -> Array:
        weights = as_weights(sample_weight, shape, self.name)
        if whole_numbers(self.dtype) is None:
            return weights
        whole: Array = _without_fractions(weights, self.name, self.dtype)
        return whole

    def _add(self, y_true: Array, y_pred: Array, counts: Array) -> None:
        pairs = _pairs(y_true, y_pred, counts, self.num_classes, self.ignore_class)
        self.total_cm.replace(self.total_cm._data + pairs)

    def result(self) -> float:
        """Return the mean ratio of the given classes; 0 before any was seen."""
        matrix = self.total_cm.numpy()
        right = matrix.diagonal()
        union = matrix.sum(axis=0) + matrix.sum(axis=1) - right
        chosen = [number for number in self.target_class_ids if union[number] > 0]
        return float(np.mean(right[chosen] / union[chosen])) if chosen else 0.0


@at_run_time
def _without_fractions(weights: Array, name: str, dtype: str) -> Array:
    """Return weights cut off to whole numbers, and warn if there were others."""
    if (weights % 1).any():
        warnings.warn(
            f"{name}: each weight that is a float is cut off to {dtype}, an int, by casting. Make "
            f"the metric with dtype='float32'.",
            stacklevel=6,
        )
    return np.trunc(weights)


@at_run_time
def _pairs(y_true: Array, y_pred: Array, counts: Array, classes: int, ignored: int | None) -> Array:
    """Return a matrix of how often each class was predicted for each target."""
    true, pred = y_true.astype(np.int64), y_pred.astype(np.int64)
    known = (true >= 0) & (true < classes) & (pred >= 0) & (pred < classes)
    if ignored is not None:
        known &= true != ignored
    place = true[known] * classes + pred[known]
    return np.bincount(place, counts[known], classes**2).reshape(classes, classes)

"""The loss of sequences of labels that are not aligned with the steps of predictions."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates import ops
from tinygrad_gates.core.plain import at_run_time
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.losses.pairwise import PairwiseLoss
from tinygrad_gates.keras.losses.probabilities import whole, within
from tinygrad_gates.keras.losses.shapes import as_predictions
from tinygrad_gates.keras.tensors import as_array

BLANK = 0
"""The class that says nothing, and fills up rows of labels."""
_NEVER = -1e30
"""What stands for the logarithm of 0, so that no gradient is NaN."""


def ctc(y_true: Any, y_pred: Any) -> Value:
    """Return -log of the probability of each row of labels, over all its alignments with steps.

    An alignment has one class for each step. Classes that repeat are one label, and those that
    are 0 none.

    Args:
        y_true: class numbers from 1, of shape (samples, labels); a row ends with zeros, of which
            there may be none.
        y_pred: logits, of shape (samples, steps, classes); a Value or an array.

    Returns:
        A Value with one loss for each sample; infinite, without a gradient, where there are not
        enough steps.

    Raises:
        ShapeError: if the shapes do not fit.
        DtypeError: if class numbers are not whole.
        ValueError: if there are numbers of classes that do not exist.

    >>> ctc([[1]], [[[0.0, 0.0], [0.0, 0.0]]]).round(4)
    Value(data=[0.2877])
    """
    y_pred = as_predictions(y_pred, "ctc")
    labels = _labels(y_true, y_pred.shape)
    path = _with_blanks(labels)
    logs: Any = ops.log_softmax(y_pred, -1)
    places = np.broadcast_to(path[:, None], (*y_pred.shape[:2], path.shape[1]))
    ends = _forward(np.take_along_axis(logs, places, -1), _may_skip(path))
    counts = (labels != BLANK).sum(axis=1)[:, None]
    with_blank = np.take_along_axis(ends, 2 * counts, 1)
    without = np.take_along_axis(ends, np.maximum(2 * counts - 1, 0), 1)
    total: Any = np.logaddexp(with_blank, np.where(counts > 0, without, _NEVER))[:, 0]
    losses: Any = np.where(total < _NEVER / 2, np.inf, -total)
    return losses


def _labels(y_true: Any, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    given = as_array(y_true, "ctc: y_true")
    if given.ndim != 2 or len(shape) != 3 or len(given) != shape[0] or not shape[1]:
        raise ShapeError(
            f"ctc: y_true has shape {given.shape} and y_pred {shape}; they have to be (samples, "
            f"labels) and (samples, steps, classes)."
        )
    labels: np.ndarray[Any, Any] = within(whole(given, "ctc"), shape[2], "ctc")
    return labels


@at_run_time
def _with_blanks(labels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return labels with a blank before, between and after them."""
    path = np.full((len(labels), 2 * labels.shape[1] + 1), BLANK)
    path[:, 1::2] = labels
    return path


@at_run_time
def _may_skip(path: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return where a label may follow the one before without a blank between: if it differs."""
    skips = np.zeros(path.shape, bool)
    skips[:, 3::2] = path[:, 3::2] != path[:, 1:-2:2]
    return skips


def _forward(logs: Any, may_skip: np.ndarray[Any, Any]) -> Any:
    """Return logarithms of the probabilities to be at each place of the path after all steps.

    Args:
        logs: those of the classes at the places, of shape (samples, steps, places).
        may_skip: where the place before may be left out.
    """
    places = np.arange(may_skip.shape[1])
    reached = np.where(places < 2, logs[:, 0], _NEVER)
    for step in range(1, logs.shape[1]):
        moved = np.logaddexp(reached, _later(reached, 1))
        skipped = np.where(may_skip, _later(reached, 2), _NEVER)
        reached = np.logaddexp(moved, skipped) + logs[:, step]
    return reached


def _later(reached: Any, places: int) -> Any:
    never = np.full((len(reached), places), _NEVER, reached.dtype)
    return np.concatenate([never, reached], axis=1)[:, : reached.shape[1]]


class CTC(PairwiseLoss, function=ctc):
    """The loss of rows of labels whose places among the steps are not known, from logits.

    Defined by Graves et al., "Connectionist temporal classification: labelling unsegmented
    sequence data with recurrent neural networks", ICML 2006.

    >>> round(CTC()([[1]], [[[0.0, 0.0], [0.0, 0.0]]]).item(), 4)
    0.2877
    """

    integer_targets = True
    examples: ClassVar = (
        example(Draw((4, 2), 1, 3, whole=True), (4, 5, 3)),
        example(Draw((4, 1), 1, 4, whole=True), (4, 3, 4), reduction="sum"),
    )

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "ctc",
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype)

"""The share of the targets' variance that predictions explain."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.examples import Draw, Example, example
from tinygrad_gates.keras.losses.shapes import match_shapes
from tinygrad_gates.keras.metrics.confusion import Array, ratio
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.metrics.weights import as_weights
from tinygrad_gates.keras.tensors import as_array
from tinygrad_gates.keras.variable import Variable

AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class R2Score(Metric):
    """1 - sum((y_true - y_pred)^2) / sum((y_true - mean)^2), the coefficient of determination.

    The mean and the squared deviations from it are joined over batches as by Chan, Golub and
    LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979,
    so that large means cost no digits.

    Args:
        class_aggregation: None (a score for each output), "uniform_average", or
            "variance_weighted_average".
        num_regressors: how many variables the predictions are made from, for the score adjusted
            by their number and that of targets (in all outputs, as Keras counts); 0 leaves the
            score as it is.
        name: the key in logs.
        dtype: of predictions, to which arrays are cast.

    Raises:
        ValueError: for another aggregation, and if num_regressors is negative.

    >>> R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])
    0.5714285714285714
    """

    direction = "up"
    examples: ClassVar[tuple[Example, ...]] = (
        *(
            example(Draw((12, 3), 0, 9), Draw((12, 3), 0, 9), class_aggregation=aggregation)
            for aggregation in AGGREGATIONS
        ),
        example((12, 1), (12, 1), num_regressors=2, name="adjusted", dtype="float64"),
    )
    mean: Variable
    deviation: Variable
    residual: Variable
    count: Variable

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: DTypeLike | None = None,
    ) -> None:
        if class_aggregation not in AGGREGATIONS:
            raise ValueError(
                f"R2Score: class_aggregation={class_aggregation!r} is none of {AGGREGATIONS}."
            )
        if num_regressors < 0:
            raise ValueError(f"R2Score: num_regressors={num_regressors!r} is negative.")
        super().__init__(dtype, name)
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take the targets and predictions of a batch into account.

        Args:
            y_true: targets of shape (samples, outputs); with one output, (samples,) will do.
            y_pred: predictions of shape (samples, outputs).
            sample_weight: one weight for each sample (or for each number).

        Raises:
            ShapeError: if the shapes do not fit each other or earlier batches.
        """
        dtype = np.dtype(self.dtype)
        y_true = as_array(y_true, f"{self.name}: y_true", dtype).astype(np.float64)
        y_pred = as_array(y_pred, f"{self.name}: y_pred", dtype).astype(np.float64)
        y_true, y_pred = match_shapes(y_true, y_pred, self.name)
        self._check(y_pred.shape)
        weights = np.ones((1, 1))
        if sample_weight is not None:
            weights = as_weights(sample_weight, y_pred.shape, self.name)
        weights = np.broadcast_to(weights, y_pred.shape)
        if not self._variables:
            self._build(y_pred.shape[1])
        self._join(y_true, weights)
        residual = (weights * np.square(y_true - y_pred)).sum(axis=0)
        self.residual.replace(self.residual._data + residual)
        self.num_samples.replace(self.num_samples._data + y_true.size)

    def _check(self, shape: tuple[int, ...]) -> None:
        known = self.mean.shape if self._variables else shape[1:]
        if len(shape) != 2 or shape[1:] != known:
            raise ShapeError(
                f"{self.name}: targets and predictions have to be of shape (samples, outputs), "
                f"the same outputs in every batch; they have shape {shape}."
            )

    def _join(self, y_true: Array, weights: Array) -> None:
        """Join a batch's weight, mean and squared deviations with those so far."""
        count = weights.sum(axis=0)
        mean = ratio((weights * y_true).sum(axis=0), count)
        deviation = (weights * np.square(y_true - mean)).sum(axis=0)
        share = ratio(count, self.count._data + count)
        apart = mean - self.mean._data
        between = np.square(apart) * self.count._data * share
        self.deviation.replace(self.deviation._data + deviation + between)
        self.mean.replace(self.mean._data + apart * share)
        self.count.replace(self.count._data + count)

    def _build(self, outputs: int) -> None:
        self.num_samples = self.add_variable((), "zeros", name="num_samples")
        for name in ("mean", "deviation", "residual", "count"):
            setattr(self, name, self.add_variable((outputs,), "zeros", name=name))

    def build_for_state(self, state: Sequence[Array]) -> None:
        """Make the variables for a state's number of outputs."""
        self._build(state[-1].size)

    def result(self) -> Any:
        """Return the score, or an array with one for each output; 0 before anything was seen.

        An output with targets that are all equal scores 0, or NaN if they are all predicted;
        their average weighted by variances is NaN too where there is no variance.
        """
        if not (self._variables and self.num_samples.item()):
            return 0.0
        deviation = self.deviation.numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = 1 - self.residual.numpy() / deviation
        scores = np.where(np.isinf(scores), 0.0, scores)
        return self._adjusted(self._aggregated(scores, deviation))

    def _aggregated(self, scores: Array, deviation: Array) -> Any:
        if self.class_aggregation is None:
            return scores
        if self.class_aggregation == "uniform_average":
            return float(scores.mean())
        with np.errstate(invalid="ignore"):
            return float(np.sum(scores * deviation) / np.sum(deviation))

    def _adjusted(self, score: Any) -> Any:
        if not self.num_regressors:
            return score
        number = self.num_samples.item()
        free = number - self.num_regressors - 1
        if free > 0:
            return 1 - (1 - score) * (number - 1) / free
        warnings.warn(
            f"{self.name}: {number:g} numbers are too few to adjust for {self.num_regressors} "
            f"regressors; the score is not adjusted.",
            stacklevel=3,
        )
        return score

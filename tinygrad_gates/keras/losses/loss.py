"""What losses share: masks and weights of samples, and reduction to one number."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.core.plain import at_run_time
from tinygrad_gates.core.primitive import as_operand
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import masking
from tinygrad_gates.keras.config import floatx
from tinygrad_gates.keras.losses.shapes import as_predictions, match_ranks
from tinygrad_gates.keras.registry import Configurable, Registry
from tinygrad_gates.keras.tensors import as_value
from tinygrad_gates.keras.utils.naming import to_snake_case, unique_name

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
REDUCTIONS = (*MEANS, "sum", "none", None)


class Loss(Configurable):
    """A function of targets and predictions, reduced to one number to minimise.

    A subclass defines `call`, which computes one loss for each sample.

    Args:
        name: what messages call it; by default the class's name in snake case, numbered.
        reduction: "sum_over_batch_size" (the mean of all losses), "sum", "mean" (as the first),
            "mean_with_sample_weight" (the mean weighted by sample weights), or "none".
        dtype: what targets and predictions are cast to. By default that is `config.floatx()`,
            but a Value of floats keeps its own, so that what is computed in float64 stays exact.

    Raises:
        ValueError: for another reduction, and for a dtype that is not one of floats.

    >>> class CubedError(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return abs(y_pred - y_true) ** 3
    >>> CubedError()([1.0, 2.0], [3.0, 2.0]).item()
    4.0
    """

    registry: ClassVar[Registry[Any]] = Registry("loss", takes_functions=True)
    config_module = "keras.losses"
    integer_targets: ClassVar[bool] = False
    """Whether targets are class numbers, which stay integers."""

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: DTypeLike | None = None,
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(
                f"{type(self).__name__}: reduction={reduction!r} is none of {REDUCTIONS}."
            )
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.reduction = reduction
        self._dtype = None if dtype is None else _as_floats(type(self).__name__, dtype)

    @property
    def dtype(self) -> str:
        """The name of the dtype that arrays and lists are cast to."""
        return floatx() if self._dtype is None else self._dtype.name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Value:
        """Return the reduced loss.

        Args:
            y_true: targets, of the shape of the predictions, or without a last axis of length 1.
            y_pred: predictions, a Value or an array, samples first. Where they carry a mask, only
                its steps count.
            sample_weight: a weight for each sample, or for each loss: it has the leading axes
                of the losses, each as long or of length 1.

        Returns:
            A scalar Value; with reduction "none", one of the losses' shape. No samples have no
            losses, and so no mean or sum: an empty Value, as in Keras.

        Raises:
            ShapeError: if the shapes do not fit; nothing is broadcast.
            DtypeError: for text and other data that are not numbers.
        """
        given = masking.get_mask(y_pred)
        losses = self._losses(y_true, self._cast(y_pred))
        mask = _both(given, masking.get_mask(losses))
        if sample_weight is None and mask is None:
            return _reduce(losses, None, self.reduction)
        losses, weight = self._weighted(losses, mask, sample_weight)
        return _reduce(losses * _aligned(weight, losses), weight, self.reduction)

    def call(self, y_true: Any, y_pred: Any) -> Value:
        """Return one loss for each sample (and for each position, where samples have several)."""
        raise NotImplementedError(f"{type(self).__name__} has to define call(y_true, y_pred)")

    def check_targets(self, y: np.ndarray[Any, Any]) -> None:
        """Raise `ValueError` for targets that cannot be meant; asked once before training."""

    def _cast(self, y_pred: Any) -> Value:
        if self._dtype is None:
            return as_predictions(y_pred, self.name)
        return as_value(y_pred, self._dtype, f"{self.name}: y_pred")

    def _losses(self, y_true: Any, y_pred: Value) -> Any:
        dtype = y_pred._data.dtype
        y_true = as_value(y_true, dtype, f"{self.name}: y_true")
        if 1 in (y_true.ndim, y_pred.ndim):  # not every sample with every other
            y_true, y_pred = match_ranks(y_true, y_pred)
        return as_value(self.call(y_true, y_pred), dtype, f"{self.name}: the loss")

    def _weighted(self, losses: Value, mask: Any, sample_weight: Any) -> tuple[Value, Value]:
        """Return losses, and what to multiply them with.

        The mean is over what counts: a mask weighs that up for what does not.
        """
        dtype = losses._data.dtype
        weights = [] if sample_weight is None else [sample_weight]
        if mask is not None:
            evened = self.reduction in ("mean", "sum_over_batch_size")
            weights.append(_counting(mask, dtype, evened))
        found: Any = None
        for given in weights:
            weight = as_value(given, dtype, f"{self.name}: sample_weight")
            losses, weight = match_ranks(losses, weight)
            if losses.ndim and not _fits(weight.shape, losses.shape):
                raise ShapeError(
                    f"{self.name}: sample_weight has shape {weight.shape}, and there are losses "
                    f"of shape {losses.shape}. Give one weight for each sample."
                )
            found = weight if found is None else _aligned(found, weight) * _aligned(weight, found)
        return losses, found

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal loss, as plain data."""
        config = super().get_config()
        if self._dtype is None:
            del config["dtype"]
        return config


def _as_floats(what: str, dtype: Any) -> np.dtype[Any]:
    try:
        found = np.dtype(getattr(dtype, "compute_dtype", dtype))
    except TypeError:
        found = np.dtype(object)
    if found.kind != "f":
        raise ValueError(
            f"{what}: dtype={dtype!r} is none that losses compute in. Leave it out, or give one "
            f"such as 'float32' or 'float64'."
        )
    return found


def _fits(weight: tuple[int, ...], losses: tuple[int, ...]) -> bool:
    """Return whether weights have the leading axes of the losses, each as long or of length 1."""
    return len(weight) <= len(losses) and all(
        own in (1, other) for own, other in zip(weight, losses, strict=False)
    )


@at_run_time
def _counting(mask: Any, dtype: np.dtype[Any], evened: bool) -> np.ndarray[Any, Any]:
    """Return 1 where a mask counts; more than that, to make up for the rest, if it is `evened`."""
    counting = np.asarray(mask, dtype)
    if evened:
        counting = counting * dtype.type(counting.size / max(counting.sum(), 1))
    return counting


def _both(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    one, other = match_ranks(as_operand(one), as_operand(other))
    return one & other


def _aligned(weight: Value, other: Value) -> Value:
    """Return weights with as many axes as others have at least."""
    return weight.reshape(weight.shape + (1,) * max(other.ndim - weight.ndim, 0))


def _reduce(losses: Value, weight: Value | None, reduction: str | None) -> Value:
    if reduction in ("none", None) or not losses._data.ndim:
        return losses
    if not losses._data.size:  # there is nothing to take a mean of
        return losses if losses._data.ndim == 1 else losses.sum()
    if reduction == "sum":
        return losses.sum()
    if reduction == "mean_with_sample_weight" and weight is not None:
        total: Any = weight.sum()
        return losses.sum() / np.where(total == 0, np.inf, total)
    return losses.mean()

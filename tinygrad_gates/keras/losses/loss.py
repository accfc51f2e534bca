"""What losses share: reduction over samples, weights, and finding one by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.losses.shapes import match_ranks
from tinygrad_gates.keras.registry import Configurable, Registry
from tinygrad_gates.keras.tensors import FLOAT32, as_value
from tinygrad_gates.keras.utils.naming import to_snake_case

LossFunction = Callable[..., Any]

_classes: dict[LossFunction, type[Loss]] = {}

MEANS = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
REDUCTIONS = (*MEANS, "sum", "none", None)


class Loss(Configurable):
    """A function of targets and predictions, reduced to one number to minimise.

    A subclass either overrides `call`, or names the `function` that computes one loss a sample;
    then that function is known by its own name and the `aliases`. Where there is a shorter way to
    the mean over all samples, `mean` takes it.

    Args:
        reduction: "sum_over_batch_size" (the mean of all losses), "sum", "mean" (as the first),
            "mean_with_sample_weight" (the mean weighted by sample weights), or "none".
        name: what messages call it.

    Raises:
        ValueError: for another reduction.
    """

    registry: ClassVar[Registry[Any]] = Registry("loss", takes_functions=True)
    config_module = "keras.losses"
    function: ClassVar[LossFunction | None] = None
    mean: ClassVar[LossFunction | None] = None
    integer_targets: ClassVar[bool] = False
    """Whether targets are class numbers, which stay integers."""

    def __init_subclass__(
        cls,
        *,
        function: LossFunction | None = None,
        mean: LossFunction | None = None,
        aliases: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        if function is None:
            super().__init_subclass__(aliases=aliases, **options)
            return
        cls.function = staticmethod(function)
        cls.mean = None if mean is None else staticmethod(mean)
        cls.registry.add(function, function.__name__, *aliases)
        _classes[function] = cls
        super().__init_subclass__(**options)

    @classmethod
    def default_names(cls) -> tuple[str, ...]:
        """Return the class's name, and in snake case too where no function is called that."""
        return (cls.__name__,) if "function" in cls.__dict__ else super().default_names()

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = None
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(
                f"{type(self).__name__}: reduction={reduction!r} is none of {REDUCTIONS}."
            )
        self.reduction = reduction
        self.name = name or to_snake_case(type(self).__name__)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Value:
        """Return the reduced loss.

        Args:
            y_true: targets, of the shape of the predictions, or without a last axis of length 1.
            y_pred: predictions, a Value or an array, samples first.
            sample_weight: a weight for each sample.

        Returns:
            A scalar Value; with reduction "none", one of the losses' shape.

        Raises:
            ShapeError: if the shapes do not fit; nothing is broadcast.
            DtypeError: for text and other data that are not numbers.
        """
        if sample_weight is not None:
            losses, weight = self._weighted(self.call(y_true, y_pred), sample_weight)
            return _reduce(losses, weight, self.reduction)
        mean = type(self).mean
        if mean is not None and self.reduction in MEANS:
            return mean(y_true, y_pred)
        return _reduce(self.call(y_true, y_pred), None, self.reduction)

    def call(self, y_true: Any, y_pred: Any) -> Value:
        """Return one loss for each sample (and for each position, where samples have several)."""
        function = type(self).function
        if function is None:
            raise NotImplementedError(f"{type(self).__name__} has to define call(y_true, y_pred)")
        losses: Value = function(y_true, y_pred)
        return losses

    def _weighted(self, losses: Value, sample_weight: Any) -> tuple[Value, Value]:
        weight = as_value(sample_weight, losses._data.dtype, f"{self.name}: sample_weight")
        losses, weight = match_ranks(losses, weight)
        if weight.shape != losses.shape[: weight.ndim]:
            raise ShapeError(
                f"{self.name}: sample_weight has shape {weight.shape}, and there are losses of "
                f"shape {losses.shape}. Give one weight for each sample."
            )
        aligned = weight.reshape(weight.shape + (1,) * (losses.ndim - weight.ndim))
        return losses * aligned, weight


def _reduce(losses: Value, weight: Value | None, reduction: str | None) -> Value:
    if reduction in ("none", None) or not losses._data.ndim:
        return losses
    if reduction == "sum":
        return losses.sum()
    if reduction == "mean_with_sample_weight" and weight is not None:
        return losses.sum() / weight.sum()
    return losses.mean()


class FunctionLoss(Loss):
    """A loss made of a user's own function of targets and predictions.

    >>> FunctionLoss(lambda y_true, y_pred: abs(y_pred - y_true))([1.0], [3.0]).item()
    2.0
    """

    def __init__(
        self,
        fn: LossFunction,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
    ) -> None:
        super().__init__(reduction, name or getattr(fn, "__name__", None))
        self.fn = fn

    def call(self, y_true: Any, y_pred: Any) -> Value:
        """Return what the function returns, as a Value."""
        dtype = y_pred.dtype if isinstance(y_pred, Value) else FLOAT32
        y_true = as_value(y_true, dtype, f"{self.name}: y_true")
        y_pred = as_value(y_pred, dtype, f"{self.name}: y_pred")
        return as_value(self.fn(y_true, y_pred), dtype, f"{self.name}: the loss")


def get(identifier: Any) -> Loss | LossFunction:
    """Return a loss: a function for a function's name ("mse"), an object for a class's.

    Raises `ValueError` for an unknown name.

    >>> get("mse").__name__, get("MeanSquaredError").name
    ('mean_squared_error', 'mean_squared_error')
    """
    found: Loss | LossFunction = Loss.registry.get(identifier)
    return found


def as_loss(identifier: Any) -> Loss:
    """Return a `Loss` object for whatever `compile(loss=...)` takes.

    >>> as_loss("mse").reduction
    'sum_over_batch_size'
    """
    found = get(identifier)
    if isinstance(found, Loss):
        return found
    return _classes[found]() if found in _classes else FunctionLoss(found)

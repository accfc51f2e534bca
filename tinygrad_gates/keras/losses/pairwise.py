"""Losses that a function of targets and predictions defines."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from numpy.typing import DTypeLike

from tinygrad_gates.core.value import ANNOTATED, Value
from tinygrad_gates.keras.losses.loss import MEANS, Loss
from tinygrad_gates.keras.losses.shapes import match_ranks

LossFunction = Callable[..., Any]

classes: dict[LossFunction, type[PairwiseLoss]] = {}
"""The class of each of this package's functions."""


class PairwiseLoss(Loss):
    """A loss whose function is public too, under its own name and the `aliases`.

    A subclass names the `function`, whose further arguments it keeps in attributes; and `mean`,
    where there is a shorter way to the mean over all samples.
    """

    function: ClassVar[LossFunction]
    mean: ClassVar[LossFunction | None] = None
    options: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(
        cls,
        *,
        function: LossFunction | None = None,
        mean: LossFunction | None = None,
        aliases: tuple[str, ...] = (),
        **options: Any,
    ) -> None:
        if function is not None:
            cls.function = staticmethod(function)
            cls.mean = None if mean is None else staticmethod(mean)
            if "options" not in cls.__dict__:
                cls.options = tuple(inspect.signature(function).parameters)[2:]
            cls.registry.add(function, function.__name__, *aliases)
            classes[function] = cls
        super().__init_subclass__(**options)

    @classmethod
    def default_names(cls) -> tuple[str, ...]:
        """Return the class's name, and in snake case too where no function is called that."""
        return (cls.__name__,) if "function" in cls.__dict__ else super().default_names()

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Value:
        """Return the reduced loss; see `Loss`."""
        mean = type(self).mean
        if mean is None or sample_weight is not None or self.reduction not in MEANS:
            return super().__call__(y_true, y_pred, sample_weight)
        if self._dtype is not None or not _is_plain(y_pred):
            return super().__call__(y_true, y_pred)
        return mean(y_true, y_pred)

    def call(self, y_true: Any, y_pred: Any) -> Value:
        """Return one loss for each sample (and for each position, where samples have several)."""
        options = {name: getattr(self, name) for name in self.options}
        losses: Value = type(self).function(y_true, y_pred, **options)
        return losses

    def _losses(self, y_true: Any, y_pred: Any) -> Any:
        return self.call(y_true, y_pred)  # the function converts what it gets


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
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", None), reduction, dtype)
        self.fn = fn

    def call(self, y_true: Any, y_pred: Any) -> Value:
        """Return what the function returns."""
        losses: Value = self.fn(*match_ranks(y_true, y_pred))
        return losses


def _is_plain(y_pred: Any) -> bool:
    """Return whether there are predictions, and all of them count."""
    return isinstance(y_pred, Value) and not y_pred._state & ANNOTATED and y_pred._data.size > 0

"""The mean of a function of targets and predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_gates.keras import masking
from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.losses import Loss, mean_squared_error
from tinygrad_gates.keras.losses.shapes import match_ranks
from tinygrad_gates.keras.metrics.mean import Mean
from tinygrad_gates.keras.metrics.metric import get
from tinygrad_gates.keras.metrics.weights import as_weights
from tinygrad_gates.keras.registry import serialize
from tinygrad_gates.keras.tensors import as_array


class MeanMetricWrapper(Mean):
    """The mean over samples of what a function says about each.

    Args:
        fn: takes arrays of targets and predictions, and returns a value for each sample, as an
            array or a Value.
        name: the key in logs.
        dtype: kept for Keras's files; sums are float64.
        **kwargs: passed on to the function.

    Raises:
        TypeError: if `fn` is no function.

    >>> metric = MeanMetricWrapper(lambda y_true, y_pred: abs(y_pred - y_true), name="error")
    >>> metric([1.0, 2.0], [1.0, 5.0])
    1.5
    """

    examples: ClassVar[tuple[Example, ...]] = (
        example((6, 2), (6, 2), fn=mean_squared_error),
        example((6, 2), (6, 2), fn=mean_squared_error, name="error", dtype="float64"),
    )

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str | None = None,
        dtype: DTypeLike | None = None,
        **kwargs: Any,
    ) -> None:
        if not callable(fn):
            raise TypeError(f"{type(self).__name__}: fn={fn!r} has to be a function.")
        super().__init__(name, dtype)
        self.fn = fn
        self.options = kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add the values of a batch.

        Args:
            y_true: targets, samples first.
            y_pred: predictions, samples first; where they carry a mask, only its steps count.
            sample_weight: one weight for each sample.

        Raises:
            ShapeError: if the shapes do not fit.
        """
        if type(y_true) is not np.ndarray:
            y_true = as_array(y_true, f"{self.name}: y_true")
        if type(y_pred) is not np.ndarray:
            sample_weight = self._masked(sample_weight, masking.get_mask(y_pred))
        y_pred = self._predictions(y_pred)
        if 1 in (y_true.ndim, y_pred.ndim):  # not every sample with every other
            y_true, y_pred = match_ranks(y_true, y_pred)
        values = self.fn(y_true, y_pred, **self.options)
        if sample_weight is not None:
            sample_weight = self._masked(sample_weight, masking.get_mask(values))
        super().update_state(values, sample_weight)

    def _predictions(self, y_pred: Any) -> Any:
        return y_pred if type(y_pred) is np.ndarray else as_array(y_pred, f"{self.name}: y_pred")

    def _masked(self, sample_weight: Any, mask: Any) -> Any:
        if mask is None:
            return sample_weight
        steps = as_array(mask, f"{self.name}: the mask")
        if sample_weight is None:
            return steps
        return as_weights(sample_weight, steps.shape, self.name) * steps

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        if type(self) is not MeanMetricWrapper:
            return super().get_config()
        function = serialize(self.fn)
        if isinstance(function, str):
            function = {
                "module": "builtins",
                "class_name": "function",
                "config": function,
                "registered_name": "function",
            }
        options = {name: serialize(option) for name, option in self.options.items()}
        return {"name": self.name, "dtype": self.dtype, "fn": function, **options}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make an object from what `get_config` returned.

        Raises `ValueError` if the function is not one of this package's.
        """
        if cls is not MeanMetricWrapper:
            return super().from_config(config)
        return cls(**{**config, "fn": _function(config["fn"])})


def _function(identifier: Any) -> Any:
    name = identifier["config"] if isinstance(identifier, dict) else identifier
    if not isinstance(name, str):
        return name
    if name in Loss.registry and not isinstance(Loss.registry[name], type):
        return Loss.registry[name]
    found = get(name)
    return found.fn if isinstance(found, MeanMetricWrapper) else found

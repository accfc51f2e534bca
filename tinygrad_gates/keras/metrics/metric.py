"""What metrics share: a state that batches add to, and finding one by name."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygrad_gates.keras.registry import Configurable, Registry
from tinygrad_gates.keras.utils.naming import to_snake_case

ACCURACY = ("acc", "accuracy")
"""Names whose metric depends on the shapes of targets and predictions."""


class Metric(Configurable):
    """A number computed over all batches since `reset_state`.

    A subclass defines `update_state`, `result` and `reset_state`.

    Args:
        name: the key of the metric in logs and in `History`.
    """

    registry: ClassVar[Registry[Any]] = Registry("metric", takes_functions=True, also=ACCURACY)
    config_module = "keras.metrics"

    def __init__(self, name: str | None = None) -> None:
        self.name = name or to_snake_case(type(self).__name__)

    def __call__(self, *args: Any, **kwargs: Any) -> float:
        """Update with one batch and return the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take one batch into account."""
        raise NotImplementedError

    def result(self) -> float:
        """Return the metric over what was seen since `reset_state`; 0 if that is nothing."""
        raise NotImplementedError

    def reset_state(self) -> None:
        """Forget what was seen."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def get(identifier: Any) -> Any:
    """Return a metric by its name, class or configuration; an object or function as it is.

    Raises `ValueError` for an unknown name.

    >>> get("binary_accuracy")
    <BinaryAccuracy name=binary_accuracy>
    """
    return Metric.registry.get(identifier)

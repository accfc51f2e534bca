"""The metrics of `compile` as one, for training steps of a user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinygrad_gates import trees
from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.metrics.metric import Metric
from tinygrad_gates.keras.tensors import as_array, as_number
from tinygrad_gates.keras.trainers.data import Batch
from tinygrad_gates.keras.variable import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tinygrad_gates.keras.trainers.compiled import Compiled

Logs = dict[str, Any]


class CompileMetrics(Metric, shared=True):
    """All metrics of `compile` as one of `model.metrics`, as Keras has it.

    It takes targets and predictions in the form of the model's outputs, and its result is a dict.
    So a step may go through `model.metrics` before the first batch has told what "acc" means.
    """

    def __init__(self, compiled: Compiled) -> None:
        super().__init__(name="compile_metrics")
        self._compiled = compiled

    @property
    def variables(self) -> list[Variable]:
        """The state of all of them."""
        return [variable for metric in self._compiled.asked for variable in metric.variables]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take one batch into account."""
        y, predicted, weight = (
            trees.transform(_as_constant, item) for item in (y_true, y_pred, sample_weight)
        )
        size = len(trees.leaves(predicted)[0]._data)
        self._compiled.update_metrics(Batch(None, y, weight, size), predicted)

    def result(self) -> Logs:
        """Return the results by name."""
        return results_of(self._compiled.asked)


def _as_constant(leaf: Any) -> Any:
    if leaf is None or isinstance(leaf, Value):
        return leaf
    return constant(as_array(leaf, "compile_metrics"))


def results_of(metrics: Iterable[Metric]) -> Logs:
    """Return the results of metrics by name; one that has several adds them all."""
    return flat({metric.log_name: metric.result() for metric in metrics})


def flat(logs: Logs) -> Logs:
    """Return logs with numbers alone: a result that is a dict adds what is in it.

    >>> flat({"loss": 1, "compile_metrics": {"acc": 0.5}})
    {'loss': 1.0, 'acc': 0.5}
    """
    found: Logs = {}
    for name, result in logs.items():
        if isinstance(result, dict):
            found |= flat(result)
        else:
            found[name] = float(result) if isinstance(result, float) else as_number(result)
    return found

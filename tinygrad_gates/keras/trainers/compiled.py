"""What `compile` was given, and the loss and metrics since the epoch began."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import losses, masking, metrics
from tinygrad_gates.keras.metrics.resolve import log_name
from tinygrad_gates.keras.tensors import as_value
from tinygrad_gates.keras.trainers.compile_metrics import CompileMetrics, results_of
from tinygrad_gates.keras.trainers.data import Batch


class Entry(NamedTuple):
    """A metric of one output, and whether sample weights count."""

    metric: metrics.Metric
    weighted: bool


class Output:
    """What one output of the model is compared with, and how.

    Attributes:
        name: by which entries of dicts mean it.
        loss: a `Loss`, or None.
        factor: of the loss in the sum that is minimised.
        mean: of the loss alone, reported if there are several.
        asked: the metrics, each with whether sample weights count.
        names: their keys in logs.
        shapes: of the first targets and predictions, once there were some.
    """

    def __init__(self, name: str, loss: Any, factor: Any, asked: list[tuple[Any, bool]]) -> None:
        self.name = name
        if isinstance(loss, (list, tuple)) and len(loss) == 1:
            loss = loss[0]
        self.loss = None if loss is None else losses.as_loss(loss)
        self.loss_name = loss if isinstance(loss, str) else getattr(self.loss, "name", "")
        self.factor = _number(factor)
        self.mean = metrics.Mean("loss")
        self.asked = asked
        self.names: list[str] = []
        self._entries: list[Entry] | None = None
        self.shapes: list[Any] | None = None

    @property
    def entries(self) -> list[Entry]:
        """Its metrics, which are known after the first batch."""
        return self._entries or []

    def loss_of(self, y: Any, y_pred: Value, weight: Any) -> Value:
        """Return the loss of predictions.

        Raises `ShapeError` if it is not one number.
        """
        assert self.loss is not None
        loss = self.loss(y, y_pred, weight)
        if loss._data.ndim:
            raise ShapeError(
                f"{self.loss.name}: training needs one number to minimise, and this loss has "
                f"shape {loss.shape}. Use a reduction other than 'none'."
            )
        return loss

    def update(self, y: Any, y_pred: Value, weight: Any) -> None:
        """Let the metrics take a batch into account."""
        if self._entries is None:
            self.resolve(y.shape, y_pred.shape)
        predicted = y_pred if masking.get_mask(y_pred) is not None else y_pred._data
        for metric, weighted in self.entries:
            if weighted and weight is not None:
                metric.update_state(y._data, predicted, sample_weight=weight._data)
            else:
                metric.update_state(y._data, predicted)

    def resolve(self, y: tuple[int, ...], y_pred: tuple[int, ...]) -> None:
        """Make the metrics that names mean for targets and predictions of these shapes."""
        self.shapes = [y, y_pred]
        self._entries = []
        for (identifier, weighted), name in zip(self.asked, self.names, strict=True):
            metric = metrics.for_shapes(identifier, y, y_pred)
            metric.log_name = name
            self._entries.append(Entry(metric, weighted))


class Compiled:
    """Losses and metrics, resolved from what `compile` takes.

    Args:
        loss: one for all outputs, a list, or a dict by output names.
        loss_weights: factors of the losses, likewise.
        asked: the metrics of an output, or of each in a list or a dict.
        weighted: the metrics for which sample weights count, likewise.
        names: the names of the outputs, where the model knows them.

    Raises:
        ValueError: for unknown names, or as many entries as there are no outputs.
        TypeError: if metrics are no list.
    """

    def __init__(
        self, loss: Any, loss_weights: Any, asked: Any, weighted: Any, names: list[str] | None
    ) -> None:
        for what, given in (("metrics", asked), ("weighted_metrics", weighted)):
            if not isinstance(given, (list, tuple, dict, type(None))):
                raise TypeError(
                    f"compile: {what}={given!r} has to be a list, such as {what}=['acc']."
                )
        self._given = loss, loss_weights, asked, weighted
        self.has_loss = loss is not None
        self.loss_mean = metrics.Mean("loss")
        self._together = CompileMetrics(self)
        self.outputs: list[Output] = []
        self._metrics: list[metrics.Metric] | None = None
        self._alone: Output | None = None
        self._named = bool(names)
        self._bind(names or _names_in(self._given))

    def _bind(self, names: list[str]) -> None:
        loss, factors, asked, weighted = self._given
        several = len(names) > 1
        parts = [
            _parts("loss", loss, names, whole=not isinstance(loss, (list, tuple, dict))),
            _parts("loss_weights", factors, names, whole=False),
            _parts("metrics", asked, names, whole=not several and not _by_outputs(asked)),
            _parts(
                "weighted_metrics", weighted, names,
                whole=not several and not _by_outputs(weighted),
            ),
        ]  # fmt: skip
        self.names = names
        self.outputs = [
            Output(
                name,
                part,
                factor,
                [(item, False) for item in _listed(plain)] + [(item, True) for item in _listed(w)],
            )
            for name, part, factor, plain, w in zip(names, *parts, strict=True)
        ]
        self._metrics = None
        self._alone = None if several else self.outputs[0]
        self._name_in_logs()
        keys = ["loss", *(mean.name for mean in self._means)]
        _refuse_repeated([*keys, *(name for output in self.outputs for name in output.names)])

    def _name_in_logs(self) -> None:
        """Name losses and metrics after their outputs, if there are several that have names."""
        invented = not self._named and self.names == _numbered(len(self.names))
        named = self._alone is None and not invented
        count = _Counting()
        for output in self.outputs:
            output.mean.name = count.next(f"{output.name if named else output.loss_name}_loss")
        keys: dict[tuple[int, int], str] = {}
        for weighted in (False, True):
            for number, output in enumerate(self.outputs):
                prefix = f"{output.name}_" if named else ""
                for place, (identifier, counts) in enumerate(output.asked):
                    if counts == weighted:
                        keys[number, place] = count.metric(prefix, log_name(identifier), weighted)
        for number, output in enumerate(self.outputs):
            output.names = [keys[number, place] for place in range(len(output.asked))]

    # -------------------------------------------------------------------- one batch

    def loss_of(self, batch: Batch, y_pred: Any, extra: Sequence[Value] = ()) -> Value:
        """Return the loss of predictions for a batch, with penalties.

        Raises:
            ShapeError: if the model's output, or its loss, has a shape that cannot be.
            ValueError: if targets are missing.
        """
        alone = self._alone
        if alone is not None and isinstance(y_pred, Value):
            if alone.loss is not None:
                self._check(y_pred, batch.size)
                total = alone.loss_of(batch.y, y_pred, batch.weight)
                if alone.factor is not None:
                    total = total * alone.factor
            elif extra:
                total, extra = extra[0], extra[1:]
        else:
            total = self._sum_of_losses(batch, y_pred)
        for penalty in extra:
            total = total + penalty
        return total

    def _check(self, y_pred: Value, size: int) -> None:
        if len(y_pred._data) != size:
            raise ShapeError(
                f"the model's output has shape {y_pred.shape} for {size} samples; its first "
                f"axis has to be that of the samples."
            )

    def _sum_of_losses(self, batch: Batch, y_pred: Any) -> Value:
        total: Any = None
        for output, y, predicted, weight in self._by_output(batch, y_pred):
            if output.loss is None:
                continue
            self._check(predicted, batch.size)
            loss = output.loss_of(y, predicted, weight)
            output.mean.add(loss._data, batch.size)
            if output.factor is not None:
                loss = loss * output.factor
            total = loss if total is None else total + loss
        if total is None:
            raise ValueError("compile was given no loss for any of the outputs.")
        summed: Value = total
        return summed

    def _by_output(self, batch: Batch, y_pred: Any) -> Iterable[tuple[Output, Any, Value, Any]]:
        predicted = self._arranged(y_pred)
        if len(predicted) != len(self.outputs):
            self._bind(_names_of(y_pred))
            predicted = self._arranged(y_pred)
        targets = self._of_each("y", batch.y)
        weights = self._of_each("sample_weight", batch.weight)
        return zip(self.outputs, targets, predicted, weights, strict=True)

    def _arranged(self, y_pred: Any) -> list[Any]:
        if isinstance(y_pred, dict):
            known = [name for name in self.names if name in y_pred]
            return [y_pred[name] for name in (known if len(known) == len(y_pred) else y_pred)]
        return trees.leaves(y_pred)

    def _of_each(self, what: str, given: Any) -> list[Any]:
        count = len(self.outputs)
        if isinstance(given, dict):
            if unknown := set(given) - set(self.names):
                raise ValueError(
                    f"{what} has an entry {unknown.pop()!r}, and the model's outputs are called "
                    f"{', '.join(self.names)}."
                )
            return [given.get(name) for name in self.names]
        wanted = [output.loss is not None for output in self.outputs]
        if what == "y" and (len(given) if isinstance(given, list) else 1) == sum(wanted) < count:
            parts = iter(given if isinstance(given, list) else [given])
            return [next(parts) if one else None for one in wanted]
        if isinstance(given, list):
            if len(given) != count:
                raise ValueError(f"{what} has {len(given)} arrays for {count} outputs.")
            return given
        if what == "y" and count > 1:
            raise ValueError(
                f"the model has {count} outputs, {', '.join(self.names)}, and y is one array. "
                f"Give a list of arrays in this order, or a dict by name."
            )
        return [given] * count

    def update(self, loss: Value, batch: Batch, y_pred: Any) -> None:
        """Take a batch into account."""
        self.loss_mean.add(loss._data, batch.size)
        self.update_metrics(batch, y_pred)

    def update_metrics(self, batch: Batch, y_pred: Any) -> None:
        """Let all metrics but the loss take a batch into account."""
        if self._alone is not None and isinstance(y_pred, Value):
            if self._alone.names:
                self._alone.update(batch.y, y_pred, batch.weight)
            return
        for output, y, predicted, weight in self._by_output(batch, y_pred):
            if output.names:
                output.update(y, predicted, weight)

    def check_targets(self, y: Any) -> None:
        """Raise `ValueError` for targets that a loss says cannot be meant."""
        named = y if isinstance(y, dict) else {}
        several = y if isinstance(y, list) and len(y) == len(self.outputs) else [y]
        for place, output in enumerate(self.outputs):
            targets = named.get(output.name) if named else several[min(place, len(several) - 1)]
            if output.loss is not None and isinstance(targets, np.ndarray):
                output.loss.check_targets(targets)

    # -------------------------------------------------------------------- results

    @property
    def asked(self) -> list[metrics.Metric]:
        """The metrics that `compile` was given, as far as they are known yet."""
        return [entry.metric for output in self.outputs for entry in output.entries]

    @property
    def _means(self) -> list[metrics.Metric]:
        means: list[metrics.Metric] = [output.mean for output in self.outputs if output.loss]
        return means if len(means) > 1 else []

    @property
    def listed(self) -> list[metrics.Metric]:
        """The mean loss, those of several outputs, then all metrics as one."""
        asks = any(output.names for output in self.outputs)
        return [self.loss_mean, *self._means, *([self._together] if asks else [])]

    @property
    def metrics(self) -> list[metrics.Metric]:
        """The mean loss, those of several outputs, then the metrics."""
        if self._metrics is not None:
            return self._metrics
        entries = self.asked
        found = [self.loss_mean, *self._means, *entries]
        if len(entries) == sum(len(output.names) for output in self.outputs):
            self._metrics = found  # all are known: asked twice an epoch
        return found

    def results(self) -> dict[str, Any]:
        """Return the loss and the metrics since the last reset."""
        return results_of(self.metrics)

    def reset(self) -> None:
        """Begin afresh."""
        for metric in self.metrics:
            metric.reset_state()

    def get_state(self) -> dict[str, Any]:
        """Return what is needed to go on in another process: plain data and arrays."""
        return {
            "names": self.names,
            "shapes": [output.shapes for output in self.outputs],
            "metrics": [metric.get_state() for metric in self.metrics],
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        if state["names"] != self.names:
            self._bind(state["names"])
        for output, shapes in zip(self.outputs, state["shapes"], strict=True):
            if shapes is not None:
                output.resolve(*map(tuple, shapes))
        self._metrics = None
        for metric, arrays in zip(self.metrics, state["metrics"], strict=True):
            metric.set_state(arrays)

    def target_dtype(self, default: np.dtype[Any]) -> np.dtype[Any] | None:
        """Return what targets are cast to: None, if there are class numbers among them."""
        numbers = [output.loss is None or output.loss.integer_targets for output in self.outputs]
        return None if any(numbers) else default


def summed(values: Sequence[Any], dtype: np.dtype[Any]) -> Any:
    """Return the sum of scalar Values; None if there are none."""
    total = None
    for value in values:
        value = as_value(value, dtype, "a loss")
        total = value if total is None else total + value
    return total


def _parts(what: str, given: Any, names: list[str], whole: bool) -> list[Any]:
    """Return what was given for each output."""
    if given is None or whole:
        return [given] * len(names)
    if isinstance(given, dict):
        if unknown := [name for name in given if name not in names]:
            raise ValueError(
                f"compile: {what} has an entry {unknown[0]!r}, and the model's outputs are called "
                f"{', '.join(names)}."
            )
        return [given.get(name) for name in names]
    if not isinstance(given, (list, tuple)):
        given = [given]
    if len(given) != len(names):
        raise ValueError(
            f"compile: {what} has {len(given)} entries for {len(names)} outputs"
            + (f" ({', '.join(names)})." if names[0] else ".")
        )
    return list(given)


def _by_outputs(given: Any) -> bool:
    """Return whether metrics are given by outputs, in a dict or in a list of lists."""
    return isinstance(given, dict) or isinstance((given or [None])[0], (list, tuple))


def _names_in(given: Sequence[Any]) -> list[str]:
    """Return the names of outputs that dicts and lists tell, for a model that knows none yet."""
    named = dict.fromkeys(name for item in given if isinstance(item, dict) for name in item)
    count = len(given[0]) if isinstance(given[0], (list, tuple)) else 1
    return list(named) or (_numbered(count) if count > 1 else [""])


def _numbered(count: int) -> list[str]:
    return [f"output_{index}" for index in range(count)]


def _names_of(y_pred: Any) -> list[str]:
    if isinstance(y_pred, dict):
        return list(y_pred)
    return _numbered(len(trees.leaves(y_pred)))


class _Counting:
    """Keys of logs; what is weighted, or there twice, is told apart as in Keras.

    >>> count = _Counting()
    >>> [count.metric("a_", "mae", weighted) for weighted in (False, False, True)]
    ['a_mae', 'a_mae_1', 'a_weighted_mae']
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def next(self, name: str) -> str:
        """Return a name, with a number from its second time on."""
        number = self._counts.get(name, 0)
        self._counts[name] = number + 1
        return f"{name}_{number}" if number else name

    def metric(self, prefix: str, name: str, weighted: bool) -> str:
        """Return the key of a metric."""
        taken = weighted and prefix + name in self._counts
        return self.next(f"{prefix}weighted_{name}" if taken else prefix + name)


def _listed(items: Any) -> list[Any]:
    """Return what was asked of one output, from an entry, a list, or a list of one list."""
    return [item for item in trees.leaves(items) if item is not None]


def _number(factor: Any) -> Any:
    """Return the factor of a loss; raises `ValueError` for what is no number."""
    if factor is not None and not isinstance(factor, (int, float, np.number, Value)):
        raise ValueError(
            f"compile: loss_weights has {factor!r}, which is no number. Metrics are given by their "
            f"name: compile(optimizer, loss, metrics=['acc'])."
        )
    return factor


def _refuse_repeated(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"compile: two entries of metrics are called {name!r} (or the loss is). Give "
                f"one another name, as in BinaryAccuracy(name='other')."
            )

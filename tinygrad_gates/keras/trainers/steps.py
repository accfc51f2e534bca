"""`compile`, and one step of training, evaluating and predicting."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.backward import gradients
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import losses, optimizers
from tinygrad_gates.keras import metrics as all_metrics
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.tracking import flatten
from tinygrad_gates.keras.registry import is_ours, serialize
from tinygrad_gates.keras.trainers.arrays import (
    Arrays,
    class_weights,
    is_several,
    positive,
    prepare,
    refuse_both_weights,
)
from tinygrad_gates.keras.trainers.compile_metrics import flat, results_of
from tinygrad_gates.keras.trainers.compiled import Compiled, summed
from tinygrad_gates.keras.trainers.data import Batch, as_batch, as_numpy, unpacked
from tinygrad_gates.keras.trainers.one_step import OneStep, PredictStep, TestStep, TrainStep
from tinygrad_gates.keras.trainers.programs import Programs, Way, most_of, patience_of, way_of
from tinygrad_gates.modes import no_grad

Logs = dict[str, Any]

WAYS = ("auto", True, False, "numpy", "numba")
"""What `jit_compile` may be."""


class Steps(Layer):
    """What a model does with one batch; a subclass may override any of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._compiled: Compiled | None = None
        self._compile_arguments: dict[str, Any] = {}
        self.optimizer: Any = None
        self._programs: dict[type[OneStep], tuple[Any, Way, Programs]] = {}

    # -------------------------------------------------------------------- compile

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how to train: what is minimised, by what rule, and what else is reported.

        Args:
            optimizer: a name, a class or an object; None for a model that is not to be trained.
            loss: a name, a class, an object, or a function of targets and predictions. For
                several outputs one for all, a list, or a dict by their names.
            loss_weights: what each loss is multiplied with, as a list or a dict.
            metrics: a list of names ("acc"), objects or functions; for several outputs a list of
                such lists, or a dict.
            weighted_metrics: likewise; sample weights count in these.
            run_eagerly: whether steps run as they are; the same as jit_compile=False.
            steps_per_execution: after how many batches callbacks are called.
            jit_compile: how steps run. "auto" compiles them where that is worth it, with Numba
                (extra `jit`) if there are many; True compiles them at once; "numba" and "numpy"
                say with what; False does not. What cannot be compiled runs as it is, and a
                `CompileWarning` says why.
            auto_scale_loss: likewise; there is no half precision that would need it.

        Raises:
            ValueError: for unknown names, steps_per_execution that is no positive integer, and
                another jit_compile.
            TypeError: if metrics are no list.
        """
        steps_per_execution = positive("compile: steps_per_execution", steps_per_execution)
        if jit_compile not in WAYS:
            raise ValueError(f"compile: jit_compile={jit_compile!r} is none of {WAYS}.")
        found = optimizers.get(optimizer)
        names = self._known_output_names()
        self._compiled = Compiled(loss, loss_weights, metrics, weighted_metrics, names)
        self.optimizer = found
        self._programs = {}
        self._compile_arguments = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }

    def _known_output_names(self) -> list[str] | None:
        return None

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled is not None

    @property
    def loss(self) -> Any:
        """What `compile` was given."""
        return self._compile_arguments.get("loss")

    @property
    def run_eagerly(self) -> bool:
        """What `compile` was given; it may be set, too."""
        return bool(self._compile_arguments.get("run_eagerly"))

    @run_eagerly.setter
    def run_eagerly(self, run_eagerly: bool) -> None:
        self._compile_arguments["run_eagerly"] = run_eagerly

    @property
    def jit_compile(self) -> bool | str:
        """What `compile` was given; it may be set, too."""
        return self._compile_arguments.get("jit_compile", "auto")

    @jit_compile.setter
    def jit_compile(self, jit_compile: bool | str) -> None:
        self._compile_arguments["jit_compile"] = jit_compile

    @property
    def steps_per_execution(self) -> int:
        """After how many batches callbacks are called; it may be set, too."""
        return self._compile_arguments.get("steps_per_execution", 1)

    @steps_per_execution.setter
    def steps_per_execution(self, steps: int) -> None:
        steps = positive("steps_per_execution", steps)
        self._compile_arguments["steps_per_execution"] = steps

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return what `compile` was given, as plain data; None before it was called."""
        if self._compiled is None:
            return None
        arguments = {"optimizer": self.optimizer, **self._compile_arguments}
        return {name: serialize(argument) for name, argument in arguments.items()}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile with what `get_compile_config` returned; warns of a `compile` of one's own."""
        if self.overrides("compile"):
            warnings.warn(
                f"{self.name}: `compile()` was not called as part of model loading because the "
                f"model's `compile()` method is custom. Call it, or define compile_from_config.",
                stacklevel=2,
            )
            return
        self.compile(**{name: _found(name, argument) for name, argument in config.items()})

    def _need_compiled(self, call: str) -> Compiled:
        if self._compiled is None:
            raise ValueError(
                f"{call}: the model is not compiled. Call "
                f"model.compile(optimizer='sgd', loss='mse') first."
            )
        return self._compiled

    def _need_optimizer(self, call: str) -> None:
        if self.optimizer is None and not self.overrides("train_step"):
            raise ValueError(
                f"{call}: compile was given no optimizer. Call model.compile(optimizer='sgd', "
                f"loss='mse') first."
            )

    # -------------------------------------------------------------------- metrics

    @property
    def metrics(self) -> list[Any]:
        """The mean loss, the metrics of `compile` as one, "compile_metrics".

        And metrics that the model, or a layer inside, keeps in attributes.
        """
        compiled = self._compiled.listed if self._compiled else []
        return list(dict.fromkeys([*compiled, *super().metrics]))

    def _own_metrics(self) -> Iterator[Any]:
        kept = {**vars(self), "_compile_arguments": None}
        return (item for item in flatten(kept.values()) if isinstance(item, all_metrics.Metric))

    @property
    def _single_metrics(self) -> list[Any]:
        """The same with each metric of `compile`, which are known after the first batch."""
        compiled = self._compiled.metrics if self._compiled else []
        return list(dict.fromkeys([*compiled, *super().metrics]))

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns, in its order."""
        return [metric.log_name for metric in self._single_metrics]

    def _reporting(self) -> tuple[Callable[[], None], Callable[[], Logs]]:
        """Return how to reset all metrics and how to get their results, found out once."""
        compiled = self._compiled
        if compiled is None or self.overrides("metrics", "reset_metrics", "get_metrics_result"):
            return self.reset_metrics, self.get_metrics_result
        if super().metrics:
            return self.reset_metrics, self.get_metrics_result
        return compiled.reset, compiled.results

    def reset_metrics(self) -> None:
        """Let all metrics begin afresh."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> Logs:
        """Return the loss and the metrics since the last reset."""
        return results_of(self.metrics)

    # -------------------------------------------------------------------- one step, to override

    def train_step(self, data: Any) -> Logs:
        """Train on one batch.

        Args:
            data: x, (x, y) or (x, y, sample_weight), as Values.

        Returns:
            What is reported, by name.
        """
        batch = batch_of(data)
        y_pred = self(batch.x, training=True)
        loss = self._loss_in_step(batch, y_pred, training=True)
        weights = self.trainable_weights
        self.optimizer.apply(gradients(loss, weights), weights)
        self._need_compiled("fit").loss_mean.add(float(loss._data), batch.size)
        return self.compute_metrics(batch.x, batch.y, y_pred, batch.weight)

    def test_step(self, data: Any) -> Logs:
        """Evaluate one batch; as `train_step`, but nothing changes."""
        batch = batch_of(data)
        y_pred = self(batch.x, training=False)
        loss = self._loss_in_step(batch, y_pred, training=False)
        self._need_compiled("evaluate").loss_mean.add(float(loss._data), batch.size)
        return self.compute_metrics(batch.x, batch.y, y_pred, batch.weight)

    def predict_step(self, data: Any) -> Any:
        """Return the outputs for one batch."""
        return self(batch_of(data).x, training=False)

    def _loss_in_step(self, batch: Batch, y_pred: Any, training: bool) -> Value:
        """Return what `compute_loss` does; one of a user's may do without `training`."""
        options = {"training": training} if _takes_training(type(self).compute_loss) else {}
        return self.compute_loss(batch.x, batch.y, y_pred, batch.weight, **options)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Value:
        """Return what training minimises: the losses of `compile`, and the penalties of layers.

        Raises `ValueError` if there are none.
        """
        compiled = self._need_compiled("compute_loss")
        extra = self.losses
        if compiled.has_loss:
            batch = Batch(x, y, sample_weight, len(trees.leaves(y_pred)[0]._data))
            return compiled.loss_of(batch, y_pred, extra)
        total = summed(extra, self.dtype)
        if total is None:
            raise ValueError(
                "compute_loss: there is nothing to minimise. Give compile a loss, such as "
                "loss='mse', or call add_loss in a layer."
            )
        loss: Value = total
        return loss

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Let the metrics of `compile` take a batch into account, and return all results."""
        compiled = self._need_compiled("compute_metrics")
        if compiled.has_loss:
            size = len(trees.leaves(y_pred)[0]._data)
            compiled.update_metrics(Batch(x, y, sample_weight, size), y_pred)
        return self.get_metrics_result()

    def overrides(self, *methods: str) -> bool:
        """Return whether a subclass, or the object itself, has methods of its own."""
        return any(
            getattr(type(self), name) is not getattr(Steps, name) or name in vars(self)
            for name in methods
        )

    # -------------------------------------------------------------------- one batch, by hand

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Train on one batch, and return its loss and metrics.

        Args:
            x: inputs, samples first.
            y: targets.
            sample_weight: a weight for each sample.
            class_weight: a weight for each class, by number, instead of sample_weight.
            return_dict: whether to return names too.

        Raises:
            as `fit`.
        """
        self._need_compiled("train_on_batch")
        self._need_optimizer("train_on_batch")
        if class_weight is not None:
            refuse_both_weights("train_on_batch", sample_weight)
            sample_weight = class_weights(class_weight, np.asarray(y), None)
        data = as_batch(self._prepare("train_on_batch", x, y, sample_weight))
        self.reset_metrics()
        if self.overrides("train_step", "compute_loss", "compute_metrics"):
            return _answer(self.train_step(unpacked(data)), return_dict)
        self._programs_of(TrainStep)(data)
        return _answer(self.get_metrics_result(), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Return the loss and metrics of one batch; arguments as for `train_on_batch`."""
        self._need_compiled("test_on_batch")
        data = as_batch(self._prepare("test_on_batch", x, y, sample_weight))
        self.reset_metrics()
        with no_grad():
            if self.overrides("test_step", "compute_loss", "compute_metrics"):
                return _answer(self.test_step(unpacked(data)), return_dict)
            self._programs_of(TestStep)(data)
        return _answer(self.get_metrics_result(), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch, as arrays."""
        arrays = self._prepared_inputs("predict_on_batch", x)
        with no_grad():
            if self.overrides("predict_step"):
                return trees.transform(as_numpy, self.predict_step(unpacked(as_batch(arrays))))
            programs = self._programs_of(PredictStep)
            programs(as_batch(arrays))
        assert isinstance(programs.step, PredictStep)
        return programs.step.outputs.pop()

    def _programs_of(self, kind: type[OneStep], steps: int | None = None) -> Programs:
        """Return what does a kind of step, with the programs that earlier calls made.

        Args:
            kind: of training, evaluating or predicting.
            steps: how many are planned; None, if nobody knows.
        """
        model: Any = self
        way = way_of(model, steps)
        if way == "eager":
            return Programs(kind(model), way)
        known = [self.weights, self.trainable_weights, getattr(self.optimizer, "variables", ())]
        variables = [[*map(id, each)] for each in known]
        most = most_of(model, steps)
        kept = self._programs.get(kind)
        if kept is None or kept[:2] != (variables, way) or kept[2].is_outgrown(most):
            programs = Programs(kind(model), way, patience_of(model, steps), most)
            self._programs[kind] = variables, way, programs
            return programs
        kept[2].look_again()
        return kept[2]

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_programs": {}}

    # -------------------------------------------------------------------- what they share

    @property
    def input_dtype(self) -> np.dtype[Any] | None:
        """What inputs are cast to; None leaves integers as they are."""
        return self.dtype

    @property
    def output_dtype(self) -> np.dtype[Any]:
        """What targets are cast to."""
        return self.dtype

    def _inputs(self, x: Any) -> Any:
        """Return inputs in the form that the model takes them."""
        return x

    def _prepared_inputs(self, call: str, x: Any) -> Arrays:
        return prepare(
            call, self._inputs(x), x_dtype=self.input_dtype, keep_integers=self._is_custom
        )

    def _prepare(self, call: str, x: Any, y: Any, weight: Any) -> Arrays:
        compiled = self._need_compiled(call)
        own_step = self.overrides("train_step", "test_step", "compute_loss")
        if not own_step and not compiled.has_loss and not self._may_add_losses():
            raise ValueError(
                f"{call}: compile was given no loss. Call model.compile(optimizer='sgd', "
                f"loss='mse') first."
            )
        if y is None and compiled.has_loss and not own_step:
            if inspect.isgeneratorfunction(x):
                raise TypeError(f"{call}: x is a generator function. Call it: {x.__name__}().")
            raise ValueError(f"{call}: y is missing: the loss compares it with the output.")
        y_dtype = compiled.target_dtype(self.output_dtype)
        if is_several(y) and len(compiled.outputs) == 1:
            y = y[0] if len(y) == 1 else np.asarray(y)
        arrays = prepare(
            call,
            self._inputs(x),
            y,
            weight,
            x_dtype=self.input_dtype,
            y_dtype=y_dtype,
            keep_integers=self._is_custom,
        )
        compiled.check_targets(arrays.y)
        return arrays

    def _may_add_losses(self) -> bool:
        """Return whether something else than a loss of `compile` may give a loss."""
        return any(
            not is_ours(type(layer)) or layer.activity_regularizer is not None
            for layer in self._all_layers()
        ) or any(weight.regularizer is not None for weight in self.trainable_weights)


@cache
def _takes_training(compute_loss: Callable[..., Any]) -> bool:
    parameters = inspect.signature(compute_loss).parameters
    return "training" in parameters or any(
        parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()
    )


def batch_of(data: Any) -> Batch:
    """Return x, (x, y) or (x, y, sample_weight) as a batch."""
    parts = data if isinstance(data, (list, tuple)) else (data,)
    x, y, weight = (*parts, None, None)[:3]
    return Batch(x, y, weight, len(trees.leaves(x)[0].data))


def _answer(logs: Logs, return_dict: bool) -> Any:
    logs = flat(logs)
    if return_dict:
        return logs
    numbers = list(logs.values())
    return numbers if len(numbers) > 1 else numbers[0]


def _found(name: str, argument: Any) -> Any:
    """Return an argument of `compile` from its configuration."""
    if isinstance(argument, dict) and "class_name" in argument:
        return _GETTERS[name](argument)
    if isinstance(argument, (list, tuple)):
        return [_found(name, item) for item in argument]
    if isinstance(argument, dict):
        return {key: _found(name, item) for key, item in argument.items()}
    return argument


_GETTERS: dict[str, Any] = {
    "optimizer": optimizers.get,
    "loss": losses.get,
    "metrics": all_metrics.get,
    "weighted_metrics": all_metrics.get,
}

"""Every layer, loss, metric, optimizer, schedule and regularizer, compiled, does what it does."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import pytest

from tinygrad_gates import Value, gradients, trees
from tinygrad_gates.compile.stateful import InPlace, Stateful
from tinygrad_gates.keras import (
    activations,
    constraints,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from tinygrad_gates.keras.optimizers import schedules
from tinygrad_gates.keras.variable import Variable

TURNS = 3


class Case(NamedTuple):
    """What is done at each turn, what it may change, and what it is given."""

    function: Callable[..., Any]
    state: list[Any]
    turns: list[tuple[Any, ...]]


def ours(registry: Any) -> list[Any]:
    return [
        e for e in registry if e.__module__.startswith("tinygrad_gates") and hasattr(e, "examples")
    ]


def examples(registry: Any, without: set[str] = frozenset()) -> list[Any]:  # type: ignore[assignment]
    return [
        pytest.param(cls, number, id=f"{cls.__name__}-{number}")
        for cls in ours(registry)
        if cls.__name__ not in without
        for number in range(len(cls.examples))
    ]


def made(cls: Any, number: int, **options: Any) -> Any:
    return cls(**{**cls.examples[number].arguments, **options})


def drawn(cls: Any, number: int, turn: int) -> list[Any]:
    rng = np.random.default_rng(10 * number + turn)
    return [draw.array(rng, np.float32) for draw in cls.examples[number].inputs]


def plain(tree: Any) -> list[Any]:
    return [np.array(getattr(leaf, "_data", leaf)) for leaf in trees.leaves(tree)]


def turned(case: Case, call: Callable[..., Any]) -> list[Any]:
    """Return what some turns return and what the state is after each; the state is put back."""
    before = [value._data for value in case.state]
    found = []
    try:
        for arguments in case.turns:
            results = plain(call(*arguments))
            found.append((results, plain([value._data for value in case.state])))
    finally:
        for value, data in zip(case.state, before, strict=True):
            value._replace(data)
    return found


def check(case: Case, way: str) -> None:
    with np.errstate(all="ignore"):
        case.function(*case.turns[0])  # which makes what is missing yet
        expected = turned(case, case.function)
        state = case.state if way == "numpy" else InPlace(case.state)
        compiled = Stateful(case.function, case.turns[0], state)
        for turn, wanted in zip(turned(case, compiled), expected, strict=True):
            for ours, theirs in zip(turn, wanted, strict=True):
                assert len(ours) == len(theirs)
                for one, other in zip(ours, theirs, strict=True):
                    assert one.dtype == other.dtype
                    if way == "numpy":
                        np.testing.assert_array_equal(one, other, strict=True)
                    else:
                        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-6, strict=True)


@pytest.fixture(params=["numpy", "loops", "numba"])
def way(request: pytest.FixtureRequest) -> str:
    """With NumPy, with loops run as the Python that they are, and some, or all, compiled."""
    if request.param == "loops":
        request.getfixturevalue("as_python")
    if request.param == "numba":
        pytest.importorskip("numba")
        some = crc32(request.node.name.encode()) % 25 == 0
        if not some and not os.environ.get("TEST_ALL_KERNELS"):
            pytest.skip("compiling all of these takes many minutes: set TEST_ALL_KERNELS=1")
    return str(request.param)


# ------------------------------------------------------------------------ losses and penalties


def weighed(values: Sequence[Any]) -> Any:
    """Return a sum in which each number has another weight, so that no gradient is 0 by chance."""
    rng = np.random.default_rng(5)
    weights = [rng.uniform(0.5, 1.5, value.shape).astype(np.float32) for value in values]
    return sum((value * weight).sum() for value, weight in zip(values, weights, strict=True))


WHOLE_BATCH = {"Dice", "Tversky", "Circle"}
"""Losses that have one number for all samples, or compare them with each other."""


@pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"]
)
@pytest.mark.parametrize(("cls", "number"), examples(losses.Loss.registry))
def test_losses(cls: Any, number: int, reduction: str, way: str) -> None:
    loss = made(cls, number, reduction=reduction)

    def function(y_true: Any, y_pred: Any, weight: Any) -> Any:
        predicted = Value(y_pred)
        result = loss(y_true, predicted, weight)
        return result, gradients(weighed([result]), [predicted])

    turns = [(*drawn(cls, number, turn), None) for turn in range(TURNS)]
    check(Case(function, [], turns), way)
    if loss(*turns[0][:2]).ndim or cls.__name__ not in WHOLE_BATCH:
        check(Case(function, [], [(*turn[:2], weights(turn[0])) for turn in turns]), way)


def weights(samples: Any) -> Any:
    """Return a weight for each sample, which depends on the samples."""
    seed = crc32(np.ascontiguousarray(samples).tobytes())
    return np.random.default_rng(seed).uniform(0, 1, len(samples)).astype(np.float32)


@pytest.mark.parametrize(("cls", "number"), examples(regularizers.Regularizer.registry))
def test_regularizers(cls: Any, number: int, way: str) -> None:
    penalty = made(cls, number)

    def function(x: Any) -> Any:
        weight = Value(x)
        result = penalty(weight)
        return result, gradients(result, [weight])

    check(Case(function, [], [_normal((4, 3), turn) for turn in range(TURNS)]), way)


@pytest.mark.parametrize(("cls", "number"), examples(constraints.Constraint.registry))
def test_constraints(cls: Any, number: int, way: str) -> None:
    limit = made(cls, number)
    check(Case(lambda x: limit(x), [], [_normal((4, 3), turn) for turn in range(TURNS)]), way)


def _normal(shape: Any, turn: int) -> tuple[Any]:
    return (np.random.default_rng(turn).normal(size=shape).astype(np.float32),)


FUNCTIONS: dict[str, Any] = {
    name: activations.get(name)
    for name in activations.__all__
    if name not in {"deserialize", "get", "registry", "serialize"}
} | {
    "threshold": partial(activations.threshold, threshold=0.5, default_value=-1.0),
    "relu, bent": partial(activations.relu, negative_slope=0.1, max_value=1.0, threshold=0.2),
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_activations(name: str, way: str) -> None:
    def both(x: Any) -> Any:
        value = Value(x)
        result = FUNCTIONS[name](value)
        return result, gradients(weighed([result]), [value])

    check(Case(both, [], [_normal((4, 6), turn) for turn in range(TURNS)]), way)


# ------------------------------------------------------------------------ optimizers and schedules

SHAPES = [(3, 2), (2,), (), (2, 3, 2)]
FEATURES: dict[str, dict[str, Any]] = {
    "plain": {},
    "decay": {"weight_decay": 0.01},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.3},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "ema": {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    "accumulation": {"gradient_accumulation_steps": 2},
    "schedule": {"learning_rate": schedules.ExponentialDecay(0.1, 2, 0.5)},
}


def optimizer_case(optimizer: Any, constraint: Any = None) -> Case:
    rng = np.random.default_rng(0)
    weights = [
        Variable(
            np.asarray(rng.normal(size=shape), np.float32), name=f"w{n}", constraint=constraint
        )
        for n, shape in enumerate(SHAPES)
    ]
    update = optimizer.stepper(weights)
    turns = [
        ([np.asarray(rng.normal(size=shape), np.float32)[()] for shape in SHAPES],)
        for _ in range(5)
    ]
    return Case(lambda grads: update(grads), [*weights, *optimizer.variables], turns)


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize(("cls", "number"), examples(optimizers.Optimizer.registry))
def test_optimizers(cls: Any, number: int, feature: str, way: str) -> None:
    if number and feature != "plain":
        pytest.skip("one example with each feature")
    check(optimizer_case(made(cls, number, **FEATURES[feature])), way)


def test_constrained_weights(way: str) -> None:
    check(optimizer_case(optimizers.SGD(0.5), constraints.NonNeg()), way)


@pytest.mark.parametrize(("cls", "number"), examples(schedules.LearningRateSchedule.registry))
def test_schedules(cls: Any, number: int, way: str) -> None:
    check(optimizer_case(optimizers.SGD(made(cls, number))), way)


# ------------------------------------------------------------------------ metrics


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("cls", "number"), examples(metrics.Metric.registry))
def test_metrics(cls: Any, number: int, weighted: bool, way: str) -> None:
    metric = made(cls, number)
    data = [drawn(cls, number, turn) for turn in range(TURNS)]

    def function(arrays: Any, weight: Any) -> Any:
        metric.update_state(*arrays, sample_weight=weight)
        return None

    whole = np.dtype(metric.dtype).kind in "iu"
    turns: list[tuple[Any, ...]] = [(arrays, None) for arrays in data]
    if weighted:
        turns = [(a, np.round(3 * w) if whole else w) for a in data for w in [weights(a[0])]]
    function(*turns[0])
    check(Case(function, metric.variables, turns), way)


# ------------------------------------------------------------------------ layers


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(
    ("cls", "number"),
    examples(layers.Layer.registry, {"InputLayer", "Wrapper"}),
)
def test_layers(cls: Any, number: int, training: bool, way: str) -> None:
    layer = made(cls, number)
    data = [drawn(cls, number, turn) for turn in range(TURNS)]
    one = len(data[0]) == 1
    options = {"training": training} if layer.takes_training else {}
    layer(data[0][0] if one else data[0], **options)
    weights = layer.trainable_weights

    def function(*arrays: Any) -> Any:
        inputs = [Value(array) for array in arrays]
        output = layer(inputs[0] if one else inputs, **options)
        parts = [leaf for leaf in trees.leaves(output) if leaf.requires_grad]
        wanted = [value for value in [*inputs, *weights] if value.requires_grad]
        if not parts:
            return output
        return output, gradients(weighed(parts), wanted)

    check(Case(function, layer.variables, [tuple(arrays) for arrays in data]), way)

"""What holds for every optimizer and schedule, and for what happens around their rules."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import Value
from tinygrad_gates.keras import Sequential, constraints, layers, ops, optimizers
from tinygrad_gates.keras.optimizers import SGD, Adam, AdamW, Optimizer, schedules
from tinygrad_gates.keras.variable import Variable

SHAPES = [(3, 2), (2,), (), (2, 3, 2)]


def cases(base: Any) -> list[Any]:
    return [
        pytest.param(entry, number, id=f"{entry.__name__}-{number}")
        for entry in base.registry
        if entry.__module__.startswith("tinygrad_gates")
        for number in range(len(entry.examples))
    ]


OPTIMIZERS = cases(Optimizer)
SCHEDULES = cases(schedules.LearningRateSchedule)


def made(cls: Any, number: int, **options: Any) -> Any:
    return cls(**{**cls.examples[number].arguments, **options})


def parameters(dtype: Any = np.float32, seed: int = 0) -> list[Variable]:
    rng = np.random.default_rng(seed)
    return [
        Variable(np.asarray(rng.normal(size=shape), dtype), name=f"w{place}", owner="dense")
        for place, shape in enumerate(SHAPES)
    ]


def gradients(step: int, dtype: Any = np.float32) -> list[Any]:
    rng = np.random.default_rng(100 + step)
    return [np.asarray(rng.normal(size=shape), dtype)[()] for shape in SHAPES]


def run(optimizer: Any, variables: list[Variable], steps: Any, dtype: Any = np.float32) -> None:
    for step in steps:
        optimizer.apply(gradients(step, dtype), variables)


def assert_same(ones: Any, others: Any) -> None:
    for one, other in zip(ones, others, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


@pytest.mark.parametrize("cls", dict.fromkeys(case.values[0] for case in OPTIMIZERS))
def test_every_class_is_public_and_has_examples(cls: Any) -> None:
    assert cls.examples
    assert cls.__name__ in optimizers.__all__
    assert {e.__name__ for e in Optimizer.registry if e.__module__.startswith("tiny")} >= {
        name for name in optimizers.__all__ if name[0].isupper() and name != "Optimizer"
    }


@pytest.mark.parametrize(("cls", "number"), OPTIMIZERS)
def test_a_bowl_gets_shallower(cls: Any, number: int) -> None:
    optimizer, weight = made(cls, number), Variable(np.float32([[1.0, -2.0]]), name="w")
    before = float((weight.numpy() ** 2).sum())
    for _ in range(10):
        optimizer.apply([2 * weight.numpy()], [weight])
    assert float((weight.numpy() ** 2).sum()) < before


@pytest.mark.parametrize(("cls", "number"), OPTIMIZERS)
def test_float32_follows_float64(cls: Any, number: int) -> None:
    results = []
    for dtype in (np.float32, np.float64):
        optimizer, variables = made(cls, number), parameters(dtype)
        run(optimizer, variables, range(10), dtype)
        assert all(v.dtype == dtype for v in variables)
        results.append(variables)
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize(("cls", "number"), OPTIMIZERS)
def test_a_rule_is_pure_and_runs_on_values(cls: Any, number: int) -> None:
    optimizer, variables = made(cls, number), parameters()
    optimizer.build(variables)
    for variable, gradient, slots in zip(variables, gradients(0), optimizer._slots, strict=True):
        arrays = [np.array(variable._data), np.array(gradient)]
        state = tuple(np.array(slot._data) for slot in slots)
        copies = [array.copy() for array in (*arrays, *state)]
        rate = np.float32(0.1)
        new, new_state = optimizer.rule(*arrays, state, rate, np.int64(1))
        for array, copy in zip((*arrays, *state), copies, strict=True):
            np.testing.assert_array_equal(array, copy)
        values = [Value(array) for array in arrays]
        own = tuple(Value(array) for array in state)
        value, value_state = optimizer.rule(*values, own, Value(rate), Value(np.int64(1)))
        for one, other in zip((new, *new_state), (value, *value_state), strict=True):
            data = other.numpy() if isinstance(other, Value) else other
            np.testing.assert_allclose(data, one, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("cls", "number"), OPTIMIZERS)
@pytest.mark.parametrize(
    "options",
    [{}, {"use_ema": True, "ema_overwrite_frequency": 3}, {"gradient_accumulation_steps": 2}],
    ids=["plain", "means", "accumulated"],
)
def test_a_restored_state_goes_on_bit_for_bit(
    cls: Any, number: int, options: dict[str, Any]
) -> None:
    whole, variables = made(cls, number, **options), parameters()
    run(whole, variables, range(5))
    store: dict[str, Any] = {}
    whole.save_own_variables(store)
    again, copies = made(cls, number, **options), parameters(seed=1)
    for copy, variable in zip(copies, variables, strict=True):
        copy.assign(variable)
    again.build(copies)
    again.load_own_variables(store)
    assert_same(again.variables, whole.variables)
    run(whole, variables, range(5, 10))
    run(again, copies, range(5, 10))
    assert_same(copies, variables)


@pytest.mark.parametrize(("cls", "number"), OPTIMIZERS)
def test_a_configuration_makes_an_equal_optimizer(cls: Any, number: int) -> None:
    optimizer = made(cls, number, clipnorm=0.5, name="mine")
    plain = json.loads(json.dumps(optimizers.serialize(optimizer)))
    for again in (optimizers.deserialize(plain), cls.from_config(optimizer.get_config())):
        assert type(again) is cls
        assert again.get_config() == optimizer.get_config()
        one, other = parameters(), parameters()
        run(made(cls, number, clipnorm=0.5), one, range(3))
        run(again, other, range(3))
        assert_same(one, other)


@pytest.mark.parametrize(("cls", "number"), OPTIMIZERS)
def test_a_pickled_optimizer_goes_on(cls: Any, number: int) -> None:
    optimizer, variables = made(cls, number), parameters()
    run(optimizer, variables, range(3))
    again, copies = pickle.loads(pickle.dumps((optimizer, variables)))
    run(optimizer, variables, range(3, 6))
    run(again, copies, range(3, 6))
    assert_same(copies, variables)


@pytest.mark.parametrize(("cls", "number"), OPTIMIZERS)
def test_parameters_without_a_gradient_stay(cls: Any, number: int) -> None:
    optimizer, variables = made(cls, number), parameters()
    before = variables[1].numpy().copy()
    given: list[Any] = gradients(0)
    given[1] = None
    with pytest.warns(UserWarning, match="no gradient for dense/w1"):
        optimizer.apply(given, variables)
    np.testing.assert_array_equal(variables[1].numpy(), before)
    assert not np.array_equal(variables[0].numpy(), parameters()[0].numpy())


# ------------------------------------------------------------------------ around the rule


def stepped(gradient: Any, start: Any = 0.0, **options: Any) -> np.ndarray[Any, Any]:
    """Return weights after one step of gradient descent with a rate of 1."""
    weight = Variable(np.full(np.shape(gradient), start, np.float64), name="w")
    SGD(1.0, **options).apply([np.asarray(gradient, float)], [weight])
    return np.asarray(weight.numpy())


GRADIENTS = st.lists(st.floats(-10, 10), min_size=1, max_size=4).map(np.array)


@given(gradient=GRADIENTS, limit=st.floats(0.1, 5))
def test_clipping_bounds_norms_and_keeps_directions(gradient: Any, limit: float) -> None:
    for name in ("clipnorm", "global_clipnorm"):
        step = -stepped(gradient, **{name: limit})
        norm = np.linalg.norm(gradient)
        np.testing.assert_allclose(
            step, gradient * min(1, limit / max(norm, 1e-300)), rtol=1e-6, atol=1e-9
        )
    step = -stepped(gradient, clipvalue=limit)
    np.testing.assert_allclose(step, np.clip(gradient, -limit, limit), rtol=1e-6)


def test_the_global_norm_is_of_all_gradients() -> None:
    pair = [Variable(np.zeros(1), name="a"), Variable(np.zeros(1), name="b")]
    SGD(1.0, global_clipnorm=2.5).apply([np.array([3.0]), np.array([-4.0])], pair)
    assert [float(v.numpy()[0]) for v in pair] == [-1.5, 2.0]


def test_weights_decay_before_the_update_unless_excluded() -> None:
    kernel, bias = Variable(np.ones(1), name="kernel"), Variable(np.ones(1), name="bias")
    for how in ({"var_names": ["bias"]}, {"var_list": [bias]}):
        optimizer = SGD(0.5, weight_decay=0.25)
        optimizer.exclude_from_weight_decay(**how)
        kernel.assign([1.0])
        bias.assign([1.0])
        optimizer.apply([np.zeros(1), np.zeros(1)], [kernel, bias])
        assert (float(kernel[0]), float(bias[0])) == (0.875, 1.0)
    assert AdamW().weight_decay == 0.004


def test_accumulated_gradients_make_one_step_of_their_mean() -> None:
    weight = Variable(np.zeros(1), name="w")
    optimizer = SGD(1.0, gradient_accumulation_steps=3)
    for gradient in (1.0, 2.0, 6.0, 3.0):
        optimizer.apply([np.array([gradient])], [weight])
    assert float(weight[0]) == -3.0
    assert int(optimizer.iterations) == 1
    for gradient in (3.0, 3.0):
        optimizer.apply([np.array([gradient])], [weight])
    assert (float(weight[0]), int(optimizer.iterations)) == (-6.0, 2)


def test_running_means_replace_parameters_when_asked_and_when_due() -> None:
    weight = Variable(np.zeros(1), name="w")
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.5)
    for _ in range(2):
        optimizer.apply([np.array([-1.0])], [weight])
    assert float(weight[0]) == 2.0
    optimizer.finalize_variable_values([weight])
    assert float(weight[0]) == 1.5  # 0.5 * 1 + 0.5 * 2
    weight = Variable(np.zeros(1), name="w")
    optimizer = SGD(1.0, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)
    for _ in range(2):
        optimizer.apply([np.array([-1.0])], [weight])
    assert float(weight[0]) == 1.5


def test_training_ends_with_the_running_means() -> None:
    model = Sequential([layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(SGD(0.25, use_ema=True, ema_momentum=0.5), "mse")
    model.fit([[1.0]], [[1.0]], epochs=2, verbose=0)
    assert float(model.get_weights()[0][0, 0]) == 0.625  # 0.5 * 0.5 + 0.5 * 0.75


def test_constraints_hold_after_each_step() -> None:
    weight = Variable(np.array([0.5]), name="w", constraint=constraints.NonNeg())
    Adam(1.0).apply([np.array([3.0])], [weight])
    assert float(weight[0]) == 0.0


def test_a_state_of_another_size_is_left_alone() -> None:
    optimizer = Adam()
    optimizer.build(parameters())
    with pytest.warns(UserWarning, match="there are 1 variables, and it has 10"):
        optimizer.load_own_variables({"0": np.int64(3)})
    assert int(optimizer.iterations) == 0


WRONG: dict[str, tuple[Any, str]] = {
    "two clippings": (lambda: SGD(clipnorm=1, clipvalue=1), "exclude each other"),
    "clipping to 0": (lambda: SGD(clipnorm=0), "clipnorm=0 .*above 0"),
    "negative decay": (lambda: SGD(weight_decay=-1), "weight_decay=-1 .*from 0 up"),
    "no decay": (lambda: AdamW(weight_decay=None), "AdamW: weight_decay=None"),
    "one gradient": (lambda: SGD(gradient_accumulation_steps=1), "whole number from 2 up"),
    "a share of steps": (lambda: SGD(ema_overwrite_frequency=1.5), "whole number from 1 up"),
    "beta of 1": (lambda: Adam(beta_1=1.0), "Adam: beta_1=1.0 .*below 1"),
    "half precision": (lambda: Adam(loss_scale_factor=2), "loss_scale_factor"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_are_refused(name: str) -> None:
    call, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        call()


# ------------------------------------------------------------------------ schedules


@pytest.mark.parametrize(("cls", "number"), SCHEDULES)
def test_a_schedule_is_a_function_of_the_step(cls: Any, number: int) -> None:
    schedule = made(cls, number)
    rates = [schedule(step) for step in range(40)]
    assert all(np.dtype(rate.dtype) == np.float32 for rate in rates)
    assert all(np.isfinite(rate) for rate in rates)
    assert len({float(rate) for rate in rates}) > 1
    for step in (0, 5, 39):
        value = schedule(Value(np.int64(step)))
        assert float(value) == pytest.approx(float(rates[step]), rel=1e-6)
    plain = json.loads(json.dumps(schedules.serialize(schedule)))
    again = schedules.deserialize(plain)
    assert type(again) is cls
    assert [again(step) for step in range(40)] == rates


@pytest.mark.parametrize(("cls", "number"), SCHEDULES)
def test_an_optimizer_takes_its_rate_from_a_schedule(cls: Any, number: int) -> None:
    schedule, weight = made(cls, number), Variable(np.zeros(1), name="w")
    optimizer = optimizers.get(optimizers.serialize(SGD(schedule)))
    total = 0.0
    for step in range(10):
        assert float(optimizer.learning_rate) == float(schedule(step))
        total -= float(schedule(step))
        optimizer.apply([np.ones(1)], [weight])
    assert float(weight[0]) == pytest.approx(total)


SCHEDULED: dict[str, tuple[Any, dict[int, float]]] = {
    "exponential": (schedules.ExponentialDecay(1.0, 2, 0.25), {0: 1, 1: 0.5, 2: 0.25}),
    "staircase": (schedules.ExponentialDecay(1.0, 2, 0.25, True), {0: 1, 1: 1, 2: 0.25}),
    "inverse": (schedules.InverseTimeDecay(1.0, 2, 1.0), {0: 1, 2: 0.5, 6: 0.25}),
    "pieces": (schedules.PiecewiseConstantDecay([2, 4], [1.0, 0.5, 0.1]), {2: 1, 3: 0.5, 5: 0.1}),
    "polynomial": (schedules.PolynomialDecay(1.0, 4, 0.0, 2.0), {0: 1, 2: 0.25, 4: 0, 9: 0}),
    "cosine": (schedules.CosineDecay(1.0, 4), {0: 1, 2: 0.5, 4: 0, 9: 0}),
    "restarts": (schedules.CosineDecayRestarts(1.0, 2, 2.0, 0.5), {0: 1, 1: 0.5, 2: 0.5, 4: 0.25}),
}


@pytest.mark.parametrize("name", SCHEDULED)
def test_schedules_follow_their_formulas(name: str) -> None:
    schedule, rates = SCHEDULED[name]
    for step, rate in rates.items():
        assert float(schedule(step)) == pytest.approx(rate, abs=1e-7)


# ------------------------------------------------------------------------ as Keras has it written


class Momentum(Optimizer):
    """Gradient descent with momentum, as one would write it for Keras."""

    def __init__(self, share: float = 0.5, **options: Any) -> None:
        super().__init__(**options)
        self.share = share

    def build(self, variables: Any) -> None:
        super().build(variables)
        self.velocities = self.add_optimizer_variables(variables, "velocity")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        learning_rate = ops.cast(learning_rate, variable.dtype)
        velocity = self.velocities[self._get_variable_index(variable)]
        fall = ops.multiply(ops.cast(gradient, variable.dtype), learning_rate)
        self.assign(velocity, ops.subtract(ops.multiply(velocity, self.share), fall))
        self.assign_add(variable, velocity)


@pytest.mark.parametrize(
    "options",
    [
        {}, {"clipnorm": 0.1, "weight_decay": 0.2}, {"gradient_accumulation_steps": 2},
        {"use_ema": True, "ema_overwrite_frequency": 2},
        {"learning_rate": schedules.ExponentialDecay(0.1, 2, 0.5)},
    ],
)  # fmt: skip
def test_update_steps_do_what_rules_do(options: dict[str, Any]) -> None:
    options = {"learning_rate": 0.1, **options}
    ones, others = parameters(), parameters()
    by_hand, by_rule = Momentum(share=0.5, **options), SGD(momentum=0.5, **options)
    run(by_hand, ones, range(6))
    run(by_rule, others, range(6))
    for one, other in zip([*ones, *by_hand.variables], [*others, *by_rule.variables], strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-6, atol=1e-7)
        assert one.name == other.name.replace("momentum", "velocity")
    again = optimizers.deserialize(optimizers.serialize(by_hand), {"Momentum": Momentum})
    assert again.get_config() == by_hand.get_config()
    again.build(parameters())
    again.set_weights([v.numpy() for v in by_hand.variables])
    assert_same(again.variables, by_hand.variables)


def test_a_failing_update_step_changes_nothing() -> None:
    class Failing(Momentum):
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            super().update_step(gradient, variable, learning_rate)
            if variable.shape == ():
                raise ZeroDivisionError

    optimizer, variables = Failing(learning_rate=0.1), parameters()
    with pytest.raises(ZeroDivisionError):
        optimizer.apply(gradients(0), variables)
    assert_same(variables, parameters())
    assert not any(velocity.numpy().any() for velocity in optimizer.velocities)
    assert int(optimizer.iterations) == 0
    with pytest.raises(NotImplementedError, match="Optimizer has to define"):
        Optimizer(0.1).apply(gradients(0), parameters())


def test_a_model_trains_with_an_update_step() -> None:
    weights = []
    for optimizer in (Momentum(learning_rate=0.1), SGD(0.1, momentum=0.5)):
        model = Sequential([layers.Dense(1, kernel_initializer="ones")])
        model.compile(optimizer, "mse")
        model.fit([[1.0], [2.0]], [[3.0], [1.0]], epochs=5, verbose=0)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


WEIGHTS: dict[str, tuple[Any, str]] = {
    "unbuilt": (lambda o: o.set_weights([1]), "set_weights: it has no parameters yet"),
    "count": (lambda o: o.build(parameters()) or o.set_weights([1]), "1 arrays for 10 variables"),
    "shape": (
        lambda o: o.build(parameters()) or o.set_weights([1, *[np.zeros(7)] * 9]),
        "learning_rate: the variable has shape",
    ),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_do_not_fit_are_refused(name: str) -> None:
    call, message = WEIGHTS[name]
    optimizer = Adam()
    with pytest.raises(ValueError, match=message):
        call(optimizer)
    assert int(optimizer.iterations) == 0


def test_no_gradients_are_no_step() -> None:
    optimizer = SGD()
    optimizer.apply([], [])
    assert int(optimizer.iterations) == 0
    assert SGD().scale_loss(2.0) == 2.0


def test_a_schedule_may_begin_with_the_rate_so_far() -> None:
    optimizer = SGD(0.5)
    optimizer.learning_rate = schedules.PolynomialDecay(optimizer.learning_rate, 4, 0.0)
    assert float(optimizer.learning_rate) == 0.5
    assert [v.name for v in optimizer.variables] == ["iteration"]
    json.dumps(optimizers.serialize(optimizer))


def test_none_is_no_optimizer() -> None:
    assert optimizers.get(None) is None
    model = Sequential([layers.Dense(1)])
    model.compile(None, "mse")
    assert model.evaluate([[0.0]], [[0.0]], verbose=0) == 0.0
    for call in (model.fit, model.train_on_batch):
        with pytest.raises(ValueError, match="compile was given no optimizer"):
            call([[0.0]], [[0.0]])

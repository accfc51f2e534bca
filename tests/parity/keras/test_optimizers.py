"""Optimizers and schedules against Keras's own: the same gradients, twenty steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.keras.optimizers import SGD, Adam, Optimizer, schedules
from tinygrad_gates.keras.variable import Variable

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

BOUND = 3e-6
"""Twenty steps of float32, whose roundings differ in order only."""
BOUNDS = {"Muon": 5e-4, "Lamb": 1e-5, "Ftrl": 2e-5}
"""Muon's iteration magnifies roundings of small singular values; the others divide differences."""
SHAPES = [(3, 2), (2,), (2, 3, 2)]
STEPS = 20
FEATURES: dict[str, dict[str, Any]] = {
    "plain": {},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.5},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "decay": {"weight_decay": 0.1},
    "means": {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 6},
    "accumulated": {"gradient_accumulation_steps": 3},
}


def cases(base: Any) -> list[Any]:
    return [
        pytest.param(entry, number, id=f"{entry.__name__}-{number}")
        for entry in base.registry
        if entry.__module__.startswith("tinygrad_gates")
        for number in range(len(entry.examples))
    ]


def variables(keras: Any) -> tuple[list[Variable], list[Any]]:
    rng = np.random.default_rng(0)
    numbers = [rng.normal(size=shape).astype(np.float32) for shape in SHAPES]
    ours = [Variable(array, name=f"w{place}") for place, array in enumerate(numbers)]
    theirs = [keras.Variable(array, name=f"w{place}") for place, array in enumerate(numbers)]
    return ours, theirs


def arrays(keras: Any, items: Any) -> list[Any]:
    return [np.asarray(keras.ops.convert_to_numpy(item)) for item in items]


def compared(keras: Any, ours: Any, theirs: Any, bound: float) -> None:
    mine, its = variables(keras)
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        gradients = [rng.normal(size=shape).astype(np.float32) for shape in SHAPES]
        ours.apply(gradients, mine)
        theirs.apply([keras.ops.convert_to_tensor(g) for g in gradients], its)
    for one, other in zip(mine, arrays(keras, its), strict=True):
        np.testing.assert_allclose(one.numpy(), other, rtol=bound, atol=bound)
    states = arrays(keras, theirs.variables)
    assert [v.shape for v in ours.variables] == [array.shape for array in states]
    for one, other in zip(ours.variables, states, strict=True):
        np.testing.assert_allclose(one.numpy(), other, rtol=10 * bound, atol=10 * bound)
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        name = other.path.split("/", 1)[1]
        assert one.path.split("/", 1)[1] == name or name.startswith("variable")  # not named there


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize(("entry", "number"), cases(Optimizer))
def test_twenty_steps_are_keras_s(
    keras: Any, twin: Any, entry: Any, number: int, feature: str
) -> None:
    arguments = {**entry.examples[number].arguments, **FEATURES[feature]}
    ours = entry(**arguments)
    compared(keras, ours, twin(ours), BOUNDS.get(entry.__name__, BOUND))


@pytest.mark.parametrize(("entry", "number"), cases(Optimizer))
def test_configurations_are_keras_s(twin: Any, entry: Any, number: int) -> None:
    ours = entry(**entry.examples[number].arguments)
    config, expected = ours.get_config(), twin(ours).get_config()
    assert config.keys() == expected.keys()
    for key, value in config.items():
        assert value == (pytest.approx(expected[key]) if type(value) is float else expected[key])


def test_exclusions_from_decay_are_keras_s(keras: Any, twin: Any) -> None:
    ours = Adam(0.01, weight_decay=0.3)
    theirs = twin(ours)
    for optimizer in (ours, theirs):
        optimizer.exclude_from_weight_decay(var_names=["w1"])
    compared(keras, ours, theirs, BOUND)


@pytest.mark.parametrize(("entry", "number"), cases(schedules.LearningRateSchedule))
def test_schedules_are_keras_s(keras: Any, twin: Any, entry: Any, number: int) -> None:
    ours = entry(**entry.examples[number].arguments)
    theirs = twin(ours)
    expected = arrays(keras, [theirs(step) for step in range(50)])
    np.testing.assert_allclose([ours(step) for step in range(50)], expected, rtol=2e-6, atol=1e-8)
    assert {**ours.get_config(), "name": None} == {**theirs.get_config(), "name": None}
    compared(keras, SGD(ours), keras.optimizers.SGD(theirs), BOUND)


def written_for(k: Any) -> Any:
    """Return an optimizer class of one's own, derived from Keras's base or from this package's."""

    class Momentum(k.optimizers.Optimizer):  # type: ignore[misc]
        def build(self, variables: Any) -> None:
            if not self.built:
                super().build(variables)
                self.velocities, self.scales = self.add_optimizer_variables(
                    variables, ["velocity", "scale"], initializer=["zeros", "ones"]
                )

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            rate = k.ops.cast(learning_rate, variable.dtype)
            place = self._get_variable_index(variable)
            velocity, scale = self.velocities[place], self.scales[place]
            self.assign(scale, 0.9 * scale + 0.1 * k.ops.square(gradient))
            fall = k.ops.multiply(gradient, rate) / k.ops.sqrt(scale)
            self.assign(velocity, k.ops.subtract(k.ops.multiply(velocity, 0.8), fall))
            self.assign_add(variable, velocity)

    return Momentum


@pytest.mark.parametrize("name", FEATURES)
def test_optimizers_of_one_s_own_step_as_in_keras(keras: Any, name: str) -> None:
    options = {"learning_rate": 0.02, "name": "own", **FEATURES[name]}
    ours, theirs = (written_for(k)(**options) for k in (tf.keras, keras))
    compared(keras, ours, theirs, BOUND)
    assert [v.path for v in ours.variables] == [v.path for v in theirs.variables]


def test_training_ends_with_means_as_in_keras(keras: Any) -> None:
    weights = []
    for k in (tf.keras, keras):
        model = k.Sequential([k.Input((2,)), k.layers.Dense(3, kernel_initializer="ones")])
        model.compile(k.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8), "mse")
        x = np.linspace(-1, 1, 20, dtype=np.float32).reshape(10, 2)
        model.fit(x, np.tile(x[:, :1], 3), batch_size=4, epochs=3, shuffle=False, verbose=0)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)

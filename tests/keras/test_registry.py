"""Names for classes and functions: whose they are, and what is meant by a misspelt one."""

from __future__ import annotations

from typing import Any

import pytest

from tinygrad_gates.keras import activations, initializers, losses, metrics, optimizers
from tinygrad_gates.keras.layers import Dense, Layer
from tinygrad_gates.keras.registry import Registry, serialize

FAMILIES = [losses.Loss, metrics.Metric, optimizers.Optimizer, initializers.Initializer, Layer]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_class_is_found_by_its_name_in_any_case(family: Any) -> None:
    registry = family.registry
    ours = [e for e in registry if isinstance(e, type) and e.__module__.startswith("tinygrad")]
    assert ours
    for entry in ours:
        assert registry[entry.__name__] is entry
        for name in (entry.__name__.lower(), entry.__name__.upper()):
            # losses.hinge is not losses.Hinge
            assert registry[name] in (entry, getattr(entry, "function", entry))
            assert name in registry


def test_defining_a_class_makes_it_known_and_a_notebook_cell_runs_twice() -> None:
    def cell() -> type[optimizers.Optimizer]:
        class Drift(optimizers.Optimizer):
            def rule(self, parameter: Any, gradient: Any, slots: Any, rate: Any, step: Any) -> Any:
                return parameter - rate, slots

        return Drift

    for _ in range(2):
        drift = cell()
        assert type(optimizers.get("drift")) is drift


def test_nobody_takes_this_package_s_names() -> None:
    class SGD(optimizers.Optimizer):
        pass

    assert type(optimizers.get("sgd")) is optimizers.SGD
    assert type(optimizers.get(SGD)) is SGD


def test_two_of_this_package_s_may_not_share_a_name() -> None:
    registry: Registry[Any] = Registry("thing")
    registry.add(Dense, "dense")
    with pytest.raises(ValueError, match="two things are named 'dense'"):
        registry.add(Layer, "dense")


@pytest.mark.parametrize(
    ("get", "name", "meant"),
    [
        (activations.get, "rleu", "relu"),
        (activations.get, " ReLU ", "relu"),
        (losses.get, "mean_square_error", "mean_squared_error"),
        (metrics.get, "acurracy", "accuracy"),
        (optimizers.get, "rmspro", "rmsprop"),
        (initializers.get, "zeroes", "zeros"),
    ],
)
def test_misspelt_names_get_a_suggestion(get: Any, name: str, meant: str) -> None:
    with pytest.raises(ValueError, match=rf"Did you mean '{meant}'\? Known are: "):
        get(name)


def test_a_name_like_none_gets_none() -> None:
    with pytest.raises(ValueError, match=r"'quux'\. Known are: celu, elu, .*relu, .*threshold"):
        activations.get("quux")


def test_configurations_are_plain_data() -> None:
    config = serialize(Dense(3, "relu", kernel_initializer=initializers.Constant(0.5), name="d"))
    assert config["class_name"] == "Dense"
    assert config["module"] == "keras.layers"
    assert config["config"]["activation"] == "relu"
    assert config["config"]["dtype"] == "float32"
    assert config["config"]["kernel_initializer"]["config"] == {"value": 0.5}
    again = Layer.registry.get(config)
    assert serialize(again) == config

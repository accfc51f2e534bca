"""Layers of a user's own: what they do with variables while a gradient is recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value, gradients
from tinygrad_gates.errors import MutationError
from tinygrad_gates.keras import Sequential, Variable, layers, ops

X = np.random.default_rng(0).normal(size=(16, 3)).astype(np.float32)


class RunningMean(layers.Layer):
    """Uses a statistic, and then assigns to it, in one call."""

    def build(self, input_shape: Any) -> None:
        self.mean = self.add_weight((input_shape[-1],), "ones", trainable=False)

    def call(self, x: Any, training: bool = False) -> Any:
        y = (x - self.mean) * self.mean
        if training:
            self.mean.assign(0.9 * self.mean + 0.1 * ops.mean(x, axis=0))
        return y


def test_a_statistic_may_be_used_and_then_assigned_to() -> None:
    layer, x = RunningMean(), Value(X)
    y = layer(x, training=True)
    np.testing.assert_allclose(layer.mean.numpy(), 0.9 + 0.1 * X.mean(0), rtol=1e-6)
    (gradient,) = gradients(y.sum(), [x])
    np.testing.assert_array_equal(gradient, np.ones_like(X))  # the mean as it was used


def test_a_model_with_such_a_layer_trains() -> None:
    model = Sequential([layers.Dense(3), RunningMean(), layers.Dense(1)])
    model.compile("sgd", "mse")
    losses = model.fit(X, X[:, :1], epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[0]


def test_what_is_trained_must_not_change_under_a_recorded_gradient() -> None:
    weight = Variable([2.0])
    y = (weight * 3.0).sum()
    weight.assign([1.0])
    with pytest.raises(MutationError):
        gradients(y, [weight])


def test_freezing_a_variable_keeps_its_numbers_in_what_is_computed() -> None:
    x, weight = Value([3.0]), Variable([2.0], dtype="float64")
    weight.trainable = False
    y = (x * weight).sum()
    weight.data[0] = 5.0
    weight.assign([7.0])
    assert gradients(y, [x])[0] == [2.0]
    weight.trainable = True
    assert gradients((x * weight).sum(), [weight])[0] == [3.0]

"""Recurrent layers against Keras's own: masks, states and directions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates import trees
from tinygrad_gates.keras import layers

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 5, 3)).astype(np.float32)
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1]], bool)
KINDS = ["SimpleRNN", "LSTM", "GRU"]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"return_sequences": True},
    {"return_sequences": True, "return_state": True},
    {"return_sequences": True, "go_backwards": True},
]


def compared(keras: Any, ours: Any, theirs: Any, **options: Any) -> None:
    ours(X)
    theirs(X)
    theirs.set_weights(ours.get_weights())
    outputs = trees.leaves(ours(X, **options))
    expected = keras.tree.flatten(theirs(X, **options))
    for one, other in zip(outputs, expected, strict=True):
        other = keras.ops.convert_to_numpy(other)
        np.testing.assert_allclose(one.numpy(), other, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_masks(keras: Any, kind: str, options: dict[str, Any]) -> None:
    ours, theirs = (getattr(module, kind)(2, **options) for module in (layers, keras.layers))
    compared(keras, ours, theirs, mask=MASK)


@pytest.mark.parametrize("merge_mode", ["concat", "sum", None])
@pytest.mark.parametrize("options", OPTIONS[:3])
@pytest.mark.parametrize("kind", KINDS)
def test_both_directions(keras: Any, kind: str, options: dict[str, Any], merge_mode: Any) -> None:
    ours, theirs = (
        module.Bidirectional(getattr(module, kind)(2, **options), merge_mode=merge_mode)
        for module in (layers, keras.layers)
    )
    compared(keras, ours, theirs, mask=MASK)


@pytest.mark.parametrize("kind", KINDS)
def test_first_states(keras: Any, kind: str) -> None:
    ours, theirs = (
        getattr(module, kind)(2, return_state=True) for module in (layers, keras.layers)
    )
    count = 2 if kind == "LSTM" else 1
    states = [RNG.normal(size=(4, 2)).astype(np.float32) for _ in range(count)]
    ours(X)
    theirs(X)
    theirs.set_weights(ours.get_weights())
    tensors = [keras.ops.convert_to_tensor(state) for state in states]
    expected = theirs(X, initial_state=tensors)
    for one, other in zip(ours(X, initial_state=states), expected, strict=True):
        other = keras.ops.convert_to_numpy(other)
        np.testing.assert_allclose(one.numpy(), other, rtol=2e-6, atol=2e-6)

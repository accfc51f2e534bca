"""What layers do with masks, and with inputs of unequal rank, against Keras's own."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import trees

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

RNG = np.random.default_rng(3)
MASK = np.array([[1, 1, 0, 1], [0, 1, 0, 0]], bool)
OTHER = np.array([[0, 1, 0, 1], [1, 1, 0, 0]], bool)
X, Y, Z = (RNG.normal(size=(2, 4, 3)).astype(np.float32) for _ in range(3))
DEEP = RNG.normal(size=(2, 4, 5, 3)).astype(np.float32)
DEEP_MASK = RNG.random((2, 4, 5)) < 0.6
ROW = RNG.normal(size=(2, 3)).astype(np.float32)
STATE = RNG.normal(size=(2, 3)).astype(np.float32)


def masked(k: Any, x: Any, mask: Any) -> Any:
    """Return data that carry a mask, as `Masking` puts it there."""
    return k.layers.Masking()(x * mask[..., None])


def last_of(k: Any, layer: Any, sequences: Any) -> Any:
    """Return an LSTM's output for what a layer makes of sequences: it shows the mask."""
    outputs = layer(sequences)
    reader = k.layers.LSTM(2, kernel_initializer="ones", recurrent_initializer="ones")
    return [outputs, reader(outputs)]


def merged(kind: str, **options: Any) -> dict[str, Any]:
    """Return calls of a merging layer on inputs with masks, all of them, one, or none."""
    return {
        f"{kind}{options or ''} of {name}": lambda k, make=make: last_of(
            k, getattr(k.layers, kind)(**options), make(k)
        )
        for name, make in {
            "two masks": lambda k: [masked(k, X, MASK), masked(k, Y, OTHER)],
            "three masks": lambda k: [masked(k, a, b) for a, b in zip(
                (X, Y, Z), (MASK, OTHER, MASK), strict=True)],
            "the first": lambda k: [masked(k, X, MASK), k.ops.convert_to_tensor(Y)],
            "the second": lambda k: [k.ops.convert_to_tensor(X), masked(k, Y, OTHER)],
        }.items()
        if kind != "Subtract" or name != "three masks"
    }  # fmt: skip


CALLS: dict[str, Any] = {
    **merged("Add"), **merged("Subtract"), **merged("Multiply"), **merged("Average"),
    **merged("Maximum"), **merged("Minimum"), **merged("Concatenate"),
    **merged("Concatenate", axis=1),
    **{
        f"{kind} of unequal ranks": lambda k, kind=kind: getattr(k.layers, kind)()(
            [k.ops.convert_to_tensor(item) for item in (ROW, X, DEEP[:, :, :4])])
        for kind in ("Add", "Multiply", "Average", "Maximum", "Minimum")
    },
    **{
        f"BatchNormalization(axis={axis})": lambda k, axis=axis: _twice(
            k.layers.BatchNormalization(axis=axis, momentum=0.0, epsilon=0.1), X, mask=MASK)
        for axis in (-1, 1)
    },
    "Softmax": lambda k: k.layers.Softmax()(X, mask=np.stack([MASK[:, :3]] * 4, 1)),
    "Softmax of numbers": lambda k: k.layers.Softmax()(
        X, mask=np.array([[1.0, 0.0, 0.7]], np.float32)),
    "Softmax of none": lambda k: k.layers.Softmax()(X, mask=np.zeros((1, 3), bool)),
    "TimeDistributed": lambda k: k.layers.TimeDistributed(
        k.layers.SimpleRNN(2, kernel_initializer="ones", recurrent_initializer="ones"))(
            DEEP, mask=DEEP_MASK),
    "LSTM with its mask alone": lambda k: _recurrent(k)(masked(k, X, MASK)),
    "LSTM with states": lambda k: _recurrent(k)(
        masked(k, X, MASK), initial_state=[k.ops.convert_to_tensor(STATE)] * 2),
    "LSTM with states and its mask": lambda k: _recurrent(k)(
        masked(k, X, MASK), initial_state=[k.ops.convert_to_tensor(STATE)] * 2,
        mask=k.ops.convert_to_tensor(MASK)),
    "stacked LSTMs": lambda k: k.layers.RNN(
        [k.layers.LSTMCell(3, kernel_initializer="ones", recurrent_initializer="ones")
         for _ in range(2)], return_state=True)(X, mask=MASK),
    "stateful, both ways": lambda k: _twice(k.layers.Bidirectional(_recurrent(k, stateful=True)),
                                            X),
}  # fmt: skip


def _recurrent(k: Any, **options: Any) -> Any:
    return k.layers.LSTM(3, kernel_initializer="ones", recurrent_initializer="ones", **options)


def _twice(layer: Any, x: Any, **options: Any) -> Any:
    """Return the outputs of two calls in training, the second of which begins where one ended."""
    return [layer(x, training=training, **options) for training in (True, False)]


@pytest.mark.parametrize("name", CALLS)
def test_outputs_are_keras_s(keras: Any, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = CALLS[name](keras)
    ours = CALLS[name](tf.keras)
    assert _form(ours) == _form(theirs)
    for one, other in zip(trees.leaves(ours), keras.tree.flatten(theirs), strict=True):
        expected = keras.ops.convert_to_numpy(other)
        np.testing.assert_allclose(one.numpy(), expected, rtol=3e-6, atol=3e-6)


def _form(outputs: Any) -> Any:
    if isinstance(outputs, (list, tuple)):
        return [_form(item) for item in outputs]
    return None

"""Recurrent layers: formulas, masks, states, directions, cells of one's own, and models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value, gradients
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import Input, Layer, Model, layers
from tinygrad_gates.keras.models import Sequential, load_model
from tinygrad_gates.keras.optimizers import SGD

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4, 2))
KINDS = [layers.SimpleRNN, layers.LSTM, layers.GRU]


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def simple_rnn(x: Any, w: Any, u: Any, b: Any) -> list[Any]:
    h = np.zeros((len(x), u.shape[0]))
    outputs = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ w + h @ u + b)
        outputs.append(h)
    return outputs


def lstm(x: Any, w: Any, u: Any, b: Any) -> list[Any]:
    h = c = np.zeros((len(x), u.shape[0]))
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ w + h @ u + b, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return outputs


def gru(x: Any, w: Any, u: Any, b: Any) -> list[Any]:
    h = np.zeros((len(x), u.shape[0]))
    outputs = []
    for t in range(x.shape[1]):
        xz, xr, xg = np.split(x[:, t] @ w + b[0], 3, axis=-1)
        hz, hr, hg = np.split(h @ u + b[1], 3, axis=-1)
        z, r = sigmoid(xz + hz), sigmoid(xr + hr)
        h = z * h + (1 - z) * np.tanh(xg + r * hg)
        outputs.append(h)
    return outputs


@pytest.mark.parametrize(("kind", "formula"), [*zip(KINDS, [simple_rnn, lstm, gru], strict=True)])
def test_outputs_follow_the_formula(kind: Any, formula: Any) -> None:
    layer = kind(3, return_sequences=True, bias_initializer="glorot_uniform", dtype="float64")
    output = layer(X).numpy()
    expected = np.stack(formula(X, *layer.get_weights()), axis=1)
    np.testing.assert_allclose(output, expected, rtol=1e-12)


def test_the_gate_that_keeps_begins_open() -> None:
    layer = layers.LSTM(2)
    layer.build((None, 3, 2))
    np.testing.assert_array_equal(layer.get_weights()[2], [0, 0, 1, 1, 0, 0, 0, 0])


@pytest.mark.parametrize("kind", KINDS)
def test_masked_steps_change_nothing_wherever_they_are(kind: Any) -> None:
    layer = kind(3, return_sequences=True, return_state=True)
    long = RNG.normal(size=(1, 5, 2))
    counts = np.array([[True, False, True, True, False]])
    whole, *states = layer(long, mask=counts)
    short, *expected = layer(long[:, counts[0]])
    for one, other in zip(states, expected, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-6)
    np.testing.assert_allclose(whole.numpy()[:, counts[0]], short.numpy(), rtol=1e-6)
    np.testing.assert_array_equal(whole.numpy()[:, 1], whole.numpy()[:, 0], "the output before")
    generic = layers.RNN(layer.cell, return_sequences=True, zero_output_for_mask=True)
    assert not generic(long, mask=counts).numpy()[:, [1, 4]].any()


@pytest.mark.parametrize("kind", KINDS)
def test_an_embedding_passes_its_mask_on(kind: Any) -> None:
    model = Sequential([layers.Embedding(5, 2, mask_zero=True), kind(3)])
    short, long = model(np.array([[1, 2]])), model(np.array([[1, 2, 0, 0]]))
    np.testing.assert_allclose(short.numpy(), long.numpy(), rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_states_are_carried_on_by_hand_and_by_the_layer(kind: Any) -> None:
    whole = kind(3, return_state=True)
    output, *states = whole(X)
    _, *half = whole(X[:, :2])
    again, *last = whole(X[:, 2:], initial_state=half)
    for one, other in zip([output, *states], [again, *last], strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-6)
    place = Input(batch_shape=(3, 2, 2))
    stateful = kind(3, stateful=True)
    model = Model(place, stateful(place))
    stateful.set_weights(whole.get_weights())
    model.predict(X[:, :2], verbose=0)
    np.testing.assert_allclose(model.predict(X[:, 2:], verbose=0), output.numpy(), rtol=1e-6)
    stateful.reset_state()
    np.testing.assert_allclose(
        model.predict(X[:, :2], verbose=0), whole(X[:, :2])[0].numpy(), rtol=1e-6
    )
    assert len(stateful.weights) == 3, "states are no weights"


@pytest.mark.parametrize("kind", KINDS)
def test_states_that_are_carried_on_are_constants_to_training(kind: Any) -> None:
    """Gradients do not reach back into the last batch, whose states the layer goes on with."""
    place = Input(batch_shape=(3, 2, 2))
    stateful = Model(place, kind(1, stateful=True)(place))
    plain = kind(1, return_state=True)
    targets = np.ones((3, 1), np.float32)
    stateful.predict(X[:, :2], verbose=0)
    plain(X)
    plain.set_weights(stateful.get_weights())
    _, *states = plain(X[:, :2])
    output, *_ = plain(X[:, 2:], initial_state=[state.numpy() for state in states])
    weights = plain.trainable_weights
    slopes = gradients(((output - targets) ** 2).mean(), weights)
    before = stateful.get_weights()
    stateful.compile(SGD(1.0), "mse")
    stateful.fit(X[:, 2:], targets, batch_size=3, verbose=0)
    for old, new, slope in zip(before, stateful.get_weights(), slopes, strict=True):
        np.testing.assert_allclose(old - new, slope, rtol=1e-4, atol=1e-6)


def test_a_decoder_begins_with_the_states_of_an_encoder() -> None:
    source, target = Input((4, 2)), Input((3, 2))
    _, *states = layers.LSTM(3, return_state=True)(source)
    output = layers.LSTM(3, return_sequences=True)(target, initial_state=states)
    model = Model([source, target], layers.TimeDistributed(layers.Dense(1))(output))
    model.compile("adam", "mse")
    history = model.fit([X, X[:, :3]], X[:, :3, :1], epochs=30, verbose=0).history["loss"]
    assert history[-1] < history[0]
    again = Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(
        again.predict([X, X[:, :3]], verbose=0), model.predict([X, X[:, :3]], verbose=0)
    )


def test_both_directions_are_merged() -> None:
    outputs = {}
    for mode in ("sum", "mul", "ave", "concat", None):
        layer = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode=mode)
        layer.build((None, 4, 2))
        layer.set_weights([np.linspace(-1, 1, w.numpy().size).reshape(w.shape)
                           for w in layer.weights])  # fmt: skip
        outputs[mode] = layer(X)
    one, other = (value.numpy() for value in outputs[None])
    np.testing.assert_allclose(outputs["sum"].numpy(), one + other, rtol=1e-6)
    np.testing.assert_allclose(outputs["mul"].numpy(), one * other, rtol=1e-6)
    np.testing.assert_allclose(outputs["ave"].numpy(), (one + other) / 2, rtol=1e-6)
    np.testing.assert_allclose(outputs["concat"].numpy(), np.concatenate([one, other], -1))
    backwards = layer.backward_layer
    flipped = layers.GRU(2, return_sequences=True)
    flipped.build((None, 4, 2))
    flipped.set_weights(backwards.get_weights())
    np.testing.assert_allclose(flipped(X[:, ::-1]).numpy()[:, ::-1], other, rtol=1e-6)


def test_dropout_is_the_same_at_all_steps_and_new_in_each_batch() -> None:
    layer = layers.SimpleRNN(
        1, "linear", use_bias=False, dropout=0.5, return_sequences=True,
        kernel_initializer="ones", recurrent_initializer="zeros",
    )  # fmt: skip
    ones = np.ones((200, 3, 1))
    first, second = (layer(ones, training=True).numpy()[..., 0] for _ in range(2))
    assert set(np.unique(first)) == {0.0, 2.0}
    np.testing.assert_array_equal(first, first[:, :1] * np.ones(3))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(layer(ones).numpy(), ones)


class Minimal(Layer):
    """Adds its input up: the least that a cell is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.state_size = 2

    def call(self, inputs: Any, states: Any) -> Any:
        return inputs + states[0], [inputs + states[0]]


def test_a_cell_of_ones_own() -> None:
    layer = layers.RNN(Minimal(), return_sequences=True)
    np.testing.assert_allclose(layer(X).numpy(), np.cumsum(X, axis=1), rtol=1e-5)
    tf.assert_gradients(lambda x: layers.RNN(Minimal(dtype="float64"), dtype="float64")(x), X)


def test_cells_on_top_of_each_other_are_layers_on_top_of_each_other() -> None:
    stacked = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])
    output = stacked(X)
    below, above = layers.LSTM(3, return_sequences=True), layers.GRU(2)
    above(below(X))
    below.set_weights(stacked.get_weights()[:3])
    above.set_weights(stacked.get_weights()[3:])
    np.testing.assert_allclose(output.numpy(), above(below(X)).numpy(), rtol=1e-6)
    assert stacked.state_size == [[3, 3], 2]


def test_states_of_several_cells_are_told_cell_by_cell() -> None:
    stacked = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_state=True)
    output, (h, c), last = stacked(X)
    assert h.shape == c.shape == (3, 3)
    np.testing.assert_array_equal(last.numpy(), output.numpy())
    assert stacked.compute_output_shape((3, 4, 2)) == ((3, 2), [(3, 3), (3, 3)], (3, 2))
    half = stacked(X[:, :2])[1:]
    again = stacked(X[:, 2:], initial_state=half)
    np.testing.assert_allclose(again[0].numpy(), output.numpy(), rtol=1e-6)


def test_a_layer_with_other_data_besides_has_to_be_given_its_mask() -> None:
    """As in Keras: it takes the mask that its input carries if it is called on that alone."""
    layer, state = layers.GRU(3), np.ones((3, 3))
    data = np.where(np.array([[True], [True], [False], [True]]), X, 0)
    counts = np.tile([True, True, False, True], (3, 1))
    carried = layer(layers.Masking()(data), initial_state=state).numpy()
    np.testing.assert_array_equal(carried, layer(data, initial_state=state).numpy())
    assert np.abs(carried - layer(data, initial_state=state, mask=counts).numpy()).max() > 1e-3


def test_parity_of_bits_is_learned() -> None:
    tf.random.set_seed(1)
    bits = np.array([[i >> k & 1 for k in range(4)] for i in range(16)], float)
    model = Sequential([layers.GRU(8, input_shape=(4, 1)), layers.Dense(1, "sigmoid")])
    model.compile(tf.keras.optimizers.Adam(0.05), "bce", metrics=["acc"])
    history = model.fit(bits[..., None], bits.sum(axis=1) % 2, epochs=250, verbose=0).history
    assert history["acc"][-1] == 1.0


def test_files_hold_cells_where_keras_puts_them(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    model = Sequential([
        layers.Bidirectional(layers.LSTM(2, return_sequences=True), input_shape=(4, 2)),
        layers.GRU(2, return_sequences=True), layers.TimeDistributed(layers.Dense(1)),
    ])  # fmt: skip
    model.save(tmp_path / "model.keras")
    again = load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    model.save_weights(tmp_path / "model.weights.h5")
    with h5py.File(tmp_path / "model.weights.h5") as file:
        for place, shape in {
            "layers/bidirectional/forward_layer/cell/vars/0": (2, 8),
            "layers/bidirectional/backward_layer/cell/vars/1": (2, 8),
            "layers/gru/cell/vars/2": (2, 6),
            "layers/time_distributed/layer/vars/0": (2, 1),
        }.items():
            assert file[place].shape == shape


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "two axes": (lambda: layers.LSTM(2)(X[0]), ShapeError, "ndim|axes"),
    "no steps": (lambda: layers.LSTM(2)(X[:, :0]), ShapeError, "have no steps"),
    "no units": (lambda: layers.LSTM(0), ValueError, "LSTMCell: units=0"),
    "rate": (lambda: layers.GRU(2, dropout=1.5), ValueError, "dropout=1.5"),
    "states": (
        lambda: layers.LSTM(2)(X, initial_state=[Value(np.zeros((3, 2)))]), ShapeError,
        r"the states have shapes \[\(3, 2\)\], and for 3 samples they have \[\(3, 2\), \(3, 2\)\]",
    ),
    "batch size": (
        lambda: layers.LSTM(2, stateful=True)(Input((4, 2))), ValueError,
        "stateful=True needs batches of a known size",
    ),
    "no cell": (lambda: layers.RNN(layers.Dense(2)), ValueError, "state_size"),
    "merge mode": (lambda: layers.Bidirectional(layers.GRU(2), "add"), ValueError, "'add'"),
    "not recurrent": (lambda: layers.Bidirectional(layers.Dense(2)), ValueError, "recurrent"),
    "one direction": (
        lambda: layers.Bidirectional(layers.GRU(2), backward_layer=layers.GRU(2)), ValueError,
        "one of them has to go backwards",
    ),
    "several inputs": (
        lambda: layers.Dense(2)([Input((2,)), Input((2,))]), ValueError, r"takes 1 input\(s\)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()

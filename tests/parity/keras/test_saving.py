"""Files that move between here and Keras 3, both ways."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import trees
from tinygrad_gates.keras import Input, Model, layers, models, optimizers
from tinygrad_gates.keras.optimizers import schedules

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
    pytest.mark.filterwarnings("ignore:.*mask:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning"),
    pytest.mark.filterwarnings("ignore:You passed `rms_scaling:UserWarning"),
]

BOUND = 2e-6
"""A few roundings of float32 to numbers of about 1."""
TRAINED = 2e-5
"""Twenty steps add their roundings up."""
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)
OWN = {"Lambda", "Operation", "InputLayer"}
TORCH_DIFFERS = {("LayerNormalization", 2), ("AveragePooling1D", 1), ("AveragePooling2D", 1)}
"""As in test_layers."""

LAYERS = [
    pytest.param(entry, number, id=f"{entry.__name__}-{number}")
    for entry in layers.Layer.registry
    if entry.__module__.startswith("tinygrad_gates.keras.layers")
    and entry.__name__ in layers.__all__
    and entry.__name__ not in OWN
    and not entry.__name__.endswith(("Cell", "Cells"))
    for number in range(len(entry.examples))
]
OPTIMIZERS = [
    pytest.param(entry, number, id=f"{entry.__name__}-{number}")
    for entry in optimizers.Optimizer.registry
    if entry.__module__.startswith("tinygrad_gates")
    for number in range(len(entry.examples))
]


def close(one: Any, other: Any, bound: float = BOUND) -> None:
    pairs = zip(trees.leaves(one), trees.leaves(other), strict=True)
    for mine, its in pairs:
        np.testing.assert_allclose(mine, its, rtol=bound, atol=bound)


def predicted(model: Any, data: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.predict(data, verbose=0)


@pytest.mark.parametrize(("entry", "number"), LAYERS)
def test_models_of_every_layer_move_both_ways(
    keras: Any, entry: Any, number: int, tmp_path: Path
) -> None:
    if (entry.__name__, number) in TORCH_DIFFERS and keras.backend.backend() == "torch":
        pytest.skip("Keras's PyTorch backend differs from others")
    example = entry.examples[number]
    rng = np.random.default_rng(number)
    drawn = [draw.array(rng, np.float32) for draw in example.inputs]
    data = drawn[0] if len(drawn) == 1 else drawn
    places = trees.transform(lambda a: Input(a.shape[1:], dtype=a.dtype.name), data)
    ours = Model(places, entry(**example.arguments)(places))
    ours.save(tmp_path / "ours.keras")
    theirs = keras.models.load_model(tmp_path / "ours.keras")
    expected = predicted(ours, data)
    close(expected, keras.tree.flatten(predicted(theirs, data)))
    theirs.save(tmp_path / "theirs.keras")
    close(predicted(models.load_model(tmp_path / "theirs.keras"), data), expected)


@pytest.mark.parametrize(("entry", "number"), OPTIMIZERS)
def test_training_goes_on_in_keras_and_back_here(
    keras: Any, entry: Any, number: int, tmp_path: Path
) -> None:
    """The state of every optimizer moves: steps here, steps there, and steps here again."""
    tf.random.set_seed(4)
    alone = models.Sequential([layers.Dense(4, "tanh", input_shape=(2,)), layers.Dense(1)])
    alone.compile(entry(**entry.examples[number].arguments), "mse")
    moving = models.clone_model(alone)
    moving.set_weights(alone.get_weights())
    moving.compile(entry(**entry.examples[number].arguments), "mse")
    losses = [alone.train_on_batch(X, Y) for _ in range(12)]
    told = [moving.train_on_batch(X, Y) for _ in range(4)]
    moving.save(tmp_path / "a.keras")
    theirs = keras.models.load_model(tmp_path / "a.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told += [float(theirs.train_on_batch(X, Y)) for _ in range(4)]
    theirs.save(tmp_path / "b.keras")
    again = models.load_model(tmp_path / "b.keras")
    told += [again.train_on_batch(X, Y) for _ in range(4)]
    close(told, losses, TRAINED)
    close(again.get_weights(), alone.get_weights(), TRAINED)
    assert int(again.optimizer.iterations) == int(alone.optimizer.iterations)


def twins(names: Any) -> Any:
    """Return a model with a shared model inside, two inputs, operators, and two outputs."""
    one, two = names.Input((2,), name="one"), names.Input((2,), name="two")
    shared = names.Sequential(
        [names.Input((2,)), names.layers.Dense(3, "relu", name="a")], name="shared"
    )
    both = names.layers.Concatenate(name="both")([shared(one), shared(two)])
    apart = names.layers.Subtract(name="apart")([shared(one), shared(two)])
    return names.Model(
        [one, two],
        [
            names.layers.Dense(1, name="sum")(both * 0.5 + 1.0),
            names.layers.Dense(1, name="far")(apart),
        ],
        name="twins",
    )


@pytest.mark.parametrize("by", ["ours", "theirs"])
def test_functional_models_move(keras: Any, by: str, tmp_path: Path) -> None:
    names = tf.keras if by == "ours" else keras
    made = twins(names)
    made.compile(
        names.optimizers.Adam(names.optimizers.schedules.ExponentialDecay(0.01, 5, 0.5)),
        loss=["mse", "mae"],
        loss_weights=[1.0, 0.5],
        metrics=[["mae"], []],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.fit([X, X[::-1]], [Y, 1 - Y], epochs=3, verbose=0)
    made.save(tmp_path / "twins.keras")
    loaded = (keras if by == "ours" else tf.keras).models.load_model(tmp_path / "twins.keras")
    close(predicted(made, [X, X]), predicted(loaded, [X, X]))
    histories = []
    for model in (made, loaded):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            history = model.fit([X, X[::-1]], [Y, 1 - Y], epochs=3, shuffle=False, verbose=0)
        histories.append(history.history)
    assert histories[0].keys() == histories[1].keys()
    for key in histories[0]:
        close(histories[0][key], histories[1][key], TRAINED)


@pytest.mark.parametrize("by", ["ours", "theirs"])
def test_weights_move(keras: Any, by: str, tmp_path: Path) -> None:
    ours, theirs = (
        names.Sequential([
            names.Input((3, 2)), names.layers.LSTM(3), names.layers.BatchNormalization(),
            names.layers.Dense(2),
        ])
        for names in (tf.keras, keras)
    )  # fmt: skip
    giver, taker = (ours, theirs) if by == "ours" else (theirs, ours)
    giver.save_weights(tmp_path / "w.weights.h5")
    taker.load_weights(tmp_path / "w.weights.h5")
    for mine, its in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_json_moves(keras: Any) -> None:
    ours = models.model_from_json(twins(keras).to_json())
    theirs = keras.models.model_from_json(twins(tf.keras).to_json())
    theirs.set_weights(ours.get_weights())
    close(predicted(ours, [X, X]), predicted(theirs, [X, X]))


def test_functions_of_places_move(keras: Any, tmp_path: Path) -> None:
    for by, to in ((tf.keras, keras), (keras, tf.keras)):
        place = by.Input((3,))
        nn = by.activations
        parts = [
            nn.relu(place), nn.sigmoid(place), nn.tanh(place), nn.softmax(place), nn.gelu(place),
            nn.leaky_relu(place, negative_slope=0.3), nn.softplus(place), nn.elu(place),
            by.ops.exp(place), by.ops.square(place) - place / 2, place[:, :2], by.ops.relu6(place),
            by.ops.gelu(place),
            by.ops.sum(place, axis=1, keepdims=True), by.ops.mean(place, 1, keepdims=True),
        ]  # fmt: skip
        model = by.Model(place, by.layers.Concatenate()(parts))
        model.save(tmp_path / "model.keras")
        data = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
        loaded = to.models.load_model(tmp_path / "model.keras")
        close(predicted(model, data), predicted(loaded, data), 1e-5)


def test_plain_data_of_keras_s_objects_is_read(keras: Any) -> None:
    for item in (
        keras.optimizers.Adam(0.5), keras.optimizers.schedules.CosineDecay(0.1, 5),
        keras.metrics.AUC(multi_label=True, num_labels=2, label_weights=[0.25, 0.75]),
        keras.losses.BinaryCrossentropy(label_smoothing=0.5), keras.regularizers.L2(0.5),
        keras.initializers.Constant(0.5), keras.constraints.MaxNorm(0.5), keras.layers.Dense(3),
        keras.layers.Dense(3, activation=keras.layers.ReLU(0.5)), keras.layers.LSTMCell(2),
    ):  # fmt: skip
        data = json.loads(json.dumps(keras.saving.serialize_keras_object(item)))
        again = tf.keras.saving.deserialize_keras_object(data)
        assert type(again).__name__ == type(item).__name__
        back = json.loads(json.dumps(tf.keras.saving.serialize_keras_object(again)))
        there = keras.saving.deserialize_keras_object(back)
        assert type(there).__name__ == type(item).__name__


def test_code_in_keras_s_files_is_named(keras: Any, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x)])
        model.save(tmp_path / "code.keras")
    with pytest.raises(ValueError, match="Lambda layer with code in it, which is not run"):
        models.load_model(tmp_path / "code.keras", safe_mode=False)


def test_lambdas_open_in_keras_where_code_is_trusted(keras: Any, tmp_path: Path) -> None:
    factor = 3.0
    place = layers.Input((2,))
    hidden = layers.Lambda(lambda x: factor * x)(place)
    model = models.Model(place, layers.Dense(1)(hidden))
    model.save(tmp_path / "code.keras")
    loaded = keras.models.load_model(tmp_path / "code.keras", safe_mode=False)
    data = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    close(predicted(model, data), predicted(loaded, data), 1e-5)


def test_schedules_move(keras: Any, tmp_path: Path) -> None:
    model = models.Sequential([layers.Dense(1, input_shape=(2,))])
    for schedule in schedules.LearningRateSchedule.registry:
        for example in schedule.examples:
            model.compile(optimizers.SGD(schedule(**example.arguments)), "mse")
            model.save(tmp_path / "model.keras")
            theirs = keras.models.load_model(tmp_path / "model.keras")
            assert theirs.optimizer.get_config().keys() >= {"learning_rate", "momentum"}
            for step in (0, 1, 7, 50):
                mine = float(schedule(**example.arguments)(step))
                assert float(theirs.optimizer._learning_rate(step)) == pytest.approx(mine, rel=1e-5)


def with_containers(names: Any) -> Any:
    """Return a model of a user's own, with layers in lists, dicts and private attributes."""

    @names.saving.register_keras_serializable("moving")
    class Block(names.layers.Layer):
        def __init__(self, units: int, **options: Any) -> None:
            super().__init__(**options)
            self.pairs = [[names.layers.Dense(units), names.layers.Dense(units)]]
            self.pairs.append((names.layers.Dense(units),))
            self.by_name = {"x": names.layers.Dense(units), "y": [names.layers.PReLU()]}

        def build(self, shape: Any) -> None:
            self.scale = self.add_weight(shape=(3,), initializer="ones", name="scale")
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)
            super().build(shape)

        def call(self, x: Any) -> Any:
            for pair in self.pairs:
                for layer in pair:
                    x = layer(x)
            return self.by_name["y"][0](self.by_name["x"](x)) * self.scale

    @names.saving.register_keras_serializable("moving")
    class Whole(names.Model):
        def __init__(self, units: int = 3, **options: Any) -> None:
            super().__init__(**options)
            self.block = Block(units)
            self.alpha = names.layers.Dense(2)
            self.zeta = names.layers.Dense(2)
            self._hidden = names.layers.Dense(2)
            self.tracker = names.metrics.Mean(name="tracker")
            self.other = names.optimizers.SGD(0.1, momentum=0.9)

        @property
        def a_property(self) -> Any:
            return self.zeta

        def call(self, x: Any) -> Any:
            return self.alpha(self.block(x)) + self.zeta(x) * self._hidden(x)

    return Whole()


def nested(names: Any) -> Any:
    """Return a model with models inside: one of two outputs, one compiled, one in a Sequential."""
    place = names.Input((2,))
    inside = names.Input((2,))
    two = names.Model(inside, [names.layers.Dense(3)(inside), names.layers.Dense(2)(inside)])
    one, other = two(place)
    compiled = names.Sequential([names.layers.Dense(3), names.layers.ReLU()])
    compiled.compile("adam", "mse")
    around = names.Sequential([compiled, names.Sequential([names.layers.Dense(2)])])
    return names.Model(place, names.layers.Add()([around(one), other]))


def shared(names: Any) -> Any:
    """Return a model with two models inside that have a layer in common."""
    common = names.layers.Dense(2)
    parts = [names.Sequential([names.Input((2,)), common]) for _ in range(2)]
    place = names.Input((2,))
    return names.Model(place, parts[1](parts[0](place)))


def activated(names: Any) -> Any:
    """Return a model with layers as activations, one of which has weights."""
    return names.Sequential([
        names.Input((2,)),
        names.layers.Dense(3, activation=names.layers.LeakyReLU(0.3)),
        names.layers.Dense(2, activation=names.layers.PReLU(alpha_initializer="ones")),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("make", "by"),
    [
        (with_containers, "ours"), (with_containers, "theirs"), (nested, "ours"),
        (nested, "theirs"), (activated, "ours"), (activated, "theirs"),
        (shared, "ours"),  # Keras does not read back what it writes of it
    ],
)  # fmt: skip
def test_unusual_models_move(keras: Any, make: Any, by: str, tmp_path: Path) -> None:
    names, others = (tf.keras, keras) if by == "ours" else (keras, tf.keras)
    model = make(names)
    model.compile("sgd", "mse", metrics=[["mae"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, np.hstack([Y, 1 - Y]), epochs=3, verbose=0)
        make(others)  # which registers the same classes there
        model.save(tmp_path / "model.keras")
        loaded = others.models.load_model(tmp_path / "model.keras")
    close(predicted(model, X), predicted(loaded, X))
    assert len(loaded.weights) == len(model.weights)
    loaded.save_weights(tmp_path / "back.weights.h5")
    model.load_weights(tmp_path / "back.weights.h5")


@pytest.mark.parametrize("by", ["ours", "theirs"])
def test_what_compile_was_given_moves(keras: Any, by: str, tmp_path: Path) -> None:
    names, others = (tf.keras, keras) if by == "ours" else (keras, tf.keras)
    model = twins(names)
    rate = names.optimizers.schedules.PiecewiseConstantDecay([2, 4], [0.1, 0.05, 0.01])
    model.compile(
        names.optimizers.SGD(rate, momentum=0.9, gradient_accumulation_steps=2, clipnorm=1.0),
        loss={"sum": names.losses.LogCosh(reduction="sum"), "far": "mae"},
        loss_weights={"sum": 0.5, "far": 2.0},
        metrics={"sum": [names.metrics.RootMeanSquaredError(name="r")], "far": ["mse"]},
        weighted_metrics={"sum": ["mse"], "far": []},
    )
    histories = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit([X, X], {"sum": Y, "far": Y}, epochs=3, verbose=0)
        model.save(tmp_path / "model.keras")
        for one in (model, others.models.load_model(tmp_path / "model.keras")):
            told = one.fit([X, X], {"sum": Y, "far": Y}, epochs=3, shuffle=False, verbose=0)
            histories.append(told.history)
    assert set(histories[0]) == set(histories[1])
    for key in histories[0]:
        close(histories[0][key], histories[1][key], TRAINED)

"""Sequential models and subclasses: building, changing, freezing, steps of one's own."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import gradients
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import Input, Model, Sequential, layers, metrics
from tinygrad_gates.keras.models import clone_model

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)


def test_weights_are_made_as_soon_as_the_shape_is_known() -> None:
    late = Sequential([layers.Dense(3), layers.Dense(1)])
    assert not late.built
    assert late.weights == []
    late(X)
    assert [w.shape for w in late.weights] == [(2, 3), (3,), (3, 1), (1,)]
    early = Sequential([Input((2,))])
    early.add(layers.Dense(3))
    assert early.built
    assert early.output_shape == (None, 3)
    built = Sequential([layers.Dense(3)])
    built.build((None, 7))
    assert built.weights[0].shape == (7, 3)


def test_layers_come_and_go() -> None:
    model = Sequential([Input((2,)), layers.Dense(3, name="a"), layers.Dense(1, name="b")])
    assert model.pop().name == "b"
    assert model.output_shape == (None, 3)
    model.add(layers.Dense(5, name="c"))
    assert model(X).shape == (4, 5)
    assert [layer.name for layer in model.layers] == ["a", "c"]
    assert Sequential().pop() is None


def test_what_is_added_after_compile_is_trained_after_the_next() -> None:
    model = Sequential([Input((2,)), layers.Dense(3, name="a")])
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((4, 3)), verbose=0)
    model.add(layers.Dense(1))
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert len(model.optimizer._parameters) == 4


def test_models_inside_of_models() -> None:
    inner = Sequential([layers.Dense(3, "tanh"), layers.Dropout(0.5)])
    model = Sequential([Input((2,)), inner, layers.Dense(1)])
    assert inner.built
    assert model.count_params() == 2 * 3 + 3 + 3 + 1
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert np.array_equal(model.predict(X, verbose=0), model.predict(X, verbose=0))


def test_frozen_layers_stay_whatever_is_trained() -> None:
    model = Sequential([layers.Dense(3, input_shape=(2,)), layers.BatchNormalization(),
                        layers.Dense(1)])  # fmt: skip
    model.layers[0].trainable = False
    model.layers[1].trainable = False
    before = [w.copy() for w in model.get_weights()]
    model.compile("adam", "mse")
    model.fit(X, Y, epochs=3, verbose=0)
    for number, (one, other) in enumerate(zip(before, model.get_weights(), strict=True)):
        assert np.array_equal(one, other) == (number < 6), "frozen statistics stay, too"
    model.trainable = True
    assert len(model.trainable_weights) == 6


def test_copies_by_pickle_and_by_configuration() -> None:
    model = Sequential([layers.Dense(3, input_shape=(2,)), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    again = pickle.loads(pickle.dumps(model))
    assert again.train_on_batch(X, Y) == model.train_on_batch(X, Y)
    copy = Sequential.from_config(model.get_config())
    assert copy.get_config() == model.get_config()
    assert clone_model(model).get_config()["layers"] == model.get_config()["layers"]


# ------------------------------------------------------------------------ subclasses


class Residual(layers.Layer):
    """Adds what a network makes of the input to it."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.inside = [layers.Dense(units, "tanh"), layers.Dropout(0.5)]

    def build(self, input_shape: Any) -> None:
        self.inside.append(layers.Dense(input_shape[-1]))

    def call(self, inputs: Any, training: bool = False) -> Any:
        hidden = inputs
        for layer in self.inside:
            hidden = layer(hidden)
        return inputs + hidden


def test_layers_inside_lists_are_found_and_told_of_training() -> None:
    model = Sequential([Input((2,)), Residual(3), layers.Dense(1)])
    assert len(model.weights) == 6
    assert not np.array_equal(model(X, training=True).numpy(), model(X, training=True).numpy())
    assert np.array_equal(model(X).numpy(), model(X).numpy())


class Own(Model):
    """Has a step of its own, and counts in a metric of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = layers.Dense(1)
        self.norm = metrics.Mean("norm")

    def call(self, inputs: Any) -> Any:
        return self.layer(inputs)

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        loss = self.compute_loss(y=y, y_pred=self(x, training=True))
        weights = self.trainable_variables
        slopes = gradients(loss, weights)
        self.optimizer.apply_gradients(zip(slopes, weights, strict=True))
        self.norm.update_state(np.sqrt(sum(np.sum(slope**2) for slope in slopes)))
        return {"loss": loss, "norm": self.norm.result()}


def test_a_step_of_ones_own_is_what_fit_does() -> None:
    tf.random.set_seed(4)
    own = Own()
    own.compile("sgd", "mse")
    told = own.fit(X, Y, epochs=4, batch_size=2, shuffle=False, verbose=0).history
    tf.random.set_seed(4)
    plain = Sequential([layers.Dense(1)])
    plain.compile("sgd", "mse")
    plain.fit(X, Y, epochs=4, batch_size=2, shuffle=False, verbose=0)
    np.testing.assert_allclose(own.get_weights()[0], plain.get_weights()[0], rtol=1e-6)
    assert told.keys() == {"loss", "norm"}
    assert all(type(number) is float for numbers in told.values() for number in numbers)
    assert own.train_on_batch(X, Y, return_dict=True).keys() == {"loss", "norm"}


class Looping(Own):
    """Goes through its metrics, as Keras's guide does."""

    def test_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        y_pred = self(x, training=False)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            elif metric is not self.norm:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


def test_a_step_may_go_through_all_metrics_before_the_first_batch() -> None:
    model = Looping()
    model.compile("sgd", "mse", metrics=["mae", "acc", metrics.MeanSquaredError(name="square")])
    assert [metric.name for metric in model.metrics] == ["loss", "compile_metrics", "norm"]
    found = model.evaluate(X, Y, batch_size=2, verbose=0, return_dict=True)
    assert found == {"norm": 0.0, **_evaluated(model.layer)}
    assert model.test_on_batch(X, Y, return_dict=True).keys() == found.keys()


def _evaluated(layer: Any) -> dict[str, float]:
    plain = Sequential([layer])
    plain.compile("sgd", "mse", metrics=["mae", "acc", metrics.MeanSquaredError(name="square")])
    found: dict[str, float] = plain.evaluate(X, Y, batch_size=2, verbose=0, return_dict=True)
    return found


class Penalised(Model):
    """Has a loss of its own beside that of compile."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        out = self.layer(inputs)
        self.add_loss(np.mean(out**2) * 0.5)
        return out

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return {**super().compute_metrics(x, y, y_pred, sample_weight), "largest": y_pred.max()}


def test_losses_and_metrics_may_be_added_to() -> None:
    model = Penalised()
    model.compile("sgd", "mse")
    history = model.fit(X, Y, verbose=0).history
    output = model(X).numpy()
    assert set(history) == {"loss", "largest"}
    expected = np.mean((output - Y) ** 2) + 0.5 * np.mean(output**2)
    assert model.evaluate(X, Y, return_dict=True, verbose=0)["loss"] == pytest.approx(expected)
    assert len(model.losses) == 1


class Late(layers.Layer):
    """Makes a weight too late."""

    def call(self, inputs: Any) -> Any:
        return inputs * self.add_weight(shape=(), initializer="ones")


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    "a class": (lambda: Sequential([layers.Dense]), ValueError, r"Add an object, Dense\(1\)"),
    "no list": (lambda: Sequential(layers.Dense(1)), TypeError, "has to be a list"),
    "a function": (lambda: Sequential([np.tanh]), ValueError, "is no layer"),
    "a late Input": (
        lambda: Sequential([layers.Dense(1), Input((2,))]), ValueError, "has to be the first",
    ),
    "one name twice": (
        lambda: Sequential([layers.Dense(1, name="a"), layers.Dense(1, name="a")]), ValueError,
        "a layer called 'a' already",
    ),
    "a whole shape": (
        lambda: Sequential([layers.Dense(1, input_shape=(4, 2))])(X), ShapeError,
        "is that of one sample, without their number",
    ),
    "a number as shape": (lambda: layers.Dense(1, input_shape=2), ValueError, r"\(2,\)"),
    "another width": (
        lambda: Sequential([layers.Dense(1, input_shape=(3,))])(X), ShapeError, "length 3",
    ),
    "layers that do not fit": (
        lambda: Sequential([Input((4, 4, 1)), layers.Conv2D(2, 5)]), ShapeError, "5",
    ),
    "no call": (lambda: Model()(X), NotImplementedError, r"has to define call\(inputs\)"),
    "no super": (
        lambda: type("M", (Model,), {"__init__": lambda self: None})()(X), RuntimeError,
        r"M: call super\(\).__init__\(\)",
    ),
    "weights made in call": (
        lambda: Late()(X), ValueError, "late.*: add_weight inside of call",
    ),
    "a name as shape": (
        lambda: layers.Layer().add_weight("kernel"), ValueError, "Give name='kernel'",
    ),
    "no flag": (lambda: layers.Dense(1, trainable="no"), ValueError, "trainable='no' has to be"),
    "a name and a place": (
        lambda: Sequential([layers.Dense(1)]).get_layer("dense", 0), ValueError,
        "give a name or an index",
    ),
    "no output yet": (
        lambda: layers.Dense(1, name="d").output, AttributeError, "d.output: the layer was never",
    ),
    "misspelt": (lambda: layers.Dense(1, activaton="relu"), ValueError, "mean 'activation'"),
    "no units": (lambda: layers.Dense(0), ValueError, "units=0"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = MISTAKES[name]
    with pytest.raises(error, match=message):
        call()

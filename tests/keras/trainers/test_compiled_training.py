"""`fit`, `evaluate`, `predict` and the calls for one batch, the same however their steps run."""

from __future__ import annotations

import copy
import pickle
import signal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value
from tinygrad_gates.errors import CompileWarning, ShapeError
from tinygrad_gates.keras import (
    Input,
    Model,
    Sequential,
    callbacks,
    constraints,
    layers,
    losses,
    metrics,
    ops,
    optimizers,
)
from tinygrad_gates.keras.optimizers import schedules
from tinygrad_gates.keras.trainers import programs
from tinygrad_gates.keras.trainers.chunks import Chunks

RNG = np.random.default_rng(0)
X = RNG.normal(size=(37, 4)).astype(np.float32)
Y = (X[:, :1] * X[:, 1:2] > 0).astype(np.float32)
CLASSES = RNG.integers(0, 3, 37)
STEPS = RNG.integers(0, 5, (37, 6))

Made = tuple[Any, dict[str, Any], dict[str, Any], Any, Any]
"""A model, options of compile and of fit, inputs and targets."""


def dense(*between: Any, units: int = 1, last: str = "sigmoid", **options: Any) -> Any:
    first = layers.Dense(8, activation="tanh", **options)
    return Sequential([Input((4,)), first, *between, layers.Dense(units, activation=last)])


def two_sided() -> Any:
    a, b = Input((2,), name="a"), Input((2,), name="b")
    joined = layers.Concatenate()([layers.Dense(3)(a), layers.Dense(3)(b)])
    return Model([a, b], [layers.Dense(1, name="one")(joined), layers.Dense(1, name="two")(joined)])


class Scaled(layers.Layer):
    """A layer of a user's, with a weight and a loss of its own."""

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")

    def call(self, inputs: Any) -> Any:
        self.add_loss(0.01 * ops.sum(ops.square(self.scale)))
        return inputs * self.scale


class Counted(metrics.Metric):
    """A metric of a user's, that keeps what no program knows of."""

    def __init__(self, name: str = "counted") -> None:
        super().__init__(name=name)
        self.seen = 0

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.seen += len(y_true)

    def result(self) -> float:
        return float(self.seen)

    def reset_state(self) -> None:
        self.seen = 0


def made(model: Any, x: Any = X, y: Any = Y, fit: Any = None, **options: Any) -> Made:
    return model, {"optimizer": "sgd", "loss": "mse", **options}, fit or {}, x, y


def halving() -> Callable[[], float]:
    rates = iter([0.1 * 0.9**n for n in range(1000)])
    return lambda: next(rates)


CASES: dict[str, Callable[[], Made]] = {
    "plain": lambda: made(dense(), metrics=["acc", "mae"]),
    "full batch": lambda: made(dense(), fit={"batch_size": 64}),
    "not shuffled": lambda: made(dense(), fit={"shuffle": False}),
    "dropout": lambda: made(dense(layers.Dropout(0.4, seed=3))),
    "noise": lambda: made(dense(layers.GaussianNoise(0.3), layers.GaussianDropout(0.2))),
    "batch norm": lambda: made(dense(layers.BatchNormalization())),
    "embedding": lambda: made(
        Sequential([layers.Embedding(5, 3), layers.LSTM(4), layers.Dense(1)]), STEPS
    ),
    "masked": lambda: made(
        Sequential([layers.Embedding(5, 3, mask_zero=True), layers.GRU(4), layers.Dense(1)]),
        STEPS,
    ),
    "classes": lambda: made(
        dense(units=3, last="softmax"), X, CLASSES,
        loss="sparse_categorical_crossentropy", metrics=["acc"], optimizer="adam",
    ),
    "several": lambda: made(
        two_sided(), [X[:, :2], X[:, 2:]], [Y, 1 - Y], loss=["mse", "mae"],
        loss_weights=[1.0, 0.5], metrics=[["mae"], ["mse"]],
    ),
    "sample weights": lambda: made(
        dense(), fit={"sample_weight": np.linspace(0, 1, 37)}, weighted_metrics=["acc"]
    ),
    "class weights": lambda: made(dense(), fit={"class_weight": {0: 1.0, 1: 3.0}}),
    "schedule": lambda: made(dense(), optimizer=optimizers.Adam(schedules.CosineDecay(0.1, 20))),
    "rate by a function": lambda: made(dense(), optimizer=optimizers.SGD(halving())),
    "clipped": lambda: made(dense(), optimizer=optimizers.SGD(0.5, global_clipnorm=0.1)),
    "means of weights": lambda: made(
        dense(), optimizer=optimizers.SGD(0.5, use_ema=True, ema_overwrite_frequency=3)
    ),
    "accumulated": lambda: made(
        dense(), optimizer=optimizers.SGD(0.5, gradient_accumulation_steps=3)
    ),
    "penalties": lambda: made(
        dense(kernel_regularizer="l2", activity_regularizer="l1", kernel_constraint="non_neg")
    ),
    "frozen": lambda: made(dense(layers.Dense(3, trainable=False))),
    "own layer": lambda: made(dense(Scaled())),
    "own loss": lambda: made(dense(), loss=lambda y, p: ops.mean(ops.square(y - p), axis=-1)),
    "own metric": lambda: made(dense(), metrics=[Counted(), "acc"]),
    "own function as a metric": lambda: made(dense(), metrics=[lambda y, p: np.abs(y - p)]),
    "many metrics": lambda: made(
        dense(), metrics=["AUC", metrics.Recall(0.3, name="recall"), "RootMeanSquaredError"]
    ),
    "validation": lambda: made(dense(layers.Dropout(0.2)), fit={"validation_split": 0.3}),
    "validation data": lambda: made(dense(), fit={"validation_data": (X[:9], Y[:9])}),
}  # fmt: skip


def state(model: Any) -> list[Any]:
    kept = [*model.variables, *model.optimizer.variables]
    return [np.array(variable.numpy()) for variable in kept]


def trained(name: str, way: Any, **fit: Any) -> tuple[Any, Any, list[Any]]:
    tf.random.set_seed(7)
    model, options, given, x, y = CASES[name]()
    model.compile(**options, jit_compile=way)
    history = model.fit(x, y, epochs=4, verbose=0, **{"batch_size": 10, **given, **fit}).history
    model.fit(x, y, epochs=2, verbose=0, **{"batch_size": 10, **given, **fit})
    results = [history, model.evaluate(x, y, 10, verbose=0, return_dict=True)]
    arrays = [*state(model), *np.atleast_1d(*_listed(model.predict(x, 10, verbose=0)))]
    return model, results, arrays


def _listed(predictions: Any) -> list[Any]:
    return predictions if isinstance(predictions, list) else [predictions]


@pytest.fixture(params=["numpy", "numba"])
def way(request: pytest.FixtureRequest) -> str:
    if request.param == "numba":
        pytest.importorskip("numba")
    return str(request.param)


COMPILED = ("plain", "full batch", "dropout", "batch norm", "classes")
"""Cases that Numba compiles; for the others loops run as the Python that they are."""


@pytest.mark.parametrize("name", CASES)
def test_training_is_the_same(
    name: str, way: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if way == "numba" and name not in COMPILED:
        request.getfixturevalue("as_python")
    _, expected, theirs = trained(name, False)
    ran: list[str] = []
    stateful = programs.Stateful

    def noted(*arguments: Any) -> Any:
        ran.append("a program")
        return stateful(*arguments)

    monkeypatch.setattr(programs, "Stateful", noted)
    _, found, ours = trained(name, way)
    assert ran, "it ran as it is"
    for one, other in zip(ours, theirs, strict=True):
        if way == "numpy":
            np.testing.assert_array_equal(one, other)
        else:
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    for one, other in zip(found, expected, strict=True):
        assert one.keys() == other.keys()
        for key in one:
            if way == "numpy":
                np.testing.assert_array_equal(one[key], other[key], key)
            else:
                np.testing.assert_allclose(one[key], other[key], rtol=1e-3, err_msg=key)


# ------------------------------------------------------------------------ single batches


@pytest.mark.parametrize("asked", [True, "auto"])
def test_single_batches(asked: Any) -> None:
    """Beyond the number of calls from which on programs are made."""
    models = []
    for way in (False, asked):
        tf.random.set_seed(7)
        model = dense(layers.Dropout(0.2), layers.BatchNormalization())
        model.compile("adam", "mse", metrics=["acc"], jit_compile=way)
        logs = []
        for _ in range(70):
            logs.append(model.train_on_batch(X, Y))
            logs.append(model.test_on_batch(X, Y))
        models.append((model, logs, model.predict_on_batch(X)))
    (one, logs, predicted), (other, others, theirs) = models
    exact = asked == "auto" or not programs.has_numba()
    tolerance = {"rtol": 0, "atol": 0} if exact else {"rtol": 1e-3, "atol": 1e-4}
    np.testing.assert_allclose(others, logs, **tolerance)
    np.testing.assert_allclose(theirs, predicted, **tolerance)
    for ours, wanted in zip(state(other), state(one), strict=True):
        np.testing.assert_allclose(ours, wanted, **tolerance)


def test_settings_that_change_between_batches_count() -> None:
    tf.random.set_seed(7)
    dropout = layers.Dropout(0.5)
    model = dense(dropout)
    model.compile("sgd", "mse", jit_compile="numpy")
    for _ in range(3):
        model.train_on_batch(X, Y)
    dropout.rate = 0.0
    model.optimizer.learning_rate = 0.0
    first = model.train_on_batch(X, Y)
    assert first == model.train_on_batch(X, Y) == pytest.approx(model.evaluate(X, Y, 64, verbose=0))
    model.optimizer.learning_rate = 0.1
    model.layers[0].trainable = False
    before = model.layers[0].get_weights()
    model.compile(model.optimizer.__class__(0.1), "mse", jit_compile="numpy")
    for _ in range(3):
        model.train_on_batch(X, Y)
    for one, other in zip(model.layers[0].get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
    assert model.train_on_batch(X, Y) < first


def test_callbacks_may_change_what_they_like(way: str) -> None:
    class Changes(callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.model.layers[1].rate = 0.1 * epoch
            self.model.optimizer.learning_rate = 0.1 / (epoch + 1)

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 2:
                self.model.set_weights([0.99 * w for w in self.model.get_weights()])

    found = []
    for each in (False, way):
        tf.random.set_seed(7)
        model = dense(layers.Dropout(0.0))
        model.compile("sgd", "mse", jit_compile=each)
        model.fit(X, Y, 10, epochs=4, verbose=0, callbacks=[Changes()])
        found.append(state(model))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_arrays_that_were_handed_out_stay(way: str) -> None:
    model = dense()
    model.compile("sgd", "mse", jit_compile=way)
    model.fit(X, Y, epochs=2, verbose=0)
    weight = model.weights[0]
    data, copied = weight.data, weight.numpy()
    model.fit(X, Y, epochs=3, verbose=0)
    np.testing.assert_array_equal(data, copied)
    assert not np.array_equal(weight.numpy(), copied)
    loss = (weight * weight).sum()
    model.fit(X, Y, epochs=1, verbose=0)
    with pytest.raises(Exception, match="changed"):
        loss.backward()


# ------------------------------------------------------------------------ chunks of epochs


def test_chunks_do_what_single_epochs_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    counts: list[int] = []
    run = Chunks.run

    def counted(self: Chunks, epoch: int, epochs: int) -> Any:
        logs = run(self, epoch, epochs)
        counts.append(len(logs["loss"]))
        return logs

    monkeypatch.setattr(Chunks, "run", counted)
    found = []
    for given in ([], [callbacks.Callback()]):  # which has to be told of every epoch
        tf.random.set_seed(7)
        model = dense(layers.Dense(3))
        model.compile("adam", "mse", metrics=["acc"], jit_compile="numba")
        history = model.fit(X, Y, 10, epochs=40, verbose=0, callbacks=given)
        found.append((history.history, history.epoch, state(model)))
    assert sum(counts) == 39
    assert max(counts) > 1
    assert found[0][:2] == found[1][:2]
    for one, other in zip(found[0][2], found[1][2], strict=True):
        np.testing.assert_array_equal(one, other)


def test_ctrl_c_between_chunks_leaves_whole_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    run = Chunks.run

    def pressed(self: Chunks, epoch: int, epochs: int) -> Any:
        if epoch > 5:
            signal.raise_signal(signal.SIGINT)
        return run(self, epoch, epochs)

    monkeypatch.setattr(Chunks, "run", pressed)
    model = dense()
    model.compile("sgd", "mse", jit_compile="numba")
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, 10, epochs=10**6, verbose=0)
    epochs = len(model.history.epoch)
    assert model.history.epoch == list(range(epochs))
    assert len(model.history.history["loss"]) == epochs
    assert int(model.optimizer.iterations) == 4 * epochs


# ------------------------------------------------------------------------ which way


@pytest.mark.parametrize(
    ("asked", "steps", "with_numba", "expected"),
    [
        ("auto", 99, True, "eager"),
        ("auto", 100, True, "numpy"),
        ("auto", 500, True, "numba"),
        ("auto", 500, False, "numpy"),
        ("auto", None, True, "numpy"),
        (True, 1, True, "numba"),
        (True, 1, False, "numpy"),
        (False, 1000, True, "eager"),
        ("numpy", 1, True, "numpy"),
        ("numba", 1, True, "numba"),
    ],
)
def test_ways(
    asked: Any, steps: Any, with_numba: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "has_numba", lambda: with_numba)
    model = dense()
    model.compile("sgd", "mse", jit_compile=asked)
    assert programs.way_of(model, steps) == expected
    model.run_eagerly = True
    assert programs.way_of(model, steps) == "eager"


@pytest.mark.usefixtures("as_python")
def test_numba_is_for_programs_that_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "has_numba", lambda: True)
    monkeypatch.setattr(programs, "WORTH_COMPILING", 3)
    ways = []
    for steps_an_operation in (1, 0.001):
        monkeypatch.setattr(programs, "STEPS_AN_OPERATION", steps_an_operation)
        model = dense()
        model.compile("sgd", "mse")
        model.fit(X, Y, batch_size=64, epochs=6, verbose=0)
        ways += [kept[2].way for kept in model._programs.values()]
    assert ways == ["numpy", "numba"]


def test_numba_that_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "has_numba", lambda: False)
    model = dense()
    model.compile("sgd", "mse", jit_compile="numba")
    with pytest.raises(ImportError, match="pip install"):
        model.fit(X, Y, verbose=0)


def test_another_way_is_refused() -> None:
    with pytest.raises(ValueError, match="jit_compile='fast' is none of"):
        dense().compile("sgd", "mse", jit_compile="fast")


class Deciding(layers.Layer):
    """A layer that needs numbers while it computes."""

    def call(self, inputs: Any) -> Any:
        return inputs if float(inputs._data.sum()) > 0 else -inputs


def test_what_cannot_be_compiled_runs_as_it_is_and_says_so() -> None:
    found = []
    for way in (False, True):
        tf.random.set_seed(7)
        model = dense(Deciding())
        model.compile("sgd", "mse", jit_compile=way)
        if way:
            with pytest.warns(CompileWarning, match="the numbers of an array") as warned:
                model.fit(X, Y, epochs=3, verbose=0)
            assert len(warned) == 1
        else:
            model.fit(X, Y, epochs=3, verbose=0)
        found.append(state(model))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("asked", [True, "numpy"])
def test_mistakes_are_raised_without_another_word(asked: Any) -> None:
    model = dense(units=3)
    model.compile("sgd", "mse", jit_compile=asked)
    with pytest.raises(ShapeError, match="y_true has shape"):
        model.fit(X, Y, epochs=3, verbose=0)


class Own(Sequential):
    """A model with a step of its own."""

    def train_step(self, data: Any) -> Any:
        return super().train_step(data)


@pytest.mark.parametrize("asked", [True, "numpy", "auto"])
def test_steps_of_one_s_own_run_as_they_are(asked: Any) -> None:
    model = Own([Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=asked)
    if asked == "auto":
        model.fit(X, Y, epochs=2, verbose=0)
    else:
        with pytest.warns(CompileWarning, match="of its own"):
            model.fit(X, Y, epochs=2, verbose=0)


class Drawing(layers.Layer):
    """A layer with random numbers that no seed of ours knows."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = np.random.default_rng(5)

    def call(self, inputs: Any) -> Any:
        return inputs + self.generator.normal(size=inputs.shape).astype(np.float32)


class Changing(layers.Layer):
    """A layer whose output depends on how often it was called."""

    calls = 0

    def call(self, inputs: Any) -> Any:
        self.calls += 1
        return inputs * (1 / self.calls)


@pytest.mark.parametrize("layer", [Drawing, Changing])
def test_what_differs_from_run_to_run_is_not_frozen(layer: Any) -> None:
    model = dense(layer())
    model.compile("sgd", "mse", jit_compile="numpy")
    with pytest.warns(CompileWarning, match="differs from run to run"):
        model.fit(X, Y, epochs=3, verbose=0)


def test_compiled_models_are_copied_and_pickled(way: str) -> None:
    model = dense()
    model.compile("sgd", "mse", jit_compile=way)
    for _ in range(3):
        model.train_on_batch(X, Y)
    expected = model.train_on_batch
    copies = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    loss = expected(X, Y)
    for each in copies:
        assert each.train_on_batch(X, Y) == pytest.approx(loss, rel=1e-5)


def test_a_bad_class_number_is_told_and_changes_nothing(way: str) -> None:
    model = dense(units=3, last="softmax")
    model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=way)
    for _ in range(3):
        model.train_on_batch(X, CLASSES)
    before = state(model)
    with pytest.raises(ValueError, match="class numbers from 0 to 7"):
        model.train_on_batch(X, np.where(CLASSES == 1, 7, CLASSES))
    for one, other in zip(state(model), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_values_of_constraints_and_losses_are_taken() -> None:
    """What is given as objects is the same as by name."""
    model = dense(kernel_constraint=constraints.UnitNorm())
    model.compile("sgd", losses.Huber(), jit_compile="numpy")
    model.fit(X, Y, epochs=3, verbose=0)
    norms = np.linalg.norm(model.layers[0].kernel.numpy(), axis=0)
    np.testing.assert_allclose(norms, 1, rtol=1e-5)
    assert isinstance(model(X), Value)

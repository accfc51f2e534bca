"""Mistakes that beginners make with a model: each is named, and changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates.errors import DtypeError, GatesError, ShapeError
from tinygrad_gates.keras.callbacks import History
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.metrics import MeanSquaredError
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
NAN = np.where(np.arange(4) == 2, np.nan, 1.0)[:, None]


def network() -> Sequential:
    model = Sequential([Dense(3, input_shape=(2,)), Dense(1)])
    model.compile("sgd", "mse", metrics=["acc"])
    return model


def uncompiled() -> Sequential:
    return Sequential([Dense(1, input_shape=(2,))])


def without_loss() -> Sequential:
    model = uncompiled()
    model.compile("sgd")
    return model


def fit(x: Any = X, y: Any = Y, **options: Any) -> Any:
    return lambda: network().fit(x, y, **options)


def compiled(*args: Any, **options: Any) -> Any:
    return lambda: network().compile(*args, **options)


def classes(units: int, loss: str, y: Any) -> Any:
    def call() -> None:
        model = Sequential([Dense(units, "sigmoid", input_shape=(2,))])
        model.compile("sgd", loss)
        model.fit(X, np.array(y), verbose=0)

    return call


def batches() -> Any:
    yield X, Y


def predict(x: Any) -> Any:
    return lambda: network().predict(x)


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    # order of calls
    "fit before compile": (
        lambda: uncompiled().fit(X, Y), ValueError, r"^fit: .*not compiled. Call model.compile\(",
    ),
    "evaluate before compile": (
        lambda: uncompiled().evaluate(X, Y), ValueError, "^evaluate: .*not compiled",
    ),
    "no loss": (lambda: without_loss().fit(X, Y), ValueError, r"^fit: .*no loss.*loss='mse'"),
    "no loss, evaluate": (lambda: without_loss().evaluate(X, Y), ValueError, "^evaluate: .*no lo"),
    "no layers": (lambda: Sequential().predict(X), ValueError, "no layers yet"),
    # compile
    "optimizer": (compiled("sgdd", "mse"), ValueError, "optimizer: 'sgdd'. Did you mean 'sgd'"),
    "loss": (compiled("sgd", "msee"), ValueError, "loss: 'msee'. Did you mean 'mse'"),
    "metric": (
        compiled("sgd", "mse", metrics=["acuracy"]), ValueError, "Did you mean 'accuracy'",
    ),
    "swapped": (compiled(mse, SGD()), ValueError, "Could not interpret optimizer"),
    "metrics as text": (compiled("sgd", "mse", metrics="acc"), TypeError, r"metrics=\['acc'\]"),
    "metrics as dict": (compiled("sgd", "mse", metrics={"a": "acc"}), ValueError, "an entry 'a'"),
    "metrics third": (
        compiled("sgd", "mse", ["acc"]), ValueError, r"loss_weights has 'acc'.*metrics=\['acc'\]",
    ),
    "a metric called loss": (
        compiled("sgd", "mse", metrics=[MeanSquaredError(name="loss")]), ValueError,
        "two entries of metrics are called 'loss'",
    ),
    # shapes
    "too wide": (fit(np.ones((4, 3))), ShapeError, r"length 2, .*\(4, 3\).* 2 values"),
    "one sample": (
        fit([0, 1], [0, 1]), ShapeError, r"shape \(None, 2\), .* on shape \(2,\).*one sample",
    ),
    "one number": (fit(3, 4), ShapeError, "fit: x is the single number 3"),
    "counts": (fit(X, Y[:3]), ShapeError, "fit: x has 4 samples and y has 3"),
    "transposed": (fit(X.T), ShapeError, "x has 2 samples and y has 4"),
    "counts of weights": (fit(sample_weight=[1, 2]), ShapeError, "sample_weight has 2"),
    "no samples": (fit(X[:0], Y[:0]), ShapeError, r"fit: x has shape \(0, 2\).*no samples"),
    "nothing to predict": (lambda: network().predict([]), ShapeError, "predict: x.*no samples"),
    "one-hot targets": (fit(y=np.eye(4)), ShapeError, r"y_true has shape \(4, 4\) .*number of uni"),
    "validation counts": (
        fit(validation_data=(X, Y[:2])), ShapeError, "fit: validation_data: x has 4 samples",
    ),
    "narrow": (predict(X[:, :1]), ShapeError, r"length 2, and the input has shape \(4, 1\)"),
    "one number to predict": (predict(3), ShapeError, "predict: x is the single number 3"),
    "text to predict": (predict("abc"), DtypeError, "predict: x: .*with 'abc' in it"),
    "nothing": (predict(None), ValueError, "predict: x is missing"),
    "no units": (lambda: Dense(0), ValueError, "Dense: units=0 has to be a positive integer"),
    "fewer than none": (lambda: Dense(-1), ValueError, "units=-1"),
    "units as text": (lambda: Dense("32"), ValueError, "units='32'"),
    "half a unit": (lambda: Dense(2.5), ValueError, "units=2.5"),
    "a unit of truth": (lambda: Dense(True), ValueError, "units=True"),
    "activation": (
        lambda: Dense(1, activation="rellu"), ValueError, "'rellu'. Did you mean 'relu'",
    ),
    "a number as activation": (lambda: Dense(2, 3), ValueError, "activation function 3 of type in"),
    "shape as a number": (
        lambda: Dense(1, input_shape=3), ValueError, r"such as input_shape=\(3,\)",
    ),
    "a vector for a layer": (lambda: Dense(1)(X[0]), ShapeError, r"give \[\[...\]\]"),
    "a class of layers": (lambda: Sequential([Dense]), ValueError, r"Add an object, Dense\(1\)"),
    "a layer, no list": (lambda: Sequential(Dense(1)), TypeError, r"Sequential\(\[Dense\(1\)\]\)"),
    "text as a layer": (lambda: Sequential(["dense"]), ValueError, "'dense' of type str is no lay"),
    "lr": (lambda: SGD(lr=0.1), ValueError, "lr is called learning_rate"),
    "rate as text": (lambda: SGD("0.1"), ValueError, "learning_rate='0.1' has to be a number"),
    "rate below 0": (lambda: SGD(-0.1), ValueError, "learning_rate=-0.1"),
    # kinds of data
    "no y": (lambda: network().fit(X), ValueError, "fit: y is missing"),
    "no x": (lambda: network().fit(y=Y), ValueError, "fit: x is missing"),
    "text": (fit(X.astype(str)), DtypeError, "fit: x: numbers are needed.*Encode text"),
    "labels": (fit(y=["no", "yes", "yes", "no"]), DtypeError, "fit: y: .*'no'.* such as 0 and 1"),
    "objects": (fit(X.astype(object)), DtypeError, "fit: x: .*dtype object.*astype"),
    "ragged": (fit([[0, 1], [1]]), DtypeError, "fit: x: the nested lists have unequal lengths"),
    "complex": (fit(X * 1j), DtypeError, "fit: x: real numbers"),
    "NaN": (fit(NAN * X), ValueError, r"fit: x has nan .*x\[2, 0\].*nan_to_num"),
    "NaN targets": (fit(y=NAN), ValueError, r"y has nan .*y\[2, 0\]"),
    "a number among text": (
        fit([[0, "a"], [1, "b"]], [0, 1]), DtypeError, "fit: x: .*with '0' in it. Encode text",
    ),
    "one column of text": (
        fit(np.array([[0.0, "low"], [1.0, "high"]], object), [0, 1]), DtypeError,
        "dtype object, with 'low' in it. Encode text",
    ),
    "numbers as objects": (fit(X.astype(object)), DtypeError, r"Convert it, as with x\.astype"),
    "dates": (fit(np.array(["2020-01-01"] * 4, "datetime64[D]")), DtypeError, "datetime64"),
    "missing labels": (fit(y=[None] * 4), DtypeError, "dtype object, with None in it"),
    "a dict": (fit({"x": X}), ShapeError, "one array, and was called on a dict of 1"),
    "two inputs": (
        lambda: network()([X, X]), ShapeError, "one array, and .* a list of 2.*keras.Model",
    ),
    # generators
    "a generator function": (fit(batches, None), TypeError, r"Call it: batches\(\)"),
    "y beside a generator": (fit(iter([])), ValueError, "x yields batches, so y has to be"),
    "split of a generator": (
        fit(iter([]), None, validation_split=0.2), ValueError, "validation_split cannot part it",
    ),
    "class weights of a generator": (
        fit(iter([]), None, class_weight={0: 1.0}), ValueError, "class_weight has to be yielded",
    ),
    "tuples of a generator": (
        lambda: network().fit(iter([(X, Y, None, None)])), ValueError, "a tuple of 4",
    ),
    # labels and losses
    "numbers for one-hot rows": (
        classes(3, "categorical_crossentropy", [0, 1, 2, 0]), ShapeError,
        r"use loss='sparse_categorical_crossentropy'.*to_categorical\(y, 3\)",
    ),
    "one-hot rows for numbers": (
        classes(3, "sparse_categorical_crossentropy", np.eye(4)[:, :3]), ShapeError,
        "use loss='categorical_crossentropy'",
    ),
    "classes from 1": (
        classes(3, "sparse_categorical_crossentropy", [1, 2, 3, 1]), ValueError,
        "class numbers from 1 to 3, and y_pred has 3 classes, 0 to 2",
    ),
    "classes below 0": (
        classes(3, "sparse_categorical_crossentropy", [-1, 2, 0, 1]), ValueError, "from -1 to 2",
    ),
    "half a class": (
        classes(3, "sparse_categorical_crossentropy", [0.5, 1, 2, 0]), DtypeError,
        "has to hold class numbers",
    ),
    "one unit for classes": (
        classes(1, "sparse_categorical_crossentropy", [0, 1, 1, 0]), ValueError,
        "For 0 and 1, one unit with loss='binary_crossentropy' does",
    ),
    "one unit for one-hot rows": (
        classes(1, "categorical_crossentropy", [0, 1, 1, 0]), ShapeError,
        "one unit tells no classes apart",
    ),
    "yes or no of three": (
        classes(1, "binary_crossentropy", [0, 1, 2, 0]), ValueError, "numbers from 0 to 2, and the",
    ),
    "yes or no of -1": (
        classes(1, "binary_crossentropy", [-1, 1, 1, -1]), ValueError, "from -1 to 1",
    ),
    "names of classes": (
        classes(3, "sparse_categorical_crossentropy", list("abca")), DtypeError,
        "with 'a' in it. Encode text",
    ),
    "infinity": (fit([[0, np.inf]] * 4), ValueError, r"x has inf .*x\[0, 1\]"),
    # arguments
    "epochs": (fit(epochs=-1), ValueError, "fit: epochs=-1 has to be an integer from 0 up"),
    "half an epoch": (fit(epochs=1.5), ValueError, "epochs=1.5"),
    "batch size": (fit(batch_size=0), ValueError, "batch_size=0 has to be an integer from 1 up"),
    "verbose": (fit(verbose=7), ValueError, "verbose=7 is none of 'auto', 0, 1 and 2"),
    "verbose as text": (fit(verbose="2"), ValueError, "verbose='2'"),
    "verbose as list": (fit(verbose=[1]), ValueError, r"verbose=\[1\]"),
    "callbacks": (fit(callbacks=3), TypeError, "3 of type int is no Callback"),
    "a class": (fit(callbacks=[History]), TypeError, r"Give an object, History\(\)"),
    "split as text": (fit(validation_split="0.2"), ValueError, "validation_split='0.2'.*between"),
    "class weights": (fit(class_weight=[1, 2]), ValueError, r"class_weight=.*has to be a dict"),
    "class weights by name": (fit(class_weight={"cat": 2}), ValueError, "from class numbers"),
    "initial epoch": (fit(initial_epoch="a"), ValueError, "initial_epoch='a'"),
    "no steps": (fit(steps_per_epoch=0), ValueError, "steps_per_epoch=0 has to be"),
    "split": (fit(validation_split=2), ValueError, "validation_split=2 of 4 samples"),
    "all held out": (fit(validation_split=0.99), ValueError, "leaves none to train on"),
    "validation": (fit(validation_data=X), ValueError, r"tuple \(x, y\).* type ndarray"),
    "validation, 1": (fit(validation_data=(X,)), ValueError, "tuple with 1 parts"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name: str, capsys: Any) -> None:
    call, error, message = MISTAKES[name]
    with pytest.raises(error, match=message):
        call()
    assert "loss" not in capsys.readouterr().out, "no epoch was reported"


CHANGES = [
    "too wide", "counts", "one-hot targets", "labels", "NaN", "epochs", "verbose", "callbacks",
    "validation counts", "split as text", "class weights", "initial epoch", "no steps", "a dict",
    "a number among text", "missing labels", "a generator function", "tuples of a generator",
    "validation", "no y", "infinity", "batch size", "a class",
]  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_mistakes_leave_the_model_as_it_was(name: str, monkeypatch: Any) -> None:
    model = network()
    before = model.get_weights()
    monkeypatch.setitem(globals(), "network", lambda: model)
    call, error, _ = MISTAKES[name]
    with pytest.raises(error):
        call()
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(model.optimizer.iterations) == 0
    assert len(model.fit(X, Y, verbose=0).history["loss"]) == 1


def test_a_failed_compile_keeps_the_last_one() -> None:
    model = network()
    kept = model.optimizer
    with pytest.raises(ValueError, match="Unknown loss"):
        model.compile("rmsprop", "msee")
    assert model.optimizer is kept
    assert model.loss == "mse"


@pytest.mark.parametrize(("kind", "builtin"), [(ShapeError, ValueError), (DtypeError, TypeError)])
def test_exceptions_belong_to_the_package_and_to_python(kind: Any, builtin: Any) -> None:
    assert issubclass(kind, builtin)
    assert issubclass(kind, GatesError)

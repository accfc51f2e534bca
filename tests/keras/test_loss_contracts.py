"""What holds for every loss: gradients, reductions, weights, masks and configurations."""

from __future__ import annotations

import itertools
import json
import pickle
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value
from tinygrad_gates.errors import DtypeError, ShapeError
from tinygrad_gates.keras import losses, masking
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import Loss
from tinygrad_gates.keras.models import Sequential

CLASSES = [
    entry
    for entry in Loss.registry
    if isinstance(entry, type)
    and entry.__module__.startswith("tinygrad_gates")
    and entry.__name__ in losses.__all__
]
CASES = [
    pytest.param(cls, number, id=f"{cls.__name__}-{number}")
    for cls in CLASSES
    for number in range(len(cls.examples))
]
ONE_NUMBER = {"Dice", "Tversky"}
"""Losses of a whole batch, unless axes are given."""
DEPENDENT = {"Circle"}
"""The loss of a sample depends on the others in its batch."""


def made(cls: Any, number: int, **options: Any) -> Any:
    return cls(**{**cls.examples[number].arguments, **options})


def drawn(cls: Any, number: int, dtype: Any = np.float64) -> list[Any]:
    rng = np.random.default_rng(number)
    return [draw.array(rng, dtype) for draw in cls.examples[number].inputs]


@pytest.mark.parametrize("cls", CLASSES)
def test_every_class_is_documented_and_has_examples_and_a_function(cls: Any) -> None:
    assert cls.examples
    assert cls.__doc__
    assert cls.function.__name__ in losses.__all__
    assert losses.get(cls.function.__name__) is cls.function
    assert type(losses.get(cls.__name__)) is cls


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_gradients_agree_with_finite_differences(cls: Any, number: int) -> None:
    y_true, y_pred = drawn(cls, number)
    for reduction in ("sum_over_batch_size", "none"):
        loss = made(cls, number, reduction=reduction)
        tf.assert_gradients(lambda p, loss=loss: loss(y_true, p), y_pred)


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_reductions_and_weights(cls: Any, number: int) -> None:
    y_true, y_pred = drawn(cls, number)
    each = made(cls, number, reduction="none")(y_true, y_pred).numpy()
    counting = masking.get_mask(made(cls, number).call(y_true, y_pred))
    if counting is None:
        counting = np.ones(each.shape, bool)
    assert made(cls, number, reduction="sum")(y_true, y_pred).item() == pytest.approx(each.sum())
    mean = each.sum() / counting.sum()
    for reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight"):
        loss = made(cls, number, reduction=reduction)
        assert loss(y_true, y_pred).item() == pytest.approx(mean)
    if each.ndim and cls.__name__ not in DEPENDENT:
        weight = np.arange(len(each), dtype=float)
        aligned = weight.reshape(-1, *(1,) * (each.ndim - 1)) * np.ones(each.shape)
        loss = made(cls, number, reduction="sum")
        assert loss(y_true, y_pred, weight).item() == pytest.approx((each * aligned).sum())
        loss = made(cls, number, reduction="mean_with_sample_weight")
        if counting.all() and each.ndim == 1:
            expected = (each * weight).sum() / weight.sum()
            assert loss(y_true, y_pred, weight).item() == pytest.approx(expected)


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_float32_stays_and_follows_float64(cls: Any, number: int) -> None:
    loss = made(cls, number)
    y_true, y_pred = drawn(cls, number)
    single = loss(np.float32(y_true) if y_true.dtype.kind == "f" else y_true, np.float32(y_pred))
    assert single.dtype == np.float32
    double = loss(y_true, Value(y_pred))
    assert double.dtype == np.float64
    np.testing.assert_allclose(single.numpy(), double.numpy(), rtol=2e-5, atol=2e-6)
    cast = made(cls, number, dtype="float64")(y_true, np.float32(y_pred))
    assert cast.dtype == np.float64


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_a_configuration_makes_an_equal_loss(cls: Any, number: int) -> None:
    loss = made(cls, number, name="mine")
    data = drawn(cls, number)
    plain = json.loads(json.dumps(losses.serialize(loss)))
    for again in (
        losses.deserialize(plain),
        cls.from_config(loss.get_config()),
        pickle.loads(pickle.dumps(loss)),
    ):
        assert type(again) is cls
        assert again.get_config() == loss.get_config()
        np.testing.assert_array_equal(again(*data).numpy(), loss(*data).numpy())


@pytest.mark.parametrize("cls", CLASSES)
def test_samples_are_matched_one_to_one(cls: Any) -> None:
    y_true, y_pred = drawn(cls, 0)
    with pytest.raises(ShapeError):
        made(cls, 0)(y_true[:-1], y_pred)
    with pytest.raises(DtypeError, match=r"numbers are needed.*'a'"):
        made(cls, 0)(np.full(y_true.shape, "a"), y_pred)


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls.__name__ not in ONE_NUMBER])
def test_what_is_masked_does_not_count(cls: Any) -> None:
    y_true, y_pred = drawn(cls, 0)
    if cls.__name__ in DEPENDENT:
        return  # masked vectors are still compared with
    counts = np.array([True, True, False, True])
    value = Value(y_pred)
    masking.set_mask(value, counts)
    each = made(cls, 0, reduction="none")(y_true, y_pred).numpy()
    assert made(cls, 0)(y_true, value).item() == pytest.approx(each[counts].mean())
    summed = made(cls, 0, reduction="sum")
    assert summed(y_true, value).item() == pytest.approx(each[counts].sum())
    weight = np.array([1.0, 2.0, 3.0, 4.0])
    assert summed(y_true, value, weight).item() == pytest.approx((each * weight)[counts].sum())


EXTREMES = ["binary_crossentropy", "categorical_crossentropy", "binary_focal_crossentropy",
            "categorical_focal_crossentropy"]  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("from_logits", [False, True])
def test_certain_predictions_give_finite_losses_and_gradients(name: str, from_logits: bool) -> None:
    function = losses.get(name)
    low, high = (-1000.0, 1000.0) if from_logits else (0.0, 1.0)
    for right in ([0.0, 1.0], [1.0, 0.0]):
        predictions = Value(np.array([[low, high]], np.float32))
        loss = function([right], predictions, from_logits=from_logits).sum()
        loss.backward()
        assert np.isfinite(loss.item())
        assert np.isfinite(predictions.grad).all()


def collapsed(classes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(c for c, before in zip(classes, (0, *classes), strict=False) if c and c != before)


@pytest.mark.parametrize(
    "labels", [(), (1,), (2, 1), (1, 1), (1, 2, 1), (2, 2, 1), (1, 1, 1), (1, 2, 1, 2)]
)
def test_rows_of_labels_have_the_chances_of_all_their_alignments(labels: tuple[int, ...]) -> None:
    logits = np.random.default_rng(len(labels)).normal(size=(5, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    chance = sum(
        np.prod(p[range(5), classes])
        for classes in itertools.product(range(3), repeat=5)
        if collapsed(classes) == labels
    )
    row = [*labels, *[0] * (5 - len(labels))]
    assert losses.ctc([row], Value([logits])).item() == pytest.approx(-np.log(chance))
    tf.assert_gradients(lambda x: losses.ctc([row], x), logits[None])


def test_labels_without_enough_steps_cannot_be() -> None:
    value = Value(np.zeros((2, 2, 3)))
    loss = losses.CTC(reduction="none")([[1, 1], [1, 2]], value)
    loss.sum().backward()
    assert loss.numpy().tolist() == [np.inf, pytest.approx(2 * np.log(3))]
    assert not value.grad[0].any()
    assert np.isfinite(value.grad).all()


def test_large_errors_do_not_overflow() -> None:
    assert losses.log_cosh([[0.0]], [[1e30]]).item() == pytest.approx(1e30)
    assert losses.huber([[0.0]], [[1e30]]).item() == pytest.approx(1e30)


def test_class_numbers_and_one_hot_rows_mean_the_same() -> None:
    predictions = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
    sparse = losses.sparse_categorical_crossentropy([1, 0], predictions)
    rows = losses.categorical_crossentropy([[0, 1, 0], [1, 0, 0]], predictions)
    np.testing.assert_array_equal(sparse.numpy(), rows.numpy())


@pytest.mark.parametrize(
    ("labels", "units", "function"),
    [
        (np.array([0, 1, 1, 0]), 1, "binary_crossentropy"),
        (np.array([0, 1, 2, 0]), 3, "sparse_categorical_crossentropy"),
        (np.eye(3)[[0, 1, 2, 0]], 3, "categorical_crossentropy"),
    ],
)
def test_crossentropy_is_chosen_by_shapes(labels: Any, units: int, function: str) -> None:
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    results = []
    for name in ("crossentropy", function):
        tf.random.set_seed(3)
        model = Sequential([Dense(units, "sigmoid" if units == 1 else "softmax")])
        model.compile("sgd", name)
        results.append(model.fit(x, labels, epochs=3, verbose=0).history["loss"])
    assert results[0] == results[1]


X = np.zeros((4, 2))
MISTAKES: dict[str, tuple[str, Any, int, str]] = {
    "class numbers for one-hot rows": (
        "categorical_crossentropy", np.array([0, 1, 2, 0]), 3,
        r"sparse_categorical_crossentropy.*to_categorical\(y, 3\)",
    ),
    "a column of class numbers": (
        "categorical_crossentropy", np.array([[0], [1], [2], [0]]), 3,
        "sparse_categorical_crossentropy",
    ),
    "one-hot rows for class numbers": (
        "sparse_categorical_crossentropy", np.eye(3)[[0, 1, 2, 0]], 3,
        "loss='categorical_crossentropy'",
    ),
    "too many classes": (
        "sparse_categorical_crossentropy", np.array([0, 1, 5, 0]), 3,
        r"class numbers from 0 to 5.*3 classes.*units",
    ),
    "negative classes": (
        "sparse_categorical_crossentropy", np.array([0, -1, 1, 0]), 3, "from -1 to 1",
    ),
    "a share of a class": (
        "sparse_categorical_crossentropy", np.array([0, 0.5, 1, 0]), 3, "class numbers",
    ),
    "signs for probabilities": (
        "binary_crossentropy", np.array([-1, 1, 1, -1]), 1, "from -1 to 1.*0 or 1",
    ),
    "counts for one-hot rows": (
        "categorical_crossentropy", 5 * np.eye(3)[[0, 1, 2, 0]], 3, "from 0 to 5.*one-hot",
    ),
    "text": ("binary_crossentropy", np.array(["no", "yes", "yes", "no"]), 1, "'no'.*numbers"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_labels_of_the_wrong_kind_are_told(name: str) -> None:
    loss, labels, units, message = MISTAKES[name]
    model = Sequential([Dense(units, "sigmoid", input_shape=(2,))])
    model.compile("sgd", loss)
    before = model.get_weights()
    for call in (model.fit, model.evaluate):
        with pytest.raises((ValueError, TypeError), match=message):
            call(X, labels, verbose=0)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


WRONG: dict[str, tuple[Any, str]] = {
    "smoothing": (lambda: losses.BinaryCrossentropy(label_smoothing=2), "label_smoothing=2"),
    "gamma": (lambda: losses.BinaryFocalCrossentropy(gamma=-1), "gamma=-1 .*from 0 up"),
    "delta": (lambda: losses.Huber(delta=-1), "delta=-1"),
    "labels": (lambda: losses.ctc([1], np.zeros((1, 2, 3))), r"ctc: y_true has shape \(1,\)"),
    "no steps": (lambda: losses.ctc([[1]], np.zeros((1, 0, 3))), r"y_pred \(1, 0, 3\)"),
    "unknown label": (lambda: losses.ctc([[3]], np.zeros((1, 2, 3))), "ctc: .* 3 classes"),
    "q": (lambda: losses.CategoricalGeneralizedCrossEntropy(q=1), "q=1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_are_refused(name: str) -> None:
    call, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        call()

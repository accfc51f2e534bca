"""Metrics of thresholded predictions against counting by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import metrics

RNG = np.random.default_rng(0)
TRUE = RNG.integers(0, 2, 50)
PRED = RNG.uniform(size=50).astype(np.float32)
WEIGHT = RNG.uniform(0.5, 2, 50)
THRESHOLDS = [0.7, 0.1, 0.5]


def counts(threshold: float, weight: Any = WEIGHT) -> dict[str, float]:
    """Return the weighted counts, one prediction at a time."""
    found = dict.fromkeys(("tp", "fp", "tn", "fn"), 0.0)
    for true, pred, by in zip(TRUE, PRED, weight, strict=True):
        positive = pred > np.float32(threshold)
        found[("t" if positive == bool(true) else "f") + ("p" if positive else "n")] += by
    return found


@pytest.mark.parametrize(
    ("cls", "formula"),
    [
        (metrics.TruePositives, lambda c: c["tp"]),
        (metrics.FalsePositives, lambda c: c["fp"]),
        (metrics.TrueNegatives, lambda c: c["tn"]),
        (metrics.FalseNegatives, lambda c: c["fn"]),
        (metrics.Precision, lambda c: c["tp"] / (c["tp"] + c["fp"])),
        (metrics.Recall, lambda c: c["tp"] / (c["tp"] + c["fn"])),
    ],
)
def test_counts_at_thresholds(cls: Any, formula: Any) -> None:
    each = [formula(counts(t)) for t in THRESHOLDS]
    np.testing.assert_allclose(cls(THRESHOLDS)(TRUE, PRED, WEIGHT), each, rtol=1e-12)
    assert cls()(TRUE, PRED, WEIGHT) == pytest.approx(formula(counts(0.5)), rel=1e-12)
    assert cls()([1], [[0.5]]) == (cls is metrics.FalseNegatives), "0.5 does not exceed 0.5"


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0, -1.0, float("nan")]), min_size=1))
def test_every_prediction_is_counted_once(values: list[float]) -> None:
    thresholds = [0.0, 0.25, 0.5, 0.75, 1.0]
    made = (
        metrics.TruePositives, metrics.FalsePositives,
        metrics.TrueNegatives, metrics.FalseNegatives,
    )  # fmt: skip
    y_true = np.arange(len(values)) % 2
    tp, fp, tn, fn = (cls(thresholds)(y_true, values) for cls in made)
    np.testing.assert_array_equal(tp + fn, y_true.sum())
    np.testing.assert_array_equal(fp + tn, len(values) - y_true.sum())
    with np.errstate(invalid="ignore"):
        exceed = np.clip(values, 0, 1)[:, None] > thresholds
    np.testing.assert_array_equal(tp + fp, exceed.sum(axis=0))


def test_top_k_and_a_class() -> None:
    y_true = [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    y_pred = [[0.1, 0.3, 0.2], [0.2, 0.1, 0.0], [0.3, 0.9, 0.4]]
    assert metrics.Precision(top_k=1)(y_true, y_pred) == pytest.approx(2 / 3)
    assert metrics.Recall(top_k=2)(y_true, y_pred) == 1.0
    assert metrics.Precision(top_k=2, class_id=1)(y_true, y_pred) == pytest.approx(1 / 3)
    assert metrics.Recall(class_id=2, thresholds=0.3)(y_true, y_pred) == 1.0
    assert metrics.Precision(class_id=-1, thresholds=0.5)(y_true, y_pred) == 0.0


def area_by_ranks(true: Any, pred: Any, weight: Any) -> float:
    """Return how often a positive target's prediction is the larger: the area under the ROC."""
    positive, negative = true == 1, true == 0
    wins = (pred[positive][:, None] > pred[negative]) + 0.5 * (
        pred[positive][:, None] == pred[negative]
    )
    pairs = weight[positive][:, None] * weight[negative]
    return float((wins * pairs).sum() / pairs.sum())


@pytest.mark.parametrize("weight", [np.ones(50), WEIGHT])
def test_the_area_under_the_roc_is_the_share_of_ordered_pairs(weight: Any) -> None:
    between = np.sort(PRED)[:-1] + np.diff(np.sort(PRED)) / 2
    exact = area_by_ranks(TRUE, PRED, weight)
    assert metrics.AUC(thresholds=between)(TRUE, PRED, weight) == pytest.approx(exact, rel=1e-12)
    assert metrics.AUC(2000)(TRUE, PRED, weight) == pytest.approx(exact, abs=2e-3)


def test_labels_have_areas_of_their_own() -> None:
    y_true, y_pred = RNG.integers(0, 2, (60, 3)), RNG.normal(size=(60, 3))
    ones, own = np.ones(60), [2.0, 1.0, 0.5]
    ranks = 1 / (1 + np.exp(-y_pred))
    areas = [area_by_ranks(y_true[:, i], ranks[:, i], ones) for i in range(3)]
    for weights in (None, own):
        metric = metrics.AUC(2000, multi_label=True, label_weights=weights, from_logits=True)
        expected = np.average(areas, weights=weights)
        assert metric(y_true, y_pred) == pytest.approx(expected, abs=2e-3)
        assert metric.variables[0].shape == (2000, 3)
    one = metrics.AUC(2000, multi_label=True)
    assert one(y_true[:, :1], ranks[:, :1]) == pytest.approx(areas[0], abs=2e-3)
    assert one.variables[0].shape == (2000, 1)


@pytest.mark.parametrize("curve", ["ROC", "PR", "PRGAIN"])
def test_areas_from_below_and_above_enclose_the_interpolated(curve: str) -> None:
    low, middle, high = (
        metrics.AUC(10, curve, method)(TRUE, PRED)
        for method in ("minoring", "interpolation", "majoring")
    )
    assert low < middle < high


def test_negative_weights_have_no_area_under_precision() -> None:
    y_true, y_pred = [0, 1, 0, 1], [0.0, 0.5, 0.3, 0.9]
    area = metrics.AUC(curve="PR", num_thresholds=3)
    assert area(y_true, y_pred, [-1, -2, -3, -4]) == 0


def test_a_perfect_order_has_area_1() -> None:
    for curve in ("roc", "pr"):
        assert metrics.AUC(curve=curve)([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]) == pytest.approx(1)
    assert metrics.AUC()([0, 0, 1, 1], [0.9, 0.8, 0.2, 0.1]) == 0.0


@pytest.mark.parametrize(
    ("cls", "wanted", "given"),
    [
        (metrics.SensitivityAtSpecificity, ("tp", "fn"), ("tn", "fp")),
        (metrics.SpecificityAtSensitivity, ("tn", "fp"), ("tp", "fn")),
        (metrics.PrecisionAtRecall, ("tp", "fp"), ("tp", "fn")),
        (metrics.RecallAtPrecision, ("tp", "fn"), ("tp", "fp")),
    ],
)
@pytest.mark.parametrize("least", [0.0, 0.3, 0.6, 1.0])
def test_the_best_of_one_rate_with_enough_of_another(
    cls: Any, wanted: tuple[str, str], given: tuple[str, str], least: float
) -> None:
    best = 0.0
    for i in range(21):
        found = counts(i / 20)
        rates = [found[a] / max(found[a] + found[b], 1e-9) for a, b in (wanted, given)]
        if rates[1] >= least:
            best = max(best, rates[0])
    assert cls(least, num_thresholds=21)(TRUE, PRED, WEIGHT) == pytest.approx(best, rel=1e-9)


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "threshold": (lambda: metrics.Precision(1.5), ValueError, r"Precision: thresholds=1.5.*0 to 1"),
    "one of": (lambda: metrics.TruePositives([0.5, -1]), ValueError, "-1 is not"),
    "no thresholds": (lambda: metrics.Recall([]), ValueError, "one at least"),
    "none": (lambda: metrics.Recall([None]), ValueError, "None is not"),
    "nan": (lambda: metrics.Recall(float("nan")), ValueError, "nan is not"),
    "of an area": (lambda: metrics.AUC(thresholds=[2.0]), ValueError, "AUC: thresholds"),
    "number": (lambda: metrics.AUC(1), ValueError, "num_thresholds=1 has to be 2"),
    "curve": (lambda: metrics.AUC(curve="RO"), ValueError, "curve='RO' is none of"),
    "method": (lambda: metrics.AUC(summation_method="x"), ValueError, "summation_method='x'"),
    "labels": (lambda: metrics.AUC(num_labels=2), ValueError, "needs multi_label=True"),
    "flat labels": (
        lambda: metrics.AUC(multi_label=True)(TRUE, PRED), ShapeError, r"\(samples, labels\)",
    ),
    "label weights": (
        lambda: metrics.AUC(multi_label=True, num_labels=2, label_weights=[1.0]), ShapeError,
        r"label_weights have shape \(1,\), and there are 2",
    ),
    "weights along": (
        lambda: metrics.AUC(label_weights=[1.0, 2.0])(TRUE, PRED), ShapeError, "last axis",
    ),
    "top k": (lambda: metrics.Precision(top_k=0), ValueError, "k=0 has to be a positive"),
    "too few": (
        lambda: metrics.Precision(top_k=3)([[0, 1]], [[0.1, 0.2]]), ValueError, "top_k=3 needs",
    ),
    "class": (
        lambda: metrics.Recall(class_id=2)([[0, 1]], [[0.1, 0.2]]), ValueError, "are 2 classes",
    ),
    "no classes": (lambda: metrics.Recall(class_id=0)([1], [0.2]), ShapeError, "class_id=0 needs"),
    "rate": (
        lambda: metrics.PrecisionAtRecall(1.5), ValueError, "PrecisionAtRecall: recall=1.5",
    ),
    "none tried": (
        lambda: metrics.RecallAtPrecision(0.5, 0), ValueError, "num_thresholds=0",
    ),
    "shapes": (lambda: metrics.AUC()([1, 0], [0.5]), ShapeError, "auc.*y_true has shape"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()


def test_labels_stay_the_same() -> None:
    metric = metrics.AUC(multi_label=True)
    metric.update_state([[0, 1]], [[0.1, 0.2]])
    with pytest.raises(ShapeError, match="the same labels in every batch"):
        metric.update_state([[0, 1, 0]], [[0.1, 0.2, 0.3]])

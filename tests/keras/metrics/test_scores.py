"""F-scores, R2, intersection over union and correlations against their definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import metrics

RNG = np.random.default_rng(1)
CLASSES = RNG.integers(0, 3, 40)
ONE_HOT = np.eye(3)[CLASSES]
SCORES = RNG.uniform(size=(40, 3))
CHOSEN = SCORES.argmax(axis=1)
WEIGHT = RNG.uniform(0.5, 2, 40)


def f_scores(beta: float, weight: Any) -> tuple[list[float], list[float]]:
    """Return each class's score and weight of targets, by precision and recall."""
    scores, support = [], []
    for i in range(3):
        tp = weight[(i == CLASSES) & (i == CHOSEN)].sum()
        precision, recall = tp / weight[i == CHOSEN].sum(), tp / weight[i == CLASSES].sum()
        scores.append((1 + beta**2) * precision * recall / (beta**2 * precision + recall))
        support.append(weight[i == CLASSES].sum())
    return scores, support


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("weight", [np.ones(40), WEIGHT])
def test_f_scores(beta: float, weight: Any) -> None:
    scores, support = f_scores(beta, weight)
    expected = {
        None: scores,
        "macro": np.mean(scores),
        "weighted": np.average(scores, weights=support),
        "micro": weight[CLASSES == CHOSEN].sum() / weight.sum(),  # one class is chosen a sample
    }
    for average, value in expected.items():
        metric = metrics.FBetaScore(average, beta)
        np.testing.assert_allclose(metric(ONE_HOT, SCORES, weight), value, rtol=1e-12)
    if beta == 1.0:
        np.testing.assert_allclose(metrics.F1Score()(ONE_HOT, SCORES, weight), scores, rtol=1e-12)


def test_f_score_edges() -> None:
    assert metrics.F1Score("micro")([[1, 0]], [[0.0, 0.0]]) == 0.0, "nothing is chosen"
    np.testing.assert_array_equal(metrics.F1Score()([[1, 0]], [[0.9, 0.1]]), [1.0, 0.0])
    assert metrics.F1Score("macro", 0.5)([[1, 1]], [[0.9, 0.6]]) == 1.0


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_r2(offset: float) -> None:
    y_true = RNG.normal(size=(40, 2)) * [1, 3] + offset
    y_pred = y_true + RNG.normal(size=(40, 2))
    mean = np.average(y_true, axis=0, weights=WEIGHT)
    residual = WEIGHT @ (y_true - y_pred) ** 2
    total = WEIGHT @ (y_true - mean) ** 2
    each = 1 - residual / total
    for aggregation, expected in [
        (None, each),
        ("uniform_average", each.mean()),
        ("variance_weighted_average", 1 - residual.sum() / total.sum()),
    ]:
        metric = metrics.R2Score(aggregation, dtype="float64")
        for part in np.split(np.arange(40), [7, 20]):
            metric.update_state(y_true[part], y_pred[part], WEIGHT[part])
        np.testing.assert_allclose(metric.result(), expected, rtol=1e-9)


def test_r2_is_adjusted_for_regressors() -> None:
    y_true, y_pred = [[1.0], [4.0], [3.0], [2.0]], [[2.0], [4.0], [4.0], [2.0]]
    plain = metrics.R2Score()(y_true, y_pred)
    assert plain == pytest.approx(1 - 2 / 5)
    assert metrics.R2Score(num_regressors=1)(y_true, y_pred) == pytest.approx(1 - 0.4 * 3 / 2)
    for number in (3, 4):
        with pytest.warns(UserWarning, match=rf"r2_score: 4 numbers are too few.* {number} regr"):
            assert metrics.R2Score(num_regressors=number)(y_true, y_pred) == plain


def test_r2_of_equal_targets() -> None:
    assert metrics.R2Score()([[1.0], [1.0]], [[1.0], [2.0]]) == 0.0
    assert np.isnan(metrics.R2Score()([[1.0], [1.0]], [[1.0], [1.0]]))
    for y_pred in ([[1.0], [1.0]], [[1.0], [2.0]]):
        by_variance = metrics.R2Score("variance_weighted_average")
        assert np.isnan(by_variance([[1.0], [1.0]], y_pred))


def test_intersection_over_union() -> None:
    each = []
    for i in range(3):
        both = WEIGHT[(i == CLASSES) & (i == CHOSEN)].sum()
        each.append(both / WEIGHT[(i == CLASSES) | (i == CHOSEN)].sum())
    floats: dict[str, Any] = {"dtype": "float32"}
    made = {
        metrics.IoU(3, [0, 2], **floats): (CLASSES, CHOSEN, np.mean([each[0], each[2]])),
        metrics.MeanIoU(3, **floats): (CLASSES, CHOSEN, np.mean(each)),
        metrics.OneHotIoU(3, [1], **floats): (ONE_HOT, SCORES, each[1]),
        metrics.OneHotMeanIoU(3, **floats): (ONE_HOT, SCORES, np.mean(each)),
        metrics.MeanIoU(5, **floats): (CLASSES, CHOSEN, np.mean(each)),
        metrics.OneHotMeanIoU(3, axis=0, **floats): (ONE_HOT.T, SCORES.T, np.mean(each)),
    }
    for metric, (y_true, y_pred, expected) in made.items():
        weight = WEIGHT if y_true.shape[0] == 40 else np.float64(1)
        if weight is WEIGHT:
            assert metric(y_true, y_pred, weight) == pytest.approx(expected, rel=1e-12)
        else:
            unweighted = metrics.MeanIoU(3)(CLASSES, CHOSEN)
            assert metric(y_true, y_pred) == pytest.approx(unweighted, rel=1e-12)


def test_two_classes_by_a_threshold() -> None:
    assert metrics.BinaryIoU([1], 0.5)([[0, 1], [1, 0]], [[0.1, 0.5], [0.4, 0.9]]) == 1 / 3
    assert metrics.BinaryIoU([0, 1], 0.5)([0, 1], [0.2, 0.8]) == 1.0


def test_classes_that_do_not_count() -> None:
    y_true, y_pred = [0, 1, 255, 1, 7], [0, 1, 1, 0, 0]
    assert metrics.MeanIoU(2, ignore_class=255)(y_true, y_pred) == 0.5
    assert metrics.MeanIoU(2, ignore_class=0)(y_true, y_pred) == pytest.approx((0 + 0.5) / 2)
    assert metrics.MeanIoU(2)([-1], [0]) == 0.0


def test_correlations() -> None:
    y_true, y_pred = RNG.normal(size=(6, 9)), RNG.normal(size=(6, 9))
    pearson = [np.corrcoef(a, b)[0, 1] for a, b in zip(y_true, y_pred, strict=True)]
    concordance = [
        2 * np.cov(a, b, ddof=0)[0, 1] / (a.var() + b.var() + (a.mean() - b.mean()) ** 2)
        for a, b in zip(y_true, y_pred, strict=True)
    ]
    for metric, expected in [
        (metrics.PearsonCorrelation(dtype="float64"), np.mean(pearson)),
        (metrics.ConcordanceCorrelation(dtype="float64"), np.mean(concordance)),
    ]:
        assert metric(y_true, y_pred) == pytest.approx(expected, rel=1e-6)
    assert metrics.concordance_correlation([[1.0, 1.0]], [[1.0, 1.0]]).item() == 0.0
    assert np.isnan(metrics.pearson_correlation([[1.0, 1.0]], [[1.0, 2.0]]).item())


@pytest.mark.parametrize("function", [metrics.pearson_correlation, metrics.concordance_correlation])
@pytest.mark.parametrize("axis", [0, -1])
def test_correlations_are_differentiable(function: Any, axis: int) -> None:
    y_true, y_pred = RNG.normal(size=(3, 5)), RNG.normal(size=(3, 5))
    tf.assert_gradients(lambda p: function(y_true, p, axis=axis), y_pred, order=2)
    assert function(y_true, y_pred, axis=axis).shape == ((5,) if axis == 0 else (3,))
    assert function(y_true, y_pred).dtype == np.float32


def test_fractions_of_weights_are_cut_off_with_a_warning() -> None:
    cut = metrics.MeanIoU(2)
    with pytest.warns(UserWarning, match="mean_io_u.*dtype='float32'"):
        cut.update_state([0, 1, 1], [0, 1, 0], [1.5, 1.0, 2.0])
    assert cut.result() == metrics.MeanIoU(2)([0, 1, 1], [0, 1, 0], [1, 1, 2])
    assert metrics.MeanIoU(2, dtype="float32")([0, 1, 1], [0, 1, 0], [1.5, 1.0, 2.0]) > cut.result()


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "average": (lambda: metrics.F1Score("mean"), ValueError, "F1Score: average='mean'"),
    "beta": (lambda: metrics.FBetaScore(beta=2), ValueError, "beta=2 has to be a positive float"),
    "no beta": (lambda: metrics.FBetaScore(beta=0.0), ValueError, "beta=0.0"),
    "threshold": (lambda: metrics.F1Score(threshold=1.5), ValueError, "threshold=1.5"),
    "whole": (lambda: metrics.F1Score(threshold=1), ValueError, "threshold=1 has to be a float"),
    "vector": (lambda: metrics.F1Score()([1, 0], [0.2, 0.4]), ShapeError, r"\(samples, classes\)"),
    "sparse": (lambda: metrics.F1Score()([[1]], [[0.2, 0.4]]), ShapeError, r"y_true has.*\(1, 1\)"),
    "aggregation": (lambda: metrics.R2Score("sum"), ValueError, "class_aggregation='sum'"),
    "regressors": (lambda: metrics.R2Score(num_regressors=-1), ValueError, "-1 is negative"),
    "outputs": (lambda: metrics.R2Score()([1.0], [1.0]), ShapeError, r"\(samples, outputs\)"),
    "class": (lambda: metrics.IoU(2, [2]), ValueError, r"IoU: target_class_ids=\[2\].* 0 to 1"),
    "no class": (lambda: metrics.OneHotIoU(2, []), ValueError, "one at least"),
    "one-hot": (
        lambda: metrics.MeanIoU(2)([[0, 1]], [1]), ShapeError, "sparse_y_true=True",
    ),
    "text": (lambda: metrics.MeanIoU(2, dtype="str"), ValueError, "MeanIoU: dtype='str'"),
    "shapes": (
        lambda: metrics.PearsonCorrelation()([[1.0, 2.0]], [[1.0]]), ShapeError, "pearson_corr",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("metric", [metrics.F1Score(), metrics.R2Score()])
def test_the_number_of_classes_stays_the_same(metric: Any) -> None:
    metric.update_state([[0.0, 1.0]], [[0.1, 0.2]])
    with pytest.raises(ShapeError, match=r"2 classes|same outputs"):
        metric.update_state([[0.0, 1.0, 0.0]], [[0.1, 0.2, 0.3]])

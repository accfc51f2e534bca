"""What holds for every metric: any batches, weights, states and configurations."""

from __future__ import annotations

import copy
import json
import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_gates.keras import metrics
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper

CLASSES = [e for e in metrics.Metric.registry if e.__module__.startswith("tinygrad_gates")]
CASES = [
    pytest.param(cls, number, id=f"{cls.__name__}-{number}")
    for cls in CLASSES
    for number in range(len(cls.examples))
]


def made(cls: Any, number: int) -> Any:
    return cls(**cls.examples[number].arguments)


def drawn(cls: Any, number: int) -> tuple[list[Any], Any]:
    """Return targets and predictions, and whole weights for samples."""
    rng = np.random.default_rng(number)
    data = [draw.array(rng, np.float32) for draw in cls.examples[number].inputs]
    return data, rng.integers(0, 4, len(data[0]))


@pytest.mark.parametrize("cls", CLASSES)
def test_every_class_has_examples_and_is_public(cls: Any) -> None:
    assert cls.examples
    assert getattr(metrics, cls.__name__) is cls
    assert cls.__name__ in metrics.__all__


@pytest.mark.parametrize(("cls", "number"), CASES)
@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, 40), max_size=4), weighted=st.booleans())
def test_any_batches_give_what_the_whole_gives(
    cls: Any, number: int, cuts: list[int], weighted: bool
) -> None:
    data, weights = drawn(cls, number)
    whole, parts = made(cls, number), made(cls, number)
    samples = len(weights)
    assert np.all(whole.result() == 0), "before anything was seen"
    whole.update_state(*data, sample_weight=weights if weighted else None)
    ends = [0, *sorted(min(cut, samples) for cut in cuts), samples]
    for start, stop in pairwise(ends):
        batch = [array[start:stop] for array in data]
        weight = weights[start:stop] if weighted else None
        parts.update_state(*batch, sample_weight=weight)
    np.testing.assert_allclose(parts.result(), whole.result(), rtol=1e-12, atol=1e-12)
    parts.reset_state()
    assert np.all(parts.result() == 0)


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_a_whole_weight_counts_a_sample_so_many_times(cls: Any, number: int) -> None:
    data, weights = drawn(cls, number)
    weighted, repeated = made(cls, number), made(cls, number)
    if getattr(weighted, "num_regressors", 0):
        pytest.skip("the adjusted score depends on the number of samples")
    weighted.update_state(*data, sample_weight=weights)
    repeated.update_state(*(np.repeat(array, weights, axis=0) for array in data))
    np.testing.assert_allclose(weighted.result(), repeated.result(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_results_are_floats_or_arrays(cls: Any, number: int) -> None:
    data, _ = drawn(cls, number)
    result = made(cls, number)(*data)
    assert isinstance(result, float) or result.dtype == np.float64
    assert np.all(np.isfinite(result))


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_the_state_is_restored_bit_for_bit(cls: Any, number: int) -> None:
    data, weights = drawn(cls, number)
    first, second = made(cls, number), made(cls, number)
    first.update_state(*data, sample_weight=weights)
    state = first.get_state()
    for restored in (second, copy.deepcopy(first)):
        restored.set_state(state)
        assert all(a.dtype == np.float64 for a in restored.get_state())
        for metric in (first, restored):
            metric.set_state(state)
            metric.update_state(*data)
        np.testing.assert_array_equal(restored.result(), first.result())
    untouched = [array.copy() for array in state]
    first.update_state(*data)
    for array, before in zip(state, untouched, strict=True):
        np.testing.assert_array_equal(array, before, "get_state has to copy")


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_configurations_make_equal_metrics(cls: Any, number: int) -> None:
    data, _ = drawn(cls, number)
    metric = made(cls, number)
    plain = json.loads(json.dumps(metrics.serialize(metric)))
    for again in (
        metrics.deserialize(plain),
        cls.from_config(metric.get_config()),
        pickle.loads(pickle.dumps(metric)),
    ):
        assert type(again) is cls
        assert again.name == metric.name
        assert again.get_config() == metric.get_config()
        np.testing.assert_array_equal(again(*data), made(cls, number)(*data))


@pytest.mark.parametrize(("cls", "number"), CASES)
def test_a_failing_call_changes_nothing(cls: Any, number: int) -> None:
    data, _ = drawn(cls, number)
    metric = made(cls, number)
    metric.update_state(*data)
    state = metric.get_state()
    with pytest.raises(ValueError, match="sample_weight has shape"):
        metric.update_state(*data, sample_weight=np.ones((len(data[0]) + 1, 2)))
    if len(data) == 2:
        with pytest.raises((ValueError, TypeError)):
            metric.update_state(data[0][:-1], data[1])
    for now, before in zip(metric.get_state(), state, strict=True):
        np.testing.assert_array_equal(now, before)


@pytest.mark.parametrize("cls", [c for c in CLASSES if issubclass(c, MeanMetricWrapper)])
def test_float32_data_loses_no_digits_over_many_batches(cls: Any) -> None:
    data, _ = drawn(cls, 0)
    metric = made(cls, 0)
    once = metric(*data)
    state = metric.get_state()
    metric.set_state([array * 2.0**24 for array in state])  # as after so many batches
    metric.update_state(*data)
    assert metric.total.item() - state[0] * 2.0**24 == pytest.approx(state[0], rel=1e-6)
    assert metric.result() == pytest.approx(once, rel=1e-12)

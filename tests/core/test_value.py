"""Value by itself: data, conversion, protocols, refusals."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value, no_grad
from tinygrad_gates.errors import DtypeError, MutationError, NotDifferentiableError, ShapeError


@pytest.mark.parametrize(
    ("data", "dtype", "differentiable"),
    [
        (2, np.float64, True),
        (2.0, np.float64, True),
        (True, np.bool_, False),
        (np.float32(2), np.float32, True),
        (np.int64(2), np.int64, False),
        ([1, 2], np.int64, False),
        ([1.0, 2], np.float64, True),
        (np.ones(2, np.float32), np.float32, True),
        (np.ones(2, bool), np.bool_, False),
    ],
)
def test_data_keeps_its_dtype(data: Any, dtype: Any, differentiable: bool) -> None:
    value = Value(data)
    assert value.dtype == dtype
    assert value.requires_grad is differentiable


@pytest.mark.parametrize("data", [1j, np.ones(2, complex), "text", None, object(), [[1], [1, 2]]])
def test_what_is_not_real_numbers_is_refused(data: Any) -> None:
    with pytest.raises(DtypeError):
        Value(data)


@pytest.mark.parametrize("data", [Value(1.0), [Value(1.0), 2.0], ([Value(1.0)],)])
def test_values_are_not_data(data: Any) -> None:
    with pytest.raises(DtypeError, match=r"np\.stack"):
        Value(data)


def test_integers_cannot_require_grad() -> None:
    with pytest.raises(DtypeError, match="int64"):
        Value([1, 2], requires_grad=True)


def test_data_is_copied_in() -> None:
    array = np.ones(3)
    value = Value(array)
    array[0] = 5
    assert value.data[0] == 1


@pytest.mark.parametrize("number", [2, 2.0, True, np.float32(2)])
def test_python_numbers_are_weak_operands(number: Any) -> None:
    x = Value(np.ones(3, np.float32))
    for result in (x * number, number * x, x + number, number - x, x / number, x**number):
        assert result.dtype == np.float32


def test_float64_array_is_not_weak() -> None:
    x = Value(np.ones(3, np.float32))
    y = x * np.ones(3)
    assert y.dtype == np.float64
    y.sum().backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("other", ["text", None, object(), {}])
def test_other_operands_are_left_to_python(other: Any) -> None:
    with pytest.raises(TypeError):
        Value(1.0) + other
    with pytest.raises(TypeError):
        other - Value(1.0)


def test_comparisons_are_numpys_without_gradient() -> None:
    x = Value([1.0, 2.0])
    for result in (x > 1.5, x == x, x != 1, x >= 1.5, np.greater(x, 1)):
        assert isinstance(result, np.ndarray)
        assert result.dtype == bool


def test_conversions() -> None:
    assert float(Value(2.5)) == 2.5
    assert int(Value(2.5)) == 2
    assert bool(Value(0.0)) is False
    assert Value([[2.5]]).item() == 2.5
    assert len(Value([1.0, 2.0])) == 2
    assert [v.item() for v in Value([1.0, 2.0])] == [1.0, 2.0]
    assert [1, 2, 3][Value(np.int64(1))] == 2
    assert f"{Value(2.5):.3f}" == "2.500"


@pytest.mark.parametrize("convert", [len, iter, Value.__index__])
def test_scalars_have_no_length(convert: Any) -> None:
    with pytest.raises(TypeError):
        convert(Value(1.0))


def test_gradient_is_not_lost_silently() -> None:
    with pytest.raises(NotDifferentiableError, match=r"\.numpy\(\)"):
        np.asarray(Value([1.0]))
    with pytest.raises(NotDifferentiableError):
        np.array([Value(1.0), Value(2.0)])
    np.testing.assert_array_equal(np.asarray(Value([1, 2])), [1, 2])


def test_items_are_not_assigned() -> None:
    with pytest.raises(TypeError, match=r"np\.where"):
        Value([1.0])[0] = 2


def test_array_does_not_swallow_values() -> None:
    result = np.ones(3) * Value([1.0, 2.0, 3.0])
    assert isinstance(result, Value)
    assert result.shape == (3,)


# ------------------------------------------------------------------------ changed data


def recorded(kind: str) -> tuple[Value, Value]:
    x = Value([1.0, 2.0, 3.0], label="weights") if kind == "array" else Value(3.0, label="weights")
    return x, (x * x).sum() if kind == "array" else x * x


@pytest.mark.parametrize("kind", ["array", "scalar"])
def test_replaced_data_is_noticed(kind: str) -> None:
    x, y = recorded(kind)
    x.data = x.data + 1
    with pytest.raises(MutationError, match=r"'weights'.*multiply"):
        y.backward()
    assert not x.has_grad


@pytest.mark.parametrize(
    "alter",
    [
        lambda a: a.__setitem__(0, 7),
        lambda a: a[::-1].sort(),
        lambda a: np.negative(a, out=a),
        lambda a: a.fill(np.nan),
    ],
)
def test_data_changed_in_place_is_noticed(alter: Any) -> None:
    x, y = recorded("array")
    alter(x.data)
    with pytest.raises(MutationError, match="'weights'"):
        y.backward()


def test_change_through_an_array_kept_since_before_is_noticed() -> None:
    x = Value([1.0, 2.0])
    array = x.data
    first = (x * x).sum()
    first.backward()
    array += 1
    second = (x * x).sum()
    second.backward()
    np.testing.assert_array_equal(x.grad, [2 + 4, 4 + 6])
    array += 1
    with pytest.raises(MutationError):
        second.backward()


def test_change_through_a_view_is_noticed() -> None:
    x = Value([[1.0, 2.0]])
    y = x.T
    z = (y * y).sum()
    x.data[0, 0] = 9
    with pytest.raises(MutationError):
        z.backward()


def test_view_handed_out_does_not_reach_its_source() -> None:
    x = Value([1.0, 2.0, 3.0])
    part = x[1:]
    part.data[0] = 100
    np.testing.assert_array_equal(x.data, [1, 2, 3])


def test_mixed_in_array_is_taken_by_value() -> None:
    x, a = Value([1.0, 2.0]), np.array([3.0, 4.0])
    y = (x * a).sum()
    a[:] = 0
    y.backward()
    np.testing.assert_array_equal(x.grad, [3, 4])


def test_training_loop_may_update_in_place() -> None:
    w = Value([1.0, -1.0])
    for _ in range(100):
        w.grad = np.zeros(2)
        (w * w).sum().backward()
        w.data -= 0.1 * w.grad
    np.testing.assert_allclose(w.data, 0, atol=1e-8)


def test_reading_data_is_harmless() -> None:
    x, y = recorded("array")
    _ = x.data, y.data
    y.backward()
    np.testing.assert_array_equal(x.grad, [2, 4, 6])


def test_nan_is_not_a_change() -> None:
    x = Value([1.0, np.nan])
    y = (x * 2).sum()
    _ = x.data
    y.backward()
    np.testing.assert_array_equal(x.grad, [2, 2])


@pytest.mark.parametrize(("new", "error"), [([1.0], ShapeError), ([1j, 2j], DtypeError)])
def test_data_of_another_kind_is_refused(new: Any, error: type[Exception]) -> None:
    x = Value([1.0, 2.0])
    with pytest.raises(error):
        x.data = new
    np.testing.assert_array_equal(x.data, [1, 2])


# ------------------------------------------------------------------------ copies, memory, modes


def test_leaves_can_be_copied_and_pickled() -> None:
    x = Value([1.0, 2.0], label="x")
    for y in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert y is not x
        assert y.label == "x"
        np.testing.assert_array_equal(y.data, x.data)
    with pytest.raises(TypeError, match="detach"):
        copy.deepcopy(x * 2)


def test_graph_is_freed_without_the_collector() -> None:
    gc.disable()
    try:
        x = Value(2.0)
        y = x * x + 1
        y.backward()
        gone = weakref.ref(y)
        del y
        assert gone() is None
    finally:
        gc.enable()


def test_no_grad_makes_constants() -> None:
    x = Value(2.0)
    with no_grad():
        y = x * x
    assert y.is_constant
    assert y._prev == set()
    assert (x * x).requires_grad


def test_grad_is_zero_and_absent_before_backward() -> None:
    x = Value(2.0)
    assert x.grad == 0
    assert not x.has_grad
    (x * x).backward()
    assert x.has_grad


@pytest.mark.parametrize("name", ["assign_add", "assign_sub"])
def test_assigning_keeps_shape_and_dtype_and_is_noticed(name: str) -> None:
    w = Value(np.ones(2, np.float32))
    y = (w * w).sum()
    assert getattr(w, name)(np.array([0.5, 0.25])) is w
    assert w.dtype == np.float32
    np.testing.assert_array_equal(w.data, [1.5, 1.25] if name == "assign_add" else [0.5, 0.75])
    with pytest.raises(MutationError):
        y.backward()
    with pytest.raises(ShapeError):
        getattr(w, name)(np.ones((3, 1)))
    assert w.shape == (2,)

"""The reverse sweep: the faults that recur in engines, depth, memory, order."""

from __future__ import annotations

import asyncio
import gc
import threading
import tracemalloc
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value, detect_anomaly, gradients, no_grad
from tinygrad_gates.errors import AnomalyError, NotDifferentiableError, ShapeError


def test_interior_node_used_twice_is_counted_once_each() -> None:
    a = Value(3.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad, c.grad) == (4, 2, 1)


def test_diamond_waits_for_both_sides() -> None:
    x = Value(2.0)
    y = x * x
    z = y * x + y  # x^3 + x^2
    z.backward()
    assert x.grad == 3 * 4 + 2 * 2


def test_leaves_accumulate_and_interior_nodes_are_fresh() -> None:
    x = Value(3.0)
    y = x * x
    z = y * x
    z.backward()
    z.backward()
    assert x.grad == 2 * 27
    assert y.grad == 3


def test_gradient_has_the_operands_shape_and_dtype() -> None:
    w = Value(np.ones((1, 3), np.float32))
    b = Value(np.float32(1))
    y = ((np.ones((4, 1)) * w + b) * np.arange(12.0).reshape(4, 3)).sum()
    y.backward()
    assert w.grad.shape == (1, 3)
    assert w.grad.dtype == np.float32
    np.testing.assert_array_equal(w.grad, [[18, 22, 26]])
    assert type(b.grad) is np.float32
    assert b.grad == 66


@pytest.mark.parametrize("data", [[1, 2], [True, False]])
def test_integers_are_carried_and_never_differentiated(data: Any) -> None:
    carried = Value(data)
    x = Value([0.5, 1.5])
    (x * carried).sum().backward()
    np.testing.assert_array_equal(x.grad, np.asarray(data, float))
    assert not carried.has_grad
    with pytest.raises(NotDifferentiableError, match="never differentiated"):
        (carried * 2).sum().backward()
    with pytest.raises(NotDifferentiableError, match="dtype=float"):
        gradients((x * carried).sum(), [carried])


def test_backward_starts_from_a_scalar() -> None:
    y = Value([1.0, 2.0]) * 2
    with pytest.raises(ShapeError, match=r"\(2,\).*sum"):
        y.backward()
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        y.backward(np.ones(3))
    y.backward([1.0, 0.5])


def test_constant_has_no_gradient() -> None:
    x = Value(2.0, requires_grad=False)
    with pytest.raises(NotDifferentiableError, match="constant"):
        (x * x).backward()


def test_failed_pass_changes_nothing() -> None:
    x = Value([1.0, 2.0])
    w = Value(3.0)
    h = x * w
    y = (h * h).sum()
    w.data = 4.0
    with pytest.raises(RuntimeError):
        y.backward()
    assert not any(v.has_grad for v in (x, w, h, y))


def test_gradients_of_interior_and_absent_parameters() -> None:
    x, other = Value(2.0), Value([1.0, 2.0])
    h = x * x
    y = h * 3
    by_h, by_x, by_other = gradients(y, [h, x, other])
    assert (by_h, by_x) == (3, 12)
    np.testing.assert_array_equal(by_other, [0, 0])
    assert not x.has_grad
    assert gradients(x * 1, []) == []
    (one,) = gradients(x, [x])
    assert one == 1


def test_gradients_again_of_gradients() -> None:
    x = Value(2.0)
    (first,) = gradients(x**4, [x], create_graph=True)
    (second,) = gradients(first, [x], create_graph=True)
    (third,) = gradients(second, [x])
    assert (first.item(), second.item(), third) == (32, 48, 48)


def test_chain_of_a_hundred_thousand_operations() -> None:
    x = Value(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1.0
    y.backward()
    assert x.grad == 1
    del y  # freed without recursion, too


def test_repeated_steps_do_not_grow_memory_without_the_collector() -> None:
    w = Value(np.ones((20, 20)))

    def step() -> None:
        loss = (np.tanh(w @ w) ** 2).mean()
        loss.backward()
        gradients(loss, [w])
        with no_grad():
            w.data -= 0.01 * w.grad

    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(5):
            step()
        gc_before = len(gc.get_objects())
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(50):
            step()
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
        assert len(gc.get_objects()) - gc_before < 20
    finally:
        tracemalloc.stop()
        gc.enable()


# ------------------------------------------------------------------------ kinks and extremes


@pytest.mark.parametrize(
    ("f", "x", "gradient"),
    [
        (lambda x: np.linalg.norm(x), [0.0, 0.0], [0, 0]),
        (lambda x: np.linalg.norm(x, 3), [0.0, 0.0], [0, 0]),
        (lambda x: np.std(x), [2.0, 2.0], [0, 0]),
        (lambda x: np.sqrt(x).sum(), [0.0, 4.0], [np.inf, 0.25]),
        (lambda x: np.abs(x).sum(), [0.0, -4.0], [0, -1]),
        (lambda x: x.relu().sum(), [0.0, -1.0, 2.0], [0, 0, 1]),
        (lambda x: np.max(x), [1.0, 3.0, 3.0], [0, 0.5, 0.5]),
        (lambda x: np.min(x), [1.0, 1.0, 1.0, 1.0], [0.25] * 4),
        (lambda x: np.maximum(x, 1.0).sum(), [1.0, 2.0, 0.0], [0.5, 1, 0]),
        (lambda x: np.where(x > 0, np.log(np.where(x > 0, x, 1)), 0).sum(), [0.0, 2.0], [0, 0.5]),
        (lambda x: (x**2).sum(), [0.0, 1.0], [0, 2]),
        (lambda x: (x**0).sum(), [0.0, 1.0], [0, 0]),
        (lambda x: (x**1).sum(), [0.0, 1.0], [1, 1]),
        (lambda x: (0.0**x).sum(), [1.0, 2.0], [0, 0]),
        (lambda x: np.prod(x), [0.0, 3.0, 2.0], [6, 0, 0]),
        (lambda x: np.prod(x), [0.0, 0.0, 2.0], [0, 0, 0]),
        (lambda x: np.hypot(x, 0.0).sum(), [0.0, 3.0], [0, 1]),
        (lambda x: np.sinc(x).sum(), [0.0], [0]),
        (lambda x: x[[0, 0, 1]].sum(), [1.0, 1.0], [2, 1]),
    ],
)
def test_conventions_at_kinks(f: Any, x: list[float], gradient: list[float]) -> None:
    value = Value(x)
    with np.errstate(divide="ignore"):
        f(value).backward()
    np.testing.assert_array_equal(value.grad, gradient)


def test_where_selects_and_never_multiplies() -> None:
    # sqrt's own rule would make 0 / 0 of a zero cotangent: the safe form masks its operand too
    safe = Value([0.0, 4.0])
    np.where([False, True], np.sqrt(np.where([False, True], safe, 1.0)), 1.0).sum().backward()
    np.testing.assert_array_equal(safe.grad, [0, 0.25])
    a = Value([np.nan, 1.0])
    np.where([False, True], a, 1.0).sum().backward()
    np.testing.assert_array_equal(a.grad, [0, 1])


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_powers_of_zero_to_third_order(n: int) -> None:
    x = Value(0.0)
    expected = {0: (0, 0, 0), 1: (1, 0, 0), 2: (0, 2, 0), 3: (0, 0, 6)}[n]
    y = x**n
    for order in range(3):
        (y,) = gradients(y, [x], create_graph=True)
        assert float(y) == expected[order]
        if y.is_constant:
            assert not any(expected[order + 1 :])
            break


@pytest.mark.parametrize("extreme", [1000.0, -1000.0])
def test_probabilities_do_not_overflow(extreme: float) -> None:
    from tinygrad_gates import ops

    x = Value([extreme, 0.0])
    functions = (
        lambda v: ops.sigmoid(v).sum(),
        lambda v: ops.softplus(v).sum(),
        lambda v: ops.softmax(v)[0],
        lambda v: ops.log_softmax(v)[0],
        lambda v: ops.logsumexp(v),
        lambda v: ops.binary_cross_entropy(v, np.array([0.0, 1.0])).sum(),
        lambda v: ops.cross_entropy(v, 0),
        lambda v: np.logaddexp(v, 0.5).sum(),
        lambda v: np.tanh(v).sum(),
    )
    for function in functions:
        result = function(x)
        assert np.isfinite(result.item())
        assert np.all(np.isfinite(gradients(result, [x])[0]))


# ------------------------------------------------------------------------ anomalies, threads


def test_anomaly_forward_names_the_operation_and_the_line() -> None:
    x = Value([-1.0, 2.0], label="x")
    with detect_anomaly(), np.errstate(all="ignore"):  # noqa: SIM117 (else too long)
        with pytest.raises(AnomalyError, match=r"(?s)log made NaN.*'x'.*\(2,\).*test_backward.py:"):
            np.log(x)


def test_anomaly_backward_names_the_operation_and_the_line() -> None:
    x = Value([0.0, 2.0])
    with detect_anomaly(), np.errstate(all="ignore"):
        y = np.sqrt(x).sum()
        with pytest.raises(AnomalyError, match=r"rule of sqrt made infinity.*test_backward.py:"):
            y.backward()
    assert not x.has_grad


def test_no_grad_is_seen_by_its_own_thread_only() -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with no_grad():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert entered.wait(10)
    assert (Value(1.0) * 2).requires_grad
    leave.set()
    thread.join()


def test_no_grad_is_seen_by_its_own_task_only() -> None:
    async def quiet() -> bool:
        with no_grad():
            await asyncio.sleep(0.01)
            return (Value(1.0) * 2).requires_grad

    async def loud() -> bool:
        await asyncio.sleep(0.005)
        return (Value(1.0) * 2).requires_grad

    async def both() -> list[bool]:
        return await asyncio.gather(quiet(), loud())

    assert asyncio.run(both()) == [False, True]


def test_no_grad_decorates() -> None:
    @no_grad()
    def predict(x: Value) -> Value:
        return x * 2

    assert predict(Value(1.0)).is_constant
    assert predict(Value(1.0)).is_constant

"""`jit`: the same results, one program for each shape and dtype, and a word where it cannot."""

from __future__ import annotations

import random
import threading
import tracemalloc
import warnings
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value, jit, ops, trees
from tinygrad_gates.compile.lower import lower
from tinygrad_gates.errors import CompileWarning, TraceError

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 3))


def loss(w: Any, x: Any) -> Any:
    return np.mean(np.tanh(x @ w) ** 2) + np.max(w) + ops.relu(w).sum()


FUNCTIONS = {
    "value": loss,
    "grad": tf.grad(loss),
    "value and grad": tf.value_and_grad(loss),
    "both arguments": tf.grad(loss, (0, 1)),
    "second order": tf.grad(lambda w, x: (tf.grad(loss)(w, x) ** 2).sum()),
    "jacobian": tf.jacobian(lambda w, x: np.tanh(x @ w)),
    "hvp": lambda w, x: tf.hvp(lambda w: loss(w, x), w, np.ones_like(w)),
    "jvp": lambda w, x: tf.jvp(lambda w: np.tanh(x @ w), (w,), (w,)),
    "checkpoint": tf.grad(lambda w, x: tf.checkpoint(loss)(w, x)),
    "choices": lambda w, x: np.where(w > 0, np.sqrt(np.abs(w)), w).clip(-0.5, 0.5),
    "places": lambda w, x: np.argmax(x, axis=1) + (x > 0).any(1),
    "a tree": lambda w, x: {"sum": w.sum(), "both": (w, [x.T])},
    "nothing": lambda w, x: (),
    "an argument": lambda w, x: w,
    "a constant": lambda w, x: np.ones(3),
    "nested": lambda w, x: jit(loss)(w, x) * 2,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_are_those_of_the_function(name: str) -> None:
    function = FUNCTIONS[name]
    compiled = jit(function)
    for scale in (1.0, 2.0):  # the second call runs the program on other numbers
        with warnings.catch_warnings():
            warnings.simplefilter("error", CompileWarning)
            found = compiled(scale * W, X)
        expected = function(scale * W, X)
        assert [path for path, _ in trees.walk(found)] == [path for path, _ in trees.walk(expected)]
        for ours, theirs in zip(trees.leaves(found), trees.leaves(expected), strict=True):
            assert type(ours) is type(theirs)
            np.testing.assert_array_equal(ours, theirs, strict=True)


def both(w: Any, x: Any) -> Any:
    return np.tanh(x @ w).sum(), {"square": (w * w).sum(), "x": x}


GRADIENTS = {
    "grad": lambda f: tf.grad(f)(W, X),
    "second order": lambda f: tf.grad(lambda w: (tf.grad(f)(w, X) ** 2).sum())(W),
    "hessian": lambda f: tf.hessian(lambda w: f(w, X))(W),
    "jvp": lambda f: tf.jvp(lambda w: f(w, X), (W,), (X[:3],)),
    "compiled again": lambda f: jit(tf.grad(f))(W, X),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_go_through_it(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompileWarning)
        found = GRADIENTS[name](jit(loss))
    for ours, theirs in zip(trees.leaves(found), trees.leaves(GRADIENTS[name](loss)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


def test_values_among_the_results_are_differentiated_by_those_among_the_arguments() -> None:
    compiled = jit(both)
    for scale in (1.0, 2.0):
        w, v, x = Value(scale * W), Value(scale * W), X.copy()
        ours, theirs = compiled(w, x), both(v, x)
        x[:] = 0  # what the gradient needs was kept
        (3 * ours[0] + ours[1]["square"]).backward()
        x[:] = X
        (3 * theirs[0] + theirs[1]["square"]).backward()
        np.testing.assert_allclose(w.grad, v.grad, rtol=1e-14)


def test_a_gradient_through_changed_values_is_refused() -> None:
    w = Value(W)
    result = jit(loss)(w, X)
    w.assign_add(1.0)
    with pytest.raises(tf.errors.MutationError, match="changed after jit"):
        result.backward()


def test_nothing_is_recorded_where_recording_is_off() -> None:
    compiled = jit(loss)
    w = Value(W)
    assert compiled(w, X).requires_grad
    with tf.no_grad():
        assert not compiled(w, X).requires_grad


def test_the_form_of_arguments_belongs_to_the_program() -> None:
    compiled = jit(lambda x, more=None: x if more is None else x + len(more))
    assert compiled(1.5) == 1.5
    assert compiled(1.5, []) == 1.5
    assert compiled(1.5, [None, None]) == 3.5


def trained(step: Any) -> tuple[Any, ...]:
    """Return what three steps of training in micrograd's style leave behind."""
    weights = [Value(W[0]), Value(W[1]), Value(0.5)]
    losses = [step(weights, X, 0.1 * scale) for scale in range(1, 4)]
    return losses, [w.data.copy() for w in weights], [w.grad for w in weights]


def micrograd_step(weights: Any, x: Any, rate: float) -> Any:
    a, b, c = weights
    total = ((x * a + b * c).relu() ** 2).mean()
    for w in weights:
        w.grad = 0.0
    total.backward()
    for w in weights:
        w.data -= rate * w.grad
    return total.data


def accumulating_step(weights: Any, x: Any, rate: float) -> Any:
    (weights[0] * rate).sum().backward()
    return weights[1].grad + 1


@pytest.mark.parametrize("step", [micrograd_step, accumulating_step])
def test_values_among_the_arguments_are_changed_as_by_the_function(step: Any) -> None:
    compiled = jit(step)
    with warnings.catch_warnings():
        warnings.simplefilter("error", CompileWarning)
        found = trained(compiled)
    for ours, theirs in zip(trees.leaves(found), trees.leaves(trained(step)), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_lowering_leaves_the_arguments_as_they_are() -> None:
    weights = [Value(W[0]), Value(W[1]), Value(0.5)]
    program = jit(micrograd_step).program(weights, X, 0.1)
    assert len(program.outputs) == 7
    for w, before in zip(weights, [W[0], W[1], 0.5], strict=True):
        assert not w.has_grad
        np.testing.assert_array_equal(w.data, before)


class Scale:
    """An object whose method is compiled, as far as that can be."""

    def __init__(self) -> None:
        self.factor = np.array(2.0)

    @jit
    def scaled(self, x: Any) -> Any:
        return x * self.factor

    @staticmethod
    @jit
    def doubled(x: Any) -> Any:
        return 2 * x


def test_methods_are_those_of_their_object() -> None:
    scale = Scale()
    with pytest.warns(CompileWarning, match="an argument of type Scale may have other contents"):
        assert scale.scaled(3.0) == 6.0
    scale.factor = np.array(5.0)
    assert scale.scaled(3.0) == 15.0
    assert scale.doubled(3.0) == 6.0


def test_values_from_elsewhere_are_refused() -> None:
    w = Value(2.0)
    for use in (lambda x: x * w, lambda x: x * w.data, lambda x: x * w.numpy(), lambda x: x > w):
        compiled = jit(use)
        with pytest.warns(CompileWarning, match="comes from outside of the function"):
            compiled(X)
        w.assign_add(1.0)
        np.testing.assert_array_equal(np.asarray(compiled(X).data), use(X).data)


def test_values_without_gradient_come_back_as_values() -> None:
    x = Value(X, requires_grad=False)
    result = jit(lambda x: x + 1)(x)
    assert isinstance(result, Value)
    np.testing.assert_array_equal(result.data, X + 1)


def test_one_program_for_each_shape_and_dtype() -> None:
    traced = []

    @jit
    def double(x: Any) -> Any:
        traced.append(x.shape)
        return 2 * x

    for shape in [(3,), (3,), (2, 2), (3,), (2, 2)]:
        assert double(np.ones(shape)).shape == shape
    assert traced == [(3,), (2, 2)]
    assert double(np.ones(3, np.float32)).dtype == np.float32
    assert len(traced) == 3


def test_numbers_are_arguments_and_flags_belong_to_the_program() -> None:
    traced = []

    @jit
    def scaled(x: Any, factor: float, negative: bool = False, mode: str = "plain") -> Any:
        traced.append((negative, mode))
        return -x * factor if negative else x * factor

    x = np.ones(2, np.float32)
    assert scaled(x, 2.0).tolist() == [2, 2]
    result = scaled(x, 3.0)
    assert result.tolist() == [3, 3]
    assert result.dtype == np.float32  # a Python number widens nothing
    assert scaled(x, 3.0, negative=True).tolist() == [-3, -3]
    assert scaled(x, 3.0, mode="other").tolist() == [3, 3]
    assert traced == [(False, "plain"), (True, "plain"), (False, "other")]


def test_integers_that_decide_on_the_course_belong_to_the_program() -> None:
    traced = []

    @jit
    def powers(x: Any, n: int) -> Any:
        traced.append(n)
        return np.stack([x**k for k in range(n)])

    with warnings.catch_warnings():
        warnings.simplefilter("error", CompileWarning)
        assert [powers(X, n).shape for n in (2, 3, 2, 3)] == [(2, 4, 3), (3, 4, 3)] * 2
    assert [n for n in traced if type(n) is int] == [2, 3]


def by_numbers(x: Any) -> Any:
    return x if x.sum() > 0 else -x


UNCOMPILED = {
    "if": by_numbers,
    "float": lambda x: x * float(x.sum()),
    "item": lambda x: x * x.sum().item(),
    "assignment": lambda x: x.__setitem__(0, 1.0) or x,
    "shape by numbers": lambda x: np.argwhere(x > 0),
    "choice by numbers": lambda x: x[x > 0],
    "not in the table": lambda x: np.interp(x, [0.0, 1.0], [0.0, 1.0]),
    "draws": lambda x: x + tf.random.uniform([3]),
    "draws of NumPy": lambda x: x + 0 * np.random.rand(3),  # noqa: NPY002
    "draws of Python": lambda x: x + 0 * random.random(),
}


@pytest.mark.parametrize("name", UNCOMPILED)
def test_what_cannot_be_compiled_runs_as_it_is_and_says_so_once(name: str) -> None:
    function = UNCOMPILED[name]
    compiled = jit(function)
    x = np.array([1.0, -2.0, 0.5])
    tf.set_seed(1)
    expected = function(x.copy())
    tf.set_seed(1)
    with pytest.warns(CompileWarning, match="runs as it is, because"):
        found = compiled(x.copy())
    np.testing.assert_array_equal(found, expected)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled(-x)
    with pytest.raises(TraceError):
        compiled.program(x)


def test_errors_are_the_functions_own() -> None:
    with pytest.raises(tf.errors.ShapeError, match="3 columns meet 4 rows"):
        jit(lambda x: x @ np.ones((4, 2)))(X)


def test_an_array_kept_from_a_trace_is_refused_elsewhere() -> None:
    kept = []
    jit(lambda x: kept.append(x) or x * 2)(X)
    for use in (lambda x: x + 1, np.sum, lambda x: Value(X) * x, lambda x: x[0], lambda x: X @ x):
        with pytest.raises(TraceError, match="outside of the function that it was traced in"):
            use(kept[0])


def test_results_are_the_callers_own() -> None:
    compiled = jit(lambda x: (x + 1, x * 2))
    first = compiled(X)
    compiled(2 * X)
    np.testing.assert_array_equal(first[0], X + 1)
    np.testing.assert_array_equal(first[1], X * 2)


def test_threads_do_not_meet() -> None:
    compiled = jit(lambda x: (np.tanh(x @ x) @ x).sum())
    inputs = [RNG.normal(size=(40, 40)) for _ in range(4)]
    expected = [compiled(x) for x in inputs]
    wrong = []

    def repeat(x: Any, right: Any) -> None:
        wrong.extend(1 for _ in range(200) if compiled(x) != right)

    threads = [
        threading.Thread(target=repeat, args=pair) for pair in zip(inputs, expected, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_source_is_readable_python() -> None:
    source = jit(loss).source(W, X)
    assert source.startswith("def loss(buffers, a, b):\n")
    assert "np.matmul(b, a, out=_" in source
    compile(source, "source", "exec")


def test_equal_work_is_done_once() -> None:
    program = jit(lambda x: np.exp(x) * np.exp(x) + 0 * np.sin(np.ones(3))).program(X)
    assert [step.operation.name for step in program.instructions] == ["exp", "multiply", "add"]


def scalar_step(layers: Any, points: Any) -> Any:
    """Do one step of training with scalar Values alone, as micrograd's demo does."""
    losses = []
    for *inputs, target in points:
        hidden = [sum((w * x for w, x in zip(ws, inputs, strict=True)), b) for ws, b in layers]
        y = sum([(h.relu() + h.tanh() ** 3) * (1 - h) for h in hidden])
        losses.append((y - target) ** 2)
    total = sum(losses) * (1.0 / len(losses))
    weights = [w for ws, b in layers for w in (*ws, b)]
    for w in weights:
        w.grad = 0.0
    total.backward()
    for w in weights:
        w.data -= 0.01 * w.grad
    return total.data


def test_graphs_of_single_numbers_run_level_by_level() -> None:
    def layers() -> Any:
        return [([Value(w) for w in row], Value(0.1)) for row in W[:, :2]]

    points = X.tolist()
    ours, theirs, compiled = layers(), layers(), jit(scalar_step)
    for _ in range(3):
        assert float(compiled(ours, points)) == pytest.approx(scalar_step(theirs, points), 1e-14)
    for left, right in zip(trees.leaves(ours), trees.leaves(theirs), strict=True):
        np.testing.assert_allclose([left.data, left.grad], [right.data, right.grad], rtol=1e-13)
    program = compiled.program(ours, points)
    assert {step.operation.name for step in program.instructions} == {"levels", "getitem"}


def test_loops_by_numba() -> None:
    pytest.importorskip("numba")
    function = tf.value_and_grad(lambda w, x: np.mean(np.tanh(x @ w) ** 2))
    compiled = jit(function, backend="numba")
    for scale in (1.0, 2.0):
        found, expected = compiled(scale * W, X), function(scale * W, X)
        for ours, theirs in zip(trees.leaves(found), trees.leaves(expected), strict=True):
            assert np.result_type(ours) == np.result_type(theirs)
            np.testing.assert_allclose(ours, theirs, rtol=1e-13)
    assert "for _i0 in range(4):" in compiled.source(W, X)
    layers = [([Value(w) for w in row], Value(0.1)) for row in W[:, :2]]
    assert "levels" in jit(scalar_step, backend="numba").source(layers, X.tolist())


def test_unknown_backends_are_refused() -> None:
    with pytest.raises(ValueError, match="'fortran' is none of numpy, numba"):
        jit(loss, backend="fortran")  # type: ignore[call-overload]


LARGE = RNG.normal(size=(200, 200))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.linalg.inv(x @ x.T + np.eye(200) * 200),
        lambda x: (x * 2 - (x * 2).mean()) / (x * 2).std(),
        lambda x: np.linalg.solve(x * 1 + 1, x),
    ],
)
def test_large_arrays_are_followed_by_their_shapes(function: Any) -> None:
    """While a function is followed they hold one number, which no inverse has, nor a spread."""
    np.testing.assert_allclose(jit(function)(LARGE), function(LARGE), rtol=1e-9, atol=1e-9)


def test_following_takes_little_memory() -> None:
    x = np.ones((1000, 1000))

    def many(x: Any) -> Any:
        parts = [x * n for n in range(20)]
        return sum(part.sum() for part in parts)

    tracemalloc.start()
    lower(many, (x,), {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * x.nbytes

"""Rows and random expressions beside PyTorch, to second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_gates import Value, gradients
from tinygrad_gates.core import REGISTRY

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.parity

# Rows whose name is another one in PyTorch, or which it has under the parameters of an example.
NAMES: dict[str, Callable[..., Any] | str] = {
    "rint": "round",
    "deg2rad": "deg2rad",
    "softplus": lambda x: torch.nn.functional.softplus(x, threshold=1e9),
    "mean_squared_error": torch.nn.functional.mse_loss,
    "cbrt": lambda x: torch.sign(x) * torch.abs(x) ** (1 / 3),
    "sum": lambda x, axis, keepdims: torch.sum(x, axis, keepdim=keepdims) if axis else x,
    "mean": lambda x, axis, keepdims: torch.mean(x, axis, keepdim=keepdims) if axis else x,
    "max": lambda x, axis: torch.amax(x, axis, keepdim=True),
    "min": lambda x, axis: torch.amin(x, axis, keepdim=True),
    "logsumexp": lambda x, axis: torch.logsumexp(x, axis, keepdim=True),
    "cumsum": lambda x, axis: torch.cumsum(x, axis),
    "cumprod": lambda x, axis: torch.cumprod(x, axis),
}
WITHOUT_DERIVATIVE = {"floor_divide", "heaviside"}  # in PyTorch
ELEMENTWISE = [
    name
    for name, row in REGISTRY.items()
    if row.scalar is not None
    and (name in NAMES or hasattr(torch, name))
    and name not in WITHOUT_DERIVATIVE
]
STRUCTURED = [name for name, row in REGISTRY.items() if row.examples and name in NAMES]


def ours(f: Callable[..., Any], arrays: list[Any]) -> list[Any]:
    leaves = [Value(x) for x in arrays]
    y = f(*leaves)
    first = gradients(y, leaves, np.cos(np.arange(y.size)).reshape(y.shape), create_graph=True)
    total = sum(((g * np.sin(i + 1.0)).sum() for i, g in enumerate(first)), start=Value(0.0))
    second = gradients(total, leaves)
    return [y.numpy(), *(g.numpy() for g in map(as_value, first)), *second]


def as_value(x: Any) -> Value:
    return x if isinstance(x, Value) else Value(x)


def theirs(f: Callable[..., Any], arrays: list[Any]) -> list[Any]:
    leaves = [torch.tensor(x, requires_grad=True) for x in arrays]
    y = f(*leaves)
    seed = torch.cos(torch.arange(y.numel(), dtype=y.dtype)).reshape(y.shape)
    first = torch.autograd.grad(y, leaves, seed, create_graph=True, materialize_grads=True)
    total = sum((g * np.sin(i + 1.0)).sum() for i, g in enumerate(first))
    if not total.requires_grad:
        second = [torch.zeros_like(x) for x in leaves]
    else:
        second = torch.autograd.grad(total, leaves, materialize_grads=True)
    return [x.numpy(force=True) for x in (y, *first, *second)]


def drawn(name: str, shape: tuple[int, ...], position: int) -> Any:
    intervals = REGISTRY[name].domain[position % len(REGISTRY[name].domain)]
    low, high = intervals[position % len(intervals)]
    return np.random.default_rng(position).uniform(low, high, shape)


def agree(ours: list[Any], theirs: list[Any]) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert np.shape(a) == np.shape(b)
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("shapes", [((3, 4), (3, 4)), ((3, 1), (4,)), ((), ())], ids=str)
def test_elementwise_rows(name: str, shapes: Any) -> None:
    row = REGISTRY[name]
    arrays = [drawn(name, shapes[i], i) for i in range(len(row.domain))]
    other = NAMES.get(name, name)
    agree(
        ours(row, arrays),
        theirs(getattr(torch, other) if isinstance(other, str) else other, arrays),
    )


@pytest.mark.parametrize("name", STRUCTURED)
def test_structured_rows(name: str) -> None:
    row, other = REGISTRY[name], NAMES[name]
    assert callable(other)
    for example in row.examples:
        if example.prepare is not None or 0 in [n for shape in example.shapes for n in shape]:
            continue
        arrays = [drawn(name, shape, i) for i, shape in enumerate(example.shapes)]
        agree(
            ours(lambda *x, e=example: row(*x, **e.params), arrays),
            theirs(lambda *x, e=example: other(*x, **e.params), arrays),
        )


# ------------------------------------------------------------------------ random expressions

UNARY = ["tanh", "sin", "exp", "square", "negative", "sigmoid"]
BINARY = ["add", "subtract", "multiply", "maximum", "divide"]
SHAPES = [(), (3,), (1, 3), (2, 1), (2, 3)]


class Framework:
    """The few operations that a random program is written in, for one framework."""

    def __init__(self, module: Any, functions: Callable[[str], Any]) -> None:
        self.module = module
        self.functions = functions

    def run(self, program: list[tuple[Any, ...]], leaves: list[Any]) -> Any:
        values = list(leaves)
        for operation, *operands in program:
            chosen = [values[i % len(values)] for i in operands]
            values.append(self.apply(operation, chosen, operands))
        return sum(v.sum() for v in values[len(leaves) :]) + values[-1].sum()

    def apply(self, operation: str, values: list[Any], numbers: list[int]) -> Any:
        x = values[0]
        if operation == "sum":
            return x.sum(axis=numbers[0] % x.ndim) if x.ndim else x
        if operation == "index":
            return x[[0, 0, -1]] if x.ndim else x
        if operation == "slice":
            return x[..., 1:] if x.ndim else x
        if operation == "transpose":
            return x.T if x.ndim == 2 else x
        if operation == "divide":
            return x / (values[1] * values[1] + 1)
        if operation == "exp":
            return self.functions("exp")(self.functions("tanh")(x))
        return self.functions(operation)(*values)


def numpy_function(name: str) -> Any:
    return REGISTRY[name]


def torch_function(name: str) -> Any:
    return getattr(torch, name)


steps = st.one_of(
    st.tuples(st.sampled_from([*UNARY, "sum", "index", "slice", "transpose"]), st.integers(0, 20)),
    st.tuples(st.sampled_from(BINARY), st.integers(0, 20), st.integers(0, 20)),
)


def compatible(program: list[tuple[Any, ...]], arrays: list[Any]) -> bool:
    try:
        Framework(np, numpy_function).run(program, [Value(x) for x in arrays])
    except (ValueError, IndexError):
        return False
    return True


@given(
    st.lists(st.sampled_from(SHAPES), min_size=2, max_size=3),
    st.lists(steps, min_size=1, max_size=8),
    st.integers(0, 10**6),
)
def test_random_expressions(shapes: Any, program: list[tuple[Any, ...]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    arrays = [rng.uniform(-2, 2, shape) for shape in shapes]
    if not compatible(program, arrays):
        return
    agree(
        ours(lambda *x: Framework(np, numpy_function).run(program, list(x)), arrays),
        theirs(lambda *x: Framework(torch, torch_function).run(program, list(x)), arrays),
    )


def test_every_table_entry_is_used() -> None:
    assert set(NAMES) <= set(REGISTRY)
    assert len(ELEMENTWISE) > 40

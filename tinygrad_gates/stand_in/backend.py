"""`tf.keras.backend`: the functions of Keras 2 that losses and layers of older scripts use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_gates.keras import activations, backend, losses
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.stand_in import functions, networks
from tinygrad_gates.stand_in.tensors import array, tensor

Tensor = Any

_REDUCTIONS = "all any logsumexp max mean min prod std sum".split()
_SHARED = """
    abs cos equal exp greater greater_equal less less_equal log maximum minimum not_equal ones_like
    pow reverse round sign sin sqrt square stop_gradient tile zeros_like
""".split()
_IN_NN = "l2_normalize relu sigmoid softplus softsign tanh".split()
_FUNCTIONS = """
    cast cumprod cumsum eye gather map_fn ones reshape shape squeeze stack transpose
    zeros
""".split()


def argmax(x: Tensor, axis: int = -1) -> Tensor:
    """Return where the largest numbers are along an axis."""
    return functions.argmax(x, axis)


def argmin(x: Tensor, axis: int = -1) -> Tensor:
    """Return where the smallest numbers are along an axis."""
    return functions.argmin(x, axis)


def concatenate(tensors: Any, axis: int = -1) -> Tensor:
    """Return tensors joined along an axis."""
    return functions.concat(tensors, axis)


def expand_dims(x: Tensor, axis: int = -1) -> Tensor:
    """Return a new axis of length 1."""
    return functions.expand_dims(x, axis)


def one_hot(indices: Tensor, num_classes: int) -> Tensor:
    """Return a row for each class number."""
    return functions.one_hot(indices, num_classes)


def permute_dimensions(x: Tensor, pattern: Any) -> Tensor:
    """Return the axes in another order."""
    return functions.transpose(x, pattern)


def flatten(x: Tensor) -> Tensor:
    """Return all numbers in one row."""
    return functions.reshape(x, [-1])


def batch_flatten(x: Tensor) -> Tensor:
    """Return the numbers of each sample in one row."""
    return functions.reshape(x, [-1, int(np.prod(x.shape[1:]))])


def clip(x: Tensor, min_value: Any, max_value: Any) -> Tensor:
    """Return numbers no smaller and no larger than bounds."""
    return functions.clip_by_value(x, min_value, max_value)


def dot(x: Tensor, y: Tensor) -> Tensor:
    """Return the sums of products over x's last axis and y's last but one."""
    x, y = tensor(x), tensor(y)
    return x @ y if y.ndim < 3 else np.tensordot(x, y, (-1, -2))


def softmax(x: Tensor, axis: int = -1) -> Tensor:
    """Return shares that sum to 1 along an axis."""
    return activations.softmax(tensor(x), axis=axis)


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Tensor:
    """Return the one or the other, number by number; or what functions return."""
    if callable(then_expression):
        return functions.cond(condition, then_expression, else_expression)
    return np.where(np.asarray(condition, bool), tensor(then_expression), tensor(else_expression))


def binary_crossentropy(target: Tensor, output: Tensor, from_logits: bool = False) -> Tensor:
    """Return the cross-entropy of each label with a share, or a logit."""
    if from_logits:
        return networks.sigmoid_cross_entropy_with_logits(target, output)
    shares = clip(output, backend.epsilon(), 1 - backend.epsilon())
    return -(target * np.log(shares) + (1 - target) * np.log(1 - shares))


def categorical_crossentropy(
    target: Tensor, output: Tensor, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """Return the cross-entropy of each row of labels with a row of shares, or of logits."""
    return losses.categorical_crossentropy(target, tensor(output), from_logits, axis=axis)


def sparse_categorical_crossentropy(
    target: Tensor, output: Tensor, from_logits: bool = False
) -> Tensor:
    """Return the cross-entropy of each class number with a row of shares, or of logits."""
    return losses.sparse_categorical_crossentropy(target, tensor(output), from_logits)


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Return normally distributed numbers."""
    return functions.random_normal(shape, mean, stddev, dtype or backend.floatx(), seed)


def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Tensor:
    """Return numbers spread evenly."""
    return functions.random_uniform(shape, minval, maxval, dtype or backend.floatx(), seed)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """Return numbers as a tensor of floats, unless a dtype says else."""
    return functions.constant(value, dtype or backend.floatx(), shape)


def variable(value: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """Return a variable of floats, unless a dtype says else."""
    return Variable(array(value, dtype or backend.floatx()), name=name)


def int_shape(x: Tensor) -> tuple[int | None, ...]:
    """Return the lengths of the axes, None for those that are not known."""
    return tuple(x.shape)


def ndim(x: Tensor) -> int:
    """Return the number of axes."""
    return len(x.shape)


def get_value(x: Any) -> Any:
    """Return the numbers of a tensor."""
    return array(x) if hasattr(x, "numpy") else x


def set_value(x: Variable, value: Any) -> None:
    """Replace the numbers of a variable."""
    x.assign(value)


def cast_to_floatx(x: Any) -> Any:
    """Return numbers in the dtype that layers compute in: a tensor, or an array of an array."""
    return x.astype(backend.floatx()) if hasattr(x, "astype") else array(x, backend.floatx())


def contents() -> dict[str, Callable[..., Any]]:
    """Return all that the module has: what Keras 3 kept, and the above."""
    shared = functions.SHARED | {
        name.removeprefix("reduce_"): reduction for name, reduction in functions.REDUCTIONS.items()
    }
    kept = {name: getattr(backend, name) for name in backend.__all__}
    taken = {name: shared[name] for name in (*_REDUCTIONS, *_SHARED)}
    taken |= {"var": functions.REDUCTIONS["reduce_variance"]}
    taken |= {name: getattr(networks, name) for name in _IN_NN}
    taken |= {name: getattr(functions, name) for name in _FUNCTIONS}
    return kept | taken | {name: globals()[name] for name in _OWN}


_OWN = """
    argmax argmin batch_flatten binary_crossentropy cast_to_floatx categorical_crossentropy clip
    concatenate constant dot expand_dims flatten get_value int_shape ndim one_hot
    permute_dimensions random_normal random_uniform set_value softmax
    sparse_categorical_crossentropy switch variable
""".split()

"""Functions of arrays made from functions of arrays: derivatives, and operations of one's own.

Arguments and results may be nested in lists, tuples and dicts. Arrays and numbers go in and come
out; a function that is given Values, or uses some, gives Values, which can be differentiated
again. So transforms nest in any order and depth.
"""

from tinygrad_gates.transforms.derivatives import (
    elementwise_grad,
    grad,
    hessian,
    jacobian,
    value_and_grad,
)
from tinygrad_gates.transforms.operations import checkpoint, custom_vjp, stop_gradient
from tinygrad_gates.transforms.products import hvp, jvp, vjp

__all__ = [
    "checkpoint",
    "custom_vjp",
    "elementwise_grad",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "stop_gradient",
    "value_and_grad",
    "vjp",
]

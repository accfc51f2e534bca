"""The table of primitives, by family, and the composites that need no row of their own.

Importing this package fills the table: `Value` has its operators, methods and NumPy functions.
"""

from tinygrad_gates.ops import (
    convolution,
    elementwise,
    indexing,
    linear_algebra,
    neural,
    norm,
    reduction,
    structure,
)
from tinygrad_gates.ops.neural import (
    binary_cross_entropy,
    cross_entropy,
    erf,
    gelu,
    log_softmax,
    mean_squared_error,
    relu,
    sigmoid,
    softmax,
    softplus,
)
from tinygrad_gates.ops.reduction import logsumexp

__all__ = [
    "binary_cross_entropy",
    "convolution",
    "cross_entropy",
    "elementwise",
    "erf",
    "gelu",
    "indexing",
    "linear_algebra",
    "log_softmax",
    "logsumexp",
    "mean_squared_error",
    "neural",
    "norm",
    "reduction",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "structure",
]

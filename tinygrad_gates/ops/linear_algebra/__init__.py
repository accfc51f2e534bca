"""Rows of linear algebra: products, Einstein sums, solving, decompositions.

Matrices are the last two axes; axes before them are batches, and broadcast.
"""

from tinygrad_gates.ops.linear_algebra import (
    chains,
    decompositions,
    einsum,
    matmul,
    products,
    solving,
)

__all__ = ["chains", "decompositions", "einsum", "matmul", "products", "solving"]

"""Rows of linear algebra: products, Einstein sums, solving, decompositions.

Matrices are the last two axes; axes before them are batches, and broadcast.
"""

from tinygrad_gates.ops.linear_algebra import einsum, matmul, products

__all__ = ["einsum", "matmul", "products"]

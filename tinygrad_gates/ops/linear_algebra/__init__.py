"""Rows of linear algebra: products, Einstein sums, solving, decompositions.

Matrices are the last two axes; axes before them are batches, and broadcast.
"""

from tinygrad_gates.ops.linear_algebra import decompositions, einsum, products, solving

__all__ = ["decompositions", "einsum", "products", "solving"]

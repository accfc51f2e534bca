"""Intervals on which elementwise functions are differentiable: tests draw from them."""

ANY = [(-2.0, 2.0)]
POSITIVE = [(0.2, 3.0)]
NONZERO = [(-3.0, -0.3), (0.3, 3.0)]
INSIDE_ONE = [(-0.9, 0.9)]
BETWEEN_INTEGERS = [(-1.8, -1.2), (-0.8, -0.2), (0.2, 0.8), (1.2, 1.8)]
LEFT, RIGHT = [(-2.0, -1.1), (0.1, 0.9)], [(-0.9, -0.1), (1.1, 2.0)]  # never equal

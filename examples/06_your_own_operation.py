"""Your own operation with its own gradient, and proof that the gradient is right.

python examples/06_your_own_operation.py
"""

import numpy as np

from tinygrad_gates import Value, assert_gradients, custom_vjp
from tinygrad_gates.errors import GradientCheckError


# swish(x) = x / (1 + exp(-x)), as one operation that keeps nothing but x and its result
@custom_vjp
def swish(x):
    return x / (1 + np.exp(-x))


@swish.defvjp
def swish_rule(g, y, x):
    s = 1 / (1 + np.exp(-x))
    return g * (s + y * (1 - s))


x = Value([-1.0, 0.0, 2.0])
swish(x).sum().backward()
print("swish'(x) =", x.grad.round(6))

# Checked against finite differences, to second order.
assert_gradients(swish, np.linspace(-3, 3, 7), order=2)
print("the rule agrees with finite differences")


# A rule with a mistake is found, and the worst entry named.
@custom_vjp
def wrong(x):
    return x / (1 + np.exp(-x))


@wrong.defvjp
def wrong_rule(g, y, x):
    s = 1 / (1 + np.exp(-x))
    return g * (s + x * (1 - s))


try:
    assert_gradients(wrong, np.linspace(-3, 3, 7))
except GradientCheckError as failure:
    print("a mistake is found:")
    print(failure)

"""A derivative is a function like any other: differentiate it again.

python examples/05_second_derivative.py
"""

import numpy as np

from tinygrad_gates import grad, hessian

slope = grad(np.tanh)
curvature = grad(slope)
third = grad(curvature)

print("    x     tanh    tanh'   tanh''  tanh'''")
for x in np.linspace(-2.0, 2.0, 5):
    print(f"{x:5.1f}" + "".join(f"{f(x):9.4f}" for f in (np.tanh, slope, curvature, third)))


def rosenbrock(point):
    """The banana-shaped valley whose lowest point is (1, 1)."""
    x, y = point
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


# Newton's method: step to where the quadratic of gradient and Hessian is lowest.
point = np.array([-1.2, 1.0])
for step in range(7):
    print(f"step {step}: {rosenbrock(point):.2e} at {point.round(6)}")
    point = point - np.linalg.solve(hessian(rosenbrock)(point), grad(rosenbrock)(point))

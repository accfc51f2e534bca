"""A Value remembers how it was computed, so it can say how it would change.

python examples/01_value_and_gradient.py
"""

import numpy as np

from tinygrad_gates import Value

# Numbers to differentiate by. A label is for you, for messages and for pictures.
a = Value(2.0, label="a")
b = Value(-3.0, label="b")

c = a * b + b**2
c.backward()  # from c back to everything it was computed from

print(f"c = {c.item()}")
print(f"dc/da = b      = {a.grad}")
print(f"dc/db = a + 2b = {b.grad}")

# What backward() found is what a nudge shows: c moves by dc/da for each unit that a moves.
nudge = 1e-6
moved = (2.0 + nudge) * -3.0 + (-3.0) ** 2
print(f"by a nudge: {(moved - c.item()) / nudge:.6f}")

# Tensors are Values too, and NumPy's functions work on them.
weights = Value(np.array([[0.5, -1.0], [0.1, 0.3]]), label="weights")
inputs = np.array([1.0, 3.0])
loss = np.mean(np.tanh(inputs @ weights) ** 2)
loss.backward()
print(f"loss = {loss.item():.4f}, its gradient by the weights:")
print(weights.grad.round(4))

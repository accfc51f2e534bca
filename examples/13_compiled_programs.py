"""One training step as a program: what it does, the code that runs, and pictures of both.

python examples/13_compiled_programs.py
"""

import numpy as np

import tinygrad_gates as tf
from tinygrad_gates import Value, gradients, jit
from tinygrad_gates.keras import datasets, layers
from tinygrad_gates.keras.models import Sequential


@jit
def step(x, y, kernel, bias):
    kernel, bias = Value(kernel), Value(bias)
    loss = np.mean((np.tanh(x @ kernel + bias) - y) ** 2)
    to_kernel, to_bias = gradients(loss, [kernel, bias])
    return loss.data, kernel.data - 0.5 * to_kernel, bias.data - 0.5 * to_bias


x, y = datasets.gates.load_data("OR")
weights = np.array([[0.3], [-0.2]], np.float32), np.zeros(1, np.float32)
print(step.program(x, y, *weights))
print(step.source(x, y, *weights))
for _ in range(200):
    loss, *weights = step(x, y, *weights)
print(f"loss {loss:.4f}")

# As it was taken down, and as it runs: a box for each nest of loops.
for fused, name in ((False, "before.svg"), (True, "after.svg")):
    print("wrote", step.graph(x, y, *weights, fused=fused).save(name))

# fit does the same with the whole step of a model, its metrics and its optimizer.
for way in (False, "numpy"):
    tf.random.set_seed(777)
    model = Sequential([
        layers.Dense(32, activation="relu", input_shape=(2,)),
        layers.Dense(1),
    ])  # fmt: skip
    model.compile("adam", "mse", metrics=["acc"], jit_compile=way)
    history = model.fit(*datasets.gates.load_data("XOR"), epochs=200, verbose=0).history
    print(f"jit_compile={way!r}: loss {history['loss'][-1]:.8f}")

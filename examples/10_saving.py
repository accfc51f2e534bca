"""Saving a model in the middle of its training, and going on with it: here, and in Keras.

    pip install "tinygrad-gates[io]"
    python examples/10_saving.py

writes xor.keras, which Keras 3 opens; where Keras is installed, it goes on with the training.
"""

import os

import numpy as np

import tinygrad_gates as tf
from tinygrad_gates.keras import datasets, layers
from tinygrad_gates.keras.models import Sequential, load_model

tf.random.set_seed(2)

x, y = datasets.gates.load_data("XOR")
model = Sequential([layers.Dense(8, activation="tanh", input_shape=(2,)), layers.Dense(1)])
model.compile(optimizer=tf.keras.optimizers.Adam(0.05), loss="mse")
model.fit(x, y, epochs=20, verbose=0)
model.save("xor.keras")
print("wrote xor.keras")
print(f"weights, optimizer and all in {os.path.getsize('xor.keras')} bytes")

# The rest of the training, with the model that was saved and with the one that was loaded.
again = load_model("xor.keras")
rest = [each.fit(x, y, epochs=20, verbose=0).history["loss"] for each in (model, again)]
print(f"loss goes on from {rest[0][0]:.6f} to {rest[0][-1]:.6f}, and is the same: "
      f"{rest[0] == rest[1]}")  # fmt: skip

try:
    import keras
except ImportError:
    print("Keras is not installed here")
else:
    theirs = keras.models.load_model("xor.keras")
    losses = [theirs.train_on_batch(x, y) for _ in range(20)]
    print(f"in Keras {keras.__version__} it goes from {losses[0]:.6f} to {losses[-1]:.6f}")
    difference = np.abs(theirs.predict(x, verbose=0) - again.predict(x, verbose=0)).max()
    print(f"predictions then differ by {difference:.1e}")

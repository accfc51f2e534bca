"""Fitting a curve, and stopping before the network learns the noise by heart.

python examples/09_early_stopping.py
"""

import numpy as np

import tinygrad_gates as tf
from tinygrad_gates.keras import callbacks, layers
from tinygrad_gates.keras.models import Sequential

tf.random.set_seed(5)

rng = np.random.default_rng(0)
x = rng.uniform(-3, 3, (80, 1))
y = np.sin(2 * x) + 0.5 * x + rng.normal(0, 0.3, x.shape)

normalize = layers.Normalization()
normalize.adapt(x)
model = Sequential([
    normalize,
    layers.Dense(64, activation="tanh"),
    layers.Dense(64, activation="tanh"),
    layers.Dense(1),
])  # fmt: skip
model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])

stopping = callbacks.EarlyStopping(patience=60, restore_best_weights=True)
slower = callbacks.ReduceLROnPlateau(factor=0.5, patience=25)
history = model.fit(
    x, y, epochs=1000, validation_split=0.25, callbacks=[stopping, slower], verbose=0
).history

epochs = len(history["loss"])
print(f"stopped after {epochs} of 1000 epochs; the best was epoch {stopping.best_epoch + 1}")
print(f"first epoch: loss {history['loss'][0]:.3f}, val_loss {history['val_loss'][0]:.3f}")
print(f"best epoch:  val_loss {min(history['val_loss']):.3f}; the noise alone makes 0.09")

grid = np.linspace(-3, 3, 200)[:, None]
error = np.abs(model.predict(grid, verbose=0) - (np.sin(2 * grid) + 0.5 * grid)).mean()
print(f"from the curve without noise, predictions are {error:.3f} away on average")

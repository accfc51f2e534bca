"""Two half moons, and the curve that a small network draws between them.

    pip install "tinygrad-gates[plot]"
    python examples/08_two_moons.py

writes moons.png: the points, and what the network says of every place; training.png: the loss
and the accuracy of every epoch; moons.gif: how the curve comes about; weights.png: all weights, and
their gradients at the end.
"""

import tinygrad_gates as tf
from tinygrad_gates.keras import datasets, layers
from tinygrad_gates.keras.callbacks import LivePlot, WeightRecorder
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.picture import (
    curves,
    decision_surface,
    histograms,
    save_figure,
    separating_lines,
)

tf.random.set_seed(3)

x, y = datasets.make_moons(200, noise=0.1, seed=0)

model = Sequential([
    layers.Dense(16, activation="tanh", input_shape=(2,)),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])  # fmt: skip
model.compile(optimizer=tf.keras.optimizers.Adam(0.02), loss="bce", metrics=["acc"])
recorder = WeightRecorder()
# LivePlot draws while training goes on, in a notebook; here it does nothing.
history = model.fit(x, y, epochs=150, verbose=0, callbacks=[recorder, LivePlot()])
print(f"loss {history.history['loss'][-1]:.4f}, accuracy {history.history['acc'][-1]:.3f}")

save_figure(decision_surface(model, x, y, title="Two moons"), "moons.png")
print("wrote moons.png")
save_figure(curves(history, title="Training"), "training.png")
print("wrote training.png")
save_figure(histograms(model, x=x, y=y, title="Weights and gradients"), "weights.png")
print("wrote weights.png")
separating_lines(recorder, x, y, frames=30, title="Two moons").save("moons.gif")
print("wrote moons.gif")

# New points from the same moons, which the network has not seen.
x_new, y_new = datasets.make_moons(500, noise=0.1, seed=1)
print(f"on new points: accuracy {model.evaluate(x_new, y_new, verbose=0)[1]:.3f}")

"""Two half moons, and the curve that a small network draws between them.

    pip install "tinygrad-gates[plot]"
    python examples/08_two_moons.py

writes moons.png: the points, and what the network says of every place.
"""

import tinygrad_gates as tf
from tinygrad_gates.keras import datasets, layers
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.picture.plots import decision_surfaces, save_figure

tf.random.set_seed(3)

x, y = datasets.make_moons(200, noise=0.1, seed=0)

model = Sequential([
    layers.Dense(16, activation="tanh", input_shape=(2,)),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])  # fmt: skip
model.compile(optimizer=tf.keras.optimizers.Adam(0.02), loss="bce", metrics=["acc"])
history = model.fit(x, y, epochs=150, verbose=0).history
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['acc'][-1]:.3f}")

figure = decision_surfaces(
    {"two moons": lambda places: model.predict(places, verbose=0)}, x, {"two moons": y}
)
save_figure(figure, "moons.png")
print("wrote moons.png")

# New points from the same moons, which the network has not seen.
x_new, y_new = datasets.make_moons(500, noise=0.1, seed=1)
print(f"on new points: accuracy {model.evaluate(x_new, y_new, verbose=0)[1]:.3f}")

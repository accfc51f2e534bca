"""OR, AND and NAND: one layer is enough, as in the article.

python examples/03_perceptron_gates.py
"""

import numpy as np

import tinygrad_gates as tf
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD

tf.random.set_seed(777)

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
gates = {
    "OR": np.array([[0], [1], [1], [1]]),
    "AND": np.array([[0], [0], [0], [1]]),
    "NAND": np.array([[1], [1], [1], [0]]),
}

for name, y in gates.items():
    model = Sequential()
    model.add(Dense(1, input_shape=(2,), activation="linear"))
    model.compile(optimizer=SGD(), loss=mse, metrics=["acc"])
    history = model.fit(x, y, epochs=500, verbose=0)

    (w1, w2), bias = model.get_weights()[0][:, 0], model.get_weights()[1][0]
    print(f"{name}: loss {history.history['loss'][-1]:.4f}, acc {history.history['acc'][-1]:.4f}")
    print(f"  x1 * {w1:.4f} + x2 * {w2:.4f} + {bias:.4f}, and 1 where that is above 0.5")
    for (x1, x2), answer in zip(x, model.predict(x, verbose=0)[:, 0], strict=True):
        print(f"  {x1} {x2} -> {answer:+.4f} -> {int(answer > 0.5)}")

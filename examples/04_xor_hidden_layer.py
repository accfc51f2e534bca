"""XOR: one layer cannot, a hidden layer can.

python examples/04_xor_hidden_layer.py
"""

import numpy as np

import tinygrad_gates as tf
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])


def train(*layers: Dense) -> Sequential:
    tf.random.set_seed(777)
    model = Sequential(layers)
    model.compile(optimizer=SGD(learning_rate=0.1), loss=mse, metrics=["acc"])
    model.fit(x, y, epochs=500, verbose=0)
    return model


single = train(Dense(1, input_shape=(2,)))
hidden = train(Dense(32, input_shape=(2,), activation="relu"), Dense(1))

# No line has (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other.
for name, model in (("one layer", single), ("hidden layer", hidden)):
    loss, accuracy = model.evaluate(x, y, verbose=0)
    print(f"{name}: loss {loss:.4f}, accuracy {accuracy:.2f}")
    print("  answers", model.predict(x, verbose=0)[:, 0].round(2))

# The computation of one step, as a picture: the gradient of the loss by every weight.
loss = mse(y, hidden(x)).mean()
loss.label = "loss"
loss.backward()
loss.graph().save("xor-step.svg")
print("wrote xor-step.svg")

# %% [markdown]
# # Perceptrons and logic gates
#
# An article taught logic gates to neural networks with Keras, and printed every epoch. Here it is
# run again, cell by cell, with one import line changed; the numbers that come out are the article's
# own, to the last printed digit. Beside them stand the pictures that it did not have.
#
# A *perceptron* takes several signals and gives one: each input is multiplied by a weight, the
# products are added up with a bias, and a function of that sum is the output. Learning means
# changing the weights, a little at a time, until the outputs are close to the answers wanted.

# %%
import numpy as np

import tinygrad_gates as tf
from tinygrad_gates import picture
from tinygrad_gates.keras.callbacks import WeightRecorder
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD

tf.random.set_seed(777)

# %% [markdown]
# ## OR
#
# The four possible inputs and their answers are the whole training set. The model is one `Dense`
# layer with one unit and no activation: two weights and a bias.

# %%
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [1]])


def one_layer():
    model = Sequential()
    model.add(Dense(1, input_shape=(2,), activation="linear"))
    model.compile(optimizer=SGD(), loss=mse, metrics=["acc"])
    return model


model = one_layer()
recorder = WeightRecorder()
history = model.fit(x, y, epochs=500, verbose=0, callbacks=[recorder])
for epoch in (1, 2, 3, 4, 5, 496, 497, 498, 499, 500):
    loss, acc = history.history["loss"][epoch - 1], history.history["acc"][epoch - 1]
    print(f"Epoch {epoch}/500 - loss: {loss:.4f} - acc: {acc:.4f}")

# %% [markdown]
# The loss falls fast at first, then slowly. The accuracy counts answers on the right side of 0.5,
# so it jumps.

# %%
picture.curves(history, title="OR")

# %% [markdown]
# The weights are those that TensorFlow found for the same seed. By hand, for the input (1, 1):

# %%
(w1, w2), b = model.get_weights()[0].ravel(), model.get_weights()[1][0]
print("weights", w1, w2, "bias", b)
print("output ", 1 * w1 + 1 * w2 + b)

# %% [markdown]
# An output above 0.5 counts as 1. Where it is exactly 0.5 there is a straight line, and learning
# moves that line until the answers are on their sides of it:

# %%
picture.separating_lines(recorder, x, y, frames=16)

# %% [markdown]
# What did one step of training compute? Step through it: forward through the values, then back
# through the gradients. Click on a node for its numbers and its rule.

# %%
model.player(x, y)

# %% [markdown]
# ## AND, NAND
#
# The same model learns them from other answers. The random numbers go on where they were, so the
# initial weights are the article's again.

# %%
for name, answers in (("AND", [0, 0, 0, 1]), ("NAND", [1, 1, 1, 0])):
    y = np.array(answers).reshape(4, 1)
    model = one_layer()
    history = model.fit(x, y, epochs=500, verbose=0).history
    print(f"{name:4} first loss {history['loss'][0]:.4f}, last {history['loss'][-1]:.4f}", end="; ")
    print("outputs", model.predict(x, verbose=0).ravel().round(4))

# %% [markdown]
# ## XOR
#
# The answers are 0, 1, 1, 0. However long it trains, one layer does not learn them.

# %%
y = np.array([[0], [1], [1], [0]])
model = one_layer()
history = model.fit(x, y, epochs=1000, verbose=0).history
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['acc'][-1]:.4f}")
print("outputs", model.predict(x, verbose=0).ravel().round(3))

# %% [markdown]
# All four outputs are near 0.5, the mean of the answers: the best that a plane can do, since no
# straight line has (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other.

# %%
picture.decision_surface(model, x, y, title="XOR, one layer")

# %% [markdown]
# ## A hidden layer
#
# With 32 units between input and output, each of which is 0 below its own line and rises above it
# (`relu`), the output can bend.

# %%
model = Sequential()
model.add(Dense(32, input_shape=(2,), activation="relu"))
model.add(Dense(1, activation="linear"))
model.compile(optimizer=SGD(), loss=mse, metrics=["acc"])
history = model.fit(x, y, epochs=500, verbose=0).history
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['acc'][-1]:.4f}")

# %%
picture.decision_surface(model, x, y, title="XOR, a hidden layer of 32")

# %%
model.graph()

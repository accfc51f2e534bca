# %% [markdown]
# # Why one layer cannot do XOR
#
# A gate of two inputs is four points in a plane, some to be answered with 1. A single layer answers
# 1 on one side of a straight line. So it can learn just those gates whose ones a line can part from
# their zeros. Which are they?

# %%
import numpy as np

import tinygrad_gates as tf
from tinygrad_gates import picture
from tinygrad_gates.keras import datasets, layers
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.picture import plots

# %% [markdown]
# ## All sixteen gates
#
# There are 2 answers for each of 4 inputs: 16 gates. One layer is trained on each of them, from the
# same beginning.

# %%
learned = {}
for name in datasets.gates.GATES:
    tf.set_seed(1)
    x, y = datasets.gates.load_data(name)
    model = Sequential([layers.Dense(1, activation="sigmoid", input_shape=(2,))])
    model.compile(tf.keras.optimizers.Adam(0.1), "bce", metrics=["acc"])
    model.fit(x, y, epochs=400, verbose=0)
    learned[name] = (model, y, model.evaluate(x, y, verbose=0)[1])
for name, (_, y, accuracy) in learned.items():
    print(f"{name:12} {y.ravel().astype(int)}  accuracy {accuracy:.2f}")

# %% [markdown]
# Fourteen are learned, and two are not: XOR and its opposite, XNOR.

# %%
shown = ["OR", "NAND", "IMPLIES", "A", "XOR", "XNOR"]
picture.decision_surfaces(
    {name: lambda p, name=name: learned[name][0].predict(p, verbose=0) for name in shown},
    x,
    {name: learned[name][1] for name in shown},
)

# %% [markdown]
# ## The line that does not exist
#
# It is not the training that fails. Say the layer answers 1 where `w1*x1 + w2*x2 + b > 0`. XOR asks
# for four things:
#
# | input | wanted |
# |---|---|
# | (0, 0) | b ≤ 0 |
# | (1, 0) | w1 + b > 0 |
# | (0, 1) | w2 + b > 0 |
# | (1, 1) | w1 + w2 + b ≤ 0 |
#
# The middle two add up to w1 + w2 + 2b > 0, so w1 + w2 + b > -b ≥ 0. That is the opposite of the
# last. No numbers do.
#
# To see it: the best of a great many lines. For each direction of the line, the share of the four
# points that the best line of that direction has on their right sides.

# %%
angles = np.linspace(0, 2 * np.pi, 361)


def best_share(y, angle):
    along = x @ np.array([np.cos(angle), np.sin(angle)])
    offsets = np.linspace(-2, 2, 401)
    right = (along[:, None] > offsets) == (y > 0.5)
    return right.mean(axis=0).max()


figure = plots.matplotlib_figure(7, 3.2)
axes = figure.add_subplot(
    xlabel="direction of the line (degrees)", ylabel="share on the right side", ylim=(0.4, 1.05)
)
for place, name in enumerate(["OR", "AND", "XOR"]):
    shares = [best_share(learned[name][1], angle) for angle in angles]
    look = {"color": plots.COLOURS[place], "linestyle": plots.LINES[place]}
    axes.plot(np.degrees(angles), shares, label=name, **look)
    print(f"{name}: at best {max(shares):.2f}")
axes.legend()
figure

# %% [markdown]
# ## What a hidden layer adds
#
# Two units draw two lines, and the output answers 1 between them. Here the weights are not learned,
# but written down: one unit is OR, the other NAND, and the output is AND of both.

# %%
model = Sequential([
    layers.Dense(2, activation="sigmoid", input_shape=(2,)),
    layers.Dense(1, activation="sigmoid"),
])  # fmt: skip
model.set_weights([
    np.array([[20.0, -20.0], [20.0, -20.0]]), np.array([-10.0, 30.0]),
    np.array([[20.0], [20.0]]), np.array([-30.0]),
])  # fmt: skip
print(model.predict(x, verbose=0).ravel().round(3))
picture.decision_surface(model, x, learned["XOR"][1], title="XOR = AND(OR, NAND)")

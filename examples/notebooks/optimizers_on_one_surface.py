# %% [markdown]
# # Optimizers, side by side on one loss surface
#
# A gradient says which way is down *here*. How far to go, and whether to trust the last steps more
# than the last one, is the optimizer's decision. Over two weights all of it can be seen.

# %%
import numpy as np

import tinygrad_gates as tf
from tinygrad_gates import picture
from tinygrad_gates.keras import optimizers

# %% [markdown]
# ## A narrow valley
#
# A bowl that is a hundred times as steep across as along. Gradient descent has to take steps that are
# small enough for the steep side, and then creeps along the flat one.


# %%
def valley(a, b):
    return 0.01 * a**2 + b**2


def path(optimizer, loss, start, steps):
    place = tf.keras.Variable(np.array(start), dtype="float64")
    points = [place.numpy()]
    for _ in range(steps):
        value = loss(place[0], place[1])
        optimizer.apply_gradients([(tf.gradients(value, [place])[0], place)])
        points.append(place.numpy())
    return np.array(points)


CONTENDERS = {
    "SGD": lambda: optimizers.SGD(0.9),
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "RMSprop": lambda: optimizers.RMSprop(0.2),
    "Adam": lambda: optimizers.Adam(0.4),
}
paths = {name: path(make(), valley, (-8.0, 1.5), 40) for name, make in CONTENDERS.items()}
for name, points in paths.items():
    print(f"{name:9} after 40 steps: loss {valley(*points[-1]):.2e}")
picture.loss_surface(valley, paths=paths, ranges=((-9, 5), (-2.5, 2.5)), title="a narrow valley")

# %% [markdown]
# SGD zigzags across the valley until that has died down, and momentum swings in long waves; neither
# gets far along. RMSprop and Adam measure each direction by how steep it has been, so both look alike
# to them, and they come furthest.
#
# ## Rosenbrock's banana
#
# The minimum (1, 1) lies in a bent valley: finding the valley is easy, following it is not.


# %%
def banana(a, b):
    return (1 - a) ** 2 + 10 * (b - a**2) ** 2


CONTENDERS = {
    "SGD": lambda: optimizers.SGD(0.01),
    "momentum": lambda: optimizers.SGD(0.003, momentum=0.9),
    "RMSprop": lambda: optimizers.RMSprop(0.02),
    "Adam": lambda: optimizers.Adam(0.1),
}
paths = {name: path(make(), banana, (-1.5, 2.0), 200) for name, make in CONTENDERS.items()}
for name, points in paths.items():
    print(f"{name:9} after 200 steps at {points[-1].round(2)}: loss {banana(*points[-1]):.2e}")
picture.loss_surface(banana, paths=paths, ranges=((-2, 2), (-1, 3)), title="Rosenbrock's banana")

# %% [markdown]
# ## A real network's loss
#
# The same picture of a trained model: the loss of an OR gate over its two weights, and the way of
# the training that the recorder noted.

# %%
from tinygrad_gates.keras.callbacks import WeightRecorder
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.models import Sequential

x, y = tf.keras.datasets.gates.load_data("or")
paths = {}
for name, make in {
    "SGD": lambda: optimizers.SGD(0.1),
    "Adam": lambda: optimizers.Adam(0.1),
}.items():
    model = Sequential([Dense(1, input_shape=(2,), name="gate")], name="or")
    model.compile(make(), "mse")
    model.set_weights([np.array([[-1.0], [1.5]]), np.array([0.0])])
    recorder = WeightRecorder()
    model.fit(x, y, epochs=100, verbose=0, callbacks=[recorder])
    paths[name] = recorder
weights = (("kernel", (0, 0)), ("kernel", (1, 0)))
picture.loss_surface(model, x=x, y=y, weights=weights, paths=paths, title="OR")

# %% [markdown]
# The paths do not end where this surface is lowest for all of their length, as the bias learns
# besides: what is drawn is the cut through the loss at the last bias.

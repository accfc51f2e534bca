# %% [markdown]
# # How often does XOR training succeed?
#
# A network with a hidden layer *can* do XOR. Whether training finds it depends on the weights that it
# begins with: units of `relu` that are 0 for all inputs never move again, and two good ones are
# needed at least. So: how often does it work, against the number of hidden units? Counting takes
# thousands of trainings, which is what the compiled trainer is for.

# %%
import time

import numpy as np

import tinygrad_gates as tf
from tinygrad_gates.keras import datasets, initializers, layers
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.picture import plots

SEEDS = 1000
EPOCHS = 1000
WIDTHS = [1, 2, 3, 4, 6, 8, 16, 32]
x, y = datasets.gates.load_data("xor")

# %% [markdown]
# One model for each width, compiled once; each seed then gives it fresh weights. With Numba
# (`pip install "tinygrad-gates[jit]"`) a whole training runs in machine code, in a few milliseconds.


# %%
def fresh(weights, seed):
    draw = initializers.GlorotUniform(seed)
    return [np.asarray(draw(w.shape)) if w.ndim > 1 else np.zeros_like(w) for w in weights]


def success(width):
    model = Sequential([
        layers.Dense(width, activation="relu", input_shape=(2,)),
        layers.Dense(1),
    ])  # fmt: skip
    model.compile(tf.keras.optimizers.SGD(0.1), "mse")
    weights = model.get_weights()
    losses = np.empty(SEEDS)
    for seed in range(SEEDS):
        model.set_weights(fresh(weights, seed))
        losses[seed] = model.fit(x, y, epochs=EPOCHS, verbose=0).history["loss"][-1]
    return losses


started = time.perf_counter()
losses = {width: success(width) for width in WIDTHS}
seconds = time.perf_counter() - started
print(f"{SEEDS * len(WIDTHS):,} trainings of {EPOCHS:,} epochs: {seconds:.0f} s")

# %% [markdown]
# A training has succeeded if all four answers are right, which a loss below 0.01 makes sure of: each
# output is then less than 0.2 from its answer.

# %%
rates = {width: float(np.mean(found < 0.01)) for width, found in losses.items()}
for width, rate in rates.items():
    print(f"{width:2} hidden units: {rate:6.1%} {'█' * round(40 * rate)}")

# %% [markdown]
# The bars are a standard error to either side: with a thousand seeds, at most 1.6 %.

# %%
shares = np.array(list(rates.values()))
errors = np.sqrt(shares * (1 - shares) / SEEDS)
figure = plots.matplotlib_figure(7, 4)
axes = figure.add_subplot(xlabel="hidden units", ylabel="trainings that succeed", xscale="log")
axes.errorbar(WIDTHS, shares, errors, marker="o", capsize=3, color=plots.COLOURS[0])
axes.set(xticks=WIDTHS, xticklabels=WIDTHS, ylim=(-0.03, 1.03))
axes.minorticks_off()
figure

# %% [markdown]
# ## Where the others end
#
# The losses at the end are not spread out: each kind of failure has its own. A quarter is what
# answering 0.5 to everything costs; a sixth is the best that a plane with one bend in it comes to.

# %%
figure = plots.matplotlib_figure(7, 4)
axes = figure.add_subplot(xlabel="loss at the end", ylabel="hidden units")
bins = np.linspace(0, 0.3, 61)
grid = np.array([np.histogram(losses[width], bins)[0] / SEEDS for width in WIDTHS])
image = axes.imshow(
    grid, aspect="auto", origin="lower", cmap="cividis", extent=(0, 0.3, 0, len(WIDTHS))
)
axes.set(yticks=np.arange(len(WIDTHS)) + 0.5, yticklabels=WIDTHS)
axes.grid(visible=False)
figure.colorbar(image, label="share of the trainings")
figure

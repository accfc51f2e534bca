# %% [markdown]
# # From a gate to its gradient
#
# An OR gate as a neuron: `o = tanh(w1*x1 + w2*x2 + b)`. How should each weight change so that the
# output rises? That question is what a *gradient* answers, and a computer can answer it for any
# program with one idea, which is built here by hand in forty lines; then compared with the real one.

# %%
import math

import numpy as np

from tinygrad_gates import Value, gradcheck, name_scope

# %% [markdown]
# ## First by trying
#
# Move each number a little, and see how far the output goes. This always works, and needs the whole
# computation once for every number: too slow for a million weights, and never exact. As a check on
# other ways it is priceless.


# %%
def neuron(w1, w2, b, x1=1.0, x2=0.0):
    return math.tanh(w1 * x1 + w2 * x2 + b)


point = {"w1": 0.4, "w2": -0.3, "b": 0.1}
step = 1e-6
for name in point:
    moved = {**point, name: point[name] + step}
    print(f"do/d{name} = {(neuron(**moved) - neuron(**point)) / step:+.6f}")

# %% [markdown]
# ## Then by remembering
#
# The idea: let every number remember which numbers it was made of, and how much each of them counts:
# its *local derivative*. For `a * b`, a counts `b` times, and b counts `a` times. For `tanh(a)`, it is
# `1 - tanh(a)**2`.
#
# Then go back from the result. Its own gradient is 1. Whoever it was made of gets that gradient times
# its local derivative, and what arrives on several ways adds up. That is the chain rule, and it is
# all there is to backpropagation.


# %%
class Number:
    def __init__(self, data, made_of=()):
        self.data = data
        self.grad = 0.0
        self.made_of = made_of  # pairs: a number, and its local derivative

    def __add__(self, other):
        return Number(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Number(self.data * other.data, [(self, other.data), (other, self.data)])

    def tanh(self):
        t = math.tanh(self.data)
        return Number(t, [(self, 1 - t**2)])

    def backward(self):
        order, seen = [], set()

        def visit(number):
            if id(number) not in seen:
                seen.add(id(number))
                for part, _ in number.made_of:
                    visit(part)
                order.append(number)

        visit(self)
        self.grad = 1.0
        for number in reversed(order):  # a number's gradient is complete before it is sent on
            for part, slope in number.made_of:
                part.grad += number.grad * slope


w1, w2, b = Number(0.4), Number(-0.3), Number(0.1)
x1, x2 = Number(1.0), Number(0.0)
o = (w1 * x1 + w2 * x2 + b).tanh()
o.backward()
for name, number in (("w1", w1), ("w2", w2), ("b", b)):
    print(f"do/d{name} = {number.grad:+.6f}")

# %% [markdown]
# The same digits as by trying, from one run forward and one back, however many numbers there are.
#
# ## The real one
#
# `Value` is this idea, for arrays as well as for numbers, with a table of a hundred operations in
# place of three, and to any order. Here is the same neuron; the scope gives a part of it a name.

# %%
w1, w2, b = Value(0.4, label="w1"), Value(-0.3, label="w2"), Value(0.1, label="b")
x1, x2 = Value(1.0, label="x1"), Value(0.0, label="x2")
with name_scope("weighted sum"):
    n = w1 * x1 + w2 * x2 + b
    n.label = "n"
o = np.tanh(n)
o.label = "o"
o.backward()
o.graph(inputs=[x1, x2])

# %% [markdown]
# Its gradients are those by hand:

# %%
print({value.label: round(float(value.grad), 6) for value in (w1, w2, b)})

# %% [markdown]
# And step by step, with the numbers put into every formula:

# %%
o.player(inputs=[x1, x2])

# %% [markdown]
# ## Checking
#
# `gradcheck` does the trying of the beginning, carefully: it steps to both sides, at several widths,
# and estimates how exact the result is, so that it can tell a wrong rule from a rounding error. Here
# it checks the neuron at a hundred places.

# %%
draws = np.random.default_rng(0)
x = np.array([1.0, 0.0])
for _ in range(100):
    gradcheck(lambda w, b: np.tanh(w @ x + b), draws.normal(size=2), draws.normal())
print("all right")

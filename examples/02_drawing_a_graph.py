"""The famous neuron with tanh, drawn with its data and gradients.

    python examples/02_drawing_a_graph.py

writes neuron.svg and neuron.png; no Graphviz has to be installed.
"""

from tinygrad_gates import Value

x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")

n = x1 * w1 + x2 * w2 + b
n.label = "n"
o = n.tanh()
o.label = "o"

# Before the backward pass the picture shows "grad –"; after it, every gradient.
o.backward()

picture = o.graph(inputs=[x1, x2])  # x1 and x2 are data, not weights: show them as inputs
for name in ("neuron.svg", "neuron.png"):
    picture.save(name)
    print(f"wrote {name}")

for value in (x1, w1, x2, w2, b):
    print(f"do/d{value.label} = {value.grad:+.4f}")

"""Pictures of computations.

>>> from tinygrad_gates import Value
>>> picture = graph(Value(2.0, label="x") * Value(3.0, label="w"))
>>> type(picture).__name__
'Graph'
"""

from tinygrad_gates.picture.dot import Edge, Graph, Node
from tinygrad_gates.picture.graph import graph
from tinygrad_gates.picture.labels import Field

__all__ = ["Edge", "Field", "Graph", "Node", "graph"]

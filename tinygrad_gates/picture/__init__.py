"""Pictures of computations.

>>> from tinygrad_gates import Value
>>> picture = graph(Value(2.0, label="x") * Value(3.0, label="w"))
>>> type(picture).__name__
'Graph'
"""

from tinygrad_gates.nodes import Edge, Field, Node
from tinygrad_gates.picture.dot import Graph
from tinygrad_gates.picture.graph import graph
from tinygrad_gates.picture.player import Player, player

__all__ = ["Edge", "Field", "Graph", "Node", "Player", "graph", "player"]

"""A function's results as one array, since a node of the graph has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate, compress, pairwise
from typing import Any

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core import Value
from tinygrad_gates.errors import MutationError


class Packing:
    """How the arrays of a tree that gradients flow to lie one after another in a single array.

    Args:
        tree: arrays, or Values, whose numbers count.
        flows: whether gradients flow to a leaf.

    Attributes:
        packed: the one array, or, of one that gradients flow to, that array itself.
    """

    def __init__(self, tree: Any, flows: Callable[[Any], bool]) -> None:
        leaves = trees.leaves(tree)
        self._flows = [flows(leaf) for leaf in leaves]
        self._arrays = [_array(leaf) for leaf in leaves]
        self._tree = trees.rebuild(tree, self._arrays)
        self._chosen = list(compress(self._arrays, self._flows))
        ends = list(accumulate((x.size for x in self._chosen), initial=0))
        self._slices = [slice(*pair) for pair in pairwise(ends)]
        self.packed = self._joined(self._chosen)

    def _joined(self, arrays: list[Any]) -> Any:
        if len(arrays) == 1:
            return arrays[0]
        return np.concatenate([np.ravel(x) for x in arrays]) if arrays else np.zeros(0)

    def _parts(self, packed: Any) -> list[Any]:
        if len(self._chosen) == 1:
            return [packed]
        return [
            packed[where].reshape(x.shape).astype(x.dtype)
            for where, x in zip(self._slices, self._chosen, strict=True)
        ]

    def unpack(self, packed: Any) -> Any:
        """Return the tree again, from the one array or Value; other leaves as they were."""
        return self._arranged(packed, lambda array: array[()])

    def unpack_cotangent(self, packed: Any) -> Any:
        """Return the tree of cotangents; zeros where no gradient flows."""
        return self._arranged(packed, lambda array: np.zeros(array.shape)[()])

    def _arranged(self, packed: Any, otherwise: Callable[[Any], Any]) -> Any:
        parts = iter(self._parts(packed))
        leaves = [
            next(parts) if flows else otherwise(x)
            for x, flows in zip(self._arrays, self._flows, strict=True)
        ]
        return trees.rebuild(self._tree, leaves)

    def pairs(self, result: Any, cotangent: Any) -> Iterator[tuple[Any, Any]]:
        """Go through the leaves of a result that gradients flow to, each with its cotangent."""
        chosen = compress(trees.leaves(result), self._flows)
        return zip(chosen, self._parts(cotangent), strict=True)

    def require_same(self, result: Any, name: str) -> None:
        """Refuse a result that is not, bit for bit, the one that was packed."""
        again = [_array(y) for y in trees.leaves(result)]
        if len(again) != len(self._arrays) or not all(
            np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
            for x, y in zip(self._arrays, again, strict=True)
        ):
            raise MutationError(
                f"checkpoint: {name} gave other results when it was computed again, so its "
                f"gradient would be wrong. It has to depend on its arguments, on Values, and on "
                f"draws of tinygrad_gates.random alone."
            )


def _array(leaf: Any) -> Any:
    return np.asarray(leaf.numpy() if isinstance(leaf, Value) else leaf)

"""A function's results as one array, since a node of the graph has one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core import Value
from tinygrad_gates.errors import MutationError


class Packing:
    """How the float arrays of a tree lie one after another in a single array.

    Attributes:
        packed: the one array, or, of one float array, that array itself.
    """

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._arrays = [np.asarray(leaf) for leaf in trees.leaves(tree)]
        self._floats = [x for x in self._arrays if x.dtype.kind == "f"]
        ends = list(accumulate((x.size for x in self._floats), initial=0))
        self._slices = [slice(*pair) for pair in zip(ends, ends[1:], strict=False)]
        self.packed = self._joined(self._floats)

    def _joined(self, arrays: list[Any]) -> Any:
        if len(arrays) == 1:
            return arrays[0]
        return np.concatenate([np.ravel(x) for x in arrays]) if arrays else np.zeros(0)

    def _parts(self, packed: Any) -> list[Any]:
        if len(self._floats) == 1:
            return [packed]
        return [
            packed[where].reshape(x.shape).astype(x.dtype)
            for where, x in zip(self._slices, self._floats, strict=True)
        ]

    def unpack(self, packed: Any) -> Any:
        """Return the tree again, from the one array or Value; what is no float as it was."""
        return self._arranged(packed, lambda array: array[()])

    def unpack_cotangent(self, packed: Any) -> Any:
        """Return the tree of cotangents; zeros for what is no float."""
        return self._arranged(packed, lambda array: np.zeros(array.shape)[()])

    def _arranged(self, packed: Any, otherwise: Any) -> Any:
        parts = iter(self._parts(packed))
        leaves = [next(parts) if x.dtype.kind == "f" else otherwise(x) for x in self._arrays]
        return trees.rebuild(self._tree, leaves)

    def pairs(self, result: Any, cotangent: Any) -> Iterator[tuple[Any, Any]]:
        """Go through the float leaves of a result of this form, each with its cotangent."""
        leaves = trees.leaves(result)
        floats = [y for y, x in zip(leaves, self._arrays, strict=True) if x.dtype.kind == "f"]
        return zip(floats, self._parts(cotangent), strict=True)

    def require_same(self, result: Any, name: str) -> None:
        """Refuse a result that is not, bit for bit, the one that was packed."""
        again = [y.numpy() if isinstance(y, Value) else y for y in trees.leaves(result)]
        if len(again) != len(self._arrays) or not all(
            np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
            for x, y in zip(self._arrays, again, strict=True)
        ):
            raise MutationError(
                f"checkpoint: {name} gave other results when it was computed again, so its "
                f"gradient would be wrong. It has to depend on its arguments, on Values, and on "
                f"draws of tinygrad_gates.random alone."
            )

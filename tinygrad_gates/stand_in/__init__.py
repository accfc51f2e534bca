"""Running programs that were written for Keras, as they are."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType

from tinygrad_gates import keras, modes
from tinygrad_gates.stand_in.tensorflow import Module, tensorflow

__all__ = ["StandIn", "as_keras"]

_PREFIX = f"{keras.__name__}."
_TOPS = ("keras", "tensorflow")
_TOPS_OF_KERAS = ("keras", "tensorflow.keras")


def as_keras() -> StandIn:
    """Let `import keras` and `import tensorflow` mean this package, in this process only.

    Of TensorFlow there is what stands beside Keras in scripts: `tf.keras`, `tf.random`,
    `tf.constant`, `tf.Variable`, `tf.GradientTape`, `tf.function`, `tf.data.Dataset`, `tf.nn`,
    dtypes, and functions that `keras.ops` has too, such as `tf.reduce_mean`. Whatever else is asked
    for is named in the error. As with TensorFlow's tensors, `np.asarray(value)` gives the numbers
    of a Value that has a gradient, which is refused otherwise.

    Returns:
        What ends it: its `restore()`, or leaving a `with as_keras():`.

    Raises:
        RuntimeError: if Keras or TensorFlow itself was imported before.

    >>> with as_keras():
    ...     from keras.layers import Dense
    >>> Dense.__module__
    'tinygrad_gates.keras.layers.core.dense'
    """
    for name in _TOPS:
        present = sys.modules.get(name)
        if present is not None and not isinstance(present, Module) and present is not keras:
            raise RuntimeError(
                f"as_keras: {name} itself is imported already. Call as_keras() before, in a new "
                f"process."
            )
    return StandIn()


class StandIn:
    """The names that mean this package instead of Keras and TensorFlow, until `restore`."""

    def __init__(self) -> None:
        self._before = set(sys.modules)
        self._plain_arrays = modes.plain_arrays
        self._finder = _Finder()
        sys.meta_path.insert(0, self._finder)
        modes.plain_arrays = True
        for module in tensorflow():
            sys.modules[module.__name__] = module
        sys.modules["keras"] = keras
        for name in [name for name in sys.modules if name.startswith(_PREFIX)]:
            for prefix in _TOPS_OF_KERAS:
                known = f"{prefix}.{name.removeprefix(_PREFIX)}"
                sys.modules.setdefault(known, sys.modules[name])

    def restore(self) -> None:
        """Let the names mean again what they meant before."""
        if self._finder not in sys.meta_path:
            return
        sys.meta_path.remove(self._finder)
        modes.plain_arrays = self._plain_arrays
        for name in set(sys.modules) - self._before:
            if name.partition(".")[0] in _TOPS:
                del sys.modules[name]

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *exception: object) -> None:
        self.restore()


class _Finder:
    """Names what this package does not have, where the import system would look elsewhere."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Refuse modules of Keras and TensorFlow that are not here."""
        top = name.partition(".")[0]
        if top in _TOPS:
            raise ModuleNotFoundError(
                f"tinygrad_gates stands in for Keras here, and has no module {name}.", name=name
            )
        return None

"""Running programs that were written for Keras, as they are."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from tinygrad_gates import keras, random
from tinygrad_gates.core import Value, gradients
from tinygrad_gates.keras.variable import Variable
from tinygrad_gates.trees import leaves, rebuild

_PREFIX = f"{keras.__name__}."
_RENAMED = {
    "concat": "concatenate",
    **{f"reduce_{name}": name for name in ("all", "any", "max", "mean", "min", "prod", "sum")},
}
"""What TensorFlow calls functions of `keras.ops`; most have the same name in both."""
_DTYPES = ("float32", "float64", "int32", "int64", "bool")


def as_keras() -> StandIn:
    """Let `import keras` and `import tensorflow` mean this package, in this process only.

    Of TensorFlow there is what stands beside Keras in scripts: `tf.keras`, `tf.random`,
    `tf.constant`, `tf.Variable`, `tf.GradientTape`, `tf.function`, `tf.nn`, dtypes, and functions
    that `keras.ops` has too, such as `tf.reduce_mean`. Whatever else is asked for is named in the
    error.

    Returns:
        What ends it: its `restore()`, or leaving a `with as_keras():`.

    Raises:
        RuntimeError: if Keras or TensorFlow itself was imported before.

    >>> with as_keras():
    ...     from keras.layers import Dense
    >>> Dense.__module__
    'tinygrad_gates.keras.layers.core.dense'
    """
    for name in ("keras", "tensorflow"):
        present = sys.modules.get(name)
        if present is not None and not isinstance(present, _TensorFlow) and present is not keras:
            raise RuntimeError(
                f"as_keras: {name} itself is imported already. Call as_keras() before, in a new "
                f"process."
            )
    return StandIn()


class StandIn:
    """The names that mean this package instead of Keras and TensorFlow, until `restore`."""

    def __init__(self) -> None:
        self._before = set(sys.modules)
        self._finder = _Finder()
        sys.meta_path.insert(0, self._finder)
        tensorflow = _TensorFlow("tensorflow")
        sys.modules["tensorflow"] = tensorflow
        sys.modules["tensorflow.random"] = tensorflow.random
        for prefix in ("keras", "tensorflow.keras"):
            sys.modules[prefix] = keras
            for name in [name for name in sys.modules if name.startswith(_PREFIX)]:
                sys.modules[f"{prefix}.{name.removeprefix(_PREFIX)}"] = sys.modules[name]

    def restore(self) -> None:
        """Let the names mean again what they meant before."""
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        for name in set(sys.modules) - self._before:
            if name.partition(".")[0] in ("keras", "tensorflow"):
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
        if top in ("keras", "tensorflow"):
            raise ModuleNotFoundError(
                f"tinygrad_gates stands in for Keras here, and has no module {name}.", name=name
            )
        return None


class GradientTape:
    """Gradients as TensorFlow code asks for them; everything is recorded anyway.

    >>> x = Variable(3.0)
    >>> with GradientTape() as tape:
    ...     y = x * x
    >>> float(tape.gradient(y, x))
    6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self.persistent = persistent

    def __enter__(self) -> GradientTape:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def watch(self, tensor: Value) -> None:
        """Do nothing: every Value is watched."""

    def gradient(self, target: Value, sources: Any) -> Any:
        """Return the derivatives of a result by Values, nested as these are."""
        return rebuild(sources, gradients(target.sum(), leaves(sources)))


def function(code: Any = None, **options: Any) -> Any:
    """Return the function as it is: it runs eagerly. With options alone, a decorator.

    >>> @function(jit_compile=True)
    ... def double(x):
    ...     return 2 * x
    >>> double(3)
    6
    """
    return function if code is None else code


class _TensorFlow(ModuleType):
    """The few names of TensorFlow that stand beside Keras in scripts."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.keras = keras
        self.__version__ = keras.__version__
        self.random = random
        self.nn = keras.activations
        self.math = self
        self.function = function
        self.GradientTape = GradientTape
        self.Variable = Variable
        self.constant = self.convert_to_tensor = keras.ops.convert_to_tensor
        for dtype in _DTYPES:
            setattr(self, dtype, np.dtype(dtype))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if _RENAMED.get(name, name) in keras.ops.__all__:
            return getattr(keras.ops, _RENAMED.get(name, name))
        raise AttributeError(
            f"tinygrad_gates stands in for TensorFlow here, and has no tf.{name}. It has tf.keras, "
            f"tf.random, tf.GradientTape, tf.Variable, and the functions of keras.ops."
        )

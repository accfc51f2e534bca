"""The names of TensorFlow that stand beside Keras in scripts, as modules."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from tinygrad_gates import keras, random
from tinygrad_gates.core import name_scope
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras.variable import Variable as KerasVariable
from tinygrad_gates.stand_in import backend, functions, networks
from tinygrad_gates.stand_in.data import (
    AUTOTUNE,
    INFINITE_CARDINALITY,
    UNKNOWN_CARDINALITY,
    Dataset,
)
from tinygrad_gates.stand_in.tape import GradientTape
from tinygrad_gates.stand_in.tensors import array

_DTYPES = ("float32", "float64", "int8", "uint8", "int16", "int32", "int64", "bool")

_AT_THE_TOP = """
    add_n argmax argmin argsort boolean_mask broadcast_to cast clip_by_global_norm clip_by_norm
    clip_by_value concat cond constant convert_to_tensor cumsum expand_dims eye fill gather identity
    linspace map_fn matmul norm one_hot ones pad rank reshape shape size split squeeze stack
    transpose unstack zeros
""".split()
_IN_MATH = "add_n argmax argmin cumprod cumsum squared_difference".split()
_IN_LINALG = "eye global_norm matmul norm".split()
_IN_MATH_AND_NN = "l2_normalize log_softmax sigmoid softmax softplus tanh".split()
_IN_NN = """
    elu embedding_lookup gelu l2_loss l2_normalize leaky_relu log_softmax moments relu relu6 selu
    sigmoid sigmoid_cross_entropy_with_logits silu softmax softmax_cross_entropy_with_logits
    softplus softsign sparse_softmax_cross_entropy_with_logits swish tanh
""".split()
_ALSO_IN_KERAS = ("initializers", "losses", "metrics", "optimizers")
_SHORT_REDUCTIONS = ("all", "any", "logsumexp", "max", "mean", "min", "prod", "sum")


class Module(ModuleType):
    """A module of TensorFlow: the names that it has here, and an error that names any other."""

    def __init__(self, name: str, **contents: Any) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        vars(self).update(contents)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        path = f"tf{self.__name__.removeprefix('tensorflow')}.{name}"
        raise AttributeError(
            f"tinygrad_gates stands in for TensorFlow here, and has no {path}. It has tf.keras, "
            f"tf.data.Dataset, tf.GradientTape, tf.Variable, tf.random, and what keras.ops has too."
        )


class TfKeras(Module):
    """`tf.keras`: what Keras has, and the backend of Keras 2."""

    def __getattr__(self, name: str) -> Any:
        return getattr(keras, name)


class Variable(KerasVariable):
    """A tensor that can be assigned to.

    Args:
        initial_value: numbers, or a function that returns them.
        trainable: whether gradients flow here.
        name: what it is called.
        dtype: float32 or int32 by default, or an array's own.
        **unused: what TensorFlow takes besides.

    >>> Variable(2).assign_add(3)
    <Variable path=Variable, shape=(), dtype=int32, value=5>
    """

    __slots__ = ()

    def __init__(
        self,
        initial_value: Any,
        trainable: bool = True,
        *,
        name: str = "Variable",
        dtype: Any = None,
        **unused: Any,
    ) -> None:
        made = initial_value() if callable(initial_value) else initial_value
        super().__init__(array(made, dtype), trainable=trainable, name=name)

    def read_value(self) -> Value:
        """Return the numbers as a tensor, through which gradients flow."""
        return +self

    value = read_value  # type: ignore[assignment]


@dataclass(frozen=True)
class TensorSpec:
    """What a function of tensors, or a generator, is told to expect."""

    shape: Any
    dtype: Any = np.float32
    name: str | None = None


def function(func: Any = None, **options: Any) -> Any:
    """Return the function as it is: it runs eagerly. With options alone, a decorator.

    >>> @function(jit_compile=True)
    ... def double(x):
    ...     return 2 * x
    >>> double(3)
    6
    """
    return function if func is None else func


def tensorflow() -> list[Module]:
    """Return the module `tensorflow` and those below it, in which imports find them."""
    random_ = _random()
    data = Module(
        "tensorflow.data",
        Dataset=Dataset,
        AUTOTUNE=AUTOTUNE,
        INFINITE_CARDINALITY=INFINITE_CARDINALITY,
        UNKNOWN_CARDINALITY=UNKNOWN_CARDINALITY,
        experimental=Module("tensorflow.data.experimental", AUTOTUNE=AUTOTUNE),
    )
    math = Module(
        "tensorflow.math",
        **functions.SHARED,
        **functions.REDUCTIONS,
        **_named(_IN_MATH),
        **_named(_IN_MATH_AND_NN, networks),
    )
    nn = Module("tensorflow.nn", **_named(_IN_NN, networks))
    linalg = Module("tensorflow.linalg", **_named(_IN_LINALG))
    backend_ = Module("tensorflow.keras.backend", **backend.contents())
    keras_ = TfKeras("tensorflow.keras", backend=backend_)
    config = _config()
    compat = _compat()
    top = Module(
        "tensorflow",
        **functions.SHARED,
        **{f"reduce_{name}": functions.REDUCTIONS[f"reduce_{name}"] for name in _SHORT_REDUCTIONS},
        **_named(_AT_THE_TOP),
        **_named(["sigmoid", "tanh"], networks),
        **{dtype: np.dtype(dtype) for dtype in _DTYPES},
        **{name: getattr(keras, name) for name in _ALSO_IN_KERAS},
        range=functions.range_,
        compat=compat,
        config=config,
        data=data,
        keras=keras_,
        linalg=linalg,
        math=math,
        nn=nn,
        random=random_,
        __version__=keras.__version__,
        GradientTape=GradientTape,
        name_scope=name_scope,
        Tensor=Value,
        TensorSpec=TensorSpec,
        Variable=Variable,
        device=lambda name: nullcontext(),
        executing_eagerly=lambda: True,
        function=function,
        is_tensor=lambda x: isinstance(x, Value),
        get_logger=lambda: logging.getLogger("tensorflow"),
        newaxis=None,
        print=print,
    )
    return [top, backend_, compat, compat.v1, config, data, keras_, linalg, math, nn, random_]


def _named(names: list[str], module: ModuleType = functions) -> dict[str, Callable[..., Any]]:
    return {name: getattr(module, name) for name in names}


def _random() -> Module:
    return Module(
        "tensorflow.random",
        normal=functions.random_normal,
        set_seed=random.set_seed,
        shuffle=functions.random_shuffle,
        truncated_normal=functions.random_truncated_normal,
        uniform=functions.random_uniform,
    )


def _config() -> Module:
    def list_physical_devices(device_type: str | None = None) -> list[str]:
        return ["CPU:0"] if device_type in (None, "CPU") else []

    def nothing(*args: Any, **kwargs: Any) -> None:
        """Do what needs no doing: there is one processor, and everything runs eagerly."""

    return Module(
        "tensorflow.config",
        experimental=Module(
            "tensorflow.config.experimental",
            list_physical_devices=list_physical_devices,
            set_memory_growth=nothing,
        ),
        list_logical_devices=list_physical_devices,
        list_physical_devices=list_physical_devices,
        run_functions_eagerly=nothing,
        set_visible_devices=nothing,
    )


def _compat() -> Module:
    def set_verbosity(level: int) -> None:
        logging.getLogger("tensorflow").setLevel(level)

    levels = {name: getattr(logging, name) for name in ("DEBUG", "ERROR", "FATAL", "INFO", "WARN")}
    log = Module("tensorflow.compat.v1.logging", set_verbosity=set_verbosity, **levels)
    v1 = Module("tensorflow.compat.v1", logging=log, set_random_seed=random.set_seed)
    return Module("tensorflow.compat", v1=v1)

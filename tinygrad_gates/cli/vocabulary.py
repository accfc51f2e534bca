"""The names that expressions know, and what may have been meant by those that they do not."""

from __future__ import annotations

import inspect
import math
import unicodedata
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any

import numpy as np

from tinygrad_gates import ops
from tinygrad_gates.core import REGISTRY
from tinygrad_gates.core.dispatch import FUNCTIONS, UFUNCS
from tinygrad_gates.core.primitive import Primitive

CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}

# Each takes arrays and whole numbers, gives one array, and gives no more elements than there are
# pairs of them: what takes lists, text or indices is for programs.
_OF_ARRAYS = """
    sum mean prod max min amax amin ptp median average var std cumsum cumprod diff trapezoid sort
    logsumexp softmax log_softmax gelu norm vector_norm matrix_norm mean_squared_error
    dot vdot inner outer cross matrix_power trace det inv pinv solve cholesky
    transpose matrix_transpose swapaxes reshape ravel squeeze expand_dims flip roll
    diag diagonal tril triu clip round
""".split()

_OTHER_WORDS = {
    "ln": "log", "lg": "log10", "tg": "tan", "arctg": "arctan", "th": "tanh", "sgn": "sign",
    "avg": "mean", "logistic": "sigmoid", "σ": "sigmoid",
    "mse": "mean_squared_error",
}  # fmt: skip


@cache
def functions() -> dict[str, Callable[..., Any]]:
    """Return what may be called, by name: every elementwise row, reductions, and products.

    >>> sorted(functions())[:3]
    ['abs', 'absolute', 'acos']
    """
    rows = {row for row in REGISTRY.values() if row.scalar is not None}
    return {
        **{row.name: row for row in rows},
        **{name: row for name, row in _ufuncs() if row in rows},
        **{name: _of_arrays(name) for name in _OF_ARRAYS},
        **{name: REGISTRY[name] for name in ("matmul", "where")},
    }


def _ufuncs() -> Iterable[tuple[str, Callable[..., Any]]]:
    """Return what answers for NumPy's elementwise functions, under all of their names."""
    found = ((name, each) for name, each in vars(np).items() if isinstance(each, np.ufunc))
    return ((name, UFUNCS[ufunc]) for name, ufunc in found if ufunc in UFUNCS)


def _of_arrays(name: str) -> Callable[..., Any]:
    for home in (np, np.linalg):
        if (function := getattr(home, name, None)) in FUNCTIONS:
            return FUNCTIONS[function][0]
    return getattr(ops, name, None) or REGISTRY[name]


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a function of the vocabulary.

    >>> [parameter.name for parameter in parameters(functions()["tanh"])]
    ['x1']
    """
    if isinstance(function, Primitive) and isinstance(function.vjps, tuple):
        only = inspect.Parameter.POSITIONAL_ONLY
        names = (f"x{place}" for place in range(1, len(function.vjps) + 1))
        return [inspect.Parameter(name, only, annotation="Any") for name in names]
    return list(inspect.signature(function).parameters.values())


def is_static(parameter: inspect.Parameter) -> bool:
    """Return whether a parameter takes plain whole numbers, as an axis does, and no arrays."""
    return str(parameter.annotation) != "Any" or parameter.name == "ord"


# -------------------------------------------------------------------- unknown names


def meant(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: what was meant, if that can be told.

    >>> meant("tahn", functions())
    ': did you mean tanh or tan?'
    >>> meant("ln", functions())
    ': did you mean log?'
    >>> meant("question", functions())
    ''
    """
    known = [each for each in known if each != name]
    near = get_close_matches(name.lower(), known, 2)
    near.sort(key=lambda each: set(each) != set(name))  # letters in another order come first
    if _OTHER_WORDS.get(name.lower()) in known:
        near = [_OTHER_WORDS[name.lower()]]
    return f": did you mean {' or '.join(near)}?" if near else look_alikes(name)


def look_alikes(name: str) -> str:
    """Return a note on letters of other scripts in a name that has Latin letters, too.

    >>> look_alikes("t\N{CYRILLIC SMALL LETTER A}nh")
    ' (its а is CYRILLIC SMALL LETTER A)'
    >>> look_alikes("θ")
    ''
    """
    foreign = [letter for letter in dict.fromkeys(name) if not letter.isascii()]
    if not foreign or not any(letter.isascii() and letter.isalpha() for letter in name):
        return ""
    return f" (its {foreign[0]} is {unicodedata.name(foreign[0], 'no letter')})"

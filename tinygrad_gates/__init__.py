"""A small autograd and neural-network framework on NumPy, exact, fast and visible.

`Value` differentiates NumPy code; `tinygrad_gates.keras` trains networks on it. Parts that
need more than NumPy are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tinygrad_gates import errors, modes, ops
from tinygrad_gates.core import Value, gradients, name_scope
from tinygrad_gates.gradcheck import assert_gradients, gradcheck, gradgradcheck
from tinygrad_gates.modes import detect_anomaly, no_grad
from tinygrad_gates.nodes import Drawing

if TYPE_CHECKING:
    from tinygrad_gates import compile, keras, picture, random
    from tinygrad_gates.compile.jit import jit
    from tinygrad_gates.random import set_seed
    from tinygrad_gates.stand_in import as_keras
    from tinygrad_gates.transforms import (
        checkpoint,
        custom_vjp,
        elementwise_grad,
        grad,
        hessian,
        hvp,
        jacobian,
        jvp,
        stop_gradient,
        value_and_grad,
        vjp,
    )

__version__ = "0.1.0"

__all__ = [
    "Value",
    "__version__",
    "as_keras",
    "assert_gradients",
    "checkpoint",
    "compile",
    "custom_vjp",
    "detect_anomaly",
    "elementwise_grad",
    "errors",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jit",
    "jvp",
    "keras",
    "modes",
    "name_scope",
    "no_grad",
    "ops",
    "picture",
    "random",
    "set_seed",
    "stop_gradient",
    "value_and_grad",
    "vjp",
]

_PACKAGES = ("compile", "keras", "picture", "random")
_TRANSFORMS = """
    checkpoint custom_vjp elementwise_grad grad hessian hvp jacobian jvp stop_gradient
    value_and_grad vjp
""".split()
_HOMES = {
    **dict.fromkeys(_TRANSFORMS, "transforms"),
    "set_seed": "random",
    "as_keras": "stand_in",
    "jit": "compile",
}
"""Where the names live that are loaded when they are first used: importing stays quick."""


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)


def _graph(self: Value | Drawing, **options: Any) -> Any:
    """Draw the computation that leads to this Value: see `tinygrad_gates.picture.graph`."""
    return import_module(f"{__name__}.picture").graph(self, **options)


def _player(self: Value, **options: Any) -> Any:
    """Step through the computation of this Value: see `tinygrad_gates.picture.player`."""
    return import_module(f"{__name__}.picture").player(self, **options)


Value.graph = _graph  # type: ignore[method-assign]
Value.player = _player  # type: ignore[method-assign]
Drawing.graph = _graph  # type: ignore[method-assign]

"""Switches of the engine: whether operations are recorded, watched, named, and traced.

Each switch is a context variable, so threads and asyncio tasks do not see each other's. The
engine's fast paths read one integer, `active`: while it is 0, nobody has a switch set.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

active = 0
"""How many switches are set just now in the whole process."""

plain_arrays = False
"""Whether `np.asarray`, `copy` and `pickle` take a Value that has a gradient, and drop that: for
programs that were written for TensorFlow, whose tensors do so. In the whole process."""

_lock = threading.Lock()
_recording: ContextVar[bool] = ContextVar("recording", default=True)
_watching: ContextVar[bool] = ContextVar("watching", default=False)
_tracer: ContextVar[Any] = ContextVar("tracer", default=None)
_scope: ContextVar[Any] = ContextVar("scope", default=None)

# Asked for at every operation, so these are the variables' own methods.
recording = _recording.get
"""Return whether operations on Values are recorded for differentiation here."""
watching = _watching.get
"""Return whether results are watched for NaN and infinity here."""
tracer = _tracer.get
"""Return what follows operations here to compile them, a `core.traced.Tracer`; else None."""
scope = _scope.get
"""Return the innermost `core.scopes.Scope` here; else None."""


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording: results are constants. A context manager and a decorator.

    >>> from tinygrad_gates import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """
    with _switched(_recording, False):
        yield


@contextmanager
def enable_grad() -> Iterator[None]:
    """Record again inside of `no_grad`.

    >>> from tinygrad_gates import Value
    >>> with no_grad(), enable_grad():
    ...     y = Value(3.0) * 2
    >>> y.requires_grad
    True
    """
    if not active or recording():  # nothing to switch, and the fast paths stay open
        yield
        return
    with _switched(_recording, True):
        yield


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Raise where a NaN or an infinity first appears, forward or backward.

    The message names the operation, the shapes of its inputs and the line of user code that
    called it. Every result is checked, so computing in this mode is slower.

    Raises `AnomalyError` (from the operation itself, or from the reverse sweep).

    >>> import numpy as np
    >>> from tinygrad_gates import Value
    >>> with detect_anomaly():
    ...     np.log(Value(1.0))
    Value(data=0.0, grad=0.0)
    """
    with _switched(_watching, True):
        yield


@contextmanager
def scoped(scope: Any) -> Iterator[None]:
    """Note a scope on what is computed inside."""
    with _switched(_scope, scope):
        yield


@contextmanager
def traced_by(tracer: Any) -> Iterator[None]:
    """Let a tracer follow the operations on the data that it has marked."""
    with _switched(_tracer, tracer):
        yield


@contextmanager
def _switched(switch: ContextVar[Any], value: Any) -> Iterator[None]:
    global active
    with _lock:
        active += 1
    token = switch.set(value)
    try:
        yield
    finally:
        switch.reset(token)
        with _lock:
            active -= 1

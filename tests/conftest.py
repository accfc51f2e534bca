"""What every test shares: hypothesis without a clock, sealed switches, and kernels as Python."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from tinygrad_gates import modes
from tinygrad_gates.compile import emit_numba, epochs
from tinygrad_gates.compile.loading import function_of

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _no_switch_is_left_on() -> Iterator[None]:
    yield
    assert modes.active == 0, "a test left no_grad or detect_anomaly on"


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_is_heard() -> None:
    """Undo what a shell does to programs in the background, which are to ignore Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kernels run as the Python that they are, which needs no Numba, and no time to compile."""

    def function(source: str, name: str, others: Any = ()) -> Any:
        return function_of(source, name, {"np": np, "math": math})

    for module in (emit_numba, epochs):
        monkeypatch.setattr(module, "compiled", function)


# the article's cells import TensorFlow: they are run by tests, not imported
collect_ignore = ["golden"]

"""How kernels run in tests: as the Python that they are, which is quick, or compiled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.compile import emit_numba
from tinygrad_gates.compile.loading import function_of


@pytest.fixture
def as_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kernels run as the Python that they are."""

    def function(source: str, name: str, others: Any = ()) -> Any:
        return function_of(source, name, {"np": np, "math": math})

    monkeypatch.setattr(emit_numba, "compiled", function)

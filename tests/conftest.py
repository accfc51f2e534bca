"""What every test shares: hypothesis without a clock, and sealed switches."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tinygrad_gates import modes

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


# the article's cells import TensorFlow: they are run by tests, not imported
collect_ignore = ["golden"]

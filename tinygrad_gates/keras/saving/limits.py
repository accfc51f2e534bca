"""How much a file may make this process hold: no more than the file itself has numbers for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tinygrad_gates.keras import variable


@contextmanager
def weights_of_at_most(size: int) -> Iterator[None]:
    """Refuse to make variables of more bytes than this, all together.

    Raises `ValueError` inside, from the call that would exceed it.

    >>> from tinygrad_gates.keras import Variable
    >>> with weights_of_at_most(100):
    ...     Variable("zeros", (1000, 1000))
    Traceback (most recent call last):
    ValueError: a file that holds 100 bytes of numbers declares a variable of shape (1000, 1000).
    """
    token = variable.allowance.set(variable.Allowance(size))
    try:
        yield
    finally:
        variable.allowance.reset(token)

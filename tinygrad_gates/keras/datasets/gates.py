"""Truth tables: every gate of two inputs, and the parity of any number of bits."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from tinygrad_gates.keras.registry import suggestion

Table = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]

GATES = {
    "FALSE": "0000",
    "NOR": "1000",
    "B_AND_NOT_A": "0100",
    "NOT_A": "1100",
    "A_AND_NOT_B": "0010",
    "NOT_B": "1010",
    "XOR": "0110",
    "NAND": "1110",
    "AND": "0001",
    "XNOR": "1001",
    "B": "0101",
    "IMPLIES": "1101",
    "A": "0011",
    "IMPLIED_BY": "1011",
    "OR": "0111",
    "TRUE": "1111",
}
"""All sixteen gates of two inputs, with their answers for 00, 01, 10 and 11."""


def load_data(name: str) -> Table:
    """Return the truth table of a gate of two inputs.

    Args:
        name: one of `GATES`, in any case.

    Returns:
        The inputs, of shape (4, 2), and the answers, of shape (4, 1); float32.

    Raises:
        ValueError: for an unknown name.

    >>> x, y = load_data("xor")
    >>> y.ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """
    answers = GATES.get(name.upper()) if isinstance(name, str) else None
    if answers is None:
        hint = suggestion(str(name), (known.lower() for known in GATES))
        raise ValueError(f"There is no gate {name!r}.{hint} Known are: {', '.join(GATES)}.")
    return _inputs(2), np.array([[answer == "1"] for answer in answers], np.float32)


def parity(bits: int) -> Table:
    """Return whether the number of ones is odd, for every word of some bits: XOR of all.

    Args:
        bits: how many, from 1 to 16.

    Returns:
        The words, of shape (2**bits, bits), and the answers, of shape (2**bits, 1); float32.

    Raises:
        ValueError: for another number of bits.

    >>> x, y = parity(3)
    >>> x.shape, y.ravel()
    ((8, 3), array([0., 1., 1., 0., 1., 0., 0., 1.], dtype=float32))
    """
    if isinstance(bits, bool) or not isinstance(bits, int) or not 1 <= bits <= 16:
        raise ValueError(f"parity: bits={bits!r} has to be an integer from 1 to 16.")
    words = _inputs(bits)
    return words, words.sum(axis=1, keepdims=True) % 2


def _inputs(bits: int) -> np.ndarray[Any, Any]:
    return np.array(list(product([0, 1], repeat=bits)), np.float32)

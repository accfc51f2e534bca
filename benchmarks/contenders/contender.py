"""What contenders have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np


class Yardstick(ABC):
    """Something that can be done so many times."""

    @abstractmethod
    def reset(self) -> None:
        """Be as at first."""

    @abstractmethod
    def run(self, steps: int) -> float:
        """Do it so many times."""


class Contender(Yardstick):
    """Something that trains, always from the same initial weights."""

    @abstractmethod
    def reset(self) -> None:
        """Take the initial weights, and forget what the optimizer remembers."""

    @abstractmethod
    def run(self, steps: int) -> float:
        """Train for so many steps, and return the loss of the last, before its update."""

    @abstractmethod
    def weights(self) -> list[np.ndarray[Any, Any]]:
        """Return the weights now: kernel and bias of each layer."""


class UnavailableError(Exception):
    """A contender cannot be made here; the message says why."""


Makers = dict[str, Callable[[], Yardstick]]
"""By its name what makes a contender, which may raise `UnavailableError`."""

"""Small data to learn on: logic gates, parity, and clouds of points; MNIST, where Keras kept it."""

from typing import Any

from tinygrad_gates.keras.datasets import gates, mnist, points
from tinygrad_gates.keras.datasets.downloaded import NAMES, Downloaded
from tinygrad_gates.keras.datasets.points import make_circles, make_moons, make_spirals

__all__ = ["gates", "make_circles", "make_moons", "make_spirals", "mnist", "points"]


def __getattr__(name: str) -> Any:
    if name in NAMES:
        return Downloaded(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Small data to learn on: logic gates, parity, and clouds of points."""

from tinygrad_gates.keras.datasets import gates, points
from tinygrad_gates.keras.datasets.points import make_circles, make_moons, make_spirals

__all__ = ["gates", "make_circles", "make_moons", "make_spirals", "points"]

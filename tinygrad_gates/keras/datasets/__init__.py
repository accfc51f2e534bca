"""Small data to learn on: logic gates, parity, and clouds of points; MNIST, where Keras kept it."""

from tinygrad_gates.keras.datasets import gates, mnist, points
from tinygrad_gates.keras.datasets.points import make_circles, make_moons, make_spirals

__all__ = ["gates", "make_circles", "make_moons", "make_spirals", "mnist", "points"]

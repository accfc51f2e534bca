"""Helpers around models: names, and what is printed."""

from tinygrad_gates.keras.utils.naming import clear_session

__all__ = ["clear_session"]

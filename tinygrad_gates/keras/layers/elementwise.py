"""Layers whose output has the shape, and the mask, of their input."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.layers.layer import Layer


class Elementwise(Layer):
    """A layer whose output has the shape of its input; masks pass through it."""

    supports_masking = True
    stateless = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the same shape."""
        return input_shape

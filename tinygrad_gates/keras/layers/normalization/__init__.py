"""Layers of normalization, as Keras groups them."""

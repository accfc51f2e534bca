"""Layers of preprocessing, as Keras groups them."""

"""Layers of merging, as Keras groups them."""

"""Layers of pooling, as Keras groups them."""

"""Layers of regularization, as Keras groups them."""

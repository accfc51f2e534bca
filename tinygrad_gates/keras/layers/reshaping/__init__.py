"""Layers of reshaping, as Keras groups them."""

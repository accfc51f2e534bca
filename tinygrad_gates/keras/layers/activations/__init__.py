"""Layers of activations, as Keras groups them."""

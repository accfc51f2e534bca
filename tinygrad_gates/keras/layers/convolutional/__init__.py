"""Layers of convolution, as Keras groups them."""

"""Recurrent layers, as Keras groups them."""

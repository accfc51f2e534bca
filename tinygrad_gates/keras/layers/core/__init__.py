"""The layers that others are built from."""

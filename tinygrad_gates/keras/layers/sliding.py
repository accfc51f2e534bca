"""The shapes of what slides over an input."""

from __future__ import annotations

from collections.abc import Sequence

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.layers.input_spec import Shape


def slid_lengths(
    layer: str,
    lengths: Shape,
    size: Sequence[int],
    strides: Sequence[int],
    padding: str,
    dilation: Sequence[int] | None = None,
) -> Shape:
    """Return how often a window fits along each axis, None where the length is not known.

    Raises `ShapeError` if it does not fit at all.

    >>> slid_lengths("conv2d", (5, None), (3, 3), (2, 2), "valid")
    (2, None)
    """
    found: list[int | None] = []
    dilated = dilation or (1,) * len(size)
    for length, width, stride, step in zip(lengths, size, strides, dilated, strict=True):
        span = (width - 1) * step + 1
        if length is None:
            found.append(None)
        elif padding == "valid":
            found.append((length - span) // stride + 1)
        else:
            found.append(-(-length // stride))
        if found[-1] is not None and found[-1] < 1:
            raise ShapeError(
                f"{layer}: a window of length {span} does not fit into an axis of length "
                f"{length}. Use padding='same', a smaller window, or larger inputs."
            )
    return tuple(found)

"""How a separating line moves over the epochs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.picture.plots.animation import Animation
from tinygrad_gates.picture.plots.course import Course
from tinygrad_gates.picture.plots.inputs import Array, numbers, outputs_of, points_of
from tinygrad_gates.picture.plots.plane import Plane

FRAMES = 48
"""So many moments are shown, at most."""


def separating_lines(
    recorded: Any,
    x: Any,
    y: Any,
    *,
    threshold: float | None = None,
    frames: int = FRAMES,
    title: str = "How the separating line moves",
) -> Animation:
    """Return a moving picture of the line on whose sides a gate answers 0 and 1.

    Args:
        recorded: a `keras.callbacks.WeightRecorder` of a training: the line is where the output
            of its model, of whatever kind, is the threshold. Or weights alone: for each epoch a
            pair of a kernel, of shape (2, units) or (2,), and its bias, as `get_weights` of a
            layer returns them; then there is a line for each unit, where what it computes
            before its activation is the threshold.
        x: the points, of shape (n, 2).
        y: their targets, two numbers such as 0 and 1.
        threshold: what separates the answers: midway between the targets by default.
        frames: how many epochs are shown, if there are more.
        title: what it shows.

    Returns:
        What a notebook plays, and `save("line.gif")` or `save("line.html")` writes.

    Raises:
        TypeError: if nothing of that kind is given.
        ShapeError: if an array does not fit.
        ValueError: if nothing was recorded, or there are not two targets.
        RenderError: where matplotlib is not installed, as soon as something is drawn.

    >>> steps = [([1.0, 1.0], 0.5), ([1.0, 1.0], 0.0), ([1.0, 1.0], -0.5)]
    >>> lines = separating_lines(steps, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
    >>> len(lines), lines.captions[-1]
    (3, 'epoch 2')
    """
    points = points_of("separating_lines", x)
    targets = numbers(y).ravel()
    kinds = _two(targets, len(points))
    if threshold is None:
        threshold = float(sum(kinds)) / 2
    plane = Plane.around(points)
    weights, epochs = _weights_and_epochs(recorded)
    chosen = _spread(len(weights), frames)
    model = getattr(recorded, "model", None)
    shown = [weights[number] for number in chosen]
    outputs = _of_model(model, shown, plane) if model is not None else _of_units(shown, plane)
    course = Course(plane, points, targets, kinds, [*outputs], threshold, title)
    captions = [f"epoch {epochs[number]}" for number in chosen]
    return Animation(
        lambda number: course.frame(number, captions[number]),
        captions,
        lambda: course.still(captions),
        title=title,
    )


def _two(targets: Array, count: int) -> tuple[float, float]:
    if targets.size != count:
        raise ShapeError(
            f"separating_lines: y has {targets.size} targets, and there are {count} points. Give "
            f"one for each."
        )
    kinds = np.unique(targets)
    if len(kinds) > 2:
        raise ValueError(
            f"separating_lines: y has {len(kinds)} different numbers. A line separates two, such "
            f"as 0 and 1."
        )
    low, high = kinds if len(kinds) == 2 else (0, 1)
    return float(low), float(high)


def _weights_and_epochs(recorded: Any) -> tuple[Sequence[Any], Sequence[int]]:
    weights = getattr(recorded, "weights", recorded)
    if not isinstance(weights, Sequence) or isinstance(weights, str):
        raise TypeError(
            f"separating_lines: recorded={recorded!r} of type {type(recorded).__name__} has no "
            f"weights of epochs. Give fit a keras.callbacks.WeightRecorder(), and this function "
            f"the same; or give a list with a pair of kernel and bias for each epoch."
        )
    if not weights:
        raise ValueError(
            "separating_lines: no weights have been recorded. Give fit the WeightRecorder, as "
            "callbacks=[recorder], before they are drawn."
        )
    return weights, getattr(recorded, "epochs", range(len(weights)))


def _spread(count: int, frames: int) -> list[int]:
    """Return which of so many epochs are shown, the first and the last among them.

    >>> _spread(501, 3)
    [0, 250, 500]
    """
    if frames < 1:
        raise ValueError(f"separating_lines: frames={frames} has to be 1 or more.")
    if frames == 1:
        return [count - 1]
    return [round(place) for place in np.linspace(0, count - 1, min(count, frames))]


def _of_model(model: Any, weights: Sequence[Any], plane: Plane) -> Iterator[Array]:
    """Give what a model said of each place, when it had each of the weights."""
    now = model.get_weights()
    try:
        for arrays in weights:
            model.set_weights(arrays)
            outputs = outputs_of("separating_lines", model, plane.places)
            if outputs.shape[1] != 1:
                raise ShapeError(
                    f"separating_lines: the model has {outputs.shape[1]} outputs. One that is "
                    f"above or below the threshold makes a line."
                )
            yield plane.shaped(outputs)[None]
    finally:
        model.set_weights(now)


def _of_units(weights: Sequence[Any], plane: Plane) -> Iterator[Array]:
    """Give what units computed of each place, before their activation, at each moment."""
    for number, arrays in enumerate(weights):
        kernel, bias = _kernel_and_bias(number, arrays)
        sums = plane.places @ kernel + bias
        yield np.stack([plane.shaped(unit) for unit in sums.T])


def _kernel_and_bias(number: int, arrays: Any) -> tuple[Array, Array]:
    try:
        kernel, bias = (np.asarray(numbers(array), float) for array in arrays)
        kernel = kernel.reshape(-1, 1) if kernel.ndim == 1 else kernel
        fits = kernel.ndim == 2 and len(kernel) == 2 and bias.size in (1, kernel.shape[1])
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise ShapeError(
            f"separating_lines: the weights of moment {number} are no pair of a kernel of shape "
            f"(2, units) and a bias of shape (units,). Give what get_weights() of a Dense layer "
            f"of two inputs returns, or a WeightRecorder, which takes any model."
        )
    return kernel, bias.ravel()

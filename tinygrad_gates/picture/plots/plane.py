"""The plane of two inputs: its places, and the points of the data in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tinygrad_gates.picture.plots.inputs import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = 0.5
"""How far a surface is drawn beyond the points, where these are some units apart."""
FEW = 16
"""Up to so many points are drawn large."""
SIDE = 121
"""So many places a side are asked for their outputs."""
SQUARE = 3
"""Up to so many times as wide as it is high, or the other way round, a plane is to scale."""


class Plane(NamedTuple):
    """Places on a grid around points.

    >>> plane = Plane.around(np.array([[0, 0], [1, 1]]), side=3)
    >>> plane.x1[0], plane.places.shape
    (array([-0.5,  0.5,  1.5], dtype=float32), (9, 2))
    """

    x1: Array
    x2: Array

    @classmethod
    def around(cls, points: Array, side: int = SIDE) -> Plane:
        """Return the plane around points of shape (n, 2)."""
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.where(high > low, high - low, 1)
        margin = np.clip(MARGIN, 0.05 * span, 0.5 * span)
        ends = zip(low - margin, high + margin, strict=True)
        x1, x2 = np.meshgrid(*(np.linspace(*pair, side, dtype=np.float32) for pair in ends))
        return cls(x1, x2)

    @property
    def places(self) -> Array:
        """The places, of shape (n, 2)."""
        return np.stack([self.x1.ravel(), self.x2.ravel()], axis=1)

    def shaped(self, outputs: Array) -> Array:
        """Return a number for each place as a grid."""
        return outputs.reshape(self.x1.shape)

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The first and the last number of both inputs."""
        x1, x2 = ((float(side.min()), float(side.max())) for side in (self.x1, self.x2))
        return x1, x2

    @property
    def height_to_width(self) -> float:
        """How high a panel is for its width: to scale, unless that would be out of hand.

        >>> Plane.around(np.array([[0, 0], [3, 1]])).height_to_width
        0.5
        """
        (left, right), (low, high) = self.ends
        ratio = (high - low) / (right - left)
        return ratio if 1 / SQUARE <= ratio <= SQUARE else 1.0

    def set_up(self, panel: Axes) -> None:
        """Give axes the ends, the scale and the labels of the plane."""
        panel.set(xlabel="x1", ylabel="x2", xlim=self.ends[0], ylim=self.ends[1])
        panel.grid(False)
        panel.set_box_aspect(self.height_to_width)
        for axis, (first, last) in zip((panel.xaxis, panel.yaxis), self.ends, strict=True):
            if 1 <= last - first <= 10:
                axis.set_ticks(np.arange(np.ceil(first), last + 1e-9))


def dots(panel: Axes, points: Array, marker: str, colour: Any, label: str, **more: Any) -> Any:
    """Draw points, large where the data are few."""
    return panel.scatter(
        points[:, 0],
        points[:, 1],
        s=90 if more.pop("total") <= FEW else 20,
        marker=marker,
        c=colour,
        zorder=3,
        label=label,
        **more,
    )


def two_kinds_of_dots(panel: Axes, points: Array, targets: Array, kinds: Any = (0, 1)) -> None:
    """Draw points of two targets: black circles and white squares, seen on any colour."""
    for target, marker, face in zip(kinds, "os", ("black", "white"), strict=True):
        chosen = points[targets == target]
        label = f"target {target:g}"
        dots(panel, chosen, marker, face, label, total=len(points), edgecolors="grey")

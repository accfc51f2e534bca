"""What padding and cropping share: widths of what is before and after."""

from __future__ import annotations

from typing import Any, ClassVar

from tinygrad_gates.keras.layers.arguments import channels_last, several
from tinygrad_gates.keras.layers.input_spec import InputSpec
from tinygrad_gates.keras.layers.layer import Layer


class Edges(Layer):
    """A layer with two widths, before and after, for each of as many axes as `rank` says."""

    rank: ClassVar[int]

    def _set_edges(self, name: str, given: Any, data_format: str | None) -> None:
        """Keep the widths, which an argument of that name gives, and where the channels are."""
        kind = type(self).__name__
        sides = given if isinstance(given, (list, tuple)) else (given,) * self.rank
        if len(sides) != self.rank:
            raise ValueError(f"{kind}: {name}={given!r} has to be one number, or {self.rank}.")
        self.widths = tuple(several(kind, name, side, 2, least=0) for side in sides)
        self.channels_last = channels_last(kind, data_format)
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _all_widths(self) -> tuple[tuple[int, ...], ...]:
        none = (0, 0)
        if self.channels_last:
            return (none, *self.widths, none)
        return (none, none, *self.widths)

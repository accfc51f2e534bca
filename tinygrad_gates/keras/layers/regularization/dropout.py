"""Dropping numbers out at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.regularization.noise import RandomLayer, share
from tinygrad_gates.keras.random import dropout
from tinygrad_gates.keras.tensors import noise_shape_of


class Dropout(RandomLayer):
    """Puts 0 in the place of a share of the numbers, and scales the others up to keep the mean.

    Defined by Srivastava et al., "Dropout", JMLR 2014. It does so in training only.

    Args:
        rate: the share, from 0 to 1.
        noise_shape: the shape of what is drawn, 1 for axes that are dropped together; None for
            a length means the input's.
        seed: of the draws; by default it follows from `set_seed`.
        **options: as for every `Layer`.

    Raises:
        ValueError: for a rate outside [0, 1], or lengths that are no positive integers.

    >>> Dropout(0.5)([[1.0, 2.0]])
    Value(data=[[1., 2.]])
    """

    examples: ClassVar[Sequence[Example]] = (
        example((4, 3), rate=0.3),
        example((4, 3, 2), rate=0.5, noise_shape=(None, 1, 2), seed=7),
        example((4, 3), rate=0.0),
    )

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(seed, **options)
        self.rate = share(type(self).__name__, rate)
        self.noise_shape = _noise_shape(type(self).__name__, noise_shape)

    def changed(self, inputs: Any) -> Any:
        """Return the input with some numbers dropped out."""
        shape = self._drawn_shape(inputs.shape)
        return dropout(inputs, self.rate, shape, self.seed_generator)

    def _drawn_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return noise_shape_of(self.name, self.noise_shape, shape)


def _noise_shape(layer: str, given: Any) -> tuple[int | None, ...] | None:
    if given is None:
        return None
    lengths = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else ("",)
    if not all(n is None or (type(n) is int and n > 0) for n in lengths):
        raise ValueError(
            f"{layer}: noise_shape={given!r} has to be a tuple or list of positive integers, or "
            f"None for the input's lengths."
        )
    return lengths

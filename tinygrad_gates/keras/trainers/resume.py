"""Where in its epochs a training is."""

from __future__ import annotations

from typing import NamedTuple


class Resume(NamedTuple):
    """The next training step to do.

    Attributes:
        epoch: from 0.
        step: in the epoch, from 0; metrics go on from their state if it is another.
        shuffle_seed: what the order of samples follows from.
    """

    epoch: int
    step: int
    shuffle_seed: int

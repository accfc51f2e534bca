"""Adam with weights that decay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.optimizers.adam import Adam
from tinygrad_gates.keras.optimizers.options import CommonOptions
from tinygrad_gates.keras.optimizers.rate import LearningRate


class AdamW(Adam):
    """`Adam`, with a weight decay that is applied beside the gradient, not through it.

    Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.

    Args:
        learning_rate: a number, a schedule or a function.
        weight_decay: before each update, this share of a parameter times the learning rate is
            taken off it.
        beta_1: how much of the mean of gradients each step keeps, from 0 to below 1.
        beta_2: how much of the mean of squares each step keeps, from 0 to below 1.
        epsilon: added to the root, so that nothing is divided by 0.
        amsgrad: whether to divide by the largest mean of squares so far.
        **options: as for every `Optimizer`.

    Raises:
        ValueError: for numbers outside their range, and a weight decay of None.

    >>> AdamW().weight_decay
    0.004
    """

    examples: ClassVar[Sequence[Example]] = (
        example(learning_rate=0.01),
        example(learning_rate=0.02, weight_decay=0.5, beta_1=0.7, amsgrad=True),
    )

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[CommonOptions],
    ) -> None:
        if weight_decay is None:
            raise ValueError("AdamW: weight_decay=None has to be a number. Adam has no decay.")
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )

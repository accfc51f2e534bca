"""One step of `SimpleRNN`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinygrad_gates.keras.layers.rnn.cell import RecurrentCell


class SimpleRNNCell(RecurrentCell):
    """One step of `SimpleRNN`: h <- activation(x kernel + h recurrent_kernel + bias).

    The fully connected recurrent network of Elman, "Finding structure in time", 1990.

    Args:
        units: the length of the output.
        activation: of the output; a name or a function.
        use_bias: whether a bias is added.
        kernel_initializer: fills the kernel, of shape (features, units).
        recurrent_initializer: fills the recurrent kernel, of shape (units, units).
        bias_initializer: fills the bias.
        kernel_regularizer: a penalty of the kernel.
        recurrent_regularizer: a penalty of the recurrent kernel.
        bias_regularizer: a penalty of the bias.
        kernel_constraint: what the kernel is brought back to after each step.
        recurrent_constraint: what the recurrent kernel is brought back to after each step.
        bias_constraint: what the bias is brought back to after each step.
        dropout: the share of inputs that are dropped out in training, the same at all steps (Gal
            and Ghahramani, 2016).
        recurrent_dropout: the share of the output before that is dropped out, likewise.
        seed: of the draws; by default it follows from `set_seed`.
        **options: as for every `Layer`.

    Raises:
        ValueError: if units is not a positive integer, or a share is outside [0, 1].

    >>> output, states = SimpleRNNCell(3)([[1.0, 2.0]], [[[0.0, 0.0, 0.0]]])
    >>> output.shape, len(states)
    ((1, 3), 1)
    """

    gates = 1

    def step(self, projected: Any, carried: Any, states: Sequence[Any]) -> list[Any]:
        """Return the new output."""
        total = projected + carried @ self.recurrent_kernel
        if self.bias is not None:
            total = total + self.bias
        return [self.activation(total)]

"""One step of `LSTM`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from tinygrad_gates.keras import activations
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.rnn.cell import RecurrentCell, parts


class LSTMCell(RecurrentCell):
    """One step of `LSTM`.

    With s the recurrent activation, a the activation and the gates i, f, g, o of
    x kernel + h recurrent_kernel + bias: c <- s(f) c + s(i) a(g), h <- s(o) a(c) (Hochreiter and
    Schmidhuber, "Long short-term memory", 1997).

    Args:
        units: the length of the output.
        activation: of the output; a name or a function.
        recurrent_activation: of the gates.
        use_bias: whether a bias is added.
        kernel_initializer: fills the kernel, of shape (features, 4 * units).
        recurrent_initializer: fills the recurrent kernel, of shape (units, 4 * units).
        bias_initializer: fills the bias.
        unit_forget_bias: whether the gate that keeps begins with a bias of 1.
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

    >>> output, states = LSTMCell(3)([[1.0, 2.0]], [[[0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0]]])
    >>> output.shape, len(states)
    ((1, 3), 2)
    """

    gates = 4
    states = 2

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(
            units,
            activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            kernel_regularizer,
            recurrent_regularizer,
            bias_regularizer,
            kernel_constraint,
            recurrent_constraint,
            bias_constraint,
            dropout,
            recurrent_dropout,
            seed,
            **options,
        )
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias

    def initial_bias(self, shape: Any, dtype: Any = None) -> Any:
        """Return the bias that training begins with: 1 for the gate that keeps, if wanted."""
        if not self.unit_forget_bias:
            return self.bias_initializer(shape, dtype)
        first = self.bias_initializer((self.units,), dtype)
        rest = self.bias_initializer((2 * self.units,), dtype)
        return np.concatenate([first, np.ones(self.units, dtype), rest])

    def step(self, projected: Any, carried: Any, states: Sequence[Any]) -> list[Any]:
        """Return the new output and state."""
        total = projected + carried @ self.recurrent_kernel
        if self.bias is not None:
            total = total + self.bias
        add, keep, new, show = parts(total, 4)
        gate, activation = self.recurrent_activation, self.activation
        memory = gate(keep) * states[1] + gate(add) * activation(new)
        return [gate(show) * activation(memory), memory]

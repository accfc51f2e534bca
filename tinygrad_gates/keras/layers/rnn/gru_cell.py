"""One step of `GRU`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from tinygrad_gates.keras import activations
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.rnn.cell import RecurrentCell, parts


class GRUCell(RecurrentCell):
    """One step of `GRU`.

    With s the recurrent activation, a the activation and the gates z, r, g of x kernel + bias and
    h recurrent_kernel + bias': h <- s(z) h + (1 - s(z)) a(g + s(r) g') (Cho et al., "Learning
    phrase representations", 2014; with reset_after=False as there: r multiplies h first).

    Args:
        units: the length of the output.
        activation: of the output; a name or a function.
        recurrent_activation: of the gates.
        use_bias: whether a bias is added.
        kernel_initializer: fills the kernel, of shape (features, 3 * units).
        recurrent_initializer: fills the recurrent kernel, of shape (units, 3 * units).
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
        reset_after: whether the gate that resets comes after the recurrent product.
        seed: of the draws; by default it follows from `set_seed`.
        **options: as for every `Layer`.

    Raises:
        ValueError: if units is not a positive integer, or a share is outside [0, 1].

    >>> output, states = GRUCell(3)([[1.0, 2.0]], [[[0.0, 0.0, 0.0]]])
    >>> output.shape, len(states)
    ((1, 3), 1)
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
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
        self.reset_after = reset_after

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias: one row for each product, if both have one."""
        width = self.gates * self.units
        return (2, width) if self.reset_after else (width,)

    def step(self, projected: Any, carried: Any, states: Sequence[Any]) -> list[Any]:
        """Return the new output."""
        own, recurrent = self._biases()
        if own is not None:
            projected = projected + own
        keep, reset, new = parts(projected, 3)
        if self.reset_after:
            before = carried @ self.recurrent_kernel
            if recurrent is not None:
                before = before + recurrent
            keep_before, reset_before, new_before = parts(before, 3)
            reset = self.recurrent_activation(reset + reset_before)
            new = self.activation(new + reset * new_before)
        else:
            width = 2 * self.units
            keep_before, reset_before = parts(carried @ self.recurrent_kernel[:, :width], 2)
            reset = self.recurrent_activation(reset + reset_before)
            new = self.activation(new + (reset * carried) @ self.recurrent_kernel[:, width:])
        keep = self.recurrent_activation(keep + keep_before)
        return [keep * states[0] + (1 - keep) * new]

    def _biases(self) -> tuple[Any, Any]:
        """Return the biases of the input's and of the recurrent product."""
        if self.bias is None:
            return None, None
        return (self.bias[0], self.bias[1]) if self.reset_after else (self.bias, None)

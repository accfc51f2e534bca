"""Gated recurrent units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import CommonOptions
from tinygrad_gates.keras.layers.rnn.gru_cell import GRUCell
from tinygrad_gates.keras.layers.rnn.recurrent_layer import RecurrentLayer


class GRU(RecurrentLayer):
    """Reads sequences, and learns what to keep of its output and what to replace.

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
        activity_regularizer: a penalty of the output.
        kernel_constraint: what the kernel is brought back to after each step.
        recurrent_constraint: what the recurrent kernel is brought back to after each step.
        bias_constraint: what the bias is brought back to after each step.
        dropout: the share of inputs that are dropped out in training, the same at all steps (Gal
            and Ghahramani, 2016).
        recurrent_dropout: the share of the output before that is dropped out, likewise.
        reset_after: whether the gate that resets comes after the recurrent product.
        return_sequences: whether the output has all steps, not the last alone.
        return_state: whether the last states are returned, too.
        go_backwards: whether sequences are read from their end.
        stateful: whether a batch begins with the states of the last one; the size of batches has
            to be known, as with Input(batch_shape=...).
        unroll: taken for Keras's sake: steps are always computed one by one.
        seed: of the draws; by default it follows from `set_seed`.
        use_cudnn: taken for Keras's sake, as is `implementation`.
        implementation: see there.
        **options: as for every `Layer`.

    Raises:
        ValueError: if units is not a positive integer, or a share is outside [0, 1].

    >>> GRU(3)([[[1.0, 2.0], [3.0, 4.0]]]).shape
    (1, 3)
    """

    unsaved = (*RecurrentLayer.unsaved, "use_cudnn", "implementation")
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 2), units=2),
        example((2, 3, 2), units=2, return_sequences=True, return_state=True, reset_after=False),
        example((2, 3, 2), units=2, use_bias=False, go_backwards=True),
        example((2, 3, 2), units=2, dropout=0.2, recurrent_dropout=0.3, seed=3),
    )  # fmt: skip

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
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        implementation: int = 2,
        **options: Unpack[CommonOptions],
    ) -> None:
        cell = GRUCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            reset_after=reset_after,
            seed=seed,
            dtype=options.get("dtype"),
            trainable=options.get("trainable", True),
        )
        super().__init__(
            cell,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            unroll,
            activity_regularizer=activity_regularizer,
            **options,
        )
        self.use_cudnn = use_cudnn
        self.implementation = implementation

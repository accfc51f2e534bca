"""Long short-term memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.options import CommonOptions
from tinygrad_gates.keras.layers.rnn.lstm_cell import LSTMCell
from tinygrad_gates.keras.layers.rnn.recurrent_layer import RecurrentLayer


class LSTM(RecurrentLayer):
    """Reads sequences with a state that it learns to add to and to forget.

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
        activity_regularizer: a penalty of the output.
        kernel_constraint: what the kernel is brought back to after each step.
        recurrent_constraint: what the recurrent kernel is brought back to after each step.
        bias_constraint: what the bias is brought back to after each step.
        dropout: the share of inputs that are dropped out in training, the same at all steps (Gal
            and Ghahramani, 2016).
        recurrent_dropout: the share of the output before that is dropped out, likewise.
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

    >>> LSTM(3)([[[1.0, 2.0], [3.0, 4.0]]]).shape
    (1, 3)
    """

    unsaved = (*RecurrentLayer.unsaved, "use_cudnn", "implementation")
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 2), units=2),
        example((2, 3, 2), units=2, return_sequences=True, return_state=True),
        example((2, 3, 2), units=2, unit_forget_bias=False, use_bias=False, go_backwards=True),
        example((2, 3, 2), units=3, activation="softsign", recurrent_activation="hard_sigmoid"),
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
        unit_forget_bias: bool = True,
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
        use_cudnn: Any = "auto",
        implementation: int = 2,
        **options: Unpack[CommonOptions],
    ) -> None:
        cell = LSTMCell(
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
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

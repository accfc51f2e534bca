"""A layer that goes through sequences step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.allowance import check_array
from tinygrad_gates.keras.examples import Example, example, inner
from tinygrad_gates.keras.layers.input_spec import InputSpec, Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.rnn.cell import RecurrentCell, initial_state, output_size
from tinygrad_gates.keras.layers.rnn.simple_rnn_cell import SimpleRNNCell
from tinygrad_gates.keras.layers.rnn.stacked_rnn_cells import StackedRNNCells
from tinygrad_gates.keras.layers.serialization import as_layer
from tinygrad_gates.keras.masking import as_mask
from tinygrad_gates.keras.tensors import as_value
from tinygrad_gates.keras.variable import Variable


class RNN(Layer):
    """Calls a cell on each step of a sequence, with the states that it returned for the last.

    At a masked step states stay as they are, and the output is that of the step before.

    Args:
        cell: a layer with `state_size`, the length of its state or a list of lengths, whose call
            takes (inputs, states) and returns (output, new states); or a list of such cells.
        return_sequences: whether the output has all steps, not the last alone.
        return_state: whether the last states are returned, too.
        go_backwards: whether sequences are read from their end.
        stateful: whether a batch begins with the states of the last one; the size of batches has
            to be known, as with Input(batch_shape=...).
        unroll: taken for Keras's sake: steps are always computed one by one.
        zero_output_for_mask: whether the output of a masked step is 0 instead.
        **options: as for every `Layer`.

    Raises:
        ValueError: for a cell that is none.

    >>> RNN(SimpleRNNCell(3), return_sequences=True)([[[1.0, 2.0], [3.0, 4.0]]]).shape
    (1, 2, 3)
    """

    supports_masking = True
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 2), cell=inner(SimpleRNNCell, 2)),
        example(
            (2, 3, 2), cell=[inner(SimpleRNNCell, 2), inner(SimpleRNNCell, 3)], return_state=True
        ),
    )

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        cell = as_layer(cell)
        if not isinstance(cell, Layer) or not hasattr(cell, "state_size"):
            raise ValueError(f"RNN: cell={cell!r} has to be a layer with a state_size.")
        self.cell: Any = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.input_spec = InputSpec(min_ndim=3)
        self.states: list[Variable] | None = None

    @property
    def state_size(self) -> list[Any]:
        """The lengths of the states; with several cells, what each says of its own."""
        size = self.cell.state_size
        return [size] if isinstance(size, int) else list(size)

    def build(self, input_shape: Shape) -> None:
        """Build the cell; and make the states, if batches go on with them."""
        if not self.cell.built:
            self.cell.build((input_shape[0], *input_shape[2:]))
        if self.stateful:
            samples = input_shape[0]
            if samples is None:
                raise ValueError(
                    f"{self.name}: stateful=True needs batches of a known size. Give it with "
                    f"Input(batch_shape={(32, *input_shape[1:])}), say."
                )
            check_array((samples,))
            self.states = [
                Variable(np.asarray(state), trainable=False, name="rnn_state", owner=self.name)
                for state in trees.leaves(self.get_initial_state(samples))
            ]

    def _build_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.stateful:
            self.build(tuple(args[0].shape))
        else:
            super()._build_for(args, kwargs)

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states before the first step."""
        return _listed(initial_state(self.cell, batch_size, self.dtype))

    def reset_state(self) -> None:
        """Let the next batch begin with zeros."""
        for state in self.states or ():
            state.assign(np.zeros(state.shape))

    def reset_states(self) -> None:
        """The same as `reset_state`."""
        self.reset_state()

    def _passing_variables(self) -> list[Variable]:
        return list(self.states or ())

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = False,
    ) -> Any:
        """Return the last output, of shape (samples, units), or those of all steps.

        Args:
            sequences: of shape (samples, steps, ...).
            initial_state: the states to begin with; zeros, or those of the last batch, by default.
            mask: which steps count, of shape (samples, steps).
            training: passed on to the cell.

        Raises:
            ShapeError: if there are no steps, or states do not fit.
        """
        if not sequences.shape[1]:
            raise ShapeError(f"{self.name}: the sequences have no steps: {sequences.shape}.")
        for cell in self.cell._all_layers():
            if isinstance(cell, RecurrentCell):
                cell.forget_masks()
        form = self.state_size
        states = self._first_states(sequences.shape[0], initial_state)
        outputs: list[Any] = []
        steps = range(sequences.shape[1])
        for step in reversed(steps) if self.go_backwards else steps:
            before = trees.rebuild(form, states)
            output, new = self._advance(sequences[:, step], before, training)
            if mask is None:
                states = new
            else:
                counts = as_mask(mask)[:, step]
                last = 0 if self.zero_output_for_mask or not outputs else outputs[-1]
                output = _where(counts, output, last)
                both = zip(new, states, strict=True)
                states = [_where(counts, one, other) for one, other in both]
            outputs.append(output)
        self._keep(states)
        result: Any = np.stack(outputs, axis=1) if self.return_sequences else outputs[-1]
        return (result, *trees.rebuild(form, states)) if self.return_state else result

    def _advance(self, inputs: Any, states: list[Any], training: Any) -> tuple[Any, list[Any]]:
        if isinstance(self.cell, (RecurrentCell, StackedRNNCells)):
            output, new = self.cell.call(inputs, states, training=training)
        elif self.cell.takes_training:
            output, new = self.cell(inputs, states, training=training)
        else:
            output, new = self.cell(inputs, states)
        return output, trees.leaves(new)

    def _first_states(self, samples: int, given: Any) -> list[Any]:
        """Return the states to begin with, one after the other."""
        if given is None:
            given = self._carried() if self.stateful else self.get_initial_state(samples)
        what = f"{self.name}: initial_state"
        states = [as_value(state, self.dtype, what) for state in trees.leaves(given)]
        wanted = [(samples, size) for size in trees.leaves(self.state_size)]
        if [state.shape for state in states] != wanted:
            raise ShapeError(
                f"{self.name}: the states have shapes {[state.shape for state in states]}, and "
                f"for {samples} samples they have {wanted}."
            )
        return states

    def _carried(self) -> list[Value]:
        """Return the last batch's states as constants: this batch changes the variables."""
        return [constant(state._data) for state in self.states or ()]

    def _keep(self, states: list[Any]) -> None:
        for variable, state in zip(self.states or (), states, strict=False):
            variable.assign(state)

    def compute_output_shape(self, input_shape: Shape, initial_state_shape: Any = None) -> Any:
        """Return the shape of the output; with `return_state`, followed by those of the states."""
        samples, steps = input_shape[:2]
        size = output_size(self.cell)
        shape = (samples, steps, size) if self.return_sequences else (samples, size)
        if not self.return_state:
            return shape
        return (shape, *trees.transform(lambda length: (samples, length), self.state_size))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the sequence, if the output is one."""
        kept = mask if self.return_sequences else None
        return [kept, *(None for _ in self.state_size)] if self.return_state else kept


def _listed(states: Any) -> list[Any]:
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _where(counts: Any, one: Any, other: Any) -> Any:
    return np.where(counts.reshape(-1, *(1,) * (one.ndim - 1)), one, other)

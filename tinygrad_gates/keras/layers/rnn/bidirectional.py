"""Reading sequences in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.keras.examples import Example, example, inner
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.layers.rnn.gru import GRU
from tinygrad_gates.keras.layers.rnn.lstm import LSTM
from tinygrad_gates.keras.layers.rnn.simple_rnn import SimpleRNN
from tinygrad_gates.keras.layers.serialization import as_layer

MODES = ("sum", "mul", "concat", "ave", None)
_SHARED = ("stateful", "return_sequences", "return_state")


class Bidirectional(Layer):
    """Reads sequences forwards with one recurrent layer, backwards with another, and merges.

    Defined by Schuster and Paliwal, "Bidirectional recurrent neural networks", 1997.

    Args:
        layer: the recurrent layer, of which both are made.
        merge_mode: "concat", "sum", "mul" or "ave" of both outputs; None for a list of both.
        weights: refused; use `set_weights`.
        backward_layer: the one that reads backwards; one with equal arguments by default.
        **options: as for every `Layer`.

    Raises:
        ValueError: for another mode, for what is no layer, or layers that do not match.

    >>> Bidirectional(LSTM(3))([[[1.0, 2.0], [3.0, 4.0]]]).shape
    (1, 6)
    """

    supports_masking = True
    unsaved = (*Layer.unsaved, "weights")
    examples: ClassVar[Sequence[Example]] = (
        example((2, 3, 2), layer=inner(LSTM, 2)),
        example((2, 3, 2), layer=inner(GRU, 2, return_sequences=True), merge_mode="sum"),
        example((2, 3, 2), layer=inner(SimpleRNN, 2, return_sequences=True), merge_mode=None),
        example((2, 3, 2), layer=inner(GRU, 2, return_state=True), merge_mode="mul"),
        example(
            (2, 3, 2),
            layer=inner(LSTM, 2),
            merge_mode="ave",
            backward_layer=inner(GRU, 2, go_backwards=True),
        ),
    )

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        layer, backward_layer = as_layer(layer), as_layer(backward_layer)
        for name, given in (("layer", layer), ("backward_layer", backward_layer)):
            if not hasattr(given, "go_backwards") and (given is not None or name == "layer"):
                raise ValueError(f"Bidirectional: {name}={given!r} has to be a recurrent layer.")
        if merge_mode not in MODES:
            raise ValueError(f"Bidirectional: merge_mode={merge_mode!r} is none of {MODES}.")
        if weights is not None:
            raise ValueError("Bidirectional: weights=... is not supported; use set_weights.")
        self.forward_layer = _copy(layer, "forward_")
        self.backward_layer = backward_layer or _copy(layer, "backward_", go_backwards=True)
        self.merge_mode = merge_mode
        self._check_layers()
        for both in (self.forward_layer, self.backward_layer):
            both.zero_output_for_mask = both.return_sequences
            if hasattr(layer, "use_cudnn"):
                both.use_cudnn = layer.use_cudnn
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.stateful = layer.stateful
        self.input_spec = layer.input_spec

    @property
    def layer(self) -> Any:
        """The layer that reads forwards."""
        return self.forward_layer

    def _check_layers(self) -> None:
        one, other = self.forward_layer, self.backward_layer
        if one.go_backwards == other.go_backwards:
            raise ValueError(
                f"Bidirectional: go_backwards={one.go_backwards} of both layers; one of them has "
                f"to go backwards."
            )
        for name in _SHARED:
            if getattr(one, name) != getattr(other, name):
                raise ValueError(
                    f"Bidirectional: {name}={getattr(one, name)} of the forward layer, and "
                    f"{getattr(other, name)} of the backward layer; they have to be equal."
                )

    def build(self, input_shape: Shape) -> None:
        """Build both layers."""
        self.forward_layer.build(input_shape)
        self.backward_layer.build(input_shape)

    def _build_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.stateful and args:  # whose states have a row for each sample
            self.build(tuple(args[0].shape))
        else:
            super()._build_for(args, kwargs)

    @property
    def states(self) -> Any:
        """The states that batches go on with, forwards then backwards; None if they do not."""
        one, other = self.forward_layer.states, self.backward_layer.states
        return [*one, *other] if one and other else None

    def reset_state(self) -> None:
        """Let the next batch of stateful layers begin with zeros."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = None,
    ) -> Any:
        """Return the merged outputs; with `return_state`, followed by the states of both."""
        half = len(initial_state) // 2 if initial_state is not None else 0
        forward_state = initial_state[:half] if half else None
        backward_state = initial_state[half:] if half else None
        one = self.forward_layer.call(sequences, forward_state, mask, training)
        other = self.backward_layer.call(sequences, backward_state, mask, training)
        states: tuple[Any, ...] = ()
        if self.return_state:
            (one, *forward_states), (other, *backward_states) = one, other
            states = (*forward_states, *backward_states)
        if self.return_sequences:
            other = np.flip(other, axis=1)
        merged = self._merged(one, other)
        if not states:
            return merged
        return (*merged, *states) if self.merge_mode is None else (merged, *states)

    def _merged(self, one: Any, other: Any) -> Any:
        if self.merge_mode == "concat":
            return np.concatenate([one, other], axis=-1)
        if self.merge_mode == "mul":
            return one * other
        if self.merge_mode is None:
            return (one, other)
        return one + other if self.merge_mode == "sum" else (one + other) / 2

    def compute_output_shape(self, input_shape: Shape, initial_state_shape: Any = None) -> Any:
        """Return the shape of the merged outputs; with `return_state`, then those of the states."""
        shape = self.forward_layer.compute_output_shape(input_shape)
        states: tuple[Any, ...] = ()
        if self.return_state:
            shape, *own = shape
            states = (*own, *own)
        if self.merge_mode == "concat":
            shape = (*shape[:-1], 2 * shape[-1])
        if self.merge_mode is None:
            return (shape, shape, *states)
        return (shape, *states) if states else shape

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask of the sequences, if the outputs are some."""
        kept = mask if self.return_sequences else None
        masks = [kept, kept] if self.merge_mode is None else [kept]
        if self.return_state:
            masks += [None] * (2 * len(self.forward_layer.state_size))
        return masks if len(masks) > 1 else kept


def _copy(layer: Any, prefix: str, **changed: Any) -> Any:
    name = prefix + layer.name.removeprefix(prefix)
    return type(layer).from_config({**layer.get_config(), "name": name, **changed})

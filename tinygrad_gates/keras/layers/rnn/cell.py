"""What the cells of recurrent layers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates import trees
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import activations, constraints, initializers, regularizers
from tinygrad_gates.keras.layers.arguments import positive, real
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.random import SeedGenerator, uniform


class RecurrentCell(Layer):
    """One step of a recurrent layer: from an input and states to an output and new states.

    A subclass has so many `gates`, each as wide as the output, and defines `step`.
    """

    gates: ClassVar[int]
    states: ClassVar[int] = 1
    """How many states there are; the first is the output."""

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
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
        seed: int | None = None,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        kind = type(self).__name__
        self.units = positive(kind, "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = real(kind, "dropout", dropout, 0, 1)
        self.recurrent_dropout = real(kind, "recurrent_dropout", recurrent_dropout, 0, 1)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)
        self.bias: Any = None
        self._input_mask: Any = None
        self._recurrent_mask: Any = None

    @property
    def state_size(self) -> int | list[int]:
        """The length of the state; a list if there are several."""
        return self.units if self.states == 1 else [self.units] * self.states

    @property
    def output_size(self) -> int:
        """The length of the output."""
        return self.units

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states before the first step: zeros, of shape (batch_size, units)."""
        return [np.zeros((batch_size, self.units), self.dtype) for _ in range(self.states)]

    def build(self, input_shape: Shape) -> None:
        """Make the kernels and the bias for inputs with a known number of features."""
        features = input_shape[-1]
        if not features:
            raise ShapeError(
                f"{self.name}: the last axis of the input needs a length from 1 up, and the "
                f"input shape is {input_shape}."
            )
        width = self.gates * self.units
        self.kernel = self.add_weight(
            (features, width),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            (self.units, width),
            self.recurrent_initializer,
            name="recurrent_kernel",
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                self.bias_shape(),
                self.initial_bias,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def bias_shape(self) -> tuple[int, ...]:
        """Return the shape of the bias."""
        return (self.gates * self.units,)

    def initial_bias(self, shape: Any, dtype: Any = None) -> Any:
        """Return the bias that training begins with."""
        return self.bias_initializer(shape, dtype)

    def call(
        self, inputs: Any, states: Sequence[Any], training: bool | None = False
    ) -> tuple[Any, list[Any]]:
        """Return the output and the new states, each of shape (samples, units)."""
        carried = states[0]
        if training and self.dropout:
            self._input_mask = self._mask(self._input_mask, inputs.shape, self.dropout)
            inputs = inputs * self._input_mask
        if training and self.recurrent_dropout:
            rate = self.recurrent_dropout
            self._recurrent_mask = self._mask(self._recurrent_mask, carried.shape, rate)
            carried = carried * self._recurrent_mask
        new = self.step(inputs @ self.kernel, carried, states)
        return new[0], new

    def step(self, projected: Any, carried: Any, states: Sequence[Any]) -> list[Any]:
        """Return the new states.

        Args:
            projected: the input times the kernel, of shape (samples, gates * units).
            carried: the output before, for the recurrent kernel; some of it may be dropped out.
            states: the states before.
        """
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Shape, states_shape: Any = None) -> Any:
        """Return the shapes of the output and of the states."""
        shape = (input_shape[0], self.units)
        return shape, [shape] * self.states

    def forget_masks(self) -> None:
        """Let the next step in training draw anew what is dropped out in all that follow."""
        self._input_mask = None
        self._recurrent_mask = None

    def _mask(self, known: Any, shape: tuple[int, ...], rate: float) -> Any:
        if known is not None and known.shape == shape:
            return known
        kept = uniform(shape, seed=self.seed_generator, dtype=self.dtype) >= rate
        return kept.astype(self.dtype) * self.dtype.type(1 / (1 - rate) if rate < 1 else 0)


def output_size(cell: Any) -> int:
    """Return the length of a cell's output: that of its first state, if it says nothing else."""
    size: int = getattr(cell, "output_size", None) or trees.leaves(cell.state_size)[0]
    return size


def initial_state(cell: Any, batch_size: int, dtype: Any) -> Any:
    """Return a cell's state, or states, before the first step: zeros, unless it says else."""
    if hasattr(cell, "get_initial_state"):
        return cell.get_initial_state(batch_size=batch_size)
    return trees.transform(lambda size: np.zeros((batch_size, size), dtype), cell.state_size)


def parts(numbers: Any, count: int) -> list[Any]:
    """Return equal parts of the last axis.

    >>> [part.tolist() for part in parts(np.arange(4), 2)]
    [[0, 1], [2, 3]]
    """
    width = numbers.shape[-1] // count
    return [numbers[..., place * width : (place + 1) * width] for place in range(count)]

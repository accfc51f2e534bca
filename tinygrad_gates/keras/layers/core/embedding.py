"""A vector for each of some numbers."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np

from tinygrad_gates.core.plain import at_run_time
from tinygrad_gates.core.value import Value
from tinygrad_gates.keras import constraints, initializers, regularizers
from tinygrad_gates.keras.examples import Draw, example
from tinygrad_gates.keras.layers.arguments import positive, refuse
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.layer import Layer
from tinygrad_gates.keras.tensors import as_array


class Embedding(Layer):
    """Looks a vector up for every whole number of its input.

    Args:
        input_dim: how many vectors there are; numbers go from 0 up to, and without, it.
        output_dim: the length of a vector.
        embeddings_initializer: fills the vectors.
        embeddings_regularizer: a penalty of the vectors.
        embeddings_constraint: what they are brought back to after each step.
        mask_zero: whether 0 stands for a step that does not count.
        weights: the vectors, of shape (input_dim, output_dim), to begin with.
        lora_rank: refused, as are the two that follow.
        lora_alpha: see there.
        quantization_config: see there.
        **options: as for every `Layer`.

    Raises:
        ValueError: if a size is not a positive integer; on a call, for a number out of range.

    Numbers that are not whole are cut off to whole ones, with a warning.

    >>> Embedding(3, 2, embeddings_initializer="ones")([[0, 2]]).shape
    (1, 2, 2)
    """

    unsaved = (
        *(name for name in Layer.unsaved if name != "input_dim"),
        "weights",
        "lora_rank",
        "lora_alpha",
        "quantization_config",
    )
    examples: ClassVar = (
        example(Draw((4, 3), 0, 5, whole=True), input_dim=5, output_dim=2),
        example(
            Draw((4,), 0, 5, whole=True), input_dim=5, output_dim=3, mask_zero=True,
            embeddings_initializer="ones", embeddings_regularizer="l2",
            embeddings_constraint="unit_norm",
        ),
    )  # fmt: skip

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: Any = None,
        lora_alpha: Any = None,
        quantization_config: Any = None,
        **options: Any,
    ) -> None:
        refuse("Embedding", lora_rank=lora_rank, lora_alpha=lora_alpha,
               quantization_config=quantization_config)  # fmt: skip
        length = options.pop("input_length", None)
        if length is not None:
            options["input_shape"] = (length,)
        super().__init__(**{**options, "autocast": False})
        self.input_dim = positive("Embedding", "input_dim", input_dim)
        self.output_dim = positive("Embedding", "output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        if weights is not None:
            self.build()
            single = isinstance(weights, list) and len(weights) == 1
            self.set_weights(weights if single else [weights])

    def build(self, input_shape: Any = None) -> None:
        """Make the vectors, unless there are some."""
        if self.built:
            return
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            name="embeddings",
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def call(self, inputs: Value) -> Any:
        """Return the vectors, of shape (*input's, output_dim)."""
        return self.embeddings[_rows(inputs, self.input_dim, self.name)]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return where the number is not 0, if 0 does not count."""
        return as_array(inputs, self.name) != 0 if self.mask_zero else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape with the length of a vector added."""
        return (*input_shape, self.output_dim)


@at_run_time
def _rows(given: Any, count: int, name: str) -> np.ndarray[Any, Any]:
    """Return numbers of vectors as integers."""
    given = np.asarray(given)
    numbers: np.ndarray[Any, Any] = given.astype(np.int64)
    if given.dtype.kind == "f" and not (numbers == given).all():
        warnings.warn(
            f"{name}: whole numbers are needed, and the input has others; what follows the point "
            f"is cut off.",
            stacklevel=5,
        )
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < count):
        raise ValueError(
            f"{name}: the input has numbers from {numbers.min()} to {numbers.max()}, and there are "
            f"vectors from 0 to {count - 1}. Increase input_dim, or check the data."
        )
    return numbers

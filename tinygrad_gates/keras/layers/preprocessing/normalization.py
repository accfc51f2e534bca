"""Normalising features by statistics of data that is seen before training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from tinygrad_gates.core.primitive import constant
from tinygrad_gates.core.value import Value
from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras.config import epsilon as smallest
from tinygrad_gates.keras.examples import Example, example
from tinygrad_gates.keras.layers.elementwise import Elementwise
from tinygrad_gates.keras.layers.input_spec import Shape
from tinygrad_gates.keras.layers.normalization.moments import known_lengths
from tinygrad_gates.keras.layers.options import LayerOptions
from tinygrad_gates.keras.tensors import as_array


class Normalization(Elementwise):
    """Brings features to mean 0 and variance 1, by numbers that are given or found by `adapt`.

    Args:
        axis: the axis, or axes, each place of which has its own mean and variance; None for one
            of each altogether.
        mean: the means, to give them; of a shape that broadcasts to the lengths of `axis`.
        variance: the variances, given with the means.
        invert: whether to undo it instead: mean + x * sqrt(variance).
        **options: as for every `Layer`.

    Raises:
        ValueError: for means without variances, or of another shape.
        ShapeError: on building, for an axis that is missing, or of unknown length.

    >>> layer = Normalization()
    >>> layer.adapt(np.array([[0.0], [4.0]]))
    >>> layer([[6.0]]).numpy()
    array([[2.]], dtype=float32)
    """

    examples: ClassVar[Sequence[Example]] = (
        example((4, 3), mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0]),
        example((2, 3, 2), axis=None, mean=1.0, variance=4.0, invert=True),
        example((2, 3, 2), axis=(1, 2)),
    )

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **options: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**options)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        if (mean is None) != (variance is None) or np.shape(mean) != np.shape(variance):
            raise ValueError(
                f"Normalization: mean={mean!r} and variance={variance!r} have to be given "
                f"together, and have the same shape."
            )
        self._given = None if mean is None else (as_array(mean, "mean"), as_array(variance, "var"))
        self.invert = invert

    def build(self, input_shape: Shape) -> None:
        """Make the means and variances."""
        known_lengths(self.name, input_shape, self.axis)
        self.kept = tuple(sorted(axis % len(input_shape) for axis in self.axis))
        lengths = known_lengths(self.name, input_shape, self.kept)
        self._shape = tuple(n if axis in self.kept else 1 for axis, n in enumerate(input_shape))
        if self._given is None:
            self.adapt_mean = self.add_weight(lengths, "zeros", trainable=False, name="mean")
            self.adapt_variance = self.add_weight(lengths, "ones", trainable=False, name="variance")
            self.count = self.add_weight((), "zeros", np.int32, trainable=False, name="count")
        else:
            self._fixed = [self._broadcast(array, lengths) for array in self._given]

    def _broadcast(self, array: Any, lengths: tuple[int, ...]) -> np.ndarray[Any, Any]:
        try:
            whole = np.broadcast_to(np.asarray(array, self.dtype), lengths)
        except ValueError:
            raise ShapeError(
                f"{self.name}: mean and variance of shape {np.shape(array)} do not fit the "
                f"lengths of axis={self.axis}, {lengths}."
            ) from None
        return whole.reshape(self._shape)

    @property
    def mean(self) -> Any:
        """The means in use, a Value whose shape broadcasts to inputs; None before `build`."""
        return self._number(0)

    @property
    def variance(self) -> Any:
        """The variances in use, as `mean`."""
        return self._number(1)

    def _number(self, which: int) -> Value | None:
        if not self.built:
            return None
        if self._given is not None:
            return constant(self._fixed[which])
        number = (self.adapt_mean, self.adapt_variance)[which]
        return constant(number._data.reshape(self._shape))

    def adapt(self, data: Any) -> None:
        """Find means and variances, in place of earlier ones.

        Args:
            data: an array, samples first; or batches of them, one by one. A batch that is a tuple
                has the samples first.

        Raises:
            TypeError: for a batch that is a number alone.
            ValueError: if there are no data, or mean and variance were given.
            ShapeError: if shapes differ along `axis`.
        """
        if self._given is not None:
            raise ValueError(f"{self.name}.adapt: mean and variance were given to the layer.")
        count, mean, variance = 0, np.zeros(()), np.zeros(())
        for batch in self._batches(data):
            if not self.built:
                self.build((None, *batch.shape[1:]) if 0 not in self.axis else batch.shape)
            self._check_kept(batch.shape)
            rest = tuple(axis for axis in range(batch.ndim) if axis not in self.kept)
            size = batch.size // max(int(np.prod([batch.shape[axis] for axis in self.kept])), 1)
            if not size:
                continue
            own_mean, own = batch.mean(axis=rest), batch.var(axis=rest)
            share = size / (count + size)
            apart = own_mean - mean
            variance = variance * (1 - share) + own * share + apart**2 * share * (1 - share)
            mean = mean + apart * share
            count += size
        if not count:
            raise ValueError(f"{self.name}.adapt: an empty iterable: there are no data.")
        self.adapt_mean.assign(mean)
        self.adapt_variance.assign(variance)

    def _batches(self, data: Any) -> Iterator[np.ndarray[Any, Any]]:
        what = f"{self.name}.adapt: data"
        whole = isinstance(data, (np.ndarray, Value)) or not isinstance(data, Iterable)
        if whole or (isinstance(data, Sequence) and data and not _holds_arrays(data)):
            data = [data]
        for batch in data:
            samples = batch[0] if isinstance(batch, tuple) else batch
            array = np.asarray(as_array(samples, what), np.float64)
            if not array.ndim:
                raise TypeError(f"{what}: {samples!r} has no samples: its `.shape` is ().")
            yield array

    def _check_kept(self, shape: tuple[int, ...]) -> None:
        if len(shape) != len(self._shape) or any(
            shape[axis] != self._shape[axis] for axis in self.kept
        ):
            raise ShapeError(
                f"{self.name}.adapt: data of an incompatible shape, {shape}, for axis={self.axis} "
                f"of the shape that the layer was built for, {self.input_shape}."
            )

    def call(self, inputs: Any) -> Any:
        """Return the input, normalised or not normalised any more."""
        deviation = np.maximum(np.sqrt(self.variance), self.dtype.type(smallest()))
        if self.invert:
            return self.mean + inputs * deviation
        return (inputs - self.mean) / deviation

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer, as plain data."""
        mean, variance = self._given or (None, None)
        common = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype.name}
        return {
            **common,
            "axis": self.axis,
            "mean": None if mean is None else mean.tolist(),
            "variance": None if variance is None else variance.tolist(),
            "invert": self.invert,
        }


def _holds_arrays(data: Sequence[Any]) -> bool:
    return isinstance(data[0], (np.ndarray, Value, tuple))

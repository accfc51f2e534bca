"""`tf.data.Dataset`: samples that are shuffled, changed and cut into batches on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice, repeat
from typing import Any

import numpy as np

from tinygrad_gates import random
from tinygrad_gates.core.value import Value
from tinygrad_gates.stand_in.tensors import array, tensor
from tinygrad_gates.trees import leaves, rebuild, transform

AUTOTUNE = -1
"""How many elements to prepare at a time: everything happens when it is asked for here."""
INFINITE_CARDINALITY, UNKNOWN_CARDINALITY = -1, -2

Elements = Callable[[], Iterator[Any]]


class Dataset:
    """Elements, nested tensors, that are made anew for each iteration.

    Each method returns a further data set. Inside, elements are arrays; Values come out.

    Args:
        elements: begins an iteration.
        length: the number of elements: None where it is not known, infinity where there is no end.

    >>> data = Dataset.from_tensor_slices(([1, 2, 3], [0, 0, 1])).map(lambda x, y: (2 * x, y))
    >>> [(x.tolist(), y.tolist()) for x, y in data.batch(2)]
    [([2, 4], [0, 0]), ([6], [1])]
    """

    def __init__(self, elements: Elements, length: float | None = None) -> None:
        self._elements = elements
        self._length = length

    # -------------------------------------------------------------------- where elements are from

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> Dataset:
        """Return the parts of arrays along their first axis.

        Raises ValueError for arrays of unequal lengths.
        """
        arrays = _arrays(tensors)
        lengths = {len(item) for item in leaves(arrays)}
        if len(lengths) != 1:
            raise ValueError(
                f"Dataset.from_tensor_slices: the arrays have unequal lengths: {sorted(lengths)}."
            )
        length = lengths.pop()

        def elements() -> Iterator[Any]:
            return (_part(arrays, index) for index in range(length))

        return Dataset(elements, length)

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> Dataset:
        """Return one element."""
        element = _arrays(tensors)
        return Dataset(lambda: iter([element]), 1)

    @staticmethod
    def from_generator(
        generator: Callable[..., Any],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = (),
        output_signature: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """Return what a function that returns an iterable yields, as often as it is asked.

        Args:
            generator: the function.
            output_types: the dtypes of what it yields, nested as that is.
            output_shapes: accepted for TensorFlow's sake.
            args: what the function is called with.
            output_signature: nested `tf.TensorSpec`s, which tell the dtypes too.
            name: accepted for TensorFlow's sake.
        """
        dtypes = output_types
        if output_signature is not None:
            dtypes = transform(lambda spec: spec.dtype, output_signature)

        def elements() -> Iterator[Any]:
            return (_cast(item, dtypes) for item in generator(*(args or ())))

        return Dataset(elements)

    @staticmethod
    def range(*args: int, **options: Any) -> Dataset:
        """Return integers: from 0 to below a stop, or from a start, or in steps."""
        numbers = range(*(int(arg) for arg in args))
        return Dataset(lambda: (np.int64(number) for number in numbers), len(numbers))

    @staticmethod
    def zip(*datasets: Any, **options: Any) -> Dataset:
        """Return elements of several data sets side by side, until one ends."""
        parts = datasets[0] if len(datasets) == 1 else datasets

        def elements() -> Iterator[Any]:
            for together in zip(*(part._elements() for part in leaves(parts)), strict=False):
                yield rebuild(parts, together)

        lengths = [part._length for part in leaves(parts)]
        return Dataset(elements, None if None in lengths else min(lengths))

    # -------------------------------------------------------------------- changing elements

    def map(self, map_func: Callable[..., Any], *unused: Any, **options: Any) -> Dataset:
        """Return what a function makes of each element: of its parts, where it is a tuple."""

        def elements() -> Iterator[Any]:
            return (_arrays(_called(map_func, item)) for item in self._elements())

        return Dataset(elements, self._length)

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """Return the elements for which a function is true."""

        def elements() -> Iterator[Any]:
            return (item for item in self._elements() if bool(_called(predicate, item)))

        return Dataset(elements)

    def enumerate(self, start: int = 0, name: str | None = None) -> Dataset:
        """Return elements with their numbers in front."""

        def elements() -> Iterator[Any]:
            return ((np.int64(n), item) for n, item in enumerate(self._elements(), start))

        return Dataset(elements, self._length)

    # -------------------------------------------------------------------- order and number

    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = True,
        name: str | None = None,
    ) -> Dataset:
        """Return elements drawn from a buffer that is filled in order.

        Args:
            buffer_size: the number of elements to draw from; all of them make a fair shuffle.
            seed: None takes the next that follows from `set_seed`.
            reshuffle_each_iteration: whether each iteration has another order.
            name: accepted for TensorFlow's sake.

        Raises ValueError for a buffer of no elements.
        """
        size = int(buffer_size)
        if size < 1:
            raise ValueError(f"Dataset.shuffle: buffer_size={size} has to be above 0.")
        start = random.spawn_seed("tf.data") if seed is None else seed
        iterations = iter(range(2**62)) if reshuffle_each_iteration is not False else repeat(0)

        def elements() -> Iterator[Any]:
            generator = np.random.default_rng([start, next(iterations)])
            source = self._elements()
            buffer = list(islice(source, size))
            for item in source:
                index = int(generator.integers(len(buffer)))
                yield buffer[index]
                buffer[index] = item
            for index in generator.permutation(len(buffer)):
                yield buffer[index]

        return Dataset(elements, self._length)

    def repeat(self, count: int | None = None, name: str | None = None) -> Dataset:
        """Return the elements several times, or without end for None."""
        times = float("inf") if count is None or count < 0 else int(count)

        def elements() -> Iterator[Any]:
            turns = repeat(None) if times == float("inf") else repeat(None, int(times))
            return chain.from_iterable(self._elements() for _ in turns)

        return Dataset(elements, None if self._length is None else times * self._length)

    def take(self, count: int, name: str | None = None) -> Dataset:
        """Return the first elements."""
        count = int(count)

        def elements() -> Iterator[Any]:
            return islice(self._elements(), None if count < 0 else count)

        length = self._length
        return Dataset(elements, length if length is None or count < 0 else min(count, length))

    def skip(self, count: int, name: str | None = None) -> Dataset:
        """Return the elements but for the first ones."""
        length = None if self._length is None else max(0, self._length - int(count))
        return Dataset(lambda: islice(self._elements(), int(count), None), length)

    def concatenate(self, dataset: Dataset, name: str | None = None) -> Dataset:
        """Return the elements of both, one after the other."""
        lengths = self._length, dataset._length
        length = None if None in lengths else sum(lengths)  # type: ignore[arg-type]
        return Dataset(lambda: chain(self._elements(), dataset._elements()), length)

    def batch(
        self, batch_size: int, drop_remainder: bool = False, *unused: Any, **options: Any
    ) -> Dataset:
        """Return several elements at a time, stacked along a new first axis.

        Args:
            batch_size: how many.
            drop_remainder: whether to leave out what is too few at the end.
            *unused: what TensorFlow takes besides.
            **options: likewise.

        Raises ValueError for a batch of no elements.
        """
        size = int(batch_size)
        if size < 1:
            raise ValueError(f"Dataset.batch: batch_size={size} has to be above 0.")

        def elements() -> Iterator[Any]:
            source = self._elements()
            while batch := list(islice(source, size)):
                if len(batch) == size or not drop_remainder:
                    yield _stacked(batch)

        length = self._length
        if length is not None and length != float("inf"):
            length = length // size if drop_remainder else -(-length // size)
        return Dataset(elements, length)

    def unbatch(self, name: str | None = None) -> Dataset:
        """Return the parts of each element along its first axis."""

        def elements() -> Iterator[Any]:
            for batch in self._elements():
                yield from (_part(batch, index) for index in range(len(leaves(batch)[0])))

        return Dataset(elements)

    def cache(self, filename: str = "", name: str | None = None) -> Dataset:
        """Return the elements, which are made once and kept in memory.

        Raises ValueError for the name of a file to keep them in.
        """
        if filename:
            raise ValueError("Dataset.cache: elements are kept in memory here: call cache().")
        kept: list[Any] = []

        def elements() -> Iterator[Any]:
            if kept:
                return iter(kept)
            return self._keeping(kept)

        return Dataset(elements, self._length)

    def _keeping(self, kept: list[Any]) -> Iterator[Any]:
        seen = []
        for item in self._elements():
            seen.append(item)
            yield item
        kept[:] = seen  # an iteration that was broken off keeps nothing

    def prefetch(self, buffer_size: int, name: str | None = None) -> Dataset:
        """Return the same: nothing is made before it is asked for."""
        return self

    def with_options(self, options: Any, name: str | None = None) -> Dataset:
        """Return the same: options say how TensorFlow goes about it."""
        return self

    def apply(self, transformation_func: Callable[[Dataset], Dataset]) -> Dataset:
        """Return what a function makes of the data set."""
        return transformation_func(self)

    # -------------------------------------------------------------------- reading

    def __iter__(self) -> Iterator[Any]:
        return (_values(item) for item in self._elements())

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Go through the elements as arrays."""
        return self._elements()

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
        """Return what becomes of a state when a function takes in one element after the other."""
        state = _values(_arrays(initial_state))
        for item in self:
            state = reduce_func(state, item)
        return state

    def cardinality(self) -> Value:
        """Return the number of elements; -1 if there is no end, -2 if it is not known."""
        if self._length is None:
            return tensor(np.int64(UNKNOWN_CARDINALITY))
        endless = self._length == float("inf")
        return tensor(np.int64(INFINITE_CARDINALITY if endless else self._length))

    def __len__(self) -> int:
        if self._length is None:
            raise TypeError("The dataset length is unknown.")
        if self._length == float("inf"):
            raise TypeError("The dataset is infinite.")
        return int(self._length)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        number = {None: "an unknown number of", float("inf"): "endless"}.get(
            self._length, self._length
        )
        return f"<Dataset of {number} elements>"


def _arrays(element: Any) -> Any:
    """Return nested tensors as arrays. A list is one array, as everywhere in TensorFlow."""
    if isinstance(element, tuple):
        parts = [_arrays(part) for part in element]
        return type(element)(*parts) if hasattr(element, "_fields") else tuple(parts)
    if isinstance(element, dict):
        return {name: _arrays(part) for name, part in element.items()}
    return array(element)


def _cast(element: Any, dtypes: Any) -> Any:
    """Return nested numbers as arrays of dtypes that are nested likewise."""
    if isinstance(dtypes, (tuple, list)):
        return tuple(_cast(*pair) for pair in zip(element, dtypes, strict=True))
    if isinstance(dtypes, dict):
        return {name: _cast(element[name], dtype) for name, dtype in dtypes.items()}
    return _arrays(element) if dtypes is None else array(element, dtypes)


def _values(element: Any) -> Any:
    return transform(tensor, element)


def _part(arrays: Any, index: int) -> Any:
    return transform(lambda item: item[index], arrays)


def _stacked(elements: list[Any]) -> Any:
    columns = zip(*map(leaves, elements), strict=True)
    return rebuild(elements[0], [np.stack(column) for column in columns])


def _called(function: Callable[..., Any], element: Any) -> Any:
    element = _values(element)
    return function(*element) if isinstance(element, tuple) else function(element)

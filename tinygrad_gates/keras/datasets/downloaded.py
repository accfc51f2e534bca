"""Data sets that Keras downloads. Nothing is downloaded here: they say what to do instead."""

from __future__ import annotations

from typing import Any

NAMES = (
    "boston_housing",
    "california_housing",
    "cifar10",
    "cifar100",
    "fashion_mnist",
    "imdb",
    "reuters",
)


class Downloaded:
    """A data set that has to be fetched by other means.

    >>> Downloaded("cifar10").load_data()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    NotImplementedError: datasets.cifar10: Keras downloads this data set, and ...
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def load_data(self, *args: Any, **kwargs: Any) -> None:
        """Raise `NotImplementedError`, with what to do instead."""
        raise NotImplementedError(
            f"datasets.{self._name}: Keras downloads this data set, and this package downloads "
            f"nothing. Read a file of your own with np.load, take scikit-learn's load_digits(), or "
            f"datasets.make_moons()."
        )

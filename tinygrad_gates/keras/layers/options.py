"""The names and types of the arguments that layers pass on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from numpy.typing import DTypeLike


class CommonOptions(TypedDict, total=False):
    """The arguments that every layer takes, but for `activity_regularizer`."""

    trainable: bool
    dtype: DTypeLike | dict[str, Any] | None
    autocast: bool
    name: str | None
    input_shape: Sequence[int | None] | None
    input_dim: int | None
    batch_input_shape: Sequence[int | None] | None


class LayerOptions(CommonOptions, total=False):
    """The arguments that every layer takes."""

    activity_regularizer: Any

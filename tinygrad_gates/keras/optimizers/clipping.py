"""Making gradients smaller: by their values, each by its norm, or all by their common norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def clip_by_value(gradient: Any, limit: float) -> Any:
    """Return a gradient with every entry cut to at most `limit` in magnitude.

    >>> clip_by_value(np.array([3.0, -4.0]), 3.5)
    array([ 3. , -3.5])
    """
    return np.clip(gradient, -limit, limit)


def clip_by_norm(gradient: Any, limit: float) -> Any:
    """Return a gradient scaled so that its 2-norm is at most `limit`.

    >>> clip_by_norm(np.array([3.0, -4.0]), 2.5)
    array([ 1.5, -2. ])
    """
    norm = np.sqrt(np.sum(np.square(gradient)))
    return gradient * limit / np.maximum(norm, limit)


def clip_by_global_norm(gradients: Sequence[Any], limit: float) -> list[Any]:
    """Return gradients scaled alike so that the 2-norm of all of them is at most `limit`.

    Where that norm is infinite or no number, every result is no number: a step that cannot be
    scaled should be seen.

    >>> clip_by_global_norm([np.array([3.0]), np.array([-4.0])], 2.5)
    [array([1.5]), array([-2.])]
    """
    norm = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in gradients))
    scale = np.where(np.isfinite(norm), limit / np.maximum(norm, limit), np.nan)
    return [gradient * scale.astype(gradient.dtype) for gradient in gradients]

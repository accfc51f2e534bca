"""Merging: ranks, masks and shapes that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_gates.errors import ShapeError
from tinygrad_gates.keras import Input, layers
from tinygrad_gates.keras.masking import get_mask

ONE = np.array([[[0.0, 0.0], [-1.0, -2.0], [3.0, 4.0]]])
OTHER = np.array([[[-1.0, -2.0], [0.0, 0.0], [5.0, 6.0]]])
ALL = [[True, True, True]]


def masked(*arrays: Any) -> list[Any]:
    return [layers.Masking()(array) for array in arrays]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Add", [[-1, -2], [-1, -2], [8, 10]]),
        ("Multiply", [[-1, -2], [-1, -2], [15, 24]]),
        ("Maximum", [[-1, -2], [-1, -2], [5, 6]]),
        ("Minimum", [[-1, -2], [-1, -2], [3, 4]]),
    ],
)
def test_what_is_masked_takes_no_part(kind: str, expected: Any) -> None:
    merged = getattr(layers, kind)()(masked(ONE, OTHER))
    np.testing.assert_array_equal(merged.numpy()[0], expected)
    np.testing.assert_array_equal(get_mask(merged), ALL)


@pytest.mark.parametrize("kind", ["Add", "Subtract", "Multiply", "Maximum", "Minimum", "Average"])
def test_there_is_a_mask_only_if_all_inputs_have_one(kind: str) -> None:
    layer = getattr(layers, kind)()
    one, other = masked(ONE, OTHER)
    plain = layers.Identity()(OTHER)
    assert get_mask(layer([one, plain])) is None
    assert get_mask(layer([plain, one])) is None
    np.testing.assert_array_equal(get_mask(layer([one, other])), ALL)


def test_masks_are_joined_as_inputs_are() -> None:
    one, plain = masked(ONE)[0], layers.Identity()(OTHER)
    along_steps = layers.Concatenate(axis=1)([one, plain])
    np.testing.assert_array_equal(get_mask(along_steps), [[False, True, True, True, True, True]])
    along_features = layers.Concatenate()([one, plain])
    np.testing.assert_array_equal(get_mask(along_features), ALL)


def test_axes_are_put_in_after_the_samples() -> None:
    rows, steps = np.arange(4.0).reshape(2, 2), np.ones((2, 3, 2))
    merged = layers.Add()([layers.Identity()(item) for item in (rows, steps)])
    np.testing.assert_array_equal(merged.numpy(), rows[:, None] + steps)
    assert layers.Add().compute_output_shape([(None, 2), (None, 3, 2)]) == (None, 3, 2)
    place = layers.Add()([Input((2,)), Input((3, 2))])
    assert place.shape == (None, 3, 2)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(None, 2), (None, 3)], "incompatible shapes"),
        ([(2, 3), (4, 3)], "different batch sizes"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(shapes: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        layers.Add()([Input(batch_shape=shape) for shape in shapes])

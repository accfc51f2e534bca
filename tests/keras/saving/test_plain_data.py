"""Objects as plain data, and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import Value
from tinygrad_gates.keras import activations, layers, losses, regularizers, saving


@saving.register_keras_serializable("tests")
def doubled(x: Any) -> Any:
    return x * 2


PLAIN = [
    None, 3, 0.5, "text", True, [1, [None, "a"]], {"a": {"b": [2]}}, b"bytes", slice(None, 3, 1),
    ..., np.array([[1, 2]]), np.array([0.5]),
]  # fmt: skip


@pytest.mark.parametrize("item", PLAIN, ids=repr)
def test_plain_data_comes_back(item: Any) -> None:
    text = json.dumps(saving.serialize_keras_object(item))
    again = saving.deserialize_keras_object(json.loads(text))
    if isinstance(item, np.ndarray):
        np.testing.assert_array_equal(again, item)
        assert again.dtype == item.dtype
    else:
        assert again == item


OBJECTS = [
    activations.tanh, losses.mean_squared_error, losses.kl_divergence, doubled,
    [losses.MeanSquaredError(), {"a": layers.Dense(2)}], regularizers.L2(0.5), Value([1.0, 2.0]),
]  # fmt: skip


@pytest.mark.parametrize("item", OBJECTS, ids=lambda item: type(item).__name__)
def test_objects_come_back(item: Any) -> None:
    data = json.loads(json.dumps(saving.serialize_keras_object(item)))
    again = saving.deserialize_keras_object(data)
    assert saving.serialize_keras_object(again) == data
    assert type(again) is type(item)


def test_a_function_that_an_older_keras_wrote_without_its_package() -> None:
    data = {"module": "builtins", "class_name": "function", "config": "doubled"}
    assert saving.deserialize_keras_object(data) is doubled


WRONG_DATA: dict[str, tuple[Any, str]] = {
    "a list": ({"class_name": "Dense", "config": [1, 2]}, "of Dense has to be a dict"),
    "no name": ({"class_name": "function", "config": [1]}, "is no name of a function"),
    "a function": ({"class_name": "function", "config": "os.system"}, "Unknown function"),
    "another class": (
        {"class_name": "Dense", "config": {"units": 1}, "registered_name": "mine>Dense"},
        "'mine>Dense' is meant, which is not known",
    ),
    "text as numbers": (
        {"class_name": "__numpy__", "config": {"value": ["a"], "dtype": "S1000000000"}},
        "holds no numbers",
    ),
    "a kind": ({"class_name": "__typespec__", "config": [1]}, "no kind of plain data"),
}


@pytest.mark.parametrize("name", WRONG_DATA)
def test_what_is_no_object(name: str) -> None:
    data, message = WRONG_DATA[name]
    with pytest.raises((TypeError, ValueError), match=message):
        saving.deserialize_keras_object(data)

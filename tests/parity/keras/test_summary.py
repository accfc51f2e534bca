"""The table of `summary` is Keras's, to the letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_gates as tf

pytestmark = pytest.mark.parity


def line(k: Any) -> Any:
    hidden = k.layers.Dense(32, "relu", name="hidden")
    return k.Sequential([k.Input((2,)), hidden, k.layers.Dense(1, name="out")], name="line")


def unbuilt(k: Any) -> Any:
    return k.Sequential(
        [k.layers.Dense(3, name="first"), k.layers.Dropout(0.5, name="drop")], name="unbuilt"
    )


def two_ways(k: Any) -> Any:
    one, two = k.Input((4,), name="one"), k.Input((3,), name="two")
    left, right = k.layers.Dense(5, name="left")(one), k.layers.Dense(5, name="right")(two)
    joined = k.layers.Concatenate(name="joined")([k.layers.Add(name="sum")([left, right]), left])
    outputs = [k.layers.Dense(1, name="a")(joined), k.layers.Dense(2, name="b")(joined)]
    return k.Model([one, two], outputs, name="ways")


def shared(k: Any) -> Any:
    place, layer = k.Input((4,), name="place"), k.layers.Dense(4, name="again")
    both = [layer(place), layer(layer(place))]
    return k.Model(place, k.layers.Add(name="both")(both), name="shared")


def nested(k: Any) -> Any:
    inner = k.Sequential(
        [k.Input((4,)), k.layers.Dense(3, name="small"), k.layers.Dense(4, name="wide")],
        name="inner",
    )
    place = k.Input((4,), name="place")
    return k.Model(place, k.layers.Dense(1, name="out")(inner(place)), name="outer")


def frozen(k: Any) -> Any:
    model = nested(k)
    model.get_layer("inner").trainable = False
    return model


def images(k: Any) -> Any:
    parts = [
        k.Input((28, 28, 1)),
        k.layers.Conv2D(8, 3, name="seen"),
        k.layers.MaxPooling2D(name="pooled"),
        k.layers.BatchNormalization(name="normal"),
        k.layers.Flatten(name="flat"),
        k.layers.Dense(10, "softmax", name="out"),
    ]
    return k.Sequential(parts, name="images")


def states(k: Any) -> Any:
    place = k.Input((5, 4), name="place")
    layer = k.layers.LSTM(3, return_sequences=True, return_state=True, name="lstm")
    return k.Model(place, list(layer(place)), name="states")


def long_names(k: Any) -> Any:
    parts = [
        k.layers.Dense(3, name="a_name_that_is_longer_than_any_column_of_this_table"),
        k.layers.Dense(1000000, name="many"),
    ]
    return k.Sequential([k.Input((2,)), *parts], name="long")


def empty(k: Any) -> Any:
    return k.Sequential(name="empty")


CASES: dict[str, tuple[Callable[[Any], Any], dict[str, Any]]] = {
    **{
        make.__name__: (make, {})
        for make in (
            line, unbuilt, two_ways, shared, nested, frozen, images, states, long_names, empty,
        )
    },
    "narrow": (line, {"line_length": 60}),
    "wider": (line, {"line_length": 75}),
    "narrow ways": (two_ways, {"line_length": 60}),
    "cut names": (long_names, {"line_length": 60}),
    "positions": (line, {"positions": [0.3, 0.6, 1.0]}),
    "unfolded": (nested, {"expand_nested": True}),
    "trainable": (frozen, {"show_trainable": True}),
    "trainable ways": (two_ways, {"show_trainable": True}),
    "trainable, unfolded": (frozen, {"show_trainable": True, "expand_nested": True}),
    "a part": (two_ways, {"layer_range": ["left", "joined"]}),
}  # fmt: skip


def table(model: Any, options: dict[str, Any]) -> list[str]:
    shown: list[str] = []
    model.summary(print_fn=lambda text, **_: shown.append(text), **options)
    return [line.rstrip() for line in "\n".join(shown).splitlines()]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("columns", ["80", "200"])
def test_tables_are_the_same(keras: Any, name: str, columns: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    make, options = CASES[name]
    assert table(make(tf.keras), options) == table(make(keras), options)

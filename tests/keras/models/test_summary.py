"""The table that summary prints."""

from __future__ import annotations

from typing import Any

import pytest

from tinygrad_gates.keras import Input, Model, Sequential, layers, utils


@pytest.fixture(autouse=True)
def _names_from_the_start(monkeypatch: Any) -> None:
    utils.clear_session()
    monkeypatch.setenv("COLUMNS", "80")


def text(model: Any, **options: Any) -> str:
    lines: list[str] = []
    model.summary(print_fn=lines.append, **options)
    return "\n".join(lines)


def small() -> Sequential:
    return Sequential(
        [layers.Dense(3, input_shape=(2,)), layers.Dropout(0.5), layers.Dense(1, name="out")],
        name="gate",
    )


def test_layers_shapes_and_counts() -> None:
    assert text(small()) == (
        'Model: "gate"\n'
        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
        "┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃\n"
        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
        "│ dense (Dense)                   │ (None, 3)              │             9 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ dropout (Dropout)               │ (None, 3)              │             0 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ out (Dense)                     │ (None, 1)              │             4 │\n"
        "└─────────────────────────────────┴────────────────────────┴───────────────┘\n"
        " Total params: 13 (52.00 B)\n"
        " Trainable params: 13 (52.00 B)\n"
        " Non-trainable params: 0 (0.00 B)\n"
    )


def test_the_optimizer_s_numbers_count_once_there_are_some() -> None:
    model = small()
    model.compile("adam", "mse")
    assert "Optimizer" not in text(model)
    model.fit([[0, 1]], [1], verbose=0)
    assert " Optimizer params: 28 (" in text(model)


def test_frozen_layers_are_told_apart() -> None:
    model = small()
    model.layers[0].trainable = False
    shown = text(model, show_trainable=True)
    assert [line.split("│")[-2].strip() for line in shown.splitlines() if "(D" in line] == [
        "N", "-", "Y",
    ]  # fmt: skip
    assert " Trainable params: 4 " in shown
    assert " Non-trainable params: 9 " in shown


def test_connections_are_shown_where_there_is_more_than_one_way() -> None:
    place = Input((2,), name="place")
    hidden = layers.Dense(2, name="hidden")(place)
    model = Model(place, layers.Add(name="sum")([place, hidden]), name="ways")
    shown = text(model, line_length=90)
    assert "Connected to" in shown
    (row,) = [line for line in shown.splitlines() if "sum (Add)" in line]
    assert "place[0][0]" in row
    assert "hidden[0][0]" in shown
    assert "place (InputLayer)" in shown


def test_models_inside_are_unfolded_on_wish() -> None:
    model = Sequential([Input((2,)), small(), layers.Dense(1, name="last")])
    assert "out (Dense)" not in text(model)
    assert "   └ out (Dense)" in text(model, expand_nested=True)


def test_a_part_of_the_table() -> None:
    shown = text(small(), layer_range=["dropout", "out"])
    assert "dense (Dense)" not in shown
    assert "out (Dense)" in shown


def test_before_building_shapes_are_not_known() -> None:
    shown = text(Sequential([layers.Dense(2)]))
    assert "?" in shown
    assert "0 (unbuilt)" in shown


def test_the_table_fits_terminals_and_encodings(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, text(small()).splitlines())) <= 50

    class Ascii:
        encoding = "ascii"

        def write(self, shown: str) -> int:
            self.shown = getattr(self, "shown", "") + shown
            return len(shown.encode("ascii"))

        def flush(self) -> None:
            pass

    stream = Ascii()
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("COLUMNS", "80")
    small().summary()
    assert "| dense_1 (Dense) " in stream.shown


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "too short": ({"line_length": 3}, "line_length=3"),
    "no such layer": ({"layer_range": ["dense", "x"]}, "no layer is called 'x'"),
    "one name": ({"layer_range": ["dense"]}, "has to be two names"),
    "columns": ({"positions": [0.5]}, "3 numbers"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    options, message = WRONG[name]
    with pytest.raises(ValueError, match=message):
        small().summary(**options)

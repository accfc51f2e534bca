"""Every notebook runs from top to bottom, shows its pictures, and prints what its text says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "examples" / "notebooks"


def _runner() -> Any:
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "docs" / "notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["notebooks"] = module
    spec.loader.exec_module(module)
    return module


notebooks = _runner()

HAS_NUMBA = importlib.util.find_spec("numba") is not None

SAID: dict[str, tuple[dict[str, Any], list[str], int]] = {
    "article_en": (
        {},
        ["Epoch 1/500 - loss: 1.4290 - acc: 0.5000", "Epoch 500/500 - loss: 0.0666 - acc: 1.0000",
         "weights 0.49431458 0.37552658 bias 0.32719323", "AND  first loss 0.2004, last 0.0646",
         "NAND first loss 0.8985, last 0.0853", "loss 0.0446, accuracy 1.0000"],
        6,
    ),
    "from_gate_to_gradient": (
        {},
        ["do/dw1 = +0.786448", "{'w1': 0.786448, 'w2': 0.0, 'b': 0.786448}", "all right"],
        2,
    ),
    "optimizers_on_one_surface": ({}, ["Adam      after 200 steps at [1. 1.]"], 3),
    "why_one_layer_cannot": (
        {},
        ["XOR          [0 1 1 0]  accuracy 0.50", "XOR: at best 0.75", "[0. 1. 1. 0.]"],
        3,
    ),
    "xor_success_map": ({"SEEDS": 6}, [" 1 hidden units:   0.0%"], 2),
}  # fmt: skip
SAID["article_ko"] = SAID["article_en"]


def test_every_notebook_is_listed() -> None:
    assert {path.stem for path in NOTEBOOKS.glob("*.py")} == set(SAID)


@pytest.mark.parametrize("name", SAID)
def test_notebooks_run(name: str) -> None:
    changed, expected, pictures = SAID[name]
    cells = notebooks.run(NOTEBOOKS / f"{name}.py", **changed)
    printed = "".join(cell.printed for cell in cells)
    for text in expected:
        assert text in printed
    shown = [picture for cell in cells for picture in cell.shown]
    assert len(shown) == pictures
    for kind, picture in shown:
        begins = {"_repr_png_": b"\x89PNG", "_repr_svg_": "<?xml", "_repr_html_": "<iframe"}[kind]
        assert picture.startswith(begins)


@pytest.mark.skipif(not HAS_NUMBA, reason="a thousand seeds need machine code")
def test_success_grows_with_the_hidden_layer() -> None:
    cells = notebooks.run(NOTEBOOKS / "xor_success_map.py")
    printed = "".join(cell.printed for cell in cells)
    rates = [
        float(line.split()[3].rstrip("%")) for line in printed.splitlines() if "hidden" in line
    ]
    assert rates == sorted(rates)
    np.testing.assert_allclose(rates, [0, 24.1, 46.3, 61.7, 83.1, 91.0, 99.0, 100], atol=0.5)


def test_both_languages_run_the_same_code() -> None:
    english, korean = (
        notebooks.cells(NOTEBOOKS / f"article_{language}.py") for language in ("en", "ko")
    )
    assert [cell.kind for cell in english] == [cell.kind for cell in korean]
    for one, other in zip(english, korean, strict=True):
        assert (one.text == other.text) == (one.kind == "code")

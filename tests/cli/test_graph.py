"""`tinygrad-gates graph`: the table, the files, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tinygrad_gates.cli import main


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_prints_every_value_and_gradient(capsys: Any) -> None:
    assert main(["graph", "tanh(w*x + b)", "--at", "w=2", "x=-1", "b=0.5"]) == 0
    streams = capsys.readouterr()
    assert not streams.err
    assert streams.out == (
        "name             value  gradient\n"
        "w                    2   -0.1807\n"
        "x                   -1    0.3614\n"
        "w*x                 -2    0.1807\n"
        "b                  0.5    0.1807\n"
        "w*x + b           -1.5    0.1807\n"
        "tanh(w*x + b)  -0.9051         1\n"
    )
    assert not list(Path().iterdir())


def test_it_writes_pictures_and_the_player(capsys: Any) -> None:
    command = ["graph", "n = w*x; tanh(n)", "--at", "w=2", "--at", "x=-1", "--input", "x"]
    assert main([*command, "--save", "n.svg", "--save", "n.png", "--player", "n.html"]) == 0
    printed = capsys.readouterr().out
    for name in ("n.svg", "n.png", "n.html"):
        assert f"wrote {name}\n" in printed
        assert Path(name).stat().st_size > 1000
    assert "∂result/∂n" in Path("n.html").read_text("utf-8")
    assert "tanh(n)" in Path("n.html").read_text("utf-8")
    svg = Path("n.svg").read_text("utf-8")
    assert "#dbeafb" in svg
    assert ">tanh<" in svg


SAID = {
    "log(x)": (["x=-1"], "not finite"),
    "x * 2": (["x=[1,2]"], "reduce the result, as with sum(...)"),
    "2 * 3": ([], "Nothing here has a gradient"),
}


@pytest.mark.parametrize("text", SAID)
def test_what_has_no_gradient_is_said(text: str, capsys: Any) -> None:
    given, message = SAID[text]
    assert main(["graph", text, *(["--at", *given] if given else [])]) == 0
    streams = capsys.readouterr()
    assert message in streams.out
    assert not streams.err


WRONG = {
    "names without a value": (["w*x"], "w, x have no value: give it, as with --at w=1 x=1"),
    "one of them": (["w*x", "--at", "w=2"], "x has no value: give it, as with --at w=2 x=1"),
    "a name that is not there": (["x", "--at", "x=1", "y=2"], "there is no y in the expression"),
    "no number": (["x", "--at", "x=two"], "'two' is no number"),
    "code": (["x", "--at", "x=__import__('os')"], "is no number"),
    "ragged rows": (["x", "--at", "x=[[1],[2,3]]"], "with rows of one length"),
    "text": (["x", "--at", "x=['a']"], "numbers are needed"),
    "no equals sign": (["x", "--at", "x"], "write NAME=VALUE"),
    "no name": (["x", "--at", "2=3"], "write NAME=VALUE"),
    "an input that is not there": (["x", "--at", "x=1", "--input", "y"], "the names are x"),
    "a kind of file": (["x", "--at", "x=1", "--save", "x.gif"], "end in .svg, .png, .pdf, .dot"),
    "a kind of page": (["x", "--at", "x=1", "--player", "x.svg"], "end in .html, .htm"),
    "no folder": (["x", "--at", "x=1", "--save", "no/x.svg"], "there is no folder no"),
    "a mistake": (["tahn(x)", "--at", "x=1"], "there is no function 'tahn' here"),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_end_with_2_and_one_message(case: str, capsys: Any) -> None:
    arguments, message = WRONG[case]
    assert main(["graph", *arguments]) == 2
    streams = capsys.readouterr()
    assert streams.err.startswith("tinygrad-gates graph: error: ")
    assert message in streams.err
    assert not streams.out
    assert not list(Path().iterdir())


def test_help_fits_a_terminal(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        main(["graph", "--help"])
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 90
    assert "examples:" in printed

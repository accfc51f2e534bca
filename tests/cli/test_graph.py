"""`tinygrad-gates graph`: the table, the files, and what is said of mistakes."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tinygrad_gates import Value
from tinygrad_gates.cli import main


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


TABLES = {
    "tanh(w*x + b)": (
        ["w=2", "x=-1", "b=0.5"],
        """\
name             value  gradient
w                    2   -0.1807
x                   -1    0.3614
w*x                 -2    0.1807
b                  0.5    0.1807
w*x + b           -1.5    0.1807
tanh(w*x + b)  -0.9051         1
""",
    ),
    "n = w*x; y = tanh(n)": (
        ["w=1/2", "x=-1"],
        """\
name    value  gradient
w         0.5   -0.7864
x          -1    0.3932
n        -0.5    0.7864
y     -0.4621         1
""",
    ),
    "sum(where(x > 0, x, 2*pi*x)) + var(x)": (
        ["x=[1, -1]"],
        """\
name                                    value    gradient
x > 0                                  [1, 0]
x                                     [1, -1]  [2, 5.283]
2*pi                                    6.283
2*pi*x                        [6.283, -6.283]      [0, 1]
where(x > 0, x, 2*pi*x)           [1, -6.283]      [1, 1]
sum(where(x > 0, x, 2*pi*x))           -5.283           1
var(x)                                      1           1
sum(where(x > 0, x, 2*pi*x)) + va...   -4.283           1
""",
    ),
}


@pytest.mark.parametrize("text", TABLES)
def test_it_prints_every_value_and_gradient(text: str, capsys: Any) -> None:
    given, expected = TABLES[text]
    assert main(["graph", text, "--at", *given]) == 0
    streams = capsys.readouterr()
    assert not streams.err
    assert [line.split() for line in streams.out.splitlines()] == [
        line.split() for line in expected.splitlines()
    ]
    assert not list(Path().iterdir())


COMMAND = ["graph", "n = w*x; tanh(n)", "--at", "w=2", "--at", "x=-1", "--input", "x"]


def test_it_writes_pictures(capsys: Any) -> None:
    assert main([*COMMAND, "--save", "n.svg", "--save", "n.png", "--save", "n.dot"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("name")
    for name in ("n.svg", "n.png", "n.dot"):
        assert f"wrote {name}\n" in printed
        assert Path(name).stat().st_size > 1000
    svg = Path("n.svg").read_text("utf-8")
    assert "#dbeafb" in svg
    assert ">tanh<" in svg


@pytest.mark.skipif(not hasattr(Value, "player"), reason="there is no player")
def test_it_writes_the_player(capsys: Any) -> None:
    assert main([*COMMAND, "--player", "n.html"]) == 0
    assert "wrote n.html\n" in capsys.readouterr().out
    page = Path("n.html").read_text("utf-8")
    assert "∂result/∂n" in page
    assert "tanh(n)" in page


def test_quiet_prints_no_table(capsys: Any) -> None:
    assert main([*COMMAND, "--quiet", "--save", "n.dot"]) == 0
    assert capsys.readouterr().out == "wrote n.dot\n"


def test_without_a_backward_pass_there_are_no_gradients(capsys: Any) -> None:
    assert main([*COMMAND, "--no-backward", "--save", "n.dot"]) == 0
    assert capsys.readouterr().out == (
        "name      value\nw             2\nx            -1\nn            -2\n"
        "tanh(n)  -0.964\nwrote n.dot\n"
    )
    assert "–" in Path("n.dot").read_text("utf-8")


def test_an_input_that_is_only_compared_is_drawn_nowhere(capsys: Any) -> None:
    command = ["graph", "w * (x > 0)", "--at", "w=2", "x=1", "--input", "x", "x"]
    assert main([*command, "--save", "x.dot"]) == 0
    assert "wrote x.dot" in capsys.readouterr().out


SAID = {
    "log(x) + 1": (["x=-1"], "Not finite: log(x) is nan.\n"),
    "tanh(exp(x))": (["x=1000"], "Not finite: exp(x) is inf.\n"),
    "sqrt(x)": (["x=0"], "Not finite: the gradient of x is inf.\n"),
    "9**9**9 * x": (["x=1"], "Not finite: 9**9**9 is inf.\n"),
    "1/x": (["x=[0,1]"], "Not finite: 1/x is inf.\n"),
    "x * 2": (["x=[1,2]"], "reduce the result, as with sum(...)"),
    "2 * 3": ([], "Nothing here has a gradient"),
    "x > 1": (["x=1"], "Nothing here has a gradient"),
}


@pytest.mark.parametrize("text", SAID)
def test_what_has_no_finite_gradient_is_said(text: str, capfd: Any) -> None:
    given, message = SAID[text]
    files = ["--save", "x.dot", "--player", "x.html"]
    assert main(["graph", text, *(["--at", *given] if given else []), *files]) == 0
    streams = capfd.readouterr()
    assert message in streams.out
    assert not streams.err


WRONG = {
    "one name without a value": (["w*x", "--at", "w=2"], "x has no value: add x=1 to --at"),
    "two of them": (["w*x + b", "--at", "w=2"], "x, b have no value: add x=1 b=1 to --at"),
    "a misspelt name": (
        ["wieght*x", "--at", "x=1", "weight=2"],
        "wieght has no value: did you mean weight?",
    ),
    "a function as a value": (["tanh * x"], "tanh is a function: write tanh(...)"),
    "a name that is not there": (["x", "--at", "x=1", "y=2"], "there is no y in the expression"),
    "one that is misspelt": (
        ["bias", "--at", "bias=1", "bais=2"],
        "there is no bais in the expression: did you mean bias?",
    ),
    "a name twice": (["x", "--at", "x=1", "x=2"], "x has a value already"),
    "a constant": (["x", "--at", "x=1", "e=2"], "e is a number already: take another name"),
    "a word of Python's": (["x", "--at", "lambda=1"], "lambda is a word of Python's"),
    "no number": (["x", "--at", "x=two"], "two is no number, and no array such as"),
    "code": (["x", "--at", "x=__import__('os')"], "there is no function '__import__' here"),
    "ragged rows": (["x", "--at", "x=[[1],[2,3]]"], "the rows of an array have one shape"),
    "deep lists": (["x", "--at", f"x={'[' * 5_000}"], "too many nested parentheses"),
    "many numbers": (["x", "--at", f"x=[{'1,' * 4_500}]"], "4,500 elements; 4,096 at most"),
    "text": (["x", "--at", "x=['a']"], "text is not computed with"),
    "no equals sign": (["x", "--at", "x"], "write NAME=VALUE"),
    "no value": (["x", "--at", "x="], "write NAME=VALUE"),
    "no name": (["x", "--at", "2=3"], "write NAME=VALUE"),
    "an input that is not there": (["x", "--at", "x=1", "--input", "y"], "the names are x"),
    "an input that is computed": (
        ["n = x*2; n*n", "--at", "x=1", "--input", "n"],
        "--input n: the names are x",
    ),
    "a kind of file": (["x", "--at", "x=1", "--save", "x.gif"], "end in .svg, .png, .pdf, .dot"),
    "a kind of page": (["x", "--at", "x=1", "--player", "x.svg"], "end in .html, .htm"),
    "no folder": (["x", "--at", "x=1", "--save", "no/x.svg"], "there is no folder no"),
    "a mistake": (["tahn(x)", "--at", "x=1"], "there is no function 'tahn' here"),
    "a mistake, and no value": (["tahn(x)"], "there is no function 'tahn' here"),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_end_with_2_and_one_message(case: str, capsys: Any) -> None:
    arguments, message = WRONG[case]
    assert main(["graph", *arguments]) == 2
    streams = capsys.readouterr()
    assert streams.err.startswith("tinygrad-gates graph: error: ")
    assert message in streams.err
    assert len(streams.err.splitlines()) in (1, 3)
    assert not streams.out
    assert not list(Path().iterdir())


@pytest.mark.parametrize("text", ["tanh(w*x + b)", "sum(x @ w)", "mean(x[0])", "-x**2", "det(a)"])
def test_without_values_it_says_a_command_that_works(text: str, capsys: Any) -> None:
    assert main(["graph", text if text[0] != "-" else f" {text}"]) == 2
    said = capsys.readouterr().err
    assert "no value: give one to each, such as\n" in said
    program, *arguments = shlex.split(said.splitlines()[-1])
    assert program == "tinygrad-gates"
    assert main(arguments) == 0
    assert "gradient" in capsys.readouterr().out


def test_help_fits_a_terminal(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        main(["graph", "--help"])
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 90
    assert "examples:" in printed


def test_bytes_that_are_no_text_are_refused_in_one_line() -> None:
    command = [sys.executable, "-m", "tinygrad_gates", "graph", b"x + \xff", "--at", "x=1"]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].endswith(b"an expression has no character U+DCFF")

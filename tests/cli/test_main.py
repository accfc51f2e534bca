"""The command line: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.cli import article, main
from tinygrad_gates.errors import RenderError


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tinygrad_gates.cli.pictures.FRAMES", 2)  # each takes a while to draw


def test_train_writes_its_pictures(capsys: Any) -> None:
    assert main(["train", "or", "--hidden", "0", "--epochs", "20", "--pictures", "here"]) == 0
    printed = capsys.readouterr().out
    names = [
        "curves.png", "decision-surface.png", "weights.png", "separating-line.gif", "backprop.html",
    ]  # fmt: skip
    for name in names:
        assert f"wrote {Path('here', name)}\n" in printed
    assert sorted(path.name for path in Path("here").iterdir()) == sorted(names)
    assert "∂loss/∂sequential" in Path("here/backprop.html").read_text("utf-8")


PICTURES = [
    "backprop-or.svg", "backprop-or.html", "backprop-xor_mlp.svg", "backprop-xor_mlp.html",
    "loss.png", "decision-surfaces.png",
    "separating-line-or.gif", "separating-line-xor_slp.gif", "weights-xor_mlp.png",
]  # fmt: skip


def test_reproduce_shows_both_sides_and_writes_the_pictures(capsys: Any) -> None:
    assert main(["reproduce"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("  reproduced\n") == 5
    both = "  500/500   loss: 0.0666 - acc: 1.0000      loss: 0.0666 - acc: 1.0000\n"
    assert both in printed
    assert "  912/1000   loss: 0.2503 - acc: 0.7500      loss: 0.2503 - acc: 0.7500\n" in printed
    assert printed.count("1000 of 1000") == 4
    assert "2000 of 2000" in printed
    assert max(map(len, printed.splitlines())) <= 80
    assert not re.search(r"[ \t]$", printed, re.MULTILINE)
    assert printed.endswith("All 5 experiments reproduced: every printed digit of 3000 epochs.\n")
    for name in PICTURES:
        picture = Path("reproduction", name)
        assert f"wrote {picture}" in printed
        assert picture.stat().st_size > 10_000
        assert picture.stat().st_mode & 0o044, "readable for others"


def test_reproduce_for_programs(capsys: Any) -> None:
    assert main(["reproduce", "--json", "--out", "here"]) == 0
    streams = capsys.readouterr()
    report = json.loads(streams.out)
    assert not streams.err
    assert report["reproduced"] is True
    assert report["allowed_distance_ulps"] == 4
    assert report["notes"] == []
    assert [len(e["rerun"]["loss"]) for e in report["experiments"].values()] == [
        500, 500, 500, 1000, 500,
    ]  # fmt: skip
    assert all(e["largest_distance_ulps"] <= 4 for e in report["experiments"].values())
    assert report["pictures"] == [str(Path("here", name)) for name in PICTURES]
    for experiment in report["experiments"].values():
        assert experiment.keys() == {
            "title", "reproduced", "disagreements", "epochs", "largest_distance_ulps",
            "article", "rerun",
        }  # fmt: skip
        for side in ("article", "rerun"):
            assert experiment[side].keys() == {"loss", "acc", "weights", "predictions"}


@pytest.fixture(scope="module")
def reruns() -> list[article.Rerun]:
    return list(article.rerun_all())


def spoilt(what: str) -> list[article.Experiment]:
    """Return the experiments with one figure of the article altered."""
    found = article.experiments()
    if what == "loss":
        found[1].loss[122] += 1e-4
    elif what == "acc":
        found[1].acc[0] += 0.25
    elif what == "epochs":
        found[1].loss.append(0.0)
    elif what == "weights":
        found[1].final_weights[0] = found[1].final_weights[0] * (1 + 2e-6)
    elif what == "one weight of many":
        found[4].final_weights[0][1, 7] += np.float32(20 * 2.0**-25)
    elif what == "nan":
        found[1].final_weights[1] = found[1].final_weights[1] * np.nan
    elif what == "shape":
        found[1].final_weights[0] = found[1].final_weights[0].T
    elif what == "count":
        found[1].final_weights.pop()
    else:
        found[1].predictions = found[1].predictions + 1e-5
    return found


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("loss", "epoch 123: loss "),
        ("acc", "epoch 1: acc "),
        ("epochs", "epoch 501: loss none, the article has 0.0000 (0)"),
        ("weights", "weights 0: "),
        ("one weight of many", "weights 0: "),
        ("nan", "weights 1: nan units in the last place off"),
        ("shape", "weights 0: shape (2, 1), the article has (1, 2)"),
        ("count", "2 weights, the article has 1"),
        ("predictions", "predictions: "),
    ],
)
def test_one_figure_off_is_listed_and_fails(
    what: str, line: str, reruns: list[article.Rerun], monkeypatch: Any, capsys: Any
) -> None:
    def again(started: Any = None) -> Any:
        for experiment, rerun in zip(spoilt(what), reruns, strict=True):
            yield article.Rerun(
                experiment, rerun.model, rerun.loss, rerun.acc, rerun.weights, rerun.predictions
            )

    monkeypatch.setattr("tinygrad_gates.cli.reproduce.rerun_all", again)
    monkeypatch.setattr("tinygrad_gates.cli.reproduce.draw", lambda *args: ([], []))
    assert main(["reproduce"]) == 1
    printed = capsys.readouterr().out
    (listed,) = [text for text in printed.splitlines() if "DISAGREES" in text]
    assert line in listed
    assert printed.count("DIFFERS") == 1
    assert printed.endswith("NOT reproduced: 1 disagreement in 1 of 5 experiments.\n")
    assert main(["reproduce", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["reproduced"] is False
    (entry,) = [e for record in report["experiments"].values() for e in record["disagreements"]]
    assert line in entry


def test_the_shipped_article_decides(monkeypatch: Any, tmp_path: Path, capsys: Any) -> None:
    """One altered digit in the file, whose last digits are not even printed, fails the command."""
    record = json.loads(article.text())
    record["experiments"]["or"]["loss"][9] += 6e-5
    monkeypatch.setattr(article, "text", lambda: json.dumps(record))
    assert main(["reproduce"]) == 1
    assert "DISAGREES epoch 10: loss 0.9399 (0.939920068), the article has 0.9400" in (
        capsys.readouterr().out
    )


def test_the_shipped_article_is_the_page_s() -> None:
    """What the article's page shows, typed from it: the file holds the same."""
    shown = {
        "or": ["1.4290", "1.3602", "1.2956", "1.2349", "1.1779"],
        "and": ["0.2004", "0.1989", "0.1973", "0.1958", "0.1943"],
        "nand": ["0.8985", "0.8895", "0.8807", "0.8722", "0.8639"],
        "xor_slp": ["2.8644", "2.7051", "2.5558", "2.4159", "2.2847"],
        "xor_mlp": ["0.7334", "0.6828", "0.6382", "0.5992", "0.5654"],
    }
    last = {
        "or": "0.0666", "and": "0.0646", "nand": "0.0853", "xor_slp": "0.2503", "xor_mlp": "0.0446",
    }  # fmt: skip
    for experiment in article.experiments():
        assert [f"{loss:.4f}" for loss in experiment.loss[:5]] == shown[experiment.name]
        assert f"{experiment.loss[experiment.shown[-1] - 1]:.4f}" == last[experiment.name]


def test_without_matplotlib_it_says_how_to_get_it(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["reproduce"]) == 0
    printed = capsys.readouterr().out
    assert "\nnot drawn: plots need matplotlib: pip install 'tinygrad-gates[plot]'\n" in printed
    assert "All 5 experiments reproduced" in printed
    assert Path("reproduction/backprop-or.svg").exists()
    assert not Path("reproduction/loss.png").exists()


def test_without_graphviz_it_says_how_to_get_it(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr("tinygrad_gates.picture.render.renderers", list)
    assert main(["reproduce", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [Path(path).name for path in report["pictures"]] == PICTURES[4:]
    assert "pip install graphviz-pure" in report["notes"][0]


@pytest.mark.parametrize(
    ("gate", "table"),
    [
        ("or", "0111"),
        ("AND", "0001"),
        ("nand", "1110"),
        ("nor", "1000"),
        ("xor", "0110"),
        ("xnor", "1001"),
        ("0100", "0100"),
        ("1111", "1111"),
    ],
)
def test_every_gate_is_learnt(gate: str, table: str, capsys: Any) -> None:
    assert main(["train", gate, "--learning-rate", "0.1"]) == 0
    printed = capsys.readouterr().out
    first, _, *rows, last = printed.splitlines()
    assert re.fullmatch(r"Epoch 500/500 - loss: 0\.\d{4} - acc: 1\.0000", first)
    columns = [*zip(*(row.split() for row in rows), strict=True)]
    assert ["".join(column) for column in columns[:3]] == ["0011", "0101", table]
    assert "".join(columns[4]) == table
    assert last == f"{gate} is learned: an output above 0.5 answers 1."


def test_one_layer_cannot_learn_xor(capsys: Any) -> None:
    assert main(["train", "xor", "--hidden", "0", "--learning-rate", "0.1"]) == 0
    printed = capsys.readouterr().out
    wrong = printed.count("  wrong\n")
    assert f"xor is not learned: {wrong} of 4 answers are wrong.\nOne layer draws" in printed


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["xor", "--epochs", "1"], "answers are wrong.\nTry more --epochs"),
        (["nand", "--learning-rate", "1e9"], "training diverged.\nTry a smaller --learning-rate"),
    ],
)
def test_what_is_not_learned_gets_advice(arguments: list[str], advice: str, capsys: Any) -> None:
    assert main(["train", *arguments]) == 0
    streams = capsys.readouterr()
    assert advice in streams.out
    assert not streams.err


def test_the_epochs_share_one_live_line_on_a_terminal(monkeypatch: Any) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    main(["train", "xor", "--epochs", "3"])
    live, *rest = screen.getvalue().split("\n")
    assert re.match(r"\rEpoch 1/3 - loss: \d\.\d{4} - acc: \d\.\d{4}\r", live)
    assert live.endswith(live.split("\r")[-1])
    assert "Epoch 3/3" in live.split("\r")[-1]
    assert rest[0] == "  x1  x2  target   output  answer"


@pytest.mark.parametrize(("verbose", "line"), [("1", "1/1 [=="), ("2", "1/1 - 0s - loss: ")])
def test_verbose_prints_what_fit_does(verbose: str, line: str, capsys: Any) -> None:
    main(["train", "or", "--epochs", "3", "--verbose", verbose])
    printed = capsys.readouterr().out
    assert printed.count(line) == 3
    assert printed.startswith("Epoch 1/3\n")


@pytest.mark.parametrize("suffix", [".svg", ".png", ".dot"])
def test_the_last_step_is_drawn(suffix: str, capsys: Any) -> None:
    file = Path(f"step{suffix}")
    arguments = ["--activation", "tanh", "--optimizer", "rmsprop", "--epochs", "3"]
    assert main(["train", "and", *arguments, "--graph", str(file)]) == 0
    assert f"wrote {file}" in capsys.readouterr().out
    assert file.stat().st_size > 1000
    assert [path.name for path in Path().iterdir()] == [file.name]
    if suffix != ".png":
        drawn = file.read_text("utf-8")
        assert all(name in drawn for name in ("hidden/kernel", "output/bias", "loss", "tanh"))


def test_seeds_decide_the_result(capsys: Any) -> None:
    printed = []
    for seed in ("1", "1", "2"):
        main(["train", "xor", "--epochs", "2", "--seed", seed])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != printed[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "maybe"], "'maybe' is no gate: use or, and, nand"),
        (["train", "01101"], "'01101' is no gate"),
        (["train", "0120"], "'0120' is no gate"),
        (["train"], "required: GATE"),
        ([], "required: COMMAND"),
        (["dance"], "dance"),
        (["train", "or", "--hidden", "-1"], "--hidden: a whole number above 0"),
        (["train", "or", "--hidden", "many"], "--hidden: a whole number above 0"),
        (["train", "or", "--epochs", "0"], "--epochs: a whole number above 0"),
        (["train", "or", "--learning-rate", "nan"], "--learning-rate: a number above 0"),
        (["train", "or", "--activation", "rellu"], "rellu"),
        (["train", "or", "--optimizer", "sgdd"], "sgdd"),
        (["train", "or", "--seed", "x"], "--seed"),
        (["train", "or", "--graph", "x.bmp"], "x.bmp: the name has to end in .svg, .png, .dot"),
        (["train", "or", "--graph", "no/x.svg"], "there is no folder no"),
        (["reproduce", "--fast"], "--fast"),
        (["reproduce", "--out", __file__], "no folder can be made there"),
        (["train", "or", "--optimizer", "sdg"], "Did you mean 'sgd'?"),
    ],
)
def test_wrong_input_gets_one_line_and_status_2(
    arguments: list[str], message: str, capsys: Any
) -> None:
    try:
        status = main(arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    streams = capsys.readouterr()
    assert status == 2
    assert streams.err.count("\n") == 1
    assert message in streams.err
    assert not streams.out


def test_an_interrupt_ends_with_one_line(monkeypatch: Any, capsys: Any) -> None:
    def interrupted(*args: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_gates.keras.models.Sequential.fit", interrupted)
    assert main(["train", "or"]) == 130
    assert capsys.readouterr().err == "tinygrad-gates train: interrupted\n"


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (MemoryError("7 TiB"), "tinygrad-gates train: out of memory: 7 TiB\n"),
        (OSError("disk full"), "tinygrad-gates train: disk full\n"),
        (RenderError("no dot"), "tinygrad-gates train: no dot\n"),
    ],
)
def test_other_failures_end_with_one_line_and_status_1(
    failure: Exception, message: str, monkeypatch: Any, capsys: Any
) -> None:
    def fail(*args: Any) -> Any:
        raise failure

    monkeypatch.setattr("tinygrad_gates.cli.train.backprop_graph", fail)
    assert main(["train", "or", "--epochs", "1", "--graph", "x.svg"]) == 1
    assert capsys.readouterr().err == message
    assert not Path("x.svg").exists()


PROGRAM = [sys.executable, "-m", "tinygrad_gates"]


def test_it_runs_as_a_program() -> None:
    command = [*PROGRAM, "train", "nor", "--epochs", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("Epoch 1/1 - loss: ")


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes differ")
def test_ctrl_c_and_a_closed_pipe_end_it_cleanly() -> None:
    command = [*PROGRAM, "train", "xor", "--epochs", "100000000", "--verbose", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.wait(10) == 1
        assert running.stderr.read() == b""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=10)[1] == b"tinygrad-gates train: interrupted\n"
        assert running.returncode == 130

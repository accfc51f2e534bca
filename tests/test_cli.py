"""The command line: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tinygrad_gates.cli import article, main
from tinygrad_gates.errors import RenderError


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


PICTURES = ["backprop-or.svg", "backprop-xor_mlp.svg", "loss.png", "decision-surfaces.png"]


def test_reproduce_shows_both_sides_and_writes_the_pictures(capsys: Any) -> None:
    assert main(["reproduce"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("\n  reproduced\n") == 5
    both = "loss: 0.0666 - acc: 1.0000      loss: 0.0666 - acc: 1.0000"
    assert both in printed
    assert printed.endswith("All 5 experiments reproduced: every printed digit of 3000 epochs.\n")
    for name in PICTURES:
        picture = Path("reproduction", name)
        assert f"wrote {picture}" in printed
        assert picture.stat().st_size > 10_000
        assert picture.stat().st_mode & 0o044, "readable for others"


def test_reproduce_for_programs(capsys: Any) -> None:
    assert main(["reproduce", "--json", "--out", "here"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["reproduced"] is True
    assert [len(e["rerun"]["loss"]) for e in report["experiments"].values()] == [
        500, 500, 500, 1000, 500,
    ]  # fmt: skip
    assert all(e["largest_distance_ulps"] <= 4 for e in report["experiments"].values())
    assert report["pictures"] == [str(Path("here", name)) for name in PICTURES]


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
    else:
        found[1].predictions = found[1].predictions + 1e-5
    return found


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("loss", "epoch 123: loss "),
        ("acc", "epoch 1: acc "),
        ("epochs", "500 epochs of loss, the article has 501"),
        ("weights", "weights 0: "),
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
    assert main(["reproduce"]) == 1
    printed = capsys.readouterr().out
    (listed,) = [text for text in printed.splitlines() if "DISAGREES" in text]
    assert line in listed
    assert printed.endswith("NOT reproduced: 1 disagreements in 1 of 5 experiments\n")


def test_without_matplotlib_it_says_how_to_get_it(monkeypatch: Any, capsys: Any) -> None:
    def missing(*sizes: float) -> Any:
        raise RenderError("plots need matplotlib: pip install 'tinygrad-gates[plot]'")

    monkeypatch.setattr("tinygrad_gates.picture.plots.matplotlib_figure", missing)
    assert main(["reproduce"]) == 0
    printed = capsys.readouterr().out
    assert "pip install 'tinygrad-gates[plot]'" in printed
    assert Path("reproduction/backprop-or.svg").exists()
    assert not Path("reproduction/loss.png").exists()


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
    assert "after 500 epochs, loss: " in printed
    assert "wrong" not in printed
    rows = [line.split() for line in printed.splitlines()[2:]]
    assert [row[2] for row in rows] == list(table)


def test_one_layer_cannot_learn_xor(capsys: Any) -> None:
    assert main(["train", "xor", "--hidden", "0", "--learning-rate", "0.1"]) == 0
    assert "wrong" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", [".svg", ".png", ".dot"])
def test_the_last_step_is_drawn(suffix: str, capsys: Any) -> None:
    file = Path(f"step{suffix}")
    arguments = ["--activation", "tanh", "--optimizer", "rmsprop", "--epochs", "3"]
    assert main(["train", "and", *arguments, "--graph", str(file)]) == 0
    assert f"wrote {file}" in capsys.readouterr().out
    assert file.stat().st_size > 1000


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


def test_it_runs_as_a_program() -> None:
    code = "import sys; from tinygrad_gates.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "train", "nor", "--epochs", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("after 1 epochs")

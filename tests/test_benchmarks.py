"""Whatever is timed trains right; what is not installed is left out; what disagrees is an error."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks.alone import KNOWS_PEAK, trained
from benchmarks.contenders import MODULES, ours
from benchmarks.contenders.by_hand import HAND, ByHand
from benchmarks.contenders.contender import Contender, Makers, UnavailableError
from benchmarks.moons import Moons, MoonsReference
from benchmarks.moons import contenders as moons_contenders
from benchmarks.networks import NETWORKS, XOR, Network
from benchmarks.report import Goal, Report
from benchmarks.training import DisagreementError, Plan, Reference, compared
from benchmarks.works import WORKS
from tinygrad_gates.errors import CompileWarning

ROOT = Path(__file__).parents[1]
TINY = Plan(rounds=2, seconds=1e-4, most_steps=10)


def tiny(network: Network) -> Network:
    """The same with little in it."""
    if network == XOR:
        return network
    hidden = tuple(5 for _ in network.sizes[1:-1])
    return dataclasses.replace(network, sizes=(7, *hidden, 3), batch=6, rate=10 * network.rate)


CASES = [
    pytest.param(network, module, id=f"{network.name} {module}")
    for network in NETWORKS.values()
    for module in MODULES
]


@pytest.mark.parametrize(("network", "module"), CASES)
@pytest.mark.filterwarnings("ignore")  # of peers, also when they are imported
def test_contenders_train_as_the_reference_does(network: Network, module: str) -> None:
    network = tiny(network)
    file = pytest.importorskip(f"benchmarks.contenders.{module}", exc_type=ImportError)
    reference = Reference(partial(ByHand, network, np.float64))
    for name, make in file.contenders(network).items():
        try:
            contender = make()
        except UnavailableError:
            continue
        if isinstance(contender, Contender):
            for steps in (1, 10, 10):  # the last from a fresh start again
                contender.reset()
                reference.check(name, contender, contender.run(steps), steps, near=2e-3)


@pytest.mark.parametrize("name", moons_contenders(Moons()))
def test_moons_are_learnt_as_the_reference_does(name: str) -> None:
    moons = Moons(count=6, sizes=(2, 3, 3, 1))
    try:
        contender = moons_contenders(moons)[name]()
    except UnavailableError as reason:
        pytest.skip(str(reason))
    assert isinstance(contender, Contender)
    reference = Reference(partial(MoonsReference, moons))
    for steps in (1, 5, 5):
        contender.reset()
        reference.check(name, contender, contender.run(steps), steps, near=1e-9)


@pytest.mark.parametrize("rate", [XOR.rate * 1.01, 0.0])
def test_a_contender_that_disagrees_is_an_error(rate: float) -> None:
    wrong = partial(ByHand, dataclasses.replace(XOR, rate=rate))
    reference = Reference(partial(ByHand, XOR, np.float64))
    with pytest.raises(DisagreementError, match="wrong: after 10 steps"):
        compared("XOR", {"wrong": wrong}, reference, TINY, "wrong")


def test_what_cannot_be_made_or_compiled_is_left_out() -> None:
    def without_compiler() -> Contender:
        raise UnavailableError("there is no compiler")

    def falls_back() -> Contender:
        warnings.warn("it runs as it is", CompileWarning, stacklevel=1)
        return ByHand(XOR)

    makers: Makers = {"C": without_compiler, "jit": falls_back, HAND: partial(ByHand, XOR)}
    reference = Reference(partial(ByHand, XOR, np.float64))
    report = compared("XOR", makers, reference, TINY, HAND, (Goal("C", 2.0, HAND),))
    assert report.left_out == {"C": "there is no compiler", "jit": "it runs as it is"}
    assert set(report.samples) == {HAND}
    assert "goal: C / NumPy by hand at most 2: not measured" in str(report)


def test_reports_say_what_is_reached() -> None:
    samples = {"a": [1.0, 2.0, 3.0], "b": [4.0, 4.0, 4.0]}
    goals = (Goal("a", 0.5, "b"), Goal("b", 1.5, "a"), Goal("b", 5.0))
    text = str(Report("Work", "s", samples, "b", goals))
    assert "a / b at most 0.5: 0.5 (0.375 to 0.625), reached" in text
    assert "b / a at most 1.5: 2 (1.67 to 3), NOT reached" in text
    assert "b at most 5 s: 4 s (4 s to 4 s), reached" in text


def test_all_of_ours_are_told_from_the_others() -> None:
    assert set(ours.OURS) == set(ours.contenders(XOR))


@pytest.mark.skipif(not KNOWS_PEAK, reason="only Linux tells the peak of memory")
def test_memory_is_that_of_weights_and_batch_at_least() -> None:
    network = NETWORKS["mlp-large"]
    found = trained("by_hand", HAND, network, steps=2, memory=True)
    arrays = [*network.data(), *(w for w in network.weights() for _ in range(3))]  # Adam's two more
    assert found["loss"] == pytest.approx(ByHand(network, np.float64).run(2), rel=1e-5)
    assert sum(a.nbytes for a in arrays) < found["bytes"] < 20 * sum(a.nbytes for a in arrays)


def test_a_module_that_does_not_run_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="no_such"):
        trained("no_such", HAND, XOR, steps=1)


def test_every_file_of_contenders_is_listed() -> None:
    files = {path.stem for path in (ROOT / "benchmarks" / "contenders").glob("*.py")}
    assert files - {"__init__", "contender", "fit"} == set(MODULES)


def test_the_command_prints_and_writes_what_it_found(tmp_path: Path) -> None:
    figures, chart = tmp_path / "figures.json", tmp_path / "chart.svg"
    command = [sys.executable, "-m", "benchmarks", "growth", "--quick"]
    command += ["--json", str(figures), "--chart", str(chart)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "goal: 20,000 operations / 1,000 operations at most 1.3" in done.stdout
    time, memory = json.loads(figures.read_text("utf-8"))["growth"]
    assert (
        set(time["samples"]) == set(memory["samples"]) == {"1,000 operations", "20,000 operations"}
    )
    assert isinstance(time["goals"][0]["reached"], bool)
    assert chart.read_text("utf-8").count("20,000 operations") == 2


def test_the_command_names_a_work_that_there_is_not() -> None:
    command = [sys.executable, "-m", "benchmarks", "sleeping"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"no work 'sleeping'; there are {', '.join(WORKS)}" in done.stderr

"""What a newcomer copies works: the README's blocks and every example print what they promise."""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def load(name: str) -> Any:
    """Return a module of the documentation's own."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


programs = load("programs")
READMES = [ROOT / "README.md", ROOT / "README.ko.md"]
PAGES = sorted((ROOT / "docs" / "pages").rglob("*.md"))

EXAMPLES = {
    "01_value_and_gradient.py": ["dc/da = b      = -3.0", "dc/db = a + 2b = -4.0"],
    "02_drawing_a_graph.py": ["do/dx1 = -1.5000", "do/dw1 = +1.0000", "wrote neuron.png"],
    "03_perceptron_gates.py": ["OR: loss", "AND: loss", "NAND: loss", "1 1 -> "],
    "04_xor_hidden_layer.py": ["one layer: loss", "accuracy 1.00", "wrote xor-step.svg"],
    "05_second_derivative.py": ["tanh'''", "step 6: "],
    "06_your_own_operation.py": ["the rule agrees", "a mistake is found", "disagree with finite"],
    "07_digits.py": ["Total params: 50,826", "accuracy 97.8 %", ", taken for a"],
    "08_two_moons.py": ["accuracy 1.000", "wrote moons.png"],
    "09_early_stopping.py": ["of 1000 epochs; the best was epoch"],
    "10_saving.py": ["wrote xor.keras", "and is the same: True"],
    "11_your_own_layer_and_step.py": ["price 0.1: loss", "3 centers of width 2.0"],
    "12_every_optimizer.py": ["Ftrl       all right from epoch", "Muon       all right"],
    "13_compiled_programs.py": ["program(a: f32[4,2]", "wrote after.svg", "'numpy': loss 0.1055"],
}


def run(code: list[str], folder: Path) -> str:
    """Return what a program prints, run in a folder with every warning of this package an error.

    Where Keras is installed, programs use it; PyTorch does not yet speak NumPy 2's protocol.
    """
    others = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
    command = [sys.executable, "-W", "error", "-W", others, *code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    return done.stdout


def readme_programs() -> list[tuple[str, str]]:
    return [block for readme in READMES for block in programs.blocks(readme)]


@pytest.mark.parametrize(("program", "output"), readme_programs())
def test_readme_programs_print_what_the_readme_says(
    program: str, output: str, tmp_path: Path
) -> None:
    printed = run(["-c", program], tmp_path)
    assert is_same(output, printed), printed


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if programs.blocks(page)],
    ids=lambda page: str(page.relative_to(ROOT / "docs" / "pages")),
)
def test_pages_print_what_they_say_and_save_what_they_show(page: Path, tmp_path: Path) -> None:
    found = programs.run(page, tmp_path)
    for (_, output), printed in zip(programs.blocks(page), found, strict=True):
        assert is_same(output, printed), printed
    for name in programs.pictures(page):
        assert (tmp_path / name).stat().st_size > 500


def commands() -> set[str]:
    """Return the commands of this package that pages give, in blocks or in lines."""
    found = re.compile(
        r"^(tinygrad-gates .*)$|`(tinygrad-gates (?:graph|train)[^`]*)`", re.MULTILINE
    )
    texts = [page.read_text("utf-8") for page in [*READMES, *PAGES]]
    return {" ".join("".join(pair).split()) for text in texts for pair in found.findall(text)}


@pytest.mark.parametrize("command", sorted(commands()))
def test_commands_of_pages_run(command: str, tmp_path: Path) -> None:
    arguments = shlex.split(command)[1:]
    assert run(["-m", "tinygrad_gates", *arguments], tmp_path)
    assert [*tmp_path.iterdir()]


def is_same(promised: str, found: str) -> bool:
    """Return whether a program printed what a page promises, if it promises anything."""
    checker = doctest.OutputChecker()
    ours, theirs = (f"{without_times(text).rstrip()}\n" for text in (promised, found))
    return not promised or checker.check_output(ours, theirs, doctest.ELLIPSIS)


def without_times(text: str) -> str:
    return re.sub(r" - \d+s \d+(us|ms|s)/step", " - ?/step", text)


def test_readmes_give_the_same_two_commands() -> None:
    commands = [
        re.findall(r"^```sh\n(.*?)^```$", readme.read_text("utf-8"), re.M | re.S)
        for readme in READMES
    ]
    assert len(commands[0]) == 2
    assert commands[0] == commands[1]


def test_every_example_is_listed() -> None:
    assert {path.name for path in (ROOT / "examples").glob("*.py")} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name: str, tmp_path: Path) -> None:
    printed = run([str(ROOT / "examples" / name)], tmp_path)
    for expected in EXAMPLES[name]:
        assert expected in printed
    for file in re.findall(r"^wrote (.*)$", printed, re.MULTILINE):
        assert (tmp_path / file).stat().st_size > 1000


GENERATED = ("notebooks/", "api/primitives.md", "speed.svg")
"""What the site makes when it is built, as paths from its root."""


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *PAGES], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) + re.findall(r'src="([^"]+)"', text)
    for target in targets:
        if target.startswith("http") or target in programs.pictures(page):
            continue
        place = os.path.relpath(page.parent / target, ROOT / "docs" / "pages")
        is_generated = page in PAGES and place.startswith(GENERATED)
        assert is_generated or (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r"([\w/]+\.md)", (ROOT / "docs" / "mkdocs.yml").read_text("utf-8"))
    pages = {str(page.relative_to(ROOT / "docs" / "pages")) for page in PAGES}
    notebooks = {f"notebooks/{path.stem}.md" for path in (ROOT / "examples/notebooks").glob("*.py")}
    assert set(listed) == pages | notebooks | {"api/primitives.md"}

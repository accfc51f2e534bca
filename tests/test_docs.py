"""What a newcomer copies works: the README's blocks and every example print what they promise."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

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
    """Return each Python block of the README, with the text block after it, its output."""
    blocks = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
    following = [*blocks[1:], ("", "")]
    return [
        (text, after if kind == "text" else "")
        for (language, text), (kind, after) in zip(blocks, following, strict=True)
        if language == "python"
    ]


@pytest.mark.parametrize(("program", "output"), readme_programs())
def test_readme_programs_print_what_the_readme_says(
    program: str, output: str, tmp_path: Path
) -> None:
    printed = run(["-c", program], tmp_path)
    promised, found = without_times(output), without_times(printed)
    same = doctest.OutputChecker().check_output(promised, found, doctest.ELLIPSIS)
    assert same or not output, printed


def without_times(text: str) -> str:
    return re.sub(r" - \d+s \d+(us|ms|s)/step", " - ?/step", text)


def test_readme_gives_two_commands() -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
    assert [language for language, _ in blocks].count("sh") == 2


def test_every_example_is_listed() -> None:
    assert {path.name for path in (ROOT / "examples").glob("*.py")} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name: str, tmp_path: Path) -> None:
    printed = run([str(ROOT / "examples" / name)], tmp_path)
    for expected in EXAMPLES[name]:
        assert expected in printed
    for file in re.findall(r"^wrote (.*)$", printed, re.MULTILINE):
        assert (tmp_path / file).stat().st_size > 1000


def test_links_lead_somewhere() -> None:
    for page in ROOT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"

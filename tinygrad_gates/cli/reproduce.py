"""`tinygrad-gates reproduce`: the article run again, digit by digit, with its pictures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.cli.article import TITLES, Experiment, Rerun, rerun_all
from tinygrad_gates.cli.step import backprop_graph
from tinygrad_gates.errors import RenderError
from tinygrad_gates.picture.plots import decision_surfaces, loss_curves, save_figure

SHOWN = 5  # epochs at the start and at the end that are shown side by side, as in the article


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command to the parser of the whole."""
    command = commands.add_parser(
        "reproduce",
        help="run the article's five experiments again and compare every printed digit",
        description=(
            "Run the article's five experiments (OR, AND, NAND and XOR with one layer, XOR with "
            "a hidden layer) from seed 777, compare every loss and accuracy of every epoch, the "
            "final weights and the predictions with TensorFlow's, and draw the pictures. The "
            "exit status is 1 if any figure disagrees."
        ),
    )
    command.add_argument(
        "--out",
        type=Path,
        default=Path("reproduction"),
        metavar="FOLDER",
        help="where the pictures go (default: %(default)s)",
    )
    command.add_argument("--json", action="store_true", help="print the result for programs")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Rerun, compare, draw, report."""
    reruns = []
    for rerun in rerun_all(started=_announce):
        reruns.append(rerun)
        if not options.json:
            print(side_by_side(rerun), end="\n\n")
    options.out.mkdir(parents=True, exist_ok=True)
    pictures, note = draw(reruns, options.out)
    reproduced = not any(rerun.disagreements for rerun in reruns)
    if options.json:
        print(json.dumps(report(reruns, pictures, note), indent=2))
    else:
        print("\n".join(f"wrote {path}" for path in pictures))
        print(note, end="\n" if note else "")
        print(verdict(reruns))
    return 0 if reproduced else 1


def _announce(experiment: Experiment) -> None:
    if sys.stderr.isatty():
        print(f"\rtraining {TITLES[experiment.name]} ...\033[K\r", end="", file=sys.stderr)


def side_by_side(rerun: Rerun) -> str:
    """Return the article's epochs beside the rerun's, and what became of the weights."""
    experiment = rerun.experiment
    lines = [
        TITLES[experiment.name],
        f"  {'epoch':>9}   {'article':^29}   {'rerun':^29}",
    ]
    last = experiment.epochs
    for epoch in [*range(1, SHOWN + 1), *range(last - SHOWN + 1, last + 1)]:
        theirs = f"loss: {experiment.loss[epoch - 1]:.4f} - acc: {experiment.acc[epoch - 1]:.4f}"
        ours = f"loss: {rerun.loss[epoch - 1]:.4f} - acc: {rerun.acc[epoch - 1]:.4f}"
        mark = "" if theirs == ours else "   differs"
        lines.append(f"  {epoch:>4}/{last:<4}   {theirs:^29}   {ours:^29}{mark}")
        if epoch == SHOWN:
            lines.append(f"  {'...':>9}")
    answers = " ".join(f"{p:.4f}" for p in np.ravel(rerun.predictions))
    lines.append(f"  answers to 00 01 10 11: {answers}")
    lines.append(
        f"  {last} losses and {last} accuracies compared to 4 digits; weights and predictions "
        f"{rerun.ulps:.1f} units in the last place apart at most"
    )
    for line in rerun.disagreements:
        lines.append(f"  DISAGREES {line}")
    lines.append(f"  {'differs from the article' if rerun.disagreements else 'reproduced'}")
    return "\n".join(lines)


def verdict(reruns: list[Rerun]) -> str:
    """Return the last line: whether all came out as in the article."""
    wrong = [rerun for rerun in reruns if rerun.disagreements]
    if wrong:
        count = sum(len(rerun.disagreements) for rerun in wrong)
        return f"NOT reproduced: {count} disagreements in {len(wrong)} of {len(reruns)} experiments"
    epochs = sum(rerun.experiment.epochs for rerun in reruns)
    return f"All {len(reruns)} experiments reproduced: every printed digit of {epochs} epochs."


def report(reruns: list[Rerun], pictures: list[Path], note: str) -> dict[str, Any]:
    """Return the whole result as plain data."""
    return {
        "reproduced": not any(rerun.disagreements for rerun in reruns),
        "experiments": {
            rerun.experiment.name: {
                "reproduced": not rerun.disagreements,
                "disagreements": rerun.disagreements,
                "epochs": rerun.experiment.epochs,
                "article": {"loss": rerun.experiment.loss, "acc": rerun.experiment.acc},
                "rerun": {
                    "loss": [float(loss) for loss in rerun.loss],
                    "acc": [float(acc) for acc in rerun.acc],
                    "weights": [w.tolist() for w in rerun.weights],
                    "predictions": rerun.predictions.tolist(),
                },
                "largest_distance_ulps": rerun.ulps,
            }
            for rerun in reruns
        },
        "pictures": [str(path) for path in pictures],
        "note": note,
    }


def draw(reruns: list[Rerun], folder: Path) -> tuple[list[Path], str]:
    """Write the pictures; return their paths, and a note on those that could not be drawn."""
    pictures = []
    for name in ("or", "xor_mlp"):
        (rerun,) = (r for r in reruns if r.experiment.name == name)
        path = folder / f"backprop-{name}.svg"
        backprop_graph(rerun.model, rerun.experiment.x, rerun.experiment.y).save(path)
        pictures.append(path)
    try:
        pictures.append(_loss_picture(reruns, folder))
        pictures.append(_surface_picture(reruns, folder))
    except RenderError as failure:
        return pictures, f"no loss curves and decision surfaces: {failure}"
    return pictures, ""


def _loss_picture(reruns: list[Rerun], folder: Path) -> Path:
    losses = {TITLES[rerun.experiment.name]: rerun.loss for rerun in reruns}
    return save_figure(loss_curves(losses), folder / "loss.png")


def _surface_picture(reruns: list[Rerun], folder: Path) -> Path:
    models = {TITLES[r.experiment.name]: _answers(r) for r in reruns}
    targets = {TITLES[r.experiment.name]: r.experiment.y for r in reruns}
    figure = decision_surfaces(models, reruns[0].experiment.x, targets)
    return save_figure(figure, folder / "decision-surfaces.png")


def _answers(rerun: Rerun) -> Any:
    return lambda points: rerun.model.predict(points, verbose=0)

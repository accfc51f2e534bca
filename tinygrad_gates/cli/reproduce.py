"""`tinygrad-gates reproduce`: the article run again, digit by digit, with its pictures."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.cli.article import SHOWN, TITLES, ULPS, Experiment, Rerun, rerun_all
from tinygrad_gates.cli.pictures import line_picture, player_page, weight_picture
from tinygrad_gates.cli.step import backprop_graph
from tinygrad_gates.cli.usage import folder
from tinygrad_gates.errors import RenderError
from tinygrad_gates.picture.plots import decision_surfaces, loss_curves, save_figure

WIDTH = 35  # of the longest title and a gap


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
    folder(options.out)
    reruns = []
    for rerun in rerun_all(started=_announce):
        reruns.append(rerun)
        if not options.json:
            print(side_by_side(rerun), end="\n\n")
    pictures, notes = draw(reruns, options.out)
    if options.json:
        print(json.dumps(report(reruns, pictures, notes), indent=2))
    else:
        print(summary(reruns), end="\n\n")
        print(*(f"wrote {path}" for path in pictures), *notes, "", sep="\n")
        print(verdict(reruns))
    return 1 if any(rerun.disagreements for rerun in reruns) else 0


def _announce(experiment: Experiment) -> None:
    _progress(f"training {TITLES[experiment.name]} ...")


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text}\033[K\r", end="", file=sys.stderr, flush=True)


# -------------------------------------------------------------------- for people


def side_by_side(rerun: Rerun) -> str:
    """Return the lines that the article shows beside the rerun's, and what disagrees.

    Where they are not the same, even beyond these lines, each disagreement has a line.
    """
    experiment = rerun.experiment
    lines = [TITLES[experiment.name], _row("epoch", "article", "rerun")]
    for position, epoch in enumerate(experiment.shown):
        if position == SHOWN:
            lines.append(_row("...", "", ""))
        theirs, ours = (_printed(side, epoch) for side in (experiment, rerun))
        mark = "" if theirs == ours else "  differs"
        lines.append(_row(f"{epoch}/{experiment.epochs}", theirs, ours) + mark)
    lines.append(_row("outputs", _outputs(experiment), _outputs(rerun)))
    lines += [f"  DISAGREES {line}" for line in rerun.disagreements]
    return "\n".join(lines)


def _row(head: str, theirs: str, ours: str) -> str:
    return f"  {head:>9}   {theirs:<29}   {ours}".rstrip()


def _printed(side: Experiment | Rerun, epoch: int) -> str:
    if epoch > min(len(side.loss), len(side.acc)):
        return "none"
    return f"loss: {side.loss[epoch - 1]:.4f} - acc: {side.acc[epoch - 1]:.4f}"


def _outputs(side: Experiment | Rerun) -> str:
    return " ".join(f"{output:.4f}" for output in np.ravel(side.predictions))


def summary(reruns: list[Rerun]) -> str:
    """Return a table with a line for each experiment: how much agrees, and how closely."""
    lines = [f"{'experiment':<{WIDTH}}{'figures agree':>14}{'weights, outputs':>18}  verdict"]
    for rerun in reruns:
        figures = 2 * rerun.experiment.epochs
        agree = figures - sum(len(rerun.differing(name)) for name in ("loss", "acc"))
        ended = "DIFFERS" if rerun.disagreements else "reproduced"
        lines.append(
            f"{TITLES[rerun.experiment.name]:<{WIDTH}}{f'{agree} of {figures}':>14}"
            f"{f'{rerun.ulps:.1f} ulp':>18}  {ended}"
        )
    lines.append(
        "Figures are the losses and accuracies of all epochs, to 4 digits as printed.\n"
        "Outputs are those for 00, 01, 10 and 11. Weights and outputs may be\n"
        f"{ULPS} units in the last place (ulp) of their largest entry apart."
    )
    return "\n".join(lines)


def verdict(reruns: list[Rerun]) -> str:
    """Return the last line: whether all came out as in the article."""
    wrong = [rerun for rerun in reruns if rerun.disagreements]
    if wrong:
        count = sum(len(rerun.disagreements) for rerun in wrong)
        noun = "disagreement" if count == 1 else "disagreements"
        return f"NOT reproduced: {count} {noun} in {len(wrong)} of {len(reruns)} experiments."
    epochs = sum(rerun.experiment.epochs for rerun in reruns)
    return f"All {len(reruns)} experiments reproduced: every printed digit of {epochs} epochs."


# -------------------------------------------------------------------- for programs


def report(reruns: list[Rerun], pictures: list[Path], notes: list[str]) -> dict[str, Any]:
    """Return the whole result as plain data."""
    return {
        "reproduced": not any(rerun.disagreements for rerun in reruns),
        "allowed_distance_ulps": ULPS,
        "experiments": {rerun.experiment.name: _record(rerun) for rerun in reruns},
        "pictures": [str(path) for path in pictures],
        "notes": notes,
    }


def _record(rerun: Rerun) -> dict[str, Any]:
    return {
        "title": TITLES[rerun.experiment.name],
        "reproduced": not rerun.disagreements,
        "disagreements": rerun.disagreements,
        "epochs": rerun.experiment.epochs,
        "largest_distance_ulps": rerun.ulps if math.isfinite(rerun.ulps) else None,
        "article": _plain(rerun.experiment, rerun.experiment.final_weights),
        "rerun": _plain(rerun, rerun.weights),
    }


def _plain(side: Experiment | Rerun, weights: list[np.ndarray[Any, Any]]) -> dict[str, Any]:
    return {
        "loss": side.loss,
        "acc": side.acc,
        "weights": [weight.tolist() for weight in weights],
        "predictions": side.predictions.tolist(),
    }


# -------------------------------------------------------------------- pictures


def draw(reruns: list[Rerun], folder: Path) -> tuple[list[Path], list[str]]:
    """Write the pictures; return their paths, and why others could not be drawn."""
    pictures: list[Path] = []
    notes: list[str] = []
    for draw_some in (_backprop_pictures, _plots, _pictures_of_weights):
        try:
            for path in draw_some(reruns, folder):
                pictures.append(path)
                _progress(f"wrote {path}")
        except RenderError as failure:
            notes.append(f"not drawn: {failure}")
    _progress("")
    return pictures, notes


def _backprop_pictures(reruns: list[Rerun], folder: Path) -> Iterator[Path]:
    for rerun in reruns:
        name, (x, y) = rerun.experiment.name, (rerun.experiment.x, rerun.experiment.y)
        if name in ("or", "xor_mlp"):
            path = folder / f"backprop-{name}.svg"
            backprop_graph(rerun.model, x, y).save(path)
            yield path
            yield player_page(rerun.model, x, y, folder / f"backprop-{name}.html")


def _pictures_of_weights(reruns: list[Rerun], folder: Path) -> Iterator[Path]:
    for rerun in reruns:
        name, (x, y) = rerun.experiment.name, (rerun.experiment.x, rerun.experiment.y)
        if rerun.recorded is not None:
            yield line_picture(rerun.recorded, x, y, folder / f"separating-line-{name}.gif")
        if name == "xor_mlp":
            yield weight_picture(rerun.model, x, y, folder / f"weights-{name}.png")


def _plots(reruns: list[Rerun], folder: Path) -> Iterator[Path]:
    titles = [TITLES[rerun.experiment.name] for rerun in reruns]
    losses = dict(zip(titles, (rerun.loss for rerun in reruns), strict=True))
    yield save_figure(loss_curves(losses, "The loss of every epoch"), folder / "loss.png")
    models = dict(zip(titles, map(_answers, reruns), strict=True))
    targets = dict(zip(titles, (rerun.experiment.y for rerun in reruns), strict=True))
    figure = decision_surfaces(models, reruns[0].experiment.x, targets)
    yield save_figure(figure, folder / "decision-surfaces.png")


def _answers(rerun: Rerun) -> Callable[[Any], Any]:
    return lambda points: rerun.model.predict(points, verbose=0)

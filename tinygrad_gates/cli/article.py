"""The article's five experiments: what they are, what they printed, and running them again."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import zip_longest
from typing import Any

import numpy as np

from tinygrad_gates.keras.callbacks import WeightRecorder
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD
from tinygrad_gates.random import set_seed

SEED = 777
ULPS = 4  # how far weights and predictions may be off, in units of float32's last place

SHOWN = 5  # epochs at the start and at the end whose lines the article shows
RECORDED = ("or", "xor_slp")  # whose separating line is drawn as it moves
INTERRUPTED = {"xor_slp": 912}  # where the article's own run was stopped by hand

TITLES = {
    "or": "OR, one layer",
    "and": "AND, one layer",
    "nand": "NAND, one layer",
    "xor_slp": "XOR, one layer (it cannot)",
    "xor_mlp": "XOR, a hidden layer of 32 (it can)",
}


@dataclass
class Experiment:
    """One training of the article: its set-up, and what TensorFlow made of it."""

    name: str
    x: np.ndarray[Any, Any]
    y: np.ndarray[Any, Any]
    layers: list[tuple[int, str]]
    epochs: int
    loss: list[float]
    acc: list[float]
    final_weights: list[np.ndarray[Any, Any]]
    predictions: np.ndarray[Any, Any]

    @property
    def shown(self) -> list[int]:
        """The epochs that the article shows."""
        last = INTERRUPTED.get(self.name, self.epochs)
        return [*range(1, SHOWN + 1), *range(last - SHOWN + 1, last + 1)]

    def build(self) -> Sequential:
        """Return the model, compiled, with weights drawn from the current random stream."""
        model = Sequential()
        names = ["hidden", "output"][-len(self.layers) :]
        for position, (units, activation) in enumerate(self.layers):
            if position == 0:
                model.add(Dense(units, activation, input_shape=(2,), name=names[0]))
            else:
                model.add(Dense(units, activation, name=names[position]))
        model.compile(optimizer=SGD(), loss=mse, metrics=["acc"])
        return model


@dataclass
class Rerun:
    """What an experiment came to here, and where it disagrees with the article."""

    experiment: Experiment
    model: Sequential
    loss: list[float]
    acc: list[float]
    weights: list[np.ndarray[Any, Any]]
    predictions: np.ndarray[Any, Any]
    recorded: WeightRecorder | None = None
    disagreements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.disagreements = list(disagreements(self))

    @property
    def ulps(self) -> float:
        """The largest distance of a weight or prediction, in units of the last place."""
        ours = [*self.weights, self.predictions]
        theirs = [*self.experiment.final_weights, self.experiment.predictions]
        return max(map(distance, ours, theirs))

    def differing(self, name: str) -> list[int]:
        """Return the epochs whose "loss" or "acc" is printed otherwise than in the article."""
        theirs, ours = getattr(self.experiment, name), getattr(self, name)
        pairs = zip_longest(ours, theirs, fillvalue=math.nan)
        return [n for n, (a, b) in enumerate(pairs, start=1) if f"{a:.4f}" != f"{b:.4f}"]


def text() -> str:
    """Return the record of what TensorFlow made of the experiments, as JSON."""
    return files(__package__).joinpath("article.json").read_text("utf-8")


def experiments() -> list[Experiment]:
    """Return the article's experiments, in its order."""
    article = json.loads(text())
    return [
        Experiment(
            name=name,
            x=np.array(article["x"]),
            y=np.array(record["y"]).reshape(-1, 1),
            layers=[(units, activation) for units, activation in record["layers"]],
            epochs=record["epochs"],
            loss=record["loss"],
            acc=record["acc"],
            final_weights=[np.array(w, np.float32) for w in record["final_weights"]],
            predictions=np.array(record["predictions"], np.float32),
        )
        for name, record in article["experiments"].items()
    ]


def rerun_all(started: Callable[[Experiment], None] = lambda experiment: None) -> Iterator[Rerun]:
    """Run every experiment in the article's order, on one random stream from seed 777."""
    set_seed(SEED)
    for experiment in experiments():
        started(experiment)
        yield rerun(experiment)


def rerun(experiment: Experiment) -> Rerun:
    """Train once more, on the current random stream."""
    model, recorder = experiment.build(), WeightRecorder()
    callbacks = [recorder] if experiment.name in RECORDED else []
    history = model.fit(
        experiment.x, experiment.y, epochs=experiment.epochs, verbose=0, callbacks=callbacks
    ).history
    return Rerun(
        experiment,
        model,
        loss=history["loss"],
        acc=history["acc"],
        weights=model.get_weights(),
        predictions=model.predict(experiment.x, verbose=0),
        recorded=recorder if callbacks else None,
    )


def disagreements(rerun: Rerun) -> Iterator[str]:
    """Yield a line for each figure that does not come out as in the article."""
    experiment = rerun.experiment
    for name in ("loss", "acc"):
        for epoch in rerun.differing(name):
            theirs, ours = (_figure(getattr(side, name), epoch) for side in (experiment, rerun))
            yield f"epoch {epoch}: {name} {ours}, the article has {theirs}"
    if len(rerun.weights) != len(experiment.final_weights):
        yield f"{len(rerun.weights)} weights, the article has {len(experiment.final_weights)}"
    for position, pair in enumerate(zip(rerun.weights, experiment.final_weights, strict=False)):
        yield from _apart(f"weights {position}", *pair)
    yield from _apart("predictions", rerun.predictions, experiment.predictions)


def _figure(figures: list[float], epoch: int) -> str:
    """Return a figure as printed, and in full: two on either side of .00005 may be neighbours."""
    if epoch > len(figures):
        return "none"
    return f"{figures[epoch - 1]:.4f} ({figures[epoch - 1]:.9g})"


def _apart(what: str, ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> Iterator[str]:
    if ours.shape != theirs.shape:
        yield f"{what}: shape {ours.shape}, the article has {theirs.shape}"
    elif not distance(ours, theirs) <= ULPS:
        yield f"{what}: {distance(ours, theirs):.1f} units in the last place off"


def distance(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> float:
    """Return the largest difference, in float32's last place of the largest entry of theirs.

    >>> distance(np.array([0.5, 1.0 + 2**-22]), np.array([0.5, 1.0]))
    2.0
    """
    if ours.shape != theirs.shape:
        return math.inf
    unit = float(np.spacing(np.max(np.abs(theirs)).astype(np.float32)))
    return float(np.max(np.abs(ours.astype(np.float64) - theirs.astype(np.float64)))) / unit

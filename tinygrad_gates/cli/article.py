"""The article's five experiments: what they are, what they printed, and running them again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np

from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.optimizers import SGD
from tinygrad_gates.random import set_seed

SEED = 777
ULPS = 4  # how far weights and predictions may be off, in units of float32's last place

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

    def build(self) -> Sequential:
        """Return the model, compiled, with weights drawn from the current random stream."""
        model = Sequential()
        for position, (units, activation) in enumerate(self.layers):
            if position == 0:
                model.add(Dense(units, input_shape=(2,), activation=activation))
            else:
                model.add(Dense(units, activation=activation))
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
    disagreements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.disagreements = list(disagreements(self))

    @property
    def ulps(self) -> float:
        """The largest distance of a weight or prediction, in units of the last place."""
        pairs = zip(
            [*self.weights, self.predictions],
            [*self.experiment.final_weights, self.experiment.predictions],
            strict=True,
        )
        return max(distance(ours, theirs) for ours, theirs in pairs)


def experiments() -> list[Experiment]:
    """Return the article's experiments, in its order."""
    text = files(__package__).joinpath("article.json").read_text("utf-8")
    article = json.loads(text)
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
    model = experiment.build()
    history = model.fit(experiment.x, experiment.y, epochs=experiment.epochs, verbose=0).history
    return Rerun(
        experiment,
        model,
        loss=history["loss"],
        acc=history["acc"],
        weights=model.get_weights(),
        predictions=model.predict(experiment.x, verbose=0),
    )


def disagreements(rerun: Rerun) -> Iterator[str]:
    """Yield a line for each figure that does not come out as in the article."""
    experiment = rerun.experiment
    for name in ("loss", "acc"):
        theirs, ours = getattr(experiment, name), getattr(rerun, name)
        if len(theirs) != len(ours):
            yield f"{len(ours)} epochs of {name}, the article has {len(theirs)}"
        for epoch, (a, b) in enumerate(zip(theirs, ours, strict=False), start=1):
            if f"{a:.4f}" != f"{b:.4f}":
                yield f"epoch {epoch}: {name} {b:.4f}, the article has {a:.4f}"
    for position, theirs in enumerate(experiment.final_weights):
        yield from _apart(f"weights {position}", rerun.weights[position], theirs)
    yield from _apart("predictions", rerun.predictions, experiment.predictions)


def _apart(what: str, ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> Iterator[str]:
    if ours.shape != theirs.shape:
        yield f"{what}: shape {ours.shape}, the article has {theirs.shape}"
    elif not distance(ours, theirs) <= ULPS:
        yield f"{what}: {distance(ours, theirs):.1f} units in the last place off"


def distance(ours: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> float:
    """Return the largest difference, in float32's last place of the largest entry."""
    unit = float(np.spacing(np.max(np.abs(theirs)).astype(np.float32)))
    return float(np.max(np.abs(ours.astype(np.float64) - theirs.astype(np.float64)))) / unit

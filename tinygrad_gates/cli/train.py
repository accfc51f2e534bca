"""`tinygrad-gates train GATE`: one gate, trained with the options of the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_gates.cli.pictures import training_pictures
from tinygrad_gates.cli.step import backprop_graph
from tinygrad_gates.cli.usage import UsageError, folder, positive_float, positive_int, writable
from tinygrad_gates.keras import activations, optimizers
from tinygrad_gates.keras.callbacks import WeightRecorder
from tinygrad_gates.keras.callbacks.callback import Callback, Logs
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.keras.utils.status_line import StatusLine
from tinygrad_gates.random import set_seed

Targets = np.ndarray[Any, np.dtype[np.int64]]

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
GATES = {
    "or": "0111",
    "and": "0001",
    "nand": "1110",
    "nor": "1000",
    "xor": "0110",
    "xnor": "1001",
}


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command to the parser of the whole."""
    command = commands.add_parser(
        "train",
        help="train one two-input gate",
        description="Train a network on a two-input gate, and show what it answers.",
    )
    add = command.add_argument
    add(
        "gate",
        metavar="GATE",
        help=f"{', '.join(GATES)}, or a truth table: the answers to 00, 01, 10, 11, such as 0110",
    )
    for name, kind, default, metavar, text in (
        ("--hidden", hidden_units, 32, "UNITS", "hidden units; 0 for no hidden layer"),
        ("--activation", str, "relu", "NAME", "the hidden layer's activation"),
        ("--optimizer", str, "sgd", "NAME", "the optimizer"),
        ("--learning-rate", positive_float, 0.01, "RATE", "its step size"),
        ("--epochs", positive_int, 500, "N", "passes over the four rows"),
        ("--seed", int, 777, "SEED", "of the initial weights"),
    ):
        help_text = f"{text} (default: {default})"
        add(name, type=kind, default=default, metavar=metavar, help=help_text)
    add("--graph", type=Path, metavar="FILE", help="draw a step's graph as .svg, .png or .dot")
    add(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="write curves, the decision surface, the weights, how the separating line moved, and "
        "a page that steps through backpropagation",
    )
    add(
        "--verbose",
        type=int,
        choices=(0, 1, 2),
        default=0,
        help="what each epoch prints: 0 nothing that stays, 1 the article's lines, 2 short ones",
    )
    command.set_defaults(run=run)


def hidden_units(text: str) -> int:
    """Return the number of hidden units that a text spells; for argparse."""
    return 0 if text == "0" else positive_int(text)


def run(options: argparse.Namespace) -> int:
    """Train and answer."""
    targets = truth_table(options.gate)
    if options.graph is not None:
        writable(options.graph, (".svg", ".png", ".dot"))
    if options.pictures is not None:
        folder(options.pictures)
    model = build(options)
    recorder = WeightRecorder()
    live: list[Callback] = [] if options.verbose else [EpochLine()]
    if options.pictures is not None:
        live.append(recorder)
    with np.errstate(over="ignore", invalid="ignore"):  # a training that diverges is told below
        history = model.fit(
            INPUTS, targets, epochs=options.epochs, verbose=options.verbose, callbacks=live
        ).history
        outputs = model.predict(INPUTS, verbose=0)[:, 0]
    print(table(targets[:, 0], outputs))
    print(verdict(options, targets[:, 0], outputs))
    if options.graph is not None:
        backprop_graph(model, INPUTS, targets).save(options.graph)
        print(f"wrote {options.graph}")
    if options.pictures is not None:
        where = options.pictures
        for path in training_pictures(model, history, recorder, INPUTS, targets, where):
            print(f"wrote {path}", flush=True)
    return 0


class EpochLine(Callback):
    """One line for all epochs: live on a terminal, and the last epoch's everywhere."""

    def __init__(self) -> None:
        self._line = StatusLine()
        self._text = ""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Show an epoch's figures."""
        if epoch + 1 == self.params["epochs"] or self._line.is_due():
            figures = "".join(f" - {name}: {x:.4f}" for name, x in (logs or {}).items())
            self._text = f"Epoch {epoch + 1}/{self.params['epochs']}{figures}"
            self._line.show(self._text)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Let the line stay."""
        self._line.print(self._text)


def table(targets: Targets, outputs: np.ndarray[Any, Any]) -> str:
    """Return the gate's truth table beside what the network answers.

    >>> print(table(np.array([0, 1, 1, 1]), np.array([0.1, 0.9, 0.4, 1.2])))
      x1  x2  target   output  answer
       0   0       0   0.1000       0
       0   1       1   0.9000       1
       1   0       1   0.4000       0  wrong
       1   1       1   1.2000       1
    """
    lines = ["  x1  x2  target   output  answer"]
    for (x1, x2), target, output in zip(INPUTS, targets, outputs, strict=True):
        answer = int(output > 0.5) if np.isfinite(output) else "none"
        mark = "" if answer == target else "  wrong"
        lines.append(f"{x1:>4}{x2:>4}{target:>8}{output:>9.4f}{answer:>8}{mark}")
    return "\n".join(lines)


def verdict(options: argparse.Namespace, targets: Targets, outputs: np.ndarray[Any, Any]) -> str:
    """Return whether the gate was learned and, if not, what to try."""
    if not np.isfinite(outputs).all():
        return f"{options.gate} is not learned: training diverged.\nTry a smaller --learning-rate."
    wrong = int(np.sum((outputs > 0.5) != targets))
    if not wrong:
        return f"{options.gate} is learned: an output above 0.5 answers 1."
    if options.hidden == 0 and targets.tolist() in ([0, 1, 1, 0], [1, 0, 0, 1]):
        advice = "One layer draws one straight line, and none separates this gate: try --hidden 32."
    else:
        advice = "Try more --epochs, or another --learning-rate or --seed."
    return f"{options.gate} is not learned: {wrong} of 4 answers are wrong.\n{advice}"


def truth_table(gate: str) -> Targets:
    """Return the targets of a gate's four rows, of shape (4, 1).

    Raises `UsageError` for a name that is no gate and no truth table.

    >>> truth_table("nor").ravel()
    array([1, 0, 0, 0])
    """
    digits = GATES.get(gate.lower(), gate)
    if len(digits) != 4 or set(digits) - set("01"):
        raise UsageError(
            f"{gate!r} is no gate: use {', '.join(GATES)}, or four digits 0 or 1 such as 0110"
        )
    return np.array([[int(digit)] for digit in digits], np.int64)


def build(options: argparse.Namespace) -> Sequential:
    """Return the compiled model that the options describe.

    Raises `UsageError` for an unknown activation or optimizer, or a seed out of range.
    """
    try:
        set_seed(options.seed)
        activation = activations.get(options.activation)
        optimizer = optimizers.get(options.optimizer)
    except (ValueError, TypeError) as failure:
        raise UsageError(str(failure)) from None
    optimizer.learning_rate = options.learning_rate
    model = Sequential()
    if options.hidden:
        model.add(Dense(options.hidden, activation, input_shape=(2,), name="hidden"))
        model.add(Dense(1, name="output"))
    else:
        model.add(Dense(1, input_shape=(2,), name="output"))
    model.compile(optimizer=optimizer, loss=mse, metrics=["acc"])
    return model

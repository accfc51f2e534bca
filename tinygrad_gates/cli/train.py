"""`tinygrad-gates train GATE`: one gate, trained with the options of the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from tinygrad_gates.cli.step import backprop_graph
from tinygrad_gates.cli.usage import UsageError, positive_float, positive_int, writable
from tinygrad_gates.keras import activations, optimizers
from tinygrad_gates.keras.layers import Dense
from tinygrad_gates.keras.losses import mse
from tinygrad_gates.keras.models import Sequential
from tinygrad_gates.random import set_seed

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
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = command.add_argument
    add(
        "gate",
        metavar="GATE",
        help=f"{', '.join(GATES)}, or a truth table: the answers to 00, 01, 10, 11, such as 0110",
    )
    add("--hidden", type=hidden_units, default=32, help="hidden units; 0 for none")
    add("--activation", default="relu", help="the hidden layer's activation")
    add("--optimizer", default="sgd", help="the optimizer")
    add("--learning-rate", type=positive_float, default=0.01, help="its step size")
    add("--epochs", type=positive_int, default=500, help="passes over the four rows")
    add("--seed", type=int, default=777, help="of the initial weights")
    add("--graph", type=Path, metavar="FILE", help="draw the last step as .svg, .png or .dot")
    add("--verbose", type=int, choices=(0, 1, 2), default=0, help="print epochs, as fit does")
    command.set_defaults(run=run)


def hidden_units(text: str) -> int:
    """Return the number of hidden units that a text spells; for argparse."""
    return 0 if text == "0" else positive_int(text)


def run(options: argparse.Namespace) -> int:
    """Train and answer."""
    targets = truth_table(options.gate)
    if options.graph is not None:
        writable(options.graph, (".svg", ".png", ".dot"))
    model = build(options)
    history = model.fit(INPUTS, targets, epochs=options.epochs, verbose=options.verbose).history
    print(
        f"after {options.epochs} epochs, "
        f"loss: {history['loss'][-1]:.4f} - acc: {history['acc'][-1]:.4f}"
    )
    predictions = model.predict(INPUTS, verbose=0)
    print("  x1  x2  target  output")
    for (x1, x2), target, output in zip(INPUTS, targets[:, 0], predictions[:, 0], strict=True):
        mark = "" if (output > 0.5) == bool(target) else "  wrong"
        print(f"{x1:>4}{x2:>4}{target:>8}{output:>8.4f}{mark}")
    if options.graph is not None:
        backprop_graph(model, INPUTS, targets).save(options.graph)
        print(f"wrote {options.graph}")
    return 0


def truth_table(gate: str) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
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
        model.add(Dense(options.hidden, activation=activation, input_shape=(2,)))
        model.add(Dense(1))
    else:
        model.add(Dense(1, input_shape=(2,)))
    model.compile(optimizer=optimizer, loss=mse, metrics=["acc"])
    return model

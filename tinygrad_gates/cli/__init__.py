"""The `tinygrad-gates` command: its parser, and how it ends."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from tinygrad_gates.cli import graph, reproduce, script, train
from tinygrad_gates.cli.usage import Parser, UsageError
from tinygrad_gates.errors import RenderError

__all__ = ["main"]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    whole = Parser(
        prog="tinygrad-gates",
        description="Learn how neural networks learn: on logic gates, and in pictures.",
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (reproduce, train, graph, script):
        module.add_parser(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status.

    0: all went well. 1: a rerun disagrees with the article, or a picture could not be drawn.
    2: the arguments are wrong, which one line on standard error says. 130: interrupted.
    """
    options = parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except UsageError as failure:
        print(f"tinygrad-gates {options.command}: error: {failure}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (RenderError, OSError) as failure:
        print(f"tinygrad-gates {options.command}: {failure}", file=sys.stderr)
        return 1
    except MemoryError as failure:
        print(f"tinygrad-gates {options.command}: out of memory: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        start = "\n" if sys.stderr.isatty() else ""  # after a line of progress, and ^C
        print(f"{start}tinygrad-gates {options.command}: interrupted", file=sys.stderr)
        return 130
    return status

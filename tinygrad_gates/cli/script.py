"""`tinygrad-gates run SCRIPT.py`: a Keras script, unchanged."""

from __future__ import annotations

import argparse
import os
import sys
import sysconfig
from pathlib import Path
from types import ModuleType, TracebackType

import tinygrad_gates
from tinygrad_gates.cli.usage import UsageError
from tinygrad_gates.stand_in import as_keras

_OURS = str(Path(tinygrad_gates.__file__).parent) + os.sep
_PATHS = sysconfig.get_paths()
_LIBRARIES = (_OURS, "<frozen", *(_PATHS[kind] for kind in ("stdlib", "purelib", "platlib")))


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this command to the parser of the whole."""
    command = commands.add_parser(
        "run",
        help="run a Keras script as it is",
        description=(
            "Run a Python script in which keras, and tf.keras, mean this package. The exit status "
            "is the script's; 1 after an error, whose traceback leaves out this package's lines."
        ),
    )
    command.add_argument("--traceback", action="store_true", help="leave no lines out")
    command.add_argument("script", metavar="SCRIPT.py", help="the script; - is standard input")
    command.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script is given")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the script as Python would, with keras standing for this package."""
    file = None if options.script == "-" else Path(options.script)
    if file is not None and not file.is_file():
        raise UsageError(f"{file}: there is no such file")
    as_keras()
    sys.argv = [options.script, *options.arguments]
    sys.path.insert(0, "" if file is None else str(file.resolve().parent))
    try:
        _run(file)
    except BrokenPipeError:
        raise
    except Exception as error:
        sys.stdout.flush()
        if not options.traceback:
            _shorten(error)
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


def _run(file: Path | None) -> None:
    """Run a file, or standard input, as the module `__main__`."""
    main = sys.modules["__main__"] = ModuleType("__main__")
    if file is None:
        name, source = "<stdin>", sys.stdin.buffer.read()
    else:
        name = main.__file__ = str(file.absolute())
        source = file.read_bytes()
    exec(compile(source, name, "exec", dont_inherit=True), vars(main))


def _shorten(error: BaseException | None) -> None:
    """Leave out of the traceback of an error, and of those behind it, what is not the script's."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = _of_the_script(error.__traceback__)
        error = error.__cause__ or error.__context__


def _of_the_script(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the lines of this package, and of what it called or ran it."""
    kept: list[TracebackType] = []
    called_by_script = False
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        library = file.startswith(_LIBRARIES)
        called_by_script = not file.startswith(_OURS) and (called_by_script or not library)
        if called_by_script:
            kept.append(traceback)
        traceback = traceback.tb_next
    shortened: TracebackType | None = None
    for step in reversed(kept):
        shortened = TracebackType(shortened, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return shortened

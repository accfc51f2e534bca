"""What layers and losses take when they are told nothing else."""

from __future__ import annotations

KERAS_VERSION = "3.15.1"
"""The version of Keras whose API this is, and whose files are written."""

_FLOATS = ("float32", "float64")

_floatx = "float32"
_epsilon = 1e-7


def floatx() -> str:
    """Return the dtype of weights and computations, by default.

    >>> floatx()
    'float32'
    """
    return _floatx


def set_floatx(value: str) -> None:
    """Set the dtype of layers that are made from now on.

    Raises `ValueError` for anything but "float32" and "float64".
    """
    global _floatx
    if value not in _FLOATS:
        raise ValueError(f"set_floatx: {value!r} has to be 'float32' or 'float64'.")
    _floatx = value


def epsilon() -> float:
    """Return the small number that keeps logarithms and quotients finite.

    >>> epsilon()
    1e-07
    """
    return _epsilon


def set_epsilon(value: float) -> None:
    """Set what `epsilon` returns.

    Raises `ValueError` for what is no positive number.
    """
    global _epsilon
    if not isinstance(value, (int, float)) or not value > 0:
        raise ValueError(f"set_epsilon: {value!r} has to be a positive number.")
    _epsilon = float(value)


def image_data_format() -> str:
    """Return where the channels of images are: after the places, "channels_last"."""
    return "channels_last"


def set_image_data_format(data_format: str) -> None:
    """Take "channels_last", which it is.

    Raises `ValueError` for anything else: layers are told so one by one.
    """
    if data_format != "channels_last":
        raise ValueError(
            f"set_image_data_format: {data_format!r} cannot be set for all layers. Give "
            f"data_format='channels_first' to those that are meant."
        )


def set_dtype_policy(policy: str) -> None:
    """Set the dtype of layers that are made from now on, as `set_floatx` does.

    Raises `ValueError` for anything but "float32" and "float64": there is no mixed precision.
    """
    if policy not in _FLOATS:
        raise ValueError(
            f"set_dtype_policy: {policy!r} has to be 'float32' or 'float64'; mixed precision and "
            f"quantization are not supported."
        )
    set_floatx(policy)


_interactive = True


def enable_interactive_logging() -> None:
    """Let progress be printed, as it is by default."""
    global _interactive
    _interactive = True


def disable_interactive_logging() -> None:
    """Let lines of progress go to the logger "tinygrad_gates", as infos, and none be printed."""
    global _interactive
    _interactive = False


def is_interactive_logging_enabled() -> bool:
    """Return whether progress is printed.

    >>> is_interactive_logging_enabled()
    True
    """
    return _interactive


def version() -> str:
    """Return the version of Keras whose API this is."""
    return KERAS_VERSION


def backend() -> str:
    """Return what computes: this package.

    >>> backend()
    'tinygrad_gates'
    """
    return __name__.partition(".")[0]

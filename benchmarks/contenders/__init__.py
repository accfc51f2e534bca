"""One file for each framework that trains the networks; see `contender` for what they share."""

from __future__ import annotations

from importlib import import_module

from benchmarks.contenders.contender import Makers
from benchmarks.networks import Network
from benchmarks.sidebyside import keep_out_of_collections

MODULES = {
    "ours": "tinygrad_gates",
    "by_hand": "NumPy by hand",
    "in_c": "C by hand",
    "with_jax": "JAX",
    "with_torch": "PyTorch",
    "with_keras": "Keras 3",
    "with_mygrad": "MyGrad",
    "with_autograd": "HIPS autograd",
}
"""The files here that have contenders, and what they are called where they are left out."""


def contenders(network: Network) -> tuple[Makers, dict[str, str]]:
    """Return what makes each contender for a network, and which are not installed, and why."""
    makers: Makers = {}
    left_out = {}
    for module, title in MODULES.items():
        try:
            makers |= import_module(f"{__name__}.{module}").contenders(network)
        except ImportError as reason:
            left_out[title] = str(reason)
    keep_out_of_collections()
    return makers, left_out

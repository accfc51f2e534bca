"""Gradients checked against finite differences, with bounds that follow from the numbers."""

from tinygrad_gates.gradcheck.check import assert_gradients, gradcheck, gradgradcheck
from tinygrad_gates.gradcheck.report import Derivative, KinkWarning, Report

__all__ = [
    "Derivative",
    "KinkWarning",
    "Report",
    "assert_gradients",
    "gradcheck",
    "gradgradcheck",
]

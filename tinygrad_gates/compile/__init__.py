"""The compiler: functions of arrays become straight programs, and these become quick code."""

from tinygrad_gates.compile.jit import Jitted, jit
from tinygrad_gates.compile.program import Program

__all__ = ["Jitted", "Program", "jit"]

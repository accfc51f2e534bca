"""Writing files wholly or not at all."""

from tinygrad_gates.files import write_whole

__all__ = ["write_whole"]

"""The package's exceptions: each message gives the rule, what came, and what would do."""


class GatesError(Exception):
    """Base of every exception that this package defines."""


class ShapeError(GatesError, ValueError):
    """An array has a shape that the operation cannot take."""


class DtypeError(GatesError, TypeError):
    """Data has a type that cannot be computed with or differentiated."""


class NotDifferentiableError(GatesError, TypeError):
    """A function has no gradient rule, or an argument has no gradient."""


class MutationError(GatesError, RuntimeError):
    """Recorded data was changed, so that its gradient would be wrong."""


class AnomalyError(GatesError, ArithmeticError):
    """A computation made a NaN or an infinity while `detect_anomaly` watched."""


class GradientCheckError(GatesError, AssertionError):
    """A gradient disagrees with finite differences."""


class RenderError(GatesError, RuntimeError):
    """A picture could not be drawn."""


class TraceError(GatesError, TypeError):
    """A function cannot be compiled, because it needs numbers before they are computed."""


class CompileWarning(UserWarning):
    """A function runs uncompiled."""

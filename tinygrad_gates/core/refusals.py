"""What Values refuse to do as NumPy's functions, in words."""

from __future__ import annotations

from tinygrad_gates.errors import NotDifferentiableError


def no_rule(name: str) -> NotDifferentiableError:
    """Say that a NumPy function cannot be differentiated."""
    return NotDifferentiableError(
        f"np.{name} has no gradient rule here. Write it with functions that have one, give it "
        f"a rule with custom_vjp, or use value.data for the numbers alone."
    )


def refused_option(name: str, option: str) -> NotDifferentiableError:
    """Say that a NumPy function does not take an option here."""
    if option == "out":
        return NotDifferentiableError(
            f"np.{name}: out= would overwrite data, and a Value's data is recorded. "
            f"Use the returned Value."
        )
    return NotDifferentiableError(f"np.{name} on Values does not take {option}=")

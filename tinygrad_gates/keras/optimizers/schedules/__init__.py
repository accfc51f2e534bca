"""Learning rate schedules: functions of the step that an optimizer takes as its rate."""

from tinygrad_gates.keras.optimizers.schedules.cosine_decay import CosineDecay
from tinygrad_gates.keras.optimizers.schedules.cosine_decay_restarts import CosineDecayRestarts
from tinygrad_gates.keras.optimizers.schedules.exponential_decay import ExponentialDecay
from tinygrad_gates.keras.optimizers.schedules.inverse_time_decay import InverseTimeDecay
from tinygrad_gates.keras.optimizers.schedules.learning_rate_schedule import (
    LearningRateSchedule,
    deserialize,
    serialize,
)
from tinygrad_gates.keras.optimizers.schedules.piecewise_constant_decay import (
    PiecewiseConstantDecay,
)
from tinygrad_gates.keras.optimizers.schedules.polynomial_decay import PolynomialDecay

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

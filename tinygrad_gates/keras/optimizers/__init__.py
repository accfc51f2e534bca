"""Optimizers: pure update rules, found by name with `get`."""

from tinygrad_gates.keras.optimizers import schedules
from tinygrad_gates.keras.optimizers.adadelta import Adadelta
from tinygrad_gates.keras.optimizers.adafactor import Adafactor
from tinygrad_gates.keras.optimizers.adagrad import Adagrad
from tinygrad_gates.keras.optimizers.adam import Adam
from tinygrad_gates.keras.optimizers.adamax import Adamax
from tinygrad_gates.keras.optimizers.adamw import AdamW
from tinygrad_gates.keras.optimizers.ftrl import Ftrl
from tinygrad_gates.keras.optimizers.lamb import Lamb
from tinygrad_gates.keras.optimizers.lion import Lion
from tinygrad_gates.keras.optimizers.muon import Muon
from tinygrad_gates.keras.optimizers.nadam import Nadam
from tinygrad_gates.keras.optimizers.optimizer import Optimizer
from tinygrad_gates.keras.optimizers.rmsprop import RMSprop
from tinygrad_gates.keras.optimizers.serialization import deserialize, get, serialize
from tinygrad_gates.keras.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "Muon",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

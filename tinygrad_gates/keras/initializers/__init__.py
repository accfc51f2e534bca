"""Initializers: what a new weight is filled with, found by name with `get`."""

from tinygrad_gates.keras.initializers.constant import Constant
from tinygrad_gates.keras.initializers.glorot_normal import GlorotNormal
from tinygrad_gates.keras.initializers.glorot_uniform import GlorotUniform
from tinygrad_gates.keras.initializers.he_normal import HeNormal
from tinygrad_gates.keras.initializers.he_uniform import HeUniform
from tinygrad_gates.keras.initializers.identity import Identity
from tinygrad_gates.keras.initializers.initializer import Initializer, get
from tinygrad_gates.keras.initializers.lecun_normal import LecunNormal
from tinygrad_gates.keras.initializers.lecun_uniform import LecunUniform
from tinygrad_gates.keras.initializers.ones import Ones
from tinygrad_gates.keras.initializers.orthogonal import Orthogonal
from tinygrad_gates.keras.initializers.random_normal import RandomNormal
from tinygrad_gates.keras.initializers.random_uniform import RandomUniform
from tinygrad_gates.keras.initializers.truncated_normal import TruncatedNormal
from tinygrad_gates.keras.initializers.variance_scaling import VarianceScaling
from tinygrad_gates.keras.initializers.zeros import Zeros
from tinygrad_gates.keras.registry import serialize

deserialize = Initializer.registry.deserialize

# Keras's other names.
IdentityInitializer = identity = Identity
OrthogonalInitializer = orthogonal = Orthogonal
constant, ones, zeros = Constant, Ones, Zeros
glorot_normal, glorot_uniform = GlorotNormal, GlorotUniform
he_normal, he_uniform = HeNormal, HeUniform
lecun_normal, lecun_uniform = LecunNormal, LecunUniform
random_normal, random_uniform = RandomNormal, RandomUniform
truncated_normal, variance_scaling = TruncatedNormal, VarianceScaling

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

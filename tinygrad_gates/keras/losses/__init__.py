"""Losses: a class and a function of each, found by name with `get`."""

from tinygrad_gates.keras.losses.binary_crossentropy import BinaryCrossentropy, binary_crossentropy
from tinygrad_gates.keras.losses.binary_focal_crossentropy import (
    BinaryFocalCrossentropy,
    binary_focal_crossentropy,
)
from tinygrad_gates.keras.losses.categorical_crossentropy import (
    CategoricalCrossentropy,
    categorical_crossentropy,
)
from tinygrad_gates.keras.losses.categorical_focal_crossentropy import (
    CategoricalFocalCrossentropy,
    categorical_focal_crossentropy,
)
from tinygrad_gates.keras.losses.categorical_generalized_cross_entropy import (
    CategoricalGeneralizedCrossEntropy,
    categorical_generalized_cross_entropy,
)
from tinygrad_gates.keras.losses.categorical_hinge import CategoricalHinge, categorical_hinge
from tinygrad_gates.keras.losses.circle import Circle, circle
from tinygrad_gates.keras.losses.cosine_similarity import CosineSimilarity, cosine_similarity
from tinygrad_gates.keras.losses.ctc import CTC, ctc
from tinygrad_gates.keras.losses.dice import Dice, dice
from tinygrad_gates.keras.losses.hinge import Hinge, hinge
from tinygrad_gates.keras.losses.huber import Huber, huber
from tinygrad_gates.keras.losses.kl_divergence import KLDivergence, kl_divergence
from tinygrad_gates.keras.losses.log_cosh import LogCosh, log_cosh
from tinygrad_gates.keras.losses.loss import Loss
from tinygrad_gates.keras.losses.mean_absolute_error import MeanAbsoluteError, mean_absolute_error
from tinygrad_gates.keras.losses.mean_absolute_percentage_error import (
    MeanAbsolutePercentageError,
    mean_absolute_percentage_error,
)
from tinygrad_gates.keras.losses.mean_squared_error import MeanSquaredError, mean_squared_error
from tinygrad_gates.keras.losses.mean_squared_logarithmic_error import (
    MeanSquaredLogarithmicError,
    mean_squared_logarithmic_error,
)
from tinygrad_gates.keras.losses.poisson import Poisson, poisson
from tinygrad_gates.keras.losses.serialization import as_loss, deserialize, get, serialize
from tinygrad_gates.keras.losses.sparse_categorical_crossentropy import (
    SparseCategoricalCrossentropy,
    sparse_categorical_crossentropy,
)
from tinygrad_gates.keras.losses.squared_hinge import SquaredHinge, squared_hinge
from tinygrad_gates.keras.losses.tversky import Tversky, tversky

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh

__all__ = [
    "CTC",
    "KLD",
    "MAE",
    "MAPE",
    "MSE",
    "MSLE",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "Circle",
    "CosineSimilarity",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "as_loss",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "circle",
    "cosine_similarity",
    "ctc",
    "deserialize",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "kld",
    "kullback_leibler_divergence",
    "log_cosh",
    "logcosh",
    "mae",
    "mape",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "mse",
    "msle",
    "poisson",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]

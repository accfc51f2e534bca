"""Metrics: streamed over batches, and found by name with `get`."""

from tinygrad_gates.keras import losses
from tinygrad_gates.keras.metrics.accuracy import Accuracy
from tinygrad_gates.keras.metrics.auc import AUC
from tinygrad_gates.keras.metrics.binary_accuracy import BinaryAccuracy, binary_accuracy
from tinygrad_gates.keras.metrics.binary_crossentropy import BinaryCrossentropy
from tinygrad_gates.keras.metrics.binary_iou import BinaryIoU
from tinygrad_gates.keras.metrics.categorical_accuracy import (
    CategoricalAccuracy,
    categorical_accuracy,
)
from tinygrad_gates.keras.metrics.categorical_crossentropy import CategoricalCrossentropy
from tinygrad_gates.keras.metrics.categorical_hinge import CategoricalHinge
from tinygrad_gates.keras.metrics.concordance_correlation import (
    ConcordanceCorrelation,
    concordance_correlation,
)
from tinygrad_gates.keras.metrics.cosine_similarity import CosineSimilarity, cosine_similarity
from tinygrad_gates.keras.metrics.f1_score import F1Score
from tinygrad_gates.keras.metrics.false_negatives import FalseNegatives
from tinygrad_gates.keras.metrics.false_positives import FalsePositives
from tinygrad_gates.keras.metrics.fbeta_score import FBetaScore
from tinygrad_gates.keras.metrics.hinge import Hinge
from tinygrad_gates.keras.metrics.iou import IoU
from tinygrad_gates.keras.metrics.kl_divergence import KLDivergence
from tinygrad_gates.keras.metrics.log_cosh_error import LogCoshError
from tinygrad_gates.keras.metrics.mean import Mean
from tinygrad_gates.keras.metrics.mean_absolute_error import MeanAbsoluteError
from tinygrad_gates.keras.metrics.mean_absolute_percentage_error import MeanAbsolutePercentageError
from tinygrad_gates.keras.metrics.mean_iou import MeanIoU
from tinygrad_gates.keras.metrics.mean_metric_wrapper import MeanMetricWrapper
from tinygrad_gates.keras.metrics.mean_squared_error import MeanSquaredError
from tinygrad_gates.keras.metrics.mean_squared_logarithmic_error import MeanSquaredLogarithmicError
from tinygrad_gates.keras.metrics.metric import Metric, deserialize, get, serialize
from tinygrad_gates.keras.metrics.one_hot_iou import OneHotIoU
from tinygrad_gates.keras.metrics.one_hot_mean_iou import OneHotMeanIoU
from tinygrad_gates.keras.metrics.pearson_correlation import PearsonCorrelation, pearson_correlation
from tinygrad_gates.keras.metrics.poisson import Poisson
from tinygrad_gates.keras.metrics.precision import Precision
from tinygrad_gates.keras.metrics.precision_at_recall import PrecisionAtRecall
from tinygrad_gates.keras.metrics.r2_score import R2Score
from tinygrad_gates.keras.metrics.recall import Recall
from tinygrad_gates.keras.metrics.recall_at_precision import RecallAtPrecision
from tinygrad_gates.keras.metrics.resolve import for_shapes
from tinygrad_gates.keras.metrics.root_mean_squared_error import RootMeanSquaredError
from tinygrad_gates.keras.metrics.sensitivity_at_specificity import SensitivityAtSpecificity
from tinygrad_gates.keras.metrics.sparse_categorical_accuracy import (
    SparseCategoricalAccuracy,
    sparse_categorical_accuracy,
)
from tinygrad_gates.keras.metrics.sparse_categorical_crossentropy import (
    SparseCategoricalCrossentropy,
)
from tinygrad_gates.keras.metrics.sparse_top_k_categorical_accuracy import (
    SparseTopKCategoricalAccuracy,
    sparse_top_k_categorical_accuracy,
)
from tinygrad_gates.keras.metrics.specificity_at_sensitivity import SpecificityAtSensitivity
from tinygrad_gates.keras.metrics.squared_hinge import SquaredHinge
from tinygrad_gates.keras.metrics.sum import Sum
from tinygrad_gates.keras.metrics.top_k_categorical_accuracy import (
    TopKCategoricalAccuracy,
    top_k_categorical_accuracy,
)
from tinygrad_gates.keras.metrics.true_negatives import TrueNegatives
from tinygrad_gates.keras.metrics.true_positives import TruePositives

# Set here, after imports: a module of the same name would hide a function that is imported.
binary_crossentropy = losses.binary_crossentropy
binary_focal_crossentropy = losses.binary_focal_crossentropy
categorical_crossentropy = losses.categorical_crossentropy
categorical_focal_crossentropy = losses.categorical_focal_crossentropy
categorical_hinge = losses.categorical_hinge
hinge = losses.hinge
huber = losses.huber
kl_divergence = losses.kl_divergence
log_cosh = losses.log_cosh
mean_absolute_error = losses.mean_absolute_error
mean_absolute_percentage_error = losses.mean_absolute_percentage_error
mean_squared_error = losses.mean_squared_error
mean_squared_logarithmic_error = losses.mean_squared_logarithmic_error
poisson = losses.poisson
sparse_categorical_crossentropy = losses.sparse_categorical_crossentropy
squared_hinge = losses.squared_hinge

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "cosine_similarity",
    "deserialize",
    "for_shapes",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]

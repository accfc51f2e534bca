"""Callbacks: what is called at the turns of training."""

from tinygrad_gates.keras.callbacks.backup_and_restore import BackupAndRestore
from tinygrad_gates.keras.callbacks.callback import Callback
from tinygrad_gates.keras.callbacks.callback_list import CallbackList
from tinygrad_gates.keras.callbacks.csv_logger import CSVLogger
from tinygrad_gates.keras.callbacks.early_stopping import EarlyStopping
from tinygrad_gates.keras.callbacks.history import History
from tinygrad_gates.keras.callbacks.lambda_callback import LambdaCallback
from tinygrad_gates.keras.callbacks.learning_rate_scheduler import LearningRateScheduler
from tinygrad_gates.keras.callbacks.live_plot import LivePlot
from tinygrad_gates.keras.callbacks.model_checkpoint import ModelCheckpoint
from tinygrad_gates.keras.callbacks.progbar_logger import ProgbarLogger
from tinygrad_gates.keras.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from tinygrad_gates.keras.callbacks.swap_ema_weights import SwapEMAWeights
from tinygrad_gates.keras.callbacks.tensor_board import TensorBoard
from tinygrad_gates.keras.callbacks.terminate_on_nan import TerminateOnNaN
from tinygrad_gates.keras.callbacks.weight_recorder import WeightRecorder

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "LivePlot",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
    "WeightRecorder",
]

"""Callbacks: what is called at the turns of training."""

from tinygrad_gates.keras.callbacks.callback import Callback
from tinygrad_gates.keras.callbacks.callback_list import CallbackList
from tinygrad_gates.keras.callbacks.history import History
from tinygrad_gates.keras.callbacks.progbar_logger import ProgbarLogger

__all__ = ["Callback", "CallbackList", "History", "ProgbarLogger"]

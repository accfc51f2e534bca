"""Where older programs look for what is in `keras.utils` now."""

from tinygrad_gates.keras.preprocessing import sequence
from tinygrad_gates.keras.utils import timeseries_dataset_from_array

__all__ = ["sequence", "timeseries_dataset_from_array"]

"""Writing logs for TensorBoard."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tinygrad_gates.keras.callbacks.callback import Callback, Logs
from tinygrad_gates.keras.callbacks.every import EverySoManyBatches


class TensorBoard(Callback):
    """Writes the loss, the metrics and the weights as event files that TensorBoard shows.

    Training goes to the folder "train", validation to "validation", as in Keras. Needs the
    package tensorboardX: `pip install "tinygrad-gates[tensorboard]"`.

    Args:
        log_dir: the folder for both.
        histogram_freq: after how many epochs to write histograms of all weights; 0 for never.
        write_graph: taken for Keras's sake: there is no graph of TensorFlow's here.
        write_images: refused, as are `profile_batch` and the embeddings.
        write_steps_per_second: whether to write how many steps a second an epoch did, and a
            batch where batches are written.
        update_freq: "epoch", "batch", or after how many batches to write training losses, too.
        profile_batch: see `write_images`.
        embeddings_freq: see `write_images`.
        embeddings_metadata: see `write_images`.

    Raises:
        ValueError: for what is refused.
        ModuleNotFoundError: in training, if tensorboardX is not installed.

    >>> TensorBoard("logs").histogram_freq
    0
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        refused = {
            "write_images": write_images,
            "profile_batch": profile_batch,
            "embeddings_freq": embeddings_freq,
            "embeddings_metadata": embeddings_metadata,
        }
        for name, given in refused.items():
            if given:
                raise ValueError(f"TensorBoard: {name}={given!r} is not supported.")
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = update_freq
        self._every = EverySoManyBatches(
            "TensorBoard", 1 if update_freq == "batch" else update_freq
        )
        self._writers: dict[str, Any] = {}
        self._steps = self._steps_before = 0
        self._clock = self._batch_clock = 0.0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Find the package that writes."""
        self._steps = self._every.batches = 0
        self._writer("train")

    def _writer(self, part: str) -> Any:
        if part not in self._writers:
            try:
                from tensorboardX import SummaryWriter
            except ModuleNotFoundError:
                raise ModuleNotFoundError(
                    "TensorBoard: the package tensorboardX writes the files. Install it with "
                    "pip install 'tinygrad-gates[tensorboard]'."
                ) from None
            self._writers[part] = SummaryWriter(str(Path(self.log_dir, part)), write_to_disk=True)
        return self._writers[part]

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Take the time."""
        self._clock = time.perf_counter()
        self._steps_before = self._steps

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Take the time."""
        self._batch_clock = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Write the losses of training, if it is time."""
        self._steps += 1
        if self._every.is_due():
            numbers = dict(logs or {})
            if self.write_steps_per_second:
                numbers["steps_per_second"] = 1 / (time.perf_counter() - self._batch_clock)
            self._write("train", "batch_", numbers, self._steps)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Write the results of an evaluation, by the number of updates made before it."""
        if self.model.optimizer is None:
            return
        numbers = {f"{name}_vs_iterations": item for name, item in (logs or {}).items()}
        self._write("validation", "evaluation_", numbers, int(self.model.optimizer.iterations))
        self._writer("validation").flush()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write losses and metrics, and histograms if it is time."""
        logs = logs or {}
        training = {name: item for name, item in logs.items() if not name.startswith("val_")}
        validation = {
            name.removeprefix("val_"): item for name, item in logs.items() if name not in training
        }
        if self.model.optimizer is not None:
            training["learning_rate"] = float(self.model.optimizer.learning_rate)
        if self.write_steps_per_second:
            passed = time.perf_counter() - self._clock
            training["steps_per_second"] = (self._steps - self._steps_before) / passed
        self._write("train", "epoch_", training, epoch)
        if validation:
            self._write("validation", "epoch_", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            for weight in self.model.weights:
                name = f"{weight.path.replace(':', '_')}/histogram"
                self._writer("train").add_histogram(name, weight.numpy(), epoch)
        for writer in self._writers.values():
            writer.flush()

    def _write(self, part: str, prefix: str, numbers: Mapping[str, Any], step: int) -> None:
        for name, number in numbers.items():
            self._writer(part).add_scalar(f"{prefix}{name}", number, step)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def get_state(self) -> dict[str, Any]:
        """Return how many steps were done."""
        return {"steps": self._steps, "batches": self._every.batches}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self._steps = state["steps"]
        self._every.batches = state["batches"]

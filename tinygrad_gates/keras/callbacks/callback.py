"""`Callback`: override what should happen at some turn of training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tinygrad_gates.keras.registry import Configurable, Registry

if TYPE_CHECKING:
    from tinygrad_gates.keras.models.model import Model

Logs = dict[str, float]


class Callback(Configurable):
    """Does nothing at each turn; a subclass overrides what it needs.

    `logs` hold the loss and the metrics so far, and "val_..." at the end of an epoch where there
    is validation data.

    Attributes:
        model: the model that trains, once `fit`, `evaluate` or `predict` has begun; None before.
        params: of the call: "epochs", "steps" and "verbose"; None before.
    """

    registry: ClassVar[Registry[Callback]] = Registry("callback")
    config_module = "keras.callbacks"

    after_history: ClassVar[bool] = False
    """Whether it is called after all others, `History` among them."""

    model: Model = None  # type: ignore[assignment]
    params: dict[str, Any] = None  # type: ignore[assignment]

    def set_model(self, model: Model) -> None:
        """Take the model that will train."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the parameters of the call."""
        self.params = params

    def set_callbacks(self, callbacks: list[Callback]) -> None:
        """Take all callbacks of the call, itself among them."""

    def get_state(self) -> dict[str, Any]:
        """Return what it has to know to go on in another process: plain data and arrays."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch, with its logs."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch, numbered from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch, and its validation."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a training step, numbered from 0 in each epoch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a training step, with the epoch's loss and metrics so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of `on_train_batch_end`."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation, also the one that validates."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation, with its results."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before predicting."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After predicting."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of predictions."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of predictions."""

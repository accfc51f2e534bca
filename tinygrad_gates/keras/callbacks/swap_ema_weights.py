"""Evaluating with the running means of the weights, while the weights themselves train."""

from __future__ import annotations

from typing import Any

from tinygrad_gates.keras.callbacks.callback import Callback, Logs


class SwapEMAWeights(Callback):
    """Puts the running means in the place of the weights for evaluations and predictions.

    The optimizer keeps the means where it was made with `use_ema=True`.

    Args:
        swap_on_epoch: whether to swap at the end of each epoch, too, so that callbacks that come
            after this one save the means, and back before the next.

    Raises:
        ValueError: in training, if the optimizer keeps no means.

    >>> from tinygrad_gates.keras import Sequential, layers, optimizers
    >>> model = Sequential([layers.Dense(1, input_shape=(1,))])
    >>> model.compile(optimizers.SGD(0.1, use_ema=True), "mse")
    >>> history = model.fit([[1.0]], [[0.0]], validation_data=([[1.0]], [[0.0]]), verbose=0,
    ...                     callbacks=[SwapEMAWeights()])
    >>> list(history.history)
    ['loss', 'val_loss']
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = swap_on_epoch
        self._means_are_in = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Let the weights train, if the means were swapped in."""
        if self.swap_on_epoch:
            self._swap(False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Put the means in, if that is wanted."""
        if not self.swap_on_epoch:
            return
        self._swap(True)
        if epoch + 1 == self.params["epochs"] or self.model.stop_training:
            # The end of training puts the optimizer's means into the model: let them be these.
            for weight, mean in self._pairs():
                mean.assign(weight)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Put the means in."""
        self._swap(True)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Put the weights back."""
        self._swap(False)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Put the means in."""
        self._swap(True)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Put the weights back."""
        self._swap(False)

    def _swap(self, means_in: bool) -> None:
        if self._means_are_in == means_in:
            return
        for weight, mean in self._pairs():
            numbers = weight.numpy().copy()
            weight.assign(mean)
            mean.assign(numbers)
        self._means_are_in = means_in

    def _pairs(self) -> list[tuple[Any, Any]]:
        optimizer = self.model.optimizer
        if optimizer is None or not optimizer.use_ema:
            raise ValueError(
                "SwapEMAWeights: the optimizer keeps no running means. Make it with use_ema=True."
            )
        return list(zip(optimizer._parameters, optimizer._averages, strict=True))

    def get_state(self) -> dict[str, Any]:
        """Return whether the means are in the model."""
        return {"means_are_in": self._means_are_in}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` returned."""
        self._means_are_in = state["means_are_in"]

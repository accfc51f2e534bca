"""The names and types of the arguments that optimizers pass on."""

from __future__ import annotations

from typing import TypedDict


class CommonOptions(TypedDict, total=False):
    """The arguments that every optimizer takes, but for `weight_decay`."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    name: str | None


class OptimizerOptions(CommonOptions, total=False):
    """The arguments that every optimizer takes."""

    weight_decay: float | None

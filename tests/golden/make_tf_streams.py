"""Writes tf_streams.json: draws of TensorFlow itself, on Linux, that the tests compare with.

Run it where TensorFlow is installed: `python tests/golden/make_tf_streams.py`. A case is a global
seed (None: none) and the calls made after `tf.random.set_seed` with it, in order. Short results
are written out; of long ones there is the SHA-256 of their bytes, little-endian.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

LONGEST_WRITTEN_OUT = 64

Call = dict[str, Any]


def call(function: str, shape: list[int], **arguments: Any) -> Call:
    return {"function": function, "shape": shape, "arguments": arguments}


UNIFORM, NORMAL, TRUNCATED = "uniform", "normal", "truncated_normal"
FUNCTIONS = UNIFORM, NORMAL, TRUNCATED

SEEDED = [
    call(function, [5], dtype=dtype, seed=3)
    for function in FUNCTIONS
    for dtype in ("float32", "float64")
]
INTEGERS = [
    call(UNIFORM, [9], minval=-5, maxval=1000, dtype="int32"),
    call(UNIFORM, [3], minval=-(2**31), maxval=2**31 - 1, dtype="int32"),
    call(UNIFORM, [9], minval=-5, maxval=10**18, dtype="int64"),
    call(UNIFORM, [3], minval=-(2**63), maxval=2**63 - 1, dtype="int64"),
    call(UNIFORM, [], maxval=3, dtype="int32", seed=10),
    call(UNIFORM, [], maxval=3, dtype="int32", seed=10),
]
INTERRUPTED = [
    call(UNIFORM, [3], seed=1),
    call(NORMAL, [3], seed=1),
    call(UNIFORM, [0], seed=1),
    call(UNIFORM, [2, 2], seed=1),
    call(UNIFORM, [3], seed=2),
    call(TRUNCATED, [6], seed=1),
    call(UNIFORM, [3]),
    call(TRUNCATED, [6], seed=1),
    call(NORMAL, [1], seed=1),
]
LONG = [
    call(function, [100_003], **arguments)
    for function in FUNCTIONS
    for arguments in ({}, {"seed": 1}, {"seed": 1})
] + [
    call(UNIFORM, [100_003], minval=-5.3, maxval=3.7),
    call(UNIFORM, [100_003], dtype="float64"),
    call(UNIFORM, [100_003], maxval=10, dtype="int32"),
    call(UNIFORM, [100_003], maxval=10, dtype="int64"),
    # The next one begins 2.56 * 10**9 blocks on, the one after it past 2**32.
    call(UNIFORM, [10_000_000], seed=5),
    call(UNIFORM, [10_000_000], seed=5),
    call(NORMAL, [1000], seed=5),
    call(UNIFORM, [1000], seed=5),
]
SCALED = [
    call(UNIFORM, [2, 3], minval=[0.0, 1.0, 2.0], maxval=[[2.5], [5.0]]),
    call(NORMAL, [2, 3], mean=[[1.0], [2.0]], stddev=[1.0, 0.1, 0.0]),
    call(TRUNCATED, [2, 3], mean=[[1.0], [2.0]], stddev=[1.0, 0.1, 3.0]),
    call(UNIFORM, [3], minval=-2),
    call(UNIFORM, [3], maxval=7),
    call(UNIFORM, [3], minval=0.1, maxval=0.1),
]
GLOBAL_SEEDS = [1, -1, -5, 2**31 - 2, 2**31 - 1, 2**31, 2**63 + 5, -(2**63), 2**100, -(10**30)]
OPERATION_SEEDS = [0, 1, -1, -5, 2**31 - 2, 2**31 - 1, 2**31, 2**63 + 5, 2**100]

CASES: list[tuple[int | None, list[Call]]] = [
    (123, SEEDED + SEEDED),
    (None, SEEDED + SEEDED),
    (5, INTEGERS),
    (0, INTERRUPTED),
    (None, [each for each in INTERRUPTED if "seed" in each["arguments"]]),
    (42, LONG),
    (9, SCALED),
    *((seed, [call(UNIFORM, [3]), call(NORMAL, [3])]) for seed in GLOBAL_SEEDS),
    (0, [call(UNIFORM, [2], seed=seed) for seed in OPERATION_SEEDS]),
    (77, [call(UNIFORM, [2], seed=seed) for seed in OPERATION_SEEDS]),
]


def drawn(made: Call, tensorflow_random: Any) -> Call:
    draw = getattr(tensorflow_random, made["function"])
    result = draw(made["shape"], **made["arguments"]).numpy()
    if result.size <= LONGEST_WRITTEN_OUT:
        return made | {"values": result.tolist()}
    little_endian = result.astype(result.dtype.newbyteorder("<"))
    return made | {"sha256": hashlib.sha256(little_endian.tobytes()).hexdigest()}


def main() -> None:
    import tensorflow as tf  # type: ignore[import-not-found, import-untyped, unused-ignore]

    cases = []
    for seed, calls in CASES:
        tf.random.set_seed(seed)
        cases.append({"seed": seed, "calls": [drawn(each, tf.random) for each in calls]})
    made_with = f"TensorFlow {tf.__version__}, NumPy {np.__version__}, {sys.platform}"
    target = Path(__file__).with_name("tf_streams.json")
    target.write_text(json.dumps({"made_with": made_with, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Random streams against vectors that TensorFlow drew, and what holds of any stream."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tinygrad_gates import random
from tinygrad_gates.random import elementary, request
from tinygrad_gates.random.streams import Stream, philox

GOLDEN = Path(__file__).parent / "golden"
FLOAT_FUNCTIONS = [random.uniform, random.normal, random.truncated_normal]
Draw = Callable[..., NDArray[Any]]


@pytest.fixture(autouse=True)
def _streams_left_unseeded() -> Iterator[None]:
    yield
    random.set_seed(None)


def _sha256(array: NDArray[Any]) -> str:
    return hashlib.sha256(array.astype(array.dtype.newbyteorder("<")).tobytes()).hexdigest()


def _state() -> list[list[float]]:
    """What some draws give now: streams that had moved in between would give other numbers."""
    streams: list[dict[str, Any]] = [{}, {"seed": 1}, {"dtype": np.float64, "seed": 1}]
    draws = [draw([3], **each).tolist() for draw in FLOAT_FUNCTIONS for each in streams]
    return [*draws, random.uniform([3], maxval=9, dtype=np.int32, seed=1).tolist()]


# What TensorFlow drew

INITIALIZERS = json.loads((GOLDEN / "tf_random.json").read_text())
STREAMS = json.loads((GOLDEN / "tf_streams.json").read_text())["cases"]
POSITIONAL = {
    "uniform": ("low", "high"),
    "normal": ("mean", "stddev"),
    "truncated_normal": ("mean", "stddev"),
}


@pytest.mark.parametrize("seed", INITIALIZERS)
def test_initializers_draw_what_tensorflow_drew(seed: str) -> None:
    random.set_seed(int(seed))
    for call in INITIALIZERS[seed]:
        parameters = [call[name] for name in POSITIONAL[call["call"]]]
        result = getattr(random, call["call"])(call["shape"], *parameters)
        expected = np.array(call["values"], np.float32).reshape(call["shape"])
        np.testing.assert_array_equal(result, expected, str(call["shape"]))


@pytest.mark.parametrize("case", STREAMS, ids=[f"seed {case['seed']}" for case in STREAMS])
def test_calls_draw_what_tensorflow_drew(case: dict[str, Any]) -> None:
    random.set_seed(case["seed"])
    for call in case["calls"]:
        result = getattr(random, call["function"])(call["shape"], **call["arguments"])
        assert result.dtype == np.dtype(call["arguments"].get("dtype", "float32"))
        _assert_drawn(call, result)


def _assert_drawn(call: dict[str, Any], result: NDArray[Any]) -> None:
    if "sha256" in call:
        assert _sha256(result) == call["sha256"], call
        return
    expected = np.array(call["values"], result.dtype)
    assert result.shape == expected.shape == tuple(call["shape"])
    if result.dtype == np.float64 and call["function"] != "uniform":
        np.testing.assert_array_max_ulp(result, expected, 2)
    else:
        np.testing.assert_array_equal(result, expected, str(call))


def test_philox_gives_the_words_of_its_authors() -> None:
    # The three known answers for philox4x32-10 that come with Random123; the counters of the
    # last two have a lower half of their own, which is the number of the block.
    answers = [
        (0, 0, 0, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (2**64 - 1, 2**64 - 1, 2**64 - 1, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            0x299F31D0A4093822,
            0x0370734413198A2E,
            0x85A308D3243F6A88,
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ]
    for key, upper, lower, words in answers:
        drawn = philox(Stream(key, upper, lower), np.zeros(1, np.uint64))
        assert " ".join(f"{int(word[0]):08x}" for word in drawn) == words


# All the arguments that a draw can have, and the digests of what glibc 2.36 gives for them.
UNIFORMS = np.arange(2**23, dtype=np.float32) * np.float32(2.0**-23)
ANGLES = (2 * np.pi * UNIFORMS.astype(np.float64)).astype(np.float32)


def test_every_logarithm_has_the_bits_of_the_c_library() -> None:
    logarithms = elementary.log(np.maximum(UNIFORMS, np.float32(1e-7)))
    assert _sha256(logarithms) == "207fef8ffa8c82caf82c478ee40c5bdbcc5d64d385cd8a1ce60d832fcf03b59b"


def test_every_sine_and_cosine_has_the_bits_of_the_c_library() -> None:
    sines, cosines = elementary.sin_cos(ANGLES)
    assert _sha256(sines) == "c718616d24ba03d8eb34fe59f6febc3b383c7d947dec50bdf58c10fbf51946b5"
    assert _sha256(cosines) == "b085eb29bc0360f27b736db7ccc9c80d33b0e35e0b810174d45e42383540001c"


# Seeds


@given(st.integers())
def test_a_global_seed_repeats_everything(seed: int) -> None:
    random.set_seed(seed)
    first = _state()
    random.set_seed(seed)
    assert _state() == first


@pytest.mark.parametrize(
    "same", [np.int64(5), np.uint8(5), np.array(5), np.uint64(5)], ids=lambda same: repr(same)
)
def test_integers_of_numpy_are_seeds(same: Any) -> None:
    random.set_seed(5)
    expected = [random.uniform([2]).tolist(), random.normal([2], seed=5).tolist()]
    random.set_seed(same)
    assert [random.uniform([2]).tolist(), random.normal([2], seed=same).tolist()] == expected


def test_a_seed_of_a_call_goes_on_until_the_global_seed_is_set() -> None:
    random.set_seed(1234)
    first, second = random.uniform([4], seed=1), random.uniform([4], seed=1)
    assert not np.array_equal(first, second)
    random.set_seed(1234)
    np.testing.assert_array_equal(random.uniform([4], seed=1), first)
    np.testing.assert_array_equal(random.uniform([4], seed=1), second)


def test_shapes_of_64_bit_integers_have_a_stream_of_their_own() -> None:
    random.set_seed(0)
    first = random.uniform([3], seed=1)
    np.testing.assert_array_equal(random.uniform(np.array([3], np.int64), seed=1), first)
    second = random.uniform((np.int64(3),), seed=1)
    np.testing.assert_array_equal(random.uniform(np.array([3], np.int32), seed=1), second)


@pytest.mark.parametrize("draw", FLOAT_FUNCTIONS)
def test_without_seeds_nothing_repeats(draw: Draw) -> None:
    random.set_seed(None)
    assert not np.array_equal(draw([8]), draw([8]))
    random.set_seed(None)
    first = draw([8], seed=3)
    random.set_seed(None)
    np.testing.assert_array_equal(draw([8], seed=3), first)


def test_next_seed_is_the_seed_that_a_call_would_have_taken() -> None:
    random.set_seed(777)
    implied = [draw([5]) for draw in FLOAT_FUNCTIONS]
    random.set_seed(777)
    for draw, expected in zip(FLOAT_FUNCTIONS, implied, strict=True):
        np.testing.assert_array_equal(draw([5], seed=random.next_seed()), expected)
    random.set_seed(None)
    assert 0 <= random.next_seed() < 2**31
    assert random.next_seed() != random.next_seed()


def test_threads_share_a_stream_without_sharing_a_number() -> None:
    random.set_seed(1)
    expected = {random.uniform([50], seed=9).tobytes() for _ in range(200)}
    random.set_seed(1)
    drawn: list[bytes] = []

    def work() -> None:
        drawn.extend(random.uniform([50], seed=9).tobytes() for _ in range(25))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drawn) == len(set(drawn)) == 200
    assert set(drawn) == expected


# Results


@given(st.sampled_from(FLOAT_FUNCTIONS), st.integers(0, 300), st.integers(1, 20))
def test_the_size_of_a_round_does_not_show(draw: Draw, size: int, groups: int) -> None:
    random.set_seed(3)
    whole = draw([size])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request, "_GROUPS_AT_ONCE", groups)
        random.set_seed(3)
        np.testing.assert_array_equal(draw([size]), whole)


@given(
    st.sampled_from(FLOAT_FUNCTIONS),
    st.sampled_from([np.float32, np.float64]),
    st.lists(st.integers(0, 5), max_size=4),
)
def test_results_own_their_memory_and_begin_as_longer_ones_do(
    draw: Draw, dtype: type, shape: list[int]
) -> None:
    random.set_seed(8)
    result = draw(shape, dtype=dtype)
    assert (result.shape, result.dtype) == (tuple(shape), np.dtype(dtype))
    assert result.flags.owndata
    assert result.flags.writeable
    assert result.flags.c_contiguous
    random.set_seed(8)
    longer = draw([result.size + 7], dtype=dtype)
    np.testing.assert_array_equal(longer[: result.size], result.ravel())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_moments_are_those_of_the_distributions(dtype: type) -> None:
    random.set_seed(2)
    size = 400_000
    sixth_sigma = 6 / np.sqrt(size)
    flat = random.uniform([size], -1, 3, dtype)
    assert flat.min() >= -1
    assert flat.max() <= 3
    assert abs(flat.mean() - 1) < sixth_sigma * 4 / np.sqrt(12)
    bell = random.normal([size], 1, 2, dtype)
    assert abs(bell.mean() - 1) < sixth_sigma * 2
    assert abs(bell.std() - 2) < sixth_sigma * 2
    cut = random.truncated_normal([size], 1, 2, dtype)
    assert np.abs(cut - 1).max() < 4 + 1e-6
    assert abs(cut.mean() - 1) < sixth_sigma * 2
    assert abs(cut.std() - 2 * 0.8796256610342398) < sixth_sigma * 2


@given(st.integers(-(2**31), 2**31 - 2), st.integers(1, 2**32 - 1))
def test_integers_stay_within_their_bounds(low: int, width: int) -> None:
    high = min(low + width, 2**31 - 1)
    for dtype in (np.int32, np.int64):
        drawn = random.uniform([20], low, high, dtype)
        assert drawn.dtype == dtype
        assert (drawn >= low).all()
        assert (drawn < high).all()


# Errors

NAN, INFINITY = float("nan"), float("inf")
EVERY_FUNCTION: list[tuple[list[Any], dict[str, Any], type[Exception], str]] = [
    ([5], {}, TypeError, r"{name}: shape must be .* such as \[2, 3\], got 5 \(int\)"),
    (["ab"], {}, TypeError, r"{name}: shape must be .*, got 'ab' \(str\)"),
    ([b"ab"], {}, TypeError, "{name}: shape must be"),
    ([None], {}, TypeError, r"{name}: shape must be .*, got None \(NoneType\)"),
    ([[2.0]], {}, TypeError, r"{name}: shape must be .*, got \[2.0\]"),
    ([[True]], {}, TypeError, "{name}: shape must be"),
    ([[[1, 2]]], {}, TypeError, "{name}: shape must be"),
    ([np.array(3)], {}, TypeError, "{name}: shape must be"),
    ([np.array([[3]])], {}, TypeError, "{name}: shape must be"),
    ([{2, 3}], {}, TypeError, "{name}: shape must be"),
    ([[2, -1]], {}, ValueError, r"{name}: shape must have no negative size, got \[2, -1\]"),
    ([[1] * 80], {}, ValueError, "{name}: no array of shape"),
    ([[2**45, 2**45]], {}, ValueError, "{name}: no array of shape"),
    ([[2]], {"dtype": "float16"}, TypeError, "{name}: dtype must be one of .* got 'float16'"),
    ([[2]], {"dtype": "no such"}, TypeError, "{name}: dtype must be one of .* got 'no such'"),
    ([[2]], {"dtype": None}, TypeError, "{name}: dtype must be one of float32"),
    ([[2]], {"dtype": complex}, TypeError, "{name}: dtype must be one of float32"),
    ([[2]], {"dtype": ">f4"}, TypeError, "{name}: dtype must be one of float32"),
    ([[2]], {"seed": 5.0}, TypeError, r"{name}: seed must be an integer .* got 5.0 \(float\)"),
    ([[2]], {"seed": "5"}, TypeError, r"{name}: seed must be an integer .* got '5' \(str\)"),
    ([[2]], {"seed": [5]}, TypeError, r"{name}: seed must be an integer .* got \[5\] \(list\)"),
]
NORMALS: list[tuple[list[Any], dict[str, Any], type[Exception], str]] = [
    ([[2]], {"stddev": -1}, ValueError, "{name}: stddev must not be negative, got -1"),
    ([[2]], {"stddev": [1.0, -1.0]}, ValueError, "{name}: stddev must not be negative"),
    ([[2]], {"stddev": NAN}, ValueError, "{name}: stddev must be finite in float32, got nan"),
    ([[2]], {"mean": 1e39}, ValueError, r"{name}: mean must be finite in float32, got 1e\+39"),
    ([[2]], {"mean": "a"}, TypeError, r"{name}: mean must be real, got 'a' \(str\)"),
    ([[2]], {"mean": True}, TypeError, r"{name}: mean must be real, got True \(bool\)"),
    ([[2]], {"mean": 1j}, TypeError, "{name}: mean must be real"),
    ([[2]], {"mean": None}, TypeError, "{name}: mean must be real"),
    ([[2]], {"mean": [1, 2, 3]}, ValueError, r"{name}: mean of shape \(3,\) does not broadcast"),
    ([[2]], {"mean": [[1, 2]]}, ValueError, r"the shape \(2,\) of the result"),
    ([[2]], {"dtype": "int32"}, TypeError, "{name}: dtype must be one of float32, float64, got"),
]
UNIFORM_ONLY: list[tuple[list[Any], dict[str, Any], type[Exception], str]] = [
    ([[2], 2, 1], {}, ValueError, "{name}: minval must not exceed maxval, got 2 and 1"),
    ([[2], 2], {}, ValueError, "{name}: minval must not exceed maxval, got 2 and 1"),
    ([[2], NAN], {}, ValueError, "{name}: minval must be finite in float32, got nan"),
    ([[2], 0, INFINITY], {}, ValueError, "{name}: maxval must be finite in float32, got inf"),
    ([[2], -3e38, 3e38], {}, ValueError, "{name}: maxval - minval must be finite in float32"),
    ([[2], [1, 2, 3], 4], {}, ValueError, r"{name}: minval of shape \(3,\) does not broadcast"),
    ([[2], "a"], {}, TypeError, r"{name}: minval must be real, got 'a' \(str\)"),
    ([[2], 0], {"dtype": "int32"}, ValueError, "{name}: maxval must be given for dtype int32"),
    ([[2], 0, 3.5], {"dtype": "int32"}, TypeError, r"maxval must be an integer .* got 3.5 \(fl"),
    ([[2], 0, [3, 4]], {"dtype": "int64"}, TypeError, "{name}: maxval must be an integer"),
    ([[2], 1, 1], {"dtype": "int32"}, ValueError, "minval must be below maxval .* got 1 and 1"),
    ([[2], 0, 2**31], {"dtype": "int32"}, ValueError, "maxval does not fit int32, got 2147483648"),
    ([[2], -(2**63) - 1, 0], {"dtype": "int64"}, ValueError, "minval does not fit int64"),
    ([[2]], {"dtype": "uint8"}, TypeError, "one of float32, float64, int32, int64, got 'uint8'"),
]
REFUSED = [
    *((draw, *case) for draw in FLOAT_FUNCTIONS for case in EVERY_FUNCTION),
    *((draw, *case) for draw in FLOAT_FUNCTIONS[1:] for case in NORMALS),
    *((random.uniform, *case) for case in UNIFORM_ONLY),
]


@pytest.mark.parametrize(("draw", "arguments", "keywords", "error", "message"), REFUSED)
def test_a_refused_call_says_why_and_leaves_the_streams_alone(
    draw: Draw,
    arguments: list[Any],
    keywords: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    random.set_seed(6)
    expected = _state()
    random.set_seed(6)
    with pytest.raises(error, match=message.replace("{name}", draw.__name__)):
        draw(*arguments, **keywords)
    with pytest.raises(error):
        draw(*arguments, **({"seed": 1} | keywords))
    assert _state() == expected


@pytest.mark.parametrize("seed", [5.0, 1.5, "5", b"5", [5], (5,), np.float32(5), np.array([5, 6])])
def test_a_refused_global_seed_leaves_the_streams_alone(seed: Any) -> None:
    random.set_seed(6)
    expected = _state()
    random.set_seed(6)
    with pytest.raises(TypeError, match="set_seed: seed must be an integer or None, got"):
        random.set_seed(seed)
    assert _state() == expected

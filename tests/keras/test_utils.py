"""Helpers around models: labels, parts of data, names, progress, pictures."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates.keras import Input, Model, Sequential, config, layers, losses, saving, utils

# ------------------------------------------------------------------------ labels and parts


@pytest.mark.parametrize(
    ("numbers", "classes", "expected"),
    [
        ([0, 2], None, [[1, 0, 0], [0, 0, 1]]),
        ([[1], [0]], 2, [[0, 1], [1, 0]]),
        (1, 3, [0, 1, 0]),
        ([[0, 1], [1, 1]], None, [[[1, 0], [0, 1]], [[0, 1], [0, 1]]]),
        ([], 2, np.zeros((0, 2))),
    ],
)
def test_to_categorical(numbers: Any, classes: Any, expected: Any) -> None:
    np.testing.assert_array_equal(utils.to_categorical(numbers, classes), expected)


def test_split_dataset_parts_nested_arrays_alike() -> None:
    data = {"x": np.arange(10), "y": np.arange(10) * 2}
    one, two = utils.split_dataset(data, left_size=0.7, shuffle=True, seed=1)
    assert len(one["x"]) == 7
    assert sorted([*one["x"], *two["x"]]) == list(range(10))
    np.testing.assert_array_equal(one["y"], 2 * one["x"])
    again = utils.split_dataset(data, left_size=0.7, shuffle=True, seed=1)
    np.testing.assert_array_equal(again[0]["x"], one["x"])
    left, right = utils.split_dataset(np.arange(10), right_size=3)
    assert (list(left), list(right)) == (list(range(7)), [7, 8, 9])
    left, right = utils.split_dataset(np.arange(10), left_size=2, right_size=4)
    assert (list(left), list(right)) == ([0, 1], [2, 3, 4, 5])


def test_normalize() -> None:
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(utils.normalize(x), [[0.6, 0.8], [0, 0]])


def test_values_stay_values() -> None:
    rows = utils.to_categorical(tf.Value([0, 2], dtype="int32"), 3)
    np.testing.assert_array_equal(rows.numpy(), [[1, 0, 0], [0, 0, 1]])
    x = tf.Value([[3.0, 4.0]])
    tf.assert_gradients(utils.normalize, x.numpy())


PADDED: dict[str, tuple[dict[str, Any], Any]] = {
    "before": ({}, [[0, 0, 1], [0, 2, 3], [4, 5, 6]]),
    "after": ({"padding": "post"}, [[1, 0, 0], [2, 3, 0], [4, 5, 6]]),
    "cut before": ({"maxlen": 2}, [[0, 1], [2, 3], [5, 6]]),
    "cut after": ({"maxlen": 2, "truncating": "post"}, [[0, 1], [2, 3], [4, 5]]),
    "with a number": ({"value": -1}, [[-1, -1, 1], [-1, 2, 3], [4, 5, 6]]),
}


@pytest.mark.parametrize("name", PADDED)
def test_pad_sequences(name: str) -> None:
    options, expected = PADDED[name]
    padded = utils.pad_sequences([[1], [2, 3], [4, 5, 6]], **options)
    np.testing.assert_array_equal(padded, expected)
    assert padded.dtype == np.int32


def test_older_places_of_names() -> None:
    assert tf.keras.preprocessing.sequence.pad_sequences is utils.pad_sequences
    assert tf.keras.version() == tf.keras.__version__


def test_pad_sequences_of_vectors_text_and_nothing() -> None:
    vectors = utils.pad_sequences([[[1, 2]], [[3, 4], [5, 6]], []], dtype="float32")
    assert vectors.tolist() == [[[0, 0], [1, 2]], [[3, 4], [5, 6]], [[0, 0], [0, 0]]]
    text = utils.pad_sequences([["a"], ["b", "c"]], dtype=object, value="-")
    assert text.tolist() == [["-", "a"], ["b", "c"]]
    assert utils.pad_sequences([]).shape == (0, 0)


def test_windows_of_a_series_train_a_model() -> None:
    series = np.arange(40.0)
    windows = utils.timeseries_dataset_from_array(
        series[:-3], series[3:], 3, batch_size=8, shuffle=True, seed=1
    )
    assert len(windows) == 5
    assert sorted(start for x, _ in windows for start in x[:, 0]) == list(range(35))
    for x, y in windows:
        np.testing.assert_array_equal(y, x[:, -1] + 1)
    model = Sequential([layers.Rescaling(0.01), layers.Dense(1)])
    model.compile("adam", "mse")
    losses_ = model.fit(windows, epochs=2, verbose=0).history["loss"]
    assert losses_[1] < losses_[0]


@pytest.mark.parametrize(
    ("options", "starts"),
    [
        ({"sequence_stride": 3}, [0, 3, 6]),
        ({"sampling_rate": 2}, [0, 1, 2, 3, 4, 5]),
        ({"start_index": 4, "end_index": 9}, [4, 5, 6]),
    ],
)
def test_windows_start_where_they_are_told(options: Any, starts: Any) -> None:
    windows = utils.timeseries_dataset_from_array(np.arange(10), None, 3, **options)
    rate = options.get("sampling_rate", 1)
    np.testing.assert_array_equal(windows[0], np.add.outer(starts, rate * np.arange(3)))
    single = utils.timeseries_dataset_from_array(np.arange(10), None, 3, batch_size=None, **options)
    np.testing.assert_array_equal(np.stack(list(single)), windows[0])


# ------------------------------------------------------------------------ names and seeds


def test_names_are_numbered_and_start_again() -> None:
    utils.clear_session()
    names = [layers.Dense(1).name for _ in range(3)]
    assert names == ["dense", "dense_1", "dense_2"]
    assert layers.BatchNormalization().name == "batch_normalization"
    utils.clear_session()
    assert layers.Dense(1).name == "dense"


def test_importing_the_package_takes_no_names() -> None:
    import subprocess
    import sys

    code = (
        "from tinygrad_gates.keras import layers, optimizers, metrics, losses, callbacks\n"
        "for name in layers.__all__: getattr(layers, name)\n"
        "print(layers.Dense(1).name, layers.LSTM(1).name, optimizers.SGD().name)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["dense", "lstm", "sgd"]


def test_one_seed_for_all_generators() -> None:
    drawn = []
    for _ in range(2):
        utils.set_random_seed(5)
        legacy = np.random.random()  # noqa: NPY002
        drawn.append((random.random(), legacy, float(tf.random.uniform(()))))
    assert drawn[0] == drawn[1]


def test_a_name_may_be_registered_or_scoped() -> None:
    @saving.register_keras_serializable("shop", name="cube")
    def cubed(x: Any) -> Any:
        return x**3

    assert saving.get_registered_name(cubed) == "shop>cube"
    layer = layers.Activation("shop>cube")
    np.testing.assert_allclose(layer(np.array([2.0])).numpy(), [8.0])
    with saving.custom_object_scope({"fourth": lambda x: x**4}):
        fourth = layers.Dense(1, activation="fourth").activation
    assert fourth(2) == 16
    with pytest.raises(ValueError, match="Unknown activation function: 'fourth'"):
        layers.Dense(1, activation="fourth")


def test_a_scope_of_nothing_changes_nothing() -> None:
    with saving.custom_object_scope({"fifth": abs}), utils.custom_object_scope(None):
        assert saving.get_registered_object("fifth") is abs


# ------------------------------------------------------------------------ settings


def test_the_names_of_the_backend() -> None:
    backend = tf.keras.backend
    backend.clear_session()
    assert [backend.get_uid("x"), backend.get_uid("x"), backend.get_uid("y")] == [1, 2, 1]
    assert backend.is_keras_tensor(Input((2,)))
    assert not backend.is_keras_tensor(tf.Value(1.0))
    assert backend.image_data_format() == "channels_last"
    backend.set_image_data_format("channels_last")


DTYPES: dict[str, tuple[tuple[Any, ...], str]] = {
    "integers and floats": (("int32", "float32"), "float32"),
    "long integers and floats": (("int64", "float32"), "float32"),
    "a plain number": (("float64", float), "float64"),
    "a plain float": (("int8", float), "float32"),
    "a plain integer": (("int8", int), "int8"),
    "a plain integer and truth": (("bool", int), "int32"),
    "integers": (("int32", "uint32"), "int64"),
    "more than integers hold": (("int64", "uint64"), "float32"),
    "truth": (("bool", "bool"), "bool"),
    "nothing": ((), "float32"),
    "no dtype": ((None, "int32"), "float32"),
}


@pytest.mark.parametrize("name", DTYPES)
def test_dtypes_meet(name: str) -> None:
    given, expected = DTYPES[name]
    assert tf.keras.backend.result_type(*given) == expected
    assert tf.keras.backend.is_float_dtype(expected) == expected.startswith("float")
    assert tf.keras.backend.is_int_dtype(expected) == ("int" in expected)


def test_floats_are_what_config_says() -> None:
    try:
        config.set_floatx("float64")
        assert layers.Dense(1).dtype == np.float64
        model = Sequential([layers.Dense(2, input_shape=(2,)), layers.Dense(1)])
        model.compile("adam", "mse")
        model.fit([[0, 1]], [1], verbose=0)
        assert model.predict([[0, 1]], verbose=0).dtype == np.float64
        assert {w.dtype for w in model.get_weights()} == {np.dtype(np.float64)}
    finally:
        config.set_floatx("float32")
    assert layers.Dense(1).dtype == np.float32
    with pytest.raises(ValueError, match="float16"):
        config.set_floatx("float16")


def test_epsilon_bounds_logarithms() -> None:
    before = config.epsilon()
    try:
        config.set_epsilon(1e-3)
        loss = float(losses.BinaryCrossentropy()([[1.0]], [[0.0]]))
        assert loss == pytest.approx(-np.log(1e-3), rel=1e-3)
    finally:
        config.set_epsilon(before)
    with pytest.raises(ValueError, match="positive"):
        config.set_epsilon(0)


# ------------------------------------------------------------------------ progress


def test_progbar_averages_and_ends(capsys: Any) -> None:
    bar = utils.Progbar(4, stateful_metrics=["rate"])
    for step in range(4):
        bar.update(step + 1, [("loss", float(step)), ("rate", float(step))])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("4/4 [==============================] - ")
    assert line.endswith("/step - loss: 1.5000 - rate: 3.0000")


def test_progbar_adds_and_is_silent(capsys: Any) -> None:
    quiet, loud = utils.Progbar(2, verbose=0), utils.Progbar(2, verbose=2)
    for bar in (quiet, loud):
        bar.add(1)
        bar.add(1, [("acc", 1.0)])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("2/2 - 0s - acc: 1.0000")


def test_progbar_takes_lists_names_of_units_and_what_is_averaged(capsys: Any) -> None:
    bar = utils.Progbar(2, unit_name="word", stateless_metrics=["loss"])
    for step in range(2):
        bar.update(step + 1, [("loss", [step, step]), ("rate", np.float32(step))])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.endswith("/word - loss: 0.5000 - rate: 1.0000")


@pytest.mark.parametrize("verbose", [1, 2])
def test_progbar_of_no_steps(verbose: int, capsys: Any) -> None:
    utils.Progbar(0, verbose=verbose).update(0, finalize=True)
    assert capsys.readouterr().out.startswith("0/0")


def test_progress_can_be_logged_instead(capsys: Any, caplog: Any) -> None:
    utils.disable_interactive_logging()
    try:
        assert not utils.is_interactive_logging_enabled()
        with caplog.at_level("INFO", logger="tinygrad_gates"):
            utils.Progbar(1).update(1, [("loss", 0.5)])
    finally:
        utils.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert caplog.messages[0].endswith("loss: 0.5000")


# ------------------------------------------------------------------------ pictures


def twins() -> Model:
    one, two = Input((2,), name="one"), Input((3,), name="two")
    inner = Sequential([Input((2,)), layers.Dense(3, "relu", name="a")], name="inner")
    joined = layers.Concatenate(name="joined")([inner(one), two])
    return Model([one, two], layers.Dense(1, "sigmoid", name="out")(joined))


def test_a_model_is_drawn_with_what_was_asked_for() -> None:
    plain = utils.model_to_dot(twins()).source
    assert "Concatenate" in plain
    assert "(None, 6)" not in plain
    told = utils.model_to_dot(
        twins(), show_shapes=True, show_dtype=True, show_layer_names=True,
        show_layer_activations=True, show_trainable=True, rankdir="LR", expand_nested=True,
    ).source  # fmt: skip
    for text in ("(None, 6)", "float32", "joined: Concatenate", "sigmoid", "7 parameters",
                 "trainable", "rankdir=LR", "a: Dense"):  # fmt: skip
        assert text in told, text
    assert told.count("->") == 5


def test_shared_and_repeated_layers_have_all_their_edges() -> None:
    place = Input((2,))
    layer = layers.Dense(2, name="again")
    model = Model(place, layers.Add(name="both")([layer(place), layer(layer(place))]))
    source = utils.model_to_dot(model, show_layer_names=True).source
    assert re.search(r"(n\d+) -> \1\b", source)
    assert source.count("->") == 5, "one from the input twice, one to itself, two to the sum"


@pytest.mark.parametrize("file", ["model.png", "model.svg", "model.dot"])
def test_plot_model_writes_what_the_name_says(file: str, tmp_path: Path) -> None:
    picture = utils.plot_model(twins(), tmp_path / file, show_shapes=True)
    content = (tmp_path / file).read_bytes()
    assert len(content) > 300
    assert picture.source.startswith("digraph")


WRONG: dict[str, tuple[Any, str]] = {
    "half a class": (lambda: utils.to_categorical([0.5]), "class numbers are whole"),
    "below zero": (lambda: utils.to_categorical([-1, 0]), "begin with 0"),
    "too large": (lambda: utils.to_categorical([3], 3), "num_classes=3"),
    "text": (lambda: utils.to_categorical(["a"]), "numbers are needed"),
    "no size": (lambda: utils.split_dataset([1, 2]), "give left_size, or right_size"),
    "too much": (lambda: utils.split_dataset(np.arange(3), left_size=4), "of which there are 3"),
    "unequal": (
        lambda: utils.split_dataset([np.arange(3), np.arange(2)], left_size=1), "cannot be parted",
    ),
    "a seed": (lambda: utils.set_random_seed(-1), "seed=-1"),
    "two kinds of metrics": (
        lambda: utils.Progbar(1, stateful_metrics=[], stateless_metrics=[]), "Only one of",
    ),
    "padding": (lambda: utils.pad_sequences([[1]], padding="left"), "padding='left'"),
    "truncating": (lambda: utils.pad_sequences([[1]], truncating="all"), "truncating='all'"),
    "text as padding": (lambda: utils.pad_sequences([[1]], value="-"), "give dtype=object"),
    "a sequence of numbers": (lambda: utils.pad_sequences([1, 2]), "has to be a list, and 1 is"),
    "parts of two shapes": (
        lambda: utils.pad_sequences([[[1, 2]], [[3]]]), r"sequence 1 have shape \(1,\)",
    ),
    "steps of windows": (
        lambda: utils.timeseries_dataset_from_array(np.arange(5), None, 2, sampling_rate=0),
        "`sampling_rate` must be higher than 0",
    ),
    "an end behind the end": (
        lambda: utils.timeseries_dataset_from_array(np.arange(5), None, 2, end_index=9),
        "`end_index` must be higher .* Received: 9",
    ),
    "a dtype": (lambda: utils.standardize_dtype("text"), "Invalid dtype: 'text'"),
    "channels first": (
        lambda: tf.keras.backend.set_image_data_format("channels_first"), "to those that are meant",
    ),
    "mixed precision": (lambda: config.set_dtype_policy("mixed_float16"), "mixed precision"),
    "a picture's resolution": (
        lambda: utils.plot_model(twins(), None, dpi=0), "dpi=0 has to be",
    ),
    "a picture's option": (lambda: utils.plot_model(twins(), None, show_shape=1), "show_shape"),
    "an unbuilt model": (
        lambda: utils.plot_model(Sequential([layers.Dense(1)])), "is not built",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_named(name: str) -> None:
    call, message = WRONG[name]
    with pytest.raises((ValueError, TypeError), match=message):
        call()


@pytest.mark.parametrize("name", ["imdb", "cifar10", "california_housing"])
def test_data_that_keras_downloads_say_what_to_do(name: str) -> None:
    with pytest.raises(NotImplementedError, match=f"{name}: .*downloads nothing.*load_digits"):
        getattr(tf.keras.datasets, name).load_data()
    with pytest.raises(AttributeError, match="nothing_known"):
        _ = tf.keras.datasets.nothing_known

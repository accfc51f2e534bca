"""Saving and loading whole models: every layer, every optimizer, all kinds of models."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import trees
from tinygrad_gates.keras import Input, Model, Sequential, layers, losses, metrics, models, saving
from tinygrad_gates.keras import optimizers as all_optimizers
from tinygrad_gates.keras.optimizers import schedules

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)

LAYERS = [
    pytest.param(cls, number, id=f"{cls.__name__}-{number}")
    for cls in layers.Layer.registry
    if cls.__module__.startswith("tinygrad_gates.keras.layers")
    and cls.__name__ in layers.__all__
    and not cls.__name__.endswith(("Cell", "Cells", "InputLayer"))
    for number in range(len(cls.examples))
]
OPTIMIZERS = [
    pytest.param(cls, number, id=f"{cls.__name__}-{number}")
    for cls in all_optimizers.Optimizer.registry
    if cls.__module__.startswith("tinygrad_gates")
    for number in range(len(cls.examples))
]


def trained(optimizer: Any = "adam", **options: Any) -> Sequential:
    tf.random.set_seed(3)
    model = Sequential([layers.Dense(4, "tanh", input_shape=(2,)), layers.Dense(1)])
    model.compile(optimizer, loss="mse", metrics=["acc"], **options)
    model.fit(X, Y, epochs=5, verbose=0)
    return model


def steps(model: Any, count: int = 5) -> list[Any]:
    return [model.train_on_batch(X, Y, return_dict=True)["loss"] for _ in range(count)]


@pytest.mark.parametrize(("cls", "number"), LAYERS)
def test_a_model_of_any_layer_comes_back(cls: Any, number: int, tmp_path: Path) -> None:
    example = cls.examples[number]
    rng = np.random.default_rng(number)
    drawn = [draw.array(rng, np.float32) for draw in example.inputs]
    data = drawn[0] if len(drawn) == 1 else drawn
    places = trees.transform(lambda array: Input(array.shape[1:], dtype=array.dtype.name), data)
    model = Model(places, cls(**example.arguments)(places))
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    expected = trees.leaves(model.predict(data, verbose=0))
    for one, other in zip(trees.leaves(again.predict(data, verbose=0)), expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert again.get_config() == model.get_config()


@pytest.mark.parametrize(("cls", "number"), OPTIMIZERS)
def test_training_goes_on_from_a_file_bit_for_bit(cls: Any, number: int, tmp_path: Path) -> None:
    model = trained(cls(**cls.examples[number].arguments))
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    assert int(again.optimizer.iterations) == int(model.optimizer.iterations)
    assert steps(again) == steps(model)


COMPILED: dict[str, dict[str, Any]] = {
    "names": {"loss": "mse", "metrics": ["acc", "mae"]},
    "objects": {
        "loss": losses.Huber(delta=0.3),
        "metrics": [metrics.MeanAbsoluteError(name="distance"), metrics.AUC(num_thresholds=7)],
    },
    "a schedule": {
        "optimizer": all_optimizers.SGD(
            schedules.ExponentialDecay(0.5, decay_steps=2, decay_rate=0.7), momentum=0.9
        ),
        "loss": "mae",
    },
    "options": {
        "optimizer": all_optimizers.Adam(0.1, clipnorm=0.5, use_ema=True, weight_decay=0.01),
        "loss": "mse",
        "weighted_metrics": ["mae"],
    },
    "accumulation": {
        "optimizer": all_optimizers.SGD(0.1, gradient_accumulation_steps=3), "loss": "mse",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", COMPILED)
def test_what_compile_was_given_comes_back(name: str, tmp_path: Path) -> None:
    model = trained()
    model.compile(**{"optimizer": "sgd", **COMPILED[name]})
    steps(model)
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    assert again.get_compile_config() == model.get_compile_config()
    assert steps(again) == steps(model)
    told = model.evaluate(X, Y, return_dict=True, verbose=0)
    assert again.evaluate(X, Y, return_dict=True, verbose=0) == told


def test_before_the_first_step_there_is_no_state(tmp_path: Path) -> None:
    model = Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile(all_optimizers.Adam(0.3), "mse")
    model.save(tmp_path / "model.keras")
    model.save_weights(tmp_path / "first.weights.h5")
    again = models.load_model(tmp_path / "model.keras")
    first = steps(model)
    assert steps(again) == first
    model.load_weights(tmp_path / "first.weights.h5")
    assert int(model.optimizer.iterations) == 0
    assert steps(model) == first


def test_without_compile_the_optimizer_is_left_out(tmp_path: Path) -> None:
    model = trained()
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras", compile=False)
    assert again.optimizer is None
    np.testing.assert_array_equal(again(X).numpy(), model(X).numpy())


def twins() -> Model:
    """Return a model with a shared layer, two inputs, two named outputs and a model inside."""
    tf.random.set_seed(8)
    one, two = Input((2,), name="one"), Input((2,), name="two")
    shared = Sequential([layers.Dense(3, "relu", input_shape=(2,), name="a")], name="shared")
    both = layers.Concatenate(name="both")([shared(one), shared(two)])
    distance = np.square(shared(one) - shared(two))
    return Model([one, two], {
        "sum": layers.Dense(1, name="sum")(both),
        "far": layers.Dense(1, name="far")(distance),
    }, name="twins")  # fmt: skip


def test_shared_nested_and_several(tmp_path: Path) -> None:
    model = twins()
    model.compile("adam", {"sum": "mse", "far": "mae"}, loss_weights={"sum": 1.0, "far": 0.5})
    targets = {"sum": Y, "far": 1 - Y}
    model.fit([X, X[::-1]], targets, epochs=3, verbose=0)
    model.save(tmp_path / "twins.keras")
    again = models.load_model(tmp_path / "twins.keras")
    inputs = {"two": X, "one": X[::-1]}
    one, other = again.predict(inputs, verbose=0), model.predict(inputs, verbose=0)
    assert list(one) == ["sum", "far"]
    for name, array in other.items():
        np.testing.assert_array_equal(one[name], array)
    assert again.get_layer("shared") in again.layers
    assert again.count_params() == model.count_params()
    histories = [m.fit([X, X], targets, epochs=3, verbose=0).history for m in (model, again)]
    assert histories[0] == histories[1]


@saving.register_keras_serializable("tests")
class Scaled(layers.Layer):
    """A layer of a user's own, with a layer inside."""

    def __init__(self, factor: float, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor
        self.inner = layers.Dense(2)

    def build(self, input_shape: Any) -> None:
        self.inner.build(input_shape)
        self.shift = self.add_weight((2,), "ones", name="shift")

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs) * self.factor + self.shift


@saving.register_keras_serializable("tests")
class Pair(Model):
    """A model of a user's own."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.blocks = [layers.Dense(units, "tanh"), Scaled(2.0)]
        self.head = layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(inputs)


@saving.register_keras_serializable("tests")
def cubed(y_true: Any, y_pred: Any) -> Any:
    return np.mean(np.abs(y_true - y_pred) ** 3, axis=-1)


def test_classes_and_functions_of_ones_own(tmp_path: Path) -> None:
    model = Pair(3)
    model.compile(all_optimizers.Adam(0.01), loss=cubed)
    model.fit(X, Y, epochs=2, verbose=0)
    model.save(tmp_path / "pair.keras")
    again = models.load_model(tmp_path / "pair.keras")
    assert type(again) is Pair
    assert again.blocks[1].factor == 2.0
    np.testing.assert_array_equal(again(X).numpy(), model(X).numpy())
    assert steps(again) == steps(model)


def test_what_is_not_registered_is_named_and_can_be_given(tmp_path: Path) -> None:
    class Hidden(layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs * 2

    Sequential([Input((2,)), Hidden()]).save(tmp_path / "hidden.keras")
    layers.Layer.registry._entries.pop("Hidden")
    layers.Layer.registry._folded.pop("hidden")
    with pytest.raises(ValueError, match=r"hidden\.keras: Unknown layer: 'Hidden'"):
        models.load_model(tmp_path / "hidden.keras")
    again = models.load_model(tmp_path / "hidden.keras", custom_objects={"Hidden": Hidden})
    np.testing.assert_array_equal(again(X).numpy(), 2 * X)
    with saving.custom_object_scope({"Hidden": Hidden}):
        models.load_model(tmp_path / "hidden.keras")


def test_json_describes_a_model_without_its_numbers() -> None:
    model = twins()
    text = model.to_json(indent=1)
    assert json.loads(text)["config"]["name"] == "twins"
    again = models.model_from_json(text)
    assert again.get_config() == model.get_config()
    again.set_weights(model.get_weights())
    for name, array in model.predict([X, X], verbose=0).items():
        np.testing.assert_array_equal(again.predict([X, X], verbose=0)[name], array)


@saving.register_keras_serializable("tests")
class Kept(layers.Layer):
    """Keeps its arguments elsewhere, or as something else, and has no get_config."""

    def __init__(self, units: int, activation: str = "relu", **options: Any) -> None:
        super().__init__(**options)
        self.units = layers.Dense(units)
        self._activation = layers.Activation(activation)

    def call(self, inputs: Any) -> Any:
        return self._activation(self.units(inputs))


@saving.register_keras_serializable("tests")
class Around(layers.Layer):
    """Returns an object in its configuration, beside what the base class returns."""

    def __init__(self, inner: Any, factor: float, **options: Any) -> None:
        super().__init__(**options)
        self.inner = saving.deserialize_keras_object(inner) if isinstance(inner, dict) else inner
        self.factor = factor

    def get_config(self) -> dict[str, Any]:
        return dict(inner=self.inner, factor=self.factor, **super().get_config())

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs) * self.factor


def test_arguments_of_ones_own_layers_are_remembered_or_made_plain(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), Kept(3, "tanh", name="kept"), Around(layers.Dense(2), 0.5)])
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(X).numpy(), model(X).numpy())
    assert again.layers[0].get_config()["units"] == 3
    assert again.layers[0].name == "kept"


@saving.register_keras_serializable("tests")
class Counting(layers.Layer):
    """Keeps a number in no variable, and stores it itself."""

    seen = 0

    def call(self, inputs: Any) -> Any:
        return inputs

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        store["seen"] = np.array(self.seen)

    def load_own_variables(self, store: Any) -> None:
        if store["seen"] < 0:
            raise RuntimeError("less than none")
        self.seen = int(store["seen"])


def test_a_layer_may_store_its_own(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), layers.Dense(2), Counting()])
    for file in ("a.weights.h5", "a.safetensors"):
        model.layers[1].seen = 7
        model.save_weights(tmp_path / file)
        model.layers[1].seen = 0
        model.load_weights(tmp_path / file)
        assert model.layers[1].seen == 7
    model.save(tmp_path / "model.keras")
    assert models.load_model(tmp_path / "model.keras").layers[1].seen == 7


def test_a_layer_that_refuses_what_it_stored_leaves_all_as_it_was(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), layers.Dense(2), Counting()])
    model.layers[1].seen = -1
    model.save_weights(tmp_path / "a.weights.h5")
    other = Sequential([Input((2,)), layers.Dense(2), Counting()])
    before = other.get_weights()
    with pytest.raises(ValueError, match=r"load_own_variables: RuntimeError\('less than none'\)"):
        other.load_weights(tmp_path / "a.weights.h5")
    for one, kept in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, kept)


class WithAssets(layers.Layer):
    def call(self, inputs: Any) -> Any:
        return inputs

    def save_assets(self, inner_path: str) -> None:
        raise AssertionError("is not called")


def test_assets_are_told_to_be_left_out(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), WithAssets(name="words")])
    with pytest.warns(UserWarning, match="words.save_assets is not called"):
        model.save(tmp_path / "model.keras")


def test_a_layer_in_two_models_stays_one(tmp_path: Path) -> None:
    common = layers.Dense(2)
    parts = [Sequential([Input((2,)), common]) for _ in range(2)]
    place = Input((2,))
    model = Model(place, parts[1](parts[0](place)))
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    assert again.layers[1].layers[0] is again.layers[2].layers[0]
    np.testing.assert_array_equal(again(X).numpy(), model(X).numpy())
    assert models.model_from_json(model.to_json()).count_params() == model.count_params() == 6


def test_what_contains_itself(tmp_path: Path) -> None:
    model = Pair(3)
    model.loop = [model]
    model.loop.append(model.loop)
    model(X)
    model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(X).numpy(), model(X).numpy())


@saving.register_keras_serializable("tests")
class OwnCompile(Pair):
    def compile(self, optimizer: Any, rate: float) -> None:
        super().compile(optimizer, loss="mse")


def test_a_compile_of_ones_own_is_not_called(tmp_path: Path) -> None:
    model = OwnCompile(2)
    model(X)
    model.compile("sgd", rate=1.0)
    model.save(tmp_path / "model.keras")
    with pytest.warns(UserWarning, match="method is custom"):
        again = models.load_model(tmp_path / "model.keras")
    assert not again.compiled


@pytest.mark.parametrize("model", [Sequential([layers.Dense(1)]), Pair(2)])
def test_what_is_not_built_stays_so(model: Any, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="is not built, and the file has no weights"):
        model.save(tmp_path / "model.keras")
    again = models.load_model(tmp_path / "model.keras")
    assert not again.built
    assert again.get_config() == model.get_config()


# ------------------------------------------------------------------------ files


def test_the_archive_is_laid_out_as_keras_does(tmp_path: Path) -> None:
    trained().save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert archive.testzip() is None
        config = json.loads(archive.read("config.json"))
        metadata = json.loads(archive.read("metadata.json"))
    assert metadata.keys() == {"keras_version", "date_saved"}
    assert config["class_name"] == "Sequential"
    assert config["module"] == "keras"
    kinds = [layer["class_name"] for layer in config["config"]["layers"]]
    assert kinds == ["InputLayer", "Dense", "Dense"]
    assert config["compile_config"]["optimizer"]["class_name"] == "Adam"


def test_a_failed_save_leaves_the_older_file(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "model.keras"
    trained().save(path)
    before = path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="no space"):
        trained().save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.keras"]


def test_files_are_replaced_only_if_they_may_be(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    trained().save(path)
    trained().save(path)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        trained().save(path, overwrite=False)


class Unsaveable(layers.Layer):
    """Keeps an argument that is no plain data under another name, and has no get_config."""

    def __init__(self, thing: Any) -> None:
        super().__init__()
        self._thing = thing

    def call(self, inputs: Any) -> Any:
        return inputs


WRONG: dict[str, tuple[Any, str]] = {
    "ending": (lambda folder: trained().save(folder / "model.h5"), r"end with \.keras"),
    "no ending": (lambda folder: trained().save_weights(folder / "w"), r"weights\.h5 or \.safet"),
    "Keras 2's file": (lambda folder: trained().save(folder / "model.hdf5"), "not supported"),
    "a folder": (lambda folder: trained().save(folder / "m.keras", zipped=False), "one file"),
    "a lambda": (
        lambda folder: Sequential([Input((2,)), layers.Lambda(lambda x: (folder, x)[1])]).save(
            folder / "m.keras"
        ),
        "register_keras_serializable",
    ),
    "no configuration": (
        lambda folder: Sequential([Input((2,)), Unsaveable(np.abs)]).save(folder / "m.keras"),
        "'thing' is kept in no attribute",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_saved_says_why(name: str, tmp_path: Path) -> None:
    call, message = WRONG[name]
    with pytest.raises((ValueError, NotImplementedError), match=message):
        call(tmp_path)
    assert not os.listdir(tmp_path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.keras"):
        models.load_model(tmp_path / "nowhere.keras")


OBJECTS = [
    all_optimizers.Adam(schedules.CosineDecay(0.1, 10)),
    schedules.ExponentialDecay(0.1, 2, 0.5),
    losses.Huber(0.5),
    metrics.Precision(thresholds=0.3),
    layers.Dense(3, kernel_regularizer="l2", kernel_constraint="non_neg"),
    tf.keras.initializers.HeNormal(seed=4),
    tf.keras.regularizers.L1(0.1),
    tf.keras.constraints.MaxNorm(2.0),
]


@pytest.mark.parametrize("item", OBJECTS, ids=lambda item: type(item).__name__)
def test_objects_of_every_kind_are_plain_data(item: Any) -> None:
    plain = json.loads(json.dumps(saving.serialize_keras_object(item)))
    again = saving.deserialize_keras_object(plain)
    assert type(again) is type(item)
    assert again.get_config() == item.get_config()

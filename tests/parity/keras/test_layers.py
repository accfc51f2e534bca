"""Layers against Keras's own: the same weights and data, one call and twenty steps of training."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from tinygrad_gates import trees
from tinygrad_gates.keras import Input, Model, layers
from tinygrad_gates.keras.layers.regularization.noise import RandomLayer

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
    pytest.mark.filterwarnings("ignore:.*mask:UserWarning"),  # which ends at Flatten
    pytest.mark.filterwarnings("ignore:You passed `rms_scaling:UserWarning"),
]

BOUND = 2e-6
"""A few roundings of float32 to numbers of about 1: sums are taken in another order."""
TRAINED = 2e-5
"""Twenty steps add their roundings up."""
OWN = {"Lambda", "Operation", "InputLayer"}
"""Functions are named differently in files here and there; these have tests of their own."""
STEPS = 20
TORCH_DIFFERS = {
    ("LayerNormalization", 2): "only the last axes can be normalised",
    ("AveragePooling1D", 1): "what padding adds counts",
    ("AveragePooling2D", 1): "what padding adds counts",
}
"""Where Keras's PyTorch backend differs from its others."""

CASES = [
    pytest.param(entry, number, id=f"{entry.__name__}-{number}")
    for entry in layers.Layer.registry
    if entry.__module__.startswith("tinygrad_gates.keras.layers")
    and entry.__name__ in layers.__all__
    and entry.__name__ not in OWN
    and not entry.__name__.endswith(("Cell", "Cells"))
    for number in range(len(entry.examples))
]


def drawn(entry: Any, number: int) -> Any:
    rng = np.random.default_rng(number)
    data = [draw.array(rng, np.float32) for draw in entry.examples[number].inputs]
    return data[0] if len(data) == 1 else data


@pytest.fixture(autouse=True)
def _skip_where_backends_differ(request: pytest.FixtureRequest, keras: Any) -> None:
    arguments = request.node.callspec.params
    reason = TORCH_DIFFERS.get((arguments["entry"].__name__, arguments["number"]))
    if reason and keras.backend.backend() == "torch":
        pytest.skip(f"Keras's PyTorch backend differs from others: {reason}")


def arrays(keras: Any, outputs: Any) -> list[Any]:
    return [np.asarray(keras.ops.convert_to_numpy(item)) for item in keras.tree.flatten(outputs)]


@pytest.mark.parametrize(("entry", "number"), CASES)
def test_a_call_is_keras_s(keras: Any, twin: Any, entry: Any, number: int) -> None:
    ours, data = entry(**entry.examples[number].arguments), drawn(entry, number)
    theirs = twin(ours)
    outputs = ours(data)
    theirs(data)
    theirs.set_weights(ours.get_weights())
    expected = arrays(keras, theirs(data))
    for one, other in zip(trees.leaves(outputs), expected, strict=True):
        np.testing.assert_allclose(one.numpy(), other, rtol=BOUND, atol=BOUND)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert [w.trainable for w in ours.weights] == [w.trainable for w in theirs.weights]
    assert ours.supports_masking == theirs.supports_masking
    unknown = trees.transform(lambda array: (None, *array.shape[1:]), data)
    assert plain(ours.compute_output_shape(unknown)) == plain(theirs.compute_output_shape(unknown))


@pytest.mark.parametrize(("entry", "number"), CASES)
def test_the_configuration_is_keras_s(twin: Any, entry: Any, number: int) -> None:
    ours = entry(**entry.examples[number].arguments)
    config, expected = plain(ours.get_config()), plain(twin(ours).get_config())
    left_out = {key: expected[key] for key in expected.keys() - config.keys()}
    assert all(value in (None, False, 0.99) for value in left_out.values()), left_out
    assert common(config, expected) == common(expected, config)


@pytest.mark.parametrize(("entry", "number"), CASES)
def test_twenty_steps_of_training_are_keras_s(
    keras: Any, twin: Any, entry: Any, number: int
) -> None:
    ours, data = entry(**entry.examples[number].arguments), drawn(entry, number)
    if issubclass(entry, RandomLayer) or "dropout" in entry.examples[number].arguments:
        pytest.skip("draws differ")
    theirs = twin(ours)
    ours_model = modelled((Input, Model, layers.Flatten, layers.Dense), ours, data)
    names = (keras.Input, keras.Model, keras.layers.Flatten, keras.layers.Dense)
    theirs_model = modelled(names, theirs, data)
    theirs_model.set_weights(ours_model.get_weights())
    targets = [np.cos(array.sum(axis=tuple(range(1, array.ndim)))) for array in trees.leaves(data)]
    target = targets[0][:, None]
    for _ in range(STEPS):
        one = ours_model.train_on_batch(data, target)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = theirs_model.train_on_batch(data, target)
    np.testing.assert_allclose(one, other, rtol=TRAINED, atol=TRAINED)
    for mine, its in zip(ours_model.get_weights(), theirs_model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, its, rtol=TRAINED, atol=TRAINED)


def modelled(names: tuple[Any, ...], layer: Any, data: Any) -> Any:
    """Return a model of a layer, and one number for each sample after it."""
    make_input, make_model, make_flatten, make_dense = names
    several = isinstance(data, list)
    places = [make_input(a.shape[1:], dtype=a.dtype.name) for a in (data if several else [data])]
    hidden = layer(places if several else places[0])
    first = hidden[0] if isinstance(hidden, (list, tuple)) else hidden
    output = make_dense(1)(make_flatten()(first))
    model = make_model(places if several else places[0], output)
    model.compile(optimizer="sgd", loss="mse")
    return model


def common(one: Any, other: Any) -> Any:
    """Return what of a configuration another has, too; both sides of defaults are told apart."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: common(item, other[key]) for key, item in one.items() if key in other}
    return one


def plain(config: Any) -> Any:
    """Return a configuration with lists for tuples, and without where classes come from.

    Keras rounds the factors of regularizers to float32.
    """
    if isinstance(config, float):
        return pytest.approx(config)
    if isinstance(config, dict):
        skipped = ("module", "registered_name", "name", "seed", "build_config", "dtype")
        skipped += ("input_axes", "output_axes", "backward_layer")
        return {key: plain(item) for key, item in config.items() if key not in skipped}
    return [plain(item) for item in config] if isinstance(config, (list, tuple)) else config

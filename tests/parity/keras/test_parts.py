"""Activations, initializers, regularizers, constraints and utilities against Keras's own."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value, gradients
from tinygrad_gates.keras import activations, constraints, initializers, random, regularizers, utils

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

BOUND = 2e-6
"""A few roundings of float32 to numbers of about 1."""


def named(table: Any) -> list[Any]:
    return [
        pytest.param(entry, number, id=f"{entry.__name__}-{number}")
        for entry in table
        if entry.__module__.startswith("tinygrad_gates")
        for number in range(len(entry.examples))
    ]


# ------------------------------------------------------------------------ activations


@pytest.mark.parametrize("name", sorted({function.__name__ for function in activations.registry}))
def test_activations_and_their_slopes(keras: Any, name: str) -> None:
    if name == "sparsemax":
        pytest.skip("Keras's rows do not add up to 1 where several entries are left")
    ours, theirs = getattr(activations, name), getattr(keras.activations, name)
    x = np.random.default_rng(0).normal(0, 2, (6, 8)).astype(np.float32)
    x[0] = [0.0, -0.0, 3.0, -3.0, 20.0, -20.0, 0.5, -0.5]  # kinks, and where things saturate
    value = Value(x)
    options = {"threshold": 0.1, "default_value": 0.3} if name == "threshold" else {}
    result = ours(value, **options)
    expected = theirs(keras.ops.convert_to_tensor(x), **options)
    np.testing.assert_allclose(
        result.numpy(), keras.ops.convert_to_numpy(expected), rtol=1e-5, atol=BOUND
    )
    assert result.dtype == np.float32
    if keras.backend.backend() == "torch":
        import torch

        leaf = torch.tensor(x, requires_grad=True)
        out = theirs(leaf, **options)
        mix = np.linspace(-1, 1, out.numel(), dtype=np.float32).reshape(out.shape)
        (out * torch.tensor(mix)).sum().backward()
        found = gradients((result * mix).sum(), [value])[0]
        differ = ~np.isclose(found, leaf.grad.numpy(), rtol=1e-4, atol=1e-5)
        kinks = np.isin(np.abs(x), [0, 0.5, 3.0]) if name not in ("softmax",) else differ
        assert not (differ & ~kinks).any(), x[differ]


def test_names_are_keras_s(keras: Any) -> None:
    ours = {function.__name__ for function in activations.registry}
    theirs = {n for n in dir(keras.activations) if callable(getattr(keras.activations, n))}
    missing = theirs - ours - {"get", "serialize", "deserialize"}
    assert not {n for n in missing if not hasattr(activations, n)}


# ------------------------------------------------------------------------ initializers


@pytest.mark.parametrize(("entry", "number"), named(initializers.Initializer.registry))
@pytest.mark.parametrize("shape", [(200, 150), (3, 3, 20, 30)])
def test_initializers_draw_from_the_same_distribution(
    twin: Any, keras: Any, entry: Any, number: int, shape: tuple[int, ...]
) -> None:
    ours = entry(**entry.examples[number].arguments)
    if entry.__name__ in ("Identity", "IdentityInitializer") and len(shape) > 2:
        pytest.skip("only matrices can be identities")
    tf.random.set_seed(3)
    keras.utils.set_random_seed(11)  # extremes of a free draw are now and then further apart
    mine = np.asarray(ours(shape))
    its = keras.ops.convert_to_numpy(twin(ours)(shape))
    assert mine.shape == its.shape
    assert mine.dtype == its.dtype
    spread = its.std() / np.sqrt(its.size)
    assert abs(mine.mean() - its.mean()) <= 8 * spread + 1e-7
    assert mine.std() == pytest.approx(its.std(), rel=0.03, abs=1e-7)
    for quantile in (0, 0.1, 0.5, 0.9, 1):
        wide = 0.3 if quantile in (0, 1) else 0.05  # extremes differ from draw to draw
        close = abs(np.quantile(mine, quantile) - np.quantile(its, quantile))
        assert close <= wide * max(abs(its).max(), 1e-7)


# ------------------------------------------------------------------------ penalties and limits


@pytest.mark.parametrize(("entry", "number"), named(regularizers.Regularizer.registry))
def test_regularizers(twin: Any, keras: Any, entry: Any, number: int) -> None:
    ours = entry(**entry.examples[number].arguments)
    weight = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    theirs = twin(ours)(keras.ops.convert_to_tensor(weight))
    found = ours(Value(weight))
    assert float(found) == pytest.approx(float(keras.ops.convert_to_numpy(theirs)), rel=1e-5)


@pytest.mark.parametrize(("entry", "number"), named(constraints.Constraint.registry))
def test_constraints(twin: Any, keras: Any, entry: Any, number: int) -> None:
    ours = entry(**entry.examples[number].arguments)
    weight = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    weight[:, 0] = 0.0
    theirs = twin(ours)(keras.ops.convert_to_tensor(weight))
    np.testing.assert_allclose(
        ours(weight), keras.ops.convert_to_numpy(theirs), rtol=BOUND, atol=BOUND
    )


@pytest.mark.parametrize(
    ("family", "identifier"),
    [
        ("initializers", "he_normal"), ("initializers", "glorot_uniform"),
        ("initializers", "zeros"),
        ("initializers", "one"), ("initializers", "uniform"), ("initializers", "lecun_normal"),
        ("initializers", "random_normal"), ("initializers", "truncated_normal"),
        ("regularizers", "l1"), ("regularizers", "L2"), ("regularizers", "OrthogonalRegularizer"),
        ("constraints", "max_norm"), ("constraints", "MaxNorm"), ("constraints", "unit_norm"),
        ("constraints", "non_neg"), ("constraints", "min_max_norm"),
        ("activations", "swish"), ("activations", "hard_sigmoid"), ("activations", None),
    ],
)  # fmt: skip
def test_names_mean_what_they_mean_in_keras(keras: Any, family: str, identifier: Any) -> None:
    try:
        theirs = getattr(keras, family).get(identifier)
    except ValueError:
        with pytest.raises(ValueError, match=r"Unknown|interpret"):
            getattr(tf.keras, family).get(identifier)
        return
    ours = getattr(tf.keras, family).get(identifier)
    names = [getattr(item, "__name__", type(item).__name__) for item in (ours, theirs)]
    assert names[0] == names[1]


# ------------------------------------------------------------------------ utilities


@pytest.mark.parametrize("numbers", [[0, 2, 1], [[0], [3]], [[0, 1], [2, 2]]])
@pytest.mark.parametrize("classes", [None, 5])
def test_to_categorical(keras: Any, numbers: Any, classes: int | None) -> None:
    mine = utils.to_categorical(numbers, classes)
    its = keras.utils.to_categorical(numbers, classes)
    np.testing.assert_array_equal(mine, its)
    assert mine.dtype == its.dtype


def test_normalize(keras: Any) -> None:
    x = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_allclose(utils.normalize(x), keras.utils.normalize(x), rtol=1e-6)


def test_public_names_are_keras_s(keras: Any) -> None:
    """Whatever is public here is public there, but for what is this package's own."""
    own = {
        "datasets": {"gates", "points", "make_moons", "make_circles", "make_spirals"},
        "losses": {
            "as_loss",
            "KLD",
            "MAE",
            "MAPE",
            "MSE",
            "MSLE",
            "kld",
            "mae",
            "mape",
            "mse",
            "msle",
            "logcosh",
            "kullback_leibler_divergence",
        },
        "metrics": {"for_shapes", "cosine_similarity"},
        "activations": {"registry"},
        "saving": {"model_from_json"},
        "callbacks": {"LivePlot", "WeightRecorder"},
    }
    for family in ("layers", "optimizers", "losses", "metrics", "callbacks", "activations",
                   "initializers", "regularizers", "constraints", "utils", "saving"):  # fmt: skip
        ours = set(getattr(tf.keras, family).__all__)
        theirs = set(dir(getattr(keras, family)))
        assert not ours - theirs - own.get(family, set()), family


@pytest.mark.parametrize(
    "ours",
    [
        initializers.Constant([[1.0, 2.0]]), initializers.Constant(np.eye(2, dtype=np.float32)),
        initializers.VarianceScaling(seed=3, input_axes=[0], output_axes=[1]),
        initializers.HeNormal(seed=random.SeedGenerator(4, name="mine")),
        initializers.Orthogonal(0.5),
    ],
    ids=lambda ours: type(ours).__name__,
)  # fmt: skip
def test_configurations_are_keras_s(twin: Any, keras: Any, ours: Any) -> None:
    theirs = twin(ours)
    config = json.loads(json.dumps(keras.initializers.serialize(theirs)))
    again = initializers.deserialize(config)
    assert again.get_config() == ours.get_config()
    drawn = keras.ops.convert_to_numpy(theirs((2, 2)))
    assert np.shape(again((2, 2))) == drawn.shape
    if not hasattr(ours, "seed"):
        np.testing.assert_array_equal(again((2, 2)), drawn)


@pytest.mark.parametrize("name", ["GlorotUniform", "HeNormal", "RandomNormal", "Orthogonal"])
@pytest.mark.parametrize("seed", [None, 7])
def test_calls_repeat_as_keras_s(keras: Any, name: str, seed: int | None) -> None:
    for api in (initializers, keras.initializers):
        one, other = (getattr(api, name)(seed=seed) for _ in range(2))
        first = np.asarray(one((3, 2)))
        assert np.array_equal(one((3, 2)), first)
        assert np.array_equal(other((3, 2)), first) == (seed is not None)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("gamma", (2.5,)), ("beta", (2.0, 0.5)), ("binomial", (9, 0.3)), ("randint", (-2, 5)),
        ("uniform", (-1.0, 2.0)), ("normal", (1.0, 2.0)), ("truncated_normal", (1.0, 2.0)),
    ],
)  # fmt: skip
def test_random_draws_have_keras_s_distribution(keras: Any, name: str, arguments: Any) -> None:
    mine, its = (
        np.asarray(getattr(api, name)((20_000,), *arguments, seed=3), float)
        for api in (random, keras.random)
    )
    bound = 5 * its.std() * (2 / its.size) ** 0.5
    assert abs(mine.mean() - its.mean()) < bound
    assert mine.std() == pytest.approx(its.std(), rel=0.04)

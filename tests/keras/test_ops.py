"""`keras.ops` by itself: kinds of arguments and results, loops, places, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value
from tinygrad_gates.keras import Input, Layer, Model, layers, ops

X = np.linspace(0.2, 0.9, 12).reshape(3, 4)

# ------------------------------------------------------------------------ arguments and results


@pytest.mark.parametrize("given", [[1.0, 2.0], (1, 2), np.ones(2), Value([1.0, 2.0])])
def test_what_has_numbers_is_taken(given: Any) -> None:
    result = ops.exp(given)
    assert isinstance(result, Value)
    np.testing.assert_allclose(result.numpy(), np.exp(np.asarray(ops.convert_to_numpy(given))))


DTYPES: dict[str, tuple[Any, str]] = {
    "a list of floats": (lambda: ops.add([1.0], 1), "float32"),
    "a list of integers": (lambda: ops.add([1], 1), "int32"),
    "integers divided": (lambda: ops.divide([1], 2), "float32"),
    "integers and floats": (
        lambda: ops.add(np.ones(1, np.int64), np.ones(1, np.float32)),
        "float32",
    ),
    "floats and half": (lambda: ops.multiply(np.ones(1, np.float32), 0.5), "float32"),
    "doubles": (lambda: ops.sqrt(np.ones(1)), "float64"),
    "a mean of integers": (lambda: ops.mean([1, 2]), "float32"),
    "a sum of truth": (lambda: ops.sum([True, True]), "int32"),
    "places": (lambda: ops.argmax([1.0, 2.0]), "int32"),
    "zeros": (lambda: ops.zeros((2,)), "float32"),
    "a range": (lambda: ops.arange(3), "int32"),
    "told": (lambda: ops.ones((2,), dtype="float64"), "float64"),
    "truth": (lambda: ops.greater([1.0], 0.5), "bool"),
}


@pytest.mark.parametrize("name", DTYPES)
def test_dtypes_are_keras_s(name: str) -> None:
    make, expected = DTYPES[name]
    assert make().dtype == expected


def test_lists_of_values_and_of_axes_are_taken() -> None:
    x = Value(X)
    tf.assert_gradients(lambda x: ops.mean([x[0], 2 * x[1]], axis=[0, 1]), X)
    np.testing.assert_allclose(ops.convert_to_tensor([[x[0, 0], 3.0]]).numpy(), [[X[0, 0], 3]])
    for reduce in (ops.sum, ops.max, ops.all, ops.std, ops.nansum, ops.nanmean, ops.quantile):
        options = {"q": 0.5} if reduce is ops.quantile else {}
        assert reduce(x, axis=[0, 1], **options).shape == ()


def test_floats_follow_floatx() -> None:
    tf.keras.config.set_floatx("float64")
    try:
        assert ops.zeros((1,)).dtype == np.float64
        assert ops.mean([1, 2]).dtype == np.float64
    finally:
        tf.keras.config.set_floatx("float32")


# ------------------------------------------------------------------------ gradients, in float64

IDS = np.array([1, 0, 1])
SLOPES: dict[str, Any] = {
    "where": lambda x: ops.where(x > 0.5, x**2, 0.0),
    "nan_to_num": lambda x: ops.nan_to_num(x) ** 2,
    "divide_no_nan": lambda x: ops.divide_no_nan(1.0, x),
    "quantile": lambda x: ops.quantile(x, [0.3, 0.6], axis=1),
    "nanvar": lambda x: ops.nanvar(np.where(np.eye(3, 4) > 0, np.nan, x), axis=1),
    "scatter": lambda x: ops.scatter([[0], [2], [0]], x, (4, 4)),
    "scatter_update": lambda x: ops.scatter_update(x, [[0], [0]], 2 * x[:2]),
    "scatter_update max": lambda x: ops.scatter_update(x, [[0], [0]], 2 * x[:2], reduction="max"),
    "slice_update": lambda x: ops.slice_update(x, [1, 1], x[:2, :2] ** 2),
    "segment_sum": lambda x: ops.segment_sum(x, IDS),
    "segment_max": lambda x: ops.segment_max(x, IDS, num_segments=2),
    "top_k": lambda x: ops.top_k(x, 2)[0],
    "erfinv": ops.erfinv,
    "cdist": lambda x: ops.cdist(x, 3 * x[:2]),
    "correlate": lambda x: ops.correlate(x[0], x[1, :2], mode="full"),
    "corrcoef": ops.corrcoef,
    "vander": lambda x: ops.vander(x[0]),
    "batch_normalization": lambda x: ops.batch_normalization(x, x[0], x[1], -1, x[2], x[1]),
    "layer_normalization": lambda x: ops.layer_normalization(x, x[0], x[1]),
    "rms_normalization": lambda x: ops.rms_normalization(x, x[0]),
    "normalize": lambda x: ops.normalize(x, order=3),
    "attention": lambda x: ops.dot_product_attention(*[x.reshape(1, 3, 2, 2)] * 3, is_causal=True),
    "average_pool": lambda x: ops.average_pool(x.reshape(1, 6, 2), 2, padding="same"),
    "map": lambda x: ops.map(lambda row: row**2, x),
    "scan": lambda x: ops.scan(lambda total, row: (total + row, total * row), x[0], x),
    "associative_scan": lambda x: ops.associative_scan(lambda a, b: a * b, x, axis=1),
    "fori_loop": lambda x: ops.fori_loop(0, 3, lambda _, y: y * x, x),
    "while_loop": lambda x: ops.while_loop(lambda y: y.sum() < 20, lambda y: (y * 2,), (x,)),
    "cond": lambda x: ops.cond(x.sum() > 0, lambda: x**2, lambda: x),
    "switch": lambda x: ops.switch(7, [lambda y: y, lambda y: y**3], x),
}


@pytest.mark.parametrize("name", SLOPES)
def test_gradients(name: str) -> None:
    tf.assert_gradients(SLOPES[name], X)


def test_a_gradient_of_one_s_own() -> None:
    @ops.custom_gradient
    def clipped(x: Any) -> Any:
        return ops.clip(x, 0, 1), lambda upstream: upstream

    x = Value([2.0, 0.5])
    (clipped(x) * 3).sum().backward()
    np.testing.assert_array_equal(x.grad, [3, 3])


def test_no_gradient_flows_through_stop_gradient() -> None:
    x = Value(3.0)
    (x * ops.stop_gradient(x)).backward()
    assert x.grad == 3


# ------------------------------------------------------------------------ in layers and models


class Cosine(Layer):
    """How well inputs fit each of some directions."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")

    def call(self, inputs: Any) -> Any:
        one, other = ops.normalize(inputs), ops.normalize(self.kernel, axis=0)
        return ops.softmax(5.0 * ops.matmul(one, other))


def test_a_layer_of_one_s_own_learns() -> None:
    tf.random.set_seed(3)
    x = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    model = tf.keras.Sequential([Input((2,)), Cosine(2)])
    model.compile(tf.keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy", metrics=["acc"])
    assert model.fit(x, y, epochs=30, verbose=0).history["acc"][-1] > 0.9


PLACES: dict[str, Any] = {
    "one of NumPy's": lambda x: ops.sum(ops.exp(x), axis=1, keepdims=True),
    "one of its own": lambda x: ops.layer_normalization(x),
    "several results": lambda x: ops.top_k(x, 2)[0],
    "with a function": lambda x: ops.map(lambda row: 2 * row, x),
    "a scan": lambda x: ops.scan(lambda total, row: (total + row, row), np.zeros(4), x)[1],
    "with numbers": lambda x: ops.where(ops.greater(x, 0.5), x, 0.0),
    "shaped": lambda x: ops.reshape(ops.concatenate([x, x], axis=-1), (-1, 2, 4)),
    "of networks": lambda x: ops.one_hot(ops.argmax(x, axis=-1), 4),
}


@pytest.mark.parametrize("name", PLACES)
def test_places_are_taken(name: str) -> None:
    place = Input((4,))
    model = Model(place, layers.Identity()(PLACES[name](place)))
    x = X.astype(np.float32)
    expected = ops.convert_to_numpy(PLACES[name](x))
    np.testing.assert_allclose(model(x).numpy(), expected, rtol=1e-6)
    assert model.output_shape[1:] == expected.shape[1:]


# ------------------------------------------------------------------------ names


def test_names_are_found_where_keras_has_them() -> None:
    assert ops.numpy.add is ops.add
    assert ops.nn.relu is ops.relu
    assert ops.nn.conv is ops.conv
    assert ops.linalg.det is ops.det
    assert set(ops.__all__) <= set(dir(ops))


REFUSED: dict[str, tuple[Any, str]] = {
    "complex numbers": (lambda: ops.fft, "has no keras.ops.fft: it needs complex numbers"),
    "not here": (lambda: ops.ctc_loss, "has no keras.ops.ctc_loss: it is not supported"),
    "unknown": (lambda: ops.summ, "has no keras.ops.summ"),
    "sparse": (lambda: ops.one_hot([1], 2, sparse=True), "sparse=True is not supported"),
    "ragged": (lambda: ops.convert_to_tensor([1.0], ragged=True), "ragged"),
    "half of where": (lambda: ops.where([True], 1.0), "both x1 and x2, or neither"),
    "a share": (lambda: ops.quantile([1.0], 2.0), "quantile: q=2.0 has to be a share"),
    "a method": (lambda: ops.quantile([1.0], 0.5, method="near"), "method='near'"),
    "k": (lambda: ops.top_k([1.0], 2), "k=2 has to be from 0 to 1"),
    "a rectangle": (lambda: ops.inv(np.ones((2, 3))), r"inv: square.*shape \(2, 3\)"),
    "a slice": (lambda: ops.slice(np.ones(3), [0], [4]), r"\(4,\) is larger than \(3,\)"),
    "axes of a slice": (lambda: ops.slice([1.0], [0, 0], [1, 1]), "a number for each axis"),
    "a reduction": (
        lambda: ops.scatter_update([1.0], [[0]], [1.0], reduction="mean"), "reduction='mean'",
    ),
    "parts": (lambda: ops.unstack([1.0, 2.0], num=3), "num=3, and along axis 0 there are 2"),
    "steps": (lambda: ops.scan(lambda a, b: (a, b), 0.0), "number of steps as length"),
    "shapes": (lambda: ops.binary_crossentropy([1.0], [[0.5]]), r"shape \(1,\) and output \(1, 1"),
    "a kernel": (lambda: ops.conv(np.ones((1, 5, 2)), np.ones((3, 2))), "a kernel with 3 axes"),
    "channels": (lambda: ops.max_pool(np.ones((1, 5, 2)), 2, data_format="x"), "data_format='x'"),
    "a window": (lambda: ops.max_pool(np.ones((1, 2, 2)), 3), "length 3 does not fit"),
    "an argument": (lambda: ops.tile(X), r"tile: takes \(x, repeats\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_named(name: str) -> None:
    call, message = REFUSED[name]
    with pytest.raises((ValueError, TypeError, AttributeError), match=message):
        call()

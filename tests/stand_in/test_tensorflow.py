"""TensorFlow's functions give what TensorFlow gives: numbers, dtypes, shapes, gradients."""

from __future__ import annotations

import logging
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates
from tinygrad_gates import Value, keras, random
from tinygrad_gates.stand_in.tensorflow import Variable, tensorflow

tf: Any = tensorflow()[0]
A = tf.constant([[1.0, 2.0], [3.0, 4.0]])
B = tf.ones((2, 2))

# What a call gives: its numbers and its dtype; float32 where nothing is said.
CALLS: dict[str, tuple[Any, ...]] = {
    "constant([1, 2])": ([1, 2], "int32"),
    "constant(1.5, shape=[2])": ([1.5, 1.5],),
    "constant([1, 2], dtype=tf.float32, shape=(2, 1))": ([[1], [2]],),
    "constant(np.array([1.0]))": ([1], "float64"),
    "convert_to_tensor([A[0], A[1]])": ([[1, 2], [3, 4]],),
    "zeros([2])": ([0, 0],),
    "zeros(tf.shape(A), tf.int32)": ([[0, 0], [0, 0]], "int32"),
    "fill([2], 9)": ([9, 9], "int32"),
    "eye(2)": ([[1, 0], [0, 1]],),
    "range(3)": ([0, 1, 2], "int32"),
    "range(1, 10, 4)": ([1, 5, 9], "int32"),
    "range(0.0, 1.0, 0.5)": ([0, 0.5],),
    "linspace(0.0, 1.0, 3)": ([0, 0.5, 1],),
    "one_hot([0, 2], 3)": ([[1, 0, 0], [0, 0, 1]],),
    "one_hot([1], depth=2, on_value=5.0, off_value=-1.0)": ([[-1, 5]],),
    "cast(A, tf.int32)": ([[1, 2], [3, 4]], "int32"),
    "cast([1, 2], 'float32')": ([1, 2],),
    "reshape(tensor=A, shape=[-1])": ([1, 2, 3, 4],),
    "transpose(A)": ([[1, 3], [2, 4]],),
    "shape(tf.transpose(tf.zeros([2, 3, 4]), perm=[1, 0, 2]))": ([3, 2, 4], "int64"),
    "expand_dims([1, 2], axis=-1)": ([[1], [2]], "int32"),
    "squeeze([[1.0]])": (1,),
    "broadcast_to([1.0], [2])": ([1, 1],),
    "concat([A, B], axis=1)": ([[1, 2, 1, 1], [3, 4, 1, 1]],),
    "stack([1, 2])": ([1, 2], "int32"),
    "unstack(A)[1]": ([3, 4],),
    "split(tf.range(6), 3)[1]": ([2, 3], "int32"),
    "split(A, [1, -1], axis=1)[1]": ([[2], [4]],),
    "gather(A, [1, 0])": ([[3, 4], [1, 2]],),
    "gather(A, [0], axis=1)": ([[1], [3]],),
    "nn.embedding_lookup(A, tf.constant([1]))": ([[3, 4]],),
    "boolean_mask(A, [True, False])": ([[1, 2]],),
    "tile([[1, 2]], [2, 1])": ([[1, 2], [1, 2]], "int32"),
    "pad(A, [[1, 0], [0, 0]])": ([[0, 0], [1, 2], [3, 4]],),
    "reverse([1, 2, 3], axis=[0])": ([3, 2, 1], "int32"),
    "roll([1, 2, 3], shift=1, axis=0)": ([3, 1, 2], "int32"),
    "sort([3, 1, 2])": ([1, 2, 3], "int32"),
    "argsort([3.0, 1.0, 2.0], direction='DESCENDING')": ([0, 2, 1], "int32"),
    "argmax(A, axis=1)": ([1, 1], "int64"),
    "argmax([1, 5, 2])": (1, "int64"),
    "argmin(A, 0, output_type=tf.int32)": ([0, 0], "int32"),
    "rank(A)": (2, "int32"),
    "size(A)": (4, "int32"),
    "add(A, 1)": ([[2, 3], [4, 5]],),
    "add(1, 2)": (3, "int32"),
    "subtract(A, [1.0, 1.0])": ([[0, 1], [2, 3]],),
    "matmul(A, B, transpose_a=True)": ([[4, 4], [6, 6]],),
    "einsum('ij,jk->ik', A, B)": ([[3, 3], [7, 7]],),
    "tensordot(A, B, axes=1)": ([[3, 3], [7, 7]],),
    "add_n([A, B, B])": ([[3, 4], [5, 6]],),
    "sqrt(4.0)": (2,),
    "where(A > 2, A, tf.zeros_like(A))": ([[0, 0], [3, 4]],),
    "clip_by_value(A, 2.0, 3.0)": ([[2, 2], [3, 3]],),
    "clip_by_norm([3.0, 4.0], 1.0)": ([0.6, 0.8],),
    "clip_by_global_norm([tf.constant([3.0]), tf.constant([4.0])], 1.0)[0][1]": ([0.8],),
    "linalg.global_norm([tf.constant(3.0), tf.constant(4.0)])": (5,),
    "norm([3.0, 4.0])": (5,),
    "norm(A, ord=1, axis=0)": ([4, 6],),
    "reduce_sum(A, axis=[0, 1])": (10,),
    "reduce_sum([1, 2])": (3, "int32"),
    "reduce_mean([1.0, 2.0])": (1.5,),
    "reduce_mean([1, 2])": (1, "int32"),
    "reduce_max(input_tensor=A, axis=1, keepdims=True)": ([[2], [4]],),
    "math.reduce_std([1.0, 3.0])": (1,),
    "math.reduce_variance([1.0, 5.0])": (4,),
    "math.cumsum([[1.0, 2.0], [3.0, 4.0]])": ([[1, 2], [4, 6]],),
    "math.squared_difference([1.0], [3.0])": ([4],),
    "math.l2_normalize([3.0, 4.0])": ([0.6, 0.8],),
    "math.log([1.0])": ([0],),
    "nn.relu([-1.0, 1.0], name='r')": ([0, 1],),
    "nn.leaky_relu([-1.0])": ([-0.2],),
    "nn.gelu([0.0, 1.0])": ([0, 0.841345],),
    "nn.softmax([[0.0, 0.0]])": ([[0.5, 0.5]],),
    "nn.sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[2.0])": ([0.126928],),
    "nn.softmax_cross_entropy_with_logits([[0.0, 1.0]], [[1.0, 2.0]])": ([0.313262],),
    "nn.sparse_softmax_cross_entropy_with_logits([1], [[1.0, 2.0]])": ([0.313262],),
    "nn.l2_loss(A)": (15,),
    "nn.moments(A, axes=[0])[1]": ([1, 1],),
    "cond(tf.constant(True), lambda: A[0], lambda: B)": ([1, 2],),
    "map_fn(lambda row: row[0], A)": ([1, 3],),
    "identity([1.0])": ([1],),
    "Variable(0)": (0, "int32"),
    "Variable([1.0]).assign_add([2.0])": ([3],),
    "Variable(initial_value=lambda: tf.zeros((1,)), name='v')": ([0],),
    "Variable(2.0).value()": (2,),
}


@pytest.mark.parametrize("call", CALLS)
def test_functions(call: str) -> None:
    numbers, dtype = (*CALLS[call], "float32")[:2]
    result = eval(f"tf.{call}", {"tf": tf, "A": A, "B": B, "np": np})
    if not isinstance(result, tuple):  # as the lengths of axes are
        assert isinstance(result.numpy(), (np.ndarray, np.generic))
        assert result.dtype == dtype
        result = result.numpy()
    np.testing.assert_allclose(result, numbers, rtol=1e-5)


def test_gradients_flow_through_lists_and_functions() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum([tf.square(x), tf.concat([x[:1], 3 * x[1:]], axis=0)])
    np.testing.assert_allclose(tape.gradient(y, x), [3, 7])


def test_functions_are_steps_of_models() -> None:
    inputs = tf.keras.Input((2,))
    outputs = tf.concat([tf.nn.relu(inputs), tf.square(inputs)], axis=-1)
    model = tf.keras.Model(inputs, tf.reduce_sum(outputs, axis=1, keepdims=True))
    np.testing.assert_allclose(model.predict(np.array([[-1.0, 2.0]]), verbose=0), [[7]])


@pytest.mark.parametrize("activation", [tf.nn.relu, tf.tanh, tf.nn.softmax, tf.nn.leaky_relu])
def test_functions_are_activations_that_are_saved(activation: Any, tmp_path: Path) -> None:
    model = keras.Sequential([keras.layers.Dense(2, activation=activation, input_shape=(2,))])
    expected = model.predict(A, verbose=0)
    model.save(tmp_path / "model.keras")
    for again in (
        keras.saving.load_model(tmp_path / "model.keras"),
        pickle.loads(pickle.dumps(model)),
    ):
        np.testing.assert_array_equal(again.predict(A, verbose=0), expected)
    assert tf.nn.softmax(np.array([0.0, 0.0])).numpy().tolist() == [0.5, 0.5]


def test_random_numbers_are_tensorflow_s() -> None:
    tf.random.set_seed(777)
    draws = tf.random.normal([2]), tf.random.uniform((2,), 0, 9, dtype=tf.int32)
    random.set_seed(777)
    expected = random.normal([2]), random.uniform([2], 0, 9, dtype=np.int32)
    for ours, theirs in zip(draws, expected, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs)
    assert sorted(tf.random.shuffle(tf.range(5)).tolist()) == [0, 1, 2, 3, 4]


def test_the_machine_has_one_processor_and_nothing_to_set_up() -> None:
    assert tf.config.list_physical_devices("GPU") == []
    assert len(tf.config.list_physical_devices()) == 1
    tf.config.run_functions_eagerly(True)
    with tf.device("/GPU:0"):
        assert tf.executing_eagerly()
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    assert tf.get_logger().level == logging.ERROR


def test_names_that_keras_has_too() -> None:
    assert tf.keras.layers is keras.layers
    assert tf.keras.__version__ == keras.__version__
    assert tf.losses is keras.losses
    assert tf.optimizers.Adam is keras.optimizers.Adam
    assert tf.Tensor is Value
    assert tf.is_tensor(A)
    assert not tf.is_tensor(1)
    assert issubclass(Variable, keras.Variable)


def test_tensors_become_arrays_and_copies_as_tensorflow_s_do() -> None:
    loss = tf.square(tf.Variable([1.0, 2.0]))
    with tinygrad_gates.as_keras():
        np.testing.assert_array_equal(np.mean([loss, loss], axis=0), [1, 4])
        copied = pickle.loads(pickle.dumps(loss))
    assert (copied.tolist(), copied.requires_grad) == ([1, 4], False)


# ------------------------------------------------------------------------ GradientTape


def test_sources_that_do_not_matter_have_no_gradient() -> None:
    x, other, frozen = tf.Variable(3.0), tf.Variable(1.0), tf.Variable(1.0, trainable=False)
    constant = tf.constant(2.0)
    sources = {"x": x, "others": [other, frozen, constant]}
    with tf.GradientTape(persistent=True) as tape:
        y = x * x * constant * frozen
    gradients = tape.gradient(y, sources)
    assert float(gradients["x"]) == 12
    assert gradients["others"] == [None, None, None]
    zeros = tape.gradient(y, sources, unconnected_gradients="zero")["others"]
    assert [float(zero) for zero in zeros] == [0, 0, 0]


def test_a_gradient_of_zero_is_one() -> None:
    x = tf.Variable([-1.0, -2.0])
    with tf.GradientTape() as tape:
        y = tf.nn.relu(x)
    assert tape.gradient(y, x).tolist() == [0, 0]


def test_constants_are_watched() -> None:
    x = tf.constant([1.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    assert tape.gradient(z, x).tolist() == [4, 108]
    assert tape.gradient([y, y], [x])[0].tolist() == [4, 12]
    assert tape.gradient(y, x, output_gradients=tf.constant([1.0, 10.0])).tolist() == [2, 60]
    with pytest.raises(ValueError, match="a tensor of floats is needed"):
        tape.watch(tf.constant(1))


def test_a_tape_is_used_once_unless_it_is_persistent() -> None:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    assert float(tape.gradient(y, x)) == 6
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, x)


def test_what_is_not_recorded_has_no_gradient() -> None:
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        squared = x * x
        with tape.stop_recording():
            apart = y * y
        z = squared + apart
    gradients = tape.gradient(z, [x, y])
    assert (float(gradients[0]), gradients[1]) == (4, None)


def test_tapes_in_one_another_give_second_derivatives() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**3
        slope = inner.gradient(y, x)
        penalty = slope * slope
    assert float(slope) == 12
    assert float(outer.gradient(penalty, x)) == 2 * 12 * 12


def test_jacobians() -> None:
    x, other = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = tf.stack([x * x, x])
    jacobian, none = tape.jacobian(y, [x, other])
    assert none is None
    np.testing.assert_allclose(jacobian, [np.diag([2.0, 4.0, 6.0]), np.eye(3)])


# ------------------------------------------------------------------------ tf.keras.backend

K: Any = tf.keras.backend

BACKEND: dict[str, tuple[Any, ...]] = {
    "mean(A, axis=-1)": ([1.5, 3.5],),
    "sum(K.round(K.clip(A * 0.3, 0, 1)))": (3,),
    "square(A)": ([[1, 4], [9, 16]],),
    "var([1.0, 5.0])": (4,),
    "argmax(A)": ([1, 1], "int64"),
    "cast(K.greater(A, 2), 'float32')": ([[0, 0], [1, 1]],),
    "concatenate([A, B])": ([[1, 2, 1, 1], [3, 4, 1, 1]],),
    "expand_dims([1.0, 2.0])": ([[1], [2]],),
    "one_hot(tf.constant([1]), 2)": ([[0, 1]],),
    "permute_dimensions(A, (1, 0))": ([[1, 3], [2, 4]],),
    "flatten(A)": ([1, 2, 3, 4],),
    "batch_flatten(K.zeros((2, 1, 2)))": ([[0, 0], [0, 0]],),
    "dot(A, B)": ([[3, 3], [7, 7]],),
    "shape(K.dot(K.ones((2, 3, 4)), K.ones((5, 4, 6))))": ([2, 3, 5, 6], "int64"),
    "relu([-1.0, 1.0])": ([0, 1],),
    "softmax([[0.0, 0.0]])": ([[0.5, 0.5]],),
    "l2_normalize([3.0, 4.0])": ([0.6, 0.8],),
    "switch(A > 2, A, B)": ([[1, 1], [3, 4]],),
    "switch(True, lambda: A, lambda: B)": ([[1, 2], [3, 4]],),
    "binary_crossentropy(tf.constant([1.0]), tf.constant([0.5]))": ([0.693147],),
    "binary_crossentropy([1.0], [2.0], from_logits=True)": ([0.126928],),
    "categorical_crossentropy(tf.constant([[0.0, 1.0]]), [[0.5, 0.5]])": ([0.693147],),
    "sparse_categorical_crossentropy([1], [[1.0, 2.0]], from_logits=True)": ([0.313262],),
    "constant(2)": (2,),
    "variable([1, 2])": ([1, 2],),
    "constant(K.get_value(K.variable(2)))": (2,),
    "constant(K.cast_to_floatx(np.array([1.0])))": ([1],),
}


@pytest.mark.parametrize("call", BACKEND)
def test_the_backend_of_keras_2(call: str) -> None:
    numbers, dtype = (*BACKEND[call], "float32")[:2]
    result = eval(f"K.{call}", {"K": K, "tf": tf, "A": A, "B": B, "np": np})
    if not isinstance(result, tuple):
        assert result.dtype == dtype
        result = result.numpy()
    np.testing.assert_allclose(result, numbers, rtol=1e-5)


def test_what_the_backend_tells_and_changes() -> None:
    inputs = tf.keras.Input((2, 3))
    assert (K.int_shape(inputs), K.ndim(inputs)) == ((None, 2, 3), 3)
    weight = K.variable(1.0)
    K.set_value(weight, 0.5)
    assert K.get_value(weight) == 0.5
    assert (K.epsilon(), K.floatx()) == (1e-7, "float32")
    assert K.random_normal((2,)).dtype == "float32"
    assert K.random_uniform((2,), dtype="float64").dtype == "float64"
    with pytest.raises(AttributeError, match=r"has no tf\.keras\.backend\.learning_phase"):
        K.learning_phase()

"""What Keras refuses is refused here, and what it takes is taken."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import trees

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

X = np.ones((4, 3), np.float32)
IMAGE = np.ones((2, 6, 6, 1), np.float32)
STEPS = np.ones((2, 5, 3), np.float32)


def compiled(k: Any, loss: Any = "mse", **options: Any) -> Any:
    model = k.Sequential([k.Input((3,)), k.layers.Dense(1)])
    model.compile("sgd", loss, **options)
    return model


CALLS = {
    # layers: arguments
    "Dense(-1)": lambda k: k.layers.Dense(-1),
    "Dense(0)": lambda k: k.layers.Dense(0),
    "Dense(1.5)": lambda k: k.layers.Dense(1.5)(X),
    "Dense('3')": lambda k: k.layers.Dense("3"),
    "Dense(None)": lambda k: k.layers.Dense(None),
    "Dense(activation)": lambda k: k.layers.Dense(1, activation="unknown"),
    "Dense(initializer)": lambda k: k.layers.Dense(1, kernel_initializer="unknown"),
    "Dense(regularizer)": lambda k: k.layers.Dense(1, kernel_regularizer="unknown"),
    "Dense(constraint)": lambda k: k.layers.Dense(1, bias_constraint="unknown"),
    "Dense(unknown)": lambda k: k.layers.Dense(1, unknown=2),
    "Activation()": lambda k: k.layers.Activation("unknown"),
    "Dropout(1.5)": lambda k: k.layers.Dropout(1.5),
    "Dropout(-0.5)": lambda k: k.layers.Dropout(-0.5),
    "GaussianNoise(2)": lambda k: k.layers.GaussianNoise(2.0),
    "GaussianDropout(-1)": lambda k: k.layers.GaussianDropout(-1.0),
    "AlphaDropout(2)": lambda k: k.layers.AlphaDropout(2.0),
    "SpatialDropout1D(2)": lambda k: k.layers.SpatialDropout1D(2.0),
    "Embedding(0, 2)": lambda k: k.layers.Embedding(-1, 2).build(),
    "RepeatVector('2')": lambda k: k.layers.RepeatVector("2"),
    "RepeatVector(1.5)": lambda k: k.layers.RepeatVector(1.5),
    "Permute((0, 1))": lambda k: k.layers.Permute((0, 1)),
    "Permute((1, 3))": lambda k: k.layers.Permute((1, 3)),
    "Reshape(7)": lambda k: k.layers.Reshape((7,))(X),
    "Reshape(-1, -1)": lambda k: k.layers.Reshape((-1, -1))(X),
    "LeakyReLU(None)": lambda k: k.layers.LeakyReLU(None),
    "LeakyReLU(-1)": lambda k: k.layers.LeakyReLU(-1.0),
    "ReLU(max_value)": lambda k: k.layers.ReLU(max_value=-1.0),
    "ReLU(negative_slope)": lambda k: k.layers.ReLU(negative_slope=-1.0),
    "ReLU(threshold)": lambda k: k.layers.ReLU(threshold=-1.0),
    "Conv2D(0, 3)": lambda k: k.layers.Conv2D(0, 3),
    "Conv2D(-1, 3)": lambda k: k.layers.Conv2D(-1, 3),
    "Conv2D(1, 0)": lambda k: k.layers.Conv2D(1, 0),
    "Conv2D(1, (3, 3, 3))": lambda k: k.layers.Conv2D(1, (3, 3, 3)),
    "Conv2D(strides=0)": lambda k: k.layers.Conv2D(1, 3, strides=0),
    "Conv2D(strides, dilation)": lambda k: k.layers.Conv2D(1, 3, strides=2, dilation_rate=2),
    "Conv2D(padding)": lambda k: k.layers.Conv2D(1, 3, padding="wide"),
    "Conv2D(causal)": lambda k: k.layers.Conv2D(1, 3, padding="causal"),
    "Conv2D(data_format)": lambda k: k.layers.Conv2D(1, 3, data_format="first"),
    "Conv2D(groups)": lambda k: k.layers.Conv2D(3, 3, groups=2),
    "Conv2D(groups=0)": lambda k: k.layers.Conv2D(3, 3, groups=0),
    "Conv2D(large)": lambda k: k.layers.Conv2D(1, 9)(IMAGE),
    "MaxPooling2D(0)": lambda k: k.layers.MaxPooling2D(0),
    "MaxPooling2D(padding)": lambda k: k.layers.MaxPooling2D(2, padding="x"),
    "AveragePooling1D(strides)": lambda k: k.layers.AveragePooling1D(2, strides=-1),
    "ZeroPadding2D(3-tuple)": lambda k: k.layers.ZeroPadding2D((1, 2, 3)),
    "ZeroPadding1D(-1)": lambda k: k.layers.ZeroPadding1D(-1),
    "LayerNormalization(axis)": lambda k: k.layers.LayerNormalization(axis="last"),
    "BatchNormalization(axis)": lambda k: k.layers.BatchNormalization(axis=5)(X),
    "Normalization(mean)": lambda k: k.layers.Normalization(mean=1.0),
    "Normalization of nothing": lambda k: k.layers.Normalization().adapt([]),
    "Normalization of numbers": lambda k: k.layers.Normalization().adapt(iter([4])),
    "Normalization(axis)": lambda k: k.layers.Normalization(axis=3)(X),
    "LayerNormalization(axis=2)": lambda k: k.layers.LayerNormalization(axis=2)(X),
    "ReLU(negative_slope=None)": lambda k: k.layers.ReLU(negative_slope=None),
    "ReLU(threshold=None)": lambda k: k.layers.ReLU(threshold=None),
    "Dropout(noise_shape='ab')": lambda k: k.layers.Dropout(0.5, noise_shape="ab"),
    "Dropout(noise_shape=3)": lambda k: k.layers.Dropout(0.5, noise_shape=3),
    "Dropout(noise_shape=(0, 1))": lambda k: k.layers.Dropout(0.5, noise_shape=(0, 1)),
    "Dropout(noise_shape=(1.5,))": lambda k: k.layers.Dropout(0.5, noise_shape=(1.5,)),
    "Reshape(-2)": lambda k: k.layers.Reshape((-2, 3)),
    "Dot(axes=0)": lambda k: k.layers.Dot(axes=0)([X, X]),
    "Dot(axes=5)": lambda k: k.layers.Dot(axes=5)([X, X]),
    "Dot(axes=(1, 2, 3))": lambda k: k.layers.Dot(axes=(1, 2, 3)),
    "Dot(axes=1.0)": lambda k: k.layers.Dot(axes=1.0),
    "Concatenate(axis=3)": lambda k: k.layers.Concatenate(axis=3)([X, X]),
    "Add of batches": lambda k: k.layers.Add()([
        k.Input(batch_shape=(2, 3)), k.Input(batch_shape=(4, 3))]),
    "PReLU(shared_axes)": lambda k: k.layers.PReLU(shared_axes=[3])(X),
    "Input(batch_size, batch_shape)": lambda k: k.Input(batch_size=2, batch_shape=(2, 3)),
    "Input(tensor=array)": lambda k: k.Input(tensor=X),
    "Input(shape, tensor)": lambda k: k.Input(shape=(4,), tensor=k.Input((3,))),
    "Input(dtype, tensor)": lambda k: k.Input(dtype="int32", tensor=k.Input((3,))),
    "LSTM(0)": lambda k: k.layers.LSTM(0),
    "GRU(-1)": lambda k: k.layers.GRU(-1),
    "SimpleRNN(dropout)": lambda k: k.layers.SimpleRNN(2, dropout="x")(STEPS),
    "Bidirectional(Dense)": lambda k: k.layers.Bidirectional(k.layers.Dense(1)),
    "Bidirectional(merge)": lambda k: k.layers.Bidirectional(k.layers.LSTM(1), merge_mode="x"),
    "TimeDistributed(1)": lambda k: k.layers.TimeDistributed(1),
    "RNN(no cell)": lambda k: k.layers.RNN(k.layers.Dense(1)),
    "Lambda(1)": lambda k: k.layers.Lambda(1)(X),
    "Input()": lambda k: k.Input(),
    "Input(twice)": lambda k: k.Input(shape=(2,), batch_shape=(None, 2)),
    "InputSpec": lambda k: k.layers.Dense(1, input_shape=(3,))(k.Input(())),
    # layers: calls
    "Dense on a vector": lambda k: k.layers.Dense(1)(X[0]),
    "Dense on another width": lambda k: _twice(k.layers.Dense(1), X, X[:, :2]),
    "Conv2D on a matrix": lambda k: k.layers.Conv2D(1, 3)(X),
    "Conv1D on an image": lambda k: k.layers.Conv1D(1, 3)(IMAGE),
    "LSTM on a matrix": lambda k: k.layers.LSTM(2)(X),
    "LSTM on images": lambda k: k.layers.LSTM(2)(IMAGE),
    "Softmax(mask)": lambda k: k.layers.Softmax()(X, mask=np.ones((4, 2), bool)),
    "Softmax(deep mask)": lambda k: k.layers.Softmax()(X, mask=np.ones((1, 4, 3), bool)),
    "BatchNormalization(mask)": lambda k: k.layers.BatchNormalization()(
        STEPS, mask=np.ones(2, bool)),
    "TimeDistributed(mask)": lambda k: k.layers.TimeDistributed(k.layers.Dense(1))(
        STEPS, mask=np.ones((2, 4), bool)),
    "Add(mask)": lambda k: k.layers.Add().compute_mask([X, X], np.ones((4, 3), bool)),
    "Add(masks)": lambda k: k.layers.Add().compute_mask([X, X], [None]),
    "a lambda's configuration": lambda k: k.layers.Lambda.from_config(
        k.layers.Lambda(lambda x: x).get_config()),
    "MaxPooling2D on steps": lambda k: k.layers.MaxPooling2D()(STEPS),
    "GlobalMaxPooling1D on a matrix": lambda k: k.layers.GlobalMaxPooling1D()(X),
    "RepeatVector on steps": lambda k: k.layers.RepeatVector(2)(STEPS),
    "Add of one": lambda k: k.layers.Add()([X]),
    "Add of shapes": lambda k: k.layers.Add()([X, X[:, :2]]),
    "Subtract of three": lambda k: k.layers.Subtract()([X, X, X]),
    "Concatenate of shapes": lambda k: k.layers.Concatenate(axis=1)([STEPS, STEPS[:, :, :2]]),
    "Concatenate of an array": lambda k: k.layers.Concatenate()(X),
    "Dot of shapes": lambda k: k.layers.Dot(axes=1)([X, X[:, :2]]),
    "Dot of three": lambda k: k.layers.Dot(axes=1)([X, X, X]),
    "Dot(axes)": lambda k: k.layers.Dot(axes="1"),
    # losses
    "loss(reduction)": lambda k: k.losses.MeanSquaredError(reduction="most"),
    "loss name": lambda k: k.losses.get("unknown"),
    "loss shapes": lambda k: k.losses.CategoricalCrossentropy()(X, X[:, :2]),
    "loss weights": lambda k: k.losses.MeanSquaredError()(X, X, sample_weight=np.ones(3)),
    "Circle(gamma)": lambda k: k.losses.Circle(margin=2.0),
    "GCE(q)": lambda k: k.losses.CategoricalGeneralizedCrossEntropy(q=2.0),
    # metrics
    "metric name": lambda k: k.metrics.get("unknown"),
    "AUC(curve)": lambda k: k.metrics.AUC(curve="x"),
    "AUC(method)": lambda k: k.metrics.AUC(summation_method="x"),
    "AUC(num_thresholds)": lambda k: k.metrics.AUC(num_thresholds=1),
    "AUC(thresholds)": lambda k: k.metrics.AUC(thresholds=[2.0]),
    "AUC(label_weights)": lambda k: k.metrics.AUC(num_labels=2, label_weights=[1, 2]),
    "Precision(thresholds)": lambda k: k.metrics.Precision(thresholds=[2.0]),
    "Recall(top_k)": lambda k: k.metrics.Recall(thresholds=[-1.0]),
    "PrecisionAtRecall(2)": lambda k: k.metrics.PrecisionAtRecall(2.0),
    "SensitivityAtSpecificity(0)": lambda k: k.metrics.SensitivityAtSpecificity(
        0.5, num_thresholds=0),
    "FBetaScore(beta)": lambda k: k.metrics.FBetaScore(beta=-1.0),
    "FBetaScore(average)": lambda k: k.metrics.F1Score(average="x"),
    "FBetaScore(threshold)": lambda k: k.metrics.F1Score(threshold=2.0),
    "R2Score(average)": lambda k: k.metrics.R2Score(class_aggregation="x"),
    "R2Score(regressors)": lambda k: k.metrics.R2Score(num_regressors=-1),
    "IoU(ids)": lambda k: k.metrics.IoU(num_classes=2, target_class_ids=[5]),
    # optimizers
    "optimizer name": lambda k: k.optimizers.get("unknown"),
    "two clippings": lambda k: k.optimizers.SGD(clipnorm=1.0, clipvalue=1.0),
    "clipnorm": lambda k: k.optimizers.SGD(clipnorm=-1.0),
    "momentum": lambda k: k.optimizers.SGD(momentum=2.0),
    "momentum of text": lambda k: k.optimizers.SGD(momentum="much"),
    "Ftrl(accumulator)": lambda k: k.optimizers.Ftrl(initial_accumulator_value=-1.0),
    "Ftrl(power)": lambda k: k.optimizers.Ftrl(learning_rate_power=1.0),
    "Ftrl(l1)": lambda k: k.optimizers.Ftrl(l1_regularization_strength=-1.0),
    "Ftrl(shrinkage)": lambda k: k.optimizers.Ftrl(l2_shrinkage_regularization_strength=-1.0),
    "Lion(beta_1)": lambda k: k.optimizers.Lion(beta_1=2.0),
    "ema_momentum": lambda k: k.optimizers.SGD(use_ema=True, ema_momentum=2.0),
    "ema frequency": lambda k: k.optimizers.SGD(use_ema=True, ema_overwrite_frequency=-1),
    "accumulation": lambda k: k.optimizers.SGD(gradient_accumulation_steps=1),
    "unknown option": lambda k: k.optimizers.SGD(momentun=0.9),
    "other variables": lambda k: _other_variables(k),
    "no gradients": lambda k: k.optimizers.SGD().apply_gradients([]),
    # schedules
    "PiecewiseConstantDecay": lambda k: k.optimizers.schedules.PiecewiseConstantDecay([1], [1.0]),
    "CosineDecayRestarts": lambda k: k.optimizers.schedules.ExponentialDecay(0.1),
    # initializers, regularizers, constraints
    "VarianceScaling(scale)": lambda k: k.initializers.VarianceScaling(scale=-1.0),
    "VarianceScaling(mode)": lambda k: k.initializers.VarianceScaling(mode="x"),
    "VarianceScaling(distribution)": lambda k: k.initializers.VarianceScaling(distribution="x"),
    "Orthogonal on a vector": lambda k: k.initializers.Orthogonal()((3,)),
    "Identity on a vector": lambda k: k.initializers.Identity()((3,)),
    "L1(text)": lambda k: k.regularizers.L1("much"),
    "L2(list)": lambda k: k.regularizers.L2([0.1]),
    "OrthogonalRegularizer(mode)": lambda k: k.regularizers.OrthogonalRegularizer(0.1, mode="x"),
    "OrthogonalRegularizer on a vector": lambda k: k.regularizers.OrthogonalRegularizer()(
        k.ops.convert_to_tensor(X[0])),
    # models
    "two Inputs": lambda k: k.Sequential([k.Input((2,)), k.Input((2,))]),
    "a name twice": lambda k: k.Sequential([k.layers.Dense(1, name="a"),
                                            k.layers.Dense(1, name="a")]),
    "a layer class": lambda k: k.Sequential([k.layers.Dense]),
    "not compiled": lambda k: k.Sequential([k.Input((3,)), k.layers.Dense(1)]).fit(X, X[:, :1]),
    "no layers": lambda k: k.Sequential().summary() or k.Sequential().predict(X),
    "unknown loss": lambda k: compiled(k, "unknown"),
    "metrics as text": lambda k: compiled(k, metrics="mae"),
    "losses for one output": lambda k: compiled(k, ["mse", "mae"]).fit(X, X[:, :1]),
    "samples": lambda k: compiled(k).fit(X, X[:3, :1]),
    "width": lambda k: compiled(k).fit(X[:, :2], X[:, :1]),
    "batch_size": lambda k: compiled(k).fit(X, X[:, :1], batch_size=0),
    "validation_split": lambda k: compiled(k).fit(X, X[:, :1], validation_split=1.5),
    "class_weight and sample_weight": lambda k: compiled(k).fit(
        X, X[:, :1], sample_weight=X[:, 0], class_weight={0: 1.0, 1: 2.0}),
    "both weights of a batch": lambda k: compiled(k).train_on_batch(
        X, X[:, :1], sample_weight=X[:, 0], class_weight={0: 1.0, 1: 2.0}),
    "unknown layer": lambda k: compiled(k).get_layer("unknown"),
    "a name and an index": lambda k: compiled(k).get_layer("dense", index=0),
    "neither name nor index": lambda k: compiled(k).get_layer(),
    "trainable(text)": lambda k: k.layers.Dense(1, trainable="yes"),
    "trainable(None)": lambda k: k.layers.Dense(1, trainable=None),
    "add_weight(name)": lambda k: k.layers.Layer().add_weight("kernel"),
    "add_weight in call": lambda k: _weights_in_call(k)(X),
    "build of unknown shapes": lambda k: _unknown_shapes(k)(X, X),
    "no weights": lambda k: compiled(k).set_weights([X]),
    "layers of one name": lambda k: _same_names(k),
    "disconnected": lambda k: k.Model(k.Input((2,)), k.layers.Dense(1)(k.Input((2,)))),
    "load nothing": lambda k: k.models.load_model("/nowhere/model.keras"),
    "save elsewhere": lambda k: compiled(k).save("/nowhere/model.h6"),
    "unknown class": lambda k: k.layers.deserialize({"class_name": "Unknown", "config": {}}),
    # callbacks and utilities
    "EarlyStopping(start)": lambda k: compiled(k).fit(
        X, X[:, :1], callbacks=[k.callbacks.LearningRateScheduler(lambda e: "x")], verbose=0),
    "ReduceLROnPlateau(factor)": lambda k: k.callbacks.ReduceLROnPlateau(factor=1.5),
    "ModelCheckpoint(ending)": lambda k: k.callbacks.ModelCheckpoint("model.h6"),
    "ModelCheckpoint(save_freq)": lambda k: k.callbacks.ModelCheckpoint("m.keras", save_freq="x"),
    "BackupAndRestore(freq)": lambda k: k.callbacks.BackupAndRestore("/tmp/b", save_freq="x"),
    "BackupAndRestore('')": lambda k: k.callbacks.BackupAndRestore(""),
    "split_dataset": lambda k: k.utils.split_dataset(X),
    "split_dataset(2.0)": lambda k: k.utils.split_dataset(X, left_size=2.0),
    "set_random_seed(text)": lambda k: k.utils.set_random_seed("x"),
}  # fmt: skip


def _twice(layer: Any, one: Any, other: Any) -> None:
    layer(one)
    layer(other)


def _other_variables(k: Any) -> None:
    optimizer = k.optimizers.Adam()
    optimizer.build([k.Variable(np.zeros(2))])
    other = k.Variable(np.zeros(3))
    optimizer.apply_gradients([(np.zeros(3, np.float32), other)])


def _same_names(k: Any) -> None:
    place = k.Input((2,))
    k.Model(place, k.layers.Dense(1, name="a")(k.layers.Dense(2, name="a")(place)))


def _weights_in_call(k: Any) -> Any:
    class Late(k.layers.Layer):
        def call(self, x: Any) -> Any:
            return x * self.add_weight(shape=(), initializer="ones")

    return Late()


def _unknown_shapes(k: Any) -> Any:
    class Two(k.layers.Layer):
        def build(self, a_shape: Any, c_shape: Any) -> None:
            pass

        def call(self, a: Any, b: Any) -> Any:
            return a + b

    return Two()


def refusal(call: Any, k: Any) -> Exception | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call(k)
        except Exception as error:
            return error
    return None


@pytest.mark.parametrize("name", CALLS)
def test_what_keras_refuses_is_refused(keras: Any, name: str) -> None:
    theirs = refusal(CALLS[name], keras)
    ours = refusal(CALLS[name], tf.keras)
    if theirs is None:
        pytest.skip("Keras takes it")
    assert ours is not None, f"Keras says: {theirs}"
    assert not isinstance(ours, (AttributeError, KeyError, IndexError)), repr(ours)
    assert len(str(ours)) > 15, repr(ours)


TAKEN: dict[str, Any] = {
    "Add of one": lambda k: k.layers.Add()([k.ops.convert_to_tensor(X)]),
    "Concatenate of one": lambda k: k.layers.Concatenate()([k.ops.convert_to_tensor(X)]),
    "LeakyReLU(alpha)": lambda k: k.layers.LeakyReLU(alpha=0.5)(-X),
    "ELU(alpha=-1)": lambda k: k.layers.ELU(alpha=-1.0)(-X),
    "Reshape((None, 1))": lambda k: k.layers.Reshape((None, 1))(X),
    "Reshape of a place": lambda k: k.layers.Reshape((-1, 2))(k.Input((None, 4))),
    "Embedding of fractions": lambda k: k.layers.Embedding(
        4, 2, embeddings_initializer="ones", mask_zero=True)(X + 0.5),
    "Embedding(weights=array)": lambda k: k.layers.Embedding(2, 2, weights=np.eye(2))(
        np.array([[0, 1]])),
    "no activation": lambda k: _without_activation(k.layers.Dense(2, "relu",
                                                                  kernel_initializer="ones")),
    "LSTM(implementation)": lambda k: k.layers.LSTM(
        2, kernel_initializer="ones", recurrent_initializer="ones", implementation=1)(STEPS),
    "LayerNormalization of any length": lambda k: k.layers.LayerNormalization(
        axis=1, center=False, scale=False)(k.Input((None, 3))),
    "LayerNormalization(axis) in any order": lambda k: k.layers.LayerNormalization(
        axis=[-1, -2])(STEPS * np.arange(3, dtype="float32")),
    "Normalization(axis) in any order": lambda k: k.layers.Normalization(
        axis=(2, 1), mean=np.arange(15.0).reshape(5, 3), variance=np.ones((5, 3)))(STEPS),
    "InputLayer(input_shape)": lambda k: k.layers.InputLayer(input_shape=(3,)).output,
    "InputLayer(batch_input_shape)": lambda k: k.layers.InputLayer(
        batch_input_shape=(2, 3)).output,
    "Input(tensor)": lambda k: k.Input(tensor=k.Input((3,), batch_size=2)),
    "Lambda with shapes": lambda k: k.layers.Lambda(
        lambda x: [x, x[:, 0]], output_shape=[(3,), ()])(k.Input((3,))),
    "a lambda of this process": lambda k: k.layers.Lambda.from_config(
        k.layers.Lambda(lambda x: 2 * x, output_shape=lambda shape: shape).get_config(),
        safe_mode=False)(X),
    "arrays in a configuration": lambda k: k.layers.deserialize(json.loads(json.dumps(
        k.layers.serialize(k.layers.Rescaling(np.array([1.0, 2.0, 3.0]))))))(X),
}  # fmt: skip


def _without_activation(layer: Any) -> Any:
    layer.activation = None
    return layer(-X)


@pytest.mark.filterwarnings("ignore::UserWarning")  # of Keras 2's names, and of fractions
@pytest.mark.parametrize("name", TAKEN)
def test_what_keras_takes_is_taken(keras: Any, name: str) -> None:
    theirs = keras.tree.flatten(TAKEN[name](keras))
    for one, other in zip(trees.leaves(TAKEN[name](tf.keras)), theirs, strict=True):
        assert tuple(one.shape) == tuple(other.shape)
        if isinstance(one, tf.Value):
            expected = keras.ops.convert_to_numpy(other)
            np.testing.assert_allclose(one.numpy(), expected, rtol=3e-6, atol=3e-6)

"""Programs written once and run twice, with this package's names and with Keras's.

Each returns what it found out, nested; both have to agree.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 3)).astype(np.float32)
Y = np.sin(X.sum(axis=1, keepdims=True)).astype(np.float32)
BITS = (X[:, :1] > 0).astype(np.float32)
CLASSES = np.digitize(X[:, 0], [-0.5, 0.5])
WEIGHTS = RNG.uniform(0.5, 2.0, size=24).astype(np.float32)


def filled(model: Any) -> Any:
    """Give a model weights that follow from their shapes alone."""
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0, 0.5, array.shape) for array in model.get_weights()])
    return model


def network(k: Any, outputs: int = 1, activation: str | None = None, **options: Any) -> Any:
    model = k.Sequential(
        [
            k.Input((3,)),
            k.layers.Dense(5, "tanh", **options),
            k.layers.Dense(outputs, activation=activation),
        ]
    )
    return filled(model)


def fitted(k: Any, model: Any, x: Any = X, y: Any = Y, **options: Any) -> Any:
    history = model.fit(
        x, y, **{"epochs": 3, "batch_size": 8, "shuffle": False, "verbose": 0, **options}
    )
    return {"history": history.history, "epoch": history.epoch, "weights": model.get_weights()}


def compiled(k: Any, loss: Any = "mse", outputs: int = 1, **options: Any) -> Any:
    model = network(k, outputs)
    model.compile(optimizer=k.optimizers.Adam(0.02), loss=loss, **options)
    return model


# ------------------------------------------------------------------------ fit


def plain(k: Any) -> Any:
    return fitted(k, compiled(k, metrics=["mae", "mse"]))


def batches_that_do_not_divide(k: Any) -> Any:
    return fitted(k, compiled(k, metrics=["mae"]), batch_size=7)


def sample_weights(k: Any) -> Any:
    model = compiled(k, metrics=["mae"], weighted_metrics=["mae", "mse"])
    return fitted(k, model, sample_weight=WEIGHTS)


def class_weights(k: Any) -> Any:
    model = compiled(k, k.losses.BinaryCrossentropy(from_logits=True), weighted_metrics=["mae"])
    return fitted(k, model, y=BITS, class_weight={0: 1.0, 1: 3.0})


def class_weights_of_one_hot_rows(k: Any) -> Any:
    model = compiled(k, k.losses.CategoricalCrossentropy(from_logits=True), 3, metrics=["acc"])
    rows = k.utils.to_categorical(CLASSES)
    return fitted(k, model, y=rows, class_weight={0: 1.0, 1: 3.0, 2: 0.5})


def validation_split(k: Any) -> Any:
    return fitted(k, compiled(k, metrics=["mae"]), validation_split=0.3)


def validation_data(k: Any) -> Any:
    data = (X[:9] + 1, Y[:9], WEIGHTS[:9])
    return fitted(k, compiled(k), validation_data=data, validation_batch_size=4)


def validation_now_and_then(k: Any) -> Any:
    often = fitted(k, compiled(k), epochs=5, validation_split=0.5, validation_freq=2)
    listed = fitted(k, compiled(k), epochs=5, validation_split=0.5, validation_freq=[1, 4])
    return often, listed


def initial_epoch(k: Any) -> Any:
    model = compiled(k)
    return fitted(k, model, epochs=2), fitted(k, model, epochs=4, initial_epoch=2)


def a_generator(k: Any) -> Any:
    def batches() -> Any:
        while True:
            for start in range(0, 24, 8):
                part = slice(start, start + 8)
                yield X[part], Y[part], WEIGHTS[part]

    return fitted(k, compiled(k), batches(), None, batch_size=None, steps_per_epoch=4)


def a_data_set(k: Any) -> Any:
    class Data(k.utils.PyDataset):
        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> Any:
            part = slice(6 * index, 6 * index + 6)
            return X[part], Y[part]

    model = compiled(k)
    found = fitted(k, model, Data(), None, batch_size=None, validation_data=Data())
    return found, model.evaluate(Data(), verbose=0), model.predict(Data(), verbose=0)


def steps(k: Any) -> Any:
    model = compiled(k)
    found = fitted(k, model, steps_per_epoch=2, validation_data=(X, Y), validation_steps=1)
    return found, model.evaluate(X, Y, steps=1, batch_size=5, verbose=0)


def losses_without_last_axis(k: Any) -> Any:
    return fitted(k, compiled(k), y=Y[:, 0])


def labels_for_two_units(k: Any) -> Any:
    model = compiled(k, k.losses.SparseCategoricalCrossentropy(from_logits=True), 3, metrics="acc")
    return None if model is None else fitted(k, model, y=CLASSES)


# ------------------------------------------------------------------------ one batch


def single_batches(k: Any) -> Any:
    model = compiled(k, metrics=["mae"])
    return [
        model.train_on_batch(X, Y),
        model.train_on_batch(X, Y, sample_weight=WEIGHTS),
        model.train_on_batch(X, Y, return_dict=True),
        model.test_on_batch(X, Y),
        model.predict_on_batch(X),
        model.evaluate(X, Y, batch_size=10, verbose=0),
        model.evaluate(X, Y, return_dict=True, verbose=0),
        model.metrics_names[0],
    ]


# ------------------------------------------------------------------------ penalties and limits


def penalties(k: Any) -> Any:
    found = []
    for name in ("l1", "l2", "L1L2", k.regularizers.OrthogonalRegularizer(0.1)):
        model = network(k, kernel_regularizer=name, bias_regularizer="l2")
        model.add(k.layers.ActivityRegularization(l1=0.01, l2=0.02))
        model.compile("sgd", "mse", metrics=["mae"])
        found.append((fitted(k, model), model.evaluate(X, Y, verbose=0)))
        found.append([float(k.ops.convert_to_numpy(loss)) for loss in model.losses[:2]])
    return found


def limits(k: Any) -> Any:
    found = []
    for limit in (
        k.constraints.MaxNorm(0.7),
        k.constraints.MinMaxNorm(0.2, 0.6, rate=0.5, axis=1),
        k.constraints.UnitNorm(axis=[0, 1]),
        "non_neg",
    ):
        model = network(k, kernel_constraint=limit, bias_constraint="max_norm")
        model.compile(k.optimizers.SGD(0.3), "mse")
        found.append(fitted(k, model))
    return found


def frozen_layers(k: Any) -> Any:
    model = network(k)
    model.layers[0].trainable = False
    model.compile("adam", "mse")
    counts = len(model.trainable_weights), len(model.non_trainable_weights)
    return fitted(k, model), counts, model.count_params()


# ------------------------------------------------------------------------ kinds of models


def several_outputs(k: Any) -> Any:
    one, two = k.Input((3,), name="one"), k.Input((3,), name="two")
    shared = k.layers.Dense(4, "relu", name="shared")
    joined = k.layers.concatenate([shared(one), shared(two)])
    outputs = {
        "value": k.layers.Dense(1, name="value")(joined),
        "kind": k.layers.Dense(3, activation="softmax", name="kind")(joined),
    }
    model = filled(k.Model({"one": one, "two": two}, outputs))
    model.compile(
        "adam",
        loss={"value": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"value": 0.3, "kind": 1.0},
        metrics={"value": ["mae"], "kind": ["acc"]},
    )
    x, y = {"one": X, "two": X[::-1]}, {"value": Y, "kind": CLASSES}
    found = fitted(k, model, x, y, validation_split=0.25)
    return found, model.evaluate(x, y, verbose=0, return_dict=True), model.predict(x, verbose=0)


def a_list_of_outputs(k: Any) -> Any:
    place = k.Input((3,))
    hidden = k.layers.Dense(4, "tanh")(place)
    model = k.Model(
        place, [k.layers.Dense(1, name="a")(hidden), k.layers.Dense(2, name="b")(hidden)]
    )
    filled(model).compile("sgd", ["mse", "mae"], metrics=[["mae"], ["mse"]], loss_weights=[1, 2])
    targets = [Y, np.hstack([Y, BITS])]
    return fitted(k, model, y=targets), model.evaluate(X, targets, verbose=0)


def own_layers(k: Any) -> Any:
    class Scale(k.layers.Layer):
        def build(self, shape: Any) -> None:
            self.factor = self.add_weight(shape=(shape[-1],), initializer="ones", name="factor")
            self.count = self.add_weight((), "zeros", trainable=False, name="count")

        def call(self, inputs: Any, training: bool = False) -> Any:
            self.add_loss(0.01 * k.ops.sum(k.ops.square(self.factor)))
            if training:
                self.count.assign(self.count + 1)
                return inputs * self.factor
            return inputs * self.factor * 0.5

    class Net(k.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = k.layers.Dense(4, "tanh")
            self.scales = [Scale(), Scale()]
            self.last = k.layers.Dense(1)

        def call(self, inputs: Any, training: bool = False) -> Any:
            hidden = self.first(inputs)
            for scale in self.scales:
                hidden = scale(hidden, training=training)
            return self.last(hidden)

    model = Net()
    model(X)
    filled(model).compile("sgd", "mse", metrics=["mae"])
    found = fitted(k, model, validation_split=0.25)
    names = [weight.name for weight in model.weights]
    return found, model.evaluate(X, Y, verbose=0), names, len(model.layers), len(model.losses)


def own_metrics(k: Any) -> Any:
    class Largest(k.metrics.Metric):
        def __init__(self, name: str = "largest") -> None:
            super().__init__(name=name)
            self.value = self.add_variable(shape=(), initializer="zeros", name="value")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            error = k.ops.max(k.ops.abs(y_true - y_pred))
            self.value.assign(k.ops.maximum(self.value, error))

        def result(self) -> Any:
            return self.value

    def bias(y_true: Any, y_pred: Any) -> Any:
        return k.ops.mean(y_pred - y_true, axis=-1)

    model = compiled(k, metrics=[Largest(), bias, k.metrics.MeanSquaredError(name="square")])
    return fitted(k, model)


def nested_models(k: Any) -> Any:
    inner = k.Sequential([k.Input((3,)), k.layers.Dense(4, "tanh"), k.layers.Dropout(0.5)])
    place = k.Input((3,))
    model = k.Model(place, k.layers.Dense(1)(inner(inner.layers[0](place)[:, :3])))
    filled(model)
    model.layers[-1].trainable = False
    return model.predict(X, verbose=0), [w.shape for w in model.trainable_weights]


def parts_of_models(k: Any) -> Any:
    model = network(k)
    hidden = k.Model(model.inputs, model.layers[0].output)
    return hidden.predict(X, verbose=0), hidden.output_shape, model.input_shape


def growing_and_shrinking(k: Any) -> Any:
    model = k.Sequential()
    model.add(k.Input((3,)))
    model.add(k.layers.Dense(4, activation="relu"))
    model.add(k.layers.Dense(2))
    found = [model.output_shape]
    model.pop()
    found.append(model.output_shape)
    model.add(k.layers.Dense(1))
    filled(model).compile("sgd", "mse")
    return found, fitted(k, model), len(model.layers), len(model.weights)


def late_building(k: Any) -> Any:
    model = k.Sequential([k.layers.Dense(4, activation="relu"), k.layers.Dense(1)])
    found = [model.built, len(model.weights)]
    model.build((None, 3))
    return found, model.built, [w.shape for w in filled(model).weights], model(X)


def statistics(k: Any) -> Any:
    model = k.Sequential(
        [k.Input((3,)), k.layers.BatchNormalization(momentum=0.8), k.layers.Dense(1)]
    )
    filled(model)
    model.layers[0].set_weights([np.full(3, v) for v in (1.0, 0.1, 0.2, 1.5)])
    model.compile("sgd", "mse")
    return fitted(k, model, validation_split=0.25), model.predict(X, verbose=0)


def masked_sequences(k: Any) -> Any:
    numbers = np.array([[1, 2, 0, 0], [3, 1, 2, 0], [2, 0, 0, 0]])
    model = k.Sequential(
        [
            k.Input((4,), dtype="int32"),
            k.layers.Embedding(4, 3, mask_zero=True),
            k.layers.LSTM(3, return_sequences=True),
            k.layers.Dense(1),
        ]
    )
    filled(model).compile("sgd", "mse", weighted_metrics=["mae"])
    targets = np.arange(12.0).reshape(3, 4, 1) / 10
    return fitted(k, model, numbers, targets), model.evaluate(numbers, targets, verbose=0)


def no_model_at_all(k: Any) -> Any:
    """A layer, and an optimizer, used alone."""
    layer = k.layers.Dense(2, kernel_initializer="ones", bias_initializer="zeros")
    out = layer(X)
    total = k.losses.MeanSquaredError()(Y, out[:, :1])
    metric = k.metrics.Mean()
    metric.update_state([1.0, 2.0, 6.0], sample_weight=[1.0, 1.0, 2.0])
    return out, total, metric.result(), layer.count_params()


PROGRAMS = {
    function.__name__: function
    for function in (
        plain, batches_that_do_not_divide, sample_weights, class_weights,
        class_weights_of_one_hot_rows, validation_split, validation_data,
        validation_now_and_then, initial_epoch, a_generator, a_data_set, steps,
        losses_without_last_axis, single_batches, penalties, limits, frozen_layers,
        several_outputs, a_list_of_outputs, own_layers, own_metrics,
        parts_of_models, growing_and_shrinking, late_building, statistics, masked_sequences,
        no_model_at_all,
    )
}  # fmt: skip


JAX_DIFFERS = {
    "penalties": "a variable cannot be multiplied without being converted",
    "own_layers": "a variable cannot be multiplied without being converted",
    "own_metrics": "a variable cannot be multiplied without being converted",
    "masked_sequences": "metrics in fit do not see masks",
}
"""Why programs give something else, or nothing, on Keras's JAX backend."""


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_find_the_same(agree: Any, keras: Any, name: str) -> None:
    if name in JAX_DIFFERS and keras.backend.backend() == "jax":
        pytest.skip(f"Keras's JAX backend differs: {JAX_DIFFERS[name]}")
    agree(PROGRAMS[name])

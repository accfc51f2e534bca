"""Layers, models, data sets and callbacks that a user writes, run here and with Keras."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
]

X = np.linspace(-1, 1, 60, dtype=np.float32).reshape(20, 3)
Y = np.sin(X.sum(axis=1, keepdims=True))
BITS = (Y > 0).astype(np.float32)
ROWS = np.arange(8).reshape(4, 2) % 5


def network(k: Any, activation: str | None = None, **options: Any) -> Any:
    model = k.Sequential([k.Input((3,)), ones(k, 4, activation="tanh"), ones(k, 1, activation)])
    model.compile("sgd", options.pop("loss", "mse"), **options)
    return model


def ones(k: Any, units: int, activation: str | None = None, **options: Any) -> Any:
    initial = k.initializers.Constant(0.1)
    return k.layers.Dense(units, activation, kernel_initializer=initial, **options)


def fitted(model: Any, x: Any = X, y: Any = Y, **options: Any) -> Any:
    return model.fit(x, y, **{"epochs": 2, "verbose": 0, "shuffle": False, **options}).history


# ------------------------------------------------------------------------ layers


def row_numbers(k: Any) -> Any:
    """Integers reach a layer, and a model, as they are."""

    class Table(k.layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.table = self.add_weight(shape=(5, 2), initializer="ones")

        def call(self, rows: Any) -> Any:
            return k.ops.take(self.table, rows, axis=0)

    class Rows(k.Model):
        def __init__(self) -> None:
            super().__init__()
            self.table, self.out = Table(), ones(k, 1)

        def call(self, rows: Any) -> Any:
            return self.out(k.ops.mean(self.table(rows), axis=1))

    model = Rows()
    model.compile("sgd", "mse")
    targets = np.ones((4, 1), np.float32)
    return Table()(ROWS), fitted(model, ROWS, targets), model.predict(ROWS, verbose=0)


def shapes_by_names(k: Any) -> Any:
    class Scaled(k.layers.Layer):
        def build(self, scale_shape: Any, x_shape: Any, shift_shape: Any = None) -> None:
            self.widths = [x_shape[-1], scale_shape[-1], shift_shape[-1]]

        def call(self, x: Any, scale: Any, shift: Any = None) -> Any:
            return k.ops.sum(x, axis=-1, keepdims=True) * scale + shift

    layer = Scaled()
    out = layer(X, np.ones((20, 2)), shift=np.full((20, 1), 0.5))
    return layer.widths, out, str(out.dtype).rpartition(".")[2]


def attributes(k: Any) -> Any:
    layer = ones(k, 2, name="d")
    place = k.Input((3,))
    first, second = layer(place), layer(k.Input((3,)))
    found = [layer.compute_dtype, layer.variable_dtype, len(layer.metrics), second.shape[-1]]
    spec = ones(k, 4).compute_output_spec(place)
    return found, layer.output is first, layer.input is place, list(spec.shape)[1:]


def trials_leave_no_losses(k: Any) -> Any:
    model = k.Sequential([k.Input((3,)), ones(k, 1, activity_regularizer="l1")])
    return len(model.losses), len(model.layers[0].losses)


# ------------------------------------------------------------------------ models


def nested_inputs(k: Any) -> Any:
    a, b, c = k.Input((3,), name="a"), k.Input((3,), name="b"), k.Input((1,), name="c")
    model = k.Model({"p": [a, b], "q": c}, ones(k, 1)(k.layers.Concatenate()([a, b, c])))
    model.compile("sgd", "mse")
    data = {"q": Y, "p": [X, 2 * X]}
    return model(data), fitted(model, data), model.predict(data, verbose=0)


def copies(k: Any) -> Any:
    place = k.Input((3,))
    hidden = ones(k, 4, "tanh")(place)
    model = k.Model(place, [ones(k, 1)(hidden), ones(k, 2)(2 * hidden)])
    model.compile("sgd", "mse")
    fitted(model, X, [Y, np.hstack([Y, Y])])
    found = [copy.deepcopy(model), pickle.loads(pickle.dumps(model))]
    return [(one.predict(X, verbose=0), one.compiled, len(one.weights)) for one in found]


def clones(k: Any) -> Any:
    """Layers are replaced, called with others in between, and models inside copied too."""

    def renamed(layer: Any) -> Any:
        config = layer.get_config()
        return type(layer).from_config({**config, "name": f"{config['name']}_new"})

    def doubled(layer: Any, *args: Any, **kwargs: Any) -> Any:
        out = layer(*args, **kwargs)
        return k.layers.Rescaling(2.0)(out) if isinstance(layer, k.layers.Dense) else out

    inner = k.Sequential([k.Input((4,)), ones(k, 2, name="i")], name="inner")
    place = k.Input((3,), name="p")
    shared = ones(k, 4, name="s")
    model = k.Model(place, inner(shared(place) + shared(2 * place)), name="outer")
    model.compile("sgd", "mse")
    start = k.Input((3,), name="start")
    found = [
        k.models.clone_model(model),
        k.models.clone_model(model, start, renamed, recursive=True),
        k.models.clone_model(model, clone_function=lambda layer: layer, call_function=doubled),
        k.models.clone_model(inner, clone_function=renamed),
    ]
    assert found[1].input is start
    names = [[layer.name for layer in one.layers[1:]] for one in found if one.name == "outer"]
    inside = [layer.name for layer in found[1].layers[-1].layers]
    results = [one.predict(X, verbose=0) for one in found[:3]]
    return names[:2], inside, results, [(one.name, one.compiled) for one in found]


def how_a_model_is_called_counts(k: Any) -> Any:
    place = k.Input((3,))
    norm = k.layers.BatchNormalization()
    model = k.Model(place, ones(k, 1)(norm(place, training=False)))
    model.compile("sgd", "mse")
    noisy = k.Model(place, k.layers.Dropout(0.5)(place, training=True))
    return fitted(model), norm.moving_mean, noisy.predict(X, verbose=0), noisy(X, training=False)


def parts_of_models(k: Any) -> Any:
    """What begins in the middle of a model holds nothing of what comes before."""
    start = k.Input((None, 3), name="start")
    middle = ones(k, 4, name="one")(start)
    end = ones(k, 2, name="two")(middle)
    whole, part = k.Model(start, (middle, end)), k.Model(middle, end)
    part.compile("sgd", "mse")
    data = np.ones((2, 5, 4), np.float32)
    history = part.fit(data, data[..., :2], verbose=0).history
    again = type(part).from_config(part.get_config())
    tuples = type(whole).from_config(whole.get_config())
    found = [[layer.name for layer in model.layers[1:]] for model in (whole, part, again)]
    shapes = [list(shape) for shape in whole.compute_output_shape((2, 5, 3))]
    return found, history, part.predict(data, verbose=0), shapes, type(tuples.output).__name__


def shapes_told_by_a_layer(k: Any) -> Any:
    class Told(k.layers.Layer):
        def call(self, x: Any, training: bool = False) -> Any:
            assert training
            return x

        def compute_output_spec(self, x: Any, training: bool = False) -> Any:
            return k.KerasTensor(x.shape, dtype=x.dtype)

    place = k.Input((3,))
    return k.Model(place, Told()(place))(X, training=True)


def losses_of_some_outputs(k: Any) -> Any:
    place = k.Input((3,))
    out = ones(k, 1, name="o")(place)
    found = []
    for loss, targets in ((["mse", None], Y), (["mse", ["mae"]], [Y, 2 * Y])):
        model = k.Model(place, [out, ones(k, 1, name="p")(place)])
        model.compile("sgd", loss)
        found.append(fitted(model, X, targets))
    one = network(k, metrics=[["mae"]])
    return found, fitted(one)


def outputs_without_names(k: Any) -> Any:
    class Two(k.Model):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = ones(k, 1), ones(k, 2)

        def call(self, x: Any) -> Any:
            return self.one(x), self.two(x)

    model = Two()
    model.compile("sgd", ["mse", k.losses.Huber()], metrics=[["mae"], ["mae", "mse"]])
    return fitted(model, X, [Y, np.hstack([Y, Y])])


def paths_of_weights(k: Any) -> Any:
    k.backend.clear_session()  # names of cells are numbered

    class Inner(k.layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.scale = self.add_weight(shape=(input_shape[-1],), name="scale")

        def call(self, x: Any) -> Any:
            return x * self.scale

    class Outer(k.Model):
        def __init__(self) -> None:
            super().__init__(name="outer")
            self.inner = Inner(name="inner")
            self.blocks = [ones(k, 2, name="d")]

        def call(self, x: Any) -> Any:
            return self.blocks[0](self.inner(x))

    outer = Outer()
    outer(X)
    cells = k.Sequential(
        [k.Input((4, 3)), k.layers.LSTM(2, name="l"), k.layers.BatchNormalization(name="b")],
        name="s",
    )
    whole = k.Sequential([cells, ones(k, 1, name="d")], name="w")
    whole.build((None, 4, 3))
    return [[weight.path for weight in model.weights] for model in (outer, whole)]


def revived_models(k: Any) -> Any:
    class Scaled(k.layers.Layer):
        def __init__(self, scale: float, **options: Any) -> None:
            super().__init__(**options)
            self.factor = k.ops.convert_to_tensor(scale)

        def call(self, x: Any) -> Any:
            return x * self.factor

    class Own(k.Model):
        def __init__(self, *args: Any, param: int = 1, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.param = param

        def get_config(self) -> Any:
            return {**super().get_config(), "param": self.param}

    place = k.Input((3,))
    model = Own(inputs=place, outputs=Scaled(2.5)(place), param=3)
    other = Own.from_config(model.get_config(), custom_objects={"Scaled": Scaled})
    return other.param, other(X), Scaled(scale=4.0, name="n").get_config()["scale"]


def a_loss_without_training(k: Any) -> Any:
    class Own(k.Model):
        def compute_loss(
            self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None
        ) -> Any:
            return k.ops.mean(k.ops.square(y - y_pred)) + 1.0

    place = k.Input((3,))
    model = Own(place, ones(k, 1)(place))
    model.compile("sgd", "mse")
    return fitted(model)


def flags_of_compile(k: Any) -> Any:
    model = network(k)
    model.run_eagerly = True
    model.jit_compile = False
    return fitted(model), model.run_eagerly, model.jit_compile, model.steps_per_execution


# ------------------------------------------------------------------------ callbacks and data


def calls_for_several_steps(k: Any) -> Any:
    found: list[Any] = []

    class Told(k.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            found.append(["begin", batch, sorted(logs)])

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            found.append(["end", batch, sorted(logs)])

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            found.append(["epoch", epoch, sorted(logs)])

    network(k).fit(X, Y, batch_size=8, epochs=2, verbose=0, callbacks=[Told()])
    return found


def stopping_early(k: Any) -> Any:
    class Stop(k.callbacks.Callback):
        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_evaluating = batch == 1

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_predicting = batch == 1

    model = network(k)
    options: Any = {"batch_size": 4, "verbose": 0, "callbacks": [Stop()]}
    return model.evaluate(X, Y, **options), model.predict(X, **options), model.predict(X, verbose=0)


def data_set(k: Any, batches: int | None) -> Any:
    class Data(k.utils.PyDataset):
        num_batches = batches

        def __len__(self) -> int:
            return batches or 0

        def __getitem__(self, index: int) -> Any:
            part = slice(index % 4 * 5, index % 4 * 5 + 5)
            return [X[part], BITS[part]]

    return Data()


def data_without_an_end(k: Any) -> Any:
    model = network(k)
    found = model.fit(
        data_set(k, None), epochs=2, steps_per_epoch=3, shuffle=False, verbose=0
    ).history
    return found, model.evaluate(data_set(k, None), steps=2, verbose=0)


def classes_of_a_data_set(k: Any) -> Any:
    model = network(k, "sigmoid", loss="binary_crossentropy")
    return fitted(model, data_set(k, 4), None, class_weight={0: 1.0, 1: 3.0})


def a_loader_of_torch(k: Any) -> Any:
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y))
    loader = torch.utils.data.DataLoader(data, batch_size=6)
    model = network(k)
    found = fitted(model, loader, None, validation_data=loader)
    return found, model.evaluate(loader, verbose=0), model.predict(loader, verbose=0)


PROGRAMS = {
    function.__name__: function
    for function in (
        row_numbers, shapes_by_names, attributes, trials_leave_no_losses, nested_inputs, copies,
        clones, how_a_model_is_called_counts, losses_of_some_outputs, outputs_without_names,
        paths_of_weights, revived_models, parts_of_models, shapes_told_by_a_layer,
        a_loss_without_training, flags_of_compile, calls_for_several_steps, stopping_early,
        data_without_an_end, classes_of_a_data_set, a_loader_of_torch,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_find_the_same(agree: Any, name: str) -> None:
    agree(PROGRAMS[name])

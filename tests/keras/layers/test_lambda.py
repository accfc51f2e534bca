"""Functions as layers: names, code that is written and never run, shapes and masks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tinygrad_gates.keras import Input, Model, layers
from tinygrad_gates.keras.models import Sequential, load_model
from tinygrad_gates.keras.utils import custom_object_scope

X = np.array([[1.0, -2.0]], np.float32)


def tripled(x: Any, factor: float = 3.0) -> Any:
    return factor * x


def same(shape: Any) -> Any:
    return shape


def kept(inputs: Any, mask: Any) -> Any:
    return mask


def through_json(config: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(config))
    return plain


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"output_shape": (2,)},
        {"output_shape": same},
        {"mask": kept},
        {"mask": np.array([[True, False]])},
        {"arguments": {"factor": 2.0}},
        {"arguments": {"factor": np.array([1.0, 2.0])}},
    ],
)
def test_a_configuration_holds_names_shapes_and_arrays(options: dict[str, Any]) -> None:
    layer = layers.Lambda(tripled, **options)
    config = through_json(layer.get_config())
    names = {"tripled": tripled, "same": same, "kept": kept}
    again = layers.Lambda.from_config(config, custom_objects=names)
    np.testing.assert_array_equal(again(X).numpy(), layer(X).numpy())
    assert again.compute_output_shape((None, 2)) == (None, 2)
    assert again.supports_masking == layer.supports_masking
    assert through_json(again.get_config()) == config
    with pytest.raises(ValueError, match="'tripled' is not known"):
        layers.Lambda.from_config(config)


def test_activations_are_known_by_their_names() -> None:
    layer = layers.Lambda.from_config({"function": "relu"})
    np.testing.assert_array_equal(layer(X).numpy(), [[1, 0]])


def test_code_is_written_and_not_run(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    model = Sequential([Input((2,)), layers.Lambda(lambda x: 2 * x), layers.Dense(1)])
    path = tmp_path / "model.keras"
    model.save(path)
    config = model.layers[0].get_config()
    assert config["function"]["class_name"] == "__lambda__"
    for again in (config, through_json(config)):
        with pytest.raises(ValueError, match="code in it, which is not run"):
            layers.Lambda.from_config(again)
    with pytest.raises(ValueError, match="code in it, which is not run"):
        layers.Lambda.from_config(through_json(config), safe_mode=False)
    with pytest.raises(ValueError, match="load its weights alone"):
        load_model(path)


def test_a_lambda_is_found_again_in_the_configuration_that_a_layer_returned() -> None:
    config = layers.Lambda(lambda x: 2 * x).get_config()
    again = layers.Lambda.from_config(config, safe_mode=False)
    np.testing.assert_array_equal(again(X).numpy(), 2 * X)


def test_several_outputs_have_the_shapes_that_were_told() -> None:
    layer = layers.Lambda(lambda x: [x, x[:, 0]], output_shape=[(2,), ()])
    place = Input((2,))
    model = Model(place, layer(place))
    assert layer.compute_output_shape((None, 2)) == [(None, 2), (None,)]
    one, other = model.predict(X, verbose=0)
    np.testing.assert_array_equal(one[:, 0], other)


def test_a_function_of_a_scope_is_not_known_outside_of_it() -> None:
    config = layers.Lambda(tripled).get_config()
    with custom_object_scope({"tripled": tripled}):
        layers.Lambda.from_config(config)
    with pytest.raises(ValueError, match="register_keras_serializable"):
        layers.Lambda.from_config(config)

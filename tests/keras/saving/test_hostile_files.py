"""Files that were made to do harm, or damaged: a clear error, nothing run, nothing exhausted."""

from __future__ import annotations

import base64
import io
import itertools
import json
import marshal
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_gates as tf
from tinygrad_gates.keras import Input, Sequential, layers, models

Parts = dict[str, bytes]
CONFIG, WEIGHTS = "config.json", "model.weights.h5"


def network() -> Sequential:
    tf.random.set_seed(0)
    model = Sequential([Input((2,)), layers.Dense(3, "tanh", name="a"), layers.Dense(1, name="b")])
    model.compile("adam", "mse")
    return model


@pytest.fixture(scope="module")
def parts(tmp_path_factory: Any) -> Parts:
    """Return the parts of a good file."""
    path = tmp_path_factory.mktemp("good") / "good.keras"
    model = network()
    model.fit([[0, 1]], [1], verbose=0)
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts, compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_config(parts: Parts, change: Callable[[Any], Any]) -> bytes:
    config = json.loads(parts[CONFIG])
    changed = change(config)
    return packed({**parts, CONFIG: json.dumps(changed or config).encode()})


def with_layer(class_name: str, config: dict[str, Any], **more: Any) -> Callable[[Parts], bytes]:
    """Return what makes a file with another layer in the place of the first Dense."""

    def change(whole: Any) -> None:
        made = {"module": "keras.layers", "class_name": class_name, "config": config, **more}
        whole["config"]["layers"][1] = made

    return lambda parts: with_config(parts, change)


def with_shape(shape: Any) -> Callable[[Parts], bytes]:
    def change(whole: Any) -> None:
        whole["config"]["layers"][0]["config"]["batch_shape"] = shape
        whole["config"]["build_input_shape"] = shape

    return lambda parts: with_config(parts, change)


def with_numbers(change: Callable[[h5py.File], None]) -> Callable[[Parts], bytes]:
    def altered(parts: Parts) -> bytes:
        buffer = io.BytesIO(parts[WEIGHTS])
        with h5py.File(buffer, "r+") as file:
            change(file)
        return packed({**parts, WEIGHTS: buffer.getvalue()})

    return altered


class Touch:
    """Unpickled, it makes a file."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("RUN",)


CODE = base64.b64encode(marshal.dumps((lambda x: os.mkdir("RUN")).__code__)).decode()
LAMBDA = {"class_name": "__lambda__", "config": {"code": CODE, "defaults": None, "closure": None}}


def replaced(file: h5py.File, path: str, make: Callable[[h5py.Group, str], Any]) -> None:
    group, _, name = path.rpartition("/")
    del file[path]
    make(file[group], name)


def virtual(group: h5py.Group, name: str) -> None:
    layout = h5py.VirtualLayout((2, 3), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "data", (2, 3))
    group.create_virtual_dataset(name, layout)


KERNEL = "layers/dense/vars/0"
HUGE = 10**10

CODE_FILES: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    "a pickle": (lambda _: pickle.dumps(Touch()), r"no \.keras file"),
    "a pickle as configuration": (
        lambda parts: packed({**parts, CONFIG: pickle.dumps(Touch())}), "no JSON",
    ),
    "a pickle as numbers": (
        lambda parts: packed({**parts, WEIGHTS: pickle.dumps(Touch())}), "no HDF5 file",
    ),
    "a Lambda of code": (with_layer("Lambda", {"function": LAMBDA}), "code in it, which is not ru"),
    "code elsewhere": (
        with_layer("Dense", {"units": 3, "activation": LAMBDA}), "code in it, which is not run",
    ),
    "a Lambda of a name": (with_layer("Lambda", {"function": "mkdir"}), "'mkdir' is not known"),
    "a function by module": (
        with_layer("Lambda", {"function": {
            "module": "os", "class_name": "function", "config": "mkdir",
            "registered_name": "mkdir"}}),
        "'mkdir' is not known",
    ),
    "a module's function": (
        with_layer("mkdir", {"path": "RUN"}, module="os", registered_name="mkdir"),
        "Unknown layer: 'mkdir'",
    ),
    "an activation by module": (
        with_layer("Dense", {"units": 1, "activation": {
            "module": "os", "class_name": "function", "config": "system"}}),
        "Unknown activation function: 'system'",
    ),
    "an unknown class": (with_layer("Sneaky", {}, module="sneaky"), "Unknown layer: 'Sneaky'"),
    "a private class": (with_layer("object", {}, module="builtins"), "Unknown layer: 'object'"),
    "an operation": (
        with_layer("System", {"name": "s"}, module="keras.src.ops.numpy"), "Unknown layer: 'System",
    ),
    "an optimizer": (
        lambda parts: with_config(parts, lambda c: c["compile_config"].update(
            optimizer={"module": "os", "class_name": "system", "config": {"command": "id"}})),
        "Unknown optimizer: 'system'",
    ),
    "a loss": (
        lambda parts: with_config(parts, lambda c: c["compile_config"].update(loss="os.system")),
        "Unknown loss: 'os.system'",
    ),
}  # fmt: skip
SIZE_FILES: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    "units": (with_layer("Dense", {"units": HUGE}), "not that many numbers"),
    "negative units": (with_layer("Dense", {"units": -1}), "units=-1"),
    "units of text": (with_layer("Dense", {"units": "3"}), "units='3'"),
    "an embedding": (
        with_layer("Embedding", {"input_dim": HUGE, "output_dim": 100}), "not that many numbers",
    ),
    "many objects": (
        lambda parts: with_config(parts, lambda c: c["config"]["layers"].extend(
            {"class_name": "Identity", "config": {"name": f"i{i}"}} for i in range(30_000))),
        "objects are described, more than plausible",
    ),
    "many layers": (
        lambda parts: with_config(parts, lambda c: c["config"]["layers"].extend(
            {"module": "keras.layers", "class_name": "Dense",
             "config": {"units": 2000, "name": f"d{i}"}} for i in range(1000))),
        "not that many numbers",
    ),
    "inputs": (with_shape([None, HUGE]), "has to have length 2"),
    "a batch": (
        with_layer("SimpleRNN", {"units": 2, "stateful": True}), "expects|ndim|axes",
    ),
    "shapes of text": (with_shape("everything"), "shape"),
    "a nested shape": (with_shape([[None, 2]]), "shape"),
    "thresholds": (
        lambda parts: with_config(parts, lambda c: c["compile_config"].update(metrics=[
            {"module": "keras.metrics", "class_name": "AUC",
             "config": {"num_thresholds": HUGE}}])),
        "implausibly large",
    ),
    "a confusion matrix": (
        lambda parts: with_config(parts, lambda c: c["compile_config"].update(metrics=[
            {"module": "keras.metrics", "class_name": "MeanIoU",
             "config": {"num_classes": 10**6}}])),
        "not that many numbers",
    ),
    "a sparse dataset": (
        with_numbers(lambda file: replaced(file, KERNEL, lambda group, name: group.create_dataset(
            name, (10**6, 10**6), "f4", chunks=(1000, 1000)))),
        r"shape \(2, 3\), and the file \(1000000, 1000000\)",
    ),
    "a bomb": (
        lambda parts: packed({**parts, WEIGHTS: bytes(50 * 2**20)}, zipfile.ZIP_DEFLATED),
        "more than plausible",
    ),
    "a bomb of spaces": (
        lambda parts: packed({**parts, CONFIG: b" " * 2**25}, zipfile.ZIP_LZMA), "than plausible",
    ),
    "deep nesting": (
        lambda parts: packed({**parts, CONFIG: b'{"class_name":' + b"[" * 10**5}), "no JSON",
    ),
    "deep nesting, closed": (
        lambda parts: packed({**parts, CONFIG: b'{"class_name": "Sequential", "config": '
                              + b"[" * 900 + b"]" * 900 + b"}"}),
        "nested too deeply|list indices|makes no sense|KeyError|TypeError",
    ),
}  # fmt: skip
PATH_FILES: dict[str, tuple[Callable[[Parts], bytes], str]] = {
    "up": (lambda parts: packed({**parts, "../evil": b"x"}), "a path to outside"),
    "absolute": (lambda parts: packed({**parts, "/tmp/evil": b"x"}), "a path to outside"),
    "a drive": (lambda parts: packed({**parts, "C:\\evil": b"x"}), "a path to outside"),
    "backwards": (lambda parts: packed({**parts, "a\\..\\..\\evil": b"x"}), "a path to outside"),
    "no configuration": (lambda parts: packed({WEIGHTS: parts[WEIGHTS]}), "config.json is missing"),
    "no numbers": (lambda parts: packed({CONFIG: parts[CONFIG]}), "weights.h5 is missing"),
    "a link out of the file": (
        with_numbers(lambda file: replaced(file, KERNEL, lambda group, name: group.__setitem__(
            name, h5py.ExternalLink("/etc/passwd", "/")))),
        "a link to elsewhere",
    ),
    "a link inside the file": (
        with_numbers(lambda file: replaced(file, KERNEL, lambda group, name: group.__setitem__(
            name, h5py.SoftLink("/layers")))),
        "a link to elsewhere",
    ),
    "numbers in another file": (
        with_numbers(lambda file: replaced(file, KERNEL, lambda group, name: group.create_dataset(
            name, (2, 3), "f4", external=[("/etc/passwd", 0, 24)]))),
        "lies in another file",
    ),
    "text for numbers": (
        with_numbers(lambda file: replaced(file, KERNEL, lambda group, name: group.create_dataset(
            name, data=np.full((2, 3), b"abc")))),
        "holds no numbers",
    ),
    "a group for numbers": (
        with_numbers(lambda file: replaced(file, KERNEL, lambda group, name: group.create_group(
            name))),
        "holds no numbers",
    ),
    "one number too few": (
        with_numbers(lambda file: file.__delitem__(KERNEL)), "a has 2 variables, and .* 1 at",
    ),
    "one layer too many": (
        with_numbers(lambda file: file.create_dataset("layers/other/vars/0", data=[1.0])),
        "the model has no such layer",
    ),
    "another shape": (
        with_numbers(lambda file: replaced(file, KERNEL, lambda group, name: group.create_dataset(
            name, data=np.zeros((3, 2), "f4")))),
        r"a/kernel has shape \(2, 3\), and the file \(3, 2\)",
    ),
    "large chunks": (
        with_numbers(lambda file: replaced(file, KERNEL, lambda group, name: group.create_dataset(
            name, (2, 3), "f4", chunks=(10**4, 10**4), maxshape=(None, None)))),
        "implausibly large chunks",
    ),
    "virtual numbers": (
        with_numbers(lambda file: replaced(file, KERNEL, virtual)), "lies in another file",
    ),
    "deep groups": (
        with_numbers(lambda file: file.create_dataset("/".join("g" * 600), data=1.0)),
        "nested too deeply",
    ),
    "calls in a circle": (
        lambda parts: connected(
            [called("Identity", "a", place("b")), called("Identity", "b", place("a"))], "b"
        )(parts),
        "what a is called on cannot be found|what b is called on cannot be found",
    ),
    "a call on itself": (
        lambda parts: connected([called("Identity", "a", place("a"))], "a")(parts),
        "what a is called on cannot be found",
    ),
    "no model": (lambda parts: with_config(parts, lambda _: [1, 2]), "describes no model"),
    "a layer alone": (
        lambda parts: with_config(parts, lambda c: c["config"]["layers"][1]), "which is no model",
    ),
    "an empty file": (lambda _: b"", r"no \.keras file, or it is cut off"),
}  # fmt: skip
FILES = {**CODE_FILES, **SIZE_FILES, **PATH_FILES}


@pytest.mark.parametrize("name", FILES)
def test_the_error_is_clear_and_nothing_runs(
    name: str, parts: Parts, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    make, message = FILES[name]
    Path("file.keras").write_bytes(make(parts))
    with pytest.raises(ValueError, match=message) as caught:
        models.load_model("file.keras")
    assert "file.keras" in str(caught.value)
    assert os.listdir() == ["file.keras"]


def test_one_name_twice(parts: Parts, tmp_path: Path) -> None:
    path = tmp_path / "twice.keras"
    path.write_bytes(packed(parts))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(CONFIG, b"{}")
    with pytest.raises(ValueError, match=r"has 'config\.json' twice"):
        models.load_model(path)


GREEDY = """
import resource, sys
from tinygrad_gates.keras import models
limit = int(sys.argv[1])
for path in sys.argv[2:]:
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        models.load_model(path)
    except ValueError as error:
        assert path in str(error), error
    else:
        raise SystemExit(f"{path} was loaded")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    assert grown < limit, f"{path}: {grown} MiB"
"""


def large(kind: str, config: dict[str, Any], inputs: Any = (None, 4, 4)) -> Callable[[Parts], Any]:
    def change(whole: Any) -> None:
        whole["config"]["layers"] = [
            {"module": "keras.layers", "class_name": "InputLayer",
             "config": {"batch_shape": inputs, "dtype": "float32", "name": "in"}},
            {"module": "keras.layers", "class_name": kind, "config": config},
        ]  # fmt: skip
        whole["config"]["build_input_shape"] = inputs

    return lambda parts: with_config(parts, change)


def connected(layers: list[Any], last: str) -> Callable[[Parts], bytes]:
    """Return what makes a file with a model of one input, "in", and of layers with their calls."""
    inputs = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "in"}}
    config = {"name": "f", "layers": [inputs, *layers]}
    ends = {"input_layers": [["in", 0, 0]], "output_layers": [[last, 0, 0]]}
    whole = {"module": "keras", "class_name": "Functional", "config": {**config, **ends}}
    return lambda parts: packed({**parts, CONFIG: json.dumps(whole).encode()})


def place(name: str) -> Any:
    history = {"keras_history": [name, 0, 0], "shape": [None, 4], "dtype": "float32"}
    return {"class_name": "__keras_tensor__", "config": history}


def called(kind: str, name: str, *args: Any, **config: Any) -> Any:
    module = "keras.layers" if kind == "Identity" else "keras.src.ops.numpy"
    made = {"module": module, "class_name": kind, "config": {"name": name, **config}}
    return {**made, "name": name, "inbound_nodes": [{"args": list(args), "kwargs": {}}]}


def backwards(count: int) -> Callable[[Parts], bytes]:
    """Return what makes a file of a chain of layers, the last of which is the first told."""
    names = ["in", *(f"i{number}" for number in range(count))]
    pairs = reversed([*itertools.pairwise(names)])
    return connected([called("Identity", name, place(before)) for before, name in pairs], names[-1])


def inside_of_each_other(depth: int) -> Callable[[Parts], bytes]:
    inner: Any = {"class_name": "Dense", "config": {"units": 1}}
    inputs = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "in"}}
    for number in range(depth):
        config = {"name": f"s{number}", "layers": [inputs, inner]}
        inner = {"module": "keras", "class_name": "Sequential", "config": config}
    return lambda parts: packed({**parts, CONFIG: json.dumps(inner).encode()})


INDEX = {"class_name": "__numpy__", "config": {"value": [0] * 10**6, "dtype": "int64"}}
ALL = {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": None}}


def deep(file: h5py.File) -> None:
    group = file
    for _ in range(2000):
        group = group.create_group("g")
    group.create_dataset("0", data=1.0)


GREEDY_FILES = {
    "calls told backwards": backwards(3000),
    "models in models": inside_of_each_other(60),
    "many arrays joined": connected(
        [
            called("GetItem", "a", place("in"), [ALL, INDEX]),
            called("Concatenate", "c", [place("a")] * 10**4, axis=1),
        ],
        "c",
    ),
    "one array joined with itself": connected(
        [
            *(
                called("Concatenate", f"c{k + 1}", [place(f"c{k}" if k else "in")] * 100, axis=1)
                for k in range(8)
            ),
        ],
        "c8",
    ),
    "a large index": connected(
        [
            called("Reshape", "a", place("in"), newshape=[-1, 4]),
            called("GetItem", "b", place("a"), [ALL, INDEX]),
            called("GetItem", "c", place("b"), [ALL, INDEX]),
        ],
        "c",
    ),
    "broadcasting": connected(
        [
            called("GetItem", "a", place("in"), [ALL, INDEX]),
            called("Reshape", "b", place("a"), newshape=[-1, 1, 10**6]),
            called("Reshape", "c", place("a"), newshape=[-1, 10**6, 1]),
            called("Where", "d", place("b"), place("b"), place("c")),
        ],
        "d",
    ),
    "chunks": with_numbers(
        lambda file: replaced(
            file,
            KERNEL,
            lambda group, name: group.create_dataset(
                name,
                data=np.zeros((2, 3), "f4"),
                chunks=(10**4, 10**4),
                maxshape=(None, None),
                compression="gzip",
            ),
        )
    ),
    "deep groups": with_numbers(deep),
    **{name: make for name, (make, _) in SIZE_FILES.items()},
    "repeated": large("RepeatVector", {"n": HUGE}, (None, 4)),
    "a large batch": large("SimpleRNN", {"units": 3, "stateful": True}, (HUGE, 4, 4)),
    "states": large("LSTM", {"units": HUGE}),
    "padding": large("ZeroPadding1D", {"padding": [0, HUGE]}),
    "filters": large("Conv1D", {"filters": HUGE, "kernel_size": HUGE}),
    "a table": large("Dense", {"units": 1}, (HUGE, HUGE)),
}


def test_little_memory_and_time_is_taken(parts: Parts, tmp_path: Path) -> None:
    paths = []
    for number, make in enumerate(GREEDY_FILES.values()):
        path = tmp_path / f"{number}.keras"
        path.write_bytes(make(parts))
        paths.append(str(path))
    command = [sys.executable, "-c", GREEDY, "300", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@given(st.data())
def test_cut_off_files_are_refused(parts: Parts, data: Any) -> None:
    whole = packed(parts)
    length = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ValueError, match="load_model"):
        loaded(whole[:length])


@given(st.data())
def test_altered_files_are_refused_or_harmless(parts: Parts, data: Any) -> None:
    whole = bytearray(packed(parts))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert refused_or_loaded(bytes(whole))


@given(st.data())
def test_altered_configurations_are_refused_or_harmless(parts: Parts, data: Any) -> None:
    text = bytearray(parts[CONFIG])
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(32, 126))
    assert refused_or_loaded(packed({**parts, CONFIG: bytes(text)}))


@given(st.data())
def test_altered_numbers_are_refused_or_harmless(parts: Parts, data: Any) -> None:
    content = bytearray(parts[WEIGHTS])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert refused_or_loaded(packed({**parts, WEIGHTS: bytes(content)}))


def refused_or_loaded(content: bytes) -> bool:
    try:
        return bool(loaded(content).built)
    except ValueError as error:
        return str(error).startswith("load_model")


def loaded(content: bytes) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.keras"
        path.write_bytes(content)
        return models.load_model(path)


# ------------------------------------------------------------------------ weights alone

WEIGHT_FILES: dict[str, tuple[str, bytes, str]] = {
    "text as HDF5": ("w.weights.h5", b"hello", "no HDF5 file"),
    "a pickle as HDF5": ("w.weights.h5", pickle.dumps(Touch()), "no HDF5 file"),
    "a pickle as safetensors": ("w.safetensors", pickle.dumps(Touch()), "no safetensors file"),
    "a huge header": (
        "w.safetensors", (2**62).to_bytes(8, "little") + b"{}", "no safetensors file",
    ),
    "a huge tensor": (
        "w.safetensors",
        (lambda head: len(head).to_bytes(8, "little") + head)(json.dumps(
            {"vars/0": {"dtype": "F32", "shape": [HUGE], "data_offsets": [0, 4 * HUGE]}}
        ).encode()),
        "no safetensors file",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WEIGHT_FILES)
def test_weights_that_are_none(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    file, content, message = WEIGHT_FILES[name]
    Path(file).write_bytes(content)
    model = network()
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        model.load_weights(file)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
    assert os.listdir() == [file]

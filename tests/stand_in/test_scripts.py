"""Keras scripts run unchanged: the article's cells, and a script that asks for too much."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tinygrad_gates.cli.article import experiments

CELLS = Path(__file__).parents[1] / "golden" / "article_cells.py"
LINE = re.compile(r"loss: (\S+) - acc: (\S+)$", re.M)


def run(
    script: Path | str, *arguments: str, cwd: Path | None = None, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tinygrad_gates", "run", str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, input=text)


def test_the_article_s_cells_run_as_they_are() -> None:
    done = run(CELLS)
    assert done.returncode == 0, done.stderr
    printed = LINE.findall(done.stdout)
    expected = [
        (f"{loss:.4f}" if loss > 1e-3 else f"{loss:.4e}", f"{accuracy:.4f}")
        for experiment in experiments()
        for loss, accuracy in zip(experiment.loss, experiment.acc, strict=True)
    ]
    assert printed == expected


SCRIPT = """
import sys
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.models import Sequential

assert keras is tf.keras
assert sys.argv[1:] == ["--fast", "3"]
assert __name__ == "__main__"
tf.random.set_seed(1)
model = tf.keras.Sequential([layers.Dense(1, input_shape=(2,))])
optimizer = tf.keras.optimizers.SGD(0.1)
x, y = tf.constant([[1.0, 2.0]]), np.array([[1.0]])

@tf.function
def slopes():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - tf.nn.relu(model(x))))
    return tape.gradient(loss, model.trainable_variables)

grads = slopes()
assert tf.__version__ == keras.__version__ and tf.math.abs(-1.0) == 1.0
optimizer.apply_gradients(zip(grads, model.trainable_variables))
print([g.shape for g in grads])
import local_helper
"""


def test_a_script_sees_its_folder_its_arguments_and_tensorflow_s_names(tmp_path: Path) -> None:
    (tmp_path / "local_helper.py").write_text("print('helped')")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = run(script, "--fast", "3")
    assert done.stdout == "[(2, 1), (1,)]\nhelped\n", done.stderr


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import tensorflow as tf; tf.lite", "has no tf.lite"),
        ("import tensorflow as tf; tf.data.TFRecordDataset", "has no tf.data.TFRecordDataset"),
        ("import tensorflow as tf; tf.compat.v1.Session()", "has no tf.compat.v1.Session"),
        ("from tensorflow.keras.datasets import svhn", "cannot import name 'svhn'"),
        ("from keras.optimizers import SGD; SGD(lr=0.01)", "lr"),
        ("from keras import Sequential; Sequential().predict_classes", "predict_classes"),
        ("from keras.applications import VGG16", "has no module keras.applications"),
        ("from keras.layers import ConvLSTM3D", "cannot import name 'ConvLSTM3D'"),
        ("import tensorflow.lite", "has no module tensorflow.lite"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, line: str, message: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(line)
    done = run(script)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[1:3] == [f'  File "{script}", line 1, in <module>', f"    {line}"]
    assert message in lines[-1]


def test_a_missing_script_is_an_error_of_usage(tmp_path: Path) -> None:
    done = run(tmp_path / "none.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no such file" in done.stderr


def test_other_processes_and_imports_are_left_alone() -> None:
    code = """
import sys, types
sys.modules["keras"] = types.ModuleType("keras")
import tinygrad_gates
try:
    tinygrad_gates.as_keras()
except RuntimeError as error:
    print("imported already" in str(error), "tensorflow" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"


# ------------------------------------------------------------------------ as Python runs scripts


def as_python(script: str, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


ENDS = {
    "at its end": "print('done')",
    "with a status": "import sys; print('so far'); sys.exit(3)",
    "with a message": "raise SystemExit('no data')",
    "an error": "def f():\n    return 1 / 0\n\nf()",
    "a missing file": "open('no such file')",
    "an error of syntax": "x = 1\ny = = 2\n",
    "an error behind an error": "try: {}['a']\nexcept KeyError as e: raise TypeError from e",
    "an own hook": "import sys\nsys.excepthook = lambda *e: print(e[1])\n1 / 0",
    "a group of errors": "raise ExceptionGroup('all', [ValueError('a'), TypeError('b')])",
}


@pytest.mark.parametrize("name", ENDS)
def test_a_script_ends_as_under_python(tmp_path: Path, name: str) -> None:
    (tmp_path / "ends.py").write_text(ENDS[name])
    ours, pythons = run("ends.py", cwd=tmp_path), as_python("ends.py", tmp_path)
    for done in (ours, pythons):
        done.args = None
    assert vars(ours) == vars(pythons)


LOOKING = """
# coding: latin-1
import inspect, pickle, sys
import __main__
from helper import helped

class Local:
    number: int = 3

print(__name__, __file__, sys.argv, helped, __main__.__file__, __spec__)
print(type(pickle.loads(pickle.dumps(Local()))) is Local, sys.modules["__main__"] is __main__)
print(Local.__annotations__, inspect.getsource(Local).splitlines()[0], sys.stdin.read())
"""


def test_a_script_finds_what_it_finds_under_python(tmp_path: Path) -> None:
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "looking.py").write_text(LOOKING)
    (folder / "helper.py").write_text("helped = 'helped'")
    arguments = ["scripts/looking.py", "-h", "--epochs", "3", "-x=1"]
    assert (
        run(*arguments, cwd=tmp_path).stdout
        == as_python(*arguments[:1], tmp_path, *arguments[1:]).stdout
    )


def test_a_script_may_come_from_standard_input() -> None:
    text = "import sys\nfrom keras import layers\nprint(sys.argv, __name__, layers.Dense(2).units)"
    done = run("-", "7", text=text)
    assert (done.stdout, done.stderr) == ("['-', '7'] __main__ 2\n", "")
    failed = run("-", text="1 / 0")
    assert failed.returncode == 1
    assert "<stdin>" in failed.stderr
    assert "tinygrad_gates" not in failed.stderr


def test_an_interrupted_script_says_so(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("raise KeyboardInterrupt")
    done = run(tmp_path / "script.py")
    assert (done.returncode, done.stderr) == (130, "tinygrad-gates run: interrupted\n")


IN_A_CALLBACK = """
import keras, numpy as np

class Mine(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["accuracy"]

model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((2, 1)), np.ones(2), callbacks=[Mine()], verbose=0)
"""


def test_a_traceback_has_the_script_s_lines_alone_unless_all_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(IN_A_CALLBACK)
    short = run(tmp_path / "script.py")
    assert [line.split(", ")[1:] for line in short.stderr.splitlines() if "File" in line] == [
        ["line 10", "in <module>"],
        ["line 6", "in on_epoch_end"],
    ]
    assert "KeyError: 'accuracy'" in short.stderr
    command = [sys.executable, "-m", "tinygrad_gates", "run", "--traceback", "script.py"]
    whole = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "trainer.py" in whole.stderr


def test_restoring_leaves_nothing_behind() -> None:
    code = """
import sys
import numpy as np
import tinygrad_gates
from tinygrad_gates import keras, modes

def state():
    return {name for name in sys.modules if name[:5] in ("keras", "tenso")}, list(sys.meta_path)

before = state()
with tinygrad_gates.as_keras():
    import keras.layers, tensorflow.keras.models, tensorflow.data
    from tensorflow import keras as again
    assert again.Model is keras.Model and np.asarray(keras.Variable(2.0)) == 2
    with tinygrad_gates.as_keras() as inner:  # in one another, they end one after the other
        pass
    import keras.losses
assert state() == before
assert not modes.plain_arrays
inner.restore()
try:
    np.asarray(tinygrad_gates.Value([2.0]))
except tinygrad_gates.errors.NotDifferentiableError:
    print("as before")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "as before\n"

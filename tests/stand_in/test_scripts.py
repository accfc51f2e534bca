"""Keras scripts run unchanged: the article's cells, and a script that asks for too much."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tinygrad_gates.cli.article import experiments

CELLS = Path(__file__).parent / "golden" / "article_cells.py"
LINE = re.compile(r"loss: (\S+) - acc: (\S+)$", re.M)


def run(script: Path | str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tinygrad_gates", "run", str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


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
        ("import tensorflow as tf; tf.data", "has no tf.data"),
        ("from keras.applications import VGG16", "has no module keras.applications"),
        ("from keras.layers import ConvLSTM3D", "cannot import name 'ConvLSTM3D'"),
        ("import tensorflow.lite", "has no module tensorflow.lite"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, line: str, message: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(line)
    done = run(script)
    assert done.returncode != 0
    assert message in done.stderr


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

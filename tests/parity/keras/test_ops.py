"""`keras.ops` beside Keras's own: results, dtypes and gradients."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_gates as tf
from tinygrad_gates import Value, gradients, trees

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__:DeprecationWarning"),  # PyTorch's arrays
    pytest.mark.filterwarnings("ignore::UserWarning:torch|keras|test_ops"),  # deprecations
]

RNG = np.random.default_rng(5)


def drawn(*shape: int, low: float = 0.2, high: float = 0.9) -> Any:
    """Return numbers that all differ, in a random order, so that no kink is met."""
    numbers = np.linspace(low, high, int(np.prod(shape)), dtype=np.float32)
    return RNG.permutation(numbers).reshape(shape)


M, N, V, T = drawn(3, 4), drawn(4, 2), drawn(4), drawn(2, 3, 4)
SIGNED = drawn(3, 4, low=-2.1, high=2)
S = drawn(3, 3) + 2 * np.eye(3, dtype=np.float32)
P = (S @ S.T).astype(np.float32)
WITH_NAN = np.where(np.arange(12).reshape(3, 4) % 5 == 2, np.nan, M).astype(np.float32)
I = np.array([[3, 1, 2], [0, 5, 4]], np.int32)
B = np.array([[True, False, True], [False, False, True]])
CLASSES = np.array([1, 0, 3], np.int32)
IMAGES = drawn(2, 6, 5, 4)
STEPS = drawn(2, 7, 4)

ONE = """
    abs arccos arcsin arcsinh arctan arctanh cbrt ceil cos cosh deg2rad erf erfc erfinv exp exp2
    expm1 floor isfinite isinf isnan isneginf isposinf isreal log log10 log1p log2 logical_not
    negative rad2deg ravel reciprocal round rsqrt sigmoid sign signbit sin sinc sinh sqrt square
    tan tanh trunc relu relu6 softplus softsign silu swish log_sigmoid hard_sigmoid hard_silu
    hard_swish hard_tanh hard_shrink soft_shrink tanh_shrink sparse_plus sparse_sigmoid squareplus
    leaky_relu elu celu selu gelu softmax log_softmax glu logsumexp fliplr flipud copy size ndim
    ones_like zeros_like sort argsort transpose squeeze
    sum prod mean max min amax amin all any var std median ptp argmax argmin count_nonzero
    cumsum cumprod nanmax nanmin nansum nanprod nanmean nanvar nanstd nanmedian nancumsum
    nancumprod nanargmax nanargmin average diff corrcoef diag diagonal trace tril triu
    normalize layer_normalization rms_normalization
""".split()
TWO = """
    add subtract multiply divide true_divide maximum minimum mod floor_divide power arctan2 fmax
    fmin fmod hypot logaddexp logaddexp2 equal not_equal less less_equal greater greater_equal
    logical_and logical_or logical_xor divide_no_nan isclose allclose heaviside binary_crossentropy
    categorical_crossentropy
""".split()
OF_INTEGERS = """
    abs sqrt exp floor sign square sum prod mean max var argmax cumsum cumprod median negative
    all any bitwise_not bitwise_invert ceil log1p nan_to_num logsumexp
""".split()

CASES: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    **{name: (name, (M,), {}) for name in ONE},
    **{f"{name} signed": (name, (SIGNED,), {}) for name in ("abs", "cbrt", "sign", "relu", "elu",
       "selu", "celu", "leaky_relu", "silu", "gelu", "floor", "trunc", "round", "softsign",
       "squareplus", "hard_silu", "hard_tanh", "sparse_plus", "fabs")},
    **{name: (name, (M, M[:, ::-1] + 0.013), {}) for name in TWO},
    **{f"{name} of integers": (name, (I,), {}) for name in OF_INTEGERS},
    **{f"{name} of NaN": (name, (WITH_NAN,), {"axis": 1}) for name in ("nanmax", "nanmin",
       "nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmedian", "nancumsum",
       "nancumprod", "nanargmax", "nanargmin")},
    **{f"{name} along": (name, (T,), {"axis": (0, 2), "keepdims": True}) for name in ("sum",
       "prod", "mean", "max", "min", "var", "std", "median", "logsumexp", "nanmean", "ptp")},
    **{f"{name} of two dtypes": (name, (I, M[:2, :3]), {}) for name in ("add", "multiply",
       "divide", "maximum", "power", "arctan2", "less", "logaddexp")},
    **{f"{name} of booleans": (name, (B,), {}) for name in ("sum", "mean", "all", "any",
       "logical_not", "cumsum", "argmax", "sqrt")},
    "add a number": ("add", (I, 2), {}),
    "add half": ("add", (I, 0.5), {}),
    "divide integers": ("divide", (I, I + 1), {}),
    "list": ("add", ([1, 2], [3.0, 4.0]), {}),
    "bits": ("bitwise_and", (I, I + 1), {}),
    "bits left": ("left_shift", (I, 1), {}),
    "xor": ("bitwise_xor", (I, I + 1), {}),
    "gcd": ("gcd", (I + 4, 2), {}),
    "lcm": ("lcm", (I + 4, 2), {}),
    "ldexp": ("ldexp", (V, np.array([1, 2, 0, 3], np.int32)), {}),
    "no division": ("divide_no_nan", (M, np.zeros((3, 4), np.float32)), {}),
    "clip": ("clip", (SIGNED, -1, 1), {}),
    "nan_to_num": ("nan_to_num", (WITH_NAN,), {"nan": 2.0}),
    "where": ("where", (SIGNED > 0, M, 0.0), {}),
    "where of integers": ("where", (B, I, 0.5), {}),
    "select": ("select", ([M > 0.7, M > 0.4], [M, 2 * M], 0.5), {}),
    "max with initial": ("max", (M,), {"axis": 1, "initial": 0.6}),
    "average": ("average", (M,), {"axis": 1, "weights": V}),
    "quantile": ("quantile", (M, 0.3), {"axis": 1}),
    "quantiles": ("quantile", (M, [0.25, 0.8]), {"axis": 0, "keepdims": True}),
    "quantile of all": ("quantile", (T, 0.4), {"axis": (0, 2)}),
    "quantile, midpoint": ("quantile", (V, 0.4), {"method": "midpoint"}),
    "quantile, nearest": ("quantile", (V, 0.4), {"method": "nearest"}),
    "quantile, lower": ("quantile", (V, 0.4), {"method": "lower"}),
    "quantile, higher": ("quantile", (V, 0.4), {"method": "higher"}),
    "percentile": ("percentile", (M, 30), {"axis": 1}),
    "nanquantile": ("nanquantile", (WITH_NAN, 0.3), {"axis": 1}),
    "sum as": ("prod", (I,), {"dtype": "float32"}),
    "cumsum as": ("cumsum", (I, 1), {"dtype": "float32"}),
    # making
    "zeros": ("zeros", ((2, 3),), {}),
    "ones": ("ones", (3,), {"dtype": "int32"}),
    "full": ("full", ((2, 2), 7.0), {}),
    "full_like": ("full_like", (I, 7), {}),
    "ones_like as": ("ones_like", (I,), {"dtype": "float32"}),
    "eye": ("eye", (3,), {"k": 1}),
    "identity": ("identity", (3,), {}),
    "tri": ("tri", (3,), {"k": -1}),
    "arange": ("arange", (5,), {}),
    "arange of floats": ("arange", (0.0, 1.0, 0.25), {}),
    "linspace": ("linspace", (0, 1, 5), {}),
    "linspace of arrays": ("linspace", (V, 2 * V, 3), {"endpoint": False}),
    "logspace": ("logspace", (0, 2, 4), {}),
    "geomspace": ("geomspace", (1, 8, 4), {}),
    "hamming": ("hamming", (5,), {}),
    "hanning": ("hanning", (5,), {}),
    "blackman": ("blackman", (5,), {}),
    "bartlett": ("bartlett", (5,), {}),
    "kaiser": ("kaiser", (5, 4.0), {}),
    "meshgrid": ("meshgrid", (V, V[:2]), {"indexing": "ij"}),
    "vander": ("vander", (V,), {"N": 3}),
    # turning, joining, parting
    "reshape": ("reshape", (M, (2, -1)), {}),
    "reshape flat": ("reshape", (M, -1), {}),
    "transpose": ("transpose", (T, (2, 0, 1)), {}),
    "swapaxes": ("swapaxes", (T, 0, 2), {}),
    "moveaxis": ("moveaxis", (T, 0, -1), {}),
    "expand_dims": ("expand_dims", (M, 1), {}),
    "expand two": ("expand_dims", (M, (0, -1)), {}),
    "squeeze": ("squeeze", (M[:, None], 1), {}),
    "broadcast_to": ("broadcast_to", (V, (3, 4)), {}),
    "tile": ("tile", (M, (2, 3)), {}),
    "repeat": ("repeat", (M, 2), {"axis": 1}),
    "roll": ("roll", (M, 2), {"axis": 1}),
    "flip": ("flip", (M,), {"axis": 0}),
    "rot90": ("rot90", (M,), {"k": 3}),
    "pad": ("pad", (M, ((1, 0), (2, 1))), {}),
    "pad with": ("pad", (M, ((1, 0), (2, 1))), {"constant_values": 2.0}),
    "pad reflect": ("pad", (M, ((1, 0), (2, 1))), {"mode": "reflect"}),
    "diag": ("diag", (V,), {"k": 1}),
    "diagflat": ("diagflat", (V,), {}),
    "diagonal": ("diagonal", (T,), {"offset": 1, "axis1": 1, "axis2": 2}),
    "trace": ("trace", (T,), {"axis1": 1, "axis2": 2}),
    "concatenate": ("concatenate", ([M, M * 2],), {"axis": 1}),
    "stack": ("stack", ([M, M * 2],), {"axis": -1}),
    "hstack": ("hstack", ([M, M * 2],), {}),
    "vstack": ("vstack", ([M, M * 2],), {}),
    "dstack": ("dstack", ([M, M * 2],), {}),
    "append": ("append", (M, M), {"axis": 0}),
    "split": ("split", (M, 2), {"axis": 1}),
    "split at": ("split", (M, [1, 3]), {"axis": 1}),
    "array_split": ("array_split", (M, 3), {"axis": 1}),
    "hsplit": ("hsplit", (M, 2), {}),
    "vsplit": ("vsplit", (M, 3), {}),
    "dsplit": ("dsplit", (T, 2), {}),
    "unstack": ("unstack", (M,), {"axis": 1}),
    # picking
    "take": ("take", (M, np.array([[2, 0]])), {"axis": 0}),
    "take flat": ("take", (M, [3, 11]), {}),
    "take_along_axis": ("take_along_axis", (M, CLASSES[:, None]), {"axis": 1}),
    "get_item": ("get_item", (M, (slice(None), 1)), {}),
    "searchsorted": ("searchsorted", (np.sort(V), np.array([0.1, 0.5], np.float32)), {}),
    "digitize": ("digitize", (M, np.array([0.3, 0.6], np.float32)), {}),
    "isin": ("isin", (I, [1, 2]), {}),
    "bincount": ("bincount", (CLASSES,), {"minlength": 6}),
    "bincount weighted": ("bincount", (CLASSES,), {"weights": V[:3]}),
    "bincount of rows": ("bincount", (I % 3,), {"minlength": 3}),
    "unravel_index": ("unravel_index", (CLASSES, (2, 2)), {}),
    "sort down": ("sort", (M,), {"axis": 0}),
    # products
    "matmul": ("matmul", (T, N), {}),
    "dot": ("dot", (T, N), {}),
    "inner": ("inner", (M, V), {}),
    "outer": ("outer", (V, V), {}),
    "vdot": ("vdot", (V, V), {}),
    "kron": ("kron", (M, N), {}),
    "tensordot": ("tensordot", (T, M), {"axes": 2}),
    "einsum": ("einsum", ("bij,jk->bki", T, N), {}),
    "cross": ("cross", (S[:2], P[:2]), {}),
    "correlate": ("correlate", (V, V[:2]), {"mode": "same"}),
    "correlate odd": ("correlate", (V, V[:3]), {"mode": "same"}),
    "correlate full": ("correlate", (V, V[:3]), {"mode": "full"}),
    "correlate valid": ("correlate", (V, V[:3]), {}),
    "trapezoid": ("trapezoid", (M,), {"x": np.sort(V)}),
    "matmul of integers": ("matmul", (I, I.T), {}),
    # matrices
    "cholesky": ("cholesky", (P,), {}),
    "cholesky upper": ("cholesky", (P,), {"upper": True}),
    "det": ("det", (S,), {}),
    "inv": ("inv", (S,), {}),
    "logdet": ("logdet", (P,), {}),
    "slogdet": ("slogdet", (S,), {}),
    "solve": ("solve", (S, P), {}),
    "solve_triangular": ("solve_triangular", (S, P), {"lower": True}),
    "pinv": ("pinv", (M,), {}),
    "norm": ("norm", (M,), {}),
    "norm along": ("norm", (M,), {"axis": 1, "ord": 1, "keepdims": True}),
    "norm nuc": ("norm", (M,), {"ord": "nuc"}),
    "eigenvalues": ("eigh", (P,), {}),
    "lstsq": ("lstsq", (M.T.copy(), V), {}),
    "svdvals": ("svd", (M,), {"compute_uv": False}),
    # segments and the best
    "segment_sum": ("segment_sum", (M, np.array([1, 0, 1])), {"num_segments": 3}),
    "segment_max": ("segment_max", (M, np.array([1, 0, 1])), {"num_segments": 2}),
    "segment_min": ("segment_min", (M, np.array([1, 0, 1])), {"num_segments": 2}),
    "segment_prod": ("segment_prod", (M, np.array([1, 0, 1])), {"num_segments": 3}),
    "top_k": ("top_k", (M, 2), {}),
    "in_top_k": ("in_top_k", (CLASSES, M, 2), {}),
    "cdist": ("cdist", (M, 2 * M[:2]), {}),
    "extract_sequences": ("extract_sequences", (STEPS[:, :, 0], 3, 2), {}),
    # parts
    "scatter": ("scatter", (np.array([[0, 1], [2, 3], [0, 1]]), V[:3], (3, 4)), {}),
    "scatter rows": ("scatter", (np.array([[2], [0]]), M[:2], (3, 4)), {}),
    "scatter_update": ("scatter_update", (M, [[0, 1], [2, 3]], V[:2]), {}),
    "scatter_update rows": ("scatter_update", (M, [[1]], V[None]), {}),
    "scatter_update add": ("scatter_update", (M, [[1], [1]], M[:2]), {"reduction": "add"}),
    "scatter_update max": ("scatter_update", (M, [[1], [1]], M[:2]), {"reduction": "max"}),
    "scatter_update mul": ("scatter_update", (M, [[1], [1]], M[:2]), {"reduction": "mul"}),
    "slice": ("slice", (M, [1, 0], [2, 3]), {}),
    "slice_update": ("slice_update", (M, [1, 0], 2 * M[:2, :3]), {}),
    # networks
    "one_hot": ("one_hot", (CLASSES, 4), {}),
    "one_hot first": ("one_hot", (I, 6), {"axis": 1}),
    "multi_hot": ("multi_hot", (I, 6), {}),
    "multi_hot of one": ("multi_hot", (CLASSES, 6), {}),
    "bce of logits": ("binary_crossentropy", (M, 3 * SIGNED), {"from_logits": True}),
    "cce of logits": ("categorical_crossentropy", (M, SIGNED), {"from_logits": True}),
    "scce": ("sparse_categorical_crossentropy", (CLASSES, M), {}),
    "scce of logits": ("sparse_categorical_crossentropy", (CLASSES, SIGNED),
                       {"from_logits": True}),
    "moments": ("moments", (T, [0, 2]), {"keepdims": True}),
    "batch_normalization": ("batch_normalization", (T, V, V + 1, -1, 2 * V, 3 * V), {}),
    "batch_normalization first": ("batch_normalization", (T, V[:3], V[1:], 1), {}),
    "layer_normalization": ("layer_normalization", (T, V, 2 * V), {}),
    "rms_normalization": ("rms_normalization", (T, V), {}),
    "normalize": ("normalize", (SIGNED,), {"axis": 0, "order": 3}),
    "psnr": ("psnr", (M, M[::-1].copy(), 2.0), {}),
    "threshold": ("threshold", (SIGNED, 0.1, 0.5), {}),
    "attention": ("dot_product_attention", (IMAGES, IMAGES * 2, IMAGES), {}),
    "causal attention": ("dot_product_attention", (IMAGES, IMAGES, IMAGES), {"is_causal": True}),
    "conv": ("conv", (IMAGES, drawn(3, 2, 4, 5)), {"strides": 2, "padding": "same"}),
    "conv of groups": ("conv", (IMAGES, drawn(3, 2, 2, 6)), {"dilation_rate": 2}),
    "conv of steps": ("conv", (STEPS, drawn(3, 4, 5)), {"padding": "valid"}),
    "depthwise_conv": ("depthwise_conv", (IMAGES, drawn(3, 3, 4, 2)), {}),
    "separable_conv": ("separable_conv", (IMAGES, drawn(3, 3, 4, 2), drawn(1, 1, 8, 3)), {}),
    "max_pool": ("max_pool", (IMAGES, 2), {"strides": 1, "padding": "same"}),
    "average_pool": ("average_pool", (IMAGES, 3), {"strides": 1}),
    "average_pool of two lengths": ("average_pool", (IMAGES, (3, 2)), {"strides": (1, 2)}),
    "depth_to_space": ("depth_to_space", (IMAGES, 2), {}),
    "space_to_depth": ("space_to_depth", (IMAGES[:, :, :4], 2), {}),
    "saturate_cast": ("saturate_cast", (np.array([-5.0, 300.0], np.float32), "uint8"), {}),
}  # fmt: skip


def plain(item: Any) -> list[Any]:
    return [x.numpy() if isinstance(x, Value) else np.asarray(x) for x in trees.leaves(item)]


@pytest.mark.parametrize("name", CASES)
def test_results_and_dtypes(keras: Any, name: str) -> None:
    function, args, options = CASES[name]
    tensors = trees.transform(
        lambda x: keras.ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x, args
    )
    expected = trees.leaves(getattr(keras.ops, function)(*tensors, **options))
    found = plain(getattr(tf.keras.ops, function)(*args, **options))
    assert len(found) == len(expected)
    for mine, item in zip(found, expected, strict=True):
        its = np.asarray(keras.ops.convert_to_numpy(item))
        if name == "eigenvalues" and mine.ndim > 1:
            mine, its = abs(mine), abs(its)  # vectors have no sign
        np.testing.assert_allclose(mine, its, rtol=2e-5, atol=2e-6)
        assert mine.dtype.kind == its.dtype.kind
        if mine.dtype.kind == "f":
            assert mine.dtype == its.dtype


def is_float(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == np.float32


WITHOUT_SLOPE = {
    "floor_divide", "heaviside", "vander", "bincount weighted", "scatter_update max",
    "scatter_update mul", "eigenvalues", "svdvals", "pinv",
}  # fmt: skip
"""Where PyTorch, or Keras on it, has no gradient, or signs are free."""


@pytest.mark.parametrize("name", CASES)
def test_gradients(keras: Any, name: str) -> None:
    if keras.backend.backend() != "torch":
        pytest.skip("PyTorch's gradients")
    import torch

    function, args, options = CASES[name]
    if name in WITHOUT_SLOPE or not any(is_float(x) for x in trees.leaves((args, options))):
        pytest.skip("nothing to compare")
    inputs = trees.transform(lambda x: Value(x) if is_float(x) else x, (args, options))
    twins = trees.transform(
        lambda x: torch.tensor(x, requires_grad=True) if is_float(x) else x, (args, options)
    )
    its = trees.leaves(getattr(keras.ops, function)(*twins[0], **twins[1]))
    its = [x for x in its if isinstance(x, torch.Tensor) and x.requires_grad]
    mine = trees.leaves(getattr(tf.keras.ops, function)(*inputs[0], **inputs[1]))
    mine = [x for x in mine if isinstance(x, Value) and x.requires_grad]
    assert len(its) == len(mine)
    if not its:
        return
    mixes = [np.linspace(0.5, 1, y.size, dtype=np.float32).reshape(y.shape) for y in mine]
    sum((y * torch.tensor(mix)).nansum() for y, mix in zip(its, mixes, strict=True)).backward()
    leaves = [
        (one, other)
        for one, other in zip(trees.leaves(inputs), trees.leaves(twins), strict=True)
        if isinstance(one, Value) and other.grad is not None
    ]
    total = sum((y * mix).sum() for y, mix in zip(mine, mixes, strict=True))
    found = gradients(total, [one for one, _ in leaves])
    for slope, (_, other) in zip(found, leaves, strict=True):
        np.testing.assert_allclose(slope, other.grad.numpy(), rtol=2e-4, atol=2e-5)


# ------------------------------------------------------------------------ in files

STEPS_OF_MODELS: dict[str, Callable[[Any, Any], Any]] = {
    "sum": lambda ops, x: ops.sum(x, axis=1, keepdims=True),
    "max": lambda ops, x: ops.max(x, axis=1),
    "median": lambda ops, x: ops.median(x, axis=1),
    "clip": lambda ops, x: ops.clip(x, 0.3, 0.6),
    "reshape": lambda ops, x: ops.reshape(x, (-1, 2, 2)),
    "transpose": lambda ops, x: ops.transpose(ops.reshape(x, (-1, 2, 2)), (0, 2, 1)),
    "matmul": lambda ops, x: ops.matmul(*[ops.reshape(x, (-1, 2, 2))] * 2),
    "where": lambda ops, x: ops.where(x > 0.5, x, 0.0),
    "compared": lambda ops, x: ops.cast(x <= 0.5, "float32") + ops.cast(x % 0.2 > 0.1, "float32"),
    "divided": lambda ops, x: x // 0.3,
    "joined": lambda ops, x: ops.concatenate([ops.relu(x), ops.expm1(x)], axis=-1),
    "stacked": lambda ops, x: ops.squeeze(ops.stack([ops.expand_dims(x, 1)], axis=1), axis=1),
}


@pytest.mark.parametrize("name", STEPS_OF_MODELS)
@pytest.mark.parametrize("from_keras", [True, False])
def test_files_of_models_with_operations(
    keras: Any, name: str, from_keras: bool, tmp_path: Path
) -> None:
    writer, reader = (keras, tf.keras) if from_keras else (tf.keras, keras)
    place = writer.Input((4,))
    model = writer.Model(place, STEPS_OF_MODELS[name](writer.ops, place))
    model.save(tmp_path / "model.keras")
    again = reader.models.load_model(tmp_path / "model.keras")
    expected, found = (k.predict(M, verbose=0) for k in (model, again))
    np.testing.assert_allclose(found, expected, rtol=1e-6)

#!/usr/bin/env python3
"""Writes onnx.h: cases of the test suite that ONNX has for its own backends.

    python3 -m venv /tmp/onnx && /tmp/onnx/bin/pip install onnx
    /tmp/onnx/bin/python tests/golden/make_onnx.py

Only who changes the list below needs it: onnx.h is committed. Others wrote these
cases, and what must come of them; here they are only put into arrays.
"""
import pathlib
import warnings

import numpy
import onnx
from onnx.backend.test.case.node import collect_testcases

# Test of ONNX: what we call it, and its tensors: what is given, what must come.
CASES = {
    "test_attention_23_boolmask_fullymasked_row_nan_robustness":
        ("hidden_row", "q k v may_look y"),
    "test_attention_causal_boolmask_nan_robustness":
        ("causal_hidden_row", "q k v may_look y"),
    "test_attention_4d_softcap_neginf_mask_poison":
        ("softcap", "q k v bias y"),
    "test_flexattention_causal_mask": ("causal", "q k v y"),
    "test_flexattention_relative_positional": ("relative", "q k v y"),
    "test_flexattention_soft_cap": ("lid", "q k v y"),
    "test_attention_3d_local_window": ("window", "q k v y"),
    "test_attention_local_window_gqa_rank4_mask":
        ("window_group", "q k v may_look y"),
    "test_attention_4d_gqa_causal_nonpad_decode":
        ("decode", "q k v lengths y"),
    "test_attention_4d_causal_nonpad_continued_prefill":
        ("prefill", "q k v lengths y"),
    "test_attention_4d_causal_nonpad_negative_offset_structural_empty":
        ("too_short", "q k v lengths y"),
    "test_softmax_large_number": ("softmax", "x y"),
    "test_logsoftmax_large_number": ("log_softmax", "x y"),
    "test_gelu_tanh_1": ("gelu", "x y"),
    "test_layer_normalization_2d_axis1": ("norm", "x gain bias y mean r"),
    "test_rms_normalization_2d_axis1": ("rms", "x gain y"),
    "test_sce_mean_no_weight_ii": ("entropy", "x targets y"),
    "test_gemm_default_vector_bias": ("linear", "x w b y"),
    "test_swiglu": ("swiglu", "a b y"),
}
NUMBERS_IN_A_LINE = 5


def in_c(number):
    """A number as C writes it."""
    if isinstance(number, (bool, int)):
        return str(int(number))
    if not numpy.isfinite(number):
        return "NAN" if number != number else str(number).replace(
            "inf", "INFINITY")
    text = f"{number:.9g}"
    return (text if "." in text or "e" in text else text + ".0") + "f"


def array(name, x):
    """The lines of an array."""
    kind = "float" if x.dtype == numpy.float32 else "int"
    shape = ", ".join(str(n) for n in x.shape or (1,))
    numbers = [in_c(number) for number in x.ravel().tolist()]
    yield f"static const {kind} {name}[] = {{    /* ({shape}) */"
    for i in range(0, len(numbers), NUMBERS_IN_A_LINE):
        yield "    " + ", ".join(numbers[i:i + NUMBERS_IN_A_LINE]) + ","
    yield "};"


def main():
    warnings.simplefilter("ignore")     # of cases that are not ours
    lines = [f"/* Made by make_onnx.py with onnx {onnx.__version__}, from the "
             "tests of its backends",
             " * (Apache License 2.0). Do not edit. */"]
    cases = {case.name: case for case in collect_testcases(None)}
    for test, (name, tensors) in CASES.items():
        given, result = cases[test].data_sets[0]
        lines.append(f"\n/* {test} */")
        for tensor, x in zip(tensors.split(), list(given) + list(result)):
            lines.extend(array(f"{name}_{tensor}", numpy.asarray(x)))
    path = pathlib.Path(__file__).with_name("onnx.h")
    path.write_text("\n".join(lines) + "\n")


main()

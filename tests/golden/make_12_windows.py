#!/usr/bin/env python3
"""Writes 12_windows.h: PyTorch's numbers for tests/12_windows.c.

    python3 tests/golden/make_12_windows.py > tests/golden/12_windows.h

Only needed to change the examples. Inputs are multiples of 1/64, so that they
are the same numbers in float and in double. PyTorch computes in double.
conv1d has channels before places, (B, in, n), and its weight is (out, in,
size): here they are written as the book has them, (B, n, in) and, for each
place in the window one below the other, (size in, out). `before` zeros stand
before the first word, none after the last.
"""
import torch
from torch.nn import functional

random = torch.Generator().manual_seed(12)
torch.set_default_dtype(torch.float64)


def normal(*shape):
    x = torch.randn(*shape, generator=random)
    return ((x * 64).round() / 64).requires_grad_()


# name, B, n, in, out, size, stride, dilation, before
CASES = [
    ("pairs", 1, 4, 2, 3, 2, 1, 1, 0),
    ("causal_three", 2, 5, 3, 2, 3, 1, 1, 2),
    ("holes", 2, 7, 2, 2, 3, 1, 2, 4),
    ("one_word", 3, 2, 2, 4, 1, 1, 1, 0),
    ("patches", 1, 8, 3, 2, 4, 4, 1, 0),
    ("wide_holes_and_steps", 1, 9, 2, 2, 2, 3, 5, 5),
]
NAMES = ["x", "weight", "bias", "d_out", "out", "d_x", "d_weight", "d_bias"]


def run(B, n, into, out, size, stride, dilation, before):
    x, weight = normal(B, n, into), normal(size * into, out)
    bias = normal(out)
    theirs = weight.view(size, into, out).permute(2, 1, 0)
    padded = functional.pad(x.transpose(1, 2), (before, 0))
    y = functional.conv1d(padded, theirs, bias, stride=stride,
                          dilation=dilation).transpose(1, 2)
    d_out = normal(*y.shape).detach()
    y.backward(d_out)
    return [x, weight, bias, d_out, y, x.grad, weight.grad, bias.grad]


def numbers(name, x):
    words = ["%.10g" % (a + 0.0) for a in x.detach().flatten().tolist()]
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) + 3 > 72:
            lines.append(line)
            line = ""
        line += " " + word + ","
    lines.append(line)
    return ("      .%s = (const double[]){\n" % name
            + "".join("       %s\n" % line for line in lines) + "      },\n")


print("""/* 12_windows.h -- convolutions as PyTorch %s computes them. Made by
 * tests/golden/make_12_windows.py: do not edit. */
#ifndef GOLDEN_12_WINDOWS_H
#define GOLDEN_12_WINDOWS_H

/* Numbers row by row: x (B, n, in), weight (size in, out), bias (out), out (B,
 * windows, out). d_x and the like: gradients of a loss whose gradient by `out`
 * is d_out. */
static const struct GoldenWindows {
    const char *name;
    int B, n, in, outs, size, stride, dilation, before, windows;
    const double *%s;
} golden_windows[] = {""" % (torch.__version__, ", *".join(NAMES)))
for name, *sizes in CASES:
    result = run(*sizes)
    print('    { "%s", %s, %d,' % (name, ", ".join(map(str, sizes)),
                                   result[4].shape[1]))
    for which, x in zip(NAMES, result):
        print(numbers(which, x), end="")
    print("    },")
print("""};

#endif""")

#!/usr/bin/env python3
"""Writes 07_rotary.h: PyTorch's numbers for tests/07_positional_encoding.c.

    python3 tests/golden/make_07_rotary.py > tests/golden/07_rotary.h

Only needed to change the examples. A pair is one complex number, as in Llama's
own program, and a position multiplies it by e to the i angle: there is no sine,
no cosine and no half here. Inputs are multiples of 1/64, so that they are the
same numbers in float and in double. PyTorch computes in double, by its complex
numbers and its own gradients.
"""
import torch

random = torch.Generator().manual_seed(7)
torch.set_default_dtype(torch.float64)


def normal(*shape):
    x = torch.randn(*shape, generator=random)
    return ((x * 64).round() / 64).requires_grad_()


def rotate(x, first):
    """Component i and component i + w/2 are one number."""
    n, w = x.shape
    speed = 10000 ** (-torch.arange(0, w, 2) / w)
    angle = torch.outer(first + torch.arange(n), speed)
    pair = torch.view_as_complex(x.view(n, 2, w // 2).transpose(1, 2).contiguous())
    turned = torch.view_as_real(pair * torch.polar(torch.ones_like(angle), angle))
    return turned.transpose(1, 2).reshape(n, w)


# name, queries, keys, width, position of the first query, of the first key
CASES = [
    ("one_pair", 3, 4, 2, 0, 0),
    ("two_pairs", 2, 3, 4, 5, 0),
    ("three_pairs_far_on", 3, 2, 6, 1000, 1003),
    ("four_pairs_before_the_start", 2, 2, 8, -3, -40),
]
NAMES = ["q", "k", "d_scores", "turned_q", "turned_k", "scores", "d_q", "d_k"]


def run(n, m, w, first_q, first_k):
    q, k, d_scores = normal(n, w), normal(m, w), normal(n, m).detach()
    turned_q, turned_k = rotate(q, first_q), rotate(k, first_k)
    scores = turned_q @ turned_k.T
    scores.backward(d_scores)
    return [q, k, d_scores, turned_q, turned_k, scores, q.grad, k.grad]


def numbers(x, indent):
    """Its numbers, in lines that leave room for the closing brace."""
    lines, line = [], indent
    for a in x.detach().flatten().tolist():
        word = " %.9g," % (a if abs(a) > 1e-14 else 0)  # no -0
        if len(line) + len(word) > 77:
            lines.append(line)
            line = indent
        line += word
    return "\n".join(lines + [line])


print("""/* 07_rotary.h -- rotary encoding by the complex numbers of PyTorch
 * %s. Made by tests/golden/make_07_rotary.py: do not edit. */
#ifndef GOLDEN_07_ROTARY_H
#define GOLDEN_07_ROTARY_H

/* Numbers row by row. q (n, w), whose first row is at position first_q, and
 * k (m, w); scores (n, m): of the turned ones. d_...: gradients of a loss whose
 * gradient by `scores` is d_scores. */
static const struct Golden {
    const char *name;
    int n, m, w, first_q, first_k;
    const double *q, *k, *d_scores, *turned_q, *turned_k, *scores, *d_q, *d_k;
} golden_rotary[] = {""" % torch.__version__)
for name, *sizes in CASES:
    print('    { .name = "%s",' % name)
    print("      .n = %d, .m = %d, .w = %d, .first_q = %d, .first_k = %d,"
          % tuple(sizes))
    for which, x in zip(NAMES, run(*sizes)):
        print("      .%s = (const double[]){\n%s }," % (which, numbers(x, "       ")))
    print("    },")
print("""};

#endif""")

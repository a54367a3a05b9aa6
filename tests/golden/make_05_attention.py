#!/usr/bin/env python3
"""Writes 05_attention.h: PyTorch's numbers for tests/05_scaled_dot_product.c.

    python3 tests/golden/make_05_attention.py > tests/golden/05_attention.h

Only needed to change the examples. Inputs are multiples of 1/64, so that they
are the same numbers in float and in double. PyTorch computes in double, by its
own layer and its own gradients: torch.nn.MultiheadAttention with one head and
projections that change nothing is the attention of chapter 5. It wants values
as wide as keys, so they are filled up with zeros.
"""
import torch

random = torch.Generator().manual_seed(5)
torch.set_default_dtype(torch.float64)


def normal(*shape):
    x = torch.randn(*shape, generator=random)
    return ((x * 64).round() / 64).requires_grad_()


def causal(n):
    return torch.ones(n, n).triu(1)


def padding(lengths, m):
    return torch.stack([(torch.arange(m) >= n).to(torch.float64).view(1, m)
                        for n in lengths])


# name, axes in front, n, m, d_k, d_v, mask (1 hides)
CASES = [
    ("plain", (), 3, 4, 5, 2, None),
    ("one_query_one_key", (), 1, 1, 3, 2, None),
    ("causal", (), 5, 5, 4, 3, causal(5)),
    ("batch_and_heads_causal", (2, 2), 4, 4, 3, 3, causal(4)),
    ("padding", (3,), 2, 4, 3, 2, padding([4, 2, 1], 4)),
    ("padding_and_causal", (2,), 3, 3, 2, 2,
     torch.maximum(padding([3, 2], 3), causal(3))),
    ("wide_keys", (), 2, 4, 16, 1, None),
]
NAMES = ["q", "k", "v", "d_out", "mask", "weights", "out", "d_q", "d_k", "d_v"]


def attention(q, k, v, hidden):
    width, fill = q.shape[-1], q.shape[-1] - v.shape[-1]
    layer = torch.nn.MultiheadAttention(width, 1, bias=False, batch_first=True)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.eye(width).repeat(3, 1))
        layer.out_proj.weight.copy_(torch.eye(width))
    wide = torch.nn.functional.pad(v, (0, fill))
    out, weights = layer(q, k, wide, attn_mask=hidden)
    return out[..., :v.shape[-1]], weights


def run(front, n, m, d_k, d_v, mask):
    q, k = normal(*front, n, d_k), normal(*front, m, d_k)
    v = normal(*front, m, d_v)
    d_out = normal(*front, n, d_v).detach()
    # The layer knows one axis in front, and masks of its size.
    hidden = None if mask is None else mask.bool().expand(*front, n, m)
    if len(front) and hidden is not None:
        hidden = hidden.reshape(-1, n, m)
    flat = [x.reshape(-1, *x.shape[-2:]) for x in (q, k, v)]
    out, weights = attention(*flat, hidden)
    out.backward(d_out.reshape(out.shape))
    return [q, k, v, d_out, mask, weights, out, q.grad, k.grad, v.grad]


def numbers(name, x):
    x = [] if x is None else x.detach().flatten().tolist()
    words = ["%.10g" % (a + 0.0) for a in x]    # no -0
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) + 3 > 72:
            lines.append(line)
            line = ""
        line += " " + word + ","
    lines.append(line)
    if not words:
        return "      .%s = NULL,\n" % name
    return ("      .%s = (const double[]){\n" % name
            + "".join("       %s\n" % line for line in lines) + "      },\n")


def shape(dims):
    return "{ %d, { %s } }" % (len(dims), ", ".join(map(str, dims)))


print("""/* 05_attention.h -- attention as PyTorch %s computes it. Made by
 * tests/golden/make_05_attention.py: do not edit. */
#ifndef GOLDEN_05_ATTENTION_H
#define GOLDEN_05_ATTENTION_H

#include "tensor/tensor.h"

/* Numbers row by row. mask: 1 where the key is hidden; NULL if none is. d_q,
 * d_k, d_v: gradients of a loss whose gradient by `out` is d_out. */
static const struct Golden {
    const char *name;
    Shape q_shape, k_shape, v_shape, mask_shape;
    const double *%s;
} golden_attention[] = {""" % (torch.__version__, ", *".join(NAMES)))
for name, front, n, m, d_k, d_v, mask in CASES:
    result = run(front, n, m, d_k, d_v, mask)
    print('    { .name = "%s",' % name)
    for which, x in zip("qkv", result):
        print("      .%s_shape = %s," % (which, shape(x.shape)))
    print("      .mask_shape = %s,"
          % shape([1] if mask is None else mask.shape))
    for which, x in zip(NAMES, result):
        print(numbers(which, x), end="")
    print("    },")
print("""};

#endif""")

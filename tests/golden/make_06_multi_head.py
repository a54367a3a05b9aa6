#!/usr/bin/env python3
"""Writes 06_multi_head.h: PyTorch's numbers for tests/06_multi_head.c.

    python3 tests/golden/make_06_multi_head.py > tests/golden/06_multi_head.h

Only needed to change the examples. Inputs and parameters are multiples of
1/64, so that they are the same numbers in float and in double. PyTorch computes
in double, by torch.nn.MultiheadAttention and its own gradients.
"""
import torch

random = torch.Generator().manual_seed(6)
torch.set_default_dtype(torch.float64)


def normal(*shape, scale=1):
    x = torch.randn(*shape, generator=random) * scale
    return ((x * 64).round() / 64).requires_grad_()


def causal(n):
    return torch.ones(n, n).triu(1)


def padding(lengths, m):
    return torch.stack([(torch.arange(m) >= n).to(torch.float64).view(1, m)
                        for n in lengths])


# Another mask for each sequence and query: 1 hides.
OWN = torch.tensor([[[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 1, 1]],
                    [[1, 1, 0, 0], [0, 0, 0, 1], [0, 1, 0, 1]]]).double()

# All cases have the same parameters, whatever the number of heads.
d = 4
PARAMS = {"in_weight": normal(3 * d, d, scale=0.5),
          "in_bias": normal(3 * d, scale=0.5),
          "out_weight": normal(d, d, scale=0.5),
          "out_bias": normal(d, scale=0.5)}

# name, self-attention or not, B, n, m, heads, mask
CASES = [
    ("self", True, 1, 3, 3, 2, None),
    ("self_causal", True, 1, 3, 3, 4, causal(3)),
    ("self_padding", True, 2, 3, 3, 2, padding([3, 2], 3)),
    ("self_causal_and_padding", True, 2, 3, 3, 1,
     torch.maximum(causal(3), padding([3, 1], 3))),
    ("cross", False, 2, 1, 3, 2, None),
    ("cross_padding", False, 3, 2, 3, 4, padding([3, 1, 2], 3)),
    ("cross_own_masks", False, 2, 3, 4, 2, OWN),
]
NAMES = ["asking", "answering", "mask", "d_out", "out", "weights",
         "mean_weights", "d_asking", "d_answering", "d_in_weight",
         "d_out_weight"]


def layer_with(heads):
    layer = torch.nn.MultiheadAttention(d, heads, batch_first=True)
    with torch.no_grad():
        layer.in_proj_weight.copy_(PARAMS["in_weight"])
        layer.in_proj_bias.copy_(PARAMS["in_bias"])
        layer.out_proj.weight.copy_(PARAMS["out_weight"])
        layer.out_proj.bias.copy_(PARAMS["out_bias"])
    return layer


def hidden(mask, B, heads, n, m):
    """Our mask as the layer wants it: a padding mask for each sequence, or
    else one for each head of each sequence."""
    if mask is None:
        return {}
    if mask.dim() == 3 and mask.shape[1] == 1:
        return {"key_padding_mask": mask.bool().view(B, m)}
    if mask.dim() == 2:
        return {"attn_mask": mask.bool()}
    return {"attn_mask": mask.bool().repeat_interleave(heads, dim=0)}


def run(is_self, B, n, m, heads, mask):
    asking = normal(B, n, d)
    answering = asking if is_self else normal(B, m, d)
    layer = layer_with(heads)
    d_out = normal(B, n, d).detach()

    def ask(**options):
        return layer(asking, answering, answering,
                     **hidden(mask, B, heads, n, m), **options)
    out, mean_weights = ask()
    weights = ask(average_attn_weights=False)[1]
    out.backward(d_out)
    other = [None, None] if is_self else [answering, answering.grad]
    return [asking, other[0], mask, d_out, out, weights, mean_weights,
            asking.grad, other[1], layer.in_proj_weight.grad,
            layer.out_proj.weight.grad]


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


def shape(dims):
    return "{ %d, { %s } }" % (len(dims), ", ".join(map(str, dims)))


print("""/* 06_multi_head.h -- torch.nn.MultiheadAttention of PyTorch
 * %s, given the same parameters. Made by
 * tests/golden/make_06_multi_head.py: do not edit. */
#ifndef GOLDEN_06_MULTI_HEAD_H
#define GOLDEN_06_MULTI_HEAD_H

#include "tensor/tensor.h"

/* Numbers row by row. in_weight (3 d, d) and out_weight (d, d) are as PyTorch
 * has them: x is multiplied by their transposes. */
enum { GOLDEN_D = %d };""" % (torch.__version__, d))
for name, x in PARAMS.items():
    print("static const double golden_%s[] = {\n%s\n};"
          % (name, numbers(x, "   ")))
print("""
/* answering: NULL if it is asking. mask: 1 where the key is hidden; NULL if
 * none is. weights (B, h, n, m) of each head, mean_weights (B, n, m) of all.
 * d_...: gradients of a loss whose gradient by `out` is d_out. */
static const struct Golden {
    const char *name;
    int B, n, m, heads;
    Shape mask_shape;
    const double *asking, *answering, *mask, *d_out, *out, *weights,
        *mean_weights, *d_asking, *d_answering, *d_in_weight, *d_out_weight;
} golden_multi_head[] = {""")
for name, is_self, B, n, m, heads, mask in CASES:
    result = run(is_self, B, n, m, heads, mask)
    print('    { .name = "%s",' % name)
    print("      .B = %d, .n = %d, .m = %d, .heads = %d," % (B, n, m, heads))
    print("      .mask_shape = %s," % shape([1] if mask is None
                                            else mask.shape))
    for which, x in zip(NAMES, result):
        print("      .%s = NULL," % which if x is None
              else "      .%s = (const double[]){\n%s },"
              % (which, numbers(x, "       ")))
    print("    },")
print("""};

#endif""")

#!/usr/bin/env python3
"""Writes 08_layers.h: PyTorch's Transformer of one layer, for tests/layers.c.

    /usr/bin/python3 tests/golden/make_08_layers.py > tests/golden/08_layers.h

Only needed to change the example. The parameters are multiples of 1/64, so that
they are the same in float and in double, and stand in the order in which chapter
8 makes them; PyTorch computes in double, by its own layers and gradients, with
the norms after the sums (post) and before the blocks (pre).
"""
import math

import torch
from torch import nn

V, WIDTH, HEADS, HIDDEN = 5, 4, 2, 6
SOURCE = torch.tensor([[2, 3, 4], [4, 1, 0]])
LENGTHS = torch.tensor([3, 2])
TARGET = torch.tensor([[1, 2, 3], [1, 4, 0]])
NEXT = torch.tensor([[2, 3, 0], [4, 0, -1]])    # -1 does not count

torch.set_default_dtype(torch.float64)
random = torch.Generator().manual_seed(8)


def normal(*shape):
    return (torch.randn(*shape, generator=random) * 32).round() / 64


def linear(inputs, outputs):
    return [normal(inputs, outputs), normal(outputs)]


def attention():
    return [x for _ in range(4) for x in linear(WIDTH, WIDTH)]


def norm():
    return [1 + normal(WIDTH), normal(WIDTH)]


def feed():
    return linear(WIDTH, HIDDEN) + linear(HIDDEN, WIDTH)


PARAMS = ([normal(V, WIDTH), normal(V, WIDTH)]
          + attention() + norm() + feed() + norm()
          + attention() + norm() + attention() + norm() + feed() + norm()
          + norm() + norm())


def positions(n):
    place = torch.arange(n).view(n, 1)
    rate = 10000 ** (-torch.arange(0, WIDTH, 2) / WIDTH)
    both = torch.stack([torch.sin(place * rate), torch.cos(place * rate)], -1)
    return both.view(n, WIDTH)


def put(name, tensor):
    numbers = [f"{x:.9g}" for x in tensor.detach().flatten().tolist()]
    numbers = [(x if "." in x or "e" in x else x + ".0") + "f" for x in numbers]
    print(f"static const float {name}[] = {{")
    for i in range(0, len(numbers), 6):
        print("    " + ", ".join(numbers[i:i + 6]) + ",")
    print("};\n")


class Taker:
    """Hands out the parameters one after another, as PyTorch wants them."""

    def __init__(self, params):
        self.params = iter(params)

    def set(self, module, **values):
        for name, value in values.items():
            delattr(module, name)           # plain tensors, with our gradients
            setattr(module, name, value)

    def linear(self, module):
        weight, bias = next(self.params), next(self.params)
        self.set(module, weight=weight.T, bias=bias)

    def norm(self, module):
        self.set(module, weight=next(self.params), bias=next(self.params))

    def attention(self, module):
        pairs = [(next(self.params), next(self.params)) for _ in range(4)]
        self.set(module,
                 in_proj_weight=torch.cat([w.T for w, _ in pairs[:3]]),
                 in_proj_bias=torch.cat([b for _, b in pairs[:3]]))
        self.set(module.out_proj, weight=pairs[3][0].T, bias=pairs[3][1])


def run(norm_first):
    params = [p.clone().requires_grad_() for p in PARAMS]
    take = Taker(params)
    source_words, target_words = next(take.params), next(take.params)
    options = dict(dropout=0.0, batch_first=True, norm_first=norm_first)
    encoder = nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, **options)
    take.attention(encoder.self_attn)
    take.norm(encoder.norm1)
    take.linear(encoder.linear1)
    take.linear(encoder.linear2)
    take.norm(encoder.norm2)
    decoder = nn.TransformerDecoderLayer(WIDTH, HEADS, HIDDEN, **options)
    take.attention(decoder.self_attn)
    take.norm(decoder.norm1)
    take.attention(decoder.multihead_attn)
    take.norm(decoder.norm2)
    take.linear(decoder.linear1)
    take.linear(decoder.linear2)
    take.norm(decoder.norm3)
    ends = [nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)]
    if norm_first:
        for end in ends:
            take.norm(end)
    else:
        ends = [nn.Identity(), nn.Identity()]

    def embed(table, ids):
        return table[ids] * math.sqrt(WIDTH) + positions(ids.shape[1])

    hidden = torch.arange(SOURCE.shape[1]) >= LENGTHS.view(-1, 1)
    later = torch.ones(3, 3).triu(1).bool()
    encoded = ends[0](encoder(embed(source_words, SOURCE),
                              src_key_padding_mask=hidden))
    decoded = ends[1](decoder(embed(target_words, TARGET), encoded,
                              tgt_mask=later, memory_key_padding_mask=hidden))
    logits = decoded @ target_words.T
    loss = nn.functional.cross_entropy(logits.view(-1, V), NEXT.flatten(),
                                       ignore_index=-1, label_smoothing=0.1)
    loss.backward()
    name = "pre" if norm_first else "post"
    put(name + "_logits", logits)
    put(name + "_loss", loss)
    put(name + "_slopes", torch.cat([p.grad.flatten() for p in params
                                     if p.grad is not None]))


print(f"/* Made by make_08_layers.py with PyTorch {torch.__version__}. "
      "Do not edit. */\n")
put("layers_params", torch.cat([p.flatten() for p in PARAMS]))
run(False)
run(True)

#!/usr/bin/env python3
"""Writes 17_today.h: PyTorch's logits for the book's model of stories.

    s=build/programs/story
    $s import --llama2c chapters/data/stories.bin \\
        --tokenizer chapters/data/stories.pieces --save stories.ckpt
    $s export --model stories.ckpt --safetensors stories.safetensors
    python3 tests/golden/make_17_today.py stories.safetensors \\
        > tests/golden/17_today.h

It reads the weights by their names, as the program exports them, and computes the
block of Llama in the words of PyTorch, in double; tests/17_today.c compares. The
file is read here by hand; where the package safetensors is installed, that must
give the same.
"""
import json
import struct
import sys
import torch
from torch.nn import functional

HEADS = 4       # of queries; how wide one is, and how many of keys, weights tell
TEXT = [360, 80, 401, 277, 300, 265, 340, 290]      # any numbers of the book
LOGITS = 12     # of pieces from FIRST_WORD + 250 on


def read(path):
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    numbers, found = data[8 + length:], {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32"
        begin, end = entry["data_offsets"]
        x = torch.tensor(struct.unpack("<%df" % ((end - begin) // 4),
                                       numbers[begin:end]))
        found[name] = x.reshape(entry["shape"])
    try:
        from safetensors.torch import load_file
    except ImportError:
        return found
    for name, x in load_file(path).items():
        assert torch.equal(x, found[name]), name
    return found


def norm(x, gain):
    return gain * x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-5)


def turned(x):
    """x: (heads, n, w), pairs are numbers of the two halves."""
    n, w = x.shape[1:]
    speed = 10000.0 ** (-torch.arange(0, w, 2).double() / w)
    angle = torch.arange(n).double()[:, None] * speed
    a, b = x[..., :w // 2], x[..., w // 2:]
    return torch.cat([a * angle.cos() - b * angle.sin(),
                      a * angle.sin() + b * angle.cos()], -1)


def logits(weights, ids):
    at = {name: x.double() for name, x in weights.items()}
    x = at["model.embed_tokens.weight"][torch.tensor(ids)]
    n, d = x.shape
    hidden = torch.full((n, n), -float("inf")).triu(1)
    layer = 0
    while "model.layers.%d.input_layernorm.weight" % layer in at:
        def of(name):
            return at["model.layers.%d.%s.weight" % (layer, name)]
        y = norm(x, of("input_layernorm"))
        q, k, v = [functional.linear(y, of("self_attn.%s_proj" % which))
                   .view(n, -1, d // HEADS).transpose(0, 1) for which in "qkv"]
        share = q.shape[0] // k.shape[0]
        q, k = turned(q), turned(k).repeat_interleave(share, 0)
        scores = q @ k.transpose(1, 2) / (d // HEADS) ** 0.5 + hidden
        y = scores.softmax(-1) @ v.repeat_interleave(share, 0)
        y = y.transpose(0, 1).reshape(n, d)
        x = x + functional.linear(y, of("self_attn.o_proj"))
        y = norm(x, of("post_attention_layernorm"))
        y = functional.silu(functional.linear(y, of("mlp.gate_proj"))) \
            * functional.linear(y, of("mlp.up_proj"))
        x = x + functional.linear(y, of("mlp.down_proj"))
        layer += 1
    x = norm(x, at["model.norm.weight"])
    return functional.linear(x, at.get("lm_head.weight",
                                       at["model.embed_tokens.weight"]))


START = 1
out = logits(read(sys.argv[1]), [START] + TEXT)
print("""/* 17_today.h -- logits as PyTorch %s computes them. Made by
 * tests/golden/make_17_today.py: do not edit. */
#ifndef GOLDEN_17_TODAY_H
#define GOLDEN_17_TODAY_H

enum { GOLDEN_TEXT = %d, GOLDEN_LOGITS = %d };
static const int golden_text[GOLDEN_TEXT] = {
    %s
};
static const double golden_logits[GOLDEN_TEXT + 1][GOLDEN_LOGITS] = {"""
      % (torch.__version__, len(TEXT), LOGITS, ", ".join(map(str, TEXT))))
for row in out[:, 254:254 + LOGITS].tolist():
    words = ["%.6f" % number for number in row]
    print("    { %s,\n      %s }," % (", ".join(words[:6]), ", ".join(words[6:])))
print("""};

#endif""")

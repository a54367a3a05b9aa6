#!/usr/bin/env python3
"""Writes 11_recurrence.h: PyTorch's numbers for tests/11_recurrence.c and for an
exercise of chapter 11.

    /usr/bin/python3 tests/golden/make_11_recurrence.py \
        > tests/golden/11_recurrence.h

Only needed to change the examples. Inputs are multiples of 1/64, so that they
are the same numbers in float and in double; PyTorch computes in double, by its
own nn.RNN, nn.GRU and nn.LSTM. Weights are written as the book has them, (in,
out): PyTorch's, transposed. PyTorch has the gates of a GRU in the order r, z,
n, those of an LSTM in the order i, f, g, o.
"""
import torch
from torch import nn
from torch.nn.utils import rnn

random = torch.Generator().manual_seed(11)
torch.set_default_dtype(torch.float64)
B, n, d_in, d = 2, 5, 3, 4


def normal(*shape):
    x = torch.randn(*shape, generator=random)
    return (x * 64).round() / 64


def write(name, x):
    numbers = [f"{v:.10g}" for v in x.detach().flatten().tolist()]
    print(f"\n/* {tuple(x.shape)} */".replace(",)", ")"))
    print(f"static const double {name}[] = {{")
    for i in range(0, len(numbers), 5):
        print("    " + ", ".join(numbers[i:i + 5]) + ",")
    print("};")


def run(name, layer, lengths=None):
    for p in layer.parameters():
        p.data = normal(*p.shape) * 0.5
    both = layer.bidirectional
    x = normal(B, n, d_in).requires_grad_()
    wish = normal(B, n, 2 * d if both else d)
    if lengths is None:
        out, _ = layer(x)
    else:
        out, _ = layer(rnn.pack_padded_sequence(x, lengths, batch_first=True))
        out, _ = rnn.pad_packed_sequence(out, batch_first=True, total_length=n)
    (out * wish).sum().backward()
    write(name + "_x", x)
    write(name + "_wish", wish)
    for end, word in (("", ""), ("_reverse", "_back"))[:1 + both]:
        for kind, ours in (("ih", "in"), ("hh", "state")):
            weight = getattr(layer, f"weight_{kind}_l0{end}")
            bias = getattr(layer, f"bias_{kind}_l0{end}")
            write(f"{name}_{ours}_weight{word}", weight.t())
            write(f"{name}_{ours}_bias{word}", bias)
            write(f"{name}_d_{ours}_weight{word}", weight.grad.t())
            write(f"{name}_d_{ours}_bias{word}", bias.grad)
    write(name + "_out", out)
    write(name + "_d_x", x.grad)


print(f"/* Made by make_11_recurrence.py with PyTorch {torch.__version__}. "
      "Do not edit. */")
print(f"enum {{ GOLDEN_B = {B}, GOLDEN_N = {n}, GOLDEN_IN = {d_in}, "
      f"GOLDEN_D = {d} }};")
run("plain", nn.RNN(d_in, d, batch_first=True))
run("gru", nn.GRU(d_in, d, batch_first=True))
run("both_ways", nn.GRU(d_in, d, batch_first=True, bidirectional=True), [5, 3])
run("lstm", nn.LSTM(d_in, d, batch_first=True))

"""The twin of `picture train` in PyTorch: the same layers, as many parameters, the
same steps; and how good it becomes in how much time.

    python3 tests/bench/pictures.py FOLDER [EPOCHS]

FOLDER holds Fashion-MNIST, unpacked: train-images-idx3-ubyte and so on. Its peer is

    picture train --images ... --labels ... --save F --epochs EPOCHS --dropout 0.1

Chapter 15 tells what came of both. What differs are the first numbers and the order of the
pictures.
"""
import math
import os
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

WIDTH, HEADS, LAYERS, CLASSES, BATCH, RATE, DROPOUT = 64, 4, 2, 10, 64, 3e-3, 0.1


def idx(path):
    data = bytearray(open(path, "rb").read())
    sizes = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big")
             for i in range(data[3])]
    return torch.frombuffer(data, dtype=torch.uint8,
                            offset=4 + 4 * data[3]).reshape(sizes)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(2))
        self.q, self.k, self.v, self.out = (nn.Linear(WIDTH, WIDTH)
                                            for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(2 * WIDTH, WIDTH)

    def attend(self, x):
        B, n, d = x.shape
        q, k, v = (f(x).view(B, n, HEADS, -1).transpose(1, 2)
                   for f in (self.q, self.k, self.v))
        weights = (q @ k.transpose(2, 3) / math.sqrt(d / HEADS)).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(B, n, d))

    def forward(self, x):
        x = x + F.dropout(self.attend(self.norms[0](x)), DROPOUT, self.training)
        f = self.down(F.relu(self.up(self.norms[1](x))))
        return x + F.dropout(f, DROPOUT, self.training)


class Seer(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, WIDTH // 2, 3, 2)
        self.second = nn.Conv2d(WIDTH // 2, WIDTH, 3, 2)
        self.norm, self.end = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.token = nn.Parameter(0.02 * torch.randn(1, 1, WIDTH))
        self.places = nn.Parameter(0.02 * torch.randn(50, WIDTH))
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.say = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        corner = (1, 0, 1, 0)       # zeros on the left and above
        x = F.gelu(self.first(F.pad(x, corner)), approximate="tanh")
        x = self.second(F.pad(x, corner)).flatten(2).transpose(1, 2)
        x = F.gelu(self.norm(x), approximate="tanh")
        x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.places
        x = F.dropout(x, DROPOUT, self.training)
        for layer in self.layers:
            x = layer(x)
        return self.say(self.end(x)[:, 0])


def main():
    folder, epochs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    x, y, test, right = (idx(os.path.join(folder, name)) for name in (
        "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"))
    y, right = y.long(), right.long()
    torch.manual_seed(1)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 2)))
    model = Seer()
    steps = epochs * math.ceil(len(x) / BATCH)
    print(sum(p.numel() for p in model.parameters()), "parameters,", steps, "steps")
    adam = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    rising, step, begin = steps // 10, 0, time.time()

    def light(bytes_):
        return bytes_[:, None].float() / 127.5 - 1

    for epoch in range(epochs):
        model.train()
        for some in torch.randperm(len(x)).split(BATCH):
            step += 1
            rate = RATE * min(step / rising,
                              (steps + 1 - step) / (steps + 1 - rising))
            for group in adam.param_groups:
                group["lr"] = rate
            loss = F.cross_entropy(model(light(x[some])), y[some],
                                   label_smoothing=0.1)
            adam.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1)
            adam.step()
        model.eval()
        with torch.no_grad():
            said = torch.cat([model(light(part)).argmax(1)
                              for part in test.split(500)])
        print("epoch %d/%d  held-out %.2f %% right  %.0f s, of the processors "
              "%.0f s" % (epoch + 1, epochs,
                          100 * (said == right).float().mean(),
                          time.time() - begin, time.process_time()), flush=True)


if __name__ == "__main__":
    main()

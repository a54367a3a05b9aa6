"""Writes torch.h: what PyTorch makes of the operations of common/.

    /usr/bin/python3 tests/golden/make_golden.py

PyTorch is Debian's package python3-torch. Only who changes the list below needs
it: torch.h is committed. Inputs are rounded to float32, results are computed
from them in float64.
"""
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(2017)
lines = []


def write(name, tensor):
    numbers = [f"{x:.9g}" for x in tensor.detach().flatten().tolist()]
    numbers = [(x if "." in x or "e" in x else x + ".0") + "f" for x in numbers]
    shape = ", ".join(str(n) for n in tensor.shape)
    lines.append(f"\n/* ({shape}) */\nstatic const float {name}[] = {{")
    for i in range(0, len(numbers), 5):
        lines.append("    " + ", ".join(numbers[i : i + 5]) + ",")
    lines.append("};")


def given(name, *shape, scale=1.0):
    """A random input, rounded to float32, in float64 from then on."""
    x = (torch.randn(*shape) * scale).double()
    write(name, x)
    return x.requires_grad_()


def result(name, y, **inputs):
    """Writes y and, for random weights g, the gradient of sum(g y)."""
    write(name + "_y", y)
    g = torch.ones(()) if y.dim() == 0 else given(name + "_g", *y.shape)
    (y * g.detach()).sum().backward()
    for key, x in inputs.items():
        write(f"{name}_d{key}", x.grad)


# Masked attention with its three projections.
x = given("attention_x", 2, 3, 4)
wq, wk = given("attention_wq", 4, 3), given("attention_wk", 4, 3)
wv = given("attention_wv", 4, 5)
scores = (x @ wq) @ (x @ wk).transpose(-1, -2) / 3**0.5
mask = torch.triu(torch.ones(3, 3), 1).bool()
weights = torch.softmax(scores.masked_fill(mask, float("-inf")), -1)
result("attention", weights @ (x @ wv), x=x, wq=wq, wk=wk, wv=wv)

x = given("norm_x", 4, 6)
gain, bias = given("norm_gain", 6), given("norm_bias", 6)
result("norm", F.layer_norm(x, (6,), gain, bias), x=x, gain=gain, bias=bias)

x = given("gelu_x", 20, scale=2)
result("gelu", F.gelu(x, approximate="tanh"), x=x)

x = given("log_softmax_x", 3, 5, scale=3)
result("log_softmax", F.log_softmax(x, -1), x=x)

x = given("entropy_x", 6, 5, scale=2)
targets = torch.tensor([4, -1, 0, 2, -1, 2])
result("entropy", F.cross_entropy(x, targets, ignore_index=-1,
                                  label_smoothing=0.1).reshape(1), x=x)

table = given("embedding_table", 5, 3)
ids = torch.tensor([[3, 0, 3, 1], [1, 4, 3, 0]])
result("embedding", F.embedding(ids, table), table=table)

# Five steps of each optimiser along given gradients.
start = given("opt_start", 6).detach()
gradients = given("opt_gradients", 5, 6).detach()
for name, make in {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam_paper": lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.9, 0.98),
                                             eps=1e-9),
}.items():
    p = start.clone().requires_grad_()
    optimiser = make([p])
    path = []
    for g in gradients:
        p.grad = g.clone()
        optimiser.step()
        path.append(p.detach().clone())
    write(name + "_path", torch.stack(path))

p = [given("clip_a", 4).detach().requires_grad_(),
     given("clip_b", 3).detach().requires_grad_()]
for q in p:
    q.grad = q.detach().clone()
write("clip_norm", torch.nn.utils.clip_grad_norm_(p, 1.5).reshape(1))
write("clip_da", p[0].grad)
write("clip_db", p[1].grad)

# All together: a small network learns ten rows by heart.
x = given("network_x", 10, 4).detach()
targets = torch.tensor([i % 3 for i in range(10)])
p = [given("network_w1", 4, 8), given("network_b1", 8),
     given("network_w2", 8, 3), given("network_b2", 3)]
gain = torch.ones(8).double().requires_grad_()
bias = torch.zeros(8).double().requires_grad_()
optimiser = torch.optim.Adam(p + [gain, bias], lr=0.05)
losses = []
for step in range(20):
    optimiser.zero_grad()
    hidden = F.layer_norm(F.gelu(x @ p[0] + p[1], approximate="tanh"), (8,),
                          gain, bias)
    loss = F.cross_entropy(hidden @ p[2] + p[3], targets)
    loss.backward()
    optimiser.step()
    losses.append(loss.detach())
write("network_losses", torch.stack(losses))

# Attention with its options: four heads of queries share two of keys, asked after
# two keys were there, with a window of three, a scale, a lid and a bias.
q, k = given("options_q", 2, 4, 3, 4), given("options_k", 2, 2, 5, 4)
v, bias = given("options_v", 2, 2, 5, 3), given("options_bias", 4, 3, 5)
scores = q @ k.repeat_interleave(2, 1).transpose(-1, -2) * 0.9
scores = 1.5 * torch.tanh(scores / 1.5) + bias
ahead = torch.arange(5) - (torch.arange(3)[:, None] + 2)
scores = scores.masked_fill((ahead > 0) | (ahead <= -3), float("-inf"))
result("options", torch.softmax(scores, -1) @ v.repeat_interleave(2, 1),
       q=q, k=k, v=v, bias=bias)

header = (f"/* Made by make_golden.py with PyTorch {torch.__version__}. Do not "
          "edit. */\n")
path = pathlib.Path(__file__).with_name("torch.h")
path.write_text(header + "\n".join(lines) + "\n")

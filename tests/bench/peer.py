#!/usr/bin/env python3
"""PyTorch's side of the benchmark; tests/bench/process.c starts it.

    python3 tests/bench/peer.py             loads PyTorch, says its version, and
                                            waits for lines
    python3 tests/bench/peer.py WORDS...    does that work once: for start-up

A line `work THREADS WORDS...` says what to do, such as `gpt 65 256 384 6 6 8`.
A process of its own does it, so that its memory is its own: see process.h for
what is said then. Inputs and parameters are those of tests/bench/same.c.
"""
import math
import os
import resource
import sys
import time

try:
    import numpy
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError:
    sys.exit(3)

SAMPLES = 64
at_once = 3e-4      # seconds; what takes less is timed many times at a time


# ---- the same numbers as in same.c ------------------------------------------

def mix(x):
    x = (x ^ (x >> numpy.uint32(16))) * numpy.uint32(0x85ebca6b)
    x = (x ^ (x >> numpy.uint32(13))) * numpy.uint32(0xc2b2ae35)
    return x ^ (x >> numpy.uint32(16))


def whole(n, start):
    first = numpy.arange(n, dtype=numpy.uint64) + numpy.uint64(start)
    return mix(first.astype(numpy.uint32))


def same(start, limit, *shape):
    x = (whole(math.prod(shape), start) * 2.0 ** -31 - 1) * limit
    return torch.from_numpy(x.astype(numpy.float32)).view(*shape)


def same_ids(low, high, start, *shape):
    ids = low + (whole(math.prod(shape), start)
                 % numpy.uint32(high - low)).astype(numpy.int64)
    return torch.from_numpy(ids).view(*shape)


class Parameters:
    """Sets parameters, one after the other, to the numbers that come next."""

    def __init__(self, start=0):
        self.next = start

    def take(self, limit, middle, *shape):
        x = same(self.next, limit, *shape) + middle
        self.next += math.prod(shape)
        return x

    def words(self, words):
        words.data = self.take(math.sqrt(3 / words.shape[1]), 0, *words.shape)

    def norm(self, norm):
        norm.weight.data = self.take(0.1, 1, *norm.weight.shape)
        norm.bias.data = self.take(0.1, 0, *norm.bias.shape)

    def weight_and_bias(self, out, into, bias=True):
        """Ours are (in, out), PyTorch's (out, in)."""
        limit = 1 / math.sqrt(into)
        weight = self.take(limit, 0, into, out).t().contiguous()
        return weight, self.take(limit, 0, out) if bias else None

    def linear(self, layer):
        weight, bias = self.weight_and_bias(*layer.weight.shape,
                                            layer.bias is not None)
        layer.weight.data = weight
        if bias is not None:
            layer.bias.data = bias

    def recurrent(self, layer, end=""):
        for kind in "ih", "hh":
            weight = getattr(layer, f"weight_{kind}_l0{end}")
            bias = getattr(layer, f"bias_{kind}_l0{end}")
            weight.data, bias.data = self.weight_and_bias(*weight.shape)

    def heads(self, layer):
        d = layer.embed_dim
        parts = [self.weight_and_bias(d, d) for _ in range(3)]
        layer.in_proj_weight.data = torch.cat([w for w, _ in parts])
        layer.in_proj_bias.data = torch.cat([b for _, b in parts])
        self.linear(layer.out_proj)


# ---- models A and B: chapter 8's Transformer --------------------------------

class Transformer(nn.Module):
    def __init__(self, d, heads, layers, hidden, source_words, target_words,
                 tokens):
        super().__init__()
        self.d = d
        self.source = nn.Embedding(source_words, d)
        self.target = nn.Embedding(target_words, d)
        place = torch.arange(tokens)[:, None]
        rate = torch.exp(torch.arange(0, d, 2) * (-math.log(10000) / d))
        places = torch.zeros(tokens, d)
        places[:, 0::2] = torch.sin(place * rate)
        places[:, 1::2] = torch.cos(place * rate)
        self.register_buffer("places", places)
        self.body = nn.Transformer(d, heads, layers, layers, hidden, 0,
                                   batch_first=True, norm_first=True)
        self.set()

    def set(self):
        p = Parameters()
        p.words(self.source.weight)
        p.words(self.target.weight)
        for layer in self.body.encoder.layers:
            p.norm(layer.norm1)
            p.heads(layer.self_attn)
            p.norm(layer.norm2)
            p.linear(layer.linear1)
            p.linear(layer.linear2)
        for layer in self.body.decoder.layers:
            p.norm(layer.norm1)
            p.heads(layer.self_attn)
            p.norm(layer.norm2)
            p.heads(layer.multihead_attn)
            p.norm(layer.norm3)
            p.linear(layer.linear1)
            p.linear(layer.linear2)
        p.norm(self.body.encoder.norm)
        p.norm(self.body.decoder.norm)

    def embed(self, table, ids):
        return table(ids) * math.sqrt(self.d) + self.places

    def forward(self, source, target, later):
        x = self.body(self.embed(self.source, source),
                      self.embed(self.target, target), tgt_mask=later)
        return functional.linear(x, self.target.weight)


def adam(model, rate):
    """In one pass over each tensor, where this version can (from 2.4 on)."""
    try:
        return torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    except (TypeError, RuntimeError):
        return torch.optim.Adam(model.parameters(), lr=rate)


def train(loss_of, optimiser):
    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.backward()
        optimiser.step()
        return loss.detach().view(1)
    return step


def transformer(d, heads, layers, hidden, source_words, target_words, pairs,
                tokens):
    model = Transformer(d, heads, layers, hidden, source_words, target_words,
                        tokens)
    source = same_ids(4, source_words, 1 << 30, pairs, tokens)
    target = same_ids(4, target_words, 2 << 30, pairs, tokens)
    said = same_ids(4, target_words, 3 << 30, pairs * tokens)
    later = nn.Transformer.generate_square_subsequent_mask(tokens)

    def loss():
        logits = model(source, target, later)
        return functional.cross_entropy(logits.view(-1, target_words), said,
                                        label_smoothing=0.1)
    return train(loss, adam(model, 1e-4))


# ---- and what they translate ------------------------------------------------

END, FIRST_WORD, BEAM, TOGETHER = 2, 4, 4, 64


class Writer:
    """A decoder that keeps keys and values: BEAM rows for each sentence."""

    def __init__(self, model, encoded, tokens):
        self.model, self.body = model, model.body.decoder
        sentences, n, self.d = encoded.shape
        self.rows, self.place = sentences * BEAM, 0
        self.heads = self.body.layers[0].self_attn.num_heads
        self.kept, self.source = [], []
        for layer in self.body.layers:
            self.kept.append(torch.empty(
                2, self.rows, self.heads, tokens, self.d // self.heads))
            both = self.project(layer.multihead_attn, encoded, 1, 3)
            self.source.append(both.view(sentences, n, 2, self.heads, -1)
                               .permute(2, 0, 3, 1, 4).contiguous())

    def project(self, attn, x, first, end):
        """x to queries (part 0), keys (1) and values (2), or some of these."""
        part = slice(first * self.d, end * self.d)
        return functional.linear(x, attn.in_proj_weight[part],
                                 attn.in_proj_bias[part])

    def look_back(self, attn, x, kept):
        q, k, v = (self.project(attn, x, 0, 3)
                   .view(self.rows, 3, self.heads, 1, -1).unbind(1))
        kept[0, :, :, self.place] = k[:, :, 0]
        kept[1, :, :, self.place] = v[:, :, 0]
        so_far = kept[:, :, :, :self.place + 1]
        y = attend(q, so_far[0], so_far[1])
        return attn.out_proj(y.view(self.rows, self.d))

    def look_across(self, attn, x, source):
        """The rows of a sentence ask together."""
        q = (self.project(attn, x, 0, 1)
             .view(-1, BEAM, self.heads, self.d // self.heads).transpose(1, 2))
        y = attend(q, source[0], source[1]).transpose(1, 2)
        return attn.out_proj(y.reshape(self.rows, self.d))

    def step(self, ids):
        x = (self.model.target(ids) * math.sqrt(self.d)
             + self.model.places[self.place])
        for layer, kept, source in zip(self.body.layers, self.kept,
                                       self.source):
            x = x + self.look_back(layer.self_attn, layer.norm1(x), kept)
            x = x + self.look_across(layer.multihead_attn, layer.norm2(x),
                                     source)
            y = functional.relu(layer.linear1(layer.norm3(x)))
            x = x + layer.linear2(y)
        self.place += 1
        return functional.linear(self.body.norm(x), self.model.target.weight)

    def reorder(self, rows):
        self.kept = [kept.index_select(1, rows) for kept in self.kept]


def search(model, source, tokens):
    """(sentences, tokens): the best that a beam finds. None ends early."""
    encoded = model.body.encoder(model.embed(model.source, source))
    writer = Writer(model, encoded, tokens)
    sentences = len(source)
    first = torch.arange(sentences)[:, None] * BEAM
    score = torch.full((sentences, BEAM), -math.inf)
    score[:, 0] = 0
    last = torch.ones(sentences * BEAM, dtype=torch.int64)      # START
    written = torch.empty(sentences * BEAM, 0, dtype=torch.int64)
    for _ in range(tokens):
        log_p = functional.log_softmax(writer.step(last), -1)
        log_p[:, :FIRST_WORD] = -math.inf
        V = log_p.shape[1]
        score, at = ((log_p.view(sentences, BEAM, V) + score[:, :, None])
                     .view(sentences, BEAM * V).topk(BEAM))
        rows = (first + at // V).view(-1)
        last = (at % V).view(-1)
        written = torch.cat([written.index_select(0, rows), last[:, None]], 1)
        writer.reorder(rows)
    return written[::BEAM]


def translating(d, heads, layers, hidden, source_words, target_words, sentences,
                tokens):
    model = Transformer(d, heads, layers, hidden, source_words, target_words,
                        tokens).eval()
    model.target.weight.data[END] = 0
    for layer in model.body.decoder.layers:
        for attn in layer.self_attn, layer.multihead_attn:
            attn.in_proj_weight.data *= 8
            attn.out_proj.weight.data *= 8
    source = same_ids(4, source_words, 1 << 30, sentences, tokens)

    def step():
        with torch.no_grad():
            written = torch.cat([search(model, part, tokens)
                                 for part in source.split(TOGETHER)])
        return written.double().mean(0) / target_words
    return step


# ---- chapter 11's translators -----------------------------------------------

class Recurrent(nn.Module):
    """One vector from nn.GRU to nn.GRU; or, with `hidden`, Bahdanau's decoder,
    an nn.GRUCell that looks back at each step."""

    def __init__(self, e, reading, writing, hidden, V):
        super().__init__()
        p = Parameters()
        self.source, self.target = nn.Embedding(V, e), nn.Embedding(V, e)
        p.words(self.source.weight)
        p.words(self.target.weight)
        self.encoder = nn.GRU(e, reading, batch_first=True, bidirectional=True)
        p.recurrent(self.encoder)
        p.recurrent(self.encoder, "_reverse")
        both = 2 * reading
        self.start = nn.Linear(both, writing)
        p.linear(self.start)
        self.hidden = hidden
        if hidden:
            self.set_look(p, e, both, writing)
        else:
            self.decoder = nn.GRU(e, writing, batch_first=True)
            p.recurrent(self.decoder)
        self.to_word = nn.Linear(writing + (both if hidden else 0), e)
        p.linear(self.to_word)

    def set_look(self, p, e, both, writing):
        limit = 1 / math.sqrt(self.hidden)
        self.decoder = nn.GRUCell(e + both, writing)
        of_words, bias = p.weight_and_bias(3 * writing, e)
        state, state_bias = p.weight_and_bias(3 * writing, writing)
        self.w_q = nn.Parameter(p.take(limit, 0, writing, self.hidden))
        self.w_k = nn.Parameter(p.take(limit, 0, both, self.hidden))
        self.b = nn.Parameter(p.take(limit, 0, self.hidden))
        self.w_v = nn.Parameter(p.take(limit, 0, self.hidden, 1))
        of_seen = p.take(limit, 0, both, 3 * writing).t()
        self.decoder.weight_ih.data = torch.cat([of_words, of_seen], 1)
        self.decoder.bias_ih.data = bias
        self.decoder.weight_hh.data = state
        self.decoder.bias_hh.data = state_bias

    def look(self, y, h, states):
        keys = states @ self.w_k + self.b
        out = []
        for i in range(y.shape[1]):
            scores = torch.tanh((h @ self.w_q)[:, None] + keys) @ self.w_v
            seen = (torch.softmax(scores, 1) * states).sum(1)
            h = self.decoder(torch.cat([y[:, i], seen], 1), h)
            out.append(torch.cat([h, seen], 1))
        return torch.stack(out, 1)

    def forward(self, source, target):
        states, last = self.encoder(self.source(source))
        h = torch.tanh(self.start(torch.cat([last[0], last[1]], 1)))
        y = self.target(target)
        out = (self.look(y, h, states) if self.hidden
               else self.decoder(y, h[None])[0])
        return functional.linear(self.to_word(out), self.target.weight)


def recurrent(e, reading, writing, hidden, V, pairs, tokens):
    model = Recurrent(e, reading, writing, hidden, V)
    source = same_ids(4, V, 1 << 30, pairs, tokens)
    target = same_ids(4, V, 2 << 30, pairs, tokens)
    said = same_ids(4, V, 3 << 30, pairs * tokens)

    def loss():
        return functional.cross_entropy(model(source, target).view(-1, V), said,
                                        label_smoothing=0.1)
    return train(loss, adam(model, 1e-4))


# ---- model C: a GPT, in the usual way ---------------------------------------

class Layer(nn.Module):
    def __init__(self, p, d, heads):
        super().__init__()
        self.heads = heads
        self.attention_norm, self.feed_norm = nn.LayerNorm(d), nn.LayerNorm(d)
        self.to_qkv, self.to_out = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        p.norm(self.attention_norm)
        parts = [p.weight_and_bias(d, d) for _ in range(3)]
        self.to_qkv.weight.data = torch.cat([w for w, _ in parts])
        self.to_qkv.bias.data = torch.cat([b for _, b in parts])
        p.linear(self.to_out)
        p.norm(self.feed_norm)
        p.linear(self.up)
        p.linear(self.down)

    def forward(self, x, later):
        B, T, d = x.shape
        parts = self.to_qkv(self.attention_norm(x)).split(d, 2)
        q, k, v = (part.view(B, T, self.heads, -1).transpose(1, 2)
                   for part in parts)
        y = attend(q, k, v, later).transpose(1, 2).reshape(B, T, d)
        x = x + self.to_out(y)
        y = functional.gelu(self.up(self.feed_norm(x)), approximate="tanh")
        return x + self.down(y)


def attend(q, k, v, later=None):
    """What this version of PyTorch does best."""
    if hasattr(functional, "scaled_dot_product_attention"):
        return functional.scaled_dot_product_attention(
            q, k, v, is_causal=later is not None)
    scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(q.shape[-1]))
    if later is not None:
        scores = scores.masked_fill(later, -math.inf)
    return torch.softmax(scores, -1) @ v


class Gpt(nn.Module):
    def __init__(self, V, T, d, heads, layers):
        super().__init__()
        p = Parameters()
        self.words, self.places = nn.Embedding(V, d), nn.Embedding(T, d)
        p.words(self.words.weight)
        p.words(self.places.weight)
        self.layers = nn.ModuleList(Layer(p, d, heads) for _ in range(layers))
        self.end, self.head = nn.LayerNorm(d), nn.Linear(d, V, bias=False)
        p.norm(self.end)
        p.linear(self.head)
        self.register_buffer("later", torch.ones(T, T).triu(1).bool())

    def forward(self, ids):
        x = self.words(ids) + self.places.weight
        for layer in self.layers:
            x = layer(x, self.later)
        return self.head(self.end(x))


def gpt(V, T, d, heads, layers, batch, halves=0):
    model = Gpt(V, T, d, heads, layers)
    ids = same_ids(0, V, 1 << 30, batch, T)
    said = same_ids(0, V, 3 << 30, batch * T)

    def loss():
        with torch.autocast("cpu", torch.bfloat16, enabled=bool(halves)):
            logits = model(ids)
        return functional.cross_entropy(logits.float().view(-1, V), said)
    return train(loss, adam(model, 3e-4))


# ---- layers and functions ---------------------------------------------------

def heads(B, n, d, h, learns):
    layer = nn.MultiheadAttention(d, h, batch_first=True)
    Parameters().heads(layer)
    x = same(2 << 30, 1, B, n, d).requires_grad_(bool(learns))
    wish = same(1 << 30, 1, B, n, d)

    def forward():
        with torch.no_grad():
            return layer(x, x, x, need_weights=False)[0]

    def both():
        layer.zero_grad(set_to_none=True)
        x.grad = None
        layer(x, x, x, need_weights=False)[0].backward(wish)
        return x.grad
    layer.train(bool(learns))
    return both if learns else forward


def attention(n, h, d, learns):
    q, k, v = (same(i << 30, 1, 1, h, n, d).requires_grad_(bool(learns))
               for i in range(3))
    wish = same(3 << 30, 1, 1, h, n, d) if learns else None
    later = torch.ones(n, n).triu(1).bool() if learns else None

    def forward():
        with torch.no_grad():
            return attend(q, k, v)

    def both():
        q.grad = k.grad = v.grad = None
        attend(q, k, v, later).backward(wish)
        return q.grad
    return both if learns else forward


def windows(B, rows, columns, into, out, size):
    """PyTorch has channels in front of places, and so do its weights."""
    p, square = Parameters(), rows > 1
    window = (size, size) if square else (size,)
    numbers = math.prod(window) * into
    limit = 1 / math.sqrt(numbers)
    weight = p.take(limit, 0, *window, into, out)
    last = weight.dim() - 1
    weight = weight.permute(last, last - 1, *range(last - 1)).contiguous()
    bias = p.take(limit, 0, out)
    x = same(2 << 30, 1, B, rows, columns, into).permute(0, 3, 1, 2)
    wish = same(1 << 30, 1, B, rows - size + 1 if square else 1,
                columns - size + 1, out).permute(0, 3, 1, 2)
    if not square:
        x, wish = x[:, :, 0], wish[:, :, 0]
    x, wish = x.contiguous().requires_grad_(), wish.contiguous()
    weight.requires_grad_()
    bias.requires_grad_()
    convolution = functional.conv2d if square else functional.conv1d

    def step():
        x.grad = weight.grad = bias.grad = None
        convolution(x, weight, bias).backward(wish)
        return x.grad.permute(0, *range(2, x.dim()), 1)
    return step


FUNCTIONS = {
    "exp": lambda x, out: torch.exp(x, out=out),
    "tanh": lambda x, out: torch.tanh(x, out=out),
    "sigmoid": lambda x, out: torch.sigmoid(x, out=out),
    "gelu": lambda x, out: functional.gelu(x, approximate="tanh"),
    "softmax": lambda x, out: functional.softmax(x, -1),
    "layer_norm": lambda x, out: functional.layer_norm(x, x.shape[-1:]),
    "silu": lambda x, out: functional.silu(x),
    "rms_norm": lambda x, out: x * torch.rsqrt(
        (x * x).mean(-1, keepdim=True) + 1e-5),
}


def elementwise(function, rows, columns):
    x = same(0, 4, rows, columns)
    out = torch.empty_like(x)

    def step():
        with torch.no_grad():
            return function(x, out)
    return step


# ---- what process.c asks ------------------------------------------------------

def zipf_text(n):
    """The text of pieces.c, each byte b as the character 256 + b."""
    i = numpy.arange(n, dtype=numpy.uint64).astype(numpy.uint32)
    one = numpy.uint32(1) << (mix(2 * i) % 16)
    ranks = one + mix(2 * i + 1) % one
    on, within = "bdfgklmnprstvzhj", "aeiou"
    syllables = [chr(256 + ord(on[k // 5])) + chr(256 + ord(within[k % 5]))
                 for k in range(80)]
    known, words, length = {}, [], 0
    for rank in ranks.tolist():
        word = known.get(rank)
        if word is None:
            word, rest = "", rank
            while rest:
                word += syllables[rest % 80]
                rest //= 80
            word += chr(256 + ord(" "))
            known[rank] = word
        words.append(word)
        length += len(word)
        if length >= n:
            break
    return "".join(words)[:n]


def tokens(n, couples, encodes):
    import json
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
    text = zipf_text(n)
    white = "".join(chr(256 + ord(c)) for c in " \t\n\r")

    def learn():
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.Split(
            Regex(f"{white[0]}?[^{white}]+|[{white}]"), "isolated")
        tokenizer.train_from_iterator([text], trainers.BpeTrainer(
            vocab_size=256 + couples, show_progress=False,
            initial_alphabet=[chr(256 + b) for b in range(256)]))
        return tokenizer

    def joined():
        learned = json.loads(learn().to_str())["model"]
        ids = learned["vocab"]
        return torch.tensor([ids[half] for both in learned["merges"]
                             for half in both], dtype=torch.float64)

    if not encodes:
        return joined
    tokenizer = learn()
    return lambda: torch.tensor(tokenizer.encode(text).ids,
                                dtype=torch.float64)


WORKS = {"transformer": transformer, "translating": translating,
         "recurrent": recurrent, "gpt": gpt, "heads": heads,
         "attention": attention, "windows": windows, "tokens": tokens}


def prepare(words):
    """The function that does the work once and returns its result."""
    if words[0] in FUNCTIONS:
        return elementwise(FUNCTIONS[words[0]], *map(int, words[1:]))
    return WORKS[words[0]](*map(int, words[1:]))


def seconds_now():
    """As in process.c."""
    if torch.get_num_threads() > 1:
        return time.perf_counter()
    return time.process_time()


def turns_at_once(step):
    turns = 1
    while True:
        begin = seconds_now()
        for _ in range(turns):
            step()
        if seconds_now() - begin > at_once or turns >= 1 << 14:
            return turns
        turns *= 2


def most_bytes():
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return memory if sys.platform == "darwin" else 1024 * memory


def go(step, seconds, turns, before):
    best = math.inf
    used = time.process_time()
    step()
    end = time.perf_counter() + seconds
    while True:
        begin = seconds_now()
        for _ in range(turns):
            step()
        best = min(best, (seconds_now() - begin) / turns)
        if time.perf_counter() >= end:
            break
    print("%.9g %d %d %.6f" % (best, most_bytes(), before,
                               time.process_time() - used))


def check(result):
    flat = result.detach().reshape(-1)
    n = min(len(flat), SAMPLES)
    print(" ".join("%.9g" % flat[i * len(flat) // n] for i in range(n)))


def first_step():
    """What PyTorch takes once, whatever it does, is not the row's memory."""
    layer = nn.Linear(4, 4)
    layer(torch.zeros(4, 4)).sum().backward()


def serve(threads, words):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    first_step()
    before = most_bytes()
    step = prepare(words)
    result = step().clone()
    turns = turns_at_once(step)
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "go":
            go(step, float(words[1]), turns, before)
        elif words[0] == "check":
            check(result)
        else:
            break
        sys.stdout.flush()


def main():
    print("PyTorch " + torch.__version__.split("+")[0], flush=True)
    while True:
        words = sys.stdin.readline().split()
        if not words:
            break
        if words[0] != "work":          # the end of one that failed
            print("ended", flush=True)
            continue
        child = os.fork()
        if child == 0:
            status = 1
            try:
                serve(int(words[1]), words[2:])
                status = 0
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        print("ended" if status == 0 else "failed", flush=True)


if len(sys.argv) > 1:
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    prepare(" ".join(sys.argv[1:]).split())()
else:
    main()

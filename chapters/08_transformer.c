/*
# The Transformer: all of it, trained

Everything is there now: weights from scores, heads, masks, positions. This
chapter puts the pieces together into the machine of the 2017 paper
{cite}`vaswani2017`, and trains it, on this computer, in about half a minute,
to translate English into French, and once more into Chinese. Then it looks
inside.

:::{figure} 08_transformer/crossing.svg
:name: fig-crossing
:alt: Two heat maps, of the decoder's two layers. Rows: la voiture rouge est rapide, the full stop and the end. Columns: the red car is fast and the full stop. In both, the largest weight of voiture is on car and that of rouge on red: the two cross.

Who looks at whom while the trained model writes *la voiture rouge est rapide*,
in each of its two layers: a row is the step that writes one French word, a
column an English word. In French the adjective follows the noun, and the
weights cross.
:::

(sec-bottleneck)=
## A sentence through a keyhole

Translation maps a sequence to a sequence of another length. The first networks
that did this well {cite}`sutskever2014` read the source word by word, packed
all of it into one vector, and wrote the target from that vector. S0, S3 and S4
all begin here, with the trouble it brings: one vector of fixed size must hold
a sentence of any length. Bahdanau and others {cite}`bahdanau2015` let the
writer look back at every source word instead, with the attention of chapter 4,
and the Transformer keeps that and throws away the rest. It has two halves:

- the *encoder* reads the source, all tokens at once, and turns each into a
  vector that knows its neighbours;
- the *decoder* writes the target, one token after another. At each step it
  looks at what it has written, and at all that the encoder has made.

:::{figure} 08_transformer/architecture.svg
:name: fig-architecture
:alt: Two columns of boxes. On the left the encoder: embedding plus positions, then a layer of self-attention and feed-forward network. On the right the decoder: the same with cross-attention between the two, which receives the output of the encoder, and at the top logits of the next token. The layers, in frames, are marked L layers.

The two halves. What is framed is repeated $L$ times, and each box with a grey
bar is wrapped in a sum and a norm. $K$ and $V$ leave the last layer of the
encoder and enter every layer of the decoder. (With pre-norm, a last norm
stands above each frame.)
:::

:::{admonition} Erratum: combining encoder and decoder is not what masks are for
:class: erratum
S3 lists "combine the information of encoder and decoder" among the purposes of
masks. A mask only hides. What combines the two halves is *cross-attention*:
queries from the decoder, keys and values from the encoder.
:::

(sec-layer)=
## One layer

Attention mixes tokens; it does not compute much with what it has mixed. So
each layer follows it with a small network that treats every token by itself,

$$
\operatorname{FFN}(x) = \max(0,\; x W_1 + b_1)\, W_2 + b_2 ,
$$ (eq-ffn)

from width $d$ up to a wider hidden layer and back.
*/
#include "08_transformer.h"

#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "data/corpus.h"
#include "cell/plot.h"
#include "cell/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static FeedForward feed_forward_new(Params *list, Rng *rng, int d, int hidden)
{
    return (FeedForward){
        .up = nn_linear_new(list, rng, d, hidden, (LinearOptions){ 0 }),
        .down = nn_linear_new(list, rng, hidden, d, (LinearOptions){ 0 }),
    };
}

static Tensor *feed_forward(FeedForward layer, Tensor *x)
{
    return nn_linear(layer.down, t_relu(t_last_use(nn_linear(layer.up, x))));
}

/*
`t_last_use` says of a tensor that the next operation is the last to need it.
The ReLU may then write over the numbers it was made from, and the sum below
over what it adds. No result changes, but a training holds less memory.

Around each of these sublayers, attention or network, stand two things that
make deep stacks trainable: a *sum* that lets the input pass by unchanged, and
a *layer norm* {cite}`ba2016` that keeps the numbers in one range,

$$
\operatorname{Norm}(x)_i = g_i \, \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}
    + b_i ,
$$ (eq-norm)

where $\mu$ and $\sigma^2$ are mean and variance of the $d$ numbers of one
token. Gain $g$ and bias $b$ are learned, and start at 1 and 0.

Where the norm should stand has been argued over for years. The paper puts it
after the sum; everyone's code soon put it before the sublayer
{cite}`xiong2020`:

$$
\begin{aligned}
\text{post-norm:} &\quad \operatorname{Norm}(x + f(x)) \\
\text{pre-norm:} &\quad x + f(\operatorname{Norm}(x))
\end{aligned}
$$ (eq-pre-post)

{cite:t}`rush2018`, a walk through the paper, says the first and computes the
second. We have both, choose with one flag, and compare them below.
(`nn_add_norm` computes sum and norm in one pass over memory; it has its name
from the box "Add & Norm" in the paper's figure.) With pre-norm nothing
normalises the end of the stack, so it gets a norm of its own.

Dropout (chapter 4) may thin out what a sublayer adds, and the embeddings. Our
lessons are short and do without; the command `train`, below, uses it.
*/
static Tensor *before(const Transformer *t, LayerNorm norm, Tensor *x)
{
    return t->options.post_norm ? x : nn_layer_norm(norm, x);
}

static Tensor *after(const Transformer *t, LayerNorm norm, Tensor *x, Tensor *f,
                     Rng *rng)
{
    f = t_last_use(t_dropout(f, t->options.dropout, rng));
    return t->options.post_norm ? nn_add_norm(norm, x, f) : t_add(x, f);
}

/*
## The encoder

Tokens become vectors by a table, scaled by $\sqrt d$. The decoder's table
serves as the output layer too, so it starts with numbers of variance $1/d$:
what comes out of the last norm has $d$ numbers of size 1, and its product with
a row of the table then has variance 1. The factor brings the vectors to the
size of the positions of chapter 7 that are added.
*/
/* Tokens at positions first, first + 1, ...: (B, n, d). */
static Tensor *embed(const Transformer *t, Tensor *words, const int *ids, int B,
                     int n, int first, Rng *rng)
{
    int d = t->options.width;
    Tensor *x = t_scale(t_embedding(words, ids, B, n), sqrt(d));
    x = t_add(t_last_use(x), sinusoids(first, n, d));
    return t_dropout(x, t->options.dropout, rng);
}

/*
A layer is then a few lines: heads of chapter 6 over the whole sentence, with
the padding hidden by the mask of chapter 5, and the network.
*/
static Tensor **of_layer(Tensor **weights, int i)
{
    return weights ? &weights[i] : NULL;
}

static Tensor *encoder_layer(const Transformer *t, int i, Tensor *x,
                             const Tensor *padding, Pass pass)
{
    const EncoderLayer *layer = &t->encoder[i];
    Tensor *in = before(t, layer->self_norm, x);
    Tensor *f = multi_head(layer->self, in, in,
                           (MultiHeadOptions){
                               .mask = padding,
                               .weights = of_layer(pass.encoder, i) });
    x = after(t, layer->self_norm, x, f, pass.rng);

    in = before(t, layer->feed_norm, x);
    f = feed_forward(layer->feed, in);
    return after(t, layer->feed_norm, x, f, pass.rng);
}

Tensor *transformer_encode(const Transformer *t, Sentences source, Pass pass)
{
    const Tensor *padding = nn_padding_mask(source.count, source.lengths,
                                            source.length);
    Tensor *x = embed(t, t->source_words, source.ids, source.count,
                      source.length, 0, pass.rng);
    for (int i = 0; i < t->options.layers; i++)
        x = encoder_layer(t, i, x, padding, pass);
    return t->options.post_norm ? x : nn_layer_norm(t->encoder_end, x);
}

/*
## The decoder

The decoder has one sublayer more. Its self-attention is causal: a target token
may look at itself and at what stands before. Then its queries go to the
encoder: cross-attention. Its keys and values are made of what the encoder put
out, so a table of weights has a row for each target token and a column for
each source token. Padding in the target needs no mask of its own: it comes
last, and the causal mask hides what is later.

`Writer` belongs to translating, further down: a decoder that writes token by
token has kept the keys and values of the tokens before, and need hide nothing.
In training there is none.
*/
/* What a decoder layer may look at, beside its own input. */
typedef struct {
    Tensor *encoded;        /* (B, n, d) */
    const Tensor *padding;  /* hides what is not source, (B, 1, n) */
    Writer *writer;         /* writing token by token: what it has kept */
} Context;

/* Appends one token's row to the rows that are kept; returns all so far. */
static Tensor *keep_row(Tensor *kept, Tensor *row, int length)
{
    t_assign(t_slice(kept, 2, length, length + 1), row);
    return t_slice(kept, 2, 0, length + 1);
}

static KeysValues own_past(const Transformer *t, int i, Tensor *in, Context c)
{
    KeysValues now = keys_values(t->decoder[i].self, in);
    if (!c.writer)
        return now;
    KeysValues kept = c.writer->self[i];
    int length = c.writer->length;
    return (KeysValues){ keep_row(kept.k, now.k, length),
                         keep_row(kept.v, now.v, length) };
}

static KeysValues source_read(const Transformer *t, int i, Context c)
{
    return c.writer ? c.writer->cross[i]
                    : keys_values(t->decoder[i].cross, c.encoded);
}

static Tensor *decoder_layer(const Transformer *t, int i, Tensor *x, Context c,
                             Pass pass)
{
    const DecoderLayer *layer = &t->decoder[i];
    Tensor *in = before(t, layer->self_norm, x);
    Tensor *f = multi_head_look(layer->self, in, own_past(t, i, in, c),
                                (MultiHeadOptions){
                                    .causal = !c.writer,
                                    .weights = of_layer(pass.decoder, i) });
    x = after(t, layer->self_norm, x, f, pass.rng);

    in = before(t, layer->cross_norm, x);
    f = multi_head_look(layer->cross, in, source_read(t, i, c),
                        (MultiHeadOptions){
                            .mask = c.padding,
                            .weights = of_layer(pass.cross, i) });
    x = after(t, layer->cross_norm, x, f, pass.rng);

    in = before(t, layer->feed_norm, x);
    f = feed_forward(layer->feed, in);
    return after(t, layer->feed_norm, x, f, pass.rng);
}

static Tensor *decoder(const Transformer *t, Tensor *x, Context c, Pass pass)
{
    for (int i = 0; i < t->options.layers; i++)
        x = decoder_layer(t, i, x, c, pass);
    if (!t->options.post_norm)
        x = nn_layer_norm(t->decoder_end, x);
    return t_matmul(x, t_transpose(t->target_words));
}

Tensor *transformer_decode(const Transformer *t, Tensor *encoded,
                           Sentences source, Sentences target, Pass pass)
{
    Context c = {
        .encoded = encoded,
        .padding = nn_padding_mask(source.count, source.lengths, source.length),
    };
    Tensor *x = embed(t, t->target_words, target.ids, target.count,
                      target.length, 0, pass.rng);
    return decoder(t, x, c, pass);
}

/*
The last line is the output layer. It has no weights of its own: the score of a
word is the inner product of the decoder's vector with that word's embedding
{cite}`press2017`. Row $i$ of the result scores the token after target token
$i$.

:::{table} Shape ledger of the Transformer
:name: tab-ledger-transformer

| name | shape | meaning |
|:-----|:------|:--------|
| source, target | $(B, n)$, $(B, m)$ | the tokens' numbers, with padding |
| encoded | $(B, n, d)$ | one vector for each source token |
| inside a network | $(B, n, w)$, $(B, m, w)$ | its hidden layer, $w$ wide |
| weights, encoder | $(B, h, n, n)$ | source looks at source |
| weights, decoder | $(B, h, m, m)$ | target looks at earlier target |
| weights, crossing | $(B, h, m, n)$ | target looks at source |
| logits | $(B, m, V)$ | scores of the next token, $V$ words |
:::

Here $n$ counts the source and $m$ the target. Target tokens are the ones that
look, so in the crossing there are $m$ queries and $n$ keys. (The weights are
there only if somebody asks for them: chapter 6.)

Now the whole model.
*/
Transformer transformer_new(TransformerOptions options, int source_vocabulary,
                            int target_vocabulary, Rng *rng)
{
    int d = options.width, h = options.heads, hidden = options.hidden;
    if (options.layers < 1 || options.layers > MAX_LAYERS)
        t_fail("transformer_new: from 1 to %d layers, got %d", MAX_LAYERS,
               options.layers);
    Transformer t = { .options = options };
    Params *list = &t.params;
    double deviation = 1 / sqrt(d);
    t.source_words = nn_embedding_new(list, rng, source_vocabulary, d,
                                      deviation);
    t.target_words = nn_embedding_new(list, rng, target_vocabulary, d,
                                      deviation);
    for (int i = 0; i < options.layers; i++) {
        t.encoder[i] = (EncoderLayer){
            .self = multi_head_new(list, rng, d, h),
            .self_norm = nn_layer_norm_new(list, d),
            .feed = feed_forward_new(list, rng, d, hidden),
            .feed_norm = nn_layer_norm_new(list, d),
        };
        t.decoder[i] = (DecoderLayer){
            .self = multi_head_new(list, rng, d, h),
            .self_norm = nn_layer_norm_new(list, d),
            .cross = multi_head_new(list, rng, d, h),
            .cross_norm = nn_layer_norm_new(list, d),
            .feed = feed_forward_new(list, rng, d, hidden),
            .feed_norm = nn_layer_norm_new(list, d),
        };
    }
    if (!options.post_norm) {
        t.encoder_end = nn_layer_norm_new(list, d);
        t.decoder_end = nn_layer_norm_new(list, d);
    }
    return t;
}

/*
(sec-counting)=
## How large is it?

Attention has $A = 4d^2 + 4d$ numbers, the network $F = 2dw + d + w$, a norm
$2d$. With $L$ layers in each half and $V$ words in all, that is $L (3A + 2F +
10d) + Vd$, and with pre-norm $4d$ for the two norms that end the halves. The
paper gives 65 million parameters for its base model and 213 million for the
big one; both use one vocabulary of 37 000 pieces for the two languages. We
count.
*/
long transformer_count(TransformerOptions o, int source_vocabulary,
                       int target_vocabulary, bool shared)
{
    long d = o.width, attention = 4 * d * d + 4 * d, norm = 2 * d;
    long feed = 2 * d * o.hidden + d + o.hidden;
    long encoder = attention + feed + 2 * norm;
    long decoder = 2 * attention + feed + 3 * norm;
    long words = (long)source_vocabulary + (shared ? 0 : target_vocabulary);
    return o.layers * (encoder + decoder) + words * d
         + (o.post_norm ? 0 : 2 * norm);
}

static const TransformerOptions ours = {
    .layers = 2, .width = 64, .heads = 4, .hidden = 128,
};

static void counting(void)
{
    TransformerOptions base = { .layers = 6, .width = 512, .heads = 8,
                                .hidden = 2048, .post_norm = true };
    TransformerOptions big = { .layers = 6, .width = 1024, .heads = 16,
                               .hidden = 4096, .post_norm = true };
    text_printf("%-24s %12s %12s\n", "", "counted", "the paper");
    text_printf("%-24s %10.1f M %10d M\n", "base",
                (double)transformer_count(base, 37000, 0, true) / 1e6, 65);
    text_printf("%-24s %10.1f M %10d M\n", "big",
                (double)transformer_count(big, 37000, 0, true) / 1e6, 213);
    Rng rng = rng_new(cell_seed());
    Transformer small = transformer_new(ours, 640, 1200, &rng);
    text_printf("%-24s %10.3f M\n", "ours, 640 + 1200 words",
                (double)params_count(&small.params) / 1e6);
    text_printf("   by formula            %10.3f M\n",
                (double)transformer_count(ours, 640, 1200, false) / 1e6);
}

/*
The base model comes out two million lower than the paper says, the big one a
million higher. No choice of vocabulary, and no counting of biases or not,
reaches both figures at once; which numbers the authors counted we do not know.

(sec-forcing)=
## Tokens, and teacher forcing

A sentence is first cut into tokens: in small letters, signs apart from words,
*j'* and *n'* apart from what follows, and in Chinese each character alone. A
*vocabulary* gives them numbers. Four numbers are no words: `<pad>`, `<start>`,
`<end>`, and `<unknown>` for what is not in it. The source has no `<start>` and
no `<end>`, for nobody writes it.

To train, we need the next token for every position of the target, and we have
it: the translation is known. So the decoder is given the *correct* words so
far, not its own, and is asked at each of them for the next. It reads `<start>`
a b c and should say a b c `<end>`. This is called *teacher forcing*. The
causal mask makes it honest: position $i$ cannot see the answer, which stands
at $i + 1$ of its own input. All positions of all sentences are computed at
once.

Sentences of a batch differ in length. Short ones are filled up with padding,
which counts for nothing: masks hide it as a key, and the loss ignores it as a
target.
*/
static int larger(int a, int b) { return a > b ? a : b; }

/* The sentences listed, each with `starts` tokens START in front. */
static Sentences sentences(const Pairs *pairs, Side side, int count,
                           const int *list, int starts)
{
    int *lengths = tape_ints(count), longest = 0;
    for (int b = 0; b < count; b++) {
        lengths[b] = pairs_ids(pairs, side, list[b]).n + starts;
        longest = larger(longest, lengths[b]);
    }
    int *ids = tape_ints(count * longest), *row = ids;
    for (int b = 0; b < count; b++, row += longest) {
        Ids sentence = pairs_ids(pairs, side, list[b]);
        for (int i = 0; i < longest; i++)
            row[i] = i < starts ? START
                   : i < lengths[b] ? sentence.id[i - starts] : PAD;
    }
    return (Sentences){ count, longest, ids, lengths };
}

Batch batch_of(const Pairs *pairs, int count, const int *list)
{
    Batch batch = {
        .source = sentences(pairs, SOURCE, count, list, 0),
        .target = sentences(pairs, TARGET, count, list, 1),
    };
    Sentences t = batch.target;
    batch.next = tape_ints(count * t.length);
    for (int b = 0; b < count; b++)
        for (int i = 0; i < t.length; i++)
            batch.next[b * t.length + i] =
                i + 1 < t.lengths[b] ? t.ids[b * t.length + i + 1]
                : i + 1 == t.lengths[b] ? END : T_IGNORE;
    return batch;
}

Tensor *transformer_logits(const Transformer *t, Batch batch, Pass pass)
{
    Tensor *encoded = transformer_encode(t, batch.source, pass);
    return transformer_decode(t, encoded, batch.source, batch.target, pass);
}

static void take_pair(const char *english, const char *translation,
                      void *pairs)
{
    pairs_add(pairs, english, translation, 0);
}

static Pairs corpus(CorpusLanguage language, CorpusSplit split)
{
    Pairs pairs = { 0 };
    corpus_pairs(language, split, take_pair, &pairs);
    return pairs;
}

static void print_row(const char *name, const Vocabulary *words, const int *ids,
                      int n)
{
    text_printf("%-8s", name);
    for (int i = 0; i < n; i++)
        text_printf(" %-10s", ids[i] == T_IGNORE ? "-" : words->word[ids[i]]);
    text_printf("\n");
}

static void one_batch(void)
{
    Pairs pairs = { 0 };
    pairs_add(&pairs, "They are watching .", "Ils regardent .", 0);
    pairs_add(&pairs, "I like deep learning .",
              "J'aime l'apprentissage profond .", 0);
    Batch batch = batch_of(&pairs, 2, (int[]){ 0, 1 });
    for (int b = 0; b < 2; b++) {
        int n = batch.source.length, m = batch.target.length;
        print_row("source", &pairs.words[SOURCE], batch.source.ids + b * n, n);
        print_row("reads", &pairs.words[TARGET], batch.target.ids + b * m, m);
        print_row("says", &pairs.words[TARGET], batch.next + b * m, m);
        text_printf("\n");
    }
    pairs_free(&pairs);
}

/*
:::{admonition} Erratum: what runs in parallel
:class: erratum
S3 and S4 praise the Transformer for running in parallel where a recurrent
network cannot, and leave it at that. It is true of training, thanks to teacher
forcing, and of the encoder always. When it *writes*, each token still waits
for the one before; there a Transformer is as sequential as any network.
:::

Padding costs time, so sentences of about one length go into a batch together:
we sort by length, cut where a batch is full, and shuffle the batches.
Sentences of equal length change places from epoch to epoch.
*/
typedef struct {
    int source, target, place, pair;    /* lengths; where chance puts it */
} Dealt;

static int by_length(const void *a, const void *b)
{
    const Dealt *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Numbers of the pairs, by length; those of equal lengths in random order. */
static void sort_by_length(const Pairs *pairs, Rng *rng, int *order)
{
    Dealt *list = malloc((size_t)pairs->n * sizeof *list);
    if (!list)
        cell_die("out of memory for %d sentence pairs", pairs->n);
    rng_permutation(rng, pairs->n, order);
    for (int i = 0; i < pairs->n; i++)
        list[i] = (Dealt){ pairs_ids(pairs, SOURCE, i).n,
                           pairs_ids(pairs, TARGET, i).n, order[i], i };
    qsort(list, (size_t)pairs->n, sizeof *list, by_length);
    for (int i = 0; i < pairs->n; i++)
        order[i] = list[i].pair;
    free(list);
}

/* Cuts the sorted pairs where a batch is full: as many as fit in batch_tokens
 * with their padding. Returns the number of batches, and tells which one needs
 * most memory, about: a target token, with logits and two attentions, needs
 * twice what a source token does, and tables of weights grow as a square. */
static int cut(const Pairs *pairs, const int *order, int batch_tokens,
               int *first, int *largest)
{
    int batches = 0, n = 0, m = 0, most = 0;
    for (int i = 0; i < pairs->n; i++) {
        int a = pairs_ids(pairs, SOURCE, order[i]).n;
        int b = pairs_ids(pairs, TARGET, order[i]).n + 1;
        n = larger(n, a);
        m = larger(m, b);
        if (i == 0 || (i + 1 - first[batches - 1]) * (n + m) > batch_tokens) {
            first[batches++] = i;
            n = a;
            m = b;
        }
        int memory = (i + 1 - first[batches - 1])
                   * (n + 2 * m + (n + m) * (n + m) / 64);
        if (memory > most) {
            most = memory;
            *largest = batches - 1;
        }
    }
    first[batches] = pairs->n;
    return batches;
}

/* The batches of an epoch. The very first is the largest: what memory it needs
 * is enough for the others. */
static void deal(Training *tr, long epoch)
{
    int largest = 0;
    Rng rng = rng_new(tr->options.seed + (uint64_t)epoch);
    sort_by_length(tr->pairs, &rng, tr->order);
    tr->batches = cut(tr->pairs, tr->order, tr->options.batch_tokens,
                      tr->first, &largest);
    rng_permutation(&rng, tr->batches, tr->turn);
    for (int k = 0; epoch == 0 && k < tr->batches; k++)
        if (tr->turn[k] == largest) {
            tr->turn[k] = tr->turn[0];
            tr->turn[0] = largest;
        }
    tr->epoch = epoch;
}

/*
(sec-rate)=
## The learning rate

Chapter 3 called Adam a step downhill. Number by number, it divides a running
mean of the gradients by the root of a running mean of their squares. Its first
steps are its worst informed: the means hold one gradient, then two. The paper
lets the learning rate rise on a straight line for some steps
(*warm-up*) and fall with $1/\sqrt{\text{step}}$ from there on,

$$
\text{rate}(s) = r \cdot
\begin{cases} s / s_w & s \le s_w \\ \sqrt{s_w / s} & s > s_w \end{cases}
$$ (eq-rate)

(the paper writes $r = 1/\sqrt{d \, s_w}$). Whoever knows the number of steps
beforehand, $S$, can let it fall on a straight line to zero instead, as
$r (S + 1 - s) / (S + 1 - s_w)$. We do that; `as_published` gives the other.
*/
double learning_rate(TrainingOptions o, long step)
{
    double s = (double)step, warmup = (double)o.warmup;
    if (step <= o.warmup)
        return o.rate * s / warmup;
    if (o.as_published)
        return o.rate * sqrt(fmax(1, warmup) / s);
    return o.rate * ((double)o.steps + 1 - s) / ((double)o.steps + 1 - warmup);
}

static void learning_rates(void)
{
    TrainingOptions line = { .steps = 900, .rate = 8e-3, .warmup = 90 };
    TrainingOptions root = line;
    root.as_published = true;
    text_printf("%6s %12s %12s\n", "step", "line", "published");
    Plot *plot = plot_open("rates", "step line published");
    for (long step = 1; step <= line.steps; step++) {
        double a = learning_rate(line, step), b = learning_rate(root, step);
        plot_row(plot, (double)step, a, b);
        if (step == 1 || step == 45 || step == 90 || step % 225 == 0)
            text_printf("%6ld %12.5f %12.5f\n", step, a, b);
    }
    plot_close(plot);
}

/*
:::{figure} 08_transformer/rates.svg
:name: fig-rates
:alt: Two curves that rise together to a peak at step 90; one then falls on a straight line to zero at step 900, the other more and more slowly.

Two schedules with the same warm-up.
:::

## A step

The loss is cross-entropy with *label smoothing* {cite}`szegedy2016`. The
target is not one word $k$ with certainty: a share $\epsilon = 0.1$ of the
probability goes to all words alike, $q_j = (1 - \epsilon) \, \delta_{jk} +
\epsilon / V$, so that the model does not spend its strength on being ever more
certain. And a gradient longer than 1, over all parameters, is shortened to 1
(*clipping*), so that no odd batch throws the model far off.
*/
Training training_new(Transformer *model, const Pairs *pairs,
                      TrainingOptions options)
{
    size_t n = (size_t)pairs->n;
    options.batch_tokens = options.batch_tokens ? options.batch_tokens : 2000;
    options.rate = options.rate == 0 ? 2e-3 : options.rate;
    Training tr = { .model = model, .pairs = pairs, .options = options };
    tr.adam = opt_adam(&model->params,
                       (AdamOptions){ .rate = options.rate, .beta2 = 0.98,
                                      .epsilon = 1e-9 });
    tr.rng = rng_named(options.seed, "dropout");
    tr.order = malloc(n * sizeof *tr.order);
    tr.turn = malloc(n * sizeof *tr.turn);
    tr.first = malloc((n + 1) * sizeof *tr.first);
    if (!tr.order || !tr.turn || !tr.first)
        cell_die("out of memory for %d sentence pairs", pairs->n);
    deal(&tr, 0);
    return tr;
}

void training_free(Training *tr)
{
    free(tr->order);
    free(tr->turn);
    free(tr->first);
    *tr = (Training){ 0 };
}

double training_step(Training *tr)
{
    if (tr->step / tr->batches != tr->epoch)
        deal(tr, tr->step / tr->batches);
    int turn = tr->turn[tr->step % tr->batches];
    int start = tr->first[turn], count = tr->first[turn + 1] - start;
    Batch batch = batch_of(tr->pairs, count, tr->order + start);
    Tensor *logits = transformer_logits(tr->model, batch,
                                        (Pass){ .rng = &tr->rng });
    Tensor *loss = t_cross_entropy(
        t_last_use(logits), batch.next,
        (CrossEntropy){ .smoothing = tr->options.smoothing });
    t_backward(loss);
    if (tr->options.clip > 0)
        opt_clip(&tr->model->params, tr->options.clip);
    tr->tokens = 0;
    for (int b = 0; b < count; b++)
        tr->tokens += batch.target.lengths[b];
    tr->step++;
    opt_set_rate(tr->adam, learning_rate(tr->options, tr->step));
    opt_step(tr->adam);
    double value = t_item(loss);
    tape_reset();
    return value;
}

/*
(sec-norms)=
## Norm before or norm after?

Now the old argument can be put to a test, with one model: six layers in each
half, the same data, the same first numbers, the same 200 steps; with the norm
after or before, and with warm-up or without. The gradient is not clipped here.
*/
enum { CURVE_STEPS = 200, CURVE_EACH = 10 };

static void curve(const Pairs *pairs, bool post_norm, int warmup, double *loss)
{
    Rng rng = rng_new(cell_seed());
    TransformerOptions options = { .layers = 6, .width = 32, .heads = 4,
                                   .hidden = 64, .post_norm = post_norm };
    Transformer model = transformer_new(options, pairs->words[SOURCE].n,
                                        pairs->words[TARGET].n, &rng);
    Training tr = training_new(&model, pairs,
                               (TrainingOptions){
                                   .steps = CURVE_STEPS, .batch_tokens = 1000,
                                   .rate = 8e-3, .warmup = warmup,
                                   .seed = cell_seed() });
    for (int i = 0; i < (cell_quick() ? CURVE_EACH : CURVE_STEPS); i++)
        loss[i / CURVE_EACH] += training_step(&tr) / CURVE_EACH;
    training_free(&tr);
}

/* Of the target words' frequencies, END included: the loss of a model that
 * knows these and nothing else. */
static double word_entropy(const Pairs *pairs)
{
    const Vocabulary *words = &pairs->words[TARGET];
    double all = pairs->n, sum = all * log(all);
    for (int i = FIRST_WORD; i < words->n; i++) {
        double count = (double)words->count[i];
        all += count;
        sum += count * log(count);
    }
    return log(all) - sum / all;
}

static void norm_before_or_after(void)
{
    enum { PLACES = CURVE_STEPS / CURVE_EACH };
    double loss[4][PLACES] = { 0 };
    Pairs pairs = corpus(CORPUS_FRENCH, CORPUS_TRAIN);
    pairs_sort_words(&pairs, 1);
    for (int i = 0; i < 4; i++)
        curve(&pairs, i < 2, i % 2 == 0 ? 40 : 0, loss[i]);
    text_printf("entropy of the words' frequencies: %.2f nats\n\n",
                word_entropy(&pairs));
    pairs_free(&pairs);
    text_printf("%6s  %23s  %23s\n", "", "norm after the sum",
                "norm before");
    text_printf("%6s  %11s %11s  %11s %11s\n", "steps", "warm-up", "none",
                "warm-up", "none");
    Plot *plot = plot_open("norms", "step post_warm post pre_warm pre");
    for (int p = 0; p < PLACES; p++) {
        double step = (p + 0.5) * CURVE_EACH;
        plot_row(plot, step, loss[0][p], loss[1][p], loss[2][p], loss[3][p]);
        if (p % 2 == 0)
            text_printf("%6d  %11.2f %11.2f  %11.2f %11.2f\n",
                        (p + 1) * CURVE_EACH, loss[0][p], loss[1][p],
                        loss[2][p], loss[3][p]);
    }
    plot_close(plot);
}

/*
:::{figure} 08_transformer/norms.svg
:name: fig-norms
:alt: Four curves of loss against steps. The two with the norm before the sublayer fall furthest, with warm-up a little further than without; norm after the sum with warm-up falls more slowly; norm after without warm-up stays near 5.

Six layers, the same data and first numbers, four ways to train.
:::

With the norm before, the model learns with warm-up and without it, here a
little less well. With the norm after and no warm-up it stays at the entropy of
the words' frequencies: it has learned how frequent words are, and nothing
else. (With another seed it may come a little further.) With warm-up it learns,
but lags.

The reason given by {cite:t}`xiong2020`: with post-norm the gradients near the
output are large at the start, too large for the full learning rate; with
pre-norm they are moderate from the first step. If Adam's young means were the
whole reason for warm-up, pre-norm would need it just as much. None of this says
that post-norm is worse in the end; it needs care, and the paper took it. We
take pre-norm for the rest of the chapter.

(sec-data)=
## Something to translate

Real sentence pairs come in millions, and nobody can look through them. Ours
come from a grammar: `chapters/data/` has a lexicon of some three hundred
entries in English, French and Chinese, and rules that draw a sentence and say
it in each language. It is small, but nothing in it is trivial. French has
gender and number (*une voiture rouge*, *deux chats noirs*), adjectives before
and after, elision (*l'homme*, *est-ce qu'elle*), *du* and *aux*, and verbs in
three tenses with two auxiliaries. Chinese has measure words (一只猫, 两本书), 了 and
在, 不 and 没, and puts time and place before the verb. A sentence has one
translation, by conventions that `corpus.c` lists.

There are three sets. The model learns from the first. *Held-out sentences* are
others of the same kind. *Combinations* ask for more: there, an adjective meets
a noun that it never met in training, or a verb stands in a tense and form (a
question in the future, say) that it never had, though the model has seen each
by itself. A model that only remembers fails there.
*/
enum { LESSON_STEPS = 900, POINTS = 15 };

typedef struct {
    Pairs train, held_out, combinations;
    Transformer model;
    double learned[POINTS];     /* the mean loss of so many training steps */
    double examined[POINTS];    /* then that on the held-out sentences */
    bool trained;
} Lesson;

static Lesson lessons[CORPUS_LANGUAGES];

static void train_lesson(Lesson *lesson, const char *name)
{
    Rng rng = rng_new(cell_seed());
    lesson->model = transformer_new(ours, lesson->train.words[SOURCE].n,
                                    lesson->train.words[TARGET].n, &rng);
    long steps = cell_quick() ? 20 : LESSON_STEPS;
    Training tr = training_new(&lesson->model, &lesson->train,
                               (TrainingOptions){
                                   .steps = steps, .warmup = (int)steps / 10,
                                   .rate = 8e-3, .smoothing = 0.1, .clip = 1,
                                   .seed = cell_seed() });
    Progress progress = progress_begin(name, 0, steps);
    double tokens = 0;
    while (tr.step < steps) {
        int point = (int)(tr.step * POINTS / LESSON_STEPS);
        double loss = training_step(&tr);
        tokens += tr.tokens;
        lesson->learned[point] += loss * POINTS / LESSON_STEPS;
        if (tr.step % (LESSON_STEPS / POINTS) == 0)
            lesson->examined[point] =
                transformer_cross_entropy(&lesson->model, &lesson->held_out);
        progress_show(&progress, tr.step, "loss %.3f  %.0f tokens/s", loss,
                      tokens / (cell_seconds() - progress.begin));
    }
    progress_end(&progress);
    training_free(&tr);
}

/* The lesson in a language; the first call learns it. */
static const Lesson *lesson_in(CorpusLanguage language, const char *name)
{
    Lesson *lesson = &lessons[language];
    if (lesson->trained)
        return lesson;
    lesson->train = corpus(language, CORPUS_TRAIN);
    lesson->held_out = corpus(language, CORPUS_HELD_OUT);
    lesson->combinations = corpus(language, CORPUS_COMBINATIONS);
    if (cell_quick())
        lesson->held_out.n = lesson->combinations.n = 50;
    pairs_sort_words(&lesson->train, 1);
    const Vocabulary *words = lesson->train.words;
    pairs_encode(&lesson->held_out, &words[SOURCE], &words[TARGET]);
    pairs_encode(&lesson->combinations, &words[SOURCE], &words[TARGET]);
    train_lesson(lesson, name);
    lesson->trained = true;
    return lesson;
}

static void forget_lessons(void)
{
    for (int i = 0; i < CORPUS_LANGUAGES; i++) {
        pairs_free(&lessons[i].train);
        pairs_free(&lessons[i].held_out);
        pairs_free(&lessons[i].combinations);
    }
}

/*
(sec-writing)=
## Writing, token by token

To translate, the decoder is given `<start>`, its most probable next token is
appended, and so on until it says `<end>`. To compute a token it needs, in each
layer, the keys and values of all tokens before. These do not change any more,
because no token sees a later one. So they are kept, the *key/value cache*, and
each step computes one row instead of all. The same code as in training does
it; the cached and the recomputed logits are equal up to rounding, which a test
looks at for every position. (The decoder of {cite:t}`zhang2023` gives every
token it writes the position 0. Ours takes the position from the number of rows
kept, and the test would see it.)
*/
Writer writer_begin(const Transformer *t, Tensor *encoded,
                    const Tensor *padding, int room)
{
    int rows = t_dim(encoded, 0), h = t->options.heads;
    int each = t->options.width / h;
    Writer w = { .model = t, .padding = padding, .rows = rows, .room = room };
    for (int i = 0; i < t->options.layers; i++) {
        w.self[i] = (KeysValues){ t_zeros(rows, h, room, each),
                                  t_zeros(rows, h, room, each) };
        w.cross[i] = keys_values(t->decoder[i].cross, encoded);
    }
    return w;
}

Tensor *writer_step(Writer *w, const int *ids)
{
    const Transformer *t = w->model;
    if (w->length == w->room)
        t_fail("writer_step: there is room for %d tokens only", w->room);
    Tensor *x = embed(t, t->target_words, ids, w->rows, 1, w->length, NULL);
    Context c = { .padding = w->padding, .writer = w };
    Tensor *logits = decoder(t, x, c, (Pass){ 0 });
    w->length++;
    return t_reshape(logits, w->rows, T_INFER);
}

/* Rows `from` of x: axis 0 becomes `rows` long. */
static Tensor *pick(Tensor *x, int rows, const int *from)
{
    Tensor *flat = t_reshape(x, t_dim(x, 0), T_INFER);
    Shape shape = x->shape;
    shape.dim[0] = rows;
    return t_reshape_shape(t_embedding(flat, from, rows), shape);
}

void writer_reorder(Writer *w, const int *from)
{
    for (int i = 0; i < w->model->options.layers; i++) {
        t_assign(w->self[i].k, pick(w->self[i].k, w->rows, from));
        t_assign(w->self[i].v, pick(w->self[i].v, w->rows, from));
    }
}

/*
The most probable token at each step (*greedy*) need not give the most probable
sentence. *Beam search* keeps several beginnings in view, continues each with
every word, and keeps the best again. A sentence's probability is a product, so
a longer one looks worse. To make up for that, $\ln p$ of a translation of $l$
tokens, `<end>` among them, is divided by $((5 + l)/6)^A$ {cite}`wu2016`;
beginnings are of one length and need no such help. With a beam of 1 this is
the greedy way.
*/
/* For each of B sentences `beam` translations in the making, one a row. */
typedef struct {
    int beam, room, length;     /* room: tokens of a translation at most */
    double penalty;
    int *tokens, *spare;    /* (B beam, room) */
    real *score;            /* (B beam): log probability so far */
    int *from, *last;       /* (B beam): the row it continues, its last token */
    Ids *best;              /* (B): the best that has ended, */
    real *best_score;       /* (B): and how good it is */
    int *closed;            /* (B): no open row is better now than the best: the
                             * end if A = 0, a good guess otherwise */
    int open;               /* how many are not closed */
} Search;

static real fair(const Search *s, real score, int length)
{
    return score / (real)pow((5 + length) / 6.0, s->penalty);
}

typedef struct {
    real score;
    int row, token;
} Candidate;

/* Keeps the best n candidates, best first. */
static void offer(Candidate *list, int n, Candidate c)
{
    if (!(c.score > list[n - 1].score))
        return;
    int i = n - 1;
    for (; i > 0 && list[i - 1].score < c.score; i--)
        list[i] = list[i - 1];
    list[i] = c;
}

/* UNKNOWN is no word that could be written. */
static void find_candidates(const Search *s, int b, const Tensor *log_p,
                            int n, Candidate *list)
{
    for (int i = 0; i < n; i++)
        list[i] = (Candidate){ -(real)INFINITY, b * s->beam, END };
    for (int row = b * s->beam; row < (b + 1) * s->beam; row++) {
        const real *p = &t_at(log_p, row, 0);
        for (int token = END; token < t_dim(log_p, 1); token++)
            if (token != UNKNOWN)
                offer(list, n, (Candidate){ s->score[row] + p[token], row,
                                            token });
    }
}

static void finish(Search *s, int b, Candidate c)
{
    real score = fair(s, c.score, s->length + 1);
    if (!(score > s->best_score[b]))
        return;
    s->best_score[b] = score;
    s->best[b].n = s->length;
    memcpy(s->best[b].id, s->tokens + c.row * s->room,
           (size_t)s->length * sizeof(int));
}

static void continue_row(Search *s, int row, Candidate c)
{
    int *tokens = s->spare + row * s->room;
    memcpy(tokens, s->tokens + c.row * s->room,
           (size_t)s->length * sizeof(int));
    tokens[s->length] = s->last[row] = c.token;
    s->from[row] = c.row;
    s->score[row] = c.score;
}

/* Each row has one END, so of 2 beam candidates at least beam go on. */
static void extend(Search *s, int b, const Tensor *log_p)
{
    Candidate list[2 * MAX_BEAM];
    int first = b * s->beam, n = 2 * s->beam, rows = 0;
    find_candidates(s, b, log_p, n, list);
    for (int i = 0; i < n && rows < s->beam; i++)
        if (list[i].token == END)
            finish(s, b, list[i]);
        else
            continue_row(s, first + rows++, list[i]);
    if (s->best_score[b] >= fair(s, s->score[first], s->length + 1)) {
        s->closed[b] = true;
        s->open--;
    }
}

static Search search_begin(int count, TranslateOptions o, Ids *best)
{
    int rows = count * o.beam;
    Search s = { .beam = o.beam, .room = o.longest, .open = count,
                 .penalty = o.length_penalty, .best = best };
    s.tokens = tape_ints(rows * s.room);
    s.spare = tape_ints(rows * s.room);
    s.from = tape_ints(rows);
    s.last = tape_ints(rows);
    s.closed = tape_ints(count);
    s.score = &t_at(t_zeros(rows), 0);
    s.best_score = &t_at(t_zeros(count), 0);
    for (int row = 0; row < rows; row++) {
        s.last[row] = START;
        s.from[row] = row / o.beam;     /* for now: its sentence */
        s.score[row] = row % o.beam == 0 ? 0 : -(real)INFINITY;
    }
    for (int b = 0; b < count; b++) {
        best[b] = (Ids){ .id = tape_ints(s.room) };
        s.best_score[b] = -(real)INFINITY;
        s.closed[b] = false;
    }
    return s;
}

/* A writer with one row for each translation in the making. */
static Writer search_writer(const Transformer *t, const Search *s,
                            Sentences source)
{
    int rows = source.count * s->beam, *lengths = tape_ints(rows);
    for (int row = 0; row < rows; row++)
        lengths[row] = source.lengths[row / s->beam];
    Tensor *encoded = transformer_encode(t, source, (Pass){ 0 });
    return writer_begin(t, pick(encoded, rows, s->from),
                        nn_padding_mask(rows, lengths, source.length), s->room);
}

void transformer_translate(const Transformer *t, Sentences source,
                           TranslateOptions o, Ids *translation)
{
    bool recorded = tape_record(false);
    o.beam = o.beam ? o.beam : 1;
    o.longest = o.longest ? o.longest : 2 * source.length + 10;
    Search s = search_begin(source.count, o, translation);
    Writer w = search_writer(t, &s, source);
    for (; s.open > 0 && s.length < s.room; s.length++) {
        TapeMark mark = tape_mark();
        Tensor *log_p = t_log_softmax(writer_step(&w, s.last));
        for (int b = 0; b < source.count; b++)
            if (!s.closed[b])
                extend(&s, b, log_p);
        int *older = s.tokens;
        s.tokens = s.spare;
        s.spare = older;
        if (s.beam > 1)
            writer_reorder(&w, s.from);
        tape_release(mark);
    }
    for (int b = 0; b < source.count; b++)  /* too long: as far as it came */
        if (s.best_score[b] == -(real)INFINITY)
            finish(&s, b, (Candidate){ s.score[b * s.beam], b * s.beam, END });
    tape_record(recorded);
}

/*
(sec-bleu)=
## Scores

Three scores. *Exact match* is the share of translations that equal the
reference in every token: severe, and for our grammar fair. *Perplexity* is
$e^{\text{cross-entropy}}$ per token: 1 for a model that is sure and right, $V$
for one that guesses. (Smoothed labels teach ours never to be surer than 0.9,
so the best it can reach is about $1 / 0.9$.) And *BLEU* {cite}`papineni2002`,
for real corpora, where a sentence has many good translations: the share $p_n$
of the translations' groups of $n$ tokens that stand in the reference too, over
the whole corpus, for $n = 1, \dots, 4$; their geometric mean; and a penalty if
the translations are shorter than the references:

$$
\text{BLEU} = 100 \cdot \min\bigl(1, e^{1 - r/c}\bigr)
    \Bigl(\prod_{n=1}^{4} p_n\Bigr)^{1/4} ,
$$ (eq-bleu)

with $c$ tokens written and $r$ in the references. A group that is written
again counts at most as often as the reference has it; otherwise *the the the*
would be perfect. A token of Chinese is a character, so a BLEU of Chinese and
one of French cannot be compared.
*/
/* How often the n tokens at `gram` stand in a sentence. */
static int occurrences(Ids sentence, const int *gram, int n)
{
    int count = 0;
    for (int i = 0; i + n <= sentence.n; i++)
        count += memcmp(sentence.id + i, gram, (size_t)n * sizeof(int)) == 0;
    return count;
}

/* How many groups of n tokens of a translation stand in the reference too. One
 * that comes again counts only as often as the reference has it. */
static int matches(Ids translation, Ids reference, int n)
{
    int sum = 0;
    for (int i = 0; i + n <= translation.n; i++) {
        const int *gram = translation.id + i;
        Ids so_far = { i + n, translation.id };
        sum += occurrences(so_far, gram, n) <= occurrences(reference, gram, n);
    }
    return sum;
}

double bleu(int count, const Ids *translation, const Ids *reference)
{
    double logarithm = 0;   /* of the geometric mean of the precisions */
    for (int n = 1; n <= 4; n++) {
        long right = 0, all = 0;    /* p_n = right / all */
        for (int i = 0; i < count; i++) {
            right += matches(translation[i], reference[i], n);
            all += translation[i].n >= n ? translation[i].n - n + 1 : 0;
        }
        if (right == 0)
            return 0;
        logarithm += log((double)right / (double)all) / 4;
    }
    double written = 0, expected = 0;   /* c and r */
    for (int i = 0; i < count; i++) {
        written += translation[i].n;
        expected += reference[i].n;
    }
    double brevity = written < expected ? exp(1 - expected / written) : 1;
    return 100 * brevity * exp(logarithm);
}

/* Room for n sentences. What the tape hands out suits any type. */
static Ids *new_ids(int n)
{
    return (Ids *)(void *)tape_ints(n * (int)(sizeof(Ids) / sizeof(int)));
}

enum { AT_ONCE = 64 };  /* sentences that are translated side by side */

static int *any_order_by_length(const Pairs *pairs)
{
    int *order = tape_ints(pairs->n);
    sort_by_length(pairs, &(Rng){ 0 }, order);
    return order;
}

void transformer_translate_pairs(const Transformer *t, const Pairs *pairs,
                                 TranslateOptions options, Ids *translation)
{
    int *order = any_order_by_length(pairs);
    Ids longest = pairs_ids(pairs, SOURCE, order[pairs->n - 1]);
    if (options.longest == 0)
        options.longest = 2 * longest.n + 10;
    for (int i = 0; i < pairs->n; i++)
        translation[i].id = tape_ints(options.longest);
    for (int i = 0; i < pairs->n; i += AT_ONCE) {
        int count = AT_ONCE < pairs->n - i ? AT_ONCE : pairs->n - i;
        Ids here[AT_ONCE];
        TapeMark mark = tape_mark();
        transformer_translate(t, sentences(pairs, SOURCE, count, order + i, 0),
                              options, here);
        for (int b = 0; b < count; b++) {
            Ids *out = &translation[order[i + b]];
            out->n = here[b].n;
            memcpy(out->id, here[b].id, (size_t)here[b].n * sizeof(int));
        }
        tape_release(mark);
    }
}

double transformer_cross_entropy(const Transformer *t, const Pairs *pairs)
{
    double sum = 0, tokens = 0;
    bool recorded = tape_record(false);
    int *order = any_order_by_length(pairs);
    for (int i = 0; i < pairs->n; i += AT_ONCE) {
        int count = AT_ONCE < pairs->n - i ? AT_ONCE : pairs->n - i, here = 0;
        TapeMark mark = tape_mark();
        Batch batch = batch_of(pairs, count, order + i);
        Tensor *logits = transformer_logits(t, batch, (Pass){ 0 });
        Tensor *loss = t_cross_entropy(logits, batch.next,
                                       (CrossEntropy){ 0 });
        for (int b = 0; b < count; b++)
            here += batch.target.lengths[b];
        sum += t_item(loss) * here;
        tokens += here;
        tape_release(mark);
    }
    tape_record(recorded);
    return sum / tokens;
}

double exact_match(int count, const Ids *translation, const Ids *reference)
{
    int same = 0;
    for (int i = 0; i < count; i++) {
        size_t bytes = (size_t)reference[i].n * sizeof(int);
        same += translation[i].n == reference[i].n
            && memcmp(translation[i].id, reference[i].id, bytes) == 0;
    }
    return (double)same / count;
}

static void plot_learning(const Lesson *lesson)
{
    enum { EACH = LESSON_STEPS / POINTS };
    Plot *plot = plot_open("learning", "middle training end held_out");
    for (int p = 0; p < POINTS; p++)
        plot_row(plot, (p + 0.5) * EACH, lesson->learned[p], (p + 1.0) * EACH,
                 lesson->examined[p]);
    plot_close(plot);
}

static void print_scores(const char *name, const Lesson *lesson,
                         const Pairs *pairs, Ids *written, const Ids *reference)
{
    transformer_translate_pairs(&lesson->model, pairs, (TranslateOptions){ 0 },
                                written);
    text_printf("%-22s %10d %9.1f %% %10.1f %12.2f\n", name, pairs->n,
                100 * exact_match(pairs->n, written, reference),
                bleu(pairs->n, written, reference),
                exp(transformer_cross_entropy(&lesson->model, pairs)));
}

static void print_sentence(const char *label, const Vocabulary *words, Ids ids)
{
    char *sentence = vocabulary_decode(words, ids);
    text_printf("%s%s\n", label, sentence);
    free(sentence);
}

static bool right(const Pairs *pairs, int i, Ids written)
{
    Ids reference = pairs_ids(pairs, TARGET, i);
    return exact_match(1, &written, &reference) == 1;
}

/* Prints up to `most` failures, evenly spread over all of them. */
static void print_failures(const Lesson *lesson, const Pairs *pairs,
                           const Ids *written, int most)
{
    const Vocabulary *words = lesson->train.words;
    int failures = 0, seen = 0, shown = 0;
    for (int i = 0; i < pairs->n; i++)
        failures += !right(pairs, i, written[i]);
    text_printf("\n%d of the %d failures with new combinations:\n",
                failures < most ? failures : most, failures);
    for (int i = 0; i < pairs->n; i++) {
        if (right(pairs, i, written[i]) || seen++ * most < shown * failures)
            continue;
        print_sentence("\n  ", &words[SOURCE], pairs_ids(pairs, SOURCE, i));
        print_sentence("  right:   ", &words[TARGET],
                       pairs_ids(pairs, TARGET, i));
        print_sentence("  written: ", &words[TARGET], written[i]);
        shown++;
    }
}

static void examine(const Lesson *lesson, const char *const *own)
{
    const Vocabulary *words = lesson->train.words;
    text_printf("%d pairs to learn from, %d and %d words, %ld parameters\n\n",
                lesson->train.n, words[SOURCE].n, words[TARGET].n,
                params_count(&lesson->model.params));
    for (; *own; own++) {
        Pairs one = { 0 };
        Ids written;
        pairs_add(&one, *own, *own, 0);
        pairs_encode(&one, &words[SOURCE], &words[TARGET]);
        transformer_translate_pairs(&lesson->model, &one,
                                    (TranslateOptions){ 0 }, &written);
        text_printf("%-34s ", *own);
        print_sentence("", &words[TARGET], written);
        pairs_free(&one);
    }
    text_printf("\n%-22s %10s %11s %10s %12s\n", "", "sentences", "exact",
                "BLEU", "perplexity");
    const Pairs *sets[] = { &lesson->held_out, &lesson->combinations };
    const char *const names[] = { "held-out sentences", "new combinations" };
    for (int s = 0; s < 2; s++) {
        int n = sets[s]->n;
        Ids *written = new_ids(n), *reference = new_ids(n);
        for (int i = 0; i < n; i++)
            reference[i] = pairs_ids(sets[s], TARGET, i);
        print_scores(names[s], lesson, sets[s], written, reference);
        if (s == 1)
            print_failures(lesson, sets[s], written, 6);
    }
}

/*
(sec-french)=
## English to French
*/
static void english_to_french(void)
{
    const Lesson *lesson = lesson_in(CORPUS_FRENCH, "English to French");
    static const char *const own[] = { "They are watching .",
                                       "The red car is fast .",
                                       "I like deep learning .",
                                       "She will not eat the red apples .",
                                       "She gave me a book .", NULL };
    examine(lesson, own);
    plot_learning(lesson);
}

/*
:::{figure} 08_transformer/learning.svg
:name: fig-learning
:alt: Two falling curves of loss against steps, over 900 steps. The training loss levels off near one; the loss on held-out sentences falls much further, towards zero.

The loss while it learns. That of training is against smoothed labels, whose
own entropy nothing can go below; held-out sentences are asked for the word
itself.
:::

The first three sentences are the notes' own and stand in the training set,
word for word. The fourth does not, and could not: in this grammar apples have
no colour. The last shows the limits: a word that is not in the lexicon is
`<unknown>`, and a sentence of a kind the model has not seen comes out as one
of those it has.

Both rows of scores are of sentences that were not in the training set, and the
second of combinations that were never in it. Look at what goes wrong. The
model has not stored sentences; it has rules, and where it fails it has applied
a common one in place of a rare one. An adjective, a participle or a verb does
not agree, as with a learner of French. A word is left out, comes twice, or
stands for one like it. And an elision goes wrong, *n'* for *ne* or *de* for
*d'*: that choice comes one token before the word it depends on. With another
seed (`--seed 2`) the failures are others, of the same kinds.

(sec-beam)=
## Is a beam better?
*/
static void beams(void)
{
    const Lesson *lesson = lesson_in(CORPUS_FRENCH, "English to French");
    const Pairs *pairs = &lesson->combinations;
    Ids *written = new_ids(pairs->n), *reference = new_ids(pairs->n);
    for (int i = 0; i < pairs->n; i++)
        reference[i] = pairs_ids(pairs, TARGET, i);
    text_printf("%6s %10s %10s\n", "beam", "exact", "BLEU");
    Plot *plot = plot_open("beams", "beam exact[%] bleu");
    for (int beam = 1; beam <= 8; beam *= 2) {
        TranslateOptions options = { .beam = beam, .length_penalty = 0.6 };
        transformer_translate_pairs(&lesson->model, pairs, options, written);
        double exact = 100 * exact_match(pairs->n, written, reference);
        double score = bleu(pairs->n, written, reference);
        text_printf("%6d %8.1f %% %10.1f\n", beam, exact, score);
        plot_row(plot, beam, exact, score);
    }
    plot_close(plot);
}

/*
:::{figure} 08_transformer/beams.svg
:name: fig-beams
:alt: BLEU and exact match against the width of the beam, 1 to 8. Both lines rise a little at most.

What a wider beam brings for the combinations.
:::

Here, little: most failures remain, however wide the beam. In these the model
finds what is wrong more probable than what is right, and no search for the
most probable sentence can mend that. Where a sentence has many good
translations, as real ones do, a beam has more to choose from.

(sec-inside)=
## Looking inside

Which source word does the decoder look at while it writes a target word? The
weights of cross-attention are there to be read: a row for each target token, a
column for each source token. The row of a token is the one of the step that
*writes* it, which has the token before it as input. There is a table for each
layer and each head. We print the mean over the heads of each layer, for a
sentence of the training set; the command `attend`, below, writes them one by
one, for any sentence.
*/
/* What the model looks at while it writes a translation it is given. */
static void look(const Transformer *t, const Pairs *pairs, int i, Pass pass)
{
    bool recorded = tape_record(false);
    transformer_logits(t, batch_of(pairs, 1, &i), pass);
    tape_record(recorded);
}

/* The mean over the heads of a layer's weights: (m, n). */
static Tensor *mean_over_heads(Tensor *weights)
{
    return t_reshape(t_mean(t_detach(weights), 1), t_dim(weights, 2),
                     t_dim(weights, 3));
}

static void crossing(void)
{
    const Lesson *lesson = lesson_in(CORPUS_FRENCH, "English to French");
    const Vocabulary *words = lesson->train.words;
    Pairs one = { 0 };
    pairs_add(&one, "the red car is fast .", "la voiture rouge est rapide .",
              0);
    char *column[16], *row[16];
    Ids source = pairs_ids(&one, SOURCE, 0);
    Ids target = pairs_ids(&one, TARGET, 0);
    pairs_encode(&one, &words[SOURCE], &words[TARGET]);
    for (int i = 0; i < source.n; i++)
        column[i] = words[SOURCE].word[source.id[i]];
    for (int i = 0; i <= target.n; i++)
        row[i] = words[TARGET].word[i < target.n ? target.id[i] : END];
    Tensor *self[MAX_LAYERS], *causal[MAX_LAYERS], *cross[MAX_LAYERS];
    look(&lesson->model, &one, 0, (Pass){ NULL, self, causal, cross });
    for (int layer = 0; layer < ours.layers; layer++) {
        char name[40];
        Tensor *mean = mean_over_heads(cross[layer]);
        plot_matrix(layer ? "crossing_2" : "crossing", mean, row, column);
        snprintf(name, sizeof name, "%slayer %d, mean of its %d heads",
                 layer ? "\n" : "", layer + 1, ours.heads);
        text_matrix(name, mean, row, column, 2);
    }
    pairs_free(&one);
}

/*
Read the row of *rouge*: it looks at *red*, which stands one place before
*car*, while *voiture*, written earlier, looks at *car*. That is the crossing
in {numref}`fig-crossing`, and nobody taught it but the loss. *la* is less
simple. To write it the model must know the gender of the noun, and still its
row looks mostly at *the*. So the encoder has carried what is needed from *car*
to *the*, by its own attention: after two layers, the vector of a token is no
longer that word alone. Chapters 4 and 6 said it: weights tell where a model
looks, not what it finds there.

:::{admonition} Rows and columns
:class: note
Maps of this kind are often printed transposed, or with the rows shifted by
one. Here a row is named by the token that the step writes. A test looks the
largest weight of *rouge* up in the trained model: it must be on *red*.
:::

(sec-chinese)=
## English to Chinese

The same program, the same options, another language.
*/
static void english_to_chinese(void)
{
    const Lesson *lesson = lesson_in(CORPUS_CHINESE, "English to Chinese");
    static const char *const own[] = { "They are watching .",
                                       "Tom chases Jerry .",
                                       "I like deep learning .",
                                       "She did not buy two white cats .",
                                       NULL };
    examine(lesson, own);
}

/*
Again the first three were taught, and the last could not be: in this grammar
nobody buys a cat. Chinese is the easier one here: no gender, no agreement, no
forms of the verb; what must be learned is order and the small words. An
adjective is the same beside every noun, so a combination that is new costs
less than in French. What goes wrong is mostly small, too: 找 for 找到, a 们 or a
word too many or too few.

(sec-steady)=
## Steady memory

A training loop runs for hours; if each step asked for memory, or forgot to
give some back, it would end badly.
*/
static void steady_memory(void)
{
    enum { STEPS = 40 };
    Pairs pairs = corpus(CORPUS_FRENCH, CORPUS_HELD_OUT);
    pairs_sort_words(&pairs, 1);
    size_t kept = tape_kept_bytes();
    Rng rng = rng_new(cell_seed());
    Transformer model = transformer_new(ours, pairs.words[SOURCE].n,
                                        pairs.words[TARGET].n, &rng);
    Training tr = training_new(&model, &pairs,
                               (TrainingOptions){ .steps = STEPS,
                                                  .seed = cell_seed() });
    text_printf("parameters            %8.0f kB\n",
                (double)params_count(&model.params) * sizeof(real) / 1e3);
    text_printf("with all that is kept %8.0f kB\n",
                (double)(tape_kept_bytes() - kept) / 1e3);
    training_step(&tr);
    size_t after_first = tape_reserved_bytes();
    while (tr.step < STEPS)
        training_step(&tr);
    text_printf("asked of the system in steps 2 to %d: %zu bytes\n", STEPS,
                tape_reserved_bytes() - after_first);
    training_free(&tr);
    pairs_free(&pairs);
}

/*
What is kept is four numbers for each parameter: itself, its gradient, and
Adam's two means. (The little more are the tensors' shapes and strides.) No
memory is asked for after the first step: one block holds all that a step
makes, is emptied, and holds the next. So that it is large enough from the
start, the first batch of a training is the largest.

(sec-own)=
## Your own sentences

The program of this chapter is also a tool. A file of pairs has
`source<TAB>target` in each line:

    build/chapters/08_transformer train --data pairs.tsv --save my.ckpt
    echo "They are watching ." | build/chapters/08_transformer translate \
        --model my.ckpt --beam 4
    build/chapters/08_transformer attend --model my.ckpt --out maps \
        "The red car is fast ."

`corpus french` prints the book's own pairs, to begin with; `--help` after each
command lists its options. `train` takes its time: ten times through the data,
at a lower rate than in our lessons, and with dropout. Ctrl-C saves, and
`--resume` goes on as if nothing had happened, to the last bit.

## Claims, and where they are tested

- No logit depends on a later target token. {test}`tests/08_transformer.c: a_logit_does_not_depend_on_later_tokens`
- Padding changes nothing. {test}`tests/08_transformer.c: padding_changes_nothing`
- The order of a batch changes nothing, nor does its company. {test}`tests/08_transformer.c: sentences_translate_alone_as_in_a_batch`
- Kept keys and values give the logits of recomputing all. {test}`tests/08_transformer.c: cached_and_recomputed_logits_agree`
- What is called new was never taught. {test}`tests/corpus.c: nobody_eats_red_apples_or_buys_cats`
- A beam of one is greedy; one with room for everything finds the most probable translation. {test}`tests/08_transformer.c: beam_search_finds_what_trying_everything_finds`
- BLEU agrees with a known implementation. {test}`tests/08_transformer.c: bleu_agrees_with_the_reference_implementation`
- The formula counts the parameters. {test}`tests/08_transformer.c: the_formula_counts_the_parameters`
- *rouge* looks at *red*. {test}`tests/08_transformer.c: rouge_looks_at_red_in_the_trained_model`
- A training that was stopped and resumed ends with the same bits. {test}`tests/08_transformer.c: a_resumed_training_ends_with_the_same_bits`
- `t_last_use` changes no number and saves memory. {test}`tests/last_use.c: numbers_and_gradients_are_the_same`
- Sum and norm are one pass, and the norm of the sum. {test}`tests/last_use.c: sum_and_norm_are_one_pass`
- Memory is steady. {test}`tests/08_transformer.c: memory_is_steady`

## Summary

- An encoder reads all tokens at once; a decoder writes one by one, and looks at
  the encoder through cross-attention.
- Teacher forcing and the causal mask make training parallel. Writing is not.
- With the norm before the sublayer it learned each time; with the norm after,
  it needed warm-up.
- Keys and values are kept while writing; nothing else is needed of the past.
- 25 000 sentences and half a minute are enough for a small language, down to
  combinations never seen.

(sec-exercises-08)=
## Exercises

{exercises}

And four experiments, which no program can mark:

- `make run CH=08 ARGS='--cell english_to_french --seed 2'`. Are the failures of
  the same kinds?
- Give the model one layer instead of two (`ours`, above). Which score suffers
  more, held-out sentences or combinations? Why should it?
- Take the positions out of `embed`. What becomes of *Jerry chases Tom*?
- Add a noun to `chapters/data/lexicon.h`, train again, and ask for it with an
  adjective that it never met.

## Further reading

{cite:t}`vaswani2017`, all of it; {cite:t}`xiong2020` on where the norm stands;
{cite:t}`press2017` on the tied output; {cite:t}`wu2016` on beams and length.
*/
int main(int argc, char **argv)
{
    int status;
    if (transformer_command(argc, argv, &status))
        return status;
    cell_help(transformer_commands);
    cell_begin(argc, argv, NULL);
    cell(counting);
    cell(one_batch);
    cell(learning_rates);
    cell(norm_before_or_after);
    cell(english_to_french);
    cell(beams);
    cell(crossing);
    cell(english_to_chinese);
    cell(steady_memory);
    status = cell_end();
    forget_lessons();
    return status;
}

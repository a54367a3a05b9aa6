/*
# The Transformer: all of it, trained

Everything is there now: weights from scores, heads, masks, positions. This chapter puts
the pieces together into the machine of the 2017 paper {cite}`vaswani2017`, and trains
it, in 900 steps, to translate English into French. First, what comes of it: ten
sentences that were not in its training, and what it makes of them.
*/
#include "08_transformer.h"

#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "cell/progress.h"

#include <math.h>

static Lesson lesson;
static Transformer pupil;
static void teach(void);
static int lesson_steps = 900;

static void ten_sentences(void)
{
    teach();
    Ids source[10], written[10];
    for (int i = 0; i < 10; i++)
        source[i] = pairs_ids(&lesson.held_out, SOURCE, 5 * i);
    write_greedily(transformer_model(&pupil), 10, source, (Pass){ 0 }, written);
    for (int i = 0; i < 10; i++)
        lesson_print(&lesson, source[i], written[i]);
}

/*
They were not chosen: of the sentences kept back for the examination these are the
first, the sixth and so on, right or not (one is not, by a letter). Gender and number
agree, questions begin with *est-ce que*, *j'envoie* and *sous l'arbre* lose a vowel;
and the model was told no rule. The chapter builds what this cell calls, and ends with a
discovery: one small part switched off, and above all the feminine goes wrong.

(sec-bottleneck)=
## A sentence through a keyhole

Translation maps a sequence to a sequence of another length. The first networks that did
this well {cite}`sutskever2014` read the source word by word into one vector and wrote
the target from it. S0, S3 and S4 begin with the trouble this brings: one vector must
hold a sentence of any length. Bahdanau and others {cite}`bahdanau2015` let the writer
look back at every source word, with the attention of chapter 4, and the Transformer
keeps that and throws away the rest. It has two halves:

- the *encoder* reads the source, all tokens at once, and turns each into a
  vector that knows its neighbours;
- the *decoder* writes the target, one token after another. At each step it
  looks at what it has written, and at all that the encoder has made.

:::{figure} 08_transformer/architecture.svg
:name: fig-architecture
:alt: Two columns of boxes, read from below. Left, the encoder: embedding plus positions; then, framed and repeated, norm, self-attention, a sum that also takes what passed by, norm, feed-forward network, a sum; above the frame a last norm. Right, the decoder: embedding plus positions; then, framed, norm, causal self-attention, sum, norm, cross-attention, sum, norm, feed-forward network, sum; above it a last norm, the output table, and the scores of the next token. From the encoder's last norm a line goes to each layer of the decoder, into a box that makes keys and values; the queries come from below.

The whole machine, to be read from below. What is framed is there $L$ times. The line
beside each block is the residual path: what a block finds is added to what came in.
Queries of the cross-attention come from the decoder.
:::

:::{admonition} Erratum: combining encoder and decoder is not what masks are for
:class: erratum
S3 lists "combine the information of encoder and decoder" among the purposes of masks.
A mask only hides. What combines the two halves is *cross-attention*.
:::

(sec-layer)=
## One layer

Attention mixes tokens, and computes little with what it has mixed. So each layer follows
it with a small network that treats every token by itself,

$$
\operatorname{FFN}(x) = \max(0,\; x W_1 + b_1)\, W_2 + b_2 ,
$$ (eq-ffn)

from width $d$ up to a wider hidden layer and back.

{header} FeedForward
*/
static FeedForward feed_forward_new(Params *list, Rng *rng, int d, int hidden)
{
    FeedForward layer;
    layer.up = nn_linear_new(list, rng, d, hidden, (LinearOptions){ 0 });
    layer.down = nn_linear_new(list, rng, hidden, d, (LinearOptions){ 0 });
    return layer;
}

static Tensor *feed_forward(FeedForward layer, Tensor *x)
{
    return nn_linear(layer.down, t_relu(t_last_use(nn_linear(layer.up, x))));
}

/*
(`t_last_use` says of a tensor that the next operation is the last to need it, and may
write over it. No number changes; a training holds less memory.)

Around each of these blocks, attention or network, stand two things that make
deep stacks trainable: a *sum* that lets the input pass by unchanged, and a
*layer norm* {cite}`ba2016` that keeps the numbers in one range,

$$
\operatorname{Norm}(x)_i = g_i \, \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}}
    + b_i ,
$$ (eq-norm)

where $\mu$ and $\sigma^2$ are mean and variance of the $d$ numbers of one
token. Gain $g$ and bias $b$ are learned, and start at 1 and 0.

Where the norm should stand has been argued over for years. The paper put it after the
sum, and so did BERT; most later models put it before the block {cite}`xiong2020`:

$$
\begin{aligned}
\text{post-norm:} &\quad \operatorname{Norm}(x + f(x)) \\
\text{pre-norm:} &\quad x + f(\operatorname{Norm}(x))
\end{aligned}
$$ (eq-pre-post)

({cite:t}`rush2018`, a walk through the paper, says the first and computes the second.)
This chapter uses the second, and chapter 9 compares. With pre-norm nothing normalises
the end of the stack, so it gets a norm of its own. (`nn_add_norm` is sum and norm in
one pass.) Dropout (chapter 4) may thin out what is added; this chapter does without.
*/
static Tensor *before(TransformerOptions o, LayerNorm norm, Tensor *x)
{
    return o.post_norm ? x : nn_layer_norm(norm, x);
}

static Tensor *after(TransformerOptions o, LayerNorm norm, Tensor *x, Tensor *f,
                     Rng *rng)
{
    f = t_last_use(t_dropout(f, o.dropout, rng));
    return o.post_norm ? nn_add_norm(norm, x, f) : t_add(x, f);
}

/* Network, sum and norm: the last block of every layer. */
static Tensor *feed(TransformerOptions o, FeedForward layer, LayerNorm norm,
                    Tensor *x, Rng *rng)
{
    Tensor *f = feed_forward(layer, before(o, norm, x));
    return after(o, norm, x, f, rng);
}

/*
{quiz} A block computes $x + f(x)$ rather than $f(x)$. What does that buy a deep stack?

## The encoder

Tokens become vectors by a table, scaled by $\sqrt d$. The decoder's table serves as the
output layer too, so it starts with numbers of variance $1/d$: the last norm gives $d$
numbers of size 1, and their product with a row of the table then has variance 1. The
factor brings the vectors to the size of the positions (chapter 7) that are added.
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
Sentences of a batch differ in length, so they come as a table, in which short ones are
filled up with padding. With every pass through the model goes what does not belong to
it: a generator for dropout, room for tables of weights, heads to be switched off.

{header} Sentences Pass

A layer is then a few lines: heads of chapter 6 over the whole sentence, with the padding
hidden by the mask of chapter 5, and the network.

{header} EncoderLayer Memory

(A `Memory` belongs to chapter 10; here there is none. What the heads may look at is told
from outside: chapter 14 builds with the same layer and other masks.)
*/
/* Self-attention, sum and norm: the first block of every layer. */
static Tensor *look(TransformerOptions o, MultiHead self, LayerNorm norm, int i,
                    Tensor *x, MultiHeadOptions who, Memory memory, Rng *rng)
{
    Tensor *in = before(o, norm, x);
    KeysValues own = keys_values(self, in);
    if (memory.remember)    /* chapter 10 */
        own = memory.remember(memory.of, i, own);
    return after(o, norm, x, multi_head_look(self, in, own, who), rng);
}

Tensor *encoder_layer(TransformerOptions o, const EncoderLayer *layer, int i,
                      Tensor *x, MultiHeadOptions who, Memory memory, Rng *rng)
{
    x = look(o, layer->self, layer->self_norm, i, x, who, memory, rng);
    return feed(o, layer->feed, layer->feed_norm, x, rng);
}

Tensor *transformer_encode(const Transformer *t, Sentences source, Pass pass)
{
    const Tensor *padding = nn_padding_mask(source.count, source.lengths,
                                            source.length);
    Tensor *x = embed(t, t->source_words, source.ids, source.count,
                      source.length, 0, pass.rng);
    for (int i = 0; i < t->options.layers; i++) {
        MultiHeadOptions who = {
            .mask = padding, .off = pass.off ? pass.off[i] : NULL,
            .weights = pass.encoder ? &pass.encoder[i] : NULL };
        x = encoder_layer(t->options, &t->encoder[i], i, x, who, (Memory){ 0 },
                          pass.rng);
    }
    return before(t->options, t->encoder_end, x);
}

/*
{quiz} What happens to the vectors of the short one if the padding mask is forgotten?

## The decoder

The decoder has one block more. Its self-attention is causal: a target token may look at
itself and at what stands before. Then its queries go to the encoder: cross-attention.
Keys and values are made of what the encoder has put out, by each layer of the decoder
with matrices of its own. They are the same for every token that is written, so they are
made first, for all layers.

{header} Context
*/
Context transformer_context(const Transformer *t, Tensor *encoded,
                            Sentences source)
{
    Context c = { .padding = nn_padding_mask(source.count, source.lengths,
                                             source.length) };
    for (int i = 0; i < t->options.layers; i++)
        c.source[i] = keys_values(t->decoder[i].cross, encoded);
    return c;
}

/*
Padding in the target needs no mask of its own: it is later, which the causal mask hides.

{header} DecoderLayer
*/
Tensor *decode_layer(TransformerOptions o, const DecoderLayer *layer, int i,
                     Tensor *x, const Context *c, Pass pass)
{
    MultiHeadOptions before_me = {
        .causal = !c->memory.remember,
        .weights = pass.decoder ? &pass.decoder[i] : NULL };
    x = look(o, layer->self, layer->self_norm, i, x, before_me, c->memory,
             pass.rng);
    Tensor *in = before(o, layer->cross_norm, x);
    MultiHeadOptions across = { .mask = c->padding,
                                .weights = pass.cross ? &pass.cross[i] : NULL };
    Tensor *f = multi_head_look(layer->cross, in, c->source[i], across);
    x = after(o, layer->cross_norm, x, f, pass.rng);
    return feed(o, layer->feed, layer->feed_norm, x, pass.rng);
}

Tensor *transformer_decode(const Transformer *t, Context context,
                           const int *ids, int B, int m, int first, Pass pass)
{
    Tensor *x = embed(t, t->target_words, ids, B, m, first, pass.rng);
    for (int i = 0; i < t->options.layers; i++)
        x = decode_layer(t->options, &t->decoder[i], i, x, &context, pass);
    x = before(t->options, t->decoder_end, x);
    return t_matmul(x, t_transpose(t->output));
}

/*
The last line is the output layer. It has no weights of its own (unless they are asked
for): the score of a word is the inner product of the decoder's vector with that word's
embedding {cite}`press2017`. Row $i$ scores the token after target token $i$.

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
{quiz} In the table of the crossing, $(B, h, m, n)$, what does a row belong to?

## The whole model

{header} TransformerOptions Transformer
*/
/* One part after another: no compiler may choose the order of random draws. */
EncoderLayer encoder_layer_new(Params *list, Rng *rng, TransformerOptions o)
{
    EncoderLayer e;
    e.self = multi_head_new(list, rng, o.width, o.heads);
    e.self_norm = nn_layer_norm_new(list, o.width);
    e.feed = feed_forward_new(list, rng, o.width, o.hidden);
    e.feed_norm = nn_layer_norm_new(list, o.width);
    return e;
}

DecoderLayer decoder_layer_new(Params *list, Rng *rng, TransformerOptions o)
{
    DecoderLayer d;
    d.self = multi_head_new(list, rng, o.width, o.heads);
    d.self_norm = nn_layer_norm_new(list, o.width);
    d.cross = multi_head_new(list, rng, o.width, o.heads);
    d.cross_norm = nn_layer_norm_new(list, o.width);
    d.feed = feed_forward_new(list, rng, o.width, o.hidden);
    d.feed_norm = nn_layer_norm_new(list, o.width);
    return d;
}

static Tensor *words_new(Transformer *t, int vocabulary, Rng *rng)
{
    return nn_embedding_new(&t->params, rng, vocabulary, t->options.width,
                            1 / sqrt(t->options.width));
}

Transformer transformer_new(TransformerOptions o, int source_vocabulary,
                            int target_vocabulary, Rng *rng)
{
    if (o.layers < 1 || o.layers > MAX_LAYERS)
        t_fail("transformer_new: from 1 to %d layers, got %d", MAX_LAYERS,
               o.layers);
    Transformer t = { .options = o };
    t.source_words = words_new(&t, source_vocabulary, rng);
    t.target_words = words_new(&t, target_vocabulary, rng);
    t.output = o.untied ? words_new(&t, target_vocabulary, rng)
                        : t.target_words;
    for (int i = 0; i < o.layers; i++) {
        t.encoder[i] = encoder_layer_new(&t.params, rng, o);
        t.decoder[i] = decoder_layer_new(&t.params, rng, o);
    }
    if (!o.post_norm) {
        t.encoder_end = nn_layer_norm_new(&t.params, o.width);
        t.decoder_end = nn_layer_norm_new(&t.params, o.width);
    }
    return t;
}

Tensor *transformer_logits(const void *model, Batch batch, Pass pass)
{
    const Transformer *t = model;
    Tensor *encoded = transformer_encode(t, batch.source, pass);
    return transformer_decode(t, transformer_context(t, encoded, batch.source),
                              batch.target.ids, batch.target.count,
                              batch.target.length, 0, pass);
}

/*
(sec-counting)=
## How large is it?

Attention has $A = 4d^2 + 4d$ numbers, the network $F = 2dw + d + w$, a norm $2d$. With
$L$ layers in each half and $V$ words in all, that is $L (3A + 2F + 10d) + Vd$, and with
pre-norm $4d$ for the two norms that end the halves. The paper gives 65 million
parameters for its base model and 213 million for the big one; both use one vocabulary
of 37 000 pieces for the two languages. We count.
*/
long transformer_count(TransformerOptions o, int source_vocabulary,
                       int target_vocabulary, bool shared)
{
    long d = o.width, w = o.hidden, norm = 2 * d;
    long A = 4 * d * d + 4 * d, F = 2 * d * w + d + w;
    long words = (long)source_vocabulary + (shared ? 0 : target_vocabulary)
               + (o.untied ? target_vocabulary : 0);
    return o.layers * (3 * A + 2 * F + 5 * norm) + words * d
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
    text_printf("%20s %11s\n", "counted", "the paper");
    text_printf("base %13.1f M %9d M\nbig  %13.1f M %9d M\nours %13.1f M\n",
                (double)transformer_count(base, 37000, 0, true) / 1e6, 65,
                (double)transformer_count(big, 37000, 0, true) / 1e6, 213,
                (double)transformer_count(ours, 658, 1252, false) / 1e6);
}

/*
The base model comes out two million lower than the paper says, the big one a million
higher; which numbers the authors counted we do not know.
{quiz} How many times as many parameters do the layers have?

(sec-forcing)=
## Tokens, and teacher forcing

A sentence is first cut into tokens: in small letters, signs apart from words, *j'* and
*n'* apart from what follows. A *vocabulary* gives them numbers. Four numbers are no
words: `<pad>`, `<start>`, `<end>`, and `<unknown>` for what is not in it. The source has
no `<start>` and no `<end>`, for nobody writes it.
*/
Sentences sentences_of(int count, const Ids *list, bool start)
{
    int *lengths = tape_ints(count), length = 0;
    for (int b = 0; b < count; b++)
        length = list[b].n + start > length ? list[b].n + start : length;
    int *ids = tape_ints(count * length + 1), *row = ids;
    for (int b = 0; b < count; b++, row += length) {
        lengths[b] = list[b].n + start;
        for (int i = 0; i < length; i++)
            row[i] = start && i == 0 ? START
                   : i < lengths[b] ? list[b].id[i - start] : PAD;
    }
    return (Sentences){ count, length, ids, lengths };
}

/*
To train, we need the next token for every position of the target, and we have it: the
translation is known. So the decoder is given the *correct* words so far and is asked at
each of them for the next: it reads `<start>` a b c and should say a b c `<end>`. This
is called *teacher forcing*. The causal mask makes it honest: position $i$ cannot see
the answer, which stands at $i + 1$ of its input. All positions are computed at once.
Padding counts for nothing: masks hide it as a key, the loss as a target.

{header} Batch
*/
Batch batch_with(int count, const Ids *source, const Ids *target)
{
    Batch batch = { .source = sentences_of(count, source, false),
                    .target = sentences_of(count, target, true) };
    int m = batch.target.length;
    batch.next = tape_ints(count * m);
    for (int b = 0; b < count; b++)
        for (int i = 0; i < m; i++)
            batch.next[b * m + i] = i < target[b].n ? target[b].id[i]
                                  : i == target[b].n ? END : T_IGNORE;
    return batch;
}

Batch batch_of(const Pairs *pairs, int count, const int *list)
{
    return batch_with(count, ids_listed(pairs, SOURCE, count, list),
                      ids_listed(pairs, TARGET, count, list));
}

static void one_batch(void)
{
    Pairs pairs = { 0 };
    pairs_add(&pairs, "They are watching .", "Ils regardent .", 0);
    pairs_add(&pairs, "I like deep learning .",
              "J'aime l'apprentissage profond .", 0);
    Batch batch = batch_of(&pairs, 2, (int[]){ 0, 1 });
    char **word = pairs.words[TARGET].word;
    text_printf("%-14s %s\n", "reads", "says");
    for (int i = 0; i < 2 * batch.target.length; i++)
        text_printf("%s%-14s %s\n", i % batch.target.length ? "" : "\n",
                    word[batch.target.ids[i]],
                    batch.next[i] == T_IGNORE ? "-" : word[batch.next[i]]);
    pairs_free(&pairs);
}

/*
:::{admonition} Erratum: what runs in parallel
:class: erratum
S3 and S4 praise the Transformer for running in parallel where a recurrent network
cannot. It is true of training, thanks to teacher forcing, and of the encoder always.
When it *writes*, each token still waits for the one before.
:::
{quiz} What does the training show?

(sec-step)=
## One step

The loss is the cross-entropy: at each position, minus the logarithm of the probability
that the model gives to the right next token; and of that the mean over all tokens. The
gradient goes back through all of it, and Adam (chapter 3) moves each number. Nothing in
a step knows that the model is a Transformer. It wants a function from a batch to
logits, and the list of parameters; later chapters will bring other models. (A step has
two halves, because chapter 9 gathers the gradients of several batches before it moves;
`share` is the weight of one among them.)

{header} Model StepOptions
*/
Model transformer_model(const Transformer *t)
{
    return (Model){ t, transformer_logits, &t->params };
}

double model_gradients(Model model, Batch batch, double share, StepOptions o)
{
    Tensor *logits = model.logits(model.self, batch, (Pass){ .rng = o.dropout });
    Tensor *mean = t_cross_entropy(t_last_use(logits), batch.next,
                                   (CrossEntropy){ .smoothing = o.smoothing });
    Tensor *loss = t_scale(mean, share);
    t_backward(loss);
    double value = t_item(loss);
    tape_reset();
    return value;
}

void model_move(Model model, Optimiser *optimiser, StepOptions o)
{
    if (o.clip > 0)
        opt_clip(model.params, o.clip);
    opt_set_rate(optimiser, o.rate);
    opt_step(optimiser);
}

double model_step(Model model, Optimiser *optimiser, Batch batch,
                  StepOptions o)
{
    double loss = model_gradients(model, batch, 1, o);
    model_move(model, optimiser, o);
    return loss;
}

/*
(sec-data)=
## Something to translate

Real sentence pairs come in millions, and nobody can look through them. Ours come from a
grammar: `chapters/data/` has a lexicon of some three hundred entries in English, French
and Chinese, and rules that draw a sentence and say it in each. It has gender and number,
adjectives before and after, elision, and verbs in three tenses with two auxiliaries. A
sentence has one translation, by conventions that `grammar.h` lists.

The model learns from one set of pairs, and is examined on two others. *Held-out
sentences* are of the same kind. *Combinations* ask for more: there, an adjective meets
a noun that it never met in training, or a verb stands in a tense and form (a question
in the future, say) that it never had, though the model has seen each by itself.
{quiz} Why are new combinations a harder examination than held-out sentences?

(sec-lesson)=
## A lesson of 900 steps

Each step takes 120 pairs as chance has it. The learning rate rises for 90 steps and then
falls on a straight line to nothing; chapter 9 asks what that is good for.
*/
enum { TOGETHER = 120 };

static double rate_at(int step, int steps)
{
    double highest = 8e-3;
    int rising = steps / 10;
    return step <= rising ? highest * step / rising
         : highest * (steps + 1 - step) / (steps + 1 - rising);
}

Transformer lesson_teach(const Pairs *pairs, uint64_t seed, int steps)
{
    Rng rng = rng_new(seed);
    Transformer t = transformer_new(ours, pairs->words[SOURCE].n,
                                    pairs->words[TARGET].n, &rng);
    Optimiser *adam = opt_adam(&t.params, (AdamOptions){ .beta2 = 0.98 });
    Progress progress = progress_begin("English to French", 0, steps);
    for (int step = 1; step <= steps; step++) {
        int list[TOGETHER];
        for (int b = 0; b < TOGETHER; b++)
            list[b] = rng_below(&rng, pairs->n);
        double loss = model_step(transformer_model(&t), adam,
                                 batch_of(pairs, TOGETHER, list),
                                 (StepOptions){ .rate = rate_at(step, steps) });
        progress_show(&progress, step, "loss %.3f", loss);
    }
    progress_end(&progress);
    return t;
}

/* The first call teaches. */
static void teach(void)
{
    if (pupil.params.n > 0)
        return;
    lesson = lesson_read(CORPUS_FRENCH, cell_quick());
    pupil = lesson_teach(&lesson.train, cell_seed(),
                         cell_quick() ? 20 : lesson_steps);
}

/*
(sec-greedy)=
## Writing, token by token

To translate, the decoder is given `<start>`, its most probable next token is appended,
and so on until it says `<end>`, or has said ten tokens more than twice those of the
source. In the batch, what it has said stands where the correct words stood in training.
At each step everything is computed anew. That is wasteful, and chapter 10 does better;
but it works for any model. Some sentences are written side by side, a token each at a
time, and one that has ended leaves: large products take less time than many small ones.
{quiz} Is what comes out the most probable sentence?
*/
int longest_translation(int source_length) { return 2 * source_length + 10; }

Tensor *scores_at(Tensor *logits, int b, int i)
{
    return t_reshape(t_slice(t_slice(logits, 0, b, b + 1), 1, i, i + 1), T_INFER);
}

/* Of END and all words: the other special numbers are nothing to be said. */
int most_probable(const Tensor *score)
{
    int best = END;
    for (int token = FIRST_WORD; token < t_size(score); token++)
        if (t_at(score, token) > t_at(score, best))
            best = token;
    return best;
}

enum { SIDE_BY_SIDE = 64 };

/* One token more for each of n sentences listed, which are equally long so far.
 * Returns how many go on, and moves these to the front of the list. */
static int write_tokens(Model model, int n, int *list, const Ids *source,
                        Pass pass, Ids *written)
{
    Ids read[SIDE_BY_SIDE], said[SIDE_BY_SIDE];
    for (int b = 0; b < n; b++) {
        read[b] = source[list[b]];
        said[b] = written[list[b]];
    }
    Tensor *logits = model.logits(model.self, batch_with(n, read, said), pass);
    int open = 0;
    for (int b = 0; b < n; b++) {
        Ids *now = &written[list[b]];
        int token = most_probable(scores_at(logits, b, now->n));
        if (token != END)
            now->id[now->n++] = token;
        if (token != END && now->n < longest_translation(read[b].n))
            list[open++] = list[b];
    }
    return open;
}

void write_greedily(Model model, int count, const Ids *source, Pass pass,
                    Ids *written)
{
    bool recorded = tape_record(false);
    for (int i = 0; i < count; i++)
        written[i] = (Ids){ 0, tape_ints(longest_translation(source[i].n)) };
    for (int i = 0; i < count; i += SIDE_BY_SIDE) {
        int list[SIDE_BY_SIDE], n = 0;
        for (; n < SIDE_BY_SIDE && i + n < count; n++)
            list[n] = i + n;
        while (n > 0) {
            TapeMark mark = tape_mark();
            n = write_tokens(model, n, list, source, pass, written);
            tape_release(mark);
        }
    }
    tape_record(recorded);
}

/*
(sec-says)=
## What it says

That is all that the first cell needs. Now the whole examination: the share of sentences
that come out as the grammar has them, in every token.
*/
static Ids *translations(const Pairs *pairs, Pass pass)
{
    Ids *written = ids_room(pairs->n);
    write_greedily(transformer_model(&pupil), pairs->n,
                   ids_of_side(pairs, SOURCE), pass, written);
    return written;
}

static void what_it_says(void)
{
    teach();
    const Pairs *sets[] = { &lesson.held_out, &lesson.combinations };
    const char *const names[] = { "held-out sentences", "new combinations" };
    const Vocabulary *words = lesson.train.words;
    Ids *written = NULL;
    text_printf("after %d steps with %d pairs, %d and %d words:\n\n",
                lesson_steps, lesson.train.n, words[SOURCE].n, words[TARGET].n);
    for (int s = 0; s < 2; s++) {
        written = translations(sets[s], (Pass){ 0 });
        text_printf("%-20s %6d %8.1f %% exact\n", names[s], sets[s]->n,
                    100 * exact_match(sets[s]->n, written,
                                      ids_of_side(sets[s], TARGET)));
    }
    text_printf("\n");
    lesson_print_failures(&lesson, sets[1], written, 8);
}

/*
Under the table stand the first failures with new combinations. The model has not stored
sentences: it has rules, of which some are not quite sure of themselves. An adjective or
a participle agrees with the wrong word, or with none; *n'* stands where *ne* should,
*avoir* for *être*; or a word stands for another that is found in like company.
{quiz} What would the model have learned?

(sec-inside)=
## Looking inside

Which source word does the decoder look at while it writes a target word? The weights of
cross-attention are there to be read, a table for each head of each layer. The row of a
token is that of the step that *writes* it, which has the token before it as input. Of
the last layer we print the head that does best what French word order asks for: look at
*car* for *voiture*, at *red* for *rouge*.
*/
enum { THE, RED, CAR, NOUN = CAR }; /* the red car is fast . */
enum { LA, VOITURE, ROUGE };        /* la voiture rouge est rapide . */

static real crossed(Tensor *weights, int head)
{
    return t_at(weights, 0, head, VOITURE, CAR)
         + t_at(weights, 0, head, ROUGE, RED);
}

static void crossing(void)
{
    teach();
    const Vocabulary *words = lesson.train.words;
    Ids source = ids_of_text(&words[SOURCE], "the red car is fast .");
    Ids target = ids_of_text(&words[TARGET], "la voiture rouge est rapide .");
    char *column[] = { "the", "red", "car", "is", "fast", "." }, name[40];
    char *row[] = { "la", "voiture", "rouge", "est", "rapide", ".", "<end>" };
    Tensor *cross[MAX_LAYERS];
    transformer_logits(&pupil, batch_with(1, &source, &target),
                       (Pass){ .cross = cross });
    int best = 0;
    for (int head = 1; head < ours.heads; head++)
        best = crossed(cross[1], head) > crossed(cross[1], best) ? head : best;
    Tensor *map = t_reshape(t_slice(t_detach(cross[1]), 1, best, best + 1), 7,
                            6);
    snprintf(name, sizeof name, "head %d", best + 1);
    text_matrix(name, map, row, column, 2);
    plot_matrix("crossing", map, row, column);
}

/*
:::{figure} 08_transformer/crossing.svg
:name: fig-crossing
:alt: A heat map. Rows: la voiture rouge est rapide, the full stop and the end. Columns: the red car is fast and the full stop. The largest weight of voiture is on car and that of rouge on red: the two cross.

Who looks at whom while the trained model writes *la voiture rouge est rapide*: a row is
the step that writes one French word, a column an English word. In French the adjective
follows the noun, and the weights cross.
:::

*rouge* looks at *red*, which stands one place before *car*, while *voiture*, written
earlier, looks at *car*. Nobody taught it but the loss.
{quiz} The row of *rouge* has 1.00 on *red*. What does that prove?

(sec-gender)=
## The gender head

Agreement is less simple. To write *blanches* for *white*, the model must know that
turtles are feminine in French. Either the step that writes *blanches* looks at
*turtles* as well, with another head, or the encoder has carried the gender to *white*:
after two layers the vector of a token is no longer that word alone. Weights tell where
a model looks, not what it finds there. To know what a part does, switch it off.

The encoder has eight heads. Of each we look at the weights with which article and
adjective look at their noun, over four sentences; at the share of held-out sentences
that still come out right when this head is off; and at how many translations have then
lost nothing but a feminine. Roughly: a translation counts if each of its wrong words is
shorter than the right one and begins with the same letter, as *frais* and *fraîche*.
*/
Tensor *to_noun(const Transformer *t, const Vocabulary *words, int place)
{
    enum { SOME = 4 };
    static const char *const sentence[SOME] = {
        "the red car is fast .", "the white cat is sleeping .",
        "the old woman ate an apple .", "the happy girl will laugh .",
    };
    Ids read[SOME];
    for (int i = 0; i < SOME; i++)
        read[i] = ids_of_text(words, sentence[i]);
    Tensor *weights[MAX_LAYERS];
    transformer_encode(t, sentences_of(SOME, read, false),
                       (Pass){ .encoder = weights });
    Tensor *mean = t_zeros(t->options.layers, t->options.heads);
    for (int layer = 0; layer < t->options.layers; layer++)
        for (int head = 0; head < t->options.heads; head++)
            for (int i = 0; i < SOME; i++)
                t_at(mean, layer, head) +=
                    t_at(weights[layer], i, head, place, NOUN) / SOME;
    return mean;
}

/* What is written with head number i of the encoder off. */
static Ids *without(int i)
{
    bool heads[] = { false, false, false, false };
    const bool *off[MAX_LAYERS] = { NULL };
    heads[i % ours.heads] = true;
    off[i / ours.heads] = heads;
    return translations(&lesson.held_out, (Pass){ .off = off });
}

static void eight_heads(void)
{
    teach();
    const Vocabulary *words = lesson.train.words;
    const Pairs *pairs = &lesson.held_out;
    Tensor *article = to_noun(&pupil, &words[SOURCE], THE);
    Tensor *adjective = to_noun(&pupil, &words[SOURCE], RED);
    Ids *right = ids_of_side(pairs, TARGET), *gone = NULL;
    int most = -1;
    text_printf("head  article  adjective    exact  feminines\n"
                "off   to noun  to noun    without  lost\n");
    for (int i = 0; i < t_size(article); i++) {
        int layer = i / ours.heads, head = i % ours.heads;
        Ids *written = without(i);
        int lost = feminines_lost(&words[TARGET], pairs->n, written, right);
        text_printf("%d, %d %8.2f %10.2f %8.1f %% %10d\n", layer + 1, head + 1,
                    t_at(article, layer, head), t_at(adjective, layer, head),
                    100 * exact_match(pairs->n, written, right), lost);
        gone = lost > most ? written : gone;
        most = lost > most ? lost : most;
    }
    text_printf("\nwithout the one that loses most:\n");
    lesson_print_failures(&lesson, pairs, gone, 12);
}

/*
(The model itself is not without fault, so a few are lost with any head off.) One head,
the first of the second layer, takes articles and adjectives to their noun. Without it
several times as many feminines are lost as without most others: *de banane frais*, *les
petits pêches*, *mes bouteilles ont été pris*. The words are right, their order is right,
and what was feminine has become masculine (in *vieille canard* and *il est venue* it is
the other way round). The head has carried the noun, with what its vector knows, to the
words around it, and their French needs it; now and then number goes the same way (*les
petit singe*). Its neighbour ties adjectives to nouns and does a part of the work.

Not all that can be missed is gender: without the third head of the first layer as much
goes wrong, and hardly a feminine is lost. Which head it is changes with the seed. Nobody
gave it this work. It is what chapter 6 showed on a sentence of eight words, found in a
translator.
{quiz} Why is that stronger than a map of weights?

## Claims, and where they are tested

:::{folded} The list
- No logit depends on a later target token. {test}`tests/08_transformer.c: a_logit_does_not_depend_on_later_tokens`
- Padding changes nothing. {test}`tests/08_transformer.c: padding_changes_nothing`
- Each layer of the decoder makes its own keys and values of what was encoded. {test}`tests/08_transformer.c: each_decoder_layer_makes_its_own_keys_and_values`
- Dropout reaches embeddings and all that is added, in training only. {test}`tests/08_transformer.c: dropout_thins_out_embeddings_and_all_that_is_added`
- The formula counts the parameters. {test}`tests/08_transformer.c: the_formula_counts_the_parameters`
- A batch is what teacher forcing needs. {test}`tests/08_transformer.c: a_batch_is_what_teacher_forcing_needs`
- A step wants of a model its logits and its parameters, and so does greedy writing. {test}`tests/08_transformer.c: any_model_learns_and_writes`
- What is written has a limit. {test}`tests/08_transformer.c: what_is_written_ends_at_twice_the_source_and_ten`
- The model is what the figure shows, and with one flag what the paper has. {test}`tests/08_transformer.c: the_model_is_what_the_figure_shows`
- The shared table learns from both its uses. {test}`tests/08_transformer.c: the_shared_table_learns_from_both_its_uses`
- What is called new was never taught. {test}`tests/corpus.c: nobody_eats_red_apples_or_buys_cats`
- After the lesson it translates new sentences and new combinations. {test}`tests/08_transformer.c: the_lesson_teaches_to_translate`
- *rouge* looks at *red*, *voiture* at *car*. {test}`tests/08_transformer.c: rouge_looks_at_red_in_the_trained_model`
- There is a head that takes words to their noun, and without it feminines are lost. {test}`tests/08_transformer.c: without_the_gender_head_feminines_are_lost`
- `t_last_use` changes no number and saves memory. {test}`tests/last_use.c: numbers_and_gradients_are_the_same`
- Sum and norm are one pass, and the norm of the sum. {test}`tests/last_use.c: sum_and_norm_are_one_pass`
:::

## Summary

- An encoder reads all tokens at once; a decoder writes one by one, and looks at
  the encoder through cross-attention.
- A layer is attention, then a network for each token, both with a norm and a sum.
- Teacher forcing and the causal mask make training parallel. Writing is not.
- 25 000 sentences and 900 steps are enough for a small language, new combinations and all.
- Weights show where a model looks. What a part is for shows when it is off.

(sec-exercises-08)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- `make run CH=08 ARGS='--seed 2'`. Are the failures of the same kinds? Which head is
  it now? What do the other heads do that are missed?
- Give the model one layer (`ours`, above). Which score suffers more? Why?
- Take the positions out of `embed`. What becomes of *Jerry chases Tom*?

## Further reading

{cite:t}`vaswani2017`, all of it; {cite:t}`press2017` on the tied output;
{cite:t}`michel2019`, who switched heads off in a large translator. {cite:t}`lee2021`
lectures on it in Chinese, and S3 follows him.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(ten_sentences);
    cell_value(lesson_steps, 20, 900);
    cell(counting);
    cell(one_batch);
    cell(what_it_says);
    cell(crossing);
    cell(eight_heads);
    int status = cell_end();
    lesson_free(&lesson);
    return status;
}

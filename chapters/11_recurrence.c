/*
# Recurrence: reading word by word

Before attention there was another way to read a sentence: one word after another, with a
memory that each word changes a little. The notes begin with it, in three of five, and
with its trouble: one vector must hold a whole sentence. This chapter builds such a reader
and such a writer, then the writer that looks back, which is where attention was invented
{cite}`bahdanau2015`. It trains both beside chapter 8's Transformer, with equally many
parameters and steps, and measures what everybody says: that the vector is too small,
that looking back cures it, and that a Transformer does it all better. Two of these come
out as told. The third does not.

:::{figure} 11_recurrence/against_length.svg
:name: fig-against-length
:alt: Share of sentences translated without a mistake, against their length in words, for four trainings. One vector stays near nothing; trained on, it begins at three quarters and falls steeply, to none for two joined sentences. The two models with attention begin above nine in ten; the recurrent one stays near two thirds for two joined, where the Transformer falls to a third. For three, next to nothing is right.

Sentences that come out right, against their length. One statement, two joined by *and*,
three: no model was trained on three.
:::

## A state that reads

A **recurrent network** keeps a vector, its **state** $h$. It starts at zero. A word comes
in as a vector $x_t$, and the next state is made from that word and the state before, by
the same small formula each time:

$$
h_t = \tanh\bigl(x_t W_x + h_{t-1} W_h + b\bigr) .
$$ (eq-plain)

Drawn for a whole sentence, one copy of the formula for each word, the network is
*unrolled*; the copies share their weights.

:::{figure} 11_recurrence/unrolled.svg
:name: fig-unrolled
:alt: Four boxes for the words I, like, deep, learning, each with an arrow up to a state; an arrow leads from each state to the next. The last state, framed, is handed to a second row of states that write the seven characters 我喜欢深度学习 and the end, each with an arrow up to the character it writes, which is an input of the next state.

S0's sentence is read, and its translation is written. Between the two stands one vector,
the last state. What is written is the next step's input (dashed).
:::

What each word says to the state, $x_t W_x$, is computed for all words at once. What the
state says to itself, $h_{t-1} W_h$, cannot be. (Each product has a bias, as in PyTorch;
the formula shows their sum.)
*/
#include "11_recurrence.h"

#include "cell/cell.h"
#include "cell/plot.h"
#include "data/lesson.h"
#include "data/reach.h"
#include "tensor/cost.h"

#include <math.h>

Recurrence recurrence_new(Params *list, Rng *rng, int gates, int d_in, int d)
{
    LinearOptions options = { .limit = 1 / sqrt(d) };
    Recurrence c = { .in = nn_linear_new(list, rng, d_in, gates * d, options) };
    c.state = nn_linear_new(list, rng, d, gates * d, options);
    return c;
}

Tensor *plain_step(Recurrence c, Tensor *in, Tensor *h)
{
    return t_tanh(t_add(in, nn_linear(c.state, h)));
}

/* Row i of x (B, n, d): (B, d). */
static Tensor *token(Tensor *x, int i)
{
    return t_reshape(t_slice(x, 1, i, i + 1), t_dim(x, 0), T_INFER);
}

/*
Let it read. Weights and words are random, and the state has three numbers, so that we can
watch all of it. Put a sentence of your own in with `--text`.
*/
enum { WORD_WIDTH = 4 };

/* The words of --text as vectors (1, n, 4), and a cell that reads them. */
static Tensor *words_to_read(Recurrence *c, int d)
{
    Rng rng = rng_new(cell_seed());
    Words words = cell_words();
    *c = recurrence_new(NULL, &rng, PLAIN_CELL, WORD_WIDTH, d);
    return t_reshape(text_vectors(words, WORD_WIDTH, cell_seed()), 1, words.n,
                     WORD_WIDTH);
}

static void word_by_word(void)
{
    enum { STATE = 3 };
    Recurrence c;
    Tensor *x = words_to_read(&c, STATE);       /* (1, n, 4) */
    Tensor *in = nn_linear(c.in, x);            /* (1, n, 3): all at once */
    Tensor *h = t_zeros(1, STATE);
    Words words = cell_words();
    for (int i = 0; i < words.n; i++) {
        h = plain_step(c, token(in, i), h);
        text_printf("after %-12s", words.word[i]);
        for (int k = 0; k < STATE; k++)
            text_printf(" %7.3f", (double)t_at(h, 0, k));
        text_printf("\n");
    }
}

/*
On what does each of these states depend? Change the signs in the vector of one word, and
see which states move, and how far. (`recur` is the loop above.)
*/
static void what_a_state_depends_on(void)
{
    Recurrence c;
    Tensor *x = words_to_read(&c, 16), *before = recur(c, x, NULL, false);
    Words words = cell_words();
    Tensor *moved = t_zeros(words.n, words.n);
    for (int changed = 0; changed < words.n; changed++) {
        Tensor *other = t_contiguous(t_scale(x, 1));
        for (int k = 0; k < WORD_WIDTH; k++)
            t_at(other, 0, changed, k) *= -1;
        Tensor *after = recur(c, other, NULL, false);
        for (int i = 0; i < words.n; i++)
            t_at(moved, changed, i) =
                (real)t_distance(token(before, i), token(after, i));
    }
    text_matrix("changed, and then the state after", moved, words.word,
                words.word, 3);
    plot_matrix("depends", moved, words.word, words.word);
}

/*
:::{figure} 11_recurrence/depends.svg
:name: fig-depends
:alt: Four by four heat map for I like deep learning. Below the diagonal everything is zero; along each row the numbers shrink to the right.

How far each state moves (columns) when one word is changed (rows).
:::

A state depends on its own word and on all *before* it: below the diagonal stands an exact
0, and no mask was needed. Along a row the numbers shrink (with some seeds not at every
step): the network forgets. How fast will be measured [below](sec-far).
{quiz} Can the last states be equal?

## What may be written when

S0 lets reading and writing go side by side: 我 is written from *I*, 喜欢 from *I like*,
深度 from *I like deep*, 学习 from all. A network could do that; a translator could not.
Count, in chapter 8's sentences, how often the first $k$ English words settle the $k$-th
French one. After each beginning that ten or more sentences share, `beginnings_show` has
the word guessed that comes most often: who has read no more cannot do better on them.
*/
static void too_early(void)
{
    Lesson lesson = lesson_read(CORPUS_FRENCH, false);
    beginnings_show(&lesson.train, 3);
    lesson_free(&lesson);
}

/*
After *the* may come *le*, *la*, *l'* or *les*, by a noun that was not read yet. The second
and the third word are worse: there the two orders of words have begun to part.

:::{admonition} Erratum: 喜欢 cannot be written from "I like"
:class: erratum
S0's translator writes 喜欢 when it has read *I like*, and so on, a word each. That also
needs both sides to be of one length, and 我喜欢深度学习 has seven characters for four words.
What was built instead reads *all* of the sentence first: {numref}`fig-unrolled`.
:::

:::{admonition} Erratum: seven characters of which side?
:class: erratum
S0 speaks of "the input sequence of these seven Chinese characters": they are the output.
And S3 has it that in traditional recurrent networks "the output and the output have the
same length": one of the two is the input. A network that answers at each step does have
as many outputs as inputs; a translator needs two networks.
:::
{quiz} Can it do better than the table, on the same sentences?

## Gates

In {eq}`eq-plain` the whole state is made anew at each step; to remember something, the
network must copy it through $W_h$ and $\tanh$, word after word, and each copy is a little
off. The **gated recurrent unit** {cite}`cho2014` adds a way to leave things as they are.
Two *gates*, numbers between 0 and 1 for each number of the state, come from the word and
the state, by the sigmoid $\sigma(x) = 1 / (1 + e^{-x})$:

$$
\begin{aligned}
r &= \sigma(x W_{xr} + b_{xr} + h W_{hr} + b_{hr}) \\
z &= \sigma(x W_{xz} + b_{xz} + h W_{hz} + b_{hz}) \\
n &= \tanh\bigl(x W_{xn} + b_{xn} + r \odot (h W_{hn} + b_{hn})\bigr) \\
h' &= (1 - z) \odot n + z \odot h ,
\end{aligned}
$$ (eq-gru)

where $\odot$ multiplies number by number. $n$ is what might be written into the state; $z$
says how much of the old state stays, and $r$ how much of it is consulted for $n$. With
$z = 1$ the state is simply kept.

This is the form of PyTorch's `nn.GRU`, whose numbers and gradients it gives. The paper has
the gate inside the product, $(r \odot h) W_{hn}$; with $r$ outside, all that $h$ says
comes from one product, three times as wide. The elder *long short-term memory*
{cite}`hochreiter1997`, S4's LSTM, with two vectors and three gates, is an
[exercise](sec-exercises-11).
*/
/* Part number i of what is said to the gates: (B, 3 d) -> (B, d). */
static Tensor *gate(Tensor *said, int i)
{
    int d = t_dim(said, -1) / GATED_CELL;
    return t_slice(said, -1, i * d, (i + 1) * d);
}

Tensor *gated_step(Recurrence c, Tensor *in, Tensor *h)
{
    Tensor *from_h = nn_linear(c.state, h);
    Tensor *r = t_sigmoid(t_add(gate(in, 0), gate(from_h, 0)));
    Tensor *z = t_sigmoid(t_add(gate(in, 1), gate(from_h, 1)));
    Tensor *n = t_tanh(t_add(gate(in, 2), t_mul(r, gate(from_h, 2))));
    return t_add(n, t_mul(z, t_sub(h, n)));
}

/*
:::{table} Shape ledger of a recurrent network
:name: tab-ledger-recurrence
| name | shape | meaning |
|:--|:--|:--|
| $x$ | $(B, n, d_x)$ | vectors of the words |
| what they say, `in` | $(B, n, 3d)$ | $x W_x + b_x$, to all gates, for all words at once |
| $h$ | $(B, d)$ | the state, one step at a time |
| what it says | $(B, 3d)$ | $h W_h + b_h$, after each word anew |
| states | $(B, n, d)$ | that after each word |
:::

Ten small operations follow the product, each a pass over a few thousand numbers. `t_gru`
computes them in one, with the same numbers and gradients.
*/
static Tensor *next_state(Recurrence c, Tensor *in, Tensor *h)
{
    bool plain = t_dim(c.state.weight, 1) == t_dim(c.state.weight, 0);
    return plain ? plain_step(c, in, h)
                 : t_gru(in, nn_linear(c.state, h), h);
}

/*
Beyond the end of its sentence, where padding stands, a state should stay as it is. A gated
cell can be told so, $z = 1$, by a large number in the place of what is said to $z$. Read
from the last word to the first, by the same loop, the state of word $i$ knows the words
from $i$ on. (There the padding comes first, and the state waits at zero.) Two networks,
one in each direction, so give each word a vector that knows the whole sentence: S4's BiRNN.
*/
/* Holds z open, in (B, n, 3 d), beyond the end of each sentence. */
static Tensor *waiting(Tensor *in, const int *lengths)
{
    int B = t_dim(in, 0), n = t_dim(in, 1), d = t_dim(in, 2) / GATED_CELL;
    Tensor *beyond = t_zeros(B, n, GATED_CELL, 1);
    int padding = 0;
    for (int b = 0; b < B; b++)
        for (int i = lengths[b]; i < n; i++, padding++)
            t_at(beyond, b, i, 1, 0) = 1;
    if (padding == 0)
        return in;
    in = t_reshape(in, B, n, GATED_CELL, d);
    return t_reshape(t_masked_fill(in, beyond, 100), B, n, T_INFER);
}

Tensor *recur(Recurrence c, Tensor *x, const int *lengths, bool backward)
{
    int B = t_dim(x, 0), n = t_dim(x, 1), d = t_dim(c.state.weight, 0);
    Tensor **states = tape_room((size_t)n * sizeof *states);
    Tensor *in = nn_linear(c.in, x), *h = t_zeros(B, d);
    if (lengths)
        in = waiting(in, lengths);
    for (int step = 0; step < n; step++) {
        int i = backward ? n - 1 - step : step;
        h = next_state(c, token(in, i), h);
        states[i] = t_reshape(h, B, 1, d);
    }
    return t_concat_list(1, n, states);
}

/*
{quiz} Why can a gated cell be told to wait while padding is read, and a plain one not?

(sec-far)=
## How far back it learns

The loss at the end of a sentence teaches the network about a word through the gradient
that arrives there. At every step in between it is multiplied by $W_h^\top$ and by the
slope of $\tanh$, which is at most 1. A product of sixty such factors is tiny, or huge,
but hardly ever near 1 {cite}`bengio1994,hochreiter1997`. We measure it: random words,
some function of the last state, and the length of its gradient at the word $D$ places
before, divided by that at the last. Five cells of 32 numbers: plain ones, $W_h$ as usual
and larger; a gated one; and one whose gates $z$ begin nearly open.
*/
enum { FAR = 64, REACHERS = 5 };

static const struct {
    const char *name;
    int gates;
    double times, open;     /* W_h times this; the bias of z plus this */
} reachers[REACHERS] = {
    { "plain", PLAIN_CELL, 1, 0 },
    { "plain, 2 W_h", PLAIN_CELL, 2, 0 },
    { "plain, 4 W_h", PLAIN_CELL, 4, 0 },
    { "gated", GATED_CELL, 1, 0 },
    { "gated, z open", GATED_CELL, 1, 3 },
};

void gradient_by_distance(int which, uint64_t seed, double *size)
{
    enum { B = 16, D = 32 };
    Rng rng = rng_new(seed);
    Recurrence c = recurrence_new(NULL, &rng, reachers[which].gates, D, D);
    t_assign(c.state.weight, t_scale(c.state.weight, reachers[which].times));
    for (int k = 0; reachers[which].open > 0 && k < D; k++)
        t_at(c.in.bias, D + k) += (real)reachers[which].open;
    Tensor *x = t_param(NULL, B, FAR + 1, D);
    t_assign(x, t_normal(&rng, B, FAR + 1, D));
    Tensor *last = token(recur(c, x, NULL, false), FAR);
    t_backward(t_sum(t_mul(last, t_normal(&rng, B, D)), T_ALL));
    Tensor *slope = t_grad(x);
    for (int far = 0; far <= FAR; far++)
        size[far] = t_norm(token(slope, FAR - far)) / t_norm(token(slope, FAR));
    tape_reset();
}

static void how_far_back(void)
{
    Reach reach[REACHERS];
    for (int k = 0; k < REACHERS; k++) {
        reach[k].name = reachers[k].name;
        gradient_by_distance(k, cell_seed(), reach[k].size);
    }
    reach_show(REACHERS, reach, FAR, 2, "far",
               "distance plain twice four gated open");
}

/*
:::{figure} 11_recurrence/far.svg
:name: fig-far
:alt: Five lines on a logarithmic scale against distance from 0 to 64. The plain cell falls fastest, in a straight line to below ten to the minus fifteen; with twice the weights it falls more slowly; with four times it rises; the gated one falls in a straight line; with z open it falls slowest of those that fall.

The gradient that reaches a word, against its distance from the end. A straight line on
this scale is a fixed factor for each step.
:::

S4 says that the farther apart two words are, the less likely a recurrent network is to
connect them. Here is by how much, before any training. The plain cell loses a fixed
factor at each step, and after twenty words nothing is left. Larger weights postpone that;
beyond some size the gradient grows instead, and a little change at the beginning changes
everything. Gates alone do not help much, for one that is half open loses half. Begun
open, they keep the gradient alive for dozens of words; and a gate can *learn* to be open
where it matters, which a matrix cannot.
{quiz} What is the slope of that number with respect to its value sixty steps before?

## Reading into one vector, writing from it

Now the translator of {numref}`fig-unrolled` {cite}`sutskever2014,cho2014`. The encoder
reads in both directions. Both last states, one at each end of the sentence, go through a
matrix and $\tanh$, and that is where the decoder begins. It reads the word written before
(at first `<start>`), takes a step, and its state, brought to the width of a word, is
compared with the vectors of all words: logits, as in chapter 8. All that it ever learns
of the source is its first state. S4 puts the trouble well: each word written depends on
the input through the same vector $C$, which cannot hold a long sentence.

:::{admonition} Erratum: one vector is not in all of them
:class: erratum
S0 defines sequence-to-sequence as encoding into one vector of fixed length, and adds that
RNN, CNN and Transformer all do so. The network above does. A Transformer's encoder gives
a vector for each word, and so does the recurrent one of the next section.
:::
*/
/* What the decoder knows of the source. */
typedef struct {
    Tensor *start;          /* (B, writing): its first state */
    Tensor *states, *keys;  /* (B, n, 2 reading), (B, n, hidden): for looks */
    Tensor *padding;        /* (B, 1, n): 1 beyond the end */
} Source;

static Source read_source(const Recurrent *r, Sentences s)
{
    Source source = { 0 };
    Tensor *x = t_embedding(r->source_words, s.ids, s.count, s.length);
    Tensor *there = recur(r->forward, x, s.lengths, false);
    Tensor *back = recur(r->backward, x, s.lengths, true);
    Tensor *ends = t_concat(-1, token(there, s.length - 1), token(back, 0));
    source.start = t_tanh(nn_linear(r->start, ends));
    if (r->options.hidden > 0) {
        source.states = t_concat(-1, there, back);
        source.keys = additive_keys(r->look, source.states);
        source.padding = nn_padding_mask(s.count, s.lengths, s.length);
    }
    return source;
}

/*
:::{admonition} Erratum: what is the first state, and what is looked up later
:class: erratum
In S3 the vector that attention gives "becomes the hidden state of the decoder". It does
not. The last state of the encoder *starts* the decoder, as S3 says before; what attention
gives is one more *input* of each step. In the place of the state, it would make the
decoder forget what it has written.
:::
{quiz} What does the decoder without attention write?

## Looking back

{cite:t}`bahdanau2015` keep the encoder's state at *every* word, and let the decoder look.
Before it writes word $i$ it asks with its last state, $s_{i-1}$, by the additive
attention of chapter 4:

$$
\begin{aligned}
\alpha_{ij} &= \operatorname{softmax}_j \, a(s_{i-1}, h_j), &
C_i &= \sum_j \alpha_{ij} h_j, \\
s_i &= \operatorname{GRU}\bigl([y_{i-1}, C_i],\, s_{i-1}\bigr), &
y_i &\sim \operatorname{softmax}\bigl(\text{logits}(s_i, C_i)\bigr).
\end{aligned}
$$ (eq-bahdanau)

Here $h_j$ is the encoder's pair of states at word $j$, and $y_{i-1}$ the vector of the word
written before. (S4 tells it a little otherwise: there the decoder first reads $y_{i-1}$
and then asks with its new state. That is how {cite:t}`luong2015` do it.)

:::{figure} 11_recurrence/looking.svg
:name: fig-looking
:alt: At the bottom the states of the encoder, h1 to h4, for I like deep learning. Arrows of different strength lead from them to C_i. From the decoder's last state s_(i-1) a dashed arrow leads to the weights. C_i and the word written before, y_(i-1), lead into the state s_i, as does s_(i-1); from s_i an arrow leads up to the next word.

One step of the writer that looks back. The state before asks (dashed), the mixture $C_i$
answers.
:::
{quiz} In the words of chapter 5, what are the query, the keys and the values here?

The keys' part of the score is made once. In training the decoder reads the *right* words
(teacher forcing, as in chapter 8), so what these say to the gates is made for all at once;
the part of $C_i$ must wait for $C_i$, and each step for the state before.
*/
/* One word further. said: what the word before says to the gates. *seen, if the
 * model looks: C_i, (B, 1, 2 reading); *weights: (B, 1, n). */
static Tensor *write_step(const Recurrent *r, Source s, Tensor *said, Tensor *h,
                          Tensor **seen, Tensor **weights)
{
    if (r->options.hidden == 0)
        return next_state(r->decoder, said, h);
    int B = t_dim(h, 0);
    Tensor *scores = additive_look(r->look, t_reshape(h, B, 1, T_INFER),
                                   s.keys);                     /* (B, 1, n) */
    *weights = t_softmax(t_masked_fill(scores, s.padding, -INFINITY));
    *seen = t_matmul(*weights, s.states);
    Tensor *more = t_reshape(t_matmul(*seen, r->to_gates), B, T_INFER);
    return next_state(r->decoder, t_add(said, more), h);
}

/* Logits (B, m, V) from states (B, m, writing), and what was seen. */
static Tensor *to_logits(const Recurrent *r, Tensor *states, Tensor *seen)
{
    Tensor *x = seen ? t_concat(-1, states, seen) : states;
    return t_matmul(nn_linear(r->to_word, x), t_transpose(r->target_words));
}

Tensor *recurrent_logits(const void *model, Batch batch, Pass pass)
{
    const Recurrent *r = model;
    Sentences t = batch.target;
    int B = t.count, m = t.length;
    Source source = read_source(r, batch.source);
    Tensor *words = t_embedding(r->target_words, t.ids, B, m);
    Tensor *said = nn_linear(r->decoder.in, words), *h = source.start;
    Tensor **states = tape_room((size_t)m * sizeof *states);
    Tensor **seen = tape_room((size_t)m * sizeof *seen);
    Tensor **weights = tape_room((size_t)m * sizeof *weights);
    for (int i = 0; i < m; i++) {
        h = write_step(r, source, token(said, i), h, &seen[i], &weights[i]);
        states[i] = t_reshape(h, B, 1, T_INFER);
    }
    bool looks = r->options.hidden > 0;
    if (looks && pass.cross)
        pass.cross[0] = t_reshape(t_concat_list(1, m, weights), B, 1, m,
                                  T_INFER);
    return to_logits(r, t_concat_list(1, m, states),
                     looks ? t_concat_list(1, m, seen) : NULL);
}

Model recurrent_model(const Recurrent *r)
{
    return (Model){ r, recurrent_logits, &r->params };
}

Recurrent recurrent_new(RecurrentOptions o, int source_vocabulary,
                        int target_vocabulary, Rng *rng)
{
    Recurrent r = { .options = o };
    Params *list = &r.params;
    LinearOptions bare = { .no_bias = true };
    int both = 2 * o.reading;
    r.source_words = nn_embedding_new(list, rng, source_vocabulary, o.words, 1);
    r.target_words = nn_embedding_new(list, rng, target_vocabulary, o.words,
                                      1 / sqrt(o.words));
    r.forward = recurrence_new(list, rng, GATED_CELL, o.words, o.reading);
    r.backward = recurrence_new(list, rng, GATED_CELL, o.words, o.reading);
    r.start = nn_linear_new(list, rng, both, o.writing, (LinearOptions){ 0 });
    r.decoder = recurrence_new(list, rng, GATED_CELL, o.words, o.writing);
    if (o.hidden > 0) {
        int gates = GATED_CELL * o.writing;
        r.look.w_q = nn_linear_new(list, rng, o.writing, o.hidden, bare).weight;
        r.look.w_k = nn_linear_new(list, rng, both, o.hidden, bare).weight;
        r.look.w_v = nn_linear_new(list, rng, o.hidden, 1, bare).weight;
        r.look.b = t_param(list, o.hidden);
        r.to_gates = nn_linear_new(list, rng, both, gates, bare).weight;
    }
    r.to_word = nn_linear_new(list, rng, o.writing + (o.hidden ? both : 0),
                              o.words, (LinearOptions){ 0 });
    return r;
}

/*
## Writing

To write, nothing must be kept but the state, where a Transformer's keys and values grow
with each word. Chapter 10's search takes any writer that steps and can change places.
*/
typedef struct {
    const Recurrent *model;
    Source source;
    Tensor *h;          /* (rows, writing) */
} Writing;

static Tensor *writing_step(void *state, const int *ids)
{
    Writing *w = state;
    const Recurrent *r = w->model;
    int rows = t_dim(w->h, 0);
    Tensor *said = nn_linear(r->decoder.in,
                             t_embedding(r->target_words, ids, rows));
    Tensor *seen = NULL, *weights = NULL;
    t_assign(w->h, write_step(r, w->source, said, w->h, &seen, &weights));
    Tensor *logits = to_logits(r, t_reshape(w->h, rows, 1, T_INFER), seen);
    return t_reshape(logits, rows, T_INFER);
}

static void writing_reorder(void *state, const int *from)
{
    Writing *w = state;
    t_assign(w->h, t_embedding(w->h, from, t_dim(w->h, 0)));
}

Writer recurrent_writer(Model model, Sentences source, int copies, int room)
{
    (void)room;     /* the state is as large after any number of words */
    Writing *w = tape_room(sizeof *w);
    *w = (Writing){ .model = model.self };
    w->source = read_source(w->model, sentences_repeated(source, copies));
    w->h = t_contiguous(w->source.start);
    return (Writer){ w, writing_step, writing_reorder };
}

/*
## Three translators

All models learn from the same sentences, for the same number of steps, with the same
optimiser, learning rate and smoothing of labels (chapter 9); their widths are such that
they have equally many parameters, to half a percent. The Transformer is chapter 8's. One
vector is slow to learn through. So that we do not take slowness for lack of room, that
model is then trained on, for twice as many steps again.

Chapter 8's sentences are too short to see a vector run full. So `joined_read` joins
statements by *and*, *et*. The models learn from chapter 8's sentences and from as many
pairs of statements joined; the examination is 300 held-out statements, 300 times two of
them, joined, and 300 times three, on which nobody is trained. Only common words are let
in, 300 English ones, so that all learn sooner.
*/
enum { FIXED, LONGER, LOOKING, TRANSFORMER, CONTESTANTS };
enum { EXAMINED = 300, STEPS = 360 };

static const char *const names[CONTESTANTS] = {
    "one vector", "... longer", "looking back", "Transformer"
};
static const RecurrentOptions widths[TRANSFORMER] = {
    [FIXED] = { .words = 64, .reading = 84, .writing = 117 },
    [LONGER] = { .words = 64, .reading = 84, .writing = 117 },
    [LOOKING] = { .words = 64, .reading = 64, .writing = 91, .hidden = 64 },
};
static const TransformerOptions rival = { .layers = 2, .width = 64, .heads = 4,
                                          .hidden = 128 };

static struct {
    JoinedLesson lesson;
    Recurrent recurrent[TRANSFORMER];
    Transformer transformer;
    Model model[CONTESTANTS];
    LearningCurve curve[CONTESTANTS];
} contest;

static void train(int who)
{
    const Params *params = contest.model[who].params;
    LearningCurve *c = &contest.curve[who];
    c->parameters = params_count(params);
    c->steps = cell_quick() ? CURVE_POINTS : STEPS;
    if (who == LONGER) {
        c->before = c->steps;
        c->steps *= 2;
        for (int i = 0; i < params->n; i++)
            t_assign(params->at[i], contest.recurrent[FIXED].params.at[i]);
    }
    Training tr = training_new(
        contest.model[who], &contest.lesson.train,
        (TrainingOptions){ .steps = c->steps, .warmup = c->steps / 10,
                           .batch_tokens = 1200, .rate = 8e-3,
                           .smoothing = 0.1, .clip = 1, .seed = cell_seed(),
                           .curve = c->loss,
                           .curve_each = c->steps / CURVE_POINTS });
    training_run(&tr, names[who]);
    training_free(&tr);
}

/* fold: the first cell that needs it holds the contest */
static const Vocabulary *hold_contest(void)
{
    const Vocabulary *words = contest.lesson.train.words;
    if (contest.model[FIXED].self)
        return words;
    contest.lesson = joined_read(cell_quick() ? 10 : EXAMINED, cell_seed());
    int source = words[SOURCE].n, target = words[TARGET].n;
    Rng rng = rng_new(cell_seed());
    for (int who = 0; who < TRANSFORMER; who++) {
        contest.recurrent[who] = recurrent_new(widths[who], source, target, &rng);
        contest.model[who] = recurrent_model(&contest.recurrent[who]);
    }
    contest.transformer = transformer_new(rival, source, target, &rng);
    contest.model[TRANSFORMER] = transformer_model(&contest.transformer);
    for (int who = 0; who < CONTESTANTS; who++)
        train(who);
    return words;
}

static void learning(void)
{
    const Vocabulary *words = hold_contest();
    text_printf("%d pairs to learn from, %d and %d words\n\n",
                contest.lesson.train.n, words[SOURCE].n, words[TARGET].n);
    curves_show(CONTESTANTS, names, contest.curve);
}

/*
:::{figure} 11_recurrence/learning.svg
:name: fig-contest
:alt: Falling curves of training loss against steps. Those of the Transformer and of the recurrent network that looks back fall together; that of the network with one vector stays far above, and goes on for twice as many steps again, in which it comes nearer.

The loss of each while it learns.
:::

(*At first* is the mean over the first twelfth of a training, *last* over the last;
*... longer* goes on where *one vector* ended, and warms up anew.) The network that looks
back learns as fast as the Transformer. The one with a single vector is far behind, and
nearer after three times as many steps. For which sentences is it behind?

## The bottleneck, measured

Each model translates all 900 sentences, greedily. One is right if every token is.
*/
static Ids *translations(int who, const Pairs *pairs)
{
    Ids *written = ids_room(pairs->n);
    translate_all(contest.model[who], pairs->n, ids_of_side(pairs, SOURCE),
                  (TranslateOptions){ .writer = who == TRANSFORMER
                                          ? transformer_writer
                                          : recurrent_writer }, written);
    return written;
}

static const Examinees all = { CONTESTANTS, names, translations };

static void against_length(void)
{
    hold_contest();
    joined_examine_all(&contest.lesson, all, "words vector[%] longer[%] "
                                             "looking[%] transformer[%]");
}

/*
:::{table} Right, in %, with three seeds: mean (least–greatest)
:name: tab-against-length
{seeds} against_length | words | one vector | … longer | looking back | Transformer
:::

**The vector is too small: as told** ({numref}`fig-against-length`). After as many steps as
the others, one vector has next to nothing right, but its loss was still falling. Trained
on, it has three quarters or more of the shortest sentences, and from there it falls with
every word, to a third of the long ones; of two joined, learned like the rest, hardly any.
{quiz} Why was the model with one vector trained on before its vector was called too small?

**Looking back cures it: as told.** With attention the same kind of network, with as many
numbers and a third of the steps, has about four in five single statements right, and
about two thirds of two joined, whether these are short or long.

**A Transformer does it better: no.** Not here, not with any of the seeds. On single
statements it is at best as good, on joined ones it is behind, most on the longest.

And one thing that is seldom told: **what was not shown is hardly learned.** Three
statements are not much longer than two long ones, and attention can reach every word of
them. Yet nearly all come out wrong. (With the second and the third seed the recurrent
network has some right, the Transformer next to none.) A likely reason for the Transformer
stands in chapter 7: it knows a word's place by sinusoids, and has seldom or never met so
late a place. But the recurrent network, which counts nothing, mostly fails too.

What do they write, then, for three?
*/
static void three_parts(void)
{
    hold_contest();
    joined_print_first(&contest.lesson, 3, all);
}

/*
Where a model with attention fails, it leaves a statement out, or runs two together. The
network with one vector keeps the beginning and makes up the rest, in good French.

## Where it looks

The weights $\alpha_{ij}$ say at which English word the decoder looks before it writes each
French one. Nobody taught it an alignment of words, and it has found one.
*/
/* fold: the weights while a translation is read, and the words beside them */
Tensor *alignment(Model model, const Vocabulary *words, const char *english,
                  const char *french, char ***row, char ***column)
{
    Ids source = ids_of_text(&words[SOURCE], english);
    Ids target = ids_of_text(&words[TARGET], french);
    Tensor *weights[1];
    model.logits(model.self, batch_with(1, &source, &target),
                 (Pass){ .cross = weights });
    *column = words_of_ids(&words[SOURCE], source, false);
    *row = words_of_ids(&words[TARGET], target, true);
    return t_reshape(weights[0], target.n + 1, source.n);
}

static void where_it_looks(void)
{
    const Vocabulary *words = hold_contest();
    char **row, **column;
    Tensor *table = alignment(contest.model[LOOKING], words,
                              "the white dog is old .",
                              "le chien blanc est vieux .", &row, &column);
    text_matrix("looks at", table, row, column, 2);
    plot_matrix("alignment", table, row, column);
    table = alignment(contest.model[LOOKING], words,
                      "the red car is old and they like the big house .",
                      "la voiture rouge est vieille et ils aiment la grande "
                      "maison .", &row, &column);
    plot_matrix("alignment_2", table, row, column);
}

/*
:::{figure} 11_recurrence/alignment.svg
:name: fig-alignment
:alt: Heat map, rows le chien blanc est vieux, full stop, end; columns the white dog is old, full stop. The weight of chien is on dog and that of blanc on white, so the two cross.

The recurrent translator that looks back. A row is the step that writes the word, and looks
before it writes it.
:::

:::{figure} 11_recurrence/alignment_2.svg
:name: fig-alignment-2
:alt: The same for two statements joined: the red car is old and they like the big house. The weights follow the diagonal; those of voiture are on red more than on car, and those of rouge on red and on car.

Two statements, joined.
:::

*chien* looks at *dog*, *blanc* at *white*: they cross, as in chapter 8, in a network of
another kind. With *red car* it is not as neat yet: *voiture* looks at *red*, and *rouge*
at both. The encoder, reading from the right, has come by *car* before *red*, and its
state there knows of it. (A test trains a little longer, on all of chapter 8's words.
There *voiture* looks at *car*, and *rouge* at *red*.) The question is put by the state
*before* the word is written; so each look is a guess at what will be needed next.

## What must wait

A step of recurrence needs the state before: however many processors there are, $n$ words
take $n$ steps. A layer of a Transformer has no such order: all its rows can be computed
at the same time. (S0's short form, "an RNN cannot be parallel", is right about the words
of one sentence. The sentences of a batch run side by side in all three models, and so do
the numbers of one product.) When a Transformer *writes*, this advantage is gone: each
word waits for the one before. We time a step of training, and the writing of a token.
*/
enum { TIMED = 64, ROUNDS = 4 };

static void times(void)
{
    hold_contest();
    Pairs some = contest.lesson.exam[1];
    some.n = some.n < TIMED ? some.n : TIMED;
    Plot *plot = plot_open("times", "model training_1[ms] training_2[ms] "
                                    "token_1[us] token_2[us]");
    for (int who = 0; who < CONTESTANTS; who++) {
        if (who == LONGER)      /* takes as long as FIXED */
            continue;
        long tokens = some.n + tokens_of(some.n, translations(who, &some));
        double row[5] = { who };
        for (int threads = 1; threads <= 2; threads++) {
            Spent step, writing;
            for (Watch w = watch(&step, ROUNDS, threads); watch_again(&w); )
                model_gradients(contest.model[who],
                                batch_with(some.n, ids_of_side(&some, SOURCE),
                                           ids_of_side(&some, TARGET)),
                                1, (StepOptions){ 0 });
            for (Watch w = watch(&writing, ROUNDS, threads); watch_again(&w); )
                translations(who, &some);
            row[threads] = 1e3 * step.seconds;
            row[2 + threads] = 1e6 * writing.seconds / (double)tokens;
        }
        plot_numbers(plot, 5, row);
    }
    plot_close(plot);
    text_printf("%d sentences of two parts, all at once\n", TIMED);
}

/*
:::{figure} 11_recurrence/times.svg
:name: fig-times-11
:alt: Bars of milliseconds for a training step, and of microseconds for a token written, of three models, with one thread and with two.

Time of a training step of 64 sentences, and of a token when 64 translations are written
side by side, on the machine that made this page.
:::

Two processors are not the thousands of a graphics card, and sentences of fifteen words are
short: here waiting costs little. (`make bench ROW=recurrent` measures ours against
PyTorch's.) Chapter 12 counts who waits for whom, and what that costs as sentences grow.
{quiz} What can a recurrent network not do at the same time?

(sec-claims-11)=
## What we claimed, and where it is checked

:::{folded} The list
- A state depends on its own word and the ones before, to the last bit. {test}`tests/11_recurrence.c: a_state_does_not_depend_on_later_words`
- A plain cell and a gated one give PyTorch's numbers and gradients. {test}`tests/11_recurrence.c: cells_agree_with_pytorch`
- So does a pair that reads both ways, with padding. {test}`tests/11_recurrence.c: a_reader_of_both_ways_agrees_with_pytorch`
- `t_gru` is the formula. {test}`tests/11_recurrence.c: one_pass_is_the_formula`
- Padding changes nothing, in either direction. {test}`tests/11_recurrence.c: padding_changes_nothing`
- The first words do not settle the translation's. {test}`tests/11_recurrence.c: beginnings_are_counted`
- The gradient of a plain cell falls by a fixed factor; an open gate keeps it. {test}`tests/11_recurrence.c: gradients_fall_with_distance_and_an_open_gate_keeps_them`
- Without attention the decoder knows its first state only; with it, every word counts. {test}`tests/11_recurrence.c: one_vector_is_all_the_decoder_knows`
- The one vector has read every word, from both ends; and what is looked up enters the state. {test}`tests/11_recurrence.c: the_vector_has_read_the_sentence_from_both_ends`, {test}`tests/11_recurrence.c: what_is_seen_enters_the_state`
- A logit depends neither on later words nor on padding. {test}`tests/11_recurrence.c: a_logit_does_not_depend_on_later_tokens_nor_on_padding`
- The weights of each look add up to one, and are 0 beyond the end. {test}`tests/11_recurrence.c: the_weights_of_each_look_add_up_to_one`
- Written step by step or read at once, the logits are the same. {test}`tests/11_recurrence.c: a_writer_says_what_the_whole_says`
- All have equally many parameters, and steps; one vector is trained on, for three times as many in all. {test}`tests/11_recurrence.c: the_contest_is_fair`
- One vector falls with length, also after three times the steps; looking back does not; of three statements nearly all fail; so with each of the seeds. {test}`tests/11_recurrence.c: the_bottleneck_is_there_and_looking_back_cures_it`
- *rouge* looks at *red*. {test}`tests/11_recurrence.c: rouge_looks_at_red_in_the_trained_model`
:::

## Summary

- A recurrent network reads with a state that every word changes, one after another.
- Gradients through many steps vanish or explode; a gate that can say "stay" keeps them.
- Through one vector an encoder and a decoder learn slowly, and long sentences fail.
- Attention was invented to look back from the decoder's state. Then a recurrent network
  translates as well as a Transformer of its size. Neither goes far beyond its training.
- The Transformer's gain is that it need not wait, in training.

(sec-exercises-11)=
## Exercises

{exercises}

And four experiments, which no program can mark:

- Give the state of one vector twice the width (`widths`), and what that costs to the
  others. Which part of its curve moves?
- Put statements of three parts into the training set (`joined_read` in
  `chapters/data/lesson.c`), and four into the examination. Who learns to count?
- Let the decoder of one vector see that vector at every step, as an input beside the word
  before {cite}`cho2014`.
- In `write_step`, ask with the *new* state, as S4 has it. What changes in the map of *la*?

## Further reading

{cite:t}`bahdanau2015`, whose first figure is our {numref}`fig-looking`;
{cite:t}`sutskever2014`, who read the source backward, to have its beginning near;
{cite:t}`cho2014` for the gated unit; {cite:t}`hochreiter1997` for its elder, the LSTM;
{cite:t}`bengio1994` on why gradients vanish.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, "I like deep learning");
    cell(word_by_word);
    cell(what_a_state_depends_on);
    cell(too_early);
    cell(how_far_back);
    cell(learning);
    cell(against_length);
    cell(three_parts);
    cell(where_it_looks);
    cell(times);
    int status = cell_end();
    joined_free(&contest.lesson);
    return status;
}

/*
# It is all in the mask: GPT, BERT, UniLM

The Transformer of chapter 8 has two halves, and soon after 2017 others asked what one
half can do alone. GPT {cite}`radford2018` is a decoder without anything to look across
to: it writes on from any beginning. BERT {cite}`devlin2019` is an encoder that fills in
blanks. UniLM {cite}`dong2019` reads one part of a text as an encoder does, and writes the
rest as a decoder does. S3 names the first two, and an essay whose title says it all: a
Transformer is a play, and *it is all in the mask* {cite}`su2019`. For these are not three
machines. They are one stack of layers, with the same parameters down to the last, and who
may look at whom is all that differs.

This chapter trains that stack three times on little stories, of which everything is
known, so that understanding can be marked like an examination. First, what one of the
three makes of a story that it never saw:
*/
#include "14_masks.h"

#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "learn/counts.h"

#include <math.h>

static ExamPupil examined(Mask mask);
static const Vocabulary *words(void);

static void questions_about_a_story(void)
{
    story_print_answers(STORIES_HELD_OUT, 2, examined(PREFIX_MASK));
}

/*
(Where an answer is wrong, the right one stands behind it; the model knows small letters
only.) Nobody told it what a question is, that who gives something away no longer has it,
or that what is carried comes along. After a short lesson it gets much wrong, but in the
words of such stories, with a place for *where* and a name for *who*. How does that come
about, and how does one find out what such a pupil really knows?

(sec-three-masks)=
## Three masks

A layer of attention lets every token look at every token. A mask takes some of that away
(chapter 5): 1 where token $i$, the row, may not look at token $j$. Let the first four of
seven tokens be given, a story say, and the rest be written, an answer. Then there are
three things one can want:

- **Causal.** Each token looks at itself and what stands before. The vector at place $i$
  knows nothing of what comes, so it may be asked for token $i + 1$.
- **None.** Each looks at all. Then nothing may be asked whose answer stands in the input;
  but a token can be taken out, and asked for.
- **Prefix.** All look at what is given, and at the rest causally. What is given need not
  be written by anybody, so there is no reason to read it with one eye closed.
*/
Tensor *mask_of(Mask mask, int prefix, int n)
{
    Tensor *hidden = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++)
            t_at(hidden, i, j) = mask == CAUSAL_MASK
                              || (mask == PREFIX_MASK && j >= prefix);
    return hidden;
}

static void three_masks(void)
{
    const char *const name[MASKS] = { "causal", "none", "prefix" };
    for (int mask = 0; mask < MASKS; mask++) {
        Tensor *hidden = mask_of((Mask)mask, 4, 7);
        text_matrix(name[mask], hidden, NULL, NULL, 0);
        plot_matrix(name[mask], hidden, NULL, NULL);
    }
}

/*
:::{figure} 14_masks/masks.svg
:name: fig-masks
:alt: Three squares of seven by seven cells. Causal: the upper right triangle is dark. None: no cell is dark. Prefix: only the upper right triangle of the last three columns is dark, so the first four columns are free for everybody.

Who may look at whom: a row looks at the columns that are light. The first four
tokens are given.
:::
{quiz} With the prefix mask, may a token of the story look at a token of the answer?

(sec-stack)=
## One stack

Under the layers of chapter 8's encoder lies a table of words, and the same table is the
output (chapter 8). That is all there is.

{header} Stack
*/
Stack stack_new(TransformerOptions o, Mask mask, int vocabulary, Rng *rng)
{
    Stack s = { .options = o, .mask = mask };
    s.words = nn_embedding_new(&s.params, rng, vocabulary, o.width,
                               1 / sqrt(o.width));
    for (int i = 0; i < o.layers; i++)
        s.layer[i] = encoder_layer_new(&s.params, rng, o);
    if (!o.post_norm)
        s.end = nn_layer_norm_new(&s.params, o.width);
    return s;
}

/*
A row of a batch has two parts, source and target, side by side; GPT and BERT leave the
source empty. Sources differ in length, so between the two may be padding, which the mask
hides from everybody; and places are counted in the text, not in the table.
*/
/* Some tokens of each row: their numbers, their places in the text, and whom
 * they may look at. */
typedef struct {
    int B, n, room;             /* places are below room */
    const int *ids, *places;    /* (B, n) */
    MultiHeadOptions who;
} Tokens;

static Tensor *run(const Stack *s, Tokens t, Memory memory, Pass pass)
{
    int d = s->options.width;
    Tensor *x = t_scale(t_embedding(s->words, t.ids, t.B, t.n), sqrt(d));
    x = t_add(t_last_use(x),
              t_embedding(sinusoids(0, t.room, d), t.places, t.B, t.n));
    x = t_dropout(x, s->options.dropout, pass.rng);
    for (int i = 0; i < s->options.layers; i++) {
        t.who.weights = pass.encoder ? &pass.encoder[i] : NULL;
        x = encoder_layer(s->options, &s->layer[i], i, x, t.who, memory,
                          pass.rng);
    }
    return x;
}

static Tensor *say(const Stack *s, Tensor *x)
{
    if (!s->options.post_norm)
        x = nn_layer_norm(s->end, x);
    return t_matmul(x, t_transpose(s->words));
}

/* Source and target of each row, one behind the other. */
static Tokens in_one_row(const Stack *s, Sentences a, Sentences b)
{
    int n = a.length, all = n + b.length, i = 0;
    int *ids = tape_ints(b.count * all), *places = tape_ints(b.count * all);
    Tensor *padding = t_zeros(b.count, 1, all);
    for (int row = 0; row < b.count; row++)
        for (int j = 0; j < all; j++, i++) {
            int k = j - n;      /* from 0 on: the target */
            ids[i] = k < 0 ? a.ids[row * n + j] : b.ids[row * b.length + k];
            places[i] = k < 0 ? j : a.lengths[row] + k;
            t_at(padding, row, 0, j) = k < 0 ? j >= a.lengths[row]
                                             : k >= b.lengths[row];
        }
    bool causal = s->mask == CAUSAL_MASK && n == 0;     /* needs no table */
    Tensor *mask = causal ? NULL : t_add(mask_of(s->mask, n, all), padding);
    return (Tokens){ b.count, all, all, ids, places,
                     { .mask = mask, .causal = causal } };
}

Tensor *stack_logits(const void *stack, Batch batch, Pass pass)
{
    const Stack *s = stack;
    Tokens t = in_one_row(s, batch.source, batch.target);
    Tensor *x = run(s, t, (Memory){ 0 }, pass);
    return say(s, t_slice(x, 1, batch.source.length, t.n));
}

Model stack_model(const Stack *s)
{
    return (Model){ s, stack_logits, &s->params };
}

/*
:::{table} Shape ledger of the stack
:name: tab-ledger-stack

| name | shape | meaning |
|:-----|:------|:--------|
| source, target | $(B, n)$, $(B, m)$ | what is given, what is read or written |
| who.mask | $(B, n + m, n + m)$ | not 0: row may not look at column |
| x | $(B, n + m, d)$ | a vector for each token |
| weights | $(B, h, n + m, n + m)$ | in each layer |
| logits | $(B, m, V)$ | at the tokens of the target |
:::

(sec-blanks)=
## What is asked of each

GPT is asked at every token for the next one: chapter 8's teacher forcing, with nothing
to translate. UniLM is asked the same, of the target only. (Its authors asked for blanks.)

BERT cannot be asked so: it sees the next token. It is shown a text with blanks and asked
what stood there, at 15 of 100 places, chosen by chance. With fewer there would be little
to learn from a text; with more, little to guess from.

Were each of these places read as a blank, the model would need to make vectors of blanks
only, and of no word that it can see, though words are all it will see once it is put to
use. So 80 in 100 of them are blanks, 10 are *another* word, and 10 are what they are. A
word that can be seen may be wrong, then, and every token is worth a thought. Below,
brackets mark what is asked for.
*/
Batch holes_of(const Pairs *texts, int count, const int *list, Rng *rng)
{
    Batch batch = batch_of(texts, count, list);
    int m = batch.target.length, *ids = tape_ints(count * m);
    for (int i = 0; i < count * m; i++) {
        int token = ids[i] = batch.target.ids[i];
        bool said = token >= FIRST_WORD && rng_below(rng, 100) < 15;
        batch.next[i] = said ? token : T_IGNORE;
        int way = said ? rng_below(rng, 10) : 9;
        if (way < 8)
            ids[i] = HOLE;
        else if (way < 9)       /* any word: frequent ones often */
            do
                ids[i] = batch.target.ids[rng_below(rng, count * m)];
            while (ids[i] < FIRST_WORD);
    }
    batch.target.ids = ids;
    return batch;
}

static void with_holes(void)
{
    Stories s = stories_read(STORIES_HELD_OUT, 1, 0, 1, words());
    Rng rng = rng_new(cell_seed());
    Batch b = holes_of(&s.texts, 1, (int[]){ 0 }, &rng);
    story_print_holes(words(), b.target.length, b.target.ids, b.next, HOLE);
    stories_free(&s);
}

/*
{quiz} Why must BERT not be asked for the next token at every place, as GPT is?

(sec-stories)=
## Stories of which everything is known

To mark understanding, one must know what is true. So the stories are made by a grammar
of ours (`chapters/data/story_draw.c`), which keeps a world: who is where, who holds what,
what lies under which bench. In each turn something happens that makes sense there; it is
said in a sentence, and the world changes. *He*, *she* and *it* stand only where a reader
can tell whom they mean, and the grammar notes whom. Questions and a summary of one line
are read off the world. A test reads all stories with a reader of its own, which knows the
words only: it answers all questions, and finds none of nineteen kinds of nonsense.

As in chapter 8 there are, beside stories to learn from, others of the same kind, and *new
combinations*: somebody holds something somewhere, and these three never met in training.

Each text is a story, and behind it, in any order, five of its questions with their
answers and the summary. (What has only been seen behind five answers cannot be asked for
without them.) GPT and BERT read it as one text; for UniLM the story is the source and
the rest the target. Reading with one eye closed is still worth learning from: half of
UniLM's batches are texts with nothing given, as GPT has them. (In the paper a sixth,
another sixth read from right to left, and a third with no mask.) The cell shows a story,
all that is known of it, and whom the pronouns mean, each by its number among the tokens.
*/
Batch given_or_not(const Pairs *pairs, int count, const int *list, Rng *rng)
{
    if (rng_below(rng, 2))
        return batch_of(pairs, count, list);
    Ids *whole = ids_room(count);
    for (int b = 0; b < count; b++)
        whole[b] = ids_joined(pairs_ids(pairs, SOURCE, list[b]),
                              pairs_ids(pairs, TARGET, list[b]));
    return batch_with(count, ids_room(count), whole);
}

static void a_story(void)
{
    story_print_known(STORIES_TRAIN, 1);
}

/*
(sec-three-lessons)=
## Three lessons

Three pupils with the same first numbers, the same texts, as many steps, and the same
step: chapter 9's training asks a model for its logits, and need not know about masks. Only
how a batch is made of texts differs, one entry of `recipe`.
*/
enum { STEPS = 1800, PRACTICE = 2000, TAUGHT = 12000, ASKED = 5, PLACES = 600,
       CURVE = 90 };

static const char *const names[MASKS] = { "GPT", "BERT", "UniLM" };

/* NULL: a text, and the next token at each place. */
static BatchMaker *const recipe[MASKS] = { NULL, holes_of, given_or_not };

static struct {
    Stories lesson;
    Stack stack[MASKS];
    double loss[MASKS][STEPS / CURVE];
} all;

static const Vocabulary *words(void)
{
    if (all.lesson.texts.n == 0)
        all.lesson = stories_read(STORIES_TRAIN, cell_quick() ? 60 : TAUGHT, ASKED,
                                  cell_seed(), NULL);
    return &all.lesson.texts.words[TARGET];
}

Stack stack_teach(Mask mask, const Stories *lesson, uint64_t seed, int steps,
                  double *loss)
{
    Rng rng = rng_new(seed);
    Stack s = stack_new((TransformerOptions){ .layers = 2, .width = 64, .heads = 4,
                                              .hidden = 128 },
                        mask, lesson->texts.words[TARGET].n, &rng);
    Training tr = training_new(
        stack_model(&s), mask == PREFIX_MASK ? &lesson->pairs : &lesson->texts,
        (TrainingOptions){ .steps = steps, .warmup = steps / 10, .rate = 5e-3,
                           .clip = 1, .batch_tokens = PLACES, .seed = seed,
                           .batch = recipe[mask], .curve = loss,
                           .curve_each = CURVE });
    training_run(&tr, names[mask]);
    training_free(&tr);
    return s;
}

/* The first call teaches. */
static const Stack *pupil(Mask mask)
{
    words();
    if (all.stack[mask].params.n == 0)
        all.stack[mask] = stack_teach(mask, &all.lesson, cell_seed(),
                                      cell_quick() ? 20 : STEPS,
                                      all.loss[mask]);
    return &all.stack[mask];
}

static void three_lessons(void)
{
    for (int mask = 0; mask < MASKS; mask++)
        text_printf("%-12s %8ld parameters\n", names[mask],
                    params_count(&pupil((Mask)mask)->params));
    text_printf("\n");
    losses_print(MASKS, names, STEPS / CURVE, CURVE, all.loss[0], "lessons",
                 "step gpt[nats] bert[nats] unilm[nats]");
}

/*
:::{figure} 14_masks/lessons.svg
:name: fig-lessons
:alt: Three falling curves of the loss against steps.

The loss of the three while they learn, the mean of 90 steps each.
:::

The losses are not to be compared: each is asked for something else. GPT must say all of a
story, and nobody can know who goes where. BERT sees both sides of a blank. In half of its
batches UniLM says only what follows from what it has read. So let us ask them the same.

(sec-perplexity)=
## Is that any good? Counting

A language model gives each next token a probability. Its *perplexity* is $e$ to the mean
loss: as many equally likely tokens would be as hard to guess. What would one get by
counting? With pairs, $p(w \mid v)$ is how often $w$ came after $v$, over how often $v$
came. With triples the last two words are looked up. But most triples of a new text were
never seen, and a probability of 0 is a loss without end. So what was counted is mixed
with what the shorter context says {cite}`mackay1995`,

$$
p(w \mid u v) = \frac{c(u v w) + \alpha\, p(w \mid v)}{c(u v) + \alpha} ,
$$ (eq-smoothed)

and so on down to single words, and to all words alike. Where $u v$ was often seen, its own
counts decide; where never, the pair does. (`common/learn/counts.c` has $\alpha = 2$.)
*/
static void perplexity(void)
{
    static const char *const name[] = { "single words", "pairs", "triples" };
    Stories held = stories_read(STORIES_HELD_OUT, cell_quick() ? 4 : 200, ASKED,
                                cell_seed(), words());
    Counts c = counts_of(&all.lesson.texts);
    text_printf("%-14s %10s\n", "", "perplexity");
    text_printf("%-14s %10.1f\n", "all alike", (double)words()->n);
    for (int n = 1; n <= LONGEST_GROUP; n++)
        text_printf("%-14s %10.2f\n", name[n - 1],
                    exp(counts_loss(&c, &held.texts, n)));
    text_printf("%-14s %10.2f\n", "GPT",
                exp(cross_entropy(stack_model(pupil(CAUSAL_MASK)), &held.texts)));
    counts_free(&c);
    stories_free(&held);
}

/*
The counts are of all that the model could have read, and the texts held out. Counting
triples knows that *asked Anna* is followed by *for*; it cannot know for what, since
that was said two sentences ago.
{quiz} What is its perplexity?

(sec-both-sides)=
## A blank, from both sides and from the left

What comes after a blank says much about it. After *Anna gave it to* anybody may follow;
if *He thanked her* comes next, not *Mary*. GPT cannot know, and BERT can. How much is it
worth? All are asked at the same places of held-out texts, those that BERT's recipe makes
blanks (`chapters/data/story_exam.c` counts). Counting from the left takes the word $w$
for which $p(w \mid u v)$ is largest; counting from both sides, the one with which the
whole becomes most probable, itself and the two that follow. GPT reads the text up to the
blank, BERT all of it.
*/
static void both_sides(void)
{
    enum { TEXTS = 40 };
    static const char *const name[FILLERS] = {
        "counting, from the left", "counting, from both sides",
        "GPT, from the left", "BERT, from both sides",
    };
    const Stack *gpt = pupil(CAUSAL_MASK), *bert = pupil(NO_MASK);
    Stories held = stories_read(STORIES_HELD_OUT, TEXTS, ASKED, cell_seed(),
                                words());
    int list[TEXTS], right[FILLERS];
    for (int i = 0; i < TEXTS; i++)
        list[i] = i;
    Rng rng = rng_named(cell_seed(), "holes");
    Batch whole = batch_of(&held.texts, TEXTS, list);
    Batch holes = holes_of(&held.texts, TEXTS, list, &rng);
    Counts c = counts_of(&all.lesson.texts);
    int blanks = exam_blanks(&held.texts, holes.target.ids, HOLE, &c,
                             stack_logits(gpt, whole, (Pass){ 0 }),
                             stack_logits(bert, holes, (Pass){ 0 }), right);
    text_printf("%d blanks\n\n", blanks);
    for (int i = 0; i < FILLERS; i++)
        text_printf("%-26s %5.1f %%\n", name[i], 100.0 * right[i] / blanks);
    counts_free(&c);
    stories_free(&held);
}

/*
Both sides are worth much: with them, counting does about as well as GPT from one. (With
the second seed better, with the third nearly as well.) But BERT, in as many steps as GPT
had, has hardly begun: what a mask *allows* one to know and what a training *teaches* are
two things.

BERT is asked for 15 tokens in 100, GPT for all. (Here it is asked a little more: some of
the words beside a blank are blank, too, for BERT only.) And a blank says nothing about
itself: all has to be brought by attention, which must first learn whom to look at, while
GPT sees the word before in its own place. BERT's authors trained for a million steps, and
where texts are understood and not written, models of its kind are used to this day.

(sec-writing-on)=
## Writing, with what was computed before

GPT and UniLM write; BERT was never asked what comes *next*. Chapter 10's cache works for
them as it did for a decoder: no vector changes when later tokens come. The source is
computed first, all at once, and its keys and values kept; then each token is one row.
*/
typedef struct {
    Kept kept;
    const Stack *model;
    Sentences source;
} Writing;

static Tensor *write_token(void *state, const int *ids)
{
    Writing *w = state;
    Sentences a = w->source;
    int written = w->kept.length - a.length, *places = tape_ints(a.count);
    for (int row = 0; row < a.count; row++)
        places[row] = a.lengths[row] + written;
    Tokens t = { a.count, 1, w->kept.length + 1, ids, places, { .mask = NULL } };
    if (a.length > 0)
        t.who.mask = t_concat(2, nn_padding_mask(a.count, a.lengths, a.length),
                              t_zeros(a.count, 1, written + 1));
    Tensor *x = run(w->model, t, kept_memory(&w->kept), (Pass){ 0 });
    w->kept.length++;
    return t_reshape(say(w->model, x), a.count, T_INFER);
}

Writer stack_writer(Model model, Sentences source, int copies, int room)
{
    const Stack *s = model.self;
    if (s->mask == NO_MASK)
        T_AT(t_fail("stack_writer: who looks at later words cannot write"));
    Sentences rows = sentences_repeated(source, copies);
    Writing *w = tape_room(sizeof *w);
    *w = (Writing){ kept_new(s->options, rows.count, rows.length + room), s, rows };
    if (rows.length > 0) {
        Sentences none = { rows.count, 0, rows.ids, tape_ints(rows.count) };
        run(s, in_one_row(s, rows, none), kept_memory(&w->kept), (Pass){ 0 });
        w->kept.length = rows.length;
    }
    return (Writer){ w, write_token, kept_reorder };
}

/*
(sec-sampling)=
## Drawing a token

When a story goes on there is no right next word. To take the most probable one each time
gives the same story each time, and often a dull one. So a token is *drawn*, with the
probabilities of the model, or with these changed:

- **Temperature** $T$ (chapter 2): the logits are divided by $T$. Near 0 the most probable
  token takes all, at 1 all is as the model has it, above 1 the rare ones gain.
- **Top-k** {cite}`fan2018`: only the $k$ most probable tokens are left.
- **Top-p** {cite}`holtzman2020`: only as many as together have the probability $p$.

The last two are for the tail. A model gives each of some hundreds of unfitting words a
ten-thousandth, and in a text of a hundred words one of them would be drawn every now and
then. Top-k cuts at the same number of words whether three or three hundred would fit.
Top-p cuts where the probability is.

{header} Sampling
*/
/* The most probable tokens: at most k, and no more than it takes to reach the
 * probability top_p. */
static Tensor *only_top(Tensor *p, int k, double top_p)
{
    Tensor *top = t_zeros(t_size(p)), *left = t_scale(p, 1);
    double sum = 0;
    for (int i = 0; i < k && sum < top_p; i++) {
        int token = most_probable(left);
        sum += t_at(top, token) = t_at(p, token);
        t_at(left, token) = -1;
    }
    return top;
}

Tensor *sampling_weights(Tensor *logits, Sampling o)
{
    int V = t_size(logits);
    Tensor *scores = t_scale(logits, o.temperature == 0 ? 1 : 1 / o.temperature);
    t_at(scores, PAD) = t_at(scores, START) = t_at(scores, UNKNOWN) = -INFINITY;
    Tensor *p = t_softmax(scores);
    if (o.top_k || o.top_p > 0)
        p = only_top(p, o.top_k && o.top_k < V ? o.top_k : V,
                     o.top_p > 0 ? o.top_p : 1);
    return t_scale(p, 1 / t_item(t_sum(p, T_ALL)));
}

int sample_token(Tensor *logits, Sampling o, Rng *rng)
{
    if (!rng)
        return most_probable(logits);
    Tensor *p = sampling_weights(logits, o);
    double left = rng_uniform(rng);
    for (int token = END; token < t_size(p); token++)
        if (t_at(p, token) > 0 && (left -= (double)t_at(p, token)) < 0)
            return token;
    return most_probable(p);      /* the sum fell short of 1 by a hair */
}

static const struct {
    const char *name;
    Sampling sampling;
} ways[] = {
    { "most probable", { .top_k = 1 } }, { "as it is", { .top_k = 0 } },
    { "T = 0.5", { .temperature = 0.5 } }, { "T = 2", { .temperature = 2 } },
    { "top-k, 5", { .top_k = 5 } }, { "top-p, 0.8", { .top_p = 0.8 } },
    { "T = 2, top-p, 0.8", { .temperature = 2, .top_p = 0.8 } },
};

static void one_distribution(void)
{
    enum { WAYS = 5 };
    const Stack *gpt = pupil(CAUSAL_MASK);
    Ids begun = ids_of_text(words(), "One day , Anna was in the kitchen . She");
    const char *name[WAYS];
    Tensor *p[WAYS], *logits = stack_logits(
        gpt, batch_with(1, ids_room(1), &begun), (Pass){ 0 });
    for (int i = 0; i < WAYS; i++) {
        p[i] = sampling_weights(scores_at(logits, 0, begun.n),
                                ways[i + 1].sampling);
        name[i] = ways[i + 1].name;
    }
    story_print_drawn(words(), WAYS, p, name, "drawing",
                      "rank as_it_is cold hot top_k top_p");
}

/*
:::{figure} 14_masks/drawing.svg
:name: fig-drawing
:alt: Probability of the twelve most probable words in five ways of drawing, on a logarithmic axis. A low temperature makes the line steep, a high one flat; top-k and top-p end it.

The twelve most probable words after *One day, Anna was in the kitchen. She*, on a
logarithmic axis: a temperature turns the line about, top-k and top-p end it.
:::
{quiz} Which way of cutting suits both?

Now whole stories. A beginning goes through the same steps, only that what is read next is
what is given, and not what the model says. (So any of chapter 10's writers can go on.)
*/
/* Draws the next token of text i. Returns what is read then: the token, or PAD
 * once the text has ended. */
static int write_next(int i, Tensor *logits, WriteOptions o, Ids *written)
{
    int token = sample_token(logits, o.sampling, o.rng);
    if (token != END) {
        written->id[written->n++] = token;
        if (o.tell)
            o.tell(i, token, o.context);
    }
    bool ends = token == END || token == o.stop || written->n == o.longest;
    return ends ? PAD : token;
}

void write_on(Model model, int count, const Ids *source, const Ids *begun,
              WriteOptions o, Ids *written)
{
    bool recorded = tape_record(false);
    int room = sentences_of(count, begun, true).length + o.longest;
    Writer writer = (o.writer ? o.writer : recomputing_writer)(
        model, sentences_of(count, source ? source : ids_room(count), false), 1,
        room);
    int open = count, *newest = tape_ints(count);
    for (int i = 0; i < count; i++) {
        written[i] = (Ids){ 0, tape_ints(o.longest + 1) };
        newest[i] = START;
    }
    for (int t = 0; open > 0; t++) {
        TapeMark mark = tape_mark();
        Tensor *logits = writer.step(writer.state, newest);
        for (int i = 0; i < count; i++) {
            if (t < begun[i].n) {
                newest[i] = begun[i].id[t];
            } else if (newest[i] != PAD) {
                Tensor *row = t_reshape(t_slice(logits, 0, i, i + 1), T_INFER);
                newest[i] = write_next(i, row, o, &written[i]);
                open -= newest[i] == PAD;
            }
        }
        tape_release(mark);
    }
    tape_record(recorded);
}

static void written_on(void)
{
    const Stack *gpt = pupil(CAUSAL_MASK);
    Ids begun = ids_of_text(words(), "One day , Anna found a red ball in the "
                                     "garden ."), written;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        Rng rng = rng_named(cell_seed(), "stories");
        write_on(stack_model(gpt), 1, NULL, &begun,
                 (WriteOptions){ .writer = stack_writer, .longest = 36,
                                 .sampling = ways[i].sampling, .rng = &rng },
                 &written);
        story_print_written(words(), ways[i].name, written);
    }
}

/*
Nearly every sentence is one that the grammar could have made, up to a temperature of 1.
The stories are not sense: Anna gives the ball to Anna, and what Rosa finds on a desk is
what Nora leaves at the market. At a temperature of 2 sentences fall apart; cut at 0.8 of
the probability they hold together a little longer.

(sec-asked)=
## The examination

Now the questions, from the same file. UniLM has read the story both ways and writes the
answer behind the question; GPT has read all from left to right. An answer or a summary
counts if it is right in every token.
*/
void stack_answer(const void *stack, Exam exam, Ids *answer)
{
    const Stack *s = stack;
    bool prefix = s->mask == PREFIX_MASK;
    Ids *begun = ids_room(exam.n);
    for (int i = 0; i < exam.n; i++)
        begun[i] = prefix ? exam.question[i]
                          : ids_joined(exam.story[i], exam.question[i]);
    write_on(stack_model(s), exam.n, prefix ? exam.story : NULL, begun,
             (WriteOptions){ .writer = stack_writer, .longest = 60,
                             .stop = exam.stop }, answer);
}

static ExamPupil examined(Mask mask)
{
    return (ExamPupil){ stack_answer, pupil(mask), words() };
}

static void examination(void)
{
    int most = cell_quick() ? 2 : cell_long() ? 120 : 40;
    marks_print(3, (Marks[]){
        exam_marks(STORIES_HELD_OUT, most, examined(CAUSAL_MASK)),
        exam_marks(STORIES_HELD_OUT, most, examined(PREFIX_MASK)),
        exam_marks(STORIES_COMBINATIONS, most, examined(PREFIX_MASK)),
    }, (const char *const[][2]){ { "GPT", "held out" }, { "UniLM", "held out" },
                                 { "UniLM", "new" } },
    "examination", "question gpt[%] unilm[%] unilm_new[%]");
}

/*
:::{table} Right, in %, of three times as many stories, with three seeds: mean (least–greatest)
:name: tab-examination
{seeds} examination | question | GPT, held out | UniLM, held out | UniLM, new
:::

Who had a thing first is the name that came first, and both answer that mostly. Who has a
thing *now* asks for following it from hand to hand: between two names they are hardly
better than guessing. Of the summaries about half are right, with each seed more of GPT's.
Questions about new combinations are answered as well as others: what has been learned,
right or wrong, is how stories go, not what Anna had.

Do not read more into a line than is there. What a thing is like is said once, beside its
name; where somebody is, is the last of several places. In the run above GPT has learned
the first and not the second, UniLM the second and not the first. With the second seed
both have the first and neither the second, with the third both have both. Such a skill
comes within some hundred steps, early or late. Taken together the two are nearly alike.

How much of this is the size of the lesson? All of the losses were still falling. The tool
`build/programs/story` trains the same model, as large and for as long as you like, on
these stories or on a text of your own, goes on with what you begin, and answers. Three
layers of width 96 that read the 20,000 stories and their questions twelve times, which
took one thread 17 minutes,

    build/programs/story train --save stories.ckpt --epochs 12
    build/programs/story score --model stories.ckpt

answer 84.8 % of 1,971 questions about held-out stories, and of 200 summaries 183 are
right in everything. So most of what is missing above is practice.
{quiz} In two stories of three that is right. Which stories tell most about it?

(sec-she)=
## Whom does *she* mean?

S4 has a sentence in which *its* looks at *Law*, and chapter 5 built by hand a head that
does it. Has a model that was told nothing found out whom a pronoun means? A map of
weights would show where it looks, not what it makes of it (chapter 8). A stronger test
changes one thing and watches what follows. In a story with a man and a woman stands *She
was happy*. Put *He* there, and nothing else: now somebody else was happy, and the answer
to *Who was happy?* must change. The grammar knows both answers.
*/
static void he_in_place_of_she(void)
{
    swaps_print(STORIES_HELD_OUT, cell_quick() ? 20 : 400, 3,
                (const char *const[]){ "GPT", "UniLM", "the last name" },
                (ExamPupil[]){ examined(CAUSAL_MASK), examined(PREFIX_MASK),
                               exam_last_name(words()) });
}

/*
With two names to choose from, guessing gives half. The last line is no model: it answers
with the name that stands last before the feeling. As the stories are told this rule beats
both pupils, and after the swap it is wrong as often as it was right. Had only the first
column been shown, one might have believed that the pupils know. But after the swap they,
too, are wrong more often than not, as who does not read the pronoun at all. (With the
second seed likewise; with the third both are wrong before and right after. The two shares
add up to nearly 100 each time.) So they do not know. They have learned that a name is
asked for, and mostly that it is one of the story's; not yet which.

Would more practice teach them? This question does not ask for it. As our grammar has it,
who is happy has just got something, and who is sad has not: the sentence before says who,
unless two have swapped, and *she* only agrees. A pupil that has learned how stories go is
right wherever they go that way, and wrong after the swap, for there something happens
that never happened in its lessons. A pupil learns what it is asked for, not what we
meant.

(sec-she-finds)=
## *She* finds whom she means

So let us ask for it. UniLM gets a second lesson, in which every such story stands twice,
as it is told and swapped, with the answer to each. Whatever it knows of how stories go is
right in one of the two and wrong in the other: only the pronoun tells which.
*/
void stack_practise(const Stack *s, Exam swaps, uint64_t seed, int steps)
{
    Pairs asked = exam_pairs(swaps);
    Training tr = training_new(
        stack_model(s), &asked,
        (TrainingOptions){ .steps = steps, .warmup = steps / 10, .rate = 2e-3,
                           .clip = 1, .batch_tokens = PLACES, .seed = seed });
    training_run(&tr, "he and she");
    training_free(&tr);
    pairs_free(&asked);
}

/*
And now a map of weights is worth looking at, since we know that the answer hangs on the
pronoun. Of the weight that a head gives from *she*, does more fall on whom she means, or
on the other, wherever their names stand? Who looks at neither in particular is right in
half of the stories, for each of them is there twice.
*/
void stack_look(const void *stack, Ids story, Ids question, Tensor **weights)
{
    stack_logits(stack, batch_with(1, &story, &question),
                 (Pass){ .encoder = weights });
}

static void she_finds_whom_she_means(void)
{
    int most = cell_quick() ? 20 : 400, steps = cell_quick() ? 20 : PRACTICE;
    Exam held = exam_of_swaps(STORIES_HELD_OUT, most, words());
    Exam taught = exam_of_swaps(STORIES_TRAIN, cell_quick() ? 400 : 0, words());
    const Stack *unilm = pupil(PREFIX_MASK);
    ExamReader reader = { stack_look, unilm, unilm->options.layers,
                          unilm->options.heads };
    text_printf("%d stories, each twice, %d steps\n\n", taught.n / 2, steps);
    text_matrix("more on whom she means, layer by head: before",
                exam_heads(held, reader), NULL, NULL, 2);
    stack_practise(unilm, taught, cell_seed(), steps);
    Tensor *after = exam_heads(held, reader);
    text_matrix("after", after, NULL, NULL, 2);
    text_printf("\n");
    swaps_print(STORIES_HELD_OUT, most, 1, (const char *const[]){ "UniLM, after" },
                (ExamPupil[]){ examined(PREFIX_MASK) });
    exam_plot_best(held, reader, after, words(), "she");
    exam_free(&held);
    exam_free(&taught);
}

/*
:::{figure} 14_masks/she.svg
:name: fig-she
:alt: The words of a story of Rosa and Jack, one below the other, with two bars each. From he nearly all weight is on the two places of Jack, from she on the two places of Rosa.

What the head that finds most looks at from one place of a held-out story, where *he*
stands, and *she* in its stead. Nothing else was changed, and nobody told it where to look.
:::

In the run above one head of the first layer has found whom the pronoun means in every one
of the stories, before and after the swap, and nearly all answers are right in both. Before
this lesson no head did better than chance.

With other seeds (try `--seed 2`) the answers become nearly as good, and from the pronoun
no head does much better than chance. There is more than one way to bring a pronoun and a
name together, and a lesson rewards them alike: the place where the answer is written can
look for both itself. So a clear map shows a way that is used; that there is none shows
nothing. (`build/programs/story attend` looks for such heads in a model of your own.)
{quiz} Does it use the pronoun?

## Claims, and where they are tested

:::{folded} The list
- The three masks are what the figure shows. {test}`tests/14_masks.c: masks_are_what_the_pictures_show`
- Whatever the mask, the parameters are the same. {test}`tests/14_masks.c: three_masks_have_the_same_parameters`
- A token depends on what its mask allows, and on nothing else. {test}`tests/14_masks.c: a_token_depends_on_what_its_mask_allows_and_nothing_else`
- Padding, between source and target as behind them, changes nothing. {test}`tests/14_masks.c: padding_changes_nothing`
- Kept keys and values give the logits of recomputing all. {test}`tests/14_masks.c: kept_and_recomputed_logits_agree`
- What is written follows its beginning, and ends where it is told to. {test}`tests/14_masks.c: what_is_written_follows_its_beginning`
- Of 100 tokens 15 are asked for; of these 80 in 100 are blanks, 10 others, 10 themselves. {test}`tests/14_masks.c: of_a_hundred_tokens_fifteen_are_said`
- Half of UniLM's batches have nothing given. {test}`tests/14_masks.c: half_of_the_batches_have_nothing_given`
- Top-k leaves the k most probable tokens. {test}`tests/14_masks.c: top_k_keeps_the_k_most_probable`
- Top-p leaves the fewest that reach p. {test}`tests/14_masks.c: top_p_keeps_the_fewest_that_reach_p`
- Temperature goes from one word to all alike. {test}`tests/14_masks.c: temperature_goes_from_one_word_to_all_alike`
- Tokens are drawn as often as their weights say. {test}`tests/14_masks.c: tokens_are_drawn_as_often_as_their_weights_say`
- After half of the lesson GPT is less perplexed than counting triples. {test}`tests/14_masks.c: half_of_the_lesson_is_better_than_counting`
- Every story is true, and its answers follow from its text. {test}`tests/stories.c: every_story_is_true_and_every_answer_follows`
- It is plain whom pronouns mean. {test}`tests/stories.c: it_is_plain_whom_pronouns_mean`
- Who reads no pronoun is right as told or after the swap, never both. {test}`tests/story_exam.c: who_reads_no_pronoun_is_right_once`
- After a lesson that needs it, *she* finds whom she means. {test}`tests/14_masks.c: she_finds_whom_she_means_after_a_lesson_that_needs_it`
- Nothing in the stories is nonsense of nineteen kinds, and such nonsense would be found. {test}`tests/stories.c: nonsense_is_found`
- What is called a new combination was never taught. {test}`tests/stories.c: what_is_called_a_new_combination_was_never_taught`
:::

## Summary

- One stack of layers is GPT, BERT or UniLM, as its mask says. Asked for the next token at
  every place, it learns to write; for blanks, to read; given a prefix, to answer.
- Who learns from every token learns faster than who is asked for 15 in 100.
- A language model is measured by its perplexity, and counting is what it must beat.
- Right answers prove little where a blind rule gives them, too. Change one thing, and
  see whether the answer follows.
- What a pupil is asked for it learns: *she* finds a name when nothing else tells which.
- A token is drawn. Temperature changes how boldly; top-k and top-p cut the tail.
- A loss that is too good is a reason to look at the mask.

(sec-exercises-14)=
## Exercises

{exercises}

And two experiments, which no program can mark:

- Give UniLM no texts without a source, in `recipe`. What becomes of its answers?
- Ask BERT for 40 tokens in 100. Does it learn faster? What would be lost with 90?

## Further reading

{cite:t}`radford2018`, {cite:t}`devlin2019` and {cite:t}`dong2019` are the three;
{cite:t}`su2019`, in Chinese, is the essay that S3 names, and shows the masks.
{cite:t}`radford2019` found that a larger GPT answers questions it was never trained to
answer. {cite:t}`weston2015` were the first to examine networks by little stories made
by a grammar. {cite:t}`holtzman2020` look at what is wrong with the most probable text.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(questions_about_a_story);
    cell(three_masks);
    cell(with_holes);
    cell(a_story);
    cell(three_lessons);
    cell(perplexity);
    cell(both_sides);
    cell(one_distribution);
    cell(written_on);
    cell(examination);
    cell(he_in_place_of_she);
    cell(she_finds_whom_she_means);
    int status = cell_end();
    stories_free(&all.lesson);
    return status;
}

/*
# Translating well: search, scores, and sentences of your own

Chapter 8's model writes. This chapter has it write faster, by keeping what need not
be computed again; better, if that can be had, by looking further ahead than one word;
and it asks how a machine may judge a translation. Then the same program learns
Chinese, and at the end stands a translator for sentences of your own.

:::{figure} 10_translating_well/rows.svg
:name: fig-rows
:alt: Two lines on logarithmic axes against the number of tokens written. Computing all anew rises twice as steeply as with a cache.

How many rows go through each layer of the decoder while it writes: with all
computed anew at each token, and with keys and values kept.
:::

(sec-any-writer)=
## What a search wants to know

A search for a good translation takes one more token, and then another. It
should not care how a model comes to its logits. So between the two stands a
small thing with two functions:

{header} Writer

`step` is told the newest token of each row and gives the logits of the next;
`reorder` says that some rows are given up and others go on twice. Whatever writes
token by token can be searched with, even a bag of words, as a test shows.

For every model that has logits there is the plain writer. It remembers the
tokens, and computes all anew, as chapter 8 did.
*/
#include "10_translating_well.h"

#include "cell/cell.h"
#include "cell/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Sentences sentences_repeated(Sentences source, int copies)
{
    int n = source.length, rows = source.count * copies;
    int *ids = tape_ints(rows * n + 1), *lengths = tape_ints(rows);
    for (int row = 0; row < rows; row++) {
        memcpy(ids + row * n, source.ids + row / copies * n,
               (size_t)n * sizeof(int));
        lengths[row] = source.lengths[row / copies];
    }
    return (Sentences){ rows, n, ids, lengths };
}

/* What a writer for any model remembers: all that was written. */
typedef struct {
    Model model;
    Sentences source;
    int room, length;
    int *read, *spare;      /* (rows, room): START and what was written */
} Recomputing;

static Tensor *recompute(void *state, const int *ids)
{
    Recomputing *w = state;
    int rows = w->source.count, m = w->length + 1;
    if (m > w->room)
        t_fail("recomputing_writer: there is room for %d tokens only", w->room);
    int *table = tape_ints(rows * m), *lengths = tape_ints(rows);
    for (int row = 0; row < rows; row++) {
        w->read[row * w->room + w->length] = ids[row];
        memcpy(table + row * m, w->read + row * w->room,
               (size_t)m * sizeof(int));
        lengths[row] = m;
    }
    w->length = m;
    Batch batch = { w->source, { rows, m, table, lengths }, NULL };
    Tensor *logits = w->model.logits(w->model.self, batch, (Pass){ 0 });
    return t_reshape(t_slice(logits, 1, m - 1, m), rows, T_INFER);
}

static void reorder_what_was_written(void *state, const int *from)
{
    Recomputing *w = state;
    for (int row = 0; row < w->source.count; row++)
        memcpy(w->spare + row * w->room, w->read + from[row] * w->room,
               (size_t)w->length * sizeof(int));
    int *older = w->read;
    w->read = w->spare;
    w->spare = older;
}

Writer recomputing_writer(Model model, Sentences source, int copies, int room)
{
    Recomputing *w = tape_room(sizeof *w);
    *w = (Recomputing){ .model = model, .source = sentences_repeated(source, copies),
                        .room = room };
    w->read = tape_ints(w->source.count * room);
    w->spare = tape_ints(w->source.count * room);
    return (Writer){ w, recompute, reorder_what_was_written };
}

/*
{quiz} Why does the search ask for `reorder`, and not for a copy of the model?

(sec-writing)=
## Keeping keys and values

To compute a token the decoder needs, in each layer, the keys and values of all
tokens before. These do not change any more, because the causal mask lets no
token see a later one. So they are kept, the *key/value cache*, and each step computes
one row instead of all. Chapter 5's mask seemed only to forbid; here it pays.

A layer of chapter 8 hands the keys and values of what it was given to `remember`, and
goes on with what comes back: those of all tokens so far. The mask is not needed then:
later tokens are not there. (Those of the *source* were made in `transformer_context`,
once for each sentence, however many rows go on from it.)

{header} Kept
*/
Kept kept_new(TransformerOptions o, int rows, int room)
{
    int each = o.width / o.heads;
    Kept k = { .layers = o.layers, .room = room };
    for (int i = 0; i < o.layers; i++)
        k.of[i] = (KeysValues){ t_zeros(rows, o.heads, room, each),
                                t_zeros(rows, o.heads, room, each) };
    return k;
}

/* Appends rows to those that are kept; returns all so far. */
static Tensor *keep_rows(Tensor *kept, Tensor *rows, int length)
{
    int end = length + t_dim(rows, 2);
    t_assign(t_slice(kept, 2, length, end), rows);
    return t_slice(kept, 2, 0, end);
}

static KeysValues remember(void *kept, int layer, KeysValues now)
{
    Kept *k = kept;
    return (KeysValues){ keep_rows(k->of[layer].k, now.k, k->length),
                         keep_rows(k->of[layer].v, now.v, k->length) };
}

Memory kept_memory(Kept *k)
{
    if (k->length == k->room)
        T_AT(t_fail("kept_memory: there is room for %d tokens only", k->room));
    return (Memory){ remember, k };
}

/* Row i is row from[i] of x, (rows, h, m, d/h). */
static Tensor *rows_from(Tensor *x, const int *from, int rows)
{
    Tensor *flat = t_reshape(x, t_dim(x, 0), T_INFER);
    return t_reshape(t_embedding(flat, from, rows), rows, t_dim(x, 1),
                     t_dim(x, 2), t_dim(x, 3));
}

/* Row i becomes what row from[i] was, as far as it is filled. */
static void reorder_rows(Tensor *kept, const int *from, int length)
{
    Tensor *filled = t_slice(kept, 2, 0, length);
    t_assign(filled, rows_from(filled, from, t_dim(filled, 0)));
}

void kept_reorder(void *kept, const int *from)
{
    Kept *k = kept;
    for (int i = 0; i < k->layers && k->length > 0; i++) {
        reorder_rows(k->of[i].k, from, k->length);
        reorder_rows(k->of[i].v, from, k->length);
    }
}

/* A decoder at work. */
typedef struct {
    Kept kept;
    const Transformer *model;
    int rows;
    Context context;
} Decoding;

static Tensor *write_with_cache(void *state, const int *ids)
{
    Decoding *d = state;
    d->context.memory = kept_memory(&d->kept);
    Tensor *logits = transformer_decode(d->model, d->context, ids, d->rows, 1,
                                        d->kept.length, (Pass){ 0 });
    d->kept.length++;
    return t_reshape(logits, d->rows, T_INFER);
}

/* What rows of one sentence look at is made once, and copied. */
static Context context_repeated(Context c, int layers, Sentences source,
                                int copies)
{
    Sentences rows = sentences_repeated(source, copies);
    int *from = tape_ints(rows.count);
    for (int row = 0; row < rows.count; row++)
        from[row] = row / copies;
    c.padding = nn_padding_mask(rows.count, rows.lengths, rows.length);
    for (int i = 0; i < layers; i++) {
        c.source[i].k = rows_from(c.source[i].k, from, rows.count);
        c.source[i].v = rows_from(c.source[i].v, from, rows.count);
    }
    return c;
}

Writer transformer_writer(Model model, Sentences source, int copies, int room)
{
    const Transformer *t = model.self;
    Decoding *d = tape_room(sizeof *d);
    *d = (Decoding){ .model = t, .rows = source.count * copies };
    d->kept = kept_new(t->options, d->rows, room);
    d->context = context_repeated(
        transformer_context(t, transformer_encode(t, source, (Pass){ 0 }), source),
        t->options.layers, source, copies);
    return (Writer){ d, write_with_cache, kept_reorder };
}

/*
The cached and the recomputed logits are equal up to rounding, which a test looks at
for every position. (The decoder of {cite:t}`zhang2023` gives every token it writes
the position 0; this test would see it.)
*/
static void one_row_instead_of_all(void)
{
    Plot *plot = plot_open("rows", "tokens anew kept");
    text_printf("%7s %12s %12s\n", "tokens", "anew", "kept");
    for (int m = 5; m <= 320; m *= 2) {
        double anew = m * (m + 1) / 2.0, kept = m;  /* 1 + ... + m, 1 + ... + 1 */
        text_printf("%7d %12.0f %12.0f\n", m, anew, kept);
        plot_row(plot, m, anew, kept);
    }
    plot_close(plot);
}

/*
A chat of a thousand tokens would cost half a million rows without it. The price is
memory: two rows of width $d$ for each token, in each layer (in bytes: chapter 6's
[exercise 6](sec-exercises-06)).
{quiz} Why do the keys and values of a token not change when later tokens are written?

(sec-beam)=
## Beam search

The most probable token at each step (*greedy*) need not give the most probable
sentence. *Beam search* keeps several beginnings in view, continues each with
every word, and keeps the best again. A sentence's probability is a product, so
a longer one looks worse. To make up for that, $\ln p$ of a translation of $l$
tokens, `<end>` among them, is divided by $((5 + l)/6)^A$ {cite}`wu2016`;
beginnings are of one length and need no such help. With a beam of 1 and $A = 0$
this is the greedy way.

When may it stop? A row that is still open can only lose probability with every
token. But the divisor grows with its length. So what it can still become is at
best its logarithm now over the divisor of the longest sentence allowed. When a
finished translation beats that, no open one can catch up. (Comparing with the
divisor of the *present* length, as many programs do, stops too early when $A$
is large.)

Each translation may have ten tokens more than twice those of its own source. (Not of
the group's longest: its neighbours must not decide what becomes of a sentence.)
*/
/* For each of some sentences `beam` translations in the making, one a row. */
typedef struct {
    int beam, room, length;     /* room: tokens of the longest allowed */
    double penalty;
    int *tokens, *spare;    /* (rows, room) */
    real *score;            /* (rows): log probability so far */
    int *from, *last;       /* (rows): the row it continues, its last token */
    int *limit;             /* by sentence: how many tokens it may have, */
    Ids *best;              /* the best that has ended, */
    real *best_score;       /* how good it is, */
    int *closed;            /* and whether no open row can become better */
    int open;               /* how many are not closed */
} Search;

/* What a translation of so many tokens, END among them, is worth. */
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
    int words = t_dim(log_p, 1);
    for (int i = 0; i < n; i++)
        list[i] = (Candidate){ -(real)INFINITY, b * s->beam, END };
    for (int row = b * s->beam; row < (b + 1) * s->beam; row++) {
        const real *p = &t_at(log_p, row, 0);
        for (int token = END; token < words; token++)
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

static void close_sentence(Search *s, int b)
{
    s->closed[b] = true;
    s->open--;
}

/* Each row has one END, so of 2 beam candidates at least beam go on. A row can
 * only lose probability; the most it can become is what it is now, over the
 * largest divisor that its limit allows. */
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
    if (s->best_score[b] >= fair(s, s->score[first], s->limit[b] + 1))
        close_sentence(s, b);
}

/* At its limit a sentence ends; if no translation has ended, as far as the best
 * one came. */
static void stop_if_too_long(Search *s, int b)
{
    if (s->closed[b] || s->length < s->limit[b])
        return;
    int row = b * s->beam;
    if (s->best_score[b] == -(real)INFINITY)
        finish(s, b, (Candidate){ s->score[row], row, END });
    close_sentence(s, b);
}

static Search search_begin(Sentences source, TranslateOptions o, Ids *best)
{
    int count = source.count, rows = count * o.beam;
    Search s = { .beam = o.beam, .open = count, .best = best,
                 .penalty = o.length_penalty, .limit = tape_ints(count) };
    for (int b = 0; b < count; b++) {
        s.limit[b] = o.longest ? o.longest
                               : longest_translation(source.lengths[b]);
        s.room = s.limit[b] > s.room ? s.limit[b] : s.room;
    }
    s.tokens = tape_ints(rows * s.room);
    s.spare = tape_ints(rows * s.room);
    s.from = tape_ints(rows);
    s.last = tape_ints(rows);
    s.closed = tape_ints(count);
    s.score = &t_at(t_zeros(rows), 0);
    s.best_score = &t_at(t_zeros(count), 0);
    for (int row = 0; row < rows; row++) {
        s.last[row] = START;
        s.from[row] = row;
        s.score[row] = row % o.beam == 0 ? 0 : -(real)INFINITY;
    }
    for (int b = 0; b < count; b++) {
        s.best_score[b] = -(real)INFINITY;
        s.closed[b] = false;
    }
    return s;
}

static void translate(Model model, Sentences source, TranslateOptions o,
                      Ids *best)
{
    Search s = search_begin(source, o, best);
    Writer w = o.writer(model, source, s.beam, s.room);
    while (s.open > 0) {
        TapeMark mark = tape_mark();
        Tensor *log_p = t_log_softmax(w.step(w.state, s.last));
        for (int b = 0; b < source.count; b++)
            if (!s.closed[b])
                extend(&s, b, log_p);
        int *older = s.tokens;
        s.tokens = s.spare;
        s.spare = older;
        s.length++;
        for (int b = 0; b < source.count; b++)
            stop_if_too_long(&s, b);
        if (s.beam > 1)
            w.reorder(w.state, s.from);
        tape_release(mark);
    }
}

void translate_all(Model model, int count, const Ids *source,
                   TranslateOptions o, Ids *translation)
{
    enum { TOGETHER = 64 };
    bool recorded = tape_record(false);
    o.beam = o.beam ? o.beam : 1;
    o.writer = o.writer ? o.writer : recomputing_writer;
    Dealt *order = tape_room((size_t)count * sizeof *order);
    for (int i = 0; i < count; i++) {
        int most = o.longest ? o.longest : longest_translation(source[i].n);
        translation[i] = (Ids){ .id = tape_ints(most) };
        order[i] = (Dealt){ source[i].n, 0, i, i };
    }
    sort_by_length(count, order);
    for (int i = 0; i < count; i += TOGETHER) {
        Ids these[TOGETHER], here[TOGETHER];
        int n = 0;
        for (; n < TOGETHER && i + n < count; n++) {
            these[n] = source[order[i + n].pair];
            here[n] = translation[order[i + n].pair];
        }
        TapeMark mark = tape_mark();
        translate(model, sentences_of(n, these, false), o, here);
        for (int b = 0; b < n; b++)
            translation[order[i + b].pair].n = here[b].n;
        tape_release(mark);
    }
    tape_record(recorded);
}

/*
{quiz} Is it a better translation?

(sec-bleu)=
## Scores

*Exact match*, the share of translations that equal the reference in every
token, is severe, and for our grammar fair. *Perplexity* is
$e^{\text{cross-entropy}}$ per token: 1 for a model that is sure and right, $V$
for one that guesses. And *BLEU* {cite}`papineni2002` is for real corpora, where
a sentence has many good translations: the share $p_n$ of the translations'
groups of $n$ tokens that stand in the reference too, over the whole corpus, for
$n = 1, \dots, 4$; their geometric mean; and a penalty if the translations are
shorter than the references:

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

/* fold: gives words numbers, and calls bleu() */
static double bleu_of(int count, const char *const (*pair)[2])
{
    Vocabulary words = { 0 };
    Ids *ids[2] = { ids_room(count), ids_room(count) };
    for (int i = 0; i < 2 * count; i++) {
        const char *sentence = pair[i / 2][i % 2];
        Words said = text_tokens(sentence);
        for (int k = 0; k < said.n; k++)
            vocabulary_add(&words, said.word[k]);
        text_free_words(&said);
        ids[i % 2][i / 2] = vocabulary_encode(&words, sentence);
    }
    double score = bleu(count, ids[0], ids[1]);
    for (int i = 0; i < 2 * count; i++)
        free(ids[i % 2][i / 2].id);
    vocabulary_free(&words);
    return score;
}

static void short_answers(void)
{
    static const char *const pair[][2] = {
        { "je dors .", "je dors ." }, { "elle lit .", "elle lit ." },
        { "il a lu un livre .", "il a lu un livre ." },
        { "il a lu un livre .", "il a lu le livre ." },
    };
    text_printf("two sentences of 3 tokens, right   %6.2f\n",
                bleu_of(2, pair));
    text_printf("and a right one of 6               %6.2f\n",
                bleu_of(3, pair));
    text_printf("and one of 6 with a wrong word     %6.2f\n",
                bleu_of(4, pair));
    text_printf("that one alone                     %6.2f\n",
                bleu_of(1, pair + 3));
}

/*
Two right translations, and a score of 0! A sentence of three tokens has no group of
four, so $p_4$ is 0 of 0, and the product is taken as 0. One right sentence that is
long enough makes it 100. The last has one wrong word of six, which stands in all three
of its groups of four: $p_4 = 0$ again. BLEU was made for whole corpora; of a sentence,
or of a handful of short ones, it says nothing.
{quiz} Why does BLEU count *the the the* only as often as the reference has *the*?

(sec-lessons)=
## Trained with care

Now chapter 8's lesson again, for French and for Chinese, with some of what chapter 9
tried: batches by length, clipping, smoothed labels.
*/
typedef struct {
    Lesson pairs;
    Transformer model;
    bool trained;
} Pupil;

static Pupil pupils[CORPUS_LANGUAGES];

static void train_pupil(Pupil *p, const char *name)
{
    const Vocabulary *words = p->pairs.train.words;
    Rng rng = rng_new(cell_seed());
    p->model = transformer_new((TransformerOptions){ .layers = 2, .width = 64,
                                                     .heads = 4,
                                                     .hidden = 128 },
                               words[SOURCE].n, words[TARGET].n, &rng);
    long steps = cell_quick() ? 20 : 900;
    Training tr = training_new(transformer_model(&p->model), &p->pairs.train,
                               (TrainingOptions){
                                   .steps = steps, .warmup = (int)steps / 10,
                                   .rate = 8e-3, .smoothing = 0.1, .clip = 1,
                                   .seed = cell_seed() });
    training_run(&tr, name);
    training_free(&tr);
}

/* The first call for a language trains. */
static const Pupil *pupil(CorpusLanguage language, const char *name)
{
    Pupil *p = &pupils[language];
    if (!p->trained) {
        p->pairs = lesson_read(language, cell_quick());
        train_pupil(p, name);
        p->trained = true;
    }
    return p;
}

static Ids *translations(const Pupil *p, const Pairs *pairs,
                         TranslateOptions options)
{
    Ids *written = ids_room(pairs->n);
    options.writer = transformer_writer;
    translate_all(transformer_model(&p->model), pairs->n,
                  ids_of_side(pairs, SOURCE), options, written);
    return written;
}

/* fold: prints a line of the table; returns the translations */
static Ids *print_scores(const char *name, const Pupil *p, const Pairs *pairs)
{
    Ids *written = translations(p, pairs, (TranslateOptions){ 0 });
    Ids *reference = ids_of_side(pairs, TARGET);
    text_printf("%-22s %10d %9.1f %% %10.1f %12.2f\n", name, pairs->n,
                100 * exact_match(pairs->n, written, reference),
                bleu(pairs->n, written, reference),
                exp(cross_entropy(transformer_model(&p->model), pairs)));
    return written;
}

/* fold: prints some failures, evenly spread over all of them */
static void print_failures(const Pupil *p, const Pairs *pairs,
                           const Ids *written, int most)
{
    const Vocabulary *words = p->pairs.train.words;
    Ids *reference = ids_of_side(pairs, TARGET);
    int failures = 0, seen = 0, shown = 0;
    for (int i = 0; i < pairs->n; i++)
        failures += exact_match(1, &written[i], &reference[i]) < 1;
    text_printf("\n%d of the %d failures with new combinations:\n",
                failures < most ? failures : most, failures);
    for (int i = 0; i < pairs->n; i++) {
        if (exact_match(1, &written[i], &reference[i]) == 1
            || seen++ * most < shown * failures)
            continue;
        text_printf("\n  %s\n  right:   %s\n  written: %s\n",
                    text_of_ids(&words[SOURCE], pairs_ids(pairs, SOURCE, i)),
                    text_of_ids(&words[TARGET], reference[i]),
                    text_of_ids(&words[TARGET], written[i]));
        shown++;
    }
}

static void examine(const Pupil *p)
{
    text_printf("%-22s %10s %11s %10s %12s\n", "", "sentences", "exact",
                "BLEU", "perplexity");
    const Pairs *new = &p->pairs.combinations;
    print_scores("held-out sentences", p, &p->pairs.held_out);
    print_failures(p, new, print_scores("new combinations", p, new), 6);
}

static void english_to_french(void)
{
    examine(pupil(CORPUS_FRENCH, "English to French"));
}

/*
Neither row is of sentences that were in the training set; chapter 8 says how the
second asks for more. Most of what goes wrong is one word in a sentence: an adjective
or a participle does not agree, a tense is the wrong one. (Smoothed labels teach the
model never to be surer than about 0.9, so a model that has learned just that has a
perplexity of about $1 / 0.9$.)
{quiz} What would a model that only stores sentences score?

(sec-is-a-beam)=
## Is a beam better?

The new combinations in French, with beams of four widths and $A = 0.6$.
*/
static void beams(void)
{
    const Pupil *p = pupil(CORPUS_FRENCH, "English to French");
    const Pairs *pairs = &p->pairs.combinations;
    Ids *reference = ids_of_side(pairs, TARGET);
    text_printf("%6s %10s %10s\n", "beam", "exact", "BLEU");
    Plot *plot = plot_open("beams", "beam exact[%] bleu");
    for (int beam = 1; beam <= 8; beam *= 2) {
        TranslateOptions o = { .beam = beam, .length_penalty = 0.6 };
        Ids *written = translations(p, pairs, o);
        double exact = 100 * exact_match(pairs->n, written, reference);
        double score = bleu(pairs->n, written, reference);
        text_printf("%6d %8.1f %% %10.1f\n", beam, exact, score);
        plot_row(plot, beam, exact, score);
    }
    plot_close(plot);
}

/*
:::{figure} 10_translating_well/beams.svg
:name: fig-beams
:alt: BLEU and exact match against the width of the beam, 1 to 8. Both lines are nearly flat.

What a wider beam brings for the combinations.
:::

Here, nothing: about as many fail, however wide the beam. It seems that the model finds
what is wrong more probable; then no search for the most probable sentence can mend it.
Where a sentence has many good translations, a beam has more to choose from.
{quiz} What would you look at, to find out whether the search or the model is to blame?

(sec-chinese)=
## English to Chinese

The same program, the same options, another language.
*/
static void english_to_chinese(void)
{
    examine(pupil(CORPUS_CHINESE, "English to Chinese"));
}

/*
Chinese is the easier one here: no gender, no agreement, no forms of the verb. An
adjective is the same beside every noun, so a combination that is new costs less than
in French. What goes wrong is small, too: a word is left out or is another, a 们 or 了
is missing, or 不 stands where 没 should.

(sec-outside)=
## One step outside

All of this holds inside the grammar, which is the first thing a visitor leaves.
*/
static void outside(void)
{
    const Pupil *p = pupil(CORPUS_FRENCH, "English to French");
    static const char *const sentence[] = {
        "I like deep learning .", "I love Paris .", "She gave me a book .",
        "The red car that she bought is fast .", "zzz qqq",
    };
    const Vocabulary *words = p->pairs.train.words;
    for (int i = 0; i < 5; i++) {
        Pairs one = { 0 };
        pairs_add(&one, sentence[i], ".", 0);
        pairs_encode(&one, &words[SOURCE], &words[TARGET]);
        Ids written = translations(p, &one, (TranslateOptions){ 0 })[0];
        text_printf("%s\n  is read as  %s\n  and becomes %s\n", sentence[i],
                    text_of_ids(&words[SOURCE], pairs_ids(&one, SOURCE, 0)),
                    text_of_ids(&words[TARGET], written));
        pairs_free(&one);
    }
}

/*
The first sentence was taught, word for word. In the others stand words that are not
in the vocabulary, and all of them are read as one `<unknown>`. What the model says
then is sometimes French and sometimes not, and none of it is a translation. (Try
known words, too, in an order that no rule of the grammar makes.) The tool below at
least names the words that it does not know.
{quiz} Why does it not say that it does not know?

(sec-own)=
## Your own sentences

A translator that is trained on pairs of your own, built on these three chapters,
is `chapters/programs/translate.c`. A file of pairs has `source<TAB>target` in each
line:

    build/programs/translate train --data pairs.tsv --save my.ckpt
    echo "They are watching ." | build/programs/translate translate \
        --model my.ckpt --beam 4
    build/programs/translate attend --model my.ckpt --out maps \
        "The red car is fast ."

`corpus french` prints the book's own pairs, to begin with; `--help` after each command
lists its options. `train` goes ten times through the data, at a lower rate than our
lessons, with dropout. Ctrl-C saves, and `--resume` goes on, to the last bit the same.

:::{table} Shape ledger of writing
:name: tab-ledger-writing

| name | shape | meaning |
|:-----|:------|:--------|
| rows | $B k$ | $k$ translations in view of each of $B$ sentences |
| newest tokens | $(B k)$ | one for each row |
| logits of a step | $(B k, V)$ | scores of the next token of each |
| kept keys, values | $(B k, h, r, d/h)$ | room for $r$ tokens, in each layer |
| source's keys, values | $(B k, h, n, d/h)$ | made once, in each layer |
:::

## Claims, and where they are tested

:::{folded} The list
- Kept keys and values give the logits of recomputing all. {test}`tests/10_translating_well.c: cached_and_recomputed_logits_agree`
- Rows of both writers can change places. {test}`tests/10_translating_well.c: writers_agree_and_their_rows_can_change_places`
- A beam with room for everything finds the best translation there is, whatever the length penalty. {test}`tests/10_translating_well.c: beam_search_finds_what_trying_everything_finds`
- A beam of one is the greedy way. {test}`tests/10_translating_well.c: a_beam_of_one_is_the_greedy_way`
- What becomes of a sentence does not depend on its neighbours. {test}`tests/10_translating_well.c: sentences_translate_alone_as_in_a_batch`
- Any model that gives logits can be searched with. {test}`tests/10_translating_well.c: any_model_translates`
- BLEU agrees with a known implementation. {test}`tests/10_translating_well.c: bleu_agrees_with_the_reference_implementation`
- BLEU of short right answers is 0. {test}`tests/10_translating_well.c: bleu_by_hand`
- What is called new was never taught. {test}`tests/corpus.c: nobody_eats_red_apples_or_buys_cats`
:::

## Summary

- Keys and values are kept while writing; nothing else is needed of the past.
- A beam looks for a more probable sentence. Where the model is wrong, it is no help.
- BLEU is for a whole corpus, and means little for a few short sentences.
- New combinations of known words come out right almost as often as known kinds of
  sentence. A kind never seen does not, and the model does not say so.

(sec-exercises-10)=
## Exercises

{exercises}

And two experiments, which no program can mark:

- `make run CH=10 ARGS='--cell english_to_french --seed 2'`. Are the failures of
  the same kinds?
- Add a noun to `chapters/data/lexicon.h`, train again, and ask for it with an
  adjective that it never met.

## Further reading

{cite:t}`wu2016` on beams and length; {cite:t}`papineni2002`, short and clear, on BLEU.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(one_row_instead_of_all);
    cell(short_answers);
    cell(english_to_french);
    cell(beams);
    cell(english_to_chinese);
    cell(outside);
    int status = cell_end();
    for (int i = 0; i < CORPUS_LANGUAGES; i++)
        lesson_free(&pupils[i].pairs);
    return status;
}

/*
# It is all in the mask: GPT, BERT, UniLM

One stack of chapter 8's layers and three masks.
*/
#include "14_masks.h"

#include "05_scaled_dot_product.h"
#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "cell/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_hidden(Mask mask, int prefix, int i, int j)
{
    return (mask == CAUSAL_MASK && j > i)
        || (mask == PREFIX_MASK && j > i && j >= prefix);
}

Tensor *mask_of(Mask mask, int prefix, int n)
{
    Tensor *hidden = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(hidden, i, j) = is_hidden(mask, prefix, i, j);
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

/* Some tokens of each row: their numbers, their places in the text, and whom
 * they may look at. */
typedef struct {
    int B, n;
    int *ids, *places;      /* (B, n) */
    MultiHeadOptions who;
} Tokens;

static Tensor *run(const Stack *s, Tokens t, Memory memory, Pass pass)
{
    int d = s->options.width, last = 0;
    for (int i = 0; i < t.B * t.n; i++)
        last = t.places[i] > last ? t.places[i] : last;
    Tensor *x = t_scale(t_embedding(s->words, t.ids, t.B, t.n), sqrt(d));
    x = t_add(t_last_use(x),
              t_embedding(sinusoids(0, last + 1, d), t.places, t.B, t.n));
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
    int n = a.length, all = n + b.length;
    Tokens t = { .B = b.count, .n = all, .ids = tape_ints(b.count * all),
                 .places = tape_ints(b.count * all) };
    if (s->mask == CAUSAL_MASK && n == 0)
        t.who.causal = true;
    Tensor *hidden = t.who.causal ? NULL : t_zeros(b.count, all, all);
    for (int row = 0; row < b.count; row++) {
        int given = n ? a.lengths[row] : 0;
        for (int j = 0; j < all; j++) {
            bool source = j < n;
            int at = row * all + j;
            t.ids[at] = source ? a.ids[row * n + j]
                               : b.ids[row * b.length + j - n];
            t.places[at] = source ? j : given + j - n;
            bool padding = source ? j >= given : j - n >= b.lengths[row];
            for (int i = 0; hidden && i < all; i++)
                t_at(hidden, row, i, j) = padding
                                        || is_hidden(s->mask, n, i, j);
        }
    }
    t.who.mask = hidden;
    return t;
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

/* ---- writing ------------------------------------------------------------ */

typedef struct {
    const Stack *model;
    Sentences source;
    Kept *kept;
} Writing;

static Tensor *write_token(void *state, const int *ids)
{
    Writing *w = state;
    Kept *k = w->kept;
    Sentences a = w->source;
    if (k->length == k->room)
        T_AT(t_fail("stack_writer: there is room for %d tokens only",
                    k->room - a.length));
    Tokens t = { .B = a.count, .n = 1, .ids = tape_ints(a.count),
                 .places = tape_ints(a.count) };
    Tensor *hidden = t_zeros(a.count, 1, k->length + 1);
    for (int row = 0; row < a.count; row++) {
        int given = a.length ? a.lengths[row] : 0;
        t.ids[row] = ids[row];
        t.places[row] = given + k->length - a.length;
        for (int j = given; j < a.length; j++)
            t_at(hidden, row, 0, j) = 1;
    }
    t.who.mask = a.length ? hidden : NULL;
    Tensor *x = run(w->model, t, kept_memory(k), (Pass){ 0 });
    k->length++;
    return t_reshape(say(w->model, x), a.count, T_INFER);
}

static void reorder_writing(void *state, const int *from)
{
    kept_reorder(((Writing *)state)->kept, from);
}

Writer stack_writer(Model model, Sentences source, int copies, int room)
{
    const Stack *s = model.self;
    if (s->mask == NO_MASK)
        T_AT(t_fail("stack_writer: who looks at later words cannot write"));
    Sentences rows = sentences_repeated(source, copies);
    Writing *w = tape_room(sizeof *w);
    *w = (Writing){ .model = s, .source = rows,
                    .kept = kept_new(s->options, rows.count,
                                     rows.length + room) };
    if (rows.length > 0) {
        Sentences none = { rows.count, 0, rows.ids, tape_ints(rows.count) };
        run(s, in_one_row(s, rows, none), kept_memory(w->kept), (Pass){ 0 });
        w->kept->length = rows.length;
    }
    return (Writer){ w, write_token, reorder_writing };
}

/* ---- holes -------------------------------------------------------------- */

/* Any word of the vocabulary, of n. */
static int any_word(int n, Rng *rng)
{
    return FIRST_WORD + rng_below(rng, n - FIRST_WORD);
}

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
        else if (way < 9)
            ids[i] = any_word(texts->words[TARGET].n, rng);
    }
    batch.target.ids = ids;
    return batch;
}

/* ---- drawing ------------------------------------------------------------ */

/* Of END and all words: the others are nothing to be said. */
static int most_probable(const Tensor *p, const bool *taken)
{
    int best = END;
    for (int token = FIRST_WORD; token < t_size(p); token++)
        if (!(taken && taken[token])
            && ((taken && taken[best]) || t_at(p, token) > t_at(p, best)))
            best = token;
    return best;
}

/* Keeps the most probable tokens: at most k, and no more than it takes to reach
 * the probability top_p. */
static void keep_top(Tensor *p, int k, double top_p)
{
    int V = t_size(p);
    double sum = 0;
    bool *taken = tape_room((size_t)V * sizeof *taken);
    memset(taken, 0, (size_t)V * sizeof *taken);
    for (int i = 0; i < k && sum < top_p; i++) {
        int token = most_probable(p, taken);
        taken[token] = true;
        sum += t_at(p, token);
    }
    for (int token = 0; token < V; token++)
        if (!taken[token])
            t_at(p, token) = 0;
}

Tensor *sampling_weights(Tensor *logits, Sampling o)
{
    int V = t_size(logits), words = V - FIRST_WORD + 1;
    Tensor *never = t_zeros(V);
    for (int token = 0; token < FIRST_WORD; token++)
        t_at(never, token) = token != END;
    Tensor *scores = t_masked_fill(logits, never, -(double)INFINITY);
    double temperature = o.temperature == 0 ? 1 : o.temperature;
    Tensor *p = t_softmax(t_scale(scores, 1 / temperature));
    if (o.top_k || o.top_p > 0)
        keep_top(p, o.top_k && o.top_k < words ? o.top_k : words,
                 o.top_p > 0 ? o.top_p : 1);
    return t_scale(p, 1 / t_item(t_sum(p, T_ALL)));
}

int sample_token(Tensor *logits, Sampling o, Rng *rng)
{
    if (!rng)
        return most_probable(logits, NULL);
    Tensor *p = sampling_weights(logits, o);
    double left = rng_uniform(rng);
    for (int token = END; token < t_size(p); token++)
        if (t_at(p, token) > 0 && (left -= (double)t_at(p, token)) < 0)
            return token;
    return most_probable(p, NULL);      /* the sum fell short of 1 by a hair */
}

/* ---- writing on --------------------------------------------------------- */

void write_on(Model model, int count, const Ids *source, const Ids *begun,
              WriteOptions o, Ids *written)
{
    bool recorded = tape_record(false);
    int longest = 0, *newest = tape_ints(count), open = count;
    for (int i = 0; i < count; i++) {
        longest = begun[i].n > longest ? begun[i].n : longest;
        written[i] = (Ids){ 0, tape_ints(o.longest + 1) };
        newest[i] = START;
    }
    Ids *nothing = ids_room(count);
    for (int i = 0; i < count; i++)
        nothing[i] = (Ids){ 0, NULL };
    Sentences given = sentences_of(count, source ? source : nothing, false);
    Writer writer = (o.writer ? o.writer : recomputing_writer)(
        model, given, 1, longest + o.longest + 1);
    bool *closed = tape_room((size_t)count * sizeof *closed);
    memset(closed, 0, (size_t)count * sizeof *closed);
    for (int t = 0; open > 0; t++) {
        TapeMark mark = tape_mark();
        Tensor *logits = writer.step(writer.state, newest);
        for (int i = 0; i < count; i++) {
            if (closed[i] || t < begun[i].n) {
                newest[i] = closed[i] ? PAD : begun[i].id[t];
                continue;
            }
            Tensor *row = t_reshape(t_slice(logits, 0, i, i + 1), T_INFER);
            newest[i] = sample_token(row, o.sampling, o.rng);
            if (newest[i] != END)
                written[i].id[written[i].n++] = newest[i];
            closed[i] = newest[i] == END || newest[i] == o.stop
                     || written[i].n == o.longest;
            open -= closed[i];
        }
        tape_release(mark);
    }
    tape_record(recorded);
}

/* ---- stories ------------------------------------------------------------ */

typedef struct {
    Stories *stories;
    int asked;
    Rng rng;
} Reading;

static void append(char *out, const char *text)
{
    strcat(strcat(out, *out ? " " : ""), text);
}

static void take_story(const Story *story, void *reading)
{
    Reading *r = reading;
    char rest[4000] = "", whole[8000];
    int order[64];
    rng_permutation(&r->rng, story->questions, order);
    for (int i = 0; i < r->asked && i < story->questions; i++) {
        append(rest, story->question[order[i]].question);
        append(rest, story->question[order[i]].answer);
    }
    append(rest, "Summary :");
    append(rest, story->summary);
    snprintf(whole, sizeof whole, "%s %s", story->text, rest);
    pairs_add(&r->stories->texts, NULL, whole, 0);
    pairs_add(&r->stories->pairs, story->text, rest, 0);
}

Stories stories_read(StorySplit split, int most, int asked, uint64_t seed,
                     const Vocabulary *words)
{
    Stories s = { 0 };
    Reading r = { &s, asked, rng_named(seed, "questions") };
    stories(split, most, take_story, &r);
    if (words)
        pairs_encode(&s.texts, words, words);
    else
        pairs_sort_words(&s.texts, 1);
    const Vocabulary *numbers = words ? words : &s.texts.words[TARGET];
    pairs_encode(&s.pairs, numbers, numbers);
    return s;
}

void stories_free(Stories *s)
{
    pairs_free(&s->texts);
    pairs_free(&s->pairs);
}

void stack_answer(const Stack *s, int count, const Ids *story,
                  const Ids *question, WriteOptions o, Ids *answer)
{
    bool prefix = s->mask == PREFIX_MASK;
    Ids *begun = ids_room(count);
    for (int i = 0; i < count; i++) {
        Ids a = story[i], b = question[i];
        begun[i] = prefix ? b : (Ids){ a.n + b.n, tape_ints(a.n + b.n + 1) };
        for (int k = 0; !prefix && k < a.n + b.n; k++)
            begun[i].id[k] = k < a.n ? a.id[k] : b.id[k - a.n];
    }
    o.writer = stack_writer;
    write_on(stack_model(s), count, prefix ? story : NULL, begun, o, answer);
}

static int kind_of(const char *question)
{
    static const struct {
        const char *begins;
        int kind;
    } kinds[] = {
        { "Where is the", WHERE_THING }, { "Where", WHERE_BEING },
        { "What does", WHAT_HAS }, { "What is", WHAT_LIKE },
        { "Who has", WHO_HAS }, { "Who had", WHO_FIRST },
        { "Who gave", WHO_GAVE }, { "Who was", WHO_FELT },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(question, kinds[i].begins, strlen(kinds[i].begins)) == 0)
            return kinds[i].kind;
    return SUMMARY;
}

/* Questions that wait to be asked, together. */
enum { TOGETHER = 96 };
typedef struct {
    const Stack *model;
    const Vocabulary *words;
    int n, kind[TOGETHER];
    Ids story[TOGETHER], question[TOGETHER], answer[TOGETHER];
    Marks marks;
} Asking;

static void ask_all(Asking *a)
{
    Ids given[TOGETHER];
    stack_answer(a->model, a->n, a->story, a->question,
                 (WriteOptions){ .longest = 60,
                                 .stop = vocabulary_find(a->words, ".") }, given);
    for (int i = 0; i < a->n; i++) {
        a->marks.asked[a->kind[i]]++;
        a->marks.right[a->kind[i]] += ids_equal(given[i], a->answer[i]);
        free(a->story[i].id);
        free(a->question[i].id);
        free(a->answer[i].id);
    }
    a->n = 0;
}

static void ask(Asking *a, const Story *s, const char *question,
                const char *answer)
{
    TapeMark mark = tape_mark();
    a->kind[a->n] = kind_of(question);
    a->story[a->n] = vocabulary_encode(a->words, s->text);
    a->question[a->n] = vocabulary_encode(a->words, question);
    a->answer[a->n++] = vocabulary_encode(a->words, answer);
    if (a->n == TOGETHER)
        ask_all(a);
    tape_release(mark);
}

static void ask_about(const Story *s, void *asking)
{
    ask(asking, s, "Summary :", s->summary);
    for (int i = 0; i < s->questions; i++)
        ask(asking, s, s->question[i].question, s->question[i].answer);
}

Marks stories_examine(const Stack *s, const Vocabulary *words, StorySplit split,
                      int most)
{
    Asking *a = tape_room(sizeof *a);
    *a = (Asking){ .model = s, .words = words };
    stories(split, most, ask_about, a);
    if (a->n)
        ask_all(a);
    return a->marks;
}

double marks_share(Marks m)
{
    int asked = 0, right = 0;
    for (int kind = SUMMARY + 1; kind < QUESTION_KINDS; kind++) {
        asked += m.asked[kind];
        right += m.right[kind];
    }
    return asked ? (double)right / asked : 0;
}

int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(three_masks);
    return cell_end();
}

/*
# Translating well

Chapter 8 wrote each word by computing everything anew.
*/
#include "10_translating_well.h"

#include "cell/cell.h"
#include "cell/plot.h"
#include "cell/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Room for a writer's state, which lives as long as what it points to. */
static void *state_room(size_t bytes)
{
    return tape_ints((int)(bytes / sizeof(int)) + 1);
}

/* Each source sentence `copies` times. */
static Sentences repeated(Sentences source, int copies)
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
    Recomputing *w = state_room(sizeof *w);
    *w = (Recomputing){ .model = model, .source = repeated(source, copies),
                        .room = room };
    w->read = tape_ints(w->source.count * room);
    w->spare = tape_ints(w->source.count * room);
    return (Writer){ w, recompute, reorder_what_was_written };
}

/* A decoder at work: what it has written so far, as keys and values. */
typedef struct {
    const Transformer *model;
    int rows, length, room;         /* tokens so far, and at most */
    KeysValues kept[MAX_LAYERS];    /* (rows, h, room, d/h) */
    Context context;
} Cache;

/* Appends one token's row to the rows that are kept; returns all so far. */
static Tensor *keep_row(Tensor *kept, Tensor *row, int length)
{
    t_assign(t_slice(kept, 2, length, length + 1), row);
    return t_slice(kept, 2, 0, length + 1);
}

static KeysValues remember(void *memory, int layer, KeysValues now)
{
    Cache *c = memory;
    return (KeysValues){ keep_row(c->kept[layer].k, now.k, c->length),
                         keep_row(c->kept[layer].v, now.v, c->length) };
}

static Tensor *write_with_cache(void *state, const int *ids)
{
    Cache *c = state;
    if (c->length == c->room)
        t_fail("transformer_writer: there is room for %d tokens only", c->room);
    Tensor *logits = transformer_decode(c->model, c->context, ids, c->rows, 1,
                                        c->length, (Pass){ 0 });
    c->length++;
    return t_reshape(logits, c->rows, T_INFER);
}

/* Rows `from` of x, of which there are as many as before. */
static Tensor *pick(Tensor *x, const int *from)
{
    int rows = t_dim(x, 0);
    Tensor *flat = t_reshape(x, rows, T_INFER);
    return t_reshape_shape(t_embedding(flat, from, rows), x->shape);
}

static void reorder_cache(void *state, const int *from)
{
    Cache *c = state;
    for (int i = 0; i < c->model->options.layers; i++) {
        t_assign(c->kept[i].k, pick(c->kept[i].k, from));
        t_assign(c->kept[i].v, pick(c->kept[i].v, from));
    }
}

Writer transformer_writer(Model model, Sentences source, int copies, int room)
{
    const Transformer *t = model.self;
    int h = t->options.heads, each = t->options.width / h;
    Sentences rows = repeated(source, copies);
    Cache *c = state_room(sizeof *c);
    *c = (Cache){ .model = t, .rows = rows.count, .room = room };
    c->context = transformer_context(
        t, transformer_encode(t, rows, (Pass){ 0 }), rows);
    c->context.remember = remember;
    c->context.memory = c;
    for (int i = 0; i < t->options.layers; i++)
        c->kept[i] = (KeysValues){ t_zeros(c->rows, h, room, each),
                                   t_zeros(c->rows, h, room, each) };
    return (Writer){ c, write_with_cache, reorder_cache };
}

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
    Dealt *order = (Dealt *)tape_ints(count * 4);
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


int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    return cell_end();
}

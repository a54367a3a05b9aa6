/* attention_tiles.c -- softmax(Q K^T / sqrt(d_k)) V without the table of scores.
 *
 * A tile is what some queries make of some keys. It is small enough for the
 * cache, and is overwritten by the next: memory grows with n + m, not with n m,
 * and no score ever travels to main memory and back (Dao et al. 2022). For this
 * softmax must do with one pass (Milakov, Gimelshein 2018). Of each query it
 * keeps the largest score so far, max, the sum of e^(score - max), and the
 * same sum of values, which is the row of the result. A tile with a larger
 * score brings a new max', and what was summed so far is multiplied by
 * e^(max - max').
 *
 * Backward, max and sum are all that is needed to make the weights again,
 * tile by tile. With P the weights, dP = dO V^T, and a = sum_j P_j dP_j = dO O:
 *
 *     dS = P (dP - a) / sqrt(d_k)
 *     dV += P^T dO,   dQ += dS K,   dK += dS^T Q
 *
 * The logits z behind the weights are q . k / sqrt(d_k), or with options
 * c tanh(q . k scale / c) + bias. The slope of the lid, 1 - tanh^2, is a factor
 * of dS; the gradient of the bias is P (dP - a), summed where it is repeated.
 * Where several heads of queries share one of keys, dK and dV are summed over
 * them. Tiles of which nothing may be seen are left out.
 *
 * Forward, 8 heads of 64 numbers over 2048 tokens take 4 MiB instead of 392,
 * and 0.8 of the time that the table takes (PyTorch 1.13, which has the table
 * too: a quarter of the time). tests/plain.c has the formula in plain loops.
 */
#include "tensor/attention_tiles.h"
#include "tensor/attention_seen.h"
#include "tensor/gemm.h"
#include "base/parallel.h"
#include "tensor/rows.h"

enum {
    LARGE = 192,        /* queries of a tile, and its keys backward: for each
                         * tile gemm() packs the keys, with 96 more often */
    SMALL = LARGE / 2,  /* where nothing is packed; and if causal, so that less
                         * of a tile is above the diagonal */
    KEYS = 256,         /* of a tile forward */
    LONG = 2 * LARGE,   /* more queries: keys are turned for all their tiles */
    PITCH = KEYS + LANES,   /* not a power of 2: rows of turned keys are spread
                             * over the cache */
    PIECES = 16,        /* for the threads, if the sizes allow as many */
    GROUP = 1 << 17,    /* multiplications that make a piece worth its while */
};

static int pieces_of(int n, int size) { return (n + size - 1) / size; }

/* The matrix of keys for one of queries. (A division takes its time.) */
static int keys_of(const Attention *a, int head)
{
    return a->group == 1 ? head : head / a->group;
}

/* Matrix number i of the stack x, whose numbers or gradients start at `at`. */
static Matrix head_of(const Tensor *x, real *at, int i)
{
    int n = x->shape.n;
    for (int axis = n - 3; axis >= 0; axis--) {
        at += i % x->shape.dim[axis] * x->stride[axis];
        i /= x->shape.dim[axis];
    }
    return (Matrix){ at, x->stride[n - 2], x->stride[n - 1] };
}

/* ---- a tile ------------------------------------------------------------- */

/* The queries row, row + 1, ... and the keys column, column + 1, ... of one
 * matrix of the stack. */
typedef struct {
    int head, row, rows, column, columns;
    int pitch;          /* columns, filled up to whole vectors */
} Tile;

static Tile tile_at(int head, int row, int rows, int column, int columns)
{
    return (Tile){ head, row, rows, column, columns,
                   pieces_of(columns, LANES) * LANES };
}

static Matrix numbers_of(const Tile *t, real *tile)
{
    return (Matrix){ tile, t->pitch, 1 };
}

/* All the scratch there is, 432 KiB for each thread: one tile forward, two
 * backward, three under a lid. In the second level of cache while it is worked
 * on. */
static real *scratch(int which)
{
    static _Alignas(64) _Thread_local real room[3 * LARGE * LARGE];
    return room + which * LARGE * LARGE;
}
_Static_assert(LARGE * KEYS <= 3 * LARGE * LARGE, "a tile fits its room");

/* The scores of a tile, which become its weights. */
static real *table(const Attention *a, const Tile *t)
{
    if (!a->weights)
        return scratch(0);
    return a->weights + ((ptrdiff_t)t->head * a->n + t->row) * t->pitch;
}

/* A stack of tables such as mask and bias, where the tile begins. */
static Matrix part_of(const Tensor *x, real *at, const Tile *t)
{
    return from(head_of(x, at, t->head), t->row, t->column);
}

/* -infinity where a query may not look, and in the filling of its row. */
static void hide(const Attention *a, const Tile *t, real *score)
{
    Matrix mask = { 0 };
    if (a->mask)
        mask = part_of(a->mask, data_of(a->mask), t);
    Limits limits = { 0 };
    if (a->limited)
        limits = limits_of(a, t->head);
    for (int i = 0; i < t->rows; i++, score += t->pitch) {
        int first = 0, seen = t->columns;
        if (a->limited) {
            Range r = seen_by(limits, t->row + i);
            first = smaller(seen, larger(0, r.from - t->column));
            seen = smaller(seen, larger(first, r.to - t->column));
        }
        for (int j = 0; j < first; j++)
            score[j] = -(real)INFINITY;
        for (int j = seen; j < t->pitch; j++)
            score[j] = -(real)INFINITY;
        if (!a->mask)
            continue;
        const real *may_not = mask.at + i * mask.row;
        for (int j = first; j < seen; j++)
            score[j] = may_not[j * mask.column] != 0 ? -(real)INFINITY
                                                     : score[j];
    }
}

/* Inner products s become c tanh(scale s / c) + bias. `slope`, if wanted, is
 * that of the lid, 1 - tanh^2. */
static void adjust(const Attention *a, const Tile *t, real *score, real *slope)
{
    Matrix bias = { 0 };
    if (a->bias)
        bias = part_of(a->bias, data_of(a->bias), t);
    for (int i = 0; i < t->rows; i++, score += t->pitch) {
        for (int j = 0; j < t->columns; j++)
            score[j] *= a->scale;
        for (int j = 0; a->lid != 0 && j < t->columns; j++) {
            real lifted = tanh_of(score[j] / a->lid);
            score[j] = a->lid * lifted;
            if (slope)
                slope[i * t->pitch + j] = 1 - lifted * lifted;
        }
        const real *add = a->bias ? bias.at + i * bias.row : NULL;
        for (int j = 0; add && j < t->columns; j++)
            score[j] += add[j * bias.column];
    }
}

/* ---- keys, turned -------------------------------------------------------- *
 * Q K^T reads keys number by number, not key by key. If many tiles of queries
 * will, keys are transposed once for all: over 2048 tokens, a tenth of the time
 * is saved. */

/* Those of one matrix of keys, from a column that whole vectors begin with. */
static real *turned_keys(const Attention *a, int keys, int column)
{
    ptrdiff_t tile = (ptrdiff_t)keys * pieces_of(a->m, KEYS) + column / KEYS;
    return a->turned + tile * a->d_k * PITCH + column % KEYS;
}

static size_t turned_size(const Attention *a)
{
    return (size_t)(a->count / a->group) * (size_t)pieces_of(a->m, KEYS)
         * (size_t)a->d_k * PITCH;
}

/* One tile of keys: (d_k, PITCH), 0 beyond the last. */
static void turn_keys(int i, const void *arg)
{
    const Attention *a = arg;
    int tiles = pieces_of(a->m, KEYS), column = i % tiles * KEYS;
    int columns = smaller(KEYS, a->m - column);
    Matrix k = from(head_of(a->k, data_of(a->k), i / tiles), column, 0);
    real *to = turned_keys(a, i / tiles, column);
    for (int first = 0; first < columns; first += LANES)
        for (int l = 0; l < a->d_k; l++)
            for (int j = first; j < first + LANES; j++)
                to[l * PITCH + j] = j < columns ? k.at[j * k.row + l * k.column]
                                                : 0;
}

/* ---- scores and their exponentials --------------------------------------- */

/* The scores of a tile: inner products, of which exponentials() takes the
 * factor, or what options make of them. */
static void scores(const Attention *a, const Tile *t, real *tile, real *slope)
{
    int keys = keys_of(a, t->head);
    Matrix q = from(head_of(a->q, data_of(a->q), t->head), t->row, 0);
    Matrix k = from(head_of(a->k, data_of(a->k), keys), t->column, 0);
    if (a->turned)
        gemm(t->rows, t->pitch, a->d_k, q,
             (Matrix){ turned_keys(a, keys, t->column), PITCH, 1 },
             numbers_of(t, tile), false);
    else
        gemm(t->rows, t->columns, a->d_k, q, transposed(k),
             numbers_of(t, tile), false);
    if (a->adjusts)
        adjust(a, t, tile, slope);
    hide(a, t, tile);
}

/* s_j -> e^(factor s_j - max); the sum. n: a multiple of LANES. */
static real exponentials(int n, real *s, real factor, real max)
{
    real part[LANES] = { 0 };
    for (int j = 0; j < n; j += LANES)
        for (int k = 0; k < LANES; k++) {
            s[j + k] = exp_below(s[j + k] * factor - max);
            part[k] += s[j + k];
        }
    return join_sum(part);
}

static void scale_row(int n, real *x, real factor)
{
    for (int j = 0; j < n; j++)
        x[j] *= factor;
}

/* ---- forward ------------------------------------------------------------ */

/* Scores become e^(score - max). If that max is new, what the row has summed
 * in other tiles before shrinks. */
static void soften(const Attention *a, const Tile *t, real *score, real *max,
                   real *sum, Matrix out, bool others)
{
    for (int i = 0; i < t->rows; i++, score += t->pitch) {
        real top = row_max(t->pitch, score, 1) * a->factor;
        top = top > max[i] ? top : max[i];
        real base = top == -(real)INFINITY ? 0 : top;   /* sees nothing yet */
        real shrink = exp_below(max[i] - base);
        if (others && shrink != 1)
            scale_row(a->d_v, out.at + i * out.row, shrink);
        sum[i] = sum[i] * shrink
               + exponentials(t->pitch, score, a->factor, base);
        max[i] = top;
    }
}

/* What is kept of each query. One that sees nothing has share 0. */
static void keep(int rows, real *max, const real *sum, real *share)
{
    for (int i = 0; i < rows; i++) {
        max[i] = sum[i] == 0 ? 0 : max[i];
        share[i] = sum[i] == 0 ? 0 : 1 / sum[i];
    }
}

static void scale_rows(int rows, int n, Matrix x, const real *factor)
{
    for (int i = 0; i < rows; i++)
        scale_row(n, x.at + i * x.row, factor[i]);
}

/* The keys that some queries look at, from a whole vector on. There is one at
 * least, even if all are hidden; and all, if backward is to find them. */
static Range looked_at(const Attention *a, int head, int row, int rows)
{
    if (a->weights)
        return (Range){ 0, a->m };
    Range r = seen_by_rows(a, head, row, rows);
    if (r.from >= r.to)
        return (Range){ 0, 1 };
    r.from -= r.from % LANES;
    return r;
}

/* All that some queries look at. Where one tile holds it, e^(score - max) is
 * made into weights before they mix the values, and the result is that of the
 * table to the last bit; otherwise the mixture is divided by the sum. */
static void forward_rows(const Attention *a, int head, int row)
{
    int rows = smaller(a->rows, a->n - row), next;
    Range keys = looked_at(a, head, row, rows);
    bool one_tile = keys.from / KEYS == (keys.to - 1) / KEYS;
    real *max = a->max + (ptrdiff_t)head * a->n + row;
    real *share = a->share + (ptrdiff_t)head * a->n + row;
    real sum[LARGE];
    Matrix out = from(head_of(a->out, data_of(a->out), head), row, 0);
    Matrix v = head_of(a->v, data_of(a->v), keys_of(a, head));
    for (int i = 0; i < rows; i++) {
        max[i] = -(real)INFINITY;
        sum[i] = 0;
    }
    for (int column = keys.from; column < keys.to; column = next) {
        next = smaller(keys.to, (column / KEYS + 1) * KEYS);
        Tile t = tile_at(head, row, rows, column, next - column);
        real *tile = table(a, &t);
        scores(a, &t, tile, NULL);
        soften(a, &t, tile, max, sum, out, column > keys.from);
        if (next == keys.to)
            keep(rows, max, sum, share);
        if (one_tile)
            scale_rows(rows, t.pitch, numbers_of(&t, tile), share);
        gemm(rows, a->d_v, t.columns, numbers_of(&t, tile), from(v, column, 0),
             out, column > keys.from);
    }
    if (!one_tile)
        scale_rows(rows, a->d_v, out, share);
}

/* Small matrices are done several at a time: a thread that has claimed some is
 * busy for longer than claiming takes. */
static int group_size(const Attention *a, int pieces)
{
    double work = (double)a->count * a->n * a->m * (a->d_k + a->d_v) / pieces;
    return work >= GROUP ? 1 : (int)(GROUP / work) + 1;
}

static void forward_group(int group, const void *arg)
{
    const Attention *a = arg;
    int tiles = pieces_of(a->n, a->rows), all = a->count * tiles;
    int size = group_size(a, all);
    for (int i = group * size; i < smaller((group + 1) * size, all); i++)
        forward_rows(a, i / tiles, i % tiles * a->rows);
}

static void run(const Attention *a, int pieces, void (*body)(int, const void *),
                const void *arg)
{
    int groups = pieces_of(pieces, group_size(a, pieces));
    parallel_for(groups > 1, groups, body, arg);
}

/* What backward needs of each query, and forward for it. */
static void make_room(Attention *a, bool records)
{
    size_t queries = (size_t)(a->count * a->n);
    a->max = tape_room(queries * sizeof(real));
    a->share = tape_room(queries * sizeof(real));
    int pitch = tile_at(0, 0, a->n, 0, a->m).pitch;
    if (records && a->lid == 0 && pitch <= smaller(a->d_k, SMALL))
        a->weights = tape_room(queries * (size_t)pitch * sizeof(real));
}

void tiles_forward(Attention *a, bool records)
{
    bool narrow = a->causal || a->window;
    a->rows = narrow || a->n > LONG ? SMALL : LARGE;
    a->side = narrow ? SMALL : LARGE;
    make_room(a, records);
    TapeMark mark = tape_mark();
    if (a->n > LONG) {
        a->turned = tape_room(turned_size(a) * sizeof(real));
        parallel_for(true, a->count / a->group * pieces_of(a->m, KEYS),
                     turn_keys, a);
    }
    run(a, a->count * pieces_of(a->n, a->rows), forward_group, a);
    a->turned = NULL;
    tape_release(mark);
}

/* ---- backward ----------------------------------------------------------- */

/* Where a gradient is added up: `at`, in the layout of x. */
typedef struct {
    Tensor *x;
    real *at;           /* NULL: not wanted */
    bool fresh;         /* holds nothing yet, and each number comes but once */
} Sum;

typedef struct {
    const Attention *a;
    real *d_out, *d_bias;       /* d_bias: or NULL */
    int parts;          /* of the keys of one matrix */
    int in_turn;        /* matrices of keys that one thread takes, in order */
    Sum q[PIECES], k, v;
} Backward;

/* Scores become weights once more. */
static void weights(const Attention *a, const Tile *t, real *p)
{
    ptrdiff_t first = (ptrdiff_t)t->head * a->n + t->row;
    for (int i = 0; i < t->rows; i++, p += t->pitch) {
        exponentials(t->pitch, p, a->factor, a->max[first + i]);
        scale_row(t->pitch, p, a->share[first + i]);
    }
}

/* dP becomes the gradient of the logits, times factor. The average of dP is
 * dO O; where a tile holds the whole row it is taken as from the table. */
static void slopes(const Attention *a, const Tile *t, const real *p, real *d_p,
                   Matrix d_out)
{
    Matrix out = from(head_of(a->out, data_of(a->out), t->head), t->row, 0);
    for (int i = 0; i < t->rows; i++, p += t->pitch, d_p += t->pitch) {
        for (int j = t->columns; j < t->pitch; j++)
            d_p[j] = 0;
        real average = t->columns == a->m
                           ? row_dot(t->pitch, p, d_p)
                           : row_dot(a->d_v, d_out.at + i * d_out.row,
                                     out.at + i * out.row);
        for (int j = 0; j < t->pitch; j++)
            d_p[j] = p[j] * (d_p[j] - average) * a->factor;
    }
}

/* The same, where options stand between logits and inner products: the bias
 * takes its part, and the rest goes down the slope of the lid. */
static void slopes_through(const Backward *b, const Tile *t, real *d,
                           const real *slope)
{
    const Attention *a = b->a;
    Matrix bias = { 0 };
    if (b->d_bias)
        bias = part_of(a->bias, b->d_bias, t);
    for (int i = 0; i < t->rows; i++, d += t->pitch, slope += t->pitch) {
        real *to = b->d_bias ? bias.at + i * bias.row : NULL;
        for (int j = 0; to && j < t->columns; j++)
            to[j * bias.column] += d[j];
        for (int j = 0; j < t->columns; j++)
            d[j] *= a->lid != 0 ? a->scale * slope[j] : a->scale;
    }
}

static Matrix sum_at(const Sum *s, int head, int row)
{
    return from(head_of(s->x, s->at, head), row, 0);
}

static void backward_tile(const Backward *b, const Tile *t, int part)
{
    const Attention *a = b->a;
    int keys = keys_of(a, t->head);
    real *p = table(a, t), *d_p = scratch(1);
    Matrix d_out = from(head_of(a->out, b->d_out, t->head), t->row, 0);
    Matrix q = from(head_of(a->q, data_of(a->q), t->head), t->row, 0);
    Matrix k = from(head_of(a->k, data_of(a->k), keys), t->column, 0);
    Matrix v = from(head_of(a->v, data_of(a->v), keys), t->column, 0);
    if (!a->weights) {
        scores(a, t, p, scratch(2));
        weights(a, t, p);
    }
    gemm(t->rows, t->columns, a->d_v, d_out, transposed(v),
         numbers_of(t, d_p), false);
    slopes(a, t, p, d_p, d_out);
    if (a->adjusts)
        slopes_through(b, t, d_p, scratch(2));
    if (b->v.at)
        gemm(t->columns, a->d_v, t->rows, transposed(numbers_of(t, p)), d_out,
             sum_at(&b->v, keys, t->column), !b->v.fresh);
    if (b->k.at)
        gemm(t->columns, a->d_k, t->rows, transposed(numbers_of(t, d_p)), q,
             sum_at(&b->k, keys, t->column), !b->k.fresh);
    const Sum *d_q = &b->q[part];
    if (d_q->at)
        gemm(t->rows, a->d_k, t->columns, numbers_of(t, d_p), k,
             sum_at(d_q, t->head, t->row), !d_q->fresh);
}

/* Whether a tile can be left out: none of its queries sees any of its keys. If
 * it is all there is, the gradients it sets are zeros. */
static bool all_hidden(const Attention *a, const Tile *t)
{
    Range seen = seen_by_rows(a, t->head, t->row, t->rows);
    bool only_one = t->rows == a->n && t->columns == a->m;
    return !only_one && (seen.from >= t->column + t->columns
                         || seen.to <= t->column);
}

/* One part of the keys of one matrix, and all queries that see them. */
static void backward_part(const Backward *b, int keys, int part)
{
    const Attention *a = b->a;
    for (int head = keys * a->group; head < (keys + 1) * a->group; head++)
        for (int column = part * a->side; column < a->m;
             column += b->parts * a->side)
            for (int row = 0; row < a->n; row += a->side) {
                Tile t = tile_at(head, row, smaller(a->side, a->n - row),
                                 column, smaller(a->side, a->m - column));
                if (!all_hidden(a, &t))
                    backward_tile(b, &t, part);
            }
}

static int backward_pieces(const Backward *b)
{
    return b->a->count / b->a->group / b->in_turn * b->parts;
}

static void backward_group(int group, const void *arg)
{
    const Backward *b = arg;
    int all = backward_pieces(b), size = group_size(b->a, all);
    for (int i = group * size; i < smaller((group + 1) * size, all); i++)
        for (int turn = 0; turn < b->in_turn; turn++)
            backward_part(b, i / b->parts * b->in_turn + turn, i % b->parts);
}

/* In the gradient of x itself. */
static Sum sum_in(Tensor *x, bool comes_once)
{
    Gradient to = gradient_of(x, comes_once);
    return (Sum){ x, to.at, to.fresh };
}

/* In zeros of its own, if it is wanted, where no other thread adds. */
static Sum sum_apart(Tensor *x)
{
    if (!x->buffer->wants_grad)
        return (Sum){ .x = x };
    Tensor *zeros = t_zeros_shape(x->shape);
    return (Sum){ .x = zeros, .at = data_of(zeros) };
}

static void hand_over(const Sum *s, Tensor *x)
{
    if (s->at && s->x != x)
        walk_add(x->shape, operand(grad_of(x), x, x->shape),
                 operand(s->at, s->x, x->shape));
}

/* Parts of the keys run at once and all add to dQ: each has a sum of its own,
 * and these are added in order, so that threads change nothing. How many parts
 * depends on the sizes alone. The gradient of a bias has one sum, to which
 * matrices add in turn. */
static void divide(Backward *b)
{
    const Attention *a = b->a;
    int matrices = a->count / a->group, parts = pieces_of(a->m, a->side);
    b->in_turn = 1;
    if (b->d_bias) {
        b->in_turn = matrices;
        matrices = 1;
        if (a->bias->stride[a->bias->shape.n - 1] == 0)
            parts = 1;      /* would add to the same */
    }
    b->parts = larger(1, smaller(PIECES / matrices, parts));
}

/* Inputs that are views of one tensor may overlap; they are summed apart. */
void tiles_backward(Tensor *out)
{
    Attention *a = out->saved;
    Buffer *q = a->q->buffer, *k = a->k->buffer, *v = a->v->buffer;
    Buffer *bias = a->bias ? a->bias->buffer : NULL;
    bool one_tensor = q == k || q == v || k == v || bias == q || bias == k
                   || bias == v;
    Backward b = { .a = a, .d_out = grad_of(out),
                   .d_bias = bias ? grad_of(a->bias) : NULL };
    divide(&b);
    /* dQ of a query comes from one tile if all keys are in it, dK and dV of a
     * key if all queries are; if no tile is left out. */
    bool one_column = a->m <= a->side, one_row = a->n <= a->side;
    bool all = !a->limited || (one_column && one_row);
    one_column = one_column && all;
    one_row = one_row && all && a->group == 1;
    Tensor *in[] = { a->q, a->k, a->v };
    bool comes_once[] = { one_column, one_row, one_row };
    Sum *sum[] = { &b.q[0], &b.k, &b.v };
    for (int i = 0; i < 3; i++)     /* gradients are there before the mark */
        *sum[i] = sum_in(in[i], comes_once[i] && !one_tensor);
    TapeMark mark = tape_mark();
    if (one_tensor)
        for (int i = 0; i < 3; i++)
            *sum[i] = sum_apart(in[i]);
    for (int part = 1; part < b.parts; part++)
        b.q[part] = sum_apart(a->q);
    run(a, backward_pieces(&b), backward_group, &b);
    for (int part = 0; part < b.parts; part++)
        hand_over(&b.q[part], a->q);
    hand_over(&b.k, a->k);
    hand_over(&b.v, a->v);
    tape_release(mark);
}

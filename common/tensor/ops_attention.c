/* ops_attention.c -- softmax(Q K^T / sqrt(d_k)) V without the table of scores.
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
 * Forward, 8 heads of 64 numbers over 2048 tokens take 4 MiB instead of 392,
 * and 0.8 of the time that the table takes (PyTorch 1.13, which has the table
 * too: a quarter of the time). tests/plain.c has the formula in plain loops.
 */
#include "tensor/ops.h"
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

typedef struct {
    int n, m, d_k, d_v;
    int count;          /* matrices in the stack: batch x heads */
    real factor;        /* 1 / sqrt(d_k) */
    bool causal;
    int rows;           /* of a tile forward: LARGE or SMALL */
    int side;           /* of a tile backward: the same */
    Tensor *mask;       /* (..., n, m), or NULL */
    Tensor *q, *k, *v, *out;
    real *turned;       /* all keys, while forward runs; or NULL */
    real *max;          /* of each query: its largest score, or 0 */
    real *share;        /* 1 / sum of e^(score - max), or 0 */
    real *weights;      /* all of them, if they take no more room than q: need
                         * not be made again, which is a fifth of the way back.
                         * Else NULL */
} Attention;

static int pieces_of(int n, int size) { return (n + size - 1) / size; }

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

/* All the scratch there is, 288 KiB for each thread: one tile forward, two
 * backward. In the second level of cache while it is worked on. */
static real *scratch(int which)
{
    static _Alignas(64) _Thread_local real room[2 * LARGE * LARGE];
    return room + which * LARGE * LARGE;
}
_Static_assert(LARGE * KEYS <= 2 * LARGE * LARGE, "a tile fits its room");

/* The scores of a tile, which become its weights. */
static real *table(const Attention *a, const Tile *t)
{
    if (!a->weights)
        return scratch(0);
    return a->weights + ((ptrdiff_t)t->head * a->n + t->row) * t->pitch;
}

/* -infinity where a query may not look, and in the filling of its row. */
static void hide(const Attention *a, const Tile *t, real *score)
{
    Matrix mask = { 0 };
    if (a->mask)
        mask = from(head_of(a->mask, data_of(a->mask), t->head), t->row, t->column);
    for (int i = 0; i < t->rows; i++, score += t->pitch) {
        int seen = t->columns;
        if (a->causal)
            seen = smaller(seen, larger(0, t->row + i + 1 - t->column));
        for (int j = seen; j < t->pitch; j++)
            score[j] = -(real)INFINITY;
        if (!a->mask)
            continue;
        const real *may_not = mask.at + i * mask.row;
        for (int j = 0; j < seen; j++)
            score[j] = may_not[j * mask.column] != 0 ? -(real)INFINITY
                                                     : score[j];
    }
}

/* ---- keys, turned -------------------------------------------------------- *
 * Q K^T reads keys number by number, not key by key. If many tiles of queries
 * will, keys are transposed once for all: over 2048 tokens, a tenth of the time
 * is saved. */

static real *turned_keys(const Attention *a, int head, int column)
{
    ptrdiff_t tile = (ptrdiff_t)head * pieces_of(a->m, KEYS) + column / KEYS;
    return a->turned + tile * a->d_k * PITCH;
}

static size_t turned_size(const Attention *a)
{
    return (size_t)a->count * (size_t)pieces_of(a->m, KEYS) * (size_t)a->d_k
         * PITCH;
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

/* The inner products of the queries and keys of a tile; the factor comes
 * later. */
static void scores(const Attention *a, const Tile *t, real *tile)
{
    Matrix q = from(head_of(a->q, data_of(a->q), t->head), t->row, 0);
    Matrix k = from(head_of(a->k, data_of(a->k), t->head), t->column, 0);
    if (a->turned)
        gemm(t->rows, t->pitch, a->d_k, q,
             (Matrix){ turned_keys(a, t->head, t->column), PITCH, 1 },
             numbers_of(t, tile), false);
    else
        gemm(t->rows, t->columns, a->d_k, q, transposed(k),
             numbers_of(t, tile), false);
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
 * before shrinks. */
static void soften(const Attention *a, const Tile *t, real *score, real *max,
                   real *sum, Matrix out)
{
    for (int i = 0; i < t->rows; i++, score += t->pitch) {
        real top = row_max(t->pitch, score, 1) * a->factor;
        top = top > max[i] ? top : max[i];
        real base = top == -(real)INFINITY ? 0 : top;   /* sees nothing yet */
        real shrink = exp_below(max[i] - base);
        if (t->column > 0 && shrink != 1)
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

/* All that some queries look at. Where one tile holds it, e^(score - max) is
 * made into weights before they mix the values, and the result is that of the
 * table to the last bit; otherwise the mixture is divided by the sum. */
static void forward_rows(const Attention *a, int head, int row)
{
    int rows = smaller(a->rows, a->n - row);
    int end = a->causal ? row + rows : a->m;    /* no query sees further */
    bool one_tile = end <= KEYS;
    real *max = a->max + (ptrdiff_t)head * a->n + row;
    real *share = a->share + (ptrdiff_t)head * a->n + row;
    real sum[LARGE];
    Matrix out = from(head_of(a->out, data_of(a->out), head), row, 0);
    Matrix v = head_of(a->v, data_of(a->v), head);
    for (int i = 0; i < rows; i++) {
        max[i] = -(real)INFINITY;
        sum[i] = 0;
    }
    for (int column = 0; column < end; column += KEYS) {
        Tile t = tile_at(head, row, rows, column, smaller(KEYS, end - column));
        real *tile = table(a, &t);
        scores(a, &t, tile);
        soften(a, &t, tile, max, sum, out);
        if (column + KEYS >= end)
            keep(rows, max, sum, share);
        if (one_tile)
            scale_rows(rows, t.pitch, numbers_of(&t, tile), share);
        gemm(rows, a->d_v, t.columns, numbers_of(&t, tile), from(v, column, 0),
             out, column > 0);
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

static void forward(Attention *a)
{
    TapeMark mark = tape_mark();
    if (a->n > LONG) {
        a->turned = tape_room(turned_size(a) * sizeof(real));
        parallel_for(true, a->count * pieces_of(a->m, KEYS), turn_keys, a);
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
    real *d_out;
    int parts;          /* of the keys of one matrix */
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

/* dP becomes dS. The average of dP is dO O; where a tile holds the whole row it
 * is taken as from the table. */
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

static Matrix sum_at(const Sum *s, int head, int row)
{
    return from(head_of(s->x, s->at, head), row, 0);
}

static void backward_tile(const Backward *b, const Tile *t, int part)
{
    const Attention *a = b->a;
    real *p = table(a, t), *d_p = scratch(1);
    Matrix d_out = from(head_of(a->out, b->d_out, t->head), t->row, 0);
    Matrix q = from(head_of(a->q, data_of(a->q), t->head), t->row, 0);
    Matrix k = from(head_of(a->k, data_of(a->k), t->head), t->column, 0);
    Matrix v = from(head_of(a->v, data_of(a->v), t->head), t->column, 0);
    if (!a->weights) {
        scores(a, t, p);
        weights(a, t, p);
    }
    gemm(t->rows, t->columns, a->d_v, d_out, transposed(v),
         numbers_of(t, d_p), false);
    slopes(a, t, p, d_p, d_out);
    if (b->v.at)
        gemm(t->columns, a->d_v, t->rows, transposed(numbers_of(t, p)), d_out,
             sum_at(&b->v, t->head, t->column), !b->v.fresh);
    if (b->k.at)
        gemm(t->columns, a->d_k, t->rows, transposed(numbers_of(t, d_p)), q,
             sum_at(&b->k, t->head, t->column), !b->k.fresh);
    const Sum *d_q = &b->q[part];
    if (d_q->at)
        gemm(t->rows, a->d_k, t->columns, numbers_of(t, d_p), k,
             sum_at(d_q, t->head, t->row), !d_q->fresh);
}

/* One part of the keys, and all queries that see them. */
static void backward_part(const Backward *b, int head, int part)
{
    const Attention *a = b->a;
    for (int column = part * a->side; column < a->m;
         column += b->parts * a->side)
        for (int row = a->causal ? column : 0; row < a->n; row += a->side) {
            Tile t = tile_at(head, row, smaller(a->side, a->n - row), column,
                             smaller(a->side, a->m - column));
            backward_tile(b, &t, part);
        }
}

static void backward_group(int group, const void *arg)
{
    const Backward *b = arg;
    int all = b->a->count * b->parts, size = group_size(b->a, all);
    for (int i = group * size; i < smaller((group + 1) * size, all); i++)
        backward_part(b, i / b->parts, i % b->parts);
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
 * depends on the sizes alone. Inputs that are views of one tensor may overlap;
 * they too are summed apart. */
static void attention_back(Tensor *out)
{
    Attention *a = out->saved;
    Buffer *q = a->q->buffer, *k = a->k->buffer, *v = a->v->buffer;
    bool one_tensor = q == k || q == v || k == v;
    Backward b = { .a = a, .d_out = grad_of(out) };
    b.parts = larger(1, smaller(PIECES / a->count, pieces_of(a->m, a->side)));
    /* dQ of a query comes from one tile if all keys are in it, dK and dV of a
     * key if all queries are. */
    bool one_column = a->m <= a->side, one_row = a->n <= a->side;
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
    run(a, a->count * b.parts, backward_group, &b);
    for (int part = 0; part < b.parts; part++)
        hand_over(&b.q[part], a->q);
    hand_over(&b.k, a->k);
    hand_over(&b.v, a->v);
    tape_release(mark);
}

/* ---- the operation ------------------------------------------------------ */

/* Stops unless the shapes fit; the shape of the scores, (..., n, m). */
static Shape check_shapes(const Tensor *q, const Tensor *k, const Tensor *v)
{
    const char *op = "t_attention";
    op_check(op, q);
    op_check(op, k);
    op_check(op, v);
    int axes = q->shape.n;
    if (axes < 2 || k->shape.n != axes || v->shape.n != axes)
        t_fail("%s: needs matrices with the same axes in front, got %s, %s, %s",
               op, t_shape(q), t_shape(k), t_shape(v));
    size_t front = (size_t)(axes - 2) * sizeof(int);
    if (memcmp(q->shape.dim, k->shape.dim, front) != 0
        || memcmp(q->shape.dim, v->shape.dim, front) != 0)
        t_fail("%s: the axes in front differ: %s, %s, %s", op, t_shape(q),
               t_shape(k), t_shape(v));
    if (t_dim(q, -1) != t_dim(k, -1))
        t_fail("%s: queries %s and keys %s differ in width", op, t_shape(q),
               t_shape(k));
    if (t_dim(k, -2) != t_dim(v, -2))
        t_fail("%s: keys %s and values %s differ in number", op, t_shape(k),
               t_shape(v));
    Shape shape = q->shape;
    shape.dim[axes - 1] = t_dim(k, -2);
    return shape;
}

/* A mask seen as if it had the shape of the scores: repeated, not copied. */
static Tensor *spread(const Tensor *mask, Shape shape)
{
    op_check("t_attention", mask);
    bool fits = mask->shape.n <= shape.n;
    for (int i = 1; fits && i <= mask->shape.n; i++)
        fits = t_dim(mask, -i) == 1
            || t_dim(mask, -i) == shape.dim[shape.n - i];
    if (!fits)
        t_fail("t_attention: mask %s does not broadcast to %s", t_shape(mask),
               shape_text(shape));
    Tensor *view = t_detach(mask);
    Operand o = operand(NULL, mask, shape);
    memcpy(view->stride, o.stride, sizeof o.stride);
    view->shape = shape;
    return view;
}

/* Rows of the result follow one another in memory as those of q do. So what
 * split heads leave is merged by a view, too. */
static void lie_like(const Tensor *q, Tensor *out)
{
    int n = q->shape.n, order[T_MAX_DIMS] = { 0 };
    for (int axis = 1; axis < n - 1; axis++) {  /* sorted by stride */
        int at = axis;
        for (; at > 0 && q->stride[order[at - 1]] < q->stride[axis]; at--)
            order[at] = order[at - 1];
        order[at] = axis;
    }
    ptrdiff_t step = out->shape.dim[n - 1];
    for (int at = n - 2; at >= 0; at--) {
        out->stride[order[at]] = step;
        step *= out->shape.dim[order[at]];
    }
}

Tensor *t_attention(Tensor *q, Tensor *k, Tensor *v, AttentionOptions options)
{
    Shape table = check_shapes(q, k, v), shape = q->shape;
    int n = t_dim(q, -2), m = t_dim(k, -2);
    if (options.causal && n != m)
        t_fail("t_attention: causal needs as many queries as keys, got %s and "
               "%s", t_shape(q), t_shape(k));
    shape.dim[shape.n - 1] = t_dim(v, -1);
    Tensor *out = op_result("t_attention", shape, attention_back, q, k, v);
    lie_like(q, out);
    Attention *a = out->saved = tape_room(sizeof *a);
    *a = (Attention){
        .n = n, .m = m, .d_k = t_dim(k, -1), .d_v = t_dim(v, -1),
        .factor = (real)(1 / sqrt((double)t_dim(k, -1))),
        .causal = options.causal,
        .rows = options.causal || n > LONG ? SMALL : LARGE,
        .side = options.causal ? SMALL : LARGE,
        .mask = options.mask ? spread(options.mask, table) : NULL,
        .q = q, .k = k, .v = v, .out = out,
    };
    a->count = t_size(q) / (n * a->d_k);
    a->max = tape_room((size_t)(a->count * n) * sizeof(real));
    a->share = tape_room((size_t)(a->count * n) * sizeof(real));
    int pitch = tile_at(0, 0, n, 0, m).pitch;
    if (out->backward && pitch <= smaller(a->d_k, SMALL))
        a->weights = tape_room((size_t)(a->count * n) * (size_t)pitch
                                * sizeof(real));
    forward(a);
    return out;
}

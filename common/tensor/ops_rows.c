/* ops_rows.c -- operations over the last axis, and the losses. To read softmax
 * and layer norm in plain loops, forward and back, see tests/plain.c. */
#include "tensor/ops.h"
#include "base/parallel.h"
#include "tensor/rows.h"

static Operand whole(const Tensor *x) /* every element, in its own shape */
{
    return operand(data_of(x), x, x->shape);
}

static Operand whole_grad(const Tensor *x)
{
    return operand(grad_of(x), x, x->shape);
}

/* x, or a copy, with the numbers of a row side by side: the loops over rows
 * count on it. */
static Tensor *with_rows(const char *op, Tensor *x)
{
    op_check(op, x);
    int last = x->shape.n - 1;
    return x->shape.dim[last] == 1 || x->stride[last] == 1 ? x
                                                           : t_contiguous(x);
}

/* ---- softmax: y_i = e^{x_i} / sum_j e^{x_j};  dx = y (dy - sum_j y_j dy_j) - *
 * Subtracting the largest score first changes nothing and keeps e^x finite. */

static void softmax_row(int n, real *const p[], const ptrdiff_t s[],
                        const void *arg)
{
    (void)s, (void)arg;
    real *restrict y = p[0];
    const real *restrict x = p[1];
    real max = row_max(n, x, 1), sum;
    if (max == -(real)INFINITY)     /* every key is masked: look at nothing */
        max = 0;
    sum = row_exp(n, y, x, max);
    real scale = sum == 0 ? 0 : 1 / sum;
    for (int i = 0; i < n; i++)
        y[i] *= scale;
}

static void softmax_back_row(int n, real *const p[], const ptrdiff_t s[],
                             const void *arg)
{
    (void)s, (void)arg;
    real *restrict dx = p[0];
    const real *dy = p[1], *y = p[2];
    real dot = row_dot(n, y, dy);
    for (int i = 0; i < n; i++)
        dx[i] += y[i] * (dy[i] - dot);
}

static void softmax_back(Tensor *out)
{
    walk_rows(out->shape, 3,
              (Operand[]){ whole_grad(out->in[0]), whole_grad(out),
                           whole(out) },
              softmax_back_row, NULL);
}

Tensor *t_softmax(Tensor *x)
{
    x = with_rows("t_softmax", x);
    Tensor *out = op_result("t_softmax", x->shape, softmax_back, x, NULL, NULL);
    walk_rows(x->shape, 2, (Operand[]){ whole(out), whole(x) }, softmax_row,
              NULL);
    return out;
}

/* ---- log-softmax: y_i = x_i - log sum_j e^{x_j};  dx = dy - e^y sum_j dy_j - */

/* log sum_j e^{x_j} = max + log_sum. Subtract one after the other: beside a
 * large max, the digits of log_sum would be rounded away. */
typedef struct {
    real max, log_sum;
} LogSumExp;

static LogSumExp log_sum_exp(int n, const real *x)
{
    real max = row_max(n, x, 1);
    return (LogSumExp){ max, log(row_sum_exp(n, x, 1, max)) };
}

/* A row of nothing but -inf: the others are masked in part only, or hold NaN,
 * which row_max() may put below -inf. */
static bool all_masked(int n, const real *x, real max)
{
    return max == -(real)INFINITY && row_sum(n, x, 1) == -(real)INFINITY;
}

static void log_softmax_row(int n, real *const p[], const ptrdiff_t s[],
                            const void *arg)
{
    (void)s, (void)arg;
    real *restrict y = p[0];
    const real *x = p[1];
    LogSumExp z = log_sum_exp(n, x);
    bool masked = all_masked(n, x, z.max);
    for (int i = 0; i < n; i++)
        y[i] = masked ? z.max : x[i] - z.max - z.log_sum;
}

static void log_softmax_back_row(int n, real *const p[], const ptrdiff_t s[],
                                 const void *arg)
{
    (void)s, (void)arg;
    real *restrict dx = p[0];
    const real *dy = p[1], *y = p[2];
    if (all_masked(n, y, row_max(n, y, 1)))
        return;
    real sum = row_sum(n, dy, 1);
    for (int i = 0; i < n; i++)
        dx[i] += dy[i] - exp_below(y[i]) * sum;
}

static void log_softmax_back(Tensor *out)
{
    walk_rows(out->shape, 3,
              (Operand[]){ whole_grad(out->in[0]), whole_grad(out),
                           whole(out) },
              log_softmax_back_row, NULL);
}

Tensor *t_log_softmax(Tensor *x)
{
    x = with_rows("t_log_softmax", x);
    Tensor *out = op_result("t_log_softmax", x->shape, log_softmax_back, x,
                            NULL, NULL);
    walk_rows(x->shape, 2, (Operand[]){ whole(out), whole(x) },
              log_softmax_row, NULL);
    return out;
}

/* ---- layer norm (Ba et al. 2016): y = gain u + bias, u = (x - mean) r ---- *
 * with r = 1 / sqrt(variance + epsilon). For g = dy gain,
 * dx = r (g - mean(g) - u mean(g u)),  dgain = sum dy u,  dbias = sum dy.
 * What is kept for the way back is a few numbers of each row, not u. */

static const real epsilon = (real)1e-5;

enum { BLOCK = 32 };    /* rows that a thread takes at a time */

/* A large mean is rounded; rest is what that left over. */
typedef struct {
    real mean, rest, r;
} NormRow;

INLINE real unit(real x, NormRow row)
{
    return ((x - row.mean) - row.rest) * row.r;
}

typedef struct {
    int n, rows;
    real *x;
    const Tensor *added;    /* to x, before; or NULL */
    const real *gain, *bias;
    NormRow *row;
    real *y;            /* forward */
    const real *dy;     /* backward */
    Gradient dx, d_added;
    real *partial;      /* for each block of rows: dgain, dbias, and n unused */
} Norm;

static NormRow norm_of_row(int n, const real *x)
{
    real mean = row_sum(n, x, 1) / (real)n;
    Vector sum[VECTORS] = { { 0 } }, squares[VECTORS] = { { 0 } };
    real *lane = (real *)sum, *square = (real *)squares;
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < VECTORS; k++) {
            Vector d = VECTOR_AT(x + i + k * WIDTH) - mean;
            sum[k] += d;
            squares[k] += d * d;
        }
    for (; i < n; i++) {
        real d = x[i] - mean;
        lane[i % LANES] += d;
        square[i % LANES] += d * d;
    }
    real rest = join_sum(lane) / (real)n;
    real variance = join_sum(square) / (real)n - rest * rest;
    real r = 1 / sqrt((variance < 0 ? 0 : variance) + epsilon);
    return (NormRow){ mean, rest, r };
}


static void add_to_row(int n, real *restrict sum, const real *x)
{
    for (int j = 0; j < n; j++)
        sum[j] += x[j];
}

static void norm_block(int block, const void *arg)
{
    const Norm *p = arg;
    int end = smaller((block + 1) * BLOCK, p->rows);
    for (int i = block * BLOCK; i < end; i++) {
        ptrdiff_t at = (ptrdiff_t)i * p->n;
        if (p->added)
            add_to_row(p->n, p->x + at, data_of(p->added) + at);
        const real *x = p->x + at;
        const real *gain = p->gain, *bias = p->bias;
        real *restrict y = p->y + at;
        NormRow row = p->row[i] = norm_of_row(p->n, x);
        for (int j = 0; j < p->n; j++)
            y[j] = gain[j] * unit(x[j], row) + bias[j];
    }
}

/* Two loops while the row is in the nearest cache: for the means, and then for
 * all three gradients. */
static void norm_back_row(int n, const real *x, const real *dy,
                          const real *gain, NormRow row, bool fresh,
                          real *restrict dx, real *restrict dgain,
                          real *restrict dbias)
{
    Vector sum_g[VECTORS] = { { 0 } }, sum_gu[VECTORS] = { { 0 } };
    real *g = (real *)sum_g, *gu = (real *)sum_gu;
    int i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < VECTORS; k++) {
            int at = i + k * WIDTH;
            Vector dyg = VECTOR_AT(dy + at) * VECTOR_AT(gain + at);
            Vector u = ((VECTOR_AT(x + at) - row.mean) - row.rest) * row.r;
            sum_g[k] += dyg;
            sum_gu[k] += dyg * u;
        }
    for (; i < n; i++) {
        real dyg = dy[i] * gain[i];
        g[i % LANES] += dyg;
        gu[i % LANES] += dyg * unit(x[i], row);
    }
    real mean_g = join_sum(g) / (real)n, mean_gu = join_sum(gu) / (real)n;
    for (int j = 0; j < n; j++) {
        real u = unit(x[j], row);
        real d = row.r * (dy[j] * gain[j] - mean_g - u * mean_gu);
        dx[j] = fresh ? d : dx[j] + d;
        dgain[j] += dy[j] * u;
        dbias[j] += dy[j];
    }
}

static void norm_back_block(int block, const void *arg)
{
    const Norm *p = arg;
    int n = p->n, end = smaller((block + 1) * BLOCK, p->rows);
    real *dgain = p->partial + (ptrdiff_t)block * 3 * n;
    real *nowhere = dgain + 2 * n;
    memset(dgain, 0, 3 * (size_t)n * sizeof *dgain);
    for (int i = block * BLOCK; i < end; i++) {
        ptrdiff_t at = (ptrdiff_t)i * n;
        real *dx = p->dx.at ? p->dx.at + at : nowhere;
        norm_back_row(n, p->x + at, p->dy + at, p->gain, p->row[i],
                      p->dx.fresh, dx, dgain, dgain + n);
        if (p->d_added.at && p->d_added.fresh)
            memcpy(p->d_added.at + at, dx, (size_t)n * sizeof *dx);
        else if (p->d_added.at)
            add_to_row(n, p->d_added.at + at, dx);
    }
}

static int norm_blocks(const Norm *p) { return (p->rows + BLOCK - 1) / BLOCK; }

static void norm_back(Tensor *out)
{
    Norm *p = out->saved;
    Tensor *given[2] = { out->in[1], out->in[2] };
    int n = p->n, blocks = norm_blocks(p);
    p->dy = grad_of(out);
    p->dx = gradient_of(out->in[0], true);
    if (p->added)
        p->d_added = gradient_of(p->added, true);
    p->partial = tape_room((size_t)blocks * 3 * (size_t)n * sizeof(real));
    parallel_for(worth_threads(n, p->rows), blocks, norm_back_block, p);
    /* In this order, whichever thread had which block. */
    for (int k = 0; k < 2; k++) {
        real *restrict sum = given[k] ? grad_of(given[k]) : NULL;
        for (int b = 0; sum && b < blocks; b++)
            for (int j = 0; j < n; j++)
                sum[j] += p->partial[(ptrdiff_t)(3 * b + k) * n + j];
    }
}

/* The numbers of gain or bias, or a row of `otherwise`. */
static const real *row_or(Tensor *given, int n, real otherwise)
{
    if (given)
        return data_of(given);
    real *row = tape_room((size_t)n * sizeof *row);
    for (int i = 0; i < n; i++)
        row[i] = otherwise;
    return row;
}

/* Of x; or of x + `added`, which takes the place of x. */
static Tensor *norm_of(const char *op, Tensor *x, Tensor *added, Tensor *gain,
                       Tensor *bias)
{
    Tensor *given[2] = { gain, bias };
    int n = t_dim(x, -1);
    for (int i = 0; i < 2; i++)
        if (given[i]) {
            op_check(op, given[i]);
            if (!shape_equal(given[i]->shape, SHAPE(n)))
                t_fail("%s: %s of shape %s beside %s", op, i ? "bias" : "gain",
                       t_shape(given[i]), t_shape(x));
            given[i] = t_contiguous(given[i]);
        }
    Tensor *out = op_result(op, x->shape, norm_back, x, given[0], given[1]);
    Norm *p = out->saved = tape_room(sizeof *p);
    *p = (Norm){ .n = n, .rows = t_size(x) / n, .x = data_of(x),
                 .added = added, .gain = row_or(given[0], n, 1),
                 .bias = row_or(given[1], n, 0), .y = data_of(out) };
    p->row = tape_room((size_t)p->rows * sizeof *p->row);
    parallel_for(worth_threads(n, p->rows), norm_blocks(p), norm_block, p);
    return out;
}

Tensor *t_layer_norm(Tensor *x, Tensor *gain, Tensor *bias)
{
    op_check("t_layer_norm", x);
    return norm_of("t_layer_norm", t_contiguous(x), NULL, gain, bias);
}

/* The way back through a sum that norm_back() has gone already. */
static void done_by_norm_back(Tensor *sum) { (void)sum; }

/* Where the sum may take the place of f, it is made as its rows are normalised:
 * forward, 768 rows of 128 numbers then take a tenth less. */
Tensor *t_add_norm(Tensor *x, Tensor *f, Tensor *gain, Tensor *bias)
{
    const char *op = "t_add_norm";
    op_check(op, x);
    op_check(op, f);
    if (!shape_equal(x->shape, f->shape))
        t_fail("%s: shapes differ: %s and %s", op, t_shape(x), t_shape(f));
    x = t_contiguous(x);    /* as is all that may be written over */
    Tensor *sum = op_over("t_add", done_by_norm_back, f, x);
    return sum ? norm_of(op, sum, x, gain, bias)
               : norm_of(op, t_add(x, f), NULL, gain, bias);
}

/* ---- embedding: row i of y is row id_i of the table;  d table adds up --- */

typedef struct {
    int count, width, parts;
    const int *ids;
    ptrdiff_t step;     /* from row to row of the table */
    const real *from;
    real *to;
} Lookup;

/* Every thread goes through all ids, in order, with some of the columns. */
static void embedding_back_columns(int part, const void *arg)
{
    const Lookup *l = arg;
    int first = (int)((long)l->width * part / l->parts);
    int end = (int)((long)l->width * (part + 1) / l->parts);
    for (int i = 0; i < l->count; i++) {
        real *restrict to = l->to + l->ids[i] * l->step;
        const real *from = l->from + (ptrdiff_t)i * l->width;
        for (int j = first; j < end; j++)
            to[j] += from[j];
    }
}

static void embedding_back(Tensor *out)
{
    Tensor *table = out->in[0];
    int width = t_dim(table, 1), count = t_size(out) / width;
    Lookup l = { .count = count, .width = width, .ids = out->saved,
                 .parts = smaller(parallel_threads(), (width + 15) / 16),
                 .step = table->stride[0], .from = grad_of(out),
                 .to = grad_of(table) };
    parallel_for(worth_threads(width, count), l.parts, embedding_back_columns,
                 &l);
}

static void embedding_rows(int part, const void *arg)
{
    const Lookup *l = arg;
    int end = (int)((long)l->count * (part + 1) / l->parts);
    for (int i = (int)((long)l->count * part / l->parts); i < end; i++)
        memcpy(l->to + (ptrdiff_t)i * l->width, l->from + l->ids[i] * l->step,
               (size_t)l->width * sizeof(real));
}

Tensor *t_embedding_shape(Tensor *table, const int *ids, Shape shape)
{
    op_check("t_embedding", table);
    if (table->shape.n != 2)
        t_fail("t_embedding: the table must be (vocabulary, width), got %s",
               t_shape(table));
    op_check_shape("t_embedding", shape);
    if (!ids)
        t_fail("t_embedding: the ids are NULL");
    int count = (int)shape_size(shape);
    for (int i = 0; i < count; i++)
        if (ids[i] < 0 || ids[i] >= t_dim(table, 0))
            t_fail("t_embedding: id %d at position %d is outside the table %s",
                   ids[i], i, t_shape(table));
    int width = t_dim(table, 1);
    if (shape.n < T_MAX_DIMS)
        shape.dim[shape.n] = width;
    shape.n++;
    table = with_rows("t_embedding", table);
    Tensor *out = op_result("t_embedding", shape, embedding_back, table, NULL,
                            NULL);
    int *saved = out->saved = tape_room((size_t)count * sizeof *ids);
    memcpy(saved, ids, (size_t)count * sizeof *ids);
    Lookup l = { .count = count, .width = width, .ids = saved,
                 .parts = smaller(parallel_threads(), count),
                 .step = table->stride[0], .from = data_of(table),
                 .to = data_of(out) };
    parallel_for(worth_threads(width, count), l.parts, embedding_rows, &l);
    return out;
}

/* ---- cross-entropy with label smoothing e over V classes ----------------- *
 * loss = mean over rows of sum_j t_j (log Z - x_j), with t_j = e / V, plus 1 - e
 * at the target, and log Z = log sum_j e^{x_j}.  dx_j = (softmax(x)_j - t_j) /
 * rows. Each row is a piece for some thread; the losses are added up after. */

typedef struct {
    int n;
    real smoothing, scale;
    const int *target;      /* of each row */
    const real *x;
    LogSumExp *log_z;       /* one for each row */
    double *loss;           /* forward */
    real *dx;               /* backward */
    bool over;              /* dx may take the place of x */
    bool fresh;             /* dx holds anything yet */
    int rows;               /* that count */
} Entropy;

static void entropy_of_row(int i, const void *arg)
{
    const Entropy *e = arg;
    if (e->target[i] < 0)
        return;
    const real *x = e->x + (ptrdiff_t)i * e->n;
    LogSumExp z = e->log_z[i] = log_sum_exp(e->n, x);
    real loss = z.log_sum - (1 - e->smoothing) * (x[e->target[i]] - z.max);
    if (e->smoothing > 0)
        loss -= e->smoothing * row_sum_below(e->n, x, z.max) / (real)e->n;
    e->loss[i] = (double)loss;
}

/* dx = x, which may be the very same numbers, becomes the gradient. */
INLINE void entropy_slope(const Entropy *e, LogSumExp z, real *dx)
{
    real scale = e->scale, uniform = e->smoothing / (real)e->n;
    for (int j = 0; j < e->n; j++)
        dx[j] = scale * (exp_below(dx[j] - z.max - z.log_sum) - uniform);
}

INLINE void add_entropy_slope(const Entropy *e, LogSumExp z, const real *x,
                              real *restrict dx)
{
    real scale = e->scale, uniform = e->smoothing / (real)e->n;
    for (int j = 0; j < e->n; j++)
        dx[j] += scale * (exp_below(x[j] - z.max - z.log_sum) - uniform);
}

static void entropy_back_row(int i, const void *arg)
{
    const Entropy *e = arg;
    size_t bytes = (size_t)e->n * sizeof(real);
    const real *x = e->x + (ptrdiff_t)i * e->n;
    real *dx = e->dx + (ptrdiff_t)i * e->n;
    if (e->target[i] < 0) {
        if (e->fresh)
            memset(dx, 0, bytes);
        return;
    }
    if (e->fresh && dx != x)
        memcpy(dx, x, bytes);
    if (e->fresh)
        entropy_slope(e, e->log_z[i], dx);
    else
        add_entropy_slope(e, e->log_z[i], x, dx);
    dx[e->target[i]] -= e->scale * (1 - e->smoothing);
}

static void cross_entropy_back(Tensor *out)
{
    Entropy *e = out->saved;
    Tensor *x = out->in[0];
    if (e->rows == 0)
        return;
    e->scale = *grad_of(out) / (real)e->rows;
    if (e->over && !x->buffer->grad)    /* each is read before it is set */
        x->buffer->grad = x->buffer->data;
    Gradient dx = gradient_of(x, true);
    e->dx = dx.at;
    e->fresh = dx.fresh || dx.at == e->x;
    int rows = t_size(x) / e->n;
    parallel_for(worth_threads(e->n, rows), rows, entropy_back_row, e);
}

Tensor *t_cross_entropy(Tensor *logits, const int *targets,
                        CrossEntropy options)
{
    op_check("t_cross_entropy", logits);
    if (!targets)
        t_fail("t_cross_entropy: the targets are NULL");
    if (!(options.smoothing >= 0 && options.smoothing < 1))
        t_fail("t_cross_entropy: smoothing must be at least 0 and below 1, "
               "got %g", options.smoothing);
    Tensor *x = t_contiguous(logits);
    int n = t_dim(x, -1), rows = t_size(x) / n;
    for (int i = 0; i < rows; i++)
        if (targets[i] >= n)
            t_fail("t_cross_entropy: target %d of row %d is outside the %d "
                   "classes of %s", targets[i], i, n, t_shape(logits));
    Tensor *mine = op_take(x);
    x = mine ? mine : x;
    Tensor *out = op_result("t_cross_entropy", SHAPE(1), cross_entropy_back, x,
                            NULL, NULL);
    Entropy *e = out->saved = tape_room(sizeof *e);
    int *saved = tape_room((size_t)rows * sizeof *saved);
    memcpy(saved, targets, (size_t)rows * sizeof *saved);
    *e = (Entropy){ .n = n, .smoothing = (real)options.smoothing,
                    .target = saved, .x = data_of(x), .over = mine };
    e->log_z = tape_room((size_t)rows * sizeof *e->log_z);
    e->loss = tape_room((size_t)rows * sizeof *e->loss);
    parallel_for(worth_threads(n, rows), rows, entropy_of_row, e);
    double loss = 0;
    for (int i = 0; i < rows; i++)
        if (targets[i] >= 0) {
            loss += e->loss[i];
            e->rows++;
        }
    *data_of(out) = e->rows ? (real)(loss / e->rows) : 0;
    return out;
}

/* ---- squared error: mean of (p - t)^2 ----------------------------------- */

Tensor *t_squared_error(Tensor *prediction, Tensor *target)
{
    op_check("t_squared_error", prediction);
    op_check("t_squared_error", target);
    if (!shape_equal(prediction->shape, target->shape))
        t_fail("t_squared_error: shapes differ: %s and %s",
               t_shape(prediction), t_shape(target));
    Tensor *difference = t_sub(prediction, target);
    return t_mean(t_mul(difference, difference), T_ALL);
}

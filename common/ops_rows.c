/* ops_rows.c -- operations over the last axis, and the losses. */
#include "ops.h"
#include "rows.h"

static Operand whole(const Tensor *x) /* every element, in its own shape */
{
    return operand(data_of(x), x, x->shape);
}

static Operand whole_grad(const Tensor *x)
{
    return operand(grad_of(x), x, x->shape);
}

/* ---- softmax: y_i = e^{x_i} / sum_j e^{x_j};  dx = y (dy - sum_j y_j dy_j) - *
 * Subtracting the largest score first changes nothing and keeps e^x finite. */

static void softmax_row(int n, real *const p[], const ptrdiff_t s[],
                        const void *arg)
{
    (void)arg;
    real *restrict y = p[0];
    const real *x = p[1];
    real max = row_max(n, x, s[1]);
    if (max == -(real)INFINITY)     /* every key is masked: look at nothing */
        max = 0;
    if (s[1] == 1)
        for (int i = 0; i < n; i++)
            y[i] = exp_below(x[i] - max);
    else
        for (int i = 0; i < n; i++)
            y[i] = exp_below(x[i * s[1]] - max);
    real sum = row_sum(n, y, 1), scale = sum == 0 ? 0 : 1 / sum;
    for (int i = 0; i < n; i++)
        y[i] *= scale;
}

static void softmax_back_row(int n, real *const p[], const ptrdiff_t s[],
                             const void *arg)
{
    (void)arg;
    real *restrict dx = p[0];
    const real *dy = p[1], *y = p[2];
    real dot = row_dot(n, y, dy);
    for (int i = 0; i < n; i++)
        dx[i * s[0]] += y[i] * (dy[i] - dot);
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
    op_check("t_softmax", x);
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

static LogSumExp log_sum_exp(int n, const real *x, ptrdiff_t step)
{
    real max = row_max(n, x, step);
    return (LogSumExp){ max, log(row_sum_exp(n, x, step, max)) };
}

static void log_softmax_row(int n, real *const p[], const ptrdiff_t s[],
                            const void *arg)
{
    (void)arg;
    real *restrict y = p[0];
    LogSumExp z = log_sum_exp(n, p[1], s[1]);
    bool masked = z.max == -(real)INFINITY;
    for (int i = 0; i < n; i++)
        y[i] = masked ? z.max : p[1][i * s[1]] - z.max - z.log_sum;
}

static void log_softmax_back_row(int n, real *const p[], const ptrdiff_t s[],
                                 const void *arg)
{
    (void)arg;
    real *restrict dx = p[0];
    const real *dy = p[1], *y = p[2];
    if (row_max(n, y, 1) == -(real)INFINITY)
        return;
    real sum = row_sum(n, dy, 1);
    for (int i = 0; i < n; i++)
        dx[i * s[0]] += dy[i] - exp_below(y[i]) * sum;
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
    op_check("t_log_softmax", x);
    Tensor *out = op_result("t_log_softmax", x->shape, log_softmax_back, x,
                            NULL, NULL);
    walk_rows(x->shape, 2, (Operand[]){ whole(out), whole(x) },
              log_softmax_row, NULL);
    return out;
}

/* ---- layer norm (Ba et al. 2016): y = gain u + bias, u = (x - mean) r ---- *
 * with r = 1 / sqrt(variance + epsilon). For g = dy gain,
 * dx = r (g - mean(g) - u mean(g u)),  dgain = sum dy u,  dbias = sum dy. */

static const real epsilon = (real)1e-5;
static real one = 1, zero = 0;

static Operand gain_or(real *otherwise, Tensor *gain, Shape shape)
{
    return gain ? operand(data_of(gain), gain, shape)
                : (Operand){ .at = otherwise };
}

static void norm_row(int n, real *const p[], const ptrdiff_t s[],
                     const void *arg)
{
    (void)arg;
    real *restrict y = p[0], *restrict u = p[1];
    const real *x = p[3], *gain = p[4], *bias = p[5];
    real mean = row_sum(n, x, s[3]) / (real)n;
    for (int i = 0; i < n; i++)
        u[i] = x[i * s[3]] - mean;
    /* A large mean is rounded; what that left over goes now. */
    real rest = row_sum(n, u, 1) / (real)n;
    for (int i = 0; i < n; i++)
        u[i] -= rest;
    real r = 1 / sqrt(row_dot(n, u, u) / (real)n + epsilon);
    *p[2] = r;
    for (int i = 0; i < n; i++) {
        u[i] *= r;
        y[i] = gain[i * s[4]] * u[i] + bias[i * s[5]];
    }
}

static void norm_back_row(int n, real *const p[], const ptrdiff_t s[],
                          const void *arg)
{
    (void)arg;
    real *restrict dx = p[0];
    const real *dy = p[1], *u = p[2], *gain = p[4];
    real r = *p[3];
    real g[LANES] = { 0 }, gu[LANES] = { 0 };
    for (int i = 0; i < n; i++) {
        g[i % LANES] += dy[i] * gain[i * s[4]];
        gu[i % LANES] += dy[i] * gain[i * s[4]] * u[i];
    }
    real mean_g = join_sum(g) / (real)n, mean_gu = join_sum(gu) / (real)n;
    for (int i = 0; i < n; i++)
        dx[i * s[0]] += r * (dy[i] * gain[i * s[4]] - mean_g - u[i] * mean_gu);
}

static void norm_gain_row(int n, real *const p[], const ptrdiff_t s[],
                          const void *arg)
{
    (void)arg;
    real *restrict dgain = p[0];
    for (int i = 0; i < n; i++)
        dgain[i * s[0]] += p[1][i] * p[2][i];
}

typedef struct {
    Tensor *u, *r;
} NormSaved;

static void norm_back(Tensor *out)
{
    Tensor *x = out->in[0], *gain = out->in[1], *bias = out->in[2];
    NormSaved *saved = out->saved;
    Shape s = out->shape;
    if (grad_of(x))
        walk_rows(s, 5,
                  (Operand[]){ whole_grad(x), whole_grad(out), whole(saved->u),
                               operand_per_row(data_of(saved->r), s),
                               gain_or(&one, gain, s) },
                  norm_back_row, NULL);
    if (gain && grad_of(gain))
        walk_rows(s, 3,
                  (Operand[]){ operand(grad_of(gain), gain, s),
                               whole_grad(out), whole(saved->u) },
                  norm_gain_row, NULL);
    if (bias && grad_of(bias))
        walk_add(s, operand(grad_of(bias), bias, s), whole_grad(out));
}

Tensor *t_layer_norm(Tensor *x, Tensor *gain, Tensor *bias)
{
    op_check("t_layer_norm", x);
    Tensor *given[2] = { gain, bias };
    for (int i = 0; i < 2; i++)
        if (given[i] && (op_check("t_layer_norm", given[i]), true)
            && !shape_equal(given[i]->shape, SHAPE(t_dim(x, -1))))
            t_fail("t_layer_norm: %s of shape %s beside %s",
                   i ? "bias" : "gain", t_shape(given[i]), t_shape(x));
    Shape s = x->shape, rows = s;
    rows.dim[s.n - 1] = 1;
    Tensor *out = op_result("t_layer_norm", s, norm_back, x, gain, bias);
    NormSaved *saved = out->saved = step_alloc(sizeof *saved);
    saved->u = t_zeros_shape(s);
    saved->r = t_zeros_shape(rows);
    walk_rows(s, 6,
              (Operand[]){ whole(out), whole(saved->u),
                           operand_per_row(data_of(saved->r), s), whole(x),
                           gain_or(&one, gain, s), gain_or(&zero, bias, s) },
              norm_row, NULL);
    return out;
}

/* ---- embedding: row i of y is row id_i of the table;  d table adds up --- */

static void embedding_back(Tensor *out)
{
    Tensor *table = out->in[0];
    const int *ids = out->saved;
    int width = t_dim(table, 1);
    Shape row = SHAPE(width);
    for (int i = 0; i < t_size(out) / width; i++)
        walk_add(row,
                 (Operand){ grad_of(table) + ids[i] * table->stride[0],
                            { table->stride[1] } },
                 (Operand){ grad_of(out) + (ptrdiff_t)i * width, { 1 } });
}

Tensor *t_embedding_shape(Tensor *table, const int *ids, Shape shape)
{
    op_check("t_embedding", table);
    if (table->shape.n != 2)
        t_fail("t_embedding: the table must be (vocabulary, width), got %s",
               t_shape(table));
    op_check_shape("t_embedding", shape);
    int count = (int)shape_size(shape);
    for (int i = 0; i < count; i++)
        if (ids[i] < 0 || ids[i] >= t_dim(table, 0))
            t_fail("t_embedding: id %d at position %d is outside the table %s",
                   ids[i], i, t_shape(table));
    int width = t_dim(table, 1);
    if (shape.n < T_MAX_DIMS)
        shape.dim[shape.n] = width;
    shape.n++;
    Tensor *out = op_result("t_embedding", shape, embedding_back, table, NULL,
                            NULL);
    int *saved = out->saved = step_alloc((size_t)count * sizeof *ids);
    memcpy(saved, ids, (size_t)count * sizeof *ids);
    for (int i = 0; i < count; i++)
        walk_copy(SHAPE(width),
                  (Operand){ data_of(out) + (ptrdiff_t)i * width, { 1 } },
                  (Operand){ data_of(table) + ids[i] * table->stride[0],
                             { table->stride[1] } });
    return out;
}

/* ---- cross-entropy with label smoothing e over V classes ----------------- *
 * loss = mean over rows of sum_j t_j (log Z - x_j), with t_j = e / V, plus 1 - e
 * at the target, and log Z = log sum_j e^{x_j}.  dx_j = (softmax(x)_j - t_j) /
 * rows. */

typedef struct {
    real smoothing;
    int rows;           /* that count */
    LogSumExp *log_z;   /* one for each row */
    int target[];
} CrossEntropySaved;

static double entropy_of_row(int n, const real *x, LogSumExp z, int target,
                             real smoothing)
{
    real loss = z.log_sum - (1 - smoothing) * (x[target] - z.max);
    if (smoothing > 0)
        loss -= smoothing * (row_sum(n, x, 1) / (real)n - z.max);
    return (double)loss;
}

static void cross_entropy_back(Tensor *out)
{
    Tensor *x = out->in[0];
    CrossEntropySaved *saved = out->saved;
    int n = t_dim(x, -1);
    if (saved->rows == 0)
        return;
    real scale = *grad_of(out) / (real)saved->rows;
    for (int i = 0; i < t_size(x) / n; i++) {
        if (saved->target[i] < 0)
            continue;
        const real *row = data_of(x) + (ptrdiff_t)i * n;
        real *restrict dx = grad_of(x) + (ptrdiff_t)i * n;
        LogSumExp z = saved->log_z[i];
        real uniform = saved->smoothing / (real)n;
        for (int j = 0; j < n; j++)
            dx[j] += scale * (exp_below(row[j] - z.max - z.log_sum) - uniform);
        dx[saved->target[i]] -= scale * (1 - saved->smoothing);
    }
}

Tensor *t_cross_entropy(Tensor *logits, const int *targets,
                        CrossEntropy options)
{
    op_check("t_cross_entropy", logits);
    if (!(options.smoothing >= 0 && options.smoothing < 1))
        t_fail("t_cross_entropy: smoothing must be at least 0 and below 1, "
               "got %g", options.smoothing);
    Tensor *x = t_contiguous(logits);
    int n = t_dim(x, -1), rows = t_size(x) / n;
    for (int i = 0; i < rows; i++)
        if (targets[i] >= n)
            t_fail("t_cross_entropy: target %d of row %d is outside the %d "
                   "classes of %s", targets[i], i, n, t_shape(logits));
    Tensor *out = op_result("t_cross_entropy", SHAPE(1), cross_entropy_back, x,
                            NULL, NULL);
    CrossEntropySaved *saved = out->saved =
        step_alloc(sizeof *saved + (size_t)rows * sizeof *targets);
    saved->smoothing = (real)options.smoothing;
    saved->rows = 0;
    saved->log_z = step_alloc((size_t)rows * sizeof *saved->log_z);
    memcpy(saved->target, targets, (size_t)rows * sizeof *targets);
    double loss = 0;
    for (int i = 0; i < rows; i++) {
        if (targets[i] < 0)
            continue;
        const real *row = data_of(x) + (ptrdiff_t)i * n;
        saved->log_z[i] = log_sum_exp(n, row, 1);
        loss += entropy_of_row(n, row, saved->log_z[i], targets[i],
                               saved->smoothing);
        saved->rows++;
    }
    *data_of(out) = saved->rows ? (real)(loss / saved->rows) : 0;
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

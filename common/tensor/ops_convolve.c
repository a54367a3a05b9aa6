/* ops_convolve.c -- windows that slide over pictures, times a matrix.
 *
 * A picture and its border of zeros are `down` rows of `across` points, one after
 * the other. Row j of a window is `size` points side by side; that of the next
 * window begins one point later. So all these rows are one matrix X_j whose rows
 * overlap in memory, and nothing is copied. Between the windows of one row and
 * of the next, size - 1 rows of X_j begin where no window fits: what comes of
 * them nobody reads, and what comes back to them is 0.
 *
 *     Y = bias + sum_j X_j W_j,       dW_j = X_j^T dY,
 *
 * and dX is the same once more: windows over dY, with size - 1 points of zeros
 * around, times the weights of all points of a window in reverse.
 *
 * It goes picture by picture, so that all of this stays in a cache. */
#include "tensor/ops.h"
#include "tensor/gemm.h"
#include "base/parallel.h"

/* Pictures are shared out in so many parts, however many threads there are, and
 * the gradients of weights that each part finds are added up in order. */
enum { MOST_PARTS = 8 };

typedef struct {
    int size, border, pictures;
    int d, out;                 /* numbers of a point of x, and of y */
    int seen, height;           /* columns and rows of x */
    int across, down;           /* the same with the border */
    int columns, rows;          /* of windows */
    int points;                 /* from the first window of a picture to the
                                 * last */
    int parts;
} Sizes;

static Sizes sizes_of(const Tensor *x, const Tensor *weight, int size,
                      int border)
{
    Sizes s = { .size = size, .border = border, .pictures = t_dim(x, 0),
                .d = t_dim(x, 3), .out = t_dim(weight, 1),
                .seen = t_dim(x, 2), .height = t_dim(x, 1) };
    s.across = s.seen + 2 * border;
    s.down = s.height + 2 * border;
    s.columns = s.across - size + 1;
    s.rows = s.down - size + 1;
    s.points = (s.rows - 1) * s.across + s.columns;
    s.parts = smaller(s.pictures, MOST_PARTS);
    return s;
}

static size_t picture_size(const Sizes *s)
{
    return (size_t)s->height * (size_t)s->seen * (size_t)s->d;
}

static size_t result_size(const Sizes *s)
{
    return (size_t)s->rows * (size_t)s->columns * (size_t)s->out;
}

/* Room for a picture with its border, if it has one; for dY with size - 1 points
 * of zeros around it; for the weights. */
static size_t wide_picture_size(const Sizes *s)
{
    return s->border ? (size_t)s->down * (size_t)s->across * (size_t)s->d : 0;
}

static size_t wide_result_size(const Sizes *s)
{
    int before = (s->size - 1) * s->across + s->size - 1;
    return ((size_t)s->down * (size_t)s->across + (size_t)before)
         * (size_t)s->out;
}

static size_t weights_size(const Sizes *s)
{
    return (size_t)s->size * (size_t)s->size * (size_t)s->d * (size_t)s->out;
}

typedef struct {
    Sizes s;
    const Tensor *x, *y;
    real *weight, *bias;        /* bias: NULL if there is none */
    real *turned;               /* the weights in reverse, each transposed */
    Gradient dx;
    real *dy;
    bool weights_wanted;
    real *room;                 /* of `each` numbers for each part */
    size_t each;
} Job;

static bool worth(const Sizes *s)
{
    return s->parts >= parallel_threads()
        && (double)s->pictures * s->points * (double)weights_size(s) > 1 << 19;
}

/* Y = bias + sum_j X_j W_j, for the points from x on, each of d numbers, in rows
 * of `across`; or what Y holds in the place of the bias, if `add`. */
static void slide(int points, int size, int across, int d, int out, real *x,
                  real *weight, real *bias, real *y, bool add)
{
    int width = size * d;
    Matrix sum = { y, out, 1 };
    for (int j = 0; j < size; j++) {
        Matrix rows = { x + (ptrdiff_t)j * across * d, d, 1 };
        Matrix w = { weight + (ptrdiff_t)j * width * out, out, 1 };
        if (j == 0 && bias)
            gemm_bias(points, out, width, rows, w, sum, bias);
        else
            gemm(points, out, width, rows, w, sum, add || j > 0);
    }
}

/* Rows of `width` numbers from one place to another. */
static void copy_rows(int rows, size_t width, const real *from, size_t from_step,
                      real *to, size_t to_step)
{
    for (int i = 0; i < rows; i++, from += from_step, to += to_step)
        memcpy(to, from, width * sizeof *to);
}

/* Picture b with its border, in `wide`, where the border is zeros already. */
static real *with_border(const Job *job, int b, real *wide)
{
    const Sizes *s = &job->s;
    real *x = data_of(job->x) + (size_t)b * picture_size(s);
    size_t width = (size_t)s->seen * (size_t)s->d;
    size_t step = (size_t)s->across * (size_t)s->d;
    if (s->border == 0)
        return x;
    copy_rows(s->height, width, x, width,
              wide + (size_t)s->border * (step + (size_t)s->d), step);
    return wide;
}

/* Which pictures a part has: from this one on. */
static int first_picture(const Sizes *s, int part)
{
    return (int)((long)part * s->pictures / s->parts);
}

static void forward_part(int part, const void *arg)
{
    const Job *job = arg;
    const Sizes *s = &job->s;
    real *wide = job->room + (size_t)part * job->each;
    real *sum = wide + wide_picture_size(s);
    size_t width = (size_t)s->columns * (size_t)s->out;
    memset(wide, 0, wide_picture_size(s) * sizeof *wide);
    for (int b = first_picture(s, part); b < first_picture(s, part + 1); b++) {
        slide(s->points, s->size, s->across, s->d, s->out,
              with_border(job, b, wide), job->weight, job->bias, sum, false);
        copy_rows(s->rows, width, sum, (size_t)s->across * (size_t)s->out,
                  data_of(job->y) + (size_t)b * result_size(s), width);
    }
}

/* ---- backward ------------------------------------------------------------ */

/* The gradients of weights and bias by picture b. */
static void weights_back(const Job *job, bool add, real *x, real *dy,
                         real *d_weight, real *d_bias)
{
    const Sizes *s = &job->s;
    int width = s->size * s->d;
    for (int j = 0; j < s->size; j++) {
        Matrix rows = { x + (ptrdiff_t)j * s->across * s->d, s->d, 1 };
        Matrix sum = { d_weight + (ptrdiff_t)j * width * s->out, s->out, 1 };
        gemm(width, s->out, s->points, transposed(rows),
             (Matrix){ dy, s->out, 1 }, sum, add);
    }
    for (int p = 0; p < s->points && job->bias; p++)
        for (int o = 0; o < s->out; o++)
            d_bias[o] += dy[(ptrdiff_t)p * s->out + o];
}

/* The gradient of picture b, by way of `wide` if there is a border, which wants
 * none. */
static void picture_back(const Job *job, int b, real *wide_dy, real *wide)
{
    const Sizes *s = &job->s;
    real *dx = job->dx.at + (size_t)b * picture_size(s);
    real *sum = s->border ? wide : dx;
    ptrdiff_t first = (ptrdiff_t)s->border * (s->across + 1);
    slide((s->height - 1) * s->across + s->seen, s->size, s->across, s->out,
          s->d, wide_dy + first * s->out, job->turned, NULL, sum,
          !s->border && !job->dx.fresh);
    size_t width = (size_t)s->seen * (size_t)s->d;
    for (int i = 0; i < s->height && s->border; i++, dx += width) {
        for (size_t k = 0; k < width; k++)
            dx[k] = job->dx.fresh ? sum[k] : dx[k] + sum[k];
        sum += (size_t)s->across * (size_t)s->d;
    }
}

static void backward_part(int part, const void *arg)
{
    const Job *job = arg;
    const Sizes *s = &job->s;
    real *d_weight = job->room + (size_t)part * job->each;
    real *d_bias = d_weight + weights_size(s), *wide = d_bias + s->out;
    real *wide_dx = wide + wide_picture_size(s);
    real *wide_dy = wide_dx + wide_picture_size(s);
    real *dy = wide_dy
        + (ptrdiff_t)(s->size - 1) * (s->across + 1) * s->out;
    size_t width = (size_t)s->columns * (size_t)s->out;
    int first = first_picture(s, part);
    memset(d_bias, 0, (size_t)s->out * sizeof *d_bias);
    memset(wide, 0, wide_picture_size(s) * sizeof *wide);
    memset(wide_dy, 0, wide_result_size(s) * sizeof *wide_dy);
    for (int b = first; b < first_picture(s, part + 1); b++) {
        copy_rows(s->rows, width, job->dy + (size_t)b * result_size(s), width,
                  dy, (size_t)s->across * (size_t)s->out);
        if (job->weights_wanted)
            weights_back(job, b > first, with_border(job, b, wide), dy,
                         d_weight, d_bias);
        if (job->dx.at)
            picture_back(job, b, wide_dy, wide_dx);
    }
}

/* Adds up what the parts found, n numbers in each. */
static void add_parts(const Job *job, size_t n, const real *found,
                      const Tensor *x)
{
    Gradient grad = x ? gradient_of(x, true) : (Gradient){ .at = NULL };
    for (int part = 0; part < job->s.parts && grad.at; part++)
        for (size_t i = 0; i < n; i++) {
            real more = found[(size_t)part * job->each + i];
            grad.at[i] = part == 0 && grad.fresh ? more : grad.at[i] + more;
        }
}

/* The weights of a window in reverse, each (d, out) matrix transposed. */
static real *turned(const Sizes *s, const real *weight)
{
    real *out = tape_room(weights_size(s) * sizeof *out);
    int points = s->size * s->size;
    for (int p = 0; p < points; p++)
        for (int o = 0; o < s->out; o++)
            for (int e = 0; e < s->d; e++)
                out[((ptrdiff_t)p * s->out + o) * s->d + e] =
                    weight[((ptrdiff_t)(points - 1 - p) * s->d + e) * s->out
                           + o];
    return out;
}

static void convolve_back(Tensor *out)
{
    Tensor *x = out->in[0], *weight = out->in[1], *bias = out->in[2];
    const Sizes *s = out->saved;
    Job job = { .s = *s, .x = x, .weight = data_of(weight),
                .bias = bias ? data_of(bias) : NULL,
                .turned = turned(s, data_of(weight)),
                .dx = gradient_of(x, true), .dy = grad_of(out) };
    job.weights_wanted = weight->buffer->wants_grad
                      || (bias && bias->buffer->wants_grad);
    job.each = weights_size(s) + (size_t)s->out + 2 * wide_picture_size(s)
             + wide_result_size(s);
    job.room = tape_room((size_t)s->parts * job.each * sizeof *job.room);
    parallel_for(worth(s), s->parts, backward_part, &job);
    if (!job.weights_wanted)
        return;
    add_parts(&job, weights_size(s), job.room, weight);
    add_parts(&job, (size_t)s->out, job.room + weights_size(s), bias);
}

Tensor *op_convolve(Tensor *x, Tensor *weight, Tensor *bias, int size,
                    int border)
{
    x = t_contiguous(x);
    weight = t_contiguous(weight);
    bias = bias ? t_contiguous(bias) : NULL;
    Sizes s = sizes_of(x, weight, size, border);
    Tensor *out = op_result("nn_square_windows",
                            SHAPE(s.pictures, s.rows, s.columns, s.out),
                            convolve_back, x, weight, bias);
    out->saved = memcpy(tape_room(sizeof s), &s, sizeof s);
    TapeMark mark = tape_mark();
    Job job = { .s = s, .x = x, .y = out, .weight = data_of(weight),
                .bias = bias ? data_of(bias) : NULL };
    job.each = wide_picture_size(&s)
             + (size_t)s.rows * (size_t)s.across * (size_t)s.out;
    job.room = tape_room((size_t)s.parts * job.each * sizeof *job.room);
    parallel_for(worth(&s), s.parts, forward_part, &job);
    tape_release(mark);
    out->buffer->changeable = true;
    return out;
}

/* opt.c -- SGD and Adam. */
#include "tensor/ops.h"
#include "learn/opt.h"
#include "base/parallel.h"
#include "tensor/rows.h"

struct Optimiser {
    int alive;
    const Params *list;
    int count;          /* parameters when it was made */
    void (*move)(const Optimiser *o, int i, size_t first, size_t end);
    double rate, momentum, beta1, beta2, epsilon;
    long step;
    real **first, **second;     /* per parameter: running means, or NULL */
};

/* ---- all parameters, in pieces ------------------------------------------ *
 * Threads share the work evenly, whatever the sizes of the parameters. The cuts
 * are always the same, so that no sum depends on the number of threads. */

enum { PIECE = 1 << 14 };   /* numbers */

typedef struct {
    int i;                  /* of parameter i, numbers first to end - 1 */
    size_t first, end;
    double squares;
} Piece;

typedef struct {
    const Params *list;
    const Optimiser *optimiser;
    real factor;
    int count;
    Piece *at;
} Pieces;

/* In memory of the step: to be given back with tape_release(). */
static Pieces pieces_of(const Params *list)
{
    Pieces p = { .list = list };
    for (int i = 0; i < list->n; i++)
        p.count += (int)((list->at[i]->buffer->size + PIECE - 1) / PIECE);
    Piece *next = p.at = tape_room((size_t)p.count * sizeof *next);
    for (int i = 0; i < list->n; i++) {
        size_t size = list->at[i]->buffer->size;
        grad_of(list->at[i]);   /* zeros where none arrived, before threads */
        for (size_t k = 0; k < size; k += PIECE)
            *next++ = (Piece){ .i = i, .first = k,
                               .end = size - k < PIECE ? size : k + PIECE };
    }
    return p;
}

static void each_piece(const Pieces *p, void (*body)(int piece, const void *))
{
    parallel_for(p->count > 2, p->count, body, p);
}

/* ---- optimisers --------------------------------------------------------- */

static real **zeros_for(const Params *list)
{
    real **all = keep_alloc((size_t)(list->n + 1) * sizeof *all);
    for (int i = 0; i < list->n; i++) {
        size_t bytes = list->at[i]->buffer->size * sizeof(real);
        all[i] = keep_alloc(bytes);
        memset(all[i], 0, bytes);
    }
    return all;
}

static void check_list(const char *op, const Params *list)
{
    if (!list)
        t_fail("%s: the list of parameters is NULL", op);
}

static void check(const char *op, const Optimiser *o)
{
    if (!o)
        t_fail("%s: the optimiser is NULL", op);
    if (o->alive != ALIVE)
        t_fail("%s: the optimiser is used after tape_free()", op);
}

static Optimiser *optimiser(const char *op, const Params *list, double rate,
                            void (*move)(const Optimiser *o, int i,
                                         size_t first, size_t end))
{
    check_list(op, list);
    if (!(rate > 0))
        t_fail("%s: the learning rate must be above 0, got %g", op, rate);
    Optimiser *o = keep_alloc(sizeof *o);
    *o = (Optimiser){ .alive = ALIVE, .list = list, .count = list->n,
                      .move = move, .rate = rate };
    return o;
}

/* v <- momentum v + g;  p <- p - rate v */
static void sgd_move(const Optimiser *o, int i, size_t first, size_t end)
{
    Buffer *b = o->list->at[i]->buffer;
    real *restrict v = o->first[i], *restrict p = b->data;
    const real *grad = b->grad;
    real momentum = (real)o->momentum, rate = (real)o->rate;
    for (size_t k = first; k < end; k++) {
        v[k] = momentum * v[k] + grad[k];
        p[k] -= rate * v[k];
    }
}

Optimiser *opt_sgd(const Params *list, SgdOptions options)
{
    Optimiser *o = optimiser("opt_sgd", list, options.rate, sgd_move);
    o->momentum = options.momentum;
    o->first = zeros_for(list);
    return o;
}

/* m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;
 * p <- p - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon) */
static void adam_move(const Optimiser *o, int i, size_t first, size_t end)
{
    Buffer *b = o->list->at[i]->buffer;
    real *restrict m = o->first[i], *restrict v = o->second[i];
    real *restrict p = b->data;
    const real *grad = b->grad;
    real b1 = (real)o->beta1, b2 = (real)o->beta2, epsilon = (real)o->epsilon;
    /* In double: 1 - 0.999f would keep four digits only. */
    real rest1 = (real)(1 - o->beta1), rest2 = (real)(1 - o->beta2);
    real rate = (real)(o->rate / (1 - pow(o->beta1, (double)o->step)));
    real unbias = (real)(1 / (1 - pow(o->beta2, (double)o->step)));
    for (size_t k = first; k < end; k++) {
        real g = grad[k];
        m[k] = b1 * m[k] + rest1 * g;
        v[k] = b2 * v[k] + rest2 * g * g;
        p[k] -= rate * m[k] / (sqrt(v[k] * unbias) + epsilon);
    }
}

static double or_default(double value, double otherwise)
{
    return value == 0 ? otherwise : value;
}

Optimiser *opt_adam(const Params *list, AdamOptions options)
{
    Optimiser *o = optimiser("opt_adam", list, or_default(options.rate, 1e-3),
                             adam_move);
    o->beta1 = or_default(options.beta1, 0.9);
    o->beta2 = or_default(options.beta2, 0.999);
    o->epsilon = or_default(options.epsilon, 1e-8);
    if (!(o->beta1 >= 0 && o->beta1 < 1 && o->beta2 >= 0 && o->beta2 < 1))
        t_fail("opt_adam: beta1 and beta2 must be at least 0 and below 1, got "
               "%g and %g", o->beta1, o->beta2);
    o->first = zeros_for(list);
    o->second = zeros_for(list);
    return o;
}

static void move_piece(int piece, const void *arg)
{
    const Pieces *p = arg;
    Piece at = p->at[piece];
    p->optimiser->move(p->optimiser, at.i, at.first, at.end);
}

void opt_step(Optimiser *o)
{
    check("opt_step", o);
    if (o->list->n != o->count)
        t_fail("opt_step: the list had %d parameters when the optimiser was "
               "made, now %d", o->count, o->list->n);
    o->step++;
    TapeMark mark = tape_mark();
    Pieces p = pieces_of(o->list);
    p.optimiser = o;
    each_piece(&p, move_piece);
    params_zero_grad(o->list);
    tape_release(mark);
}

void opt_set_rate(Optimiser *o, double rate)
{
    check("opt_set_rate", o);
    if (!(rate >= 0))
        t_fail("opt_set_rate: the learning rate must be at least 0, got %g",
               rate);
    o->rate = rate;
}

OptimiserState opt_state(Optimiser *o)
{
    check("opt_state", o);
    return (OptimiserState){ o->list, &o->step, o->first, o->second };
}

static void square_piece(int piece, const void *arg)
{
    const Pieces *p = arg;
    Piece *at = &p->at[piece];
    at->squares = row_squares((int)(at->end - at->first),
                              p->list->at[at->i]->buffer->grad + at->first);
}

static void scale_piece(int piece, const void *arg)
{
    const Pieces *p = arg;
    Piece at = p->at[piece];
    real *restrict grad = p->list->at[at.i]->buffer->grad;
    for (size_t k = at.first; k < at.end; k++)
        grad[k] *= p->factor;
}

double opt_clip(const Params *list, double limit)
{
    check_list("opt_clip", list);
    if (!(limit > 0))
        t_fail("opt_clip: the limit must be above 0, got %g", limit);
    TapeMark mark = tape_mark();
    Pieces p = pieces_of(list);
    each_piece(&p, square_piece);
    double squares = 0;
    for (int i = 0; i < p.count; i++)
        squares += p.at[i].squares;
    double norm = sqrt(squares);
    if (!isfinite(norm))
        t_fail("opt_clip: a gradient is %s", isnan(norm) ? "NaN" : "infinite");
    p.factor = (real)(limit / norm);
    if (norm > limit)
        each_piece(&p, scale_piece);
    tape_release(mark);
    return norm;
}

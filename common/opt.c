/* opt.c -- SGD and Adam. */
#include "ops.h"
#include "opt.h"

struct Optimiser {
    const Params *list;
    int count;          /* parameters when it was made */
    void (*move)(Optimiser *o, int i);
    double rate, momentum, beta1, beta2, epsilon;
    long step;
    real **first, **second;     /* per parameter: running means, or NULL */
};

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

static Optimiser *optimiser(const char *op, const Params *list, double rate,
                            void (*move)(Optimiser *, int))
{
    if (!(rate > 0))
        t_fail("%s: the learning rate must be above 0, got %g", op, rate);
    Optimiser *o = keep_alloc(sizeof *o);
    *o = (Optimiser){ .list = list, .count = list->n, .move = move,
                      .rate = rate };
    return o;
}

/* v <- momentum v + g;  p <- p - rate v */
static void sgd_move(Optimiser *o, int i)
{
    Buffer *b = o->list->at[i]->buffer;
    real *restrict v = o->first[i], *restrict p = b->data;
    for (size_t k = 0; k < b->size; k++) {
        v[k] = (real)o->momentum * v[k] + b->grad[k];
        p[k] -= (real)o->rate * v[k];
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
static void adam_move(Optimiser *o, int i)
{
    Buffer *b = o->list->at[i]->buffer;
    real *restrict m = o->first[i], *restrict v = o->second[i];
    real *restrict p = b->data;
    real b1 = (real)o->beta1, b2 = (real)o->beta2, epsilon = (real)o->epsilon;
    /* In double: 1 - 0.999f would keep four digits only. */
    real rest1 = (real)(1 - o->beta1), rest2 = (real)(1 - o->beta2);
    real rate = (real)(o->rate / (1 - pow(o->beta1, (double)o->step)));
    real unbias = (real)(1 / (1 - pow(o->beta2, (double)o->step)));
    for (size_t k = 0; k < b->size; k++) {
        real g = b->grad[k];
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

void opt_step(Optimiser *o)
{
    if (o->list->n != o->count)
        t_fail("opt_step: the list had %d parameters when the optimiser was "
               "made, now %d", o->count, o->list->n);
    o->step++;
    for (int i = 0; i < o->count; i++)
        o->move(o, i);
    params_zero_grad(o->list);
}

void opt_set_rate(Optimiser *o, double rate)
{
    if (!(rate >= 0))
        t_fail("opt_set_rate: the learning rate must be at least 0, got %g",
               rate);
    o->rate = rate;
}

OptimiserState opt_state(Optimiser *o)
{
    return (OptimiserState){ o->list, &o->step, o->first, o->second };
}

double opt_clip(const Params *list, double limit)
{
    if (!(limit > 0))
        t_fail("opt_clip: the limit must be above 0, got %g", limit);
    double squares = 0;
    for (int i = 0; i < list->n; i++) {
        Buffer *b = list->at[i]->buffer;
        for (size_t k = 0; k < b->size; k++)
            squares += (double)b->grad[k] * (double)b->grad[k];
    }
    double norm = sqrt(squares);
    if (norm > limit)
        for (int i = 0; i < list->n; i++) {
            Buffer *b = list->at[i]->buffer;
            for (size_t k = 0; k < b->size; k++)
                b->grad[k] *= (real)(limit / norm);
        }
    return norm;
}

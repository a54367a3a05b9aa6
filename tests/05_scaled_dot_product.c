/* The claims of chapter 5, and what its header promises. */
#include "chapter.h"

#include "05_scaled_dot_product.h"
#include "golden/05_attention.h"
#include "learn/nn.h"

static const double eps = (double)FLT_EPSILON;

/* ---- attention once more, in doubles and without the library ------------- *
 * A problem is `count` attentions, one for each place in the axes in front. */

enum { MANY = 4096 };   /* numbers of one tensor */

typedef struct {
    int count, n, m, d_k, d_v;
    double q[MANY], k[MANY], v[MANY], d_out[MANY];
    bool hidden[MANY];
    double scores[MANY], weights[MANY], out[MANY];      /* the answer */
} Problem;

static Problem problem;     /* too large for the stack of some machines */

static void read_numbers(const Tensor *x, double *numbers)
{
    assert_true(t_size(x) <= MANY);
    for (int i = 0; i < t_size(x); i++)
        numbers[i] = (double)*check_element(x, x->buffer->data, i);
}

/* Shape of q, with other sizes in its last two axes. */
static Shape with_last(const Tensor *q, int rows, int columns)
{
    Shape s = q->shape;
    s.dim[s.n - 2] = rows;
    s.dim[s.n - 1] = columns;
    return s;
}

static void pose(Tensor *q, Tensor *k, Tensor *v, Tensor *mask)
{
    Problem *p = &problem;
    p->n = t_dim(q, -2);
    p->m = t_dim(k, -2);
    p->d_k = t_dim(q, -1);
    p->d_v = t_dim(v, -1);
    p->count = t_size(q) / (p->n * p->d_k);
    read_numbers(q, p->q);
    read_numbers(k, p->k);
    read_numbers(v, p->v);
    int pairs = p->count * p->n * p->m;
    memset(p->hidden, 0, sizeof p->hidden);
    if (mask) {
        Tensor *all = t_broadcast_shape(mask, with_last(q, p->n, p->m));
        for (int i = 0; i < pairs; i++)
            p->hidden[i] = *check_element(all, all->buffer->data, i) != 0;
    }
}

static void solve_one(Problem *p, int b)
{
    int n = p->n, m = p->m;
    for (int i = 0; i < n; i++) {
        const double *q = p->q + (b * n + i) * p->d_k;
        double *s = p->scores + (b * n + i) * m, max = -INFINITY, sum = 0;
        double *w = p->weights + (b * n + i) * m;
        for (int j = 0; j < m; j++) {
            const double *k = p->k + (b * m + j) * p->d_k;
            s[j] = 0;
            for (int c = 0; c < p->d_k; c++)
                s[j] += q[c] * k[c] / sqrt(p->d_k);
            w[j] = p->hidden[(b * n + i) * m + j] ? -INFINITY : s[j];
            max = fmax(max, w[j]);
        }
        for (int j = 0; j < m; j++)
            sum += w[j] = max == -INFINITY ? 0 : exp(w[j] - max);
        for (int j = 0; j < m; j++)
            w[j] = sum == 0 ? 0 : w[j] / sum;
        for (int c = 0; c < p->d_v; c++) {
            double *out = p->out + (b * n + i) * p->d_v + c;
            *out = 0;
            for (int j = 0; j < m; j++)
                *out += w[j] * p->v[(b * m + j) * p->d_v + c];
        }
    }
}

static void solve(Problem *p)
{
    for (int b = 0; b < p->count; b++)
        solve_one(p, b);
}

/* The loss whose gradient by the output is d_out. */
static double loss(Problem *p)
{
    double sum = 0;
    solve(p);
    for (int i = 0; i < p->count * p->n * p->d_v; i++)
        sum += p->d_out[i] * p->out[i];
    return sum;
}

static void assert_all_near(const Tensor *x, const double *wanted,
                            double tolerance, const char *what, int line)
{
    check_numbers(x, x->buffer->data, tolerance, t_size(x), wanted, what,
                  __FILE__, line);
}
#define assert_tensor_near(x, wanted, tolerance)                               \
    assert_all_near(x, wanted, tolerance, #x, __LINE__)

/* ---- random examples ---------------------------------------------------- */

/* Axes in front of a matrix: none, a batch, a batch and heads. */
static Shape stacked(int kind, int rows, int columns)
{
    return kind == 0 ? SHAPE(rows, columns)
         : kind == 1 ? SHAPE(3, rows, columns)
                     : SHAPE(3, 2, rows, columns);
}
enum { STACKS = 3, BATCH = 3 };

static Tensor *random_param(Rng *rng, Shape shape)
{
    return param_from(NULL, t_normal_shape(rng, shape));
}

/* Masks that hide nothing (NULL), the future, padding, both. One sequence of
 * the padded batch is empty, one is full. Without a batch, one row. */
enum { NO_MASK, CAUSAL, PADDING, BOTH, MASKS };

static Tensor *mask_for(int kind, int stack, int n, int m, Rng *rng)
{
    if (kind == NO_MASK)
        return NULL;
    if (kind == CAUSAL)
        return causal_mask(n);
    int lengths[BATCH] = { between(rng, 0, m), m, 0 };
    Tensor *padding = nn_padding_mask(stack ? BATCH : 1, lengths, m);
    if (stack == 0)
        padding = t_reshape(padding, 1, m);
    if (stack == 2)
        padding = t_reshape(padding, BATCH, 1, 1, m);
    return kind == PADDING ? padding : t_add(padding, causal_mask(n));
}

/* The same numbers, but row r of every matrix, from <= r < to, is garbage. */
static Tensor *spoilt(Rng *rng, const Tensor *x, int from, int to, double size)
{
    Tensor *copy = t_zeros_shape(x->shape);
    t_assign(copy, x);
    int rows = t_dim(x, -2), columns = t_dim(x, -1);
    for (int i = 0; i < t_size(x); i++)
        if (from <= i / columns % rows && i / columns % rows < to)
            copy->buffer->data[i] = (real)(size * (2 * rng_uniform(rng) - 1));
    return copy;
}

/* Rows from <= r < to of every matrix. */
static Tensor *rows_of(Tensor *x, int from, int to)
{
    return t_slice(x, -2, from, to);
}

static Tensor *projection(Rng *rng, int from, int to)
{
    return t_scale(t_normal(rng, from, to), 1 / sqrt(from));
}

/* ---- three parts for every token ---------------------------------------- */

static void scores_need_not_be_symmetric(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    int loves_another = 0, lopsided = 0;
    for (int trial = 0; trial < 300; trial++) {
        int d = between(&rng, 3, 16), d_k = between(&rng, 3, 16);
        Tensor *x = t_normal(&rng, 3, d);
        Tensor *w_q = projection(&rng, d, d_k), *w_k = projection(&rng, d, d_k);
        for (int same = 0; same < 2; same++) {
            Tensor *q = t_matmul(x, w_q), *k = t_matmul(x, same ? w_q : w_k);
            Tensor *s = attention_scores(q, k);
            Tensor *p = attention_weights(q, k, NULL);
            /* Round and back: the row sums cancel, and what is left of
             * ln p_ij is the score. */
            double round = 0;
            for (int i = 0; i < 3; i++) {
                int next = (i + 1) % 3;
                round += log((double)t_at(p, i, next))
                       - log((double)t_at(p, next, i));
                if (!same && t_at(p, i, next) > t_at(p, i, i))
                    loves_another++;
            }
            if (same) {
                assert_same_bits(s, t_transpose(s));
                assert_near(round, 0, 1e-4);
            } else {
                lopsided += t_distance(s, t_transpose(s)) > 1e-2
                         && fabs(round) > 1e-3;
            }
        }
        tape_reset();
    }
    assert_true(lopsided > 290);
    assert_true(loves_another > 100);   /* no token has to like itself best */
}

static void the_pencil_example_comes_out(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 2, 1, 0, 1, 1);
    Tensor *q = t_matmul(x, t_matrix(2, 2, 1, 1, 0, 1));
    Tensor *k = t_matmul(x, t_matrix(2, 2, 2, 0, -2, 1));
    Tensor *v = t_matmul(x, t_matrix(2, 2, 10, 0, 0, 10));
    assert_numbers(q, 0, 1, 1, 1, 2);
    assert_numbers(k, 0, 2, 0, 0, 1);
    assert_numbers(v, 0, 10, 0, 10, 10);
    assert_numbers(t_matmul(q, t_transpose(k)), 0, 2, 1, 2, 2);
    assert_numbers(attention_scores(q, k), 4 * eps, sqrt(2), sqrt(0.5), sqrt(2),
                   sqrt(2));
    double first = 1 / (1 + exp(-1 / sqrt(2)));
    assert_near(first, 0.6698, 5e-5);
    assert_numbers(attention_weights(q, k, NULL), eps, first, 1 - first,
                   0.5, 0.5);
    assert_numbers(attention(q, k, v, NULL), 20 * eps, 10, 10 * (1 - first),
                   10, 5);
}

/* ---- the formula -------------------------------------------------------- */

static void attention_follows_its_formula(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    for (int trial = 0; trial < 400; trial++) {
        int stack = rng_below(&rng, STACKS), kind = trial % MASKS;
        bool square = kind == CAUSAL || kind == BOTH;
        int n = between(&rng, 1, 8), m = square ? n : between(&rng, 1, 8);
        int d_k = between(&rng, 1, 24), d_v = between(&rng, 1, 24);
        int layout = rng_below(&rng, LAYOUTS);
        Shape shape = stacked(stack, n, d_k);
        Tensor *q = copy_in(layout, t_normal_shape(&rng, shape));
        shape = stacked(stack, m, d_k);
        Tensor *k = copy_in(layout, t_normal_shape(&rng, shape));
        shape = stacked(stack, m, d_v);
        Tensor *v = copy_in(layout, t_normal_shape(&rng, shape));
        Tensor *mask = mask_for(kind, stack, n, m, &rng);
        pose(q, k, v, mask);
        solve(&problem);
        Tensor *scores = attention_scores(q, k);
        Tensor *weights = attention_weights(q, k, mask);
        Tensor *out = attention(q, k, v, mask);
        assert_string_equal(t_shape(scores), shape_text(stacked(stack, n, m)));
        assert_string_equal(t_shape(weights), shape_text(stacked(stack, n, m)));
        assert_string_equal(t_shape(out), shape_text(stacked(stack, n, d_v)));
        assert_tensor_near(scores, problem.scores, 16 * eps);
        assert_tensor_near(weights, problem.weights, 4 * eps);
        assert_tensor_near(out, problem.out, 8 * eps);
        for (int i = 0; i < t_size(weights); i++)
            if (problem.hidden[i])
                assert_true(weights->buffer->data[i] == 0);
        tape_reset();
    }
}

static void word_by_word_equals_all_at_once(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int trial = 0; trial < 20; trial++) {
        int n = trial ? between(&rng, 1, 20) : 4;
        int d = trial ? between(&rng, 1, 64) : 512;
        Tensor *x = t_normal(&rng, n, d), *stack[3] = { 0 }, *whole[3];
        for (int part = 0; part < 3; part++) {      /* q, k, v */
            Linear layer = nn_linear_new(NULL, &rng, d, d,
                                         (LinearOptions){ 0 });
            whole[part] = nn_linear(layer, x);
            for (int i = 0; i < n; i++) {
                Tensor *one = nn_linear(layer, rows_of(x, i, i + 1));
                assert_shape(one, 1, d);
                stack[part] = stack[part] ? t_concat(0, stack[part], one) : one;
            }
        }
        Tensor *at_once = attention(whole[0], whole[1], whole[2], NULL);
        Tensor *stacked_up = attention(stack[0], stack[1], stack[2], NULL);
        assert_shape(at_once, n, d);
        assert_true(t_distance(at_once, stacked_up) < 1e-6);
        for (int i = 0; i < n; i++) {       /* one query at a time */
            Tensor *alone = attention(rows_of(stack[0], i, i + 1), stack[1],
                                      stack[2], NULL);
            assert_true(t_distance(alone, rows_of(at_once, i, i + 1)) < 1e-6);
        }
        tape_free();
    }
}

/* ---- the square root ---------------------------------------------------- */

/* Numbers of mean 0 and variance 1: normal, uniform, or heads and tails. */
static Tensor *unit_variance(Rng *rng, int kind, Shape shape)
{
    if (kind == 0)
        return t_normal_shape(rng, shape);
    Tensor *x = t_uniform_shape(rng, -sqrt(3), sqrt(3), shape);
    for (int i = 0; kind == 2 && i < t_size(x); i++)
        x->buffer->data[i] = x->buffer->data[i] < 0 ? -1 : 1;
    return x;
}

/* Beside a key of zeros, whose score is 0, the weights tell the score of the
 * other key: it is ln(p_0 / p_1). The estimate of a variance from N numbers is
 * off by sqrt((kurtosis - 1) / N) of it; the kurtosis is at most 9. */
static void the_variance_of_a_score_is_its_width(void **state)
{
    (void)state;
    enum { N = 2000 };
    const int widths[] = { 1, 2, 8, 64, 256, 1024 };
    Rng rng = rng_new(4);
    for (int kind = 0; kind < 3; kind++)
        for (int w = 0; w < (kind ? 4 : 6); w++) {
            int d = widths[w];
            double raw = 0, scaled = 0, mean = 0;
            for (int done = 0; done < N; done += 500) {
                Tensor *q = unit_variance(&rng, kind, SHAPE(500, 1, d));
                Tensor *k = unit_variance(&rng, kind, SHAPE(500, 1, d));
                Tensor *keys = t_concat(1, k, t_zeros(500, 1, d));
                Tensor *p = attention_weights(q, keys, NULL);
                Tensor *s = t_matmul(q, t_transpose(k));
                for (int i = 0; i < 500; i++) {
                    double told = log((double)t_at(p, i, 0, 0)
                                      / (double)t_at(p, i, 0, 1));
                    double score = (double)t_at(s, i, 0, 0);
                    assert_near(told, score / sqrt(d),
                                8 * eps * exp(fabs(told)) + 8 * eps);
                    scaled += told * told / N;
                    raw += score * score / N;
                    mean += score / N;
                }
                tape_reset();
            }
            double off = 4 * sqrt((d == 1 ? 8 : d == 2 ? 5 : 3) / (double)N);
            assert_near(mean, 0, 4 * sqrt(d / (double)N));
            assert_near(raw / d, 1, off);
            assert_near(scaled, 1, off);
        }
}

static void without_the_factor_wide_keys_saturate_the_softmax(void **state)
{
    (void)state;
    enum { TRIALS = 400, KEYS = 16 };
    Rng rng = rng_new(5);
    double raw_before = KEYS, raw = 0;
    for (int d = 1; d <= 1024; d *= 4) {
        double scaled = 0;
        raw = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            Tensor *q = t_normal(&rng, 1, d), *k = t_normal(&rng, KEYS, d);
            Tensor *p = t_softmax(t_matmul(q, t_transpose(k)));
            raw += keys_seen(t_reshape(p, KEYS)) / TRIALS;
            p = attention_weights(q, k, NULL);
            scaled += keys_seen(t_reshape(p, KEYS)) / TRIALS;
            tape_reset();
        }
        assert_true(raw < raw_before);
        raw_before = raw;
        assert_true(10 < scaled && scaled < 13);
        if (d >= 16)    /* 10.7 is where it settles */
            assert_near(scaled, 10.75, 0.35);
    }
    assert_true(1 < raw && raw < 1.2);
}

static void keys_seen_counts_equal_keys(void **state)
{
    (void)state;
    Rng rng = rng_new(6);
    for (int m = 1; m <= 200; m++) {
        int seen = between(&rng, 1, m);
        Tensor *p = t_zeros(m);
        int order[200];
        rng_permutation(&rng, m, order);
        for (int i = 0; i < seen; i++)      /* anywhere in the row */
            t_at(p, order[i]) = 1 / (real)seen;
        assert_near(keys_seen(p), seen, 8 * eps * seen);
        tape_reset();
    }
    assert_near(keys_seen(t_vector(0, 1, 0)), 1, 0);
    for (int trial = 0; trial < 300; trial++) {
        int m = between(&rng, 1, 50);
        Tensor *scores = t_normal(&rng, m);
        scores = t_scale(scores, exp(rng_normal(&rng)));
        Tensor *p = t_softmax(scores);
        double seen = keys_seen(p);
        assert_true(1 - 1e-5 < seen && seen < m * (1 + 1e-5));
        /* Every key split into two halves: twice as many. */
        Tensor *halves = t_scale(t_concat(0, p, p), 0.5);
        assert_near(keys_seen(halves), 2 * seen, 1e-5 * seen);
        tape_reset();
    }
}

/* ---- masks -------------------------------------------------------------- */

static void a_causal_mask_hides_what_comes_after(void **state)
{
    (void)state;
    for (int n = 1; n <= 40; n++) {
        Tensor *mask = causal_mask(n);
        assert_shape(mask, n, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                assert_true(t_at(mask, i, j) == (j > i));
        tape_reset();
    }
}

static void a_mask_hides_wherever_it_is_not_zero(void **state)
{
    (void)state;
    Rng rng = rng_new(7);
    Tensor *q = t_normal(&rng, 2, 3), *k = t_normal(&rng, 4, 3);
    Tensor *marks = t_matrix(1, 4, 0, -1, 0.5, 0);
    Tensor *p = attention_weights(q, k, marks);
    assert_same_bits(p, attention_weights(q, k, t_matrix(1, 4, 0, 1, 1, 0)));
    for (int i = 0; i < 2; i++) {
        assert_true(t_at(p, i, 1) == 0 && t_at(p, i, 2) == 0);
        assert_near(t_at(p, i, 0) + t_at(p, i, 3), 1, eps);
    }
    assert_refuses_in("05_scaled_dot_product.c",
                      "t_masked_fill: shapes do not broadcast: (2, 4) and "
                      "(3, 3)", attention_weights(q, k, causal_mask(3)));
}

/* Changing tokens from t on: to others like them, or to huge ones. */
static void a_later_token_changes_no_earlier_row(void **state)
{
    (void)state;
    Rng rng = rng_new(8);
    for (int n = 1; n <= 70; n += n < 20 ? 1 : 7)
        for (int stack = 0; stack < STACKS; stack++) {
            int d = between(&rng, 1, 20), d_k = between(&rng, 1, 20);
            Tensor *x = t_normal_shape(&rng, stacked(stack, n, d));
            Tensor *w[3], *before, *mask = causal_mask(n);
            for (int part = 0; part < 3; part++)
                w[part] = projection(&rng, d, d_k);
            before = attention(t_matmul(x, w[0]), t_matmul(x, w[1]),
                               t_matmul(x, w[2]), mask);
            for (int t = 0; t < n; t += n < 20 ? 1 : 5) {
                double size = t % 3 == 0 ? 1 : t % 3 == 1 ? 1e4 : 1e30;
                int end = t % 2 ? n : t + 1;    /* all after t, or t alone */
                Tensor *other = spoilt(&rng, x, t, end, size);
                Tensor *after = attention(t_matmul(other, w[0]),
                                          t_matmul(other, w[1]),
                                          t_matmul(other, w[2]), mask);
                if (t > 0)
                    assert_same_bits(rows_of(before, 0, t),
                                     rows_of(after, 0, t));
                assert_false(same_bits(rows_of(before, t, t + 1),
                                       rows_of(after, t, t + 1)));
            }
            /* The first token sees itself alone, and its value comes back. */
            assert_same_bits(rows_of(before, 0, 1),
                             rows_of(t_matmul(x, w[2]), 0, 1));
            tape_reset();
        }
}

/* A loss on the rows before t moves no key or value from t on. */
static void no_gradient_reaches_a_later_token(void **state)
{
    (void)state;
    Rng rng = rng_new(9);
    for (int n = 2; n <= 12; n++)
        for (int stack = 0; stack < STACKS; stack++) {
            int t = between(&rng, 1, n - 1);
            Tensor *x = random_param(&rng, stacked(stack, n, 5));
            Tensor *out = attention(x, x, x, causal_mask(n));
            Tensor *seen = rows_of(out, 0, t);
            t_backward(t_sum(t_mul(seen, seen), T_ALL));
            Tensor *grad = t_grad(x);
            double late = t_item(t_max(t_mul(rows_of(grad, t, n),
                                             rows_of(grad, t, n)), T_ALL));
            assert_true(late == 0);
            assert_true(t_item(t_max(t_mul(grad, grad), T_ALL)) > 0);
            tape_free();
        }
}

/* One sequence of every batch keeps its length, the others lose their tail:
 * garbage of any size goes into keys and values there. */
static void padding_changes_nothing(void **state)
{
    (void)state;
    Rng rng = rng_new(10);
    const double sizes[] = { 0, 1, 1e4, 1e30, (double)FLT_MAX };
    for (int trial = 0; trial < 400; trial++) {
        int stack = 1 + trial % 2, n = between(&rng, 1, 20);
        int m = between(&rng, 1, trial < 390 ? 20 : 70);
        int d_k = between(&rng, 1, 20), d_v = between(&rng, 1, 20);
        int here = between(&rng, 0, m), there = between(&rng, 0, m);
        int lengths[BATCH] = { here, there, trial % 3 ? 0 : m };
        Tensor *q = t_normal_shape(&rng, stacked(stack, n, d_k));
        Tensor *k = t_normal_shape(&rng, stacked(stack, m, d_k));
        Tensor *v = t_normal_shape(&rng, stacked(stack, m, d_v));
        Tensor *mask = nn_padding_mask(BATCH, lengths, m);
        if (stack == 2)
            mask = t_reshape(mask, BATCH, 1, 1, m);
        Tensor *before = attention(q, k, v, mask);

        double size = sizes[trial % 5];
        Tensor *other_k[BATCH], *other_v[BATCH];
        for (int b = 0; b < BATCH; b++) {
            Tensor *one_k = t_slice(k, 0, b, b + 1);
            Tensor *one_v = t_slice(v, 0, b, b + 1);
            other_k[b] = spoilt(&rng, one_k, lengths[b], m, size);
            other_v[b] = spoilt(&rng, one_v, lengths[b], m, size);
        }
        Tensor *after = attention(q, t_concat_list(0, BATCH, other_k),
                                  t_concat_list(0, BATCH, other_v), mask);
        assert_same_bits(before, after);

        for (int b = 0; b < BATCH; b++) {   /* as if it were not there */
            int length = lengths[b];
            Tensor *one = t_slice(before, 0, b, b + 1);
            if (length == 0)
                continue;
            Tensor *cut = attention(t_slice(q, 0, b, b + 1),
                                    rows_of(t_slice(k, 0, b, b + 1), 0, length),
                                    rows_of(t_slice(v, 0, b, b + 1), 0, length),
                                    NULL);
            assert_true(t_distance(one, cut) <= 8 * eps);
        }
        tape_reset();
    }
}

static void a_query_that_sees_nothing_brings_home_zeros(void **state)
{
    (void)state;
    Rng rng = rng_new(11);
    for (int trial = 0; trial < 100; trial++) {
        int n = between(&rng, 1, 6), m = between(&rng, 1, 6), d = 3;
        int blind = rng_below(&rng, n);
        Tensor *q = random_param(&rng, SHAPE(2, n, d));
        Tensor *k = random_param(&rng, SHAPE(2, m, d));
        Tensor *v = random_param(&rng, SHAPE(2, m, d));
        Tensor *mask = t_zeros(n, m);
        for (int j = 0; j < m; j++)
            t_at(mask, blind, j) = 1;
        if (trial % 2)
            mask = nn_padding_mask(2, (int[]){ 0, 0 }, m);
        Tensor *weights = attention_weights(q, k, mask);
        Tensor *out = attention(q, k, v, mask);
        for (int b = 0; b < 2; b++) {
            for (int j = 0; j < m; j++)
                assert_true(t_at(weights, b, blind, j) == 0);
            for (int c = 0; c < d; c++)
                assert_true(t_at(out, b, blind, c) == 0);
        }
        /* And it teaches nothing. */
        Tensor *g = t_normal(&rng, 2, n, d);
        AttentionGradient formula = attention_backward(q, k, v, mask, g);
        t_backward(t_sum(t_mul(out, g), T_ALL));
        for (int b = 0; b < 2; b++)
            for (int c = 0; c < d; c++) {
                assert_true(t_grad_at(q, b, blind, c) == 0);
                assert_true(t_at(formula.q, b, blind, c) == 0);
                for (int j = 0; j < m; j++) {
                    assert_true(isfinite(t_grad_at(k, b, j, c)));
                    assert_true(isfinite(t_at(formula.k, b, j, c)));
                    if (trial % 2)
                        assert_true(t_grad_at(v, b, j, c) == 0);
                }
            }
        tape_free();
    }
}

/* ---- two sequences ------------------------------------------------------ */

static void two_sequences_may_differ_in_length_and_width(void **state)
{
    (void)state;
    Rng rng = rng_new(12);
    for (int trial = 0; trial < 200; trial++) {
        int n = between(&rng, 1, 9), m = between(&rng, 1, 9);
        int d_asks = between(&rng, 1, 12), d_answers = between(&rng, 1, 12);
        int d_k = between(&rng, 1, 8), d_v = between(&rng, 1, 8);
        Tensor *asks = t_normal(&rng, n, d_asks);
        Tensor *answers = t_normal(&rng, m, d_answers);
        Tensor *q = t_matmul(asks, projection(&rng, d_asks, d_k));
        Tensor *k = t_matmul(answers, projection(&rng, d_answers, d_k));
        Tensor *v = t_matmul(answers, projection(&rng, d_answers, d_v));
        assert_shape(attention_weights(q, k, NULL), n, m);
        assert_shape(attention(q, k, v, NULL), n, d_v);
        pose(q, k, v, NULL);
        solve(&problem);
        assert_tensor_near(attention(q, k, v, NULL), problem.out, 16 * eps);
        tape_reset();
    }
    Tensor *q = t_zeros(3, 4), *k = t_zeros(5, 6);  /* but not in d_k */
    assert_refuses_in("05_scaled_dot_product.c",
                      "t_matmul: inner sizes differ: (3, 4) x (6, 5)",
                      attention_weights(q, k, NULL));
    assert_refuses_in("05_scaled_dot_product.c",
                      "t_matmul: inner sizes differ: (3, 4) x (6, 5)",
                      attention_scores(q, k));
}

static void values_from_the_asking_sequence_need_equal_lengths(void **state)
{
    (void)state;
    Rng rng = rng_new(13);
    Tensor *q = t_normal(&rng, 3, 4), *k = t_normal(&rng, 5, 4);
    Tensor *v = t_normal(&rng, 3, 7);
    assert_refuses_in("05_scaled_dot_product.c",
                      "t_matmul: inner sizes differ: (3, 5) x (3, 7)",
                      attention(q, k, v, NULL));
    Tensor *equal = t_slice(k, 0, 0, 3);
    assert_shape(attention(q, equal, v, NULL), 3, 7);
    pose(q, equal, v, NULL);
    solve(&problem);
    assert_tensor_near(attention(q, equal, v, NULL), problem.out, 8 * eps);
}

/* ---- a head built by hand ----------------------------------------------- */

static void a_possessive_finds_the_nouns(void **state)
{
    (void)state;
    enum { NOUN, VERB, ADJECTIVE, POSSESSIVE, OTHER, KINDS };
    enum { N = 11, LAW = 1, ITS = 5, APPLICATION = 6 };
    const int kind[N] = { OTHER, NOUN, VERB, ADJECTIVE, OTHER, POSSESSIVE, NOUN,
                          VERB, ADJECTIVE, OTHER, VERB };
    Tensor *x = t_zeros(N, KINDS);
    for (int i = 0; i < N; i++)
        t_at(x, i, kind[i]) = 1;
    Tensor *w_q = t_zeros(KINDS, 1), *w_k = t_zeros(KINDS, 1);
    t_at(w_q, POSSESSIVE, 0) = 5;
    t_at(w_k, NOUN, 0) = 1;
    Tensor *p = attention_weights(t_matmul(x, w_q), t_matmul(x, w_k), NULL);
    double noun = exp(5) / (2 * exp(5) + 9);
    assert_near(noun, 0.4853, 5e-5);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            assert_near(t_at(p, i, j),
                        i != ITS ? 1.0 / N
                                 : kind[j] == NOUN ? noun : (1 - 2 * noun) / 9,
                        2 * eps);
    /* Law has no need of its: X X^T could not say so. */
    assert_true(t_at(p, ITS, LAW) > 5 * t_at(p, LAW, ITS));
    assert_near(t_at(p, ITS, LAW) + t_at(p, ITS, APPLICATION), 0.97, 0.005);
}

/* ---- the gradient ------------------------------------------------------- */

/* d loss / d numbers[i], by a central difference in doubles. */
static void differences(double *numbers, int count, double *slope)
{
    const double h = 1e-5;
    for (int i = 0; i < count; i++) {
        double at = numbers[i];
        numbers[i] = at + h;
        double up = loss(&problem);
        numbers[i] = at - h;
        slope[i] = (up - loss(&problem)) / (2 * h);
        numbers[i] = at;
    }
}

/* The three of them, for Q, K or V; each difference is exact to 1e-8, the
 * formulas and the tape to a few roundings of numbers of size 1 to 10. */
static void compare_gradients(Tensor *x, Tensor *formula, double *numbers,
                              const char *what)
{
    double slope[MANY], largest = 0;
    differences(numbers, t_size(x), slope);
    for (int i = 0; i < t_size(x); i++)
        largest = fmax(largest, fabs(slope[i]));
    double tolerance = 1e-6 * (1 + largest);
    assert_string_equal(t_shape(formula), t_shape(x));
    assert_all_near(formula, slope, tolerance, what, __LINE__);
    assert_all_near(t_grad(x), slope, tolerance, what, __LINE__);
}

static void the_gradient_formulas_match_tape_and_differences(void **state)
{
    (void)state;
    Rng rng = rng_new(14);
    double moved[3] = { 0, 0, 0 };      /* guards against all zero */
    int cases = 0;
    for (int kind = 0; kind < MASKS; kind++)
        for (int stack = 0; stack < STACKS; stack++)
            for (int trial = 0; trial < 8; trial++) {
                bool square = kind == CAUSAL || kind == BOTH;
                int n = between(&rng, 1, 5);
                int m = square ? n : between(&rng, 1, 5);
                int d_k = between(&rng, 1, 6), d_v = between(&rng, 1, 6);
                Tensor *q = random_param(&rng, stacked(stack, n, d_k));
                Tensor *k = random_param(&rng, stacked(stack, m, d_k));
                Tensor *v = random_param(&rng, stacked(stack, m, d_v));
                Tensor *g = t_normal_shape(&rng, stacked(stack, n, d_v));
                Tensor *mask = mask_for(kind, stack, n, m, &rng);
                pose(q, k, v, mask);
                read_numbers(g, problem.d_out);

                AttentionGradient formula =
                    attention_backward(q, k, v, mask, g);
                t_backward(t_sum(t_mul(attention(q, k, v, mask), g), T_ALL));
                compare_gradients(q, formula.q, problem.q, "gradient by q");
                compare_gradients(k, formula.k, problem.k, "gradient by k");
                compare_gradients(v, formula.v, problem.v, "gradient by v");
                Tensor *all[] = { formula.q, formula.k, formula.v };
                for (int i = 0; i < 3; i++)
                    moved[i] += t_distance(all[i], t_zeros_shape(all[i]->shape))
                              > 0.1;
                cases++;
                tape_free();
            }
    for (int i = 0; i < 3; i++)
        assert_true(moved[i] > cases / 2);
}

static void pytorch_gives_the_same_numbers(void **state)
{
    (void)state;
    int count = sizeof golden_attention / sizeof *golden_attention;
    assert_true(count >= 7);
    for (int i = 0; i < count; i++) {
        const struct Golden *c = &golden_attention[i];
        Tensor *q = param_from(NULL, from_numbers(c->q, c->q_shape));
        Tensor *k = param_from(NULL, from_numbers(c->k, c->k_shape));
        Tensor *v = param_from(NULL, from_numbers(c->v, c->v_shape));
        Tensor *mask = c->mask ? from_numbers(c->mask, c->mask_shape) : NULL;
        Tensor *out = attention(q, k, v, mask);
        Tensor *d_out = from_numbers(c->d_out, out->shape);
        AttentionGradient formula = attention_backward(q, k, v, mask, d_out);
        t_backward(t_sum(t_mul(out, d_out), T_ALL));
        const struct {
            const char *what;
            Tensor *ours;
            const double *theirs;
        } pairs[] = {
            { "weights", attention_weights(q, k, mask), c->weights },
            { "output", out, c->out },
            { "gradient by q, tape", t_grad(q), c->d_q },
            { "gradient by k, tape", t_grad(k), c->d_k },
            { "gradient by v, tape", t_grad(v), c->d_v },
            { "gradient by q, formula", formula.q, c->d_q },
            { "gradient by k, formula", formula.k, c->d_k },
            { "gradient by v, formula", formula.v, c->d_v },
        };
        for (int p = 0; p < 8; p++) {
            char what[100];
            snprintf(what, sizeof what, "%s, %s", c->name, pairs[p].what);
            assert_all_near(pairs[p].ours, pairs[p].theirs, 1e-6, what,
                            __LINE__);
        }
        tape_free();
    }
}

/* ---- what it costs ------------------------------------------------------ */

/* Bytes that a call takes from the step's memory. */
static double bytes_of_scores(int n, int m, int d, bool weights)
{
    Tensor *q = t_zeros(n, d), *k = t_zeros(m, d);
    size_t before = tape_bytes();
    if (weights)
        attention_weights(q, k, NULL);
    else
        t_matmul(q, t_transpose(k));
    double bytes = (double)(tape_bytes() - before);
    tape_reset();
    return bytes;
}

static void the_score_table_takes_n_times_m_numbers(void **state)
{
    (void)state;
    const int sizes[] = { 16, 64, 256, 512 }, widths[] = { 1, 64, 512 };
    const double few = 2048;    /* bytes for shapes and strides */
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            int n = sizes[i], m = sizes[j];
            double table = (double)n * m * (double)sizeof(real);
            double narrow = bytes_of_scores(n, m, 1, true);
            for (int w = 0; w < 3; w++) {
                double bytes = bytes_of_scores(n, m, widths[w], false);
                assert_true(table <= bytes && bytes <= table + few);
                /* All of attention: a few such tables, at any width. */
                bytes = bytes_of_scores(n, m, widths[w], true);
                assert_true(bytes == narrow);
                assert_true(table <= bytes && bytes <= 4 * table + few);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(scores_need_not_be_symmetric),
        TEST(the_pencil_example_comes_out),
        TEST(attention_follows_its_formula),
        TEST(word_by_word_equals_all_at_once),
        TEST(the_variance_of_a_score_is_its_width),
        TEST(without_the_factor_wide_keys_saturate_the_softmax),
        TEST(keys_seen_counts_equal_keys),
        TEST(a_causal_mask_hides_what_comes_after),
        TEST(a_mask_hides_wherever_it_is_not_zero),
        TEST(a_later_token_changes_no_earlier_row),
        TEST(no_gradient_reaches_a_later_token),
        TEST(padding_changes_nothing),
        TEST(a_query_that_sees_nothing_brings_home_zeros),
        TEST(two_sequences_may_differ_in_length_and_width),
        TEST(values_from_the_asking_sequence_need_equal_lengths),
        TEST(a_possessive_finds_the_nouns),
        TEST(the_gradient_formulas_match_tape_and_differences),
        TEST(pytorch_gives_the_same_numbers),
        TEST(the_score_table_takes_n_times_m_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The claims of chapter 4, and what its header promises. */
#include "chapter.h"

#include "04_additive_attention.h"

static const double eps = (double)FLT_EPSILON;

/* ---- the network once more, in doubles ---------------------------------- */

enum { W_Q, W_K, W_V, BIAS, Q, K, PARTS, MANY = 512 };

typedef struct {
    int B, n, m, d_q, d_k, h;
    double part[PARTS][MANY];
} Problem;

static Problem problem;     /* too large for the stack of some machines */

static void read_numbers(const Tensor *x, double *numbers)
{
    assert_true(t_size(x) <= MANY);
    for (int i = 0; i < t_size(x); i++)
        numbers[i] = (double)*check_element(x, x->buffer->data, i);
}

static void pose(Additive a, Tensor *q, Tensor *k)
{
    problem = (Problem){ t_dim(q, 0), t_dim(q, 1), t_dim(k, 1), t_dim(q, 2),
                         t_dim(k, 2), t_dim(a.w_v, 0), { { 0 } } };
    Tensor *parts[] = { a.w_q, a.w_k, a.w_v, a.b, q, k };
    for (int i = 0; i < PARTS; i++)
        if (parts[i])
            read_numbers(parts[i], problem.part[i]);
}

/* Score number `at`, counted row by row: query i, key j of sequence b. */
static double score(int at)
{
    const Problem *p = &problem;
    int b = at / (p->n * p->m), i = at / p->m % p->n, j = at % p->m;
    const double *q = p->part[Q] + (b * p->n + i) * p->d_q;
    const double *k = p->part[K] + (b * p->m + j) * p->d_k;
    double sum = 0;
    for (int u = 0; u < p->h; u++) {
        double z = p->part[BIAS][u];
        for (int c = 0; c < p->d_q; c++)
            z += q[c] * p->part[W_Q][c * p->h + u];
        for (int c = 0; c < p->d_k; c++)
            z += k[c] * p->part[W_K][c * p->h + u];
        sum += p->part[W_V][u] * tanh(z);
    }
    return sum;
}

/* ---- the mixture -------------------------------------------------------- */

/* By a network of one unit, and keys that it gives the scores ln 0.3 ... */
static void the_mixture_of_tom_chase_jerry_comes_out(void **state)
{
    (void)state;
    const double wanted[] = { 0.3, 0.2, 0.5 };
    Additive a = { t_zeros(2, 1), t_zeros(1, 1), t_zeros(1, 1), NULL };
    t_at(a.w_k, 0, 0) = 1;
    t_at(a.w_v, 0, 0) = 2;
    Tensor *q = t_zeros(1, 1, 2), *k = t_zeros(1, 3, 1);
    for (int j = 0; j < 3; j++)
        t_at(k, 0, j, 0) = (real)atanh(log(wanted[j]) / 2);
    Tensor *h = t_reshape(t_matrix(3, 2, 10, 0, 0, 10, 20, 20), 1, 3, 2);
    Tensor *weights = masked_softmax(additive_scores(a, q, k), NULL);
    assert_numbers(weights, 1e-6, 0.3, 0.2, 0.5);
    assert_numbers(additive_attention(a, q, k, h, NULL, 0, NULL), 1e-5, 13, 12);
}

/* ---- the score ---------------------------------------------------------- */

static void broadcasting_scores_every_pair_by_the_formula(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int trial = 0; trial < 300; trial++) {
        int B = between(&rng, 1, 3), n = between(&rng, 1, 6);
        int m = between(&rng, 1, 6), h = between(&rng, 1, 20);
        int d_q = between(&rng, 1, 8), d_k = between(&rng, 1, 8);
        Additive a = additive_new(NULL, &rng, d_q, d_k, h, trial % 2);
        Tensor *q = copy_in(trial / 2 % LAYOUTS, t_normal(&rng, B, n, d_q));
        Tensor *k = copy_in(trial / 2 % LAYOUTS, t_normal(&rng, B, m, d_k));
        Tensor *scores = additive_scores(a, q, k);
        assert_shape(scores, B, n, m);
        pose(a, q, k);
        for (int i = 0; i < B * n * m; i++)
            assert_near(*check_element(scores, scores->buffer->data, i),
                        score(i), 1e-5);
        tape_free();
    }
}

static void new_scorers_are_random_and_listed(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    Params list = { 0 };
    Additive a = additive_new(&list, &rng, 5, 3, 400, true);
    Tensor *parts[] = { a.w_q, a.w_k, a.w_v, a.b };
    const double deviation[] = { 1, 1, 1 / 20.0, 1 };
    for (int i = 0; i < 4; i++) {
        double square = t_item(t_mean(t_mul(parts[i], parts[i]), T_ALL));
        assert_near(sqrt(square) / deviation[i], 1, 0.15);
        assert_ptr_equal(list.at[i], parts[i]);
    }
    assert_null(additive_new(NULL, &rng, 5, 3, 4, false).b);

    assert_string_equal(scoring_name(SCALED_DOT), "scaled dot product");
    const long counts[] = { 704, 768, 24, 640 };    /* as printed */
    for (int kind = 0; kind < SCORINGS; kind++) {
        Scorer s = scorer_new((Scoring)kind, &rng, RECALL_D_Q, RECALL_D_K,
                              RECALL_HIDDEN);
        assert_int_equal(params_count(&s.params), counts[kind]);
    }
}

/* The two others, by their formulas, for the first query and the first key. */
static double bridge(const Scorer *s, Tensor *q, Tensor *k)
{
    int d_q = t_dim(q, 2), d_k = t_dim(k, 2), h = s->w ? 1 : t_dim(s->w_q, 1);
    double sum = 0;
    for (int i = 0; i < d_q * d_k * h; i++) {
        int u = i % h, x = i / h % d_q, y = i / h / d_q;
        real w = s->w ? t_at(s->w, x, y) : t_at(s->w_q, x, u)
                                         * t_at(s->w_k, y, u);
        sum += (double)(t_at(q, 0, 0, x) * w * t_at(k, 0, 0, y)) / sqrt(h);
    }
    return sum;
}

static void query_and_key_may_differ_in_width_or_not(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int trial = 0; trial < 400; trial++) {
        Scoring kind = (Scoring)(trial % SCORINGS);
        int d_q = between(&rng, 1, 9);
        int d_k = trial % 3 ? between(&rng, 1, 9) : d_q;
        Tensor *q = t_normal(&rng, 2, 3, d_q), *k = t_normal(&rng, 2, 4, d_k);
        Scorer s = scorer_new(kind, &rng, d_q, d_k, 7);
        Tensor *scores = scorer_scores(&s, q, k);
        assert_shape(scores, 2, 3, 4);
        t_backward(t_sum(t_mul(scores, scores), T_ALL));
        for (int i = 0; i < s.params.n; i++)    /* all have a part in it */
            assert_true(t_distance(t_grad(s.params.at[i]),
                                   t_zeros_shape(s.params.at[i]->shape)) > 0);
        if (kind == BILINEAR || kind == SCALED_DOT)
            assert_near(t_at(scores, 0, 0, 0), bridge(&s, q, k), 1e-4);
        else
            assert_same_bits(scores, additive_scores(s.additive, q, k));
        tape_free();
    }
    Additive a = additive_new(NULL, &rng, 2, 3, 4, true);   /* but not change */
    assert_refuses_in("04_additive_attention.c",
                      "t_matmul: inner sizes differ: (1, 5, 3) x (2, 4)",
                      additive_scores(a, t_zeros(1, 5, 3), t_zeros(1, 5, 3)));
}

/* tanh is straight near 0, where tiny matrices keep it. With w_v as much larger
 * the score has its usual size, and is a sum of a query's and a key's part. */
static void without_the_bend_no_query_makes_a_difference(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    int bent = 0;
    for (int trial = 0; trial < 100; trial++) {
        Additive a = additive_new(NULL, &rng, 5, 4, 16, false);
        Tensor *q = t_normal(&rng, 1, 2, 5), *k = t_normal(&rng, 1, 6, 4);
        for (int straight = 0; straight < 2; straight++) {
            t_assign(a.w_q, t_scale(a.w_q, straight ? 1e-3 : 1));
            t_assign(a.w_k, t_scale(a.w_k, straight ? 1e-3 : 1));
            t_assign(a.w_v, t_scale(a.w_v, straight ? 1e3 : 1));
            Tensor *w = masked_softmax(additive_scores(a, q, k), NULL);
            double apart = t_distance(t_slice(w, 1, 0, 1), t_slice(w, 1, 1, 2));
            bent += !straight && apart > 0.02;
            assert_true(!straight || apart < 1e-3);
            assert_true(t_item(t_max(w, T_ALL)) > 0.17);    /* not all alike */
        }
        tape_free();
    }
    assert_true(bent > 95);
}

/* ---- lengths ------------------------------------------------------------ */

static void beyond_the_end_the_weight_is_zero(void **state)
{
    (void)state;
    enum { B = 3 };
    Rng rng = rng_new(5);
    for (int trial = 0; trial < 200; trial++) {
        int n = between(&rng, 1, 6), m = between(&rng, 1, 12), d_v = 3;
        int lengths[B] = { between(&rng, 0, m), m, 0 };
        Additive a = additive_new(NULL, &rng, 4, 2, 8, true);
        Tensor *q = t_normal(&rng, B, n, 4), *k = t_normal(&rng, B, m, 2);
        Tensor *v = param_from(NULL, t_normal(&rng, B, m, d_v));
        Tensor *w = masked_softmax(additive_scores(a, q, k), lengths);
        Tensor *out = additive_attention(a, q, k, v, lengths, 0, NULL);
        assert_shape(w, B, n, m);
        assert_shape(out, B, n, d_v);
        t_backward(t_sum(t_mul(out, out), T_ALL));
        for (int i = 0; i < B * n * m; i++) {
            int b = i / (n * m), j = i % m;
            assert_true((t_at(w, b, i / m % n, j) > 0) == (j < lengths[b]));
            for (int c = 0; c < d_v && j >= lengths[b]; c++)
                assert_true(t_grad_at(v, b, j, c) == 0);
        }
        for (int b = 0; b < B; b++) {   /* as if it were not there */
            Tensor *one[] = { q, k, v, out }, *wanted = t_zeros(1, n, d_v);
            for (int i = 0; i < 4; i++)
                one[i] = t_slice(one[i], 0, b, b + 1);
            if (lengths[b] > 0)
                wanted = additive_attention(
                    a, one[0], t_slice(one[1], 1, 0, lengths[b]),
                    t_slice(one[2], 1, 0, lengths[b]), NULL, 0, NULL);
            assert_true(t_distance(one[3], wanted) <= 16 * eps);
        }
        for (int i = 0; i < B * m; i++)     /* whatever stands there */
            for (int c = 0; i % m >= lengths[i / m] && c < d_v; c++) {
                t_at(v, i / m, i % m, c) = (real)(1e30 * rng_normal(&rng));
                t_at(k, i / m, i % m, c % 2) = (real)(1e4 * rng_normal(&rng));
            }
        assert_same_bits(out, additive_attention(a, q, k, v, lengths, 0, NULL));
        tape_free();
    }
}

static void lengths_may_be_left_out_but_not_be_wrong(void **state)
{
    (void)state;
    Rng rng = rng_new(6);
    Tensor *scores = t_normal(&rng, 2, 3, 4);
    assert_same_bits(masked_softmax(scores, NULL), t_softmax(scores));
    assert_refuses_in("04_additive_attention.c",
                      "nn_padding_mask: length 5 of sequence 1, with 4 keys",
                      masked_softmax(scores, (int[]){ 4, 5 }));
    assert_refuses_in("04_additive_attention.c",
                      "nn_padding_mask: length -1 of sequence 0, with 4 keys",
                      masked_softmax(scores, (int[]){ -1, 4 }));
}

/* ---- dropout ------------------------------------------------------------ */

/* With these values what comes out are the weights, and then their sum. */
static void dropout_keeps_the_mean(void **state)
{
    (void)state;
    enum { M = 5, TRIALS = 4000 };
    Rng rng = rng_new(7);
    Additive a = additive_new(NULL, &rng, 3, 3, 8, true);
    Tensor *q = t_keep(t_normal(&rng, 1, 1, 3));
    Tensor *k = t_keep(t_normal(&rng, 1, M, 3)), *v = t_zeros(1, M, M + 1);
    for (int j = 0; j < M; j++)
        t_at(v, 0, j, j) = t_at(v, 0, j, M) = 1;
    v = t_keep(v);
    double w[M + 1];
    read_numbers(additive_attention(a, q, k, v, NULL, 0, &rng), w);
    assert_numbers(additive_attention(a, q, k, v, NULL, 0.5, NULL), 0, w[0],
                   w[1], w[2], w[3], w[4], w[M]);   /* without rng, none */
    for (double p = 0.1; p < 0.9; p += 0.35) {
        double mean[M] = { 0 }, dropped = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            Tensor *out = additive_attention(a, q, k, v, NULL, p, &rng);
            double sum = (double)t_at(out, 0, 0, M);
            for (int j = 0; j < M; j++) {
                double got = (double)t_at(out, 0, 0, j);
                sum -= got;
                assert_near(got, got == 0 ? 0 : w[j] / (1 - p), 16 * eps);
                mean[j] += got / TRIALS;
                dropped += got == 0 ? 1.0 / (M * TRIALS) : 0;
            }
            assert_near(sum, 0, 64 * eps);
            tape_reset();
        }
        for (int j = 0; j < M; j++)     /* in four standard errors */
            assert_near(mean[j] / w[j], 1, 4 * sqrt(p / (1 - p) / TRIALS));
        assert_near(dropped, p, 4 * sqrt(p * (1 - p) / (M * TRIALS)));
    }
    assert_refuses_in("04_additive_attention.c",
                      "t_dropout: the probability must be at least 0 and below "
                      "1, got 1",
                      additive_attention(a, q, k, v, NULL, 1, &rng));
}

/* ---- memory ------------------------------------------------------------- */

/* For each score h numbers of the sum, h of its tanh, and perhaps h with the
 * bias; of the dot product, one or two. The projections: (n + m) h numbers. */
static void the_sum_takes_hidden_times_the_memory_of_the_scores(void **state)
{
    (void)state;
    enum { B = 4 };
    const double size = (double)sizeof(real), few = 4096;   /* for shapes */
    Rng rng = rng_new(8);
    for (int trial = 0; trial < 60; trial++) {
        Scoring kind = (Scoring)(trial % SCORINGS);
        int n = between(&rng, 32, 128), m = between(&rng, 32, 128);
        int h = 16 << trial % 3;
        Scorer s = scorer_new(kind, &rng, 4, 4, h);
        Tensor *q = t_zeros(B, n, 4), *k = t_zeros(B, m, 4);
        size_t before = tape_bytes();
        scorer_scores(&s, q, k);
        double took = (double)(tape_bytes() - before);
        double scores = B * n * m * size, sides = B * (n + m) * h * size;
        bool adds = kind == ADDITIVE || kind == ADDITIVE_WITHOUT_BIAS;
        assert_true(took >= (adds ? 2 * h : 1) * scores);
        assert_true(took <= (adds ? 3 * h + 1 : 2) * scores + sides + few);
        tape_free();
    }
}

/* ---- recall ------------------------------------------------------------- */

static void a_memory_is_as_its_header_says(void **state)
{
    (void)state;
    enum { B = 1000, N = 4, M = 5 };
    Rng rng = rng_new(9);
    Tensor *lens = NULL, *ones = t_exp(t_zeros(B, M, 1));
    int ask[B * N];
    for (int i = 0; i < B * N; i++)
        ask[i] = between(&rng, 0, M - 1);
    for (int random = 0; random < 2; random++) {
        Recall r = recall_batch(&rng, B, N, M, random ? NULL : ask);
        assert_shape(r.q, B, N, RECALL_D_Q);
        assert_shape(r.k, B, M, RECALL_D_K);
        assert_shape(r.v, B, M, RECALL_CLASSES);
        assert_shape(r.answer, B, N, RECALL_CLASSES);
        Tensor *square = t_sum(t_mul(r.k, r.k), -1);
        assert_true(t_distance(square, t_scale(ones, 4)) < 1e-5);
        assert_true(t_distance(t_sum(r.v, -1), ones) == 0);
        assert_near(t_item(t_max(t_sum(r.v, 1), T_ALL)), 1, 0); /* none twice */

        Tensor *place = t_matmul(r.answer, t_transpose(r.v));   /* (B, N, M) */
        for (int i = 0; i < B * N && !random; i++)
            assert_true(t_at(place, i / N, i % N, ask[i]) == 1);
        Tensor *share = t_mean(t_mean(place, 0), 1);            /* (1, 1, M) */
        assert_numbers(share, 0.03, 0.2, 0.2, 0.2, 0.2, 0.2);

        /* The same lens in both: nearly the mean of key times query. */
        Tensor *k = t_reshape(t_matmul(place, r.k), B * N, RECALL_D_K);
        Tensor *q = t_reshape(r.q, B * N, RECALL_D_Q);
        if (!lens)
            lens = t_scale(t_matmul(t_transpose(k), q), 1.0 / (B * N));
        assert_true(t_distance(t_matmul(k, lens), q) < 0.3);
        assert_true(t_item(t_max(q, T_ALL)) > 1.5);
    }
}

/* Which of the queries of r, one for each memory, are answered right; with all
 * keys and queries multiplied by `sign`. */
static Tensor *answers(const Scorer *s, Recall r, double sign, bool *right)
{
    Tensor *scores = scorer_scores(s, t_scale(r.q, sign), t_scale(r.k, sign));
    Tensor *place = t_matmul(r.answer, t_transpose(r.v));   /* (B, 1, m) */
    for (int b = 0; b < t_dim(scores, 0); b++) {
        int best = 0;
        for (int j = 1; j < t_dim(scores, 2); j++)
            if (t_at(scores, b, 0, j) > t_at(scores, b, 0, best))
                best = j;
        right[b] = t_at(place, b, 0, best) == 1;
    }
    return scores;
}

static void three_scorings_learn_to_recall_unseen_keys(void **state)
{
    (void)state;
    const int steps[] = { 0, 200, 1000, 400 };
    for (uint64_t seed = 1; seed <= 3; seed++)
        for (int kind = ADDITIVE; kind < SCORINGS; kind++) {
            Rng rng = rng_new(seed);
            Scorer s = scorer_new((Scoring)kind, &rng, RECALL_D_Q, RECALL_D_K,
                                  RECALL_HIDDEN);
            assert_true(recall_accuracy(&s, seed, 4000) < 0.5);
            static double losses[1000];
            double last = recall_train(&s, seed, steps[kind], losses);
            assert_near(last, losses[steps[kind] - 1], 0);
            assert_int_equal(tape_bytes(), 0);
            assert_true(recall_accuracy(&s, seed, 4000) > 0.99);
            tape_free();
        }
}

static void without_bias_at_most_one_of_two_mirror_images_is_right(
    void **state)
{
    (void)state;
    enum { TEST = 500 };
    for (uint64_t seed = 1; seed <= 2; seed++)
        for (int bias = 0; bias < 2; bias++) {
            Rng rng = rng_new(seed);
            Scorer s = scorer_new(bias ? ADDITIVE : ADDITIVE_WITHOUT_BIAS, &rng,
                                  RECALL_D_Q, RECALL_D_K, RECALL_HIDDEN);
            for (int trained = 0; trained < 2; trained++) {
                double losses[200], late = 0;
                if (trained)
                    recall_train(&s, seed, 200, losses);
                for (int i = 150; i < 200 && trained; i++)
                    late += losses[i] / 50;
                Recall r = recall_batch(&rng, TEST, 1, RECALL_KEYS, NULL);
                bool one[TEST], other[TEST];
                Tensor *there = answers(&s, r, 1, one);
                Tensor *back = answers(&s, r, -1, other);
                double off = t_distance(there, t_scale(back, -1));
                int both = 0;
                for (int b = 0; b < TEST; b++)
                    both += one[b] && other[b];
                assert_true(bias ? off > 0.1 : off < 1e-5 && both == 0);
                assert_true(!trained || !bias || both > 0.98 * TEST);
                if (trained && !bias)   /* as good as chance, not better */
                    assert_near(late, log(6), 0.02);
            }
            tape_free();
        }
}

static void an_odd_score_is_right_half_of_the_time_at_most(void **state)
{
    (void)state;
    enum { TEST = 2000 };
    for (uint64_t seed = 1; seed <= 2; seed++)
        for (int kind = 0; kind <= BILINEAR; kind++) {
            Rng rng = rng_new(seed);
            Scorer s = scorer_new((Scoring)kind, &rng, RECALL_D_Q, RECALL_D_K,
                                  RECALL_HIDDEN);
            recall_train(&s, seed, kind == BILINEAR ? 1000 : 300, NULL);
            Mirrors m = mirror_accuracy(&s, false, seed, TEST);
            if (kind == ADDITIVE_WITHOUT_BIAS) {
                assert_true(m.both == 0 && m.one + m.other <= 1);
                assert_true(0.1 < m.one && m.one < 0.35);   /* chance: 0.17 */
            } else {
                assert_true(m.one > 0.97 && m.other > 0.97 && m.both > 0.95);
            }
            if (kind == BILINEAR) {
                Mirrors turned = mirror_accuracy(&s, true, seed, TEST);
                assert_true(turned.both == 0);
                assert_near(turned.one, 0.5, 0.03);
                assert_near(turned.other, 0.5, 0.03);
            }
            tape_free();
        }
}

static void looking_most_at_a_word_is_not_using_it(void **state)
{
    (void)state;
    Tensor *weights;
    assert_int_equal(translate_held_back(7, 1, &weights), 29);
    assert_true(t_at(weights, 0, 1) > 0.8);     /* Tom, written from chases */
    tape_free();
    assert_true(translate_held_back(4, 1, &weights) < 29);
    for (int i = 0; i < 3; i++)
        assert_true(t_at(weights, i, i) > 0.5);
    tape_free();
}

static void the_translator_learns_where_to_look(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        Tensor *weights;
        assert_int_equal(translate_held_back(seed, 0.3, &weights), 29);
        for (int i = 0; i < 3; i++)     /* at its own word */
            assert_true(t_at(weights, i, i) > 0.75);
        tape_free();
    }
}

/* ---- the gradient ------------------------------------------------------- */

static double loss(const double *g)
{
    double sum = 0;
    for (int i = 0; i < problem.B * problem.n * problem.m; i++)
        sum += g[i] * score(i);
    return sum;
}

static void the_gradient_of_the_score_matches_differences(void **state)
{
    (void)state;
    const double h = 1e-5;
    int moved[PARTS] = { 0 };       /* guards against all zero */
    Rng rng = rng_new(10);
    for (int trial = 0; trial < 40; trial++) {
        int B = between(&rng, 1, 2), n = between(&rng, 1, 3), m = 5 - n;
        int d_q = between(&rng, 1, 5), d_k = between(&rng, 1, 5);
        Additive a = additive_new(NULL, &rng, d_q, d_k, 6, trial % 2);
        Tensor *q = param_from(NULL, t_normal(&rng, B, n, d_q));
        Tensor *k = param_from(NULL, t_normal(&rng, B, m, d_k));
        Tensor *g = t_normal(&rng, B, n, m);
        pose(a, q, k);
        double weight[MANY];
        read_numbers(g, weight);
        t_backward(t_sum(t_mul(additive_scores(a, q, k), g), T_ALL));
        Tensor *parts[] = { a.w_q, a.w_k, a.w_v, a.b, q, k };
        for (int p = 0; p < PARTS; p++)
            for (int i = 0; parts[p] && i < t_size(parts[p]); i++) {
                double *x = &problem.part[p][i], at = *x, slope;
                *x = at + h;
                slope = loss(weight) / (2 * h);
                *x = at - h;
                slope -= loss(weight) / (2 * h);
                *x = at;
                assert_near(parts[p]->buffer->grad[i], slope,
                            2e-5 * (1 + fabs(slope)));
                moved[p] += fabs(slope) > 0.1;
            }
        tape_free();
    }
    for (int p = 0; p < PARTS; p++)
        assert_true(moved[p] > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_mixture_of_tom_chase_jerry_comes_out),
        TEST(broadcasting_scores_every_pair_by_the_formula),
        TEST(new_scorers_are_random_and_listed),
        TEST(query_and_key_may_differ_in_width_or_not),
        TEST(without_the_bend_no_query_makes_a_difference),
        TEST(beyond_the_end_the_weight_is_zero),
        TEST(lengths_may_be_left_out_but_not_be_wrong),
        TEST(dropout_keeps_the_mean),
        TEST(the_sum_takes_hidden_times_the_memory_of_the_scores),
        TEST(a_memory_is_as_its_header_says),
        TEST(three_scorings_learn_to_recall_unseen_keys),
        TEST(without_bias_at_most_one_of_two_mirror_images_is_right),
        TEST(an_odd_score_is_right_half_of_the_time_at_most),
        TEST(looking_most_at_a_word_is_not_using_it),
        TEST(the_translator_learns_where_to_look),
        TEST(the_gradient_of_the_score_matches_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* 06_multi_head.c -- the checks of chapter 6's exercises, and wrong answers
 * that they must reject. README.md says how to write both. */

/* ---- 1: how many weights ------------------------------------------------- */

static void weights_computed_check(long B, long h, long n, long m, long d)
{
    given((double)B);
    given((double)h);
    given((double)n);
    given((double)m);
    given((double)d);
    double got = (double)CALL(weights_computed, (B, h, n, m, d));
    suspect((double)(B * n * m), "That is a table for each sequence. Look at"
            " the heads: each has a table of its own.");
    suspect((double)(B * h * n * m * d), "The width does not count. Look at one"
            " score: how many numbers is it?");
    suspect((double)(B * h * n * n), "Look at who is looked at: there are m of"
            " them, not n.");
    expect(got, (double)(B * h * n * m), 1e-9, "Look at the shape of the"
           " weights in the ledger: (B, h, n, m).");
}

CHECK(weights_computed)
{
    weights_computed_check(1, 2, 3, 4, 64);
    weights_computed_check(5, 8, 7, 11, 512);
}

static long WRONG(weights_computed, one_table)(long B, long h, long n, long m,
                                               long d)
{
    (void)h, (void)d;
    return B * n * m;
}

static long WRONG(weights_computed, times_width)(long B, long h, long n, long m,
                                                 long d)
{
    return B * h * n * m * d;
}

static long WRONG(weights_computed, square)(long B, long h, long n, long m,
                                            long d)
{
    (void)m, (void)d;
    return B * h * n * n;
}

/* ---- 2: one head's columns ----------------------------------------------- */

static void one_head_check(int n, int heads, int w, int i)
{
    Rng rng = rng_new(6);
    Tensor *x = simple(&rng, n, heads * w);
    given(x);
    given(heads);
    given(i);
    size_t before = tape_bytes();
    Tensor *got = CALL(one_head, (x, heads, i));
    size_t used = tape_bytes() - before;
    Tensor *want = t_slice(x, 1, i * w, (i + 1) * w);
    expect_shape(got, SHAPE(n, w), "Look at the width of a head: d / heads"
                 " columns, and all n rows.");
    if (n % heads == 0)
        suspect(t_slice(x, 0, i * n / heads, (i + 1) * n / heads), "Those are"
                " rows. Look at the axes: tokens are axis 0, columns axis 1.");
    expect(got, want, 0, "Look at which columns belong to head i: i w to"
           " (i + 1) w - 1, with w = d / heads.");
    expect_that(used < (size_t)(n * w) * sizeof(real) + 200,
                "no number is copied", "Look for an operation that is a view:"
                " t_slice().");
}

CHECK(one_head)
{
    one_head_check(3, 4, 2, 0);
    one_head_check(3, 4, 2, 3);
    one_head_check(40, 2, 50, 1);
}

static Tensor *WRONG(one_head, every_other_column)(Tensor *x, int heads, int i)
{
    int n = t_dim(x, 0), w = t_dim(x, 1) / heads;
    return t_reshape(t_slice(t_reshape(x, n, w, heads), 2, i, i + 1), n, w);
}

static Tensor *WRONG(one_head, one_column)(Tensor *x, int heads, int i)
{
    (void)heads;
    return t_slice(x, 1, i, i + 1);
}

static Tensor *WRONG(one_head, a_copy)(Tensor *x, int heads, int i)
{
    int w = t_dim(x, 1) / heads;
    return t_contiguous(t_slice(x, 1, i * w, (i + 1) * w));
}

/* ---- 3: find the bug: heads that mix tokens ------------------------------ */

static void mended_split_check(int B, int n, int heads, int w)
{
    Rng rng = rng_new(7);
    Tensor *x = simple(&rng, B, n, heads * w);
    given(x);
    given(heads);
    Tensor *got = CALL(mended_split, (x, heads));
    expect_shape(got, SHAPE(B, heads, n, w), "Look at the order of the axes:"
                 " batch, heads, tokens, width of a head.");
    suspect(t_reshape(x, B, heads, n, w), "Now a head's matrix holds pieces of"
            " several heads of the same token. Look at the order in which"
            " t_reshape() takes the numbers.");
    expect(got, split_heads(x, heads), 0, "Look at one token: which of its"
           " columns belong to head 0, and where did they go?");
}

CHECK(mended_split)
{
    mended_split_check(1, 2, 2, 2);
    mended_split_check(2, 3, 4, 5);
}

static Tensor *WRONG(mended_split, as_it_was)(Tensor *x, int heads)
{
    return t_reshape(x, t_dim(x, 0), heads, t_dim(x, 1), t_dim(x, 2) / heads);
}

static Tensor *WRONG(mended_split, every_other_column)(Tensor *x, int heads)
{
    int B = t_dim(x, 0), n = t_dim(x, 1), w = t_dim(x, 2) / heads;
    return t_permute(t_reshape(x, B, n, w, heads), 0, 3, 1, 2);
}

static Tensor *WRONG(mended_split, not_moved)(Tensor *x, int heads)
{
    return t_reshape(x, t_dim(x, 0), t_dim(x, 1), heads, t_dim(x, 2) / heads);
}

/* ---- 4: find the bug: heads that hardly choose --------------------------- */

static Tensor *heads_scaled(Tensor *q, Tensor *k, Tensor *v, double by)
{
    Tensor *scores = t_scale(t_matmul(q, t_transpose(k)), by);
    return t_matmul(t_softmax(scores), v);
}

static void mended_heads_check(int B, int h, int n, int m, int w)
{
    Rng rng = rng_new(8);
    Tensor *q = simple(&rng, B, h, n, w), *k = simple(&rng, B, h, m, w);
    Tensor *v = simple(&rng, B, h, m, w);
    given(q);
    given(k);
    given(v);
    Tensor *got = CALL(mended_heads, (q, k, v));
    suspect(heads_scaled(q, k, v, 1 / sqrt((double)(h * w))), "These are the"
            " outputs as they were. Look at what the square root is of.");
    suspect(heads_scaled(q, k, v, 1), "Now nothing is divided. Look at chapter"
            " 5: why the factor is there.");
    suspect(heads_scaled(q, k, v, 1 / sqrt((double)h)), "That is the root of"
            " the number of heads. Look at how many products a score sums.");
    suspect(heads_scaled(q, k, v, 1.0 / w), "Look at the root: without it the"
            " scores become too small.");
    expect(got, attention(q, k, v, NULL), 1e-5, "Look at how many numbers of a"
           " query and a key are multiplied and added up in one score.");
}

CHECK(mended_heads)
{
    mended_heads_check(1, 3, 2, 4, 2);
    mended_heads_check(2, 2, 3, 2, 5);
}

static Tensor *WRONG(mended_heads, as_it_was)(Tensor *q, Tensor *k, Tensor *v)
{
    return heads_scaled(q, k, v, 1 / sqrt(t_dim(q, 1) * t_dim(q, -1)));
}

static Tensor *WRONG(mended_heads, heads_only)(Tensor *q, Tensor *k, Tensor *v)
{
    return heads_scaled(q, k, v, 1 / sqrt(t_dim(q, 1)));
}

static Tensor *WRONG(mended_heads, no_factor)(Tensor *q, Tensor *k, Tensor *v)
{
    return heads_scaled(q, k, v, 1);
}

/* ---- 5: fewer keys than queries ------------------------------------------ */

static void grouped_parameters_check(long d, long h, long g)
{
    given((double)d);
    given((double)h);
    given((double)g);
    double D = (double)d, width = (double)(g * (d / h));
    double got = (double)CALL(grouped_parameters, (d, h, g));
    suspect(4 * D * D + 4 * D, "That is the layer with as many key heads as"
            " query heads. Look at how wide g heads are.");
    suspect(2 * D * D + 2 * D * width, "Look at the biases: one number for each"
            " column.");
    suspect(2 * (D * D + D) + 2 * (D * width + D), "Look at the biases of keys"
            " and values: they are as long as those are wide.");
    expect(got, 2 * (D * D + D) + 2 * (D * width + width), 1e-9, "Look at each"
           " of the four projections: its rows, its columns, its bias.");
}

CHECK(grouped_parameters)
{
    grouped_parameters_check(512, 8, 8);
    grouped_parameters_check(512, 8, 1);
    grouped_parameters_check(12, 6, 2);
}

static long WRONG(grouped_parameters, ungrouped)(long d, long h, long g)
{
    (void)h, (void)g;
    return 4 * d * d + 4 * d;
}

static long WRONG(grouped_parameters, no_biases)(long d, long h, long g)
{
    return 2 * d * d + 2 * d * (g * d / h);
}

static long WRONG(grouped_parameters, one_small_only)(long d, long h, long g)
{
    long width = g * d / h;
    return 3 * (d * d + d) + d * width + width;
}

/* ---- 6: what writing remembers ------------------------------------------- */

static void cache_bytes_check(double layers, double g, double w, double n)
{
    given(layers);
    given(g);
    given(w);
    given(n);
    double got = CALL(cache_bytes, (layers, g, w, n));
    suspect(layers * g * w * n * 4, "That is the keys. Look at what else is"
            " kept.");
    suspect(2 * layers * g * w * n, "That is how many numbers. Look at the"
            " question: bytes.");
    suspect(2 * layers * g * n * n * 4, "Those are weights. Look at what is"
            " kept: rows of width w.");
    expect(got, 2 * layers * g * w * n * 4, 1e-9, "Look at one head of one"
           " layer: two matrices of n rows and w columns.");
}

CHECK(cache_bytes)
{
    cache_bytes_check(1, 1, 2, 3);
    cache_bytes_check(32, 32, 128, 4096);
}

static double WRONG(cache_bytes, keys_only)(double layers, double g, double w,
                                            double n)
{
    return layers * g * w * n * 4;
}

static double WRONG(cache_bytes, numbers)(double layers, double g, double w,
                                          double n)
{
    return 2 * layers * g * w * n;
}

/* ---- 7: grouped queries, in code ----------------------------------------- */

/* Head i looks at the keys of head map(i). */
static Tensor *by_head(Tensor *q, Tensor *k, Tensor *v, bool neighbours)
{
    int h = t_dim(q, 1), g = t_dim(k, 1);
    Tensor *out = NULL;
    for (int i = 0; i < h; i++) {
        int j = neighbours ? i / (h / g) : i % g;
        Tensor *one = attention(t_slice(q, 1, i, i + 1),
                                t_slice(k, 1, j, j + 1),
                                t_slice(v, 1, j, j + 1), NULL);
        out = out ? t_concat(1, out, one) : one;
    }
    return out;
}

static void grouped_attention_check(int B, int h, int g, int n, int m, int w)
{
    Rng rng = rng_new(9);
    Tensor *q = simple(&rng, B, h, n, w), *k = simple(&rng, B, g, m, w);
    Tensor *v = simple(&rng, B, g, m, w);
    given(q);
    given(k);
    given(v);
    Tensor *got = CALL(grouped_attention, (q, k, v));
    expect_shape(got, SHAPE(B, h, n, w), "Look at what comes out: as many heads"
                 " and rows as the queries have.");
    suspect(by_head(q, k, v, false), "Heads look at key heads in turn: 0, 1, 0,"
            " 1. Look at the groups: neighbouring query heads share.");
    expect(got, by_head(q, k, v, true), 1e-5, "Look at which query heads share"
           " a key head: 0 to h/g - 1 the first, and so on.");
}

CHECK(grouped_attention)
{
    grouped_attention_check(1, 4, 2, 3, 2, 2);
    grouped_attention_check(2, 6, 2, 2, 3, 4);
    grouped_attention_check(2, 3, 3, 2, 3, 4);
    grouped_attention_check(1, 4, 1, 2, 3, 2);
}

static Tensor *WRONG(grouped_attention, in_turn)(Tensor *q, Tensor *k,
                                                 Tensor *v)
{
    return by_head(q, k, v, false);
}

static Tensor *WRONG(grouped_attention, first_keys_only)(Tensor *q, Tensor *k,
                                                         Tensor *v)
{
    return attention(q, t_slice(k, 1, 0, 1), t_slice(v, 1, 0, 1), NULL);
}

static Tensor *WRONG(grouped_attention, groups_kept)(Tensor *q, Tensor *k,
                                                     Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), w = t_dim(q, 3);
    int g = t_dim(k, 1);
    return attention(t_reshape(q, B, g, h / g * n, w), k, v, NULL);
}

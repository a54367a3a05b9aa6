/* 06_multi_head.c -- the checks of chapter 6's exercises, and answers, wrong and
 * right, that try them. README.md says how to write both. */

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
    if (sizeof(long) > sizeof(int))     /* otherwise too many to count so */
        weights_computed_check(64, 16, 2048, 4096, 1024);
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

static long WRONG(weights_computed, one_sequence)(long B, long h, long n,
                                                  long m, long d)
{
    (void)B, (void)d;
    return h * n * m;
}

static long WRONG(weights_computed, in_an_int)(long B, long h, long n, long m,
                                               long d)
{
    (void)d;
    return (int)(unsigned)(B * h * n * m);
}

static long WRONG(weights_computed, width_of_a_head)(long B, long h, long n,
                                                     long m, long d)
{
    return B * h * n * m * (d / h);
}

static long RIGHT(weights_computed, tables)(long B, long h, long n, long m,
                                            long d)
{
    long one_table = n * m, tables = h * B;
    (void)d;
    return tables * one_table;
}

static long RIGHT(weights_computed, added_up)(long B, long h, long n, long m,
                                              long d)
{
    long all = 0;
    (void)d;
    for (long b = 0; b < B; b++)
        for (long head = 0; head < h; head++)
            all += n * m;
    return all;
}

static long RIGHT(weights_computed, in_floating_point)(long B, long h, long n,
                                                       long m, long d)
{
    return (long)((double)B * (double)h * (double)n * (double)m + 0.0 * (double)d);
}

/* ---- 2: one head's columns ----------------------------------------------- */

static void one_head_check(int n, int heads, int w, int i)
{
    Rng rng = rng_new(6);
    Tensor *x = simple(&rng, n, heads * w);
    given(x);
    given(heads);
    given(i);
    Tensor *got = CALL(one_head, (x, heads, i));
    Tensor *want = t_slice(x, 1, i * w, (i + 1) * w);
    expect_shape(got, SHAPE(n, w), "Look at the width of a head: d / heads"
                 " columns, and all n rows.");
    if (n % heads == 0)
        suspect(t_slice(x, 0, i * n / heads, (i + 1) * n / heads), "Those are"
                " rows. Look at the axes: tokens are axis 0, columns axis 1.");
    expect(got, want, 0, "Look at which columns belong to head i: i w to"
           " (i + 1) w - 1, with w = d / heads.");
    expect_that(got->buffer == x->buffer, "The numbers are right, but they"
                " were copied.", "Look for an operation that is a view:"
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

static Tensor *WRONG(one_head, rows)(Tensor *x, int heads, int i)
{
    int n = t_dim(x, 0);
    return t_slice(x, 0, i * n / heads, (i + 1) * n / heads + (n < heads));
}

static Tensor *WRONG(one_head, counted_from_1)(Tensor *x, int heads, int i)
{
    int w = t_dim(x, 1) / heads;
    return t_slice(x, 1, (i ? i - 1 : 0) * w, (i ? i : 1) * w);
}

static Tensor *WRONG(one_head, one_column_too_many)(Tensor *x, int heads, int i)
{
    int w = t_dim(x, 1) / heads, to = (i + 1) * w + 1;
    return t_slice(x, 1, i * w, to < t_dim(x, 1) ? to : t_dim(x, 1));
}

static Tensor *RIGHT(one_head, in_two_slices)(Tensor *x, int heads, int i)
{
    int w = t_dim(x, 1) / heads;
    return t_slice(t_slice(x, 1, i * w, t_dim(x, 1)), 1, 0, w);
}

static Tensor *RIGHT(one_head, rows_of_the_transpose)(Tensor *x, int heads,
                                                      int i)
{
    int w = t_dim(x, 1) / heads;
    return t_transpose(t_slice(t_transpose(x), 0, i * w, i * w + w));
}

static Tensor *RIGHT(one_head, cut_and_printed)(Tensor *x, int heads, int i)
{
    int n = t_dim(x, 0), w = t_dim(x, 1) / heads;
    Tensor *cut = t_slice(t_reshape(x, n, heads, w), 1, i, i + 1);
    t_print("cut", cut);
    return t_reshape(cut, n, w);
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
    mended_split_check(3, 1, 2, 3);
    mended_split_check(1, 4, 1, 2);
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

static Tensor *WRONG(mended_split, tokens_turned)(Tensor *x, int heads)
{
    int B = t_dim(x, 0), n = t_dim(x, 1), w = t_dim(x, 2) / heads;
    return t_reshape(t_permute(x, 0, 2, 1), B, heads, n, w);
}

static Tensor *WRONG(mended_split, width_before_tokens)(Tensor *x, int heads)
{
    int B = t_dim(x, 0), n = t_dim(x, 1), w = t_dim(x, 2) / heads;
    return t_permute(t_reshape(x, B, n, heads, w), 0, 2, 3, 1);
}

static Tensor *WRONG(mended_split, of_the_batch)(Tensor *x, int heads)
{
    int B = t_dim(x, 0), n = t_dim(x, 1), w = t_dim(x, 2) / heads;
    Tensor *y = t_permute(t_reshape(x, B, n, heads, w), 2, 0, 1, 3);
    return t_reshape(y, B, heads, n, w);
}

static Tensor *RIGHT(mended_split, of_the_chapter)(Tensor *x, int heads)
{
    return split_heads(x, heads);
}

static Tensor *RIGHT(mended_split, head_by_head)(Tensor *x, int heads)
{
    int B = t_dim(x, 0), n = t_dim(x, 1), w = t_dim(x, 2) / heads;
    Tensor *all = NULL;
    for (int i = 0; i < heads; i++) {
        Tensor *one = t_slice(x, 2, i * w, i * w + w);
        one = t_reshape(one, B, 1, n, w);
        all = all ? t_concat(1, all, one) : one;
    }
    return all;
}

static Tensor *RIGHT(mended_split, in_loops)(Tensor *x, int heads)
{
    int B = t_dim(x, 0), n = t_dim(x, 1), w = t_dim(x, 2) / heads;
    Tensor *y = t_zeros(B, heads, n, w);
    for (int b = 0; b < B; b++)
        for (int i = 0; i < n; i++)
            for (int c = 0; c < heads * w; c++)
                t_at(y, b, c / w, i, c % w) = t_at(x, b, i, c);
    return y;
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
    Tensor *expected = heads_scaled(q, k, v, 1 / sqrt((double)w));
    Tensor *got = CALL(mended_heads, (q, k, v));
    suspect(heads_scaled(q, k, v, 1 / sqrt((double)(h * w))), "These are the"
            " outputs as they were. Look at what the square root is of.");
    suspect(heads_scaled(q, k, v, 1), "Now nothing is divided. Look at chapter"
            " 5: why the factor is there.");
    suspect(heads_scaled(q, k, v, 1 / sqrt((double)h)), "That is the root of"
            " the number of heads. Look at how many products a score sums.");
    suspect(heads_scaled(q, k, v, 1 / sqrt((double)m)), "That is the root of the"
            " number of keys. Look at how many products a score sums.");
    suspect(heads_scaled(q, k, v, 1.0 / w), "Look at the root: without it the"
            " scores become too small.");
    expect(got, expected, 1e-5, "Look at how many numbers of a"
           " query and a key are multiplied and added up in one score.");
}

CHECK(mended_heads)
{
    mended_heads_check(1, 3, 4, 7, 2);
    mended_heads_check(2, 2, 3, 8, 5);
    mended_heads_check(1, 5, 2, 6, 3);
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

static Tensor *WRONG(mended_heads, root_of_m)(Tensor *q, Tensor *k, Tensor *v)
{
    return heads_scaled(q, k, v, 1 / sqrt(t_dim(k, 2)));
}

static Tensor *WRONG(mended_heads, no_root)(Tensor *q, Tensor *k, Tensor *v)
{
    return heads_scaled(q, k, v, 1.0 / t_dim(q, -1));
}

static Tensor *WRONG(mended_heads, softmax_over_queries)(Tensor *q, Tensor *k,
                                                         Tensor *v)
{
    Tensor *scores = t_matmul(k, t_transpose(q));
    scores = t_scale(scores, 1 / sqrt(t_dim(q, -1)));
    return t_matmul(t_transpose(t_softmax(scores)), v);
}

static Tensor *WRONG(mended_heads, root_of_n)(Tensor *q, Tensor *k, Tensor *v)
{
    return heads_scaled(q, k, v, 1 / sqrt(t_dim(q, 2)));
}

static Tensor *RIGHT(mended_heads, of_the_chapter_before)(Tensor *q, Tensor *k,
                                                          Tensor *v)
{
    return attention(q, k, v, NULL);
}

static Tensor *RIGHT(mended_heads, fused)(Tensor *q, Tensor *k, Tensor *v)
{
    return t_attention(q, k, v, (AttentionOptions){ 0 });
}

static Tensor *RIGHT(mended_heads, keys_scaled)(Tensor *q, Tensor *k, Tensor *v)
{
    k = t_scale(k, pow(t_dim(k, 3), -0.5));
    return t_matmul(t_softmax(t_matmul(q, t_transpose(k))), v);
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
    suspect(3 * (D * D + D) + D * width + width, "Only one of keys and values"
            " was made narrower. Look at both.");
    suspect(2 * (D * D + D) + 2 * (D * (double)g + (double)g), "Each of the g"
            " heads is d/h wide, not 1. Look at how many columns they make.");
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
    grouped_parameters_check(4096, 32, 8);
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

static long WRONG(grouped_parameters, long_biases)(long d, long h, long g)
{
    return 2 * (d * d + d) + 2 * (d * (g * d / h) + d);
}

static long WRONG(grouped_parameters, heads_of_one)(long d, long h, long g)
{
    (void)h;
    return 2 * (d * d + d) + 2 * (d * g + g);
}

static long WRONG(grouped_parameters, output_forgotten)(long d, long h, long g)
{
    long width = g * d / h;
    return d * d + d + 2 * (d * width + width);
}

static long RIGHT(grouped_parameters, factored)(long d, long h, long g)
{
    return 2 * (d + 1) * (d + d / h * g);
}

static long RIGHT(grouped_parameters, by_layers)(long d, long h, long g)
{
    long sum = 0, columns[] = { d, g * d / h, g * d / h, d };
    for (int i = 0; i < 4; i++)
        sum += d * columns[i] + columns[i];
    return sum;
}

static long RIGHT(grouped_parameters, less_what_is_saved)(long d, long h,
                                                          long g)
{
    long saved = (h - g) * (d / h);     /* columns */
    return 4 * d * d + 4 * d - 2 * saved * (d + 1);
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
    suspect(3 * layers * g * w * n * 4, "Queries are not kept: each is used once,"
            " when its token is written. Look at what later tokens need.");
    suspect(2 * layers * g * w * n * 8, "Look at how many bytes a number has:"
            " 4.");
    suspect(2 * layers * w * n * 4, "That is a single head. Look at g.");
    suspect(2 * layers * g * w * n, "That is how many numbers. Look at the"
            " question: bytes.");
    suspect(2 * layers * g * n * n * 4, "Those are weights. Look at what is"
            " kept: rows of width w.");
    expect(got, 2 * layers * g * w * n * 4, 1e-9, "Look at one head of one"
           " layer: two matrices of n rows and w columns.");
}

CHECK(cache_bytes)
{
    cache_bytes_check(1, 1, 2, 5);
    cache_bytes_check(3, 5, 7, 11);
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

static double WRONG(cache_bytes, queries_too)(double layers, double g, double w,
                                              double n)
{
    return 3 * layers * g * w * n * 4;
}

static double WRONG(cache_bytes, weights)(double layers, double g, double w,
                                          double n)
{
    (void)w;
    return 2 * layers * g * n * n * 4;
}

static double WRONG(cache_bytes, in_an_int)(double layers, double g, double w,
                                            double n)
{
    return (int)(unsigned)(long)(2 * layers * g * w * n * 4);
}

static double WRONG(cache_bytes, one_head)(double layers, double g, double w,
                                           double n)
{
    (void)g;
    return 2 * layers * w * n * 4;
}

static double RIGHT(cache_bytes, eight_for_each)(double layers, double g,
                                                 double w, double n)
{
    return 8 * n * w * g * layers;
}

static double RIGHT(cache_bytes, by_sizeof)(double layers, double g, double w,
                                            double n)
{
    return (double)(2 * sizeof(float)) * (layers * g) * (w * n);
}

static double RIGHT(cache_bytes, added_up)(double layers, double g, double w,
                                           double n)
{
    double keys = n * w * 4, values = n * w * 4, all = 0;
    for (int layer = 0; layer < (int)layers; layer++)
        for (int head = 0; head < (int)g; head++)
            all += keys + values;
    return all;
}

/* ---- 7: grouped queries, in code ----------------------------------------- */

/* Head i looks at the keys of the group it is in, if neighbours share, or of
 * head i modulo g. */
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

/* The groups right, the softmax down the columns. */
static Tensor *over_queries(Tensor *q, Tensor *k, Tensor *v)
{
    int h = t_dim(q, 1), g = t_dim(k, 1), w = t_dim(q, 3);
    Tensor *out = NULL;
    for (int i = 0; i < h; i++) {
        int j = i / (h / g);
        Tensor *scores = t_matmul(t_slice(k, 1, j, j + 1),
                                  t_transpose(t_slice(q, 1, i, i + 1)));
        scores = t_softmax(t_scale(scores, 1 / sqrt((double)w)));
        Tensor *one = t_matmul(t_transpose(scores), t_slice(v, 1, j, j + 1));
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
    Tensor *expected = by_head(q, k, v, true);
    Tensor *got = CALL(grouped_attention, (q, k, v));
    expect_shape(got, SHAPE(B, h, n, w), "Look at what comes out: as many heads"
                 " and rows as the queries have.");
    suspect(by_head(q, k, v, false), "Heads look at key heads in turn: 0, 1, 0,"
            " 1. Look at the groups: neighbouring query heads share.");
    suspect(by_head(t_scale(q, sqrt((double)w)), k, v, true), "The groups are"
            " right. The factor 1/sqrt(w) is missing: look at the scores.");
    suspect(over_queries(q, k, v), "The groups are right, but the softmax goes"
            " over the queries. Look at its axis: the last is to be the keys.");
    expect(got, expected, 1e-5, "Look at which query heads share"
           " a key head: 0 to h/g - 1 the first, and so on.");
}

/* With many keys and one query, copies of keys or values would be most of the
 * memory. */
static void nothing_is_copied(void)
{
    enum { H = 8, G = 2, M = 200, W = 16 };
    Rng rng = rng_new(10);
    Tensor *q = simple(&rng, 1, H, 1, W), *k = simple(&rng, 1, G, M, W);
    Tensor *v = simple(&rng, 1, G, M, W);
    given(q);
    given(k);
    given(v);
    size_t before = tape_bytes();
    CALL(grouped_attention, (q, k, v));
    size_t numbers = (tape_bytes() - before) / sizeof(real);
    char what[200];
    snprintf(what, sizeof what, "What it returns is right. But with h = %d,"
             " m = %d, w = %d it took room for %zu numbers, which is more than"
             " keys for every query head.", H, M, W, numbers);
    expect_that(numbers < H * M * W, what, "Keys or values were copied. Look at"
                " what can stand still: let the query heads of a group ask"
                " together.");
}

CHECK(grouped_attention)
{
    grouped_attention_check(1, 4, 2, 3, 2, 2);
    grouped_attention_check(2, 6, 2, 2, 3, 4);
    grouped_attention_check(2, 3, 3, 2, 3, 4);
    grouped_attention_check(1, 4, 1, 2, 3, 2);
    nothing_is_copied();
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

static Tensor *WRONG(grouped_attention, unscaled)(Tensor *q, Tensor *k,
                                                  Tensor *v)
{
    return by_head(t_scale(q, sqrt((double)t_dim(q, 3))), k, v, true);
}

static Tensor *WRONG(grouped_attention, down_the_columns)(Tensor *q, Tensor *k,
                                                          Tensor *v)
{
    return over_queries(q, k, v);
}

/* k or v repeated for each head that looks at it. */
static Tensor *repeated(Tensor *x, int h)
{
    int B = t_dim(x, 0), g = t_dim(x, 1), m = t_dim(x, 2), w = t_dim(x, 3);
    x = t_broadcast(t_reshape(x, B * g, 1, m, w), B * g, h / g, m, w);
    return t_reshape(x, B, h, m, w);
}

static Tensor *WRONG(grouped_attention, keys_copied)(Tensor *q, Tensor *k,
                                                     Tensor *v)
{
    int h = t_dim(q, 1);
    return attention(q, repeated(k, h), repeated(v, h), NULL);
}

static Tensor *WRONG(grouped_attention, values_copied)(Tensor *q, Tensor *k,
                                                       Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), w = t_dim(q, 3);
    int g = t_dim(k, 1);
    Tensor *weights = attention_weights(t_reshape(q, B, g, h / g * n, w), k,
                                        NULL);
    weights = t_reshape(weights, B, h, n, t_dim(k, 2));
    return t_matmul(weights, repeated(v, h));
}

static Tensor *RIGHT(grouped_attention, head_by_head)(Tensor *q, Tensor *k,
                                                      Tensor *v)
{
    return by_head(q, k, v, true);
}

static Tensor *RIGHT(grouped_attention, group_by_group)(Tensor *q, Tensor *k,
                                                        Tensor *v)
{
    int h = t_dim(q, 1), g = t_dim(k, 1);
    Tensor *out = NULL;
    for (int j = 0; j < g; j++) {
        Tensor *asking = t_slice(q, 1, j * h / g, (j + 1) * h / g);
        Tensor *one = attention(asking, t_slice(k, 1, j, j + 1),
                                t_slice(v, 1, j, j + 1), NULL);
        out = out ? t_concat(1, out, one) : one;
    }
    return out;
}

static Tensor *RIGHT(grouped_attention, fused)(Tensor *q, Tensor *k, Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), w = t_dim(q, 3);
    int g = t_dim(k, 1);
    Tensor *rows = t_contiguous(t_reshape(q, B, g, h / g * n, w));
    return t_reshape(t_attention(rows, k, v, (AttentionOptions){ 0 }), B, h, n,
                     w);
}

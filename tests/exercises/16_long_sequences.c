/* 16_long_sequences.c -- the checks of chapter 16's exercises, and answers,
 * wrong and right, that try them. README.md says how to write both. */

/* ---- 1: how large is the cache? ------------------------------------------ */

static void cache_check(int layers, int key_heads, int width, int tokens,
                        int each)
{
    double want = 2.0 * layers * key_heads * width * tokens * each;
    given(layers);
    given(key_heads);
    given(width);
    given(tokens);
    given(each);
    double got = CALL(cache_bytes, (layers, key_heads, width, tokens, each));
    suspect(want / 2, "Those are keys only. Look at what else is read for each"
            " word.");
    suspect(want / layers, "That is one layer. Look at who keeps what: each"
            " layer has keys of its own.");
    suspect(want / each, "Those are numbers, not bytes. Look at `each`.");
    suspect(want / tokens, "That is for one token. Look at how many there are.");
    suspect(want / key_heads, "That is one head of keys. Look at how many.");
    suspect((double)(int)(unsigned)(long long)want, "Too large for an int. Look"
            " at the type of your product: make one factor a double.");
    expect(got, want, 1e-6, "Look at what one token leaves in one head of one"
           " layer, and multiply.");
}

CHECK(cache_bytes)
{
    cache_check(2, 3, 5, 7, 4);
    cache_check(32, 32, 128, 1, 2);
    cache_check(80, 8, 128, 32768, 2);
    cache_check(3, 1, 16, 100, 1);
}

static double WRONG(cache_bytes, keys_only)(int layers, int key_heads, int width,
                                            int tokens, int each)
{
    return 1.0 * layers * key_heads * width * tokens * each;
}

static double WRONG(cache_bytes, one_layer)(int layers, int key_heads, int width,
                                            int tokens, int each)
{
    (void)layers;
    return 2.0 * key_heads * width * tokens * each;
}

static double WRONG(cache_bytes, numbers)(int layers, int key_heads, int width,
                                          int tokens, int each)
{
    (void)each;
    return 2.0 * layers * key_heads * width * tokens;
}

static double WRONG(cache_bytes, one_token)(int layers, int key_heads, int width,
                                            int tokens, int each)
{
    (void)tokens;
    return 2.0 * layers * key_heads * width * each;
}

static double WRONG(cache_bytes, one_head)(int layers, int key_heads, int width,
                                           int tokens, int each)
{
    (void)key_heads;
    return 2.0 * layers * width * tokens * each;
}

static double WRONG(cache_bytes, in_an_int)(int layers, int key_heads, int width,
                                            int tokens, int each)
{
    unsigned product = 2u * (unsigned)layers * (unsigned)key_heads;
    product *= (unsigned)width * (unsigned)tokens * (unsigned)each;
    return (int)product;
}

static double WRONG(cache_bytes, kibibytes)(int layers, int key_heads, int width,
                                            int tokens, int each)
{
    return 2.0 * layers * key_heads * width * tokens * each / 1024;
}

static double RIGHT(cache_bytes, by_tokens)(int layers, int key_heads, int width,
                                            int tokens, int each)
{
    double token = layers * (2.0 * key_heads * width);
    return token * tokens * each;
}

static double RIGHT(cache_bytes, layer_by_layer)(int layers, int key_heads,
                                                 int width, int tokens, int each)
{
    double sum = 0;
    for (int i = 0; i < layers; i++)
        for (int head = 0; head < key_heads; head++)
            sum += (double)tokens * (width + width) * each;
    return sum;
}

static double RIGHT(cache_bytes, in_a_long)(int layers, int key_heads, int width,
                                            int tokens, int each)
{
    long long numbers = 2LL * layers * key_heads * width * tokens;
    return (double)(numbers * each);
}

/* ---- 2: how many readers at once? ---------------------------------------- */

static void rows_check(double flop, double bytes)
{
    double ratio = flop / bytes, want = 2 * ratio;
    given(flop);
    given(bytes);
    double got = CALL(rows_needed, (flop, bytes));
    suspect(ratio, "That is the intensity at which slope and level meet. Look at"
            " the intensity of r rows: it is not r.");
    suspect(4 * ratio, "Look at the operations for each number of the matrix: a"
            " row multiplies it *and* adds.");
    suspect(ratio / 2, "Look at the bytes: each number of the matrix takes 4.");
    suspect(1 / want, "Upside down. Look at which rate is reached with few"
            " rows.");
    suspect(2 / ratio, "Upside down. Look at which rate is reached with few"
            " rows.");
    suspect(8 * ratio, "Look at which side the two operations stand on: more"
            " operations for a row need fewer rows.");
    expect(got, want, 1e-6, "Look at the intensity of a product of r rows with a"
           " large matrix: FLOP over bytes, for each number of the matrix.");
}

CHECK(rows_needed)
{
    rows_check(2e11, 2e10);
    rows_check(3e12, 1e11);
    rows_check(1e10, 8e10);
}

static double WRONG(rows_needed, intensity)(double flop, double bytes)
{
    return flop / bytes;
}

static double WRONG(rows_needed, one_operation)(double flop, double bytes)
{
    return 4 * flop / bytes;
}

static double WRONG(rows_needed, no_bytes)(double flop, double bytes)
{
    return flop / bytes / 2;
}

static double WRONG(rows_needed, upside_down)(double flop, double bytes)
{
    return bytes / (2 * flop);
}

static double WRONG(rows_needed, turned)(double flop, double bytes)
{
    return 4 * bytes / (2 * flop);
}

static double WRONG(rows_needed, both_above)(double flop, double bytes)
{
    return 8 * flop / bytes;
}

static double RIGHT(rows_needed, halves)(double flop, double bytes)
{
    return 2 * (flop / bytes);
}

static double RIGHT(rows_needed, by_times)(double flop, double bytes)
{
    double to_read = 4 / bytes, to_compute = 2 / flop;  /* of one number */
    return to_read / to_compute;
}

static double RIGHT(rows_needed, by_the_chapter)(double flop, double bytes)
{
    enum { LARGE = 1 << 20 };
    Work all = work_of_product(1, LARGE, LARGE);
    double of_weights = 4.0 * LARGE * LARGE;
    return flop / bytes / (all.flop / of_weights);
}

/* ---- 3: find the bug: two halves ------------------------------------------ */

/* The two parts, each times a factor; the first number is set apart. */
static Tensor *parts(Tensor *a, double by_a, Tensor *b, double by_b, double max)
{
    Tensor *sum = t_add(t_scale(a, by_a), t_scale(b, by_b));
    t_at(sum, 0) = (real)max;
    return sum;
}

static double top_of(Tensor *a, Tensor *b)
{
    return fmax((double)t_at(a, 0), (double)t_at(b, 0));
}

/* e^(M - max) */
static double level(Tensor *x, double max)
{
    return exp((double)t_at(x, 0) - max);
}

static Tensor *only_b(Tensor *a, Tensor *b)
{
    double max = top_of(a, b);
    return parts(a, 1, b, level(b, max), max);
}

static Tensor *only_a(Tensor *a, Tensor *b)
{
    double max = top_of(a, b);
    return parts(a, level(a, max), b, 1, max);
}

static Tensor *neither(Tensor *a, Tensor *b)
{
    return parts(a, 1, b, 1, top_of(a, b));
}

static Tensor *from_the_first(Tensor *a, Tensor *b)
{
    double max = (double)t_at(a, 0);
    return parts(a, 1, b, level(b, max), max);
}

static Tensor *turned_round(Tensor *a, Tensor *b)
{
    double max = top_of(a, b);
    return parts(a, 1 / level(a, max), b, 1 / level(b, max), max);
}

static Tensor *sums_alone(Tensor *a, Tensor *b)
{
    double max = top_of(a, b);
    Tensor *x = parts(a, 1, b, 1, max);
    t_at(x, 1) = (real)((double)t_at(a, 1) * level(a, max)
                        + (double)t_at(b, 1) * level(b, max));
    return x;
}

static Tensor *divided(Tensor *a, Tensor *b)
{
    double max = top_of(a, b);
    Tensor *x = parts(a, level(a, max), b, level(b, max), max);
    for (int c = 2; c < t_dim(x, 0); c++)
        t_at(x, c) /= t_at(x, 1);
    return x;
}

static void parts_check(Tensor *a, Tensor *b)
{
    double max = top_of(a, b);
    Tensor *want = parts(a, level(a, max), b, level(b, max), max);
    given(a);
    given(b);
    Tensor *got = CALL(both_parts, (a, b));
    suspect(only_b(a, b), "That is as it was. Look at what happens where the"
            " maximum is that of b.");
    suspect(only_a(a, b), "Now a is brought to the common level, and b is not."
            " Look at what happens where the maximum is that of a.");
    suspect(neither(a, b), "Look at the levels: each sum was measured from its"
            " own maximum.");
    suspect(from_the_first(a, b), "Measured from a's maximum. Look at the first"
            " number: it must be the larger one, or e^ of it may overflow.");
    suspect(turned_round(a, b), "Look at the sign: what was measured from a lower"
            " maximum must shrink.");
    suspect(sums_alone(a, b), "Look at the mixtures: they were measured from the"
            " same maxima as the sums.");
    suspect(divided(a, b), "Look at the mixture: it is not divided yet, or more"
            " parts could not be added.");
    expect(got, want, 1e-5, "Look at which level each part was measured from, and"
           " bring both to the larger one.");
}

CHECK(both_parts)
{
    parts_check(t_vector(0, 1, 4), t_vector(0, 3, 8));
    parts_check(t_vector(2, 1, 4, -2), t_vector(0, 3, 8, 1));
    parts_check(t_vector(-1, 2, 4, 0, 6), t_vector(1, 3, 8, 2, -3));
    parts_check(t_vector(-1, 2, 4), t_vector(3, 3, -8));
}

static Tensor *WRONG(both_parts, as_it_was)(Tensor *a, Tensor *b)
{
    return only_b(a, b);
}

static Tensor *WRONG(both_parts, the_other)(Tensor *a, Tensor *b)
{
    return only_a(a, b);
}

static Tensor *WRONG(both_parts, no_levels)(Tensor *a, Tensor *b)
{
    return neither(a, b);
}

static Tensor *WRONG(both_parts, from_a)(Tensor *a, Tensor *b)
{
    return from_the_first(a, b);
}

static Tensor *WRONG(both_parts, sign)(Tensor *a, Tensor *b)
{
    return turned_round(a, b);
}

static Tensor *WRONG(both_parts, mixture_forgotten)(Tensor *a, Tensor *b)
{
    return sums_alone(a, b);
}

static Tensor *WRONG(both_parts, divided_already)(Tensor *a, Tensor *b)
{
    return divided(a, b);
}

static Tensor *RIGHT(both_parts, larger_first)(Tensor *a, Tensor *b)
{
    if (t_at(a, 0) < t_at(b, 0)) {
        Tensor *first = a;
        a = b;
        b = first;
    }
    double max = (double)t_at(a, 0);
    return parts(a, 1, b, level(b, max), max);
}

static Tensor *RIGHT(both_parts, by_loops)(Tensor *a, Tensor *b)
{
    int n = t_dim(a, 0);
    double max = top_of(a, b);
    Tensor *x = t_zeros(n);
    t_at(x, 0) = (real)max;
    for (int c = 1; c < n; c++)
        t_at(x, c) = (real)((double)t_at(a, c) * level(a, max)
                            + (double)t_at(b, c) * level(b, max));
    return x;
}

static Tensor *RIGHT(both_parts, by_slices)(Tensor *a, Tensor *b)
{
    double max = top_of(a, b);
    Tensor *rest = t_add(t_scale(t_slice(a, 0, 1, t_dim(a, 0)), level(a, max)),
                         t_scale(t_slice(b, 0, 1, t_dim(b, 0)), level(b, max)));
    return t_concat(0, t_vector(max), rest);
}

/* ---- 4: how many tiles? --------------------------------------------------- */

/* Tiles with a pair (i, j), i - j < window, and j <= i if causal. */
static int touched(int n, int rows, int columns, int window, bool causal)
{
    int count = 0;
    for (int row = 0; row < n; row += rows)
        for (int column = 0; column < n; column += columns) {
            bool any = false;
            for (int i = row; i < n && i < row + rows; i++)
                for (int j = column; j < n && j < column + columns; j++)
                    any = any || (i - j < window && (!causal || j <= i));
            count += any;
        }
    return count;
}

static void tiles_check(int n, int rows, int columns, int window)
{
    int want = touched(n, rows, columns, window, true);
    int down = (n + rows - 1) / rows, across = (n + columns - 1) / columns;
    given(n);
    given(rows);
    given(columns);
    given(window);
    int got = CALL(tiles_touched, (n, rows, columns, window));
    suspect(down * across, "Those are all tiles. Look at which of them nobody"
            " sees into.");
    suspect(touched(n, rows, columns, n, true), "Those are the tiles of a causal"
            " mask without a window. Look at how far back the first query of a"
            " tile sees.");
    suspect(touched(n, rows, columns, window, false), "Look at the keys behind"
            " the queries: causal means that nobody looks ahead.");
    suspect(touched(n, rows, columns, window + 1, true), "Look at the first key:"
            " a window of 1 is the word itself, so query i sees from i - window"
            " + 1 on.");
    suspect(touched(n, rows, columns, window + rows - 1, true), "Look at how far"
            " back the *first* query of a tile sees.");
    expect(got, want, 0, "Look at one row of tiles: the first key that its first"
           " query sees, the last that its last query sees, and the tiles"
           " between them.");
}

CHECK(tiles_touched)
{
    tiles_check(4, 2, 2, 4);
    tiles_check(8, 2, 2, 1);
    tiles_check(8, 2, 2, 3);
    tiles_check(12, 3, 2, 4);
    tiles_check(13, 4, 3, 5);
    tiles_check(20, 2, 8, 9);
    tiles_check(9, 9, 4, 2);
    tiles_check(7, 2, 9, 3);
    tiles_check(10, 5, 1, 2);
}

static int WRONG(tiles_touched, all_of_them)(int n, int rows, int columns,
                                             int window)
{
    (void)window;
    return (n + rows - 1) / rows * ((n + columns - 1) / columns);
}

static int WRONG(tiles_touched, no_window)(int n, int rows, int columns,
                                           int window)
{
    (void)window;
    return touched(n, rows, columns, n, true);
}

static int WRONG(tiles_touched, ahead)(int n, int rows, int columns, int window)
{
    return touched(n, rows, columns, window, false);
}

static int WRONG(tiles_touched, window_too_long)(int n, int rows, int columns,
                                                 int window)
{
    return touched(n, rows, columns, window + 1, true);
}

static int WRONG(tiles_touched, last_query_looks_back)(int n, int rows,
                                                       int columns, int window)
{
    int count = 0;
    for (int row = 0; row < n; row += rows) {
        int last = row + rows < n ? row + rows - 1 : n - 1;
        int first = last - window + 1 > 0 ? last - window + 1 : 0;
        count += last / columns - first / columns + 1;
    }
    return count;
}

static int WRONG(tiles_touched, beyond_the_end)(int n, int rows, int columns,
                                                int window)
{
    int count = 0;
    for (int row = 0; row < n; row += rows) {
        int last = row + rows - 1;
        int first = row - window + 1 > 0 ? row - window + 1 : 0;
        count += last / columns - first / columns + 1;
    }
    return count;
}

static int WRONG(tiles_touched, by_area)(int n, int rows, int columns,
                                         int window)
{
    return n * window / (rows * columns);
}

static int RIGHT(tiles_touched, pair_by_pair)(int n, int rows, int columns,
                                              int window)
{
    return touched(n, rows, columns, window, true);
}

static int RIGHT(tiles_touched, tile_by_tile)(int n, int rows, int columns,
                                              int window)
{
    int count = 0;
    for (int row = 0; row < n; row += rows)
        for (int column = 0; column < n; column += columns) {
            int last_row = row + rows < n ? row + rows - 1 : n - 1;
            int last_column = column + columns - 1;
            count += column <= last_row && row - last_column < window;
        }
    return count;
}

static int RIGHT(tiles_touched, column_by_column)(int n, int rows, int columns,
                                                  int window)
{
    int count = 0;
    for (int column = 0; column < n; column += columns) {
        int end = column + columns < n ? column + columns - 1 : n - 1;
        int last = end + window - 1 < n ? end + window - 1 : n - 1;
        count += last / rows - column / rows + 1;
    }
    return count;
}

/* ---- 5: a sum that forgets ------------------------------------------------ */

enum { FADED = 1, STRICT = 2, ONWARD = 4, EARLY = 8, NORMED = 16, BACK = 32,
       SHARES = 64 };

/* The outputs by a table, with what may be wrong with it. */
static Tensor *forgetting(Tensor *q, Tensor *k, Tensor *v, double a, int how)
{
    int n = t_dim(q, 0);
    Tensor *fade = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            if ((how & ONWARD) || (how & STRICT ? j < i : j <= i))
                t_at(fade, i, j) = (real)pow(a, how & FADED ? 0
                                                : how & BACK ? j
                                                : abs(i - j) + !!(how & EARLY));
    Tensor *table = t_mul(t_matmul(q, t_transpose(k)), fade);
    Tensor *out = t_scale(t_matmul(table, v), how & SHARES ? 1 - a : 1);
    return how & NORMED ? t_div(out, t_sum(table, -1)) : out;
}

static void forgetting_check(int n, int d, int d_v, double a)
{
    Rng rng = rng_new(5);
    Tensor *q = t_add(simple(&rng, n, d), t_vector(3));
    Tensor *k = t_add(simple(&rng, n, d), t_vector(3));
    Tensor *v = simple(&rng, n, d_v), *want = forgetting(q, k, v, a, 0);
    given(q);
    given(k);
    given(v);
    given(a);
    Tensor *got = CALL(with_forgetting, (q, k, v, a));
    suspect(forgetting(q, k, v, a, FADED), "Nothing fades. Look at a.");
    suspect(forgetting(q, k, v, a, STRICT), "Look at the word itself: S_i has"
            " k_i and v_i in it when q_i asks.");
    suspect(forgetting(q, k, v, a, ONWARD), "Look at the words that come later:"
            " they are not in S_i.");
    suspect(forgetting(q, k, v, a, EARLY), "Look at the newest word: what is in S"
            " fades before it comes in, not after.");
    suspect(forgetting(q, k, v, a, SHARES), "Look at the newest word: it counts in"
            " full, not 1 - a times.");
    suspect(forgetting(q, k, v, a, NORMED), "Look at the division: there is none"
            " here.");
    suspect(forgetting(q, k, v, a, BACK), "Look at the power: it is the distance"
            " of the two words, not the place of one.");
    expect(got, want, 1e-5, "Look at two words by hand: what is in S_0, what in"
           " S_1?");
}

CHECK(with_forgetting)
{
    forgetting_check(3, 1, 1, 0.25);
    forgetting_check(4, 2, 3, 0.5);
    forgetting_check(5, 3, 2, 0.25);
    forgetting_check(2, 2, 2, 1);
}

static Tensor *WRONG(with_forgetting, nothing_fades)(Tensor *q, Tensor *k,
                                                     Tensor *v, double a)
{
    return forgetting(q, k, v, a, FADED);
}

static Tensor *WRONG(with_forgetting, not_itself)(Tensor *q, Tensor *k,
                                                  Tensor *v, double a)
{
    return forgetting(q, k, v, a, STRICT);
}

static Tensor *WRONG(with_forgetting, later_words)(Tensor *q, Tensor *k,
                                                   Tensor *v, double a)
{
    return forgetting(q, k, v, a, ONWARD);
}

static Tensor *WRONG(with_forgetting, fades_at_once)(Tensor *q, Tensor *k,
                                                     Tensor *v, double a)
{
    return forgetting(q, k, v, a, EARLY);
}

static Tensor *WRONG(with_forgetting, in_shares)(Tensor *q, Tensor *k, Tensor *v,
                                                 double a)
{
    return forgetting(q, k, v, a, SHARES);
}

static Tensor *WRONG(with_forgetting, divided)(Tensor *q, Tensor *k, Tensor *v,
                                               double a)
{
    return forgetting(q, k, v, a, NORMED);
}

static Tensor *WRONG(with_forgetting, by_place)(Tensor *q, Tensor *k, Tensor *v,
                                                double a)
{
    return forgetting(q, k, v, a, BACK);
}

static Tensor *RIGHT(with_forgetting, word_by_word)(Tensor *q, Tensor *k,
                                                    Tensor *v, double a)
{
    int n = t_dim(q, 0), d = t_dim(q, 1), d_v = t_dim(v, 1);
    Tensor *S = t_zeros(d, d_v), *out = t_zeros(n, d_v);
    for (int i = 0; i < n; i++)
        for (int r = 0; r < d; r++)
            for (int c = 0; c < d_v; c++) {
                t_at(S, r, c) = (real)a * t_at(S, r, c)
                              + t_at(k, i, r) * t_at(v, i, c);
                t_at(out, i, c) += t_at(q, i, r) * t_at(S, r, c);
            }
    return out;
}

static Tensor *RIGHT(with_forgetting, by_products)(Tensor *q, Tensor *k,
                                                   Tensor *v, double a)
{
    int n = t_dim(q, 0);
    Tensor *S = t_zeros(t_dim(q, 1), t_dim(v, 1)), *rows[16];
    for (int i = 0; i < n; i++) {
        S = t_add(t_scale(S, a), t_matmul(t_transpose(t_slice(k, 0, i, i + 1)),
                                          t_slice(v, 0, i, i + 1)));
        rows[i] = t_matmul(t_slice(q, 0, i, i + 1), S);
    }
    return t_concat_list(0, n, rows);
}

/* a^(i - j) as a^i times a^-j. */
static Tensor *RIGHT(with_forgetting, factors_apart)(Tensor *q, Tensor *k,
                                                     Tensor *v, double a)
{
    int n = t_dim(q, 0);
    Tensor *up = t_zeros(n, 1), *down = t_zeros(n, 1), *later = t_zeros(n, n);
    for (int i = 0; i < n; i++) {
        t_at(up, i, 0) = (real)pow(a, i);
        t_at(down, i, 0) = (real)pow(a, -i);
        for (int j = i + 1; j < n; j++)
            t_at(later, i, j) = 1;
    }
    Tensor *table = t_matmul(t_mul(q, up), t_transpose(t_mul(k, down)));
    return t_matmul(t_masked_fill(table, later, 0), v);
}

/* ---- 6: grouped queries, by a view ---------------------------------------- */

/* Head i of queries looks at head which(i) of keys. */
static Tensor *head_by_head(Tensor *q, Tensor *k, Tensor *v, bool in_turn,
                            double scale)
{
    int h = t_dim(q, 1), g = t_dim(k, 1);
    Tensor *heads[16];
    for (int i = 0; i < h; i++) {
        int at = in_turn ? i % g : i / (h / g);
        Tensor *keys = t_slice(k, 1, at, at + 1);
        Tensor *s = t_matmul(t_slice(q, 1, i, i + 1), t_transpose(keys));
        heads[i] = t_matmul(t_softmax(t_scale(s, scale)),
                            t_slice(v, 1, at, at + 1));
    }
    return t_concat_list(1, h, heads);
}

static double usual(Tensor *q)
{
    return 1 / sqrt(t_dim(q, 3));
}

static Tensor *rows_in_turn(Tensor *q, Tensor *k, Tensor *v)
{
    Tensor *by_rows = t_contiguous(t_permute(q, 0, 2, 1, 3));
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), d = t_dim(q, 3);
    Tensor *rows = t_reshape(by_rows, B, t_dim(k, 1), T_INFER, d);
    Tensor *s = t_softmax(t_scale(t_matmul(rows, t_transpose(k)), usual(q)));
    return t_reshape(t_matmul(s, v), B, h, n, t_dim(v, 3));
}

static Tensor *first_keys(Tensor *q, Tensor *k, Tensor *v)
{
    return head_by_head(q, t_slice(k, 1, 0, 1), t_slice(v, 1, 0, 1), false,
                        usual(q));
}

static void grouped_check(int B, int h, int g, int n, int m, int d, int d_v)
{
    Rng rng = rng_new(6);
    Tensor *q = simple(&rng, B, h, n, d), *k = simple(&rng, B, g, m, d);
    Tensor *v = simple(&rng, B, g, m, d_v);
    Tensor *want = head_by_head(q, k, v, false, usual(q));
    given(q);
    given(k);
    given(v);
    Tensor *got = CALL(grouped, (q, k, v));
    for (const Tensor *x = got; x; x = x->in[0])
        expect_that(strcmp(x->op, "t_attention") != 0
                    && strcmp(x->op, "t_concat") != 0, "The output may be right."
                    " But t_attention() or t_concat() was called.", "Look at"
                    " what t_reshape() can do for q.");
    suspect(head_by_head(q, k, v, true, usual(q)), "Look at which heads share:"
            " neighbours do, not every second one.");
    suspect(head_by_head(q, k, v, false, 1), "Look at the factor 1/sqrt(d).");
    suspect(first_keys(q, k, v), "All look at the first head of keys. Look at the"
            " others.");
    suspect(rows_in_turn(q, k, v), "Look at the order of q's axes before you"
            " reshape: which rows lie one below the other?");
    expect(got, want, 1e-5, "Look at one head of keys, and at all rows of"
           " queries that look at it.");
}

CHECK(grouped)
{
    grouped_check(1, 2, 1, 2, 3, 4, 1);
    grouped_check(2, 4, 2, 3, 2, 1, 3);
    grouped_check(1, 6, 2, 2, 4, 3, 2);
    grouped_check(1, 3, 3, 1, 2, 4, 2);
}

static Tensor *WRONG(grouped, in_turn)(Tensor *q, Tensor *k, Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), d = t_dim(q, 3);
    int g = t_dim(k, 1), d_v = t_dim(v, 3);
    Tensor *by_key = t_reshape(t_contiguous(t_permute(t_reshape(
        t_reshape(q, B, h, n * d), B, h / g, g, n * d), 0, 2, 1, 3)), B, g,
        h / g * n, d);
    Tensor *s = t_softmax(t_scale(t_matmul(by_key, t_transpose(k)), usual(q)));
    Tensor *out = t_reshape(t_matmul(s, v), B, g, h / g, n * d_v);
    return t_reshape(t_contiguous(t_permute(out, 0, 2, 1, 3)), B, h, n, d_v);
}

static Tensor *WRONG(grouped, no_factor)(Tensor *q, Tensor *k, Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), d = t_dim(q, 3);
    Tensor *rows = t_reshape(q, B, t_dim(k, 1), T_INFER, d);
    Tensor *s = t_softmax(t_matmul(rows, t_transpose(k)));
    return t_reshape(t_matmul(s, v), B, h, n, t_dim(v, 3));
}

static Tensor *WRONG(grouped, first_head)(Tensor *q, Tensor *k, Tensor *v)
{
    Tensor *one_k = t_slice(k, 1, 0, 1), *one_v = t_slice(v, 1, 0, 1);
    Tensor *s = t_scale(t_matmul(q, t_transpose(one_k)), usual(q));
    return t_matmul(t_softmax(s), one_v);
}

static Tensor *WRONG(grouped, by_rows)(Tensor *q, Tensor *k, Tensor *v)
{
    return rows_in_turn(q, k, v);
}

static Tensor *WRONG(grouped, by_the_library)(Tensor *q, Tensor *k, Tensor *v)
{
    return t_attention(q, k, v, (AttentionOptions){ 0 });
}

static Tensor *WRONG(grouped, copies)(Tensor *q, Tensor *k, Tensor *v)
{
    return head_by_head(q, k, v, false, usual(q));
}

static Tensor *WRONG(grouped, softmax_over_queries)(Tensor *q, Tensor *k,
                                                    Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), d = t_dim(q, 3);
    Tensor *rows = t_reshape(q, B, t_dim(k, 1), T_INFER, d);
    Tensor *s = t_scale(t_matmul(rows, t_transpose(k)), usual(q));
    s = t_transpose(t_softmax(t_transpose(s)));
    return t_reshape(t_matmul(s, v), B, h, n, t_dim(v, 3));
}

static Tensor *RIGHT(grouped, sizes_inferred)(Tensor *q, Tensor *k, Tensor *v)
{
    Tensor *rows = t_reshape(q, t_dim(k, 0), t_dim(k, 1), T_INFER, t_dim(q, 3));
    Tensor *weights = t_softmax(t_scale(t_matmul(rows, t_transpose(k)),
                                        usual(q)));
    return t_reshape(t_matmul(weights, v), t_dim(q, 0), t_dim(q, 1), t_dim(q, 2),
                     T_INFER);
}

/* Without a batch axis, an axis for the group instead: k and v broadcast. */
static Tensor *RIGHT(grouped, by_broadcasting)(Tensor *q, Tensor *k, Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2), g = t_dim(k, 1);
    Tensor *rows = t_reshape(q, B * g, h / g, n, t_dim(q, 3));
    Tensor *keys = t_reshape(k, B * g, 1, t_dim(k, 2), t_dim(k, 3));
    Tensor *values = t_reshape(v, B * g, 1, t_dim(v, 2), t_dim(v, 3));
    Tensor *s = t_scale(t_matmul(rows, t_transpose(keys)), usual(q));
    return t_reshape(t_matmul(t_softmax(s), values), B, h, n, t_dim(v, 3));
}

static Tensor *RIGHT(grouped, queries_scaled)(Tensor *q, Tensor *k, Tensor *v)
{
    int B = t_dim(q, 0), h = t_dim(q, 1), n = t_dim(q, 2);
    Tensor *rows = t_reshape(t_scale(q, usual(q)), B, t_dim(k, 1), T_INFER,
                             t_dim(q, 3));
    Tensor *weights = t_softmax(t_matmul(rows, t_transpose(k)));
    return t_reshape(t_matmul(weights, v), B, h, n, t_dim(v, 3));
}

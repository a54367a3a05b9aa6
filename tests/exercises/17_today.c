/* 17_today.c -- the checks of chapter 17's exercises, and answers, wrong and
 * right, that try them. README.md says how to write both. */

/* ---- 1: a norm without the mean ------------------------------------------- */

static void rms_check(Tensor *x, double epsilon)
{
    given(x);
    given(epsilon);
    Tensor *mean = t_mean(t_mul(x, x), -1);
    Tensor *want = t_div(x, t_sqrt(t_add(mean, t_vector(epsilon))));
    Tensor *got = CALL(rms_norm, (x, epsilon));
    suspect(t_layer_norm(x, NULL, NULL), "That is the layer norm. Look at what is"
            " left out: the mean stays.");
    suspect(t_div(x, t_sqrt(t_add(t_sum(t_mul(x, x), -1), t_vector(epsilon)))),
            "Look at the mean: that is the sum of the squares.");
    suspect(t_div(x, t_add(t_sqrt(mean), t_vector(epsilon))), "Look at where epsilon"
            " is added: under the root.");
    suspect(t_div(x, t_add(mean, t_vector(epsilon))), "Look at the root: it is"
            " missing.");
    suspect(t_div(x, t_sqrt(mean)), "Look at epsilon: it has no effect.");
    expect(got, want, 1e-5, "Look at one row: the mean of its squares, epsilon added,"
           " the root of that, and the row divided by it.");
}

CHECK(rms_norm)
{
    Rng rng = rng_new(1);
    rms_check(t_matrix(1, 2, 3, 4), 3.5);
    rms_check(t_matrix(2, 3, 1, 2, 2, -4, 0, 3), 0.5);
    rms_check(simple(&rng, 4, 6), 0.25);
    rms_check(simple(&rng, 3, 3), 1);
}

static Tensor *WRONG(rms_norm, layer)(Tensor *x, double epsilon)
{
    (void)epsilon;
    return t_layer_norm(x, NULL, NULL);
}
static Tensor *WRONG(rms_norm, sum)(Tensor *x, double epsilon)
{
    return t_div(x, t_sqrt(t_add(t_sum(t_mul(x, x), -1), t_vector(epsilon))));
}
static Tensor *WRONG(rms_norm, outside)(Tensor *x, double epsilon)
{
    return t_div(x, t_add(t_sqrt(t_mean(t_mul(x, x), -1)), t_vector(epsilon)));
}
static Tensor *WRONG(rms_norm, no_root)(Tensor *x, double epsilon)
{
    return t_div(x, t_add(t_mean(t_mul(x, x), -1), t_vector(epsilon)));
}
static Tensor *WRONG(rms_norm, of_columns)(Tensor *x, double epsilon)
{
    return t_div(x, t_sqrt(t_add(t_mean(t_mul(x, x), 0), t_vector(epsilon))));
}
static Tensor *WRONG(rms_norm, of_all)(Tensor *x, double epsilon)
{
    return t_div(x, t_sqrt(t_add(t_mean(t_mul(x, x), T_ALL), t_vector(epsilon))));
}
static Tensor *WRONG(rms_norm, no_epsilon)(Tensor *x, double epsilon)
{
    (void)epsilon;
    return t_div(x, t_sqrt(t_mean(t_mul(x, x), -1)));
}
static Tensor *RIGHT(rms_norm, by_loops)(Tensor *x, double epsilon)
{
    Tensor *y = t_scale(x, 1);
    for (int i = 0; i < t_dim(x, 0); i++) {
        double square = 0;
        for (int j = 0; j < t_dim(x, 1); j++)
            square += (double)t_at(x, i, j) * (double)t_at(x, i, j);
        double root = sqrt(square / t_dim(x, 1) + epsilon);
        for (int j = 0; j < t_dim(x, 1); j++)
            t_at(y, i, j) = (real)((double)t_at(x, i, j) / root);
    }
    return y;
}
static Tensor *RIGHT(rms_norm, by_sums)(Tensor *x, double epsilon)
{
    Tensor *sum = t_scale(t_sum(t_mul(x, x), 1), 1.0 / t_dim(x, 1));
    return t_div(x, t_sqrt(t_add(sum, t_vector(epsilon))));
}
static Tensor *RIGHT(rms_norm, by_the_library)(Tensor *x, double epsilon)
{
    return t_rms_norm(x, NULL, (NormOptions){ .epsilon = epsilon });
}

/* ---- 2: as many numbers, three matrices ----------------------------------- */

static void width_check(int hidden)
{
    given(hidden);
    int got = CALL(gated_width, (hidden));
    suspect(3 * hidden / 2, "Look at which has more matrices: the gated network"
            " must be narrower.");
    suspect(hidden, "Look at how many matrices there are: three of this width are"
            " more than two.");
    suspect(hidden / 3, "Look at the two matrices that were there: both count.");
    suspect((2 * hidden + 2) / 3, "Look at the rest of the division: this width has"
            " more parameters, not fewer.");
    suspect(hidden / 2, "Look at the third matrix, the way down.");
    expect(got, 2 * hidden / 3, 0, "Look at 2 d hidden = 3 d width.");
}

CHECK(gated_width)
{
    width_check(128);
    width_check(12);
    width_check(64);
    width_check(1024);
    width_check(100);
    width_check(11);
}

static int WRONG(gated_width, wider)(int hidden) { return 3 * hidden / 2; }
static int WRONG(gated_width, as_wide)(int hidden) { return hidden; }
static int WRONG(gated_width, third)(int hidden) { return hidden / 3; }
static int WRONG(gated_width, rounded_up)(int hidden)
{
    return (2 * hidden + 2) / 3;
}
static int WRONG(gated_width, half)(int hidden) { return hidden / 2; }
static int WRONG(gated_width, nearest)(int hidden)
{
    return (int)lround(2.0 * hidden / 3);
}
static int WRONG(gated_width, divided_first)(int hidden) { return hidden / 3 * 2; }
static int RIGHT(gated_width, counted)(int hidden)
{
    int width = 0;
    while (3 * (width + 1) <= 2 * hidden)
        width++;
    return width;
}
static int RIGHT(gated_width, less_a_third)(int hidden)
{
    return hidden - (hidden + 2) / 3;
}
static int RIGHT(gated_width, floored)(int hidden)
{
    return (int)floor(2.0 * hidden / 3 + 1e-9);
}

/* ---- 3: neighbours, turned ------------------------------------------------- */

static Tensor *turned(Tensor *x, bool halves, double sign, int first, bool columns)
{
    int n = t_dim(x, 0), w = t_dim(x, 1);
    Tensor *y = t_zeros(n, w);
    for (int p = 0; p < n; p++)
        for (int i = 0; i < w / 2; i++) {
            int j = halves ? i : 2 * i, k = halves ? i + w / 2 : 2 * i + 1;
            double angle = sign * (p + first) * angular_speed(columns ? 2 * i : i, w);
            double a = (double)t_at(x, p, j), b = (double)t_at(x, p, k);
            t_at(y, p, j) = (real)(a * cos(angle) - b * sin(angle));
            t_at(y, p, k) = (real)(a * sin(angle) + b * cos(angle));
        }
    return y;
}

static void turn_check(Tensor *x)
{
    given(x);
    Tensor *got = CALL(turn_neighbours, (x));
    suspect(turned(x, true, 1, 0, false), "Look at what a pair is: those are"
            " halves, not neighbours.");
    suspect(turned(x, false, -1, 0, false), "Look at the signs: that is turned the"
            " other way.");
    suspect(turned(x, false, 1, 1, false), "Look at the first row: it stands at place"
            " 0, and is not turned.");
    suspect(turned(x, false, 1, 0, true), "Look at the angle: angular_speed() wants"
            " the number of the pair, not of its column.");
    suspect(x, "Look at your rows: nothing was turned.");
    expect(got, turned(x, false, 1, 0, false), 1e-5, "Look at row 1: its first pair"
           " is turned by angular_speed(0, w) = 1.");
}

CHECK(turn_neighbours)
{
    Rng rng = rng_new(3);
    turn_check(t_matrix(2, 2, 1, 0, 1, 0));
    turn_check(simple(&rng, 3, 4));
    turn_check(simple(&rng, 4, 6));
    turn_check(simple(&rng, 5, 8));
}

static Tensor *WRONG(turn_neighbours, halves)(Tensor *x)
{
    return turned(x, true, 1, 0, false);
}
static Tensor *WRONG(turn_neighbours, backward)(Tensor *x)
{
    return turned(x, false, -1, 0, false);
}
static Tensor *WRONG(turn_neighbours, from_one)(Tensor *x)
{
    return turned(x, false, 1, 1, false);
}
static Tensor *WRONG(turn_neighbours, by_column)(Tensor *x)
{
    return turned(x, false, 1, 0, true);
}
static Tensor *WRONG(turn_neighbours, not_at_all)(Tensor *x) { return t_scale(x, 1); }
static Tensor *WRONG(turn_neighbours, overwritten)(Tensor *x)
{
    int w = t_dim(x, 1);
    Tensor *y = t_scale(x, 1);
    for (int p = 0; p < t_dim(x, 0); p++)
        for (int i = 0; i < w / 2; i++) {
            double angle = p * angular_speed(i, w), c = cos(angle), s = sin(angle);
            real *a = &t_at(y, p, 2 * i), *b = &t_at(y, p, 2 * i + 1);
            *a = (real)((double)*a * c - (double)*b * s);
            *b = (real)((double)*a * s + (double)*b * c);
        }
    return y;
}
static Tensor *RIGHT(turn_neighbours, by_the_library)(Tensor *x)
{
    return t_rotary(x, 0, (RotaryOptions){ .neighbours = true });
}
static Tensor *RIGHT(turn_neighbours, through_halves)(Tensor *x)
{
    int n = t_dim(x, 0), w = t_dim(x, 1);
    Tensor *halves = t_reshape(t_permute(t_reshape(x, n, w / 2, 2), 0, 2, 1), n, w);
    Tensor *y = rotate(halves, 0);
    return t_reshape(t_permute(t_reshape(y, n, 2, w / 2), 0, 2, 1), n, w);
}
static Tensor *RIGHT(turn_neighbours, place_by_place)(Tensor *x)
{
    Tensor *rows[64];
    for (int p = 0; p < t_dim(x, 0); p++)
        rows[p] = t_rotary(t_slice(x, 0, p, p + 1), p,
                           (RotaryOptions){ .neighbours = true });
    return t_concat_list(0, t_dim(x, 0), rows);
}

/* ---- 4: room for what was said --------------------------------------------- */

static void fit_check(int layers, int shared, int head_width, int bytes, long memory)
{
    long one = 2L * layers * shared * head_width * bytes;
    given(layers);
    given(shared);
    given(head_width);
    given(bytes);
    given(memory);
    long got = CALL(tokens_that_fit, (layers, shared, head_width, bytes, memory));
    double many = (double)memory / (double)one;
    suspect(floor(2 * many), "Look at what is kept: keys, and values, too.");
    suspect(floor(layers * many), "Look at the layers: each keeps its own.");
    suspect(floor(shared * many), "Look at the heads that are kept: all of them.");
    suspect(floor(bytes * many), "Look at the bytes of a number.");
    suspect(ceil(many), "Look at the last token: it does not fit.");
    suspect(floor(head_width * many), "Look at how many numbers a head has.");
    expect(got, memory / one, 0, "Look at one token: how many bytes are kept of it?");
}

CHECK(tokens_that_fit)
{
    fit_check(2, 2, 16, 4, 1024);
    fit_check(3, 5, 7, 2, 10000);
    fit_check(32, 8, 128, 2, 1000000000);
    fit_check(1, 1, 1, 1, 3);
    fit_check(4, 2, 16, 4, 100);
    fit_check(80, 64, 128, 4, 1000000000);
}

static long WRONG(tokens_that_fit, only_keys)(int layers, int shared, int head_width,
                                              int bytes, long memory)
{
    return memory / ((long)layers * shared * head_width * bytes);
}
static long WRONG(tokens_that_fit, one_layer)(int layers, int shared, int head_width,
                                              int bytes, long memory)
{
    (void)layers;
    return memory / (2L * shared * head_width * bytes);
}
static long WRONG(tokens_that_fit, one_head)(int layers, int shared, int head_width,
                                             int bytes, long memory)
{
    (void)shared;
    return memory / (2L * layers * head_width * bytes);
}
static long WRONG(tokens_that_fit, numbers)(int layers, int shared, int head_width,
                                            int bytes, long memory)
{
    (void)bytes;
    return memory / (2L * layers * shared * head_width);
}
static long WRONG(tokens_that_fit, rounded_up)(int layers, int shared, int head_width,
                                               int bytes, long memory)
{
    long one = 2L * layers * shared * head_width * bytes;
    return (memory + one - 1) / one;
}
static long WRONG(tokens_that_fit, no_width)(int layers, int shared, int head_width,
                                             int bytes, long memory)
{
    (void)head_width;
    return memory / (2L * layers * shared * bytes);
}
static long RIGHT(tokens_that_fit, step_by_step)(int layers, int shared,
                                                 int head_width, int bytes,
                                                 long memory)
{
    return memory / 2 / layers / shared / head_width / bytes;
}
static long RIGHT(tokens_that_fit, numbers_first)(int layers, int shared,
                                                  int head_width, int bytes,
                                                  long memory)
{
    long numbers = (long)layers * shared * head_width;
    return memory / bytes / (numbers + numbers);
}
static long RIGHT(tokens_that_fit, floored)(int layers, int shared, int head_width,
                                            int bytes, long memory)
{
    return (long)floor((double)memory
                       / (2.0 * layers * shared * head_width * bytes));
}

/* ---- 5: from neighbours to halves ------------------------------------------ */

static Tensor *columns_of(Tensor *x, const int *from)
{
    Tensor *y = t_zeros(t_dim(x, 0), t_dim(x, 1));
    for (int i = 0; i < t_dim(x, 0); i++)
        for (int j = 0; j < t_dim(x, 1); j++)
            t_at(y, i, j) = t_at(x, i, from[j]);
    return y;
}

static void halves_check(Tensor *weight)
{
    int w = t_dim(weight, 1), want[64], other[64], swapped[64], reversed[64];
    for (int j = 0; j < w; j++) {
        want[j] = j < w / 2 ? 2 * j : 2 * (j - w / 2) + 1;
        other[j] = j % 2 ? j / 2 + w / 2 : j / 2;
        swapped[j] = j < w / 2 ? 2 * j + 1 : 2 * (j - w / 2);
        reversed[j] = j ^ 1;
    }
    given(weight);
    Tensor *right = columns_of(weight, want);
    Tensor *got = CALL(to_halves, (weight));
    suspect(columns_of(weight, other), "Look at the direction: that is from halves"
            " to neighbours.");
    suspect(columns_of(weight, swapped), "Look at which of a pair comes first: it is"
            " turned by the same angle, but the other way.");
    suspect(columns_of(weight, reversed), "Look at the pairs: they are still"
            " neighbours.");
    suspect(weight, "Look at your columns: they stand where they stood.");
    expect(got, right, 0, "Look at pair 0: columns 0 and 1 become columns 0 and"
           " w / 2.");
}

CHECK(to_halves)
{
    Rng rng = rng_new(5);
    halves_check(t_matrix(1, 6, 0, 1, 2, 3, 4, 5));
    halves_check(simple(&rng, 3, 8));
    halves_check(simple(&rng, 4, 4));
    halves_check(simple(&rng, 2, 10));
}

static Tensor *WRONG(to_halves, other_way)(Tensor *weight)
{
    int d = t_dim(weight, 0), w = t_dim(weight, 1);
    return t_reshape(t_permute(t_reshape(weight, d, 2, w / 2), 0, 2, 1), d, w);
}
static Tensor *WRONG(to_halves, second_first)(Tensor *weight)
{
    int d = t_dim(weight, 0), w = t_dim(weight, 1);
    Tensor *y = t_reshape(t_permute(t_reshape(weight, d, w / 2, 2), 0, 2, 1), d, w);
    return t_concat(1, t_slice(y, 1, w / 2, w), t_slice(y, 1, 0, w / 2));
}
static Tensor *WRONG(to_halves, swapped)(Tensor *weight)
{
    int from[64];
    for (int j = 0; j < t_dim(weight, 1); j++)
        from[j] = j ^ 1;
    return columns_of(weight, from);
}
static Tensor *WRONG(to_halves, as_it_was)(Tensor *weight)
{
    return t_scale(weight, 1);
}
static Tensor *WRONG(to_halves, rows)(Tensor *weight)
{
    int d = t_dim(weight, 0), w = t_dim(weight, 1);
    return t_reshape(t_transpose(weight), d, w);
}
static Tensor *WRONG(to_halves, halves_exchanged)(Tensor *weight)
{
    int w = t_dim(weight, 1);
    return t_concat(1, t_slice(weight, 1, w / 2, w), t_slice(weight, 1, 0, w / 2));
}
static Tensor *RIGHT(to_halves, by_loops)(Tensor *weight)
{
    int w = t_dim(weight, 1), from[64];
    for (int j = 0; j < w; j++)
        from[j] = j < w / 2 ? 2 * j : 2 * (j - w / 2) + 1;
    return columns_of(weight, from);
}
static Tensor *RIGHT(to_halves, column_by_column)(Tensor *weight)
{
    int w = t_dim(weight, 1), n = 0;
    Tensor *column[64];
    for (int first = 0; first < 2; first++)
        for (int j = first; j < w; j += 2)
            column[n++] = t_slice(weight, 1, j, j + 1);
    return t_concat_list(1, n, column);
}
static Tensor *RIGHT(to_halves, by_transposing)(Tensor *weight)
{
    int d = t_dim(weight, 0), w = t_dim(weight, 1);
    return t_reshape(t_transpose(t_reshape(weight, d, w / 2, 2)), d, w);
}

/* ---- 6: find the bug: a sum that was lost ---------------------------------- */

static Tensor *part_norm(Tensor *x)
{
    return t_rms_norm(x, NULL, (NormOptions){ 0 });
}

static void part_check(Tensor *x, Tensor *weight)
{
    given(x);
    given(weight);
    Tensor *norm = part_norm(x), *f = t_matmul(norm, weight);
    Tensor *got = CALL(mended_part, (x, weight));
    suspect(t_add(norm, f), "Look at what is added: it is still the norm, not the x"
            " that came in.");
    suspect(f, "Look at the sum: x is gone.");
    suspect(t_add(x, t_matmul(x, weight)), "Look at what f reads: its norm is"
            " gone.");
    suspect(part_norm(t_add(x, t_matmul(x, weight))), "That is the norm after. Look"
            " at x + f(Norm(x)).");
    suspect(part_norm(t_add(x, f)), "Look at the end: there is one norm too many.");
    expect(got, t_add(x, f), 1e-5, "Look at x + f(Norm(x)), and at which x is which.");
}

CHECK(mended_part)
{
    Rng rng = rng_new(6);
    part_check(t_matrix(1, 2, 3, 4), t_zeros(2, 2));
    static const int rows[] = { 3, 2, 4 }, widths[] = { 4, 3, 4 };
    for (int i = 0; i < 3; i++) {
        Tensor *x = simple(&rng, rows[i], widths[i]);
        part_check(x, simple(&rng, widths[i], widths[i]));
    }
}

static Tensor *WRONG(mended_part, still_there)(Tensor *x, Tensor *weight)
{
    x = part_norm(x);
    return t_add(x, t_matmul(x, weight));
}
static Tensor *WRONG(mended_part, no_sum)(Tensor *x, Tensor *weight)
{
    return t_matmul(part_norm(x), weight);
}
static Tensor *WRONG(mended_part, no_norm)(Tensor *x, Tensor *weight)
{
    return t_add(x, t_matmul(x, weight));
}
static Tensor *WRONG(mended_part, after)(Tensor *x, Tensor *weight)
{
    return part_norm(t_add(x, t_matmul(x, weight)));
}
static Tensor *WRONG(mended_part, twice)(Tensor *x, Tensor *weight)
{
    return part_norm(t_add(x, t_matmul(part_norm(x), weight)));
}
static Tensor *WRONG(mended_part, of_f)(Tensor *x, Tensor *weight)
{
    return t_add(x, part_norm(t_matmul(x, weight)));
}
static Tensor *RIGHT(mended_part, sum_first)(Tensor *x, Tensor *weight)
{
    Tensor *f = t_matmul(part_norm(x), weight);
    return t_add(f, x);
}
static Tensor *RIGHT(mended_part, kept)(Tensor *x, Tensor *weight)
{
    Tensor *came_in = x;
    x = part_norm(x);
    return t_add(came_in, t_matmul(x, weight));
}
static Tensor *RIGHT(mended_part, in_one_product)(Tensor *x, Tensor *weight)
{
    return t_add(x, t_linear(part_norm(x), weight, t_zeros(t_dim(x, 1))));
}

/* ---- 7: how large is the file? --------------------------------------------- */

/* Parts of the file in numbers, to leave out one. */
static long bytes_without(LlamaShape s, int without)
{
    long d = s.width, head = d / s.heads, kept = head * s.shared;
    long part[] = { 7, s.vocabulary * d, s.own_output ? s.vocabulary * d : 0,
                    s.layers * 2L * d, s.layers * 2L * d * d,
                    s.layers * 2L * d * kept, s.layers * 3L * d * s.hidden, d,
                    s.places * head }, sum = 0;
    for (int i = 0; i < 9; i++)
        sum += i == without ? 0 : part[i];
    return 4 * sum;
}

static void bytes_check(LlamaShape s)
{
    static const char *const advice[] = {
        "Look at the beginning: seven whole numbers.", "Look at the table of words.",
        "Look at own_output: a second table.", "Look at the two norms of each layer.",
        "Look at W_q and W_o.", "Look at W_k and W_v.",
        "Look at the three matrices of the network.", "Look at the last norm.",
        "Look at the cosines and sines.",
    };
    char text[300];
    snprintf(text, sizeof text, "{ .width = %d, .hidden = %d, .layers = %d, .heads = "
             "%d, .shared = %d, .vocabulary = %d, .places = %d, .own_output = %s }",
             s.width, s.hidden, s.layers, s.heads, s.shared, s.vocabulary, s.places,
             s.own_output ? "true" : "false");
    given_word("s", text);
    long want = bytes_without(s, -1);
    LlamaShape all = s;
    all.shared = s.heads;
    long got = CALL(llama_bytes, (s));
    for (int i = 0; i < 9; i++)
        suspect(bytes_without(s, i), advice[i]);
    suspect(want / 4, "Look at the size of a number: four bytes.");
    suspect(bytes_without(all, -1), "Look at W_k and W_v: they make only as many heads"
            " as are shared.");
    suspect(want + 4L * s.places * (s.width / s.heads), "Look at the pairs of a head:"
            " half as many as it has numbers.");
    suspect(want + 4L * s.places * (s.width - s.width / s.heads), "Look at the cosines"
            " and sines: those of one head serve all.");
    expect(got, want, 0, "Look at the parts one by one: header, table, layers, last"
           " norm, cosines and sines, second table.");
}

CHECK(llama_bytes)
{
    bytes_check((LlamaShape){ .width = 64, .hidden = 192, .layers = 4, .heads = 4,
                              .shared = 2, .vocabulary = 512, .places = 158,
                              .own_output = true });
    bytes_check((LlamaShape){ .width = 24, .hidden = 64, .layers = 2, .heads = 6,
                              .shared = 2, .vocabulary = 300, .places = 48 });
    bytes_check((LlamaShape){ .width = 8, .hidden = 5, .layers = 3, .heads = 2,
                              .shared = 2, .vocabulary = 260, .places = 7,
                              .own_output = true });
    bytes_check((LlamaShape){ .width = 4096, .hidden = 11008, .layers = 1,
                              .heads = 32, .shared = 8, .vocabulary = 32000,
                              .places = 2048 });
}

static long WRONG(llama_bytes, no_header)(LlamaShape s) { return bytes_without(s, 0); }
static long WRONG(llama_bytes, one_table)(LlamaShape s) { return bytes_without(s, 2); }
static long WRONG(llama_bytes, no_norms)(LlamaShape s) { return bytes_without(s, 3); }
static long WRONG(llama_bytes, no_end)(LlamaShape s) { return bytes_without(s, 7); }
static long WRONG(llama_bytes, no_turns)(LlamaShape s) { return bytes_without(s, 8); }
static long WRONG(llama_bytes, numbers)(LlamaShape s)
{
    return bytes_without(s, -1) / 4;
}
static long WRONG(llama_bytes, all_heads)(LlamaShape s)
{
    s.shared = s.heads;
    return bytes_without(s, -1);
}
static long WRONG(llama_bytes, turns_of_all)(LlamaShape s)
{
    return bytes_without(s, -1) + 4L * s.places * (s.width - s.width / s.heads);
}
static long RIGHT(llama_bytes, part_by_part)(LlamaShape s)
{
    return bytes_without(s, -1);
}
static long RIGHT(llama_bytes, by_halves)(LlamaShape s)
{
    long d = s.width, numbers = 7 + d, pairs = d / s.heads / 2;
    for (int i = 0; i < (s.own_output ? 2 : 1); i++)
        numbers += (long)s.vocabulary * d;
    for (int i = 0; i < s.layers; i++)
        numbers += d + d + d * d + d * d + 3 * d * s.hidden
                 + 2 * d * (d * s.shared / s.heads);
    return 4 * numbers + 4L * s.places * pairs + 4L * s.places * pairs;
}
static long RIGHT(llama_bytes, in_bytes)(LlamaShape s)
{
    long row = 4L * s.width, kept = row * s.shared / s.heads;
    return 28 + row * s.vocabulary * (1 + s.own_output) + row
         + s.layers * (2 * row + 2 * row * s.width + 2 * kept * s.width
                       + 3 * row * s.hidden)
         + s.places * (row / s.heads);
}

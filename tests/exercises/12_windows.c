/* 12_windows.c -- the checks of chapter 12's exercises, and answers, wrong and
 * right, that try them. README.md says how to write both. */

/* ---- 1: how many windows? ------------------------------------------------ */

static void how_many_check(int n, int size, int dilation, int stride)
{
    int reach = (size - 1) * dilation + 1, room = n - reach;
    int want = room < 0 ? 0 : room / stride + 1;
    given(n);
    given(size);
    given(dilation);
    given(stride);
    int got = CALL(how_many_windows, (n, size, dilation, stride));
    if (room < 0)
        suspect(room / stride + 1, "Not even one fits. Look at what your"
                " formula does where a window is longer than all there is.");
    suspect(room / stride, "Look at the first window: it is there before"
            " anything has moved, and counts, too.");
    suspect((n - size) / stride + 1, "Look at the dilation: the rows of a window"
            " are that far apart, so it reaches further.");
    suspect((n - size * dilation) / stride + 1, "Look at how far a window"
            " reaches: between `size` rows there are size - 1 gaps.");
    suspect(room + 1, "Look at the stride: how far is it from one window to the"
            " next?");
    suspect((room + stride - 1) / stride + 1, "Look at the last window: one that"
            " begins, but does not end within the rows, does not count.");
    expect(got, want, 0, "Look at how many rows one window reaches over, and at"
           " how far it can then move.");
}

CHECK(how_many_windows)
{
    how_many_check(4, 2, 1, 1);
    how_many_check(12, 3, 1, 4);
    how_many_check(14, 3, 3, 1);
    how_many_check(10, 3, 2, 2);
    how_many_check(20, 4, 3, 3);
    how_many_check(5, 5, 1, 2);
    how_many_check(6, 3, 3, 1);
    how_many_check(3, 9, 1, 2);
}

static int WRONG(how_many_windows, first_forgotten)(int n, int size,
                                                    int dilation, int stride)
{
    return (n - (size - 1) * dilation - 1) / stride;
}

static int WRONG(how_many_windows, no_dilation)(int n, int size, int dilation,
                                                int stride)
{
    (void)dilation;
    return n < size ? 0 : (n - size) / stride + 1;
}

static int WRONG(how_many_windows, too_many_gaps)(int n, int size, int dilation,
                                                  int stride)
{
    return n < size * dilation ? 0 : (n - size * dilation) / stride + 1;
}

static int WRONG(how_many_windows, no_stride)(int n, int size, int dilation,
                                              int stride)
{
    int room = n - (size - 1) * dilation - 1;
    (void)stride;
    return room < 0 ? 0 : room + 1;
}

static int WRONG(how_many_windows, rounded_up)(int n, int size, int dilation,
                                               int stride)
{
    int room = n - (size - 1) * dilation - 1;
    return room < 0 ? 0 : (room + stride - 1) / stride + 1;
}

static int WRONG(how_many_windows, none_fits)(int n, int size, int dilation,
                                              int stride)
{
    return (n - (size - 1) * dilation - 1) / stride + 1;
}

static int RIGHT(how_many_windows, counted)(int n, int size, int dilation,
                                            int stride)
{
    int count = 0;
    for (int first = 0; first + (size - 1) * dilation < n; first += stride)
        count++;
    return count;
}

static int RIGHT(how_many_windows, by_the_library)(int n, int size,
                                                   int dilation, int stride)
{
    if ((size - 1) * dilation >= n)
        return 0;
    Windows o = { .size = size, .dilation = dilation, .stride = stride };
    return t_dim(t_windows(t_zeros(n, 1), 0, o), 0);
}

static int RIGHT(how_many_windows, rounded_with_floor)(int n, int size,
                                                       int dilation, int stride)
{
    double room = n - (size - 1) * dilation - 1;
    return room < 0 ? 0 : 1 + (int)floor(room / stride);
}

/* ---- 2: how many layers? ------------------------------------------------- */

static int fewest_layers(int back, int size)
{
    int layers = 0, seen = 1;
    for (; seen <= back; seen *= size)
        layers++;
    return layers;
}

static void layers_check(int back, int size)
{
    int want = fewest_layers(back, size);
    given(back);
    given(size);
    int got = CALL(layers_for, (back, size));
    suspect(fewest_layers(back - 1, size), "Look at the word at the edge: of the"
            " size^L words that a place sees, it is one itself, so the farthest"
            " stands size^L - 1 before.");
    suspect((back + size - 2) / (size - 1), "Those are layers without holes,"
            " which add size - 1 words each. Look at the dilations.");
    suspect(want + 1, "That is one too many. Look at how many words a place sees"
            " without any layer: itself. Or, with logarithms, at ln 125 / ln 5:"
            " in a double it is a little more than 3.");
    suspect(want - 1, "That is one too few. Look at where you round: a part of a"
            " layer is a whole one.");
    expect(got, want, 0, "Look at how many words are seen with 0, 1, 2, 3"
           " layers, and how far before the farthest of them stands.");
}

CHECK(layers_for)
{
    layers_check(63, 2);
    layers_check(64, 3);
    layers_check(64, 2);
    layers_check(0, 2);
    layers_check(26, 3);
    layers_check(27, 3);
    layers_check(124, 5);
    layers_check(1000, 4);
}

static int WRONG(layers_for, edge)(int back, int size)
{
    return fewest_layers(back - 1, size);
}

static int WRONG(layers_for, without_holes)(int back, int size)
{
    return (back + size - 2) / (size - 1);
}

static int WRONG(layers_for, one_more)(int back, int size)
{
    return fewest_layers(back, size) + 1;
}

static int WRONG(layers_for, logarithms)(int back, int size)
{
    return (int)ceil(log(back + 1) / log(size));
}

static int WRONG(layers_for, rounded_down)(int back, int size)
{
    return (int)floor(log(back + 1) / log(size) + 1e-9);
}

static int WRONG(layers_for, logarithm_of_back)(int back, int size)
{
    return back == 0 ? 0 : (int)ceil(log(back) / log(size) - 1e-9);
}

static int WRONG(layers_for, base_two)(int back, int size)
{
    (void)size;
    return fewest_layers(back, 2);
}

static int RIGHT(layers_for, logarithm)(int back, int size)
{
    return (int)ceil(log(back + 1) / log(size) - 1e-9);
}

/* As many as `back` has digits to the base size. */
static int RIGHT(layers_for, digits)(int back, int size)
{
    int digits = 0;
    for (; back > 0; back /= size)
        digits++;
    return digits;
}

static int RIGHT(layers_for, by_reach)(int back, int size)
{
    int layers = 0, reach = 0, dilation = 1;
    for (; reach < back; dilation *= size, layers++)
        reach += (size - 1) * dilation;
    return layers;
}

/* ---- 3: find the bug: too good to be true -------------------------------- */

/* The convolution with so many zeros before and after. */
static Tensor *with_zeros(Tensor *x, Tensor *w, int size, int dilation,
                          int before, int after)
{
    Windows o = { .size = size, .dilation = dilation, .before = before,
                  .after = after };
    return t_matmul(t_windows(x, 1, o), w);
}

static void mended_check(int B, int n, int in, int out, int size, int dilation)
{
    Rng rng = rng_new(3);
    Tensor *x = simple(&rng, B, n, in), *w = simple(&rng, size * in, out);
    int around = (size - 1) * dilation, half = around / 2;
    Tensor *want = with_zeros(x, w, size, dilation, around, 0);
    given(x);
    given(w);
    given(size);
    given(dilation);
    Tensor *got = CALL(mended_window, (x, w, size, dilation));
    suspect(with_zeros(x, w, size, dilation, half, around - half), "That is as"
            " it was. Look at which words stand in the window of place 0.");
    suspect(with_zeros(x, w, size, dilation, around - half, half), "The window"
            " of place i still ends after i. Look at how many zeros come"
            " before.");
    suspect(with_zeros(x, w, size, dilation, 0, around), "Now every window"
            " begins at its place, and all the rest of it lies in the future."
            " Look at which end the zeros are at.");
    if (dilation > 1)
        suspect(with_zeros(x, w, size, dilation, size - 1, around - size + 1),
                "Those are zeros for windows without holes. Look at how far"
                " back a window with holes reaches.");
    expect(got, want, 1e-5, "Look at the words in the window of place i: i must"
           " be the last of them.");
}

CHECK(mended_window)
{
    mended_check(1, 5, 2, 3, 3, 1);
    mended_check(2, 4, 3, 2, 2, 1);
    mended_check(2, 7, 2, 2, 3, 3);
    mended_check(1, 6, 2, 4, 2, 3);
    mended_check(3, 3, 3, 3, 3, 3);
}

static Tensor *WRONG(mended_window, as_it_was)(Tensor *x, Tensor *w, int size,
                                               int dilation)
{
    int around = (size - 1) * dilation;
    return with_zeros(x, w, size, dilation, around / 2, around - around / 2);
}

static Tensor *WRONG(mended_window, other_half)(Tensor *x, Tensor *w, int size,
                                                int dilation)
{
    int around = (size - 1) * dilation;
    return with_zeros(x, w, size, dilation, around - around / 2, around / 2);
}

static Tensor *WRONG(mended_window, zeros_after)(Tensor *x, Tensor *w, int size,
                                                 int dilation)
{
    return with_zeros(x, w, size, dilation, 0, (size - 1) * dilation);
}

static Tensor *WRONG(mended_window, no_holes)(Tensor *x, Tensor *w, int size,
                                              int dilation)
{
    int around = (size - 1) * dilation;
    return with_zeros(x, w, size, dilation, size - 1, around - size + 1);
}

static Tensor *WRONG(mended_window, too_few_rows)(Tensor *x, Tensor *w,
                                                  int size, int dilation)
{
    return with_zeros(x, w, size, dilation, (size - 1) * dilation / 2, 0);
}

static Tensor *WRONG(mended_window, one_row_too_far)(Tensor *x, Tensor *w,
                                                     int size, int dilation)
{
    Tensor *y = with_zeros(x, w, size, dilation, size * dilation, 0);
    return t_slice(y, 1, 0, t_dim(x, 1));
}

static Tensor *RIGHT(mended_window, of_the_chapter)(Tensor *x, Tensor *w,
                                                    int size, int dilation)
{
    Linear layer = { .weight = w, .bias = t_zeros(t_dim(w, 1)) };
    return window((Window){ layer, size, dilation }, x);
}

static Tensor *RIGHT(mended_window, zeros_set_before)(Tensor *x, Tensor *w,
                                                      int size, int dilation)
{
    Tensor *zeros = t_zeros(t_dim(x, 0), (size - 1) * dilation, t_dim(x, 2));
    return with_zeros(t_concat(1, zeros, x), w, size, dilation, 0, 0);
}

static Tensor *RIGHT(mended_window, cut_off)(Tensor *x, Tensor *w, int size,
                                             int dilation)
{
    int around = (size - 1) * dilation;
    Tensor *y = with_zeros(x, w, size, dilation, around, around);
    return t_slice(y, 1, 0, t_dim(x, 1));
}

/* ---- 4: a recurrence as one window --------------------------------------- */

/* a^|i - j + more|, below the diagonal, above it, or both. */
static Tensor *powers(int n, double a, int more, bool below, bool above)
{
    Tensor *m = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            if (i == j || (i > j && below) || (i < j && above))
                t_at(m, i, j) = (real)pow(a, abs(i - j) + more);
    return m;
}

static void one_window_check(int n, double a)
{
    Tensor *want = powers(n, a, 0, true, false);
    given(n);
    given(a);
    Tensor *got = CALL(as_one_window, (n, a));
    suspect(powers(n, a, 0, false, true), "Rows and columns have changed places:"
            " row i has the weights in h_i. Look at h_0, which knows x_0 only.");
    suspect(powers(n, a, 0, true, true), "There h_0 knows of x_2. Look at what"
            " lies right of the diagonal: words that come later.");
    suspect(powers(n, a, 1, true, false), "Look at x_i: it enters h_i as it is,"
            " not times a.");
    Tensor *first_only = powers(n, a, 0, true, false);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i - 1; j++)
            t_at(first_only, i, j) = 0;
    suspect(first_only, "Look two steps back: h_{i-1} has x_{i-2} in it, times"
            " a, and it comes along.");
    Tensor *alike = powers(n, a, 0, true, false);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            t_at(alike, i, j) = (real)a;
    suspect(alike, "Look at a word two steps before: it has been multiplied by"
            " a twice.");
    expect(got, want, 1e-5, "Look at h_2, in terms of x_0, x_1 and x_2 alone:"
           " its weights are the third row.");
}

CHECK(as_one_window)
{
    one_window_check(3, 0.5);
    one_window_check(5, -2);
    one_window_check(4, 0);
    one_window_check(1, 3);
    one_window_check(6, 1.5);
}

static Tensor *WRONG(as_one_window, turned)(int n, double a)
{
    return powers(n, a, 0, false, true);
}

static Tensor *WRONG(as_one_window, both_ways)(int n, double a)
{
    return powers(n, a, 0, true, true);
}

static Tensor *WRONG(as_one_window, once_too_often)(int n, double a)
{
    return powers(n, a, 1, true, false);
}

static Tensor *WRONG(as_one_window, one_step_only)(int n, double a)
{
    Tensor *m = t_zeros(n, n);
    for (int i = 0; i < n; i++) {
        t_at(m, i, i) = 1;
        if (i > 0)
            t_at(m, i, i - 1) = (real)a;
    }
    return m;
}

static Tensor *WRONG(as_one_window, all_alike)(int n, double a)
{
    Tensor *m = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            t_at(m, i, j) = (real)(j < i ? a : 1);
    return m;
}

static Tensor *WRONG(as_one_window, times_distance)(int n, double a)
{
    Tensor *m = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            t_at(m, i, j) = (real)(i == j ? 1 : a * (i - j));
    return m;
}

static Tensor *RIGHT(as_one_window, powers_of_a)(int n, double a)
{
    return powers(n, a, 0, true, false);
}

static Tensor *RIGHT(as_one_window, row_from_row)(int n, double a)
{
    Tensor *m = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
            t_at(m, i, j) = i == j ? 1 : (real)a * t_at(m, i - 1, j);
    return m;
}

/* What the recurrence makes of the unit matrix. */
static Tensor *RIGHT(as_one_window, of_unit_vectors)(int n, double a)
{
    Tensor *m = NULL, *h = t_zeros(1, n);
    for (int i = 0; i < n; i++) {
        Tensor *x = t_zeros(1, n);
        t_at(x, 0, i) = 1;
        h = t_add(t_scale(h, a), x);
        m = m ? t_concat(0, m, h) : h;
    }
    return m;
}

/* ---- 5: when does attention cost as much? -------------------------------- */

static void same_cost_check(int d, int size, int layers)
{
    double windows = layers * size, want = d * (windows - 4) / 2;
    given(d);
    given(size);
    given(layers);
    double got = CALL(same_cost, (d, size, layers));
    if (want < 0)
        suspect(want, "There is no sentence with a negative number of words."
                " Look at the last line of what is asked.");
    suspect(d * windows / 2, "That is without the projections. Look at the first"
            " part of what attention costs.");
    suspect(d * (windows - 4), "Look at the tables: one product makes the"
            " scores, another the mixture.");
    suspect(d * (windows - 3) / 2, "Look at the projections: W^Q, W^K, W^V, and"
            " one more at the end.");
    suspect(d * (size - 4) / 2., "Look at the number of layers of windows.");
    suspect((windows - 4) / 2, "Look at the width: how often does d occur in"
            " each of the three terms?");
    expect(got, fmax(0, want), 1e-6, "Look at the equation 4 n d^2 + 2 n^2 d ="
           " layers size n d^2. Divide it by n d.");
}

CHECK(same_cost)
{
    same_cost_check(64, 3, 4);
    same_cost_check(512, 5, 1);
    same_cost_check(32, 3, 7);
    same_cost_check(9, 7, 1);
    same_cost_check(16, 3, 1);
}

static double WRONG(same_cost, no_projections)(int d, int size, int layers)
{
    return d * layers * size / 2.0;
}

static double WRONG(same_cost, one_table)(int d, int size, int layers)
{
    return fmax(0, d * (layers * size - 4));
}

static double WRONG(same_cost, three_projections)(int d, int size, int layers)
{
    return fmax(0, d * (layers * size - 3) / 2.0);
}

static double WRONG(same_cost, one_layer)(int d, int size, int layers)
{
    (void)layers;
    return fmax(0, d * (size - 4) / 2.0);
}

static double WRONG(same_cost, negative)(int d, int size, int layers)
{
    return d * (layers * size - 4) / 2.0;
}

static double WRONG(same_cost, width_forgotten)(int d, int size, int layers)
{
    (void)d;
    return fmax(0, (layers * size - 4) / 2.0);
}

static double WRONG(same_cost, whole_numbers)(int d, int size, int layers)
{
    int n = d * (layers * size - 4) / 2;
    return n > 0 ? n : 0;
}

static double RIGHT(same_cost, a_parabola)(int d, int size, int layers)
{
    double a = 2.0 * d, b = (4.0 - layers * size) * d * d;  /* a n^2 + b n */
    return b < 0 ? -b / a : 0;
}

static double RIGHT(same_cost, searched)(int d, int size, int layers)
{
    double n = 0;
    while (4.0 * d + 2 * (n + 0.5) <= (double)layers * size * d)
        n += 0.5;
    return n;
}

static double RIGHT(same_cost, term_by_term)(int d, int size, int layers)
{
    double left = layers * (double)size * d - 4.0 * d;
    return left < 0 ? 0 : left / 2;
}

/* ---- 6: the way back ----------------------------------------------------- */

/* Single numbers: row i + j gets d_y_i times W_j, or W_j for another j. */
static Tensor *back_by_loops(Tensor *d_y, Tensor *w, int size, bool reversed)
{
    int n = t_dim(d_y, 0) + size - 1, in = t_dim(w, 0) / size;
    Tensor *d_x = t_zeros(n, in);
    for (int i = 0; i < t_dim(d_y, 0); i++)
        for (int j = 0; j < size; j++)
            for (int c = 0; c < in; c++)
                for (int o = 0; o < t_dim(d_y, 1); o++) {
                    int k = reversed ? size - 1 - j : j;
                    t_at(d_x, i + j, c) += t_at(d_y, i, o)
                                         * t_at(w, k * in + c, o);
                }
    return d_x;
}

/* d_y W_j^T for one j alone, with zeros before and after. */
static Tensor *back_by_one(Tensor *d_y, Tensor *w, int size, int j)
{
    int in = t_dim(w, 0) / size;
    Tensor *part = t_matmul(d_y, t_transpose(t_slice(w, 0, j * in,
                                                     (j + 1) * in)));
    return t_windows(part, 0, (Windows){ .size = 1, .before = j,
                                         .after = size - 1 - j });
}

static void way_back_check(int n, int in, int out, int size)
{
    Rng rng = rng_new(6);
    Tensor *d_y = simple(&rng, n - size + 1, out);
    Tensor *w = simple(&rng, size * in, out);
    Tensor *want = back_by_loops(d_y, w, size, false);
    given(d_y);
    given(w);
    given(size);
    Tensor *got = CALL(way_back, (d_y, w, size));
    suspect(back_by_loops(d_y, w, size, true), "The matrices stand in the wrong"
            " order. Look at the first row of x: which of them has it met?");
    suspect(back_by_one(d_y, w, size, 0), "That is the part that came through"
            " W_0. Look at the others.");
    if (size > 1)
        suspect(t_scale(want, 1.0 / size), "That is the mean of what meets in a"
                " row. Look at what is done with gradients that meet: they are"
                " added.");
    expect(got, want, 1e-5, "Look at one product: x_{i+j} W_j is a part of y_i."
           " So to which row of x does d_y_i W_j^T belong?");
}

CHECK(way_back)
{
    way_back_check(5, 2, 3, 2);
    way_back_check(7, 3, 2, 3);
    way_back_check(4, 2, 1, 4);
    way_back_check(3, 2, 4, 1);
    way_back_check(5, 3, 3, 3);
}

static Tensor *WRONG(way_back, reversed)(Tensor *d_y, Tensor *w, int size)
{
    return back_by_loops(d_y, w, size, true);
}

static Tensor *WRONG(way_back, first_only)(Tensor *d_y, Tensor *w, int size)
{
    return back_by_one(d_y, w, size, 0);
}

static Tensor *WRONG(way_back, last_only)(Tensor *d_y, Tensor *w, int size)
{
    return back_by_one(d_y, w, size, size - 1);
}

static Tensor *WRONG(way_back, a_mean)(Tensor *d_y, Tensor *w, int size)
{
    return t_scale(back_by_loops(d_y, w, size, false), 1.0 / size);
}

static Tensor *WRONG(way_back, windows_side_by_side)(Tensor *d_y, Tensor *w,
                                                     int size)
{
    (void)size;
    return t_matmul(d_y, t_transpose(w));
}

static Tensor *WRONG(way_back, all_from_the_top)(Tensor *d_y, Tensor *w,
                                                 int size)
{
    int in = t_dim(w, 0) / size;
    Tensor *sum = NULL;
    for (int j = 0; j < size; j++) {
        Tensor *w_j = t_slice(w, 0, j * in, (j + 1) * in);
        Tensor *part = t_windows(t_matmul(d_y, t_transpose(w_j)), 0,
                                 (Windows){ .size = 1, .after = size - 1 });
        sum = sum ? t_add(sum, part) : part;
    }
    return sum;
}

static Tensor *RIGHT(way_back, parts_shifted)(Tensor *d_y, Tensor *w, int size)
{
    Tensor *sum = back_by_one(d_y, w, size, 0);
    for (int j = 1; j < size; j++)
        sum = t_add(sum, back_by_one(d_y, w, size, j));
    return sum;
}

static Tensor *RIGHT(way_back, slices)(Tensor *d_y, Tensor *w, int size)
{
    int n = t_dim(d_y, 0) + size - 1, in = t_dim(w, 0) / size;
    Tensor *zeros = t_zeros(size, t_dim(d_y, 1)), *sum = t_zeros(n, in);
    Tensor *padded = t_concat(0, zeros, d_y, zeros);
    for (int j = 0; j < size; j++) {
        Tensor *w_j = t_slice(w, 0, j * in, (j + 1) * in);
        Tensor *rows = t_slice(padded, 0, size - j, size - j + n);
        sum = t_add(sum, t_matmul(rows, t_transpose(w_j)));
    }
    return sum;
}

static Tensor *RIGHT(way_back, by_loops)(Tensor *d_y, Tensor *w, int size)
{
    return back_by_loops(d_y, w, size, false);
}

/* ---- 7: windows in a picture --------------------------------------------- */

/* Along one axis and then along another, with zeros as said. */
static Tensor *squares(Tensor *x, Tensor *w, int first, int second, Windows o)
{
    return t_matmul(t_windows(t_windows(x, first, o), second, o), w);
}

static void picture_check(int B, int rows, int columns, int in, int out,
                          int size)
{
    Rng rng = rng_new(7);
    Tensor *x = simple(&rng, B, rows, columns, in);
    Tensor *w = simple(&rng, size * size * in, out);
    Windows o = { .size = size, .before = size / 2, .after = size / 2 };
    Windows ending = { .size = size, .before = size - 1 };
    Windows beginning = { .size = size, .after = size - 1 };
    Tensor *want = squares(x, w, 2, 1, o);
    given(x);
    given(w);
    given(size);
    Tensor *got = CALL(picture_windows, (x, w, size));
    suspect(squares(x, w, 1, 2, o), "The points stand in the window column by"
            " column. Look at which of the two windows is taken first.");
    suspect(squares(x, w, 2, 1, ending), "Those windows end at their point, as"
            " they do for words. Look at where the zeros are: around a picture"
            " they are on all sides.");
    suspect(squares(x, w, 2, 1, beginning), "Those windows begin at their point."
            " Look at where the zeros are: on all sides.");
    suspect(squares(x, w, 2, 2, o), "Both windows go along the lines. Look at"
            " the axes: 1 goes from line to line, 2 along a line.");
    suspect(squares(x, w, 1, 1, o), "Both windows go down the columns. Look at"
            " the axes: 1 goes from line to line, 2 along a line.");
    expect(got, want, 1e-4, "Look at one point in a corner: which points are in"
           " its window, in which order, and where are zeros?");
}

CHECK(picture_windows)
{
    picture_check(1, 3, 4, 1, 2, 3);
    picture_check(2, 4, 3, 2, 3, 3);
    picture_check(1, 5, 6, 2, 1, 5);
    picture_check(2, 2, 3, 3, 2, 1);
    picture_check(3, 3, 3, 3, 3, 3);
}

static Tensor *WRONG(picture_windows, columns_first)(Tensor *x, Tensor *w,
                                                     int size)
{
    Windows o = { .size = size, .before = size / 2, .after = size / 2 };
    return squares(x, w, 1, 2, o);
}

static Tensor *WRONG(picture_windows, as_for_words)(Tensor *x, Tensor *w,
                                                    int size)
{
    return squares(x, w, 2, 1, (Windows){ .size = size, .before = size - 1 });
}

static Tensor *WRONG(picture_windows, zeros_after)(Tensor *x, Tensor *w,
                                                   int size)
{
    return squares(x, w, 2, 1, (Windows){ .size = size, .after = size - 1 });
}

static Tensor *WRONG(picture_windows, lines_twice)(Tensor *x, Tensor *w,
                                                   int size)
{
    Windows o = { .size = size, .before = size / 2, .after = size / 2 };
    return squares(x, w, 2, 2, o);
}

static Tensor *WRONG(picture_windows, no_zeros)(Tensor *x, Tensor *w, int size)
{
    return t_matmul(t_windows(t_windows(x, 2, (Windows){ .size = size }), 1,
                              (Windows){ .size = size }), w);
}

static Tensor *WRONG(picture_windows, upside_down)(Tensor *x, Tensor *w,
                                                   int size)
{
    Windows o = { .size = size, .before = size / 2, .after = size / 2 };
    int each = t_dim(w, 0) / (size * size);
    Tensor *turned = NULL;
    for (int i = size * size - 1; i >= 0; i--) {
        Tensor *point = t_slice(w, 0, i * each, (i + 1) * each);
        turned = turned ? t_concat(0, turned, point) : point;
    }
    return squares(x, turned, 2, 1, o);
}

static Tensor *RIGHT(picture_windows, line_by_line)(Tensor *x, Tensor *w,
                                                    int size)
{
    int half = size / 2, each = t_dim(w, 0) / size;     /* a line of w */
    Windows o = { .size = size, .before = half, .after = half };
    Tensor *lines = t_windows(x, 2, o), *sum = NULL;
    for (int i = 0; i < size; i++) {
        Windows down = { .size = 1, .before = size - 1 - i, .after = i };
        Tensor *part = t_matmul(lines, t_slice(w, 0, i * each, (i + 1) * each));
        part = t_windows(part, 1, down);    /* moved to where it is seen */
        sum = sum ? t_add(sum, part) : part;
    }
    return t_slice(sum, 1, half, half + t_dim(x, 1));
}

static Tensor *RIGHT(picture_windows, zeros_set_around)(Tensor *x, Tensor *w,
                                                        int size)
{
    Windows frame = { .size = 1, .before = size / 2, .after = size / 2 };
    Tensor *framed = t_windows(t_windows(x, 2, frame), 1, frame);
    return squares(framed, w, 2, 1, (Windows){ .size = size });
}

static Tensor *RIGHT(picture_windows, axes_from_the_end)(Tensor *x, Tensor *w,
                                                         int size)
{
    Windows o = { .size = size, .before = (size - 1) / 2,
                  .after = (size - 1) / 2 };
    return squares(x, w, -2, -3, o);
}

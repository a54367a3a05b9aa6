/* 15_pictures.c -- the checks of chapter 15's exercises, and answers, wrong and
 * right, that try them. README.md says how to write both. */

/* ---- 1: which patch? ----------------------------------------------------- */

static void which_check(int row, int column, int columns, int patch)
{
    int down = row / patch, across = column / patch, beside = columns / patch;
    given(row);
    given(column);
    given(columns);
    given(patch);
    int got = CALL(which_patch, (row, column, columns, patch));
    suspect(down * columns + across, "Look at how many patches stand side by"
            " side: not as many as there are columns of points.");
    suspect(across * beside + down, "Rows and columns have changed places. Look"
            " at reading order: line by line.");
    suspect(down * beside + across + 1, "Look at the first patch: it has the"
            " number 0.");
    suspect(down + across, "Look at the second row of patches: its first number"
            " is how many stand in the first row.");
    suspect(down * patch + across, "Look at how many patches stand in a row: the"
            " width of the picture divided by that of a patch.");
    suspect((row * columns + column) / (patch * patch), "Those are points that"
            " follow one another in memory. Look at which points a square has.");
    expect(got, down * beside + across, 0, "Look at the row and the column of"
           " patches in which it lies.");
}

CHECK(which_patch)
{
    which_check(13, 20, 24, 3);
    which_check(0, 31, 32, 8);
    which_check(9, 0, 32, 8);
    which_check(7, 7, 32, 8);
    which_check(31, 5, 32, 4);
    which_check(5, 8, 10, 5);
    which_check(6, 6, 7, 1);
}

static int WRONG(which_patch, points_in_a_row)(int row, int column, int columns,
                                               int patch)
{
    return row / patch * columns + column / patch;
}

static int WRONG(which_patch, column_by_column)(int row, int column,
                                                int columns, int patch)
{
    return column / patch * (columns / patch) + row / patch;
}

static int WRONG(which_patch, from_one)(int row, int column, int columns,
                                        int patch)
{
    return row / patch * (columns / patch) + column / patch + 1;
}

static int WRONG(which_patch, sum)(int row, int column, int columns, int patch)
{
    (void)columns;
    return row / patch + column / patch;
}

static int WRONG(which_patch, side_of_a_patch)(int row, int column, int columns,
                                               int patch)
{
    (void)columns;
    return row / patch * patch + column / patch;
}

static int WRONG(which_patch, as_in_memory)(int row, int column, int columns,
                                            int patch)
{
    return (row * columns + column) / (patch * patch);
}

static int WRONG(which_patch, column_forgotten)(int row, int column,
                                                int columns, int patch)
{
    (void)column;
    return row / patch * (columns / patch);
}

static int RIGHT(which_patch, counted)(int row, int column, int columns,
                                       int patch)
{
    int n = 0;
    for (int i = patch; i <= row; i += patch)
        n += columns / patch;
    for (int i = patch; i <= column; i += patch)
        n++;
    return n;
}

static int RIGHT(which_patch, without_the_rest)(int row, int column,
                                                int columns, int patch)
{
    return ((row - row % patch) * columns / patch
            + (column - column % patch)) / patch;
}

static int RIGHT(which_patch, looked_for)(int row, int column, int columns,
                                          int patch)
{
    int n = 0;
    for (int y = 0; y <= row; y += patch)
        for (int x = 0; x < columns; x += patch, n++)
            if (row - y < patch && column >= x && column - x < patch)
                return n;
    return -1;
}

/* ---- 2: the price of small patches --------------------------------------- */

static void price_check(int side, int patch)
{
    long n = (long)(side / patch) * (side / patch);
    given(side);
    given(patch);
    long got = CALL(weights_of_a_table, (side, patch));
    suspect((double)(n * n), "Look at the class token: it looks, too, and is"
            " looked at.");
    suspect((double)(n + 1), "Those are the rows. Look at how many weights each"
            " row has.");
    suspect((double)(n * (n + 1)), "Look at the class token: it has a row as well"
            " as a column.");
    suspect((double)n, "Those are the patches. Look at what a table has a row and"
            " a column for.");
    suspect((double)(side / patch + 1) * (side / patch + 1), "Look at how many"
            " patches there are: as many down as across.");
    suspect((double)(n * n + 1), "Look at the class token's row: it has more than"
            " one weight.");
    suspect((double)((long)side * side + 1) * ((double)side * side + 1), "Look at"
            " what looks: patches, not points.");
    expect((double)got, (double)((n + 1) * (n + 1)), 0, "Look at how many vectors"
           " look at one another.");
}

CHECK(weights_of_a_table)
{
    price_check(32, 8);
    price_check(32, 4);
    price_check(28, 7);
    price_check(6, 2);
    price_check(5, 5);
    price_check(224, 16);
}

static long WRONG(weights_of_a_table, no_token)(int side, int patch)
{
    long n = (long)(side / patch) * (side / patch);
    return n * n;
}

static long WRONG(weights_of_a_table, rows_only)(int side, int patch)
{
    return (long)(side / patch) * (side / patch) + 1;
}

static long WRONG(weights_of_a_table, a_column_only)(int side, int patch)
{
    long n = (long)(side / patch) * (side / patch);
    return n * (n + 1);
}

static long WRONG(weights_of_a_table, one_side)(int side, int patch)
{
    long n = side / patch + 1;
    return n * n;
}

static long WRONG(weights_of_a_table, one_more)(int side, int patch)
{
    long n = (long)(side / patch) * (side / patch);
    return n * n + 1;
}

static long WRONG(weights_of_a_table, patches)(int side, int patch)
{
    return (long)(side / patch) * (side / patch);
}

static long RIGHT(weights_of_a_table, multiplied_out)(int side, int patch)
{
    long n = (long)(side / patch) * (side / patch);
    return n * n + 2 * n + 1;
}

static long RIGHT(weights_of_a_table, counted)(int side, int patch)
{
    long rows = 1, all = 0;
    for (int y = 0; y < side; y += patch)
        for (int x = 0; x < side; x += patch)
            rows++;
    for (long i = 0; i < rows; i++)
        all += rows;
    return all;
}

static long RIGHT(weights_of_a_table, by_areas)(int side, int patch)
{
    long n = 1 + (long)side * side / ((long)patch * patch);
    return n * n;
}

/* ---- 3: find the bug: patches that are none ------------------------------ */

/* Patches with rows and columns of them, or of their points, or the axis of
 * numbers, in another order. */
static Tensor *cut(Tensor *x, int p, bool patches_down, bool points_down,
                   bool numbers_first)
{
    int B = t_dim(x, 0), down = t_dim(x, 1) / p, across = t_dim(x, 2) / p;
    int c = t_dim(x, 3);
    Tensor *y = t_zeros(B, down * across, p * p * c);
    for (int b = 0; b < B; b++)
        for (int i = 0; i < down * p; i++)
            for (int j = 0; j < across * p; j++)
                for (int k = 0; k < c; k++) {
                    int patch = patches_down ? j / p * down + i / p
                                             : i / p * across + j / p;
                    int point = points_down ? j % p * p + i % p
                                            : i % p * p + j % p;
                    int number = numbers_first ? k * p * p + point
                                               : point * c + k;
                    t_at(y, b, patch, number) = t_at(x, b, i, j, k);
                }
    return y;
}

static Tensor *as_in_memory(Tensor *x, int patch)
{
    int n = t_dim(x, 1) / patch * (t_dim(x, 2) / patch);
    return t_reshape(x, t_dim(x, 0), n, patch * patch * t_dim(x, 3));
}

static void mended_check(int B, int rows, int columns, int c, int patch)
{
    Rng rng = rng_new(5);
    Tensor *x = simple(&rng, B, rows, columns, c);
    Tensor *want = cut(x, patch, false, false, false);
    given(x);
    given(patch);
    Tensor *got = CALL(mended_patches, (x, patch));
    suspect(as_in_memory(x, patch), "That is as it was. Look at which points"
            " stand in the first patch: do they lie in a square?");
    suspect(cut(x, patch, true, false, false), "Those are the patches, column by"
            " column. Look at the order in which one reads.");
    suspect(cut(x, patch, false, true, false), "Look at the points of a patch:"
            " they go down its columns, and should go along its rows.");
    suspect(cut(x, patch, true, true, false), "Rows and columns have changed"
            " places, of patches and in them. Look at which axis comes first.");
    if (c > 1)
        suspect(cut(x, patch, false, false, true), "Look at the numbers of one"
                " point: they should stay side by side.");
    expect(got, want, 1e-6, "Look at the points of the first patch, and of the"
           " second: each is a square of the picture.");
}

CHECK(mended_patches)
{
    mended_check(1, 4, 4, 1, 2);
    mended_check(2, 4, 6, 2, 2);
    mended_check(1, 9, 6, 3, 3);
    mended_check(3, 2, 8, 1, 2);
    mended_check(2, 3, 3, 2, 1);
}

static Tensor *WRONG(mended_patches, as_it_was)(Tensor *x, int patch)
{
    return as_in_memory(x, patch);
}

static Tensor *WRONG(mended_patches, column_by_column)(Tensor *x, int patch)
{
    return cut(x, patch, true, false, false);
}

static Tensor *WRONG(mended_patches, points_down)(Tensor *x, int patch)
{
    return cut(x, patch, false, true, false);
}

static Tensor *WRONG(mended_patches, turned)(Tensor *x, int patch)
{
    return cut(x, patch, true, true, false);
}

static Tensor *WRONG(mended_patches, numbers_apart)(Tensor *x, int patch)
{
    return cut(x, patch, false, false, true);
}

static Tensor *WRONG(mended_patches, overlapping)(Tensor *x, int patch)
{
    Tensor *y = square_windows(x, patch, 1, 0);
    return t_reshape(y, t_dim(x, 0), T_INFER, t_dim(y, 3));
}

static Tensor *RIGHT(mended_patches, by_hand)(Tensor *x, int patch)
{
    return cut(x, patch, false, false, false);
}

static Tensor *RIGHT(mended_patches, by_windows)(Tensor *x, int patch)
{
    Windows w = { .size = patch, .stride = patch };
    Tensor *y = t_windows(t_windows(x, 2, w), 1, w);
    return t_reshape(y, t_dim(x, 0), t_dim(y, 1) * t_dim(y, 2), t_dim(y, 3));
}

static Tensor *RIGHT(mended_patches, slice_by_slice)(Tensor *x, int patch)
{
    Tensor *all = NULL;
    for (int i = 0; i < t_dim(x, 1); i += patch)
        for (int j = 0; j < t_dim(x, 2); j += patch) {
            Tensor *one = t_slice(t_slice(x, 1, i, i + patch), 2, j, j + patch);
            one = t_reshape(t_scale(one, 1), t_dim(x, 0), 1, T_INFER);
            all = all ? t_concat(1, all, one) : one;
        }
    return all;
}

/* ---- 4: roll-out, two layers --------------------------------------------- */

/* Row 0 of what two tables make, after a share of ones has been mixed in. */
static Tensor *rolled(Tensor *first, Tensor *second, double ones, bool turned,
                      bool divided, int row)
{
    int n = t_dim(first, 0);
    Tensor *one = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        t_at(one, i, i) = (real)ones;
    Tensor *a = t_add(t_scale(first, 1 - ones), one);
    Tensor *b = t_add(t_scale(second, 1 - ones), one);
    Tensor *all = turned ? t_matmul(a, b) : t_matmul(b, a);
    Tensor *of = t_slice(t_slice(all, 0, row, row + 1), 1, 1, n);
    of = t_reshape(of, n - 1);
    return divided ? t_scale(of, 1 / t_item(t_sum(of, T_ALL))) : of;
}

static void rolled_check(int n, int seed)
{
    Rng rng = rng_new((uint64_t)seed);
    Tensor *first = t_softmax(simple(&rng, n, n));
    Tensor *second = t_softmax(simple(&rng, n, n));
    Tensor *want = rolled(first, second, 0.5, false, true, 0);
    given(first);
    given(second);
    Tensor *got = CALL(rolled_out, (first, second));
    suspect(rolled(first, second, 0, false, true, 0), "That is the product of the"
            " tables as they are. Look at what passes each layer by.");
    suspect(rolled(first, second, 0.5, true, true, 0), "Look at which layer comes"
            " last: its table stands on the left.");
    suspect(rolled(first, second, 0.5, false, false, 0), "Look at the sum: what"
            " the class token kept of itself is no patch's, and the rest should"
            " sum to 1.");
    suspect(rolled(first, second, 0.5, false, true, n - 1), "Look at whose row it"
            " is: the class token is the first.");
    Tensor *alone = t_slice(t_slice(second, 0, 0, 1), 1, 1, n);
    alone = t_reshape(alone, n - 1);
    suspect(t_scale(alone, 1 / t_item(t_sum(alone, T_ALL))), "That is the last"
            " table alone. Look at what the vectors it took from had taken from"
            " others.");
    expect(got, want, 1e-5, "Look at the order: mix ones into each table, half and"
           " half, multiply, take the class token's row without itself, and divide"
           " by its sum.");
}

CHECK(rolled_out)
{
    rolled_check(3, 1);
    rolled_check(5, 2);
    rolled_check(2, 3);
    rolled_check(7, 4);
}

static Tensor *WRONG(rolled_out, nothing_passes)(Tensor *first, Tensor *second)
{
    return rolled(first, second, 0, false, true, 0);
}

static Tensor *WRONG(rolled_out, turned)(Tensor *first, Tensor *second)
{
    return rolled(first, second, 0.5, true, true, 0);
}

static Tensor *WRONG(rolled_out, not_divided)(Tensor *first, Tensor *second)
{
    return rolled(first, second, 0.5, false, false, 0);
}

static Tensor *WRONG(rolled_out, last_row)(Tensor *first, Tensor *second)
{
    return rolled(first, second, 0.5, false, true, t_dim(first, 0) - 1);
}

static Tensor *WRONG(rolled_out, last_table)(Tensor *first, Tensor *second)
{
    int n = t_dim(second, 0);
    (void)first;
    Tensor *row = t_reshape(t_slice(t_slice(second, 0, 0, 1), 1, 1, n), n - 1);
    return t_scale(row, 1 / t_item(t_sum(row, T_ALL)));
}

static Tensor *WRONG(rolled_out, too_little_passes)(Tensor *first, Tensor *second)
{
    return rolled(first, second, 0.25, false, true, 0);
}

static Tensor *RIGHT(rolled_out, not_halved)(Tensor *first, Tensor *second)
{
    int n = t_dim(first, 0);
    Tensor *a = t_scale(first, 1), *b = t_scale(second, 1);
    for (int i = 0; i < n; i++) {
        t_at(a, i, i) += 1;
        t_at(b, i, i) += 1;
    }
    Tensor *row = t_matmul(t_slice(b, 0, 0, 1), a);
    row = t_reshape(t_slice(row, 1, 1, n), n - 1);
    return t_scale(row, 1 / t_item(t_sum(row, T_ALL)));
}

static Tensor *RIGHT(rolled_out, of_the_chapter)(Tensor *first, Tensor *second)
{
    int n = t_dim(first, 0);
    Tensor *weights[] = { t_reshape(t_scale(first, 1), 1, 1, n, n),
                          t_reshape(t_scale(second, 1), 1, 1, n, n) };
    return roll_out(2, weights, true);
}

static Tensor *RIGHT(rolled_out, multiplied_out)(Tensor *first, Tensor *second)
{
    int n = t_dim(first, 0);        /* (A2 A1 + A2 + A1 + I) / 4 */
    Tensor *sum = t_add(t_add(t_matmul(second, first), second), first);
    Tensor *row = t_reshape(t_slice(t_slice(sum, 0, 0, 1), 1, 1, n), n - 1);
    return t_div(row, t_sum(row, T_ALL));
}

/* ---- 5: a header that lies ----------------------------------------------- */

enum { HEADER = 16 };

static void header_check(const unsigned char *header, int have, long all,
                         long wanted, const char *look)
{
    unsigned char *bytes = malloc((size_t)have + !have);
    char word[200] = "";
    memcpy(bytes, header, (size_t)have);
    for (int i = 0; i < have; i++)
        snprintf(word + strlen(word), sizeof word - strlen(word), "%s%d",
                 i ? " " : "", bytes[i]);
    given_word("bytes", word);
    long size = have;
    given(size);
    given(all);
    long got = CALL(pictures_of_header, (bytes, size, all));
    free(bytes);
    expect((double)got, (double)wanted, 0, look);
}

#define HEADER_OF(...) ((const unsigned char[HEADER]){ __VA_ARGS__ })

CHECK(pictures_of_header)
{
    const char *sizes = "Look at how a size is put together of four bytes, the"
                        " highest first.";
    const char *product = "Look at the product of the three sizes: it must be just"
                          " what follows the header.";
    header_check(HEADER_OF(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3), 16,
                 22, 2, sizes);
    header_check(HEADER_OF(0, 0, 8, 3, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 1), 16,
                 274, 258, sizes);
    header_check(HEADER_OF(0, 0, 8, 3, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1), 16,
                 131088, 65536, sizes);
    header_check(HEADER_OF(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3), 16,
                 21, -1, product);
    header_check(HEADER_OF(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3), 16,
                 23, -1, product);
    header_check(HEADER_OF(0, 0, 8, 3), 12, 12, -1, "Look at how many bytes there"
                 " are before you read them.");
    header_check(HEADER_OF(0), 0, 0, -1, "Look at a file with nothing in it.");
    header_check(HEADER_OF(0, 0, 8, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3), 16,
                 22, -1, "Look at the fourth byte: three axes.");
    header_check(HEADER_OF(0, 0, 13, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3), 16,
                 22, -1, "Look at the third byte: 8, for bytes.");
    header_check(HEADER_OF(0, 1, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3), 16,
                 22, -1, "Look at the first two bytes: zeros.");
    header_check(HEADER_OF(0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3), 16,
                 16, -1, "Look at a size of 0: no pictures are no file of"
                 " pictures.");
    header_check(HEADER_OF(0, 0, 8, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1), 16,
                 16, -1, "Look at the product: 65536 times 65536 is 0 in 32 bits.");
    header_check(HEADER_OF(0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                           255, 255, 255), 16, 1000, -1, "Look at the product: it"
                 " may not fit into any integer.");
    header_check(HEADER_OF(0, 0, 8, 3, 64, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 16), 16,
                 16, -1, "Look at the product: this one is 0 in 64 bits.");
}

static uint64_t size_at(const unsigned char *bytes, int i)
{
    const unsigned char *at = bytes + 4 + 4 * i;
    return (uint64_t)at[0] << 24 | (uint64_t)at[1] << 16 | (uint64_t)at[2] << 8
         | at[3];
}

static bool begins(const unsigned char *bytes, long size)
{
    return size >= HEADER && bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 8
        && bytes[3] == 3;
}

static long WRONG(pictures_of_header, believes)(const unsigned char *bytes,
                                                long size, long all)
{
    (void)all;
    return begins(bytes, size) ? (long)size_at(bytes, 0) : -1;
}

static long WRONG(pictures_of_header, lowest_first)(const unsigned char *bytes,
                                                    long size, long all)
{
    if (!begins(bytes, size))
        return -1;
    long n = bytes[4] + 256L * bytes[5] + 65536L * bytes[6];
    return all >= HEADER ? n : -1;
}

static long WRONG(pictures_of_header, in_32_bits)(const unsigned char *bytes,
                                                  long size, long all)
{
    if (!begins(bytes, size))
        return -1;
    uint32_t n = (uint32_t)(size_at(bytes, 0) * size_at(bytes, 1)
                            * size_at(bytes, 2));
    return n == (uint32_t)(all - HEADER) && size_at(bytes, 0)
        ? (long)size_at(bytes, 0) : -1;
}

static long WRONG(pictures_of_header, in_64_bits)(const unsigned char *bytes,
                                                  long size, long all)
{
    if (!begins(bytes, size))
        return -1;
    uint64_t n = size_at(bytes, 0) * size_at(bytes, 1)
               * size_at(bytes, 2);
    return n == (uint64_t)(all - HEADER) && size_at(bytes, 0)
        ? (long)size_at(bytes, 0) : -1;
}

static long WRONG(pictures_of_header, more_is_fine)(const unsigned char *bytes,
                                                    long size, long all)
{
    if (!begins(bytes, size))
        return -1;
    long double n = (long double)size_at(bytes, 0)
                  * (long double)size_at(bytes, 1)
                  * (long double)size_at(bytes, 2);
    return n > 0 && n <= all - HEADER ? (long)size_at(bytes, 0) : -1;
}

static long WRONG(pictures_of_header, any_numbers)(const unsigned char *bytes,
                                                   long size, long all)
{
    if (size < HEADER || bytes[3] != 3)
        return -1;
    double n = (double)size_at(bytes, 0) * (double)size_at(bytes, 1)
             * (double)size_at(bytes, 2);
    return n == (double)(all - HEADER) && n > 0
        ? (long)size_at(bytes, 0) : -1;
}

static long WRONG(pictures_of_header, header_counted)(
                                                      const unsigned char *bytes,
                                                      long size, long all)
{
    if (!begins(bytes, size))
        return -1;
    double n = (double)size_at(bytes, 0) * (double)size_at(bytes, 1)
             * (double)size_at(bytes, 2);
    return n == (double)all ? (long)size_at(bytes, 0) : -1;
}

static long RIGHT(pictures_of_header, in_doubles)(const unsigned char *bytes,
                                                  long size, long all)
{
    if (!begins(bytes, size))
        return -1;
    double n = (double)size_at(bytes, 0) * (double)size_at(bytes, 1)
             * (double)size_at(bytes, 2);
    return n > 0 && n == (double)(all - HEADER)
        ? (long)size_at(bytes, 0) : -1;
}

static long RIGHT(pictures_of_header, divided_out)(const unsigned char *bytes,
                                                   long size, long all)
{
    if (!begins(bytes, size) || all <= HEADER)
        return -1;
    uint64_t left = (uint64_t)(all - HEADER);
    for (int i = 2; i >= 0; i--) {
        uint64_t is = size_at(bytes, i);
        if (is == 0 || left % is != 0)
            return -1;
        left /= is;
    }
    return left == 1 ? (long)size_at(bytes, 0) : -1;
}

static long RIGHT(pictures_of_header, two_and_one)(const unsigned char *bytes,
                                                   long size, long all)
{
    if (!begins(bytes, size))
        return -1;
    uint64_t one = size_at(bytes, 1) * size_at(bytes, 2);
    uint64_t n = size_at(bytes, 0);
    uint64_t left = (uint64_t)(all - HEADER);
    return one > 0 && n > 0 && left % one == 0 && left / one == n
        ? (long)n : -1;
}

/* ---- 6: places for a larger picture -------------------------------------- */

/* New place i is old place from(i); class token first, if it is there. */
static Tensor *taken(Tensor *places, int down, int across, int way)
{
    int n = 4 * down * across, *from = tape_ints(n + 1), old = down * across;
    from[0] = 0;
    for (int i = 0; i < n; i++) {
        int row = i / (2 * across), column = i % (2 * across);
        from[i + 1] = 1 + (way == 0 ? row / 2 * across + column / 2
                         : way == 1 ? i / 4
                         : way == 2 ? i % old
                         : way == 3 ? row % down * across + column % across
                                    : row / 2 * across + column / 2 - 1);
    }
    return t_embedding(places, from, n + 1);
}

static void stretched_check(int down, int across, int d)
{
    Rng rng = rng_new(8);
    Tensor *places = simple(&rng, 1 + down * across, d);
    for (int i = 0; i <= down * across; i++)        /* all different */
        t_at(places, i, 0) = (real)i;
    given(places);
    given(down);
    given(across);
    Tensor *got = CALL(stretched, (places, down, across));
    suspect(taken(places, down, across, 1), "There the four copies of a place"
            " follow one another in reading order. Look at where on the new grid"
            " they lie.");
    suspect(taken(places, down, across, 2), "That is the old list, four times."
            " Look at where on the grid each old place lay.");
    suspect(taken(places, down, across, 3), "That is the old grid, four times"
            " beside itself. Look at the top left: four copies of one place.");
    suspect(taken(places, down, across, 4), "All is one place off. Look at the"
            " class token's row, which is the first.");
    expect(got, taken(places, down, across, 0), 1e-6, "Look at the row and the"
           " column of each new place, and at half of them.");
}

CHECK(stretched)
{
    stretched_check(2, 2, 3);
    stretched_check(2, 3, 2);
    stretched_check(3, 1, 4);
    stretched_check(1, 1, 5);
    stretched_check(4, 4, 1);
}

static Tensor *WRONG(stretched, in_reading_order)(Tensor *places, int down,
                                                  int across)
{
    return taken(places, down, across, 1);
}

static Tensor *WRONG(stretched, list_repeated)(Tensor *places, int down,
                                               int across)
{
    return taken(places, down, across, 2);
}

static Tensor *WRONG(stretched, grid_repeated)(Tensor *places, int down,
                                               int across)
{
    return taken(places, down, across, 3);
}

static Tensor *WRONG(stretched, one_off)(Tensor *places, int down, int across)
{
    return taken(places, down, across, 4);
}

static Tensor *WRONG(stretched, no_class_token)(Tensor *places, int down,
                                                int across)
{
    Tensor *all = taken(places, down, across, 0);
    return t_slice(all, 0, 1, t_dim(all, 0));
}

static Tensor *WRONG(stretched, class_token_last)(Tensor *places, int down,
                                                  int across)
{
    Tensor *all = taken(places, down, across, 0);
    int n = t_dim(all, 0);
    return t_concat(0, t_slice(all, 0, 1, n), t_slice(all, 0, 0, 1));
}

static Tensor *RIGHT(stretched, by_hand)(Tensor *places, int down, int across)
{
    Tensor *all = t_zeros(1 + 4 * down * across, t_dim(places, 1));
    for (int c = 0; c < t_dim(places, 1); c++) {
        t_at(all, 0, c) = t_at(places, 0, c);
        for (int y = 0; y < 2 * down; y++)
            for (int x = 0; x < 2 * across; x++)
                t_at(all, 1 + y * 2 * across + x, c)
                    = t_at(places, 1 + y / 2 * across + x / 2, c);
    }
    return all;
}

static Tensor *RIGHT(stretched, by_broadcasting)(Tensor *places, int down,
                                                 int across)
{
    int d = t_dim(places, 1), n = t_dim(places, 0);
    Tensor *grid = t_reshape(t_slice(places, 0, 1, n), down, 1, across, d);
    grid = t_broadcast(grid, down, 2, across, d);
    grid = t_reshape(grid, 2 * down * across, 1, d);
    grid = t_broadcast(grid, 2 * down * across, 2, d);
    grid = t_reshape(grid, 4 * down * across, d);
    return t_concat(0, t_slice(places, 0, 0, 1), grid);
}

static Tensor *RIGHT(stretched, row_by_row)(Tensor *places, int down,
                                            int across)
{
    Tensor *all = t_slice(places, 0, 0, 1);
    for (int i = 0; i < 4 * down * across; i++) {
        int k = 1 + i / (2 * across) / 2 * across + i % (2 * across) / 2;
        all = t_concat(0, all, t_slice(places, 0, k, k + 1));
    }
    return all;
}

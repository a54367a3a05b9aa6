/* 99_fast_product.c -- the checks of the appendix' exercises, and answers, wrong
 * and right, that try them. README.md says how to write both. */

/* ---- 1: how often a number is used ---------------------------------------- */

static void uses_check(double n, double k, double m)
{
    given(n);
    given(k);
    given(m);
    double got = CALL(uses, (n, k, m));
    suspect(n * m * k / (n * k + k * m), "C has numbers, too. Look at what is"
            " read and written: three matrices.");
    suspect(2 * n * m * k / (n * k + k * m + n * m), "That counts additions as"
            " well. Look at the text: multiplications.");
    suspect((n + k + m) / 3, "A number of A is used m times, one of B n times,"
            " one of C k times. Look at how many there are of each: that is not"
            " the plain mean.");
    suspect((n * k + k * m + n * m) / (n * m * k), "That is numbers for a"
            " multiplication. Look at which stands above the fraction bar.");
    suspect(n * m * k, "Those are the multiplications. Look at what they are"
            " divided by.");
    expect(got, n * m * k / (n * k + k * m + n * m), 1e-9, "Look at the sizes of"
           " A (n, k), B (k, m) and C (n, m).");
}

CHECK(uses)
{
    uses_check(64, 64, 64);
    uses_check(1, 64, 64);
    uses_check(2, 3, 5);
    uses_check(4096, 512, 2048);
}

static double WRONG(uses, result_forgotten)(double n, double k, double m)
{
    return n * m * k / (n * k + k * m);
}

static double WRONG(uses, additions_too)(double n, double k, double m)
{
    return 2 * n * m * k / (n * k + k * m + n * m);
}

static double WRONG(uses, plain_mean)(double n, double k, double m)
{
    return (n + k + m) / 3;
}

static double WRONG(uses, fraction_turned)(double n, double k, double m)
{
    return (n * k + k * m + n * m) / (n * m * k);
}

static double WRONG(uses, a_third_of_a_side)(double n, double k, double m)
{
    (void)k, (void)m;
    return n / 3;
}

static double WRONG(uses, multiplications)(double n, double k, double m)
{
    return n * m * k;
}

static double RIGHT(uses, harmonic)(double n, double k, double m)
{
    return 1 / (1 / n + 1 / k + 1 / m);
}

static double RIGHT(uses, weighted_mean)(double n, double k, double m)
{
    double a = n * k, b = k * m, c = n * m;
    return (a * m + b * n + c * k) / (a + b + c) / 3;
}

static double RIGHT(uses, step_by_step)(double n, double k, double m)
{
    double numbers = n * k;
    numbers += k * m;
    numbers += n * m;
    return n / numbers * m * k;
}

/* ---- 2: find the bug: four rows at a time --------------------------------- */

/* C + A B over rows from `first` on, as many as fit in fours if so asked. */
static Tensor *product_of(Tensor *c, Tensor *a, Tensor *b, bool fours)
{
    int n = t_dim(a, 0), whole = n / 4 * 4;
    if (!fours || whole == n)
        return t_add(c, t_matmul(a, b));
    Tensor *rest = t_slice(c, 0, whole, n);
    if (whole == 0)
        return rest;
    return t_concat(0, t_add(t_slice(c, 0, 0, whole),
                             t_matmul(t_slice(a, 0, 0, whole), b)), rest);
}

static void mended_product_check(int n, int m, int k)
{
    Rng rng = rng_new(2);
    Tensor *left = simple(&rng, n, k), *right = simple(&rng, k, m);
    Tensor *before = simple(&rng, n, m);
    real *a = array_of(left), *b = array_of(right), *c = array_of(before);
    given(n);
    given(m);
    given(k);
    given_array(n * k, a);
    given_array(k * m, b);
    given_word("c", "numbers to which the product is to be added");
    Tensor *expected = product_of(before, left, right, false);
    CALL(mended_product, (n, m, k, a, b, c));
    Tensor *got = t_from(c, n, m);
    suspect(product_of(before, left, right, true), "The last rows of C are as"
            " they were. Look at how many rows are left when i comes near n.");
    suspect(t_matmul(left, right), "That is the product alone. Look at the text:"
            " it is added to C.");
    expect(got, expected, 1e-5, "Look at the rows that are left over when n is"
           " not a multiple of 4, and at how many times each is added.");
}

CHECK(mended_product)
{
    mended_product_check(5, 2, 3);
    mended_product_check(8, 3, 2);
    mended_product_check(3, 4, 1);
    mended_product_check(6, 1, 4);
    mended_product_check(7, 5, 2);
}

/* Rows first <= i < last, as many again as `times` says. */
static void add_rows(int first, int last, int m, int k, const real *a,
                     const real *b, real *c)
{
    for (int i = first; i < last; i++)
        for (int l = 0; l < k; l++)
            for (int j = 0; j < m; j++)
                c[i * m + j] += a[i * k + l] * b[l * m + j];
}

static void WRONG(mended_product, as_it_was)(int n, int m, int k, const real *a,
                                             const real *b, real *c)
{
    add_rows(0, n / 4 * 4, m, k, a, b, c);
}

static void WRONG(mended_product, beyond_the_end)(int n, int m, int k,
                                                  const real *a, const real *b,
                                                  real *c)
{
    add_rows(0, (n + 3) / 4 * 4, m, k, a, b, c);
}

static void WRONG(mended_product, last_rows_twice)(int n, int m, int k,
                                                   const real *a, const real *b,
                                                   real *c)
{
    add_rows(0, n / 4 * 4, m, k, a, b, c);
    add_rows(n > 4 ? n - 4 : 0, n, m, k, a, b, c);
}

static void WRONG(mended_product, one_row_left)(int n, int m, int k,
                                                const real *a, const real *b,
                                                real *c)
{
    add_rows(0, n / 4 * 4, m, k, a, b, c);
    if (n % 4)
        add_rows(n / 4 * 4, n / 4 * 4 + 1, m, k, a, b, c);
}

static void WRONG(mended_product, not_added)(int n, int m, int k, const real *a,
                                             const real *b, real *c)
{
    for (int i = 0; i < n * m; i++)
        c[i] = 0;
    add_rows(0, n, m, k, a, b, c);
}

static void WRONG(mended_product, first_row_left_out)(int n, int m, int k,
                                                      const real *a,
                                                      const real *b, real *c)
{
    add_rows(n % 4, n, m, k, a, b, c);
}

static void RIGHT(mended_product, rest_apart)(int n, int m, int k,
                                              const real *a, const real *b,
                                              real *c)
{
    add_rows(0, n / 4 * 4, m, k, a, b, c);
    add_rows(n / 4 * 4, n, m, k, a, b, c);
}

static void RIGHT(mended_product, rows_asked_inside)(int n, int m, int k,
                                                     const real *a,
                                                     const real *b, real *c)
{
    for (int i = 0; i < n; i += 4)
        for (int l = 0; l < k; l++)
            for (int r = i; r < i + 4 && r < n; r++)
                for (int j = 0; j < m; j++)
                    c[r * m + j] += a[r * k + l] * b[l * m + j];
}

static void RIGHT(mended_product, of_the_appendix)(int n, int m, int k,
                                                   const real *a, const real *b,
                                                   real *c)
{
    Tensor *left = t_from(a, n, k), *right = t_from(b, k, m);
    Tensor *product = t_matmul(left, right);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            c[i * m + j] += t_at(product, i, j);
}

/* ---- 3: the best tile ------------------------------------------------------ */

static void fewest_loads(int registers, int *rows, int *vectors, int others)
{
    double least = 1e9;
    for (int v = 1; v <= registers; v++)
        for (int r = 1; r * v + v + others <= registers; r++)
            if ((double)(r + v) / (r * v) < least) {
                least = (double)(r + v) / (r * v);
                *rows = r;
                *vectors = v;
            }
}

static void best_tile_check(int registers)
{
    int rows = -1, vectors = -1, right_rows = 1, right_vectors = 1;
    char what[200];
    given(registers);
    fewest_loads(registers, &right_rows, &right_vectors, 1);
    CALL(best_tile, (registers, &rows, &vectors));
    expect_that(rows != -1 && vectors != -1, "One of the two was never stored.",
                "Look at *rows and *vectors: both are to be stored.");
    int needed = rows * vectors + vectors + 1;
    snprintf(what, sizeof what, "%d rows and %d vectors need %d registers.", rows,
             vectors, needed);
    expect_that(rows >= 1 && vectors >= 1 && needed <= registers, what,
                "Look at what needs a register: r v sums, v pieces of a row of B,"
                " one number of A.");
    snprintf(what, sizeof what, "%d rows and %d vectors need %.3f loads for a"
             " multiply-add. There is a tile that needs %.3f, or as few with"
             " fewer vectors.", rows, vectors,
             (double)(rows + vectors) / (rows * vectors),
             (double)(right_rows + right_vectors)
                 / (right_rows * right_vectors));
    expect_that(rows == right_rows && vectors == right_vectors, what,
                "Look at all numbers of vectors, and take the most rows for"
                " each. A quotient of whole numbers would tell few apart.");
}

CHECK(best_tile)
{
    static const int registers[] = { 16, 32, 3, 5, 8, 64, 7 };
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        best_tile_check(registers[i]);
}

static void WRONG(best_tile, library)(int registers, int *rows, int *vectors)
{
    *vectors = 2;
    *rows = (registers - 3) / 2;
}

static void WRONG(best_tile, no_room_for_a)(int registers, int *rows,
                                            int *vectors)
{
    fewest_loads(registers, rows, vectors, 0);
}

static void WRONG(best_tile, two_numbers_of_a)(int registers, int *rows,
                                               int *vectors)
{
    *rows = *vectors = 1;
    fewest_loads(registers, rows, vectors, 2);
}

static void WRONG(best_tile, whole_numbers)(int registers, int *rows,
                                            int *vectors)
{
    int least = 1 << 20;
    for (int v = 1; 2 * v + 1 <= registers; v++) {
        int r = (registers - v - 1) / v;
        if ((r + v) / (r * v) < least) {
            least = (r + v) / (r * v);
            *rows = r;
            *vectors = v;
        }
    }
}

static void WRONG(best_tile, most_sums)(int registers, int *rows, int *vectors)
{
    *vectors = 1;
    *rows = registers - 2;
}

static void WRONG(best_tile, exchanged)(int registers, int *rows, int *vectors)
{
    fewest_loads(registers, vectors, rows, 1);
}

static void RIGHT(best_tile, all_tiles)(int registers, int *rows, int *vectors)
{
    fewest_loads(registers, rows, vectors, 1);
}

static void RIGHT(best_tile, compared_across)(int registers, int *rows,
                                              int *vectors)
{
    *vectors = 1;
    *rows = registers - 2;
    for (int v = 2; 2 * v + 1 <= registers; v++) {
        int r = (registers - 1) / v - 1;
        if ((r + v) * *rows * *vectors < (*rows + *vectors) * r * v) {
            *rows = r;
            *vectors = v;
        }
    }
}

/* 1/r + 1/v is what there is to make small. */
static void RIGHT(best_tile, sum_of_inverses)(int registers, int *rows,
                                              int *vectors)
{
    double least = INFINITY;
    for (int r = registers - 2; r >= 1; r--) {
        int v = (registers - 1) / (r + 1);
        if (v >= 1 && 1.0 / r + 1.0 / v < least - 1e-12) {
            least = 1.0 / r + 1.0 / v;
            *rows = r;
            *vectors = v;
        }
    }
}

/* 01_similarity.c -- the checks of chapter 1's exercises, and wrong answers
 * that they must reject. README.md says how to write both. */

/* ---- 1: which table ------------------------------------------------------ */

CHECK(which_table)
{
    Shape table = { 0 }, other = { 0 };
    CALL(which_table, (&table, &other));
    expect_shape_answer("table", table, SHAPE(5, 5), "Look at X X^T: (5, 300)"
                        " times (300, 5).");
    expect_shape_answer("other", other, SHAPE(300, 300), "Look at X^T X:"
                        " (300, 5) times (5, 300).");
}

static void WRONG(which_table, exchanged)(Shape *table, Shape *other)
{
    *table = SHAPE(300, 300);
    *other = SHAPE(5, 5);
}

static void WRONG(which_table, as_x)(Shape *table, Shape *other)
{
    *table = SHAPE(5, 300);
    *other = SHAPE(300, 5);
}

/* ---- 2: longer, but no more alike ---------------------------------------- */

static void longer_check(double p, double c)
{
    double new_p = NAN, new_c = NAN;
    given(p);
    given(c);
    CALL(longer, (p, c, &new_p, &new_c));
    suspect(3 * p, "Look at the sign of b.");
    suspect(-p, "Look at the length of a: it is three times as long.");
    expect(new_p, -3 * p, 1e-9, "That is *new_p. Look at (3 a) . (-b), term by"
           " term.");
    suspect(-3 * c, "That is *new_c. Look at the norms it is divided by: they"
            " have changed, too.");
    expect(new_c, -c, 1e-9, "That is *new_c. Look at what lengths and signs do"
           " to a cosine.");
}

CHECK(longer)
{
    longer_check(2, 0.5);
    longer_check(-1, -0.25);
}

static void WRONG(longer, cosine_too)(double p, double c, double *new_p,
                                      double *new_c)
{
    *new_p = -3 * p;
    *new_c = -3 * c;
}

static void WRONG(longer, sign)(double p, double c, double *new_p,
                                double *new_c)
{
    *new_p = 3 * p;
    *new_c = c;
}

static void WRONG(longer, cosine_kept)(double p, double c, double *new_p,
                                       double *new_c)
{
    *new_p = -3 * p;
    *new_c = c;
}

/* ---- 3: find the bug: the longest poem is like everything ---------------- */

static void mended_cosines_check(int n, int d)
{
    Rng rng = rng_new(1);
    Tensor *x = t_add(simple(&rng, n, d), t_vector(2.5));
    given(x);
    Tensor *got = CALL(mended_cosines, (x));
    suspect(gram(x), "These are still inner products. Look at what a cosine"
            " divides by.");
    expect_shape(got, SHAPE(n, n), "Look at the shape: a row and a column for"
                 " each text.");
    expect(got, gram(unit_rows(x)), 1e-5, "Look at the diagonal: a text has"
           " cosine 1 with itself.");
}

CHECK(mended_cosines)
{
    mended_cosines_check(3, 4);
    mended_cosines_check(4, 2);
}

static Tensor *WRONG(mended_cosines, as_it_was)(Tensor *x) { return gram(x); }

static Tensor *WRONG(mended_cosines, columns)(Tensor *x)
{
    return gram(t_transpose(unit_rows(t_transpose(x))));
}

static Tensor *WRONG(mended_cosines, once_divided)(Tensor *x)
{
    return t_matmul(unit_rows(x), t_transpose(x));
}

/* ---- 4: all distances at once -------------------------------------------- */

static Tensor *from_gram(const Tensor *g, double middle)
{
    int n = t_dim(g, 0);
    Tensor *d = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(d, i, j) = (real)((double)t_at(g, i, i) + (double)t_at(g, j, j)
                                   - middle * (double)t_at(g, i, j));
    return d;
}

static Tensor *roots(Tensor *d)
{
    return t_sqrt(d);
}

static void squared_distances_check(int n, int d)
{
    Rng rng = rng_new(2);
    Tensor *g = gram(simple(&rng, n, d));
    given(g);
    Tensor *got = CALL(squared_distances, (g));
    suspect(roots(from_gram(g, 2)), "These are the distances. Look at the"
            " question: squared ones.");
    suspect(from_gram(g, 1), "Look at the term in the middle: 2 a . b.");
    suspect(from_gram(g, -2), "Look at the sign of the term in the middle.");
    expect(got, from_gram(g, 2), 1e-5, "Look at the diagonal: every row has the"
           " distance 0 from itself. Then at G_ii - 2 G_ij + G_jj.");
}

CHECK(squared_distances)
{
    squared_distances_check(3, 2);
    squared_distances_check(4, 4);
}

static Tensor *WRONG(squared_distances, not_squared)(const Tensor *g)
{
    return roots(from_gram(g, 2));
}

static Tensor *WRONG(squared_distances, half_the_middle)(const Tensor *g)
{
    return from_gram(g, 1);
}

static Tensor *WRONG(squared_distances, one_norm)(const Tensor *g)
{
    int n = t_dim(g, 0);
    Tensor *d = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(d, i, j) = 2 * t_at(g, i, i) - 2 * t_at(g, i, j);
    return d;
}

/* ---- 5: find the bug: it runs, and compares nothing ---------------------- */

static void centred_check(int n, int d)
{
    Rng rng = rng_new(3);
    Tensor *x = simple(&rng, n, d);
    given(x);
    Tensor *got = CALL(centred, (x));
    suspect(t_sub(x, t_mean(x, 1)), "Each row has lost the mean of its own"
            " numbers. Look at the axis of the mean: rows follow one another"
            " along axis 0.");
    suspect(t_sub(x, t_mean(x, T_ALL)), "One number was subtracted from all."
            " Look for the mean row: it has d numbers.");
    expect_shape(got, SHAPE(n, d), "Look at the shape: nothing is to be lost.");
    expect(got, t_sub(x, t_mean(x, 0)), 1e-5, "Look at one column of the"
           " result: its numbers should add up to 0.");
}

CHECK(centred)
{
    centred_check(3, 2);
    centred_check(3, 3);
}

static Tensor *WRONG(centred, as_it_was)(Tensor *x)
{
    return t_sub(x, t_mean(x, 1));
}

static Tensor *WRONG(centred, one_number)(Tensor *x)
{
    return t_sub(x, t_mean(x, T_ALL));
}

static Tensor *WRONG(centred, the_mean_itself)(Tensor *x)
{
    return t_mean(x, 0);
}

/* ---- 6: ask, and take the best ------------------------------------------- */

static Tensor *value_of(Tensor *values, int i)
{
    return t_reshape(t_slice(values, 0, i, i + 1), t_dim(values, 1));
}

static int best_key(const Tensor *query, Tensor *keys, bool by_cosine)
{
    int best = 0;
    double most = -INFINITY;
    for (int i = 0; i < t_dim(keys, 0); i++) {
        Tensor *key = value_of(keys, i);
        double c = by_cosine ? cosine(query, key) : dot(query, key);
        if (c > most) {
            most = c;
            best = i;
        }
    }
    return best;
}

static void look_up_check(const Tensor *query, Tensor *keys)
{
    Rng rng = rng_new(4);
    Tensor *values = simple(&rng, t_dim(keys, 0), 2);
    for (int i = 0; i < t_dim(keys, 0); i++)
        t_at(values, i, 0) = (real)(10 * i);    /* no two alike */
    given(query);
    given(keys);
    given(values);
    Tensor *got = CALL(look_up, (query, keys, values));
    expect_shape(got, SHAPE(2), "Look at the shape: one value, as a vector.");
    suspect(value_of(values, best_key(query, keys, false)), "That is the key"
            " with the largest inner product. Look at its length.");
    expect(got, value_of(values, best_key(query, keys, true)), 1e-6, "Look at"
           " the cosine of the query with each key; the largest wins, and of"
           " several the first.");
}

CHECK(look_up)
{
    look_up_check(t_vector(1, 0), t_matrix(3, 2, 3, 4, 2, 0.5, 0, 1));
    look_up_check(t_vector(1, 1, 1),
                  t_matrix(3, 3, -1, -1, -2, -1, -1, -1.5, -3, 0, 0));
    look_up_check(t_vector(0, 2), t_matrix(2, 2, 0, 1, 0, 3));
}

static Tensor *WRONG(look_up, by_inner_product)(const Tensor *query,
                                                Tensor *keys, Tensor *values)
{
    return value_of(values, best_key(query, keys, false));
}

static Tensor *WRONG(look_up, starts_at_zero)(const Tensor *query, Tensor *keys,
                                              Tensor *values)
{
    int best = 0;
    double most = 0;
    for (int i = 0; i < t_dim(keys, 0); i++)
        if (cosine(query, value_of(keys, i)) > most) {
            most = cosine(query, value_of(keys, i));
            best = i;
        }
    return value_of(values, best);
}

static Tensor *WRONG(look_up, the_last_of_several)(const Tensor *query,
                                                   Tensor *keys, Tensor *values)
{
    int best = 0;
    double most = -INFINITY;
    for (int i = 0; i < t_dim(keys, 0); i++)
        if (cosine(query, value_of(keys, i)) >= most) {
            most = cosine(query, value_of(keys, i));
            best = i;
        }
    return value_of(values, best);
}

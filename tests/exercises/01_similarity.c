/* 01_similarity.c -- the checks of chapter 1's exercises, and answers, wrong
 * and right, that try them. README.md says how to write both. */

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

static void WRONG(which_table, one_only)(Shape *table, Shape *other)
{
    (void)other;
    *table = SHAPE(5, 5);
}

static void WRONG(which_table, one_axis)(Shape *table, Shape *other)
{
    *table = SHAPE(25);
    *other = SHAPE(90000);
}

static void WRONG(which_table, both_alike)(Shape *table, Shape *other)
{
    *table = *other = SHAPE(5, 5);
}

static void WRONG(which_table, a_row_too_many)(Shape *table, Shape *other)
{
    *table = SHAPE(6, 6);
    *other = SHAPE(300, 300);
}

static void RIGHT(which_table, other_first)(Shape *table, Shape *other)
{
    *other = SHAPE(300, 300);
    *table = SHAPE(5, 5);
}

static void RIGHT(which_table, field_by_field)(Shape *table, Shape *other)
{
    table->n = other->n = 2;
    table->dim[0] = table->dim[1] = 5;
    other->dim[0] = other->dim[1] = 300;
}

static void RIGHT(which_table, multiplied_out)(Shape *table, Shape *other)
{
    Tensor *x = t_zeros(5, 300);
    *table = t_matmul(x, t_transpose(x))->shape;
    *other = t_matmul(t_transpose(x), x)->shape;
}

/* ---- 2: longer, but no more alike ---------------------------------------- */

static void longer_check(double p, double c)
{
    double new_p = UNSET, new_c = UNSET;
    given(p);
    given(c);
    CALL(longer, (p, c, &new_p, &new_c));
    suspect(3 * p, "That is *new_p. Look at its sign: b was turned to its"
            " opposite.");
    suspect(-p, "That is *new_p. Look at the length of a: it is three times as"
            " long.");
    suspect(-9 * p, "That is *new_p. Only one of the two vectors is longer."
            " Look at (3 a) . (-b), term by term.");
    expect(new_p, -3 * p, 1e-9, "That is *new_p. Look at (3 a) . (-b), term by"
           " term.");
    suspect(-3 * c, "That is *new_c. Look at the norms it is divided by: they"
            " have changed, too.");
    suspect(c, "That is *new_c. Look at its sign: b was turned to its"
            " opposite.");
    expect(new_c, -c, 1e-9, "That is *new_c. Look at what lengths and signs do"
           " to a cosine.");
}

CHECK(longer)
{
    longer_check(2, 0.5);
    longer_check(-1, -0.25);
    longer_check(7, 0.125);
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

static void WRONG(longer, the_example)(double p, double c, double *new_p,
                                       double *new_c)
{
    (void)p, (void)c;
    *new_p = -6;
    *new_c = -0.5;
}

static void WRONG(longer, cosine_never_set)(double p, double c, double *new_p,
                                            double *new_c)
{
    (void)c, (void)new_c;
    *new_p = -3 * p;
}

static void WRONG(longer, length_squared)(double p, double c, double *new_p,
                                          double *new_c)
{
    *new_p = -9 * p;
    *new_c = -c;
}

static void WRONG(longer, always_negative)(double p, double c, double *new_p,
                                           double *new_c)
{
    *new_p = -3 * fabs(p);
    *new_c = -fabs(c);
}

static void RIGHT(longer, subtracted)(double p, double c, double *new_p,
                                      double *new_c)
{
    *new_p = -p - p - p;
    *new_c = 0 - c;
}

static void RIGHT(longer, by_the_norms)(double p, double c, double *new_p,
                                        double *new_c)
{
    double norms = p / c;
    *new_p = p * 3 * -1;
    *new_c = *new_p / (3 * norms);
}

static void RIGHT(longer, by_vectors)(double p, double c, double *new_p,
                                      double *new_c)
{
    Tensor *a = t_vector(p, 0), *b = t_vector(1, sqrt(1 / (c * c) - 1));
    *new_p = dot(t_scale(a, 3), t_scale(b, -1));
    *new_c = -c;
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
    mended_cosines_check(1, 5);
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

static Tensor *WRONG(mended_cosines, squared_norm)(Tensor *x)
{
    return gram(t_div(x, t_sum(t_mul(x, x), 1)));
}

static Tensor *WRONG(mended_cosines, units_of_the_table)(Tensor *x)
{
    return unit_rows(gram(x));
}

static Tensor *WRONG(mended_cosines, one_norm_for_all)(Tensor *x)
{
    return gram(t_div(x, t_sqrt(t_sum(t_mul(x, x), T_ALL))));
}

static Tensor *WRONG(mended_cosines, means_taken_away)(Tensor *x)
{
    return gram(unit_rows(t_sub(x, t_mean(x, 1))));
}

static Tensor *RIGHT(mended_cosines, by_a_root)(Tensor *x)
{
    return gram(t_div(x, t_sqrt(t_sum(t_mul(x, x), 1))));
}

static Tensor *RIGHT(mended_cosines, of_the_table)(Tensor *x)
{
    Tensor *norms = t_sqrt(t_sum(t_mul(x, x), 1));
    return t_div(gram(x), t_matmul(norms, t_transpose(norms)));
}

static Tensor *RIGHT(mended_cosines, one_by_one)(Tensor *x)
{
    int n = t_dim(x, 0), d = t_dim(x, 1);
    Tensor *table = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(table, i, j) =
                (real)cosine(t_reshape(t_slice(x, 0, i, i + 1), d),
                             t_reshape(t_slice(x, 0, j, j + 1), d));
    return table;
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

/* What is left if only places with `first` <= column - row <= `last` are
 * filled. */
static Tensor *band(const Tensor *g, int first, int last)
{
    Tensor *d = from_gram(g, 2);
    for (int i = 0; i < t_dim(g, 0); i++)
        for (int j = 0; j < t_dim(g, 0); j++)
            if (j - i < first || j - i > last)
                t_at(d, i, j) = 0;
    return d;
}

static Tensor *whole(Tensor *d)
{
    for (int i = 0; i < t_dim(d, 0); i++)
        for (int j = 0; j < t_dim(d, 1); j++)
            t_at(d, i, j) = (real)(int)t_at(d, i, j);
    return d;
}

static void squared_distances_check(int n, int d)
{
    Rng rng = rng_new(2);
    Tensor *g = gram(simple(&rng, n, d));
    given(g);
    Tensor *got = CALL(squared_distances, (g));
    suspect(t_sqrt(from_gram(g, 2)), "These are the distances. Look at the"
            " question: squared ones.");
    suspect(from_gram(g, 1), "Look at the term in the middle: 2 a . b.");
    suspect(from_gram(g, -2), "Look at the sign of the term in the middle.");
    suspect(band(g, 0, n), "Only one half of the table is filled, above the"
            " diagonal. Look at where the loops begin.");
    suspect(band(g, -n, 0), "Only one half of the table is filled, below the"
            " diagonal. Look at where the loops end.");
    suspect(whole(from_gram(g, 2)), "Digits after the point were lost. Look at"
            " the types of your variables: an int holds whole numbers only.");
    expect(got, from_gram(g, 2), 1e-5, "Look at the place of that difference,"
           " row i and column j: it should hold G_ii - 2 G_ij + G_jj.");
}

CHECK(squared_distances)
{
    squared_distances_check(3, 2);
    squared_distances_check(4, 4);
    squared_distances_check(1, 3);
}

static Tensor *WRONG(squared_distances, not_squared)(Tensor *g)
{
    return t_sqrt(from_gram(g, 2));
}

static Tensor *WRONG(squared_distances, half_the_middle)(Tensor *g)
{
    return from_gram(g, 1);
}

static Tensor *WRONG(squared_distances, middle_added)(Tensor *g)
{
    return from_gram(g, -2);
}

static Tensor *WRONG(squared_distances, one_norm)(Tensor *g)
{
    int n = t_dim(g, 0);
    Tensor *d = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(d, i, j) = 2 * t_at(g, i, i) - 2 * t_at(g, i, j);
    return d;
}

static Tensor *WRONG(squared_distances, half_the_table)(Tensor *g)
{
    return band(g, 0, t_dim(g, 0));
}

static Tensor *WRONG(squared_distances, in_whole_numbers)(Tensor *g)
{
    return whole(from_gram(g, 2));
}

static Tensor *WRONG(squared_distances, into_what_was_given)(Tensor *g)
{
    Tensor *d = from_gram(g, 2);
    t_assign(g, d);
    return g;
}

static Tensor *RIGHT(squared_distances, mirrored)(Tensor *g)
{
    int n = t_dim(g, 0);
    Tensor *d = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            t_at(d, i, j) = t_at(d, j, i) =
                t_at(g, i, i) - 2 * t_at(g, i, j) + t_at(g, j, j);
    return d;
}

static Tensor *RIGHT(squared_distances, by_broadcasting)(Tensor *g)
{
    int n = t_dim(g, 0);
    Tensor *own = t_zeros(n, 1);
    for (int i = 0; i < n; i++)
        t_at(own, i, 0) = t_at(g, i, i);
    return t_sub(t_add(own, t_transpose(own)), t_scale(g, 2));
}

static Tensor *RIGHT(squared_distances, over_the_result)(Tensor *g)
{
    int n = t_dim(g, 0);
    Tensor *d = t_scale(g, -2);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            t_at(d, i, j) += t_at(g, i, i);
            t_at(d, j, i) += t_at(g, i, i);
        }
    return d;
}

/* ---- 5: find the bug: it runs, and compares nothing ---------------------- */

static Tensor *less_its_mean(Tensor *x, int axis)
{
    return t_sub(x, t_mean(x, axis));
}

static void centred_check(int n, int d)
{
    Rng rng = rng_new(3);
    Tensor *x = simple(&rng, n, d);
    given(x);
    Tensor *got = CALL(centred, (x));
    suspect(less_its_mean(x, 1), "Each row has lost the mean of its own"
            " numbers. Look at the axis of the mean: rows follow one another"
            " along axis 0.");
    suspect(less_its_mean(x, T_ALL), "One number was subtracted from all."
            " Look for the mean row: it has d numbers.");
    suspect(t_scale(less_its_mean(x, 0), -1), "That is the mean less each row."
            " Look at what is to be subtracted from what.");
    suspect(less_its_mean(less_its_mean(x, 0), 1), "The rows have lost the mean"
            " of their own numbers as well. Look for a second mean.");
    suspect(t_sub(x, t_sum(x, 0)), "The sum of the rows was subtracted. Look at"
            " what makes a mean of it.");
    expect_shape(got, SHAPE(n, d), "Look at the shape: nothing is to be lost.");
    expect(got, less_its_mean(x, 0), 1e-5, "Look at one column of the"
           " result: its numbers should add up to 0.");
}

CHECK(centred)
{
    centred_check(3, 2);
    centred_check(4, 4);
    centred_check(5, 3);
}

static Tensor *WRONG(centred, as_it_was)(Tensor *x)
{
    return less_its_mean(x, 1);
}

static Tensor *WRONG(centred, one_number)(Tensor *x)
{
    return less_its_mean(x, T_ALL);
}

static Tensor *WRONG(centred, the_mean_itself)(Tensor *x)
{
    return t_mean(x, 0);
}

static Tensor *WRONG(centred, n_as_a_number)(Tensor *x)
{
    return t_sub(x, t_scale(t_sum(x, 0), 1.0 / 3));
}

static Tensor *WRONG(centred, the_other_way_round)(Tensor *x)
{
    return t_sub(t_mean(x, 0), x);
}

static Tensor *WRONG(centred, both_ways)(Tensor *x)
{
    return less_its_mean(less_its_mean(x, 0), 1);
}

static Tensor *WRONG(centred, the_sum)(Tensor *x)
{
    return t_sub(x, t_sum(x, 0));
}

static Tensor *RIGHT(centred, transposed)(Tensor *x)
{
    return t_transpose(less_its_mean(t_transpose(x), 1));
}

static Tensor *RIGHT(centred, sum_over_n)(Tensor *x)
{
    return t_sub(x, t_scale(t_sum(x, 0), 1.0 / t_dim(x, 0)));
}

static Tensor *RIGHT(centred, in_loops)(Tensor *x)
{
    int n = t_dim(x, 0), d = t_dim(x, 1);
    Tensor *result = t_zeros(n, d);
    for (int j = 0; j < d; j++) {
        double sum = 0;
        for (int i = 0; i < n; i++)
            sum += (double)t_at(x, i, j);
        for (int i = 0; i < n; i++)
            t_at(result, i, j) = (real)((double)t_at(x, i, j) - sum / n);
    }
    return result;
}

/* ---- 6: ask, and take the best ------------------------------------------- */

static Tensor *row_of(Tensor *table, int i)
{
    return t_reshape(t_slice(table, 0, i, i + 1), t_dim(table, 1));
}

/* How alike two vectors are, by one of several measures. */
typedef double Likeness(const Tensor *query, const Tensor *key);

static double by_squared_norm(const Tensor *query, const Tensor *key)
{
    return dot(query, key) / dot(key, key);
}

static double by_size(const Tensor *query, const Tensor *key)
{
    return fabs(cosine(query, key));
}

/* The best key, beginning with number `first` and the likeness `most`; of
 * several the last, if so asked. */
static int best_key(Tensor *query, Tensor *keys, Likeness *likeness,
                    int first, double most, bool last)
{
    int best = first;
    for (int i = 0; i < t_dim(keys, 0); i++) {
        double c = likeness(query, row_of(keys, i));
        if (c > most || (last && c == most)) {
            most = c;
            best = i;
        }
    }
    return best;
}

static void look_up_check(Tensor *query, Tensor *keys, int d_v)
{
    Rng rng = rng_new(4);
    Tensor *values = simple(&rng, t_dim(keys, 0), d_v);
    for (int i = 0; i < t_dim(keys, 0); i++)
        t_at(values, i, 0) = (real)(10 * i);    /* no two alike */
    given(query);
    given(keys);
    given(values);
    Tensor *got = CALL(look_up, (query, keys, values));
    expect_shape(got, SHAPE(d_v), "Look at the shape: one value, as a vector.");
    int best = best_key(query, keys, cosine, 0, -INFINITY, false);
    int last = best_key(query, keys, cosine, 0, -INFINITY, true);
    if (last != best)
        suspect(row_of(values, last), "Several keys are equally good, and this"
                " is the value of the last of them. Look at how you compare:"
                " the first should stay.");
    suspect(row_of(values, best_key(query, keys, dot, 0, -INFINITY, false)),
            "That is the key with the largest inner product. Look at its"
            " length.");
    suspect(row_of(values, best_key(query, keys, by_squared_norm, 0, -INFINITY,
                                    false)),
            "The inner product was divided by the squared norm of the key. Look"
            " for the root.");
    expect(got, row_of(values, best), 1e-6, "Look at"
           " the cosine of the query with each key; the largest wins, and of"
           " several the first. All may be negative.");
}

CHECK(look_up)
{
    look_up_check(t_vector(1, 0), t_matrix(3, 2, 3, 4, 2, 0.5, 0, 1), 2);
    look_up_check(t_vector(1, 0), t_matrix(2, 2, 1, 0.5, 3, 0.25), 3);
    look_up_check(t_vector(1, 1, 1),
                  t_matrix(3, 3, -1, -1, -2, -1, -1, -1.5, -3, 0, 0), 1);
    look_up_check(t_vector(1, 1, 4),
                  t_matrix(4, 3, 1, 1, -4, 2, 2, 1, 1, 1, 3, 0, 0, -1), 4);
    look_up_check(t_vector(0, 2), t_matrix(3, 2, 0, 1, 0, 4, 0, 2), 2);
    look_up_check(t_vector(0, 2), t_matrix(3, 2, 0, -1, 0, -4, 0, -2), 3);
}

static Tensor *WRONG(look_up, by_inner_product)(Tensor *query, Tensor *keys,
                                                Tensor *values)
{
    return row_of(values, best_key(query, keys, dot, 0, -INFINITY, false));
}

static Tensor *WRONG(look_up, starts_at_zero)(Tensor *query, Tensor *keys,
                                              Tensor *values)
{
    return row_of(values, best_key(query, keys, cosine, 0, 0, false));
}

static Tensor *WRONG(look_up, the_last_of_several)(Tensor *query, Tensor *keys,
                                                   Tensor *values)
{
    return row_of(values, best_key(query, keys, cosine, 0, -INFINITY, true));
}

static Tensor *WRONG(look_up, starts_with_the_last)(Tensor *query, Tensor *keys,
                                                    Tensor *values)
{
    int last = t_dim(keys, 0) - 1;
    return row_of(values, best_key(query, keys, cosine, last, -1, false));
}

static Tensor *WRONG(look_up, squared_norm)(Tensor *query, Tensor *keys,
                                            Tensor *values)
{
    return row_of(values, best_key(query, keys, by_squared_norm, 0, -INFINITY,
                                   false));
}

static Tensor *WRONG(look_up, whatever_sign)(Tensor *query, Tensor *keys,
                                             Tensor *values)
{
    return row_of(values, best_key(query, keys, by_size, 0, -INFINITY, false));
}

static Tensor *WRONG(look_up, two_coordinates)(Tensor *query, Tensor *keys,
                                               Tensor *values)
{
    return row_of(values, best_key(t_slice(query, 0, 0, 2),
                                   t_slice(keys, 1, 0, 2), cosine, 0,
                                   -INFINITY, false));
}

static Tensor *WRONG(look_up, two_numbers_of_the_value)
    (Tensor *query, Tensor *keys, Tensor *values)
{
    int best = best_key(query, keys, cosine, 0, -INFINITY, false);
    return t_vector((double)t_at(values, best, 0),
                    t_dim(values, 1) > 1 ? (double)t_at(values, best, 1) : 0);
}

static Tensor *RIGHT(look_up, a_copy)(Tensor *query, Tensor *keys,
                                      Tensor *values)
{
    int best = best_key(query, keys, cosine, 0, -2, false);
    Tensor *copy = t_zeros(t_dim(values, 1));
    t_assign(copy, row_of(values, best));
    return copy;
}

/* The query's own length does not matter. */
static Tensor *RIGHT(look_up, of_unit_keys)(Tensor *query, Tensor *keys,
                                            Tensor *values)
{
    return row_of(values, best_key(query, unit_rows(keys), dot, 0, -INFINITY,
                                   false));
}

static Tensor *RIGHT(look_up, from_behind)(Tensor *query, Tensor *keys,
                                           Tensor *values)
{
    int best = t_dim(keys, 0) - 1;
    for (int i = best - 1; i >= 0; i--)
        if (cosine(query, row_of(keys, i))
            >= cosine(query, row_of(keys, best)))
            best = i;
    return row_of(values, best);
}

/* 07_positional_encoding.c -- the checks of chapter 7's exercises, and wrong
 * answers that they must reject. README.md says how to write both. */

/* ---- 1: man bites dog ---------------------------------------------------- */

CHECK(man_bites_dog)
{
    char got = CALL(man_bites_dog, ());
    suspect_letter('a', "The first word was \"dog\" and is \"man\" now. Look at"
                   " its query: is it the same?");
    suspect_letter('c', "Look at the output of \"dog\": has its query changed,"
                   " or the keys it meets, or only their order?");
    suspect_letter('d', "Look at a sum of three terms. Does their order"
                   " count?");
    expect_letter(got, 'b', "abcd", "Look at the output of one word as a sum"
                  " over all words.");
}

static char WRONG(man_bites_dog, all_the_same)(void) { return 'a'; }
static char WRONG(man_bites_dog, only_the_middle)(void) { return 'c'; }
static char WRONG(man_bites_dog, all_new)(void) { return 'd'; }

/* ---- 2: how long is a wave ----------------------------------------------- */

static const double two_pi = 6.283185307179586;

static void wavelength_check(int i, int d)
{
    given(i);
    given(d);
    double got = CALL(wavelength, (i, d));
    suspect(pow(10000, 2.0 * i / d), "That is how many positions it takes to"
            " turn by 1. Look at a full turn: 2 pi.");
    suspect(two_pi * pow(10000, -2.0 * i / d), "Look at the sign: a slow pair"
            " has a long wave.");
    suspect(two_pi, "That is the first pair. Look for a division of whole"
            " numbers, which drops what is behind the point.");
    suspect(two_pi * pow(10000, (double)i / d), "Look at the exponent: 2i/d.");
    expect(got, two_pi * pow(10000, 2.0 * i / d), 1e-6, "Look at p times the"
           " speed 10000^(-2i/d): for which p is it 2 pi?");
}

CHECK(wavelength)
{
    wavelength_check(0, 64);
    wavelength_check(5, 64);
    wavelength_check(255, 512);
}

static double WRONG(wavelength, no_turn)(int i, int d)
{
    return pow(10000, 2.0 * i / d);
}

static double WRONG(wavelength, whole_numbers)(int i, int d)
{
    return two_pi * pow(10000, 2 * i / d);
}

static double WRONG(wavelength, sign)(int i, int d)
{
    return two_pi * pow(10000, -2.0 * i / d);
}

/* ---- 3: the code of one position ----------------------------------------- */

static Tensor *coded(int p, int d, bool halves, double exponent, bool turned)
{
    Tensor *x = t_zeros(d);
    for (int i = 0; i < d / 2; i++) {
        double angle = p * pow(10000, -exponent * i / d);
        t_at(x, halves ? i : 2 * i) = (real)(turned ? cos(angle) : sin(angle));
        t_at(x, halves ? d / 2 + i : 2 * i + 1) =
            (real)(turned ? sin(angle) : cos(angle));
    }
    return x;
}

static void position_code_check(int p, int d)
{
    real *code = room_for(d);
    given(p);
    given(d);
    CALL(position_code, (p, d, code));
    suspect(coded(p, d, true, 2, false), "All sines come first, then all"
            " cosines. Look at the places: 2i and 2i + 1.");
    suspect(coded(p, d, false, 2, true), "Sine and cosine have changed places."
            " Look at which comes first.");
    suspect(coded(p, d, false, 1, false), "Look at the exponent: pair i has"
            " 2i/d, not i/d.");
    expect(row(d, code), coded(p, d, false, 2, false), 1e-5, "Look at pair i:"
           " its angle is p / 10000^(2i/d), the same for sine and cosine.");
}

CHECK(position_code)
{
    position_code_check(0, 4);
    position_code_check(3, 6);
    position_code_check(50, 8);
}

static void fill_code(real *code, Tensor *x)
{
    for (int i = 0; i < t_size(x); i++)
        code[i] = t_at(x, i);
}

static void WRONG(position_code, halves)(int p, int d, real *code)
{
    fill_code(code, coded(p, d, true, 2, false));
}

static void WRONG(position_code, cosine_first)(int p, int d, real *code)
{
    fill_code(code, coded(p, d, false, 2, true));
}

static void WRONG(position_code, column_in_the_exponent)(int p, int d,
                                                         real *code)
{
    for (int c = 0; c < d; c++) {
        double angle = p * pow(10000, -(double)c / d);
        code[c] = (real)(c % 2 ? cos(angle) : sin(angle));
    }
}

/* ---- 4: find the bug: every word in the first place ---------------------- */

static void with_position_check(int written, int d)
{
    Rng rng = rng_new(7);
    Tensor *x = simple(&rng, 1, d);
    given(x);
    given(written);
    Tensor *got = CALL(with_position, (x, written));
    suspect(t_add(x, sinusoids(0, 1, d)), "It stands in the first place, like"
            " every other. Look at what `written` tells.");
    suspect(t_add(x, sinusoids(written + 1, 1, d)), "One place too far. Look at"
            " the first word: nothing is written before it, and its position is"
            " 0.");
    expect_shape(got, SHAPE(1, d), "Look at how many rows you add: x has one.");
    expect(got, t_add(x, sinusoids(written, 1, d)), 1e-5, "Look at the position"
           " of a word that has `written` words before it.");
}

CHECK(with_position)
{
    with_position_check(3, 4);
    with_position_check(0, 6);
    with_position_check(20, 2);
}

static Tensor *WRONG(with_position, as_it_was)(Tensor *x, int written)
{
    (void)written;
    return t_add(x, sinusoids(0, 1, t_dim(x, 1)));
}

static Tensor *WRONG(with_position, one_too_far)(Tensor *x, int written)
{
    return t_add(x, sinusoids(written + 1, 1, t_dim(x, 1)));
}

static Tensor *WRONG(with_position, all_rows)(Tensor *x, int written)
{
    return t_add(x, sinusoids(0, written + 1, t_dim(x, 1)));
}

/* ---- 5: what a rotation leaves ------------------------------------------- */

static void rotary_score_check(double a, double b, int p, int j, double s)
{
    given(a);
    given(b);
    given(p);
    given(j);
    given(s);
    double got = CALL(rotary_score, (a, b, p, j, s));
    suspect(cos(a - b), "That is the product before the turning. Look at what"
            " is added to each angle.");
    suspect(cos((p - j) * s), "Look at the angles that they had before.");
    suspect(cos(a + b + (p + j) * s), "Look at the angle between two vectors: a"
            " difference.");
    expect(got, cos(a - b + (p - j) * s), 1e-6, "Look at the two angles after"
           " turning, a + p s and b + j s, and at the angle between them.");
}

CHECK(rotary_score)
{
    rotary_score_check(0, 0, 7, 7, 0.3);
    rotary_score_check(0.5, 0.2, 3, 1, 0.1);
    rotary_score_check(1, -1, 2, 9, 0.25);
}

static double WRONG(rotary_score, not_turned)(double a, double b, int p, int j,
                                              double s)
{
    (void)p, (void)j, (void)s;
    return cos(a - b);
}

static double WRONG(rotary_score, sum)(double a, double b, int p, int j,
                                       double s)
{
    return cos(a + p * s + b + j * s);
}

static double WRONG(rotary_score, turned_apart)(double a, double b, int p,
                                                int j, double s)
{
    return cos(a - b - (p - j) * s);
}

/* ---- 6: one head of ALiBi ------------------------------------------------ */

static Tensor *sloped(int n, double slope, bool later_free)
{
    Tensor *x = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            t_at(x, i, j) = (real)(later_free && j > i
                                   ? 0 : -slope * abs(i - j));
    return x;
}

static void alibi_head_check(int i, int h, int n)
{
    given(i);
    given(h);
    given(n);
    Tensor *got = CALL(alibi_head, (i, h, n));
    double slope = pow(2, -8.0 * i / h);
    suspect(t_scale(sloped(n, slope, false), -1), "Look at the sign: far keys"
            " get less.");
    suspect(sloped(n, pow(2, -8.0 * (i - 1) / h), false), "Heads are counted"
            " from 1. Look at the slope of head 1: 2^(-8/h).");
    suspect(sloped(n, slope, true), "Look at keys that come later: their"
            " distance counts too.");
    expect(got, sloped(n, slope, false), 1e-6, "Look at one element: row 0,"
           " column 1 should be -2^(-8i/h).");
}

CHECK(alibi_head)
{
    alibi_head_check(1, 8, 2);
    alibi_head_check(3, 4, 5);
    alibi_head_check(2, 3, 4);
}

static Tensor *WRONG(alibi_head, sign)(int i, int h, int n)
{
    return sloped(n, -pow(2, -8.0 * i / h), false);
}

static Tensor *WRONG(alibi_head, from_zero)(int i, int h, int n)
{
    return sloped(n, pow(2, -8.0 * (i - 1) / h), false);
}

static Tensor *WRONG(alibi_head, whole_numbers)(int i, int h, int n)
{
    return sloped(n, pow(2, -8 * i / h), false);
}

/* ---- 7: a step is a matrix ----------------------------------------------- */

static Tensor *stepping(int k, int d)
{
    Tensor *m = t_zeros(d, d);
    for (int i = 0; i < d / 2; i++) {
        double b = k * angular_speed(i, d);
        t_at(m, 2 * i, 2 * i) = t_at(m, 2 * i + 1, 2 * i + 1) = (real)cos(b);
        t_at(m, 2 * i + 1, 2 * i) = (real)sin(b);
        t_at(m, 2 * i, 2 * i + 1) = (real)-sin(b);
    }
    return m;
}

static void step_matrix_check(int k, int d)
{
    given(k);
    given(d);
    Tensor *got = CALL(step_matrix, (k, d));
    expect_shape(got, SHAPE(d, d), "Look at the shape: a code has d numbers,"
                 " before and after.");
    suspect(t_transpose(stepping(k, d)), "That steps back by k. Look at rows"
            " and columns: codes are rows, on the left.");
    suspect(stepping(1, d), "That is a step of 1. Look at the angle: k times"
            " the speed.");
    expect(got, stepping(k, d), 1e-5, "Look at d = 2: (sin a, cos a) times your"
           " matrix should be (sin(a + b), cos(a + b)).");
}

CHECK(step_matrix)
{
    step_matrix_check(2, 2);
    step_matrix_check(3, 6);
    step_matrix_check(-1, 4);
}

static Tensor *WRONG(step_matrix, backwards)(int k, int d)
{
    return stepping(-k, d);
}

static Tensor *WRONG(step_matrix, one_step)(int k, int d)
{
    (void)k;
    return stepping(1, d);
}

static Tensor *WRONG(step_matrix, one_speed)(int k, int d)
{
    Tensor *m = t_zeros(d, d);
    for (int i = 0; i < d; i++)
        t_at(m, i, i) = (real)cos(k);
    for (int i = 0; i < d; i += 2) {
        t_at(m, i + 1, i) = (real)sin(k);
        t_at(m, i, i + 1) = (real)-sin(k);
    }
    return m;
}

/* 07_positional_encoding.c -- the checks of chapter 7's exercises, and answers,
 * wrong and right, that try them. README.md says how to write both. */

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
static char WRONG(man_bites_dog, upper_case)(void) { return 'B'; }
static char WRONG(man_bites_dog, a_number)(void) { return 2; }
static char WRONG(man_bites_dog, no_such_letter)(void) { return 'e'; }

static char RIGHT(man_bites_dog, the_letter)(void) { return 'b'; }
static char RIGHT(man_bites_dog, the_one_after_a)(void) { return 'a' + 1; }

/* By trying: are the outputs of the reversed sentence the outputs reversed? */
static char RIGHT(man_bites_dog, tried_out)(void)
{
    Rng rng = rng_new(3);
    Tensor *x = t_normal(&rng, 3, 4), *turned = NULL, *back = NULL;
    for (int i = 2; i >= 0; i--) {
        Tensor *row = t_slice(x, 0, i, i + 1);
        turned = turned ? t_concat(0, turned, row) : row;
    }
    Tensor *y = t_attention(x, x, x, (AttentionOptions){ 0 });
    turned = t_attention(turned, turned, turned, (AttentionOptions){ 0 });
    for (int i = 2; i >= 0; i--) {
        Tensor *row = t_slice(turned, 0, i, i + 1);
        back = back ? t_concat(0, back, row) : row;
    }
    return t_distance(y, back) < 1e-5 ? 'b' : 'd';
}

/* ---- 2: how long is a wave ----------------------------------------------- */

static const double two_pi = 6.283185307179586;

static void wavelength_check(int i, int d)
{
    double right = two_pi * pow(10000, 2.0 * i / d);
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
    suspect(pow(10000, 2.0 * i / d) / two_pi, "Look at which stands above the"
            " fraction bar: a full turn, over what it turns in one step.");
    suspect(two_pi / 2 * pow(10000, 2.0 * i / d), "That is half a turn. Look at"
            " how far it is all the way round: 2 pi.");
    expect(got, right, 1e-6, fabs(got / right - 1) < 0.01
           ? "Nearly. The formula seems right. Look at how exact your pi is:"
             " acos(-1) has all its digits."
           : "Look at p times the speed 10000^(-2i/d): for which p is it"
             " 2 pi?");
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

static double WRONG(wavelength, pi_rounded)(int i, int d)
{
    return 6.28 * pow(10000, 2.0 * i / d);
}

static double WRONG(wavelength, half_a_turn)(int i, int d)
{
    return two_pi / 2 * pow(10000, 2.0 * i / d);
}

static double WRONG(wavelength, half_the_exponent)(int i, int d)
{
    return two_pi * pow(10000, (double)i / d);
}

static double RIGHT(wavelength, over_the_speed)(int i, int d)
{
    return 2 * acos(-1) / angular_speed(i, d);
}

static double RIGHT(wavelength, by_exp)(int i, int d)
{
    return 8 * atan(1) * exp(log(10000) * 2 * i / d);
}

static double RIGHT(wavelength, step_by_step)(int i, int d)
{
    double length = two_pi;
    for (int pair = 0; pair < i; pair++)
        length *= pow(10000, 2.0 / d);
    return length;
}

/* ---- 3: the same waves, laid out differently ----------------------------- */

typedef struct {
    bool pairs;         /* sine beside cosine, as in the paper */
    bool cosines_first;
    int steps;          /* from the first speed to that of 1/10000 */
} Layout;

static Tensor *coded(int p, int d, Layout layout)
{
    Tensor *x = t_zeros(d);
    for (int i = 0; i < d / 2; i++) {
        double angle = p * pow(10000, -(double)i / layout.steps);
        int first = layout.pairs ? 2 * i : i;
        int second = layout.pairs ? 2 * i + 1 : d / 2 + i;
        t_at(x, layout.cosines_first ? second : first) = (real)sin(angle);
        t_at(x, layout.cosines_first ? first : second) = (real)cos(angle);
    }
    return x;
}

static void position_code_check(int p, int d)
{
    int steps = d / 2 - 1;
    real *code = room_for(d);
    given(p);
    given(d);
    CALL(position_code, (p, d, code));
    suspect(coded(p, d, (Layout){ true, false, d / 2 }), "That is the paper's"
            " formula. Look at the text: the order of the columns, and the"
            " slowest speed, are others.");
    suspect(coded(p, d, (Layout){ true, false, steps }), "The speeds are right."
            " Look at the places: first all sines, then all cosines.");
    suspect(coded(p, d, (Layout){ false, true, steps }), "Sines and cosines have"
            " changed places. Look at which come first.");
    suspect(coded(p, d, (Layout){ false, false, d / 2 }), "The places are right."
            " Look at the last pair: its speed should be 1/10000. How many steps"
            " are there from the first to it?");
    suspect(coded(p, d, (Layout){ false, false, d }), "Look at the exponent:"
            " only d/2 pairs share the way from 1 to 1/10000.");
    expect(row(d, code), coded(p, d, (Layout){ false, false, steps }), 1e-5,
           "Look at pair i: its angle is p times 10000^(-i / (d/2 - 1)), the"
           " same for its sine and its cosine.");
}

CHECK(position_code)
{
    position_code_check(1, 4);
    position_code_check(3, 6);
    position_code_check(50, 8);
    position_code_check(0, 10);
    position_code_check(7, 64);
}

static void fill_code(real *code, Tensor *x)
{
    for (int i = 0; i < t_size(x); i++)
        code[i] = t_at(x, i);
}

static void WRONG(position_code, as_in_the_paper)(int p, int d, real *code)
{
    fill_code(code, sinusoids(p, 1, d));
}

static void WRONG(position_code, in_pairs)(int p, int d, real *code)
{
    fill_code(code, coded(p, d, (Layout){ true, false, d / 2 - 1 }));
}

static void WRONG(position_code, cosines_first)(int p, int d, real *code)
{
    fill_code(code, coded(p, d, (Layout){ false, true, d / 2 - 1 }));
}

static void WRONG(position_code, a_step_too_many)(int p, int d, real *code)
{
    fill_code(code, coded(p, d, (Layout){ false, false, d / 2 }));
}

static void WRONG(position_code, whole_numbers)(int p, int d, real *code)
{
    for (int i = 0; i < d / 2; i++) {
        double angle = p * pow(10000, -i / (d / 2 - 1));
        code[i] = (real)sin(angle);
        code[d / 2 + i] = (real)cos(angle);
    }
}

static void WRONG(position_code, sines_alone)(int p, int d, real *code)
{
    Tensor *x = coded(p, d, (Layout){ false, false, d / 2 - 1 });
    for (int i = 0; i < d / 2; i++)
        code[i] = t_at(x, i);
}

static void WRONG(position_code, one_too_many)(int p, int d, real *code)
{
    fill_code(code, coded(p, d, (Layout){ false, false, d / 2 - 1 }));
    code[d] = 0;
}

static void RIGHT(position_code, column_by_column)(int p, int d, real *code)
{
    for (int c = 0; c < d; c++) {
        double angle = p / pow(1e4, (double)(c % (d / 2)) / (d / 2 - 1));
        code[c] = (real)(c < d / 2 ? sin(angle) : cos(angle));
    }
}

static void RIGHT(position_code, by_factors)(int p, int d, real *code)
{
    double speed = 1, factor = exp(-log(10000) / (d / 2 - 1));
    for (int i = 0; i < d / 2; i++, speed *= factor) {
        code[i] = (real)sin(p * speed);
        code[i + d / 2] = (real)sin(p * speed + acos(-1) / 2);
    }
}

static void RIGHT(position_code, cosines_from_behind)(int p, int d, real *code)
{
    for (int i = d / 2; i-- > 0;) {
        double angle = p * pow(10, -4.0 * i / (d / 2 - 1));
        code[d / 2 + i] = (real)cos(angle);
        code[i] = (real)sin(angle);
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
    with_position_check(1, 8);
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

static Tensor *WRONG(with_position, not_added)(Tensor *x, int written)
{
    return sinusoids(written, 1, t_dim(x, 1));
}

static Tensor *WRONG(with_position, one_too_near)(Tensor *x, int written)
{
    return t_add(x, sinusoids(written > 0 ? written - 1 : 0, 1, t_dim(x, 1)));
}

static Tensor *WRONG(with_position, the_sum_of_all)(Tensor *x, int written)
{
    return t_add(x, t_sum(sinusoids(0, written + 1, t_dim(x, 1)), 0));
}

static Tensor *RIGHT(with_position, a_slice)(Tensor *x, int written)
{
    Tensor *all = sinusoids(0, written + 1, t_dim(x, 1));
    return t_add(x, t_slice(all, 0, written, written + 1));
}

static Tensor *RIGHT(with_position, code_first)(Tensor *x, int written)
{
    Tensor *code = sinusoids(written, 1, t_dim(x, 1));
    return t_add(code, x);
}

static Tensor *RIGHT(with_position, in_a_loop)(Tensor *x, int written)
{
    Tensor *y = t_zeros(1, t_dim(x, 1));
    for (int i = 0; i < t_dim(x, 1); i++) {
        double angle = written * angular_speed(i / 2, t_dim(x, 1));
        t_at(y, 0, i) = t_at(x, 0, i)
                      + (real)(i % 2 ? cos(angle) : sin(angle));
    }
    return y;
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
    suspect(cos(a - b - (p - j) * s), "One of the two was turned the other way,"
            " or a and b have changed places. Look at the two angles: a + p s"
            " and b + j s.");
    suspect(a - b + (p - j) * s, "That is the angle between them. Look at how an"
            " inner product comes from an angle.");
    suspect(sin(a - b + (p - j) * s), "Look at the function: at the angle 0 the"
            " product of two unit vectors is 1.");
    suspect(cos(a - b) + cos((p - j) * s), "Look at the angle first, all of it,"
            " and then take one cosine.");
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

static double WRONG(rotary_score, the_angle)(double a, double b, int p, int j,
                                             double s)
{
    return a - b + (p - j) * s;
}

static double WRONG(rotary_score, sine)(double a, double b, int p, int j,
                                        double s)
{
    return sin(a - b + (p - j) * s);
}

static double WRONG(rotary_score, angles_forgotten)(double a, double b, int p,
                                                    int j, double s)
{
    (void)a, (void)b;
    return cos((p - j) * s);
}

static double RIGHT(rotary_score, multiplied_out)(double a, double b, int p,
                                                  int j, double s)
{
    double q = a + p * s, k = b + j * s;
    return cos(q) * cos(k) + sin(q) * sin(k);
}

static double RIGHT(rotary_score, the_other_difference)(double a, double b,
                                                        int p, int j, double s)
{
    return cos(b - a + s * (j - p));
}

static double RIGHT(rotary_score, by_vectors)(double a, double b, int p, int j,
                                              double s)
{
    Tensor *q = t_vector(cos(a + p * s), sin(a + p * s));
    Tensor *k = t_vector(cos(b + j * s), sin(b + j * s));
    return t_item(t_sum(t_mul(q, k), T_ALL));
}

/* ---- 6: how far a head of ALiBi sees ------------------------------------- */

static void alibi_reach_check(int i, int h, double share)
{
    double slope = pow(2, -8.0 * i / h);
    given(i);
    given(h);
    given(share);
    double got = CALL(alibi_reach, (i, h, share));
    suspect(log(share) / slope, "All is right but the sign. The logarithm of"
            " what is below 1 is negative: look at which way you solve.");
    suspect(-log(share) * slope, "Look at which side the slope stands on: a"
            " steep head sees less far.");
    suspect(-log(share) / pow(2, -8.0 * (i - 1) / h), "Heads are counted from 1"
            " here. Look at the slope of head 1: 2^(-8/h).");
    suspect(-log(share) / pow(2, -(8 * i / h)), "Look for a division of whole"
            " numbers, which drops what is behind the point: 8 * 3 / 5 is 4 in"
            " C.");
    suspect(-log2(share) / slope, "Look at the base of the logarithm: softmax"
            " takes e to the power of a score.");
    suspect((1 - share) / slope, "Look at what softmax makes of a difference of"
            " scores: a ratio, not a difference.");
    suspect(1 / share / slope, "Look at how to undo a power of e.");
    expect(got, -log(share) / slope, 1e-6, "Look at the ratio of the two"
           " weights: e to the power of minus slope times distance.");
}

CHECK(alibi_reach)
{
    alibi_reach_check(1, 8, 0.5);
    alibi_reach_check(3, 5, 0.1);
    alibi_reach_check(8, 8, 0.25);
    alibi_reach_check(2, 3, 1);
}

static double WRONG(alibi_reach, sign)(int i, int h, double share)
{
    return log(share) * pow(2, 8.0 * i / h);
}

static double WRONG(alibi_reach, times_the_slope)(int i, int h, double share)
{
    return -log(share) * pow(2, -8.0 * i / h);
}

static double WRONG(alibi_reach, from_zero)(int i, int h, double share)
{
    return -log(share) * pow(2, 8.0 * (i - 1) / h);
}

static double WRONG(alibi_reach, whole_numbers)(int i, int h, double share)
{
    return -log(share) * pow(2, 8 * i / h);
}

static double WRONG(alibi_reach, base_two)(int i, int h, double share)
{
    return -log2(share) * pow(2, 8.0 * i / h);
}

static double WRONG(alibi_reach, no_logarithm)(int i, int h, double share)
{
    return pow(2, 8.0 * i / h) / share;
}

static double RIGHT(alibi_reach, of_the_inverse)(int i, int h, double share)
{
    return log(1 / share) / exp2(-8.0 * i / h);
}

static double RIGHT(alibi_reach, by_the_table)(int i, int h, double share)
{
    Tensor *bias = alibi_bias(h, 2);
    return log(share) / (double)t_at(bias, i - 1, 0, 1);
}

/* By halving an interval. */
static double RIGHT(alibi_reach, searched_for)(int i, int h, double share)
{
    double near = 0, far = 1e5;
    for (int again = 0; again < 100; again++) {
        double middle = (near + far) / 2;
        if (exp(-pow(2, -8.0 * i / h) * middle) > share)
            near = middle;
        else
            far = middle;
    }
    return near;
}

/* ---- 7: two places back, by position alone ------------------------------- */

/* The code a step of k on, as a matrix for rows; if `one_speed`, all pairs turn
 * as fast as the first. */
static Tensor *stepping(double k, int d, bool one_speed)
{
    Tensor *m = t_zeros(d, d);
    for (int i = 0; i < d / 2; i++) {
        double b = k * (one_speed ? 1 : angular_speed(i, d));
        t_at(m, 2 * i, 2 * i) = t_at(m, 2 * i + 1, 2 * i + 1) = (real)cos(b);
        t_at(m, 2 * i + 1, 2 * i) = (real)sin(b);
        t_at(m, 2 * i, 2 * i + 1) = (real)-sin(b);
    }
    return m;
}

static const char *look_back_advice(int p, int k, int j)
{
    return j == p + k ? "It looks ahead, as far as it should look back. Look at"
                        " the direction of the step; rows stand on the left."
         : j == p     ? "It looks at its own place. Look at what code(p) W should"
                        " be: the code of another place."
         : j == p - 1 ? "It looks one place back. Look at how k enters: each"
                        " angle is k times a speed."
                      : "Look at code(p) W, beside code(p - k): which pair of"
                        " columns differs first?";
}

static void look_back_by_check(int k, int d, int n)
{
    given(k);
    given(d);
    Tensor *w = CALL(look_back_by, (k, d));
    expect_shape(w, SHAPE(d, d), "Look at the shape: a code has d numbers, on"
                 " both sides of W.");
    Tensor *codes = sinusoids(0, n, d);
    Tensor *scores = t_matmul(t_matmul(codes, w), t_transpose(codes));
    for (int p = k; p < n; p++) {
        int best = 0;
        for (int j = 1; j < n; j++)
            if (!(t_at(scores, p, j) <= t_at(scores, p, best)))
                best = j;
        char what[200];
        snprintf(what, sizeof what, "Of %d places, the query at %d scores the"
                 " key at %d highest, with %.4f. The key at %d scores %.4f.", n,
                 p, best, (double)t_at(scores, p, best), p - k,
                 (double)t_at(scores, p, p - k));
        expect_that(best == p - k, what, look_back_advice(p, k, best));
    }
}

CHECK(look_back_by)
{
    look_back_by_check(2, 8, 12);
    look_back_by_check(5, 16, 40);
    look_back_by_check(1, 4, 20);
    look_back_by_check(0, 6, 9);
}

static Tensor *WRONG(look_back_by, ahead)(int k, int d)
{
    return stepping(k, d, false);
}

static Tensor *WRONG(look_back_by, stands_still)(int k, int d)
{
    (void)k;
    return stepping(0, d, false);
}

static Tensor *WRONG(look_back_by, one_step)(int k, int d)
{
    (void)k;
    return stepping(-1, d, false);
}

static Tensor *WRONG(look_back_by, one_speed)(int k, int d)
{
    return stepping(-k, d, true);
}

static Tensor *WRONG(look_back_by, transposed)(int k, int d)
{
    return t_transpose(stepping(-k, d, false));
}

static Tensor *WRONG(look_back_by, sign_of_one_sine)(int k, int d)
{
    Tensor *m = stepping(-k, d, false);
    for (int i = 0; i < d; i += 2)
        t_at(m, i + 1, i) *= -1;
    return m;
}

/* The fastest pair alone is enough here: no whole distance is a full turn. */
static Tensor *RIGHT(look_back_by, one_pair)(int k, int d)
{
    Tensor *m = stepping(-k, d, false), *only = t_zeros(d, d);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            t_at(only, i, j) = t_at(m, i, j);
    return only;
}

/* Louder, and with the pairs weighted: any weights above 0 will do. */
static Tensor *RIGHT(look_back_by, loud_and_weighted)(int k, int d)
{
    Tensor *m = stepping(-k, d, false);
    for (int i = 0; i < d; i++)
        for (int j = 0; j < d; j++)
            t_at(m, i, j) *= (real)(100 + i / 2);
    return m;
}

static Tensor *RIGHT(look_back_by, the_way_back_turned)(int k, int d)
{
    return t_transpose(stepping(k, d, false));
}

static Tensor *RIGHT(look_back_by, step_after_step)(int k, int d)
{
    Tensor *m = stepping(0, d, false);
    for (int i = 0; i < k; i++)
        m = t_matmul(m, stepping(-1, d, false));
    return m;
}

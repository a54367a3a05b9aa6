/* Tests of counting groups of tokens. */
#include "check.h"

#include "learn/counts.h"

#include <stdlib.h>

enum { A = FIRST_WORD, B };

static void groups_are_counted_by_hand(void **state)
{
    (void)state;
    Pairs p = { 0 };
    assert_true(pairs_add(&p, NULL, "a b a", 0));
    assert_true(pairs_add(&p, NULL, "a", 0));
    pairs_sort_words(&p, 1);
    assert_int_equal(vocabulary_find(&p.words[TARGET], "b"), B);
    Counts c = counts_of(&p);
    /* START START a b a END, START START a END */
    const struct {
        int n, group[LONGEST_GROUP], came, before;
    } known[] = {
        { 1, { A }, 3, 3 }, { 1, { B }, 1, 1 }, { 1, { END }, 2, 0 },
        { 1, { START }, 0, 2 }, { 2, { START, A }, 2, 2 },
        { 2, { START, START }, 0, 2 }, { 2, { A, B }, 1, 1 },
        { 2, { B, A }, 1, 1 }, { 2, { A, END }, 2, 0 }, { 2, { B, B }, 0, 0 },
        { 2, { END, A }, 0, 0 }, { 3, { START, START, A }, 2, 0 },
        { 3, { START, A, END }, 1, 0 }, { 3, { A, B, A }, 1, 0 },
        { 3, { A, B, B }, 0, 0 },
    };
    assert_int_equal(counts_before(&c, NULL, 0), 6);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_int_equal(counts_came(&c, known[i].group, known[i].n),
                         known[i].came);
        if (known[i].n < LONGEST_GROUP)
            assert_int_equal(counts_before(&c, known[i].group, known[i].n),
                             known[i].before);
    }
    counts_free(&c);
    pairs_free(&p);
}

static void many_groups_are_counted_as_one_by_one(void **state)
{
    (void)state;
    enum { LONG = 4000, V = 60 };
    Rng rng = rng_new(1);
    int id[LONG], first = FIRST_WORD;
    for (int i = 0; i < LONG; i++)
        id[i] = FIRST_WORD + rng_below(&rng, V);
    Pairs p = { 0 };
    pairs_add_ids(&p, (Ids){ 1, &first }, (Ids){ LONG, id });
    Counts c = counts_of(&p);
    for (int trial = 0; trial < 200; trial++) {
        int i = 2 + rng_below(&rng, LONG - 2), group[LONGEST_GROUP];
        group_at((Ids){ LONG, id }, i, group);
        for (int n = 1; n <= LONGEST_GROUP; n++) {
            const int *last = group + LONGEST_GROUP - n;
            int came = 0, before = 0;
            for (int k = 0; k + n <= LONG; k++) {
                bool here = memcmp(id + k, last, (size_t)n * sizeof *id) == 0;
                came += here;
                before += here;     /* END stands after the last */
            }
            assert_int_equal(counts_came(&c, last, n), came);
            if (n < LONGEST_GROUP)
                assert_int_equal(counts_before(&c, last, n), before);
        }
    }
    assert_int_equal(counts_before(&c, NULL, 0), LONG + 1);
    counts_free(&c);
    pairs_free(&p);
}

static void of_no_texts_nothing_is_counted(void **state)
{
    (void)state;
    Pairs none = { 0 };
    Counts c = counts_of(&none);
    assert_int_equal(counts_before(&c, NULL, 0), 0);
    assert_int_equal(counts_came(&c, (int[]){ A, B, A }, 3), 0);
    counts_free(&c);
    assert_int_equal(c.groups.n, 0);
    assert_null(c.came);
    assert_null(c.before);
}

/* The texts "a b a" and "a", with alpha 2 and V = FIRST_WORD + 2 words. */
static void probabilities_are_worked_out_by_hand(void **state)
{
    (void)state;
    Pairs p = { 0 };
    assert_true(pairs_add(&p, NULL, "a b a", 0));
    assert_true(pairs_add(&p, NULL, "a", 0));
    pairs_sort_words(&p, 1);
    Counts c = counts_of(&p);
    Ids text = { 3, (int[]){ A, B, A } };
    double a = (3 + 2.0 / 6) / (6 + 2), b = (1 + 2.0 / 6) / (6 + 2);
    double end = (2 + 2.0 / 6) / (6 + 2);
    assert_near(counts_probability(&c, text, 0, 1), a, 1e-12);
    assert_near(counts_probability(&c, text, 1, 1), b, 1e-12);
    assert_near(counts_probability(&c, text, 3, 1), end, 1e-12);
    double a_b = (1 + 2 * b) / (3 + 2), b_a = (1 + 2 * a) / (1 + 2);
    assert_near(counts_probability(&c, text, 1, 2), a_b, 1e-12);
    assert_near(counts_probability(&c, text, 2, 2), b_a, 1e-12);
    assert_near(counts_probability(&c, text, 2, 3), (1 + 2 * b_a) / (1 + 2),
                1e-12);
    /* What never came is left to the shorter context. */
    Ids other = { 3, (int[]){ B, B, A } };
    assert_near(counts_probability(&c, other, 2, 3), b_a, 1e-12);
    double sum = 0;
    for (int i = 0; i <= 3; i++)
        sum += log(counts_probability(&c, text, i, 2));
    text.n = 1;
    for (int i = 0; i <= 1; i++)
        sum += log(counts_probability(&c, text, i, 2));
    assert_near(counts_loss(&c, &p, 2), -sum / 6, 1e-12);
    counts_free(&c);
    pairs_free(&p);
}

static void all_probabilities_of_a_place_sum_to_one(void **state)
{
    (void)state;
    Pairs p = { 0 };
    assert_true(pairs_add(&p, NULL, "a b a c a b", 0));
    pairs_sort_words(&p, 1);
    Counts c = counts_of(&p);
    for (int n = 1; n <= LONGEST_GROUP; n++) {
        double sum = 0;
        for (int token = 0; token < c.words; token++)
            sum += counts_probability(&c, (Ids){ 3, (int[]){ A, B, token } }, 2,
                                      n);
        assert_near(sum, 1, 1e-12);
    }
    counts_free(&c);
    pairs_free(&p);
}

/* After "a" mostly "b" came; but before "c c" only "c". */
static void a_blank_is_filled_from_one_side_and_from_both(void **state)
{
    (void)state;
    Pairs p = { 0 };
    assert_true(pairs_add(&p, NULL, "a b b b", 0));
    assert_true(pairs_add(&p, NULL, "a b b b", 0));
    assert_true(pairs_add(&p, NULL, "a c c c", 0));
    pairs_sort_words(&p, 1);
    Counts counts = counts_of(&p);
    int a = vocabulary_find(&p.words[TARGET], "a");
    int b = vocabulary_find(&p.words[TARGET], "b");
    int c = vocabulary_find(&p.words[TARGET], "c");
    int id[] = { a, UNKNOWN, c, c };
    Ids text = { 4, id };
    assert_int_equal(counts_fill(&counts, text, 1, false), b);
    assert_int_equal(counts_fill(&counts, text, 1, true), c);
    assert_int_equal(id[1], UNKNOWN);
    counts_free(&counts);
    pairs_free(&p);
}

/* Behind "a b" and "a d" comes "e" each time; but "g" only in the second. Behind
 * "d" mostly the text ends. */
static void all_that_hangs_on_a_blank_counts_and_only_words_fill_it(void **state)
{
    (void)state;
    Pairs p = { 0 };
    for (int i = 0; i < 3; i++)
        assert_true(pairs_add(&p, NULL, "a b e f", 0));
    for (int i = 0; i < 2; i++)
        assert_true(pairs_add(&p, NULL, "a d e g", 0));
    for (int i = 0; i < 9; i++)
        assert_true(pairs_add(&p, NULL, "d", 0));
    pairs_sort_words(&p, 1);
    Counts counts = counts_of(&p);
    const Vocabulary *v = &p.words[TARGET];
    int a = vocabulary_find(v, "a"), b = vocabulary_find(v, "b");
    int d = vocabulary_find(v, "d"), e = vocabulary_find(v, "e");
    Ids text = { 4, (int[]){ a, UNKNOWN, e, vocabulary_find(v, "g") } };
    assert_int_equal(counts_fill(&counts, text, 1, false), b);
    assert_int_equal(counts_fill(&counts, text, 1, true), d);
    Ids ends = { 2, (int[]){ d, UNKNOWN } };
    assert_int_equal(counts_fill(&counts, ends, 1, false), e);
    counts_free(&counts);
    pairs_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(groups_are_counted_by_hand),
        TEST(many_groups_are_counted_as_one_by_one),
        TEST(of_no_texts_nothing_is_counted),
        TEST(probabilities_are_worked_out_by_hand),
        TEST(all_probabilities_of_a_place_sum_to_one),
        TEST(a_blank_is_filled_from_one_side_and_from_both),
        TEST(all_that_hangs_on_a_blank_counts_and_only_words_fill_it),
    };
    return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}

/* Tests of pairs of numbers that have numbers. */
#include "check.h"

#include "base/couples.h"

static void couples_have_numbers_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    enum { N = 40 };
    Couples c = { 0 };
    assert_int_equal(couples_find(&c, (Couple){ 1, 2 }), -1);
    for (int i = 0; i < N * N; i++)
        assert_int_equal(couples_add(&c, (Couple){ i % N, i / N }), i);
    assert_int_equal(c.n, N * N);
    for (int i = 0; i < N * N; i++) {
        Couple couple = { i % N, i / N };
        assert_int_equal(couples_find(&c, couple), i);
        assert_int_equal(couples_add(&c, couple), i);
        Couple back = couple_of(couple_bits(couple));
        assert_true(back.left == couple.left && back.right == couple.right);
    }
    assert_int_equal(couples_find(&c, (Couple){ N, 0 }), -1);
    assert_int_equal(c.n, N * N);
    couples_free(&c);
    assert_int_equal(c.n, 0);
    assert_int_equal(couples_find(&c, (Couple){ 0, 0 }), -1);
    assert_int_equal(couples_add(&c, (Couple){ 3, 4 }), 0);     /* anew */
    couples_free(&c);
}

static void a_tally_counts_and_remembers_places(void **state)
{
    (void)state;
    enum { N = 2000, PLACES = 30 };
    Tallies t = { 0 };
    for (int i = 0; i < N; i++)
        for (int place = 0; place <= i % PLACES; place++) {
            tally(&t, (Couple){ i, 7 }, 2, place);
            tally(&t, (Couple){ i, 7 }, 1, place);
        }
    tally(&t, (Couple){ 5, 7 }, -4, 2);
    assert_int_equal(t.couples.n, N);
    for (int i = 0; i < N; i++) {
        const Tally *of = &t.of[couples_find(&t.couples, (Couple){ i, 7 })];
        assert_int_equal(of->n, i % PLACES + 1);
        assert_int_equal(of->count, 3 * of->n - (i == 5 ? 4 : 0));
        for (int k = 0; k < of->n; k++)
            assert_int_equal(of->place[k], k);
    }
    tallies_free(&t);
    assert_int_equal(t.couples.n, 0);
    tally(&t, (Couple){ 7, 5 }, 1, 9);          /* anew */
    assert_int_equal(t.of[0].count, 1);
    assert_int_equal(t.of[0].n, 1);
    tallies_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(couples_have_numbers_in_the_order_in_which_they_came),
        TEST(a_tally_counts_and_remembers_places),
    };
    return cmocka_run_group_tests_name("couples", tests, NULL, NULL);
}

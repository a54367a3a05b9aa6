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
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(couples_have_numbers_in_the_order_in_which_they_came),
    };
    return cmocka_run_group_tests_name("couples", tests, NULL, NULL);
}

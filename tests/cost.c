/* Tests of cost.c: what was multiplied to make a tensor, and what waited. The
 * formulas of whole layers are in 12_windows.c. */
#include "check.h"

#include "tensor/cost.h"

static void products_are_counted_once_and_chains_from_end_to_end(void **state)
{
    (void)state;
    Cost none = cost_of(t_exp(t_vector(1, 2)));
    assert_near(none.multiplications, 0, 0);
    assert_int_equal(none.waits, 0);
    Tensor *shared = t_matmul(t_zeros(2, 3), t_zeros(3, 4));        /* 24 */
    Cost twice = cost_of(t_matmul(t_transpose(shared), shared));    /* 32 */
    assert_near(twice.multiplications, 24 + 32, 0);
    assert_int_equal(twice.waits, 2);
    Tensor *y = t_linear(t_zeros(5, 2), t_zeros(2, 3), t_zeros(3));
    Cost side_by_side = cost_of(t_add(y, t_matmul(t_zeros(5, 7),
                                                  t_zeros(7, 3))));
    assert_near(side_by_side.multiplications, 30 + 105, 0);
    assert_int_equal(side_by_side.waits, 1);
    tape_reset();
}

static void attention_is_two_products_one_after_the_other(void **state)
{
    (void)state;
    Tensor *q = t_zeros(2, 5, 4), *k = t_zeros(2, 3, 4), *v = t_zeros(2, 3, 6);
    Cost cost = cost_of(t_attention(q, k, v, (AttentionOptions){ 0 }));
    assert_near(cost.multiplications, 2 * 5 * 3 * (4 + 6), 0);
    assert_int_equal(cost.waits, 2);
    tape_reset();
}

static void too_many_operations_are_refused(void **state)
{
    (void)state;
    Tensor *x = t_vector(1);
    for (int i = 0; i < 40000; i++)
        x = t_scale(x, 1);
    assert_refuses("cost_of: more than 32768 operations", cost_of(x));
    tape_free();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(products_are_counted_once_and_chains_from_end_to_end),
        TEST(attention_is_two_products_one_after_the_other),
        TEST(too_many_operations_are_refused),
    };
    return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}

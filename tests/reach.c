/* Tests of how far back models reach, as it is printed. */
#include "check.h"

#include "data/reach.h"

static void sizes_are_printed_at_powers_of_two(void **state)
{
    (void)state;
    static Reach reach[2] = { { .name = "falls" }, { .name = "a √ stays" } };
    for (int k = 0; k <= FARTHEST; k++) {
        reach[0].size[k] = pow(0.1, k);
        reach[1].size[k] = k;
    }
    capture_output();
    reach_show(2, reach, 9, 1, "reach", "distance falls stays");
    assert_string_equal(captured_output(),
        "words before                 1       2       4       8\n"
        "falls                      0.1    0.01  0.0001   1e-08\n"
        "a √ stays                    1       2       4       8\n");
}

static void the_farthest_is_printed_if_it_is_one(void **state)
{
    (void)state;
    static const Reach reach = { "one", { 1, 0.5, 0.25 } };
    capture_output();
    reach_show(1, &reach, 2, 2, "reach", "distance one");
    assert_string_equal(captured_output(),
                        "words before                 1       2\n"
                        "one                        0.5    0.25\n");
    capture_output();
    reach_show(1, &reach, 1, 2, "reach", "distance one");
    assert_string_equal(captured_output(), "words before                 1\n"
                                           "one                        0.5\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sizes_are_printed_at_powers_of_two),
        TEST(the_farthest_is_printed_if_it_is_one),
    };
    return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}

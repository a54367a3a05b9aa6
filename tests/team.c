/* Tests of team.c: a team of one. Larger ones are tried by team.sh. */
#define _GNU_SOURCE
#include "child.h"

#include "learn/team.h"

static int chapter_main(char **argv)
{
    if (*argv[1])
        setenv(argv[1], argv[2], 1);
    team_begin();
    printf("alone\n");
    team_end();
    return 0;
}

static void one_process_is_all_there_is_and_changes_nothing(void **state)
{
    (void)state;
    double numbers[] = { 1, 2.5 };
    Params list = { 0 };
    Tensor *p = t_param(&list, 2);
    t_backward(t_sum(p, 0));
    team_begin();
    assert_int_equal(team_size(), 1);
    assert_int_equal(team_rank(), 0);
    team_sum(2, numbers);
    team_sum_gradients(&list);
    team_check("data", 7);
    team_end();
    assert_true(numbers[0] == 1 && numbers[1] == 2.5);
    assert_true(t_at(t_grad(p), 0) == 1 && t_at(t_grad(p), 1) == 1);
    tape_free();
}

/* Else each would train, and write the same file. */
static void one_of_many_that_mpirun_has_started_is_refused(void **state)
{
    (void)state;
    RUN("", "");
    assert_string_equal(child.out, "alone\n");
    assert_int_equal(child.status, 0);
    static const char *const names[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE" };
    for (int i = 0; i < 2; i++) {
        RUN(names[i], "1");
        assert_string_equal(child.out, "alone\n");
        RUN(names[i], "2");
        assert_int_equal(child.status, 1);
        assert_string_equal(child.out, "");
        assert_non_null(strstr(child.err, "`make mpi` builds"));
    }
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_process_is_all_there_is_and_changes_nothing),
        cmocka_unit_test(one_of_many_that_mpirun_has_started_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of progress.c: what is told of long work, and what is not. */
#define _GNU_SOURCE
#include "child.h"

#include "cell/cell.h"
#include "cell/progress.h"

/* What the child does: work that takes so many tenths of a second. */
static int chapter_main(int argc, char **argv)
{
    int tenths = argc > 1 ? atoi(argv[1]) : 0;
    double begin = clock_seconds();
    Progress p = progress_begin("step", 0, 10);
    for (long done = 0; clock_seconds() - begin < tenths / 10.0;) {
        done = (long)((clock_seconds() - begin) * 100 / tenths);
        progress_show(&p, done, "loss %.3f", 1.5);
    }
    progress_end(&p);
    return 0;
}

static void long_work_is_told_of_in_plain_lines_on_stderr(void **state)
{
    (void)state;
    RUN("15");
    assert_int_equal(child.status, 0);
    assert_string_equal(child.out, "");
    assert_ptr_equal(strstr(child.err, "step "), child.err);
    assert_non_null(strstr(child.err, "/10  loss 1.500  0:0"));
    assert_non_null(strstr(child.err, " left\n"));
    assert_null(strchr(child.err, '\r'));
    assert_ptr_equal(strchr(child.err, '\n') + 1,     /* one line is enough */
                     child.err + strlen(child.err));
}

static void short_work_is_not_told_of(void **state)
{
    (void)state;
    RUN("3");
    went_well();
    assert_string_equal(child.out, "");
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_work_is_told_of_in_plain_lines_on_stderr),
        cmocka_unit_test(short_work_is_not_told_of),
    };
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}

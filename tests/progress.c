/* Tests of progress.c: what is told of long work, and what is not. */
#define _GNU_SOURCE
#include "child.h"

#include "cell/cell.h"
#include "cell/progress.h"

#include <time.h>

/* Half of some work, which has begun 100 seconds ago. */
static int half_done(void)
{
    Progress p = progress_begin("step", 20, 30);
    p.begin -= 100;
    p.shown -= 100;
    progress_show(&p, 25, "loss %.3f", 1.5);
    return 0;
}

/* What the child does: work that takes so many tenths of a second. */
static int chapter_main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "half") == 0)
        return half_done();
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

static double wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void a_clock_goes_as_fast_as_the_one_on_the_wall(void **state)
{
    (void)state;
    double before = wall(), begin = clock_seconds();
    nanosleep(&(struct timespec){ 0, 30000000 }, NULL);
    double took = clock_seconds() - begin;
    assert_true(took >= 0.0299);
    assert_true(took <= wall() - before + 0.001);
    begin = clock_busy_seconds();
    nanosleep(&(struct timespec){ 0, 30000000 }, NULL);
    took = clock_busy_seconds() - begin;
    assert_true(took >= 0 && took < 0.03);
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

static void what_is_left_takes_as_long_as_what_was_done(void **state)
{
    (void)state;
    RUN("half");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.err, "step 25/30  loss 1.500  1:4"));
}

/* The line is written over and over, and wiped away at the end. */
static void on_a_terminal_one_line_is_kept_up_to_date(void **state)
{
    (void)state;
    int ours = posix_openpt(O_RDWR | O_NOCTTY);
    if (ours < 0 || grantpt(ours) != 0 || unlockpt(ours) != 0)
        skip();
    int terminal = open(ptsname(ours), O_RDWR | O_NOCTTY);
    if (terminal < 0)
        skip();
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
        dup2(terminal, STDERR_FILENO);
        execl(child_program, "x", "--as-chapter", "14", (char *)NULL);
        _exit(127);
    }
    int status;
    waitpid(id, &status, 0);
    assert_int_equal(status, 0);
    char seen[4000];
    ssize_t n = read(ours, seen, sizeof seen - 1);
    assert_true(n > 0);
    seen[n] = '\0';
    close(terminal);
    close(ours);
    assert_null(strchr(seen, '\n'));
    int lines = 0;
    const char *line = seen;
    for (; *line == '\r' && line[1] == 's'; line = strchr(line + 1, '\r')) {
        assert_ptr_equal(strstr(line, "\rstep "), line);
        lines++;
    }
    assert_in_range(lines, 2, 15);  /* at most ten a second */
    size_t blank = strspn(line + 1, " ");
    assert_true(blank >= strlen("step 7/10  loss 1.500  0:00 left"));
    assert_string_equal(line + 1 + blank, "\r");
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
        cmocka_unit_test(a_clock_goes_as_fast_as_the_one_on_the_wall),
        cmocka_unit_test(long_work_is_told_of_in_plain_lines_on_stderr),
        cmocka_unit_test(what_is_left_takes_as_long_as_what_was_done),
        cmocka_unit_test(on_a_terminal_one_line_is_kept_up_to_date),
        cmocka_unit_test(short_work_is_not_told_of),
    };
    return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}

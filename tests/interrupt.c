/* Tests of interrupt.c: who asks to stop is heard once, and obeyed at the second
 * time. */
#define _GNU_SOURCE
#include "child.h"

#include "base/interrupt.h"

/* What becomes of a program that watches and is sent a signal so many times: it
 * exits with 1 if it has been asked to stop, and with 0 if not. */
static int sent(int number, int times, void (*before)(int))
{
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
        signal(number, before);
        interrupt_watch();
        interrupt_watch();
        if (interrupt_asked())
            _exit(2);
        for (int i = 0; i < times; i++)
            raise(number);
        _exit(interrupt_asked());
    }
    int status;
    assert_int_equal(waitpid(id, &status, 0), id);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void the_first_signal_asks_and_the_second_ends(void **state)
{
    (void)state;
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        assert_int_equal(sent(signals[i], 0, SIG_DFL), 0);
        assert_int_equal(sent(signals[i], 1, SIG_DFL), 1);
        assert_int_equal(sent(signals[i], 2, SIG_DFL), 1000 + signals[i]);
    }
}

/* As nohup starts it. */
static void a_closed_terminal_may_be_of_no_interest(void **state)
{
    (void)state;
    assert_int_equal(sent(SIGHUP, 2, SIG_IGN), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_signal_asks_and_the_second_ends),
        cmocka_unit_test(a_closed_terminal_may_be_of_no_interest),
    };
    return cmocka_run_group_tests_name("interrupt", tests, NULL, NULL);
}

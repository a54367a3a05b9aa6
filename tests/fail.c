/* Tests of fail.c: how a program ends that cannot go on. */
#define _GNU_SOURCE
#include "child.h"

#include "base/fail.h"
#include "base/whole.h"
#include "tensor/tensor.h"


/* So that sanitizers, too, say no by giving NULL. */
const char *__asan_default_options(void), *__tsan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* In a whole number of pages, whatever a size_t holds. */
static const size_t too_much = SIZE_MAX / 2 - 4095;

static void speak_first(void)
{
    fputs("first, and ", stderr);
}

static void ignore(const char *message)
{
    (void)message;
}

/* A file that is never finished, and then the end that the name asks for. */
static int chapter_main(int argc, char **argv)
{
    const char *how = argv[1], *reason;
    die_as("05_example");
    if (argc > 2) {
        Whole *file = whole_begin(argv[2], NULL, &reason);
        fputs("half of it", file->stream);
    }
    printf("so far\n");
    if (strcmp(how, "die") == 0)
        die("the corpus '%s' ends in line %d", "x.tsv", 7);
    if (strcmp(how, "waits") == 0) {
        before_last_words(speak_first);
        die("then this");
    }
    if (strcmp(how, "leaves") == 0) {
        before_good_end(speak_first);
        end_well();
    }
    if (strcmp(how, "ends well") == 0)
        end_well();
    if (strcmp(how, "usage") == 0)
        die_usage("--beam: expected 1 to %d", 64);
    if (strcmp(how, "mistake") == 0)
        t_dim(t_vector(1, 2), 3);
    if (strcmp(how, "check") == 0)
        stdout_check();
    if (strcmp(how, "unbuffered") == 0) {
        setvbuf(stdout, NULL, _IONBF, 0);
        printf("nor is this\n");
        stdout_check();
    }
    if (strcmp(how, "handler") == 0) {
        t_on_error = ignore;
        t_fail("nobody hears this");
    }
    if (strcmp(how, "arena") == 0)
        tape_room(too_much);
    if (strcmp(how, "grown") == 0)
        grown(NULL, too_much / 4, 4);
    if (strcmp(how, "product") == 0)
        grown(NULL, SIZE_MAX / 2, 4);
    return 0;
}

/* One line, what was printed before it, and no file. (The address sanitizer has
 * a line of its own on a piece of memory that is too large.) */
static void ends(const char *how, int status, const char *line)
{
    RUN(how, in_folder("new"));
    assert_string_equal(child.out, "so far\n");
    const char *said = strstr(child.err, "05_example");
    assert_string_equal(said ? said : child.err, line);
    assert_int_equal(child.status, status);
    assert_int_equal(count_files(""), 0);
}

static void dying_is_one_line_and_status_1(void **state)
{
    (void)state;
    ends("die", 1, "05_example: the corpus 'x.tsv' ends in line 7\n");
}

static void a_function_may_be_called_before_the_reason(void **state)
{
    (void)state;
    RUN("waits");
    assert_string_equal(child.err, "first, and 05_example: then this\n");
    assert_int_equal(child.status, 1);
}

static void a_function_may_be_called_before_a_good_end(void **state)
{
    (void)state;
    RUN("leaves");
    assert_string_equal(child.out, "so far\n");
    assert_string_equal(child.err, "first, and ");
    assert_int_equal(child.status, 0);
    RUN("ends well");
    went_well();
}

static void wrong_usage_is_one_line_and_status_2(void **state)
{
    (void)state;
    ends("usage", 2, "05_example: --beam: expected 1 to 64 (see --help)\n");
}

static void a_mistake_names_its_line_and_aborts_and_no_file_stays(void **state)
{
    (void)state;
    RUN("mistake", in_folder("new"));
    assert_string_equal(child.out, "so far\n");
    assert_ptr_equal(strstr(child.err, "fail.c:"), child.err);
    assert_non_null(strstr(child.err, ": t_dim: axis 3 of a tensor with 1"));
    assert_int_equal(child.status, 1000 + SIGABRT);
    assert_int_equal(count_files(""), 0);
}

static void no_memory_is_refused_by_the_machine(void **state)
{
    (void)state;
    char line[200];
    snprintf(line, sizeof line, "05_example: out of memory: %zu bytes more than "
             "the 0 in use\n", too_much);
    ends("arena", 1, line);
    snprintf(line, sizeof line, "05_example: out of memory: %zu bytes\n",
             too_much);
    ends("grown", 1, line);
    snprintf(line, sizeof line, "05_example: out of memory: %zu times 4 bytes\n",
             SIZE_MAX / 2);
    ends("product", 1, line);
}

static void an_end_that_was_meant_leaves_no_unfinished_file(void **state)
{
    (void)state;
    ends("well", 0, "");
}

/* Where both go to one file, what was printed stands before the reason. */
static void the_reason_comes_last(void **state)
{
    (void)state;
    static const char *const hows[] = { "die", "usage", "mistake" };
    static const char *const reasons[] = {
        "so far\n05_example: the corpus 'x.tsv' ends in line 7\n",
        "so far\n05_example: --beam: expected 1 to 64 (see --help)\n",
        "so far\nfail.c:" };
    for (int i = 0; i < 3; i++) {
        char command[1200];
        snprintf(command, sizeof command, "%s --as-chapter %s >%s 2>&1",
                 child_program, hows[i], in_folder("both"));
        assert_int_not_equal(system(command), 0);
        assert_ptr_equal(strstr(contents("both"), reasons[i]),
                         contents("both"));
    }
}

static void output_that_is_lost_is_noticed_sooner_or_later(void **state)
{
    (void)state;
    static const char *const hows[] = { "check", "unbuffered" };
    for (int i = 0; i < 2; i++) {
        RUN(hows[i]);
        went_well();
        RUN_ON_FULL_DISK(hows[i]);
        assert_int_equal(child.status, 1);
        assert_ptr_equal(strstr(child.err, "05_example: cannot write the "
                                "output: "), child.err);
    }
}

static void a_handler_that_returns_ends_the_program(void **state)
{
    (void)state;
    RUN("handler");
    assert_int_equal(child.status, 1000 + SIGABRT);
    assert_string_equal(child.err, "");
}

static int calls[8];
#define CALL(k) static void call##k(void) { calls[k]++; }
CALL(0) CALL(1) CALL(2) CALL(3) CALL(4) CALL(5) CALL(6) CALL(7)
static void one_more(void) { }

static const char *said;
static jmp_buf back;
static void listen(const char *message)
{
    said = message;
    longjmp(back, 1);
}

static void at_most_eight_functions_wait_for_the_end(void **state)
{
    (void)state;
    on_stop(call0);
    on_stop(call1);
    on_stop(call2);
    on_stop(call3);
    on_stop(call4);
    on_stop(call5);
    on_stop(call6);
    on_stop(call7);
    on_stop(call0);     /* are there already */
    on_stop(call3);
    on_stop(call7);
    ErrorHandler before = t_on_error;
    t_on_error = listen;
    if (setjmp(back) == 0)
        on_stop(one_more);
    t_on_error = before;
    assert_non_null(said);
    assert_non_null(strstr(said, "on_stop: more than 8 functions"));
    assert_int_equal(calls[3], 0);
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(dying_is_one_line_and_status_1),
        cmocka_unit_test(a_function_may_be_called_before_the_reason),
        cmocka_unit_test(a_function_may_be_called_before_a_good_end),
        FOLDER_TEST(wrong_usage_is_one_line_and_status_2),
        FOLDER_TEST(a_mistake_names_its_line_and_aborts_and_no_file_stays),
        FOLDER_TEST(no_memory_is_refused_by_the_machine),
        FOLDER_TEST(an_end_that_was_meant_leaves_no_unfinished_file),
        FOLDER_TEST(the_reason_comes_last),
        cmocka_unit_test(output_that_is_lost_is_noticed_sooner_or_later),
        cmocka_unit_test(at_most_eight_functions_wait_for_the_end),
        cmocka_unit_test(a_handler_that_returns_ends_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

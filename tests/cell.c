/* Cells and the command line of a chapter. */
#define _GNU_SOURCE
#include <signal.h>
#include <time.h>

#include "check.h"
#include "child.h"

#include "cell/cell.h"
#include "tensor/tensor.h"

/* ---- the chapter -------------------------------------------------------- */

static void two_by_two(void)
{
    printf("1 0\n0 1\n");
}

static void words(void)
{
    Words list = cell_words();
    for (int i = 0; i < list.n; i++)
        printf("[%s]", list.word[i]);
    printf("\n");
}

static void seed(void)
{
    printf("%llu\n", (unsigned long long)cell_seed());
}

static Tensor *last;

/* Makes a tensor; was the one of the last cell taken back? */
static void memory(void)
{
    printf("%s\n", tape_bytes() == 0 ? "fresh" : "left over");
    last = t_zeros(1000);
    printf("%s\n", tape_bytes() > 0 ? "used" : "unused");
}

static void memory_again(void)
{
    memory();
}

static void quick(void)
{
    printf("%s\n", cell_quick()  ? "a few steps"
                   : cell_long() ? "more steps" : "all steps");
}

static void where(void)
{
    printf("%s\n", cell_out() ? "into files" : "to the terminal");
    printf("%s\n", cell_path("a.bin"));
}

static void time_passes(void)
{
    double start = clock_seconds(), now = start;
    for (int i = 0; i < 100000000 && now == start; i++)
        now = clock_seconds();
    printf("%s\n", now > start && now < start + 60 ? "forward" : "not");
}

static void asks_for_words(void)
{
    cell_words();
}

static void far(void)
{
    char name[5000];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    cell_path(name);
}

static void dies(void)
{
    printf("half of it\n");
    die("the corpus '%s' ends in line %d", "x.tsv", 7);
}

static double width = 0.25;
static int heads = 8;

static void values(void)
{
    printf("width %g heads %d\n", width, heads);
}

static int chapter_main(int argc, char **argv)
{
    bool silent = argc > 1 && strcmp(argv[1], "--no-sentence") == 0;
    if (silent) {
        argv[1] = argv[0];
        argc--;
        argv++;
    }
    if (argc > 1 && strcmp(argv[1], "--appendix") == 0) {
        static char name[] = "99_two_words";
        argv[1] = name;
        argc--;
        argv++;
        cell_help("  More of it.\n");
        silent = true;
    }
    cell_begin(argc, argv, silent ? NULL : "I should sleep now");
    cell(two_by_two);
    if (silent)
        cell(asks_for_words);
    else
        cell(words);
    cell(seed);
    cell(memory);
    cell(memory_again);
    cell(where);
    cell(time_passes);
    if (!silent) {
        cell_value(width, 0.01, 2);
        cell_value(heads, 1, 16);
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "dies") == 0)
            cell(dies);
        if (strcmp(argv[i], "far") == 0)
            cell(far);
        if (strcmp(argv[i], "values") == 0)
            cell(values);
        if (strcmp(argv[i], "quick") == 0)
            cell(quick);
    }
    return cell_end();
}

/* ---- running ------------------------------------------------------------ */

static const char *line_72 =
    "────────────────────────────────────────────────────────────────────────";

static void all_cells_run_in_order_under_headings(void **state)
{
    (void)state;
    RUN(NULL);
    went_well();
    char expected[2000];
    snprintf(expected, sizeof expected, "── two by two %.*s\n1 0\n0 1\n\n"
             "── words %.*s\n[I][should][sleep][now]\n\n── seed ",
             3 * (72 - 14), line_72, 3 * (72 - 9), line_72);
    assert_int_equal(strncmp(child.out, expected, strlen(expected)), 0);
    const char *at = child.out;
    const char *names[] = { "two by two", "words", "seed", "memory",
                            "memory again", "where", "time passes" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char heading[100];
        snprintf(heading, sizeof heading, "── %s ─", names[i]);
        at = strstr(at, heading);
        assert_non_null(at);
    }
}

static void list_names_the_cells_and_runs_none(void **state)
{
    (void)state;
    RUN("--list");
    went_well();
    assert_string_equal(child.out, "two_by_two\nwords\nseed\nmemory\n"
                                   "memory_again\nwhere\ntime_passes\n");
    RUN("--list", "--cell", "seed", "--cell", "words", "--out", in_folder("x"));
    went_well();
    assert_string_equal(child.out, "words\nseed\n");
    assert_false(exists("x"));
}

static void cell_runs_only_what_it_names_in_the_chapters_order(void **state)
{
    (void)state;
    RUN("--cell", "seed", "--cell=two_by_two", "--cell", "seed");
    went_well();
    assert_non_null(strstr(child.out, "── two by two "));
    assert_non_null(strstr(child.out, "\n── seed "));
    assert_null(strstr(child.out, "words"));
    assert_true(strstr(child.out, "two by") < strstr(child.out, "seed"));
    assert_ptr_equal(strstr(strstr(child.out, "seed") + 1, "seed"), NULL);
}

static void each_cell_starts_with_an_empty_tape(void **state)
{
    (void)state;
    RUN("--cell", "memory", "--cell", "memory_again");
    went_well();
    assert_null(strstr(child.out, "left over"));
    assert_non_null(strstr(child.out, "used"));
}

static void seconds_go_forward(void **state)
{
    (void)state;
    RUN("--cell", "time_passes");
    went_well();
    assert_non_null(strstr(child.out, "forward"));
}

/* ---- options ------------------------------------------------------------ */

static void busy_seconds_count_only_own_work(void **state)
{
    (void)state;
    double start = clock_busy_seconds();
    nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
    assert_true(clock_busy_seconds() - start < 0.1);
    while (clock_busy_seconds() == start)
        continue;
    double begin = clock_seconds(), busy = clock_busy_seconds();
    while (clock_busy_seconds() - busy < 0.02)
        continue;
    assert_true(clock_seconds() - begin > 0.019);
}

static void the_seed_is_1_or_what_seed_says(void **state)
{
    (void)state;
    RUN("--cell", "seed");
    assert_non_null(strstr(child.out, "\n1\n"));
    RUN("--cell", "seed", "--seed", "2", "--seed", "18446744073709551615");
    assert_non_null(strstr(child.out, "\n18446744073709551615\n"));
    RUN("--cell", "seed", "--seed=0");
    assert_non_null(strstr(child.out, "\n0\n"));
}

static void a_seed_that_is_no_number_is_refused(void **state)
{
    (void)state;
    const char *wrong[] = {
        "x", "", " 1", "1 ", "+1", "-1", "1.0", "0x10", "1e3",
        "18446744073709551616", "99999999999999999999",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        RUN("--seed", wrong[i]);
        char line[200];
        snprintf(line, sizeof line, "05_example: --seed: expected a whole "
                 "number from 0 to 18446744073709551615, got '%s' "
                 "(see --help)\n", wrong[i]);
        assert_string_equal(child.err, line);
        assert_int_equal(child.status, 2);
        assert_string_equal(child.out, "");
    }
}

static void set_changes_a_value_within_its_limits(void **state)
{
    (void)state;
    RUN("--cell", "values");
    assert_non_null(strstr(child.out, "\nwidth 0.25 heads 8\n"));
    RUN("--cell", "values", "--set", "width=0.5", "--set", "heads=1");
    went_well();
    assert_non_null(strstr(child.out, "\nwidth 0.5 heads 1\n"));
    RUN("--cell", "values", "--set=width=2", "--set", "width=1e-2");
    assert_non_null(strstr(child.out, "\nwidth 0.01 heads 8\n"));
    const char *wrong[] = { "", "0", "2.01", "nan", "inf", "-1", "x", "1x" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char set[40], line[200];
        snprintf(set, sizeof set, "width=%s", wrong[i]);
        RUN("--set", set);
        snprintf(line, sizeof line, "05_example: --set: width: expected a "
                 "number from 0.01 to 2, got '%s' (see --help)\n", wrong[i]);
        assert_string_equal(child.err, line);
        assert_int_equal(child.status, 2);
        assert_string_equal(child.out, "");
    }
    RUN("--set", "heads=1.5");
    REFUSED(2, "--set: heads: expected a whole number from 1 to 16, got '1.5' "
               "(see --help)");
    RUN("--set", "heads");
    REFUSED(2, "--set: expected NAME=VALUE, got 'heads' (see --help)");
    RUN("--set", "head=1");
    REFUSED(2, "--set: no value 'head'; --values lists them (see --help)");
    RUN("--no-sentence", "--set", "width=1");
    REFUSED(2, "--set: no value 'width'; --values lists them (see --help)");
}

static void values_lists_what_can_be_set_and_runs_nothing(void **state)
{
    (void)state;
    RUN("--values", "--out", in_folder("x"));
    went_well();
    assert_string_equal(child.out,
                        "width: 0.25, a number from 0.01 to 2\n"
                        "heads: 8, a whole number from 1 to 16\n");
    assert_false(exists("x"));
    RUN("--no-sentence", "--values");
    went_well();
    assert_string_equal(child.out, "");
}

static void text_replaces_the_sentence(void **state)
{
    (void)state;
    RUN("--cell", "words", "--text", "Tom chases Jerry");
    went_well();
    assert_non_null(strstr(child.out, "\n[Tom][chases][Jerry]\n"));
    RUN("--cell", "words", "--text", "a b", "--text", "早上好");
    went_well();
    assert_non_null(strstr(child.out, "\n[早][上][好]\n"));
}

static void text_has_1_to_64_words(void **state)
{
    (void)state;
    char text[2 * 65 + 1] = "";
    for (int i = 0; i < 64; i++)
        strcat(text, "a ");
    RUN("--cell", "words", "--text", text);
    went_well();
    strcat(text, "a");
    RUN("--text", text);
    REFUSED(2, "--text: expected 1 to 64 words, got 65 (see --help)");
    RUN("--text", "");
    REFUSED(2, "--text: expected 1 to 64 words, got 0 (see --help)");
    RUN("--text", " \t\u3000");
    REFUSED(2, "--text: expected 1 to 64 words, got 0 (see --help)");
}

static void text_that_is_not_utf8_is_refused_with_its_offset(void **state)
{
    (void)state;
    RUN("--text", "早 \xC3(");
    REFUSED(2, "--text: not valid UTF-8 at byte offset 4 (see --help)");
}

static void text_is_refused_where_there_is_no_sentence(void **state)
{
    (void)state;
    RUN("--no-sentence", "--text", "a b");
    REFUSED(2, "--text: this chapter has no sentence to replace (see --help)");
    RUN("--no-sentence", "--help");
    went_well();
    assert_null(strstr(child.out, "--text"));
    RUN("--no-sentence", "--cell", "asks_for_words");
    assert_int_equal(strncmp(child.err, "cell.c:", 7), 0);
    assert_non_null(strstr(child.err, ": cell_words: this chapter has no"));
    assert_int_equal(child.status, 1000 + SIGABRT);
}

static void help_explains_every_option_and_shows_the_sentence(void **state)
{
    (void)state;
    RUN("--help", "--seed", "x");
    went_well();
    assert_ptr_equal(strstr(child.out, "Usage: 05_example [OPTION]...\n"),
                     child.out);
    const char *parts[] = { "chapter 5, example", "--list", "--cell NAME",
                            "--out DIR", "--seed N", "--text TEXT", "--help",
                            "--set NAME=VALUE", "--values",
                            "\"I should sleep now\"",
                            "  some/where/05_example --text" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_non_null(strstr(child.out, parts[i]));
    for (char *line = strtok(child.out, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(text_width(line) <= 80);
}

static void help_knows_appendices_and_what_the_chapter_adds(void **state)
{
    (void)state;
    RUN("--appendix", "--help");
    went_well();
    static const char *const parts[] = {
        "Usage: 99_two_words [OPTION]...\n", "the appendix, two words,\n",
        "  --help        print this and stop\n  More of it.\n\nExample:\n",
        "\n  99_two_words --seed 2 --out my_run\n" };
    for (int i = 0; i < 4; i++)
        assert_non_null(strstr(child.out, parts[i]));
    assert_null(strstr(child.out, "--text"));
}

static void wrong_usage_is_refused_in_one_line(void **state)
{
    (void)state;
    RUN("--colour");
    REFUSED(2, "unknown option '--colour' (see --help)");
    RUN("--colour=red");
    REFUSED(2, "unknown option '--colour=red' (see --help)");
    RUN("-x");
    REFUSED(2, "unknown option '-x' (see --help)");
    RUN("-h");
    REFUSED(2, "unknown option '-h' (see --help)");
    RUN("--seed", "2", "-xy");
    REFUSED(2, "unknown option '-xy' (see --help)");
    RUN("--quick", "-\xC3\xA9");
    REFUSED(2, "unknown option '-\xC3\xA9' (see --help)");
    RUN("--list=all");
    REFUSED(2, "--list takes no value (see --help)");
    RUN("--quick=yes");
    REFUSED(2, "--quick takes no value (see --help)");
    RUN("--values=all");
    REFUSED(2, "--values takes no value (see --help)");
    RUN("--long=yes");
    REFUSED(2, "--long takes no value (see --help)");
    RUN("--long", "--quick");
    REFUSED(2, "--quick and --long: expected one of them at most (see --help)");
    RUN("--help=all");
    REFUSED(2, "--help takes no value (see --help)");
    RUN("--list", "--seed");
    REFUSED(2, "--seed: its value is missing (see --help)");
    RUN("two_by_two");
    REFUSED(2, "unexpected argument 'two_by_two' (see --help)");
    RUN("--list", "--", "--seed");
    REFUSED(2, "unexpected argument '--seed' (see --help)");
    RUN("--out", "");
    REFUSED(2, "--out: expected a folder, got '' (see --help)");
}

static void an_unknown_cell_is_refused_before_any_runs(void **state)
{
    (void)state;
    const char *out = in_folder("new");
    RUN("--cell", "two_by_two", "--cell", "two", "--out", out);
    REFUSED(2, "--cell: no cell 'two'; the cells are: two_by_two, words, seed, "
               "memory, memory_again, where, time_passes (see --help)");
    assert_false(exists("new"));
    RUN("--cell", "two_by_two", "--cell", "");
    assert_int_equal(child.status, 2);
    assert_string_equal(child.out, "");
}

/* ---- files -------------------------------------------------------------- */

static void out_makes_the_folder_and_one_file_for_each_cell(void **state)
{
    (void)state;
    RUN("--out", in_folder("a/b//c/"));
    went_well();
    assert_string_equal(child.out, "");
    assert_string_equal(contents("a/b/c/two_by_two.out"), "1 0\n0 1\n");
    assert_non_null(strstr(contents("a/b/c/where.out"), "into files\n"));
    assert_non_null(strstr(contents("a/b/c/where.out"), "a/b//c//a.bin\n"));
    assert_string_equal(contents("a/b/c/seed.out"), "1\n");
    assert_int_equal(count_files("a/b/c"), 7);
    RUN("--cell", "where");
    assert_non_null(strstr(child.out, "to the terminal\n./a.bin\n"));
}

static void out_replaces_old_files_and_leaves_others(void **state)
{
    (void)state;
    write_file("seed.out", "an old and longer file\n");
    write_file("words.out", "not mine\n");
    RUN("--out", folder, "--cell", "seed");
    went_well();
    assert_string_equal(contents("seed.out"), "1\n");
    assert_string_equal(contents("words.out"), "not mine\n");
    assert_int_equal(count_files(""), 2);
}

static void a_folder_that_cannot_be_made_is_refused(void **state)
{
    (void)state;
    write_file("file", "");
    RUN("--out", in_folder("file"));
    char line[600];
    snprintf(line, sizeof line, "05_example: --out: cannot make the folder "
             "'%s': Not a directory\n", in_folder("file"));
    assert_string_equal(child.err, line);
    assert_int_equal(child.status, 1);
    assert_string_equal(child.out, "");
    RUN("--out", in_folder("file/below/it"));
    assert_string_equal(strstr(child.err, ": Not"), ": Not a directory\n");
    assert_int_equal(child.status, 1);
    if (access("/proc/self", F_OK) != 0)
        return;
    RUN("--out", "/proc/nothing/here");
    assert_non_null(strstr(child.err, "'/proc/nothing': "));
    assert_int_equal(child.status, 1);
}

static void a_cell_that_dies_leaves_no_half_written_file(void **state)
{
    (void)state;
    RUN("--out", folder, "--cell", "seed", "--cell", "dies");
    assert_string_equal(child.err,
                        "05_example: the corpus 'x.tsv' ends in line 7\n");
    assert_int_equal(child.status, 1);
    assert_string_equal(contents("seed.out"), "1\n");
    assert_int_equal(count_files(""), 1);
    RUN("--cell", "dies");      /* in the terminal: what was printed stays */
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.out, "half of it\n"));
}

static void a_full_disk_is_noticed(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    run_into(full, (const char *const[]){ "--cell", "seed", NULL });
    assert_string_equal(child.err, "05_example: cannot write the output: "
                                   "No space left on device\n");
    assert_int_equal(child.status, 1);
    run_into(full, (const char *const[]){ "--help", NULL });
    assert_int_equal(child.status, 1);
    run_into(full, (const char *const[]){ "--list", NULL });
    assert_int_equal(child.status, 1);
    close(full);
}

static void quick_is_told_to_cells(void **state)
{
    (void)state;
    RUN("--cell", "quick");
    went_well();
    assert_non_null(strstr(child.out, "all steps"));
    RUN("--cell", "quick", "--quick");
    went_well();
    assert_non_null(strstr(child.out, "a few steps"));
    RUN("--cell", "quick", "--long");
    went_well();
    assert_non_null(strstr(child.out, "more steps"));
}

static void a_path_that_no_file_can_have_is_refused(void **state)
{
    (void)state;
    RUN("--cell", "far");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "xxx...' in '.' is too long\n"));
}

static void a_value_that_is_not_allowed_itself_is_a_mistake(void **state)
{
    (void)state;
    int wide = 3;
    assert_refuses("cell_value: wide is 3, not a whole number from 1 to 2",
                   cell_value(wide, 1, 2));
}

static void an_unfinished_file_of_somebody_else_stays(void **state)
{
    (void)state;
    write_file("words.out.new", "mine");
    RUN("--out", folder, "--cell", "words");
    went_well();
    assert_string_equal(contents("words.out.new"), "mine");
    assert_string_equal(contents("words.out"), "[I][should][sleep][now]\n");
    assert_int_equal(count_files(""), 2);
}

static void a_disk_that_fills_up_leaves_no_half_written_file(void **state)
{
    (void)state;
    RUN_ON_FULL_DISK("--out", folder, "--cell", "words");
    char line[600];
    snprintf(line, sizeof line, "05_example: cannot write '%s': "
             "File too large\n", in_folder("words.out"));
    assert_string_equal(child.err, line);
    assert_int_equal(child.status, 1);
    assert_int_equal(count_files(""), 0);
}

static void a_file_that_cannot_be_opened_is_refused(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("seed.out"), 0777), 0);
    RUN("--out", folder, "--cell", "seed");
    assert_string_equal(strstr(child.err, "seed.out'"),
                        "seed.out': Is a directory\n");
    assert_int_equal(child.status, 1);
}

/* ---- colour ------------------------------------------------------------- */

/* What the chapter prints on a terminal. */
static const char *on_terminal(void)
{
    int main_side = posix_openpt(O_RDWR | O_NOCTTY);
    if (main_side < 0 || grantpt(main_side) != 0 || unlockpt(main_side) != 0)
        skip();
    int terminal = open(ptsname(main_side), O_RDWR | O_NOCTTY);
    if (terminal < 0)
        skip();
    run_into(terminal, (const char *const[]){ "--cell", "seed", NULL });
    ssize_t n = read(main_side, child.out, sizeof child.out - 1);
    assert_true(n > 0);
    child.out[n] = '\0';
    close(terminal);
    close(main_side);
    return child.out;
}

static void headings_are_coloured_on_a_terminal_that_wants_it(void **state)
{
    (void)state;
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    assert_non_null(strstr(on_terminal(), "\033[1;36m── seed ─"));
    RUN("--cell", "seed");
    assert_null(strchr(child.out, '\033'));
    setenv("NO_COLOR", "1", 1);
    assert_null(strchr(on_terminal(), '\033'));
    setenv("NO_COLOR", "", 1);
    assert_non_null(strchr(on_terminal(), '\033'));
    setenv("TERM", "dumb", 1);
    assert_null(strchr(on_terminal(), '\033'));
    unsetenv("TERM");
    assert_null(strchr(on_terminal(), '\033'));
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cells_run_in_order_under_headings),
        FOLDER_TEST(list_names_the_cells_and_runs_none),
        cmocka_unit_test(cell_runs_only_what_it_names_in_the_chapters_order),
        cmocka_unit_test(each_cell_starts_with_an_empty_tape),
        cmocka_unit_test(seconds_go_forward),
        cmocka_unit_test(busy_seconds_count_only_own_work),
        cmocka_unit_test(the_seed_is_1_or_what_seed_says),
        cmocka_unit_test(a_seed_that_is_no_number_is_refused),
        cmocka_unit_test(set_changes_a_value_within_its_limits),
        FOLDER_TEST(values_lists_what_can_be_set_and_runs_nothing),
        cmocka_unit_test(text_replaces_the_sentence),
        cmocka_unit_test(text_has_1_to_64_words),
        cmocka_unit_test(text_that_is_not_utf8_is_refused_with_its_offset),
        cmocka_unit_test(text_is_refused_where_there_is_no_sentence),
        cmocka_unit_test(help_explains_every_option_and_shows_the_sentence),
        cmocka_unit_test(help_knows_appendices_and_what_the_chapter_adds),
        cmocka_unit_test(wrong_usage_is_refused_in_one_line),
        FOLDER_TEST(an_unknown_cell_is_refused_before_any_runs),
        FOLDER_TEST(out_makes_the_folder_and_one_file_for_each_cell),
        FOLDER_TEST(out_replaces_old_files_and_leaves_others),
        FOLDER_TEST(a_folder_that_cannot_be_made_is_refused),
        FOLDER_TEST(a_cell_that_dies_leaves_no_half_written_file),
        cmocka_unit_test(a_full_disk_is_noticed),
        cmocka_unit_test(quick_is_told_to_cells),
        cmocka_unit_test(a_path_that_no_file_can_have_is_refused),
        cmocka_unit_test(a_value_that_is_not_allowed_itself_is_a_mistake),
        FOLDER_TEST(an_unfinished_file_of_somebody_else_stays),
        FOLDER_TEST(a_disk_that_fills_up_leaves_no_half_written_file),
        FOLDER_TEST(a_file_that_cannot_be_opened_is_refused),
        cmocka_unit_test(headings_are_coloured_on_a_terminal_that_wants_it),
    };
    return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}

/* Tests of common/base/settings.c: a table that serves the command line and
 * the file. */
#define _GNU_SOURCE
#include "child.h"

#include "base/fail.h"
#include "base/settings.h"
#include "learn/checkpoint.h"

typedef struct {
    int layers, hidden, norm;
    double rate;
    const char *data;
    bool go_on;
} Choice;

static const Setting list[] = {
    { "data", SETTING_TEXT, offsetof(Choice, data), 0, 0, 0, "FILE",
      "pairs to learn from", true },
    { "go-on", SETTING_FLAG, offsetof(Choice, go_on), 0, 0, 0, NULL,
      "where it stopped", false },
    { "layers", SETTING_INT, offsetof(Choice, layers), 1, 16, 2, "N",
      "in each half", false },
    { "hidden", SETTING_INT, offsetof(Choice, hidden), 1, 2000000000, 0, "N",
      "width, a long text; by default twice another", false },
    { "rate", SETTING_REAL, offsetof(Choice, rate), 1e-9, 1, 0.005, "X",
      "highest rate", false },
    { "norm", SETTING_WORD, offsetof(Choice, norm), 0, 1, 0, "pre|post",
      "where", false },
};
enum { N = sizeof list / sizeof *list, STORED = 2 };

static const Settings all = { "example --data FILE [WORD ...]", N, list };
static const Settings stored = { NULL, N - STORED, list + STORED };

/* What the child does: prints its settings; or, with a file's name in the
 * environment, those in the file. */
static int chapter_main(int argc, char **argv)
{
    die_as("05_example");
    Choice c;
    bool given[N];
    if (getenv("CHECKPOINT")) {
        Checkpoint *file = checkpoint_read(getenv("CHECKPOINT"), 1);
        checkpoint_settings(file, stored, &c);
        checkpoint_close(file);
        printf("%d %d %g %d\n", c.layers, c.hidden, c.rate, c.norm);
        return 0;
    }
    char **words = settings_read(argc, argv, all, &c, given, 2);
    printf("%s %d %d%c %d %g %d", c.data, c.go_on, c.layers,
           given[2] ? '!' : ' ', c.hidden, c.rate, c.norm);
    while (*words)
        printf(" [%s]", *words++);
    printf("\n");
    return 0;
}

static void what_is_given_is_read_and_the_rest_is_standard(void **state)
{
    (void)state;
    RUN("--data", "a");
    went_well();
    assert_string_equal(child.out, "a 0 2  0 0.005 0\n");
    RUN("x", "--layers=16", "--go-on", "--data=--b", "y y", "--norm", "post",
        "--rate", "1e-9", "--hidden", "2000000000");
    went_well();
    assert_string_equal(child.out,
                        "--b 1 16! 2000000000 1e-09 1 [x] [y y]\n");
    RUN("--data", "-", "--layers", "3", "--layers", "4", "--", "--norm", "-");
    went_well();
    assert_string_equal(child.out, "- 0 4! 0 0.005 0 [--norm] [-]\n");
}

static void what_cannot_be_is_refused_by_name(void **state)
{
    (void)state;
    static const char *const bad[][3] = {
        { "--layers", "0", "--layers: expected a whole number from 1 to 16, "
          "got '0'" },
        { "--layers", "17", "--layers: expected a whole number from 1 to 16, "
          "got '17'" },
        { "--layers", "4294967298", "expected a whole number from 1 to 16" },
        { "--layers", "99999999999999999999", "expected a whole number" },
        { "--layers", "1.5", "expected a whole number" },
        { "--layers", "", "got ''" },
        { "--layers=2x", NULL, "got '2x'" },
        { "--rate", "nan", "--rate: expected a number from 1e-09 to 1" },
        { "--rate", "inf", "got 'inf'" },
        { "--rate", "-1", "got '-1'" },
        { "--norm", "layer", "--norm: expected one of pre|post, got 'layer'" },
        { "--norm", "p", "got 'p'" },
        { "--norm", "", "got ''" },
        { "--norm", "pre|post", "got 'pre|post'" },
        { "--go-on=yes", NULL, "--go-on takes no value" },
        { "--rate", NULL, "--rate: its value is missing" },
        { "--rate", "--go-on", "--rate: its value is missing" },
        { "--layer", "2", "unknown option '--layer'" },
        { "-xy", NULL, "unknown option '-xy'" },
        { "-\xC3\xA9", NULL, "unknown option '-\xC3\xA9'" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        RUN("--data", "a", bad[i][0], bad[i][1]);
        assert_int_equal(child.status, 2);
        assert_string_equal(child.out, "");
        assert_non_null(strstr(child.err, bad[i][2]));
        assert_non_null(strstr(child.err, " (see --help)\n"));
    }
    RUN("--layers", "2");
    REFUSED(2, "--data is missing (see --help)");
    RUN("--data", "a", "b", "c", "d");
    REFUSED(2, "unexpected argument 'd' (see --help)");
}

static void help_names_limits_and_defaults(void **state)
{
    (void)state;
    RUN("--data", "a", "--help", "--nonsense");
    went_well();
    assert_string_equal(child.out,
        "usage: example --data FILE [WORD ...]\n\n"
        "  --data FILE            pairs to learn from\n"
        "  --go-on                where it stopped\n"
        "  --layers N             in each half; 1 to 16 (2)\n"
        "  --hidden N             width, a long text; by default twice another;\n"
        "                         1 to 2000000000\n"
        "  --rate X               highest rate; 1e-09 to 1 (0.005)\n"
        "  --norm pre|post        where\n"
        "  --help                 print this and stop\n");
}

static void help_that_cannot_be_printed_is_no_success(void **state)
{
    (void)state;
    RUN_ON_FULL_DISK("--help");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write the output: "));
}

/* Writes the stored settings as fields of those kinds, to be read. */
static void write_fields(long layers, double rate, long norm)
{
    long hidden = 5;
    Checkpoint *c = checkpoint_write(in_folder("m"), 1);
    checkpoint_long(c, "layers", &layers);
    checkpoint_long(c, "hidden", &hidden);
    checkpoint_double(c, "rate", &rate);
    checkpoint_long(c, "norm", &norm);
    checkpoint_close(c);
    setenv("CHECKPOINT", in_folder("m"), 1);
    RUN(NULL);
    unsetenv("CHECKPOINT");
}

static void a_file_is_held_to_the_same_limits(void **state)
{
    (void)state;
    write_fields(16, 1, 1);
    went_well();
    assert_string_equal(child.out, "16 5 1 1\n");
    Choice choice = { .layers = 3, .hidden = 7, .rate = 0.25, .norm = 1 };
    Checkpoint *c = checkpoint_write(in_folder("m"), 1);
    checkpoint_settings(c, stored, &choice);
    checkpoint_close(c);
    setenv("CHECKPOINT", in_folder("m"), 1);
    RUN(NULL);
    unsetenv("CHECKPOINT");
    assert_string_equal(child.out, "3 7 0.25 1\n");
    static const struct {
        long layers;
        double rate;
        long norm;
        const char *says;
    } bad[] = {
        { 0, 1, 0, "layers is 0, expected a whole number from 1 to 16" },
        { -1, 1, 0, "layers is -1" },
        { 4294967298, 1, 0, "layers is 4294967298, expected a whole number" },
        { INT64_MAX, 1, 0, "expected a whole number from 1 to 16" },
        { 2, 2, 0, "rate is 2, expected a number from 1e-09 to 1" },
        { 2, -1, 0, "rate is -1" },
        { 2, 1.0 / 0.0, 0, "rate is inf" },
        { 2, 0.0 / 0.0, 0, "nan, expected a number" },
        { 2, 1, 2, "norm is 2, expected one of pre|post" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_fields(bad[i].layers, bad[i].rate, bad[i].norm);
        assert_int_equal(child.status, 1);
        assert_string_equal(child.out, "");
        assert_non_null(strstr(child.err, bad[i].says));
    }
}

static void settings_are_the_same_by_their_values(void **state)
{
    (void)state;
    char other_name[] = "pairs.tsv";
    Choice a = { 3, 7, 1, 0.25, "pairs.tsv", true }, b = a;
    b.data = other_name;
    for (int i = 0; i < N; i++)
        assert_true(settings_same(&list[i], &a, &b));
    b = (Choice){ 4, 8, 0, 0.125, "others.tsv", false };
    for (int i = 0; i < N; i++) {
        assert_false(settings_same(&list[i], &a, &b));
        assert_true(settings_same(&list[i], &b, &b));
    }
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(what_is_given_is_read_and_the_rest_is_standard),
        FOLDER_TEST(what_cannot_be_is_refused_by_name),
        FOLDER_TEST(help_names_limits_and_defaults),
        FOLDER_TEST(help_that_cannot_be_printed_is_no_success),
        FOLDER_TEST(a_file_is_held_to_the_same_limits),
        cmocka_unit_test(settings_are_the_same_by_their_values),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}

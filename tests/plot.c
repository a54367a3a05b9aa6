/* Data files for gnuplot. */
#define _GNU_SOURCE
#include "child.h"
#include "check.h"

#include <math.h>

#include "cell/cell.h"
#include "cell/plot.h"

/* ---- the chapter -------------------------------------------------------- */

static void numbers(void)
{
    Plot *plot = plot_open("numbers", "  d_k variance   time[s] ");
    plot_row(plot, 1, 0.5, 1e-10);
    plot_row(plot, 1.0 / 3, -2, 123456789.5);
    plot_row(plot, -0.0, NAN, -NAN);
    plot_row(plot, INFINITY, -INFINITY, (double)0.1f);
    plot_row_of(plot, "norm_2", 3, NAN);
    plot_close(plot);
}

static void two_at_once(void)
{
    Plot *a = plot_open("a", "x"), *b = plot_open("b", "x y");
    for (int i = 0; i < 3; i++) {
        plot_row(a, i);
        plot_row(b, i, i * i);
    }
    plot_close(a);
    plot_gap(b);
    plot_row(b, 7, 8);
    plot_close(b);
}

static void matrices(void)
{
    Tensor *x = t_matrix(2, 3, 1, 2, 3, -0.0, 5.5, NAN);
    plot_matrix("numbered", x, NULL, NULL);
    plot_matrix("labelled", t_transpose(x), (char *[]){ "早", "上", "好" },
                (char *[]){ "two words", "√" });
}

static void pictures(void)
{
    unsigned char at[] = { 99, 99, 99, 99, 99, 99,  0, 1, 2, 255, 4, 5,
                           6, 7, 8, 9, 10, 11,  99, 99, 99, 99, 99, 99 };
    plot_images("pictures", &(Images){ 4, 1, 2, 3, at }, 1, 2);
}

static char *odd_labels[] = {
    "say \"hi\"", "a\\b \\042", "#hash", "", "tab\there\nand\x01there",
    "end\\", "comma, ; 'single'", "早\u0301", "\"", "d_k {^2}",
};

static void odd(void)
{
    plot_matrix("odd", t_zeros(1, 10), (char *[]){ "row \"0\"" }, odd_labels);
}

static Plot *volatile forgotten;   /* or it would be a leak */

static void never_closed(void)
{
    forgotten = plot_open("forgotten", "x");
}

static void same_name(void)
{
    plot_close(plot_open("numbers", "x"));
}

static void dies(void)
{
    Plot *done = plot_open("done", "x"), *half = plot_open("half", "x");
    plot_row(half, 1);
    plot_close(done);
    die("no more");
}

static void large(void)
{
    Plot *plot = plot_open("large", "x");
    for (int i = 0; i < 10000; i++)
        plot_row(plot, i);
    plot_close(plot);
}

static void stop(const char *message)
{
    fprintf(stderr, "%s\n", message);
    exit(3);
}

static int chapter_main(int argc, char **argv)
{
    t_on_error = stop;
    cell_begin(argc, argv, NULL);
    cell(numbers);
    cell(two_at_once);
    cell(matrices);
    cell(pictures);
    cell(odd);
    cell(never_closed);
    cell(same_name);
    cell(dies);
    cell(large);
    return cell_end();
}

/* ---- the files ---------------------------------------------------------- */

static void a_plot_is_a_table_under_a_header(void **state)
{
    (void)state;
    RUN("--out", folder, "--cell", "numbers");
    went_well();
    assert_string_equal(contents("numbers.dat"),
                        "# d_k variance time[s]\n"
                        "1 0.5 1e-10\n"
                        "0.333333333 -2 123456790\n"
                        "0 NaN NaN\n"
                        "inf -inf 0.100000001\n"
                        "norm_2 3 NaN\n");
    assert_int_equal(count_files(""), 2);
}

static void two_plots_may_be_open_at_once(void **state)
{
    (void)state;
    RUN("--out", folder, "--cell", "two_at_once");
    went_well();
    assert_string_equal(contents("a.dat"), "# x\n0\n1\n2\n");
    assert_string_equal(contents("b.dat"),
                        "# x y\n0 0\n1 1\n2 4\n\n\n7 8\n");
    assert_int_equal(count_files(""), 3);
}

static void a_matrix_is_written_with_its_labels_or_numbers(void **state)
{
    (void)state;
    RUN("--out", folder, "--cell", "matrices");
    went_well();
    assert_string_equal(contents("numbered.dat"),
                        "# column row value column_label row_label\n"
                        "0 0 1 \"0\" \"0\"\n"
                        "1 0 2 \"1\" \"0\"\n"
                        "2 0 3 \"2\" \"0\"\n\n"
                        "0 1 0 \"0\" \"1\"\n"
                        "1 1 5.5 \"1\" \"1\"\n"
                        "2 1 NaN \"2\" \"1\"\n\n");
    assert_string_equal(contents("labelled.dat"),
                        "# column row value column_label row_label\n"
                        "0 0 1 \"two words\" \"早\"\n"
                        "1 0 0 \"√\" \"早\"\n\n"
                        "0 1 2 \"two words\" \"上\"\n"
                        "1 1 5.5 \"√\" \"上\"\n\n"
                        "0 2 3 \"two words\" \"好\"\n"
                        "1 2 NaN \"√\" \"好\"\n\n");
}

static void pictures_are_written_point_by_point(void **state)
{
    (void)state;
    RUN("--out", folder, "--cell", "pictures");
    went_well();
    assert_string_equal(contents("pictures.dat"),
                        "# column row red green blue\n"
                        "0 0 0 1 2\n1 0 255 4 5\n\n\n"
                        "0 0 6 7 8\n1 0 9 10 11\n\n\n");
}

/* What gnuplot read comes back through a file, one label on a line. */
static void gnuplot_reads_every_label_back_as_it_was(void **state)
{
    (void)state;
    if (system("command -v gnuplot >/dev/null 2>&1") != 0)
        skip();
    RUN("--out", folder, "--cell", "odd");
    went_well();
    char script[1500];
    snprintf(script, sizeof script,
             "set encoding utf8\n"
             "n = 0\narray seen[20]\nset table $unused\n"
             "plot '%s' using (n = n + 1, seen[n] = strcol(4).'|'.strcol(5), 0)"
             ":(0) with points\n"
             "unset table\nset print '%s'\n"
             "do for [i = 1:n] { print seen[i] }\n",
             in_folder("odd.dat"), in_folder("seen"));
    write_file("script", script);
    char command[700];
    snprintf(command, sizeof command, "gnuplot '%s' 2>/dev/null",
             in_folder("script"));
    assert_int_equal(system(command), 0);
    char expected[1000] = "";
    for (size_t i = 0; i < sizeof odd_labels / sizeof *odd_labels; i++)
        strcat(strcat(expected, odd_labels[i]), "|row \"0\"\n");
    assert_string_equal(contents("seen"), expected);
}

static void without_out_nothing_is_written(void **state)
{
    (void)state;
    RUN("--cell", "numbers", "--cell", "two_at_once", "--cell", "matrices",
        "--cell", "odd");
    went_well();
    assert_int_equal(access("numbers.dat", F_OK), -1);
}

static void a_program_that_stops_leaves_only_whole_plots(void **state)
{
    (void)state;
    RUN("--out", folder, "--cell", "dies");
    assert_string_equal(child.err, "05_example: no more\n");
    assert_int_equal(child.status, 1);
    assert_string_equal(contents("done.dat"), "# x\n");
    assert_int_equal(count_files(""), 1);
}

static void a_disk_that_fills_up_stops_the_program(void **state)
{
    (void)state;
    const char *cells[] = { "large", "numbers" };   /* midway, at the end */
    for (int i = 0; i < 2; i++) {
        char name[40], line[700];
        snprintf(name, sizeof name, "%s.dat", cells[i]);
        RUN_ON_FULL_DISK("--out", folder, "--cell", cells[i]);
        snprintf(line, sizeof line, "05_example: cannot write '%s': "
                 "File too large\n", in_folder(name));
        assert_string_equal(child.err, line);
        assert_int_equal(child.status, 1);
        assert_int_equal(count_files(""), 0);
    }
}

/* ---- mistakes ----------------------------------------------------------- */

static void a_plot_that_was_not_closed_is_a_mistake(void **state)
{
    (void)state;
    RUN("--out", folder, "--cell", "never_closed");
    assert_non_null(strstr(child.err, "never_closed: no plot_close() for '"));
    assert_int_equal(child.status, 3);
    assert_int_equal(count_files(""), 0);
}

static void a_plot_written_twice_is_a_mistake(void **state)
{
    (void)state;
    RUN("--out", folder, "--cell", "numbers", "--cell", "same_name");
    assert_non_null(strstr(child.err, "plot.c:"));
    assert_non_null(strstr(child.err, ": 'numbers.dat' is written twice"));
    assert_int_equal(child.status, 3);
}

static void a_row_with_the_wrong_count_of_numbers_is_refused(void **state)
{
    (void)state;
    Plot *plot = plot_open("p", "x y");
    assert_refuses("plot_row: 1 numbers for 2 columns: x y", plot_row(plot, 1));
    assert_refuses("plot_row: 3 numbers for 2 columns: x y",
                   plot_row_of(plot, "a", 1, 2));
    assert_refuses("plot_row_of: 'a b' is not of a-z, 0-9 and _",
                   plot_row_of(plot, "a b", 1));
    assert_refuses("plot_row: 3 numbers for 2 columns: x y", plot_row(plot, 1, 2, 3));
    plot_row(plot, 1, 2);
    plot_close(plot);
}

static void refuse_name(const char *name)
{
    char refusal[128];
    snprintf(refusal, sizeof refusal,
             "plot_open: a name is made of a-z, 0-9 and _, not '%s'", name);
    assert_refuses(refusal, plot_open(name, "x"));
}

static void names_that_are_no_file_names_are_refused(void **state)
{
    (void)state;
    refuse_name("");
    refuse_name("../x");
    refuse_name("a b");
    refuse_name("Upper");
    refuse_name("x.dat");
    refuse_name("早");
    assert_refuses("plot_open: 'p' needs the names of its columns in one line",
            plot_open("p", "  "));
    assert_refuses("plot_open: 'p' needs the names of its columns in one line",
            plot_open("p", "x\ny"));
}

static void only_a_matrix_makes_a_heat_map(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3, 4);
    assert_refuses("plot_matrix: 'p' is not a matrix: (2, 3, 4)",
            plot_matrix("p", x, NULL, NULL));
    tape_reset();
}

static void only_pictures_of_three_channels_are_written(void **state)
{
    (void)state;
    assert_refuses("plot_images: 'p' has 1 channels; expected 3",
                   plot_images("p", &(Images){ 1, 1, 1, 1, NULL }, 0, 1));
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_plot_is_a_table_under_a_header),
        FOLDER_TEST(two_plots_may_be_open_at_once),
        FOLDER_TEST(a_matrix_is_written_with_its_labels_or_numbers),
        FOLDER_TEST(pictures_are_written_point_by_point),
        FOLDER_TEST(gnuplot_reads_every_label_back_as_it_was),
        cmocka_unit_test(without_out_nothing_is_written),
        FOLDER_TEST(a_program_that_stops_leaves_only_whole_plots),
        FOLDER_TEST(a_disk_that_fills_up_stops_the_program),
        FOLDER_TEST(a_plot_that_was_not_closed_is_a_mistake),
        FOLDER_TEST(a_plot_written_twice_is_a_mistake),
        cmocka_unit_test(a_row_with_the_wrong_count_of_numbers_is_refused),
        cmocka_unit_test(names_that_are_no_file_names_are_refused),
        cmocka_unit_test(only_a_matrix_makes_a_heat_map),
        cmocka_unit_test(only_pictures_of_three_channels_are_written),
    };
    int failed = cmocka_run_group_tests_name("plot", tests, NULL, NULL);
    tape_free();
    return failed;
}

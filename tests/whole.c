/* Tests of common/base/whole.c: a file is replaced whole, or not at all. */
#define _GNU_SOURCE
#include "child.h"

#include "base/whole.h"

/* Puts a file that holds this text in the place of another. */
static const char *replace(const char *path, const char *text, bool on_disk)
{
    const char *reason = "none";
    Whole *w = whole_begin(path, NULL, &reason);
    assert_null(reason);
    assert_non_null(w);
    fputs(text, w->stream);
    return whole_end(w, on_disk);
}

static const char *refusal(const char *path)
{
    const char *reason = NULL;
    assert_null(whole_begin(path, NULL, &reason));
    assert_non_null(reason);
    return reason;
}

static void a_name_stands_for_the_old_file_until_the_new_one_is_whole(
    void **state)
{
    (void)state;
    const char *reason;
    write_file("m", "old");
    Whole *w = whole_begin(in_folder("m"), NULL, &reason);
    fputs("new", w->stream);
    fflush(w->stream);
    assert_string_equal(contents("m"), "old");
    assert_string_equal(contents("m.new"), "new");
    assert_null(whole_end(w, true));
    assert_string_equal(contents("m"), "new");
    assert_int_equal(count_files(""), 1);
    assert_null(replace(in_folder("m"), "", false));
    assert_string_equal(contents("m"), "");
}

static void what_is_dropped_was_never_there(void **state)
{
    (void)state;
    const char *reason;
    write_file("m", "old");
    Whole *w = whole_begin(in_folder("m"), NULL, &reason);
    fputs("new", w->stream);
    whole_drop(w);
    assert_string_equal(contents("m"), "old");
    assert_int_equal(count_files(""), 1);
}

/* Any order of the ends; each has a name of its own meanwhile. */
static void several_can_be_made_at_once(void **state)
{
    (void)state;
    enum { N = 12 };
    Whole *w[N];
    const char *reason;
    for (int i = 0; i < N; i++) {
        w[i] = whole_begin(in_folder("m"), NULL, &reason);
        assert_non_null(w[i]);
        fprintf(w[i]->stream, "%d", i);
    }
    assert_true(exists("m.new") && exists("m.new2") && exists("m.new12"));
    static const int order[N] = { 5, 11, 0, 3, 1, 2, 4, 10, 9, 8, 6, 7 };
    for (int i = 0; i < N; i++) {
        char digits[8];
        snprintf(digits, sizeof digits, "%d", order[i]);
        if (i % 3 == 2) {
            whole_drop(w[order[i]]);
        } else {
            assert_null(whole_end(w[order[i]], false));
            assert_string_equal(contents("m"), digits);
        }
        assert_int_equal(count_files(""), N - i);
    }
}

static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    assert_string_equal(refusal(""), "the name is empty");
    assert_string_equal(refusal(folder), "Is a directory");
    assert_string_equal(refusal("/dev/null"), "it is not a regular file");
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_string_equal(refusal(in_folder("pipe")), "it is not a regular file");
    assert_int_equal(symlink("nowhere", in_folder("link")), 0);
    assert_string_equal(refusal(in_folder("link")),
                        "it is a symbolic link that leads nowhere");
    assert_string_equal(refusal(in_folder("no/m")),
                        "No such file or directory");
    assert_int_equal(count_files(""), 2);
}

static void a_link_stays_and_its_file_is_replaced(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("sub"), 0777), 0);
    write_file("sub/m", "old");
    assert_int_equal(symlink("sub/m", in_folder("link")), 0);
    assert_null(replace(in_folder("link"), "new", true));
    assert_string_equal(contents("sub/m"), "new");
    assert_int_equal(count_files("sub"), 1);
    struct stat info;
    assert_int_equal(lstat(in_folder("link"), &info), 0);
    assert_true(S_ISLNK(info.st_mode));
}

/* The name was free when the work began. */
static void a_name_that_has_become_a_folder_is_refused_at_the_end(void **state)
{
    (void)state;
    const char *reason;
    Whole *w = whole_begin(in_folder("m"), NULL, &reason);
    assert_int_equal(mkdir(in_folder("m"), 0777), 0);
    reason = whole_end(w, false);
    assert_non_null(reason);
    assert_string_equal(reason, "Is a directory");
    assert_int_equal(count_files(""), 1);
}

static void what_does_not_fit_on_the_disk_changes_nothing(void **state)
{
    (void)state;
    write_file("m", "old");
    static char much[100000];
    memset(much, 'x', sizeof much - 1);
    limit_files(50);
    const char *reason = replace(in_folder("m"), much, false);
    const char *little = replace(in_folder("m"), "some sixty letters, which are "
                                 "written out only at the end ......", true);
    limit_files(RLIM_INFINITY);
    assert_non_null(reason);
    assert_non_null(little);
    assert_string_equal(little, "File too large");
    assert_string_equal(contents("m"), "old");
    assert_int_equal(count_files(""), 1);
}

/* A thousand unfinished files of a name are enough. */
static void names_run_out_at_some_time(void **state)
{
    (void)state;
    write_file("m.new", "");
    for (int k = 2; k < 1000; k++) {
        char name[20];
        snprintf(name, sizeof name, "m.new%d", k);
        write_file(name, "");
    }
    assert_string_equal(refusal(in_folder("m")), "File exists");
    assert_int_equal(unlink(in_folder("m.new999")), 0);
    assert_null(replace(in_folder("m"), "last", false));
    assert_string_equal(contents("m"), "last");
}

static void two_names_of_one_file_are_the_same(void **state)
{
    (void)state;
    write_file("a", "x");
    write_file("b", "x");
    assert_int_equal(symlink("a", in_folder("soft")), 0);
    assert_int_equal(link(in_folder("a"), in_folder("hard")), 0);
    assert_true(whole_same(in_folder("a"), in_folder("a")));
    assert_true(whole_same(in_folder("a"), in_folder("soft")));
    assert_true(whole_same(in_folder("hard"), in_folder("soft")));
    assert_false(whole_same(in_folder("a"), in_folder("b")));
    assert_false(whole_same(in_folder("a"), in_folder("absent")));
    assert_false(whole_same(in_folder("absent"), in_folder("a")));
    assert_false(whole_same(in_folder("absent"), in_folder("absent")));
}

static void a_file_of_any_length_is_read_whole(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 70000 };
    const char *reason;
    size_t n;
    for (int i = 0; i < 6; i++) {
        FILE *f = fopen(in_folder("f"), "wb");
        for (size_t k = 0; k < sizes[i]; k++)
            putc((int)(k % 251), f);
        fclose(f);
        unsigned char *bytes = whole_read(in_folder("f"), &n, &reason);
        assert_int_equal(n, sizes[i]);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(bytes[k], k % 251);
        assert_int_equal(bytes[n], 0);
        free(bytes);
    }
    assert_null(whole_read(in_folder("absent"), &n, &reason));
    assert_string_equal(reason, "No such file or directory");
    assert_null(whole_read(in_folder("."), &n, &reason));
    assert_string_equal(reason, "Is a directory");
}

static void files_are_alike_in_every_byte_or_not(void **state)
{
    (void)state;
    size_t n;
    write_file("a", "some");
    write_file("b", "some");
    write_file("c", "same");
    write_file("d", "some more");
    char *a = strdup(in_folder("a"));
    assert_true(whole_alike(a, in_folder("b"), &n) && n == 4);
    assert_false(whole_alike(a, in_folder("c"), &n));
    assert_false(whole_alike(a, in_folder("d"), &n));
    assert_int_equal(n, 9);
    assert_false(whole_alike(in_folder("absent"), a, &n));
    assert_false(whole_alike(a, in_folder("absent"), &n));
    assert_int_equal(n, 0);
    assert_false(whole_alike(in_folder("absent"), in_folder("absent"), &n));
    free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_name_stands_for_the_old_file_until_the_new_one_is_whole),
        FOLDER_TEST(what_is_dropped_was_never_there),
        FOLDER_TEST(several_can_be_made_at_once),
        FOLDER_TEST(what_is_no_file_is_refused),
        FOLDER_TEST(a_link_stays_and_its_file_is_replaced),
        FOLDER_TEST(a_name_that_has_become_a_folder_is_refused_at_the_end),
        FOLDER_TEST(what_does_not_fit_on_the_disk_changes_nothing),
        FOLDER_TEST(names_run_out_at_some_time),
        FOLDER_TEST(a_file_of_any_length_is_read_whole),
        FOLDER_TEST(two_names_of_one_file_are_the_same),
        FOLDER_TEST(files_are_alike_in_every_byte_or_not),
    };
    return cmocka_run_group_tests_name("whole", tests, NULL, NULL);
}

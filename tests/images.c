/* Tests of pictures as bytes, and of IDX files. */
#define _GNU_SOURCE
#include "child.h"
#include "check.h"

#include "learn/images.h"

#include <stdlib.h>

static void write_bytes(const void *bytes, size_t n)
{
    FILE *f = fopen(in_folder("file"), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

#define WRITE(...)                                                             \
    write_bytes((const unsigned char[]){ __VA_ARGS__ },                         \
               sizeof((const unsigned char[]){ __VA_ARGS__ }))

static void pictures_are_read_as_they_stand(void **state)
{
    (void)state;
    WRITE(0, 0, 8, 3,  0, 0, 0, 2,  0, 0, 0, 1,  0, 0, 0, 3,
          0, 51, 102,  153, 204, 255);
    Images m = images_read(in_folder("file"));
    assert_true(m.n == 2 && m.rows == 1 && m.columns == 3 && m.channels == 1);
    assert_int_equal(images_one(&m, 1)[0], 153);
    Tensor *x = images_tensor(&m, 3, (int[]){ 1, 0, 1 });
    assert_shape(x, 3, 1, 3, 1);
    for (int i = 0; i < 9; i++) {
        const double wanted[] = { .2, .6, 1, -1, -.6, -.2, .2, .6, 1 };
        assert_near(t_at(x, i / 3, 0, i % 3, 0), wanted[i], 1e-6);
    }
    assert_refuses("images_one: picture 2 of 2", images_one(&m, 2));
    assert_refuses("images_one: picture -1 of 2",
                   images_tensor(&m, 1, (int[]){ -1 }));
    images_free(&m);
    WRITE(0, 0, 8, 4,  0, 0, 0, 1,  0, 0, 0, 1,  0, 0, 0, 2,  0, 0, 0, 3,
          1, 2, 3, 4, 5, 6);
    m = images_read(in_folder("file"));
    assert_true(m.n == 1 && m.columns == 2 && m.channels == 3);
    assert_int_equal(m.at[5], 6);
    images_free(&m);
}

static void labels_are_read_as_they_stand(void **state)
{
    (void)state;
    int n;
    WRITE(0, 0, 8, 1,  0, 0, 0, 3,  7, 0, 9);
    unsigned char *labels = labels_read(in_folder("file"), &n);
    assert_int_equal(n, 3);
    assert_memory_equal(labels, ((unsigned char[]){ 7, 0, 9 }), 3);
    free(labels);
}

/* A process of its own reads it, as "images" or "labels", and says so. */
#define SAYS(what, reason)                                                     \
    do {                                                                       \
        char said[400];                                                        \
        RUN(what, in_folder("file"));                                          \
        snprintf(said, sizeof said, "05_example: '%s'" reason "\n",            \
                 in_folder("file"));                                           \
        assert_string_equal(child.err, said);                                  \
        assert_int_equal(child.status, 1);                                     \
    } while (0)
#define REFUSES(what, reason, ...)                                             \
    do {                                                                       \
        WRITE(__VA_ARGS__);                                                    \
        SAYS(what, reason);                                                    \
    } while (0)

static int as_child(int argc, char **argv)
{
    int n = 0;
    die_as("05_example");
    if (argc == 3 && strcmp(argv[1], "images") == 0)
        images_read(argv[2]);
    else if (argc == 3)
        labels_read(argv[2], &n);
    return 0;
}

static void what_is_no_idx_is_refused(void **state)
{
    (void)state;
    REFUSES("images", " is compressed; expected IDX, which gunzip makes of it",
            0x1f, 0x8b, 8, 8);
    REFUSES("images", " has 3 bytes; expected IDX, which begins with four",
            0, 0, 8);
    REFUSES("images", ": byte 1 is 80; expected 0, as IDX begins", 'P', '5',
            '\n', '2');
    REFUSES("images", ": byte 2 is 1; expected 0, as IDX begins", 0, 1, 8, 3);
    REFUSES("images", ": byte 3 is 13, for floats; expected 8, for IDX of "
            "bytes", 0, 0, 13, 3);
    REFUSES("images", ": byte 3 is 7; expected 8, for IDX of bytes", 0, 0, 7,
            3);
    REFUSES("images", ": byte 4 is 1; expected 3 or 4, the axes of pictures",
            0, 0, 8, 1, 0, 0, 0, 1, 5);
    REFUSES("images", ": byte 4 is 255; expected 3 or 4, the axes of pictures",
            0, 0, 8, 255);
    REFUSES("labels", ": byte 4 is 3; expected 1, for labels have one axis",
            0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5);
}

static void sizes_that_lie_are_refused(void **state)
{
    (void)state;
    REFUSES("labels", " ends at byte 7; expected sizes of 1 axes", 0, 0, 8, 1,
            0, 0, 0);
    REFUSES("labels", ": byte 5: axis 1 has size 0; expected 1 to 2147483647",
            0, 0, 8, 1, 0, 0, 0, 0);
    REFUSES("labels", ": byte 5: axis 1 has size 4294967295; expected 1 to "
            "2147483647", 0, 0, 8, 1, 255, 255, 255, 255, 1);
    REFUSES("labels", ": byte 5: axis 1 has size 2147483647, but only 1 bytes "
            "follow; expected more", 0, 0, 8, 1, 127, 255, 255, 255, 1);
    REFUSES("labels", ": 2 bytes follow its sizes; expected 1", 0, 0, 8, 1, 0,
            0, 0, 1, 5, 6);
    /* whose product would be 1, in 32 bits or 64 */
    REFUSES("images", ": byte 9: axis 2 has size 65537, but only 1 bytes "
            "follow; expected more", 0, 0, 8, 3, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0,
            1, 9);
    unsigned char *large = calloc(1, 16 + (1 << 20) + 1);
    memcpy(large, (unsigned char[]){ 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 16, 0,
                                     1 }, 16);
    write_bytes(large, 16 + (1 << 20) + 1);
    SAYS("images", ": each picture has 1048577 numbers; expected 1048576 at most");
    free(large);
}

static void what_is_not_there_is_said(void **state)
{
    (void)state;
    char said[400];
    RUN("images", in_folder("nothing"));
    snprintf(said, sizeof said, "05_example: cannot read '%s': No such file or "
             "directory\n", in_folder("nothing"));
    assert_string_equal(child.err, said);
    assert_int_equal(child.status, 1);
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return as_child(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(pictures_are_read_as_they_stand),
        FOLDER_TEST(labels_are_read_as_they_stand),
        FOLDER_TEST(what_is_no_idx_is_refused),
        FOLDER_TEST(sizes_that_lie_are_refused),
        FOLDER_TEST(what_is_not_there_is_said),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    tape_free();
    return failed;
}

/* Tests of safetensors.c: what is read back is what was written, and what is
 * malformed is refused with its place. */
#define _GNU_SOURCE
#include "check.h"
#include "child.h"

#include "cell/cell.h"
#include "learn/safetensors.h"

/* A vector and a matrix that the file has turned. */
static NamedTensors things(Params *list)
{
    NamedTensors named = { 0 };
    named_add(&named, "one", t_param(list, 3), false);
    named_under(&named, "layer.%d.", 7);
    Linear l = { .weight = t_param(list, 2, 3) };
    named_linear(&named, "out", l);     /* no bias: nothing is added */
    return named;
}

/* What the child does: read FILE, or write it. */
static int chapter_main(int argc, char **argv)
{
    cell_begin(1, argv, NULL);
    Params list = { 0 };
    NamedTensors named = things(&list);
    if (argc > 2)
        safetensors_write(argv[1], named.n, named.at);
    else
        safetensors_read(argv[1], named.n, named.at);
    free(named.at);
    tape_free();
    return 0;
}

/* A file of this header, with blanks behind it to `length`, and so many zeros.
 * length 0: that of the header. */
static void write_header(const char *header, size_t length, size_t zeros)
{
    FILE *f = fopen(in_folder("m"), "wb");
    size_t n = length ? length : strlen(header);
    for (int i = 0; i < 8; i++)
        putc((int)(n >> 8 * i & 0xFF), f);
    fputs(header, f);
    for (size_t i = 0; i < zeros; i++)
        putc(0, f);
    fclose(f);
}

#define ONE "\"one\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}"
#define OUT                                                                    \
    "\"layer.7.out.weight\":{\"dtype\":\"F32\",\"shape\":[3,2],"               \
    "\"data_offsets\":[12,36]}"

static void what_cannot_have_its_name_is_a_mistake(void **state)
{
    (void)state;
    char name[TENSOR_NAME + 1], said[2 * TENSOR_NAME + 80];
    memset(name, 'n', TENSOR_NAME);
    name[TENSOR_NAME] = '\0';
    NamedTensors list = { 0 };
    Tensor *x = t_zeros(2);
    snprintf(said, sizeof said, "named_add: the name '%s' is too long", name);
    assert_refuses(said, named_add(&list, name, x, false));
    snprintf(said, sizeof said, "named_under: '%.*s...' is too long",
             TENSOR_NAME / 2 - 1, name);
    assert_refuses(said, named_under(&list, "%s", name));
    NamedTensor one[] = { { .name = "a", .tensor = x, .turned = true } };
    static const char other[] = "safetensors_write: 'a' must be a tensor of its own, "
                                "and what is turned a matrix";
    assert_refuses(other, safetensors_write("never", 1, one));
    one[0] = (NamedTensor){ .name = "a", .tensor = t_slice(x, 0, 0, 1) };
    assert_refuses(other, safetensors_write("never", 1, one));
    free(list.at);
    tape_free();
}

static void what_is_read_is_what_was_written(void **state)
{
    (void)state;
    Params a = { 0 }, b = { 0 };
    NamedTensors in = things(&a), out = things(&b);
    for (int i = 0; i < 3; i++)
        t_at(a.at[0], i) = (real)i / 3;
    for (int i = 0; i < 6; i++)
        t_at(a.at[1], i / 3, i % 3) = (real)(10 + i);
    safetensors_write(in_folder("m"), in.n, in.at);
    assert_int_equal(count_files(""), 1);
    safetensors_read(in_folder("m"), out.n, out.at);
    assert_true(t_distance(a.at[0], b.at[0]) == 0);
    assert_true(t_distance(a.at[1], b.at[1]) == 0);
    free(in.at);
    free(out.at);
    tape_free();
}

/* The bytes, as the format's own description has them. */
static void the_file_is_a_length_a_header_and_the_numbers(void **state)
{
    (void)state;
    static const char header[] = "{\"__metadata__\":{\"format\":\"pt\"},"
                                 ONE "," OUT "}";
    Params a = { 0 };
    NamedTensors in = things(&a);
    t_at(a.at[1], 1, 0) = 1;    /* (in, out) of 2 x 3: in the file number 1 */
    safetensors_write(in_folder("m"), in.n, in.at);
    FILE *f = fopen(in_folder("m"), "rb");
    unsigned char bytes[400];
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    size_t n = (sizeof header - 1 + 7) / 8 * 8;
    assert_int_equal(size, 8 + n + 36);
    assert_int_equal(bytes[0], n);
    assert_memory_equal(bytes + 8, header, sizeof header - 1);
    for (size_t i = sizeof header - 1; i < n; i++)
        assert_int_equal(bytes[8 + i], ' ');
    static const unsigned char one[] = { 0, 0, 0x80, 0x3F };
    assert_memory_equal(bytes + 8 + n + 12 + 4, one, 4);
    free(in.at);
    tape_free();
}

static void other_order_blanks_escapes_and_halves_of_floats_are_read(void **state)
{
    (void)state;
    write_header("{ \"layer.7.out.we\\u0069ght\" : { \"shape\": [ 3 , 2 ] , \n"
                 "\"dtype\":\"BF16\",\"data_offsets\":[0,12]},\t\"__metadata__\":"
                 "{\"a \\\" \\\\ \\n \\u732b\":\"b\"},\"one\":{\"dtype\":\"F32\","
                 "\"data_offsets\":[12,24],\"shape\":[3]}}   ", 0, 0);
    FILE *f = fopen(in_folder("m"), "ab");
    for (int i = 0; i < 6; i++)     /* 1 as BF16 */
        fwrite("\x80\x3F", 1, 2, f);
    for (int i = 0; i < 3; i++)
        fwrite("\0\0\0\x40", 1, 4, f);
    fclose(f);
    Params a = { 0 };
    NamedTensors in = things(&a);
    safetensors_read(in_folder("m"), in.n, in.at);
    for (int i = 0; i < 3; i++) {
        assert_true(t_at(a.at[0], i) == 2);
        assert_true(t_at(a.at[1], 1, i) == 1);
    }
    free(in.at);
    tape_free();
}

static void what_is_malformed_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t length, zeros;
        const char *says;
    } list[] = {
        { "{" ONE "," OUT "}", 0, 36, NULL },
        { "", 1000, 36, "has 44 bytes, and a header of 1000 was expected" },
        { "", (size_t)-1, 36, "is no safetensors file, or was cut short" },
        { "", 37, 36, "has 44 bytes, and a header of 37 was expected" },
        { "[]", 0, 36, "at byte 8 '{' was expected" },
        { "{" ONE "," OUT, 0, 36, "',' or '}' was expected" },
        { "{" ONE "," OUT "} x", 0, 36, "at byte 140 the end of the header was" },
        { "{" ONE ",}", 0, 36, "a string was expected" },
        { "{" ONE "}", 0, 12, "has no 'layer.7.out.weight'" },
        { "{\"layer.7.out.weight\":{\"dtype\":\"F32\",\"shape\":[3,2],"
          "\"data_offsets\":[0,24]}}", 0, 24, "has no 'one'" },
        { "{" ONE "," ONE "," OUT "}", 0, 36, "'one' stands there twice" },
        { "{\"two\":{}," ONE "," OUT "}", 0, 36, "this model has no 'two'" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[3]}," OUT "}", 0, 36,
          "dtype, shape and data_offsets were expected" },
        { "{\"one\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}," OUT "}", 0, 36,
          "dtype, shape and data_offsets, once each, were expected" },
        { "{\"one\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]},"
          OUT "}", 0, 36, "the type F32 or BF16 was expected, got 'I8'" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
          OUT "}", 0, 40, "'one' has the shape (4), expected (3)" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
          OUT "}", 0, 40, "'one' has the shape (), expected (3)" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[3,1,1,1,1],\"data_offsets\":"
          "[0,12]}," OUT "}", 0, 36, "the end of a shape that a model has" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[03],\"data_offsets\":[0,12]},"
          OUT "}", 0, 36, "a whole number was expected" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999999]}}", 0,
          36, "a number that can be counted to was expected" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,13]},"
          OUT "}", 0, 37, "'one' lies at bytes 0 to 13 of 37, expected 12 bytes" },
        { "{" ONE "," OUT "}", 0, 35, "lies at bytes 12 to 36 of 35" },
        { "{" ONE "," OUT "}", 0, 37, "end at byte 36, and the next begin at 37" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[12,24]},"
          OUT "}", 0, 36, "end at byte 0, and the next begin at 12" },
        { "{\"one\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[9,3]},"
          OUT "}", 0, 36, "'one' lies at bytes 9 to 3 of 36" },
        { "{\"o\\x", 0, 36, "\\r, \\t or \\u expected" },
        { "{\"o\\u00", 0, 36, "a digit of base 16 was expected" },
        { "{\"o\n\"", 0, 36, "at byte 11 the end of a string was expected" },
        { "{\"o", 0, 36, "a string was expected" },
        { "{\"__metadata__\":{\"a\":3}}", 0, 36, "a string was expected" },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        write_header(list[i].header, list[i].length, list[i].zeros);
        RUN(in_folder("m"));
        if (!list[i].says) {
            went_well();
            continue;
        }
        assert_int_equal(child.status, 1);
        if (!strstr(child.err, list[i].says))
            fail_msg("%s: said %s", list[i].says, child.err);
        assert_ptr_equal(strchr(child.err, '\n') + 1,
                         child.err + strlen(child.err));
    }
    char text[200] = "{\"";
    memset(text + 2, 'x', 150);
    strcpy(text + 152, "\":{}}");
    write_header(text, 0, 0);
    RUN(in_folder("m"));
    assert_non_null(strstr(child.err, "xxx...'"));
}

static void a_cut_is_found_wherever_it_is(void **state)
{
    (void)state;
    write_header("{" ONE "," OUT "}", 0, 36);
    struct stat info;
    assert_int_equal(stat(in_folder("m"), &info), 0);
    for (long n = (long)info.st_size - 1; n >= 0; n--) {
        assert_int_equal(truncate(in_folder("m"), n), 0);
        RUN(in_folder("m"));
        assert_int_equal(child.status, 1);
    }
    RUN(in_folder("absent"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "No such file or directory"));
    RUN(in_folder("."));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "Is a directory"));
}

static void a_full_disk_leaves_what_was_there(void **state)
{
    (void)state;
    write_file("m", "old");
    RUN_ON_FULL_DISK(in_folder("m"), "write");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write"));
    assert_string_equal(contents("m"), "old");
    assert_int_equal(count_files(""), 1);
    RUN(in_folder("none/m"), "write");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write"));
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_have_its_name_is_a_mistake),
        FOLDER_TEST(what_is_read_is_what_was_written),
        FOLDER_TEST(the_file_is_a_length_a_header_and_the_numbers),
        FOLDER_TEST(other_order_blanks_escapes_and_halves_of_floats_are_read),
        FOLDER_TEST(what_is_malformed_is_refused_with_its_place),
        FOLDER_TEST(a_cut_is_found_wherever_it_is),
        FOLDER_TEST(a_full_disk_leaves_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

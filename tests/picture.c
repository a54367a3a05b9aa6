/* Tests of the model that sees, chapters/programs/picture.c. */
#include "tool.h"

#include "base/text.h"

#include "../chapters/programs/picture/model.h"

int main_picture(int argc, char **argv);

/* ---- what the tests train on --------------------------------------------- */

enum { SIDE = 8, CLASSES = 3 };

/* n pictures of 8 x 8: class k is bright in rows 2 k and 2 k + 1, at whatever
 * other light. labels: how many of them are written. */
static void write_pictures(const char *images, const char *labels, int n,
                           int written)
{
    FILE *f = fopen(in_folder(images), "wb"), *g = fopen(in_folder(labels), "wb");
    Rng rng = rng_named((uint64_t)n, images);
    const unsigned char header[] = { 0, 0, 8, 3, 0, 0, (unsigned char)(n >> 8),
                                     (unsigned char)n, 0, 0, 0, SIDE, 0, 0, 0,
                                     SIDE };
    fwrite(header, 1, sizeof header, f);
    fwrite((const unsigned char[]){ 0, 0, 8, 1, 0, 0,
                                    (unsigned char)(written >> 8),
                                    (unsigned char)written }, 1, 8, g);
    for (int i = 0; i < n; i++) {
        int class = rng_below(&rng, CLASSES);
        for (int k = 0; k < SIDE * SIDE; k++)
            fputc((k / SIDE / 2 == class ? 130 : 0) + rng_below(&rng, 120), f);
        if (i < written)
            fputc(class, g);
    }
    fclose(f);
    fclose(g);
}

/* One picture of this size in "x", and in "y" its class, 0. */
static void write_one(int rows, int columns, int channels)
{
    FILE *f = fopen(in_folder("x"), "wb"), *g = fopen(in_folder("y"), "wb");
    const int sizes[] = { 1, rows, columns, channels };
    fwrite("\0\0\10\4", 1, 4, f);
    for (int i = 0; i < 4; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            putc(sizes[i] >> shift & 0xFF, f);
    for (int i = 0; i < rows * columns * channels; i++)
        putc(i % 200, f);
    fwrite("\0\0\10\1\0\0\0\1\0", 1, 9, g);
    fclose(f);
    fclose(g);
}

#define OWN "--images", in_folder("x"), "--labels", in_folder("y")
#define SMALL "--width", "16", "--heads", "2", "--layers", "1"

static void train_small(const char *option, const char *value)
{
    write_pictures("x", "y", 300, 300);
    RUN("train", OWN, "--save", in_folder("m"), "--lr", "0.01", "--batch", "20",
        SMALL, option, value);
}

/* ---- classes ------------------------------------------------------------- */

static void classes_are_learned_and_told(void **state)
{
    (void)state;
    train_small("--epochs", "6");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "300 pictures of 8 x 8 x 1"));
    write_pictures("x2", "y2", 200, 200);
    RUN("score", "--model", in_folder("m"), "--images", in_folder("x2"),
        "--labels", in_folder("y2"));
    went_well();
    double right = 0;
    const char *share = strchr(child.out, '(');
    assert_non_null(share);
    assert_true(sscanf(share, "(%lf", &right) == 1 && right > 95);
    assert_non_null(strstr(child.out, "class 2"));
    RUN("score", "--model", in_folder("m"), "--images", in_folder("x2"));
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "--images needs --labels"));
    RUN("look", "--model", in_folder("m"), "--images", in_folder("x2"),
        "--number", "200");
    went_well();
    assert_non_null(strstr(child.out, "where it looks"));
    RUN("info", "--model", in_folder("m"));
    went_well();
    assert_non_null(strstr(child.out, "3 classes, from 300 pictures"));
    assert_non_null(strstr(child.out, "4 x 4, read by windows"));
}

static void a_single_class_is_a_class(void **state)
{
    (void)state;
    write_one(8, 8, 1);
    RUN("train", OWN, "--save", in_folder("m"), "--epochs", "1", SMALL);
    assert_int_equal(child.status, 0);
    RUN("score", "--model", in_folder("m"), OWN);
    went_well();
    assert_non_null(strstr(child.out, "class 0      1 of 1\n"));
    RUN("look", "--model", in_folder("m"), "--images", in_folder("x"));
    went_well();
    assert_non_null(strstr(child.out, "\nclass 0   100.0 %\n\nwhere it looks"));
}

static void others_can_be_looked_at_after_each_epoch(void **state)
{
    (void)state;
    write_pictures("x", "y", 60, 60);
    write_pictures("x2", "y2", 40, 40);
    char others[600];       /* in_folder() has four buffers */
    snprintf(others, sizeof others, "%s", in_folder("y2"));
    RUN("train", OWN, "--save", in_folder("m"), "--valid-images",
        in_folder("x2"), "--valid-labels", others, "--epochs", "2", "--read",
        "product");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "epoch 2/2"));
    assert_non_null(strstr(child.out, "held-out"));
}

static void a_resumed_training_ends_with_the_same_bits(void **state)
{
    (void)state;
    train_small("--epochs", "12");
    size_t a, b;
    rename(in_folder("m"), in_folder("whole"));
    const char *whole = bytes_of("whole", &a);
    static const int signals[] = { SIGINT, SIGKILL, SIGTERM };
    for (int round = 0; round < 3; round++) {
        stopped(signals[round], 40 * round, (const char *const[]){
            "train", OWN, "--save", in_folder("m"), "--lr", "0.01", "--batch",
            "20", SMALL, "--epochs", "12", NULL });
        if (!exists("m"))       /* stopped before the first epoch's end */
            continue;
        RUN("train", OWN, "--save", in_folder("m"), "--resume");
        assert_int_equal(child.status, 0);
        assert_non_null(strstr(child.out, "going on"));
        const char *parts = bytes_of("m", &b);
        assert_int_equal(a, b);
        assert_memory_equal(whole, parts, a);
        remove(in_folder("m"));
    }
}

static void only_epochs_may_change_and_pictures_may_not(void **state)
{
    (void)state;
    train_small("--epochs", "2");
    RUN("train", OWN, "--save", in_folder("m"), "--resume", "--epochs", "3",
        "--width", "16");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "epoch 3/3"));
    RUN("train", OWN, "--save", in_folder("m"), "--resume", "--width", "32");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "--width cannot change"));
    write_pictures("x", "y", 301, 301);
    RUN("train", OWN, "--save", in_folder("m"), "--resume", "--epochs", "4");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "has learned from other pictures"));
}

/* ---- captions ------------------------------------------------------------ */

static void captions_of_the_books_own_are_learned(void **state)
{
    (void)state;
    RUN("train", "--save", in_folder("m"), "--pictures", "100", "--epochs", "1",
        SMALL);
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "100 pictures of 32 x 32 x 3"));
    RUN("score", "--model", in_folder("m"), "--count", "20", "--split",
        "combinations");
    went_well();
    assert_non_null(strstr(child.out, "exact"));
    RUN("look", "--model", in_folder("m"), "--number", "3");
    went_well();
    RUN("info", "--model", in_folder("m"));
    went_well();
    assert_non_null(strstr(child.out, "captions, from 100"));
    write_pictures("x", "y", 10, 10);
    RUN("score", "--model", in_folder("m"), OWN);
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "no labels can say whether it is right"));
    RUN("look", "--model", in_folder("m"), "--images", in_folder("x"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "has pictures of 8 x 8 x 1; expected 32 x 32 x 3"));
}

/* What the model in a file of the folder says: how many classes are right; or,
 * since a short lesson gets no caption right, what it sees in a picture. */
static const char *said_by(const char *model, bool classes)
{
    if (classes)
        RUN("score", "--model", in_folder(model), OWN);
    else
        RUN("look", "--model", in_folder(model), "--number", "3");
    went_well();
    return child.out;
}

static void weights_go_out_and_come_in_by_name(void **state)
{
    (void)state;
    static const char *const read[] = { NULL, "product", "windows" };
    write_pictures("x", "y", 300, 300);
    for (int k = 0; k < 3; k++) {
        bool classes = read[k] != NULL;
        const char *name[] = { "m", "other" }, *seed[] = { "1", "9" };
        for (int i = 0; i < 2; i++) {
            if (classes)
                RUN("train", OWN, "--save", in_folder(name[i]), SMALL, "--epochs",
                    "3", "--seed", seed[i], "--read", read[k]);
            else
                RUN("train", "--save", in_folder(name[i]), "--pictures", "100",
                    SMALL, "--epochs", "2", "--seed", seed[i]);
            trained();
        }
        static char before[sizeof child.out];
        snprintf(before, sizeof before, "%s", said_by("m", classes));
        assert_string_not_equal(said_by("other", classes), before);
        RUN("export", "--model", in_folder("m"), "--safetensors",
            in_folder("named"));
        went_well();
        RUN("import", "--model", in_folder("other"), "--safetensors",
            in_folder("named"), "--save", in_folder("back"));
        went_well();
        assert_string_equal(said_by("back", classes), before);
    }
    RUN("export", "--model", in_folder("m"), "--safetensors", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "which is read"));
    RUN("import", "--model", in_folder("m"), "--safetensors", in_folder("m"),
        "--save", in_folder("never"));
    assert_int_equal(child.status, 1);
    assert_false(exists("never"));
}

/* ---- models and pictures that cannot be ---------------------------------- */

static void forged_is_refused(const char *says)
{
    RUN("info", "--model", in_folder("forged"));
    refused_in_one_line(says);
}

static void models_that_cannot_be_are_refused(void **state)
{
    (void)state;
    train_small("--epochs", "1");
    static const struct {
        const char *name;
        int64_t number;
        const char *says;
    } whole[] = {
        { "layers", 0, "layers" }, { "layers", 17, "layers" },
        { "width", 15, "width" }, { "heads", 3, "heads" },
        { "patch", 0, "patch" }, { "patch", 3, "windows read patches of 2" },
        { "patch", 16, "cannot be cut" }, { "rows", 0, "rows" },
        { "rows", 9, "cannot be cut" }, { "columns", 1025, "columns" },
        { "classes", 257, "classes" }, { "classes", -1, "classes" },
        { "read", 2, "read" }, { "width", 4096, "'" }, { "rows", 1024, "'" },
        { "channels", 1024, "'" },
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        forge(whole[i].name, 8, &whole[i].number, 8);
        forged_is_refused(whole[i].says);
    }
}

static void a_file_that_is_no_model_is_refused(void **state)
{
    (void)state;
    write_file("forged", "no model");
    forged_is_refused("forged");
    RUN("info", "--model", "tests/golden/model.ckpt");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "the field 'seer' was expected"));
}

static void pictures_and_labels_must_belong_together(void **state)
{
    (void)state;
    write_pictures("x", "y", 30, 29);
    RUN("train", OWN, "--save", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "has 30 pictures, '"));
    assert_non_null(strstr(child.err, "29 labels; expected as many"));
    write_pictures("x", "y", 30, 30);
    RUN("train", OWN, "--save", in_folder("m"), "--patch", "8", "--width", "2",
        "--heads", "1");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "too narrow for 3 windows"));
    RUN("train", OWN, "--save", in_folder("m"), "--patch", "3", "--read",
        "product");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "pictures of 8 x 8 cannot be cut into"
                                      " patches of 3 x 3"));
    train_small("--epochs", "1");
    RUN("look", "--model", in_folder("m"), "--images", in_folder("x"),
        "--number", "301");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "has 300 pictures, got 301"));
    static const char *const commands[] = { "look", "score" };
    for (int i = 0; i < 2; i++) {
        RUN(commands[i], "--model", in_folder("m"));
        assert_int_equal(child.status, 2);
        assert_non_null(strstr(child.err, "has learned classes of pictures: "
                                          "expected --images"));
    }
}

static void pictures_of_another_size_are_refused(void **state)
{
    (void)state;
    static const int large[][3] = { { 1025, 1, 1 }, { 1, 1025, 1 }, { 1, 1, 1025 } };
    for (int i = 0; i < 3; i++) {
        write_one(large[i][0], large[i][1], large[i][2]);
        RUN("train", OWN, "--save", in_folder("m"));
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "expected at most 1024 of each"));
    }
    train_small("--epochs", "1");
    static const int other[][3] = { { 4, 8, 1 }, { 8, 4, 1 }, { 8, 8, 3 } };
    for (int i = 0; i < 3; i++) {
        write_one(other[i][0], other[i][1], other[i][2]);
        RUN("look", "--model", in_folder("m"), "--images", in_folder("x"));
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "; expected 8 x 8 x 1"));
    }
}

/* ---- the command line ---------------------------------------------------- */

static void bad_commands_are_refused_in_one_line(void **state)
{
    (void)state;
    const char *const bad[][8] = {
        { NULL },
        { "see", NULL },
        { "train", NULL },
        { "train", "--save", NULL },
        { "train", "--save", "m", "--images", "x", NULL },
        { "train", "--save", "m", "--valid-images", "x", NULL },
        { "train", "--save", "m", "--width", "15", NULL },
        { "train", "--save", "m", "--patch", "0", NULL },
        { "train", "--save", "m", "more", NULL },
        { "look", NULL },
        { "look", "--model", "m", "--number", "0", NULL },
        { "score", "--model", "m", "--split", "train", NULL },
        { "info", NULL },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        run(bad[i]);
        assert_int_equal(child.status, 2);
        assert_string_equal(child.out, "");
        assert_non_null(strstr(child.err, "(see --help)\n"));
        assert_ptr_equal(strchr(child.err, '\n') + 1,
                         child.err + strlen(child.err));
    }
}

static void help_is_given(void **state)
{
    (void)state;
    static const char *const commands[] = { "train", "score", "look", "info" };
    RUN("--help");
    went_well();
    for (int i = 0; i < 4; i++)
        assert_non_null(strstr(child.out, commands[i]));
    for (int i = 0; i < 4; i++) {
        RUN(commands[i], "--help");
        went_well();
        assert_non_null(strstr(child.out, "--help"));
    }
}

static void what_must_not_be_written_to_is_refused_at_once(void **state)
{
    (void)state;
    write_pictures("x", "y", 20, 20);
    RUN("train", OWN, "--save", in_folder("x"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "which is read"));
    RUN("train", OWN, "--save", in_folder("no/such/folder"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write the checkpoint"));
    RUN("train", "--images", in_folder("absent"), "--labels", in_folder("y"),
        "--save", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot read"));
    assert_int_equal(count_files("."), 2);
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return main_picture(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(classes_are_learned_and_told),
        FOLDER_TEST(a_single_class_is_a_class),
        FOLDER_TEST(others_can_be_looked_at_after_each_epoch),
        FOLDER_TEST(a_resumed_training_ends_with_the_same_bits),
        FOLDER_TEST(only_epochs_may_change_and_pictures_may_not),
        FOLDER_TEST(captions_of_the_books_own_are_learned),
        FOLDER_TEST(weights_go_out_and_come_in_by_name),
        FOLDER_TEST(models_that_cannot_be_are_refused),
        FOLDER_TEST(a_file_that_is_no_model_is_refused),
        FOLDER_TEST(pictures_and_labels_must_belong_together),
        FOLDER_TEST(pictures_of_another_size_are_refused),
        FOLDER_TEST(bad_commands_are_refused_in_one_line),
        FOLDER_TEST(help_is_given),
        FOLDER_TEST(what_must_not_be_written_to_is_refused_at_once),
    };
    return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}

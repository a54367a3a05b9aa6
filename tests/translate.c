/* Tests of the translator, chapters/programs/translate.c. */
#define _GNU_SOURCE
#include "child.h"

#include "check.h"

#define main main_translate
#include "../chapters/programs/translate.c"
#undef main

#include "10_translating_well.h"

#include <signal.h>
#include <time.h>

static int lines_left;

static void print_tsv(const char *english, const char *translation,
                      void *stream)
{
    if (lines_left-- > 0)
        fprintf(stream, "%s\t%s\n", english, translation);
}

static void write_tsv(const char *name)
{
    FILE *f = fopen(in_folder(name), "w");
    lines_left = 400;
    corpus_pairs(CORPUS_FRENCH, CORPUS_HELD_OUT, print_tsv, f);
    fclose(f);
}

#define SMALL_MODEL "--width", "16", "--heads", "2", "--layers", "1"

/* Runs a training that is stopped by a signal after some milliseconds. */
static void stopped(int by, const char *data, const char *model,
                    int milliseconds)
{
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execl(child_program, "x", "--as-chapter", "train", "--data", data,
              "--save", model, "--epochs", "40", SMALL_MODEL, (char *)NULL);
        _exit(127);
    }
    nanosleep(&(struct timespec){ 0, milliseconds * 1000000L }, NULL);
    kill(id, by);
    int status;
    waitpid(id, &status, 0);
    if (by == SIGINT)
        assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 130
                                          || WEXITSTATUS(status) == 0));
}

static const char *bytes_of(const char *name, size_t *size)
{
    static char buffer[2][400000];
    char *text = buffer[strcmp(name, "whole") == 0];
    FILE *f = fopen(in_folder(name), "rb");
    assert_non_null(f);
    *size = fread(text, 1, sizeof buffer[0], f);
    assert_true(*size < sizeof buffer[0]);
    fclose(f);
    return text;
}

static void a_resumed_training_ends_with_the_same_bits(void **state)
{
    (void)state;
    write_tsv("a.tsv");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("whole"),
        "--epochs", "40", SMALL_MODEL);
    assert_int_equal(child.status, 0);
    size_t a, b;
    const char *whole = bytes_of("whole", &a);
    for (int round = 0; round < 4; round++) {
        int by = round % 2 ? SIGKILL : SIGINT;
        stopped(by, in_folder("a.tsv"), in_folder("parts"), 100 + 60 * round);
        if (!exists("parts"))   /* killed before the first epoch's end */
            continue;
        RUN("info", "--model", in_folder("parts"));
        went_well();
        RUN("train", "--data", in_folder("a.tsv"), "--save",
            in_folder("parts"), "--resume");
        assert_int_equal(child.status, 0);
        assert_non_null(strstr(child.out, "going on"));
        const char *parts = bytes_of("parts", &b);
        assert_int_equal(a, b);
        assert_memory_equal(whole, parts, a);
        remove(in_folder("parts"));
    }
}

static void a_trained_model_translates_scores_and_shows(void **state)
{
    (void)state;
    write_file("a.tsv", "a b .\tx y .\nb a .\ty x .\na a b .\tx x y .\n"
                        "b b .\ty y .\na .\tx .\nb .\ty .\nb a b .\ty x y .\n");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--epochs", "150", "--dropout", "0", "--norm", "post", "--warmup", "20",
        "--valid", in_folder("a.tsv"), SMALL_MODEL);
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "epoch 150/150"));
    RUN("score", "--model", in_folder("m"), "--data", in_folder("a.tsv"));
    went_well();
    assert_non_null(strstr(child.out, "exact match  100.00 %"));
    RUN("attend", "--model", in_folder("m"), "--out", in_folder("maps"),
        "A b.");
    went_well();
    assert_string_equal(contents("maps/attend.out"), "x y .\n");
    assert_true(exists("maps/cross_1_2.svg") && exists("maps/encoder_1_1.dat"));
    assert_non_null(strstr(contents("maps/cross_1_1.dat"), "\"b\" \"y\""));
    FILE *in = fopen(in_folder("in"), "w");
    fputs("b a .\n\nA B.\n", in);
    fclose(in);
    char shell[900];
    snprintf(shell, sizeof shell,
             "%s --as-chapter translate --model %s --beam 2 < %s > %s",
             child_program, in_folder("m"), in_folder("in"), in_folder("out"));
    assert_int_equal(system(shell), 0);
    assert_string_equal(contents("out"), "y x .\n\nx y .\n");
}

static void bad_commands_are_refused_in_one_line(void **state)
{
    (void)state;
    const char *const bad[][6] = {
        { "train", "--save", "m", NULL },
        { "train", "--data", "x", "--save", NULL },
        { "train", "--data", "x", "--width", "1.5", NULL },
        { "train", "--data", "x", "--norm", "layer", NULL },
        { "translate", "--beam", "0", NULL },
        { "score", "--unknown", NULL },
        { "attend", "--model", "m", "--out", "d", NULL },
        { "corpus", "german", NULL },
        { "corpus", "french", "most", NULL },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        run(bad[i]);
        assert_int_equal(child.status, 2);
        assert_string_equal(child.out, "");
        assert_non_null(strstr(child.err, "(see --help)\n"));
        assert_ptr_equal(strchr(child.err, '\n') + 1,
                         child.err + strlen(child.err));
    }
    RUN("translate", "--model", in_folder("absent"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot read the checkpoint"));
    write_tsv("a.tsv");
    RUN("train", "--data", in_folder("a.tsv"), "--save",
        in_folder("no/such/folder"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write the checkpoint"));
    assert_string_equal(child.out, "");     /* said before anything is done */
    const char *inputs[] = { "--data", "--target", "--valid",
                             "--valid-target" };
    for (int i = 0; i < 4; i++) {
        write_file("mine", "a\tb\n");
        RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("mine"),
            "--valid", in_folder("a.tsv"), inputs[i], in_folder("mine"));
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "which is read"));
        assert_string_equal(contents("mine"), "a\tb\n");
    }
    RUN("train", "--help");
    went_well();
    assert_non_null(strstr(child.out, "--label-smoothing"));
    RUN("corpus", "chinese", "held-out");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "\t"));
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return main_translate(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_resumed_training_ends_with_the_same_bits),
        FOLDER_TEST(a_trained_model_translates_scores_and_shows),
        FOLDER_TEST(bad_commands_are_refused_in_one_line),
    };
    int failed = cmocka_run_group_tests_name("translate", tests, NULL, NULL);
    tape_free();
    return failed;
}

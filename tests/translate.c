/* Tests of the translator, chapters/programs/translate.c. */
#include "tool.h"

#include "data/corpus.h"

#include "golden/model.h"

#include "../chapters/programs/translate/unknown.h"

#include <math.h>

int main_translate(int argc, char **argv);

/* ---- what the tests train on -------------------------------------------- */

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

static void a_resumed_training_ends_with_the_same_bits(void **state)
{
    (void)state;
    write_tsv("a.tsv");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("whole"),
        "--epochs", "40", SMALL_MODEL);
    assert_int_equal(child.status, 0);
    size_t a, b;
    const char *whole = bytes_of("whole", &a);
    static const int signals[] = { SIGINT, SIGKILL, SIGTERM, SIGHUP, SIGKILL };
    for (int round = 0; round < 5; round++) {
        int by = signals[round];
        stopped(by, 60 * round, (const char *const[]){
            "train", "--data", in_folder("a.tsv"), "--save", in_folder("parts"),
            "--epochs", "40", SMALL_MODEL, NULL });
        if (!exists("parts"))   /* killed before the first epoch's end */
            continue;
        RUN("info", "--model", in_folder("parts"));
        went_well();
        RUN("train", "--data", in_folder("a.tsv"), "--save",
            in_folder("parts"), "--epochs", "40", SMALL_MODEL, "--resume");
        assert_int_equal(child.status, 0);
        assert_non_null(strstr(child.out, "going on"));
        const char *parts = bytes_of("parts", &b);
        assert_int_equal(a, b);
        assert_memory_equal(whole, parts, a);
        remove(in_folder("parts"));
    }
}


/* A model of seven pairs, learned by heart; with some more options. */
static void train_small(const char *model, const char *option,
                        const char *value)
{
    write_file("a.tsv", "a b .\tx y .\nb a .\ty x .\na a b .\tx x y .\n"
                        "b b .\ty y .\na .\tx .\nb .\ty .\nb a b .\ty x y .\n");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder(model),
        "--dropout", "0", "--norm", "post", "--warmup", "20", "--valid",
        in_folder("a.tsv"), SMALL_MODEL, option, value);
}

/* Translates what is in a file. */
static void run_with_input(const char *in, size_t n, const char *options)
{
    char arguments[800];
    snprintf(arguments, sizeof arguments, "translate --model %s %s",
             in_folder("m"), options);
    run_on_input(in, n, arguments);
}
#define TRANSLATE(in, options)                                                 \
    run_with_input(in, sizeof in - 1, options)

/* ---- training ----------------------------------------------------------- */

/* A file of another day, and perhaps of another machine. */
static void a_model_kept_in_a_file_stays_readable(void **state)
{
    (void)state;
    const char *kept = "tests/golden/model.ckpt", *pairs =
        "tests/golden/model.tsv";
    RUN("score", "--model", kept, "--data", pairs);
    went_well();
    assert_non_null(strstr(child.out, "exact match  100.00 %"));
    model_again(kept, pairs, in_folder("again"));
    size_t n, m;
    const char *again = bytes_of("again", &n);
    char command[700];
    snprintf(command, sizeof command, "cp %s %s", kept, in_folder("whole"));
    assert_int_equal(system(command), 0);
    const char *whole = bytes_of("whole", &m);
    assert_int_equal(n, m);
    assert_memory_equal(again, whole, n);
    RUN("train", "--data", pairs, "--save", in_folder("again"), "--resume",
        "--epochs", "61");
    trained();
    assert_non_null(strstr(child.out, "epoch 61/61"));
}

static void equal_settings_may_be_given_again(void **state)
{
    (void)state;
    train_small("m", "--epochs", "3");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "epoch 3/3"));
    assert_non_null(strstr(child.out, "    a b . -> "));    /* a sample */
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--resume", "--warmup", "20", "--width", "16", "--ffn", "32",
        "--epochs", "3", "--lr", "0.005");
    trained();
    static const char *const others[][2] = {
        { "--width", "32" }, { "--lr", "0.004" }, { "--norm", "pre" },
        { "--max-len", "99" }, { "--seed", "2" },
    };
    for (int i = 0; i < 5; i++) {
        RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
            "--resume", others[i][0], others[i][1]);
        assert_int_equal(child.status, 2);
        assert_non_null(strstr(child.err, "cannot change with --resume"));
    }
}

/* What a batch is computed in is no part of a model. */
static void parts_of_a_batch_may_change(void **state)
{
    (void)state;
    static char losses[2000];
    train_small("m", "--epochs", "4");
    snprintf(losses, sizeof losses, "%s", strstr(child.out, "epoch 1"));
    train_small("m", "--parts", "3");
    assert_int_equal(child.status, 0);
    assert_memory_equal(strstr(child.out, "loss"), strstr(losses, "loss"),
                        strlen("loss 2.34"));
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--resume", "--parts", "2", "--epochs", "11");
    trained();
    assert_non_null(strstr(child.out, "epoch 11/11"));
}

static void more_epochs_train_longer(void **state)
{
    (void)state;
    train_small("m", "--epochs", "3");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--resume", "--epochs", "5");
    trained();
    assert_null(strstr(child.out, "epoch 3/5"));
    assert_non_null(strstr(child.out, "epoch 4/5"));
    assert_non_null(strstr(child.out, "epoch 5/5"));
    RUN("info", "--model", in_folder("m"));
    assert_non_null(strstr(child.out, "5 of 5 steps (5 epochs of 7 pairs)"));
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--resume", "--epochs", "4");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "fewer than are done"));
}

static void other_pairs_are_refused_when_going_on(void **state)
{
    (void)state;
    train_small("m", "--epochs", "2");
    write_file("b.tsv", "a b .\tx y .\nb a .\ty x .\na a b .\tx x y .\n"
                        "b b .\ty y .\na .\tx .\nb .\ty .\nb a b .\ty y y .\n");
    RUN("train", "--data", in_folder("b.tsv"), "--save", in_folder("m"),
        "--resume");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "was trained on other pairs"));
}

static void words_that_are_all_rare_are_refused_before_training(void **state)
{
    (void)state;
    train_small("m", "--min-count", "20");
    assert_int_equal(child.status, 1);
    assert_string_equal(child.out, "");
    assert_non_null(strstr(child.err, "no source word is there 20 times; "
                                      "expected a smaller --min-count"));
    assert_false(exists("m"));
}

static void a_full_stdout_is_noticed_in_the_first_epoch(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        skip();
    write_tsv("a.tsv");
    run_into(full, (const char *const[]){
        "train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--epochs", "1000", SMALL_MODEL, NULL });
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "No space left on device"));
    static const char *const commands[] = { "train", "translate", "score",
                                            "attend", "info", "corpus" };
    for (int i = 0; i < 6; i++) {
        run_into(full, (const char *const[]){ commands[i], "--help", NULL });
        assert_int_equal(child.status, 1);
    }
    close(full);
}

/* ---- a model on disk ---------------------------------------------------- */

/* All that reads a model refuses it in one line. */
static void forged_is_refused(const char *says)
{
    RUN("info", "--model", in_folder("forged"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, says));
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("forged"),
        "--resume");
    refused_in_one_line(says);
}

static void settings_that_cannot_be_are_refused(void **state)
{
    (void)state;
    train_small("m", "--epochs", "2");
    static const struct {
        const char *name;
        int64_t number;
    } whole[] = {
        { "layers", 0 }, { "layers", 17 }, { "layers", -1 },
        { "width", 15 }, { "width", 18 - 1 }, { "width", 4294967312 },
        { "heads", 3 }, { "ffn", 0 }, { "norm", 2 }, { "epochs", -5 },
        { "batch-tokens", 0 }, { "warmup", -1 }, { "min-count", 0 },
        { "max-len", 1000000 }, { "pairs", 0 }, { "steps", INT64_MAX },
        { "layers", 16 }, { "width", 4096 }, { "ffn", 16384 },
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        forge(whole[i].name, 8, &whole[i].number, 8);
        forged_is_refused("'");
    }
    static const double inf = 1.0 / 0.0;
    static const struct {
        const char *name;
        double number;
    } reals[] = {
        { "dropout", 1 }, { "dropout", -0.1 }, { "lr", 0 }, { "lr", inf },
        { "lr", 0.0 / 0.0 }, { "label-smoothing", 1 }, { "clip", -1 },
        { "clip", 0.0 / 0.0 },
    };
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        forge(reals[i].name, 8, &reals[i].number, 8);
        forged_is_refused(reals[i].name);
    }
    forge("source words", 8 + 4, "\x1B", 1);
    forged_is_refused("is no word");
    forge("source words", 8, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
    forged_is_refused("longer than the file");
}

/* So many steps that their number is none that a file can hold. */
static void more_steps_than_can_be_counted_are_refused(void **state)
{
    (void)state;
    FILE *f = fopen(in_folder("a.tsv"), "w");
    for (int i = 0; i < 21475; i++)         /* times 100000 is over 2^31 */
        fprintf(f, "a a a\tx x x\n");
    fclose(f);
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--batch-tokens", "8", "--epochs", "100000", SMALL_MODEL);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "100000 epochs of 21475 batches are more "
                           "steps than can be counted"));
    assert_false(exists("m"));
}

static void a_model_that_knows_no_words_is_refused(void **state)
{
    (void)state;
    Translator t = { .choice = { .layers = 1, .width = 8, .heads = 2,
                                 .hidden = 8, .batch_tokens = 8, .rate = 0.1,
                                 .clip = 1, .min_count = 1, .longest = 9,
                                 .seed = 1, .pairs = 1, .plan = { 1, 1, 0 } } };
    for (int side = SOURCE; side <= TARGET; side++) {
        vocabulary_add(&t.words[side], "word");
        t.words[side].n -= side == TARGET;
    }
    Checkpoint *c = checkpoint_write(in_folder("m"), 2);
    checkpoint_settings(c, choice_stored, &t.choice);
    checkpoint_vocabulary(c, "source words", &t.words[SOURCE]);
    checkpoint_vocabulary(c, "target words", &t.words[TARGET]);
    checkpoint_bits(c, "data", &t.data);
    checkpoint_close(c);
    RUN("info", "--model", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "m' knows no words\n"));
    t.words[TARGET].n++;
    translator_free(&t);
}

/* 32768 numbers would do for the file; the model wants more. */
static void a_model_too_large_for_its_file_is_not_built(void **state)
{
    (void)state;
    train_small("m", "--epochs", "2");
    forge("ffn", 8, &(int64_t){ 16384 }, 8);
    forged_is_refused("describes a model of");
}

static void a_step_that_cannot_be_is_refused(void **state)
{
    (void)state;
    train_small("m", "--epochs", "2");
    static const int64_t steps[] = { -1, INT64_MIN, INT64_MAX, 1L << 40 };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        forge("\4step", 8, &steps[i], 8);   /* 4: its length; not "steps" */
        RUN("train", "--data", in_folder("a.tsv"), "--save",
            in_folder("forged"), "--resume");
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "cannot be"));
    }
}

/* The source words, each 16 wide, become NaN. */
static void forge_nan(void)
{
    float nan[7 * 16];
    for (int i = 0; i < 7 * 16; i++)
        nan[i] = 0.0f / 0.0f;
    /* Behind the name: two sizes and how many they are, and once more a name,
     * with its length and letter, and a count. */
    forge("parameters", 8 + 8 + 2 + 10 + 8, nan, sizeof nan);
}

static void a_loss_that_is_no_number_ends_the_training(void **state)
{
    (void)state;
    static const char *const clips[] = { "0", "1" };
    static const char *const says[] = {
        "the loss of step 11 is no number any more", "a gradient is NaN" };
    for (int i = 0; i < 2; i++) {
        train_small("m", "--clip", clips[i]);
        forge_nan();
        RUN("train", "--data", in_folder("a.tsv"), "--save",
            in_folder("forged"), "--resume", "--epochs", "11");
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, says[i]));
        assert_non_null(strstr(child.err, "a lower --lr"));
    }
}

/* ---- translating -------------------------------------------------------- */

static void a_trained_model_translates_scores_and_shows(void **state)
{
    (void)state;
    train_small("m", "--epochs", "150");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "epoch 150/150"));
    assert_non_null(strstr(child.out, "    a b . -> x y .\n"));
    RUN("score", "--model", in_folder("m"), "--data", in_folder("a.tsv"));
    went_well();
    assert_non_null(strstr(child.out, "exact match  100.00 %"));
    RUN("attend", "--model", in_folder("m"), "--out", in_folder("maps"),
        "A b.");
    went_well();
    assert_string_equal(child.out, "x y .\n");
    assert_string_equal(contents("maps/attend.out"), "x y .\n");
    assert_true(exists("maps/cross_1_2.svg") && exists("maps/encoder_1_1.dat"));
    assert_non_null(strstr(contents("maps/cross_1_1.dat"), "\"b\" \"y\""));
    const char *page = contents("maps/index.html");
    assert_non_null(strstr(page, "<h1>a b . &rarr; x y .</h1>"));
    assert_non_null(strstr(page, "<img src=\"decoder_1_2.svg\""));
    assert_int_equal(count_files("maps"), 3 * 2 * 2 + 2);
    TRANSLATE("b a .\n\nA B.\n", "--beam 2");
    went_well();
    assert_string_equal(child.out, "y x .\n\nx y .\n");
    TRANSLATE("b a .", "");
    assert_string_equal(child.out, "y x .\n");
    RUN("info", "--model", in_folder("m"), "--vocabulary", "target");
    went_well();
    assert_string_equal(child.out, "y\n.\nx\n");
}

static double perplexity_of(const char *model, const char *off)
{
    RUN("score", "--model", in_folder(model), "--data", in_folder("a.tsv"),
        off ? "--off" : NULL, off);
    assert_int_equal(child.status, 0);
    const char *at = strstr(child.out, "perplexity");
    assert_non_null(at);
    return atof(at + strlen("perplexity"));
}

static void an_exported_model_is_smaller_and_says_the_same(void **state)
{
    (void)state;
    train_small("m", "--epochs", "150");
    RUN("export", "--model", in_folder("m"), "--save", in_folder("used"));
    went_well();
    assert_string_equal(child.out, "");
    size_t whole, used, again;
    bytes_of("m", &whole);
    bytes_of("used", &used);
    assert_true(4 * used < whole);
    double before = perplexity_of("m", NULL), after = perplexity_of("used", NULL);
    assert_non_null(strstr(child.out, "exact match  100.00 %"));
    assert_true(fabs(after - before) < 0.002 * before);
    RUN("attend", "--model", in_folder("used"), "--out", in_folder("maps"),
        "A b.", "--beam", "2", "--length-penalty", "1");
    went_well();
    assert_string_equal(child.out, "x y .\n");
    RUN("export", "--model", in_folder("used"), "--save", in_folder("whole"));
    went_well();
    const char *first = bytes_of("used", &used);
    assert_memory_equal(bytes_of("whole", &again), first, used);
    assert_int_equal(again, used);
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("used"),
        "--resume");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "was saved to be used"));
    RUN("export", "--model", in_folder("m"), "--save", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "which is read"));
}

static void weights_go_out_and_come_back_by_name(void **state)
{
    (void)state;
    for (int post = 0; post < 2; post++) {
        const char *norm = post ? "post" : "pre";
        train_small("m", "--norm", norm);
        double before = perplexity_of("m", NULL);
        RUN("export", "--model", in_folder("m"), "--safetensors",
            in_folder("named"));
        went_well();
        RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("n"),
            SMALL_MODEL,
            "--norm", norm, "--epochs", "1", "--seed", "9");
        RUN("import", "--model", in_folder("n"), "--safetensors",
            in_folder("named"), "--save", in_folder("back"));
        went_well();
        double after = perplexity_of("back", NULL);
        assert_true(fabs(after - before) < 0.002 * before);     /* at half precision */
    }
    RUN("export", "--model", in_folder("m"), "--safetensors", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "which is read"));
}

static void a_head_that_is_off_is_off_as_in_chapter_8(void **state)
{
    (void)state;
    train_small("m", "--epochs", "20");
    Translator t = translator_load(in_folder("m"));
    Pairs one = { 0 };
    pairs_add(&one, "b a .", "y x .", 0);
    pairs_encode(&one, &t.words[SOURCE], &t.words[TARGET]);
    Batch batch = batch_of(&one, 1, (int[]){ 0 });
    const bool first[] = { true, false }, *const off[MAX_LAYERS] = { first };
    Tensor *whole = transformer_logits(&t.model, batch, (Pass){ 0 });
    Tensor *without = transformer_logits(&t.model, batch, (Pass){ .off = off });
    translator_switch_off(&t, "encoder_1_1");
    Tensor *now = transformer_logits(&t.model, batch, (Pass){ 0 });
    assert_true(t_distance(now, without) < 1e-5);
    assert_true(t_distance(now, whole) > 1e-3);
    translator_switch_off(&t, "cross_1_2,decoder_1_1");
    assert_true(t_distance(transformer_logits(&t.model, batch, (Pass){ 0 }), now)
                > 1e-3);
    pairs_free(&one);
    translator_free(&t);
    double all = perplexity_of("m", NULL);
    assert_true(perplexity_of("m", "encoder_1_1,cross_1_1,cross_1_2") > all);
    TRANSLATE("b a .", "--off cross_1_1");
    went_well();
    static const char *const wrong[] = {
        "encoder", "encoder_2_1", "encoder_0_1", "encoder_1_0", "encoder_1_3",
        "encoder_1_1;", "all_1_1", "cross_1", "cross_1_1,x", ",",
        "encoderencoder_1_1",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        RUN("attend", "--model", in_folder("m"), "--out", in_folder("maps"),
            "a", "--off", wrong[i]);
        assert_int_equal(child.status, 2);
        assert_non_null(strstr(child.err, "--off: expected KIND_LAYER_HEAD"));
    }
}

static void both_forms_of_accents_are_one_word(void **state)
{
    (void)state;
    write_file("a.tsv", "\u00E9t\u00E9\tx y\na\u0300\ty x\n");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--epochs", "60", "--dropout", "0", SMALL_MODEL);
    assert_int_equal(child.status, 0);
    TRANSLATE("\u00E9t\u00E9\nE\u0301te\u0301\n\u00C0\n", "");
    went_well();
    assert_string_equal(child.out, "x y\nx y\ny x\n");
}

static void what_cannot_be_translated_is_named_and_the_rest_is_done(void **state)
{
    (void)state;
    train_small("m", "--epochs", "150");
    static const char in[] = "b a .\nA B.\na\0b\nb\xFF\na .\n";
    static const char *const options[] = { "--together 1", "" };
    for (int i = 0; i < 2; i++) {
        TRANSLATE(in, options[i]);
        assert_int_equal(child.status, 1);
        assert_string_equal(child.out, "y x .\nx y .\n\n\nx .\n");
        assert_string_equal(child.err,
            "standard input, line 3: a zero at byte 2; expected text\n"
            "standard input, line 4: not UTF-8 at byte 2; expected text in "
            "UTF-8\n");
    }
    char tokens[4100];
    for (int i = 0; i < 2002; i++)
        memcpy(tokens + 2 * i, i == 1000 ? ".\n" : "a ", 2);
    run_with_input(tokens, 4004, "");
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, "standard input, line 1: tokens: 1001; "
                        "expected at most 1000\nstandard input, line 2: "
                        "tokens: 1001; expected at most 1000\n");
    assert_string_equal(child.out, "\n\n");
    RUN("attend", "--model", in_folder("m"), "--out", in_folder("maps"),
        tokens);
    assert_int_equal(child.status, 2);
    RUN("attend", "--model", in_folder("m"), "--out", in_folder("maps"),
        "a \xFF b");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "the sentence is not UTF-8"));
    char shell[700];
    snprintf(shell, sizeof shell, "%s --as-chapter translate --model %s <%s "
             ">%s 2>%s", child_program, in_folder("m"), folder,
             in_folder("out"), in_folder("err"));
    int status = system(shell);     /* a name, for macOS's WEXITSTATUS() */
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_non_null(strstr(contents("err"), "cannot read standard input: Is a "
                                            "directory"));
}

static void company_changes_no_translation(void **state)
{
    (void)state;
    write_tsv("a.tsv");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--epochs", "3", SMALL_MODEL);
    char text[20000], alone[20000];
    size_t n = 0;
    FILE *f = fopen(in_folder("a.tsv"), "r");
    char line[400];
    for (int i = 0; i < 60 && fgets(line, sizeof line, f); i++) {
        line[strcspn(line, "\t")] = '\0';
        n += (size_t)sprintf(text + n, "%s%s\n", line, i % 7 ? "" : line);
    }
    fclose(f);
    run_with_input(text, n, "--together 1");
    assert_int_equal(child.status, 0);
    strcpy(alone, child.out);
    run_with_input(text, n, "");
    assert_string_equal(child.out, alone);
    run_with_input(text, n, "--together 17");
    assert_string_equal(child.out, alone);
}

/* Starts a translator between two pipes. */
static pid_t converse(int *to, int *from)
{
    int in[2], out[2];
    assert_true(pipe(in) == 0 && pipe(out) == 0);
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        close(out[0]);
        execl(child_program, "x", "--as-chapter", "translate", "--model",
              in_folder("m"), (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    *to = in[1];
    *from = out[0];
    return id;
}

static void a_pipe_is_answered_line_by_line(void **state)
{
    (void)state;
    train_small("m", "--epochs", "150");
    int to, from;
    pid_t id = converse(&to, &from);
    static const char *const lines[][2] = { { "b a .\n", "y x .\n" },
                                            { "\n", "\n" },
                                            { "a .\n", "x .\n" } };
    for (int i = 0; i < 3; i++) {
        char answer[100] = "";
        assert_true(write(to, lines[i][0], strlen(lines[i][0])) > 0);
        struct pollfd ready = { .fd = from, .events = POLLIN };
        assert_int_equal(poll(&ready, 1, 20000), 1);
        assert_true(read(from, answer, sizeof answer - 1) > 0);
        assert_string_equal(answer, lines[i][1]);
    }
    close(to);
    int status;
    waitpid(id, &status, 0);
    assert_int_equal(status, 0);
    close(from);
}

static void a_person_is_asked_for_each_line(void **state)
{
    (void)state;
    train_small("m", "--epochs", "1");
    char seen[1000];
    if (!at_terminal("c\n\4", seen, sizeof seen, (const char *const[]){
            "translate", "--model", in_folder("m"), NULL }))
        skip();
    assert_non_null(strstr(seen, "unknown word: c"));
    assert_non_null(strstr(strstr(seen, "> ") + 1, "\n> "));
}

static void unknown_words_are_named_once_with_what_is_like_them(void **state)
{
    (void)state;
    write_file("a.tsv", "the turtle sleeps\tx y\nturtles sleep\ty x\n"
                        "a baker\tx\n");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--epochs", "1", SMALL_MODEL);
    TRANSLATE("The tutrle bakes\nTutrle x \u732B zzzzzzz\n", "");
    assert_int_equal(child.status, 0);
    assert_string_equal(child.err,
                        "unknown word: tutrle (known: turtle)\n"
                        "unknown word: bakes (known: baker)\n"
                        "unknown word: x\n"
                        "unknown word: \u732B\nunknown word: zzzzzzz\n");
}

static void the_nearest_words_come_first_and_after_a_hundred_it_is_enough(
    void **state)
{
    (void)state;
    write_file("a.tsv", "abcdefghxy abcdefgxyz\tx\nabcdefghxy abcdefgxyz\tx\n"
                        "abcdefghxy\tx\nabcdefghix abcdefghyj abcdefxhij\tx\n"
                        "bcdefghij\tx\n");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--epochs", "1", SMALL_MODEL);
    assert_int_equal(child.status, 0);
    TRANSLATE("abcdefghij\n", "");
    assert_int_equal(child.status, 0);
    /* Of words as far away, those that were first. */
    assert_string_equal(child.err, "unknown word: abcdefghij (known: "
                        "abcdefghix, abcdefghyj, abcdefxhij)\n");
    char many[120 * 12] = "", expected[120 * 30] = "";
    for (int i = 0; i < 120; i++) {
        sprintf(many + strlen(many), "zzz%dzzz%s", 100 + i,
                i % 10 == 9 ? "\n" : " ");
        if (i < 100)
            sprintf(expected + strlen(expected), "unknown word: zzz%dzzz\n",
                    100 + i);
    }
    strcat(expected, "more unknown words are not named\n");
    run_with_input(many, strlen(many), "");
    assert_int_equal(child.status, 0);
    assert_string_equal(child.err, expected);
}

static void edit_distance_counts_letters(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int distance;
    } list[] = {
        { "", "", 0 }, { "", "abc", 3 }, { "a", "a", 0 }, { "a", "b", 1 },
        { "kitten", "sitting", 3 }, { "\u00E9t\u00E9", "ete", 2 },
        { "\u732B", "\u72D7", 1 }, { "flaw", "lawn", 2 }, { "ab", "ba", 1 },
        { "turtle", "tutrle", 1 }, { "abc", "ca", 3 },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        assert_int_equal(edit_distance(list[i].a, list[i].b),
                         list[i].distance);
        assert_int_equal(edit_distance(list[i].b, list[i].a),
                         list[i].distance);
    }
    char longest[65] = "", longer[66] = "";
    memset(longest, 'a', 63);
    memset(longer, 'a', 64);
    assert_int_equal(edit_distance(longest, longest), 0);
    assert_int_equal(edit_distance(longest, longer), 64);
}

/* ---- the command line --------------------------------------------------- */

static void bad_commands_are_refused_in_one_line(void **state)
{
    (void)state;
    const char *const bad[][8] = {
        { NULL },
        { "trains", NULL },
        { "train", "--save", "m", NULL },
        { "train", "--data", "x", "--save", NULL },
        { "train", "--data", "x", "--save", "m", "-xy", NULL },
        { "train", "--data", "x", "--width", "1.5", NULL },
        { "train", "--data", "x", "--save", "m", "--width", "15", NULL },
        { "train", "--data", "x", "--norm", "layer", NULL },
        { "train", "--data", "x", "--save", "m", "--valid-target", "y", NULL },
        { "translate", "--beam", "0", NULL },
        { "score", "--unknown", NULL },
        { "attend", "--model", "m", "--out", "d", NULL },
        { "info", NULL },
        { "export", "--model", "m", NULL },
        { "import", "--model", "m", "--save", "n", NULL },
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
    RUN("corpus", "chinese", "held-out");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "\t"));
}

static void help_is_given(void **state)
{
    (void)state;
    RUN("--help");
    went_well();
    static const char *const commands[] = { "train", "translate", "score",
                                            "attend", "export", "import",
                                            "info", "corpus" };
    const char *all = strdup(child.out);
    for (int i = 0; i < 8; i++) {
        assert_non_null(strstr(all, commands[i]));
        RUN(commands[i], "--help");
        went_well();
        assert_non_null(strstr(child.out, "--help"));
    }
    free((char *)(uintptr_t)all);
}

/* Where a model can be saved is said before anything is done. */
static void what_must_not_be_written_to_is_refused_at_once(void **state)
{
    (void)state;
    write_tsv("a.tsv");
    static const char *const never[] = { "", ".", "no/such/folder" };
    for (int i = 0; i < 3; i++) {
        RUN("train", "--data", in_folder("a.tsv"), "--save",
            *never[i] ? in_folder(never[i]) : "");
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "cannot write the checkpoint"));
        assert_string_equal(child.out, "");
    }
    RUN_ON_FULL_DISK("train", "--data", in_folder("a.tsv"), "--save",
                     in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write the checkpoint"));
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
    assert_int_equal(count_files("."), 2);
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return main_translate(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_resumed_training_ends_with_the_same_bits),
        FOLDER_TEST(a_model_kept_in_a_file_stays_readable),
        FOLDER_TEST(equal_settings_may_be_given_again),
        FOLDER_TEST(parts_of_a_batch_may_change),
        FOLDER_TEST(more_epochs_train_longer),
        FOLDER_TEST(other_pairs_are_refused_when_going_on),
        FOLDER_TEST(words_that_are_all_rare_are_refused_before_training),
        FOLDER_TEST(a_full_stdout_is_noticed_in_the_first_epoch),
        FOLDER_TEST(settings_that_cannot_be_are_refused),
        FOLDER_TEST(more_steps_than_can_be_counted_are_refused),
        FOLDER_TEST(a_model_that_knows_no_words_is_refused),
        FOLDER_TEST(a_model_too_large_for_its_file_is_not_built),
        FOLDER_TEST(a_step_that_cannot_be_is_refused),
        FOLDER_TEST(a_loss_that_is_no_number_ends_the_training),
        FOLDER_TEST(a_person_is_asked_for_each_line),
        FOLDER_TEST(a_trained_model_translates_scores_and_shows),
        FOLDER_TEST(weights_go_out_and_come_back_by_name),
        FOLDER_TEST(an_exported_model_is_smaller_and_says_the_same),
        FOLDER_TEST(a_head_that_is_off_is_off_as_in_chapter_8),
        FOLDER_TEST(both_forms_of_accents_are_one_word),
        FOLDER_TEST(what_cannot_be_translated_is_named_and_the_rest_is_done),
        FOLDER_TEST(company_changes_no_translation),
        FOLDER_TEST(a_pipe_is_answered_line_by_line),
        FOLDER_TEST(unknown_words_are_named_once_with_what_is_like_them),
        FOLDER_TEST(the_nearest_words_come_first_and_after_a_hundred_it_is_enough),
        FOLDER_TEST(edit_distance_counts_letters),
        FOLDER_TEST(bad_commands_are_refused_in_one_line),
        FOLDER_TEST(help_is_given),
        FOLDER_TEST(what_must_not_be_written_to_is_refused_at_once),
    };
    return cmocka_run_group_tests_name("translate", tests, NULL, NULL);
}

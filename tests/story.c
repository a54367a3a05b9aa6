/* Tests of the teller of stories, chapters/programs/story.c. */
#include "tool.h"

#include "base/text.h"

#include <math.h>

#include "../chapters/programs/story/attend.h"
#include "../chapters/programs/story/texts.h"
#include "data/story_words.h"

int main_story(int argc, char **argv);

/* ---- what the tests train on -------------------------------------------- */

#define SMALL "--width", "16", "--heads", "2", "--layers", "1"
#define LINE "one two three four five six seven eight.\n"

static void write_text(const char *name, const char *line, int times)
{
    FILE *f = fopen(in_folder(name), "w");
    for (int i = 0; i < times; i++)
        fputs(line, f);
    fclose(f);
}

/* A model of one line, learned by heart; with one more option. */
static void train_small(const char *option, const char *value)
{
    write_text("a.txt", LINE, 60);
    RUN("train", "--data", in_folder("a.txt"), "--save", in_folder("m"),
        "--pieces", "30", "--window", "24", "--batch-tokens", "200", "--lr",
        "0.01", SMALL, option, value);
}

/* Of the book's stories: it has learned nearly nothing, but what is asked is
 * answered. */
static void train_on_stories(void)
{
    RUN("train", "--save", in_folder("m"), "--stories", "10", "--epochs", "1",
        "--pieces", "300", SMALL);
    assert_int_equal(child.status, 0);
}

/* Runs a command with the model on an input; options may be "". */
static void with_model(const char *command, const char *options,
                       const char *in, size_t n)
{
    char arguments[900];
    snprintf(arguments, sizeof arguments, "%s --model %s %s", command,
             in_folder("m"), options);
    run_on_input(in, n, arguments);
}
#define CONTINUE(in, options) with_model("continue", options, in, sizeof in - 1)
#define ASK(in, options) with_model("ask", options, in, sizeof in - 1)

/* ---- a text of one's own ------------------------------------------------ */

static void a_text_is_learned_and_gone_on_with(void **state)
{
    (void)state;
    train_small("--epochs", "150");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "epoch 1/150"));
    assert_non_null(strstr(child.out, "perplexity"));
    CONTINUE("one two\nfour five\n", "--temperature 0 --tokens 60");
    trained();
    static const char *const begins[] = { "one two three four five six seven "
                                          "eight.\none two three",
                                          "four five six seven eight.\none" };
    const char *second = strstr(child.out, "\nfour five");
    assert_memory_equal(child.out, begins[0], strlen(begins[0]));
    assert_non_null(second);
    assert_memory_equal(second + 1, begins[1], strlen(begins[1]));
    RUN("info", "--model", in_folder("m"));
    went_well();
    assert_non_null(strstr(child.out, "284, of which 256 are bytes"));
    assert_non_null(strstr(child.out, "a text, in windows of 24 tokens"));
    RUN("info", "--model", in_folder("m"), "--pieces");
    went_well();
    assert_non_null(strstr(child.out, "_t\n"));
}

static void a_seed_and_a_temperature_decide_what_is_drawn(void **state)
{
    (void)state;
    train_small("--epochs", "2");
    static const char *const options[] = {
        "--temperature 2 --seed 1", "--temperature 2 --seed 1",
        "--temperature 2 --seed 2", "--temperature 2 --seed 1 --top-k 1",
        "--temperature 0", "--temperature 0.001",
    };
    static char said[6][sizeof child.out];
    for (int i = 0; i < 6; i++) {
        CONTINUE("one two\n", options[i]);
        went_well();
        strcpy(said[i], child.out);
    }
    assert_string_equal(said[0], said[1]);
    assert_string_not_equal(said[0], said[2]);
    assert_string_not_equal(said[0], said[3]);
    assert_string_equal(said[3], said[4]);
    assert_string_equal(said[3], said[5]);
}

static void any_bytes_can_be_learned_from(void **state)
{
    (void)state;
    FILE *f = fopen(in_folder("a.txt"), "wb");
    for (int i = 0; i < 600; i++)
        fputc(i * 37 % 256, f);
    fclose(f);
    RUN("train", "--data", in_folder("a.txt"), "--save", in_folder("m"),
        "--pieces", "0", "--window", "16", "--epochs", "1", SMALL);
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "256 pieces"));
    assert_int_equal(text_invalid_utf8(child.out), -1);
    CONTINUE("\u732B\n", "--tokens 50 --temperature 2");
    trained();
    assert_int_equal(text_invalid_utf8(child.out), -1);
    CONTINUE("\xFF\na\n", "--tokens 1");
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err, "standard input, line 1: not UTF-8 at byte 1; "
                                   "expected text in UTF-8\n");
    assert_memory_equal(child.out, "a", 1);
}

static void a_resumed_training_ends_with_the_same_bits(void **state)
{
    (void)state;
    train_small("--epochs", "30");
    size_t a, b;
    rename(in_folder("m"), in_folder("whole"));
    const char *whole = bytes_of("whole", &a);
    static const int signals[] = { SIGINT, SIGKILL, SIGTERM };
    for (int round = 0; round < 3; round++) {
        stopped(signals[round], 100 * round, (const char *const[]){
            "train", "--data", in_folder("a.txt"), "--save", in_folder("m"),
            "--pieces", "30", "--window", "24", "--batch-tokens", "200", "--lr",
            "0.01", "--epochs", "30", SMALL, NULL });
        if (!exists("m"))       /* stopped before the first epoch's end */
            continue;
        RUN("train", "--data", in_folder("a.txt"), "--save", in_folder("m"),
            "--resume");
        assert_int_equal(child.status, 0);
        assert_non_null(strstr(child.out, "going on"));
        const char *parts = bytes_of("m", &b);
        assert_int_equal(a, b);
        assert_memory_equal(whole, parts, a);
        remove(in_folder("m"));
    }
}

static void more_epochs_train_longer_but_nothing_else_changes(void **state)
{
    (void)state;
    train_small("--epochs", "2");
    RUN("train", "--data", in_folder("a.txt"), "--save", in_folder("m"),
        "--resume", "--epochs", "3", "--width", "16");
    trained();
    assert_non_null(strstr(child.out, "epoch 3/3"));
    RUN("train", "--data", in_folder("a.txt"), "--save", in_folder("m"),
        "--resume", "--epochs", "1");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "fewer than are done"));
    RUN("train", "--data", in_folder("a.txt"), "--save", in_folder("m"),
        "--resume", "--window", "30");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "--window cannot change with --resume"));
    write_text("b.txt", LINE, 61);
    RUN("train", "--data", in_folder("b.txt"), "--save", in_folder("m"),
        "--resume");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "was trained on another text"));
}

/* ---- the book's stories ------------------------------------------------- */

/* The answers of all kinds together are those that the score tells first. */
static void check_kinds(void)
{
    int right, asked, kinds = 0;
    const char *at = strstr(child.out, "answers ");
    assert_int_equal(sscanf(at, "answers %d of %d", &right, &asked), 2);
    assert_true(asked > 10);
    while ((at = strstr(at, " ? "))) {
        int some, of;
        assert_int_equal(sscanf(at += 3, "%d of %d exact", &some, &of), 2);
        assert_in_range(some, 0, of);
        right -= some;
        asked -= of;
        kinds++;
    }
    assert_int_equal(kinds, 8);
    assert_int_equal(right, 0);
    assert_int_equal(asked, 0);
}

static void questions_are_answered_line_by_line(void **state)
{
    (void)state;
    train_on_stories();
    ASK("Who has the ball?\n\nSummary:\n", "");
    trained();
    int lines = 0;
    for (const char *c = child.out; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 3);
    ASK("Who?\nb\xFF\nWh\0\n", "--number 2");
    assert_int_equal(child.status, 1);
    assert_string_equal(child.err,
        "standard input, line 2: not UTF-8 at byte 2; expected text in UTF-8\n"
        "standard input, line 3: a zero at byte 3; expected text\n");
    write_file("mine.txt", "Tom has a ball.\nHe gives it to Anna.\n");
    char story[700];
    snprintf(story, sizeof story, "--story %s", in_folder("mine.txt"));
    ASK("Who has the ball?\n", story);
    trained();
    RUN("score", "--model", in_folder("m"), "--stories", "2");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "stories      2\n"));
    assert_non_null(strstr(child.out, "summaries    "));
    assert_non_null(strstr(child.out, " of 2 exact"));
    check_kinds();
    RUN("score", "--model", in_folder("m"), "--stories", "2", "--split",
        "combinations");
    assert_int_equal(child.status, 0);
    RUN("info", "--model", in_folder("m"));
    went_well();
    assert_non_null(strstr(child.out, "learned from  the book's stories, 10 at most, "
                                      "and questions\n"));
}

/* Enough to learn that an answer ends, and right seldom. */
static void an_answer_ends_with_its_line(void **state)
{
    (void)state;
    RUN("train", "--save", in_folder("m"), "--stories", "10", "--epochs", "60", "--lr",
        "0.02", "--batch-tokens", "500", "--pieces", "300", SMALL);
    trained();
    ASK("Who has the ball?\nWhere is Tom?\n", "");
    trained();
    const char *end = strstr(child.out, ".\n");
    assert_non_null(end);
    assert_ptr_equal(strchr(child.out, '\n'), end + 1);
    assert_string_equal(strchr(end + 2, '\n'), "\n");
}

/* 64 are answered together. */
static void any_number_of_questions_is_answered(void **state)
{
    (void)state;
    train_on_stories();
    RUN("score", "--model", in_folder("m"), "--stories", "12");
    assert_int_equal(child.status, 0);
    check_kinds();
    int asked, summaries;
    assert_int_equal(sscanf(strstr(child.out, "answers "), "answers %*d of %d", &asked),
                     1);
    assert_int_equal(sscanf(strstr(child.out, "summaries "), "summaries %*d of %d",
                            &summaries), 1);
    assert_true(asked > 64);
    assert_int_equal(summaries, 12);
}

static void a_person_is_told_the_story_and_asked(void **state)
{
    (void)state;
    train_on_stories();
    write_file("mine.txt", "Tom has a ball.");
    char seen[2000];
    if (!at_terminal("Who?\n\4", seen, sizeof seen, (const char *const[]){
            "ask", "--model", in_folder("m"), "--story", in_folder("mine.txt"), NULL }))
        skip();
    assert_non_null(strstr(seen, "Tom has a ball .\r\nAsk, such as"));
    assert_non_null(strstr(seen, "> "));
}

/* One piece a letter: Tom has 0 to 2, Anna 8 to 11, and Tom again 15 to 17. */
static void a_name_gets_the_weight_of_all_its_places(void **state)
{
    (void)state;
    Teller t = { .choice = { .block = BLOCK_PREFIX } };
    teller_learn_pieces(&t, (Text){ "a", 1 });
    Reading r = reading_of(&t, "Tom saw Anna . Tom ran .");
    assert_int_equal(r.n, 7);
    assert_int_equal(r.pieces.n, 24);
    assert_int_equal(r.end[0], 3);
    assert_int_equal(r.end[2], 12);
    Tensor *row = t_zeros(24);
    assert_null(most_looked_at(&r, 0, row));
    t_at(row, 11) = 0.5f;
    assert_string_equal(most_looked_at(&r, 5, row), "Anna");
    assert_string_equal(most_looked_at(&r, 2, row), "Tom");
    t_at(row, 1) = 0.375f;
    t_at(row, 12) = 1;
    assert_string_equal(most_looked_at(&r, 5, row), "Anna");
    t_at(row, 17) = 0.25f;
    assert_string_equal(most_looked_at(&r, 4, row), "Anna");
    assert_string_equal(most_looked_at(&r, 5, row), "Tom");
    free(r.pieces.id);
    teller_free(&t);
}

/* Of pronouns behind two names: how many, and of how many the last name is not
 * the one that is meant. */
static void count_pronouns(const Story *story, void *counts)
{
#define NAME(name, she) #name,
    static const char *const names[] = { STORY_NAMES(NAME) };
#undef NAME
    for (int i = 0; i < story->pronouns; i++) {
        char begun[2000], *save, last[20] = "", other[20] = "";
        strcpy(begun, story->text);
        char *word = strtok_r(begun, " ", &save);
        for (int k = 0; k < story->pronoun[i].token; k++) {
            for (int n = 0; n < COUNT(names); n++)
                if (strcmp(word, names[n]) == 0 && strcmp(word, last) != 0) {
                    strcpy(other, last);
                    strcpy(last, word);
                }
            word = strtok_r(NULL, " ", &save);
        }
        ((int *)counts)[0] += *other != '\0';
        ((int *)counts)[1] += *other && strcmp(last, story->pronoun[i].name) != 0;
    }
}

static void heads_stand_beside_a_blind_rule(void **state)
{
    (void)state;
    train_on_stories();
    RUN("attend", "--model", in_folder("m"), "--stories", "30");
    assert_int_equal(child.status, 0);
    int counts[2] = { 0 }, asked, others, heads = 0;
    stories(STORIES_HELD_OUT, 30, count_pronouns, counts);
    double share, of_others;
    assert_int_equal(sscanf(child.out, "pronouns %d %d", &asked, &others), 2);
    assert_int_equal(asked, counts[0]);
    assert_int_equal(others, counts[1]);
    const char *rule = strstr(child.out, "the last name ");
    assert_int_equal(sscanf(rule, "the last name %lf %% %lf", &share, &of_others), 2);
    assert_true(fabs(share - 100.0 * (asked - others) / asked) < 0.06);
    assert_true(of_others == 0);
    for (const char *at = child.out; (at = strstr(at, ", head ")); at++, heads++) {
        assert_int_equal(sscanf(at, ", head %*d %lf %% %lf", &share, &of_others), 2);
        /* Of two or three names a blind head finds more than one in five. */
        assert_true(share > 20 && share < 100 && of_others <= 100);
    }
    assert_int_equal(heads, 2);
    RUN("attend", "--model", in_folder("m"), "--behind", "1");
    assert_int_equal(child.status, 0);
}

static void a_story_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    train_on_stories();
    static const struct {
        const char *text, *says;
    } bad[] = {
        { "", "has no words; expected a story" },
        { " \n\t", "has no words; expected a story" },
        { "Tom\xFF", "byte 4 is not UTF-8; expected text in UTF-8" },
        { "\xFFTom", "byte 1 is not UTF-8; expected text in UTF-8" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file("mine.txt", bad[i].text);
        RUN("ask", "--model", in_folder("m"), "--story", in_folder("mine.txt"));
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, bad[i].says));
    }
    RUN("ask", "--model", in_folder("m"), "--story", in_folder("absent"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot read"));
    RUN("ask", "--model", in_folder("m"), "--number", "1000000");
    assert_int_equal(child.status, 2);
    assert_non_null(strstr(child.err, "stories were held out"));
}

static void a_model_of_a_text_answers_no_questions(void **state)
{
    (void)state;
    train_small("--epochs", "1");
    static const char *const commands[] = { "ask", "score", "attend" };
    for (int i = 0; i < COUNT(commands); i++) {
        RUN(commands[i], "--model", in_folder("m"));
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "from a text without questions"));
    }
}

/* Else a model learns to look at the answers before. */
static void any_question_may_be_the_first_of_a_story(void **state)
{
    (void)state;
    Teller t = { .choice = { .stories = 200, .seed = 1 } };
    Texts texts = texts_read(&t);
    int stories = 0, summaries = 0;
    for (int i = 0; i < texts.train.n; i++) {
        if (pairs_ids(&texts.train, SOURCE, i).n == 0)
            continue;
        Ids asked = pairs_ids(&texts.train, TARGET, i);
        Text text = text_of_tokens(&t.pieces, asked);
        int lines = 0;
        for (int k = 0; k < asked.n; k++)
            lines += asked.id[k] == NEW_LINE;
        assert_int_equal(lines, 4);
        summaries += strncmp(text.at, SUMMARY_PLEASE, 9) == 0;
        stories++;
        free((char *)text.at);
    }
    assert_int_equal(stories, 200);
    assert_in_range(summaries, 5, 60);
    texts_free(&texts);
    teller_free(&t);
}

/* Of letters, as many as all stories have. */
static void check_letters(const Told *told, void *letters)
{
    for (const char *c = told->story; *c; c++)
        assert_non_null(strchr(letters, *c));
}

static void without_a_model_the_books_own_goes_on(void **state)
{
    (void)state;
    static const char in[] = "One day, Anna\nTom and Z\u00E9 7\n";
    run_on_input(in, sizeof in - 1, "continue --temperature 0 --tokens 40");
    assert_int_equal(child.status, 0);
    static const char first[] = "One day , Anna was in the meadow . She had a small "
                                "compass .";
    assert_memory_equal(child.out, first, sizeof first - 1);
    assert_non_null(strstr(child.out, "\nTom and Z\u00E9 7"));
    assert_string_equal(child.err, "unknown letters: Z\u00E97\n");
    run_on_input("Tom and Anna\n", 13, "continue --top-p 0.9");
    went_well();
    char *letters = story_letters();
    stories_told(STORIES_TRAIN, 0, check_letters, letters);
    name_unknown(letters, letters);
    free(letters);
}

static void words_and_signs_are_set_apart(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        { "", "" }, { "  ", "" }, { "Who has it?\n", "Who has it ?" },
        { " Tom , Anna.He ", "Tom , Anna .He" },
        { "Summary:", "Summary :" }, { "a\nb\t c", "a b c" },
        { "\u732B?!", "\u732B ? !" },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *said = apart(texts[i][0]);
        assert_string_equal(said, texts[i][1]);
        free(said);
    }
}

static void the_corpus_is_told_with_questions(void **state)
{
    (void)state;
    RUN("corpus", "held-out");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "Summary :\t"));
    assert_non_null(strstr(child.out, " ?\t"));
}

/* ---- models on disk ----------------------------------------------------- */

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
        { "window", 1, "window" }, { "pieces", 20001, "pieces" },
        { "pieces", 5, " couples cannot be; expected 0 to 5" },
        { "couples", -1, "couples cannot be" },
        { "couples", 1000000, "couples cannot be" },
        { "asks", 2, "asks" }, { "texts", 0, "texts" },
        { "width", 4096, "'" },
    };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        forge(whole[i].name, 8, &whole[i].number, 8);
        forged_is_refused(whole[i].says);
    }
    /* Behind the number of couples, and its count, the first couple: a kind, a
     * length, the name, a count. */
    static const uint64_t couples[] = { (uint64_t)256 << 32, UINT64_MAX, 300 };
    for (size_t i = 0; i < sizeof couples / sizeof *couples; i++) {
        forge("couples", 8 + 8 + 1 + 1 + 6 + 8, &couples[i], 8);
        forged_is_refused("piece 256 cannot be made of");
    }
}

static void a_file_that_is_no_model_is_refused(void **state)
{
    (void)state;
    write_file("forged", "no model");
    forged_is_refused("forged");
    RUN("info", "--model", "tests/golden/model.ckpt");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "has version 2 of the format, and this program "
                                      "reads version 3: train the model again, or "
                                      "it comes from another tool"));
    train_small("--epochs", "1");
    size_t size;
    const char *bytes = bytes_of("m", &size);
    FILE *f = fopen(in_folder("forged"), "wb");
    fwrite(bytes, 1, size - 100, f);
    fclose(f);
    forged_is_refused("forged");
}

/* ---- files of others ------------------------------------------------------ */

#define LLAMA                                                                  \
    "--block=llama", "--pieces=30", "--window=24", "--width=16", "--heads=4",  \
    "--shared=2", "--layers=1"

static void train_llama(void)
{
    write_text("a.txt", LINE, 60);
    RUN("train", LLAMA, "--data", in_folder("a.txt"), "--save", in_folder("m"),
        "--batch-tokens=200", "--lr=0.01", "--epochs=100");
    assert_int_equal(child.status, 0);
}

static void check_continues(const char *name, const char *wanted)
{
    char arguments[900];
    snprintf(arguments, sizeof arguments, "continue --temperature 0 --tokens 30 "
             "--model %s", in_folder(name));
    run_on_input("one two\n", 8, arguments);
    trained();
    assert_string_equal(child.out, wanted);
}

/* Out to files of others and in again, whole and by weights: each says the same. */
static void a_model_goes_out_and_comes_back(void **state)
{
    (void)state;
    train_llama();
    char said[sizeof child.out];
    CONTINUE("one two\n", "--temperature 0 --tokens 30");
    trained();
    strcpy(said, child.out);
    assert_memory_equal(said, "one two three four five", 23);
    RUN("export", "--model", in_folder("m"), "--llama2c", in_folder("bin"),
        "--tokenizer", in_folder("pieces"), "--safetensors", in_folder("named"));
    went_well();
    assert_string_equal(child.out, "");
    RUN("import", "--llama2c", in_folder("bin"), "--tokenizer", in_folder("pieces"),
        "--save", in_folder("back"));
    went_well();
    check_continues("back", said);
    RUN("info", "--model", in_folder("back"));
    went_well();
    assert_non_null(strstr(child.out, "keys          2 heads"));
    assert_non_null(strstr(child.out, "trained       elsewhere"));
    RUN("export", "--model", in_folder("back"), "--llama2c", in_folder("again"),
        "--tokenizer", in_folder("pieces"));
    went_well();
    size_t n, m;
    const char *whole = bytes_of("bin", &n);
    char *first = memcpy(malloc(n), whole, n);
    assert_memory_equal(bytes_of("again", &m), first, n);
    assert_int_equal(n, m);
    free(first);
    RUN("train", "--data", in_folder("a.txt"), "--save", in_folder("back"),
        "--resume");
    assert_int_equal(child.status, 1);
    rename(in_folder("m"), in_folder("old"));
    RUN("train", LLAMA, "--data", in_folder("a.txt"), "--save", in_folder("m"),
        "--epochs=1", "--seed=5");
    RUN("import", "--safetensors", in_folder("named"), "--model", in_folder("m"),
        "--save", in_folder("same"));
    went_well();
    check_continues("same", said);
}

static void the_layers_of_chapter_14_go_out_by_name_only(void **state)
{
    (void)state;
    train_small("--epochs", "2");
    char said[sizeof child.out];
    CONTINUE("one two\n", "--temperature 0 --tokens 30");
    strcpy(said, child.out);
    RUN("export", "--model", in_folder("m"), "--safetensors", in_folder("named"));
    went_well();
    rename(in_folder("m"), in_folder("old"));
    train_small("--seed", "7");
    RUN("import", "--safetensors", in_folder("named"), "--model", in_folder("m"),
        "--save", in_folder("same"));
    went_well();
    check_continues("same", said);
    RUN("export", "--model", in_folder("m"), "--llama2c", in_folder("bin"),
        "--tokenizer", in_folder("pieces"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "expected a model of `story train --block "
                                      "llama`"));
    RUN("export", "--model", in_folder("m"), "--safetensors", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "which is read"));
    RUN("import", "--safetensors", in_folder("a.txt"), "--model", in_folder("m"),
        "--save", in_folder("no"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "is no safetensors file"));
    assert_false(exists("no"));
}

static void what_llama2c_cannot_have_is_refused(void **state)
{
    (void)state;
    train_llama();
    RUN("export", "--model", in_folder("m"), "--llama2c", in_folder("bin"),
        "--tokenizer", in_folder("pieces"));
    went_well();
    RUN("import", "--llama2c", in_folder("pieces"), "--tokenizer",
        in_folder("pieces"), "--save", in_folder("no"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "is this a model of llama2.c, version 0?"));
    RUN("import", "--llama2c", in_folder("bin"), "--tokenizer", in_folder("bin"),
        "--save", in_folder("no"));
    assert_int_equal(child.status, 1);
    assert_false(exists("no"));
    FILE *f = fopen(in_folder("zero.txt"), "wb");
    fwrite("a\0b", 1, 3, f);
    fclose(f);
    RUN("train", "--block", "llama", "--data", in_folder("zero.txt"), "--save",
        in_folder("no"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "byte 2 is zero"));
    int64_t number = 3;
    forge("shared", 8, &number, 8);
    forged_is_refused("as many heads must share each head of keys");
    /* Behind the number of steps the field of pieces: a kind, a length, its name, a
     * count. */
    number = LLAMA_WORDS - 1;
    forge("steps", 8 + 8 + 1 + 1 + 6 + 8, &number, 8);
    forged_is_refused("258 pieces cannot be; expected 259 at least");
    RUN("ask", "--model", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "without questions"));
}

static void a_model_of_llama2c_that_reads_too_little_is_refused(void **state)
{
    (void)state;
    enum { WIDTH = 4, LAYERS = 1, PLACES = 4, LAYER = 2 * WIDTH + 7 * WIDTH * WIDTH };
    LlamaShape shape = { .width = WIDTH, .hidden = WIDTH, .layers = LAYERS, .heads = 2,
                         .shared = 2, .vocabulary = LLAMA_WORDS, .places = PLACES };
    LlamaFile *f = llama_write(in_folder("bin"), shape);
    llama_numbers(f, t_zeros(LLAMA_WORDS * WIDTH + LAYERS * LAYER + WIDTH + PLACES * 2),
                  false);
    llama_close(f);
    tape_free();
    RUN("import", "--llama2c", in_folder("bin"), "--tokenizer", in_folder("bin"),
        "--save", in_folder("no"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "window is 4, expected a whole number from 8"));
    assert_false(exists("no"));
}

/* Stories of the book's: a window is as long as the longest. */
static void stories_are_learned_alone(void **state)
{
    (void)state;
    RUN("train", "--block", "llama", "--save", in_folder("m"), "--stories", "10",
        "--epochs", "1", "--pieces", "300", SMALL);
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "10 texts"));
    RUN("info", "--model", in_folder("m"), "--pieces");
    went_well();
    assert_non_null(strstr(child.out, "_the\n"));
    CONTINUE("Anna\n", "--tokens 300");
    went_well();
}

/* ---- the command line --------------------------------------------------- */

static void bad_commands_are_refused_in_one_line(void **state)
{
    (void)state;
    const char *const bad[][8] = {
        { NULL },
        { "tell", NULL },
        { "train", NULL },
        { "train", "--save", NULL },
        { "train", "--save", "m", "--pieces", "20001", NULL },
        { "train", "--save", "m", "--width", "15", NULL },
        { "train", "--save", "m", "more", NULL },
        { "continue", "--model", NULL },
        { "continue", "--model", "m", "--top-p", "2", NULL },
        { "ask", "--model", "m", "--number", "0", NULL },
        { "score", "--model", "m", "--split", "train", NULL },
        { "attend", NULL },
        { "attend", "--model", "m", "--behind", "-1", NULL },
        { "info", NULL },
        { "corpus", "most", NULL },
        { "train", "--save", "m", "--shared", "2", NULL },
        { "train", "--save", "m", "--block", "mamba", NULL },
        { "train", "--save=m", "--block=llama", "--heads=4", "--shared=3", NULL },
        { "train", "--save=m", "--block=llama", "--heads=4", "--width=12", NULL },
        { "export", "--model", "m", NULL },
        { "export", "--model=m", "--llama2c=x", "--safetensors=y", NULL },
        { "export", "--model=m", "--tokenizer=x", "--safetensors=y", NULL },
        { "import", "--save", "m", NULL },
        { "import", "--save", "m", "--llama2c", "x", NULL },
        { "import", "--save=m", "--llama2c=x", "--tokenizer=y", "--model=z", NULL },
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
    static const char *const commands[] = { "train", "continue", "ask", "score",
                                            "attend", "export", "import", "info",
                                            "corpus" };
    RUN("--help");
    went_well();
    for (int i = 0; i < COUNT(commands); i++)
        assert_non_null(strstr(child.out, commands[i]));
    for (int i = 0; i < COUNT(commands); i++) {
        RUN(commands[i], "--help");
        went_well();
        assert_non_null(strstr(child.out, "--help"));
    }
}

/* Whether a model can be saved is said before anything is done. */
static void what_must_not_be_written_to_is_refused_at_once(void **state)
{
    (void)state;
    write_text("a.txt", LINE, 60);
    static const char *const never[] = { "", ".", "no/such/folder" };
    for (int i = 0; i < 3; i++) {
        RUN("train", "--data", in_folder("a.txt"), "--save",
            *never[i] ? in_folder(never[i]) : "");
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "cannot write the checkpoint"));
        assert_string_equal(child.out, "");
    }
    RUN("train", "--data", in_folder("a.txt"), "--save", in_folder("a.txt"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "which is read"));
    RUN("train", "--data", in_folder("absent"), "--save", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot read"));
    write_file("empty", "");
    RUN("train", "--data", in_folder("empty"), "--save", in_folder("m"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "has 0 bytes; expected a text"));
    assert_int_equal(count_files("."), 2);
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return main_story(argc, argv);
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_text_is_learned_and_gone_on_with),
        FOLDER_TEST(a_seed_and_a_temperature_decide_what_is_drawn),
        FOLDER_TEST(any_bytes_can_be_learned_from),
        FOLDER_TEST(a_resumed_training_ends_with_the_same_bits),
        FOLDER_TEST(more_epochs_train_longer_but_nothing_else_changes),
        FOLDER_TEST(questions_are_answered_line_by_line),
        FOLDER_TEST(an_answer_ends_with_its_line),
        FOLDER_TEST(any_number_of_questions_is_answered),
        FOLDER_TEST(a_person_is_told_the_story_and_asked),
        cmocka_unit_test(a_name_gets_the_weight_of_all_its_places),
        FOLDER_TEST(heads_stand_beside_a_blind_rule),
        FOLDER_TEST(a_story_that_cannot_be_read_is_named),
        FOLDER_TEST(a_model_of_a_text_answers_no_questions),
        cmocka_unit_test(any_question_may_be_the_first_of_a_story),
        FOLDER_TEST(without_a_model_the_books_own_goes_on),
        cmocka_unit_test(words_and_signs_are_set_apart),
        FOLDER_TEST(the_corpus_is_told_with_questions),
        FOLDER_TEST(models_that_cannot_be_are_refused),
        FOLDER_TEST(a_file_that_is_no_model_is_refused),
        FOLDER_TEST(a_model_goes_out_and_comes_back),
        FOLDER_TEST(the_layers_of_chapter_14_go_out_by_name_only),
        FOLDER_TEST(what_llama2c_cannot_have_is_refused),
        FOLDER_TEST(a_model_of_llama2c_that_reads_too_little_is_refused),
        FOLDER_TEST(stories_are_learned_alone),
        FOLDER_TEST(bad_commands_are_refused_in_one_line),
        FOLDER_TEST(help_is_given),
        FOLDER_TEST(what_must_not_be_written_to_is_refused_at_once),
    };
    return cmocka_run_group_tests_name("story", tests, NULL, NULL);
}

/* Tests of what is said of translations of the book's own pairs. */
#include "check.h"

#include "base/text.h"
#include "data/lesson.h"

/* What is right, and what was written: both French, so that both sides have
 * words. In the first three nothing is lost but feminines. */
static const char *const pair[][2] = {
    { "la robe verte est petite .", "la robe vert est petite ." },
    { "la robe verte est petite .", "la robe vert est petit ." },
    { "une banane fraîche .", "une banane frais ." },
    { "la robe verte est petite .", "la robe verte est petite ." },
    { "la robe verte est petite .", "la robe bleu est petite ." },
    { "la robe vert est petite .", "la robe verte est petite ." },
    { "la robe verte est petite .", "la robe vert est petite" },
    { "la robe verte est grosse .", "la robe vert est petit ." },
};

enum { PAIRS = sizeof pair / sizeof *pair, LOST = 3 };

static void feminines_are_lost_if_nothing_else_is(void **state)
{
    (void)state;
    Vocabulary words = { 0 };
    Ids right[PAIRS], written[PAIRS];
    for (int i = 0; i < 2 * PAIRS; i++) {
        Words said = text_tokens(pair[i / 2][i % 2]);
        for (int k = 0; k < said.n; k++)
            vocabulary_add(&words, said.word[k]);
        text_free_words(&said);
    }
    for (int i = 0; i < PAIRS; i++) {
        right[i] = ids_of_text(&words, pair[i][0]);
        written[i] = ids_of_text(&words, pair[i][1]);
        assert_int_equal(feminines_lost(&words, 1, &written[i], &right[i]),
                         i < LOST);
    }
    assert_int_equal(feminines_lost(&words, PAIRS, written, right), LOST);
    vocabulary_free(&words);
    tape_reset();
}

static void failures_are_printed_as_pairs(void **state)
{
    (void)state;
    Lesson lesson = { 0 };
    for (int i = 0; i < PAIRS; i++)
        pairs_add(&lesson.train, pair[i][0], pair[i][1], 0);
    pairs_sort_words(&lesson.train, 1);
    Ids *written = ids_of_side(&lesson.train, TARGET);
    written[0] = written[2] = (Ids){ 0, NULL };
    capture_output();
    lesson_print_failures(&lesson, &lesson.train, written, 1);
    lesson_print_failures(&lesson, &lesson.train, written, 9);
    assert_string_equal(captured_output(),
                        "la robe verte est petite .\n    \n"
                        "la robe verte est petite .\n    \n"
                        "une banane fraîche .\n    \n");
    lesson_free(&lesson);
    tape_reset();
}

/* ---- models that are compared -------------------------------------------- */

/* The first is right; the second leaves out a word in every other sentence, the
 * first among them. */
static Ids *right_or_half(int who, const Pairs *pairs)
{
    Ids *written = ids_of_side(pairs, TARGET);
    for (int i = 0; who == 1 && i < pairs->n; i += 2)
        written[i].n--;
    return written;
}

static const char *const names[] = { "right", "half" };
static const Examinees both = { 2, names, right_or_half };

static void each_column_is_what_one_of_them_has_right(void **state)
{
    (void)state;
    enum { EXAMINED = 40 };
    JoinedLesson lesson = joined_read(EXAMINED, 3);
    capture_output();
    joined_examine_all(&lesson, both, "words right[%] half[%]");
    const char *line = captured_output();
    const char *head = "parts  words  sentences        right         half\n";
    assert_int_equal(strncmp(line, head, strlen(head)), 0);
    double sentences = 0, half = 0, before = 0;
    for (int i = 0; i < LENGTH_GROUPS; i++) {
        line = strchr(line, '\n') + 1;
        int parts, n;
        double words, first, second;
        assert_int_equal(sscanf(line, "%d %lf %d %lf %% %lf %%", &parts, &words,
                                &n, &first, &second), 5);
        assert_int_equal(parts, 1 + i / 3);
        assert_near(first, n > 0 ? 100 : 0, 0);
        assert_true(i % 3 == 0 || n == 0 || words > before);
        before = words;
        sentences += n;
        half += n * second / 100;
    }
    assert_string_equal(strchr(line, '\n'), "\n");
    assert_near(sentences, MOST_PARTS * EXAMINED, 0);
    assert_near(half, sentences / 2, 0.3);    /* one decimal each */
    joined_free(&lesson);
}

static void all_translate_the_first_sentence(void **state)
{
    (void)state;
    JoinedLesson lesson = { .train = { 0 } };
    pairs_add(&lesson.train, "a b c d e", "v w x y z", 0);
    Pairs *exam = &lesson.exam[1];
    pairs_add(exam, "b a", "w v", 0);
    pairs_add(exam, "d", "y", 0);
    pairs_encode(exam, &lesson.train.words[SOURCE],
                 &lesson.train.words[TARGET]);
    capture_output();
    joined_print_first(&lesson, 2, both);
    assert_string_equal(captured_output(), "English: b a\nright: w v\n"
                                           "right: w v\nhalf: w\n");
    joined_free(&lesson);
}

static void a_curve_counts_the_steps_before_it(void **state)
{
    (void)state;
    static const LearningCurve curve[] = {
        { .parameters = 7, .steps = 360, .loss = { 5.5, [11] = 2.25 } },
        { .parameters = 8, .before = 360, .steps = 720,
          .loss = { 2.5, [11] = 1.75 } },
    };
    capture_output();
    curves_show(2, names, curve);
    assert_string_equal(captured_output(),
        "                parameters  steps  loss at first  last\n"
        "right                    7    360           5.50  2.25\n"
        "half                     8   1080           2.50  1.75\n");
}

static void beginnings_are_printed_up_to_the_longest(void **state)
{
    (void)state;
    Pairs pairs = { 0 };
    for (int i = 0; i < 12; i++)        /* nine of twelve begin with "le" */
        pairs_add(&pairs, "the dog", i < 9 ? "le chien" : "la chien", 0);
    capture_output();
    beginnings_show(&pairs, 2);
    assert_string_equal(captured_output(),
        "    words read    sentences    best guess of that word\n"
        "             1           12                     75.0 %\n"
        "             2           12                    100.0 %\n");
    pairs_free(&pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(feminines_are_lost_if_nothing_else_is),
        TEST(failures_are_printed_as_pairs),
        TEST(each_column_is_what_one_of_them_has_right),
        TEST(all_translate_the_first_sentence),
        TEST(a_curve_counts_the_steps_before_it),
        TEST(beginnings_are_printed_up_to_the_longest),
    };
    return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}

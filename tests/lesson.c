/* Tests of what is said of translations of the book's own pairs. */
#include "check.h"

#include "base/text.h"
#include "data/lesson.h"

#include <unistd.h>

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
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    FILE *said = tmpfile();
    dup2(fileno(said), STDOUT_FILENO);
    lesson_print_failures(&lesson, &lesson.train, written, 1);
    lesson_print_failures(&lesson, &lesson.train, written, 9);
    fflush(stdout);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    char text[200];
    rewind(said);
    text[fread(text, 1, sizeof text - 1, said)] = '\0';
    fclose(said);
    assert_string_equal(text, "la robe verte est petite .\n    \n"
                              "la robe verte est petite .\n    \n"
                              "une banane fraîche .\n    \n");
    lesson_free(&lesson);
    tape_reset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(feminines_are_lost_if_nothing_else_is),
        TEST(failures_are_printed_as_pairs),
    };
    return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}

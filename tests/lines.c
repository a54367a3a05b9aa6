/* Tests of lines of text, of the corpus by language, and of what lines fall
 * into. */
#include "check.h"

#include "data/lines.h"

#include <stdlib.h>

static Lines lines_of(int n, const char *const *line)
{
    Lines lines = { 0 };
    for (int i = 0; i < n; i++)
        lines_add(&lines, line[i]);
    return lines;
}

static void lines_are_joined_by_new_lines(void **state)
{
    (void)state;
    Lines lines[] = { lines_of(2, (const char *[]){ "a", "早 b" }),
                      lines_of(0, NULL),
                      lines_of(1, (const char *[]){ "" }) };
    Text all = lines_joined(lines, 3);
    assert_string_equal(all.at, "a\n早 b\n\n");
    assert_int_equal(all.n, strlen(all.at));
    free((char *)all.at);
    for (int i = 0; i < 3; i++)
        lines_free(&lines[i]);
}

static void the_corpus_is_there_in_each_language(void **state)
{
    (void)state;
    const Lines *train = corpus_lines(CORPUS_TRAIN);
    const Lines *held_out = corpus_lines(CORPUS_HELD_OUT);
    int n = train[ENGLISH].n;
    assert_ptr_equal(corpus_lines(CORPUS_TRAIN), train);
    assert_int_equal(train[ENGLISH].n, n);      /* made once */
    assert_true(train[ENGLISH].n > 20000 && held_out[ENGLISH].n > 1000);
    for (int l = 0; l < LANGUAGES; l++) {
        assert_int_equal(train[l].n, train[ENGLISH].n);
        assert_int_equal(held_out[l].n, held_out[ENGLISH].n);
    }
    for (int i = 0; i < held_out->n; i++) {
        assert_null(strstr(held_out[ENGLISH].line[i], "。"));
        assert_null(strstr(held_out[FRENCH].line[i], "。"));
        assert_true(strstr(held_out[CHINESE].line[i], "。")
                    || strstr(held_out[CHINESE].line[i], "？"));
    }
    corpus_lines_free();
    assert_int_equal(train[FRENCH].n, 0);
    assert_true(corpus_lines(CORPUS_HELD_OUT)[FRENCH].n > 1000);
    corpus_lines_free();
}

static void parts_are_counted(void **state)
{
    (void)state;
    static const PartCount count[CUTS] = {
        [BY_BYTES] = { 6, 4.5 },        /* A blank c3 a9, e6 97 a9 c3 a9 */
        [BY_CHARACTERS] = { 4, 2.5 },   /* A blank é, 早 é */
        [BY_WORDS] = { 3, 2 },          /* a é, 早 é */
    };
    Lines lines = lines_of(2, (const char *[]){ "A é", "早é" });
    for (int cut = 0; cut < CUTS; cut++) {
        PartCount got = count_parts((Cut)cut, &lines);
        assert_int_equal(got.different, count[cut].different);
        assert_near(got.a_line, count[cut].a_line, 0);
    }
    lines_free(&lines);
}

static void words_that_were_not_taught_are_counted(void **state)
{
    (void)state;
    Lines taught = lines_of(3, (const char *[]){ "The cat sleeps .", "A cat .",
                                                 "The dog ." });
    Lines asked = lines_of(3, (const char *[]){ "the dog sleeps .", "a cat .",
                                                "dog and cat ." });
    UnknownCount two = count_unknown(&taught, 2, &asked);
    assert_int_equal(two.known, 5);         /* the cat sleeps . a */
    assert_int_equal(two.words, 11);
    assert_int_equal(two.unknown, 3);       /* dog, dog, and */
    assert_int_equal(two.touched, 2);
    UnknownCount all = count_unknown(&taught, 3, &asked);
    assert_int_equal(all.known, 6);
    assert_int_equal(all.unknown, 1);
    assert_int_equal(all.touched, 1);
    lines_free(&taught);
    lines_free(&asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_are_joined_by_new_lines),
        TEST(the_corpus_is_there_in_each_language),
        TEST(parts_are_counted),
        TEST(words_that_were_not_taught_are_counted),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}

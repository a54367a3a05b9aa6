/* One form for letters with accents. */
#include "check.h"

#include <stdlib.h>

#include "base/compose.h"
#include "base/text.h"
#include "golden/compose.h"

static void composes_to(const char *text, const char *expected)
{
    char *composed = compose(text);
    assert_string_equal(composed ? composed : text, expected);
    free(composed);
}

static void accents_join_their_letters(void **state)
{
    (void)state;
    composes_to("e\u0301te\u0301", "\u00E9t\u00E9");
    composes_to("c\u0327a", "\u00E7a");
    composes_to("Vie\u0323\u0302t", "Vi\u1EC7t");       /* in their order, */
    composes_to("Vie\u0302\u0323t", "Vi\u1EC7t");       /* in another, */
    composes_to("Vi\u00EA\u0323t", "Vi\u1EC7t");        /* and half done */
    composes_to("\u304B\u3099", "\u304C");
    composes_to("\u1112\u1161\u11AB\u1100\u1173\u11AF", "\uD55C\uAE00");
    composes_to("\uD558\u11AB", "\uD55C");
    composes_to("\u212Bngstr\u00F6m", "\u00C5ngstr\u00F6m");
    composes_to("\u00C0\u0323", "\u1EA0\u0300");      /* the first there is */
    composes_to("\uAC00\u11C2", "\uAC1B");              /* the last, */
    composes_to("\uAC00\u11C3e\u0301", "\uAC00\u11C3\u00E9");  /* one more */
    composes_to("q\u0301", "q\u0301");                  /* there is no such */
    composes_to("a\u0316\u0301", "\u00E1\u0316");
    composes_to("\u0301a", "\u0301a");
}

static void texts_without_accents_are_left_alone(void **state)
{
    (void)state;
    assert_null(compose(""));
    assert_null(compose("Plain text, \u00E9 and all; \u00DF; \u0439; \u03AC."));
    assert_null(compose("\u6211\u559C\u6B22\u6DF1\u5EA6\u5B66\u4E60\u3002"));
    assert_null(compose("\uD55C\uAE00 \u304C \u30AC \U0001F408"));
}

static void composed_forms_are_those_of_unicode(void **state)
{
    (void)state;
    size_t n = sizeof golden_compose / sizeof *golden_compose;
    for (size_t i = 0; i < n; i++) {
        composes_to(golden_compose[i].text, golden_compose[i].nfc);
        composes_to(golden_compose[i].nfc, golden_compose[i].nfc);
    }
}

static void any_number_of_marks_is_sorted(void **state)
{
    (void)state;
    enum { MARKS = 100000 };
    char *text = malloc(2 + 2 * MARKS), *sorted = malloc(2 + 2 * MARKS);
    assert_true(text && sorted);
    strcpy(text, "q");
    strcpy(sorted, "q");
    for (int i = 0; i < MARKS; i++) {
        memcpy(text + 1 + 2 * i, i % 2 ? "\u0316" : "\u0301", 3);
        memcpy(sorted + 1 + 2 * i, i < MARKS / 2 ? "\u0316" : "\u0301", 3);
    }
    composes_to(text, sorted);
    free(text);
    free(sorted);
}

static void both_forms_are_the_same_tokens(void **state)
{
    (void)state;
    Words a = text_tokens("L'\u00C9T\u00C9 \u00E0 No\u00EBl, gar\u00E7on"),
          b = text_tokens("L'E\u0301TE\u0301 a\u0300 Noe\u0308l, garc\u0327on");
    assert_int_equal(a.n, 6);
    assert_int_equal(b.n, 6);
    for (int i = 0; i < a.n; i++)
        assert_string_equal(a.word[i], b.word[i]);
    assert_string_equal(b.word[1], "\u00E9t\u00E9");
    text_free_words(&a);
    text_free_words(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accents_join_their_letters),
        cmocka_unit_test(texts_without_accents_are_left_alone),
        cmocka_unit_test(composed_forms_are_those_of_unicode),
        cmocka_unit_test(any_number_of_marks_is_sorted),
        cmocka_unit_test(both_forms_are_the_same_tokens),
    };
    return cmocka_run_group_tests_name("compose", tests, NULL, NULL);
}

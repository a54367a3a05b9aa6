/* UTF-8, columns, words, and what text_printf and text_matrix print. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "cell/print.h"

/* ---- catching what is printed ------------------------------------------- */

static FILE *caught;
static int real_stdout;

static void catch_begin(void)
{
    fflush(stdout);
    real_stdout = dup(STDOUT_FILENO);
    caught = tmpfile();
    assert_true(caught && real_stdout >= 0);
    dup2(fileno(caught), STDOUT_FILENO);
}

static const char *catch_end(void)
{
    static char text[20000];
    fflush(stdout);
    dup2(real_stdout, STDOUT_FILENO);
    close(real_stdout);
    rewind(caught);
    text[fread(text, 1, sizeof text - 1, caught)] = '\0';
    fclose(caught);
    return text;
}

#define PRINTS(expected, ...)                                                  \
    do {                                                                       \
        catch_begin();                                                         \
        __VA_ARGS__;                                                           \
        assert_string_equal(catch_end(), expected);                            \
    } while (0)

/* ---- UTF-8 -------------------------------------------------------------- */

static void valid_utf8_is_accepted_up_to_the_last_code_point(void **state)
{
    (void)state;
    assert_int_equal(text_invalid_utf8(""), -1);
    assert_int_equal(text_invalid_utf8("plain √ 早上好 😀"), -1);
    assert_int_equal(text_invalid_utf8("\x7F \xC2\x80 \xDF\xBF"), -1);
    assert_int_equal(text_invalid_utf8("\xE0\xA0\x80 \xED\x9F\xBF"), -1);
    assert_int_equal(text_invalid_utf8("\xEE\x80\x80 \xEF\xBF\xBF"), -1);
    assert_int_equal(text_invalid_utf8("\xF0\x90\x80\x80"), -1);
    assert_int_equal(text_invalid_utf8("\xF4\x8F\xBF\xBF"), -1);
}

static void invalid_utf8_is_found_where_it_starts(void **state)
{
    (void)state;
    const char *wrong[] = {
        "\x80", "\xBF",                     /* continuation without a start */
        "\xC0\x80", "\xC1\xBF",             /* overlong */
        "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF",     /* surrogates */
        "\xF4\x90\x80\x80",                 /* beyond U+10FFFF */
        "\xF5\x80\x80\x80", "\xF9\x80\x80\x80",
        "\xF8\x88\x80\x80\x80", "\xFE", "\xFF",
        "\xC3", "\xE6\x97", "\xF0\x9F\x98", /* cut off */
        "\xC3x", "\xE6\x97x", "\xF0\x9F\x98x",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char sentence[32];
        snprintf(sentence, sizeof sentence, "早%s", wrong[i]);
        assert_int_equal(text_invalid_utf8(sentence), 3);
        snprintf(sentence, sizeof sentence, "%s早", wrong[i]);
        assert_int_equal(text_invalid_utf8(sentence), 0);
    }
}

/* ---- columns ------------------------------------------------------------ */

static void width_counts_the_columns_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("d_k"), 3);
    assert_int_equal(text_width("√é⊤"), 3);
    assert_int_equal(text_width("早上好"), 6);
    assert_int_equal(text_width("，。ＡＢ"), 8);
    assert_int_equal(text_width("かなカナ한국"), 12);
    assert_int_equal(text_width("ｶﾞ"), 2);              /* half width */
    assert_int_equal(text_width("\u3000"), 2);
    assert_int_equal(text_width("\U00020000\U00030000"), 4);
    assert_int_equal(text_width("😀🚀"), 4);
    assert_int_equal(text_width("e\u0301\u0302"), 1);   /* accents */
    assert_int_equal(text_width("か\u3099"), 2);
    assert_int_equal(text_width("हिन्दी"), 5);             /* Devanagari */
    assert_int_equal(text_width("ที่"), 1);               /* Thai */
    assert_int_equal(text_width("\u1112\u1161\u11AB"), 2);  /* 한 in parts */
    assert_int_equal(text_width("\u200B\u200D\u200F\uFE0F\uFEFF"), 0);
    assert_int_equal(text_width("a\tb\n\x1B\x7F"), 2);
    assert_int_equal(text_width("a\xFF\xC3z"), 4);      /* not UTF-8 */
}

static void printf_pads_strings_by_columns(void **state)
{
    (void)state;
    PRINTS("[   早][早   ][ √]", text_printf("[%5s][%-5s][%2s]", "早", "早", "√"));
    PRINTS("[  e\u0301][早上]",
           text_printf("[%*s][%-*s]", 3, "e\u0301", 2, "早上"));
    PRINTS("[早 ]", text_printf("[%*s]", -3, "早"));
    PRINTS("[早上好]", text_printf("[%3s]", "早上好"));
}

static void printf_cuts_strings_between_characters(void **state)
{
    (void)state;
    PRINTS("[早]", text_printf("[%.3s]", "早上好"));
    PRINTS("[  早]", text_printf("[%4.3s]", "早上好"));
    PRINTS("[]", text_printf("[%.1s]", "早"));
    PRINTS("[]", text_printf("[%.0s]", "早"));
    PRINTS("[e\u0301]", text_printf("[%.*s]", 1, "e\u0301x"));
    PRINTS("[早上好]", text_printf("[%.*s]", -1, "早上好"));
}

static void printf_does_everything_else_as_printf_does(void **state)
{
    (void)state;
    const char *format =
        "%d|%5i|%-5u|%05d|%+ld|%lu|% lld|%llu|%zu|%#x|%X|%lo|"
        "%c|%3c|%%|%f|%.2f|%8.3e|%-10gz|%G|%+.0f|%*.*f|%.3d|%a";
    char expected[500];
#define NUMBERS                                                                \
    -7, -42, 42u, -42, 3L, 3000000000UL, 5LL, 18446744073709551615ULL,         \
        (size_t)12, 255u, 255u, 64UL, 'a', 'b', 1.5, 2.345, 12345.678, 0.0001, \
        1e30, 3.7, 8, 3, 3.14159, 5, 0.5
    snprintf(expected, sizeof expected, format, NUMBERS);
    PRINTS(expected, text_printf(format, NUMBERS));
    PRINTS("no arguments at all √", text_printf("no arguments at all √"));
    PRINTS("", text_printf("%s", ""));
    snprintf(expected, sizeof expected, "-1 %zu", SIZE_MAX);
    PRINTS(expected, text_printf("%lld %zu", -1LL, SIZE_MAX));
    PRINTS("4294967295 -2147483648",
           text_printf("%u %d", 4294967295u, (int)-2147483648LL));
}

static void printf_refuses_what_it_does_not_know(void **state)
{
    (void)state;
    const char *pointer = "%p", *wide = "%ls", *end = "%", *half = "%hhd";
    assert_refuses("text_printf: cannot print %p", text_printf(pointer, (void *)0));
    assert_refuses("text_printf: cannot print %ls", text_printf(wide, L"x"));
    assert_refuses("text_printf: cannot print %hhd", text_printf(half, 1));
    assert_refuses("text_printf: cannot print %", text_printf(end, 0));
    fflush(stdout);
}

/* ---- words -------------------------------------------------------------- */

/* Splits, and joins again with bars between. */
static const char *split(const char *sentence)
{
    static char joined[1000];
    Words words = text_split(sentence);
    joined[0] = '\0';
    for (int i = 0; i < words.n; i++)
        strcat(strcat(joined, i ? "|" : ""), words.word[i]);
    text_free_words(&words);
    assert_int_equal(words.n, 0);
    assert_null(words.word);
    return joined;
}

static void words_end_at_white_space_of_any_kind(void **state)
{
    (void)state;
    assert_string_equal(split("I should sleep now"), "I|should|sleep|now");
    assert_string_equal(split("  Tom \t chases\r\nJerry. "),
                        "Tom|chases|Jerry.");
    assert_string_equal(split("a\u00A0b\u3000c\u2003d\u2028e"), "a|b|c|d|e");
    assert_string_equal(split("e\xC2\x85" "f\u200Bg"), "e|f|g");
    assert_string_equal(split("a\x01" "b\x1B" "c\x7F" "d"), "a|b|c|d");
    assert_string_equal(split("\uFEFFfirst"), "first");
    assert_string_equal(split("мне пора спать"), "мне|пора|спать");
    assert_string_equal(split("나는 자야 한다"), "나는|자야|한다");
}

static void a_sentence_without_words_has_none(void **state)
{
    (void)state;
    Words words = text_split(" \t\u3000 ");
    assert_int_equal(words.n, 0);
    text_free_words(&words);
    words = text_split("");
    assert_int_equal(words.n, 0);
    text_free_words(&words);
}

static void chinese_and_japanese_characters_are_words(void **state)
{
    (void)state;
    assert_string_equal(split("早上好"), "早|上|好");
    assert_string_equal(split("我养了一只猫,它很可爱。"),
                        "我|养|了|一|只|猫|,|它|很|可|爱|。");
    assert_string_equal(split("用GPU训练3天"), "用|GPU|训|练|3|天");
    assert_string_equal(split("ねこはカワイイー々"), "ね|こ|は|カ|ワ|イ|イ|ー|々");
    assert_string_equal(split("ｶﾞＡ！"), "ｶﾞ|Ａ|！");
    assert_string_equal(split("\u3105\u3400\U00020000\U00031350\uF900"),
                        "\u3105|\u3400|\U00020000|\U00031350|\uF900");
    assert_string_equal(split("早😀好"), "早|😀|好");
}

static void combining_marks_stay_with_their_base(void **state)
{
    (void)state;
    assert_string_equal(split("cafe\u0301 noir"), "cafe\u0301|noir");
    assert_string_equal(split("か\u3099き"), "か\u3099|き");
    assert_string_equal(split("葛\U000E0100城"), "葛\U000E0100|城");
    assert_string_equal(split("👩\u200D💻 है"), "👩\u200D💻|है");
}

static void long_words_are_kept_whole(void **state)
{
    (void)state;
    char word[5001];
    memset(word, 'a', 5000);
    word[5000] = '\0';
    Words words = text_split(word);
    assert_int_equal(words.n, 1);
    assert_string_equal(words.word[0], word);
    text_free_words(&words);
}

static void splitting_refuses_what_is_not_utf8(void **state)
{
    (void)state;
    assert_refuses("text_split: not UTF-8 at byte offset 4",
            text_split("abc \xFF").n);
}

static void equal_words_have_equal_vectors(void **state)
{
    (void)state;
    Words words = text_split("the cat saw the dog");
    Tensor *x = text_vectors(words, 8, 1), *y = text_vectors(words, 8, 2);
    assert_string_equal(t_shape(x), "(5, 8)");
    for (int j = 0; j < 8; j++) {
        assert_true(t_at(x, 0, j) == t_at(x, 3, j));
        assert_false(t_at(x, 0, j) == t_at(x, 1, j));
        assert_false(t_at(x, 0, j) == t_at(y, 0, j));
    }
    text_free_words(&words);
    words = text_split("dog");
    Tensor *dog = text_vectors(words, 4, 1);
    for (int j = 0; j < 4; j++)
        assert_true(t_at(dog, 0, j) == t_at(x, 4, j));
    text_free_words(&words);
    tape_reset();
}

static void vectors_of_words_are_standard_normal(void **state)
{
    (void)state;
    Words words = text_split("早 上 好");
    Tensor *x = text_vectors(words, 4096, 1);
    double sum = 0, squares = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4096; j++) {
            sum += (double)t_at(x, i, j);
            squares += (double)(t_at(x, i, j) * t_at(x, i, j));
        }
    assert_true(fabs(sum / 12288) < 0.045);         /* 5 / sqrt(12288) */
    assert_true(fabs(squares / 12288 - 1) < 0.064);
    text_free_words(&words);
    tape_reset();
}

/* ---- tables ------------------------------------------------------------- */

static void a_table_lines_up_under_its_labels(void **state)
{
    (void)state;
    char *labels[] = { "早", "上", "好" };
    Tensor *x = t_matrix(3, 3, 1, 0.123, -0.301, 0.123, 1, 20, -0.301, 20, 1);
    PRINTS("XX⊤ (3, 3)    早     上     好\n"
           "        早  1.00   0.12  -0.30\n"
           "        上  0.12   1.00  20.00\n"
           "        好 -0.30  20.00   1.00\n",
           text_matrix("XX⊤", x, labels, labels, 2));
    PRINTS("x (3, 3)  sleep     √     e\u0301\n"
           "       I    1.0   0.1  -0.3\n"
           "      猫    0.1   1.0  20.0\n"
           "   sleep   -0.3  20.0   1.0\n",
           text_matrix("x", x, (char *[]){ "I", "猫", "sleep" },
                       (char *[]){ "sleep", "√", "e\u0301" }, 1));
    tape_reset();
}

static void labels_may_be_absent(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 2, 1, -2, 3, 4);
    PRINTS("x (2, 2)\n  1 -2\n  3  4\n", text_matrix("x", x, NULL, NULL, 0));
    PRINTS("x (2, 2)\n    a  1 -2\nlonge  3  4\n",
           text_matrix("x", x, (char *[]){ "a", "longe" }, NULL, 0));
    PRINTS("x (2, 2)  a  b\n          1 -2\n          3  4\n",
           text_matrix("x", x, NULL, (char *[]){ "a", "b" }, 0));
    tape_reset();
}

static void a_vector_is_one_row(void **state)
{
    (void)state;
    Tensor *x = t_vector(0.5, 0.25);
    PRINTS("p (2)\n  0.50  0.25\n", text_matrix("p", x, NULL, NULL, 2));
    PRINTS("p (2)     a     b\n    q  0.50  0.25\n",
           text_matrix("p", x, (char *[]){ "q" }, (char *[]){ "a", "b" }, 2));
    tape_reset();
}

static void a_view_prints_as_what_it_shows(void **state)
{
    (void)state;
    Tensor *x = t_matrix(2, 3, 1, 2, 3, 4, 5, 6);
    PRINTS("x (2, 2)\n  2  5\n  3  6\n",
           text_matrix("x", t_transpose(t_slice(x, 1, 1, 3)), NULL, NULL, 0));
    tape_reset();
}

static void long_lines_break_between_words(void **state)
{
    (void)state;
    PRINTS("猫: a b\n", text_wrapped("猫", " a  b "));
    PRINTS("x:\n", text_wrapped("x", ""));
    /* 2 + 7 x 10 are 72 columns: 4 more fit */
#define SEVEN " 123456789 123456789 123456789 123456789 123456789 123456789"     \
              " 123456789"
    PRINTS("x:" SEVEN " 123\n", text_wrapped("x", SEVEN " 123"));
    PRINTS("x:" SEVEN " 早\n     晨 b\n", text_wrapped("x", SEVEN " 早晨 b"));
#define LONG "1234567890123456789012345678901234567890123456789012345678901234567890"
    PRINTS("x: a\n     " LONG LONG "\n     b\n", text_wrapped("x", "a " LONG LONG " b"));
}

static void zero_never_prints_with_a_minus(void **state)
{
    (void)state;
    Tensor *x = t_vector(-0.0, -0.004, -0.006, 0.004);
    PRINTS("x (4)\n  0.00  0.00 -0.01  0.00\n",
           text_matrix("x", x, NULL, NULL, 2));
    PRINTS("x (4)\n  0  0  0  0\n", text_matrix("x", x, NULL, NULL, 0));
    tape_reset();
}

static void numbers_of_any_size_line_up(void **state)
{
    (void)state;
    Tensor *x = t_matrix(3, 2, NAN, 1, INFINITY, -1, -INFINITY, 2.5e20);
    PRINTS("x (3, 2)\n"
           "  nan      1.00\n"
           "  inf     -1.00\n"
           " -inf  2.50e+20\n", text_matrix("x", x, NULL, NULL, 2));
    tape_reset();
}

static void a_long_title_or_label_does_not_push_the_table_out(void **state)
{
    (void)state;
    Tensor *x = t_matrix(1, 1, 1);
    char *word = "Donaudampfschifffahrtsgesellschaft";
    PRINTS("softmax of the scaled scores (1, 1)\n"
           "                      Donaudampfschifffah…\n"
           "Donaudampfschifffah…                     1\n",
           text_matrix("softmax of the scaled scores", x, &word, &word, 0));
    char *twenty = "abcdefghijklmnopqrst", *wide = "早上好早上好早上好早上";
    PRINTS("x (1, 1)               早上好早上好早上好…\n"
           "abcdefghijklmnopqrst                     1\n",
           text_matrix("x", x, &twenty, &wide, 0));
    tape_reset();
}

static void a_wide_table_continues_below(void **state)
{
    (void)state;
    Tensor *x = t_zeros(1, 30);
    char *row = "row", *columns[30];
    for (int j = 0; j < 30; j++) {
        t_at(x, 0, j) = (real)j;
        columns[j] = j % 2 ? "早" : "b";
    }
    catch_begin();
    text_matrix("x", x, &row, columns, 1);
    char text[2000];
    strcpy(text, catch_end());
    int lines = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        assert_true(text_width(line) <= 80);
        lines++;
    }
    assert_int_equal(lines, 6);     /* three times labels and row */
    char expected[2000] = "x (1, 30)\n";
    for (int from = 0; from < 30; from += 22) {
        int to = from ? 30 : 22;    /* 10 of 3 columns, 12 of 4 */
        strcat(expected, from ? "\n" : "");
        for (int j = from; j < to; j++)
            sprintf(expected + strlen(expected), "%*d", j < 10 ? 3 : 4, j);
        strcat(expected, "\n");
        for (int j = from; j < to; j++)
            sprintf(expected + strlen(expected), "%*d", j < 10 ? 3 : 4, j);
        strcat(expected, "\n");
    }
    PRINTS(expected, text_matrix("x", x, NULL, NULL, 0));
    tape_reset();
}

static void tables_refuse_more_than_two_axes_and_odd_decimals(void **state)
{
    (void)state;
    Tensor *x = t_zeros(2, 3, 4);
    assert_refuses("text_matrix: neither a matrix nor a vector: (2, 3, 4)",
            text_matrix("x", x, NULL, NULL, 2));
    Tensor *y = t_zeros(2, 3);
    assert_refuses("text_matrix: decimals must be 0 to 9, got 10",
            text_matrix("y", y, NULL, NULL, 10));
    tape_reset();
}

/* The tokens joined by |, and the sentence that text_join() makes of them. */
static void check_tokens(const char *sentence, const char *tokens,
                         const char *back)
{
    Words words = text_tokens(sentence);
    char text[2000] = "";
    for (int i = 0; i < words.n; i++)
        strcat(strcat(text, i ? "|" : ""), words.word[i]);
    assert_string_equal(text, tokens);
    char *joined = text_join(words.n, words.word);
    assert_string_equal(joined, back);
    free(joined);
    text_free_words(&words);
}

static void tokens_are_small_letters_and_marks(void **state)
{
    (void)state;
    check_tokens("They are watching.", "they|are|watching|.",
                 "they are watching .");
    check_tokens("Is it 3.5, or 1,000?", "is|it|3.5|,|or|1,000|?",
                 "is it 3.5 , or 1,000 ?");
    check_tokens("ÉTÉ Škoda Łódź ΑΩ ЯЁ", "été|škoda|łódź|αω|яё",
                 "été škoda łódź αω яё");
    check_tokens("«Oui»… “x”", "«|oui|»|…|“|x|”", "« oui » … “ x ”");
    check_tokens("d&apos; un &quot;a&quot; &amp; &b", "d'|un|\"|a|\"|&|&|b",
                 "d'un \" a \" & & b");
    check_tokens("&lt;b&gt; &amp;lt; &nbsp;", "<|b|>|&|lt|;|&|nbsp|;",
                 "< b > & lt ; & nbsp ;");
    check_tokens("50% of $5/kg, e-mail: a_b@c.org",
                 "50|%|of|$|5|/|kg|,|e-mail|:|a_b|@|c|.|org",
                 "50 % of $ 5 / kg , e-mail : a_b @ c . org");
    check_tokens("(¿Qué?) ‹a› – b—c…", "(|¿|qué|?|)|‹|a|›|–|b|—|c|…",
                 "( ¿ qué ? ) ‹ a › – b — c …");
    check_tokens("well-known t-shirts -5 --", "well-known|t-shirts|-5|--",
                 "well-known t-shirts -5 --");
    check_tokens("  \t ", "", "");
    check_tokens("", "", "");
}

static void points_and_commas_stay_inside_numbers_only(void **state)
{
    (void)state;
    check_tokens("1,000,000.50", "1,000,000.50", "1,000,000.50");
    check_tokens("3. 5", "3|.|5", "3 . 5");
    check_tokens("a.5 5.a .5 5.", "a|.|5|5|.|a|.|5|5|.", "a . 5 5 . a . 5 5 .");
    check_tokens("3:5 3..5", "3|:|5|3|.|.|5", "3 : 5 3 . . 5");
}

static void a_word_is_any_characters_but_blanks(void **state)
{
    (void)state;
    const char *const words[] = { "a", "chèvre", "l'", "猫", "猫x", ".", "\u0301" };
    const char *const others[] = { "", " ", "a b", "a ", " a", "x\u3000y", "a\t",
                                   "\x01", "b\x80", "\xC3", "é\xC3" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_true(text_is_word(words[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(text_is_word(others[i]));
}

static void small_letters_need_no_locale(void **state)
{
    (void)state;
    check_tokens("AZ ÀÖØÞ ĀĶĹŇŊŶŸŹŽ ȘȚǍ", "az|àöøþ|āķĺňŋŷÿźž|șțǎ",
                 "az àöøþ āķĺňŋŷÿźž șțǎ");
    check_tokens("ΆΈΊΌΎΏ ΑΡΣΫ", "άέίόύώ|αρσϋ", "άέίόύώ αρσϋ");
    check_tokens("ЀЏАЯ ҐӀӁӐ ЇЄ", "ѐџая|ґӏӂӑ|їє", "ѐџая ґӏӂӑ їє");
    check_tokens("ĐƯỜNG ẤM Ẁ Ỿ", "đường|ấm|ẁ|ỿ", "đường ấm ẁ ỿ");
    /* These stay: small already, no letters, or without a pair. */
    const char *small = "azàöøþÿāžάώѐяґấẁ×÷İıĸŉſ@[`{";
    Words words = text_tokens(small);
    char text[200] = "";
    for (int i = 0; i < words.n; i++)
        strcat(text, words.word[i]);
    assert_string_equal(text, small);
    text_free_words(&words);
}

static void tokens_end_after_what_french_has_shortened(void **state)
{
    (void)state;
    check_tokens("L'homme n'aime pas l’eau.",
                 "l'|homme|n'|aime|pas|l'|eau|.", "l'homme n'aime pas l'eau .");
    check_tokens("Est-ce qu'il\tj'ai", "est-ce|qu'|il|j'|ai",
                 "est-ce qu'il j'ai");
    check_tokens("C'est d'où, M'sieur? S'il t'aime. Lorsqu'on",
                 "c'|est|d'|où|,|m'|sieur|?|s'|il|t'|aime|.|lorsqu'|on",
                 "c'est d'où , m'sieur ? s'il t'aime . lorsqu'on");
    check_tokens("Va-t'en!", "va-t'|en|!", "va-t'en !");
    check_tokens("(l'eau) «l'air»", "(|l'|eau|)|«|l'|air|»",
                 "( l'eau ) « l'air »");
    check_tokens("l' eau qu' il", "l'|eau|qu'|il", "l'eau qu'il");
    check_tokens("aujourd'hui", "aujourd'hui", "aujourd'hui");
}

static void other_apostrophes_stay_inside_words(void **state)
{
    (void)state;
    check_tokens("don't o'clock I’m", "don't|o'clock|i'm", "don't o'clock i'm");
    check_tokens("the dogs' tails, 's", "the|dogs|'|tails|,|'s",
                 "the dogs ' tails , 's");
    check_tokens("girls'. boys&apos; ' ''", "girls|'|.|boys|'|'|'|'",
                 "girls ' . boys ' ' ' '");
}

static void chinese_tokens_join_without_blanks(void **state)
{
    (void)state;
    check_tokens("汤姆 追逐Jerry。", "汤|姆|追|逐|jerry|。", "汤姆追逐 jerry 。");
    check_tokens("他们在看。", "他|们|在|看|。", "他们在看。");
    check_tokens("汤姆追逐杰瑞。", "汤|姆|追|逐|杰|瑞|。", "汤姆追逐杰瑞。");
    check_tokens("「か\u3099」 \uFF8A\uFF9F", "「|\u304C|」|\uFF8A\uFF9F",
                 "「\u304C」\uFF8A\uFF9F");
}

static void combining_marks_stay_with_what_they_mark(void **state)
{
    (void)state;
    check_tokens("Q\u0301te\u0301.\u0301 A", "q\u0301t\u00E9|.\u0301|a",
                 "q\u0301t\u00E9 .\u0301 a");
    check_tokens("か \u3099", "か|\u3099", "か \u3099");
    check_tokens(". \u0301a", ".|\u0301a", ". \u0301a");
}

/* Whatever the text: its tokens joined have the same tokens. */
static void tokens_survive_the_way_back(void **state)
{
    (void)state;
    const char *parts[] = { "a", "L", "d", "qu", "É", "'", "’", "-", ".", ",",
                            "3", " ", "\t", "«", "—", "汤", "。", "！", "ぱ",
                            "\u3099", "\u0301", "H", "\u0331", "\u0130",
                            "I", "\u0307", "&lt;", "\u0338", "\u200D",
                            "\u200B", "한", "😀", "&apos;", "&amp;", "&quot;",
                            "lt;" };
    Rng rng = rng_new(8);
    for (int n = 0; n < 20000; n++) {
        char text[200] = "";
        for (int i = rng_below(&rng, 16); i > 0; i--)
            strcat(text, parts[rng_below(&rng, sizeof parts / sizeof *parts)]);
        Words words = text_tokens(text);
        char *back = text_join(words.n, words.word);
        Words again = text_tokens(back);
        assert_int_equal(again.n, words.n);
        for (int i = 0; i < words.n; i++)
            assert_string_equal(again.word[i], words.word[i]);
        free(back);
        text_free_words(&words);
        text_free_words(&again);
    }
}

static void tokens_refuse_what_is_not_utf8(void **state)
{
    (void)state;
    assert_refuses("text_tokens: not UTF-8 at byte offset 6",
                   text_tokens("l’x \xFF").n);
    assert_refuses("text_tokens: not UTF-8 at byte offset 1",
                   text_tokens("a\xE6\x97").n);
    char text[2001];
    memset(text, 'a', 1999);
    strcpy(text + 1999, "\xC3");
    assert_refuses("text_tokens: not UTF-8 at byte offset 1999",
                   text_tokens(text).n);
}

/* From nothing to longer than what is kept on the stack; each mark and each
 * l' takes the most room it can. */
static void sentences_of_any_length_have_tokens(void **state)
{
    (void)state;
    static char text[4000];
    for (int n = 0; n < 1000; n += n < 300 ? 1 : 13) {
        text[0] = '\0';
        for (int i = 0; i < n; i++)
            strcat(text, i % 2 ? "l'" : ",");
        Words words = text_tokens(text);
        assert_int_equal(words.n, n);
        for (int i = 0; i < n; i++)
            assert_string_equal(words.word[i], i % 2 ? "l'" : ",");
        text_free_words(&words);
    }
    memset(text, 'A', sizeof text - 1);
    Words words = text_tokens(text);
    assert_int_equal(words.n, 1);
    assert_int_equal(strspn(words.word[0], "a"), sizeof text - 1);
    text_free_words(&words);
}

static void any_bytes_have_an_order(void **state)
{
    (void)state;
    const Text sorted[] = { { "", 0 }, { "\0", 1 }, { "a", 1 }, { "a\0", 2 },
                            { "a\0b", 3 }, { "a\0c", 3 }, { "ab", 2 },
                            { "b", 1 }, { "\xFF", 1 } };
    int n = sizeof sorted / sizeof *sorted;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            int order = text_compare(sorted[i], sorted[k]);
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    assert_int_equal(text_of("\u732B").n, 3);
}

static void bytes_are_shown_to_people(void **state)
{
    (void)state;
    assert_string_equal(text_shown(text_of(" the")), "_the");
    assert_string_equal(text_shown(text_of("\u732B")), "\u732B");
    assert_string_equal(text_shown(text_of("\xE7\x8C")), "<e7><8c>");
    assert_string_equal(text_shown((Text){ "a\0 b", 4 }), "<61><00>_<62>");
    assert_string_equal(text_shown(text_of("\t")), "<09>");
    char many[1000] = "";
    memset(many, 'x', 999);
    assert_in_range(strlen(text_shown(text_of(many))), 100, 199);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_utf8_is_accepted_up_to_the_last_code_point),
        cmocka_unit_test(invalid_utf8_is_found_where_it_starts),
        cmocka_unit_test(width_counts_the_columns_of_a_terminal),
        cmocka_unit_test(printf_pads_strings_by_columns),
        cmocka_unit_test(printf_cuts_strings_between_characters),
        cmocka_unit_test(printf_does_everything_else_as_printf_does),
        cmocka_unit_test(printf_refuses_what_it_does_not_know),
        cmocka_unit_test(words_end_at_white_space_of_any_kind),
        cmocka_unit_test(a_sentence_without_words_has_none),
        cmocka_unit_test(chinese_and_japanese_characters_are_words),
        cmocka_unit_test(combining_marks_stay_with_their_base),
        cmocka_unit_test(long_words_are_kept_whole),
        cmocka_unit_test(splitting_refuses_what_is_not_utf8),
        cmocka_unit_test(tokens_are_small_letters_and_marks),
        cmocka_unit_test(points_and_commas_stay_inside_numbers_only),
        cmocka_unit_test(a_word_is_any_characters_but_blanks),
        cmocka_unit_test(small_letters_need_no_locale),
        cmocka_unit_test(tokens_end_after_what_french_has_shortened),
        cmocka_unit_test(other_apostrophes_stay_inside_words),
        cmocka_unit_test(chinese_tokens_join_without_blanks),
        cmocka_unit_test(combining_marks_stay_with_what_they_mark),
        cmocka_unit_test(tokens_survive_the_way_back),
        cmocka_unit_test(tokens_refuse_what_is_not_utf8),
        cmocka_unit_test(sentences_of_any_length_have_tokens),
        cmocka_unit_test(equal_words_have_equal_vectors),
        cmocka_unit_test(vectors_of_words_are_standard_normal),
        cmocka_unit_test(a_table_lines_up_under_its_labels),
        cmocka_unit_test(labels_may_be_absent),
        cmocka_unit_test(a_vector_is_one_row),
        cmocka_unit_test(a_view_prints_as_what_it_shows),
        cmocka_unit_test(long_lines_break_between_words),
        cmocka_unit_test(zero_never_prints_with_a_minus),
        cmocka_unit_test(numbers_of_any_size_line_up),
        cmocka_unit_test(a_long_title_or_label_does_not_push_the_table_out),
        cmocka_unit_test(a_wide_table_continues_below),
        cmocka_unit_test(tables_refuse_more_than_two_axes_and_odd_decimals),
        cmocka_unit_test(any_bytes_have_an_order),
        cmocka_unit_test(bytes_are_shown_to_people),
    };
    int failed = cmocka_run_group_tests_name("text", tests, NULL, NULL);
    tape_free();
    return failed;
}

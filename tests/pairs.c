/* Tests of common/pairs.c: sentence pairs, from files and from memory. */
#define _XOPEN_SOURCE 700
#include "child.h"

#include "cell.h"
#include "pairs.h"

/* What the child does: reads FILE [TARGET-FILE] and prints the pairs. */
static int chapter_main(int argc, char **argv)
{
    cell_begin(1, argv, NULL);
    PairsOptions options = { .target = argc > 2 ? argv[2] : NULL,
                             .longest = 5 };
    Pairs p = pairs_read(argv[1], options);
    for (int i = 0; i < p.n; i++)
        for (int side = SOURCE; side <= TARGET; side++) {
            char *text = vocabulary_decode(&p.words[side],
                                           pairs_ids(&p, (Side)side, i));
            printf("%s%c", text, side == SOURCE ? '/' : '\n');
            free(text);
        }
    pairs_free(&p);
    return 0;
}

/* "left out" lines without the folder's name. */
static const char *report(void)
{
    static char text[sizeof child.err];
    char *out = text;
    for (const char *c = child.err; *c;) {
        size_t n = strlen(folder);
        if (strncmp(c, folder, n) == 0)
            c += n + 1;
        else
            *out++ = *c++;
    }
    *out = '\0';
    return text;
}

/* ---- vocabulary --------------------------------------------------------- */

static void words_get_numbers_and_keep_them(void **state)
{
    (void)state;
    Vocabulary v = { 0 };
    assert_int_equal(vocabulary_find(&v, "a"), UNKNOWN);
    assert_int_equal(vocabulary_add(&v, "a"), FIRST_WORD);
    assert_int_equal(vocabulary_add(&v, "b"), FIRST_WORD + 1);
    assert_int_equal(vocabulary_add(&v, "a"), FIRST_WORD);
    assert_int_equal(v.count[FIRST_WORD], 2);
    char word[20];
    for (int i = 0; i < 5000; i++) {        /* the table grows */
        snprintf(word, sizeof word, "w%d", i);
        assert_int_equal(vocabulary_add(&v, word), FIRST_WORD + 2 + i);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(word, sizeof word, "w%d", i);
        assert_int_equal(vocabulary_find(&v, word), FIRST_WORD + 2 + i);
    }
    assert_int_equal(vocabulary_find(&v, "c"), UNKNOWN);
    assert_int_equal(vocabulary_find(&v, "<pad>"), UNKNOWN);
    vocabulary_free(&v);
    assert_int_equal(v.n, 0);
}

static void pairs_hold_what_was_added(void **state)
{
    (void)state;
    Pairs p = { 0 };
    assert_true(pairs_add(&p, "The cat sleeps .", "Le chat dort .", 0));
    assert_true(pairs_add(&p, "The dog", "L'animal", 2));
    assert_false(pairs_add(&p, "", "vide", 0));
    assert_false(pairs_add(&p, "a b c", "d", 2));
    assert_false(pairs_add(&p, "a", "d e f", 2));
    assert_int_equal(p.n, 2);
    Ids s = pairs_ids(&p, SOURCE, 1), t = pairs_ids(&p, TARGET, 1);
    assert_int_equal(s.n, 2);
    assert_int_equal(t.n, 2);
    assert_int_equal(s.id[0], pairs_ids(&p, SOURCE, 0).id[0]);
    assert_string_equal(p.words[SOURCE].word[s.id[1]], "dog");
    assert_string_equal(p.words[TARGET].word[t.id[0]], "l'");
    assert_int_equal(p.words[SOURCE].n, FIRST_WORD + 5);    /* no a, b, c */
    pairs_free(&p);
}

static void sorting_puts_frequent_words_first_and_drops_rare_ones(void **state)
{
    (void)state;
    Pairs p = { 0 };
    pairs_add(&p, "rare b a", "x", 0);
    pairs_add(&p, "b a b", "x x", 0);
    pairs_add(&p, "once c c", "y", 0);
    pairs_sort_words(&p, 2);
    Vocabulary *v = &p.words[SOURCE];
    assert_int_equal(v->n, FIRST_WORD + 3);
    assert_string_equal(v->word[FIRST_WORD], "b");
    assert_string_equal(v->word[FIRST_WORD + 1], "a");
    assert_string_equal(v->word[FIRST_WORD + 2], "c");
    assert_string_equal(v->word[END], "<end>");
    assert_int_equal(vocabulary_find(v, "c"), FIRST_WORD + 2);
    Ids ids = pairs_ids(&p, SOURCE, 0);
    assert_int_equal(ids.id[0], UNKNOWN);
    assert_int_equal(ids.id[1], FIRST_WORD);
    assert_int_equal(ids.id[2], FIRST_WORD + 1);

    Pairs other = { 0 };
    pairs_add(&other, "c new", "x y", 0);
    pairs_encode(&other, v, &p.words[TARGET]);
    assert_int_equal(pairs_ids(&other, SOURCE, 0).id[0], FIRST_WORD + 2);
    assert_int_equal(pairs_ids(&other, SOURCE, 0).id[1], UNKNOWN);
    assert_int_equal(pairs_ids(&other, TARGET, 0).id[1], UNKNOWN);
    Ids own = vocabulary_encode(v, "A b, c");
    assert_int_equal(own.n, 4);
    assert_int_equal(own.id[0], FIRST_WORD + 1);
    assert_int_equal(own.id[2], UNKNOWN);
    free(own.id);
    pairs_free(&p);
    pairs_free(&other);
}

/* ---- files -------------------------------------------------------------- */

static void a_file_of_pairs_is_read(void **state)
{
    (void)state;
    write_file("a.tsv", "\xEF\xBB\xBFOne\tUn\r\nTwo .\tDeux .\tignored\nThree\tTrois");
    RUN(in_folder("a.tsv"));
    went_well();
    assert_string_equal(child.out, "one/un\ntwo ./deux .\nthree/trois\n");
}

static void two_files_are_read_line_by_line(void **state)
{
    (void)state;
    write_file("a.en", "One\nTwo\n");
    write_file("a.fr", "Un\nDeux\n");
    RUN(in_folder("a.en"), in_folder("a.fr"));
    went_well();
    assert_string_equal(child.out, "one/un\ntwo/deux\n");
    write_file("b.fr", "Un\n");
    RUN(in_folder("a.en"), in_folder("b.fr"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: 'a.en' and 'b.fr' must have as "
                        "many lines as each other; one ends after line 1\n");
}

static void bad_lines_are_left_out_and_named(void **state)
{
    (void)state;
    FILE *f = fopen(in_folder("bad.tsv"), "wb");
    const char text[] = "good\tbon\nno tab\n\tempty\nempty\t \nbad \xFF\tx\n"
                        "zero\0byte\tx\n1 2 3 4 5 6\tlong\n\nlast\tdernier\n";
    fwrite(text, 1, sizeof text - 1, f);
    fclose(f);
    RUN(in_folder("bad.tsv"));
    assert_int_equal(child.status, 0);
    assert_string_equal(child.out, "good/bon\nlast/dernier\n");
    assert_string_equal(report(),
        "bad.tsv:2: left out: no tab between source and target\n"
        "bad.tsv:3: left out: the source is empty\n"
        "bad.tsv:4: left out: the target is empty\n"
        "bad.tsv:5: left out: not UTF-8\n"
        "bad.tsv:6: left out: it holds a zero byte; text was expected\n"
        "bad.tsv: ... and 2 more; 7 of 9 lines left out\n");
    write_file("long.tsv", "1 2 3 4 5 6\tlong\na\tb\n");
    RUN(in_folder("long.tsv"));
    assert_string_equal(report(), "long.tsv:1: left out: a sentence has no "
                        "word, or more than 5 tokens\n");
}

static void files_without_pairs_are_refused(void **state)
{
    (void)state;
    write_file("none.tsv", "");
    RUN(in_folder("none.tsv"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: 'none.tsv': none of its 0 lines "
                        "is a pair of sentences, such as `source<TAB>target`\n");
    RUN(in_folder("absent.tsv"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: cannot read 'absent.tsv': No "
                        "such file or directory\n");
    RUN(folder);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "Is a directory"));
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--as-chapter") == 0) {
        argv[1] = argv[0];
        return chapter_main(argc - 1, argv + 1);
    }
    child_program = argv[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_get_numbers_and_keep_them),
        cmocka_unit_test(pairs_hold_what_was_added),
        cmocka_unit_test(sorting_puts_frequent_words_first_and_drops_rare_ones),
        FOLDER_TEST(a_file_of_pairs_is_read),
        FOLDER_TEST(two_files_are_read_line_by_line),
        FOLDER_TEST(bad_lines_are_left_out_and_named),
        FOLDER_TEST(files_without_pairs_are_refused),
    };
    return cmocka_run_group_tests_name("pairs", tests, NULL, NULL);
}

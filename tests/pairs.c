/* Tests of pairs.c: sentence pairs, from files and from memory. */
#define _GNU_SOURCE
#include "child.h"
#include "check.h"

#include "cell/cell.h"
#include "learn/pairs.h"

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
    assert_string_equal(v.word[PAD], "<pad>");
    assert_string_equal(v.word[START], "<start>");
    assert_string_equal(v.word[END], "<end>");
    assert_string_equal(v.word[UNKNOWN], "<unknown>");
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

static void sentences_become_numbers_and_sentences_again(void **state)
{
    (void)state;
    Pairs p = { 0 };
    pairs_add(&p, "I like deep learning.", "我喜欢深度学习。", 0);
    pairs_add(&p, "They are watching.", "Ils n'ont pas l'air d'un chat.", 0);
    const char *lines[][2] = {
        { "i like deep learning .", "我喜欢深度学习。" },
        { "they are watching .", "ils n'ont pas l'air d'un chat ." },
    };
    for (int i = 0; i < 2; i++)
        for (int side = SOURCE; side <= TARGET; side++) {
            char *text = vocabulary_decode(&p.words[side],
                                           pairs_ids(&p, (Side)side, i));
            assert_string_equal(text, lines[i][side]);
            free(text);
            assert_string_equal(text_of_ids(&p.words[side],
                                            pairs_ids(&p, (Side)side, i)),
                                lines[i][side]);
            Ids ids = vocabulary_encode(&p.words[side], lines[i][side]);
            Ids expected = pairs_ids(&p, (Side)side, i);
            assert_int_equal(ids.n, expected.n);
            assert_memory_equal(ids.id, expected.id,
                                (size_t)ids.n * sizeof *ids.id);
            free(ids.id);
        }
    Ids none = vocabulary_encode(&p.words[SOURCE], " ");
    assert_int_equal(none.n, 0);
    char *empty = vocabulary_decode(&p.words[SOURCE], none);
    assert_string_equal(empty, "");
    free(empty);
    assert_string_equal(text_of_ids(&p.words[SOURCE], none), "");
    free(none.id);
    tape_reset();
    pairs_free(&p);
    assert_int_equal(p.n, 0);
}

static void many_pairs_stay_as_they_were_added(void **state)
{
    (void)state;
    Pairs p = { 0 };
    char source[100], target[100];
    for (int i = 0; i < 20000; i++) {
        snprintf(source, sizeof source, "the w%d is", i);
        snprintf(target, sizeof target, i % 3 ? "m%d" : "m%d , la %d", i, i);
        assert_true(pairs_add(&p, source, target, 0));
    }
    pairs_sort_words(&p, 1);
    assert_int_equal(p.words[SOURCE].n, FIRST_WORD + 20002);
    assert_int_equal(p.words[SOURCE].count[FIRST_WORD + 1], 20000);
    for (int i = 0; i < 20000; i++) {
        Ids s = pairs_ids(&p, SOURCE, i), t = pairs_ids(&p, TARGET, i);
        assert_int_equal(s.n, 3);
        assert_int_equal(t.n, i % 3 ? 1 : 4);
        snprintf(source, sizeof source, "w%d", i);
        snprintf(target, sizeof target, "m%d", i);
        assert_string_equal(p.words[SOURCE].word[s.id[1]], source);
        assert_string_equal(p.words[TARGET].word[t.id[0]], target);
    }
    assert_true(p.ids_room < p.end[2 * p.n - 1] * 3 / 2 + 5000);
    pairs_free(&p);
}

/* A sentence of n tokens: w1 w2 w3 w1 w2 ... Free with free(). */
static char *long_sentence(int n)
{
    char *text = malloc(3 * (size_t)n + 1), *out = text;
    assert_non_null(text);
    for (int i = 0; i < n; i++)
        out += sprintf(out, "w%d ", i % 3);
    *out = '\0';
    return text;
}

/* Adds a sentence of n tokens, and finds it again. */
static void add_tokens(Pairs *p, int n)
{
    char *text = long_sentence(n);
    assert_true(pairs_add(p, text, "x", 0));
    Ids ids = pairs_ids(p, SOURCE, p->n - 1);
    assert_int_equal(ids.n, n);
    for (int i = 0; i < n; i++)
        assert_int_equal(ids.id[i], FIRST_WORD + i % 3);
    assert_true(p->end[2 * p->n - 1] <= p->ids_room);
    free(text);
}

static void a_sentence_may_be_longer_than_all_before_it(void **state)
{
    (void)state;
    static const int sizes[] = { 1, 4095, 4096, 4097, 5000, 10240, 100000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Pairs p = { 0 };
        add_tokens(&p, sizes[i]);
        add_tokens(&p, 1);
        pairs_free(&p);
    }
}

static void sentences_fit_at_below_and_above_each_growth(void **state)
{
    (void)state;
    for (int beyond = -1; beyond <= 1; beyond++) {
        Pairs p = { 0 };
        add_tokens(&p, 3);
        for (int growth = 0; growth < 4; growth++) {
            /* The target takes one token: its room counts, too. */
            size_t left = p.ids_room - p.end[2 * p.n - 1] - 1;
            add_tokens(&p, (int)left + beyond);
            add_tokens(&p, 3);
        }
        pairs_free(&p);
    }
}

static void the_order_of_words_depends_on_their_counts_alone(void **state)
{
    (void)state;
    const char *lines[] = { "z a é", "b a z", "B , é", "a . 汤", "c" };
    Pairs p[2] = { { 0 }, { 0 } };
    for (int i = 0; i < 5; i++) {
        pairs_add(&p[0], lines[i], "x", 0);
        pairs_add(&p[1], lines[4 - i], "x", 0);
    }
    const char *order[] = { "a", "b", "z", "é", ",", ".", "c", "汤" };
    for (int k = 0; k < 2; k++) {
        pairs_sort_words(&p[k], 0);
        Vocabulary *v = &p[k].words[SOURCE];
        assert_int_equal(v->n, FIRST_WORD + 8);
        for (int i = 0; i < 8; i++)
            assert_string_equal(v->word[FIRST_WORD + i], order[i]);
        assert_int_equal(v->count[FIRST_WORD], 3);
        pairs_free(&p[k]);
    }
}

static void unknown_words_stay_unknown(void **state)
{
    (void)state;
    Pairs p = { 0 };
    pairs_add(&p, "rare b b", "x", 0);
    pairs_sort_words(&p, 2);
    pairs_sort_words(&p, 2);
    assert_int_equal(pairs_ids(&p, SOURCE, 0).id[0], UNKNOWN);
    assert_int_equal(pairs_ids(&p, SOURCE, 0).id[2], FIRST_WORD);
    Vocabulary more = { 0 };
    vocabulary_add(&more, "rare");
    vocabulary_add(&more, "b");
    pairs_encode(&p, &more, &more);
    assert_int_equal(pairs_ids(&p, SOURCE, 0).id[0], UNKNOWN);
    assert_int_equal(pairs_ids(&p, SOURCE, 0).id[2], FIRST_WORD + 1);
    assert_int_equal(pairs_ids(&p, TARGET, 0).id[0], UNKNOWN);
    vocabulary_free(&more);
    pairs_free(&p);
}

static uint64_t hash_of(const char *source, const char *target,
                        const char *next)
{
    Pairs p = { 0 };
    pairs_add(&p, source, target, 0);
    pairs_add(&p, next, "x", 0);
    uint64_t hash = pairs_hash(&p);
    pairs_sort_words(&p, 1);
    assert_true(pairs_hash(&p) == hash);
    pairs_free(&p);
    return hash;
}

static void a_hash_tells_other_pairs(void **state)
{
    (void)state;
    uint64_t hash = hash_of("a b", "c", "d");
    assert_true(hash == hash_of(" A  b", "c\n", "D"));
    const char *others[][3] = {
        { "a b", "c", "e" }, { "b a", "c", "d" }, { "ab", "c", "d" },
        { "a", "b c", "d" }, { "a b", "d", "c" }, { "c", "a b", "d" },
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(hash == hash_of(others[i][0], others[i][1],
                                     others[i][2]));
}

static void numbers_become_words_with_the_end_or_without(void **state)
{
    (void)state;
    Pairs p = { 0 };
    pairs_add(&p, "a b a", "c", 0);
    const char *expected[] = { "a", "b", "a", "<end>" };
    for (int end = 0; end < 2; end++) {
        char **word = words_of_ids(&p.words[SOURCE], pairs_ids(&p, SOURCE, 0),
                                   end);
        for (int i = 0; i < 3 + end; i++)
            assert_string_equal(word[i], expected[i]);
    }
    assert_string_equal(*words_of_ids(&p.words[SOURCE], (Ids){ 0 }, true),
                        "<end>");
    pairs_free(&p);
    tape_reset();
}

static void mistakes_in_calls_are_refused(void **state)
{
    (void)state;
    Pairs p = { 0 };
    Vocabulary v = { 0 };
    pairs_encode(&p, &v, &v);       /* nothing to do */
    pairs_sort_words(&p, 1);
    pairs_add(&p, "a", "b", 0);
    assert_refuses("pairs_ids: no pair 1; there are 1",
                   pairs_ids(&p, SOURCE, 1).n);
    assert_refuses("pairs_ids: no pair -1; there are 1",
                   pairs_ids(&p, TARGET, -1).n);
    assert_refuses("vocabulary_decode: no word has the number 5; there are 5",
                   vocabulary_decode(&p.words[SOURCE],
                                     (Ids){ 1, (int[]){ FIRST_WORD + 1 } }));
    assert_refuses("text_of_ids: no word has the number 5; there are 5",
                   text_of_ids(&p.words[SOURCE],
                               (Ids){ 1, (int[]){ FIRST_WORD + 1 } }));
    assert_refuses("words_of_ids: no word has the number -1; there are 5",
                   words_of_ids(&p.words[SOURCE], (Ids){ 1, (int[]){ -1 } },
                                true));
    pairs_encode(&p, &v, &v);
    const char *already = "pairs_encode() has given these pairs other numbers "
                          "already";
    char text[200];
    snprintf(text, sizeof text, "pairs_add: %s", already);
    assert_refuses(text, pairs_add(&p, "a", "b", 0));
    snprintf(text, sizeof text, "pairs_sort_words: %s", already);
    assert_refuses(text, (pairs_sort_words(&p, 1), 0));
    snprintf(text, sizeof text, "pairs_encode: %s", already);
    assert_refuses(text, (pairs_encode(&p, &v, &v), 0));
    pairs_free(&p);
}

/* ---- files -------------------------------------------------------------- */

static void write_bytes(const char *name, const char *bytes, size_t n)
{
    FILE *f = fopen(in_folder(name), "wb");
    assert_non_null(f);
    fwrite(bytes, 1, n, f);
    fclose(f);
}

static void a_file_of_pairs_is_read(void **state)
{
    (void)state;
    write_file("a.tsv", "\xEF\xBB\xBFOne\tUn\r\n"
                        "Two .\tDeux .\tignored\nThree\tTrois");
    RUN(in_folder("a.tsv"));
    went_well();
    assert_string_equal(child.out, "one/un\ntwo ./deux .\nthree/trois\n");
    write_file("b.tsv", "One\tUn\n\xEF\xBB\xBFTwo\tDeux\t\n");
    RUN(in_folder("b.tsv"));
    went_well();
    assert_string_equal(child.out, "one/un\ntwo/deux\n");
}

static void two_files_are_read_line_by_line(void **state)
{
    (void)state;
    write_file("a.en", "One\ta\r\nTwo\n");
    write_file("a.fr", "\xEF\xBB\xBFUn\nDeux");
    RUN(in_folder("a.en"), in_folder("a.fr"));
    went_well();
    assert_string_equal(child.out, "one a/un\ntwo/deux\n");
    write_file("b.fr", "Un\n");
    RUN(in_folder("a.en"), in_folder("b.fr"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: 'b.fr' ends after line 1, but "
                        "'a.en' goes on: expected two files whose lines are "
                        "translations of each other\n");
    RUN(in_folder("b.fr"), in_folder("a.en"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: 'b.fr' ends after line 1, but "
                        "'a.en' goes on: expected two files whose lines are "
                        "translations of each other\n");
}

static void bad_lines_are_left_out_and_named(void **state)
{
    (void)state;
    const char text[] = "good\tbon\nno tab\n\tempty\nempty\t\u00A0\n"
                        "bad \xFF\tx\n"
                        "zero\0byte\tx\n1 2 3 4 5 6\tlong\n\nlast\tdernier\n"
                        "cut\tcoup\xC3";
    write_bytes("bad.tsv", text, sizeof text - 1);
    RUN(in_folder("bad.tsv"));
    assert_int_equal(child.status, 0);
    assert_string_equal(child.out, "good/bon\nlast/dernier\n");
    assert_string_equal(report(),
        "bad.tsv:2: left out: no tab, expected `source<TAB>target`\n"
        "bad.tsv:3: left out: the source has no words\n"
        "bad.tsv:4: left out: the target has no words\n"
        "bad.tsv:5: left out: byte 5 is not UTF-8, expected text in UTF-8\n"
        "bad.tsv:6: left out: byte 5 is zero, expected text in UTF-8\n"
        "bad.tsv:7: left out: the source has 6 tokens, expected at most 5\n"
        "bad.tsv:8: left out: no tab, expected `source<TAB>target`\n"
        "bad.tsv:10: left out: byte 9 is not UTF-8, expected text in UTF-8\n"
        "bad.tsv: 8 of 10 lines left out: 2 without a tab, 2 with an empty "
        "side, 1 with a zero byte, 2 not in UTF-8, 1 too long\n");
}

static void of_each_kind_of_bad_lines_five_are_shown(void **state)
{
    (void)state;
    char text[2000] = "a\tb\n", expected[2000] = "";
    for (int i = 0; i < 7; i++)
        strcat(text, "no tab\n");
    strcat(text, "a\t1 2 3 4 5 6 7\n");
    write_file("bad.tsv", text);
    for (int i = 2; i < 7; i++)
        sprintf(expected + strlen(expected), "bad.tsv:%d: left out: no tab, "
                "expected `source<TAB>target`\n", i);
    strcat(expected,
        "bad.tsv:9: left out: the target has 7 tokens, expected at most 5\n"
        "bad.tsv: 8 of 9 lines left out: 7 without a tab, 1 too long\n");
    RUN(in_folder("bad.tsv"));
    assert_int_equal(child.status, 0);
    assert_string_equal(child.out, "a/b\n");
    assert_string_equal(report(), expected);
}

static void a_bad_line_is_named_in_the_file_that_has_it(void **state)
{
    (void)state;
    write_file("a.en", "One\nTwo\n\n\xFF\nFive\n\n");
    write_file("a.fr", "Un\n\xFF\nTrois\nQuatre\n \n\n");
    RUN(in_folder("a.en"), in_folder("a.fr"));
    assert_int_equal(child.status, 0);
    assert_string_equal(child.out, "one/un\n");
    assert_string_equal(report(),
        "a.fr:2: left out: byte 1 is not UTF-8, expected text in UTF-8\n"
        "a.en:3: left out: the source has no words\n"
        "a.en:4: left out: byte 1 is not UTF-8, expected text in UTF-8\n"
        "a.fr:5: left out: the target has no words\n"
        "a.en:6: left out: the source has no words\n"
        "a.en: 5 of 6 lines left out: 3 with an empty side, 2 not in UTF-8\n");
}

static void files_without_pairs_are_refused(void **state)
{
    (void)state;
    write_file("none.tsv", "");
    RUN(in_folder("none.tsv"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: no sentence pairs in 'none.tsv' "
                        "(lines: 0): expected lines "
                        "`source<TAB>target`\n");
    write_file("bad.tsv", "no\n");
    RUN(in_folder("bad.tsv"));
    assert_int_equal(child.status, 1);
    assert_string_equal(child.out, "");
    assert_string_equal(report(),
        "bad.tsv:1: left out: no tab, expected `source<TAB>target`\n"
        "bad.tsv: 1 of 1 lines left out: 1 without a tab\n"
        "05_example: no sentence pairs in 'bad.tsv' (lines: 1): "
        "expected lines `source<TAB>target`\n");
    RUN(in_folder("none.tsv"), in_folder("none.tsv"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: no sentence pairs in 'none.tsv' "
                        "(lines: 0): expected one sentence a line\n");
}

static void files_that_cannot_be_read_are_refused(void **state)
{
    (void)state;
    write_file("a.en", "One\n");
    RUN(in_folder("absent.tsv"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: cannot read 'absent.tsv': No "
                        "such file or directory\n");
    RUN(in_folder("a.en"), in_folder("absent.fr"));
    assert_int_equal(child.status, 1);
    assert_string_equal(report(), "05_example: cannot read 'absent.fr': No "
                        "such file or directory\n");
    RUN(folder);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "Is a directory"));
}

static void a_sentence_has_a_hundred_tokens_at_most(void **state)
{
    (void)state;
    char text[2000] = "";
    for (int tokens = 99; tokens <= 102; tokens++) {
        for (int i = 0; i < tokens; i++)
            strcat(text, "a ");
        strcat(text, "\tb\n");
    }
    write_file("long.tsv", text);
    Pairs p = pairs_read(in_folder("long.tsv"),
                         (PairsOptions){ .quiet = true });
    assert_int_equal(p.n, 2);
    assert_int_equal(pairs_ids(&p, SOURCE, 1).n, 100);
    pairs_free(&p);
    p = pairs_read(in_folder("long.tsv"),
                   (PairsOptions){ .quiet = true, .longest = 101 });
    assert_int_equal(p.n, 3);
    pairs_free(&p);
}

static void quiet_is_quiet(void **state)
{
    (void)state;
    write_file("bad.tsv", "a\tb\nno tab\n");
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    FILE *said = tmpfile();
    dup2(fileno(said), STDERR_FILENO);
    Pairs p = pairs_read(in_folder("bad.tsv"), (PairsOptions){ .quiet = true });
    dup2(kept, STDERR_FILENO);
    close(kept);
    char text[100];
    read_all(said, text, sizeof text);
    assert_string_equal(text, "");
    assert_int_equal(p.n, 1);
    pairs_free(&p);
}

/* Lines of all sorts, and an opinion of its own about each. */
static void whatever_is_in_a_file_the_good_lines_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } part[] = { { "a", 1 }, { "B ", 2 }, { "\t", 1 }, { "\t", 1 }, { "é", 2 },
                 { "早", 3 }, { " ", 1 }, { ".", 1 }, { "\r", 1 }, { "\0", 1 },
                 { "\xFF", 1 }, { "\xC3", 1 }, { "\xE6\x97", 2 }, { "l'", 2 } };
    Rng rng = rng_new(4);
    for (int round = 0; round < 300; round++) {
        char bytes[4000] = "first\tpremier\n", line[200];
        size_t used = strlen(bytes);
        int good = 1;
        size_t tokens = 2;
        for (int k = rng_below(&rng, 30); k >= 0; k--) {
            size_t n = 0;
            for (int i = rng_below(&rng, 12); i > 0; i--) {
                int choice = rng_below(&rng, rng_below(&rng, 2) ? 8 : 14);
                memcpy(line + n, part[choice].bytes, part[choice].n);
                n += part[choice].n;
            }
            line[n] = '\0';
            memcpy(bytes + used, line, n);
            used += n;
            if (k > 0)
                bytes[used++] = '\n';
            char *tab = strchr(line, '\t');
            if (strlen(line) < n || text_invalid_utf8(line) >= 0 || !tab)
                continue;
            *tab = '\0';
            tab[1 + strcspn(tab + 1, "\t")] = '\0';
            Words words[2] = { text_tokens(line), text_tokens(tab + 1) };
            if (words[0].n > 0 && words[1].n > 0) {
                good++;
                tokens += (size_t)(words[0].n + words[1].n);
            }
            text_free_words(&words[0]);
            text_free_words(&words[1]);
        }
        write_bytes("any.tsv", bytes, used);
        Pairs p = pairs_read(in_folder("any.tsv"),
                             (PairsOptions){ .quiet = true });
        assert_int_equal(p.n, good);
        assert_int_equal(p.end[2 * p.n - 1], tokens);
        pairs_free(&p);
    }
}

static void numbers_made_elsewhere_can_be_pairs(void **state)
{
    (void)state;
    Pairs p = { 0 };
    for (int i = 0; i < 3000; i++)
        pairs_add_ids(&p, (Ids){ i % 3, (int[]){ i, 7 } },
                      (Ids){ 1, (int[]){ -i } });
    assert_int_equal(p.n, 3000);
    for (int i = 0; i < p.n; i++) {
        Ids source = pairs_ids(&p, SOURCE, i), target = pairs_ids(&p, TARGET, i);
        assert_int_equal(source.n, i % 3);
        for (int k = 0; k < source.n; k++)
            assert_int_equal(source.id[k], k == 0 ? i : 7);
        assert_int_equal(target.n, 1);
        assert_int_equal(target.id[0], -i);
    }
    pairs_free(&p);
    pairs_add(&p, "a", "b", 0);
    assert_refuses("pairs_add_ids: these pairs have words of their own",
                   pairs_add_ids(&p, (Ids){ 0 }, (Ids){ 0 }));
    pairs_free(&p);
}

static void joined_sentences_stand_one_behind_the_other(void **state)
{
    (void)state;
    Ids a = { 3, (int[]){ 5, 4, 9 } }, b = { 2, (int[]){ 7, 5 } };
    assert_true(ids_equal(ids_joined(a, b),
                          (Ids){ 5, (int[]){ 5, 4, 9, 7, 5 } }));
    assert_true(ids_equal(ids_joined(a, (Ids){ 0, NULL }), a));
    assert_true(ids_equal(ids_joined((Ids){ 0, NULL }, b), b));
    Ids *none = ids_room(2);
    assert_int_equal(ids_joined(none[0], none[1]).n, 0);
    tape_free();
}

static void exact_means_every_token(void **state)
{
    (void)state;
    Ids a = { 3, (int[]){ 4, 5, 6 } }, longer = { 4, (int[]){ 4, 5, 6, 7 } },
        other = { 3, (int[]){ 4, 5, 7 } }, shorter = { 2, a.id };
    assert_near(exact_match(1, &a, &a), 1, 0);
    assert_near(exact_match(1, &longer, &a), 0, 0);
    assert_near(exact_match(1, &shorter, &a), 0, 0);
    assert_near(exact_match(1, &other, &a), 0, 0);
    assert_near(exact_match(4, (Ids[]){ a, longer, a, shorter },
                            (Ids[]){ a, a, a, a }), 0.5, 0);
}

static void tokens_are_counted_without_the_end(void **state)
{
    (void)state;
    Ids list[] = { { 3, NULL }, { 0, NULL }, { 4, NULL }, { 9, NULL } };
    assert_int_equal(tokens_of(3, list), 7);
    assert_int_equal(tokens_of(0, list), 0);
}

static void pairs_can_be_listed(void **state)
{
    (void)state;
    Pairs p = { 0 };
    pairs_add(&p, "a b", "x", 0);
    pairs_add(&p, "b", "y x", 0);
    pairs_add(&p, "c a b", "y", 0);
    Ids *source = ids_listed(&p, SOURCE, 3, (int[]){ 2, 0, 2 });
    Ids *all = ids_of_side(&p, SOURCE), *y = ids_listed(&p, TARGET, 1,
                                                        (int[]){ 2 });
    assert_true(ids_equal(source[0], all[2]) && ids_equal(source[2], all[2]));
    assert_true(ids_equal(source[1], all[0]));
    assert_int_equal(y->n, 1);
    assert_int_equal(y->id[0], vocabulary_find(&p.words[TARGET], "y"));
    Ids b = ids_of_text(&p.words[SOURCE], "B q a");
    assert_int_equal(b.n, 3);
    assert_int_equal(b.id[0], all[1].id[0]);
    assert_int_equal(b.id[1], UNKNOWN);
    assert_int_equal(b.id[2], all[0].id[0]);
    assert_int_equal(ids_of_text(&p.words[SOURCE], " ").n, 0);
    pairs_free(&p);
    tape_reset();
}

static void entropy_is_that_of_the_targets_tokens_and_their_ends(void **state)
{
    (void)state;
    Pairs p = { 0 };
    assert_near(pairs_entropy(&p), 0, 0);
    pairs_add(&p, "a", "x", 0);
    assert_near(pairs_entropy(&p), log(2), 1e-12);          /* x, END */
    pairs_add(&p, "b b b c", "x y", 0);
    assert_near(pairs_entropy(&p), log(5) - 4 * log(2) / 5, 1e-12);
    pairs_sort_words(&p, 2);                                /* y: UNKNOWN */
    assert_near(pairs_entropy(&p), log(5) - 4 * log(2) / 5, 1e-12);
    pairs_free(&p);
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return chapter_main(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_get_numbers_and_keep_them),
        cmocka_unit_test(pairs_hold_what_was_added),
        cmocka_unit_test(sorting_puts_frequent_words_first_and_drops_rare_ones),
        cmocka_unit_test(sentences_become_numbers_and_sentences_again),
        cmocka_unit_test(numbers_become_words_with_the_end_or_without),
        cmocka_unit_test(many_pairs_stay_as_they_were_added),
        cmocka_unit_test(a_sentence_may_be_longer_than_all_before_it),
        cmocka_unit_test(sentences_fit_at_below_and_above_each_growth),
        cmocka_unit_test(the_order_of_words_depends_on_their_counts_alone),
        cmocka_unit_test(numbers_made_elsewhere_can_be_pairs),
        cmocka_unit_test(joined_sentences_stand_one_behind_the_other),
        cmocka_unit_test(exact_means_every_token),
        cmocka_unit_test(tokens_are_counted_without_the_end),
        cmocka_unit_test(pairs_can_be_listed),
        cmocka_unit_test(entropy_is_that_of_the_targets_tokens_and_their_ends),
        cmocka_unit_test(unknown_words_stay_unknown),
        cmocka_unit_test(a_hash_tells_other_pairs),
        cmocka_unit_test(mistakes_in_calls_are_refused),
        FOLDER_TEST(a_file_of_pairs_is_read),
        FOLDER_TEST(two_files_are_read_line_by_line),
        FOLDER_TEST(bad_lines_are_left_out_and_named),
        FOLDER_TEST(of_each_kind_of_bad_lines_five_are_shown),
        FOLDER_TEST(a_bad_line_is_named_in_the_file_that_has_it),
        FOLDER_TEST(files_without_pairs_are_refused),
        FOLDER_TEST(files_that_cannot_be_read_are_refused),
        FOLDER_TEST(a_sentence_has_a_hundred_tokens_at_most),
        FOLDER_TEST(quiet_is_quiet),
        FOLDER_TEST(whatever_is_in_a_file_the_good_lines_are_read),
    };
    return cmocka_run_group_tests_name("pairs", tests, NULL, NULL);
}

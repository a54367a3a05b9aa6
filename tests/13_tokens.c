/* Tests of chapter 13. */
#include "check.h"

#include "13_tokens.h"
#include "base/rng.h"
#include "base/text.h"
#include "data/renamed.h"
#include "golden/13_tokens.h"

#include <stdlib.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static void assert_comes_back(Pieces *p, Text t)
{
    Ids ids = pieces_encode(p, t);
    Text back = pieces_decode(p, ids);
    assert_int_equal(back.n, t.n);
    assert_memory_equal(back.at, t.at, t.n);
    free(ids.id);
    free((char *)back.at);
}

/* ---- words -------------------------------------------------------------- */

static void a_word_takes_the_blank_before_it(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t first;
    } words[] = {
        { "", 0 }, { "a", 1 }, { "ab c", 2 }, { " ab c", 3 }, { "  ab", 1 },
        { " ", 1 }, { " \n", 1 }, { "\tab", 1 }, { "\n", 1 }, { "a\nb", 1 },
        { " 狗。 b", 7 },
    };
    for (int i = 0; i < COUNT(words); i++) {
        Text all = text_of(words[i].text), rest = all;
        Text word = next_word(&rest);
        assert_ptr_equal(word.at, all.at);
        assert_int_equal(word.n, words[i].first);
        assert_ptr_equal(rest.at, all.at + word.n);
        assert_int_equal(rest.n, all.n - word.n);
    }
    assert_int_equal(next_word(&(Text){ "a\0b c", 5 }).n, 3);
}

/* ---- learning ----------------------------------------------------------- */

static void joins_and_numbers_are_those_of_a_known_implementation(void **state)
{
    (void)state;
    Pieces p = pieces_learn(text_of(golden_text), COUNT(golden_joined));
    assert_int_equal(p.joined.n, COUNT(golden_joined));
    for (int i = 0; i < p.joined.n; i++) {
        assert_int_equal(p.joined.couple[i].left, golden_joined[i][0]);
        assert_int_equal(p.joined.couple[i].right, golden_joined[i][1]);
    }
    for (int i = 0; i < COUNT(golden_encoded); i++) {
        Ids ids = pieces_encode(&p, text_of(golden_encoded[i].text));
        assert_int_equal(ids.n, golden_encoded[i].n);
        assert_memory_equal(ids.id, golden_encoded[i].id,
                            (size_t)ids.n * sizeof *ids.id);
        free(ids.id);
    }
    pieces_free(&p);
}

/* The text as pieces, words set apart by -1, joined by counting all anew. */
typedef struct {
    int n, id[4000];
} Slow;

static Slow slow_begin(Text t)
{
    Slow s = { 0 };
    while (t.n > 0) {
        Text word = next_word(&t);
        for (size_t i = 0; i < word.n; i++)
            s.id[s.n++] = (unsigned char)word.at[i];
        s.id[s.n++] = -1;
    }
    return s;
}

static long slow_count(const Slow *s, Couple c)
{
    long count = 0;
    for (int i = 0; i + 1 < s->n; i++)
        count += s->id[i] == c.left && s->id[i + 1] == c.right;
    return count;
}

static Couple slow_best(const Slow *s, long *most)
{
    Couple best = { 0, 0 };
    *most = 0;
    for (int i = 0; i + 1 < s->n; i++) {
        Couple c = { s->id[i], s->id[i + 1] };
        if (c.left < 0 || c.right < 0)
            continue;
        long count = slow_count(s, c);
        bool before = c.left != best.left ? c.left < best.left
                                          : c.right < best.right;
        if (count > *most || (count == *most && before)) {
            *most = count;
            best = c;
        }
    }
    return best;
}

static void slow_join(Slow *s, Couple c, int piece)
{
    int n = 0;
    for (int i = 0; i < s->n; i++) {
        bool here = i + 1 < s->n && s->id[i] == c.left
                 && s->id[i + 1] == c.right;
        s->id[n++] = here ? piece : s->id[i];
        i += here;
    }
    s->n = n;
}

/* Few different letters, so that much is equally frequent and overlaps. */
static Text random_text(Rng *rng, char *room, int n, int letters)
{
    for (int i = 0; i < n; i++)
        if (rng_below(rng, 6) == 0)
            room[i] = ' ';
        else
            room[i] = (char)('a' + rng_below(rng, letters));
    return (Text){ room, (size_t)n };
}

/* A couple that overlaps itself (a a a) is counted where it stands, and joined
 * from the left; after that nothing is left of it to count. */
static void learning_is_as_if_all_were_counted_anew(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    for (int trial = 0; trial < 30; trial++) {
        static char room[600];
        Text t = random_text(&rng, room, 600, 2 + trial % 5);
        Slow slow = slow_begin(t);
        Pieces p = pieces_learn(t, 40);
        for (int i = 0; i < p.joined.n; i++) {
            long most;
            Couple best = slow_best(&slow, &most);
            assert_int_equal(p.count[i], most);
            assert_int_equal(p.joined.couple[i].left, best.left);
            assert_int_equal(p.joined.couple[i].right, best.right);
            slow_join(&slow, best, BYTES + i);
        }
        pieces_free(&p);
    }
}

static void it_ends_when_there_is_nothing_to_join(void **state)
{
    (void)state;
    Pieces p = pieces_learn(text_of("abc abc"), 100);
    assert_int_equal(p.joined.n, 3);    /* ab, abc, then " " and abc */
    pieces_free(&p);
    p = pieces_learn(text_of(""), 100);
    assert_int_equal(p.joined.n, 0);
    assert_comes_back(&p, text_of("even so"));
    pieces_free(&p);
    p = pieces_learn(text_of("abc"), 0);
    assert_int_equal(p.n, BYTES);
    pieces_free(&p);
}

static void no_piece_straddles_two_words(void **state)
{
    (void)state;
    Pieces p = pieces_learn(text_of(golden_text), 1000);
    for (int i = BYTES; i < p.n; i++)
        for (size_t k = 1; k < p.text[i].n; k++)
            assert_null(strchr(" \t\n", p.text[i].at[k]));
    pieces_free(&p);
}

/* ---- text as pieces, and back ------------------------------------------- */

static void what_was_learned_from_is_encoded_as_it_was_joined(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    for (int trial = 0; trial < 20; trial++) {
        static char room[500];
        Text t = random_text(&rng, room, 500, 3 + trial % 4);
        Slow slow = slow_begin(t);
        Pieces p = pieces_learn(t, 30);
        for (int i = 0; i < p.joined.n; i++)
            slow_join(&slow, p.joined.couple[i], BYTES + i);
        Ids ids = pieces_encode(&p, t);
        int n = 0;
        for (int i = 0; i < slow.n; i++)
            if (slow.id[i] >= 0)
                assert_int_equal(slow.id[i], ids.id[n++]);
        assert_int_equal(n, ids.n);
        free(ids.id);
        pieces_free(&p);
    }
}

static void any_bytes_come_back(void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    Pieces p = pieces_learn(text_of(golden_text), 200);
    static char bytes[3000];
    for (int trial = 0; trial < 300; trial++) {
        int n = rng_below(&rng, 3000);
        for (int i = 0; i < n; i++)
            bytes[i] = (char)rng_below(&rng, 256);
        assert_comes_back(&p, (Text){ bytes, (size_t)n });
    }
    assert_comes_back(&p, text_of(golden_text));
    assert_comes_back(&p, text_of("  two\t\tblanks \n"));
    pieces_free(&p);
}

static void a_long_word_is_no_trouble(void **state)
{
    (void)state;
    enum { LONG = 1 << 20 };
    char *a = malloc(LONG);
    memset(a, 'a', LONG);
    Pieces p = pieces_learn((Text){ a, LONG }, 10);
    Ids ids = pieces_encode(&p, (Text){ a, LONG });
    assert_int_equal(ids.n, LONG >> 10);    /* aa, aaaa, ... */
    free(ids.id);
    free(a);
    pieces_free(&p);
}

static void fewer_couples_make_longer_text(void **state)
{
    (void)state;
    Pieces p = pieces_learn(text_of(golden_text), 200);
    int longer = (int)strlen(golden_text) + 1;
    for (int first = 0; first <= 200; first += 50) {
        pieces_use(&p, first);
        Ids ids = pieces_encode(&p, text_of(golden_text));
        assert_true(ids.n < longer);
        for (int i = 0; i < ids.n; i++)
            assert_in_range(ids.id[i], 0, BYTES + first - 1);
        longer = ids.n;
        free(ids.id);
    }
    pieces_use(&p, 1000);
    assert_int_equal(p.n, BYTES + p.joined.n);
    pieces_free(&p);
}

static void tokens_are_pieces_moved_up(void **state)
{
    (void)state;
    Pieces p = pieces_learn(text_of(golden_text), 200);
    Ids ids = pieces_encode(&p, text_of("chased"));
    Ids tokens = tokens_of_text(&p, text_of("chased"));
    assert_int_equal(tokens.n, ids.n);
    for (int i = 0; i < ids.n; i++)
        assert_int_equal(tokens.id[i], ids.id[i] + FIRST_WORD);
    int said[20] = { START };
    for (int i = 0; i < ids.n; i++)
        said[i + 1] = tokens.id[i];
    said[ids.n + 1] = END;
    Text back = text_of_tokens(&p, (Ids){ ids.n + 2, said });
    assert_string_equal(back.at, "chased");
    free(ids.id);
    free(tokens.id);
    free((char *)back.at);
    pieces_free(&p);
}

static void pieces_can_be_made_of_their_couples(void **state)
{
    (void)state;
    Pieces p = pieces_learn(text_of(golden_text), 100);
    Pieces q = pieces_from(p.joined.n, p.joined.couple);
    Ids a = pieces_encode(&p, text_of(golden_text));
    Ids b = pieces_encode(&q, text_of(golden_text));
    assert_true(ids_equal(a, b));
    Text back = pieces_decode(&q, b);
    assert_string_equal(back.at, golden_text);
    free(a.id);
    free(b.id);
    free((char *)back.at);
    pieces_free(&p);
    pieces_free(&q);
}

static void what_is_no_piece_is_refused(void **state)
{
    (void)state;
    Pieces p = pieces_learn(text_of("aa aa"), 1);
    assert_int_equal(p.n, BYTES + 1);
    assert_refuses("pieces_decode: no piece has the number 257; there are 257",
                   (t_here(__FILE__, __LINE__),
                    pieces_decode(&p, (Ids){ 1, (int[]){ 257 } })));
    assert_refuses("pieces_decode: no piece has the number -1; there are 257",
                   (t_here(__FILE__, __LINE__),
                    pieces_decode(&p, (Ids){ 1, (int[]){ -1 } })));
    pieces_free(&p);
}

/* ---- invented names ----------------------------------------------------- */

static const RenamedOptions taught = { .names = 2000, .seed = 1 };
static const RenamedOptions asked_for = { .names = 200, .seed = 2 };

static void names_that_are_asked_for_were_not_taught(void **state)
{
    (void)state;
    Renamed train = renamed(CORPUS_TRAIN, taught);
    Renamed asked = renamed(CORPUS_HELD_OUT, asked_for);
    Vocabulary known = { 0 };
    int named = 0, first = 0, fresh = 0;
    for (int i = 0; i < train.n; i++) {
        Words words = text_split(train.side[0].line[i]);
        for (int k = 0; k < words.n; k++)
            vocabulary_add(&known, words.word[k]);
        text_free_words(&words);
        named += train.named[i];
    }
    for (int i = 0; i < asked.n; i++) {
        Words words = text_split(asked.side[0].line[i]);
        if (asked.named[i]
            && strstr(asked.side[1].line[i], words.word[0])) {
            first++;
            fresh += vocabulary_find(&known, words.word[0]) == UNKNOWN;
        }
        text_free_words(&words);
    }
    assert_int_equal(train.n, train.side[0].n);
    assert_int_equal(train.n, train.side[1].n);
    assert_true(named > train.n / 20 && named < train.n / 2);
    assert_true(first > 50);
    assert_true(fresh > first * 9 / 10);
    vocabulary_free(&known);
    renamed_free(&train);
    renamed_free(&asked);
}

static void short_sentences_come_with_other_names_in_each_round(void **state)
{
    (void)state;
    RenamedOptions o = { .names = 200, .seed = 2, .rounds = 3, .longest = 6 };
    Renamed r = renamed(CORPUS_HELD_OUT, o);
    assert_true(r.n > 100);
    assert_int_equal(r.n % 3, 0);
    int other = 0, n = r.n / 3;
    for (int i = 0; i < r.n; i++) {
        assert_true(r.named[i]);
        Words words = text_split(r.side[0].line[i]);
        assert_in_range(words.n, 1, 6);
        text_free_words(&words);
        other += strcmp(r.side[0].line[i], r.side[0].line[i % n]) != 0;
    }
    assert_true(other > 2 * n * 9 / 10);
    renamed_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_word_takes_the_blank_before_it),
        TEST(joins_and_numbers_are_those_of_a_known_implementation),
        TEST(learning_is_as_if_all_were_counted_anew),
        TEST(it_ends_when_there_is_nothing_to_join),
        TEST(no_piece_straddles_two_words),
        TEST(what_was_learned_from_is_encoded_as_it_was_joined),
        TEST(any_bytes_come_back),
        TEST(a_long_word_is_no_trouble),
        TEST(fewer_couples_make_longer_text),
        TEST(tokens_are_pieces_moved_up),
        TEST(pieces_can_be_made_of_their_couples),
        TEST(what_is_no_piece_is_refused),
        TEST(names_that_are_asked_for_were_not_taught),
        TEST(short_sentences_come_with_other_names_in_each_round),
    };
    return cmocka_run_group_tests_name("13_tokens", tests, NULL, NULL);
}

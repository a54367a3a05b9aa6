/* Tests of chapters/data/: what the grammar makes is right, and is split so
 * that an examination means something. */
#include "check.h"

#include "data/corpus.h"
#include "data/lexicon.h"
#include "learn/pairs.h"
#include "base/text.h"

static Pairs splits[CORPUS_LANGUAGES][CORPUS_SPLITS];

static void take(const char *english, const char *translation, void *pairs)
{
    pairs_add(pairs, english, translation, 0);
}

static int make_all(void **state)
{
    (void)state;
    for (int l = 0; l < CORPUS_LANGUAGES; l++)
        for (int s = 0; s < CORPUS_SPLITS; s++)
            corpus_pairs((CorpusLanguage)l, (CorpusSplit)s, take,
                         &splits[l][s]);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    for (int l = 0; l < CORPUS_LANGUAGES; l++)
        for (int s = 0; s < CORPUS_SPLITS; s++)
            pairs_free(&splits[l][s]);
    tape_free();
    return 0;
}

static void it_is_large_enough(void **state)
{
    (void)state;
    for (int l = 0; l < CORPUS_LANGUAGES; l++) {
        assert_true(splits[l][CORPUS_TRAIN].n >= 20000);
        assert_true(splits[l][CORPUS_HELD_OUT].n >= 1000);
        assert_true(splits[l][CORPUS_COMBINATIONS].n >= 1000);
        assert_true(splits[l][CORPUS_TRAIN].words[SOURCE].n - FIRST_WORD
                    >= 400);
    }
    int verbs = 0;
#define V(...) verbs++;
    VERBS(V)
#undef V
    assert_true(verbs >= 60);
}

typedef struct {
    Vocabulary seen;
    int twice;
} Once;

static void note(const char *english, const char *translation, void *once)
{
    (void)translation;
    Once *o = once;
    int id = vocabulary_add(&o->seen, english);
    o->twice += o->seen.count[id] > 1;
}

static void no_english_sentence_comes_twice_in_any_split(void **state)
{
    (void)state;
    for (int l = 0; l < CORPUS_LANGUAGES; l++) {
        Once once = { 0 };
        int n = 0;
        for (int s = 0; s < CORPUS_SPLITS; s++)
            n += corpus_pairs((CorpusLanguage)l, (CorpusSplit)s, note, &once);
        assert_int_equal(once.twice, 0);
        assert_int_equal(once.seen.n - FIRST_WORD, n);
        vocabulary_free(&once.seen);
    }
}

static void every_word_of_the_examination_was_taught(void **state)
{
    (void)state;
    for (int l = 0; l < CORPUS_LANGUAGES; l++)
        for (int s = CORPUS_HELD_OUT; s < CORPUS_SPLITS; s++)
            for (int side = SOURCE; side <= TARGET; side++) {
                const Vocabulary *taught = &splits[l][CORPUS_TRAIN].words[side];
                const Vocabulary *asked = &splits[l][s].words[side];
                for (int i = FIRST_WORD; i < asked->n; i++) {
                    int id = vocabulary_find(taught, asked->word[i]);
                    if (id == UNKNOWN || taught->count[id] < 3)
                        fail_msg("'%s' was taught less than three times",
                                 asked->word[i]);
                }
            }
}

/* ---- sentences one can check by eye ------------------------------------- */

typedef struct {
    const char *english;
    char found[400];
} Search;

static void look_for(const char *english, const char *translation,
                     void *search)
{
    Search *s = search;
    if (strcmp(english, s->english) == 0)
        snprintf(s->found, sizeof s->found, "%s", translation);
}

static void assert_says(CorpusLanguage language, const char *english,
                        const char *translation)
{
    Search s = { .english = english };
    corpus_pairs(language, CORPUS_TRAIN, look_for, &s);
    assert_string_equal(s.found, translation);
}

static void the_notes_own_sentences_are_taught(void **state)
{
    (void)state;
    assert_says(CORPUS_FRENCH, "They are watching .", "Ils regardent .");
    assert_says(CORPUS_FRENCH, "The red car is fast .",
                "La voiture rouge est rapide .");
    assert_says(CORPUS_CHINESE, "Tom chases Jerry .", "汤姆追逐杰瑞。");
    assert_says(CORPUS_CHINESE, "I like deep learning .", "我喜欢深度学习。");
}

static void check_new(const char *english, const char *translation,
                      void *context)
{
    (void)translation;
    (void)context;
    bool bought = strstr(english, " buy") || strstr(english, " bought ");
    if (strstr(english, "red apple") || (bought && strstr(english, " cat")))
        fail_msg("%s", english);
}

static void nobody_eats_red_apples_or_buys_cats(void **state)
{
    (void)state;
    for (int s = 0; s < CORPUS_SPLITS; s++)
        corpus_pairs(CORPUS_FRENCH, (CorpusSplit)s, check_new, NULL);
}

/* ---- French ------------------------------------------------------------- */

static bool is_vowel_sound(const char *w)
{
    static const char *const starts[] = { "a", "e", "i", "o", "u", "y", "h", "é",
                                          "è", "ê", "à", "â", "î", "ô", "œ" };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(w, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static bool one_of(const char *word, const char *list)
{
    char padded[60];
    snprintf(padded, sizeof padded, " %s ", word);
    return strstr(list, padded) != NULL;
}

/* Calls check(word, next) for all neighbours in all French sentences. */
static void neighbours(void (*check)(const char *word, const char *next))
{
    for (int s = 0; s < CORPUS_SPLITS; s++) {
        const Pairs *p = &splits[CORPUS_FRENCH][s];
        char **word = p->words[TARGET].word;
        for (int i = 0; i < p->n; i++) {
            Ids ids = pairs_ids(p, TARGET, i);
            for (int k = 0; k + 1 < ids.n; k++)
                check(word[ids.id[k]], word[ids.id[k + 1]]);
        }
    }
}

static int elided, whole;

static void check_elision(const char *word, const char *next)
{
    bool vowel = is_vowel_sound(next);
    if (one_of(word, " l' d' n' j' qu' ")) {
        elided++;
        if (!vowel)
            fail_msg("%s%s", word, next);
    }
    if (one_of(word, " le la je ne de que ma sa ce ")) {
        whole++;
        if (vowel)
            fail_msg("%s %s", word, next);
    }
    if (one_of(word, " cet bel vieil nouvel ") && !vowel)
        fail_msg("%s %s", word, next);
    if (one_of(word, " beau vieux nouveau ") && vowel
        && one_of(next, " homme arbre hôtel enfant ami avion ordinateur "))
        fail_msg("%s %s", word, next);
}

static void elision_comes_before_vowels_and_nowhere_else(void **state)
{
    (void)state;
    neighbours(check_elision);
    assert_true(elided > 5000 && whole > 5000);
}

static void check_contraction(const char *word, const char *next)
{
    if (one_of(word, " de à ") && one_of(next, " le les "))
        fail_msg("%s %s", word, next);
}

static void de_and_a_contract_with_the_article(void **state)
{
    (void)state;
    neighbours(check_contraction);
    const Vocabulary *v = &splits[CORPUS_FRENCH][CORPUS_TRAIN].words[TARGET];
    const char *const forms[] = { "du", "des", "au", "aux", "cet", "bel",
                                  "vieil", "nouvel" };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        assert_int_not_equal(vocabulary_find(v, forms[i]), UNKNOWN);
}

static const struct {
    const char *one, *many;
    int gender;
} nouns[] = {
#define N(en, ens, one, many, gender, zh, measure, is) { one, many, gender },
    NOUNS(N)
#undef N
};
static int agreements;

static void check_article(const char *word, const char *next)
{
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        bool one = strcmp(next, nouns[i].one) == 0;
        bool many = strcmp(next, nouns[i].many) == 0;
        if (!one && !many)
            continue;
        bool feminine = nouns[i].gender == F;
        agreements++;
        if ((one_of(word, " les ces mes ses deux trois quatre des ") && !many)
            || (one_of(word, " le un ce cet ") && (feminine || !one))
            || (one_of(word, " la une cette ma sa ") && (!feminine || !one))
            || (one_of(word, " mon son ") && feminine && !is_vowel_sound(next)))
            fail_msg("%s %s", word, next);
        return;
    }
}

static void articles_agree_with_their_nouns(void **state)
{
    (void)state;
    neighbours(check_article);
    assert_true(agreements > 10000);
}

static void check_etre(const char *word, const char *next)
{
    if (one_of(word, " est sont très ")
        && one_of(next, " nouveau nouveaux nouvelle nouvelles "))
        fail_msg("%s %s", word, next);
}

static void what_is_new_is_neuf_after_etre(void **state)
{
    (void)state;
    neighbours(check_etre);
    const Vocabulary *v = &splits[CORPUS_FRENCH][CORPUS_TRAIN].words[TARGET];
    const char *const forms[] = { "neuf", "neuve", "neufs", "neuves", "nouveau",
                                  "nouvelle", "nouveaux", "nouvelles" };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        assert_int_not_equal(vocabulary_find(v, forms[i]), UNKNOWN);
}

/* ---- Chinese ------------------------------------------------------------ */

static int not_always;

static void check_chinese(const char *english, const char *chinese,
                          void *context)
{
    (void)context;
    static const char *const wrong[] = {
        "不有", "没出名", "每天不", "每天早上不",
        "我的新鲜的", "他的漂亮的", "她的红色的",  /* one 的 is enough */
        "没有一", "贵镜子", "重盒子",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (strstr(chinese, wrong[i]))
            fail_msg("%s: %s", english, chinese);
    if (strstr(english, " not ") && strstr(english, " every ")) {
        not_always++;
        if (!strstr(chinese, "不是每天"))
            fail_msg("%s: %s", english, chinese);
    }
}

static void chinese_says_not_in_the_way_each_word_wants(void **state)
{
    (void)state;
    for (int s = 0; s < CORPUS_SPLITS; s++)
        corpus_pairs(CORPUS_CHINESE, (CorpusSplit)s, check_chinese, NULL);
    assert_true(not_always > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_large_enough),
        TEST(no_english_sentence_comes_twice_in_any_split),
        TEST(every_word_of_the_examination_was_taught),
        TEST(the_notes_own_sentences_are_taught),
        TEST(nobody_eats_red_apples_or_buys_cats),
        TEST(elision_comes_before_vowels_and_nowhere_else),
        TEST(de_and_a_contract_with_the_article),
        TEST(articles_agree_with_their_nouns),
        TEST(what_is_new_is_neuf_after_etre),
        TEST(chinese_says_not_in_the_way_each_word_wants),
    };
    return cmocka_run_group_tests_name("corpus", tests, make_all, free_all);
}

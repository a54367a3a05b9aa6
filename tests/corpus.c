/* Tests of chapters/data/: what the grammar makes is right, and is split so
 * that an examination means something. */
#include "check.h"

#include "data/corpus.h"
#include "data/grammar.h"
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

typedef struct {
    Vocabulary taught;
    int leaks;
} Leaks;

static void note_taught(const char *english, const char *translation,
                        void *leaks)
{
    (void)english;
    vocabulary_add(&((Leaks *)leaks)->taught, translation);
}

static void note_leak(const char *english, const char *translation, void *leaks)
{
    (void)english;
    Leaks *l = leaks;
    l->leaks += vocabulary_find(&l->taught, translation) != UNKNOWN;
}

static void no_translation_that_is_asked_for_was_taught(void **state)
{
    (void)state;
    for (int l = 0; l < CORPUS_LANGUAGES; l++) {
        Leaks leaks = { 0 };
        CorpusLanguage language = (CorpusLanguage)l;
        corpus_pairs(language, CORPUS_TRAIN, note_taught, &leaks);
        for (int s = CORPUS_HELD_OUT; s < CORPUS_SPLITS; s++)
            corpus_pairs(language, (CorpusSplit)s, note_leak, &leaks);
        assert_int_equal(leaks.leaks, 0);
        vocabulary_free(&leaks.taught);
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

/* ---- what a visitor types first ------------------------------------------ */

static Thing thing(Determiner det, const char *adjective, const char *noun)
{
    Thing t = { .det = det, .noun = -1, .adjective = -1 };
    for (int i = 0; i < NOUN_COUNT; i++)
        if (strcmp(lexicon.noun[i].one, noun) == 0)
            t.noun = i;
    assert_int_not_equal(t.noun, -1);
    for (int i = 0; i < ADJECTIVE_COUNT; i++)
        if (strcmp(lexicon.adjective[i].en, adjective) == 0
            && (lexicon.adjective[i].of & lexicon.noun[t.noun].is))
            t.adjective = i;
    return t;
}

static Frame frame(Sentence sentence, Form form)
{
    return (Frame){ .sentence = sentence, .form = form, .place = -1,
                    .goal = -1, .time = -1, .preposition = -1, .tense = PAST,
                    .subject.kind = NOTHING, .partner.kind = NOTHING,
                    .object.kind = NOTHING };
}

static int verb(const char *base)
{
    int v = 0;
    while (strcmp(lexicon.verb[v].base, base) != 0)
        v++;
    return v;
}

static void assert_said(const Frame *f, const char *english, const char *french,
                        const char *chinese)
{
    char said[3][LONGEST] = { "", "", "" };
    say_in_english(said[0], f);
    say_in_french(said[1], f);
    say_in_chinese(said[2], f);
    assert_string_equal(said[0], english);
    assert_string_equal(said[1], french);
    assert_string_equal(said[2], chinese);
}

static void it_asks_where_things_are(void **state)
{
    (void)state;
    Frame f = frame(AT, QUESTION);
    f.subject = (Party){ THING, 0, thing(THE, "black", "cat") };
    f.preposition = 1;
    f.ground = thing(THE, "", "table");
    assert_said(&f, "is the black cat under the table ?",
                "est-ce que le chat noir est sous la table ?",
                "黑色的猫在桌子下面吗？");
}

static void it_says_what_there_is_not(void **state)
{
    (void)state;
    Frame f = frame(THERE_IS, NEGATION);
    f.object = (Party){ .kind = MASS_NOUN };
    while (strcmp(lexicon.mass[f.object.number].en, "milk") != 0)
        f.object.number++;
    assert_said(&f, "there is no milk .", "il n'y a pas de lait .",
                "没有牛奶。");
}

static void goats_are_old_in_the_past(void **state)
{
    (void)state;
    Frame f = frame(DOES, STATEMENT);
    f.verb = verb("eat");
    f.subject = (Party){ THING, 0, thing(THE, "old", "goat") };
    f.object = (Party){ THING, 0, thing(MY, "", "skirt") };
    assert_said(&f, "the old goat ate my skirt .",
                "la vieille chèvre a mangé ma jupe .", "老山羊吃了我的裙子。");
    f.subject.thing = thing(THE, "old", "man");
    f.partner = (Party){ THING, 0, thing(THE, "old", "lawyer") };
    assert_said(&f, "the old man and the old lawyer ate my skirt .",
                "le vieil homme et le vieil avocat ont mangé ma jupe .",
                "老人和老律师吃了我的裙子。");
}

static void it_says_by_whom_something_was_done(void **state)
{
    (void)state;
    Frame f = frame(SUFFERS, STATEMENT);
    f.verb = verb("take");
    f.subject = (Party){ THING, 0, thing(THE, "old", "key") };
    f.subject.thing.many = true;
    f.object = (Party){ NAME, 0, { 0 } };
    assert_said(&f, "the old keys were taken by Tom .",
                "les vieilles clés ont été prises par Tom .",
                "旧钥匙被汤姆拿走了。");
    f.form = NEGATION;
    f.object.kind = NOTHING;
    f.subject.thing = thing(THE, "", "pencil");
    f.subject.thing.many = true;
    assert_said(&f, "the pencils were not taken .",
                "les crayons n'ont pas été pris .", "铅笔没被拿走。");
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

static bool tells_of_a_text(const char *english)
{
    static const char *const texts[] = {
#define N(one, many, fr, frs, gender, zh, measure, is) (is) & TEXT ? one : "",
        NOUNS(N)
#undef N
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (*texts[i] && strstr(english, texts[i]))
            return true;
    return strstr(english, "stories") != NULL;
}

static void check_etre(const char *english, const char *french, void *context)
{
    (void)context;
    static const char *const forms[] = { " est nouv", " sont nouv", "pas nouv",
                                         " très nouv" };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strstr(french, forms[i]))
            fail_msg("%s: %s", english, french);
    if (strstr(french, " neu") && tells_of_a_text(english))
        fail_msg("%s: %s", english, french);
}

static void what_is_new_is_neuf_after_etre_but_no_text_is(void **state)
{
    (void)state;
    for (int s = 0; s < CORPUS_SPLITS; s++)
        corpus_pairs(CORPUS_FRENCH, (CorpusSplit)s, check_etre, NULL);
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
        TEST(no_translation_that_is_asked_for_was_taught),
        TEST(every_word_of_the_examination_was_taught),
        TEST(the_notes_own_sentences_are_taught),
        TEST(it_asks_where_things_are),
        TEST(it_says_what_there_is_not),
        TEST(goats_are_old_in_the_past),
        TEST(it_says_by_whom_something_was_done),
        TEST(nobody_eats_red_apples_or_buys_cats),
        TEST(elision_comes_before_vowels_and_nowhere_else),
        TEST(de_and_a_contract_with_the_article),
        TEST(articles_agree_with_their_nouns),
        TEST(what_is_new_is_neuf_after_etre_but_no_text_is),
        TEST(chinese_says_not_in_the_way_each_word_wants),
    };
    return cmocka_run_group_tests_name("corpus", tests, make_all, free_all);
}

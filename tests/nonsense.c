/* Counts what the corpus must not say: kinds of nonsense, and of Chinese and
 * French that no one would write, each found by a rule of its own. A rule looks
 * at the sentences alone and knows nothing of the grammar that made them; that
 * it finds what it is for, its example shows. */
#include "check.h"

#include "data/corpus.h"
#include "data/lexicon.h"

#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct {
    CorpusLanguage language;
    const char *english, *translation;  /* extended regular expressions; both
                                         * must be found; "" is everywhere */
    const char *example[2];             /* a sentence that has the fault */
} Rule;

/* Within a rule, {ANIMAL} stands for all nouns of that class, in the language
 * of the expression; {NAME} for all names; {SAME} for a word that comes twice.
 * Name of the test; language; the rule. */
#define RULES(R)                                                               \
    R(who_is_not_known_yet_is_led_in_by_youyige, CHINESE, "",                      \
      "^一", "Will a woman jump ?", "一个女人会跳吗？")                        \
    R(nobody_unknown_is_asked_about_or_denied, CHINESE,                        \
      "^An? .* not |^[A-Z][a-z]+ an? ({PERSON}) ", "",                         \
      "Will a woman jump ?", "一个女人会跳吗？")                               \
    R(at_the_station_is_without_li, CHINESE, "", "(市场|车站|农场)里",         \
      "He waits at the station .", "他在车站里等。")                           \
    R(who_is_calm_is_not_quiet, CHINESE, "calm", "安静",                       \
      "The lawyer is calm .", "律师很安静。")                                  \
    R(no_hen_stands_before_a_noun, CHINESE, "", "很(重|轻|长|短|快|慢|贵)的",  \
      "My heavy bag fell .", "我很重的包掉了。")                               \
    R(to_follow_is_not_to_stalk, CHINESE, "", "跟踪",                          \
      "Tom follows the cat .", "汤姆跟踪猫。")                                 \
    R(who_finishes_a_book_has_read_it, CHINESE, "[Ff]inish", "完成",           \
      "I finished the book .", "我完成了书。")                                 \
    R(one_returns_to_any_place_by_huidao, CHINESE, "[Rr]eturn",                \
      "回(了|公园|市场|博物馆|餐馆|学校|医院|旅馆|教堂|车站|图书馆|海滩|商店|田里)", \
      "He returns to the museum .", "他回博物馆。")                            \
    R(one_came_to_a_place_by_laidao, CHINESE, "", "(来|回)了(公|市|博|餐|学|医|旅)", \
      "He came to the park .", "他来了公园。")                                 \
    R(no_bag_is_shut, CHINESE, "", "关上.*(包|盒子|行李箱|篮子)(。|吗)",       \
      "He closes the bag .", "他关上包。")                                     \
    R(what_is_not_being_done_is_without_place, CHINESE,                        \
      "(am|is|are) not [a-z]+ing (.* )?(in|on|at|near|under|behind) ", "没(正)?在",            \
      "He is not running in the park .", "他没在公园里跑步。")                 \
    R(no_result_is_denied_by_bu, CHINESE, "",                                  \
      "不(打开|关上|留下|读完|看见|听到|找到|遇到|抓住|收到|带来|拿走|弄丢|忘记|摔倒)", \
      "I do not open the door .", "我不打开门。")                              \
    R(what_is_planted_is_no_cut_flower, CHINESE, "[Pp]lant", "朵",             \
      "I plant a rose .", "我种一朵玫瑰。")                                    \
    R(no_bed_is_wiped, CHINESE, "", "擦.*床(。|吗)",                           \
      "I clean the bed .", "我擦床。")                                         \
    R(bags_are_not_lugged_like_cupboards, CHINESE, "", "搬.*(包|盒子|篮子)(。|吗)", \
      "I carry the bag .", "我搬包。")                                         \
    R(no_adjective_makes_another_word_of_a_noun, CHINESE, "",                  \
      "小票|大门|小学校|大学校|老老|大大|老男人|老女人",                       \
      "A small ticket was found .", "小票被找到了。")                          \
    R(not_a_good_book_is_not_not_well, CHINESE, "",                            \
      "没(读|写|翻译|解释|学|唱|买|卖|寄|借|偷|藏)好(书|信|报|诗|故|杂|小|文|歌)", \
      "I did not write the good article .", "我没写好文章。")                  \
    R(the_old_are_lao, CHINESE, "", "旧({PERSON}|{ANIMAL})",                   \
      "The old lawyer works .", "旧律师工作。")                                \
    R(tous_les_matins_is_denied_better_than_chaque, FRENCH, "", "chaque",      \
      "I do not run every morning .", "Je ne cours pas chaque matin .")        \
    R(big_animals_are_gros, FRENCH, "", "[Gg]rande?s? ({ANIMAL})",             \
      "The big mouse runs .", "La grande souris court .")                      \
    R(no_text_is_neuf, FRENCH,                                                 \
      "^[A-Z][a-z]+ ((the|this|these|my|his|her) )?([a-z]+ )?({TEXT}) ",       \
      " neu(f|fs|ve|ves) ", "The novel is new .", "Le roman est neuf .")       \
    R(nothing_is_the_contrary_of_what_it_is, FRENCH, "{CONTRARY}", "",         \
      "Are the heavy boxes light ?", "")                                       \
    R(nobody_with_a_name_is_fed_or_touched, FRENCH,                            \
      "(feed|feeds|fed|feeding|touch|touches|touched|touching) ({NAME})"       \
      "|({NAME}) (was |were )?(not )?(fed|touched) (by|[.?])", "",             \
      "I did not feed Tom .", "")                                              \
    R(nobody_swims_where_there_is_no_water, FRENCH,                            \
      "(swim|swims|swam|swimming) .*(kitchen|house|church|street|market|"      \
      "station|park|garden|forest|farm|school|castles)", "",                   \
      "Tom swims in the kitchen .", "")                                        \
    R(nobody_drives_plants_or_runs_indoors, FRENCH,                            \
      "([Dd]r(iv|ov)e?|[ ]r[ua]n|[Pp]lant).*in the (kitchen|house|church)", "", \
      "She is driving the bus in the kitchen .", "")                           \
    R(no_wolf_comes_near_a_house, FRENCH,                                      \
      "({WILD}) .*(in the (kitchen|house|church|park|garden|street)|at the "   \
      "(market|station)|on the farm|near the (school|castles))", "",           \
      "There is a wolf in the kitchen .", "")                                  \
    R(no_horse_comes_into_the_house, FRENCH,                                   \
      "(horses?|cows?|goats?|pigs?|tree|trees|({VEHICLE})) .*in the "          \
      "(kitchen|house|church)", "", "The cow is in the house .", "")           \
    R(animals_seek_no_things, FRENCH,                                          \
      "({ANIMAL}) ((is|are|will|did|do|does) )?(not )?look(s|ed|ing)? for .* " \
      "({OBJECT}|{TEXT}|{CLOTHES}) ", "", "The frog is looking for my tie .", "") \
    R(nobody_visits_a_house_near_another, FRENCH,                              \
      "visit.* (in|on|at|near|under|behind) ", "",                             \
      "We visit her house near the school .", "")                              \
    R(nobody_does_it_to_himself, FRENCH, "{SAME}", "",                         \
      "Tom does not know Tom .", "")                                           \
    R(what_is_clean_is_not_washed, FRENCH,                                     \
      "(wash|washes|washed|washing|clean|cleans|cleaned|cleaning) "            \
      "([a-z]+ )?clean ", "", "He washes my clean skirts .", "")               \
    R(nobody_builds_or_buys_a_house_every_day, FRENCH,                         \
      "(builds?|([Bb]uys?|[Ss]ells?) .*({OWNED}|{FURNITURE})) .*every ", "",   \
      "They build a church every morning .", "")

/* ---- rules -------------------------------------------------------------- */

enum { PATTERN = 1 << 14 };

static void append(char *out, const char *text)
{
    size_t n = strlen(out);
    assert_true(n + strlen(text) < PATTERN);
    strcpy(out + n, text);
}

static const char *bar(const char *out)
{
    size_t n = strlen(out);
    return n && out[n - 1] != '(' && out[n - 1] != '|' ? "|" : "";
}

/* The nouns of a class: English and French one and many, Chinese one. */
static void append_nouns(char *out, int class, bool english,
                         CorpusLanguage language)
{
    static const struct {
        const char *word[2][2], *zh;
        int is;
    } nouns[] = {
#define N(one, many, fr, frs, gender, zh, measure, is)                         \
        { { { one, many }, { fr, frs } }, zh, is },
        NOUNS(N)
#undef N
    };
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
        if (nouns[i].is & class) {
            bool chinese = !english && language == CORPUS_CHINESE;
            append(out, bar(out));
            append(out, chinese ? nouns[i].zh : nouns[i].word[!english][1]);
            if (!chinese) {
                append(out, "|");
                append(out, nouns[i].word[!english][0]);
            }
        }
}

static void append_names(char *out)
{
#define P(en, gender, zh) append(out, bar(out)); append(out, en);
    NAMES(P)
#undef P
}

/* Tom ... Tom; the cats ... the cats. */
static void append_same(char *out)
{
    char both[120];
#define TWICE(word)                                                            \
    snprintf(both, sizeof both, "%s%s .* %s [a-z.?]", bar(out), word, word);   \
    append(out, both);
#define P(en, gender, zh) TWICE(en)
#define N(one, many, fr, frs, gender, zh, measure, is)                         \
    if ((is) & (PERSON | ANIMAL)) { TWICE("[a-z]+ " one) TWICE("[a-z]+ " many) }
    NAMES(P)
    NOUNS(N)
#undef N
#undef P
}

/* The heavy box is (not) light; is the light box heavy? */
static void append_contraries(char *out)
{
    static const char *const pairs[][2] = {
        { "heavy", "light" }, { "big", "small" }, { "new", "old" },
        { "young", "old" }, { "long", "short" }, { "clean", "dirty" },
        { "fast", "slow" }, { "happy", "sad" }, { "interesting", "boring" },
        { "(red|blue|green|white|black|yellow|grey)",
          "(red|blue|green|white|black|yellow|grey)" },
    };
    char two[600];
    for (size_t i = 0; i < 2 * sizeof pairs / sizeof *pairs; i++) {
        const char *a = pairs[i / 2][i % 2], *b = pairs[i / 2][1 - i % 2];
        snprintf(two, sizeof two,
                 "%s%s [a-z]+ (is|are) (not )?(very )?%s "
                 "|^(Is|Are) .* %s [a-z]+ %s ", bar(out), a, b, a, b);
        append(out, two);
    }
}

static const struct {
    const char *word;
    int class;
} classes[] = {
    { "{PERSON}", PERSON }, { "{ANIMAL}", ANIMAL }, { "{WILD}", WILD },
    { "{OBJECT}", OBJECT }, { "{TEXT}", TEXT }, { "{CLOTHES}", CLOTHES },
    { "{VEHICLE}", VEHICLE }, { "{OWNED}", OWNED }, { "{FURNITURE}", FURNITURE },
};

/* Replaces one word in braces, and returns what follows it. */
static const char *expand_one(char *out, const char *word, bool english,
                              CorpusLanguage language)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strncmp(word, classes[i].word, strlen(classes[i].word)) == 0)
            append_nouns(out, classes[i].class, english, language);
    if (strncmp(word, "{NAME}", 6) == 0)
        append_names(out);
    if (strncmp(word, "{SAME}", 6) == 0)
        append_same(out);
    if (strncmp(word, "{CONTRARY}", 10) == 0)
        append_contraries(out);
    return strchr(word, '}') + 1;
}

static regex_t compiled(const char *pattern, bool english,
                        CorpusLanguage language)
{
    static char whole[PATTERN];
    regex_t regex;
    *whole = '\0';
    while (*pattern)
        if (*pattern == '{')
            pattern = expand_one(whole, pattern, english, language);
        else
            append(whole, (char[]){ *pattern++, '\0' });
    assert_int_equal(regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB), 0);
    return regex;
}

typedef struct {
    regex_t english, translation;
} Search;

static bool has_fault(const Search *s, const char *english,
                      const char *translation)
{
    return regexec(&s->english, english, 0, NULL, 0) == 0
        && regexec(&s->translation, translation, 0, NULL, 0) == 0;
}

/* All sentences, of all splits. */
static struct {
    char **said[2];     /* English, translation */
    int n, room;
} all[CORPUS_LANGUAGES];

static void keep(const char *english, const char *translation, void *language)
{
    int l = *(int *)language;
    if (all[l].n == all[l].room) {
        all[l].room = 2 * all[l].room + 1000;
        for (int i = 0; i < 2; i++)
            all[l].said[i] = realloc(all[l].said[i],
                                     (size_t)all[l].room * sizeof(char *));
    }
    all[l].said[0][all[l].n] = strdup(english);
    all[l].said[1][all[l].n++] = strdup(translation);
}

static int keep_all(void **state)
{
    (void)state;
    for (int l = 0; l < CORPUS_LANGUAGES; l++)
        for (int s = 0; s < CORPUS_SPLITS; s++)
            corpus_pairs((CorpusLanguage)l, (CorpusSplit)s, keep, &l);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    for (int l = 0; l < CORPUS_LANGUAGES; l++)
        for (int i = 0; i < 2; i++) {
            for (int k = 0; k < all[l].n; k++)
                free(all[l].said[i][k]);
            free(all[l].said[i]);
        }
    return 0;
}

static void check_rule(const Rule *rule)
{
    Search s = {
        .english = compiled(rule->english, true, rule->language),
        .translation = compiled(rule->translation, false, rule->language),
    };
    assert_true(has_fault(&s, rule->example[0], rule->example[1]));
    char ***said = all[rule->language].said;
    int n = all[rule->language].n, found = 0;
    for (int i = 0; i < n; i++)
        if (has_fault(&s, said[0][i], said[1][i]) && found++ < 5)
            print_error("%s: %s\n", said[0][i], said[1][i]);
    regfree(&s.english);
    regfree(&s.translation);
    if (found)
        fail_msg("%d of %d sentences", found, n);
}

#define R(name, language, english, translation, bad_english, bad)              \
    static void name(void **state)                                             \
    {                                                                          \
        (void)state;                                                           \
        check_rule(&(Rule){ CORPUS_##language, english, translation,           \
                            { bad_english, bad } });                           \
    }
RULES(R)
#undef R

int main(void)
{
#define R(name, ...) TEST(name),
    const struct CMUnitTest tests[] = { RULES(R) };
#undef R
    return cmocka_run_group_tests_name("nonsense", tests, keep_all, free_all);
}

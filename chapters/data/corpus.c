/* corpus.c -- a grammar that says the same in English, French and Chinese.
 *
 * A sentence is first drawn as a Frame: who, does what, to what, when, where,
 * in words of no language. Three functions then say it. What a frame leaves
 * open, a convention settles, so that an English sentence has one translation:
 *
 *   you            tu, 你               they      ils, 他们
 *   I, we          are taken for men    the past  passé composé, 了
 *   the present, simple or progressive  présent; 在 if progressive
 *   not            ne ... pas; 不, but 没 before 有, in the past and the
 *                  progressive; not every day: 不是每天都
 *   will           futur simple, 会     a, an     un, une; 一 + measure word;
 *                                                 after not: de; nothing
 *   the            le, la, les; nothing in Chinese, but 们 for several persons
 *   a question     est-ce que; 吗
 *
 * The sound rules of French (l'homme, du, aux, n'aime, cet arbre) are applied
 * to the finished sentence, in one place.
 */
#include "corpus.h"
#include "lexicon.h"
#include "base/hash.h"
#include "base/rng.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the words ---------------------------------------------------------- */

typedef struct {
    const char *one, *many, *fr_one, *fr_many;
    int gender;
    const char *zh, *measure;
    int is;
} Noun;

typedef struct {
    const char *en, *fr;
    int gender;
    const char *zh;
    int drink;
} Mass;

typedef struct {
    const char *en, *fr, *zh;
} Phrase;

typedef struct {
    const char *en;
    int gender;
    const char *zh;
} Name;

typedef struct {
    const char *en, *fr[2][2], *fr_vowel;   /* fr[many][gender] */
    int place;
    const char *zh, *zh_said;
    int of;
} Adjective;

enum { JE, TU, IL, NOUS, ILS, PERSONS };

typedef struct {
    const char *base, *third, *past, *ing, *present[PERSONS], *participle,
        *future, *zh;
    int objects, facts;
} Verb;

typedef enum { SIMPLE, PROGRESSIVE, PAST, FUTURE, TENSES } Tense;
typedef enum { STATEMENT, NEGATION, QUESTION, FORMS } Form;

typedef struct {
    const char *en, *fr, *zh;
    Tense tense;
} Time;

#define N(one, many, fr, frs, gender, zh, measure, is)                         \
    { one, many, fr, frs, gender, zh, measure, is },
static const Noun nouns[] = { NOUNS(N) };
#undef N
#define S(en, fr, gender, zh, drink) { en, fr, gender, zh, drink },
static const Mass masses[] = { MASSES(S) };
#undef S
#define S(en, fr, zh) { en, fr, zh },
static const Phrase tastes[] = { SUBJECTS_OF_TASTE(S) };
static const Phrase places[] = { PLACES(S) };
static const Phrase goals[] = { GOALS(S) };
#undef S
#define P(en, gender, zh) { en, gender, zh },
static const Name names[] = { NAMES(P) };
#undef P
#define A(en, m, f, ms, fs, vowel, place, zh, said, of)                        \
    { en, { { m, f }, { ms, fs } }, vowel, place, zh, said, of },
static const Adjective adjectives[] = { ADJECTIVES(A) };
#undef A
#define A(en, m, f, ms, fs) { en, { { m, f }, { ms, fs } } },
static const struct {
    const char *en, *fr[2][2];
} after_etre[] = { AFTER_ETRE(A) };
#undef A
#define V(...) V_ROW(__VA_ARGS__)
#define V_ROW(base, third, past, ing, je, tu, il, nous, ils, participle,       \
              future, zh, objects, facts)                                      \
    { base, third, past, ing, { je, tu, il, nous, ils }, participle, future,   \
      zh, objects, facts },
static const Verb verbs[] = { VERBS(V) };
#undef V
#define T(en, fr, zh, tense) { en, fr, zh, tense },
static const Time times[] = { TIMES(T) };
#undef T

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

/* ---- frames ------------------------------------------------------------- */

typedef enum { THE, A, THIS, MY, HIS, HER, BARE, TWO, THREE, FOUR } Determiner;
static const char *const en_det[][2] = {
    { "the", "the" }, { "a", "" }, { "this", "these" }, { "my", "my" },
    { "his", "his" }, { "her", "her" }, { "", "" }, { "", "two" },
    { "", "three" }, { "", "four" },
};
static const char *const fr_det[][2][2] = {     /* [many][gender] */
    { { "le", "la" }, { "les", "les" } }, { { "un", "une" }, { "des", "des" } },
    { { "ce", "cette" }, { "ces", "ces" } }, { { "mon", "ma" }, { "mes", "mes" } },
    { { "son", "sa" }, { "ses", "ses" } }, { { "son", "sa" }, { "ses", "ses" } },
    { { "", "" }, { "des", "des" } }, { { "", "" }, { "deux", "deux" } },
    { { "", "" }, { "trois", "trois" } }, { { "", "" }, { "quatre", "quatre" } },
};
static const char *const zh_det[] = { "", "一", "这", "我的", "他的", "她的",
                                      "", "两", "三", "四" };

typedef struct {
    Determiner det;
    int noun, adjective;    /* adjective: -1 if there is none */
    bool many;
} Thing;

typedef enum { PRONOUN, NAME, THING, MASS_NOUN, TASTED, NOTHING } Kind;

enum { I, YOU, HE, SHE, WE, THEY, PRONOUNS };
static const char *const en_pronoun[] = { "I", "you", "he", "she", "we", "they" };
static const char *const fr_pronoun[] = { "je", "tu", "il", "elle", "nous", "ils" };
static const char *const zh_pronoun[] = { "我", "你", "他", "她", "我们", "他们" };

/* Who or what: a subject or an object. */
typedef struct {
    Kind kind;
    int number;     /* of a pronoun, a name, a mass noun or a matter of taste */
    Thing thing;
} Party;

typedef enum { DOES, IS, THERE_IS, HAS } Sentence;

typedef struct {
    Sentence sentence;
    Party subject, object;
    int verb, adjective;
    bool very;
    Tense tense;
    Form form;
    int place, goal, time;  /* -1 if there is none */
} Frame;

static int person(const Party *p)
{
    static const int of_pronoun[] = { JE, TU, IL, IL, NOUS, ILS };
    if (p->kind == PRONOUN)
        return of_pronoun[p->number];
    return p->kind == THING && p->thing.many ? ILS : IL;
}

static bool third(const Party *p) { return person(p) == IL; }
static bool several(const Party *p) { return person(p) >= NOUS; }

static int gender(const Party *p)
{
    if (p->kind == PRONOUN)
        return p->number == SHE ? F : M;
    return p->kind == NAME ? names[p->number].gender
                           : nouns[p->thing.noun].gender;
}

/* ---- writing ------------------------------------------------------------ */

enum { LONGEST = 400 };

static void add(char *out, const char *word)
{
    size_t n = strlen(out);
    if (*word)
        snprintf(out + n, LONGEST - n, "%s%s", n ? " " : "", word);
}

static void glue(char *out, const char *word)   /* without a blank */
{
    size_t n = strlen(out);
    snprintf(out + n, LONGEST - n, "%s", word);
}

static bool in(char c, const char *set) { return c && strchr(set, c); }

static bool begins(const char *word, const char *with)
{
    return strncmp(word, with, strlen(with)) == 0;
}

static bool ends(const char *word, const char *with)
{
    size_t n = strlen(word), k = strlen(with);
    return n >= k && strcmp(word + n - k, with) == 0;
}

/* ---- English ------------------------------------------------------------ */

static void english_thing(char *out, const Thing *t)
{
    const Noun *noun = &nouns[t->noun];
    const char *word = t->many ? noun->many : noun->one;
    const char *adjective = t->adjective < 0 ? "" : adjectives[t->adjective].en;
    bool vowel = in(*(*adjective ? adjective : word), "aeiou");
    add(out, t->det == A && vowel ? "an" : en_det[t->det][t->many]);
    add(out, adjective);
    add(out, word);
}

static void english_party(char *out, const Party *p)
{
    switch (p->kind) {
    case PRONOUN:   add(out, en_pronoun[p->number]);        break;
    case NAME:      add(out, names[p->number].en);          break;
    case THING:     english_thing(out, &p->thing);          break;
    case MASS_NOUN: add(out, masses[p->number].en);         break;
    case TASTED:    add(out, tastes[p->number].en);         break;
    case NOTHING:   break;
    }
}

static const char *to_be(const Party *p)
{
    return third(p) ? "is" : person(p) == JE ? "am" : "are";
}

static void english_verb(char *out, const Frame *f)
{
    const Verb *v = &verbs[f->verb];
    bool asked = f->form == QUESTION, denied = f->form == NEGATION;
    const char *helper = f->tense == PROGRESSIVE ? to_be(&f->subject)
                       : f->tense == FUTURE ? "will"
                       : f->tense == PAST ? "did"
                       : third(&f->subject) ? "does" : "do";
    bool helped = f->form != STATEMENT || f->tense == PROGRESSIVE
               || f->tense == FUTURE;
    if (asked)
        add(out, helper);
    english_party(out, &f->subject);
    if (helped && !asked)
        add(out, helper);
    if (denied)
        add(out, "not");
    add(out, f->tense == PROGRESSIVE ? v->ing
             : helped ? v->base
             : f->tense == PAST ? v->past
             : third(&f->subject) ? v->third : v->base);
}

static void english(char *out, const Frame *f)
{
    bool asked = f->form == QUESTION, denied = f->form == NEGATION;
    switch (f->sentence) {
    case DOES:
        english_verb(out, f);
        break;
    case IS:
        add(out, asked ? to_be(&f->subject) : "");
        english_party(out, &f->subject);
        add(out, asked ? "" : to_be(&f->subject));
        add(out, denied ? "not" : "");
        add(out, f->very ? "very" : "");
        add(out, adjectives[f->adjective].en);
        break;
    case THERE_IS:
        add(out, asked ? f->object.thing.many ? "are there" : "is there"
                       : f->object.thing.many ? "there are" : "there is");
        add(out, denied ? "no" : "");
        break;
    case HAS:
        add(out, !asked ? "" : third(&f->subject) ? "does" : "do");
        english_party(out, &f->subject);
        add(out, denied ? third(&f->subject) ? "does not" : "do not" : "");
        add(out, f->form == STATEMENT && third(&f->subject) ? "has" : "have");
        break;
    }
    english_party(out, &f->object);
    add(out, f->goal < 0 ? "" : goals[f->goal].en);
    add(out, f->place < 0 ? "" : places[f->place].en);
    add(out, f->time < 0 ? "" : times[f->time].en);
    add(out, asked ? "?" : ".");
}

/* ---- French ------------------------------------------------------------- */

/* Does a French word begin with a vowel sound? An h is never heard here. */
static bool vowel_sound(const char *word)
{
    static const char *const accented[] = { "é", "è", "ê", "à", "â", "î", "ô",
                                            "œ" };
    for (size_t i = 0; i < sizeof accented / sizeof *accented; i++)
        if (begins(word, accented[i]))
            return true;
    return in(*word, "aeiouhAEIOU");
}

static const char *french_adjective(const Adjective *a, bool many, int gender,
                                    const char *next)
{
    return !many && gender == M && vowel_sound(next) ? a->fr_vowel
                                                     : a->fr[many][gender];
}

/* After a negation, and before an adjective that precedes, un and des are de. */
static void french_thing(char *out, const Thing *t, bool denied)
{
    const Noun *noun = &nouns[t->noun];
    const char *word = t->many ? noun->fr_many : noun->fr_one;
    const Adjective *a = t->adjective < 0 ? NULL : &adjectives[t->adjective];
    bool first = a && a->place == BEFORE;
    bool de = (denied && (t->det == A || t->det == BARE))
           || (t->det == BARE && first);
    add(out, de ? "de" : fr_det[t->det][t->many][noun->gender]);
    if (first)
        add(out, french_adjective(a, t->many, noun->gender, word));
    add(out, word);
    if (a && !first)
        add(out, a->fr[t->many][noun->gender]);
}

static void french_party(char *out, const Party *p, const Frame *f)
{
    bool denied = f->form == NEGATION;
    bool general = f->sentence == DOES && (verbs[f->verb].facts & GENERAL);
    const Mass *mass = &masses[p->kind == MASS_NOUN ? p->number : 0];
    Thing thing = p->thing;
    switch (p->kind) {
    case PRONOUN: add(out, fr_pronoun[p->number]); break;
    case NAME: add(out, names[p->number].en); break;
    case THING:
        if (general && thing.det == BARE)
            thing.det = THE;
        french_thing(out, &thing, denied);
        break;
    case MASS_NOUN:
        if (!general)
            add(out, "de");
        if (general || !denied)
            add(out, mass->gender == F ? "la" : "le");
        add(out, mass->fr);
        break;
    case TASTED: add(out, tastes[p->number].fr); break;
    case NOTHING: break;
    }
}

static const char *const avoir[PERSONS] = { "ai", "as", "a", "avons", "ont" };
static const char *const etre[PERSONS] = { "suis", "es", "est", "sommes",
                                           "sont" };

static void french_negated(char *out, const char *verb, bool denied)
{
    add(out, denied ? "ne" : "");
    add(out, verb);
    add(out, denied ? "pas" : "");
}

static void french_verb(char *out, const Frame *f)
{
    static const char *const endings[PERSONS] = { "ai", "as", "a", "ons",
                                                  "ont" };
    const Verb *v = &verbs[f->verb];
    bool denied = f->form == NEGATION;
    int who = person(&f->subject);
    char future[60];
    switch (f->tense) {
    case PAST:
        french_negated(out, (v->facts & BY_ETRE ? etre : avoir)[who], denied);
        add(out, v->participle);
        if (v->facts & BY_ETRE) {
            glue(out, gender(&f->subject) == F ? "e" : "");
            glue(out, several(&f->subject) ? "s" : "");
        }
        break;
    case FUTURE:
        snprintf(future, sizeof future, "%s%s", v->future, endings[who]);
        french_negated(out, future, denied);
        break;
    default:
        french_negated(out, v->present[who], denied);
    }
}

static void french_is(char *out, const Frame *f)
{
    const Adjective *a = &adjectives[f->adjective];
    bool many = several(&f->subject);
    int of = gender(&f->subject);
    const char *word = a->fr[many][of];
    for (int i = 0; i < COUNT(after_etre); i++)
        if (strcmp(a->en, after_etre[i].en) == 0)
            word = after_etre[i].fr[many][of];
    french_negated(out, etre[person(&f->subject)], f->form == NEGATION);
    add(out, f->very ? "très" : "");
    add(out, word);
}

/* le homme -> l'homme, de le -> du, je ai -> j'ai, ce arbre -> cet arbre. */
static void french_sounds(char *out, const char *plain)
{
    static const char *const elided[] = { "le", "la", "je", "ne", "de", "que" };
    static const char *const merged[][3] = {
        { "de", "le", "du" }, { "de", "les", "des" }, { "à", "le", "au" },
        { "à", "les", "aux" },
    };
    static const char *const before_vowel[][2] = {
        { "ce", "cet" }, { "ma", "mon" }, { "sa", "son" },
    };
    char words[LONGEST], *word[64];
    int n = 0;
    snprintf(words, sizeof words, "%s", plain);
    for (char *w = strtok(words, " "); w && n < 63; w = strtok(NULL, " "))
        word[n++] = w;
    word[n] = words + strlen(plain);    /* an empty word */
    for (int i = 0; i < n; i++) {
        bool vowel = i + 1 < n && vowel_sound(word[i + 1]);
        bool done = false;
        for (int k = 0; k < COUNT(elided) && !done; k++)
            if (vowel && strcmp(word[i], elided[k]) == 0) {
                word[i][strlen(word[i]) - 1] = '\'';
                glue(out, i ? " " : "");
                glue(out, word[i]);
                glue(out, word[++i]);
                done = true;
            }
        for (int k = 0; k < COUNT(merged) && !done; k++)
            if (i + 2 < n && strcmp(word[i], merged[k][0]) == 0
                && strcmp(word[i + 1], merged[k][1]) == 0
                && !(strcmp(word[i + 1], "le") == 0
                     && vowel_sound(word[i + 2]))) {
                add(out, merged[k][2]);
                i++;
                done = true;
            }
        for (int k = 0; k < COUNT(before_vowel) && !done; k++)
            if (vowel && strcmp(word[i], before_vowel[k][0]) == 0) {
                add(out, before_vowel[k][1]);
                done = true;
            }
        if (!done)
            add(out, word[i]);
    }
}

static void french(char *out, const Frame *f)
{
    char plain[LONGEST] = "";
    bool denied = f->form == NEGATION;
    if (f->form == QUESTION)
        add(plain, "est-ce que");
    if (f->sentence == THERE_IS)
        add(plain, denied ? "il n'y a pas" : "il y a");
    else
        french_party(plain, &f->subject, &(Frame){ .sentence = IS });
    if (f->sentence == DOES)
        french_verb(plain, f);
    else if (f->sentence == IS)
        french_is(plain, f);
    else if (f->sentence == HAS)
        french_negated(plain, avoir[person(&f->subject)], denied);
    french_party(plain, &f->object, f);
    add(plain, f->goal < 0 ? "" : goals[f->goal].fr);
    add(plain, f->place < 0 ? "" : places[f->place].fr);
    add(plain, f->time < 0 ? "" : times[f->time].fr);
    add(plain, f->form == QUESTION ? "?" : ".");
    french_sounds(out, plain);
}

/* ---- Chinese ------------------------------------------------------------ */

static void chinese_thing(char *out, const Thing *t)
{
    const Noun *noun = &nouns[t->noun];
    const char *adjective = t->adjective < 0 ? "" : adjectives[t->adjective].zh;
    bool owned = t->det == MY || t->det == HIS || t->det == HER;
    if (owned && ends(adjective, "的"))     /* 我新鲜的胡萝卜: one 的 will do */
        glue(out, zh_pronoun[t->det == MY ? I : t->det == HIS ? HE : SHE]);
    else
        glue(out, zh_det[t->det]);
    if (t->det == A || t->det >= TWO || (t->det == THIS && !t->many))
        glue(out, noun->measure);
    else if (t->det == THIS)
        glue(out, "些");
    glue(out, adjective);
    glue(out, noun->zh);
    bool known = t->det == THE || owned;    /* 孩子们: the children */
    if (t->many && known && (noun->is & PERSON))
        glue(out, "们");
}

static void chinese_party(char *out, const Party *p)
{
    switch (p->kind) {
    case PRONOUN:   glue(out, zh_pronoun[p->number]);   break;
    case NAME:      glue(out, names[p->number].zh);     break;
    case THING:     chinese_thing(out, &p->thing);      break;
    case MASS_NOUN: glue(out, masses[p->number].zh);    break;
    case TASTED:    glue(out, tastes[p->number].zh);    break;
    case NOTHING:   break;
    }
}

/* When; 不 or 没, 会, 在 and a place, the verb, 了. */
static void chinese_verb(char *out, const Frame *f)
{
    bool denied = f->form == NEGATION;
    bool not_always = denied && f->tense == SIMPLE && f->time >= 0;
    glue(out, not_always ? "不是" : "");
    glue(out, f->time < 0 ? "" : times[f->time].zh);
    if (not_always)
        glue(out, "都");
    else if (denied)
        glue(out, f->tense == PAST || f->tense == PROGRESSIVE ? "没" : "不");
    glue(out, f->tense == FUTURE ? "会" : "");
    if (f->place >= 0) {
        glue(out, "在");
        glue(out, places[f->place].zh);
    } else if (f->tense == PROGRESSIVE) {
        glue(out, "在");
    }
    glue(out, verbs[f->verb].zh);
    glue(out, f->tense == PAST && !denied ? "了" : "");
    glue(out, f->goal < 0 ? "" : goals[f->goal].zh);
}

static void chinese_is(char *out, const Frame *f)
{
    const char *said = adjectives[f->adjective].zh_said;
    bool is = begins(said, "是"), has = begins(said, "有");
    glue(out, f->form != NEGATION ? "" : has ? "没" : "不");
    glue(out, is ? "" : f->very ? "非常" : f->form == STATEMENT ? "很" : "");
    glue(out, said);
}

static void chinese(char *out, const Frame *f)
{
    bool denied = f->form == NEGATION;
    if (f->sentence == THERE_IS) {
        glue(out, places[f->place].zh);
        glue(out, denied ? "没有" : "有");
    } else {
        chinese_party(out, &f->subject);
        if (f->sentence == DOES)
            chinese_verb(out, f);
        else if (f->sentence == IS)
            chinese_is(out, f);
        else
            glue(out, denied ? "没有" : "有");
    }
    Party object = f->object;
    if (denied && object.kind == THING && object.thing.det == A)
        object.thing.det = BARE;    /* 没有猫: without 一只 */
    chinese_party(out, &object);
    glue(out, f->form == QUESTION ? "吗？" : "。");
}

/* ---- drawing a frame ---------------------------------------------------- */

static bool chance(Rng *rng, double p) { return rng_uniform(rng) < p; }

/* A noun of one of the classes, in one of the ways of naming it. */
static Thing draw_thing(Rng *rng, int classes, const Determiner *ways, int n,
                        double with_adjective)
{
    Thing t = { .adjective = -1, .det = ways[rng_below(rng, n)] };
    do
        t.noun = rng_below(rng, COUNT(nouns));
    while (!(nouns[t.noun].is & classes));
    bool owned = t.det == MY || t.det == HIS || t.det == HER;
    if (owned && (nouns[t.noun].is & (PERSON | ANIMAL | VEHICLE | BUILDING))
        && !(nouns[t.noun].is & (RELATION | PET | OWNED)))
        t.det = THE;    /* my doctor, my cat; not my queen, my wolf, my train */
    t.many = t.det >= BARE || (t.det != A && chance(rng, 0.35));
    if (chance(rng, with_adjective))
        do
            t.adjective = rng_below(rng, COUNT(adjectives));
        while (!(adjectives[t.adjective].of & nouns[t.noun].is));
    return t;
}

static Party draw_subject(Rng *rng, bool beasts)
{
    static const Determiner ways[] = { THE, THE, THE, THIS, MY, HIS, HER, A };
    static const int pronouns[] = { I, I, YOU, YOU, WE, WE, HE, SHE, THEY };
    double u = rng_uniform(rng);
    if (beasts && u < 0.3)
        return (Party){ THING, 0, draw_thing(rng, ANIMAL, ways, 3, 0.25) };
    if (u < 0.65)
        return (Party){ PRONOUN, pronouns[rng_below(rng, COUNT(pronouns))],
                        { 0 } };
    if (u < 0.8)
        return (Party){ NAME, rng_below(rng, COUNT(names)), { 0 } };
    return (Party){ THING, 0,
                    draw_thing(rng, PERSON, ways, COUNT(ways), 0.15) };
}

static Party draw_object(Rng *rng, const Verb *v, Form form)
{
    static const Determiner ways[] = { THE, THE, THE, THIS, MY, HIS, HER, A, A,
                                       BARE, TWO, THREE, FOUR };
    static const Determiner general[] = { BARE, BARE, THE, THIS };
    static const Determiner known[] = { THE, THIS, MY, HIS, HER };
    Party p = { NOTHING, 0, { 0 } };
    if ((v->facts & TASTE) && (!v->objects || chance(rng, 0.3))) {
        p = (Party){ TASTED, rng_below(rng, COUNT(tastes)), { 0 } };
    } else if ((v->facts & DRINKS)
               || ((v->facts & (MASS | GENERAL)) && chance(rng, 0.25))) {
        p.kind = MASS_NOUN;
        do
            p.number = rng_below(rng, COUNT(masses));
        while (!(v->facts & GENERAL)
               && masses[p.number].drink != !(v->facts & MASS));
    } else if ((v->objects & (PERSON | ANIMAL)) && chance(rng, 0.25)) {
        p = (Party){ NAME, rng_below(rng, COUNT(names)), { 0 } };
    } else if (v->objects) {
        p.kind = THING;
        p.thing = v->facts & GENERAL
            ? draw_thing(rng, v->objects, general, COUNT(general), 0.1)
            : v->facts & STATE || (v->objects & BUILDING)
            ? draw_thing(rng, v->objects, known, COUNT(known), 0.3)
            : draw_thing(rng, v->objects, ways, COUNT(ways), 0.3);
        bool any = p.thing.det == A || p.thing.det == BARE;
        if ((form != STATEMENT && p.thing.det >= TWO)
            || (form == NEGATION && any && !(v->facts & GENERAL)
                && (nouns[p.thing.noun].is & PERSON)))
            p.thing.det = THE;      /* he does not help the doctor */
    }
    return p;
}

static int draw_time(Rng *rng, Tense tense)
{
    int t;
    do
        t = rng_below(rng, COUNT(times));
    while (times[t].tense != tense);
    return t;
}

static void draw_does(Rng *rng, Frame *f)
{
    f->verb = rng_below(rng, COUNT(verbs));
    const Verb *v = &verbs[f->verb];
    f->subject = draw_subject(rng, v->facts & BEASTS);
    static const Tense tenses[] = { SIMPLE, PROGRESSIVE, PAST, FUTURE, FUTURE };
    do
        f->tense = tenses[rng_below(rng, COUNT(tenses))];
    while ((v->facts & STATE && f->tense != SIMPLE)
           || (v->facts & AT_ONCE && f->tense == PROGRESSIVE)
           || (v->facts & RESULT && f->tense == SIMPLE)
           || (v->facts & MISHAP && f->tense != PAST));
    if (v->facts & READ_READ && f->tense == SIMPLE && f->form == STATEMENT
        && !third(&f->subject))
        f->tense = FUTURE;
    f->object = draw_object(rng, v, f->form);
    if (v->facts & TO_PLACE)
        f->goal = rng_below(rng, COUNT(goals));
    else if (!(v->facts & (STATE | AT_ONCE | NOWHERE))
             && chance(rng, f->object.kind == NOTHING ? 0.45 : 0.12))
        f->place = rng_below(rng, COUNT(places));
    if (!(v->facts & STATE) && chance(rng, 0.25))
        f->time = draw_time(rng, f->tense);
}

static void draw_is(Rng *rng, Frame *f)
{
    static const Determiner ways[] = { THE, THE, THE, THIS, MY, HIS, HER };
    f->very = f->form == STATEMENT && chance(rng, 0.25);
    do {
        f->subject = chance(rng, 0.25) ? draw_subject(rng, false)
            : (Party){ THING, 0, draw_thing(rng, ~(BUILDING | OPENING), ways,
                                            COUNT(ways), 0.3) };
        f->adjective = rng_below(rng, COUNT(adjectives));
        if (f->subject.kind == THING && f->subject.thing.det == A)
            f->subject.thing.det = THE;     /* a man is not sad: this one is */
    } while (f->subject.kind == THING
             ? !(nouns[f->subject.thing.noun].is & adjectives[f->adjective].of)
               || f->subject.thing.adjective == f->adjective
             : !(adjectives[f->adjective].of & PERSON));
    if (begins(adjectives[f->adjective].zh_said, "是"))
        f->very = false;    /* nothing is very red */
}

static void draw_there_is(Rng *rng, Frame *f)
{
    static const Determiner some[] = { A, A, TWO, THREE, FOUR };
    static const Determiner one[] = { A }, none[] = { BARE };
    f->object = (Party){ THING, 0,
                         draw_thing(rng, PERSON | ANIMAL | PLANT,
                                    f->form == STATEMENT ? some
                                    : f->form == QUESTION ? one : none,
                                    f->form == STATEMENT ? COUNT(some) : 1,
                                    0.3) };
    f->place = rng_below(rng, COUNT(places));
}

static void draw_has(Rng *rng, Frame *f)
{
    static const Determiner ways[] = { A, A, TWO, THREE, FOUR };
    bool some = f->form == STATEMENT;
    f->subject = draw_subject(rng, false);
    f->object = (Party){ THING, 0,
                         draw_thing(rng, PET | TEXT | OWNED | CLOTHES
                                             | OBJECT | FURNITURE,
                                    ways, some ? COUNT(ways) : 2, 0.35) };
}

static Frame draw(Rng *rng)
{
    Frame f = { .place = -1, .goal = -1, .time = -1,
                .subject.kind = NOTHING, .object.kind = NOTHING };
    double form = rng_uniform(rng), sentence = rng_uniform(rng);
    f.form = form < 0.55 ? STATEMENT : form < 0.78 ? NEGATION : QUESTION;
    f.sentence = sentence < 0.68 ? DOES : sentence < 0.86 ? IS
               : sentence < 0.92 ? THERE_IS : HAS;
    switch (f.sentence) {
    case DOES:      draw_does(rng, &f);     break;
    case IS:        draw_is(rng, &f);       break;
    case THERE_IS:  draw_there_is(rng, &f); break;
    case HAS:       draw_has(rng, &f);      break;
    }
    return f;
}

/* ---- splits ------------------------------------------------------------- */

/* Combinations that are kept for the examination: some adjectives never meet
 * some nouns in training, some verbs never stand in some tense and form. About
 * one in fourteen. */
static bool reserved_pair(int adjective, int noun)
{
    return adjective >= 0 && (adjective * 5 + noun * 3) % 14 == 0;
}

static bool reserved(const Frame *f)
{
    const Party *s = &f->subject, *o = &f->object;
    if (s->kind == THING && reserved_pair(s->thing.adjective, s->thing.noun))
        return true;
    if (o->kind == THING && reserved_pair(o->thing.adjective, o->thing.noun))
        return true;
    if (f->sentence == IS && s->kind == THING
        && reserved_pair(f->adjective, s->thing.noun))
        return true;
    return f->sentence == DOES && f->form != STATEMENT
        && (f->verb * 5 + (int)f->tense * 4 + (int)f->form * 3) % 11 == 0;
}

/* The sentences of the study notes come first in the training set. */
static const struct {
    const char *en, *translation[CORPUS_LANGUAGES];
} given[] = {
    { "They are watching .", { "Ils regardent .", "他们在看。" } },
    { "Tom chases Jerry .", { "Tom poursuit Jerry .", "汤姆追逐杰瑞。" } },
    { "I like deep learning .",
      { "J'aime l'apprentissage profond .", "我喜欢深度学习。" } },
    { "The red car is fast .",
      { "La voiture rouge est rapide .", "红色的汽车很快。" } },
};

/* The English sentences that have come, so that none comes twice. */
typedef struct {
    uint64_t *seen;     /* hashes; 0: empty */
    int size;
} Seen;

static bool first_time(Seen *s, const char *sentence)
{
    uint64_t h = hash_text(sentence);
    h += h == 0;
    int i = (int)(h % (uint64_t)s->size);
    for (; s->seen[i]; i = (i + 1) % s->size)
        if (s->seen[i] == h)
            return false;
    s->seen[i] = h;
    return true;
}

static void capital(char *sentence)
{
    if (sentence[0] >= 'a' && sentence[0] <= 'z')
        sentence[0] = (char)(sentence[0] - 'a' + 'A');
}

/* With this seed every word of the examination was taught, and more than once;
 * a test looks. */
enum { DRAWN = 30000, SEED = 14 };

int corpus_pairs(CorpusLanguage language, CorpusSplit split, CorpusTake *take,
                 void *context)
{
    Seen seen = { .size = 1 << 17 };
    seen.seen = calloc((size_t)seen.size, sizeof *seen.seen);
    if (!seen.seen)
        return 0;
    Rng rng = rng_named(SEED, "corpus");
    int count = 0;
    for (int i = 0; i < COUNT(given); i++) {
        first_time(&seen, given[i].en);
        if (split == CORPUS_TRAIN && ++count)
            take(given[i].en, given[i].translation[language], context);
    }
    for (int i = 0; i < DRAWN; i++) {
        char source[LONGEST] = "", target[LONGEST] = "";
        Frame f = draw(&rng);
        english(source, &f);
        capital(source);
        CorpusSplit belongs = reserved(&f) ? CORPUS_COMBINATIONS
                            : rng_below(&rng, 24) == 0 ? CORPUS_HELD_OUT
                                                       : CORPUS_TRAIN;
        if (!first_time(&seen, source) || belongs != split)
            continue;
        (language == CORPUS_FRENCH ? french : chinese)(target, &f);
        capital(target);
        take(source, target, context);
        count++;
    }
    free(seen.seen);
    return count;
}

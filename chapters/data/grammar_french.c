/* grammar_french.c -- says a frame in French. The rules of sound (l'homme, du,
 * aux, n'aime, cet arbre) are applied to the finished sentence, in one place. */
#include "grammar.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static const char *const determiners[][2][2] = {    /* [many][gender] */
    { { "le", "la" }, { "les", "les" } }, { { "un", "une" }, { "des", "des" } },
    { { "ce", "cette" }, { "ces", "ces" } }, { { "mon", "ma" }, { "mes", "mes" } },
    { { "son", "sa" }, { "ses", "ses" } }, { { "son", "sa" }, { "ses", "ses" } },
    { { "", "" }, { "des", "des" } }, { { "", "" }, { "deux", "deux" } },
    { { "", "" }, { "trois", "trois" } }, { { "", "" }, { "quatre", "quatre" } },
};
static const char *const pronouns[] = { "je", "tu", "il", "elle", "nous", "ils" };
static const char *const avoir[PERSONS] = { "ai", "as", "a", "avons", "ont" };
static const char *const etre[PERSONS] = { "suis", "es", "est", "sommes",
                                           "sont" };

/* ---- things ------------------------------------------------------------- */

/* Does a French word begin with a vowel sound? An h is never heard here. */
static bool vowel_sound(const char *word)
{
    static const char *const accented[] = { "é", "è", "ê", "à", "â", "î", "ô",
                                            "œ" };
    for (int i = 0; i < COUNT(accented); i++)
        if (strncmp(word, accented[i], strlen(accented[i])) == 0)
            return true;
    return *word && strchr("aeiouhAEIOU", *word);
}

static const char *adjective(const Adjective *a, bool many, int gender,
                             const char *next)
{
    return !many && gender == M && vowel_sound(next) ? a->fr_vowel
                                                     : a->fr[many][gender];
}

/* After a negation, and before an adjective that precedes, un and des are de. */
static void add_thing(char *out, const Thing *t, bool denied)
{
    const Noun *noun = &lexicon.noun[t->noun];
    const char *word = t->many ? noun->fr_many : noun->fr_one;
    const Adjective *a = t->adjective < 0 ? NULL
                       : &lexicon.adjective[t->adjective];
    bool first = a && a->place == BEFORE;
    bool de = (denied && (t->det == A || t->det == BARE))
           || (t->det == BARE && first);
    add_word(out, de ? "de" : determiners[t->det][t->many][noun->gender]);
    if (first)
        add_word(out, adjective(a, t->many, noun->gender, word));
    add_word(out, word);
    if (a && !first)
        add_word(out, a->fr[t->many][noun->gender]);
}

/* Of all of a kind: I like cats. */
static bool is_general(const Frame *f)
{
    return f->sentence == DOES && (lexicon.verb[f->verb].facts & GENERAL);
}

static void add_mass(char *out, const Mass *mass, const Frame *f)
{
    bool general = is_general(f);
    if (!general)
        add_word(out, "de");
    if (general || f->form != NEGATION)
        add_word(out, mass->gender == F ? "la" : "le");
    add_word(out, mass->fr);
}

static void add_object(char *out, const Frame *f)
{
    const Party *p = &f->object;
    Thing thing = p->thing;
    switch (p->kind) {
    case PRONOUN:   add_word(out, pronouns[p->number]);         break;
    case NAME:      add_word(out, lexicon.name[p->number].en);  break;
    case MASS_NOUN: add_mass(out, &lexicon.mass[p->number], f); break;
    case TASTED:    add_word(out, lexicon.taste[p->number].fr); break;
    case NOTHING:   break;
    case THING:
        if (is_general(f) && thing.det == BARE)
            thing.det = THE;
        add_thing(out, &thing, f->form == NEGATION && f->sentence != SUFFERS);
        break;
    }
}

static void add_subject(char *out, const Frame *f)
{
    add_object(out, &(Frame){ .sentence = IS, .object = f->subject });
    add_word(out, f->partner.kind == NOTHING ? "" : "et");
    add_object(out, &(Frame){ .sentence = IS, .object = f->partner });
}

/* ---- verbs -------------------------------------------------------------- */

static void add_negated(char *out, const char *verb, const Frame *f)
{
    add_word(out, f->form == NEGATION ? "ne" : "");
    add_word(out, verb);
    add_word(out, f->form == NEGATION ? "pas" : "");
}

/* allée, allés; but pris of several, too. */
static void add_agreeing(char *out, const char *participle, const Frame *f)
{
    bool feminine = frame_gender(f) == F;
    size_t n = strlen(participle);
    add_word(out, participle);
    glue_word(out, feminine ? "e" : "");
    glue_word(out, several(f) && (feminine || participle[n - 1] != 's') ? "s"
                                                                        : "");
}

static void add_verb(char *out, const Frame *f)
{
    static const char *const endings[PERSONS] = { "ai", "as", "a", "ons",
                                                  "ont" };
    const Verb *v = &lexicon.verb[f->verb];
    int who = frame_person(f);
    char future[60];
    switch (f->tense) {
    case PAST:
        add_negated(out, (v->facts & BY_ETRE ? etre : avoir)[who], f);
        if (v->facts & BY_ETRE)
            add_agreeing(out, v->participle, f);
        else
            add_word(out, v->participle);
        break;
    case FUTURE:
        snprintf(future, sizeof future, "%s%s", v->future, endings[who]);
        add_negated(out, future, f);
        break;
    default:
        add_negated(out, v->present[who], f);
    }
}

static void add_is(char *out, const Frame *f)
{
    const Adjective *a = &lexicon.adjective[f->adjective];
    bool many = several(f);
    int gender = frame_gender(f);
    int is = f->subject.kind == THING ? lexicon.noun[f->subject.thing.noun].is
                                      : PERSON;
    const char *word = a->fr[many][gender];
    for (int i = 0; i < AFTER_ETRE_COUNT; i++) {
        const AfterEtre *other = &lexicon.after_etre[i];
        if (strcmp(a->en, other->en) == 0 && (is & other->of))
            word = other->fr[many][gender];
    }
    add_negated(out, etre[frame_person(f)], f);
    add_word(out, f->very ? "très" : "");
    add_word(out, word);
}

static void add_suffers(char *out, const Frame *f)
{
    add_negated(out, avoir[frame_person(f)], f);
    add_word(out, "été");
    add_agreeing(out, lexicon.verb[f->verb].participle, f);
    add_word(out, f->object.kind == NOTHING ? "" : "par");
}

/* ---- sounds ------------------------------------------------------------- */

/* le homme -> l'homme: the next word is glued to this one. */
static bool elides(char *out, char *word, const char *next)
{
    static const char *const elided[] = { "le", "la", "je", "ne", "de", "que" };
    for (int k = 0; k < COUNT(elided); k++)
        if (vowel_sound(next) && strcmp(word, elided[k]) == 0) {
            word[strlen(word) - 1] = '\'';
            add_word(out, word);
            glue_word(out, next);
            return true;
        }
    return false;
}

/* de le -> du: the next word is gone. But de l'arbre. */
static bool merges(char *out, const char *word, const char *next,
                   const char *after)
{
    static const char *const merged[][3] = {
        { "de", "le", "du" }, { "de", "les", "des" }, { "à", "le", "au" },
        { "à", "les", "aux" },
    };
    for (int k = 0; k < COUNT(merged); k++)
        if (strcmp(word, merged[k][0]) == 0 && strcmp(next, merged[k][1]) == 0
            && !(strcmp(next, "le") == 0 && vowel_sound(after))) {
            add_word(out, merged[k][2]);
            return true;
        }
    return false;
}

/* ce arbre -> cet arbre. */
static const char *before_vowel(const char *word, const char *next)
{
    static const char *const changed[][2] = {
        { "ce", "cet" }, { "ma", "mon" }, { "sa", "son" },
    };
    for (int k = 0; k < COUNT(changed); k++)
        if (vowel_sound(next) && strcmp(word, changed[k][0]) == 0)
            return changed[k][1];
    return word;
}

static void add_sounds(char *out, const char *plain)
{
    char words[LONGEST], *word[66];
    int n = 0;
    snprintf(words, sizeof words, "%s", plain);
    for (char *w = strtok(words, " "); w && n < 64; w = strtok(NULL, " "))
        word[n++] = w;
    word[n] = word[n + 1] = words + strlen(plain);  /* empty words */
    for (int i = 0; i < n; i++)
        if (elides(out, word[i], word[i + 1])
            || merges(out, word[i], word[i + 1], word[i + 2]))
            i++;
        else
            add_word(out, before_vowel(word[i], word[i + 1]));
}

/* ---- sentences ---------------------------------------------------------- */

static void add_where_and_when(char *out, const Frame *f)
{
    add_word(out, f->goal < 0 ? "" : lexicon.goal[f->goal].fr);
    add_word(out, f->place < 0 ? "" : lexicon.place[f->place].fr);
    if (f->preposition >= 0) {
        add_word(out, lexicon.preposition[f->preposition].fr);
        add_thing(out, &f->ground, false);
    }
    add_word(out, f->time < 0 ? "" : lexicon.time[f->time].fr);
}

void say_in_french(char *out, const Frame *f)
{
    char plain[LONGEST] = "";
    if (f->form == QUESTION)
        add_word(plain, "est-ce que");
    if (f->sentence != THERE_IS)
        add_subject(plain, f);
    switch (f->sentence) {
    case DOES:      add_verb(plain, f);                             break;
    case IS:        add_is(plain, f);                               break;
    case AT:        add_negated(plain, etre[frame_person(f)], f);   break;
    case HAS:       add_negated(plain, avoir[frame_person(f)], f);  break;
    case SUFFERS:   add_suffers(plain, f);                          break;
    case THERE_IS:
        add_word(plain, f->form == NEGATION ? "il n'y a pas" : "il y a");
        break;
    }
    add_object(plain, f);
    add_where_and_when(plain, f);
    add_word(plain, f->form == QUESTION ? "?" : ".");
    add_sounds(out, plain);
}

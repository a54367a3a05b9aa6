/* grammar.h -- a frame says who does what to what, when and where, in words of
 * no language. grammar_draw.c draws frames that make sense; three functions,
 * each in a file of its own, say one in a language. Only corpus.c needs this.
 *
 * What a frame leaves open, a convention settles, so that an English sentence
 * has one translation:
 *
 *   you            tu, 你               they      ils, 他们
 *   I, we          are taken for men    the past  passé composé, 了
 *   the present, simple or progressive  présent; 在 if progressive
 *   not            ne ... pas; 不, but 没 before 有, in the past and the
 *                  progressive; not every day: 不是每天都
 *   will           futur simple, 会     a, an     un, une; 一 + measure word;
 *                                                 after not: de; nothing; of
 *                                                 who does something: 有一个
 *   the            le, la, les; nothing in Chinese, but 们 for several persons
 *   a question     est-ce que; 吗
 *   is stolen      être, and who did it with par; 被
 */
#ifndef GRAMMAR_H
#define GRAMMAR_H

#include "lexicon.h"
#include "base/rng.h"

#include <stdbool.h>

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
    const char *en, *fr, *zh;
    int is;
} Place;        /* a preposition, too: is tells of which nouns */

typedef struct {
    const char *en;
    int gender;
    const char *zh;
} Name;

typedef struct {
    const char *en, *fr[2][2], *fr_vowel;   /* fr[many][gender] */
    int place;
    const char *zh, *zh_said;
    int kind, of;
} Adjective;

typedef struct {
    const char *en, *fr[2][2];
    int of;
} AfterEtre;

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

typedef struct {
    const char *word, *with;
} Couple;       /* of English words; or an English verb and its participle */

typedef struct {
    const char *adjective, *noun, *zh;
} Compound;

#define ONE_MORE(...) + 1
enum {
    NOUN_COUNT = NOUNS(ONE_MORE), MASS_COUNT = MASSES(ONE_MORE),
    TASTE_COUNT = SUBJECTS_OF_TASTE(ONE_MORE), NAME_COUNT = NAMES(ONE_MORE),
    ADJECTIVE_COUNT = ADJECTIVES(ONE_MORE), VERB_COUNT = VERBS(ONE_MORE),
    AFTER_ETRE_COUNT = AFTER_ETRE(ONE_MORE), PLACE_COUNT = PLACES(ONE_MORE),
    COMPOUND_COUNT = COMPOUNDS(ONE_MORE), UNSAID_COUNT = UNSAID(ONE_MORE),
    UNDONE_COUNT = UNDONE(ONE_MORE), GOAL_COUNT = GOALS(ONE_MORE),
    PARTICIPLE_COUNT = PARTICIPLES(ONE_MORE), TIME_COUNT = TIMES(ONE_MORE),
    PREPOSITION_COUNT = PREPOSITIONS(ONE_MORE),
};

/* The tables of lexicon.h. */
extern const struct Lexicon {
    Noun noun[NOUN_COUNT];
    Mass mass[MASS_COUNT];
    Phrase taste[TASTE_COUNT], goal[GOAL_COUNT];
    Place place[PLACE_COUNT], preposition[PREPOSITION_COUNT];
    Name name[NAME_COUNT];
    Adjective adjective[ADJECTIVE_COUNT];
    AfterEtre after_etre[AFTER_ETRE_COUNT];
    Compound compound[COMPOUND_COUNT];
    Couple unsaid[UNSAID_COUNT], undone[UNDONE_COUNT],
        participle[PARTICIPLE_COUNT];
    Verb verb[VERB_COUNT];
    Time time[TIME_COUNT];
} lexicon;

/* ---- frames ------------------------------------------------------------- */

typedef enum { THE, A, THIS, MY, HIS, HER, BARE, TWO, THREE, FOUR } Determiner;

typedef struct {
    Determiner det;
    int noun, adjective;    /* adjective: -1 if there is none */
    bool many;
} Thing;

typedef enum { PRONOUN, NAME, THING, MASS_NOUN, TASTED, NOTHING } Kind;

enum { I, YOU, HE, SHE, WE, THEY, PRONOUNS };

/* Who or what: a subject or an object. */
typedef struct {
    Kind kind;
    int number;     /* of a pronoun, a name, a mass noun or a matter of taste */
    Thing thing;
} Party;

/* IS: the car is red; AT: it is in the street; SUFFERS: it was stolen, by the
 * object if there is one. */
typedef enum { DOES, IS, AT, THERE_IS, HAS, SUFFERS } Sentence;

typedef struct {
    Sentence sentence;
    Party subject, partner;     /* Tom and Jerry, or partner is NOTHING */
    Party object;
    int verb, adjective;
    bool very;
    Tense tense;
    Form form;
    int place, goal, time;  /* -1 if there is none */
    int preposition;        /* of the ground, or -1: under the table */
    Thing ground;
} Frame;

/* A sentence that makes sense. */
Frame frame_draw(Rng *rng);

/* JE to ILS, and M or F: of the subject, partner included. */
int frame_person(const Frame *f);
int frame_gender(const Frame *f);

static inline bool third(const Frame *f) { return frame_person(f) == IL; }
static inline bool several(const Frame *f) { return frame_person(f) >= NOUS; }

static inline bool is_owned(const Thing *t)
{
    return t->det == MY || t->det == HIS || t->det == HER;
}

/* ---- writing ------------------------------------------------------------ */

enum { LONGEST = 400 };     /* bytes of a sentence */

/* Each appends to out, which has room for LONGEST bytes. */
void say_in_english(char *out, const Frame *f);
void say_in_french(char *out, const Frame *f);
void say_in_chinese(char *out, const Frame *f);

void add_word(char *out, const char *word);     /* after a blank */
void glue_word(char *out, const char *word);    /* without one */

#endif

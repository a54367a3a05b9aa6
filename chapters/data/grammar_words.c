/* grammar_words.c -- the tables of lexicon.h, and what all languages ask. */
#include "grammar.h"

#include <stdio.h>
#include <string.h>

#define ROW(...) { __VA_ARGS__ },
#define ADJECTIVE_ROW(en, m, f, ms, fs, vowel, place, zh, said, kind, of)      \
    { en, { { m, f }, { ms, fs } }, vowel, place, zh, said, kind, of },
#define AFTER_ETRE_ROW(en, m, f, ms, fs, of)                                   \
    { en, { { m, f }, { ms, fs } }, of },
#define V(...) VERB_ROW(__VA_ARGS__)
#define VERB_ROW(base, third, past, ing, je, tu, il, nous, ils, participle,    \
                 future, zh, objects, facts)                                   \
    { base, third, past, ing, { je, tu, il, nous, ils }, participle, future,   \
      zh, objects, facts },

const struct Lexicon lexicon = {
    .noun = { NOUNS(ROW) },
    .mass = { MASSES(ROW) },
    .taste = { SUBJECTS_OF_TASTE(ROW) },
    .goal = { GOALS(ROW) },
    .place = { PLACES(ROW) },
    .preposition = { PREPOSITIONS(ROW) },
    .name = { NAMES(ROW) },
    .adjective = { ADJECTIVES(ADJECTIVE_ROW) },
    .after_etre = { AFTER_ETRE(AFTER_ETRE_ROW) },
    .compound = { COMPOUNDS(ROW) },
    .unsaid = { UNSAID(ROW) },
    .undone = { UNDONE(ROW) },
    .participle = { PARTICIPLES(ROW) },
    .verb = { VERBS(V) },
    .time = { TIMES(ROW) },
};

int frame_person(const Frame *f)
{
    static const int of_pronoun[] = { JE, TU, IL, IL, NOUS, ILS };
    const Party *p = &f->subject;
    if (f->partner.kind != NOTHING)
        return ILS;
    if (p->kind == PRONOUN)
        return of_pronoun[p->number];
    return p->kind == THING && p->thing.many ? ILS : IL;
}

static int gender(const Party *p)
{
    if (p->kind == PRONOUN)
        return p->number == SHE ? F : M;
    return p->kind == NAME ? lexicon.name[p->number].gender
                           : lexicon.noun[p->thing.noun].gender;
}

int frame_gender(const Frame *f)
{
    bool mixed = f->partner.kind != NOTHING && gender(&f->partner) == M;
    return mixed ? M : gender(&f->subject);
}

void add_word(char *out, const char *word)
{
    size_t n = strlen(out);
    if (*word)
        snprintf(out + n, LONGEST - n, "%s%s", n ? " " : "", word);
}

void glue_word(char *out, const char *word)
{
    size_t n = strlen(out);
    snprintf(out + n, LONGEST - n, "%s", word);
}

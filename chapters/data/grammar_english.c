/* grammar_english.c -- says a frame in English. */
#include "grammar.h"

#include <string.h>

static const char *const determiners[][2] = {
    { "the", "the" }, { "a", "" }, { "this", "these" }, { "my", "my" },
    { "his", "his" }, { "her", "her" }, { "", "" }, { "", "two" },
    { "", "three" }, { "", "four" },
};
static const char *const pronouns[] = { "I", "you", "he", "she", "we", "they" };

static void add_thing(char *out, const Thing *t)
{
    const Noun *noun = &lexicon.noun[t->noun];
    const char *word = t->many ? noun->many : noun->one;
    const char *adjective = t->adjective < 0 ? ""
                          : lexicon.adjective[t->adjective].en;
    bool vowel = strchr("aeiou", *adjective ? *adjective : *word);
    add_word(out, t->det == A && vowel ? "an" : determiners[t->det][t->many]);
    add_word(out, adjective);
    add_word(out, word);
}

static void add_party(char *out, const Party *p)
{
    switch (p->kind) {
    case PRONOUN:   add_word(out, pronouns[p->number]);         break;
    case NAME:      add_word(out, lexicon.name[p->number].en);  break;
    case THING:     add_thing(out, &p->thing);                  break;
    case MASS_NOUN: add_word(out, lexicon.mass[p->number].en);  break;
    case TASTED:    add_word(out, lexicon.taste[p->number].en); break;
    case NOTHING:   break;
    }
}

static void add_subject(char *out, const Frame *f)
{
    add_party(out, &f->subject);
    add_word(out, f->partner.kind == NOTHING ? "" : "and");
    add_party(out, &f->partner);
}

static const char *to_be(const Frame *f)
{
    bool was = f->sentence == SUFFERS;
    if (frame_person(f) == JE)
        return was ? "was" : "am";
    return third(f) ? was ? "was" : "is" : was ? "were" : "are";
}

static void add_verb(char *out, const Frame *f)
{
    const Verb *v = &lexicon.verb[f->verb];
    bool asked = f->form == QUESTION, denied = f->form == NEGATION;
    const char *helper = f->tense == PROGRESSIVE ? to_be(f)
                       : f->tense == FUTURE ? "will"
                       : f->tense == PAST ? "did"
                       : third(f) ? "does" : "do";
    bool helped = f->form != STATEMENT || f->tense == PROGRESSIVE
               || f->tense == FUTURE;
    if (asked)
        add_word(out, helper);
    add_subject(out, f);
    if (helped && !asked)
        add_word(out, helper);
    if (denied)
        add_word(out, "not");
    add_word(out, f->tense == PROGRESSIVE ? v->ing
                  : helped ? v->base
                  : f->tense == PAST ? v->past
                  : third(f) ? v->third : v->base);
}

static const char *participle(const Verb *v)
{
    for (int i = 0; i < PARTICIPLE_COUNT; i++)
        if (strcmp(lexicon.participle[i].word, v->base) == 0)
            return lexicon.participle[i].with;
    return v->past;
}

/* The subject is, or is not, or is it: what follows is the caller's. */
static void add_is(char *out, const Frame *f)
{
    add_word(out, f->form == QUESTION ? to_be(f) : "");
    add_subject(out, f);
    add_word(out, f->form == QUESTION ? "" : to_be(f));
    add_word(out, f->form == NEGATION ? "not" : "");
}

static void add_there_is(char *out, const Frame *f)
{
    bool many = f->object.kind == THING && f->object.thing.many;
    if (f->form == QUESTION)
        add_word(out, many ? "are there" : "is there");
    else
        add_word(out, many ? "there are" : "there is");
    add_word(out, f->form == NEGATION ? "no" : "");
}

static void add_has(char *out, const Frame *f)
{
    const char *helper = third(f) ? "does" : "do";
    add_word(out, f->form == QUESTION ? helper : "");
    add_subject(out, f);
    if (f->form == NEGATION) {
        add_word(out, helper);
        add_word(out, "not");
    }
    add_word(out, f->form == STATEMENT && third(f) ? "has" : "have");
}

static void add_where_and_when(char *out, const Frame *f)
{
    add_word(out, f->goal < 0 ? "" : lexicon.goal[f->goal].en);
    add_word(out, f->place < 0 ? "" : lexicon.place[f->place].en);
    if (f->preposition >= 0) {
        add_word(out, lexicon.preposition[f->preposition].en);
        add_thing(out, &f->ground);
    }
    add_word(out, f->time < 0 ? "" : lexicon.time[f->time].en);
}

void say_in_english(char *out, const Frame *f)
{
    switch (f->sentence) {
    case DOES:      add_verb(out, f);       break;
    case AT:        add_is(out, f);         break;
    case THERE_IS:  add_there_is(out, f);   break;
    case HAS:       add_has(out, f);        break;
    case IS:
        add_is(out, f);
        add_word(out, f->very ? "very" : "");
        add_word(out, lexicon.adjective[f->adjective].en);
        break;
    case SUFFERS:
        add_is(out, f);
        add_word(out, participle(&lexicon.verb[f->verb]));
        add_word(out, f->object.kind == NOTHING ? "" : "by");
        break;
    }
    add_party(out, &f->object);
    add_where_and_when(out, f);
    add_word(out, f->form == QUESTION ? "?" : ".");
}

/* grammar_chinese.c -- says a frame in Chinese. */
#include "grammar.h"

#include <string.h>

static const char *const determiners[] = { "", "一", "这", "我的", "他的",
                                           "她的", "", "两", "三", "四" };
static const char *const pronouns[] = { "我", "你", "他", "她", "我们", "他们" };

static bool begins(const char *word, const char *with)
{
    return strncmp(word, with, strlen(with)) == 0;
}

static bool ends(const char *word, const char *with)
{
    size_t n = strlen(word), k = strlen(with);
    return n >= k && strcmp(word + n - k, with) == 0;
}

/* ---- things ------------------------------------------------------------- */

/* An adjective and a noun; 老人, not 老男人. */
static void glue_noun(char *out, const Thing *t)
{
    const Noun *noun = &lexicon.noun[t->noun];
    const Adjective *a = t->adjective < 0 ? NULL
                       : &lexicon.adjective[t->adjective];
    for (int i = 0; a && i < COMPOUND_COUNT; i++) {
        const Compound *c = &lexicon.compound[i];
        if (strcmp(c->adjective, a->en) == 0 && strcmp(c->noun, noun->one) == 0) {
            glue_word(out, c->zh);
            return;
        }
    }
    glue_word(out, a ? a->zh : "");
    glue_word(out, noun->zh);
}

/* measure: 0, or that which the verb wants instead of the noun's. */
static void glue_thing(char *out, const Thing *t, const char *measure)
{
    const Noun *noun = &lexicon.noun[t->noun];
    bool owned = is_owned(t), one_de = owned && t->adjective >= 0
              && ends(lexicon.adjective[t->adjective].zh, "的");
    if (one_de)     /* 我新鲜的胡萝卜: one 的 will do */
        glue_word(out, pronouns[t->det == MY ? I : t->det == HIS ? HE : SHE]);
    else
        glue_word(out, determiners[t->det]);
    if (t->det == A || t->det >= TWO || (t->det == THIS && !t->many))
        glue_word(out, measure ? measure : noun->measure);
    else if (t->det == THIS)
        glue_word(out, "些");
    glue_noun(out, t);
    bool known = t->det == THE || owned;    /* 孩子们: the children */
    if (t->many && known && (noun->is & PERSON))
        glue_word(out, "们");
}

static void glue_party(char *out, const Party *p, const char *measure)
{
    switch (p->kind) {
    case PRONOUN:   glue_word(out, pronouns[p->number]);            break;
    case NAME:      glue_word(out, lexicon.name[p->number].zh);     break;
    case THING:     glue_thing(out, &p->thing, measure);            break;
    case MASS_NOUN: glue_word(out, lexicon.mass[p->number].zh);     break;
    case TASTED:    glue_word(out, lexicon.taste[p->number].zh);    break;
    case NOTHING:   break;
    }
}

/* What is not known yet does not come first: 有一个女人. */
static void glue_subject(char *out, const Frame *f)
{
    if (f->subject.kind == THING && f->subject.thing.det == A)
        glue_word(out, "有");
    glue_party(out, &f->subject, NULL);
    glue_word(out, f->partner.kind == NOTHING ? "" : "和");
    glue_party(out, &f->partner, NULL);
}

/* Without a thing that denial makes less definite: 没有猫, not 没有一只猫. */
static void glue_object(char *out, const Frame *f)
{
    Party object = f->object;
    bool planted = f->sentence == DOES && (lexicon.verb[f->verb].facts & ROOTED);
    if (f->form == NEGATION && object.kind == THING && object.thing.det == A)
        object.thing.det = BARE;
    glue_party(out, &object, planted ? "棵" : NULL);
}

/* ---- verbs -------------------------------------------------------------- */

static bool is_somewhere(const Frame *f)
{
    return f->place >= 0 || f->preposition >= 0;
}

static void glue_place(char *out, const Frame *f)
{
    if (f->place >= 0)
        glue_word(out, lexicon.place[f->place].zh);
    if (f->preposition >= 0) {
        glue_thing(out, &f->ground, NULL);
        glue_word(out, lexicon.preposition[f->preposition].zh);
    }
}

static void glue_time(char *out, const Frame *f)
{
    glue_word(out, f->time < 0 ? "" : lexicon.time[f->time].zh);
}

/* When; 不 or 没, 会, 在 and a place, the verb, 了. */
static void glue_verb(char *out, const Frame *f)
{
    const Verb *v = &lexicon.verb[f->verb];
    bool denied = f->form == NEGATION, now = f->tense == PROGRESSIVE;
    bool not_always = denied && f->tense == SIMPLE && f->time >= 0;
    glue_word(out, not_always ? "不是" : "");
    glue_time(out, f);
    if (not_always)
        glue_word(out, "都");
    else if (denied)
        glue_word(out, f->tense == PAST || now ? "没" : "不");
    glue_word(out, f->tense == FUTURE ? "会" : "");
    if (is_somewhere(f)) {
        glue_word(out, now ? "正在" : "在");
        glue_place(out, f);
    } else if (now) {
        glue_word(out, "在");
    }
    glue_word(out, v->zh);
    if (f->tense == PAST && !denied)
        glue_word(out, v->facts & ARRIVES ? "到了" : "了");
    glue_word(out, f->goal < 0 ? "" : lexicon.goal[f->goal].zh);
}

static void glue_is(char *out, const Frame *f)
{
    const char *said = lexicon.adjective[f->adjective].zh_said;
    bool is = begins(said, "是"), has = begins(said, "有");
    glue_word(out, f->form != NEGATION ? "" : has ? "没" : "不");
    glue_word(out, is ? "" : f->very ? "非常"
                   : f->form == STATEMENT ? "很" : "");
    glue_word(out, said);
}

static void glue_suffers(char *out, const Frame *f)
{
    glue_time(out, f);
    glue_word(out, f->form == NEGATION ? "没被" : "被");
    glue_party(out, &f->object, NULL);
    glue_word(out, lexicon.verb[f->verb].zh);
    glue_word(out, f->form == NEGATION ? "" : "了");
}

/* ---- sentences ---------------------------------------------------------- */

void say_in_chinese(char *out, const Frame *f)
{
    bool denied = f->form == NEGATION;
    if (f->sentence == THERE_IS)
        glue_place(out, f);
    else
        glue_subject(out, f);
    switch (f->sentence) {
    case DOES:      glue_verb(out, f);      break;
    case IS:        glue_is(out, f);        break;
    case SUFFERS:   glue_suffers(out, f);   break;
    case AT:
        glue_word(out, denied ? "不在" : "在");
        glue_place(out, f);
        break;
    case THERE_IS:
    case HAS:
        glue_word(out, denied ? "没有" : "有");
        break;
    }
    if (f->sentence != SUFFERS)
        glue_object(out, f);
    glue_word(out, f->form == QUESTION ? "吗？" : "。");
}

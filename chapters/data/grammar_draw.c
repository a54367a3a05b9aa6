/* grammar_draw.c -- draws frames that make sense: nobody feeds Tom, swims in
 * the kitchen, or says of a heavy box that it is light. */
#include "grammar.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static bool chance(Rng *rng, double p) { return rng_uniform(rng) < p; }

static int is(int noun) { return lexicon.noun[noun].is; }

static int facts(const Frame *f) { return lexicon.verb[f->verb].facts; }

/* 0 if the party is none that has a noun. */
static int is_party(const Party *p)
{
    return p->kind == THING ? is(p->thing.noun)
         : p->kind == NAME || p->kind == PRONOUN ? PERSON : 0;
}

static const Party nobody = { .kind = NOTHING };

static Party someone(Kind kind, int number)
{
    return (Party){ .kind = kind, .number = number };
}

static Party something(Thing thing)
{
    return (Party){ .kind = THING, .thing = thing };
}

/* ---- things ------------------------------------------------------------- */

static bool is_couple(const Couple *table, int n, const char *a, const char *b)
{
    for (int i = 0; i < n; i++)
        if (strcmp(table[i].word, a) == 0 && strcmp(table[i].with, b) == 0)
            return true;
    return false;
}

static bool can_be(int noun, int adjective)
{
    const Adjective *a = &lexicon.adjective[adjective];
    return (a->of & is(noun))
        && !is_couple(lexicon.unsaid, UNSAID_COUNT, a->en,
                      lexicon.noun[noun].one);
}

/* A noun of one of the classes, in one of the ways of naming it. */
static Thing draw_thing(Rng *rng, int classes, const Determiner *ways, int n,
                        double with_adjective)
{
    Thing t = { .adjective = -1, .det = ways[rng_below(rng, n)] };
    do
        t.noun = rng_below(rng, NOUN_COUNT);
    while (!(is(t.noun) & classes));
    if (is_owned(&t) && (is(t.noun) & (PERSON | ANIMAL | VEHICLE | BUILDING))
        && !(is(t.noun) & (RELATION | PET | OWNED)))
        t.det = THE;    /* my doctor, my cat; not my queen, my wolf, my train */
    t.many = t.det >= BARE || (t.det != A && chance(rng, 0.35));
    if (chance(rng, with_adjective))
        do
            t.adjective = rng_below(rng, ADJECTIVE_COUNT);
        while (!can_be(t.noun, t.adjective));
    return t;
}

#define DRAW_THING(rng, classes, with_adjective, ...)                          \
    draw_thing(rng, classes, (const Determiner[]){ __VA_ARGS__ },              \
               COUNT(((const Determiner[]){ __VA_ARGS__ })), with_adjective)

static Party draw_subject(Rng *rng, bool beasts)
{
    static const int pronouns[] = { I, I, YOU, YOU, WE, WE, HE, SHE, SHE, THEY };
    double u = rng_uniform(rng);
    if (beasts && u < 0.25)
        return something(DRAW_THING(rng, ANIMAL, 0.3, THE, THE, MY, THIS));
    if (u < 0.68)
        return someone(PRONOUN, pronouns[rng_below(rng, COUNT(pronouns))]);
    if (u < 0.82)
        return someone(NAME, rng_below(rng, NAME_COUNT));
    return something(DRAW_THING(rng, PERSON, 0.2, THE, THE, THE, THIS, MY, HIS,
                                HER, A));
}

static bool same(const Party *a, const Party *b)
{
    return a->kind == b->kind
        && (a->kind == NAME ? a->number == b->number
            : a->kind == THING && a->thing.noun == b->thing.noun);
}

/* Whom the subject is with: a name or one like it. Or nobody. */
static Party draw_partner(Rng *rng, const Party *subject)
{
    int like = is_party(subject) & (PERSON | ANIMAL);
    bool named = subject->kind == NAME;
    if (!like || subject->kind == PRONOUN || !chance(rng, 0.1)
        || (!named && subject->thing.det == A))
        return nobody;
    Party p;
    do
        p = named && chance(rng, 0.5)
            ? someone(NAME, rng_below(rng, NAME_COUNT))
            : something(DRAW_THING(rng, like, 0, THE, THE, MY));
    while (same(&p, subject));
    return p;
}

/* The subject and, if it is not one of the unknown, whoever is with it. */
static void draw_subjects(Rng *rng, Frame *f, Party subject)
{
    bool happens = f->sentence == DOES && f->form == STATEMENT
                && f->tense != SIMPLE;
    f->subject = subject;
    if (subject.kind == THING && subject.thing.det == A && !happens)
        f->subject.thing.det = THE;     /* a man is not sad: this one is */
    f->partner = draw_partner(rng, &f->subject);
}

/* ---- places ------------------------------------------------------------- */

static bool allows(const Place *p, int thing)
{
    int need = thing & WILD ? WILDS
             : thing & LITTLE ? 0
             : thing & (ANIMAL | VEHICLE) ? OUT
             : thing & PLANT ? GREEN
             : thing & BUILDING ? WATER     /* where one builds */
             : thing & FURNITURE ? IN : 0;
    return !need || (p->is & need);
}

static bool suits(const Place *p, const Frame *f)
{
    if (f->sentence == DOES)
        return (!(facts(f) & OUTSIDE) || (p->is & OUT))
            && (!(facts(f) & INSIDE) || (p->is & IN))
            && (!(facts(f) & WET) || (p->is & WATER))
            && (!(facts(f) & TRADE) || (p->is & TOWN))
            && (!(facts(f) & ROOTED) || (p->is & GREEN));
    if (f->sentence != AT)
        return true;
    if (f->subject.kind == MASS_NOUN)
        return p->is & HOME;
    return (is_party(&f->subject) & (PERSON | ANIMAL | VEHICLE | PLANT))
        || (p->is & IN);    /* the key is in the kitchen */
}

/* A place where all that take part can be; or none. */
static void draw_place(Rng *rng, Frame *f)
{
    int fit[PLACE_COUNT], n = 0;
    for (int i = 0; i < PLACE_COUNT; i++) {
        const Place *p = &lexicon.place[i];
        bool traded = f->sentence == DOES && (facts(f) & TRADE);
        if (suits(p, f) && allows(p, is_party(&f->subject))
            && allows(p, is_party(&f->partner))
            && (traded || allows(p, is_party(&f->object))))
            fit[n++] = i;
    }
    if (n)
        f->place = fit[rng_below(rng, n)];
}

/* Of whom or what: on, under, in, behind, in front of what it can be. The first
 * row that fits counts. */
static const struct {
    int who, ground[PREPOSITION_COUNT];
} spots[] = {
    { LITTLE, { FURNITURE, SHADY, HOLDS, SCREEN, SCREEN } },
    { WILD, { 0, PLANT, 0, PLANT, PLANT } },
    { ANIMAL, { 0, PLANT, 0, PLANT | BUILDING | VEHICLE, BUILDING | VEHICLE } },
    { PERSON, { 0, PLANT, 0, SCREEN, SCREEN } },
    { VEHICLE, { 0, PLANT, 0, BUILDING | PLANT, BUILDING } },
    { FOOD, { LAID, 0, HOLDS, 0, 0 } },
    { LAID, { LAID, 0, 0, 0, 0 } },     /* milk, bread */
    { BAGGAGE, { FURNITURE, SHADY, 0, SCREEN, SCREEN } },
    { CLOTHES | OBJECT | TEXT, { FURNITURE, SHADY, HOLDS, FURNITURE, 0 } },
};

/* Under the table, in my box. False if who is nowhere near such things. */
static bool draw_spot(Rng *rng, Frame *f, int who)
{
    for (int i = 0; i < COUNT(spots); i++) {
        if (!(who & spots[i].who))
            continue;
        int p, ground;
        do {
            p = rng_below(rng, PREPOSITION_COUNT);
            ground = spots[i].ground[p];
        } while (!ground);
        do
            f->ground = DRAW_THING(rng, ground, 0.08, THE, THE, THE, THE, THE,
                                   MY, HIS, HER);
        while (!(is(f->ground.noun) & lexicon.preposition[p].is));
        f->ground.many = false;
        f->preposition = p;
        return true;
    }
    return false;
}

/* ---- what is done ------------------------------------------------------- */

/* What the subject does this to. Beasts want no umbrellas; goats eat skirts. */
static int objects_of(const Frame *f)
{
    int objects = lexicon.verb[f->verb].objects, who = is_party(&f->subject);
    if (!(who & ANIMAL))
        return objects;
    if ((objects & FOOD) && (who & GREEDY))
        return FOOD | CLOTHES;
    return objects & (PERSON | ANIMAL | FOOD);
}

static Thing draw_object_thing(Rng *rng, const Frame *f)
{
    int objects = objects_of(f);
    if (facts(f) & GENERAL)
        return DRAW_THING(rng, objects, 0.1, BARE, BARE, THE, THIS);
    if ((facts(f) & STATE) || (objects & BUILDING))
        return DRAW_THING(rng, objects, 0.3, THE, THIS, MY, HIS, HER);
    return DRAW_THING(rng, objects, 0.3, THE, THE, THE, THIS, MY, HIS, HER, A,
                      A, BARE, TWO, THREE, FOUR);
}

/* Not: washed clean skirts; 没写好文章, which is "did not write it well". */
static void mend_adjective(Thing *t, const Frame *f)
{
    if (t->adjective < 0)
        return;
    const Adjective *a = &lexicon.adjective[t->adjective];
    bool bare = t->det == THE || t->det == BARE
             || (t->det == A && f->form == NEGATION);
    if ((bare && strcmp(a->zh, "好") == 0)
        || is_couple(lexicon.undone, UNDONE_COUNT, lexicon.verb[f->verb].base,
                     a->en))
        t->adjective = -1;
}

static Party draw_object_once(Rng *rng, const Frame *f)
{
    int objects = lexicon.verb[f->verb].objects;
    if ((facts(f) & TASTE) && (!objects || chance(rng, 0.3)))
        return someone(TASTED, rng_below(rng, TASTE_COUNT));
    if ((facts(f) & DRINKS)
        || ((facts(f) & (MASS | GENERAL)) && chance(rng, 0.25))) {
        int m;
        do
            m = rng_below(rng, MASS_COUNT);
        while (!(facts(f) & GENERAL)
               && lexicon.mass[m].drink != !(facts(f) & MASS));
        return someone(MASS_NOUN, m);
    }
    if (((objects & PERSON) || (facts(f) & NAMED)) && chance(rng, 0.25))
        return someone(NAME, rng_below(rng, NAME_COUNT));
    if (!objects)
        return nobody;
    Thing t = draw_object_thing(rng, f);
    bool any = t.det == A || t.det == BARE;
    if ((f->form != STATEMENT && t.det >= TWO)
        || (f->form == NEGATION && any && !(facts(f) & GENERAL)
            && (is(t.noun) & PERSON)))
        t.det = THE;    /* he does not help the doctor */
    mend_adjective(&t, f);
    return something(t);
}

/* Nobody knows himself here. */
static void draw_object(Rng *rng, Frame *f)
{
    do
        f->object = draw_object_once(rng, f);
    while (f->object.kind != NOTHING && (same(&f->object, &f->subject)
                                         || same(&f->object, &f->partner)));
}

static void draw_time(Rng *rng, Frame *f)
{
    int object = is_party(&f->object);
    bool dear = (facts(f) & TRADE) && (object & (OWNED | FURNITURE));
    if (f->tense == SIMPLE && (dear || (facts(f) & RARE)))
        return;     /* not every day */
    do
        f->time = rng_below(rng, TIME_COUNT);
    while (lexicon.time[f->time].tense != f->tense);
}

static void draw_tense(Rng *rng, Frame *f)
{
    static const Tense tenses[] = { SIMPLE, PROGRESSIVE, PAST, FUTURE, FUTURE };
    do
        f->tense = tenses[rng_below(rng, COUNT(tenses))];
    while ((facts(f) & STATE && f->tense != SIMPLE)
           || (facts(f) & AT_ONCE && f->tense == PROGRESSIVE)
           || (facts(f) & RESULT && f->tense == SIMPLE)
           || (facts(f) & OPENS && f->tense == SIMPLE && f->form == NEGATION)
           || (facts(f) & MISHAP && f->tense != PAST));
}

/* Not "is not singing in the park": 没在公园里唱 is "did not", too. */
static void draw_where(Rng *rng, Frame *f)
{
    bool alone = f->object.kind == NOTHING;
    if ((facts(f) & (STATE | AT_ONCE | NOWHERE))
        || (f->tense == PROGRESSIVE && f->form == NEGATION)
        || !chance(rng, alone ? 0.5 : 0.12))
        return;
    bool still = alone && !(facts(f) & (OUTSIDE | WET))
              && f->partner.kind == NOTHING;
    if (!still || !chance(rng, 0.3)
        || !draw_spot(rng, f, is_party(&f->subject)))
        draw_place(rng, f);
}

static void draw_does(Rng *rng, Frame *f)
{
    f->verb = rng_below(rng, VERB_COUNT);
    draw_tense(rng, f);
    draw_subjects(rng, f, draw_subject(rng, facts(f) & BEASTS));
    if (facts(f) & READ_READ && f->tense == SIMPLE && f->form == STATEMENT
        && !third(f))
        f->tense = FUTURE;
    draw_object(rng, f);
    if (facts(f) & TO_PLACE)
        f->goal = rng_below(rng, GOAL_COUNT);
    else
        draw_where(rng, f);
    if (!(facts(f) & STATE) && chance(rng, 0.25))
        draw_time(rng, f);
}

/* The key was stolen by Tom; by whom is not always known. */
static void draw_suffers(Rng *rng, Frame *f)
{
    do
        f->verb = rng_below(rng, VERB_COUNT);
    while (!(facts(f) & SUFFERED));
    f->tense = PAST;
    if (chance(rng, 0.65))
        f->object = draw_subject(rng, facts(f) & BEASTS);
    if (f->object.kind == PRONOUN)
        f->object = nobody;
    f->object.thing.adjective = -1;
    if (f->object.kind == THING && f->object.thing.det == A)
        f->object.thing.det = THE;
    Frame done = { .sentence = DOES, .verb = f->verb, .subject = f->object };
    do
        f->subject = something(DRAW_THING(rng, objects_of(&done), 0.35, THE,
                                          THE, THE, THIS, MY, HIS, HER));
    while (same(&f->subject, &f->object));
    mend_adjective(&f->subject.thing, f);
    if (chance(rng, 0.25))
        draw_time(rng, f);
}

/* ---- what is ------------------------------------------------------------ */

/* Of a text, "new" would be nouveau after être, of all else neuf: left out. */
static bool is_left_out(const Adjective *a, int noun)
{
    for (int i = 0; i < AFTER_ETRE_COUNT; i++)
        if (strcmp(lexicon.after_etre[i].en, a->en) == 0)
            return !(lexicon.after_etre[i].of & is(noun));
    return false;
}

static bool is_said_of(int adjective, const Party *p)
{
    if (p->kind == NOTHING)
        return true;
    if (p->kind != THING)
        return lexicon.adjective[adjective].of & PERSON;
    if (!can_be(p->thing.noun, adjective)
        || is_left_out(&lexicon.adjective[adjective], p->thing.noun))
        return false;
    if (p->thing.adjective < 0)
        return true;
    const Adjective *a = &lexicon.adjective[p->thing.adjective],
                    *b = &lexicon.adjective[adjective];
    return a != b && (a->kind == ALONE || a->kind != b->kind);
}

static void draw_is(Rng *rng, Frame *f)
{
    do {
        draw_subjects(rng, f, chance(rng, 0.25)
            ? draw_subject(rng, false)
            : something(DRAW_THING(rng, ~0, 0.3, THE, THE, THE, THIS, MY, HIS,
                                   HER)));
        f->adjective = rng_below(rng, ADJECTIVE_COUNT);
    } while (!is_said_of(f->adjective, &f->subject)
             || !is_said_of(f->adjective, &f->partner));
    bool degrees = strncmp(lexicon.adjective[f->adjective].zh_said, "是",
                           strlen("是")) != 0;     /* nothing is very red */
    f->very = degrees && f->form == STATEMENT && chance(rng, 0.25);
}

static void draw_at(Rng *rng, Frame *f)
{
    double u = rng_uniform(rng);
    int things = u < 0.6 ? ANIMAL
                         : OBJECT | TEXT | CLOTHES | FOOD | VEHICLE | BAGGAGE;
    draw_subjects(rng, f, u < 0.25
        ? draw_subject(rng, false)
        : something(DRAW_THING(rng, things, 0.3, THE, THE, THE, THIS, MY, HIS,
                               HER)));
    int who = is_party(&f->subject);
    bool placed = f->partner.kind != NOTHING
               || chance(rng, who & (PERSON | ANIMAL) ? 0.4 : 0.15);
    do
        if (placed || !draw_spot(rng, f, who))
            draw_place(rng, f);
    while (f->preposition >= 0 && f->subject.kind == THING
           && f->ground.noun == f->subject.thing.noun);
}

static Party draw_what_there_is(Rng *rng, const Frame *f)
{
    double u = rng_uniform(rng);
    int things = u < 0.75 ? PERSON | ANIMAL | PLANT
                          : OBJECT | TEXT | CLOTHES | FOOD;
    if (u < 0.2)
        return someone(MASS_NOUN, rng_below(rng, MASS_COUNT));
    if (f->form == STATEMENT)
        return something(DRAW_THING(rng, things, 0.3, A, A, TWO, THREE, FOUR));
    if (f->form == QUESTION)
        return something(DRAW_THING(rng, things, 0.3, A, A, BARE));
    Thing none = DRAW_THING(rng, things, 0.25, BARE);
    none.many = chance(rng, 0.5);
    return something(none);
}

static void draw_there_is(Rng *rng, Frame *f)
{
    f->object = draw_what_there_is(rng, f);
    bool mass = f->object.kind == MASS_NOUN;
    if (f->form != STATEMENT && chance(rng, mass ? 0.4 : 0.2))
        return;     /* there is no milk */
    int who = mass ? LAID : is_party(&f->object);
    bool still = who & (PERSON | ANIMAL | PLANT) ? chance(rng, 0.3) : true;
    if ((mass && chance(rng, 0.4)) || !still || !draw_spot(rng, f, who)) {
        Frame at = { .sentence = AT, .subject = f->object, .place = -1,
                     .partner = nobody, .object = nobody };
        draw_place(rng, &at);
        f->place = at.place;
    }
}

static void draw_has(Rng *rng, Frame *f)
{
    bool some = f->form == STATEMENT;
    int things = PET | TEXT | OWNED | CLOTHES | OBJECT | FURNITURE;
    draw_subjects(rng, f, draw_subject(rng, false));
    f->object = something(
        some ? DRAW_THING(rng, things, 0.35, A, A, TWO, THREE, FOUR)
             : DRAW_THING(rng, things, 0.35, A));
}

Frame frame_draw(Rng *rng)
{
    Frame f = { .place = -1, .goal = -1, .time = -1, .preposition = -1,
                .subject = nobody, .partner = nobody, .object = nobody };
    double form = rng_uniform(rng), sentence = rng_uniform(rng);
    f.form = form < 0.6 ? STATEMENT : form < 0.81 ? NEGATION : QUESTION;
    f.sentence = sentence < 0.62 ? DOES : sentence < 0.77 ? IS
               : sentence < 0.84 ? AT : sentence < 0.895 ? THERE_IS
               : sentence < 0.945 ? HAS : SUFFERS;
    switch (f.sentence) {
    case DOES:      draw_does(rng, &f);     break;
    case IS:        draw_is(rng, &f);       break;
    case AT:        draw_at(rng, &f);       break;
    case THERE_IS:  draw_there_is(rng, &f); break;
    case HAS:       draw_has(rng, &f);      break;
    case SUFFERS:   draw_suffers(rng, &f);  break;
    }
    return f;
}

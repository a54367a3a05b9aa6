/* Tests of the stories of chapters/data/. A reader of its own, which knows the
 * words but not the grammar that joined them, reads each story from its text
 * alone, keeps a world of its own, finds out whom pronouns mean, counts what
 * makes no sense, and answers the questions. */
#include "check.h"

#include "data/stories.h"
#include "data/story_lesson.h"
#include "data/story_words.h"
#include "learn/pairs.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>

/* ---- words -------------------------------------------------------------- */

static const struct {
    const char *name;
    bool she;
} names[] = {
#define N(name, she) { #name, she },
    STORY_NAMES(N)
#undef N
};

static const struct {
    const char *thing;
    int is;
} things[] = {
#define T(thing, is) { #thing, is },
    STORY_THINGS(T)
#undef T
};

static const struct {
    const char *preposition, *place;
    int sold;
    struct {
        const char *preposition, *spot;
        int good_for;
    } spot[3];
} places[] = {
#define P(p, place, sold, p1, s1, g1, p2, s2, g2, p3, s3, g3)                  \
    { #p, #place, sold,                                                        \
      { { #p1, #s1, g1 }, { #p2, #s2, g2 }, { #p3, #s3, g3 } } },
    STORY_PLACES(P)
#undef P
};

enum { NOWHERE = -1, NOBODY = -1, COUNT_NAMES = sizeof names / sizeof *names,
       COUNT_THINGS = sizeof things / sizeof *things,
       COUNT_PLACES = sizeof places / sizeof *places };

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

/* A find by word in a table; -1 if it is not there. */
#define FINDER(function, table, field)                                         \
    static int function(const char *word)                                      \
    {                                                                          \
        for (int i = 0; i < (int)(sizeof table / sizeof *table); i++)          \
            if (is(table[i].field, word))                                      \
                return i;                                                      \
        return -1;                                                             \
    }
FINDER(name_number, names, name)
FINDER(thing_number, things, thing)
FINDER(place_number, places, place)

/* ---- a world from a text ------------------------------------------------ */

#define FAULTS(F)                                                              \
    F(NOT_UNDERSTOOD) F(PRONOUN_NOT_PLAIN) F(GIVES_WHAT_HE_HAS_NOT)            \
    F(GIVES_FROM_AFAR) F(GIVES_BACK_AT_ONCE) F(TAKES_WHAT_IS_NOT_THERE)        \
    F(TAKES_WHAT_HE_PUT_THERE) F(SPOT_OF_ANOTHER_PLACE) F(TOO_LARGE_FOR_IT)    \
    F(FOOD_IN_THE_DIRT) F(COMES_WHERE_HE_IS) F(NOBODY_IS_THERE_TOO)            \
    F(SEEKS_WHAT_HE_NEVER_SAW) F(SEEKS_WHAT_HE_SAW_PUT) F(MISSES_WHAT_HE_HAS)  \
    F(NOT_SOLD_THERE) F(HOLDS_TWO) F(IS_NOT_THERE) F(ASKS_IN_VAIN_FOR_NOTHING)
#define ENUM(name) name,
#define NAME(name) #name,
typedef enum { FAULTS(ENUM) FAULT_COUNT } Fault;
static const char *const fault_name[] = { FAULTS(NAME) };

typedef struct {
    int where[COUNT_NAMES];
    const char *feeling[COUNT_NAMES];
    struct {
        int holder, place, first, giver, last, path[16], n;
        const char *spot_in, *spot, *adjective;
        bool met, used, seen[COUNT_NAMES], knows[COUNT_NAMES];
    } thing[COUNT_THINGS];
    bool of_beings[3][COUNT_NAMES];     /* this sentence, the last, that before */
    bool of_things[3][COUNT_THINGS + 1];
    int main_thing;
    int meant[64], meant_at[64], pronouns, first_token;
    long faults[FAULT_COUNT];
    bool held[COUNT_NAMES][COUNT_PLACES][COUNT_THINGS];
} Seen;

typedef struct {
    Seen *w;
    int n, at;
    char *word[40];
} Sentence;

static void flaw(Seen *w, Fault fault) { w->faults[fault]++; }

static const char *peek(const Sentence *s)
{
    return s->at < s->n ? s->word[s->at] : "";
}

static bool next_is(Sentence *s, const char *word)
{
    bool same = is(peek(s), word);
    s->at += same;
    return same;
}

/* The one of that sex who was spoken of; he or she must be in the sentence
 * before. */
static int whom(Seen *w, bool she)
{
    int found = NOBODY, n = 0;
    for (int i = 0; i < COUNT_NAMES; i++)
        if (names[i].she == she
            && (w->of_beings[0][i] || w->of_beings[1][i] || w->of_beings[2][i])) {
            found = i;
            n++;
        }
    if (n != 1 || !w->of_beings[1][found])
        flaw(w, PRONOUN_NOT_PLAIN);
    return found;
}

static int being(Sentence *s)
{
    const char *word = peek(s);
    char capital[40];
    snprintf(capital, sizeof capital, "%s", word);
    bool he = is(word, "he") || is(word, "He") || is(word, "him");
    bool she = is(word, "she") || is(word, "She") || is(word, "her");
    int i = he || she ? whom(s->w, she) : name_number(capital);
    if (i < 0)
        return i;
    if (he || she) {
        s->w->meant[s->w->pronouns] = i;
        s->w->meant_at[s->w->pronouns++] = s->w->first_token + s->at;
    }
    s->w->of_beings[0][i] = true;
    s->at++;
    return i;
}

/* it, or the ball. */
static int thing(Sentence *s)
{
    int found = -1, n = 0;
    Seen *w = s->w;
    if (next_is(s, "it")) {
        for (int i = 0; i <= COUNT_THINGS; i++)
            if (w->of_things[0][i] || w->of_things[1][i] || w->of_things[2][i]) {
                found = i;
                n++;
            }
        if (n != 1 || found == COUNT_THINGS || !w->of_things[1][found])
            flaw(w, PRONOUN_NOT_PLAIN);
        found = found == COUNT_THINGS ? -1 : found;
    } else if (next_is(s, "the")) {
        found = thing_number(peek(s));
        s->at += found >= 0;
    }
    if (found >= 0)
        w->of_things[0][found] = true;
    return found;
}

/* in the garden: its number. */
static int place(Sentence *s)
{
    if (s->at + 2 >= s->n)
        return NOWHERE;
    int p = place_number(s->word[s->at + 2]);
    if (p >= 0 && (is(peek(s), places[p].preposition) || is(peek(s), "to")))
        s->at += 3;
    else
        p = NOWHERE;
    return p;
}

/* on the table: which of the place's; -1 and a fault if there is none. */
static int spot(Sentence *s, int p)
{
    for (int i = 0; i < 3 && p >= 0; i++)
        if (s->at + 2 < s->n && is(peek(s), places[p].spot[i].preposition)
            && is(s->word[s->at + 2], places[p].spot[i].spot)) {
            s->at += 3;
            s->w->of_things[0][COUNT_THINGS] = true;
            return i;
        }
    flaw(s->w, SPOT_OF_ANOTHER_PLACE);
    return -1;
}

static void check_spot(Seen *w, int t, int good_for)
{
    if ((things[t].is & LARGE) && (good_for & NARROW))
        flaw(w, TOO_LARGE_FOR_IT);
    if ((things[t].is & EATEN) && !(good_for & CLEAN))
        flaw(w, FOOD_IN_THE_DIRT);
}

static void now_holds(Seen *w, int t, int who)
{
    for (int i = 0; i < COUNT_THINGS; i++)
        if (i != t && w->thing[i].met && w->thing[i].holder == who
            && w->thing[i].giver != -2)
            flaw(w, HOLDS_TWO);
    if (!w->thing[t].met)
        w->thing[t].first = who;
    w->thing[t].met = true;
    w->thing[t].holder = who;
    w->thing[t].giver = NOBODY;
    w->thing[t].used = false;
    w->thing[t].path[w->thing[t].n++ % 16] = who;
    if (w->main_thing < 0)
        w->main_thing = t;
}

static void goes(Sentence *s, int who, int p, bool knew)
{
    if (p < 0)
        flaw(s->w, NOT_UNDERSTOOD);
    else if (s->w->where[who] == p || (knew && s->w->where[who] < 0))
        flaw(s->w, COMES_WHERE_HE_IS);
    s->w->where[who] = p;
}

static bool is_way(const char *word)
{
#define S(way) || is(word, way)
    return false STORY_WAYS(S);
#undef S
}

static bool in_list(const char *word, int n, const char *const *list)
{
    for (int i = 0; i < n; i++)
        if (is(list[i], word))
            return true;
    return false;
}

#define S(text) text,
static const char *const feelings[] = { STORY_FEELINGS(S) STORY_GRIEFS(S) };
static const char *const doings[] = { STORY_DOINGS(S) };
static const char *const weathers[] = { STORY_WEATHERS(S) };
static const char *const times[] = { STORY_TIMES(S) };
static const char *const links[] = { STORY_LINKS(S) };
#undef S
#define IN(word, list) in_list(word, (int)(sizeof list / sizeof *list), list)

/* ---- a sentence --------------------------------------------------------- */

static void handed(Sentence *s, int from, int t, int to)
{
    Seen *w = s->w;
    if (t < 0 || to < 0) {
        flaw(w, NOT_UNDERSTOOD);
        return;
    }
    if (w->thing[t].holder != from)
        flaw(w, GIVES_WHAT_HE_HAS_NOT);
    if (w->thing[t].last == to && !w->thing[t].used)
        flaw(w, GIVES_BACK_AT_ONCE);
    now_holds(w, t, to);
    w->thing[t].last = w->thing[t].giver = from;
}

static void gave(Sentence *s, int who)
{
    Seen *w = s->w;
    int t = thing(s), got = -1;
    next_is(s, "back");
    int to = next_is(s, "to") ? being(s) : NOBODY;
    if (to >= 0 && w->where[to] != w->where[who])
        flaw(w, GIVES_FROM_AFAR);
    if (next_is(s, "and") && next_is(s, "got")) {
        got = thing(s);
        if (got >= 0)
            w->thing[got].giver = -2;   /* goes the other way */
    }
    handed(s, who, t, to);
    if (got >= 0)
        handed(s, to, got, who);
}

static void brought(Sentence *s, int who)
{
    int t = thing(s), to = next_is(s, "to") ? being(s) : NOBODY;
    int p = place(s);
    if (to < 0 || p != s->w->where[to])
        flaw(s->w, IS_NOT_THERE);
    goes(s, who, p, true);
    handed(s, who, t, to);
}

/* a red ball: new. */
static void acquired(Sentence *s, int who, bool bought)
{
    Seen *w = s->w;
    const char *adjective = s->word[s->at++];
    int t = thing_number(peek(s)), p = w->where[who];
    s->at++;
    if (t < 0 || w->thing[t].met) {
        flaw(w, NOT_UNDERSTOOD);
        return;
    }
    w->of_things[0][t] = true;
    w->thing[t].adjective = adjective;
    now_holds(w, t, who);
    if (is(peek(s), "."))
        ;
    else if (p < 0)
        w->where[who] = p = place(s);
    else {
        int at = spot(s, p);
        if (at >= 0)
            check_spot(w, t, places[p].spot[at].good_for);
    }
    if (p < 0 || (bought && !(places[p].sold & things[t].is)))
        flaw(w, NOT_SOLD_THERE);
}

static void took(Sentence *s, int who, bool found)
{
    Seen *w = s->w;
    int t = thing(s);
    if (t < 0) {
        flaw(w, NOT_UNDERSTOOD);
        return;
    }
    if (!found && next_is(s, "to")) {   /* took it along */
        s->at--;
        if (w->thing[t].holder != who)
            flaw(w, GIVES_WHAT_HE_HAS_NOT);
        goes(s, who, place(s), true);
        return;
    }
    if (w->thing[t].holder != NOBODY || w->thing[t].place != w->where[who])
        flaw(w, TAKES_WHAT_IS_NOT_THERE);
    if (w->thing[t].last == who)
        flaw(w, TAKES_WHAT_HE_PUT_THERE);
    if (found) {
        int p = place(s), at = p < 0 ? spot(s, w->where[who]) : -1;
        if (p >= 0 && (p != w->where[who] || w->thing[t].spot))
            flaw(w, TAKES_WHAT_IS_NOT_THERE);
        if (at >= 0 && (!w->thing[t].spot
                        || !is(w->thing[t].spot,
                               places[w->where[who]].spot[at].spot)))
            flaw(w, TAKES_WHAT_IS_NOT_THERE);
    }
    now_holds(w, t, who);
}

static void lies(Seen *w, int t, int who)
{
    if (w->thing[t].holder != who)
        flaw(w, GIVES_WHAT_HE_HAS_NOT);
    w->thing[t].holder = w->thing[t].giver = NOBODY;
    w->thing[t].place = w->where[who];
    w->thing[t].last = who;
    w->thing[t].spot = NULL;
    w->thing[t].used = false;
    memset(w->thing[t].knows, 0, sizeof w->thing[t].knows);
}

static void put(Sentence *s, int who)
{
    Seen *w = s->w;
    int t = thing(s), p = w->where[who], at = spot(s, p);
    if (t < 0 || at < 0) {
        flaw(w, NOT_UNDERSTOOD);
        return;
    }
    lies(w, t, who);
    w->thing[t].spot_in = places[p].spot[at].preposition;
    w->thing[t].spot = places[p].spot[at].spot;
    check_spot(w, t, places[p].spot[at].good_for);
    for (int i = 0; i < COUNT_NAMES; i++)
        w->thing[t].knows[i] = w->where[i] == p;
}

static void left(Sentence *s, int who)
{
    int t = thing(s), p = place(s);
    if (t < 0 || p != s->w->where[who]) {
        flaw(s->w, IS_NOT_THERE);
        return;
    }
    lies(s->w, t, who);
    s->at += 2;     /* and went */
    goes(s, who, place(s), true);
}

static bool somebody_else(const Seen *w, int who, int p)
{
    for (int i = 0; i < COUNT_NAMES; i++)
        if (i != who && w->where[i] == p)
            return true;
    return false;
}

/* was in the garden; was happy; was there, too. */
static void was(Sentence *s, int who, int with)
{
    Seen *w = s->w;
    if (IN(peek(s), feelings)) {
        w->feeling[who] = peek(s);
        s->at++;
        return;
    }
    if (next_is(s, "there")) {
        for (int i = 0; i < COUNT_NAMES; i++)
            if (w->of_beings[1][i] && i != who)
                w->where[who] = w->where[i];
        if (!next_is(s, ",") || !next_is(s, "too") || w->where[who] < 0)
            flaw(w, NOT_UNDERSTOOD);
        return;
    }
    s->at += *peek(s) && IN(peek(s), doings);
    int p = place(s);
    goes(s, who, p, false);
    if (with >= 0)
        goes(s, with, p, false);
}

static void went(Sentence *s, int who, int with)
{
    int p = place(s);
    if (with >= 0) {
        if (s->w->where[with] != s->w->where[who])
            flaw(s->w, IS_NOT_THERE);
        goes(s, with, p, true);
    }
    goes(s, who, p, false);
    if (next_is(s, ",") && (!next_is(s, "too") || !somebody_else(s->w, who, p)))
        flaw(s->w, NOBODY_IS_THERE_TOO);
}

/* What one does with what one has. */
static void used(Sentence *s, int who)
{
    Seen *w = s->w;
    for (; s->at < s->n && !is(peek(s), "it"); s->at++)
        if (is(peek(s), "the") && s->at + 1 < s->n
            && thing_number(s->word[s->at + 1]) >= 0)
            break;
    int t = thing(s);
    if (t < 0 || w->thing[t].holder != who) {
        flaw(w, t < 0 ? NOT_UNDERSTOOD : GIVES_WHAT_HE_HAS_NOT);
        return;
    }
    w->thing[t].used = true;
    s->at = s->n - 1;
}

static void asked(Sentence *s, int who)
{
    int whom_asked = being(s);
    int t = next_is(s, "for") ? thing(s) : -1;
    if (t < 0 || whom_asked < 0 || s->w->thing[t].holder != whom_asked
        || s->w->where[who] != s->w->where[whom_asked])
        flaw(s->w, ASKS_IN_VAIN_FOR_NOTHING);
}

static void sought(Sentence *s, int who)
{
    int t = next_is(s, "for") ? thing(s) : -1;
    if (t < 0 || !s->w->thing[t].seen[who])
        flaw(s->w, SEEKS_WHAT_HE_NEVER_SAW);
    else if (s->w->thing[t].knows[who] || s->w->thing[t].holder != NOBODY)
        flaw(s->w, SEEKS_WHAT_HE_SAW_PUT);
}

static void missed(Sentence *s, int who)
{
    int t = thing(s);
    if (t < 0 || s->w->thing[t].holder != NOBODY
        || s->w->where[who] == s->w->thing[t].place)
        flaw(s->w, MISSES_WHAT_HE_HAS);
    else
        s->w->thing[t].used = true;
}

static void predicate(Sentence *s, int who, int with)
{
    Seen *w = s->w;
    const char *verb = s->word[s->at++];
    bool found = is(verb, "found"), bought = is(verb, "bought");
    if (is(verb, "was") || is(verb, "were"))
        was(s, who, with);
    else if ((found || bought || is(verb, "had"))
             && (next_is(s, "a") || next_is(s, "an")))
        acquired(s, who, bought);
    else if (is(verb, "gave") || is(verb, "handed"))
        gave(s, who);
    else if (is(verb, "brought"))
        brought(s, who);
    else if (found || is(verb, "took"))
        took(s, who, found);
    else if (is(verb, "put") || is(verb, "hid"))
        put(s, who);
    else if (is(verb, "left") || is(verb, "forgot"))
        left(s, who);
    else if (is(verb, "asked"))
        asked(s, who);
    else if (is(verb, "missed"))
        missed(s, who);
    else if (is(verb, "thanked"))
        being(s);
    else if (is(verb, "looked") && is(peek(s), "for"))
        sought(s, who);
    else if (is(verb, "kept")) {
        int t = thing(s);
        if (t < 0 || w->thing[t].holder != who)
            flaw(w, GIVES_WHAT_HE_HAS_NOT);
    } else if (is(verb, "met")) {
        int other = being(s);
        if (other < 0 || w->where[other] >= 0)
            flaw(w, COMES_WHERE_HE_IS);
        else
            w->where[other] = w->where[who];
    } else if (is_way(verb) || is(verb, "came"))
        went(s, who, with);
    else if (!is(verb, "smiled")
             && !(is(verb, "laughed") && is(peek(s), ".")))
        used(s, who);
}

/* Without what says when, or then. */
static void skip_opening(Sentence *s)
{
    char said[80] = "";
    for (int i = 0; i < 3 && i < s->n; i++) {
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s%s",
                 i ? " " : "", s->word[i]);
        if (IN(said, times) || IN(said, links)) {
            s->at = i + 1;
            next_is(s, ",");
            return;
        }
    }
    if (!next_is(s, "There"))
        next_is(s, "But");
}

static void read_sentence(Sentence *s)
{
    Seen *w = s->w;
    memmove(w->of_beings[1], w->of_beings[0], 2 * sizeof *w->of_beings);
    memmove(w->of_things[1], w->of_things[0], 2 * sizeof *w->of_things);
    memset(w->of_beings[0], 0, sizeof *w->of_beings);
    memset(w->of_things[0], 0, sizeof *w->of_things);
    skip_opening(s);
    int who = being(s), with = next_is(s, "and") ? being(s) : NOBODY;
    if (who < 0) {
        flaw(w, NOT_UNDERSTOOD);
        return;
    }
    predicate(s, who, with);
    if (!next_is(s, ".") || s->at != s->n)
        flaw(w, NOT_UNDERSTOOD);
    for (int t = 0; t < COUNT_THINGS; t++)
        if (w->thing[t].met && w->thing[t].holder >= 0) {
            int p = w->where[w->thing[t].holder];
            if (p >= 0)
                w->held[w->thing[t].holder][p][t] = true;
            for (int i = 0; i < COUNT_NAMES; i++)
                w->thing[t].seen[i] |= w->where[i] >= 0 && w->where[i] == p;
        }
}

static bool is_weather(const Sentence *s)
{
    char said[200] = "";
    for (int i = 0; i < s->n; i++)
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s%s",
                 i ? " " : "", s->word[i]);
    return IN(said, weathers);
}

/* Reads text, which it cuts into words. Returns the number of sentences. */
static int read_story(Seen *w, char *text)
{
    memset(w, 0, sizeof *w);
    w->main_thing = -1;
    for (int i = 0; i < COUNT_NAMES; i++)
        w->where[i] = NOWHERE;
    for (int i = 0; i < COUNT_THINGS; i++)
        w->thing[i].holder = w->thing[i].last = w->thing[i].giver = NOBODY;
    Sentence s = { .w = w };
    int sentences = 0, tokens = 0;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        s.word[s.n++] = word;
        tokens++;
        if (!is(word, ".") && s.n < 40)
            continue;
        w->first_token = tokens - s.n;
        if (!is_weather(&s))
            read_sentence(&s);
        sentences++;
        s.n = s.at = 0;
    }
    return sentences;
}

/* ---- what it answers ---------------------------------------------------- */

static void answer(const Seen *w, const char *question, char *out, size_t size)
{
    char copy[200], *word[12] = { NULL };
    int n = 0, t, who;
    snprintf(copy, sizeof copy, "%s", question);
    for (char *c = strtok(copy, " "); c && n < 12; c = strtok(NULL, " "))
        word[n++] = c;
    snprintf(out, size, "?");
    if (is(word[0], "Where") && (who = name_number(word[2])) >= 0) {
        int p = w->where[who];
        snprintf(out, size, "%s the %s .", places[p].preposition,
                 places[p].place);
    } else if (is(word[0], "Where") && (t = thing_number(word[3])) >= 0) {
        int holder = w->thing[t].holder;
        int p = holder < 0 ? w->thing[t].place : w->where[holder];
        bool at = holder < 0 && w->thing[t].spot;
        snprintf(out, size, "%s%s%s%s%s the %s .",
                 at ? w->thing[t].spot_in : "", at ? " the " : "",
                 at ? w->thing[t].spot : "", at ? " " : "",
                 places[p].preposition, places[p].place);
    } else if (is(word[1], "does")) {
        who = name_number(word[2]);
        snprintf(out, size, "nothing .");
        for (t = 0; t < COUNT_THINGS; t++)
            if (w->thing[t].met && w->thing[t].holder == who)
                snprintf(out, size, "the %s .", things[t].thing);
    } else if (is(word[1], "was")) {
        for (who = 0; who < COUNT_NAMES; who++)
            if (w->feeling[who] && is(w->feeling[who], word[2]))
                snprintf(out, size, "%s .", names[who].name);
    } else if (is(word[1], "gave")) {
        t = thing_number(word[4]);
        if (w->thing[t].holder == name_number(word[2]))
            snprintf(out, size, "%s .", names[w->thing[t].giver].name);
    } else if (is(word[0], "What")) {
        snprintf(out, size, "%s .", w->thing[thing_number(word[3])].adjective);
    } else {
        t = thing_number(word[3]);
        who = is(word[1], "has") ? w->thing[t].holder : w->thing[t].first;
        snprintf(out, size, "%s .", who < 0 ? "nobody" : names[who].name);
    }
}

static void summary(const Seen *w, char *out, size_t size)
{
    int t = w->main_thing, n = w->thing[t].n, lying = w->thing[t].holder < 0;
    const char *adjective = w->thing[t].adjective;
    bool vowel = strchr("aeiou", adjective[0]) != NULL;
    char end[80] = " .";
    if (lying)
        snprintf(end, sizeof end, "%s %s the %s .", n > 1 ? " and was left" : "",
                 places[w->thing[t].place].preposition,
                 places[w->thing[t].place].place);
    if (n == 1) {
        snprintf(out, size, "%s %s %s %s %s%s", names[w->thing[t].first].name,
                 lying ? "left" : "kept", vowel ? "an" : "a", adjective,
                 things[t].thing, end);
        return;
    }
    int length = snprintf(out, size, "%s %s %s went from %s",
                          vowel ? "An" : "A", adjective, things[t].thing,
                          names[w->thing[t].path[0]].name);
    for (int i = 1; i < n; i++)
        length += snprintf(out + length, size - (size_t)length, " to %s",
                           names[w->thing[t].path[i]].name);
    snprintf(out + length, size - (size_t)length, "%s", end);
}

/* ---- all stories -------------------------------------------------------- */

static struct {
    long faults[FAULT_COUNT];
    int count[STORIES_SPLITS], questions, pronouns, twice;
    Vocabulary texts, words[STORIES_SPLITS];
    bool held[COUNT_NAMES][COUNT_PLACES][COUNT_THINGS];
    int old_combinations;
} all;

static void add_words(StorySplit split, const char *sentence)
{
    Words words = text_tokens(sentence);
    for (int i = 0; i < words.n; i++)
        vocabulary_add(&all.words[split], words.word[i]);
    text_free_words(&words);
}

static void note_held(const Seen *w, StorySplit split, const char *text)
{
    bool is_new = false;
    for (int i = 0; i < COUNT_NAMES; i++)
        for (int p = 0; p < COUNT_PLACES; p++)
            for (int t = 0; t < COUNT_THINGS; t++)
                if (w->held[i][p][t]) {
                    is_new = is_new || !all.held[i][p][t];
                    if (split == STORIES_TRAIN)
                        all.held[i][p][t] = true;
                }
    if (split == STORIES_COMBINATIONS && !is_new && all.old_combinations++ < 5)
        print_error("nothing new: %s\n", text);
}

static void check_story(const Story *s, void *context)
{
    StorySplit split = *(StorySplit *)context;
    static Seen w;
    static char copy[4000];
    char got[400];
    long before = 0, after = 0;
    snprintf(copy, sizeof copy, "%s", s->text);
    int sentences = read_story(&w, copy);
    assert_in_range(sentences, 4, 10);
    for (int f = 0; f < FAULT_COUNT; f++) {
        before += all.faults[f];
        after += all.faults[f] += w.faults[f];
        if (w.faults[f] && all.faults[f] <= 5)
            print_error("%s: %s\n", fault_name[f], s->text);
    }
    all.twice += vocabulary_find(&all.texts, s->text) != UNKNOWN;
    vocabulary_add(&all.texts, s->text);
    add_words(split, s->text);
    add_words(split, s->summary);
    all.questions += s->questions;
    all.pronouns += s->pronouns;
    if (after > before)
        return;
    assert_int_equal(s->pronouns, w.pronouns);
    for (int i = 0; i < s->pronouns; i++) {
        assert_int_equal(s->pronoun[i].token, w.meant_at[i]);
        assert_string_equal(s->pronoun[i].name, names[w.meant[i]].name);
    }
    for (int i = 0; i < s->questions; i++) {
        answer(&w, s->question[i].question, got, sizeof got);
        if (!is(got, s->question[i].answer))
            fail_msg("%s\n%s %s, not %s", s->text, s->question[i].question,
                     s->question[i].answer, got);
        add_words(split, s->question[i].question);
        add_words(split, s->question[i].answer);
    }
    summary(&w, got, sizeof got);
    assert_string_equal(s->summary, got);
    note_held(&w, split, s->text);
}

static int read_all(void **state)
{
    (void)state;
    for (int s = 0; s < STORIES_SPLITS; s++)
        all.count[s] = stories((StorySplit)s, 0, check_story, &s);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    vocabulary_free(&all.texts);
    for (int s = 0; s < STORIES_SPLITS; s++)
        vocabulary_free(&all.words[s]);
    return 0;
}

static void every_story_is_true_and_every_answer_follows(void **state)
{
    (void)state;    /* check_story has looked */
    assert_true(all.questions > 200000);
    print_message("%d stories, %d questions\n", all.texts.n - FIRST_WORD,
                  all.questions);
}

static void nothing_in_them_is_nonsense(void **state)
{
    (void)state;
    long sum = 0;
    for (int f = 0; f < FAULT_COUNT; f++)
        if (all.faults[f]) {
            print_error("%6ld %s\n", all.faults[f], fault_name[f]);
            sum += all.faults[f];
        }
    assert_int_equal(sum, 0);
}

static void it_is_plain_whom_pronouns_mean(void **state)
{
    (void)state;
    assert_int_equal(all.faults[PRONOUN_NOT_PLAIN], 0);
    assert_true(all.pronouns > 30000);
}

/* What the reader of this file must find, or it would find nothing. */
static void nonsense_is_found(void **state)
{
    (void)state;
    static const struct {
        Fault fault;
        const char *text;
    } bad[] = {
        { PRONOUN_NOT_PLAIN,
          "One day , Anna and Mary were in the hall . She had a red ball ." },
        { PRONOUN_NOT_PLAIN, "One day , Anna was in the kitchen . She found a "
          "red ball on the table . She played with it ." },
        { GIVES_WHAT_HE_HAS_NOT, "One day , Anna and Tom were in the hall . "
          "Anna had a red ball . Tom gave the ball to Anna ." },
        { GIVES_FROM_AFAR, "One day , Anna found a red ball in the hall . There "
          "Anna met Tom . Tom went to the park . Anna gave the ball to Tom ." },
        { GIVES_BACK_AT_ONCE, "One day , Anna and Tom were in the hall . Anna "
          "had a red ball . Anna gave the ball to Tom . Tom gave the ball back "
          "to Anna ." },
        { TAKES_WHAT_IS_NOT_THERE, "One day , Anna and Tom were in the hall . "
          "Anna had a red ball . Tom took the ball ." },
        { TAKES_WHAT_HE_PUT_THERE, "One day , Anna found a red ball in the hall . "
          "Anna put the ball on the mat . Anna took the ball ." },
        { SPOT_OF_ANOTHER_PLACE, "One day , Anna was in the hall . "
          "Anna found a red ball in the straw ." },
        { TOO_LARGE_FOR_IT, "One day , Anna was in the kitchen . "
          "Anna found a fine guitar in the drawer ." },
        { FOOD_IN_THE_DIRT, "One day , Anna found a sweet pie in the barn . "
          "Anna put the pie in the straw ." },
        { COMES_WHERE_HE_IS, "One day , Anna found a sweet pie in the barn . "
          "Anna went to the barn ." },
        { NOBODY_IS_THERE_TOO, "One day , Anna found a sweet pie in the barn . "
          "Anna went to the park , too ." },
        { SEEKS_WHAT_HE_NEVER_SAW, "One day , Anna found a red ball in the hall "
          ". Anna put the ball on the mat . Tom came to the hall . Tom looked "
          "for the ball ." },
        { SEEKS_WHAT_HE_SAW_PUT, "One day , Anna and Tom were in the hall . Anna "
          "had a red ball . Anna put the ball on the mat . Tom looked for the "
          "ball ." },
        { MISSES_WHAT_HE_HAS,
          "One day , Anna found a red ball in the hall . Anna missed the ball ." },
        { NOT_SOLD_THERE,
          "One day , Anna was in the bakery . Anna bought an old book ." },
        { HOLDS_TWO, "One day , Anna was in the hall . Anna had a red ball . Anna "
          "had an old map ." },
        { IS_NOT_THERE, "One day , Anna found a red ball in the hall . Anna left "
          "the ball in the park and went to the barn ." },
        { ASKS_IN_VAIN_FOR_NOTHING, "One day , Anna and Tom were in the hall . "
          "Anna had a red ball . Anna asked Tom for the ball ." },
        { NOT_UNDERSTOOD, "One day , the ball was in the hall ." },
    };
    bool found[FAULT_COUNT] = { false };
    static Seen w;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char copy[400];
        snprintf(copy, sizeof copy, "%s", bad[i].text);
        read_story(&w, copy);
        if (!w.faults[bad[i].fault])
            fail_msg("%s is not found in: %s", fault_name[bad[i].fault],
                     bad[i].text);
        found[bad[i].fault] = true;
    }
    for (int f = 0; f < FAULT_COUNT; f++)
        assert_true(found[f]);
}

static void there_are_many_and_none_comes_twice(void **state)
{
    (void)state;
    assert_int_equal(all.twice, 0);
    assert_true(all.count[STORIES_TRAIN] >= 20000);
    assert_true(all.count[STORIES_HELD_OUT] >= 1000);
    assert_true(all.count[STORIES_COMBINATIONS] >= 1000);
    assert_true(all.words[STORIES_TRAIN].n - FIRST_WORD >= 300);
    print_message("%d, %d, %d stories; %d words\n", all.count[0], all.count[1],
                  all.count[2], all.words[STORIES_TRAIN].n - FIRST_WORD);
}

static void every_word_of_an_examination_was_taught(void **state)
{
    (void)state;
    for (int s = STORIES_HELD_OUT; s < STORIES_SPLITS; s++)
        for (int i = FIRST_WORD; i < all.words[s].n; i++) {
            int id = vocabulary_find(&all.words[STORIES_TRAIN],
                                     all.words[s].word[i]);
            if (id == UNKNOWN || all.words[STORIES_TRAIN].count[id] < 20)
                fail_msg("'%s' was taught less than 20 times",
                         all.words[s].word[i]);
        }
}

static void what_is_called_a_new_combination_was_never_taught(void **state)
{
    (void)state;
    assert_int_equal(all.old_combinations, 0);
}

static int first_ones;

static void note_first(const Story *s, void *first)
{
    char *text = first;
    if (first_ones++ == 0)
        snprintf(text, 2000, "%s", s->text);
}

static void the_first_ones_are_always_the_same(void **state)
{
    (void)state;
    char one[2000], two[2000];
    first_ones = 0;
    assert_int_equal(stories(STORIES_HELD_OUT, 7, note_first, one), 7);
    assert_int_equal(first_ones, 7);
    first_ones = 0;
    stories(STORIES_HELD_OUT, 2, note_first, two);
    assert_string_equal(one, two);
}

static void texts_and_pairs_say_the_same(void **state)
{
    (void)state;
    Stories s = stories_read(STORIES_HELD_OUT, 40, 3, 1, NULL);
    assert_int_equal(s.texts.n, 40);
    assert_int_equal(s.pairs.n, 40);
    for (int i = 0; i < 40; i++) {
        Ids whole = pairs_ids(&s.texts, TARGET, i);
        Ids a = pairs_ids(&s.pairs, SOURCE, i), b = pairs_ids(&s.pairs, TARGET, i);
        assert_int_equal(whole.n, a.n + b.n);
        for (int k = 0; k < whole.n; k++)
            assert_int_equal(whole.id[k], k < a.n ? a.id[k] : b.id[k - a.n]);
        assert_true(whole.n < s.texts.words[TARGET].n);
    }
    stories_free(&s);
}

static void a_name_ends_with_a_blank_or_the_text(void **state)
{
    (void)state;
    const char *tom = story_name("Tom");
    assert_string_equal(tom, "Tom");
    assert_ptr_equal(story_name("Tom ran ."), tom);
    assert_ptr_equal(story_name("tom"), tom);
    for (int i = 0; i < COUNT_NAMES; i++)
        assert_string_equal(story_name(names[i].name), names[i].name);
    static const char *const none[] = { "", " Tom", "To", "Toms", "TOM", "Pom",
                                        "She ran .", "ball" };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_null(story_name(none[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_story_is_true_and_every_answer_follows),
        TEST(nothing_in_them_is_nonsense),
        TEST(it_is_plain_whom_pronouns_mean),
        TEST(nonsense_is_found),
        TEST(there_are_many_and_none_comes_twice),
        TEST(every_word_of_an_examination_was_taught),
        TEST(what_is_called_a_new_combination_was_never_taught),
        TEST(the_first_ones_are_always_the_same),
        TEST(texts_and_pairs_say_the_same),
        TEST(a_name_ends_with_a_blank_or_the_text),
    };
    return cmocka_run_group_tests_name("stories", tests, read_all, free_all);
}

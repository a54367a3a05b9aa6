/* story_draw.c -- what happens in a story: each turn, one of the things that
 * make sense as the world is. */
#include "story.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))
#define NAME_ROW(name, she) { #name, she },
#define WORD_ROW(word, is) { #word, is },
#define PLACE_ROW(p, word, sold, p1, s1, g1, p2, s2, g2, p3, s3, g3)           \
    { #p, #word, sold, { { #p1, #s1, g1 }, { #p2, #s2, g2 }, { #p3, #s3, g3 } } },
#define USE_ROW(...) { __VA_ARGS__ },
#define TEXT_ROW(text) text,

const struct StoryWords story_words = {
    .name = { STORY_NAMES(NAME_ROW) },
    .thing = { STORY_THINGS(WORD_ROW) },
    .adjective = { STORY_ADJECTIVES(WORD_ROW) },
    .place = { STORY_PLACES(PLACE_ROW) },
    .use = { STORY_USES(USE_ROW) },
};

static const char *const times[] = { STORY_TIMES(TEXT_ROW) };
static const char *const weathers[] = { STORY_WEATHERS(TEXT_ROW) };
static const char *const doings[] = { STORY_DOINGS(TEXT_ROW) };
static const char *const feelings[] = { STORY_FEELINGS(TEXT_ROW) };
static const char *const griefs[] = { STORY_GRIEFS(TEXT_ROW) };
static const char *const ways[] = { STORY_WAYS(TEXT_ROW) };
static const char *const links[] = { STORY_LINKS(TEXT_ROW) };

#define ANY_OF(w, table) ((table)[rng_below((w)->rng, COUNT(table))])

static bool chance(World *w, int percent)
{
    return rng_below(w->rng, 100) < percent;
}

bool story_reserved(int name, int thing, int place)
{
    return (name * 5 + thing * 3 + place * 7) % 29 == 0;
}

/* ---- who, what, where --------------------------------------------------- */

static const PlaceWord *place_word(int place)
{
    return &story_words.place[place];
}

/* One of those for which fits() is true, or NONE. */
static int somebody(World *w, bool (*fits)(const World *, int being, int item),
                    int item)
{
    int list[CAST], n = 0;
    for (int b = 0; b < w->beings; b++)
        if (fits(w, b, item))
            list[n++] = b;
    return n ? list[rng_below(w->rng, n)] : NONE;
}

/* Where the item is, held or not. */
static int place_of(const World *w, int item)
{
    const Item *t = &w->item[item];
    return t->holder == NONE ? t->place : w->being[t->holder].place;
}

static bool is_here(const World *w, int being, int item)
{
    return being != w->item[item].holder
        && w->being[being].place == place_of(w, item);
}

static void move(World *w, int being, int place)
{
    if (w->being[being].place == NONE)
        w->being[being].since = w->sentences;
    w->being[being].place = place;
    w->being[being].moved = w->sentences;
}

/* Has done something since it came here. */
static bool has_stayed(const World *w, int being)
{
    return w->sentences >= w->being[being].moved + 2;
}

/* Could receive it: is here, and has not just had it; but what was used may be
 * given back. */
static bool may_receive(const World *w, int being, int item)
{
    const Item *t = &w->item[item];
    return is_here(w, being, item) && (being != t->before || t->used);
}

static bool is_elsewhere(const World *w, int being, int item)
{
    return being != w->item[item].holder
        && w->being[being].place != place_of(w, item)
        && (w->being[being].place == NONE || has_stayed(w, being));
}

static bool waits_elsewhere(const World *w, int being, int item)
{
    return is_elsewhere(w, being, item) && w->being[being].place != NONE
        && (being != w->item[item].before || w->item[item].used);
}

static bool is_unknown(const World *w, int being, int item)
{
    (void)item;
    return w->being[being].place == NONE;
}

/* Has nothing in hand: with one thing each, stories stay easy to see. */
static bool is_free(const World *w, int being)
{
    for (int i = 0; i < w->items; i++)
        if (w->item[i].met && w->item[i].holder == being)
            return false;
    return true;
}

static bool is_met_and_free(const World *w, int being, int item)
{
    (void)item;
    return w->being[being].place != NONE && is_free(w, being);
}

static bool may_find(const World *w, int being, int item)
{
    return is_here(w, being, item) && being != w->item[item].before
        && is_free(w, being);
}

static int another_place(World *w, int place)
{
    int other = rng_below(w->rng, STORY_PLACE_COUNT - 1);
    return other + (other >= place);
}

/* A spot of this place for it, or NONE. */
static int spot_for(World *w, int item, int place)
{
    int other = w->items == 2 && w->item[1 - item].met ? 1 - item : item;
    int is = story_words.thing[w->item[item].thing].is, list[SPOTS], n = 0;
    for (int s = 0; s < SPOTS; s++) {
        int good_for = place_word(place)->spot[s].good_for;
        if (s != w->item[item].lay && s != w->item[other].lay
            && s != w->item[other].spot
            && !((is & LARGE) && (good_for & NARROW))
            && !((is & EATEN) && !(good_for & CLEAN)))
            list[n++] = s;
    }
    return n ? list[rng_below(w->rng, n)] : NONE;
}

/* ---- sentences ---------------------------------------------------------- */

static void begin(World *w)
{
    bool linked = w->linked;
    say_begin(w);
    w->linked = w->sentences > 1 && !linked && chance(w, 20);
    if (w->linked) {
        say(w, ANY_OF(w, links));
        if (chance(w, 50))
            say(w, ",");
    }
}

static void begin_with(World *w, int being)
{
    begin(w);
    say_being(w, being, SUBJECT);
}

/* At once: without a word like then. */
static void begin_at_once(World *w, int being)
{
    say_begin(w);
    w->linked = false;
    say_being(w, being, SUBJECT);
}

/* What a being does for itself: Tom smiled. */
static void being_does(World *w, int being, const char *words)
{
    begin_at_once(w, being);
    say_end(w, words);
}

static void holds(World *w, int item, int being)
{
    Item *t = &w->item[item];
    t->holder = being;
    t->lay = t->spot;
    t->place = t->spot = t->giver = NONE;
    t->used = false;
    t->journey[t->holders++] = being;
}

static void feels(World *w, int being, const char *feeling)
{
    for (int b = 0; b < w->beings; b++)
        if (b == being || (w->being[b].feeling
                           && strcmp(w->being[b].feeling, feeling) == 0))
            if (w->being[b].feeling)
                return;
    begin_at_once(w, being);
    say(w, "was");
    say_end(w, feeling);
    w->being[being].feeling = feeling;
}

/* What who has received something says or does. */
static void react(World *w, int being, int giver)
{
    int which = rng_below(w->rng, 10);
    if (which < 4) {
        feels(w, being, ANY_OF(w, feelings));
    } else if (which < 5 && giver != NONE) {
        begin_at_once(w, being);
        say(w, "thanked");
        say_being(w, giver, OBJECT);
        say_end(w, "");
    } else if (which < 6) {
        being_does(w, being, chance(w, 50) ? "smiled" : "laughed");
    }
}

/* ---- things that happen to what is held --------------------------------- */

static void give(World *w, int item, int to)
{
    Item *t = &w->item[item];
    int from = t->holder;
    bool back = false;
    for (int i = 0; i < t->holders; i++)
        back = back || t->journey[i] == to;
    begin_with(w, from);
    say(w, back || chance(w, 70) ? "gave" : "handed");
    say_the(w, item);
    say(w, back ? "back to" : "to");
    say_being(w, to, OBJECT);
    holds(w, item, to);
    t->before = t->giver = from;
    say_end(w, "");
    react(w, to, from);
}

static void ask(World *w, int item, int being)
{
    int holder = w->item[item].holder;
    begin_with(w, being);
    say(w, "asked");
    say_being(w, holder, OBJECT);
    say(w, "for");
    say_the(w, item);
    say_end(w, "");
    if (chance(w, 80) || w->item[item].used) {
        give(w, item, being);
        return;
    }
    say_begin(w);
    say(w, "But");
    say_being(w, holder, SUBJECT);
    say(w, "kept");
    say_the(w, item);
    say_end(w, "");
    feels(w, being, ANY_OF(w, griefs));
}

static void swap(World *w, int item, int other)
{
    int one = w->item[item].holder, two = w->item[other].holder;
    begin_with(w, one);
    say(w, "gave");
    say_the(w, item);
    say(w, "to");
    say_being(w, two, OBJECT);
    say(w, "and got");
    say_the(w, other);
    holds(w, item, two);
    holds(w, other, one);
    w->item[item].before = w->item[item].giver = one;
    w->item[other].before = w->item[other].giver = two;
    say_end(w, "");
    if (chance(w, 50)) {
        const char *feeling = ANY_OF(w, feelings);
        feels(w, chance(w, 50) ? one : two, feeling);
    }
}

static void use(World *w, int item)
{
    Item *t = &w->item[item];
    int n = 0, list[STORY_USE_COUNT];
    for (int u = 0; u < STORY_USE_COUNT; u++)
        if (story_words.thing[t->thing].is & story_words.use[u].of)
            list[n++] = u;
    UseWord word = story_words.use[list[rng_below(w->rng, n)]];
    begin_at_once(w, t->holder);
    say(w, word.before);
    say_the(w, item);
    say_end(w, word.after);
    t->used = true;
}

static void met_here(World *w, int being, int who)
{
    say_begin(w);
    say(w, "There");
    say_being(w, being, SUBJECT);
    say(w, "met");
    say_being(w, who, OBJECT);
    move(w, who, w->being[being].place);
    w->linked = true;
    say_end(w, "");
}

static void go(World *w, int being, int item)
{
    int to = another_place(w, w->being[being].place);
    begin_with(w, being);
    if (item != NONE && chance(w, 40)) {
        say(w, "took");
        say_the(w, item);
    } else {
        say(w, ANY_OF(w, ways));
    }
    say_place(w, "to", to);
    move(w, being, to);
    say_end(w, "");
    int unknown = somebody(w, is_unknown, 0);
    if (unknown != NONE && chance(w, 60))
        met_here(w, being, unknown);
}

static void go_together(World *w, int one, int two)
{
    int to = another_place(w, w->being[one].place);
    begin_with(w, one);
    say(w, "and");
    say_being(w, two, BY_NAME);
    say(w, ANY_OF(w, ways));
    say_place(w, "to", to);
    move(w, one, to);
    move(w, two, to);
    say_end(w, "");
}

static void come(World *w, int being, int place)
{
    bool there = w->spoken[0].place == place, new = w->being[being].place == NONE;
    if (there && new && chance(w, 50)) {
        being_does(w, being, "was there , too");
        move(w, being, place);
        return;
    }
    begin_with(w, being);
    say(w, new || chance(w, 50) ? "came" : ANY_OF(w, ways));
    say_place(w, "to", place);
    if (there)
        say(w, ", too");
    move(w, being, place);
    say_end(w, "");
}

static void bring(World *w, int item, int to)
{
    Item *t = &w->item[item];
    int from = t->holder;
    begin_with(w, from);
    say(w, "brought");
    say_the(w, item);
    say(w, "to");
    say_being(w, to, OBJECT);
    say_place(w, NULL, w->being[to].place);
    move(w, from, w->being[to].place);
    holds(w, item, to);
    t->before = t->giver = from;
    say_end(w, "");
    react(w, to, from);
}

static void put(World *w, int item, int spot)
{
    Item *t = &w->item[item];
    int being = t->holder, place = w->being[being].place;
    bool unseen = place_word(place)->spot[spot].good_for & UNSEEN;
    bool hidden = unseen && chance(w, 50);
    begin_with(w, being);
    say(w, hidden ? "hid" : "put");
    say_the(w, item);
    say_spot(w, place, spot);
    t->holder = t->giver = NONE;
    t->before = being;
    t->place = place;
    t->spot = spot;
    t->knows = 0;
    for (int b = 0; b < w->beings; b++)
        t->knows |= (w->being[b].place == place) << b;
    say_end(w, "");
}

/* Leaves it behind and goes. */
static void leave(World *w, int item)
{
    Item *t = &w->item[item];
    int being = t->holder, place = w->being[being].place;
    begin_with(w, being);
    say(w, chance(w, 50) ? "left" : "forgot");
    say_the(w, item);
    say_place(w, NULL, place);
    say(w, "and");
    say(w, ANY_OF(w, ways));
    int to = another_place(w, place);
    say_place(w, "to", to);
    w->spoken[0].place = NONE;
    move(w, being, to);
    t->holder = t->spot = t->giver = NONE;
    t->before = being;
    t->place = place;
    t->knows = 0;
    say_end(w, "");
}

/* ---- and to what lies somewhere ----------------------------------------- */

static void find(World *w, int item, int being)
{
    Item *t = &w->item[item];
    bool knows = t->knows >> being & 1;
    if (!knows && (t->seen >> being & 1) && chance(w, 50)) {
        begin_with(w, being);
        say(w, "looked for");
        say_the(w, item);
        say_end(w, "");
    }
    begin_with(w, being);
    say(w, knows ? "took" : "found");
    say_the(w, item);
    if (t->spot != NONE && !knows)
        say_spot(w, t->place, t->spot);
    else if (!knows)
        say_place(w, NULL, t->place);
    holds(w, item, being);
    say_end(w, "");
    react(w, being, NONE);
}

static void miss(World *w, int item)
{
    Item *t = &w->item[item];
    begin_with(w, t->before);
    say(w, "missed");
    say_the(w, item);
    say_end(w, "");
    t->used = true;     /* what is missed may be brought back */
}

/* ---- turns -------------------------------------------------------------- */

/* One of what may happen, by weight; 0 for what may not. n if nothing may. */
static int draw(World *w, int n, const int *weight)
{
    int sum = 0, i = 0;
    for (int k = 0; k < n; k++)
        sum += weight[k];
    if (sum == 0)
        return n;
    for (int r = rng_below(w->rng, sum); r >= weight[i]; i++)
        r -= weight[i];
    return i;
}

/* The story cannot go on: story_draw() begins another. */
static void give_up(World *w)
{
    w->sentences = LONGEST_STORY + 1;
}

static void turn_of_held(World *w, int item)
{
    enum { GIVE, ASK, SWAP, USE, GO, TOGETHER, COME, BRING, PUT, LEAVE, KINDS };
    Item *t = &w->item[item], *u = &w->item[1 - item];
    int holder = t->holder, here = somebody(w, is_here, item);
    int to = somebody(w, may_receive, item);
    int waiting = somebody(w, waits_elsewhere, item);
    int other = somebody(w, is_elsewhere, item);
    int spot = spot_for(w, item, w->being[holder].place);
    bool stayed = has_stayed(w, holder);
    bool free = to != NONE && is_free(w, to);
    bool both = w->items == 2 && u->met && u->holder != NONE && here != NONE
             && u->holder != holder && is_here(w, u->holder, item)
             && (t->before != u->holder || t->used)
             && (u->before != holder || u->used);
    int weight[KINDS] = {
        [GIVE] = free ? 6 : 0, [ASK] = free ? 5 : 0, [SWAP] = both ? 5 : 0,
        [USE] = t->used ? 0 : 4, [GO] = stayed ? 3 : 0,
        [TOGETHER] = here != NONE && stayed && has_stayed(w, here) ? 2 : 0,
        [COME] = here == NONE && other != NONE ? 5 : 0,
        [BRING] = waiting != NONE && is_free(w, waiting) && stayed ? 4 : 0,
        [PUT] = spot != NONE ? 3 : 0, [LEAVE] = stayed ? 2 : 0,
    };
    switch (draw(w, KINDS, weight)) {
    case GIVE: give(w, item, to); break;
    case ASK: ask(w, item, to); break;
    case SWAP: swap(w, item, 1 - item); break;
    case USE: use(w, item); break;
    case GO: go(w, holder, item); break;
    case TOGETHER: go_together(w, holder, here); break;
    case COME: come(w, other, w->being[holder].place); break;
    case BRING: bring(w, item, waiting); break;
    case PUT: put(w, item, spot); break;
    case LEAVE: leave(w, item); break;
    default: give_up(w);
    }
}

static void turn_of_lying(World *w, int item)
{
    enum { FIND, GO, COME, MISS, KINDS };
    Item *t = &w->item[item];
    int finder = somebody(w, may_find, item);
    int other = somebody(w, is_elsewhere, item);
    bool here = w->being[t->before].place == t->place;
    int weight[KINDS] = {
        [FIND] = finder != NONE ? 8 : 0, [GO] = here && has_stayed(w, t->before) ? 4 : 0,
        [COME] = finder == NONE && other != NONE && other != t->before ? 6 : 0,
        [MISS] = !here && !t->used ? 2 : 0,
    };
    switch (draw(w, KINDS, weight)) {
    case FIND: find(w, item, finder); break;
    case GO: go(w, t->before, NONE); break;
    case COME: come(w, other, t->place); break;
    case MISS: miss(w, item); break;
    default: give_up(w);
    }
}

/* ---- the beginning ------------------------------------------------------ */

static void choose(World *w)
{
    int order[STORY_NAME_COUNT], things[STORY_THING_COUNT];
    rng_permutation(w->rng, STORY_NAME_COUNT, order);
    rng_permutation(w->rng, STORY_THING_COUNT, things);
    w->beings = 2 + chance(w, 50);
    w->items = 1 + chance(w, 40);
    for (int b = 0; b < w->beings; b++)
        w->being[b] = (Being){ .name = order[b], .place = NONE };
    for (int i = 0; i < w->items; i++) {
        int adjective, is = story_words.thing[things[i]].is;
        do
            adjective = rng_below(w->rng, STORY_ADJECTIVE_COUNT);
        while (!(story_words.adjective[adjective].is & is));
        w->item[i] = (Item){ .thing = things[i], .adjective = adjective,
                             .holder = NONE, .place = NONE, .spot = NONE,
                             .before = NONE, .giver = NONE,
                             .lay = NONE };
    }
}

/* How somebody comes by something new: Anna bought or found a red ball, or had
 * it when she was first spoken of. False if there is no way. */
static bool acquire(World *w, int item, int being)
{
    int place = w->being[being].place;
    int is = story_words.thing[w->item[item].thing].is;
    int spot = spot_for(w, item, place);
    bool new = w->being[being].since >= w->sentences - 1;
    bool buys = (place_word(place)->sold & is) && chance(w, 70);
    if (!buys && !new && spot == NONE)
        return false;
    begin_at_once(w, being);
    if (buys) {
        say(w, "bought");
        say_a(w, item);
    } else if (spot != NONE && (!new || chance(w, 40))) {
        say(w, "found");
        say_a(w, item);
        say_spot(w, place, spot);
        w->item[item].spot = spot;
    } else {
        say(w, "had");
        say_a(w, item);
    }
    holds(w, item, being);
    say_end(w, "");
    return true;
}

static void open_with_time(World *w)
{
    say_begin(w);
    say(w, ANY_OF(w, times));
    say(w, ",");
}

static void opening(World *w)
{
    int place = rng_below(w->rng, STORY_PLACE_COUNT), way = rng_below(w->rng, 10);
    bool weather = chance(w, 20);
    if (weather) {
        say_begin(w);
        say(w, ANY_OF(w, weathers));
        w->sentences++;
        say_begin(w);
    } else {
        open_with_time(w);
    }
    move(w, 0, place);
    say_being(w, 0, SUBJECT);
    if (way < 3) {
        say(w, "found");
        say_a(w, 0);
        say_place(w, NULL, place);
        holds(w, 0, 0);
        say_end(w, "");
        return;
    }
    bool both = way > 7;
    const char *doing = ANY_OF(w, doings);
    if (both) {
        say(w, "and");
        say_being(w, 1, BY_NAME);
        move(w, 1, place);
    }
    say(w, both ? "were" : "was");
    say(w, doing);
    say_place(w, NULL, place);
    say_end(w, "");
    acquire(w, 0, 0);
}

/* The second thing comes with whoever has nothing; false if it does not. */
static bool second_thing(World *w)
{
    int being = somebody(w, is_met_and_free, 1);
    return being != NONE && acquire(w, 1, being);
}

static void turn(World *w)
{
    int item = w->items == 2 && w->item[1].met && chance(w, 35);
    if (w->items == 2 && !w->item[1].met && chance(w, 35) && second_thing(w))
        return;
    if (w->item[item].holder == NONE)
        turn_of_lying(w, item);
    else
        turn_of_held(w, item);
}

static int met(const World *w)
{
    int n = 0;
    for (int b = 0; b < w->beings; b++)
        n += w->being[b].place != NONE;
    return n;
}

void story_draw(World *w, Rng *rng)
{
    do {
        *w = (World){ .rng = rng };
        choose(w);
        opening(w);
        int wanted = SHORTEST + rng_below(rng, 5);
        while (w->sentences < wanted
               || (met(w) < 2 && w->sentences <= LONGEST_STORY))
            turn(w);
    } while (w->sentences > LONGEST_STORY);
}

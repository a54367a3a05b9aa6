/* story.h -- the world of a story: who is where and holds what. story_draw.c has
 * things happen in it that make sense; story_say.c says each in a sentence, and
 * notes whom its pronouns mean. Only stories.c needs this. */
#ifndef STORY_H
#define STORY_H

#include "data/stories.h"
#include "data/story_words.h"
#include "base/rng.h"

#include <stdbool.h>

/* ---- the words ---------------------------------------------------------- */

typedef struct {
    const char *name;
    bool she;
} NameWord;

typedef struct {
    const char *word;
    int is;
} ThingWord;        /* an adjective, too: is tells of which things */

typedef struct {
    const char *preposition, *word;
    int good_for;
} SpotWord;

enum { SPOTS = 3 };

typedef struct {
    const char *preposition, *word;
    int sold;
    SpotWord spot[SPOTS];
} PlaceWord;

typedef struct {
    int of;
    const char *before, *after;
} UseWord;

#define ONE_MORE(...) + 1
enum {
    STORY_NAME_COUNT = STORY_NAMES(ONE_MORE),
    STORY_THING_COUNT = STORY_THINGS(ONE_MORE),
    STORY_ADJECTIVE_COUNT = STORY_ADJECTIVES(ONE_MORE),
    STORY_PLACE_COUNT = STORY_PLACES(ONE_MORE),
    STORY_USE_COUNT = STORY_USES(ONE_MORE),
};

extern const struct StoryWords {
    NameWord name[STORY_NAME_COUNT];
    ThingWord thing[STORY_THING_COUNT], adjective[STORY_ADJECTIVE_COUNT];
    PlaceWord place[STORY_PLACE_COUNT];
    UseWord use[STORY_USE_COUNT];
} story_words;

/* ---- the world ---------------------------------------------------------- */

enum { NONE = -1, CAST = 3, ITEMS = 2, LENGTH = 1600, HOLDERS = 12,
       MOST_PRONOUNS = 40, SHORTEST = 4, LONGEST_STORY = 10 };

typedef struct {
    int name, place;        /* place: NONE: not met yet */
    int since, moved;       /* sentences there were when it was met, and when
                             * it came here */
    const char *feeling;    /* of which the story has told; NULL: of none */
} Being;

typedef struct {
    int thing, adjective, holder, place, spot;  /* place, spot: where it lies,
                                                 * if holder is NONE */
    int lay;                /* the spot it was taken from last */
    int before;             /* who had it last, or put it there */
    int knows;              /* beings that know where it lies, as bits */
    int seen;               /* beings that have seen it in somebody's hands */
    int giver;              /* who gave it to the holder, or NONE */
    int journey[HOLDERS], holders;
    bool met, used;         /* used: since the holder has it */
} Item;

/* What a sentence speaks of, as bits: beings; items, and SPOT. */
enum { SPOT = 1 << ITEMS };
typedef struct {
    int beings, things, place;  /* place: NONE: of none or two */
} Spoken;

typedef struct {
    Rng *rng;
    Being being[CAST];
    Item item[ITEMS];
    int beings, items;
    char text[LENGTH];
    int tokens, sentences;
    bool linked;                /* this sentence begins with a word like then */
    Spoken spoken[3];           /* of this sentence, the last, that before */
    int pronouns;
    StoryPronoun pronoun[MOST_PRONOUNS];
    bool reserved;              /* somebody held something somewhere, and this
                                 * is kept for the examination */
} World;

/* Has a story happen. */
void story_draw(World *world, Rng *rng);

/* Is this kept for the examination? By numbers of words. */
bool story_reserved(int name, int thing, int place);

/* ---- saying ------------------------------------------------------------- */

typedef enum { SUBJECT, OBJECT, BY_NAME } Role;

/* A sentence: begins; then these in turn; ends, with what stands before the
 * full stop. */
void say_begin(World *w);
void say(World *w, const char *words);
void say_being(World *w, int being, Role role);
void say_a(World *w, int item);         /* a red ball: the first time */
void say_the(World *w, int item);       /* the ball, or it */
void say_spot(World *w, int place, int spot);       /* on the table */
void say_place(World *w, const char *preposition, int place);
void say_end(World *w, const char *words);

/* Words into room of that size, with a blank in front if there are some. */
void story_append(char *out, const char *words);

#endif

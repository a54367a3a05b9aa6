/* stories.c -- what is asked about a story, its summary, and how stories are
 * dealt to training and examinations. */
#include "data/stories.h"
#include "data/story.h"
#include "learn/pairs.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { MOST_QUESTIONS = 24, SENTENCE = 160, LINE = 400 };

typedef struct {
    char question[MOST_QUESTIONS][SENTENCE], answer[MOST_QUESTIONS][SENTENCE];
    StoryQuestion list[MOST_QUESTIONS];
    int n;
} Questions;

static const char *name_of(const World *w, int being)
{
    return story_words.name[w->being[being].name].name;
}

static const char *thing_of(const World *w, int item)
{
    return story_words.thing[w->item[item].thing].word;
}

static const char *adjective_of(const World *w, int item)
{
    return story_words.adjective[w->item[item].adjective].word;
}

#define ASK(q, what, ...)                                                      \
    ((q)->list[(q)->n].kind = (what),                                          \
     snprintf((q)->question[(q)->n], SENTENCE, __VA_ARGS__))
#define ANSWER(q, ...) snprintf((q)->answer[(q)->n++], SENTENCE, __VA_ARGS__)

static void ask_of_being(const World *w, int being, Questions *q)
{
    const Being *b = &w->being[being];
    const char *name = name_of(w, being), *has = NULL;
    if (b->place == NONE)
        return;
    const PlaceWord *place = &story_words.place[b->place];
    ASK(q, WHERE_BEING, "Where is %s ?", name);
    ANSWER(q, "%s the %s .", place->preposition, place->word);
    for (int i = 0; i < w->items; i++)
        if (w->item[i].met && w->item[i].holder == being)
            has = thing_of(w, i);
    ASK(q, WHAT_HAS, "What does %s have ?", name);
    if (has)
        ANSWER(q, "the %s .", has);
    else
        ANSWER(q, "nothing .");
    if (b->feeling) {
        ASK(q, WHO_FELT, "Who was %s ?", b->feeling);
        ANSWER(q, "%s .", name);
    }
}

static void ask_of_item(const World *w, int item, Questions *q)
{
    const Item *t = &w->item[item];
    const char *thing = thing_of(w, item);
    if (!t->met)
        return;
    bool lies = t->holder == NONE;
    int place = lies ? t->place : w->being[t->holder].place;
    const PlaceWord *where = &story_words.place[place];
    ASK(q, WHO_HAS, "Who has the %s ?", thing);
    ANSWER(q, "%s .", lies ? "nobody" : name_of(w, t->holder));
    ASK(q, WHERE_THING, "Where is the %s ?", thing);
    if (lies && t->spot != NONE)
        ANSWER(q, "%s the %s %s the %s .", where->spot[t->spot].preposition,
               where->spot[t->spot].word, where->preposition, where->word);
    else
        ANSWER(q, "%s the %s .", where->preposition, where->word);
    ASK(q, WHO_FIRST, "Who had the %s first ?", thing);
    ANSWER(q, "%s .", name_of(w, t->journey[0]));
    ASK(q, WHAT_LIKE, "What is the %s like ?", thing);
    ANSWER(q, "%s .", adjective_of(w, item));
    if (t->giver != NONE) {
        ASK(q, WHO_GAVE, "Who gave %s the %s ?", name_of(w, t->holder), thing);
        ANSWER(q, "%s .", name_of(w, t->giver));
    }
}

/* Who had the first thing, one after another, and where it ended. */
static void summarise(const World *w, char *out)
{
    const Item *t = &w->item[0];
    const char *adjective = adjective_of(w, 0);
    const char *a = strchr("aeiou", adjective[0]) ? "an" : "a";
    char where[SENTENCE] = "";
    if (t->holder == NONE)
        snprintf(where, sizeof where, "%s the %s",
                 story_words.place[t->place].preposition,
                 story_words.place[t->place].word);
    if (t->holders == 1) {
        snprintf(out, LINE, "%s %s %s %s %s%s%s .",
                 name_of(w, t->journey[0]),
                 t->holder == NONE ? "left" : "kept", a, adjective,
                 thing_of(w, 0), *where ? " " : "", where);
        return;
    }
    int n = snprintf(out, LINE, "%c%s %s %s went from %s", *a - 'a' + 'A',
                     a + 1, adjective, thing_of(w, 0),
                     name_of(w, t->journey[0]));
    for (int i = 1; i < t->holders; i++)
        n += snprintf(out + n, LINE - (size_t)n, " to %s",
                      name_of(w, t->journey[i]));
    snprintf(out + n, LINE - (size_t)n, "%s%s .",
             *where ? " and was left " : "", where);
}

/* The other one, if the story has two and they are a man and a woman. */
static const char *other_than(const World *w, const char *name)
{
    const NameWord *met[CAST];
    int n = 0;
    for (int b = 0; b < w->beings; b++)
        if (w->being[b].place != NONE)
            met[n++] = &story_words.name[w->being[b].name];
    if (n != 2 || met[0]->she == met[1]->she)
        return NULL;
    return met[strcmp(met[0]->name, name) == 0]->name;
}

const char *story_name(const char *text)
{
    size_t n = strcspn(text, " ");
    for (int i = 0; i < STORY_NAME_COUNT; i++) {
        const char *name = story_words.name[i].name;
        if (n == strlen(name) && toupper((unsigned char)*text) == *name
            && strncmp(text + 1, name + 1, n - 1) == 0)
            return name;
    }
    return NULL;
}

/* ---- dealing ------------------------------------------------------------ */

/* With these numbers every word of an examination is taught; a test looks. */
enum { DRAWN = 34000, SEED = 14, ONE_IN = 30 };

int stories(StorySplit split, int most, StoryTake *take, void *context)
{
    Vocabulary seen = { 0 };
    Rng rng = rng_named(SEED, "stories");
    int count = 0;
    for (int i = 0; i < DRAWN && (most == 0 || count < most); i++) {
        World w;
        story_draw(&w, &rng);
        StorySplit its = w.reserved ? STORIES_COMBINATIONS
                       : rng_below(&rng, ONE_IN) == 0 ? STORIES_HELD_OUT
                                                      : STORIES_TRAIN;
        bool again = vocabulary_find(&seen, w.text) != UNKNOWN;
        vocabulary_add(&seen, w.text);
        if (again || its != split)
            continue;
        Questions q = { .n = 0 };
        char summary[LINE];
        for (int b = 0; b < w.beings; b++)
            ask_of_being(&w, b, &q);
        for (int t = 0; t < w.items; t++)
            ask_of_item(&w, t, &q);
        for (int k = 0; k < q.n; k++) {
            q.list[k].question = q.question[k];
            q.list[k].answer = q.answer[k];
        }
        for (int k = 0; k < w.pronouns; k++)
            w.pronoun[k].other = other_than(&w, w.pronoun[k].name);
        summarise(&w, summary);
        take(&(Story){ w.text, summary, q.n, w.pronouns, q.list, w.pronoun },
             context);
        count++;
    }
    vocabulary_free(&seen);
    return count;
}

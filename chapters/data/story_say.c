/* story_say.c -- the sentences of a story, and whom a pronoun means.
 *
 * He and she mean who was spoken of in the last sentence, and only where that
 * sentence, the one before and what was said of this one speak of no other man
 * or woman. It means what was spoken of in the last sentence, where these speak
 * of no other thing, be it a table. So a reader can always tell. */
#include "story.h"

#include <string.h>

void story_append(char *out, const char *words)
{
    size_t n = strlen(out);
    if (n && *words)
        out[n++] = ' ';
    strcpy(out + n, words);
}

void say(World *w, const char *words)
{
    for (const char *c = words; *c; c++)
        w->tokens += *c == ' ';
    w->tokens += *words != '\0';
    story_append(w->text, words);
}

void say_begin(World *w)
{
    w->spoken[2] = w->spoken[1];
    w->spoken[1] = w->spoken[0];
    w->spoken[0] = (Spoken){ 0, 0, NONE };
}

/* The last words of what was said become the beginning of a sentence. */
static void capital(char *word)
{
    if (*word >= 'a' && *word <= 'z')
        *word = (char)(*word - 'a' + 'A');
}

/* Who holds what where, and who sees it. */
static void note_holder(World *w, Item *t)
{
    const Being *holder = &w->being[t->holder];
    if (story_reserved(holder->name, t->thing, holder->place))
        w->reserved = true;
    for (int b = 0; b < w->beings; b++)
        t->seen |= (w->being[b].place == holder->place) << b;
}

void say_end(World *w, const char *words)
{
    say(w, words);
    say(w, ".");
    w->sentences++;
    for (char *c = w->text; *c; c++)
        if (c == w->text || (c - w->text > 2 && c[-1] == ' ' && c[-2] == '.'))
            capital(c);
    for (int i = 0; i < w->items; i++)
        if (w->item[i].met && w->item[i].holder != NONE)
            note_holder(w, &w->item[i]);
}

static bool is_she(const World *w, int being)
{
    return story_words.name[w->being[being].name].she;
}

/* May this being be called he or she? */
static bool is_plain(const World *w, int being)
{
    int spoken = w->spoken[0].beings | w->spoken[1].beings
               | w->spoken[2].beings;
    for (int b = 0; b < w->beings; b++)
        if (b != being && spoken >> b & 1 && is_she(w, b) == is_she(w, being))
            return false;
    return w->spoken[1].beings >> being & 1;
}

void say_being(World *w, int being, Role role)
{
    static const char *const pronoun[][2] = { { "he", "him" },
                                              { "she", "her" } };
    const char *name = story_words.name[w->being[being].name].name;
    if (role != BY_NAME && is_plain(w, being) && rng_below(w->rng, 10) < 7) {
        w->pronoun[w->pronouns++] = (StoryPronoun){ w->tokens, name, NULL };
        say(w, pronoun[is_she(w, being)][role]);
    } else {
        say(w, name);
    }
    w->spoken[0].beings |= 1 << being;
}

void say_a(World *w, int item)
{
    const Item *t = &w->item[item];
    const char *adjective = story_words.adjective[t->adjective].word;
    say(w, strchr("aeiou", adjective[0]) ? "an" : "a");
    say(w, adjective);
    say(w, story_words.thing[t->thing].word);
    w->spoken[0].things |= 1 << item;
    w->item[item].met = true;
}

void say_the(World *w, int item)
{
    int spoken = w->spoken[0].things | w->spoken[1].things
               | w->spoken[2].things;
    if (spoken == 1 << item && w->spoken[1].things
        && rng_below(w->rng, 10) < 6) {
        say(w, "it");
    } else {
        say(w, "the");
        say(w, story_words.thing[w->item[item].thing].word);
    }
    w->spoken[0].things |= 1 << item;
}

void say_spot(World *w, int place, int spot)
{
    SpotWord word = story_words.place[place].spot[spot];
    say(w, word.preposition);
    say(w, "the");
    say(w, word.word);
    w->spoken[0].things |= SPOT;
}

void say_place(World *w, const char *preposition, int place)
{
    say(w, preposition ? preposition : story_words.place[place].preposition);
    say(w, "the");
    say(w, story_words.place[place].word);
    w->spoken[0].place = place;
}

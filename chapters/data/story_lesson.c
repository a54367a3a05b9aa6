/* story_lesson.c -- a text of each story, and behind it what is asked. */
#include "story_lesson.h"

#include "base/rng.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    Stories *stories;
    int asked;
    Rng rng;
} Reading;

static void append(char *out, const char *text)
{
    strcat(strcat(out, *out ? " " : ""), text);
}

static void take_story(const Story *story, void *reading)
{
    Reading *r = reading;
    char rest[4000] = "", whole[8000];
    int order[64];
    rng_permutation(&r->rng, story->questions, order);
    int asked = r->asked < story->questions ? r->asked : story->questions;
    int place = rng_below(&r->rng, asked + 1);      /* of the summary */
    for (int i = 0; i <= asked; i++) {
        if (i == place) {
            append(rest, "Summary :");
            append(rest, story->summary);
        }
        if (i < asked) {
            append(rest, story->question[order[i]].question);
            append(rest, story->question[order[i]].answer);
        }
    }
    snprintf(whole, sizeof whole, "%s %s", story->text, rest);
    pairs_add(&r->stories->texts, NULL, whole, 0);
    pairs_add(&r->stories->pairs, story->text, rest, 0);
}

Stories stories_read(StorySplit split, int most, int asked, uint64_t seed,
                     const Vocabulary *words)
{
    Stories s = { 0 };
    Reading r = { &s, asked, rng_named(seed, "questions") };
    stories(split, most, take_story, &r);
    if (words)
        pairs_encode(&s.texts, words, words);
    else
        pairs_sort_words(&s.texts, 1);
    const Vocabulary *numbers = words ? words : &s.texts.words[TARGET];
    pairs_encode(&s.pairs, numbers, numbers);
    return s;
}

void stories_free(Stories *s)
{
    pairs_free(&s->texts);
    pairs_free(&s->pairs);
}

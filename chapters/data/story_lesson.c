/* story_lesson.c -- a text of each story, and behind it what is asked. */
#include "story_lesson.h"

#include "base/rng.h"
#include "cell/plot.h"
#include "cell/print.h"

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

void losses_print(int n, const char *const *name, int points, int each,
                  const double *loss, const char *plot, const char *columns)
{
    Plot *p = plot_open(plot, columns);
    text_printf("%6s", "step");
    for (int i = 0; i < n; i++)
        text_printf(" %10s", name[i]);
    text_printf("\n");
    for (int k = 0; k < points; k++) {
        double row[1 + 8] = { (k + 1) * each };
        for (int i = 0; i < n; i++)
            row[1 + i] = loss[i * points + k];
        plot_numbers(p, 1 + n, row);
        if (k > 0 && k % 5 != 4)
            continue;
        text_printf("%6d", (k + 1) * each);
        for (int i = 0; i < n; i++)
            text_printf(" %10.3f", row[1 + i]);
        text_printf("\n");
    }
    plot_close(p);
}

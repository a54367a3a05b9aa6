/* score.c -- how many answers and summaries are right. */
#include "commands.h"
#include "texts.h"

#include "base/fail.h"
#include "cell/progress.h"
#include "data/story_exam.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *model;
    int split, stories;
} Choices;

static const Setting list[] = {
    { "model", SETTING_TEXT, offsetof(Choices, model), 0, 0, 0, "FILE",
      "a model that train has saved", true },
    { "split", SETTING_WORD, offsetof(Choices, split), 0, 1, 0,
      "held-out|combinations", "stories of the kind it has learned from, or with"
      "\n                         someone who holds something somewhere: these "
      "three\n                         never met in training", false },
    { "stories", SETTING_INT, offsetof(Choices, stories), 1, 1000000, 200, "N",
      "how many of them, at most", false },
};

/* Questions wait until there are enough to be answered together. */
enum { TOGETHER = 64 };

typedef struct {
    const Teller *teller;
    Ids story[TOGETHER], question[TOGETHER];
    char *answer[TOGETHER];         /* the right one */
    QuestionKind kind[TOGETHER];
    int waiting;
    Marks marks;
    Pairs pairs;                    /* for the perplexity */
    Progress progress;
    long stories;
} Scoring;

static void answer_all(Scoring *s)
{
    enum { LONGEST = 100 };
    Ids *written = ids_room(TOGETHER);
    if (s->waiting > 0)
        write_on(teller_model(s->teller), s->waiting, s->story,
                 s->question,
                 (WriteOptions){ .writer = teller_writer(s->teller),
                                 .longest = LONGEST, .stop = NEW_LINE },
                 written);
    for (int i = 0; i < s->waiting; i++) {
        Text said = teller_text(s->teller, written[i]);
        marks_add(&s->marks, s->kind[i], strcmp(said.at, s->answer[i]) == 0);
        free((char *)said.at);
        free(s->answer[i]);
        free(s->story[i].id);
        free(s->question[i].id);
    }
    s->waiting = 0;
    tape_reset();
}

static Ids tokens(const Teller *t, const char *text, const char *end)
{
    char *line = grown(NULL, strlen(text) + strlen(end) + 1, 1);
    strcat(strcpy(line, text), end);
    Ids ids = teller_tokens(t, text_of(line));
    free(line);
    return ids;
}

static void take(const Told *told, void *scoring)
{
    Scoring *s = scoring;
    const Teller *t = s->teller;
    for (int i = 0; i < told->n; i++) {
        int k = s->waiting++;
        s->story[k] = tokens(t, told->story, "\n");
        s->question[k] = tokens(t, told->question[i], "");
        s->answer[k] = grown(NULL, strlen(told->answer[i]) + 3, 1);
        sprintf(s->answer[k], " %s\n", told->answer[i]);
        s->kind[k] = told->kind[i];
        if (s->waiting == TOGETHER)
            answer_all(s);
    }
    Ids story = tokens(t, told->story, "\n");
    pairs_add_ids(&s->pairs, (Ids){ 0, NULL }, story);
    free(story.id);
    progress_show(&s->progress, ++s->stories, "answers %d of %d",
                  s->marks.right[ALL_QUESTIONS], s->marks.asked[ALL_QUESTIONS]);
}

/* How many are right in all, and of each kind of question by an example. */
static void print_marks(Marks m)
{
    const char *const line = "%d of %d exact (%.1f %%)\n";
    printf("answers      ");
    printf(line, m.right[ALL_QUESTIONS], m.asked[ALL_QUESTIONS],
           marks_percent(m, ALL_QUESTIONS));
    for (int kind = SUMMARY + 1; kind < QUESTION_KINDS; kind++) {
        printf("  %-24s ", marks_name[kind]);
        printf(line, m.right[kind], m.asked[kind], marks_percent(m, kind));
    }
    printf("summaries    ");
    printf(line, m.right[SUMMARY], m.asked[SUMMARY], marks_percent(m, SUMMARY));
}

int score(int argc, char **argv)
{
    Choices c;
    bool given[COUNT(list)];
    settings_read(argc, argv,
                  (Settings){ "story score --model FILE [OPTIONS]", COUNT(list),
                              list }, &c, given, 0);
    Teller t = teller_load(c.model);
    check_asks(&t, c.model);
    Scoring s = { .teller = &t,
                  .progress = progress_begin("story", 0, c.stories) };
    int n = stories_told(c.split ? STORIES_COMBINATIONS : STORIES_HELD_OUT,
                         c.stories, take, &s);
    answer_all(&s);
    progress_end(&s.progress);
    printf("stories      %d\n", n);
    print_marks(s.marks);
    printf("perplexity   %.3f\n", exp(cross_entropy(teller_model(&t), &s.pairs)));
    pairs_free(&s.pairs);
    teller_free(&t);
    return 0;
}

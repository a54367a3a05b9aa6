/* attend.c -- whom a pronoun looks at: how often each head finds who is meant. */
#include "attend.h"
#include "commands.h"

#include "base/fail.h"
#include "cell/progress.h"
#include "data/stories.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *model;
    int stories, behind;
} Choices;

static const Setting list[] = {
    { "model", SETTING_TEXT, offsetof(Choices, model), 0, 0, 0, "FILE",
      "a model that train has saved", true },
    { "stories", SETTING_INT, offsetof(Choices, stories), 1, 1000000, 200, "N",
      "held-out ones to be read, at most", false },
    { "behind", SETTING_INT, offsetof(Choices, behind), 0, 10, 0, "N",
      "looks from the Nth word behind the pronoun", false },
};

/* How often a rule or a head finds who is meant: of all pronouns that stand
 * behind two names or more, and of those where the last name is another's. */
typedef struct {
    int all, other;
} Found;

typedef struct {
    const Teller *teller;
    int behind, stories;
    Found asked, last, head[MAX_LAYERS][MOST_HEADS];
    Progress progress;
} Attending;

Reading reading_of(const Teller *t, const char *text)
{
    Reading r = { .n = 0 };
    for (const char *at = text; *at && r.n < MOST_WORDS; at += *at == ' ') {
        r.name[r.n] = story_name(at);
        at += strcspn(at, " ");
        Ids begun = teller_tokens(t, (Text){ text, (size_t)(at - text) });
        r.end[r.n++] = begun.n;
        free(begun.id);
    }
    r.pieces = teller_tokens(t, (Text){ text, strlen(text) });
    return r;
}

/* How much of a row's weight, (k) for k pieces, a name gets wherever it stands
 * before a word. */
static double weight_of(const Reading *r, const char *name, int word,
                        const Tensor *row)
{
    double sum = 0;
    for (int i = 0; i < word; i++)
        for (int k = i ? r->end[i - 1] : 0; r->name[i] == name && k < r->end[i];
             k++)
            sum += (double)t_at(row, k);
    return sum;
}

const char *most_looked_at(const Reading *r, int word, const Tensor *row)
{
    const char *most = NULL;
    for (int i = 0; i < word; i++)
        if (r->name[i] && (!most || weight_of(r, r->name[i], word, row)
                                    > weight_of(r, most, word, row)))
            most = r->name[i];
    return most;
}

static void count(Found *f, bool right, bool other)
{
    f->all += right;
    f->other += right && other;
}

static void look_from(Attending *a, const Reading *r, const StoryPronoun *p,
                      Tensor *const *weights)
{
    const char *last = NULL;
    bool two = false;
    for (int i = 0; i < p->token; i++)
        if (r->name[i]) {
            two = two || (last && last != r->name[i]);
            last = r->name[i];
        }
    int from = p->token + a->behind;
    if (!two || from >= r->n)
        return;
    bool is_last = strcmp(last, p->name) == 0;
    count(&a->asked, true, !is_last);
    count(&a->last, is_last, !is_last);
    const Choice *c = &a->teller->choice;
    for (int layer = 0; layer < c->layers; layer++)
        for (int head = 0; head < c->heads; head++) {
            int row = r->end[from] - 1;
            Tensor *one = t_slice(weights[layer], 1, head, head + 1);
            one = t_reshape(t_slice(one, 2, row, row + 1), T_INFER);
            const char *found = most_looked_at(r, p->token, one);
            count(&a->head[layer][head], strcmp(found, p->name) == 0, !is_last);
        }
}

static void take(const Story *story, void *attending)
{
    Attending *a = attending;
    Reading r = reading_of(a->teller, story->text);
    Ids nothing = { 0, NULL };
    Tensor *weights[MAX_LAYERS];
    stack_logits(&a->teller->stack, batch_with(1, &r.pieces, &nothing),
                 (Pass){ .encoder = weights });
    for (int i = 0; i < story->pronouns; i++)
        look_from(a, &r, &story->pronoun[i], weights);
    free(r.pieces.id);
    tape_reset();
    progress_show(&a->progress, ++a->stories, "%d pronouns", a->asked.all);
}

static void print_found(const char *what, Found f, Found asked)
{
    printf("%-20s %7.1f %% %15.1f %%\n", what,
           100.0 * f.all / (asked.all ? asked.all : 1),
           100.0 * f.other / (asked.other ? asked.other : 1));
}

int attend(int argc, char **argv)
{
    Choices c;
    bool given[COUNT(list)];
    settings_read(argc, argv,
                  (Settings){ "story attend --model FILE [OPTIONS]", COUNT(list),
                              list }, &c, given, 0);
    Teller t = teller_load(c.model);
    check_asks(&t, c.model);
    tape_record(false);
    Attending a = { .teller = &t, .behind = c.behind,
                    .progress = progress_begin("story", 0, c.stories) };
    stories(STORIES_HELD_OUT, c.stories, take, &a);
    progress_end(&a.progress);
    printf("%-20s %9d %17d\n", "pronouns", a.asked.all, a.asked.other);
    printf("%-20s %9s %17s\n", "", "all", "not the last name");
    print_found("the last name", a.last, a.asked);
    for (int layer = 0; layer < t.choice.layers; layer++)
        for (int head = 0; head < t.choice.heads; head++) {
            char name[40];
            snprintf(name, sizeof name, "layer %d, head %d", layer + 1, head + 1);
            print_found(name, a.head[layer][head], a.asked);
        }
    teller_free(&t);
    return 0;
}

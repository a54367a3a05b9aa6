/* story.c -- a teller of stories to use: it learns from the book's own or from a
 * text of yours, goes on with what you begin, and answers questions.
 *
 * What is taught stands in chapters 13, 14 and 17. Here, and in story/, are only
 * settings, files and messages. */
#include "13_tokens.h"
#include "14_masks.h"
#include "17_today.h"
#include "programs/shared/tool.h"
#include "story/commands.h"
#include "story/texts.h"

#include "base/fail.h"
#include "cell/print.h"
#include "data/stories.h"

#include <stdio.h>
#include <string.h>

/* ---- info --------------------------------------------------------------- */

typedef struct {
    const char *model;
    bool pieces;
} InfoChoice;

static const Setting info_list[] = {
    { "model", SETTING_TEXT, offsetof(InfoChoice, model), 0, 0, 0, "FILE",
      "a model that train has saved", true },
    { "pieces", SETTING_FLAG, offsetof(InfoChoice, pieces), 0, 0, 0, NULL,
      "print the pieces it has joined, and nothing else", false },
};

static void print_info(const Teller *t)
{
    const Choice *c = &t->choice;
    printf("layers        %d, of chapter %s\nwidth         %d, %d heads, network "
           "%d wide\n", c->layers, c->block == BLOCK_LLAMA ? "17" : "14", c->width,
           c->heads, c->hidden);
    if (c->shared)
        printf("keys          %d heads\n", c->shared);
    printf("dropout       %g\n", c->dropout);
    printf("pieces        %d, of which %d are bytes\nparameters    %ld\n",
           teller_pieces(t), BYTES, params_count(teller_model(t).params));
    if (t->step == 0) {
        printf("trained       elsewhere; reads %d tokens\n", c->window);
        return;
    }
    if (c->asks)
        printf("learned from  the book's stories, %d at most, and questions\n",
               c->stories);
    else
        printf("learned from  a text, in windows of %d tokens\n", c->window);
    printf("trained       %ld of %d steps (%d epochs of %d texts)\n"
           "rate          %g, warm-up %d steps, %d tokens a step\n", t->step,
           c->plan.steps, c->plan.epochs, c->texts, c->rate, c->plan.warmup,
           c->batch_tokens);
}

static void print_pieces(const Teller *t)
{
    for (int i = BYTES; i < t->pieces.n; i++)
        puts(text_shown(t->pieces.text[i]));
    for (int i = LLAMA_WORDS; i < t->llama_pieces.n; i++)
        puts(text_shown((Text){ t->llama_pieces.piece[i].text,
                                (size_t)t->llama_pieces.piece[i].n }));
}

static int info(int argc, char **argv)
{
    InfoChoice c;
    bool given[COUNT(info_list)];
    settings_read(argc, argv,
                  (Settings){ "story info --model FILE [OPTIONS]",
                              COUNT(info_list), info_list }, &c, given, 0);
    Teller t = teller_load(c.model);
    if (c.pieces)
        print_pieces(&t);
    else
        print_info(&t);
    teller_free(&t);
    return 0;
}

/* ---- corpus ------------------------------------------------------------- */

static void print_told(const Told *told, void *context)
{
    (void)context;
    printf("%s\n", told->story);
    for (int i = 0; i < told->n; i++)
        printf("%s\t%s\n", told->question[i], told->answer[i]);
    printf("\n");
}

static int corpus(int argc, char **argv)
{
    static const char *const splits[] = { "train", "held-out", "combinations" };
    char **words = settings_read(
        argc, argv,
        (Settings){ "story corpus [train|held-out|combinations]", 0, NULL },
        NULL, NULL, 1);
    const char *split = words[0] ? words[0] : splits[0];
    int s = which(split, COUNT(splits), splits);
    if (s < 0)
        die_usage("expected train, held-out or combinations, got '%s'", split);
    stories_told((StorySplit)s, 0, print_told, NULL);
    return 0;
}

/* ---- all ---------------------------------------------------------------- */

static const Command commands[] = {
    { "train", "story train", "learn from the book's stories, or a text of yours",
      train },
    { "continue", "story continue", "go on with each line of standard input",
      go_on },
    { "ask", "story ask", "answer questions about a story", ask },
    { "score", "story score", "how many answers about other stories are right",
      score },
    { "attend", "story attend", "which head finds whom he and she mean", attend },
    { "export", "story export", "write a model's weights for other programs",
      export },
    { "import", "story import", "read a model, or weights, of other programs",
      import },
    { "info", "story info", "what a trained model is", info },
    { "corpus", "story corpus", "print the book's own stories, and questions",
      corpus },
};

int main(int argc, char **argv)
{
    return commands_run("story", COUNT(commands), commands, argc, argv);
}

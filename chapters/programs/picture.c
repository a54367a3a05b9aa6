/* picture.c -- a model that sees, to use: it learns to tell classes of pictures
 * apart, from IDX files of yours, or to say what is in the book's own.
 *
 * What is taught stands in chapter 15. Here, and in picture/, are only settings,
 * files and messages. */
#include "15_pictures.h"
#include "picture/commands.h"
#include "picture/model.h"
#include "programs/shared/tool.h"

#include <stdio.h>

/* ---- info ---------------------------------------------------------------- */

typedef struct {
    const char *model;
} InfoChoice;

static const Setting info_list[] = {
    { "model", SETTING_TEXT, offsetof(InfoChoice, model), 0, 0, 0, "FILE",
      "a model that train has saved", true },
};

static int info(int argc, char **argv)
{
    InfoChoice chosen;
    bool given[COUNT(info_list)];
    settings_read(argc, argv,
                  (Settings){ "picture info --model FILE", COUNT(info_list),
                              info_list }, &chosen, given, 0);
    Seer s = seer_load(chosen.model);
    const Choice *c = &s.choice;
    printf("layers        %d\nwidth         %d, %d heads, network %d wide\n"
           "dropout       %g\n", c->layers, c->width, c->heads, c->hidden,
           c->dropout);
    printf("pictures      %d x %d x %d\n"
           "patches       %d x %d, read by %s\nparameters    %ld\n", c->rows,
           c->columns, c->channels, c->patch, c->patch,
           c->read ? "one product" : "windows", params_count(seer_params(&s)));
    if (c->classes > 0)
        printf("learned       %d classes, from %d pictures\n", c->classes,
               c->count);
    else
        printf("learned       captions, from %d of the book's pictures\n",
               c->count);
    printf("trained       %ld of %d steps (%d epochs)\n"
           "rate          %g, warm-up %d steps, %d pictures a step\n", s.step,
           c->plan.steps, c->plan.epochs, c->rate, c->plan.warmup, c->batch);
    seer_free();
    return 0;
}

/* ---- export, import ------------------------------------------------------ */

typedef struct {
    const char *model, *weights;
} FileChoice;

#define FILE_NAME(name, field) \
    name, SETTING_TEXT, offsetof(FileChoice, field), 0, 0, 0, "FILE"

static const Setting export_list[] = {
    { FILE_NAME("model", model), "a model that train has saved", true },
    { FILE_NAME("safetensors", weights), "where its weights go, by name", true },
};

static int export(int argc, char **argv)
{
    FileChoice c;
    bool given[COUNT(export_list)];
    settings_read(argc, argv,
                  (Settings){ "picture export --model FILE --safetensors FILE",
                              COUNT(export_list), export_list }, &c, given, 0);
    check_replaces(c.weights, (const char *const[]){ c.model, NULL });
    Seer s = seer_load(c.model);
    named_write(seer_named(&s), c.weights);
    seer_free();
    return 0;
}

static int import(int argc, char **argv)
{
    ImportChoice c = import_choice("picture", argc, argv);
    Seer s = seer_load(c.model);
    named_read(seer_named(&s), c.weights);
    seer_export(&s, c.save);
    seer_free();
    return 0;
}

/* ---- all ----------------------------------------------------------------- */

static const Command commands[] = {
    { "train", "picture train",
      "learn classes from IDX files, or captions from the book's own", train },
    { "score", "picture score", "how many pictures are rightly told", score },
    { "look", "picture look", "what is in a picture, and where it looks", look },
    { "export", "picture export", "write a model's weights for other programs",
      export },
    { "import", "picture import", "put weights of other programs into a model",
      import },
    { "info", "picture info", "what a trained model is", info },
};

int main(int argc, char **argv)
{
    return commands_run("picture", COUNT(commands), commands, argc, argv);
}

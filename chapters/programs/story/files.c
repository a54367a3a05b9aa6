/* files.c -- models in the files of others: safetensors, and those of llama2.c. */
#include "commands.h"
#include "model.h"

#include "base/fail.h"

#include <stdlib.h>

typedef struct {
    const char *model, *weights, *llama2c, *tokenizer, *save;
} Choices;

#define FILE_NAME(name, field) \
    name, SETTING_TEXT, offsetof(Choices, field), 0, 0, 0, "FILE"

/* ---- export ------------------------------------------------------------- */

static const Setting export_list[] = {
    { FILE_NAME("model", model), "a model that train has saved", true },
    { FILE_NAME("safetensors", weights),
      "to write its weights to, by name", false },
    { FILE_NAME("llama2c", llama2c),
      "to write it to for llama2.c, if its block is llama", false },
    { FILE_NAME("tokenizer", tokenizer),
      "and its pieces, without which that is of no use", false },
};

static void export_llama(Teller *t, const Choices *c)
{
    if (t->choice.block != BLOCK_LLAMA)
        die("'%s' has the layers of chapter 14, and llama2.c runs those of chapter "
            "17: expected a model of `story train --block llama`", c->model);
    today_write_llama(&t->today, t->choice.window, c->llama2c);
    llama_pieces_write(c->tokenizer, &t->llama_pieces);
}

/* The names of others stand for halves as pairs. */
static void in_halves(Teller *t, const char *path,
                      void (*use)(NamedTensors list, const char *path))
{
    bool turn = t->choice.block == BLOCK_LLAMA;
    if (turn)
        today_change_layout(&t->today);
    use(teller_named(t), path);
    if (turn)
        today_change_layout(&t->today);
}

int export(int argc, char **argv)
{
    Choices c;
    bool given[COUNT(export_list)];
    settings_read(argc, argv,
                  (Settings){ "story export --model FILE [OPTIONS]",
                              COUNT(export_list), export_list }, &c, given, 0);
    if (!c.llama2c != !c.tokenizer || (!c.weights && !c.llama2c))
        die_usage("expected --safetensors FILE, or --llama2c FILE and --tokenizer "
                  "FILE");
    const char *const read[] = { c.model, NULL };
    check_replaces(c.weights, read);
    check_replaces(c.llama2c, read);
    check_replaces(c.tokenizer, read);
    Teller t = teller_load(c.model);
    if (c.llama2c)
        export_llama(&t, &c);
    if (c.weights)
        in_halves(&t, c.weights, named_write);
    teller_free(&t);
    return 0;
}

/* ---- import ------------------------------------------------------------- */

static const Setting import_list[] = {
    { FILE_NAME("llama2c", llama2c), "a model of llama2.c, version 0", false },
    { FILE_NAME("tokenizer", tokenizer), "and its pieces", false },
    { FILE_NAME("safetensors", weights), "or weights, by name,", false },
    { FILE_NAME("model", model),
      "which take the place of those of this model", false },
    { FILE_NAME("save", save), "where the model goes; to be used, not to be "
      "trained on", true },
};

Teller teller_of_llama(const char *model, const char *pieces)
{
    Teller t = { .choice = { .block = BLOCK_LLAMA } };
    Choice *choice = &t.choice;
    const Settings s = choice_stored;
    for (int i = 0; i < s.n; i++)       /* the lowest that is allowed */
        if (s.list[i].kind == SETTING_REAL)
            *(double *)((char *)choice + s.list[i].at) = s.list[i].low;
        else
            *(int *)((char *)choice + s.list[i].at) = (int)s.list[i].low;
    t.today = today_read_llama(model, &choice->window);
    TodayOptions o = t.today.options;
    choice->block = BLOCK_LLAMA;
    choice->layers = o.layers;
    choice->width = o.width;
    choice->heads = o.heads;
    choice->shared = o.shared;
    choice->hidden = o.hidden;
    choice->untied = o.untied;
    for (int i = 0; i < s.n; i++) {
        int value = *(int *)((char *)choice + s.list[i].at);
        if (s.list[i].kind == SETTING_INT && !settings_allow(&s.list[i], value))
            die("'%s': %s is %d, expected %s", model, s.list[i].name, value,
                settings_limits(&s.list[i]));
    }
    t.llama_pieces = llama_pieces_read(pieces, t_dim(t.today.words, 0) - 1);
    return t;
}

int import(int argc, char **argv)
{
    Choices c;
    bool given[COUNT(import_list)];
    settings_read(argc, argv,
                  (Settings){ "story import --save FILE [OPTIONS]",
                              COUNT(import_list), import_list }, &c, given, 0);
    bool llama = c.llama2c && c.tokenizer && !c.weights && !c.model;
    bool named = c.weights && c.model && !c.llama2c && !c.tokenizer;
    if (!llama && !named)
        die_usage("expected --llama2c FILE and --tokenizer FILE, or --safetensors "
                  "FILE and --model FILE");
    checkpoint_try(c.save, llama
        ? (const char *const[]){ c.llama2c, c.tokenizer, NULL }
        : (const char *const[]){ c.weights, c.model, NULL });
    Teller t = llama ? teller_of_llama(c.llama2c, c.tokenizer) : teller_load(c.model);
    if (named)
        in_halves(&t, c.weights, named_read);
    teller_save_learned(&t, c.save);
    teller_free(&t);
    return 0;
}

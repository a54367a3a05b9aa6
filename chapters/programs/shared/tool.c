/* tool.c -- what programs made of chapters have in common. */
#include "tool.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/interrupt.h"
#include "base/whole.h"
#include "cell/progress.h"
#include "learn/team.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- commands ----------------------------------------------------------- */

static void print_help(const char *program, int n, const Command *list)
{
    printf("usage: %s COMMAND [OPTIONS]\n\n", program);
    for (int i = 0; i < n; i++)
        printf("  %-12s %s\n", list[i].name, list[i].help);
    printf("\nEach COMMAND has a --help.\n");
}

/* train, translate or info */
static const char *names_of(int n, const Command *list)
{
    static char names[200];
    size_t end = 0;
    *names = '\0';
    for (int i = 0; i < n && end < sizeof names; i++)
        end += (size_t)snprintf(names + end, sizeof names - end, "%s%s",
                                i == 0 ? "" : i < n - 1 ? ", " : " or ",
                                list[i].name);
    return names;
}

int commands_run(const char *program, int n, const Command *list, int argc,
                 char **argv)
{
    die_as(program);
    team_begin();
    if (argc < 2)
        die_usage("expected a command: %s", names_of(n, list));
    int status = 0, k = 0;
    while (k < n && strcmp(argv[1], list[k].name) != 0)
        k++;
    if (strcmp(argv[1], "--help") == 0) {
        print_help(program, n, list);
    } else if (k < n) {
        die_as(list[k].program);
        status = list[k].run(argc - 1, argv + 1);
    } else {
        die_usage("unknown command '%s'", argv[1]);
    }
    stdout_check();
    team_end();
    return status;
}

int which(const char *word, int n, const char *const *names)
{
    int found = -1;
    for (int i = 0; i < n; i++)
        found = strcmp(word, names[i]) == 0 ? i : found;
    return found;
}

/* ---- settings ----------------------------------------------------------- */

bool is_given(Settings s, const bool *given, const char *name)
{
    for (int i = 0; i < s.n; i++)
        if (given[i] && strcmp(s.list[i].name, name) == 0)
            return true;
    return false;
}

void check_unchanged(Settings s, const bool *given, int first,
                     const void *chosen, const void *stored, const char *path)
{
    for (int i = first; i < s.n; i++)
        if (given[i] && strcmp(s.list[i].name, "epochs") != 0
            && !settings_same(&s.list[i], chosen, stored))
            die_usage("--%s cannot change with --resume: '%s' was trained with "
                      "another", s.list[i].name, path);
}

void check_width(int width, int heads, const char *path)
{
    if (width % 2 == 0 && width % heads == 0)
        return;
    if (!path)
        die_usage("--width: %d must be even, and divide into %d heads", width,
                  heads);
    die("'%s': a width of %d cannot be: it is even, and divides into %d heads",
        path, width, heads);
}

void check_replaces(const char *save, const char *const *inputs)
{
    for (; save && *inputs; inputs++)
        if (whole_same(save, *inputs))
            die("cannot write '%s': it would replace '%s', which is read", save,
                *inputs);
}

/* ---- parameters by name --------------------------------------------------- */

void named_attention(NamedTensors *list, const char *name, MultiHead layer)
{
    NamedTensors under = *list;
    named_under(&under, "%s%s.", list->under, name);
    named_linear(&under, "to_q", layer.to_q);
    named_linear(&under, "to_k", layer.to_k);
    named_linear(&under, "to_v", layer.to_v);
    named_linear(&under, "to_out", layer.to_out);
    memcpy(under.under, list->under, sizeof under.under);
    *list = under;
}

void named_feed(NamedTensors *list, FeedForward layer)
{
    named_linear(list, "up", layer.up);
    named_linear(list, "down", layer.down);
}

void named_encoder_layer(NamedTensors *list, const EncoderLayer *layer)
{
    named_attention(list, "self", layer->self);
    named_norm(list, "self_norm", layer->self_norm);
    named_feed(list, layer->feed);
    named_norm(list, "feed_norm", layer->feed_norm);
}

void named_decoder_layer(NamedTensors *list, const DecoderLayer *layer)
{
    named_attention(list, "self", layer->self);
    named_norm(list, "self_norm", layer->self_norm);
    named_attention(list, "cross", layer->cross);
    named_norm(list, "cross_norm", layer->cross_norm);
    named_feed(list, layer->feed);
    named_norm(list, "feed_norm", layer->feed_norm);
}

void named_write(NamedTensors list, const char *path)
{
    safetensors_write(path, list.n, list.at);
    free(list.at);
}

void named_read(NamedTensors list, const char *path)
{
    safetensors_read(path, list.n, list.at);
    free(list.at);
}

#define IMPORT(name, field, help) \
    { name, SETTING_TEXT, offsetof(ImportChoice, field), 0, 0, 0, "FILE", help, true }

ImportChoice import_choice(const char *program, int argc, char **argv)
{
    static const Setting list[] = {
        IMPORT("safetensors", weights, "weights, by name"),
        IMPORT("model", model, "the model whose weights they replace"),
        IMPORT("save", save, "where it goes; to be used, not to be trained on"),
    };
    char usage[120];
    ImportChoice c;
    bool given[COUNT(list)];
    snprintf(usage, sizeof usage,
             "%s import --safetensors FILE --model FILE --save FILE", program);
    settings_read(argc, argv, (Settings){ usage, COUNT(list), list }, &c, given, 0);
    checkpoint_try(c.save, (const char *const[]){ c.weights, c.model, NULL });
    return c;
}

/* ---- how long ----------------------------------------------------------- */

void plan_steps(Plan *plan, int epochs, Training *tr)
{
    long steps = (long)epochs * tr->batches;
    if (steps > INT_MAX)
        die("%d epochs of %d batches are more steps than can be counted; "
            "expected fewer --epochs", epochs, tr->batches);
    plan->epochs = epochs;
    plan->steps = (int)steps;
    if (plan->warmup < 0)
        plan->warmup = (int)(steps / 10);
    tr->options.steps = steps;
    tr->options.warmup = plan->warmup;
}

void plan_resume(Plan *plan, int epochs, Training *tr, Checkpoint *open,
                 const char *path)
{
    training_state(tr, open);
    checkpoint_close(open);
    plan_steps(plan, epochs, tr);
    if (tr->step < 0 || tr->step > INT_MAX)
        die("'%s': step %ld cannot be", path, tr->step);
    if (tr->step > tr->options.steps)
        die_usage("--epochs: %d are fewer than are done: %ld steps of %d an "
                  "epoch", epochs, tr->step, tr->batches);
}

/* ---- a team ------------------------------------------------------------- */

void try_to_save(const char *path, const char *const *inputs)
{
    if (team_rank() == 0)
        checkpoint_try(path, inputs);
}

static void check_parameters(const Params *list)
{
    uint64_t hash = HASH_START;
    for (int i = 0; i < list->n; i++) {
        const Buffer *b = list->at[i]->buffer;
        hash = hash_bytes(hash, b->data, b->size * sizeof *b->data);
    }
    team_check("parameters", hash);
}

static uint64_t hash_of_ids(const Pairs *pairs)
{
    uint64_t hash = HASH_START;
    for (int i = 0; i < pairs->n; i++)
        for (Side side = SOURCE; side <= TARGET; side++) {
            Ids ids = pairs_ids(pairs, side, i);
            hash = hash_bytes(hash, &ids.n, sizeof ids.n);
            hash = hash_bytes(hash, ids.id, (size_t)ids.n * sizeof *ids.id);
        }
    return hash;
}

/* All have begun the same training. */
static void check_training(const Training *tr)
{
    const TrainingOptions *o = &tr->options;
    double numbers[] = { (double)tr->step, (double)o->steps, o->batch_tokens,
                         o->rate, o->warmup, o->smoothing, o->clip };
    team_check("settings", hash_bytes(HASH_START, numbers, sizeof numbers));
    team_check("data", hash_of_ids(tr->pairs));
    check_parameters(tr->model.params);
}

/* The first of the team writes what all of them have. */
static void save(Training *tr, Reporter reporter)
{
    check_parameters(tr->model.params);
    if (team_rank() == 0)
        reporter.save(reporter.tool, tr);
}

/* Who was asked to stop tells all: they stop after the same step. */
static bool asked_to_stop(void)
{
    double asked = interrupt_asked();
    team_sum(1, &asked);
    return asked > 0;
}

/* ---- the loop ----------------------------------------------------------- */

/* Trains to the end of the epoch, or until somebody asks to stop. Returns the
 * mean loss. */
static double train_epoch(Training *tr, Progress *progress)
{
    double sum = 0, tokens = 0, begin = clock_seconds();
    long steps = 0;
    do {
        double loss = training_step(tr);
        if (!isfinite(loss))
            die("the loss of step %ld is no number any more: a lower --lr or "
                "--clip may help", tr->step);
        sum += loss;
        steps++;
        tokens += tr->tokens;
        if (team_rank() == 0)
            progress_show(progress, tr->step, "loss %.3f  %.0f tokens/s",
                          sum / (double)steps,
                          tokens / (clock_seconds() - begin));
    } while (tr->step % tr->batches != 0 && !asked_to_stop());
    progress_end(progress);
    return sum / (double)steps;
}

/* opt_clip() takes a gradient that is no number for a programmer's mistake.
 * Here what somebody has chosen leads to it. */
static ErrorHandler other_mistakes;

static void explain(const char *message)
{
    const char *gradient = strstr(message, "opt_clip: ");
    if (gradient)
        die("%s: a lower --lr may help", gradient + strlen("opt_clip: "));
    other_mistakes(message);
}

void train_begins(const Training *tr, bool going_on, const char *format, ...)
{
    interrupt_watch();      /* before anybody can know that it runs */
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf(", %ld parameters, %ld steps%s\n", params_count(tr->model.params),
           tr->options.steps, going_on ? ", going on" : "");
    stdout_check();
}

int train_all(Training *tr, Reporter reporter)
{
    other_mistakes = t_on_error;
    t_on_error = explain;
    check_training(tr);
    Progress progress = progress_begin("step", tr->step, tr->options.steps);
    bool asked = false;     /* even if at once: something is done, and saved */
    while (tr->step < tr->options.steps && !asked) {
        double loss = train_epoch(tr, &progress);
        save(tr, reporter);
        if (tr->step % tr->batches == 0)
            reporter.report(reporter.tool, tr, loss);
        asked = asked_to_stop();
    }
    if (tr->step == tr->options.steps)
        return 0;
    if (team_rank() == 0)
        fprintf(stderr, "Stopped after step %ld of %ld and saved. To go on, add "
                "--resume to the same command.\n", tr->step,
                tr->options.steps);
    return 130;
}

/* translate.c -- a translator to use: train, translate, score, attend, info,
 * corpus.
 *
 * What is taught stands in chapters 8 to 10. Here are only options, files and
 * messages. */
#define _POSIX_C_SOURCE 200809L     /* getline, isatty */
#include "10_translating_well.h"
#include "cell/cell.h"
#include "cell/file.h"
#include "learn/checkpoint.h"
#include "data/corpus.h"
#include "base/fail.h"
#include "base/interrupt.h"
#include "cell/plot.h"
#include "cell/progress.h"
#include "base/text.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char commands_help[] =
    "usage: translate COMMAND [OPTIONS]; each COMMAND has a --help:\n"
    "  train         learn from a file of sentence pairs\n"
    "  translate     translate what comes on standard input\n"
    "  score         BLEU, exact match and perplexity on a file of pairs\n"
    "  attend        the maps of attention for one sentence\n"
    "  info          what a trained model is\n"
    "  corpus        print the book's own sentence pairs\n";

/* ---- options ------------------------------------------------------------ */

static const char *command;     /* "train", for messages */

#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 1, 2)))
#endif
static void usage_error(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fflush(stdout);
    fprintf(stderr, "translate %s: ", command);
    vfprintf(stderr, format, list);
    va_end(list);
    fputs(" (see --help)\n", stderr);
    exit(2);
}

/* A whole number or a number from the command line, within limits. */
static long whole(const char *name, const char *text, long low, long high)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end || errno || value < low || value > high)
        usage_error("--%s: expected a whole number from %ld to %ld, got '%s'",
                    name, low, high, text);
    return value;
}

static double number(const char *name, const char *text, double low,
                     double high)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= low && value <= high))
        usage_error("--%s: expected a number from %g to %g, got '%s'", name,
                    low, high, text);
    return value;
}

/* One option: its name, where its value goes, and what values it takes. */
typedef struct {
    const char *name;
    enum { WHOLE, NUMBER, NAME_OF_FILE, FLAG, NORM } type;
    void *value;        /* int *, double *, const char **, bool * */
    double low, high;
    const char *help;   /* as it stands in --help */
    bool given;
} Option;

static void set(Option *o, const char *text)
{
    o->given = true;
    if (o->type == WHOLE)
        *(int *)o->value = (int)whole(o->name, text, (long)o->low,
                                      (long)o->high);
    else if (o->type == NUMBER)
        *(double *)o->value = number(o->name, text, o->low, o->high);
    else if (o->type == NAME_OF_FILE)
        *(const char **)o->value = text;
    else if (o->type == FLAG)
        *(bool *)o->value = true;
    else if (strcmp(text, "pre") == 0 || strcmp(text, "post") == 0)
        *(bool *)o->value = strcmp(text, "post") == 0;
    else
        usage_error("--norm: expected pre or post, got '%s'", text);
}

static void print_help(const char *what, const Option *list, int n)
{
    printf("usage: translate %s\n\n", what);
    for (int i = 0; i < n; i++)
        printf("  --%s\n", list[i].help);
    printf("  --help               print this and stop\n");
    exit(0);
}

/* Reads the options; what is left over must be `words` words, which are
 * returned. */
static char **parse(int argc, char **argv, const char *what, Option *list,
                    int n, int words)
{
    enum { MOST = 32 };
    struct option options[MOST] = { { "help", no_argument, NULL, MOST } };
    for (int i = 0; i < n; i++)
        options[i + 1] = (struct option){
            list[i].name, list[i].type == FLAG ? no_argument
                                               : required_argument, NULL, i };
    options[n + 1] = (struct option){ NULL, 0, NULL, 0 };
    optind = 2;
    for (int k; (k = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (k == MOST)
            print_help(what, list, n);
        if (k == ':')
            usage_error("%s: its value is missing", argv[optind - 1]);
        if (k == '?')
            usage_error("unknown option '%s'", argv[optind - 1]);
        set(&list[k], optarg);
    }
    if (argc - optind > words)
        usage_error("unexpected argument '%s'", argv[optind + words]);
    return argv + optind;
}

static void need(const Option *o)
{
    if (!o->given)
        usage_error("--%s is missing", o->name);
}

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

/* ---- a model on disk ---------------------------------------------------- */

enum { VERSION = 1 };

/* A model with its words, and the training it comes from. */
static struct {
    TransformerOptions options;
    TrainingOptions training;
    Vocabulary words[2];
    Transformer model;
    long epochs, step;
    int pairs, longest;     /* that it was trained on; tokens of a sentence */
    uint64_t generator;
} m;

/* The fields in their order, for writing and for reading. */
static void settings(Checkpoint *c)
{
    checkpoint_int(c, "layers", &m.options.layers);
    checkpoint_int(c, "width", &m.options.width);
    checkpoint_int(c, "heads", &m.options.heads);
    checkpoint_int(c, "hidden", &m.options.hidden);
    checkpoint_double(c, "dropout", &m.options.dropout);
    checkpoint_bool(c, "post-norm", &m.options.post_norm);
    checkpoint_vocabulary(c, "source words", &m.words[SOURCE]);
    checkpoint_vocabulary(c, "target words", &m.words[TARGET]);
    checkpoint_int(c, "pairs", &m.pairs);
    checkpoint_int(c, "longest", &m.longest);
    checkpoint_long(c, "epochs", &m.epochs);
    checkpoint_long(c, "steps", &m.training.steps);
    checkpoint_int(c, "batch tokens", &m.training.batch_tokens);
    checkpoint_double(c, "rate", &m.training.rate);
    checkpoint_int(c, "warm-up", &m.training.warmup);
    checkpoint_double(c, "smoothing", &m.training.smoothing);
    checkpoint_double(c, "clip", &m.training.clip);
    checkpoint_bits(c, "seed", &m.training.seed);
    checkpoint_long(c, "step", &m.step);
    checkpoint_bits(c, "generator", &m.generator);
}

static void new_model(void)
{
    Rng rng = rng_new(m.training.seed);
    m.model = transformer_new(m.options, m.words[SOURCE].n, m.words[TARGET].n,
                              &rng);
}

static Checkpoint *open_model(const char *path)
{
    Checkpoint *c = checkpoint_read(path, VERSION);
    settings(c);
    const TransformerOptions *o = &m.options;
    if (o->layers < 1 || o->layers > MAX_LAYERS || o->width < 2
        || o->width > 1 << 16 || o->width % 2 || o->heads < 1
        || o->width % o->heads || o->hidden < 1 || o->hidden > 1 << 20)
        die("'%s' describes a model that cannot be", path);
    new_model();
    checkpoint_params(c, "parameters", &m.model.params);
    return c;
}

static void load(const char *path)
{
    checkpoint_close(open_model(path));
}

static void save(const char *path, Training *tr)
{
    m.step = tr->step;
    m.generator = tr->rng.state;
    Checkpoint *c = checkpoint_write(path, VERSION);
    settings(c);
    checkpoint_params(c, "parameters", &m.model.params);
    checkpoint_optimiser(c, "adam", tr->adam);
    checkpoint_close(c);
}

static void free_model(void)
{
    vocabulary_free(&m.words[SOURCE]);
    vocabulary_free(&m.words[TARGET]);
    tape_free();
}

/* ---- train -------------------------------------------------------------- */

static double held_out_loss(const Pairs *valid)
{
    double loss = cross_entropy(transformer_model(&m.model), valid);
    tape_reset();
    return loss;
}

/* Trains to the end or to Ctrl-C; saves after each epoch. */
static int train_loop(Training *tr, const Pairs *valid, const char *path)
{
    double sum = 0, tokens = 0;
    long in_epoch = 0;
    interrupt_watch();
    Progress progress = progress_begin("step", tr->step, m.training.steps);
    while (tr->step < m.training.steps && !interrupt_asked()) {
        sum += training_step(tr);
        tokens += tr->tokens;
        in_epoch++;
        progress_show(&progress, tr->step, "loss %.3f  %.0f tokens/s",
                      sum / (double)in_epoch,
                      tokens / (cell_seconds() - progress.begin));
        if (tr->step % tr->batches != 0 && tr->step < m.training.steps)
            continue;
        progress_end(&progress);
        printf("epoch %ld/%ld  loss %.3f",
               (tr->step + tr->batches - 1) / tr->batches, m.epochs,
               sum / (double)in_epoch);
        if (valid->n > 0) {
            double loss = held_out_loss(valid);
            printf("  held-out %.3f  perplexity %.2f", loss, exp(loss));
        }
        printf("\n");
        fflush(stdout);
        sum = 0;
        in_epoch = 0;
        save(path, tr);
    }
    progress_end(&progress);
    if (tr->step == m.training.steps)
        return 0;
    save(path, tr);
    fprintf(stderr, "Stopped after step %ld of %ld and saved. To go on, add "
            "--resume to the same command.\n", tr->step, m.training.steps);
    return 130;
}

static Pairs read_pairs(const char *path, const char *target)
{
    return pairs_read(path, (PairsOptions){ .target = target,
                                            .longest = m.longest });
}

static int train(int argc, char **argv)
{
    const char *data = NULL, *target = NULL, *valid = NULL,
               *valid_target = NULL, *path = NULL;
    bool resume = false;
    int epochs = 10, min_count = 1, seed = 1, warmup = 0;
    m.options = (TransformerOptions){ .layers = 2, .width = 64, .heads = 4,
                                      .dropout = 0.1 };
    m.training = (TrainingOptions){ .batch_tokens = 2000, .rate = 5e-3,
                                    .smoothing = 0.1, .clip = 1 };
    m.longest = 100;
    Option list[] = {
        { "data", NAME_OF_FILE, &data, 0, 0,
          "data FILE            pairs to learn from: source<TAB>target", 0 },
        { "save", NAME_OF_FILE, &path, 0, 0,
          "save FILE            where the model goes, after each epoch", 0 },
        { "resume", FLAG, &resume, 0, 0,
          "resume               go on where --save FILE stopped", 0 },
        { "target", NAME_OF_FILE, &target, 0, 0,
          "target FILE          the target sentences, if --data holds the "
          "source only", 0 },
        { "valid", NAME_OF_FILE, &valid, 0, 0,
          "valid FILE           pairs to be tested on after each epoch", 0 },
        { "valid-target", NAME_OF_FILE, &valid_target, 0, 0,
          "valid-target FILE    the same for --valid", 0 },
        { "layers", WHOLE, &m.options.layers, 1, MAX_LAYERS,
          "layers N             in each half (2)", 0 },
        { "width", WHOLE, &m.options.width, 2, 4096,
          "width N              of the vectors; even (64)", 0 },
        { "heads", WHOLE, &m.options.heads, 1, 64,
          "heads N              must divide the width (4)", 0 },
        { "ffn", WHOLE, &m.options.hidden, 1, 16384,
          "ffn N                hidden width of the network (twice the width)",
          0 },
        { "dropout", NUMBER, &m.options.dropout, 0, 0.9,
          "dropout P            (0.1)", 0 },
        { "norm", NORM, &m.options.post_norm, 0, 0,
          "norm pre|post        before each sublayer or after the sum (pre)",
          0 },
        { "epochs", WHOLE, &epochs, 1, 100000,
          "epochs N             times through the data (10)", 0 },
        { "batch-tokens", WHOLE, &m.training.batch_tokens, 8, 1000000,
          "batch-tokens N       source and target tokens of a step (2000)", 0 },
        { "lr", NUMBER, &m.training.rate, 1e-9, 1,
          "lr X                 highest learning rate (0.005)", 0 },
        { "warmup", WHOLE, &warmup, 0, 1000000,
          "warmup N             steps in which it rises (a tenth of all)", 0 },
        { "label-smoothing", NUMBER, &m.training.smoothing, 0, 0.9,
          "label-smoothing P    (0.1)", 0 },
        { "min-count", WHOLE, &min_count, 1, 1000000,
          "min-count N          words seen less often are unknown (1)", 0 },
        { "max-len", WHOLE, &m.longest, 1, 1000,
          "max-len N            tokens of a sentence; longer ones are left "
          "out (100)", 0 },
        { "seed", WHOLE, &seed, 0, 1000000000,
          "seed N               of the random numbers (1)", 0 },
    };
    enum { FIRST_SETTING = 6 };     /* from here on: stored in the checkpoint */
    parse(argc, argv, "train --data FILE --save FILE [OPTIONS]", list,
          COUNT(list), 0);
    need(&list[0]);
    need(&list[1]);
    for (int i = FIRST_SETTING; resume && i < COUNT(list); i++)
        if (list[i].given)
            usage_error("--%s cannot change with --resume: it is in the "
                        "checkpoint", list[i].name);
    if (m.options.width % 2 || m.options.width % m.options.heads)
        usage_error("--width: %d must be even, and divide into %d heads",
                    m.options.width, m.options.heads);
    const char *inputs[5];
    int n_inputs = 0;
    const char *named[] = { data, target, valid, valid_target };
    for (int i = 0; i < COUNT(named); i++)
        if (named[i])
            inputs[n_inputs++] = named[i];
    inputs[n_inputs] = NULL;
    checkpoint_try(path, inputs);
    Checkpoint *c = resume ? open_model(path) : NULL;
    Pairs pairs = read_pairs(data, target), tested = { 0 };
    if (!resume) {
        pairs_sort_words(&pairs, min_count);
        m.words[SOURCE] = pairs.words[SOURCE];
        m.words[TARGET] = pairs.words[TARGET];
        memset(pairs.words, 0, sizeof pairs.words);
        if (!m.options.hidden)
            m.options.hidden = 2 * m.options.width;
        m.training.seed = (uint64_t)seed;
        m.epochs = epochs;
        m.pairs = pairs.n;
        new_model();
    } else {
        if (pairs.n != m.pairs)
            die("'%s' has %d pairs, but '%s' was trained on %d: to go on, "
                     "give the same data", data, pairs.n, path, m.pairs);
        pairs_encode(&pairs, &m.words[SOURCE], &m.words[TARGET]);
    }
    if (valid) {
        tested = read_pairs(valid, valid_target);
        pairs_encode(&tested, &m.words[SOURCE], &m.words[TARGET]);
    }
    Training tr = training_new(transformer_model(&m.model), &pairs,
                               m.training);
    if (resume) {
        checkpoint_optimiser(c, "adam", tr.adam);
        checkpoint_close(c);
        tr.step = m.step;
        tr.rng.state = m.generator;
    } else {
        m.training.steps = m.epochs * tr.batches;
        m.training.warmup = list[15].given ? warmup
                                           : (int)(m.training.steps / 10);
        tr.options = m.training;
    }
    printf("%d pairs, %d and %d words, %ld parameters, %ld steps%s\n", pairs.n,
           m.words[SOURCE].n, m.words[TARGET].n,
           params_count(&m.model.params), m.training.steps,
           resume ? ", going on" : "");
    fflush(stdout);
    int status = train_loop(&tr, &tested, path);
    training_free(&tr);
    pairs_free(&pairs);
    pairs_free(&tested);
    free_model();
    return status;
}

/* ---- translate ---------------------------------------------------------- */

enum { LINES = 64 };    /* translated together */

/* Translations of the source of every pair. */
static Ids *translations(const Pairs *pairs, TranslateOptions options)
{
    Ids *written = ids_room(pairs->n);
    options.writer = transformer_writer;
    translate_all(transformer_model(&m.model), pairs->n,
                  ids_of_side(pairs, SOURCE), options, written);
    return written;
}

static void translate_lines(const Pairs *lines, TranslateOptions options,
                            const bool *empty, int count)
{
    Ids *translation = lines->n > 0 ? translations(lines, options) : NULL;
    for (int i = 0, k = 0; i < count; i++) {
        if (!empty[i]) {
            char *text = vocabulary_decode(&m.words[TARGET], translation[k++]);
            fputs(text, stdout);
            free(text);
        }
        putchar('\n');
    }
    fflush(stdout);
    tape_reset();
}

static int translate(int argc, char **argv)
{
    const char *path = NULL;
    TranslateOptions options = { .beam = 1, .length_penalty = 0.6 };
    Option list[] = {
        { "model", NAME_OF_FILE, &path, 0, 0,
          "model FILE           a model that train has saved", 0 },
        { "beam", WHOLE, &options.beam, 1, MAX_BEAM,
          "beam N               translations kept in view (1: greedy)", 0 },
        { "length-penalty", NUMBER, &options.length_penalty, 0, 10,
          "length-penalty A     higher prefers longer ones (0.6)", 0 },
    };
    parse(argc, argv, "translate --model FILE [OPTIONS] < sentences", list,
          COUNT(list), 0);
    need(&list[0]);
    load(path);
    char *line = NULL;
    size_t room = 0;
    long number_of_line = 0;
    int most = isatty(STDIN_FILENO) ? 1 : LINES;
    for (bool more = true; more;) {
        Pairs lines = { 0 };
        bool empty[LINES];
        int count = 0;
        while (count < most && (more = getline(&line, &room, stdin) >= 0)) {
            number_of_line++;
            if (text_invalid_utf8(line) >= 0)
                die("standard input, line %ld: not UTF-8", number_of_line);
            empty[count++] = !pairs_add(&lines, line, ".", 0);
        }
        pairs_encode(&lines, &m.words[SOURCE], &m.words[TARGET]);
        translate_lines(&lines, options, empty, count);
        pairs_free(&lines);
    }
    free(line);
    free_model();
    return 0;
}

/* ---- score -------------------------------------------------------------- */

static int score(int argc, char **argv)
{
    const char *path = NULL, *data = NULL, *target = NULL;
    TranslateOptions options = { .beam = 1, .length_penalty = 0.6 };
    Option list[] = {
        { "model", NAME_OF_FILE, &path, 0, 0,
          "model FILE           a model that train has saved", 0 },
        { "data", NAME_OF_FILE, &data, 0, 0,
          "data FILE            pairs: source<TAB>target", 0 },
        { "target", NAME_OF_FILE, &target, 0, 0,
          "target FILE          the target sentences, if --data holds the "
          "source only", 0 },
        { "beam", WHOLE, &options.beam, 1, MAX_BEAM,
          "beam N               translations kept in view (1: greedy)", 0 },
        { "length-penalty", NUMBER, &options.length_penalty, 0, 10,
          "length-penalty A     higher prefers longer ones (0.6)", 0 },
    };
    parse(argc, argv, "score --model FILE --data FILE [OPTIONS]", list,
          COUNT(list), 0);
    need(&list[0]);
    need(&list[1]);
    load(path);
    Pairs pairs = read_pairs(data, target);
    pairs_encode(&pairs, &m.words[SOURCE], &m.words[TARGET]);
    Ids *written = translations(&pairs, options);
    Ids *reference = ids_of_side(&pairs, TARGET);
    printf("sentences    %d\nBLEU         %.2f\nexact match  %.2f %%\n"
           "perplexity   %.3f\n", pairs.n, bleu(pairs.n, written, reference),
           100 * exact_match(pairs.n, written, reference),
           exp(cross_entropy(transformer_model(&m.model), &pairs)));
    pairs_free(&pairs);
    free_model();
    return 0;
}

/* ---- attend ------------------------------------------------------------- */

static const char *sentence;

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++)
        if (*text == '&' || *text == '<' || *text == '>')
            fprintf(out, "&#%d;", *text);
        else
            putc(*text, out);
}

/* A heat map as a picture: rows look, columns are looked at. */
static void write_svg(const char *name, const char *title, const Tensor *map,
                      char *const *rows, char *const *columns)
{
    enum { CELL = 36, LEFT = 120, TOP = 120 };
    int n = t_dim(map, 0), k = t_dim(map, 1);
    CellFile *file = cell_file_begin(name, false);
    FILE *out = file->stream;
    fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" font-family=\"sans-serif\" font-size=\"14\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
            "<text x=\"8\" y=\"20\">", LEFT + k * CELL + 20,
            TOP + n * CELL + 20);
    put_escaped(out, title);
    fputs("</text>\n", out);
    for (int j = 0; j < k; j++) {
        int x = LEFT + j * CELL + CELL / 2;
        fprintf(out, "<text transform=\"translate(%d,%d) rotate(-60)\">", x,
                TOP - 8);
        put_escaped(out, columns[j]);
        fputs("</text>\n", out);
    }
    for (int i = 0; i < n; i++) {
        int y = TOP + i * CELL;
        fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", LEFT - 8,
                y + CELL / 2 + 5);
        put_escaped(out, rows[i]);
        fputs("</text>\n", out);
        for (int j = 0; j < k; j++)
            fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                    "fill=\"#08306b\" fill-opacity=\"%.3f\" stroke=\"#ccc\"/>\n",
                    LEFT + j * CELL, y, CELL, CELL, (double)t_at(map, i, j));
    }
    fputs("</svg>\n", out);
    cell_file_end(file);
}

static void write_maps(const char *kind, Tensor **weights, char *const *rows,
                       char *const *columns)
{
    for (int layer = 0; layer < m.options.layers; layer++)
        for (int head = 0; head < m.options.heads; head++) {
            Tensor *one = t_slice(t_detach(weights[layer]), 1, head, head + 1);
            Tensor *map = t_reshape(one, t_dim(one, 2), t_dim(one, 3));
            char name[60], picture[70], title[80];
            snprintf(name, sizeof name, "%s_%d_%d", kind, layer + 1, head + 1);
            snprintf(picture, sizeof picture, "%s.svg", name);
            snprintf(title, sizeof title, "%s, layer %d, head %d", kind,
                     layer + 1, head + 1);
            plot_matrix(name, map, rows, columns);
            write_svg(picture, title, map, rows, columns);
        }
}

static char **words_of(const Vocabulary *v, Ids ids, bool ends)
{
    char **word = calloc((size_t)ids.n + 2, sizeof *word);
    if (!word)
        die("out of memory");
    for (int i = 0; i < ids.n; i++)
        word[i] = v->word[ids.id[i]];
    if (ends)
        word[ids.n] = v->word[END];
    return word;
}

/* Rows of the decoder's maps bear the token that the step writes. */
static void attend_cell(void)
{
    bool recorded = tape_record(false);
    Pairs one = { 0 };
    if (!pairs_add(&one, sentence, ".", 0))
        die("attend: the sentence has no words");
    pairs_encode(&one, &m.words[SOURCE], &m.words[TARGET]);
    Ids source = pairs_ids(&one, SOURCE, 0);
    Ids written = translations(&one, (TranslateOptions){ 0 })[0];
    int *reads = tape_ints(written.n + 1), length = written.n + 1;
    reads[0] = START;
    memcpy(reads + 1, written.id, (size_t)written.n * sizeof *reads);
    Sentences from = { 1, source.n, source.id, &source.n };
    Sentences to = { 1, length, reads, &length };
    Tensor *encoder[MAX_LAYERS], *decoder[MAX_LAYERS], *cross[MAX_LAYERS];
    transformer_logits(&m.model, (Batch){ from, to, NULL },
                       (Pass){ .encoder = encoder, .decoder = decoder,
                               .cross = cross });
    char **columns = words_of(&m.words[SOURCE], source, false);
    char **says = words_of(&m.words[TARGET], written, true);
    char **read = words_of(&m.words[TARGET], (Ids){ length, reads }, false);
    write_maps("encoder", encoder, columns, columns);
    write_maps("decoder", decoder, says, read);
    write_maps("cross", cross, says, columns);
    char *text = vocabulary_decode(&m.words[TARGET], written);
    printf("%s\n", text);
    free(text);
    free(columns);
    free(says);
    free(read);
    pairs_free(&one);
    tape_record(recorded);
}

static int attend(int argc, char **argv)
{
    const char *path = NULL, *out = NULL;
    Option list[] = {
        { "model", NAME_OF_FILE, &path, 0, 0,
          "model FILE           a model that train has saved", 0 },
        { "out", NAME_OF_FILE, &out, 0, 0,
          "out DIR              where the maps go: KIND_LAYER_HEAD.dat and "
          ".svg,\n                       KIND being encoder, decoder or cross, "
          "and the\n                       translation, attend.out", 0 },
    };
    char **words = parse(argc, argv,
                         "attend --model FILE --out DIR \"sentence\"", list,
                         COUNT(list), 1);
    need(&list[0]);
    need(&list[1]);
    if (!*words)
        usage_error("the sentence is missing");
    sentence = *words;
    if (text_invalid_utf8(sentence) >= 0)
        usage_error("the sentence is not UTF-8");
    load(path);
    char *arguments[] = { argv[0], "--out", (char *)(uintptr_t)out, NULL };
    optind = 1;
    cell_begin(3, arguments, NULL);
    cell_add("attend", attend_cell);
    int status = cell_end();
    free_model();
    return status;
}

/* ---- info and corpus ---------------------------------------------------- */

static int info(int argc, char **argv)
{
    const char *path = NULL;
    Option list[] = {
        { "model", NAME_OF_FILE, &path, 0, 0,
          "model FILE           a model that train has saved", 0 },
    };
    parse(argc, argv, "info --model FILE", list, COUNT(list), 0);
    need(&list[0]);
    load(path);
    printf("layers        %d in each half\nwidth         %d, %d heads, network "
           "%d wide\nnorm          %s\ndropout       %g\n", m.options.layers,
           m.options.width, m.options.heads, m.options.hidden,
           m.options.post_norm ? "after the sum (post)"
                               : "before each sublayer (pre)",
           m.options.dropout);
    printf("words         %d source, %d target\nparameters    %ld\n",
           m.words[SOURCE].n, m.words[TARGET].n,
           params_count(&m.model.params));
    printf("trained       %ld of %ld steps (%ld epochs of %d pairs)\n"
           "rate          %g, warm-up %d steps, %d tokens a step\n",
           m.step, m.training.steps, m.epochs, m.pairs, m.training.rate,
           m.training.warmup, m.training.batch_tokens);
    free_model();
    return 0;
}

static void print_pair(const char *english, const char *translation,
                       void *context)
{
    (void)context;
    printf("%s\t%s\n", english, translation);
}

static int corpus(int argc, char **argv)
{
    static const char *const languages[] = { "french", "chinese" };
    static const char *const splits[] = { "train", "held-out", "combinations" };
    char **words = parse(argc, argv,
                         "corpus french|chinese [train|held-out|combinations]",
                         NULL, 0, 2);
    int language = -1, split = words[0] && words[1] ? -1 : 0;
    for (int i = 0; words[0] && i < COUNT(languages); i++)
        language = strcmp(words[0], languages[i]) == 0 ? i : language;
    for (int i = 0; split != 0 && i < COUNT(splits); i++)
        split = strcmp(words[1], splits[i]) == 0 ? i : split;
    if (language < 0)
        usage_error("expected french or chinese, got '%s'",
                    words[0] ? words[0] : "");
    if (split < 0)
        usage_error("expected train, held-out or combinations, got '%s'",
                    words[1]);
    corpus_pairs((CorpusLanguage)language, (CorpusSplit)split, print_pair,
                 NULL);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {
        { "train", train }, { "translate", translate }, { "score", score },
        { "attend", attend }, { "info", info }, { "corpus", corpus },
    };
    char *name[] = { argv[0], NULL };
    cell_begin(1, name, NULL);
    for (int i = 0; argc > 1 && i < COUNT(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            command = commands[i].name;
            int status = commands[i].run(argc, argv);
            if (fflush(stdout) != 0 || ferror(stdout))
                die("cannot write the output: %s", strerror(errno));
            return status;
        }
    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        return fputs(commands_help, stdout) < 0;
    fputs(commands_help, stderr);
    return 2;
}

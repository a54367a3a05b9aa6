/* model.c -- a teller of stories, in memory and on disk. */
#include "model.h"

#include "base/fail.h"

#include <limits.h>
#include <stdlib.h>

/* ---- settings ----------------------------------------------------------- */

#define INT(name, field) name, SETTING_INT, offsetof(Choice, field)
#define REAL(name, field) name, SETTING_REAL, offsetof(Choice, field)
#define FILE_NAME(name, field) \
    name, SETTING_TEXT, offsetof(Choice, field), 0, 0, 0, "FILE"

static const Setting list[] = {
    { FILE_NAME("data", data),
      "a text of yours, or else the book's own stories", false },
    { FILE_NAME("save", save), "where the model goes, after each epoch", true },
    { "resume", SETTING_FLAG, offsetof(Choice, resume), 0, 0, 0, NULL,
      "go on where --save FILE stopped", false },
    { INT("parts", parts), 1, 10000, 1, "N",
      "in which a batch is computed, one by one, to save memory", false },

    /* From here on: stored with the model. */
    { "block", SETTING_WORD, offsetof(Choice, block), 0, 1, 0, "prefix|llama",
      "chapter 14's layers, which read a story both\n"
      "                         ways and are asked about it; or chapter 17's",
      false },
    { INT("layers", layers), 1, MAX_LAYERS, 3, "N", "of the model", false },
    { INT("width", width), 2, 4096, 96, "N", "of the vectors, even", false },
    { INT("heads", heads), 1, MOST_HEADS, 4, "N", "must divide the width", false },
    { INT("shared", shared), 0, 64, 0, "N",
      "heads of keys and values, or else as many;\n"
      "                         llama only", false },
    { INT("ffn", hidden), 1, 16384, 0, "N",
      "hidden width of the network, or else twice the width", false },
    { REAL("dropout", dropout), 0, 0.9, 0, "P",
      "share of numbers left out in training", false },
    { INT("pieces", pieces), 0, 20000, 1000, "N",
      "couples to join, at most; 0 for bytes alone", false },
    { INT("window", window), 8, 65536, 128, "N",
      "tokens of your text that are read at once", false },
    { INT("stories", stories), 10, 1000000, 20000, "N",
      "how many of the book's own, at most", false },
    { INT("epochs", plan.epochs), 1, 100000, 5, "N",
      "times through the data; --resume may change it", false },
    { INT("batch-tokens", batch_tokens), 8, 1000000, 1000, "N",
      "tokens of a step", false },
    { REAL("lr", rate), 1e-9, 1, 0.004, "X", "highest learning rate", false },
    { INT("warmup", plan.warmup), 0, 1000000000, -1, "N",
      "steps in which it rises, or else a tenth of all", false },
    { REAL("clip", clip), 0, 1000000, 1, "X",
      "highest norm of the gradient, or 0 for any", false },
    { INT("seed", seed), 0, 1000000000, 1, "N", "of the random numbers",
      false },

    /* From here on: not to be chosen. */
    { INT("texts", texts), 1, INT_MAX, 0, NULL, NULL, false },
    { INT("asks", asks), 0, 1, 0, NULL, NULL, false },
    { INT("untied", untied), 0, 1, 0, NULL, NULL, false },
    { INT("steps", plan.steps), 1, INT_MAX, 0, NULL, NULL, false },
};
enum { NOT_CHOSEN = 4 };
_Static_assert(COUNT(list) - NOT_CHOSEN <= MOST_SETTINGS, "too many settings");

const Settings choice_of_command = {
    "story train --save FILE [OPTIONS]", COUNT(list) - NOT_CHOSEN, list
};
const Settings choice_stored = { NULL, COUNT(list) - CHOICE_FILES,
                                 list + CHOICE_FILES };

void check_choice(const Choice *c, const char *path)
{
    check_width(c->width, c->heads, path);
    if (c->block == BLOCK_PREFIX && c->shared == 0)
        return;
    const char *wrong = c->block == BLOCK_PREFIX
        ? "heads that share keys are for a block of llama"
        : c->width / c->heads % 2 != 0
        ? "the width of a head must be even, for its numbers are turned in pairs"
        : c->shared > 0 && c->heads % c->shared != 0
        ? "as many heads must share each head of keys" : NULL;
    if (wrong && path)
        die("'%s': %d heads of %d numbers, and %d of keys, cannot be: %s", path,
            c->heads, c->width / c->heads, c->shared, wrong);
    if (wrong)
        die_usage("%d --heads of %d numbers, and %d of keys, cannot be: %s",
                  c->heads, c->width / c->heads, c->shared, wrong);
}

/* ---- memory ------------------------------------------------------------- */

int teller_pieces(const Teller *t)
{
    return t->choice.block == BLOCK_LLAMA ? t->llama_pieces.n : t->pieces.n;
}

void teller_begin(Teller *t)
{
    const Choice *c = &t->choice;
    Rng rng = rng_new((uint64_t)c->seed);
    if (c->block == BLOCK_LLAMA) {
        TodayOptions options = today_all((TodayOptions){
            .layers = c->layers, .width = c->width, .heads = c->heads,
            .shared = c->shared, .hidden = c->hidden, .untied = c->untied,
            .turn.neighbours = true });
        t->today = today_new(options, t->llama_pieces.n + 1, &rng);
        return;
    }
    TransformerOptions options = { .layers = c->layers, .width = c->width,
                                   .heads = c->heads, .hidden = c->hidden,
                                   .dropout = c->dropout };
    t->stack = stack_new(options, PREFIX_MASK, FIRST_WORD + t->pieces.n, &rng);
}

void teller_free(Teller *t)
{
    pieces_free(&t->pieces);
    llama_pieces_free(&t->llama_pieces);
    tape_free();
}

Model teller_model(const Teller *t)
{
    return t->choice.block == BLOCK_LLAMA ? today_model(&t->today)
                                          : stack_model(&t->stack);
}

WriterBegin *teller_writer(const Teller *t)
{
    return t->choice.block == BLOCK_LLAMA ? today_writer : stack_writer;
}

Ids teller_tokens(const Teller *t, Text text)
{
    return t->choice.block == BLOCK_LLAMA
        ? llama_tokens(&t->llama_pieces, text.at)
        : tokens_of_text(&t->pieces, text);
}

Text teller_text(const Teller *t, Ids tokens)
{
    return t->choice.block == BLOCK_LLAMA
        ? llama_text(&t->llama_pieces, tokens)
        : text_of_tokens(&t->pieces, tokens);
}

/* By the names that chapter 14 has for its parts. */
static NamedTensors stack_named(const Stack *s)
{
    NamedTensors all = { 0 };
    named_add(&all, "words", s->words, false);
    for (int i = 0; i < s->options.layers; i++) {
        named_under(&all, "layer.%d.", i);
        named_encoder_layer(&all, &s->layer[i]);
    }
    named_under(&all, "%s", "");
    named_norm(&all, "end", s->end);
    return all;
}

NamedTensors teller_named(const Teller *t)
{
    return t->choice.block == BLOCK_LLAMA ? today_named(&t->today)
                                          : stack_named(&t->stack);
}

/* ---- pieces ------------------------------------------------------------- */

enum { MOST_BYTES = 1 << 26 };  /* of all pieces together */

void teller_learn_pieces(Teller *t, Text text)
{
    size_t all = 0;
    t->pieces = pieces_learn(text, t->choice.pieces);
    for (int i = 0; i < t->pieces.n; i++)
        all += t->pieces.text[i].n;
    if (all > MOST_BYTES)
        die("'%s': its pieces have %zu bytes, at most %d can be kept; expected "
            "fewer --pieces, or a text with words", t->choice.data, all,
            MOST_BYTES);
    if (t->choice.block == BLOCK_LLAMA) {
        t->llama_pieces = llama_pieces_of(&t->pieces);
        pieces_free(&t->pieces);
        t->pieces = (Pieces){ 0 };
    }
}

/* Whether a couple may become the next piece: it joins pieces that are there,
 * not once more, and all are not too long. bytes: of each piece; *all: of all. */
static bool can_join(const Couples *joined, Couple c, long *bytes, long *all)
{
    int n = BYTES + joined->n;
    if (c.left < 0 || c.left >= n || c.right < 0 || c.right >= n
        || couples_find(joined, c) >= 0)
        return false;
    bytes[n] = bytes[c.left] + bytes[c.right];
    *all += bytes[n];
    return *all <= MOST_BYTES;
}

/* Couples in the order in which they were learned. */
static void couples_field(Teller *t, Checkpoint *c, const char *path)
{
    long n = t->pieces.joined.n, all = BYTES;
    checkpoint_long(c, "couples", &n);
    if (n < 0 || n > t->choice.pieces)
        die("'%s': %ld couples cannot be; expected 0 to %d", path, n,
            t->choice.pieces);
    Couples joined = { 0 };
    long *bytes = grown(NULL, (size_t)(BYTES + n), sizeof *bytes);
    for (int i = 0; i < BYTES; i++)
        bytes[i] = 1;
    for (int i = 0; i < n; i++) {
        uint64_t bits = 0;
        if (!checkpoint_is_reading(c))
            bits = couple_bits(t->pieces.joined.couple[i]);
        checkpoint_bits(c, "couple", &bits);
        Couple couple = couple_of(bits);
        if (!can_join(&joined, couple, bytes, &all))
            die("'%s': piece %d cannot be made of %d and %d", path, BYTES + i,
                couple.left, couple.right);
        couples_add(&joined, couple);
    }
    if (checkpoint_is_reading(c))
        t->pieces = pieces_from((int)n, joined.couple);
    couples_free(&joined);
    free(bytes);
}

/* As bytes of llama2.c's file, and how many there are. */
static void llama_pieces_field(Teller *t, Checkpoint *c, const char *path)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    long n = t->llama_pieces.n;
    checkpoint_long(c, "pieces", &n);
    if (n < LLAMA_WORDS || n > INT_MAX / 2)
        die("'%s': %ld pieces cannot be; expected %d at least", path, n,
            LLAMA_WORDS);
    if (!checkpoint_is_reading(c))
        bytes = llama_pieces_bytes(&t->llama_pieces, &size);
    checkpoint_bytes(c, "llama pieces", &bytes, &size);
    if (checkpoint_is_reading(c))
        t->llama_pieces = llama_pieces_of_bytes(path, bytes, size, (int)n);
    free(bytes);
}

/* ---- disk --------------------------------------------------------------- */

enum { VERSION = 3 };

/* The fields in their order, for writing and for reading, up to those of
 * training_state(). The first one tells a teller from a translator. */
static void fields(Teller *t, Checkpoint *c, const char *path)
{
    bool teller = true;
    checkpoint_bool(c, "teller", &teller);
    checkpoint_settings(c, choice_stored, &t->choice);
    if (t->choice.block == BLOCK_LLAMA)
        llama_pieces_field(t, c, path);
    else
        couples_field(t, c, path);
    checkpoint_bits(c, "data", &t->data);
}

/* How many numbers its matrices have. */
static long numbers_of(const Choice *c, int vocabulary)
{
    long d = c->width, h = c->hidden, kept = d;
    if (c->shared)
        kept = d / c->heads * c->shared;
    long layer = c->block == BLOCK_LLAMA ? 2 * d * d + 2 * d * kept + 3 * d * h
                                         : 4 * d * d + 2 * d * h;
    return c->layers * layer + d * vocabulary * (c->untied ? 2 : 1);
}

Teller teller_reopen(const char *path, Checkpoint **open)
{
    Teller t = { 0 };
    Checkpoint *c = *open = checkpoint_read(path, VERSION);
    fields(&t, c, path);
    check_choice(&t.choice, path);
    checkpoint_expect(c, numbers_of(&t.choice, teller_pieces(&t)));
    teller_begin(&t);
    return t;
}

Teller teller_load(const char *path)
{
    Checkpoint *c;
    Teller t = teller_reopen(path, &c);
    Rng none;
    training_learned(c, &t.step, &none, teller_model(&t).params);
    checkpoint_close(c);
    return t;
}

void check_asks(const Teller *t, const char *path)
{
    if (!t->choice.asks)
        die("'%s' has learned from a text without questions: expected a model "
            "of the book's stories, of `story train` without --data", path);
}

void teller_save_learned(Teller *t, const char *path)
{
    Checkpoint *c = checkpoint_write(path, VERSION);
    Rng none = { 0 };       /* in the place of a training's generator */
    fields(t, c, path);
    training_learned(c, &t->step, &none, teller_model(t).params);
    checkpoint_close(c);
}

void teller_save(Teller *t, Training *training, const char *path)
{
    Checkpoint *c = checkpoint_write(path, VERSION);
    fields(t, c, path);
    training_state(training, c);
    checkpoint_close(c);
}

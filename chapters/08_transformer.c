/*
# The Transformer: all of it, trained

Everything is there now: weights from scores, heads, masks, positions. This
chapter puts the pieces together into the machine of the 2017 paper
{cite}`vaswani2017`, and trains it, on this computer, in a quarter of a minute
or so, to translate English into French. Here is what comes of it: ten
sentences that the trained model has never seen, and what it makes of them.
*/
#include "08_transformer.h"

#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "cell/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Taught Taught;
static const Taught *taught(void);
static void print_pair(const Taught *t, Ids source, Ids written);
static Ids written_by(const Taught *t, Ids source);
static Ids held_out(const Taught *t, int i);

static void ten_sentences(void)
{
    const Taught *t = taught();
    for (int i = 0; i < 10; i++) {
        Ids source = held_out(t, 5 * i);
        print_pair(t, source, written_by(t, source));
    }
}

/*
They were not chosen: it is every fifth of those kept back for the examination,
from the first on. The rest of the chapter builds all that the cell has called,
and at its end we switch off one of sixteen small parts of the model, and see it
forget one single thing.

(sec-bottleneck)=
## A sentence through a keyhole
*/
static FeedForward feed_forward_new(Params *list, Rng *rng, int d, int hidden)
{
    FeedForward layer;
    layer.up = nn_linear_new(list, rng, d, hidden, (LinearOptions){ 0 });
    layer.down = nn_linear_new(list, rng, hidden, d, (LinearOptions){ 0 });
    return layer;
}

static Tensor *feed_forward(FeedForward layer, Tensor *x)
{
    return nn_linear(layer.down, t_relu(t_last_use(nn_linear(layer.up, x))));
}

static Tensor *before(const Transformer *t, LayerNorm norm, Tensor *x)
{
    return t->options.post_norm ? x : nn_layer_norm(norm, x);
}

static Tensor *after(const Transformer *t, LayerNorm norm, Tensor *x, Tensor *f,
                     Rng *rng)
{
    f = t_last_use(t_dropout(f, t->options.dropout, rng));
    return t->options.post_norm ? nn_add_norm(norm, x, f) : t_add(x, f);
}

/* Tokens at positions first, first + 1, ...: (B, n, d). */
static Tensor *embed(const Transformer *t, Tensor *words, const int *ids, int B,
                     int n, int first, Rng *rng)
{
    int d = t->options.width;
    Tensor *x = t_scale(t_embedding(words, ids, B, n), sqrt(d));
    x = t_add(t_last_use(x), sinusoids(first, n, d));
    return t_dropout(x, t->options.dropout, rng);
}

static Tensor **of_layer(Tensor **weights, int i)
{
    return weights ? &weights[i] : NULL;
}

static Tensor *encoder_layer(const Transformer *t, int i, Tensor *x,
                             const Tensor *padding, Pass pass)
{
    const EncoderLayer *layer = &t->encoder[i];
    Tensor *in = before(t, layer->self_norm, x);
    Tensor *f = multi_head(layer->self, in, in,
                           (MultiHeadOptions){
                               .mask = padding,
                               .weights = of_layer(pass.encoder, i),
                               .off = pass.off ? pass.off[i] : NULL });
    x = after(t, layer->self_norm, x, f, pass.rng);

    in = before(t, layer->feed_norm, x);
    f = feed_forward(layer->feed, in);
    return after(t, layer->feed_norm, x, f, pass.rng);
}

Tensor *transformer_encode(const Transformer *t, Sentences source, Pass pass)
{
    const Tensor *padding = nn_padding_mask(source.count, source.lengths,
                                            source.length);
    Tensor *x = embed(t, t->source_words, source.ids, source.count,
                      source.length, 0, pass.rng);
    for (int i = 0; i < t->options.layers; i++)
        x = encoder_layer(t, i, x, padding, pass);
    return t->options.post_norm ? x : nn_layer_norm(t->encoder_end, x);
}

Context transformer_context(const Transformer *t, Tensor *encoded,
                            Sentences source)
{
    Context c = { .padding = nn_padding_mask(source.count, source.lengths,
                                             source.length) };
    for (int i = 0; i < t->options.layers; i++)
        c.source[i] = keys_values(t->decoder[i].cross, encoded);
    return c;
}

static Tensor *decoder_layer(const Transformer *t, int i, Tensor *x,
                             const Context *c, Pass pass)
{
    const DecoderLayer *layer = &t->decoder[i];
    Tensor *in = before(t, layer->self_norm, x);
    KeysValues own = keys_values(layer->self, in);
    if (c->remember)    /* chapter 10 */
        own = c->remember(c->memory, i, own);
    Tensor *f = multi_head_look(layer->self, in, own,
                                (MultiHeadOptions){
                                    .causal = !c->remember,
                                    .weights = of_layer(pass.decoder, i) });
    x = after(t, layer->self_norm, x, f, pass.rng);

    in = before(t, layer->cross_norm, x);
    f = multi_head_look(layer->cross, in, c->source[i],
                        (MultiHeadOptions){
                            .mask = c->padding,
                            .weights = of_layer(pass.cross, i) });
    x = after(t, layer->cross_norm, x, f, pass.rng);

    in = before(t, layer->feed_norm, x);
    f = feed_forward(layer->feed, in);
    return after(t, layer->feed_norm, x, f, pass.rng);
}

Tensor *transformer_decode(const Transformer *t, Context context,
                           const int *ids, int B, int m, int first, Pass pass)
{
    Tensor *x = embed(t, t->target_words, ids, B, m, first, pass.rng);
    for (int i = 0; i < t->options.layers; i++)
        x = decoder_layer(t, i, x, &context, pass);
    if (!t->options.post_norm)
        x = nn_layer_norm(t->decoder_end, x);
    return t_matmul(x, t_transpose(t->output));
}

static EncoderLayer encoder_layer_new(Params *list, Rng *rng,
                                      TransformerOptions o)
{
    EncoderLayer layer;
    layer.self = multi_head_new(list, rng, o.width, o.heads);
    layer.self_norm = nn_layer_norm_new(list, o.width);
    layer.feed = feed_forward_new(list, rng, o.width, o.hidden);
    layer.feed_norm = nn_layer_norm_new(list, o.width);
    return layer;
}

static DecoderLayer decoder_layer_new(Params *list, Rng *rng,
                                      TransformerOptions o)
{
    DecoderLayer layer;
    layer.self = multi_head_new(list, rng, o.width, o.heads);
    layer.self_norm = nn_layer_norm_new(list, o.width);
    layer.cross = multi_head_new(list, rng, o.width, o.heads);
    layer.cross_norm = nn_layer_norm_new(list, o.width);
    layer.feed = feed_forward_new(list, rng, o.width, o.hidden);
    layer.feed_norm = nn_layer_norm_new(list, o.width);
    return layer;
}

Transformer transformer_new(TransformerOptions o, int source_vocabulary,
                            int target_vocabulary, Rng *rng)
{
    if (o.layers < 1 || o.layers > MAX_LAYERS)
        t_fail("transformer_new: from 1 to %d layers, got %d", MAX_LAYERS,
               o.layers);
    Transformer t = { .options = o };
    Params *list = &t.params;
    double deviation = 1 / sqrt(o.width);
    t.source_words = nn_embedding_new(list, rng, source_vocabulary, o.width,
                                      deviation);
    t.target_words = nn_embedding_new(list, rng, target_vocabulary, o.width,
                                      deviation);
    t.output = o.untied ? nn_embedding_new(list, rng, target_vocabulary,
                                           o.width, deviation)
                        : t.target_words;
    for (int i = 0; i < o.layers; i++) {
        t.encoder[i] = encoder_layer_new(list, rng, o);
        t.decoder[i] = decoder_layer_new(list, rng, o);
    }
    if (!o.post_norm) {
        t.encoder_end = nn_layer_norm_new(list, o.width);
        t.decoder_end = nn_layer_norm_new(list, o.width);
    }
    return t;
}

Tensor *transformer_logits(const void *model, Batch batch, Pass pass)
{
    const Transformer *t = model;
    Tensor *encoded = transformer_encode(t, batch.source, pass);
    return transformer_decode(t, transformer_context(t, encoded, batch.source),
                              batch.target.ids, batch.target.count,
                              batch.target.length, 0, pass);
}

Model transformer_model(const Transformer *t)
{
    return (Model){ t, transformer_logits, &t->params };
}

long transformer_count(TransformerOptions o, int source_vocabulary,
                       int target_vocabulary, bool shared)
{
    long d = o.width, attention = 4 * d * d + 4 * d, norm = 2 * d;
    long feed = 2 * d * o.hidden + d + o.hidden;
    long encoder = attention + feed + 2 * norm;
    long decoder = 2 * attention + feed + 3 * norm;
    long words = (long)source_vocabulary + (shared ? 0 : target_vocabulary)
               + (o.untied ? target_vocabulary : 0);
    return o.layers * (encoder + decoder) + words * d
         + (o.post_norm ? 0 : 2 * norm);
}

static const TransformerOptions ours = {
    .layers = 2, .width = 64, .heads = 4, .hidden = 128,
};

static void counting(void)
{
    TransformerOptions base = { .layers = 6, .width = 512, .heads = 8,
                                .hidden = 2048, .post_norm = true };
    TransformerOptions big = { .layers = 6, .width = 1024, .heads = 16,
                               .hidden = 4096, .post_norm = true };
    text_printf("%-24s %12s %12s\n", "", "counted", "the paper");
    text_printf("%-24s %10.1f M %10d M\n", "base",
                (double)transformer_count(base, 37000, 0, true) / 1e6, 65);
    text_printf("%-24s %10.1f M %10d M\n", "big",
                (double)transformer_count(big, 37000, 0, true) / 1e6, 213);
    Rng rng = rng_new(cell_seed());
    Transformer small = transformer_new(ours, 640, 1200, &rng);
    text_printf("%-24s %10.3f M\n", "ours, 640 + 1200 words",
                (double)params_count(&small.params) / 1e6);
    text_printf("   by formula            %10.3f M\n",
                (double)transformer_count(ours, 640, 1200, false) / 1e6);
}

Sentences sentences_of(int count, const Ids *list, bool start)
{
    int *lengths = tape_ints(count), length = 0;
    for (int b = 0; b < count; b++) {
        lengths[b] = list[b].n + start;
        length = lengths[b] > length ? lengths[b] : length;
    }
    int *ids = tape_ints(count * length + 1), *row = ids;
    for (int b = 0; b < count; b++, row += length)
        for (int i = 0; i < length; i++)
            row[i] = start && i == 0 ? START
                   : i < lengths[b] ? list[b].id[i - start] : PAD;
    return (Sentences){ count, length, ids, lengths };
}

/* Room for n sentences. What the tape hands out suits any type. */
Ids *ids_room(int n)
{
    return (Ids *)(void *)tape_ints(n * (int)(sizeof(Ids) / sizeof(int)));
}

Batch batch_of(const Pairs *pairs, int count, const int *list)
{
    Ids *source = ids_room(count), *target = ids_room(count);
    for (int b = 0; b < count; b++) {
        source[b] = pairs_ids(pairs, SOURCE, list[b]);
        target[b] = pairs_ids(pairs, TARGET, list[b]);
    }
    Batch batch = { .source = sentences_of(count, source, false),
                    .target = sentences_of(count, target, true) };
    int m = batch.target.length;
    batch.next = tape_ints(count * m);
    for (int b = 0; b < count; b++)
        for (int i = 0; i < m; i++)
            batch.next[b * m + i] = i < target[b].n ? target[b].id[i]
                                  : i == target[b].n ? END : T_IGNORE;
    return batch;
}

int batch_tokens(Batch batch)
{
    int sum = 0;
    for (int b = 0; b < batch.target.count; b++)
        sum += batch.target.lengths[b];
    return sum;
}

static void print_row(const char *name, const Vocabulary *words, const int *ids,
                      int n)
{
    text_printf("%-8s", name);
    for (int i = 0; i < n; i++)
        text_printf(" %-12s", ids[i] == T_IGNORE ? "-" : words->word[ids[i]]);
    text_printf("\n");
}

static void one_batch(void)
{
    Pairs pairs = { 0 };
    pairs_add(&pairs, "They are watching .", "Ils regardent .", 0);
    pairs_add(&pairs, "I like deep learning .",
              "J'aime l'apprentissage profond .", 0);
    Batch batch = batch_of(&pairs, 2, (int[]){ 0, 1 });
    for (int b = 0; b < 2; b++) {
        int n = batch.source.length, m = batch.target.length;
        print_row("source", &pairs.words[SOURCE], batch.source.ids + b * n, n);
        print_row("reads", &pairs.words[TARGET], batch.target.ids + b * m, m);
        print_row("says", &pairs.words[TARGET], batch.next + b * m, m);
        text_printf("\n");
    }
    pairs_free(&pairs);
}

double model_step(Model model, Optimiser *optimiser, Batch batch,
                  StepOptions o)
{
    Tensor *logits = model.logits(model.self, batch, (Pass){ .rng = o.dropout });
    Tensor *loss = t_cross_entropy(t_last_use(logits), batch.next,
                                   (CrossEntropy){ .smoothing = o.smoothing });
    t_backward(loss);
    if (o.clip > 0)
        opt_clip(model.params, o.clip);
    opt_set_rate(optimiser, o.rate);
    opt_step(optimiser);
    double value = t_item(loss);
    tape_reset();
    return value;
}

static void take_pair(const char *english, const char *translation,
                      void *pairs)
{
    pairs_add(pairs, english, translation, 0);
}

static Pairs corpus(CorpusLanguage language, CorpusSplit split)
{
    Pairs pairs = { 0 };
    corpus_pairs(language, split, take_pair, &pairs);
    return pairs;
}

Lesson lesson_read(CorpusLanguage language)
{
    Lesson lesson = {
        .train = corpus(language, CORPUS_TRAIN),
        .held_out = corpus(language, CORPUS_HELD_OUT),
        .combinations = corpus(language, CORPUS_COMBINATIONS),
    };
    if (cell_quick())
        lesson.held_out.n = lesson.combinations.n = 50;
    pairs_sort_words(&lesson.train, 1);
    const Vocabulary *words = lesson.train.words;
    pairs_encode(&lesson.held_out, &words[SOURCE], &words[TARGET]);
    pairs_encode(&lesson.combinations, &words[SOURCE], &words[TARGET]);
    return lesson;
}

void lesson_free(Lesson *lesson)
{
    pairs_free(&lesson->train);
    pairs_free(&lesson->held_out);
    pairs_free(&lesson->combinations);
}

enum { STEPS = 900, RISING = 90, EACH = 60, AT_ONCE = 120 };

struct Taught {
    Lesson lesson;
    Transformer model;
    double loss[STEPS / EACH];  /* the mean of so many steps */
};

static double rate_at(long step)
{
    double highest = 8e-3;
    return step <= RISING ? highest * (double)step / RISING
         : highest * (double)(STEPS + 1 - step) / (STEPS + 1 - RISING);
}

static void teach(Taught *t, uint64_t seed, int steps)
{
    const Pairs *pairs = &t->lesson.train;
    Rng rng = rng_new(seed);
    t->model = transformer_new(ours, pairs->words[SOURCE].n,
                               pairs->words[TARGET].n, &rng);
    Model model = transformer_model(&t->model);
    Optimiser *adam = opt_adam(model.params, (AdamOptions){ .beta2 = 0.98 });
    Progress progress = progress_begin("English to French", 0, steps);
    for (int step = 1; step <= steps; step++) {
        int list[AT_ONCE];
        for (int b = 0; b < AT_ONCE; b++)
            list[b] = rng_below(&rng, pairs->n);
        double loss = model_step(model, adam, batch_of(pairs, AT_ONCE, list),
                                 (StepOptions){ .rate = rate_at(step),
                                   .smoothing = getenv("SM") ? atof(getenv("SM")) : 0, .clip = getenv("CL") ? atof(getenv("CL")) : 0 });
        t->loss[(step - 1) / EACH] += loss / EACH;
        progress_show(&progress, step, "loss %.3f", loss);
    }
    progress_end(&progress);
}

static Taught french;

static const Taught *taught(void)
{
    if (french.model.params.n == 0) {
        french.lesson = lesson_read(CORPUS_FRENCH);
        teach(&french, cell_seed(), cell_quick() ? EACH : STEPS);
    }
    return &french;
}

int longest_translation(int source_length) { return 2 * source_length + 10; }

/* Of END and all words: the other special numbers are nothing to be said. */
static int most_probable(const Tensor *logits, int b, int i)
{
    const real *score = &t_at(logits, b, i, 0);
    int best = END;
    for (int token = FIRST_WORD; token < t_dim(logits, 2); token++)
        if (score[token] > score[best])
            best = token;
    return best;
}

/* Appends a token to each sentence that has not ended; false if all have. */
static bool write_one(Model model, Sentences source, Pass pass, bool *ended,
                      Ids *written)
{
    bool going = false;
    Sentences so_far = sentences_of(source.count, written, true);
    Tensor *logits = model.logits(model.self, (Batch){ source, so_far, NULL },
                                  pass);
    for (int b = 0; b < source.count; b++) {
        Ids *w = &written[b];
        if (ended[b])
            continue;
        int token = most_probable(logits, b, w->n);
        ended[b] = token == END
                || w->n == longest_translation(source.lengths[b]);
        if (!ended[b])
            w->id[w->n++] = token;
        going |= !ended[b];
    }
    return going;
}

void write_greedily(Model model, int count, const Ids *source, Pass pass,
                    Ids *written)
{
    enum { TOGETHER = 64 };
    bool recorded = tape_record(false);
    for (int i = 0; i < count; i++)
        written[i].id = tape_ints(longest_translation(source[i].n));
    for (int i = 0; i < count; i += TOGETHER) {
        int n = count - i < TOGETHER ? count - i : TOGETHER;
        bool ended[TOGETHER] = { false }, going = true;
        for (int b = 0; b < n; b++)
            written[i + b].n = 0;
        while (going) {
            TapeMark mark = tape_mark();
            Sentences these = sentences_of(n, source + i, false);
            going = write_one(model, these, pass, ended, written + i);
            tape_release(mark);
        }
    }
    tape_record(recorded);
}

Ids *ids_of_side(const Pairs *pairs, Side side)
{
    Ids *list = ids_room(pairs->n);
    for (int i = 0; i < pairs->n; i++)
        list[i] = pairs_ids(pairs, side, i);
    return list;
}

static bool same(Ids a, Ids b)
{
    return a.n == b.n && memcmp(a.id, b.id, (size_t)a.n * sizeof(int)) == 0;
}

double exact_match(int count, const Ids *translation, const Ids *reference)
{
    int right = 0;
    for (int i = 0; i < count; i++)
        right += same(translation[i], reference[i]);
    return (double)right / count;
}

static Ids held_out(const Taught *t, int i)
{
    return pairs_ids(&t->lesson.held_out, SOURCE, i);
}

static Ids written_by(const Taught *t, Ids source)
{
    Ids written;
    write_greedily(transformer_model(&t->model), 1, &source, (Pass){ 0 },
                   &written);
    return written;
}

static void print_pair(const Taught *t, Ids source, Ids written)
{
    const Vocabulary *words = t->lesson.train.words;
    char *english = vocabulary_decode(&words[SOURCE], source);
    char *translation = vocabulary_decode(&words[TARGET], written);
    text_printf("%-48s %s\n", english, translation);
    free(english);
    free(translation);
}

static void examine(const Pairs *pairs, const char *name)
{
    Ids *reference = ids_of_side(pairs, TARGET), *written = ids_room(pairs->n);
    write_greedily(transformer_model(&french.model), pairs->n, ids_of_side(pairs, SOURCE),
                   (Pass){ 0 }, written);
    text_printf("%s %.2f\n", name, 100 * exact_match(pairs->n, written, reference));
}

static void what_it_says(void)
{
    const Taught *t = taught();
    for (int i = 0; i < STEPS/EACH; i++) text_printf("%.3f ", t->loss[i]);
    text_printf("\n");
    examine(&t->lesson.held_out, "held-out");
    examine(&t->lesson.combinations, "combos");
}

static double the_to_noun(const Taught *t, int layer, int head)
{
    static const struct { const char *english; int noun; } probe[] = {
        { "the red car is fast .", 2 }, { "the woman is happy .", 1 },
        { "the old woman ate an apple .", 2 }, { "the white cat is sleeping .", 2 },
    };
    double sum = 0;
    for (int i = 0; i < 4; i++) {
        Ids ids = vocabulary_encode(&t->lesson.train.words[SOURCE], probe[i].english);
        Tensor *weights[MAX_LAYERS];
        transformer_encode(&t->model, sentences_of(1, &ids, false), (Pass){ .encoder = weights });
        sum += (double)t_at(weights[layer], 0, head, 0, probe[i].noun) / 4;
        free(ids.id);
    }
    return sum;
}

static void gender(void)
{
    const Taught *t = taught();
    const Pairs *pairs = &t->lesson.held_out;
    Ids *source = ids_of_side(pairs, SOURCE), *reference = ids_of_side(pairs, TARGET), *written = ids_room(pairs->n);
    for (int layer = 0; layer < 2; layer++)
        for (int head = 0; head < 4; head++) {
            bool off[4] = { false };
            off[head] = true;
            const bool *offs[2] = { layer == 0 ? off : NULL, layer == 1 ? off : NULL };
            write_greedily(transformer_model(&t->model), pairs->n, source, (Pass){ .off = offs }, written);
            text_printf("layer %d head %d the->noun %.3f exact %.2f\n", layer + 1, head + 1,
              the_to_noun(t, layer, head), 100 * exact_match(pairs->n, written, reference));
            int shown = 0;
            for (int i = 0; i < pairs->n && shown < 12; i++)
                if (!same(written[i], reference[i])) {
                    shown++;
                    print_pair(t, source[i], written[i]);
                }
        }
}

int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(ten_sentences);
    cell(counting);
    cell(one_batch);
    cell(what_it_says);
    cell(gender);
    int status = cell_end();
    lesson_free(&french.lesson);
    return status;
}

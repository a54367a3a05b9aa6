/* gpt.c -- a GPT of the book's own parts: model C. */
#include "bench.h"

#include <math.h>
#include <stdio.h>

#include "06_multi_head.h"
#include "learn/opt.h"
#include "same.h"

/* ---- the model ----------------------------------------------------------- *
 * Tokens and positions are looked up; then come layers of causal attention and
 * a network with GELU, each x + f(Norm(x)); a norm; logits. */

typedef struct {
    LayerNorm attention_norm, feed_norm;
    MultiHead attention;
    Linear up, down;        /* (d, 4 d), (4 d, d) */
} Layer;

enum { MOST_LAYERS = 32 };

static struct {
    Params params;
    Tensor *words, *places; /* (V, d), (T, d) */
    Layer layer[MOST_LAYERS];
    LayerNorm end;
    Linear head;            /* (d, V) */
    Optimiser *adam;
} gpt;

static Layer layer_new(Params *list, Rng *rng, int d, int heads)
{
    Layer layer;
    layer.attention = multi_head_new(list, rng, d, heads);
    layer.up = nn_linear_new(list, rng, d, 4 * d, (LinearOptions){ 0 });
    layer.down = nn_linear_new(list, rng, 4 * d, d, (LinearOptions){ 0 });
    layer.attention_norm = nn_layer_norm_new(list, d);
    layer.feed_norm = nn_layer_norm_new(list, d);
    same_norm(layer.attention_norm);
    same_heads(layer.attention);
    same_norm(layer.feed_norm);
    same_linear(layer.up);
    same_linear(layer.down);
    return layer;
}

static Tensor *layer_of(const Layer *l, Tensor *x)
{
    Tensor *in = nn_layer_norm(l->attention_norm, x);
    Tensor *home = multi_head(l->attention, in, in,
                              (MultiHeadOptions){ .causal = true });
    x = t_add(x, t_last_use(home));
    in = nn_layer_norm(l->feed_norm, x);
    Tensor *hidden = t_gelu(nn_linear(l->up, in));
    return t_add(x, t_last_use(nn_linear(l->down, hidden)));
}

/* (B, T, V): logits of the token after each. */
static Tensor *logits_of(const int *ids, int B, int T, int layers)
{
    Tensor *x = t_add(t_embedding(gpt.words, ids, B, T), gpt.places);
    for (int i = 0; i < layers; i++)
        x = layer_of(&gpt.layer[i], x);
    return nn_linear(gpt.head, nn_layer_norm(gpt.end, x));
}

/* ---- a step of training: size holds V, T, d, heads, layers, B ------------ */

static void prepare(const Work *work)
{
    const int *s = work->size;
    int V = s[0], T = s[1], d = s[2];
    Rng rng = rng_new(1);
    same_begin(0);
    gpt.words = nn_embedding_new(&gpt.params, &rng, V, d, 1);
    gpt.places = nn_embedding_new(&gpt.params, &rng, T, d, 1);
    same_words(gpt.words);
    same_words(gpt.places);
    for (int i = 0; i < s[4]; i++)
        gpt.layer[i] = layer_new(&gpt.params, &rng, d, s[3]);
    gpt.end = nn_layer_norm_new(&gpt.params, d);
    gpt.head = nn_linear_new(&gpt.params, &rng, d, V,
                             (LinearOptions){ .no_bias = true });
    same_norm(gpt.end);
    same_linear(gpt.head);
    gpt.adam = opt_adam(&gpt.params, (AdamOptions){ .rate = 3e-4 });
}

static void step(const Work *work)
{
    const int *s = work->size;
    int V = s[0], T = s[1], layers = s[4], B = s[5];
    int *ids = same_ids(B * T, 0, V, 1u << 30);
    int *next = same_ids(B * T, 0, V, 3u << 30);
    Tensor *loss = t_cross_entropy(t_last_use(logits_of(ids, B, T, layers)),
                                   next, (CrossEntropy){ 0 });
    t_backward(loss);
    opt_step(gpt.adam);
    work_result_of(loss);
    tape_reset();
}

Work gpt_work(int vocabulary, int T, int d, int heads, int layers, int batch)
{
    Work work = { .prepare = prepare, .step = step,
                  .size = { vocabulary, T, d, heads, layers, batch },
                  .tolerance = 1e-4, .patience = 2 };
    snprintf(work.torch, sizeof work.torch, "gpt %d %d %d %d %d %d", vocabulary,
             T, d, heads, layers, batch);
    return work;
}

/* A layer's products with weights, 12 d^2 of them, and with keys and values;
 * backward takes twice as much as forward. */
double gpt_flop(int V, int T, int d, int layers, int B)
{
    double tokens = (double)B * T, layer = 24.0 * d * d + 4.0 * T * d;
    return 3 * tokens * (layers * layer + 2.0 * d * V);
}

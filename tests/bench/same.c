/* same.c -- see same.h. */
#include "same.h"

#include <math.h>
#include <stdint.h>

/* Murmur's last step (Appleby 2008): every bit of the answer depends on every
 * bit of the question. */
static uint32_t mix(uint32_t x)
{
    x = (x ^ (x >> 16)) * 0x85ebca6bu;
    x = (x ^ (x >> 13)) * 0xc2b2ae35u;
    return x ^ (x >> 16);
}

unsigned same_number(unsigned i) { return mix(i); }

void same_numbers(real *to, size_t n, double limit, unsigned start)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (real)((mix(start + (uint32_t)i) * 0x1p-31 - 1) * limit);
}

Tensor *same_tensor(unsigned start, double limit, Shape shape)
{
    Tensor *x = t_zeros_shape(shape), *kept;
    same_numbers(x->buffer->data, x->buffer->size, limit, start);
    kept = t_keep(x);
    tape_reset();
    return kept;
}

int *same_ids(int n, int low, int high, unsigned start)
{
    int *ids = tape_ints(n);
    for (int i = 0; i < n; i++)
        ids[i] = low + (int)(mix(start + (uint32_t)i) % (uint32_t)(high - low));
    return ids;
}

Sentences same_sentences(int count, int length, int vocabulary, unsigned start)
{
    int *lengths = tape_ints(count);
    for (int b = 0; b < count; b++)
        lengths[b] = length;
    return (Sentences){ count, length,
                        same_ids(count * length, FIRST_WORD, vocabulary, start),
                        lengths };
}

/* ---- parameters ---------------------------------------------------------- */

static unsigned next;

void same_begin(unsigned start) { next = start; }

void same_parameter(Tensor *x, double limit, double middle)
{
    real *at = x->buffer->data;
    same_numbers(at, x->buffer->size, limit, next);
    for (size_t i = 0; i < x->buffer->size; i++)
        at[i] += (real)middle;
    next += (unsigned)x->buffer->size;
}

void same_linear(Linear layer)
{
    double limit = 1 / sqrt(t_dim(layer.weight, 0));
    same_parameter(layer.weight, limit, 0);
    if (layer.bias)
        same_parameter(layer.bias, limit, 0);
}

void same_norm(LayerNorm norm)
{
    same_parameter(norm.gain, 0.1, 1);
    same_parameter(norm.bias, 0.1, 0);
}

void same_words(Tensor *words)
{
    same_parameter(words, sqrt(3.0 / t_dim(words, 1)), 0);
}

void same_heads(MultiHead layer)
{
    same_linear(layer.to_q);
    same_linear(layer.to_k);
    same_linear(layer.to_v);
    same_linear(layer.to_out);
}

Transformer same_transformer(const int *size)
{
    Rng rng = rng_new(1);
    TransformerOptions options = { .width = size[0], .heads = size[1],
                                   .layers = size[2], .hidden = size[3] };
    Transformer t = transformer_new(options, size[4], size[5], &rng);
    same_begin(0);
    same_words(t.source_words);
    same_words(t.target_words);
    for (int i = 0; i < options.layers; i++) {
        EncoderLayer *e = &t.encoder[i];
        same_norm(e->self_norm);
        same_heads(e->self);
        same_norm(e->feed_norm);
        same_linear(e->feed.up);
        same_linear(e->feed.down);
    }
    for (int i = 0; i < options.layers; i++) {
        DecoderLayer *d = &t.decoder[i];
        same_norm(d->self_norm);
        same_heads(d->self);
        same_norm(d->cross_norm);
        same_heads(d->cross);
        same_norm(d->feed_norm);
        same_linear(d->feed.up);
        same_linear(d->feed.down);
    }
    same_norm(t.encoder_end);
    same_norm(t.decoder_end);
    return t;
}

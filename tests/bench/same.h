/* same.h -- numbers that both sides of a comparison make: peer.py makes them,
 * too, so that results can be compared. */
#ifndef SAME_H
#define SAME_H

#include "08_transformer.h"

/* Numbers of a sequence that looks random, from number `start` on: uniform on
 * (-limit, limit). */
void same_numbers(real *to, size_t n, double limit, unsigned start);
Tensor *same_tensor(unsigned start, double limit, Shape shape);

/* Number i of a sequence of whole numbers that looks random. */
unsigned same_number(unsigned i);

/* low <= id < high, until tape_reset(). */
int *same_ids(int n, int low, int high, unsigned start);

/* Sentences of one length, of such ids; until tape_reset(). */
Sentences same_sentences(int count, int length, int vocabulary, unsigned start);

/* Parameters, set one after the other to the numbers that come next. */
void same_begin(unsigned start);
void same_parameter(Tensor *x, double limit, double middle);
void same_linear(Linear layer);
void same_norm(LayerNorm norm);
void same_words(Tensor *words);
void same_heads(MultiHead layer);

/* A model whose parameters are these numbers, from 0 on. size: d, heads, layers,
 * hidden, words of source and target. */
Transformer same_transformer(const int *size);

#endif

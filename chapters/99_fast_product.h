/* 99_fast_product.h -- one matrix product, written four times, each time with
 * one obstacle less. For use there is gemm() in gemm.h, which is the fifth. */
#ifndef CH09_FAST_PRODUCT_H
#define CH09_FAST_PRODUCT_H

#include "tensor/gemm.h"

/* C += A B, for A (n, k), B (k, m), C (n, m). The numbers of a row lie side by
 * side (`column` is 1), rows at any distance; C overlaps neither A nor B.
 * product_packed() is for one thread at a time. */
typedef void Product(int n, int m, int k, Matrix a, Matrix b, Matrix c);

Product product_as_written;     /* three loops, as in the formula */
Product product_by_rows;        /* the same three in another order */
Product product_in_tiles;       /* a tile of C in registers */
Product product_packed;         /* A and B copied into the order of reading */

/* Multiplications in one encoder layer of the Transformer: in its matrix
 * products, and in all the rest (of which exponentials are counted apart).
 * n tokens of width d, `heads` heads, d_ffn numbers inside the feed-forward
 * network. */
typedef struct {
    double projections, attention, feed_forward;    /* products */
    double rest, exponentials;
} LayerCount;

LayerCount count_layer(int n, int d, int heads, int d_ffn);

#endif

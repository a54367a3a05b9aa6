/* 01_similarity.h -- how alike two vectors are, and all pairs of rows at once.
 */
#ifndef CH01_SIMILARITY_H
#define CH01_SIMILARITY_H

#include "tensor/tensor.h"

/* a . b, the sum of a_i b_i. Vectors with the same number of elements. */
double dot(const Tensor *a, const Tensor *b);

/* |a|, the length of the arrow: the square root of a . a. */
double norm(const Tensor *a);

/* Cosine of the angle between a and b, in [-1, 1]. NaN if either is zero: a
 * vector without length has no direction. */
double cosine(const Tensor *a, const Tensor *b);

/* |a - b|, the distance between the tips of the arrows. */
double distance(const Tensor *a, const Tensor *b);

/* X X^T: (n, d) -> (n, n). Entry (i, j) is row i . row j. */
Tensor *gram(Tensor *x);

/* Every row divided by its norm: (n, d) -> (n, d). A row of zeros becomes NaN.
 */
Tensor *unit_rows(Tensor *x);

/* Six words, two of each of three families, as rows of seven traits, 0 or 1:
 * (6, 7). */
Tensor *described(void);

/* Names as rows that count their pairs of neighbouring letters, a to z, case
 * ignored: n names -> (n, 676). */
Tensor *letter_pairs(int n, const char *const *names);

#endif

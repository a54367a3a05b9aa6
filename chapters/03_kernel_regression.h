/* 03_kernel_regression.h -- attention without parameters: the Nadaraya-Watson
 * estimator (Nadaraya 1964, Watson 1964). */
#ifndef CH03_KERNEL_REGRESSION_H
#define CH03_KERNEL_REGRESSION_H

#include "cell/plot.h"
#include "tensor/tensor.h"

typedef enum { GAUSSIAN, BOXCAR, TRIANGULAR, EPANECHNIKOV, KERNELS } Kernel;

/* How much a key at the distance u counts, u in units of the width; not
 * normalised. Epanechnikov: 3/4 (1 - u^2) for |u| <= 1, otherwise 0. */
double kernel(Kernel kind, double u);
const char *kernel_name(Kernel kind);

/* Weights of each key for each query, rows adding up to 1: queries (n, 1),
 * keys (m, 1) -> (n, m). A query that no key reaches has weights 0. */
Tensor *kernel_weights(Kernel kind, Tensor *queries, Tensor *keys,
                       double width);

/* Scores -(x - x_i)^2 w^2 / 2, whose softmax are the Gaussian's weights for
 * the width 1 / w. log_w: shape (1), the logarithm of w, so that any value is
 * allowed and gradient descent may move it. -> (n, m). */
Tensor *gaussian_scores(Tensor *queries, Tensor *keys, Tensor *log_w);

/* The function behind the noise: x / 2 + sin 2x. */
double truth(double x);

/* n points with x at random in each nth part of [0, 5), and y = truth(x) +
 * noise, normal with standard deviation 0.3. Both (n, 1). */
typedef struct {
    Tensor *x, *y;
} Sample;

Sample draw_sample(Rng *rng, int n);

/* The slope, by a, of the score -(apart e^a)^2 / 2 of a key at the distance
 * `apart`: a tape of three steps, walked backward. */
double slope_of_score(double a, double apart);

/* Mean squared error of guessing each point of the sample from all of them, it
 * too, with the width e^-a; and in *slope the slope of that by a. Ends with a
 * tape_reset(): s must have been kept. */
double loss_and_slope(Sample s, double a, double *slope);

/* The width that gradient descent finds on the sample, and the last loss, with
 * every point voting on itself or left out. Calls tape_reset(): what s holds
 * is gone then. plot: where rows `step loss width` go, or NULL. */
typedef struct {
    double width, loss;
} Learned;

Learned learn_width(Sample s, bool leave_one_out, int steps, Plot *plot);

/* Logarithm of the width with the least error against the truth on [1, 4). */
double best_log_width(Sample s);

#endif

/* tensor.h -- tensors, the operations on them, and their gradients.
 *
 * A tensor is a box of numbers with at most four axes, outermost first:
 * (rows, columns), or (batch, tokens, width). Every operation computes its
 * result at once and returns a new tensor, never NULL, so that code nests like
 * the formula it stands for:
 *
 *     t_matmul(t_softmax(t_scale(t_matmul(q, t_transpose(k)), s)), v)
 *
 * While it computes, the library notes each operation on a tape. t_backward()
 * runs the tape in reverse and leaves in every parameter the gradient of the
 * loss. tape_reset() ends the step and takes back all memory made in it; there
 * is nothing else to free.
 *
 * A mistake of the programmer (shapes that do not fit, an axis that does not
 * exist) stops the program with the caller's file and line, the operation and
 * the shapes: see fail.h.
 *
 * To add an operation, such as y = 1 / (1 + e^-x):
 *
 * 1. Write it as one block in the ops_*.c file it belongs to: formula, shape
 *    rule, forward, backward. Of one tensor, element by element, it is one line:
 *    UNARY(sigmoid, sigmoid_of(x), dy * y * (1 - y)). One that is written out, and
 *    whose backward does not read the result, may let it be written over: see
 *    op_result() in ops.h.
 * 2. Declare it here, in the section it belongs to, and add its line to the list
 *    at the end of this file.
 * 3. Test it: a formula and a row in tests/formulas.h (its layouts, its
 *    gradient, whether it may be written over), its line in tests/tensor.c
 *    (NULL) and in tests/rows.c (long rows, several threads), and in tests/ops.c
 *    values worked out by hand and what it refuses.
 *
 * tests/operations.sh names what was forgotten.
 */
#ifndef TENSOR_H
#define TENSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"
#include "base/rng.h"
#include "tensor/arena.h"

/* The scalar of the whole book. The gradient tests compile everything again
 * with -DREAL_IS_DOUBLE, so that finite differences can be sharp. */
#ifdef REAL_IS_DOUBLE
typedef double real;
#else
typedef float real;
#endif

enum {
    T_MAX_DIMS = 4,     /* axes of a tensor */
    T_ALL = -1000,      /* as an axis: reduce over all of them */
    T_INFER = -1,       /* in t_reshape: work this size out */
};

/* Sizes of the axes, outermost first. */
typedef struct {
    int n;
    int dim[T_MAX_DIMS];
} Shape;

/* SHAPE(2, 3): a shape that counts its own arguments. */
#define SHAPE(...)                                                             \
    ((Shape){ .n = (int)(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int)),        \
              .dim = { __VA_ARGS__ } })

/* The numbers themselves, shared by a tensor and all views of it. */
typedef struct {
    real *data;
    real *grad;         /* NULL until the backward pass first needs it */
    size_t size;        /* of each, in numbers */
    bool wants_grad, keeps_grad, gave_grad_back;
    bool cleared;       /* grad holds anything, and stands for zeros */
    bool changeable;    /* no other tensor and no backward pass reads data */
} Buffer;

typedef struct Tensor Tensor;
struct Tensor {
    unsigned alive;                 /* a mark that tape_reset() destroys */
    Shape shape;
    ptrdiff_t stride[T_MAX_DIMS];   /* in numbers; 0 where broadcast */
    ptrdiff_t start;                /* of element (0, ..., 0) in the buffer */
    Buffer *buffer;
    const char *op;                 /* the operation that made it */
    Tensor *in[3];                  /* what it was made from */
    void (*backward)(Tensor *out);  /* adds to the gradients of `in` */
    void *saved;                    /* what else backward needs */
    bool last_use;                  /* may be written over: t_last_use() */
    bool over;                      /* was made so, in the memory of in[0] */
};

/* ---- memory and the tape ------------------------------------------------ */

/* Ends a step: takes back every tensor made since the last call, except
 * parameters and what t_keep() made. In debug builds (T_DEBUG) the memory is
 * filled with NaN and later use of such a tensor is refused. */
void tape_reset(void);

/* A place within a step. tape_release() takes back only what was made, and
 * recorded, since tape_mark(): for the rounds of a long inference, which keeps
 * some tensors from round to round. Never after t_backward(). */
typedef struct {
    ArenaMark memory;
    int operations;
    long step;      /* a mark of another one is refused */
} TapeMark;

TapeMark tape_mark(void);
void tape_release(TapeMark mark);

/* Switches recording on or off and returns what it was. Off, nothing is noted
 * and no gradient can flow: inference. On at the start. */
bool tape_record(bool on);

/* Room for so many bytes, or for n ints (ids, targets), until tape_reset(): on a
 * boundary of 64 bytes, not cleared. */
void *tape_room(size_t bytes);
int *tape_ints(int n);

/* Bytes in use: of this step, and of parameters and kept tensors. */
size_t tape_bytes(void);
size_t tape_kept_bytes(void);

/* Bytes ever asked of the system. Constant once a training loop runs. */
size_t tape_reserved_bytes(void);

/* Prints one line for each recorded operation, oldest first. */
void tape_print(void);

/* Gives everything back to the system, parameters too: the last call of a
 * program that wants a clean leak report. Debug builds keep the memory until the
 * next time, to refuse what is used afterwards. */
void tape_free(void);

/* ---- making tensors ----------------------------------------------------- */

/* A list of parameters: what an optimiser moves. Start with {0}; the
 * functions that make parameters append to it. */
typedef struct {
    Tensor **at;
    int n, room;
} Params;

/* Zeros, gone at the next tape_reset(). */
Tensor *t_zeros_shape(Shape shape);
#define t_zeros(...) t_zeros_shape(SHAPE(__VA_ARGS__))

/* A parameter: zeros that outlive the step, with a gradient; appended to
 * `list` unless that is NULL. */
Tensor *t_param_shape(Params *list, Shape shape);
#define t_param(list, ...) t_param_shape(list, SHAPE(__VA_ARGS__))

/* How many numbers the parameters of `list` hold together. */
long params_count(const Params *list);

/* A copy of x, without gradient, that outlives the step. */
Tensor *t_keep(const Tensor *x);

/* A copy of t_size() numbers at `numbers`, row by row. */
Tensor *t_from_shape(const real *numbers, Shape shape);
#define t_from(numbers, ...) t_from_shape(numbers, SHAPE(__VA_ARGS__))

/* t_vector(1, 2, 3): shape (3). t_matrix(2, 2, 1, 2, 3, 4): shape (2, 2), row
 * by row; a wrong count of numbers is refused. */
Tensor *t_literal(const char *op, Shape shape, int count,
                  const double *numbers);
#define T_COUNT(...)                                                           \
    ((int)(sizeof((double[]){ __VA_ARGS__ }) / sizeof(double)))
#define t_vector(...)                                                          \
    t_literal("t_vector", SHAPE(T_COUNT(__VA_ARGS__)), T_COUNT(__VA_ARGS__),   \
              ((double[]){ __VA_ARGS__ }))
#define t_matrix(rows, columns, ...)                                           \
    t_literal("t_matrix", SHAPE(rows, columns), T_COUNT(__VA_ARGS__),          \
              ((double[]){ __VA_ARGS__ }))

/* Independent standard normal numbers; uniform on [low, high). */
Tensor *t_normal_shape(Rng *rng, Shape shape);
#define t_normal(rng, ...) t_normal_shape(rng, SHAPE(__VA_ARGS__))
Tensor *t_uniform_shape(Rng *rng, double low, double high, Shape shape);
#define t_uniform(rng, low, high, ...)                                         \
    t_uniform_shape(rng, low, high, SHAPE(__VA_ARGS__))

/* Copies the numbers of `from` into `to`: same shape, no gradient. The way to
 * set a parameter. */
void t_assign(Tensor *to, const Tensor *from);

/* ---- looking ------------------------------------------------------------ */

/* Size of one axis (negative: from the end); number of elements. */
int t_dim(const Tensor *x, int axis);
int t_size(const Tensor *x);

/* "(4, 512)". One of eight buffers used in turn. */
const char *t_shape(const Tensor *x);
const char *shape_text(Shape shape);

/* t_at(x, i, j): the element, to read or to write. t_grad_at: its gradient,
 * after t_backward(). */
real *t_element(const Tensor *x, Shape index);
real *t_grad_element(const Tensor *x, Shape index);
#define t_at(x, ...) (*t_element(x, SHAPE(__VA_ARGS__)))
#define t_grad_at(x, ...) (*t_grad_element(x, SHAPE(__VA_ARGS__)))

/* The number in a tensor that holds exactly one. */
double t_item(const Tensor *x);

/* The gradient of x as a tensor of its own (zeros where none arrived). */
Tensor *t_grad(const Tensor *x);

/* Parameters keep their gradient; that of a result in between is given back as
 * soon as it has been used, to save memory. Ask before t_backward() to look at
 * it afterwards. Returns x. */
Tensor *t_keep_grad(Tensor *x);

/* Says that x is needed only once more: t_relu(t_last_use(x)) writes its result
 * over x, so does t_add; t_add_norm(y, t_last_use(x), ...) keeps its sum there,
 * and t_cross_entropy the gradient. That saves memory and time. The numbers are
 * the same. If x was written over, later use of it is refused. Else the word
 * has no effect: where something else was made from x, where x is a parameter
 * or keeps its gradient, or where it does not come from t_add, t_sub, t_scale,
 * t_masked_fill, t_dropout, t_matmul or t_linear, whose results nothing reads
 * backward. (Who may write over what: tape.c.) */
Tensor *t_last_use(Tensor *x);

/* The root of the sum of all squares, which are added up in double precision. */
double t_norm(const Tensor *x);

/* Largest |a - b|; the shapes must be equal. NaN if any element is. */
double t_distance(const Tensor *a, const Tensor *b);

/* Prints the name, the shape and the numbers. */
void t_print(const char *name, const Tensor *x);

/* ---- views: no copy, and the gradient is shared too --------------------- */

/* Swaps the last two axes. */
Tensor *t_transpose(Tensor *x);

/* t_permute(x, 0, 2, 1, 3): axis i of the result is axis axes[i] of x. */
Tensor *t_permute_axes(Tensor *x, Shape axes);
#define t_permute(x, ...) t_permute_axes(x, SHAPE(__VA_ARGS__))

/* Elements from <= index < to of one axis. */
Tensor *t_slice(Tensor *x, int axis, int from, int to);

/* The same numbers, row by row, in another shape; one size may be T_INFER. A
 * view where the strides allow it, otherwise one copy. */
Tensor *t_reshape_shape(Tensor *x, Shape shape);
#define t_reshape(x, ...) t_reshape_shape(x, SHAPE(__VA_ARGS__))

/* x itself if its numbers lie row by row without gaps, otherwise a copy. */
Tensor *t_contiguous(Tensor *x);

/* x cut off from the tape: same numbers, no gradient flows back. */
Tensor *t_detach(const Tensor *x);

/* ---- element by element -------------------------------------------------- *
 * Broadcasting is strict. Axes are matched from the last; sizes must be equal,
 * or 1, or absent in front. */

Tensor *t_add(Tensor *a, Tensor *b);    /* a + b */
Tensor *t_sub(Tensor *a, Tensor *b);    /* a - b */
Tensor *t_mul(Tensor *a, Tensor *b);    /* a b, element by element */
Tensor *t_div(Tensor *a, Tensor *b);    /* a / b */
Tensor *t_scale(Tensor *x, double factor);
Tensor *t_exp(Tensor *x);               /* 0 below -87: no denormals */
Tensor *t_log(Tensor *x);               /* as log(): -inf at 0, NaN below */
Tensor *t_sqrt(Tensor *x);
Tensor *t_tanh(Tensor *x);
Tensor *t_sigmoid(Tensor *x);           /* 1 / (1 + e^-x): between 0 and 1 */
Tensor *t_relu(Tensor *x);              /* max(0, x); slope 0 at NaN */
Tensor *t_gelu(Tensor *x);              /* tanh form: Hendrycks, Gimpel 2016;
                                         * 0 at -inf */
Tensor *t_silu(Tensor *x);              /* x / (1 + e^-x); 0 at -inf */

/* silu(gate) up, of one shape: what a network of Shazeer (2020) does between
 * its three matrices. */
Tensor *t_swiglu(Tensor *gate, Tensor *up);

/* x, with `value` wherever mask is not 0. The mask broadcasts to x. */
Tensor *t_masked_fill(Tensor *x, const Tensor *mask, double value);

/* Sets each element to 0 with probability p, and scales the others by
 * 1/(1 - p), so that the mean stays (Srivastava et al. 2014). 0 <= p < 1.
 * With rng NULL (inference) or p 0: x itself. */
Tensor *t_dropout(Tensor *x, double p, Rng *rng);

/* ---- shapes that grow or shrink ----------------------------------------- */

/* x repeated to a larger shape, by the rule of broadcasting. A copy. */
Tensor *t_broadcast_shape(Tensor *x, Shape shape);
#define t_broadcast(x, ...) t_broadcast_shape(x, SHAPE(__VA_ARGS__))

/* t_concat(axis, a, b, ...): side by side along an axis; all other sizes must
 * agree. */
Tensor *t_concat_list(int axis, int n, Tensor **list);
#define t_concat(axis, ...)                                                    \
    t_concat_list(axis,                                                        \
                  (int)(sizeof((Tensor *[]){ __VA_ARGS__ })                    \
                        / sizeof(Tensor *)),                                   \
                  ((Tensor *[]){ __VA_ARGS__ }))

/* Windows that slide along an axis, any but the last: window i holds the rows
 * i stride - before + j dilation for j = 0, ..., size - 1, side by side. Rows
 * beyond the ends are zeros, `before` of them at the start, `after` at the end:
 * (..., n, ..., d) -> (..., (before + n + after - (size - 1) dilation - 1) /
 * stride + 1, ..., size d). Times a matrix of weights it is a convolution. For
 * windows in two dimensions, (B, y, x, d), take windows along x, axis 2, and
 * then windows of these along y, axis 1; nn_square_windows() is faster. */
typedef struct {
    int size;           /* rows in a window; must be set */
    int stride;         /* from window to window; default 1 */
    int dilation;       /* from row to row within a window; default 1 */
    int before, after;  /* zeros at the ends; default 0 */
} Windows;

Tensor *t_windows(Tensor *x, int axis, Windows options);

/* Over one axis, which stays with size 1, so that the result broadcasts
 * against x; over T_ALL, to shape (1). Sums of very many lose nothing: they are
 * taken in double, in parts. The gradient of t_max goes to the first of several
 * equal maxima; NaN is larger than everything, so that it is not lost. */
Tensor *t_sum(Tensor *x, int axis);
Tensor *t_mean(Tensor *x, int axis);
Tensor *t_max(Tensor *x, int axis);

/* ---- products ----------------------------------------------------------- */

/* (..., n, k) x (..., k, m) -> (..., n, m); the axes in front broadcast.
 * Transposed operands cost no copy. */
Tensor *t_matmul(Tensor *a, Tensor *b);

/* x weight + bias: (..., n, k) x (k, m) + (m) -> (..., n, m), in one pass. */
Tensor *t_linear(Tensor *x, Tensor *weight, Tensor *bias);

/* softmax(Q K^T / sqrt(d_k)) V, q (..., n, d_k), k (..., m, d_k), v (..., m,
 * d_v) -> (..., n, d_v), all with the same axes in front; but several heads of
 * queries may share one of keys and values: q (B, h, n, d_k), k (B, h / g, m,
 * d_k), where heads 0 to g - 1 share the first, with no copy (grouped queries:
 * Ainslie et al. 2023; h / g = 1: Shazeer 2019). The same numbers as with
 * t_matmul and t_softmax, up to rounding, but the table of scores is never
 * held: memory grows with n + m. A query that may see nothing brings home 0.
 * What is hidden should be finite all the same: NaN in a hidden key spoils the
 * gradient by q, NaN in a hidden value the result (0 times NaN is NaN).
 * The rows of the result follow one another in memory as those of q do.
 * (Vaswani et al. 2017; Milakov, Gimelshein 2018; Dao et al. 2022.)
 *
 * Key j is hidden from query i if any option says so; tiles that
 * causal, window or lengths hide wholly cost nothing. */
enum { T_AT_END = -1 };
typedef struct {
    const Tensor *mask; /* broadcasts to (..., n, m); where it is not 0, one may
                         * not look. NULL: all may look at all. No gradient. */
    bool causal;        /* query i sees keys j <= i + cached only */
    int cached;         /* keys that were there before that of the first query.
                         * T_AT_END: so many that the last query has the last
                         * key, of m or of `lengths`, for its own */
    int window;         /* only keys at |i + cached - j| < window; 0: all */
    const int *lengths; /* of each sequence (the first of three or four axes)
                         * the keys j < length only, 0 to m; NULL: all m */
    double scale;       /* of q k^T, in place of 1 / sqrt(d_k); 0: that */
    double softcap;     /* c: the scaled scores s become c tanh(s / c), so
                         * between -c and c; 0: they stay (Gemma 2, 2024) */
    Tensor *bias;       /* broadcasts to (..., n, m) and is added to them, last;
                         * has a gradient. NULL: nothing (ALiBi, relative) */
} AttentionOptions;

Tensor *t_attention(Tensor *q, Tensor *k, Tensor *v, AttentionOptions options);

/* One step of a gated recurrent unit, in the form of PyTorch's and cuDNN's (Cho
 * et al. 2014 have the factor r inside the product with h). in: what the input
 * says to the three gates, and state: what h says, (..., 3 d) each, for r, z
 * and n one after the other; h (..., d) -> (..., d):
 *
 *     r = sigmoid(in_r + state_r),  z = sigmoid(in_z + state_z),
 *     n = tanh(in_n + r state_n),   (1 - z) n + z h
 */
Tensor *t_gru(Tensor *in, Tensor *state, Tensor *h);

/* ---- row by row: over the last axis ------------------------------------- */

/* exp(x_i) / sum_j exp(x_j), computed without overflow. A score of -inf gets
 * weight exactly 0; a row of nothing but -inf gets weight 0 everywhere. */
Tensor *t_softmax(Tensor *x);
Tensor *t_log_softmax(Tensor *x);   /* such a row stays -inf, gradient 0;
                                     * one with NaN or inf in it is NaN */

/* gain (x - mean) / sqrt(variance + 1e-5) + bias, with the variance over n
 * (Ba et al. 2016). gain, bias: (d), or NULL for 1 and 0. From about 1e19 on, a
 * float's variance is infinite, and the row becomes its bias. */
Tensor *t_layer_norm(Tensor *x, Tensor *gain, Tensor *bias);

/* The layer norm of x + f, which have the same shape: "Add & Norm" in the
 * figure of Vaswani et al. (2017). With t_last_use(f) in one pass. */
Tensor *t_add_norm(Tensor *x, Tensor *f, Tensor *gain, Tensor *bias);

/* gain x / sqrt(mean(x^2) + epsilon): the layer norm without mean and bias
 * (Zhang, Sennrich 2019). gain: (d), or NULL for 1. From about 1e19 on, a float's
 * square is infinite, and the row becomes 0. */
typedef struct {
    double epsilon;     /* default 1e-5 */
} NormOptions;

Tensor *t_rms_norm(Tensor *x, Tensor *gain, NormOptions options);

/* Rotary encoding (Su et al. 2021): turns each pair i of the numbers of a row at
 * position p by the angle p base^(-2i/w). x (..., n, w), the first of n rows at
 * position `first`. For queries and keys, never values. w even. */
typedef struct {
    bool neighbours;    /* pairs are (x_2i, x_2i+1), as in the paper; otherwise
                         * (x_i, x_i+w/2), as in most files of weights */
    double base;        /* default 10000 */
} RotaryOptions;

Tensor *t_rotary(Tensor *x, int first, RotaryOptions options);

/* Rows of table (vocabulary, d) chosen by ids, which are laid out in the given
 * shape (at most 3 axes): t_embedding(table, ids, B, n) is (B, n, d). The ids
 * are copied. */
Tensor *t_embedding_shape(Tensor *table, const int *ids, Shape shape);
#define t_embedding(table, ids, ...)                                           \
    t_embedding_shape(table, ids, SHAPE(__VA_ARGS__))

/* ---- losses: shape (1) -------------------------------------------------- */

typedef struct {
    double smoothing;   /* e in [0, 1): the target is (1 - e) one-hot + e
                         * uniform (Szegedy et al. 2016). Default 0. */
} CrossEntropy;

/* Mean over rows of -log softmax(logits)[target], in nats. logits: (..., V),
 * targets: one class for each row. A negative target (T_IGNORE) marks a row
 * that counts neither in the sum nor in the mean; if all are, the loss is 0. */
enum { T_IGNORE = -1 };
Tensor *t_cross_entropy(Tensor *logits, const int *targets,
                        CrossEntropy options);

/* Mean of (prediction - target)^2 over all elements; equal shapes. */
Tensor *t_squared_error(Tensor *prediction, Tensor *target);

/* ---- gradients ---------------------------------------------------------- */

/* Adds d loss / d p to the gradient of every parameter p the loss was made
 * from. `loss` holds one number. Once a step: tape_reset() comes before the
 * next. */
void t_backward(Tensor *loss);

/* Sets the gradients of all parameters of the list to 0. */
void params_zero_grad(const Params *list);

/* ---- errors ------------------------------------------------------------- */

/* As t_here() in fail.h, and return x. */
Tensor *t_here_in(Tensor *x, const char *file, int line);
const Tensor *t_here_look(const Tensor *x, const char *file, int line);
Tensor **t_here_list(Tensor **x, const char *file, int line);

/* Every call from outside the library notes its place first. The arguments may
 * themselves call functions that note theirs, so the place goes through the
 * tensors: it is noted when they are all there, just before the call. A
 * function-like macro may bear the name of the function it calls: it is not
 * expanded again. */
#ifndef T_LIBRARY
#define T_IN(x)    t_here_in(x, __FILE__, __LINE__)
#define T_LOOK(x)  t_here_look(x, __FILE__, __LINE__)
#define T_LIST(x)  t_here_list(x, __FILE__, __LINE__)
#define tape_release(m)             T_AT(tape_release(m))
#define tape_ints(n)                T_AT(tape_ints(n))
#define t_zeros_shape(s)            T_AT(t_zeros_shape(s))
#define t_param_shape(l, s)         T_AT(t_param_shape(l, s))
#define t_keep(x)                   t_keep(T_LOOK(x))
#define t_from_shape(p, s)          T_AT(t_from_shape(p, s))
#define t_literal(o, s, n, p)       T_AT(t_literal(o, s, n, p))
#define t_normal_shape(r, s)        T_AT(t_normal_shape(r, s))
#define t_uniform_shape(r, a, b, s) T_AT(t_uniform_shape(r, a, b, s))
#define t_assign(a, b)              t_assign(T_IN(a), T_LOOK(b))
#define t_dim(x, a)                 t_dim(T_LOOK(x), a)
#define t_size(x)                   t_size(T_LOOK(x))
#define t_shape(x)                  t_shape(T_LOOK(x))
#define t_element(x, i)             t_element(T_LOOK(x), i)
#define t_grad_element(x, i)        t_grad_element(T_LOOK(x), i)
#define t_item(x)                   t_item(T_LOOK(x))
#define t_grad(x)                   t_grad(T_LOOK(x))
#define t_keep_grad(x)              t_keep_grad(T_IN(x))
#define t_last_use(x)               t_last_use(T_IN(x))
#define t_norm(x)                   t_norm(T_LOOK(x))
#define t_distance(a, b)            t_distance(T_LOOK(a), T_LOOK(b))
#define t_print(n, x)               t_print(n, T_LOOK(x))
#define t_transpose(x)              t_transpose(T_IN(x))
#define t_permute_axes(x, a)        t_permute_axes(T_IN(x), a)
#define t_slice(x, a, f, t)         t_slice(T_IN(x), a, f, t)
#define t_reshape_shape(x, s)       t_reshape_shape(T_IN(x), s)
#define t_contiguous(x)             t_contiguous(T_IN(x))
#define t_detach(x)                 t_detach(T_LOOK(x))
#define t_add(a, b)                 t_add(T_IN(a), T_IN(b))
#define t_sub(a, b)                 t_sub(T_IN(a), T_IN(b))
#define t_mul(a, b)                 t_mul(T_IN(a), T_IN(b))
#define t_div(a, b)                 t_div(T_IN(a), T_IN(b))
#define t_scale(x, f)               t_scale(T_IN(x), f)
#define t_exp(x)                    t_exp(T_IN(x))
#define t_log(x)                    t_log(T_IN(x))
#define t_sqrt(x)                   t_sqrt(T_IN(x))
#define t_tanh(x)                   t_tanh(T_IN(x))
#define t_sigmoid(x)                t_sigmoid(T_IN(x))
#define t_relu(x)                   t_relu(T_IN(x))
#define t_gelu(x)                   t_gelu(T_IN(x))
#define t_silu(x)                   t_silu(T_IN(x))
#define t_swiglu(g, u)              t_swiglu(T_IN(g), T_IN(u))
#define t_masked_fill(x, m, v)      t_masked_fill(T_IN(x), T_LOOK(m), v)
#define t_dropout(x, p, r)          t_dropout(T_IN(x), p, r)
#define t_broadcast_shape(x, s)     t_broadcast_shape(T_IN(x), s)
#define t_concat_list(a, n, l)      t_concat_list(a, n, T_LIST(l))
#define t_windows(x, a, ...)        t_windows(T_IN(x), a, __VA_ARGS__)
#define t_sum(x, a)                 t_sum(T_IN(x), a)
#define t_mean(x, a)                t_mean(T_IN(x), a)
#define t_max(x, a)                 t_max(T_IN(x), a)
#define t_matmul(a, b)              t_matmul(T_IN(a), T_IN(b))
#define t_linear(x, w, b)           t_linear(T_IN(x), T_IN(w), T_IN(b))
#define t_attention(q, k, v, ...)                                              \
    t_attention(T_IN(q), T_IN(k), T_IN(v), __VA_ARGS__)
#define t_gru(i, s, h)              t_gru(T_IN(i), T_IN(s), T_IN(h))
#define t_softmax(x)                t_softmax(T_IN(x))
#define t_log_softmax(x)            t_log_softmax(T_IN(x))
#define t_layer_norm(x, g, b)       t_layer_norm(T_IN(x), T_IN(g), T_IN(b))
#define t_add_norm(x, f, g, b)                                                 \
    t_add_norm(T_IN(x), T_IN(f), T_IN(g), T_IN(b))
#define t_rms_norm(x, g, ...)       t_rms_norm(T_IN(x), T_IN(g), __VA_ARGS__)
#define t_rotary(x, f, ...)         t_rotary(T_IN(x), f, __VA_ARGS__)
#define t_embedding_shape(t, i, s)  t_embedding_shape(T_IN(t), i, s)
#define t_cross_entropy(l, t, ...)  t_cross_entropy(T_IN(l), t, __VA_ARGS__)
#define t_squared_error(p, t)       t_squared_error(T_IN(p), T_IN(t))
#define t_backward(l)               t_backward(T_IN(l))
#endif

#endif

/* ops.h -- what the files of the tensor library share among themselves.
 * Nothing here is for chapters. */
#ifndef OPS_H
#define OPS_H

#ifndef T_LIBRARY
#define T_LIBRARY
#endif
#include "tensor/tensor.h"

#include <string.h>
#include <tgmath.h>     /* exp() of a float is expf(), of a double exp() */

/* ---- memory (tape.c) ---------------------------------------------------- */

/* As tape_room(), but until tape_free(). */
void *keep_alloc(size_t bytes);

static inline int smaller(int a, int b) { return a < b ? a : b; }
static inline int larger(int a, int b) { return a > b ? a : b; }

/* ---- making results (tape.c) -------------------------------------------- */

/* A tensor of this step, its numbers not yet set. If recording is on and an
 * input wants a gradient, so does the result, and it goes on the tape.
 * Inputs may be NULL.
 *
 * An operation whose backward pass does not read the numbers of the result ends
 * with `out->buffer->changeable = true`: after t_last_use() the next operation
 * may then write over them. Leave it out where backward computes with y, as
 * those of exp, tanh and softmax do; inputs that backward reads are taken care
 * of here. It saves memory only; tests/last_use.c finds it where it is wrong. */
Tensor *op_result(const char *op, Shape shape, void (*backward)(Tensor *out),
                  Tensor *a, Tensor *b, Tensor *c);

/* Says that a result was made from x, too, when its three places are taken: what
 * op_result() does for each input. cost_of() does not see it. */
void op_and_from(Tensor *out, void (*backward)(Tensor *out), Tensor *x);

/* If t_last_use() gave x and nothing else needs it: x as its new owner sees it,
 * who may write over it. Use of x itself is refused from now on. Else NULL. */
Tensor *op_take(Tensor *x);

/* As op_result(), but in the memory of x, if that can be taken: the result has
 * its shape, and its numbers yet. `backward` finds the gradient where that of x
 * is to be. Else NULL. */
Tensor *op_over(const char *op, void (*backward)(Tensor *out), Tensor *x,
                Tensor *other);

/* Another look at the numbers of x, same shape, not on the tape. */
Tensor *op_view(const char *op, Tensor *x);

/* Where the numbers of x start; where their gradients do, which are zeros
 * before the first use, or NULL if x wants none. */
static inline real *data_of(const Tensor *x)
{
    return x->buffer->data + x->start;
}
real *grad_of(const Tensor *x);

/* The same; and for who `sets_all` of it, each number once, whether it is
 * `fresh`: nothing has arrived there yet, and the numbers are anything. Then
 * store instead of adding. */
typedef struct {
    real *at;           /* NULL: not wanted */
    bool fresh;
} Gradient;

Gradient gradient_of(const Tensor *x, bool sets_all);

/* ---- convolution (ops_convolve.c) ---------------------------------------- */

/* What nn_square_windows() computes, once it has looked at the shapes. */
Tensor *op_convolve(Tensor *x, Tensor *weight, Tensor *bias, int size,
                    int border);

/* ---- shapes (tensor.c) -------------------------------------------------- */

/* Marks in Tensor.alive. The last is what tape_free() leaves, in debug builds. */
enum { ALIVE = 0x7e450a11, GIVEN_AWAY, FREED = ARENA_FREED * 0x01010101 };

/* Stops unless x is a living tensor; op names the caller in the message. */
void op_check(const char *op, const Tensor *x);

/* The axis counted from the front; stops if there is none such. */
int op_axis(const char *op, const Tensor *x, int axis);

/* Stops unless every size is >= 1 and there are 1 to T_MAX_DIMS of them. */
void op_check_shape(const char *op, Shape shape);

size_t shape_size(Shape shape);
bool shape_equal(Shape a, Shape b);

/* The shape that a and b broadcast to; stops if they do not. */
Shape op_broadcast(const char *op, const Tensor *a, const Tensor *b);

/* ---- walking over elements (walk.c) ------------------------------------- */

/* One of the arrays that a loop runs over: where element (0, ..., 0) is and
 * the stride of each axis of the loop's shape. Stride 0 repeats an element
 * when read, and sums into it when added to. */
typedef struct {
    real *at;
    ptrdiff_t stride[T_MAX_DIMS];
} Operand;

/* The numbers or gradients of x, as seen by a loop over `shape`, to which x
 * broadcasts. */
Operand operand(real *at, const Tensor *x, Shape shape);

/* Row-by-row scratch: `at` holds one number for each row of `shape`. */
Operand operand_per_row(real *at, Shape shape);

/* A loop over the last axis: n elements, element i of array k at
 * p[k][i * s[k]]. */
typedef void Row(int n, real *const p[], const ptrdiff_t s[], const void *arg);

/* Calls row() for every row of the shape, several threads at a time: it may
 * write to its part of the first array, and nothing else. walk_elements may
 * first join neighbouring axes into longer rows; walk_rows keeps rows as they
 * are. walk_in_order goes from row to row on the thread that calls it, for who
 * prints, or gathers in one place. */
void walk_elements(Shape shape, int k, const Operand list[], Row *row,
                   const void *arg);
void walk_rows(Shape shape, int k, const Operand list[], Row *row,
               const void *arg);

void walk_in_order(Shape shape, int k, const Operand list[], Row *row,
                   const void *arg);

enum { WALK_MAX = 8 };  /* arrays in one loop */

/* Whether a loop over n times m elements is worth several threads. */
static inline bool worth_threads(int n, int m)
{
    return (size_t)n * (size_t)m >= 1 << 15;
}

/* y += x over a broadcast shape: the backward pass of a copy, and sum(). */
void walk_add(Shape shape, Operand y, Operand x);
void walk_copy(Shape shape, Operand y, Operand x);

#endif

/* tape.c -- the memory of a step, and the tape that runs backward. */
#include "tensor/ops.h"
#include "tensor/arena.h"
#include "base/parallel.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- memory ------------------------------------------------------------- */

static Arena step, keep;

void *tape_room(size_t bytes) { return arena_alloc(&step, bytes); }
void *keep_alloc(size_t bytes) { return arena_alloc(&keep, bytes); }

int *tape_ints(int n)
{
    if (n < 0)
        t_fail("tape_ints: room for %d ints cannot be", n);
    return tape_room((size_t)n * sizeof(int));
}

size_t tape_bytes(void) { return step.bytes; }
size_t tape_kept_bytes(void) { return keep.bytes; }
size_t tape_reserved_bytes(void) { return step.reserved + keep.reserved; }

/* Pieces of the step's memory that are free again, until the step ends. */
typedef struct Spare Spare;
struct Spare {
    Spare *next;
    size_t bytes;
};

static Spare *spares;

static long steps_ended;    /* by tape_reset() and tape_free() */

/* ---- the tape ----------------------------------------------------------- */

static struct {
    Tensor **at;
    int n, room;
    bool paused;
    bool used;      /* t_backward() has run on it */
} tape;

bool tape_record(bool on)
{
    bool was = !tape.paused;
    tape.paused = !on;
    return was;
}

TapeMark tape_mark(void)
{
    return (TapeMark){ .memory = arena_mark(&step), .operations = tape.n,
                       .step = steps_ended };
}

void tape_release(TapeMark mark)
{
    if (mark.step != steps_ended || mark.operations > tape.n
        || mark.memory.bytes > step.bytes)
        t_fail("tape_release: the mark is of what was taken back already");
    arena_release(&step, mark.memory);
    tape.n = mark.operations;
}

void tape_reset(void)
{
    arena_reset(&step);
    steps_ended++;
    spares = NULL;
    tape.n = 0;
    tape.used = false;
}

void tape_free(void)
{
    arena_free(&step);
    arena_free(&keep);
    steps_ended++;
    spares = NULL;
    free(tape.at);
    tape.at = NULL;
    tape.n = tape.room = 0;
    tape.used = false;
}

void tape_print(void)
{
    for (int i = 0; i < tape.n; i++) {
        Tensor *t = tape.at[i];
        printf("%4d  %-16s %-18s <-", i, t->op, t_shape(t));
        for (int k = 0; k < 3; k++)
            if (t->in[k])
                printf(" %s %s", t->in[k]->op, t_shape(t->in[k]));
        printf("\n");
    }
}

static void tape_append(Tensor *t)
{
    if (tape.n == tape.room) {
        tape.room = tape.room ? 2 * tape.room : 256;
        tape.at = grown(tape.at, (size_t)tape.room, sizeof *tape.at);
    }
    tape.at[tape.n++] = t;
}

/* ---- tensors ------------------------------------------------------------ */

static Tensor *new_tensor(void *(*alloc)(size_t), const char *op, Shape shape)
{
    op_check_shape(op, shape);
    Tensor *t = alloc(sizeof *t);
    *t = (Tensor){ .alive = ALIVE, .shape = shape, .op = op };
    ptrdiff_t stride = 1;
    for (int i = shape.n - 1; i >= 0; i--) {
        t->stride[i] = stride;
        stride *= shape.dim[i];
    }
    t->buffer = alloc(sizeof *t->buffer);
    *t->buffer = (Buffer){ .size = shape_size(shape) };
    t->buffer->data = alloc(t->buffer->size * sizeof(real));
    return t;
}

Tensor *op_result(const char *op, Shape shape, void (*backward)(Tensor *out),
                  Tensor *a, Tensor *b, Tensor *c)
{
    Tensor *t = new_tensor(tape_room, op, shape);
    Tensor *in[3] = { a, b, c };
    for (int i = 0; i < 3; i++) {
        t->in[i] = in[i];
        if (in[i])
            op_and_from(t, backward, in[i]);
    }
    return t;
}

void op_and_from(Tensor *out, void (*backward)(Tensor *out), Tensor *x)
{
    x->buffer->changeable = false;
    if (!x->buffer->wants_grad || tape.paused || out->buffer->wants_grad)
        return;
    out->buffer->wants_grad = true;
    out->backward = backward;
    tape_append(out);
}

/* ---- who may write over what --------------------------------------------- *
 * Results lie in memory until the step ends, for the backward pass and for who
 * holds them. Where neither reads one again, the next may take its place:
 *
 *     mark              of        set by                   means
 *     last_use          a tensor  t_last_use(x)            the caller needs x
 *                                                          once more
 *     changeable        numbers   an operation whose       nothing reads them:
 *                                 backward does not read   not backward, not
 *                                 its result; taken back   another tensor
 *                                 by all that x goes into
 *     keeps_grad        numbers   t_keep_grad(), or 0      x will be looked at
 *     GIVEN_AWAY        a tensor  op_take(x)               use of x is refused
 *     over              a tensor  op_over(x)               lies where in[0] lay,
 *                                                          its gradient, too
 *
 * With the first two and without the third, x may be taken:
 *
 *     t_relu(x), t_add(x, y), t_add(y, x)   the result lies there (op_over)
 *     t_add_norm(y, x)                      the sum y + x does (op_take)
 *     t_cross_entropy(x)                    the gradient of x does (op_take)
 */

Tensor *t_last_use(Tensor *x)
{
    op_check("t_last_use", x);
    x->last_use = true;
    return x;
}

/* The operation that made x stays on the tape, with a copy of the tensor that
 * nobody else can name. */
Tensor *op_take(Tensor *x)
{
    if (!x->last_use || !x->buffer->changeable || x->buffer->keeps_grad)
        return NULL;
    Tensor *copy = tape_room(sizeof *copy);
    *copy = *x;
    for (int i = tape.n - 1; i >= 0; i--)
        if (tape.at[i] == x) {
            tape.at[i] = copy;
            break;
        }
    x->alive = GIVEN_AWAY;
    return copy;
}

Tensor *op_over(const char *op, void (*backward)(Tensor *out), Tensor *x,
                Tensor *other)
{
    bool wants = x->buffer->wants_grad || (other && other->buffer->wants_grad);
    if ((other && other->buffer == x->buffer)
        || x->buffer->wants_grad != (wants && !tape.paused)
        || !(x = op_take(x)))
        return NULL;
    Tensor *t = op_view(op, x);
    t->in[1] = other;
    t->saved = NULL;
    t->over = true;
    if (other)
        other->buffer->changeable = false;
    if (t->buffer->wants_grad) {
        t->backward = backward;
        tape_append(t);
    }
    return t;
}

Tensor *op_view(const char *op, Tensor *x)
{
    op_check(op, x);
    Tensor *view = tape_room(sizeof *view);
    *view = *x;
    view->op = op;
    view->in[0] = x;
    view->in[1] = view->in[2] = NULL;
    view->backward = NULL;
    view->over = view->last_use = false;
    x->buffer->changeable = false;
    return view;
}

Tensor *t_zeros_shape(Shape shape)
{
    Tensor *t = new_tensor(tape_room, "t_zeros", shape);
    memset(t->buffer->data, 0, t->buffer->size * sizeof(real));
    return t;
}

Tensor *t_param_shape(Params *list, Shape shape)
{
    Tensor *t = new_tensor(keep_alloc, "t_param", shape);
    size_t bytes = t->buffer->size * sizeof(real);
    t->buffer->wants_grad = true;
    t->buffer->grad = keep_alloc(bytes);
    t->buffer->cleared = true;
    memset(t->buffer->data, 0, bytes);
    if (list) {
        if (list->n == list->room) {
            int room = list->room ? 2 * list->room : 16;
            Tensor **at = keep_alloc((size_t)room * sizeof *at);
            if (list->n)
                memcpy(at, list->at, (size_t)list->n * sizeof *at);
            list->at = at;
            list->room = room;
        }
        list->at[list->n++] = t;
    }
    return t;
}

Tensor *t_keep(const Tensor *x)
{
    op_check("t_keep", x);
    Tensor *t = new_tensor(keep_alloc, "t_keep", x->shape);
    t_assign(t, x);
    return t;
}

Tensor *t_detach(const Tensor *x)
{
    Tensor *view = op_view("t_detach", (Tensor *)(uintptr_t)x);
    view->buffer = tape_room(sizeof *view->buffer);
    *view->buffer = *x->buffer;
    view->buffer->grad = NULL;
    view->buffer->wants_grad = false;
    return view;
}

long params_count(const Params *list)
{
    long count = 0;
    for (int i = 0; i < list->n; i++)
        count += t_size(list->at[i]);
    return count;
}

void params_zero_grad(const Params *list)
{
    for (int i = 0; i < list->n; i++)
        list->at[i]->buffer->cleared = true;
}

/* ---- backward ----------------------------------------------------------- */

/* Gradients are made when the backward pass first reaches them: what does not
 * lead to the loss costs neither memory nor time. And they are given back when
 * the pass has gone by: whatever was made from x stands later on the tape, so
 * nothing will ask for its gradient again. Another one takes the place. A
 * Transformer in training so needs half the memory. */
static void spare(void *memory, size_t bytes)
{
    Spare *new = memory;
    *new = (Spare){ spares, bytes };
    spares = new;
}

/* The smallest spare piece that is large enough; what it has too much stays. */
static void *spare_alloc(size_t bytes)
{
    Spare **best = NULL;
    for (Spare **s = &spares; *s; s = &(*s)->next)
        if ((*s)->bytes >= bytes && (!best || (*s)->bytes < (*best)->bytes))
            best = s;
    if (!best)
        return tape_room(bytes);
    Spare *found = *best;
    *best = found->next;
    if (found->bytes > bytes)
        spare((char *)found + bytes, found->bytes - bytes);
    return found;
}

static size_t grad_bytes(const Buffer *b)
{
    return (b->size * sizeof(real) + ARENA_ALIGN - 1) / ARENA_ALIGN
        * ARENA_ALIGN;
}

static void give_grad_back(Buffer *b)
{
    if (b->keeps_grad)
        return;
#ifdef T_DEBUG
    memset(b->grad, 0xFF, grad_bytes(b));
#endif
    spare(b->grad, grad_bytes(b));
    b->grad = NULL;
    b->gave_grad_back = true;
}

/* Zeros, by all threads: a page of zeros takes as long as a page of sums. */
typedef struct {
    real *at;
    size_t size;
    int parts;
} Zeros;

static void zero_part(int i, const void *arg)
{
    const Zeros *z = arg;
    size_t first = z->size * (size_t)i / (size_t)z->parts;
    size_t end = z->size * (size_t)(i + 1) / (size_t)z->parts;
    memset(z->at + first, 0, (end - first) * sizeof(real));
}

real *grad_of(const Tensor *x)
{
    Buffer *b = x->buffer;
    if (!b->wants_grad)
        return NULL;
    if (!b->grad) {
        b->grad = spare_alloc(grad_bytes(b));
        b->cleared = true;
    }
    if (b->cleared) {
        b->cleared = false;
        Zeros z = { b->grad, b->size, parallel_threads() };
        parallel_for(b->size > 1 << 15, z.parts, zero_part, &z);
    }
    return b->grad + x->start;
}

/* Whether x is all its buffer, in whatever order of axes: each round finds the
 * next axis outward. (Where a gradient is wanted no axis is repeated by a
 * stride of 0.) */
static bool fills_buffer(const Tensor *x)
{
    ptrdiff_t stride = 1;
    for (int round = 0; round < x->shape.n; round++)
        for (int axis = 0; axis < x->shape.n; axis++)
            if (x->stride[axis] == stride)
                stride *= x->shape.dim[axis];
    return (size_t)stride == x->buffer->size;
}

Gradient gradient_of(const Tensor *x, bool sets_all)
{
    Buffer *b = x->buffer;
    bool nothing_yet = b->wants_grad && (!b->grad || b->cleared);
    if (!sets_all || !nothing_yet || !fills_buffer(x))
        return (Gradient){ .at = grad_of(x) };
    if (!b->grad)
        b->grad = spare_alloc(grad_bytes(b));
    b->cleared = false;
    return (Gradient){ .at = grad_of(x), .fresh = true };
}

void t_backward(Tensor *loss)
{
    op_check("t_backward", loss);
    if (t_size(loss) != 1)
        t_fail("t_backward: the loss must hold one number, got shape %s",
               t_shape(loss));
    if (!loss->buffer->wants_grad)
        t_fail("t_backward: no parameter leads to this loss, or recording was "
               "off");
    if (tape.used)
        t_fail("t_backward: has run on this tape already; tape_reset() starts "
               "the next step");
    tape.used = true;
    *grad_of(loss) += 1;
    for (int i = tape.n - 1; i >= 0; i--)
        if (tape.at[i]->buffer->grad) {
            tape.at[i]->backward(tape.at[i]);
            if (!tape.at[i]->over)      /* in[0] needs it yet */
                give_grad_back(tape.at[i]->buffer);
        }
}

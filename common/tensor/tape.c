/* tape.c -- memory in two arenas, and the tape that runs backward. */
#include "tensor/ops.h"
#include "base/parallel.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- errors ------------------------------------------------------------- */

static const char *here_file = "?";
static int here_line;

void t_here(const char *file, int line)
{
    here_file = file;
    here_line = line;
}

Tensor *t_here_in(Tensor *x, const char *file, int line)
{
    t_here(file, line);
    return x;
}

const Tensor *t_here_look(const Tensor *x, const char *file, int line)
{
    t_here(file, line);
    return x;
}

Tensor **t_here_list(Tensor **x, const char *file, int line)
{
    t_here(file, line);
    return x;
}

static void print_and_abort(const char *message)
{
    fflush(stdout);
    fprintf(stderr, "%s\n", message);
    abort();
}

TensorErrorHandler t_on_error = print_and_abort;

void t_fail(const char *format, ...)
{
    static char message[1024];  /* outlives a handler that jumps away */
    const char *slash = strrchr(here_file, '/');
    int used = snprintf(message, sizeof message, "%s:%d: ",
                        slash ? slash + 1 : here_file, here_line);
    va_list args;
    va_start(args, format);
    vsnprintf(message + used, sizeof message - (size_t)used, format, args);
    va_end(args);
    t_on_error(message);
    abort();    /* a handler must not return */
}

/* ---- arenas -------------------------------------------------------------- *
 * An arena is a chain of blocks. Allocation moves a mark; taking everything
 * back moves it to the start again. Blocks are kept, so a training loop asks
 * the system for memory in its first step only. */

typedef struct Block Block;
struct Block {
    Block *next;
    size_t size, used;
    char *bytes;
};

typedef struct {
    Block *first, *now;
    size_t bytes;       /* handed out */
    size_t most;        /* the same at its highest in this step */
    size_t reserved;    /* asked of the system */
} Arena;

static Arena step, keep;

enum { ALIGN = 64, SMALLEST_BLOCK = 1 << 20 };

/* bytes: a multiple of ALIGN, and so are all sizes. */
static Block *new_block(Arena *arena, size_t bytes)
{
    size_t size = arena->reserved > SMALLEST_BLOCK ? arena->reserved
                                                   : SMALLEST_BLOCK;
    if (size < bytes)
        size = bytes;
    Block *block = malloc(sizeof *block);
    char *memory = aligned_alloc(ALIGN, size);
    if (!block || !memory) {
        free(block);
        free(memory);
        t_fail("out of memory: %zu bytes more than the %zu in use", bytes,
               step.bytes + keep.bytes);
    }
    *block = (Block){ .size = size, .bytes = memory };
    arena->reserved += size;
    return block;
}

static void *arena_alloc(Arena *arena, size_t bytes)
{
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    Block **link = arena->now ? &arena->now : &arena->first;
    while (*link && (*link)->size - (*link)->used < bytes)
        link = &(*link)->next;
    if (!*link)
        *link = new_block(arena, bytes);
    arena->now = *link;
    void *memory = arena->now->bytes + arena->now->used;
    arena->now->used += bytes;
    arena->bytes += bytes;
    if (arena->bytes > arena->most)
        arena->most = arena->bytes;
    return memory;
}

static void empty(Block *b, size_t used)
{
#ifdef T_DEBUG
    memset(b->bytes + used, 0xFF, b->used - used);  /* NaN, and dead */
#endif
    b->used = used;
}

static void arena_free(Arena *arena)
{
    for (Block *b = arena->first, *next; b; b = next) {
        next = b->next;
        free(b->bytes);
        free(b);
    }
    *arena = (Arena){ 0 };
}

/* Several blocks become one that has room for all they held, and a little more.
 * So the next steps ask for nothing, whatever the order of their requests. As
 * much as was held is written to at once: the system gives a page of memory
 * only when it is touched, and that takes longer than filling it. */
static void arena_reset(Arena *arena)
{
    size_t held = arena->most;
    if (arena->first && arena->first->next) {
        arena_free(arena);
        arena->first = new_block(arena, (held + held / 16) / ALIGN * ALIGN
                                            + ALIGN);
        memset(arena->first->bytes, 0, held);
    }
    if (arena->first)
        empty(arena->first, 0);
    arena->now = arena->first;
    arena->bytes = arena->most = 0;
}

void *step_alloc(size_t bytes) { return arena_alloc(&step, bytes); }
void *keep_alloc(size_t bytes) { return arena_alloc(&keep, bytes); }

int *tape_ints(int n) { return step_alloc((size_t)n * sizeof(int)); }

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
    return (TapeMark){ .block = step.now, .used = step.now ? step.now->used : 0,
                       .bytes = step.bytes, .operations = tape.n };
}

void tape_release(TapeMark mark)
{
    Block *first = mark.block ? mark.block : step.first;
    for (Block *b = first; b; b = b->next)
        empty(b, b == mark.block ? mark.used : 0);
    step.now = first;
    step.bytes = mark.bytes;
    tape.n = mark.operations;
}

void tape_reset(void)
{
    arena_reset(&step);
    spares = NULL;
    tape.n = 0;
    tape.used = false;
}

void tape_free(void)
{
    arena_free(&step);
    arena_free(&keep);
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
        int room = tape.room ? 2 * tape.room : 256;
        Tensor **at = realloc(tape.at, (size_t)room * sizeof *at);
        if (!at)
            t_fail("out of memory: a tape of %d operations", room);
        tape.at = at;
        tape.room = room;
    }
    tape.at[tape.n++] = t;
}

/* ---- tensors ------------------------------------------------------------ */

enum { ALIVE = 0x7e450a11, GIVEN_AWAY };

void op_check(const char *op, const Tensor *x)
{
    if (!x)
        t_fail("%s: got NULL in place of a tensor", op);
    if (x->alive == GIVEN_AWAY)
        t_fail("%s: a tensor is used after t_last_use() gave its memory away",
               op);
    if (x->alive != ALIVE)
        t_fail("%s: a tensor is used after tape_reset() took it back; keep it "
               "with t_keep()", op);
}

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
    Tensor *t = new_tensor(step_alloc, op, shape);
    Tensor *in[3] = { a, b, c };
    for (int i = 0; i < 3; i++) {
        t->in[i] = in[i];
        if (!in[i])
            continue;
        in[i]->buffer->changeable = false;
        if (in[i]->buffer->wants_grad && !tape.paused)
            t->buffer->wants_grad = true;
    }
    if (t->buffer->wants_grad) {
        t->backward = backward;
        tape_append(t);
    }
    return t;
}

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
    Tensor *copy = step_alloc(sizeof *copy);
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
    Tensor *view = step_alloc(sizeof *view);
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
    Tensor *t = new_tensor(step_alloc, "t_zeros", shape);
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

Tensor *t_detach(Tensor *x)
{
    Tensor *view = op_view("t_detach", x);
    view->buffer = step_alloc(sizeof *view->buffer);
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
        return step_alloc(bytes);
    Spare *found = *best;
    *best = found->next;
    if (found->bytes > bytes)
        spare((char *)found + bytes, found->bytes - bytes);
    return found;
}

static size_t grad_bytes(const Buffer *b)
{
    return (b->size * sizeof(real) + ALIGN - 1) / ALIGN * ALIGN;
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

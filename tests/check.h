/* check.h -- what the tests of the library share. */
#ifndef CHECK_H
#define CHECK_H

#ifndef _DEFAULT_SOURCE     /* dup2() and its kind; getrusage() whole */
#define _DEFAULT_SOURCE
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tensor/tensor.h"

/* ---- running ------------------------------------------------------------ */

/* Every test starts with empty arenas and leaves nothing behind. */
static inline int end_of_test(void **state)
{
    (void)state;
    tape_free();
    tape_record(true);
    return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, end_of_test)

/* ---- errors ------------------------------------------------------------- */

static jmp_buf check_refused;
static char check_refusal[1024];

static inline void check_note(const char *message)
{
    snprintf(check_refusal, sizeof check_refusal, "%s", message);
    longjmp(check_refused, 1);
}

/* The refusal must be "FILE:LINE: text". A call in several lines may be said
 * to stand in any of them: compilers differ. */
static inline void check_refusal_is(const char *text, const char *file,
                                    int line)
{
    char expected[1024];
    const char *slash = strrchr(file, '/');
    for (int i = 0; i < 4; i++) {
        snprintf(expected, sizeof expected, "%s:%d: %s",
                 slash ? slash + 1 : file, line + i, text);
        if (strcmp(check_refusal, expected) == 0)
            return;
    }
    print_error("refused: \"%s\"\n     not: \"%s:%d: %s\"\n", check_refusal,
                slash ? slash + 1 : file, line, text);
    _fail(file, line);
}

/* The call must stop with exactly this message, and name this place:
 * assert_refuses("t_dim: axis 2 of a tensor with 2: (2, 3)", t_dim(x, 2)). */
#define assert_refuses(text, call)                                             \
    do {                                                                       \
        ErrorHandler handler_before = t_on_error;                        \
        t_on_error = check_note;                                               \
        check_refusal[0] = '\0';                                               \
        if (setjmp(check_refused) == 0)                                        \
            (void)(call);                                                      \
        t_on_error = handler_before;                                           \
        check_refusal_is(text, __FILE__, __LINE__);                            \
    } while (0)

/* ---- output ------------------------------------------------------------- */

/* Between these two calls what is printed goes to a file; the second gives it
 * as text, which lives until the next such call. */
static FILE *check_file;
static int check_stdout;

static inline void capture_output(void)
{
    check_file = tmpfile();
    assert_non_null(check_file);
    fflush(stdout);
    check_stdout = dup(STDOUT_FILENO);
    dup2(fileno(check_file), STDOUT_FILENO);
}

static inline const char *captured_output(void)
{
    static char text[4096];
    fflush(stdout);
    dup2(check_stdout, STDOUT_FILENO);
    close(check_stdout);
    rewind(check_file);
    text[fread(text, 1, sizeof text - 1, check_file)] = '\0';
    fclose(check_file);
    return text;
}

/* ---- numbers ------------------------------------------------------------ */

/* Element number i of x, counted row by row. Does its own arithmetic, so that
 * it does not trust what it tests. */
static inline real *check_element(const Tensor *x, real *numbers, int i)
{
    ptrdiff_t offset = x->start;
    for (int axis = x->shape.n - 1; axis >= 0; axis--) {
        offset += i % x->shape.dim[axis] * x->stride[axis];
        i /= x->shape.dim[axis];
    }
    return numbers + offset;
}

static inline void check_near(double got, double expected, double tolerance,
                              const char *what, int i, const char *file,
                              int line)
{
    bool same = isnan(expected) ? isnan(got)
              : isinf(expected) ? got == expected
                                : fabs(got - expected) <= tolerance;
    if (!same) {
        print_error("%s, number %d: %.9g, not %.9g\n", what, i, got, expected);
        _fail(file, line);
    }
}

/* NaN is near NaN, an infinity near itself. */
#define assert_near(got, expected, tolerance)                                  \
    check_near((double)(got), (double)(expected), tolerance, #got, 0,          \
               __FILE__, __LINE__)

static inline void check_numbers(const Tensor *x, real *numbers,
                                 double tolerance, int n,
                                 const double *expected, const char *what,
                                 const char *file, int line)
{
    if (t_size(x) != n) {
        print_error("%s: %s is not %d numbers\n", what, t_shape(x), n);
        _fail(file, line);
    }
    for (int i = 0; i < n; i++)
        check_near((double)*check_element(x, numbers, i), expected[i],
                   tolerance, what, i, file, line);
}

/* assert_numbers(x, 1e-6, 1, 2, 3): the numbers of x, row by row; the same for
 * its gradient. */
#define assert_numbers(x, tolerance, ...)                                      \
    do {                                                                       \
        const Tensor *looked_at = (x);                                         \
        check_numbers(looked_at, looked_at->buffer->data, tolerance,           \
                      T_COUNT(__VA_ARGS__), (const double[]){ __VA_ARGS__ },   \
                      #x, __FILE__, __LINE__);                                 \
    } while (0)

/* Where the gradient of x is. One that was cleared is made of zeros when it is
 * first looked at. */
static inline real *check_gradient(const Tensor *x)
{
    assert_non_null(x->buffer->grad);
    t_grad(x);
    return x->buffer->grad;
}

#define assert_gradient(x, tolerance, ...)                                     \
    do {                                                                       \
        const Tensor *looked_at = (x);                                         \
        check_numbers(looked_at, check_gradient(looked_at), tolerance,         \
                      T_COUNT(__VA_ARGS__), (const double[]){ __VA_ARGS__ },   \
                      "gradient of " #x, __FILE__, __LINE__);                  \
    } while (0)

#define assert_shape(x, ...)                                                   \
    assert_string_equal(t_shape(x), shape_text(SHAPE(__VA_ARGS__)))

/* ---- tensors ------------------------------------------------------------ */

/* first, first + 1, ... in any shape. */
static inline Tensor *counted_shape(double first, Shape shape)
{
    Tensor *x = t_zeros_shape(shape);
    for (size_t i = 0; i < x->buffer->size; i++)
        x->buffer->data[i] = (real)(first + (double)i);
    return x;
}
#define counted(first, ...) counted_shape(first, SHAPE(__VA_ARGS__))

/* A parameter with the numbers of x. */
static inline Tensor *param_from(Params *list, const Tensor *x)
{
    Tensor *p = t_param_shape(list, x->shape);
    t_assign(p, x);
    return p;
}

/* ---- layouts ------------------------------------------------------------- *
 * The same tensor can lie in memory in several ways. memory_shape() says what
 * to allocate for a tensor of some shape, laid_out() is the view of that
 * memory that has the shape. */

enum { IN_ROWS, TRANSPOSED, SLICED, REVERSED, LAYOUTS };

static inline Shape memory_shape(int layout, Shape shape)
{
    int n = shape.n;
    Shape memory = shape;
    for (int i = 0; i < n; i++)
        if (layout == SLICED)
            memory.dim[i] += 2;
        else if (layout == REVERSED)
            memory.dim[i] = shape.dim[n - 1 - i];
    if (layout == TRANSPOSED && n > 1) {
        memory.dim[n - 1] = shape.dim[n - 2];
        memory.dim[n - 2] = shape.dim[n - 1];
    }
    return memory;
}

static inline Tensor *laid_out(int layout, Tensor *memory)
{
    int n = memory->shape.n;
    Shape axes = { .n = n };
    for (int i = 0; i < n; i++)
        axes.dim[i] = n - 1 - i;
    if (layout == TRANSPOSED && n > 1)
        return t_transpose(memory);
    if (layout == REVERSED)
        return t_permute_axes(memory, axes);
    for (int i = 0; layout == SLICED && i < n; i++)
        memory = t_slice(memory, i, 1, memory->shape.dim[i] - 1);
    return memory;
}

/* A copy of x in another layout. */
static inline Tensor *copy_in(int layout, const Tensor *x)
{
    Tensor *copy = laid_out(layout,
                            t_zeros_shape(memory_shape(layout, x->shape)));
    t_assign(copy, x);
    return copy;
}

#endif

/* chapter.h -- what the tests of chapters share, beside check.h.
 *
 * A chapter's tests make the claims of its last section come true or fail, over
 * many random examples. Seeds are fixed: a test passes always or never. */
#ifndef CHAPTER_H
#define CHAPTER_H

#include "check.h"

#include <float.h>

/* A lesson that takes a minute would take a quarter of an hour under a sanitizer,
 * which sees its steps in the chapter's quick run. A test calls this before it
 * trains for so long. */
static inline void skip_under_sanitizers(void)
{
#if defined(__SANITIZE_ADDRESS__)
    skip();
#endif
}

/* A whole number from low to high, both included. */
static inline int between(Rng *rng, int low, int high)
{
    return low + rng_below(rng, high - low + 1);
}

/* These numbers, row by row, in that shape. */
static inline Tensor *from_numbers(const double *numbers, Shape shape)
{
    Tensor *x = t_zeros_shape(shape);
    for (size_t i = 0; i < x->buffer->size; i++)
        x->buffer->data[i] = (real)numbers[i];
    return x;
}

/* ---- refusals ----------------------------------------------------------- */

static inline void check_refused_in(const char *chapter, const char *text,
                                    const char *file, int line)
{
    const char *rest = check_refusal;
    size_t length = strlen(chapter), digits = 0;
    bool same = strncmp(rest, chapter, length) == 0 && rest[length] == ':';
    if (same) {
        rest += length + 1;
        digits = strspn(rest, "0123456789");
        same = digits > 0 && strncmp(rest + digits, ": ", 2) == 0
            && strcmp(rest + digits + 2, text) == 0;
    }
    if (!same) {
        print_error("refused: \"%s\"\n     not: \"%s:LINE: %s\"\n",
                    check_refusal, chapter, text);
        _fail(file, line);
    }
}

/* assert_refuses for what is found out inside a chapter's function: the message
 * names the chapter's file, and a line there that may move. */
#define assert_refuses_in(chapter, text, call)                                 \
    do {                                                                       \
        ErrorHandler handler_before = t_on_error;                        \
        t_on_error = check_note;                                               \
        check_refusal[0] = '\0';                                               \
        if (setjmp(check_refused) == 0)                                        \
            (void)(call);                                                      \
        t_on_error = handler_before;                                           \
        check_refused_in(chapter, text, __FILE__, __LINE__);                   \
    } while (0)

/* ---- the same bits ------------------------------------------------------ */

static inline bool same_bits(const Tensor *a, const Tensor *b)
{
    if (strcmp(t_shape(a), t_shape(b)) != 0)
        return false;
    for (int i = 0; i < t_size(a); i++)
        if (memcmp(check_element(a, a->buffer->data, i),
                   check_element(b, b->buffer->data, i), sizeof(real)) != 0)
            return false;
    return true;
}

/* Equal to the last bit, as claims say it. */
#define assert_same_bits(a, b)                                                 \
    do {                                                                       \
        const Tensor *first = (a), *second = (b);                              \
        if (!same_bits(first, second)) {                                       \
            print_error("%s %s and %s %s differ\n", #a, t_shape(first), #b,    \
                        t_shape(second));                                      \
            _fail(__FILE__, __LINE__);                                         \
        }                                                                      \
    } while (0)

#endif

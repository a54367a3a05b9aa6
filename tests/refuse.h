/* refuse.h -- for tests of what the library refuses.
 *
 * REFUSES("part of the message", call) fails unless the call stops with such a
 * message, and the place of the call before it.
 */
#ifndef REFUSE_H
#define REFUSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tensor.h"

static jmp_buf refuse_return;
static char refuse_message[512];
static TensorErrorHandler refuse_before;

static void refuse_handler(const char *message)
{
    snprintf(refuse_message, sizeof refuse_message, "%s", message);
    longjmp(refuse_return, 1);
}

static inline void refuse_check(const char *wanted, const char *file, int line)
{
    const char *slash = strrchr(file, '/');
    char format[256];
    snprintf(format, sizeof format, "%s:%%d: ", slash ? slash + 1 : file);
    int place = 0;
    sscanf(refuse_message, format, &place);
    /* Compilers differ in what line a call of several lines is on. */
    if (place < line - 3 || place > line + 3
        || !strstr(refuse_message, wanted)) {
        print_error("it said \"%s\", not \"%s\"\n", refuse_message, wanted);
        _fail(file, line);
    }
}

#define REFUSES(wanted, ...)                                                   \
    do {                                                                       \
        refuse_before = t_on_error;                                            \
        t_on_error = refuse_handler;                                           \
        refuse_message[0] = '\0';                                              \
        if (setjmp(refuse_return) == 0)                                        \
            (void)(__VA_ARGS__);                                               \
        t_on_error = refuse_before;                                            \
        refuse_check(wanted, __FILE__, __LINE__);                              \
    } while (0)

#endif

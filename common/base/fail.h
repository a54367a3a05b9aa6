/* fail.h -- how a program ends that cannot go on. There are three ways, and no
 * function returns an error code that a caller could forget.
 *
 * - The programmer made a mistake: a shape, an axis or a range that cannot be,
 *   a tensor used after it was given back. t_fail() hands the caller's file and
 *   line, and what is wrong, to t_on_error, which ends with abort(): a debugger
 *   stops where it happened. Tests replace it.
 * - The machine or the user's files refuse: no memory, a full disk, a malformed
 *   file. die(): one line that says what was expected, exit status 1.
 * - The command line is wrong. die_usage(): one line, exit status 2.
 *
 * In each case what on_stop() names is called first, so nothing half-written
 * stays behind.
 */
#ifndef FAIL_H
#define FAIL_H

#include <stddef.h>

#if defined(__GNUC__)
#define FAIL_AS_PRINTF __attribute__((noreturn, format(printf, 1, 2)))
#else
#define FAIL_AS_PRINTF
#endif

/* ---- the programmer's mistakes ------------------------------------------ */

/* Called with "FILE:LINE: t_matmul: inner sizes differ: (4, 64) x (4, 64)";
 * must not return. The default prints it and ends the program with abort().
 * The message lives until the next error. */
typedef void (*ErrorHandler)(const char *message);
extern ErrorHandler t_on_error;

/* Reports a mistake at the place of the last call from outside the library. */
FAIL_AS_PRINTF void t_fail(const char *format, ...);

/* Notes where the next function of the library is called from. */
void t_here(const char *file, int line);

/* A call that notes its place first. Headers define each function that may
 * refuse something as a macro of its own name around this, which is not
 * expanded again:
 *
 *     #define rng_below(r, n) T_AT(rng_below(r, n))
 *
 * The library itself is compiled without them (T_LIBRARY), so that the place
 * stays the one outside. */
#ifndef T_LIBRARY
#define T_AT(call) (t_here(__FILE__, __LINE__), call)
#endif

/* ---- what the machine, a file or the command line refuses --------------- */

/* Ends with "PROGRAM: message" on stderr, after what was printed so far. */
FAIL_AS_PRINTF void die(const char *format, ...);

/* The same with " (see --help)" at the end. */
FAIL_AS_PRINTF void die_usage(const char *format, ...);

/* The name that messages begin with; without one they begin at once. */
void die_as(const char *program);

/* function() is called before die() or die_usage() says why: one of a team may
 * wait whether another says it. */
void before_last_words(void (*function)(void));

/* Ends the program, whose work is done, with stdout_check() and status 0. Before
 * that the function that was last given to before_good_end() is called: one of a
 * team takes its leave. */
_Noreturn void end_well(void);
void before_good_end(void (*function)(void));

/* Stops with die() unless all that was printed on stdout has gone where it
 * should: a disk may be full, a reader gone. */
void stdout_check(void);

/* When the program ends, however it does (but by a signal from outside),
 * function() is called: to remove what is unfinished. At most 8 of them, and
 * again for the same is nothing new. */
void on_stop(void (*function)(void));

/* ---- memory ------------------------------------------------------------- */

/* As realloc(memory, count * size), which malloc() is with NULL; never NULL,
 * and the product does not overflow: where there is no memory, dies. */
void *grown(void *memory, size_t count, size_t size);

#endif

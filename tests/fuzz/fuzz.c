/* fuzz.c -- errors that end a try, and what must be given back after it. */
#define _POSIX_C_SOURCE 200809L     /* fmemopen */
#include "fuzz.h"

#include "tensor/tensor.h"

#include <unistd.h>

const uint8_t *fuzz_file[2];
size_t fuzz_size[2];

static jmp_buf end_of_try;

/* ---- memory ------------------------------------------------------------- */

void *__real_malloc(size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

/* Stands before each piece of memory that is not given back. */
typedef struct Piece Piece;
struct Piece {
    Piece *before, *after;
    size_t size, mark;
};
static Piece pieces = { &pieces, &pieces, 0, 0 };
static const size_t ours = (size_t)0x5AFEC0DE5AFEC0DEu;

void *__wrap_malloc(size_t n)
{
    Piece *p = __real_malloc(sizeof *p + n);
    if (!p)
        return NULL;
    *p = (Piece){ &pieces, pieces.after, n, ours };
    pieces.after->before = p;
    pieces.after = p;
    return p + 1;
}

void *__wrap_calloc(size_t n, size_t size)
{
    void *p = __wrap_malloc(n * size);
    return p ? memset(p, 0, n * size) : NULL;
}

/* The C library's own, such as getline()'s, has no mark before it. */
__attribute__((no_sanitize("address"))) static bool is_ours(void *p)
{
    return ((Piece *)p - 1)->mark == ours;
}

void __wrap_free(void *memory)
{
    if (!memory)
        return;
    if (!is_ours(memory)) {
        __real_free(memory);
        return;
    }
    Piece *p = (Piece *)memory - 1;
    p->before->after = p->after;
    p->after->before = p->before;
    p->mark = 0;
    __real_free(p);
}

void *__wrap_realloc(void *memory, size_t n)
{
    void *other = __wrap_malloc(n);
    if (memory && other) {
        size_t size = ((Piece *)memory - 1)->size;
        memcpy(other, memory, size < n ? size : n);
        __wrap_free(memory);
    }
    return other;
}

/* ---- files -------------------------------------------------------------- */

FILE *__wrap_fopen(const char *path, const char *mode);
int __wrap_fclose(FILE *stream);
int __real_fclose(FILE *stream);

static FILE *open_files[4];
static int turn;

FILE *__wrap_fopen(const char *path, const char *mode)
{
    (void)path;
    (void)mode;
    static char nothing[1];
    int k = turn++ % 2;
    FILE *f = fuzz_size[k] == 0
        ? fmemopen(nothing, 1, "rb")
        : fmemopen((void *)(uintptr_t)fuzz_file[k], fuzz_size[k], "rb");
    if (f && fuzz_size[k] == 0)
        getc(f);
    for (int i = 0; i < 4; i++)
        if (!open_files[i]) {
            open_files[i] = f;
            return f;
        }
    abort();
}

int __wrap_fclose(FILE *stream)
{
    for (int i = 0; i < 4; i++)
        if (open_files[i] == stream)
            open_files[i] = NULL;
    return __real_fclose(stream);
}

/* ---- the end of a try --------------------------------------------------- */

_Noreturn void __wrap_die(const char *format, ...);
_Noreturn void __wrap_die_usage(const char *format, ...);
_Noreturn void __wrap_exit(int status);
_Noreturn void __real_exit(int status);

static bool trying;

_Noreturn void __wrap_die(const char *format, ...)
{
    (void)format;
    longjmp(end_of_try, 1);
}

_Noreturn void __wrap_die_usage(const char *format, ...)
{
    (void)format;
    longjmp(end_of_try, 1);
}

_Noreturn void __wrap_exit(int status)
{
    if (!trying)
        __real_exit(status);
    longjmp(end_of_try, 1);
}

static void finding(const char *message)
{
    fprintf(stderr, "a programmer's mistake: %s\n", message);
    __builtin_trap();
}

bool fuzz_try(void (*work)(void *), void *data)
{
    static bool quiet;
    if (!quiet)
        quiet = freopen("/dev/null", "w", stdout);
    t_on_error = finding;
    turn = 0;
    trying = true;
    bool well = setjmp(end_of_try) == 0;
    if (well)
        work(data);
    trying = false;
    tape_record(true);
    tape_free();
    tape_free();    /* and what the first has kept, to see later use */
    for (int i = 0; i < 4; i++)
        if (open_files[i])
            __wrap_fclose(open_files[i]);
    while (pieces.after != &pieces)
        __wrap_free(pieces.after + 1);
    return well;
}

/* shim.c -- a library that stands in front of the C library and lets one call
 * fail: to be preloaded by faults.c. The environment says which:
 *
 *     FAULT=alloc    malloc and its kind, or the name of a function below,
 *           kill     or each of these functions but malloc: instead of it the
 *                    program is killed
 *     FAULT_AT=N     at the N-th call
 *     FAULT_ON=1     and at all that follow
 *     FAULT_HIT=FILE made when it has happened
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_memalign(size_t, size_t);

static const char *fault;
static long at, calls;
static int on;

static void setup(void)
{
    const char *n = getenv("FAULT_AT");
    fault = getenv("FAULT");
    fault = fault ? fault : "";
    at = n ? atol(n) : 0;
    on = getenv("FAULT_ON") != NULL;
}

static void note(void)
{
    const char *hit = getenv("FAULT_HIT");
    int file = hit ? open(hit, O_CREAT | O_WRONLY, 0666) : -1;
    if (file >= 0)
        close(file);
}

/* Is this the call that fails? */
static int fails(const char *function, int number)
{
    if (!fault)
        setup();
    int kills = strcmp(fault, "kill") == 0 && strcmp(function, "alloc") != 0;
    if (!kills && strcmp(fault, function) != 0)
        return 0;
    long call = __sync_add_and_fetch(&calls, 1);
    if (call != at && !(on && call > at))
        return 0;
    note();
    if (kills)
        kill(getpid(), SIGKILL);
    errno = number;
    return 1;
}

/* The stream remembers it, as it would after a real one. */
static int fails_on(const char *function, int number, FILE *stream)
{
    enum { ERROR_SEEN = 0x20 };     /* of ferror(), in the GNU C library */
    int wrong = fails(function, number);
    if (wrong && stream)
        stream->_flags |= ERROR_SEEN;
    return wrong;
}

#define REAL(type, name, ...)                                                  \
    static type (*real)(__VA_ARGS__);                                          \
    if (!real)                                                                 \
        *(void **)&real = dlsym(RTLD_NEXT, #name)

void *malloc(size_t n)
{
    return fails("alloc", ENOMEM) ? NULL : __libc_malloc(n);
}

void *realloc(void *p, size_t n)
{
    return fails("alloc", ENOMEM) ? NULL : __libc_realloc(p, n);
}

void *calloc(size_t n, size_t size)
{
    return fails("alloc", ENOMEM) ? NULL : __libc_calloc(n, size);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return fails("alloc", ENOMEM) ? NULL : __libc_memalign(alignment, n);
}

int posix_memalign(void **p, size_t alignment, size_t n)
{
    if (fails("alloc", ENOMEM))
        return ENOMEM;
    *p = __libc_memalign(alignment, n);
    return *p ? 0 : ENOMEM;
}

FILE *fopen(const char *path, const char *mode)
{
    REAL(FILE *, fopen, const char *, const char *);
    return fails("fopen", EMFILE) ? NULL : real(path, mode);
}

FILE *freopen(const char *path, const char *mode, FILE *stream)
{
    REAL(FILE *, freopen, const char *, const char *, FILE *);
    return fails("freopen", EMFILE) ? NULL : real(path, mode, stream);
}

size_t fread(void *p, size_t size, size_t n, FILE *stream)
{
    REAL(size_t, fread, void *, size_t, size_t, FILE *);
    return fails_on("fread", EIO, stream) ? 0 : real(p, size, n, stream);
}

ssize_t getline(char **line, size_t *room, FILE *stream)
{
    REAL(ssize_t, getline, char **, size_t *, FILE *);
    return fails_on("getline", EIO, stream) ? -1 : real(line, room, stream);
}

size_t fwrite(const void *p, size_t size, size_t n, FILE *stream)
{
    REAL(size_t, fwrite, const void *, size_t, size_t, FILE *);
    return fails_on("fwrite", ENOSPC, stream) ? 0 : real(p, size, n, stream);
}

int fflush(FILE *stream)
{
    REAL(int, fflush, FILE *);
    return fails_on("fflush", ENOSPC, stream) ? EOF : real(stream);
}

/* Nothing here outlives the machine: nobody waits for the disk. */
int fsync(int file)
{
    (void)file;
    return fails("fsync", EIO) ? -1 : 0;
}

/* The file is closed even so. */
int fclose(FILE *stream)
{
    REAL(int, fclose, FILE *);
    int wrong = fails("fclose", EIO);
    int status = real(stream);
    if (wrong)
        errno = EIO;
    return wrong ? EOF : status;
}

int rename(const char *from, const char *to)
{
    REAL(int, rename, const char *, const char *);
    return fails("rename", EACCES) ? -1 : real(from, to);
}

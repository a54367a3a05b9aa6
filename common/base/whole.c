/* whole.c -- files that are replaced whole or not at all. */
#define _XOPEN_SOURCE 700       /* fsync, fileno, lstat, realpath */
#define T_LIBRARY
#include "base/whole.h"
#include "base/fail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static Whole *unfinished;       /* all in the making, the last one first */

static const char *reason_of(int number)
{
    return number ? strerror(number) : "write error";
}

static char *join(const char *a, const char *b)
{
    char *text = malloc(strlen(a) + strlen(b) + 1);
    return text ? strcat(strcpy(text, a), b) : NULL;
}

static void give_back(Whole *w)
{
    for (Whole **at = &unfinished; *at; at = &(*at)->next)
        if (*at == w) {
            *at = w->next;
            break;
        }
    free(w->path);
    free(w->unfinished);
    free(w);
}

void whole_drop(Whole *w)
{
    if (w->stream && w->stream != stdout)
        fclose(w->stream);
    if (w->unfinished)
        remove(w->unfinished);
    give_back(w);
}

static void remove_all(void)
{
    for (Whole *w = unfinished; w; w = w->next)
        remove(w->unfinished);
}

/* Why what is there under this name cannot be replaced, or NULL. */
static const char *cannot_replace(const char *path)
{
    struct stat info;
    if (!*path)
        return "the name is empty";
    if (stat(path, &info) != 0)
        return lstat(path, &info) == 0
            ? "it is a symbolic link that leads nowhere" : NULL;
    if (S_ISDIR(info.st_mode))
        return strerror(EISDIR);
    return S_ISREG(info.st_mode) ? NULL : "it is not a regular file";
}

/* The name with symbolic links followed. Free with free(). */
static char *followed(const char *path)
{
    struct stat info;
    bool is_link = lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
    return is_link ? realpath(path, NULL) : join(path, "");
}

/* Opens a file of a name that no other file has, nor a symbolic link: mode "x"
 * creates it or fails. */
static bool open_unused(Whole *w, FILE *stream)
{
    enum { MOST = 1000 };
    for (int k = 1; k < MOST && !w->stream; k++) {
        char ending[16] = ".new";
        if (k > 1)
            snprintf(ending, sizeof ending, ".new%d", k);
        free(w->unfinished);
        w->unfinished = join(w->path, ending);
        if (!w->unfinished)
            return false;
        /* Here once more, since a stream is lost if reopening it fails. */
        struct stat info;
        if (stream && lstat(w->unfinished, &info) == 0)
            continue;
        w->stream = stream ? freopen(w->unfinished, "wbx", stream)
                           : fopen(w->unfinished, "wbx");
        if (!w->stream && (stream || errno != EEXIST))
            return false;
    }
    return w->stream;
}

Whole *whole_begin(const char *path, FILE *stream, const char **reason)
{
    on_stop(remove_all);
    if ((*reason = cannot_replace(path)))
        return NULL;
    Whole *w = calloc(1, sizeof *w);
    if (w && (w->path = followed(path)) && open_unused(w, stream)) {
        w->next = unfinished;
        unfinished = w;
        return w;
    }
    *reason = reason_of(errno);
    if (w)
        give_back(w);
    return NULL;
}

const char *whole_end(Whole *w, bool on_disk)
{
    errno = 0;
    bool good = fflush(w->stream) == 0 && !ferror(w->stream)
             && (!on_disk || fsync(fileno(w->stream)) == 0);
    int number = errno;
    if (w->stream != stdout && fclose(w->stream) != 0 && good) {
        good = false;
        number = errno;
    }
    w->stream = NULL;
    if (good && rename(w->unfinished, w->path) == 0) {
        give_back(w);
        return NULL;
    }
    if (good)
        number = errno;
    whole_drop(w);
    return reason_of(number);
}

unsigned char *whole_read(const char *path, size_t *n, const char **reason)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        *reason = reason_of(errno);
        return NULL;
    }
    size_t room = 1 << 14, got;
    unsigned char *bytes = grown(NULL, room + 1, 1);
    *n = 0;
    errno = 0;
    while ((got = fread(bytes + *n, 1, room - *n, f)) > 0)
        if ((*n += got) == room)
            bytes = grown(bytes, (room *= 2) + 1, 1);
    bool good = !ferror(f);
    *reason = reason_of(errno);
    fclose(f);
    bytes[*n] = '\0';
    if (good)
        return bytes;
    free(bytes);
    return NULL;
}

bool whole_same(const char *a, const char *b)
{
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0
        && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

bool whole_alike(const char *a, const char *b, size_t *n)
{
    const char *reason;
    size_t first = 0;
    *n = 0;
    unsigned char *x = whole_read(a, &first, &reason);
    unsigned char *y = whole_read(b, n, &reason);
    bool alike = x && y && first == *n && memcmp(x, y, first) == 0;
    free(x);
    free(y);
    return alike;
}

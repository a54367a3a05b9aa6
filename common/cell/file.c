/* file.c -- the files that a program writes with --out DIR. */
#define _POSIX_C_SOURCE 200809L
#define T_LIBRARY
#include "cell/file.h"
#include "base/fail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *folder;
static CellFile *files;     /* all files begun, the last one first */

static char *join(const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    char *all = grown(NULL, size, 1);
    snprintf(all, size, "%s%s%s", a, b, c);
    return all;
}

void cell_file_folder(const char *path)
{
    folder = path;
    char *part = join(path, "", "");
    for (char *end = part; *end;) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char slash = *end;
        *end = '\0';
        struct stat info;
        if (mkdir(part, 0777) != 0) {
            int reason = errno == EEXIST ? ENOTDIR : errno;
            if (stat(part, &info) != 0 || !S_ISDIR(info.st_mode))
                die("--out: cannot make the folder '%s': %s", part,
                    strerror(reason));
        }
        *end = slash;
    }
    free(part);
}

static void cannot_write(const char *name, const char *reason)
{
    die("cannot write '%s/%s': %s", folder, name, reason);
}

CellFile *cell_file_begin(const char *name, bool as_stdout)
{
    for (CellFile *old = files; old; old = old->next)
        if (strcmp(old->name, name) == 0)
            t_fail("'%s' is written twice", name);
    char *path = join(folder, "/", name);
    const char *reason;
    Whole *whole = whole_begin(path, as_stdout ? stdout : NULL, &reason);
    free(path);
    if (!whole)
        cannot_write(name, reason);
    CellFile *file = grown(NULL, 1, sizeof *file);
    *file = (CellFile){ .stream = whole->stream, .name = join(name, "", ""),
                        .unfinished = whole, .next = files };
    return files = file;
}

void cell_file_check(CellFile *file)
{
    if (ferror(file->stream))
        cannot_write(file->name, errno ? strerror(errno) : "write error");
}

void cell_file_end(CellFile *file)
{
    const char *reason = whole_end(file->unfinished, false);
    file->unfinished = NULL;
    if (reason)
        cannot_write(file->name, reason);
}

const CellFile *cell_file_open(const CellFile *except)
{
    for (CellFile *file = files; file; file = file->next)
        if (file != except && file->unfinished)
            return file;
    return NULL;
}

void cell_files_free(void)
{
    while (files) {
        CellFile *file = files;
        files = file->next;
        free(file->name);
        free(file);
    }
}

/* whole.h -- files that are replaced whole or not at all; and read so.
 *
 * What is written goes to a file of a name that was free, beside the one it
 * will replace, and takes that one's name when all of it is there: whatever
 * happens, and whoever else writes there at the same time, the name stands for
 * the old file or for a new one. A symbolic link stays; the file that it leads
 * to is replaced. What is no file (a folder, a device, a pipe) is refused. If
 * the program ends before, the unfinished file is removed.
 */
#ifndef WHOLE_H
#define WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A file in the making. */
typedef struct Whole Whole;
struct Whole {
    FILE *stream;           /* to write to */
    char *path;             /* what it will be called */
    char *unfinished;       /* what it is called: PATH.new, or PATH.new2 ... */
    Whole *next;
};

/* Starts a file. Opened as `stream`, such as stdout, if that is not NULL. On
 * failure returns NULL, and *reason is the reason, for a message. */
Whole *whole_begin(const char *path, FILE *stream, const char **reason);

/* Gives the file its name; on_disk: not before it is on the disk, so that a
 * machine that stops leaves the old file or the new one, too. The stream is
 * closed, unless it is stdout. Returns NULL, or the reason why it failed, and
 * then nothing is left. Gives w back in either case. */
const char *whole_end(Whole *w, bool on_disk);

/* Removes the unfinished file, and gives w back. */
void whole_drop(Whole *w);

/* All bytes of a file, and a zero behind; *n: how many. Free with free(). On
 * failure NULL, and *reason is the reason. */
unsigned char *whole_read(const char *path, size_t *n, const char **reason);

/* Are both there, and the same file, perhaps by two names? */
bool whole_same(const char *a, const char *b);

/* Are both there, and alike in every byte? *n: how many bytes the second has. */
bool whole_alike(const char *a, const char *b, size_t *n);

#endif

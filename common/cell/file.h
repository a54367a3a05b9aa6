/* file.h -- the files that a program writes with --out DIR. */
#ifndef CELL_FILE_H
#define CELL_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/whole.h"

/* A file in the making; it gets its name when it is whole. */
typedef struct CellFile CellFile;
struct CellFile {
    FILE *stream;
    char *name;             /* in the folder */
    Whole *unfinished;      /* NULL: it is whole */
    CellFile *next;
};

/* Makes the folder, and those above it, where absent. Files go there. */
void cell_file_folder(const char *folder);

/* Starts the file FOLDER/NAME, with stdout as its stream or one of its own. A
 * name that this run has used before is a programmer's mistake. */
CellFile *cell_file_begin(const char *name, bool as_stdout);

/* Dies if something could not be written. Right after the writing, errno still
 * tells why. */
void cell_file_check(CellFile *file);

/* Gives the file its name. The stream is closed, unless it is stdout. */
void cell_file_end(CellFile *file);

/* A file other than `except` that was begun and not ended, or NULL. */
const CellFile *cell_file_open(const CellFile *except);

/* Forgets what was written. */
void cell_files_free(void);

#endif

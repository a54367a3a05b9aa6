/* checkpoint.h -- a training in one file: everything needed to go on with it.
 *
 * One function describes the contents, for writing and for reading, so the two
 * cannot disagree:
 *
 *     Checkpoint *c = checkpoint_write("m.ckpt", 1);      or checkpoint_read
 *     checkpoint_long(c, "layers", &layers);
 *     checkpoint_params(c, "parameters", &params);
 *     checkpoint_close(c);
 *
 * The file is a header, the fields, and a checksum over all of it; numbers are
 * little-endian on every machine. It is written as whole.h says, and on the disk
 * before it has its name: whatever happens, and whoever else saves there at the
 * same time, FILE is the old checkpoint or a new one. A file that is not a
 * checkpoint, was cut short or altered, or comes from a newer program ends the
 * program with die() and the reason.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "base/settings.h"
#include "learn/opt.h"
#include "learn/pairs.h"

typedef struct Checkpoint Checkpoint;

/* Versions from 1 on; a reader accepts its own version only. */
Checkpoint *checkpoint_write(const char *path, int version);
Checkpoint *checkpoint_read(const char *path, int version);

/* Ends with die() if such a file cannot be written, or should not: because
 * it is one of the inputs (names of files, the last one followed by NULL), by
 * whatever name, or something else that is no checkpoint. Better said before a
 * long training than after it. Leaves no trace. */
void checkpoint_try(const char *path, const char *const *inputs);

/* Writing: parameters that follow take half the room, two bytes each: IEEE's
 * binary16, with 11 bits where a float has 24, for a model that will be used but
 * not trained. Reading takes either. Ends with die() at a number beyond 65504. */
void checkpoint_halves(Checkpoint *c);

/* Writing: the file is whole now. Reading: fields may be left unread. */
void checkpoint_close(Checkpoint *c);

bool checkpoint_is_reading(const Checkpoint *c);

/* One field each. Writing puts *value into the file; reading takes it from
 * there. The fields must come in the order in which they were written. */
void checkpoint_long(Checkpoint *c, const char *name, long *value);
void checkpoint_bool(Checkpoint *c, const char *name, bool *value);
void checkpoint_bits(Checkpoint *c, const char *name, uint64_t *value);
void checkpoint_double(Checkpoint *c, const char *name, double *value);

/* Any bytes; reading gives a copy, to be given back with free(). */
void checkpoint_bytes(Checkpoint *c, const char *name, unsigned char **bytes,
                      size_t *n);

/* A field for each setting, numbers and words. One that is outside of its
 * limits, or of what an int can hold, ends with die(). */
void checkpoint_settings(Checkpoint *c, Settings s, void *values);

/* Words in their order; reading fills an empty vocabulary, and ends with die()
 * at what is no word or stands there twice. */
void checkpoint_vocabulary(Checkpoint *c, const char *name, Vocabulary *v);

/* Reading: ends with die() unless the rest of the file has room for so many
 * numbers. To be asked before a model is built by what the file says: it may
 * say anything. */
void checkpoint_expect(const Checkpoint *c, long numbers);

/* The numbers of all parameters; their shapes must be those in the file. */
void checkpoint_params(Checkpoint *c, const char *name, const Params *list);

/* What an optimiser remembers of the steps so far. Reading: a file that ends here
 * was written without, and ends with die(). */
void checkpoint_optimiser(Checkpoint *c, const char *name, Optimiser *o);

#endif

/* arena.h -- memory that is taken back all at once.
 *
 * An arena is a chain of blocks. Allocation moves a mark; taking everything
 * back moves it to the start again. Blocks are kept, so a training loop asks
 * the system for memory in its first step only. */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

enum { ARENA_ALIGN = 64 };

/* In debug builds (T_DEBUG) what is taken back is filled with these bytes: by
 * arena_reset() and arena_release(), where they make NaNs, and by arena_free(),
 * which keeps the blocks until it is called again. */
enum { ARENA_RESET = 0xFF, ARENA_FREED = 0x7E };

typedef struct ArenaBlock ArenaBlock;

/* Starts as {0}. */
typedef struct {
    ArenaBlock *first, *now;
    ArenaBlock *dead;   /* debug builds: blocks that are not used any more */
    size_t bytes;       /* handed out */
    size_t most;        /* the same at its highest since the last reset */
    size_t reserved;    /* asked of the system */
} Arena;

/* So many bytes, rounded up to whole ARENA_ALIGNs, on such a boundary. Not
 * cleared. Where the system has no more, the program dies. */
void *arena_alloc(Arena *arena, size_t bytes);

/* A place in it; arena_release() takes back what was handed out since. */
typedef struct {
    ArenaBlock *block;
    size_t used, bytes;
} ArenaMark;

ArenaMark arena_mark(const Arena *arena);
void arena_release(Arena *arena, ArenaMark mark);

/* Takes everything back, and keeps the blocks as one; gives all to the system.
 */
void arena_reset(Arena *arena);
void arena_free(Arena *arena);

#endif

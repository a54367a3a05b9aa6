/* arena.c -- memory that is taken back all at once. */
#define T_LIBRARY
#include "tensor/arena.h"
#include "base/fail.h"

#include <stdlib.h>
#include <string.h>

struct ArenaBlock {
    ArenaBlock *next;
    size_t size, used;
    char *bytes;
};

enum { SMALLEST_BLOCK = 1 << 20 };

static size_t whole(size_t bytes)
{
    return (bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
}

/* bytes: a multiple of ARENA_ALIGN, and so are all sizes. */
static ArenaBlock *new_block(Arena *arena, size_t bytes)
{
    size_t size = arena->reserved > SMALLEST_BLOCK ? arena->reserved
                                                   : SMALLEST_BLOCK;
    if (size < bytes)
        size = bytes;
    char *memory = aligned_alloc(ARENA_ALIGN, size);
    if (!memory)
        die("out of memory: %zu bytes more than the %zu in use", bytes,
            arena->bytes);
    ArenaBlock *block = grown(NULL, 1, sizeof *block);
    *block = (ArenaBlock){ .size = size, .bytes = memory };
    arena->reserved += size;
    return block;
}

void *arena_alloc(Arena *arena, size_t bytes)
{
    bytes = whole(bytes);
    ArenaBlock **link = arena->now ? &arena->now : &arena->first;
    while (*link && (*link)->size - (*link)->used < bytes)
        link = &(*link)->next;
    if (!*link)
        *link = new_block(arena, bytes);
    arena->now = *link;
    void *memory = arena->now->bytes + arena->now->used;
    arena->now->used += bytes;
    arena->bytes += bytes;
    if (arena->bytes > arena->most)
        arena->most = arena->bytes;
    return memory;
}

ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){ .block = arena->now, .bytes = arena->bytes,
                        .used = arena->now ? arena->now->used : 0 };
}

static void empty(ArenaBlock *b, size_t used)
{
#ifdef T_DEBUG
    memset(b->bytes + used, ARENA_RESET, b->used - used);
#endif
    b->used = used;
}

void arena_release(Arena *arena, ArenaMark mark)
{
    ArenaBlock *first = mark.block ? mark.block : arena->first;
    for (ArenaBlock *b = first; b; b = b->next)
        empty(b, b == mark.block ? mark.used : 0);
    arena->now = first;
    arena->bytes = mark.bytes;
}

static void free_blocks(ArenaBlock *b)
{
    while (b) {
        ArenaBlock *next = b->next;
        free(b->bytes);
        free(b);
        b = next;
    }
}

/* Gives the blocks back. Debug builds keep them until the next time, dead, so
 * that later use of what was in them is seen for what it is. */
static void give_back(Arena *arena, int mark)
{
#ifdef T_DEBUG
    free_blocks(arena->dead);
    for (ArenaBlock *b = arena->first; b; b = b->next)
        memset(b->bytes, mark, b->used);
    *arena = (Arena){ .dead = arena->first };
#else
    (void)mark;
    free_blocks(arena->first);
    *arena = (Arena){ 0 };
#endif
}

void arena_free(Arena *arena)
{
    give_back(arena, ARENA_FREED);
}

/* Several blocks become one that has room for all they held, and a little more.
 * So the next steps ask for nothing, whatever the order of their requests. As
 * much as was held is written to at once: the system gives a page of memory
 * only when it is touched, and that takes longer than filling it. */
void arena_reset(Arena *arena)
{
    size_t held = arena->most;
    if (arena->first && arena->first->next) {
        give_back(arena, ARENA_RESET);
        arena->first = new_block(arena, whole(held + held / 16));
        memset(arena->first->bytes, 0, held);
    }
    if (arena->first)
        empty(arena->first, 0);
    arena->now = arena->first;
    arena->bytes = arena->most = 0;
}

/* renamed.c -- invents names, and puts them into the corpus's sentences. */
#include "renamed.h"
#include "lexicon.h"
#include "base/fail.h"
#include "base/rng.h"
#include "cell/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const own_names[] = {
#define OWN_NAME(name, ...) name,
    NAMES(OWN_NAME)
#undef OWN_NAME
};

enum { OWN_NAMES = sizeof own_names / sizeof *own_names, NAME_ROOM = 24 };

typedef struct {
    Renamed *pairs;
    RenamedOptions options;
    char (*name)[NAME_ROOM];
    Rng rng;
} Renaming;

#define ONE_OF(rng, ...)                                                       \
    ((const char *[]){ __VA_ARGS__ }[                                          \
        rng_below(rng, (int)(sizeof((const char *[]){ __VA_ARGS__ })           \
                             / sizeof(char *)))])

/* Two or three syllables. */
static void invent_name(Rng *rng, char *name)
{
    int syllables = rng_below(rng, 3) ? 2 : 3;
    *name = '\0';
    for (int i = 0; i < syllables; i++) {
        strcat(name, ONE_OF(rng, "b", "d", "f", "g", "k", "l", "m", "n", "p",
                            "r", "s", "t", "v", "z", "br", "st", "kl", "tr"));
        strcat(name, ONE_OF(rng, "a", "e", "i", "o", "u", "ai", "ou"));
    }
    strcat(name, ONE_OF(rng, "", "", "n", "r", "l", "s", "k", "m"));
    *name = (char)(*name - 'a' + 'A');
}

/* Which of the corpus's own names begins here, or -1. */
static int name_at(const char *line, const char *at)
{
    bool begins = at == line || at[-1] == ' ' || at[-1] == '\'';
    for (int i = 0; begins && i < OWN_NAMES; i++) {
        size_t n = strlen(own_names[i]);
        if (strncmp(at, own_names[i], n) == 0 && at[n] == ' ')
            return i;
    }
    return -1;
}

/* Writes the line with other names to out; returns whether it has some. */
static bool with_names(const char *line, const char *const others[OWN_NAMES],
                       char out[RENAMED_LONGEST])
{
    bool named = false;
    size_t n = 0;
    *out = '\0';
    for (const char *c = line; *c && n < RENAMED_LONGEST;) {
        int name = name_at(line, c);
        n += (size_t)snprintf(out + n, RENAMED_LONGEST - n, "%.*s",
                              name < 0 ? 1 : NAME_ROOM,
                              name < 0 ? c : others[name]);
        c += name < 0 ? 1 : strlen(own_names[name]);
        named |= name >= 0;
    }
    return named;
}

static int words_in(const char *line)
{
    int n = 1;
    for (; *line; line++)
        n += *line == ' ';
    return n;
}

static void take(const char *english, const char *french, void *renaming)
{
    Renaming *r = renaming;
    Renamed *p = r->pairs;
    const char *others[OWN_NAMES];
    for (int i = 0; i < OWN_NAMES; i++)
        others[i] = r->name[rng_below(&r->rng, r->options.names)];
    char side[2][RENAMED_LONGEST];
    bool named = with_names(english, others, side[0]);
    with_names(french, others, side[1]);
    if (r->options.longest
        && (!named || words_in(english) > r->options.longest))
        return;
    if (p->n == p->room) {
        p->room = 2 * p->room + 1024;
        p->named = grown(p->named, (size_t)p->room, sizeof *p->named);
    }
    p->named[p->n++] = named;
    for (int s = 0; s < 2; s++)
        lines_add(&p->side[s], side[s]);
}

Renamed renamed(CorpusSplit split, RenamedOptions options)
{
    Renamed pairs = { 0 };
    int names = options.names, rounds = options.rounds ? options.rounds : 1;
    Renaming r = { .pairs = &pairs, .options = options,
                   .rng = rng_named((uint64_t)options.seed, "names"),
                   .name = grown(NULL, (size_t)names, sizeof *r.name) };
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < names; i++)
            invent_name(&r.rng, r.name[i]);
        corpus_pairs(CORPUS_FRENCH, split, take, &r);
    }
    free(r.name);
    return pairs;
}

void renamed_free(Renamed *r)
{
    lines_free(&r->side[0]);
    lines_free(&r->side[1]);
    free(r->named);
    *r = (Renamed){ 0 };
}

void renamed_print(const Renamed *r, int most)
{
    for (int i = 0, n = 0; i < r->n && n < most; i++)
        if (r->named[i])
            text_printf("%-8s%s\n", n++ ? "" : "right", r->side[1].line[i]);
}

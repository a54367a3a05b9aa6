/* compose.c -- one form for letters with accents. */
#define T_LIBRARY
#include "base/compose.h"
#include "base/compose_table.h"
#include "base/fail.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(list) (sizeof(list) / sizeof *(list))

/* ---- what the tables say ------------------------------------------------ */

/* How a mark stands beside others; 0: it is no mark. */
static int class_of(uint32_t code)
{
    size_t low = 0, high = code < classes[0].first ? 0 : LENGTH(classes);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > classes[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < LENGTH(classes) && code >= classes[low].first
        ? classes[low].number : 0;
}

static uint32_t usual(uint32_t code)
{
    for (size_t i = 0; i < LENGTH(doubles) && doubles[i].other <= code; i++)
        if (doubles[i].other == code)
            return doubles[i].usual;
    return code;
}

/* Korean syllables: a first consonant and a vowel, and perhaps a last one, are
 * numbered in order. */
enum { FIRST = 0x1100, VOWEL = 0x1161, LAST = 0x11A7, SYLLABLE = 0xAC00,
       FIRSTS = 19, VOWELS = 21, LASTS = 28 };

static uint32_t syllable(uint32_t before, uint32_t code)
{
    if (before - FIRST < FIRSTS && code - VOWEL < VOWELS)
        return SYLLABLE + ((before - FIRST) * VOWELS + code - VOWEL) * LASTS;
    bool open = before - SYLLABLE < FIRSTS * VOWELS * LASTS
             && (before - SYLLABLE) % LASTS == 0;
    return open && code > LAST && code < LAST + LASTS ? before + code - LAST
                                                      : 0;
}

/* The character that is both, or 0. */
static uint32_t both(uint32_t letter, uint32_t mark)
{
    size_t low = 0, high = LENGTH(composites);
    while (low < high) {
        size_t middle = (low + high) / 2;
        uint32_t l = composites[middle].letter, m = composites[middle].mark;
        if (l < letter || (l == letter && m < mark))
            low = middle + 1;
        else
            high = middle;
    }
    return low < LENGTH(composites) && composites[low].letter == letter
        && composites[low].mark == mark ? composites[low].both
                                        : syllable(letter, mark);
}

/* May it change beside others, or alone? Chinese does not. */
static bool may_change(uint32_t code)
{
    if (code < 0x300 || (code >= 0x3100 && code < 0xA000))
        return false;
    if (class_of(code) || usual(code) != code
        || (code >= VOWEL && code < LAST + LASTS))
        return true;
    enum { INDIC = 0x900, INDIC_END = 0x1C00, BEYOND = 0x10000 };
    if (code < INDIC || (code >= INDIC_END && code < BEYOND))
        return false;   /* only there letters join what stands before them */
    for (size_t i = 0; i < LENGTH(composites); i++)
        if (composites[i].mark == code)
            return true;
    return false;
}

/* ---- characters --------------------------------------------------------- */

typedef struct {
    uint32_t code;
    int class;
    size_t place;
} Character;

typedef struct {
    size_t n;
    Character *at;
} Characters;

/* What a character consists of, one to four of them. */
static void add_parts(Characters *list, uint32_t code)
{
    code = usual(code);
    for (size_t i = 0; code >= 0xC0 && i < LENGTH(composites); i++)
        if (composites[i].both == code) {
            add_parts(list, composites[i].letter);
            code = composites[i].mark;
            break;
        }
    list->at[list->n] = (Character){ code, class_of(code), list->n };
    list->n++;
}

static int by_class(const void *a, const void *b)
{
    const Character *x = a, *y = b;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

static void sort_marks(Characters list)
{
    for (size_t i = 0; i < list.n; i++) {
        size_t start = i;
        while (i < list.n && list.at[i].class)
            i++;
        if (i > start + 1)
            qsort(list.at + start, i - start, sizeof *list.at, by_class);
    }
}

/* Marks join the letter before them, unless one that stays is of their class
 * and so nearer to it. */
static void join_marks(Characters *list)
{
    size_t n = 0;
    Character *letter = NULL;
    for (size_t i = 0; i < list->n; i++) {
        Character c = list->at[i];
        bool next = letter && letter + 1 == list->at + n;
        uint32_t joined = letter && (next || list->at[n - 1].class < c.class)
            ? both(letter->code, c.code) : 0;
        if (joined) {
            letter->code = joined;
            continue;
        }
        list->at[n] = c;
        if (c.class == 0)
            letter = &list->at[n];
        n++;
    }
    list->n = n;
}

char *compose(const char *text)
{
    enum { PARTS = 4, BYTES = 4 };      /* of a character, at most */
    uint32_t code;
    size_t n = 0, bytes;
    bool change = false;
    for (const char *s = text; (bytes = text_decode(s, &code)) > 0; n++) {
        change = change || may_change(code);
        s += bytes;
    }
    if (!change)
        return NULL;
    Characters list = { .at = grown(NULL, PARTS * n, sizeof *list.at) };
    for (const char *s = text; (bytes = text_decode(s, &code)) > 0; s += bytes)
        add_parts(&list, code);
    sort_marks(list);
    join_marks(&list);
    char *composed = grown(NULL, BYTES * list.n + 1, 1), *out = composed;
    for (size_t i = 0; i < list.n; i++)
        out = text_encode(out, list.at[i].code);
    *out = '\0';
    free(list.at);
    return composed;
}

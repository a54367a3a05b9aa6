/* pairs.c -- sentence pairs: reading them, and words as numbers. */
#define _POSIX_C_SOURCE 200809L     /* getline */
#include "pairs.h"
#include "cell.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grown(void *memory, size_t count, size_t size)
{
    memory = realloc(memory, count * size);
    if (!memory)
        cell_die("out of memory: %zu bytes for sentence pairs", count * size);
    return memory;
}

/* ---- words -------------------------------------------------------------- */

static uint32_t hash(const char *word)  /* FNV-1a */
{
    uint32_t h = 2166136261u;
    for (; *word; word++)
        h = (h ^ (unsigned char)*word) * 16777619u;
    return h;
}

/* The place of a word in the table, or the empty one where it belongs. */
static int place_of(const Vocabulary *v, const char *word)
{
    uint32_t mask = (uint32_t)v->table_size - 1, i = hash(word) & mask;
    while (v->table[i] && strcmp(v->word[v->table[i]], word) != 0)
        i = (i + 1) & mask;
    return (int)i;
}

static void hash_all(Vocabulary *v, int table_size)
{
    v->table_size = table_size;
    v->table = grown(v->table, (size_t)table_size, sizeof *v->table);
    memset(v->table, 0, (size_t)table_size * sizeof *v->table);
    for (int i = FIRST_WORD; i < v->n; i++)
        v->table[place_of(v, v->word[i])] = i;
}

static int append(Vocabulary *v, const char *word, long count)
{
    if (v->n == v->room) {
        v->room = v->room ? 2 * v->room : 1024;
        v->word = grown(v->word, (size_t)v->room, sizeof *v->word);
        v->count = grown(v->count, (size_t)v->room, sizeof *v->count);
    }
    v->word[v->n] = strcpy(grown(NULL, strlen(word) + 1, 1), word);
    v->count[v->n] = count;
    return v->n++;
}

static void begin(Vocabulary *v)
{
    static const char *const special[] = { "<pad>", "<start>", "<end>",
                                           "<unknown>" };
    for (int i = 0; i < FIRST_WORD; i++)
        append(v, special[i], 0);
    hash_all(v, 2048);
}

int vocabulary_find(const Vocabulary *v, const char *word)
{
    int id = v->n ? v->table[place_of(v, word)] : 0;
    return id ? id : UNKNOWN;
}

int vocabulary_add(Vocabulary *v, const char *word)
{
    if (v->n == 0)
        begin(v);
    int place = place_of(v, word), id = v->table[place];
    if (!id) {
        id = v->table[place] = append(v, word, 0);
        if (v->n > v->table_size / 2)
            hash_all(v, 2 * v->table_size);
    }
    v->count[id]++;
    return id;
}

void vocabulary_free(Vocabulary *v)
{
    for (int i = 0; i < v->n; i++)
        free(v->word[i]);
    free(v->word);
    free(v->count);
    free(v->table);
    *v = (Vocabulary){ 0 };
}

Ids vocabulary_encode(const Vocabulary *v, const char *sentence)
{
    Words words = text_tokens(sentence);
    Ids ids = { .n = words.n };
    ids.id = grown(NULL, (size_t)words.n + 1, sizeof *ids.id);
    for (int i = 0; i < words.n; i++)
        ids.id[i] = vocabulary_find(v, words.word[i]);
    text_free_words(&words);
    return ids;
}

char *vocabulary_decode(const Vocabulary *v, Ids ids)
{
    char **word = grown(NULL, (size_t)ids.n + 1, sizeof *word);
    for (int i = 0; i < ids.n; i++)
        word[i] = v->word[ids.id[i]];
    char *sentence = text_join(ids.n, word);
    free(word);
    return sentence;
}

/* ---- pairs -------------------------------------------------------------- */

static size_t start_of(const Pairs *p, int sentence)
{
    return sentence == 0 ? 0 : p->end[sentence - 1];
}

Ids pairs_ids(const Pairs *p, Side side, int i)
{
    int sentence = 2 * i + (int)side;
    size_t start = start_of(p, sentence);
    return (Ids){ .n = (int)(p->end[sentence] - start), .id = p->id + start };
}

static void add_sentence(Pairs *p, int sentence, Vocabulary *v, Words words)
{
    size_t start = start_of(p, sentence);
    if (start + (size_t)words.n > p->ids_room) {
        p->ids_room = p->ids_room + p->ids_room / 2 + 4096;
        p->id = grown(p->id, p->ids_room, sizeof *p->id);
    }
    for (int i = 0; i < words.n; i++)
        p->id[start + (size_t)i] = vocabulary_add(v, words.word[i]);
    p->end[sentence] = start + (size_t)words.n;
}

bool pairs_add(Pairs *p, const char *source, const char *target, int longest)
{
    Words words[2] = { text_tokens(source), text_tokens(target) };
    bool good = true;
    for (int side = SOURCE; side <= TARGET; side++)
        good = good && words[side].n > 0
            && (longest == 0 || words[side].n <= longest);
    if (good && p->n == p->room) {
        p->room = p->room + p->room / 2 + 1024;
        p->end = grown(p->end, 2 * (size_t)p->room, sizeof *p->end);
    }
    for (int side = SOURCE; side <= TARGET; side++) {
        if (good)
            add_sentence(p, 2 * p->n + side, &p->words[side], words[side]);
        text_free_words(&words[side]);
    }
    p->n += good;
    return good;
}

void pairs_free(Pairs *p)
{
    vocabulary_free(&p->words[SOURCE]);
    vocabulary_free(&p->words[TARGET]);
    free(p->end);
    free(p->id);
    *p = (Pairs){ 0 };
}

/* Sentences of one side get the numbers new_id[old]. */
static void renumber(Pairs *p, int side, const int *new_id)
{
    for (int i = 0; i < p->n; i++) {
        Ids ids = pairs_ids(p, (Side)side, i);
        for (int k = 0; k < ids.n; k++)
            ids.id[k] = new_id[ids.id[k]];
    }
}

typedef struct {
    char *word;
    long count;
    int id;
} Entry;

static int by_count(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->word, y->word);
}

static void sort_words(Pairs *p, int side, int min_count)
{
    Vocabulary *v = &p->words[side], sorted = { 0 };
    int words = v->n > FIRST_WORD ? v->n - FIRST_WORD : 0;
    Entry *entry = grown(NULL, (size_t)words + 1, sizeof *entry);
    int *new_id = grown(NULL, (size_t)v->n + 1, sizeof *new_id);
    for (int i = 0; i < words; i++) {
        int id = i + FIRST_WORD;
        entry[i] = (Entry){ v->word[id], v->count[id], id };
    }
    qsort(entry, (size_t)words, sizeof *entry, by_count);
    begin(&sorted);
    for (int i = 0; i < words; i++)
        new_id[entry[i].id] = entry[i].count < min_count
            ? UNKNOWN : append(&sorted, entry[i].word, entry[i].count);
    int size = sorted.table_size;
    while (size < 2 * sorted.n)
        size *= 2;
    hash_all(&sorted, size);
    renumber(p, side, new_id);
    vocabulary_free(v);
    *v = sorted;
    free(entry);
    free(new_id);
}

void pairs_sort_words(Pairs *p, int min_count)
{
    sort_words(p, SOURCE, min_count);
    sort_words(p, TARGET, min_count);
}

void pairs_encode(Pairs *p, const Vocabulary *source, const Vocabulary *target)
{
    const Vocabulary *known[2] = { source, target };
    for (int side = SOURCE; side <= TARGET; side++) {
        Vocabulary *v = &p->words[side];
        int *new_id = grown(NULL, (size_t)v->n + 1, sizeof *new_id);
        for (int i = FIRST_WORD; i < v->n; i++)
            new_id[i] = vocabulary_find(known[side], v->word[i]);
        renumber(p, side, new_id);
        free(new_id);
        vocabulary_free(v);
    }
}

/* ---- files -------------------------------------------------------------- */

/* A text file read line by line. */
typedef struct {
    const char *path;
    FILE *stream;
    char *line;
    size_t room;
    long number;        /* of the line, from 1 */
    size_t length;      /* of the line, without its end */
} Lines;

static Lines lines_open(const char *path)
{
    Lines f = { .path = path, .stream = fopen(path, "rb") };
    if (!f.stream)
        cell_die("cannot read '%s': %s", path, strerror(errno));
    return f;
}

/* The next line, without LF or CR LF, or false at the end. */
static bool lines_next(Lines *f)
{
    errno = 0;
    ssize_t n = getline(&f->line, &f->room, f->stream);
    if (n < 0) {
        if (ferror(f->stream) || errno == ENOMEM)
            cell_die("cannot read '%s': %s", f->path, strerror(errno));
        return false;
    }
    while (n > 0 && (f->line[n - 1] == '\n' || f->line[n - 1] == '\r'))
        n--;
    f->line[n] = '\0';
    if (f->number++ == 0 && strncmp(f->line, "\xEF\xBB\xBF", 3) == 0) {
        n -= 3;     /* a byte order mark is no part of the text */
        memmove(f->line, f->line + 3, (size_t)n + 1);
    }
    f->length = (size_t)n;
    return true;
}

static void lines_close(Lines *f)
{
    fclose(f->stream);
    free(f->line);
}

/* Lines left out: the first few are shown. */
typedef struct {
    bool quiet;
    long count;
} Report;

enum { SHOWN = 5 };

static void left_out(Report *r, const Lines *f, const char *reason)
{
    if (r->count++ < SHOWN && !r->quiet)
        fprintf(stderr, "%s:%ld: left out: %s\n", f->path, f->number, reason);
}

/* What is wrong with a line as text, or NULL. */
static const char *not_text(const Lines *f)
{
    if (strlen(f->line) != f->length)
        return "it holds a zero byte; text was expected";
    if (text_invalid_utf8(f->line) >= 0)
        return "not UTF-8";
    return NULL;
}

/* Finds the two sides of a pair in the next lines; returns what is wrong with
 * them, or NULL. */
static const char *two_sides(Lines *f, Lines *other, char **target)
{
    const char *wrong = not_text(f);
    if (!other) {
        *target = strchr(f->line, '\t');
        if (!*target)
            return wrong ? wrong : "no tab between source and target";
        *(*target)++ = '\0';
        (*target)[strcspn(*target, "\t")] = '\0';
    } else {
        *target = other->line;
        wrong = wrong ? wrong : not_text(other);
    }
    return wrong;
}

static const char *add_line(Pairs *p, Lines *f, Lines *other, int longest)
{
    char *target;
    const char *wrong = two_sides(f, other, &target);
    if (wrong)
        return wrong;
    static char reason[80];
    if (pairs_add(p, f->line, target, longest))
        return NULL;
    if (f->line[strspn(f->line, " ")] == '\0')
        return "the source is empty";
    if (target[strspn(target, " ")] == '\0')
        return "the target is empty";
    snprintf(reason, sizeof reason, "a sentence has no word, or more than %d "
             "tokens", longest);
    return reason;
}

Pairs pairs_read(const char *path, PairsOptions options)
{
    int longest = options.longest ? options.longest : 100;
    Pairs p = { 0 };
    Report report = { .quiet = options.quiet };
    Lines source = lines_open(path), target = { 0 };
    if (options.target)
        target = lines_open(options.target);
    for (;;) {
        bool more = lines_next(&source);
        if (options.target && lines_next(&target) != more)
            cell_die("'%s' and '%s' must have as many lines as each other; one "
                     "ends after line %ld", path, options.target,
                     (more ? target : source).number);
        if (!more)
            break;
        const char *wrong = add_line(&p, &source,
                                     options.target ? &target : NULL, longest);
        if (wrong)
            left_out(&report, &source, wrong);
    }
    if (report.count > SHOWN && !options.quiet)
        fprintf(stderr, "%s: ... and %ld more; %ld of %ld lines left out\n",
                path, report.count - SHOWN, report.count, source.number);
    if (p.n == 0)
        cell_die("'%s': none of its %ld lines is a pair of sentences, such as "
                 "`source<TAB>target`", path, source.number);
    lines_close(&source);
    if (options.target)
        lines_close(&target);
    return p;
}

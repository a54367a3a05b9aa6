/* pairs.c -- sentence pairs: reading them, and words as numbers. */
#define _POSIX_C_SOURCE 200809L     /* getline */
#define T_LIBRARY
#include "learn/pairs.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words -------------------------------------------------------------- */

/* The place of a word in the table, or the empty one where it belongs. */
static int place_of(const Vocabulary *v, const char *word)
{
    uint64_t mask = (uint64_t)v->table_size - 1, i = hash_text(word) & mask;
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

Ids ids_of_text(const Vocabulary *v, const char *sentence)
{
    Ids ids = vocabulary_encode(v, sentence);
    size_t size = (size_t)ids.n * sizeof(int);
    int *id = memcpy(tape_ints(ids.n), ids.id, size);
    free(ids.id);
    return (Ids){ ids.n, id };
}

static void check_words(const char *caller, const Vocabulary *v, Ids ids)
{
    for (int i = 0; i < ids.n; i++)
        if (ids.id[i] < 0 || ids.id[i] >= v->n)
            t_fail("%s: no word has the number %d; there are %d", caller,
                   ids.id[i], v->n);
}

char *vocabulary_decode(const Vocabulary *v, Ids ids)
{
    check_words("vocabulary_decode", v, ids);
    char **word = grown(NULL, (size_t)ids.n + 1, sizeof *word);
    for (int i = 0; i < ids.n; i++)
        word[i] = v->word[ids.id[i]];
    char *sentence = text_join(ids.n, word);
    free(word);
    return sentence;
}

char *text_of_ids(const Vocabulary *v, Ids ids)
{
    check_words("text_of_ids", v, ids);
    char *sentence = vocabulary_decode(v, ids);
    size_t size = strlen(sentence) + 1;
    char *text = memcpy(tape_room(size), sentence, size);
    free(sentence);
    return text;
}

char **words_of_ids(const Vocabulary *v, Ids ids, bool end)
{
    check_words("words_of_ids", v, ids);
    char **word = tape_room(((size_t)ids.n + 1) * sizeof *word);
    for (int i = 0; i < ids.n + end; i++)
        word[i] = v->word[i < ids.n ? ids.id[i] : END];
    return word;
}

bool ids_equal(Ids a, Ids b)
{
    return a.n == b.n && memcmp(a.id, b.id, (size_t)a.n * sizeof *a.id) == 0;
}

Ids ids_joined(Ids a, Ids b)
{
    Ids both = { a.n + b.n, tape_ints(a.n + b.n + 1) };
    for (int i = 0; i < both.n; i++)
        both.id[i] = i < a.n ? a.id[i] : b.id[i - a.n];
    return both;
}

Ids *ids_room(int n)
{
    Ids *list = tape_room((size_t)n * sizeof *list);
    for (int i = 0; i < n; i++)
        list[i] = (Ids){ 0, NULL };
    return list;
}

long tokens_of(int n, const Ids *list)
{
    long tokens = 0;
    for (int i = 0; i < n; i++)
        tokens += list[i].n;
    return tokens;
}

double exact_match(int count, const Ids *translation, const Ids *reference)
{
    int right = 0;
    for (int i = 0; i < count; i++)
        right += ids_equal(translation[i], reference[i]);
    return (double)right / count;
}

/* ---- pairs -------------------------------------------------------------- */

static size_t start_of(const Pairs *p, int sentence)
{
    return sentence == 0 ? 0 : p->end[sentence - 1];
}

Ids pairs_ids(const Pairs *p, Side side, int i)
{
    if (i < 0 || i >= p->n)
        t_fail("pairs_ids: no pair %d; there are %d", i, p->n);
    int sentence = 2 * i + (int)side;
    size_t start = start_of(p, sentence);
    return (Ids){ .n = (int)(p->end[sentence] - start), .id = p->id + start };
}

Ids *ids_of_side(const Pairs *p, Side side)
{
    Ids *list = ids_room(p->n);
    for (int i = 0; i < p->n; i++)
        list[i] = pairs_ids(p, side, i);
    return list;
}

Ids *ids_listed(const Pairs *p, Side side, int count, const int *list)
{
    Ids *listed = ids_room(count);
    for (int i = 0; i < count; i++)
        listed[i] = pairs_ids(p, side, list[i]);
    return listed;
}

/* ln N - sum n ln n / N, where n of all N tokens are equal. */
double pairs_entropy(const Pairs *p)
{
    int tokens = END + 1;
    for (int i = 0; i < p->n; i++)
        for (Ids ids = pairs_ids(p, TARGET, i); ids.n > 0; ids.n--)
            if (ids.id[ids.n - 1] >= tokens)
                tokens = ids.id[ids.n - 1] + 1;
    long *count = grown(NULL, (size_t)tokens, sizeof *count);
    memset(count, 0, (size_t)tokens * sizeof *count);
    count[END] = p->n;
    for (int i = 0; i < p->n; i++)
        for (Ids ids = pairs_ids(p, TARGET, i); ids.n > 0; ids.n--)
            count[ids.id[ids.n - 1]]++;
    double all = 0, sum = 0;
    for (int i = 0; i < tokens; i++) {
        double n = (double)count[i];
        all += n;
        sum += n > 0 ? n * log(n) : 0;
    }
    free(count);
    return all > 0 ? log(all) - sum / all : 0;
}

/* Room for one more pair. */
static void grow_pairs(Pairs *p)
{
    if (p->n < p->room)
        return;
    p->room = p->room + p->room / 2 + 1024;
    p->end = grown(p->end, 2 * (size_t)p->room, sizeof *p->end);
}

/* Room for the n numbers of the next sentence, which it then has. */
static int *grow_ids(Pairs *p, int sentence, int n)
{
    size_t start = start_of(p, sentence), end = start + (size_t)n;
    if (end > p->ids_room) {
        p->ids_room = end + end / 2 + 4096;     /* room for end, at least */
        p->id = grown(p->id, p->ids_room, sizeof *p->id);
    }
    p->end[sentence] = end;
    return p->id + start;
}

static void add_sentence(Pairs *p, int sentence, Vocabulary *v, Words words)
{
    int *id = grow_ids(p, sentence, words.n);
    for (int i = 0; i < words.n; i++)
        id[i] = vocabulary_add(v, words.word[i]);
}

void pairs_add_ids(Pairs *p, Ids source, Ids target)
{
    if (p->words[SOURCE].n > 0 || p->words[TARGET].n > 0)
        t_fail("pairs_add_ids: these pairs have words of their own");
    grow_pairs(p);
    const Ids side[] = { source, target };
    for (int s = SOURCE; s <= TARGET; s++) {
        int *id = grow_ids(p, 2 * p->n + s, side[s].n);
        for (int i = 0; i < side[s].n; i++)
            id[i] = side[s].id[i];
    }
    p->n++;
}

/* Why a pair cannot be added. */
typedef struct {
    enum { FINE, NO_TAB, EMPTY, ZERO_BYTE, NOT_UTF8, TOO_LONG, KINDS } kind;
    Side side;
    long number;        /* of the byte that is not UTF-8, or of tokens */
} Fault;

static Fault add(Pairs *p, const char *const sentence[2], int longest)
{
    Words words[2];
    Fault fault = { .kind = FINE };
    for (int side = TARGET; side >= SOURCE; side--) {
        bool absent = side == SOURCE && !sentence[side];
        words[side] = absent ? (Words){ 0 } : text_tokens(sentence[side]);
        int n = words[side].n;
        if ((n == 0 && !absent) || (longest > 0 && n > longest))
            fault = (Fault){ n == 0 ? EMPTY : TOO_LONG, (Side)side, n };
    }
    if (fault.kind == FINE)
        grow_pairs(p);
    for (int side = SOURCE; side <= TARGET; side++) {
        if (fault.kind == FINE)
            add_sentence(p, 2 * p->n + side, &p->words[side], words[side]);
        text_free_words(&words[side]);
    }
    p->n += fault.kind == FINE;
    return fault;
}

/* The numbers must be those of p's own vocabularies. */
static void check_own_words(const Pairs *p, const char *function)
{
    if (p->n > 0 && p->words[TARGET].n == 0)
        t_fail("%s: pairs_encode() has given these pairs other numbers "
               "already", function);
}

bool pairs_add(Pairs *p, const char *source, const char *target, int longest)
{
    check_own_words(p, "pairs_add");
    return add(p, (const char *[]){ source, target }, longest).kind == FINE;
}

uint64_t pairs_hash(const Pairs *p)
{
    check_own_words(p, "pairs_hash");
    uint64_t hash = HASH_START;
    for (int i = 0; i < p->n; i++)
        for (int side = SOURCE; side <= TARGET; side++) {
            Ids ids = pairs_ids(p, (Side)side, i);
            for (int k = 0; k < ids.n; k++) {
                const char *word = p->words[side].word[ids.id[k]];
                hash = hash_bytes(hash, word, strlen(word) + 1);
            }
            hash = hash_bytes(hash, "\n", 1);
        }
    return hash;
}

void pairs_free(Pairs *p)
{
    vocabulary_free(&p->words[SOURCE]);
    vocabulary_free(&p->words[TARGET]);
    free(p->end);
    free(p->id);
    *p = (Pairs){ 0 };
}

/* Sentences of one side get the numbers new_id[old]; what is no word keeps its
 * own. */
static void renumber(Pairs *p, int side, int *new_id)
{
    for (int i = 0; i < FIRST_WORD; i++)
        new_id[i] = i;
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
    int *new_id = grown(NULL, (size_t)v->n + FIRST_WORD, sizeof *new_id);
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
    check_own_words(p, "pairs_sort_words");
    sort_words(p, SOURCE, min_count);
    sort_words(p, TARGET, min_count);
}

void pairs_encode(Pairs *p, const Vocabulary *source, const Vocabulary *target)
{
    check_own_words(p, "pairs_encode");
    const Vocabulary *known[2] = { source, target };
    for (int side = SOURCE; side <= TARGET; side++) {
        Vocabulary *v = &p->words[side];
        int *new_id = grown(NULL, (size_t)v->n + FIRST_WORD, sizeof *new_id);
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
    size_t length;      /* of the line, in bytes */
} Lines;

static Lines lines_open(const char *path)
{
    Lines f = { .path = path, .stream = fopen(path, "rb") };
    if (!f.stream)
        die("cannot read '%s': %s", path, strerror(errno));
    return f;
}

/* The next line, or false at the end. What does not belong to the text (CR LF,
 * a byte order mark) is white space to text_tokens(). */
static bool lines_next(Lines *f)
{
    errno = 0;
    ssize_t n = getline(&f->line, &f->room, f->stream);
    if (n < 0) {
        if (ferror(f->stream) || errno == ENOMEM)
            die("cannot read '%s': %s", f->path, strerror(errno));
        return false;
    }
    f->length = (size_t)n;
    f->number++;
    return true;
}

static void lines_close(Lines *f)
{
    fclose(f->stream);
    free(f->line);
}

/* Lines left out: the first few of each kind are shown. */
typedef struct {
    bool quiet;
    int longest;
    long count[KINDS];
} Report;

enum { SHOWN = 5 };

static void left_out(Report *r, const Lines *f, Fault fault)
{
    if (r->count[fault.kind]++ >= SHOWN || r->quiet)
        return;
    const char *side = fault.side == SOURCE ? "source" : "target";
    fprintf(stderr, "%s:%ld: left out: ", f->path, f->number);
    if (fault.kind == NO_TAB)
        fputs("no tab, expected `source<TAB>target`\n", stderr);
    else if (fault.kind == EMPTY)
        fprintf(stderr, "the %s has no words\n", side);
    else if (fault.kind == TOO_LONG)
        fprintf(stderr, "the %s has %ld tokens, expected at most %d\n", side,
                fault.number, r->longest);
    else
        fprintf(stderr, "byte %ld is %s, expected text in UTF-8\n",
                fault.number, fault.kind == NOT_UTF8 ? "not UTF-8" : "zero");
}

/* The sum of it. */
static void report_all(const Report *r, const Lines *f)
{
    static const char *const name[KINDS] = {
        "", "without a tab", "with an empty side", "with a zero byte",
        "not in UTF-8", "too long" };
    long all = 0;
    for (int kind = 0; kind < KINDS; kind++)
        all += r->count[kind];
    if (all == 0 || r->quiet)
        return;
    fprintf(stderr, "%s: %ld of %ld lines left out:", f->path, all, f->number);
    const char *before = "";
    for (int kind = 0; kind < KINDS; kind++)
        if (r->count[kind] > 0) {
            fprintf(stderr, "%s %ld %s", before, r->count[kind], name[kind]);
            before = ",";
        }
    fputc('\n', stderr);
}

static Fault text_fault(const Lines *f, Side side)
{
    size_t zero = strlen(f->line);
    ptrdiff_t invalid = text_invalid_utf8(f->line);
    if (invalid >= 0)
        return (Fault){ NOT_UTF8, side, (long)invalid + 1 };
    if (zero < f->length)
        return (Fault){ ZERO_BYTE, side, (long)zero + 1 };
    return (Fault){ .kind = FINE };
}

/* Adds the pair in the next line of one file, or of each of two. */
static Fault add_line(Pairs *p, Lines file[2], bool two_files, int longest)
{
    Fault fault = text_fault(&file[SOURCE], SOURCE);
    if (two_files && fault.kind == FINE)
        fault = text_fault(&file[TARGET], TARGET);
    if (fault.kind != FINE)
        return fault;
    char *source = file[SOURCE].line, *target = file[TARGET].line;
    if (!two_files) {
        target = strchr(source, '\t');
        if (!target)
            return (Fault){ .kind = NO_TAB };
        *target++ = '\0';
        target[strcspn(target, "\t")] = '\0';
    }
    return add(p, (const char *[]){ source, target }, longest);
}

/* The next line of one file, or of each of two; false at the end. */
static bool next_lines(Lines file[2], bool two_files)
{
    bool more = lines_next(&file[SOURCE]);
    if (two_files && lines_next(&file[TARGET]) != more) {
        const Lines *longer = &file[more ? SOURCE : TARGET];
        const Lines *shorter = &file[more ? TARGET : SOURCE];
        die("'%s' ends after line %ld, but '%s' goes on: expected two "
            "files whose lines are translations of each other",
            shorter->path, shorter->number, longer->path);
    }
    return more;
}

Pairs pairs_read(const char *path, PairsOptions options)
{
    bool two_files = options.target;
    Pairs p = { 0 };
    Report report = { .quiet = options.quiet,
                      .longest = options.longest ? options.longest : 100 };
    Lines file[2] = { lines_open(path) };
    if (two_files)
        file[TARGET] = lines_open(options.target);
    while (next_lines(file, two_files)) {
        Fault fault = add_line(&p, file, two_files, report.longest);
        if (fault.kind != FINE)
            left_out(&report, &file[two_files ? fault.side : SOURCE], fault);
    }
    report_all(&report, &file[SOURCE]);
    if (p.n == 0)
        die("no sentence pairs in '%s' (lines: %ld): expected %s", path,
            file[SOURCE].number, two_files ? "one sentence a line"
                                           : "lines `source<TAB>target`");
    lines_close(&file[SOURCE]);
    if (two_files)
        lines_close(&file[TARGET]);
    return p;
}

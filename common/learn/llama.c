/* llama.c -- models and pieces in the files of llama2.c. */
#define T_LIBRARY
#include "learn/llama.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/heap.h"
#include "base/whole.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void cannot_write(const char *path, const char *reason)
{
    die("cannot write '%s': %s", path, reason);
}

static Whole *begin(const char *path)
{
    const char *reason;
    Whole *file = whole_begin(path, NULL, &reason);
    if (!file)
        cannot_write(path, reason);
    return file;
}

static void end(Whole *file, const char *path)
{
    const char *reason = whole_end(file, true);
    if (reason)
        cannot_write(path, reason);
}

static unsigned char *all_bytes(const char *path, size_t *size)
{
    const char *reason;
    unsigned char *bytes = whole_read(path, size, &reason);
    if (!bytes)
        die("cannot read '%s': %s", path, reason);
    return bytes;
}

static void put(FILE *f, uint32_t bits)
{
    for (int i = 0; i < 4; i++)
        putc((int)(bits >> 8 * i & 0xFF), f);
}

static uint32_t get(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16
         | (uint32_t)at[3] << 24;
}

static void put_float(FILE *f, float number)
{
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    put(f, bits);
}

static float get_float(const unsigned char *at)
{
    float number;
    uint32_t bits = get(at);
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* ---- a model -------------------------------------------------------------- */

enum { HEADER = 7 * 4 };

struct LlamaFile {
    char *path;
    Whole *file;            /* NULL when reading */
    unsigned char *bytes;   /* reading: the whole file */
    size_t at, size;
    LlamaShape shape;
};

/* Bytes of the whole file. */
static uint64_t size_of(LlamaShape s)
{
    uint64_t d = (uint64_t)s.width, h = (uint64_t)s.hidden;
    uint64_t kv = d / (uint64_t)s.heads * (uint64_t)s.shared;
    uint64_t layer = 2 * d + 2 * d * d + 2 * d * kv + 3 * d * h;
    uint64_t table = (uint64_t)s.vocabulary * d;
    uint64_t numbers = table * (s.own_output ? 2 : 1)
                     + (uint64_t)s.layers * layer + d
                     + (uint64_t)s.places * (d / (uint64_t)s.heads);
    return HEADER + 4 * numbers;
}

/* Within these limits no size overflows. */
static void check_shape(const char *path, LlamaShape s)
{
    const struct {
        const char *name;
        int value, most;
    } limits[] = {
        { "dim", s.width, 1 << 16 },        { "hidden_dim", s.hidden, 1 << 18 },
        { "n_layers", s.layers, 1 << 10 },  { "n_heads", s.heads, 1 << 16 },
        { "n_kv_heads", s.shared, 1 << 16 },
        { "vocab_size", s.vocabulary, 1 << 24 },
        { "seq_len", s.places, 1 << 24 },
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i].value < 1 || limits[i].value > limits[i].most)
            die("'%s': %s is %d, expected 1 to %d; is this a model of llama2.c, "
                "version 0?", path, limits[i].name, limits[i].value,
                limits[i].most);
    if (s.width % s.heads != 0 || s.width / s.heads % 2 != 0
        || s.heads % s.shared != 0)
        die("'%s': a width of %d, %d heads and %d of keys cannot be: each head has "
            "an even width, and as many share each of keys", path, s.width,
            s.heads, s.shared);
    if (s.vocabulary < LLAMA_WORDS)
        die("'%s': vocab_size is %d, expected %d at least: three signs, and the "
            "bytes", path, s.vocabulary, LLAMA_WORDS);
}

static LlamaFile *file_of(const char *path)
{
    LlamaFile *f = grown(NULL, 1, sizeof *f);
    *f = (LlamaFile){ .path = grown(NULL, strlen(path) + 1, 1) };
    strcpy(f->path, path);
    return f;
}

LlamaFile *llama_write(const char *path, LlamaShape s)
{
    check_shape(path, s);
    LlamaFile *f = file_of(path);
    f->file = begin(path);
    f->at = HEADER;
    f->size = (size_t)size_of(s);
    f->shape = s;
    const int header[] = { s.width, s.hidden, s.layers, s.heads, s.shared,
                           s.own_output ? -s.vocabulary : s.vocabulary,
                           s.places };
    for (int i = 0; i < HEADER / 4; i++)
        put(f->file->stream, (uint32_t)header[i]);
    return f;
}

LlamaFile *llama_read(const char *path, LlamaShape *shape)
{
    LlamaFile *f = file_of(path);
    f->bytes = all_bytes(path, &f->size);
    if (f->size < HEADER)
        die("'%s' is no model of llama2.c: it has %zu bytes, and %d of a header "
            "were expected", path, f->size, HEADER);
    int header[HEADER / 4];
    for (int i = 0; i < HEADER / 4; i++)
        header[i] = (int)(int32_t)get(f->bytes + 4 * i);
    bool own = header[5] < 0 && header[5] > INT32_MIN;
    *shape = (LlamaShape){ header[0], header[1], header[2], header[3], header[4],
                           own ? -header[5] : header[5], header[6], own };
    check_shape(path, *shape);
    if (size_of(*shape) != f->size)
        die("'%s' has %zu bytes, and its header speaks of %llu: it was cut short "
            "or altered, or is not version 0", path, f->size,
            (unsigned long long)size_of(*shape));
    f->at = HEADER;
    f->shape = *shape;
    return f;
}

void llama_numbers(LlamaFile *f, Tensor *x, bool turned)
{
    bool whole = x && x->buffer->size == (size_t)t_size(x);
    if (!whole || (turned && x->shape.n != 2))
        t_fail("llama_numbers: a tensor of its own, and what is turned a matrix, "
               "expected; got %s", x ? t_shape(x) : "NULL");
    size_t n = x->buffer->size;
    if (4 * n > f->size - f->at)
        t_fail("llama_numbers: %zu numbers are left, and %zu of %s were asked for",
               (f->size - f->at) / 4, n, t_shape(x));
    size_t rows = (size_t)x->shape.dim[0], columns = n / rows;
    for (size_t i = 0; i < n; i++) {
        real *number = &x->buffer->data[turned ? i % rows * columns + i / rows
                                               : i];
        if (f->file)
            put_float(f->file->stream, (float)*number);
        else
            *number = (real)get_float(f->bytes + f->at + 4 * i);
    }
    f->at += 4 * n;
}

/* The book's number for a piece. */
static int token_of(int piece, bool said)
{
    return piece == LLAMA_UNKNOWN ? UNKNOWN
         : piece == LLAMA_START   ? (said ? END : START)
         : piece == LLAMA_END     ? (said ? START : END)
                                  : piece + FIRST_WORD - LLAMA_BYTES;
}

static Tensor *row_of(Tensor *table, int piece, bool said)
{
    int token = token_of(piece, said);
    return t_slice(table, 0, token, token + 1);
}

static void table_rows(LlamaFile *f, Tensor *table, bool said)
{
    int n = f->shape.vocabulary;
    if (table->shape.n != 2 || t_dim(table, 0) != n + 1)
        t_fail("llama_words: %d tokens were expected, got %s", n + 1,
               t_shape(table));
    Tensor *theirs = t_zeros(n, t_dim(table, 1));
    for (int i = 0; i < n && f->file; i++)
        t_assign(t_slice(theirs, 0, i, i + 1), row_of(table, i, said));
    llama_numbers(f, theirs, false);
    for (int i = 0; i < n && f->bytes; i++)
        t_assign(row_of(table, i, said), t_slice(theirs, 0, i, i + 1));
}

void llama_words(LlamaFile *f, Tensor *words) { table_rows(f, words, false); }

void llama_output(LlamaFile *f, Tensor *output, const Tensor *words)
{
    Tensor *from = t_detach(words);
    if (f->shape.own_output)
        table_rows(f, output, true);
    for (int i = 0; i < f->shape.vocabulary && !f->shape.own_output; i++)
        t_assign(row_of(output, i, true), row_of(from, i, false));
}

void llama_turns(LlamaFile *f)
{
    int w = f->shape.width / f->shape.heads;
    Tensor *one = t_zeros(f->shape.places, w);
    for (int p = 0; p < f->shape.places; p++)
        for (int i = 0; i < w / 2; i++)
            t_at(one, p, i) = 1;
    Tensor *turned = t_rotary(one, 0, (RotaryOptions){ 0 });
    for (int k = 0; k < 2; k++)
        llama_numbers(f, t_scale(t_slice(turned, 1, k * w / 2, (k + 1) * w / 2), 1),
                      false);
}

void llama_close(LlamaFile *f)
{
    if (f->at != f->size)
        t_fail("llama_close: %zu numbers of '%s' are left",
               (f->size - f->at) / 4, f->path);
    if (f->file)
        end(f->file, f->path);
    free(f->bytes);
    free(f->path);
    free(f);
}

/* ---- pieces --------------------------------------------------------------- */

void llama_pieces_add(LlamaPieces *p, const char *text, int n, float score)
{
    if (p->n == p->room) {
        p->room = 2 * p->room + LLAMA_WORDS;
        p->piece = grown(p->piece, (size_t)p->room, sizeof *p->piece);
    }
    LlamaPiece *piece = &p->piece[p->n++];
    *piece = (LlamaPiece){ .text = grown(NULL, (size_t)n + 1, 1), .n = n,
                           .score = score };
    memcpy(piece->text, text, (size_t)n);
    piece->text[n] = '\0';
}

LlamaPieces llama_pieces_new(void)
{
    LlamaPieces p = { 0 };
    llama_pieces_add(&p, "<unk>", 5, 0);
    llama_pieces_add(&p, "\n<s>\n", 5, 0);
    llama_pieces_add(&p, "\n</s>\n", 6, 0);
    for (int i = 0; i < 256; i++) {
        bool plain = (i >= ' ' && i < 127) || i == '\n';
        char text[16];
        int n = snprintf(text, sizeof text, plain ? "%c" : "<0x%02X>", (unsigned)i);
        llama_pieces_add(&p, text, n, 0);
    }
    return p;
}

/* The place in the table of the text a b: of its number + 1, or empty. */
static int *place_of(const LlamaPieces *p, const char *a, size_t n,
                     const char *b, size_t m)
{
    uint64_t hash = hash_bytes(hash_bytes(HASH_START, a, n), b, m);
    for (uint64_t i = hash;; i++) {
        int *place = &p->table[i & (uint64_t)(p->table_size - 1)];
        const LlamaPiece *piece = *place ? &p->piece[*place - 1] : NULL;
        if (!piece || ((size_t)piece->n == n + m
                       && memcmp(piece->text, a, n) == 0
                       && memcmp(piece->text + n, b, m) == 0))
            return place;
    }
}

static int by_score(const void *a, const void *b)
{
    float x = (*(LlamaPiece *const *)a)->score;
    float y = (*(LlamaPiece *const *)b)->score;
    return x > y ? -1 : x < y;
}

void llama_pieces_done(LlamaPieces *p)
{
    for (p->table_size = 4; p->table_size < 2 * p->n; p->table_size *= 2)
        continue;
    p->table = grown(p->table, (size_t)p->table_size, sizeof *p->table);
    memset(p->table, 0, (size_t)p->table_size * sizeof *p->table);
    LlamaPiece **sorted = grown(NULL, (size_t)p->n + 1, sizeof *sorted);
    for (int i = 0; i < p->n; i++) {
        int *place = place_of(p, p->piece[i].text, (size_t)p->piece[i].n, "", 0);
        *place = *place ? *place : i + 1;
        sorted[i] = &p->piece[i];
    }
    qsort(sorted, (size_t)p->n, sizeof *sorted, by_score);
    for (int i = 0; i < p->n; i++)
        sorted[i]->rank = i > 0 && sorted[i]->score == sorted[i - 1]->score
                        ? sorted[i - 1]->rank : i;
    free(sorted);
}

void llama_pieces_free(LlamaPieces *p)
{
    for (int i = 0; i < p->n; i++)
        free(p->piece[i].text);
    free(p->piece);
    free(p->table);
    *p = (LlamaPieces){ 0 };
}

LlamaPieces llama_pieces_of_bytes(const char *path, const unsigned char *bytes,
                                  size_t size, int n)
{
    LlamaPieces p = { 0 };
    size_t at = 4;
    for (int i = 0; i < n; i++) {
        if (size < at + 8)
            die("'%s' ends in piece %d, and %d were expected", path, i, n);
        float score = get_float(bytes + at);
        uint32_t length = get(bytes + at + 4);
        at += 8;
        if (length > size - at || !isfinite(score)
            || memchr(bytes + at, 0, length))
            die("'%s': piece %d, at byte %zu, has the score %g and %u bytes: a "
                "number, and as many bytes other than 0, were expected", path, i,
                at - 8, (double)score, (unsigned)length);
        llama_pieces_add(&p, (const char *)bytes + at, (int)length, score);
        at += length;
    }
    if (at != size)
        die("'%s' has %zu bytes, and its %d pieces end at byte %zu", path, size, n,
            at);
    llama_pieces_done(&p);
    return p;
}

LlamaPieces llama_pieces_read(const char *path, int n)
{
    size_t size;
    unsigned char *bytes = all_bytes(path, &size);
    LlamaPieces p = llama_pieces_of_bytes(path, bytes, size, n);
    free(bytes);
    return p;
}

/* Puts 32 bits, the lowest first; returns where they end. */
static unsigned char *put_at(unsigned char *at, uint32_t bits)
{
    for (int i = 0; i < 4; i++)
        *at++ = (unsigned char)(bits >> 8 * i);
    return at;
}

unsigned char *llama_pieces_bytes(const LlamaPieces *p, size_t *size)
{
    int longest = 0;
    *size = 4;
    for (int i = 0; i < p->n; i++) {
        longest = p->piece[i].n > longest ? p->piece[i].n : longest;
        *size += 8 + (size_t)p->piece[i].n;
    }
    unsigned char *bytes = grown(NULL, *size, 1);
    unsigned char *at = put_at(bytes, (uint32_t)longest);
    for (int i = 0; i < p->n; i++) {
        uint32_t score;
        memcpy(&score, &p->piece[i].score, sizeof score);
        at = put_at(put_at(at, score), (uint32_t)p->piece[i].n);
        memcpy(at, p->piece[i].text, (size_t)p->piece[i].n);
        at += p->piece[i].n;
    }
    return bytes;
}

void llama_pieces_write(const char *path, const LlamaPieces *p)
{
    size_t size;
    unsigned char *bytes = llama_pieces_bytes(p, &size);
    Whole *file = begin(path);
    fwrite(bytes, 1, size, file->stream);
    free(bytes);
    end(file, path);
}

/* ---- text as pieces ------------------------------------------------------- */

/* Pieces in a row, each with the places of its neighbours, -1 beyond the ends. */
typedef struct {
    const LlamaPieces *p;
    int n, *id, *left, *right;
    Heap heap;              /* couples that can be joined: by rank, then place */
} Row;

static int find(const LlamaPieces *p, const char *a, size_t n, const char *b,
                size_t m)
{
    return *place_of(p, a, n, b, m) - 1;
}

/* The piece that the one at a place makes with its right neighbour, or -1. */
static int joined(const Row *r, int at)
{
    if (r->id[at] < 0 || r->right[at] < 0)
        return -1;
    const LlamaPiece *a = &r->p->piece[r->id[at]];
    const LlamaPiece *b = &r->p->piece[r->id[r->right[at]]];
    int id = find(r->p, a->text, (size_t)a->n, b->text, (size_t)b->n);
    return id >= 0 && r->p->piece[id].score > -1e10f ? id : -1;
}

static void offer(Row *r, int at)
{
    int id = at < 0 ? -1 : joined(r, at);
    if (id >= 0)
        heap_push(&r->heap, (HeapEntry){ (uint64_t)r->p->piece[id].rank,
                                         (uint64_t)at });
}

static void join_all(Row *r)
{
    for (int i = 0; i < r->n; i++)
        offer(r, i);
    while (r->heap.n > 0) {
        HeapEntry e = heap_pop(&r->heap);
        int at = (int)e.then, id = joined(r, at);
        if (id < 0 || (uint64_t)r->p->piece[id].rank != e.first)
            continue;       /* one of the two is no longer what it was */
        int gone = r->right[at];
        r->id[at] = id;
        r->id[gone] = -1;
        r->right[at] = r->right[gone];
        if (r->right[at] >= 0)
            r->left[r->right[at]] = at;
        offer(r, at);
        offer(r, r->left[at]);
    }
    heap_free(&r->heap);
}

/* The bytes of a sign: as many as begin it and continue it, four at most. */
static size_t sign_at(const char *text)
{
    size_t n = 1;
    while (n < 4 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n++;
    return n;
}

Ids llama_encode(const LlamaPieces *p, const char *text)
{
    if (p->n < LLAMA_WORDS || !p->table)
        t_fail("llama_encode: %d pieces are not enough, or not done", p->n);
    size_t room = strlen(text) + 2;
    Row r = { .p = p, .id = grown(NULL, room, sizeof *r.id),
              .left = grown(NULL, room, sizeof *r.left),
              .right = grown(NULL, room, sizeof *r.right) };
    int blank = find(p, " ", 1, "", 0);
    if (*text && blank >= 0)
        r.id[r.n++] = blank;
    for (size_t bytes; *text; text += bytes) {
        bytes = sign_at(text);
        int id = find(p, text, bytes, "", 0);
        if (id >= 0)
            r.id[r.n++] = id;
        for (size_t k = 0; id < 0 && k < bytes; k++)
            r.id[r.n++] = LLAMA_BYTES + (unsigned char)text[k];
    }
    for (int i = 0; i < r.n; i++) {
        r.left[i] = i - 1;
        r.right[i] = i + 1 < r.n ? i + 1 : -1;
    }
    join_all(&r);
    Ids ids = { 0, r.id };
    for (int i = 0; i < r.n; i++)
        if (r.id[i] >= 0)
            ids.id[ids.n++] = r.id[i];
    free(r.left);
    free(r.right);
    return ids;
}

const char *llama_said(const LlamaPieces *p, int before, int id, int *n)
{
    static char bytes[256][2];
    if (id < 0 || id >= p->n)
        t_fail("llama_said: there are %d pieces, and no %d", p->n, id);
    const LlamaPiece *piece = &p->piece[id];
    const char *text = piece->text;
    *n = piece->n;
    unsigned byte;
    int end = 0;
    if (before == LLAMA_START && *text == ' ') {
        text++;
        --*n;
    }
    if (sscanf(text, "<0x%2X>%n", &byte, &end) == 1 && end == 6 && *n == 6) {
        bytes[byte][0] = (char)byte;
        *n = 1;
        return bytes[byte];
    }
    return text;
}

Ids llama_tokens(const LlamaPieces *p, const char *text)
{
    Ids ids = llama_encode(p, text);
    for (int i = 0; i < ids.n; i++)
        ids.id[i] = token_of(ids.id[i], false);
    return ids;
}

Text llama_text(const LlamaPieces *p, Ids tokens)
{
    size_t n = 0, room = 1;
    char *text = grown(NULL, room, 1);
    int before = LLAMA_START, bytes;
    for (int i = 0; i < tokens.n; i++) {
        if (tokens.id[i] < FIRST_WORD)
            continue;
        int piece = tokens.id[i] - FIRST_WORD + LLAMA_BYTES;
        const char *said = llama_said(p, before, piece, &bytes);
        if (n + (size_t)bytes >= room)
            text = grown(text, room = 2 * (n + (size_t)bytes) + 1, 1);
        memcpy(text + n, said, (size_t)bytes);
        n += (size_t)bytes;
        before = piece;
    }
    text[n] = '\0';
    return (Text){ text, n };
}

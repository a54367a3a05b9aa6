/* checkpoint.c -- a training in one file. */
#define T_LIBRARY
#include "learn/checkpoint.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/whole.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No text file begins so. */
static const char magic[8] = { '\x89', 'A', 'i', 'n', 'C', '\r', '\n', '\n' };

/* Type of a field, as a letter in the file. */
enum { INTEGER = 'i', DOUBLE = 'd', WORDS = 't', SHAPE_OF = 's', REALS = 'f',
       HALVES = 'h', BYTES_OF = 'b' };

struct Checkpoint {
    char *path;
    Whole *file;            /* NULL when reading */
    uint64_t sum;           /* FNV-1a of all bytes written */
    bool halves;            /* writing: parameters as HALVES */
    unsigned char *bytes;   /* reading: the whole file */
    size_t size, at;
};

bool checkpoint_is_reading(const Checkpoint *c) { return !c->file; }

void checkpoint_halves(Checkpoint *c) { c->halves = true; }

static Checkpoint *begin(const char *path)
{
    Checkpoint *c = grown(NULL, 1, sizeof *c);
    *c = (Checkpoint){ .path = grown(NULL, strlen(path) + 1, 1),
                       .sum = HASH_START };
    strcpy(c->path, path);
    return c;
}

static void end(Checkpoint *c)
{
    free(c->path);
    free(c->bytes);
    free(c);
}

/* ---- writing ------------------------------------------------------------ */

static void cannot_write(const char *path, const char *reason)
{
    die("cannot write the checkpoint '%s': %s", path, reason);
}

static void put(Checkpoint *c, const void *bytes, size_t n)
{
    c->sum = hash_bytes(c->sum, bytes, n);
    if (fwrite(bytes, 1, n, c->file->stream) != n)
        cannot_write(c->path, strerror(errno));
}

static void put_number(Checkpoint *c, uint64_t value, int bytes)
{
    unsigned char out[8];
    for (int i = 0; i < bytes; i++)
        out[i] = (unsigned char)(value >> 8 * i);
    put(c, out, (size_t)bytes);
}

Checkpoint *checkpoint_write(const char *path, int version)
{
    Checkpoint *c = begin(path);
    const char *reason;
    if (!(c->file = whole_begin(path, NULL, &reason)))
        cannot_write(path, reason);
    put(c, magic, sizeof magic);
    put_number(c, (uint64_t)version, 4);
    return c;
}

/* Is there such a file, and something in it that is no checkpoint? */
static bool is_another(const char *path)
{
    char start[sizeof magic];
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return false;
    size_t n = fread(start, 1, sizeof start, stream);
    fclose(stream);
    return n > 0 && (n < sizeof magic || memcmp(start, magic, n) != 0);
}

void checkpoint_try(const char *path, const char *const *inputs)
{
    for (; *inputs; inputs++)
        if (whole_same(path, *inputs))
            die("cannot write the checkpoint '%s': it would replace '%s', "
                "which is read", path, *inputs);
    const char *reason;
    Whole *file = whole_begin(path, NULL, &reason);
    if (!file)
        cannot_write(path, reason);
    if (is_another(path))
        cannot_write(path, "there is such a file, and it is no checkpoint");
    static const char some[4096];
    errno = 0;
    if (fwrite(some, 1, sizeof some, file->stream) != sizeof some
        || fflush(file->stream) != 0)
        cannot_write(path, strerror(errno));
    whole_drop(file);
}

static void close_written(Checkpoint *c)
{
    put_number(c, c->sum, 8);
    const char *reason = whole_end(c->file, true);
    if (reason)
        cannot_write(c->path, reason);
}

/* ---- reading ------------------------------------------------------------ */

static unsigned char *take(Checkpoint *c, size_t n)
{
    if (n > c->size - c->at)
        die("'%s': a field is longer than the file; it was written by "
            "another program", c->path);
    c->at += n;
    return c->bytes + c->at - n;
}

static uint64_t take_number(Checkpoint *c, int bytes)
{
    const unsigned char *in = take(c, (size_t)bytes);
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)in[i] << 8 * i;
    return value;
}

static void cannot_read(const char *path)
{
    die("cannot read the checkpoint '%s': %s", path, strerror(errno));
}

/* The whole file; but nothing behind a beginning that is none of ours. */
static void read_all(Checkpoint *c)
{
    FILE *stream = fopen(c->path, "rb");
    if (!stream)
        cannot_read(c->path);
    size_t room = sizeof magic, n;
    c->bytes = grown(NULL, room, 1);
    while ((n = fread(c->bytes + c->size, 1, room - c->size, stream)) > 0) {
        c->size += n;
        if (c->size < room)
            continue;
        if (memcmp(c->bytes, magic, sizeof magic) != 0)
            break;
        room = 2 * room + (1 << 16);
        c->bytes = grown(c->bytes, room, 1);
    }
    if (ferror(stream))
        cannot_read(c->path);
    fclose(stream);
    if (c->size < sizeof magic || memcmp(c->bytes, magic, sizeof magic) != 0)
        die("'%s' is not a checkpoint of this book", c->path);
}

Checkpoint *checkpoint_read(const char *path, int version)
{
    Checkpoint *c = begin(path);
    read_all(c);
    size_t header = sizeof magic + 4;
    if (c->size < header + 8)
        die("'%s' was cut short: it has %zu bytes only", path, c->size);
    c->at = sizeof magic;
    unsigned long found = (unsigned long)take_number(c, 4);
    if (found != (unsigned long)version)
        die("'%s' has version %lu of the format, and this program reads "
            "version %d: %s", path, found, version,
            found > (unsigned long)version
                ? "it comes from a newer one, or from another tool"
                : "train the model again, or it comes from another tool");
    c->size -= 8;
    uint64_t sum = hash_bytes(HASH_START, c->bytes, c->size);
    c->at = c->size;
    c->size += 8;
    if (take_number(c, 8) != sum)
        die("'%s' was cut short or altered: its checksum does not fit",
            path);
    c->size -= 8;
    c->at = header;
    return c;
}

void checkpoint_close(Checkpoint *c)
{
    if (!checkpoint_is_reading(c))
        close_written(c);
    end(c);
}

/* ---- fields -------------------------------------------------------------- *
 * A letter for the type, the length of the name, the name, a count, and as many
 * values. */

static void expected(Checkpoint *c, const char *name, const char *what)
{
    die("'%s': at byte %zu the field '%s' was expected, %s", c->path,
        c->at, name, what);
}

/* Begins a field of `count` values; reading returns how many there are. */
static size_t field(Checkpoint *c, int type, const char *name, size_t count)
{
    size_t length = strlen(name);
    if (!checkpoint_is_reading(c)) {
        put_number(c, (uint64_t)type, 1);
        put_number(c, length, 1);
        put(c, name, length);
        put_number(c, count, 8);
        return count;
    }
    int found_type = (int)take_number(c, 1);
    size_t found = (size_t)take_number(c, 1);
    const unsigned char *found_name = take(c, found);
    if (found != length || memcmp(found_name, name, length) != 0)
        expected(c, name, "and another one is there");
    if (found_type != type)
        expected(c, name, "and it is of another type");
    return (size_t)take_number(c, 8);
}

static void number(Checkpoint *c, int type, const char *name, uint64_t *value)
{
    if (field(c, type, name, 1) != 1)
        expected(c, name, "with one value");
    if (checkpoint_is_reading(c))
        *value = take_number(c, 8);
    else
        put_number(c, *value, 8);
}

void checkpoint_bits(Checkpoint *c, const char *name, uint64_t *value)
{
    number(c, INTEGER, name, value);
}

void checkpoint_long(Checkpoint *c, const char *name, long *value)
{
    uint64_t bits = (uint64_t)(int64_t)*value;
    number(c, INTEGER, name, &bits);
    *value = (long)(int64_t)bits;
}

/* A number of the file that must be one from low to high. */
static long within(Checkpoint *c, const char *name, long value, long low,
                   long high)
{
    if (value < low || value > high)
        die("'%s': %s is %ld, expected a whole number from %ld to %ld", c->path,
            name, value, low, high);
    return value;
}

void checkpoint_bool(Checkpoint *c, const char *name, bool *value)
{
    long number = *value;
    checkpoint_long(c, name, &number);
    *value = within(c, name, number, 0, 1);
}

void checkpoint_double(Checkpoint *c, const char *name, double *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    number(c, DOUBLE, name, &bits);
    memcpy(value, &bits, sizeof bits);
}

void checkpoint_bytes(Checkpoint *c, const char *name, unsigned char **bytes,
                      size_t *n)
{
    size_t count = field(c, BYTES_OF, name, *n);
    if (!checkpoint_is_reading(c)) {
        put(c, *bytes, count);
        return;
    }
    const unsigned char *from = take(c, count);
    *bytes = grown(NULL, count + 1, 1);
    memcpy(*bytes, from, count);
    *n = count;
}

void checkpoint_settings(Checkpoint *c, Settings s, void *values)
{
    for (int i = 0; i < s.n; i++) {
        const Setting *one = &s.list[i];
        void *value = (char *)values + one->at;
        bool real_number = one->kind == SETTING_REAL;
        double number = real_number ? *(double *)value : 0;
        long whole = real_number ? 0 : *(int *)value;
        if (real_number)
            checkpoint_double(c, one->name, &number);
        else
            checkpoint_long(c, one->name, &whole);
        if (!settings_allow(one, real_number ? number : (double)whole))
            die("'%s': %s is %.12g, expected %s", c->path, one->name,
                real_number ? number : (double)whole, settings_limits(one));
        if (real_number)
            *(double *)value = number;
        else
            *(int *)value = (int)whole;
    }
}

void checkpoint_expect(const Checkpoint *c, long numbers)
{
    size_t left = (c->size - c->at) / 2;    /* a number has two bytes, or four */
    if (checkpoint_is_reading(c) && (unsigned long)numbers > left)
        die("'%s' describes a model of %ld numbers, and has room for %zu only",
            c->path, numbers, left);
}

/* A word must be one that a text can have, and stand there once. */
static void take_word(Checkpoint *c, const char *name, Vocabulary *v)
{
    size_t length = (size_t)take_number(c, 4);
    const unsigned char *from = take(c, length);
    char *word = grown(NULL, length + 1, 1);
    memcpy(word, from, length);
    word[length] = '\0';
    int before = v->n > FIRST_WORD ? v->n : FIRST_WORD;
    bool good = strlen(word) == length && text_is_word(word)
             && vocabulary_add(v, word) == before;
    free(word);
    if (!good)
        die("'%s': word %d of '%s' is no word, or stands there twice", c->path,
            before - FIRST_WORD + 1, name);
}

void checkpoint_vocabulary(Checkpoint *c, const char *name, Vocabulary *v)
{
    size_t words = field(c, WORDS, name, (size_t)(v->n > FIRST_WORD
                                                 ? v->n - FIRST_WORD : 0));
    for (size_t i = 0; i < words; i++) {
        if (!checkpoint_is_reading(c)) {
            const char *word = v->word[i + FIRST_WORD];
            put_number(c, strlen(word), 4);
            put(c, word, strlen(word));
            continue;
        }
        take_word(c, name, v);
    }
}

/* The nearest number with 11 bits, ties to even; one below 2^-14 has fewer. A
 * half has a sign, 5 bits of exponent and 10 bits of fraction. */
static uint64_t half_of(Checkpoint *c, const char *name, double number)
{
    double size = fabs(number);
    if (!(size < 65520))
        die("cannot write '%s': a number of '%s' is %g, and half precision ends "
            "at 65504", c->path, name, number);
    int exponent;
    frexp(size, &exponent);                         /* size < 2^exponent */
    if (exponent < -13 || size == 0)
        exponent = -13;
    double steps = nearbyint(ldexp(size, 11 - exponent));   /* at most 2048 */
    /* The leading bit of `steps`, if there, adds one to the exponent. */
    uint64_t bits = ((uint64_t)(exponent + 13) << 10) + (uint64_t)steps;
    return bits | (signbit(number) ? 0x8000 : 0);
}

static float of_half(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
    double size = exponent == 0 ? ldexp(fraction, -24)
                : exponent < 31 ? ldexp(fraction + 1024, exponent - 25)
                : fraction      ? (double)NAN
                                : (double)INFINITY;
    return (float)(bits & 0x8000 ? -size : size);
}

/* Floats as their bits; a float is the same on every machine. Or halves. */
static void reals(Checkpoint *c, const char *name, size_t n, real *data)
{
    bool reading = checkpoint_is_reading(c), half = c->halves;
    if (reading)
        half = c->at < c->size && c->bytes[c->at] == HALVES;
    if (field(c, half ? HALVES : REALS, name, n) != n)
        expected(c, name, "with as many numbers as the model has");
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        float number = (float)data[i];
        if (reading && half) {
            data[i] = (real)of_half(take_number(c, 2));
        } else if (half) {
            put_number(c, half_of(c, name, (double)number), 2);
        } else if (reading) {
            bits = (uint32_t)take_number(c, 4);
            memcpy(&number, &bits, sizeof number);
            data[i] = (real)number;
        } else {
            memcpy(&bits, &number, sizeof bits);
            put_number(c, bits, 4);
        }
    }
}

void checkpoint_params(Checkpoint *c, const char *name, const Params *list)
{
    for (int i = 0; i < list->n; i++) {
        Shape shape = list->at[i]->shape;
        if (field(c, SHAPE_OF, name, (size_t)shape.n) != (size_t)shape.n)
            expected(c, name, "with a parameter of another shape");
        for (int k = 0; k < shape.n; k++) {
            uint64_t size = (uint64_t)shape.dim[k];
            if (!checkpoint_is_reading(c))
                put_number(c, size, 4);
            else if (take_number(c, 4) != size)
                expected(c, name, "with a parameter of another shape");
        }
        reals(c, name, list->at[i]->buffer->size, list->at[i]->buffer->data);
    }
}

void checkpoint_optimiser(Checkpoint *c, const char *name, Optimiser *o)
{
    OptimiserState s = opt_state(o);
    if (checkpoint_is_reading(c) && c->at == c->size)
        die("'%s' was saved to be used, without what a training needs to go on",
            c->path);
    checkpoint_long(c, name, s.step);
    for (int i = 0; i < s.list->n; i++) {
        size_t n = s.list->at[i]->buffer->size;
        if (s.first)
            reals(c, name, n, s.first[i]);
        if (s.second)
            reals(c, name, n, s.second[i]);
    }
}

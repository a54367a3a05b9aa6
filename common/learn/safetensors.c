/* safetensors.c -- named tensors in a file. */
#define T_LIBRARY
#include "learn/safetensors.h"
#include "base/fail.h"
#include "base/whole.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, ALIGNED = 8 };

/* ---- lists ---------------------------------------------------------------- */

void named_under(NamedTensors *list, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(list->under, sizeof list->under, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= sizeof list->under)
        t_fail("named_under: '%s...' is too long", list->under);
}

static void add(NamedTensors *list, const char *name, const char *part, Tensor *t,
                bool turned)
{
    if (!t)
        return;
    if (list->n == list->room) {
        list->room = 2 * list->room + 16;
        list->at = grown(list->at, (size_t)list->room, sizeof *list->at);
    }
    NamedTensor *one = &list->at[list->n++];
    *one = (NamedTensor){ .tensor = t, .turned = turned };
    if (strlen(list->under) + strlen(name) + strlen(part) >= sizeof one->name)
        t_fail("named_add: the name '%s%s%s' is too long", list->under, name, part);
    strcat(strcat(strcpy(one->name, list->under), name), part);
}

void named_add(NamedTensors *list, const char *name, Tensor *t, bool turned)
{
    add(list, name, "", t, turned);
}

void named_linear(NamedTensors *list, const char *name, Linear layer)
{
    add(list, name, ".weight", layer.weight, true);
    add(list, name, ".bias", layer.bias, false);
}

void named_norm(NamedTensors *list, const char *name, LayerNorm layer)
{
    add(list, name, ".weight", layer.gain, false);
    add(list, name, ".bias", layer.bias, false);
}

/* The shape in the file. */
static Shape shape_in_file(const NamedTensor *t)
{
    Shape s = t->tensor->shape;
    if (t->turned)
        s = SHAPE(s.dim[1], s.dim[0]);
    return s;
}

/* The place in the tensor's buffer of number i of the file. */
static real *place(const NamedTensor *t, size_t i)
{
    const Tensor *x = t->tensor;
    size_t rows = (size_t)x->shape.dim[0];
    if (t->turned)      /* number i of (out, in), out of (in, out) */
        i = i % rows * (size_t)x->shape.dim[1] + i / rows;
    return x->buffer->data + x->start + i;
}

static void check_list(const char *op, int n, const NamedTensor *list)
{
    for (int i = 0; i < n; i++) {
        Tensor *x = list[i].tensor;
        if (!x || (list[i].turned && x->shape.n != 2)
            || x->buffer->size != (size_t)t_size(x))
            t_fail("%s: '%s' must be a tensor of its own, and what is turned a "
                   "matrix", op, list[i].name);
    }
}

/* ---- writing -------------------------------------------------------------- */

static void cannot_write(const char *path, const char *reason)
{
    die("cannot write '%s': %s", path, reason);
}

/* Text that grows. */
typedef struct {
    char *at;
    size_t n, room;
} Header;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void put(Header *h, const char *format, ...)
{
    enum { MOST = 3 * TENSOR_NAME };
    if (h->n + MOST > h->room) {
        h->room = 2 * h->room + 8 * MOST;
        h->at = grown(h->at, h->room, 1);
    }
    va_list arguments;
    va_start(arguments, format);
    h->n += (size_t)vsnprintf(h->at + h->n, MOST, format, arguments);
    va_end(arguments);
}

static Header header_of(int n, const NamedTensor *list)
{
    Header h = { 0 };
    size_t at = 0;
    put(&h, "{\"__metadata__\":{\"format\":\"pt\"}");
    for (int i = 0; i < n; i++) {
        Shape s = shape_in_file(&list[i]);
        size_t bytes = 4 * (size_t)t_size(list[i].tensor);
        put(&h, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[", list[i].name);
        for (int k = 0; k < s.n; k++)
            put(&h, "%s%d", k ? "," : "", s.dim[k]);
        put(&h, "],\"data_offsets\":[%zu,%zu]}", at, at + bytes);
        at += bytes;
    }
    put(&h, "}");
    while (h.n % ALIGNED != 0)
        put(&h, " ");
    return h;
}

static void put_number(FILE *f, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        putc((int)(number >> 8 * i & 0xFF), f);
}

void safetensors_write(const char *path, int n, const NamedTensor *list)
{
    check_list("safetensors_write", n, list);
    const char *reason;
    Whole *file = whole_begin(path, NULL, &reason);
    if (!file)
        cannot_write(path, reason);
    Header h = header_of(n, list);
    put_number(file->stream, h.n, LENGTH_BYTES);
    fwrite(h.at, 1, h.n, file->stream);
    free(h.at);
    for (int i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].tensor->buffer->size; k++) {
            float number = (float)*place(&list[i], k);
            uint32_t bits;
            memcpy(&bits, &number, sizeof bits);
            put_number(file->stream, bits, 4);
        }
    if ((reason = whole_end(file, true)))
        cannot_write(path, reason);
}

/* ---- the header ----------------------------------------------------------- *
 * A reader of as much JSON as can stand there, and no more. */

typedef struct {
    const char *path;
    const unsigned char *bytes;
    size_t at, end;         /* of the file */
} Json;

static void wrong(const Json *j, const char *what)
{
    die("'%s': at byte %zu %s expected", j->path, j->at, what);
}

static void blanks(Json *j)
{
    while (j->at < j->end && strchr(" \t\r\n", j->bytes[j->at])
           && j->bytes[j->at])
        j->at++;
}

static bool is_next(Json *j, char sign)
{
    blanks(j);
    return j->at < j->end && j->bytes[j->at] == (unsigned char)sign;
}

static void sign(Json *j, char sign, const char *what)
{
    if (!is_next(j, sign))
        wrong(j, what);
    j->at++;
}

/* Four digits behind \u; only what needs one byte can be in a name of ours. */
static int escaped(Json *j)
{
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    int c = j->at < j->end ? j->bytes[j->at++] : 0;
    const char *found = c ? strchr(plain, c) : NULL;
    if (found)
        return meant[found - plain];
    if (c != 'u')
        wrong(j, "\\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\u");
    int code = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        int d = j->at < j->end ? j->bytes[j->at] : 0;
        const char *digit = d ? strchr(digits, d >= 'A' && d <= 'F' ? d + 32 : d)
                              : NULL;
        if (!digit)
            wrong(j, "a digit of base 16 was");
        code = 16 * code + (int)(digit - digits);
        j->at++;
    }
    return code < 128 ? code : '?';
}

/* Into text what fits there; a longer string ends in "...". */
static void string(Json *j, char text[TENSOR_NAME])
{
    size_t n = 0;
    sign(j, '"', "a string was");
    while (j->at < j->end && j->bytes[j->at] != '"') {
        int c = j->bytes[j->at++];
        if (c < ' ') {
            j->at--;
            wrong(j, "the end of a string was");
        }
        c = c == '\\' ? escaped(j) : c;
        if (n < TENSOR_NAME - 1)
            text[n] = (char)c;
        n++;
    }
    text[n < TENSOR_NAME ? n : TENSOR_NAME - 1] = '\0';
    if (n >= TENSOR_NAME)
        memcpy(text + TENSOR_NAME - 4, "...", 3);
    sign(j, '"', "the end of a string was");
}

static size_t whole_number(Json *j)
{
    blanks(j);
    size_t value = 0, first = j->at;
    for (; j->at < j->end && j->bytes[j->at] >= '0' && j->bytes[j->at] <= '9';
         j->at++) {
        size_t digit = (size_t)(j->bytes[j->at] - '0');
        if (value > (SIZE_MAX - digit) / 10)
            wrong(j, "a number that can be counted to was");
        value = 10 * value + digit;
    }
    if (j->at == first || (j->bytes[first] == '0' && j->at > first + 1))
        wrong(j, "a whole number was");
    return value;
}

/* Whether a list or an object, behind its first sign, goes on; takes the comma
 * or the end. */
static bool goes_on(Json *j, char end, bool first)
{
    if (is_next(j, end)) {
        j->at++;
        return false;
    }
    if (!first)
        sign(j, ',', end == '}' ? "',' or '}' was" : "',' or ']' was");
    return true;
}

/* What is said of a tensor. */
typedef struct {
    bool half;              /* BF16: the upper half of a float */
    Shape shape;
    size_t begin, end;      /* among the numbers */
    bool has_type, has_shape, has_place;
} Entry;

static void type_of(Json *j, Entry *e)
{
    char text[TENSOR_NAME];
    string(j, text);
    e->half = strcmp(text, "BF16") == 0;
    e->has_type = true;
    if (!e->half && strcmp(text, "F32") != 0)
        die("'%s': at byte %zu the type F32 or BF16 was expected, got '%s'",
            j->path, j->at, text);
}

static void shape_of(Json *j, Entry *e)
{
    sign(j, '[', "'[' was");
    e->has_shape = true;
    while (goes_on(j, ']', e->shape.n == 0)) {
        size_t size = whole_number(j);
        if (e->shape.n == T_MAX_DIMS || size > INT32_MAX)
            wrong(j, "the end of a shape that a model has was");
        e->shape.dim[e->shape.n++] = (int)size;
    }
}

static void place_of(Json *j, Entry *e)
{
    sign(j, '[', "'[' was");
    e->begin = whole_number(j);
    sign(j, ',', "',' was");
    e->end = whole_number(j);
    sign(j, ']', "']' was");
    e->has_place = true;
}

static Entry entry(Json *j)
{
    Entry e = { 0 };
    sign(j, '{', "'{' was");
    for (bool first = true; goes_on(j, '}', first); first = false) {
        char key[TENSOR_NAME];
        string(j, key);
        sign(j, ':', "':' was");
        if (strcmp(key, "dtype") == 0 && !e.has_type)
            type_of(j, &e);
        else if (strcmp(key, "shape") == 0 && !e.has_shape)
            shape_of(j, &e);
        else if (strcmp(key, "data_offsets") == 0 && !e.has_place)
            place_of(j, &e);
        else
            wrong(j, "dtype, shape and data_offsets, once each, were");
    }
    if (!e.has_type || !e.has_shape || !e.has_place)
        wrong(j, "dtype, shape and data_offsets were");
    return e;
}

/* What the writer wanted to say beside: nothing that we would need. */
static void skip_remarks(Json *j)
{
    char text[TENSOR_NAME];
    sign(j, '{', "'{' was");
    for (bool first = true; goes_on(j, '}', first); first = false) {
        string(j, text);
        sign(j, ':', "':' was");
        string(j, text);
    }
}

/* ---- reading -------------------------------------------------------------- */

static bool equal(Shape a, Shape b)
{
    bool same = a.n == b.n;
    for (int i = 0; same && i < a.n; i++)
        same = a.dim[i] == b.dim[i];
    return same;
}

/* Number `which` of the list, as the file has it. */
static void check_entry(const Json *j, const NamedTensor *t, const Entry *e,
                        size_t room)
{
    size_t bytes = (e->half ? 2u : 4u) * (size_t)t_size(t->tensor);
    Shape wanted = shape_in_file(t);
    if (!equal(e->shape, wanted))
        die("'%s': '%s' has the shape %s, expected %s", j->path, t->name,
            e->shape.n ? shape_text(e->shape) : "()", shape_text(wanted));
    if (e->end > room || e->begin > e->end || e->end - e->begin != bytes)
        die("'%s': '%s' lies at bytes %zu to %zu of %zu, expected %zu bytes",
            j->path, t->name, e->begin, e->end, room, bytes);
}

/* Reads the header: found[i] is what it says of list[i]. */
static void header(Json *j, int n, const NamedTensor *list, Entry *found,
                   size_t room)
{
    sign(j, '{', "'{' was");
    for (bool first = true; goes_on(j, '}', first); first = false) {
        char name[TENSOR_NAME];
        string(j, name);
        sign(j, ':', "':' was");
        if (strcmp(name, "__metadata__") == 0) {
            skip_remarks(j);
            continue;
        }
        int i = 0;
        while (i < n && strcmp(list[i].name, name) != 0)
            i++;
        if (i == n)
            die("'%s': this model has no '%s'", j->path, name);
        if (found[i].has_type)
            die("'%s': '%s' stands there twice", j->path, name);
        found[i] = entry(j);
        check_entry(j, &list[i], &found[i], room);
    }
    blanks(j);
    if (j->at != j->end)
        wrong(j, "the end of the header was");
    for (int i = 0; i < n; i++)
        if (!found[i].has_type)
            die("'%s' has no '%s'", j->path, list[i].name);
}

static int by_place(const void *a, const void *b)
{
    size_t x = ((const Entry *)a)->begin, y = ((const Entry *)b)->begin;
    return x < y ? -1 : x > y;
}

/* The numbers of all tensors follow one another, and no byte is left over. */
static void check_places(const Json *j, int n, const Entry *found, size_t room)
{
    Entry *sorted = grown(NULL, (size_t)n + 1, sizeof *sorted);
    memcpy(sorted, found, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, by_place);
    size_t at = 0, begin = 0;
    for (int i = 0; i <= n && begin == at; i++) {
        at = i > 0 ? sorted[i - 1].end : 0;
        begin = i < n ? sorted[i].begin : room;
    }
    free(sorted);
    if (begin != at)
        die("'%s': the numbers of a tensor end at byte %zu, and the next begin at "
            "%zu", j->path, at, begin);
}

static void assign(const NamedTensor *t, const Entry *e,
                   const unsigned char *numbers)
{
    int bytes = e->half ? 2 : 4;
    const unsigned char *from = numbers + e->begin;
    for (size_t i = 0; i < t->tensor->buffer->size; i++) {
        uint32_t bits = 0;
        for (int k = 0; k < bytes; k++)
            bits |= (uint32_t)*from++ << 8 * (k + 4 - bytes);
        float number;
        memcpy(&number, &bits, sizeof number);
        *place(t, i) = (real)number;
    }
}

void safetensors_read(const char *path, int n, const NamedTensor *list)
{
    check_list("safetensors_read", n, list);
    size_t size;
    const char *reason;
    unsigned char *bytes = whole_read(path, &size, &reason);
    if (!bytes)
        die("cannot read '%s': %s", path, reason);
    uint64_t length = 0;
    for (int i = 0; size >= LENGTH_BYTES && i < LENGTH_BYTES; i++)
        length |= (uint64_t)bytes[i] << 8 * i;
    if (size < LENGTH_BYTES || length > size - LENGTH_BYTES) {
        free(bytes);
        die("'%s' is no safetensors file, or was cut short: it has %zu bytes, and "
            "a header of %llu was expected", path, size,
            (unsigned long long)length);
    }
    Json j = { path, bytes, LENGTH_BYTES, LENGTH_BYTES + (size_t)length };
    Entry *found = grown(NULL, (size_t)n + 1, sizeof *found);
    memset(found, 0, (size_t)n * sizeof *found);
    header(&j, n, list, found, size - j.end);
    check_places(&j, n, found, size - j.end);
    for (int i = 0; i < n; i++)
        assign(&list[i], &found[i], bytes + j.end);
    free(found);
    free(bytes);
}

/* images.c -- pictures, and IDX files. */
#include "tensor/ops.h"
#include "learn/images.h"
#include "base/whole.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

static size_t bytes_of_one(const Images *m)
{
    return (size_t)m->rows * (size_t)m->columns * (size_t)m->channels;
}

Images images_new(int n, int rows, int columns, int channels)
{
    Images m = { n, rows, columns, channels, NULL };
    m.at = grown(NULL, (size_t)n, bytes_of_one(&m));
    return m;
}

void images_free(Images *m)
{
    free(m->at);
    *m = (Images){ 0 };
}

unsigned char *images_one(const Images *m, int number)
{
    if (number < 0 || number >= m->n)
        t_fail("images_one: picture %d of %d", number, m->n);
    return m->at + (size_t)number * bytes_of_one(m);
}

Tensor *images_tensor(const Images *m, int count, const int *numbers)
{
    Tensor *x = t_zeros(count, m->rows, m->columns, m->channels);
    size_t n = bytes_of_one(m);
    real *to = data_of(x);
    for (int b = 0; b < count; b++, to += n) {
        const unsigned char *from = images_one(m, numbers[b]);
        for (size_t i = 0; i < n; i++)
            to[i] = (real)from[i] / (real)127.5 - 1;
    }
    return x;
}

/* ---- IDX ----------------------------------------------------------------- */

enum { MOST_AXES = 4, MOST_NUMBERS = 1 << 20 };     /* of one picture */

static void check_start(const char *path, const unsigned char *b, size_t n)
{
    static const char *const kind[256] = {
        [9] = "signed bytes", [11] = "16 bits", [12] = "32 bits",
        [13] = "floats", [14] = "doubles",
    };
    if (n >= 2 && b[0] == 0x1f && b[1] == 0x8b)
        die("'%s' is compressed; expected IDX, which gunzip makes of it", path);
    if (n < 4)
        die("'%s' has %zu bytes; expected IDX, which begins with four", path, n);
    for (int i = 0; i < 2; i++)
        if (b[i] != 0)
            die("'%s': byte %d is %d; expected 0, as IDX begins", path, i + 1,
                b[i]);
    if (b[2] != 8)
        die("'%s': byte 3 is %d%s%s; expected 8, for IDX of bytes", path, b[2],
            kind[b[2]] ? ", for " : "", kind[b[2]] ? kind[b[2]] : "");
}

/* The sizes of all axes, and where the numbers begin. Nothing is taken on trust:
 * all together are what the file has. */
static const unsigned char *axes(const char *path, const unsigned char *b,
                                 size_t bytes, int least, int most,
                                 int size[MOST_AXES], int *found)
{
    check_start(path, b, bytes);
    int n = *found = b[3];
    if (n < least || n > most)
        die("'%s': byte 4 is %d; expected %s", path, n,
            most == 1 ? "1, for labels have one axis"
                      : "3 or 4, the axes of pictures");
    size_t start = 4 + 4 * (size_t)n, product = 1;
    if (bytes < start)
        die("'%s' ends at byte %zu; expected sizes of %d axes", path, bytes, n);
    size_t left = bytes - start;
    for (int i = 0; i < n; i++) {
        const unsigned char *at = b + 4 + 4 * i;
        uint32_t is = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16
                    | (uint32_t)at[2] << 8 | at[3];
        if (is == 0 || is > INT_MAX)
            die("'%s': byte %d: axis %d has size %lu; expected 1 to %d", path,
                5 + 4 * i, i + 1, (unsigned long)is, INT_MAX);
        if (is > left / product)
            die("'%s': byte %d: axis %d has size %lu, but only %zu bytes follow; "
                "expected more", path, 5 + 4 * i, i + 1, (unsigned long)is, left);
        product *= is;
        size[i] = (int)is;
    }
    if (product != left)
        die("'%s': %zu bytes follow its sizes; expected %zu", path, left,
            product);
    return b + start;
}

/* All of the file; memory grows with what comes. */
static unsigned char *read_all(const char *path, size_t *bytes)
{
    const char *reason;
    unsigned char *all = whole_read(path, bytes, &reason);
    if (!all)
        die("cannot read '%s': %s", path, reason);
    return all;
}

Images images_read(const char *path)
{
    int size[MOST_AXES] = { 0 }, n;
    size_t bytes;
    unsigned char *file = read_all(path, &bytes);
    const unsigned char *numbers = axes(path, file, bytes, 3, 4, size, &n);
    Images m = { size[0], size[1], size[2], n == 4 ? size[3] : 1, NULL };
    size_t each = (bytes - 4 - 4 * (size_t)n) / (size_t)m.n;
    if (each > MOST_NUMBERS)
        die("'%s': each picture has %zu numbers; expected %d at most", path, each,
            MOST_NUMBERS);
    m.at = memmove(file, numbers, each * (size_t)m.n);
    return m;
}

unsigned char *labels_read(const char *path, int *n)
{
    int size[MOST_AXES] = { 0 }, found;
    size_t bytes;
    unsigned char *file = read_all(path, &bytes);
    const unsigned char *numbers = axes(path, file, bytes, 1, 1, size, &found);
    *n = size[0];
    return memmove(file, numbers, (size_t)*n);
}

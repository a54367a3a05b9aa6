/* print.c -- printing that lines up: text, and tables of numbers. */
#define T_LIBRARY
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "cell/print.h"

/* ---- printf by columns -------------------------------------------------- */

/* What stands between % and the letter. */
typedef struct {
    char flags[8];
    int width, precision;   /* precision: -1 if absent */
    char size[3];           /* "", "l", "ll", "z" */
} Spec;

/* Reads digits, or takes the value of `*` from `star`. */
static int number(const char **format, va_list *star)
{
    if (**format == '*') {
        ++*format;
        return va_arg(*star, int);
    }
    int value = 0;
    for (; **format >= '0' && **format <= '9'; ++*format)
        if (value < 100000)
            value = value * 10 + (**format - '0');
    return value;
}

/* Reads a specification up to its letter. */
static Spec read_spec(const char **format, va_list *list)
{
    Spec spec = { .precision = -1 };
    size_t n = strspn(*format, "-+ #0");
    memcpy(spec.flags, *format, n < 6 ? n : 6);
    *format += n;
    spec.width = number(format, list);
    if (spec.width < 0) {   /* the rule of printf for a negative `*` */
        strcat(spec.flags, "-");
        spec.width = -spec.width;
    }
    if (**format == '.') {
        ++*format;
        spec.precision = number(format, list);
    }
    n = strspn(*format, "hlz");
    memcpy(spec.size, *format, n < 2 ? n : 2);
    *format += n;
    return spec;
}

static void print_string(Spec spec, const char *s)
{
    int taken, limit = spec.precision < 0 ? INT_MAX : spec.precision;
    size_t bytes = text_fit(s, limit, &taken);
    bool left = strchr(spec.flags, '-');
    int blanks = spec.width > taken ? spec.width - taken : 0;
    printf("%*s%.*s%*s", left ? 0 : blanks, "", (int)bytes, s,
           left ? blanks : 0, "");
}

/* As printf, but without the sign of a NaN or of what rounds to zero: it
 * differs from machine to machine and says nothing. */
static void print_real(const char *format, double x)
{
    char text[512];
    snprintf(text, sizeof text, format, x);
    bool zero = !strpbrk(text, "123456789in");
    printf(format, zero || isnan(x) ? copysign(x, 1) : x);
}

/* Hands one argument on to printf, integers in their widest type. */
static void print_other(Spec spec, char letter, va_list *list)
{
    bool integer = strchr("diuxXo", letter);
    char format[64], precision[16] = "";
    if (spec.precision >= 0)
        snprintf(precision, sizeof precision, ".%d", spec.precision);
    snprintf(format, sizeof format, "%%%s%.0d%s%s%c", spec.flags, spec.width,
             precision, integer ? "ll" : "", letter);
    if (letter == 'c')
        printf(format, va_arg(*list, int));
    else if (!integer)
        print_real(format, va_arg(*list, double));
    else if (strcmp(spec.size, "ll") == 0)
        printf(format, va_arg(*list, long long));
    else if (spec.size[0] == 'z')
        printf(format, (long long)va_arg(*list, size_t));
    else if (letter == 'd' || letter == 'i')
        printf(format, spec.size[0] == 'l' ? (long long)va_arg(*list, long)
                                           : (long long)va_arg(*list, int));
    else
        printf(format, spec.size[0] == 'l'
               ? (unsigned long long)va_arg(*list, unsigned long)
               : (unsigned long long)va_arg(*list, unsigned));
}

/* One specification; *format is behind the % and is moved behind the letter. */
static void print_spec(const char **format, va_list *list)
{
    Spec spec = read_spec(format, list);
    char letter = **format;
    if (letter == '%') {
        putchar('%');
    } else if (letter == 's' && !spec.size[0]) {
        const char *s = va_arg(*list, const char *);
        print_string(spec, s ? s : "(null)");
    } else if (letter && strchr("diuxXocfFeEgGaA", letter)
               && spec.size[0] != 'h') {
        print_other(spec, letter, list);
    } else {
        t_fail("text_printf: cannot print %%%s%c", spec.size, letter);
    }
    ++*format;
}

void text_printf(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    while (*format) {
        size_t plain = strcspn(format, "%");
        fwrite(format, 1, plain, stdout);
        format += plain;
        if (*format == '%') {
            format++;
            print_spec(&format, &list);
        }
    }
    va_end(list);
}

const char *text_shown(Text text)
{
    enum { ROOMS = 8, ROOM = 200 };
    static char rooms[ROOMS][ROOM];
    static int turn;
    char *out = rooms[turn++ % ROOMS], *end = out;
    bool whole = text_invalid_utf8(text.at) < 0 && strlen(text.at) == text.n;
    for (size_t i = 0; i < text.n && end < out + ROOM - 5; i++)
        if (text.at[i] == ' ')
            *end++ = '_';
        else if (whole && (unsigned char)text.at[i] > ' ')
            *end++ = text.at[i];
        else
            end += sprintf(end, "<%02x>", (unsigned char)text.at[i]);
    *end = '\0';
    return out;
}

/* ---- tables ------------------------------------------------------------- */

enum {
    TABLE_WIDTH = 80,   /* a wider table continues below itself */
    TITLE_WIDTH = 30,   /* a longer title has a line of its own */
    LABEL_WIDTH = 20,   /* a longer label is cut off */
    NUMBER_SIZE = 32,
};

typedef struct {
    const Tensor *x;
    int height, width;              /* a vector is one row */
    char *const *rows, *const *columns;
    int decimals;
    bool numbered;                  /* columns have their number, from 0 */
} Table;

/* Some columns of a table, from <= j < to, that fit beside each other. */
typedef struct {
    int from, to, gutter;           /* gutter: columns left of them */
    int field[TABLE_WIDTH];         /* width of each */
} Columns;

/* The number as text; the same on every machine, and never "-0.00". */
static void number_text(char text[NUMBER_SIZE], double x, int decimals)
{
    if (isnan(x) || isinf(x)) {
        strcpy(text, isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
        return;
    }
    snprintf(text, NUMBER_SIZE, fabs(x) < 1e9 ? "%.*f" : "%.*e", decimals, x);
    if (text[0] == '-' && strspn(text + 1, "0.") == strlen(text + 1))
        memmove(text, text + 1, strlen(text));
}

static void entry_text(char text[NUMBER_SIZE], const Table *t, int i, int j)
{
    const Tensor *x = t->x;
    double value = (double)(x->shape.n == 1 ? t_at(x, j) : t_at(x, i, j));
    number_text(text, value, t->decimals);
}

static const char *column_label(char text[NUMBER_SIZE], const Table *t, int j)
{
    if (!t->numbered)
        return t->columns ? t->columns[j] : "";
    snprintf(text, NUMBER_SIZE, "%d", j);
    return text;
}

static int label_width(const char *label)
{
    int width = text_width(label);
    return width < LABEL_WIDTH ? width : LABEL_WIDTH;
}

/* Prints the label flush right, what is too long with a mark of omission. */
static void put_label(int field, const char *label)
{
    if (text_width(label) <= LABEL_WIDTH)
        text_printf("%*s", field, label);
    else
        text_printf("%*.*s…", field - 1, LABEL_WIDTH - 1, label);
}

/* The width of column j: its longest entry, one in front of it for a minus
 * sign or a second blank, and one blank. */
static int field_width(const Table *t, int j)
{
    char text[NUMBER_SIZE];
    int width = label_width(column_label(text, t, j));
    for (int i = 0; i < t->height; i++) {
        entry_text(text, t, i, j);
        int digits = (int)strlen(text) - (text[0] == '-');
        if (digits > width)
            width = digits;
    }
    return width + 2;
}

/* As many columns as fit, but at least one. */
static Columns block_from(const Table *t, int from, int gutter)
{
    Columns block = { .from = from, .to = from, .gutter = gutter };
    for (int used = gutter; block.to < t->width; block.to++) {
        int field = field_width(t, block.to);
        used += field;
        if (used > TABLE_WIDTH && block.to > from)
            break;
        block.field[block.to - from] = field;
    }
    return block;
}

static void print_column_labels(const Table *t, const Columns *block)
{
    char text[NUMBER_SIZE];
    for (int j = block->from; j < block->to; j++)
        put_label(block->field[j - block->from], column_label(text, t, j));
    printf("\n");
}

static void print_rows(const Table *t, const Columns *block)
{
    char text[NUMBER_SIZE];
    for (int i = 0; i < t->height; i++) {
        put_label(block->gutter, t->rows ? t->rows[i] : "");
        for (int j = block->from; j < block->to; j++) {
            entry_text(text, t, i, j);
            printf("%*s", block->field[j - block->from], text);
        }
        printf("\n");
    }
}

void text_matrix(const char *name, const Tensor *x, char *const *rows,
                 char *const *columns, int decimals)
{
    const char *shape = t_shape(x);
    if (x->shape.n > 2)
        t_fail("text_matrix: neither a matrix nor a vector: %s", shape);
    if (decimals < 0 || decimals > 9)
        t_fail("text_matrix: decimals must be 0 to 9, got %d", decimals);
    Table t = { .x = x, .rows = rows, .columns = columns, .decimals = decimals,
                .height = x->shape.n == 1 ? 1 : t_dim(x, 0),
                .width = t_dim(x, -1) };
    int gutter = 0, title = text_width(name) + 1 + text_width(shape);
    for (int i = 0; rows && i < t.height; i++)
        if (label_width(rows[i]) > gutter)
            gutter = label_width(rows[i]);
    bool beside = columns && title <= TITLE_WIDTH;
    if (beside && title > gutter)
        gutter = title;

    printf("%s %s%s", name, shape, beside ? "" : "\n");
    t.numbered = !columns && block_from(&t, 0, gutter).to < t.width;
    for (Columns block = { 0 }; block.to < t.width;) {
        block = block_from(&t, block.to, gutter);
        int taken = beside && block.from == 0 ? title : 0;
        if (block.from > 0)
            printf("\n");
        if (columns || t.numbered) {
            text_printf("%*s", gutter - taken, "");
            print_column_labels(&t, &block);
        }
        print_rows(&t, &block);
    }
}

/* ---- lines --------------------------------------------------------------- */

void text_wrapped(const char *label, const char *text)
{
    enum { WIDEST = 76, BACK = 4 };
    Words words = text_split(text);
    int column = text_width(label) + 1;
    printf("%s:", label);
    for (int i = 0; i < words.n; i++) {
        int width = text_width(words.word[i]) + 1;
        if (i > 0 && column + width > WIDEST) {
            printf("\n%*s", BACK, "");
            column = BACK;
        }
        printf(" %s", words.word[i]);
        column += width;
    }
    printf("\n");
    text_free_words(&words);
}

/* ---- vectors ------------------------------------------------------------- */

Tensor *text_vectors(Words words, int width, uint64_t seed)
{
    Tensor *x = t_zeros(words.n, width);
    for (int i = 0; i < words.n; i++) {
        Rng rng = rng_named(seed, words.word[i]);
        for (int j = 0; j < width; j++)
            t_at(x, i, j) = (real)rng_normal(&rng);
    }
    return x;
}

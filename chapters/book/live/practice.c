/* practice.c -- what a reader may write that the book does not: the half of the
 * compiler that pages load first learns to compile it (build.mjs). Never run. */
#include <complex.h>
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef union { float number; uint32_t bits; } Word;
typedef struct { unsigned sign : 1, exponent : 8, rest : 23; } Parts;
typedef struct List { struct List *next; char *name; double value[4]; } List;
enum colour { RED, GREEN = 4, BLUE };
typedef int (*Order)(const void *, const void *);

static int calls;
static const char *const names[] = { [RED] = "red", [BLUE] = "blue" };
extern double elsewhere;

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double sum(int n, ...)
{
    va_list list;
    double total = 0;
    va_start(list, n);
    while (n--)
        total += va_arg(list, double);
    va_end(list);
    return total;
}

static List *push(List *list, const char *name)
{
    List *made = calloc(1, sizeof *made);
    if (!made)
        exit(1);
    *made = (List){ .next = list, .name = malloc(strlen(name) + 1) };
    strcpy(made->name, name);
    return made;
}

static long long power(long long base, unsigned exponent)
{
    static long long kept[64];
    if (exponent < 64 && kept[exponent])
        return kept[exponent];
    calls++;
    return exponent ? base * power(base, exponent - 1) : 1;
}

static const char *of(enum colour c)
{
    switch (c) {
    case RED: return names[0];
    case GREEN:
    case BLUE: return names[BLUE];
    default: return "?";
    }
}

static double trace(int n, double a[n][n])
{
    double total = 0, *copy = malloc((size_t)(n * n) * sizeof *copy);
    memcpy(copy, a, (size_t)(n * n) * sizeof *copy);
    for (int i = 0; i < n; i++)
        total += copy[i * n + i];
    free(copy);
    return total;
}

static void matrices(int n)
{
    float a[16][16], b[16][16], c[16][16] = { { 0 } };
    double wide[n][n];
    int8_t small[64];
    uint64_t mixed = 88172645463325252;
    for (int i = 0; i < 64; i++) {
        mixed ^= mixed << 13, mixed ^= mixed >> 7, mixed ^= mixed << 17;
        small[i] = (int8_t)(mixed % 251);
    }
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++)
            a[i][j] = (float)small[i * 4] / 3, b[j][i] = expf(a[i][j]);
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++)
            for (int k = 0; k < 16; k++)
                c[i][j] += a[i][k] * b[k][j];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            wide[i][j] = i == j ? c[i % 16][j % 16] : fmin(i, fabs(sin(j)));
    printf("%g %d %" PRIu64 "\n", trace(n, wide), small[3] >> 2, mixed);
}

static int wrong(int which, int *array)
{
    int *volatile nowhere = (int *)-8;
    int *none = NULL;
    volatile int k = 0;
    switch (which) {
    case 0: for (;;) ;
    case 1: for (k = 0;; k++) ;
    case 2: while (true) puts("again");
    case 3: return *nowhere = 1;
    case 4: return *none;
    case 5: return which / (which - 5) + INT_MAX % (int)k;
    case 6: return array[-1] + array[1000000];
    case 7: return wrong(which, array) + 1;
    case 8: free(array); free(array); break;
    case 9: abort();
    case 10: do k--; while (k); break;
    case 11: *(volatile char *)16 = 'x'; ((void (*)(void))(size_t)which)(); break;
    default: return wrong(which - 1, &array[which & 3]);
    }
    return k;
}

static void endless(int n, const double *x)
{
    for (volatile int k = 0;; k++) ;
    double total = 0, copy[8] = { 1, 2 };
    FILE *file = fopen("none", "w");
    for (int i = 0; i < n; i++) {
        total += x[i] * copy[i % 8];
        if (i % 10 == 0)
            fprintf(file, "%d %g %s\n", i, total, total > 1 ? "more" : "less");
    }
    fclose(file);
}

static double early(int n, const double *x)
{
    double total = 1;
    for (int i = 0; i < n; i++) {
        if (x[i] < 0)
            return total;
        continue;
        total *= x[i];
    }
    return total;
    while (n--)
        printf("%g\n", total += x[n]);
    return early(n, x + 1);
}

static Word shifted(Word word, long by, bool left)
{
    for (long i = 0; i < by; i += 2)
        word.bits = left ? word.bits << (i & 31) | 1 : ~word.bits >> 1 ^ 0x55u;
    return word.bits > 7 && !left ? (Word){ .number = -word.number } : word;
}

static const char *longest(size_t n, const char *const list[n])
{
    const char *best = "";
    for (size_t i = 0; i < n; i++)
        if (list[i] && strlen(list[i]) > strlen(best) && !strchr(list[i], '%')
            && strncmp(list[i], "re", 2) != 0)
            best = list[i];
    return best;
}

static void statistics(int n, const double *x, double out[static 3])
{
    double mean = 0, square = 0, most = -INFINITY;
    for (int i = 0; i < n; i++) {
        mean += x[i] / n;
        square += x[i] * x[i];
        most = x[i] > most ? x[i] : fmax(most, floor(x[i]) + 0.5);
    }
    out[0] = mean;
    out[1] = sqrt(square / n - pow(mean, 2)) + exp(-mean) * log(2 + cos(mean));
    out[2] = isnan(most) ? 0 : tanh(most) + round(most) + fabs(erf(mean));
}

int main(int argc, char **argv)
{
    double _Complex z = 1 + 2 * I, list[] = { 3, 1, 2 };
    long double exact = 1.0L / 3;
    Word word = { .number = 1.5f };
    Parts parts = { .exponent = word.bits >> 23 & 255 };
    Order order = by_value;
    char line[80], *end = NULL;
    List *all = NULL;
    qsort(list, 3, sizeof list[0], order);
    for (int i = 0; i < argc; i++) {
        if (argv[i][0] == '-')
            continue;
        if (isdigit((unsigned char)*argv[i]) && strtol(argv[i], &end, 10) > 3)
            goto out;
        all = push(all, argv[i]);
    }
    do {
        snprintf(line, sizeof line, "%s: %*d, %-6s|%c|%5.2e", all ? all->name : "",
                 4, parts.exponent, of(argc), 'x', sum(2, list[0], list[2]));
        puts(line);
    } while (all && (all = all->next));
out:
    matrices(argc + 3);
    double three[3];
    statistics(3, (double *)list, three);
    if (early(3, three) > 2)
        endless(3, three);
    printf("%s %d %g %u\n", longest(5, names), wrong(argc, &calls), three[argc % 3],
           shifted(word, argc, argv[0] != NULL).bits);
    printf("%f %Lf %lld %d %u\n", cabs(z * conj(z)), exact, power(3, 20), calls,
           ~0u / (unsigned)(argc + 1) % 7);
    fprintf(stderr, "%ld %p %d\n", (long)time(NULL), (void *)all, INT_MAX);
    _Static_assert(sizeof(int) == 4, "as wide as this");
    return _Generic(exact, long double: 0, default: 1) + (elsewhere > 0);
}

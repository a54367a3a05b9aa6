/* peers.c -- OpenBLAS, and the processor itself. */
#define _DEFAULT_SOURCE
#include "process.h"

#include <dlfcn.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/parallel.h"
#include "same.h"

_Static_assert(sizeof(real) == sizeof(float), "peers compute in float");

real *aligned_numbers(size_t n)
{
    size_t bytes = (n * sizeof(real) + 63) / 64 * 64;
    real *numbers = aligned_alloc(64, bytes);
    if (!numbers)
        bench_die(1, "no memory for %zu numbers", n);
    memset(numbers, 0, bytes);
    return numbers;
}

/* ---- OpenBLAS ----------------------------------------------------------- *
 * It is looked for when the program runs, so that nothing is needed to build
 * it. Debian has it in several flavours, each in a folder of its own; the one
 * with OpenMP first, since PyTorch uses OpenMP, too. OPENBLAS in the
 * environment names another, or one that does not exist: then there is none. */

typedef void Sgemm(int order, int transpose_a, int transpose_b, int n, int m,
                   int k, float alpha, const float *a, int a_row,
                   const float *b, int b_row, float beta, float *c, int c_row);
enum { ROW_MAJOR = 101, AS_IT_IS = 111, TRANSPOSED = 112 };

static struct {
    char *path;                 /* of the library */
    char *folder;               /* of the flavour with OpenMP, or NULL */
    char name[80];
    Sgemm *sgemm;
    void (*set_threads)(int n);
} blas;

/* The first file that fits the pattern; NULL if there is none. */
static char *find_file(const char *pattern)
{
    glob_t found = { 0 };
    char *path = NULL;
    if (glob(pattern, 0, NULL, &found) == 0)
        path = strdup(found.gl_pathv[0]);
    globfree(&found);
    return path;
}

static const char *find_openblas(void)
{
    static const char *const places[] = {
        "/usr/lib/*/openblas-openmp/libopenblas.so.0",      /* Debian */
        "/usr/lib/*/openblas-pthread/libopenblas.so.0",
        "/usr/lib64/libopenblaso.so.0",                     /* Fedora */
        "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
    };
    const char *wish = getenv("OPENBLAS");
    if (blas.path)
        return blas.path;
    if (wish)
        return blas.path = strdup(wish);
    for (size_t i = 0; i < sizeof places / sizeof places[0] && !blas.path; i++)
        blas.path = find_file(places[i]);
    if (!blas.path)
        blas.path = strdup("libopenblas.so.0");     /* wherever ld.so looks */
    if (strstr(blas.path, "/openblas-openmp/")) {
        blas.folder = strdup(blas.path);
        *strrchr(blas.folder, '/') = '\0';
    }
    return blas.path;
}

const char *openblas_folder(void)
{
    find_openblas();
    return blas.folder;
}

static bool load_openblas(void)
{
    void *library = dlopen(find_openblas(), RTLD_NOW);
    if (!library)
        return false;
    *(void **)&blas.sgemm = dlsym(library, "cblas_sgemm");
    *(void **)&blas.set_threads = dlsym(library, "openblas_set_num_threads");
    const char *(*config)(void);
    *(void **)&config = dlsym(library, "openblas_get_config");
    if (config)             /* "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..." */
        snprintf(blas.name, sizeof blas.name, "%s", config());
    char *space = strchr(blas.name, ' ');
    if (space)
        space[1 + strcspn(space + 1, " ")] = '\0';
    return blas.sgemm && blas.set_threads;
}

static const char *name_of_openblas(void)
{
    return load_openblas() ? blas.name : "";
}

/* Loading it may start its threads. So that the driver has none, a child loads
 * it and tells. */
const char *openblas_name(void)
{
    static bool asked;
    if (!asked) {
        asked = true;
        child_tells(name_of_openblas, blas.name, sizeof blas.name);
    }
    return blas.name[0] ? blas.name : NULL;
}

/* size: n, m, k, and whether A and B lie transposed, as in matmul.c. */
static float *blas_a, *blas_b, *blas_c;

static void openblas_prepare(const Work *work)
{
    if (!load_openblas())
        exit(1);
    blas.set_threads(parallel_threads());
    size_t n = (size_t)work->size[0], m = (size_t)work->size[1],
           k = (size_t)work->size[2];
    blas_a = aligned_numbers(n * k);
    blas_b = aligned_numbers(k * m);
    blas_c = aligned_numbers(n * m);
    same_numbers(blas_a, n * k, 1, 0);
    same_numbers(blas_b, k * m, 1, 1u << 30);
}

static void openblas_step(const Work *work)
{
    int n = work->size[0], m = work->size[1], k = work->size[2];
    bool a_lies = work->size[3], b_lies = work->size[4];
    blas.sgemm(ROW_MAJOR, a_lies ? TRANSPOSED : AS_IT_IS,
               b_lies ? TRANSPOSED : AS_IT_IS, n, m, k, 1, blas_a,
               a_lies ? n : k, blas_b, b_lies ? k : m, 0, blas_c, m);
    work_result(blas_c, (size_t)n * (size_t)m);
}

const Work openblas_work = { .prepare = openblas_prepare,
                             .step = openblas_step };

/* ---- the processor's own limit ------------------------------------------ *
 * Multiplications and additions in registers alone, on the widest vectors that
 * the compiler may use. Each result is needed four or so cycles later, and two
 * units work at once, so twelve independent ones keep both busy. (This file is
 * compiled with contraction, as gemm.c is: a * b + c is one instruction.) */

#if defined(__AVX512F__)
enum { VECTOR = 64 };
#elif defined(__AVX__)
enum { VECTOR = 32 };
#else
enum { VECTOR = 16 };
#endif
typedef float Vector __attribute__((vector_size(VECTOR)));
enum { CHAINS = 12, LOOPS = 200000, LANES = VECTOR / (int)sizeof(float) };

static void run_in_registers(int i, const void *nothing)
{
    static volatile float sink, start;  /* the compiler must not know them */
    Vector x[CHAINS], half = (Vector){ 0 } + 0.5f;
    (void)i, (void)nothing;
    for (int c = 0; c < CHAINS; c++)
        x[c] = (Vector){ 0 } + start;
    for (int turn = 0; turn < LOOPS; turn++)
        for (int c = 0; c < CHAINS; c++)
            x[c] = x[c] * half + half;      /* goes to 1 and stays */
    for (int c = 1; c < CHAINS; c++)
        x[0] += x[c];
    sink = x[0][0];
    (void)sink;
}

static void peak_prepare(const Work *work) { (void)work; }

static void peak_step(const Work *work)
{
    (void)work;
    parallel_for(true, parallel_threads(), run_in_registers, NULL);
}

const Work peak_work = { .prepare = peak_prepare, .step = peak_step };

double peak_flop(void) { return 2.0 * CHAINS * LOOPS * LANES; }

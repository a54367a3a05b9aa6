/* peers.c -- libraries of matrix products, and the processor itself. */
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

/* ---- libraries of products ---------------------------------------------- *
 * They are looked for when the program runs, so that none is needed to build
 * it: those of `make setup-bench`, and the system's OpenBLAS. Debian has it in
 * several flavours, each in a folder of its own; the one with OpenMP first,
 * since PyTorch uses OpenMP, too. OPENBLAS in the environment names others, with
 * colons between, or one that does not exist: then there is none. */

typedef void Sgemm(int order, int transpose_a, int transpose_b, int n, int m,
                   int k, float alpha, const float *a, int a_row,
                   const float *b, int b_row, float beta, float *c, int c_row);
enum { ROW_MAJOR = 101, AS_IT_IS = 111, TRANSPOSED = 112 };

typedef struct {
    char *path;
    char name[80];
} Library;

static Library library[MOST_PEERS];
static int libraries = -1;      /* not looked for yet */

/* What the one of them that a process has loaded can do. */
static Sgemm *sgemm;
static void (*set_threads)(int n);

/* The first file that fits one of the patterns; NULL if there is none. */
static char *find_file(const char *const *patterns)
{
    char *path = NULL;
    for (; *patterns && !path; patterns++) {
        glob_t found = { 0 };
        if (glob(*patterns, 0, NULL, &found) == 0)
            path = strdup(found.gl_pathv[0]);
        globfree(&found);
    }
    return path;
}

static const char *const newest[] = {
    PEERS_FOLDER "/lib/python3*/site-packages/scipy_openblas32/lib/"
    "libscipy_openblas.so", NULL
};
static const char *const mkl[] = { PEERS_FOLDER "/lib/libmkl_rt.so.*", NULL };
static const char *const openblas[] = {
    "/usr/lib/*/openblas-openmp/libopenblas.so.0",          /* Debian */
    "/usr/lib/*/openblas-pthread/libopenblas.so.0",
    "/usr/lib64/libopenblaso.so.0",                         /* Fedora */
    "/opt/homebrew/opt/openblas/lib/libopenblas.dylib", NULL
};

const char *openblas_folder(void)
{
    static char *folder;
    if (!folder && (folder = find_file(openblas)))
        *strrchr(folder, '/') = '\0';
    return folder && strstr(folder, "/openblas-openmp") ? folder : NULL;
}

/* A function has one of these names; where it does not matter which. */
static void *function(void *from, const char *one, const char *other)
{
    void *found = dlsym(from, one);
    return found ? found : dlsym(from, other);
}

/* "OpenBLAS 0.3.21", of "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...". */
static void name_openblas(Library *l, void *loaded)
{
    const char *(*config)(void);
    *(void **)&config = function(loaded, "openblas_get_config",
                                 "scipy_openblas_get_config");
    if (config)
        snprintf(l->name, sizeof l->name, "%s", config());
    char *space = strchr(l->name, ' ');
    if (space)
        space[1 + strcspn(space + 1, " ")] = '\0';
}

/* "MKL 2026.1", of "Intel(R) ... Library Version 2026.1-Product Build ...". */
static void name_mkl(Library *l, void *loaded)
{
    void (*version)(char *text, int size);
    char text[256] = "";
    *(void **)&version = dlsym(loaded, "mkl_get_version_string");
    if (!version)
        return;
    version(text, sizeof text);
    const char *number = strstr(text, "Version ");
    number = number ? number + strlen("Version ") : "";
    snprintf(l->name, sizeof l->name, "MKL %.*s",
             (int)strcspn(number, "- "), number);
}

void blas_environment(void)
{
    setenv("MKL_THREADING_LAYER", "GNU", 1);    /* with the threads of gcc */
    unsetenv("OPENBLAS_CORETYPE");      /* it knows the processor by itself */
}

static bool load(Library *l)
{
    blas_environment();
    void *loaded = dlopen(l->path, RTLD_NOW);
    if (!loaded)
        return false;
    *(void **)&sgemm = function(loaded, "cblas_sgemm", "scipy_cblas_sgemm");
    *(void **)&set_threads = function(loaded, "openblas_set_num_threads",
                                      "scipy_openblas_set_num_threads");
    if (!set_threads)
        *(void **)&set_threads = dlsym(loaded, "MKL_Set_Num_Threads");
    name_openblas(l, loaded);
    if (!l->name[0])
        name_mkl(l, loaded);
    return sgemm && set_threads && l->name[0];
}

static const char *name_of(int which)
{
    return load(&library[which]) ? library[which].name : "";
}

/* Takes the library into the list, if it is one. Loading it may start its
 * threads; so that the driver has none, a child loads it and tells. */
static void try_library(const char *path)
{
    if (!path || libraries == MOST_PEERS)
        return;
    Library *l = &library[libraries];
    l->path = strdup(path);
    child_tells(name_of, libraries, l->name, sizeof l->name);
    libraries += l->name[0] != '\0';
}

int blas_count(void)
{
    const char *wish = getenv("OPENBLAS");
    if (libraries >= 0)
        return libraries;
    libraries = 0;
    if (!wish) {
        try_library(find_file(newest));
        try_library(find_file(mkl));
        const char *debian = find_file(openblas);
        try_library(debian ? debian : "libopenblas.so.0"); /* as ld.so looks */
        return libraries;
    }
    each_name(wish, try_library);
    return libraries;
}

const char *blas_name(int which) { return library[which].name; }

/* size: n, m, k, and whether A and B lie transposed, as in matmul.c. */
static float *blas_a, *blas_b, *blas_c;

static void blas_prepare(const Work *work)
{
    if (!load(&library[work->which]))
        exit(1);
    set_threads(parallel_threads());
    size_t n = (size_t)work->size[0], m = (size_t)work->size[1],
           k = (size_t)work->size[2];
    blas_a = aligned_numbers(n * k);
    blas_b = aligned_numbers(k * m);
    blas_c = aligned_numbers(n * m);
    same_numbers(blas_a, n * k, 1, 0);
    same_numbers(blas_b, k * m, 1, 1u << 30);
}

static void blas_step(const Work *work)
{
    int n = work->size[0], m = work->size[1], k = work->size[2];
    bool a_lies = work->size[3], b_lies = work->size[4];
    sgemm(ROW_MAJOR, a_lies ? TRANSPOSED : AS_IT_IS,
          b_lies ? TRANSPOSED : AS_IT_IS, n, m, k, 1, blas_a, a_lies ? n : k,
          blas_b, b_lies ? k : m, 0, blas_c, m);
    work_result(blas_c, (size_t)n * (size_t)m);
}

const Work blas_work = { .prepare = blas_prepare, .step = blas_step };

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

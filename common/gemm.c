/* gemm.c -- the matrix product, blocked for registers and for cache.
 *
 * The plan, from the inside out (after Goto, van de Geijn 2008):
 *   - A tile of C, TILE_ROWS x TILE_COLUMNS, stays in vector registers while k
 *     runs: each number loaded from A or B is used many times.
 *   - Before that, blocks of A and B are packed: copied into the order in which
 *     the tile reads them, whatever their strides. So a transposed operand
 *     costs nothing, and the tile always reads contiguous memory.
 *   - Blocks are sized for the caches: DEPTH x TILE_COLUMNS of B in the first
 *     level, BLOCK_ROWS x DEPTH of A and DEPTH x BLOCK_COLUMNS of B in the
 *     second.
 *   - Threads split the longer side of C. Every element of C is summed by one
 *     thread, in one order, so their number never changes a result.
 */
#include "ops.h"
#include "gemm.h"
#include "parallel.h"

/* One vector register of reals. GCC and clang turn arithmetic on it into the
 * machine's own instructions: AVX-512, AVX, SSE, NEON, WebAssembly SIMD. */
#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64, TILE_ROWS = 12 };
#elif defined(__AVX__)
enum { VECTOR_BYTES = 32, TILE_ROWS = 6 };
#else
enum { VECTOR_BYTES = 16, TILE_ROWS = 6 };
#endif
typedef real Vector __attribute__((vector_size(VECTOR_BYTES)));

enum {
    LANES = VECTOR_BYTES / sizeof(real),
    TILE_COLUMNS = 2 * LANES,
    DEPTH = 256,
    BLOCK_ROWS = 8 * TILE_ROWS,
    BLOCK_COLUMNS = 512,
    SMALL = 1 << 19,    /* multiplications below which threads do not pay */
};

/* Unrolled, the tile below lives in registers; as loops it would not. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

static int smaller(int a, int b) { return a < b ? a : b; }

/* Packs `width` <= `tile` columns of `depth` rows of x, each row padded with
 * zeros to `tile`. (For A, give its transpose.) */
static void pack(int tile, int width, int depth, Matrix x, real *restrict out)
{
    if (width < tile)
        memset(out, 0, sizeof(real) * (size_t)tile * (size_t)depth);
    for (int k = 0; k < depth; k++)
        for (int j = 0; j < width; j++)
            out[k * tile + j] = x.at[k * x.row + j * x.column];
}

/* One tile: sum over k of a[k][i] b[k][j], added to C or stored in it. Only
 * the first n rows and m columns exist in C; the rest is padding. */
static void tile(int n, int m, int depth, const real *restrict a,
                 const real *restrict b, Matrix c, bool add)
{
    Vector sum[TILE_ROWS][2] = { { { 0 } } };
    for (int k = 0; k < depth; k++, a += TILE_ROWS, b += TILE_COLUMNS) {
        const Vector *row = (const Vector *)(const void *)b;
        UNROLL
        for (int i = 0; i < TILE_ROWS; i++) {
            sum[i][0] += a[i] * row[0];
            sum[i][1] += a[i] * row[1];
        }
    }
    const real *result = (const real *)sum;
    for (int i = 0; i < n; i++, result += TILE_COLUMNS) {
        real *out = c.at + i * c.row;
        for (int j = 0; j < m; j++)
            out[j * c.column] = add ? out[j * c.column] + result[j] : result[j];
    }
}

static void gemm_one_thread(int n, int m, int k, Matrix a, Matrix b, Matrix c,
                            bool add)
{
    static _Alignas(64) _Thread_local real packed_a[BLOCK_ROWS * DEPTH];
    static _Alignas(64) _Thread_local real packed_b[DEPTH * BLOCK_COLUMNS];
    for (int j0 = 0; j0 < m; j0 += BLOCK_COLUMNS)
        for (int k0 = 0; k0 < k; k0 += DEPTH)
            for (int i0 = 0; i0 < n; i0 += BLOCK_ROWS) {
                int columns = smaller(BLOCK_COLUMNS, m - j0);
                int depth = smaller(DEPTH, k - k0);
                int rows = smaller(BLOCK_ROWS, n - i0);
                for (int i = 0; i < rows; i += TILE_ROWS)
                    pack(TILE_ROWS, smaller(TILE_ROWS, rows - i), depth,
                         transposed(from(a, i0 + i, k0)), packed_a + i * depth);
                for (int j = 0; j < columns; j += TILE_COLUMNS) {
                    int width = smaller(TILE_COLUMNS, columns - j);
                    if (i0 == 0)
                        pack(TILE_COLUMNS, width, depth, from(b, k0, j0 + j),
                             packed_b + j * depth);
                    for (int i = 0; i < rows; i += TILE_ROWS)
                        tile(smaller(TILE_ROWS, rows - i), width, depth,
                             packed_a + i * depth, packed_b + j * depth,
                             from(c, i0 + i, j0 + j), add || k0 > 0);
                }
            }
}

typedef struct {
    int n, m, k;
    Matrix a, b, c;
    bool add, by_rows;
    int share;          /* rows or columns of C for each thread */
} Shared;

static void one_share(int t, const void *arg)
{
    const Shared *s = arg;
    int first = t * s->share;
    int size = smaller(s->share, (s->by_rows ? s->n : s->m) - first);
    if (size <= 0)
        return;
    if (s->by_rows)
        gemm_one_thread(size, s->m, s->k, from(s->a, first, 0), s->b,
                        from(s->c, first, 0), s->add);
    else
        gemm_one_thread(s->n, size, s->k, s->a, from(s->b, 0, first),
                        from(s->c, 0, first), s->add);
}

void gemm(int n, int m, int k, Matrix a, Matrix b, Matrix c, bool add)
{
    if ((double)n * m * k < SMALL) {
        gemm_one_thread(n, m, k, a, b, c, add);
        return;
    }
    Shared s = { n, m, k, a, b, c, add, .by_rows = n >= m };
    int threads = parallel_threads(), length = s.by_rows ? n : m;
    int unit = s.by_rows ? TILE_ROWS : TILE_COLUMNS;
    s.share = (length + threads * unit - 1) / (threads * unit) * unit;
    parallel_for(true, threads, one_share, &s);
}

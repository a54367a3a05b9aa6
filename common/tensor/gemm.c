/* gemm.c -- the matrix product, blocked for registers and for cache.
 *
 * The plan, from the inside out (after Goto, van de Geijn 2008):
 *   - A tile of C, up to TILE_ROWS x TILE_COLUMNS, stays in vector registers
 *     while k runs: each number loaded from A or B is used many times.
 *   - The tile wants each row of B contiguous. If it is not, or if many tiles
 *     will read it, B is packed first: copied into panels as wide as a tile, in
 *     the order in which they are read.
 *   - A is read where it lies. A block of it is packed if it is needed very
 *     often; or often, and it lies badly: transposed, or with rows so placed
 *     that they push each other out of the cache.
 *   - Blocks are sized for the caches: DEPTH x TILE_COLUMNS of B in the first
 *     level, BLOCK_ROWS x DEPTH of A in the second, DEPTH x BLOCK_COLUMNS of B
 *     there or in the third. (On a thread of a Zen 3 with AVX2, 96 to 288 rows,
 *     512 to 2048 columns, DEPTH 256 or 384 all take the same time within 3 %.)
 *   - Threads split the longer side of C; or the columns, if only B is packed
 *     and there are enough: then each packs but those it needs; or if nothing
 *     is packed, and whole tiles so share out more evenly. Every element of C
 *     is summed by one thread, in one order, so their number never changes a
 *     result.
 */
#include "tensor/ops.h"
#include "tensor/gemm.h"
#include "base/parallel.h"
#include "tensor/rows.h"
#include "tensor/vector.h"

/* 24 sums, 12 with shorter registers, of which there are half as many. */
enum {
    TILE_ROWS = VECTOR_BYTES == 64 ? 12 : 6,
    TILE_COLUMNS = 2 * WIDTH,
    DEPTH = 256,
    BLOCK_ROWS = 96,
    BLOCK_COLUMNS = 1024,
    FEW_ROWS = 192,         /* of C, for which packing B does not pay */
    MANY_COLUMNS = 512,     /* for which packing A pays, however it lies */
    SPLIT_ROWS = 48,        /* for which of an odd B only the edge is packed */
    ONE_THREAD = 1 << 18,   /* multiplications below which more do not pay */
    LINE = 64 / sizeof(real),   /* numbers that come into the cache at once */
    AHEAD = 12,             /* rows: so early is fetched what is to be packed */
};

/* ---- the tile ------------------------------------------------------------ */

/* What is added to a finished tile: C itself, a bias, or nothing. */
typedef struct {
    bool c;
    real *bias;             /* of the tile's columns, or NULL */
} Plus;

/* Copies n <= TILE_COLUMNS numbers in few moves: 13 are 8, 4 and 1. */
INLINE void move_few(int n, const real *from, real *to)
{
    UNROLL
    for (int size = TILE_COLUMNS; size > 0; size /= 2)
        if (n & size) {
            memcpy(to, from, sizeof(real) * (size_t)size);
            from += size;
            to += size;
        }
}

/* The finished tile to C where vectors do not fit: at its right edge, or if its
 * rows are not contiguous. */
static void store_edge(int rows, int columns, const real *sum, Matrix c,
                       Plus plus)
{
    for (int i = 0; i < rows; i++, sum += TILE_COLUMNS) {
        real *out = c.at + i * c.row;
        if (plus.bias)
            for (int j = 0; j < columns; j++)
                out[j * c.column] = plus.bias[j] + sum[j];
        else if (plus.c)
            for (int j = 0; j < columns; j++)
                out[j * c.column] += sum[j];
        else if (c.column == 1 && columns <= TILE_COLUMNS)
            move_few(columns, sum, out);
        else
            for (int j = 0; j < columns; j++)
                out[j * c.column] = sum[j];
    }
}

/* The finished tile to C. */
INLINE void store(int rows, int vectors, int columns, Vector sum[][2],
                  Matrix c, Plus plus)
{
    if (columns < vectors * WIDTH || c.column != 1) {
        Vector edge[TILE_ROWS][2];      /* sum itself must stay registers */
        UNROLL
        for (int i = 0; i < rows; i++) {
            UNROLL
            for (int v = 0; v < vectors; v++)
                edge[i][v] = sum[i][v];
        }
        store_edge(rows, columns, (const real *)edge, c, plus);
        return;
    }
    if (plus.bias) {
        UNROLL
        for (int i = 0; i < rows; i++) {
            UNROLL
            for (int v = 0; v < vectors; v++)
                sum[i][v] += vectors_at(plus.bias)[v];
        }
    } else if (plus.c) {
        UNROLL
        for (int i = 0; i < rows; i++) {
            UNROLL
            for (int v = 0; v < vectors; v++)
                sum[i][v] += vectors_at(c.at + i * c.row)[v];
        }
    }
    UNROLL
    for (int i = 0; i < rows; i++) {
        UNROLL
        for (int v = 0; v < vectors; v++)
            vectors_at(c.at + i * c.row)[v] = sum[i][v];
    }
}

/* sum over k of a[i][k] b[k][j], with what is added to it, to C. The rows of b
 * are contiguous, with something to read up to a whole vector; C has `columns`
 * columns. `rows` and `vectors` are constants wherever this is inlined: all but
 * the walk over k is unrolled, and `sum` is registers.
 *
 * One pointer serves three rows of a: the machine itself adds a stride, or two,
 * to an address. If the columns of a are contiguous and far away, their next
 * rows are fetched meanwhile: a gradient of weights takes a fiftieth less. */
INLINE void tile(int rows, int vectors, int columns, int depth, Matrix a,
                 Matrix b, Matrix c, Plus plus, bool fetch_ahead)
{
    Vector sum[TILE_ROWS][2];
    const real *third[TILE_ROWS / 3];
    UNROLL
    for (int i = 0; i < rows; i++) {
        if (i % 3 == 0)
            third[i / 3] = a.at + i * a.row;
        UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i][v] = (Vector){ 0 };
    }
    if (depth > 64) {       /* long enough for C to come from far away */
        UNROLL
        for (int i = 0; i < rows; i++) {
            UNROLL
            for (int v = 0; v < vectors; v++)
                __builtin_prefetch(c.at + i * c.row + v * WIDTH, 1);
        }
    }
    for (int k = 0; k < depth; k++, b.at += b.row) {
        Vector part[2];
        if (fetch_ahead)
            __builtin_prefetch(third[0] + LINE);
        UNROLL
        for (int v = 0; v < vectors; v++)
            part[v] = vectors_at(b.at)[v];
        UNROLL
        for (int i = 0; i < rows; i++) {
            UNROLL
            for (int v = 0; v < vectors; v++)
                sum[i][v] += third[i / 3][i % 3 * a.row] * part[v];
        }
        UNROLL
        for (int i = 0; i < rows; i += 3)
            third[i / 3] += a.column;
    }
    store(rows, vectors, columns, sum, c, plus);
}

/* What a tile is made of, for the functions below. */
typedef struct {
    int columns, depth;
    Matrix a, b, c;
    Plus plus;
    bool fetch_ahead;
} Task;

/* The tile for each number of rows: narrow, one vector wide, and wide, two. */
#define TILE(ROWS)                                                             \
    static void narrow_##ROWS(const Task *t)                                   \
    {                                                                          \
        tile(ROWS, 1, t->columns, t->depth, t->a, t->b, t->c, t->plus,         \
             t->fetch_ahead);                                                  \
    }                                                                          \
    static void wide_##ROWS(const Task *t)                                     \
    {                                                                          \
        tile(ROWS, 2, t->columns, t->depth, t->a, t->b, t->c, t->plus,         \
             t->fetch_ahead);                                                  \
    }
TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if VECTOR_BYTES == 64
TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)
#endif

#define BOTH(ROWS) { narrow_##ROWS, wide_##ROWS }
static void (*const tiles[TILE_ROWS][2])(const Task *) = {
    BOTH(1), BOTH(2), BOTH(3), BOTH(4), BOTH(5), BOTH(6),
#if VECTOR_BYTES == 64
    BOTH(7), BOTH(8), BOTH(9), BOTH(10), BOTH(11), BOTH(12),
#endif
};

/* ---- packing ------------------------------------------------------------- */

#if defined(__GNUC__) && !defined(__clang__)
#ifdef REAL_IS_DOUBLE
typedef int64_t Place;
#else
typedef int32_t Place;
#endif
typedef Place Places __attribute__((vector_size(VECTOR_BYTES)));

/* Neighbours exchange the squares of this size beside the diagonal. */
INLINE void exchange(Vector row[WIDTH], int size)
{
    Places low = { 0 };
    UNROLL
    for (int i = 0; i < WIDTH; i++)
        low[i] = i & size ? i + WIDTH - size : i;
    Places high = low + size;
    UNROLL
    for (int i = 0; i < WIDTH; i++)
        if (!(i & size)) {
            Vector upper = row[i], lower = row[i + size];
            row[i] = __builtin_shuffle(upper, lower, low);
            row[i + size] = __builtin_shuffle(upper, lower, high);
        }
}

/* A square of WIDTH rows, transposed in registers. Packing a transposed B so
 * takes a quarter of the time. */
INLINE void transpose(Vector row[WIDTH])
{
    exchange(row, 1);
    if (WIDTH > 2)
        exchange(row, 2);
    if (WIDTH > 4)
        exchange(row, 4);
    if (WIDTH > 8)
        exchange(row, 8);
}

/* The first `columns` <= WIDTH columns of x, each contiguous, as far as whole
 * squares go: returns how many rows. Columns that are missing hold anything. */
static int pack_squares(int width, int columns, int depth, Matrix x, real *out)
{
    int k = 0;
    for (; k + WIDTH <= depth; k += WIDTH) {
        Vector row[WIDTH];
        real *column = x.at + k;
        UNROLL
        for (int i = 0; i < WIDTH; i++) {
            row[i] = *vectors_at(column);
            if (k + 2 * WIDTH < depth)
                __builtin_prefetch(column + 2 * WIDTH);
            column += i + 1 < columns ? x.column : 0;
        }
        transpose(row);
        UNROLL
        for (int i = 0; i < WIDTH; i++, out += width)
            *vectors_at(out) = row[i];
    }
    return k;
}
#else
static int pack_squares(int width, int columns, int depth, Matrix x, real *out)
{
    (void)width, (void)columns, (void)depth, (void)x, (void)out;
    return 0;
}
#endif

/* `depth` rows of the first `columns` <= WIDTH columns of x, `width` apart. */
static void pack_rows(int width, int columns, int depth, Matrix x, real *out)
{
    for (; depth > 0; depth--, x.at += x.row, out += width)
        if (x.column == 1)
            move_few(columns, x.at, out);
        else
            for (int j = 0; j < columns; j++)
                out[j] = x.at[j * x.column];
}

/* One panel: `depth` rows of the first `columns` columns of x, `width` numbers
 * apart. Columns that are missing hold anything: no tile stores them. */
static void pack(int width, int columns, int depth, Matrix x, real *out)
{
    for (int j = 0; j < columns; j += WIDTH) {
        int here = smaller(WIDTH, columns - j), k = 0;
        if (x.row == 1 && j + WIDTH <= width)
            k = pack_squares(width, here, depth, from(x, 0, j), out + j);
        if (k < depth)
            pack_rows(width, here, depth - k, from(x, k, j),
                      out + k * width + j);
    }
}

/* `columns` columns of x as panels of `width`, one after the other. Where rows
 * are contiguous they are read from end to end, which memory likes best, and
 * those to come are fetched early. What is narrower than a vector is moved as
 * one: the next row is there to be read, and overwrites what went too far. */
static void pack_panels(int width, int columns, int depth, Matrix x, real *out)
{
    int whole = x.column == 1 ? columns - columns % width : 0;
    bool may_go_too_far = width < WIDTH && 2 * width >= WIDTH
                       && x.row >= columns;
    for (int k = 0; k < depth && whole > 0; k++) {
        real *row = x.at + k * x.row, *to = out + k * width;
        const real *ahead = x.at + smaller(k + AHEAD, depth - 1) * x.row;
        bool as_vectors = may_go_too_far && k + 1 < depth;
        for (int j = 0; j < whole; j += width, to += depth * width) {
            for (int i = 0; i < width; i += LINE)
                __builtin_prefetch(ahead + j + i);
            if (as_vectors)
                *vectors_at(to) = *vectors_at(row + j);
            else
                move_few(width, row + j, to);
        }
    }
    for (int j = whole; j < columns; j += width)
        pack(width, smaller(width, columns - j), depth, from(x, 0, j),
             out + j * depth);
}

/* ---- blocks -------------------------------------------------------------- */

/* A block of A or of B as tiles read it: the tile that begins with its row or
 * column i reads from `i * next` numbers after `first` on. */
typedef struct {
    Matrix first;
    ptrdiff_t next;
} Panels;

/* Rows of A whose distance is a multiple of this many numbers (4 KiB) all want
 * the same few places of a cache; columns, of which a tile reads as many as k
 * has steps, do so at half the distance. */
enum { CLASH = 4096 / sizeof(real), APART = LINE };

/* Of the tiles that cover so many rows. None is much lower than the others: it
 * would wait for its few sums. */
static int even_height(int rows)
{
    int tiles_high = (rows + TILE_ROWS - 1) / TILE_ROWS;
    return (rows + tiles_high - 1) / tiles_high;
}

INLINE Panels rows_of_a(int rows, int depth, int m, Matrix a, real *room)
{
    int height = even_height(rows);
    bool few = m <= 4 * TILE_COLUMNS;   /* columns: little use of each number */
    bool lies_well = a.row == 1 && a.column % (CLASH / 2) != 0;
    if (a.column != 1 && !(lies_well && few)) {
        pack_panels(height, rows, depth, transposed(a), room);
        return (Panels){ { room, 1, height }, depth };
    }
    if (a.column == 1 && !few && (a.row % CLASH == 0 || m >= MANY_COLUMNS)) {
        for (int i = 0; i < rows; i++)
            memcpy(room + i * (depth + APART), a.at + i * a.row,
                   sizeof(real) * (size_t)depth);
        return (Panels){ { room, depth + APART, 1 }, depth + APART };
    }
    return (Panels){ a, a.row };
}

INLINE Panels columns_of_b(int columns, int depth, int n, Matrix b, real *room)
{
    if (b.column == 1 && n <= FEW_ROWS && columns % WIDTH == 0)
        return (Panels){ b, 1 };
    int width = columns <= WIDTH ? WIDTH : TILE_COLUMNS;
    if (columns <= width)
        pack(width, columns, depth, b, room);
    else
        pack_panels(TILE_COLUMNS, columns, depth, b, room);
    return (Panels){ { room, width, 1 }, depth };
}

/* All tiles of a block of C. */
INLINE void block(int rows, int columns, int depth, Panels a, Panels b,
                  Matrix c, Plus plus)
{
    Task t = { .depth = depth, .a = a.first, .b = b.first, .plus = plus };
    int height = even_height(rows);
    bool unpacked_columns = t.a.row == 1 && t.a.column > TILE_ROWS;
    for (int j = 0; j < columns; j += TILE_COLUMNS) {
        t.columns = smaller(TILE_COLUMNS, columns - j);
        t.b.at = b.first.at + j * b.next;
        t.plus.bias = plus.bias ? plus.bias + j : NULL;
        for (int i = 0; i < rows; i += height) {
            t.a.at = a.first.at + i * a.next;
            t.c = from(c, i, j);
            t.fetch_ahead = unpacked_columns && j == 0 && i + LINE < rows;
            tiles[smaller(height, rows - i) - 1][t.columns > WIDTH](&t);
        }
    }
}

/* The sum over k comes in parts: from the second on they are added to C. */
INLINE Plus plus_of_part(Plus plus, int k, int column)
{
    if (k > 0)
        return (Plus){ .c = true };
    return (Plus){ plus.c, plus.bias ? plus.bias + column : NULL };
}

/* For what each thread packs. */
static _Alignas(64) _Thread_local real room_a[BLOCK_ROWS * (DEPTH + APART)];
static _Alignas(64) _Thread_local real room_b[DEPTH * BLOCK_COLUMNS];

/* How many of the columns that are left make a block. For few rows whole tiles
 * are one of their own: B is read there where it lies. 5 x 300 x 64 takes half the
 * time. */
static int block_columns(int left, int n, Matrix b)
{
    int most = smaller(BLOCK_COLUMNS, left), whole = most - most % TILE_COLUMNS;
    return b.column == 1 && n <= SPLIT_ROWS && whole > 0 ? whole : most;
}

static void by_blocks(int n, int m, int k, Matrix a, Matrix b, Matrix c,
                      Plus plus)
{
    for (int j = 0, columns; j < m; j += columns) {
        columns = block_columns(m - j, n, b);
        for (int l = 0; l < k; l += DEPTH) {
            int depth = smaller(DEPTH, k - l);
            Panels panels_b = columns_of_b(columns, depth, n, from(b, l, j),
                                           room_b);
            for (int i = 0; i < n; i += BLOCK_ROWS) {
                int rows = smaller(BLOCK_ROWS, n - i);
                block(rows, columns, depth,
                      rows_of_a(rows, depth, m, from(a, i, l), room_a),
                      panels_b, from(c, i, j), plus_of_part(plus, l, j));
            }
        }
    }
}

/* C is a single tile. The loops over blocks would cost a sixth of the time of
 * 12 x 32 x 12. */
INLINE void by_tile(int n, int m, int k, Matrix a, Matrix b, Matrix c,
                    Plus plus)
{
    Task t = { .columns = m, .depth = k, .a = a, .c = c, .plus = plus,
               .b = columns_of_b(m, k, n, b, room_b).first };
    tiles[n - 1][m > WIDTH](&t);
}

/* ---- one row ------------------------------------------------------------- *
 * A tile of one row would wait for its few sums. */

enum { ROW_COLUMNS = 512 };

/* sum += x B, for m <= ROW_COLUMNS columns of B and `depth` of its rows. Four
 * rows at once: then sum is read and written a quarter as often. */
static void add_rows(int m, int depth, Matrix x, Matrix b, real *restrict sum)
{
    int k = 0;
    for (; k + 4 <= depth && b.column == 1; k += 4) {
        const real *b0 = b.at + k * b.row, *b1 = b0 + b.row;
        const real *b2 = b1 + b.row, *b3 = b2 + b.row;
        const real *xk = x.at + k * x.column;
        real x0 = xk[0], x1 = xk[x.column], x2 = xk[2 * x.column];
        real x3 = xk[3 * x.column];
        for (int j = 0; j < m; j++) {   /* in the order of the tile */
            real s = sum[j] + x0 * b0[j];
            s += x1 * b1[j];
            s += x2 * b2[j];
            sum[j] = s + x3 * b3[j];
        }
    }
    for (; k < depth; k++)
        for (int j = 0; j < m; j++)
            sum[j] += x.at[k * x.column] * b.at[k * b.row + j * b.column];
}

/* sum = x B, where x and the columns of B are contiguous: inner products. */
static void inner_products(int m, int depth, const real *x, Matrix b, real *sum)
{
    int j = 0;
    for (; j + 4 <= m; j += 4)
        row_dots(4, depth, x, b.at + j * b.column, b.column, sum + j);
    for (; j < m; j++)
        sum[j] = row_dot(depth, x, b.at + j * b.column);
}

/* C of one row. */
static void by_row(int m, int k, Matrix a, Matrix b, Matrix c, Plus plus)
{
    for (int first = 0; first < m; first += ROW_COLUMNS) {
        int columns = smaller(ROW_COLUMNS, m - first);
        for (int l = 0; l < k; l += DEPTH) {
            real sum[ROW_COLUMNS] = { 0 };
            int depth = smaller(DEPTH, k - l);
            Matrix x = from(a, 0, l), part = from(b, l, first);
            if (b.row == 1 && a.column == 1)
                inner_products(columns, depth, x.at, part, sum);
            else
                add_rows(columns, depth, x, part, sum);
            store_edge(1, columns, sum, from(c, 0, first),
                       plus_of_part(plus, l, first));
        }
    }
}

/* ---- threads ------------------------------------------------------------- */

typedef struct {
    int n, m, k;
    Matrix a, b, c;
    Plus plus;
    bool one_row, by_rows;
    int share;          /* rows or columns of C for each thread */
} Shared;

static void one_share(int t, const void *arg)
{
    const Shared *s = arg;
    int first = t * s->share;
    int size = smaller(s->share, (s->by_rows ? s->n : s->m) - first);
    if (size <= 0)
        return;
    Plus here = plus_of_part(s->plus, 0, s->by_rows ? 0 : first);
    if (s->one_row)
        by_row(size, s->k, s->a, from(s->b, 0, first), from(s->c, 0, first),
               here);
    else if (s->by_rows)
        by_blocks(size, s->m, s->k, from(s->a, first, 0), s->b,
                  from(s->c, first, 0), here);
    else
        by_blocks(s->n, size, s->k, s->a, from(s->b, 0, first),
                  from(s->c, 0, first), here);
}

/* The share of each of some threads, in whole tiles. */
static int share_of(int size, int tile, int threads)
{
    return (size + threads * tile - 1) / (threads * tile) * tile;
}

static bool splits_rows(int n, int m, Matrix a, int threads)
{
    double rows = share_of(n, TILE_ROWS, threads) / (double)n;
    double columns = share_of(m, TILE_COLUMNS, threads) / (double)m;
    bool only_b_is_packed = a.column == 1 && n > FEW_ROWS;
    bool wide = m >= 4 * TILE_COLUMNS * threads;
    if ((only_b_is_packed && wide) || (n <= FEW_ROWS && columns < 0.95 * rows))
        return false;
    return n >= m;
}

INLINE void multiply(int n, int m, int k, Matrix a, Matrix b, Matrix c,
                     Plus plus)
{
    if (n > 1 && n <= TILE_ROWS && m <= TILE_COLUMNS && k <= DEPTH) {
        by_tile(n, m, k, a, b, c, plus);
        return;
    }
    int threads = (double)n * m * k < ONE_THREAD ? 1 : parallel_threads();
    if (threads == 1) {
        if (n == 1)
            by_row(m, k, a, b, c, plus);
        else
            by_blocks(n, m, k, a, b, c, plus);
        return;
    }
    Shared s = { n, m, k, a, b, c, plus, .one_row = n == 1,
                 .by_rows = n > 1 && splits_rows(n, m, a, threads) };
    s.share = s.by_rows ? share_of(n, TILE_ROWS, threads)
                        : share_of(m, TILE_COLUMNS, threads);
    parallel_for(true, threads, one_share, &s);
}

/* Whether C^T = B^T A^T, the same product, is the better one: the rows of C
 * should be contiguous, and one row is better than one column. */
static bool better_transposed(int n, int m, Matrix c)
{
    return n > 1 && ((c.column != 1 && c.row == 1) || m == 1);
}

void gemm(int n, int m, int k, Matrix a, Matrix b, Matrix c, bool add)
{
    if (better_transposed(n, m, c))
        multiply(m, n, k, transposed(b), transposed(a), transposed(c),
                 (Plus){ .c = add });
    else
        multiply(n, m, k, a, b, c, (Plus){ .c = add });
}

void gemm_bias(int n, int m, int k, Matrix a, Matrix b, Matrix c,
               real *bias)
{
    if (!better_transposed(n, m, c)) {
        multiply(n, m, k, a, b, c, (Plus){ .bias = bias });
        return;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            *from(c, i, j).at = bias[j];
    gemm(n, m, k, a, b, c, true);
}

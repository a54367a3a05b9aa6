/* pieces.c -- byte-pair encoding: learning it from ten megabytes, and encoding
 * them, against Hugging Face's tokenizers where PYTHON has them. */
#include "bench.h"

#include <stdlib.h>

#include "13_tokens.h"
#include "base/fail.h"
#include "same.h"

/* size: bytes of text, couples to learn, and whether it is the learning or the
 * encoding that is measured. */
enum { TEXT_BYTES, COUPLES, ENCODES };

static char *made;
static Text text;
static Pieces pieces;

/* Words as frequent as Zipf's law has them: each of 16 octaves of ranks has as
 * many of the text's words. A word is its rank in syllables. peer.py writes the
 * same. */
static void write_text(size_t n)
{
    static const char on[] = "bdfgklmnprstvzhj", in[] = "aeiou";
    size_t at = 0;
    made = grown(NULL, n + 32, 1);
    for (unsigned i = 0; at < n; i++) {
        unsigned octave = same_number(2 * i) % 16, one = 1u << octave;
        unsigned rank = one + same_number(2 * i + 1) % one;
        for (; rank > 0; rank /= 80) {
            made[at++] = on[rank % 80 / 5];
            made[at++] = in[rank % 5];
        }
        made[at++] = ' ';
    }
    text = (Text){ made, n };
}

static void prepare(const Work *work)
{
    write_text((size_t)work->size[TEXT_BYTES]);
    if (work->size[ENCODES])
        pieces = pieces_learn(text, work->size[COUPLES]);
}

static void numbers_are_the_result(int n, const int *number)
{
    real *result = grown(NULL, (size_t)n, sizeof *result);
    for (int i = 0; i < n; i++)
        result[i] = (real)number[i];
    work_result(result, (size_t)n);
    free(result);
}

static void step(const Work *work)
{
    if (work->size[ENCODES]) {
        Ids ids = pieces_encode(&pieces, text);
        numbers_are_the_result(ids.n, ids.id);
        free(ids.id);
        return;
    }
    Pieces p = pieces_learn(text, work->size[COUPLES]);
    numbers_are_the_result(2 * p.joined.n, &p.joined.couple[0].left);
    pieces_free(&p);
}

void bench_pieces(int threads)
{
    static const struct {
        const char *name;
        int size[3];
    } rows[] = {
        { "learn 8,000 couples, 10 MB", { 10000000, 8000, 0 } },
        { "encode 10 MB", { 10000000, 8000, 1 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!row_wanted("pieces", rows[i].name))
            continue;
        const int *size = rows[i].size;
        Work work = { .prepare = prepare, .step = step, .tolerance = 1e-9,
                      .size = { size[0], size[1], size[2] } };
        snprintf(work.torch, sizeof work.torch, "tokens %d %d %d", size[0],
                 size[1], size[2]);
        Row row = row_of("pieces", rows[i].name, threads,
                         measure(&work, threads));
        row.peer_name = "tokenizers";
        row.work = size[0] / 1e6;
        row.what = "MB";
        row_done(&row);
    }
}

/* llama.c -- any bytes as pieces, and what is behind them as a text: they are
 * refused, or the text comes back; and the same bytes as a model. */
#include "fuzz.h"

#include "learn/llama.h"

enum { PIECES = 2 };        /* beside the bytes; the seed knows that */

typedef struct {
    char text[64];
} Try;

static void encode(void *try)
{
    /* The three signs and the bytes would be long to find for a fuzzer. */
    LlamaPieces some = llama_pieces_read("x", PIECES), p = { 0 };
    for (int i = 0; i < LLAMA_WORDS; i++) {
        char text[8];
        int n = snprintf(text, sizeof text, "<0x%02X>",
                         (unsigned)(i - LLAMA_BYTES) & 0xFF);
        llama_pieces_add(&p, text, i < LLAMA_BYTES ? 0 : n, 0);
    }
    for (int i = 0; i < PIECES; i++)
        llama_pieces_add(&p, some.piece[i].text, some.piece[i].n,
                         some.piece[i].score);
    llama_pieces_done(&p);
    const char *text = ((Try *)try)->text;
    Ids ids = llama_encode(&p, text);
    char said[600] = "";
    int n, length = 0;
    for (int i = 0; i < ids.n && length < 500; i++) {
        const char *bytes = llama_said(&p, LLAMA_END, ids.id[i], &n);
        if (n <= 64)
            memcpy(said + length, bytes, (size_t)n);
        length += n;
    }
    FUZZ_EXPECT(length >= 500 || length >= (int)strlen(text)
                || strstr(said, "<0x"));
}

static void read_model(void *unused)
{
    (void)unused;
    LlamaShape shape;
    llama_read("x", &shape);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Try try = { "" };
    size_t n = size > 40 ? 40 : size;
    memcpy(try.text, data + size - n, n);
    fuzz_file[0] = data;
    fuzz_size[0] = size - n;
    fuzz_try(encode, &try);
    fuzz_size[0] = size;
    fuzz_try(read_model, NULL);
    return 0;
}

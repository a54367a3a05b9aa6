/* checkpoint.c -- any bytes as a model on disk, with the right beginning and
 * checksum: it is refused, or it translates and can go on. */
#include "fuzz.h"

#include "../../chapters/programs/translate/model.h"
#include "base/hash.h"

enum { HEADER = 12, SUM = 8 };
static const char header[HEADER + 1] = "\x89" "AinC\r\n\n\2\0\0";

static void use(void *data)
{
    (void)data;
    Translator t = translator_load("x");
    const Choice *c = &t.choice;
    if ((double)c->width * c->width * c->layers > 1e5
        || (double)c->hidden * c->width * c->layers > 1e5)
        return;     /* it would take long, no more */
    Pairs one = { 0 };
    pairs_add(&one, "a b .", "x y", 0);
    pairs_encode(&one, &t.words[SOURCE], &t.words[TARGET]);
    Ids *written = translator_write(&t, &one, (TranslateOptions){ .beam = 2 });
    vocabulary_decode(&t.words[TARGET], written[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A seed is a whole file; what the fuzzer makes of it, too. */
    size_t n = size < HEADER + SUM ? HEADER : size - SUM;
    uint8_t *file = calloc(n + SUM, 1);
    memcpy(file, data, size < n ? size : n);
    memcpy(file, header, HEADER);
    uint64_t sum = hash_bytes(HASH_START, file, n);
    for (int i = 0; i < SUM; i++)
        file[n + (size_t)i] = (uint8_t)(sum >> 8 * i);
    fuzz_file[0] = file;
    fuzz_size[0] = n + SUM;
    fuzz_try(use, NULL);
    return 0;
}

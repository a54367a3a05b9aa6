/* pairs.c -- any bytes as a file of sentence pairs, or as two. */
#include "fuzz.h"

#include "learn/pairs.h"

typedef struct {
    bool two_files;
    int min_count, longest;
} How;

static void check_side(const Pairs *p, Side side, int min_count)
{
    for (int i = 0; i < p->n; i++) {
        Ids ids = pairs_ids(p, side, i);
        FUZZ_EXPECT(ids.n > 0);
        for (int k = 0; k < ids.n; k++)
            FUZZ_EXPECT(ids.id[k] >= UNKNOWN && ids.id[k] < p->words[side].n);
        char *text = vocabulary_decode(&p->words[side], ids);
        Ids again = vocabulary_encode(&p->words[side], text);
        FUZZ_EXPECT(min_count > 1 || again.n == ids.n);
    }
}

static void read_pairs(void *data)
{
    How how = *(How *)data;
    Pairs p = pairs_read("x", (PairsOptions){
        .target = how.two_files ? "y" : NULL, .longest = how.longest,
        .quiet = true });
    uint64_t hash = pairs_hash(&p);
    pairs_sort_words(&p, how.min_count);
    FUZZ_EXPECT(how.min_count > 1 || pairs_hash(&p) == hash);
    check_side(&p, SOURCE, how.min_count);
    check_side(&p, TARGET, how.min_count);
    Pairs other = { 0 };
    pairs_add(&other, "hello world", "salut . monde", 0);
    pairs_encode(&other, &p.words[SOURCE], &p.words[TARGET]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    How how = { data[0] & 1, data[0] >> 1 & 3, data[1] };
    size_t cut = how.two_files ? data[2] * (size - 3) / 256 : size - 3;
    fuzz_file[0] = data + 3;
    fuzz_size[0] = cut;
    fuzz_file[1] = data + 3 + cut;
    fuzz_size[1] = size - 3 - cut;
    fuzz_try(read_pairs, &how);
    return 0;
}

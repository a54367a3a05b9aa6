/* safetensors.c -- any bytes as weights by name: they are refused, or all numbers
 * come from the file. */
#include "fuzz.h"

#include "learn/safetensors.h"

static void use(void *data)
{
    (void)data;
    NamedTensors list = { 0 };
    named_add(&list, "a", t_param(NULL, 2), false);
    named_add(&list, "b", t_param(NULL, 1, 2), true);
    safetensors_read("x", list.n, list.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file[0] = data;
    fuzz_size[0] = size;
    fuzz_try(use, NULL);
    return 0;
}

/* images.c -- any bytes as an IDX file of pictures, or of their classes. */
#include "fuzz.h"

#include "learn/images.h"

static void read_images(void *unused)
{
    (void)unused;
    Images m = images_read("x");
    FUZZ_EXPECT(m.n > 0 && m.rows > 0 && m.columns > 0 && m.channels > 0);
    size_t each = (size_t)m.rows * (size_t)m.columns * (size_t)m.channels;
    FUZZ_EXPECT(each * (size_t)m.n < fuzz_size[0]);
    FUZZ_EXPECT(images_one(&m, m.n - 1) + each == m.at + each * (size_t)m.n);
    images_tensor(&m, 2, (int[]){ 0, m.n - 1 });
    images_free(&m);
}

static void read_labels(void *unused)
{
    int n = 0, sum = 0;
    (void)unused;
    unsigned char *labels = labels_read("x", &n);
    FUZZ_EXPECT(n > 0 && (size_t)n == fuzz_size[0] - 8);
    for (int i = 0; i < n; i++)
        sum += labels[i];
    FUZZ_EXPECT(sum >= 0);
    free(labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file[0] = data;
    fuzz_size[0] = size;
    fuzz_try(read_images, NULL);
    fuzz_try(read_labels, NULL);
    return 0;
}

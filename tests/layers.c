/* The Transformer of chapter 8 against PyTorch's layers: the same parameters and
 * sentences in, the same logits, loss and gradients out, with the norms after
 * the sums and before the blocks. golden/08_layers.h has the numbers. */
#include "check.h"

#include "08_transformer.h"
#include "golden/08_layers.h"

enum { V = 5, B = 2, N = 3 };

#define NUMBERS(x) (sizeof(x) / sizeof *(x))

static void agree(const char *what, const real *got, const float *numbers,
                  size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] - (double)numbers[i]) < 1e-5))
            fail_msg("%s, number %zu: %.7g, not PyTorch's %.7g", what, i,
                     (double)got[i], (double)numbers[i]);
}

/* The parameters in the order in which they were made. */
static void set_params(const Params *list)
{
    const float *next = layers_params;
    for (int i = 0; i < list->n; i++) {
        Buffer *b = list->at[i]->buffer;
        for (size_t k = 0; k < b->size; k++)
            b->data[k] = (real)*next++;
    }
    assert_true(next <= layers_params + NUMBERS(layers_params));
}

static Batch two_sentences(void)
{
    static const int source[] = { 2, 3, 4, 4, 1, 0 }, lengths[] = { 3, 2 };
    static const int target[] = { 1, 2, 3, 1, 4, 0 };
    static int next[] = { 2, 3, 0, 4, 0, T_IGNORE };
    return (Batch){ .source = { B, N, source, lengths },
                    .target = { B, N, target, lengths }, .next = next };
}

static void agrees(bool post_norm, const float *logits, const float *loss,
                   const float *slopes, size_t count)
{
    Rng rng = rng_new(1);
    TransformerOptions o = { .layers = 1, .width = 4, .heads = 2, .hidden = 6,
                             .post_norm = post_norm };
    Transformer t = transformer_new(o, V, V, &rng);
    set_params(&t.params);
    Batch batch = two_sentences();
    Tensor *y = t_keep_grad(transformer_logits(&t, batch, (Pass){ 0 }));
    agree("logits", y->buffer->data, logits, B * N * V);
    Tensor *mean = t_cross_entropy(y, batch.next,
                                   (CrossEntropy){ .smoothing = 0.1 });
    agree("loss", mean->buffer->data, loss, 1);

    t_backward(mean);
    size_t seen = 0;
    for (int i = 0; i < t.params.n; i++) {
        size_t n = t.params.at[i]->buffer->size;
        char what[40];
        snprintf(what, sizeof what, "gradient of parameter %d", i);
        agree(what, t_grad(t.params.at[i])->buffer->data, slopes + seen, n);
        seen += n;
    }
    assert_int_equal(seen, count);
}

static void layers_with_norms_after_the_sums_agree_with_pytorch(void **state)
{
    (void)state;
    agrees(true, post_logits, post_loss, post_slopes, NUMBERS(post_slopes));
}

static void layers_with_norms_before_the_blocks_agree_with_pytorch(void **state)
{
    (void)state;
    agrees(false, pre_logits, pre_loss, pre_slopes, NUMBERS(pre_slopes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(layers_with_norms_after_the_sums_agree_with_pytorch),
        TEST(layers_with_norms_before_the_blocks_agree_with_pytorch),
    };
    return cmocka_run_group_tests_name("layers", tests, NULL, NULL);
}

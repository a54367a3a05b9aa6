/* Gradients of t_attention() in double, over several tiles: against the plain
 * formula, whose operations gradients.c checks one by one, and against central
 * differences. Small sizes are in formulas.h. */
#include "attention.h"

#include "05_scaled_dot_product.h"

static void tiles_give_what_the_table_gives_to_12_digits(void **state)
{
    (void)state;
    check_all_sizes(1e-12);
}

static double loss_at(const Example *e)
{
    Tensor *out = t_attention(e->q, e->k, e->v, e->options);
    double loss = t_item(t_sum(t_mul(out, e->slope), T_ALL));
    tape_reset();
    return loss;
}

/* Some fifty numbers of each, spread over all tiles. */
static void gradients_match_central_differences(void **state)
{
    (void)state;
    enum { N = 120 };
    const double h = 1e-5;
    for (int kind = 0; kind < KINDS; kind++) {
        Rng rng = rng_new(25);
        Example e = example(&rng, kind, 1, 1, N, N);
        Results r = in_tiles(&e);
        bool recorded = tape_record(false);
        Tensor *in[] = { e.q, e.k, e.v, e.options.bias };
        for (int i = 0; i + 1 < r.n; i++)
            for (int at = rng_below(&rng, 10); at < t_size(in[i]); at += 1 + t_size(in[i]) / 50) {
                real *x = &in[i]->buffer->data[at], before = *x;
                *x = before + (real)h;
                double above = loss_at(&e);
                *x = before - (real)h;
                double below = loss_at(&e);
                *x = before;
                assert_near(r.at[i + 1]->buffer->data[at],
                            (above - below) / (2 * h), 1e-8);
            }
        tape_record(recorded);
        tape_free();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tiles_give_what_the_table_gives_to_12_digits),
        TEST(gradients_match_central_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

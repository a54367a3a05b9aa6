/* The claims of chapter 15, and what its header promises. */
#include "chapter.h"

#include "15_pictures.h"

#include <stdlib.h>

static const TransformerOptions layers = {
    .layers = 2, .width = 16, .heads = 2, .hidden = 24,
};

static EyeOptions small_eye(bool class_token)
{
    return (EyeOptions){ .layers = layers, .rows = 12, .columns = 8,
                         .channels = 3, .patch = 4, .class_token = class_token };
}

static void words_end(void) { caption_words_free(); }

/* ---- patches ------------------------------------------------------------- */

static void patches_are_windows_with_a_stride(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    for (int trial = 0; trial < 50; trial++) {
        int B = between(&rng, 1, 2), c = between(&rng, 1, 3);
        int size = between(&rng, 1, 4), stride = between(&rng, 1, 4);
        int before = rng_below(&rng, size);
        int rows = between(&rng, 4, 9), columns = between(&rng, 4, 9);
        Tensor *x = t_normal(&rng, B, rows, columns, c);
        x = copy_in(rng_below(&rng, LAYOUTS), x);
        Tensor *y = square_windows(x, size, stride, before);
        assert_int_equal(t_dim(y, 1), (before + rows - size) / stride + 1);
        assert_int_equal(t_dim(y, 2), (before + columns - size) / stride + 1);
        assert_int_equal(t_dim(y, 3), size * size * c);
        for (int b = 0; b < B; b++)
            for (int i = 0; i < t_dim(y, 1); i++)
                for (int j = 0; j < t_dim(y, 2); j++)
                    for (int k = 0; k < size * size * c; k++) {
                        int row = i * stride - before + k / c / size;
                        int column = j * stride - before + k / c % size;
                        double wanted = row < 0 || column < 0 ? 0
                            : (double)t_at(x, b, row, column, k % c);
                        assert_near(t_at(y, b, i, j, k), wanted, 0);
                    }
        Linear w = nn_linear_new(NULL, &rng, size * size * c, 5,
                                 (LinearOptions){ 0 });
        if (stride == 1 && before == 0)
            assert_true(t_distance(nn_linear(w, y),
                                   nn_square_windows(w, x, size, 0)) < 1e-5);
        tape_reset();
    }
}

static void windows_halve_the_sides_and_double_the_width(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    Params list = { 0 };
    WindowStack w = window_stack_new(&list, &rng, 3, 3, 20);
    Tensor *x = t_normal(&rng, 2, 16, 24, 3);
    assert_shape(window_stack(&w, x), 2, 2, 3, 20);
    assert_shape(w.product[0].weight, 27, 5);
    assert_shape(w.product[1].weight, 45, 10);
    assert_shape(w.product[2].weight, 90, 20);
}

static void an_eye_has_a_vector_for_each_patch(void **state)
{
    (void)state;
    Rng rng = rng_new(3);
    Tensor *x = t_keep(t_normal(&rng, 2, 12, 8, 3));
    for (int token = 0; token < 2; token++) {
        Params list = { 0 };
        Tensor *weights[MAX_LAYERS];
        Eye e = eye_new(&list, &rng, small_eye(token));
        assert_int_equal(eye_side(e.options), 4);
        assert_int_equal(eye_patches(e.options), 6);
        Tensor *y = eye_see(&e, x, (Pass){ .encoder = weights });
        assert_shape(y, 2, 6 + token, 16);
        assert_shape(weights[1], 2, 2, 6 + token, 6 + token);
    }
    EyeOptions odd = small_eye(false);
    odd.windows = 2;
    assert_int_equal(eye_side(odd), 4);
    odd.columns = 6;
    assert_int_equal(eye_patches(odd), 0);
    odd.columns = 8;
    odd.rows = 13;
    assert_int_equal(eye_patches(odd), 0);
    assert_refuses_in("15_pictures.c", "eye_new: a picture of 13 x 8 cannot be cut "
                      "into patches of 4 x 4", eye_new(NULL, &rng, odd));
}

/* The picture with patches i and j in each other's place. */
static Tensor *swapped(const Tensor *x, int i, int j)
{
    Tensor *y = t_keep(x);
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 4; column++)
            for (int c = 0; c < 3; c++) {
                real *a = &t_at(y, 0, i / 2 * 4 + row, i % 2 * 4 + column, c);
                real *b = &t_at(y, 0, j / 2 * 4 + row, j % 2 * 4 + column, c);
                real was = *a;
                *a = *b;
                *b = was;
            }
    return y;
}

static void without_places_the_order_of_patches_does_not_matter(void **state)
{
    (void)state;
    Rng rng = rng_new(4);
    Params list = { 0 };
    Eye e = eye_new(&list, &rng, small_eye(true));
    Tensor *x = t_keep(t_normal(&rng, 1, 12, 8, 3)), *y = swapped(x, 1, 4);
    Tensor *with[] = { eye_see(&e, x, (Pass){ 0 }), eye_see(&e, y, (Pass){ 0 }) };
    assert_true(t_distance(t_slice(with[0], 1, 0, 1), t_slice(with[1], 1, 0, 1))
                > 1e-4);
    t_assign(e.places, t_zeros(7, 16));
    Tensor *none[] = { eye_see(&e, x, (Pass){ 0 }), eye_see(&e, y, (Pass){ 0 }) };
    assert_true(t_distance(t_slice(none[0], 1, 0, 1), t_slice(none[1], 1, 0, 1))
                < 1e-5);
    assert_true(t_distance(t_slice(none[0], 1, 2, 3), t_slice(none[1], 1, 5, 6))
                < 1e-5);
}

/* ---- classes ------------------------------------------------------------- */

static void three_ways_have_nearly_the_same_number_of_parameters(void **state)
{
    (void)state;
    long n[LOOKS];
    for (int look = 0; look < LOOKS; look++) {
        Rng rng = rng_new(1);
        Classifier c = classifier_new(look_options((Look)look), 5, &rng);
        n[look] = params_count(&c.params);
        assert_true(labs(n[look] - n[0]) * 80 < n[0]);
    }
}

static void a_batch_of_pictures_asks_for_their_classes(void **state)
{
    (void)state;
    Album a = album_of_shapes(PICTURES_TRAIN, 20);
    Batch b = pictures_of(&a.pairs, 3, (int[]){ 7, 2, 19 }, NULL);
    assert_true(b.source.count == 3 && b.source.length == 1);
    assert_true(b.target.count == 3 && b.target.length == 1);
    for (int i = 0; i < 3; i++) {
        Picture p;
        int number = b.source.ids[i];
        assert_int_equal(number, ((int[]){ 7, 2, 19 })[i]);
        picture_draw(PICTURES_TRAIN, 1, number, &p);
        assert_int_equal(b.next[i], p.shape[0].shape);
        assert_memory_equal(images_one(&a.images, number), p.point,
                            PICTURE_BYTES);
    }
    album_free(&a);
}

static void shares_are_counted_over_all_pictures(void **state)
{
    (void)state;
    Album a = album_of_shapes(PICTURES_HELD_OUT, 120);
    Rng rng = rng_new(6);
    Classifier c = classifier_new(look_options(BY_PATCHES), 5, &rng);
    int said[120], right = 0;
    double share = classifier_share(&c, &a, said);
    for (int i = 0; i < 120; i++) {
        assert_true(said[i] >= 0 && said[i] < 5);
        right += said[i] == pairs_ids(&a.pairs, TARGET, i).id[0];
    }
    assert_near(share, right / 120.0, 1e-9);
    album_free(&a);
}

static void each_way_learns_what_shapes_are(void **state)
{
    (void)state;
    skip_under_sanitizers();
    Album exam = album_of_shapes(PICTURES_HELD_OUT, 300);
    for (int look = 0; look < LOOKS; look++) {
        Classifier c = look_teach((Look)look, 1000, 2, 300);
        assert_true(classifier_share(&c, &exam, NULL) > 0.85);
    }
    album_free(&exam);
}

/* ---- roll-out ------------------------------------------------------------ */

static void roll_out_is_what_the_formula_says(void **state)
{
    (void)state;
    /* a class token and two patches, two heads; by hand */
    const real first[] = { 1, 0, 0,   0, 1, 0,   0, .5f, .5f,
                           0, 0, 1,   0, 1, 0,   0, .5f, .5f };
    const real second[] = { 0, 1, 0,   0, 0, 1,   1, 0, 0,
                            0, 0, 1,   0, 0, 1,   1, 0, 0 };
    Tensor *weights[] = { t_from(first, 1, 2, 3, 3), t_from(second, 1, 2, 3, 3) };
    /* A1 = (.5 0 .5; 0 1 0; 0 .5 .5), A2 row 0 = (0 .5 .5): the product's row 0
     * is (0, .75, .25) */
    Tensor *product = roll_out(2, weights, false);
    assert_near(t_at(product, 0), .75, 1e-6);
    assert_near(t_at(product, 1), .25, 1e-6);
    /* halves: A1' = (.75 0 .25; 0 1 0; 0 .25 .75), A2' row 0 = (.5 .25 .25): row
     * 0 is (.375, .3125, .3125) */
    Tensor *all = roll_out(2, weights, true);
    assert_near(t_at(all, 0), .5, 1e-6);
    assert_near(t_at(all, 1), .5, 1e-6);
    Tensor *last = roll_out(1, weights + 1, false);
    assert_near(t_at(last, 0), .5, 1e-6);
}

static void likeness_of_places_is_by_steps_on_the_grid(void **state)
{
    (void)state;
    Rng rng = rng_new(7);
    Eye e = eye_new(NULL, &rng, small_eye(true));     /* 3 x 2 places */
    for (int i = 0; i < 6; i++)                       /* rows: one direction */
        for (int c = 0; c < 16; c++)
            t_at(e.places, i + 1, c) = c == i / 2;
    Tensor *cosine = places_alike(&e, 3);
    assert_near(t_at(cosine, 0), 1, 1e-5);
    /* three couples beside each other, cosine 1; four above, -1/2 */
    assert_near(t_at(cosine, 1), (3 * 1 + 4 * -.5) / 7, 1e-5);
    assert_near(t_at(cosine, 2), -.5, 1e-5);
    assert_near(t_at(cosine, 3), -.5, 1e-5);
}

/* ---- captions ------------------------------------------------------------ */

static void a_word_depends_on_its_picture_and_on_earlier_words_alone(void **state)
{
    (void)state;
    Album a = album_of_captions(PICTURES_TRAIN, 3);
    Rng rng = rng_new(8);
    EyeOptions eye = { .layers = layers, .rows = 32, .columns = 32,
                       .channels = 3, .windows = 3 };
    Describer d = describer_new(eye, layers, caption_words()->n, &rng);
    d.images = &a.images;
    Batch b = batch_of(&a.pairs, 3, (int[]){ 0, 1, 2 });
    Tensor *before = describer_logits(&d, b, (Pass){ 0 });
    int *ids = (int *)(uintptr_t)b.target.ids, m = b.target.length;
    ids[m + 3] = ids[m + 3] == FIRST_WORD ? FIRST_WORD + 1 : FIRST_WORD;
    images_one(&a.images, 2)[1000] ^= 128;
    Tensor *after = describer_logits(&d, b, (Pass){ 0 });
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < m; i++) {
            bool same = t_distance(
                t_slice(t_slice(before, 0, row, row + 1), 1, i, i + 1),
                t_slice(t_slice(after, 0, row, row + 1), 1, i, i + 1)) == 0;
            assert_int_equal(same, row == 0 || (row == 1 && i < 3));
        }
    album_free(&a);
    words_end();
}

static void every_layer_of_a_describer_learns(void **state)
{
    (void)state;
    Album a = album_of_captions(PICTURES_TRAIN, 2);
    Rng rng = rng_new(9);
    EyeOptions eye = { .layers = layers, .rows = 32, .columns = 32,
                       .channels = 3, .patch = 8 };
    Describer d = describer_new(eye, layers, caption_words()->n, &rng);
    d.images = &a.images;
    Batch b = batch_of(&a.pairs, 2, (int[]){ 0, 1 });
    t_backward(t_cross_entropy(describer_logits(&d, b, (Pass){ 0 }), b.next,
                               (CrossEntropy){ 0 }));
    for (int i = 0; i < d.params.n; i++) {
        Tensor *g = t_grad(d.params.at[i]);
        assert_true(t_item(t_max(t_mul(g, g), T_ALL)) >= 0);
        bool to_k = t_distance(g, t_zeros_shape(g->shape)) < 1e-9;
        /* a bias of keys moves all scores of a row alike */
        assert_true(!to_k || d.params.at[i]->shape.n == 1);
    }
    album_free(&a);
    words_end();
}

static void the_lesson_ends_as_told(void **state)
{
    (void)state;
    skip_under_sanitizers();
    Album held = album_of_captions(PICTURES_HELD_OUT, 300);
    Album new = album_of_captions(PICTURES_COMBINATIONS, 300);
    Describer d = describer_teach(20000, 1, 4000, 0.1);
    assert_true(describer_share(&d, &held) > 0.97);
    assert_true(describer_share(&d, &new) > 0.9);
    Tensor *cosine = places_alike(&d.eye, 4);
    for (int k = 0; k < 4; k++)
        assert_true(t_at(cosine, k) > t_at(cosine, k + 1));
    album_free(&held);
    album_free(&new);
    words_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(patches_are_windows_with_a_stride),
        TEST(windows_halve_the_sides_and_double_the_width),
        TEST(an_eye_has_a_vector_for_each_patch),
        TEST(without_places_the_order_of_patches_does_not_matter),
        TEST(three_ways_have_nearly_the_same_number_of_parameters),
        TEST(a_batch_of_pictures_asks_for_their_classes),
        TEST(shares_are_counted_over_all_pictures),
        TEST(each_way_learns_what_shapes_are),
        TEST(roll_out_is_what_the_formula_says),
        TEST(likeness_of_places_is_by_steps_on_the_grid),
        TEST(a_word_depends_on_its_picture_and_on_earlier_words_alone),
        TEST(every_layer_of_a_describer_learns),
        TEST(the_lesson_ends_as_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

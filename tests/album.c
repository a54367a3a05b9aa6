/* Tests of chapters/data/album.h: the book's pictures as numbers, and which of
 * their words and patches are about what. */
#include "check.h"

#include "data/album.h"

#include <stdlib.h>

static void an_album_has_pictures_and_their_captions(void **state)
{
    (void)state;
    static Picture p;
    Album a = album_of_captions(PICTURES_COMBINATIONS, 50);
    assert_true(a.images.n == 50 && a.pairs.n == 50);
    for (int i = 0; i < 50; i++) {
        picture_draw(PICTURES_COMBINATIONS, 0, i, &p);
        Ids number = pairs_ids(&a.pairs, SOURCE, i);
        assert_true(number.n == 1 && number.id[0] == i);
        assert_memory_equal(images_one(&a.images, i), p.point, PICTURE_BYTES);
        char *caption = vocabulary_decode(caption_words(),
                                          pairs_ids(&a.pairs, TARGET, i));
        assert_string_equal(caption, p.caption);
        free(caption);
    }
    album_free(&a);
    caption_words_free();
}

static void an_album_of_shapes_has_their_classes(void **state)
{
    (void)state;
    static Picture p;
    Album a = album_of_shapes(PICTURES_TRAIN, 50);
    for (int i = 0; i < 50; i++) {
        picture_draw(PICTURES_TRAIN, 1, i, &p);
        Ids class = pairs_ids(&a.pairs, TARGET, i);
        assert_true(class.n == 1 && class.id[0] == p.shape[0].shape);
        assert_memory_equal(images_one(&a.images, i), p.point, PICTURE_BYTES);
    }
    album_free(&a);
}

/* Is `word` one of the list, with blanks around each? */
static bool among(const char *list, const char *word)
{
    char with_blanks[40];
    snprintf(with_blanks, sizeof with_blanks, " %s ", word);
    return strstr(list, with_blanks) != NULL;
}

/* CAPTION_ROLES: none. */
static CaptionRole role_by_name(const char *word, bool second)
{
#define WORD(word) " " #word " "
#define COLOUR(word, ...) WORD(word)
    CaptionRole later = second ? SECOND_SIZE - FIRST_SIZE : (CaptionRole)0;
    return among(" small large ", word)         ? FIRST_SIZE + later
         : among(PICTURE_COLOURS(COLOUR), word) ? FIRST_COLOUR + later
         : among(PICTURE_SHAPES(WORD), word)    ? FIRST_SHAPE + later
         : strcmp(word, "a") == 0               ? CAPTION_ROLES
                                                : RELATION;
#undef WORD
#undef COLOUR
}

static void each_word_of_a_caption_has_its_role(void **state)
{
    (void)state;
    static Picture p;
    Album a = album_of_captions(PICTURES_TRAIN, 200);
    int count[CAPTION_ROLES + 1] = { 0 };
    for (int i = 0; i < 200; i++) {
        picture_draw(PICTURES_TRAIN, 0, i, &p);
        Ids caption = pairs_ids(&a.pairs, TARGET, i);
        Tensor *roles = caption_roles(caption);
        bool second = false;
        for (int k = 0; k < caption.n && p.shapes == 2; k++) {
            const char *word = caption_words()->word[caption.id[k]];
            CaptionRole role = role_by_name(word, second);
            for (int other = 0; other < CAPTION_ROLES; other++)
                assert_near(t_at(roles, other, k), other == (int)role, 0);
            second |= role == RELATION;
            count[role]++;
        }
    }
    for (int role = 0; role <= CAPTION_ROLES; role++)
        assert_true(count[role] > 20);
    album_free(&a);
    caption_words_free();
}

/* Eighths of a point from `first` on that lie in the box, along one side. */
static bool overlap(int first, int patch, int middle, int half)
{
    for (int x = first; x < first + 8 * patch; x++)
        if (x >= middle - half && x < middle + half)
            return true;
    return false;
}

static void parts_are_patches_that_a_shape_reaches(void **state)
{
    (void)state;
    static const int half[] = {
#define S(word, half) half,
        PICTURE_SIZES(S)
#undef S
    };
    static Picture p;
    int count[3] = { 0 };
    for (int trial = 0; trial < 60; trial++) {
        int patch = trial % 2 ? 4 : 8, across = PICTURE_SIDE / patch;
        picture_draw(PICTURES_TRAIN, trial % 3, trial, &p);
        Tensor *parts = picture_parts(&p, patch);
        assert_int_equal(t_dim(parts, 0), across * across);
        for (int i = 0; i < across * across; i++) {
            int on = 0;
            for (int k = 0; k < p.shapes; k++) {
                const PictureShape *s = &p.shape[k];
                if (overlap(i / across * 8 * patch, patch, s->row, half[s->size])
                    && overlap(i % across * 8 * patch, patch, s->column,
                               half[s->size]))
                    on |= 1 << k;
            }
            int wanted = on == 1 ? 0 : on == 2 ? 1 : 2;
            count[wanted]++;
            for (int k = 0; k < 3; k++)
                assert_near(t_at(parts, i, k), k == wanted, 0);
        }
        tape_reset();
    }
    assert_true(count[0] > 100 && count[1] > 100 && count[2] > 100);
}

static void what_is_wrong_stands_beside_what_is_right(void **state)
{
    (void)state;
    Ids one = vocabulary_encode(caption_words(), "a red ring");
    Ids other = vocabulary_encode(caption_words(), "a red cross below");
    char *same = caption_beside(one, one), *two = caption_beside(one, other);
    assert_string_equal(same, "a red ring");
    assert_string_equal(two, "a red ring (a red cross below)");
    free(same);
    free(two);
    free(one.id);
    free(other.id);
    caption_words_free();
}

static void maps_are_measured_against_the_shape_and_one_another(void **state)
{
    (void)state;
    static Picture p;
    picture_draw(PICTURES_TRAIN, 1, 3, &p);
    Tensor *parts = picture_parts(&p, 16);              /* four patches */
    Tensor *maps = t_matrix(4, 4, 1, 2, 3, 4,  2, 4, 6, 8,  4, 3, 2, 1,  5, 5, 5, 5);
    Tensor *got = maps_measured(&p, 16, maps, 0);
    for (int k = 0; k < 4; k++) {
        double on = 0;
        for (int i = 0; i < 4; i++)
            on += (double)t_at(parts, i, 0) * (double)t_at(maps, k, i);
        assert_near(t_at(got, k, 0), on, 1e-5);
        assert_near(t_at(got, k, 1), k < 2 ? 1 : k == 2 ? -1 : 0, 1e-5);
    }
    Tensor *other = maps_measured(&p, 16, t_matrix(2, 4, 1, 0, 0, 0, 0, 1, 0, 0), 1);
    assert_near(t_at(other, 0, 1), -1 / 3.0, 1e-5);
}

static void steps_are_counted_along_the_grid(void **state)
{
    (void)state;
    /* three in a row, two rows: 0 1 2 / 3 4 5 */
    Tensor *steps = grid_steps(6, 3, 2), *table = t_zeros(36, 1);
    for (int i = 0; i < 36; i++)
        t_at(table, i, 0) = i / 6 == i % 6 ? 10 : 0;
    t_at(table, 6 * 1 + 4, 0) = 7;          /* one of 14 with one step */
    t_at(table, 6 * 2 + 4, 0) = 20;         /* one of 12 with two */
    t_at(table, 6 * 3 + 2, 0) = 99;         /* three steps */
    Tensor *mean = t_matmul(steps, table);
    assert_near(t_at(mean, 0, 0), 10, 1e-5);
    assert_near(t_at(mean, 1, 0), 7 / 14.0, 1e-5);
    assert_near(t_at(mean, 2, 0), 20 / 12.0, 1e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_album_has_pictures_and_their_captions),
        TEST(an_album_of_shapes_has_their_classes),
        TEST(each_word_of_a_caption_has_its_role),
        TEST(parts_are_patches_that_a_shape_reaches),
        TEST(what_is_wrong_stands_beside_what_is_right),
        TEST(maps_are_measured_against_the_shape_and_one_another),
        TEST(steps_are_counted_along_the_grid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

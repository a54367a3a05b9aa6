/* album.c -- pictures and captions as numbers. */
#include "album.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- pictures, and what belongs to them ------------------------------------ */

static Vocabulary words;

const Vocabulary *caption_words(void)
{
    if (words.n > 0)
        return &words;
    Words list = text_split(picture_words);
    for (int i = 0; i < list.n; i++)
        vocabulary_add(&words, list.word[i]);
    text_free_words(&list);
    return &words;
}

void caption_words_free(void) { vocabulary_free(&words); }

static Album new_album(int n)
{
    return (Album){ images_new(n, PICTURE_SIDE, PICTURE_SIDE, 3), { 0 } };
}

static void put_picture(Album *a, int i, const Picture *p, Ids target)
{
    memcpy(images_one(&a->images, i), p->point, PICTURE_BYTES);
    pairs_add_ids(&a->pairs, (Ids){ 1, &i }, target);
}

Album album_of_shapes(PictureSplit split, int n)
{
    Album a = new_album(n);
    for (int i = 0; i < n; i++) {
        Picture p;
        picture_draw(split, 1, i, &p);
        put_picture(&a, i, &p, (Ids){ 1, &p.shape[0].shape });
    }
    return a;
}

Album album_of_captions(PictureSplit split, int n)
{
    Album a = new_album(n);
    for (int i = 0; i < n; i++) {
        Picture p;
        picture_draw(split, 0, i, &p);
        Ids caption = vocabulary_encode(caption_words(), p.caption);
        put_picture(&a, i, &p, caption);
        free(caption.id);
    }
    return a;
}

void album_free(Album *a)
{
    images_free(&a->images);
    pairs_free(&a->pairs);
}

char *caption_beside(Ids said, Ids right)
{
    char *is = vocabulary_decode(caption_words(), said);
    if (ids_equal(said, right))
        return is;
    char *should = vocabulary_decode(caption_words(), right);
    size_t n = strlen(is), room = n + strlen(should) + sizeof " ()";
    is = grown(is, room, 1);
    snprintf(is + n, room - n, " (%s)", should);
    free(should);
    return is;
}

/* ---- what is about what ----------------------------------------------------- */

/* picture_words has them in this order: */
enum {
    A = FIRST_WORD, SMALL, LARGE, COLOURS,
    SHAPES = COLOURS + PICTURE_COLOUR_COUNT,
    BETWEEN = SHAPES + PICTURE_SHAPE_COUNT
};

Tensor *caption_roles(Ids caption)
{
    Tensor *roles = t_zeros(CAPTION_ROLES, caption.n);
    int later = 0;              /* from what the first is to what the second is */
    for (int k = 0; k < caption.n; k++) {
        int word = caption.id[k];
        int role = word < COLOURS ? FIRST_SIZE + later
                 : word < SHAPES  ? FIRST_COLOUR + later
                 : word < BETWEEN ? FIRST_SHAPE + later
                                  : RELATION;
        if (word != A)
            t_at(roles, role, k) = 1;
        if (role == RELATION)
            later = SECOND_SIZE - FIRST_SIZE;
    }
    return roles;
}

/* Does the box around the shape reach into the patch in this row and column of
 * patches? Places are in eighths of a point. */
static bool reaches(const PictureShape *s, int patch, int row, int column)
{
    static const int half[] = {
#define S(word, half) half,
        PICTURE_SIZES(S)
#undef S
    };
    int side = 8 * patch, reach = half[s->size] + side / 2;
    return abs(row * side + side / 2 - s->row) < reach
        && abs(column * side + side / 2 - s->column) < reach;
}

Tensor *picture_parts(const Picture *p, int patch)
{
    int across = PICTURE_SIDE / patch;
    Tensor *parts = t_zeros(across * across, 3);
    for (int i = 0; i < across * across; i++) {
        bool on[2] = { false, false };
        for (int k = 0; k < p->shapes; k++)
            on[k] = reaches(&p->shape[k], patch, i / across, i % across);
        t_at(parts, i, on[0] == on[1] ? 2 : on[1]) = 1;
    }
    return parts;
}

Tensor *maps_measured(const Picture *p, int patch, Tensor *maps, int against)
{
    Tensor *on = t_slice(t_matmul(maps, picture_parts(p, patch)), 1, 0, 1);
    Tensor *x = t_sub(maps, t_mean(maps, 1));
    Tensor *norm = t_sqrt(t_sum(t_mul(x, x), 1));
    x = t_div(x, t_add(norm, t_vector(1e-9)));
    Tensor *other = t_transpose(t_slice(x, 0, against, against + 1));
    return t_concat(1, on, t_matmul(x, other));
}

Tensor *grid_steps(int n, int across, int most)
{
    Tensor *steps = t_zeros(most + 1, n * n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int apart = abs(i / across - j / across) + abs(i % across - j % across);
            if (apart <= most)
                t_at(steps, apart, i * n + j) = 1;
        }
    return t_div(steps, t_sum(steps, 1));
}

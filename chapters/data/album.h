/* album.h -- the book's pictures, and what belongs to each: its class, or its
 * caption as numbers; and which of its patches and words are about what. */
#ifndef ALBUM_H
#define ALBUM_H

#include "learn/images.h"
#include "learn/pairs.h"
#include "pictures.h"

/* Pair i has picture i as its source, and its words, or its class, as target. */
typedef struct {
    Images images;
    Pairs pairs;
} Album;

/* The first n of a split: of one shape, which is their class, or of one or two with
 * their captions. */
Album album_of_shapes(PictureSplit split, int n);
Album album_of_captions(PictureSplit split, int n);
void album_free(Album *a);

/* The words of all captions, in the order of picture_words; until
 * caption_words_free(). */
const Vocabulary *caption_words(void);
void caption_words_free(void);

/* What was said, and in brackets what is right, if that is something else. Free with
 * free(). */
char *caption_beside(Ids said, Ids right);

/* What a word of a caption of two shapes says; articles say nothing. */
typedef enum {
    FIRST_SIZE, FIRST_COLOUR, FIRST_SHAPE, RELATION,
    SECOND_SIZE, SECOND_COLOUR, SECOND_SHAPE, CAPTION_ROLES
} CaptionRole;

/* (CAPTION_ROLES, n) for a caption of n words: 1 in the row of what each says,
 * otherwise 0. */
Tensor *caption_roles(Ids caption);

/* A picture cut into patches of patch x patch points, n in reading order: (n, 3), 1
 * in column 0 where only the first shape reaches into a patch, in 1 where only the
 * second does, in 2 where both do or none; otherwise 0. A shape reaches as far as
 * the box around it. */
Tensor *picture_parts(const Picture *p, int patch);

/* Of maps of a picture, (k, n) with as many patches as picture_parts() has: the sum
 * on those that only the first shape reaches, and the correlation with map
 * `against`, 0 for a map of equal numbers: (k, 2). */
Tensor *maps_measured(const Picture *p, int patch, Tensor *maps, int against);

/* Means over couples of places on a grid, `across` in a row, n in all: (most + 1,
 * n n). Row k times a table (n, n), as one column, is the mean of its cells for
 * places that are k steps apart, up, down or sideways. */
Tensor *grid_steps(int n, int across, int most);

#endif

/* pictures.h -- little pictures of shapes, drawn by a grammar, with a caption that
 * says all there is to say: "a small red circle left of a blue square". */
#ifndef PICTURES_H
#define PICTURES_H

/* To learn from; other pictures of the same kind; and pictures with a shape in a
 * colour that it never had in training, or two shapes in a relation in which they
 * never stood there. */
typedef enum {
    PICTURES_TRAIN, PICTURES_HELD_OUT, PICTURES_COMBINATIONS, PICTURES_SPLITS
} PictureSplit;

/* word, red, green, blue */
#define PICTURE_COLOURS(C)                                                     \
    C(red, 215, 45, 45) C(green, 40, 205, 80) C(blue, 50, 100, 230)            \
    C(yellow, 235, 205, 60) C(purple, 155, 65, 195) C(white, 235, 235, 235)

#define PICTURE_SHAPES(S)                                                      \
    S(circle) S(square) S(triangle) S(cross) S(ring)

/* word, half its width in eighths of a point; no word: not worth mentioning */
#define PICTURE_SIZES(S) S("small", 36) S("", 48) S("large", 60)

/* where a shape stands that is alone, row by row: a third of the picture each */
#define PICTURE_PLACES(P)                                                      \
    P("at the top left") P("at the top") P("at the top right")                 \
    P("on the left") P("in the middle") P("on the right")                      \
    P("at the bottom left") P("at the bottom") P("at the bottom right")

/* where the first of two stands */
#define PICTURE_RELATIONS(R) R("left of") R("right of") R("above") R("below")

#define PICTURE_ONE_MORE(...) + 1
enum {
    PICTURE_COLOUR_COUNT = PICTURE_COLOURS(PICTURE_ONE_MORE),
    PICTURE_SHAPE_COUNT = PICTURE_SHAPES(PICTURE_ONE_MORE),
    PICTURE_SIZE_COUNT = PICTURE_SIZES(PICTURE_ONE_MORE),
    PICTURE_PLACE_COUNT = PICTURE_PLACES(PICTURE_ONE_MORE),
    PICTURE_RELATION_COUNT = PICTURE_RELATIONS(PICTURE_ONE_MORE),
    PICTURE_SIDE = 32,          /* points; each has red, green and blue */
    PICTURE_BYTES = PICTURE_SIDE * PICTURE_SIDE * 3,
    PICTURE_CAPTION = 100,      /* room for one */
};

typedef struct {
    int shape, colour, size;    /* which of the words */
    int row, column;            /* of its middle, in eighths of a point */
} PictureShape;

/* The smaller of two shapes is told by the larger, as a cup stands beside a
 * house; of equal ones that on the left, or above. */
typedef struct {
    int shapes;                 /* 1 or 2 */
    PictureShape shape[2];      /* as the caption names them */
    int place;                  /* of one alone, */
    int relation;               /* or of the first to the second: which word */
    char caption[PICTURE_CAPTION];
    unsigned char point[PICTURE_BYTES];     /* row by row */
} Picture;

/* Draws picture `number`, 0 or more, of a split: always the same. shapes: 1 or
 * 2; 0: two in three have two. */
void picture_draw(PictureSplit split, int shapes, int number, Picture *picture);

/* Does no shape look so in the training? */
int picture_reserved_look(int size, int colour, int shape);

/* Do the shapes never stand so in the training? */
int picture_reserved_relation(int first, int relation, int second);

/* The words of all captions, with blanks between them, each once. */
extern const char picture_words[];

#endif

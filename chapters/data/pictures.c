/* pictures.c -- draws shapes, and says what was drawn. Whole numbers only, so that
 * every machine draws the same points. */
#include "data/pictures.h"
#include "base/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word;
    int light[3];
} colours[] = {
#define C(word, red, green, blue) { #word, { red, green, blue } },
    PICTURE_COLOURS(C)
#undef C
};

static const char *const shapes[] = {
#define S(word) #word,
    PICTURE_SHAPES(S)
#undef S
};

static const struct {
    const char *word;
    int half;
} sizes[] = {
#define S(word, half) { word, half },
    PICTURE_SIZES(S)
#undef S
};

#define WORD(word) word,
static const char *const places[] = { PICTURE_PLACES(WORD) };
static const char *const relations[] = { PICTURE_RELATIONS(WORD) };
#undef WORD

#define WORD(word, ...) #word " "
const char picture_words[] =
    "a small large " PICTURE_COLOURS(WORD) PICTURE_SHAPES(WORD)
    "at on in the top bottom left right middle of above below";
#undef WORD

enum { LEFT_OF, RIGHT_OF, ABOVE, BELOW };
enum { EIGHTHS = 8, WHOLE = PICTURE_SIDE * EIGHTHS, SEED = 15 };

static int half_of(const PictureShape *s) { return sizes[s->size].half; }

static int between(Rng *rng, int least, int most)
{
    return least + rng_below(rng, most - least + 1);
}

/* ---- what is drawn ------------------------------------------------------- */

int picture_reserved_look(int size, int colour, int shape)
{
    return (shape + colour + 2 * size) % 9 == 4;
}

int picture_reserved_relation(int first, int relation, int second)
{
    return (first + 3 * relation + 2 * second) % 9 == 4;
}

static int is_reserved(const Picture *p)
{
    int reserved = 0;
    for (int i = 0; i < p->shapes; i++)
        reserved |= picture_reserved_look(p->shape[i].size, p->shape[i].colour,
                                          p->shape[i].shape);
    if (p->shapes == 2)
        reserved |= picture_reserved_relation(p->shape[0].shape, p->relation,
                                              p->shape[1].shape);
    return reserved;
}

/* In the middle of its third of the picture, or nearly. */
static int in_third(Rng *rng, int third)
{
    enum { APART = 8 * EIGHTHS, ABOUT = 12 };
    return WHOLE / 2 + (third - 1) * APART + between(rng, -ABOUT, ABOUT);
}

static void place_one(Picture *p, Rng *rng)
{
    p->place = rng_below(rng, PICTURE_PLACE_COUNT);
    p->shape[0].row = in_third(rng, p->place / 3);
    p->shape[0].column = in_third(rng, p->place % 3);
}

/* Two shapes of these halves along a line: neither beyond the picture, and some
 * points between them. Where the middle of each is. */
static void apart(Rng *rng, int before, int behind, int *first, int *second)
{
    enum { GAP = 2 * EIGHTHS };
    int room = WHOLE - 2 * before - 2 * behind - GAP;
    int in_front = rng_below(rng, room + 1);
    int between_them = rng_below(rng, room - in_front + 1);
    *first = in_front + before;
    *second = *first + before + GAP + between_them + behind;
}

/* Across that line they are nearly level. */
static void level(Rng *rng, int largest, int *first, int *second)
{
    enum { ABOUT = 2 * EIGHTHS };
    int line = between(rng, largest + ABOUT, WHOLE - largest - ABOUT);
    *first = line + between(rng, -ABOUT, ABOUT);
    *second = line + between(rng, -ABOUT, ABOUT);
}

/* The first is the smaller one, or that on the left, or above. */
static void place_two(Picture *p, Rng *rng)
{
    PictureShape *a = &p->shape[0], *b = &p->shape[1];
    if (a->size > b->size) {
        PictureShape other = *a;
        *a = *b;
        *b = other;
    }
    p->relation = rng_below(rng, PICTURE_RELATION_COUNT);
    if (a->size == b->size)
        p->relation = p->relation < ABOVE ? LEFT_OF : ABOVE;
    int *along[] = { &a->column, &b->column }, *across[] = { &a->row, &b->row };
    if (p->relation >= ABOVE) {
        along[0] = &a->row, along[1] = &b->row;
        across[0] = &a->column, across[1] = &b->column;
    }
    if (p->relation == LEFT_OF || p->relation == ABOVE)
        apart(rng, half_of(a), half_of(b), along[0], along[1]);
    else
        apart(rng, half_of(b), half_of(a), along[1], along[0]);
    level(rng, half_of(b), across[0], across[1]);
}

static void choose(Picture *p, int count, Rng *rng)
{
    p->shapes = count ? count : 1 + (rng_below(rng, 3) > 0);
    for (int i = 0; i < p->shapes; i++) {
        p->shape[i].shape = rng_below(rng, PICTURE_SHAPE_COUNT);
        p->shape[i].colour = rng_below(rng, PICTURE_COLOUR_COUNT);
        p->shape[i].size = rng_below(rng, PICTURE_SIZE_COUNT);
    }
    if (p->shapes == 1)
        place_one(p, rng);
    else
        place_two(p, rng);
}

/* ---- points -------------------------------------------------------------- */

static int covers(int shape, int h, int x, int y)
{
    int across = abs(x), along = abs(y), round = x * x + y * y;
    switch (shape) {
    case 0:     /* circle */
        return round <= h * h;
    case 1:     /* square */
        return across <= h && along <= h;
    case 2:     /* triangle */
        return along <= h && 2 * across <= y + h;
    case 3:     /* cross */
        return (3 * across <= h && along <= h) || (3 * along <= h && across <= h);
    default:    /* ring */
        return round <= h * h && 81 * round >= 25 * h * h;
    }
}

/* How much of a point the shape covers, in sixteenths. */
static int share(const PictureShape *s, int row, int column)
{
    int covered = 0, h = half_of(s);
    int top = row * EIGHTHS - s->row, left = column * EIGHTHS - s->column;
    if (top > h || top < -h - EIGHTHS || left > h || left < -h - EIGHTHS)
        return 0;
    for (int y = 1; y < EIGHTHS; y += 2)
        for (int x = 1; x < EIGHTHS; x += 2)
            covered += covers(s->shape, h, left + x, top + y);
    return covered;
}

/* On a grey ground, with some grain; no colour is quite the same twice. */
static void paint(Picture *p, Rng *rng)
{
    enum { GRAIN = 10, SHADE = 20 };
    int ground = between(rng, 50, 90), shade[2];
    for (int i = 0; i < 2; i++)
        shade[i] = between(rng, -SHADE, SHADE);
    for (int row = 0; row < PICTURE_SIDE; row++)
        for (int column = 0; column < PICTURE_SIDE; column++) {
            unsigned char *point = p->point + 3 * (row * PICTURE_SIDE + column);
            int grain = between(rng, -GRAIN, GRAIN);
            int light[3] = { ground, ground, ground };
            for (int i = 0; i < p->shapes; i++) {
                int of_16 = share(&p->shape[i], row, column);
                const int *full = colours[p->shape[i].colour].light;
                for (int c = 0; c < 3; c++)
                    light[c] += of_16 * (full[c] + shade[i] - light[c]) / 16;
            }
            for (int c = 0; c < 3; c++) {
                int now = light[c] + grain;
                point[c] = (unsigned char)(now < 0 ? 0 : now > 255 ? 255 : now);
            }
        }
}

/* ---- words --------------------------------------------------------------- */

static int tell(const PictureShape *s, char *out, int room)
{
    return snprintf(out, (size_t)room, "a %s%s%s %s", sizes[s->size].word,
                    *sizes[s->size].word ? " " : "", colours[s->colour].word,
                    shapes[s->shape]);
}

static void describe(Picture *p)
{
    int n = tell(&p->shape[0], p->caption, PICTURE_CAPTION);
    n += snprintf(p->caption + n, (size_t)(PICTURE_CAPTION - n), " %s",
                  p->shapes == 1 ? places[p->place] : relations[p->relation]);
    if (p->shapes == 2) {
        p->caption[n++] = ' ';
        tell(&p->shape[1], p->caption + n, PICTURE_CAPTION - n);
    }
}

void picture_draw(PictureSplit split, int count, int number, Picture *p)
{
    static const char *const names[] = { "train", "held out", "combinations" };
    Rng rng = rng_named(((uint64_t)number << 8) + SEED, names[split]);
    *p = (Picture){ .shapes = 0 };
    do
        choose(p, count, &rng);
    while (is_reserved(p) != (split == PICTURES_COMBINATIONS));
    describe(p);
    paint(p, &rng);
}

/* Tests of the pictures of chapters/data/. A reader of its own, which knows what
 * words mean but not how pictures are drawn, finds the shapes among the points
 * and says what it sees; that must be the caption. */
#include "check.h"

#include "base/hash.h"
#include "base/text.h"
#include "data/pictures.h"

#include <stdbool.h>
#include <stdlib.h>

enum { SIDE = PICTURE_SIDE, POINTS = SIDE * SIDE };

/* ---- a reader ------------------------------------------------------------ */

/* A connected part of a picture that is not ground: */
typedef struct {
    int top, bottom, left, right;       /* the box around it, */
    int shape, colour, size;            /* and what it looks like */
} Seen;

static const int lights[][3] = {
#define C(word, red, green, blue) { red, green, blue },
    PICTURE_COLOURS(C)
#undef C
};

/* How far each point is from the ground: the grey that most points are near. */
static void differences(const Picture *p, int *differs)
{
    int ground = 0, most = 0;
    for (int g = 50; g <= 90; g++) {
        int near = 0;
        for (int i = 0; i < POINTS; i++) {
            const unsigned char *at = p->point + 3 * i;
            near += abs(at[0] - g) <= 10 && at[0] == at[1] && at[0] == at[2];
        }
        if (near > most) {
            most = near;
            ground = g;
        }
    }
    for (int i = 0; i < POINTS; i++) {
        differs[i] = 0;
        for (int c = 0; c < 3; c++) {
            int d = abs(p->point[3 * i + c] - ground);
            differs[i] = d > differs[i] ? d : differs[i];
        }
    }
}

/* Gives all that hangs together with point i the number `part`. */
static void fill(const int *differs, int *parts, int i, int part, Seen *s)
{
    int row = i / SIDE, column = i % SIDE;
    parts[i] = part;
    s->top = row < s->top ? row : s->top;
    s->bottom = row > s->bottom ? row : s->bottom;
    s->left = column < s->left ? column : s->left;
    s->right = column > s->right ? column : s->right;
    for (int k = 0; k < 4; k++) {
        int y = row + (k == 0) - (k == 1), x = column + (k == 2) - (k == 3);
        int j = y * SIDE + x;
        if (y >= 0 && y < SIDE && x >= 0 && x < SIDE && !parts[j]
            && differs[j] > 26)
            fill(differs, parts, j, part, s);
    }
}

/* Points that are half covered count half. */
static int shape_of(const int *differs, const int *parts, int part,
                    const Seen *s)
{
    enum { CIRCLE, SQUARE, TRIANGLE, CROSS, RING };
    static const double width[] = { 9, 12, 15 };
    double full = 0, most = 0, low = 0;
    if (parts[(s->top + s->bottom) / 2 * SIDE + (s->left + s->right) / 2] != part)
        return RING;
    for (int i = 0; i < POINTS; i++)
        most = parts[i] == part ? fmax(most, differs[i] - 20) : most;
    for (int i = 0; i < POINTS; i++) {
        double covered = parts[i] == part ? fmin(1, differs[i] / most) : 0;
        full += covered;
        low += covered * (i / SIDE - (s->top + s->bottom) / 2.0);
    }
    low /= full * width[s->size];       /* of a triangle a sixth: its weight */
    full /= width[s->size] * width[s->size];
    return full > 0.9 ? SQUARE : full > 0.7 ? CIRCLE
         : low > 0.065 ? TRIANGLE : CROSS;
}

static int colour_of(const Picture *p, const int *parts, const int *differs,
                     int part)
{
    int most = 0, best = 0;
    double light[3] = { 0 }, n = 0, least = INFINITY;
    for (int i = 0; i < POINTS; i++)
        most = parts[i] == part && differs[i] > most ? differs[i] : most;
    for (int i = 0; i < POINTS; i++)
        if (parts[i] == part && differs[i] > most - 25) {
            n++;
            for (int c = 0; c < 3; c++)
                light[c] += p->point[3 * i + c];
        }
    for (int k = 0; k < PICTURE_COLOUR_COUNT; k++) {
        double apart = 0;
        for (int c = 0; c < 3; c++)
            apart += fabs(light[c] / n - lights[k][c]);
        if (apart < least) {
            least = apart;
            best = k;
        }
    }
    return best;
}

static int look(const Picture *p, Seen *seen)
{
    static int differs[POINTS], parts[POINTS];
    int n = 0;
    memset(parts, 0, sizeof parts);
    differences(p, differs);
    for (int i = 0; i < POINTS; i++) {
        if (parts[i] || differs[i] <= 26)
            continue;
        Seen s = { SIDE, 0, SIDE, 0, 0, 0, 0 };
        fill(differs, parts, i, n + 1, &s);
        if (n == 2)
            return 3;
        int height = s.bottom - s.top + 1, width = s.right - s.left + 1;
        int large = width > height ? width : height;
        s.size = large <= 10 ? 0 : large <= 13 ? 1 : 2;
        s.shape = shape_of(differs, parts, n + 1, &s);
        s.colour = colour_of(p, parts, differs, n + 1);
        seen[n++] = s;
    }
    return n;
}

static int middle_row(const Seen *s) { return s->top + s->bottom; }
static int middle_column(const Seen *s) { return s->left + s->right; }

static int third(int twice) { return (twice > 23) + (twice > 39); }

static void name_of(const Seen *s, char *out)
{
    static const char *colours[] = {
#define C(word, red, green, blue) #word,
        PICTURE_COLOURS(C)
#undef C
    };
    static const char *shapes[] = {
#define S(word) #word,
        PICTURE_SHAPES(S)
#undef S
    };
    static const char *sizes[] = { "a small", "a", "a large" };
    sprintf(out, "%s %s %s", sizes[s->size], colours[s->colour],
            shapes[s->shape]);
}

static void say(const Picture *p, char *out)
{
    static const char *places[] = {
        "at the top left", "at the top", "at the top right",
        "on the left", "in the middle", "on the right",
        "at the bottom left", "at the bottom", "at the bottom right",
    };
    Seen s[2];
    char name[2][60];
    int n = look(p, s);
    strcpy(out, "neither one nor two");
    if (n == 1) {
        name_of(&s[0], name[0]);
        sprintf(out, "%s %s", name[0], places[3 * third(middle_row(&s[0]))
                                              + third(middle_column(&s[0]))]);
    }
    if (n != 2)
        return;
    int x = middle_column(&s[1]) - middle_column(&s[0]);
    int y = middle_row(&s[1]) - middle_row(&s[0]);
    bool beside = abs(x) > abs(y);
    int first = s[0].size != s[1].size ? s[1].size < s[0].size
              : beside ? x < 0 : y < 0;
    int on = first ? -1 : 1;        /* from the first to the second */
    name_of(&s[first], name[0]);
    name_of(&s[!first], name[1]);
    sprintf(out, "%s %s %s", name[0],
            beside ? on * x > 0 ? "left of" : "right of"
                   : on * y > 0 ? "above" : "below", name[1]);
}

/* ---- tests --------------------------------------------------------------- */

enum { LOOKED_AT = 1500 };

static void captions_say_what_can_be_seen(void **state)
{
    (void)state;
    static Picture p;
    for (int split = 0; split < PICTURES_SPLITS; split++)
        for (int i = 0; i < LOOKED_AT; i++) {
            char said[200];
            picture_draw((PictureSplit)split, 0, i, &p);
            say(&p, said);
            assert_string_equal(said, p.caption);
        }
}

static void a_false_caption_would_be_noticed(void **state)
{
    (void)state;
    static Picture p, other;
    char said[200];
    int same = 0;
    picture_draw(PICTURES_TRAIN, 0, 0, &p);
    for (int i = 1; i <= 300; i++) {
        picture_draw(PICTURES_TRAIN, 0, i, &other);
        memcpy(other.point, p.point, sizeof p.point);
        say(&other, said);
        same += strcmp(said, other.caption) == 0;
    }
    assert_true(same <= 3);
}

static void what_is_called_a_new_combination_was_never_taught(void **state)
{
    (void)state;
    static Picture p;
    for (int split = 0; split < PICTURES_SPLITS; split++)
        for (int i = 0; i < LOOKED_AT; i++) {
            picture_draw((PictureSplit)split, 0, i, &p);
            bool reserved = p.shapes == 2
                && picture_reserved_relation(p.shape[0].shape, p.relation,
                                             p.shape[1].shape);
            for (int k = 0; k < p.shapes; k++)
                reserved |= picture_reserved_look(p.shape[k].size,
                                                  p.shape[k].colour,
                                                  p.shape[k].shape);
            assert_int_equal(reserved, split == PICTURES_COMBINATIONS);
        }
}

/* Each of three words is taught with each of the other two. */
static void of_what_is_reserved_each_couple_is_taught(void **state)
{
    (void)state;
    static bool looks[3][6][6], stands[3][6][6];
    static Picture p;
    for (int i = 0; i < 4000; i++) {
        picture_draw(PICTURES_TRAIN, 0, i, &p);
        for (int k = 0; k < p.shapes; k++) {
            PictureShape s = p.shape[k];
            looks[0][s.size][s.colour] = looks[1][s.size][s.shape] = true;
            looks[2][s.colour][s.shape] = true;
        }
        if (p.shapes == 2) {
            int a = p.shape[0].shape, b = p.shape[1].shape;
            stands[0][a][p.relation] = stands[1][p.relation][b] = true;
            stands[2][a][b] = true;
        }
    }
    const int sizes[][2][2] = {
        { { PICTURE_SIZE_COUNT, PICTURE_COLOUR_COUNT },
          { PICTURE_SHAPE_COUNT, PICTURE_RELATION_COUNT } },
        { { PICTURE_SIZE_COUNT, PICTURE_SHAPE_COUNT },
          { PICTURE_RELATION_COUNT, PICTURE_SHAPE_COUNT } },
        { { PICTURE_COLOUR_COUNT, PICTURE_SHAPE_COUNT },
          { PICTURE_SHAPE_COUNT, PICTURE_SHAPE_COUNT } },
    };
    for (int which = 0; which < 3; which++)
        for (int a = 0; a < 6; a++)
            for (int b = 0; b < 6; b++) {
                const int (*n)[2] = sizes[which];
                assert_int_equal(looks[which][a][b], a < n[0][0] && b < n[0][1]);
                assert_int_equal(stands[which][a][b],
                                 a < n[1][0] && b < n[1][1]);
            }
}

static void every_word_is_on_the_list_once(void **state)
{
    (void)state;
    static Picture p;
    Words list = text_split(picture_words);
    int *seen = calloc((size_t)list.n, sizeof *seen);
    for (int i = 0; i < 2000; i++) {
        picture_draw(PICTURES_TRAIN, 0, i, &p);
        Words words = text_split(p.caption);
        for (int k = 0; k < words.n; k++) {
            int found = 0;
            for (int j = 0; j < list.n; j++)
                if (strcmp(words.word[k], list.word[j]) == 0) {
                    found++;
                    seen[j]++;
                }
            assert_int_equal(found, 1);
        }
        text_free_words(&words);
    }
    for (int j = 0; j < list.n; j++)
        assert_true(seen[j] > 0);
    text_free_words(&list);
    free(seen);
}

static void a_number_is_always_the_same_picture(void **state)
{
    (void)state;
    static Picture p, q;
    uint64_t sum = HASH_START;
    for (int i = 0; i < 100; i++) {
        picture_draw((PictureSplit)(i % 3), i % 3, i, &p);
        sum = hash_bytes(sum, p.point, sizeof p.point);
        sum = hash_bytes(sum, p.caption, strlen(p.caption));
        picture_draw((PictureSplit)(i % 3), i % 3, i + 1, &q);
        assert_true(memcmp(p.point, q.point, sizeof p.point) != 0);
        assert_true(i % 3 == 0 || p.shapes == i % 3);
    }
    assert_true(sum == UINT64_C(0xf8fd31d5308300ff));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(captions_say_what_can_be_seen),
        TEST(a_false_caption_would_be_noticed),
        TEST(what_is_called_a_new_combination_was_never_taught),
        TEST(of_what_is_reserved_each_couple_is_taught),
        TEST(every_word_is_on_the_list_once),
        TEST(a_number_is_always_the_same_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

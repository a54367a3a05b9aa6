/*
# Pictures

All that attention wants is vectors. They need not stand for words: whatever can be cut
into pieces, and each piece turned into a vector, can be read by the layers of chapter 8
as they are. S4 says so of cross-attention: one sequence may be a text and the other a
picture. S2 is called *CV-Transformer*, for computer vision, though it never comes to a
picture. This chapter does. It cuts pictures into patches and reads these as a text; it
asks when that is a good idea, and holds it against the windows of chapter 12; it looks
at where such a model looks, and whether that can be believed. And it lets a decoder say
what it sees. Here is how far we shall come:
*/
#include "15_pictures.h"

#include "05_scaled_dot_product.h"
#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "cell/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const Describer *pupil(void);
static void print_captions(const Describer *d, const Album *album, int n);
static void plot_pictures(const char *name, const Images *images, int n);

static void what_it_sees(void)
{
    Album a = album_of_captions(PICTURES_COMBINATIONS, 8);
    print_captions(pupil(), &a, 8);
    plot_pictures("seen", &a.images, 8);
    album_free(&a);
}

/*
:::{figure} 15_pictures/seen.svg
:name: fig-seen
:alt: Eight pictures of 32 by 32 points, in two rows of four: bright shapes, one or two in each, on a grey and grainy ground.

Eight pictures that the model never saw, in the order of the lines above.
:::

(Where a caption is wrong, the right one stands behind it.) Each of these pictures has
something that the training had not: a size, a colour and a shape that never came
together, or two shapes in a relation in which they never stood.

(sec-pictures)=
## Pictures of which everything is known

As with sentences and stories, the pictures come from a grammar of ours
(`chapters/data/pictures.c`): a circle, square, triangle, cross or ring, in six colours
and three sizes, alone in one of nine places, or two beside or above one another. The
ground is grey, some darker, some lighter, with some grain, and no red is quite the same
twice. A caption says all there is to say. Of two shapes the smaller is told by the
larger, as one says that a cup stands left of a house and not that the house stands
right of the cup; if they are equal, it begins on the left, or above.

A picture is a table of points, 32 by 32, and each point has three numbers, the light
that is red, green and blue: a tensor $(32, 32, 3)$. A test reads captions off the points
again, with a reader that knows nothing of the grammar. Pictures and what belongs to
them, a caption or a class, are kept in an album:

{header} Album

*/
static Vocabulary words;

/* fold: numbers for the words of captions */
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

/* fold: room for n pictures of the book's size */
static Album new_album(int n)
{
    return (Album){ images_new(n, PICTURE_SIDE, PICTURE_SIDE, 3), { 0 } };
}

/* fold: picture i of an album, and what belongs to it */
static void put_picture(Album *a, int i, const Picture *p, Ids target)
{
    memcpy(images_one(&a->images, i), p->point, PICTURE_BYTES);
    pairs_add_ids(&a->pairs, (Ids){ 1, &i }, target);
}

/* fold: pictures of one shape, which is their class */
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

/* fold: gives an album back */
void album_free(Album *a)
{
    images_free(&a->images);
    pairs_free(&a->pairs);
}

/* fold: the data of a figure: the first n pictures */
static void plot_pictures(const char *name, const Images *m, int n)
{
    Plot *plot = plot_open(name, "column row red green blue");
    for (int i = 0; i < n; i++, plot_gap(plot))
        for (int k = 0; k < m->rows * m->columns; k++) {
            const unsigned char *p = images_one(m, i) + 3 * k;
            plot_row(plot, k % m->columns, k / m->columns, p[0], p[1], p[2]);
        }
    plot_close(plot);
}

/*
(sec-patches)=
## Patches

A picture has 1024 points. As a text of 1024 tokens it would have tables of weights of a
million numbers, and what is a single point worth? So the picture is cut into squares of
eight by eight points, its *patches* {cite}`dosovitskiy2021`. There are sixteen, and each
is $8 \cdot 8 \cdot 3 = 192$ numbers in a row. One matrix, the same for all, makes
vectors of width $d$ of them:

$$
x_i = [\, \text{the 192 numbers of patch } i \,]\; W + b .
$$ (eq-patches)

Chapter 12 has a name for that. The numbers of a window side by side, times a matrix that
is the same at every place, is a convolution; here in two dimensions, and with a
*stride*: from one window to the next it is not one point but eight, as wide as the
window is, so that windows do not overlap. Windows along a row, and then windows of
these down the columns:
*/
Tensor *square_windows(Tensor *x, int size, int stride, int before)
{
    Windows w = { .size = size, .stride = stride, .before = before };
    return t_windows(t_windows(x, 2, w), 1, w);
}

/* Cuts out patch after patch, point by point. */
static Tensor *cut_out(Tensor *x, int size)
{
    int down = t_dim(x, 1) / size, across = t_dim(x, 2) / size, c = t_dim(x, 3);
    Tensor *patches = t_zeros(t_dim(x, 0), down, across, size * size * c);
    for (int b = 0; b < t_dim(x, 0); b++)
        for (int i = 0; i < t_dim(x, 1); i++)
            for (int j = 0; j < t_dim(x, 2); j++)
                for (int k = 0; k < c; k++)
                    t_at(patches, b, i / size, j / size,
                         (i % size * size + j % size) * c + k)
                        = t_at(x, b, i, j, k);
    return patches;
}

/* Of windows that slide point by point, every eighth in each direction. */
static Tensor *each_eighth(Tensor *y)
{
    Windows skip = { .size = 1, .stride = 8 };
    return t_windows(t_windows(y, 2, skip), 1, skip);
}

static void patches_are_windows(void)
{
    Rng rng = rng_new(cell_seed());
    Album a = album_of_captions(PICTURES_TRAIN, 2);
    Tensor *x = images_tensor(&a.images, 2, (int[]){ 0, 1 });
    Linear w = nn_linear_new(NULL, &rng, 192, 48, (LinearOptions){ 0 });
    Tensor *patches = square_windows(x, 8, 8, 0), *y = nn_linear(w, patches);
    text_printf("two pictures          %s\n", t_shape(x));
    text_printf("patches               %s\n", t_shape(patches));
    text_printf("times W               %s\n", t_shape(y));
    text_printf("cut out one by one    %s\n",
                t_distance(cut_out(x, 8), patches) == 0 ? "equal" : "different");
    Tensor *sliding = nn_square_windows(w, x, 8, 0);
    text_printf("windows that slide    %s: every eighth is %s\n",
                t_shape(sliding),
                t_distance(each_eighth(sliding), y) < 1e-5 ? "equal"
                                                           : "different");
    album_free(&a);
}

/*
So a model that is said to do without convolutions begins with one.

:::{quiz}
Q: What does the matrix $W$ know of where in the picture a patch lies?
1. All: it has a row for each point of the picture.
2. Nothing: it is the same for all patches.
3. Where in the *patch* a point lies, and nothing of where the patch is.

A: 3. It has 192 rows, one for each number of a patch: a bright point at the left edge of
a patch is another input than one at its right edge. But the same patch gives the same
vector wherever it is cut from.

Q: Patches of four by four in place of eight by eight: how many times as many weights has
a table of attention?
1. 4
2. 16

A: 2. Four times as many patches, and the table is the square of it. That is why patches
are not smaller than they must be.
:::

(sec-eye)=
## A text of patches

Where a patch lies has to be told, as with words (chapter 7). Sinusoids would count the
patches in reading order; but then the neighbour below is four places off, and nobody has
said that the lines of this text are four patches long. {cite:t}`dosovitskiy2021` let the
model find out: a vector for each place, random at first, is learned, and added.

For an answer about the whole picture, BERT's way is borrowed: in front stands a
**class token**, a vector that is learned and stands for no patch. It looks at the
patches as these look at one another, and in the end the answer is made of it alone. All
else are chapter 8's layers. That is a *Vision Transformer*, ViT.

{header} EyeOptions Eye
*/
static int patch_side(EyeOptions o) { return o.windows ? 1 << o.windows : o.patch; }

int eye_down(EyeOptions o)
{
    return o.rows % patch_side(o) == 0 ? o.rows / patch_side(o) : 0;
}

int eye_across(EyeOptions o)
{
    return o.columns % patch_side(o) == 0 ? o.columns / patch_side(o) : 0;
}

Eye eye_new(Params *list, Rng *rng, EyeOptions o)
{
    int side = patch_side(o), n = eye_down(o) * eye_across(o), d = o.layers.width;
    if (n == 0)
        t_fail("eye_new: a picture of %d x %d cannot be cut into patches of "
               "%d x %d", o.rows, o.columns, side, side);
    Eye e = { .options = o };
    if (o.windows)
        e.windows = window_stack_new(list, rng, o.windows, o.channels, d);
    else
        e.patches = nn_linear_new(list, rng, side * side * o.channels, d,
                                  (LinearOptions){ 0 });
    if (o.class_token)
        e.class_token = nn_embedding_new(list, rng, 1, d, 0.02);
    if (o.layers.layers > 0)
        e.places = nn_embedding_new(list, rng, o.class_token + n, d, 0.02);
    for (int i = 0; i < o.layers.layers; i++)
        e.layer[i] = encoder_layer_new(list, rng, o.layers);
    e.end = nn_layer_norm_new(list, d);
    return e;
}

Tensor *eye_see(const Eye *e, Tensor *pictures, Pass pass)
{
    EyeOptions o = e->options;
    int B = t_dim(pictures, 0), d = o.layers.width;
    Tensor *x = o.windows
        ? window_stack(&e->windows, pictures)
        : nn_linear(e->patches, square_windows(pictures, o.patch, o.patch, 0));
    x = t_reshape(x, B, T_INFER, d);                        /* (B, n, d) */
    if (o.class_token)
        x = t_concat(1, t_broadcast(e->class_token, B, 1, d), x);
    if (e->places)
        x = t_dropout(t_add(x, e->places), o.layers.dropout, pass.rng);
    for (int i = 0; i < o.layers.layers; i++) {
        Tensor **weights = pass.encoder ? &pass.encoder[i] : NULL;
        x = encoder_layer(o.layers, &e->layer[i], i, x,
                          (MultiHeadOptions){ .weights = weights },
                          (Memory){ 0 }, pass.rng);
    }
    return nn_layer_norm(e->end, x);
}

/*
:::{table} Shape ledger of the eye
:name: tab-ledger-eye

| name | shape | meaning |
|:-----|:------|:--------|
| pictures | $(B, r, c, 3)$ | rows and columns of points |
| patches | $(B, r/p, c/p, 3 p^2)$ | squares of $p$ by $p$ points, as rows |
| x | $(B, n, d)$ | a vector for each of $n = rc/p^2$ patches |
| places | $(1 + n, d)$ | learned, added |
| weights | $(B, h, 1 + n, 1 + n)$ | in each layer; the first row is the class token's |
| logits | $(B, 1, \text{classes})$ | made of the class token |
:::

Training is chapter 9's, which wants a model that makes logits of a batch. A batch holds
numbers of words; here the source of a pair is one number, that of the picture. So
chapter 8's step, chapter 9's course and their checkpoints serve as they are.
*/
Classifier classifier_new(EyeOptions o, int classes, Rng *rng)
{
    Classifier c = { .images = NULL };
    c.eye = eye_new(&c.params, rng, o);
    c.out = nn_linear_new(&c.params, rng, o.layers.width, classes,
                          (LinearOptions){ 0 });
    return c;
}

Tensor *classifier_logits(const void *classifier, Batch batch, Pass pass)
{
    const Classifier *c = classifier;
    Tensor *x = images_tensor(c->images, batch.source.count, batch.source.ids);
    x = eye_see(&c->eye, x, pass);
    x = c->eye.class_token ? t_slice(x, 1, 0, 1) : t_mean(x, 1);
    return nn_linear(c->out, x);
}

Model classifier_model(const Classifier *c)
{
    return (Model){ c, classifier_logits, &c->params };
}

Batch pictures_of(const Pairs *pairs, int count, const int *list, Rng *rng)
{
    (void)rng;
    Ids *number = ids_room(count), *none = ids_room(count);
    for (int b = 0; b < count; b++) {
        number[b] = pairs_ids(pairs, SOURCE, list[b]);
        none[b] = (Ids){ 0, NULL };
    }
    Batch batch = batch_with(count, number, none);
    for (int b = 0; b < count; b++)
        batch.next[b] = pairs_ids(pairs, TARGET, list[b]).id[0];
    return batch;
}

double classifier_share(const Classifier *c, const Album *album, int *said)
{
    enum { TOGETHER = 50 };
    Classifier on = *c;
    double right = 0;
    bool recorded = tape_record(false);
    on.images = &album->images;
    for (int i = 0; i < album->pairs.n; i += TOGETHER) {
        int list[TOGETHER], n = 0;
        TapeMark mark = tape_mark();
        for (; n < TOGETHER && i + n < album->pairs.n; n++)
            list[n] = i + n;
        Batch batch = pictures_of(&album->pairs, n, list, NULL);
        Tensor *logits = classifier_logits(&on, batch, (Pass){ 0 });
        right += n * nn_share_right(logits, batch.next);
        for (int b = 0; said && b < n; b++)
            for (int k = said[i + b] = 0; k < t_dim(logits, 2); k++)
                if (t_at(logits, b, 0, k) > t_at(logits, b, 0, said[i + b]))
                    said[i + b] = k;
        tape_release(mark);
    }
    tape_record(recorded);
    return right / album->pairs.n;
}

/*
(sec-windows-15)=
## Windows of windows

For comparison, chapter 12's way: windows of three by three, two points apart, so that
each layer halves the sides of the picture, $32 \to 16 \to 8 \to 4 \to 2$, while vectors
become wider. In the end the mean over all places is taken. What is near is seen first,
what is far apart later; that shapes are made of edges, and edges of neighbouring
points, is built in.

{header} WindowStack
*/
WindowStack window_stack_new(Params *list, Rng *rng, int n, int channels,
                             int width)
{
    WindowStack w = { .n = n };
    for (int i = 0; i < n; i++) {
        int in = i == 0 ? channels : width >> (n - i), out = width >> (n - 1 - i);
        w.product[i] = nn_linear_new(list, rng, 9 * in, out,
                                     (LinearOptions){ 0 });
        if (i > 0)
            w.norm[i] = nn_layer_norm_new(list, out);
    }
    return w;
}

Tensor *window_stack(const WindowStack *w, Tensor *x)
{
    for (int i = 0; i < w->n; i++) {
        x = nn_linear(w->product[i], square_windows(x, 3, 2, 1));
        if (i > 0)
            x = nn_layer_norm(w->norm[i], x);
        x = t_gelu(x);
    }
    return x;
}

/*
And a third way {cite}`xiao2021`: nothing says that a patch must be read by a single
product. Three such layers make a vector of each patch of eight by eight points, and
attention goes on from there.
*/
EyeOptions look_options(Look look)
{
    static const EyeOptions options[LOOKS] = {
        [BY_PATCHES] = { .layers = { .layers = 2, .width = 48, .heads = 4,
                                     .hidden = 96 },
                         .patch = 8, .class_token = true },
        [BY_WINDOWS] = { .layers = { .layers = 0, .width = 90 }, .windows = 4 },
        [BY_BOTH] = { .layers = { .layers = 1, .width = 58, .heads = 2,
                                  .hidden = 116 },
                      .windows = 3, .class_token = true },
    };
    EyeOptions o = options[look];
    o.rows = o.columns = PICTURE_SIDE;
    o.channels = 3;
    return o;
}

static const char *const look_name[LOOKS] = {
    "patches, attention", "windows", "windows, attention",
};

/*
(sec-examples)=
## How many examples does it take?

{cite:t}`dosovitskiy2021` found that a ViT does worse than windows if it learns from a
million pictures, and better if it learns from three hundred million: what windows have
built in, it must find out. Is it so in small? The task: what shape is it, when there
is one? The three have nearly the same number of parameters, take as many steps of 32
pictures, each at a rate that suits it, and learn from 100, 300, 1000 or 3000 pictures.
They are examined on a thousand others.
*/
enum { SIZES = 4, LOOK_STEPS = 400, LOOK_BATCH = 32, EXAMINED = 1000 };
static const int sizes[SIZES] = { 100, 300, 1000, 3000 };

Classifier look_teach(Look look, const Album *album, uint64_t seed, int steps)
{
    static const double rate[LOOKS] = { 4e-3, 8e-3, 4e-3 };
    Rng rng = rng_new(seed);
    Classifier c = classifier_new(look_options(look), PICTURE_SHAPE_COUNT, &rng);
    c.images = &album->images;
    Model model = { &c, classifier_logits, &c.params };
    Training tr = training_new(
        model, &album->pairs,
        (TrainingOptions){ .steps = steps, .warmup = steps / 10,
                           .rate = rate[look], .clip = 1, .seed = seed,
                           .batch_tokens = LOOK_BATCH * TOKENS_OF_A_PICTURE,
                           .batch = pictures_of });
    Progress progress = progress_begin(look_name[look], 0, steps);
    while (tr.step < steps)
        progress_show(&progress, tr.step, "loss %.3f", training_step(&tr));
    progress_end(&progress);
    training_free(&tr);
    return c;
}

static int look_steps(void)
{
    return cell_quick() ? 4 : cell_long() ? 2 * LOOK_STEPS : LOOK_STEPS;
}

static void examples(void)
{
    double right[LOOKS][SIZES];
    Album exam = album_of_shapes(PICTURES_HELD_OUT, cell_quick() ? 50 : EXAMINED);
    text_printf("%-20s %10s", "", "parameters");
    for (int k = 0; k < SIZES; k++)
        text_printf(" %8d", sizes[k]);
    for (int look = 0; look < LOOKS; look++) {
        for (int k = 0; k < SIZES; k++) {
            Album lesson = album_of_shapes(PICTURES_TRAIN, sizes[k]);
            Classifier c = look_teach((Look)look, &lesson, cell_seed(),
                                      look_steps());
            right[look][k] = 100 * classifier_share(&c, &exam, NULL);
            if (k == 0)
                text_printf("\n%-20s %10ld", look_name[look],
                            params_count(&c.params));
            text_printf(" %6.1f %%", right[look][k]);
            album_free(&lesson);
        }
    }
    text_printf("\n");
    album_free(&exam);
    /* fold: writes the data of the figure, and of the table */
    Plot *plot = plot_open("examples", "pictures patches[%] windows[%] both[%]");
    for (int k = 0; k < SIZES; k++)
        plot_row(plot, sizes[k], right[0][k], right[1][k], right[2][k]);
    plot_close(plot);
}

/*
:::{figure} 15_pictures/examples.svg
:name: fig-examples
:alt: Share of right answers against the number of pictures, on a logarithmic axis, for three models. Windows begin lowest and cross the line of patches between 300 and 1000 pictures. Windows with attention above them are highest from end to end.

Right answers about other pictures, by the number of pictures to learn from.
:::

:::{table} Twice as many steps, with three seeds: mean (least–greatest), in hundredths
:name: tab-examples-seeds
{seeds} examples | pictures | patches, attention | windows | windows, attention
:::

With a thousand pictures and more it is as they say: windows are ahead, and patches with
attention catch up slowly. But with a hundred, windows are the last of the three. So
"what is built in helps where examples are few" is not a law. What is it that is built
in? That every place is treated alike is true of patches as well: there is one $W$ for
all of them. And a patch of eight points sees most of a small shape in one look, where
four layers of windows must each learn from what the one below makes of it.

The third line leaves little doubt. Windows see what lies near, attention brings together
what lies apart, and with as many parameters the two together are, in the mean, ahead of
either, from a hundred pictures to three thousand. So the model that says what it sees has
both.

:::{quiz}
Q: All three see every picture of the lesson of 100 more than a hundred times. What do
the first columns of the table measure?
1. Whether they can tell these hundred apart.
2. What they take for the reason why a circle is called a circle.

A: 2. To tell a hundred pictures apart by grain or colour is easy, and more parameters
than points make it easier. What is asked is which of many explanations a model prefers.
:::

(sec-places)=
## The grid, found

Nobody told the model that its sixteen places form a grid. Has it found out? If so,
vectors of neighbouring places should be more alike than those of places far apart
{cite}`dosovitskiy2021`. Take from each vector the mean of all, which says nothing of
places, and compare directions: the cosine of chapter 1. The cell prints the mean
over all couples of places that are so many steps apart, up, down or sideways, in a new
model; in the one that says which shape it is, with patches; and in the one that says
all it sees.
*/
static Classifier seer;
static Album seer_lesson;

/* Patches and attention, after a lesson of 300 pictures. The first call teaches. */
static const Classifier *seeing(void)
{
    if (seer.params.n == 0) {
        seer_lesson = album_of_shapes(PICTURES_TRAIN, sizes[1]);
        seer = look_teach(BY_PATCHES, &seer_lesson, cell_seed(),
                          cell_quick() ? 4 : LOOK_STEPS);
    }
    return &seer;
}

/* Each vector less the mean of all, in length 1: (n, d), without the class
 * token's. */
static Tensor *directions(const Eye *e)
{
    int from = e->options.class_token;
    Tensor *p = t_slice(t_detach(e->places), 0, from, t_dim(e->places, 0));
    p = t_sub(p, t_mean(p, 0));
    return t_div(p, t_sqrt(t_sum(t_mul(p, p), 1)));
}

void places_alike(const Eye *e, int most, double *cosine)
{
    int across = eye_across(e->options), n = across * eye_down(e->options);
    Tensor *p = directions(e), *alike = t_matmul(p, t_transpose(p));
    for (int distance = 0; distance <= most; distance++) {
        double sum = 0, count = 0;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                if (abs(i / across - j / across) + abs(i % across - j % across)
                    == distance) {
                    sum += (double)t_at(alike, i, j);
                    count++;
                }
        cosine[distance] = sum / count;
    }
}

/* fold: for each place a small table of its cosines with all */
static void plot_grid(const Eye *e)
{
    int down = eye_down(e->options), across = eye_across(e->options);
    Tensor *p = directions(e), *alike = t_matmul(p, t_transpose(p));
    Plot *plot = plot_open("grid", "column row cosine");
    for (int i = 0; i < down * across; i++)
        for (int j = 0; j < down * across; j++)
            plot_row(plot, i % across * (across + 1) + j % across,
                     i / across * (down + 1) + j / across, t_at(alike, i, j));
    plot_close(plot);
}

static void places_of_the_grid(void)
{
    enum { FARTHEST = 6 };
    static const char *const name[] = { "new", "says the shape", "says all" };
    Rng rng = rng_new(cell_seed());
    Classifier new = classifier_new(look_options(BY_PATCHES),
                                    PICTURE_SHAPE_COUNT, &rng);
    const Eye *eyes[] = { &new.eye, &seeing()->eye, &pupil()->eye };
    text_printf("%-16s", "steps apart");
    for (int k = 0; k <= FARTHEST; k++)
        text_printf(" %6d", k);
    for (int i = 0; i < 3; i++) {
        double cosine[FARTHEST + 1];
        places_alike(eyes[i], FARTHEST, cosine);
        text_printf("\n%-16s", name[i]);
        for (int k = 0; k <= FARTHEST; k++)
            text_printf(" %6.2f", cosine[k]);
    }
    text_printf("\n");
    plot_grid(&pupil()->eye);
}

/*
:::{figure} 15_pictures/grid.svg
:name: fig-grid
:alt: Sixteen small tables of four by four cells, arranged as four by four. In most of them the cell of the place itself is brightest, its neighbours are brighter than the rest, and the far corner is dark.

How alike the places are, for the model that says all it sees: a small table for each of
the sixteen, with its cosine with each of the sixteen.
:::

The last line falls from step to step: near places are alike, far ones opposite, and only
the couples of corners, six steps apart, of which there are two, fall out of line. It has
found the grid. The second line shows less of it. That model had a shorter lesson; but it
need not know either where a shape stands to say which it is. What a task does not ask
for is not learned, however natural it may seem to us.

:::{quiz}
Q: The pictures of all lessons are cut into sixteen patches, and before training the
patches of each picture are shuffled, always in the same way. Which model would suffer?
1. Windows alone.
2. Patches with attention.
3. Both.

A: 1. To a model that learns what each place is, one order is as good as another: the
places would be learned in the new order. For windows, neighbours are neighbours because
they stand side by side.
:::

(sec-roll-out)=
## Where it looks

The tables of weights say where a model looks; so it is often told. With two layers there
are two tables, and the class token's row in the second says which *vectors* it took
from, not which patches: in the first layer each of these vectors took from others.

{cite:t}`abnar2020` multiply. If $A_l$ is the table of layer $l$, the mean of its heads,
the product $A_2 A_1$ goes from the class token through the vectors in between to the
patches. But what attention brings is *added* to what a vector was (chapter 8): half of
it, roughly, went past the layer. So each table is first mixed with a table of ones on
the diagonal; that is **attention roll-out**,

$$
R = \tfrac12 (A_L + I) \cdots \tfrac12 (A_2 + I)\, \tfrac12 (A_1 + I) .
$$ (eq-roll-out)

Which of these maps can be believed? There is another way to find out what counts, slow
but plain: cover a patch with ground, and see how much less sure the model becomes of its
answer. The cell holds the three against it: the last table alone; the product; the
roll-out. How much of each map lies on patches that the shape touches? And how
well does it agree with covering, as a correlation over the sixteen patches? The model is
one that has learned from 300 pictures, because it still makes mistakes: answers that are
right and wrong are counted apart.
*/
Tensor *roll_out(int layers, Tensor **weights, bool passing)
{
    Tensor *all = NULL;
    for (int i = 0; i < layers; i++) {
        int n = t_dim(weights[i], -1);
        Tensor *a = t_reshape(t_mean(weights[i], 1), n, n);  /* of all heads */
        for (int j = 0; passing && j < n; j++)
            t_at(a, j, j) += 1;
        if (passing)
            a = t_scale(a, 0.5);
        all = all ? t_matmul(a, all) : a;
    }
    int n = t_dim(all, 1);
    Tensor *patches = t_slice(t_slice(all, 0, 0, 1), 1, 1, n);
    patches = t_reshape(patches, n - 1);
    return t_scale(patches, 1 / t_item(t_sum(patches, T_ALL)));
}

/* The last table alone, the two products, and what covering says. */
enum { LAST_TABLE, NOTHING_PASSES, ROLLED_OUT, COVERED, MAPS };

/* By how many nats the answer becomes less probable when a patch is covered with
 * ground of a middling light: (n). */
static Tensor *covering(const Classifier *c, Tensor *picture, int answer)
{
    const double ground = 70 / 127.5 - 1;
    EyeOptions o = c->eye.options;
    int across = eye_across(o), n = across * eye_down(o);
    Tensor *shown = t_scale(t_broadcast(picture, n + 1, o.rows, o.columns,
                                        o.channels), 1);
    for (int i = 0; i < n; i++)
        for (int y = 0; y < o.patch; y++)
            for (int x = 0; x < o.patch; x++)
                for (int k = 0; k < o.channels; k++)
                    t_at(shown, i, i / across * o.patch + y,
                         i % across * o.patch + x, k) = (real)ground;
    Tensor *seen = t_slice(eye_see(&c->eye, shown, (Pass){ 0 }), 1, 0, 1);
    Tensor *p = t_log_softmax(nn_linear(c->out, seen));
    Tensor *loss = t_zeros(n);
    for (int i = 0; i < n; i++) {
        real less = t_at(p, n, 0, answer) - t_at(p, i, 0, answer);
        t_at(loss, i) = less > 0 ? less : 0;
    }
    return loss;
}

/* fold: the correlation of two vectors */
static double correlation(Tensor *a, Tensor *b)
{
    a = t_sub(a, t_mean(a, T_ALL));
    b = t_sub(b, t_mean(b, T_ALL));
    double aa = t_item(t_sum(t_mul(a, a), T_ALL));
    double bb = t_item(t_sum(t_mul(b, b), T_ALL));
    double ab = t_item(t_sum(t_mul(a, b), T_ALL));
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

static void maps_of(const Classifier *c, Tensor *picture, int answer,
                    Tensor *map[MAPS])
{
    Tensor *weights[MAX_LAYERS];
    int layers = c->eye.options.layers.layers;
    eye_see(&c->eye, picture, (Pass){ .encoder = weights });
    map[LAST_TABLE] = roll_out(1, &weights[layers - 1], false);
    map[NOTHING_PASSES] = roll_out(layers, weights, false);
    map[ROLLED_OUT] = roll_out(layers, weights, true);
    map[COVERED] = covering(c, picture, answer);
}

/* Does the box around the shape reach into patch i? */
static bool touches(const PictureShape *s, EyeOptions o, int i)
{
    static const int half[] = {
#define S(word, half) half,
        PICTURE_SIZES(S)
#undef S
    };
    int side = 8 * patch_side(o), reach = half[s->size] + side / 2;
    int row = i / eye_across(o) * side + side / 2;
    int column = i % eye_across(o) * side + side / 2;
    return abs(row - s->row) < reach && abs(column - s->column) < reach;
}

/* The share of a map that lies on a shape. */
static double on_shape(Tensor *map, const PictureShape *s, EyeOptions o)
{
    double on = 0, all = 0;
    for (int i = 0; i < t_size(map); i++) {
        all += (double)t_at(map, i);
        on += touches(s, o, i) ? (double)t_at(map, i) : 0;
    }
    return all > 0 ? on / all : 0;
}

/* Sums over pictures: how many; shares of maps and of all patches that lie on
 * their shapes; correlations with covering. */
typedef struct {
    int n;
    double on[MAPS + 1], agrees[MAPS];
} Looking;

static void add_maps(Looking *l, Tensor *map[MAPS], const PictureShape *shape,
                     EyeOptions o)
{
    Tensor *even = t_exp(t_zeros(t_size(map[0])));
    l->n++;
    for (int k = 0; k < MAPS; k++) {
        l->on[k] += on_shape(map[k], shape, o);
        l->agrees[k] += correlation(map[k], map[COVERED]);
    }
    l->on[MAPS] += on_shape(even, shape, o);
}

/* fold: the data of a figure: a picture, and three of its maps */
static void plot_maps(Plot *plot, const unsigned char *point, Tensor *map[MAPS],
                      EyeOptions o)
{
    static const int shown[] = { NOTHING_PASSES, ROLLED_OUT, COVERED };
    for (int i = 0; i < o.rows * o.columns; i++)
        plot_row(plot, i % o.columns, i / o.columns, point[3 * i],
                 point[3 * i + 1], point[3 * i + 2]);
    plot_gap(plot);
    for (int k = 0; k < 3; k++) {
        Tensor *m = map[shown[k]];
        double all = t_item(t_sum(m, T_ALL));
        for (int i = 0; i < t_size(m); i++)
            plot_row(plot, i % eye_across(o), i / eye_across(o),
                     (double)t_at(m, i) / (all > 0 ? all : 1), 0, 0);
        plot_gap(plot);
    }
}

/* fold: prints the table */
static void print_looking(const Looking *l)
{
    static const char *const name[MAPS + 1] = {
        "last table", "product", "roll-out", "covering", "all patches",
    };
    text_printf("%-12s %21s  %21s\n%-12s %10s %10s  %10s %10s\n", "",
                "on the shape", "agrees with covering", "", "right", "wrong",
                "right", "wrong");
    for (int k = 0; k <= MAPS; k++) {
        text_printf("%-12s", name[k]);
        for (int wrong = 0; wrong < 2; wrong++)
            text_printf(" %8.0f %%", 100 * l[wrong].on[k] / fmax(1, l[wrong].n));
        for (int wrong = 0; k < COVERED && wrong < 2; wrong++)
            text_printf("%s %10.2f", wrong ? "" : " ",
                        l[wrong].agrees[k] / fmax(1, l[wrong].n));
        text_printf("\n");
    }
    text_printf("\n%d answers right, %d wrong\n", l[0].n, l[1].n);
}

static void where_it_looks(void)
{
    enum { LOOKED_AT = 400 };
    int n = cell_quick() ? 8 : LOOKED_AT, said[LOOKED_AT];
    const Classifier *c = seeing();
    Looking looking[2] = { { 0 } };
    Album exam = album_of_shapes(PICTURES_HELD_OUT, n);
    classifier_share(c, &exam, said);
    Plot *plot = plot_open("maps", "column row red_or_share green blue");
    bool recorded = tape_record(false);
    for (int i = 0; i < n; i++) {
        TapeMark mark = tape_mark();
        Picture p;
        Tensor *map[MAPS];
        picture_draw(PICTURES_HELD_OUT, 1, i, &p);
        maps_of(c, images_tensor(&exam.images, 1, &i), said[i], map);
        bool wrong = said[i] != p.shape[0].shape;
        if (i == 0)
            plot_maps(plot, p.point, map, c->eye.options);
        add_maps(&looking[wrong], map, &p.shape[0], c->eye.options);
        tape_release(mark);
    }
    tape_record(recorded);
    plot_close(plot);
    print_looking(looking);
    album_free(&exam);
}

/*
:::{figure} 15_pictures/maps.svg
:name: fig-maps-15
:alt: A picture with one shape, and beside it three tables of four by four cells: the product, the roll-out and what covering says. In all three the cells where the shape is are bright; in the third, only these.

A picture, and which of its patches count for the answer: by the product, by roll-out,
and by covering one after another.
:::

The order is what was hoped for: the roll-out agrees best with covering, then the
product, then the last table. But look at how far the agreement goes. And look at the
columns: where the answer is wrong, the model has looked at the shape as much as where
it is right. It looked at the right place, and did not know what it saw. A map that lies
where it should proves as little as one answer that is right (chapter 14).

:::{quiz}
Q: In a layer the class token gives weight 1 to itself, and 0 to all patches. What does
roll-out make of this layer, and the product without the ones?
1. Both leave the map as it was.
2. Roll-out halves the map, the product makes it vanish.
3. The product takes all from the class token's own row below; so does roll-out.

A: 3. The row is 1 at the class token in both, with the ones added and halved as well. So
the map of the layer below passes through unchanged.
:::

(sec-says-15)=
## A decoder that says what it sees

Now the sentence. The decoder is chapter 8's: each layer has causal self-attention over
the words so far, cross-attention, and a network. Its queries come from words, its keys
and values from patches. To be allowed to meet, they need nothing in common but the
width of the heads; S4's two "modalities" are that.

{header} Describer
*/
Describer describer_new(EyeOptions eye, TransformerOptions o, int vocabulary,
                        Rng *rng)
{
    Describer d = { .options = o };
    d.eye = eye_new(&d.params, rng, eye);
    d.words = nn_embedding_new(&d.params, rng, vocabulary, o.width,
                               1 / sqrt(o.width));
    for (int i = 0; i < o.layers; i++)
        d.layer[i] = decoder_layer_new(&d.params, rng, o);
    d.end = nn_layer_norm_new(&d.params, o.width);
    return d;
}

Tensor *describer_logits(const void *describer, Batch batch, Pass pass)
{
    const Describer *d = describer;
    TransformerOptions o = d->options;
    int B = batch.target.count, m = batch.target.length;
    Tensor *pictures = images_tensor(d->images, B, batch.source.ids);
    Tensor *seen = eye_see(&d->eye, pictures, pass);        /* (B, n, d) */
    Context across = { .padding = NULL };       /* all pictures are of a size */
    for (int i = 0; i < o.layers; i++)
        across.source[i] = keys_values(d->layer[i].cross, seen);

    Tensor *x = t_scale(t_embedding(d->words, batch.target.ids, B, m),
                        sqrt(o.width));
    x = t_add(t_last_use(x), sinusoids(0, m, o.width));
    for (int i = 0; i < o.layers; i++)
        x = decode_layer(o, &d->layer[i], i, x, &across, pass);
    return t_matmul(nn_layer_norm(d->end, x), t_transpose(d->words));
}

Model describer_model(const Describer *d)
{
    return (Model){ d, describer_logits, &d->params };
}

/*
:::{table} Shape ledger of the describer
:name: tab-ledger-describer

| name | shape | meaning |
|:-----|:------|:--------|
| seen | $(B, n, d)$ | what the eye makes of $n$ patches |
| keys, values | $(B, h, n, d/h)$ | of what is seen, in each layer |
| x | $(B, m, d)$ | the words so far |
| crossing | $(B, h, m, n)$ | weights: words look at patches |
| logits | $(B, m, V)$ | the word after each word |
:::

The eye has three windows, one over another, and one layer of attention; the decoder has
one layer. There are 20,000 pictures to learn from, teacher forcing (chapter 8), and
chapter 9's course. One thing of it matters here more than elsewhere: the labels
are *smoothed*.
*/
enum { SHOWN = 20000, SAY_STEPS = 4000, SAY_BATCH = 32, ASKED = 1000 };
static const double mild = 0.1;

Describer describer_teach(const Album *album, uint64_t seed, int steps,
                          double smoothing)
{
    TransformerOptions size = { .layers = 1, .width = 48, .heads = 4,
                                .hidden = 96 };
    EyeOptions eye = { .layers = size, .rows = PICTURE_SIDE,
                       .columns = PICTURE_SIDE, .channels = 3, .windows = 3 };
    Rng rng = rng_new(seed);
    Describer d = describer_new(eye, size, caption_words()->n, &rng);
    d.images = &album->images;
    Training tr = training_new(
        describer_model(&d), &album->pairs,
        (TrainingOptions){ .steps = steps, .warmup = steps / 10, .rate = 5e-3,
                           .smoothing = smoothing, .clip = 1, .seed = seed,
                           .batch_tokens = SAY_BATCH * TOKENS_OF_A_CAPTION });
    Progress progress = progress_begin("pictures and captions", 0, steps);
    while (tr.step < steps)
        progress_show(&progress, tr.step, "loss %.3f", training_step(&tr));
    progress_end(&progress);
    training_free(&tr);
    return d;
}

/* What it says of the pictures of an album, in memory of the step. */
static Ids *said_of(const Describer *d, const Album *album)
{
    Describer on = *d;
    on.images = &album->images;
    Ids *said = ids_room(album->pairs.n);
    write_greedily(describer_model(&on), album->pairs.n,
                   ids_of_side(&album->pairs, SOURCE), (Pass){ 0 }, said);
    return said;
}

double describer_share(const Describer *d, const Album *album)
{
    return exact_match(album->pairs.n, said_of(d, album),
                       ids_of_side(&album->pairs, TARGET));
}

static Describer told;
static Album told_lesson;

static const Album *pictures(void)
{
    if (told_lesson.images.n == 0)
        told_lesson = album_of_captions(PICTURES_TRAIN,
                                        cell_quick() ? 100 : SHOWN);
    return &told_lesson;
}

/* The first call teaches. */
static const Describer *pupil(void)
{
    if (told.params.n == 0)
        told = describer_teach(pictures(), cell_seed(),
                               cell_quick() ? 4 : SAY_STEPS, mild);
    return &told;
}

/* fold: prints what it says, and what is right if that is not */
static void print_captions(const Describer *d, const Album *album, int n)
{
    Ids *said = said_of(d, album);
    for (int i = 0; i < n; i++) {
        Ids right = pairs_ids(&album->pairs, TARGET, i);
        char *is = vocabulary_decode(caption_words(), said[i]);
        char *should = vocabulary_decode(caption_words(), right);
        if (ids_equal(said[i], right))
            text_printf("%d  %s\n", i + 1, is);
        else
            text_printf("%d  %s (%s)\n", i + 1, is, should);
        free(is);
        free(should);
    }
}

static void captions(void)
{
    const double smoothing[] = { mild, 0 };
    int n = cell_quick() ? 10 : ASKED;
    Album held = album_of_captions(PICTURES_HELD_OUT, n);
    Album new = album_of_captions(PICTURES_COMBINATIONS, n);
    Plot *plot = plot_open("captions", "smoothing held_out[%] combinations[%]");
    text_printf("%-12s %14s %18s\n", "smoothing", "other pictures",
                "new combinations");
    for (int k = 0; k < (cell_long() ? 2 : 1); k++) {
        Describer d = k == 0 ? *pupil()
                             : describer_teach(pictures(), cell_seed(), SAY_STEPS,
                                               smoothing[k]);
        double right[] = { 100 * describer_share(&d, &held),
                           100 * describer_share(&d, &new) };
        text_printf("%-12.1f %12.1f %% %16.1f %%\n", smoothing[k], right[0],
                    right[1]);
        plot_row(plot, smoothing[k], right[0], right[1]);
        tape_reset();
    }
    plot_close(plot);
    album_free(&held);
    album_free(&new);
}

/*
A caption counts if it is right in every word. Other pictures of the kind it has learned
from: nearly all. Of new combinations somewhat fewer, but a shape in a look that it never
had is mostly called by its name. With other seeds, and without smoothing:

:::{table} Three seeds, with smoothed labels and without: exact captions in hundredths, mean (least–greatest)
:name: tab-captions-seeds
{seeds} captions | smoothing | other pictures | new combinations
:::

Why does smoothing help with what is new? After *a small green* a decoder that has read
all captions of the training knows, without any picture, which shapes may follow: all
but the one that was kept back. While its eye is still dim, that is the best it can go
by, and without smoothing it may make the forbidden word as improbable as it likes. A
smoothed label asks that no word be ruled out; then it takes less of what is seen to say
it all the same. Where it fails, it calls the thing by a name it has heard in such
company: it believes its words more than its eye.

:::{quiz}
Q: A describer is right on all pictures of the kinds it was taught, and fails on half of
the new combinations. Which of its parts is to blame?
1. The eye: it never saw such a thing.
2. The decoder: it has learned which words follow which.
3. From these numbers one cannot tell.

A: 3. To find out, ask the eye alone: train one matrix to say the shape from what it
puts out, or put a wrong word in front and see whether the next one follows the picture.
:::

(sec-each-word)=
## What each word looks at

A table of cross-attention has a row for each word and a column for each patch. Row $i$
belongs to the query that was made of word $i$, and what it brings home serves to say
word $i + 1$: so the row that says *red* is that of the word before. (Many a drawing of
such maps is off by one.) The cell sums up over held-out pictures with two shapes: of
the weight with which each kind of word is said, how much lies on patches that only the
first shape touches, how much on those of the second, how much on both or elsewhere?
*/
/* Where the decoder looks when it says each word of a caption: (m, n), the mean of
 * all heads of the last layer. */
static Tensor *word_looks(const Describer *d, const Album *album, int i)
{
    Describer on = *d;
    Tensor *weights[MAX_LAYERS];
    on.images = &album->images;
    Batch batch = batch_of(&album->pairs, 1, &i);
    describer_logits(&on, batch, (Pass){ .cross = weights });
    Tensor *w = t_mean(weights[d->options.layers - 1], 1);
    return t_reshape(w, t_dim(w, 2), T_INFER);
}

/* What is said, of the first shape, between, and of the second. */
enum { SIZE, COLOUR, SHAPE_WORD, RELATION, SECOND, SAID = SECOND + RELATION };

/* Which of these word k of a caption of two shapes is; SAID: an article. */
static int role_of(Ids caption, int k)
{
    int articles = 0, at = caption.id[k] - FIRST_WORD - 3;  /* a small large */
    for (int i = 0; i <= k; i++)
        articles += caption.id[i] == FIRST_WORD;
    int second = articles == 2 ? SECOND : 0;
    if (at < 0)
        return caption.id[k] == FIRST_WORD ? SAID : second + SIZE;
    if (at < PICTURE_COLOUR_COUNT)
        return second + COLOUR;
    return at < PICTURE_COLOUR_COUNT + PICTURE_SHAPE_COUNT ? second + SHAPE_WORD
                                                           : RELATION;
}

/* Adds where each kind of word of a caption looks: at the first shape, at the
 * second, at none or both. */
static void add_looks(Tensor *w, Ids caption, const Picture *p, EyeOptions o,
                      double on[SAID + 1][3], int count[SAID + 1])
{
    for (int k = 0; k < caption.n; k++) {
        int role = role_of(caption, k);
        count[role]++;
        for (int i = 0; i < t_dim(w, 1); i++) {
            bool first = touches(&p->shape[0], o, i);
            bool second = touches(&p->shape[1], o, i);
            on[role][first == second ? 2 : second] += (double)t_at(w, k, i);
        }
    }
}

/* fold: the data of a figure: a picture, and where each word of it looks */
static void plot_looks(const Images *one, Tensor *w, Ids caption)
{
    char *labels[PICTURE_CAPTION];
    for (int k = 0; k < caption.n; k++)
        labels[k] = caption_words()->word[caption.id[k]];
    plot_pictures("looks", one, 1);
    plot_matrix("words", t_slice(w, 0, 0, caption.n), labels, NULL);
}

/* fold: prints the table */
static void print_looks(double on[SAID + 1][3], const int count[SAID + 1])
{
    static const char *const name[SAID] = {
        "size", "colour", "shape", "relation", "size", "colour", "shape",
    };
    text_printf("%-12s %-10s %10s %10s %14s\n", "", "", "on first",
                "on second", "on both, none");
    for (int k = 0; k < SAID; k++) {
        text_printf("%-12s %-10s", k == 0 ? "the first:"
                                 : k == RELATION ? "between:"
                                 : k == SECOND ? "the second:" : "", name[k]);
        for (int j = 0; j < 3; j++)
            text_printf(j < 2 ? " %8.0f %%" : " %12.0f %%",
                        100 * on[k][j] / fmax(1, count[k]));
        text_printf("\n");
    }
}

static void what_each_word_looks_at(void)
{
    int n = cell_quick() ? 10 : 300, count[SAID + 1] = { 0 };
    double on[SAID + 1][3] = { { 0 } };
    Album a = album_of_captions(PICTURES_HELD_OUT, n);
    bool plotted = false;
    for (int i = 0; i < n; i++, tape_reset()) {
        Picture p;
        picture_draw(PICTURES_HELD_OUT, 0, i, &p);
        Ids caption = pairs_ids(&a.pairs, TARGET, i);
        if (p.shapes < 2)
            continue;
        Tensor *w = word_looks(pupil(), &a, i);
        add_looks(w, caption, &p, pupil()->eye.options, on, count);
        if (!plotted && caption.n == 10) {      /* with both sizes */
            Images one = { 1, PICTURE_SIDE, PICTURE_SIDE, 3, p.point };
            text_printf("%s\n\n", p.caption);
            plot_looks(&one, w, caption);
            plotted = true;
        }
    }
    print_looks(on, count);
    album_free(&a);
}

/*
:::{figure} 15_pictures/looks.svg
:name: fig-looks-15
:alt: A picture with a small purple square right of a large blue one, and ten tables of four by four cells, one for each word of its caption. The tables of small and purple are bright where the purple square is, those of the second half of the caption where the blue one is.

A picture, and where the decoder looks when it says each word of its caption.
:::

Nobody told it which words belong to which shape. Size and colour of the first are taken
from the first, those of the second from the second: cross-attention has found out
which of two things it is speaking of. The word for the relation belongs to neither, and
takes from everywhere. The words for the shapes are less clear, and need be less so: each
patch's vector has looked at the others before it is looked at, in the eye's own layer of
attention, so what a shape is may be known in more places than where it stands.

:::{quiz}
Q: In the map for *blue* the weight lies on the red circle, and *blue* is right. What
follows?
1. The model guesses.
2. Perhaps nothing: the vector there may have brought the blue over from its neighbour.
3. The map is off by a row.

A: 2. The eye's attention mixes patches before the decoder looks. And 3 is worth a look:
the row that says *blue* is that of the word before it.

Q: Could the describer be trained on captions in which some shapes are never mentioned?
1. No: a picture has one right caption.
2. Yes, and it would learn to leave them out.

A: 2. It learns what is said of pictures, not what is in them. What captions leave out,
it leaves out.
:::

(sec-idx)=
## Pictures of your own

The tool `build/programs/picture` trains the same models, of any size. Without files it
learns captions from the book's pictures, as many and as long as you like. Or it learns
classes from pictures of yours, in the format of MNIST, called IDX: two zero bytes; an 8,
for numbers of one byte; the number of axes; the size of each axis in four bytes, the
highest first; and then nothing but the numbers. Grey pictures have three axes
$(n, r, c)$, with colours it is four, and their classes have a file with one.

    picture train --images train-images --labels train-labels --save m.ckpt
    picture score --model m.ckpt --images test-images --labels test-labels
    picture look --model m.ckpt --images test-images --number 7

A header that is believed is dangerous: it may announce a thousand million pictures. The
reader takes nothing on trust. It reads what is there, and then asks whether the sizes,
multiplied, are just what is there; if not, it says at which byte it found what.

Fashion-MNIST {cite}`xiao2017` is a set of 60,000 grey pictures of 28 by 28 points,
shirts and shoes in ten classes, with 10,000 others to be examined on. It is free (Debian
has a package `dataset-fashion-mnist`; unpack its files with `gunzip -c`), and not in this
book. With its own settings and `--dropout 0.1`, 89,930 parameters and ten epochs, the
program reported 90.33 % of the 10,000 right, after 164 seconds of processor time on one
machine with two threads. (A third of what is wrong are shirts, taken for something else.)

Is that good, and is it fast? A twin in PyTorch (1.13, `tests/bench/pictures.py`) has the
same layers and as many parameters, and takes the same steps at the same rates; its first
numbers and the order of its pictures are others. After a course of three epochs, with one
thread each, program and twin reported 87.78 % and 87.90 % right, after 52 and 151 seconds
of processor time.

## Claims, and where they are tested

:::{folded} The list
- Patches are windows as far apart as they are wide; what slides has the same numbers. {test}`tests/15_pictures.c: patches_are_windows_with_a_stride`
- Without places the class token does not notice if patches change places. {test}`tests/15_pictures.c: without_places_the_order_of_patches_does_not_matter`
- The three ways to look have nearly the same number of parameters. {test}`tests/15_pictures.c: three_ways_have_nearly_the_same_number_of_parameters`
- Any of the three learns what shapes are. {test}`tests/15_pictures.c: each_way_learns_what_shapes_are`
- Roll-out is a product of tables with what passes them; its numbers are those worked out by hand. {test}`tests/15_pictures.c: roll_out_is_what_the_formula_says`
- A picture's caption changes no other's, and later words no earlier ones. {test}`tests/15_pictures.c: a_word_depends_on_its_picture_and_on_earlier_words_alone`
- Captions of new pictures are right in 97 of 100, of new combinations in 90. {test}`tests/15_pictures.c: the_lesson_ends_as_told`
- After it, near places are alike, and the farther the less. {test}`tests/15_pictures.c: the_lesson_ends_as_told`
- Captions say what can be seen in the pictures. {test}`tests/pictures.c: captions_say_what_can_be_seen`
- What is called a new combination was never taught. {test}`tests/pictures.c: what_is_called_a_new_combination_was_never_taught`
- Headers of IDX files are not believed. {test}`tests/images.c: sizes_that_lie_are_refused`
:::

## Summary

- A picture becomes a text when it is cut into patches; that is a convolution whose stride
  is its width.
- Places are learned, and a grid is found where the task asks for places.
- With many examples windows beat patches; with few they did not. Windows with attention
  above them were best throughout.
- Attention roll-out counts what passes each layer. It agrees better with covering than one
  table does, and it looks alike where the answer is wrong.
- Cross-attention between words and patches is the same function as between words and
  words. It finds by itself which part of a picture a word is about.
- Smoothed labels rule no word out, and so help with what was never said.

(sec-exercises-15)=
## Exercises

{exercises}

And two experiments, which no program can mark:

- Give the describer patches of eight points read by one product, without windows
  (`.patch = 8` in place of `.windows = 3`). How many captions are right after the same
  lesson?
- Take the places out of its eye. What does it still say rightly?

## Further reading

{cite:t}`dosovitskiy2021` are the ViT; {cite:t}`xiao2021` put windows below it.
{cite:t}`abnar2020` invented roll-out, and {cite:t}`jain2019` argue how little a map of
attention explains. {cite:t}`xu2015` were the first to draw where a model looks when it
says each word of a caption, with a recurrence and chapter 4's additive attention.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(what_it_sees);
    cell(patches_are_windows);
    cell(examples);
    cell(places_of_the_grid);
    cell(where_it_looks);
    cell(captions);
    cell(what_each_word_looks_at);
    int status = cell_end();
    album_free(&seer_lesson);
    album_free(&told_lesson);
    caption_words_free();
    return status;
}

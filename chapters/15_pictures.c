/*
# Pictures

All that attention wants is vectors, and these need not stand for words. Whatever can be
cut into pieces, and each piece turned into a vector, the layers of chapter 8 can read as
they are: S4 says of cross-attention that one sequence may be a text and the other a
picture. S2 is called *CV-Transformer*, for computer vision, though it never comes to a
picture. This chapter does. It cuts pictures into patches and reads these as a text, and
holds that against the windows of chapter 12; it looks at where such a model looks, and
whether that can be believed; and it lets a decoder say what it sees. Here is how far we
shall come:
*/
#include "15_pictures.h"

#include "01_similarity.h"
#include "07_positional_encoding.h"
#include "cell/cell.h"
#include "cell/plot.h"

#include <math.h>
#include <stdlib.h>

static const Describer *pupil(void);
static void print_captions(const Album *album);

static void what_it_sees(void)
{
    Album a = album_of_captions(PICTURES_COMBINATIONS, 8);
    print_captions(&a);
    plot_images("seen", &a.images, 0, 8);
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

As with sentences and stories, a grammar of ours makes the pictures
(`chapters/data/pictures.c`): a circle, square, triangle, cross or ring, in six colours
and three sizes, alone in one of nine places, or two beside or above one another, on a
grey and grainy ground. No red is quite the same twice. A caption says all there is to
say. Of two shapes the smaller is told by the larger, as a cup stands left of a house and
not a house right of a cup; if they are equal, it begins on the left, or above.

A picture is a tensor $(32, 32, 3)$: 32 by 32 points, and of each the light that is red,
green and blue. A test reads captions off the points again, with a reader that knows
nothing of the grammar. Pictures and what belongs to them, a caption or a class, are kept
in an `Album` (`chapters/data/album.h`).

(sec-patches)=
## Patches

A picture has 1024 points. As a text of 1024 tokens it would have tables of weights of a
million numbers, and what is a single point worth? So it is cut into squares of eight by
eight points, its *patches* {cite}`dosovitskiy2021`. There are sixteen, of
$8 \cdot 8 \cdot 3 = 192$ numbers each, and one matrix, the same for all, makes vectors of
width $d$ of them:

$$
x_i = [\, \text{the 192 numbers of patch } i \,]\; W + b .
$$ (eq-patches)

Chapter 12 has a name for that. The numbers of a window side by side, times a matrix that
is the same at every place, are a convolution; here in two dimensions, and with a
*stride*: the next window begins not one point further but eight, as many as a window is
wide, so that none overlap. Windows along a row, and then windows of these down the
columns:
*/
Tensor *square_windows(Tensor *x, int size, int stride, int before)
{
    Windows w = { .size = size, .stride = stride, .before = before };
    return t_windows(t_windows(x, 2, w), 1, w);
}

/* Patch i of each picture, in reading order: a view, (B, size, size, c). */
static Tensor *patch_of(Tensor *x, int size, int i)
{
    int across = t_dim(x, 2) / size;
    int row = i / across * size, column = i % across * size;
    return t_slice(t_slice(x, 1, row, row + size), 2, column, column + size);
}

static void patches_are_windows(void)
{
    Rng rng = rng_new(cell_seed());
    Album a = album_of_captions(PICTURES_TRAIN, 2);
    Tensor *x = images_tensor(&a.images, 2, (int[]){ 0, 1 }), *cut[16];
    Linear w = nn_linear_new(NULL, &rng, 192, 48, (LinearOptions){ 0 });
    Tensor *patches = square_windows(x, 8, 8, 0), *y = nn_linear(w, patches);
    for (int i = 0; i < 16; i++)
        cut[i] = t_reshape(patch_of(x, 8, i), 2, 1, 192);
    double apart = t_distance(t_concat_list(1, 16, cut),
                              t_reshape(patches, 2, 16, 192));
    text_printf("two pictures          %s\npatches               %s\n"
                "times W               %s\ncut out one by one    %s\n",
                t_shape(x), t_shape(patches), t_shape(y),
                apart == 0 ? "equal" : "different");
    Tensor *sliding = nn_square_windows(w, x, 8, 0);
    apart = t_distance(square_windows(sliding, 1, 8, 0), y);
    text_printf("windows that slide    %s: every eighth is %s\n",
                t_shape(sliding), apart < 1e-5 ? "equal" : "different");
    album_free(&a);
}

/*
So a model that is said to do without convolutions begins with one.
{quiz} What does the matrix $W$ know of where in the picture a patch lies?

(sec-eye)=
## A text of patches

Where a patch lies has to be told, as with words (chapter 7). Sinusoids would count the
patches in reading order, in which the neighbour below is four places off; and nobody has
said that the lines of this text are four patches long. {cite:t}`dosovitskiy2021` let the
model find out: a vector for each place, random at first, is learned, and added.

For an answer about the whole picture, BERT's way is borrowed: in front stands a
**class token**, a learned vector that stands for no patch. It looks at the patches as
these look at one another, and the answer is made of it alone. All else are chapter 8's
layers. That is a *Vision Transformer*, ViT.

{header} EyeOptions Eye
*/
int eye_side(EyeOptions o) { return o.windows ? 1 << o.windows : o.patch; }

int eye_patches(EyeOptions o)
{
    int side = eye_side(o);
    bool fit = o.rows % side == 0 && o.columns % side == 0;
    return fit ? o.rows / side * (o.columns / side) : 0;
}

Eye eye_new(Params *list, Rng *rng, EyeOptions o)
{
    int side = eye_side(o), n = eye_patches(o), d = o.layers.width;
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

Training is chapter 9's, which wants a model that makes logits of a batch. Where a batch
of sentences has words, the source of a pair is one number here, that of the picture; so
chapter 8's step, chapter 9's course and their checkpoints serve as they are.
*/
Classifier classifier_new(EyeOptions o, int classes, Rng *rng)
{
    Classifier c = { .images = NULL };
    c.eye = eye_new(&c.params, rng, o);
    c.out = nn_linear_new(&c.params, rng, o.layers.width, classes, (LinearOptions){ 0 });
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
    Ids *none = ids_room(count);
    for (int b = 0; b < count; b++)
        none[b] = (Ids){ 0, NULL };
    Batch batch = batch_with(count, ids_listed(pairs, SOURCE, count, list), none);
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
become wider, and in the end the mean over all places. That shapes are made of edges, and
edges of neighbouring points, is built in.

{header} WindowStack
*/
WindowStack window_stack_new(Params *list, Rng *rng, int n, int channels, int width)
{
    WindowStack w = { .n = n };
    for (int i = 0; i < n; i++) {
        int in = i == 0 ? channels : width >> (n - i), out = width >> (n - 1 - i);
        w.product[i] = nn_linear_new(list, rng, 9 * in, out, (LinearOptions){ 0 });
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
#define OWN .rows = PICTURE_SIDE, .columns = PICTURE_SIDE, .channels = 3
static const struct {
    const char *name;
    double rate;            /* that suits it */
    EyeOptions eye;
} looks[LOOKS] = {
    [BY_PATCHES] = { "patches, attention", 4e-3,
        { { .layers = 2, .width = 48, .heads = 4, .hidden = 96 }, OWN,
          .patch = 8, .class_token = true } },
    [BY_WINDOWS] = { "windows", 8e-3, { { .width = 90 }, OWN, .windows = 4 } },
    [BY_BOTH] = { "windows, attention", 4e-3,
        { { .layers = 1, .width = 58, .heads = 2, .hidden = 116 }, OWN,
          .windows = 3, .class_token = true } },
};

EyeOptions look_options(Look look) { return looks[look].eye; }

/*
(sec-examples)=
## How many examples does it take?

{cite:t}`dosovitskiy2021` found that a ViT does worse than windows if it learns from a
million pictures, and better if it learns from three hundred million: what windows have
built in, it must find out. Is it so in small? The task is to say which shape it is, when
there is one. The three have nearly as many parameters, take as many steps of 32
pictures, each at a rate that suits it, and are examined on a thousand others.
*/
enum { SIZES = 4, LOOK_STEPS = 400, LOOK_BATCH = 32, EXAMINED = 1000 };
static const int sizes[SIZES] = { 100, 300, 1000, 3000 };

Classifier look_teach(Look look, int pictures, uint64_t seed, int steps)
{
    Rng rng = rng_new(seed);
    Album lesson = album_of_shapes(PICTURES_TRAIN, pictures);
    Classifier c = classifier_new(look_options(look), PICTURE_SHAPE_COUNT, &rng);
    c.images = &lesson.images;
    Training tr = training_new(
        classifier_model(&c), &lesson.pairs,
        (TrainingOptions){ .steps = steps, .warmup = steps / 10, .clip = 1,
                           .rate = looks[look].rate, .seed = seed,
                           .batch_tokens = LOOK_BATCH * TOKENS_OF_A_PICTURE,
                           .batch = pictures_of });
    training_run(&tr, looks[look].name);
    training_free(&tr);
    album_free(&lesson);
    return c;
}

static void examples(void)
{
    int steps = cell_quick() ? 4 : cell_long() ? 2 * LOOK_STEPS : LOOK_STEPS;
    long parameters[LOOKS];
    Album exam = album_of_shapes(PICTURES_HELD_OUT, cell_quick() ? 50 : EXAMINED);
    Plot *plot = plot_open("examples", "pictures patches[%] windows[%] both[%]");
    text_printf("%-10s %20s %20s %20s\n", "pictures", looks[BY_PATCHES].name,
                looks[BY_WINDOWS].name, looks[BY_BOTH].name);
    for (int k = 0; k < SIZES; k++) {
        double right[LOOKS];
        for (int look = 0; look < LOOKS; look++) {
            Classifier c = look_teach((Look)look, sizes[k], cell_seed(), steps);
            right[look] = 100 * classifier_share(&c, &exam, NULL);
            parameters[look] = params_count(&c.params);
        }
        text_printf("%-10d %18.1f %% %18.1f %% %18.1f %%\n", sizes[k], right[0],
                    right[1], right[2]);
        plot_row(plot, sizes[k], right[0], right[1], right[2]);
    }
    text_printf("%-10s %20ld %20ld %20ld\n", "parameters", parameters[0],
                parameters[1], parameters[2]);
    plot_close(plot);
    album_free(&exam);
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
"what is built in helps where examples are few" is not a law.

The last column leaves little doubt. Windows see what lies near, attention brings together
what lies apart, and the two together are, in the mean, ahead of either at all four
sizes. So the model that says what it sees has both.
{quiz} Why may patches be ahead of windows when examples are few?

(sec-places)=
## The grid, found

Nobody told the model that its sixteen places form a grid. Has it found out? Then vectors
of neighbouring places should be more alike than those of places far apart
{cite}`dosovitskiy2021`. Take from each the mean of all, which says nothing of places,
and compare directions, with chapter 1's cosine. The cell prints the mean over all couples
of places that are so many steps apart, up, down or sideways: in a new model; in the one
with patches that says which shape it is; and in the one that says all it sees.
*/
/* Patches and attention, after a lesson of 300 pictures. The first call teaches. */
static const Classifier *seeing(void)
{
    static Classifier seer;
    if (seer.params.n == 0)
        seer = look_teach(BY_PATCHES, sizes[1], cell_seed(),
                          cell_quick() ? 4 : LOOK_STEPS);
    return &seer;
}

/* The cosine of each place with each, (n, n); without the class token's. */
static Tensor *likeness(const Eye *e)
{
    Tensor *p = t_slice(t_detach(e->places), 0, e->options.class_token,
                        t_dim(e->places, 0));
    return gram(unit_rows(t_sub(p, t_mean(p, 0))));
}

Tensor *places_alike(const Eye *e, int most)
{
    EyeOptions o = e->options;
    int n = eye_patches(o), across = o.columns / eye_side(o);
    Tensor *alike = t_reshape(likeness(e), n * n, 1);
    return t_reshape(t_matmul(grid_steps(n, across, most), alike), most + 1);
}

static void places_of_the_grid(void)
{
    enum { FARTHEST = 6 };
    static char *name[] = { "new", "says the shape", "says all" };
    static char *steps[] = { "0", "1", "2", "3", "4", "5", "6" };
    Rng rng = rng_new(cell_seed());
    const Classifier *shape = seeing();
    const Describer *all = pupil();
    Classifier new = classifier_new(look_options(BY_PATCHES),
                                    PICTURE_SHAPE_COUNT, &rng);
    Tensor *alike = t_concat(0, places_alike(&new.eye, FARTHEST),
                             places_alike(&shape->eye, FARTHEST),
                             places_alike(&all->eye, FARTHEST));
    text_matrix("steps apart", t_reshape(alike, 3, T_INFER), name, steps, 2);
    plot_matrix("grid", likeness(&all->eye), NULL, NULL);
}

/*
:::{figure} 15_pictures/grid.svg
:name: fig-grid
:alt: Sixteen small tables of four by four cells, arranged as four by four. In most of them the cell of the place itself is brightest, its neighbours are brighter than the rest, and the far corner is dark.

How alike the places are, for the model that says all it sees: a small table for each of
the sixteen, with its cosine with each of the sixteen.
:::

The last line falls from step to step: near places are alike, far ones opposite, and only
six steps, from corner to corner, of which there are two couples, fall out of line. It has
found the grid. The second line shows less of it.
{quiz} Is that all the reason why it has found less of the grid?

(sec-roll-out)=
## Where it looks

The tables of weights say where a model looks; so it is often told. But with two layers
the class token's row in the second says which *vectors* it took from, not which patches:
in the first layer each of these vectors took from others.

{cite:t}`abnar2020` multiply. If $A_l$ is the table of layer $l$, the mean of its heads,
the product $A_2 A_1$ goes from the class token through the vectors in between to the
patches. But what attention brings is *added* to what a vector was (chapter 8): half of
it, roughly, went past the layer. So each table is first mixed with ones on the diagonal;
that is **attention roll-out**,

$$
R = \tfrac12 (A_L + I) \cdots \tfrac12 (A_2 + I)\, \tfrac12 (A_1 + I) .
$$ (eq-roll-out)

Which of these maps can be believed? There is a slow but plain way to find out what
counts: cover a patch with ground, and see how much less sure the model becomes of its
answer. The cell holds three maps against it: the last table alone, the product, the
roll-out. How much of each lies on patches that the shape touches? And how well does it
agree with covering, as a correlation over the sixteen patches, the cosine of what is
left without the mean? The model has learned from 300 pictures only, so that it still
makes mistakes: answers that are right and wrong are counted apart.
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

/* The product, the roll-out, what covering says; the last table alone; and what a
 * model would that looks at nothing in particular. */
enum { NOTHING_PASSES, ROLLED_OUT, COVERED, LAST_TABLE, EVEN, MAPS };
enum { LOOKED_AT = 400 };
static char *map_name[MAPS] = {
    "product", "roll-out", "covering", "last table", "all patches",
};

/* By how many nats the answer becomes less probable when a patch is covered with
 * ground of a middling light, as shares: (n). */
static Tensor *covering(const Classifier *c, Tensor *picture, int answer)
{
    EyeOptions o = c->eye.options;
    int n = eye_patches(o), side = o.patch;
    Tensor *ground = t_broadcast(t_vector(70 / 127.5 - 1), 1, side, side,
                                 o.channels);
    Tensor *shown = t_broadcast(picture, n + 1, o.rows, o.columns, o.channels);
    for (int i = 0; i < n; i++)     /* the last one stays as it is */
        t_assign(patch_of(t_slice(shown, 0, i, i + 1), side, i), ground);
    Tensor *seen = t_slice(eye_see(&c->eye, shown, (Pass){ 0 }), 1, 0, 1);
    Tensor *p = t_log_softmax(nn_linear(c->out, seen));
    p = t_reshape(t_slice(p, 2, answer, answer + 1), n + 1);
    Tensor *less = t_relu(t_sub(t_slice(p, 0, n, n + 1), t_slice(p, 0, 0, n)));
    return t_scale(less, 1 / fmax(1e-9, t_item(t_sum(less, T_ALL))));
}

/* What each map says of the patches, as shares: (MAPS, n). */
static Tensor *maps_of(const Classifier *c, Tensor *picture, int answer)
{
    Tensor *weights[MAX_LAYERS], *map[MAPS];
    int layers = c->eye.options.layers.layers;
    eye_see(&c->eye, picture, (Pass){ .encoder = weights });
    map[LAST_TABLE] = roll_out(1, &weights[layers - 1], false);
    map[NOTHING_PASSES] = roll_out(layers, weights, false);
    map[ROLLED_OUT] = roll_out(layers, weights, true);
    map[COVERED] = covering(c, picture, answer);
    map[EVEN] = t_softmax(t_zeros(t_size(map[COVERED])));
    return t_reshape(t_concat_list(0, MAPS, map), MAPS, T_INFER);
}

static void where_it_looks(void)
{
    static char *column[] = { "on the shape", "agrees with covering" };
    int n = cell_quick() ? 8 : LOOKED_AT, said[LOOKED_AT], count[2] = { 0 };
    const Classifier *c = seeing();
    Album exam = album_of_shapes(PICTURES_HELD_OUT, n);
    Tensor *sum[] = { t_zeros(MAPS, 2), t_zeros(MAPS, 2) };
    tape_record(false);
    classifier_share(c, &exam, said);
    for (int i = 0; i < n; i++) {
        Picture p;
        TapeMark mark = tape_mark();
        picture_draw(PICTURES_HELD_OUT, 1, i, &p);
        int wrong = said[i] != p.shape[0].shape;
        Tensor *maps = maps_of(c, images_tensor(&exam.images, 1, &i), said[i]);
        t_assign(sum[wrong], t_add(sum[wrong], maps_measured(&p, 8, maps, COVERED)));
        count[wrong]++;
        if (i == 0)
            plot_matrix("maps", t_slice(maps, 0, 0, LAST_TABLE), map_name, NULL);
        tape_release(mark);
    }
    for (int k = 0; k < 2; k++)
        text_matrix(k ? "wrong" : "right", t_scale(sum[k], 1 / fmax(1, count[k])),
                    map_name, column, 2);
    text_printf("\n%d answers right, %d wrong\n", count[0], count[1]);
    plot_images("looked_at", &exam.images, 0, 1);
    tape_record(true);
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
product, then the last table. But look at how far the agreement goes. And compare the
tables: where the answer is wrong, the model has looked at the shape as much as where it
is right. It looked at the right place, and did not know what it saw. A map that lies
where it should proves as little as one answer that is right (chapter 14).
{quiz} What does roll-out make of this layer, and the product without the ones?

(sec-says-15)=
## A decoder that says what it sees

Now the sentence. The decoder is chapter 8's: each layer has causal self-attention over
the words so far, cross-attention, and a network. Its queries come from words, its keys
and values from patches; to meet, they need nothing in common but the width of the heads.
S4's two "modalities" are that.

{header} Describer
*/
Describer describer_new(EyeOptions eye, TransformerOptions o, int vocabulary, Rng *rng)
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
    x = t_add(t_last_use(x), sinusoids(0, m, o.width));     /* (B, m, d) */
    for (int i = 0; i < o.layers; i++)          /* weights of words: (B, h, m, n) */
        x = decode_layer(o, &d->layer[i], i, x, &across, pass);
    return t_matmul(nn_layer_norm(d->end, x), t_transpose(d->words));
}

Model describer_model(const Describer *d)
{
    return (Model){ d, describer_logits, &d->params };
}

/*
The eye has three windows, one over another, and one layer of attention; the decoder has
one layer. They learn from 20,000 pictures, with teacher forcing (chapter 8) and chapter
9's course. One thing of it matters here more than elsewhere: *smoothed* labels.
*/
enum { SHOWN = 20000, SAY_STEPS = 4000, SAY_BATCH = 32, ASKED = 1000 };
static const double mild = 0.1;

Describer describer_teach(int pictures, uint64_t seed, int steps, double smoothing)
{
    TransformerOptions size = { .layers = 1, .width = 48, .heads = 4, .hidden = 96 };
    EyeOptions eye = { .layers = size, OWN, .windows = 3 };
    Rng rng = rng_new(seed);
    Album lesson = album_of_captions(PICTURES_TRAIN, pictures);
    Describer d = describer_new(eye, size, caption_words()->n, &rng);
    d.images = &lesson.images;
    Training tr = training_new(
        describer_model(&d), &lesson.pairs,
        (TrainingOptions){ .steps = steps, .warmup = steps / 10, .clip = 1,
                           .rate = 5e-3, .smoothing = smoothing, .seed = seed,
                           .batch_tokens = SAY_BATCH * TOKENS_OF_A_CAPTION });
    training_run(&tr, "pictures and captions");
    training_free(&tr);
    album_free(&lesson);
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

/* The first call teaches. */
static const Describer *pupil(void)
{
    static Describer told;
    if (told.params.n == 0)
        told = describer_teach(cell_quick() ? 100 : SHOWN, cell_seed(),
                               cell_quick() ? 4 : SAY_STEPS, mild);
    return &told;
}

/* fold: prints what it says, and what is right if that is not */
static void print_captions(const Album *album)
{
    Ids *said = said_of(pupil(), album), *right = ids_of_side(&album->pairs, TARGET);
    for (int i = 0; i < album->pairs.n; i++) {
        char *line = caption_beside(said[i], right[i]);
        text_printf("%d  %s\n", i + 1, line);
        free(line);
    }
}

static void captions(void)
{
    int n = cell_quick() ? 10 : ASKED;
    Album held = album_of_captions(PICTURES_HELD_OUT, n);
    Album new = album_of_captions(PICTURES_COMBINATIONS, n);
    Plot *plot = plot_open("captions", "smoothing held_out[%] combinations[%]");
    text_printf("smoothing    other pictures   new combinations\n");
    for (int k = 0; k < (cell_long() ? 2 : 1); k++) {
        double smoothing = k == 0 ? mild : 0;
        Describer d = k == 0 ? *pupil() : describer_teach(SHOWN, cell_seed(),
                                                          SAY_STEPS, smoothing);
        double right[] = { 100 * describer_share(&d, &held),
                           100 * describer_share(&d, &new) };
        text_printf("%-12.1f %12.1f %% %16.1f %%\n", smoothing, right[0],
                    right[1]);
        plot_row(plot, smoothing, right[0], right[1]);
        tape_reset();
    }
    plot_close(plot);
    album_free(&held);
    album_free(&new);
}

/*
A caption counts if it is right in every word. Of other pictures of the kinds it was
taught, nearly all are; of new combinations somewhat fewer, but a shape in a look that it
never had is mostly called by its name. With other seeds, and without smoothing:

:::{table} Three seeds, with smoothed labels and without: exact captions in hundredths, mean (least–greatest)
:name: tab-captions-seeds
{seeds} captions | smoothing | other pictures | new combinations
:::
{quiz} What follows *a small green* in the training, where one shape was kept back?

(sec-each-word)=
## What each word looks at

A table of cross-attention has a row for each word and a column for each patch. Row $i$
belongs to the query that was made of word $i$, and what it brings home serves to say
word $i + 1$: so the row that says *red* is that of the word before. (Many a drawing of
such maps is off by one.) The cell sums up over held-out pictures with two shapes: of
the weight with which each kind of word is said, how much lies on patches that only the
first shape touches, how much on those of the second, how much on both or elsewhere? That
is two products: which words are of which kind, times weights, times which patches lie where.
*/
/* Where the decoder looks when it says each word of a caption: (words, n), the mean
 * of all heads of the last layer. */
static Tensor *word_looks(const Describer *d, const Album *album, int i)
{
    Describer on = *d;
    Tensor *weights[MAX_LAYERS];
    on.images = &album->images;
    Batch batch = batch_of(&album->pairs, 1, &i);
    describer_logits(&on, batch, (Pass){ .cross = weights });
    Tensor *w = t_mean(weights[d->options.layers - 1], 1);
    int words = t_dim(w, 2) - 1;        /* the last row says END */
    return t_slice(t_reshape(w, words + 1, T_INFER), 0, 0, words);
}

/* fold: prints a caption; the data of a figure: where each word of it looks */
static void plot_looks(const Album *album, int i, const char *caption, Tensor *w)
{
    Words words = text_split(caption);
    text_printf("%s\n\n", caption);
    plot_images("described", &album->images, i, 1);
    plot_matrix("looks", w, words.word, NULL);
    text_free_words(&words);
}

static char *role_name[CAPTION_ROLES] = {
    "first: size", "colour", "shape", "relation", "second: size", "colour", "shape",
};

static void what_each_word_looks_at(void)
{
    static char *column[] = { "on first", "on second", "on both, none" };
    const Describer *d = pupil();
    Album a = album_of_captions(PICTURES_HELD_OUT, cell_quick() ? 10 : 300);
    Tensor *on = t_zeros(CAPTION_ROLES, 3), *of = t_zeros(CAPTION_ROLES, 1);
    bool plotted = false;
    tape_record(false);
    for (int i = 0; i < a.pairs.n; i++) {
        Picture p;
        picture_draw(PICTURES_HELD_OUT, 0, i, &p);
        if (p.shapes < 2)
            continue;
        TapeMark mark = tape_mark();
        Tensor *roles = caption_roles(pairs_ids(&a.pairs, TARGET, i));
        Tensor *w = word_looks(d, &a, i), *parts = picture_parts(&p, 8);
        t_assign(on, t_add(on, t_matmul(roles, t_matmul(w, parts))));
        t_assign(of, t_add(of, t_sum(roles, 1)));
        if (!plotted && (plotted = t_dim(w, 0) == 10))  /* both have a size */
            plot_looks(&a, i, p.caption, w);
        tape_release(mark);
    }
    tape_record(true);
    text_matrix("looks", t_div(on, of), role_name, column, 2);
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
takes from everywhere. The words for the shapes are less clear.
{quiz} What follows?

(sec-idx)=
## Pictures of your own

The tool `build/programs/picture` trains the same models, of any size: on captions of the
book's pictures, as many and as long as you like; or on classes of pictures of yours, in
the format of MNIST, called IDX. (README has its commands, exercise 5 the format.) Such a
file begins with sizes, which may announce a thousand million pictures. So the reader asks
whether they, multiplied, are just what is there, and if not says at which byte they lie.

Fashion-MNIST {cite}`xiao2017` is a set of 60,000 grey pictures of 28 by 28 points,
shirts and shoes in ten classes, with 10,000 others to be examined on. It is free (Debian
has a package `dataset-fashion-mnist`; unpack its files with `gunzip -c`), and not in this
book. With its own settings and `--dropout 0.1`, 89,930 parameters and ten epochs, the
program reported 90.33 % of the 10,000 right, after 164 seconds of processor time on one
machine with two threads. (A third of what is wrong are shirts, taken for something else.)

Is that good, and is it fast? A twin in PyTorch (1.13, `tests/bench/pictures.py`) has the
same layers and as many parameters, and takes the same steps at the same rates; its first
numbers and the order of its pictures are others. It was run for three epochs only, not
for ten. After such a course, with one thread each, program and twin reported 87.78 % and
87.90 % right, after 52 and 151 seconds of processor time.

## Claims, and where they are tested

:::{folded} The list
- Patches are windows as far apart as they are wide; what slides has the same numbers. {test}`tests/15_pictures.c: patches_are_windows_with_a_stride`
- Without places the class token does not notice if patches change places. {test}`tests/15_pictures.c: without_places_the_order_of_patches_does_not_matter`
- The three ways to look have nearly the same number of parameters. {test}`tests/15_pictures.c: three_ways_have_nearly_the_same_number_of_parameters`
- Any of the three learns what shapes are. {test}`tests/15_pictures.c: each_way_learns_what_shapes_are`
- Roll-out is a product of tables with what passes them; its numbers are those worked out by hand. {test}`tests/15_pictures.c: roll_out_is_what_the_formula_says`
- A picture's caption changes no other's, and later words no earlier ones. {test}`tests/15_pictures.c: a_word_depends_on_its_picture_and_on_earlier_words_alone`
- Captions of new pictures are right in 97 of 100, of new combinations in 90; near places are alike then, and the farther the less. {test}`tests/15_pictures.c: the_lesson_ends_as_told`
- Captions say what can be seen in the pictures. {test}`tests/pictures.c: captions_say_what_can_be_seen`
- What is called a new combination was never taught. {test}`tests/pictures.c: what_is_called_a_new_combination_was_never_taught`
- Headers of IDX files are not believed. {test}`tests/images.c: sizes_that_lie_are_refused`
:::

## Summary

- A picture becomes a text when it is cut into patches: a convolution whose stride is its
  width. Places are learned, and a grid is found where the task asks for places.
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

- Give the describer patches of eight points read by one product (`.patch = 8` in place of
  `.windows = 3`). How many captions are right after the same lesson?
- Take the places out of its eye. What does it still say rightly?

## Further reading

{cite:t}`dosovitskiy2021` are the ViT; {cite:t}`xiao2021` put windows below it.
{cite:t}`abnar2020` invented roll-out, and {cite:t}`jain2019` argue how little a map
explains. {cite:t}`xu2015` first drew where a model looks when it says each word of a
caption, with a recurrence and chapter 4's additive attention.
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
    caption_words_free();
    return status;
}

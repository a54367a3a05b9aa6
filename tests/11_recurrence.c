/* Tests of chapter 11: the claims its prose makes. */
#include "chapter.h"

#include "11_recurrence.h"
#include "data/lesson.h"
#include "golden/11_recurrence.h"

#include <stdlib.h>

static Tensor *matrix_of(const double *numbers, int rows, int columns)
{
    return t_literal("matrix_of", SHAPE(rows, columns), rows * columns,
                     numbers);
}

static Tensor *golden_box(const double *numbers, int width)
{
    Tensor *all = matrix_of(numbers, GOLDEN_B * GOLDEN_N, width);
    return t_reshape(all, GOLDEN_B, GOLDEN_N, width);
}

static Linear layer_of(int in, int out, const double *weight,
                       const double *bias)
{
    return (Linear){ param_from(NULL, matrix_of(weight, in, out)),
                     param_from(NULL, t_reshape(matrix_of(bias, 1, out),
                                                out)) };
}

static void assert_close(const Tensor *got, Tensor *expected)
{
    assert_true(t_distance(got, t_reshape_shape(expected, got->shape)) < 2e-6);
}

/* ---- cells --------------------------------------------------------------- */

static void a_state_does_not_depend_on_later_words(void **state)
{
    (void)state;
    for (int gates = 1; gates <= 3; gates += 2) {
        Rng rng = rng_new(1);
        Recurrence c = recurrence_new(NULL, &rng, gates, 4, 6);
        Tensor *x = t_normal(&rng, 2, 7, 4);
        Tensor *there = recur(c, x, NULL, false);
        Tensor *back = recur(c, x, NULL, true);
        for (int changed = 0; changed < 7; changed++) {
            Tensor *other = t_contiguous(t_scale(x, 1));
            t_at(other, 1, changed, 2) += 1;
            Tensor *after = recur(c, other, NULL, false);
            Tensor *before = recur(c, other, NULL, true);
            for (int i = 0; i < 7; i++) {
                assert_true(same_bits(t_slice(there, 1, i, i + 1),
                                      t_slice(after, 1, i, i + 1))
                            == (i < changed));
                assert_true(same_bits(t_slice(back, 1, i, i + 1),
                                      t_slice(before, 1, i, i + 1))
                            == (i > changed));
            }
        }
        tape_reset();
    }
}

/* Runs a cell on the golden input; checks states and all gradients. */
#define CHECK_GOLDEN(name, gates)                                              \
    do {                                                                       \
        Recurrence c = {                                                       \
            layer_of(GOLDEN_IN, gates * GOLDEN_D, name##_in_weight,            \
                     name##_in_bias),                                          \
            layer_of(GOLDEN_D, gates * GOLDEN_D, name##_state_weight,          \
                     name##_state_bias) };                                     \
        Tensor *x = param_from(NULL, golden_box(name##_x, GOLDEN_IN));         \
        Tensor *out = recur(c, x, NULL, false);                                \
        assert_close(out, golden_box(name##_out, GOLDEN_D));                   \
        t_backward(t_sum(t_mul(out, golden_box(name##_wish, GOLDEN_D)),        \
                         T_ALL));                                              \
        assert_close(t_grad(x), golden_box(name##_d_x, GOLDEN_IN));            \
        assert_close(t_grad(c.in.weight),                                      \
                     matrix_of(name##_d_in_weight, GOLDEN_IN,                  \
                               gates * GOLDEN_D));                             \
        assert_close(t_grad(c.in.bias),                                        \
                     matrix_of(name##_d_in_bias, 1, gates * GOLDEN_D));        \
        assert_close(t_grad(c.state.weight),                                   \
                     matrix_of(name##_d_state_weight, GOLDEN_D,                \
                               gates * GOLDEN_D));                             \
        assert_close(t_grad(c.state.bias),                                     \
                     matrix_of(name##_d_state_bias, 1, gates * GOLDEN_D));     \
        tape_reset();                                                          \
    } while (0)

static void cells_agree_with_pytorch(void **state)
{
    (void)state;
    CHECK_GOLDEN(plain, PLAIN_CELL);
    CHECK_GOLDEN(gru, GATED_CELL);
}

/* PyTorch puts zeros where there is padding; ours keeps the last state. */
static void a_reader_of_both_ways_agrees_with_pytorch(void **state)
{
    (void)state;
    enum { WIDE = GATED_CELL * GOLDEN_D };
    const int lengths[GOLDEN_B] = { 5, 3 };
    Recurrence there = {
        layer_of(GOLDEN_IN, WIDE, both_ways_in_weight, both_ways_in_bias),
        layer_of(GOLDEN_D, WIDE, both_ways_state_weight, both_ways_state_bias)
    };
    Recurrence back = {
        layer_of(GOLDEN_IN, WIDE, both_ways_in_weight_back,
                 both_ways_in_bias_back),
        layer_of(GOLDEN_D, WIDE, both_ways_state_weight_back,
                 both_ways_state_bias_back)
    };
    Tensor *x = param_from(NULL, golden_box(both_ways_x, GOLDEN_IN));
    Tensor *out = t_concat(-1, recur(there, x, lengths, false),
                           recur(back, x, lengths, true));
    Tensor *mask = t_transpose(nn_padding_mask(GOLDEN_B, lengths, GOLDEN_N));
    out = t_masked_fill(out, mask, 0);
    assert_close(out, golden_box(both_ways_out, 2 * GOLDEN_D));
    t_backward(t_sum(t_mul(out, golden_box(both_ways_wish, 2 * GOLDEN_D)),
                     T_ALL));
    assert_close(t_grad(x), golden_box(both_ways_d_x, GOLDEN_IN));
    assert_close(t_grad(back.state.weight),
                 matrix_of(both_ways_d_state_weight_back, GOLDEN_D, WIDE));
    assert_close(t_grad(there.in.weight),
                 matrix_of(both_ways_d_in_weight, GOLDEN_IN, WIDE));
}

static void one_pass_is_the_formula(void **state)
{
    (void)state;
    Rng rng = rng_new(2);
    Recurrence c = recurrence_new(NULL, &rng, GATED_CELL, 5, 7);
    Tensor *x = t_normal(&rng, 3, 5), *wish = t_normal(&rng, 3, 7);
    Tensor *h = param_from(NULL, t_normal(&rng, 3, 7)), *result[2], *grad[2];
    for (int i = 0; i < 2; i++) {
        Tensor *in = nn_linear(c.in, x);
        Tensor *y = i ? t_gru(in, nn_linear(c.state, h), h)
                      : gated_step(c, in, h);
        result[i] = t_keep(y);
        t_backward(t_sum(t_mul(y, wish), T_ALL));
        wish = t_keep(wish);
        x = t_keep(x);
        grad[i] = t_keep(t_grad(h));
        tape_reset();
    }
    assert_true(t_distance(result[0], result[1]) < 1e-6);
    assert_true(t_distance(grad[1], t_scale(grad[0], 2)) < 1e-5); /* adds up */
}

static void padding_changes_nothing(void **state)
{
    (void)state;
    const int lengths[] = { 6, 2, 4 };
    Rng rng = rng_new(3);
    Recurrence c = recurrence_new(NULL, &rng, GATED_CELL, 4, 5);
    Tensor *x = t_normal(&rng, 3, 6, 4);
    for (int backward = 0; backward < 2; backward++) {
        Tensor *all = recur(c, x, lengths, backward);
        for (int b = 0; b < 3; b++) {
            int n = lengths[b];
            Tensor *one = t_slice(t_slice(x, 0, b, b + 1), 1, 0, n);
            Tensor *mine = t_slice(all, 0, b, b + 1);
            assert_true(t_distance(recur(c, one, NULL, backward),
                                   t_slice(mine, 1, 0, n)) < 1e-6);
            if (!backward)      /* the last state is that at the end */
                assert_same_bits(t_slice(mine, 1, 5, 6),
                                 t_slice(mine, 1, n - 1, n));
        }
    }
}

static void gradients_fall_with_distance_and_an_open_gate_keeps_them(
    void **state)
{
    (void)state;
    enum { PLAIN, TWICE, FOUR, GATED, OPEN };
    for (uint64_t seed = 1; seed <= 5; seed++) {
        double size[5][65];
        for (int k = 0; k < 5; k++)
            gradient_by_distance(k, seed, size[k]);
        assert_true(size[PLAIN][64] < 1e-14);
        for (int far = 8; far <= 32; far *= 2) {    /* about a straight line */
            double ratio = log(size[PLAIN][2 * far]) / log(size[PLAIN][far]);
            assert_true(ratio > 1.7 && ratio < 2.3);
        }
        assert_true(size[TWICE][64] > size[PLAIN][64]);
        assert_true(size[TWICE][64] < 1e-2);
        assert_true(size[FOUR][64] > 1);
        assert_true(size[GATED][64] < 1e-8);
        assert_true(size[OPEN][64] > 1e-3);
    }
}

/* ---- what may be written when ------------------------------------------- */

static void beginnings_are_counted(void **state)
{
    (void)state;
    Pairs pairs = { 0 };
    char english[40], french[40];
    for (int i = 0; i < 12; i++) {      /* "the ..": 8 times le, 4 times la */
        snprintf(english, sizeof english, "the word%d", i % 2);
        snprintf(french, sizeof french, "%s mot%d", i < 8 ? "le" : "la", i % 2);
        pairs_add(&pairs, english, french, 0);
    }
    for (int i = 0; i < 9; i++)         /* too few to count */
        pairs_add(&pairs, "a word", "un mot", 0);
    BeginningCount one = count_beginnings(&pairs, 1);
    assert_int_equal(one.sentences, 12);
    assert_int_equal(one.settled, 8);
    assert_int_equal(count_beginnings(&pairs, 2).sentences, 0); /* six each */
    assert_int_equal(count_beginnings(&pairs, 3).sentences, 0);
    pairs_free(&pairs);
}

static void statements_are_joined_for_the_examination(void **state)
{
    (void)state;
    enum { EXAMINED = 20 };
    JoinedLesson lesson = joined_read(EXAMINED, 1);
    const Vocabulary *words = lesson.train.words;
    assert_true(words[SOURCE].n <= FIRST_WORD + COMMON_ENGLISH);
    assert_true(words[TARGET].n <= FIRST_WORD + COMMON_FRENCH);
    int and[2] = { vocabulary_find(&words[SOURCE], "and"),
                   vocabulary_find(&words[TARGET], "et") };
    int stop = vocabulary_find(&words[SOURCE], ".");
    for (int parts = 1; parts <= MOST_PARTS; parts++) {
        const Pairs *exam = &lesson.exam[parts - 1];
        assert_int_equal(exam->n, EXAMINED);
        for (int i = 0; i < exam->n; i++)
            for (int side = 0; side < 2; side++) {
                Ids ids = pairs_ids(exam, (Side)side, i);
                int ands = 0, stops = 0;
                for (int w = 0; w < ids.n; w++) {
                    ands += ids.id[w] == and[side];
                    stops += ids.id[w] == stop;
                    assert_int_not_equal(ids.id[w], UNKNOWN);
                }
                assert_true(ands >= parts - 1);
                if (side == SOURCE) {
                    assert_int_equal(stops, 1);
                    assert_int_equal(ids.id[ids.n - 1], stop);
                }
            }
    }
    assert_int_equal(lesson.train.n % 2, 0);
    joined_free(&lesson);
}

static void sentences_are_grouped_by_length_and_the_right_ones_counted(
    void **state)
{
    (void)state;
    enum { EXAMINED = 60 };
    JoinedLesson lesson = joined_read(EXAMINED, 2);
    LengthGroup group[LENGTH_GROUPS] = { { 0 } };
    for (int parts = 1; parts <= MOST_PARTS; parts++) {
        const Pairs *exam = &lesson.exam[parts - 1];
        Ids *written = ids_room(EXAMINED);      /* every third one is wrong */
        int right[3] = { 0 }, words = 0, sentences = 0, all = 0;
        for (int i = 0; i < EXAMINED; i++) {
            int n = pairs_ids(exam, SOURCE, i).n;
            written[i] = pairs_ids(exam, TARGET, i);
            written[i].n -= i % 3 == 0;
            words += n;
            if (parts == 1)
                right[n <= 5 ? 0 : n <= 7 ? 1 : 2] += i % 3 != 0;
        }
        joined_examine(&lesson, parts, written, group);
        for (int k = 3 * (parts - 1); k < 3 * parts; k++) {
            sentences += group[k].sentences;
            words -= group[k].words;
            all += group[k].right;
            if (parts == 1)
                assert_int_equal(group[k].right, right[k]);
        }
        assert_int_equal(sentences, EXAMINED);
        assert_int_equal(words, 0);
        assert_int_equal(all, EXAMINED - EXAMINED / 3);
    }
    for (int k = 0; k + 1 < LENGTH_GROUPS; k++)     /* longer and longer */
        if (k % 3 < 2)
            assert_true(group[k].words * group[k + 1].sentences
                        < group[k + 1].words * group[k].sentences);
    joined_free(&lesson);
}

/* ---- translators --------------------------------------------------------- */

static const RecurrentOptions blind = { .words = 6, .reading = 5,
                                        .writing = 7 };
static const RecurrentOptions looks = { .words = 6, .reading = 5,
                                        .writing = 7, .hidden = 4 };
enum { WORDS = 20 };

static Sentences random_sentences(Rng *rng, int B, int n)
{
    int *ids = tape_ints(B * n), *lengths = tape_ints(B);
    for (int b = 0; b < B; b++) {
        lengths[b] = b == 0 ? n : between(rng, 1, n);
        for (int i = 0; i < n; i++)
            ids[b * n + i] = i < lengths[b]
                ? between(rng, FIRST_WORD, WORDS - 1) : PAD;
    }
    return (Sentences){ B, n, ids, lengths };
}

static Sentences with_id(Sentences s, int at, int id)
{
    int *ids = tape_ints(s.count * s.length);
    memcpy(ids, s.ids, (size_t)(s.count * s.length) * sizeof *ids);
    ids[at] = id;
    s.ids = ids;
    return s;
}

/* How many of the words of a sentence change the logits. */
static int words_heard(const Recurrent *r, Batch batch)
{
    Tensor *before = recurrent_logits(r, batch, (Pass){ 0 });
    int heard = 0;
    for (int i = 0; i < batch.source.length; i++) {
        bool first = batch.source.ids[i] == FIRST_WORD;
        Batch other = batch;
        other.source = with_id(batch.source, i,
                               first ? FIRST_WORD + 1 : FIRST_WORD);
        heard += !same_bits(before, recurrent_logits(r, other, (Pass){ 0 }));
    }
    return heard;
}

static void one_vector_is_all_the_decoder_knows(void **state)
{
    (void)state;
    for (int looking = 0; looking < 2; looking++) {
        Rng rng = rng_new(4);
        Recurrent r = recurrent_new(looking ? looks : blind, WORDS, WORDS,
                                    &rng);
        Batch batch = { .source = random_sentences(&rng, 1, 6) };
        batch.target = random_sentences(&rng, 1, 4);
        /* Every source starts the decoder alike now. */
        t_assign(r.start.weight, t_zeros(10, 7));
        assert_int_equal(words_heard(&r, batch), looking ? 6 : 0);
        tape_reset();
    }
}

/* Sets rows from <= i < to of a matrix to zero. */
static void silence(Tensor *weight, int from, int to)
{
    Tensor *rows = t_slice(weight, 0, from, to);
    t_assign(rows, t_scale(rows, 0));
}

static void the_vector_has_read_the_sentence_from_both_ends(void **state)
{
    (void)state;
    for (int half = 0; half < 2; half++) {
        Rng rng = rng_new(9);
        Recurrent r = recurrent_new(blind, WORDS, WORDS, &rng);
        Batch batch = { .source = random_sentences(&rng, 1, 6) };
        batch.target = random_sentences(&rng, 1, 3);
        int d = blind.reading;
        silence(r.start.weight, half ? 0 : d, half ? d : 2 * d);
        assert_int_equal(words_heard(&r, batch), 6);
        tape_reset();
    }
}

static void what_is_seen_enters_the_state(void **state)
{
    (void)state;
    Rng rng = rng_new(10);
    Recurrent r = recurrent_new(looks, WORDS, WORDS, &rng);
    Batch batch = { .source = random_sentences(&rng, 1, 6) };
    batch.target = random_sentences(&rng, 1, 4);
    int both = 2 * looks.reading;
    silence(r.start.weight, 0, both);   /* the other two ways to be heard */
    silence(r.to_word.weight, looks.writing, looks.writing + both);
    assert_int_equal(words_heard(&r, batch), 6);
    silence(r.to_gates, 0, both);
    assert_int_equal(words_heard(&r, batch), 0);
}

static void a_logit_does_not_depend_on_later_tokens_nor_on_padding(
    void **state)
{
    (void)state;
    Rng rng = rng_new(5);
    Recurrent r = recurrent_new(looks, WORDS, WORDS, &rng);
    Batch batch = { .source = random_sentences(&rng, 3, 6) };
    batch.target = random_sentences(&rng, 3, 5);
    Tensor *before = recurrent_logits(&r, batch, (Pass){ 0 });
    for (int b = 0; b < 3; b++)
        for (int i = batch.source.lengths[b]; i < 6; i++)
            batch.source = with_id(batch.source, 6 * b + i, FIRST_WORD + i);
    batch.target = with_id(batch.target, 4, UNKNOWN);   /* the last of row 0 */
    Tensor *after = recurrent_logits(&r, batch, (Pass){ 0 });
    assert_same_bits(t_slice(before, 1, 0, 4), t_slice(after, 1, 0, 4));
    assert_same_bits(t_slice(before, 0, 1, 3), t_slice(after, 0, 1, 3));
    assert_false(same_bits(before, after));
}

static void the_weights_of_each_look_add_up_to_one(void **state)
{
    (void)state;
    Rng rng = rng_new(6);
    Recurrent r = recurrent_new(looks, WORDS, WORDS, &rng);
    Batch batch = { .source = random_sentences(&rng, 3, 6) };
    batch.target = random_sentences(&rng, 3, 4);
    Tensor *cross[1];
    recurrent_logits(&r, batch, (Pass){ .cross = cross });
    assert_shape(cross[0], 3, 1, 4, 6);
    for (int b = 0; b < 3; b++)
        for (int i = 0; i < 4; i++) {
            double sum = 0;
            for (int j = 0; j < 6; j++) {
                double w = (double)t_at(cross[0], b, 0, i, j);
                assert_true(j < batch.source.lengths[b] ? w > 0 : w == 0);
                sum += w;
            }
            assert_near(sum, 1, 1e-6);
        }
}

static void a_writer_says_what_the_whole_says(void **state)
{
    (void)state;
    enum { B = 3, N = 6, M = 5, COPIES = 2 };
    for (int looking = 0; looking < 2; looking++) {
        Rng rng = rng_new(7);
        Recurrent r = recurrent_new(looking ? looks : blind, WORDS, WORDS,
                                    &rng);
        Batch batch = { .source = random_sentences(&rng, B, N) };
        batch.target = random_sentences(&rng, B, M);
        Tensor *all = recurrent_logits(&r, batch, (Pass){ 0 });
        Writer w = recurrent_writer(recurrent_model(&r), batch.source, COPIES,
                                    M);
        for (int i = 0; i < M; i++) {
            int ids[B * COPIES], from[B * COPIES];
            for (int row = 0; row < B * COPIES; row++) {
                ids[row] = batch.target.ids[row / COPIES * M + i];
                from[row] = row / COPIES * COPIES + (row + 1) % COPIES;
            }
            Tensor *step = w.step(w.state, ids);
            for (int row = 0; row < B * COPIES; row++) {
                Tensor *whole = t_slice(t_slice(all, 0, row / COPIES,
                                                row / COPIES + 1), 1, i, i + 1);
                assert_true(t_distance(t_slice(step, 0, row, row + 1),
                                       t_reshape(whole, 1, WORDS)) < 2e-6);
            }
            w.reorder(w.state, from);
        }
        tape_reset();
    }
}

static void rows_of_a_writer_can_change_places(void **state)
{
    (void)state;
    Rng rng = rng_new(8);
    Recurrent r = recurrent_new(looks, WORDS, WORDS, &rng);
    Sentences source = random_sentences(&rng, 1, 5);
    Writer w = recurrent_writer(recurrent_model(&r), source, 2, 4);
    w.step(w.state, (int[]){ 5, 6 });
    w.reorder(w.state, (int[]){ 1, 1 });
    Tensor *next = w.step(w.state, (int[]){ 7, 7 });
    assert_same_bits(t_slice(next, 0, 0, 1), t_slice(next, 0, 1, 2));
    Batch batch = { .source = source,
                    .target = { 1, 2, (int[]){ 6, 7 }, (int[]){ 2 } } };
    Tensor *whole = recurrent_logits(&r, batch, (Pass){ 0 });
    assert_true(t_distance(t_slice(next, 0, 0, 1),
                           t_reshape(t_slice(whole, 1, 1, 2), 1, WORDS))
                < 2e-6);
}

/* ---- what the chapter prints --------------------------------------------- *
 * The long training is the chapter's. What it prints is compared with
 * tests/expected/; here its claims are looked up in that. */

static char *expected_text(const char *cell)
{
    static char text[4000];
    char path[200];
    snprintf(path, sizeof path, "tests/expected/11_recurrence/%s.out", cell);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void the_contest_is_fair(void **state)
{
    (void)state;
    static const char *const names[] = { "one vector", "... longer",
                                         "looking back", "Transformer" };
    char *text = expected_text("learning");
    double parameters[4];
    long steps[4];
    for (int who = 0; who < 4; who++) {
        char *line = strstr(text, names[who]);
        assert_non_null(line);
        assert_int_equal(sscanf(line + strlen(names[who]), "%lf %ld",
                                &parameters[who], &steps[who]), 2);
        assert_true(fabs(parameters[who] / parameters[0] - 1) < 0.005);
        assert_int_equal(steps[who], who == 1 ? 3 * steps[0] : steps[0]);
    }
}

/* What `make seeds` has kept; the chapter's own run is one of them. */
static void the_bottleneck_is_there_and_looking_back_cures_it(void **state)
{
    (void)state;
    FILE *file = fopen("chapters/book/seeds/11_recurrence.dat", "r");
    assert_non_null(file);
    char line[200];
    int rows = 0, seed, last = 0, row = 0;
    double words, vector, longer, looking, transformer, before = 100;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "against_length %d %lf %lf %lf %lf %lf", &seed, &words,
                   &vector, &longer, &looking, &transformer) != 6)
            continue;
        row = seed == last ? row + 1 : 0;
        before = row == 0 ? 100 : before;
        last = seed;
        rows++;
        assert_true(vector < 5);
        if (row < 3) {          /* one statement */
            assert_true(looking > 70 && transformer > 60);
            assert_true(transformer < looking + 5);
            assert_true(longer > 20 && longer < before - 10);
        } else if (row < 6) {   /* two */
            assert_true(looking > 60 && looking > transformer + 5);
            assert_true(longer < 5);
        } else {
            assert_true(longer < 2 && looking < 20 && transformer < 2);
        }
        before = longer;
    }
    fclose(file);
    assert_true(rows >= 27 && rows % 9 == 0);
}

static void the_page_has_what_the_first_seed_gave(void **state)
{
    (void)state;
    char *line = strchr(expected_text("against_length"), '\n');
    FILE *file = fopen("chapters/book/seeds/11_recurrence.dat", "r");
    assert_non_null(file);
    for (int row = 0; row < 9; row++, line = strchr(line + 1, '\n')) {
        char kept[200] = "";
        double there[5], here[5];
        while (strncmp(kept, "against_length 1 ", 17) != 0)
            assert_non_null(fgets(kept, sizeof kept, file));
        assert_int_equal(sscanf(kept + 17, "%lf %lf %lf %lf %lf", &there[0],
                                &there[1], &there[2], &there[3], &there[4]), 5);
        assert_int_equal(sscanf(line, "%*d %lf %*d %lf %% %lf %% %lf %% %lf",
                                &here[0], &here[1], &here[2], &here[3],
                                &here[4]), 5);
        for (int i = 0; i < 5; i++)
            assert_near(here[i], there[i], 0.06);
    }
    fclose(file);
}

/* Half of the chapter's steps, and its short sentences, are enough for this. */
static void rouge_looks_at_red_in_the_trained_model(void **state)
{
    (void)state;
    skip_under_sanitizers();
    enum { STEPS = 400, VOITURE = 1, ROUGE = 2, RED = 1, CAR = 2 };
    Lesson lesson = lesson_read(CORPUS_FRENCH, false);
    const Vocabulary *words = lesson.train.words;
    Rng rng = rng_new(1);
    Recurrent r = recurrent_new((RecurrentOptions){ 64, 48, 64, 48 },
                                words[SOURCE].n, words[TARGET].n, &rng);
    Training tr = training_new(recurrent_model(&r), &lesson.train,
                               (TrainingOptions){ .steps = STEPS, .warmup = 40,
                                                  .rate = 8e-3, .clip = 1,
                                                  .smoothing = 0.1 });
    training_run(&tr, "looking back");
    char **row, **column;
    Tensor *table = alignment(recurrent_model(&r), words,
                              "the red car is fast .",
                              "la voiture rouge est rapide .", &row, &column);
    assert_shape(table, 7, 6);
    assert_string_equal(row[ROUGE], "rouge");
    assert_string_equal(column[RED], "red");
    for (int j = 0; j < 6; j++) {
        assert_true(j == RED || t_at(table, ROUGE, RED)
                                > t_at(table, ROUGE, j));
        assert_true(j == CAR || t_at(table, VOITURE, CAR)
                                > t_at(table, VOITURE, j));
    }
    training_free(&tr);
    lesson_free(&lesson);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_state_does_not_depend_on_later_words),
        TEST(cells_agree_with_pytorch),
        TEST(a_reader_of_both_ways_agrees_with_pytorch),
        TEST(one_pass_is_the_formula),
        TEST(padding_changes_nothing),
        TEST(gradients_fall_with_distance_and_an_open_gate_keeps_them),
        TEST(beginnings_are_counted),
        TEST(statements_are_joined_for_the_examination),
        TEST(sentences_are_grouped_by_length_and_the_right_ones_counted),
        TEST(one_vector_is_all_the_decoder_knows),
        TEST(the_vector_has_read_the_sentence_from_both_ends),
        TEST(what_is_seen_enters_the_state),
        TEST(a_logit_does_not_depend_on_later_tokens_nor_on_padding),
        TEST(the_weights_of_each_look_add_up_to_one),
        TEST(a_writer_says_what_the_whole_says),
        TEST(rows_of_a_writer_can_change_places),
        TEST(the_contest_is_fair),
        TEST(the_bottleneck_is_there_and_looking_back_cures_it),
        TEST(the_page_has_what_the_first_seed_gave),
        TEST(rouge_looks_at_red_in_the_trained_model),
    };
    return cmocka_run_group_tests_name("11_recurrence", tests, NULL, NULL);
}

/* Tests of chapter 10: the claims its prose makes. */
#include "models.h"

#include "10_translating_well.h"
#include "golden/10_bleu.h"

/* ---- writing ------------------------------------------------------------ */

static void cached_and_recomputed_logits_agree(void **state)
{
    (void)state;
    for (volatile int post = 0; post < 2; post++) {
        TransformerOptions o = tiny;
        o.post_norm = post;
        Transformer t = model_of(o, 20, 5);
        Rng rng = rng_new(6);
        Sentences source = random_sentences(&rng, 3, 6, 20);
        Sentences target = random_sentences(&rng, 3, 8, 20);
        Tensor *all = logits_of(&t, source, target);
        Writer w = transformer_writer(transformer_model(&t), source, 1, 8);
        for (int i = 0; i < 8; i++) {
            int ids[3];
            for (int b = 0; b < 3; b++)
                ids[b] = target.ids[b * 8 + i];
            Tensor *step = w.step(w.state, ids);
            Tensor *row = t_reshape(t_slice(all, 1, i, i + 1), 3, 20);
            assert_true(t_distance(step, row) < 2e-5);
        }
        assert_refuses_in("10_translating_well.c",
                          "kept_memory: there is room for 8 tokens only",
                          w.step(w.state, target.ids));
        tape_reset();
    }
}

static void writers_agree_and_their_rows_can_change_places(void **state)
{
    (void)state;
    enum { COPIES = 2, ROWS = 3 * COPIES, STEPS = 6 };
    Transformer t = model_of(tiny, 20, 7);
    Rng rng = rng_new(8);
    Sentences source = random_sentences(&rng, 3, 4, 20);
    Model model = transformer_model(&t);
    Writer a = transformer_writer(model, source, COPIES, STEPS),
           b = recomputing_writer(model, source, COPIES, STEPS);
    for (int step = 0; step < STEPS; step++) {
        int ids[ROWS], from[ROWS];
        for (int row = 0; row < ROWS; row++) {
            ids[row] = FIRST_WORD + rng_below(&rng, 16);
            from[row] = row / COPIES * COPIES + rng_below(&rng, COPIES);
        }
        Tensor *x = a.step(a.state, ids), *y = b.step(b.state, ids);
        assert_true(t_distance(x, y) < 2e-5);
        a.reorder(a.state, from);
        b.reorder(b.state, from);
    }
    assert_refuses_in("10_translating_well.c",
                      "recomputing_writer: there is room for 6 tokens only",
                      b.step(b.state, (int[ROWS]){ 4, 4, 4, 4, 4, 4 }));
    tape_reset();
}

/* ---- searching ---------------------------------------------------------- */

/* The best translation of at most `room` tokens, by trying every one. */
static void try_everything(const Transformer *t, Sentences source, int room,
                           int words, double A, int *tokens, int length,
                           double so_far, double *best, Ids *found)
{
    int reads[8] = { START };
    memcpy(reads + 1, tokens, (size_t)length * sizeof *tokens);
    Sentences target = { 1, length + 1, reads, (int[]){ length + 1 } };
    Tensor *p = t_log_softmax(logits_of(t, source, target));
    real *row = &t_at(p, 0, length, 0);
    double ended = (so_far + (double)row[END])
                 / pow((5 + length + 1) / 6.0, A);
    if (ended > *best) {
        *best = ended;
        found->n = length;
        memcpy(found->id, tokens, (size_t)length * sizeof *tokens);
    }
    for (int w = FIRST_WORD; w < words && length + 1 < room; w++) {
        tokens[length] = w;
        try_everything(t, source, room, words, A, tokens, length + 1,
                       so_far + (double)row[w], best, found);
    }
}

static void beam_search_finds_what_trying_everything_finds(void **state)
{
    (void)state;
    enum { WORDS = 6, ROOM = 6 };    /* 2^5 ways: all fit in the beam */
    bool recorded = tape_record(false);
    int unlike_greedy = 0, unlike_without = 0;
    for (int i = 0; i < 36; i++) {
        double A = (double[]){ 0, 1, 5 }[i / 12];
        Transformer t = model_of(tiny, WORDS, (uint64_t)i % 12);
        Rng rng = rng_new((uint64_t)i % 12 + 100);
        Sentences s = random_sentences(&rng, 1, 4, WORDS);
        Ids source = { s.length, (int *)(uintptr_t)s.ids };
        int tokens[8], id[8];
        Ids best = { 0, id }, wide, greedy, plain;
        double score = -INFINITY;
        try_everything(&t, s, ROOM, WORDS, A, tokens, 0, 0, &score, &best);
        TranslateOptions o = { .writer = transformer_writer, .longest = ROOM,
                               .beam = MAX_BEAM, .length_penalty = A };
        translate_all(transformer_model(&t), 1, &source, o, &wide);
        assert_int_equal(wide.n, best.n);
        assert_memory_equal(wide.id, best.id,
                            (size_t)best.n * sizeof *best.id);
        o.length_penalty = 0;
        translate_all(transformer_model(&t), 1, &source, o, &plain);
        unlike_without += plain.n != best.n;
        o.beam = 1;
        translate_all(transformer_model(&t), 1, &source, o, &greedy);
        unlike_greedy += greedy.n != best.n;
        tape_reset();
    }
    assert_in_range(unlike_greedy, 1, 36);
    assert_in_range(unlike_without, 1, 36);
    tape_record(recorded);
}

static void a_beam_of_one_is_the_greedy_way(void **state)
{
    (void)state;
    enum { COUNT = 50, WORDS = 30 };
    Transformer t = model_of(tiny, WORDS, 9);
    Rng rng = rng_new(1);
    Ids source[COUNT], greedy[COUNT], one[COUNT];
    for (int i = 0; i < COUNT; i++) {
        Sentences s = random_sentences(&rng, 1, 1 + i % 9, WORDS);
        source[i] = (Ids){ s.length, (int *)(uintptr_t)s.ids };
    }
    write_greedily(transformer_model(&t), COUNT, source, (Pass){ 0 }, greedy);
    translate_all(transformer_model(&t), COUNT, source, (TranslateOptions){ 0 },
                  one);
    assert_near(exact_match(COUNT, one, greedy), 1, 0);
    tape_reset();
}

/* Each sentence has a limit of its own, 2 n + 10, whoever else is there: an
 * untrained model seldom says END before it. */
static void sentences_translate_alone_as_in_a_batch(void **state)
{
    (void)state;
    Lesson lesson = lesson_read(CORPUS_FRENCH, false);
    enum { COUNT = 100 };
    Rng rng = rng_new(9);
    Transformer t = transformer_new(tiny, lesson.train.words[SOURCE].n,
                                    lesson.train.words[TARGET].n, &rng);
    int at_the_limit = 0;
    for (int beam = 1; beam <= 3; beam += 2) {
        TranslateOptions o = { .beam = beam, .writer = transformer_writer };
        Ids *source = ids_of_side(&lesson.held_out, SOURCE);
        Ids *all = ids_room(COUNT), alone;
        translate_all(transformer_model(&t), COUNT, source, o, all);
        for (int i = 0; i < COUNT; i += 7) {
            translate_all(transformer_model(&t), 1, &source[i], o, &alone);
            assert_int_equal(alone.n, all[i].n);
            assert_memory_equal(alone.id, all[i].id,
                                (size_t)alone.n * sizeof *alone.id);
            assert_in_range(alone.n, 0, 2 * source[i].n + 10);
            at_the_limit += alone.n == 2 * source[i].n + 10;
        }
        tape_reset();
    }
    assert_in_range(at_the_limit, 1, COUNT);
    lesson_free(&lesson);
}

/* What is needed of a model is logits. */
static void any_model_translates(void **state)
{
    (void)state;
    Pairs pairs = bag_pairs();
    Bag bag = bag_new(pairs.words[SOURCE].n, pairs.words[TARGET].n, 1);
    Training tr = training_new(bag_model(&bag), &pairs,
                               (TrainingOptions){ .steps = 300,
                                                  .batch_tokens = 100,
                                                  .rate = 0.03 });
    while (tr.step < 300)
        training_step(&tr);
    Ids *written = ids_room(pairs.n);
    for (int beam = 1; beam <= 4; beam += 3) {
        translate_all(tr.model, pairs.n, ids_of_side(&pairs, SOURCE),
                      (TranslateOptions){ .beam = beam }, written);
        assert_near(exact_match(pairs.n, written, ids_of_side(&pairs, TARGET)),
                    1, 0);
    }
    training_free(&tr);
    pairs_free(&pairs);
}

/* ---- scores ------------------------------------------------------------- */

static Ids numbers_of(Vocabulary *v, const char *sentence)
{
    char copy[200];
    Ids ids = { 0, tape_ints(40) };
    snprintf(copy, sizeof copy, "%s", sentence);
    for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
        ids.id[ids.n++] = vocabulary_add(v, w);
    return ids;
}

static void bleu_agrees_with_the_reference_implementation(void **state)
{
    (void)state;
    Vocabulary v = { 0 };
    for (size_t i = 0; i < sizeof golden_bleu / sizeof *golden_bleu; i++) {
        const struct GoldenBleu *g = &golden_bleu[i];
        Ids translation[4], reference[4];
        for (int k = 0; k < g->n; k++) {
            translation[k] = numbers_of(&v, g->pair[k].translation);
            reference[k] = numbers_of(&v, g->pair[k].reference);
        }
        double found = bleu(g->n, translation, reference);
        if (fabs(found - g->bleu) > 1e-7)
            fail_msg("%s: %.10g, not %.10g", g->name, found, g->bleu);
    }
    vocabulary_free(&v);
    tape_reset();
}

static void bleu_by_hand(void **state)
{
    (void)state;
    /* 4 of 5, 3 of 4, 2 of 3, 1 of 2, no penalty: (1/5)^(1/4) */
    Ids a = { 5, (int[]){ 4, 5, 6, 7, 8 } }, b = { 5, (int[]){ 4, 5, 6, 7, 9 } };
    assert_near(bleu(1, &a, &b), 100 * pow(0.2, 0.25), 1e-9);
    /* All right, but 4 tokens for 5: e^(1 - 5/4) */
    Ids c = { 4, a.id };
    assert_near(bleu(1, &c, &b), 100 * exp(-0.25), 1e-9);
    /* Two sentences; the short one has no 3-grams, right or wrong. */
    Ids d[2] = { a, { 2, a.id } }, e[2] = { a, { 2, (int[]){ 4, 9 } } };
    assert_near(bleu(2, d, e), 100 * pow(6 / 7.0 * 4 / 5, 0.25), 1e-9);
    Ids none = { 0, NULL };
    assert_near(bleu(1, &none, &b), 0, 0);
    /* All right, but too short for groups of four: p_4 = 0 / 0 counts as 0. */
    Ids two = { 2, a.id };
    assert_near(bleu(1, &two, &two), 0, 0);
    assert_near(bleu(2, (Ids[]){ two, a }, (Ids[]){ two, a }), 100, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cached_and_recomputed_logits_agree),
        TEST(writers_agree_and_their_rows_can_change_places),
        TEST(beam_search_finds_what_trying_everything_finds),
        TEST(a_beam_of_one_is_the_greedy_way),
        TEST(sentences_translate_alone_as_in_a_batch),
        TEST(any_model_translates),
        TEST(bleu_agrees_with_the_reference_implementation),
        TEST(bleu_by_hand),
    };
    int failed = cmocka_run_group_tests_name("10_translating_well", tests, NULL,
                                             NULL);
    tape_free();
    return failed;
}

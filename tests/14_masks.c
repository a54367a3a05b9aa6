/* The claims of chapter 14, and what its header promises. */
#include "chapter.h"

#include "14_masks.h"
#include "05_scaled_dot_product.h"

#include <stdlib.h>

enum { V = 23, WIDTH = 16 };

static const TransformerOptions small = {
    .layers = 2, .width = WIDTH, .heads = 2, .hidden = 24,
};

/* Sentences of random words, lengths[i] each. */
static Ids *random_sentences(Rng *rng, int count, const int *lengths)
{
    Ids *list = ids_room(count);
    for (int i = 0; i < count; i++) {
        list[i] = (Ids){ lengths[i], tape_ints(lengths[i] + 1) };
        for (int k = 0; k < lengths[i]; k++)
            list[i].id[k] = FIRST_WORD + rng_below(rng, V - FIRST_WORD);
    }
    return list;
}

/* ---- masks --------------------------------------------------------------- */

static void masks_are_what_the_pictures_show(void **state)
{
    (void)state;
    Tensor *causal = causal_mask(5);
    assert_same_bits(mask_of(CAUSAL_MASK, 0, 5), causal);
    assert_same_bits(mask_of(CAUSAL_MASK, 3, 5), causal);
    assert_same_bits(mask_of(PREFIX_MASK, 0, 5), causal);
    assert_same_bits(mask_of(NO_MASK, 3, 5), t_zeros(5, 5));
    assert_same_bits(mask_of(PREFIX_MASK, 3, 5),
                     t_matrix(5, 5,  0, 0, 0, 1, 1,
                                     0, 0, 0, 1, 1,
                                     0, 0, 0, 1, 1,
                                     0, 0, 0, 0, 1,
                                     0, 0, 0, 0, 0));
}

static void three_masks_have_the_same_parameters(void **state)
{
    (void)state;
    Stack s[MASKS];
    for (int mask = 0; mask < MASKS; mask++) {
        Rng rng = rng_new(3);
        s[mask] = stack_new(small, (Mask)mask, V, &rng);
        assert_int_equal(params_count(&s[mask].params),
                         params_count(&s[0].params));
        for (int i = 0; i < s[0].params.n; i++)
            assert_same_bits(s[mask].params.at[i], s[0].params.at[i]);
    }
}

/* Does the logit row of token i of the target change if token j of the whole row
 * does? */
static bool depends(const Stack *s, const Ids *source, const Ids *target, int i,
                    int j)
{
    Tensor *before = stack_logits(s, batch_with(1, source, target), (Pass){ 0 });
    int *at = j < source->n ? &source->id[j] : &target->id[j - source->n - 1];
    int was = *at;
    *at = was == FIRST_WORD ? FIRST_WORD + 1 : FIRST_WORD;
    Tensor *after = stack_logits(s, batch_with(1, source, target), (Pass){ 0 });
    *at = was;
    return !same_bits(t_slice(before, 1, i, i + 1), t_slice(after, 1, i, i + 1));
}

static void a_token_depends_on_what_its_mask_allows_and_nothing_else(
    void **state)
{
    (void)state;
    for (int mask = 0; mask < MASKS; mask++) {
        Rng rng = rng_new(5);
        Stack s = stack_new(small, (Mask)mask, V, &rng);
        for (int n = 0; n <= 4; n += 4) {
            Ids *source = random_sentences(&rng, 1, (int[]){ n });
            Ids *target = random_sentences(&rng, 1, (int[]){ 4 });
            Tensor *hidden = mask_of((Mask)mask, n, n + 5);
            for (int i = 0; i < 5; i++)
                for (int j = 0; j < n + 5; j++)
                    if (j != n)     /* START is always START */
                        assert_int_equal(depends(&s, source, target, i, j),
                                         t_at(hidden, n + i, j) == 0);
        }
        tape_free();
    }
}

static void padding_changes_nothing(void **state)
{
    (void)state;
    for (int mask = 0; mask < MASKS; mask++) {
        Rng rng = rng_new(7);
        Stack s = stack_new(small, (Mask)mask, V, &rng);
        Ids *source = random_sentences(&rng, 3, (int[]){ 2, 7, 4 });
        Ids *target = random_sentences(&rng, 3, (int[]){ 5, 1, 3 });
        Tensor *all = stack_logits(&s, batch_with(3, source, target),
                                   (Pass){ 0 });
        for (int b = 0; b < 3; b++) {
            Tensor *one = stack_logits(&s, batch_with(1, &source[b], &target[b]),
                                       (Pass){ 0 });
            Tensor *same = t_slice(t_slice(all, 0, b, b + 1), 1, 0,
                                   target[b].n + 1);
            assert_true(t_distance(one, same) < 1e-5);
        }
        tape_free();
    }
}

/* ---- writing -------------------------------------------------------------- */

static void kept_and_recomputed_logits_agree(void **state)
{
    (void)state;
    for (int mask = 0; mask < MASKS; mask++) {
        if (mask == NO_MASK)
            continue;
        for (int with = 0; with < 2; with++) {
            Rng rng = rng_new(11);
            Stack s = stack_new(small, (Mask)mask, V, &rng);
            Ids *source = random_sentences(&rng, 3, with ? (int[]){ 2, 7, 4 }
                                                         : (int[]){ 0, 0, 0 });
            Sentences given = sentences_of(3, source, false);
            tape_record(false);
            Writer a = stack_writer(stack_model(&s), given, 2, 8);
            Writer b = recomputing_writer(stack_model(&s), given, 2, 8);
            int newest[6] = { START, START, START, START, START, START };
            for (int step = 0; step < 8; step++) {
                Tensor *x = a.step(a.state, newest), *y = b.step(b.state, newest);
                assert_true(t_distance(x, y) < 1e-5);
                for (int row = 0; row < 6; row++)
                    newest[row] = FIRST_WORD + rng_below(&rng, V - FIRST_WORD);
                int from[] = { 1, 0, 2, 2, 5, 4 };
                a.reorder(a.state, from);
                b.reorder(b.state, from);
            }
            tape_free();
            tape_record(true);
        }
    }
}

static void who_sees_what_comes_cannot_write(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    Stack s = stack_new(small, NO_MASK, V, &rng);
    Ids nothing = { 0, NULL };
    Sentences given = sentences_of(1, &nothing, false);
    assert_refuses_in("14_masks.c",
                      "stack_writer: who looks at later words cannot write",
                      stack_writer(stack_model(&s), given, 1, 5).state);
    s.mask = CAUSAL_MASK;
    Writer w = stack_writer(stack_model(&s), given, 1, 1);
    w.step(w.state, (int[]){ START });
    assert_refuses_in("10_translating_well.c",
                      "kept_memory: there is room for 1 tokens only",
                      w.step(w.state, (int[]){ END }));
}

static void what_is_written_follows_its_beginning(void **state)
{
    (void)state;
    Rng rng = rng_new(13);
    Stack s = stack_new(small, PREFIX_MASK, V, &rng);
    Ids *source = random_sentences(&rng, 3, (int[]){ 3, 6, 1 });
    Ids *begun = random_sentences(&rng, 3, (int[]){ 0, 4, 2 });
    WriteOptions o = { .longest = 6 };
    Ids plain[3], kept[3];
    write_on(stack_model(&s), 3, source, begun, o, plain);
    o.writer = stack_writer;
    write_on(stack_model(&s), 3, source, begun, o, kept);
    for (int i = 0; i < 3; i++) {
        assert_true(ids_equal(plain[i], kept[i]));
        /* Each by itself, token by token, is what the logits say. */
        Ids so_far = { begun[i].n, tape_ints(20) };
        if (begun[i].n)
            memcpy(so_far.id, begun[i].id, (size_t)begun[i].n * sizeof(int));
        for (int k = 0; k < kept[i].n; k++) {
            Tensor *logits = stack_logits(
                &s, batch_with(1, &source[i], &so_far), (Pass){ 0 });
            Tensor *last = t_slice(logits, 1, so_far.n, so_far.n + 1);
            int token = sample_token(t_reshape(last, V), (Sampling){ 0 }, NULL);
            assert_int_equal(kept[i].id[k], token);
            so_far.id[so_far.n++] = token;
        }
    }
    o.stop = plain[1].id[2];
    write_on(stack_model(&s), 3, source, begun, o, kept);
    assert_true(kept[1].n <= 3 && kept[1].id[kept[1].n - 1] == o.stop);
}

/* ---- holes ---------------------------------------------------------------- */

static void of_a_hundred_tokens_fifteen_are_said(void **state)
{
    (void)state;
    Stories s = stories_read(STORIES_TRAIN, 300, 2, 1, NULL);
    Rng rng = rng_new(17);
    int list[300], tokens = 0, said = 0, hole = 0, same = 0, other = 0;
    for (int i = 0; i < 300; i++)
        list[i] = i;
    Batch plain = batch_of(&s.texts, 300, list);
    Batch b = holes_of(&s.texts, 300, list, &rng);
    for (int i = 0; i < 300 * b.target.length; i++) {
        int is = plain.target.ids[i], reads = b.target.ids[i];
        tokens += is >= FIRST_WORD;
        if (b.next[i] == T_IGNORE) {
            assert_int_equal(reads, is);
            continue;
        }
        assert_int_equal(b.next[i], is);
        assert_true(is >= FIRST_WORD);
        said++;
        hole += reads == HOLE;
        same += reads == is;
        other += reads != HOLE && reads != is;
    }
    assert_near((double)said / tokens, 0.15, 0.01);
    assert_near((double)hole / said, 0.80, 0.02);
    assert_near((double)same / said, 0.10, 0.02);
    assert_near((double)other / said, 0.10, 0.02);
    stories_free(&s);
}

static void half_of_the_batches_have_nothing_given(void **state)
{
    (void)state;
    Stories s = stories_read(STORIES_HELD_OUT, 8, 3, 1, NULL);
    Rng rng = rng_new(37);
    int list[] = { 5, 0, 3 }, with = 0;
    Batch plain = batch_of(&s.texts, 3, list), pair = batch_of(&s.pairs, 3, list);
    for (int trial = 0; trial < 200; trial++) {
        Batch b = given_or_not(&s.pairs, 3, list, &rng);
        bool given = b.source.length > 0;
        const Batch *same = given ? &pair : &plain;
        with += given;
        int m = b.target.length;
        assert_int_equal(m, same->target.length);
        for (int i = 0; i < 3 * m; i++) {
            assert_int_equal(b.target.ids[i], same->target.ids[i]);
            assert_int_equal(b.next[i], same->next[i]);
        }
    }
    assert_in_range(with, 80, 120);
    stories_free(&s);
}

/* ---- sampling ------------------------------------------------------------- */

static Tensor *random_logits(Rng *rng)
{
    return t_scale(t_normal(rng, V), 2);
}

static int drawable(const Tensor *p)
{
    int n = 0;
    for (int token = 0; token < t_size(p); token++)
        n += t_at(p, token) > 0;
    return n;
}

static void top_k_keeps_the_k_most_probable(void **state)
{
    (void)state;
    Rng rng = rng_new(19);
    for (int k = 1; k <= V; k++) {
        Tensor *x = random_logits(&rng);
        Tensor *all = sampling_weights(x, (Sampling){ 0 });
        Tensor *p = sampling_weights(x, (Sampling){ .top_k = k });
        int most = V - 3, n = drawable(p);      /* without PAD, START, UNKNOWN */
        assert_int_equal(drawable(all), most);
        assert_int_equal(n, k < most ? k : most);
        assert_near(t_item(t_sum(p, T_ALL)), 1, 1e-5);
        for (int a = 0; a < V; a++)
            for (int b = 0; b < V; b++)
                if (t_at(p, a) > 0 && t_at(all, b) > t_at(all, a))
                    assert_near(t_at(p, a) / t_at(p, b),
                                t_at(all, a) / t_at(all, b), 1e-5);
    }
}

static void top_p_keeps_the_fewest_that_reach_p(void **state)
{
    (void)state;
    Rng rng = rng_new(23);
    for (int trial = 0; trial < 100; trial++) {
        Tensor *x = random_logits(&rng);
        double wanted = 0.05 + 0.9 * rng_uniform(&rng), sum = 0, least = 1;
        Tensor *all = sampling_weights(x, (Sampling){ 0 });
        Tensor *p = sampling_weights(x, (Sampling){ .top_p = wanted });
        for (int token = 0; token < V; token++)
            if (t_at(p, token) > 0) {
                sum += (double)t_at(all, token);
                least = fmin(least, (double)t_at(all, token));
            }
        assert_true(sum >= wanted - 1e-6);
        assert_true(sum - least < wanted + 1e-6);
    }
}

static void temperature_goes_from_one_word_to_all_alike(void **state)
{
    (void)state;
    Rng rng = rng_new(29);
    Tensor *x = random_logits(&rng);
    int best = sample_token(x, (Sampling){ 0 }, NULL);
    Tensor *cold = sampling_weights(x, (Sampling){ .temperature = 0.01 });
    Tensor *hot = sampling_weights(x, (Sampling){ .temperature = 1e4 });
    assert_near(t_at(cold, best), 1, 1e-3);
    for (int token = FIRST_WORD; token < V; token++)
        assert_near(t_at(hot, token), 1.0 / (V - 3), 1e-3);
    assert_near(keys_seen(cold), 1, 0.05);
}

static void tokens_are_drawn_as_often_as_their_weights_say(void **state)
{
    (void)state;
    enum { DRAWS = 20000 };
    Rng rng = rng_new(31);
    Tensor *x = random_logits(&rng);
    Sampling o = { .temperature = 1.3, .top_k = 9, .top_p = 0.9 };
    Tensor *p = t_keep(sampling_weights(x, o));
    int count[V] = { 0 };
    for (int i = 0; i < DRAWS; i++) {
        TapeMark mark = tape_mark();
        count[sample_token(x, o, &rng)]++;
        tape_release(mark);
    }
    for (int token = 0; token < V; token++)
        assert_near((double)count[token] / DRAWS, t_at(p, token), 0.015);
}

/* ---- the lesson ----------------------------------------------------------- */

/* Counting triples of all the chapter's texts gives 5.28. */
static void half_of_the_lesson_is_better_than_counting(void **state)
{
    (void)state;
    skip_under_sanitizers();
    Stories lesson = stories_read(STORIES_TRAIN, 5000, 5, 1, NULL);
    Stories held = stories_read(STORIES_HELD_OUT, 100, 5, 1,
                                &lesson.texts.words[TARGET]);
    Stack gpt = stack_teach(CAUSAL_MASK, &lesson, 1, 750, NULL);
    assert_true(exp(cross_entropy(stack_model(&gpt), &held.texts)) < 4.5);
    stories_free(&held);
    stories_free(&lesson);
}

/* Of a model that nothing else could tell it. */
static void she_finds_whom_she_means_after_a_lesson_that_needs_it(void **state)
{
    (void)state;
    skip_under_sanitizers();
    Stories lesson = stories_read(STORIES_TRAIN, 12000, 5, 1, NULL);
    const Vocabulary *words = &lesson.texts.words[TARGET];
    Exam taught = exam_of_swaps(STORIES_TRAIN, 0, words);
    Exam held = exam_of_swaps(STORIES_HELD_OUT, 400, words);
    Stack s = stack_teach(PREFIX_MASK, &lesson, 1, 1800, NULL);
    ExamReader reader = { stack_look, &s, s.options.layers, s.options.heads };
    assert_true(t_item(t_max(exam_heads(held, reader), T_ALL)) < 0.7);
    stack_practise(&s, taught, 1, 2000);
    assert_true(t_item(t_max(exam_heads(held, reader), T_ALL)) > 0.9);
    Marks told, swapped;
    exam_swaps(STORIES_HELD_OUT, 400, (ExamPupil){ stack_answer, &s, words },
               &told, &swapped);
    assert_true(marks_percent(told, WHO_FELT) > 85);
    assert_true(marks_percent(swapped, WHO_FELT) > 85);
    exam_free(&taught);
    exam_free(&held);
    stories_free(&lesson);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(masks_are_what_the_pictures_show),
        TEST(three_masks_have_the_same_parameters),
        TEST(a_token_depends_on_what_its_mask_allows_and_nothing_else),
        TEST(padding_changes_nothing),
        TEST(kept_and_recomputed_logits_agree),
        TEST(who_sees_what_comes_cannot_write),
        TEST(what_is_written_follows_its_beginning),
        TEST(of_a_hundred_tokens_fifteen_are_said),
        TEST(half_of_the_batches_have_nothing_given),
        TEST(top_k_keeps_the_k_most_probable),
        TEST(top_p_keeps_the_fewest_that_reach_p),
        TEST(temperature_goes_from_one_word_to_all_alike),
        TEST(tokens_are_drawn_as_often_as_their_weights_say),
        TEST(half_of_the_lesson_is_better_than_counting),
        TEST(she_finds_whom_she_means_after_a_lesson_that_needs_it),
    };
    return cmocka_run_group_tests_name("14_masks", tests, NULL, NULL);
}

/* Tests of chapter 9: the claims its prose makes. */
#include "models.h"

#include "09_training_well.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- dealing ------------------------------------------------------------ */

static void an_epoch_gives_every_pair_once_in_full_batches(void **state)
{
    (void)state;
    Lesson lesson = lesson_read(CORPUS_CHINESE, false);
    const Pairs *pairs = &lesson.held_out;
    Transformer t = model_of(tiny, 2000, 1);
    Training tr = training_new(transformer_model(&t), pairs,
                               (TrainingOptions){ .steps = 1,
                                                  .batch_tokens = 500 });
    int *times = tape_ints(pairs->n), batches = tr.batches;
    memset(times, 0, (size_t)pairs->n * sizeof *times);
    bool *turns = (bool *)tape_ints(batches);
    memset(turns, 0, (size_t)batches);
    for (int k = 0; k < batches; k++) {
        int turn = tr.turn[k], n = 0, m = 0;
        assert_false(turns[turn]);
        turns[turn] = true;
        for (int i = tr.first[turn]; i < tr.first[turn + 1]; i++) {
            times[tr.order[i]]++;
            int a = pairs_ids(pairs, SOURCE, tr.order[i]).n;
            int b = pairs_ids(pairs, TARGET, tr.order[i]).n + 1;
            n = a > n ? a : n;
            m = b > m ? b : m;
        }
        assert_in_range((tr.first[turn + 1] - tr.first[turn]) * (n + m), 1, 500);
    }
    for (int i = 0; i < pairs->n; i++)
        assert_int_equal(times[i], 1);
    training_free(&tr);
    lesson_free(&lesson);
    tape_reset();
}

static void epochs_differ_and_the_first_batch_is_the_largest(void **state)
{
    (void)state;
    Pairs pairs = bag_pairs();
    Bag bag = bag_new(pairs.words[SOURCE].n, pairs.words[TARGET].n, 1);
    Training tr = training_new(bag_model(&bag), &pairs,
                               (TrainingOptions){ .steps = 100,
                                                  .batch_tokens = 60 });
    int *kept = malloc((size_t)pairs.n * sizeof *kept), largest = 0;
    memcpy(kept, tr.order, (size_t)pairs.n * sizeof *kept);
    training_step(&tr);
    int first = tr.places;
    while (tr.step < tr.batches) {
        training_step(&tr);
        largest = tr.places > largest ? tr.places : largest;
    }
    assert_true(first >= largest);
    training_step(&tr);     /* of the next epoch */
    assert_memory_not_equal(kept, tr.order, (size_t)pairs.n * sizeof *kept);
    free(kept);
    training_free(&tr);
    pairs_free(&pairs);
}

/* Lengths of the pairs in a batch differ by little if they are dealt so. */
static void batches_by_length_have_little_padding(void **state)
{
    (void)state;
    Lesson lesson = lesson_read(CORPUS_FRENCH, false);
    Bag bag = bag_new(1000, 2000, 1);
    double filled[2];
    for (int any = 0; any < 2; any++) {
        Training tr = training_new(bag_model(&bag), &lesson.held_out,
                                   (TrainingOptions){ .any_length = any,
                                                      .steps = 15 });
        double tokens = 0, places = 0;
        while (tr.step < tr.options.steps && tr.step < tr.batches) {
            training_step(&tr);
            tokens += tr.tokens;
            places += tr.places;
        }
        filled[any] = tokens / places;
        training_free(&tr);
    }
    assert_true(filled[0] > 1.3 * filled[1]);
    lesson_free(&lesson);
}

static void the_learning_rate_rises_and_falls(void **state)
{
    (void)state;
    TrainingOptions o = { .steps = 100, .rate = 2, .warmup = 10 };
    assert_near(learning_rate(o, 1), 0.2, 1e-12);
    assert_near(learning_rate(o, 10), 2, 1e-12);
    assert_near(learning_rate(o, 55), 2 * 46 / 91.0, 1e-12);
    assert_near(learning_rate(o, 100), 2 / 91.0, 1e-12);
    o.as_published = true;
    assert_near(learning_rate(o, 5), 1, 1e-12);
    assert_near(learning_rate(o, 40), 1, 1e-12);
    o.warmup = 0;
    assert_near(learning_rate(o, 4), 1, 1e-12);
}

/* ---- training ----------------------------------------------------------- */

static void any_model_can_be_trained(void **state)
{
    (void)state;
    Pairs pairs = bag_pairs();
    Bag bag = bag_new(pairs.words[SOURCE].n, pairs.words[TARGET].n, 1);
    Training tr = training_new(bag_model(&bag), &pairs,
                               (TrainingOptions){ .steps = 300, .warmup = 30,
                                                  .batch_tokens = 100,
                                                  .rate = 0.03 });
    while (tr.step < 300)
        training_step(&tr);
    assert_true(cross_entropy(tr.model, &pairs) < 0.05);
    training_free(&tr);
    pairs_free(&pairs);
}

/* A model for texts alone: it learns which word follows which. */
static void texts_without_a_source_can_be_learned(void **state)
{
    (void)state;
    Pairs pairs = { 0 };
    for (int i = 0; i < 40; i++)
        pairs_add(&pairs, NULL, i % 2 ? "once upon a time" : "a cat sat", 0);
    Bag bag = bag_new(FIRST_WORD, pairs.words[TARGET].n, 1);
    Training tr = training_new(bag_model(&bag), &pairs,
                               (TrainingOptions){ .steps = 200,
                                                  .batch_tokens = 50,
                                                  .rate = 0.03 });
    while (tr.step < 200)
        training_step(&tr);
    /* Two choices remain, of one half each: the first word, and what follows
     * "a"; of 9 tokens a pair on average 4.5. */
    assert_near(cross_entropy(tr.model, &pairs), 2 * log(2) / 4.5, 0.02);
    training_free(&tr);
    pairs_free(&pairs);
}

static void cross_entropy_weighs_by_tokens_and_drops_nothing(void **state)
{
    (void)state;
    Pairs pairs = { 0 };
    char longest[300] = "w";
    for (int i = 0; i < 64; i++) {  /* a batch of long ones, one of a short */
        pairs_add(&pairs, "a b c", longest, 0);
        if (i < 40)
            strcat(longest, i % 2 ? " w" : " x");
    }
    pairs_add(&pairs, "a", "y", 0);
    TransformerOptions o = tiny;
    o.dropout = 0.5;
    Transformer t = model_of(o, 12, 1);
    double sum = 0, tokens = 0;
    bool recorded = tape_record(false);
    for (int i = 0; i < pairs.n; i++) {
        Batch one = batch_of(&pairs, 1, &i);
        Tensor *p = t_log_softmax(transformer_logits(&t, one, (Pass){ 0 }));
        for (int k = 0; k < one.target.length; k++, tokens++)
            sum -= (double)t_at(p, 0, k, one.next[k]);
    }
    tape_record(recorded);
    double found = cross_entropy(transformer_model(&t), &pairs);
    assert_near(found, sum / tokens, 1e-5);
    assert_near(found, cross_entropy(transformer_model(&t), &pairs), 0);
    pairs_free(&pairs);
    tape_reset();
}

static void smoothing_and_clipping_reach_the_step(void **state)
{
    (void)state;
    Pairs pairs = bag_pairs();
    double loss[3], moved[3];
    for (int i = 0; i < 3; i++) {
        Bag bag = bag_new(pairs.words[SOURCE].n, pairs.words[TARGET].n, 1);
        Optimiser *plain = opt_sgd(&bag.params, (SgdOptions){ .rate = 1 });
        Tensor *before = t_keep(bag.out.weight);
        loss[i] = model_step(bag_model(&bag), plain,
                             batch_of(&pairs, 8, (int[]){ 0, 1, 2, 3, 4, 5, 6,
                                                          7 }),
                             (StepOptions){ .rate = 1,
                                            .smoothing = i == 1 ? 0.5 : 0,
                                            .clip = i == 2 ? 1e-3 : 0 });
        moved[i] = t_distance(before, bag.out.weight);
    }
    assert_true(fabs(loss[1] - loss[0]) > 1e-3);
    assert_near(loss[2], loss[0], 0);
    assert_true(moved[2] < 2e-3 && moved[0] > 1e-2);
    pairs_free(&pairs);
}

/* One batch holds all; the same is done once more by hand, with Adam as the
 * paper has it. */
static void a_step_of_a_training_is_what_its_options_say(void **state)
{
    (void)state;
    enum { STEPS = 12, MOST = 100 };
    Pairs pairs = bag_pairs();
    int all[MOST];
    assert_true(pairs.n <= MOST);
    for (int i = 0; i < pairs.n; i++)
        all[i] = i;
    TrainingOptions o = { .steps = 20, .batch_tokens = 1000000, .rate = 0.1,
                          .warmup = 5, .smoothing = 0.2, .clip = 0.3 };
    Bag one = bag_new(pairs.words[SOURCE].n, pairs.words[TARGET].n, 1);
    Bag other = bag_new(pairs.words[SOURCE].n, pairs.words[TARGET].n, 1);
    Training tr = training_new(bag_model(&one), &pairs, o);
    assert_int_equal(tr.batches, 1);
    Optimiser *adam = opt_adam(&other.params,
                               (AdamOptions){ .beta1 = 0.9, .beta2 = 0.98,
                                              .epsilon = 1e-9 });
    for (int k = 1; k <= STEPS; k++) {
        double loss = model_step(bag_model(&other), adam,
                                 batch_of(&pairs, pairs.n, all),
                                 (StepOptions){ .rate = learning_rate(o, k),
                                                .smoothing = 0.2,
                                                .clip = 0.3 });
        assert_near(training_step(&tr), loss, 1e-4 * loss);
    }
    training_free(&tr);
    pairs_free(&pairs);
}

static void a_run_takes_the_steps_that_are_left(void **state)
{
    (void)state;
    Pairs pairs = bag_pairs();
    double curve[4] = { 0 }, loss = 0;
    TrainingOptions o = { .steps = 9, .batch_tokens = 100, .warmup = 3,
                          .curve = curve, .curve_each = 3 };
    Bag bag[2];
    for (int i = 0; i < 2; i++) {
        bag[i] = bag_new(pairs.words[SOURCE].n, pairs.words[TARGET].n, 1);
        Training tr = training_new(bag_model(&bag[i]), &pairs, o);
        for (int k = 0; k < (i ? 4 : 9); k++) {
            double now = training_step(&tr);
            loss += i == 0 && k >= 6 ? now / 3 : 0;
        }
        training_run(&tr, "run");
        assert_int_equal(tr.step, 9);
        assert_near(curve[2], i ? loss : 0, 1e-12);
        assert_true(curve[0] == 0 && curve[3] == 0);
        training_free(&tr);
    }
    assert_same_bits(bag[0].out.weight, bag[1].out.weight);
    pairs_free(&pairs);
}

/* A step of plain descent, rate 1, from the same first numbers: what has moved
 * are the gradients. */
static double moved_in_parts(int parts, bool pairs_left_out, Bag *bag)
{
    Pairs pairs = bag_pairs();
    pairs_add(&pairs, "a b c d e a b c d e", "v w v w v w v w v w v w", 0);
    if (pairs_left_out)
        pairs.n = 3;
    *bag = bag_new(pairs.words[SOURCE].n, pairs.words[TARGET].n, 1);
    Training tr = training_new(bag_model(bag), &pairs,
                               (TrainingOptions){ .steps = 1, .rate = 1,
                                                  .batch_tokens = 1000000,
                                                  .parts = parts });
    assert_int_equal(tr.batches, 1);
    tr.adam = opt_sgd(&bag->params, (SgdOptions){ .rate = 1 });
    double loss = training_step(&tr);
    int tokens = 0;
    for (int i = 0; i < pairs.n; i++)
        tokens += pairs_ids(&pairs, TARGET, i).n + 1;
    assert_int_equal(tr.tokens, tokens);
    training_free(&tr);
    pairs_free(&pairs);
    return loss;
}

static void a_batch_in_parts_gives_the_loss_and_gradients_of_the_whole(void **state)
{
    (void)state;
    static const int parts[] = { 2, 3, 7, 500 };
    for (int few = 0; few < 2; few++) {
        Bag whole, other;
        double loss = moved_in_parts(0, few, &whole);
        for (int k = 0; k < 4; k++) {
            assert_near(moved_in_parts(parts[k], few, &other), loss, 1e-6 * loss);
            for (int i = 0; i < whole.params.n; i++)
                assert_true(t_distance(whole.params.at[i], other.params.at[i])
                            < 1e-6);
        }
    }
}

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

/* Pages of memory that the system has given to this process so far. */
static long page_faults(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_minflt;
}

static void memory_is_steady(void **state)
{
    (void)state;
    Lesson lesson = lesson_read(CORPUS_FRENCH, false);
    Transformer t = model_of(tiny, 1500, 1);
    Training tr = training_new(transformer_model(&t), &lesson.held_out,
                               (TrainingOptions){ .steps = 100,
                                                  .batch_tokens = 600 });
    int threads = parallel_threads();
    parallel_set_threads(1);    /* others get their memory when they begin */
    training_step(&tr);
    size_t reserved = tape_reserved_bytes();
    long faults = page_faults();
    while (tr.step < 2 * tr.batches) {
        training_step(&tr);
        assert_int_equal(tape_reserved_bytes(), reserved);
    }
    if (!SANITIZED)
        assert_in_range(page_faults() - faults, 0, tr.step / 4);
    parallel_set_threads(threads);
    training_free(&tr);
    lesson_free(&lesson);
}

static void train_to(Training *tr, long step)
{
    while (tr->step < step)
        training_step(tr);
}

static void a_training_goes_on_from_its_state_to_the_same_bits(void **state)
{
    (void)state;
    char path[] = "/tmp/attention-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    Pairs pairs = bag_pairs();
    TransformerOptions o = tiny;
    o.dropout = 0.3;
    TrainingOptions training = { .steps = 20, .batch_tokens = 100 };
    Transformer whole = model_of(o, 12, 1), part = model_of(o, 12, 1),
                rest = model_of(o, 12, 2);
    Training a = training_new(transformer_model(&whole), &pairs, training),
             b = training_new(transformer_model(&part), &pairs, training),
             c = training_new(transformer_model(&rest), &pairs, training);
    train_to(&a, 20);
    train_to(&b, 9);
    remove(path);
    Checkpoint *to = checkpoint_write(path, 1);
    training_state(&b, to);
    checkpoint_close(to);
    Checkpoint *from = checkpoint_read(path, 1);
    training_state(&c, from);
    checkpoint_close(from);
    assert_int_equal(c.step, 9);
    train_to(&c, 20);
    for (int i = 0; i < whole.params.n; i++)
        assert_same_bits(whole.params.at[i], rest.params.at[i]);
    remove(path);
    training_free(&a);
    training_free(&b);
    training_free(&c);
    pairs_free(&pairs);
}

/* The mean loss of the last 10 of some steps with six layers in each half: the
 * curves of the chapter. */
static double deep(const Pairs *pairs, bool post_norm, int warmup)
{
    enum { STEPS = 110, LAST = 10 };
    Rng rng = rng_new(1);
    Transformer t = transformer_new(
        (TransformerOptions){ .layers = 6, .width = 32, .heads = 4,
                              .hidden = 64, .post_norm = post_norm },
        pairs->words[SOURCE].n, pairs->words[TARGET].n, &rng);
    Training tr = training_new(transformer_model(&t), pairs,
                               (TrainingOptions){ .steps = STEPS, .rate = 8e-3,
                                                  .batch_tokens = 1000,
                                                  .warmup = warmup,
                                                  .seed = 1 });
    double loss = 0;
    while (tr.step < STEPS)
        loss += (training_step(&tr) * (tr.step > STEPS - LAST)) / LAST;
    training_free(&tr);
    return loss;
}

static void with_the_norm_after_a_deep_stack_needs_warm_up(void **state)
{
    (void)state;
    if (SANITIZED)
        skip();
    Lesson lesson = lesson_read(CORPUS_FRENCH, false);
    double post = deep(&lesson.train, true, 0),
           warm = deep(&lesson.train, true, 40),
           pre = deep(&lesson.train, false, 0);
    assert_true(post > warm + 0.2);
    assert_true(pre < warm - 0.2);
    lesson_free(&lesson);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_epoch_gives_every_pair_once_in_full_batches),
        TEST(epochs_differ_and_the_first_batch_is_the_largest),
        TEST(batches_by_length_have_little_padding),
        TEST(the_learning_rate_rises_and_falls),
        TEST(any_model_can_be_trained),
        TEST(texts_without_a_source_can_be_learned),
        TEST(cross_entropy_weighs_by_tokens_and_drops_nothing),
        TEST(smoothing_and_clipping_reach_the_step),
        TEST(a_step_of_a_training_is_what_its_options_say),
        TEST(a_run_takes_the_steps_that_are_left),
        TEST(a_batch_in_parts_gives_the_loss_and_gradients_of_the_whole),
        TEST(memory_is_steady),
        TEST(with_the_norm_after_a_deep_stack_needs_warm_up),
        TEST(a_training_goes_on_from_its_state_to_the_same_bits),
    };
    int failed = cmocka_run_group_tests_name("09_training_well", tests, NULL,
                                             NULL);
    tape_free();
    return failed;
}

/* Tests of chapter 8: the claims its prose makes, and its commands. */
#define _GNU_SOURCE
#include "child.h"

#include "chapter.h"

#include "08_transformer.h"
#include "data/corpus.h"
#include "base/parallel.h"
#include "golden/08_bleu.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

int main_08_transformer(int argc, char **argv);

static const TransformerOptions tiny = { .layers = 2, .width = 16, .heads = 4,
                                         .hidden = 24 };

static Transformer model_of(TransformerOptions options, int words,
                            uint64_t seed)
{
    Rng rng = rng_new(seed);
    return transformer_new(options, words, words, &rng);
}

/* B sentences of random words, of random lengths up to n, filled with PAD. */
static Sentences random_sentences(Rng *rng, int B, int n, int words)
{
    int *ids = tape_ints(B * n), *lengths = tape_ints(B);
    for (int b = 0; b < B; b++) {
        lengths[b] = b == 0 ? n : 1 + rng_below(rng, n);
        for (int i = 0; i < n; i++)
            ids[b * n + i] = i < lengths[b]
                ? FIRST_WORD + rng_below(rng, words - FIRST_WORD) : PAD;
    }
    return (Sentences){ B, n, ids, lengths };
}

static Tensor *logits_of(const Transformer *t, Sentences source,
                         Sentences target)
{
    return transformer_decode(t, transformer_encode(t, source, (Pass){ 0 }),
                              source, target, (Pass){ 0 });
}

static Sentences copy_of(Sentences s)
{
    int *ids = tape_ints(s.count * s.length);
    memcpy(ids, s.ids, (size_t)(s.count * s.length) * sizeof *ids);
    s.ids = ids;
    return s;
}

static void set_id(Sentences s, int b, int i, int id)
{
    ((int *)(uintptr_t)s.ids)[b * s.length + i] = id;
}

/* ---- the model ---------------------------------------------------------- */

static void a_logit_does_not_depend_on_later_tokens(void **state)
{
    (void)state;
    for (int post = 0; post < 2; post++) {
        TransformerOptions o = tiny;
        o.post_norm = post;
        Transformer t = model_of(o, 20, 1);
        Rng rng = rng_new(2);
        Sentences source = random_sentences(&rng, 2, 5, 20);
        Sentences target = random_sentences(&rng, 2, 6, 20);
        Tensor *before = logits_of(&t, source, target);
        for (int k = 1; k < 6; k++) {
            Sentences other = copy_of(target);
            set_id(other, 0, k, 4 + (target.ids[k] - 4 + 1) % 16);
            Tensor *after = logits_of(&t, source, other);
            for (int i = 0; i < k; i++)
                assert_near(t_distance(t_slice(t_slice(before, 0, 0, 1), 1, i,
                                               i + 1),
                                       t_slice(t_slice(after, 0, 0, 1), 1, i,
                                               i + 1)), 0, 0);
            assert_true(t_distance(t_slice(before, 1, k, k + 1),
                                   t_slice(after, 1, k, k + 1)) > 1e-3);
        }
        tape_reset();
    }
}

static void padding_changes_nothing(void **state)
{
    (void)state;
    Transformer t = model_of(tiny, 20, 3);
    Rng rng = rng_new(4);
    Sentences source = random_sentences(&rng, 4, 7, 20);
    Sentences target = random_sentences(&rng, 4, 5, 20);
    Tensor *before = logits_of(&t, source, target);
    Sentences s = copy_of(source), u = copy_of(target);
    for (int b = 0; b < 4; b++) {
        for (int i = s.lengths[b]; i < 7; i++)
            set_id(s, b, i, 4 + rng_below(&rng, 16));
        for (int i = u.lengths[b]; i < 5; i++)
            set_id(u, b, i, 4 + rng_below(&rng, 16));
    }
    Tensor *after = logits_of(&t, s, u);
    for (int b = 0; b < 4; b++) {
        int m = target.lengths[b];
        Tensor *x = t_slice(t_slice(before, 0, b, b + 1), 1, 0, m);
        Tensor *y = t_slice(t_slice(after, 0, b, b + 1), 1, 0, m);
        assert_near(t_distance(x, y), 0, 0);
    }
    tape_reset();
}

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
        Writer w = writer_begin(&t, transformer_encode(&t, source, (Pass){ 0 }),
                                nn_padding_mask(3, source.lengths, 6), 8);
        for (int i = 0; i < 8; i++) {
            int ids[3];
            for (int b = 0; b < 3; b++)
                ids[b] = target.ids[b * 8 + i];
            Tensor *step = writer_step(&w, ids);
            Tensor *row = t_reshape(t_slice(all, 1, i, i + 1), 3, 20);
            assert_true(t_distance(step, row) < 2e-5);
        }
        assert_refuses_in("08_transformer.c",
                          "writer_step: there is room for 8 tokens only",
                       writer_step(&w, target.ids));
        tape_reset();
    }
}

static void rows_of_a_writer_can_change_places(void **state)
{
    (void)state;
    Transformer t = model_of(tiny, 20, 7);
    Rng rng = rng_new(8);
    Sentences one = random_sentences(&rng, 1, 4, 20);
    int twice[8], lengths[2] = { 4, 4 };
    for (int i = 0; i < 8; i++)
        twice[i] = one.ids[i % 4];
    Sentences source = { 2, 4, twice, lengths };
    Writer w = writer_begin(&t, transformer_encode(&t, source, (Pass){ 0 }),
                            nn_padding_mask(2, lengths, 4), 4);
    writer_step(&w, (int[]){ 5, 6 });
    writer_reorder(&w, (int[]){ 1, 1 });
    Tensor *next = writer_step(&w, (int[]){ 7, 7 });
    assert_near(t_distance(t_slice(next, 0, 0, 1), t_slice(next, 0, 1, 2)), 0,
                0);
    Sentences target = { 1, 2, (int[]){ 6, 7 }, (int[]){ 2 } };
    Tensor *whole = logits_of(&t, one, target);
    assert_true(t_distance(t_slice(next, 0, 0, 1),
                           t_reshape(t_slice(whole, 1, 1, 2), 1, 20)) < 2e-5);
    tape_reset();
}

static void the_formula_counts_the_parameters(void **state)
{
    (void)state;
    for (int layers = 1; layers <= 3; layers++)
        for (int post = 0; post < 2; post++) {
            TransformerOptions o = { .layers = layers, .width = 8 * layers,
                                     .heads = 4, .hidden = 10 + layers,
                                     .post_norm = post };
            Rng rng = rng_new(1);
            Transformer t = transformer_new(o, 30, 40, &rng);
            assert_int_equal(transformer_count(o, 30, 40, false),
                             params_count(&t.params));
            assert_int_equal(transformer_count(o, 30, 40, true),
                             params_count(&t.params) - 40 * o.width);
        }
}

static void impossible_models_are_refused(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    assert_refuses_in("08_transformer.c",
        "transformer_new: from 1 to 16 layers, got 0",
        transformer_new((TransformerOptions){ .layers = 0, .width = 8,
                                              .heads = 2, .hidden = 8 },
                        9, 9, &rng));
}

/* ---- searching ---------------------------------------------------------- */

/* The best translation of at most `room` tokens, by trying every one. */
static void try_everything(const Transformer *t, Sentences source, int room,
                           int words, int *tokens, int length, double so_far,
                           double *best, Ids *found)
{
    int reads[8] = { START };
    memcpy(reads + 1, tokens, (size_t)length * sizeof *tokens);
    Sentences target = { 1, length + 1, reads, (int[]){ length + 1 } };
    Tensor *p = t_log_softmax(logits_of(t, source, target));
    real *row = &t_at(p, 0, length, 0);
    double ended = so_far + (double)row[END];
    if (ended > *best) {
        *best = ended;
        found->n = length;
        memcpy(found->id, tokens, (size_t)length * sizeof *tokens);
    }
    for (int w = FIRST_WORD; w < words && length + 1 < room; w++) {
        tokens[length] = w;
        try_everything(t, source, room, words, tokens, length + 1,
                       so_far + (double)row[w], best, found);
    }
}

static void beam_search_finds_what_trying_everything_finds(void **state)
{
    (void)state;
    enum { WORDS = 6, ROOM = 6 };    /* 2^5 ways: all fit in the beam */
    bool recorded = tape_record(false);
    int differs_from_greedy = 0;
    for (uint64_t seed = 0; seed < 12; seed++) {
        Transformer t = model_of(tiny, WORDS, seed);
        Rng rng = rng_new(seed + 100);
        Sentences source = random_sentences(&rng, 1, 4, WORDS);
        int tokens[8], id[8];
        Ids best = { 0, id }, wide, greedy;
        double score = -INFINITY;
        try_everything(&t, source, ROOM, WORDS, tokens, 0, 0, &score, &best);
        transformer_translate(&t, source,
                              (TranslateOptions){ .beam = MAX_BEAM,
                                                  .longest = ROOM }, &wide);
        assert_int_equal(wide.n, best.n);
        assert_memory_equal(wide.id, best.id,
                            (size_t)best.n * sizeof *best.id);
        transformer_translate(&t, source, (TranslateOptions){ .longest = ROOM },
                              &greedy);
        differs_from_greedy += greedy.n != best.n;
        tape_reset();
    }
    assert_in_range(differs_from_greedy, 1, 12);
    tape_record(recorded);
}

static Pairs some_pairs(CorpusLanguage language, CorpusSplit split);

static void sentences_translate_alone_as_in_a_batch(void **state)
{
    (void)state;
    Pairs pairs = some_pairs(CORPUS_FRENCH, CORPUS_HELD_OUT);
    pairs_sort_words(&pairs, 1);
    pairs.n = 100;
    Rng rng = rng_new(9);
    Transformer t = transformer_new(tiny, pairs.words[SOURCE].n,
                                    pairs.words[TARGET].n, &rng);
    Ids all[100];
    for (int beam = 1; beam <= 3; beam += 2) {
        TranslateOptions o = { .beam = beam, .longest = 12 };
        transformer_translate_pairs(&t, &pairs, o, all);
        for (int i = 0; i < 100; i += 7) {
            Ids source = pairs_ids(&pairs, SOURCE, i), alone;
            Sentences one = { 1, source.n, source.id, &source.n };
            transformer_translate(&t, one, o, &alone);
            assert_int_equal(alone.n, all[i].n);
            assert_memory_equal(alone.id, all[i].id,
                                (size_t)alone.n * sizeof *alone.id);
        }
        tape_reset();
    }
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
    assert_near(exact_match(1, &a, &a), 1, 0);
    assert_near(exact_match(1, &c, &a), 0, 0);
}

/* ---- training ----------------------------------------------------------- */

static void take(const char *english, const char *translation, void *pairs)
{
    pairs_add(pairs, english, translation, 0);
}

static Pairs some_pairs(CorpusLanguage language, CorpusSplit split)
{
    Pairs pairs = { 0 };
    corpus_pairs(language, split, take, &pairs);
    return pairs;
}

static void a_batch_is_what_teacher_forcing_needs(void **state)
{
    (void)state;
    Pairs pairs = { 0 };
    pairs_add(&pairs, "a b", "x y z", 0);
    pairs_add(&pairs, "c", "w", 0);
    Batch b = batch_of(&pairs, 2, (int[]){ 1, 0 });
    int a_id = FIRST_WORD, x = FIRST_WORD, w = FIRST_WORD + 3;
    assert_memory_equal(b.source.ids, ((int[]){ a_id + 2, PAD, a_id, a_id + 1 }),
                        4 * sizeof(int));
    assert_memory_equal(b.target.ids,
                        ((int[]){ START, w, PAD, PAD, START, x, x + 1, x + 2 }),
                        8 * sizeof(int));
    assert_memory_equal(b.next, ((int[]){ w, END, T_IGNORE, T_IGNORE, x, x + 1,
                                          x + 2, END }), 8 * sizeof(int));
    assert_memory_equal(b.source.lengths, ((int[]){ 1, 2 }), 2 * sizeof(int));
    assert_memory_equal(b.target.lengths, ((int[]){ 2, 4 }), 2 * sizeof(int));
    pairs_free(&pairs);
    tape_reset();
}

static void an_epoch_gives_every_pair_once_in_full_batches(void **state)
{
    (void)state;
    Pairs pairs = some_pairs(CORPUS_CHINESE, CORPUS_HELD_OUT);
    pairs_sort_words(&pairs, 1);
    Transformer t = model_of(tiny, 2000, 1);
    Training tr = training_new(&t, &pairs,
                               (TrainingOptions){ .steps = 1,
                                                  .batch_tokens = 500 });
    int *times = tape_ints(pairs.n), batches = tr.batches;
    memset(times, 0, (size_t)pairs.n * sizeof *times);
    bool *turns = (bool *)tape_ints(batches);
    memset(turns, 0, (size_t)batches);
    for (int k = 0; k < batches; k++) {
        int turn = tr.turn[k], n = 0, m = 0;
        assert_false(turns[turn]);
        turns[turn] = true;
        for (int i = tr.first[turn]; i < tr.first[turn + 1]; i++) {
            times[tr.order[i]]++;
            int a = pairs_ids(&pairs, SOURCE, tr.order[i]).n;
            int b = pairs_ids(&pairs, TARGET, tr.order[i]).n + 1;
            n = a > n ? a : n;
            m = b > m ? b : m;
        }
        assert_in_range((tr.first[turn + 1] - tr.first[turn]) * (n + m), 1, 500);
    }
    for (int i = 0; i < pairs.n; i++)
        assert_int_equal(times[i], 1);
    training_free(&tr);
    pairs_free(&pairs);
    tape_reset();
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
    Pairs pairs = some_pairs(CORPUS_FRENCH, CORPUS_HELD_OUT);
    pairs_sort_words(&pairs, 1);
    Transformer t = model_of(tiny, 1500, 1);
    Training tr = training_new(&t, &pairs,
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
    pairs_free(&pairs);
}

/* Half of the chapter's steps are enough for this. Under a sanitizer they would
 * take many minutes. */
static void rouge_looks_at_red_in_the_trained_model(void **state)
{
    (void)state;
    if (SANITIZED)
        skip();
    Pairs pairs = some_pairs(CORPUS_FRENCH, CORPUS_TRAIN);
    pairs_sort_words(&pairs, 1);
    TransformerOptions o = { .layers = 2, .width = 64, .heads = 4,
                             .hidden = 128 };
    enum { STEPS = 500 };
    Rng rng = rng_new(1);
    Transformer t = transformer_new(o, pairs.words[SOURCE].n,
                                    pairs.words[TARGET].n, &rng);
    Training tr = training_new(&t, &pairs,
                               (TrainingOptions){ .steps = STEPS, .warmup = 50,
                                                  .rate = 8e-3, .clip = 1,
                                                  .smoothing = 0.1 });
    while (tr.step < STEPS)
        training_step(&tr);
    Pairs one = { 0 };
    pairs_add(&one, "the red car is fast .", "la voiture rouge est rapide .", 0);
    pairs_encode(&one, &pairs.words[SOURCE], &pairs.words[TARGET]);
    Tensor *cross[2];
    transformer_logits(&t, batch_of(&one, 1, (int[]){ 0 }),
                       (Pass){ .cross = cross });
    Tensor *mean = t_mean(cross[1], 1);     /* (1, 1, 7, 6) */
    enum { VOITURE = 1, ROUGE = 2, RED = 1, CAR = 2 };
    for (int j = 0; j < 6; j++) {
        if (j != RED)
            assert_true(t_at(mean, 0, 0, ROUGE, RED)
                        > t_at(mean, 0, 0, ROUGE, j));
        if (j != CAR)
            assert_true(t_at(mean, 0, 0, VOITURE, CAR)
                        > t_at(mean, 0, 0, VOITURE, j));
    }
    training_free(&tr);
    pairs_free(&pairs);
    pairs_free(&one);
    tape_reset();
}

/* ---- commands ----------------------------------------------------------- */

static int lines_left;

static void print_tsv(const char *english, const char *translation,
                      void *stream)
{
    if (lines_left-- > 0)
        fprintf(stream, "%s\t%s\n", english, translation);
}

static void write_tsv(const char *name)
{
    FILE *f = fopen(in_folder(name), "w");
    lines_left = 400;
    corpus_pairs(CORPUS_FRENCH, CORPUS_HELD_OUT, print_tsv, f);
    fclose(f);
}

#define SMALL_MODEL "--width", "16", "--heads", "2", "--layers", "1"

/* Runs a training that is stopped by a signal after some milliseconds. */
static void stopped(int by, const char *data, const char *model,
                    int milliseconds)
{
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execl(child_program, "x", "--as-chapter", "train", "--data", data,
              "--save", model, "--epochs", "40", SMALL_MODEL, (char *)NULL);
        _exit(127);
    }
    nanosleep(&(struct timespec){ 0, milliseconds * 1000000L }, NULL);
    kill(id, by);
    int status;
    waitpid(id, &status, 0);
    if (by == SIGINT)
        assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 130
                                          || WEXITSTATUS(status) == 0));
}

static const char *bytes_of(const char *name, size_t *size)
{
    static char buffer[2][400000];
    char *text = buffer[strcmp(name, "whole") == 0];
    FILE *f = fopen(in_folder(name), "rb");
    assert_non_null(f);
    *size = fread(text, 1, sizeof buffer[0], f);
    assert_true(*size < sizeof buffer[0]);
    fclose(f);
    return text;
}

static void a_resumed_training_ends_with_the_same_bits(void **state)
{
    (void)state;
    write_tsv("a.tsv");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("whole"),
        "--epochs", "40", SMALL_MODEL);
    assert_int_equal(child.status, 0);
    size_t a, b;
    const char *whole = bytes_of("whole", &a);
    for (int round = 0; round < 4; round++) {
        int by = round % 2 ? SIGKILL : SIGINT;
        stopped(by, in_folder("a.tsv"), in_folder("parts"), 100 + 60 * round);
        if (!exists("parts"))   /* killed before the first epoch's end */
            continue;
        RUN("info", "--model", in_folder("parts"));
        went_well();
        RUN("train", "--data", in_folder("a.tsv"), "--save",
            in_folder("parts"), "--resume");
        assert_int_equal(child.status, 0);
        assert_non_null(strstr(child.out, "going on"));
        const char *parts = bytes_of("parts", &b);
        assert_int_equal(a, b);
        assert_memory_equal(whole, parts, a);
        remove(in_folder("parts"));
    }
}

static void a_trained_model_translates_scores_and_shows(void **state)
{
    (void)state;
    write_file("a.tsv", "a b .\tx y .\nb a .\ty x .\na a b .\tx x y .\n"
                        "b b .\ty y .\na .\tx .\nb .\ty .\nb a b .\ty x y .\n");
    RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("m"),
        "--epochs", "150", "--dropout", "0", "--norm", "post", "--warmup", "20",
        "--valid", in_folder("a.tsv"), SMALL_MODEL);
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "epoch 150/150"));
    RUN("score", "--model", in_folder("m"), "--data", in_folder("a.tsv"));
    went_well();
    assert_non_null(strstr(child.out, "exact match  100.00 %"));
    RUN("attend", "--model", in_folder("m"), "--out", in_folder("maps"),
        "A b.");
    went_well();
    assert_string_equal(contents("maps/attend.out"), "x y .\n");
    assert_true(exists("maps/cross_1_2.svg") && exists("maps/encoder_1_1.dat"));
    assert_non_null(strstr(contents("maps/cross_1_1.dat"), "\"b\" \"y\""));
    FILE *in = fopen(in_folder("in"), "w");
    fputs("b a .\n\nA B.\n", in);
    fclose(in);
    char command[900];
    snprintf(command, sizeof command,
             "%s --as-chapter translate --model %s --beam 2 < %s > %s",
             child_program, in_folder("m"), in_folder("in"), in_folder("out"));
    assert_int_equal(system(command), 0);
    assert_string_equal(contents("out"), "y x .\n\nx y .\n");
}

static void bad_commands_are_refused_in_one_line(void **state)
{
    (void)state;
    const char *const bad[][6] = {
        { "train", "--save", "m", NULL },
        { "train", "--data", "x", "--save", NULL },
        { "train", "--data", "x", "--width", "1.5", NULL },
        { "train", "--data", "x", "--norm", "layer", NULL },
        { "translate", "--beam", "0", NULL },
        { "score", "--unknown", NULL },
        { "attend", "--model", "m", "--out", "d", NULL },
        { "corpus", "german", NULL },
        { "corpus", "french", "most", NULL },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        run(bad[i]);
        assert_int_equal(child.status, 2);
        assert_string_equal(child.out, "");
        assert_non_null(strstr(child.err, "(see --help)\n"));
        assert_ptr_equal(strchr(child.err, '\n') + 1,
                         child.err + strlen(child.err));
    }
    RUN("translate", "--model", in_folder("absent"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot read the checkpoint"));
    write_tsv("a.tsv");
    RUN("train", "--data", in_folder("a.tsv"), "--save",
        in_folder("no/such/folder"));
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "cannot write the checkpoint"));
    assert_string_equal(child.out, "");     /* said before anything is done */
    const char *inputs[] = { "--data", "--target", "--valid",
                             "--valid-target" };
    for (int i = 0; i < 4; i++) {
        write_file("mine", "a\tb\n");
        RUN("train", "--data", in_folder("a.tsv"), "--save", in_folder("mine"),
            "--valid", in_folder("a.tsv"), inputs[i], in_folder("mine"));
        assert_int_equal(child.status, 1);
        assert_non_null(strstr(child.err, "which is read"));
        assert_string_equal(contents("mine"), "a\tb\n");
    }
    RUN("train", "--help");
    went_well();
    assert_non_null(strstr(child.out, "--label-smoothing"));
    RUN("corpus", "chinese", "held-out");
    assert_int_equal(child.status, 0);
    assert_non_null(strstr(child.out, "\t"));
}

int main(int argc, char **argv)
{
    if (is_chapter(&argc, &argv))
        return main_08_transformer(argc, argv);
    const struct CMUnitTest tests[] = {
        TEST(a_logit_does_not_depend_on_later_tokens),
        TEST(padding_changes_nothing),
        TEST(cached_and_recomputed_logits_agree),
        TEST(rows_of_a_writer_can_change_places),
        TEST(the_formula_counts_the_parameters),
        TEST(impossible_models_are_refused),
        TEST(beam_search_finds_what_trying_everything_finds),
        TEST(sentences_translate_alone_as_in_a_batch),
        TEST(bleu_agrees_with_the_reference_implementation),
        TEST(bleu_by_hand),
        TEST(a_batch_is_what_teacher_forcing_needs),
        TEST(an_epoch_gives_every_pair_once_in_full_batches),
        TEST(the_learning_rate_rises_and_falls),
        TEST(memory_is_steady),
        TEST(rouge_looks_at_red_in_the_trained_model),
        FOLDER_TEST(a_resumed_training_ends_with_the_same_bits),
        FOLDER_TEST(a_trained_model_translates_scores_and_shows),
        FOLDER_TEST(bad_commands_are_refused_in_one_line),
    };
    int failed = cmocka_run_group_tests_name("08_transformer", tests, NULL,
                                             NULL);
    tape_free();
    return failed;
}

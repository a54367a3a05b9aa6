/* The claims of chapter 17, and what its header promises. */
#include "chapter.h"

#include "17_today.h"
#include "golden/17_today.h"

#include <stdio.h>
#include <stdlib.h>

enum { V = 23 };

static const TodayOptions small = {
    .layers = 2, .width = 16, .heads = 4, .hidden = 24,
};

/* Every choice of what has changed, 64 of them. */
static TodayOptions choice(int i)
{
    TodayOptions o = small;
    o.norm_after = i & 1;
    o.rms = i & 2;
    o.rotary = i & 4;
    o.gated = i & 8;
    o.no_bias = i & 16;
    o.shared = i & 32 ? 2 : 0;
    o.turn.neighbours = i & 1;
    o.untied = i & 2;
    return o;
}
enum { CHOICES = 64 };

static Ids random_text(Rng *rng, int n)
{
    Ids text = { n, tape_ints(n + 1) };
    for (int k = 0; k < n; k++)
        text.id[k] = FIRST_WORD + rng_below(rng, V - FIRST_WORD);
    return text;
}

static Tensor *logits_of(const Today *t, Ids text)
{
    Ids none = { 0, NULL };
    return today_logits(t, batch_with(1, &none, &text), (Pass){ 0 });
}

/* ---- the model ------------------------------------------------------------ */

static void with_no_change_it_is_chapter_14s_gpt(void **state)
{
    (void)state;
    Rng a = rng_new(3), b = rng_new(3);
    Today t = today_new(small, V, &a);
    Stack s = stack_new((TransformerOptions){ .layers = 2, .width = 16, .heads = 4,
                                              .hidden = 24 }, CAUSAL_MASK, V, &b);
    assert_int_equal(params_count(&t.params), params_count(&s.params));
    Ids none[3] = { { 0, NULL } }, text[3];
    for (int i = 0; i < 3; i++)
        text[i] = random_text(&a, 3 + 2 * i);
    Batch batch = batch_with(3, none, text);
    assert_same_bits(today_logits(&t, batch, (Pass){ 0 }),
                     stack_logits(&s, batch, (Pass){ 0 }));
    tape_free();
}

static void a_token_depends_on_what_stands_before_only(void **state)
{
    (void)state;
    for (int i = 0; i < CHOICES; i++) {
        Rng rng = rng_new(5);
        Today t = today_new(choice(i), V, &rng);
        Ids text = random_text(&rng, 6);
        Tensor *before = logits_of(&t, text);
        for (int j = 0; j < text.n; j++) {
            int was = text.id[j];
            text.id[j] = was == FIRST_WORD ? FIRST_WORD + 1 : FIRST_WORD;
            Tensor *after = logits_of(&t, text);
            text.id[j] = was;
            for (int k = 0; k <= text.n; k++)       /* token j is read at j + 1 */
                assert_int_equal(same_bits(t_slice(before, 1, k, k + 1),
                                           t_slice(after, 1, k, k + 1)), k <= j);
        }
        tape_free();
    }
}

static void kept_and_recomputed_logits_agree(void **state)
{
    (void)state;
    for (int i = 0; i < CHOICES; i++) {
        Rng rng = rng_new(7);
        Today t = today_new(choice(i), V, &rng);
        Ids none[2] = { { 0, NULL } };
        Sentences source = sentences_of(2, none, false);
        Writer kept = today_writer(today_model(&t), source, 1, 8);
        Writer all = recomputing_writer(today_model(&t), source, 1, 8);
        int ids[2] = { START, START };
        for (int step = 0; step < 8; step++) {
            assert_true(t_distance(kept.step(kept.state, ids),
                                   all.step(all.state, ids)) < 2e-5);
            if (step == 4) {        /* both rows go on from the second */
                kept.reorder(kept.state, (int[]){ 1, 1 });
                all.reorder(all.state, (int[]){ 1, 1 });
            }
            ids[0] = FIRST_WORD + step;
            ids[1] = V - 1 - step;
        }
        tape_free();
    }
}

/* What stands before a text is dropped: keys and values of it are kept by nobody. */
static void turned_logits_depend_on_distances_only(void **state)
{
    (void)state;
    Rng rng = rng_new(9);
    for (int layout = 0; layout < 2; layout++) {
        Tensor *q = t_normal(&rng, 1, 2, 5, 8), *k = t_normal(&rng, 1, 2, 5, 8);
        RotaryOptions o = { .neighbours = layout };
        Tensor *here = t_matmul(t_rotary(q, 0, o), t_transpose(t_rotary(k, 0, o)));
        Tensor *there = t_matmul(t_rotary(q, 500, o),
                                 t_transpose(t_rotary(k, 500, o)));
        Tensor *moved = t_matmul(t_rotary(q, 0, o),
                                 t_transpose(t_rotary(k, 500, o)));
        assert_true(t_distance(here, there) < 2e-4);
        assert_true(t_distance(here, moved) > 1);
    }
}

static void both_layouts_are_the_same_model(void **state)
{
    (void)state;
    for (int i = 4; i < CHOICES; i++) {
        Rng rng = rng_new(11);
        TodayOptions o = choice(i);
        if (!o.rotary)
            continue;
        Today t = today_new(o, V, &rng);
        for (int k = 0; k < t.params.n; k++)        /* biases, too */
            t_assign(t.params.at[k], t_uniform_shape(&rng, -0.5, 0.5,
                                                     t.params.at[k]->shape));
        Ids text = random_text(&rng, 9);
        Tensor *one = logits_of(&t, text);
        t.options.turn.neighbours = !o.turn.neighbours;
        Tensor *wrong = logits_of(&t, text);
        t.options.turn.neighbours = o.turn.neighbours;
        today_change_layout(&t);
        assert_int_equal(t.options.turn.neighbours, !o.turn.neighbours);
        assert_true(t_distance(one, logits_of(&t, text)) < 1e-4);
        assert_true(t_distance(one, wrong) > 1e-3);
        today_change_layout(&t);
        assert_same_bits(one, logits_of(&t, text));
        tape_free();
    }
}

static void what_is_compared_is_of_one_size(void **state)
{
    (void)state;
    const int of_gpt = 128, gated = 85, shared = 160, all = 106;
    const int matrices[] = { 4 * 64 * 64 + 2 * 64 * of_gpt,
                             4 * 64 * 64 + 3 * 64 * gated,
                             3 * 64 * 64 + 2 * 64 * shared,
                             3 * 64 * 64 + 3 * 64 * all };
    for (int i = 1; i < 4; i++)
        assert_true(abs(matrices[i] - matrices[0]) * 100 < matrices[0]);
}

static void a_model_that_cannot_be_is_refused(void **state)
{
    (void)state;
    Rng rng = rng_new(1);
    TodayOptions o = small;
    o.layers = 0;
    assert_refuses_in("17_today.c",
                      "today_new: from 1 to 16 layers, got 0; and heads that share "
                      "evenly, got 4 of 4", (today_new(o, V, &rng), NULL));
    o = small;
    o.shared = 3;
    assert_refuses_in("17_today.c",
                      "today_new: from 1 to 16 layers, got 2; and heads that share "
                      "evenly, got 3 of 4", (today_new(o, V, &rng), NULL));
    Today t = today_new(small, V, &rng);
    assert_refuses_in("17_today.c",
                      "today_write_llama: a model with all changes, and neighbours "
                      "as pairs, expected", (today_write_llama(&t, 8, "x"), NULL));
    Ids none = { 0, NULL };
    int ids[] = { START };
    Writer w = today_writer(today_model(&t), sentences_of(1, &none, false), 1, 1);
    w.step(w.state, ids);
    assert_refuses_in("10_translating_well.c",
                      "kept_memory: there is room for 1 tokens only",
                      w.step(w.state, ids));
    tape_free();
}

/* ---- files ---------------------------------------------------------------- */

static const char shipped[] = "chapters/data/stories.bin";
static const char shipped_pieces[] = "chapters/data/stories.pieces";

static char *temporary(const char *name)
{
    static char path[300];
    const char *tmp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/today-%ld-%s", tmp ? tmp : "/tmp",
             (long)getpid(), name);
    return path;
}

static void pytorch_computes_the_same_logits(void **state)
{
    (void)state;
    int places;
    Today t = today_read_llama(shipped, &places);
    today_change_layout(&t);
    NamedTensors list = today_named(&t);
    char *path = temporary("m.safetensors");
    safetensors_write(path, list.n, list.at);
    Rng rng = rng_new(1);
    Today u = today_new(t.options, t_dim(t.words, 0), &rng);
    NamedTensors other = today_named(&u);
    safetensors_read(path, other.n, other.at);
    remove(path);
    Ids text = { GOLDEN_TEXT, tape_ints(GOLDEN_TEXT) };
    memcpy(text.id, golden_text, sizeof golden_text);
    Tensor *logits = logits_of(&u, text);
    assert_int_equal(t_dim(logits, 1), GOLDEN_TEXT + 1);
    for (int i = 0; i <= GOLDEN_TEXT; i++)
        for (int k = 0; k < GOLDEN_LOGITS; k++)
            assert_near(t_at(logits, 0, i, FIRST_WORD + 250 + k),
                        golden_logits[i][k], 2e-4);
    free(list.at);
    free(other.at);
    tape_free();
}

/* What llama2.c said, one line of 17_llama.tsv: a beginning, and the pieces from
 * its first on. It says them all, or as many as there is room for. */
static void check_said(const Today *t, const LlamaPieces *p, int places,
                       const char *begin, char *numbers)
{
    Ids begun = llama_tokens(p, begin), written;
    write_on(today_model(t), 1, NULL, &begun,
             (WriteOptions){ .writer = today_writer, .longest = places - begun.n },
             &written);
    int n = 0;
    for (char *one = strtok(numbers, " \n"); one; one = strtok(NULL, " \n"), n++) {
        int wanted = atoi(one) + FIRST_WORD - LLAMA_BYTES;
        assert_true(n < begun.n + written.n);
        int got = n < begun.n ? begun.id[n] : written.id[n - begun.n];
        if (got != wanted)
            fail_msg("'%s', token %d: %d, llama2.c says %d", begin, n, got, wanted);
    }
    assert_int_equal(n, begun.n + written.n);
    free(begun.id);
    tape_reset();
}

static void check_model(const char *model, const char *pieces)
{
    int places, lines = 0;
    Today t = today_read_llama(model, &places);
    LlamaPieces p = llama_pieces_read(pieces, t_dim(t.words, 0) - 1);
    FILE *f = fopen("tests/golden/17_llama.tsv", "r");
    static char line[4000];
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        char *begin = strchr(line, '\t'), *said = begin ? strchr(begin + 1, '\t')
                                                        : NULL;
        assert_non_null(said);
        *begin = *said = '\0';
        if (strcmp(line, model) == 0) {
            check_said(&t, &p, places, begin + 1, said + 1);
            lines++;
        }
    }
    fclose(f);
    assert_true(lines >= 4);
    llama_pieces_free(&p);
    tape_free();
}

static void llama2c_says_what_the_shipped_model_says(void **state)
{
    (void)state;
    check_model(shipped, shipped_pieces);
}

static void what_was_made_for_llama2c_says_the_same_here(void **state)
{
    (void)state;
    check_model("tests/golden/17_llama.bin", "tests/golden/17_llama.pieces");
}

static unsigned char *bytes_at(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    unsigned char *bytes = malloc(1 << 22);
    *n = fread(bytes, 1, 1 << 22, f);
    fclose(f);
    return bytes;
}

/* The second of the two has one table for both ways, and is written with two. */
static void a_model_of_llama2c_is_written_as_it_was_read(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        int places, again;
        Today t = today_read_llama(i ? "tests/golden/17_llama.bin" : shipped,
                                   &places);
        char *path = temporary("m.bin");
        size_t n, m;
        today_write_llama(&t, places, path);
        Today u = today_read_llama(path, &again);
        assert_int_equal(again, places);
        for (int k = 0; k < t.params.n; k++)
            for (int row = i && k < 2 ? 1 : 0; row < t_dim(t.params.at[k], 0); row++)
                assert_same_bits(t_slice(t.params.at[k], 0, row, row + 1),
                                 t_slice(u.params.at[k], 0, row, row + 1));
        unsigned char *a = bytes_at(i ? path : shipped, &n), *b = bytes_at(path, &m);
        assert_int_equal(n, m);
        assert_memory_equal(a, b, n);
        free(a);
        free(b);
        remove(path);
        tape_free();
    }
}

static const LlamaPieces *cutter;
static Pieces learned;

static void cut_both_ways(const Story *story, void *context)
{
    int *count = context;
    char text[4000];
    snprintf(text, sizeof text, " %s", story->text);
    Ids slowly = tokens_of_text(&learned, text_of(text));
    Ids here = llama_tokens(cutter, story->text);
    assert_true(ids_equal(slowly, here));
    Text said = llama_text(cutter, here);
    assert_string_equal(said.at, story->text);
    assert_true(said.n == strlen(story->text));
    free((char *)said.at);
    free(slowly.id);
    free(here.id);
    ++*count;
}

static void append_story(const Story *story, void *context)
{
    strcat(strcat((char *)context, " "), story->text);
}

static void stories_are_cut_alike_by_both_rules(void **state)
{
    (void)state;
    char *all = calloc(300, 4000);
    stories(STORIES_TRAIN, 300, append_story, all);
    learned = pieces_learn(text_of(all), 200);
    LlamaPieces p = llama_pieces_of(&learned);
    assert_int_equal(p.n, learned.n + LLAMA_BYTES);
    cutter = &p;
    int count = 0;
    stories(STORIES_HELD_OUT, 300, cut_both_ways, &count);
    assert_int_equal(count, 300);
    pieces_free(&learned);
    llama_pieces_free(&p);
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(with_no_change_it_is_chapter_14s_gpt),
        TEST(a_token_depends_on_what_stands_before_only),
        TEST(kept_and_recomputed_logits_agree),
        TEST(turned_logits_depend_on_distances_only),
        TEST(both_layouts_are_the_same_model),
        TEST(what_is_compared_is_of_one_size),
        TEST(a_model_that_cannot_be_is_refused),
        TEST(pytorch_computes_the_same_logits),
        TEST(llama2c_says_what_the_shipped_model_says),
        TEST(what_was_made_for_llama2c_says_the_same_here),
        TEST(a_model_of_llama2c_is_written_as_it_was_read),
        TEST(stories_are_cut_alike_by_both_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

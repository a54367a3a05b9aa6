/* Tests of the tasks of chapters/data/recall.c. */
#include "check.h"

#include "data/recall.h"

static void a_target_is_what_stood_so_many_places_before(void **state)
{
    (void)state;
    enum { TOKENS = 5, B = 4, N = 30 };
    Rng rng = rng_new(1);
    for (int back = 1; back <= N; back += 7) {
        int ids[B * N], targets[B * N], seen[TOKENS] = { 0 };
        draw_tokens(&rng, TOKENS, B, N, back, ids, targets);
        for (int b = 0; b < B; b++)
            for (int i = 0; i < N; i++) {
                int at = b * N + i;
                assert_in_range(ids[at], 0, TOKENS - 1);
                seen[ids[at]]++;
                assert_int_equal(targets[at], i < back ? T_IGNORE
                                                       : ids[at - back]);
            }
        for (int token = 0; token < TOKENS; token++)
            assert_true(seen[token] > 0);
    }
}

/* The place that a question is about; -1 if it is none, or there are two. */
static int place_of(Facts f, int b, int question)
{
    int found = -1, places = 0;
    for (int j = 0; j < f.n; j++) {
        bool same = true;
        for (int c = 0; c < FACT_CODE; c++)
            same = same && t_at(f.keys, b, j, c)
                           == t_at(f.questions, b, question, c);
        if (same) {
            found = j;
            places++;
        }
    }
    return places == 1 ? found : -1;
}

static void a_question_is_about_an_earlier_fact(void **state)
{
    (void)state;
    enum { B = 3, N = 50 };
    Rng rng = rng_new(7);
    Facts f = draw_facts(&rng, B, N);
    for (int b = 0; b < B; b++) {
        assert_int_equal(f.answers[b * N], T_IGNORE);
        for (int i = 1; i < N; i++) {
            int found = place_of(f, b, i);
            assert_in_range(found, 0, i - 1);
            assert_int_equal(f.answers[b * N + i], f.values[b * N + found]);
            assert_in_range(f.answers[b * N + i], 0, FACT_VALUES - 1);
        }
    }
}

static void each_earlier_place_is_asked_about_equally_often(void **state)
{
    (void)state;
    enum { B = 4000, N = 5 };
    int asked[N] = { 0 };
    Rng rng = rng_new(8);
    Facts f = draw_facts(&rng, B, N);
    for (int b = 0; b < B; b++)
        asked[place_of(f, b, N - 1)]++;
    for (int i = 0; i < N - 1; i++)
        assert_near(asked[i], B / (N - 1.0), 120);  /* four deviations */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_target_is_what_stood_so_many_places_before),
        TEST(a_question_is_about_an_earlier_fact),
        TEST(each_earlier_place_is_asked_about_equally_often),
    };
    return cmocka_run_group_tests_name("recall", tests, NULL, NULL);
}

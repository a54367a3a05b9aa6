/* Tests of putting questions about stories, and of marking the answers. */
#include "check.h"

#include "base/fail.h"
#include "data/story_exam.h"
#include "data/story_lesson.h"

#include <stdlib.h>

enum { SOME = 60 };

static Stories lesson;
static const Vocabulary *words;

static int read_words(void **state)
{
    (void)state;
    lesson = stories_read(STORIES_TRAIN, 3000, 3, 1, NULL);
    words = &lesson.texts.words[TARGET];
    return 0;
}

static int free_words(void **state)
{
    (void)state;
    stories_free(&lesson);
    return 0;
}

/* ---- what is asked -------------------------------------------------------- */

/* A pupil that keeps what it is asked, and answers nothing. */
enum { ROOM = 2000 };

static struct {
    int n;
    Ids story[ROOM], question[ROOM], answer[ROOM];
    QuestionKind kind[ROOM];
    int stop;
} kept;

static Ids copied(Ids a)
{
    Ids b = { a.n, grown(NULL, (size_t)a.n, sizeof *b.id) };
    memcpy(b.id, a.id, (size_t)a.n * sizeof *b.id);
    return b;
}

static void keep(const void *self, Exam e, Ids *answer)
{
    assert_ptr_equal(self, &kept);
    for (int i = 0; i < e.n; i++, kept.n++) {
        assert_true(kept.n < ROOM);
        kept.story[kept.n] = copied(e.story[i]);
        kept.question[kept.n] = copied(e.question[i]);
        kept.answer[kept.n] = copied(e.answer[i]);
        kept.kind[kept.n] = e.kind[i];
        kept.stop = e.stop;
        answer[i] = (Ids){ 0, NULL };
    }
}

static ExamPupil keeper(void)
{
    return (ExamPupil){ keep, &kept, words };
}

static void free_kept(void)
{
    for (int i = 0; i < kept.n; i++) {
        free(kept.story[i].id);
        free(kept.question[i].id);
        free(kept.answer[i].id);
    }
    kept.n = 0;
}

static void assert_says(Ids ids, const char *text)
{
    Ids wanted = vocabulary_encode(words, text);
    assert_true(ids_equal(ids, wanted));
    free(wanted.id);
}

static void look(const Story *s, void *number)
{
    int *n = number;
    for (int i = 0; i <= s->questions; i++, ++*n) {
        bool summary = i == s->questions;
        assert_says(kept.story[*n], s->text);
        assert_says(kept.question[*n],
                    summary ? "Summary :" : s->question[i].question);
        assert_says(kept.answer[*n],
                    summary ? s->summary : s->question[i].answer);
        assert_int_equal(kept.kind[*n], summary ? SUMMARY : s->question[i].kind);
        assert_int_equal(kept.answer[*n].id[kept.answer[*n].n - 1], kept.stop);
    }
}

static void all_of_each_story_is_asked(void **state)
{
    (void)state;
    int n = 0;
    Marks m = exam_marks(STORIES_HELD_OUT, SOME, keeper());
    stories(STORIES_HELD_OUT, SOME, look, &n);
    assert_int_equal(n, kept.n);
    assert_int_equal(m.asked[SUMMARY], SOME);
    assert_int_equal(m.asked[ALL_QUESTIONS], n - SOME);
    assert_int_equal(m.right[SUMMARY] + m.right[ALL_QUESTIONS], 0);
    free_kept();
}

/* ---- kinds ---------------------------------------------------------------- */

static void see_kinds(const Story *s, void *seen)
{
    static const struct {
        const char *begins;
        QuestionKind kind;
    } known[] = {
        { "Where is the", WHERE_THING }, { "Where", WHERE_BEING },
        { "What does", WHAT_HAS }, { "What is", WHAT_LIKE },
        { "Who has", WHO_HAS }, { "Who had", WHO_FIRST },
        { "Who gave", WHO_GAVE }, { "Who was", WHO_FELT },
    };
    enum { KNOWN = sizeof known / sizeof *known };
    for (int i = 0; i < s->questions; i++) {
        const char *asked = s->question[i].question;
        int k = 0;
        while (k < KNOWN && strncmp(asked, known[k].begins,
                                    strlen(known[k].begins)) != 0)
            k++;
        assert_true(k < KNOWN);
        assert_int_equal(s->question[i].kind, known[k].kind);
        ((bool *)seen)[known[k].kind] = true;
    }
}

static void a_question_is_of_the_kind_that_its_words_say(void **state)
{
    (void)state;
    bool seen[QUESTION_KINDS] = { [SUMMARY] = true };
    stories(STORIES_HELD_OUT, 300, see_kinds, seen);
    for (int kind = 0; kind < QUESTION_KINDS; kind++)
        assert_true(seen[kind]);
}

/* ---- he in the place of she ----------------------------------------------- */

static bool is_he(Ids text, int i)
{
    return text.id[i] == vocabulary_find(words, "he");
}

static bool is_she(Ids text, int i)
{
    return text.id[i] == vocabulary_find(words, "she");
}

static void a_swap_changes_one_word_and_the_answer(void **state)
{
    (void)state;
    Marks told, swapped;
    exam_swaps(STORIES_HELD_OUT, 600, keeper(), &told, &swapped);
    int was = vocabulary_find(words, "was"), she = 0, n = kept.n / 2;
    Exam e = exam_of_swaps(STORIES_HELD_OUT, 600, words);
    assert_int_equal(e.n, 2 * n);
    assert_true(n > 30);
    assert_int_equal(told.asked[WHO_FELT], n);
    assert_int_equal(swapped.asked[WHO_FELT], n);
    assert_int_equal(told.asked[ALL_QUESTIONS], n);
    for (int i = 0; i < n; i++) {
        Ids a = kept.story[i], b = kept.story[n + i];
        int changed = 0, at = 0;
        assert_int_equal(a.n, b.n);
        for (int k = 0; k < a.n; k++)
            if (a.id[k] != b.id[k]) {
                at = k;
                changed++;
            }
        assert_int_equal(changed, 1);
        assert_true((is_he(a, at) && is_she(b, at))
                    || (is_she(a, at) && is_he(b, at)));
        she += is_she(a, at);
        assert_int_equal(a.id[at + 1], was);
        assert_int_equal(exam_pronoun(e, i), at);
        assert_true(ids_equal(e.story[i], a) && ids_equal(e.story[n + i], b));
        Ids asked = kept.question[i];       /* who was happy ? */
        assert_int_equal(asked.id[2], a.id[at + 2]);
        assert_true(ids_equal(asked, kept.question[n + i]));
        /* Both names are in the story, and they are two. */
        int name = kept.answer[i].id[0], other = kept.answer[n + i].id[0];
        assert_int_not_equal(name, other);
        for (int k = 0; k < a.n; k++) {
            name = a.id[k] == name ? -1 : name;
            other = a.id[k] == other ? -1 : other;
        }
        assert_int_equal(name, -1);
        assert_int_equal(other, -1);
    }
    assert_in_range(she, 1, n - 1);
    exam_free(&e);
    free_kept();
}

static void pairs_of_an_exam_have_its_answers_behind_its_questions(void **state)
{
    (void)state;
    Exam e = exam_of_swaps(STORIES_HELD_OUT, 200, words);
    Pairs p = exam_pairs(e);
    assert_true(e.n > 10);
    assert_int_equal(p.n, e.n);
    for (int i = 0; i < e.n; i++) {
        Ids said = pairs_ids(&p, TARGET, i);
        int asked = e.question[i].n;
        assert_true(ids_equal(pairs_ids(&p, SOURCE, i), e.story[i]));
        assert_true(ids_equal((Ids){ asked, said.id }, e.question[i]));
        assert_true(ids_equal((Ids){ said.n - asked, said.id + asked },
                              e.answer[i]));
    }
    pairs_free(&p);
    exam_free(&e);
}

/* Its answer is the same before and after, and one of two. */
static void who_reads_no_pronoun_is_right_once(void **state)
{
    (void)state;
    Marks told, swapped;
    exam_swaps(STORIES_HELD_OUT, 600, exam_last_name(words), &told, &swapped);
    int n = told.asked[WHO_FELT];
    assert_true(n > 30);
    assert_int_equal(told.right[WHO_FELT] + swapped.right[WHO_FELT], n);
    assert_in_range(told.right[WHO_FELT], 2 * n / 3, n - 1);
    tape_free();
}

/* Four heads, two in each layer: from the pronoun they look at whom it means, at
 * the other, at the first of these names, and at the question. */
static void look_by_hand(const void *self, Ids story, Ids question,
                         Tensor **weights)
{
    const Exam *e = self;
    int i = 0, first = 0, n = story.n + question.n;
    while (e->story[i].id != story.id)
        i++;
    assert_ptr_equal(question.id, e->question[i].id);
    int meant = e->answer[i].id[0], from = exam_pronoun(*e, i);
    int other = e->answer[(i + e->n / 2) % e->n].id[0];
    while (story.id[first] != meant && story.id[first] != other)
        first++;
    for (int layer = 0; layer < 2; layer++)
        weights[layer] = t_zeros(1, 2, n, n);
    for (int k = 0; k < story.n; k++) {
        t_at(weights[0], 0, 0, from, k) = story.id[k] == meant;
        t_at(weights[0], 0, 1, from, k) = story.id[k] == other;
    }
    t_at(weights[1], 0, 0, from, first) = 1;
    t_at(weights[1], 0, 1, from, story.n) = 1;
}

static void a_head_finds_whom_it_gives_more_weight(void **state)
{
    (void)state;
    Exam e = exam_of_swaps(STORIES_HELD_OUT, 600, words);
    ExamReader reader = { look_by_hand, &e, 2, 2 };
    Tensor *share = exam_heads(e, reader);
    assert_near(t_at(share, 0, 0), 1, 1e-4);
    assert_near(t_at(share, 0, 1), 0, 1e-9);
    assert_near(t_at(share, 1, 0), 0.5, 1e-4);
    assert_near(t_at(share, 1, 1), 0, 1e-9);
    exam_free(&e);
    tape_free();
}

/* Counts pronouns that could mean nobody else, and such as could. */
static void see_others(const Story *s, void *counts)
{
    for (int i = 0; i < s->pronouns; i++) {
        const StoryPronoun *p = &s->pronoun[i];
        assert_non_null(strstr(s->text, p->name));
        if (p->other) {
            assert_non_null(strstr(s->text, p->other));
            assert_string_not_equal(p->name, p->other);
        }
        ((int *)counts)[p->other != NULL]++;
    }
}

static void who_else_could_be_meant_is_in_the_story(void **state)
{
    (void)state;
    int counts[2] = { 0, 0 };
    stories(STORIES_HELD_OUT, 300, see_others, counts);
    assert_true(counts[false] > 50);
    assert_true(counts[true] > 50);
}

/* ---- blanks --------------------------------------------------------------- */

/* Two models, of which one is right at every second text's blanks, the other at every
 * third's; and counting what is asked. */
static void blanks_are_counted_where_somebody_fills_them(void **state)
{
    (void)state;
    Stories held = stories_read(STORIES_HELD_OUT, 12, 2, 1, words);
    enum { HOLE = UNKNOWN };
    Counts c = counts_of(&lesson.texts);
    int m = 0, blanks = 0, odd = 0, third = 0, right[FILLERS];
    for (int b = 0; b < held.texts.n; b++) {
        Ids text = pairs_ids(&held.texts, TARGET, b);
        m = text.n + 1 > m ? text.n + 1 : m;
    }
    int *reads = tape_ints(held.texts.n * m);
    Tensor *left = t_zeros(held.texts.n, m, words->n);
    Tensor *both = t_zeros(held.texts.n, m, words->n);
    for (int b = 0; b < held.texts.n; b++) {
        Ids text = pairs_ids(&held.texts, TARGET, b);
        reads[b * m] = START;
        for (int i = 0; i < text.n; i++) {
            bool blank = (b + i) % 7 == 0;
            reads[b * m + i + 1] = blank ? HOLE : text.id[i];
            blanks += blank;
            odd += blank && b % 2;
            third += blank && b % 3 == 0;
            t_at(left, b, i, text.id[i]) = b % 2 ? 1 : -1;
            t_at(both, b, i + 1, text.id[i]) = b % 3 ? -1 : 1;
        }
    }
    assert_int_equal(exam_blanks(&held.texts, reads, HOLE, &c, left, both, right),
                     blanks);
    assert_true(blanks > 100);
    assert_int_equal(right[MODEL_LEFT], odd);
    assert_int_equal(right[MODEL_BOTH], third);
    assert_in_range(right[COUNTS_LEFT], blanks / 3, right[COUNTS_BOTH] - 1);
    assert_in_range(right[COUNTS_BOTH], blanks / 3, blanks);
    counts_free(&c);
    stories_free(&held);
    tape_free();
}

/* ---- marks ---------------------------------------------------------------- */

/* Knows all but who has what, and says of that what stands first in the story. */
static void know_most(const void *self, Exam e, Ids *answer)
{
    int *calls = *(int *const *)self;
    ++*calls;
    for (int i = 0; i < e.n; i++)
        answer[i] = e.kind[i] == WHO_HAS ? (Ids){ 1, e.story[i].id }
                                         : e.answer[i];
}

static void right_answers_are_counted_by_kind(void **state)
{
    (void)state;
    int calls = 0, *self = &calls, questions = 0;
    Marks m = exam_marks(STORIES_HELD_OUT, SOME,
                         (ExamPupil){ know_most, &self, words });
    assert_true(calls > 1);
    for (int kind = 0; kind < QUESTION_KINDS; kind++) {
        assert_true(m.asked[kind] > 0);
        assert_int_equal(m.right[kind], kind == WHO_HAS ? 0 : m.asked[kind]);
        assert_near(marks_percent(m, kind), kind == WHO_HAS ? 0 : 100, 1e-9);
        questions += kind == SUMMARY ? 0 : m.asked[kind];
    }
    assert_int_equal(m.asked[ALL_QUESTIONS], questions);
    assert_int_equal(m.right[ALL_QUESTIONS], questions - m.asked[WHO_HAS]);
    assert_near(marks_percent((Marks){ .asked = { 4 }, .right = { 3 } }, SUMMARY),
                75, 1e-9);
    assert_near(marks_percent((Marks){ .asked = { 0 } }, SUMMARY), 0, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_of_each_story_is_asked),
        TEST(a_question_is_of_the_kind_that_its_words_say),
        TEST(a_swap_changes_one_word_and_the_answer),
        TEST(pairs_of_an_exam_have_its_answers_behind_its_questions),
        TEST(who_reads_no_pronoun_is_right_once),
        TEST(a_head_finds_whom_it_gives_more_weight),
        TEST(who_else_could_be_meant_is_in_the_story),
        TEST(blanks_are_counted_where_somebody_fills_them),
        TEST(right_answers_are_counted_by_kind),
    };
    return cmocka_run_group_tests_name("story_exam", tests, read_words,
                                       free_words);
}

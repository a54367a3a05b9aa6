/* story_exam.c -- questions about stories, blanks in them, and who is right. */
#include "data/story_exam.h"

#include "base/fail.h"
#include "cell/plot.h"
#include "cell/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked ------------------------------------------------------ */

/* Question i of a story; the last is for the summary. */
static StoryQuestion question_of(const Story *s, int i)
{
    return i < s->questions ? s->question[i]
                            : (StoryQuestion){ "Summary :", s->summary, SUMMARY };
}

static Exam exam_begun(const Vocabulary *words)
{
    return (Exam){ .stop = vocabulary_find(words, ".") };
}

static void add_ids(Exam *e, Ids story, Ids question, Ids answer,
                    QuestionKind kind)
{
    if (e->n == e->room) {
        e->room = 2 * e->room + 64;
        size_t room = (size_t)e->room;
        e->story = grown(e->story, room, sizeof *e->story);
        e->question = grown(e->question, room, sizeof *e->question);
        e->answer = grown(e->answer, room, sizeof *e->answer);
        e->kind = grown(e->kind, room, sizeof *e->kind);
    }
    e->story[e->n] = story;
    e->question[e->n] = question;
    e->answer[e->n] = answer;
    e->kind[e->n++] = kind;
}

static void add(Exam *e, const Vocabulary *words, const char *story,
                StoryQuestion q)
{
    add_ids(e, vocabulary_encode(words, story),
            vocabulary_encode(words, q.question),
            vocabulary_encode(words, q.answer), q.kind);
}

static void add_all(Exam *e, const Vocabulary *words, const Story *story)
{
    for (int i = 0; i <= story->questions; i++)
        add(e, words, story->text, question_of(story, i));
}

void exam_free(Exam *e)
{
    for (int i = 0; i < e->n; i++) {
        free(e->story[i].id);
        free(e->question[i].id);
        free(e->answer[i].id);
    }
    free(e->story);
    free(e->question);
    free(e->answer);
    free(e->kind);
    *e = (Exam){ 0 };
}

Pairs exam_pairs(Exam e)
{
    Pairs p = { 0 };
    for (int i = 0; i < e.n; i++)
        pairs_add_ids(&p, e.story[i], ids_joined(e.question[i], e.answer[i]));
    return p;
}

/* ---- he in the place of she --------------------------------------------- */

/* Token i of a text. */
static const char *token_at(const char *text, int i)
{
    for (; i > 0; i--)
        text = strchr(text, ' ') + 1;
    return text;
}

/* The text with she in the place of the he at `at`, or he of she. */
static char *swapped(const char *text, const char *at)
{
    const char *instead = *at == 'S' ? "He" : *at == 's' ? "he"
                        : *at == 'H' ? "She" : "she";
    size_t room = strlen(text) + 2;
    char *out = grown(NULL, room, 1);
    snprintf(out, room, "%.*s%s%s", (int)(at - text), text, instead,
             at + strcspn(at, " "));
    return out;
}

typedef struct {
    const Vocabulary *words;
    Exam told, swapped;
} Swaps;

/* Asks who was happy, if what stands at `at` is "She was happy". */
static void ask_who(Swaps *w, const Story *s, const char *at,
                    const char *other)
{
    char feeling[24], asked[40], answer[40];
    if (sscanf(at, "%*s was %23s", feeling) != 1)
        return;
    snprintf(asked, sizeof asked, "Who was %s ?", feeling);
    snprintf(answer, sizeof answer, "%s .", other);
    for (int k = 0; k < s->questions; k++)
        if (strcmp(s->question[k].question, asked) == 0) {
            char *text = swapped(s->text, at);
            add(&w->told, w->words, s->text, s->question[k]);
            add(&w->swapped, w->words, text,
                (StoryQuestion){ asked, answer, WHO_FELT });
            free(text);
        }
}

static void take_swaps(const Story *story, void *swaps)
{
    for (int i = 0; i < story->pronouns; i++) {
        const StoryPronoun *p = &story->pronoun[i];
        if (p->other)
            ask_who(swaps, story, token_at(story->text, p->token), p->other);
    }
}

Exam exam_of_swaps(StorySplit split, int most, const Vocabulary *words)
{
    Swaps w = { words, exam_begun(words), exam_begun(words) };
    stories(split, most, take_swaps, &w);
    Exam both = exam_begun(words);
    for (int half = 0; half < 2; half++) {
        Exam *e = half ? &w.swapped : &w.told;
        for (int i = 0; i < e->n; i++)
            add_ids(&both, e->story[i], e->question[i], e->answer[i], e->kind[i]);
        e->n = 0;       /* what it held is given away */
        exam_free(e);
    }
    return both;
}

int exam_pronoun(Exam e, int i)
{
    int felt = e.question[i].id[2], at = e.story[i].n - 1;  /* who was happy */
    while (at > 1 && e.story[i].id[at] != felt)
        at--;
    return at - 2;                                          /* she was happy */
}

/* ---- marks -------------------------------------------------------------- */

const char *const marks_name[MARKED] = {
    "the summary", "Where is Anna ?", "Where is the ball ?",
    "What does Anna have ?", "Who has the ball ?", "Who gave Tom the ball ?",
    "Who had the ball first ?", "Who was happy ?", "What is the ball like ?",
    "all questions",
};

void marks_add(Marks *m, QuestionKind kind, bool right)
{
    m->asked[kind]++;
    m->right[kind] += right;
    m->asked[ALL_QUESTIONS] += kind != SUMMARY;
    m->right[ALL_QUESTIONS] += kind != SUMMARY && right;
}

/* n questions from number i on. */
static Exam part_of(Exam e, int i, int n)
{
    return (Exam){ n, n, e.story + i, e.question + i, e.answer + i, e.kind + i,
                   e.stop };
}

/* Has the questions answered, some together. */
static Marks marks_of(ExamPupil p, Exam exam)
{
    enum { TOGETHER = 96 };
    Marks m = { { 0 }, { 0 } };
    for (int i = 0; i < exam.n; i += TOGETHER) {
        TapeMark begin = tape_mark();
        int n = exam.n - i < TOGETHER ? exam.n - i : TOGETHER;
        Ids *said = ids_room(n);
        p.answer(p.self, part_of(exam, i, n), said);
        for (int k = 0; k < n; k++)
            marks_add(&m, exam.kind[i + k],
                      ids_equal(said[k], exam.answer[i + k]));
        tape_release(begin);
    }
    return m;
}

typedef struct {
    const Vocabulary *words;
    Exam exam;
} Reading;

static void take(const Story *story, void *reading)
{
    Reading *r = reading;
    add_all(&r->exam, r->words, story);
}

Marks exam_marks(StorySplit split, int most, ExamPupil p)
{
    Reading r = { p.words, exam_begun(p.words) };
    stories(split, most, take, &r);
    Marks m = marks_of(p, r.exam);
    exam_free(&r.exam);
    return m;
}

void exam_swaps(StorySplit split, int most, ExamPupil p, Marks *told,
                Marks *swapped)
{
    Exam e = exam_of_swaps(split, most, p.words);
    *told = marks_of(p, part_of(e, 0, e.n / 2));
    *swapped = marks_of(p, part_of(e, e.n / 2, e.n / 2));
    exam_free(&e);
}

static void answer_last_name(const void *self, Exam e, Ids *answer)
{
    const Vocabulary *words = self;
    for (int i = 0; i < e.n; i++) {
        Ids story = e.story[i];
        int at = exam_pronoun(e, i);
        while (at > 0 && !story_name(words->word[story.id[at]]))
            at--;
        answer[i] = (Ids){ 2, tape_ints(2) };
        answer[i].id[0] = story.id[at];
        answer[i].id[1] = e.stop;
    }
}

ExamPupil exam_last_name(const Vocabulary *words)
{
    return (ExamPupil){ answer_last_name, words, words };
}

double marks_percent(Marks m, int kind)
{
    return m.asked[kind] ? 100.0 * m.right[kind] / m.asked[kind] : 0;
}

/* ---- whom a pronoun looks at -------------------------------------------- */

/* The weights of each layer while question i is read. */
static Tensor **looked(ExamReader r, Exam e, int i)
{
    Tensor **weights = tape_room((size_t)r.layers * sizeof *weights);
    r.look(r.self, e.story[i], e.question[i], weights);
    return weights;
}

/* What the tokens that are `name` get of a head's weight, from token `from`. */
static double weight_on(const Tensor *weights, int head, int from, Ids story,
                        int name)
{
    double sum = 0;
    for (int k = 0; k < story.n; k++)
        if (story.id[k] == name)
            sum += (double)t_at(weights, 0, head, from, k);
    return sum;
}

Tensor *exam_heads(Exam e, ExamReader r)
{
    Tensor *share = t_zeros(r.layers, r.heads);
    bool recorded = tape_record(false);
    for (int i = 0; i < e.n; i++) {
        TapeMark begin = tape_mark();
        Tensor **weights = looked(r, e, i);
        int meant = e.answer[i].id[0], from = exam_pronoun(e, i);
        int other = e.answer[(i + e.n / 2) % e.n].id[0];
        for (int l = 0; l < r.layers; l++)
            for (int h = 0; h < r.heads; h++)
                if (weight_on(weights[l], h, from, e.story[i], meant)
                    > weight_on(weights[l], h, from, e.story[i], other))
                    t_at(share, l, h) += (real)1 / (real)e.n;
        tape_release(begin);
    }
    tape_record(recorded);
    return share;
}

/* ---- blanks ------------------------------------------------------------- */

/* The token that has most of x, (V). */
static int most_of(const Tensor *x)
{
    int most = 0;
    for (int token = 1; token < t_size(x); token++)
        most = t_at(x, token) > t_at(x, most) ? token : most;
    return most;
}

/* What has most of the logits, (B, m, V), of place i of text b. */
static int said_at(Tensor *logits, int b, int i)
{
    Tensor *text = t_slice(logits, 0, b, b + 1);
    return most_of(t_reshape(t_slice(text, 1, i, i + 1), T_INFER));
}

int exam_blanks(const Pairs *texts, const int *reads, int hole, const Counts *c,
                Tensor *left, Tensor *both, int right[FILLERS])
{
    int blanks = 0, m = t_dim(both, 1);
    memset(right, 0, FILLERS * sizeof *right);
    for (int b = 0; b < texts->n; b++) {
        Ids text = pairs_ids(texts, TARGET, b);
        for (int i = 0; i < text.n; i++) {
            if (reads[b * m + i + 1] != hole)       /* behind START */
                continue;
            int is = text.id[i];
            blanks++;
            right[COUNTS_LEFT] += counts_fill(c, text, i, false) == is;
            right[COUNTS_BOTH] += counts_fill(c, text, i, true) == is;
            right[MODEL_LEFT] += said_at(left, b, i) == is;
            right[MODEL_BOTH] += said_at(both, b, i + 1) == is;
        }
    }
    return blanks;
}

/* ---- to read ------------------------------------------------------------ */

typedef struct {
    int left;                   /* stories to go */
    ExamPupil pupil;
} Printing;

static void print_known(const Story *s, void *printing)
{
    if (--((Printing *)printing)->left > 0)
        return;
    text_printf("%s\n\n", s->text);
    for (int i = 0; i <= s->questions; i++)
        text_printf("  %-36s %s\n", question_of(s, i).question,
                    question_of(s, i).answer);
    text_printf("\nwhom pronouns mean:");
    for (int i = 0; i < s->pronouns; i++)
        text_printf(" %d %s", s->pronoun[i].token + 1, s->pronoun[i].name);
    text_printf("\n");
}

void story_print_known(StorySplit split, int number)
{
    stories(split, number, print_known, &(Printing){ .left = number });
}

static void print_answers(const Story *s, void *printing)
{
    Printing *p = printing;
    if (--p->left > 0)
        return;
    const Vocabulary *words = p->pupil.words;
    Exam e = exam_begun(words);
    add_all(&e, words, s);
    Ids *said = ids_room(e.n);
    p->pupil.answer(p->pupil.self, e, said);
    text_printf("%s\n\n", s->text);
    for (int i = 0; i < e.n; i++) {
        StoryQuestion q = question_of(s, i);
        text_printf("  %-34s %s", q.question, text_of_ids(words, said[i]));
        if (!ids_equal(said[i], e.answer[i]))
            text_printf(" (%s)", q.answer);
        text_printf("\n");
    }
    exam_free(&e);
}

void story_print_answers(StorySplit split, int number, ExamPupil pupil)
{
    stories(split, number, print_answers, &(Printing){ number, pupil });
}

void story_print_holes(const Vocabulary *words, int n, const int *reads,
                       const int *next, int hole)
{
    for (int i = 0; i < n; i++) {
        const char *word = reads[i] == hole ? "_____" : words->word[reads[i]];
        text_printf(next[i] == T_IGNORE ? "%s" : "[%s]", word);
        text_printf(i % 12 == 11 ? "\n" : " ");
    }
    text_printf("\n\nasked for:");
    for (int i = 0; i < n; i++)
        if (next[i] != T_IGNORE)
            text_printf(" %s", words->word[next[i]]);
    text_printf("\n");
}

void story_print_written(const Vocabulary *words, const char *name, Ids written)
{
    char *text = vocabulary_decode(words, written);
    text_printf("%s:\n  %s\n", name, text);
    free(text);
}

void story_print_drawn(const Vocabulary *words, int n, Tensor *const *p,
                       const char *const *name, const char *plot,
                       const char *columns)
{
    enum { SHOWN = 12 };
    Plot *out = plot_open(plot, columns);
    Tensor *left = t_scale(p[0], 1);
    text_printf("%-10s", "");
    for (int i = 0; i < n; i++)
        text_printf(" %10s", name[i]);
    for (int rank = 1; rank <= SHOWN; rank++) {
        int most = most_of(left);
        double row[1 + 8] = { rank };
        text_printf("\n%-10s", words->word[most]);
        for (int i = 0; i < n; i++)
            text_printf(" %10.4f", row[i + 1] = t_at(p[i], most));
        plot_numbers(out, 1 + n, row);
        t_at(left, most) = -1;
    }
    plot_close(out);
    text_printf("\n%-10s", "words left");
    for (int i = 0; i < n; i++) {
        int possible = 0;
        for (int token = 0; token < t_size(p[i]); token++)
            possible += t_at(p[i], token) > 0;
        text_printf(" %10d", possible);
    }
    text_printf("\n");
}

void exam_plot_best(Exam e, ExamReader r, const Tensor *share,
                    const Vocabulary *words, const char *plot)
{
    int best = 0, i = 0, n = e.n / 2, h = r.heads;
    for (int k = 1; k < r.layers * h; k++)
        best = t_at(share, k / h, k % h) > t_at(share, best / h, best % h) ? k : best;
    for (int k = 1; k < n; k++)
        i = exam_pronoun(e, k) < exam_pronoun(e, i) ? k : i;
    int at = exam_pronoun(e, i), shown = at + 4;
    Tensor *map = t_zeros(2, shown);
    char *row[2], **column = tape_room((size_t)shown * sizeof *column);
    for (int half = 0; half < 2; half++) {
        Ids story = e.story[half * n + i];
        Tensor *looks = looked(r, e, half * n + i)[best / h];
        row[half] = words->word[story.id[at]];
        for (int k = 0; k < shown; k++) {
            column[k] = words->word[e.story[i].id[k]];
            t_at(map, half, k) = t_at(looks, 0, best % h, at, k);
        }
    }
    plot_matrix(plot, map, row, column);
    text_printf("\ndrawn: layer %d, head %d\n", best / h + 1, best % h + 1);
}

void swaps_print(StorySplit split, int most, int n, const char *const *name,
                 const ExamPupil *pupil)
{
    text_printf("%-14s %6s %12s %20s\n", "", "asked", "right", "right after swap");
    for (int i = 0; i < n; i++) {
        Marks told, swapped;
        exam_swaps(split, most, pupil[i], &told, &swapped);
        text_printf("%-14s %6d %10.1f %% %18.1f %%\n", name[i],
                    told.asked[WHO_FELT], marks_percent(told, WHO_FELT),
                    marks_percent(swapped, WHO_FELT));
    }
}

void marks_print(int n, const Marks *m, const char *const head[][2],
                 const char *plot, const char *columns)
{
    /* The example as plot_word() takes it: "who_was_happy". */
    static const char *const word[MARKED] = {
        "the_summary", "where_is_anna", "where_is_the_ball",
        "what_does_anna_have", "who_has_the_ball", "who_gave_tom_the_ball",
        "who_had_the_ball_first", "who_was_happy", "what_is_the_ball_like",
        "all_questions",
    };
    Plot *p = plot_open(plot, columns);
    for (int line = 0; line < 2; line++) {
        text_printf("%-24s", "");
        for (int i = 0; i < n; i++)
            text_printf(" %11s", head[i][line]);
        text_printf("\n");
    }
    for (int k = 0; k < MARKED; k++) {
        double right[4];
        text_printf("%-24s", marks_name[k]);
        for (int i = 0; i < n; i++)
            text_printf(" %9.1f %%", right[i] = marks_percent(m[i], k));
        text_printf("\n");
        plot_word(p, word[k], n, right);
    }
    plot_close(p);
}

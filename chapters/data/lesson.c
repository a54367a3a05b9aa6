/* lesson.c -- the book's own pairs, read and numbered. */
#include "lesson.h"

#include "base/hash.h"
#include "cell/plot.h"
#include "cell/print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_pair(const char *english, const char *translation,
                      void *pairs)
{
    pairs_add(pairs, english, translation, 0);
}

static Pairs corpus(CorpusLanguage language, CorpusSplit split)
{
    Pairs pairs = { 0 };
    corpus_pairs(language, split, take_pair, &pairs);
    return pairs;
}

Lesson lesson_read(CorpusLanguage language, bool quick)
{
    Lesson lesson = {
        .train = corpus(language, CORPUS_TRAIN),
        .held_out = corpus(language, CORPUS_HELD_OUT),
        .combinations = corpus(language, CORPUS_COMBINATIONS),
    };
    if (quick)
        lesson.held_out.n = lesson.combinations.n = 50;
    pairs_sort_words(&lesson.train, 1);
    const Vocabulary *words = lesson.train.words;
    pairs_encode(&lesson.held_out, &words[SOURCE], &words[TARGET]);
    pairs_encode(&lesson.combinations, &words[SOURCE], &words[TARGET]);
    return lesson;
}

void lesson_free(Lesson *lesson)
{
    pairs_free(&lesson->train);
    pairs_free(&lesson->held_out);
    pairs_free(&lesson->combinations);
}

/* ---- what was written ---------------------------------------------------- */

void lesson_print(const Lesson *lesson, Ids source, Ids written)
{
    const Vocabulary *words = lesson->train.words;
    text_printf("%s\n    %s\n", text_of_ids(&words[SOURCE], source),
                text_of_ids(&words[TARGET], written));
}

void lesson_print_failures(const Lesson *lesson, const Pairs *pairs,
                           const Ids *written, int most)
{
    for (int i = 0; i < pairs->n && most > 0; i++)
        if (!ids_equal(written[i], pairs_ids(pairs, TARGET, i))) {
            lesson_print(lesson, pairs_ids(pairs, SOURCE, i), written[i]);
            most--;
        }
}

int feminines_lost(const Vocabulary *words, int n, const Ids *translation,
                   const Ids *reference)
{
    int count = 0;
    for (int i = 0; i < n; i++) {
        Ids a = translation[i], b = reference[i];
        bool only = a.n == b.n && !ids_equal(a, b);
        for (int k = 0; k < a.n && only; k++) {
            const char *was = words->word[a.id[k]], *is = words->word[b.id[k]];
            only = a.id[k] == b.id[k]
                || (was[0] == is[0] && strlen(was) < strlen(is));
        }
        count += only;
    }
    return count;
}

/* ---- longer sentences ---------------------------------------------------- */

/* Words are numbered by how often they occur. */
static bool is_common(const Pairs *pairs, int i)
{
    static const int common[] = { COMMON_ENGLISH, COMMON_FRENCH };
    for (int side = 0; side < 2; side++) {
        Ids ids = pairs_ids(pairs, (Side)side, i);
        for (int w = 0; w < ids.n; w++)
            if (ids.id[w] >= FIRST_WORD + common[side])
                return false;
    }
    return true;
}

static bool is_statement(const Pairs *pairs, const Vocabulary *words, int i)
{
    Ids source = pairs_ids(pairs, SOURCE, i);
    return source.id[source.n - 1] == vocabulary_find(&words[SOURCE], ".");
}

/* Appends one side of pair i, without the last `less` words. */
static void append(char *text, size_t size, const Pairs *pairs,
                   const Vocabulary *words, Side side, int i, int less)
{
    Ids ids = pairs_ids(pairs, side, i);
    ids.n -= less;
    char *sentence = vocabulary_decode(&words[side], ids);
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", sentence);
    free(sentence);
}

/* Adds a few statements drawn from a list of pairs, joined. */
static void add_joined(Pairs *to, const Pairs *from, const Vocabulary *words,
                       int n, const int *list, int parts, Rng *rng)
{
    static const char *const and[] = { " and ", " et " };
    char text[2][1000] = { "", "" };
    for (int part = 0; part < parts; part++) {
        int i = list[rng_below(rng, n)];
        for (int side = 0; side < 2; side++) {
            if (part > 0)
                strcat(text[side], and[side]);
            append(text[side], sizeof text[side] - sizeof " and  .", from,
                   words, (Side)side, i, 1);
        }
    }
    pairs_add(to, strcat(text[SOURCE], " ."), strcat(text[TARGET], " ."), 0);
}

/* The common statements among pairs; *n of them. Free with free(). */
static int *statements(const Pairs *pairs, const Vocabulary *words, int *n)
{
    int *list = grown(NULL, (size_t)pairs->n, sizeof *list);
    *n = 0;
    for (int i = 0; i < pairs->n; i++)
        if (is_common(pairs, i) && is_statement(pairs, words, i))
            list[(*n)++] = i;
    return list;
}

JoinedLesson joined_read(int examined, uint64_t seed)
{
    JoinedLesson joined = { .train = { 0 } };
    Lesson lesson = lesson_read(CORPUS_FRENCH, false);
    const Vocabulary *words = lesson.train.words;
    Rng rng = rng_named(seed, "joined");
    int n, *list = statements(&lesson.train, words, &n);
    for (int i = 0; i < lesson.train.n; i++) {
        if (!is_common(&lesson.train, i))
            continue;
        char text[2][1000] = { "", "" };
        for (int side = 0; side < 2; side++)
            append(text[side], sizeof text[side], &lesson.train, words,
                   (Side)side, i, 0);
        pairs_add(&joined.train, text[SOURCE], text[TARGET], 0);
        add_joined(&joined.train, &lesson.train, words, n, list, 2, &rng);
    }
    free(list);
    pairs_sort_words(&joined.train, 1);
    list = statements(&lesson.held_out, words, &n);
    for (int parts = 1; parts <= MOST_PARTS; parts++) {
        Pairs *exam = &joined.exam[parts - 1];
        for (int i = 0; i < examined; i++)
            add_joined(exam, &lesson.held_out, words, n, list, parts, &rng);
        pairs_encode(exam, &joined.train.words[SOURCE],
                     &joined.train.words[TARGET]);
    }
    free(list);
    lesson_free(&lesson);
    return joined;
}

void joined_free(JoinedLesson *lesson)
{
    pairs_free(&lesson->train);
    for (int i = 0; i < MOST_PARTS; i++)
        pairs_free(&lesson->exam[i]);
}

/* The English tokens that each group reaches to; the last of three takes all. */
static const int group_ends[LENGTH_GROUPS] = { 5, 7, 0, 11, 14, 0, 18, 21, 0 };

void joined_examine(const JoinedLesson *lesson, int parts, const Ids *written,
                    LengthGroup *group)
{
    const Pairs *exam = &lesson->exam[parts - 1];
    for (int i = 0; i < exam->n; i++) {
        int words = pairs_ids(exam, SOURCE, i).n, at = 3 * (parts - 1);
        while (at < 3 * parts - 1 && words > group_ends[at])
            at++;
        group[at].sentences++;
        group[at].words += words;
        group[at].right += ids_equal(written[i], pairs_ids(exam, TARGET, i));
    }
}

void joined_examine_all(const JoinedLesson *lesson, Examinees all,
                        const char *columns)
{
    LengthGroup (*group)[LENGTH_GROUPS] = grown(NULL, (size_t)all.n,
                                                sizeof *group);
    double *row = grown(NULL, 1 + (size_t)all.n, sizeof *row);
    memset(group, 0, (size_t)all.n * sizeof *group);
    text_printf("%-5s %6s %10s", "parts", "words", "sentences");
    for (int who = 0; who < all.n; who++) {
        text_printf(" %12s", all.names[who]);
        for (int parts = 1; parts <= MOST_PARTS; parts++)
            joined_examine(lesson, parts,
                           all.translate(who, &lesson->exam[parts - 1]),
                           group[who]);
    }
    Plot *plot = plot_open("against_length", columns);
    for (int i = 0; i < LENGTH_GROUPS; i++) {
        int n = group[0][i].sentences;
        row[0] = group[0][i].words / fmax(1, n);
        text_printf("\n%-5d %6.1f %10d", i / 3 + 1, row[0], n);
        for (int who = 0; who < all.n; who++) {
            row[1 + who] = 100 * group[who][i].right / fmax(1, n);
            text_printf(" %10.1f %%", row[1 + who]);
        }
        plot_numbers(plot, 1 + all.n, row);
        if (i % 3 == 2)
            plot_gap(plot);
    }
    text_printf("\n");
    plot_close(plot);
    free(group);
    free(row);
}

void joined_print_first(const JoinedLesson *lesson, int parts, Examinees all)
{
    const Vocabulary *words = lesson->train.words;
    Pairs one = lesson->exam[parts - 1];
    one.n = 1;
    text_wrapped("English",
                 text_of_ids(&words[SOURCE], pairs_ids(&one, SOURCE, 0)));
    text_wrapped("right",
                 text_of_ids(&words[TARGET], pairs_ids(&one, TARGET, 0)));
    for (int who = 0; who < all.n; who++)
        text_wrapped(all.names[who],
                     text_of_ids(&words[TARGET], *all.translate(who, &one)));
}

void curves_show(int n, const char *const *names, const LearningCurve *curve)
{
    text_printf("%-14s %11s %6s %14s %5s\n", "", "parameters", "steps",
                "loss at first", "last");
    Plot *plot = plot_open("learning", "step loss");
    for (const LearningCurve *c = curve; c < curve + n; c++) {
        text_printf("%-14s %11ld %6d %14.2f %5.2f\n", names[c - curve],
                    c->parameters, c->before + c->steps, c->loss[0],
                    c->loss[CURVE_POINTS - 1]);
        for (int p = 0; p < CURVE_POINTS; p++)
            plot_row(plot, c->before + (p + 0.5) * c->steps / CURVE_POINTS,
                     c->loss[p]);
        plot_gap(plot);
    }
    plot_close(plot);
}

/* ---- what the first words settle ----------------------------------------- */

typedef struct {
    uint64_t beginning;     /* a hash of the first k words */
    int word;               /* the k-th word of the translation */
} Started;

/* Equal beginnings side by side, and in each equal words. */
static int by_beginning(const void *a, const void *b)
{
    const Started *x = a, *y = b;
    if (x->beginning != y->beginning)
        return x->beginning < y->beginning ? -1 : 1;
    return (x->word > y->word) - (x->word < y->word);
}

/* Lists the pairs with k words or more on both sides. */
static int list_beginnings(const Pairs *pairs, int k, Started *list)
{
    int n = 0;
    for (int i = 0; i < pairs->n; i++) {
        Ids source = pairs_ids(pairs, SOURCE, i);
        Ids target = pairs_ids(pairs, TARGET, i);
        if (source.n >= k && target.n >= k)
            list[n++] = (Started){
                hash_bytes(HASH_START, source.id, (size_t)k * sizeof(int)),
                target.id[k - 1]
            };
    }
    qsort(list, (size_t)n, sizeof *list, by_beginning);
    return n;
}

BeginningCount count_beginnings(const Pairs *pairs, int k)
{
    enum { SHARED = 10 };
    BeginningCount count = { 0, 0 };
    Started *list = grown(NULL, (size_t)pairs->n, sizeof *list);
    int n = list_beginnings(pairs, k, list);
    for (int i = 0, end; i < n; i = end) {
        int most = 0, same = 0;
        for (end = i; end < n && list[end].beginning == list[i].beginning;
             end++) {
            same = end > i && list[end].word == list[end - 1].word ? same + 1
                                                                   : 1;
            most = same > most ? same : most;
        }
        if (end - i >= SHARED) {
            count.sentences += end - i;
            count.settled += most;
        }
    }
    free(list);
    return count;
}

void beginnings_show(const Pairs *pairs, int most)
{
    text_printf("%14s %12s %26s\n", "words read", "sentences",
                "best guess of that word");
    for (int k = 1; k <= most; k++) {
        BeginningCount c = count_beginnings(pairs, k);
        text_printf("%14d %12d %24.1f %%\n", k, c.sentences,
                    100.0 * c.settled / c.sentences);
    }
}

/* lesson.c -- the book's own pairs, read and numbered. */
#include "lesson.h"

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

/* corpus.h -- the book's own sentence pairs, English with French or Chinese,
 * made from a grammar: see lexicon.h for the words, grammar.h for the rules. */
#ifndef CORPUS_H
#define CORPUS_H

typedef enum { CORPUS_FRENCH, CORPUS_CHINESE, CORPUS_LANGUAGES } CorpusLanguage;

/* To learn from; other sentences of the same kind; and sentences that join two
 * words, or a word and a construction, that were never seen together. */
typedef enum {
    CORPUS_TRAIN, CORPUS_HELD_OUT, CORPUS_COMBINATIONS, CORPUS_SPLITS
} CorpusSplit;

/* Called for each pair; the strings live only during the call. */
typedef void CorpusTake(const char *english, const char *translation,
                        void *context);

/* Gives all pairs of a split to take(), always the same ones in the same order.
 * No English sentence comes twice. Returns their number. */
int corpus_pairs(CorpusLanguage language, CorpusSplit split, CorpusTake *take,
                 void *context);

#endif

/* pairs.h -- sentence pairs: reading them, and words as numbers. */
#ifndef PAIRS_H
#define PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "tensor/tensor.h"

/* ---- words as numbers --------------------------------------------------- */

/* The first numbers are no words: padding, the sign that a sentence begins,
 * the sign that it ends, and any word that is not in the vocabulary. */
enum { PAD, START, END, UNKNOWN, FIRST_WORD };

/* Words and their numbers, 0 to n - 1. Start with {0}. */
typedef struct {
    int n, room;
    char **word;        /* by number; the first four are <pad> and so on */
    long *count;        /* by number: how often it was seen */
    int *table;         /* numbers by hash of the word; 0: empty */
    int table_size;
} Vocabulary;

/* The number of a word: UNKNOWN if it is not there. */
int vocabulary_find(const Vocabulary *v, const char *word);

/* The number of a word, which is added if it is not there; counts it. */
int vocabulary_add(Vocabulary *v, const char *word);

void vocabulary_free(Vocabulary *v);

/* A sentence as numbers. */
typedef struct {
    int n;
    int *id;
} Ids;

bool ids_equal(Ids a, Ids b);

/* a, and b behind it, until tape_reset(). */
Ids ids_joined(Ids a, Ids b);

/* Room for n sentences, empty so far, until tape_reset(). */
Ids *ids_room(int n);

/* The tokens of n sentences together, without END. */
long tokens_of(int n, const Ids *list);

/* Share of translations that equal the reference, token for token. */
double exact_match(int count, const Ids *translation, const Ids *reference);

/* ---- pairs -------------------------------------------------------------- */

typedef enum { SOURCE, TARGET } Side;

/* Pairs of sentences, each a row of numbers. Start with {0}. */
typedef struct {
    int n, room;
    size_t *end;            /* (2 n): where in `id` each sentence ends: source
                             * and target in turn */
    int *id;
    size_t ids_room;
    Vocabulary words[2];    /* by Side: what the numbers mean, most frequent
                             * words first after pairs_encode() */
} Pairs;

typedef struct {
    const char *target;     /* a file of its own for the target sentences, one
                             * a line; NULL: they stand behind a tab */
    int longest;            /* tokens of a sentence; default 100 */
    bool quiet;             /* no report of lines left out */
} PairsOptions;

/* Reads pairs from a file of lines `source<TAB>target` in UTF-8 (what stands
 * behind a second tab is left alone), or from two files whose lines correspond.
 * A line that is no such pair (no tab, an empty side, not UTF-8, a zero byte,
 * too long) is left out; the first few of each kind, and their counts, are
 * reported on stderr. If none is good, if a file cannot be read, or if one of
 * two has more lines than the other, ends with die(). */
Pairs pairs_read(const char *path, PairsOptions options);

/* Adds a pair, in UTF-8. False, and nothing added, if one side has no tokens or
 * more than `longest` (0: any number). source NULL: a text alone, with nothing
 * to be made from; its source has 0 tokens. Not after pairs_encode(). */
bool pairs_add(Pairs *p, const char *source, const char *target, int longest);

/* Adds a pair of numbers that are made elsewhere, of pieces of words, say; the
 * vocabularies stay empty. Not together with pairs_add(). */
void pairs_add_ids(Pairs *p, Ids source, Ids target);

/* One number for what stands in the pairs: all words, in order. Before
 * pairs_encode(), which forgets them. */
uint64_t pairs_hash(const Pairs *p);

/* Renumbers words by how often they occur, most frequent first, words of one
 * count by their bytes. Those seen fewer than min_count times become UNKNOWN
 * and leave the vocabulary. Before training. */
void pairs_sort_words(Pairs *p, int min_count);

/* Renumbers the words of p as in the vocabularies given; what is not there
 * becomes UNKNOWN. For held-out pairs. p's own vocabularies are freed. */
void pairs_encode(Pairs *p, const Vocabulary *source, const Vocabulary *target);

/* A sentence of pair i, 0 to n - 1; a view, until pairs are added. */
Ids pairs_ids(const Pairs *p, Side side, int i);

/* The sentences of one side, in order: views, in memory of the step. */
Ids *ids_of_side(const Pairs *p, Side side);

/* The same of the pairs listed. */
Ids *ids_listed(const Pairs *p, Side side, int count, const int *list);

/* The entropy of how frequent the tokens of the targets are, in nats, the END
 * of each among them: the loss of a model that knows that and nothing else. */
double pairs_entropy(const Pairs *p);

/* The tokens of a sentence in the vocabulary. Free id with free(). */
Ids vocabulary_encode(const Vocabulary *v, const char *sentence);

/* The same in memory of the step. */
Ids ids_of_text(const Vocabulary *v, const char *sentence);

/* The sentence that the numbers stand for. Free with free(). */
char *vocabulary_decode(const Vocabulary *v, Ids ids);

/* The same in memory of the step. */
char *text_of_ids(const Vocabulary *v, Ids ids);

/* The words that the numbers stand for, and with `end` that of END behind them;
 * in memory of the step, as long as the vocabulary is there. */
char **words_of_ids(const Vocabulary *v, Ids ids, bool end);

void pairs_free(Pairs *p);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define pairs_add(...)              T_AT(pairs_add(__VA_ARGS__))
#define pairs_add_ids(...)          T_AT(pairs_add_ids(__VA_ARGS__))
#define pairs_hash(...)             T_AT(pairs_hash(__VA_ARGS__))
#define pairs_sort_words(...)       T_AT(pairs_sort_words(__VA_ARGS__))
#define pairs_encode(...)           T_AT(pairs_encode(__VA_ARGS__))
#define pairs_ids(...)              T_AT(pairs_ids(__VA_ARGS__))
#define vocabulary_encode(...)      T_AT(vocabulary_encode(__VA_ARGS__))
#define vocabulary_decode(...)      T_AT(vocabulary_decode(__VA_ARGS__))
#define text_of_ids(...)            T_AT(text_of_ids(__VA_ARGS__))
#define words_of_ids(...)           T_AT(words_of_ids(__VA_ARGS__))
#endif

#endif

/* 13_tokens.h -- pieces of words: byte-pair encoding, learned from text, and
 * text as pieces and back. */
#ifndef CH13_TOKENS_H
#define CH13_TOKENS_H

#include "learn/pairs.h"

/* Text, and how many bytes of it; any bytes, zero included. */
typedef struct {
    const char *at;
    size_t n;
} Text;

/* The bytes of the first word of a text: a run of other than white space, with
 * the blank before it if there is one; any other blank, tab or new line stands
 * alone. 0 if there is no text. */
size_t first_word(Text text);

/* ---- pieces ------------------------------------------------------------- */

/* Two pieces that stand side by side. */
typedef struct {
    int left, right;
} Couple;

/* Couples and their numbers, 0 to n - 1. Start with {0}. */
typedef struct {
    int n, room;
    Couple *couple;     /* by number */
    int *table;         /* numbers, plus 1, by hash; 0: empty */
    int table_size;
} Couples;

enum { BYTES = 256 };

/* Pieces by number: 0 to 255 are the bytes; piece BYTES + i joins couple i. */
typedef struct {
    int n;                  /* pieces in use, BYTES to BYTES + joined.n */
    Couples joined;
    long *count;            /* of couple i: how often it stood side by side in
                             * what was learned from, when it was joined */
    Text *text;             /* of each piece: its bytes, and a zero behind */
    struct Remembered *remembered;      /* words encoded lately */
} Pieces;

/* Learns at most `most` pieces beside the bytes: again and again the couple
 * that is most frequent inside words becomes a piece; of equally frequent ones
 * that with the smaller left number, then right. Ends when no couple is left. */
Pieces pieces_learn(Text text, int most);

/* From now on only the bytes and the first `first` pieces beside them. */
void pieces_use(Pieces *p, int first);

/* The text as pieces, word by word: first what was learned first is joined, and
 * from the left. Free id with free(). Not from several threads at once: it
 * remembers words. */
Ids pieces_encode(Pieces *p, Text text);

/* The bytes that the pieces stand for, and a zero behind. Free with free(). */
Text pieces_decode(const Pieces *p, Ids ids);

void pieces_free(Pieces *p);

#endif

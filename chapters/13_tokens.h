/* 13_tokens.h -- pieces of words: byte-pair encoding, learned from text, and
 * text as pieces and back. */
#ifndef CH13_TOKENS_H
#define CH13_TOKENS_H

#include "base/couples.h"
#include "base/text.h"
#include "learn/pairs.h"

/* Takes the first word off a text: a run of other than white space, with the blank
 * before it if there is one; any other blank, tab or new line stands alone. Of no
 * bytes if there is no text. */
Text next_word(Text *text);

/* ---- pieces ------------------------------------------------------------- */

enum { BYTES = 256 };

/* Pieces by number: 0 to 255 are the bytes; piece BYTES + i joins couple i. */
typedef struct {
    int n;                  /* pieces in use, BYTES to BYTES + joined.n */
    Couples joined;
    long *count;            /* of couple i: how often it stood side by side in
                             * what was learned from, when it was joined */
    Text *text;             /* of each piece: its bytes, and a zero behind */
} Pieces;

/* Learns at most `most` pieces beside the bytes: again and again the couple
 * that is most frequent inside words becomes a piece; of equally frequent ones
 * that with the smaller left number, then right. Ends when no couple is left. */
Pieces pieces_learn(Text text, int most);

/* The pieces that n couples make, each of earlier pieces, and no couple twice;
 * how often they stood side by side is not known. */
Pieces pieces_from(int n, const Couple *couple);

/* From now on only the bytes and the first `first` pieces beside them. */
void pieces_use(Pieces *p, int first);

/* The text as pieces, word by word: first what was learned first is joined, and
 * from the left. Free id with free(). */
Ids pieces_encode(const Pieces *p, Text text);

/* The bytes that the pieces stand for, and a zero behind. Free with free(). */
Text pieces_decode(const Pieces *p, Ids ids);

void pieces_free(Pieces *p);

/* The same as a model numbers it: pieces follow the first numbers, which are no
 * words (PAD to UNKNOWN) and say nothing. Free the id and the text with free().
 */
Ids tokens_of_text(const Pieces *p, Text text);
Text text_of_tokens(const Pieces *p, Ids tokens);

#endif

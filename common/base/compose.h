/* compose.h -- one form for letters with accents.
 *
 * Unicode writes é as one character, or as an e and an accent that combines
 * with what stands before it. Both look alike, and no program finds the one
 * where the other stands. So texts are brought into one form before their words
 * are counted: as few characters as there are (NFC, in Unicode's Annex 15).
 */
#ifndef COMPOSE_H
#define COMPOSE_H

/* The text, in UTF-8, with letters and their accents composed, and accents
 * that may stand in any order put in one; Hangul, too, and what exists twice,
 * such as the sign of the ångström. But for the doubles of Chinese characters
 * (U+F900 and on), which stay, and letters that may not be composed. NULL if
 * there is nothing to be done, as in most texts. Free with free(). */
char *compose(const char *text);

#endif

/* text.h -- UTF-8, the columns it takes in a terminal, words and tokens. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fail.h"

/* The code point at s and its bytes; 0 bytes at the end of the string. A byte
 * that starts no valid sequence counts alone, as TEXT_INVALID. */
enum { TEXT_INVALID = 0x110000 };   /* one beyond the last code point */
size_t text_decode(const char *s, uint32_t *code);

/* Writes a code point, in 1 to 4 bytes; returns where it ends. */
char *text_encode(char *out, uint32_t code);

/* Byte offset at which s stops being valid UTF-8 (overlong forms, surrogates
 * and what lies beyond U+10FFFF are not), or -1 if all of it is. */
ptrdiff_t text_invalid_utf8(const char *s);

/* Is it UTF-8, and at least one character, none of them white space or a
 * control character? */
bool text_is_word(const char *s);

/* Columns that s takes in a terminal: the sum over its characters, as
 * Unicode's East Asian Width has them. A byte that is not UTF-8 counts 1, a
 * control character 0. */
int text_width(const char *s);

/* How many bytes of s fit into so many columns, characters whole; *taken: the
 * columns that they take. */
size_t text_fit(const char *s, int columns, int *taken);

/* Text that may hold any bytes, zero included, and so says how many. */
typedef struct {
    const char *at;
    size_t n;
} Text;

/* A string as such a text. */
Text text_of(const char *string);

/* memcmp()'s order, a shorter text before all that begin with it: below, equal to
 * or above 0. */
int text_compare(Text a, Text b);

/* Words of a sentence in any language. */
typedef struct {
    int n;
    char **word;    /* each ends in \0; all live in one block of memory */
} Words;

/* Splits valid UTF-8 at white space and control characters; Chinese and
 * Japanese characters (and their punctuation) are a word each. Combining marks
 * stay with their base. No words: n is 0. Free with text_free_words(). */
Words text_split(const char *sentence);
void text_free_words(Words *words);

/* Tokens of a sentence that is to be translated: as text_split, but in small
 * letters, with punctuation a token of its own (not inside a number: 3.5; a
 * hyphen stays in its word), and cut after what French has shortened: l' d' j'
 * qu' and the like. A typographic apostrophe becomes a plain one, and &apos;
 * &quot; &amp; &lt; &gt; the character meant; a letter and its accents become
 * one character where they can (compose.h). Free with text_free_words(). */
Words text_tokens(const char *sentence);

/* The way back: the tokens as one line, with blanks between them, but not
 * between Chinese characters, nor after l' d' qu'. text_tokens() finds the same
 * tokens in it again. Free with free(). */
char *text_join(int n, char *const *word);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define text_split(...)             T_AT(text_split(__VA_ARGS__))
#define text_tokens(s)              T_AT(text_tokens(s))
#define text_join(...)              T_AT(text_join(__VA_ARGS__))
#endif

#endif

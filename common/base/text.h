/* text.h -- UTF-8, words, and printing that lines up.
 *
 * printf pads by bytes, so √ and 早 push a table out of line. text_printf pads
 * by the columns a terminal uses: 1 for √, 2 for 早, 0 for a combining accent.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tensor/tensor.h"

/* Byte offset at which s stops being valid UTF-8 (overlong forms, surrogates
 * and what lies beyond U+10FFFF are not), or -1 if all of it is. */
ptrdiff_t text_invalid_utf8(const char *s);

/* Columns that s takes in a terminal: the sum over its characters, as
 * Unicode's East Asian Width has them. A byte that is not UTF-8 counts 1, a
 * control character 0. */
int text_width(const char *s);

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
 * &quot; &amp; &lt; &gt; the character meant. Free with text_free_words(). */
Words text_tokens(const char *sentence);

/* The way back: the tokens as one line, with blanks between them, but not
 * between Chinese characters, nor after l' d' qu'. text_tokens() finds the same
 * tokens in it again. Free with free(). */
char *text_join(int n, char *const *word);

/* printf to stdout, except that the width and precision of %s count columns,
 * not bytes; its string must end in \0 even so. Takes %d %i %u %x %o (also with
 * l, ll, z), %c %s %f %e %g %a %% with flags, width and precision, `*`
 * included. Others stop the program. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void text_printf(const char *format, ...);

/* Prints a matrix (rows, columns), or a vector as one row, as a table:
 *
 *     name (3, 3)    早    上    好
 *              早  1.00  0.12 -0.30
 *
 * `decimals` digits (0 to 9) after the point; from 1e9 on with an exponent.
 * rows, columns: one label each, or NULL. A label of more than 20 columns is
 * cut off. What is wider than 80 columns continues below. */
void text_matrix(const char *name, const Tensor *x, char *const *rows,
                 char *const *columns, int decimals);

/* A stand-in for learned embeddings: (words.n, width) of standard normal
 * numbers that depend on the word and the seed alone, so the same word has the
 * same vector wherever it stands. */
Tensor *text_vectors(Words words, int width, uint64_t seed);

/* A mistake in a call is reported with its place: see T_AT in tensor.h. */
#ifndef T_LIBRARY
#define text_split(...)             T_AT(text_split(__VA_ARGS__))
#define text_tokens(s)              T_AT(text_tokens(s))
#define text_join(...)              T_AT(text_join(__VA_ARGS__))
#define text_printf(...)            T_AT(text_printf(__VA_ARGS__))
#define text_matrix(name, x, ...)   text_matrix(name, T_LOOK(x), __VA_ARGS__)
#define text_vectors(...)           T_AT(text_vectors(__VA_ARGS__))
#endif

#endif

/* llama.h -- the files of llama2.c (https://github.com/karpathy/llama2.c),
 * version 0: a model, and the pieces of words that it reads and says.
 *
 * A model is seven whole numbers and then nothing but floats, of which only their
 * order says what they are: llama_numbers() is called for one tensor after the
 * other, by writing and reading alike. Numbers are little-endian.
 */
#ifndef LLAMA_H
#define LLAMA_H

#include "base/text.h"
#include "learn/pairs.h"

/* ---- a model -------------------------------------------------------------- */

typedef struct {
    int width, hidden, layers;
    int heads, shared;      /* heads of queries; of keys and values */
    int vocabulary, places; /* places: the longest text */
    bool own_output;        /* the table that is said is not the one that is read */
} LlamaShape;

typedef struct LlamaFile LlamaFile;

/* A file to write to; or one to read, whose size must be what its shape says. Ends
 * with die() where that fails, or at a shape that no model has. */
LlamaFile *llama_write(const char *path, LlamaShape shape);
LlamaFile *llama_read(const char *path, LlamaShape *shape);

/* The next numbers of the file: those of x, row by row; turned: of its transpose. */
void llama_numbers(LlamaFile *f, Tensor *x, bool turned);

/* The book numbers tokens otherwise than these files number pieces: padding has a
 * number, and a text ends with a sign of its own, not with the one that another
 * begins. So of a table whose rows are tokens, (V, d), a file has V - 1 rows, in its
 * order; and where tokens are said, those of the two signs change places. */

/* The table that is read, which comes first. */
void llama_words(LlamaFile *f, Tensor *words);

/* The table that is said, which comes last. Reads it from the words, if the file has
 * one for both. */
void llama_output(LlamaFile *f, Tensor *output, const Tensor *words);

/* The cosines of all places and then the sines, which version 0 has, and nobody
 * reads. */
void llama_turns(LlamaFile *f);

/* All numbers were written, or read. */
void llama_close(LlamaFile *f);

/* ---- its pieces ----------------------------------------------------------- */

/* Pieces by number. The first three are <unk>, and the signs that a text begins
 * and ends; then come the 256 bytes. Start with {0}. */
enum { LLAMA_UNKNOWN, LLAMA_START, LLAMA_END, LLAMA_BYTES,
       LLAMA_WORDS = LLAMA_BYTES + 256 };
typedef struct {
    char *text;         /* a zero behind */
    int n;              /* its bytes */
    float score;        /* of two couples that could be joined, the one with the
                         * higher score is */
    int rank;           /* scores in their order: 0 is the highest */
} LlamaPiece;
typedef struct {
    int n, room;
    LlamaPiece *piece;
    int *table;         /* numbers by hash of the text, + 1; 0: empty */
    int table_size;
} LlamaPieces;

/* The first LLAMA_WORDS of them, of score 0: bytes that cannot be printed are
 * written as <0x09>. */
LlamaPieces llama_pieces_new(void);

/* Appends a piece of n bytes, none of which is 0. */
void llama_pieces_add(LlamaPieces *p, const char *text, int n, float score);

/* To be called when all were added, before a text is encoded. */
void llama_pieces_done(LlamaPieces *p);

/* A file such as tokenizer.bin, of n pieces. Ends with die() if it is none. */
LlamaPieces llama_pieces_read(const char *path, int n);
void llama_pieces_write(const char *path, const LlamaPieces *p);

/* The same as bytes, of which a file called `path` consists. Free with free(). */
LlamaPieces llama_pieces_of_bytes(const char *path, const unsigned char *bytes,
                                  size_t size, int n);
unsigned char *llama_pieces_bytes(const LlamaPieces *p, size_t *size);

/* The text as pieces, as llama2.c has it: a blank before the text, then signs of
 * Unicode, or their bytes; and then the two neighbours whose text together is the
 * piece with the highest score are joined, and again. Free id with free(). */
Ids llama_encode(const LlamaPieces *p, const char *text);

/* A text as tokens of the book, and tokens as a text with a zero behind; signs that
 * are no text are left out. Free id, and at, with free(). */
Ids llama_tokens(const LlamaPieces *p, const char *text);
Text llama_text(const LlamaPieces *p, Ids tokens);

/* What is printed for a piece that follows another: its bytes, *n of them. */
const char *llama_said(const LlamaPieces *p, int before, int id, int *n);

void llama_pieces_free(LlamaPieces *p);

/* A mistake in a call is reported with its place: see T_AT in fail.h. */
#ifndef T_LIBRARY
#define llama_numbers(f, x, ...)    llama_numbers(f, T_IN(x), __VA_ARGS__)
#define llama_words(f, x)           llama_words(f, T_IN(x))
#define llama_output(f, x, y)       llama_output(f, T_IN(x), T_LOOK(y))
#define llama_turns(f)              T_AT(llama_turns(f))
#define llama_close(f)              T_AT(llama_close(f))
#define llama_encode(...)           T_AT(llama_encode(__VA_ARGS__))
#define llama_tokens(...)           T_AT(llama_tokens(__VA_ARGS__))
#define llama_text(...)             T_AT(llama_text(__VA_ARGS__))
#define llama_said(...)             T_AT(llama_said(__VA_ARGS__))
#endif

#endif

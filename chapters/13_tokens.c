/*
# Tokens: pieces of words

Chapter 8 cut its sentences into words and gave every word a number. A word
that training never showed has no number: it becomes `<unknown>`, and whatever
it meant is gone. One could go to the other end and number bytes, of which
there are 256 and never another; but then sentences are several times as long,
and a model has to learn spelling before it can learn grammar. What lies
between? A vocabulary that is *learned from text*: frequent words stay whole,
rare ones fall into pieces, and no text in any language, nor any file at all, is
without numbers.

:::{figure} 13_tokens/lengths.svg
:name: fig-lengths
:alt: Three falling curves. The more pieces are learned, the fewer a sentence needs, until it needs about as few as it has words, and in Chinese fewer than it has characters.

How many pieces a sentence takes, against how many pieces have been learned. At
the left end every piece is a byte. The dashed lines say how many words such
sentences have, or in Chinese how many characters.
:::

(sec-cuts)=
## Bytes, characters, words

Text is stored as bytes. In UTF-8 an English letter takes one, é two, a Chinese
character three. So there are three natural ways to cut: into bytes, into
characters, into words. Chapter 8's "words" were `text_tokens()`: in small letters,
signs apart, and in Chinese a character each.
*/
#include "13_tokens.h"

#include "08_transformer.h"
#include "base/hash.h"
#include "cell/cell.h"
#include "cell/plot.h"
#include "data/renamed.h"

#include <stdlib.h>
#include <string.h>

/* Lines of text. */
typedef struct {
    int n, room;
    char **line;
} Lines;

/* fold: copies a line */
static void add_line(Lines *lines, const char *line)
{
    if (lines->n == lines->room) {
        lines->room = 2 * lines->room + 256;
        lines->line = grown(lines->line, (size_t)lines->room, sizeof(char *));
    }
    lines->line[lines->n++] = strcpy(grown(NULL, strlen(line) + 1, 1), line);
}

/* fold: gives them back */
static void free_lines(Lines *lines)
{
    for (int i = 0; i < lines->n; i++)
        free(lines->line[i]);
    free(lines->line);
    *lines = (Lines){ 0 };
}

/* Chapter 8's sentences, whose lines correspond. */
enum { ENGLISH, FRENCH, CHINESE, LANGUAGES };
static const char *const language_names[] = { "English", "French", "Chinese" };
static Lines corpus[CORPUS_SPLITS][LANGUAGES];

/* fold: takes English and French */
static void take_french(const char *english, const char *french, void *lines)
{
    add_line((Lines *)lines + ENGLISH, english);
    add_line((Lines *)lines + FRENCH, french);
}

/* fold: takes Chinese */
static void take_chinese(const char *english, const char *chinese, void *lines)
{
    (void)english;
    add_line((Lines *)lines + CHINESE, chinese);
}

static const Lines *lines_of(CorpusSplit split)
{
    if (corpus[split][ENGLISH].n == 0) {
        corpus_pairs(CORPUS_FRENCH, split, take_french, corpus[split]);
        corpus_pairs(CORPUS_CHINESE, split, take_chinese, corpus[split]);
    }
    return corpus[split];
}

/* The parts of a line in each way of cutting. */
typedef enum { BY_BYTES, BY_CHARACTERS, BY_WORDS, CUTS } Cut;

static size_t bytes_of_character(const char *c)
{
    size_t n = 1;
    while ((c[n] & 0xc0) == 0x80)       /* 10......: a character goes on */
        n++;
    return n;
}

/* Counts the parts of a line in v, and returns their number. */
static int count_parts(Cut cut, const char *line, Vocabulary *v)
{
    int parts = 0;
    if (cut == BY_WORDS) {
        Words words = text_tokens(line);
        for (; parts < words.n; parts++)
            vocabulary_add(v, words.word[parts]);
        text_free_words(&words);
        return parts;
    }
    for (size_t n; *line; line += n, parts++) {
        char part[8] = "";
        n = cut == BY_BYTES ? 1 : bytes_of_character(line);
        memcpy(part, line, n < 7 ? n : 7);
        vocabulary_add(v, part);
    }
    return parts;
}

/* How many parts a line has in the mean, and how many different ones there are
 * in all lines. */
static double mean_parts(Cut cut, const Lines *lines, int *different)
{
    Vocabulary v = { 0 };
    double parts = 0;
    for (int i = 0; i < lines->n; i++)
        parts += count_parts(cut, lines->line[i], &v);
    *different = v.n - FIRST_WORD;
    vocabulary_free(&v);
    return parts / lines->n;
}

static void three_cuts(void)
{
    const Lines *train = lines_of(CORPUS_TRAIN);
    text_printf("%10s %18s %18s %18s\n", "", "bytes", "characters", "words");
    text_printf("%10s", "");
    for (int cut = 0; cut < CUTS; cut++)
        text_printf(" %9s %8s", "different", "a line");
    text_printf("\n");
    for (int l = 0; l < LANGUAGES; l++) {
        text_printf("%10s", language_names[l]);
        for (int cut = 0; cut < CUTS; cut++) {
            int different;
            double mean = mean_parts((Cut)cut, &train[l], &different);
            text_printf(" %9d %8.1f", different, mean);
        }
        text_printf("\n");
    }
}

/*
Bytes are few and sentences long; words are many and sentences short. Chinese is at home
with characters: there are fewer of them here than English has words, and a sentence is
not much longer. But this is a small corpus. Text at large has thousands of Chinese
characters, and forms of words without end.

:::{quiz}
Q: The line for Chinese has the same numbers under *characters* and *words*. Why?
1. The corpus has only words of one character.
2. `text_tokens()` does not know where a Chinese word ends.

A: 2. 汤姆 is two tokens to it. Chinese is written without blanks, so words would have to
be found, and that is a task of its own.
:::

(sec-unknown)=
## What an unknown word costs

Chapter 8's examinations ask for no word that was not taught: its grammar saw
to that. A reader's own corpus does not. Here is what happens when the
vocabulary comes from fewer sentences than there are: how many words of the
held-out French sentences have no number, and how many sentences have such a word.
*/
static void unknown_words(void)
{
    const Lines *train = lines_of(CORPUS_TRAIN);
    const Lines *held_out = &lines_of(CORPUS_HELD_OUT)[FRENCH];
    text_printf("%12s %10s %16s %22s\n", "sentences", "words", "unknown words",
                "sentences with one");
    for (int n = 200; n <= 12800; n *= 4) {
        Vocabulary taught = { 0 };
        for (int i = 0; i < n; i++)
            count_parts(BY_WORDS, train[FRENCH].line[i], &taught);
        double words = 0, unknown = 0, touched = 0;
        for (int i = 0; i < held_out->n; i++) {
            Ids ids = vocabulary_encode(&taught, held_out->line[i]);
            int lost = 0;
            for (int k = 0; k < ids.n; k++)
                lost += ids.id[k] == UNKNOWN;
            words += ids.n;
            unknown += lost;
            touched += lost > 0;
            free(ids.id);
        }
        text_printf("%12d %10d %14.1f %% %20.1f %%\n", n, taught.n - FIRST_WORD,
                    100 * unknown / words, 100 * touched / held_out->n);
        vocabulary_free(&taught);
    }
}

/*
A few unknown words spoil many sentences. And what is lost is not the rare word
alone: a model that reads `<unknown>` does not know whether it is a verb or a
name, and can write nothing in its place. That is what happened to chapter 10's
model on [sentences nobody taught it](sec-outside).

(sec-joining)=
## Joining what stands side by side

*Byte-pair encoding* began as a way to compress files {cite}`gage1994`: replace
the most frequent pair of neighbouring bytes by a byte that does not occur, note
it down, and do that again. {cite:t}`sennrich2016` saw that the list of what was
replaced is a vocabulary. Ours starts with all 256 bytes. Then, again and again:

1. count all *couples*, pieces that stand side by side;
2. the most frequent couple becomes a new piece, with the next number;
3. join it wherever it stands.

Couples are counted inside words only, so that no piece straddles two of them. A
word, here, is what stands between white space, *with the blank before it*: so
every blank is in some piece, and putting the pieces one behind the other gives
the text back, blanks and all. (A Chinese sentence without a blank counts as one
word.)
*/
static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t first_word(Text text)
{
    size_t blank = text.n > 0 && text.at[0] == ' ', n = blank;
    while (n < text.n && !is_white(text.at[n]))
        n++;
    return n > blank ? n : text.n > 0;
}

/*
Pieces have numbers: 0 to 255 are the bytes, and each later one is a couple of
two earlier ones. So a vocabulary is a list of couples, and a table in which a
couple's number is found.
*/
/* Where a couple is in the table, or would be. */
static int *place_of(const Couples *c, Couple couple)
{
    uint64_t both = (uint64_t)couple.left << 32 | (uint64_t)couple.right;
    uint32_t mask = (uint32_t)c->table_size - 1;
    uint32_t i = (uint32_t)(both * 0x9e3779b97f4a7c15u >> 32) & mask;
    for (; c->table[i]; i = (i + 1) & mask) {
        Couple other = c->couple[c->table[i] - 1];
        if (other.left == couple.left && other.right == couple.right)
            break;
    }
    return &c->table[i];
}

/* The number of a couple, or -1. */
static int couples_find(const Couples *c, Couple couple)
{
    return c->n ? *place_of(c, couple) - 1 : -1;
}

static void grow_couples(Couples *c)
{
    c->room = 2 * c->room + 512;
    c->couple = grown(c->couple, (size_t)c->room, sizeof *c->couple);
    c->table_size = c->table_size ? c->table_size : 512;
    while (c->table_size < 2 * c->room)
        c->table_size *= 2;
    size_t size = (size_t)c->table_size * sizeof *c->table;
    c->table = memset(grown(c->table, size, 1), 0, size);
    for (int i = 0; i < c->n; i++)
        *place_of(c, c->couple[i]) = i + 1;
}

/* The number of a couple, which is added if it is not there. */
static int couples_add(Couples *c, Couple couple)
{
    if (c->n == c->room)
        grow_couples(c);
    int *place = place_of(c, couple);
    if (!*place) {
        c->couple[c->n++] = couple;
        *place = c->n;
    }
    return *place - 1;
}

static void couples_free(Couples *c)
{
    free(c->couple);
    free(c->table);
    *c = (Couples){ 0 };
}

static Text new_text(Text a, Text b)
{
    char *both = grown(NULL, a.n + b.n + 1, 1);
    if (a.n)
        memcpy(both, a.at, a.n);
    if (b.n)
        memcpy(both + a.n, b.at, b.n);
    both[a.n + b.n] = '\0';
    return (Text){ both, a.n + b.n };
}

static Pieces pieces_new(int most)
{
    Pieces p = { .n = BYTES };
    p.count = grown(NULL, (size_t)most + 1, sizeof *p.count);
    p.text = grown(NULL, (size_t)most + BYTES, sizeof *p.text);
    for (int byte = 0; byte < BYTES; byte++)
        p.text[byte] = new_text((Text){ &(char){ (char)byte }, 1 },
                                (Text){ NULL, 0 });
    return p;
}

static int join(Pieces *p, Couple couple, long count)
{
    int i = couples_add(&p->joined, couple);
    p->count[i] = count;
    p->text[p->n] = new_text(p->text[couple.left], p->text[couple.right]);
    return p->n++;
}

void pieces_free(Pieces *p)
{
    for (int i = 0; p->text && i < BYTES + p->joined.n; i++)
        free((char *)p->text[i].at);
    couples_free(&p->joined);
    free(p->count);
    free(p->text);
    free(p->remembered);
    *p = (Pieces){ 0 };
}

/*
:::{list-table} Ledger of the pieces
:header-rows: 1
:name: tab-ledger-pieces

* - name
  - size
  - meaning
* - `n`
  - 1
  - how many pieces are in use: 256 bytes and the first couples
* - `joined`
  - $n - 256$
  - couple $i$ becomes piece $256 + i$
* - `count`
  - $n - 256$
  - how often couple $i$ stood side by side when it was joined
* - `text`
  - $n$
  - the bytes that a piece stands for
* - ids of a text
  - its length in pieces
  - what a model reads, in place of words
:::

(sec-learning)=
## Learning without counting again

Counting everything anew for each new piece takes a pass over the text each
time: exercise 3 does it so, in a few lines, and for thousands of pieces that is too
many passes. Two observations save it. The text matters only
through its *different* words and how often each occurs. And when a couple is
joined, counts change only in the words that have it, and there only beside it.
*/
/* A word, how often it occurs, and its pieces. */
typedef struct {
    Text text;
    long count;
    int n, *piece;
} Word;

/* Of a couple: how often it stands side by side, and in which words. */
typedef struct {
    long count;
    int n, room, *word;
} Tally;

/* A couple in the queue, and its count when it was put there. */
typedef struct {
    long count;
    int number;
} Entry;

typedef struct {
    int words;
    Word *word;
    int *all;           /* the pieces of all words */
    Couples couples;
    Tally *tally;       /* of each couple */
    int room;
    Entry *queue;       /* a heap: the next to be joined comes first */
    int queued, queue_room;
} Learner;

/*
First the different words: sort all of them, and count equal neighbours.
*/
static int by_bytes(const void *a, const void *b)
{
    const Text *x = &((const Word *)a)->text, *y = &((const Word *)b)->text;
    int order = memcmp(x->at, y->at, x->n < y->n ? x->n : y->n);
    return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* All words of a text, in order of their bytes, each once. */
static int list_words(Text text, Word **list)
{
    int n = 0, room = 0, kept = 0;
    Word *word = NULL;
    for (size_t length; (length = first_word(text)) > 0;) {
        if (n == room) {
            room = 2 * room + 1024;
            word = grown(word, (size_t)room, sizeof *word);
        }
        word[n++] = (Word){ .text = { text.at, length }, .count = 1 };
        text = (Text){ text.at + length, text.n - length };
    }
    if (n > 0)
        qsort(word, (size_t)n, sizeof *word, by_bytes);
    for (int i = 1; i < n; i++)
        if (by_bytes(&word[kept], &word[i]) == 0)
            word[kept].count++;
        else
            word[++kept] = word[i];
    *list = word;
    return n > 0 ? kept + 1 : 0;
}

/*
The next couple is wanted again and again, so couples stand in a queue, a *heap*:
what is most frequent comes first. Of equally frequent ones it is the one with
the smaller numbers, so that the result does not depend on chance. Counts fall
while couples wait. A count in the queue may therefore be too high, never too
low; when such a couple comes to the front, it is put back with what it has
now.

:::{quiz}
Q: After a join, may the count of a couple that was there before become larger?
1. Yes, of those that stand beside the join.
2. No: what becomes more frequent has the new piece in it, and is new itself.

A: 2. So a new entry in the queue is needed only for new couples; all others can wait
until they come to the front.
:::
*/
/* Does a stand before b in the queue? */
static bool sooner(const Learner *l, Entry a, Entry b)
{
    Couple x = l->couples.couple[a.number], y = l->couples.couple[b.number];
    if (a.count != b.count)
        return a.count > b.count;
    return x.left != y.left ? x.left < y.left : x.right < y.right;
}

static void push(Learner *l, int number)
{
    if (l->queued == l->queue_room) {
        l->queue_room = 2 * l->queue_room + 1024;
        l->queue = grown(l->queue, (size_t)l->queue_room, sizeof *l->queue);
    }
    Entry entry = { l->tally[number].count, number };
    int i = l->queued++;
    for (; i > 0 && sooner(l, entry, l->queue[(i - 1) / 2]); i = (i - 1) / 2)
        l->queue[i] = l->queue[(i - 1) / 2];
    l->queue[i] = entry;
}

static Entry pop(Learner *l)
{
    Entry first = l->queue[0], last = l->queue[--l->queued];
    int i = 0;
    for (int child; (child = 2 * i + 1) < l->queued; i = child) {
        if (child + 1 < l->queued
            && sooner(l, l->queue[child + 1], l->queue[child]))
            child++;
        if (!sooner(l, l->queue[child], last))
            break;
        l->queue[i] = l->queue[child];
    }
    l->queue[i] = last;
    return first;
}

/*
Joining *left* and *right* in a word takes a couple from the count on either
side and brings two that are new: of a **l r** b there were (a, l) and (r, b),
and now there are (a, lr) and (lr, b).
*/
/* So many more of a couple, or fewer, in a word. */
static void count(Learner *l, Couple couple, long more, int word)
{
    int i = couples_add(&l->couples, couple);
    if (l->couples.room > l->room) {
        l->tally = grown(l->tally, (size_t)l->couples.room, sizeof *l->tally);
        memset(l->tally + l->room, 0,
               (size_t)(l->couples.room - l->room) * sizeof *l->tally);
        l->room = l->couples.room;
    }
    Tally *t = &l->tally[i];
    t->count += more;
    if (more < 0 || (t->n > 0 && t->word[t->n - 1] == word))
        return;
    if (t->n == t->room) {
        t->room = 2 * t->room + 4;
        t->word = grown(t->word, (size_t)t->room, sizeof *t->word);
    }
    t->word[t->n++] = word;
}

/* Joins a couple to a piece wherever it stands in a word. */
static void join_in(Learner *l, int word, Couple couple, int piece)
{
    Word *w = &l->word[word];
    int n = 0;
    for (int i = 0; i < w->n; i++) {
        bool here = i + 1 < w->n && w->piece[i] == couple.left
                 && w->piece[i + 1] == couple.right;
        if (here && n > 0) {
            int before = w->piece[n - 1];
            count(l, (Couple){ before, couple.left }, -w->count, word);
            count(l, (Couple){ before, piece }, w->count, word);
        }
        if (here && i + 2 < w->n) {
            int after = w->piece[i + 2];
            count(l, (Couple){ couple.right, after }, -w->count, word);
            count(l, (Couple){ piece, after }, w->count, word);
        }
        w->piece[n++] = here ? piece : w->piece[i];
        i += here;
    }
    w->n = n;
}

static void learner_begin(Learner *l, Text text)
{
    l->words = list_words(text, &l->word);
    size_t bytes = 0;
    for (int i = 0; i < l->words; i++)
        bytes += l->word[i].text.n;
    l->all = grown(NULL, bytes + 1, sizeof *l->all);
    int *piece = l->all;
    for (int i = 0; i < l->words; i++, piece += l->word[i - 1].n) {
        Word *w = &l->word[i];
        w->n = (int)w->text.n;
        w->piece = piece;
        for (int k = 0; k < w->n; k++)
            piece[k] = (unsigned char)w->text.at[k];
        for (int k = 0; k + 1 < w->n; k++)
            count(l, (Couple){ piece[k], piece[k + 1] }, w->count, i);
    }
    for (int i = 0; i < l->couples.n; i++)
        push(l, i);
}

static void learner_free(Learner *l)
{
    for (int i = 0; i < l->couples.n; i++)
        free(l->tally[i].word);
    free(l->tally);
    free(l->word);
    free(l->all);
    free(l->queue);
    couples_free(&l->couples);
}

/* The couple becomes a piece; the couples that come with it join the queue. */
static void learn_one(Learner *l, Pieces *p, int number)
{
    Couple couple = l->couples.couple[number];
    int piece = join(p, couple, l->tally[number].count);
    int known = l->couples.n, words = l->tally[number].n;
    int *word = l->tally[number].word;
    l->tally[number].word = NULL;       /* none will be added */
    l->tally[number].n = l->tally[number].room = 0;
    for (int i = 0; i < words; i++)
        join_in(l, word[i], couple, piece);
    free(word);
    for (int i = known; i < l->couples.n; i++)
        push(l, i);
}

Pieces pieces_learn(Text text, int most)
{
    Learner l = { 0 };
    Pieces p = pieces_new(most);
    learner_begin(&l, text);
    while (l.queued > 0 && p.n < BYTES + most) {
        Entry next = pop(&l);
        long now = l.tally[next.number].count;
        if (now < 1)
            continue;
        if (next.count == now)
            learn_one(&l, &p, next.number);
        else
            push(&l, next.number);      /* later: it is less frequent now */
    }
    learner_free(&l);
    return p;
}

/*
A line of text, then, before anything is joined and after one, two, three
couples; a bar stands between two pieces, and `_` is a blank:
*/
/* The bytes of a piece, for people: a blank as _, what is no whole character
 * in hexadecimal. Good until the eighth call after it. */
static const char *shown(Text text)
{
    static char rooms[8][200];
    static int turn;
    char *out = rooms[turn++ % 8], *end = out;
    bool whole = strlen(text.at) == text.n && text_invalid_utf8(text.at) < 0;
    for (size_t i = 0; i < text.n && end < out + 190; i++)
        if (whole && (unsigned char)text.at[i] > ' ')
            *end++ = text.at[i];
        else if (text.at[i] == ' ')
            *end++ = '_';
        else
            end += sprintf(end, "<%02x>", (unsigned char)text.at[i]);
    *end = '\0';
    return out;
}

/* fold: prints a line in pieces */
static void print_pieces(Pieces *p, const char *line)
{
    Ids ids = pieces_encode(p, (Text){ line, strlen(line) });
    for (int i = 0; i < ids.n; i++)
        text_printf("%s%s", i ? "|" : "", shown(p->text[ids.id[i]]));
    text_printf("\n");
    free(ids.id);
}

static void first_joins(void)
{
    static const char line[] = "the chat that the cat chased";
    Pieces p = pieces_learn((Text){ line, strlen(line) }, 10);
    text_printf("%-12s %5s  ", "joined", "count");
    pieces_use(&p, 0);
    print_pieces(&p, line);
    for (int i = 0; i < p.joined.n; i++) {
        Couple c = p.joined.couple[i];
        text_printf("%-5s %-6s %5ld  ", shown(p.text[c.left]),
                    shown(p.text[c.right]), p.count[i]);
        pieces_use(&p, i + 1);
        print_pieces(&p, line);
    }
    pieces_free(&p);
}

/*
A blank with c, *at*, and *th* stand side by side three times each; the smaller numbers
go first. (So did *ha*, until *at* took its a away.) Then `_th` grows from *th*, and in
the end `_the` and `_cat` are whole: what comes often grows together, and nobody said
what a word or a syllable is. The first *the* has no blank before it, and so is another
word than the second. (A line is little text. From the sixth couple on, each has been
seen only once.)

Now chapter 8's sentences, English, French and Chinese together:
*/
enum { LEARNED = 4000 };

/* fold: puts lines one behind the other */
static Text text_of(const Lines *lines, int count)
{
    size_t room = 1, n = 0;
    for (int l = 0; l < count; l++)
        for (int i = 0; i < lines[l].n; i++)
            room += strlen(lines[l].line[i]) + 1;
    char *at = grown(NULL, room, 1);
    for (int l = 0; l < count; l++)
        for (int i = 0; i < lines[l].n; i++)
            n += (size_t)sprintf(at + n, "%s\n", lines[l].line[i]);
    return (Text){ at, n };
}

static Pieces learned;

/* The first call learns. */
static Pieces *pieces_of_all(int first)
{
    if (learned.n == 0) {
        Text text = text_of(lines_of(CORPUS_TRAIN), LANGUAGES);
        learned = pieces_learn(text, LEARNED);
        free((char *)text.at);
    }
    pieces_use(&learned, first);
    return &learned;
}

static void joins(void)
{
    Pieces *p = pieces_of_all(LEARNED);
    static const int some[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30,
                                50, 100, 200, 400, 800, 1600, 3200 };
    text_printf("%6s  %-24s %8s   %s\n", "piece", "joined", "count", "is");
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        Couple c = p->joined.couple[some[i] - 1];
        char both[420];
        snprintf(both, sizeof both, "%s %s", shown(p->text[c.left]),
                 shown(p->text[c.right]));
        text_printf("%6d  %-24s %8ld   %s\n", BYTES + some[i] - 1, both,
                    p->count[some[i] - 1],
                    shown(p->text[BYTES + some[i] - 1]));
    }
}

/*
The full stop comes first, then endings and beginnings. In angle brackets are bytes
of a Chinese sign that is not whole yet: the algorithm does not know what a
character is, and finds out, because its bytes stand together often. Piece 261 is
the first whole one, the full stop 。, and the rest of the list is made of pieces
from three languages side by side.

(sec-encoding)=
## Text as pieces

To encode a word, its couples are joined in the order in which they were
learned, and of equal ones the left first: as if the text had been there when
they were. Again a heap says which couple is next.
*/
/* A word at work: the pieces that are left, as a list in both directions, and
 * the couples that can be joined, as a heap: what was learned first comes
 * first, of one kind the leftmost. */
typedef struct {
    int room, queued;
    int *piece, *next, *before;     /* by the place where a piece begins */
    uint64_t *queue;                /* the joined piece and the place */
} Joiner;

static void joiner_push(Joiner *j, uint64_t entry)
{
    int i = j->queued++;
    for (; i > 0 && entry < j->queue[(i - 1) / 2]; i = (i - 1) / 2)
        j->queue[i] = j->queue[(i - 1) / 2];
    j->queue[i] = entry;
}

static uint64_t joiner_pop(Joiner *j)
{
    uint64_t first = j->queue[0], last = j->queue[--j->queued];
    int i = 0;
    for (int child; (child = 2 * i + 1) < j->queued; i = child) {
        child += child + 1 < j->queued && j->queue[child + 1] < j->queue[child];
        if (last <= j->queue[child])
            break;
        j->queue[i] = j->queue[child];
    }
    j->queue[i] = last;
    return first;
}

/* The piece that joins a couple, or 0. */
static int joined(const Pieces *p, int left, int right)
{
    int piece = BYTES + couples_find(&p->joined, (Couple){ left, right });
    return piece >= BYTES && piece < p->n ? piece : 0;
}

/* What begins at a place may be joined with what follows it. */
static void offer(Joiner *j, const Pieces *p, int place)
{
    if (place < 0 || j->next[place] < 0)
        return;
    int piece = joined(p, j->piece[place], j->piece[j->next[place]]);
    if (piece)
        joiner_push(j, (uint64_t)piece << 32 | (uint64_t)place);
}

static void make_room(Joiner *j, int n)
{
    if (n <= j->room)
        return;
    j->room = 2 * n;
    size_t room = (size_t)j->room;
    j->piece = grown(j->piece, room, sizeof *j->piece);
    j->next = grown(j->next, room, sizeof *j->next);
    j->before = grown(j->before, room, sizeof *j->before);
    j->queue = grown(j->queue, 3 * room, sizeof *j->queue);
}

/* Writes the pieces of a word to out; returns how many. */
static int encode_word(Joiner *j, const Pieces *p, Text word, int *out)
{
    int bytes = (int)word.n, n = 0;
    make_room(j, bytes);
    for (int i = 0; i < bytes; i++) {
        j->piece[i] = (unsigned char)word.at[i];
        j->next[i] = i + 1 < bytes ? i + 1 : -1;
        j->before[i] = i - 1;
    }
    j->queued = 0;
    for (int i = 0; i < bytes; i++)
        offer(j, p, i);
    while (j->queued > 0) {
        uint64_t first = joiner_pop(j);
        int piece = (int)(first >> 32), i = (int)(first & 0xffffffff);
        int next = j->piece[i] < 0 ? -1 : j->next[i];
        if (next < 0 || joined(p, j->piece[i], j->piece[next]) != piece)
            continue;       /* one of the two has been joined otherwise */
        j->piece[i] = piece;
        j->piece[next] = -1;
        j->next[i] = j->next[next];
        if (j->next[i] >= 0)
            j->before[j->next[i]] = i;
        offer(j, p, j->before[i]);
        offer(j, p, i);
    }
    for (int i = 0; i >= 0; i = j->next[i])
        out[n++] = j->piece[i];
    return n;
}

/*
Words come again and again, so the last ones are remembered: most words of a text
are then looked up and not encoded.
*/
/* Words of up to so many bytes are remembered, each in a place that its bytes
 * determine; who comes later takes it. */
enum { SHORT = 20, REMEMBERED = 1 << 14 };

struct Remembered {
    char text[SHORT];
    unsigned char length, n;        /* bytes, pieces; length 0: nothing */
    int piece[SHORT];
};

static int recall(Joiner *j, Pieces *p, Text word, int *out)
{
    if (word.n > SHORT)
        return encode_word(j, p, word, out);
    uint64_t h = hash_bytes(HASH_START, word.at, word.n);
    struct Remembered *r = &p->remembered[(h ^ h >> 32) % REMEMBERED];
    if (r->length != word.n || memcmp(r->text, word.at, word.n) != 0) {
        r->length = (unsigned char)word.n;
        memcpy(r->text, word.at, word.n);
        r->n = (unsigned char)encode_word(j, p, word, r->piece);
    }
    memcpy(out, r->piece, r->n * sizeof *out);
    return r->n;
}

Ids pieces_encode(Pieces *p, Text text)
{
    Joiner j = { 0 };
    Ids ids = { .id = grown(NULL, text.n + 1, sizeof *ids.id) };
    if (!p->remembered) {
        size_t size = REMEMBERED * sizeof *p->remembered;
        p->remembered = memset(grown(NULL, size, 1), 0, size);
    }
    for (size_t n; (n = first_word(text)) > 0;) {
        ids.n += recall(&j, p, (Text){ text.at, n }, ids.id + ids.n);
        text = (Text){ text.at + n, text.n - n };
    }
    free(j.piece);
    free(j.next);
    free(j.before);
    free(j.queue);
    return ids;
}

void pieces_use(Pieces *p, int first)
{
    p->n = BYTES + (first < p->joined.n ? first : p->joined.n);
    free(p->remembered);
    p->remembered = NULL;
}

static void words_in_pieces(void)
{
    static const char *const lines[] = {
        "They are watching .", "Nobody is unwatchable .",
        "Ils regardent .", "Ils rechatouilleront Goklur .",
        "汤姆追逐杰瑞。", "汤姆在沙发上打篮球。", "naïve 🐈",
    };
    Pieces *p = pieces_of_all(1000);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        print_pieces(p, lines[i]);
}

/*
With a thousand couples the most frequent words are whole, *They* and 汤姆. What is rarer
falls into parts, some of which mean something (*ing*, *un*, *ent*) and some of which do
not: the algorithm has counted, not parsed. A name that nobody has heard is spelled.
Characters that are rare in the corpus, or not in it, and a cat, are bytes; still
nothing is unknown.

:::{quiz}
Q: *ab* was learned before *bc*. How is *abc* encoded?
1. As *ab* and *c*.
2. As *a* and *bc*.
3. As whichever is longer.

A: 1. What was learned first is joined first, as it was when the text was learned from.
Exercise 5 has a program that forgets this.
:::

(sec-any)=
## Any bytes

The way back is short: put the bytes of the pieces one behind the other.
*/
Text pieces_decode(const Pieces *p, Ids ids)
{
    size_t bytes = 0;
    for (int i = 0; i < ids.n; i++) {
        if (ids.id[i] < 0 || ids.id[i] >= BYTES + p->joined.n)
            t_fail("pieces_decode: no piece has the number %d; there are %d",
                   ids.id[i], BYTES + p->joined.n);
        bytes += p->text[ids.id[i]].n;
    }
    char *out = grown(NULL, bytes + 1, 1), *end = out;
    for (int i = 0; i < ids.n; i++) {
        Text piece = p->text[ids.id[i]];
        memcpy(end, piece.at, piece.n);
        end += piece.n;
    }
    *end = '\0';
    return (Text){ out, bytes };
}

static void round_trip(void)
{
    enum { RANDOM = 10000 };
    static char random[RANDOM];
    Rng rng = rng_new(cell_seed());
    for (int i = 0; i < RANDOM; i++)
        random[i] = (char)rng_below(&rng, 256);
    const Text texts[] = { { "She laughs .", 12 },
                           { "안녕하세요 🐈‍⬛", strlen("안녕하세요 🐈‍⬛") },
                           { "a\0b \t \n  ", 9 }, { random, RANDOM } };
    static const char *const names[] = { "English", "Korean, and a cat",
                                         "blanks and a zero", "random bytes" };
    Pieces *p = pieces_of_all(1000);
    text_printf("%-20s %8s %8s\n", "", "bytes", "pieces");
    for (int i = 0; i < 4; i++) {
        Ids ids = pieces_encode(p, texts[i]);
        Text back = pieces_decode(p, ids);
        bool same = back.n == texts[i].n
                 && memcmp(back.at, texts[i].at, back.n) == 0;
        text_printf("%-20s %8zu %8d   %s\n", names[i], texts[i].n, ids.n,
                    same ? "and back" : "NOT THE SAME");
        free(ids.id);
        free((char *)back.at);
    }
}

/*
Any file is text to it. Only the length tells what it was made for.

(sec-length-13)=
## How many pieces?

More pieces make sentences shorter. But each piece is a row of the embedding,
and each must be seen often enough to be learned; and a long list costs time
where the model chooses its next token among all. Here is what there is to
choose from, on the held-out sentences:
*/
static double pieces_a_line(Pieces *p, const Lines *lines)
{
    double pieces = 0;
    for (int i = 0; i < lines->n; i++) {
        Ids ids = pieces_encode(p, (Text){ lines->line[i],
                                           strlen(lines->line[i]) });
        pieces += ids.n;
        free(ids.id);
    }
    return pieces / lines->n;
}

/* fold: prints a row, and writes it for the figure */
static void print_lengths(Plot *plot, const char *name, double pieces,
                          const double length[LANGUAGES])
{
    text_printf("%-12s %10.1f %10.1f %10.1f\n", name, length[ENGLISH],
                length[FRENCH], length[CHINESE]);
    plot_row(plot, pieces, length[ENGLISH], length[FRENCH], length[CHINESE]);
}

static void lengths(void)
{
    static const int some[] = { 0, 30, 60, 125, 250, 500, 1000, 2000, 4000 };
    const Lines *lines = lines_of(CORPUS_HELD_OUT);
    Plot *plot = plot_open("lengths", "pieces English French Chinese");
    double length[LANGUAGES];
    char name[40];
    text_printf("%-12s %10s %10s %10s\n", "pieces", "English", "French",
                "Chinese");
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        Pieces *p = pieces_of_all(some[i]);
        for (int l = 0; l < LANGUAGES; l++)
            length[l] = pieces_a_line(p, &lines[l]);
        snprintf(name, sizeof name, "%d", p->n);
        print_lengths(plot, name, p->n, length);
    }
    plot_close(plot);
    plot = plot_open("cuts", "pieces English French Chinese");
    int different;
    for (int l = 0; l < LANGUAGES; l++)
        length[l] = mean_parts(BY_WORDS, &lines[l], &different);
    print_lengths(plot, "words", 0, length);
    plot_close(plot);
}

/*
Most is won early: the first 250 couples about halve the length, and to halve it
about once more takes 2,000. With 4,000 couples for three languages,
more than they have words, a sentence is about as long in pieces as in words. A
Chinese sentence takes fewer pieces than it has characters, already with 2,000:
names, words and turns of two or three characters have become one piece.

:::{quiz}
Q: Most of the text is English and French. What if the couples had been learned from
those two alone?
1. Chinese would be unknown.
2. Chinese sentences would take about as many pieces as bytes.
3. Nothing would change, since bytes are the same in all languages.

A: 2. Nothing is ever unknown, but nothing of Chinese would have been joined. Who learns
a vocabulary from one language and uses it for another pays for every sentence; one
of the experiments below measures how much.

Q: Why not learn pieces until every word is one?
1. Rare pieces are seldom seen, so their rows of the embedding are hardly learned.
2. The text could no longer be put together.

A: 1. And the list costs time at the output, where every piece gets a score.
:::

(sec-lesson-13)=
## Chapter 8's lesson again

What does it bring? A fair test needs words that were never seen, so we make
some: every name in chapter 8's English and French sentences is exchanged for an
invented one, such as *Goklur*. The training sentences have two thousand names
among them, the held-out sentences two hundred others. Then the same lesson
is held twice: with words, of which those seen fewer than five times
are `<unknown>`, as is usual; and with pieces, learned from the training
sentences, names included.
*/
enum { NAMES_TAUGHT = 2000, NAMES_ASKED = 200, JOINS = 1500,
       LESSON_STEPS = 500, ENOUGH = 5 };

/* The line as names of pieces: as words they are called by their numbers, p1a,
 * which text_tokens() leaves whole. */
static void name_pieces(Pieces *p, const char *line, char *names)
{
    Ids ids = pieces_encode(p, (Text){ line, strlen(line) });
    *names = '\0';
    for (int i = 0; i < ids.n; i++)
        names += sprintf(names, "p%x ", (unsigned)ids.id[i]);
    free(ids.id);
}

static Pairs pairs_in_pieces(Pieces *p, const Renamed *r)
{
    enum { ROOM = 8 * RENAMED_LONGEST };
    Pairs pairs = { 0 };
    char names[2][ROOM];
    for (int piece = 0; piece < p->n; piece++)
        for (int side = SOURCE; side <= TARGET; side++) {
            snprintf(names[side], ROOM, "p%x", (unsigned)piece);
            vocabulary_add(&pairs.words[side], names[side]);
        }
    for (int i = 0; i < r->n; i++) {
        name_pieces(p, r->line[i][SOURCE], names[SOURCE]);
        name_pieces(p, r->line[i][TARGET], names[TARGET]);
        pairs_add(&pairs, names[SOURCE], names[TARGET], 0);
    }
    return pairs;
}

/* What a model has written, as text. */
static char *text_of_pieces(const Pieces *p, Ids written)
{
    int *piece = grown(NULL, (size_t)written.n + 1, sizeof *piece), n = 0;
    for (int i = 0; i < written.n; i++)
        if (written.id[i] >= FIRST_WORD)
            piece[n++] = written.id[i] - FIRST_WORD;
    Text text = pieces_decode(p, (Ids){ n, piece });
    free(piece);
    return (char *)text.at;
}

/* The same line as a model of words can best write it. */
static char *line_in_words(const char *line)
{
    Words words = text_tokens(line);
    char *joined = text_join(words.n, words.word);
    text_free_words(&words);
    return joined;
}

/* A lesson and its examination. pieces: NULL for words. */
typedef struct {
    const char *name;
    Pieces *pieces;
    Pairs train, held_out;
    const Renamed *asked;
    int right[2], all[2];       /* without a new name, with one */
    double tokens;              /* in the mean, of a French sentence */
} Contest;

static void examine(Contest *c, const Transformer *t)
{
    int n = c->held_out.n, shown_so_far = 0;
    Ids *written = ids_room(n);
    write_greedily(transformer_model(t), n, ids_of_side(&c->held_out, SOURCE),
                   (Pass){ 0 }, written);
    for (int i = 0; i < n; i++) {
        const char *line = c->asked->line[i][TARGET];
        char *right = c->pieces ? strcpy(grown(NULL, strlen(line) + 1, 1), line)
                                : line_in_words(line);
        char *said = c->pieces ? text_of_pieces(c->pieces, written[i])
            : vocabulary_decode(&c->train.words[TARGET], written[i]);
        int named = c->asked->named[i];
        c->right[named] += strcmp(said, right) == 0;
        c->all[named]++;
        if (named && shown_so_far++ < 5)
            text_printf("%-8s%s\n", c->name, said);
        free(said);
        free(right);
    }
}

static void hold(Contest *c)
{
    int steps = cell_quick() ? 5 : LESSON_STEPS;
    for (int i = 0; i < c->train.n; i++)
        c->tokens += (double)pairs_ids(&c->train, TARGET, i).n / c->train.n;
    Transformer t = lesson_teach(&c->train, cell_seed(), steps);
    examine(c, &t);
    tape_free();
}

/* fold: prints a row of the table */
static void print_contest(const Contest *c)
{
    text_printf("%-8s %10d %10d %10.1f %12.1f %% %14.1f %%\n", c->name,
                c->train.words[SOURCE].n, c->train.words[TARGET].n, c->tokens,
                100.0 * c->right[0] / c->all[0],
                100.0 * c->right[1] / c->all[1]);
}

static Contest in_words(const Renamed *train, const Renamed *asked)
{
    Contest c = { .name = "words", .asked = asked };
    for (int i = 0; i < train->n; i++)
        pairs_add(&c.train, train->line[i][SOURCE], train->line[i][TARGET], 0);
    for (int i = 0; i < asked->n; i++)
        pairs_add(&c.held_out, asked->line[i][SOURCE], asked->line[i][TARGET],
                  0);
    pairs_sort_words(&c.train, ENOUGH);
    pairs_encode(&c.held_out, &c.train.words[SOURCE], &c.train.words[TARGET]);
    return c;
}

static Contest in_pieces(Pieces *p, const Renamed *train, const Renamed *asked)
{
    return (Contest){ .name = "pieces", .pieces = p, .asked = asked,
                      .train = pairs_in_pieces(p, train),
                      .held_out = pairs_in_pieces(p, asked) };
}

static Pieces pieces_of(const Renamed *r)
{
    Lines both = { 0 };
    for (int i = 0; i < r->n; i++)
        for (int side = SOURCE; side <= TARGET; side++)
            add_line(&both, r->line[i][side]);
    Text text = text_of(&both, 1);
    Pieces pieces = pieces_learn(text, JOINS);
    free((char *)text.at);
    free_lines(&both);
    return pieces;
}

static void the_lesson_again(void)
{
    Renamed train = renamed(CORPUS_TRAIN, NAMES_TAUGHT, 1);
    Renamed all = renamed(CORPUS_HELD_OUT, NAMES_ASKED, 2), asked = all;
    if (cell_quick())
        asked.n = 50;
    Pieces pieces = pieces_of(&train);
    Contest contest[] = { in_words(&train, &asked),
                          in_pieces(&pieces, &train, &asked) };
    for (int i = 0; i < 2; i++)
        hold(&contest[i]);
    text_printf("\n%-8s %10s %10s %10s %14s %16s\n", "", "source", "target",
                "tokens", "exact without", "exact with");
    text_printf("%-8s %10s %10s %10s %14s %16s\n", "", "list", "list",
                "a line", "a new name", "a new name");
    for (int i = 0; i < 2; i++) {
        print_contest(&contest[i]);
        pairs_free(&contest[i].train);
        pairs_free(&contest[i].held_out);
    }
    pieces_free(&pieces);
    renamed_free(&train);
    renamed_free(&all);
}

/*
Without a new name the two are nearly alike after so short a lesson; pieces are a
little behind. Their list is the longer one (it serves both languages), and a
sentence has a fifth more pieces than words, which each step has to pay for.

With a new name the lesson of words is lost, and not only at the name: where `<unknown>`
stood it says a name that it happened to keep, or *qu'* and again *qu'*, because it must
say something. The lesson of pieces reads the name as it is spelled, and spells it
again. Nobody told it to: it has learned to copy what it does not know, piece by piece,
through cross-attention. In nearly half of the sentences all is right. The names that
were asked for are *Bavoun*, *Kegal*, *Noustirer*, *Goutrou* and *Tanuni*: the second
and the fourth came out. The others show how it fails: they begin right, and go
on otherwise or stop too soon; and in the last, *près de* is lost with the
ending. A list of pieces has a nonsense of its own, too. The other model can write the
wrong word; this one can write words that do not exist.

:::{quiz}
Q: A model has learned from text in which the letter *w* never occurs. What does
`pieces_encode()` make of *wow*?
1. Nothing: the letter is not in the vocabulary.
2. `<unknown>`, *o*, `<unknown>`.
3. Three bytes, one of which the model has seen.

A: 3. All 256 bytes are pieces, learned from or not. But a piece with a number is not
yet a piece with a meaning: the row of the embedding for *w* is as it was when the
model was made.

Q: Why are couples counted inside words only?
1. Otherwise *of the* and the like would become one piece, and the blank in it would
depend on what stands beside it.
2. Otherwise the text could not be put together again.

A: 1. It would come back all the same. But pieces that span words are many, and rare, and
say little that their halves do not. (Chinese, without blanks, does have pieces that
span words here; systems for it often cut into words first.)
:::

(sec-claims-13)=
## What we claimed, and where it is checked

:::{folded} The list
- A word takes the blank before it. {test}`tests/13_tokens.c: a_word_takes_the_blank_before_it`
- The same couples and numbers as a known implementation, on the same text. {test}`tests/13_tokens.c: joins_and_numbers_are_those_of_a_known_implementation`
- Counting only what changes gives what counting all anew gives. {test}`tests/13_tokens.c: learning_is_as_if_all_were_counted_anew`
- It ends when there is nothing to join. {test}`tests/13_tokens.c: it_ends_when_there_is_nothing_to_join`
- No piece straddles two words. {test}`tests/13_tokens.c: no_piece_straddles_two_words`
- Text is encoded as it was joined in learning. {test}`tests/13_tokens.c: what_was_learned_from_is_encoded_as_it_was_joined`
- Any bytes come back. {test}`tests/13_tokens.c: any_bytes_come_back`
- A word of a million bytes is no trouble. {test}`tests/13_tokens.c: a_long_word_is_no_trouble`
- Fewer couples make longer text. {test}`tests/13_tokens.c: fewer_couples_make_longer_text`
- Remembering words changes nothing. {test}`tests/13_tokens.c: a_word_that_is_remembered_is_encoded_as_before`
- Names that are asked for were not taught. {test}`tests/13_tokens.c: names_that_are_asked_for_were_not_taught`
- The five names in the example are those told. {test}`tests/13_tokens.c: the_first_names_asked_for_are_those_told`
:::

## Summary

- A vocabulary lies between bytes, few and long, and words, many and never enough.
- Byte-pair encoding starts with bytes and joins the most frequent couple, again and
  again. The list of couples is the vocabulary.
- Learning looks at different words only, and counts anew only where it joined.
- Any bytes have numbers, and come back.
- More pieces make shorter text; the first few hundred do most.
- A word never seen is spelled, and a model can learn to copy a spelling.

(sec-exercises-13)=
## Exercises

{exercises}

And three experiments, which no program can mark:

- Let words be lines: what is white space in `is_white`, but for the new line, no
  longer ends a word. What are the first pieces now, and how long is a sentence?
- Learn from the French alone, and encode the Chinese. How much longer is it than with
  pieces that have seen Chinese?
- Set `JOINS` to 300, and to 6000. What becomes of the names, and of the time?

## Further reading

{cite:t}`gage1994` for files; {cite:t}`sennrich2016` for words that are rare;
{cite:t}`radford2019`, section 2.2, for starting with bytes; {cite:t}`kudo2018` for a tool
that needs no words to begin with.
*/
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(three_cuts);
    cell(unknown_words);
    cell(first_joins);
    cell(joins);
    cell(words_in_pieces);
    cell(round_trip);
    cell(lengths);
    cell(the_lesson_again);
    int status = cell_end();
    for (int s = 0; s < CORPUS_SPLITS; s++)
        for (int l = 0; l < LANGUAGES; l++)
            free_lines(&corpus[s][l]);
    pieces_free(&learned);
    return status;
}

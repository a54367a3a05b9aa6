/* texts.c -- what a teller learns from: stories, or a text, as tokens. */
#include "texts.h"

#include "base/fail.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/whole.h"
#include "cell/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text --------------------------------------------------------------- */

/* Text that grows. Start with {0}. */
typedef struct {
    char *at;
    size_t n, room;
} Growing;

static void put(Growing *g, const char *bytes, size_t n)
{
    if (g->n + n + 1 > g->room) {
        g->room = 2 * (g->n + n) + 256;
        g->at = grown(g->at, g->room, 1);
    }
    memcpy(g->at + g->n, bytes, n);
    g->n += n;
    g->at[g->n] = '\0';
}

static void put_line(Growing *g, const char *a, const char *b)
{
    put(g, a, strlen(a));
    if (b) {
        put(g, " ", 1);
        put(g, b, strlen(b));
    }
    put(g, "\n", 1);
}

char *apart(const char *text)
{
    Growing g = { 0 };
    put(&g, "", 0);
    for (const char *c = text; *c; c++) {
        bool white = strchr(" \t\r\n", *c), sign = strchr(".,?!:;", *c);
        bool blank = g.n == 0 || g.at[g.n - 1] == ' ';
        if (!blank && (white || sign))
            put(&g, " ", 1);
        if (!white)
            put(&g, c, 1);
    }
    while (g.n > 0 && g.at[g.n - 1] == ' ')
        g.at[--g.n] = '\0';
    return g.at;
}

void print_readable(Text text)
{
    size_t bytes;
    for (size_t i = 0; i < text.n; i += bytes) {
        uint32_t code;
        bytes = text_decode(text.at + i, &code);
        bool control = bytes == 0 || (code < ' ' && code != '\n' && code != '\t');
        bytes += bytes == 0;        /* a zero */
        if (control || code == TEXT_INVALID)
            fputs("\uFFFD", stdout);
        else
            fwrite(text.at + i, 1, bytes, stdout);
    }
}

Text read_file(const char *path)
{
    Text text;
    const char *reason;
    text.at = (char *)whole_read(path, &text.n, &reason);
    if (!text.at)
        die("cannot read '%s': %s", path, reason);
    return text;
}

/* ---- the book's stories -------------------------------------------------- */

enum { MOST_ASKED = 64 };

typedef struct {
    void (*take)(const Told *told, void *context);
    void *context;
} Telling;

static void tell(const Story *story, void *telling)
{
    Telling *t = telling;
    const char *question[MOST_ASKED], *answer[MOST_ASKED];
    QuestionKind kind[MOST_ASKED];
    int n = 0;
    for (; n < story->questions && n < MOST_ASKED - 1; n++) {
        question[n] = story->question[n].question;
        answer[n] = story->question[n].answer;
        kind[n] = story->question[n].kind;
    }
    kind[n] = SUMMARY;
    question[n] = SUMMARY_PLEASE;
    answer[n++] = story->summary;
    t->take(&(Told){ story->text, n, question, answer, kind }, t->context);
}

int stories_told(StorySplit split, int most,
                 void take(const Told *told, void *context), void *context)
{
    return stories(split, most, tell, &(Telling){ take, context });
}

/* Adds to g each letter of text that is neither there nor in `known`. */
static void put_letters(Growing *g, const char *text, const char *known)
{
    uint32_t code;
    for (size_t bytes; (bytes = text_decode(text, &code)) > 0; text += bytes) {
        char letter[8] = { 0 };
        memcpy(letter, text, bytes);
        if (!strstr(known, letter) && !strstr(g->at, letter))
            put(g, text, bytes);
    }
}

static void take_letters(const Told *told, void *letters)
{
    put_letters(letters, told->story, "");
}

char *story_letters(void)
{
    enum { MANY = 1000 };       /* stories: others have no more */
    Growing letters = { 0 };
    put(&letters, "", 0);
    stories_told(STORIES_TRAIN, MANY, take_letters, &letters);
    return letters.at;
}

void name_unknown(const char *text, const char *known)
{
    Growing unknown = { 0 };
    put(&unknown, "", 0);
    put_letters(&unknown, text, known);
    if (unknown.n > 0)
        fprintf(stderr, "unknown letters: %s\n",
                text_shown((Text){ unknown.at, unknown.n }));
    free(unknown.at);
}

/* Stories as text: each one, and behind it what is asked: some questions, in any
 * order, so that none needs another's answer, and any may be the first. */
enum { ASKED = 4 };

typedef struct {
    Rng rng;
    Growing text;
    size_t *end;            /* (2 n): of each story, of what is asked */
    int n, room;
} Written;

static void write_story(const Told *told, void *written)
{
    Written *s = written;
    if (s->n == s->room) {
        s->room = 2 * s->room + 1024;
        s->end = grown(s->end, 2 * (size_t)s->room, sizeof *s->end);
    }
    put_line(&s->text, told->story, NULL);
    s->end[2 * s->n] = s->text.n;
    int order[MOST_ASKED];
    rng_permutation(&s->rng, told->n, order);
    for (int i = 0; i < told->n && i < ASKED; i++)
        put_line(&s->text, told->question[order[i]], told->answer[order[i]]);
    s->end[2 * s->n++ + 1] = s->text.n;
}

static Written write_stories(StorySplit split, int most, int seed)
{
    Written s = { .rng = rng_named((uint64_t)seed, "questions") };
    stories_told(split, most, write_story, &s);
    return s;
}

/* Each story alone, and as what is asked about. */
static Pairs pairs_of_stories(const Teller *t, const Written *s)
{
    Pairs pairs = { 0 };
    for (int i = 0; i < s->n; i++) {
        size_t begin = i == 0 ? 0 : s->end[2 * i - 1], middle = s->end[2 * i];
        Ids story = teller_tokens(t, (Text){ s->text.at + begin,
                                             middle - begin });
        Ids asked = teller_tokens(t, (Text){ s->text.at + middle,
                                             s->end[2 * i + 1] - middle });
        pairs_add_ids(&pairs, (Ids){ 0, NULL }, story);
        pairs_add_ids(&pairs, story, asked);
        free(story.id);
        free(asked.id);
    }
    return pairs;
}

/* Each story alone; *longest becomes that of the longest, START included. */
static Pairs stories_alone(const Teller *t, const Written *s, int *longest)
{
    Pairs pairs = { 0 };
    for (int i = 0; i < s->n; i++) {
        size_t begin = i == 0 ? 0 : s->end[2 * i - 1];
        char *end = s->text.at + s->end[2 * i] - 1;     /* the new line */
        *end = '\0';
        Ids story = teller_tokens(t, (Text){ s->text.at + begin,
                                             (size_t)(end - s->text.at) - begin });
        pairs_add_ids(&pairs, (Ids){ 0, NULL }, story);
        *longest = story.n + 1 > *longest ? story.n + 1 : *longest;
        free(story.id);
    }
    return pairs;
}

static void written_free(Written *s)
{
    free(s->text.at);
    free(s->end);
}

/* ---- one text ----------------------------------------------------------- */

/* The text in windows, of which one in twenty is held out. */
static Texts windows_of(const Teller *t, Text text)
{
    enum { HELD_OUT = 20 };
    Texts texts = { { 0 }, { 0 } };
    Ids ids = teller_tokens(t, text);
    for (int i = 0, k = 1; i < ids.n; i += t->choice.window, k++) {
        int left = ids.n - i;
        Ids one = { left < t->choice.window ? left : t->choice.window,
                    ids.id + i };
        pairs_add_ids(k % HELD_OUT ? &texts.train : &texts.held_out,
                      (Ids){ 0, NULL }, one);
    }
    free(ids.id);
    return texts;
}

/* ---- both --------------------------------------------------------------- */

/* Learns the pieces of a text, or says that it is not the one that was learned
 * from. */
static void take_text(Teller *t, Text text)
{
    uint64_t hash = hash_bytes(HASH_START, text.at, text.n);
    if (teller_pieces(t) == 0) {
        t->data = hash;
        teller_learn_pieces(t, text);
    } else if (hash != t->data) {
        die("'%s' was trained on another text than %s: to go on, give the same; "
            "to learn from another, train a new model", t->choice.save,
            t->choice.data ? t->choice.data : "the book's stories");
    }
}

static Texts read_stories(Teller *t)
{
    enum { EXAMINED = 100 };
    int most = t->choice.stories, few = most / 20 + 1;
    int seed = t->choice.seed;
    Written train = write_stories(STORIES_TRAIN, most, seed);
    Written held_out = write_stories(STORIES_HELD_OUT,
                                     few < EXAMINED ? few : EXAMINED, seed);
    take_text(t, (Text){ train.text.at, train.text.n });
    Texts texts;
    if (t->choice.block == BLOCK_LLAMA) {
        texts.train = stories_alone(t, &train, &t->choice.window);
        texts.held_out = stories_alone(t, &held_out, &t->choice.window);
    } else {
        texts.train = pairs_of_stories(t, &train);
        texts.held_out = pairs_of_stories(t, &held_out);
    }
    written_free(&train);
    written_free(&held_out);
    return texts;
}

Texts texts_read(Teller *t)
{
    if (!t->choice.data)
        return read_stories(t);
    enum { LONGEST = 1 << 30 };
    Text text = read_file(t->choice.data);
    if (text.n == 0 || text.n > LONGEST)
        die("'%s' has %zu bytes; expected a text of 1 to %d", t->choice.data,
            text.n, LONGEST);
    if (t->choice.block == BLOCK_LLAMA && strlen(text.at) < text.n)
        die("'%s': byte %zu is zero, which no piece of llama2.c can be",
            t->choice.data, strlen(text.at) + 1);
    take_text(t, text);
    Texts texts = windows_of(t, text);
    free((char *)text.at);
    return texts;
}

void texts_free(Texts *texts)
{
    pairs_free(&texts->train);
    pairs_free(&texts->held_out);
}

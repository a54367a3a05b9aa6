/* write.c -- goes on with beginnings, and answers questions. */
#include "commands.h"
#include "texts.h"

#include "base/fail.h"
#include "base/text.h"
#include "cell/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *model, *story;
    int tokens, top_k, seed, number;
    double temperature, top_p;
} Choices;

#define MODEL                                                                  \
    { "model", SETTING_TEXT, offsetof(Choices, model), 0, 0, 0, "FILE",        \
      "a model that train has saved", true }
#define SAMPLING(temperature_is)                                               \
    { "temperature", SETTING_REAL, offsetof(Choices, temperature), 0, 10,      \
      temperature_is, "T", "below 1 safer, above 1 bolder; 0: always what is\n" \
      "                         most probable", false },                       \
    { "top-k", SETTING_INT, offsetof(Choices, top_k), 0, 1000000, 0, "K",      \
      "only the K most probable tokens; 0: all", false },                      \
    { "top-p", SETTING_REAL, offsetof(Choices, top_p), 0, 1, 0, "P",           \
      "only the most probable ones that together have P; 0: all", false },     \
    { "seed", SETTING_INT, offsetof(Choices, seed), 0, 1000000000, 1, "N",     \
      "of the random numbers", false }

static const Setting continue_list[] = {
    { "model", SETTING_TEXT, offsetof(Choices, model), 0, 0, 0, "FILE",
      "a model that train has saved, or else the book's own", false },
    { "tokens", SETTING_INT, offsetof(Choices, tokens), 1, 100000, 200, "N",
      "how many to write, at most", false },
    SAMPLING(0.8),
};

static const Setting ask_list[] = {
    MODEL,
    { "story", SETTING_TEXT, offsetof(Choices, story), 0, 0, 0, "FILE",
      "a story of yours, or else one of the book's", false },
    { "number", SETTING_INT, offsetof(Choices, number), 1, 1000000, 1, "N",
      "which of the book's, of those that were held out", false },
    SAMPLING(0),
};

static WriteOptions options_of(const Teller *t, const Choices *c, Rng *rng)
{
    return (WriteOptions){
        .writer = teller_writer(t), .rng = c->temperature > 0 ? rng : NULL,
        .sampling = { .temperature = c->temperature, .top_k = c->top_k,
                      .top_p = c->top_p },
    };
}

/* ---- going on ----------------------------------------------------------- */

/* A text that grows token by token, and is shown as soon as characters are whole. */
typedef struct {
    const Teller *t;
    int *id, n;
    char *left;         /* bytes that are not shown yet, and how many */
    size_t bytes;
} Telling;

/* How many bytes of a text stand before a character that has only begun. */
static size_t whole_characters(Text text)
{
    for (size_t back = 1; back < 4 && back <= text.n; back++) {
        unsigned char c = (unsigned char)text.at[text.n - back];
        size_t wanted = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        if (wanted > back)
            return text.n - back;
        if (wanted > 1 || c < 0x80)
            break;
    }
    return text.n;
}

/* What a token says may depend on the one before it. */
static void tell(int i, int token, void *telling)
{
    Telling *s = telling;
    (void)i;
    int before = s->n > 0;
    s->id[s->n++] = token;
    int *last = s->id + s->n - 1 - before;
    Text known = teller_text(s->t, (Ids){ before, last });
    Text both = teller_text(s->t, (Ids){ before + 1, last });
    size_t more = both.n - known.n;
    s->left = grown(s->left, s->bytes + more + 1, 1);
    memcpy(s->left + s->bytes, both.at + known.n, more);
    s->bytes += more;
    s->left[s->bytes] = '\0';
    size_t shown = whole_characters((Text){ s->left, s->bytes });
    print_readable((Text){ s->left, shown });
    fflush(stdout);
    memmove(s->left, s->left + shown, s->bytes -= shown);
    free((char *)known.at);
    free((char *)both.at);
}

/* Writes on behind `text`, window by window: of what is longer than a window
 * only the last half of one is still read. */
static void write_behind(const Teller *t, Ids text, int tokens,
                         WriteOptions options)
{
    int window = t->choice.window, room = text.n + tokens;
    Telling s = { .t = t, .id = grown(NULL, (size_t)room + 1, sizeof *s.id) };
    for (int i = 0; i < text.n; i++)
        tell(0, text.id[i], &s);
    options.tell = tell;
    options.context = &s;
    for (bool ended = false; !ended && s.n < room;) {
        int read = s.n < window ? s.n : window / 2, left = room - s.n;
        Ids begun = { read, s.id + s.n - read }, written;
        options.longest = window - read < left ? window - read : left;
        write_on(teller_model(t), 1, NULL, &begun, options, &written);
        ended = written.n < options.longest;
        tape_reset();
    }
    print_readable((Text){ s.left, s.bytes });
    printf("\n");
    free(s.left);
    free(s.id);
}

int go_on(int argc, char **argv)
{
    Choices c;
    bool given[COUNT(continue_list)];
    settings_read(argc, argv,
                  (Settings){ "story continue [OPTIONS] < beginnings",
                              COUNT(continue_list), continue_list }, &c, given, 0);
    Teller t = c.model ? teller_load(c.model)
                       : teller_of_llama(today_model_file, today_pieces_file);
    char *letters = c.model ? NULL : story_letters();
    Input in = input_begin();
    Rng rng = rng_new((uint64_t)c.seed);
    while (input_next(&in)) {
        if (!input_is_text(&in))
            continue;
        in.line[strcspn(in.line, "\r\n")] = '\0';
        char *begun = t.choice.asks || letters ? apart(in.line) : in.line;
        if (letters)
            name_unknown(begun, letters);
        Ids ids = teller_tokens(&t, text_of(begun));
        write_behind(&t, ids, c.tokens, options_of(&t, &c, &rng));
        stdout_check();
        free(ids.id);
        if (begun != in.line)
            free(begun);
    }
    bool refused = in.refused;
    free(letters);
    input_free(&in);
    teller_free(&t);
    return refused ? 1 : 0;
}

/* ---- asking ------------------------------------------------------------- */

/* Tells the book's story of this number, from 1. */
typedef struct {
    int left;
    char *text;
} Wanted;

static void take_story(const Told *told, void *wanted)
{
    Wanted *w = wanted;
    if (--w->left == 0)
        w->text = strcpy(grown(NULL, strlen(told->story) + 1, 1), told->story);
}

/* The story that is asked about: words apart, on one line. */
static char *story_of(const Choices *c)
{
    if (!c->story) {
        Wanted w = { c->number, NULL };
        int n = stories_told(STORIES_HELD_OUT, c->number, take_story, &w);
        if (!w.text)
            die_usage("--number: %d stories were held out, got %d", n,
                      c->number);
        return w.text;
    }
    Text text = read_file(c->story);
    ptrdiff_t invalid = text_invalid_utf8(text.at);
    if (invalid >= 0 || strlen(text.at) < text.n)
        die("'%s': byte %zu is %s; expected text in UTF-8", c->story,
            (invalid >= 0 ? (size_t)invalid : strlen(text.at)) + 1,
            invalid >= 0 ? "not UTF-8" : "zero");
    char *story = apart(text.at);
    if (!*story)
        die("'%s' has no words; expected a story", c->story);
    free((char *)text.at);
    return story;
}

static Ids line_of(const Teller *t, const char *text)
{
    char *line = grown(NULL, strlen(text) + 2, 1);
    strcat(strcpy(line, text), "\n");
    Ids ids = teller_tokens(t, text_of(line));
    free(line);
    return ids;
}

static void answer(const Teller *t, Ids story, const char *question,
                   WriteOptions options)
{
    enum { LONGEST = 100 };
    char *asked = apart(question);
    Ids begun = teller_tokens(t, text_of(asked));
    Ids written;
    if (begun.n > 0) {
        options.longest = LONGEST;
        options.stop = NEW_LINE;
        write_on(teller_model(t), 1, &story, &begun, options, &written);
        if (written.n > 0 && written.id[written.n - 1] == NEW_LINE)
            written.n--;
        Text said = teller_text(t, written);
        size_t blank = said.n > 0 && said.at[0] == ' ';
        print_readable((Text){ said.at + blank, said.n - blank });
        free((char *)said.at);
        tape_reset();
    }
    printf("\n");
    free(begun.id);
    free(asked);
}

int ask(int argc, char **argv)
{
    Choices c;
    bool given[COUNT(ask_list)];
    settings_read(argc, argv,
                  (Settings){ "story ask --model FILE [OPTIONS] < questions",
                              COUNT(ask_list), ask_list }, &c, given, 0);
    char *story = story_of(&c);
    Teller t = teller_load(c.model);
    check_asks(&t, c.model);
    Input in = input_begin();
    Ids ids = line_of(&t, story);
    Rng rng = rng_new((uint64_t)c.seed);
    if (in.asks)
        fprintf(stderr, "%s\nAsk, such as `Who has the ball?`, or `Summary:`\n",
                story);
    while (input_next(&in)) {
        if (input_is_text(&in))
            answer(&t, ids, in.line, options_of(&t, &c, &rng));
        stdout_check();
    }
    bool refused = in.refused;
    input_free(&in);
    free(ids.id);
    free(story);
    teller_free(&t);
    return refused ? 1 : 0;
}

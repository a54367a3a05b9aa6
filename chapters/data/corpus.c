/* corpus.c -- deals the sentences of the grammar to training and examinations,
 * so that an examination means something. */
#include "corpus.h"
#include "grammar.h"
#include "base/hash.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

/* ---- what is kept for the examination ----------------------------------- */

/* Combinations: some adjectives never meet some nouns in training, some verbs
 * never stand in some tense and form. About one in fourteen. */
static bool reserved_pair(int adjective, int noun)
{
    return adjective >= 0 && (adjective * 5 + noun * 3) % 14 == 0;
}

static bool reserved_thing(const Party *p)
{
    return p->kind == THING && reserved_pair(p->thing.adjective, p->thing.noun);
}

static bool reserved(const Frame *f)
{
    if (reserved_thing(&f->subject) || reserved_thing(&f->object))
        return true;
    if (f->preposition >= 0
        && reserved_pair(f->ground.adjective, f->ground.noun))
        return true;
    if (f->sentence == IS && f->subject.kind == THING
        && reserved_pair(f->adjective, f->subject.thing.noun))
        return true;
    return f->sentence == DOES && f->form != STATEMENT
        && (f->verb * 5 + (int)f->tense * 4 + (int)f->form * 3) % 11 == 0;
}

/* The sentences of the study notes come first in the training set. */
static const struct {
    const char *en, *translation[CORPUS_LANGUAGES];
} given[] = {
    { "They are watching .", { "Ils regardent .", "他们在看。" } },
    { "Tom chases Jerry .", { "Tom poursuit Jerry .", "汤姆追逐杰瑞。" } },
    { "I like deep learning .",
      { "J'aime l'apprentissage profond .", "我喜欢深度学习。" } },
    { "The red car is fast .",
      { "La voiture rouge est rapide .", "红色的汽车很快。" } },
};

/* ---- sentences that have come ------------------------------------------- */

typedef struct {
    uint64_t *hash;     /* 0: empty */
    int size;
} Seen;

static uint64_t hash_of(const char *sentence)
{
    uint64_t h = hash_text(sentence);
    return h + (h == 0);
}

/* Where the sentence is, or would be. */
static uint64_t *place_of(const Seen *s, uint64_t hash)
{
    int i = (int)(hash % (uint64_t)s->size);
    while (s->hash[i] && s->hash[i] != hash)
        i = (i + 1) % s->size;
    return &s->hash[i];
}

static bool first_time(Seen *s, const char *sentence)
{
    uint64_t h = hash_of(sentence), *place = place_of(s, h);
    bool first = !*place;
    *place = h;
    return first;
}

static bool has_come(const Seen *s, const char *sentence)
{
    return *place_of(s, hash_of(sentence));
}

/* ---- dealing ------------------------------------------------------------ */

static void capital(char *sentence)
{
    if (sentence[0] >= 'a' && sentence[0] <= 'z')
        sentence[0] = (char)(sentence[0] - 'a' + 'A');
}

/* A sentence in all languages. */
typedef struct {
    char english[LONGEST], translation[CORPUS_LANGUAGES][LONGEST];
    CorpusSplit split;
} Said;

static void say(Said *said, Rng *rng)
{
    Frame f = frame_draw(rng);
    memset(said, 0, sizeof *said);
    say_in_english(said->english, &f);
    say_in_french(said->translation[CORPUS_FRENCH], &f);
    say_in_chinese(said->translation[CORPUS_CHINESE], &f);
    capital(said->english);
    capital(said->translation[CORPUS_FRENCH]);
    said->split = reserved(&f) ? CORPUS_COMBINATIONS
                : rng_below(rng, 24) == 0 ? CORPUS_HELD_OUT : CORPUS_TRAIN;
}

/* With this seed every word of the examination was taught, and more than once;
 * a test looks. */
enum { DRAWN = 29500, SEED = 56, ROOM = 1 << 17 };

/* What is asked for in an examination. Two English sentences may be one in
 * French or Chinese ("he runs", "he is running"): what is asked for is not
 * taught in either language. */
static void note_examinations(Seen asked[CORPUS_LANGUAGES])
{
    Rng rng = rng_named(SEED, "corpus");
    Said said;
    for (int i = 0; i < DRAWN; i++) {
        say(&said, &rng);
        for (int l = 0; l < CORPUS_LANGUAGES && said.split != CORPUS_TRAIN; l++)
            first_time(&asked[l], said.translation[l]);
    }
}

/* Is it taught as well as asked for, in some language? What is given is always
 * taught. */
static bool leaks(const Seen asked[CORPUS_LANGUAGES], const Said *said)
{
    for (int l = 0; l < CORPUS_LANGUAGES; l++) {
        if (said->split == CORPUS_TRAIN
            && has_come(&asked[l], said->translation[l]))
            return true;
        for (int i = 0; i < COUNT(given) && said->split != CORPUS_TRAIN; i++)
            if (strcmp(given[i].translation[l], said->translation[l]) == 0)
                return true;
    }
    return false;
}

static int deal(CorpusLanguage language, CorpusSplit split, CorpusTake *take,
                void *context, Seen asked[CORPUS_LANGUAGES], Seen *english)
{
    int count = 0;
    for (int i = 0; i < COUNT(given); i++) {
        first_time(english, given[i].en);
        if (split == CORPUS_TRAIN && ++count)
            take(given[i].en, given[i].translation[language], context);
    }
    note_examinations(asked);
    Rng rng = rng_named(SEED, "corpus");
    Said said;
    for (int i = 0; i < DRAWN; i++) {
        say(&said, &rng);
        if (!first_time(english, said.english) || said.split != split
            || leaks(asked, &said))
            continue;
        take(said.english, said.translation[language], context);
        count++;
    }
    return count;
}

int corpus_pairs(CorpusLanguage language, CorpusSplit split, CorpusTake *take,
                 void *context)
{
    Seen asked[CORPUS_LANGUAGES], english = { .size = ROOM };
    uint64_t *room = calloc((CORPUS_LANGUAGES + 1) * (size_t)ROOM,
                            sizeof *room);
    if (!room)
        return 0;
    english.hash = room;
    for (int l = 0; l < CORPUS_LANGUAGES; l++)
        asked[l] = (Seen){ room + (size_t)(l + 1) * ROOM, ROOM };
    int count = deal(language, split, take, context, asked, &english);
    free(room);
    return count;
}

/* stories.h -- little stories, made from a grammar, of which everything is
 * known: who holds what, where things are, whom a pronoun means. See
 * story_words.h for the words, story.h for the world behind them. */
#ifndef STORIES_H
#define STORIES_H

/* To learn from; other stories of the same kind; and stories in which somebody
 * holds something somewhere, and these three never met in training. */
typedef enum {
    STORIES_TRAIN, STORIES_HELD_OUT, STORIES_COMBINATIONS, STORIES_SPLITS
} StorySplit;

/* What is asked for: the summary; where somebody is, or a thing; what somebody
 * has; who has a thing, gave it, had it first; who felt something; what a thing is
 * like. */
typedef enum {
    SUMMARY, WHERE_BEING, WHERE_THING, WHAT_HAS, WHO_HAS, WHO_GAVE, WHO_FIRST,
    WHO_FELT, WHAT_LIKE, QUESTION_KINDS
} QuestionKind;

typedef struct {
    const char *question, *answer;      /* "Who has the ball ?" "Tom ." */
    QuestionKind kind;                  /* not SUMMARY */
} StoryQuestion;

typedef struct {
    int token;          /* which of the story's tokens, from 0, it is */
    const char *name;   /* whom he, she, him or her means */
    const char *other;  /* in a story of one man and one woman: whom it would mean
                         * if he stood for she, or she for he; else NULL */
} StoryPronoun;

/* A story of four to ten sentences. Its tokens have blanks between them, and so
 * have those of questions, answers and the summary, which is one sentence. */
typedef struct {
    const char *text, *summary;
    int questions, pronouns;
    const StoryQuestion *question;
    const StoryPronoun *pronoun;
} Story;

/* The name that stands at the beginning of a text, up to a blank or its end, with a
 * capital letter or a small one: the same pointer for the same name. NULL: none
 * does. */
const char *story_name(const char *text);

/* Called for each story; what it points to lives only during the call. */
typedef void StoryTake(const Story *story, void *context);

/* Gives the first `most` stories of a split to take(), or all if most is 0:
 * always the same ones in the same order, and none twice. Returns their number. */
int stories(StorySplit split, int most, StoryTake *take, void *context);

#endif

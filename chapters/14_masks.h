/* 14_masks.h -- one stack of layers and three masks: GPT (Radford et al. 2018),
 * BERT (Devlin et al. 2019), UniLM (Dong et al. 2019). And what is needed to
 * write with any model: how a token is drawn, and how a text is gone on with.
 *
 * B texts; n tokens that are given, m that are read or written; V words.
 */
#ifndef CH14_MASKS_H
#define CH14_MASKS_H

#include "10_translating_well.h"
#include "data/story_exam.h"
#include "data/story_lesson.h"

/* ---- the model ---------------------------------------------------------- */

/* Who may look at whom. */
typedef enum {
    CAUSAL_MASK,    /* each at itself and what stands before: GPT */
    NO_MASK,        /* each at all: BERT */
    PREFIX_MASK,    /* each at the source, and causally at the rest: UniLM */
    MASKS
} Mask;

/* 1 where token i may not look at token j, of n tokens the first `prefix` of
 * which are the source: (n, n). */
Tensor *mask_of(Mask mask, int prefix, int n);

/* Layers of chapter 8's encoder between a table that is read and the same table
 * that is said. Whatever the mask, it has the same parameters. */
typedef struct {
    TransformerOptions options;
    Mask mask;
    Params params;
    Tensor *words;                      /* (V, d) */
    EncoderLayer layer[MAX_LAYERS];
    LayerNorm end;                      /* pre-norm only */
} Stack;

Stack stack_new(TransformerOptions options, Mask mask, int vocabulary,
                Rng *rng);

/* (B, m, V): the logits at each token of the batch's target; the source, if
 * there is one, stands before it. pass.encoder: room for the weights of each
 * layer, (B, h, n + m, n + m). stack: a Stack. */
Tensor *stack_logits(const void *stack, Batch batch, Pass pass);

Model stack_model(const Stack *s);

/* Writes with keys and values kept; not with NO_MASK. */
WriterBegin stack_writer;

/* ---- a text with holes -------------------------------------------------- */

/* What is read in a hole: no text has it otherwise. */
enum { HOLE = UNKNOWN };

/* A batch of texts in which 15 of 100 tokens are to be said, each at its own
 * place: `next` has T_IGNORE elsewhere. Of these, 80 of 100 are read as HOLE,
 * 10 as another word, 10 as what they are. A BatchMaker. */
Batch holes_of(const Pairs *texts, int count, const int *list, Rng *rng);

/* Half of the batches are pairs, as batch_of() makes them; half are the same
 * with nothing given: source and target are one text. A BatchMaker. */
Batch given_or_not(const Pairs *pairs, int count, const int *list, Rng *rng);

/* ---- drawing a token ---------------------------------------------------- */

/* Zero means: as the model has it. */
typedef struct {
    double temperature; /* logits are divided by it; default 1 */
    int top_k;          /* only the most probable k tokens; default: all */
    double top_p;       /* only the most probable tokens that together have at
                         * least this probability; default 1: all */
} Sampling;

/* The probabilities with which tokens are drawn. logits: (V) -> (V), 0 for what
 * is never drawn: PAD, START, UNKNOWN, and what Sampling leaves out. */
Tensor *sampling_weights(Tensor *logits, Sampling options);

/* A token, drawn. rng NULL: the most probable one. */
int sample_token(Tensor *logits, Sampling options, Rng *rng);

/* ---- writing on --------------------------------------------------------- */

typedef struct {
    WriterBegin *writer;    /* default: recomputing_writer */
    Sampling sampling;
    Rng *rng;               /* NULL: the most probable token each time */
    int longest;            /* tokens to write; must be set */
    int stop;               /* writing ends after this token, too; default: at
                             * END only, which is not written */
    void (*tell)(int i, int token, void *context);  /* if not NULL, is told each */
    void *context;                                  /* token that text i gains */
} WriteOptions;

/* Goes on with `count` beginnings, begun[i], given source[i] (source NULL:
 * nothing is given). written[i]: what came after the beginning. The ids live
 * until tape_reset(). */
void write_on(Model model, int count, const Ids *source, const Ids *begun,
              WriteOptions options, Ids *written);

/* ---- the lesson --------------------------------------------------------- */

/* Answers questions about stories. With a prefix mask the story is the source, and
 * the question has been written; otherwise both have. stack: a Stack; not with
 * NO_MASK. */
void stack_answer(const void *stack, Exam exam, Ids *answer);

/* This chapter's lesson: the same first numbers and the same step for every mask.
 * loss: if not NULL, zeros, to which the mean of each 90 steps is added. */
Stack stack_teach(Mask mask, const Stories *lesson, uint64_t seed, int steps,
                  double *loss);

/* Teaches one with a prefix mask further, by the questions of exam_of_swaps(). */
void stack_practise(const Stack *s, Exam swaps, uint64_t seed, int steps);

/* The weights of each layer while a story and a question are read, for an ExamReader.
 * stack: a Stack. */
void stack_look(const void *stack, Ids story, Ids question, Tensor **weights);

#endif

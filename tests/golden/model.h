/* model.h -- the model in tests/golden/, made once by make_model.sh: read, and
 * written again. */
#ifndef MODEL_H
#define MODEL_H

#include "../../chapters/programs/translate/model.h"

/* Reads the model and the state of its training, which needs the pairs it has
 * learned from, and writes both. */
static inline void model_again(const char *from, const char *pairs,
                               const char *to)
{
    Checkpoint *open;
    Translator t = translator_reopen(from, &open);
    Pairs learned = translator_pairs(&t, pairs, NULL);
    pairs_encode(&learned, &t.words[SOURCE], &t.words[TARGET]);
    Training tr = training_new(transformer_model(&t.model), &learned,
                               (TrainingOptions){
                                   .batch_tokens = t.choice.batch_tokens });
    training_state(&tr, open);
    checkpoint_close(open);
    translator_save(&t, &tr, to);
    training_free(&tr);
    pairs_free(&learned);
    translator_free(&t);
}

#endif

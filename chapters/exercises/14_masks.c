/* 14_masks.c -- exercises of chapter 14, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=14             checks them all
 *     make exercise CH=14 EX=3        checks the third
 *     make watch CH=14                checks whenever you save; Ctrl-C ends it
 *     make hint CH=14 EX=3            gives a hint, and then another
 *     make solution CH=14 EX=3        shows the solution, once you have it
 *     make reset CH=14 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "14_masks.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * How much is hidden? ------------------------------------ *
 * A text has n tokens, the first `prefix` of which are given. In how many of the
 * n n cells of the prefix mask does a 1 stand? A formula is asked for, in whole
 * numbers.
 *
 *     hidden_cells(3, 0)    is 3
 *     hidden_cells(7, 4)    is 15
 */
int hidden_cells(int n, int prefix)
{
    TODO("return how many cells are hidden");
}

/* ---- Exercise 2 * Perplexity --------------------------------------------- *
 * p holds the probabilities that a model gave to the n tokens of a text, each
 * given those before it. What is the perplexity?
 *
 *     p = 0.5, 0.5, 0.5     gives 2
 *     p = 1, 0.25           gives 2
 */
double perplexity_of(Tensor *p)
{
    TODO("return the perplexity");
}

/* ---- Exercise 3 ** Find the bug: a triumph ------------------------------- *
 * Somebody trains UniLM with a mask of his own. After a minute the loss is nearly
 * nothing, on texts held out as well, and he writes to the newspapers. When it
 * is asked a question it writes nonsense. Mend the mask: 1 where token i may not
 * look at token j, for n tokens, the first `prefix` of which are given.
 */
Tensor *mended_mask(int prefix, int n)
{
    TODO("find the mistake, mend it, and remove this line");
    Tensor *hidden = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = prefix; j < n; j++)
            t_at(hidden, i, j) = j > i + 1;
    return hidden;
}

/* ---- Exercise 4 ** A temperature without logits -------------------------- *
 * A model is far away and tells only its probabilities p (V), all above 0. Return
 * the probabilities at temperature T.
 *
 *     p = 0.8, 0.2    T = 0.5    gives 0.941, 0.059
 */
Tensor *tempered(Tensor *p, double T)
{
    TODO("return the probabilities at temperature T");
}

/* ---- Exercise 5 ** How many words are left? ------------------------------ *
 * p (V) holds probabilities, the largest first. How many words does top-p leave?
 * The fewest whose probabilities together are at least top_p, which is above 0
 * and at most 1. (Allow for rounding: a sum that falls short of top_p by less
 * than 1e-6 has reached it.)
 *
 *     p = 0.5, 0.25, 0.25    top_p = 0.6     gives 2
 *     p = 0.5, 0.25, 0.25    top_p = 0.75    gives 2
 */
int words_left(Tensor *p, double top_p)
{
    TODO("return how many words are left");
}

/* ---- Exercise 6 ** Counting, smoothed ------------------------------------ *
 * p(w | v) of counted pairs, with alpha, as in the chapter: `pair` is how often v w
 * came, `before` how often v came before another word, and `alone` is p(w), what the
 * shorter context says. What is p(w | v)?
 *
 *     pair 3, before 4, alone 0.5, alpha 2    gives 0.667
 *     pair 0, before 0, alone 0.1, alpha 2    gives 0.1
 */
double smoothed_pair(int pair, int before, double alone, double alpha)
{
    TODO("return p(w | v)");
}

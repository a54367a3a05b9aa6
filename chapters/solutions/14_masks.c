/* 14_masks.c -- the exercises of chapter 14, solved. Under each solution stands
 * what the reader finds, and the hints. */
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
    /* A causal mask hides the cells above the diagonal, n (n - 1) / 2. Of these
     * the prefix mask opens those whose column is given: the triangle above the
     * diagonal of the first `prefix` rows and columns. */
    return n * (n - 1) / 2 - prefix * (prefix - 1) / 2;
}
/* Given:
 *     TODO("return how many cells are hidden");
 *
 * Hint: How many cells does the causal mask hide? Draw it for n = 4.
 *
 * Hint: The prefix mask is the causal one with a triangle taken out. How large
 * is the triangle?
 */

/* ---- Exercise 2 * Perplexity --------------------------------------------- *
 * p holds the probabilities that a model gave to the n tokens of a text, each
 * given those before it. What is the perplexity?
 *
 *     p = 0.5, 0.5, 0.5     gives 2
 *     p = 1, 0.25           gives 2
 */
double perplexity_of(Tensor *p)
{
    /* e to the mean loss; the loss of a token is minus the logarithm of its
     * probability. It is the geometric mean of the 1 / p: a token with
     * probability 1/8 costs as much as three with 1/2. */
    return exp(-t_item(t_mean(t_log(p), T_ALL)));
}
/* Given:
 *     TODO("return the perplexity");
 *
 * Hint: Perplexity is e to the mean of something. Of what?
 *
 * Hint: The loss of a token is -ln p. t_log, t_mean over T_ALL, t_item, exp.
 */

/* ---- Exercise 3 ** Find the bug: a triumph ------------------------------- *
 * Somebody trains UniLM with a mask of his own. After a minute the loss is nearly
 * nothing, on texts held out as well, and he writes to the newspapers. When it
 * is asked a question it writes nonsense. Mend the mask: 1 where token i may not
 * look at token j, for n tokens, the first `prefix` of which are given.
 */
Tensor *mended_mask(int prefix, int n)
{
    /* j > i + 1 lets each token look at the one after it, and that is what it is
     * asked for: it stands in the input, and is copied. When it writes, there is
     * nothing yet to copy. A loss that is too good is a reason to look at the
     * mask, not to celebrate. */
    Tensor *hidden = t_zeros(n, n);
    for (int i = 0; i < n; i++)
        for (int j = prefix; j < n; j++)
            t_at(hidden, i, j) = j > i;
    return hidden;
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     Tensor *hidden = t_zeros(n, n);
 *     for (int i = 0; i < n; i++)
 *         for (int j = prefix; j < n; j++)
 *             t_at(hidden, i, j) = j > i + 1;
 *     return hidden;
 *
 * Hint: Print the mask for prefix 2 and n = 5. At row 3 the model is asked for
 * token 4. May it look there?
 *
 * Hint: Of what is not given, a token may look at itself and what stands before.
 */

/* ---- Exercise 4 ** A temperature without logits -------------------------- *
 * A model is far away and tells only its probabilities p (V), all above 0. Return
 * the probabilities at temperature T.
 *
 *     p = 0.8, 0.2    T = 0.5    gives 0.941, 0.059
 */
Tensor *tempered(Tensor *p, double T)
{
    /* ln p differs from the logits by one number, which softmax does not see
     * (chapter 2). So ln p serves as logits: the result is p^(1/T), made to sum
     * to 1. */
    return t_softmax(t_scale(t_log(p), 1 / T));
}
/* Given:
 *     TODO("return the probabilities at temperature T");
 *
 * Hint: Softmax does not change if a number is added to all logits. Which logits
 * would have given p?
 *
 * Hint: ln p. Then divide by T, and take the softmax.
 */

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
    /* Words are taken until the sum is there; the one with which it is there is
     * among them. If rounding keeps the sum of all below top_p, all are left. */
    int n = 0;
    for (double sum = 0; sum < top_p - 1e-6 && n < t_size(p); n++)
        sum += (double)t_at(p, n);
    return n;
}
/* Given:
 *     TODO("return how many words are left");
 *
 * Hint: Add up, from the first on. When do you stop?
 *
 * Hint: The word with which the sum reaches top_p is taken, too. And one word is
 * always left.
 */

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
    /* As if, before anything was counted, v had come alpha times, followed by
     * each word as often as p(w) says. With many counts these are forgotten. */
    return (pair + alpha * alone) / (before + alpha);
}
/* Given:
 *     TODO("return p(w | v)");
 *
 * Hint: Look at the formula of the section on counting. Its u v is here v.
 *
 * Hint: alpha invented occurrences of v, of which a share p(w) was followed by w.
 */

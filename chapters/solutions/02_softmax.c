/* 02_softmax.c -- the exercises of chapter 2, solved. Under each solution
 * stands what the reader finds, and the hints. */
#include "02_softmax.h"
#include "exercise.h"

#include <math.h>

/* ---- Exercise 1 * What a difference makes -------------------------------- *
 * One key scores `more` points above another. How many times the weight of the
 * other does it get? A formula is asked for, written as C, where e is `exp(1)`.
 *
 *     times_the_weight(0)     is 1: equal scores, equal weights
 */
double times_the_weight(double more)
{
    /* p_i / p_j = e^{z_i} / e^{z_j} = e^{z_i - z_j}. The sum below the fraction
     * bar is the same for both and cancels, so only the difference counts: not
     * how large the scores are, and not how many other keys there are. */
    return exp(more);
}
/* Given:
 *     TODO("return the ratio of the two weights");
 *
 * Hint: Write both weights down, as the chapter defines softmax, and divide one
 * by the other. What stands below the two fraction bars?
 *
 * Hint: The two sums are the same sum and cancel. What remains is e to the
 * power of one score, divided by e to the power of the other.
 *
 * Hint: Dividing powers subtracts exponents, and the difference of the scores
 * is `more`. In C, e to the power of x is `exp(x)`.
 */

/* ---- Exercise 2 * As cold, as hot as can be ------------------------------ *
 * Five keys have the scores 1, 2, 3, 4 and 4. Which weights does softmax give
 * them at a temperature that goes to 0, and which at one that grows without
 * end? Store the limits, five numbers each. No program is asked for, but the
 * cell `temperature` of the chapter shows what happens on the way.
 */
void cold_and_hot(real cold[5], real hot[5])
{
    /* Cold: the ratio of the weights of 4 and 3 is e^{1/T}, which grows without
     * end, so 1, 2 and 3 are left with nothing. The two fours have equal
     * scores, so equal weights, at every temperature: one half each. Soft arg
     * max does not pick one of several winners.
     *
     * Hot: z/T goes to 0 for every score, and e^0 is 1 for all. */
    const real half = (real)0.5, fifth = (real)0.2;
    for (int i = 0; i < 5; i++) {
        cold[i] = i < 3 ? 0 : half;
        hot[i] = fifth;
    }
}
/* Given:
 *     TODO("store the ten weights, such as cold[0] = 1");
 *
 * Hint: Take two keys at a time. By exercise 1, the ratio of their weights at
 * temperature T is e to the power of the difference of their scores over T.
 * What becomes of it as T goes to 0, and as T grows?
 *
 * Hint: When it is cold, the largest score takes all; but here there are two
 * largest scores, and equal scores have equal weights at any temperature.
 *
 * Hint: When it is hot, all five ratios go to 1. Weights that are all alike and
 * add up to 1 are 1/5.
 */

/* ---- Exercise 3 * Softmax with a temperature ----------------------------- *
 * Store in p[0 .. n-1] the weights of the scores z[0 .. n-1] at a temperature:
 * the softmax of z / temperature. The temperature is positive, and may be as
 * small as 0.001; n is at least 1. z is const: it is not
 * to be changed.
 *
 *     z = 0, 1    temperature = 0.5    gives p = 0.1192, 0.8808
 */
void softmax_at(int n, const real *z, double temperature, real *p)
{
    /* softmax() subtracts the maximum, so scores of thousands do no harm. The
     * scores are divided into p, which is ours to write to: softmax() reads
     * p[i] for the last time when it writes p[i]. */
    for (int i = 0; i < n; i++)
        p[i] = (real)((double)z[i] / temperature);
    softmax(n, p, p);
}
/* Given:
 *     TODO("store the weights of z / temperature in p");
 *
 * Hint: All the work has been done in the chapter: there is `softmax(n, z, p)`.
 * What must its scores be?
 *
 * Hint: Each score has to be divided by the temperature first. z must not be
 * changed, so the quotients need a place of their own. p is such a place.
 *
 * Hint: Store z[i] / temperature in p[i], for all i. Then `softmax(n, p, p)`.
 * If you write the exponentials yourself: 4 / 0.001 is 4000, and e to the power
 * of that is far too large for a float. Subtract the largest score before.
 */

/* ---- Exercise 4 ** Find the bug: weights that go missing ----------------- *
 * This softmax is right on paper, and right for small scores. Then its weights
 * are all 0 for the scores 86, 87, 88.5, and for 100, 101, 102 they are no
 * numbers at all. Mend it for scores of any size. (They are all finite here.)
 */
void mended_softmax(int n, const real *z, real *p)
{
    /* With the largest score subtracted, every exponent is at most 0, so no
     * exponential is larger than 1, and one of them is 1: neither can the sum
     * overflow, nor can it be 0. Any other number would not do: with z[0], a
     * score of 200 behind a score of 0 overflows as before; a small number
     * added to the sum hides 0/0, but makes weights of 0 of it. */
    real max = z[0], sum = 0;
    for (int i = 1; i < n; i++)
        max = fmaxf(max, z[i]);
    for (int i = 0; i < n; i++) {
        p[i] = expf(z[i] - max);
        sum += p[i];
    }
    for (int i = 0; i < n; i++)
        p[i] /= sum;
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     real sum = 0;
 *     for (int i = 0; i < n; i++) {
 *         p[i] = expf(z[i]);
 *         sum += p[i];
 *     }
 *     for (int i = 0; i < n; i++)
 *         p[i] /= sum;
 *
 * Hint: Print p[i] and sum in both loops, for the scores 100, 101, 102. Where
 * does the first number appear that is not what it should be?
 *
 * Hint: The largest float is about e to the power of 88.7, and what is larger
 * becomes inf. inf / inf is nan, and 1 / inf is 0. So the exponents must be
 * kept small, without changing the weights. What may be added to all scores?
 *
 * Hint: Subtract the same number from all scores. Which number makes sure that
 * no exponent is above 0, and that not all of them are far below?
 */

/* ---- Exercise 5 ** From the smallest to the largest ---------------------- *
 * log-sum-exp is a smooth maximum: a little above the largest score. With a
 * sharpness $s$ it comes as near as one wishes:
 * $\frac{1}{s} \ln (e^{s z_1} + \dots + e^{s z_n})$. Return this for z[0 .. n-1], n from 1 to 100, and any s but 0. A negative s
 * gives a smooth minimum. s may be 1000 or -1000: nothing must overflow.
 *
 *     z = 1, 2, 3    s = 10    gives 3.0000
 *     z = 1, 2, 3    s = 1     gives 3.4076
 *     z = 1, 2, 3    s = -1    gives 0.5924
 */
real smooth_extreme(int n, const real *z, double s)
{
    /* The log-sum-exp of s z, divided by s. It takes out the maximum of s z,
     * which for a negative s is s times the minimum of z: nothing else is
     * needed to be safe on both sides. */
    real scaled[100];
    for (int i = 0; i < n; i++)
        scaled[i] = (real)(s * (double)z[i]);
    return (real)((double)log_sum_exp(n, scaled) / s);
}
/* Given:
 *     TODO("return the smooth maximum of z with sharpness s");
 *
 * Hint: The chapter has `log_sum_exp(n, z)`, which is the formula with s = 1,
 * and does not overflow. What must it be given, and what is left to be done
 * after?
 *
 * Hint: Make an array of the numbers s z[i], take its log-sum-exp, and divide
 * by s. If you prefer to write it out: which number do you have to take out of
 * the sum, when s is negative?
 */

/* ---- Exercise 6 ** What the loss asks of the scores ---------------------- *
 * A classifier is trained to give weight to the right key, the target: its loss
 * is $-\ln p_t$, where $p$ = softmax($z$) and $t$ is the target. Store in d[i] the slope of the loss
 * by z[i], for i from 0 to n-1. n is at most 100. Derive it with a pencil
 * first; the result is short.
 *
 *     z = 0, 0    target = 0    gives d = -0.5, 0.5
 */
void slope_of_loss(int n, const real *z, int target, real *d)
{
    /* -ln p_t = lse(z) - z_t. The slope of lse(z) by z_i is e^{z_i} / sum, the
     * weight p_i; that of z_t is 1 if i is the target, otherwise 0. So the
     * slope is what we say minus what we should have said, which is why softmax
     * and this loss are always used together: where the Jacobian of softmax
     * vanishes, this does not, as long as the answer is wrong. */
    softmax(n, z, d);
    d[target] -= 1;
}
/* Given:
 *     TODO("store the slopes of -ln p[target] in d");
 *
 * Hint: Write the loss with the log-sum-exp: -ln p_t = lse(z) - z_t. Two terms,
 * each easy to differentiate.
 *
 * Hint: lse(z) is the logarithm of a sum: its slope by z_i is 1 over the sum,
 * times the slope of the sum. You know that quotient.
 *
 * Hint: It is p_i. And the slope of -z_t by z_i is -1 if i is t, otherwise 0.
 * So the softmax goes into d, and one number of it is changed.
 */

/* ---- Exercise 7 * How level is level? ------------------------------------ *
 * Among `rows` very wide rows, what weight does a row give itself if all scores
 * are divided by d? It is not the fair share, 1 / rows.
 *
 * In the cell `stuck_on_itself` it is nearly all the weight, even with scores
 * divided by sqrt(d). Divided by d, it stays level as rows get wider, for two
 * reasons: the score of a row with itself comes to 1, and that with any other
 * to 0. (Why? The numbers are independent, with mean 0 and variance 1.)
 */
double level_weight(int rows)
{
    /* x_i . x_i is the sum of d squares with mean 1; divided by d, it is their
     * average, and comes to 1. x_i . x_j is a sum of d products with mean 0 and
     * variance 1, so of size sqrt(d); divided by d, it goes to 0. The weight is
     * softmax at work on one score of 1 and rows - 1 scores of 0: with 8 rows
     * 0.28, more than twice the fair share. */
    return exp(1) / (exp(1) + rows - 1);
}
/* Given:
 *     TODO("return the weight that a row gives itself");
 *
 * Hint: You are told what the scores of one row come to: one of them is 1, the
 * others are 0. How many others are there?
 *
 * Hint: Softmax of the scores 1, 0, 0, ..., 0. What is e to the power of 0? And
 * check your formula for a single row, which must give itself all its weight.
 *
 * Hint: Above the fraction bar stands e, in C `exp(1)`. Below it stands e, and
 * once 1 for every other row.
 */

/* ---- Exercise 8 ** Two halves -------------------------------------------- *
 * Two workers have each read half of the scores, and each hands you what the
 * chapter's one-pass softmax knows: the largest score $m$ so far, and the sum of
 * $e^{z - m}$ over the scores $z$. Make of the two what one worker would know who had read
 * all the scores. This is how long rows of scores are shared out between
 * processors.
 *
 * Scores may be in the thousands, and a worker who has seen nothing hands you
 * running_start(): a maximum of -INFINITY and a sum of 0.
 *
 *     a = { 3, 1.5 }    b = { 5, 1 }    gives { 5, 1.2030 }
 */
Running merge(Running a, Running b)
{
    /* Both sums must be taken with the same maximum before they can be added,
     * and that is the larger one. e^{a.max - max} is at most 1: no overflow. If
     * neither has seen anything, -inf - -inf would be nan, so that case returns
     * before. If only one has, its partner's factor is e^{-inf} = 0, as it
     * should be. running_add() is this, with the sum 1 for a single score. */
    real max = fmaxf(a.max, b.max);
    if (max == -INFINITY)
        return a;
    return (Running){
        .max = max,
        .sum = a.sum * expf(a.max - max) + b.sum * expf(b.max - max),
    };
}
/* Given:
 *     TODO("return what is known of both halves together");
 *
 * Hint: Look at `running_add` in the chapter. It merges what has been seen with
 * a single score, which is a worker who has seen one: maximum z, sum 1.
 *
 * Hint: The maximum of both is easy. Each sum was taken with its own maximum;
 * one multiplication makes of it a sum taken with the common one. By which
 * factor?
 *
 * Hint: By e^{a.max - max}, and likewise for b. Which case makes that exponent
 * -inf minus -inf?
 */

/* ---- Exercise 9 *** A mixture in one pass -------------------------------- *
 * Attention for a single query, whose keys come by one at a time, and only
 * once. next(&score, value) stores the next score and the value that goes with
 * it, d numbers, and returns true; or it returns false: there are no more, and
 * it must not be called again. Store in out, d numbers, the mixture of the
 * values: the sum of value times weight, where the weights are the softmax of
 * all the scores. What stands in out before is no number.
 *
 * Nothing may overflow, whatever the (finite or -INFINITY) scores. If there is
 * nothing to look at, no key or only keys that score -INFINITY, the mixture is
 * all zeros. d is at most 16; there may be any number of keys.
 */
void mix_in_one_pass(int d, bool (*next)(real *score, real *value), real *out)
{
    /* Beside maximum and sum we keep the mixture that was taken with this
     * maximum, not yet divided by the sum. When the maximum rises, everything
     * that was taken with the old one is scaled down by the same factor. At the
     * first key, the old maximum is -inf and the factor e^{-inf} = 0: nothing
     * times nothing. */
    real value[16], score;
    Running seen = running_start();
    for (int c = 0; c < d; c++)
        out[c] = 0;
    while (next(&score, value)) {
        Running before = seen;
        seen = running_add(seen, score);
        if (seen.max == -INFINITY)
            continue;
        real old = expf(before.max - seen.max);
        real weight = expf(score - seen.max);
        for (int c = 0; c < d; c++)
            out[c] = old * out[c] + weight * value[c];
    }
    for (int c = 0; c < d && seen.sum > 0; c++)
        out[c] /= seen.sum;
}
/* Given:
 *     TODO("mix the values as they come by");
 *
 * Hint: The weights are only known at the end. But until then you can keep the
 * sum of e^{score - max} value, with the maximum so far, and divide by the sum
 * of the exponentials when all have come by.
 *
 * Hint: When a new score is above the maximum, three things change: the
 * maximum, the sum, and the mixture. The old sum and the old mixture are scaled
 * down by the same factor. `running_add` does it for the first two.
 *
 * Hint: The factor is e^{old max - new max}; then add e^{score - new max} times
 * the value. As long as every score was -INFINITY there is nothing to do, and
 * -inf - -inf must not be computed. Divide at the end, unless the sum is 0.
 */

/* ---- Exercise 10 *** How the smooth maximum bends ------------------------ *
 * Move the scores z[0 .. n-1] along a straight line: $z + t u$, for a number
 * $t$ and a direction u[0 .. n-1]. Return the second derivative of
 * lse($z + t u$) by $t$, at $t = 0$. n is at most 100; nothing may overflow. The numbers in u may be
 * large and lie close together, such as 10000 and 10001.
 *
 * The result has a name that you may know from school. Can it be negative? What
 * does that say of the shape of lse?
 *
 *     z = 0, 0    u = 1, -1    gives 1
 *     z = 0, 0    u = 1, 1     gives 0
 */
double curvature(int n, const real *z, const real *u)
{
    /* The first derivative is sum_i p_i u_i: the mean of u, if p are taken as
     * probabilities. Its derivative, with dp_i/dt = p_i (u_i - mean) from the
     * Jacobian, is sum_i p_i u_i (u_i - mean): the variance of u. A variance is
     * never negative, so lse is convex: it bends upward along every line. We
     * sum squares of differences, which no rounding can make negative. On paper
     * the mean of the squares minus the square of the mean is the same; but for
     * 10000 and 10001 both are about 100010000, and a float has lost the 0.25
     * that is their difference. Doubles are not enough, for the weights are
     * floats, and add up to 1 only nearly. */
    real p[100];
    double mean = 0, variance = 0;
    softmax(n, z, p);
    for (int i = 0; i < n; i++)
        mean += (double)p[i] * (double)u[i];
    for (int i = 0; i < n; i++) {
        double off = (double)u[i] - mean;
        variance += (double)p[i] * off * off;
    }
    return variance;
}
/* Given:
 *     TODO("return the second derivative by t at t = 0");
 *
 * Hint: Begin with the first derivative by t. Exercise 6 found the slope of lse
 * by each score, and each score moves by u_i when t moves by 1.
 *
 * Hint: The first derivative is the sum of p_i u_i, where p = softmax(z + t u).
 * Now p depends on t. The Jacobian of the chapter says how: multiply it by u.
 *
 * Hint: p_i changes by p_i (u_i - mean), where mean is the sum of p_j u_j.
 * Multiply by u_i, add up, and you have the mean of the squares minus the
 * square of the mean. What is that called? When the numbers are large and close
 * together, the mean of (u_i - mean)^2 is the same and keeps its digits.
 */

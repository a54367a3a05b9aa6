/* 13_tokens.c -- exercises of chapter 13, for you to fill in.
 *
 * Each exercise says what is asked and ends in a function with a TODO in it.
 * Put your code in place of the TODO, save this file, and have it checked:
 *
 *     make exercise CH=13             checks them all
 *     make exercise CH=13 EX=3        checks the third
 *     make watch CH=13                checks whenever you save; Ctrl-C ends it
 *     make hint CH=13 EX=3            gives a hint, and then another
 *     make solution CH=13 EX=3        shows the solution, once you have it
 *     make reset CH=13 EX=3           brings the TODO back, and keeps your text
 *
 * Add functions of your own, or a printf: what you print is shown. Some ask for
 * no program but for a number, a letter or a formula: for those take a pencil.
 * One, two or three stars: warm-up, work, thought.
 */
#include "13_tokens.h"
#include "exercise.h"

/* ---- Exercise 1 * Side by side -------------------------------------------- *
 * How often does the couple stand side by side in the n pieces? Every place
 * counts, even if two of them share a piece: in 7 7 7 the couple (7, 7) stands
 * side by side twice.
 */
int count_couple(int n, const int *piece, int left, int right)
{
    TODO("return how often the couple stands side by side");
}

/* ---- Exercise 2 ** Join them ---------------------------------------------- *
 * Replace the couple by the piece `joined`, wherever it stands, in place and from
 * the left: 7 7 7 becomes joined 7. What a join has made is not joined again.
 * Return how many pieces are left. What stands behind them does not matter.
 */
int join_couple(int n, int *piece, int left, int right, int joined)
{
    TODO("join the couple in place, and return how many pieces are left");
}

/* ---- Exercise 3 ** The next to be joined ---------------------------------- *
 * Return the couple that stands side by side most often in the n pieces (n is 2
 * at least). Of equally frequent ones the one with the smaller left piece; if
 * these are equal too, the smaller right one. This is all of the slow algorithm:
 * find the couple, join it, and again.
 */
Couple next_couple(int n, const int *piece)
{
    TODO("return the couple that is most frequent");
}

/* ---- Exercise 4 ** Spell it ----------------------------------------------- *
 * Pieces 0 to 255 are bytes; piece 256 + i joins joined[i].left and
 * joined[i].right, which are smaller numbers. Write the bytes of a piece to out
 * and return how many they are.
 */
int spell(const Couple *joined, int piece, unsigned char *out)
{
    TODO("write the bytes of the piece, and return how many");
}

/* ---- Exercise 5 ** Find the bug: the same text, other pieces -------------- *
 * This should join what stands in the n pieces as it was learned: joined[0]
 * (which becomes piece 256) wherever it stands, then joined[1] (257), and so on,
 * and return how many pieces are left. On many texts it finds others than the
 * vocabulary was learned with. Mend it.
 */
int encode_in_order(const Couple *joined, int joins, int n, int *piece)
{
    TODO("find the mistake, mend it, and remove this line");
    for (int i = 0; i + 1 < n; i++)
        for (int j = 0; j < joins && i + 1 < n; j++)
            if (piece[i] == joined[j].left
                && piece[i + 1] == joined[j].right) {
                piece[i] = BYTES + j;
                n--;
                for (int k = i + 1; k < n; k++)
                    piece[k] = piece[k + 1];
                i = i > 0 ? i - 1 : 0;
                j = -1;
            }
    return n;
}

/* ---- Exercise 6 * What a longer list costs -------------------------------- *
 * Chapter 8's model is 64 wide. It has a list of pieces for the source and one
 * for the target, and each piece of a list is a row of an embedding; the target's
 * is the output layer, too, and is not counted twice. How many more numbers does
 * the model learn if both lists grow by 1,500 pieces? Return the number.
 */
long more_numbers(void)
{
    TODO("return how many more numbers");
}

/* 13_tokens.c -- the exercises of chapter 13, solved. Under each solution stands
 * what the reader finds, and the hints. */
#include "13_tokens.h"
#include "exercise.h"

/* ---- Exercise 1 * Side by side -------------------------------------------- *
 * How often does the couple stand side by side in the n pieces? Every place
 * counts, even if two of them share a piece: in 7 7 7 the couple (7, 7) stands
 * side by side twice.
 */
int count_couple(int n, const int *piece, int left, int right)
{
    /* n pieces have n - 1 places between them, and none if there are none. */
    int count = 0;
    for (int i = 0; i + 1 < n; i++)
        count += piece[i] == left && piece[i + 1] == right;
    return count;
}
/* Given:
 *     TODO("return how often the couple stands side by side");
 *
 * Hint: How many neighbours have n pieces? And a single one?
 *
 * Hint: Compare piece[i] with left and piece[i + 1] with right, as long as there
 * is an i + 1.
 */

/* ---- Exercise 2 ** Join them ---------------------------------------------- *
 * Replace the couple by the piece `joined`, wherever it stands, in place and from
 * the left: 7 7 7 becomes joined 7. What a join has made is not joined again.
 * Return how many pieces are left. What stands behind them does not matter.
 */
int join_couple(int n, int *piece, int left, int right, int joined)
{
    /* One place to read, one to write. The writing never overtakes the reading,
     * so nothing is lost. */
    int kept = 0;
    for (int i = 0; i < n; i++) {
        bool here = i + 1 < n && piece[i] == left && piece[i + 1] == right;
        piece[kept++] = here ? joined : piece[i];
        i += here;
    }
    return kept;
}
/* Given:
 *     TODO("join the couple in place, and return how many pieces are left");
 *
 * Hint: Keep two places: where you read, and where you write next.
 *
 * Hint: After a join, two have been read and one written. Look whether there is
 * a second piece before you compare it.
 */

/* ---- Exercise 3 ** The next to be joined ---------------------------------- *
 * Return the couple that stands side by side most often in the n pieces (n is 2
 * at least). Of equally frequent ones the one with the smaller left piece; if
 * these are equal too, the smaller right one. This is all of the slow algorithm:
 * find the couple, join it, and again.
 */
Couple next_couple(int n, const int *piece)
{
    /* For each place, count its couple by a pass over all places. That is a
     * pass for each of n places, which is why the chapter keeps its counts. */
    Couple best = { piece[0], piece[1] };
    int most = 0;
    for (int i = 0; i + 1 < n; i++) {
        Couple c = { piece[i], piece[i + 1] };
        int count = 0;
        for (int k = 0; k + 1 < n; k++)
            count += piece[k] == c.left && piece[k + 1] == c.right;
        bool smaller = c.left != best.left ? c.left < best.left
                                           : c.right < best.right;
        if (count > most || (count == most && smaller)) {
            most = count;
            best = c;
        }
    }
    return best;
}
/* Given:
 *     TODO("return the couple that is most frequent");
 *
 * Hint: Two loops will do: one over the places, one that counts how often the
 * couple of that place stands anywhere.
 *
 * Hint: Keep the best so far and its count. Replace it if the new count is
 * larger, or if it is the same and the couple comes first: smaller left, or equal
 * left and smaller right.
 */

/* ---- Exercise 4 ** Spell it ----------------------------------------------- *
 * Pieces 0 to 255 are bytes; piece 256 + i joins joined[i].left and
 * joined[i].right, which are smaller numbers. Write the bytes of a piece to out
 * and return how many they are.
 */
int spell(const Couple *joined, int piece, unsigned char *out)
{
    /* A piece is its left half and then its right half, each spelled in the
     * same way. It ends, because the numbers fall. */
    if (piece < BYTES) {
        out[0] = (unsigned char)piece;
        return 1;
    }
    Couple c = joined[piece - BYTES];
    int n = spell(joined, c.left, out);
    return n + spell(joined, c.right, out + n);
}
/* Given:
 *     TODO("write the bytes of the piece, and return how many");
 *
 * Hint: What is the spelling of a byte? And of two pieces side by side?
 *
 * Hint: The function may call itself. Where do the bytes of the right half go?
 */

/* ---- Exercise 5 ** Find the bug: the same text, other pieces -------------- *
 * This should join what stands in the n pieces as it was learned: joined[0]
 * (which becomes piece 256) wherever it stands, then joined[1] (257), and so on,
 * and return how many pieces are left. On many texts it finds others than the
 * vocabulary was learned with. Mend it.
 */
int encode_in_order(const Couple *joined, int joins, int n, int *piece)
{
    /* It went from left to right and joined whatever it could there, so that a
     * later couple took a piece away from an earlier one. The order of learning
     * comes first, the place second. */
    for (int j = 0; j < joins; j++) {
        int kept = 0;
        for (int i = 0; i < n; i++) {
            bool here = i + 1 < n && piece[i] == joined[j].left
                     && piece[i + 1] == joined[j].right;
            piece[kept++] = here ? BYTES + j : piece[i];
            i += here;
        }
        n = kept;
    }
    return n;
}
/* Given:
 *     TODO("find the mistake, mend it, and remove this line");
 *     for (int i = 0; i + 1 < n; i++)
 *         for (int j = 0; j < joins && i + 1 < n; j++)
 *             if (piece[i] == joined[j].left
 *                 && piece[i + 1] == joined[j].right) {
 *                 piece[i] = BYTES + j;
 *                 n--;
 *                 for (int k = i + 1; k < n; k++)
 *                     piece[k] = piece[k + 1];
 *                 i = i > 0 ? i - 1 : 0;
 *                 j = -1;
 *             }
 *     return n;
 *
 * Hint: Let joined be b c, then a b, and the text a b c. What was learned? What
 * does this do at the first place?
 *
 * Hint: Which loop must be the outer one?
 */

/* ---- Exercise 6 * What a longer list costs -------------------------------- *
 * Chapter 8's model is 64 wide. It has a list of pieces for the source and one
 * for the target, and each piece of a list is a row of an embedding; the target's
 * is the output layer, too, and is not counted twice. How many more numbers does
 * the model learn if both lists grow by 1,500 pieces? Return the number.
 */
long more_numbers(void)
{
    /* Two embeddings, 1,500 more rows each, 64 numbers a row. */
    return 2 * 1500 * 64;
}
/* Given:
 *     TODO("return how many more numbers");
 *
 * Hint: How many numbers is a row?
 *
 * Hint: Rows times width, for each of the two lists.
 */

/* 13_tokens.c -- the checks of chapter 13's exercises, and answers, wrong and
 * right, that try them. README.md says how to write both. */

enum { MOST_PIECES = 40 };

/* n pieces of few kinds, in an array of exactly that length. */
static int *some_pieces(Rng *rng, int n, int kinds)
{
    int piece[MOST_PIECES];
    for (int i = 0; i < n; i++)
        piece[i] = 5 + rng_below(rng, kinds);
    return ints_of(n, piece);
}

/* What the chapter does, by counting and joining all. */
static int counted(int n, const int *piece, Couple c)
{
    int count = 0;
    for (int i = 1; i < n; i++)
        if (piece[i - 1] == c.left && piece[i] == c.right)
            count++;
    return count;
}

static int joined_from_the_left(int n, int *piece, Couple c, int joined)
{
    int out = 0, in = 0;
    while (in < n)
        if (in + 1 < n && piece[in] == c.left && piece[in + 1] == c.right) {
            piece[out++] = joined;
            in += 2;
        } else {
            piece[out++] = piece[in++];
        }
    return out;
}

/* ---- 1: side by side ------------------------------------------------------ */

static void count_couple_check(int n, const int *piece, int left, int right)
{
    int apart = 0, reversed = counted(n, piece, (Couple){ right, left });
    for (int i = 0; i + 1 < n; i++)
        if (piece[i] == left && piece[i + 1] == right) {
            apart++;
            i++;
        }
    int want = counted(n, piece, (Couple){ left, right });
    given(n);
    given_array(n, piece);
    given(left);
    given(right);
    double got = CALL(count_couple, (n, piece, left, right));
    suspect((double)apart, "Places that share a piece count as well: look at"
            " where you go on after one.");
    suspect((double)reversed, "That is the couple the other way round: look at"
            " which comes first.");
    expect(got, want, 0, "Look at each two neighbours, from the first to the"
           " last, and at both pieces.");
}

CHECK(count_couple)
{
    count_couple_check(5, ints_of(5, (int[]){ 7, 8, 7, 8, 9 }), 7, 8);
    count_couple_check(4, ints_of(4, (int[]){ 7, 7, 7, 8 }), 7, 7);
    count_couple_check(3, ints_of(3, (int[]){ 8, 7, 8 }), 7, 8);
    count_couple_check(1, ints_of(1, (int[]){ 7 }), 7, 7);
    count_couple_check(0, ints_of(0, NULL), 7, 7);
    Rng rng = rng_new(1);
    for (int n = 6; n < 14; n++)
        count_couple_check(n, some_pieces(&rng, n, 3), 5 + n % 3, 6);
}

static int WRONG(count_couple, apart)(int n, const int *piece, int left,
                                      int right)
{
    int count = 0;
    for (int i = 0; i + 1 < n; i++)
        if (piece[i] == left && piece[i + 1] == right) {
            count++;
            i++;
        }
    return count;
}

static int WRONG(count_couple, reversed)(int n, const int *piece, int left,
                                         int right)
{
    return counted(n, piece, (Couple){ right, left });
}

static int WRONG(count_couple, left_alone)(int n, const int *piece, int left,
                                           int right)
{
    int count = 0;
    (void)right;
    for (int i = 0; i < n; i++)
        count += piece[i] == left;
    return count;
}

static int WRONG(count_couple, not_the_last)(int n, const int *piece, int left,
                                             int right)
{
    return counted(n - 1, piece, (Couple){ left, right });
}

static int WRONG(count_couple, not_the_first)(int n, const int *piece, int left,
                                              int right)
{
    return n < 2 ? 0 : counted(n - 1, piece + 1, (Couple){ left, right });
}

static int WRONG(count_couple, one_too_far)(int n, const int *piece, int left,
                                            int right)
{
    return counted(n + 1, piece, (Couple){ left, right });
}

static int WRONG(count_couple, either)(int n, const int *piece, int left,
                                       int right)
{
    int count = 0;
    for (int i = 0; i + 1 < n; i++)
        count += piece[i] == left || piece[i + 1] == right;
    return count;
}

static int RIGHT(count_couple, from_behind)(int n, const int *piece, int left,
                                            int right)
{
    int count = 0;
    for (int i = n - 1; i > 0; i--)
        if (piece[i] == right && piece[i - 1] == left)
            count++;
    return count;
}

static int RIGHT(count_couple, by_pointer)(int n, const int *piece, int left,
                                           int right)
{
    int count = 0;
    for (const int *p = piece; p - piece < n - 1; p++)
        count += (p[0] == left) & (p[1] == right);
    return count;
}

static int RIGHT(count_couple, by_memory)(int n, const int *piece, int left,
                                          int right)
{
    int count = 0, before = 0;
    for (int i = 0; i < n; i++) {
        count += before && piece[i] == right;
        before = piece[i] == left;
    }
    return count;
}

/* ---- 2: join them --------------------------------------------------------- */

static void join_couple_check(int n, const int *from, int left, int right,
                              int joined)
{
    int want[MOST_PIECES];
    memcpy(want, from, (size_t)n * sizeof *want);
    int left_over = joined_from_the_left(n, want, (Couple){ left, right },
                                         joined);
    given(n);
    {
        const int *piece = from;
        given_array(n, piece);
    }
    given(left);
    given(right);
    given(joined);
    int *piece = ints_of(n, from);
    double got = CALL(join_couple, (n, piece, left, right, joined));
    expect(got, left_over, 0, "Each join takes one piece away. Look at how many"
           " were joined, at overlaps such as 7 7 7, and at the last piece.");
    expect(ints_row(left_over, piece), ints_row(left_over, want), 0, "Look at"
           " what stands where: a join is one piece where two were, and what"
           " follows moves up.");
}

CHECK(join_couple)
{
    join_couple_check(5, ints_of(5, (int[]){ 7, 8, 9, 7, 8 }), 7, 8, 300);
    join_couple_check(3, ints_of(3, (int[]){ 7, 7, 7 }), 7, 7, 300);
    join_couple_check(4, ints_of(4, (int[]){ 7, 7, 7, 7 }), 7, 7, 301);
    join_couple_check(1, ints_of(1, (int[]){ 7 }), 7, 7, 300);
    join_couple_check(3, ints_of(3, (int[]){ 8, 7, 9 }), 7, 8, 300);
    Rng rng = rng_new(2);
    for (int n = 6; n < 16; n++)
        join_couple_check(n, some_pieces(&rng, n, 2), 5 + n % 2, 6, 290 + n);
}

static int WRONG(join_couple, forgets_the_last)(int n, int *piece, int left,
                                                int right, int joined)
{
    int kept = 0;
    for (int i = 0; i + 1 < n; i++) {
        bool here = piece[i] == left && piece[i + 1] == right;
        piece[kept++] = here ? joined : piece[i];
        i += here;
    }
    return kept;
}

static int WRONG(join_couple, keeps_the_second)(int n, int *piece, int left,
                                                int right, int joined)
{
    for (int i = 0; i + 1 < n; i++)
        if (piece[i] == left && piece[i + 1] == right)
            piece[i] = joined;
    return n;
}

static int WRONG(join_couple, from_the_right)(int n, int *piece, int left,
                                              int right, int joined)
{
    for (int i = n - 2; i >= 0; i--)
        if (i + 1 < n && piece[i] == left && piece[i + 1] == right) {
            piece[i] = joined;
            for (int k = i + 1; k + 1 < n; k++)
                piece[k] = piece[k + 1];
            n--;
        }
    return n;
}

static int WRONG(join_couple, only_the_first)(int n, int *piece, int left,
                                              int right, int joined)
{
    for (int i = 0; i + 1 < n; i++)
        if (piece[i] == left && piece[i + 1] == right) {
            piece[i] = joined;
            for (int k = i + 1; k + 1 < n; k++)
                piece[k] = piece[k + 1];
            return n - 1;
        }
    return n;
}

static int WRONG(join_couple, one_read)(int n, int *piece, int left, int right,
                                        int joined)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        bool here = i + 1 < n && piece[i] == left && piece[i + 1] == right;
        piece[kept++] = here ? joined : piece[i];
    }
    return kept;
}

static int WRONG(join_couple, returns_joins)(int n, int *piece, int left,
                                             int right, int joined)
{
    return n - joined_from_the_left(n, piece, (Couple){ left, right }, joined);
}

static int WRONG(join_couple, the_left_stays)(int n, int *piece, int left,
                                              int right, int joined)
{
    int kept = 0;
    for (int i = 0; i < n; i++) {
        bool here = i + 1 < n && piece[i] == left && piece[i + 1] == right;
        piece[kept++] = piece[i];
        if (here)
            piece[kept++] = joined;
        i += here;
    }
    return kept;
}

static int RIGHT(join_couple, by_moving)(int n, int *piece, int left, int right,
                                         int joined)
{
    for (int i = 0; i + 1 < n; i++)
        if (piece[i] == left && piece[i + 1] == right) {
            piece[i] = joined;
            memmove(piece + i + 1, piece + i + 2,
                    (size_t)(n - i - 2) * sizeof *piece);
            n--;
        }
    return n;
}

static int RIGHT(join_couple, with_a_copy)(int n, int *piece, int left,
                                           int right, int joined)
{
    int copy[MOST_PIECES];
    memcpy(copy, piece, (size_t)n * sizeof *copy);
    int kept = joined_from_the_left(n, copy, (Couple){ left, right }, joined);
    memcpy(piece, copy, (size_t)kept * sizeof *copy);
    return kept;
}

static int RIGHT(join_couple, when_it_is_written)(int n, int *piece, int left,
                                                  int right, int joined)
{
    int kept = 0;
    bool open = false;      /* the last one written may still be joined */
    for (int i = 0; i < n; i++)
        if (open && piece[i] == right && piece[kept - 1] == left) {
            piece[kept - 1] = joined;
            open = false;
        } else {
            piece[kept++] = piece[i];
            open = true;
        }
    return kept;
}

/* ---- 3: the next to be joined --------------------------------------------- */

static Couple most_frequent(int n, const int *piece, bool first, bool by_right)
{
    Couple best = { 0, 0 };
    int most = 0;
    for (int i = 0; i + 1 < n; i++) {
        Couple c = { piece[i], piece[i + 1] };
        int count = counted(n, piece, c);
        bool before = by_right ? c.right < best.right
                                 || (c.right == best.right && c.left < best.left)
                    : c.left < best.left
                      || (c.left == best.left && c.right < best.right);
        if (count > most || (!first && count == most && before)) {
            most = count;
            best = c;
        }
    }
    return best;
}

static void next_couple_check(int n, const int *piece)
{
    Couple want = most_frequent(n, piece, false, false);
    Couple first = most_frequent(n, piece, true, false);
    Couple by_right = most_frequent(n, piece, false, true);
    given(n);
    given_array(n, piece);
    Couple got = CALL(next_couple, (n, piece));
    Tensor *couple = t_vector((real)got.left, (real)got.right);
    suspect(t_vector((real)first.left, (real)first.right), "That is the one"
            " that comes first of equally frequent ones: look at the smaller"
            " numbers.");
    suspect(t_vector((real)by_right.left, (real)by_right.right), "Of equally"
            " frequent ones, look at the left piece before the right one.");
    expect(couple, t_vector((real)want.left, (real)want.right), 0, "Look at how"
           " often each couple stands side by side, overlaps included, and at"
           " those that are equally frequent.");
}

CHECK(next_couple)
{
    next_couple_check(6, ints_of(6, (int[]){ 9, 7, 8, 7, 8, 9 }));
    next_couple_check(2, ints_of(2, (int[]){ 9, 8 }));
    next_couple_check(4, ints_of(4, (int[]){ 9, 8, 7, 6 }));
    next_couple_check(5, ints_of(5, (int[]){ 6, 9, 6, 8, 7 }));
    next_couple_check(7, ints_of(7, (int[]){ 9, 9, 9, 7, 8, 7, 8 }));
    Rng rng = rng_new(3);
    for (int n = 8; n < 20; n++)
        next_couple_check(n, some_pieces(&rng, n, 3));
}

static Couple WRONG(next_couple, the_first)(int n, const int *piece)
{
    return most_frequent(n, piece, true, false);
}

static Couple WRONG(next_couple, right_before_left)(int n, const int *piece)
{
    return most_frequent(n, piece, false, true);
}

static Couple WRONG(next_couple, the_first_two)(int n, const int *piece)
{
    (void)n;
    return (Couple){ piece[0], piece[1] };
}

static Couple WRONG(next_couple, reversed)(int n, const int *piece)
{
    Couple c = most_frequent(n, piece, false, false);
    return (Couple){ c.right, c.left };
}

static Couple WRONG(next_couple, not_the_last)(int n, const int *piece)
{
    return n < 3 ? (Couple){ 0, 0 } : most_frequent(n - 1, piece, false, false);
}

static Couple WRONG(next_couple, the_largest)(int n, const int *piece)
{
    Couple best = { piece[0], piece[1] };
    int most = 0;
    for (int i = 0; i + 1 < n; i++) {
        Couple c = { piece[i], piece[i + 1] };
        int count = counted(n, piece, c);
        if (count > most || (count == most && c.left > best.left)) {
            most = count;
            best = c;
        }
    }
    return best;
}

static Couple WRONG(next_couple, the_rarest)(int n, const int *piece)
{
    Couple best = { piece[0], piece[1] };
    for (int i = 0; i + 1 < n; i++) {
        Couple c = { piece[i], piece[i + 1] };
        if (counted(n, piece, c) < counted(n, piece, best))
            best = c;
    }
    return best;
}

static Couple RIGHT(next_couple, from_behind)(int n, const int *piece)
{
    Couple best = { piece[n - 2], piece[n - 1] };
    for (int i = n - 2; i >= 0; i--) {
        Couple c = { piece[i], piece[i + 1] };
        int more = counted(n, piece, c) - counted(n, piece, best);
        if (more > 0 || (more == 0 && (c.left < best.left
                                       || (c.left == best.left
                                           && c.right < best.right))))
            best = c;
    }
    return best;
}

static Couple RIGHT(next_couple, in_order_of_numbers)(int n, const int *piece)
{
    Couple best = { 0, 0 };
    int most = 0;
    for (int left = 0; left < 20; left++)
        for (int right = 0; right < 20; right++)
            if (counted(n, piece, (Couple){ left, right }) > most) {
                best = (Couple){ left, right };
                most = counted(n, piece, best);
            }
    return best;
}

static Couple RIGHT(next_couple, as_one_number)(int n, const int *piece)
{
    long best = 0;
    for (int i = 0; i + 1 < n; i++) {
        int count = counted(n, piece, (Couple){ piece[i], piece[i + 1] });
        long now = count * 1000000L - piece[i] * 1000L - piece[i + 1];
        if (i == 0 || now > best)
            best = now;
    }
    long numbers = 1000000L - (best % 1000000L + 1000000L) % 1000000L;
    return (Couple){ (int)(numbers / 1000), (int)(numbers % 1000) };
}

/* ---- 4: spell it ---------------------------------------------------------- */

static int spelled(const Couple *joined, int piece, int *out)
{
    if (piece < 256) {
        *out = piece;
        return 1;
    }
    int n = spelled(joined, joined[piece - 256].left, out);
    return n + spelled(joined, joined[piece - 256].right, out + n);
}

static void spell_check(const Couple *joined, int piece)
{
    int want[MOST_PIECES], got[MOST_PIECES];
    int n = spelled(joined, piece, want);
    unsigned char room[MOST_PIECES] = { 0 };
    given(piece);
    given_word("joined", "{ a, b }, { 256, c }, { c, c }, { 258, 257 },"
                         " { 259, 259 }");
    int bytes = CALL(spell, (joined, piece, room));
    expect((double)bytes, n, 0, "Look at what a piece consists of, down to the"
           " bytes: how many are they?");
    for (int i = 0; i < n; i++)
        got[i] = room[i];
    expect(ints_row(n, got), ints_row(n, want), 0, "Look at where the bytes of"
           " the right half begin, and at which half comes first.");
}

CHECK(spell)
{
    static const Couple joined[] = { { 'a', 'b' }, { 256, 'c' }, { 'c', 'c' },
                                     { 258, 257 }, { 259, 259 } };
    for (int piece = 260; piece >= 256; piece--)
        spell_check(joined, piece);
    spell_check(joined, 'x');
    spell_check(joined, 255);
    spell_check(joined, 0);
}

static int WRONG(spell, right_first)(const Couple *joined, int piece,
                                     unsigned char *out)
{
    if (piece < BYTES) {
        out[0] = (unsigned char)piece;
        return 1;
    }
    int n = wrong_spell__right_first(joined, joined[piece - BYTES].right, out);
    return n + wrong_spell__right_first(joined, joined[piece - BYTES].left,
                                        out + n);
}

static int WRONG(spell, one_over_the_other)(const Couple *joined, int piece,
                                            unsigned char *out)
{
    if (piece < BYTES) {
        out[0] = (unsigned char)piece;
        return 1;
    }
    Couple c = joined[piece - BYTES];
    return wrong_spell__one_over_the_other(joined, c.left, out)
         + wrong_spell__one_over_the_other(joined, c.right, out);
}

static int WRONG(spell, one_level)(const Couple *joined, int piece,
                                   unsigned char *out)
{
    if (piece < BYTES) {
        out[0] = (unsigned char)piece;
        return 1;
    }
    out[0] = (unsigned char)joined[piece - BYTES].left;
    out[1] = (unsigned char)joined[piece - BYTES].right;
    return 2;
}

static int WRONG(spell, two_each)(const Couple *joined, int piece,
                                  unsigned char *out)
{
    if (piece < BYTES) {
        out[0] = (unsigned char)piece;
        return 1;
    }
    Couple c = joined[piece - BYTES];
    wrong_spell__two_each(joined, c.left, out);
    wrong_spell__two_each(joined, c.right, out + 1);
    return 2;
}

static int WRONG(spell, left_alone)(const Couple *joined, int piece,
                                    unsigned char *out)
{
    while (piece >= BYTES)
        piece = joined[piece - BYTES].left;
    out[0] = (unsigned char)piece;
    return 1;
}

static int WRONG(spell, byte_0_is_none)(const Couple *joined, int piece,
                                        unsigned char *out)
{
    if (piece < BYTES) {
        out[0] = (unsigned char)piece;
        return piece > 0;
    }
    int n = wrong_spell__byte_0_is_none(joined, joined[piece - BYTES].left, out);
    return n + wrong_spell__byte_0_is_none(joined, joined[piece - BYTES].right,
                                           out + n);
}

static int RIGHT(spell, with_a_stack)(const Couple *joined, int piece,
                                      unsigned char *out)
{
    int stack[MOST_PIECES] = { piece }, height = 1, n = 0;
    while (height > 0) {
        int top = stack[--height];
        if (top < BYTES) {
            out[n++] = (unsigned char)top;
        } else {
            stack[height++] = joined[top - BYTES].right;
            stack[height++] = joined[top - BYTES].left;
        }
    }
    return n;
}

static int RIGHT(spell, right_by_loop)(const Couple *joined, int piece,
                                       unsigned char *out)
{
    int n = 0;
    for (; piece >= BYTES; piece = joined[piece - BYTES].right)
        n += right_spell__right_by_loop(joined, joined[piece - BYTES].left,
                                        out + n);
    out[n] = (unsigned char)piece;
    return n + 1;
}

static int RIGHT(spell, by_ints)(const Couple *joined, int piece,
                                 unsigned char *out)
{
    int bytes[MOST_PIECES], n = spelled(joined, piece, bytes);
    for (int i = 0; i < n; i++)
        out[i] = (unsigned char)bytes[i];
    return n;
}

/* ---- 5: find the bug: the same text, other pieces ------------------------- */

static int in_order(const Couple *joined, int joins, int n, int *piece)
{
    for (int j = 0; j < joins; j++)
        n = joined_from_the_left(n, piece, joined[j], 256 + j);
    return n;
}

static int by_place(const Couple *joined, int joins, int n, int *piece)
{
    for (int i = 0; i + 1 < n; i++)
        for (int j = 0; j < joins && i + 1 < n; j++)
            if (piece[i] == joined[j].left && piece[i + 1] == joined[j].right) {
                piece[i] = 256 + j;
                n--;
                for (int k = i + 1; k < n; k++)
                    piece[k] = piece[k + 1];
                i = i > 0 ? i - 1 : 0;
                j = -1;
            }
    return n;
}

static void encode_in_order_check(const Couple *joined, int joins, int n,
                                  const int *from)
{
    int want[MOST_PIECES], wrong[MOST_PIECES];
    memcpy(want, from, (size_t)n * sizeof *want);
    memcpy(wrong, from, (size_t)n * sizeof *wrong);
    int left_over = in_order(joined, joins, n, want);
    int by_places = by_place(joined, joins, n, wrong);
    char list[200] = "";
    for (int i = 0; i < joins; i++)
        sprintf(list + strlen(list), "{ %d, %d } ", joined[i].left,
                joined[i].right);
    given_word("joined", list);
    given(joins);
    given(n);
    {
        const int *piece = from;
        given_array(n, piece);
    }
    int *piece = ints_of(n, from);
    double got = CALL(encode_in_order, (joined, joins, n, piece));
    if (by_places != left_over)
        suspect((double)by_places, "That joins what comes first in the text:"
                " look at what was learned first.");
    expect(got, left_over, 0, "Look at the order: what was learned first is"
           " joined everywhere before what was learned next.");
    expect(ints_row(left_over, piece), ints_row(left_over, want), 0, "Look at"
           " the order: what was learned first is joined everywhere before what"
           " was learned next, and from the left.");
}

CHECK(encode_in_order)
{
    static const Couple one[] = { { 7, 8 }, { 6, 7 }, { 6, 256 } };
    static const Couple two[] = { { 6, 6 }, { 256, 6 }, { 7, 6 }, { 256, 256 } };
    encode_in_order_check(one, 3, 3, ints_of(3, (int[]){ 6, 7, 8 }));
    encode_in_order_check(one, 2, 3, ints_of(3, (int[]){ 6, 7, 8 }));
    encode_in_order_check(two, 3, 4, ints_of(4, (int[]){ 7, 6, 6, 6 }));
    encode_in_order_check(two, 4, 5, ints_of(5, (int[]){ 6, 6, 6, 6, 6 }));
    encode_in_order_check(two, 0, 3, ints_of(3, (int[]){ 6, 6, 6 }));
    encode_in_order_check(two, 4, 1, ints_of(1, (int[]){ 6 }));
    Rng rng = rng_new(5);
    for (int n = 6; n < 16; n++)
        encode_in_order_check(n % 2 ? one : two, n % 2 ? 3 : 4, n,
                              some_pieces(&rng, n, 4));
}

static int WRONG(encode_in_order, by_place)(const Couple *joined, int joins,
                                            int n, int *piece)
{
    return by_place(joined, joins, n, piece);
}

static int WRONG(encode_in_order, one_round_only)(const Couple *joined,
                                                  int joins, int n, int *piece)
{
    return joins ? joined_from_the_left(n, piece, joined[0], 256) : n;
}

static int WRONG(encode_in_order, last_first)(const Couple *joined, int joins,
                                              int n, int *piece)
{
    for (int j = joins - 1; j >= 0; j--)
        n = joined_from_the_left(n, piece, joined[j], 256 + j);
    return n;
}

static int WRONG(encode_in_order, numbers_from_0)(const Couple *joined,
                                                  int joins, int n, int *piece)
{
    for (int j = 0; j < joins; j++)
        n = joined_from_the_left(n, piece, joined[j], j);
    return n;
}

static int WRONG(encode_in_order, all_but_the_last)(const Couple *joined,
                                                    int joins, int n,
                                                    int *piece)
{
    return in_order(joined, joins - 1, n, piece);
}

static int WRONG(encode_in_order, from_the_right)(const Couple *joined,
                                                  int joins, int n, int *piece)
{
    for (int j = 0; j < joins; j++)
        for (int i = n - 2; i >= 0; i--)
            if (i + 1 < n && piece[i] == joined[j].left
                && piece[i + 1] == joined[j].right) {
                piece[i] = 256 + j;
                n--;
                for (int k = i + 1; k < n; k++)
                    piece[k] = piece[k + 1];
            }
    return n;
}

static int WRONG(encode_in_order, length_as_before)(const Couple *joined,
                                                    int joins, int n,
                                                    int *piece)
{
    in_order(joined, joins, n, piece);
    return n;
}

static int RIGHT(encode_in_order, join_by_join)(const Couple *joined, int joins,
                                                int n, int *piece)
{
    return in_order(joined, joins, n, piece);
}

static int RIGHT(encode_in_order, the_smallest_next)(const Couple *joined,
                                                     int joins, int n,
                                                     int *piece)
{
    for (;;) {
        int best = joins, place = 0;
        for (int i = 0; i + 1 < n; i++)
            for (int j = 0; j < best; j++)
                if (piece[i] == joined[j].left
                    && piece[i + 1] == joined[j].right) {
                    best = j;
                    place = i;
                }
        if (best == joins)
            return n;
        piece[place] = 256 + best;
        n--;
        for (int k = place + 1; k < n; k++)
            piece[k] = piece[k + 1];
    }
}

static int RIGHT(encode_in_order, by_moving)(const Couple *joined, int joins,
                                             int n, int *piece)
{
    for (int j = 0; j < joins; j++)
        for (int i = 0; i + 1 < n; i++)
            if (piece[i] == joined[j].left && piece[i + 1] == joined[j].right) {
                piece[i] = 256 + j;
                memmove(piece + i + 1, piece + i + 2,
                        (size_t)(n - i - 2) * sizeof *piece);
                n--;
            }
    return n;
}

/* ---- 6: what a longer list costs ------------------------------------------ */

CHECK(more_numbers)
{
    double got = CALL(more_numbers, ());
    suspect(1500 * 64.0, "That is one of the two lists: look at the other one.");
    suspect(3 * 1500 * 64.0, "Look at what is not counted twice.");
    suspect(4 * 1500 * 64.0, "Look at what is not counted twice.");
    suspect(2 * 1500.0, "Those are rows: look at how long a row is.");
    suspect(64.0 * 64, "Look at the rows that come, and not at the width"
            " alone.");
    expect_answer(got, 2 * 1500 * 64, 0, "Look at the rows that each list gets,"
                  " and at the numbers of a row.");
}

static long WRONG(more_numbers, one_list)(void) { return 1500 * 64; }
static long WRONG(more_numbers, output_too)(void) { return 3 * 1500 * 64; }
static long WRONG(more_numbers, both_twice)(void) { return 4 * 1500 * 64; }
static long WRONG(more_numbers, rows)(void) { return 2 * 1500; }
static long WRONG(more_numbers, squared)(void) { return 64 * 64; }
static long WRONG(more_numbers, all_pieces)(void) { return 2 * 1756 * 64; }

static long RIGHT(more_numbers, by_rows)(void)
{
    return (1500 + 1500) * 64;
}

static long RIGHT(more_numbers, worked_out)(void) { return 192000; }

static long RIGHT(more_numbers, list_by_list)(void)
{
    long more = 0;
    for (int list = 0; list < 2; list++)
        more += 1500 * 64;
    return more;
}

#!/bin/sh
# Tests that nothing random depends on the compiler. In which order arguments of
# a call, members of an initialiser or the sides of a + are evaluated, C does not
# say, and GCC and clang differ: where two of them draw from one generator, they
# draw other numbers. What stands behind && || ? : or a comma between
# declarations comes later, and what a call is given comes before the call.
#
# Usage: sh tests/draws.sh, from the project's root.

. tests/tap.sh

# Names each statement that draws twice in no order. Calls give way to @NAME@ if
# they draw from generator NAME, to 0 if not, from the innermost on.
cat >"$folder/draws.awk" <<'AWK'
FNR == 1 { text = ""; lists = comment = macro = 0 }
FNR == 1 { split("", of_file) }
FNR == 1 || /^}/ { split("", generators) }
/^static Rng / { of_file["&" substr($3, 1, length($3) - 1)] }
macro || /^#/ { macro = /\\$/; next }
{
    line = $0
    gsub(/"(\\.|[^"\\])*"|'(\\.|[^'\\])'/, "0", line)
    while (match(line, comment ? "[*]/" : "/[*]")) {
        before = substr(line, 1, RSTART - 1)
        line = substr(line, RSTART + 2)
        if (!comment)
            take(before)
        comment = !comment
    }
    if (!comment)
        take(line " ")
}

# Statements end with ; and with the braces of a block, not with those of a list.
function take(line,    end)
{
    while (match(line, /[;{}]/)) {
        end = substr(line, RSTART, 1)
        text = text substr(line, 1, RSTART - 1)
        line = substr(line, RSTART + 1)
        if (end == "{" && text ~ before_list)
            lists++
        else if (end != "}" || lists == 0) {
            statement(text)
            text = ""
            lists = 0
            continue
        } else
            lists--
        text = text end
    }
    text = text line
}
BEGIN {
    name = "[A-Za-z_][A-Za-z_0-9]*"
    before_list = "(=|,|[(]|[{]|[?]|:|return) *([(][A-Za-z_][][A-Za-z_0-9 *]*[)])? *$"
}

function statement(s,    rest, kind, who, before, behind)
{
    rest = s
    while (match(rest, "(Rng|World) *[*]? *" name)) {
        who = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        kind = who ~ /[*]/ ? "" : "&"
        sub(/.*[ *]/, "", who)
        generators[kind who]
    }
    if (s !~ /[(].*[(]/ && s !~ /[+*\/-]/)
        return
    while (match(s, "(" name ")? *[(][^][(){}]*[)]|[[][^][(){}]*[]]|[{][^][(){}]*[}]")) {
        before = substr(s, 1, RSTART - 1)
        behind = substr(s, RSTART + RLENGTH)
        s = before reduced(substr(s, RSTART, RLENGTH)) behind
    }
    gsub(/,/, "\\&\\&", s)
    in_order(s)
}

# What a call or a list gives way to.
function reduced(part,    head, n, i, item, drawn)
{
    head = part
    sub(/[[({].*/, "", head)
    sub(/ *$/, "", head)
    part = substr(part, length(head) + 1)
    gsub(/^ *.|.$/, "", part)
    n = split(part, item, ",")
    for (i = 1; i <= n; i++)
        drawn = beside(drawn, in_order(item[i]))
    for (i = 1; i <= n && head != "" && !index(asking, " " head "("); i++) {
        gsub(/ /, "", item[i])
        if (item[i] in generators || item[i] in of_file ||
             item[i] ~ /^&?[A-Za-z_]+(->|[.])rng$/)
            drawn = "@" item[i] "@"
    }
    if (head ~ /^(if|while)$/)
        return " && "
    return drawn ? drawn : 0
}

# All that is drawn from in an expression, each once, such as @rng@@other@.
function in_order(part,    n, i, piece, drawn, in_piece)
{
    n = split(part, piece, /&&|[|][|]|[?]|:/)
    for (i = 1; i <= n; i++) {
        in_piece = ""
        while (match(piece[i], /@[^@]*@/)) {
            part = substr(piece[i], RSTART, RLENGTH)
            piece[i] = substr(piece[i], RSTART + RLENGTH)
            in_piece = beside(in_piece, part)
            if (!index(drawn, part))
                drawn = drawn part
        }
    }
    return drawn
}

# Both, side by side. Says if a generator is in both.
function beside(one, other,    who)
{
    while (match(other, /@[^@]*@/)) {
        who = substr(other, RSTART, RLENGTH)
        other = substr(other, RSTART + RLENGTH)
        if (index(one, who))
            printf "%s:%d: draws twice in no order from %s\n", FILENAME, FNR,
                substr(who, 2, length(who) - 2)
        else
            one = one who
    }
    return one
}
AWK

# What is given a World that is const only asks it.
asking=$(grep -rho '[a-z_]*(const World' chapters/data | tr '\n' ' ')
draws() { awk -v asking=" $asking" -f "$folder/draws.awk" "$@"; }

find common chapters tests -name '*.[ch]' | sort >"$folder/files"
draws $(cat "$folder/files") >"$log"
! test -s "$log"
verdict $? 'no statement draws twice from one generator in no order'

cat >"$folder/wrong.c" <<'C'
static Rng of_file;
static int two(Rng *rng, World *w)
{
    int apart = rng_below(rng, 2), again = rng_below(rng, 2);
    if (apart && rng_below(rng, 9)) again = rng_below(rng, 3);
    again += rng_below(rng, 9) ? rng_below(rng, 8) : rng_below(rng, 7);
    again += rng_below(rng, rng_below(rng, 9));                 /* in order */
    int list[] = { rng_below(rng, 9), rng_below(rng, 9) };
    both(rng_below(rng, 9), sum(rng_below(rng, 9), 1));
    both(list[0] ? chance(w) : 0, chance(w));
    while (chance(w)) again = chance(w);
    return rng_below(&of_file, 9)
         - rng_below(&of_file, 9) + rng_below(rng, 9);
}

static int others(const World *w, Training *tr)
{
    Rng local = rng_new(1);
    again[rng_below(&local, 9)] = rng_below(&local, 9);
    both(rng_below(&of_file, 9), rng_below(&of_file, 9));
    both(1, (int[]){ rng_below(&local, 9), rng_below(&local, 9) });
    return (rng_below(&tr->rng, 9)) + rng_below(&tr->rng, 9)
         + (is_free(w) ? is_free(w) : both(is_free(w), is_free(w)));
}
C
draws "$folder/wrong.c" >"$log"
test "$(cut -d : -f 2 "$log" | tr '\n' ' ')" = '8 9 10 13 19 20 21 23 '
verdict $? 'lists, arguments and sums that draw twice are found, and only these'

end_of_tests

# compare.awk -- is what a chapter printed what it should print?
#
#     awk -f tests/compare.awk EXPECTED GOT
#
# Text must be equal, and so must whole numbers. A number with a point or an
# exponent may differ by 1e-3 of its size, or by one unit of the last digit
# printed, or by 1e-5, whichever is most: compilers and machines round
# differently. Blanks may differ where such a number has become wider.
#
# Prints FILE:LINE, what was expected and what came for each line that
# differs; the exit status says whether there was one.

BEGIN {
    relative = 1e-3
    absolute = 1e-5
    number = "[-+]?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?"
}

FNR == 1 { file++ }
file == 1 && FILENAME == ARGV[1] { expected[FNR] = $0; lines = FNR; next }
{
    got_lines = FNR
    if (FNR > lines)
        differ(FNR, "the end", $0)
    else if ($0 != expected[FNR] && !same(expected[FNR], $0))
        differ(FNR, expected[FNR], $0)
}

END {
    if (got_lines < lines)
        differ(got_lines + 1, expected[got_lines + 1], "the end")
    exit differences > 0
}

function differ(line, want, got) {
    differences++
    printf "%s:%d:\n    expected: %s\n    got:      %s\n", \
        ARGV[2], line, want, got
}

# Walks both lines from number to number. They are not equal: a number must
# have changed, or it is the blanks that did.
function same(want, got,    a, b, before_a, before_b, changed) {
    do {
        a = match(want, number) ? substr(want, RSTART, RLENGTH) : ""
        before_a = a == "" ? want : substr(want, 1, RSTART - 1)
        want = substr(want, RSTART + RLENGTH)
        b = match(got, number) ? substr(got, RSTART, RLENGTH) : ""
        before_b = b == "" ? got : substr(got, 1, RSTART - 1)
        got = substr(got, RSTART + RLENGTH)
        if (blanks(before_a) != blanks(before_b) || !near(a, b)) return 0
        if (a != b) changed = 1
    } while (a != "")
    return changed
}

# Text with one blank for several, and none before the number that follows.
function blanks(text) {
    gsub(/ +/, " ", text)
    sub(/ $/, "", text)
    return text
}

function near(a, b,    distance, size, unit) {
    if (a == b) return 1
    if (a == "" || b == "" || (a b) !~ /[.eE]/) return 0
    distance = a - b
    if (distance < 0) distance = -distance
    size = a < 0 ? -a : a + 0
    unit = last_digit(a)
    if (last_digit(b) > unit) unit = last_digit(b)
    return distance <= relative * size || distance <= 1.001 * unit || \
        distance <= absolute
}

# The unit of the last digit of a printed number: 0.01 for "3.14".
function last_digit(x,    mantissa, exponent, point) {
    mantissa = x
    exponent = 0
    if (match(x, /[eE]/)) {
        mantissa = substr(x, 1, RSTART - 1)
        exponent = substr(x, RSTART + 1) + 0
    }
    point = index(mantissa, ".")
    return 10 ^ (exponent - (point ? length(mantissa) - point : 0))
}

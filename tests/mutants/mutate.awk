# mutate.awk -- lists the small faults that can be made in a C file, one a line:
#
#     awk -f tests/mutants/mutate.awk FILE.c
#     LINE <tab> the line as it is <tab> the line with the fault
#
# An operator becomes its neighbour, a 0 becomes 1 and a 1 becomes 2, a statement
# that stands alone on its line is left out. Comments, the text of a chapter,
# strings and the preprocessor's lines stay as they are.

BEGIN {
    n = split(" + | - ; - | + ; * | / ; / | * ; < | <= ; <= | < ; > | >= ;" \
              " >= | > ; == | != ; != | == ; && | @ ; @ | && ; += | -= ;" \
              " -= | += ", pair, ";")
    for (i = 1; i <= n; i++) {
        split(pair[i], side, "|")
        from[i] = side[1]
        to[i] = side[2]
        gsub(/@/, "||", from[i])
        gsub(/@/, "||", to[i])
    }
}

/^\/\*$/ { prose = 1 }
prose { if (/^\*\/$/) prose = 0; next }
/\/\*/ && !/\*\// { comment = 1; next }
comment { if (/\*\//) comment = 0; next }
/^[^ ]/ || /^#/ || /t_fail|die\(|TEST\(/ || /^ +"/ { next }

{
    code = $0
    sub(/ *\/\*.*\*\/ *$/, "", code)
    end = index(code, "\"") ? index(code, "\"") : length(code) + 1
    for (i = 1; i <= n; i++)
        replace(from[i], to[i])
    constants()
    if (code ~ /^ +[A-Za-z_][^ =]*( [-+*\/]?= |\().*;$/ &&
        code !~ /^ +(return|for|while|if|else|do|switch|case|typedef)[ (]/)
        fault("    ;")
}

function fault(text) { print FNR "\t" $0 "\t" text }

# Every place of an operator, before the first string of the line.
function replace(a, b,    at, base)
{
    base = 0
    while ((at = index(substr(code, base + 1), a)) && base + at < end) {
        base += at
        fault(substr(code, 1, base - 1) b substr(code, base + length(a)))
    }
}

function constants(    at, rest, base)
{
    rest = code
    while (match(rest, /[^A-Za-z0-9_.][01][^A-Za-z0-9_.]/) &&
           base + RSTART < end) {
        at = base + RSTART + 1
        fault(substr(code, 1, at - 1) (substr(code, at, 1) + 1) \
              substr(code, at + 1))
        base += RSTART + 1
        rest = substr(code, base + 1)
    }
}

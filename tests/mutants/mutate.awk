# mutate.awk -- lists the small faults that can be made in a C file, one a line:
#
#     awk -f tests/mutants/mutate.awk FILE.c
#     LINE <tab> the line as it is <tab> the line with the fault
#
# An operator becomes its neighbour, a 0 becomes 1 and a 1 becomes 2, a statement
# that stands alone on its line is left out. Comments, the text of a chapter,
# strings and the preprocessor's lines stay as they are. So does what a chapter keeps
# for its cells, and does not hand on: no test program can call it, and what cells
# print is held to tests/expected/ by `make test`.

BEGIN {
    if (ARGV[1] ~ /chapters\/[0-9]/)
        read_functions(ARGV[1])
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
/^[A-Za-z_].*\(/ { skip = (name_in($0) in static) }
skip || /^[^ ]/ || /^#/ || /t_fail|die\(|TEST\(/ || /^ +"/ { next }

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

# The name of the function that begins, or is called, in a line.
function name_in(line)
{
    sub(/\(.*/, "", line)
    sub(/.*[^A-Za-z_0-9]/, "", line)
    return line
}

# Leaves in `static` the functions of a file that none of those calls which it hands
# on: main() and what is static are not.
function read_functions(file,    line, name, call, calls, part, n, more)
{
    while ((getline line < file) > 0) {
        if (line ~ /^[A-Za-z_].*\(/) {
            name = name_in(line)
            if (line ~ /^static/ || name == "main")
                static[name] = 1
        } else if (line ~ /^ /) {
            n = split(line, part, /[^A-Za-z_0-9]+/)
            for (; n > 0; n--)
                calls[name, part[n]] = 1
        }
    }
    close(file)
    do {
        more = 0
        for (call in calls) {
            split(call, part, SUBSEP)
            if (!(part[1] in static) && part[2] in static) {
                delete static[part[2]]
                more = 1
            }
        }
    } while (more)
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

# exercise.awk -- takes a file of exercises apart.
#
#     awk -v show=WHAT [-v n=3] -f tests/exercises/exercise.awk FILE
#
# FILE is chapters/solutions/NN_name.c, which holds all that there is to say of
# each exercise, or chapters/exercises/NN_name.c, which the reader edits (then
# only `list`, `block` and `restored` have a meaning). Run it from the project's
# root. WHAT is one of
#
#     list        number, stars, function, first line, title; a tab between
#     verify      nothing, but complains of what is missing, as FILE:LINE: ...
#     exercises   the reader's file as it is at the start
#     protos      a header that declares the functions
#     checks      the checks, the wrong and right answers and tables of them,
#                 as C
#     hints       how many hints exercise n has
#     hint        hint k of exercise n
#     solution    the solution of exercise n
#     page        all exercises as Markdown, for the book
#     block       the text of exercise n, from its first line to the next one
#     restored    the reader's file with exercise n as it was at the start;
#                 the file at the start is given by -v start_from=FILE
#
# README.md beside this file shows what an exercise looks like.

# So many answers of each kind must try every check.
BEGIN { wrongs_wanted = 6; rights_wanted = 3 }

{ line[NR] = $0 }

# Also once for each exercise: its number is in line at[i].
/^\/\* ---- Exercise [0-9]+ \*+ / {
    at[++count] = NR
    number[count] = $4 + 0
    level[count] = length($5)
    s = $0
    sub(/^\/\* ---- Exercise [0-9]+ \*+ /, "", s)
    sub(/ *-+ *\*?$/, "", s)
    title[count] = s
    index_of[number[count]] = count
}

END {
    file = ARGV[1]
    stem = file
    sub(/.*\//, "", stem)
    sub(/\.c$/, "", stem)
    number_of_chapter = substr(stem, 1, 2)
    chapter = (number_of_chapter == 99) ? "A" : number_of_chapter
    at[count + 1] = NR + 1
    if (show == "block") {
        if (n in index_of)
            printf "%s", lines(at[index_of[n]], at[index_of[n] + 1] - 1)
        exit
    }
    if (show == "restored") {
        restore()
        exit failed
    }
    for (i = 1; i <= count; i++)
        take_apart(i)
    if (show == "list")
        for (i = 1; i <= count; i++)
            printf "%d\t%s\t%s\t%d\t%s\n", number[i], stars(i), name[i], \
                   at[i], title[i]
    else if (show == "verify")
        verify()
    else if (show == "exercises")
        show_exercises()
    else if (show == "protos")
        show_protos()
    else if (show == "checks")
        show_checks()
    else if (show == "page")
        show_page()
    else if (show == "hints")
        print hints[index_of[n]] + 0
    else if (show == "hint")
        printf "%s", hint[index_of[n], k]
    else if (show == "solution")
        printf "%s", solution[index_of[n]]
    else
        fail(1, "show=" show "; expected one of those named in exercise.awk")
    exit failed
}

function fail(at, message)
{
    printf "%s:%d: %s\n", file, at, message > "/dev/stderr"
    failed = 1
}

function lines(from, to,    i, text)
{
    for (i = from; i <= to; i++)
        text = text line[i] "\n"
    return text
}

function stars(i) { return substr("***", 1, level[i]) }

function trimmed(text)
{
    sub(/^[ \t\n]*\n/, "", text)
    sub(/[ \t\n]+$/, "", text)
    return text == "" ? "" : text "\n"
}

# What a line of a comment says.
function said(s) { sub(/^ \* ?/, "", s); return s }

# ---- reading ----------------------------------------------------------------

# Of exercise i: contract, solution (the code), given (the code that the reader
# finds), hint[i, 1 .. hints[i]], signature and name.
function take_apart(i,    j, s, part)
{
    part = "contract"
    for (j = at[i] + 1; j < at[i + 1]; j++) {
        s = line[j]
        if (part == "contract") {
            if (s ~ /^ \*\/$/)
                part = "code"
            else
                contract[i] = contract[i] said(s) "\n"
        } else if (s ~ /^\/\* Given:$/) {
            part = "given"
            given_at[i] = j
        } else if (part == "code") {
            solution[i] = solution[i] s "\n"
            read_signature(i, s)
        } else if (s ~ /^ \*\/$/)
            part = "end"
        else if (s ~ /^ \* Hint: /) {
            part = "hint"
            sub(/^ \* Hint: /, "", s)
            hint[i, ++hints[i]] = s "\n"
        } else if (part == "given")
            given[i] = given[i] said(s) "\n"
        else if (part == "hint")
            hint[i, hints[i]] = hint[i, hints[i]] said(s) "\n"
        else if (s !~ /^[ \t]*$/)
            fail(j, "text after the hints; expected the next exercise")
    }
    contract[i] = trimmed(contract[i])
    solution[i] = trimmed(solution[i])
    given[i] = trimmed(given[i])
    for (j = 1; j <= hints[i]; j++)
        hint[i, j] = trimmed(hint[i, j])
}

# The exercise is the function that is not static.
function read_signature(i, s)
{
    if (s ~ /^(static|enum|struct|typedef|#)/)
        return
    if (s ~ /^[A-Za-z].*\(/ && signature[i] == "")
        signature[i] = s
    else if (reading[i])
        signature[i] = signature[i] " " s
    else
        return
    reading[i] = s !~ /\)$/
    gsub(/  +/, " ", signature[i])
    name[i] = signature[i]
    sub(/\(.*/, "", name[i])
    sub(/.*[ *]/, "", name[i])
}

# What the reader finds: the whole code, or the function with only its body
# given.
function start(i)
{
    if (given[i] !~ /^[ \t]/)
        return given[i]
    return signature_as_written(i) "{\n" given[i] "}\n"
}

function signature_as_written(i,    part, n, j, text, on)
{
    n = split(solution[i], part, "\n")
    for (j = 1; j <= n; j++) {
        if (part[j] ~ /^[A-Za-z].*\(/ && part[j] !~ /^(static|typedef)/)
            on = 1
        if (on && part[j] == "{")
            break
        if (on)
            text = text part[j] "\n"
    }
    return text
}

# ---- is everything there? ---------------------------------------------------

# -v checks=FILE: where the checks are, and the answers that try them.
function verify(    i, s, got, checked, wrong, right, bugs)
{
    while ((got = (getline s < checks)) > 0) {
        if (s ~ /^CHECK\(/) {
            sub(/^CHECK\(/, "", s)
            sub(/\).*/, "", s)
            checked[s] = 1
        } else if (s ~ /WRONG\(/) {
            sub(/.*WRONG\(/, "", s)
            sub(/,.*/, "", s)
            wrong[s]++
        } else if (s ~ /RIGHT\(/) {
            sub(/.*RIGHT\(/, "", s)
            sub(/,.*/, "", s)
            right[s]++
        }
    }
    if (got < 0)
        fail(1, "no checks; expected the file " checks)
    if (!count)
        fail(1, "no exercise; expected a line" \
                " '/* ---- Exercise 1 * Title ---- *'")
    for (i = 1; i <= count; i++) {
        s = "exercise " number[i]
        if (number[i] != i)
            fail(at[i], s " where number " i " was expected")
        if (level[i] > 3)
            fail(at[i], s " has " level[i] " stars; expected 1, 2 or 3")
        if (title[i] ~ /^Find the bug/)
            bugs++
        if (contract[i] == "")
            fail(at[i], s " does not say what is asked")
        if (name[i] == "")
            fail(at[i], s " has no solution; expected a function")
        if (given[i] !~ /TODO\(/)
            fail(at[i], s " gives the reader no TODO; expected '/* Given:'" \
                        " and the code the reader starts from")
        if (hints[i] < 2)
            fail(at[i], s " has " hints[i] + 0 " hints; expected at least 2," \
                        " each ' * Hint: ...'")
        if (name[i] != "" && !(name[i] in checked))
            fail(at[i], s " has no check; expected 'CHECK(" name[i] ")' in " \
                        checks)
        if (name[i] != "" && wrong[name[i]] < wrongs_wanted)
            fail(at[i], s " has " wrong[name[i]] + 0 " wrong answers to try" \
                        " its check on; expected " wrongs_wanted \
                        ", each 'WRONG(" name[i] ", mistake)' in " checks)
        if (name[i] != "" && right[name[i]] < rights_wanted)
            fail(at[i], s " has " right[name[i]] + 0 " other right answers;" \
                        " expected " rights_wanted ", each 'RIGHT(" \
                        name[i] ", way)' in " checks)
    }
    if (count && !bugs)
        fail(1, "no exercise is called 'Find the bug: ...'; expected one at" \
                " least")
}

# ---- the reader's file ------------------------------------------------------

# The includes and whatever else stands before the first exercise, but for the
# comment at the top.
function preamble(    i, text, on)
{
    for (i = 1; i < at[1]; i++) {
        if (on)
            text = text line[i] "\n"
        if (line[i] ~ /\*\/$/)
            on = 1
    }
    return text
}

function show_exercises(    i, make)
{
    make = " *     make %-26s %s\n"
    printf "/* %s.c -- exercises of %s, for you to fill in.\n *\n", stem, \
           (chapter == "A" ? "the appendix" : "chapter " (chapter + 0))
    print " * Each exercise says what is asked and ends in a function with a" \
          " TODO in it."
    print " * Put your code in place of the TODO, save this file, and have it" \
          " checked:"
    print " *"
    printf make, "exercise CH=" chapter, "checks them all"
    printf make, "exercise CH=" chapter " EX=3", "checks the third"
    printf make, "watch CH=" chapter, "checks whenever you save; Ctrl-C ends it"
    printf make, "hint CH=" chapter " EX=3", "gives a hint, and then another"
    printf make, "solution CH=" chapter " EX=3", \
           "shows the solution, once you have it"
    printf make, "reset CH=" chapter " EX=3", \
           "brings the TODO back, and keeps your text"
    print " *"
    print " * Add functions of your own, or a printf: what you print is" \
          " shown. Some ask for"
    print " * no program but for a number, a letter or a formula: for those" \
          " take a pencil."
    print " * One, two or three stars: warm-up, work, thought.\n */"
    printf "%s", preamble()
    for (i = 1; i <= count; i++)
        printf "%s%s%s", lines(at[i], code_from(i) - 1), start(i), \
               (i < count ? "\n" : "")
}

# The first line after the contract.
function code_from(i,    j)
{
    for (j = at[i] + 1; line[j] !~ /^ \*\/$/ && j < NR; j++)
        ;
    return j + 1
}

function restore(    i, s, in_start, on, text, found)
{
    while ((getline s < start_from) > 0) {
        if (s ~ /^\/\* ---- Exercise [0-9]+ \*+ /) {
            split(s, part, " ")
            on = part[4] + 0 == n
        }
        if (on)
            text = text s "\n"
    }
    if (!(n in index_of)) {
        fail(1, "exercise " n " cannot be found; expected its first line," \
                " '/* ---- Exercise " n " ...'")
        return
    }
    i = index_of[n]
    printf "%s", lines(1, at[i] - 1)
    sub(/\n+$/, "\n", text)
    printf "%s%s", text, (i < count ? "\n" : "")
    printf "%s", lines(at[i + 1], NR)
}

# ---- C for the checks -------------------------------------------------------

function show_protos(    i)
{
    printf "%s", preamble()
    for (i = 1; i <= count; i++)
        print signature[i] ";"
}

# Wrong and right answers alike: which exercise each is of, and its name.
function show_checks(    i, s, kind, answer, called, n, part, pointer)
{
    print "#include \"" stem ".protos.h\"\n#include \"try.h\"\n"
    for (i = 1; i <= count; i++) {
        pointer = signature[i]
        sub(name[i] "\\(", "(*tried_" name[i] ")(", pointer)
        print "static " pointer " = " name[i] ";"
    }
    print "\n#include \"" checks "\"\n"
    while ((getline s < checks) > 0)
        if (match(s, /(WRONG|RIGHT)\(/)) {
            kind[++n] = substr(s, RSTART, RLENGTH - 1)
            s = substr(s, RSTART + RLENGTH)
            sub(/\).*/, "", s)
            split(s, part, /, */)
            answer[n] = part[1]
            called[n] = part[2]
            print "static void use_" part[1] "__" part[2] \
                  "(void)\n{\n    tried_" part[1] " = " kind[n] "(" part[1] \
                  ", " part[2] ");\n}\n"
        }
    print "const Exercise exercises[] = {"
    for (i = 1; i <= count; i++)
        print "    { " number[i] ", " level[i] ", \"" name[i] "\", \"" \
              escaped(title[i]) "\", check_" name[i] " },"
    print "    { 0 }\n};\n"
    table("wrongs", "WRONG", kind, answer, called, n)
    table("rights", "RIGHT", kind, answer, called, n)
    show_examples()
}

# What a contract gives as an example, `f(1, 2)   is 3`: the call, as C, and the
# number, with its last digit's worth.
function show_examples(    i, j, n, part, s, call, value, unit, list)
{
    for (i = 1; i <= count; i++) {
        n = split(contract[i], part, "\n")
        for (j = 1; j <= n; j++) {
            s = part[j]
            if (s !~ "^    " name[i] "\\(.*\\) +is '?[a-z0-9-]")
                continue
            call = value = s
            sub(/^ +/, "", call)
            sub(/\) +is .*/, ")", call)
            sub(/.*\) +is /, "", value)
            if (match(value, /^'.'/))
                unit = 0
            else {
                match(value, /^-?[0-9]+(\.[0-9]+)?/)
                unit = substr(value, RSTART, RLENGTH)
                unit = unit ~ /\./ ? "1e-" (length(unit) - index(unit, ".")) : 0
            }
            value = substr(value, RSTART, RLENGTH)
            list = list "    { " number[i] ", \"" escaped(call) "\", example_" \
                   ++examples ", " value ", " unit " },\n"
            print "static double example_" examples "(void) { return (double)" \
                  call "; }"
        }
    }
    print "\nconst Example examples[] = {\n" list "    { 0 }\n};"
}

function table(array, wanted, kind, answer, called, n,    i, j)
{
    print "const Answer " array "[] = {"
    for (i = 1; i <= count; i++)
        for (j = 1; j <= n; j++)
            if (kind[j] == wanted && answer[j] == name[i])
                print "    { " number[i] ", \"" called[j] "\", use_" name[i] \
                      "__" called[j] " },"
    print "    { 0 }\n};"
}

function escaped(s) { gsub(/["\\]/, "\\\\&", s); return s }

# ---- a page of the book -----------------------------------------------------

function show_page(    i, j, mark)
{
    mark[1] = "★☆☆"; mark[2] = "★★☆"; mark[3] = "★★★"
    printf "`chapters/exercises/%s.c` has a function for each of these," \
           " with a TODO where your code goes. In the folder of the book,\n\n", \
           stem
    print "```sh"
    print "make exercise CH=" chapter "         # checks them, and explains"
    print "make watch CH=" chapter "            # does so whenever you save"
    print "make hint CH=" chapter " EX=1        # gives a hint, then the next"
    print "make exercises              # shows how far you have come"
    print "```\n"
    print "One, two and three stars stand for warm-up, work and thought." \
          " Hints and solutions are folded: they open with a click.\n"
    for (i = 1; i <= count; i++) {
        printf "(exercise-%s-%d)=\n### Exercise %d: %s\n\n", number_of_chapter, \
               number[i], number[i], title[i]
        printf "%s  `make exercise CH=%s EX=%d`\n\n%s\n", mark[level[i]], \
               chapter, number[i], contract[i]
        printf "%s", fenced(start(i))
        for (j = 1; j <= hints[i]; j++)
            printf "\n::::{folded} Hint %d of %d\n%s::::\n", j, hints[i], \
                   hint[i, j]
        printf "\n::::{folded} Solution\n%s::::\n\n", fenced(solution[i])
    }
}

function fenced(code,    fence)
{
    for (fence = "```"; index(code, fence); fence = fence "`")
        ;
    return fence "c\n" code fence "\n"
}

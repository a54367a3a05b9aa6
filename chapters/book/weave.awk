# weave.awk -- turns a chapter's program into a page of the book.
#
#     awk -v out=build/out/NN_name -f chapters/book/weave.awk \
#         chapters/NN_name.c > NN_name.md
#
# With `-v pages="01_a 02_b"`, the stems of all chapters, mentions of a chapter
# by number become links. With `-v map=FILE` line N of FILE says which line of
# the program line N of the page came from. With `-v exercises=FILE` the text in
# FILE stands in the place of the line `{exercises}`, and with `-v quizzes=FILE`
# that under the heading `## NAME` in the place of the line `{quiz} NAME`: what a
# reader of the program is asked has its answer elsewhere.
#
# A line that is exactly `/*` opens prose, one that is exactly `*/` closes it;
# prose is passed on as it is (MyST Markdown), all else is set as code. Under
# each cell (a function that main lists as `cell(name);`) stands what it
# printed: the file `out`/name.out. The chapter's header, if it has one, ends
# the page. Run it from the project root: claims name tests by their path.
#
# What only prints, plots or parses need not stand between the reader and the
# idea. A comment alone on its line,
#
#     /* fold: prints the table */
#
# folds, in the page, the code below it: within a function all that is left of
# it, down to its `}`; before a function the whole of it. The page shows the
# comment's text and the number of lines, and a click shows the code. The
# program stays as it is, from top to bottom.
#
# A line of prose `{header} Batch Model` shows these types of the chapter's header
# where they are first spoken of: each from its typedef, with what is said above
# it, to its `} Batch;`.
#
# A line of prose `{seeds} NAME | HEADING | HEADING ...` becomes a table of what
# cell NAME plots when it is run with several seeds: the mean, and in brackets
# the least and the greatest. Headings are those of the columns; the first column
# says what a row is of, and may be a word (_ is shown as a blank). It is made from
# the file that `-v seeds=FILE` names, which `make seeds` has kept: on each line a
# table, a seed, numbers. Where some seeds have no number (NaN), it says how many
# do.
#
# Prose can fold, too: see conf.py, `:::{folded}`; and how a quiz is written,
# `:::{quiz}`.
#
# Whatever is wrong is reported as FILE:LINE: what was expected; then the exit
# status is 1 and nothing is written.

{ line[NR] = $0 }

END {
    file = ARGV[1]
    page = from = code = pending = ""
    sort_lines();  stop_if_failed()
    list_cells();  stop_if_failed()
    find_cells();  stop_if_failed()
    weave()
    hand_on()
    stop_if_failed()
    printf "%s", page
    if (map != "")
        printf "%s", from > map
}

# Adds text (whole lines) to the page; n is the line it comes from.
function put(n, text)
{
    page = page text
    for (n = n "\n"; sub(/\n/, "", text); )
        from = from n
}

function fail(n, message)
{
    printf "%s:%d: %s\n", file, n, message > "/dev/stderr"
    failed = 1
}

function stop_if_failed() { if (failed) exit 1 }

# kind[i] becomes "mark", "prose" or "code". Checks that marks come in pairs
# and that the first thing said is the title.
function sort_lines(    i, s, open, title, fence)
{
    for (i = 1; i <= NR; i++) {
        s = line[i]
        kind[i] = "mark"
        if (s ~ /^(\/\*|\*\/)[ \t\r]+$/)
            fail(i, "blanks after '" substr(s, 1, 2) \
                    "'; expected nothing else on the line")
        else if (s == "/*") {
            if (open)
                fail(i, "'/*' inside the prose that line " open \
                        " opened; expected '*/' before it")
            open = i
        } else if (s == "*/") {
            if (!open)
                fail(i, "'*/' alone, but no prose is open; expected '/*'" \
                        " alone on a line before it")
            open = 0
            fence = 0
        } else if (open) {
            kind[i] = "prose"
            if (s ~ /\*\//)
                fail(i, "'*/' inside prose: the compiler ends the comment" \
                        " there; expected it alone on its line")
            if (s ~ /^(```|~~~)/)
                fence = !fence
            if (!title && s !~ /^[ \t]*$/) {
                title = i
                if (s !~ /^# [^ ]/)
                    fail(i, "expected the title, '# ...', as the first line" \
                            " of prose")
            } else if (s ~ /^# / && !fence)
                fail(i, "a second title; expected '## ...' (the title is in" \
                        " line " title ")")
        } else
            kind[i] = "code"
    }
    if (open)
        fail(open, "this prose is never closed; expected '*/' alone on a line")
    if (!title)
        fail(1, "no prose; expected '/*' and then a line '# Title'")
    title_at = title
}

# listed[name] becomes the line of main where the cell is listed.
function list_cells(    i, s, main, n)
{
    for (i = 1; i <= NR; i++) {
        s = line[i]
        if (kind[i] != "code")
            continue
        if (s ~ /^int main\(/)
            main = i
        if (!main || s !~ /(^|[^A-Za-z0-9_])cell\(/)
            continue
        if (s !~ /^[ \t]+cell\([A-Za-z0-9_]+\);([ \t]*\/[\/*].*)?$/) {
            fail(i, "expected 'cell(name);' alone on the line: main is only" \
                    " the list of cells")
            continue
        }
        sub(/^[ \t]*cell\(/, "", s)
        sub(/\).*/, "", s)
        if (s in listed)
            fail(i, "cell '" s "' is listed twice (first in line " \
                    listed[s] ")")
        else
            listed[s] = i
        n++
    }
    if (!main)
        fail(NR, "no main; expected 'int main(int argc, char **argv)'" \
                 " with the list of cells")
    else if (!n)
        fail(main, "main lists no cell; expected 'cell(name);'")
}

# ends[i] becomes the name of the cell whose function ends in line i.
function find_cells(    i, s, name, from, found)
{
    for (i = 1; i <= NR; i++) {
        s = line[i]
        if (kind[i] != "code")
            continue
        if (s ~ /^static void [A-Za-z0-9_]+\(void\)[ \t]*\{?$/) {
            name = s
            sub(/^static void /, "", name)
            sub(/\(.*/, "", name)
            from = i
        } else if (s ~ /^\}/ && from) {
            if (name in listed) {
                found[name] = ends[i] = name
                if (i - from + 1 >= 30)
                    fail(from, "cell '" name "' is " (i - from + 1) \
                               " lines long; expected fewer than 30")
            }
            from = 0
        }
    }
    for (i = 1; i <= NR; i++)       # in the order of main, not of the hash
        for (name in listed)
            if (listed[name] == i && !(name in found))
                fail(i, "main lists cell '" name "', which is nowhere;" \
                        " expected 'static void " name "(void)'")
}

# The page itself. Code that stands before the title (a licence, say) follows
# it on the page, which has to begin with its title.
function weave(    i)
{
    stem = file
    sub(/.*\//, "", stem)
    sub(/\.c$/, "", stem)
    read_quizzes()
    put(title_at, "(chapter-" substr(stem, 1, 2) ")=\n" line[title_at] "\n\n")
    for (i = 1; i <= NR; i++) {
        if (kind[i] == "code") {
            if (code == "" && line[i] ~ /^[ \t]*$/)
                continue
            if (code == "")
                code_at = i
            code = code line[i] "\n"
            if (i in ends) {
                set_code()
                set_output(ends[i], i)
            }
        } else {
            set_code()
            if (kind[i] == "mark") {
                if (pending != "")
                    fail(i, "a {test} role is not closed; expected '`'")
                pending = ""
                put(i, "\n")
            } else if (i != title_at) {
                erratum(i)
                claims(i, line[i])
                if (line[i] == "{exercises}")
                    set_exercises(i)
                else if (line[i] ~ /^\{quiz\} /)
                    set_quiz(i, substr(line[i], 8))
                else if (line[i] ~ /^\{header\} /)
                    set_types(i, line[i])
                else if (line[i] ~ /^\{seeds\} /)
                    set_seeds(i, line[i])
                else
                    put(i, quoted(linked(line[i])) "\n")
            }
        }
    }
    set_code()
    if (exercises != "" && !exercised)
        fail(NR, "this chapter has exercises; expected a line '{exercises}'" \
                 " in its prose, where they are to stand")
    for (i = 1; i <= asked; i++)
        if (!(quiz_name[i] in shown))
            fail(NR, "quiz '" quiz_name[i] "' of " quizzes " stands nowhere;" \
                     " expected a line '{quiz} " quiz_name[i] "'")
}

# quiz[NAME] becomes what stands under `## NAME` in the file of the quizzes.
function read_quizzes(    s, name)
{
    while (quizzes != "" && (getline s < quizzes) > 0) {
        if (s ~ /^## /) {
            name = quiz_name[++asked] = substr(s, 4)
            if (name in quiz)
                fail(NR, "two quizzes '" name "' in " quizzes)
            quiz[name] = ""
        } else if (asked && (s != "" || quiz[name] != ""))
            quiz[name] = quiz[name] s "\n"
    }
    close(quizzes)
}

function set_quiz(n, name,    i, count, part)
{
    if (!(name in quiz)) {
        fail(n, "no quiz '" name "'; expected a line '## " name "' in " \
                (quizzes == "" ? "chapters/book/quizzes/" stem ".md" : quizzes))
        return
    }
    shown[name] = n
    sub(/\n+$/, "", quiz[name])
    count = split(quiz[name], part, "\n")
    put(n, (kind[n - 1] == "mark" || line[n - 1] == "" ? "" : "\n") ":::{quiz}\n")
    for (i = 1; i <= count; i++)
        put(n, linked(part[i]) "\n")
    put(n, ":::\n")
}

# The types that a line `{header} ...` names, as code.
function set_types(n, s,    path, name, head, count, k, h, size, from, to, text)
{
    path = file
    sub(/\.c$/, ".h", path)
    while ((getline h < path) > 0)
        head[++size] = h
    close(path)
    count = split(s, name, " ")
    for (k = 2; k <= count; k++) {
        for (to = 1; to <= size && head[to] != "} " name[k] ";"; to++)
            ;
        if (to > size) {
            fail(n, "no line '} " name[k] ";' in " path)
            return
        }
        for (from = to; from > 1 && head[from] !~ /^typedef/; from--)
            ;
        while (from > 1 && head[from - 1] != "")
            from--
        for (; from <= to; from++)
            text = text head[from] "\n"
        if (k < count)
            text = text "\n"
    }
    put(n, "```c\n" text "```\n")
}

# The table that a line `{seeds} ...` asks for.
function set_seeds(n, s,    head, columns, name, part, m, i, k, rows, row, all, \
                   seed, text, have, sum, low, high, word)
{
    columns = split(s, head, / *\| */) - 1
    name = head[1]
    sub(/^\{seeds\} */, "", name)
    while ((getline s < seeds) > 0) {
        m = split(s, part, " ")
        if (part[1] != name)
            continue
        if (m - 2 != columns) {
            fail(n, "table " name " has " m - 2 " columns in " seeds \
                    "; expected as many headings, not " columns)
            columns = m - 2
        }
        if (!(part[2] in row))
            all++
        k = ++row[part[2]]
        rows = k > rows ? k : rows
        word[k] = part[3] ~ /^[a-z]/ ? part[3] : ""
        for (i = 1; i <= columns; i++)
            if ((s = part[i + 2]) != "NaN") {
                sum[k, i] += s
                low[k, i] = !have[k, i] || s + 0 < low[k, i] ? s + 0 : low[k, i]
                high[k, i] = !have[k, i] || s + 0 > high[k, i] ? s + 0 \
                                                              : high[k, i]
                have[k, i]++
            }
    }
    close(seeds)
    if (!rows)
        fail(n, "no table " name " in " (seeds == "" ? "any file" : seeds) \
                "; expected what 'make seeds CH=" substr(stem, 1, 2) "' keeps")
    for (seed in row)
        if (row[seed] != rows)
            fail(n, "table " name " has " row[seed] " rows for seed " seed \
                    " in " seeds "; expected " rows ", as for others")
    for (i = 1; i <= columns; i++)
        text = text "| " head[i + 1] " "
    text = text "|\n"
    for (i = 1; i <= columns; i++)
        text = text (i == 1 ? "|:--" : "|--:")
    text = text "|\n"
    for (k = 1; k <= rows; k++) {
        gsub("_", " ", word[k])
        for (i = 1; i <= columns; i++)
            text = text "| " (i == 1 && word[k] != "" ? word[k] : have[k, i] \
                ? spread(sum[k, i] / have[k, i], low[k, i], high[k, i], \
                         have[k, i], all, i == 1) : "–") " "
        text = text "|\n"
    }
    put(n, text)
}

# "12 (10–15; 2 of 3)": what differs between seeds, and how many have a number.
function spread(mean, low, high, have, all, plain,    format, notes)
{
    format = high >= 10 ? "%.0f" : "%.2g"
    if (plain)
        return low == high ? low : sprintf(high >= 100 ? "%.0f" : "%.1f", mean)
    low = sprintf(format, low)
    high = sprintf(format, high)
    notes = low == high ? "" : low "–" high
    if (have < all)
        notes = notes (notes == "" ? "" : "; ") have " of " all
    return sprintf(format, mean) (notes == "" ? "" : " (" notes ")")
}

function set_exercises(n,    s, got, text)
{
    exercised = 1
    if (exercises == "") {
        fail(n, "this chapter has no exercises; expected chapters/solutions/" \
                stem ".c")
        return
    }
    while ((got = (getline s < exercises)) > 0)
        text = text s "\n"
    close(exercises)
    if (got < 0)
        fail(n, "cannot read " exercises)
    put(n, text)
}

# "chapter 5" becomes a link, if `pages` names that chapter: the stems of all
# that are woven, with blanks between them.
function linked(s,    done, n, i, part, number)
{
    if (s ~ /^[:#|]|^\([^ ]*\)=/)  # options, headings, tables, labels
        return s
    n = split(pages, part, " ")
    while (match(s, /[Cc]hapter [0-9]+/)) {
        number = substr(s, RSTART + 8, RLENGTH - 8)
        done = done substr(s, 1, RSTART - 1)
        for (i = n; i > 0 && (part[i] + 0 != number + 0 || part[i] == stem); )
            i--
        done = done (i ? "[" substr(s, RSTART, RLENGTH) "](" part[i] ".md)" \
                       : substr(s, RSTART, RLENGTH))
        s = substr(s, RSTART + RLENGTH)
    }
    return done s
}

# A run of backticks that the text does not contain.
function fence_for(text,    fence)
{
    for (fence = "```"; index(text, fence); fence = fence "`")
        ;
    return fence
}

function set_code(    fence, i, n, part, mark)
{
    sub(/[ \t\n]+$/, "", code)
    if (code == "")
        return
    fence = fence_for(code)
    n = split(code, part, "\n")
    code = ""
    i = 1
    if (next_fold(part, i, n) > n) {
        put(code_at, "\n")
        set_lines(part, i, n, fence)
    } else {
        put(code_at, "\n:::::{container} listing\n")
        while ((mark = next_fold(part, i, n)) <= n) {
            set_lines(part, i, mark - 1, fence)
            i = set_fold(part, mark, n, fence)
        }
        set_lines(part, i, n, fence)
        put(code_at + n - 1, ":::::\n")
    }
    put(code_at + n - 1, "\n")
}

# Sets part[from .. to] as code, without empty lines at its ends.
function set_lines(part, from, to, fence,    i)
{
    while (from <= to && part[from] ~ /^[ \t]*$/)
        from++
    while (from <= to && part[to] ~ /^[ \t]*$/)
        to--
    if (from > to)
        return
    put(code_at + from - 1, fence "c\n")
    for (i = from; i <= to; i++)
        put(code_at + i - 1, part[i] "\n")
    put(code_at + to - 1, fence "\n")
}

function is_fold(s) { return s ~ /^[ \t]*\/\* fold:/ }

function next_fold(part, from, n)
{
    while (from <= n && !is_fold(part[from]))
        from++
    return from
}

# Folds what the comment part[mark] says; the line after it.
function set_fold(part, mark, n, fence,    s, to)
{
    s = part[mark]
    if (s !~ /^[ \t]*\/\* fold: [^ ].* \*\/$/)
        fail(code_at + mark - 1, "expected '/* fold: what it does */' alone" \
                                 " on its line")
    for (to = mark + 1; to <= n && part[to] !~ /^\}/ && !is_fold(part[to]); )
        to++
    if (s ~ /^[ \t]/)           # within a function, whose } stays
        to--
    if (to <= mark || to > n || part[to + (s ~ /^[ \t]/)] !~ /^\}/) {
        fail(code_at + mark - 1, "nothing to fold; expected code below it, and" \
                                 " a '}' at the start of a line at its end")
        return n + 1
    }
    gsub(/^[ \t]*\/\* fold: *| *\*\/$/, "", s)
    s = s " · " (to - mark) (to - mark == 1 ? " line" : " lines")
    put(code_at + mark - 1, ":::{folded} " s "\n:class: code\n\n")
    set_lines(part, mark + 1, to, fence)
    put(code_at + to - 1, ":::\n")
    return to + 1
}

# `:alt: text` of a figure, in quotes: for MyST it is YAML, where a colon or a
# # in the text means something else.
function quoted(s)
{
    if (s !~ /^:alt: *[^ "']/)
        return s
    sub(/^:alt: */, "", s)
    gsub(/\\/, "&&", s)
    gsub(/"/, "\\\"", s)
    return ":alt: \"" s "\""
}

function set_output(name, n,    path, s, got, text, fence)
{
    path = out "/" name ".out"
    while ((got = (getline s < path)) > 0)
        text = text s "\n"
    close(path)
    if (got < 0)
        fail(n, "cell '" name "' has no output; expected the file " path \
                " (the chapter writes it when run with --out " out ")")
    sub(/^[ \t\n]*\n/, "", text)
    sub(/[ \t\n]+$/, "", text)
    if (text == "")
        return
    fence = fence_for(text)
    put(n, "\n" fence "{code-block} none\n:class: output\n\n" text "\n" \
           fence "\n\n")
}

# An erratum gets a label, to which the errata page (errata.awk) links back.
function erratum(i,    s, titled, classed, fence, end)
{
    s = line[i]
    if (s !~ /^[ \t]*:::+\{admonition\}/)
        return
    titled = s ~ /\} *Erratum: [^ ]/
    classed = line[i + 1] ~ /^[ \t]*:class:.*erratum/
    if (!titled && !classed && s !~ /\} *Errat/)
        return
    if (!titled || !classed || s ~ /^[ \t]/) {
        fail(i, "expected ':::{admonition} Erratum: title' at the start of" \
                " the line, and ':class: erratum' in the next")
        return
    }
    fence = s
    sub(/\{.*/, "", fence)
    for (end = i + 1; kind[end] == "prose" && line[end] != fence; end++)
        ;
    if (kind[end] != "prose")
        fail(i, "this erratum is never closed; expected '" fence "'")
    put(i, "\n(erratum-" substr(stem, 1, 2) "-" ++errata ")=\n")
}

# Every {test}`FILE: NAME` must name a test that exists. The role may run on
# into the next line.
function claims(i, s,    at, rest, end)
{
    if (pending != "") {
        sub(/^[ \t]+/, "", s)
        if (s == "")
            fail(i, "a {test} role is not closed; expected '`'")
        s = s == "" ? "" : pending " " s
        pending = ""
    }
    while ((at = index(s, "{test}`"))) {
        rest = substr(s, at + 7)
        end = index(rest, "`")
        if (!end) {
            pending = substr(s, at)
            return
        }
        check_claim(i, substr(rest, 1, end - 1))
        s = substr(rest, end + 1)
    }
}

function check_claim(i, claim,    path, name, other, s, got, found)
{
    if (claim !~ /^[^: \t]+:[ \t]*[A-Za-z0-9_]+$/) {
        fail(i, "expected {test}`tests/FILE.c: name_of_the_test`, found '" \
                claim "'")
        return
    }
    path = name = claim
    sub(/:.*/, "", path)
    sub(/.*[: \t]/, "", name)
    other = path
    sub(/^tests\//, "", other)
    sub(/\.c$/, "", other)
    if (other ~ /^[0-9][0-9]_/ && !reaches(stem, other)) {
        fail(i, "the claim names a test of " other ", which this chapter does" \
                " not include; expected one of tests/" stem ".c, of a module" \
                " of common/ or of a chapter that is included")
        return
    }
    while ((got = (getline s < path)) > 0)
        if (s ~ ("void " name "[ \t]*\\("))
            found = 1
    close(path)
    if (got < 0)
        fail(i, "the claim names " path ", which cannot be read")
    else if (!found)
        fail(i, "no test '" name "' in " path "; expected 'void " name \
                "(...' there")
}

# Whether chapter `from` is `to` or includes its header, itself or through the
# header of another.
function reaches(from, to,    list, n, i, part)
{
    if (from == to)
        return 1
    if (!(from in included))
        included[from] = includes_of(from ".c") includes_of(from ".h")
    list = included[from]
    n = split(list, part, " ")
    for (i = 1; i <= n; i++)
        if (part[i] != from && reaches(part[i], to))
            return 1
    return 0
}

function includes_of(name,    path, s, list)
{
    path = file
    sub(/[^\/]*$/, name, path)
    while ((getline s < path) > 0)
        if (s ~ /^# *include *"[0-9][0-9]_/) {
            gsub(/^[^"]*"|\.h".*/, "", s)
            list = list s " "
        }
    close(path)
    return list
}

# Sets names[] to what a header declares: functions, and types at the end of a
# struct. Comments and what stands within braces are none.
function declared_in(text, names,    n, i, part, s, deep)
{
    gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", text)
    n = split(text, part, "\n")
    for (i = 1; i <= n; i++) {
        s = part[i]
        if (s ~ /^#/)
            continue
        if (!deep && match(s, /[A-Za-z_][A-Za-z0-9_]*\(/) && s ~ /^[A-Za-z]/)
            names[substr(s, RSTART, RLENGTH - 1)] = "[(]"    # it is called
        if (match(s, /^\} [A-Za-z_]+;/))
            names[substr(s, 3, RLENGTH - 3)] = "[^A-Za-z0-9_]"
        deep += gsub(/\{/, "", s) - gsub(/\}/, "", s)
    }
}

# Which of names[] the code of a chapter uses: "`a`, `b`", in its order.
function used_by(other, names,    path, ending, s, prose, n, i, part, seen, list)
{
    for (ending = 1; ending <= 2; ending++) {
        path = file
        sub(/[^\/]*$/, other (ending == 1 ? ".h" : ".c"), path)
        prose = 0
        while ((getline s < path) > 0) {
            if (s == "/*" || s == "*/")
                prose = s == "/*"
            if (prose)
                continue
            n = split(s, part, /[^A-Za-z0-9_]+/)
            for (i = 1; i <= n; i++)
                if ((part[i] in names) && !(part[i] in seen) \
                    && (" " s " ") ~ ("[^A-Za-z0-9_.>]" part[i] \
                                      names[part[i]])) {
                    seen[part[i]]
                    list = list (list == "" ? "" : ", ") "`" part[i] "`"
                }
        }
        close(path)
    }
    return list
}

# The chapter's header, and who uses what of it.
function hand_on(    path, s, text, fence, names, n, i, part, list, users)
{
    path = file
    sub(/\.c$/, ".h", path)
    while ((getline s < path) > 0)
        text = text s "\n"
    close(path)
    if (text == "")
        return
    declared_in(text, names)
    n = split(pages, part, " ")
    for (i = 1; i <= n; i++)
        if (part[i] != stem && reaches(part[i], stem)) {
            list = used_by(part[i], names)
            if (list != "")
                users = users "- " (part[i] < "90" ? "chapter " (part[i] + 0) \
                    : "the appendix") ": " list "\n"
        }
    if (users == "")
        s = "## The header\n\nTests and exercises use what was built here" \
            " through this header, `" stem ".h`."
    else
        s = "## What this chapter hands on\n\nThis header, `" stem ".h`," \
            " is how others use what was built here:\n\n" users \
            "\nWhat else it declares is for tests and exercises."
    n = split(s, part, "\n")
    s = ""
    for (i = 1; i <= n; i++)
        s = s linked(part[i]) "\n"
    fence = fence_for(text)
    put(NR, "\n" s "\n" fence "c\n" text fence "\n")
}

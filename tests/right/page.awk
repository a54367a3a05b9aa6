# page.awk -- makes the page "How we know it is right": chapters/book/right.md.
#
#     awk -f tests/right/page.awk -v dir=build/right tests/right/page.md
#
# The folder holds what the checks have said last (keep.sh). In the text, on a
# line of its own,
#
#     @row NAME | COMMAND | WORDS
#
# is a row of the table, with what was kept as NAME as its last column; a NAME
# that ends in * stands for all that begin so, whose counts ("N of M ...") are
# added. {dates} is when they ran. A row whose check has not run fails.

function kept(name,    day, line) {
    if ((getline day < (dir "/" name)) <= 0 ||
        (getline line < (dir "/" name)) <= 0) {
        print "not kept: " name ": run its command first" > "/dev/stderr"
        failed = 1
        return "?"
    }
    close(dir "/" name)
    if (first == "" || day < first) first = day
    if (day > last) last = day
    return line
}

# The sum of "N of M words" over all files.
function sum(start,    command, name, line, part, n, m, files, words) {
    command = "ls " dir
    while ((command | getline name) > 0)
        if (index(name, start) == 1) {
            line = kept(name)
            split(line, part, " ")
            n += part[1]
            m += part[3]
            files++
            words = line
            sub(/^[0-9]+ of [0-9]+ /, "", words)
        }
    close(command)
    if (!files) {
        kept(start)
        return "?"
    }
    return n " of " m " " words ", in " files " files"
}

{ text[NR] = $0 }
/^@row / {
    split($0, part, " *\\| *")
    name = part[1]
    sub(/^@row +/, "", name)
    said = name ~ /\*$/ ? sum(substr(name, 1, length(name) - 1)) : kept(name)
    text[NR] = "| `" part[2] "` | " part[3] " | " said " |"
}
END {
    dates = first == last ? "on " first : "from " first " to " last
    for (i = 1; i <= NR; i++) {
        gsub(/\{dates\}/, dates, text[i])
        print text[i]
    }
    exit failed
}

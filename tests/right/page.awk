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
# that ends in * stands for all that begin so, whose counts are added, place by
# place. {dates} is when they ran. A row whose check has not run is left out, and
# said.

function kept(name,    day, line) {
    if ((getline day < (dir "/" name)) <= 0 ||
        (getline line < (dir "/" name)) <= 0) {
        print "left out, for it has not run: " name > "/dev/stderr"
        return ""
    }
    close(dir "/" name)
    if (first == "" || day < first) first = day
    if (day > last) last = day
    return line
}

# All numbers of the last lines added, place by place, in the words of the last.
function sum(start,    command, name, line, part, numbers, files, i, said) {
    command = "ls " dir
    while ((command | getline name) > 0)
        if (index(name, start) == 1) {
            line = kept(name)
            gsub(/[^0-9]+/, " ", line)
            numbers = split(line, part, " ")
            for (i = 1; i <= numbers; i++)
                total[start, i] += part[i]
            said = kept(name)
            files++
        }
    close(command)
    if (!files)
        return kept(start)
    line = ""
    for (i = 1; match(said, /[0-9]+/); i++) {
        line = line substr(said, 1, RSTART - 1) total[start, i]
        said = substr(said, RSTART + RLENGTH)
    }
    return line said (files > 1 ? " (in " files " runs)" : "")
}

{ text[NR] = $0 }
/^@row / {
    split($0, part, " *\\| *")
    name = part[1]
    sub(/^@row +/, "", name)
    said = name ~ /\*$/ ? sum(substr(name, 1, length(name) - 1)) : kept(name)
    text[NR] = "| `" part[2] "` | " part[3] " | " said " |"
    if (said == "")
        left_out[NR] = 1
}
END {
    dates = first == last ? "on " first : "from " first " to " last
    for (i = 1; i <= NR; i++) {
        gsub(/\{dates\}/, dates, text[i])
        if (!(i in left_out))
            print text[i]
    }
    if (first == "") {
        print dir ": no check has run" > "/dev/stderr"
        exit 1
    }
}

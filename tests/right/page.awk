# page.awk -- makes the page "How we know it is right": chapters/book/right.md.
#
#     awk -f tests/right/page.awk -v dir=build/right -v page=PAGE tests/right/page.md
#
# The folder holds what the checks have said last (keep.sh). In the text, on a
# line of its own,
#
#     @row NAME | COMMAND | WORDS
#
# is a row of the table; behind it comes what was kept as NAME, and the day it ran. A
# NAME that ends in * stands for all that begin so, whose counts are added, place by
# place. A row whose check has not run here is taken from PAGE, as it was made last,
# with its day.

function kept(name,    day, line) {
    if ((getline day < (dir "/" name)) <= 0 ||
        (getline line < (dir "/" name)) <= 0)
        return ""
    close(dir "/" name)
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
        return ""
    line = ""
    for (i = 1; match(said, /[0-9]+/); i++) {
        line = line substr(said, 1, RSTART - 1) total[start, i]
        said = substr(said, RSTART + RLENGTH)
    }
    return line said (files > 1 ? " (in " files " runs)" : "")
}

# What stood behind a row's command and words on the page before.
BEGIN {
    while ((getline line < page) > 0)
        if (split(line, part, " \\| ") > 3)
            stood[part[1]] = part[3] " | " part[4]
}

!/^@row / { print; next }
{
    split($0, part, " *\\| *")
    name = part[1]
    sub(/^@row +/, "", name)
    last = ""
    said = name ~ /\*$/ ? sum(substr(name, 1, length(name) - 1)) : kept(name)
    start = "| `" part[2] "`"
    if (said != "") {
        ran++
        print start " | " part[3] " | " said " | " last " |"
    } else if (start in stood)
        print start " | " part[3] " | " stood[start]
    else
        print "left out, for it has not run: " name > "/dev/stderr"
}
END {
    if (!ran) {
        print dir ": no check has run" > "/dev/stderr"
        exit 1
    }
}

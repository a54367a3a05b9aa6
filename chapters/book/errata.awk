# errata.awk -- gathers every erratum of the woven pages it is given, in order,
# for the errata page. Each was written once, in its chapter, where weave.awk
# put a label before it.
#
#     awk -f chapters/book/errata.awk build/weave/[0-9][0-9]_*.md

FNR == 1 { title = "" }

/^# / && title == "" { title = substr($0, 3) }

/^\(erratum-[0-9][0-9]-[0-9]+\)=$/ {
    label = substr($0, 2, length($0) - 3)
    next
}

label != "" && fence == "" {            # the line that opens it
    if (title != last) {
        number = substr(label, 9, 2) + 0        # from 90 on: an appendix
        print "\n## " (number < 90 ? "Chapter " number ": " : "") title
        last = title
    }
    fence = $0
    sub(/\{.*/, "", fence)
    printf "\n%s\n", $0
    n++
    next
}

fence != "" && $0 == fence {
    printf "\n{ref}`In its place in the chapter <%s>`\n%s\n", label, fence
    label = fence = ""
    next
}

fence != "" {
    if (/^:(name|label):/)              # labels stay unique
        next
    sub(/^\$\$ *\([^)]*\) *$/, "$$")
    print
}

END { if (!n) print "\nNone so far." }

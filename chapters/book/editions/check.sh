#!/bin/sh
# check.sh -- looks whether the EPUB is whole: as many figures as in the pages,
# no TeX left raw, and what epubcheck finds, if it is installed: links that lead
# nowhere, too.
#
#     LOOM_BUILD=build sh chapters/book/editions/check.sh
#
# Says what is wrong; exit status 1 if something is.

set -u
build=${LOOM_BUILD:-build}
made=$build/editions/epub
epub=$made/attention-in-c.epub
status=0

wrong()
{
    printf '%s: %s\n' "$epub" "$*" >&2
    status=1
}

[ -f "$epub" ] || { wrong 'is not there'; exit 1; }

expected=$(cat "$build"/book/*.html | grep -c '<svg class="plot"')
figures=$(cat "$made"/*.xhtml | grep -o '<img [^>]*\.svg"' | wc -l)
[ "$figures" -eq "$expected" ] ||
    wrong "$figures figures; expected $expected, as in the pages"

for page in "$made"/*.xhtml "$made/toc.ncx"; do
    raw=$(sed 's/ [a-z]*="[^"]*"//g' "$page" |
        grep -oE '\\(begin|frac|operatorname|sqrt)\b.{0,30}' |
        head -n 1)
    [ -z "$raw" ] && ! grep -q 'tex">[^<]' "$page" ||
        wrong "$(basename "$page"): TeX is left raw: $raw"
done

# Debian's is a jar, which not every system runs by itself.
if command -v epubcheck >/dev/null 2>&1; then
    run=epubcheck
    epubcheck --version >/dev/null 2>&1 ||
        run="java -jar $(command -v epubcheck)"
    said=$($run --failonwarnings "$epub" 2>&1) ||
        wrong "$(printf '%s\n' "$said" | grep '^[A-Z]*(' || echo "$said")"
else
    echo "$epub: not checked by epubcheck, which is missing" >&2
fi
exit $status

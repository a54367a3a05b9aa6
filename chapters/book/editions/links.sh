#!/bin/sh
# links.sh -- puts the editions that have been made beside the site, and a line
# about them on its front page; without one the line stays hidden.
#
#     LOOM_BUILD=build sh chapters/book/editions/links.sh
#
# Leaves the page's time as it is: an edition is not older for being named.

set -u
build=${LOOM_BUILD:-build}
front=$build/book/index.html

# one FILE NAME: the link to an edition, if it is there.
one()
{
    rm -f "$build/book/$1"
    [ -f "$build/editions/$1" ] || return 0
    ln -f "$build/editions/$1" "$build/book/$1" 2>/dev/null ||
        cp "$build/editions/$1" "$build/book/$1" || exit 1
    size=$(wc -c < "$build/book/$1")
    printf ' <a href="%s">%s</a> (%s MB).' "$1" "$2" \
        "$(echo "$size" | awk '{ printf "%.1f", $1 / 1e6 }')"
}

links=$(one attention-in-c.pdf 'PDF, A4')$(
    one attention-in-c-screen.pdf 'PDF for a screen')$(
    one attention-in-c.epub EPUB)
line='<p class="editions" hidden></p>'
[ -z "$links" ] || line="<p class=\"editions\">In one file:$links</p>"

# More may stand on the same line of the page.
awk -v line="$line" '
    at = index($0, "<p class=\"editions\"") {
        before = substr($0, 1, at - 1)
        after = substr($0, at)
        $0 = before line substr(after, index(after, "</p>") + 4)
    }
    { print }' "$front" > "$front.new" && touch -r "$front" "$front.new" &&
    mv "$front.new" "$front"

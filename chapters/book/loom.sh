#!/bin/sh
# loom.sh -- makes the book. Run from the project root, after the chapters have
# been run and the plots drawn:
#
#     sh chapters/book/loom.sh
#
# It puts Sphinx's source together in build/weave (woven chapters, front
# matter, figures) and lets Sphinx make build/book. Only files that changed are
# rewritten, so Sphinx reads only those again. Exit status 1 if there is no book:
# then build/book/index.html is absent. What Sphinx warns of is told, but stops
# only with WERROR=1: another version may warn of what is well in this one.
#
# With EDITION=epub it makes build/editions/epub/attention-in-c.epub of the same
# source, in folders of its own (see editions/epub.py); that needs node as well.
#
# The environment may name other places: LOOM_CHAPTERS (chapters), LOOM_BUILD
# (build), KATEX (the folder that holds katex.min.js), SPHINXBUILD.

set -u
book=$(dirname "$0")
parser=tests/exercises/exercise.awk
chapters=${LOOM_CHAPTERS:-chapters}
build=${LOOM_BUILD:-build}
sphinx=${SPHINXBUILD:-sphinx-build}
case ${EDITION:=html} in
html) weave=$build/weave doctrees=$build/doctrees made=$build/book
    first=$made/index.html ;;
epub) weave=$build/editions/weave doctrees=$build/editions/doctrees
    made=$build/editions/epub first=$made/attention-in-c.epub ;;
*) echo "loom: no edition $EDITION; expected html or epub" >&2; exit 1 ;;
esac

stop()
{
    printf 'loom: %s\n' "$*" >&2
    rm -f "$first"
    exit 1
}

# ---- what the book needs beyond a compiler ----------------------------------

command -v "$sphinx" >/dev/null 2>&1 ||
    stop "no $sphinx: the book needs Sphinx (Debian: python3-sphinx);" \
         "chapters run, plot and are tested without it."

katex=
for place in ${KATEX:+"$KATEX"} \
    /usr/share/javascript/katex \
    /usr/share/nodejs/katex/dist \
    /usr/lib/node_modules/katex/dist \
    /usr/local/lib/node_modules/katex/dist \
    /opt/homebrew/lib/node_modules/katex/dist; do
    if [ -f "$place/katex.min.js" ] && [ -d "$place/fonts" ]; then
        katex=$place
        break
    fi
done
[ -n "$katex" ] ||
    stop "no KaTeX, which sets the formulas (Debian's package libjs-katex)." \
         "If it is elsewhere: KATEX=FOLDER, the one with katex.min.js in it."

# ---- Sphinx's source, first in a folder of its own --------------------------

new=$weave.new
map=$weave.map
rm -rf "$new" "$map"
mkdir -p "$map" "$new/_static/katex/fonts" "$weave" "$made" ||
    stop "cannot write to $build"
trap 'rm -rf "$new"' EXIT

cp "$book"/*.md "$book/conf.py" "$book/svg.json" \
    "$book/references.bib" "$new" &&
    cp "$book"/_static/* "$new/_static" &&
    cp "$katex/katex.min.js" "$katex/katex.min.css" "$new/_static/katex" &&
    cp "$katex"/fonts/*.woff2 "$new/_static/katex/fonts" ||
    stop "cannot copy to $new"

if [ "$EDITION" = epub ]; then
    command -v node >/dev/null 2>&1 ||
        stop "no node, which sets the formulas (Debian's package nodejs)."
    export KATEX="$katex"
    rm -rf "$made" && mkdir -p "$made" "$new/_epub" &&
        cp "$book"/editions/epub.py "$book"/editions/mathml.cjs "$new" &&
        cp "$book"/editions/epub.css "$new/_epub" ||
        stop "cannot copy to $new"
fi

pages=$(sh "$book/list.sh" "$chapters" ${LISTED:+2>/dev/null} | tr '\n' ' ')
[ -n "$pages" ] || stop "no chapters in $chapters"
woven=0
failed=0
for name in $pages; do
    chapter=$chapters/$name.c
    if [ ! -d "$build/out/$name" ]; then
        echo "$chapter:1: not run yet; expected the folder" \
            "$build/out/$name ('make book' runs it)" >&2
        failed=1
        continue
    fi
    exercises=
    if [ -f "$chapters/solutions/$name.c" ]; then
        exercises=$map/$name.exercises
        for show in verify page; do
            awk -v show=$show -v checks="tests/exercises/$name.c" -f "$parser" \
                "$chapters/solutions/$name.c" > "$exercises" || failed=1
        done
    fi
    quizzes=$book/quizzes/$name.md
    [ -f "$quizzes" ] || quizzes=
    awk -v out="$build/out/$name" -v map="$map/$name" -v pages="$pages" \
        -v exercises="$exercises" -v seeds="$book/seeds/$name.dat" \
        -v quizzes="$quizzes" -f "$book/weave.awk" "$chapter" \
        > "$new/$name.md" || failed=1
    mkdir -p "$new/$name"
    for figure in "$build/plots/$name"/*.svg; do
        if [ -f "$figure" ]; then
            cp "$figure" "$new/$name" || stop "cannot copy $figure"
        fi
    done
    woven=$((woven + 1))
done
[ $failed -eq 0 ] || stop "not woven: see above"
awk -f "$book/errata.awk" "$new"/[0-9][0-9]_*.md >> "$new/errata.md" ||
    stop "cannot gather the errata"

# ---- then only what differs takes its place ---------------------------------

(cd "$weave" && find . -type f) | while read -r file; do
    [ -f "$new/$file" ] || rm -f "$weave/$file"
done
(cd "$new" && find . -type f) | while read -r file; do
    cmp -s "$new/$file" "$weave/$file" && continue
    mkdir -p "$weave/$(dirname "$file")" &&
        mv "$new/$file" "$weave/$file" || exit 1
done || stop "cannot write to $weave"

# Pages of chapters that are gone.
for page in "$made"/[0-9][0-9]_*.html; do
    [ -f "$weave/$(basename "$page" .html).md" ] || rm -f "$page"
done

# ---- and Sphinx makes the site ----------------------------------------------
# It reads only what changed, but writes every page (-a): a reference from an
# unchanged page to a label that has just gone must not pass. After a warning
# it reads everything again, for it warns of a fault only when it reads it. Without
# colours, which CI=true and FORCE_COLOR ask for, its lines begin with a place.

"$sphinx" -q --no-color ${WERROR:+-W --keep-going} -a -b "$EDITION" \
    -t "$EDITION" -d "$doctrees" "$weave" "$made" 2> "$map/said"
status=$?

# Sphinx speaks of lines of the woven page; the reader edits the program.
awk -v weave="$(cd "$weave" && pwd)/" -v map="$map/" \
    -v chapters="$chapters/" -v book="$book/" '
    index($0, weave) == 1 {
        $0 = substr($0, length(weave) + 1)
        name = $0
        sub(/\.md.*/, "", name)
        if (name !~ /^[0-9][0-9]_/)
            $0 = book $0
        else if (match($0, /\.md:[0-9]+/)) {
            at = 0 + substr($0, RSTART + 4, RLENGTH - 4)
            rest = substr($0, RSTART + RLENGTH)
            for (n = 1; n <= at && (getline line < (map name)) > 0; n++)
                ;
            close(map name)
            $0 = chapters name ".c:" line rest
        }
    }
    { print }' "$map/said" >&2

if [ -s "$map/said" ]; then
    rm -rf "$doctrees"
fi
[ $status -eq 0 ] || stop "the book is not made: see above"
[ "$EDITION" = epub ] || LOOM_BUILD=$build sh "$book/editions/links.sh"
printf 'The book, %d chapters: %s\n' "$woven" "$first"

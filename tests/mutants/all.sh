#!/bin/sh
# all.sh -- do the tests bite, everywhere? Makes a few faults in each file, one file
# after another, and shows a table. Called by `make mutants` without FILE and CH:
#
#     sh tests/mutants/all.sh FILE...
#
# A file is done by `make mutants FILE=...`, which keeps what came of it; faults that
# are not found go to stderr. The last line is the sum. Exit status 1 if in any file
# too few are found, or none could be tried.

set -u
make=${MAKE:-make}
said=$(mktemp) && trap 'rm -f "$said" "$said.err"' EXIT
status=0 found=0 made=0 harmless=0 open=0

row() { printf '%-42s%7s%7s%10s%6s%10s\n' "$@"; }
percent() {
    awk -v n="$1" -v all="$2" 'BEGIN { printf "%.1f", all ? 100 * n / all : 100 }'
}

row file made found harmless open 'per cent'
for file in "$@"; do
    $make -s mutants FILE="$file" MOST="$MOST" BY= >"$said" 2>"$said.err" || status=1
    set -- $(tail -n 1 "$said" | tr -cs '0-9' ' ')
    if ! tail -n 1 "$said" | grep -q ' faults found, '; then
        printf '%-42s%s\n' "$file" "$(head -n 1 "$said.err")"
        status=1
        continue
    fi
    sed '$d' "$said" >&2
    found=$((found + $1)) made=$((made + $2))
    harmless=$((harmless + $3)) open=$((open + $4))
    row "$file" "$2" "$1" "$3" "$4" "$(percent "$1" $(($2 - $3)))"
done
row all "$made" "$found" "$harmless" "$open" "$(percent $found $((made - harmless)))"
echo "$found of $made faults found, $harmless others do no harm, $open open"
exit $status

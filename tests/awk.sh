#!/bin/sh
# Tests that each of the project's scripts in awk does the same in every awk:
# mawk and gawk (Linux), original-awk (macOS, the BSDs), busybox (small systems).
# Run by `make test`. Those that are not installed are left out.
#
# Usage: sh tests/awk.sh, from the project's root.

. tests/tap.sh

stem=$(basename "$(ls chapters/solutions/[0-9][0-9]_*.c | head -n 1)" .c)
cell=$(ls tests/expected/"$stem"/*.out | head -n 1)
mkdir "$folder/out"
cp tests/expected/"$stem"/*.out "$folder/out"
sed 's/[0-9]$/x/' "$cell" >"$folder/differs"
printf '%s\n' '{"processor": "P", "processors": 2, "compiler": "C",' \
    '"vectors": "V", "rows": [' \
    '{"group": "matmul", "name": "512", "threads": 1, "unit": "us",' \
    '"ours": 0.1, "peer": 0.2, "ratio": 2, "peer_name": "PyTorch"}' ']}' \
    >"$folder/json"

{
    awk '/^\*\/$/ && !n++ { print "\n{seeds} t | n | a | b\n" } { print }' \
        "chapters/$stem.c" | sed '/{exercises}/d'
} >"$folder/01_seeds.c"
printf '%s\n' 't 1 4 9.5 NaN' 't 2 4 10 0.25' >"$folder/seeds"

# all_scripts AWK: what they write, one after another, and then what they complain
# of (an awk may keep back the one for longer than the other).
all_scripts() {
    scripts "$1" 2>"$folder/complaints"
    cat "$folder/complaints"
}
scripts() {
    for show in exercises protos checks verify page list; do
        $1 -v show=$show -v checks="tests/exercises/$stem.c" \
            -f tests/exercises/exercise.awk "chapters/solutions/$stem.c"
    done
    $1 -v out="$folder/out" -v exercises=/dev/null -f chapters/book/weave.awk \
        "chapters/$stem.c" >"$folder/01_page.md"
    cat "$folder/01_page.md"
    $1 -v out="$folder/out" -v seeds="$folder/seeds" \
        -f chapters/book/weave.awk "$folder/01_seeds.c"
    $1 -f chapters/book/errata.awk "$folder/01_page.md"
    $1 -f tests/compare.awk "$cell" "$folder/differs"
    $1 -f tests/mutants/mutate.awk common/learn/opt.c
    $1 -f tests/bench/page.awk "$folder/json" tests/bench/page.md
}

first=
for awk in mawk gawk original-awk 'busybox awk'; do
    command -v ${awk% *} >/dev/null || continue
    all_scripts "$awk" >"$folder/${awk% *}"
    ! grep -i 'syntax error\|illegal statement\|unexpected' \
        "$folder/${awk% *}" >"$log" && test -z "$first" ||
        diff "$folder/$first" "$folder/${awk% *}" >"$log" 2>&1
    verdict $? "$awk runs every script${first:+, as $first does}"
    first=${first:-$awk}
done

end_of_tests

#!/bin/sh
# Tests of the tables with a spread: what `make seeds` keeps, and what the page
# makes of it. With chapters of our own making, which measure at once.
#
# Usage: sh tests/seeds.sh, from the project's root.

. tests/tap.sh

keep=chapters/book/seeds/keep.sh
kept=$folder/kept.dat

# ---- what is kept -----------------------------------------------------------

for seed in 1 2 3; do
    mkdir -p "$folder/runs/$seed"
    {
        echo '# words one[%] other'
        echo "4 9$seed 10"
        printf '\n\n'
        test $seed = 2 && echo '8 NaN 10' || echo "8 0.$seed 10"
    } >"$folder/runs/$seed/first.dat"
    printf '# n\n%d\n' $seed >"$folder/runs/$seed/second.dat"
done

sh $keep "$folder/runs" "$kept" '1 2 3' 'first second' >"$log" 2>&1 &&
    test "$(grep -vc '^#' "$kept")" = 9 && test "$(grep -c '^#' "$kept")" = 1 &&
    grep -qx 'first 3 8 0.3 10' "$kept" && grep -qx 'second 2 2' "$kept" &&
    ! test -e "$kept.new"
verdict $? 'each row of each seed is kept, with its table and its seed'

cp "$kept" "$folder/before"
rm "$folder/runs/2/second.dat"
! sh $keep "$folder/runs" "$kept" '1 2 3' 'first second' >"$log" 2>&1 &&
    grep -q '2/second.dat: expected' "$log" && cmp -s "$kept" "$folder/before" &&
    ! test -e "$kept.new"
verdict $? 'without the numbers of a seed nothing is replaced'

# ---- the table --------------------------------------------------------------

mkdir "$folder/out"
echo hello >"$folder/out/first.out"
# page LINE: weaves a chapter with this line in its prose.
page() {
    cat >"$folder/01_some.c" <<C
/*
# Some

$1
*/
static void first(void)
{
}

int main(int argc, char **argv)
{
    cell(first);
}
C
    awk -v out="$folder/out" -v seeds="$kept" -f chapters/book/weave.awk \
        "$folder/01_some.c" >"$folder/page" 2>"$log"
}

page '{seeds} first | words | one | other'
grep -A 3 '^| words' "$folder/page" >"$folder/table"
cat >"$folder/wanted" <<'T'
| words | one | other |
|:--|--:|--:|
| 4 | 92 (91–93) | 10 |
| 8 | 0.2 (0.1–0.3; 2 of 3) | 10 |
T
diff "$folder/wanted" "$folder/table" >"$log"
verdict $? 'the table has the mean, and what differs between seeds'

page '{seeds} second | n'
grep -qx '| 2.0 |' "$folder/page"
verdict $? 'what a row is of is a mean, if it differs between seeds'

for seed in 1 2 3; do echo "third $seed norm_before 0.$seed"; done >>"$kept"
page '{seeds} third | change | loss'
grep -qx '| norm before | 0.2 (0.1–0.3) |' "$folder/page"
verdict $? 'what a row is of may be a word'

# refused WORDS LINE NAME
refused() {
    ! page "$2" && grep -q "01_some.c:4: .*$1" "$log" &&
        ! test -s "$folder/page"
    verdict $? "$3"
}

refused "make seeds CH=01" '{seeds} fourth | n' \
    'a table that was not measured is refused'
refused 'has 3 columns' '{seeds} first | words | one' \
    'a table with too few headings is refused'
echo 'second 3 4' >>"$kept"
refused 'has 2 rows for seed 3\|has 1 rows for seed [12]' '{seeds} second | n' \
    'seeds with fewer rows than others are refused'

# ---- chapters that have one -------------------------------------------------

status=0
for chapter in $(grep -l '^{seeds} ' chapters/[0-9]*.c); do
    stem=$(basename "$chapter" .c)
    for table in $(sed -n 's/^{seeds} *\([a-z0-9_]*\).*/\1/p' "$chapter"); do
        grep -q "^    cell($table);" "$chapter" || {
            echo "$chapter has no cell $table"
            status=1
        }
        test "$(awk -v table="$table" '$1 == table { print $2 }' \
            "chapters/book/seeds/$stem.dat" | sort -u | wc -l)" -ge 3 || {
            echo "chapters/book/seeds/$stem.dat: fewer than 3 seeds for $table"
            status=1
        }
    done
done >"$log"
verdict $status 'each table is of a cell, and of three seeds or more'

make seeds CH=01 >"$log" 2>&1
test $? = 2 && grep -q 'no line {seeds} NAME' "$log"
verdict $? 'a chapter without such a table is refused'

end_of_tests

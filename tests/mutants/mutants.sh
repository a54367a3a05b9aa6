#!/bin/sh
# mutants.sh -- do the tests bite? Makes one small fault after another in a C
# file (mutate.awk says which), and runs the tests nearest to it. A fault that no
# test finds is shown. Called by `make mutants`, with in the environment
#
#     B       the folder of what is built; the work is done in a copy there
#     FILE    the file, such as common/learn/opt.c
#     TESTS   names of test programs; if empty, the one of the file's name, and
#             others that use what is in it
#     MOST    how many faults to make, spread over all (0: all)
#
# What need not be found stands in survivors.txt, with a reason; memory that is not
# given back is found by `make asan`, and va_end() does nothing with GCC and clang.
# The last line is "N of M faults found, K others do no harm, L open". Exit status 0 if of those
# that could do harm 95 of 100 are found, and 1 if not.

set -u
make=${MAKE:-make}
tree=$B/mutants
stem=$(basename "$FILE" .c)
case $FILE in       # the fastest first: most faults are found by any
    common/tensor/ops_convolve.c) tests='nn 15_pictures' ;;
    common/tensor/*attention*) tests='tensor gradients_attention attention' ;;
    common/tensor/*) tests="${stem#ops_} ops tensor torch tape extremes gradients rows" ;;
    common/cell/input.c | chapters/programs/shared/*) tests='picture story translate' ;;
    common/cell/*) tests='plot cell tensor' ;;
    common/base/clock.c) tests='progress cell' ;;
    chapters/programs/story/*) tests=story ;;
    chapters/programs/picture/*) tests=picture ;;
    common/base/fail.c) tests='settings cell' ;;
    common/base/interrupt.c | chapters/programs/*/*) tests=translate ;;
    chapters/data/story_*) tests=stories ;;
    chapters/data/renamed.c) tests=13_tokens ;;
    chapters/data/lesson.c) tests=11_recurrence ;;
    chapters/data/*) tests='corpus stories' ;;
    *) tests= ;;
esac
test -n "$TESTS" && tests=$TESTS || tests="$stem $tests"
tests=$(for test in $tests; do
    test -f "tests/$test.c" && echo "$test"
done | awk '!seen[$0]++' | tr '\n' ' ')
[ -f "$FILE" ] && [ -n "$tests" ] || {
    echo "mutants: expected FILE=, a C file, and BY=, names of test" \
        "programs; got '$FILE' and '$tests'" >&2
    exit 2
}

# The copy stays, and with it what is built, if nobody has broken it off.
unfinished=$tree/unfinished
test ! -e "$unfinished" || rm -rf "$tree"
mkdir -p "$tree" && : >"$unfinished" &&
    cp -Rp Makefile common chapters tests plots "$tree" || exit 1
export OMP_NUM_THREADS=1 CMOCKA_MESSAGE_OUTPUT=TAP
unset WERROR        # a warning finds no fault

builds() {
    (cd "$tree" && $make -s $(printf 'build/tests/%s ' "$@") >/dev/null 2>&1)
}

# Does a test fail, or never end? Each is built when its turn comes. Status 2: what
# the fault leaves does not compile. (The shell would tell of each that is aborted.)
limit=3600
found() {
    for test in $tests; do
        builds "$test" || return 2
        (cd "$tree" && exec timeout $limit "build/tests/$test") >/dev/null 2>&1 ||
            return 0
    done 2>/dev/null
    return 1
}

builds $tests || { echo "mutants: $tests: not built" >&2; exit 1; }
began=$(date +%s)
! found || { echo "mutants: $tests: fail without a fault" >&2; exit 1; }
limit=$((30 + 5 * ($(date +%s) - began)))

list=$tree/list
awk -f tests/mutants/mutate.awk "$FILE" |
    awk -v most="$MOST" '{ line[NR] = $0 } END {
        for (i = 1; i <= NR; i++)
            if (!most || NR <= most ||
                int(i * most / NR) > int((i - 1) * most / NR))
                print line[i] }' >"$list"
made=0
killed=0
harmless=0
tab=$(printf '\t')
while IFS=$tab read -r number before after; do
    FAULT=$after awk -v at="$number" \
        '{ print FNR == at ? ENVIRON["FAULT"] : $0 }' "$FILE" >"$tree/$FILE"
    found
    status=$?
    test $status != 2 || continue
    made=$((made + 1))
    if test $status = 0; then
        killed=$((killed + 1))
    elif BEFORE=$before AFTER=$after awk -F '\t+' -v file="$FILE" '
        function bare(text) { gsub(/^ +| +$/, "", text); return text }
        $1 == file && $2 == bare(ENVIRON["BEFORE"]) &&
            $3 == bare(ENVIRON["AFTER"]) { known = 1 }
        END { exit !known && !lost }
        BEGIN { lost = ENVIRON["BEFORE"] ~ /^ *([a-z_]*free|va_end)\(/ && ENVIRON["AFTER"] ~ /^ *;$/ }
        ' tests/mutants/survivors.txt; then
        harmless=$((harmless + 1))
    else
        printf '%s:%s: not found\n    %s\n    %s\n' "$FILE" "$number" \
            "$before" "$after"
    fi
done <"$list"
cp "$FILE" "$tree/$FILE" && builds $tests && rm -f "$unfinished"
echo "$killed of $made faults found, $harmless others do no harm," \
    "$((made - killed - harmless)) open"
test $((100 * killed)) -ge $((95 * (made - harmless)))

#!/bin/sh
# Runs everything that `make test` has built, and counts. Called by the
# Makefile, which says in the environment what there is to run:
#
#     B         the folder of what was built
#     CHAPTERS  the chapters to test; CH is not empty if that is a choice
#     PROGRAMS  the test programs
#     SANITIZE  not empty if sanitizers watch
#     FUSED     yes if a * b + c is rounded once in matrix products
#
# A test program or script prints "ok 1 - NAME" or "not ok 1 - NAME" for each
# test, as cmocka does when told to (that is TAP, the Test Anything Protocol),
# and "# ..." lines to explain. A script may exit 77: skipped, and its last
# line says why. Every program runs, whatever became of the others.

# Of `make -j2 test` nothing here hears: make would warn, in what is tested, that
# this is no make of its own, whose jobs it can share.
MAKEFLAGS=$(echo " $MAKEFLAGS" | sed 's/ --jobserver-[^ ]*//g; s/ -j[0-9]*//g
    s/^ *//')
export MAKEFLAGS

passed=0
failed=0
skipped=0
log=$B/test.log
limit=
command -v timeout >/dev/null && limit='timeout 600'

pass() { passed=$((passed + 1)); echo "  ok    $*"; }
skip() { skipped=$((skipped + 1)); echo "  skip  $*"; }
fail() { failed=$((failed + 1)); echo "  FAIL  $*"; }
indent() { sed 's/^/        /'; }
missing() { ! command -v "$1" >/dev/null; }

# Was this built, and from the sources as they are now? (Without asking that,
# yesterday's program would pass for today's that does not compile.)
is_built() { ${MAKE:-make} -q "$1" >/dev/null 2>&1; }

# tap NAME COMMAND...: runs a program and counts the tests it tells of.
tap() {
    echo "$1"
    shift
    CMOCKA_MESSAGE_OUTPUT=TAP $limit "$@" >"$log" 2>&1 </dev/null
    status=$?
    if test $status = 77; then
        skip "$(tail -n 1 "$log")"
        return
    fi
    awk -v status=$status -v tally="$log.count" '
        # A test may print without ending the line, so look inside lines.
        match($0, /(not )?ok [0-9]+ (- |# SKIP ).*/) {
            line = substr($0, RSTART, RLENGTH)
            name = line
            sub(/^[^#-]*(- |# SKIP )/, "", name)
            if (name !~ / /) gsub(/_/, " ", name)
            sub(/ # SKIP/, ":", name)
            if (line ~ /# SKIP/) { verdict = "skip"; skipped++ }
            else if (line ~ /^not/) { verdict = "FAIL"; failed++ }
            else { verdict = "ok"; passed++ }
            printf "  %-5s %s\n", verdict, name
            next
        }
        match($0, /^1\.\.[0-9]+/) { planned += substr($0, 4); next }
        /^# (not )?ok/ { next }
        verdict == "FAIL" { sub(/^# /, ""); print "        " $0 }
        {
            last = last "        " $0 "\n"
            if (++kept > 20) sub(/[^\n]*\n/, "", last)
        }
        END {
            ran = passed + failed + skipped
            problem = ""
            if (ran < planned)
                problem = planned - ran " of its tests did not run"
            if (status == 124) problem = problem ", it took too long"
            else if (status && !failed || ran < planned)
                problem = problem ", it ended with status " status
            if (!ran && !problem) problem = ", it ran no test"
            sub(/^, /, "", problem)
            if (problem) { failed++; printf "  FAIL  %s\n%s", problem, last }
            print passed + 0, failed + 0, skipped + 0 >tally
        }' "$log"
    read -r p f s <"$log.count"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# Sanitizers are slow: under them, long trainings are cut short (--quick), and
# what those print means nothing.
quick=${SANITIZE:+--quick}
is_cut_short() { test -n "$quick" && grep -q 'cell_quick()' "chapters/$1.c"; }

# What is printed of models that are trained for long: where products and sums
# are rounded one by one (x86-64 before 2013, -O0) it comes out otherwise.
trained='beams crossing english_to_chinese english_to_french
norm_before_or_after against_length how_far_back learning three_parts
where_it_looks recall one_word_to_keep reach_after_training'
may_differ() { test "$FUSED" != yes && echo "$trained" | grep -qw "${1%.out}"; }

# What a chapter printed against tests/expected/, file by file.
compare() {
    expected=tests/expected/$1
    for file in "$B/out/$1"/*.out "$expected"/*.out; do
        test -f "$file" && echo "${file##*/}"
    done | sort -u >"$log"
    test -s "$log" || fail 'it prints nothing'
    while read -r file; do
        if ! test -f "$expected/$file"; then
            fail "$file: not in $expected (new? make expected CH=$1)"
        elif ! test -f "$B/out/$1/$file"; then
            fail "$file: expected, but no cell printed it"
        elif difference=$(awk -f tests/compare.awk \
            "$expected/$file" "$B/out/$1/$file"); then
            pass "$file: as expected"
        elif may_differ "$file"; then
            skip "$file: not as expected, which may be: this processor, or" \
                "compiler with its CFLAGS, does not round a * b + c once"
        else
            fail "$file: not as expected"
            echo "$difference" | indent
        fi
    done <"$log"
}

# The same bytes, run after run, with one thread and with two; but not of
# data that was measured: its header has a unit such as [s], [ms] or [GFLOP/s].
repeat() {
    again=$B/again
    rm -rf "$again" && mkdir -p "$again/1" "$again/2"
    for threads in 1 2; do
        OMP_NUM_THREADS=$threads $limit "$B/chapters/$1" \
            --out "$again/$threads" $quick >"$again/log" 2>&1 </dev/null || {
            fail "with $threads threads: ended with status $?"
            indent <"$again/log"
            return
        }
    done
    for file in "$again/1/"*; do
        if head -n 20 "$file" | grep -q '^#.*\[\([^]]*/\)\{0,1\}[mun]\{0,1\}s\]'
        then
            rm -f "$file" "$again/2/${file##*/}"
        fi
    done
    if difference=$(diff -r "$again/1" "$again/2"); then
        pass 'run twice, with 1 and with 2 threads: the same bytes'
    else
        fail 'run twice, with 1 and with 2 threads: not the same bytes'
        echo "$difference" | head -n 20 | indent
        echo '(Data that is measured names its unit in the header: time[s].)' |
            indent
    fi
    rm -rf "$again"
}

# gnuplot draws every figure, and has nothing to complain of.
plot() {
    if missing gnuplot; then
        skip 'figures: gnuplot is missing (package gnuplot-nox)'
        return
    fi
    figures=$B/figures
    rm -rf "$figures" && mkdir -p "$figures"
    if gnuplot -e "data='$B/out/$1'; out='$figures'" "plots/$1.gp" \
        >"$log" 2>&1 </dev/null && ! test -s "$log"; then
        pass "figures: $(cd "$figures" && echo *.svg)"
    else
        fail "figures: gnuplot complains"
        indent <"$log"
    fi
    rm -rf "$figures"
}

for program in $PROGRAMS; do
    if is_built "$program"; then
        tap "tests/${program##*/}.c" "$program"
    else
        echo "tests/${program##*/}.c"
        fail 'does not build'
    fi
done

built=
for chapter in $CHAPTERS; do
    echo "chapters/$chapter.c"
    if ! is_built "$B/chapters/$chapter"; then
        fail 'does not build'
        continue
    fi
    built="$built $B/chapters/$chapter"
    if is_built "$B/out/$chapter/.done"; then
        is_cut_short "$chapter" || compare "$chapter"
    else
        fail 'does not run'
    fi
    repeat "$chapter"
    if test -f "plots/$chapter.gp" && test -z "$SANITIZE"; then
        plot "$chapter"
    fi
done

for folder in tests/expected/*/; do
    stem=$(basename "$folder")
    if test -z "$CH" && test -d "$folder" && ! test -f "chapters/$stem.c"; then
        echo "$folder"
        fail 'expected output of a chapter that is not there'
    fi
done

for cell in $trained; do
    test -n "$CH" || ls tests/expected/*/"$cell.out" >/dev/null 2>&1 ||
        fail "tests/run.sh: there is no cell $cell"
done

export PROGRAMS="$built"
for script in tests/*.sh; do
    case $script in
        tests/run.sh | tests/look.sh | tests/tap.sh | tests/setup.sh) continue ;;
        tests/cli.sh) test -n "$built" || continue ;;
        tests/exercises.sh) test -z "$SANITIZE" || continue ;;
        *) test -z "$CH$SANITIZE" || continue ;;
    esac
    tap "$script" sh "$script"
done

rm -f "$log" "$log.count"
echo
test $skipped = 0 || echo "$skipped skipped, for the reasons given above"
echo "$passed passed, $failed failed"
test $failed = 0

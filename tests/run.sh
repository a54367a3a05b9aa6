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
# line says why. Every program runs, whatever became of the others; as many at a
# time as there are processors, with a thread each.

# Of `make -j2 test` nothing here hears: make would warn, in what is tested, that
# this is no make of its own, whose jobs it can share.
MAKEFLAGS=$(echo " $MAKEFLAGS" | sed 's/ --jobserver-[^ ]*//g; s/ -j[0-9]*//g
    s/^ *//')
export MAKEFLAGS

passed=0
failed=0
skipped=0
log=$B/test.log
jobs=$B/jobs                # of each, by number: log, status
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

# The jobs, one a line. A job is a test program, a script, "cli CHAPTER", which is
# tests/cli.sh of one chapter, or "repeat CHAPTER".
list=

# Runs all jobs. Each lane takes the next that no other has taken: only one can
# make the folder.
run_jobs() {
    rm -rf "$jobs" && mkdir -p "$jobs"
    lanes=$(getconf _NPROCESSORS_ONLN 2>/dev/null) && test "$lanes" -ge 1 || lanes=1
    # Where sanitizers watch, a process may take a few gigabytes.
    test -z "$SANITIZE" || test "$lanes" -le 4 || lanes=4
    lane=0
    while test "$lane" -lt "$lanes"; do
        lane=$((lane + 1))
        (
            n=0
            echo "$list" | while read -r job; do
                n=$((n + 1))
                mkdir "$jobs/$n" 2>/dev/null || continue
                run_job $job >"$jobs/$n/log" 2>&1 </dev/null
                echo $? >"$jobs/$n/new" && mv "$jobs/$n/new" "$jobs/$n/status"
            done
        ) 2>/dev/null &
    done
    trap 'rm -rf "$jobs"; exit 130' INT TERM    # no lane begins another
}
run_job() {
    export CMOCKA_MESSAGE_OUTPUT=TAP OMP_NUM_THREADS=1
    case $1 in
        repeat) repeat "$2" ;;
        cli) PROGRAMS=$B/chapters/$2 $limit sh tests/cli.sh ;;
        *.sh) $limit sh "$1" ;;
        *) $limit "$1" ;;
    esac
}

# of_job JOB: waits for it. Then $log is what it said, $status how it ended.
of_job() {
    number=$(echo "$list" | grep -nxF -e "$1")
    log=$jobs/${number%%:*}/log
    until test -f "$jobs/${number%%:*}/status"; do
        sleep 0.2 2>/dev/null || sleep 1
    done
    read -r status <"$jobs/${number%%:*}/status"
}

# tap NAME JOB: counts the tests that a job has told of.
tap() {
    echo "$1"
    of_job "$2"
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
where_it_looks recall one_word_to_keep reach_after_training
questions_about_a_story three_lessons perplexity both_sides one_distribution
written_on examination he_in_place_of_she what_it_sees examples
places_of_the_grid captions what_each_word_looks_at'
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
# Long trainings are cut short (--quick) here, too: what they print when they
# are not is compared with tests/expected/. (Sanitizers have seen such a run.)
repeat() {
    again=$B/again/$1
    rm -rf "$again" && mkdir -p "$again/1" "$again/2"
    for threads in 1 2; do
        OMP_NUM_THREADS=$threads $limit "$B/chapters/$1" \
            --out "$again/$threads" --quick >"$again/log" 2>&1 || {
            echo "with $threads threads: ended with status $?"
            cat "$again/log"
            return 1
        }
    done
    for file in "$again/1/"*; do
        if head -n 20 "$file" | grep -q '^#.*\[\([^]]*/\)\{0,1\}[mun]\{0,1\}s\]'
        then
            rm -f "$file" "$again/2/${file##*/}"
        fi
    done
    diff -r "$again/1" "$again/2" >"$again/log" || {
        echo 'not the same bytes'
        head -n 20 "$again/log"
        echo '(Data that is measured names its unit in the header: time[s].)'
        return 1
    }
    rm -rf "$again"
}
repeated() {
    of_job "repeat $1"
    if test $status = 0; then
        pass 'run twice, with 1 and with 2 threads: the same bytes'
    else
        fail "run twice, with 1 and with 2 threads: $(sed -n 1p "$log")"
        sed 1d "$log" | indent
    fi
    log=$B/test.log
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

built=
for program in $PROGRAMS; do
    ! is_built "$program" || list="$list
$program"
done
for chapter in $CHAPTERS; do
    is_built "$B/chapters/$chapter" || continue
    built="$built $chapter"
    test -n "$SANITIZE" || list="$list
repeat $chapter"
    list="$list
cli $chapter"
done
scripts=
for script in tests/*.sh; do
    case $script in
        tests/run.sh | tests/look.sh | tests/tap.sh | tests/setup.sh | \
            tests/team.sh | tests/cli.sh) continue ;;
        tests/exercises.sh) test -z "$SANITIZE" || continue ;;
        *) test -z "$CH$SANITIZE" || continue ;;
    esac
    scripts="$scripts
$script"
done
# Scripts first: one of them takes longest.
list=$(echo "$scripts$list" | sed '/^$/d')
run_jobs

for program in $PROGRAMS; do
    if echo "$list" | grep -qxF -e "$program"; then
        tap "tests/${program##*/}.c" "$program"
    else
        echo "tests/${program##*/}.c"
        fail 'does not build'
    fi
done

for chapter in $CHAPTERS; do
    echo "chapters/$chapter.c"
    log=$B/test.log
    if ! echo "$list" | grep -qxF -e "cli $chapter"; then
        fail 'does not build'
        continue
    fi
    if is_built "$B/out/$chapter/.done"; then
        is_cut_short "$chapter" || compare "$chapter"
    else
        fail 'does not run'
    fi
    test -n "$SANITIZE" || repeated "$chapter"
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

for chapter in $built; do
    tap "tests/cli.sh of $chapter" "cli $chapter"
done
for script in $scripts; do
    tap "$script" "$script"
done
wait

rm -rf "$jobs" "$B/test.log"
echo
test $skipped = 0 || echo "$skipped skipped, for the reasons given above"
echo "$passed passed, $failed failed"
test $failed = 0

#!/bin/sh
# exercises.sh -- tests of the exercises: that each is whole, that what the
# reader finds counts as not begun, that the solution passes, and that every
# wrong answer that is kept is rejected, with a word on what to look at. Then
# tests of the machinery, on answers that crash, hang, leak and so on.
#
#     CHAPTERS='02_softmax ...' sh tests/exercises.sh
#
# from the project's root. Run by `make test`.

make=${MAKE:-make}
built=${B:-build}/exercises
parser=tests/exercises/exercise.awk
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
log=$folder/log
tests=0
failed=0
unset EX FORCE EXERCISES

# result STATUS NAME: a failure shows the log.
result() {
    tests=$((tests + 1))
    if test "$1" = 0; then
        echo "ok $tests - $2"
    else
        failed=$((failed + 1))
        echo "not ok $tests - $2"
        sed 's/^/# /' "$log"
    fi
}

stems=
for stem in $CHAPTERS; do
    test ! -f "chapters/solutions/$stem.c" || stems="$stems $stem"
done
if test -z "$stems"; then
    echo 'these chapters have no exercises'
    exit 77
fi

# ---- every exercise ---------------------------------------------------------

# verdicts PROGRAM: "NUMBER VERDICT" lines of all exercises, into the log.
verdicts() {
    rm -f "$folder/verdicts"
    "$built/$stem.$1" --source "$built/$stem.start.c" \
        --start "$built/$stem.start.c" --results "$folder/verdicts" >"$log" 2>&1
    cp "$folder/verdicts" "$folder/$1"
}

whole() {
    awk -v show=verify -v checks="tests/exercises/$stem.c" -f $parser \
        "chapters/solutions/$stem.c" >"$log" 2>&1
    result $? "$stem: every exercise has all its parts"
}

# The file that ships is what is made from the solutions. On a reader's machine
# it holds answers.
as_shipped() {
    name="$stem: the reader's file is as at the start"
    diff "$built/$stem.start.c" "chapters/exercises/$stem.c" >"$log" 2>&1
    status=$?
    if test $status = 1 && test -z "$CI"; then
        tests=$((tests + 1))
        echo "ok $tests # SKIP $name: it holds your answers"
    else
        test $status = 0 ||
            echo "make reset CH=${stem%%_*} EX=all writes it anew" >>"$log"
        result $status "$name"
    fi
}

prove() {
    whole
    if ! $make -s exercise-programs CH="$stem" >"$log" 2>&1; then
        result 1 "$stem: its exercises build"
        return
    fi
    as_shipped
    verdicts start
    verdicts solved
    "$built/$stem.solved" --wrong >"$folder/wrong" 2>&1
    awk -v show=list -f $parser "chapters/solutions/$stem.c" >"$folder/list"
    while read -r n rest; do
        name="${stem%%_*}, exercise $n:"
        cp "$folder/start" "$log"
        grep -q "^$n untouched$" "$folder/start"
        result $? "$name at the start it is not begun"
        "$built/$stem.solved" --only "$n" >"$log" 2>&1
        grep -q "^$n passed$" "$folder/solved"
        result $? "$name the solution passes"
        sed -n "/ok exercise $n, /,/ok exercise/p" "$folder/wrong" >"$log"
        grep -q "^ok exercise $n, " "$log" &&
            ! grep -q "^not ok exercise $n, " "$log"
        result $? "$name rejected are $(sed -n \
            "s/.*ok exercise $n, \([^:]*\): .*/\1/p" "$folder/wrong" |
            tr '_\n' ' ,' | sed 's/,$//; s/,/, /g')"
    done <"$folder/list"
}

for stem in $stems; do
    prove
done

# ---- the machinery ----------------------------------------------------------

# answer BODY: a reader's file whose first exercise has this body.
answer() {
    body=$1 awk '
        /TODO\(/ && !done { print ENVIRON["body"]; done = 1; next }
        { print }' "$built/$stem.start.c" >"$folder/$stem.c"
}

try() {
    EXERCISE_SECONDS=2 $make exercise CH="$stem" EX=1 EXERCISES="$folder" \
        "$@" >"$log" 2>&1
}

# says NAME WORDS...: the answer is explained, and with these words.
says() {
    name=$1
    shift
    try
    for words in "$@"; do
        tr -s ' \n' ' ' <"$log" | grep -qF -e "$words" || {
            echo "(expected: $words)" >>"$log"
            result 1 "$name"
            return
        }
    done
    result 0 "$name"
}

stem=02_softmax
case " $stems " in
    *" $stem "*) ;;
    *) stem= ;;
esac

machinery() {
    answer '    return more;'
    says 'a wrong answer is told what came, what was expected, what to look at' \
        failed 'more: 0' 'It gave 0, expected was 1' 'Look at' 'make hint'
    answer '    return exp(more);'
    says 'a right answer passes' ' passed '
    answer '    double twice = 2 * more;
    TODO("go on");'
    says 'a TODO that is left is named, with its line' 'TODO left' 'in line 31'
    answer '    for (;;) ;'
    says 'a loop without end is ended' 'did not end within 2 seconds'
    answer '    while (1) printf("more\n");'
    says 'so is one that prints' 'printed more than 4 MB'
    answer '    return times_the_weight(more) + 1;'
    says 'and a function that calls itself without end' 'itself without end'
    answer '    volatile int *nowhere = 0; return *nowhere;'
    says 'a pointer that points nowhere is explained' 'NULL'
    answer '    exit(0);'
    says 'a program that is ended does not pass' 'ended the whole program'
    answer '    abort();'
    says 'a signal is named' 'Signal 6'
    answer '    printf("more is %g\n", more); return 7;'
    says 'what is printed is shown' 'It printed:' 'more is 0'
    answer '    return NAN;'
    says 'a nan is explained' 'not a number'
    answer '    Tensor *x = t_zeros(2, 3);
    return t_item(t_matmul(x, x));'
    says 'shapes that do not fit are explained, with the line' \
        'inner sizes differ' 'In line 31' 't_matmul(x, x)'
    answer '    return retrun;'
    says 'what does not compile is said to stand in its exercise' \
        'does not compile' 'Exercise 1 *: ' 'retrun'
    answer '    int unused = 1; return exp(more);'
    says 'a warning of the compiler is passed on' ' passed ' 'unused'
}

# These need the sanitizers.
watched() {
    if ! test -s "$built/watched"; then
        tests=$((tests + 1))
        echo "ok $tests # SKIP memory errors: this compiler has no sanitizers"
        return
    fi
    answer '    double *p = malloc(8); p[0] = exp(more); return p[0];'
    says 'a leak is found, with its line' 'failed' 'never given back' 'In line 30'
    answer '    double a[2] = { 1 }; int i = 2 + (int)more; return a[i];'
    says 'an index beyond an array is found, with its line' 'out of bounds' \
        'In line 30'
    answer '    double *p = malloc(16); p[2] = 1; free(p); return exp(more);'
    says 'so is one beyond what malloc() gave' 'outside an array' 'In line 30'
    answer '    return 1 / (int)more;'
    says 'so is a division by zero' 'division by zero' 'In line 30'
}

# hints, solution and reset; the reader's file is in a folder of its own.
commands() {
    ask() { $make "$@" CH="$stem" EXERCISES="$folder" >"$log" 2>&1; }
    answer '    return more;'
    ask hint EX=1 && grep -q 'Hint 1 of' "$log" && ask hint EX=1 &&
        grep -q 'Hint 2 of' "$log" && ! grep -q 'Hint 1 of' "$log"
    result $? 'hints come one at a time'
    for i in 1 2 3 4; do
        ask hint EX=1
    done
    grep -q 'FORCE=1' "$log" && grep -q 'Hint 1 of' "$log"
    result $? 'after the last come all of them again'
    ask solution EX=1 && ! grep -q 'return exp' "$log" &&
        grep -q 'not passed yet' "$log"
    result $? 'a solution is not shown before a pass'
    ask solution EX=1 FORCE=1 && grep -q 'return exp' "$log"
    result $? 'unless one insists'
    answer '    return 1 * exp(more);'
    ask solution EX=1 && grep -q 'return exp' "$log"
    result $? 'and after a pass'
    ask exercises && grep -q "^02  \[##" "$log"
    result $? 'the table shows what has passed'
    ask reset EX=1 && cmp "$folder/$stem.c" "$built/$stem.start.c" >>"$log" &&
        grep -q '1 \* exp' "$folder/$stem.1.1.txt"
    result $? 'reset brings the TODO back, and keeps the text'
    answer '    return 2;'
    ask reset EX=1 && grep -q '1 \* exp' "$folder/$stem.1.1.txt" &&
        grep -q 'return 2' "$folder/$stem.1.2.txt"
    result $? 'and keeps what was kept before'
    rm "$folder/$stem.c"
    ! ask exercise && grep -q 'EX=all' "$log" && ask reset EX=all &&
        cmp "$folder/$stem.c" "$built/$stem.start.c" >>"$log"
    result $? 'a file that is gone can be had again'
    ! ask exercise EX=99 && grep -q 'one of' "$log"
    result $? 'an exercise that is not there is refused, and those that are, listed'
}

# A change of the file is noticed, and Ctrl-C ends it.
watching() {
    answer '    return more;'
    MAKEFLAGS= $make watch CH="$stem" EX=1 EXERCISES="$folder" >"$log" 2>&1 &
    watcher=$!
    wait_for() {
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            grep -q "$1" "$log" && return
            sleep 0.5 2>/dev/null || sleep 1
        done
        return 1
    }
    wait_for 'Watching' && answer '    return exp(more);' && wait_for ' passed '
    result $? 'watch checks again when the file is saved'
    kill -TERM $watcher
    wait_for 'No longer watching'
    result $? 'and ends when it is told to'
}

if test -n "$stem"; then
    machinery
    watched
    commands
    watching
fi

echo "1..$tests"
test $failed = 0

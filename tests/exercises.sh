#!/bin/sh
# exercises.sh -- tests of the exercises: that each is whole, that what the
# reader finds counts as not begun, that the solution passes, and right answers
# in another form, too, and that every wrong answer that is kept is rejected,
# with a word on what to look at. Then tests of the machinery, on answers that
# crash, hang, leak, cheat and so on.
#
#     CHAPTERS='02_softmax ...' sh tests/exercises.sh
#
# from the project's root. Run by `make test`.

make=${MAKE:-make}
built=${B:-build}/exercises
parser=tests/exercises/exercise.awk
. tests/tap.sh
unset EX FORCE EXERCISES

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
    verdict $? "$stem: every exercise has all its parts"
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
        verdict $status "$name"
    fi
}

prove() {
    whole
    if ! $make -s exercise-programs CH="$stem" >"$log" 2>&1; then
        verdict 1 "$stem: its exercises build"
        return
    fi
    as_shipped
    verdicts start
    verdicts solved
    "$built/$stem.solved" --examples >"$log" 2>&1
    verdict $? "$stem: the examples in the texts are what the solutions give"
    "$built/$stem.solved" --wrong >"$folder/wrong" 2>&1
    "$built/$stem.solved" --right >"$folder/right" 2>&1
    awk -v show=list -f $parser "chapters/solutions/$stem.c" >"$folder/list"
    while read -r n rest; do
        name="${stem%%_*}, exercise $n:"
        cp "$folder/start" "$log"
        grep -q "^$n untouched$" "$folder/start"
        verdict $? "$name at the start it is not begun"
        "$built/$stem.solved" --only "$n" >"$log" 2>&1
        grep -q "^$n passed$" "$folder/solved"
        verdict $? "$name the solution passes"
        treated wrong rejected
        treated right accepted
    done <"$folder/list"
}

# treated FILE WORD: all answers to exercise $n in FILE were; in the log, what
# was said of the first that was not.
treated() {
    sed -n "/^not ok exercise $n, /,/ok exercise/p" "$folder/$1" >"$log"
    grep -q "^ok exercise $n, " "$folder/$1" && ! test -s "$log"
    verdict $? "$name $2 are $(sed -n \
        "s/.*ok exercise $n, \([^:]*\): .*/\1/p" "$folder/$1" |
        tr '_\n' ' ,' | sed 's/,$//; s/,/, /g')"
}

for stem in $stems; do
    prove
done

# ---- the machinery ----------------------------------------------------------

# answer BODY [N]: a reader's file whose first (Nth) exercise has this body.
answer() {
    body=$1 awk -v n="${2:-1}" '
        /TODO\(/ && ++found == n { print ENVIRON["body"]; next }
        { print }' "$built/$stem.start.c" >"$folder/$stem.c"
}

# ask TARGET ...: what a reader says, of a file in a folder of its own.
ask() { $make "$@" CH="$stem" EXERCISES="$folder" >"$log" 2>&1; }
try() { EXERCISE_SECONDS=2 ask exercise EX=1; }

# holds WORDS...: are these in the log? Lines may be broken anywhere.
holds() {
    for words in "$@"; do
        tr -s ' \n' ' ' <"$log" | grep -qF -e "$words" || {
            echo "(expected: $words)" >>"$log"
            return 1
        }
    done
}

# says NAME WORDS...: the answer is explained, and with these words.
says() {
    name=$1
    shift
    try
    holds "$@"
    verdict $? "$name"
}

# skip NAME: an ok that says why nothing was tried.
skip() {
    tests=$((tests + 1))
    echo "ok $tests # SKIP $1"
}

# $line and $below: of the first TODO in the reader's file, and of the next.
machinery() {
    line=$(grep -n 'TODO(' "$built/$stem.start.c" | sed 's/:.*//; q')
    below=$((line + 1))
    answer '    return more;'
    says 'a wrong answer is told what came, what was expected, what to look at' \
        failed 'more: 0' 'It gave 0, expected was 1' 'Look at' 'make hint'
    answer '    return exp(more);'
    says 'a right answer passes' ' passed '
    answer '    double twice = 2 * more;
    TODO("go on");'
    says 'a TODO that is left is named, with its line' 'TODO left' "in line $below"
    answer '    for (;;) ;'
    says 'a loop without end is ended' 'did not end within 2 seconds'
    answer '    while (1) printf("%99g\n", more);'
    says 'so is one that prints' 'printed more than 4 MB'
    answer '    return times_the_weight(more) + 1;'
    says 'and a function that calls itself without end' 'itself without end'
    answer '    volatile int *nowhere = 0; return *nowhere;'
    says 'a pointer that points nowhere is explained' 'NULL'
    answer '    exit(0);'
    says 'a program that is ended does not pass' 'ended the whole program'
    answer '    int fork(void);
    void _exit(int status);
    if (fork())
        _exit(0);
    return exp(more);'
    says 'one whose child goes on does not pass, either' \
        'ended the whole program'
    answer '    FILE *f = fopen(getenv("CHEAT"), "a");
    fputs("2 passed\n1 passed\n", f);
    fclose(f);
    return more;'
    CHEAT=$(ls -d "$built"/*"$(basename "$folder")")/$stem.new ask exercise EX=1
    holds failed '0 of 10 passed'
    verdict $? 'nor one that writes a verdict itself'
    answer '    abort();'
    says 'a signal is named' 'Signal 6'
    answer '    printf("more is %g\n", more); return 7;'
    says 'what is printed is shown' 'It printed:' 'more is 0'
    answer '    printf("more"); return exp(more);'
    says 'also of an answer that passes' ' passed ' 'It printed: more'
    answer '    printf("more"); abort();'
    says 'and of one that crashes, to the last letter' 'It printed: more'
    answer '    return NAN;'
    says 'a nan is explained' 'not a number'
    answer '    Tensor *x = t_zeros(2, 3);
    return t_item(t_matmul(x, x));'
    says 'shapes that do not fit are explained, with the line' \
        'inner sizes differ' "In line $below" 't_matmul(x, x)' \
        'the shapes that meet'
    refusals
    compiling
}

# What the tensor library refuses: other mistakes have other advice.
refusals() {
    answer '    return t_item(NULL);'
    says 'NULL in place of a tensor is explained' 'got NULL' \
        'where this tensor was to be made'
    answer '    return t_dim(t_zeros(2, 3), 2);'
    says 'so is an axis that is not there' 'There is no axis 2' \
        '(2, 3) has the axes 0 and 1, or -2 and -1'
    answer '    return t_at(t_zeros(2, 3), 1);'
    says 'and an index too few' '(2, 3) needs 2 of them'
    answer "$(printf '    return 1 + %100s1 + t_at(t_zeros(2, 3), 1, 3);' '')"
    says 'and one outside, with its line, however long' "In line $line" \
        'counted from 0'
    answer '    tape_reset(); return t_item(t_zeros(1));'
    says 'an answer that is gone is not looked at' 'It called tape_reset()' \
        'leave it out'
}

compiling() {
    answer '    return retrun;'
    says 'what does not compile is said to stand in its exercise' \
        'does not compile' 'Exercise 1 *: ' 'retrun'
    answer '    int k = SHAPE(1, 2); return k;'
    says 'a mistake in what a macro is given, too' \
        'does not compile' 'Exercise 1 *: ' 'error: ' 'int k = SHAPE(1, 2)'
    echo 'int broken = ;' >"$folder/broken.h"
    answer '#include "broken.h"'
    says 'one that is nowhere in the file is shown as the compiler tells it' \
        'does not compile' 'broken.h:1'
    answer '    return nn_padding_mask(1, NULL) != NULL;'
    says 'of a function whose header is missing, the header is named' \
        '#include "learn/nn.h"'
    answer '    return M_PI;'
    says 'what C11 does not have is told' 'C11 has no M_E and no M_PI'
    answer '    return exp(more);'
    echo 'int other = retrun;' >>"$folder/$stem.c"
    says 'if the error is not in the exercise that was chosen, that is said' \
        'The error is in exercise 10, not in 1'
    answer '    { return exp(more);'
    says 'a brace that is missing is missed' 'Is a } missing'
    answer '    int unused = 1; return exp(more);'
    says 'a warning of the compiler is passed on' ' passed ' 'unused'
    ask exercise EX=2
    ! grep -q unused "$log"
    verdict $? 'but not where another exercise is checked'
}

# These need what not every compiler has.
watched() {
    answer '    real sum; sum += exp(more); return sum;'
    if grep -q init=pattern "$built/helped"; then
        says 'a variable that was never set does not pass by chance' failed \
            'never set'
    else
        skip 'variables that were never set: this compiler cannot fill them'
    fi
    if ! test -s "$built/watched"; then
        skip 'memory errors: this compiler has no sanitizers'
        return
    fi
    answer '    double *p = malloc(8); p[0] = exp(more); return p[0];'
    says 'a leak is found, with its line' 'failed' 'never given back' "In line $line"
    answer '    char *p = malloc(8); p = 0; printf("more");
    return exp(more) + !!p;'
    says 'and what was printed is shown all the same' 'It printed: more'
    answer '    double a[2] = { 1 }; int i = 2 + (int)more; return a[i];'
    says 'an index beyond an array is found, with its line' 'out of bounds' \
        "In line $line"
    answer '    double *p = malloc(16); p[2] = 1; free(p); return exp(more);'
    says 'so is one beyond what malloc() gave' 'outside an array' "In line $line"
    answer '    double *p = malloc(16); double x = p[(int)more - 1]; free(p);
    return x;'
    says 'one before it is told from one beyond' 'before its start' "In line $line"
    answer '    double a[2] = { 1 }; return a[(int)more - 1];'
    says 'of a local array, too' 'before its start' "In line $line"
    answer '    return 1 / (int)more;'
    says 'so is a division by zero' 'division by zero' "In line $line"
}

# What a page of the book says of how exercises are checked.
page() {
    awk -v show=page -f $parser "chapters/solutions/$stem.c" |
        awk '/^make .*#/ { print index($0, "#") ": " $0 }' >"$log"
    test "$(sed 's/:.*//' "$log" | sort -u | wc -l)" -eq 1
    verdict $? 'in the book the comments beside commands stand below each other'
}

# hints, solution and reset.
commands() {
    answer '    return more;'
    ask hint EX=1 && grep -q 'Hint 1 of' "$log" && ask hint EX=1 &&
        grep -q 'Hint 2 of' "$log" && ! grep -q 'Hint 1 of' "$log"
    verdict $? 'hints come one at a time'
    for i in 1 2 3 4; do
        ask hint EX=1
    done
    grep -q 'FORCE=1' "$log" && grep -q 'Hint 1 of' "$log"
    verdict $? 'after the last come all of them again'
    ! ask solution EX=1 && ! grep -q 'return exp' "$log" &&
        grep -q 'not passed yet' "$log"
    verdict $? 'a solution is refused before a pass'
    ask solution EX=1 FORCE=1 && grep -q 'return exp' "$log"
    verdict $? 'unless one insists'
    answer '    return 1 * exp(more);'
    ask solution EX=1 && grep -q 'return exp' "$log"
    verdict $? 'and shown after a pass'
    ask hint EX=1 && holds 'EX=1 shows the solution'
    verdict $? 'then the hints do not ask one to insist'
    ask exercises && grep -q "^02  \[##" "$log"
    verdict $? 'the table shows what has passed'
    holds 'Next: chapter 02, exercise 2'
    verdict $? 'and goes on in the chapter that was edited last'
    ask reset EX=1 && cmp "$folder/$stem.c" "$built/$stem.start.c" >>"$log" &&
        grep -q '1 \* exp' "$folder/$stem.1.1.txt"
    verdict $? 'reset brings the TODO back, and keeps the text'
    $make -n reset CH="$stem" EX=1 EXERCISES= >"$log" 2>&1 &&
        holds "EXERCISES='chapters/exercises'"
    verdict $? 'an empty EXERCISES= is that of the book, not the whole machine'
    answer '    return 2;'
    ask reset EX=1 && grep -q '1 \* exp' "$folder/$stem.1.1.txt" &&
        grep -q 'return 2' "$folder/$stem.1.2.txt"
    verdict $? 'and keeps what was kept before'
    ask exercise EX=3 && holds '3 * not begun' 'To do, in line' 'store the' &&
        ! grep -q 'had passed' "$log"
    verdict $? 'of what is not begun, the TODO is told'
    rm "$folder/$stem.c"
    ! ask exercise && grep -q 'EX=all' "$log" && ask reset EX=all &&
        cmp "$folder/$stem.c" "$built/$stem.start.c" >>"$log"
    verdict $? 'a file that is gone can be had again'
    status=0
    for wrong in 99 0 x '1 2'; do
        ! ask exercise EX="$wrong" &&
            holds "has no exercise $wrong. There are: 1 2 3" || status=1
    done
    verdict $status \
        'an exercise that is not there is refused, and those that are, listed'
    ! ask hint && holds 'Say EX=3, for one of: 1 2 3'
    verdict $? 'where one must be chosen, that is said'
    ask exercise EX=03 && holds '3 * not begun' && ! grep -q '^  1' "$log"
    verdict $? 'EX=03 is exercise 3'
    ask exercise EX=all && holds '1 * not begun' '10 *** not begun'
    verdict $? 'EX=all is all of them'
}

# Options of make, and folders that look like them.
options() {
    folder=$folder/two-j
    mkdir "$folder"
    answer '    return exp(more);'
    ask exercise EX=1 && holds ' passed '
    verdict $? 'a folder may have any name'
    ask -j2 exercise EX=1 && holds ' passed ' && ! grep -q job "$log"
    verdict $? 'with make -j it is the same'
    folder=${folder%/*}
}

# Verdicts are remembered, but not longer than they are true.
verdicts_kept() {
    rm -rf "$built"/*"$(basename "$folder")"
    answer '    for (int i = 0; i < 5; i++)
        cold[i] = i < 3 ? 0 : 0.5, hot[i] = 0.2;' 2
    ask exercise EX=2 && holds ' passed ' '1 of 10 passed' 'Next: exercise 3'
    verdict $? 'after a pass, the next exercise is the one after that'
    answer '    cold[0] = hot[0] = 1;' 2
    ask exercise EX=1 && holds '0 of 10 passed' \
        'Exercise 2 had passed, and does not any more'
    verdict $? 'what passed once is tried again when the file has changed'
    answer '    cold[0] = hot[0] = 1;' 2
    ask exercise EX=2
    answer '    for (int i = 0; i < 5; i++)
        cold[i] = i < 3 ? 0 : 0.5, hot[i] = 0.2;' 2
    ask exercise EX=1 && holds '1 of 10 passed'
    verdict $? 'and so is what failed'
    answer '    return more;'
    touch -t 200101010000 "$folder/$stem.c"
    ask exercise EX=1 && holds ' failed ' '0 of 10 passed'
    verdict $? 'a file put in the place of another is checked, even an older one'
}

# wait_until COMMAND...: at most 20 seconds.
wait_until() {
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        for j in 1 2 3 4 5; do
            ! "$@" || return 0
            sleep 0.2 2>/dev/null || sleep 1
        done
    done
    return 1
}

# Several windows: all give the answer, one after the other.
at_once() {
    answer '    return exp(more);'
    : >"$log"
    for k in 1 2 3; do
        $make exercise CH="$stem" EXERCISES="$folder" >"$log.$k" 2>&1 &
        eval "check$k=$!"
    done
    wait $check1 $check2 $check3
    test "$(cat "$log.1" "$log.2" "$log.3" | grep -c '^1 of 10 passed')" = 3
    status=$?
    cat "$log".? >"$log"
    verdict $status 'checks that run at once do not disturb each other'
    mkdir "$built/lock" && echo $$ >"$built/lock/owner"
    $make exercise CH="$stem" EXERCISES="$folder" >"$log" 2>&1 &
    check=$!
    wait_until grep -q "waiting for process $$" "$log"
    status=$?
    rm -r "$built/lock"
    wait $check
    test $status = 0 && holds '1 of 10 passed'
    verdict $? 'one that waits says so'
    mkdir "$built/lock" && sh -c 'echo $$' >"$built/lock/owner"
    ask exercise && holds '1 of 10 passed' && ! test -e "$built/lock"
    verdict $? 'and does not wait for one that was killed'
}

# The last round of a watch, when it has come to an end, and is not that before.
round() {
    test "$(grep -c '^Watching' "$log")" -gt "$rounds" &&
        awk '/^Chapter/ { s = "" } { s = s $0 "\n" } END { printf "%s", s }' \
            "$log" | grep -q "$1"
}
next_round() {
    wait_until round "$1"
    status=$?
    rounds=$(grep -c '^Watching' "$log")
    verdict $status "$2"
}

# Changes of the file are noticed, however it is saved.
watching() {
    rounds=0
    answer '    return more;'
    $make watch CH="$stem" EX=1 EXERCISES="$folder" >"$log" 2>&1 &
    watcher=$!
    next_round ' failed ' "$1: watch checks"
    answer '    return exp(more);'
    next_round ' passed ' "$1: and again when the file is written anew"
    answer '    return exp(more)'
    next_round 'does not compile' "$1: a mistake in between does not end it"
    answer '    return 2 * more;'
    next_round ' failed ' "$1: nor does its end"
    mv "$folder/$stem.c" "$folder/$stem.c~"
    answer '    return exp(more);'
    mv "$folder/$stem.c" "$folder/new"
    sleep 1
    mv "$folder/new" "$folder/$stem.c"
    next_round ' passed ' "$1: another file may take its name"
    kill -TERM $watcher
    wait_until grep -q 'No longer watching' "$log"
    verdict $? "$1: and it ends when it is told to"
    wait $watcher 2>/dev/null
    ! test -e "$built/lock"
    verdict $? "$1: and leaves nothing locked"
}

stem=02_softmax
case " $stems " in
    *" $stem "*)
        machinery
        watched
        page
        commands
        options
        verdicts_kept
        at_once
        if command -v inotifywait >/dev/null; then
            watching 'with inotifywait'
        else
            skip 'watching with inotifywait: it is missing (inotify-tools)'
        fi
        mkdir "$folder/bin"
        printf '#!/bin/sh\nexit 1\n' >"$folder/bin/inotifywait"
        chmod +x "$folder/bin/inotifywait"
        PATH=$folder/bin:$PATH
        watching 'once a second'
        ;;
esac

# Where chapter 5's functions are at hand.
stem=05_scaled_dot_product
case " $stems " in
    *" $stem "*)
        answer '    attention_scores(t_zeros(2, 3), t_zeros(2, 4)); return 0;'
        says 'a refusal within the chapter is said to be there' \
            "of chapters/$stem.c, which your function called"
        ;;
esac

stem=07_positional_encoding
case " $stems " in
    *" $stem "*)
        n=$(awk -v show=list -f $parser "chapters/solutions/$stem.c" |
            awk '$3 == "man_bites_dog" { print $1 }')
        answer '    return 3;' "$n"
        ask exercise EX="$n"
        holds 'You return 3, which is no letter' 'single quotes'
        verdict $? 'a number where a letter was expected is told'
        ;;
esac

end_of_tests

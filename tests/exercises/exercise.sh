#!/bin/sh
# exercise.sh -- what `make exercise` and its kin do. Called by the Makefile:
#
#     sh tests/exercises/exercise.sh check|table|hint|solution|watch|reset
#
# The environment says: MAKE; STEMS, the chapters that have exercises; STEM, CH
# and EX, what is chosen; FORCE; EXERCISES, the folder of the reader's files;
# MADE, the folder of what is built for exercises; MINE, the same for what
# comes of the reader's files.

parser=tests/exercises/exercise.awk
mine=$EXERCISES/$STEM.c
start=$MADE/$STEM.start.c
solutions=chapters/solutions/$STEM.c
chapter=${STEM%%_*}
EX=${EX#0}

stop() { printf '%s\n' "$@" >&2; exit 1; }

# part WHAT FILE [-v ...]: one part of a file of exercises; see exercise.awk.
part() {
    what=$1 of=$2
    shift 2
    awk -v show="$what" -v n="$EX" "$@" -f $parser "$of"
}

# title STEM: of the chapter.
title() { sed -n '/^# /{s/^# *//;s/\\top/T/;s/\$//g;p;q;}' "chapters/$1.c"; }

# ---- what is chosen ---------------------------------------------------------

need_chapter() {
    case " $STEMS " in
        *" $STEM "*) test -n "$STEM" && return ;;
    esac
    test -z "$STEM" || echo "Chapter $chapter has no exercises." >&2
    stop "Which chapter? Say CH=${STEMS%%_*}, for one of: $STEMS"
}

need_exercise() {
    numbers=$(part list "$solutions" | cut -f1 | tr '\n' ' ')
    case " $numbers" in
        *" $EX "*) test -n "$EX" && return ;;
    esac
    stop "Which exercise of chapter $chapter? Say EX=3, for one of:" \
        "    $1$numbers"
}

need_file() {
    test -f "$mine" && return
    stop "There is no $mine." \
        "make reset CH=$chapter EX=all puts it there, as it was at the start."
}

# ---- compiling --------------------------------------------------------------

# Compiles the reader's file; what the compiler says goes to $said.
build() {
    said=$MINE/$STEM.yours.o.said
    mkdir -p "$MINE" && rm -f "$said.failed"
    $MAKE -s "$MINE/$STEM.yours" >"$said.make" 2>&1 || : >"$said.failed"
    ! test -f "$said.failed"
}

# What the compiler has to say, under the exercise that it speaks of.
# compiler_says error|warning
compiler_says() {
    test -f "$said" || return
    part list "$mine" >"$said.list"
    awk -v mine="$mine" -v kind="$1" -F '\t' '
        FNR == NR { at[++n] = $4; called[n] = $1 " " $2 ": " $5; next }
        index($0, mine ":") == 1 && / (error|warning): / {
            split(substr($0, length(mine) + 2), number, ":")
            for (i = n; i > 0 && at[i] > number[1]; i--)
                ;
            on = index($0, " " kind ": ")
            if (on && i != last) {
                if (++places > 3)
                    exit
                if (kind == "error")
                    print i ? "Exercise " called[i] \
                            : "Before the first exercise"
                last = i
            }
        }
        / In function / { next }
        on { print "    " $0 }' "$said.list" "$said" | head -n 40
    rm -f "$said.list"
}

explain_build() {
    if test -s "$said" && grep -q ' error: ' "$said"; then
        echo 'This does not compile yet, so nothing could be checked.'
        echo
        compiler_says error
        echo
        echo 'Look at the first message; others may follow from it.'
        ! grep -q 'conflicting types' "$said" ||
            echo 'A function must keep its arguments, and what it returns.'
        return
    fi
    part list "$solutions" | while read -r n stars name rest; do
        if grep -q "undefined reference to .$name'" "$said.make"; then
            echo "Exercise $n has lost its function, $name():" \
                'it must stay, under that name.'
            echo "(make reset CH=$chapter EX=$n brings it back," \
                'and keeps your text.)'
            return 1
        fi
    done || return
    echo 'This could not be built:'
    cat "$said.make"
}

# ---- checking ---------------------------------------------------------------

# The verdicts, one line "NUMBER VERDICT" for each exercise tried so far.
results() { cat "$MINE/$STEM.results" 2>/dev/null; }

judge() {
    rm -f "$MINE/$STEM.new"
    results >"$MINE/$STEM.old"
    "$MINE/$STEM.yours" --source "$mine" --start "$start" ${EX:+--only "$EX"} \
        --results "$MINE/$STEM.new"
    awk '!seen[$1]++' "$MINE/$STEM.new" "$MINE/$STEM.old" | sort -n \
        >"$MINE/$STEM.results"
    rm -f "$MINE/$STEM.new" "$MINE/$STEM.old"
}

# "6 of 10", by the results.
count() {
    echo "$(results | grep -c ' passed$') of" \
        "$(part list "$solutions" | wc -l | tr -d ' ')"
}

# next: the first exercise that has not passed: number, stars, title.
next() {
    passed=$(results | sed -n 's/ passed$//p' | tr '\n' ' ')
    part list "$solutions" | awk -F '\t' -v passed=" $passed" '
        !index(passed, " " $1 " ") { print $1 " " $2 " " $5; exit }'
}

# suggest: what to do now.
suggest() {
    echo
    printf '%s passed.' "$(count)"
    following=$(next)
    if test -n "$EX" && results | grep -q "^$EX passed$"; then
        printf ' make solution CH=%s EX=%s shows how we would do it.' \
            "$chapter" "$EX"
    elif test -n "$EX" && ! results | grep -q "^$EX untouched$"; then
        printf ' make hint CH=%s EX=%s gives a hint.' "$chapter" "$EX"
        return
    fi
    if test -z "$following"; then
        printf '\nThat was all of chapter %s. Well done.' "$chapter"
    elif test "${following%% *}" != "$EX"; then
        printf '\nNext: exercise %s, line %s' "$following" \
            "$(part list "$mine" |
                awk -F '\t' -v n="${following%% *}" '$1 == n { print $4 }')"
    fi
}

check() {
    echo "Chapter ${chapter#0}, $(title "$STEM")"
    echo "$mine"
    echo
    if build; then
        judge
        warnings=$(compiler_says warning)
        test -z "$warnings" || printf '\nThe compiler warns:\n%s\n' "$warnings"
        suggest
        echo
    else
        explain_build || :
    fi
}

# ---- commands ---------------------------------------------------------------

# One chapter's line: what has passed, as a bar and as a number.
table_line() {
    state=
    if ! test -f "$mine"; then
        state='no file: make reset EX=all'
    elif cmp -s "$mine" "$start"; then
        rm -f "$MINE/$STEM.results"
    elif build; then
        judge >/dev/null
    else
        state='does not compile'
    fi
    passed=$(results | grep -c ' passed$')
    all=$(part list "$solutions" | wc -l | tr -d ' ')
    bar=$(awk -v passed="$passed" -v all="$all" 'BEGIN {
        for (i = 1; i <= 20; i++)
            printf "%s", i <= int(20 * passed / all) ? "#" : "." }')
    printf '%s  [%s] %2d of %2d  %s\n' "$chapter" "$bar" "$passed" "$all" \
        "${state:-$(title "$STEM")}"
}

table() {
    unset EX
    mkdir -p "$MINE"
    goal=
    for STEM in $STEMS; do
        mine=$EXERCISES/$STEM.c
        start=$MADE/$STEM.start.c
        solutions=chapters/solutions/$STEM.c
        chapter=${STEM%%_*}
        table_line
        test -n "$goal" || following=$(next)
        if test -z "$goal" && test -n "$following"; then
            goal="Next: chapter $chapter, exercise $following
Edit $mine, then: make exercise CH=$chapter EX=${following%% *}"
        fi
    done
    echo
    echo "${goal:-All done. Well done.}"
}

hint() {
    need_exercise
    mkdir -p "$MINE"
    seen=$MINE/$STEM.$EX.hints
    all=$(part hints "$solutions")
    k=$(($(cat "$seen" 2>/dev/null || echo 0) + 1))
    if test "$k" -le "$all"; then
        echo "$k" >"$seen"
        echo "Hint $k of $all"
        echo
        part hint "$solutions" -v k="$k"
        return
    fi
    for k in $(awk -v n="$all" 'BEGIN { for (; i < n;) print ++i }'); do
        echo "Hint $k of $all"
        echo
        part hint "$solutions" -v k="$k"
        echo
    done
    echo 'These were all.' \
        "make solution CH=$chapter EX=$EX FORCE=1 shows the solution."
}

solution() {
    need_exercise
    if test -z "$FORCE"; then
        if test -f "$mine" && build; then
            judge >/dev/null
        fi
        if ! results | grep -q "^$EX passed$"; then
            echo "Exercise $EX has not passed yet." \
                "To see the solution all the same:"
            echo "make solution CH=$chapter EX=$EX FORCE=1"
            return
        fi
    fi
    part solution "$solutions"
}

# keep NAME: the reader's text, from stdin, beside the file; never in the place
# of another.
keep() {
    i=1
    while test -e "$EXERCISES/$STEM.$1.$i.txt"; do
        i=$((i + 1))
    done
    kept=$EXERCISES/$STEM.$1.$i.txt
    cat >"$kept" || stop "Cannot write $kept: nothing was changed."
}

reset() {
    if test "$EX" = all; then
        if ! test -f "$mine"; then
            cp "$start" "$mine" && echo "$mine is there again."
        elif cmp -s "$mine" "$start"; then
            echo "$mine is as it was at the start."
        else
            keep all <"$mine"
            cp "$start" "$mine" &&
                echo "$mine is as it was at the start. Yours is in $kept."
        fi
        return
    fi
    need_exercise 'all '
    need_file
    if ! part restored "$mine" -v start_from="$start" >"$mine.new"; then
        rm -f "$mine.new"
        stop "make reset CH=$chapter EX=all restores the whole file, and" \
            'keeps yours beside it.'
    fi
    if cmp -s "$mine" "$mine.new"; then
        rm -f "$mine.new"
        echo "Exercise $EX is as it was at the start."
        return
    fi
    part block "$mine" | keep "$EX"
    kept=$(ls -t "$EXERCISES/$STEM.$EX".*.txt | head -n 1)
    mv "$mine.new" "$mine" &&
        echo "Exercise $EX is as it was at the start. Yours is in $kept."
}

# Returns when the file is another than before. Editors often write a new file
# and give it the name of the old, so it is the folder that is watched.
wait_for_change() {
    before=$1
    while :; do
        if test -n "$inotify"; then
            inotifywait -qq -t 5 -e close_write,moved_to,create "$EXERCISES"
        else
            sleep 1
        fi
        test "$(stamp)" = "$before" || return
    done
}

stamp() { cksum <"$mine" 2>/dev/null; }

watch() {
    trap 'echo; echo "No longer watching."; exit 0' INT TERM
    inotify=$(command -v inotifywait)
    while :; do
        now=$(stamp)
        test ! -t 1 || printf '\033[H\033[2J'
        check
        echo "Watching $mine; Ctrl-C ends it."
        wait_for_change "$now"
    done
}

case $1 in
    check)
        need_chapter
        need_file
        test -z "$EX" || need_exercise
        check
        ;;
    table) table ;;
    hint | solution | reset)
        need_chapter
        "$1"
        ;;
    watch)
        need_chapter
        need_file
        test -z "$EX" || need_exercise
        watch
        ;;
    *) stop "exercise.sh: unknown command $1" ;;
esac

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
# How CH= names a chapter.
number_of() { case $1 in 99*) echo A ;; *) echo "${1%%_*}" ;; esac; }
chapter=$(number_of "$STEM")

# EX=03 is exercise 3. EX=0 stays 0, and is refused.
EX=$(printf '%s\n' "$EX" | sed 's/^0*\([0-9]\)/\1/')

# Makes that are called from here cannot share the jobs of a make -j.
MAKEFLAGS=$(printf '%s\n' "$MAKEFLAGS" |
    sed -E 's/(^| )-j[0-9]*( |$)/ /; s/(^| )--jobserver-[a-z]*=[^ ]*/ /')

stop() { printf '%s\n' "$@" >&2; exit 1; }
nap() { sleep 0.2 2>/dev/null || sleep 1; }

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
    numbers=$(part list "$solutions" | cut -f1)
    ! printf '%s\n' "$numbers" | grep -qxF -e "$EX" || return 0
    numbers=$(echo $1 $numbers)
    test -z "$EX" ||
        stop "Chapter $chapter has no exercise $EX. There are: $numbers"
    stop "Which exercise of chapter $chapter? Say EX=3, for one of: $numbers"
}

need_file() {
    test -f "$mine" && return
    stop "There is no $mine." \
        "make reset CH=$chapter EX=all puts it there, as it was at the start."
}

# ---- one at a time ----------------------------------------------------------
# What is built, and the verdicts, are shared by all that run at once, such as a
# `make watch` in another window. A folder is the lock: only one can make it.

lock=$MADE/lock
holding=

is_alive() { kill -0 "$1" 2>/dev/null || ps -p "$1" >/dev/null 2>&1; }
owner() { cat "$lock/owner" 2>/dev/null; }

# Whoever held the lock was killed. Of those that wait, one may remove it: if it
# still is the lock of $1.
break_lock() {
    mkdir "$lock/broken" 2>/dev/null || return
    if test "$(owner)" = "$1"; then
        rm -rf "$lock"
    else
        rmdir "$lock/broken"
    fi
}

take_lock() {
    mkdir -p "$MADE" "$MINE" || exit
    naps=0
    until mkdir "$lock" 2>/dev/null; do
        other=$(owner)
        if test -z "$other"; then       # it is just about to say, or was killed
            test $naps -lt 25 || break_lock ''
        elif ! is_alive "$other"; then
            break_lock "$other"
        elif test $naps = 5; then
            echo 'Exercises are being checked in another window:' \
                "waiting for process $other." >&2
        fi
        naps=$((naps + 1))
        test $naps -lt 3000 ||
            stop "Process $other never ends." \
                "If it has nothing to do with exercises: rm -r $lock"
        nap
    done
    holding=yes
    echo $$ >"$lock/owner"
}

leave_lock() {
    test -z "$holding" || rm -rf "$lock"
    holding=
}

# Ctrl-C is for make, too, which must come to it before we are gone: else it
# complains that it has no child.
trap leave_lock EXIT
trap 'nap; exit 130' INT
trap 'exit 143' TERM HUP

# ---- compiling --------------------------------------------------------------

# Compiles the reader's file; what the compiler says goes to $said. What was
# compiled last is kept in $text: the clock does not tell whether the file is
# another now, when an older one was put in its place.
build() {
    said=$MINE/$STEM.yours.o.said
    text=$MINE/$STEM.text
    test -f "$text" || $MAKE -s exercise-parts CH="$STEM"
    for again in 1 2 3; do
        if ! cmp -s "$mine" "$text"; then
            rm -f "$MINE/$STEM.yours" "$MINE/$STEM.yours.o" "$said"
            cat "$mine" >"$text" || return
        fi
        built=yes
        $MAKE -s "$MINE/$STEM.yours" >"$said.make" 2>&1 || built=
        ! cmp -s "$mine" "$text" || break       # else it was saved meanwhile
    done
    test -n "$built"
}

# What the compiler has to say, under the exercise that it speaks of; of
# warnings, if an exercise is chosen, only those in it.
# compiler_says error|warning
compiler_says() {
    test -f "$said" || return
    part list "$mine" >"$said.list"
    awk -v mine="$mine" -v kind="$1" -v only="$EX" -F '\t' '
        FILENAME == ARGV[1] {
            at[++n] = $4
            called[n] = $1 " " $2 ": " $5
            next
        }
        index($0, mine ":") == 1 && / (error|warning): / {
            split(substr($0, length(mine) + 2), number, ":")
            for (i = n; i > 0 && at[i] > number[1]; i--)
                ;
            on = index($0, " " kind ": ") && \
                 (kind == "error" || !only || called[i] + 0 == only + 0)
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

# What beginners meet: explained in other words.
explain_errors() {
    ! grep -q 'conflicting types' "$said" ||
        echo 'A function must keep its arguments, and what it returns.'
    ! grep -qE 'M_E|M_PI' "$said" ||
        echo 'C11 has no M_E and no M_PI: they are exp(1) and acos(-1).'
    sed -n 's/.*implicit declaration of function [^A-Za-z_]*//p
            s/.*undeclared function [^A-Za-z_]*//p' "$said" |
        sed 's/[^A-Za-z0-9_].*//' | sort -u | while read -r name; do
        header=$(grep -l "[ *]$name(" common/*/*.h chapters/*.h | head -n 1)
        header=${header#common/}
        test -z "$header" || echo "$name() is declared in a header: put" \
            "#include \"${header#chapters/}\" at the top of the file."
    done
    on=$(compiler_says error | sed -n 's/^Exercise \([0-9]*\) .*/\1/p')
    if grep -qE "at end of input|expected '}'|function definition is not" \
        "$said"; then
        echo 'Is a } missing, in this exercise or in one before it?'
    elif test -n "$EX" && test -n "$on" &&
        ! printf '%s\n' "$on" | grep -qx "$EX"; then
        echo "The error is in exercise $(echo "$on" | sed q), not in $EX; but" \
            'all of the file must compile.'
    fi
}

explain_build() {
    if test -s "$said" && grep -q ' error: ' "$said"; then
        echo 'This does not compile yet, so nothing could be checked.'
        echo
        if grep ' error: ' "$said" | grep -qvF "$mine:"; then
            sed 's/^/    /' "$said" | head -n 40    # in a header, say
        else
            compiler_says error
        fi
        echo
        echo 'Look at the first message; others may follow from it.'
        explain_errors
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

# The verdicts, one line for each exercise tried so far: its number, the
# verdict, and the checksum of the program that was tried.
results() { cat "$MINE/$STEM.results" 2>/dev/null; }
passed() { results | awk -v n="$1" '$2 == "passed" && (!n || $1 == n)'; }
has_passed() { test -n "$(passed "$1")"; }

# judge_with --only N: checks, and adds verdicts to $MINE/$STEM.new.
judge_with() {
    "$MINE/$STEM.yours" --source "$mine" --start "$start" \
        --results "$MINE/$STEM.new" "$@"
}

# Checks what is chosen. What passed or failed before and was not chosen is
# tried again if the program is another now: $lost are those that passed then and
# fail now.
judge() {
    new=$MINE/$STEM.new
    sum=$(cksum <"$MINE/$STEM.yours" | tr ' ' -)
    rm -f "$new"
    judge_with ${EX:+--only "$EX"} ||
        stop "The checker itself failed, with status $?."
    lost=
    for n in $(results | awk -v sum="$sum" \
        '($2 == "passed" || $2 == "failed") && $3 != sum { print $1 }'); do
        grep -q "^$n " "$new" || judge_with --only "$n" >/dev/null
        ! has_passed "$n" || ! grep -q "^$n failed" "$new" ||
            test "$n" = "$EX" || lost="$lost $n"
    done
    {
        awk -v sum="$sum" '{ print $1, $2, sum }' "$new"
        results
    } | awk '!seen[$1]++' | sort -n >"$MINE/$STEM.merged"
    mv "$MINE/$STEM.merged" "$MINE/$STEM.results"
    rm -f "$new"
}

# "6 of 10", by the results.
count() {
    echo "$(passed | wc -l | tr -d ' ') of" \
        "$(part list "$solutions" | wc -l | tr -d ' ')"
}

# next: the first exercise that has not passed: number, stars, title. If the
# chosen one has, the first after that.
next() {
    behind=$(passed | cut -d' ' -f1 | tr '\n' ' ')
    part list "$solutions" | awk -F '\t' -v behind=" $behind" \
        -v after="${EX:-0}" '
        index(behind, " " $1 " ") { next }
        $1 > after + 0 || !first { line = $1 " " $2 " " $5; first = 1 }
        $1 > after + 0 { exit }
        END { print line }'
}

# suggest: what to do now.
suggest() {
    echo
    for n in $lost; do
        echo "Exercise $n had passed, and does not any more:" \
            "make exercise CH=$chapter EX=$n says why."
    done
    printf '%s passed.' "$(count)"
    if test -n "$EX" && has_passed "$EX"; then
        printf ' make solution CH=%s EX=%s shows how we would do it.' \
            "$chapter" "$EX"
    elif test -n "$EX"; then
        printf ' make hint CH=%s EX=%s gives a hint.' "$chapter" "$EX"
        return
    fi
    following=$(next)
    if test -z "$following"; then
        printf '\nThat was all of %s. Well done.' "$(title "$STEM")"
    else
        printf '\nNext: exercise %s, line %s' "$following" \
            "$(part list "$mine" |
                awk -F '\t' -v n="${following%% *}" '$1 == n { print $4 }')"
    fi
}

check() {
    take_lock
    test "$chapter" = A || printf 'Chapter %s, ' "${chapter#0}"
    title "$STEM"
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
    leave_lock
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
        state='does not compile now'
    fi
    passed=$(passed | wc -l)
    all=$(part list "$solutions" | wc -l | tr -d ' ')
    bar=$(awk -v passed="$passed" -v all="$all" 'BEGIN {
        for (i = 1; i <= 20; i++)
            printf "%s", (i <= int(20 * passed / all) ? "#" : ".") }')
    printf '%s  [%s] %2d of %2d  %s\n' "$chapter" "$bar" "$passed" "$all" \
        "${state:-$(title "$STEM")}"
}

# turn_to STEM: from now on, that chapter is spoken of.
turn_to() {
    STEM=$1
    mine=$EXERCISES/$STEM.c
    start=$MADE/$STEM.start.c
    solutions=chapters/solutions/$STEM.c
    chapter=$(number_of "$STEM")
}

# The chapter whose file was edited last and is not as at the start.
edited_last() {
    for STEM in $STEMS; do
        turn_to "$STEM"
        test ! -f "$mine" || cmp -s "$mine" "$start" || printf '%s\n' "$mine"
    done >"$MINE/edited"
    test -s "$MINE/edited" || return
    ls -t $(cat "$MINE/edited") | sed -n '1{s|.*/||;s|\.c$||;p;}'
}

# Where to go on: in the chapter edited last, or in the first after it that is
# not done.
table() {
    unset EX
    take_lock
    last=$(edited_last)
    first= goal= reached=
    for STEM in $STEMS; do
        turn_to "$STEM"
        table_line
        following=$(next)
        test "$STEM" != "$last" || reached=yes
        test -n "$following" || continue
        hint="Next: chapter $chapter, exercise $following
Edit $mine, then: make exercise CH=$chapter EX=${following%% *}"
        first=${first:-$hint}
        test -z "$reached" || goal=${goal:-$hint}
    done
    leave_lock
    echo
    echo "${goal:-${first:-All done. Well done.}}"
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
    force=' FORCE=1'
    ! has_passed "$EX" || force=
    echo 'These were all.' \
        "make solution CH=$chapter EX=$EX$force shows the solution."
}

solution() {
    need_exercise
    if test -z "$FORCE"; then
        take_lock
        if test -f "$mine" && build; then
            judge >/dev/null
        fi
        leave_lock
        has_passed "$EX" ||
            stop "Exercise $EX has not passed yet." \
                'To see the solution all the same:' \
                "make solution CH=$chapter EX=$EX FORCE=1"
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

# ---- watching ---------------------------------------------------------------

stamp() { { cksum <"$mine"; } 2>/dev/null; }

# pause COMMAND...: runs it, but heeds a signal at once, not when it has ended.
pause() {
    "$@" &
    pausing=$!
    wait $pausing
    status=$?
    pausing=
    return $status
}

# Returns when the file is there and is another than before, whole. Editors
# often write a new file and give it the name of the old, so it is the folder
# that is watched. Not all folders can be (some are on another machine), so that
# every other second the file is looked at in any case.
wait_for_change() {
    before=$1
    while test "$(stamp)" = "$before" || ! test -s "$mine"; do
        if test -z "$inotify"; then
            pause sleep 1
            continue
        fi
        pause inotifywait -qq -t 2 -e close_write,moved_to,create \
            "${mine%/*}" 2>/dev/null
        test $? != 1 || inotify=        # it cannot: there is a limit to watches
    done
    seen=
    while test "$(stamp)" != "$seen"; do
        seen=$(stamp)
        nap
    done
}

end_watch() {
    test -z "$pausing" || kill "$pausing" 2>/dev/null
    echo
    echo 'No longer watching.'
    nap
    exit 0
}

watch() {
    trap end_watch INT TERM HUP
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
    check | watch)
        need_chapter
        test "$EX" != all || EX=
        test -z "$EX" || need_exercise
        need_file
        "$1"
        ;;
    table) table ;;
    hint | solution | reset)
        need_chapter
        "$1"
        ;;
    *) stop "exercise.sh: unknown command $1" ;;
esac

#!/bin/sh
# Tests of every chapter's command line: what it must do, and what it must
# refuse, how, and with which exit status (2 for wrong usage, 1 for what the
# machine refuses).
#
# Usage: PROGRAMS='build/chapters/01_similarity ...' sh tests/cli.sh

folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
tests=0
failed=0

# verdict NAME REASON...: counts a test; without a REASON it passed.
verdict() {
    tests=$((tests + 1))
    name=$1
    shift
    if test $# = 0; then
        echo "ok $tests - $chapter $name"
    else
        failed=$((failed + 1))
        echo "not ok $tests - $chapter $name"
        printf '# %s\n' "$@"
        sed 's/^/# it said: /' "$folder/stderr"
    fi
}

run() {
    "$program" "$@" >"$folder/stdout" 2>"$folder/stderr" </dev/null
    status=$?
}

# one_line STATUS WORD: the last run ended with STATUS and explained itself in
# one line, beside those of its progress, which names WORD.
one_line() {
    set -- "$1" "$2" ok
    test $status = "$1" || set -- "$1" "$2" "exit status $status, not $1"
    test "$3" != ok || test "$(grep -vc ' left$' "$folder/stderr")" -eq 1 ||
        set -- "$1" "$2" 'its reason is not one line'
    test "$3" != ok || grep -qF -- "$2" "$folder/stderr" ||
        set -- "$1" "$2" "its reason does not name $2"
    problem=$3
    test "$problem" = ok
}

# refuses STATUS WORD NAME ARGUMENTS...
refuses() {
    expected=$1 word=$2 what=$3
    shift 3
    run "$@"
    if ! one_line "$expected" "$word"; then
        verdict "$what" "$problem"
    elif test -s "$folder/stdout"; then
        verdict "$what" 'it printed something all the same'
    else
        verdict "$what"
    fi
}

help() {
    run --help
    for option in --list --cell --out --seed --set --values --quick \
        --long --help; do
        grep -q -e "$option" "$folder/stdout" || {
            verdict 'explains its options' "--help does not name $option"
            return
        }
    done
    test $status = 0 && verdict 'explains its options' ||
        verdict 'explains its options' "exit status $status"
}

list() {
    run --list
    cells=$(cat "$folder/stdout")
    if test $status = 0 && test -n "$cells" &&
        ! grep -qv '^[a-z][a-z0-9_]*$' "$folder/stdout"; then
        verdict 'lists its cells'
    else
        verdict 'lists its cells' "exit status $status" "$cells"
    fi
}

# What can be set lies within its limits, and what lies beyond is refused.
values() {
    run --values
    cp "$folder/stdout" "$folder/values"
    if test $status = 0 && ! grep -qvE \
        '^[a-z][a-z0-9_]*: [^ ,]+, a (whole )?number from [^ ]+ to [^ ]+$' \
        "$folder/values"; then
        verdict 'lists what can be set'
    else
        verdict 'lists what can be set' "exit status $status"
    fi
    while IFS=' :,' read -r name standard rest; do
        run --list --set "$name=$standard" --set "$name=${rest##* }"
        test $status = 0 && verdict "sets $name" ||
            verdict "sets $name" "exit status $status"
        refuses 2 "$name" "refuses a $name beyond its limit" \
            --set "$name=9e99"
        refuses 2 "$name" "refuses a $name that is a word" --set "$name=x"
    done <"$folder/values"
}

# A new folder is made; what is printed goes into it, all of it.
makes_folder() {
    rm -rf "$folder/all"
    run --quick --out "$folder/all"
    made=$(cd "$folder/all" 2>/dev/null && ls *.out 2>/dev/null |
        sed 's/\.out$//' | sort)
    if test $status = 0 && test -n "$made" && test "$made" = "$(echo "$cells" | sort)"; then
        verdict 'makes the folder of --out, with a file for each cell'
    else
        verdict 'makes the folder of --out, with a file for each cell' \
            "exit status $status" "made:" $made
    fi
}

# One cell alone prints what it prints among the others, and no other runs.
one_cell() {
    rm -rf "$folder/one" && mkdir "$folder/one"
    for cell in $(echo "$cells" | sed -n '1p;$p' | uniq); do
        run --quick --out "$folder/one" --cell "$cell"
        printed=$(cd "$folder/one" && echo *.out)
        if test $status != 0 || test "$printed" != "$cell.out"; then
            verdict 'runs one cell alone' "exit status $status" \
                "--cell $cell made: $printed"
        elif ! cmp -s "$folder/one/$cell.out" "$folder/all/$cell.out"; then
            verdict 'runs one cell alone' "$cell alone prints other things"
        else
            verdict "runs $cell alone"
        fi
        rm -rf "$folder/one"/*
    done
}

# The reader's own sentence, where the chapter has one.
own_sentence() {
    run --help
    grep -q -e --text "$folder/stdout" || return
    run --quick --text 'Tom 追 Jerry'
    if test $status = 0 && grep -q Jerry "$folder/stdout"; then
        verdict 'takes the reader'"'"'s sentence'
    else
        verdict 'takes the reader'"'"'s sentence' "exit status $status"
    fi
    run --quick --text 'alone'
    test $status = 0 && verdict 'takes a sentence of one word' ||
        verdict 'takes a sentence of one word' "exit status $status"
}

full_terminal() {
    if ! test -c /dev/full; then
        tests=$((tests + 1))
        echo "ok $tests # SKIP full disk: this system has no /dev/full"
        return
    fi
    "$program" --quick --cell "$first" >/dev/full 2>"$folder/stderr" </dev/null
    status=$?
    one_line 1 "" && verdict 'reports that its output cannot be written' ||
        verdict 'reports that its output cannot be written' "$problem"
}

# No file may grow: as when the disk is full. (Its complaint goes through a
# pipe, which may.)
full_disk() {
    rm -rf "$folder/full" && mkdir "$folder/full"
    {
        (
            trap '' XFSZ
            ulimit -f 0
            "$program" --quick --cell "$first" --out "$folder/full" \
                2>&1 >/dev/null </dev/null
            echo "status $?"
        ) | cat
    } >"$folder/stdout"
    status=$(sed -n 's/^status //p' "$folder/stdout")
    sed '/^status [0-9]*$/d' "$folder/stdout" >"$folder/stderr"
    left=$(find "$folder/full" -type f)
    if ! one_line 1 "$folder/full"; then
        verdict 'reports a full disk, and leaves nothing' "$problem"
    elif test -n "$left"; then
        verdict 'reports a full disk, and leaves nothing' "it left:" $left
    else
        verdict 'reports a full disk, and leaves nothing'
    fi
}

broken=$(printf 'ab\377c')
: >"$folder/file"

for program in $PROGRAMS; do
    chapter=${program##*/}
    help
    list
    values
    first=$(echo "$cells" | sed -n 1p)
    makes_folder
    one_cell
    own_sentence
    refuses 2 --nonsense 'refuses an option that it does not know' --nonsense
    refuses 2 nonsense   'refuses a word that is no option' nonsense
    refuses 2 no_such    'refuses a cell that it does not have' --cell no_such
    refuses 2 --cell     'refuses --cell without a name' --cell
    refuses 2 --out      'refuses --out without a folder' --out
    refuses 2 --set      'refuses --set without a value' --set
    refuses 2 no_such    'refuses to set what it does not have' --set no_such=1
    refuses 2 --set      'refuses a value without a name' --set 1
    refuses 2 --seed     'refuses --seed without a number' --seed
    refuses 2 x          'refuses a seed that is a word' --seed x
    refuses 2 7x         'refuses a seed that ends in a word' --seed 7x
    refuses 2 -3         'refuses a seed below zero' --seed -3
    refuses 2 99999999999999999999 'refuses a seed that is too large' \
        --seed 99999999999999999999
    refuses 2 --text     'refuses a sentence that is not UTF-8' --text "$broken"
    refuses 2 --text     'refuses an empty sentence' --text ''
    refuses 2 --text     'refuses a sentence of blanks' --text '   '
    refuses 1 "$folder/file" 'refuses a folder that is a file' \
        --out "$folder/file"
    refuses 1 "$folder/file" 'refuses a folder under a file' \
        --out "$folder/file/x"
    refuses 1 /dev/null 'refuses a folder under /dev/null' --out /dev/null/x
    full_terminal
    full_disk
done

echo "1..$tests"
test $failed = 0

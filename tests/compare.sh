#!/bin/sh
# Tests of tests/compare.awk: what it must let pass, and what it must not.
# Usage: sh tests/compare.sh, from the project's root.

folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
tests=0
failed=0

# check pass|differ NAME EXPECTED GOT: what must become of these two texts.
check() {
    printf "$3" >"$folder/expected"
    printf "$4" >"$folder/got"
    awk -f tests/compare.awk "$folder/expected" "$folder/got" \
        >"$folder/report" 2>&1
    case $? in 0) verdict=pass ;; 1) verdict=differ ;; *) verdict=broken ;; esac
    tests=$((tests + 1))
    if test $verdict = "$1"; then
        echo "ok $tests - $2"
    else
        failed=$((failed + 1))
        echo "not ok $tests - $2"
        sed 's/^/# /' "$folder/report"
    fi
}

check pass   'equal texts' 'a 1.5 b\nc\n' 'a 1.5 b\nc\n'
check pass   'the last digit printed may differ by one' 'x 0.33\n' 'x 0.34\n'
check differ 'but not by two' 'x 0.33\n' 'x 0.35\n'
check pass   'a thousandth of the number is let pass' '1000.00\n' '1000.90\n'
check differ 'more is not' '1000.00\n' '1001.20\n'
check pass   'rounding errors of any size are as good as zero' \
    'error 1.2e-07\n' 'error 3e-08\n'
check differ 'an error that is not small is found' \
    'error 1.2e-07\n' 'error 1.2e-03\n'
check pass   'minus zero is zero' 'x -0.00 y\n' 'x  0.00 y\n'
check differ 'a sign is found' 'x -0.50\n' 'x  0.50\n'
check pass   'a number that has become wider moves the blanks' \
    '9.999 早\n' '10.000 早\n'
check differ 'without a number blanks count' 'a  b\n' 'a b\n'
check differ 'whole numbers must be equal' '(4, 512)\n' '(4, 513)\n'
check differ 'a whole number before a full stop, too' '512.\n' '513.\n'
check differ 'text must be equal' '早 1.0\n' '上 1.0\n'
check differ 'text must be equal beside numbers' '1.00 cm\n' '1.01 m\n'
check differ 'nan is not a number that is near' 'x 1.0\n' 'x nan\n'
check differ 'a number is missing' '1.0 2.0\n' '1.0\n'
check differ 'a number too many' '1.0\n' '1.0 2.0\n'
check differ 'a line is missing' 'a\nb\n' 'a\n'
check differ 'a line too many' 'a\n' 'a\nb\n'
check differ 'nothing was printed' 'a\n' ''
check differ 'nothing should have been printed' '' 'a\n'
check pass   'nothing was printed, and nothing should have been' '' ''

echo "1..$tests"
test $failed = 0

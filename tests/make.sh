#!/bin/sh
# Tests of the Makefile: that it builds what it must and no more, and explains
# itself. Run by `make test`, when everything is built.
#
# Usage: sh tests/make.sh, from the project's root.

make=${MAKE:-make}
. tests/tap.sh

# The first chapter, its number without zeros, and the number of chapters.
stem=$(basename "$(ls chapters/[0-9][0-9]_*.c | head -n 1)" .c)
number=$(echo "$stem" | sed 's/_.*//; s/^0//')
chapters=$(ls chapters/[0-9][0-9]_*.c | wc -l)

$make -q all >"$log" 2>&1
verdict $? 'when nothing has changed, nothing is made'

$make -n V=1 -W "chapters/$stem.c" all >"$log" 2>&1
! grep -- ' -c ' "$log" | grep -qv "chapters/$stem\.c" &&
    grep -q -- "-c -o .* chapters/$stem\.c" "$log"
verdict $? 'when a chapter has changed, only that one is compiled'

$make -n V=1 -W common/tensor/tensor.h all >"$log" 2>&1
test "$(grep -c -- '-c -o .* chapters/[0-9]' "$log")" -ge "$chapters"
verdict $? 'when a header has changed, everything that includes it is compiled'

for name in "$number" "0$number" "$stem"; do
    $make run CH="$name" ARGS=--list >"$log" 2>&1 && grep -q '^[a-z]' "$log"
    verdict $? "CH=$name names a chapter"
done

$make run CH=A ARGS=--help >"$log" 2>&1 && grep -q 'of the appendix' "$log" &&
    ! grep 'of the appendix' "$log" | grep -q '[0-9]'
verdict $? 'CH=A is the appendix, which names no number'

! $make run CH=77 >"$log" 2>&1 && grep -q 'no chapter 77' "$log" &&
    grep -q "$stem" "$log"
verdict $? 'a chapter that is not there is refused, and those that are, listed'

! $make run >"$log" 2>&1 && grep -q 'Which chapter' "$log" &&
    grep -q "$stem" "$log"
verdict $? 'run without a chapter asks which'

! $make run CH="$number" ARGS=--nonsense >"$log" 2>&1
verdict $? 'when a chapter fails, make fails'

$make -n -j2 book setup >"$log" 2>&1
grep 'setup\.sh\|loom\.sh' "$log" | sed -n 1p | grep -q 'setup\.sh'
verdict $? 'setup comes before everything else, wherever it stands'

if command -v gnuplot >/dev/null && test -f "plots/$stem.gp"; then
    (unset NO_COLOR; $make plot CH="$number" TERM=dumb >"$log" 2>&1) &&
        grep -q -e '---' "$log" && ! grep -q "$(printf '\033')" "$log"
    verdict $? 'a figure drawn in the terminal has no colour codes in a pipe'
fi

$make help >"$log" 2>&1
for target in setup all run plot book test asan expected clean; do
    grep -q "^make $target  *[a-z]" "$log" || echo "no $target"
done >"$folder/none"
! test -s "$folder/none"
verdict $? 'help names the targets'

test "$($make list | wc -l)" -eq "$chapters"
verdict $? 'list names the chapters'

end_of_tests

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
chapters=$(sh chapters/book/list.sh 2>/dev/null | wc -l)

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

# A small project with what does not belong among its chapters.
project=$folder/project
mkdir -p "$project/chapters/programs"
for room in Makefile common plots tests; do
    ln -s "$PWD/$room" "$project/$room"
done
cp -R chapters/book "$project/chapters"
for name in 02_softmax.c 02_softmax.h 04_additive_attention.c \
    04_additive_attention.h; do
    cp "chapters/$name" "$project/chapters"
done
cp chapters/02_softmax.c "$project/chapters/02_softmax copy.c"
cp chapters/02_softmax.c "$project/chapters/02_softmax_old.c"
grep -v '^int main' chapters/02_softmax.c >"$project/chapters/03_half.c"
cp chapters/02_softmax.c "$project/chapters/softmax.c"
printf '#include "02_softmax.h"\nint main(void) { return 0; }\n' \
    >"$project/chapters/programs/tool.c"

inside() { (unset LISTED MAKEFLAGS MAKELEVEL; cd "$project" && $make "$@") }

inside list >"$folder/listed" 2>"$log"
test "$(sed 's/ .*//' "$folder/listed" | grep -c '^0[24]_')" = 2 &&
    test "$(wc -l <"$folder/listed")" -eq 2
verdict $? 'what is no chapter is not listed among them'

for file in '02_softmax copy.c' 02_softmax_old.c 03_half.c softmax.c; do
    test "$(grep -c "chapters/$file: left out: " "$log")" = 1 ||
        echo "$file" >>"$folder/unnamed"
done
! test -s "$folder/unnamed" && test "$(wc -l <"$log")" -eq 4
verdict $? 'but each is named, in one line that says what was expected'

inside -n V=1 all B="$folder/built" >"$log" 2>/dev/null &&
    ! grep -q 'copy\|_old\|half' "$log"
verdict $? 'and it stops nothing'

grep -- "-o $folder/built/programs/tool " "$log" |
    grep -q ' [^ ]*/chapters/02_softmax\.lib\.o ' &&
    ! grep -- "-o $folder/built/programs/tool " "$log" |
        grep -q '04_additive'
verdict $? 'a program links the chapters whose headers it includes, no others'

end_of_tests

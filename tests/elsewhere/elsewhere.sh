# elsewhere.sh -- the same numbers, made by other compilers, with other options,
# for other processors (which qemu plays). Called by `make elsewhere`:
#
#     sh tests/elsewhere/elsewhere.sh [PLACE...]
#
# In each place a model that was trained once and kept (tests/golden/) is read,
# translates, and is written again to the byte; chapters print what
# tests/expected/ says; and a short training ends with the same bits as here,
# where the processor rounds a * b + c once. What cannot be built or run here is
# left out, and said. The last line counts.
#
# In the environment: MAKE, B, and CHAPTERS, whose stems they are (else 1 to 3).

set -u
. tests/tap.sh
make=${MAKE:-make}
places=${*:-here plain generic zen3 clang musl aarch64 s390x}
chapters=${CHAPTERS:-$(ls chapters | sed -n 's/^\(0[1-3]_.*\)\.c$/\1/p')}
here=$(uname -m)
tried=0

# describe PLACE: sets its compiler, options, and what runs its programs.
describe() {
    cc=${CC:-cc} cflags= ldflags= run=
    case $1 in
        here) ;;
        plain) cflags=-O0 ;;
        generic) cflags=-march=x86-64 ;;
        zen3) cflags=-march=znver3 ;;
        clang) cc=clang ;;
        musl) cc=musl-gcc ;;
        aarch64 | s390x)
            cc=$1-linux-gnu-gcc ldflags=-static
            test "$1" = "$here" || run=qemu-$1 ;;
        *) echo "elsewhere: there is no place $1" >&2; exit 2 ;;
    esac
}

# Why it cannot be tried here; nothing, if it can.
hindrance() {
    for program in ${cc%% *} $run; do
        command -v "$program" >/dev/null || {
            echo "$program is missing (make setup-trust)"
            return
        }
    done
    case $1 in
        generic | zen3) test "$here" = x86_64 || echo 'another processor' ;;
    esac
    test "$1" != zen3 || grep -qw avx2 /proc/cpuinfo || echo 'no AVX2 here'
}

# Products are rounded once with these; the others may end with other bits.
rounds_once() {
    case $1 in
        plain | generic) return 1 ;;
        here | zen3 | clang | musl)
            grep -q '^fused := yes' "$place/flags.mk" ;;
    esac
}

builds() {
    MAKEFLAGS= $make -s -j2 B="$place" CC="$cc" CFLAGS="$cflags" LDFLAGS="$ldflags" \
        "$place/programs/translate" "$place/elsewhere/again" \
        $(for stem in $chapters; do echo "$place/chapters/$stem"; done)
}

# The kept model translates what it has learned.
translates() {
    cut -f1 tests/golden/model.tsv | $run "$place/programs/translate" \
        translate --model tests/golden/model.ckpt | tr -d ' ' >"$folder/said" &&
        cut -f2 tests/golden/model.tsv | tr -d ' ' | diff - "$folder/said"
}

writes_again() {
    $run "$place/elsewhere/again" tests/golden/model.ckpt \
        tests/golden/model.tsv "$folder/model.ckpt" &&
        cmp tests/golden/model.ckpt "$folder/model.ckpt"
}

# A training of a hundred pairs, for an epoch; into $folder/PLACE.
trains() {
    $run "$place/programs/translate" corpus french held-out |
        sed -n 1,100p >"$folder/pairs.tsv"
    $run "$place/programs/translate" train --data "$folder/pairs.tsv" \
        --epochs 1 --batch-tokens 400 --save "$folder/$1"
}

prints() {
    rm -rf "$place/out/$1" && mkdir -p "$place/out/$1" &&
        $run "$place/chapters/$1" --out "$place/out/$1" || return
    for file in tests/expected/"$1"/*.out; do
        awk -f tests/compare.awk "$file" "$place/out/$1/${file##*/}" || return
    done
}

try() {
    what=$1
    shift
    "$@" >"$log" 2>&1
    verdict $? "$what"
}

place=$B/elsewhere/here
describe here
try 'here: a training, to compare with' eval 'builds && trains here'
compare=$(rounds_once here && echo yes)
for at in $places; do
    place=$B/elsewhere/$at
    describe "$at"
    why=$(hindrance "$at")
    if test -n "$why"; then
        echo "# $at: left out, $why"
        continue
    fi
    tried=$((tried + 1))
    try "$at: all is built" builds
    try "$at: a model kept in a file translates what it has learned" translates
    try "$at: read and written again, it is the same file" writes_again
    for stem in $chapters; do
        try "$at: chapter ${stem%%_*} prints what is expected" prints "$stem"
    done
    if test "$at" != here && test -n "$compare" && rounds_once "$at"; then
        try "$at: a training ends with the same bits" \
            eval 'trains $at && cmp "$folder/here" "$folder/$at"'
    fi
done
end_of_tests
echo "$tried places, $((tests - failed)) of $tests the same"
test $failed = 0

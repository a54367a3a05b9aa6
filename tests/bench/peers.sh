#!/bin/sh
# Brings today's PyTorch, OpenBLAS and MKL, whatever the system has, into a
# folder of their own: the last part of `make setup-bench`.
#
# Usage: sh tests/bench/peers.sh [today], from the project's root
#
# They are large, so without the word it asks at a terminal, and elsewhere says
# how to have them. Versions stand in tests/bench/peers.txt; what is there in
# these versions is not brought again. Nothing is left of what fails.

folder=build/peers
wanted=tests/bench/peers.txt
cmp -s "$wanted" "$folder/brought" && exit 0

case $1 in
    today) ;;
    '')
        echo "Today's PyTorch, OpenBLAS and MKL can be had beside the system's: 7 GB of"
        echo "disk, in $folder, since PyPI's PyTorch comes with all it needs for"
        echo 'graphics cards, which the benchmark does not use.'
        if ! test -t 0; then
            echo 'To bring them: make setup-bench PEERS=today'
            exit 0
        fi
        printf 'Bring them? [y/N] '
        read -r answer
        case $answer in y*|Y*) ;; *) exit 0 ;; esac
        ;;
    *) echo "peers.sh: PEERS is 'today' or nothing, not '$1'" >&2; exit 2 ;;
esac

fail() {
    rm -rf "$folder"
    echo "peers.sh: $1. The benchmark compares with what the system has." >&2
    exit 1
}

rm -rf "$folder"
python3 -m venv "$folder" 2>/dev/null || fail 'no Python with venv'
echo "Bringing what $wanted names, which takes minutes:"
grep -v '^#' "$wanted" | sed 's/;.*//; s/^/    /'
"$folder/bin/python3" -m pip install -q --disable-pip-version-check \
    -r "$wanted" || fail 'pip could not bring them'
cp "$wanted" "$folder/brought"
echo 'They are there; make bench finds them.'

#!/bin/sh
# keep.sh -- puts what a chapter measured with several seeds into one file.
#
#     sh chapters/book/seeds/keep.sh FOLDER FILE 'SEEDS' 'TABLES'
#
# FOLDER/SEED/TABLE.dat is what a cell has plotted. Each row of it becomes a line
# of FILE: the table, the seed, the numbers. FILE is replaced whole, or not at
# all.

set -u
folder=$1 file=$2
trap 'rm -f "$file.new"' EXIT

{
    echo '# Made by `make seeds`: table, seed, what was measured.'
    for table in $4; do
        for seed in $3; do
            awk -v table="$table" -v seed="$seed" '
                !/^#/ && NF { print table, seed, $0; n++ }
                END { exit !n }' "$folder/$seed/$table.dat" || {
                echo "$folder/$seed/$table.dat: expected the numbers that" \
                    "cell $table plots" >&2
                exit 1
            }
        done
    done
} >"$file.new" && mv "$file.new" "$file" && echo "$file"

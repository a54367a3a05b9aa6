#!/bin/sh
# list.sh -- names the chapters of a folder, one a line and in order, and on
# stderr, in one line each, the files there that look like chapters and are
# none. What does not belong stops nobody.
#
#     sh chapters/book/list.sh [FOLDER]
#
# A chapter is NN_name.c, of small letters, digits and _, with a main(). If two
# have one number, it is the one with a test or a header, or else the first.

folder=${1:-chapters}
names=$(mktemp) && trap 'rm -f "$names"' EXIT

skip() { printf '%s: left out: %s\n' "$1" "$2" >&2; }

for file in "$folder"/*.c; do
    name=${file##*/}
    test -f "$file" || continue
    if ! expr "$name" : '[0-9][0-9]_[a-z0-9_]*\.c$' >/dev/null; then
        skip "$file" 'expected a name such as 05_some_words.c'
    elif ! grep -q '^int main(' "$file"; then
        skip "$file" "it has no main(); expected 'int main(' in a line"
    else
        stem=${name%.c} order=1
        test -f "${file%.c}.h" || test -f "$folder/../tests/$name" && order=0
        echo "${name%%_*} $order $stem"
    fi
done | LC_ALL=C sort >"$names"

taken= holder=
while read -r number order stem; do
    if test "$number" = "$taken"; then
        skip "$folder/$stem.c" "$holder.c has the number $number already"
    else
        echo "$stem"
        taken=$number holder=$stem
    fi
done <"$names"

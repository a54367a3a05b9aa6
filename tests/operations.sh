#!/bin/sh
# Tests that no operation was forgotten: each function that tensor.h declares
# notes where it is called from, is tried with NULL, and, if it computes
# something, with every layout, against finite differences and on long rows.
#
# Usage: sh tests/operations.sh, from the project's root. HEADER names another
# file in the place of tensor.h.

. tests/tap.sh
header=${HEADER:-common/tensor/tensor.h}

# "NAME SECTION TENSORS" of each function t_NAME. A declaration may run on.
declared=$folder/declared
awk '
    /^#ifndef T_LIBRARY/ { exit }
    match($0, /^\/\* ---- [^-]*/) { section = substr($0, 9, RLENGTH - 8) }
    /^[A-Za-z].*[ *]t_[a-z_]*\(/ && !/^typedef/ { text = "" ; open = 1 }
    open { text = text $0 }
    open && /\);/ {
        open = 0
        name = text
        sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
        gsub(/ /, "_", section)
        sub(/^[^(]*\(/, "", text)
        if (name !~ /^t_here/)
            print name, section, gsub(/Tensor \*/, "", text)
    }' "$header" >"$declared"
test "$(wc -l <"$declared")" -gt 40
verdict $? 'tensor.h declares its operations one below the other'

# every WHAT COMMAND CONDITION: the command is true for each name for which
# awk's CONDITION on these columns is.
every() {
    awk "$3"' { print $1 }' "$declared" >"$folder/names"
    : >"$log"
    while read -r name; do
        "$2" "$name" || echo "$name: not there" >>"$log"
    done <"$folder/names"
    ! test -s "$log"
    verdict $? "$1"
}

# As it is written by those who call it: t_zeros for t_zeros_shape.
spoken() {
    echo "$1" | sed -E 's/(t_.*)_(shape|axes|list)$/\1/; s/element$/at/'
}

has_macro() { grep -q "^#define $1(" "$header"; }
is_tried_with_null() {
    sed -n '/null_is_refused_by_all/,/^}/p' tests/tensor.c |
        grep -q "REFUSES_NULL(\"$(spoken "$1")\""
}
has_formula() { grep -q "$(spoken "$1")(" tests/formulas.h; }
is_in_rows() { grep -q "$(spoken "$1")(" tests/rows.c; }

computes='$3 > 0 && $1 != "t_detach" && \
    $2 ~ /^(views|element|shapes|products|row|losses)/'
every 'each notes where it is called from' has_macro 1
every 'each that takes a tensor is tried with NULL' is_tried_with_null '$3 > 0'
every 'each that computes has a formula' has_formula "$computes"
every 'each that goes along rows is tried on long ones' is_in_rows \
    "$computes"' && $2 !~ /^(views|products)/'

if test -z "$HEADER"; then
    sed 's/^Tensor \*t_tanh(/Tensor *t_sech(Tensor *x);\
&/' "$header" >"$folder/tensor.h"
    HEADER=$folder/tensor.h sh tests/operations.sh >"$folder/said"
    test "$(grep -c '^# t_sech: not there' "$folder/said")" = 4
    verdict $? 'one that was only declared is found wanting, four times'
fi

end_of_tests

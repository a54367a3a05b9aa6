#!/bin/sh
# Tests of the rooms of common/: each folder includes only itself and those
# above it in the list below, and nothing of the chapters.
#
# Usage: sh tests/rooms.sh, from the project's root. ROOMS names another folder
# in the place of common/.

. tests/tap.sh
common=${ROOMS:-common}

above=
for room in base tensor learn cell; do
    above="$above$room|"
    find "$common/$room" -name '*.[ch]' \
        -exec grep -n '^# *include *"' /dev/null {} + |
        grep -Ev "\"(${above%|})/[a-z_]+\.h\"" >"$log"
    ! test -s "$log"
    verdict $? "$room/ includes only itself and what stands above it"
done

ls "$common" | grep -Evx 'base|tensor|learn|cell' >"$log"
! test -s "$log"
verdict $? 'there is no other room'

if test -z "$ROOMS"; then
    mkdir -p "$folder/common/base" "$folder/common/tensor" \
        "$folder/common/learn" "$folder/common/cell"
    for file in base/a tensor/b learn/c cell/d; do
        printf '#include "base/a.h"\n' >"$folder/common/$file.c"
    done
    printf '#include "tensor/b.h"\n' >>"$folder/common/base/a.c"
    ROOMS=$folder/common sh tests/rooms.sh >"$folder/said"
    grep -q '^not ok 1 ' "$folder/said" &&
        grep -q 'base/a\.c:2:#include "tensor/b\.h"' "$folder/said" &&
        test "$(grep -c '^not ok' "$folder/said")" = 1
    verdict $? 'an include that points downward is found, and named'
fi

end_of_tests

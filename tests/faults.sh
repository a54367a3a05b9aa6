#!/bin/sh
# Memory, disk and power fail here and there; `make faults` lets them fail
# everywhere. Needs the GNU C library.

. tests/tap.sh

echo 'int main(void) { return __GLIBC__; }' >"$folder/probe.c"
${CC:-cc} -include stdio.h -o "$folder/probe" "$folder/probe.c" 2>/dev/null || {
    echo 'faults: calls can be made to fail with the GNU C library only'
    exit 77
}
${MAKE:-make} -s faults STEP=100000
exit $?

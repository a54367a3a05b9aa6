#!/bin/sh
# b.sh gemm.c out
cd /work/main
F="-std=gnu11 -O3 -march=native -fno-math-errno -Icommon -DT_LIBRARY -w"
gcc $F -ffp-contract=fast -c ${1:-common/gemm.c} -o /tmp/gb/gemm.o && gcc $F -ffp-contract=fast /tmp/gb/gb.c /tmp/gb/gemm.o common/parallel.c -ldl -lm -pthread -o /tmp/gb/${2:-gb}

#!/bin/sh
# Tests of programs that train in a team of processes, started by mpirun: with two,
# three and four of them, on this machine, the training is that of one; and
# whatever ends one of them ends all, soon, and leaves the checkpoint whole. Run by
# `make mpi-test`; the last line counts.
#
# Usage: sh tests/team.sh, from the project's root; B is the folder of what was
# built.

. tests/tap.sh
B=${B:-build}
alone=$B/programs/translate
member=$B/mpi/translate

# Root may be all we are, two processors all there is, and others busy on them.
# Containers refuse to let one process read another's memory (CMA).
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMP_NUM_THREADS=1
# What a killed team leaves behind goes with the folder.
export TMPDIR="$folder" OMPI_MCA_btl_vader_backing_directory="$folder"
mpirun='mpirun --oversubscribe --bind-to none'

limit=
command -v timeout >/dev/null && limit='timeout 100'
team() { $limit $mpirun "$@" >"$log" 2>&1 </dev/null; }

# So many lines tell why it ended, besides those of mpirun.
reasons() { grep -c '^translate' "$log"; }

$alone corpus french | head -n 2000 >"$folder/many"
head -n 60 "$folder/many" >"$folder/pairs"
$alone corpus french held-out | head -n 150 >"$folder/valid"
printf 'a b .\tx y .\nb a .\ty x .\na a b .\tx x y .\n' >"$folder/three"
small='--width 16 --heads 2 --layers 1'
data="--data $folder/pairs --valid $folder/valid --batch-tokens 400"

# ---- as one -----------------------------------------------------------------

$alone train $data $small --save "$folder/one" >"$log" 2>&1 &&
    $member train $data $small --save "$folder/single" >"$log" 2>&1 &&
    team -n 1 $member train $data $small --save "$folder/first" &&
    cmp "$folder/one" "$folder/single" >>"$log" 2>&1 &&
    cmp "$folder/one" "$folder/first" >>"$log" 2>&1
verdict $? 'one process learns the same bits as without MPI'

# The losses of two trainings are those that were printed, but for a last digit.
agree() {
    grep '^epoch' "$1" >"$folder/losses"
    grep '^epoch' "$2" | paste "$folder/losses" - | awk '{
        for (i = 1; i <= NF / 2; i++) {
            d = $i - $(i + NF / 2)
            if (d * d > 1.21e-6 * (i == 8 ? $i * $i : 1)) bad = 1
        }
        n++
    } END { exit bad || n < 5 }' || { tail "$1" "$2" >>"$log"; return 1; }
}

# as_one NAME PROGRAM PROCESSES PARTS OPTIONS...
as_one() {
    name=$1 program=$2 n=$3 parts=$4 && shift 4
    "$B/programs/$program" train "$@" --dropout 0 --save "$folder/one" \
        >"$folder/1" 2>"$log" &&
        team -n "$n" "$B/mpi/$program" train "$@" --dropout 0 --parts "$parts" \
            --save "$folder/team" && agree "$folder/1" "$log"
    verdict $? "$name"
}
for n in 2 3 4; do
    as_one "$n processes learn what one learns" translate $n 1 $data $small
done
as_one 'one process learns the same in parts' translate 1 3 $data $small
as_one 'so do two' translate 2 2 $data $small
as_one 'and four with fewer sentences than processes' translate 4 1 \
    --data "$folder/three" --valid "$folder/three" $small
as_one 'and two that learn to tell stories' story 2 1 --data "$folder/valid" \
    --pieces 50 --window 32 $small

# ---- help ---------------------------------------------------------------------

for words in --help 'train --help' 'info --help'; do
    $alone $words >"$folder/help" && team -n 3 $member $words &&
        cmp "$folder/help" "$log" >>"$log" 2>&1
    verdict $? "translate $words is said once, and nothing else"
done

# ---- stopped, and gone on ---------------------------------------------------

# start COMMAND OPTIONS...: begins a training of two, and waits until COMMAND is
# true. $id is mpirun's, $folder/id.0 and .1 have those of the two.
start() {
    until=$1 && shift
    rm -f "$folder/part" "$folder"/id.* && : >"$log"
    $mpirun -n 2 --mca odls_base_sigkill_timeout "$deadline" \
        sh -c 'echo $$ >"$0.$OMPI_COMM_WORLD_RANK"; exec "$@"' "$folder/id" \
        $member train "$@" --save "$folder/part" >"$log" 2>&1 </dev/null &
    id=$!
    until $until || ! kill -0 $id 2>/dev/null; do
        sleep 0.1
    done
}
has_saved() { test -f "$folder/part"; }
has_begun() { grep -q parameters "$log"; }
many="--data $folder/pairs --valid $folder/valid --batch-tokens 400 $small
    --epochs 200"
deadline=1

# Waits until mpirun and the two have ended, 10 seconds at most; then $status is
# mpirun's.
ended() {
    tenths=0
    while kill -0 $id 2>/dev/null || kill -0 "$(cat "$folder/id.0")" 2>/dev/null ||
        kill -0 "$(cat "$folder/id.1")" 2>/dev/null; do
        tenths=$((tenths + 1))
        test $tenths -lt 100 || { kill -KILL $id; break; }
        sleep 0.1
    done
    wait $id 2>/dev/null
    status=$?
    test $tenths -lt 100
}

# The checkpoint is whole, and no other file is left.
whole() {
    $alone info --model "$folder/part" >>"$log" 2>&1 &&
        ! ls "$folder"/part.new* >>"$log" 2>&1
}

team -n 2 $member train $many --save "$folder/whole"
start has_saved $many
kill -USR1 $id
ended && test $status = 130 && test "$(grep -c Stopped "$log")" = 1 && whole
verdict $? 'a signal that mpirun hands on stops all after one step'
cp "$folder/part" "$folder/other"
start has_saved $many
kill -USR1 "$(cat "$folder/id.1")"
ended && test $status = 130 && test "$(grep -c Stopped "$log")" = 1 && whole
verdict $? 'and so does one that any of them gets'
team -n 2 $member train $data --save "$folder/part" --resume &&
    cmp "$folder/whole" "$folder/part" >>"$log" 2>&1
verdict $? 'a team that was stopped and resumed ends with the same bits'
cp "$folder/other" "$folder/third"
team -n 3 $member train $data --save "$folder/other" --resume &&
    $alone train $data --save "$folder/third" --resume >"$log" 2>&1
verdict $? 'more of them go on, or one without MPI'

# An epoch that lasts too long to end: nothing else saves.
deadline=2
start has_begun --data "$folder/many" --batch-tokens 40 --layers 16
kill -TERM $id
ended && whole
verdict $? 'a deadline that lets a step end: it is saved'
deadline=1

# ---- what ends one ends all -------------------------------------------------

# refused OPTIONS...: such a team ends, says one line, and writes nothing.
refused() {
    rm -f "$folder/new"
    ! team "$@" && test "$(reasons)" = 1 && ! test -f "$folder/new"
}
new="$small --save $folder/new"
train="$member train --data $folder/pairs $new"

refused -n 1 $train : -n 1 $member train --data "$folder/nowhere" $new &&
    grep -q "cannot read.*nowhere" "$log"
verdict $? 'one without data ends all, and says why'
refused -n 4 $member train --data "$folder/nowhere" $new
verdict $? 'what all have to say is said once'
refused -n 1 $train : -n 1 $member train --data "$folder/valid" $new &&
    grep -q 'other' "$log"
verdict $? 'one with other data ends all, before the first step'
refused -n 2 $train : -n 1 $train --seed 2 && grep -q 'process 2.*parameters' "$log"
verdict $? 'and one with other parameters'
refused -n 2 $train : -n 1 $train --lr 0.1 && grep -q 'process 2.*settings' "$log"
verdict $? 'and one with other settings'
cat >"$folder/odd.c" <<'EOF'
#include <mpi.h>
int MPI_Allreduce(const void *in, void *out, int n, MPI_Datatype type, MPI_Op op,
                  MPI_Comm all)
{
    int status = PMPI_Allreduce(in, out, n, type, op, all);
    if (n > 100)        /* gradients */
        *(float *)out += 1;
    return status;
}
EOF
mpicc -shared -fPIC -o "$folder/odd.so" "$folder/odd.c" 2>>"$log" &&
    refused -n 2 $train : -n 1 env LD_PRELOAD="$folder/odd.so" $train &&
    grep -q 'process 2.*parameters' "$log"
verdict $? 'one whose sums differ is noticed before anything is saved'
large="$member train --data $folder/many --batch-tokens 200000 --layers 6
    --save $folder/new"
refused -n 1 $large : -n 1 sh -c 'ulimit -v 500000; exec "$@"' sh $large &&
    grep -q 'out of memory' "$log"
verdict $? 'and one without memory'

start has_saved $many
kill -KILL "$(cat "$folder/id.1")"
ended && test $status != 0 && grep -q 'rank 1 .* signal 9' "$log" && whole
verdict $? 'one that is killed ends all, and the checkpoint is whole'
start has_saved $many
kill -KILL $id
ended
$alone info --model "$folder/part" >>"$log" 2>&1
verdict $? 'when mpirun is killed all end by themselves, and it is whole'

rm -f "$folder/new"
! team -n 2 $alone train --data "$folder/pairs" $new &&
    grep -q 'make mpi' "$log" && ! test -f "$folder/new"
verdict $? 'the program without MPI refuses to be one of many'

end_of_tests
echo "$((tests - failed)) passed, $failed failed"
test $failed = 0

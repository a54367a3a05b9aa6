#!/bin/sh
# Runs each fuzz target on the large seeds, then for T seconds on what it makes
# of the small ones. What breaks a target stays in DIR/found/.
#
# Usage: sh tests/fuzz/fuzz.sh DIR T TARGET...

dir=$1 seconds=$2
shift 2
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
mkdir -p "$dir/found"
runs=0 failed=0
for target; do
    log=$dir/$target.log
    mkdir -p "$dir/corpus/$target"
    if "$dir/$target" -rss_limit_mb=4000 -artifact_prefix="$dir/found/$target-" \
        "$dir/seeds/$target.large"/* >"$log" 2>&1 &&
        "$dir/$target" -seed=1 -max_len=1500 -timeout=20 -rss_limit_mb=4000 \
        -max_total_time="$seconds" -print_final_stats=1 \
        -artifact_prefix="$dir/found/$target-" "$dir/corpus/$target" \
        "$dir/seeds/$target" >>"$log" 2>&1; then
        n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "$target: $n runs, and those of $(ls "$dir/seeds/$target.large" | wc -l) large seeds: nothing found"
        runs=$((runs + n))
    else
        failed=$((failed + 1))
        echo "$target: found something; see $log"
        tail -n 20 "$log"
    fi
done
echo "$runs runs, $failed of $# targets broken"
test $failed = 0

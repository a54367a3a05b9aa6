# tap.sh -- what tests written in shell have in common; to be read by them with
# `. tests/tap.sh`. $folder is theirs until they end; what there is to say of a
# test that fails goes to $log.

folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
log=$folder/log && : >"$log"
tests=0
failed=0

# verdict STATUS NAME: says whether the test passed, and if not, shows the log.
verdict() {
    tests=$((tests + 1))
    if test "$1" = 0; then
        echo "ok $tests - $2"
    else
        failed=$((failed + 1))
        echo "not ok $tests - $2"
        tail -n 40 "$log" | sed 's/^/# /'
    fi
}

# The last line of a script: how many tests there were, and whether all passed.
end_of_tests() {
    echo "1..$tests"
    test $failed = 0
}

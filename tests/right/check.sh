# check.sh -- runs test programs: sh tests/right/check.sh TEST...
# Shows what fails; the last line counts.

export CMOCKA_MESSAGE_OUTPUT=TAP
passed=0 failed=0
said=$(mktemp) && trap 'rm -f "$said"' EXIT
for test; do
    "$test" >"$said" 2>&1 || {
        failed=$((failed + 1))
        grep -v '^ok' "$said" | sed "s|^|${test##*/}: |"
    }
    passed=$((passed + $(grep -c '^ok' "$said")))
done
echo "$passed tests passed, $failed of $# programs failed"
test $failed = 0

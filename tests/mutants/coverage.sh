# coverage.sh -- which lines and branches of common/ and of the programs do the
# tests reach? Called by `make coverage`:
#
#     sh tests/mutants/coverage.sh FOLDER TEST...
#
# FOLDER is a build with --coverage. Test programs only: what chapters print does
# not count. A line that no test reaches is named, unless unreached.txt says why;
# a reason for a line that is reached is named, too. The last line counts.

set -u
folder=$1
shift
reasons=tests/mutants/unreached.txt
find "$folder" \( -name '*.gcda' -o -name 'probe.*' \) -exec rm -f {} +
rm -rf "$folder/said" && mkdir "$folder/said"
printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc 2>/dev/null || echo 2)}" -n 1 sh -c '
    name=${1##*/}
    "$1" >"$0/$name" 2>&1 && rm "$0/$name"' "$folder/said"
broken=0
for said in "$folder"/said/*; do
    test -f "$said" || continue
    broken=$((broken + 1))
    echo "${said##*/} fails"
    grep 'error:\|FAILED' "$said" | sed -n '1,5s/^/    /p'
done

count() {
    gcovr --root . --filter common/ --filter chapters/programs/ \
        --exclude-throw-branches --object-directory "$folder" "$@" "$folder"
}
count --print-summary --output "$folder/lines.txt" >"$folder/summary.txt" || exit 1
count --branches --output "$folder/branches.txt" || exit 1

awk -v broken=$broken '
    FILENAME ~ /unreached.txt$/ {
        if (/^#/ || !NF) next
        n++
        split($0, part, "\t+")
        file[n] = part[1]
        text[n] = part[2]
        next
    }
    FILENAME ~ /summary.txt$/ {
        if (/^lines/) { split($0, part, /[ (]+/); reached = part[3]; all = part[6] }
        if (/^branches/) branches = $2 + 0
        next
    }
    $1 ~ /\// { name = $1 }
    name && $NF ~ /^[0-9,-]+$/ && $NF !~ /%/ && NF > 1 {
        delete missed
        many = split($NF, range, ",")
        for (i = 1; i <= many; i++) {
            split(range[i], ends, "-")
            for (l = ends[1]; l <= (ends[2] ? ends[2] : ends[1]); l++)
                missed[l] = 1
        }
        at = 0
        while ((getline line < name) > 0)
            if ((++at) in missed)
                explain(name, at, line)
        close(name)
    }
    function explain(name, at, line,    k) {
        for (k = 1; k <= n; k++)
            if (file[k] == name && index(line, text[k])) {
                used[k] = 1
                reasons++
                return
            }
        # gcovr counts what stands between two lines, too.
        sub(/^ */, "", line)
        if (line !~ /^[{}]*;?$/) {
            printf "%s:%d: not reached: %s\n", name, at, line
            open++
        } else
            reasons++
    }
    END {
        for (k = 1; k <= n; k++)
            if (!(k in used)) {
                printf "unreached.txt: %s: reached, or not there: %s\n", file[k],
                    text[k]
                open++
            }
        printf "%d of %d lines reached, the others with a reason: %d, without: " \
            "%d; %.1f %% of branches\n", reached, all, all - reached - open,
            open, branches
        exit open > 0 || branches < 95 || broken > 0
    }' "$reasons" "$folder/summary.txt" "$folder/lines.txt"

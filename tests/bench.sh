#!/bin/sh
# Tests of the benchmark's harness: that it measures, compares and explains
# itself. Never of its figures, which depend on the machine.
#
# Usage: B=build sh tests/bench.sh, from the project's root, after
# make build/bench/bench. B names the folder of what was built.

bench=${B:-build}/bench/bench
. tests/tap.sh

# Ours alone, unless PYTHON or OPENBLAS say otherwise.
run() {
    PYTHON=${PYTHON:-none} OPENBLAS=${OPENBLAS:-none} \
        "$bench" "$@" >"$folder/stdout" 2>"$folder/stderr" </dev/null
    status=$?
    cat "$folder/stdout" "$folder/stderr" >"$log"
}

unset PYTHON OPENBLAS

# ---- the command line -------------------------------------------------------

run --help
test $status = 0
for word in --list --threads --seconds --json --out matmul models; do
    grep -q -e "$word" "$folder/stdout" || status=1
done
verdict $status 'the benchmark explains its options and groups'

run --list
test $status = 0 && test "$(wc -l <"$folder/stdout")" -gt 60 &&
    ! grep -qv '^[a-z]*  *[^ ]' "$folder/stdout" &&
    test -z "$(sort "$folder/stdout" | uniq -d)"
verdict $? 'it lists its rows, each once'

# refuses STATUS WORD NAME ARGUMENTS...: in one line, which names the WORD.
refuses() {
    expected=$1 word=$2 name=$3
    shift 3
    run "$@"
    test $status = "$expected" && test "$(wc -l <"$folder/stderr")" -eq 1 &&
        grep -qF -e "$word" "$folder/stderr" && ! test -s "$folder/stdout"
    verdict $? "$name"
}

refuses 2 nothing 'a row that does not exist is refused' matmul nothing
refuses 2 --fast 'an option that does not exist is refused' --fast
refuses 2 1,0 'no threads are refused' --threads 1,0
refuses 2 two 'threads that are no number are refused' --threads two
refuses 2 --seconds 'a time that is none is refused' --seconds -1
refuses 2 --out 'an option without its value is refused' --out
: >"$folder/file"
refuses 1 "$folder/file" 'a folder that cannot be made is refused' \
    --out "$folder/file/x" --json matmul

# ---- ours alone -------------------------------------------------------------

few='--seconds 0.002 --threads 1'
run $few --out "$folder/out" --json 16x16x16 32x32x32 'exp, in cache' \
    'forward, 8' start '512 tokens'
cp "$folder/stdout" "$folder/json"
test $status = 0 && awk '
    { open += gsub(/[{[]/, ""); shut += gsub(/[]}]/, "") }
    /"name"/ {
        rows++
        if ($0 !~ /"ours": [0-9.e+-]+, "peer": null, "ratio": null/) bad++
        if ($0 ~ /"ours": 0,/) bad++
    }
    END { exit open != shut || rows < 6 || bad }' "$folder/json"
verdict $? 'without peers ours is measured, in well-formed JSON'

cmp -s "$folder/json" "$folder/out/bench.json"
verdict $? '--out writes what --json prints'

if command -v python3 >/dev/null; then
    python3 -m json.tool <"$folder/json" >/dev/null 2>"$log"
    verdict $? 'its JSON is what others call JSON'
fi

run $few 16x16x16
test $status = 0 && grep -q '^16x16x16 NN square  *1  *[0-9.]*  *-  *-' \
    "$folder/stdout" && grep -q 'PyTorch.*make setup-bench' "$folder/stdout"
verdict $? 'the table has a line for the row, and says who is missing'

# ---- peers, of our own making -----------------------------------------------

# An OpenBLAS that is right, or returns $1 in place of each number.
fake_blas() {
    cat >"$folder/blas.c" <<C
void openblas_set_num_threads(int n) { (void)n; }
const char *openblas_get_config(void) { return "FakeBLAS 7.5 NO_SPEED"; }
void cblas_sgemm(int o, int ta, int tb, int n, int m, int k, float alpha,
                 const float *a, int lda, const float *b, int ldb, float beta,
                 float *c, int ldc)
{
    (void)o, (void)alpha, (void)beta;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++) {
            double sum = 0;
            for (int l = 0; l < k; l++)
                sum += (double)(ta == 112 ? a[l * lda + i] : a[i * lda + l])
                     * (tb == 112 ? b[j * ldb + l] : b[l * ldb + j]);
            c[i * ldc + j] = (float)(${1:-sum});
        }
}
C
    ${CC:-cc} -shared -fPIC -o "$folder/blas.so" "$folder/blas.c" \
        2>"$log"
}

if fake_blas; then
    OPENBLAS=$folder/blas.so run $few '12x12x32 NT' '100x77x53' '333x77 TT'
    test $status = 0 && grep -q 'FakeBLAS 7.5$' "$folder/stdout" &&
        ! grep -q DIFFERS "$folder/stdout" &&
        test "$(grep -c '^[0-9].* 1 .*[0-9.]* .*#' "$folder/stdout")" = 3
    verdict $? 'ours and a BLAS agree, whichever way the factors lie'
    mv "$folder/blas.so" "$folder/fast.so"
    sed 's/7.5/6.0/; s/for (int l = 0/for (volatile int slow = 0; slow < 999; slow++); &/' \
        "$folder/blas.c" >"$folder/slow.c" &&
        ${CC:-cc} -shared -fPIC -o "$folder/slow.so" "$folder/slow.c"
    OPENBLAS=$folder/slow.so:$folder/none.so:$folder/fast.so run $few 12x12x32
    test $status = 0 && grep -q '^12x12x32.* FakeBLAS 7.5' "$folder/stdout" &&
        grep -q ': FakeBLAS 6.0, FakeBLAS 7.5$' "$folder/stdout"
    verdict $? 'of two libraries the row names the faster'
    fake_blas 'sum * 1.01'
    OPENBLAS=$folder/blas.so run $few '100x77x53'
    test $status = 1 && grep -q DIFFERS "$folder/stdout"
    verdict $? 'a BLAS that computes something else is noticed'
fi

# A PyTorch that takes a second for everything, and answers $1 when asked for
# its result.
fake_torch() {
    cat >"$folder/python" <<SH
#!/bin/sh
echo FakeTorch 1
while read -r word rest; do
    case \$word in
    work) echo ready ;;
    check) echo "$1" ;;
    go) echo 1 2000000 1000000 0 ;;
    *) echo ended ;;
    esac
done
SH
    chmod +x "$folder/python"
}

few="$few --json"
fake_torch ''
PYTHON=$folder/python run $few 'exp, in cache' '512 tokens'
grep -q '"PyTorch": "FakeTorch 1"' "$folder/stdout" &&
    grep -q 'exp, in cache.*"FakeTorch 1", "ours": [^,]*, "peer": 1,' \
        "$folder/stdout" &&
    grep -q '512 tokens: memory.*"peer": 1e+06' "$folder/stdout" &&
    awk '/exp, in cache/ {
        match($0, /"ours": [^,]*/)
        ours = substr($0, RSTART + 8, RLENGTH - 8)
        match($0, /"ratio": [^,]*/)
        off = substr($0, RSTART + 9, RLENGTH - 9) * ours - 1
        exit !(off * off < 1e-8)
    }' "$folder/stdout"
verdict $? 'a ratio is the time of the peer over ours'
test $status = 1 && grep -q 'exp, in cache.*"differs": true' "$folder/stdout"
verdict $? 'a peer without a result is noticed'

printf '#!/bin/sh\necho FakeTorch 1\nread -r line\n' >"$folder/python"
PYTHON=$folder/python run $few 'exp, in cache' 'tanh, in cache'
test $status = 0 && test "$(grep -c '"peer": null' "$folder/stdout")" = 2
verdict $? 'a peer that dies is left out'

fake_torch ''
sed 's/Torch 1/Torch 2/; s/echo 1 2000000/echo 0.5 3000000/' "$folder/python" \
    >"$folder/python2"
chmod +x "$folder/python2"
PYTHON=$folder/python:$folder/python2 run $few 'exp, in cache' '512 tokens'
grep -q '"PyTorch": "FakeTorch 1, FakeTorch 2"' "$folder/stdout" &&
    grep -q 'exp, in cache.*"FakeTorch 2".*"peer": 0.5,' "$folder/stdout" &&
    grep -q '512 tokens: memory.*"FakeTorch 1".*"peer": 1e+06' "$folder/stdout"
verdict $? 'of two PyTorch the faster counts, and of memory the smaller'

# ---- the page ---------------------------------------------------------------

awk -f tests/bench/page.awk "$folder/json" tests/bench/page.md \
    >"$folder/stdout" 2>"$log" &&
    grep -q '^| 16x16x16 NN square | 1 | [0-9.]* | – | – | [0-9]* % |' \
        "$folder/stdout" &&
    ! grep -q '^@\|[^:]{[a-zA-Z]*}[^`]' "$folder/stdout"
verdict $? 'the page has a row for each measurement, and no gap'

echo '{"rows": [' >"$folder/empty"
! awk -f tests/bench/page.awk "$folder/empty" tests/bench/page.md \
    >"$folder/stdout" 2>"$log"
verdict $? 'without measurements there is no page'

end_of_tests

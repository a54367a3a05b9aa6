#!/bin/sh
# Tests that PyTorch computes the same logits from the weights that `story export`
# writes, where it is installed; tests/17_today.c compares ours with them. Python is
# that of PYTHON, or python3.
#
# Usage: sh tests/today.sh, from the project's root; B is the folder of what was built.

. tests/tap.sh
story=${B:-build}/programs/story
python=${PYTHON:-python3}

"$python" -c 'import torch' 2>/dev/null || {
    echo 'PyTorch is not installed: make setup-bench'
    exit 77
}

"$story" import --llama2c chapters/data/stories.bin \
    --tokenizer chapters/data/stories.pieces --save "$folder/m" >"$log" 2>&1 &&
    "$story" export --model "$folder/m" --safetensors "$folder/m.safetensors" \
        >>"$log" 2>&1
verdict $? 'the model of stories is read, and its weights go out by name'

# numbers FILE: those of the table of logits, one a line.
numbers() {
    sed -n '/golden_logits/,/^};/p' "$1" | grep -o '[-]*[0-9][0-9]*\.[0-9]*'
}

"$python" tests/golden/make_17_today.py "$folder/m.safetensors" >"$folder/h" 2>"$log" &&
    numbers "$folder/h" >"$folder/theirs" &&
    numbers tests/golden/17_today.h >"$folder/kept" &&
    test "$(wc -l <"$folder/kept")" -gt 50 &&
    paste "$folder/theirs" "$folder/kept" >"$folder/both" &&
    awk '{ d = $1 - $2; if (d > 2e-6 || d < -2e-6 || NF != 2) { print; bad = 1 } }
         END { exit bad }' "$folder/both" >>"$log"
verdict $? 'PyTorch computes from them the logits that are kept'

end_of_tests

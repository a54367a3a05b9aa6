#!/bin/sh
# Makes 17_llama.bin and 17_llama.pieces, a small model with random weights written by
# llama2.c's own script, and 17_llama.tsv: what llama2.c says with it, and with the
# book's model, at temperature 0: the file, the beginning, the numbers of the pieces.
#
#     sh tests/golden/make_17_llama.sh FOLDER
#
# FOLDER: https://github.com/karpathy/llama2.c as it is. Needs a C compiler, Python
# and PyTorch; only to change the examples.

here=$PWD
cd "$1" && ls run.c model.py export.py >/dev/null || exit 1

# Its own program, but that it prints numbers, so that no byte is lost.
sed 's/safe_printf(piece);.*/printf("%d ", next);/' run.c >run_numbers.c &&
    cc -O2 -o run_numbers run_numbers.c -lm || exit 1

python3 - "$here" <<'PYTHON' || exit 1
import struct, sys, torch, export, model

golden = sys.argv[1] + "/tests/golden/17_llama"
pieces = open(sys.argv[1] + "/chapters/data/stories.pieces", "rb").read()
end = 4
for _ in range(300):
    end += 8 + struct.unpack("<i", pieces[end + 4:end + 8])[0]
open(golden + ".pieces", "wb").write(pieces[:end])

torch.manual_seed(3)
m = model.Transformer(model.ModelArgs(
    dim=24, n_layers=2, n_heads=6, n_kv_heads=2, vocab_size=300, multiple_of=8,
    max_seq_len=48))
for name, p in m.named_parameters():    # far from the zeros it begins with
    if "tok_emb" in name:
        p.data.mul_(10)
    elif p.dim() > 1:
        p.data.mul_(25)
    else:
        p.data.add_(torch.randn_like(p) * 0.2)
m.eval()
export.legacy_export(m, golden + ".bin")
PYTHON

say() {
    printf '%s\t%s\t' "$1" "$3"
    ./run_numbers "$here/$1" -z "$here/$2" -t 0 -n 0 -i "$3" 2>/dev/null
}
{
    for begin in 'One day , Tom' 'Anna' 'x y z' 'le café'; do
        say tests/golden/17_llama.bin tests/golden/17_llama.pieces "$begin"
    done
    for begin in 'One day , Anna found a red ball' 'In the morning , Tom' \
        'Rosa gave the' 'She' 'Zoe was in the zoo , and' 'é早'; do
        say chapters/data/stories.bin chapters/data/stories.pieces "$begin"
    done
} >"$here/tests/golden/17_llama.tsv"

#!/bin/sh
# Writes model.tsv and model.ckpt: eight pairs, and a training that has learned
# them by heart and stopped for now, as translate leaves it.
#
#     make && sh tests/golden/make_model.sh
#
# Only who changes what is in such a file needs it: both are committed, and say
# on every machine whether it still reads them, and writes the same.
set -e
cd "$(dirname "$0")"
cat >model.tsv <<'END'
the cat sleeps .	le chat dort .
the dog sleeps .	le chien dort .
the cat eats .	le chat mange .
the dog eats .	le chien mange .
a bird sings .	un oiseau chante .
a cat sings .	un chat chante .
summer is here .	l'été est là .
early morning .	早上 好 。
END
rm -f model.ckpt
../../build/programs/translate train --data model.tsv --save model.ckpt \
    --layers 1 --width 8 --heads 2 --ffn 8 --dropout 0 --label-smoothing 0 \
    --lr 0.05 --batch-tokens 40 --epochs 60

#!/bin/sh
# Makes seeds for the fuzz targets: DIR/TARGET/*, and DIR/TARGET.large/*.
#
# Usage: sh tests/fuzz/seeds.sh DIR TRANSLATE-PROGRAM

dir=$1
translate=$PWD/$2
rm -rf "$dir"
for target in text pairs images checkpoint settings safetensors llama; do
    mkdir -p "$dir/$target" "$dir/$target.large"
done
cd "$dir" || exit 1

# many N TEXT: TEXT, N times.
many() {
    awk -v n="$1" -v text="$2" 'BEGIN { for (; n > 0; n--) printf "%s", text }'
}

printf "L'été, l’homme: 3.5 &amp; «qu'il»" >text/french
printf '我喜欢深度学习。' >text/chinese
printf 'e\314\201te\314\201 e\314\243\314\202 \341\204\222\341\205\241' >text/marks
many 100000 'le chat ' >text.large/tokens
many 100000 "d'" >text.large/apostrophes
many 200000 "$(printf '\314\201\314\226')" >text.large/marks
many 1000000 'x' >text.large/word
many 300000 '早' >text.large/chinese

printf '\000\144\000a b\tx y\nb a\ty x\n' >pairs/one
printf '\001\144\200a b\nb a\nx y\ny x\n' >pairs/two
printf '\004\002\000a\tb\r\nno tab\nz\tz\377\n\ta\na b c\tx\n' >pairs/bad
{ printf '\000\000\000'; many 100000 'a b '; printf '\tx\n'; } >pairs.large/tokens
{ printf '\000\377\000'; many 1000000 'y'; printf '\tx\n'; } >pairs.large/word
{ printf '\000\144\000'; many 100000 'a b\tx y
'; } >pairs.large/lines

printf '\000\000\010\003\000\000\000\002\000\000\000\001\000\000\000\003abcdef' \
    >images/grey
printf '\000\000\010\004\000\000\000\001\000\000\000\001\000\000\000\001\000\000\000\003abc' \
    >images/colours
printf '\000\000\010\001\000\000\000\003abc' >images/labels
printf '\037\213\010' >images/compressed
{ printf '\000\000\010\003\000\000\003\350\000\000\000\144\000\000\000\144'
  many 1000000 'abcdefghij'; } >images.large/grey

printf 'a b .\tx y .\nb a .\ty x .\n' >pairs.tsv
for options in '--layers 1' '--norm post --heads 1 --layers 2'; do
    "$translate" train --data pairs.tsv --save "model$((k += 1))" --epochs 1 \
        --width 4 --heads 2 $options >/dev/null || exit 1
    mv "model$k" checkpoint/
done
awk 'BEGIN { for (i = 0; i < 10000; i++) print "w" i "\tx" i }' >large.tsv
"$translate" train --data large.tsv --save large --epochs 1 --width 4 \
    --heads 1 --layers 1 --batch-tokens 100000 >/dev/null 2>&1 || exit 1
mv large checkpoint.large/

printf -- '--data\000a\000--save=m\000--layers\00016\000--norm\000post\000--' \
    >settings/one
printf -- '--lr\0001e-9\000--data\000--resume\000--help\000-x\000--width=1' \
    >settings/two
{ printf -- '--data\000'; many 1000000 'x'; printf '\000--save\000m'; } \
    >settings.large/value
many 100000 "$(printf -- '--resume\001')" | tr '\001' '\000' >settings.large/many

# header LENGTH TEXT: the length in one byte, and the text.
header() {
    printf '%b\000\000\000\000\000\000\000%s' "\\0$(printf %o "$1")" "$2"
}
{
    header 119 '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]}}         '
    printf '0123456789abcdef'
} >safetensors/floats
{
    header 153 '{"__metadata__":{"a\"\u0041":"b"},"b":{"shape":[2,1],"dtype":"BF16","data_offsets":[0,4]},"a":{"data_offsets":[4,12],"shape":[2],"dtype":"F32"}}         '
    printf '0123456789ab'
} >safetensors/halves
{ header 119 '{"'; many 1000000 'x'; printf '":{}}'; } >safetensors.large/name

# Two pieces, ab and bc, and a text; and the header of a model.
printf '\002\000\000\000\000\000\200\077\002\000\000\000ab\000\000\000\100\002\000\000\000bca%s' \
    'a bcabcab abc abc abc abc abc abc abc!!' >llama/pieces
printf '\004\000\000\000\005\000\000\000\001\000\000\000\002\000\000\000\001\000\000\000\003\001\000\000\003\000\000\000' \
    >llama/header
many 100000 'ab' >llama.large/text

# 14_masks.gp -- the figures of chapter 14: three masks, the loss of three
# lessons, and what each way of drawing does to a distribution.

load 'plots/style.gp'

# ---- masks ------------------------------------------------------------------
# Three tables beside each other, as cells: dark is hidden.

figure = 'masks'
if (!in_terminal) { W = 480; H = 190 }
@begin
if (in_terminal) { set terminal dumb size 79, 14 noenhanced mono }
unset title
unset grid
unset key
unset tics
unset colorbox
set border 0
set xrange [-1 : 26]
set yrange [7.2 : -2.2]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
names = "causal none prefix"
do for [i = 1 : 3] {
    set label word(names, i) center at 3 + 9 * (i - 1), -1.2
}
set palette defined (0 '#cfe3f2', 1 '#444444')
set cbrange [0 : 1]
table(i) = data.'/'.word(names, i).'.dat'
if (in_terminal) {
    plot for [i = 1 : 3] table(i) using ($1 + 9 * (i - 1)):2: \
        ($3 > 0 ? '#' : '.') with labels
} else {
    plot for [i = 1 : 3] table(i) using ($1 + 9 * (i - 1)):2: \
        ($1 + 9 * (i - 1) - 0.46):($1 + 9 * (i - 1) + 0.46):($2 - 0.46): \
        ($2 + 0.46):3 with boxxyerror fs solid noborder lc palette
}

# ---- lessons ----------------------------------------------------------------

figure = 'lessons'
@begin
set xlabel "step"
set ylabel "loss (nats per token)"
set yrange [0 : *]
set key at graph 0.98, graph 0.45 right center
names = "GPT BERT UniLM"
plot for [i = 1 : 3] file using 1:i + 1 with lines ls i title word(names, i)

# ---- drawing ----------------------------------------------------------------

figure = 'drawing'
H = 330
@begin
set logscale y
set format y "10^{%T}"
set xlabel "words, the most probable first"
set ylabel "probability"
set xtics 1
set yrange [1e-4 : 1.5]
set rmargin 15
set key at graph 1.02, graph 1.02 left top Left reverse samplen 1.5 \
    spacing 1.2
names = "'as it is' 'T = 0.5' 'T = 2' 'top-k, 5' 'top-p, 0.8'"
plot for [i = 1 : 5] file using 1:(column(i + 1) > 0 ? column(i + 1) : NaN) \
    with linespoints ls i title word(names, i)

# ---- she --------------------------------------------------------------------
# The story from top to bottom, a word a line, with two bars.

figure = 'she'
W = 420
H = 520
@begin
set xlabel "weight"
set xrange [0 : 1]
set key at graph 0.98, graph 0.7
set grid noytics
stats file using (words = $1) nooutput
set yrange [words + 0.7 : -0.7]
bar(i) = 0.4 * (i - 1)
plot file every :::0::0 using (-1):1:ytic(4) with points notitle, \
    for [i = 0 : 1] file using (0):($2 == i ? $1 + bar(i) : NaN): \
        (0):3:($1 + bar(i)):($1 + bar(i) + 0.4) \
        with boxxyerror fs solid noborder ls i + 1 title word("he she", i + 1)

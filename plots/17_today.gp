# 17_today.gp -- the figures of chapter 17: a layer of 2017 beside one of today,
# gradients before training, what a gate does, and the loss after one change at a
# time.

load 'plots/style.gp'

# ---- layers ---------------------------------------------------------------------
# A drawing, without data: two columns of boxes, from the bottom to the top, and
# the sum that runs beside them.

figure = 'layers'
if (!in_terminal) { W = 480; H = 380 }
@begin
if (in_terminal) { set terminal dumb size 79, 30 noenhanced mono }
unset title
unset grid
unset key
unset tics
set border 0
set xrange [-0.5 : 20.5]
set yrange [-1.2 : 12.6]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
shade(kind) = kind eq "norm" ? "#e69f00" : kind eq "sum" ? "#999999" : "#56b4e9"
rectangle(x, y, kind) = in_terminal ? "" : \
    sprintf("set object rect center %g, %g size 7.4, 1.1 fs solid 0.35 border lc rgb 'black' fc rgb '%s'", x, y, shade(kind))
text(x, y, words) = sprintf("set label '%s' center at %g, %g front", words, x, y)
up(x, from, to) = sprintf("set arrow from %g, %g to %g, %g %s front", x, from, \
    x, to, in_terminal ? "nohead" : "filled size 0.3, 18 lw 1.4 lc rgb 'black'")
# The sum: from below, around what is added, to the plus.
around(x, from, to) = in_terminal ? "" : sprintf( \
    "set arrow from %g, %g to %g, %g nohead lw 2 lc rgb '#d55e00'; ", x, from, x - 4.2, from) . sprintf( \
    "set arrow from %g, %g to %g, %g nohead lw 2 lc rgb '#d55e00'; ", x - 4.2, from, x - 4.2, to) . sprintf( \
    "set arrow from %g, %g to %g, %g filled size 0.3, 18 lw 2 lc rgb '#d55e00'", x - 4.2, to, x - 0.5, to)

array old[6] = ["attention, with biases", "+", "layer norm", "max(0, x)", "+", "layer norm"]
array new[6] = ["RMS norm", "attention, q, k turned", "+", "RMS norm", "SwiGLU", "+"]
kind(words) = words eq "+" ? "sum" : words[strlen(words) - 3:] eq "norm" ? "norm" : "part"
do for [column = 0 : 1] {
    x = 5 + 10.4 * column
    eval text(x, 12, column ? "today" : "2017")
    eval text(x, -0.8, column ? "words" : "words + sinusoids")
    do for [i = 1 : 6] {
        before = i == 1 ? "" : words
        words = column ? new[i] : old[i]
        y = 1.5 * i
        if (words ne "+") { eval rectangle(x, y, kind(words)) }
        eval text(x, y, words)
        eval up(x, i == 1 ? -0.3 : y - 1.5 + (before eq "+" ? 0.4 : 0.55), y - (words eq "+" ? 0.4 : 0.55))
    }
    eval up(x, column ? 9.4 : 9.55, 10.8)
}
eval around(5, 0.5, 3)
eval around(5, 5.15, 7.5)
eval around(15.4, 0.5, 4.5)
eval around(15.4, 5.15, 9)
plot NaN notitle

# ---- gradients ----------------------------------------------------------------

figure = 'gradients'
@begin
set xlabel "layer"
set ylabel "root mean square of the gradient"
set yrange [0 : *]
set xtics 1
set format y "%g"
set key left top
plot file using 1:2 with linespoints ls 1 title "norm before", \
    file using 1:3 with linespoints ls 2 title "norm after"

# ---- gate ---------------------------------------------------------------------

figure = 'gate'
@begin
set xlabel "z"
set ylabel ""
set key left top
plot file using 1:2 with lines ls 1 title "max(0, z)", \
    file using 1:3 with lines ls 2 title "silu(z)", \
    file using 1:4 with lines ls 3 title "silu(z) u, u = -1"

# ---- one change ---------------------------------------------------------------

figure = 'one_change'
H = 330
@begin
set xlabel "loss (nats per token)"
set ylabel ""
set xrange [0 : *]
set yrange [8.6 : -0.6]
unset key
set grid x
set ytics nomirror
label(s) = strstrt(s, "_") == 0 ? s : s[1 : strstrt(s, "_") - 1] . " " \
    . label(s[strstrt(s, "_") + 1 :])
plot file using ($2 / 1000):0:ytic(label(strcol(1))) with points pt 7 ps 1.2 lc rgb '#0072b2'

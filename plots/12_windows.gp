# 12_windows.gp -- the figures of chapter 12: three ways to a far word, what
# counts for whom, how far each way reaches before and after training, how many
# steps it takes to learn, and how long a layer takes.

load 'plots/style.gp'

# ---- ways -------------------------------------------------------------------
# A drawing, without data: words are dots, from left to right, layers go up.

figure = 'ways'
if (!in_terminal) { W = 480; H = 190 }
@begin
if (in_terminal) { set terminal dumb size 79, 14 noenhanced mono }
unset title
unset grid
unset key
unset tics
set border 0
set xrange [-0.6 : 27.6]
set yrange [-1.1 : 3.9]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
line = in_terminal ? "nohead" : "nohead lw 1 lc rgb '#909090'"
way = in_terminal ? "nohead" : "filled size 0.5, 18 lw 2 lc rgb '#d55e00'"
do for [layer = 1 : 3] {
    step = 2 ** (layer - 1)
    do for [i = 0 : 7] {
        do for [j = 0 : 1] {
            if (i - j * step >= 0) {
                eval sprintf("set arrow from %g, %g to %g, %g %s back", \
                    i - j * step, layer - 1 + 0.12, i, layer - 0.12, line)
            }
        }
    }
    eval sprintf("set arrow from %g, %g to %g, %g %s front", \
        step - 1, layer - 1 + 0.12, 2 * step - 1, layer - 0.12, way)
}
do for [i = 0 : 7] {
    eval sprintf("set arrow from %g, 0.12 to %g, 0.88 %s back", \
        10 + i, 10 + i, i == 0 ? way : line)
    if (i > 0) {
        eval sprintf("set arrow from %g, 1 to %g, 1 %s front", \
            10 + i - 0.88, 10 + i - 0.18, way)
    }
    eval sprintf("set arrow from %g, 0.12 to 27, 0.88 %s front", 20 + i, \
        i == 0 ? way : line)
}
set label "windows with holes" center at 3.5, -0.75
set label "recurrence" center at 13.5, -0.75
set label "attention" center at 23.5, -0.75
dot = in_terminal ? "'o'" : "'' point pt 7 ps 0.7 lc rgb 'black'"
put(x, y) = sprintf("set label %s at %g, %g front", dot, x, y)
do for [i = 0 : 7] {
    do for [layer = 0 : 3] { eval put(i, layer) }
    eval put(10 + i, 0)
    eval put(10 + i, 1)
    eval put(20 + i, 0)
}
eval put(27, 1)
plot NaN notitle

# ---- counts -----------------------------------------------------------------
# Four mixers beside each other, two sentences below each other, as tables on
# one pair of axes in cells. A cell is the darker, the less its word counts.

figure = 'counts'
n = 6
wide_gap = 2
if (!in_terminal) { W = 480; H = 300 }
@begin
if (in_terminal) { set terminal dumb size 79, 22 noenhanced mono }
table(i, s) = data.'/counts_'.word("3 4 2 5", i).'_'.s.'.dat'
X(i, column) = column + (i - 1) * (n + wide_gap)
Y(s, row) = row + (s - 1) * (n + wide_gap)
unset title
unset grid
unset key
unset tics
bent = 0
cold = 0
hot = 1
unset colorbox
set border 0
set cbrange [0 : 1]
set xrange [-5.4 : 4 * n + 3 * wide_gap - 0.3]
set yrange [2 * n + wide_gap - 0.3 : -2.5]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
names = "'fully connected' window 'max pooling' attention"
do for [i = 1 : 4] {
    set label word(names, i) center at X(i, (n - 1) / 2.0), -1.5
}
set label "one" center at -3.1, Y(1, (n - 1) / 2.0 - 0.5)
set label "sentence" center at -3.1, Y(1, (n - 1) / 2.0 + 0.5)
set label "another" center at -3.1, Y(2, (n - 1) / 2.0)
if (in_terminal) {
    plot for [s = 1 : 2] for [i = 1 : 4] table(i, s) using (X(i, $1)): \
        (Y(s, $2)):(shade($3)) with labels
} else {
    plot for [s = 1 : 2] for [i = 1 : 4] table(i, s) using (X(i, $1)): \
        (Y(s, $2)):(X(i, $1 - 0.5)):(X(i, $1 + 0.5)):(Y(s, $2 - 0.5)): \
        (Y(s, $2 + 0.5)):3 with boxxyerror fs solid border lc rgb 'white' \
        lc palette
}

# ---- reach, reach_after -----------------------------------------------------
# Six lines over the distance; 0 cannot be drawn and ends a line.

names = "windows '… with holes' recurrent '… gated' attention '… with places'"
do for [figure in "reach reach_after"] {
    H = 340
    @begin
    set logscale y
    set format y "10^{%T}"
    set xlabel "words before"
    set ylabel "size of the gradient"
    set xrange [0 : 79]
    set xtics 16
    set yrange [1e-12 : 20]
    set ytics 1e3
    unset mytics
    set rmargin 17
    set key at graph 1.02, graph 1.02 left top Left reverse samplen 1.5 \
    spacing 1.2
    if (figure eq "reach_after") {
        set arrow from 16, graph 0 to 16, graph 1 nohead back dt (6, 5) lw 0.8 \
            lc rgb 'black'
    }
    plot for [i = 1 : 6] file using 1:(column(i + 1) > 0 ? column(i + 1) \
        : NaN) with lines ls i lw 2 title word(names, i)
}

# ---- recall -----------------------------------------------------------------

figure = 'recall'
H = 320
@begin
set logscale x 2
set xlabel "words before"
set ylabel "steps of training"
set xrange [0.9 : 71]
set yrange [0 : 310]
set xtics (1, 2, 4, 8, 16, 32, 64)
set ytics 50
set rmargin 17
set key at graph 1.02, graph 1.02 left top Left reverse samplen 1.5 \
    spacing 1.2
plot for [i in "1 2 3 4 6"] file using 1:int(i) + 1 with linespoints ls int(i) \
    title word(names, int(i) == 6 ? 5 : int(i))

# ---- time -------------------------------------------------------------------

figure = 'time'
H = 340
@begin
names = "windows recurrent attention"
set logscale xy
set xlabel "n"
set ylabel "time (ms)"
set xrange [60 : 2200]
set xtics (64, 256, 1024)
set rmargin 17
set key at graph 1.02, graph 1.02 left top Left reverse samplen 1.5 \
    spacing 1.2
plot for [i = 1 : 3] file using 1:(1e3 * column(i + 1)) with linespoints \
        ls int(word("1 3 6", i)) title word(names, i), \
    for [i = 1 : 3] file using 1:(1e3 * column(i + 4)) with linespoints \
        ls int(word("1 3 6", i)) dt (6, 4) title "… 2 threads"

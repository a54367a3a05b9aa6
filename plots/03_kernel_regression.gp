# 03_kernel_regression.gp -- the figures of chapter 3: weighted means of noisy
# points, by kernels of several widths and shapes; the kernels and the weights
# themselves; how a width is learned, and which is best.

load 'plots/style.gp'

# Small panels with the same axes: only those on the left and at the bottom bear
# numbers.
four = "set multiplot layout 2, 2 margins screen 0.11, 0.98, 0.17, 0.93 " \
    ."spacing screen 0.07, 0.12; beside = 2; panels = 4"
panel = "set format y (i % beside == 1 ? '%g' : '');" \
    ."set ylabel (i % beside == 1 ? down : '') offset 0.4, 0;" \
    ."set format x (i > panels - beside ? '%g' : '');" \
    ."set xlabel (i > panels - beside ? across : '') offset 0, 0.3;" \
    ."set title; set label 1 heading center at graph 0.5, graph 1 offset 0, 0.8"

# ---- widths, fits, learned --------------------------------------------------
# x, the true curve and the fits are columns of one file.

regression = "set xrange [0 : 5]; set yrange [-0.6 : 4.1];" \
    ."set xtics 1; set ytics 1; across = 'x'; down = 'y'"
fit = "file using 1:2 with lines dt (6, 5) lw 1.2 lc rgb 'black' notitle, " \
    ."file using 1:c with lines ls 1 notitle, " \
    ."data.'/points.dat' with points pt 7 ps 0.3 lc rgb '#808080' notitle"

figure = 'widths'
H = 430
@begin
@four
@regression
do for [i = 1 : 4] {
    heading = "width ".word("0.1 0.2 0.5 1", i)
    c = i + 2
    @panel
    plot @fit
}
unset multiplot

figure = 'fits'
H = 430
@begin
@four
@regression
do for [i = 1 : 4] {
    heading = word("Gaussian boxcar triangular Epanechnikov", i)
    c = i + 2
    @panel
    plot @fit
}
unset multiplot

figure = 'learned'
W = 560
H = 275
@begin
set multiplot layout 1, 3 margins screen 0.09, 0.98, 0.29, 0.89 \
    spacing screen 0.05, 0
@regression
beside = 3
panels = 3
do for [i = 1 : 3] {
    heading = (i == 1 ? "width 1" : i == 2 ? "looking at oneself" \
                                           : "leaving oneself out")
    c = int(word("5 3 4", i))
    @panel
    plot @fit
}
unset multiplot

# ---- kernels ----------------------------------------------------------------

figure = 'kernels'
H = 380
@begin
@four
set xrange [-3 : 3]
set yrange [-0.06 : 1.1]
set xtics 1
set ytics 0.5
across = "u"
down = ""
do for [i = 1 : 4] {
    heading = word("Gaussian boxcar triangular Epanechnikov", i)
    @panel
    plot file using 1:i + 1 with lines ls 1 notitle
}
unset multiplot

# ---- weights ----------------------------------------------------------------
# One scale of colours for all, that of weights in plots/style.gp. In the
# terminal one character stands for ten queries and two keys.

figure = 'weights'
H = 500
@begin
stats data.'/weights_01.dat' using 3 name 'Z' nooutput
bent = 1
hot = Z_max
cell_W = 1
set cbrange [0 : 1]
set cbtics ("0" 0) scale 0
do for [v in "0.01 0.05 0.1 0.2 0.5"] {
    set cbtics add (v sqrt(v / hot))
}
unset title
unset grid
set border 0
set tics scale 0
set xrange [-0.5 : 49.5]
set x2range [-0.5 : 49.5]
set yrange [99.5 : -0.5]
set ytics 20
set x2tics 10 offset 0, -0.3
unset xtics
set multiplot layout 2, 2 margins \
    screen 0.13, in_terminal ? 0.823 : 0.84, 0.03, 0.83 \
    spacing screen 0.06, 0.1
set label 2 "key" center at graph 0.5, graph 1 offset 0, 1.9
do for [i = 1 : 4] {
    if (i == 3) { unset x2tics; unset label 2 }
    set label 1 "width ".word("0.1 0.2 0.5 1", i) center \
        at graph 0.5, graph 1 offset 0, i < 3 ? 3.1 : 1
    set format y (i % 2 ? "%g" : "")
    set ylabel (i % 2 ? "query" : "") offset 0.8, 0
    unset colorbox
    if (i == 4) { set colorbox user vertical noborder \
        origin screen 0.865, 0.03 size screen 0.025, 0.8 }
    file = data.'/weights_'.word("01 02 05 10", i).'.dat'
    if (in_terminal) {
        plot file every 2:10 using 1:2:(shade($3)) with labels notitle
    } else {
        plot file using 1:2:(colour($3)) with image notitle
    }
}
unset multiplot

# ---- learning ---------------------------------------------------------------

figure = 'learning'
W = 560
H = 330
@begin
set lmargin 7
set rmargin 2
set xlabel "step"
set xrange [0 : 400]
set xtics 100
set multiplot layout 1, 2
set title "loss"
set yrange [0 : 0.5]
set ytics 0.1
set label 1 "leaving oneself out" at 395, 0.101 right offset 0, 0.7 \
    front
set label 2 "looking at oneself" at 395, 0.058 right front
plot file index 0 using 1:2 with lines ls 2 notitle, \
    file index 1 using 1:2 with lines ls 1 notitle

set title "width"
set logscale y
set yrange [0.01 : 1]
set ytics ("1" 1, "0.1" 0.1, "0.01" 0.01)
set label 1 at 395, 0.137
set label 2 "looking at\noneself" at 195, 0.023 right front
plot file index 0 using 1:3 with lines ls 2 notitle, \
    file index 1 using 1:3 with lines ls 1 notitle
unset multiplot

# ---- best_width -------------------------------------------------------------
# The dashed line of slope -1/5 goes through the middle of the points.

figure = 'best_width'
@begin
stats file using (log($1)) name 'M' nooutput
stats file using (log($2)) name 'B' nooutput
set logscale xy
set xlabel "number of points"
set ylabel "best width"
set xrange [20 : 500]
set yrange [0.1 : 0.3]
set xtics ("25" 25, "50" 50, "100" 100, "200" 200, "400" 400)
set ytics ("0.1" 0.1, "0.15" 0.15, "0.2" 0.2, "0.3" 0.3)
set label "slope −1/5" at 170, 0.185 left
plot exp(B_mean - (log(x) - M_mean) / 5) with lines dt (6, 5) lw 1.2 \
        lc rgb 'black' notitle, \
    file using 1:2 with points ls 1 ps 0.9 notitle

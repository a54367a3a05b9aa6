# 16_long_sequences.gp -- the figures of chapter 16: who sees whom, the roofline
# of this machine, what each way recalls, and how long it takes.

load 'plots/style.gp'

# ---- who_sees_whom ----------------------------------------------------------
# Three tables of 0 and 1 beside each other, on one pair of axes in cells.

figure = 'who_sees_whom'
n = 12
gap = 2
if (!in_terminal) { W = 480; H = 190 }
@begin
if (in_terminal) { set terminal dumb size 79, 17 noenhanced mono }
unset title
unset grid
unset key
unset tics
unset colorbox
set border 0
bent = 0
cold = 0
hot = 1
set cbrange [0 : 1]
set xrange [-0.7 : 3 * n + 2 * gap - 0.3]
set yrange [n - 0.3 : -2.6]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
X(i, column) = column + (i - 1) * (n + gap)
names = "'all before' 'a window of four' '… after two layers'"
tables = "all window two_layers"
do for [i = 1 : 3] {
    set label word(names, i) center at X(i, (n - 1) / 2.0), -1.6
}
table(i) = data.'/'.word(tables, i).'.dat'
if (in_terminal) {
    plot for [i = 1 : 3] table(i) using (X(i, $1)):2:($3 > 0 ? '█' : '·') \
        with labels
} else {
    plot for [i = 1 : 3] table(i) using (X(i, $1)):2:(X(i, $1 - 0.5)): \
        (X(i, $1 + 0.5)):($2 - 0.5):($2 + 0.5):3 with boxxyerror fs solid \
        border lc rgb 'white' lc palette
}

# ---- roofline ---------------------------------------------------------------

figure = 'roofline'
H = 340
@begin
stats data.'/roof.dat' using 1 name 'MEMORY' nooutput
stats data.'/roof.dat' using 2 name 'PEAK' nooutput
bytes = MEMORY_max * 1e-9
peak = PEAK_max * 1e-9
set logscale xy
set xlabel "FLOP per byte"
set ylabel "GFLOP/s"
set xrange [0.2 : 500]
set yrange [bytes * 0.06 : peak * 2.5]
set xtics (0.25, 1, 4, 16, 64, 256)
set format y "%g"
set label 1 sprintf("%.0f GFLOP/s", peak) at 400, peak right offset 0, 0.8
set label 2 sprintf("%.0f GB/s", bytes) at 0.24, bytes * 0.24 left \
    offset 1, -0.8
roof(x) = bytes * x < peak ? bytes * x : peak
set samples 500
names = "product 'one row' softmax 'cache, 8 heads' '… 2 heads' '… 1 head'"
set rmargin 18
set key at graph 1.02, graph 1.02 left top Left reverse samplen 1 spacing 1.2
plot roof(x) with lines lw 2 lc rgb 'black' notitle, \
    for [i = 1 : 6] file every ::i - 1::i - 1 using 1:($2 * 1e-9) \
        with points ls i ps 1.3 title word(names, i)

# ---- tiles ------------------------------------------------------------------

figure = 'tiles'
H = 280
@begin
set logscale xy
set xlabel "n"
set ylabel "time [ms]"
set xrange [110 : 4700]
set xtics ("128" 128, "" 256, "512" 512, "" 1024, "2048" 2048, "" 4096)
set ytics format "%g"
unset mytics
set key left top Left reverse
plot file using 1:(1e3 * $2) with linespoints ls 2 title "table", \
    file using 1:(1e3 * $3) with linespoints ls 1 title "tiles"

# ---- recall -----------------------------------------------------------------
# What is recalled, and beside it the time.

figure = 'recall'
W = 600
H = 320
@begin
names = "'all keys' 'window of 64' 'running sum'"
times = data.'/time.dat'
set logscale x 2
set xlabel "facts"
set xrange [105 : 20000]
set xtics ("128" 128, "" 256, "512" 512, "" 1024, "2048" 2048, "" 4096, \
    "8192" 8192, "" 16384)
set lmargin 6
set rmargin 1
set multiplot layout 1, 2
set title "share right"
set yrange [0 : 1.05]
set key at graph 0.98, graph 0.74 right top samplen 1.5
plot 1 / 16.0 with lines lw 1.2 lc rgb '#999999' notitle, \
    for [i = 1 : 3] file using 1:i + 1 with linespoints ls i \
        title word(names, i)
set title "time [ms]"
unset key
set logscale y
set yrange [*:*]
set ytics format "%g"
unset mytics
stats times using (last = $1, all = 1e3 * $2, sum = 1e3 * $4) nooutput
late(x, y) = x < 2048 || x > last ? NaN : y
plot late(x, 1.5 * all * (x / last) ** 2) with lines lw 0.8 \
        lc rgb '#999999' notitle, \
    late(x, 1.5 * sum * (x / last)) with lines lw 0.8 lc rgb '#999999' \
        notitle, \
    for [i = 1 : 3] times using 1:(1e3 * column(i + 1)) with linespoints ls i \
        notitle
unset multiplot

# ---- sharing ----------------------------------------------------------------

figure = 'sharing'
W = 560
H = 320
@begin
names = "'four heads of keys' two one 'four narrow heads'"
set logscale x 2
set xlabel "facts"
set ylabel "share right"
set xrange [110 : 19000]
set yrange [0 : 1.03]
set xtics (128, 512, 2048, '8192' 8192)
set rmargin 18
set key at graph 1.02, graph 1.02 left top Left reverse samplen 1.5 spacing 1.2
plot 1 / 16.0 with lines lw 1.2 lc rgb '#999999' notitle, \
    for [i = 1 : 4] file using 1:i + 1 with linespoints ls i \
        title word(names, i)

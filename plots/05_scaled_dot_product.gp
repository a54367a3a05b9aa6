# 05_scaled_dot_product.gp -- the figures of chapter 5: tables of who looks at
# whom; what the factor 1 / sqrt(d_k) is for; what attention costs.

load 'plots/style.gp'

# ---- its --------------------------------------------------------------------

figure = 'its'
down = 'looks'
across = 'is looked at'
lo = 0
@heatmap
plot @cells

# ---- variance ---------------------------------------------------------------

figure = 'variance'
@begin
set logscale xy
set xlabel "width d_k"
set ylabel "variance of the score"
set xrange [0.8 : 1300]
set yrange [0.5 : 3000]
set xtics ("1" 1, "4" 4, "16" 16, "64" 64, "256" 256, "1024" 1024)
set ytics ("1" 1, "10" 10, "100" 100, "1000" 1000)
set label "q·k" at 64, 64 right offset -1, 0.8
set label "q·k / √d_k" at 64, 1 center offset 0, 1
plot x with lines dt (6, 5) lw 1.2 lc rgb 'black' notitle, \
    file using 1:2 with points ls 2 ps 0.9 notitle, \
    file using 1:3 with linespoints ls 1 notitle

# ---- saturation -------------------------------------------------------------

figure = 'saturation'
W = 560
H = 330
@begin
set logscale x
set xlabel "width d_k"
set xrange [0.8 : 1300]
set xtics ("1" 1, "" 4, "16" 16, "" 64, "256" 256, "" 1024)

set lmargin 7
set rmargin 2
set multiplot layout 1, 2
set title "keys seen, of 16"
set yrange [0 : 16]
set ytics 4
set label 1 "scaled" at 64, 10.7 center offset 0, 1
set label 2 "raw" at 64, 1.6 left offset 0, 1
plot file using 1:2 with linespoints ls 2 notitle, \
    file using 1:3 with linespoints ls 1 notitle

set title "slope of softmax"
set yrange [0 : 0.4]
set ytics 0.1
set label 1 at 64, 0.306
set label 2 at 64, 0.18 offset 1, 0.8
plot file using 1:4 with linespoints ls 2 notitle, \
    file using 1:5 with linespoints ls 1 notitle
unset multiplot

# ---- causal -----------------------------------------------------------------

figure = 'causal'
down = 'looks'
across = 'is looked at'
lo = 0
hi = 1
@heatmap
plot @cells

# ---- padding ----------------------------------------------------------------

figure = 'padding'
down = 'looks'
across = 'is looked at'
lo = 0
hi = 1
panels = 2
@heatmap
set multiplot
file = data.'/no_padding.dat'
heading = "4 tokens"
@panel
plot @cells
file = data.'/padding.dat'
heading = "2 tokens, 2 of padding"
@panel
plot @cells
unset multiplot

# ---- cost -------------------------------------------------------------------
# What there is to do besides, whatever n is, counts least at the largest n: it
# is where the lines of slopes 2 and 1 are tied to the measurements.

figure = 'cost'
@begin
stats file using (n = $1, self = 1e3 * $2, keys = 1e3 * $3) nooutput
set logscale xy
set xlabel "n"
set ylabel "time [ms]"
set xrange [0.8 * 64 : 1.25 * n]
set xtics ("64" 64, "128" 128, "256" 256, "512" 512, "1024" 1024, \
    "2048" 2048, "4096" 4096)
set ytics format "%g"
unset mytics
set label "n queries, n keys" at n, self right offset -2, 0.3
set label "one of them 64" at n, keys right offset 0, -1.8
plot [x = 64 : n] self * (x / n) ** 2 with lines lw 0.8 lc rgb 'black' \
        notitle, \
    keys * (x / n) with lines lw 0.8 lc rgb 'black' notitle, \
    file using 1:(1e3 * $2) with linespoints ls 2 notitle, \
    file using 1:(1e3 * $3) with linespoints ls 1 notitle, \
    file using 1:(1e3 * $4) with linespoints ls 3 notitle

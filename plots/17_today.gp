# 17_today.gp -- the figures of chapter 17: gradients before training, what a gate
# does, and the loss after one change at a time.

load 'plots/style.gp'

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
    file using 1:5 with lines ls 3 title "silu(z) u, u = -1"

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
label(s) = system("echo '".s."' | tr _ ' '")
plot file using ($2 / 1000):0:ytic(label(strcol(1))) with points pt 7 ps 1.2 lc rgb '#0072b2'

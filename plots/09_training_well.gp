# 09_training_well.gp -- the figures of chapter 9: the learning rate; norm before or
# after.

load 'plots/style.gp'

# ---- rates ------------------------------------------------------------------

figure = 'rates'
H = 250
@begin
set xlabel "step"
set ylabel "learning rate"
set ytics 0.002
set key top right
plot file using 1:2 with lines ls 1 title "straight to zero", \
     file using 1:3 with lines ls 2 title "as published"

# ---- norms ------------------------------------------------------------------

figure = 'norms'
@begin
set xlabel "step"
set ylabel "loss (nats per token)"
set yrange [2 : 9]
set ytics 1
set key top right
plot file using 1:3 with lines ls 2 dt (8, 5) title "norm after, no warm-up", \
     file using 1:2 with lines ls 2 title "norm after, warm-up", \
     file using 1:5 with lines ls 1 dt (8, 5) title "norm before, no warm-up", \
     file using 1:4 with lines ls 1 title "norm before, warm-up"

# ---- leaving_out ------------------------------------------------------------

figure = 'leaving_out'
W = 680
@begin
set xlabel "step"
set ylabel "held-out loss (nats per token)"
set yrange [0 : 5]
set key outside right center reverse Left samplen 1.5
names = "'with all additions' 'any length' 'no warm-up' 'norm after' \
'labels not smoothed' 'no clipping' 'dropout' 'table of its own'"
plot for [i = 1 : 8] file using 1:(column(i + 1)) with lines ls i \
    title word(names, i)

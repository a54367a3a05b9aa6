# 02_softmax.gp -- the figures of chapter 2: weights against temperature, the
# overflow and its cure, the weights of a sentence.

load 'plots/style.gp'

# ---- temperature ------------------------------------------------------------

figure = 'temperature'
H = 340
@begin
set logscale x
set xlabel "temperature"
set ylabel "weight"
set xrange [0.1 : 100]
set yrange [0 : 1.02]
set xtics ("0.1" 0.1, "1" 1, "10" 10, "100" 100)
set ytics 0.25

# Each line bears its score, in a gap, in the row of the file where the lines
# leave most room for it.
row(score) = int(word("28 23 14 19", score))
set label "score" at 0.72, 0.69 right front
plot for [score = 4:1:-1] file using 1:(column(score + 1)) with lines \
        ls 5 - score notitle, \
    for [score = 1:4] file every ::row(score)::row(score) \
        using 1:(column(score + 1)) with points pt 7 ps 1.7 lc rgb 'white' \
        notitle, \
    for [score = 1:4] file every ::row(score)::row(score) \
        using 1:(column(score + 1)):(sprintf("%d", score)) with labels notitle

# ---- overflow ---------------------------------------------------------------

figure = 'overflow'
@begin
set xlabel "c"
set ylabel "weight of the largest score"
set xrange [80 : 95]
set yrange [-0.05 : 1]
set ytics 0.25
set label "maximum subtracted" at 87.5, 0.75 left
set label "as written" at 83, 0.57 center
set label "0, then no value" at 87.5, 0.02 left

# As the sum overflows before its largest term does, there are zeros first.
plot file using 1:($2 > 0 ? $2 : NaN) with lines lw 7 \
        lc rgb word(okabe_ito, 5) notitle, \
    file using 1:($2 == 0 ? $2 : NaN) with points pt 7 ps 0.8 \
        lc rgb word(okabe_ito, 5) notitle, \
    file using 1:3 with lines ls 1 notitle

# ---- weights ----------------------------------------------------------------

figure = 'weights'
down = 'looks'
across = 'is looked at'
lo = 0
hi = 1
@heatmap
plot @cells

# 10_translating_well.gp -- the figures of chapter 10: what a cache saves; what a beam
# brings.

load 'plots/style.gp'

# ---- rows -------------------------------------------------------------------

figure = 'rows'
H = 250
@begin
set xlabel "tokens written"
set ylabel "rows through a layer"
set logscale xy
set format y "10^{%L}"
set key top left
plot file using 1:2 with linespoints ls 2 title "all anew", \
     file using 1:3 with linespoints ls 1 title "kept"

# ---- beams ------------------------------------------------------------------

figure = 'beams'
H = 250
@begin
set xlabel "beam"
set ylabel "per cent"
set logscale x 2
set xrange [0.9 : 9]
set yrange [90 : 100]
set key bottom right
plot file using 1:3 with linespoints ls 1 title "BLEU", \
     file using 1:2 with linespoints ls 2 title "exact"

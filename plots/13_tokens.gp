# 13_tokens.gp -- the figure of chapter 13: how long a sentence is in pieces.

load 'plots/style.gp'

# ---- lengths ----------------------------------------------------------------

figure = 'lengths'
@begin
cuts = data.'/cuts.dat'
stats cuts using 2 name 'English' nooutput
stats cuts using 3 name 'French' nooutput
stats cuts using 4 name 'Chinese' nooutput
set logscale x 2
set xlabel "pieces, bytes included"
set ylabel "pieces in a sentence"
set xrange [230 : 4700]
set yrange [0 : 40]
set xtics ("256" 256, "512" 512, "1024" 1024, "2048" 2048, "4096" 4096)
set ytics 10
set key top right
plot file using 1:3 with linespoints ls 1 title "French", \
    file using 1:2 with linespoints ls 2 title "English", \
    file using 1:4 with linespoints ls 3 title "Chinese", \
    French_min with lines ls 1 dt (6, 5) lw 1.2 notitle, \
    English_min with lines ls 2 dt (6, 5) lw 1.2 notitle, \
    Chinese_min with lines ls 3 dt (6, 5) lw 1.2 notitle

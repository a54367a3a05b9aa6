# bench.gp -- how many times faster, or smaller, ours is than the peer: a bar for
# each row of `make bench`. Run by `make bench-page` on what it has left.

load 'plots/style.gp'

# Bars grow from the line at 1, to the right where ours is better; on a
# logarithmic scale, where twice as fast and half as fast are equally far from
# it.
figure = 'speed'
stats data.'/speed.dat' using 1:2 name 'S' nooutput
bars = int(S_max_x) + 1
least = S_min_y < 0.5 ? S_min_y / 1.6 : 0.4
most = S_max_y > 10 ? S_max_y * 1.8 : 18
W = 680
H = 90 + 19 * bars
@begin
set logscale x
set xrange [least : most]
set yrange [bars - 0.4 : -0.6]
set lmargin at screen 0.52
set rmargin at screen 0.95
set tmargin at screen 1 - 8.0 / (90 + 19 * bars)
set bmargin at screen 82.0 / (90 + 19 * bars)
unset key
set border 1
set xtics ("1/30" 1.0 / 30, "1/10" 0.1, "1/3" 1.0 / 3, "1" 1, "3" 3, \
    "10" 10, "30" 30, "100" 100, "300" 300)
set ytics scale 0 noenhanced font ',13'
set grid noytics
set xlabel "times better than the peer"
set arrow from 1, -0.6 to 1, bars - 0.4 nohead lw 1.5 lc rgb 'black' front
plot file using (1):1:($2 < 1 ? $2 : 1):($2 < 1 ? 1 : $2): \
        ($1 - 0.36):($1 + 0.36):($2 < 1 ? 0xd55e00 : 0x0072b2): \
        ytic(strcol(3)) \
        with boxxyerror fs solid noborder lc rgb variable, \
    file using ($2 < 1 ? 1 : $2):1: \
        (sprintf($2 < 10 ? "%.2g" : "%.0f", $2)) with labels left \
        offset 0.4, 0 font ',12'

# 07_positional_encoding.gp -- the figures of chapter 7: codes of positions, as
# a whole and as waves; what they say about distance; a pair that turns; how
# six schemes fare on sequences longer than those they learned from.

load 'plots/style.gp'

# ---- sinusoids --------------------------------------------------------------

figure = 'sinusoids'
lo = -1
hi = 1
down = 'position'
across = 'component'
@heatmap
column_step = 8
row_step = 8
plot @cells

# ---- columns ----------------------------------------------------------------
# Each wave bears its number above a crest, where no other wave is. The two of a
# pair are of one colour, light and dark.

figure = 'columns'
@begin
set tmargin 2.5
set xlabel "position"
set xrange [0 : 63]
set yrange [-1.05 : 1.05]
set xtics 8
set ytics 0.5
set xzeroaxis lt -1 lw 0.8
set label "column 6" at 9.6, 1 right offset 0, 0.9
set label "8" at 15.7, 1 center offset 0, 0.9
set label "7" at 35.3, 1 center offset 0, 0.9
set label "6" at 44.2, 1 center offset 0, 0.9
set label "9" at 62.8, 1 center offset 0, 0.9
colour(i) = int(word("1 6 2 5", i))
plot for [i = 4 : 1 : -1] file using 1:i + 1 with lines ls colour(i) notitle

# ---- distance ---------------------------------------------------------------

figure = 'distance'
H = 280
@begin
set xlabel "distance"
set ylabel "inner product"
set xrange [-31 : 31]
set yrange [0 : 17]
set xtics 10
set ytics 4
plot file using 1:2 with linespoints ls 1 ps 0.4 notitle

# ---- rotary -----------------------------------------------------------------

figure = 'rotary'
W = 380
H = 380
@begin
set size ratio -1
set border 0
unset tics
unset grid
set xrange [-1.25 : 1.25]
set yrange [-1.25 : 1.25]
set lmargin at screen 0.02
set rmargin at screen 0.98
set tmargin at screen 0.98
set bmargin at screen 0.02
stats file every ::1::1 using (turn = atan2($3, $2)) nooutput
set label sprintf("%.3g radian", turn) left \
    at 0.33 * cos(turn / 2), 0.33 * sin(turn / 2) offset 0.3, 0
set parametric
plot [t = 0 : 1] cos(2 * pi * t), sin(2 * pi * t) with lines lw 0.8 \
        lc rgb '#808080' notitle, \
    0.3 * cos(turn * t), 0.3 * sin(turn * t) with lines lw 1 lc rgb 'black' \
        notitle, \
    file using (0):(0):2:3 with vectors ls 1 filled notitle, \
    file using (1.12 * $2):(1.12 * $3):(sprintf("%d", $1)) with labels notitle

# ---- contest ----------------------------------------------------------------

# The names stand to the right of the lines' ends, pushed apart where these are
# close.

figure = 'contest'
H = 340
@begin
names = "none sinusoids learned 'relative bias' ALiBi rotary guessing"
array end[7]
array at[7]
do for [i = 1 : 6] {
    stats file using (longest = $1, end[i] = column(i + 1)) nooutput
}
end[7] = 1 / 12.0
apart = 0.076
do for [i = 1 : 7] { at[i] = end[i] }
do for [round = 1 : 60] {
    do for [i = 1 : 7] {
        do for [j = 1 : 7] {
            if (i != j && at[i] >= at[j] && at[i] - at[j] < apart) {
                at[i] = at[i] + 0.002
                at[j] = at[j] - 0.002
            }
        }
    }
}
set logscale x 2
set xlabel "length of the sequence"
set ylabel "right answers"
set xrange [15 : 1.03 * longest]
set yrange [0 : 1.03]
set xtics (16, 32, 64, 128)
set ytics ("0 %%" 0, "25 %%" 0.25, "50 %%" 0.5, "75 %%" 0.75, "100 %%" 1)
set rmargin 15
do for [i = 1 : 7] {
    set label word(names, i) at 1.18 * longest, at[i] left offset 0.5, 0
    if (!in_terminal) {
        set arrow from longest, end[i] to 1.18 * longest, at[i] nohead lw 0.8 \
            lc rgb (i == 7 ? 'black' : word(okabe_ito, i))
    }
}
plot 1 / 12.0 with lines dt (6, 5) lw 1.2 lc rgb 'black' notitle, \
    for [i = 1 : 6] file using 1:i + 1 with linespoints ls i notitle

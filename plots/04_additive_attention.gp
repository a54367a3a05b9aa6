# 04_additive_attention.gp -- the figures of chapter 4: who looks at whom, with
# padding, before and after training, in a sentence; how four ways to score
# learn a task.

load 'plots/style.gp'

# ---- recall -----------------------------------------------------------------
# Eight small tables: what is told by colours here, the chapter prints in numbers.

figure = 'recall'
W = 680
H = 370
@begin
unset title
unset grid
set border 0
bent = 0
cold = 0
hot = 1
cell_W = 3
set cbrange [0 : 1]
set tics scale 0
set cbtics 0.25 format "%g"
set xrange [-0.5 : 5.5]
set x2range [-0.5 : 5.5]
set yrange [5.5 : -0.5]
set ytics 1
set x2tics 1 offset 0, -0.3
unset xtics
set multiplot layout 2, 4 margins \
    screen 0.12, in_terminal ? 0.893 : 0.87, 0.05, 0.755 \
    spacing screen 0.04, 0.06
set label 2 "key" center at graph 0.5, graph 1 offset 0, 1.9
do for [i = 1 : 8] {
    if (i > 4) { unset x2tics; unset label 1; unset label 2 }
    if (i < 5) { set label 1 center at graph 0.5, graph 1 offset 0, 3.1 \
        word("'additive, no bias' additive bilinear 'scaled dot product'", i) }
    set format y (i % 4 == 1 ? "%g" : "")
    set ylabel (i == 1 ? "query, before" : i == 5 ? "query, after" : "") \
        offset 0.8, 0
    unset colorbox
    if (i == 8) { set colorbox user vertical noborder \
        origin screen 0.89, 0.05 size screen 0.02, 0.705 }
    file = data.(i < 5 ? '/before' : '/after') \
        .word("_odd '' _bilinear _scaled", (i - 1) % 4 + 1).'.dat'
    if (in_terminal) {
        plot file using 1:2:(wide(shade($3))) with labels notitle
    } else {
        plot file using 1:2:3 with image notitle
    }
}
unset multiplot

# ---- network ----------------------------------------------------------------
# Columns of small squares are vectors: x, y of the middle, how many squares, a
# colour of Okabe and Ito. No data: it shows what is not measured.

$vectors << end
18 190 6 1
130 190 5 1
18 66 4 2
130 66 5 2
212 206 5 5
308 128 5 3
414 128 1 3
end

figure = 'network'
H = 270
@begin
unset border
unset tics
unset key
unset grid
set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set xrange [0 : default_W]
set yrange [0 : 270]
set label "query q" at 4, 248 left
set label "key k" at 4, 110 left
set label "W_q" at 74, 190 center offset 0, 0.8
set label "W_k" at 74, 66 center offset 0, 0.8
set label "h numbers" at 130, 14 center
set label "b" at 226, 206 left
set label "+" at 212, 128 center front
set label "tanh" at 262, 128 center offset 0, 0.8
set label "w_v" at 362, 128 center offset 0, 0.8
set label "a(q, k)" at 428, 128 left
if (!in_terminal) {
    set label "" at 212, 128 point pt 6 ps 2.4 lw 1.2 lc rgb 'black'
}
set style arrow 1 filled size 7, 20 lw 1.2 lc rgb 'black'
set arrow from 34, 190 to 114, 190 as 1
set arrow from 34, 66 to 114, 66 as 1
set arrow from 146, 178 to 200, 137 as 1
set arrow from 146, 78 to 200, 119 as 1
set arrow from 212, 166 to 212, 142 as 1
set arrow from 226, 128 to 294, 128 as 1
set arrow from 322, 128 to 400, 128 as 1
paint(i) = (i == 1 ? 0x0072b2 : i == 2 ? 0xd55e00 : \
    i == 3 ? 0x009e73 : 0xe69f00)
square(y, i, n) = (i < n ? y + 14 * (i - 0.5 * (n - 1)) : NaN)
plot for [i = 0 : 5] $vectors using 1:(square($2, i, $3)):(6):(6): \
    (paint($4)) with boxxy fs solid noborder lc rgb variable notitle

# ---- masked -----------------------------------------------------------------

figure = 'masked'
across = 'key'
lo = 0
@heatmap
plot @cells

# ---- losses -----------------------------------------------------------------
# Of ten steps the mean: the loss of one batch is mostly chance.

figure = 'losses'
W = 560
H = 340
@begin
set rmargin in_terminal ? 20 : 17
tens(step) = 10 * floor(step / 10) + 5
stats file using (steps = $1 + 1) nooutput
do for [i = 2 : 5] {
    stats file every ::steps - 50 using i name 'L' nooutput
    set label word("'additive, no bias' additive bilinear " \
        ."'scaled dot product'", i - 1) at graph 1.02, first L_mean left \
        offset 0, 0 front
}
set logscale y
set xlabel "step"
set ylabel "loss, mean of 10 steps"
set xrange [0 : steps]
set yrange [0.5 * L_min : 3]
set xtics steps > 700 ? 200 : 100
set ytics ("1" 1, "0.1" 0.1, "0.01" 0.01, "0.001" 0.001)
plot for [i = 2 : 5] file using (tens($1)):i smooth unique with lines \
        ls int(word("0 2 1 3 5", i)) notitle, \
    log(6) with lines dt (6, 5) lw 1.2 lc rgb 'black' notitle

# ---- mirror -----------------------------------------------------------------

figure = 'mirror'
W = 640
H = 300
@begin
set style fill solid noborder
set xrange [-0.6 : 5.6]
set xtics 1 scale 0
set xlabel "key (asked for: 2)"
set xzeroaxis lt 1 lc rgb 'black' lw 0.8
set border 2
set multiplot layout 1, 2 margins screen 0.1, 0.98, 0.27, 0.79 spacing 0.11, 0
set label 1 "without a bias" center at graph 0.5, graph 1.2
set label 2 "a memory" right at graph in_terminal ? 0.3 : 0.47, graph 1.08 textcolor ls 1
set label 3 "its mirror image" left at graph in_terminal ? 0.35 : 0.53, graph 1.08 textcolor ls 2
set ylabel "score" offset 1, 0
do for [i = 0 : 1] {
    if (i) { set label 1 "with a bias"; unset ylabel }
    plot file using ($1 - 0.19):(column(2 * i + 2)):(0.36) with boxes ls 1 \
            notitle, \
        file using ($1 + 0.19):(column(2 * i + 3)):(0.36) with boxes ls 2 notitle
}
unset multiplot

# ---- tom --------------------------------------------------------------------

figure = 'tom'
down = 'is written'
across = 'is looked at'
lo = 0
hi = 1
@heatmap
plot @cells

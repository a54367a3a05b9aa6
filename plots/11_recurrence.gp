# 11_recurrence.gp -- the figures of chapter 11: a network unrolled; what a
# state depends on; how far a gradient reaches; one look back; three translators;
# where one of them looks; how long they take.

load 'plots/style.gp'

# ---- unrolled ---------------------------------------------------------------
# Drawings, without data: boxes at places in pixels from the top left, or in
# characters. Arrows only in pixels.

sheet = "if (in_terminal) {" \
    ."  set terminal dumb size page_W, page_H noenhanced mono;" \
    ."  set label figure at 0, 0 };" \
    ."unset title; unset grid; unset tics; unset key; set border 0;" \
    ."set xrange [0 : page_W]; set yrange [page_H : 0];" \
    ."set lmargin at screen 0; set rmargin at screen 1;" \
    ."set tmargin at screen 1; set bmargin at screen 0;" \
    ."set style arrow 1 filled size 7, 20 lw 1.2 lc rgb 'black';" \
    ."set style arrow 2 filled size 7, 20 lw 1.2 lc rgb 'gray50' dt (5, 4)"
box = "set label inside center at x, y;" \
    ."if (!in_terminal) {" \
    ."  set object rectangle from x - half_W, y - 13 to x + half_W, y + 13" \
    ."    fc rgb paint fs transparent solid 0.3 border lc rgb 'black' }"
line = "if (!in_terminal) { set arrow from x, y to x2, y2 as kind }"

figure = 'unrolled'
page_W = in_terminal ? 79 : 640
page_H = in_terminal ? 14 : 190
W = page_W
H = page_H
@begin
@sheet
X(i) = in_terminal ? 4 + 6 * i : 30 + 52.5 * i
row_Y(r) = in_terminal ? 3 + 4 * r : 32 + 62 * r
half_W = 18
# The frame first: after an empty one gnuplot's ink is white until something is
# filled.
if (!in_terminal) {
    set object rectangle from X(3) - half_W - 4, row_Y(1) - 17 \
        to X(3) + half_W + 4, row_Y(1) + 17 fs empty border lc rgb 'gray50' \
        lw 2.5
}
do for [i = 0 : 11] {
    x = X(i)
    y = row_Y(1)
    inside = i < 4 ? 'h' : 's'
    paint = word(okabe_ito, i < 4 ? 1 : 2)
    @box
    if (i < 4) {
        set label word("I like deep learning", i + 1) center \
            at x + (in_terminal && i == 3), row_Y(2)
        y = row_Y(2) - 12; x2 = x; y2 = row_Y(1) + 15; kind = 1
        @line
    } else {
        set label word("我 喜 欢 深 度 学 习 <end>", i - 3) center \
            at x, row_Y(0) noenhanced
        y = row_Y(1) - 15; x2 = x; y2 = row_Y(0) + 12; kind = 1
        @line
        if (i < 11) {
            x = X(i) + 9; y = row_Y(0) + 10
            x2 = X(i + 1) - 9; y2 = row_Y(1) - 15
            kind = 2
            @line
        }
    }
    if (i < 11) {
        x = X(i) + half_W; y = row_Y(1); x2 = X(i + 1) - half_W - 1; y2 = y
        kind = 1
        @line
    }
}
set label "one vector" center at X(3), row_Y(0) + (in_terminal ? 1 : 14)
set label "reads" center at X(1.5), row_Y(0)
plot NaN notitle

# ---- depends ----------------------------------------------------------------

figure = 'depends'
down = 'changed'
across = 'the state after'
lo = 0
@heatmap
plot @cells

# ---- far --------------------------------------------------------------------

figure = 'far'
H = 360
@begin
set logscale y
set format y "10^{%T}"
set xlabel "distance in words"
set ylabel "size of the gradient"
set xrange [0 : 64]
set yrange [1e-16 : 1e5]
set ytics 1e4
set rmargin 17
set key at graph 1.02, graph 1.02 left top Left reverse samplen 1.5 \
    spacing 1.2
plot for [i = 2 : 6] file using 1:i with lines \
    ls int(word("0 1 6 2 3 5", i)) \
    title word("'plain' 'plain, 2 W_h' 'plain, 4 W_h' 'gated' 'gated, z open'", \
               i - 1)

# ---- looking ----------------------------------------------------------------

figure = 'looking'
page_W = in_terminal ? 79 : 470
page_H = in_terminal ? 18 : 290
W = page_W
H = page_H
@begin
@sheet
X(i) = in_terminal ? 6 + 10 * i : 50 + 70 * i
row_Y(r) = in_terminal ? 2 + 4 * r : 30 + 62 * r
half_W = 24
do for [i = 0 : 3] {
    x = X(i)
    y = row_Y(3)
    inside = sprintf(in_terminal ? "h%d" : "h_%d", i + 1)
    paint = word(okabe_ito, 1)
    @box
    set label word("I like deep learning", i + 1) center at x, \
        row_Y(3) + (in_terminal ? 2 : 32)
    if (!in_terminal) {
        set arrow from x, row_Y(3) - 15 to X(1.5), row_Y(2) + 15 nohead \
            lw (i == 1 ? 5 : 1.2) lc rgb 'gray50'
    }
}
x = X(1.5); y = row_Y(2); inside = in_terminal ? "C_i" : "C_i"
paint = word(okabe_ito, 3)
@box
x = X(3.2); y = row_Y(1); inside = in_terminal ? "s_i-1" : "s_{i-1}"
paint = word(okabe_ito, 2)
@box
x = X(4.8); inside = "s_i"
@box
x = X(3.2) + half_W; x2 = X(4.8) - half_W - 1; y2 = y; kind = 1
@line
x = X(3.2); y = row_Y(1) + 15
x2 = X(1.5) + half_W + 2; y2 = row_Y(2) - 2; kind = 2
@line
x = X(1.5) + half_W; y = row_Y(2) + 6
x2 = X(4.8) - 8; y2 = row_Y(1) + 16; kind = 1
@line
x = X(4.8); y = row_Y(1) - 15; y2 = row_Y(0) + 12; x2 = x
@line
x = X(4.8); y = row_Y(2) - 12; y2 = row_Y(1) + 16; x2 = x
@line
set label (in_terminal ? "y_i-1: 我" : "y_{i-1}: 我") center at x, row_Y(2)
set label "喜" center at X(4.8), row_Y(0)
plot NaN notitle

# ---- learning ---------------------------------------------------------------

names = "'one vector' '… trained on' 'looking back' Transformer"
line_of = "2 4 1 5"

figure = 'learning'
H = 280
@begin
set xlabel "steps of training"
set ylabel "loss, nats a token"
set yrange [0 : *]
plot for [i = 0 : 3] file index i using 1:2 with lines \
    ls int(word(line_of, i + 1)) title word(names, i + 1)

# ---- against_length ---------------------------------------------------------

figure = 'against_length'
H = 410
@begin
set xlabel "words in the sentence"
set ylabel "right, %"
set xrange [3 : 25]
set yrange [0 : 112]
set ytics 0, 20, 100
set key below maxrows 2
set label "one sentence" center at 6.6, 107 textcolor rgb 'gray50'
set label "two joined" center at 13.3, 107 textcolor rgb 'gray50'
set label "three" center at 20.2, 107 textcolor rgb 'gray50'
plot for [i = 2 : 5] file using 1:i with linespoints \
    ls int(word(line_of, i - 1)) title word(names, i - 1)

# ---- alignment --------------------------------------------------------------

do for [figure in 'alignment alignment_2'] {
    lo = 0
    hi = 1
    down = 'while it writes'
    across = 'looks at'
    @heatmap
    plot @cells
}

# ---- times ------------------------------------------------------------------

figure = 'times'
W = 620
H = 270
@begin
set multiplot layout 1, 2
set style fill solid 0.9 noborder
set boxwidth 0.35
set xrange [-0.6 : 2.6]
set yrange [0 : *]
place(who) = (who == 0 ? 0 : who - 1)
set xtics ("vector" 0, "looking" 1, "Transf." 2) scale 0
set key tmargin center horizontal
set ylabel "ms a step of training"
plot file using (place($1) - 0.19):2 with boxes ls 1 title "1 thread", \
    file using (place($1) + 0.19):3 with boxes ls 2 title "2 threads"
set ylabel "µs a token written"
plot file using (place($1) - 0.19):4 with boxes ls 1 title "1 thread", \
    file using (place($1) + 0.19):5 with boxes ls 2 title "2 threads"
unset multiplot

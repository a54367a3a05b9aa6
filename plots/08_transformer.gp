# 08_transformer.gp -- the figures of chapter 8: the two halves of the model, and
# who looks at whom.

load 'plots/style.gp'

# ---- architecture -----------------------------------------------------------
# A drawing, without data, to be read from below: boxes in two columns, row 0 at
# the bottom, at places in pixels from the top left, or in characters. A row of a
# column is a word of its list; `+` is a sum, which the residual path enters.

figure = 'architecture'
if (in_terminal) {
    page_W = 79; page_H = 20; left_X = 16; right_X = 60; step_Y = 1.2
    box_W = 20; box_H = 0; bottom = 17.5
} else {
    page_W = 540; page_H = 610; left_X = 118; right_X = 436; step_Y = 41
    box_W = 140; box_H = 27; bottom = 540
}
W = page_W
H = page_H
@begin
if (in_terminal) {
    set terminal dumb size page_W, page_H noenhanced mono
    page_W = page_W - 1
    page_H = page_H - 1
    set label figure at 0, 0
}
unset title
unset grid
unset tics
unset key
set border 0
set xrange [0 : page_W]
set yrange [page_H : 0]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
Y(row) = bottom - row * step_Y      # the middle of a row
encoder = "embedding positions norm self-attention + norm feed-forward + norm"
decoder = "embedding positions norm causal_self-attention + norm " \
    ."cross-attention + norm feed-forward + norm output_table"
colours = "embedding 5 positions 5 norm 8 self-attention 1 " \
    ."causal_self-attention 1 cross-attention 2 feed-forward 3 output_table 4"
paint_of(name) = word(okabe_ito, int(word(colours, 1 + \
    sum [k = 1 : words(colours)] (word(colours, k) eq name ? k : 0))))
spaced(s) = (strstrt(s, "_") ? s[1 : strstrt(s, "_") - 1]." " \
    .s[strstrt(s, "_") + 1 : *] : s)
ink = "lw 1.2 lc rgb 'black'"

# What is repeated comes first: after an empty frame gnuplot's ink is white
# until something is filled.
if (!in_terminal) {
    set object rectangle from left_X - 92, Y(7) - 20 to left_X + 78, \
        Y(1) - 16 fs empty border lc rgb 'gray50' dt (6, 4)
    set object rectangle from right_X - 156, Y(10) - 20 to right_X + 96, \
        Y(1) - 16 fs empty border lc rgb 'gray50' dt (6, 4)
    set label "L layers" left at left_X + 86, Y(4)
    set label "L layers" left at right_X - 156, Y(10) - 32
} else {
    set label "L layers: from the first norm to the last +" at 0, page_H
}
do for [column = 0 : 1] {
    list = column ? decoder : encoder
    x = column ? right_X : left_X
    side = column ? 84 : -80        # where the residual path runs
    do for [row = 0 : words(list) - 1] {
        name = word(list, row + 1)
        set label spaced(name) center at x, Y(row) front
        if (in_terminal) { continue }
        if (name eq "+") {
            set object circle at x, Y(row) size 10 fc rgb paint_of('norm') \
                fs transparent solid 0.12 border lc rgb 'black'
            from_row = row - 3
            low = Y(from_row) - 20
            set arrow from x, low to x + side, low nohead @ink
            set arrow from x + side, low to x + side, Y(row) nohead @ink
            set arrow from x + side, Y(row) to x + (side > 0 ? 10 : -10), \
                Y(row) @ink filled size 7, 18
        } else {
            set object rectangle center x, Y(row) size box_W, box_H \
                fc rgb paint_of(name) fs transparent solid \
                (name eq "norm" ? 0.12 : 0.3) border lc rgb 'black'
        }
        if (row > 0) {
            half(n) = (word(list, n + 1) eq "+" ? 10 : box_H / 2.0)
            set arrow from x, Y(row - 1) - half(row - 1) to x, \
                Y(row) + half(row) @ink filled size 7, 18
        }
    }
}
low = Y(0) + (in_terminal ? 1 : 46)
set label "source tokens" center at left_X, low
set label "target tokens so far" center at right_X, low
set label "next token" center at right_X, Y(12) - (in_terminal ? 1 : 38)
if (in_terminal) {
    set label "-- K, V of each layer -->" center at 38, Y(6)
    set label "Q: from below" left at 0, page_H - 1
} else {
    set arrow from left_X, low - 10 to left_X, Y(0) + 14 @ink filled size 7, 18
    set arrow from right_X, low - 10 to right_X, Y(0) + 14 @ink \
        filled size 7, 18
    set arrow from right_X, Y(12) - 14 to right_X, Y(12) - 28 @ink \
        filled size 7, 18
    key_X = right_X - 122
    set object rectangle center key_X, Y(6) size 52, box_H \
        fc rgb word(okabe_ito, 2) fs transparent solid 0.3 \
        border lc rgb 'black'
    set label "K, V" center at key_X, Y(6) front
    set arrow from key_X + 26, Y(6) to right_X - box_W / 2, Y(6) @ink \
        filled size 7, 18
    set label "Q" left at right_X + 8, Y(5.5) font ',11' front
    set arrow from left_X + box_W / 2, Y(8) to key_X, Y(8) nohead @ink
    set arrow from key_X, Y(8) to key_X, Y(6) - box_H / 2 @ink filled size 7, 18
}
plot NaN notitle

# ---- crossing ---------------------------------------------------------------

figure = 'crossing'
lo = 0
hi = 1
down = 'while it writes'
across = 'looks at'
@heatmap
plot @cells

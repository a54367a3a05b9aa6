# 08_transformer.gp -- the figures of chapter 8: the two halves of the model, and
# who looks at whom.

load 'plots/style.gp'

# ---- architecture -----------------------------------------------------------
# A drawing, without data: boxes at places in pixels from the top left, or in
# characters. Those with a bar are wrapped in a sum and a norm.

figure = 'architecture'
if (in_terminal) {
    page_W = 79; page_H = 24; box_W = 24; box_H = 1; left_X = 12; right_X = 52
    top_Y = 3; step_Y = 3
} else {
    page_W = 520; page_H = 380; box_W = 164; box_H = 30; left_X = 90
    right_X = 340; top_Y = 40; step_Y = 52
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
Y(row) = top_Y + row * step_Y
middle(x) = x + box_W / 2.0
box = "set label inside center at middle(x), Y(row) + box_H / 2.0;" \
    ."if (!in_terminal) {" \
    ."  set object rectangle from x, Y(row) rto box_W, box_H" \
    ."    fc rgb paint fs transparent solid 0.3 border lc rgb 'black';" \
    ."  if (wrapped) { set object rectangle from x - 12, Y(row)" \
    ."    rto 7, box_H fc rgb 'gray50' fs solid noborder } }"
up = "if (!in_terminal) { set arrow from middle(x), Y(row)" \
    ." to middle(x), Y(row - 1) + box_H lw 1.2 lc rgb 'black' filled" \
    ." size 8, 18 }"
# What is repeated: a frame around rows `top` to 3. It comes first, because after
# an empty one gnuplot's ink is white until something is filled.
do for [i = 0 : 1] {
    x = i ? right_X : left_X
    top = i ? 1 : 2
    set label "L layers" right at x - (in_terminal ? 2 : 22), \
        Y(top) + (in_terminal ? 0 : 4)
    if (!in_terminal) {
        set object rectangle from x - 18, Y(top) - 8 \
            to x + box_W + 8, Y(3) + box_H + 8 fs empty border \
            lc rgb 'gray50' dt (6, 4)
    }
}
do for [row = 2 : 5] {
    x = left_X
    inside = word("feed-forward self-attention +positions embedding", row - 1)
    paint = word(okabe_ito, int(word("3 1 5 5", row - 1)))
    wrapped = row < 4
    @box
    if (row > 2) { @up }
}
do for [row = 0 : 5] {
    x = right_X
    inside = word("logits feed-forward cross-attention " \
        ."causal_self-attention +positions embedding", row + 1)
    if (row == 3) { inside = "causal self-attention" }
    paint = word(okabe_ito, int(word("4 3 2 1 5 5", row + 1)))
    wrapped = row > 0 && row < 4
    @box
    if (row > 0) { @up }
}
low = Y(5) + box_H + (in_terminal ? 2 : 26)
set label "source tokens" center at middle(left_X), low
set label "target tokens so far" center at middle(right_X), low
set label "next token" center at middle(right_X), Y(0) - (in_terminal ? 2 : 22)
if (in_terminal) {
    set arrow from left_X + box_W, Y(2) to right_X - 2, Y(2)
} else {
    set arrow from left_X + box_W + 8, Y(2) + box_H / 2.0 to right_X - 14, \
        Y(2) + box_H / 2.0 lw 1.2 lc rgb 'black' filled size 8, 18
    do for [i = 0 : 1] {
        x = i ? right_X : left_X
        set arrow from middle(x), low - 12 to middle(x), Y(5) + box_H \
            lw 1.2 lc rgb 'black' filled size 8, 18
    }
    x = right_X
    set arrow from middle(x), Y(0) to middle(x), Y(0) - 12 lw 1.2 \
        lc rgb 'black' filled size 8, 18
    set label "K, V" center at (left_X + box_W + right_X) / 2.0 - 6, Y(2)
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

# 06_multi_head.gp -- the figures of chapter 6: where heads look; how a matrix
# is split among them; what is lost with each; how well a narrow one imitates.

load 'plots/style.gp'

# ---- ta ---------------------------------------------------------------------

figure = 'ta'
lo = 0
hi = 1
across = '它 looks at'
@heatmap
plot @cells

# ---- split ------------------------------------------------------------------
# A drawing, without data: a matrix cut into h blocks, and the blocks as a stack
# with the first in front. In pixels from the top; in the terminal, characters.

figure = 'split'
n = 4
h = 4
w = 2
if (in_terminal) {
    page_W = 79; page_H = 13; cell_W = 3; cell_H = 1
    flat_X = 7; flat_Y = 5; stack_X = 50; stack_Y = 7; step_X = 6; step_Y = 1
} else {
    page_W = 480; page_H = 205; cell_W = 20; cell_H = 20
    flat_X = 36; flat_Y = 72; stack_X = 332; stack_Y = 84; step_X = 24
    step_Y = 15
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
set border 0
set xrange [0 : page_W]
set yrange [page_H : 0]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
set style fill solid
colour(block) = word(okabe_ito, int(word("1 2 3 5", block + 1)))
paint = "if (in_terminal) {" \
    ."  set label sprintf('%d', block + 1) at left, top" \
    ."} else {" \
    ."  set object rectangle from left, top rto cell_W, cell_H" \
    ."    fc rgb colour(block) fs solid border lc rgb 'white' }"
do for [block = h - 1 : 0 : -1] {
    do for [row = 0 : n - 1] {
        do for [column = 0 : w - 1] {
            left = flat_X + (block * w + column) * cell_W
            top = flat_Y + row * cell_H
            @paint
            left = stack_X + block * step_X + column * cell_W
            top = stack_Y - block * step_Y + row * cell_H
            @paint
        }
    }
}
above = in_terminal ? -1 : -12
below = n * cell_H + (in_terminal ? 1 : 20)
beside = in_terminal ? -2 : -12
flat_end = flat_X + h * w * cell_W
set label "d" center at flat_X + h * w * cell_W / 2.0, flat_Y + above
set label "n" center at flat_X + beside, flat_Y + (n - 0.5) * cell_H / 2.0
set label "(n, d)" center at flat_X + h * w * cell_W / 2.0, flat_Y + below
set label "n" center at stack_X + beside, stack_Y + (n - 0.5) * cell_H / 2.0
set label "d/h" center at stack_X + (h - 1) * step_X + w * cell_W / 2.0, \
    stack_Y - (h - 1) * step_Y + above
set label "(h, n, d/h)" center at stack_X + w * cell_W, stack_Y + below
set label "h" center at stack_X + (h - 1) * step_X / 2.0 + 2 * w * cell_W \
    - (in_terminal ? 0 : 14), stack_Y + n * cell_H - (h - 1) * step_Y / 2.0
from = flat_end + (in_terminal ? 3 : 22)
to = stack_X - (in_terminal ? 5 : 36)
high = flat_Y + (in_terminal ? 1.4 : 28)
low = flat_Y + (in_terminal ? 2.4 : n * cell_H - 28)
set label "split" center at (from + to) / 2.0, high - (in_terminal ? 2.4 : 15)
set label "merge" center at (from + to) / 2.0, low - above
set arrow from from, high to to, high lw 1.2 lc rgb 'black' filled \
    size 10, 18
set arrow from to, low to from, low lw 1.2 lc rgb 'black' filled size 10, 18
plot NaN notitle

# ---- heads ------------------------------------------------------------------
# Eight tables of one size in two rows, on one pair of axes that go over the
# whole page, in cells. The first row of tables bears the labels of columns, the
# first table of each row those of rows.

figure = 'heads'
reset
head(i) = data.'/head_'.i.'.dat'
n = 0           # rows
most = 0        # the largest weight
letters = 0     # of the longest word
do for [i = 1 : 8] {
    stats head(i) using (n = greater(n, $2 + 1), most = greater(most, $3), \
        letters = greater(letters, strlen(strcol(5)))) nooutput
}
if (in_terminal) {
    page_W = 79; left = letters + 2; cell_W = within(1, floor(13.0 / n), 3)
    right = 0; top = 3; cell_H = 1; gap_X = greater(2, cell_W); gap_Y = 2
    bottom = 1
} else {
    page_W = 480; left = 8 * letters + 18; right = 68; top = 8 * letters + 44
    gap_X = 10; gap_Y = 30; bottom = 12
    cell_W = (page_W - left - right - 3.0 * gap_X) / (4 * n); cell_H = cell_W
}
page_H = ceil(top + 2 * n * cell_H + gap_Y + bottom)
W = page_W
H = page_H
@begin
if (in_terminal) {
    set terminal dumb size page_W, page_H noenhanced mono
    page_W = page_W - 1
    page_H = page_H - 1
}
X(i, column) = column + ((i - 1) % 4) * (n + 1.0 * gap_X / cell_W)
Y(i, row) = row + ((i - 1) / 4) * (n + 1.0 * gap_Y / cell_H)
bent = 0
cold = 0
hot = most
column_step = ceil(17.0 / cell_W)
row_step = ceil(17.0 / cell_H)
unset title
unset grid
unset key
unset tics
set border 0
set cbrange [0 : most]
set cbtics 0.1 scale 0 format "%g"
set colorbox vertical user noborder size 12.0 / page_W, \
    1 - 1.0 * (top + bottom) / page_H \
    origin 1 - (right - 16.0) / page_W, 1.0 * bottom / page_H
set xrange [-0.5 - 1.0 * left / cell_W : -0.5 + 1.0 * (page_W - left) / cell_W]
set yrange [-0.5 + 1.0 * (page_H - top) / cell_H : -0.5 - 1.0 * top / cell_H]
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
do for [i = 1 : 8] {
    set label i "head ".i center at X(i, (n - 1) / 2.0), \
        Y(i, i > 4 ? -0.5 - 15.0 / cell_H : -0.5 - (top - 16.0) / cell_H)
}
if (in_terminal) {
    do for [i = 1 : 8] {
        set label i at X(i, (n - 1) / 2.0), Y(i, i > 4 ? -1 : -2)
    }
    plot for [i = 1 : 8] head(i) using (X(i, $1)):(Y(i, $2)): \
            (wide(shade($3))) with labels, \
        for [i in "1 5"] head(i) using (-0.5 - 1.0 / cell_W): \
            (Y(int(i), $2)):($1 == 0 ? strcol(5) : '') with labels right, \
        for [i = 1 : 4] head(i) using (X(i, $1)):(-1): \
            ($2 == 0 ? strcol(4)[1 : cell_W - 1] : '') with labels
} else {
    plot for [i = 1 : 8] head(i) using (X(i, $1)):(Y(i, $2)): \
            (X(i, $1 - 0.5)):(X(i, $1 + 0.5)): \
            (Y(i, $2 - 0.5)):(Y(i, $2 + 0.5)):3 \
            with boxxyerror fs solid border lc rgb 'white' lc palette, \
        for [i in "1 5"] head(i) using (-0.5 - 9.0 / cell_W): \
            (Y(int(i), $2)):($1 == 0 ? row_tic($2, strcol(5)) : '') \
            with labels right, \
        for [i = 1 : 4] head(i) using (X(i, $1)): \
            (-0.5 - 9.0 / cell_H):($2 == 0 ? column_tic($1, strcol(4)) : '') \
            with labels left rotate by 60 font ",13"
}

# ---- ablation ---------------------------------------------------------------

figure = 'ablation'
H = 310
@begin
set xlabel "head switched off"
set ylabel "right answers"
set yrange [0 : 1]
set ytics ("0 %%" 0, "25 %%" 0.25, "50 %%" 0.5, "75 %%" 0.75, "100 %%" 1)
set xrange [-0.6 : 4.6]
set xtics scale 0
set style fill solid
set boxwidth 0.36
set grid noxtics
set label "chance" at 4.6, 0.125 left offset 1, 0
set rmargin 9
if (in_terminal) {
    set key outside bottom center horizontal
} else {
    set label "animal" at -0.19, 0.5 center rotate by 90 front \
        textcolor rgb 0xfefefe
    set label "quality" at 0.19, 0.5 center rotate by 90 front \
        textcolor rgb 0xfefefe
    unset key
}
name(i) = (i == 0 ? "none" : sprintf("%d", i))
plot file using ($1 - 0.19):2:xtic(name($1)) with boxes ls 1 title "animal", \
    file using ($1 + 0.19):3 with boxes ls 2 title "quality", \
    0.125 with lines dt (6, 5) lw 1.2 lc rgb 'black' notitle

# ---- rank -------------------------------------------------------------------

figure = 'rank'
@begin
set logscale x 2
set xlabel "width d_k"
set ylabel "distance [nats]"
set xrange [0.9 : 17.5]
set yrange [0 : 1.9]
set xtics ("1" 1, "2" 2, "4" 4, "8" 8, "16" 16)
set ytics 0.5
set label "random table" at 2.1, 0.45 left offset 1, 0.6 front
set label "next token" at 1.25, 1.25 left offset 1, 0.4 front
plot file using 1:2 with linespoints ls 1 notitle, \
    file using 1:3 with linespoints ls 2 notitle

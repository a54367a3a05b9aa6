# 15_pictures.gp -- the figures of chapter 15: pictures, how good three models
# become, and what places, patches and words look like from inside.

load 'plots/style.gp'

# A bare field of n by m units, for cells that are drawn as they are.
bare = "unset title; unset grid; unset key; unset tics; unset colorbox;" \
    ."set border 0; set lmargin at screen 0; set rmargin at screen 1;" \
    ."set tmargin at screen 1; set bmargin at screen 0"
# In the terminal: bright points as signs.
sign(v) = (v > 0.6 ? '@' : v > 0.3 ? 'o' : v > 0.12 ? '.' : ' ')
light(r, g, b) = (greater(r, greater(g, b)) - 60) / 195.0

# ---- seen -------------------------------------------------------------------

figure = 'seen'
if (!in_terminal) { W = 480; H = 240 }
@begin
@bare
if (in_terminal) { set terminal dumb size 79, 40 noenhanced mono }
set xrange [-1.5 : 135.5]
set yrange [67.5 : -1.5]
if (in_terminal) {
    plot for [i = 0 : 7] file index i using (int($1) % 2 || int($2) % 2 ? NaN \
        : $1 + 34 * (i % 4)):($2 + 34 * (i / 4)):(sign(light($3, $4, $5))) \
        with labels
} else {
    plot for [i = 0 : 7] file index i \
        using ($1 + 34 * (i % 4)):($2 + 34 * (i / 4)):3:4:5 with rgbimage
}

# ---- examples ---------------------------------------------------------------

figure = 'examples'
@begin
set logscale x
set xlabel "pictures to learn from"
set ylabel "right answers (%)"
set yrange [40 : 102]
set xrange [90 : 3400]
set xtics (100, 300, 1000, 3000)
set key bottom right
names = "'patches, attention' windows 'windows, attention'"
plot for [i = 1 : 3] file using 1:i + 1 with linespoints ls i title word(names, i)

# ---- grid -------------------------------------------------------------------

figure = 'grid'
if (!in_terminal) { W = 400; H = 360 }
@begin
@bare
if (in_terminal) { set terminal dumb size 79, 24 noenhanced mono }
set xrange [-0.6 : (in_terminal ? 38 : 23)]
set yrange [18.6 : -0.6]
set cbrange [-1 : 1]
if (in_terminal) {
    plot file using (2 * $1):2:(sign($3)) with labels
} else {
    set colorbox vertical user noborder size 0.03, 0.9 origin 0.87, 0.05
    set cbtics format '%g'
    plot file using 1:2:($1 - 0.47):($1 + 0.47):($2 - 0.47):($2 + 0.47):3 \
        with boxxyerror fs solid noborder lc palette
}

# ---- a picture and maps of it -----------------------------------------------
# Block 0 is the picture, each other block a map of 4 x 4 patches. $1 of them in
# a row, each 4 wide, with 1 between them and room for a name above.

row_of(i) = (i / per_row)
x_of(i, x) = (i % per_row) * 5 + x
y_of(i, y) = (i / per_row) * 5.8 + y
draw_maps = "set xrange [-0.7 : per_row * 5 - 0.7]; set style data lines;" \
    ."set yrange [((count + per_row) / per_row) * 5.8 - 1.2 : -1.7];" \
    ."set palette ".viridis."; set cbrange [0 : *];" \
    ."do for [i = 0 : count] { set label i + 1 word(names, i + 1) center " \
    ."  at x_of(i, 1.5), y_of(i, -1) noenhanced };"

figure = 'maps'
if (!in_terminal) { W = 480; H = 150 }
@begin
@bare
if (in_terminal) { set terminal dumb size 79, 14 noenhanced mono }
per_row = 4; count = 3
names = "picture product roll-out covering"
@draw_maps
if (in_terminal) {
    plot for [i = 1 : count] file index i \
        using (x_of(i, $1)):(y_of(i, $2)):(sign($3 * 2)) with labels
} else {
    plot file index 0 using ($1 / 8.0 - 0.4375):($2 / 8.0 - 0.4375):3:4:5 \
        with rgbimage, \
        for [i = 1 : count] file index i \
        using (x_of(i, $1)):(y_of(i, $2)): \
        (x_of(i, $1) - 0.5):(x_of(i, $1) + 0.5):(y_of(i, $2) - 0.5): \
        (y_of(i, $2) + 0.5):(sqrt($3)) \
        with boxxyerror fs solid noborder lc palette
}

figure = 'looks'
if (!in_terminal) { W = 560; H = 234 }
@begin
@bare
if (in_terminal) { set terminal dumb size 79, 30 noenhanced mono }
per_row = 6; count = 10
names = "picture"; maps = data.'/words.dat'
stats maps using ($1 == 0 ? (names = names." ".strcol(5), 0) : 0) nooutput
@draw_maps
if (in_terminal) {
    plot maps using (x_of(int($2) + 1, int($1) % 4)):(y_of(int($2) + 1, int($1) / 4)): \
        (sign($3 * 2)) with labels
} else {
    plot file index 0 using ($1 / 8.0 - 0.4375):($2 / 8.0 - 0.4375):3:4:5 \
        with rgbimage, \
        maps using (X = x_of(int($2) + 1, int($1) % 4)): \
        (Y = y_of(int($2) + 1, int($1) / 4)):(X - 0.5):(X + 0.5):(Y - 0.5): \
        (Y + 0.5):(sqrt($3)) with boxxyerror fs solid noborder lc palette
}

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

# A table of places by places; each row is a small table of 4 x 4, and these stand
# as the places do.
place_x = "(int($2) % 4 * 5 + int($1) % 4)"
place_y = "(int($2) / 4 * 5 + int($1) / 4)"

figure = 'grid'
if (!in_terminal) { W = 400; H = 360 }
@begin
@bare
if (in_terminal) { set terminal dumb size 79, 24 noenhanced mono }
set xrange [-0.6 : (in_terminal ? 38 : 23)]
set yrange [18.6 : -0.6]
set cbrange [-1 : 1]
if (in_terminal) {
    plot file using (2 * @place_x):(@place_y):(sign($3)) with labels
} else {
    set colorbox vertical user noborder size 0.03, 0.9 origin 0.87, 0.05
    set cbtics format '%g'
    plot file using (X = @place_x):(Y = @place_y): \
        (X - 0.47):(X + 0.47):(Y - 0.47):(Y + 0.47):3 \
        with boxxyerror fs solid noborder lc palette
}

# ---- a picture and maps of it -----------------------------------------------
# The picture, and a table with a row for each map of its 4 x 4 patches. per_row of
# them stand in a row, each 4 wide, with 1 between them and room for a name above.

x_of(i, x) = (i % per_row) * 5 + x
y_of(i, y) = (i / per_row) * 5.8 + y
of_picture = "(x_of(0, $1 / 8.0 - 0.4375)):(y_of(0, $2 / 8.0 - 0.4375)):3:4:5"
map_x = "x_of(int($2) + 1, int($1) % 4)"
map_y = "y_of(int($2) + 1, int($1) / 4)"
draw_maps = "names = 'picture'; stats file " \
    ."  using ($1 == 0 ? (names = names.' '.strcol(5), 0) : 0) nooutput;" \
    ."count = words(names) - 1; set xrange [-0.7 : per_row * 5 - 0.7];" \
    ."set yrange [((count + per_row) / per_row) * 5.8 - 1.2 : -1.7];" \
    ."set palette ".viridis."; set cbrange [0 : *];" \
    ."do for [i = 0 : count] { set label i + 1 word(names, i + 1) center " \
    ."  at x_of(i, 1.5), y_of(i, -1) noenhanced }; if (in_terminal) {" \
    ."  plot file using (@map_x):(@map_y):(sign($3 * 2)) with labels" \
    ."} else {" \
    ."  plot picture index 0 using @of_picture with rgbimage," \
    ."    file using (X = @map_x):(Y = @map_y):(X - 0.5):(X + 0.5):(Y - 0.5)" \
    ."    :(Y + 0.5):(sqrt($3)) with boxxyerror fs solid noborder lc palette }"

figure = 'maps'
if (!in_terminal) { W = 480; H = 150 }
@begin
@bare
if (in_terminal) { set terminal dumb size 79, 14 noenhanced mono }
per_row = 4; picture = data.'/looked_at.dat'
eval draw_maps

figure = 'looks'
if (!in_terminal) { W = 560; H = 234 }
@begin
@bare
if (in_terminal) { set terminal dumb size 79, 30 noenhanced mono }
per_row = 6; picture = data.'/described.dat'
eval draw_maps

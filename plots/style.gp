# style.gp -- the look that all figures share, and the few words the chapters'
# scripts are written in. They are run from the project root as
#
#     gnuplot -e "data='build/out/NN_name'; out='build/plots/NN_name'" \
#         plots/NN_name.gp
#
# and draw each figure from data/FIGURE.dat into out/FIGURE.svg; or, with
# in_terminal=1, into the terminal (in_colour=0: without colours). A script reads
#
#     load 'plots/style.gp'
#
#     figure = 'variance'
#     @begin
#     set xlabel "width d_k"
#     plot file using 1:2 with linespoints ls 1 title "raw"
#
#     figure = 'weights'
#     @heatmap
#     plot @cells
#
# @begin      starts afresh. Then `file` is the figure's data. Before it, W and
#             H may be set, the size in pixels (for this figure only).
# @heatmap    does so for a file of plot_matrix() (columns: column row value
#             "column label" "row label"), with square cells, labels above and
#             on the left, colours. Before it, for this figure only, may be set:
#             lo and hi, the values at the two ends of the colours (else the
#             least and greatest of the data); digits, the format of the numbers
#             (else "%.2f"; a 0 is exactly 0); down and across, what the rows
#             do and what is done to the columns ("looks", "is looked at").
# @cells      what to plot after @heatmap: cells with their numbers in them, or
#             where there are too many, without, and with a scale of colours
#             (that of weights, from 0, is not even: small ones are many).
# @field      what to plot after @heatmap to have no numbers and no labels.
# @panel      for several tables of one size beside each other, panels = 2 (or
#             more) before @heatmap, and after it
#                 set multiplot
#                 file = data.'/one.dat'; heading = "its title"; @panel
#                 plot @cells
#             and again from `file =` for the next; unset multiplot.
# ls 1 ... 8  lines in the colours of Okabe and Ito, which the colour-blind can
#             tell apart; 8 is ink.
#
# Draw in "black" and "white" what should be ink and paper: in the book's pages
# they become the colours of the page, light or dark. Numbers on a heat map are
# almost black (0x111111) and almost white (0xfefefe) and stay so.

if (!exists("data") || !exists("out")) {
    print "plots/style.gp: data and out are not set; try: make plot CH=05"
    exit status 1
}

if (!exists("in_terminal")) { in_terminal = 0 }
if (!exists("in_colour")) { in_colour = 1 }
default_W = 480
default_H = 310

okabe_ito = "#0072b2 #d55e00 #009e73 #cc79a7 #e69f00 #56b4e9 #f0e442 black"
shapes = "7 5 9 13 11 6 4 8"

# Viridis (van der Walt and Smith 2015): even steps to the eye, also in grey.
viridis = "defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', " \
    ."4 '#21908c', 5 '#27ad81', 6 '#5dc863', 7 '#aadc32', 8 '#fde725')"

# Below, each word is a string of commands, which @ puts in its place. They
# are joined here, not nested, because gnuplot nests no deeper than three.

# ---- @begin -----------------------------------------------------------------

open_data = "file = data.'/'.figure.'.dat';"

open_page = "reset; set encoding utf8; set minussign; set output;" \
    ."if (!exists('W')) { W = default_W };" \
    ."if (!exists('H')) { H = default_H };" \
    ."if (in_terminal) {" \
    ."  set terminal dumb size 79,28 aspect 2 enhanced mono;" \
    ."  if (in_colour) { set terminal dumb ansirgb };" \
    ."  set title figure noenhanced" \
    ."} else {" \
    ."  set terminal svg size W,H dynamic enhanced font 'sans-serif,15'" \
    ."    background 'white';" \
    ."  set output out.'/'.figure.'.svg'" \
    ."};" \
    ."undefine W H;" \
    ."set border 3 lw 0.8; set tics nomirror out scale 0.6;" \
    ."set grid lc rgb '#c0808080' lw 0.5 dt solid;" \
    ."set key samplen 2 spacing 1.1; set palette ".viridis.";" \
    ."do for [i=1:8] {" \
    ."  set style line i lc rgb word(okabe_ito, i) lw 2" \
    ."    pt int(word(shapes, i)) ps 0.7" \
    ."}"

begin = open_data.open_page

# ---- @heatmap ---------------------------------------------------------------

finite(v) = (v < 1e300 && v > -1e300)
greater(a, b) = (a > b ? a : b)
within(low, v, high) = (v < low ? low : v > high ? high : v)

# The size of the table and of its longest labels, in widths of a Latin letter.
# A Chinese character has three bytes and is as wide as two of those, so the
# mean of the numbers of characters and of bytes will do.
measure = "reset; columns = 0; rows = 0; column_label = 0; row_label = 0;" \
    ."set encoding utf8;" \
    ."stats file using (columns = greater(columns, $1 + 1), " \
    ."  rows = greater(rows, $2 + 1), " \
    ."  column_label = greater(column_label, strlen(strcol(4))), " \
    ."  row_label = greater(row_label, strlen(strcol(5))), " \
    ."  finite($3) ? $3 : NaN) name 'Z' nooutput;" \
    ."column_bytes = 0; row_bytes = 0; set encoding iso_8859_1;" \
    ."stats file using " \
    ."  (column_bytes = greater(column_bytes, strlen(strcol(4))), " \
    ."  row_bytes = greater(row_bytes, strlen(strcol(5)))) nooutput;" \
    ."set encoding utf8;" \
    ."narrow = 2.0 * column_label / (column_label + column_bytes);" \
    ."column_label = (column_label + column_bytes) / 2.0;" \
    ."row_label = (row_label + row_bytes) / 2.0;"

# What was asked for; it counts for this figure only.
wishes = "cold = exists('lo') ? lo : Z_min; hot = exists('hi') ? hi : Z_max;" \
    ."number = exists('digits') ? digits : '%.2f';" \
    ."row_name = exists('down') ? down : '';" \
    ."column_name = exists('across') ? across : '';" \
    ."if (!exists('panels')) { panels = 1 }; beside = panels;" \
    ."undefine lo hi digits down across panels;" \
    ."letters = greater(4, greater(strlen(show(sprintf('%g', Z_min))), " \
    ."                             strlen(show(sprintf('%g', Z_max)))));" \
    ."longer = greater(columns, rows);" \
    ."numbered = longer <= 12 && longer * letters <= 50;" \
    ."bent = !numbered && cold == 0 && hot > 0;"

# The place of everything, from the left and the top of a panel, in pixels ...
in_pixels = "cell_W = numbered ? within(9 * letters, 400.0 / longer, 58)" \
    ."                         : within(7, 450.0 / longer, 34);" \
    ."square = (columns <= 5 * rows && rows <= 5 * columns);" \
    ."cell_H = square ? cell_W : 220.0 / rows;" \
    ."column_step = ceil(17.0 / cell_W); row_step = ceil(17.0 / cell_H);" \
    ."slanted = (8 * column_label > column_step * cell_W);" \
    ."overhang = slanted ? 6 * column_label + 6 : 0;" \
    ."title_Y = 18; name_X = 16; name_Y = title_Y + 32 * (beside > 1);" \
    ."left = 8 * row_label + 24 + 22 * (row_name ne '');" \
    ."right = greater(numbered ? 14 : 76, overhang - cell_W / 2);" \
    ."top = name_Y + (column_name eq '' ? -8 : 18)" \
    ."    + (slanted ? 8 + overhang : 26);" \
    ."bottom = 14;"

# ... or in characters and lines.
in_characters = "if (in_terminal) {" \
    ."  left = row_label + strlen(row_name) + 2 + (row_name ne '');" \
    ."  right = 2; bottom = 1;" \
    ."  cell_H = 1; cell_W = within(numbered ? letters + 1 : 1, " \
    ."    floor((77.0 - left) / columns), numbered ? letters + 2 : 3);" \
    ."  name_X = strlen(row_name) / 2;" \
    ."  title_Y = 1; name_Y = title_Y + (beside > 1);" \
    ."  top = name_Y + 2; clip = floor((cell_W - 1) * narrow) };"

sizes = "panel_W = left + columns * cell_W + right; panel_X = -panel_W;" \
    ."page_W = ceil(beside * panel_W);" \
    ."page_H = ceil(top + rows * cell_H + bottom); W = page_W; H = page_H;"

# The first character is at 0, the last at one less than their number.
in_lines = ";if (in_terminal) {" \
    ."  set terminal dumb size page_W,page_H noenhanced mono;" \
    ."  page_W = page_W - 1; page_H = page_H - 1 };"

axes = "unset grid; unset key; unset title; unset colorbox; set border 0;" \
    ."set tics scale 0 noenhanced format '';" \
    ."set cbtics format '%g'; unset xtics;" \
    ."set x2tics offset 0,-0.3;" \
    ."if (slanted) { set x2tics rotate by 45 left offset 0,-0.2 };" \
    ."if (bent) { set cbrange [0 : 1]; set cbtics ('0' 0);" \
    ."  do for [v in '0.01 0.05 0.1 0.2 0.5 1'] {" \
    ."    set cbtics add (sprintf('%g', v * hot) sqrt(real(v))) }" \
    ."} else { set cbrange [cold : hot > cold ? hot : cold + 1] };" \
    ."field = in_terminal ? shades : pixels;" \
    ."cells = in_terminal ? beside_table.(numbered ? plain_numbers : shades)" \
    ."      : numbered ? numbers : labels;"

# Columns and rows have the numbers 0, 1, ... on the axes. In the terminal the
# axes go over the whole page, so that labels beside the table are on them too.
sides = "panel_X = panel_X + panel_W;" \
    ."middle_X = (panel_X + left + columns * cell_W / 2.0) / page_W;" \
    ."middle_Y = 1 - (top + rows * cell_H / 2.0) / page_H;" \
    ."if (in_terminal) {" \
    ."  from = -0.5 - 1.0 * (panel_X + left) / cell_W;" \
    ."  set xrange [from : from + 1.0 * page_W / cell_W];" \
    ."  set yrange [page_H - top : -top]; unset tics;" \
    ."  set lmargin at screen 0; set rmargin at screen 1;" \
    ."  set tmargin at screen 1; set bmargin at screen 0" \
    ."} else {" \
    ."  set xrange [-0.5 : columns - 0.5]; set yrange [rows - 0.5 : -0.5];" \
    ."  set x2range [-0.5 : columns - 0.5];" \
    ."  set lmargin at screen (panel_X + left) / page_W;" \
    ."  set rmargin at screen (panel_X + left + columns * cell_W) / page_W;" \
    ."  set tmargin at screen 1 - 1.0 * top / page_H;" \
    ."  set bmargin at screen 1 - (top + rows * cell_H) / page_H;" \
    ."  if (!numbered) {" \
    ."    set colorbox vertical user noborder size 12.0 / page_W, " \
    ."      rows * cell_H / page_H origin " \
    ."      (panel_X + left + columns * cell_W + 14) / page_W, " \
    ."      1 - (top + rows * cell_H) / page_H } };"

names = "unset label;" \
    ."if (in_terminal) { set label figure at screen 0, screen 1 noenhanced };" \
    ."if (column_name ne '') { set label column_name center " \
    ."  at screen middle_X, screen 1 - 1.0 * name_Y / page_H };" \
    ."if (row_name ne '') { set label row_name rotate by 90 at screen " \
    ."  1.0 * (panel_X + name_X) / page_W, screen middle_Y center };" \
    ."if (exists('heading')) { set label heading center " \
    ."  at screen middle_X, screen 1 - 1.0 * title_Y / page_H };" \
    ."undefine heading"

panel = sides.names
heatmap = open_data.measure.wishes.in_pixels.in_characters.sizes.open_page \
    .in_lines.axes."if (beside == 1) {".panel."}"

# Where the number of a cell would be unreadable in black, it is white.
share(v) = (hot > cold ? (v - cold) / (hot - cold) : 0)
ink(v) = (share(v) > 0.45 ? 0x111111 : 0xfefefe)
rounded(s) = (s + 0 == 0 ? sprintf(number, 0) : s)      # no "-0.00"
signed(s) = (s[1:1] eq "-" ? "−".s[2:*] : s)
show(s) = (s eq "0" ? s : strstrt(s, "nan") ? "" : strstrt(s, "inf") ? \
    signed((s[1:1] eq "-" ? "-" : "")."∞") : \
    signed(rounded(sprintf(number, real(s)))))

# Many weights are mostly small ones. Their colours are those of their roots.
colour(v) = (bent ? sqrt(greater(0, v / hot)) : v)

# What can be plotted. A NaN has no cell.
drawn(i, v) = (v == v ? i : NaN)
column_tic(i, s) = (int(i) % column_step ? "" : s)
row_tic(i, s) = (int(i) % row_step ? "" : s)
tics = "x2tic(column_tic($1, strcol(4))):ytic(row_tic($2, strcol(5)))"
pixels = "file using 1:2:(colour($3)) with image"
labels = "file using 1:2:(colour($3)):".tics." with image pixels"
numbers = "file using 1:(drawn($2, $3)):" \
    ."($1 - 0.5):($1 + 0.5):($2 - 0.5):($2 + 0.5):3 with boxxyerror" \
    ." fs solid border lc rgb 'white' lc palette," \
    ." file using 1:2:(show(strcol(3))):(ink($3)):".tics." with labels" \
    ." noenhanced font ',14' textcolor rgb variable"

# The same in the terminal, where shades stand for colours.
beside_table = "file using 1:(-1):($2 == 0 ? strcol(4)[1:clip] : '') " \
    ."with labels, file using (-0.5 - 1.0 / cell_W):2:" \
    ."($1 == 0 ? strcol(5) : '') with labels right, "
plain_numbers = "file using 1:2:(show(strcol(3))) with labels"
shades = "file using 1:2:(wide(shade($3))) with labels"
shade(v) = (v != v ? " " : word("· ░ ▒ ▓ █", 1 + int(5 * \
    within(0, bent ? colour(v) : share(v), 0.99))))
wide(s) = (s.(cell_W > 1 ? s : "").(cell_W > 2 ? s : ""))

# 01_similarity.gp -- the figures of chapter 1: an arrow and its shadow on
# another; the cosine, as one arrow turns; a table of inner products.

load 'plots/style.gp'

# ---- projection -------------------------------------------------------------

figure = 'projection'
W = 400
H = 400
@begin
stats file using (ax = $1, ay = $2, bx = $3, by = $4, sx = $5, sy = $6) nooutput

# The axes hold the origin and both tips, whatever the vectors are.
least(p, q) = (p < q ? p : q)
most(p, q) = (p > q ? p : q)
low = floor(least(least(least(ax, ay), least(bx, by)), 0)) - 0.3
high = ceil(most(most(most(ax, ay), most(bx, by)), 0)) + 0.6
span = high - low

# The direction of b, and the one at a right angle to it, on the side of a.
b = sqrt(bx ** 2 + by ** 2)
ux = bx / b
uy = by / b
side = (ax * uy - ay * ux < 0 ? -1 : 1)
vx = side * uy
vy = -side * ux

angle = acos((ax * bx + ay * by) / (b * sqrt(ax ** 2 + ay ** 2)))
arc_x(t) = 0.15 * span * cos(atan2(by, bx) - t * side * angle)
arc_y(t) = 0.15 * span * sin(atan2(by, bx) - t * side * angle)
corner = 0.035 * span

set size ratio -1
set border 0
set xzeroaxis lt -1 lw 0.8
set yzeroaxis lt -1 lw 0.8
set xtics axis 1 add ('' 0)
set ytics axis 1 add ('' 0)
set arrow from 0, 0 to sx, sy nohead lw 8 lc rgb word(okabe_ito, 5)
set arrow from ax, ay to sx, sy nohead lw 1.2 dt (6, 5) lc rgb 'black'
set arrow from sx + corner * vx, sy + corner * vy \
    rto corner * -ux, corner * -uy nohead lw 1 lc rgb 'black'
set arrow from sx - corner * ux, sy - corner * uy \
    rto corner * vx, corner * vy nohead lw 1 lc rgb 'black'
set arrow from 0, 0 to bx, by ls 1 filled size 0.05 * span, 18
set arrow from 0, 0 to ax, ay ls 2 filled size 0.05 * span, 18
set label sprintf("a = (%g, %g)", ax, ay) at ax, ay left offset 1.2, 0.2
set label sprintf("b = (%g, %g)", bx, by) at bx, by left offset 1.2, 0.2
if (in_terminal) {
    set label "shadow" at 0.7 * sx, 0.7 * sy right offset -3, 0
} else {
    set label "shadow" center rotate by 180 / pi * atan2(by, bx) \
        at 0.72 * sx - 0.04 * span * vx, 0.72 * sy - 0.04 * span * vy
}
set label sprintf("%.0f°", 180 / pi * angle) \
    at 1.4 * arc_x(0.5), 1.4 * arc_y(0.5) center

set parametric
set trange [0 : 1]
plot [t = 0 : 1] [low : high] [low : high] arc_x(t), arc_y(t) notitle \
    with lines lw 1 lc rgb 'black'

# ---- turning ----------------------------------------------------------------

figure = 'turning'
H = 340
@begin
set xlabel "angle between the two vectors"
set ylabel "inner product"
set xrange [0 : 180]
set yrange [-1.05 : 1.05]
set xtics 30 format "%.0f°"
set ytics 0.5
set xzeroaxis lt -1 lw 0.8

# Above the curve the two arrows at some of the angles, one of them turned.
# They are 26 pixels long.
if (!in_terminal) {
    set tmargin 4
    set rmargin 5
    do for [degrees = 0 : 180 : 45] {
        set arrow from degrees, graph 1.12 size screen 0.014, 18 filled \
            rto screen 26.0 / default_W, screen 0 lw 1.5 lc rgb 'black'
        set arrow from degrees, graph 1.12 size screen 0.014, 18 filled \
            rto screen 26.0 / default_W * cos(pi * degrees / 180), \
            screen 26.0 / 340 * sin(pi * degrees / 180) \
            lw 1.5 lc rgb word(okabe_ito, 1)
    }
}
plot file using 1:2 with lines ls 1 notitle

# ---- gram -------------------------------------------------------------------
# Unit vectors: no inner product is beyond -1 and 1.

figure = 'gram'
lo = -1
hi = 1
@heatmap
plot @cells

# ---- families ---------------------------------------------------------------

figure = 'families'
lo = -1
hi = 1
panels = 2
@heatmap
set multiplot
file = data.'/families.dat'
heading = "described by hand"
@panel
plot @cells
file = data.'/strangers.dat'
heading = "random"
@panel
plot @cells
unset multiplot

# 99_fast_product.gp -- the figures of the appendix on matrix products: speed
# against the number of independent sums; then of each version of the product
# against its size, with those before it in grey.

load 'plots/style.gp'

# The peak: the fastest of the loops without memory.
figure = 'sums'
@begin
stats file using 2 name 'RATE' nooutput
peak = RATE_max

set xlabel "independent sums"
set ylabel "GFLOP/s"
set xrange [0 : 12.5]
set yrange [0 : 1.1 * peak]
set xtics 2
plot file using 1:2 with linespoints ls 1 notitle

# ---- the versions -----------------------------------------------------------
# Each has a file, a name and a style.

versions = "as_written by_rows in_tiles packed library"
called(i) = i == 1 ? "as written" : i == 2 ? "by rows" : i == 3 ? "in tiles" \
    : i == 4 ? "packed" : "the library's"
style(i) = int(word("2 5 3 1 4", i))
rates(i) = data.'/'.word(versions, i).'.dat'

axes = "set logscale x 2; set xlabel 'n'; set ylabel 'GFLOP/s';" \
    ."set xrange [14 : 2340];" \
    ."set xtics ('16' 16, '' 32, '64' 64, '' 128, '256' 256, '' 512, " \
    ."  '1024' 1024, '' 2048);" \
    ."set key outside right top reverse Left;" \
    ."set logscale y 2; set yrange [1 : 1.5 * peak]; set format y '%g';" \
    ."set label 1 'peak' at 14, peak left offset 0.5, 0.5"

# How a version compares at one size that all have.
AT = 256
array rate[5]
do for [i = 1:5] {
    stats rates(i) using (column(1) == AT ? column(2) : 0) name 'AT' nooutput
    rate[i] = AT_max
}
compared(i) = rate[1] <= 0 || rate[i] <= 0 ? '' \
    : i == 1 ? sprintf("n = %d: one %.0fth of the peak", AT, peak / rate[1]) \
    : sprintf("n = %d: %.3g times the first", AT, rate[i] / rate[1])

# ---- as_written, by_rows, in_tiles, packed: each with those before it -------

do for [last = 1:4] {
    figure = word(versions, last)
    H = 260
    @begin
    @axes
    unset key
    set label 2 compared(last) at graph 1, graph 0.5 right front
    plot peak with lines dt (6, 5) lw 1.2 lc rgb 'black' notitle, \
        for [i = 1:last - 1] rates(i) using 1:2 with lines lw 1.5 \
            lc rgb '#999999' notitle, \
        rates(last) using 1:2 with linespoints ls style(last) notitle
}

# ---- lost: the packed product, and what remains without some of its parts ----

figure = 'lost'
W = 600
H = 260
@begin
set logscale x 2
set xlabel 'n'
set ylabel '% of the peak'
set xrange [84 : 3500]
set yrange [* : 101]
set xtics (96, 192, 384, 768, 1536, 3072)
set key outside right top reverse Left
share(i) = 100 * column(i) / peak
plot 100 with lines dt (6, 5) lw 1.2 lc rgb 'black' notitle, \
    file using 1:(share(2)) with linespoints ls 3 title "tiles alone", \
    file using 1:(share(3)) with linespoints ls 2 title "adding to C", \
    file using 1:(share(4)) with linespoints ls 1 title "packing"

# ---- all --------------------------------------------------------------------

figure = 'all'
file = ''
W = 600
H = 340
eval open_page
@axes
plot peak with lines dt (6, 5) lw 1.2 lc rgb 'black' notitle, \
    for [i = 5:1:-1] rates(i) using 1:2 with linespoints ls style(i) \
        title called(i)

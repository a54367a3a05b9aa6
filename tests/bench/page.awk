# page.awk -- makes the page of measurements: chapters/book/speed.md.
#
#     awk -f tests/bench/page.awk build/bench/bench.json tests/bench/page.md
#
# The first file is what `bench --out` has left, a row on each line; the second
# is the text. In it, {NAME} is a fact about the measurement (processor, date,
# ...), and these stand alone on a line:
#
#     @table GROUP        the rows of a group
#     @table GROUP all    with single matrix products, too
#     @ahead  @behind     how many rows are ahead, and which are not
#     @kept FILE          rows measured on other machines, earlier

# The text or number of a key in a line of JSON; "" for null.
function get(key,    at, text)
{
    at = index($0, "\"" key "\": ")
    if (!at)
        return ""
    text = substr($0, at + length(key) + 4)
    if (text ~ /^"/) {
        text = substr(text, 2)
        sub(/".*/, "", text)
        return text
    }
    sub(/[,}].*/, "", text)
    return text == "null" ? "" : text + 0
}

function digits(x)
{
    return sprintf(x < 10 ? "%.2f" : x < 100 ? "%.1f" : "%.0f", x)
}

# As in table.c.
function shown(x, i)
{
    if (x == "")
        return "–"
    if (work[i] != "")
        return digits(work[i] / x)
    if (unit[i] == "%")
        return digits(100 * x) " %"
    if (unit[i] == "B")
        return x >= 1e9 ? digits(x / 1e9) " GB" : digits(x / 1e6) " MB"
    if (unit[i] == "s")
        return x >= 1 ? digits(x) " s" \
            : x >= 1e-3 ? digits(1e3 * x) " ms" : digits(1e6 * x) " µs"
    return digits(x)
}

# A row that sums others up, as matmul.c names its peer.
function is_summary(i) { return peer_name[i] == "the fastest" }
function is_single(i) { return group[i] == "matmul" && name[i] ~ /^[0-9]/ }

function table(g, all,    i, n, peer, peers, peak, expected, per)
{
    for (i = 1; i <= rows; i++)
        if (group[i] == g) {
            n++
            if (peer_name[i] != "" && peer != peer_name[i] &&
                !is_summary(i)) {
                peer = peer_name[i]
                peers++
            }
            if (share[i] != "") peak = 1
            if (theory[i] != "") expected = 1
            if (what[i] != "") per = ", " what[i] "/s"
        }
    if (!n) {
        print "*Not measured.*\n"
        return
    }
    if (g == "matmul" && !all)
        per = ""
    printf "| | threads | ours%s | %s%s | ratio |%s%s%s\n", per,
        (peers == 1 ? peer : "peer"), per, (peak ? " of peak |" : ""),
        (expected ? " multiplications |" : ""), (peers > 1 ? " peer |" : "")
    printf "|:--|--:|--:|--:|--:|%s%s%s\n", (peak ? "--:|" : ""),
        (expected ? "--:|" : ""), (peers > 1 ? ":--|" : "")
    for (i = 1; i <= rows; i++)
        if (group[i] == g && !is_single(i) == !all)
            printf "| %s | %d | %s | %s | %s |%s%s%s\n", name[i], threads[i],
                shown(ours[i], i), shown(theirs[i], i),
                (ratio[i] == "" ? "–" : digits(ratio[i])),
                (!peak ? "" : share[i] == "" ? " – |" \
                        : sprintf(" %.0f %% |", 100 * share[i])),
                (expected ? " " digits(theory[i]) " |" : ""),
                (peers > 1 ? " " peer_name[i] " |" : "")
    print ""
}

# Single products are summed up by others; what is not compared counts nothing.
function counts(i) { return ratio[i] != "" && !is_single(i) }

function ahead(    i, n, won, single, lost)
{
    for (i = 1; i <= rows; i++)
        if (counts(i)) {
            n++
            won += ratio[i] >= 1
        } else if (is_single(i) && ratio[i] != "") {
            single++
            lost += ratio[i] < 1
        }
    printf "Of %d comparisons, ours is ahead in %d.\n", n, won
    if (single)
        printf "(Single products count through their means and least values;" \
            " of these %d, ours is behind in %d.)\n", single, lost
}

function behind(    i, n)
{
    for (i = 1; i <= rows; i++)
        if (counts(i) && ratio[i] < 1) {
            if (!n++)
                print "It is behind here, the ratio in brackets:\n"
            printf "- %s: %s%s (%s)\n", group[i], name[i],
                several ? ", threads: " threads[i] : "", digits(ratio[i])
        }
    if (!n)
        print "It is behind nowhere."
}

function kept(file,    line, part)
{
    print "| measured | processor | | threads | ours | peer | ratio | peer |"
    print "|:--|:--|:--|--:|--:|--:|--:|:--|"
    while ((getline line < file) > 0)
        if (line !~ /^#/) {
            split(line, part, "\t")
            printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", part[1], part[2],
                part[4], part[5], part[6], part[7], part[8], part[3]
        }
    close(file)
    print ""
}

FNR == NR && /^\{"group"/ {
    i = ++rows
    group[i] = get("group")
    name[i] = get("name")
    threads[i] = get("threads")
    unit[i] = get("unit")
    peer_name[i] = get("peer_name")
    ours[i] = get("ours")
    theirs[i] = get("peer")
    ratio[i] = get("ratio")
    theory[i] = get("expected")
    work[i] = get("work")
    what[i] = get("what")
    share[i] = get("of_peak")
    if (get("others") > 0.1)
        disturbed++
    if (group[i] == "threads")      # of which most are on paper
        next
    if (rows > 1 && threads[i] != most)
        several = 1
    if (threads[i] > most)
        most = threads[i]
    next
}
FNR == NR {
    count = split("processor processors vectors compiler date libraries " \
        "PyTorch seconds", keys, " ")
    for (k = 1; k <= count; k++)
        if (index($0, "\"" keys[k] "\": "))
            fact[keys[k]] = get(keys[k]) == "" ? "no " keys[k] : get(keys[k])
    next
}
/^@table / { table($2, $3 == "all"); next }
/^@kept / { kept($2); next }
/^@ahead$/ { ahead(); next }
/^@behind$/ { behind(); next }
/^@/ {
    print FILENAME ":" FNR ": no such command: " $0 > "/dev/stderr"
    failed = 1
    exit
}
{
    fact["rows"] = rows
    fact["threads"] = most == 1 ? "one thread" : most " threads"
    fact["disturbed"] = disturbed + 0
    for (key in fact)
        gsub("\\{" key "\\}", fact[key])
    print
}
END {
    if (!failed && !rows) {
        print ARGV[1] ": no rows" > "/dev/stderr"
        failed = 1
    }
    exit failed
}

# keep.sh -- runs a check, and keeps its last line for the page "How we know it
# is right": DIR/NAME holds the day, and the line.
#
#     sh tests/right/keep.sh DIR NAME COMMAND...
#
# The command's exit status is that of this script. An empty NAME keeps nothing:
# for what was only a part of the check.

dir=$1 name=$2
shift 2
test -n "$name" || exec "$@"
mkdir -p "$dir"
rm -f "$dir/$name"
{ "$@"; echo $? >"$dir/.status.$$"; } | tee "$dir/.said.$$"
status=$(cat "$dir/.status.$$")
{ date -u +%Y-%m-%d; tail -n 1 "$dir/.said.$$"; } >"$dir/.new.$$"
mv "$dir/.new.$$" "$dir/$name"
rm -f "$dir/.status.$$" "$dir/.said.$$"
exit "$status"

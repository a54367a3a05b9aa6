#!/bin/sh
# setup.sh -- finds what is missing and installs it: `make setup`. With the word
# bench, what the benchmark compares the library with: `make setup-bench`. With
# the word live, what makes the pages run, and tries them: `make setup-live`.
# With the word editions, what makes PDF and EPUB: `make setup-editions`. With the
# word trust, what looks for mistakes that tests miss: `make setup-trust`.
#
# Says what is missing and what each piece is for, and installs it through the
# system's package manager: apt-get, or dnf, pacman or brew (these three are
# written from their package lists, and untested). Without the right to install
# (no root, no sudo) or without a network, it says what to install and how far
# one gets without. Says nothing when nothing is missing.
#
# Exit status 1 only if there is no C compiler at the end: all else is
# optional.

cc=${CC:-cc}
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT
has() { command -v "$1" >/dev/null 2>&1; }

# ---- is it there? -----------------------------------------------------------

compiles() {
    "$cc" $CPPFLAGS $LDFLAGS -o "$folder/probe" "$folder/probe.c" "$@" \
        >/dev/null 2>&1
}

has_compiler() {
    printf '#include <stdio.h>\nint main(void) { return puts(""); }\n' \
        >"$folder/probe.c"
    compiles -lm
}

has_cmocka() {
    printf '#include <%s.h>\n' stdarg stddef setjmp stdint cmocka \
        >"$folder/probe.c"
    echo 'int main(void) { return 0; }' >>"$folder/probe.c"
    compiles -lcmocka
}

has_gnuplot() { has gnuplot; }
has_sphinx() { has sphinx-build; }

# has_module NAME: asks the Python that runs sphinx-build, which is not always
# the first one on the PATH.
has_module() {
    has_sphinx || return 1
    python=$(sed -n '1s/^#! *//p' "$(command -v sphinx-build)")
    ${python:-python3} -c 'if True:
        import importlib.util, sys
        sys.exit(importlib.util.find_spec(sys.argv[1]) is None)' "$1" \
        >/dev/null 2>&1
}

has_myst() { has_module myst_parser; }
has_furo() { has_module furo; }
has_bibtex() { has_module sphinxcontrib.bibtex; }
has_copybutton() { has_module sphinx_copybutton; }

has_katex() {
    for place in "$KATEX" /usr/share/javascript/katex \
        /usr/share/nodejs/katex/dist /usr/lib/node_modules/katex/dist \
        /usr/local/lib/node_modules/katex/dist \
        /opt/homebrew/lib/node_modules/katex/dist; do
        test -f "$place/katex.min.js" && return 0
    done
    return 1
}

has_font() {
    test "$(uname)" = Darwin && return 0
    if has fc-list; then
        test -n "$(fc-list :lang=zh-cn family 2>/dev/null)"
    else
        find /usr/share/fonts "$HOME/.local/share/fonts" 2>/dev/null |
            grep -qi 'cjk\|wqy'
    fi
}

# ---- the benchmark's --------------------------------------------------------

# has_python MODULE: in one of the Pythons that the benchmark asks.
has_python() {
    for python in ${PYTHON:+"$PYTHON"} /usr/bin/python3 python3; do
        "$python" -c 'if True:
            import importlib.util, sys
            sys.exit(importlib.util.find_spec(sys.argv[1]) is None)' "$1" \
            >/dev/null 2>&1 && return 0
    done
    return 1
}

has_venv() { python3 -c 'import ensurepip, venv' >/dev/null 2>&1; }
has_torch() { has_python torch; }
has_numpy() { has_python numpy; }

# The flavour that uses OpenMP, as PyTorch does, where there are several.
has_openblas() {
    for library in ${OPENBLAS:+"$OPENBLAS"} \
        /usr/lib/*/openblas-openmp/libopenblas.so.0 \
        /usr/lib64/libopenblaso.so.0 /usr/lib/libopenblas.so.0 \
        /opt/homebrew/opt/openblas/lib/libopenblas.dylib; do
        test -f "$library" && return 0
    done
    return 1
}

# ---- for pages that run -----------------------------------------------------

has_node() { has node; }
has_npm() { has npm; }
has_chromium() { test -n "$CHROMIUM" || has chromium; }
has_firefox() { test -n "$FIREFOX" || has firefox-esr || has firefox; }

# ---- for paper --------------------------------------------------------------

has_poppler() { has pdfinfo; }
has_epubcheck() { has epubcheck && has java; }
has_liberation() {
    test "$(uname)" = Darwin && return 0
    has fc-list && test -n "$(fc-list 'Liberation Serif' family 2>/dev/null)"
}

# ---- for many machines ------------------------------------------------------

has_mpi() {
    printf '#include <mpi.h>\nint main(void) { return MPI_Finalize(); }\n' \
        >"$folder/probe.c"
    mpicc -o "$folder/probe" "$folder/probe.c" >/dev/null 2>&1
}
has_mpirun() { has mpirun; }

# ---- for looking where tests do not -----------------------------------------

has_gcovr() { has gcovr; }
has_clang() { has clang; }
has_fuzzer() {
    echo 'int LLVMFuzzerTestOneInput(char *p, long n) { return !p && n; }' \
        >"$folder/probe.c"
    clang -fsanitize=fuzzer,address,undefined -o "$folder/probe" \
        "$folder/probe.c" >/dev/null 2>&1
}
# A compiler for another processor, with a C library, and what plays it.
has_other() {
    printf '#include <math.h>\nint main(void) { return cosf(0) != 1; }\n' \
        >"$folder/probe.c"
    "$1-linux-gnu-gcc" -static -o "$folder/probe" "$folder/probe.c" -lm \
        >/dev/null 2>&1 && has "qemu-$1"
}
has_aarch64() { has_other aarch64; }
has_s390x() { has_other s390x; }
has_musl() { has musl-gcc; }

# ---- what each is for, and its packages -------------------------------------
# NAME | what it is, and what it is for | apt | dnf | pacman | brew. In the
# last column, npm: and pipx: say who installs it instead, where brew does not.

pieces='
compiler|a C compiler: everything|gcc libc6-dev|gcc glibc-devel|gcc|gcc
cmocka|cmocka: the tests|libcmocka-dev|libcmocka-devel|cmocka|cmocka
gnuplot|gnuplot: the figures|gnuplot-nox|gnuplot|gnuplot|gnuplot
sphinx|Sphinx: the pages of the book|python3-sphinx|python3-sphinx|python-sphinx|pipx:sphinx
myst|MyST: the text of the pages|python3-myst-parser|python3-myst-parser|python-myst-parser|pipx:myst-parser
furo|Furo: the look of the pages|furo|python3-furo|python-sphinx-furo|pipx:furo
bibtex|sphinxcontrib-bibtex: the references|python3-sphinxcontrib.bibtex|python3-sphinxcontrib-bibtex|python-sphinxcontrib-bibtex|pipx:sphinxcontrib-bibtex
copybutton|sphinx-copybutton: a button on each listing|python3-sphinx-copybutton|python3-sphinx-copybutton|python-sphinx-copybutton|pipx:sphinx-copybutton
katex|KaTeX: the formulas in the pages|libjs-katex|npm:katex|npm:katex|npm:katex
font|a Chinese font: 早上好 in figures and pages|fonts-noto-cjk|google-noto-sans-cjk-fonts|noto-fonts-cjk|
'
test "$1" != bench || pieces='
torch|PyTorch: to train the same models, and compare the times|python3-torch|python3-torch|python-pytorch|pytorch
numpy|NumPy: to give PyTorch the same numbers|python3-numpy|python3-numpy|python-numpy|numpy
openblas|OpenBLAS: to multiply the same matrices, and compare|libopenblas0-openmp|openblas-openmp|openblas|openblas
venv|venv of Python: to bring newer peers than this system has (PEERS=today)|python3-venv|python3|python|python
'

test "$1" != live || pieces='
node|Node.js: to compile the chapters for the page|nodejs|nodejs|nodejs|node
npm|npm: to bring that compiler, and gnuplot for the page (130 MB)|npm|nodejs-npm|npm|node
chromium|Chromium: to try the pages (make live-test)|chromium|chromium|chromium|
firefox|Firefox: to try them in it, too|firefox-esr|firefox|firefox|
'

test "$1" != editions || pieces='
chromium|Chromium: to print the book (make pdf)|chromium|chromium|chromium|
node|Node.js: to speak with it, and to set formulas (make epub)|nodejs|nodejs|nodejs|node
poppler|Poppler: to find the page of each chapter|poppler-utils|poppler-utils|poppler|poppler
epubcheck|epubcheck: to check the EPUB|epubcheck default-jre-headless|epubcheck|epubcheck|epubcheck
liberation|Liberation: the letters of the printed book|fonts-liberation|liberation-fonts|ttf-liberation|
'

test "$1" != mpi || pieces='
mpi|Open MPI: to build programs for many processes (make mpi)|libopenmpi-dev|openmpi-devel|openmpi|open-mpi
mpirun|its mpirun: to start them|openmpi-bin|openmpi|openmpi|open-mpi
'

test "$1" != trust || pieces='
compiler|a C compiler: everything|gcc libc6-dev|gcc glibc-devel|gcc|gcc
cmocka|cmocka: the tests (make mutants, make coverage)|libcmocka-dev|libcmocka-devel|cmocka|cmocka
gcovr|gcovr: to count lines and branches (make coverage)|gcovr|gcovr|gcovr|gcovr
clang|clang: a second opinion, and the fuzzer (make fuzz)|clang|clang|clang|llvm
fuzzer|its libFuzzer and sanitizers (make fuzz)|libclang-rt-dev|compiler-rt|compiler-rt|llvm
aarch64|a compiler for ARM, and qemu to play one (make elsewhere)|gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user|gcc-aarch64-linux-gnu qemu-user|aarch64-linux-gnu-gcc qemu-user|
s390x|the same for a mainframe, whose large end comes first (make elsewhere)|gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user|gcc-s390x-linux-gnu qemu-user|s390x-linux-gnu-gcc qemu-user|
musl|musl: another C library (make elsewhere)|musl-tools|musl-gcc|musl|
'

# find_missing: the lines of `pieces` for what is not there.
find_missing() {
    echo "$pieces" | while IFS='|' read -r name rest; do
        test -z "$name" || "has_$name" || echo "$name|$rest"
    done
}

missing=$(find_missing)
test -n "$missing" || exit 0

echo 'Missing:'
echo "$missing" | cut -d'|' -f2 | sed 's/^/    /'

# ---- how to install ---------------------------------------------------------

install= column= untested= update=
if has apt-get; then
    column=3 update='apt-get update -q'
    install='apt-get install -y -q --no-install-recommends'
elif has dnf; then
    column=4 install='dnf install -y' untested=dnf
elif has pacman; then
    column=5 install='pacman -S --needed --noconfirm' untested=pacman
elif has brew; then
    column=6 install='brew install' untested=brew
fi

# The packages of what is missing, by who installs them.
choose_packages() {
    packages= npm= pipx=
    test -n "$column" || return
    for package in $(echo "$missing" | cut -d'|' -f$column); do
        case $package in
            npm:*) npm="$npm ${package#npm:}" ;;
            pipx:sphinx) pipx="$pipx" ;;
            pipx:*) pipx="$pipx ${package#pipx:}" ;;
            *) packages="$packages $package" ;;
        esac
    done
}
choose_packages

sudo=
if test -z "$install"; then
    why='No package manager known here (apt-get, dnf, pacman, brew)'
elif test "$column" = 6 || test "$(id -u)" = 0; then
    why=
elif ! has sudo; then
    why='Not root, and there is no sudo. As root'
elif test -t 0; then
    sudo='sudo ' why=
elif sudo -n true 2>/dev/null; then
    sudo='sudo -n ' why=
else
    why='Not root, and sudo wants a password. As root'
fi

# ---- install, or say how ----------------------------------------------------

if test -z "$why"; then
    test -z "$untested" || echo "(Installing through $untested is untested.)"
    export DEBIAN_FRONTEND=noninteractive
    if test -n "$packages"; then
        echo "Installing, which may take some minutes:
    $sudo$install$packages"
        test -z "$update" || $sudo$update >"$folder/log" 2>&1
        # All at once; if one name is unknown here, then each on its own.
        $sudo$install $packages >>"$folder/log" 2>&1 </dev/null ||
            for package in $packages; do
                $sudo$install "$package" >>"$folder/log" 2>&1 </dev/null
            done
    fi
    missing=$(find_missing)
    if test -z "$missing"; then
        echo 'Nothing is missing now.'
        exit 0
    fi
    if test -s "$folder/log"; then
        echo "The end of what ${install%% *} said:"
        tail -n 5 "$folder/log" | sed 's/^/    /'
    fi
    echo 'Still missing:'
    echo "$missing" | cut -d'|' -f2 | sed 's/^/    /'
    choose_packages
    why='To install them, as root'
fi

echo "$why:"
test -z "$packages" || echo "    $install$packages"
test -z "$pipx" || echo "    pipx install --include-deps sphinx &&
        pipx inject sphinx$pipx    (untested)"
test -z "$npm" || echo "    npm install -g$npm    (untested)"
if test "$column" = 6; then
    echo 'For cmocka, tell make where brew keeps it:
    make test CPPFLAGS="-I$(brew --prefix)/include" \\
        LDFLAGS="-L$(brew --prefix)/lib"'
fi
test -n "$column" || echo "    by Debian's names," \
    $(echo "$missing" | cut -d'|' -f3)

echo 'Without them:'
# without WORDS PIECE...: WORDS, if one of the pieces is missing.
without() {
    words=$1
    shift
    for piece in "$@"; do
        if echo "$missing" | grep -q "^$piece|"; then
            echo "    $words"
            return
        fi
    done
}
without 'nothing works without a C compiler' compiler
without 'no make test; chapters run all the same' cmocka
without 'no figures and no book; chapters run and are tested' gnuplot
without 'no book; chapters run, plot and are tested' \
    sphinx myst furo bibtex copybutton katex
without 'boxes in place of Chinese characters in figures and pages' font
without 'make bench measures ours, but has no PyTorch beside it' torch numpy
without 'make bench measures ours, but has no OpenBLAS beside it' openblas
without 'no make pdf; make book makes the pages all the same' \
    chromium node poppler
without 'make epub makes a book that is not checked' epubcheck
without 'no make mpi; training goes on in one process, with all its threads' \
    mpi mpirun
without 'no make coverage' gcovr
without 'no make fuzz' clang fuzzer
without 'make elsewhere tries fewer places' clang aarch64 s390x musl
has_compiler || exit 1

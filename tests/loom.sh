#!/bin/sh
# loom.sh -- tests of the loom, chapters/book/: good chapters are woven as they
# should be, and each way to break one is refused, with its file and line.
#
#     sh tests/loom.sh
#
# Works in a temporary folder. Tests that need Sphinx are skipped without it.

set -u
root=$(cd "$(dirname "$0")/.." && pwd)
book=$root/chapters/book
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
export FORCE_COLOR=1        # a warning is recognised where Sphinx would colour it
tests=0
passed=0
failed=0

# result STATUS NAME [EXPLANATION]
result()
{
    tests=$((tests + 1))
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
        printf 'ok %d - %s\n' $tests "$2"
    else
        failed=$((failed + 1))
        printf 'not ok %d - %s\n' $tests "$2"
        [ $# -lt 3 ] || printf '%s\n' "$3" | sed 's/^/# /'
    fi
}

# ---- a small project --------------------------------------------------------

# A chapter that is right. Its lines are numbered below, for the breaking.
fresh()
{
    rm -rf chapters tests build
    mkdir -p chapters tests build/out/01_first build/plots/01_first
    cat > chapters/01_first.c << 'EOF'
/*
# First: a chapter

It begins with $x_1$, in 早上好.
*/
#include "01_first.h"

static void helper(void)
{
}

/*
## A section
*/
static void count(void)
{
    puts("1 2 3");   /* a comment within code */
}

/*
:::{figure} 01_first/line.svg
:name: fig-line
:alt: A line: it rises.

A line.
:::

:::{admonition} Erratum: one too many
:class: erratum
$$
1 + 1 = 2
$$ (eq-two)
:::
*/
static void silent(void)
{
    helper();
}

int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(count);
    cell(silent);
    return cell_end();
}

/*
## What we claimed

- It counts. {test}`tests/01_first.c: it_counts`
- It counts on. {test}`tests/01_first.c:
  it_counts_on`

Chapter 2, unlike chapter 1 and chapter 20, is another page.
*/
EOF
    printf 'int first(void);\n' > chapters/01_first.h
    printf '%s\n' '#include "01_first.h"' '/*' 'first(), in prose' '*/' \
        'int two(void) { return first(); }' > chapters/02_second.c
    cat > tests/01_first.c << 'EOF'
static void it_counts(void **state)
{
}
static void it_counts_on(void **state)
{
}
static int it_is_not_a_test(int);
EOF
    printf '   1 2 3\n早 √\n' > build/out/01_first/count.out
    : > build/out/01_first/silent.out
    printf '%s\n' '<?xml version="1.0"?>' \
        '<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg">' \
        '<rect x="0" y="0" width="9" height="9" fill="#ffffff"/>' \
        '<g color="black" stroke="black" fill="rgb( 0, 0,  0)"><defs>' \
        "<path id='p'/></defs><use xlink:href='#p' fill='#440154'/></g>" \
        '</svg>' > build/plots/01_first/line.svg
}

# The same chapter once more under another name, with labels of its own.
second()
{
    mkdir -p build/out/"$1" build/plots/"$1"
    sed "s/01_first/$1/; s/fig-line/fig-$1/; s/eq-two/eq-$1/; s/First/$1/" \
        chapters/01_first.c > chapters/"$1".c
    cp build/out/01_first/* build/out/"$1"
    cp build/plots/01_first/* build/plots/"$1"
    cp tests/01_first.c tests/"$1".c
}

# edit LINE TEXT: puts TEXT in the place of a line of the chapter.
edit()
{
    text=$2 awk -v at="$1" '{ print (NR == at ? ENVIRON["text"] : $0) }' \
        chapters/01_first.c > edited && mv edited chapters/01_first.c
}

weave()
{
    "${AWK:-awk}" -v out=build/out/01_first -v pages="01_first 02_second" \
        -v exercises="${exercises-}" -v quizzes="${quizzes-}" \
        -f "$book/weave.awk" \
        "chapters/${1:-01_first}.c" > page.md 2> said
}

# refused LINE MESSAGE NAME: weaving must fail, write nothing, and say so.
refused()
{
    weave
    status=$?
    where="chapters/01_first.c:$1: "
    if [ $status -eq 1 ] && [ ! -s page.md ] && grep -qF "$where" said &&
        grep -F "$where" said | grep -qF -e "$2"; then
        result 0 "$3"
    else
        result 1 "$3" "status $status; expected '$where...$2...'; it said
$(cat said)"
    fi
    fresh
}

# ---- good chapters ----------------------------------------------------------

cat > expected.md << 'EOF'
(chapter-01)=
# First: a chapter



It begins with $x_1$, in 早上好.


```c
#include "01_first.h"

static void helper(void)
{
}
```


## A section


```c
static void count(void)
{
    puts("1 2 3");   /* a comment within code */
}
```


```{code-block} none
:class: output

   1 2 3
早 √
```


:::{figure} 01_first/line.svg
:name: fig-line
:alt: "A line: it rises."

A line.
:::


(erratum-01-1)=
:::{admonition} Erratum: one too many
:class: erratum
$$
1 + 1 = 2
$$ (eq-two)
:::


```c
static void silent(void)
{
    helper();
}
```


```c
int main(int argc, char **argv)
{
    cell_begin(argc, argv, NULL);
    cell(count);
    cell(silent);
    return cell_end();
}
```


## What we claimed

- It counts. {test}`tests/01_first.c: it_counts`
- It counts on. {test}`tests/01_first.c:
  it_counts_on`

[Chapter 2](02_second.md), unlike chapter 1 and chapter 20, is another page.


## What this chapter hands on

This header, `01_first.h`, is how others use what was built here:

- [chapter 2](02_second.md): `first`

What else it declares is for tests and exercises.

```c
int first(void);
```
EOF

for AWK in awk mawk gawk original-awk; do
    command -v $AWK > /dev/null 2>&1 || continue
    fresh
    weave
    result $? "a good chapter is woven ($AWK)" "$(cat said)"
    difference=$(diff expected.md page.md)
    result $? "its page is right, to the byte ($AWK)" "$difference"
done
AWK=awk

fresh
awk -v out=build/out/01_first -v map=map -f "$book/weave.awk" \
    chapters/01_first.c > page.md
wrong=$(paste map page.md | while read -r n text; do
    case $text in
    '' | '```'* | '(erratum'* | '(chapter'* | :alt:* | *'hands on' | \
        ':class: output') continue ;;
    esac
    [ "$n" -ge 53 ] || [ "$n" = 18 ] ||
        sed "${n}q;d" chapters/01_first.c | grep -qF -e "$text" ||
        echo "$n: $text"
done)
[ -z "$wrong" ] && [ "$(wc -l < map)" -eq "$(wc -l < page.md)" ]
result $? 'the map leads each line of the page back to the program' "$wrong"

fresh
{ printf '/* A licence. */\n\n'; cat chapters/01_first.c; } > edited
mv edited chapters/01_first.c
weave && head -n 8 page.md | grep -q '^/\* A licence' &&
    head -n 2 page.md | grep -q '^# First'
result $? 'code before the title is set after it' "$(head -n 9 page.md)"

fresh
printf 'a\n```\nb\n' > build/out/01_first/count.out
weave && grep -qF '````{code-block}' page.md
result $? 'output with a fence in it gets a longer fence'

fresh
printf '%s\n' '# Quizzes' '' '## How many?' '' 'Q: See chapter 2. How many?' \
    '1. One.' '2. Two.' '' 'A: 2.' '' '## Why?' '' 'Q: Why?' >quizzes.md
edit 4 'It begins.
{quiz} Why?

{quiz} How many?'
quizzes=quizzes.md
weave && [ "$(sed -n '6,18p' page.md)" = 'It begins.

:::{quiz}
Q: Why?
:::

:::{quiz}
Q: See [chapter 2](02_second.md). How many?
1. One.
2. Two.

A: 2.
:::' ]
result $? 'quizzes stand where the chapter names them' "$(head -n 20 page.md)"
edit 5 '{quiz} Who?'
refused 5 "no quiz 'Who?'; expected a line '## Who?' in quizzes.md" \
    'a quiz that is not there is refused'
edit 4 '{quiz} Why?'
refused 56 "quiz 'How many?' of quizzes.md stands nowhere" \
    'a quiz that nobody asks is refused'
echo '## Why?' >>quizzes.md
edit 4 '{quiz} Why?
{quiz} How many?'
refused 57 "two quizzes 'Why?' in quizzes.md" 'two quizzes of one name are refused'
quizzes=

fresh
rm chapters/01_first.h
weave && ! grep -q 'hands on' page.md
result $? 'a chapter without a header hands nothing on'

fresh
second 99_first
mv chapters/01_first.h chapters/99_first.h
weave 99_first && ! grep -q 'hands on' page.md && grep -q '^Tests and ex' page.md
result $? 'an appendix hands nothing on: only tests use its header'

fresh
edit 23 ':alt: "quoted: already"'
weave && grep -qxF ':alt: "quoted: already"' page.md
result $? 'alt text that is quoted stays as it is'

fresh
edit 23 ':alt: a "b" \c'
weave && grep -qxF ':alt: "a \"b\" \\c"' page.md
result $? 'quotes and backslashes in alt text are escaped' \
    "$(grep alt: page.md)"

fresh
edit 29 ':class: erratum
:name: note-one'
second 03_third
weave && mv page.md 01_first.md && awk -v out=build/out/03_third \
    -f "$book/weave.awk" chapters/03_third.c > 03_third.md
awk -f "$book/errata.awk" 01_first.md 03_third.md > errata.md
cat > expected.errata << 'EOF'

## Chapter 1: First: a chapter

:::{admonition} Erratum: one too many
:class: erratum
$$
1 + 1 = 2
$$

{ref}`In its place in the chapter <erratum-01-1>`
:::

## Chapter 3: 03_third: a chapter

:::{admonition} Erratum: one too many
:class: erratum
$$
1 + 1 = 2
$$

{ref}`In its place in the chapter <erratum-03-1>`
:::
EOF
difference=$(diff expected.errata errata.md)
result $? 'errata are gathered in order, without their labels' "$difference"

fresh
printf 'Do *this*.\n\nAnd that.\n' > exercises.md
edit 53 '  it_counts_on`

{exercises}'
exercises=exercises.md
weave && grep -A 2 '^Do' page.md | grep -q '^And that' &&
    ! grep -q '{exercises}' page.md
result $? 'exercises stand where the chapter says' "$(cat said)"
exercises=

# ---- types of the header ----------------------------------------------------

fresh
cat >> chapters/01_first.h << 'END'

/* Two of it. */
typedef struct {
    int a;

    int b;
} Thing;
END
edit 4 '{header} Thing'
weave
sed -n '/^```c/,/^```$/p' page.md | sed -n '2,7p' > shown
difference=$(tail -n +3 chapters/01_first.h | diff - shown)
result $? 'a type of the header is shown where the prose asks for it' \
    "$difference"

# ---- folds ------------------------------------------------------------------

fresh
edit 8 '/* fold: reads it */
static void helper(void)'
edit 18 '    int one = 1;

    /* fold: prints it */
    puts("1 2 3");   /* a comment within code */
    puts("4");'
weave
cat > expected.md << 'END'
:::::{container} listing
```c
static void count(void)
{
    int one = 1;
```
:::{folded} prints it · 2 lines
:class: code

```c
    puts("1 2 3");   /* a comment within code */
    puts("4");
```
:::
```c
}
```
:::::
END
difference=$(sed -n '/^## A section/,/code-block/p' page.md |
    sed -n '/^::::/,/^:::::$/p' | diff expected.md -)
result $? 'a fold within a function goes down to its end' "$difference"
grep -A 8 'folded. reads it · 3 lines' page.md | sed -n '5,7p' |
    tr '\n' ' ' | grep -qxF 'static void helper(void) { } '
result $? 'a fold before a function is the whole of it' "$(cat page.md)"

fresh

# ---- the glossary -----------------------------------------------------------

unnamed=$(awk '/^```/ { within = !within; next }
    within && /^[^ ]/ { if (term && !named) print term; term = $0; named = 0 }
    within && /^  In Chinese .+, in French \*.+\*\.$/ { named = 1 }
    END { if (term && !named) print term }' "$book/glossary.md")
[ -z "$unnamed" ]
result $? 'each term of the glossary has a Chinese and a French name' "$unnamed"

# ---- broken ones ------------------------------------------------------------

fresh
edit 56 ''
refused 48 'never closed' 'prose that is never closed is refused'
edit 5 ''
refused 12 'line 1' 'prose opened inside prose is refused, naming both lines'
edit 8 '*/'
refused 8 'no prose is open' 'a closing mark without prose is refused'
edit 12 '/* '
refused 12 'blanks' 'a blank after an opening mark is refused'
edit 4 'This */ ends it.'
refused 4 'inside prose' 'an end of comment inside prose is refused'
edit 2 'First'
refused 2 '# ' 'a first line that is no title is refused'
edit 13 '# Again'
refused 13 'second title' 'a second title is refused'
printf 'int main(void)\n{\n    cell(a);\n}\n' > chapters/01_first.c
refused 1 'no prose' 'a chapter without prose is refused'
: > chapters/01_first.c
refused 1 'no prose' 'an empty chapter is refused'
edit 44 '    cell(sound);'
refused 44 "'sound'" 'a listed cell without a function is refused'
edit 44 '    cell(count);'
refused 44 'line 43' 'a cell listed twice is refused, naming the first time'
edit 44 '    if (argc) cell(silent);'
refused 44 'alone' 'main with more than a list is refused'
edit 40 'int mine(int argc, char **argv)'
refused 56 'no main' 'a chapter without main is refused'
edit 43 ''
edit 44 ''
refused 40 'no cell' 'a main without cells is refused'
rm build/out/01_first/count.out
refused 18 'build/out/01_first/count.out' 'a missing output is refused'
edit 17 "$(awk 'BEGIN { for (i = 1; i <= 27; i++) print "    ;" }')"
refused 15 '30 lines' 'a cell of 30 lines is refused'
edit 17 "$(awk 'BEGIN { for (i = 1; i <= 26; i++) print "    ;" }')"
weave
result $? 'a cell of 29 lines is not' "$(cat said)"
fresh
edit 9 "$(awk 'BEGIN { print "{"; for (i = 1; i <= 40; i++) print "    ;" }')"
weave
result $? 'nor is a long helper' "$(cat said)"
fresh
edit 51 '- It counts. {test}`tests/01_first.c: it_is_not_a_test`'
refused 51 'it_is_not_a_test' 'a claim whose test does not exist is refused'
edit 51 '- It counts. {test}`tests/01_first.c: it_count`'
refused 51 'it_count' 'half the name of a test is not enough'
edit 53 '  it_counts_off`'
refused 53 'it_counts_off' 'a claim over two lines is checked too'
edit 51 '- It counts. {test}`tests/none.c: it_counts`'
refused 51 'tests/none.c' 'a claim whose file of tests is missing is refused'
second 02_second
edit 51 '- It counts. {test}`tests/02_second.c: it_counts`'
refused 51 'a test of 02_second' \
    'a claim whose test is of a chapter that is not included is refused'
edit 51 '- It counts. {test}`it_counts`'
refused 51 'expected {test}' 'a claim that names no file is refused'
edit 53 '  it_counts_on'
refused 54 'not closed' 'a role that is not closed is refused'
edit 29 ':class: warning'
refused 28 ':class: erratum' 'an erratum without its class is refused'
edit 28 ':::{admonition} One too many'
refused 28 'Erratum: title' 'an erratum without its title is refused'
edit 28 '  :::{admonition} Erratum: one too many'
refused 28 'start of the line' 'an indented erratum is refused'
edit 33 ''
refused 28 'never closed' 'an erratum that is never closed is refused'
edit 55 '{exercises}'
refused 55 'chapters/solutions/01_first.c' \
    'a place for exercises that do not exist is refused'
exercises=exercises.md
refused 56 '{exercises}' 'exercises without a place are refused'
exercises=
edit 4 '{header} Thing'
refused 4 "'} Thing;'" 'a type that the header does not have is refused'
edit 17 '    /* fold: */'
refused 17 'what it does' 'a fold that does not say what it folds is refused'
edit 17 '    /* fold: it */ puts("1 2 3");'
refused 17 'alone' 'a fold with code beside it is refused'
edit 18 '    /* fold: it */
}'
refused 18 'nothing to fold' 'a fold at the end of a function is refused'
edit 39 '/* fold: it */
int one;
/* fold: more */'
refused 39 'nothing to fold' 'a fold of no function is refused'
rm chapters/01_first.c
weave
[ $? -ne 0 ] && [ ! -s page.md ]
result $? 'a chapter that cannot be read is refused'

# ---- the whole book ---------------------------------------------------------

finish()
{
    echo "1..$tests"
    echo "$passed passed, $failed failed"
    [ $failed -eq 0 ]
    exit
}

# As strict as CI, whoever runs this.
loom() { WERROR=1 sh "${1:-book}/loom.sh" > said 2>&1; }

fresh
second 02_second
second 04_fourth
second 99_last
cp -r "$book" book
rm -rf book/__pycache__
# That page links to chapters that are not here; the preface links to it.
printf -- '---\norphan: true\n---\n# How fast is it?\n' > book/speed.md
rm book/right.md
printf '# Errata\n' > book/errata.md
cat > book/index.md << 'EOF'
# A book

:::{only} not epub
```{raw} html
<p class="editions" hidden></p>
```
:::

```{toctree}
preface
notation
```

```{toctree}
:glob:
:numbered:
[0-9][0-9]_*
```

```{toctree}
glossary
references
errata
```
EOF

(SPHINXBUILD=no-such-program loom)
status=$?
[ $status -eq 1 ] && grep -q python3-sphinx said
result $? 'without Sphinx the package is named' "$(cat said)"

if ! command -v sphinx-build > /dev/null 2>&1; then
    tests=$((tests + 1))
    echo "ok $tests - the whole book # SKIP no sphinx-build (python3-sphinx)"
    finish
fi

cp -r book lame
sed 's#/usr/[a-z/]*katex[a-z/]*#/nowhere#' book/loom.sh > lame/loom.sh
(unset KATEX; loom lame)
status=$?
[ $status -eq 1 ] && grep -q libjs-katex said
result $? 'without KaTeX the package is named' "$(cat said)"

loom
if [ $? -ne 0 ] && grep -q "names of Debian's packages\|libjs-katex" said; then
    tests=$((tests + 1))
    echo "ok $tests - the whole book # SKIP $(tail -n 1 said)"
    finish
fi
[ -f build/book/index.html ]
result $? 'the book is made' "$(cat said)"

cp book/conf.py lame/conf.py
cp book/loom.sh lame/loom.sh
sed 's/"furo": "furo"/"furo_gone": "furo"/' book/conf.py > lame/conf.py
(LOOM_BUILD=build loom lame)
status=$?
[ $status -eq 1 ] && grep -q "packages): furo" said
result $? 'without an extension the package is named' "$(cat said)"
loom

page=build/book/01_first.html
grep -q '>1\. </span>First' $page &&
    grep -q '>4\. </span>04_fourth' build/book/04_fourth.html &&
    grep -q 'Figure 4\.1' build/book/04_fourth.html &&
    grep -q '>(4\.1)' build/book/04_fourth.html
result $? 'chapters, figures and formulas bear the number of the file'
last=build/book/99_last.html
grep -q '<h1>99_last' $last && grep -q '>A\.1\. </span>A section' $last &&
    grep -q 'Figure A\.1' $last && grep -q '>(A\.1)' $last &&
    grep -q 'href="#">99_last: a chapter</a>' $last &&
    grep -q '<h2>99_last: a chapter<' build/book/errata.html
result $? 'an appendix shows no number, and what is in it bears a letter' \
    "$(grep 99_last $last)"

figure=$(sed -n '/<svg class="plot"/,/<\/svg>/p' $page)
case $figure in
*'role="img"'*'aria-label="A line: it rises."'*) (exit 0) ;;
*) (exit 1) ;;
esac
result $? 'a figure is in the page, with its text' "$figure"
case $figure in
*black* | *'rgb('* | *'#ffffff'* | *"id='p'"* | *"'#p'"*) (exit 1) ;;
*currentColor*'#440154'*) (exit 0) ;;
*) (exit 1) ;;
esac
result $? 'in the colours of the page, with ids of its own' "$figure"

grep -q 'class="output highlight-none' $page
result $? 'what a cell printed is set as output'
grep -q '<code[^>]*test[^>]*>.*it_counts' $page
result $? 'a claim shows the name of its test'
grep -q 'href="04_fourth.html#erratum-04-1"' build/book/errata.html
result $? 'an erratum links back to its place'

unbalanced=
for file in build/book/*.html; do
    awk '{ open += gsub(/<div[ >]/, ""); shut += gsub(/<\/div>/, "") }
        END { exit open != shut }' "$file" || unbalanced="$unbalanced $file"
done
[ -z "$unbalanced" ]
result $? 'what a page opens it closes' "$unbalanced"

site=build/book
asked=$(grep -nE '(src|<link[^>]*href)="(https?:)?//|@import' $site/*.html \
    $site/_static/*.css $site/_static/styles/furo.css)
[ -z "$asked" ]
result $? 'no page needs the network' "$asked"

grep -q '^import ' build/book/_static/scripts/furo.js
[ $? -ne 0 ] &&
    grep -q prefers-color-scheme build/book/_static/styles/furo.css
result $? 'the theme follows the system, light or dark'

touch before
sleep 1
loom && [ -z "$(find build/weave -newer before -type f)" ] &&
    [ -n "$(find build/book/index.html -newer before)" ]
result $? 'once more, with nothing changed, rewrites no source'

mkdir -p elsewhere/deep
cp -r book chapters tests elsewhere/deep
mkdir elsewhere/deep/build
cp -r build/out build/plots elsewhere/deep/build
(cd elsewhere/deep && loom)
difference=$(diff -r build/book elsewhere/deep/build/book | head -n 5)
[ -z "$difference" ]
result $? 'made elsewhere, it is the same to the byte' "$difference"

# As EPUB, if node is here.
if command -v node > /dev/null; then
    cp -r build/book as_it_was
    (EDITION=epub; export EDITION; loom) &&
        [ -f build/editions/epub/attention-in-c.epub ] &&
        grep -q '<msub><mi>x</mi>' build/editions/epub/01_first.xhtml &&
        grep -q '<img [^>]*line\.svg' build/editions/epub/01_first.xhtml &&
        diff -r as_it_was build/book > difference
    result $? 'the book is made as EPUB, and its pages stay as they were' \
        "$(cat said)"
    look_at_epub() {
        PATH=$tmp/none:$PATH sh "$book/editions/check.sh" > said 2>&1
    }
    mkdir -p none && printf '#!/bin/sh\n' > none/epubcheck &&
        chmod +x none/epubcheck
    look_at_epub
    result $? 'which has its figures, and no TeX' "$(cat said)"
    front=build/book/index.html
    grep -q '<p class="editions" hidden></p>' $front &&
        cp build/editions/epub/attention-in-c.epub build/editions && loom &&
        grep -q '<p class="editions">.*="attention-in-c.epub">EPUB<' $front &&
        cmp -s build/book/attention-in-c.epub build/editions/*.epub &&
        ! grep -q 'editions' build/editions/epub/index.xhtml &&
        rm build/editions/*.epub && loom && grep -q 'editions" hidden' $front &&
        [ ! -f build/book/attention-in-c.epub ]
    result $? 'the front page links it while it is there' "$(cat said)"
    page=build/editions/epub/01_first.xhtml
    sed 's/<img [^>]*>//; s/1 2 3/\\frac/' $page > edited && mv edited $page
    ! look_at_epub && grep -q 'expected 4, as in' said &&
        grep -q '01_first.*raw: \\frac' said
    result $? 'without them it is refused' "$(cat said)"
    sed 's/x_1/\\frac{1}/' chapters/01_first.c > edited
    mv edited chapters/01_first.c
    (EDITION=epub; export EDITION; loom)
    [ $? -eq 1 ] && [ ! -f build/editions/epub/attention-in-c.epub ] &&
        grep -qF '\frac{1}: KaTeX' said
    result $? 'a formula that KaTeX refuses is named' "$(cat said)"
    sed 's/\\frac{1}/x_1/' chapters/01_first.c > edited
    mv edited chapters/01_first.c
else
    tests=$((tests + 1))
    echo "ok $tests - the book as EPUB # SKIP no node"
fi

# On paper, if what prints is here. The first time a link leads nowhere: to a
# page that is in no list of contents.
print_paper() { BUILD=build node "$book/editions/print.mjs" > said 2>&1; }
if command -v "${CHROMIUM:-chromium}" > /dev/null &&
    command -v node > /dev/null && command -v pdfinfo > /dev/null; then
    print_paper
    [ $? -eq 1 ] && grep -q 'leads nowhere: #speed' said &&
        [ -z "$(ls build/editions/*.pdf* 2> /dev/null)" ]
    result $? 'a link that leads nowhere is not printed' "$(cat said)"
    sed '1,3d' book/speed.md > edited && mv edited book/speed.md
    sed 's/^glossary$/speed/' book/index.md > edited && mv edited book/index.md
    printf '\n```{toctree}\nglossary\n```\n' >> book/index.md
    loom
    print_paper && [ -f build/editions/attention-in-c.pdf ] &&
        [ -f build/editions/attention-in-c-screen.pdf ]
    result $? 'the book is printed' "$(cat said)"
    loom && grep -q '"attention-in-c.pdf">PDF' build/book/index.html && print_paper
    result $? 'and again, when its front page leads to what was printed' \
        "$(cat said)"
    rm build/editions/*.pdf
else
    tests=$((tests + 1))
    echo "ok $tests - the book is printed # SKIP no chromium, node or pdfinfo"
fi

# names PLACE MESSAGE NAME: no book was made, and PLACE is named.
names()
{
    [ $status -eq 1 ] && [ ! -f build/book/index.html ] &&
        grep -F "$1" said | grep -qF -e "$2"
    result $? "$3" "status $status; expected '$1 ... $2'; it said
$(cat said)"
}

edit 4 'See {numref}`fig-none`, {eq}`eq-none`, {cite}`nobody1999`,
{term}`nothing`, {nope}`no role` and [there](nowhere.md).'
edit 22 ':::{figure} 01_first/curve.svg'
edit 24 ''
loom
status=$?
names chapters/01_first.c:4: fig-none 'a missing label is refused'
names chapters/01_first.c:4: eq-none 'a missing formula is refused'
names chapters/01_first.c:4: nobody1999 'a missing reference is refused'
names chapters/01_first.c:4: nothing 'a missing term is refused'
names chapters/01_first.c:4: nowhere 'a broken link is refused'
names chapters/01_first.c:2 curve.svg 'a missing figure is refused'
names chapters/01_first.c:2 ':alt:' 'a figure without a text is refused'
edit 22 ':::{figure} 01_first/line.svg'
edit 24 ':alt: A line.'
loom
loom
status=$?
names chapters/01_first.c:4: nope 'and refused again when tried again'

WERROR= sh book/loom.sh > said 2>&1 && [ -f build/book/index.html ] &&
    grep -F chapters/01_first.c:4: said | grep -qF nope
result $? 'without WERROR a reader is warned, and has a book' "$(cat said)"
WERROR= sh book/loom.sh > said 2>&1 && grep -qF nope said
result $? 'and is warned again the next time' "$(cat said)"

edit 4 'It begins.'
edit 5 ''
loom
result $? 'mended, the book is made again' "$(cat said)"

sed 's/^It begins.*/See {eq}`eq-two`./' chapters/02_second.c > edited
mv edited chapters/02_second.c
loom
result $? 'a chapter may point to another' "$(cat said)"
edit 33 '$$'
loom
status=$?
names chapters/02_second.c:4: eq-two \
    'a label that goes is missed by a chapter that did not change'
edit 33 '$$ (eq-two)'

# ---- quizzes, folds, Chinese, search ----------------------------------------

quiz=':::{quiz}
Q: Why is $1 + 1$ two?
1. Because it is.
2. It is not.

A: 1. The other tempts *nobody*.

Q: And two?
1. Yes.
2. No.

A: 2.
:::'

# quizzed SED: makes the book with this quiz, edited.
quizzed()
{
    edit 4 "$(echo "$quiz" | sed "$1")"
    loom
    status=$?
    cp kept.c chapters/01_first.c
}

cp chapters/01_first.c kept.c
edit 18 '    /* fold: prints "1 < 2" */
    puts("早上好");'
edit 4 "$quiz"
loom
page=build/book/01_first.html
[ $? -eq 0 ] && grep -q 'class="quiz' $page &&
    [ "$(grep -c '<summary>Answer</summary>' $page)" -eq 2 ] &&
    grep -q '<strong>1.</strong> The other tempts <em>nobody</em>' $page
result $? 'a quiz is in the page, its answers folded' "$(cat said)"
grep -q '<details class="folded code">' $page &&
    grep -q '<summary>prints “1 &lt; 2” · 1 line</summary>' $page
result $? 'code is folded' "$(grep -A 3 '<details' $page)"
grep -q '<span lang="zh">早上好</span>' $page &&
    grep -q '<span lang="zh" style="--columns:2">早</span> √' $page &&
    grep -q 'class="output [^>]* style="--columns:8"' $page
result $? 'Chinese is marked, and takes two columns a character' \
    "$(grep -n '早' $page)"
grep -q '^"01_first.html": ".*It counts' build/book/_static/page_text.js &&
    grep -q 'src="_static/page_text.js"' build/book/search.html
result $? 'the search has the text of the pages'
cp kept.c chapters/01_first.c
quizzed '/^A: 1/d'
names chapters/01_first.c:4: 'each Q: has one A:' \
    'a question without an answer is refused'
quizzed '/^2. It/d'
names chapters/01_first.c:4: 'no choices' 'a question without choices is refused'
quizzed 's/^Q: Why/Why/'
names chapters/01_first.c:4: 'begins with Q:' \
    'a quiz that does not begin with a question is refused'

# ---- exercises --------------------------------------------------------------

mkdir -p chapters/solutions tests/exercises
cp "$root/tests/exercises/exercise.awk" tests/exercises
awk '/^See / { $0 = "## Exercises\n\n{exercises}" } { print }' \
    chapters/02_second.c > edited
cp chapters/02_second.c before
mv edited chapters/02_second.c
cat > whole.c << 'EOF'
/* Solved. */
#include "02_second.h"

/* ---- Exercise 1 * Find the bug: one ---------- *
 * What is *asked*.
 */
int one(void)
{
    return 1;
}
/* Given:
 *     TODO("return one");
 *
 * Hint: Not two.
 *
 * Hint: Not zero.
 */
EOF
checks='CHECK(one)
static int WRONG(one, two)(void)
static int WRONG(one, three)(void)
static int WRONG(one, four)(void)
static int WRONG(one, five)(void)
static int WRONG(one, six)(void)
static int WRONG(one, seven)(void)
static int RIGHT(one, one)(void)
static int RIGHT(one, unity)(void)
static int RIGHT(one, a_half_twice)(void)'

# exercise EDIT CHECKS: makes the book, with these.
exercise()
{
    sed "$1" whole.c > chapters/solutions/02_second.c
    echo "$checks" | grep -E "$2" > tests/exercises/02_second.c
    loom
    status=$?
}

# lacks EDIT CHECKS MESSAGE NAME: such an exercise is refused.
lacks()
{
    exercise "$1" "$2"
    names chapters/solutions/02_second.c:4: "$3" "$4"
}

exercise '' .
page=build/book/02_second.html
[ $status -eq 0 ] && grep -q '<em>asked</em>' $page && grep -q TODO $page &&
    [ "$(grep -c '<details' $page)" -eq 3 ] &&
    grep -q '<summary>Hint 2 of 2</summary>' $page
result $? 'an exercise is in the page, its hints and solution folded' \
    "$(cat said)"
lacks '/Not zero/d' . '1 hints' 'an exercise with one hint is refused'
lacks '' WRONG 'no check' 'an exercise without a check is refused'
lacks '' 'CHECK|RIGHT|t[wh]' 'has 2 wrong answers' \
    'an exercise with few wrong answers is refused'
lacks '' 'CHECK|WRONG|unity' 'has 1 other right answers' \
    'an exercise with few other right answers is refused'
lacks '/TODO/d' . 'no TODO' 'an exercise without a TODO is refused'
lacks '/^int/,/^}/d' . 'no solution' 'an exercise without a solution is refused'
lacks '/asked/d' . 'what is asked' 'an exercise without a text is refused'
exercise 's/Find the bug/Find/' .
names chapters/solutions/02_second.c:1: 'Find the bug' \
    'a chapter without a bug to find is refused'
rm -r chapters/solutions
mv before chapters/02_second.c

rm -r build/out/04_fourth
loom
status=$?
names chapters/04_fourth.c build/out/04_fourth \
    'a chapter that was not run is refused'
rm chapters/04_fourth.c
loom && [ ! -f build/book/04_fourth.html ] && [ ! -f build/weave/04_fourth.md ]
result $? 'a chapter that is gone leaves no page behind' "$(cat said)"

finish

"""How Sphinx makes the book. The source it reads is put together by loom.sh."""

import html
import importlib.util
import json
import re
import sys
import unicodedata
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.errors import ConfigError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

NEEDED = {
    "myst_parser": "python3-myst-parser",
    "furo": "furo",
    "sphinxcontrib.bibtex": "python3-sphinxcontrib.bibtex",
    "sphinx_copybutton": "python3-sphinx-copybutton",
}


def is_missing(module):
    try:
        return importlib.util.find_spec(module) is None
    except ModuleNotFoundError:             # its parent package is missing
        return True


missing = [package for module, package in NEEDED.items() if is_missing(module)]
if missing:
    raise ConfigError("the book also needs (names of Debian's packages): "
                      + " ".join(missing))

# ---- the book ---------------------------------------------------------------

project = "Attention in C"
author = "the Attention in C authors"
copyright = author
language = "en"

extensions = ["myst_parser", "sphinxcontrib.bibtex", "sphinx_copybutton"]
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath",
                          "fieldlist"]
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
numfig = True
math_numfig = True
math_eqref_format = "({number})"
numfig_format = {"section": "Section %s", "figure": "Figure %s",
                 "table": "Table %s"}
nitpicky = True
highlight_language = "none"

# ---- the site ---------------------------------------------------------------

html_theme = "furo"
html_title = project
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["katex/katex.min.css", "book.css"]
html_js_files = [("katex/katex.min.js", {"defer": "defer"}),
                 ("math.js", {"defer": "defer"})]
html_math_renderer = "katex"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_use_index = False
html_domain_indices = False
html_permalinks_icon = "#"
html_last_updated_fmt = None
pygments_style = "tango"
pygments_dark_style = "native"
copybutton_selector = "div[class*=highlight-]:not(.output) > .highlight > pre"
copybutton_prompt_text = "$ "
html_theme_options = {
    "navigation_with_keys": True,
    "light_css_variables": {
        "color-brand-primary": "#3b528b",
        "color-brand-content": "#2c5a9e",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7fb2e5",
        "color-brand-content": "#7fb2e5",
    },
}

# ---- the same as EPUB: see editions/epub.py ----------------------------------

if tags.has("epub"):
    sys.path.insert(0, str(Path(__file__).parent))
    extensions.remove("sphinx_copybutton")
    extensions.append("epub")
    html_static_path = ["_epub"]
    html_css_files = html_js_files = []
    version = "1"
    epub_css_files = ["epub.css"]
    epub_basename = "attention-in-c"
    epub_uid = epub_identifier = "attention-in-c"
    epub_copyright = "code: MIT License; text and figures: CC BY 4.0"
    epub_description = ("Attention, from the inner product to the Transformer, "
                        "in chapters that are each one C program")
    epub_contributor = author
    epub_tocscope = "includehidden"
    epub_tocdepth = 2
    epub_tocdup = False
    epub_show_urls = "no"

log = logging.getLogger(__name__)


# ---- claims: {test}`tests/FILE.c: name_of_the_test` -------------------------
# That the test exists is checked by weave.awk.

def claim(name, rawtext, text, lineno, inliner, options={}, content=[]):
    path, _, test = re.sub(r"\s+", " ", text).partition(": ")
    return [nodes.literal(rawtext, test, classes=["test"]), nodes.Text(" in "),
            nodes.literal("", path)], []


# ---- what is folded: :::{folded} Hint 1 ------------------------------------
# A reader opens it with a click; no script is needed. Where a page cannot fold,
# it is a heading and the text.

class Folded(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"class": directives.class_option}

    def run(self):
        summary = nodes.rubric(self.arguments[0], self.arguments[0])
        self.set_source_info(summary)
        node = nodes.container("", summary, classes=["folded"]
                               + self.options.get("class", []))
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def is_folded(node):
    return "folded" in node.get("classes", [])


def visit_container(self, node):
    if is_folded(node):
        self.body.append(self.starttag(node, "details"))
    else:
        HTML5Translator.visit_container(self, node)


def depart_container(self, node):
    if is_folded(node):
        self.body.append("</details>\n")
    else:
        HTML5Translator.depart_container(self, node)


def visit_rubric(self, node):
    if is_folded(node.parent):
        self.body.append(self.starttag(node, "summary", ""))
    else:
        HTML5Translator.visit_rubric(self, node)


def depart_rubric(self, node):
    if is_folded(node.parent):
        self.body.append("</summary>\n")
    else:
        HTML5Translator.depart_rubric(self, node)


# ---- questions after a section: :::{quiz} -----------------------------------
# Each question begins a line with Q: and has numbered choices; its answer, the
# right number and why each wrong choice tempts, begins one with A: and is
# folded.
#
#     :::{quiz}
#     Q: Add 5 to every score. What happens to the weights?
#     1. All grow.
#     2. Nothing.
#
#     A: 2. The factor $e^5$ stands above and below the fraction bar. The first
#     tempts because the exponentials do grow, all alike.
#     :::

class Quiz(SphinxDirective):
    has_content = True

    def part(self, begin, end, node):
        lines = list(self.content[begin:end])
        lines[0] = re.sub(r"^(\d+\.)", r"**\1**", lines[0][2:].lstrip())
        self.state.nested_parse(lines, self.content_offset + begin, node)
        return node

    def run(self):
        title = nodes.rubric("", "Ask yourself")
        quiz = nodes.container("", title, classes=["quiz"])
        marks = [i for i, line in enumerate(self.content)
                 if line.startswith(("Q:", "A:"))] + [len(self.content)]
        kinds = "".join(self.content[i][0] for i in marks[:-1])
        if not kinds or marks[0] != 0 or kinds != "QA" * (len(kinds) // 2):
            raise self.error("a quiz begins with Q:, and each Q: has one A:")
        for q, a, end in zip(marks[0::2], marks[1::2], marks[2::2]):
            question = self.part(q, a, nodes.container(classes=["question"]))
            choices = [node for node in question.children
                       if isinstance(node, nodes.enumerated_list)]
            if len(choices) != 1 or len(choices[0]) < 2:
                raise self.error("'%s' has no choices; expected lines 1. and "
                                 "2. at least" % self.content[q])
            answer = nodes.container("", nodes.rubric("", "Answer"),
                                     classes=["folded"])
            question += self.part(a, end, answer)
            quiz += question
        return [quiz]


# ---- mathematics, for KaTeX -------------------------------------------------
# Elements of class `tex` hold TeX, which _static/math.js renders in place.

def visit_math(self, node):
    self.body.append(self.starttag(node, "span", "", CLASS="math tex")
                     + self.encode(node.astext()) + "</span>")
    raise nodes.SkipNode


def visit_math_block(self, node):
    # Sphinx numbers an `align`, so KaTeX must not: it renders `align*`.
    tex = re.sub(r"(\\(?:begin|end)\{(?:align|gather|equation|alignat))\}",
                 r"\1*}", node.astext())
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append('<div class="tex">' + self.encode(tex) + "</div>")
    if node["number"]:
        self.body.append('<span class="eqno">(%s)'
                         % get_node_equation_number(self, node))
        self.add_permalink_ref(node, "Permalink to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


# ---- figures ----------------------------------------------------------------
# gnuplot's SVG goes into the page itself, where its text is text and its black
# and white become the colours of the page, light or dark.

PAGES = ("html", "dirhtml", "singlehtml")
LEGIBLE = 7.5       # pixels: a figure scrolls before its text gets smaller
# Pattern, flags and replacement of each change, as JavaScript has them: a page
# that draws a figure anew (live/) makes the same. Background and titles go; ink,
# paper and the blue that would be dim in the dark become colours of the page;
# PREFIX begins every id, so that two figures on one page do not meet.
SVG_RULES = json.loads(Path(__file__).with_name("svg.json")
                       .read_text(encoding="utf-8"))


def inline_svg(svg, name, alt, figure):
    """The <svg> element of a file, ready to stand in a page, where its ids begin
    with `name`; `figure` is what the chapter's script calls it."""
    svg = svg[svg.index("<svg"):]
    for pattern, flags, replacement in SVG_RULES:
        replacement = replacement.replace("PREFIX", name + "-")
        svg = re.sub(pattern, re.sub(r"\$(\d)", r"\\g<\1>", replacement), svg,
                     count=0 if "g" in flags else 1,
                     flags=re.I if "i" in flags else 0)
    width, height = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups()
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)]
    least = float(width) * LEGIBLE / min(sizes, default=float("inf"))
    opening = ('<div class="scrolls"><svg class="plot" role="img" '
               'data-figure="%s" aria-label="%s" viewBox="0 0 %s %s" '
               'style="max-width:%spx;min-width:min(%dpx,%spx)" '
               'xmlns:xlink="http://www.w3.org/1999/xlink">'
               % (figure, alt, width, height, width, least, width))
    return opening + svg[svg.index(">") + 1:] + "</div>"


def visit_image(self, node):
    if not node.get("alt"):
        log.warning("image %s has no :alt: text", node["uri"], location=node)
    file = Path(self.builder.srcdir) / node["uri"]
    if (file.suffix == ".svg" and file.is_file()    # else Sphinx has said so
            and self.builder.name in PAGES):
        self.figures = getattr(self, "figures", 0) + 1
        self.body.append(inline_svg(file.read_text(encoding="utf-8"),
                                    "f%d" % self.figures,
                                    self.attval(node.get("alt", "")),
                                    file.stem))
        raise nodes.SkipNode
    HTML5Translator.visit_image(self, node)


# ---- Chinese ----------------------------------------------------------------
# A run of Chinese is marked as such, for fonts, voices and hyphens. In what a
# program printed it is as wide as two columns a character, whatever the font,
# so that what stands right of it is where the program put it. How many columns
# there are decides the size of the letters on a phone (book.css).

HAN = (r"[\u2e80-\u303f\u31c0-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
       r"\uff01-\uff60\U00020000-\U0003ffff]+")


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


def mark_chinese(body):
    part = re.split(r"(<[^>]*>)", body)     # text, tag, text, tag, ..., text
    output = svg = False
    for i in range(0, len(part), 2):
        tag = part[i - 1] if i else ""
        if tag.startswith('<div class="output'):
            output = True
        elif tag.startswith(("<svg", "</svg")):
            svg = tag.startswith("<svg")
        elif tag == "</pre>":
            output = False
        if not re.search(HAN, part[i]) or tag.startswith(("<script", "<style")):
            continue
        if svg:
            part[i - 1] = tag[:-1] + ' lang="zh">'
            continue
        part[i] = re.sub(HAN, lambda run: '<span lang="zh"%s>%s</span>' % (
            ' style="--columns:%d"' % columns(run[0]) if output else "",
            run[0]), part[i])
    return "".join(part)


def count_columns(body):
    def count(match):
        text = html.unescape(re.sub(r"<[^>]*>", "", match[2]))
        widest = max(map(columns, text.splitlines()), default=0)
        return '%s style="--columns:%d">%s' % (match[1], widest, match[2])
    return re.sub(r'(<div class="output [^>]*)>(.*?</pre>)', count, body,
                  flags=re.S)


def finish_page(app, pagename, templatename, context, doctree):
    for key in "body", "toc", "title":
        if context.get(key):
            context[key] = mark_chinese(count_columns(context[key]))
    if pagename == "search":
        # Not by add_js_file(): newer Sphinx would add a checksum, of the file as
        # it was before this time.
        context["metatags"] = (context.get("metatags", "")
                               + '<script defer="defer" '
                               'src="_static/page_text.js"></script>\n')
        app.add_js_file("search.js", defer="defer")


# ---- references -------------------------------------------------------------
# docutils 0.19 closes a list around the citations that it has not opened.

def visit_citation(self, node):
    self.body.append(self.starttag(node, "div", CLASS="citation",
                                   role="doc-biblioentry"))


def depart_citation(self, node):
    self.body.append("</div>\n")


# ---- numbers ----------------------------------------------------------------
# A chapter's number is the one in its file's name, even while a chapter before
# it is still unwritten. From 90 on it is an appendix: that has a letter for the
# numbers of its sections and figures, A.1 and so on, and itself shows none.

APPENDIX = 90


class NumbersByName(TocTreeCollector):
    def assign_section_numbers(self, env):
        stale = super().assign_section_numbers(env)
        appendices = 0
        for page, numbers in sorted(env.toc_secnumbers.items()):
            if not re.match(r"\d\d_", page):
                continue
            first = int(page[:2])
            if first >= APPENDIX:
                first = chr(ord("A") + appendices)
                appendices += 1
            for anchor, number in numbers.items():
                numbers[anchor] = number and (first, *number[1:])
            for place in self.places(env, page):
                if place.get("secnumber"):
                    place["secnumber"] = [first, *place["secnumber"][1:]]
        return stale

    def assign_figure_numbers(self, env):
        stale = super().assign_figure_numbers(env)
        for page, numbers in env.toc_secnumbers.items():
            if re.match(r"\d\d_", page) and int(page[:2]) >= APPENDIX:
                numbers[""] = None
                for place in self.places(env, page):
                    if len(place.get("secnumber") or ()) == 1:
                        del place["secnumber"]
        return stale

    @staticmethod
    def places(env, page):
        return [env.titles[page], *env.tocs[page].findall(nodes.reference)]


# ---- the theme, mended ------------------------------------------------------

def mend_theme(app, exception):
    """Debian 12 packages Furo with three faults, which this repairs in the
    finished site: its script is a module that was never bundled, so no browser
    runs it; the rule that follows the system's dark mode is lost; one style
    sheet is named by an address on a web server. Elsewhere it does nothing."""
    if exception or app.builder.name not in PAGES:
        return
    static = Path(app.outdir) / "_static"

    script = static / "scripts" / "furo.js"
    text = script.read_text(encoding="utf-8")
    load = 'import Gumshoe from "./gumshoe-patched.js";'
    if text.startswith(load):
        gumshoe = script.with_name("gumshoe-patched.js")
        script.write_text(gumshoe.read_text(encoding="utf-8")
                          + text[len(load):], encoding="utf-8")

    sheet = static / "styles" / "furo.css"
    text = sheet.read_text(encoding="utf-8")
    dark = re.search(r'body\[data-theme="dark"\] (\{[^}]*\})', text)
    if dark and "prefers-color-scheme" not in text:
        text += ('@media screen and (prefers-color-scheme: dark) {\n'
                 'body:not([data-theme="light"]) %s }\n' % dark.group(1))
    load = "@import url(/javascript/normalize.css/normalize.css);"
    if text.startswith(load):
        normalize = Path("/usr/share/javascript/normalize.css/normalize.css")
        text = (normalize.read_text(encoding="utf-8")
                if normalize.exists() else "") + text[len(load):]
    sheet.write_text(text, encoding="utf-8")


# ---- search -----------------------------------------------------------------
# Under each result Sphinx shows the words around what was found, which it
# fetches from the page. A page opened from disk may not fetch: so the text of
# all is in one script, which _static/search.js gives in the pages' place.

def write_page_text(app, exception):
    if exception or app.builder.name not in PAGES:
        return
    texts = {}
    for name in sorted(app.env.found_docs):
        page = Path(app.outdir) / (name + ".html")
        text = page.read_text(encoding="utf-8")
        text = text[text.index('role="main"'):text.rindex("</article>")]
        text = re.sub(r'<(svg|a class="headerlink").*?</(svg|a)>', "", text,
                      flags=re.S)
        text = html.unescape(re.sub(r"<[^>]*>", "", text[text.index(">") + 1:]))
        texts[page.name] = re.sub(r"\s+", " ", text)
    (Path(app.outdir) / "_static" / "page_text.js").write_text(
        "const pageText = " + json.dumps(texts, ensure_ascii=False, indent=0)
        + ";\n", encoding="utf-8")


def setup(app):
    app.add_env_collector(NumbersByName)
    app.add_role("test", claim)
    app.add_directive("folded", Folded)
    app.add_directive("quiz", Quiz)
    app.add_html_math_renderer("katex", (visit_math, None),
                               (visit_math_block, None))
    app.add_node(nodes.image, override=True,
                 html=(visit_image, HTML5Translator.depart_image))
    app.add_node(nodes.container, override=True,
                 html=(visit_container, depart_container))
    app.add_node(nodes.rubric, override=True,
                 html=(visit_rubric, depart_rubric))
    app.add_node(nodes.citation, override=True,
                 html=(visit_citation, depart_citation))
    app.connect("html-page-context", finish_page)
    app.connect("build-finished", mend_theme)
    app.connect("build-finished", write_page_text)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""How Sphinx makes the book. The source it reads is put together by loom.sh."""

import importlib.util
import re
from pathlib import Path

from docutils import nodes
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

    def run(self):
        summary = nodes.rubric(self.arguments[0], self.arguments[0])
        self.set_source_info(summary)
        node = nodes.container("", summary, classes=["folded"])
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
INK = r"""(=\s*["'])(?:black|rgb\(\s*0,\s*0,\s*0\))(["'])"""
PAPER = r"""(=\s*["'])(?:white|rgb\(\s*255,\s*255,\s*255\))(["'])"""


def inline_svg(svg, name, alt):
    """The <svg> element of a file, ready to stand in a page. `name` begins
    every id in it, so that two figures on one page do not meet."""
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<(title|desc)>.*?</\1>", "", svg, flags=re.S)
    svg = re.sub(r'<rect x="0" y="0"[^>]*/>', "", svg, count=1)     # background
    svg = re.sub(INK, r"\1currentColor\2", svg)
    svg = re.sub(PAPER, r"\1var(--color-background-primary)\2", svg)
    svg = re.sub(r'\scolor="currentColor"', "", svg)
    svg = re.sub(r"""(\bid\s*=\s*["']|href\s*=\s*["']#|url\(#)""",
                 r"\g<1>" + name + "-", svg)
    svg = re.sub(r'\sfont-family="sans-serif"', "", svg)    # as the page
    svg = re.sub(r"\s*\n\s*", "\n", svg)
    width, height = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups()
    opening = ('<svg class="plot" role="img" aria-label="%s" '
               'viewBox="0 0 %s %s" style="max-width:%spx" '
               'xmlns:xlink="http://www.w3.org/1999/xlink">'
               % (alt, width, height, width))
    return opening + svg[svg.index(">") + 1:]


def visit_image(self, node):
    if not node.get("alt"):
        log.warning("image %s has no :alt: text", node["uri"], location=node)
    file = Path(self.builder.srcdir) / node["uri"]
    if (file.suffix == ".svg" and file.is_file()    # else Sphinx has said so
            and self.builder.name in PAGES):
        self.figures = getattr(self, "figures", 0) + 1
        self.body.append(inline_svg(file.read_text(encoding="utf-8"),
                                    "f%d" % self.figures,
                                    self.attval(node.get("alt", ""))))
        raise nodes.SkipNode
    HTML5Translator.visit_image(self, node)


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


def setup(app):
    app.add_env_collector(NumbersByName)
    app.add_role("test", claim)
    app.add_directive("folded", Folded)
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
    app.connect("build-finished", mend_theme)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

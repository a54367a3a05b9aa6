"""What Sphinx's EPUB lacks: formulas as MathML, made by KaTeX under node; a
manifest that says so; titles without TeX; ids that are used once."""

import html
import json
import os
import re
import subprocess
from pathlib import Path

from sphinx.builders.epub3 import Epub3Builder
from sphinx.errors import SphinxError

HERE = Path(__file__).parent
TEX = re.compile(r'<(span class="math tex"[^>]*|div class="tex")>'
                 r'((?:[^<]|<span lang[^>]*>[^<]*</span>)*)</(?:span|div)>')


def plain(text):
    """A title's TeX in plain letters: $XX^\\top$ is XXᵀ."""
    for pattern, letters in ((r"\^?\\top\b", "ᵀ"), (r"\\sqrt\b", "√"),
                             (r"\\times\b", "×"), (r"\\([A-Za-z]+)", r"\1"),
                             (r"[\\{}$]", "")):
        text = re.sub(pattern, letters, text)
    return text


def tex_of(match):
    return html.unescape(re.sub(r"<[^>]*>", "", match[2]))


def typeset(pages):
    """The pages with MathML in the place of TeX."""
    formulas = [[tex_of(match), match[1].startswith("div")]
                for page in pages for match in TEX.finditer(page)]
    made = subprocess.run(["node", HERE / "mathml.cjs", os.environ["KATEX"]],
                          input=json.dumps(formulas), capture_output=True,
                          encoding="utf-8")
    if made.returncode:
        raise SphinxError("KaTeX: " + made.stderr)
    made = iter(json.loads(made.stdout))
    return [TEX.sub(lambda match: "<%s>%s</%s>" % (
        match[1], next(made), match[1].split()[0]), page) for page in pages]


def use_ids_once(page):
    """Sphinx gives a formula and its place the same id; the first one stays."""
    seen = set()

    def keep(match):
        if match[1] in seen:
            return ""
        seen.add(match[1])
        return match[0]
    return re.sub(r'(?<=[\w"]) id="([^"]*)"', keep, page)


class Edition(Epub3Builder):
    def get_refnodes(self, doctree, result):
        nodes = super().get_refnodes(doctree, result)
        for node in nodes:
            node["text"] = plain(node["text"])
        return nodes

    def handle_finish(self):
        files = sorted(Path(self.outdir).glob("*.xhtml"))
        pages = typeset([file.read_text(encoding="utf-8") for file in files])
        for file, page in zip(files, pages):
            page = re.sub(r"<title>.*?</title>",
                          lambda match: plain(match[0]), page, flags=re.S)
            page = page.replace("<html ", '<html lang="en" xml:lang="en" ', 1)
            file.write_text(use_ids_once(page), encoding="utf-8")
        super().handle_finish()

    def build_content(self):
        super().build_content()
        file = Path(self.outdir) / "content.opf"

        def say(match):
            page = Path(self.outdir) / match[1]
            has = page.exists() and "<math" in page.read_text(encoding="utf-8")
            return match[0] + (' properties="mathml"' if has else "")
        file.write_text(re.sub(r'<item [^>]*href="([^"]*\.xhtml)"', say,
                               file.read_text(encoding="utf-8")),
                        encoding="utf-8")


def setup(app):
    app.add_builder(Edition, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The documentation as a site: ``make docs`` writes build/docs/index.html."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import w2s_sym
from w2s_sym.report.html.mathml import pieces

HERE = Path(__file__).resolve().parent
MADE = HERE / "made"

project = "w2s-sym"
author = "The w2s-sym authors"
version = release = w2s_sym.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx_copybutton"]
exclude_patterns = ["_static", "made/claims_head.md"]
suppress_warnings = ["config.cache"]

html_theme = "furo"
html_title = "w2s-sym"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
# Formulas are MathML, made while the site is built: nothing is fetched when it is read.
html_math_renderer = "mathml"

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "text/latex", 5)]
toc_object_entries = False
copybutton_prompt_text = ">>> |$ "
copybutton_prompt_is_regexp = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"


def copy_essays() -> None:
    """Copy the essays as they were saved; formulas of their tables become MathML, as those of the text do."""
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir()
    for path in (HERE.parent / "notebooks").glob("*.ipynb"):
        essay = json.loads(path.read_text(encoding="utf-8"))
        for cell in essay["cells"]:
            # A link from notebooks/ to a page of docs/ is one from docs/made/ here.
            cell["source"] = "".join(cell["source"]).replace("](../docs/", "](../")
        for output in (output for cell in essay["cells"] for output in cell.get("outputs", ())):
            if "text/html" in output.get("data", {}):
                output["data"]["text/html"] = with_mathml("".join(output["data"]["text/html"]))
        (MADE / path.name).write_text(json.dumps(essay), encoding="utf-8")


def split_claims() -> None:
    """One page for each paper of CLAIMS.md: all of them on one would take long to load."""
    head, *papers = re.split(r"(?m)^## ", (HERE.parent / "CLAIMS.md").read_text(encoding="utf-8"))
    (MADE / "claims_head.md").write_text(head, encoding="utf-8")
    for paper in papers:
        name = paper.split("\n", 1)[0].strip()
        (MADE / f"claims_{name}.md").write_text(f"# {paper}", encoding="utf-8")


def with_mathml(page: str) -> str:
    """HTML with its TeX between dollars as MathML; what cannot be converted stays."""

    def converted(found: re.Match[str]) -> str:
        return "".join(pieces(html.unescape(found[2]), len(found[1]) == 2)) or found[0]

    return re.sub(r"(\$\$?)([^$<>]+)\1", converted, page)


def plain_docstring(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Docstrings are plain text with code in double backquotes and roles: what else looks like markup is escaped.

    A title with dashes below it heads a list of names with their meanings, which is a list of definitions as it is.
    """
    kept = re.compile(r"(``.*?``|:\w+:`[^`]*`)")
    for number, line in enumerate(lines):
        if line and set(line) == {"-"}:
            lines[number - 1 : number + 1] = [f".. rubric:: {lines[number - 1]}", ""]
            continue
        parts = kept.split(line)
        lines[number] = "".join(p if i % 2 else re.sub(r"([\\*|_`])", r"\\\1", p) for i, p in enumerate(parts))


def visit_math(writer: Any, node: Any) -> None:
    """A formula in a line."""
    _write(writer, node, display=False)


def visit_display(writer: Any, node: Any) -> None:
    """A formula by itself."""
    writer.body.append('<div class="math-display">')
    _write(writer, node, display=True)
    writer.body.append("</div>")


def _write(writer: Any, node: Any, display: bool) -> None:
    from docutils import nodes

    latex = node.astext()
    found = pieces(latex, display)
    writer.body.append("".join(found) if found else f"<code>{writer.encode(latex)}</code>")
    raise nodes.SkipNode


def setup(app: Any) -> None:
    """Sphinx calls this."""
    copy_essays()
    split_claims()
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_display, None))
    app.connect("autodoc-process-docstring", plain_docstring, priority=1)

"""What is left of an output in a notebook that JupyterLab does not trust, and which formulas it typesets there.

JupyterLab (4.6) passes text/html through sanitize-html, with the tags of ``packages/apputils/src/sanitizer.ts``, then
has MathJax 3 look for TeX, as ``packages/mathjax-extension`` sets it: ``$``, ``$$``, ``\\(`` and ``\\[``, with
``processEscapes`` and ``processEnvironments``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

_TAGS = """
a abbr acronym address area article aside audio b bdi bdo big blockquote br button canvas caption center cite code col
colgroup colspan command data datalist dd del details dfn dir div dl dt em fieldset figcaption figure font footer form
h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li map mark menu meter nav nobr ol optgroup option
output p pre progress q rowspan s samp section select small source span strike strong sub summary sup table tbody td
textarea tfoot th thead time tr track tt u ul var video wbr
"""
TAGS = set(_TAGS.split())
# Of the attributes only those that the package writes, or might come to write.
ATTRIBUTES = {
    "*": {"class", "dir", "hidden", "id", "lang", "style", "title"},
    "a": {"href", "name", "target"},
    "details": {"open"},
    "div": {"align"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"reversed", "start", "type"},
    "td": {"align", "colspan", "rowspan", "scope", "valign"},
    "th": {"align", "colspan", "rowspan", "scope", "valign"},
}
# Of what is not allowed only the tags go, and the words in them stay; of these the words go too.
WITH_CONTENT = {"script", "style"}

# MathJax does not look into these, nor does it look across the borders of any element but the two below.
_SKIPPED = {"script", "noscript", "style", "textarea", "pre", "code", "annotation", "annotation-xml"}
_JOINED = {"br": "\n", "wbr": ""}
_START = re.compile(r"(?P<escaped>\\[\\$])|(?P<open>\$\$?|\\\(|\\\[)|\\begin\{(?P<name>[^}]*)\}")
_END = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]"}


class _Sanitizer(HTMLParser):
    """sanitize-html in the mode in which it discards tags: like it, this reads tags one by one and builds no tree."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.made = ""
        self.dropping: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in WITH_CONTENT:
            self.dropping.append(tag)
        elif tag in TAGS and not self.dropping:
            allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())
            kept = "".join(f' {k}="{html.escape(v or "")}"' for k, v in attrs if k in allowed)
            self.made += f"<{tag}{kept}>"

    def handle_endtag(self, tag: str) -> None:
        if self.dropping[-1:] == [tag]:
            self.dropping.pop()
        elif tag in TAGS and not self.dropping:
            self.made += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            self.made += html.escape(data, quote=False)


def sanitised(fragment: str) -> str:
    """The fragment as JupyterLab shows it in a notebook that it does not trust."""
    return _Sanitizer(fragment).made


class _Reader(HTMLParser):
    """The stretches of text in which MathJax looks for formulas, and all words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stretches = [""]
        self.skipping: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self.skipping.append(tag)
        if tag in _JOINED:
            self.stretches[-1] += _JOINED[tag]
        else:
            self.stretches.append("")

    def handle_endtag(self, tag: str) -> None:
        if self.skipping[-1:] == [tag]:
            self.skipping.pop()
        self.stretches.append("")

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.skipping):
            self.words += data
        if not self.skipping:
            self.stretches[-1] += data


def formulas(fragment: str) -> list[str]:
    """The TeX of every formula that MathJax finds, without delimiters, in order."""
    return [latex for text in _Reader(fragment).stretches for latex, _ in _parts(text) if latex]


def bare(fragment: str) -> str:
    """The text that is in no formula."""
    return "".join(rest for text in _Reader(fragment).stretches for _, rest in _parts(text))


def words(fragment: str) -> str:
    """All that can be read, formulas and code among it."""
    return _Reader(fragment).words


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """A stretch of text as pairs (TeX, "") and ("", text), as MathJax's FindTeX cuts it."""
    at = 0
    while found := _START.search(text, at):
        if found["escaped"]:
            yield "", text[at : found.end()]
            at = found.end()
            continue
        close = _END[found["open"]] if found["open"] else rf"\end{{{found['name']}}}"
        end = _end(text, found.end(), close)
        if end is None:
            yield "", text[at : found.end()]
            at = found.end()
            continue
        yield "", text[at : found.start()]
        yield (text[found.end() : end], "") if found["open"] else (text[found.start() : end + len(close)], "")
        at = end + len(close)
    yield "", text[at:]


def _end(text: str, start: int, close: str) -> int | None:
    depth = 0
    for token in re.finditer(rf"{re.escape(close)}|\\(?:[a-zA-Z]+|.)|[{{}}]", text[start:], re.DOTALL):
        if token[0] == close and depth == 0:
            return start + token.start()
        depth = depth + 1 if token[0] == "{" else max(0, depth - 1) if token[0] == "}" else depth
    return None

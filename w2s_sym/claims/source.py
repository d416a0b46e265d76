"""Where a claim comes from: a paper and a place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from w2s_sym.claims.statement import ClaimError
from w2s_sym.formula import display
from w2s_sym.formula.latex_text import escape_latex

# What BibTeX takes for a key and a file for its name.
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]*")
# How long a key or the name of a claim may be: files are named after them, and a file system takes 255 letters.
LONGEST_NAME = 100


# How far the words of a source can be trusted.
TRUST = {
    "source": "as printed",
    "recalled": "as restated here; not checked against the printed text",
    "derived": "derived here",
}


@dataclass(frozen=True)
class Source:
    """Where a claim comes from. ``key`` names the paper and prefixes the ids of its claims.

    Raises :class:`ClaimError` for a key that BibTeX does not take or that has more than 100 letters, for what is no
    text, and for a year that is none.
    """

    key: str
    authors: str
    title: str
    year: int
    venue: str = ""
    arxiv: str = ""
    locator: str = ""
    trust: str = "derived"

    def __post_init__(self) -> None:
        for field in ("key", "authors", "title", "venue", "arxiv", "locator", "trust"):
            text = vars(self)[field]
            if not isinstance(text, str):
                raise ClaimError(f"the {field} of a source is {text!r:.60}; give a text")
        if not _KEY.fullmatch(self.key):
            raise ClaimError(
                f"the source's key {self.key!r:.60} is none for BibTeX; use letters, digits and _ - . : +, "
                "as in theorist2026"
            )
        require_short(f"the source's key {self.key[:30]}...", self.key)
        if isinstance(self.year, bool) or not isinstance(self.year, int):
            raise ClaimError(f"the year of the source {self.key} is {self.year!r:.60}; give a number such as 2026")

    @property
    def standing(self) -> str:
        """How far the words of the source can be trusted, for a reader; ``trust`` itself where it is another word."""
        return TRUST.get(self.trust, self.trust)

    def at(self, locator: str, trust: str | None = None) -> Source:
        """The same source at a theorem, section or figure; ``trust`` is source, recalled or derived."""
        return replace(self, locator=locator, trust=trust or self.trust)

    def _repr_html_(self) -> str:
        return display.html("source", self, Source.cite)

    def cite(self, style: str = "text") -> str:
        """A citation as text or, with what LaTeX would read as commands escaped, as a BibTeX entry."""
        if style == "bibtex":
            fields = {
                "author": " and ".join(map(_field, _authors(self.authors))),
                "title": "{" + _field(self.title) + "}",
                "year": str(self.year),
                "booktitle": _field(self.venue),
                "eprint": _field(self.arxiv),
                "archiveprefix": "arXiv" if self.arxiv else "",
            }
            body = ",\n".join(f"  {k} = {{{v}}}" for k, v in fields.items() if v.strip("{}"))
            kind = "inproceedings" if self.venue else "misc"
            return f"@{kind}{{{self.key},\n{body}\n}}"
        if style != "text":
            raise ValueError(f"unknown citation style {style!r}; use text or bibtex")
        place = ", ".join(x for x in (self.venue, f"arXiv:{self.arxiv}" if self.arxiv else "") if x)
        where = f", {self.locator}" if self.locator else ""
        return f"{self.authors} ({self.year}). {self.title}{'. ' + place if place else ''}{where}."


def require_short(what: str, name: str) -> None:
    """Refuse a name that is too long to be one of a file. Raises :class:`ClaimError`."""
    if len(name) > LONGEST_NAME:
        raise ClaimError(f"{what} has {len(name)} letters; give it at most {LONGEST_NAME}")


def _field(text: str) -> str:
    """A field of an entry: BibTeX counts braces even where LaTeX would not."""
    return escape_latex(text).replace(r"\{", r"\textbraceleft{}").replace(r"\}", r"\textbraceright{}")


def _authors(text: str) -> Iterator[str]:
    """The authors one by one, from text such as ``A. One, B. Two and C. Three`` or ``One, A. and Two, B.``"""
    for part in re.split(r"\s*;\s*|,?\s+(?:and|&)\s+", re.sub(r",?\s+et al\.?", " and others", text.strip())):
        names = [name for name in re.split(r"\s*,\s*", part) if name]
        pairs = list(zip(names[::2], names[1::2], strict=False))
        # Surnames first: initials after every second comma, or one pair whose first part is a single word.
        initials = all("." in first and "." not in last for last, first in pairs)
        inverted = len(names) == 2 * len(pairs) and (initials or (len(pairs) == 1 and " " not in names[0]))
        yield from (f"{last}, {first}" for last, first in pairs) if inverted else names

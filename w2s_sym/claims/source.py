"""Where a claim comes from: a paper and a place in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from w2s_sym.formula import display


@dataclass(frozen=True)
class Source:
    """Where a claim comes from. ``key`` names the paper and prefixes the ids of its claims."""

    key: str
    authors: str
    title: str
    year: int
    venue: str = ""
    arxiv: str = ""
    locator: str = ""
    trust: str = "derived"

    def at(self, locator: str, trust: str | None = None) -> Source:
        """The same source at a theorem, section or figure; ``trust`` is source, recalled or derived."""
        return replace(self, locator=locator, trust=trust or self.trust)

    def _repr_html_(self) -> str:
        return display.html("source", self, Source.cite)

    def cite(self, style: str = "text") -> str:
        """A citation as text or as a BibTeX entry."""
        if style == "bibtex":
            fields = {
                "author": " and ".join(_authors(self.authors)),
                "title": "{" + self.title + "}",
                "year": str(self.year),
                "booktitle": self.venue,
                "eprint": self.arxiv,
                "archiveprefix": "arXiv" if self.arxiv else "",
            }
            body = ",\n".join(f"  {k} = {{{v}}}" for k, v in fields.items() if v)
            kind = "inproceedings" if self.venue else "misc"
            return f"@{kind}{{{self.key},\n{body}\n}}"
        if style != "text":
            raise ValueError(f"unknown citation style {style!r}; use text or bibtex")
        place = ", ".join(x for x in (self.venue, f"arXiv:{self.arxiv}" if self.arxiv else "") if x)
        where = f", {self.locator}" if self.locator else ""
        return f"{self.authors} ({self.year}). {self.title}{'. ' + place if place else ''}{where}."


def _authors(text: str) -> Iterator[str]:
    """The authors one by one, from text such as ``A. One, B. Two and C. Three`` or ``One, A. and Two, B.``"""
    for part in re.split(r"\s*;\s*|,?\s+(?:and|&)\s+", re.sub(r",?\s+et al\.?", " and others", text.strip())):
        names = [name for name in re.split(r"\s*,\s*", part) if name]
        pairs = list(zip(names[::2], names[1::2], strict=False))
        # Surnames first: initials after every second comma, or one pair whose first part is a single word.
        initials = all("." in first and "." not in last for last, first in pairs)
        inverted = len(names) == 2 * len(pairs) and (initials or (len(pairs) == 1 and " " not in names[0]))
        yield from (f"{last}, {first}" for last, first in pairs) if inverted else names

"""Where each page of the site lies, and how one page links to another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

INDEX, GRAPH, GLOSSARY = "index.html", "graph.html", "glossary.html"


@dataclass(frozen=True)
class SiteMap:
    """The paths of all pages: ``claims`` by id, ``papers`` by key."""

    claims: dict[str, str]
    papers: dict[str, str]

    @classmethod
    def of(cls, ids: Iterable[str]) -> SiteMap:
        """One page for each id, ``claims/KEY/NAME.html``, and one for each key, ``papers/KEY.html``.

        A link stays what it is as long as the id does. Ids that only differ in what a file name cannot hold, or in
        capitals, are counted.
        """
        taken: set[str] = set()
        papers: dict[str, str] = {}
        claims: dict[str, str] = {}
        for name in ids:
            key, _, word = name.partition("/")
            if key not in papers:
                papers[key] = _free(f"papers/{slug(key)}", taken)
            folder = posixpath.basename(papers[key]).removesuffix(".html")
            claims[name] = _free(f"claims/{folder}/{slug(word)}", taken)
        return cls(claims, papers)

    def claim(self, here: str, name: str) -> str | None:
        """The link from the page ``here`` to that of a claim; None where the site has none."""
        return link(here, self.claims[name]) if name in self.claims else None


def link(here: str, there: str, fragment: str = "") -> str:
    """A relative link between two pages."""
    path = posixpath.relpath(there, posixpath.dirname(here) or ".")
    return f"{path}#{fragment}" if fragment else path


def way_up(here: str) -> str:
    """The way from a page to the folder of the site: empty or ``../../``."""
    return "../" * here.count("/")


def slug(text: str) -> str:
    """The text as a part of a file name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:120] or "page"


def _free(stem: str, taken: set[str]) -> str:
    path, count = f"{stem}.html", 1
    while path.lower() in taken:
        count += 1
        path = f"{stem}-{count}.html"
    taken.add(path.lower())
    return path

"""The mark that each kind of file carries, by which a file that w2s-sym wrote is known again.

A mark stands at the head of a text or in the metadata of a picture. A file without one is a user's work and is not
replaced.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MADE_BY = "w2s-sym"

# The first line of a LaTeX file.
LATEX = f"% Made by {MADE_BY}, which overwrites it; keep your own words in another file."
# The first line of a file of Coq, and of what compiles it.
COQ = f"(* Made by {MADE_BY}, which overwrites it; keep your own theorems in another file. *)"
MAKE = f"# Made by {MADE_BY}, which overwrites it."
# The first line of a script or a style sheet.
SCRIPT = f"/* Made by {MADE_BY}, which overwrites it. */"
# Before the drawing in a picture of a page.
DRAWING = f"<!-- Made by {MADE_BY}, which overwrites it. -->"
# In the head of a page.
HTML = f'<meta name="generator" content="{MADE_BY}">'
# What the last line of a Markdown document starts with; the versions follow.
MARKDOWN = f"Made with {MADE_BY} "
# What matplotlib is to write into a picture, by its format.
PICTURE: Mapping[str, Mapping[str, str]] = {
    "png": {"Software": MADE_BY},
    "pdf": {"Creator": MADE_BY},
    "svg": {"Creator": MADE_BY},
}

# Marks are looked for in so many bytes from the head, or from the end.
_REACH = 4096
_HEADS = tuple(
    re.compile(pattern.encode(), re.DOTALL)
    for pattern in (
        rf'\{{\s*"made_by": "{MADE_BY}"',
        rf"{re.escape(LATEX)}\n",
        rf"{re.escape(COQ)}\n",
        rf"{re.escape(MAKE)}\n",
        rf"{re.escape(SCRIPT)}\n",
        rf"{re.escape(DRAWING)}\n",
        rf"<!DOCTYPE html>(?:(?!</head>).)*?{re.escape(HTML)}",
        # Before the picture itself, so that nothing drawn can look like the mark.
        rf"\x89PNG\r\n\x1a\n(?:(?!IDAT).)*?tEXtSoftware\0{MADE_BY}(?!-)",
        rf"<\?xml(?:(?!<defs).)*?<dc:creator>\s*<cc:Agent>\s*<dc:title>{MADE_BY}</dc:title>",
    )
)
_LAST_LINE = re.compile(rf"\n{MARKDOWN}[^\n]*\n\Z".encode())
_INFORMATION = re.compile(rb"trailer\s*<<[^>]*?/Info (\d+) 0 R")


def marked_json(values: Mapping[str, Any], indent: int = 2) -> str:
    """A JSON document of these values, with the mark before them. Raises ``ValueError`` for what JSON lacks."""
    marked = {"made_by": MADE_BY, **values}
    return json.dumps(marked, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def is_ours(path: str | Path) -> bool:
    """Whether the file carries a mark, or is empty. Raises ``OSError`` when it cannot be read."""
    with open(path, "rb") as file:
        head = file.read(_REACH)
        if not head:
            return True
        if any(pattern.match(head) for pattern in _HEADS):
            return True
        size = file.seek(0, 2)
        file.seek(max(0, size - _REACH))
        end = file.read()
        if head.startswith(b"# ") and _LAST_LINE.search(end):
            return True
        if not head.startswith(b"%PDF-"):
            return False
        # A document that merely includes one of our pictures holds the picture's mark too: only its own counts.
        named = _INFORMATION.findall(end)
        if not named:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            own = re.compile(rb"\n%b 0 obj\s*<<[^>]*?/Creator \(%b\)" % (named[-1], MADE_BY.encode()))
            return own.search(whole) is not None

"""The one door by which objects show themselves in a notebook; the views behind it are loaded when one asks.

A display never hides the value: whatever fails while it is built, the reader sees the value as plain text.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib import import_module
from typing import Any


def html(kind: str, value: Any, plain: Callable[[Any], object] = str) -> str:
    """The value as HTML, for ``_repr_html_``.

    ``kind`` names a view of :mod:`w2s_sym.report.html.views`. ``plain`` gives the text that is shown where that fails.
    """
    try:
        return str(import_module("w2s_sym.report.html.views").styled(kind, value))
    except Exception:  # a display must never hide the value that was computed
        return f"<pre>{escape(str(plain(value)))}</pre>"


def tex(formula: str) -> str:
    """A LaTeX formula as ``_repr_latex_`` returns it: between dollars, in display style."""
    return f"$\\displaystyle {formula}$"

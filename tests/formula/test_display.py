"""The door by which objects show themselves."""

from __future__ import annotations

import ast
from pathlib import Path

from w2s_sym.formula import display

PACKAGE = Path(__file__).resolve().parents[2] / "w2s_sym"


class Formula:
    def __str__(self) -> str:
        return "x < $1"

    def latex(self) -> str:
        return "x < 1"


class Failing(Formula):
    def latex(self) -> str:
        raise ValueError("no formula")


def test_a_view_is_html_with_its_style() -> None:
    made = display.html("formula", Formula())
    assert made.startswith('<div class="w2s"><style>')
    assert "$$x &lt; 1$$" in made


def test_what_fails_is_shown_as_plain_text() -> None:
    assert display.html("formula", Failing()) == "<pre>x &lt; $1</pre>"
    assert display.html("no such view", Formula(), lambda value: "plain & simple") == "<pre>plain &amp; simple</pre>"


def test_a_formula_goes_between_dollars() -> None:
    assert display.tex("x") == r"$\displaystyle x$"


def test_every_view_is_asked_for_and_every_kind_asked_for_is_a_view() -> None:
    from w2s_sym.report.html.views import VIEWS

    asked = {
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "display.html"
        and isinstance(node.args[0], ast.Constant)
    }
    assert asked == set(VIEWS)

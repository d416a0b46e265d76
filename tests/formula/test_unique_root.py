"""Exactly one root in an interval: each proof on equations whose roots are known on paper."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym import Condition, Domain, symbol
from w2s_sym.formula.sign_algebra import Sign
from w2s_sym.formula.unique_root import changes_sign_once, missing_for_explicit_root, missing_for_one_root

a = symbol("a", "a number", positive=True)
b = symbol("b", "a number", real=True)
s = sp.Symbol("s", real=True)
D = Domain((a, b))
OO = sp.oo


ONCE = ("+-", "-+", "+0-", "+?-", "+>-", "++?--")
NOT_ONCE = ("", "+", "++", "+-+-", "+??-", "+-?-", "?-", "><", "+?+-", "+-+")


@pytest.mark.parametrize("signs", ONCE + NOT_ONCE)
def test_one_change_of_sign(signs: str) -> None:
    """``?`` is unknown, ``>`` and ``<`` may be zero."""
    known: dict[str, Sign | None] = {
        "+": (1, True),
        "-": (-1, True),
        "0": (0, True),
        "?": None,
        ">": (1, False),
        "<": (-1, False),
    }
    assert changes_sign_once([known[c] for c in signs]) is (signs in ONCE)


@pytest.mark.parametrize(
    ("left", "ends", "domain"),
    [
        (s**2 - a, (0, OO), D),
        (s**2 - b * s - a, (0, OO), D),
        (s**2 - b * s - a, (-OO, 0), D),
        (s**2 - a, (0, a + 1), D),
        (s + sp.exp(s) - b, (-OO, OO), D),
        (sp.log(s) - b, (0, OO), D),
        (sp.sqrt(s) + s - a, (0, OO), D),
        (1 / s - a, (0, OO), D),
        (s**3 + s - b, (-OO, OO), D),
    ],
    ids=str,
)
def test_one_root(left: sp.Expr, ends: tuple[sp.Expr, sp.Expr], domain: Domain) -> None:
    assert missing_for_one_root(left, s, (sp.sympify(ends[0]), sp.sympify(ends[1])), domain) is None


@pytest.mark.parametrize(
    ("left", "ends"),
    [
        (s**2 - a, (-OO, OO)),
        (s**2 + a, (0, OO)),
        (s**2 - 2 * s + a, (0, OO)),
        (s - a, (0, a)),
        (s - a, (a, 2 * a)),
        (s - b, (0, OO)),
        (sp.exp(s) - b, (-OO, OO)),
        (sp.exp(-s) + a, (-OO, OO)),
        (1 / s - b, (0, OO)),
        (1 / (s - a) - 1, (0, OO)),
        (sp.sin(s) - a, (0, 1)),
        ((s - a) ** 2, (0, OO)),
        (s - s, (0, OO)),
        (s**2 - a, (1, 0)),
        (sp.log(s) - sp.log(s) * a, (0, OO)),
    ],
    ids=str,
)
def test_not_one_root(left: sp.Expr, ends: tuple[sp.Expr, sp.Expr]) -> None:
    assert missing_for_one_root(left, s, (sp.sympify(ends[0]), sp.sympify(ends[1])), D) is not None


def test_divisors_that_cancel_are_looked_at_one_by_one() -> None:
    everywhere = (-OO, OO)
    assert missing_for_explicit_root((s - b) / (s - 1), s, b, everywhere, D) == "b - 1 != 0"
    assert missing_for_explicit_root(b * s - a, s, a / b, everywhere, D) == "b != 0, the coefficient of s"
    apart = Domain((a, b), (Condition(b, ">", 1),))
    assert missing_for_explicit_root((s - b) / (s - 1), s, b, everywhere, apart) is None
    assert missing_for_explicit_root((s - b) / (s - 1), s, b, (sp.Integer(1), OO), apart) is None
    assert missing_for_explicit_root((s - b) / (s - 1), s, b, (sp.Integer(2), OO), apart) == "b > 2"

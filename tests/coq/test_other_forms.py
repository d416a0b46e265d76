"""What Coq knows in another form: a condition of another claim, and a root whose square has no denominator."""

from __future__ import annotations

import sympy as sp

from tests.coq.coq_files import COQ, needs_coq
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Source, symbol
from w2s_sym.claims.run import NoMemory
from w2s_sym.coq.judge import opinions

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y, z = (symbol(name, "a number", positive=True) for name in "xyz")
a, b, c = (symbol(name, "a number", positive=True) for name in "abc")


def ordered(e: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Two logarithms, of which the first may be the larger one."""
    return sp.log(1 + sp.exp(e)), sp.log(1 + sp.exp(c))


def assumed(name: str, e: sp.Expr, known: sp.Expr, chain: Derivation, *symbols: sp.Symbol) -> Claim:
    """That the logarithms of one number are ordered, where those of another one are."""
    (left, right), (low, high) = ordered(e), ordered(known)
    condition = Condition(low, "<", high, "take a larger c")
    return Claim(name, "A toy.", Compare(left, "<", right), Domain((*symbols, c), (condition,)), SOURCE, (chain,))


ORDERED = assumed("ordered", a * b, a * b, Derivation(ordered(a * b)[0]).bound("<", ordered(a * b)[1]), a, b)
USED = Derivation(ordered(2 * x * y)[0]).using(ORDERED, "<", ordered(2 * x * y)[1], a=x, b=2 * y)
ROOT = sp.sqrt(x**2 / 4 + x)


def halved(name: str, right: sp.Expr) -> Claim:
    """The root of a quarter."""
    return Claim(name, "A toy.", Compare(ROOT, "=", right), Domain((x,)), SOURCE, (Derivation(ROOT),))


TRUE = (
    assumed("the_condition_in_another_form", 2 * x * y, 2 * x * y, USED, x, y),
    halved("half", sp.sqrt(x**2 + 4 * x) / 2),
)
FALSE = (
    assumed("the_condition_of_another_number", 2 * x * y, x * y, USED, x, y),
    halved("quarter", sp.sqrt(x**2 + 4 * x) / 4),
)


@needs_coq
def test_what_is_known_in_another_form_is_accepted_and_what_is_not_known_is_not() -> None:
    assert COQ is not None
    found = opinions((*TRUE, *FALSE), COQ, NoMemory())
    assert {name: o.reason for name, o in found.items() if not o.accepted and name in {t.id for t in TRUE}} == {}
    assert not any(found[each.id].accepted for each in FALSE)

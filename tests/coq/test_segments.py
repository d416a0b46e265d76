"""Bounds along a segment in Coq: ends where quotients are 0/0, and what other claims say along it."""

from __future__ import annotations

import sympy as sp

from tests.coq.coq_files import COQ, needs_coq
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Source, symbol
from w2s_sym.claims.run import NoMemory
from w2s_sym.coq.judge import opinions

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y = symbol("x", "a number", positive=True), symbol("y", "a larger number", positive=True)
ORDER = Condition(x, "<", y, "take a larger y")


def claim(name: str, statement: Compare, domain: Domain, chain: Derivation) -> Claim:
    return Claim(name, "A toy.", statement, domain, SOURCE, (chain,))


# It is 1 + exp(-x), and 0/0 at x = 0, where it tends to 2.
RATIO = (1 - sp.exp(-2 * x)) / (1 - sp.exp(-x))
TANGENT = claim(
    "above_the_tangent",
    Compare(1 + x, "<", sp.exp(x)),
    Domain((x,)),
    Derivation(1 + x).slope("<", sp.exp(x), x, 0, sp.exp(x) * (1 - sp.exp(-x))),
)
GAP = sp.exp(x) - 1 - x
TRUE = (
    TANGENT,
    claim(
        "ratio_below_its_limit",
        Compare(RATIO, "<", 2),
        Domain((x,)),
        Derivation(RATIO).slope("<", sp.Integer(2), x, 0, sp.exp(-x)),
    ),
    claim(
        "known_fact",
        Compare(0, "<", y * GAP),
        Domain((x, y)),
        Derivation(sp.Integer(0)).knowing(TANGENT).bound("<", y * GAP, by=y * GAP),
    ),
    claim(
        "known_along_the_segment",
        Compare(sp.log(GAP), "<", sp.log(GAP.xreplace({x: y}))),
        Domain((y, x), (ORDER,)),
        Derivation(sp.log(GAP))
        .knowing(TANGENT)
        .knowing(TANGENT, x=y)
        .slope("<", sp.log(GAP.xreplace({x: y})), x, y, -sp.exp(x) * (1 - sp.exp(-x)) / GAP),
    ),
)
FALSE = (
    claim(
        "ratio_below_less_than_its_limit",
        Compare(RATIO, "<", sp.Rational(3, 2)),
        Domain((x,)),
        Derivation(RATIO).slope("<", sp.Rational(3, 2), x, 0, sp.exp(-x)),
    ),
    claim(
        "known_of_another_number",
        Compare(0, "<", (y - x) * (sp.exp(y - x) - 1)),
        Domain((x, y)),
        Derivation(sp.Integer(0))
        .knowing(TANGENT, x=y - x)
        .bound("<", (y - x) * (sp.exp(y - x) - 1), by=(y - x) ** 2 + (y - x) * (sp.exp(y - x) - 1 - (y - x))),
    ),
)


@needs_coq
def test_true_bounds_along_segments_are_accepted() -> None:
    assert COQ is not None
    found = opinions(TRUE, COQ, NoMemory())
    assert {name: (o.answer, o.reason) for name, o in found.items() if not o.accepted} == {}


@needs_coq
def test_no_false_bound_along_a_segment_is_accepted() -> None:
    assert COQ is not None
    found = opinions(FALSE, COQ, NoMemory())
    assert len(found) == len(FALSE)
    assert not any(o.accepted for o in found.values())

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
# A power that is zero at x = 1 in the base of another one.
r, h = symbol("r", "an exponent", positive=True), symbol("h", "an exponent", positive=True)
BELOW_ONE = Domain((x, r, h), (Condition(x, "<", 1),))
INSIDE = (1 - x) ** r / (1 + (1 - x) ** r)
ITS_SLOPE = -h * r * INSIDE**h / ((1 - x) * (1 + (1 - x) ** r))
# The logarithm of one number in two forms: with a for x and c - a for y, and in c alone.
a, c = symbol("a", "a number", positive=True), symbol("c", "a number", positive=True)
LOGARITHM = sp.log(x * y + sp.exp(x) * sp.exp(y))
ABOVE_A_LOGARITHM = claim(
    "above_a_logarithm",
    Compare(sp.log(x * y), "<", LOGARITHM),
    Domain((x, y)),
    Derivation(sp.log(x * y)).bound("<", LOGARITHM),
)


def in_another_form(name: str, right: sp.Expr) -> Claim:
    """What lies above log(a (c - a)), from what the lemma says of a and c - a."""
    left = sp.log(a * (c - a))
    chain = Derivation(left).using(ABOVE_A_LOGARITHM, "<", right, x=a, y=c - a)
    return claim(name, Compare(left, "<", right), Domain((a, c), (Condition(a, "<", c),)), chain)


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
    claim(
        "power_inside_another",
        Compare(0, "<", INSIDE**h),
        BELOW_ONE,
        Derivation(sp.Integer(0)).slope("<", INSIDE**h, x, 1, ITS_SLOPE),
    ),
    in_another_form("one_logarithm", sp.log(a * (c - a) + sp.exp(c))),
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
    claim(
        "power_inside_another_above_more",
        Compare(sp.Rational(1, 3), "<", INSIDE**h),
        BELOW_ONE,
        Derivation(sp.Rational(1, 3)).slope("<", INSIDE**h, x, 1, ITS_SLOPE),
    ),
    in_another_form("one_logarithm_less_one", sp.log(a * (c - a) + sp.exp(c)) - 1),
    in_another_form("logarithm_of_less", sp.log(a * (c - a) - sp.exp(-c))),
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

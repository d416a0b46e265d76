"""Claims with certificates that the tests of the prover and of the replayer share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from w2s_sym import Certificate, Claim, Compare, Condition, Domain, Source, Verdict, symbol, verify
from w2s_sym.claims.finding import Finding

x = symbol("x", "a number", positive=True)
y = symbol("y", "a number", positive=True)
r = symbol("r", "an exponent", positive=True)
s = symbol("s", "a new variable", positive=True)
SOURCE = Source("toy", "Ann Author", "A toy paper", 2024)
MILLIONTH = sp.Rational(1, 10**6)


def unit(*symbols: sp.Symbol, closed: bool = False) -> Domain:
    return Domain(symbols, tuple(Condition(v, "<=" if closed else "<", 1) for v in symbols))


def claim(lhs: Any, relation: str, rhs: Any, domain: Domain, certificate: Certificate) -> Claim:
    return Claim("toy", "A toy.", Compare(sp.sympify(lhs), relation, sp.sympify(rhs)), domain, SOURCE, (certificate,))


def check(*parts: Any, rivals: tuple[Any, ...] = ()) -> Finding:
    return verify(replace(claim(*parts), rivals=rivals)).findings[0]


TANGENT = claim(
    r * (1 - x),
    "<",
    1 - x**r,
    unit(r, x),
    Certificate({x: sp.exp(-s)}, {s: (0, sp.oo)}, (sp.exp(-s), s**2, r, 1 - r)),
)


_QUARTER = Domain(
    (x, y), tuple(c for v in (x, y) for c in (Condition(v, ">=", sp.Rational(1, 4)), Condition(v, "<=", 1)))
)


def several_boxes() -> dict[str, Any]:
    """A list of several boxes, in two variables, some of them by series."""
    found = check(sp.sqrt(x * y), "<=", (x + y) / 2 + sp.Rational(1, 64), _QUARTER, Certificate())
    assert found.verdict is Verdict.PROVED
    boxes: dict[str, Any] = found.detail["record"]
    assert len(boxes["boxes"]) > 5
    return boxes

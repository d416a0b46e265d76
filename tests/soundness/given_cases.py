"""Claims with given equations, true and false, whose truth is worked out by Fractions and floats alone.

A definition is a curve: each kind below knows all real roots of its equation at a point in closed form (a square root,
a logarithm, a quotient), without the package. A point of the domain without exactly one root in the bracket, or whose
root misses what its symbol assumes, makes a claim that uses the root false there: the claim says something of a
number that is not there. A claim is called true only with a proof on paper that is noted beside its kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp

from tests.soundness.adversary import Case
from w2s_sym import Asymptotic, Claim, Compare, Condition, Derivation, Domain, Equation, Precision, Source, symbol

SOURCE = Source("given", "A. Theorist", "On definitions", 2026)
a = symbol("a", "a number", positive=True)
b = symbol("b", "another number", positive=True)
AT = [Fraction(p, q) for p in (1, 2, 3, 5, 17, 200, 3000) for q in (1, 2, 7, 31, 400)]
NEAR = 1e-9
Number = Fraction | float


@dataclass(frozen=True)
class Curve:
    """``residual(k)`` with all its real roots at a point (a, b), worked out by hand: exact where they are rational.

    Where every number is a root some of them stand for all.
    """

    name: str
    residual: Callable[[sp.Symbol], sp.Expr]
    roots: Callable[[Fraction, Fraction], list[Number]]


def _quadratic(p: float, q: float) -> list[Number]:
    """The real roots of k^2 + p k + q."""
    under = p * p - 4 * q
    if under < 0:
        return []
    # The larger in size first: the other follows from the product, without cancellation.
    far = (-p - math.copysign(math.sqrt(under), p)) / 2
    return [far] if under == 0 or far == 0 else sorted((far, q / far))


CURVES = (
    Curve("line", lambda k: k - a, lambda x, y: [x]),
    Curve("shifted line", lambda k: k - a + 5, lambda x, y: [x - 5]),
    Curve("slope", lambda k: b * k - a, lambda x, y: [x / y]),
    Curve("slope that vanishes", lambda k: (b - 1) * k - a, lambda x, y: [] if y == 1 else [x / (y - 1)]),
    Curve("all numbers, once", lambda k: (b - 1) * (k - a), lambda x, y: [x, x + 1, x - 1] if y == 1 else [x]),
    Curve("square", lambda k: k**2 - a, lambda x, y: [-math.sqrt(x), math.sqrt(x)]),
    Curve("double root", lambda k: (k - a) ** 2, lambda x, y: [x]),
    Curve("no root", lambda k: k**2 + a, lambda x, y: []),
    Curve("sum and product", lambda k: k**2 - a * k - b, lambda x, y: _quadratic(-float(x), -float(y))),
    Curve("two or none", lambda k: k**2 - a * k + b, lambda x, y: _quadratic(-float(x), float(y))),
    Curve("two positive", lambda k: (k - a) * (k - a - b), lambda x, y: [x, x + y]),
    Curve("pole", lambda k: a / k + b / k - 1, lambda x, y: [x + y]),
    Curve("hyperbola", lambda k: k * (1 - a / (1 + k)) - b, lambda x, y: _quadratic(1 - float(x + y), -float(y))),
    Curve("share", lambda k: a / (1 + k) - b, lambda x, y: [x / y - 1]),
    Curve("exponential", lambda k: sp.exp(k) - a, lambda x, y: [math.log(x)]),
    Curve("decay", lambda k: sp.exp(-k) - a, lambda x, y: [-math.log(x)]),
    Curve("logarithm", lambda k: sp.log(k) - a, lambda x, y: [math.exp(x) if x < 600 else math.nan]),
    Curve("cube", lambda k: k**3 - a, lambda x, y: [float(x) ** (1 / 3)]),
    Curve("cancelled", lambda k: (k - a) / (k - b), lambda x, y: [] if x == y else [x]),
)
_ENDS = (-1, 0, sp.Rational(1, 2), 1, 3, 100, a, b, a + b, a - b, 2 * a, b / 2, 1 / a)
_ASSUMED: tuple[dict[str, bool], ...] = (
    {"positive": True},
    {"positive": True},
    {"nonnegative": True},
    {"real": True},
    {"negative": True},
    {"integer": True},
)
_CONDITIONS = (
    Condition(a, "<", 1),
    Condition(a, "<=", 1),
    Condition(a, ">", 5),
    Condition(a, ">=", 5),
    Condition(a, "<", b),
    Condition(a, ">", b),
    Condition(a, "<=", b),
    Condition(b, "<", 1),
    Condition(b, ">", 1),
    Condition(b, "!=", 1),
    Condition(a**2, ">", 4 * b),
)


@dataclass(frozen=True)
class Drawn:
    """One definition as drawn, and the domain that it is drawn on."""

    curve: Curve
    k: sp.Symbol
    assumed: dict[str, bool]
    bracket: tuple[sp.Expr, sp.Expr] | None
    conditions: tuple[Condition, ...]
    listed: bool

    @property
    def given(self) -> Equation:
        """The equation, with its bracket."""
        return Equation(self.k, self.curve.residual(self.k), self.bracket)

    @property
    def domain(self) -> Domain:
        """The parameters, and the defined symbol too where the author lists it."""
        return Domain((a, b, self.k) if self.listed else (a, b), self.conditions)

    def admits(self, x: Fraction, y: Fraction) -> bool:
        """Whether the domain has this point; decided in Fractions."""
        for c in self.conditions:
            gap = _value(c.lhs - c.rhs, x, y)
            if not {"<": gap < 0, "<=": gap <= 0, ">": gap > 0, ">=": gap >= 0, "!=": gap != 0}[c.relation]:
                return False
        return True

    def root(self, x: Fraction, y: Fraction) -> Number | str | None:
        """The one root in the bracket that is as assumed, None where there is none or more than one.

        ``"unsure"`` where a root that is known as a float lies so close to an end that rounding might move it across,
        and where floats do not reach it.
        """
        low, high = self._ends(x, y)
        inside = []
        for r in self.curve.roots(x, y):
            close = not isinstance(r, Fraction) and (
                math.isnan(r)
                or any(abs(r - e) <= NEAR * max(1.0, abs(e)) for e in map(float, (low, high)) if math.isfinite(e))
            )
            if close:
                return "unsure"
            if low < r < high:
                inside.append(r)
        if len(inside) != 1:
            return None
        k = inside[0]
        kept = (
            not (self.assumed.get("positive") and k <= 0)
            and not (self.assumed.get("nonnegative") and k < 0)
            and not (self.assumed.get("negative") and k >= 0)
            and not (self.assumed.get("integer") and abs(k - round(k)) > NEAR)
        )
        return k if kept else None

    def _ends(self, x: Fraction, y: Fraction) -> tuple[Number, Number]:
        low: Number = 0 * x if self.assumed.get("positive") else -math.inf
        high: Number = 0 * x if self.assumed.get("negative") else math.inf
        if self.bracket is None:
            return low, high
        first, last = (float(e) if e.is_finite is False else _value(e, x, y) for e in self.bracket)
        return first, last


def _value(expression: sp.Expr, x: Fraction, y: Fraction) -> Fraction:
    """A formula in a and b, at a point, in Fractions. The formulas are those of this file: by arithmetic alone."""
    number = sp.sympify(expression).xreplace({a: sp.Rational(x), b: sp.Rational(y)})
    return Fraction(int(number.p), int(number.q))


def _points(drawn: Drawn) -> list[tuple[Fraction, Fraction]]:
    return [(x, y) for x in AT for y in (*AT[::2], x) if drawn.admits(x, y)]


def _drawn(rng: np.random.Generator) -> Drawn:
    assumed = _ASSUMED[int(rng.integers(len(_ASSUMED)))]
    k = symbol("k", "a root", **assumed)
    bracket: tuple[sp.Expr, sp.Expr] | None = None
    if rng.random() < 0.6:
        i, j = rng.integers(len(_ENDS), size=2)
        bracket = (
            -sp.oo if rng.random() < 0.1 else sp.sympify(_ENDS[int(i)] if rng.random() < 0.5 else 0),
            sp.oo if rng.random() < 0.4 else sp.sympify(_ENDS[int(j)]),
        )
    picked = rng.choice(len(_CONDITIONS), size=int(rng.integers(0, 3)), replace=False)
    curve = CURVES[int(rng.integers(len(CURVES)))]
    return Drawn(curve, k, assumed, bracket, tuple(_CONDITIONS[int(i)] for i in picked), bool(rng.random() < 0.4))


# -- claims about it ------------------------------------------------------------------------------------------


def _about(drawn: Drawn, rng: np.random.Generator) -> Iterator[tuple[Compare, tuple[Derivation, ...]]]:
    """What a user may claim of the root or of the parameters, each with the derivation that once proved it."""
    k, equation = drawn.k, drawn.given
    low, high = drawn.bracket or (sp.Integer(0), sp.Integer(1))
    for end, relation in ((low, ">"), (high, "<"), (sp.Integer(0), ">"), (a + b, "<"), (sp.Integer(0), "<")):
        if end.is_finite is False:
            continue
        yield Compare(k, relation, end), (Derivation(k).bound(relation, end),)
        yield Compare(a, relation, end + a - k), (Derivation(a).bound(relation, end + a - k),)
        if end not in (a, 2 * a):
            yield Compare(a, relation, end), (Derivation(a).bound(relation, end, by=end - k),)
            yield Compare(a, relation, end), (Derivation(a).rewrite(k).bound(relation, end),)
    for s in (a, b):
        root = equation.solve_linear(s)
        if root is not None and s in equation.residual.free_symbols:
            yield Compare(s, "=", root), (Derivation(s).eliminate(s, using=equation),)
            yield Compare(s * k, "=", root * k), (Derivation(s * k),)
    root = equation.solve_linear(k)
    if root is not None:
        yield Compare(k, "=", root), (Derivation(k).eliminate(k, using=equation),)
        yield Compare(k * a, "=", root * a), (Derivation(k * a),)


def _truth(drawn: Drawn, stated: Compare) -> bool | None:
    """False at a point without its root, or where the statement fails; None when no such point is met.

    That is no proof: what is not refuted here is called true only by ``controls``.
    """
    points = _points(drawn)
    if not points:
        return None
    compiled = sp.lambdify((a, b, drawn.k), stated.lhs - stated.rhs, modules="math")
    for x, y in points:
        k = drawn.root(x, y)
        if k is None:
            return False
        if isinstance(k, str):
            continue
        k = float(k)
        try:
            gap = compiled(float(x), float(y), k)
        except (ZeroDivisionError, OverflowError):
            continue
        slack = 1e-6 * max(1.0, abs(k), float(x), float(y), abs(k) * float(x))
        fails = {"<": gap > slack, ">": gap < -slack, "=": abs(gap) > slack}[stated.relation]
        if fails:
            return False
    return None


def _claim(
    name: str, stated: Compare, domain: Domain, given: tuple[Equation, ...], proofs: tuple[Derivation, ...]
) -> Claim:
    return Claim(name, "A sentence.", stated, domain, SOURCE, (*proofs, Precision(points=3)), given=given)


def _random(rng: np.random.Generator) -> Iterator[Case]:
    """False claims of random definitions."""
    drawn = _drawn(rng)
    claims = list(_about(drawn, rng))
    stated, proofs = claims[int(rng.integers(len(claims)))]
    if stated.lhs != stated.rhs and _truth(drawn, stated) is False:
        yield Case("B1", lambda: _claim("drawn", stated, drawn.domain, (drawn.given,), proofs), False)


# -- true claims ----------------------------------------------------------------------------------------------


def _controls(rng: np.random.Generator) -> Iterator[Case]:
    """True claims of the same shapes, each with its reason."""
    k = symbol("k", "a root", positive=True)
    j = symbol("j", "a root of either sign", real=True)
    below, above = Condition(a, "<", 1), Condition(a, ">", 5)
    s = sp.Rational(int(rng.integers(2, 9)))
    one = (sp.Integer(0), sp.Integer(1))
    table: tuple[tuple[Compare, tuple[Condition, ...], Equation, Derivation], ...] = (
        # k = a, a/s, ... lies where a does
        (Compare(k, "<", 1), (below,), Equation(k, k - a, one), Derivation(k).bound("<", sp.Integer(1))),
        (Compare(s * k, "=", a), (), Equation(k, s * k - a), Derivation(s * k)),
        (Compare(k, ">", 0), (above,), Equation(k, k - a + 5), Derivation(k).bound(">", sp.Integer(0))),
        (Compare(j, "=", a - s), (), Equation(j, j - a + s), Derivation(j).eliminate(j, Equation(j, j - a + s))),
        # k^2 = a: k rises from 0 to 1 with a
        (Compare(k, "<", 1), (below,), Equation(k, k**2 - a, one), Derivation(k).bound("<", sp.Integer(1))),
        (Compare(a, "=", k**2), (), Equation(k, k**2 - a), Derivation(a).rewrite(k**2)),
        # one positive root, since the product of both is -b
        (Compare(k * (k - a), "=", b), (), Equation(k, k**2 - a * k - b), Derivation(k * (k - a)).rewrite(b)),
        (Compare(k, ">", a), (), Equation(k, k - a - b / k), Derivation(k).bound(">", a, by=-b / k)),
        # between b and a + b the hyperbola rises from -a b/(1 + b) to a/(1 + a + b)
        (
            Compare(k, "<", a + b),
            (),
            Equation(k, k * (1 - a / (1 + k)) - b, (b, a + b)),
            Derivation(k).bound("<", a + b),
        ),
        # e^k rises; its root is log a
        (Compare(a, "=", sp.exp(j)), (), Equation(j, sp.exp(j) - a), Derivation(a).rewrite(sp.exp(j))),
        (Compare(a, "=", sp.log(k)), (), Equation(k, sp.log(k) - a), Derivation(a).rewrite(sp.log(k))),
        (Compare(k, "<", s), (below,), Equation(k, a / (a + k) - a / (1 + a), (0, s)), Derivation(k).bound("<", s)),
    )
    stated, conditions, equation, proof = table[int(rng.integers(len(table)))]
    yield Case("B control", lambda: _claim("sound", stated, Domain((a, b), conditions), (equation,), (proof,)), True)


# -- several equations, derivatives, witnesses ----------------------------------------------------------------


def _woven(rng: np.random.Generator) -> Iterator[Case]:
    """False claims that weave definitions: cycles, two of one symbol, derivatives along a parameter, witnesses."""
    k, m = symbol("k", "a root", positive=True), symbol("m", "another root", positive=True)
    r = sp.Rational(int(rng.integers(2, 9)), int(rng.integers(1, 4)))
    one, eq, D = sp.Integer(1), Equation(k, k - r * a), Domain((a,))
    chain = (eq, Equation(m, m - k**2))
    kinds: tuple[tuple[str, Compare, Domain, tuple[Equation, ...], Derivation], ...] = (
        (
            "B cycle",
            Compare(r, "<=", 1),
            D,
            (Equation(k, k - m - 1), Equation(m, m - k + r)),
            Derivation(r).bound("<=", one, by=k - m - r),
        ),
        ("B twice", Compare(r * a, "=", a + r), D, (eq, Equation(k, k - a - r)), Derivation(r * a).rewrite(a + r)),
        (
            "B listed",
            Compare(a, "<", 1),
            Domain((a, k)),
            (Equation(k, k - a, (0, 1)),),
            Derivation(a).bound("<", one, by=1 - k),
        ),
        ("B3", Compare(sp.Derivative(k * a, a), "=", k), D, (eq,), _differentiated(k * a, a)),
        ("B3", Compare(sp.Derivative(m, k), "=", 0), D, chain, _differentiated(m, k)),
        ("B3", Compare(sp.Derivative(m * a, a), "=", m), D, chain, _differentiated(m * a, a)),
        ("B3", Compare(k, "=", r), D, (eq,), Derivation(k).rewrite(k * sp.Derivative(k * a, a) / k).rewrite(r)),
        (
            "B3",
            Compare(sp.Integral(k * a, (a, 0, 1)), "=", k / 2),
            D,
            (eq,),
            Derivation(sp.Integral(k * a, (a, 0, 1))).rewrite(k / 2),
        ),
        (
            "B3",
            Compare(k**2, "<", 0),
            D,
            (Equation(k, k - r * a - 2),),
            Derivation(k**2).slope("<", sp.Integer(0), a, 0, k),
        ),
        ("B3 limit", Asymptotic(k / (1 + a), sp.Integer(0), a), D, (eq,), Derivation(k / (1 + a)).limit(a)),
        # k < r only where a < 1: before that m = 1/(r - k) is not there
        (
            "B after",
            Compare(m, ">", 0),
            Domain((a, m)),
            (eq, Equation(m, m * (r - k) - 1)),
            Derivation(m).bound(">", 0 * a),
        ),
        (
            "B after",
            Compare(a, "<", 1),
            Domain((a, m), (Condition(m, "<", 1),)),
            (Equation(m, m - a, (0, 2)),),
            Derivation(a).bound("<", one, by=1 - m),
        ),
    )
    rule, stated, domain, given, proof = kinds[int(rng.integers(len(kinds)))]
    yield Case(rule, lambda: _claim("woven", stated, domain, given, (proof,)), False)


def _witnessed(rng: np.random.Generator) -> Iterator[Case]:
    """There is a point: false where the witness misses bracket, equation, assumption or domain; else true."""
    k = symbol("k", "a root", positive=True)
    at = {a: sp.Integer(1), k: sp.Integer(2)}
    above = (Condition(a, ">", 1),)
    table: tuple[tuple[bool, tuple[Condition, ...], Equation, dict[sp.Symbol, sp.Expr]], ...] = (
        (False, (), Equation(k, k**2 - 4 * a, (0, 1)), at),
        (False, (), Equation(k, k**2 - 4 * a, (2, 5)), at),
        (False, (), Equation(k, k - a), at),
        (False, (), Equation(k, (k - 2) * (k - 3) * a), at),
        (False, (), Equation(k, sp.exp(sp.exp(-1000 - k)) - a), at),
        (False, (), Equation(k, k - 2 * a + sp.exp(-200)), at),
        (False, above, Equation(k, k - 2 * a), at),
        (False, (), Equation(k, 2 * k + a - 5), {a: sp.Integer(3)}),
        (True, (), Equation(k, k - 2 * a), at),
        (True, (), Equation(k, k**2 - 4 * a, (0, 5)), at),
        (True, (), Equation(k, k - 2 * a), {a: sp.Integer(1)}),
        (True, (), Equation(k, (k - 2) * (k - 3) * a, (1, sp.Rational(5, 2))), at),
        (True, (), Equation(k, k**2 - 2 * a), {a: sp.Integer(1), k: sp.sqrt(2)}),
    )
    true, conditions, equation, witness = table[int(rng.integers(len(table)))]
    # The claim asks for more than 3/2 where the root that is left out would have it.
    stated = Compare(k, ">", sp.Rational(7, 5))

    def make() -> Claim:
        domain = Domain((a,), conditions)
        return Claim("seen", "A sentence.", stated, domain, SOURCE, (Precision(),), given=(equation,), witness=witness)

    yield Case("B2 control" if true else "B2", make, true)


def _differentiated(inside: sp.Expr, along: sp.Symbol) -> Derivation:
    return Derivation(sp.Derivative(inside, along)).differentiate()


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Random false claims, woven ones, claims that there is a point, and true controls of the same shapes."""
    kinds, shares = (_random, _woven, _witnessed, _controls), (0.62, 0.12, 0.1, 0.16)
    while True:
        yield from kinds[int(rng.choice(4, p=shares))](rng)

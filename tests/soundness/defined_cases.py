"""Claims whose sides have no value somewhere on their domain, and claims about nothing.

The oracle is elementary. A function of one affine argument u = p x + q, with x in an open interval, has values there
when the interval of u misses the function's bad points, which are written down here as a set of reals. An identity that
needs signs is false when mpmath finds the sides apart, or not real, at a point. A limit is about nothing when its
symbol is bounded; its order is not exact where the coefficient of the error vanishes on the domain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from tests.soundness.adversary import Case
from w2s_sym import (
    Asymptotic,
    Certificate,
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Iff,
    Precision,
    Source,
    symbol,
)

SOURCE = Source("defined", "A. Theorist", "On formulas that have values", 2026)
x = symbol("x", "a real number", real=True)
y = symbol("y", "another", real=True)
n = symbol("n", "a size", positive=True, integer=True)
k = symbol("k", "an integer", integer=True)


@dataclass(frozen=True)
class Head:
    """A function of one number and, for an open interval of it, whether it has a real value on all of that."""

    make: Callable[[sp.Expr], sp.Expr]
    fits: Callable[[Fraction, Fraction], bool]


def _whole_in(low: Fraction, high: Fraction) -> bool:
    """Whether an integer lies strictly between."""
    return low.__floor__() + 1 < high


def _root_of_two_in(low: Fraction, high: Fraction) -> bool:
    """Whether the positive root of 2 lies strictly between."""
    return high > 0 and high**2 > 2 and (low < 0 or low**2 < 2)


def _odd_quarter_turn_in(low: Fraction, high: Fraction) -> bool:
    """Whether pi/2 + m pi lies strictly between, for a whole m."""
    a, b = (mpmath.mpf(end.numerator) / end.denominator / mpmath.pi for end in (low, high))
    return bool(mpmath.floor(a - 0.5) + 1.5 < b)


HEADS = {
    "log": Head(sp.log, lambda a, b: a >= 0),
    "sqrt": Head(sp.sqrt, lambda a, b: a >= 0),
    "cube root": Head(lambda u: u ** sp.Rational(1, 3), lambda a, b: a >= 0),
    "inverse": Head(lambda u: 1 / u, lambda a, b: a >= 0 or b <= 0),
    "inverse of a square less two": Head(
        lambda u: 1 / (u**2 - 2), lambda a, b: not (_root_of_two_in(a, b) or _root_of_two_in(-b, -a))
    ),
    "gamma": Head(sp.gamma, lambda a, b: a >= 0 or (b <= 0 and not _whole_in(a, b))),
    "loggamma": Head(sp.loggamma, lambda a, b: a >= 0),
    "digamma": Head(sp.digamma, lambda a, b: a >= 0 or (b <= 0 and not _whole_in(a, b))),
    "factorial": Head(sp.factorial, lambda a, b: a >= -1 or (b <= 0 and not _whole_in(a, b))),
    "zeta": Head(sp.zeta, lambda a, b: a >= 1 or b <= 1),
    "tan": Head(sp.tan, lambda a, b: not _odd_quarter_turn_in(a, b)),
    "sec": Head(sp.sec, lambda a, b: not _odd_quarter_turn_in(a, b)),
    "asin": Head(sp.asin, lambda a, b: a >= -1 and b <= 1),
    "acos": Head(sp.acos, lambda a, b: a >= -1 and b <= 1),
    "acosh": Head(sp.acosh, lambda a, b: a >= 1),
    "atanh": Head(sp.atanh, lambda a, b: a >= -1 and b <= 1),
    "coth": Head(sp.coth, lambda a, b: a >= 0 or b <= 0),
    "exp of an inverse": Head(lambda u: sp.exp(-1 / u), lambda a, b: a >= 0 or b <= 0),
    "log of a logarithm": Head(lambda u: sp.log(sp.log(u)), lambda a, b: a >= 1),
    "itself as a power": Head(lambda u: u**u, lambda a, b: a >= 0),
    "exp": Head(sp.exp, lambda a, b: True),
    "arctangent": Head(sp.atan, lambda a, b: True),
    "absolute value": Head(sp.Abs, lambda a, b: True),
}


def _claim(name: str, statement: Any, domain: Domain, *evidence: Any) -> Claim:
    return Claim(name, "A sentence.", statement, domain, SOURCE, evidence)


def _stated(rng: np.random.Generator, f: sp.Expr) -> tuple[Any, Any]:
    """A statement that is true wherever f has a value, and evidence for it."""
    kind = int(rng.integers(5))
    if kind == 0:
        left, right = f * (x + 1) ** 2, f * (x**2 + 2 * x + 1)
        return Compare(left, "=", right), Derivation(left).rewrite(right) if rng.random() < 0.5 else Precision()
    if kind == 1:
        return Compare(f, "<", f + 1), Derivation(f).bound("<", f + 1) if rng.random() < 0.5 else Precision()
    if kind == 2:
        return Compare(f + x**2, ">=", f), Derivation(f + x**2).bound(">=", f, by=-(x**2))
    if kind == 3:
        return Iff(Compare(f + x, "<", f + 1), Compare(x, "<", 1)), Derivation.same_sign(factor=sp.Integer(1))
    return Compare(f, "<", f + 1), Certificate()


def values(rng: np.random.Generator) -> Case:
    """A function of an affine argument on an interval."""
    name = str(rng.choice(list(HEADS)))
    head = HEADS[name]
    low = Fraction(int(rng.integers(-6, 7)), int(rng.integers(1, 3)))
    high = low + Fraction(int(rng.integers(1, 9)), int(rng.integers(1, 4)))
    slope, shift = int(rng.choice([-2, -1, 1, 1, 1, 2])), int(rng.integers(-2, 4))
    ends = sorted((slope * low + shift, slope * high + shift))
    f = head.make(slope * x + shift)
    stated, evidence = _stated(rng, f)
    between = Domain((x,), (Condition(x, ">", sp.Rational(low)), Condition(x, "<", sp.Rational(high))))
    # The certificate's claims go on a box alone, as all of these do.
    return Case(f"D2 {name}", lambda: _claim("a_value", stated, between, evidence), head.fits(*ends))


IDENTITIES = (
    (sp.sqrt(x**2), x),
    (sp.log(x**2), 2 * sp.log(x)),
    (sp.log(x * y), sp.log(x) + sp.log(y)),
    (sp.sqrt(x * y), sp.sqrt(x) * sp.sqrt(y)),
    ((x**2) ** y, x ** (2 * y)),
    (sp.Abs(x), x),
    (sp.asin(sp.sin(x)), x),
    (sp.atan(sp.tan(x)), x),
    (sp.exp(y * sp.log(x)), x**y),
    (x**y * x**y, x ** (2 * y)),
    ((x * y) ** sp.Rational(1, 3), x ** sp.Rational(1, 3) * y ** sp.Rational(1, 3)),
    (sp.sqrt(x / y), sp.sqrt(x) / sp.sqrt(y)),
)
SIGNS = {">": lambda v: v > 0, ">=": lambda v: v >= 0, "": lambda v: True, "<": lambda v: v < 0}


def _apart(left: sp.Expr, right: sp.Expr, at: dict[sp.Symbol, float]) -> bool:
    """Whether a side has no real value at the point, or the two differ."""
    zero_to_zero = [p for side in (left, right) for p in side.atoms(sp.Pow) if p.exp.free_symbols]
    if any(p.base.xreplace(at) == 0 and p.exp.xreplace(at) <= 0 for p in zero_to_zero):
        return True
    try:
        a, b = (sp.lambdify((x, y), side, "mpmath")(mpmath.mpf(at[x]), mpmath.mpf(at[y])) for side in (left, right))
    except (ZeroDivisionError, ValueError):
        return True
    real = all(abs(mpmath.im(v)) < 1e-12 and mpmath.isfinite(v) for v in (a, b))
    return not real or abs(a - b) > 1e-9 * (1 + abs(a))


def identities(rng: np.random.Generator) -> Case:
    """An identity that holds for some signs only."""
    left, right = IDENTITIES[int(rng.integers(len(IDENTITIES)))]
    signs = [str(rng.choice(list(SIGNS))) for _ in range(2)]
    conditions = tuple(Condition(s, r, 0) for s, r in zip((x, y), signs, strict=True) if r)
    points = [(a, b) for a in (-7.3, -1.0, 0.0, 0.5, 1.0, 9.1) for b in (-2.5, -1.0, 0.0, 0.75, 2.0)]
    inside = [(a, b) for a, b in points if SIGNS[signs[0]](a) and SIGNS[signs[1]](b)]
    true = not any(_apart(left, right, {x: a, y: b}) for a, b in inside)
    evidence = Derivation(left).rewrite(right) if rng.random() < 0.5 else Precision()
    stated = Compare(left, "=", right)
    return Case("D2 identities", lambda: _claim("an_identity", stated, Domain((x, y), conditions), evidence), true)


def nothing(rng: np.random.Generator) -> Case:
    """A domain without points, beside one with some."""
    low, width = int(rng.integers(-5, 6)), int(rng.choice([-2, 0, 1, 3]))
    s = x if rng.random() < 0.5 else k
    conditions = (Condition(s, ">", low), Condition(s, "<", low + width))
    filled = width > (0 if s is x else 1)
    evidence = [Derivation(s**2).bound(">", s**2 - 1), Precision(), Certificate()][int(rng.integers(3))]
    stated = Compare(s**2, ">", s**2 - 1)
    return Case("D3 empty", lambda: _claim("about_nothing", stated, Domain((s,), conditions), evidence), filled)


def limits(rng: np.random.Generator) -> Case:
    """A limit along a symbol that may be bounded, with an error whose coefficient may vanish."""
    kind, root = int(rng.integers(5)), int(rng.integers(-3, 4))
    below = symbol("m", "a negative size", negative=True)
    s = below if kind == 0 else n
    conditions = [Condition(s, "<", 50)] if kind == 1 else [Condition(s * x, "<", 50)] if kind == 2 else []
    at_least = int(rng.integers(-3, 4))
    conditions.append(Condition(x, ">", at_least))
    error = (x - root) / s + (x**2 + 1) / s**2
    evidence = Derivation(1 + error).limit(s) if rng.random() < 0.5 else Precision()
    if rng.random() < 0.3:
        evidence = Derivation(1 + error)
    stated = Asymptotic(1 + error, sp.Integer(1), s)
    true = kind > 2 and root <= at_least
    # x s < 50 bounds s where x is positive, which it is somewhere.
    return Case("D3 limits", lambda: _claim("a_limit", stated, Domain((x, s), tuple(conditions)), evidence), true)


# Functions of one number, each with the numbers at which it has no derivative, or no value, and where it ends.
SLOPES: dict[str, tuple[Callable[[sp.Expr], sp.Expr], tuple[int, ...], tuple[float, float]]] = {
    "exp": (sp.exp, (), (-math.inf, math.inf)),
    "square": (lambda u: u**2, (), (-math.inf, math.inf)),
    "sine": (sp.sin, (), (-math.inf, math.inf)),
    "log": (sp.log, (0,), (0, math.inf)),
    "inverse": (lambda u: 1 / u, (0,), (-math.inf, math.inf)),
    "root": (sp.sqrt, (0,), (0, math.inf)),
    "cube root": (lambda u: u ** sp.Rational(1, 3), (0,), (0, math.inf)),
    "a half more than one": (lambda u: u ** sp.Rational(3, 2), (0,), (0, math.inf)),
    "arcsine": (sp.asin, (-1, 1), (-1, 1)),
    "absolute value": (sp.Abs, (0,), (-math.inf, math.inf)),
    "largest": (lambda u: sp.Max(u, 2), (2,), (-math.inf, math.inf)),
    "least": (lambda u: sp.Min(u, 1, 3 * u + 4), (1, -2), (-math.inf, math.inf)),
    "jump": (lambda u: sp.Piecewise((u, u < 1), (u + 1, True)), (1,), (-math.inf, math.inf)),
    "kink": (lambda u: sp.Piecewise((u, u < 1), (2 * u - 1, True)), (1,), (-math.inf, math.inf)),
}


def derivatives(rng: np.random.Generator) -> Case:
    """The derivative of a function, as calculus gives it, on an interval with ends that belong to it or not.

    At an end that belongs to it a function needs values on both sides. SymPy's derivative is taken of the left side
    only where it has no sign, step or pulse in it: those are left out by the tool in other words.
    """
    name = str(rng.choice(list(SLOPES)))
    make, corners, (first, last) = SLOPES[name]
    low = int(rng.integers(-4, 5))
    high = low + int(rng.integers(1, 5))
    ends = [str(rng.choice(["open", "closed"])) for _ in range(2)]
    inside = all(
        not (low < c < high or (c == low and ends[0] == "closed") or (c == high and ends[1] == "closed"))
        for c in corners
    )
    true = inside and first <= low and high <= last
    f = make(x)
    left = sp.Derivative(f, x)
    right = sp.diff(f, x)
    relations = (">=" if ends[0] == "closed" else ">", "<=" if ends[1] == "closed" else "<")
    between = Domain((x,), (Condition(x, relations[0], low), Condition(x, relations[1], high)))
    how = int(rng.integers(3))
    evidence = (Derivation(left).differentiate(), Precision(), Derivation(left).rewrite(right))[how]
    return Case(f"D4 {name}", lambda: _claim("a_slope", Compare(left, "=", right), between, evidence), true)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of all sorts, without end."""
    sorts = (values, values, values, identities, nothing, limits, derivatives, derivatives)
    while True:
        yield sorts[int(rng.integers(len(sorts)))](rng)

"""Random strict comparisons that fail only where both sides are equal, or in a small part of the domain.

T1: a function of u that is zero for u = 0 alone, where u is zero on a curve such as p = q, p q = 1 or p^2 = 2 q; the
controls allow equality, exclude the curve by the domain, or add what is positive. T2: sums over a spectrum that tie on
one level, or on equal levels. T3: a square that is less than a small number near one point, which may be irrational.
T4: integers, equations with a small solution and without one. T5: equivalences whose sides part on a curve only.
T6: sums of squares that vanish at one point, or on a line. T7: limits whose order
shows at large sizes only. Truth is known from the construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy as sp
from soundness.adversary import Case

from w2s_sym import Asymptotic, Claim, Compare, Condition, Domain, Iff, Precision, Source, any_spectrum, symbol, total

SOURCE = Source("ties", "A. Theorist", "On ties", 2026)
p, q, r = (symbol(name, "a number", positive=True) for name in "pqr")
x, y = (symbol(name, "a real number", real=True) for name in "xy")
n, m = (symbol(name, "an integer", integer=True, positive=True) for name in "nm")
lam, mu = symbol("lam", "an eigenvalue", positive=True), symbol("mu", "an eigenvalue", positive=True)
S = any_spectrum("S", "a spectrum", lam)
ABOUT = (p, q, p + q, p * q + 1, sp.exp(-p), 1 / (1 + q), sp.sqrt(p), p**2 / (1 + p), sp.log(1 + p * q))


def compared(left: Any, relation: str, right: Any, *conditions: Condition, name: str = "tie") -> Claim:
    """A claim on all symbols of its sides, in the order of their names, with Precision as its evidence."""
    free = sorted(set().union(*(e.free_symbols for e in (left, right)), *(c.free_symbols for c in conditions)), key=str)
    domain = Domain(tuple(free), conditions)
    return Claim(name, "A.", Compare(left, relation, right), domain, SOURCE, (Precision(),))


# Zero on a curve in the positive quadrant, or at one positive number.
CURVES = (
    p - q,
    p * q - 1,
    p + q - 1,
    p - 2 * q,
    p**2 - 2 * q,
    p - q**2,
    p * q - 3,
    sp.log(p / q),
    sp.sqrt(p) - q,
    p * q + q - 2,
    p**2 + q**2 - 25,
    p - 1,
    3 * p - 2,
    p - q / 3,
    p * (1 + q) - q * (1 + q) / 2,
    sp.exp(p) - q - 1,
    p - sp.log(1 + q),
    p**3 - q,
)
# Positive but for u = 0.
HUMPS = (
    lambda u: u**2,
    sp.Abs,
    lambda u: u**4,
    lambda u: sp.exp(u) + sp.exp(-u) - 2,
    lambda u: sp.sqrt(1 + u**2) - 1,
    lambda u: u**2 / (1 + u**2),
    lambda u: sp.exp(u) - 1 - u,
    lambda u: sp.Max(u, 0) + sp.Max(-u, 0),
    lambda u: 1 - sp.exp(-(u**2)),
    lambda u: sp.log(1 + u**2),
)


def curve(rng: np.random.Generator) -> Case:
    """T1: sides that tie on a curve."""
    u, hump = CURVES[rng.integers(len(CURVES))], HUMPS[rng.integers(len(HUMPS))]
    if rng.random() < 0.3:
        u = u.xreplace({p: q, q: p})
    around, gap = ABOUT[rng.integers(len(ABOUT))], hump(u)
    if rng.random() < 0.5:
        gap = sp.expand(gap) * around
    kind = int(rng.integers(6))
    if kind < 3:
        relation = str(rng.choice([">", ">", "!="]))
        return Case("T1", lambda: _turned(rng, around + gap, relation, around), False)
    if kind == 3:
        return Case("T1", lambda: compared(around + gap, ">=", around), True)
    if kind == 4:
        bounds = Condition(q, ">", 2 * p + 1), Condition(q, ">", p), Condition(q, "!=", p), Condition(p * q, "<", 1)
        return Case("T1", lambda: compared((p + q) / 2, ">", sp.sqrt(p * q), bounds[rng.integers(3)]), True)
    return Case("T1", lambda: compared(around + gap + sp.Rational(1, 3) * around, ">", around), True)


def _turned(rng: np.random.Generator, left: sp.Expr, relation: str, right: sp.Expr) -> Claim:
    if relation == ">" and rng.random() < 0.5:
        return compared(right, "<", left)
    return compared(left, relation, right)


# Left side, right side, and whether left > right always; else they tie somewhere and left >= right.
CLASSICS: tuple[tuple[sp.Expr, sp.Expr], ...] = (
    ((p + q) / 2, sp.sqrt(p * q)),
    (sp.sqrt((p**2 + q**2) / 2), (p + q) / 2),
    (sp.sqrt(p * q), 2 * p * q / (p + q)),
    (p + 1 / p, sp.Integer(2)),
    (p / q + q / p, sp.Integer(2)),
    (sp.exp(x), 1 + x),
    (p - 1, sp.log(p)),
    (p * sp.log(p), p - 1),
    (p**2 / 2 + q**2 / 2, p * q),
    (p**3 / 3 + 2 * q ** sp.Rational(3, 2) / 3, p * q),
    (sp.Max(p, q), sp.Min(p, q)),
    ((p + q + r) ** 3 / 27, p * q * r),
    (p**2 + q**2 + r**2, p * q + q * r + r * p),
    (p / (q + r) + q / (r + p) + r / (p + q), sp.Rational(3, 2)),
    ((p + q) * (1 / p + 1 / q), sp.Integer(4)),
    (sp.cosh(x), sp.Integer(1)),
    (x**2 + y**2, 2 * x * y),
    ((p**2 + q**2) * (1 + r**2), (p + q * r) ** 2),
    (p * sp.log(p / q), p - q),
    (sp.sqrt(p) + sp.sqrt(q), sp.sqrt(p + q + 2 * sp.sqrt(p * q)) - (sp.sqrt(p) - sp.sqrt(q)) ** 2),
    (sp.Abs(x) + sp.Abs(y), sp.Abs(x + y)),
)


def classic(rng: np.random.Generator) -> Case:
    """T1: a classical inequality, called strict."""
    left, right = CLASSICS[rng.integers(len(CLASSICS))]
    if rng.random() < 0.6:
        return Case("T1 classic", lambda: _turned(rng, left, str(rng.choice([">", ">", "!="])), right), False)
    if rng.random() < 0.5:
        return Case("T1 classic", lambda: compared(left, ">=", right), True)
    return Case("T1 classic", lambda: compared(left + sp.Rational(1, 2), ">", right), True)


one = total(1, S)
SUMS: tuple[tuple[sp.Expr, str, sp.Expr, bool], ...] = (
    (one, ">", sp.Integer(1), False),
    (total(lam, S) ** 2, ">", total(lam**2, S), False),
    (total(lam**2, S) * one, ">", total(lam, S) ** 2, False),
    (total(1 / lam, S) * total(lam, S), ">", one**2, False),
    (total(lam / (1 + lam), S) ** 2, ">", total(lam**2 / (1 + lam) ** 2, S), False),
    (total(lam, S), "!=", total(lam**2, S), False),
    (total((lam - 1) ** 2, S), ">", sp.Integer(0), False),
    (total(lam, S) * total(lam**3, S), ">", total(lam**2, S) ** 2, False),
    (one, "!=", sp.Integer(2), False),
    (one, ">=", sp.Integer(1), True),
    (total(lam, S) ** 2, ">=", total(lam**2, S), True),
    (2 * total(lam, S) ** 2, ">", total(lam**2, S), True),
    (total(lam, S), ">", total(lam / (1 + lam), S), True),
    (total(lam / (1 + lam), S), "<", one, True),
    (total(lam**2, S) * one + total(lam, S), ">", total(lam, S) ** 2, True),
    (total((lam - 1) ** 2, S) + sp.Rational(1, 9), ">", sp.Integer(0), True),
)


def spectral(rng: np.random.Generator) -> Case:
    """T2: sums over a spectrum."""
    left, relation, right, true = SUMS[rng.integers(len(SUMS))]
    factor = sp.Integer(int(rng.integers(1, 5)))
    claim = Claim("sum", "A.", Compare(factor * left, relation, factor * right), Domain((S,)), SOURCE, (Precision(),))
    return Case("T2", lambda: claim, true)


# Rising functions of p, whose value at a number is not reached at plain points.
RISING = (sp.exp(p), p**2, p**3, sp.log(p), sp.sqrt(p), p**2 + p, p * sp.exp(p), sp.sinh(p), sp.atan(p), p + sp.log(p))


def needle(rng: np.random.Generator) -> Case:
    """T3: the square of a rising function less a number, against a small number; true when a positive one is added."""
    rising = RISING[rng.integers(len(RISING))]
    level = sp.Rational(int(rng.integers(2, 60)), int(rng.integers(3, 40)))
    level = level + 1 if rising.has(sp.exp) else level / (1 + level) if rising.has(sp.atan) else level
    small = sp.Rational(1, 10 ** int(rng.integers(2, 16)))
    square = sp.expand((rising - level) ** 2) if rng.random() < 0.3 else (rising - level) ** 2
    relation = str(rng.choice([">", ">="]))
    if rng.random() < 0.65:
        around = ABOUT[rng.integers(len(ABOUT))] if rng.random() < 0.3 else sp.Integer(0)
        return Case("T3", lambda: compared(square + around, relation, around + small), False)
    return Case("T3", lambda: compared(square + 2 * small, relation, small), True)


# Equations between integers with a solution below 700.
SOLVED = (
    (n**2, 13 * m**2 + 1),
    (n**2, 7 * m**2 + 1),
    (n**2, 29 * m**2 - 1),
    (n**2, 2 * m**2 - 1),
    (n**2, 2 * m**2 + 1),
    (n**3, m**2 + 2),
    (n**2 + m**2, sp.Integer(1105)),
    (n * (n + 1), 2 * m**2),
    (n**2 + 11, m**3),
    (n * m, sp.Integer(221)),
    (n**2 + n + 41, 41 * m),
    (2**n, m**2 + 7),
)
# Left sides that are never the right ones, and by more than a small part.
UNSOLVED = ((n**2 + m**2, n * m - 1), (n + m, sp.Integer(1)), (n**2, -(m**2)), (n * m + 1, -n), (2 * n + m, n))


def whole(rng: np.random.Generator) -> Case:
    """T4: equations in integers, and waves at integers."""
    chance = rng.random()
    if chance < 0.45:
        left, right = SOLVED[rng.integers(len(SOLVED))]
        times = int(rng.integers(1, 6))
        if rng.random() < 0.5:
            return Case("T4", lambda: compared(times * left, "!=", sp.expand(times * right)), False)
        return Case("T4", lambda: compared((left - right) ** 2, ">", sp.Integer(0)), False)
    if chance < 0.6:
        small = sp.Rational(1, 10 ** int(rng.integers(3, 8)))
        wave = sp.sin(n) ** 2 if rng.random() < 0.5 else 1 - sp.Abs(sp.cos(n))
        return Case("T4 waves", lambda: compared(wave, ">", small), False)
    if chance < 0.8:
        a, b = (int(v) for v in rng.integers(1, 90, 2))
        gap = (n - a) ** 2 + (m - b) ** 2
        true = rng.random() < 0.3
        return Case("T4 boxes", lambda: compared(gap + (1 if true else 0), ">", sp.Integer(0)), bool(true))
    left, right = UNSOLVED[rng.integers(len(UNSOLVED))]
    return Case("T4", lambda: compared(left, "!=", right), True)


def equivalence(rng: np.random.Generator) -> Case:
    """T5: r > 0 against r times what is positive but on a curve; the control leaves the curve out."""
    u, hump = CURVES[rng.integers(len(CURVES))], HUMPS[rng.integers(len(HUMPS))]
    if rng.random() < 0.5:
        left, right = CLASSICS[rng.integers(4)]
        gap = left - right
    else:
        gap = hump(u)
    true = bool(rng.random() < 0.4)
    gap = gap + sp.Rational(1, 2) if true else gap
    symbols = tuple(sorted(gap.free_symbols | {x}, key=str))

    def make() -> Claim:
        statement = Iff(Compare(x * gap, ">", sp.Integer(0)), Compare(x, ">", sp.Integer(0)))
        return Claim("iff", "A.", statement, Domain(symbols), SOURCE, (Precision(),))

    return Case("T5", make, true)


def point(rng: np.random.Generator) -> Case:
    """T6: sums of squares that are all zero at one point, or on one line; the control adds a number."""
    a, b, c = (sp.Rational(int(rng.integers(1, 30)), int(rng.choice([1, 2, 3, 4, 7, 10]))) for _ in range(3))
    gap = [
        (p - a) ** 2 + (q - b) ** 2,
        (p - a) ** 2 + (q - b) ** 2 + (r - c) ** 2,
        (p - a * q) ** 2 + (q - b * r) ** 2,
        sp.Abs(p - a) + sp.Abs(q - p * b),
        (sp.exp(p) - a - 1) ** 2 + (q * p - b) ** 2,
        (p - q) ** 2 + (q - r) ** 2,
        (p - q) ** 2 + (p * q - a) ** 2,
        sp.log(p / a) ** 2 + sp.log(q / b) ** 2,
    ][rng.integers(8)]
    gap = sp.expand(gap) if rng.random() < 0.4 else gap
    if rng.random() < 0.6:
        return Case("T6", lambda: compared(gap + q, ">", q), False)
    if rng.random() < 0.5:
        return Case("T6", lambda: compared(gap, ">=", sp.Integer(0)), True)
    return Case("T6", lambda: compared(gap + sp.Rational(1, 20), ">", sp.Integer(0)), True)


def limit(rng: np.random.Generator) -> Case:
    """T7: an error c n^-p with what dwarfs it up to a large size, or is dwarfed by it up to a large size."""
    order = sp.Rational(int(rng.integers(1, 5)), 2)
    main = [n**-order, sp.log(1 + n**-order), 1 / (n**order + 10 ** int(rng.integers(0, 40)))][rng.integers(3)]
    tiny, huge = (sp.Rational(10) ** int(k) for k in (-rng.integers(5, 90), rng.integers(3, 40)))
    other = order - sp.Rational(1, 2) * int(rng.integers(1, 3))
    true = bool(rng.random() < 0.5)
    error = main + (huge * n ** -(order + 1) if true else tiny * n ** -max(other, 0))

    def make() -> Claim:
        statement = Asymptotic(error, sp.Integer(0), n, order)
        return Claim("limit", "A.", statement, Domain((n,)), SOURCE, (Precision(),))

    return Case("T7", make, true)


MAKERS = (curve, curve, classic, spectral, needle, whole, equivalence, point, limit)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of all kinds, in random order."""
    while True:
        yield MAKERS[rng.integers(len(MAKERS))](rng)

"""Random claims that fail only beyond a switch, off a lattice, far out, or between powers of two.

F1: an absolute value, an extreme or a root of a square, stated as the branch on one side of a number; the controls
confine the domain to that side, or name both branches. F2: waves that are zero at all small fractions, or whose least
value is met at large numbers; controls are identities. F3: bounds that fail only far out; controls are limits that are
not reached. F4: sums over spectra that fail for small or very many levels. F5: limits whose error waves, and is small
at powers of two; controls fall evenly. F6: what differs from a number by less than any digits. Truth is known from the
construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm

import numpy as np
import sympy as sp
from soundness.adversary import Case
from soundness.tie_cases import SOURCE, S, compared, lam, n, p, q

from w2s_sym import Asymptotic, Claim, Condition, Domain, Precision, total


def _power(rng: np.random.Generator, low: int, high: int) -> sp.Rational:
    return sp.Rational(int(rng.integers(11, 99)), 10) * sp.Rational(10) ** int(rng.integers(low, high))


# The switched formula at distance u from where it switches, about a number a, and its branch for u < 0.
SWITCHED = (
    lambda u, a: (sp.Abs(u), -u),
    lambda u, a: (sp.Max(u + a, a), a),
    lambda u, a: (sp.Min(u + a, a), u + a),
    lambda u, a: (sp.sqrt(sp.expand(u**2)), -u),
    lambda u, a: (sp.sqrt(u**2 * q), -u * sp.sqrt(q)),
    lambda u, a: ((u**4) ** sp.Rational(1, 4) + q, q - u),
    lambda u, a: (sp.Abs(u) / (1 + q), -u / (1 + q)),
)


def switch(rng: np.random.Generator) -> Case:
    """F1."""
    a, make = _power(rng, 4, 20), SWITCHED[rng.integers(len(SWITCHED))]
    below = bool(rng.random() < 0.7)
    # With the reciprocal the number is small, and random points are all above it.
    u = p - a if below else 1 / p - a
    left, branch = make(u, a)
    if rng.random() < 0.6:
        return Case("F1", lambda: compared(left, "=", branch), False)
    if rng.random() < 0.5:
        confined = Condition(p, "<", a) if below else Condition(p, ">", 1 / a)
        return Case("F1", lambda: compared(left, "=", branch, confined), True)
    return Case("F1", lambda: compared(sp.Abs(p - a) + q, "=", sp.Max(p, a) - sp.Min(p, a) + q), True)


def wave(rng: np.random.Generator) -> Case:
    """F2."""
    chance, often = rng.random(), lcm(*range(1, int(rng.integers(8, 24)))) * 97
    if chance < 0.3:
        return Case("F2", lambda: compared(sp.cos(2 * sp.pi * often * 2**20 * p) + q, "=", 1 + q), False)
    if chance < 0.5:
        return Case("F2", lambda: compared(sp.sin(sp.pi * often * 2**20 * p) * q, "=", sp.S.Zero), False)
    if chance < 0.7:
        small = sp.Rational(1, 10 ** int(rng.integers(3, 9)))
        return Case("F2", lambda: compared(sp.cos(p) + sp.cos(sp.pi * p), ">", small - 2), False)
    k = int(rng.integers(1, 10**6))
    if chance < 0.85:
        return Case("F2", lambda: compared(sp.sin(2 * k * p) + q, "=", 2 * sp.sin(k * p) * sp.cos(k * p) + q), True)
    return Case("F2", lambda: compared(sp.cos(k * p) ** 2 + q, "=", 1 - sp.sin(k * p) ** 2 + q), True)


def end(rng: np.random.Generator) -> Case:
    """F3."""
    chance, far, c = rng.random(), _power(rng, 13, 50), int(rng.integers(30, 200))
    around = q if rng.random() < 0.5 else sp.S.Zero
    if chance < 0.2:
        return Case("F3", lambda: compared(sp.log(p) + around, "<", c + around), False)
    if chance < 0.4:
        return Case("F3", lambda: compared(p / (far + p) + around, "<", sp.Rational(9, 10) + around), False)
    if chance < 0.5:
        return Case("F3", lambda: compared(sp.sqrt(sp.log(1 + 1 / p)) + around, "<", 9 + around), False)
    if chance < 0.65:
        return Case("F3", lambda: compared(sp.log(n) + around, "<", c // 2 + around), False)
    if chance < 0.75:
        near = _power(rng, 4, 16)  # searches reach 2 * 10^17
        return Case("F3", lambda: compared((p - near) ** 2 * (p - 3 * near) ** 2, ">=", sp.S.One), False)
    if chance < 0.9:
        return Case("F3", lambda: compared(p / (far + p) + around, "<", 1 + around), True)
    return Case("F3", lambda: compared(sp.log(1 + p) + around, "<", p + around), True)


def levels(rng: np.random.Generator) -> Case:
    """F4."""
    chance, large = rng.random(), _power(rng, 6, 11)
    one, all_ = total(1, S), total(lam, S)
    if chance < 0.2:
        return Case("F4", lambda: compared(all_, ">=", 1 / large), False)
    if chance < 0.4:
        return Case("F4", lambda: compared(total(lam / (lam + p), S), "<=", large), False)
    if chance < 0.6:
        return Case("F4", lambda: compared(total(sp.exp(-large * lam), S), "<", one * sp.Rational(99, 100)), False)
    if chance < 0.75:
        return Case("F4", lambda: compared(total(lam**2, S) * one, "<=", large * all_**2), False)
    if chance < 0.9:
        return Case("F4", lambda: compared(total(lam / (lam + p), S), "<", one), True)
    return Case("F4", lambda: compared(total(lam**2, S), "<=", all_**2), True)


def waving(rng: np.random.Generator) -> Case:
    """F5."""
    chance, period = rng.random(), 2 ** int(rng.integers(1, 10))
    error = 1 - sp.cos(2 * sp.pi * n / period) if chance < 0.4 else 1 - (-1) ** n
    if chance >= 0.6:
        return Case("F5", lambda: _limit(sp.sqrt(n**2 + period * n) - n, sp.Rational(period, 2)), True)
    return Case("F5", lambda: _limit(error + sp.Rational(period) / n, sp.S.Zero), False)


def _limit(left: sp.Expr, right: sp.Expr) -> Claim:
    return Claim("limit", "A.", Asymptotic(left, right, n), Domain((n,)), SOURCE, (Precision(),))


def level_part(rng: np.random.Generator) -> Case:
    """F6."""
    k = 10 ** int(rng.integers(3, 8))
    f = (sp.tanh, sp.erf)[rng.integers(2)]
    if rng.random() < 0.6:
        return Case("F6", lambda: compared(q * f(k * (1 + p)), "=", q), False)
    return Case("F6", lambda: compared(sp.tanh(p) * sp.cosh(p) * q, "=", sp.sinh(p) * q), True)


MAKERS = (switch, wave, end, levels, waving, level_part)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of all kinds, in random order."""
    while True:
        yield MAKERS[rng.integers(len(MAKERS))](rng)

"""Random claims whose failure, or truth, lies in a corner, a bell, a crest or a number of levels.

G1: plateaus between two switches and bells about numbers that nobody would try, in one symbol and two; controls are
plateaus that stay below the bound. G2: waves of what is not linear, which touch a bound at their crests only; controls
leave room. G3: one number of levels, or one pair of numbers, at which a bound fails. G4: absolute values of what has
one sign by calculus, such as x - log(1 + x); false ones are moved by a small number, so that the sign changes. G5:
bounds on moments of a spectrum, Cauchy's the other way round, whose sharp constant (K + 1)^2 / (4 K) only two levels
reach, with multiplicities that are far apart. G6: products of ramps, of which each alone changes nothing. Truth is
known from the construction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp
from soundness.adversary import Case
from soundness.tie_cases import S, compared, lam, p, q, r

from w2s_sym import Condition, any_spectrum, total

ZERO = sp.S.Zero


def _number(rng: np.random.Generator) -> sp.Rational:
    return sp.Rational(int(rng.integers(10**3, 10**7)), int(rng.integers(1, 40)))


def plateau(rng: np.random.Generator) -> Case:
    """G1."""
    a, chance = _number(rng), rng.random()
    u = (p, p + q, p * q, p - 2 * q)[rng.integers(4)]
    width = sp.Rational(1, int(rng.integers(10, 10**5)))
    if chance < 0.25:
        return Case("G1", lambda: compared(sp.Max(u - a, 0) * sp.Max(a + width - u, 0), "<=", ZERO), False)
    if chance < 0.45:
        return Case("G1", lambda: compared(sp.Max(width - sp.Abs(u - a), 0), "<=", ZERO), False)
    if chance < 0.6:
        return Case("G1", lambda: compared(sp.exp(-((u - a) ** 2) / width**2), "<", sp.Rational(1, 2)), False)
    if chance < 0.75:
        b = _number(rng)
        bell = sp.exp(-((p - a) ** 2) / width**2 - (q - b) ** 2 / width**2)
        return Case("G1", lambda: compared(bell, "<", sp.Rational(1, 2)), False)
    if chance < 0.9:
        return Case("G1", lambda: compared(sp.Max(width - sp.Abs(u - a), 0), "<=", width), True)
    return Case("G1", lambda: compared(sp.Max(u - a, 0) * sp.Max(a - u, 0), "<=", ZERO), True)


def crest(rng: np.random.Generator) -> Case:
    """G2."""
    chance, k = rng.random(), int(rng.integers(2, 5))
    argument = (p**k, p**k + p, sp.sqrt(p) * k, sp.exp(p / k), k / p)[rng.integers(5)]
    wave = (sp.sin, sp.cos)[rng.integers(2)](argument)
    level = sp.Rational(int(rng.integers(-9, 10)), 10)
    small = sp.Rational(1, 10 ** int(rng.integers(12, 30)))
    if chance < 0.25:
        return Case("G2", lambda: compared(wave, "<", 1 - small), False)
    if chance < 0.5:
        return Case("G2", lambda: compared((wave - level) ** 2, ">", ZERO), False)
    if chance < 0.75:
        return Case("G2", lambda: compared(p * wave, "<", p), False)
    return Case("G2", lambda: compared(p * wave, "<", p * sp.Rational(11, 10)), True)


def level_count(rng: np.random.Generator) -> Case:
    """G3."""
    chance, many = rng.random(), total(1, S)
    k = int(rng.integers(30, 10**5))
    if chance < 0.3:
        return Case("G3", lambda: compared((many - k) ** 2, ">", ZERO), False)
    if chance < 0.55:
        return Case("G3", lambda: compared((many - k) * (many - k - 2), ">=", ZERO), False)
    if chance < 0.7:
        return Case("G3", lambda: compared((many - k) ** 2 + (total(lam, S) - 7) ** 2, ">", ZERO), False)
    if chance < 0.85:
        return Case("G3", lambda: compared((many - k) * (many - k - 1), ">=", ZERO), True)
    return Case("G3", lambda: compared(total(lam, S) ** 2, "<=", many * total(lam**2, S)), True)


# Not negative for all p, q > 0, and zero in the limit or at a point, so that less is negative somewhere.
SIGNED: tuple[Callable[[sp.Expr], sp.Expr], ...] = (
    lambda x: x - sp.log(1 + x),
    lambda x: sp.exp(x) - 1 - x,
    lambda x: x - sp.tanh(x),
    lambda x: sp.sinh(x) - x,
    lambda x: x - sp.sin(x),
    lambda x: x - sp.atan(x),
    lambda x: 1 + x / 2 - sp.sqrt(1 + x),
    lambda x: x - 1 - sp.log(x),
    lambda x: x * sp.log(x) - x + 1,
    lambda x: sp.cosh(x) - 1 - x**2 / 2,
    lambda x: sp.log(1 + x) - 2 * x / (2 + x),
)


def calculus(rng: np.random.Generator) -> Case:
    """G4."""
    x, chance = (p, 2 * p, p + q)[rng.integers(3)], rng.random()
    f = SIGNED[rng.integers(len(SIGNED))](x)
    less = f - sp.Rational(1, 10 ** int(rng.integers(6, 12)))
    if chance < 0.25:
        return Case("G4", lambda: compared(sp.Abs(less), "=", less), False)
    if chance < 0.5:
        return Case("G4", lambda: compared(sp.Max(less, 0), "=", less), False)
    if chance < 0.75:
        return Case("G4", lambda: compared(sp.Abs(f), "=", f), True)
    return Case("G4", lambda: compared(sp.Min(f, 0) + q, "=", q), True)


def multiplicities(rng: np.random.Generator) -> Case:
    """G5: sums of lam^a and lam^b against that of lam^((a + b)/2), for levels from 1 to M."""
    b, apart = int(rng.integers(-1, 3)), 2 * int(rng.integers(1, 3))
    most = int(rng.choice([2, 5, 10, 100, 10**4])) if apart == 2 else int(rng.choice([2, 5, 10]))
    spread = most ** (apart // 2)  # of lam^((a - b)/2), with weights lam^b
    sharp = sp.Rational((spread + 1) ** 2, 4 * spread)
    held = any_spectrum("S", "a spectrum", lam, conditions=(Condition(lam, ">=", 1), Condition(lam, "<=", most)))
    left = total(lam ** (b + apart), held) * total(lam**b, held)
    square = total(lam ** (b + apart // 2), held) ** 2
    chance = rng.random()
    if chance < 0.5:
        stated = 1 + (sharp - 1) * sp.Rational(int(rng.integers(30, 98)), 100)
        return Case("G5", lambda: compared(left, "<=", stated * square), False)
    if chance < 0.65:
        return Case("G5", lambda: compared(left, "<=", sharp * square), True)
    if chance < 0.75:
        return Case("G5", lambda: compared(left, ">=", square), True)
    levels = int(rng.integers(14, 10**4))
    if chance < 0.9:
        large = total(1, S) ** 2 - 2 * levels * total(1, S) + levels**2 + total((lam - 1) ** 2, S)
        return Case("G5", lambda: compared(large, ">", ZERO), False)
    large = sp.Integer(10) ** int(rng.integers(2, 9))
    return Case("G5", lambda: compared(total(lam**3, S) * total(lam, S), "<=", large * total(lam**2, S) ** 2), False)


RAMPS: tuple[Callable[[sp.Expr], sp.Expr], ...] = (
    lambda u: sp.Max(u, 0),
    lambda u: sp.Abs(u) + u,
    lambda u: sp.sqrt(sp.expand(u**2)) + u,
    lambda u: u - sp.Min(u, 0),
)


def joint(rng: np.random.Generator) -> Case:
    """G6."""
    wanted = int(rng.integers(2, 4))
    parts = [u - int(rng.integers(15, 10**4)) for u in (p, q, r)[:wanted]]
    if rng.random() < 0.3:
        parts[0] = p - q - int(rng.integers(15, 10**4))
    product = sp.Mul(*(RAMPS[rng.integers(len(RAMPS))](u) for u in parts))
    if rng.random() < 0.75:
        return Case("G6", lambda: compared(product + p, "=", p), False)
    return Case("G6", lambda: compared(product * sp.Max(-parts[-1], 0) + p, "=", p), True)


MAKERS = (plateau, crest, level_count, calculus, multiplicities, joint)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of all kinds, in random order."""
    while True:
        yield MAKERS[rng.integers(len(MAKERS))](rng)

"""Random claims with floats in them, limits at sizes of their author's choice, lemmas about another experiment.

X1: a number between 10^-17 and 10^-60 is added as a float, which float arithmetic loses: the false claim leaves it out
on the other side, or in a condition; the control has the exact number on both sides. X2: an error that falls at the
sizes that the author gives, and not at the odd ones, not at those that are no multiple of the first, or not above the
last; controls fall at all sizes. X3: the mean of tr X'X, known by hand for each law, proved for one experiment and
applied to another one with other rows, another law or other words; controls apply it to its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
import sympy as sp
from soundness.adversary import Case

from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Evidence,
    Iff,
    Mean,
    Quantity,
    Sample,
    Setting,
    Simulation,
    Source,
    any_spectrum,
    gaussian,
    identity,
    symbol,
    total,
    tr,
)

SOURCE = Source("exact", "A. Theorist", "On exact numbers", 2026)
a, c = (symbol(name, "a number", positive=True) for name in "ac")
lam = symbol("lam", "an eigenvalue", positive=True)
n, d = (symbol(name, "a size", integer=True, positive=True) for name in "nd")
S = any_spectrum("S", "any spectrum", lam)
V = symbol("V", "a mean", positive=True)
R = Mean(symbol("R", "the mean", real=True), "the mean of the draws")
_number = count()


def claim(statement: Any, domain: Domain, evidence: Evidence, **more: Any) -> Claim:
    """A claim as a user writes it."""
    return Claim(f"claim_{next(_number)}", "As stated.", statement, domain, SOURCE, (evidence,), **more)


def rewritten(left: sp.Expr, right: sp.Expr, domain: Domain) -> Claim:
    """An equality by one step."""
    return claim(Compare(left, "=", right), domain, Derivation(left).rewrite(right))


# -- X1 -------------------------------------------------------------------------------------------------------


def _matrix(number: sp.Expr, right: sp.Expr, place: str) -> Claim:
    X = gaussian("X", n, d)
    scaled = identity(d) * (1 + number)
    law = Sample.of(n, (X,), {(X, X): scaled} if place == "covariance" else {})
    value = tr(X.T @ X @ scaled) if place == "word" else tr(X.T @ X)
    mean = Quantity(V, "a mean", value, Setting((law,)))
    return claim(Compare(mean, "=", n * d * right), Domain((n, d)), Derivation(mean).expect(X).in_names())


def _stated(number: sp.Expr, right: sp.Expr, place: str) -> Claim:
    """1 + number against right, in one of many places."""
    both = Domain((a, c))
    left, other = (1 + number) * a * (a + c), sp.expand(right * a * (a + c))
    if place == "equality":
        return rewritten(left, other, both)
    if place == "cancelled":
        return rewritten(a * (a + c + number * c), a**2 + right * a * c, both)
    if place == "bound":
        return claim(Compare(left, "<=", other), both, Derivation(left).bound("<=", other))
    if place == "sum":
        return rewritten(total(lam + number * lam, S), total(lam, S) * right, Domain((S,)))
    if place == "slope":
        slope = sp.Derivative(a**2 + number * a**2, a)
        chain = Derivation(slope).differentiate().rewrite(2 * a * right)
        return claim(Compare(slope, "=", 2 * a * right), both, chain)
    if place == "iff":
        stated = Iff(Compare(left, "<=", c), Compare(other, "<=", c))
        return claim(stated, both, Derivation.same_sign())
    if place == "condition":
        where = Domain((a, c), (Condition(a + number * a, ">=", c),))
        return claim(Compare(c, "<=", a * right), where, Derivation(c).bound("<=", a * right))
    return _matrix(number, right, place)


PLACES = ("equality", "cancelled", "bound", "sum", "slope", "iff", "condition", "covariance", "word")


def floats(rng: np.random.Generator) -> Case:
    """X1."""
    place, digits = str(rng.choice(PLACES)), int(rng.integers(17, 60))
    small = sp.Rational(int(rng.integers(1, 10)), 10**digits)
    if rng.random() < 0.35:
        return Case("X1", lambda: _stated(small, 1 + small, place), True)
    return Case("X1", lambda: _stated(sp.Float(small, 15), sp.Integer(1), place), False)


# -- X2 -------------------------------------------------------------------------------------------------------


def sizes(rng: np.random.Generator) -> Case:
    """X2."""
    first, times = int(rng.choice([6, 8, 10, 12])), int(rng.choice([2, 3]))
    grid = (first, times * first, times**2 * first)
    slope, off = float(rng.uniform(0.5, 2)), float(rng.choice([-1, 1]) * rng.uniform(0.3, 2))
    kind = str(rng.choice(["all", "even", "multiple", "above"]))
    spared = {
        "all": lambda size: True,
        "even": lambda size: size % 2 == 0,
        "multiple": lambda size: size % first == 0,
        "above": lambda size: size <= grid[-1],
    }[kind]

    def draws(stream: np.random.Generator, point: Any, size: int, many: int) -> np.ndarray:
        limit = float(point["a"]) * (1.0 if spared(size) else 1.0 + off)
        return limit * (1 + slope / size) + 0.01 * stream.standard_normal(many)

    def make() -> Claim:
        evidence = Simulation(draws, sizes=grid)
        return claim(Compare(R, "=", a), Domain((a,)), evidence, kind="equivalent", rivals=(2 * a,))

    return Case(f"X2 {kind}", make, kind == "all")


# -- X3 -------------------------------------------------------------------------------------------------------


def experiments(rng: np.random.Generator) -> Case:
    """X3: tr X'X of k n rows of variance v has the mean k n d v."""
    k, v = int(rng.integers(1, 4)), sp.Rational(int(rng.integers(1, 5)), 2)
    kind = str(rng.choice(["own", "own", "rows", "law", "words", "name"]))

    def mean(rows: sp.Expr, variance: sp.Rational, squared: bool = False, name: str = "X") -> Quantity:
        X = gaussian(name, rows, d)
        law = Sample.of(rows, (X,), {(X, X): variance * identity(d)})
        return Quantity(V, "a mean", tr(X.T @ X @ X.T @ X) if squared else tr(X.T @ X), Setting((law,)))

    def make() -> Claim:
        known, X = mean(k * n, v), gaussian("X", k * n, d)
        proof = Derivation(known).expect(X).in_names()
        lemma = claim(Compare(known, "=", k * n * d * v), Domain((n, d)), proof)
        other = {
            "own": known,
            "rows": mean((k + 1) * n, v),
            "law": mean(k * n, v + 1),
            "words": mean(k * n, v, True),
            # The mean does not depend on the name; the formula is one that is off.
            "name": mean(k * n, v + 1, False, "Y"),
        }[kind]
        return claim(Compare(other, "=", k * n * d * v), Domain((n, d)), Derivation(other).apply(lemma))

    return Case(f"X3 {kind}", make, kind == "own")


MAKERS = (floats, floats, sizes, experiments)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of all families, in random order."""
    while True:
        yield MAKERS[rng.integers(len(MAKERS))](rng)

"""Random claims about experiments and about values that nearly tie, each with its truth known from its construction.

F1: right at the points that the author names and nowhere else, of means, of extrapolated limits, of limits by
simulation whose shape is right for them alone, and of settings that make one value of a symbol and no other. F2: the
mean of an inverse, with its condition and without. F3: experiments whose mean is known by hand, true and off by a
factor; rare events, heavy tails, streams that repeat. E4: two sides that differ far below the digits that anybody looks
at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import sympy as sp
from flint import arb, ctx
from soundness.adversary import Case

from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Curve,
    Domain,
    Extrapolation,
    Mean,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    Source,
    gaussian,
    identity,
    letters,
    pinv,
    symbol,
    tr,
)

SOURCE = Source("drawn", "A. Theorist", "On draws", 2026)
a = symbol("a", "a scale", positive=True)
c = symbol("c", "a shift", positive=True)
m = symbol("m", "a mean", real=True)
x = symbol("x", "a number", positive=True)
n, d = letters.n, symbol("d", "features", integer=True, positive=True)
noise = symbol("s2", "noise", positive=True)
V = symbol("V", "a mean", positive=True)
X, z = gaussian("X", n, d), gaussian("z", n, 1)
FAR = Condition(n, ">", d + 4)

Draw = Callable[[np.random.Generator, dict[str, Any], int], np.ndarray]

# Light laws: draws, and their mean by hand.
LIGHT: tuple[tuple[str, Draw, sp.Expr], ...] = (
    ("uniform", lambda r, p, k: p["a"] * r.random(k) + p["c"], a / 2 + c),
    ("coin", lambda r, p, k: p["a"] * (r.random(k) < 0.25) + p["c"], a / 4 + c),
    ("exponential", lambda r, p, k: p["a"] * r.exponential(size=k) + p["c"], a + c),
    ("beta", lambda r, p, k: p["a"] * r.beta(2, 3, k) + p["c"], 2 * a / 5 + c),
    ("square", lambda r, p, k: p["c"] * (p["a"] + r.standard_normal(k)) ** 2, c * (a**2 + 1)),
    ("product", lambda r, p, k: p["a"] * r.random(k) * p["c"] * r.random(k), a * c / 4),
    ("dice", lambda r, p, k: p["a"] * r.integers(1, 7, k) + p["c"], sp.Rational(7, 2) * a + c),
)
# Laws whose z-test is not fit at any number of draws that quick effort buys.
UNFIT: tuple[tuple[str, Draw, sp.Expr], ...] = (
    ("rare", lambda r, p, k: p["a"] * (r.random(k) < 1e-3), a / 1000),
    ("very_rare", lambda r, p, k: p["a"] * (r.random(k) < 1e-6), a / 10**6),
    ("pareto", lambda r, p, k: p["a"] * (1 + r.pareto(1.5, k)), 3 * a),
    ("lognormal", lambda r, p, k: p["a"] * np.exp(3 * r.standard_normal(k)), a * sp.exp(sp.Rational(9, 2))),
    ("cauchy", lambda r, p, k: p["a"] + r.standard_cauchy(k), a),
    ("constant", lambda r, p, k: np.full(k, p["a"]), a),
    ("one_draw", lambda r, p, k: np.full(k, p["a"] * (1 + r.random())), 3 * a / 2),
    ("fixed_stream", lambda r, p, k: p["a"] * np.random.default_rng(3).random(k), a / 2),
    ("runs", lambda r, p, k: p["a"] * np.repeat(r.random(-(-k // 64)), 64)[:k], a / 2),
)


def stated(name: str, right: sp.Expr, draw: Draw, symbols: tuple[sp.Symbol, ...], **more: Any) -> Claim:
    """A claim that the experiment's mean is ``right``."""
    claim_domain = Domain(symbols, (Condition(a, "<", 5), *((Condition(c, "<", 5),) if c in symbols else ())))
    evidence = (Simulation(draw, **more),)
    return Claim(name, "A mean.", Compare(Mean(m, "the mean"), "=", right), claim_domain, SOURCE, evidence)


def off(rng: np.random.Generator) -> sp.Rational:
    """A factor that is not 1, by 1 per cent at the least."""
    return sp.Rational(int(rng.choice([50, 80, 95, 98, 99, 101, 102, 105, 120, 200])), 100)


def light(rng: np.random.Generator) -> Case:
    """F3: a light law, true or off by a factor."""
    name, draw, mean = LIGHT[rng.integers(len(LIGHT))]
    true = bool(rng.random() < 0.5)
    right = mean if true else sp.expand(mean * off(rng))
    return Case("F3 light", lambda: stated(name, right, draw, (a, c)), true)


def unfit(rng: np.random.Generator) -> Case:
    """F3: a law for which no z-test is fit; what is true need not hold."""
    name, draw, mean = UNFIT[rng.integers(len(UNFIT))]
    true = bool(rng.random() < 0.5)
    right = mean if true else sp.Integer(0) if name == "very_rare" else mean * off(rng)
    return Case("F3 unfit", lambda: stated(name, right, draw, (a,), batch=256), true)


def named(rng: np.random.Generator) -> Case:
    """F1: right at the named points; true everywhere or not, with drawn points beside them or not."""
    name, draw, mean = LIGHT[rng.integers(len(LIGHT))]
    points = [
        {"a": sp.Rational(int(k), 4), "c": sp.Rational(int(rng.integers(1, 9)), 3)} for k in rng.integers(3, 19, 2)
    ]
    bump = sp.prod([(a - p["a"]) for p in points])
    true = bool(rng.random() < 0.4)
    drawn = ({}, {}) if rng.random() < 0.5 or true else ()
    right = mean if true else mean + bump
    return Case("F1", lambda: stated(name, right, draw, (a, c), at=(*points, *drawn)), true)


# Limits of curves: their value at a and a size, and the limit.
CURVES: tuple[tuple[str, Callable[[arb, arb], arb], sp.Expr], ...] = (
    ("inverse", lambda v, k: v + 1 / k, a),
    ("square", lambda v, k: (v + 1 / k) ** 2, a**2),
    ("exponential", lambda v, k: v * (1 / k - 2 / k**2).exp(), a),
    ("quotient", lambda v, k: (v * k + 1) / (k + v), a),
    ("root", lambda v, k: (v + 3 / k).sqrt() + v / k, sp.sqrt(a)),
)


def curved(right: sp.Expr, value: Callable[[arb, arb], arb], points: tuple[dict[str, Any], ...]) -> Claim:
    """A claim that a curve has the limit ``right``, extrapolated at named points."""

    def at(point: Any, size: int, digits: int) -> arb:
        with ctx.workdps(digits + 15):
            return value(arb(int(point[a].p)) / int(point[a].q), arb(size))

    statement = Compare(Curve(m, "f(n)", n, at), "=", right)
    evidence = (Extrapolation(points, (sp.Integer(1),)),)
    return Claim("curve", "A limit.", statement, Domain((a,), (Condition(a, "<", 5),)), SOURCE, evidence)


def extrapolated(rng: np.random.Generator) -> Case:
    """F1: the limit of a curve, true or off by what vanishes at the named points."""
    _, value, limit = CURVES[rng.integers(len(CURVES))]
    points = tuple({"a": sp.Rational(int(k), 7)} for k in rng.choice(np.arange(3, 34), int(rng.integers(1, 3)), False))
    true = bool(rng.random() < 0.4)
    size = sp.Rational(1, int(10 ** rng.integers(0, 6)))
    right = limit if true else limit + size * sp.prod([a - p["a"] for p in points])
    return Case("F1 curve", lambda: curved(right, value, points), true)


def along(right: sp.Expr, free: tuple[sp.Symbol, ...], mean: sp.Expr, **more: Any) -> Claim:
    """A claim that a mean with an error of order 1/n tends to ``right``."""
    compiled = sp.lambdify(free, mean)

    def draw(rng: np.random.Generator, p: dict[str, Any], size: int, draws: int) -> np.ndarray:
        exact = compiled(*(p[s.name] for s in free))
        return np.asarray(exact * (1 + (1 + 0.2 * rng.standard_normal(draws)) / size))

    domain = Domain(free, tuple(Condition(s, "<", 5) for s in free if not s.is_integer))
    statement = Compare(Mean(m, "the mean"), "=", right)
    evidence = (Simulation(draw, sizes=(10, 20, 40), batch=256, **more),)
    return Claim("along", "A limit.", statement, domain, SOURCE, evidence, kind="equivalent")


def followed(rng: np.random.Generator) -> Case:
    """F1: a limit by simulation, true or right at the named point alone."""
    point = {"a": sp.Rational(int(rng.integers(3, 19)), 4), "c": sp.Rational(int(rng.integers(1, 14)), 3)}
    mean = [a + c, a * c, a**2 + c, c * sp.sqrt(a)][rng.integers(4)]
    wrong = [
        mean + (a - point["a"]) / 5,
        mean + (c - point["c"]) / 5,
        mean.xreplace({a: point["a"]}),
        mean.xreplace({a: point["a"], c: point["c"]}),
        mean * a / point["a"],
    ]
    true = bool(rng.random() < 0.4)
    right = mean if true else wrong[rng.integers(len(wrong))]
    return Case("F1 limit", lambda: along(right, (a, c), mean, at=point), true)


def shaped(rng: np.random.Generator) -> Case:
    """F1: a limit along a shape that holds a ratio or a level fast, and the same with other ratios drawn."""
    ratio, share = int(rng.integers(2, 6)), sp.Rational(int(rng.integers(4, 17)), 8)
    mean = [d / n + a, a * d / n, (d / n) ** 2 * a][rng.integers(3)]
    fast = bool(rng.random() < 0.5)

    def shape(p: dict[str, Any], size: int) -> dict[str, Any]:
        held = {"a": float(share)} if fast else {}
        return {"n": size, "d": int(p.get("ratio", ratio)) * size, **held}

    def ratios(_: dict[str, Any], stream: np.random.Generator) -> dict[str, Any]:
        return {"ratio": int(stream.integers(2, 12))}

    true = bool(rng.random() < 0.4)
    right = mean if true else mean.xreplace({a: share} if fast else {d: ratio * n})
    more = {"realise": ratios} if true or fast else {}
    # A true formula is not supported where a level is held fast.
    rule = "F1 shape held" if fast else "F1 shape"
    return Case(rule, lambda: along(right, (a, d, n), mean, shape=shape, **more), true)


def settled(rng: np.random.Generator) -> Case:
    """F1: a mean of matrices whose setting makes one noise only, and the same with any noise."""
    level, true = sp.Rational(int(rng.integers(4, 17)), 8), bool(rng.random() < 0.4)
    name = str(rng.choice(["length", "correlation"]))
    mean = MATRIX[name][1]
    right = mean if true else mean.xreplace({noise: level})

    def make() -> Claim:
        made = averaged(name, sp.Integer(1), made=None if true else float(level))
        return replace(made, statement=Compare(made.statement.lhs, "=", right))

    return Case("F1 setting", make, true)


def witnessed(rng: np.random.Generator) -> Case:
    """F1: a bound that holds at the named point, claimed of a witness elsewhere."""
    name, draw, mean = LIGHT[rng.integers(len(LIGHT))]
    there = {a: sp.Rational(int(rng.integers(4, 19)), 4), c: sp.Rational(int(rng.integers(2, 14)), 3)}
    true = bool(rng.random() < 0.4)
    value = mean.xreplace(there)
    right = value * sp.Rational(3, 2) if true else value / 2 + 1000 * ((a - there[a]) ** 2 + (c - there[c]) ** 2)

    def make() -> Claim:
        made = stated(name, mean, draw, (a, c), at=({"a": there[a] / 2, "c": there[c] / 2},))
        return replace(made, statement=Compare(made.statement.lhs, "<", right), witness=there)

    return Case("F1 witness", make, true)


# Of X, n x d and standard, and z of variance s2: a vector, and the mean of its squared length by hand.
MATRIX: dict[str, tuple[Any, sp.Expr]] = {
    "least_squares": (pinv(X) @ z, noise * d / (n - d - 1)),
    "correlation": (X.T @ z, noise * n * d),
    "length": (z, noise * n),
}


def averaged(name: str, factor: sp.Expr, where: Condition = FAR, made: float | None = None, **more: Any) -> Claim:
    """A claim that the mean squared length of a vector is ``factor`` times what it is; ``made`` is the only noise."""
    vector, mean = MATRIX[name]
    law = Sample.of(n, (X, z), {(z, z): noise * identity(sp.Integer(1))})
    setting = Setting((law,), realise=lambda p, r: {"s2": p.get("s2", made or r.uniform(0.5, 2))}, rounded=True)
    quantity = Quantity(V, "mean squared length", tr(vector.T @ vector), setting)
    domain = Domain((d, n, noise), (where,))
    return Claim(name, "A mean.", Compare(quantity, "=", factor * mean), domain, SOURCE, (Simulation(**more),))


def inverse(rng: np.random.Generator) -> Case:
    """F2: the variance of least squares, where it has a mean and where it has none."""
    relation, bound = [(">", d + 1), (">=", d + 2), (">", d + 4), (">=", d), (">", d), (">=", d + 1)][rng.integers(6)]
    met = {(">", d + 1), (">=", d + 2), (">", d + 4)}
    factor = sp.Integer(1) if rng.random() < 0.7 else off(rng)
    true = (relation, bound) in met and factor == 1
    where = Condition(n, relation, bound)
    return Case("F2", lambda: averaged("least_squares", factor, where, average=("z",)), true)


def tie(rng: np.random.Generator) -> Case:
    """E4: exp(u) with 0 < u < 10^-k against 1, hidden in a larger formula; the control has u = 0 by an identity."""
    depth = int(rng.choice([80, 150, 300, 700, 1000]))
    small = sp.exp(-depth - x) if rng.random() < 0.7 else sp.exp(-sp.exp(sp.Integer(int(rng.integers(5, 18))) + x))
    shape = [sp.exp(small), sp.cosh(sp.sqrt(small)), 1 + small, 1 / (1 - small), sp.exp(sp.sin(small))][rng.integers(5)]
    around = [x, x + 1, sp.exp(x), sp.log(1 + x)][rng.integers(4)]
    relation = str(rng.choice(["=", "<="]))
    true = bool(rng.random() < 0.4)
    left = around * (shape if not true else sp.exp(x / 7) * (1 + x))
    right = around if not true else sp.expand(around * sp.exp(x / 7) * (1 + x))
    if true and relation == "<=":
        right = 2 * right
    witness = {x: sp.Integer(1)} if rng.random() < 0.2 and relation == "<=" else None

    def make() -> Claim:
        statement = Compare(left, relation, right)
        return Claim("tie", "A tie.", statement, Domain((x,)), SOURCE, (Precision(),), witness=witness)

    return Case("E4", make, true)


MAKERS = (light, unfit, named, inverse, tie, tie, tie, tie)
CHOSEN = (extrapolated, extrapolated, followed, shaped, settled, witnessed)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of all kinds, in random order."""
    while True:
        yield MAKERS[rng.integers(len(MAKERS))](rng)


def chosen(rng: np.random.Generator) -> Iterator[Case]:
    """Cases that are right where their author looks, in random order."""
    while True:
        yield CHOSEN[rng.integers(len(CHOSEN))](rng)

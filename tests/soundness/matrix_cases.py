"""False claims about means of random matrices that only numbers support, and true ones of the same shapes.

Five kinds: formulas that are right at small sizes only, bounds that fail at larger sizes, identities that are true only
of the matrices or numbers that the setting makes, inverses outside of where their means exist, and slips of textbook
formulas (n = d, commuting matrices, a variance for a second moment, an inverse off by one).

Truth comes from the classical means in ``MEANS``, written here as integers at explicit sizes; a test multiplies the
polynomial ones out entry by entry. A claim is true if both sides are equal, or compare as it says, at every size of a
grid that its domain admits, at explicit generic matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy as sp

from tests.soundness.adversary import Case
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    Source,
    fixed,
    gaussian,
    gram_inverse,
    symbol,
    tr,
)
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import identity

SOURCE = Source("test", "A. Theorist", "On matrices", 2026)
n = symbol("n", "rows", integer=True, positive=True)
d = symbol("d", "columns", integer=True, positive=True)
s2 = symbol("s2", "a variance", positive=True)
t, u = symbol("t", "a trace", real=True), symbol("u", "a trace", real=True)
V = symbol("V", "the mean", real=True)
X, Y, G, x = gaussian("X", n, d), gaussian("Y", n, d), gaussian("G", n, n), gaussian("x", n, 1)
A, B = fixed("A", n, n), fixed("B", n, n)
W = gram_inverse(X)
GRID = (1, 2, 3, 4, 7, 20, 300, 10**5)
Sizes = Mapping[str, int]


def choice(rng: np.random.Generator, options: Any) -> Any:
    """One of the options."""
    return options[int(rng.integers(len(options)))]


def nothing(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Nothing is fixed."""
    return {}


def setting(*blocks: Any) -> Setting:
    """Each block in a sample of its own."""
    return Setting(tuple(Sample.of(b.rows, (b,)) for b in blocks), realise=nothing)


def claim(quantity: Quantity, relation: str, right: Any, domain: Domain, evidence: tuple[Any, ...]) -> Claim:
    """A claim with this evidence."""
    stated = Compare(quantity, relation, sp.sympify(right))
    return Claim("toy", "A toy claim.", stated, domain, SOURCE, evidence)


def numbers(rng: np.random.Generator) -> tuple[Any, ...]:
    """Evidence that proves nothing: exact means at small sizes, draws, or both."""
    return choice(rng, [(Precision(),), (Simulation(),), (Precision(), Simulation())])


# -- classical means ----------------------------------------------------------------------------------------------

# Value, blocks, mean as a formula; a test multiplies these out.
MEANS: tuple[tuple[TraceSum, tuple[Any, ...], sp.Expr], ...] = (
    (tr(x.T @ x), (x,), n),
    (tr(x.T @ x) * tr(x.T @ x), (x,), n * (n + 2)),
    (tr(X.T @ X), (X,), n * d),
    (tr(X.T @ X) * tr(X.T @ X), (X,), n * d * (n * d + 2)),
    (tr(X.T @ X @ X.T @ X), (X,), n * d * (n + d + 1)),
    (tr(X.T @ Y @ X.T @ Y), (X, Y), n * d),
    (tr(X.T @ Y @ Y.T @ X), (X, Y), n * d**2),
    (tr(G @ G), (G,), n),
    (tr(G @ G.T), (G,), n**2),
)


def at(formula: Any, sizes: Sizes) -> Fraction | None:
    """The formula in whole numbers, None where it is undefined."""
    value = sp.sympify(formula).subs({n: sizes["n"], d: sizes["d"]})
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else None


def grid(*conditions: Condition) -> list[dict[str, int]]:
    """The sizes of the grid that satisfy all conditions."""
    points = [{"n": a, "d": b} for a, b in product(GRID, GRID)]
    return [p for p in points if all(c.at({n: sp.Integer(p["n"]), d: sp.Integer(p["d"])}) for c in conditions)]


def small_sizes(rng: np.random.Generator) -> Case:
    """M1: a mean, or a formula equal to it at sizes 1, 2, 3 or where n = d only, or with a slip."""
    value, blocks, mean = choice(rng, MEANS)
    cubic, quotient = n**3 - 6 * n**2 + 12 * n - 6, 6 / (n**2 - 6 * n + 11)
    right = choice(
        rng,
        [
            mean,
            mean,
            sp.expand(mean.subs(n, cubic)),
            mean.subs(n, quotient),
            mean + (n - 1) * (n - 2) * (n - 3),
            mean.subs(d, n),
            mean.subs(d, d**3 - 6 * d**2 + 12 * d - 6),
            mean + n,
            mean - int(rng.integers(1, 4)) * n * d,
            sp.expand(mean * (n + 1) / n),
        ],
    )
    used = value_symbols(value, blocks) | set(right.free_symbols)
    true = all(at(right, p) == at(mean, p) for p in grid())

    def make() -> Claim:
        quantity = Quantity(V, "", value, setting(*blocks))
        return claim(quantity, "=", right, Domain(tuple(s for s in (n, d) if s in used)), numbers(rng))

    return Case("M1", make, true)


def value_symbols(value: TraceSum, blocks: tuple[Any, ...]) -> set[sp.Symbol]:
    """The sizes of the blocks."""
    return set().union(*(b.rows.free_symbols | b.cols.free_symbols for b in blocks))


def bounds(rng: np.random.Generator) -> Case:
    """M2: a bound on a mean, by a number or by a smaller power of the sizes: it fails at larger sizes, or never."""
    value, blocks, mean = choice(rng, MEANS)
    right = choice(
        rng,
        [
            sp.Integer(10 ** int(rng.integers(1, 7))),
            100 * (n + d),
            mean + 1,
            mean * int(rng.integers(2, 5)),
            mean * (n + 10) / (n + 11),
            sp.Rational(1, 2),
        ],
    )
    # A number may be the mean at a size that the grid misses.
    relation = choice(rng, ["<", "<=", ">", ">=", *([] if right.is_number else ["!="])])
    used = value_symbols(value, blocks) | set(right.free_symbols)
    compare = {
        "<": Fraction.__lt__,
        "<=": Fraction.__le__,
        ">": Fraction.__gt__,
        ">=": Fraction.__ge__,
        "!=": Fraction.__ne__,
    }[relation]
    pairs = [(at(mean, p), at(right, p)) for p in grid()]
    true = all(a is not None and b is not None and compare(a, b) for a, b in pairs)

    def make() -> Claim:
        quantity = Quantity(V, "", value, setting(*blocks))
        return claim(quantity, relation, right, Domain(tuple(s for s in (n, d) if s in used)), numbers(rng))

    return Case("M2", make, true)


# -- matrices that the setting chooses -----------------------------------------------------------------------------


def made(kind: str) -> Callable[[Mapping[str, Any], np.random.Generator], dict[str, Any]]:
    """A ``realise`` that makes matrices A and B of one kind."""

    def realise(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        size = int(point["n"])
        any_one, other = (rng.integers(-2, 3, (size, size)) for _ in range(2))
        return {
            "general": {"A": any_one, "B": other},
            "symmetric": {"A": any_one + any_one.T, "B": other + other.T},
            "diagonal": {"A": np.diag(any_one[0]), "B": np.diag(other[0])},
            "scalar": {"A": int(rng.integers(1, 4)) * np.eye(size, dtype=int), "B": 2 * np.eye(size, dtype=int)},
            "positive": {
                "A": any_one.T @ any_one + np.eye(size, dtype=int),
                "B": other.T @ other + np.eye(size, dtype=int),
            },
        }[kind]

    return realise


Arrays = Mapping[str, np.ndarray]
# Value, names, and the mean and what may be said of it, as formulas in the names and as functions of the matrices.
FORMS: tuple[tuple[TraceSum, Callable[[Arrays], float]], ...] = (
    (tr(G @ A @ G @ A), lambda m: float(np.trace(m["A"] @ m["A"].T))),
    (tr(G @ A @ G.T @ A), lambda m: float(np.trace(m["A"]) ** 2)),
    (tr(x.T @ A @ x), lambda m: float(np.trace(m["A"]))),
    (
        tr(x.T @ A @ x) * tr(x.T @ A @ x),
        lambda m: float(np.trace(m["A"]) ** 2 + np.trace(m["A"] @ m["A"]) + np.trace(m["A"] @ m["A"].T)),
    ),
    (tr(x.T @ A @ B @ x), lambda m: float(np.trace(m["A"] @ m["B"]))),
)
SAID: tuple[tuple[sp.Expr, TraceSum, TraceSum, Callable[[Arrays], float]], ...] = (
    (u, tr(A), tr(A @ A), lambda m: float(np.trace(m["A"] @ m["A"]))),
    (u, tr(A), tr(A @ A.T), lambda m: float(np.trace(m["A"] @ m["A"].T))),
    (t**2, tr(A), tr(A @ A), lambda m: float(np.trace(m["A"]) ** 2)),
    (t, tr(A), tr(A @ A), lambda m: float(np.trace(m["A"]))),
    (sp.Abs(t), tr(A), tr(A @ A), lambda m: float(abs(np.trace(m["A"])))),
    (t**2 / n, tr(A), tr(A @ A), lambda m: float(np.trace(m["A"]) ** 2 / len(m["A"]))),
    (t**2 + 2 * u, tr(A), tr(A @ A), lambda m: float(np.trace(m["A"]) ** 2 + 2 * np.trace(m["A"] @ m["A"]))),
    (u, tr(A), tr(A @ B), lambda m: float(np.trace(m["A"] @ m["B"]))),
    (t * u / n, tr(A), tr(B), lambda m: float(np.trace(m["A"]) * np.trace(m["B"]) / len(m["A"]))),
)


def chosen(rng: np.random.Generator) -> Case:
    """M3: an identity that is true of symmetric, diagonal, scalar or positive matrices only, or of all."""
    kind = choice(rng, ["general", "symmetric", "diagonal", "scalar", "positive"])
    value, mean = choice(rng, FORMS)
    fits = [said for said in SAID if _same(mean, said[3], made(kind))]
    if not fits:
        return chosen(rng)
    right, first, second, formula = choice(rng, fits)
    true = _same(mean, formula, made("general"))

    def make() -> Claim:
        blocks = (G, x)
        where = Setting(tuple(Sample.of(n, (b,)) for b in blocks), ((t, first), (u, second)), made(kind))
        return claim(Quantity(V, "", value, where), "=", right, Domain((n, t, u)), numbers(rng))

    return Case("M3", make, true)


def _same(one: Callable[[Arrays], float], other: Callable[[Arrays], float], realise: Any) -> bool:
    draws = [realise({"n": size}, np.random.default_rng(size + 10 * k)) for size in (2, 3, 5) for k in range(4)]
    return all(abs(one(m) - other(m)) < 1e-9 for m in draws)


def tied(rng: np.random.Generator) -> Case:
    """M4: a variance that the setting ties to the number of rows, and formulas that are true of that tie."""
    tie, right = choice(
        rng,
        [
            ("inverse", sp.Integer(1)),
            ("inverse", n**2 * s2**2),
            ("inverse", n * s2),
            ("same", n**2),
            ("same", s2**2),
            ("same", n * s2),
            ("free", n * s2),
            ("free", n * s2**2),
        ],
    )
    ties: dict[str, Callable[..., float]] = {
        "inverse": lambda p, r: 1 / int(p["n"]),
        "same": lambda p, r: float(p["n"]),
        "free": lambda p, r: r.uniform(0.5, 2),
    }
    wanted = {"s2": ties[tie]}

    def make() -> Claim:
        law = Sample.of(n, (x,), {(x, x): s2 * identity(sp.Integer(1))})
        made_here = lambda p, r: {"s2": wanted["s2"](p, r)}  # noqa: E731
        where = Setting((law,), realise=made_here, rounded=True)
        return claim(Quantity(V, "", tr(x.T @ x), where), "=", right, Domain((n, s2)), (Simulation(),))

    return Case("M4", make, right == n * s2)


def inverses(rng: np.random.Generator) -> Case:
    """M5: the mean of tr W or tr W^2, W = (X'X)^{-1}, right or off by one, where it exists or not; drawn or derived."""
    square, e, c = bool(rng.integers(2)), choice(rng, [0, 0, 0, 1, -1]), int(rng.integers(-1, 5))
    value = tr(W @ W) if square else tr(W)
    k = n - d + e
    right = d * (n - 1) / (k * (k - 1) * (k - 3)) if square else d / (k - 1)
    true = e == 0 and c >= (3 if square else 1)
    derived = not square and rng.random() < 0.5

    def make() -> Claim:
        quantity = Quantity(V, "", value, setting(X))
        chain = (Derivation(quantity).expect_gram_inverse(X).in_names(),)
        return claim(
            quantity, "=", right, Domain((d, n), (Condition(n, ">", d + c),)), chain if derived else (Simulation(),)
        )

    return Case("M5", make, true)


KINDS: tuple[Callable[[np.random.Generator], Case], ...] = (small_sizes, bounds, chosen, tied, inverses)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Random claims of all kinds in turn."""
    while True:
        for kind in KINDS:
            yield kind(rng)

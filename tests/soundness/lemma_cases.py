"""False claims that use a lemma where it does not apply, or that give one name two roles; and true ones beside them.

Each family is true or false by an argument that its docstring gives; where numbers decide, they are compared as
fractions. Rules: A1 level conditions, A2 captured letters, A3 symbols of quantities, A4 given equations, A5 assumptions
of SymPy and values that are not real, C1 names, C2 nested totals, C3 letters that the program uses itself, C4 scalars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count
from typing import Any

import numpy as np
import sympy as sp

from tests.soundness.adversary import Case
from w2s_sym import (
    Certificate,
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Evidence,
    Quantity,
    Sample,
    Setting,
    Source,
    any_spectrum,
    fixed,
    gaussian,
    symbol,
    total,
    tr,
)

SOURCE = Source("adversary", "A. Theorist", "On lemmas", 2026)
NAMES = ("lam", "mu", "x", "c", "slack_a", "x_0", "n", "I0", "w0")
OWN = ("slack_a", "slack_x", "x_0", "w0", "I0", "r0", "slack_n", "slack_lam")
ZERO = sp.Integer(0)
_number = count()


def stated(left: Any, relation: str, right: Any, domain: Domain, evidence: Evidence, **more: Any) -> Claim:
    """A claim as a user writes it; its name says nothing."""
    compared = Compare(left, relation, right)
    return Claim(f"claim_{next(_number)}", "As stated.", compared, domain, SOURCE, (evidence,), **more)


def case(rule: str, true: bool, *parts: Any, **more: Any) -> Case:
    """A case of what ``stated`` makes of the parts, when it is tried."""
    return Case(rule, lambda: stated(*parts, **more), true)


def letter(name: str, **assumptions: bool) -> sp.Symbol:
    return symbol(name, f"a number {name}", **assumptions)


def letters(rng: np.random.Generator, how_many: int, **assumptions: bool) -> list[sp.Symbol]:
    """Letters of different names."""
    return [letter(str(name), **assumptions) for name in rng.permutation(NAMES)[:how_many]]


def fraction(rng: np.random.Generator) -> sp.Rational:
    return sp.Rational(int(rng.integers(1, 30)), int(rng.integers(1, 10)))


def either(rng: np.random.Generator) -> bool:
    return bool(rng.random() < 0.5)


def below(lam: sp.Symbol, limit: sp.Rational | None) -> tuple[Condition, ...]:
    return () if limit is None else (Condition(lam, "<", limit),)


# -- lemmas ---------------------------------------------------------------------------------------------------


def levels(rng: np.random.Generator) -> Case:
    """Sum lam^2 < b sum lam where every eigenvalue is below b; on a spectrum below some other number, or below none.

    One eigenvalue decides: it is true where all eigenvalues are below b, and false at one between b and the number.
    """
    b, other = fraction(rng), fraction(rng) if rng.random() < 0.7 else None
    (lam,) = letters(rng, 1, positive=True)
    S = any_spectrum("S", "eigenvalues below b", lam, conditions=below(lam, b))
    T = any_spectrum("T", "eigenvalues", lam, conditions=below(lam, other))
    (first, line), (start, wanted) = ((total(lam**2, over), b * total(lam, over)) for over in (S, T))
    lemma = stated(first, "<", line, Domain((S,)), Derivation(first).bound("<", line, by=total(lam * (b - lam), S)))
    scale = fraction(rng)
    chain = Derivation(scale * start)
    if either(rng):
        chain = chain.using(lemma, "<", scale * wanted, factor=scale, S=T)
    else:
        chain = chain.knowing(lemma, S=T).bound("<", scale * wanted)
    true = other is not None and Fraction(other.p, other.q) <= Fraction(b.p, b.q)
    return case("A1", true, scale * start, "<", scale * wanted, Domain((T,)), chain)


def under_a_total(rng: np.random.Generator) -> Case:
    """c sum lam = sum (c lam), with c a number (true) or a power of lam (false).

    (sum lam^(k+1))^2 is less than sum lam sum lam^(2k+1) at eigenvalues 1 and 2, by the inequality of Cauchy.
    """
    lam, c, a = letters(rng, 3, positive=True)
    S, k = any_spectrum("S", "any spectrum", lam), int(rng.integers(1, 4))
    inside, outside = total(c * lam, S), c * total(lam, S)
    lemma = stated(inside, "=", outside, Domain((S, c)), Derivation(inside).rewrite(outside))
    if either(rng):
        put = fraction(rng) * a**k
        start = total(put * lam, S)
        chain = Derivation(start).apply(lemma, **{c.name: put})
        return case("A2", True, start, "=", put * total(lam, S), Domain((S, a)), chain)
    start = total(lam ** (k + 1), S) ** 2 / total(lam ** (2 * k + 1), S)
    chain = Derivation(start).apply(lemma, **{c.name: lam**k}).apply(lemma, **{c.name: lam ** (2 * k)})
    return case("A2", False, start, "=", total(lam, S), Domain((S,)), chain.rewrite(total(lam, S)))


def under_a_derivative(rng: np.random.Generator) -> Case:
    """d(c y^k)/dy <= k c y^(k-1), with c a number (true) or y^e, where the derivative is (k + e) y^(k+e-1) (false)."""
    c, y, a = letters(rng, 3, positive=True)
    k, e, true = int(rng.integers(2, 5)), int(rng.integers(1, 4)), either(rng)
    left, right = sp.Derivative(c * y**k, y), k * c * y ** (k - 1)
    lemma = stated(left, "<=", right, Domain((c, y)), Derivation(left).differentiate().rewrite(right))
    put = a**e if true else y**e
    start, line = sp.Derivative(put * y**k, y), k * put * y ** (k - 1)
    chain = Derivation(start).using(lemma, "<=", line, **{c.name: put})
    return case("A2", true, start, "<=", line, Domain((a, y) if true else (y,)), chain)


def under_an_integral(rng: np.random.Generator) -> Case:
    """The integral of 1/(c + t)^2 over the half line is 1/c; with c = a + k t it is 1/((1 + k) a), not 1/(a + k)."""
    c, t, a = letters(rng, 3, positive=True)
    over, k, true = (t, 0, sp.oo), int(rng.integers(1, 9)), either(rng)
    left = sp.Integral((c + t) ** -2, over)
    lemma = stated(left, "=", 1 / c, Domain((c,)), Derivation(left).by_parts(sp.Integer(1), -1 / (c + t)))
    put = k * a if true else a + k * t
    start, line = sp.Integral((put + t) ** -2, over), 1 / (k * a) if true else 1 / (a + k)
    return case("A2", true, start, "=", line, Domain((a,)), Derivation(start).apply(lemma, **{c.name: put}))


def real_values(rng: np.random.Generator) -> Case:
    """0 <= y^2 for real y, with y = sqrt(p a + q): true where that is real, p a + q >= 0 on the domain of a.

    a runs over the numbers from ``low`` on, so that p low + q >= 0 decides for p > 0, and p < 0 is false.
    """
    y, a = letters(rng, 2, real=True)
    p, q, low = (int(v) for v in (rng.choice([-2, -1, 1, 2]), rng.integers(-5, 6), rng.integers(-5, 6)))
    lemma = stated(-(y**2), "<=", 0, Domain((y,)), Derivation(-(y**2)).bound("<=", ZERO))
    chain = Derivation(-(p * a + q)).using(lemma, "<=", ZERO, **{y.name: sp.sqrt(p * a + q)})
    true = p > 0 and p * low + q >= 0
    return case("A5", true, -(p * a + q), "<=", 0, Domain((a,), (Condition(a, ">=", low),)), chain)


def whole_values(rng: np.random.Generator) -> Case:
    """2 <= m for whole m > 1, with m = 1 + p k/r for k = 1, 2, ...: true unless p < r, where it is below 2 at k = 1.

    Often SymPy is told that k is even, odd or a prime, which no reader of the claim sees.
    """
    (m,), (k,) = letters(rng, 1, integer=True), [letter("k", integer=True, positive=True)]
    hidden = str(rng.choice(["", "", "", "even", "odd", "prime"]))
    if hidden:
        k = letter("k", integer=True, positive=True, **{hidden: True})
    r = 2 if hidden == "even" else int(rng.integers(1, 5))
    p = r if either(rng) else int(rng.integers(1, 5))
    two = sp.Integer(2)
    lemma = stated(two, "<=", m, Domain((m,), (Condition(m, ">", 1),)), Derivation(two).bound("<=", m))
    put = 1 + p * k / sp.Integer(r)
    chain = Derivation(two).using(lemma, "<=", put, **{m.name: put})
    return Case("A5", lambda: stated(two, "<=", put, Domain((k,)), chain), p >= r)


def assumptions(rng: np.random.Generator) -> Case:
    """A claim on "every z", of which SymPy knows what is neither shown nor checked: counted as false, to be refused."""
    kinds = ("even", "prime", "irrational", "rational", "imaginary", "zero", "noninteger", "complex", "infinite")
    z = sp.Symbol(letters(rng, 1)[0].name, **{str(rng.choice(kinds)): True})
    start = z - fraction(rng)
    return Case("A5", lambda: stated(start, "<", z, Domain((z,)), Derivation(start).bound("<", z)), False)


def quantities(rng: np.random.Generator) -> Case:
    """E tr X'X = n d: as what a letter V is by definition (true), as a fact about a free or another V (false)."""
    (V,) = letters(rng, 1, positive=True)
    n, d = letter("rows", integer=True, positive=True), letter("cols", integer=True, positive=True)
    X, k, kind = gaussian("G", n, d), int(rng.integers(1, 9)), int(rng.integers(5))
    setting = Setting((Sample.of(n, (X,)),))
    first, second = (Quantity(V, "a mean", value, setting) for value in (tr(X.T @ X), tr(X.T @ X @ X.T @ X)))
    lemma = stated(first, "=", n * d, Domain((n, d)), Derivation(first).expect(X).in_names())
    line, chain = k * n * d, Derivation(k * V).apply(lemma)
    if kind == 0:
        return case("A3", False, k * V, "=", line, Domain((n, d, V)), chain)
    if kind == 1:
        return case("A3", True, k * V, "=", line, Domain((n, d)), chain, given=(Equation(V, V - n * d),))
    if kind == 2:
        return case("A3", False, k * V, "=", line, Domain((n, d)), chain, given=(Equation(V, V - n * d - k),))
    # E tr (X'X)^2 = n d (n + d + 1) is n d + 2 n d or more; at n = d = 9 more than n d + k.
    start, more = (first, second)[kind - 3], n * d + k
    return case("A3", kind == 3, start, "<", more, Domain((n, d)), Derivation(start).apply(lemma).bound("<", more))


def given_equations(rng: np.random.Generator) -> Case:
    """With k = p a, p k < q a as long as p^2 < q; put to a claim whose k is r a, or the other root of k^2 = p a."""
    (k,), (a,) = letters(rng, 1, real=True), [letter("a", positive=True)]
    p, r, q = (int(v) for v in rng.integers(1, 7, 3))
    q, r, domain, kind = max(q, p * p + 1), p if either(rng) else r, Domain((a,)), int(rng.integers(3))
    if kind < 2:
        root = Equation(k, k**2 - p * a, bracket=(ZERO, sp.oo))
        lemma = stated(-k, "<", 0, domain, Derivation(-k).bound("<", ZERO), given=(root,))
        own = root if kind else Equation(k, root.residual, bracket=(-sp.oo, ZERO))
        return case("A4", bool(kind), -k, "<", 0, domain, Derivation(-k).using(lemma, "<", ZERO), given=(own,))
    known = Equation(k, k - p * a)
    lemma = stated(p * k, "<", q * a, domain, Derivation(p * k).eliminate(k, known).bound("<", q * a), given=(known,))
    chain = Derivation(p * k).using(lemma, "<", q * a)
    return case("A4", p * r < q, p * k, "<", q * a, domain, chain, given=(Equation(k, k - r * a),))


# -- names ----------------------------------------------------------------------------------------------------


def one_name(rng: np.random.Generator) -> Case:
    """Sum lam <= c |S| for every c >= 0 is false at c = 0, whatever c is called; -sum lam <= c is true."""
    lam, other = letters(rng, 2, positive=True)
    S, true = any_spectrum("S", "any spectrum", lam), either(rng)
    c = letter(lam.name if not true and either(rng) else other.name, nonnegative=True)
    start, line = (-total(lam, S), c) if true else (total(lam, S), c * total(1, S))
    return case("C1", true, start, "<=", line, Domain((S, c)), Derivation(start).bound("<=", line))


def roles(rng: np.random.Generator) -> Case:
    """One letter bound and free, a spectrum among numbers, an integral over a parameter: no statement; else true."""
    lam, c = letters(rng, 2, positive=True)
    S, kind = any_spectrum("S", "any spectrum", lam), int(rng.integers(6))
    if kind == 0:
        start, line = c * total(1, S), total(lam, S)
        chain = Derivation(start).rewrite(line)
        return case("C1", False, start, "=", line, Domain((S,)), chain, given=(Equation(c, c - lam),))
    if kind == 1:
        start = -S * total(lam, S)
        return case("C1", False, start, "<=", 0, Domain((S,)), Derivation(start).bound("<=", ZERO))
    if kind == 2:
        five = sp.Integer(5)
        return case("C1", False, c, ">", 5, Domain((c,), facts=(Condition(c, ">", 5),)), Derivation(c).bound(">", five))
    if kind == 3:
        start = sp.Integral((c + 1) ** -2, (c, 0, sp.oo))
        return case("C1", False, start, "=", 1 / c, Domain((c,)), Derivation(start).rewrite(start))
    start, line = total(c * lam, S), c * total(lam, S)
    return case("C1", True, start, "=", line, Domain((S, c)), Derivation(start).rewrite(line))


def nested_levels(rng: np.random.Generator) -> Case:
    """Sum over S of lam times the sum over T of (lam - b) is negative where T lies below b; S lies below b anyway."""
    b, other = fraction(rng), fraction(rng) if rng.random() < 0.7 else None
    lam, mu = letters(rng, 2, positive=True)
    inner = lam if either(rng) else mu
    S = any_spectrum("S", "below b", lam, conditions=below(lam, b))
    T = any_spectrum("T", "another one", inner, conditions=below(inner, other))
    start = total(lam * total(inner - b, T), S)
    true = other is not None and Fraction(other.p, other.q) <= Fraction(b.p, b.q)
    return case("C2", true, start, "<", 0, Domain((S, T)), Derivation(start).bound("<", ZERO))


def nested_values(rng: np.random.Generator) -> Case:
    """An inner sum g goes in front of the outer one where it does not vary with its letter (true), and not else.

    |T| sum mu g(mu) = sum g(mu) sum mu fails at two levels for every g that falls with mu.
    """
    lam, mu = letters(rng, 2, positive=True)
    S, T = any_spectrum("S", "one", lam), any_spectrum("T", "another", mu)
    p, true = int(rng.integers(1, 4)), either(rng)
    inner = total(lam**p if true else (lam + mu) ** -p, S)
    left, right = total(mu * inner, T) * total(1, T), total(inner, T) * total(mu, T)
    return case("C2", true, left, "=", right, Domain((S, T)), Derivation(left).rewrite(right))


def nested_poles(rng: np.random.Generator) -> Case:
    """1/(b - lam) over T is defined where T lies below b; S lies below b anyway. Twice its half is compared with it."""
    b, other = fraction(rng), fraction(rng) if rng.random() < 0.7 else None
    (lam,) = letters(rng, 1, positive=True)
    S = any_spectrum("S", "below b", lam, conditions=below(lam, b))
    T = any_spectrum("T", "another one", lam, conditions=below(lam, other))
    start, line = total(1 / (b - lam), T) + total(lam, S), total(2 / (b - lam), T) / 2 + total(lam, S)
    true = other is not None and Fraction(other.p, other.q) <= Fraction(b.p, b.q)
    return case("C2", true, start, "=", line, Domain((S, T)), Derivation(start).rewrite(line))


def new_variables(rng: np.random.Generator) -> Case:
    """sqrt(x^2) < x + e on (-1, 1) is false near -1 for e < 1; the new variable of the boxes is called positive."""
    (x,), name = letters(rng, 1, real=True), str(rng.choice(OWN))
    kind: dict[str, bool] = [{"positive": True}, {"integer": True, "positive": True}, {"nonnegative": True}][
        int(rng.integers(3))
    ]
    v, e = letter(f"v{name}", **kind), sp.Rational(int(rng.integers(1, 10)), 10)
    domain = Domain((x,), (Condition(x, ">", -1), Condition(x, "<", 1)))
    evidence = Certificate(substitute={x: v}, ranges={v: (-1, 1)})
    return case("C3", False, sp.sqrt(x**2), "<", x + e, domain, evidence)


def own_letters(rng: np.random.Generator) -> Case:
    """a <= k b for letters that are called as the program's own slacks and variables: false at a = 1, b = 0."""
    a = letter(str(rng.choice(("a", "x", "n", "lam"))), nonnegative=True)
    b, k, true = letter(str(rng.choice(OWN)), nonnegative=True), int(rng.integers(1, 5)), either(rng)
    line = k * b + (a if true else 0)
    return case("C3", true, a, "<=", line, Domain((a, b)), Derivation(a).bound("<=", line))


def scalars(rng: np.random.Generator) -> Case:
    """E tr X'X A = n tr A, stated in the scalar tr A (true); in one that is defined twice, or is a size (false).

    tr A and tr B are different for most A and B, and so are tr A and d.
    """
    (V,) = letters(rng, 1, positive=True)
    n, d = letter("rows", integer=True, positive=True), letter("cols", integer=True, positive=True)
    s, kind = letter("s", real=True), int(rng.integers(3))
    X, A, B = gaussian("G", n, d), fixed("A", d, d, symmetric=True), fixed("B", d, d, symmetric=True)
    told = [((s, tr(A)),), ((s, tr(A)), (s, tr(B))), ((d, tr(A)),)][kind]
    value = tr(X.T @ X @ (B if kind == 1 else A))
    line = n * (d if kind == 2 else s)
    domain = Domain((n, d) if kind == 2 else (n, d, s))

    def make() -> Claim:
        setting = Setting((Sample.of(n, (X,)),), told, lambda point, rng: _matrices(point, rng))
        quantity = Quantity(V, "a mean", value, setting)
        return stated(quantity, "=", line, domain, Derivation(quantity).expect(X).in_names())

    return Case("C4", make, kind == 0)


def _matrices(point: Any, rng: np.random.Generator) -> dict[str, Any]:
    made = {name: rng.integers(-3, 4, (point["cols"], point["cols"])) for name in "AB"}
    return {name: m + m.T for name, m in made.items()}


FAMILIES: tuple[Callable[[np.random.Generator], Case], ...] = (
    levels,
    under_a_total,
    under_a_derivative,
    under_an_integral,
    real_values,
    whole_values,
    assumptions,
    quantities,
    given_equations,
    one_name,
    roles,
    nested_levels,
    nested_values,
    nested_poles,
    new_variables,
    own_letters,
    scalars,
)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """One case of every family in turn."""
    while True:
        for family in FAMILIES:
            yield family(rng)

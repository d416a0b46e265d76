"""False claims about random matrices, and true ones of the same shape.

Three families. *ranks*: random expressions in projectors, pseudo-inverses and things that cancel, whose trace is the
same in every draw; the truth is numpy's, at every size of a grid that the claim admits, where an inverse of a matrix of
low rank does not exist. *moments*: means of traces of Gaussian matrices by textbook formulas, right and with a changed
coefficient. *laws*: experiments that do not exist on the whole domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp
from adversary import Case

from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Mat,
    Quantity,
    Sample,
    Setting,
    Source,
    fixed,
    gaussian,
    gram_inverse,
    identity,
    pinv,
    projector,
    symbol,
    tr,
)

n = symbol("n", "number of rows", integer=True, positive=True)
d = symbol("d", "number of columns", integer=True, positive=True)
s = symbol("s", "a number of either sign", real=True)
t = symbol("t", "a trace of either sign", real=True)
V = symbol("V", "the mean", real=True)
X, Y = gaussian("X", n, d), gaussian("Y", n, d)
U, S = fixed("U", n, d, orthonormal=True), fixed("S", d, d, symmetric=True)
GRID = [(rows, cols) for rows in range(1, 6) for cols in range(1, 6)]


class Undefined(Exception):  # noqa: N818 - it names what happened
    """A matrix that has no inverse at a size."""


@dataclass(frozen=True)
class Both:
    """One expression, as the package writes it and as numpy computes it from X."""

    written: Mat
    value: Callable[[np.ndarray], np.ndarray]


def inverse(x: np.ndarray) -> np.ndarray:
    """(X'X)^{-1}, or :class:`Undefined`."""
    gram = x.T @ x
    if np.linalg.matrix_rank(gram) < len(gram):
        raise Undefined
    return np.asarray(np.linalg.inv(gram))


def leaf(rng: np.random.Generator, square: str) -> Both:
    """A square matrix on the rows or on the columns, each the same in all draws up to a change of basis."""
    if square == "d":
        return [
            Both(identity(d), lambda x: np.eye(x.shape[1])),
            Both(pinv(X) @ X, lambda x: inverse(x) @ x.T @ x),
            Both(X.T @ X @ gram_inverse(X), lambda x: x.T @ x @ inverse(x)),
            Both(X.T @ projector(X) @ X @ gram_inverse(X), lambda x: x.T @ x @ inverse(x) @ x.T @ x @ inverse(x)),
        ][int(rng.integers(4))]
    return [
        Both(identity(n), lambda x: np.eye(x.shape[0])),
        Both(projector(X), lambda x: x @ inverse(x) @ x.T),
        Both(pinv(X).T @ X.T, lambda x: x @ inverse(x) @ x.T),
        Both(identity(n) - projector(X), lambda x: np.eye(x.shape[0]) - x @ inverse(x) @ x.T),
    ][int(rng.integers(4))]


def expression(rng: np.random.Generator, square: str, depth: int) -> Both:
    """A random expression: products, sums, multiples, transposes, and what cancels or is multiplied by zero."""
    if depth == 0:
        return leaf(rng, square)
    a, b = expression(rng, square, depth - 1), expression(rng, square, depth - 1)
    c = int(rng.integers(-2, 3))
    return [
        Both(a.written @ b.written, lambda x: a.value(x) @ b.value(x)),
        Both(a.written + b.written * c, lambda x: a.value(x) + c * b.value(x)),
        Both(a.written.T, lambda x: a.value(x).T),
        Both(a.written + (b.written - b.written), lambda x: a.value(x) + b.value(x) - b.value(x)),
        Both(a.written + 0 * b.written, lambda x: a.value(x) + 0 * b.value(x)),
        Both(a.written @ a.written, lambda x: a.value(x) @ a.value(x)),
    ][int(rng.integers(6))]


def traces(made: Both, rng: np.random.Generator) -> dict[tuple[int, int], float | None]:
    """The trace at each size of the grid; None where it does not exist."""
    found: dict[tuple[int, int], float | None] = {}
    for size in GRID:
        try:
            found[size] = float(np.trace(made.value(rng.standard_normal(size))))
        except Undefined:
            found[size] = None
    return found


def claim(
    quantity: Quantity, right: sp.Expr, domain: Domain, chain: Callable[[Derivation], Derivation] = Derivation.in_names
) -> Claim:
    """The claim that the quantity is the right side, derived."""
    source = Source("words", "A. Author", "On words", 2026)
    return Claim(
        "word", "The mean is this.", Compare(quantity, "=", right), domain, source, (chain(Derivation(quantity)),)
    )


def ranks(rng: np.random.Generator) -> Iterator[Case]:
    """Traces that are sums of ranks, with the condition n >= d kept, weakened or dropped, and coefficients changed."""
    while True:
        made = expression(rng, "nd"[int(rng.integers(2))], int(rng.integers(1, 4)))
        known = traces(made, rng)
        # a n + b d + c through three sizes at which everything exists
        rows = np.array([[4, 2, 1], [5, 2, 1], [5, 3, 1]])
        values = [known[4, 2], known[5, 2], known[5, 3]]
        a, b, c = (int(k) for k in np.round(np.linalg.solve(rows, np.array(values, dtype=float))))
        change = int(rng.integers(8))
        a, b, c = a + (change == 0), b - (change == 1), c + (change == 2)
        least = [d, d, d + 1, d - 1, sp.Integer(1), d - 2][int(rng.integers(6))]
        admitted = [(rows_, cols) for rows_, cols in GRID if rows_ >= least.subs(d, cols)]
        true = all(
            (value := known[size]) is not None and abs(value - (a * size[0] + b * size[1] + c)) < 1e-6
            for size in admitted
        )
        quantity = Quantity(V, "", tr(made.written), Setting((Sample.of(n, (X,)),)))
        domain = Domain((d, n), (Condition(n, ">=", least),))
        right = sp.sympify(a * n + b * d + c)
        yield Case("ranks", lambda q=quantity, r=right, dom=domain: claim(q, r, dom), true)


MOMENTS: tuple[tuple[Mat, sp.Expr], ...] = (
    (X.T @ X, n * d),
    (X.T @ X @ X.T @ X, n * d * (n + d + 1)),
    (X.T @ Y @ Y.T @ X, n * d**2),
    (X.T @ X @ Y.T @ Y, n**2 * d),
    (X @ X.T @ X @ X.T @ Y @ Y.T, n * d**2 * (n + d + 1)),
)


def moments(rng: np.random.Generator) -> Iterator[Case]:
    """Textbook means of Gaussian matrices, times a number, and the same with one coefficient changed."""
    setting = Setting((Sample.of(n, (X,)), Sample.of(n, (Y,))))
    while True:
        word, mean = MOMENTS[int(rng.integers(len(MOMENTS)))]
        c = Fraction(int(rng.integers(1, 9)), int(rng.integers(1, 9)))
        factor = sp.Rational(c.numerator, c.denominator)
        wrong = [0, 0, d, n, -1, n * d][int(rng.integers(6))]
        quantity = Quantity(V, "", tr(word * factor), setting)
        right = sp.sympify(mean * factor + wrong)

        def chain(start: Derivation, both: bool = quantity.value.atoms[-1].name == "Y") -> Derivation:
            return (start.expect(Y) if both else start).expect(X).in_names()

        yield Case("moments", lambda q=quantity, r=right, ch=chain: claim(q, r, Domain((d, n)), ch), wrong == 0)


def laws(rng: np.random.Generator) -> Iterator[Case]:
    """Covariances of either sign, more orthonormal columns than rows, identities of negative size, lost inverses."""
    z = gaussian("z", n, 1)
    one = identity(sp.Integer(1))

    def averaged(start: Derivation) -> Derivation:
        return start.expect(z).in_names()

    def columns(start: Derivation) -> Derivation:
        return start.expect(X).in_names()

    variance = Quantity(V, "", tr(z.T @ z), Setting((Sample.of(n, (z,), {(z, z): s * one}),)))
    frame = Quantity(V, "", tr(U.T @ U), Setting((Sample.of(n, (z,)),)))
    frames = lambda p, r: {"U": np.eye(int(p["n"]))[:, : int(p["d"])]}  # noqa: E731
    hat = Quantity(V, "", tr(U.T @ z @ z.T @ U), Setting((Sample.of(n, (z,)),), realise=frames, rounded=True))
    empty = Quantity(V, "", tr(identity(n - d)), Setting((Sample.of(n, (z,)),)))
    correlated = Sample.of(n, (X, Y), {(X, Y): s * identity(d)})
    pair = Quantity(V, "", tr(X.T @ Y), Setting((correlated,)))
    flat = Sample.of(n, (X,), {(X, X): s * identity(d)})
    singular = Quantity(V, "", tr(projector(X)), Setting((flat,)))
    shaped = Sample.of(n, (X,), {(X, X): S})
    trace = Quantity(
        V, "", tr(X.T @ X), Setting((shaped,), ((t, tr(S)),), lambda p, r: {"S": np.eye(int(p["d"]))}, rounded=True)
    )
    while True:
        k = int(rng.integers(-3, 4))
        low = Condition(s, ">=", sp.Integer(k))
        rows = Condition(n, ">=", d + k)
        within = (Condition(s, ">=", sp.Rational(k, 2)), Condition(s, "<=", sp.Rational(int(rng.integers(1, 4)), 2)))
        inside = k >= -2 and within[1].rhs <= 1 and k / 2 <= within[1].rhs
        a_number = sp.Rational(k, 3)

        def both(start: Derivation) -> Derivation:
            return start.expect(X, Y).in_names()

        options = (
            (variance, n * s, Domain((n, s), (low,)), averaged, k >= 0),
            (frame, d, Domain((d, n), (rows,)), Derivation.in_names, k >= 0),
            (hat, d, Domain((d, n), (rows,)), averaged, k >= 0),
            (empty, n - d, Domain((d, n), (rows,)), Derivation.in_names, k >= 0),
            (pair, n * d * s, Domain((d, n, s), within), both, inside),
            (singular, d, Domain((d, n, s), (Condition(n, ">=", d), low)), Derivation.in_names, k >= 1),
            (trace, n * t, Domain((d, n, t), (Condition(t, ">", a_number),)), columns, k >= 0),
        )
        quantity, right, domain, chain, true = options[int(rng.integers(len(options)))]
        made = lambda q=quantity, r=right, dom=domain, ch=chain: claim(q, r, dom, ch)  # noqa: E731
        yield Case("laws", made, true)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of the three families in turn."""
    families = ranks(rng), ranks(rng), moments(rng), laws(rng)
    while True:
        yield next(families[int(rng.integers(len(families)))])

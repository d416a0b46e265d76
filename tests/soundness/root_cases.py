"""Random claims that fail at a root, a branch or a number of levels that draws do not meet.

H1: a comparison on a domain with an equation that has several roots, written as a product or multiplied out; controls
state what is true of all roots. H2: an equation f(p) = f(q) in a domain, or in an equivalence with p = q, where f takes
its values twice; controls are increasing. H3: an equation in an equivalence with one of its roots; controls name all.
H4: determinants of power sums, which are zero on spectra of few levels only; controls say that they are not
negative. Truth is known from the construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy as sp
from soundness.adversary import Case
from soundness.tie_cases import SOURCE, S, compared, lam, p, q

from w2s_sym import Claim, Compare, Condition, Domain, Iff, Precision, total

ZERO = sp.S.Zero
# Functions of a positive number that take some values twice, and increasing ones.
TWICE = (
    lambda u: u / (1 + u) ** 2,
    lambda u: u * sp.exp(-u),
    lambda u: (u - 20) ** 2,
    lambda u: sp.sqrt(u) - u,
    lambda u: u * sp.log(u),
    lambda u: sp.Abs(u - 3),
    lambda u: u + 4 / u,
    lambda u: u**3 - 6 * u**2 + 9 * u,
)
ONCE = (
    lambda u: u**3 + u,
    lambda u: u * sp.exp(u),
    lambda u: u - 1 / u,
    lambda u: u / (1 + u),
    lambda u: sp.log(u) + u,
)


def _roots(rng: np.random.Generator) -> list[sp.Expr]:
    """One, which draws meet, and one or two other positive numbers, the least first."""
    found: set[sp.Expr] = {sp.Integer(1)}
    while len(found) < int(rng.integers(2, 4)):
        whole = sp.Integer(int(rng.integers(2, 12)))
        found.add((whole, whole / 7, sp.sqrt(whole), sp.log(whole))[rng.integers(4)])
    return sorted(found, key=lambda r: sp.N(r, 30))


def _vanishing(rng: np.random.Generator, roots: list[sp.Expr]) -> sp.Expr:
    """A function of p that is zero at these positive numbers alone."""
    factors = []
    for r in roots:
        if isinstance(r, sp.log):
            factors.append(sp.exp(p) - r.args[0])
        elif r.is_Rational:
            factors.append(p - r)
        else:
            factors.append(p**2 - r**2)
    found = sp.Mul(*factors)
    return sp.expand(found) if rng.random() < 0.5 else found


def several_roots(rng: np.random.Generator) -> Case:
    """H1."""
    roots = _roots(rng)
    equation = Condition(_vanishing(rng, roots), "=", ZERO)
    below, above = sp.floor(roots[0]), sp.ceiling(roots[-1]) + 1
    chance = rng.random()
    if chance < 0.4:
        one = roots[rng.integers(len(roots))]
        return Case("H1", lambda: compared(p, "=", one, equation), False)
    if chance < 0.7:
        return Case("H1", lambda: compared(p, "<", roots[-1], equation), False)
    if chance < 0.85:
        return Case("H1", lambda: compared(p, "<", above, equation), True)
    return Case("H1", lambda: compared(p, ">=", below, equation), True)


def branches(rng: np.random.Generator) -> Case:
    """H2."""
    false = rng.random() < 0.6
    f = (TWICE if false else ONCE)[rng.integers(8 if false else 5)]
    if rng.random() < 0.5:
        return Case("H2", lambda: compared(p, "=", q, Condition(f(p), "=", f(q))), not false)
    return Case("H2", lambda: equivalent(Compare(f(p), "=", f(q)), Compare(p, "=", q), p, q), not false)


def one_root(rng: np.random.Generator) -> Case:
    """H3."""
    roots = _roots(rng)
    left = Compare(_vanishing(rng, roots), "=", ZERO)
    if rng.random() < 0.6:
        return Case("H3", lambda: equivalent(left, Compare(p, "=", roots[rng.integers(len(roots))]), p), False)
    every = Compare(2 * sp.Mul(*(p - r for r in roots)), "=", ZERO)
    return Case("H3", lambda: equivalent(left, every, p), True)


def levels(rng: np.random.Generator) -> Case:
    """H4."""
    size = (3, 4, 3, 4, 6)[rng.integers(5)]
    names = sp.symbols(f"h0:{2 * size - 1}")
    found = sp.expand(sp.Matrix(size, size, lambda i, j: names[i + j]).det(method="berkowitz"))
    found = found.subs({name: total(lam**k, S) for k, name in enumerate(names)})
    plus = sp.Add(*(term for term in sp.Add.make_args(found) if not term.could_extract_minus_sign()))
    relation, true = (("=", False), ("<=", False), (">=", True))[rng.integers(3)]
    return Case("H4", lambda: compared(plus, relation, sp.expand(plus - found)), true)


def equivalent(left: Compare, right: Compare, *symbols: Any) -> Claim:
    """A claim that two conditions are equivalent, with Precision as its evidence."""
    return Claim("equivalent", "A.", Iff(left, right), Domain(symbols), SOURCE, (Precision(),))


MAKERS = (several_roots, branches, one_root, levels)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of all kinds, in random order."""
    while True:
        yield MAKERS[rng.integers(len(MAKERS))](rng)

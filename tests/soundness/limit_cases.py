"""Random limits that are another one somewhere, equivalences that fail on a small part, and squares that all vanish.

L1: limits whose error is of the stated order at most points. A defect makes false ones: a switch far from the small
numbers, a plateau, a jump at a point, a coefficient that is zero somewhere, or a spectrum of one level; true ones have
the same shape with a defect that changes nothing on the domain. L2: equivalences ``(p - 1) f > 0`` iff ``p > 1``, false
where f is zero or negative, for f without a zero true. L3: sums of squares of two to five symbols, each of which is
zero at one planted point, compared with zero by ``>``. Truth is known from the construction.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy as sp
from soundness.adversary import Case
from soundness.tie_cases import SOURCE, S, compared, p, q

from w2s_sym import Asymptotic, Claim, Compare, Derivation, Domain, Iff, Precision, total
from w2s_sym.formula.notation import symbol

n = symbol("n", "a size", positive=True, integer=True)
x = symbol("x", "a number", real=True)
MORE = [symbol(letter, f"the number {letter}", positive=True) for letter in "stu"]


def limit(left: sp.Expr, right: sp.Expr, *symbols: sp.Symbol) -> Claim:
    """The claim that ``left = right + O(1/n)``, and no faster."""
    return Claim("limit", "A limit.", Asymptotic(left, right, n), Domain((*symbols, n)), SOURCE, (Precision(),))


def iff(left: sp.Expr, *symbols: sp.Symbol, derived: bool = False) -> Claim:
    """The claim that ``left > 0`` if and only if ``p > 1``; a derivation that shows nothing may stand beside."""
    statement = Iff(Compare(left, ">", 0), Compare(p, ">", 1))
    evidence = (Derivation.same_sign(), Precision()) if derived else (Precision(),)
    return Claim("iff", "Both or neither.", statement, Domain(symbols), SOURCE, evidence)


def limits(rng: np.random.Generator) -> Case:
    """L1."""
    far = sp.Rational(int(rng.integers(30, 10**6)), int(rng.integers(1, 4)))
    near = sp.Integer(int(rng.integers(1, 5)))
    factor = sp.Rational(int(rng.integers(1, 9)), int(rng.integers(1, 5)))
    base = (p, sp.S.Zero, p / (1 + p), sp.sqrt(p))[rng.integers(4)]
    kind = int(rng.integers(9))
    false: tuple[tuple[sp.Expr, sp.Expr, tuple[sp.Symbol, ...]], ...] = (
        (sp.Min(p, far) + factor / n, p, (p,)),
        (base + factor / n + sp.Max(0, p - far), base, (p,)),
        (sp.Abs(p - far) + factor / n, far - p, (p,)),
        (base + factor / n + sp.Max(0, 1 - (p - far) ** 2), base, (p,)),
        (base + factor / n + sp.exp(-n * (p - near) ** 2), base, (p,)),
        (base + sp.Abs(p - near) * factor / n, base, (p,)),
        (base + factor * sp.log(p) / n, base, (p,)),
        (factor * sp.sin(x) / n + x, x, (x,)),
        (sp.Max(total(1, S), 1 + near) + factor / n, total(1, S), (S,)),
    )
    true: tuple[tuple[sp.Expr, sp.Expr, tuple[sp.Symbol, ...]], ...] = (
        (sp.Max(p, -far) + factor / n, p, (p,)),
        (base + factor / n, base, (p,)),
        (sp.Abs(p + far) + factor / n, far + p, (p,)),
        (base + (factor + (p - far) ** 2) / n, base, (p,)),
        (base + factor / (n + p), base, (p,)),
        (base + (p + near) * factor / n, base, (p,)),
        (base + factor * sp.log(2 + p) / n, base, (p,)),
        (factor * (2 + sp.sin(x)) / n + x, x, (x,)),
        (sp.Max(total(1, S), 1) + factor / n, total(1, S), (S,)),
    )
    wrong = bool(rng.random() < 0.65)
    left, right, symbols = (false if wrong else true)[kind]
    return Case("L1", lambda: limit(left, right, *symbols), not wrong)


def equivalences(rng: np.random.Generator) -> Case:
    """L2."""
    a, b = (sp.Integer(int(v)) for v in rng.integers(2, 90, 2))
    false = (
        ((p**2 - a) ** 2, (p,)),
        ((p - a) ** 2 + (q - b) ** 2 - 1, (p, q)),
        ((p - a) ** 2 + (q - b) ** 2, (p, q)),
        (sp.Abs(p - q - a), (p, q)),
        (1 - 2 * sp.exp(-((p - a) ** 2)), (p,)),
        ((p * q - a) ** 2, (p, q)),
    )
    true = (
        (p**2 + a, (p,)),
        ((p - a) ** 2 + (q - b) ** 2 + 1, (p, q)),
        (p + q**2, (p, q)),
        (sp.Abs(p + q) + a, (p, q)),
        (2 - sp.exp(-((p - a) ** 2)), (p,)),
        ((p * q - a) ** 2 + b, (p, q)),
    )
    kind, wrong = int(rng.integers(len(false))), bool(rng.random() < 0.65)
    factor, symbols = (false if wrong else true)[kind]
    # Of bells a derivation without a factor takes all of its budget.
    derived = bool(rng.random() < 0.5) and not factor.has(sp.exp)
    return Case("L2", lambda: iff((p - 1) * factor, *symbols, derived=derived), not wrong)


def squares(rng: np.random.Generator) -> Case:
    """L3."""
    symbols = [p, q, *MORE][: int(rng.integers(2, 6))]
    at = {s: sp.Rational(int(rng.integers(1, 10)), int(rng.integers(1, 4))) for s in symbols}
    made = sp.S.Zero
    for k in range(len(symbols)):
        one, other = symbols[k], symbols[(k + 1) % len(symbols)]
        f = (one * other, one + other**2, one**2 - other, one - other, one * other**2)[rng.integers(5)]
        made += (f - f.xreplace(at)) ** 2
    if rng.random() < 0.3:
        return Case("L3", lambda: compared(made + sp.Rational(1, 10), ">", sp.S.Zero), True)
    return Case("L3", lambda: compared(made if rng.random() < 0.6 else sp.expand(made), ">", sp.S.Zero), False)


MAKERS = (limits, equivalences, squares)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Cases of all kinds, in random order."""
    while True:
        yield MAKERS[rng.integers(len(MAKERS))](rng)

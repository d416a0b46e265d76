"""Has an equation exactly one root in an open interval, at every point of a domain?

The rule: ``None`` is returned only with one of three proofs, each by proofs of sign. (1) The equation is linear in its
unknown; then the root is a formula, and that formula is shown to lie in the interval. (2) Cleared of divisors that do
not vanish there and moved to the half line, it is a polynomial whose coefficients change sign exactly once: it has
exactly one positive root (Descartes). (3) The left side is smooth and its derivative has one sign inside, while its
limits at the two ends have opposite signs.

Anything else is "not shown", and the answer says what was missing. That is never "no".
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain, at_level
from w2s_sym.formula.sign_algebra import Sign
from w2s_sym.formula.signs import proves, sign
from w2s_sym.formula.totals import Total

_Ends = tuple[sp.Expr, sp.Expr]

# What a root may be looked for in: these are smooth wherever they are defined and their derivatives are.
_SMOOTH = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, Total)


class _NotShownError(ValueError):
    """What was missing."""


def missing_for_explicit_root(left: sp.Expr, s: sp.Symbol, root: sp.Expr, ends: _Ends, domain: Domain) -> str | None:
    """None when ``left = 0``, linear in ``s``, is shown to have the one root ``root``, inside; else what is not shown.

    Every divisor, root and logarithm of ``left`` is looked at by itself: in a whole formula they may cancel.
    """
    numerator = sp.fraction(sp.together(left))[0]
    if not numerator.is_polynomial(s):
        return f"that {left} is rational in {s}"
    slope = sp.Poly(numerator, s).LC()
    if not proves(slope, "!=", domain):
        return f"{slope} != 0, the coefficient of {s}"
    parts = [n.xreplace({s: root}) for n in sp.preorder_traversal(left) if isinstance(n, (sp.Pow, sp.log))]
    for part in (root, *parts):
        guilty = defined(part, domain)
        if guilty is not None:
            return str(guilty)
    return next((str(c) for c in _inside(root, ends) if not proves(c.lhs - c.rhs, c.relation, domain)), None)


def missing_for_one_root(left: sp.Expr, s: sp.Symbol, ends: _Ends, domain: Domain) -> str | None:
    """None when ``left = 0`` is shown to have exactly one root ``s`` strictly between the ends; else what is not.

    The ends may be infinite, and contain neither ``s`` nor letters of a spectrum. No assumption on ``s`` is used.
    """
    reasons = []
    for proof in (_one_change_of_sign, _monotone):
        try:
            proof(left, s, ends, domain)
            return None
        except _NotShownError as problem:
            reasons.append(str(problem))
    return reasons[-1]


def _inside(value: sp.Expr, ends: _Ends) -> list[Condition]:
    """That a value lies strictly between the ends, of which infinite ones say nothing."""
    low, high = ends
    found = [] if low == -sp.oo else [Condition(value, ">", low)]
    return found if high == sp.oo else [*found, Condition(value, "<", high)]


# -- Descartes' rule ------------------------------------------------------------------------------------------


def _one_change_of_sign(left: sp.Expr, s: sp.Symbol, ends: _Ends, domain: Domain) -> None:
    t = sp.Dummy("t", positive=True)
    moved = left.xreplace({s: _from_half_line(t, ends, domain)})
    inside = Domain((*domain.symbols, t), domain.conditions)
    numerator, denominator = sp.fraction(sp.together(moved))
    if not numerator.is_polynomial(t) or not denominator.is_polynomial(t):
        raise _NotShownError(f"that {left} is rational in {s}")
    guilty = defined(moved, inside)
    if guilty is not None:
        raise _NotShownError(f"{guilty} between the ends")
    coefficients = sp.Poly(numerator, t).all_coeffs()
    while coefficients and coefficients[-1] == 0:
        coefficients.pop()
    if not changes_sign_once([sign(c, domain, True) for c in coefficients]):
        raise _NotShownError("one change of sign among its coefficients")


def _from_half_line(t: sp.Symbol, ends: _Ends, domain: Domain) -> sp.Expr:
    """What runs once through the open interval as ``t`` runs through the positive numbers."""
    low, high = ends
    if low == -sp.oo and high == sp.oo:
        raise _NotShownError("an end of the bracket that is finite")
    if low == -sp.oo or high == sp.oo:
        return low + t if high == sp.oo else high - t
    if not proves(high - low, ">", domain):
        raise _NotShownError(f"{low} < {high}, the ends of the bracket")
    return (low + high * t) / (1 + t)


def changes_sign_once(signs: Sequence[Sign | None]) -> bool:
    """Whether numbers of these signs, first and last of them never zero, change sign once, whatever is not known.

    One unknown sign between the two stretches does no harm.
    """
    if len(signs) < 2 or signs[0] is None or signs[-1] is None or not (signs[0][1] and signs[-1][1]):
        return False
    first, last = signs[0][0], signs[-1][0]
    if first * last != -1:
        return False
    scaled = [None if found is None else found[0] * first for found in signs]
    ahead = next(i for i, k in enumerate(scaled) if k is None or k < 0)
    rest = scaled[ahead:] if scaled[ahead] is not None else scaled[ahead + 1 :]
    return all(k is not None and k <= 0 for k in rest)


# -- monotone functions ---------------------------------------------------------------------------------------


def _monotone(left: sp.Expr, s: sp.Symbol, ends: _Ends, domain: Domain) -> None:
    low, high = ends
    if low != -sp.oo and high != sp.oo and not proves(high - low, ">", domain):
        raise _NotShownError(f"{low} < {high}, the ends of the bracket")
    starts_at_zero = low != -sp.oo and proves(low, ">=", domain)
    x = sp.Dummy(s.name, positive=True) if starts_at_zero else sp.Dummy(s.name, real=True)
    between = [c for c in _inside(x, ends) if not (starts_at_zero and c.rhs == 0 and c.relation == ">")]
    inside = Domain((*domain.symbols, x), (*domain.conditions, *between))
    value = left.xreplace({s: x})
    other = next((n for n in sp.preorder_traversal(value) if n.args and not _smooth(n, x)), None)
    if other is not None:
        raise _NotShownError(f"that {other.func.__name__} is smooth")
    slope = sp.diff(value, x)
    for expression in (value, slope):
        guilty = defined(expression, inside)
        if guilty is not None:
            raise _NotShownError(f"{guilty} between the ends".replace(str(x), s.name))
    found = sign(slope, inside, True)
    if found is None or not found[1] or not found[0]:
        raise _NotShownError(f"that {left} rises, or falls, in {s} between the ends")
    for end, wanted in ((low, -found[0]), (high, found[0])):
        limit = _Limit(x, end, inside).of(value)
        where = f"that {left} is {'positive' if wanted > 0 else 'negative'} where {s} tends to {end}"
        if limit is None or (limit * wanted != sp.oo and not proves(sp.expand(limit * wanted), ">", domain)):
            raise _NotShownError(where)


def _smooth(node: sp.Basic, x: sp.Symbol) -> bool:
    return x not in node.free_symbols or isinstance(node, _SMOOTH) or node.is_Symbol


class _Limit:
    """Limits of formulas as ``x`` tends to one end of its interval from inside; None where not known.

    A finite limit is a formula free of ``x``, an infinite one is plus or minus ``oo``. Only rules that need no
    cancellation are used.
    """

    def __init__(self, x: sp.Symbol, end: sp.Expr, inside: Domain) -> None:
        self.x, self.end, self.inside = x, end, inside
        self.rest = inside.restrict(set(inside.symbols) - {x})

    def of(self, node: sp.Expr) -> sp.Expr | None:
        """The limit of one formula."""
        if self.x not in node.free_symbols:
            return node
        if node == self.x:
            return self.end
        if isinstance(node, Total):
            inner = _Limit(self.x, self.end, at_level(self.inside, node.over)).of(node.summand)
            return None if inner is None or _infinite(inner) else node.func(inner, node.over)
        parts = [self.of(a) for a in node.args]
        if any(p is None for p in parts):
            return None
        if isinstance(node, sp.Add):
            return _sum(parts)
        if isinstance(node, sp.Mul):
            return self._product(parts)
        if isinstance(node, sp.exp):
            return {sp.oo: sp.oo, -sp.oo: sp.S.Zero}.get(parts[0], sp.exp(parts[0]))
        if isinstance(node, sp.log):
            return self._logarithm(parts[0])
        return self._power(node, parts[0]) if isinstance(node, sp.Pow) and node.exp.is_Rational else None

    def _product(self, parts: Sequence[sp.Expr]) -> sp.Expr | None:
        finite = sp.Mul(*(p for p in parts if not _infinite(p)))
        poles = [p for p in parts if _infinite(p)]
        if not poles:
            return finite
        found = sign(finite, self.rest, True)
        if found is None or not found[1] or not found[0]:
            return None
        return sp.oo * found[0] * sp.prod(1 if p == sp.oo else -1 for p in poles)

    def _logarithm(self, inner: sp.Expr) -> sp.Expr | None:
        if inner == 0:
            return -sp.oo
        if inner == sp.oo:
            return sp.oo
        return sp.log(inner) if proves(inner, ">", self.rest) else None

    def _power(self, node: sp.Pow, base: sp.Expr) -> sp.Expr | None:
        exponent = node.exp
        if _infinite(base):
            if exponent < 0:
                return sp.S.Zero
            if base == sp.oo:
                return sp.oo
            return (sp.oo if exponent % 2 == 0 else -sp.oo) if exponent.is_Integer else None
        if exponent > 0:
            return base**exponent if exponent.is_Integer or proves(base, ">=", self.rest) else None
        if base == 0:
            # From which side the base tends to zero decides.
            inner = sign(node.base, self.inside, True)
            if inner is None or not inner[1] or (inner[0] < 0 and not exponent.is_Integer):
                return None
            return sp.oo if inner[0] > 0 or exponent % 2 == 0 else -sp.oo
        wanted = "!=" if exponent.is_Integer else ">"
        return base**exponent if proves(base, wanted, self.rest) else None


def _infinite(value: sp.Expr) -> bool:
    return value in (sp.oo, -sp.oo)


def _sum(parts: Sequence[sp.Expr]) -> sp.Expr | None:
    poles = {p for p in parts if _infinite(p)}
    if not poles:
        return sp.Add(*parts)
    return poles.pop() if len(poles) == 1 else None

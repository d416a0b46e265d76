"""Whether two expressions are equal everywhere on a domain."""

from __future__ import annotations

import sympy as sp

from w2s_sym.formula.domain import Domain
from w2s_sym.formula.elementary import same
from w2s_sym.formula.rational import NotRational, factor_list, identical, reduce_squares
from w2s_sym.formula.signs import proves
from w2s_sym.formula.size import small
from w2s_sym.formula.totals import Total


def same_value(left: sp.Expr, right: sp.Expr, domain: Domain) -> bool:
    """Whether two expressions are equal on the domain, square roots of what is proved nonnegative included.

    sqrt(u) is written as a product of the roots of u's factors, which holds where each factor is nonnegative; then
    only the squares of these roots are used.
    """
    left, right = sp.sympify(left, strict=True), sp.sympify(right, strict=True)
    # With many exponentials ``cancel`` takes minutes where their normal form takes a moment.
    ways = (same, identical) if any(e.has(sp.exp) and not e.has(Total) for e in (left, right)) else (identical, same)
    if any(way(left, right) for way in ways):
        return True
    if not small(left - right):
        return False
    roots: dict[sp.Expr, sp.Symbol] = {}
    try:
        difference = _split_roots(left - right, domain, roots)
    except NotRational:
        return False
    return reduce_squares(difference, {r: base for base, r in roots.items()})


def _split_roots(expression: sp.Expr, domain: Domain, roots: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    if expression.is_Pow and expression.exp.is_Rational and expression.exp.q == 2:
        numerator, denominator = sp.fraction(sp.together(expression.base))
        result: sp.Expr = sp.Integer(1)
        negative = 0
        for part, direction in ((numerator, 1), (denominator, -1)):
            constant, factors = factor_list(part)
            for base, exponent in ((sp.sympify(constant, strict=True), 1), *factors):
                wanted = ">=" if direction > 0 else ">"
                if not proves(base, wanted, domain):
                    if not proves(-base, wanted, domain):
                        raise NotRational(f"the sign of {base} under a root is not proved")
                    negative += exponent
                    base = -base
                if base.is_Integer and sp.sqrt(base).is_Integer:
                    result *= sp.sqrt(base) ** (exponent * direction)
                else:
                    root = roots.setdefault(base, sp.Dummy(f"r{len(roots)}"))
                    result *= root ** (exponent * direction)
        if negative % 2:
            raise NotRational(f"{expression.base} under a root is not proved nonnegative")
        return result**expression.exp.p
    if not expression.args:
        return expression
    return expression.func(*(_split_roots(a, domain, roots) for a in expression.args))

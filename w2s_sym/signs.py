"""Proofs of sign: is an expression positive, nonnegative, ... everywhere on a domain?

Three honest means, and nothing else: a polynomial whose coefficients are all nonnegative in the domain's
nonnegative slacks; products, quotients and even powers of expressions whose signs are proved; an expression that is
a positive multiple of a condition of the domain. ``None`` means not proved, never "no".
"""

from __future__ import annotations

import sympy as sp

from w2s_sym.domain import Condition, Domain

# A sign is a pair (s, strict): s in {1, -1, 0}; (1, False) reads >= 0, (1, True) reads > 0, (0, False) reads = 0.
Sign = tuple[int, bool]


def sign(expression: sp.Expr, domain: Domain) -> Sign | None:
    """The proved sign of an expression on the whole domain, or None."""
    expression = sp.sympify(expression)
    structural = _structural(expression, domain)
    if structural is not None:
        return structural
    numerator, denominator = sp.fraction(sp.cancel(sp.together(expression)))
    top, bottom = _factored(numerator, domain), _factored(denominator, domain)
    if top is None or bottom is None or not bottom[1]:
        return None
    return top[0] * bottom[0], top[1]


def proves(difference: sp.Expr, relation: str, domain: Domain) -> bool:
    """Whether ``difference relation 0`` is proved on the whole domain."""
    found = sign(difference, domain)
    if relation == "!=" and found is None:
        return any(
            c.relation in ("!=", "<", ">") and sp.cancel(difference / (c.lhs - c.rhs)).is_nonzero is True
            for c in domain.conditions
        )
    if found is None:
        return False
    s, strict = found
    return {
        ">": s == 1 and strict,
        ">=": s >= 0,
        "<": s == -1 and strict,
        "<=": s <= 0,
        "=": s == 0,
        "!=": s != 0 and strict,
    }[relation]


def follows(condition: Condition, domain: Domain) -> bool:
    """Whether a condition is proved on the whole domain."""
    return proves(condition.lhs - condition.rhs, condition.relation, domain)


def defined(expression: sp.Expr, domain: Domain) -> sp.Expr | None:
    """None when every denominator is proved nonzero on the domain; else a denominator that is not."""
    for node in sp.preorder_traversal(sp.sympify(expression)):
        if node.is_Pow and node.exp.is_negative and not node.base.is_number:
            for factor, _ in sp.factor_list(sp.fraction(sp.together(node.base))[0])[1]:
                if not proves(factor, "!=", domain):
                    return factor
    return None


def _structural(expression: sp.Expr, domain: Domain) -> Sign | None:
    """The sign read off the shape of a sum of products, as the author wrote it."""
    if expression.is_number:
        if expression.is_zero:
            return 0, False
        if expression.is_positive:
            return 1, True
        return (-1, True) if expression.is_negative else None
    if expression.is_Add:
        return _sum([sign(a, domain) for a in expression.args])
    if expression.is_Mul:
        return _product([_structural(a, domain) or _leaf(a, domain) for a in expression.args])
    if expression.is_Pow and expression.exp.is_number:
        inner = sign(expression.base, domain)
        if expression.exp.is_integer and expression.exp % 2 == 0 and expression.base.is_real is not False:
            strict = inner is not None and inner[1]
            return (1, strict) if expression.exp > 0 or strict else None
        if inner is None or inner[0] == -1:
            return None
        return inner if expression.exp > 0 else ((1, True) if inner[1] else None)
    return None


def _leaf(expression: sp.Expr, domain: Domain) -> Sign | None:
    return sign(expression, domain) if expression.is_Add else _factored(expression, domain)


def _sum(signs: list[Sign | None]) -> Sign | None:
    if any(s is None for s in signs):
        return None
    known = [s for s in signs if s is not None and s[0] != 0]
    if not known:
        return 0, False
    if len({s[0] for s in known}) > 1:
        return None
    return known[0][0], any(s[1] for s in known)


def _product(signs: list[Sign | None]) -> Sign | None:
    if any(s is None for s in signs):
        return None
    total, strict = 1, True
    for s in signs:
        assert s is not None
        total *= s[0]
        strict = strict and s[1]
    return total, strict and total != 0


def _factored(expression: sp.Expr, domain: Domain) -> Sign | None:
    if expression.is_number:
        return _structural(expression, domain)
    try:
        constant, factors = sp.factor_list(expression)
    except sp.PolynomialError:
        return None
    signs = [_structural(sp.sympify(constant), domain)]
    for factor, exponent in factors:
        inner = _polynomial(factor, domain)
        if exponent % 2 == 0:
            signs.append((1, inner is not None and inner[1]))
        else:
            signs.append(inner)
    return _product(signs)


def _polynomial(expression: sp.Expr, domain: Domain) -> Sign | None:
    for condition in domain.conditions:
        quotient = sp.cancel(expression / (condition.lhs - condition.rhs))
        if quotient.is_Rational and quotient != 0 and condition.relation in (">", ">=", "<", "<="):
            s = (1 if condition.relation in (">", ">=") else -1) * (1 if quotient > 0 else -1)
            return s, condition.relation in (">", "<")
    best: Sign | None = None
    tried: set[sp.Expr] = set()
    for substitution, strict_slacks in domain.slacks():
        inside = sp.expand(expression.xreplace(substitution))
        if inside in tried:
            continue
        tried.add(inside)
        found = _coefficients(inside, strict_slacks)
        if found is not None:
            if found[1] or found[0] == 0:
                return found
            best = found
    return best


def _coefficients(expression: sp.Expr, strict_slacks: frozenset[sp.Symbol]) -> Sign | None:
    """The sign of a polynomial in nonnegative symbols (and square roots), when all coefficients share it."""
    if expression.is_number:
        return _structural(expression, Domain(()))
    generators = sorted(expression.free_symbols, key=lambda s: s.name)
    if not all(g.is_nonnegative or g.is_positive for g in generators):
        return None
    roots = {a: sp.Dummy(nonnegative=True) for a in expression.atoms(sp.Pow) if a.exp == sp.Rational(1, 2)}
    try:
        polynomial = sp.Poly(expression.xreplace(roots), *generators, *roots.values())
    except sp.PolynomialError:
        return None
    if not all(c.is_Rational for c in polynomial.coeffs()):
        return None
    signs = {1 if c > 0 else -1 for c in polynomial.coeffs()}
    if len(signs) != 1:
        return None
    allowed = {*strict_slacks, *(g for g in generators if g.is_positive)}
    strict = any(
        all(power == 0 or symbol in allowed for power, symbol in zip(monomial, polynomial.gens, strict=True))
        for monomial in polynomial.monoms()
    )
    return signs.pop(), strict

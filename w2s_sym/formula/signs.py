"""Proofs of sign: is an expression positive, nonnegative, ... everywhere on a domain?

These honest means, and nothing else: a polynomial whose coefficients are all nonnegative in the domain's nonnegative
slacks; products, quotients and powers of expressions whose signs are proved; a sine or cosine between two of its zeros;
a hyperbolic or error function by its argument; an expression that is a positive multiple of a condition of the domain,
or of a fact that another claim shows; one minus a power, an exponential, a wave, an error function or a product, by
what is known of its base, exponent or factors. ``None`` means not proved, never "no".
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain, at_level
from w2s_sym.formula.numbers import holds, is_finite_real, number_sign
from w2s_sym.formula.rational import factor_list
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.sign_algebra import Sign, product_of_signs, sign_of_extreme, sum_of_signs
from w2s_sym.formula.size import small
from w2s_sym.formula.symbol_bounds import bounds_of, slacks_over
from w2s_sym.formula.totals import Total, one_total

# Real functions of every real number: those that are above zero; those with the sign of their argument; those between
# -1 and 1, and these ends left out.
_POSITIVE = (sp.exp, sp.cosh, sp.erfc)
_ODD = (sp.sinh, sp.tanh, sp.atan, sp.asinh, sp.erf)
_WAVES = (sp.sin, sp.cos)
_BELOW_ONE = (sp.tanh, sp.erf)


def sign(expression: sp.Expr, domain: Domain, strict: bool = False) -> Sign | None:
    """The proved sign of an expression on the whole domain, or None; ``strict`` asks to try hard to exclude zero."""
    # The finite list of a domain's points plays no part here, and would make it unhashable.
    return _sign(
        sp.sympify(expression, strict=True), Domain(domain.symbols, domain.conditions, facts=domain.facts), strict
    )


@lru_cache(maxsize=50_000)
def _sign(expression: sp.Expr, domain: Domain, strict: bool) -> Sign | None:
    merged = one_total(expression)
    if merged is not None:
        shared = sign(merged.summand, at_level(domain, merged.over), strict)
        if shared is not None:
            return shared
    if expression.has(Total) or any(_has_total(c) for c in domain.conditions):
        expression, domain = _numbers_for_totals(expression, domain)
    # Squares of complex numbers need not be positive: nothing is said of what may be complex.
    if not _real(expression, domain):
        return None
    low = small(expression)
    stated = _stated(expression, domain) if low else None
    if stated is not None:
        return stated
    structural = _structural(expression, domain, strict)
    if structural is not None and (structural[1] or not strict or structural[0] == 0):
        return structural
    if not low:
        return structural
    return _by_factors(expression, domain, strict) or structural


def _has_total(condition: Condition) -> bool:
    return bool(condition.lhs.has(Total) or condition.rhs.has(Total))


def _numbers_for_totals(expression: sp.Expr, domain: Domain) -> tuple[sp.Expr, Domain]:
    """Each total replaced by one number of the sign that all its terms share, in the expression and the conditions.

    A spectrum has at least one level, so that the total of what is positive is positive.
    """
    found = {
        t for e in (expression, *(side for c in domain.conditions for side in (c.lhs, c.rhs))) for t in e.atoms(Total)
    }
    numbers = {t: _number(t, domain) for t in sorted(found, key=str)}
    conditions = tuple(
        Condition(c.lhs.xreplace(numbers), c.relation, c.rhs.xreplace(numbers), c.advice) for c in domain.conditions
    )
    # Signed dummies first: bounds of what is drawn after them may be made of them.
    fresh = {s for v in numbers.values() for s in v.free_symbols}
    symbols = (*sorted(fresh, key=str), *(s for s in domain.symbols if s not in fresh))
    return expression.xreplace(numbers), Domain(symbols, conditions)


def _number(t: Total, domain: Domain) -> sp.Expr:
    shared = sign(t.summand, at_level(domain, t.over), True)
    if shared is None:
        return _dummy(t, "real")
    s, strict = shared
    return s * _dummy(t, "positive" if strict else "nonnegative")


@lru_cache(maxsize=5_000)
def _dummy(t: Total, kind: str) -> sp.Dummy:
    return sp.Dummy(str(t), **{kind: True})


def _real(expression: sp.Expr, domain: Domain) -> bool:
    """Whether the expression is shown to be real wherever it is defined; every point of a domain is real."""
    if expression.is_Symbol:
        return True
    if expression.is_number:
        return is_finite_real(expression)
    if not all(_real(a, domain) for a in expression.args):
        return False
    if expression.is_Add or expression.is_Mul:
        return True
    if isinstance(expression, (sp.Abs, sp.Min, sp.Max, *_WAVES, *_POSITIVE, *_ODD)):
        return True
    if expression.is_Pow:
        return bool(expression.exp.is_integer) or proves(expression.base, ">=", domain)
    return isinstance(expression, sp.log) and proves(expression.args[0], ">", domain)


@lru_cache(maxsize=50_000)
def _by_factors(expression: sp.Expr, domain: Domain, strict: bool, cases: bool = True) -> Sign | None:
    numerator, denominator = sp.fraction(sp.cancel(sp.together(expression)))
    top, bottom = _factored(numerator, domain, strict, cases), _factored(denominator, domain, True, cases)
    if top is None or bottom is None or not bottom[1]:
        return None
    return top[0] * bottom[0], top[1]


def proves(difference: sp.Expr, relation: str, domain: Domain) -> bool:
    """Whether ``difference relation 0`` is proved on the whole domain."""
    wanted = Relation(relation)
    found = sign(difference, domain, wanted.strict)
    if relation == "!=" and (found is None or not found[1]) and small(difference):
        return any(
            Relation(c.relation).strict and holds(sp.cancel(difference / (c.lhs - c.rhs)), "!=") is True
            for c in (*domain.conditions, *domain.facts)
        )
    if found is None:
        return False
    s, is_strict = found
    return bool(wanted(s)) and (is_strict or not wanted.strict)


def follows(condition: Condition, domain: Domain) -> bool:
    """Whether a condition is proved on the whole domain."""
    return proves(condition.lhs - condition.rhs, condition.relation, domain)


def _stated(expression: sp.Expr, domain: Domain) -> Sign | None:
    """The sign of a rational multiple of a condition or fact that is not polynomial (those are matched by factors)."""
    for condition in (*domain.conditions, *domain.facts):
        difference = condition.lhs - condition.rhs
        relation = Relation(condition.relation)
        if not relation.direction or difference.is_polynomial(*domain.symbols):
            continue
        if expression.free_symbols != difference.free_symbols:
            continue
        quotient = sp.cancel(sp.together(expression / difference))
        if quotient.is_Rational and quotient != 0:
            return relation.direction * (1 if quotient > 0 else -1), relation.strict
    return None


def _structural(expression: sp.Expr, domain: Domain, strict: bool = False) -> Sign | None:
    """The sign read off the shape of a sum of products, as the author wrote it."""
    if expression.is_number:
        known = number_sign(expression)
        if known is not None:
            return known, known != 0
    if expression.is_Add:
        found = sum_of_signs([sign(a, domain) for a in expression.args])
        if found is not None and strict and not found[1]:
            # One strictly signed term is enough.
            stricter = (sign(a, domain, True) for a in expression.args)
            return found[0], any(s is not None and s[1] for s in stricter)
        return found if found is not None else _beside_number(expression, domain)
    if expression.is_Mul:
        return product_of_signs([sign(a, domain, strict) for a in expression.args])
    if isinstance(expression, sp.Abs):
        return 1, proves(expression.args[0], "!=", domain)
    if isinstance(expression, (sp.Max, sp.Min)):
        return sign_of_extreme(expression, [sign(a, domain, strict) for a in expression.args])
    if expression.is_Pow and expression.exp.is_number:
        inner = sign(expression.base, domain, strict or bool(expression.exp.is_negative))
        if expression.exp.is_integer and expression.exp % 2 == 0:
            nonzero = inner is not None and inner[1]
            return (1, nonzero) if expression.exp > 0 or nonzero else None
        if inner is None or (inner[0] == -1 and not expression.exp.is_integer):
            return None
        return inner if expression.exp > 0 else (inner if inner[1] else None)
    if isinstance(expression, _POSITIVE):
        return 1, True
    if isinstance(expression, _ODD):
        return sign(expression.args[0], domain, strict)
    if expression.is_Pow:
        return (1, True) if sign(expression.base, domain, True) == (1, True) else None
    if isinstance(expression, _WAVES):
        return _wave(expression, domain)
    if isinstance(expression, sp.log):
        return sign(expression.args[0] - 1, domain, strict)
    return None


def _wave(expression: sp.Expr, domain: Domain) -> Sign | None:
    """The sign of sin(pi t) or cos(pi t) where t is shown to lie between two neighbouring zeros."""
    if not small(expression.args[0]):
        return None
    turns = sp.expand(expression.args[0] / sp.pi)
    first = sp.Integer(0) if isinstance(expression, sp.sin) else -sp.Rational(1, 2)
    for start, s in ((first, 1), (first + 1, -1)):
        if proves(turns - start, ">", domain) and proves(turns - start - 1, "<", domain):
            return s, True
    return None


def _beside_number(expression: sp.Expr, domain: Domain) -> Sign | None:
    """The sign of c(1 - X), for a number c and X a power, an exponential, a product or a ratio of logarithms."""
    number, rest = expression.as_coeff_Add()
    if not number.is_Rational or number == 0:
        return None
    found = _one_minus(-rest / number, domain)
    return None if found is None else ((1 if number > 0 else -1) * found[0], found[1])


def _one_minus(x: sp.Expr, domain: Domain) -> Sign | None:
    minus: Sign = (-1, True)
    if isinstance(x, (*_WAVES, *_BELOW_ONE)) or isinstance(-x, (*_WAVES, *_BELOW_ONE)):
        return 1, isinstance(x if x.is_Function else -x, _BELOW_ONE)
    if isinstance(x, sp.exp):
        return product_of_signs([minus, sign(x.args[0], domain, True)])
    if x.is_Pow and not (x.exp.is_number and small(x)):
        base, exponent = sign(x.base, domain, True), sign(x.exp, domain, True)
        # Zero has positive powers, and they are zero.
        if base == (1, True) or (base is not None and base[0] >= 0 and exponent == (1, True)):
            return product_of_signs([sign(1 - x.base, domain, True), exponent])
        return None
    if not x.is_Mul:
        return None
    top, bottom = sp.fraction(x)
    if isinstance(top, sp.log) and isinstance(bottom, sp.log):
        nearer = sign(bottom.args[0] - top.args[0], domain, True)
        return product_of_signs([nearer, sign(bottom, domain, True)])
    parts = [sign(1 - a, domain, True) for a in x.args]
    if any(p is None or p[0] < 0 for p in parts) or any((sign(a, domain) or minus)[0] < 0 for a in x.args):
        return None
    return sum_of_signs(parts)


def _factored(expression: sp.Expr, domain: Domain, strict: bool, cases: bool = True) -> Sign | None:
    if expression.is_number:
        return _structural(expression, domain)
    try:
        constant, factors = factor_list(expression)
    except sp.PolynomialError:
        return None
    signs = [_structural(sp.sympify(constant, strict=True), domain)]
    for factor, exponent in factors:
        inner = _polynomial(factor, domain, strict, cases)
        if inner is None and not factor.is_polynomial(*factor.free_symbols):
            # Powers with symbolic exponents have no coefficients; their shape may show the sign.
            inner = _structural(factor, domain, strict)
        if exponent % 2 == 0:
            signs.append((1, inner is not None and inner[1]))
        else:
            signs.append(inner)
    return product_of_signs(signs)


def _polynomial(expression: sp.Expr, domain: Domain, strict: bool, cases: bool) -> Sign | None:
    best: Sign | None = None
    for condition in (*domain.conditions, *domain.facts):
        relation = Relation(condition.relation)
        if not relation.direction:
            continue
        difference = condition.lhs - condition.rhs
        if expression.free_symbols != difference.free_symbols:
            continue
        quotient = sp.cancel(expression / difference)
        if quotient.is_Rational and quotient != 0:
            s = relation.direction * (1 if quotient > 0 else -1)
            if relation.strict:
                return s, True
            best = (s, False)
    tried: set[sp.Expr] = set()
    for substitution, strict_slacks in slacks_over(domain, frozenset(expression.free_symbols)):
        inside = sp.expand(expression.xreplace(substitution))
        if (inside, strict_slacks) in tried:
            continue
        tried.add((inside, strict_slacks))
        found = _coefficients(inside, strict_slacks)
        if found is not None:
            if found[1] or found[0] == 0:
                return found
            best = found
            if not strict:
                return best
    if best is None or (strict and not best[1]):
        best = _between(expression, domain, strict, cases) or best
        if best is not None and best[1]:
            return best
    if best is not None and strict and cases and _never_zero(expression, domain, best[0]):
        return best[0], True
    return best


def _between(expression: sp.Expr, domain: Domain, strict: bool, cases: bool) -> Sign | None:
    """The sign of what is linear in a symbol that lies between two bounds, from its signs at both.

    Strictly between them the value is a mean of the two ends with positive weights: one strict end is enough.
    """
    for s in reversed(domain.symbols):
        if s not in expression.free_symbols or not expression.is_polynomial(s) or sp.degree(expression, s) != 1:
            continue
        lows, highs = bounds_of(s, domain)
        without = domain.restrict(set(domain.symbols) - {s})
        for low, high in product(lows, highs):
            ends = [_by_factors(expression.xreplace({s: end}), without, strict, cases) for end, _ in (low, high)]
            found = sum_of_signs(ends)
            if found is not None and (found[0] == 0 or found[1] or not strict):
                inner = low[1] and high[1]
                return found if found[0] == 0 or inner else (found[0], all(e is not None and e[1] for e in ends))
    return None


def _never_zero(expression: sp.Expr, domain: Domain, s: int) -> bool:
    """Strictness by cases: one nonnegative symbol is zero, or it is positive."""
    for symbol in sorted(expression.free_symbols & set(domain.symbols), key=lambda x: x.name):
        if symbol.is_positive or not symbol.is_nonnegative:
            continue
        positive = Domain(domain.symbols, (*domain.conditions, Condition(symbol, ">", sp.Integer(0))))
        if any(c.free_symbols == {symbol} and c.relation == ">" for c in domain.conditions):
            continue
        zero = {symbol: sp.Integer(0)}
        kept = tuple(
            Condition(c.lhs.xreplace(zero), c.relation, c.rhs.xreplace(zero))
            for c in domain.conditions
            if c.free_symbols - {symbol}
        )
        without = Domain(tuple(x for x in domain.symbols if x != symbol), kept)
        # No cases within cases: each branch must be settled by the slacks alone.
        branches = ((expression.xreplace(zero), without), (expression, positive))
        if all(_by_factors(branch, where, True, False) == (s, True) for branch, where in branches):
            return True
    return False


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

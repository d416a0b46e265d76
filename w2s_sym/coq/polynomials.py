"""Signs of polynomials and quotients of them: by factors, by slacks, between two ends, and by cases."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import sympy as sp

from w2s_sym.coq.equalities import equality, one_sum
from w2s_sym.coq.shapes import NoScript, Shape, plus, signed, slack_expressions, times
from w2s_sym.coq.statement import coq_term
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.rational import factor_list
from w2s_sym.formula.symbol_bounds import bounds_of, slacks_over
from w2s_sym.formula.totals import Total, letters_along

if TYPE_CHECKING:
    from w2s_sym.coq.signs import Signs


def by_factors(search: Signs, e: sp.Expr, strict: bool) -> Shape | None:
    """The shape of a quotient of polynomials by the factors above and below; None where one has no sign."""
    totals = {t: sp.Dummy("t", real=True) for t in e.atoms(Total)}
    numerator, denominator = sp.fraction(sp.cancel(sp.together(e.xreplace(totals))))
    back = {d: t for t, d in totals.items()}
    top = factored(search, numerator, strict, back)
    bottom = factored(search, denominator, True, back) if top is not None else None
    if top is None or bottom is None or not bottom.strict:
        return None
    expr = top.expr if denominator == 1 else times(top.expr, sp.Pow(bottom.expr, -1, evaluate=False))
    return Shape(top.sign * bottom.sign, top.strict, expr)


def as_one_sum(search: Signs, e: sp.Add) -> Shape | None:
    """The shape of a combination of sums over a spectrum: that of the sum of the combined terms."""
    over, parts = one_sum(e) or (None, [])
    if over is None or len(parts) < 2:
        return None
    terms = sp.factor(sp.Add(*(c * f for f, c in parts)))
    found = search.shape(sp.Expr.__new__(Total, terms, over), True)
    if found is None or not found.strict:
        return None
    whole, same = sp.Expr.__new__(Total, found.sign * terms, over), signed(found.sign, e)
    script = [f"apply (pos_by _ {coq_term(whole, search.names)}).", "{", *equality(same, whole, search.names), "}"]
    return Shape(found.sign, True, search.atom(same, True, [*script, *search.script(whole, ">")]))


def factored(search: Signs, e: sp.Expr, strict: bool, back: dict[sp.Symbol, sp.Expr]) -> Shape | None:
    """The shape of a product of powers of irreducible factors; ``back`` says which sums stand for dummies in it."""
    if e.is_Rational:
        return search.structural(e, strict)
    try:
        constant, factors = factor_list(e)
    except sp.PolynomialError:
        return None
    sign, is_strict, parts = (1 if constant > 0 else -1), True, [abs(sp.sympify(constant, strict=True))]
    for factor, exponent in factors:
        factor = factor.xreplace(back)
        inner = polynomial(search, factor, strict)
        if inner is None and not factor.is_polynomial(*factor.free_symbols):
            inner = search.shape(factor, strict)
        if inner is None and factor != e.xreplace(back):
            inner = search.structural(factor, strict)
        if inner is None and exponent % 2:
            return None
        if inner is None:
            inner = Shape(1, False, factor)
        sign *= inner.sign if exponent % 2 else 1
        is_strict = is_strict and inner.strict
        parts.append(sp.Pow(inner.expr, exponent, evaluate=False) if exponent != 1 else inner.expr)
    return Shape(sign, is_strict, times(*parts))


def polynomial(search: Signs, e: sp.Expr, strict: bool) -> Shape | None:
    """A polynomial with coefficients of one sign in nonnegative slacks."""
    stated = search.stated(e, strict)
    if stated is not None and (stated.strict or not strict):
        return stated
    best = stated
    for substitution, strict_slacks in slacks_over(search.domain, frozenset(e.free_symbols)):
        inside = sp.expand(e.xreplace(substitution))
        found = coefficients_of_one_sign(search, inside, substitution, strict_slacks)
        if found is not None and (found.strict or not strict):
            return found
        best = best or found
    return (
        between_bounds(search, e, strict) or zero_or_not(search, e, best)
        if strict
        else best or between_bounds(search, e, strict)
    )


def coefficients_of_one_sign(
    search: Signs, inside: sp.Expr, substitution: dict[sp.Symbol, sp.Expr], strict_slacks: frozenset[sp.Symbol]
) -> Shape | None:
    """The shape of a polynomial in slacks whose coefficients share a sign; None for another one."""
    if inside.is_Rational:
        return Shape(-1 if inside < 0 else 1, bool(inside != 0), abs(inside))
    generators = sorted(inside.free_symbols, key=lambda s: s.name)
    originals = slack_expressions(substitution)
    if any(g not in originals and not g.is_nonnegative for g in generators):
        return None
    roots = {a: sp.Dummy(nonnegative=True) for a in inside.atoms(sp.Pow) if a.exp == sp.Rational(1, 2)}
    try:
        polynomial = sp.Poly(inside.xreplace(roots), *generators, *roots.values())
    except sp.PolynomialError:
        return None
    coefficients = polynomial.coeffs()
    if not all(c.is_Rational for c in coefficients) or len({c > 0 for c in coefficients}) != 1:
        return None
    allowed = {*strict_slacks, *(g for g in generators if g.is_positive)}
    sign = 1 if coefficients[0] > 0 else -1
    parts = {}
    for g in polynomial.gens:
        if g in roots.values():
            parts[g] = next(a for a, d in roots.items() if d == g)
        else:
            parts[g] = slack_part(search, originals.get(g, g), g in allowed)
    terms = []
    for monomial, c in polynomial.terms():
        factors = [
            parts[g] if k == 1 else sp.Pow(parts[g], k, evaluate=False)
            for g, k in zip(polynomial.gens, monomial, strict=True)
            if k
        ]
        is_strict = all(not k or g in allowed for g, k in zip(polynomial.gens, monomial, strict=True))
        terms.append((not is_strict, times(abs(c), *factors)))
    terms.sort(key=lambda t: t[0])
    return Shape(sign, not terms[0][0], plus(t for _, t in terms))


def slack_part(search: Signs, original: sp.Expr, strict: bool) -> sp.Expr:
    """A slack written in the symbols, asserted to be nonnegative: from a condition, or since integers have gaps."""
    if original.is_Symbol:
        return original
    return search.atom(original, strict, ["first [lra | apply integer_slack; [integers | lra]]."])


def between_bounds(search: Signs, e: sp.Expr, strict: bool) -> Shape | None:
    """What is linear in a symbol that lies between two bounds, from its signs at both; a strict sign is preferred."""
    best = None
    for s in reversed(search.domain.symbols):
        if letters_along(s) is not None or s not in e.free_symbols or not e.is_polynomial(s) or sp.degree(e, s) != 1:
            continue
        lows, highs = bounds_of(s, search.domain)
        for low, high in product(lows, highs):
            if search.depth > 8:
                return best
            found = between_ends(search, e, s, low, high, strict)
            if found is not None and (found.strict or not strict):
                return found
            best = best or found
    return best


def between_ends(
    search: Signs, e: sp.Expr, s: sp.Symbol, below: tuple[sp.Expr, bool], above: tuple[sp.Expr, bool], strict: bool
) -> Shape | None:
    """The shape of what is linear in ``s`` between two bounds, from its shapes at both."""
    (low, low_strict), (high, high_strict) = below, above
    ends = [sp.expand(e.xreplace({s: end})) for end in (low, high)]
    shapes = [search.shape(end, strict) if end != 0 else Shape(0, False, end) for end in ends]
    signs = {x.sign for x in shapes if x is not None and x.sign}
    if None in shapes or len(signs) != 1:
        return None
    sign = signs.pop()
    left, right = (x is not None and bool(x.sign) and x.strict for x in shapes)
    is_strict = True
    if left and high_strict:
        lemma, relations = "between_ends_left", (">", ">=")
    elif right and low_strict:
        lemma, relations = "between_ends_right", (">=", ">")
    elif left and right:
        lemma, relations = "between_ends_both", (">", ">")
    else:
        lemma, relations, is_strict = "between_ends", (">=", ">="), False
    facts = []
    for end, relation in zip(ends, relations, strict=True):
        facts += ["{", *(search.script(sign * end, relation) if end != 0 else ["lra."]), "}"]
    parts = (low, high, s, sign * ends[0], sign * ends[1], sign * sp.diff(e, s))
    texts = " ".join(coq_term(x, search.names) for x in parts)
    script = [f"apply ({lemma} _ {texts}); [ring | first [ring | solve [field; side]] | lra | lra | | ].", *facts]
    return Shape(sign, is_strict, search.atom(sign * e, is_strict, script))


def zero_or_not(search: Signs, e: sp.Expr, best: Shape | None) -> Shape | None:
    """Strictness by cases: one nonnegative symbol is zero, or it is positive."""
    if best is None or search.depth > 8:
        return best
    for s in sorted(e.free_symbols & set(search.domain.symbols), key=lambda x: x.name):
        if s.is_positive or not s.is_nonnegative:
            continue
        zero = {s: sp.Integer(0)}
        kept = tuple(
            Condition(c.lhs.xreplace(zero), c.relation, c.rhs.xreplace(zero))
            for c in search.domain.conditions
            if c.free_symbols - {s}
        )
        at_zero = search.on(Domain(tuple(x for x in search.domain.symbols if x != s), kept))
        positive = Condition(s, ">", sp.Integer(0))
        beside = search.on(Domain(search.domain.symbols, (*search.domain.conditions, positive)))
        at_zero.depth = beside.depth = 9
        target = best.sign * e
        try:
            script = [
                f"destruct (Req_dec {search.names[s]} 0) as [W_zero | W_zero].",
                "{",
                f"rewrite W_zero in *; replace_zero {coq_term(target, search.names)}.",
                *at_zero.script(target.xreplace(zero), ">"),
                "}",
                "{",
                f"assert (0 < {search.names[s]}) by lra.",
                *beside.script(target, ">"),
                "}",
            ]
        except NoScript:
            continue
        return Shape(best.sign, True, search.atom(target, True, script))
    return best

"""Where a product of powers tends to at the ends of an interval, and whether its integral is finite.

Integrands are sums of products of powers, ``c x^a P_1^e_1 P_2^e_2 ...``, over an interval of positive numbers. That a
product is finite and where it tends to is read off its leading powers; no antiderivative is ever looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.instantiate import instantiate
from w2s_sym.formula.signs import proves
from w2s_sym.formula.size import require_small


class CalculusError(ValueError):
    """A step on an integral that could not be shown; the message says which condition is missing."""


@dataclass(frozen=True)
class Product:
    """``coefficient * product of base^exponent`` over bases that contain the variable ``x``."""

    x: sp.Symbol
    coefficient: sp.Expr
    powers: Mapping[sp.Expr, sp.Expr]

    def same_powers(self, other: Product) -> bool:
        """Whether the quotient of the two is free of the variable."""
        bases = {*self.powers, *other.powers}
        return all(sp.expand(self.powers.get(b, 0) - other.powers.get(b, 0)) == 0 for b in bases)


def variable(integral: sp.Integral) -> tuple[sp.Symbol, sp.Expr, sp.Expr]:
    """The variable of an integral and its limits."""
    if len(integral.limits) != 1 or len(integral.limits[0]) != 3:
        raise CalculusError(f"{integral} needs one variable and both its limits")
    x, low, high = integral.limits[0]
    return x, low, high


def within_limits(integral: sp.Integral, domain: Domain) -> Domain:
    """The domain with the variable in it, between its limits; they must be positive numbers, 0 or oo, in order."""
    x, low, high = variable(integral)
    if any(s.name == x.name for s in domain.symbols):
        raise CalculusError(f"{x} is a symbol of the claim and cannot be integrated over; choose another letter")
    if x.is_integer or x.is_nonpositive:
        raise CalculusError(f"{x} runs through an interval of positive numbers; declare it positive or real, no more")
    free = sorted(s.name for s in (low.free_symbols | high.free_symbols) - set(domain.symbols))
    if free:
        raise CalculusError(
            f"the limits {low} and {high} vary with {', '.join(free)}, which is no symbol of the domain"
        )
    if low == sp.oo or high == 0 or not (low == 0 or proves(low, ">", domain)):
        raise CalculusError(f"the limits {low} and {high} are not shown to be within 0 and oo")
    conditions = [Condition(x, ">", low)]
    if high != sp.oo:
        if not proves(high - low, ">", domain):
            raise CalculusError(f"{low} < {high} is not shown")
        conditions.append(Condition(x, "<", high))
    return Domain((*domain.symbols, x), (*domain.conditions, *conditions))


def product_of(expression: sp.Expr, x: sp.Symbol, domain: Domain) -> Product:
    """The product of powers of irreducible factors, each positive on ``domain``; what is free of x may have any sign.

    Raises :class:`CalculusError` for another kind of expression or for a sign that is not proved.
    """
    coefficient: sp.Expr = sp.Integer(1)
    powers: dict[sp.Expr, sp.Expr] = {}
    for factor in sp.Mul.make_args(expression):
        if x not in factor.free_symbols:
            coefficient *= factor
            continue
        base, exponent = factor.as_base_exp()
        if x in exponent.free_symbols:
            raise CalculusError(f"{factor}: its exponent depends on {x}")
        outer, factors = _positive_factors(base, x, domain)
        if outer != 1:
            if exponent.is_integer is not True and not proves(outer, ">", domain):
                raise CalculusError(f"{base} > 0 is not shown")
            coefficient *= outer**exponent
        for part, power in factors:
            powers[part] = sp.expand(powers.get(part, 0) + power * exponent)
    return Product(x, coefficient, {b: e for b, e in powers.items() if e != 0})


def _positive_factors(base: sp.Expr, x: sp.Symbol, domain: Domain) -> tuple[sp.Expr, list[tuple[sp.Expr, sp.Expr]]]:
    """(what is free of x, the other factors with their powers), each of the latter positive."""
    if base.is_Mul or (base.is_Pow and x not in base.exp.free_symbols):
        whole = product_of(base, x, domain)
        return whole.coefficient, list(whole.powers.items())
    if base == x:
        return sp.Integer(1), [(x, sp.Integer(1))]
    outer: sp.Expr = sp.Integer(1)
    found: list[tuple[sp.Expr, sp.Expr]] = []
    require_small(base)
    for part, direction in zip(sp.fraction(sp.together(base)), (1, -1), strict=True):
        constant, factors = sp.factor_list(part)
        outer *= constant**direction
        for factor, power in factors:
            if x not in factor.free_symbols:
                outer *= factor ** (direction * power)
                continue
            sign = 1 if factor == x or proves(factor, ">", domain) else -1 if proves(factor, "<", domain) else 0
            if not sign:
                raise CalculusError(f"the sign of {factor} is not shown between the limits of {x}")
            positive = sp.expand(sign * factor)
            outer *= sp.Integer(sign) ** power
            if positive.is_Pow or positive.is_Mul:
                whole = product_of(positive, x, domain)
                outer *= whole.coefficient ** (direction * power)
                found += [(b, e * direction * power) for b, e in whole.powers.items()]
            else:
                found.append((positive, sp.Integer(direction * power)))
    return outer, found


def leading(product: Product, end: sp.Expr, domain: Domain) -> tuple[sp.Expr, sp.Expr]:
    """(c, a) with product ~ c x^a as x tends to 0 or to infinity; every factor's leading coefficient is positive."""
    c, a = product.coefficient, sp.Integer(0)
    for base, exponent in product.powers.items():
        monomials: dict[sp.Expr, sp.Expr] = {}
        for term in sp.Add.make_args(base):
            factor, rest = term.as_independent(product.x, as_Add=False)
            root, m = rest.as_base_exp() if rest != 1 else (product.x, sp.Integer(0))
            if root != product.x or product.x in m.free_symbols:
                raise CalculusError(f"{base} is no sum of powers of {product.x}")
            monomials[m] = monomials.get(m, 0) + factor
        relation = ">=" if end == 0 else "<="
        first = next((m for m in monomials if all(proves(k - m, relation, domain) for k in monomials)), None)
        if first is None:
            raise CalculusError(f"which power of {product.x} leads in {base} is not shown")
        if not proves(monomials[first], ">", domain):
            raise CalculusError(f"{monomials[first]} > 0 is not shown, the leading coefficient of {base}")
        c, a = c * monomials[first] ** exponent, sp.expand(a + first * exponent)
    return c, a


def value_at(product: Product, end: sp.Expr, domain: Domain) -> sp.Expr:
    """The limit of a product of powers at an end of an interval: a finite expression, or ``oo``."""
    if end not in (0, sp.oo):
        value = sp.Mul(product.coefficient, *(b**e for b, e in product.powers.items()))
        value = instantiate(value, {product.x: end})
        guilty = defined(value, domain)
        if guilty is not None:
            raise CalculusError(f"{guilty} is not shown, for the value at {end}")
        return value
    guilty = defined(product.coefficient, domain)
    if guilty is not None:
        raise CalculusError(f"{guilty} is not shown, for the value at {end}")
    c, a = leading(product, end, domain)
    if a == 0:
        return c
    towards = a if end == 0 else -a
    if proves(towards, ">", domain):
        return sp.Integer(0)
    if proves(towards, "<", domain):
        return sp.oo
    raise CalculusError(f"the sign of {a}, a power of {product.x} at {end}, is not shown")


def require_finite(integral: sp.Integral, domain: Domain) -> None:
    """Every term of the integrand has a finite integral; raises :class:`CalculusError` where that is not shown."""
    x, low, high = variable(integral)
    within = within_limits(integral, domain)
    for term in sp.Add.make_args(integral.function):
        product = product_of(term, x, within)
        guilty = defined(product.coefficient, domain)
        if guilty is not None:
            raise CalculusError(f"{guilty} is not shown")
        for end in (low, high):
            if end in (0, sp.oo):
                power = leading(product, end, domain)[1] + 1
                if not proves(power, ">" if end == 0 else "<", domain):
                    side = "at 0" if end == 0 else "at infinity"
                    raise CalculusError(f"{integral} is not shown to converge {side}: it goes as {x}^({power - 1})")
            else:
                value_at(product, end, domain)


def without_integrals(value: sp.Expr, domain: Domain) -> sp.Expr:
    """The value with a number for every integral; raises :class:`CalculusError` unless each is shown to be finite."""
    names = {}
    for node in sorted(value.atoms(sp.Integral), key=str):
        require_finite(node, domain)
        names[node] = sp.Dummy(real=True)
    return value.xreplace(names)

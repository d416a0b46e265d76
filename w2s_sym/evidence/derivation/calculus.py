"""Steps on integrals: linearity, substitution and integration by parts, each one checked on the domain."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from w2s_sym.formula.convergence import (
    CalculusError,
    Product,
    product_of,
    require_finite,
    value_at,
    variable,
    within_limits,
)
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.instantiate import instantiate
from w2s_sym.formula.signs import proves


def integral_of(line: sp.Expr) -> sp.Integral:
    """The one integral of the line. Raises :class:`CalculusError` when there is none, or more than one."""
    found = line.atoms(sp.Integral)
    if len(found) != 1:
        raise CalculusError(f"the line has {len(found)} integrals; a step on an integral needs exactly one")
    integral = next(iter(found))
    variable(integral)
    return integral


# -- the steps ------------------------------------------------------------------------------------------------


def by_parts(line: sp.Expr, u: sp.Expr, v: sp.Expr, domain: Domain) -> sp.Expr:
    """The integral of u v' as the ends of u v minus the integral of u' v."""
    integral = integral_of(line)
    x, low, high = variable(integral)
    within = within_limits(integral, domain)
    if not _equal(integral.function, u * sp.diff(v, x), x, within):
        raise CalculusError(f"{integral.function} is not ({u}) times the derivative of {v}")
    ends = [value_at(product_of(u * v, x, within), end, domain) for end in (low, high)]
    if sp.oo in ends:
        raise CalculusError(f"({u})*({v}) has no finite value at {(low, high)[ends.index(sp.oo)]}")
    slope = sp.diff(u, x)
    rest = sp.Integral(slope * v, (x, low, high)) if slope != 0 else sp.Integer(0)
    if slope != 0:
        require_finite(rest, domain)
    return line.xreplace({integral: ends[1] - ends[0] - rest})


def substitute(line: sp.Expr, new: sp.Integral, image: sp.Expr, domain: Domain) -> sp.Expr:
    """The integral written as ``new``, in the variable y of it, where x = ``image`` is a monotone function of y."""
    old = integral_of(line)
    x, low, high = variable(old)
    y, start, stop = variable(new)
    within = within_limits(new, domain)
    slope = sp.factor(sp.together(sp.diff(image, y)))
    rising = next((r for r in (True, False) if proves(slope, ">" if r else "<", within)), None)
    if rising is None:
        raise CalculusError(f"the sign of {slope}, the derivative of {image} in {y}, is not shown")
    form = product_of(image, y, within)
    for end, wanted in ((start, low if rising else high), (stop, high if rising else low)):
        reached = _open_end(form, end, wanted, within, domain)
        if reached != wanted and (sp.oo in (reached, wanted) or not same_value(reached, wanted, domain)):
            raise CalculusError(f"{x} = {image} is {reached} at {y} = {end}, not {wanted}")
    moved = instantiate(old.function, {x: image}) * (slope if rising else -slope)
    if not _equal(moved, new.function, y, within):
        raise CalculusError(f"with {x} = {image} the integrand is {moved}, not {new.function}")
    return line.xreplace({old: new})


def _open_end(form: Product, end: sp.Expr, wanted: sp.Expr, within: Domain, domain: Domain) -> sp.Expr:
    """The limit of a monotone positive function at an end; at a finite end it may be a pole."""
    if end in (0, sp.oo):
        return value_at(form, end, domain)
    poles = [b for b, e in form.powers.items() if same_value(instantiate(b, {form.x: end}), sp.Integer(0), domain)]
    if poles and wanted == sp.oo and all(proves(form.powers[b], "<", within) for b in poles):
        return sp.oo
    return value_at(form, end, domain)


def _equal(left: sp.Expr, right: sp.Expr, x: sp.Symbol, within: Domain) -> bool:
    """Whether two products of powers are equal between the limits; sums are compared as rational functions."""
    try:
        a, b = product_of(left, x, within), product_of(sp.factor(right), x, within)
    except CalculusError:
        return same_value(left, right, within)
    return a.same_powers(b) and same_value(_free(a.coefficient), _free(b.coefficient), within)


def _free(coefficient: sp.Expr) -> sp.Expr:
    return sp.powsimp(sp.expand_power_base(sp.powdenest(coefficient)))


def normal(line: sp.Expr, domain: Domain, known: dict[sp.Integral, sp.Symbol]) -> sp.Expr:
    """The line with every integral a symbol times what is free of its variable, sums taken term by term.

    ``known`` holds the symbols; equal integrands get the same one, so that two lines become comparable.
    """
    return line.xreplace({i: _linear(i, domain, known) for i in line.atoms(sp.Integral)})


def _linear(integral: sp.Integral, domain: Domain, known: dict[sp.Integral, sp.Symbol]) -> sp.Expr:
    x, low, high = variable(integral)
    require_finite(integral, domain)
    total: sp.Expr = sp.Integer(0)
    for product in _products(integral, domain):
        integrand = sp.Mul(*(b**e for b, e in product.powers.items()))
        plain = sp.Integral(instantiate(integrand, {x: _BOUND}), (_BOUND, low, high))
        if plain not in known:
            known[plain] = sp.Dummy(f"I{len(known)}", real=True)
        total += product.coefficient * known[plain]
    return total


# The variable of every integral that is compared: a letter that no formula of a user contains.
_BOUND = sp.Dummy("x", positive=True)


def _products(integral: sp.Integral, domain: Domain) -> Iterator[Product]:
    x, within = variable(integral)[0], within_limits(integral, domain)
    for term in sp.Add.make_args(integral.function):
        yield product_of(term, x, within)


__all__ = ["CalculusError", "by_parts", "integral_of", "normal", "require_finite", "substitute"]

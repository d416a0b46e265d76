"""Whether a formula has a finite real value everywhere on a domain.

The rule: a formula is defined where each function in it is, and a function that this module does not list is not shown
to be defined anywhere. Each entry of the list says what its arguments must satisfy; that is proved on the whole domain,
or it is the condition that is missing. No value is given to 0^0 with an exponent that varies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain, at_level
from w2s_sym.formula.number_text import told
from w2s_sym.formula.numbers import is_finite_real
from w2s_sym.formula.rational import factor_list
from w2s_sym.formula.signs import proves
from w2s_sym.formula.size import require_small
from w2s_sym.formula.totals import Total


@dataclass(frozen=True)
class Unshown:
    """An expression that no condition known here makes a finite real number."""

    expression: sp.Expr

    def __str__(self) -> str:
        return f"that {told(self.expression)} is a real number"


Missing = Condition | Unshown


def defined(expression: sp.Expr, domain: Domain) -> Missing | None:
    """None when the expression is shown to have a finite real value on the domain; else what is not shown."""
    seen: set[sp.Basic] = set()
    waiting: list[sp.Basic] = [sp.sympify(expression, strict=True)]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if isinstance(node, Total):
            guilty = defined(node.summand, at_level(domain, node.over))
            if guilty is not None:
                return guilty
            continue
        for missing in node_needs(node, domain):
            guilty = missing if isinstance(missing, Unshown) else unproved(missing, domain)
            if guilty is not None:
                return guilty
        waiting += reversed(node.args)
    return None


def first_undefined(expressions: tuple[sp.Expr, ...], domain: Domain) -> Missing | None:
    """What is not shown of the first of several expressions that is not shown to be defined; None when all are."""
    return next((guilty for e in expressions if (guilty := defined(e, domain)) is not None), None)


def node_needs(node: sp.Basic, domain: Domain) -> Iterator[Missing]:
    """What this node needs of its arguments, which are defined themselves."""
    if node.is_number and not is_finite_real(node):
        yield Condition(node, "=", sp.Integer(0))  # a complex or infinite constant: no condition helps
    elif node.is_Symbol or node.is_Add or node.is_Mul or isinstance(node, (Total, *_EVERYWHERE)):
        return
    elif node.is_Pow:
        yield from _power(node.base, node.exp, domain)
    elif node.func in _NEEDS:
        yield from _NEEDS[node.func](*node.args)
    elif not node.is_number or node.args:
        yield Unshown(node)


def _power(base: sp.Expr, exponent: sp.Expr, domain: Domain) -> Iterator[Condition]:
    zero = sp.Integer(0)
    if base.is_Rational and base > 0:
        return
    if exponent.is_integer is True:
        # Zero has positive whole powers, and the power 0 where the exponent is that very number.
        if not (exponent.is_Integer and exponent >= 0) and not proves(exponent, ">", domain):
            yield Condition(base, "!=", zero)
    elif proves(exponent, ">", domain):
        yield Condition(base, ">=", zero)
    else:
        if not proves(base, ">=", domain):
            yield Condition(base, ">=", zero)
        yield Condition(base, "!=", zero)


def _positive(*arguments: sp.Expr) -> Iterator[Condition]:
    for argument in arguments:
        yield Condition(argument, ">", sp.Integer(0))


def _not_negative(*arguments: sp.Expr) -> Iterator[Condition]:
    for argument in arguments:
        yield Condition(argument, ">=", sp.Integer(0))


def _between(low: int, high: int) -> Callable[[sp.Expr], Iterator[Condition]]:
    def needs(argument: sp.Expr) -> Iterator[Condition]:
        yield Condition(argument, ">=", sp.Integer(low))
        yield Condition(argument, "<=", sp.Integer(high))

    return needs


def _digamma(order: sp.Expr, argument: sp.Expr) -> Iterator[Missing]:
    if order != 0:
        yield Unshown(sp.polygamma(order, argument, evaluate=False))
    yield from _positive(argument)


def _zeta(argument: sp.Expr, start: sp.Expr = sp.S.One) -> Iterator[Missing]:
    yield Condition(argument, ">", sp.Integer(1))
    yield from _positive(start)


def _beta(a: sp.Expr, b: sp.Expr, low: sp.Expr, high: sp.Expr) -> Iterator[Condition]:
    """The incomplete beta function: an integral over a part of [0, 1]."""
    yield from _positive(a, b)
    for end in (low, high):
        yield from _between(0, 1)(end)


# Functions of every real number.
_EVERYWHERE = (
    sp.exp,
    sp.sin,
    sp.cos,
    sp.sinh,
    sp.cosh,
    sp.tanh,
    sp.atan,
    sp.asinh,
    sp.erf,
    sp.erfc,
    sp.Abs,
    sp.Min,
    sp.Max,
    sp.floor,
    sp.ceiling,
)
# What the arguments of the others must satisfy.
_NEEDS: dict[type, Callable[..., Iterator[Missing]]] = {
    sp.log: _positive,
    sp.tan: lambda argument: iter((Condition(sp.cos(argument), "!=", sp.Integer(0)),)),
    sp.asin: _between(-1, 1),
    sp.acos: _between(-1, 1),
    sp.gamma: _positive,
    sp.loggamma: _positive,
    sp.polygamma: _digamma,
    sp.factorial: _not_negative,
    sp.binomial: lambda n, k: _not_negative(n, k, n - k),
    sp.zeta: _zeta,
    sp.LambertW: _not_negative,
    sp.betainc: _beta,
}


def unproved(condition: Condition, domain: Domain) -> Condition | None:
    """The condition, or the factor that may vanish, where it is not proved; None where it is."""
    difference = condition.lhs - condition.rhs
    if proves(difference, condition.relation, domain):
        return None
    if condition.relation != "!=":
        return condition
    guilty = next((f for f in _zeros(difference) if not proves(f, "!=", domain)), None)
    return None if guilty is None else Condition(guilty, "!=", sp.Integer(0))


def _zeros(expression: sp.Expr) -> tuple[sp.Expr, ...]:
    """Factors that vanish where the expression does; the expression itself when it has no factors to show."""
    try:
        require_small(expression)
        factors = factor_list(sp.fraction(sp.together(expression))[0])[1]
    except sp.PolynomialError:
        return (expression,)
    return tuple(factor for factor, _ in factors)

"""How large a formula is when it is multiplied out: what is too large is refused before algebra starts on it.

The rule: who multiplies out, factors or divides polynomials asks :func:`small` or :func:`require_small` first. An
exponent of 10^8 is short to write and has no polynomial that a computer could hold. Formulas of many terms are left to
the budget of the evidence.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from w2s_sym.formula.number_text import told

# The highest degree that algebra is tried on; shipped claims reach 64.
MOST_DEGREE = 1_000


class TooLargeError(sp.PolynomialError):  # type: ignore[misc]
    """The polynomials of a formula are of too high a degree to be multiplied out."""


def small(*expressions: sp.Basic) -> bool:
    """Whether each expression has a low degree when it is multiplied out."""
    return all(_degree(e) <= MOST_DEGREE for e in expressions)


def require_small(*expressions: sp.Basic) -> None:
    """Raise :class:`TooLargeError` unless the expressions are :func:`small`."""
    for expression in expressions:
        if not small(expression):
            text = told(expression)
            raise TooLargeError(
                f"{text if len(text) <= 80 else text[:77] + '...'} has degree {_degree(expression)} when it is "
                f"multiplied out; algebra is tried up to {MOST_DEGREE}: write it with smaller exponents"
            )


@lru_cache(maxsize=50_000)
def _degree(node: sp.Basic) -> int:
    """A bound on the degree in all that algebra takes for a variable: symbols, and functions of them."""
    if not node.free_symbols:
        return 0
    if not node.args:
        return 1
    if node.is_Pow or isinstance(node, sp.exp):
        return _of_power(*node.as_base_exp())
    degrees = [_degree(a) for a in node.args]
    return int(sum(degrees) if node.is_Mul else max(degrees))


def _of_power(base: sp.Expr, exponent: sp.Expr) -> int:
    degree = max(1, _degree(base))
    if exponent.is_Rational:
        return int(degree * max(1, abs(exponent.p) // exponent.q))
    multiples = sum(abs(c.p) for c, _ in (t.as_coeff_Mul() for t in sp.Add.make_args(exponent)) if c.is_Rational)
    return int(degree * max(_degree(exponent), multiples))

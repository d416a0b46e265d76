"""Equality of formulas with symbolic exponents: powers, exponentials and logarithms in one normal form.

``(x**a)**b``, ``x**(a + 1)/x`` and ``exp(a*log(x))`` are written as products of exponentials of monomials; what is
left is rational in these and is compared as such. Bases of powers with symbolic exponents are taken to be positive:
who asks must show that (:func:`w2s_sym.signs.defined` does).
"""

from __future__ import annotations

import sympy as sp
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from w2s_sym.algebra import identical


def same(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two expressions are equal where their bases are positive (sound: False may mean 'not shown')."""
    return left == right or bool(identical(_Powers().rational(sp.sympify(left) - sp.sympify(right)), sp.Integer(0)))


class _Powers:
    """Symbols that stand for logarithms and exponentials; equal ones are the same symbol."""

    def __init__(self) -> None:
        self.logs: dict[sp.Expr, sp.Symbol] = {}
        self.bases: dict[sp.Symbol, sp.Expr] = {}
        self.exponentials: dict[sp.Expr, sp.Symbol] = {}

    def rational(self, node: sp.Expr) -> sp.Expr:
        """The expression with exponentials and logarithms replaced by symbols."""
        if node is sp.E:
            return self._exponential(sp.Integer(1))
        if not node.args:
            return node
        if isinstance(node, sp.exp):
            return self._exponential(self.rational(node.args[0]))
        if isinstance(node, HyperbolicFunction):
            return self.rational(node.rewrite(sp.exp))
        if isinstance(node, sp.log):
            return self._logarithm(node.args[0])
        if node.is_Pow and not node.exp.is_Rational:
            return self._exponential(self.rational(node.exp) * self._logarithm(node.base))
        return node.func(*map(self.rational, node.args))

    def _logarithm(self, base: sp.Expr) -> sp.Expr:
        if isinstance(base, sp.exp):
            return self.rational(base.args[0])
        if base.is_Pow and base.exp.is_real and not (base.exp.is_integer and not base.base.is_positive):
            return self.rational(base.exp) * self._logarithm(base.base)
        if base.is_Rational and base > 0:
            # Prime factors that are found quickly; a large number that is left stands for itself.
            primes = sp.factorrat(base, limit=1000) if base != 1 else {}
            return sp.Add(*(power * self._letter(sp.Integer(p)) for p, power in primes.items()))
        return self._letter(sp.cancel(self.rational(base)))

    def _letter(self, inside: sp.Expr) -> sp.Expr:
        """The symbol that stands for a logarithm."""
        found = self.logs.setdefault(inside, sp.Dummy(f"log{len(self.logs)}"))
        self.bases[found] = inside
        return found

    def _exponential(self, exponent: sp.Expr) -> sp.Expr:
        result: sp.Expr = sp.Integer(1)
        for term in sp.Add.make_args(sp.expand(exponent)):
            coefficient, monomial = term.as_coeff_Mul()
            if not coefficient.is_Rational:
                coefficient, monomial = sp.Integer(1), term
            if monomial in self.bases:
                result *= self.bases[monomial] ** coefficient
            elif term != 0:
                unit = monomial / coefficient.q
                result *= self.exponentials.setdefault(unit, sp.Dummy(f"exp{len(self.exponentials)}")) ** coefficient.p
        return result

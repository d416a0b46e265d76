"""Equality of formulas with symbolic exponents: powers, exponentials, logarithms and waves in one normal form.

``(x**a)**b``, ``x**(a + 1)/x`` and ``exp(a*log(x))`` are written as products of exponentials of monomials, sines and
cosines of sums and multiples as polynomials in those of monomials; what is left is rational in these and is compared
as such. Bases of powers with symbolic exponents are taken to be positive: who asks must show that
(:func:`w2s_sym.formula.signs.defined` does).
"""

from __future__ import annotations

import math

import sympy as sp
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from w2s_sym.formula.rational import identical, reduce_squares
from w2s_sym.formula.size import small

# Sines and cosines of larger multiples are not written as polynomials.
MOST_MULTIPLE = 40


def same(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two expressions are equal where their bases are positive (sound: False may mean 'not shown')."""
    if left == right:
        return True
    difference = sp.sympify(left, strict=True) - sp.sympify(right, strict=True)
    if not small(difference):
        return False
    powers = _Powers(difference)
    normal = powers.rational(difference)
    return reduce_squares(normal, powers.squares) or bool(identical(normal, sp.Integer(0)))


class _Powers:
    """Symbols that stand for logarithms, exponentials, sines and cosines; equal ones are the same symbol."""

    def __init__(self, expression: sp.Expr) -> None:
        self.logs: dict[sp.Expr, sp.Symbol] = {}
        self.bases: dict[sp.Symbol, sp.Expr] = {}
        self.exponentials: dict[sp.Expr, sp.Symbol] = {}
        self.cosines: dict[sp.Expr, tuple[sp.Symbol, sp.Symbol]] = {}
        self.squares: dict[sp.Symbol, sp.Expr] = {}  # of sines
        self.others: dict[sp.Expr, sp.Symbol] = {}
        self.parts: dict[sp.Expr, int] = {}  # into how many parts the argument of a wave is cut
        for wave in expression.atoms(sp.sin, sp.cos, sp.tan):
            for coefficient, monomial in _multiples(wave.args[0]):
                self.parts[monomial] = math.lcm(self.parts.get(monomial, 1), int(coefficient.q))

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
        if isinstance(node, (sp.sin, sp.cos, sp.tan)):
            return self._wave(node)
        if node.is_Pow and not node.exp.is_Rational:
            return self._exponential(self.rational(node.exp) * self._logarithm(node.base))
        inside = node.func(*map(self.rational, node.args))
        # Any other function is a number of its own, whatever it is.
        opaque = isinstance(inside, sp.Function) and not isinstance(inside, sp.Abs)
        return self.others.setdefault(inside, sp.Dummy(f"value{len(self.others)}")) if opaque else inside

    def _logarithm(self, base: sp.Expr) -> sp.Expr:
        if isinstance(base, sp.exp):
            return self.rational(base.args[0])
        if base.is_Pow and base.exp.is_real and not (base.exp.is_integer and not base.base.is_positive):
            return self.rational(base.exp) * self._logarithm(base.base)
        if base.is_Rational and base > 0:
            # Prime factors that are found quickly; a large number that is left stands for itself.
            primes = sp.factorrat(base, limit=1000) if base != 1 else {}
            return sp.Add(*(power * self._letter(sp.Integer(p)) for p, power in primes.items()))
        known = [f for f in sp.Mul.make_args(base) if _is_positive(f)]
        if known and base not in known:
            return sp.Add(*map(self._logarithm, known), self._logarithm(base / sp.Mul(*known)))
        content, inside = sp.cancel(self.rational(base)).as_content_primitive()  # the content is positive
        return self._logarithm(content) + (self._letter(inside) if inside != 1 else 0)

    def _letter(self, inside: sp.Expr) -> sp.Expr:
        """The symbol that stands for a logarithm."""
        found = self.logs.setdefault(inside, sp.Dummy(f"log{len(self.logs)}"))
        self.bases[found] = inside
        return found

    def _wave(self, node: TrigonometricFunction) -> sp.Expr:
        cosine: sp.Expr = sp.Integer(1)
        sine: sp.Expr = sp.Integer(0)
        for coefficient, monomial in _multiples(node.args[0]):
            times = int(coefficient * self.parts[monomial])
            if abs(times) > MOST_MULTIPLE:
                return node
            c, s = self._unit(monomial)
            # By Chebyshev's polynomials: sums of products of sums would double with each multiple.
            cos_n, sin_n = sp.chebyshevt(abs(times), c), s * sp.chebyshevu(abs(times) - 1, c)
            sin_n = sin_n if times > 0 else -sin_n
            cosine, sine = cosine * cos_n - sine * sin_n, sine * cos_n + cosine * sin_n
        if isinstance(node, sp.tan):
            return sine / cosine
        return sine if isinstance(node, sp.sin) else cosine

    def _unit(self, monomial: sp.Expr) -> tuple[sp.Symbol, sp.Symbol]:
        """The cosine and the sine of a part of the monomial."""
        if monomial not in self.cosines:
            number = len(self.cosines)
            cosine, sine = self.cosines[monomial] = sp.Dummy(f"cos{number}"), sp.Dummy(f"sin{number}")
            self.squares[sine] = 1 - cosine**2
        return self.cosines[monomial]

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


def _is_positive(factor: sp.Expr) -> bool:
    base, _ = factor.as_base_exp()
    return bool(
        (factor.is_Rational and factor > 0) or (base.is_Symbol and base.is_positive) or isinstance(factor, sp.exp)
    )


def _multiples(argument: sp.Expr) -> list[tuple[sp.Rational, sp.Expr]]:
    """The terms of a sum as rational multiples of monomials."""
    terms = (term.as_coeff_Mul() for term in sp.Add.make_args(sp.expand(argument)))
    return [(c, m) if c.is_Rational else (sp.Integer(1), c * m) for c, m in terms]

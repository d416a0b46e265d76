"""Values of expressions at exact points, with a certificate: rationals stay exact, the rest are balls.

A ball is an interval that provably contains the value (python-flint's ``arb``); its radius shrinks as digits are
added. What has no value at a point, or none that is real, is an :class:`UndefinedError`, never a NaN; what this module
cannot evaluate is an :class:`UnsupportedError` that names the smallest guilty sub-expression.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from w2s_sym.formula.ball_integrals import TOO_LARGE, BallNumber, DivergentError, IntegrandError, integrate
from w2s_sym.formula.exact_values import exact_value, summed_over
from w2s_sym.formula.number_text import told
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import Total

Combine = Callable[[BallNumber, BallNumber], BallNumber]
# A tie is looked at with more digits where a part of a formula is too small, or too large, to be seen beside the rest.
_MOST_DIGITS = 20_000
# Exact integer powers and factorials beyond this many bits (or this argument) are taken as balls instead.
_MOST_BITS = 1 << 16
_MOST_FACTORIAL = 1000


class UndefinedError(ArithmeticError):
    """The expression has no real value at the point, or none that these digits can tell from a singularity."""


class UnsupportedError(TypeError):
    """No certified evaluation of this kind of expression is known here."""


_FUNCTIONS: dict[type, Callable[..., arb]] = {
    sp.exp: arb.exp,
    sp.log: arb.log,
    sp.sin: arb.sin,
    sp.cos: arb.cos,
    sp.tan: arb.tan,
    sp.sinh: arb.sinh,
    sp.cosh: arb.cosh,
    sp.tanh: arb.tanh,
    sp.asin: arb.asin,
    sp.acos: arb.acos,
    sp.atan: arb.atan,
    sp.gamma: arb.gamma,
    sp.loggamma: arb.lgamma,
    sp.zeta: arb.zeta,
    sp.erf: arb.erf,
    sp.erfc: arb.erfc,
    sp.LambertW: arb.lambertw,
}
_RELATIONS: dict[type, Callable[[int, int], bool]] = {
    sp.Eq: operator.eq,
    sp.Ne: operator.ne,
    sp.Lt: operator.lt,
    sp.Le: operator.le,
    sp.Gt: operator.gt,
    sp.Ge: operator.ge,
}
_CONSTANTS: dict[sp.Expr, Callable[[], arb]] = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.Catalan: arb.const_catalan,
}


def sign_of_ball(value: BallNumber) -> int | None:
    """-1, 0 or 1 when certain; None for a ball that contains zero beside other numbers."""
    if value > 0:
        return 1
    if value < 0:
        return -1
    return 0 if value == 0 else None


def ball(value: BallNumber) -> arb:
    """The value as a ball, at the working precision."""
    return arb(value)


def ball_text(value: BallNumber, digits: int = 6) -> str:
    """The value to a few digits."""
    return str(arb(value).str(digits, radius=False))


class At:
    """Evaluate expressions at one exact point: ``At(point, digits)(expression)``.

    Symbols in ``ranges`` run through a ball: the result then holds all values there, and is refused unless the
    expression is continuous on it. Sub-expressions are evaluated once. The result is an ``fmpq`` when arithmetic alone
    leads to it, else an ``arb``. Raises :class:`UndefinedError` or :class:`UnsupportedError`.
    """

    def __init__(
        self, point: Mapping[sp.Symbol, sp.Expr], digits: int, ranges: Mapping[sp.Symbol, arb] | None = None
    ) -> None:
        self.point = dict(point)
        self.digits = digits
        self._known: dict[sp.Expr, BallNumber] = dict(ranges or {})

    def __call__(self, expression: sp.Expr) -> BallNumber:
        # Ten digits more than asked for absorb the rounding of a formula's own operations.
        with ctx.workdps(self.digits + 10):
            return self._value(expression)

    def difference(self, left: BallNumber, right: BallNumber) -> BallNumber:
        """The difference of two values, with digits to spare."""
        with ctx.workdps(self.digits + 10):
            gap: BallNumber = left - right
            return gap

    def span(self, *sides: sp.Expr) -> int:
        """The digits before or after the point of the largest or smallest part of these sides that is not zero.

        Parts are the nodes that were evaluated, and those of a total once its spectrum is put in.
        """
        with ctx.workdps(self.digits + 10):
            totals = [t for side in sides for t in side.atoms(Total)]
            spelled = [summed_over(t, self.point[t.over]) for t in totals if t.over in self.point]
            _ = [self._value(t) for t in spelled]  # what was summed exactly has no parts yet
            nodes = {node for side in (*sides, *spelled) for node in sp.preorder_traversal(side)}
            return max((_decimals(self._known[node]) for node in nodes if node in self._known), default=0)

    def _value(self, node: sp.Expr) -> BallNumber:
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = self._compute(node)
        return known

    def _compute(self, node: sp.Expr) -> BallNumber:
        if node.is_Rational:
            return fmpq(int(node.p), int(node.q))
        if node.is_Symbol:
            if node not in self.point:
                raise UnsupportedError(f"no value for {told(node)}")
            return self._value(self.point[node])
        if node.is_Add:
            return self._fold(node, fmpq(0), operator.add)
        if node.is_Mul:
            return self._fold(node, fmpq(1), operator.mul)
        if node.is_Pow:
            return self._power(node)
        if isinstance(node, Total):
            exact = exact_value(node, self.point)
            return self._value(summed_over(node, self.point[node.over])) if exact is None else exact
        if node.is_Float:
            return self._value(sp.Rational(str(node)))  # the decimal that was written
        if node in _CONSTANTS:
            return _CONSTANTS[node]()
        if isinstance(node, (sp.Max, sp.Min)):
            return self._extreme(node)
        if isinstance(node, sp.Piecewise):
            return self._pieces(node)
        if isinstance(node, sp.Abs):
            inner = self._value(node.args[0])
            known = sign_of_ball(inner)
            return abs(ball(inner)) if known is None else -inner if known < 0 else inner
        if isinstance(node, (sp.factorial, sp.binomial)):
            return self._counting(node)
        if node in (sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I):
            raise UndefinedError(f"{told(node)}: no finite real value")
        if isinstance(node, sp.Integral):
            return self._integral(node)
        if isinstance(node, sp.betainc):
            return self._beta(node)
        function = _FUNCTIONS.get(node.func)
        if function is None and node.func == sp.polygamma and node.args[0] == 0:
            return self._finite(arb.digamma(ball(self._value(node.args[1]))), node)
        if function is None or len(node.args) != 1:
            raise UnsupportedError(f"cannot evaluate {node.func.__name__} in {told(node)}")
        argument = ball(self._value(node.args[0]))
        # A gamma function has a value wherever its argument is positive.
        return self._finite(function(argument), node, node.func == sp.gamma and sign_of_ball(argument) == 1)

    def _fold(self, node: sp.Expr, start: BallNumber, combine: Combine) -> BallNumber:
        return reduce(combine, sorted(map(self._value, node.args), key=lambda v: isinstance(v, arb)), start)

    def _power(self, node: sp.Expr) -> BallNumber:
        base, exponent = self._value(node.base), self._value(node.exp)
        if not isinstance(exponent, fmpq):
            if sign_of_ball(base) != 1:
                raise UndefinedError(f"{told(node)}: the base {ball_text(base)} is not shown to be positive")
            return self._finite((ball(base).log() * exponent).exp(), node)
        if exponent < 0 and sign_of_ball(base) in (0, None):
            raise UndefinedError(f"{told(node)}: division by zero")
        if exponent == 0 and not node.exp.is_Integer and sign_of_ball(base) in (0, None):
            raise UndefinedError(f"{told(node)}: zero to the power zero")
        if exponent.q == 1:
            return self._integer_power(base, int(exponent.p), node)
        if sign_of_ball(base) == 0:
            return fmpq(0)
        if sign_of_ball(base) != 1:
            raise UndefinedError(f"{told(node)}: the root of {ball_text(base)} is not real")
        deep = max(base.p.bit_length(), base.q.bit_length()) if isinstance(base, fmpq) else _MOST_BITS
        if exponent.q > deep:
            # A root of a rational as deep as this is rational for 1 only, and no machine integer need hold its degree.
            return fmpq(1) if base == 1 else self._finite((ball(base).log() * exponent).exp(), node)
        root: BallNumber | None = _exact_root(base, int(exponent.q)) if isinstance(base, fmpq) else None
        if root is None:
            root = ball(base).sqrt() if exponent.q == 2 else ball(base).root(int(exponent.q))
        return self._integer_power(root, int(exponent.p), node)

    def _integer_power(self, base: BallNumber, exponent: int, node: sp.Expr) -> BallNumber:
        size = max(int(base.p).bit_length(), int(base.q).bit_length()) if isinstance(base, fmpq) else 0
        base = ball(base) if size * abs(exponent) > _MOST_BITS else base
        if exponent > 0 and isinstance(base, arb) and base.contains(0):
            return _repeated_product(base, exponent)  # flint takes a logarithm
        return self._finite(base ** fmpz(exponent), node)

    def _pieces(self, node: sp.Piecewise) -> BallNumber:
        """The first piece whose condition holds; the conditions before it are shown to fail."""
        for piece, condition in node.args:
            if condition == sp.true:
                return self._value(piece)
            if type(condition) not in _RELATIONS:
                raise UnsupportedError(f"cannot decide {told(condition)} in {told(node)}")
            known = sign_of_ball(self._value(condition.lhs) - self._value(condition.rhs))
            if known is None:
                raise UndefinedError(f"{told(node)}: these digits do not decide {told(condition)}")
            if _RELATIONS[type(condition)](known, 0):
                return self._value(piece)
        raise UndefinedError(f"{told(node)}: no piece holds here")

    def _extreme(self, node: sp.Expr) -> BallNumber:
        best, *others = map(self._value, node.args)
        for value in others:
            if isinstance(value, fmpq) and isinstance(best, fmpq):
                larger = value > best
                best = value if larger == isinstance(node, sp.Max) else best
            else:
                best = ball(best).max(ball(value)) if isinstance(node, sp.Max) else ball(best).min(ball(value))
        return best

    def _counting(self, node: sp.Expr) -> BallNumber:
        values = [self._value(a) for a in node.args]
        whole = [int(v.p) for v in values if isinstance(v, fmpq) and v.q == 1]
        if len(whole) != len(values) or not all(0 <= k <= _MOST_FACTORIAL for k in whole):
            return self._value(node.rewrite(sp.gamma))
        return fmpq(int(sp.factorial(*whole) if len(whole) == 1 else sp.binomial(*whole)))

    def _integral(self, node: sp.Integral) -> BallNumber:
        try:
            return integrate(node, self._value)
        except DivergentError as error:
            raise UndefinedError(str(error)) from error
        except IntegrandError as error:
            raise UnsupportedError(str(error)) from error

    def _beta(self, node: sp.Expr) -> BallNumber:
        values = [self._value(argument) for argument in node.args]
        # With few digits the series can lose all of them: more are tried before the value is said not to exist.
        for factor in (1, 2, 4, 8):
            with ctx.workprec(ctx.prec * factor):
                a, b, low, high = map(ball, values)
                found = high.beta_lower(a, b) - (low.beta_lower(a, b) if low != 0 else 0)
            if found.is_finite():
                break
        return self._finite(found, node)

    @staticmethod
    def _finite(value: BallNumber, node: sp.Expr, exists: bool = False) -> BallNumber:
        if isinstance(value, arb) and not value.is_finite():
            large = exists or isinstance(node, (sp.exp, sp.Pow, sp.sinh, sp.cosh))  # of what is finite
            raise UndefinedError(f"{told(node)}: {TOO_LARGE if large else 'no finite real value'}")
        return value


def _decimals(value: BallNumber) -> int:
    """How many decimal digits stand before the point, or zeros after it; 0 for a ball that contains zero."""
    size = abs(ball(value))
    return 0 if size.contains(0) else int(abs(size.log() / arb(10).log()).upper().ceil().unique_fmpz() or 0)


def _repeated_product(base: arb, times: int) -> arb:
    """A positive power of a ball that may contain zero, by squares."""
    product = arb(1)
    for bit in f"{times:b}":
        product = product * product * (base if bit == "1" else 1)
    return product


def _exact_root(base: fmpq, degree: int) -> fmpq | None:
    """The rational root of a positive rational, when it has one."""
    top, bottom = base.p.root(degree), base.q.root(degree)
    return fmpq(top, bottom) if fmpq(top, bottom) ** degree == base else None


# -- two sides at one point -----------------------------------------------------------------------------------


class ContradictionError(ArithmeticError):
    """Two working precisions gave balls that exclude each other: a fault of the evaluator, never of a claim."""


@dataclass(frozen=True)
class Compared:
    """Both sides at one point. ``order`` is the sign of left - right, or None when the digits do not decide it.

    ``certified`` is False for a *tie*: the sides only agree to all digits asked for, and ``order`` is 0. ``exact`` is
    True when both are rational.
    """

    left: BallNumber
    right: BallNumber
    gap: BallNumber
    order: int | None
    certified: bool
    exact: bool

    def truth(self, relation: str) -> bool | None:
        """Whether ``left relation right``; None when undecided.

        A tie speaks for ``=`` and for nothing else: it says not on which side of a bound the left side lies.
        """
        if self.order is None:
            return None
        if not self.certified:
            return True if relation == "=" else None
        return bool(Relation(relation)(self.order))

    def margin(self, relation: str) -> float:
        """How far the relation is from failing, relative to the larger side; negative where it fails."""
        size = abs(ball(self.left)).max(abs(ball(self.right)))
        if self.order == 0:
            return 0.0
        share = float((ball(self.gap) / size).mid())
        return Relation(relation).direction * share if Relation(relation).direction else abs(share)

    def ratio(self) -> str:
        """left / right to six digits, or as 1 + a small number; a word when the right side may be zero."""
        if not sign_of_ball(self.right):
            return "none (the right side is zero)"
        excess = ball(self.gap) / ball(self.right)
        if 0 < excess.abs_upper() < 1e-5:
            return f"1 + {ball_text(excess, 3)}"
        return ball_text(ball(self.left) / ball(self.right))


class Place:
    """One exact point, with evaluators at ``digits`` and at twice as many and ten: each is a test of the other."""

    def __init__(self, point: Mapping[sp.Symbol, sp.Expr], digits: int) -> None:
        self.point = dict(point)
        self.digits = digits
        self.low = At(point, digits)
        self.high = At(point, 2 * digits + 10)
        self._deeper: dict[int, Place] = {}

    def look(self, left: sp.Expr, right: sp.Expr) -> Compared:
        """Compare two expressions here; raises UndefinedError, UnsupportedError or ContradictionError."""
        a, b = self.low(left), self.low(right)
        if isinstance(a, fmpq) and isinstance(b, fmpq):
            return Compared(a, b, a - b, sign_of_ball(a - b), certified=True, exact=True)
        a2, b2 = self.high(left), self.high(right)
        for expression, coarse, fine in ((left, a, a2), (right, b, b2)):
            if not ball(coarse).overlaps(ball(fine)):
                raise ContradictionError(
                    f"{expression} is {ball_text(coarse, 15)} with {self.digits} digits and {ball_text(fine, 15)} with "
                    f"{2 * self.digits + 10}: the two precisions contradict each other"
                )
        gap = self.high.difference(a2, b2)
        order = sign_of_ball(gap)
        if order is not None:
            return Compared(a2, b2, gap, order, certified=True, exact=False)
        if not agrees(ball(gap), ball(a2), ball(b2), self.digits):
            return Compared(a2, b2, gap, None, certified=False, exact=False)
        return self._tie(left, right, Compared(a2, b2, gap, 0, certified=False, exact=False))

    def _tie(self, left: sp.Expr, right: sp.Expr, tie: Compared) -> Compared:
        """A tie, looked at again with the digits that the smallest and largest of its parts need.

        Beside 1, exp(-1000) is below all of 400 digits. As long as a part of a side has more digits before or after
        the point than were looked at, the sides are undecided; they stay so beyond 20,000 digits.
        """
        digits, place = self.digits, self
        while (needed := place.high.span(left, right)) > digits:
            if needed > _MOST_DIGITS:
                return Compared(tie.left, tie.right, tie.gap, None, certified=False, exact=False)
            digits = needed
            place = self._deeper.setdefault(digits, Place(self.point, digits))
            a, b = place.high(left), place.high(right)
            gap = place.high.difference(a, b)
            order = sign_of_ball(gap)
            if order is not None:
                return Compared(a, b, gap, order, certified=True, exact=False)
        return tie


def agrees(gap: arb, left: arb, right: arb, digits: int) -> bool:
    """Whether a gap that contains zero is below 10^-digits of the larger side, or below that if both may be zero."""
    size = arb(1) if left.contains(0) and right.contains(0) else left.abs_lower().max(right.abs_lower())
    return bool(gap.abs_upper() < size * arb(10) ** -digits)

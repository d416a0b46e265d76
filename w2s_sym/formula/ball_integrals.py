"""Integrals over a half line or an interval as balls: proven values, ends at 0 and infinity included.

The integrands are sums of terms ``c x^a P_1(x)^e_1 P_2(x)^e_2 ...`` whose ``P_j`` are sums of powers ``c x^m``, with
any real exponents. With x = e^y every factor is analytic in y, and arb integrates a finite piece with a proven error.
What is left out at 0 and at infinity is its leading power, integrated exactly, times factors ``(1 +- r)^e_j``. One
factor of two powers from or to an end has a closed form, Gauss's hypergeometric function or Euler's beta function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, log

import sympy as sp
from flint import acb, arb, ctx, fmpq

# A value of an expression: exact where arithmetic leads to it, else an interval that contains it.
BallNumber = fmpq | arb
Evaluator = Callable[[sp.Expr], BallNumber]
# Why there is no ball of what has a value, such as exp(exp(1000)).
TOO_LARGE = "too large to be evaluated"

# Bits that a closed form may lose before the integral is evaluated by other means.
_LOST = 16
# How often an end is moved outwards until its leading power dominates.
_MOVES = 60


class DivergentError(ArithmeticError):
    """The integral has no finite value."""


class IntegrandError(TypeError):
    """No certified evaluation of this kind of integral is known here."""


@dataclass(frozen=True)
class Powers:
    """``(sum of c x^m) ^ exponent``; the pairs (m, c) come in the order of m, each m once."""

    terms: tuple[tuple[BallNumber, BallNumber], ...]
    exponent: BallNumber


@dataclass(frozen=True)
class Term:
    """``coefficient * x^power * product of factors``; a factor has two powers of x or more."""

    coefficient: BallNumber
    power: BallNumber
    factors: tuple[Powers, ...]


def integrate(node: sp.Integral, value: Evaluator) -> arb:
    """The integral as a ball at the working precision; ``value`` evaluates whatever is free of the variable.

    Raises :class:`DivergentError` when a term has no finite integral, and :class:`IntegrandError` for integrands of
    another kind. Terms are integrated one by one: a sum of divergent terms counts as divergent.
    """
    if len(node.limits) != 1 or len(node.limits[0]) != 3:
        raise IntegrandError(f"cannot evaluate {node}: needs one variable and both its limits")
    x, low, high = node.limits[0]
    ends = [None if end in (0, sp.oo) else value(end) for end in (low, high)]
    if low == sp.oo or high == 0 or any(end is not None and not end > 0 for end in ends):
        raise IntegrandError(f"cannot evaluate {node}: its limits are not shown to be within 0 and oo, in this order")
    return sum((integral(term, ends[0], ends[1], str(node)) for term in _terms(node.function, x, value)), arb(0))


def exponents(integrand: sp.Expr, x: sp.Symbol, value: Evaluator) -> Iterator[tuple[BallNumber, BallNumber]]:
    """Of every term: the powers of x that it is like at 0 and at infinity."""
    for term in _terms(integrand, x, value):
        yield _leading(term, 0), _leading(term, -1)


# -- reading --------------------------------------------------------------------------------------------------


def _terms(integrand: sp.Expr, x: sp.Symbol, value: Evaluator) -> Iterator[Term]:
    for summand in sp.Add.make_args(integrand):
        coefficient: BallNumber = fmpq(1)
        power: BallNumber = fmpq(0)
        factors: list[Powers] = []
        for factor in sp.Mul.make_args(summand):
            if x not in factor.free_symbols:
                coefficient = coefficient * value(factor)
                continue
            base, exponent = factor.as_base_exp()
            if x in exponent.free_symbols:
                raise IntegrandError(f"cannot integrate {factor}: its exponent depends on {x}")
            e = value(exponent)
            terms = _powers(base, x, value)
            if len(terms) > 1:
                factors.append(Powers(terms, e))
                continue
            (m, c), power_of = terms[0], e
            if not c > 0 and not (isinstance(e, fmpq) and e.q == 1):
                raise IntegrandError(f"cannot integrate {factor}: {base} is not shown to be positive")
            power = power + m * power_of
            coefficient = coefficient * _raised(c, e)
        yield Term(coefficient, power, tuple(factors))


def _powers(base: sp.Expr, x: sp.Symbol, value: Evaluator) -> tuple[tuple[BallNumber, BallNumber], ...]:
    found: list[tuple[BallNumber, BallNumber]] = []
    for summand in sp.Add.make_args(base):
        c, rest = summand.as_independent(x, as_Add=False)
        root, m = rest.as_base_exp()
        if rest != 1 and (root != x or x in m.free_symbols):
            raise IntegrandError(f"cannot integrate {rest} in {base}: it is no power of {x}")
        exponent, coefficient = value(m) if rest != 1 else fmpq(0), value(c)
        known = next((i for i, (k, _) in enumerate(found) if k == exponent), None)
        if known is None:
            found.append((exponent, coefficient))
        else:
            found[known] = (exponent, found[known][1] + coefficient)
    ordered: list[tuple[BallNumber, BallNumber]] = []
    for pair in found:
        place = sum(1 for m, _ in ordered if m < pair[0])
        if any(not (m < pair[0] or m > pair[0]) for m, _ in ordered):
            raise IntegrandError(f"cannot order the powers of {x} in {base}")
        ordered.insert(place, pair)
    return tuple(ordered)


def _raised(base: BallNumber, exponent: BallNumber) -> BallNumber:
    if isinstance(exponent, fmpq) and exponent.q == 1:
        if base == 0 and exponent < 0:
            raise DivergentError("division by zero")
        return base ** int(exponent.p)
    return arb(base) ** arb(exponent)


# -- integrating ----------------------------------------------------------------------------------------------


def _leading(term: Term, end: int) -> BallNumber:
    """The power of x that the term is like at 0 (``end`` 0) or at infinity (``end`` -1)."""
    return sum((f.terms[end][0] * f.exponent for f in term.factors), term.power)


def integral(term: Term, low: BallNumber | None, high: BallNumber | None, what: str = "the integral") -> arb:
    """One term between limits, None for 0 as ``low`` and for infinity as ``high``; ``what`` names it in errors."""
    if term.coefficient == 0:
        return arb(0)
    # The exponent of e^|y| at each end that is not given: the tail converges where it is positive.
    decays = {
        end: (_leading(term, end) + 1) * (1 if end == 0 else -1)
        for end, given in ((0, low), (-1, high))
        if given is None
    }
    for end, decay in decays.items():
        if not decay > 0:
            where = "0" if end == 0 else "infinity"
            known = "does not converge" if decay <= 0 else "is not shown to converge"
            raise DivergentError(f"{what} {known} at {where}")
    closed = _in_closed_form(term, low, high, decays)
    if closed is not None and closed.rel_accuracy_bits() >= ctx.prec - _LOST:
        return closed
    total, bounds = arb(0), []
    for end, given in ((0, low), (-1, high)):
        if given is not None:
            bounds.append(arb(given).log())
            continue
        decay, beyond = decays[end], high if end == 0 else low
        far, tail = _tail(term, end, decay, None if beyond is None else arb(beyond).log(), what)
        bounds.append(-far if end == 0 else far)
        total += tail
    f = _in_logarithm(term)
    # The tolerance is relative to the integrand's own size, whatever that is; it affects effort only, never validity.
    places = (acb(bounds[0] + (bounds[1] - bounds[0]) * fmpq(k, 16)) for k in range(17))
    scale = max((abs(f(y, False)) for y in places), key=lambda v: float(v.log().mid()) if v > 0 else -inf)
    tolerance = scale.upper() * arb(10) ** -ctx.dps if scale.is_finite() and scale > 0 else None
    piece = acb.integral(f, acb(bounds[0]), acb(bounds[1]), abs_tol=tolerance)
    value = total + piece.real
    if not value.is_finite():
        raise IntegrandError(
            f"cannot evaluate {what}: no certified value; its integrand may have a pole or a root there"
        )
    return value


def _in_closed_form(
    term: Term, low: BallNumber | None, high: BallNumber | None, decays: Mapping[int, BallNumber]
) -> arb | None:
    """The integral of ``c x^a (c_0 x^m_0 + c_1 x^m_1)^e`` from 0, to infinity, or both; None of another kind.

    With r = c_1/c_0, d = m_1 - m_0 and s = a + 1 + m_0 e > 0 it is, from 0 to h, c c_0^e h^s/s times
    2F1(-e, s/d; s/d + 1; -r h^d): integrate the binomial series. At infinity, put 1/x for x. Over both, v = r x^d
    leaves Euler's beta function of s/d and -e - s/d.
    """
    if not decays or len(term.factors) != 1 or len(term.factors[0].terms) != 2:
        return None
    (m_0, c_0), (m_1, c_1) = term.factors[0].terms
    e, d = term.factors[0].exponent, m_1 - m_0
    if not (c_0 > 0 and c_1 > 0 and d > 0):
        return None
    front, step = arb(term.coefficient), arb(d)
    if len(decays) == 2:
        a, b = arb(decays[0] / d), arb(decays[-1] / d)
        beta = a.gamma() * b.gamma() / (a + b).gamma()
        return front * arb(c_0) ** arb(e) * (arb(c_0) / arb(c_1)) ** a * beta / step
    ((end, s),) = decays.items()
    near, other, x = (c_0, c_1, high) if end == 0 else (c_1, c_0, low)
    assert x is not None
    x = arb(x) if end == 0 else 1 / arb(x)
    argument, b = -arb(other) / arb(near) * x**step, arb(s / d)
    return front * arb(near) ** arb(e) * x ** arb(s) / arb(s) * argument.hypgeom_2f1(arb(-e), b, b + 1)


def _in_logarithm(term: Term) -> Callable[[acb, bool], acb]:
    """The term times x at x = e^y, what is integrated in y; not finite where analyticity is asked for and fails."""
    coefficient, power = acb(term.coefficient), acb(term.power + 1)
    factors = [([(acb(m), acb(c)) for m, c in f.terms], _whole(f.exponent), acb(f.exponent)) for f in term.factors]

    def value(y: acb, analytic: bool) -> acb:
        result = (power * y).exp() * coefficient
        for terms, whole, exponent in factors:
            total = acb(0)
            for m, c in terms:
                total += (m * y).exp() * c
            result *= total.pow(exponent, analytic=analytic) if whole is None else total**whole
        return result

    return value


def _whole(exponent: BallNumber) -> int | None:
    return int(exponent.p) if isinstance(exponent, fmpq) and exponent.q == 1 else None


def _tail(term: Term, end: int, decay: BallNumber, beyond: arb | None, what: str) -> tuple[arb, arb]:
    """Where the tail begins, as an integer |y|, and the tail's integral.

    There every P_j is its leading power times a number within ``1 +- r_j``, ``r_j`` the absolute sum of the others.
    """
    direction = 1 if end == 0 else -1
    steps = [abs(float(arb(m - f.terms[end][0]))) for f in term.factors for m, _ in f.terms if m != f.terms[end][0]]
    nearest = min(steps, default=0.0)
    wanted = ctx.dps * log(10) / (float(arb(decay)) + nearest) if steps else 0.0
    far = 1 + int(wanted) if beyond is None else 1 + int(max(wanted, float((-beyond * direction).upper()) + 1))
    for _ in range(_MOVES):
        value = arb(term.coefficient) * (-arb(decay) * far).exp() / arb(decay)
        close = True
        for factor in term.factors:
            first, c = factor.terms[end]
            if not (c > 0 or c < 0):
                raise IntegrandError(f"cannot evaluate {what}: a leading coefficient may vanish")
            others = (abs(arb(d) / arb(c)) * (-abs(arb(m - first)) * far).exp() for m, d in factor.terms if m != first)
            rest = sum(others, arb(0)).upper()
            close = close and bool(rest < 0.5)
            value *= arb(_raised(c, factor.exponent)) * arb(_raised(arb(1, rest), factor.exponent)) if close else 1
        if close:
            return arb(far), value
        far *= 2
    raise IntegrandError(f"cannot evaluate {what}: no power dominates at {'0' if end == 0 else 'infinity'}")

"""Closed intervals and Taylor expansions that enclose a function on a box.

Every number that is not exact is an interval whose two ends are exact, and every operation is rounded outwards by arb.
An end may be infinite: then there is no bound on that side. *Inner points* of a box are those whose coordinates are
strictly between the ends of their ranges; where a range is one point, that point.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial, inf

from flint import arb, fmpq

from w2s_sym.kernel.records import Box, End, Formula

Interval = tuple[arb, arb]
Orders = tuple[int, ...]  # an order of differentiation for each variable
Jet = dict[Orders, Interval]  # Taylor coefficients by their orders; those that are not listed are zero

INF = arb("inf")
ZERO = (arb(0), arb(0))


# -- intervals --------------------------------------------------------------------------------------------------


def between(*numbers: arb) -> Interval:
    """The smallest interval that contains all of these balls. Raises ``ArithmeticError`` for what is no number."""
    lows, highs = [x.lower() for x in numbers], [x.upper() for x in numbers]
    for low, high in zip(lows, highs, strict=True):
        if not low <= high:  # also when either is not a number
            raise ArithmeticError("infinity minus infinity, or a number too large for arb")
    return min(lows), max(highs)


def ball_of(number: End) -> arb:
    """A ball that contains an exact number; an infinity is itself."""
    return arb(number) if isinstance(number, float) else arb(fmpq(number.numerator, number.denominator))


def exact(*numbers: End) -> Interval:
    """The interval from the least to the largest of exact numbers."""
    return between(*(ball_of(number) for number in numbers))


def interval_sum(u: Interval, v: Interval) -> Interval:
    """Contains every sum of a number in u and a number in v."""
    return between(u[0] + v[0], u[1] + v[1])


def end_product(x: arb, y: arb) -> arb:
    """The product of two ends. Zero times an infinite end is zero: the numbers inside are finite, however large."""
    return arb(0) if x == 0 or y == 0 else x * y


def interval_product(u: Interval, v: Interval) -> Interval:
    """Contains every product of a number in u and a number in v: the extremes are products of two ends."""
    return between(*(end_product(x, y) for x in u for y in v))


# -- exp, log and powers ----------------------------------------------------------------------------------------


def require_argument(head: str, exponent: Fraction, u: Interval) -> None:
    """Raise ``ArithmeticError`` unless all points strictly between the ends of u have a logarithm or power.

    Logarithms and powers need a positive argument; a power with a negative whole exponent, one that is not zero.
    """
    positive = u[0] >= 0 and u[1] > 0
    negative = u[0] < 0 and u[1] < 0
    reciprocal = head == "pow" and exponent < 0 and exponent.denominator == 1
    if not (positive or (negative and reciprocal)):
        raise ArithmeticError(f"{head} of an interval that contains zero or less")


def power_at_end(x: arb, exponent: Fraction) -> arb:
    """x to a power at an end of an argument; at zero and at infinity its limit from inside."""
    if exponent == 0:
        return arb(1)
    if x == 0:
        return arb(0) if exponent > 0 else INF
    if x in (INF, -INF):
        return INF if exponent > 0 else arb(0)
    return x ** fmpq(exponent.numerator, exponent.denominator)


def exp_at_end(x: arb) -> arb:
    """exp at an end of an argument; its limits at the infinities."""
    return arb(0) if x == -INF else INF if x == INF else x.exp()


def log_at_end(x: arb) -> arb:
    """log at an end of an argument that is not negative; its limits at zero and at infinity."""
    return -INF if x == 0 else INF if x == INF else x.log()


def binomial(p: Fraction, k: int) -> Fraction:
    """p (p - 1) ... (p - k + 1) / k!."""
    found = Fraction(1)
    for j in range(k):
        found *= (p - j) / (j + 1)
    return found


def taylor(head: str, exponent: Fraction, u: Interval, k: int) -> Interval:
    """Encloses f^(k)(t)/k! for all t strictly between the ends of u, where f is exp, log or a power.

    Each is a number times exp, log or a power of t, which is monotone there, so that its ends are at those of u. Raises
    ``ArithmeticError`` where f is not defined.
    """
    if head == "exp":
        return between(*(exp_at_end(x) / factorial(k) for x in u))
    require_argument(head, exponent, u)
    if head == "log" and k == 0:
        return between(*(log_at_end(x) for x in u))
    # The derivative of log t is t^-1, so that its coefficient of order k is -(-1)^k/k times t^-k.
    scale = Fraction(-((-1) ** k), k) if head == "log" else binomial(exponent, k)
    rest = Fraction(-k) if head == "log" else exponent - k
    return interval_product(exact(scale), between(*(power_at_end(x, rest) for x in u)))


# -- where a function is defined --------------------------------------------------------------------------------


def values_inside(formula: Formula, box: Box) -> tuple[Interval, bool]:
    """Encloses a function at the inner points of a box, and tells whether its values are strictly between the ends.

    Raises ``ArithmeticError`` unless every logarithm and power in it is shown to be defined at all inner points. An
    interval from zero up is a good argument of a logarithm only when zero itself is not reached inside. It is not where
    the second answer is true: a variable is strictly between its ends; exp, log and powers are strictly monotone; a sum
    is strict when one part is; a product of two is strict when both are, or one is and the other cannot be zero.
    """
    if formula.head == "var":
        low, high = box[int(formula.number)]
        return exact(low, high), low < high
    if formula.head in ("number", "pi"):
        return (between(arb.pi()) if formula.head == "pi" else exact(formula.number)), False
    parts = [values_inside(part, box) for part in formula.parts]
    found, strict = parts[0]
    if formula.head == "add":
        for other, other_strict in parts[1:]:
            found, strict = interval_sum(found, other), strict or other_strict
        return found, strict
    if formula.head == "mul":
        for other, other_strict in parts[1:]:
            kept = (strict and other_strict) or (strict and apart(other)) or (other_strict and apart(found))
            found, strict = interval_product(found, other), kept
        return found, strict
    if formula.head != "exp":
        require_argument(formula.head, formula.number, found)
        if not strict and not apart(found):
            raise ArithmeticError(f"{formula.head} of an argument that may be zero")
    return taylor(formula.head, formula.number, found, 0), strict and (formula.head != "pow" or formula.number != 0)


def apart(u: Interval) -> bool:
    """Whether zero is outside an interval."""
    return bool(u[0] > 0 or u[1] < 0)


# -- Taylor expansions ------------------------------------------------------------------------------------------


def jet_sum(u: Jet, v: Jet) -> Jet:
    """The sum of two expansions."""
    found = dict(u)
    for k, b in v.items():
        found[k] = interval_sum(found[k], b) if k in found else b
    return found


def jet_product(u: Jet, v: Jet, top: Orders) -> Jet:
    """The product of two expansions, up to the orders ``top``."""
    found: Jet = {}
    for (i, a), (j, b) in product(u.items(), v.items()):
        k = tuple(p + q for p, q in zip(i, j, strict=True))
        if all(order <= most for order, most in zip(k, top, strict=True)):
            term = interval_product(a, b)
            found[k] = interval_sum(found[k], term) if k in found else term
    return found


def jet_function(formula: Formula, inner: Jet, top: Orders) -> Jet:
    """The expansion of exp, log or a power of a function with the expansion ``inner``.

    That is c_0 + c_1 h + c_2 h^2 + ... with the coefficients c_k of exp, log or the power at the value of the function,
    and h what the function adds to its value. No product of more than ``sum(top)`` factors h is within the orders.
    """
    zero = (0,) * len(top)
    value = inner.get(zero, ZERO)
    steps = {k: v for k, v in inner.items() if k != zero}
    found: Jet = {}
    for k in range(sum(top), -1, -1):  # Horner's rule, from the last coefficient
        found = jet_sum(jet_product(found, steps, top), {zero: taylor(formula.head, formula.number, value, k)})
    return found


def expansion(formula: Formula, variables: list[Jet], top: Orders) -> Jet:
    """The Taylor coefficients of a function up to the orders ``top``, from those of its variables."""
    zero = (0,) * len(top)
    if formula.head == "var":
        return variables[int(formula.number)]
    if formula.head in ("number", "pi"):
        return {zero: between(arb.pi()) if formula.head == "pi" else exact(formula.number)}
    parts = [expansion(part, variables, top) for part in formula.parts]
    if formula.head not in ("add", "mul"):
        return jet_function(formula, parts[0], top)
    found = parts[0]
    for other in parts[1:]:
        found = jet_sum(found, other) if formula.head == "add" else jet_product(found, other, top)
    return found


def coefficient(formula: Formula, box: Box, orders: Orders) -> Interval:
    """Encloses one Taylor coefficient at all inner points of a box.

    It is the derivative of these orders over the product of their factorials. Raises ``ArithmeticError`` unless the
    function is shown to be defined at the inner points; it has derivatives of every order there.
    """
    values_inside(formula, box)
    zero = (0,) * len(box)
    variables: list[Jet] = []
    for i, ends in enumerate(box):
        slope = tuple(int(j == i) for j in range(len(box)))
        jet = {zero: exact(*ends)}
        if orders[i] > 0:
            jet[slope] = exact(Fraction(1))
        variables.append(jet)
    return expansion(formula, variables, orders).get(orders, ZERO)


def centre(low: End, high: End) -> Fraction:
    """The middle of a range; the finite end of a half-line; zero on the whole line."""
    if low == -inf and high == inf:
        return Fraction(0)
    if low == -inf:
        return Fraction(high)
    if high == inf:
        return Fraction(low)
    return (Fraction(low) + Fraction(high)) / 2

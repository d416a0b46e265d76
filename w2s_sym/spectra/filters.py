"""Training on squared loss, direction by direction: what share of the least-squares value has been learnt.

In the eigenbasis of X'X every linear method from zero multiplies the least-squares coefficient on eigenvalue lam by a
number, its *gain*. Gradient flow for time t has 1 - exp(-lam t). A student that is trained on its teacher's
predictions multiplies the teacher's gain by its own, whatever the two methods are. This is the setting of Nagarajan et
al. (2023), arXiv 2301.12923, with their flow among other methods.

A :class:`Filter` is that gain as an exact expression in lam and the method's parameters, and as a function of floats.

Units. The loss is |y - X theta|^2/2, its gradient X'(X theta - y), and lam is an eigenvalue of X'X, not of X'X/n. A
time or a step has the unit 1/lam, a penalty that of lam, a damping that of its root; the rest are pure numbers.

What is accepted. Numbers, taken exactly (a float stands for its decimal: 0.1 is one tenth), and SymPy expressions.
What is of another kind, a string too, is a ``TypeError``. A number that makes no sense, and an expression whose
assumptions say so, is a :class:`DomainError`. What is not known of a symbol is asked again when it gets a number.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from w2s_sym.formula.ball_integrals import BallNumber
from w2s_sym.formula.balls import At, UndefinedError, UnsupportedError, ball, sign_of_ball
from w2s_sym.formula.conditions import Condition, DomainError, exact_number
from w2s_sym.formula.notation import symbol
from w2s_sym.formula.numbers import holds, number_sign, told
from w2s_sym.spectra.enclosure import Enclosed
from w2s_sym.spectra.ridge_in_balls import fraction

LAM = symbol("lam", "an eigenvalue of X'X", r"\lambda", positive=True)

# Working digits, doubled until a value is decided: the smallest float needs 324 and a difference of two products of
# floats four times as many.
FIRST_DIGITS, LAST_DIGITS = 30, 1_920
# A root is halved to so many digits at most: each costs three or four evaluations.
MOST_DIGITS = 1_000
# SymPy writes powers of numbers out: with more bits than this it would be busy for minutes.
MOST_BITS = 1_000_000
# Half the smallest positive float, and the first power of two that no float reaches.
_SMALLEST, _LARGEST = arb(2) ** -1075, arb(2) ** 1024
T = TypeVar("T")
Needs = tuple[Condition, ...]
# What a symbol may be declared to be, and a number for it has to be.
_FACTS = ("is_positive", "is_negative", "is_nonnegative", "is_nonpositive", "is_integer", "is_zero")


# -- what is accepted -----------------------------------------------------------------------------------------


def _expression(value: object, name: str) -> sp.Expr:
    """A number or an expression, exact; nothing is parsed."""
    if isinstance(value, sp.Expr):
        if value.is_number:
            return exact_number(value, name)
        if value.is_extended_real is False or value.is_finite is False:
            raise DomainError(f"{name}={value}: needs a finite real number; declare its symbols so")
        return value
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (numbers.Real, Decimal)):
        shown = repr(value)[:60]
        raise TypeError(f"{name}={shown}: is a {type(value).__name__}; give a number or a SymPy expression")
    if isinstance(value, (float, np.floating, Decimal)) and not math.isfinite(value):
        raise DomainError(f"{name}={value}: needs a finite number; for training without an end take LEAST_SQUARES")
    return exact_number(Fraction(value) if isinstance(value, Decimal) else value, name)


def _holds(condition: Condition) -> bool | None:
    """Whether the assumptions of symbols and the signs of numbers decide a condition; None when they do not."""
    gap = condition.lhs - condition.rhs
    if gap.is_number:
        return holds(gap, condition.relation)
    known: dict[str, bool | None] = {
        "=": gap.is_zero,
        ">": gap.is_positive,
        ">=": gap.is_nonnegative,
        "<": gap.is_negative,
        "<=": gap.is_nonpositive,
    }
    return known[condition.relation]


def _require(name: str, value: sp.Expr, *wanted: tuple[str, object, str]) -> Needs:
    """The conditions ``value relation bound`` that nobody can decide yet; :class:`DomainError` at one that fails."""
    open_ones = []
    for relation, bound, advice in wanted:
        condition = Condition(value, relation, bound, advice)
        known = _holds(condition)
        if known is False:
            raise DomainError(_refusal(name, value, condition))
        if known is None:
            open_ones.append(condition)
    return tuple(open_ones)


def _refusal(name: str, value: object, condition: Condition) -> str:
    needs = "a whole number" if condition.relation == "=" else f"{condition.relation} {condition.rhs}"
    return f"{name}={value}: needs {needs}; {condition.advice}"


def _not_negative(name: str, value: object, advice: str = "give 0 or more") -> tuple[sp.Expr, Needs]:
    x = _expression(value, name)
    return x, _require(name, x, (">=", 0, advice))


def _positive(name: str, value: object, advice: str = "give a positive number") -> tuple[sp.Expr, Needs]:
    x = _expression(value, name)
    return x, _require(name, x, (">", 0, advice))


def _require_short(name: str, count: sp.Expr, *bases: sp.Expr) -> None:
    """Refuse powers of numbers that would be written out with too many digits."""
    if not count.is_number:
        return
    rationals = {q for base in bases for q in base.atoms(sp.Rational)} - {sp.S.One, sp.S.NegativeOne}
    bits = max((int(q.p).bit_length() + int(q.q).bit_length() for q in rationals), default=0)
    # Of a fraction SymPy takes roots: the numerator counts, and the denominator.
    written = max(map(abs, count.as_numer_denom())) if count.is_Rational else abs(count)
    if written * bits > MOST_BITS:
        raise DomainError(
            f"{name}={_shown(count)}: an exact power of that order has more than {MOST_BITS} bits; take fewer, or "
            "numbers of fewer digits"
        )


# -- filters --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filter:
    """The gain of a method as an expression in :data:`LAM`.

    ``forgets`` says that what follows depends on where the method stands alone: it holds for descent and for ridge
    towards the current point, and not with momentum. A loss can be switched under such a method only. ``needs`` are
    conditions on symbols that have no number yet.
    """

    expression: sp.Expr
    forgets: bool = True
    needs: Needs = ()

    def __post_init__(self) -> None:
        if not isinstance(self.expression, sp.Expr):
            raise TypeError(f"a filter of {self.expression!r:.60}: give a SymPy expression in LAM")

    def gain(self, lam: object) -> sp.Expr:
        """The gain on eigenvalue ``lam`` >= 0, exact; 0 is a direction that the data do not show.

        Raises :class:`DomainError` for other eigenvalues and where the gain has no finite real value there.
        """
        x, _ = _not_negative("lam", lam, "eigenvalues of X'X are >= 0, clip what rounding left of a zero")
        for condition in self.needs:
            if LAM in condition.free_symbols:
                _require(str(condition.lhs), condition.lhs.xreplace({LAM: x}),
                         (condition.relation, condition.rhs.xreplace({LAM: x}), condition.advice))  # fmt: skip
        counts = [p.exp for p in self.expression.atoms(sp.Pow) if p.exp.is_number and p.base.has(LAM)]
        if x.is_number:
            for count in counts:
                _require_short("a count", count, self.expression, x)
        found = self.expression.xreplace({LAM: x})
        if found.is_finite is False or found.is_extended_real is False:
            raise DomainError(f"the filter {_shown(self.expression)} has no real gain at lam={lam}; take another lam")
        return found

    def numeric(self, **parameters: object) -> Callable[[Any], np.ndarray]:
        """The gain as a function of an array of eigenvalues >= 0; all parameters must be given, by name.

        The function returns an array of the same shape. Each gain is the float nearest to the exact one, which is
        enclosed in balls of as many digits as that takes: parameters are read as decimals, eigenvalues as the binary
        numbers that they are. (Where the exact gain is halfway between two floats it is one of them.)

        Raises :class:`DomainError` for parameters that are missing, unknown or senseless. The function raises it for
        eigenvalues that are negative or not finite, and for a gain that is not real or beyond floats.
        """
        point = self._point(parameters)
        expression = self.expression
        on_lam = [c for c in self.needs if LAM in c.free_symbols]

        def evaluate(lam: Any) -> np.ndarray:
            given = np.asarray(lam)
            if given.dtype.kind not in "fiu":
                raise TypeError(f"eigenvalues of type {given.dtype}: give an array of real numbers")
            values = given.astype(float)
            wrong = values[~(np.isfinite(values) & (values >= 0))]
            if len(wrong):
                raise DomainError(
                    f"lam={wrong[0]:g}: eigenvalues of X'X are finite and >= 0; clip what rounding left of a zero"
                )
            distinct, where = np.unique(values, return_inverse=True)
            found = np.empty(len(distinct))
            for i, x in enumerate(distinct):
                here = {**point, LAM: _binary(x)}
                _meet(on_lam, here)
                found[i] = _nearest(expression, here)
            return found[where].reshape(values.shape)

        return evaluate

    def _point(self, parameters: Mapping[str, object]) -> dict[sp.Symbol, sp.Expr]:
        """The parameters as exact numbers that meet all that is known of their symbols."""
        used = self.expression.free_symbols.union(*(c.free_symbols for c in self.needs)) - {LAM}
        symbols = {s.name: s for s in used}
        if len(symbols) < len(used):
            raise DomainError(f"the filter {_shown(self.expression)} has two symbols of one name; rename one")
        if set(symbols) != set(parameters):
            wrong = ", ".join(sorted(set(symbols) ^ set(parameters)))
            raise DomainError(
                f"the filter {_shown(self.expression)} has the parameters {sorted(symbols)}: see {wrong}, give each one"
            )
        point = {}
        for name, value in parameters.items():
            number = _expression(value, name)
            if not number.is_number:
                raise DomainError(f"{name}={number}: needs a number; symbols stay in the filter")
            for fact in _FACTS:
                declared = getattr(symbols[name], fact)
                if declared is not None and getattr(number, fact) is (not declared):
                    said = ("" if declared else "not ") + fact[3:]
                    raise DomainError(f"{name}={number}: its symbol is declared {said}; give such a number")
            point[symbols[name]] = number
        _meet((c for c in self.needs if LAM not in c.free_symbols), point)
        return point

    def on(self, teacher: Filter) -> Filter:
        """This method on the predictions of a teacher."""
        other = _filter(teacher, "teacher")
        return Filter(self.expression * other.expression, False, self.needs + other.needs)

    def generations(self, count: object) -> Filter:
        """This method ``count`` times (whole, >= 1), each on the predictions of the one before; 1 is the method."""
        k = _expression(count, "generations")
        advice = "1 is the method itself"
        needs = _require("generations", k, (">=", 1, advice), ("=", sp.floor(k), advice))
        _require_short("generations", k, *(f for f in sp.Mul.make_args(self.expression) if not f.is_Add))
        return Filter(self.expression**k, False, self.needs + needs)

    def on_mix(self, weight: object, teacher: Filter) -> Filter:
        """This method on the labels (1 - weight) y + weight (the teacher's predictions), 0 <= weight <= 1."""
        share, other = _expression(weight, "weight"), _filter(teacher, "teacher")
        advice = "it is the teacher's share of the labels, from 0 to 1"
        needs = _require("weight", share, (">=", 0, advice), ("<=", 1, advice))
        mixed = self.expression * (1 - share + share * other.expression)
        return Filter(mixed, False, self.needs + other.needs + needs)

    def after(self, first: Filter, target: Filter) -> Filter:
        """This method from where ``first`` stopped, now on the predictions of ``target``.

        Raises :class:`DomainError` when this method has momentum: what follows would depend on the speed.
        """
        before, aim = _filter(first, "first"), _filter(target, "target")
        if not self.forgets:
            raise DomainError("a loss is switched under momentum or a composition: needs a method that forgets")
        # The distance to the new target shrinks as the distance to the labels would have.
        gain = before.expression + self.expression * (aim.expression - before.expression)
        return Filter(gain, False, self.needs + before.needs + aim.needs)


def _filter(value: object, name: str) -> Filter:
    if not isinstance(value, Filter):
        raise TypeError(f"{name}={value!r:.60}: is no Filter; make one, such as flow(1)")
    return value


def _meet(needs: Any, point: Mapping[sp.Symbol, sp.Expr]) -> None:
    """Refuse a point that violates a condition."""
    for condition in needs:
        if condition.at(point) is False:
            raise DomainError(_refusal(str(condition.lhs), condition.lhs.xreplace(dict(point)), condition))


def _shown(expression: sp.Expr) -> str:
    """The expression in a message, cut where it is long."""
    text = told(expression)
    return text if len(text) <= 100 else f"{text[:97]}..."


LEAST_SQUARES = Filter(sp.S.One, False)


def flow(time: object) -> Filter:
    """Gradient flow, stopped at ``time`` >= 0."""
    t, needs = _not_negative("time", time)
    return Filter(1 - sp.exp(-LAM * t), True, needs)


def descent(step: object, steps: object) -> Filter:
    """Gradient descent, ``steps`` >= 0 steps of one size ``step`` > 0; it converges where step lam < 2.

    Steps need not be whole where step lam <= 1: matched progress asks for that. Elsewhere the gain has no real value
    then.
    """
    h, needs = _positive("step", step)
    k, more = _not_negative("steps", steps)
    return Filter(1 - (1 - h * LAM) ** k, True, needs + more)


def ridge(penalty: object) -> Filter:
    """Ridge regression: least |y - X theta|^2 + penalty |theta|^2, penalty >= 0."""
    return iterated_ridge(penalty, 1)


def iterated_ridge(penalty: object, rounds: object) -> Filter:
    """Ridge ``rounds`` >= 0 times, each penalised (>= 0) by the distance to where the one before ended.

    Rounds need not be whole: matched progress asks for that.
    """
    mu, needs = _not_negative("penalty", penalty)
    k, more = _not_negative("rounds", rounds)
    # A sum as base: SymPy would write out mu**k for numbers.
    return Filter(LAM / (LAM + mu) if k == 1 else 1 - (1 - LAM / (LAM + mu)) ** k, True, needs + more)


def heavy_ball(step: object, momentum: object, steps: object) -> Filter:
    """Gradient descent with momentum, from rest: ``steps`` >= 0 steps of size ``step`` > 0, 0 <= momentum < 1.

    What is left obeys e_(k+1) = (1 + m - step lam) e_k - m e_(k-1), e_(-1) = e_0 = 1. With the roots z, y of this
    recursion e_k = (z^k (z - m) - y^k (y - m))/(z - y). Complex roots are sqrt(m) e^(+-i a), and where the roots meet
    the limit is z^k (k + 1 - k z).
    """
    h, needs = _positive("step", step)
    m, k = _expression(momentum, "momentum"), _expression(steps, "steps")
    advice = "momentum is from 0 to below 1"
    needs += _require("momentum", m, (">=", 0, advice), ("<", 1, advice))
    needs += _require("steps", k, (">=", 0, "give 0 or more"), ("=", sp.floor(k), "momentum is defined at whole steps"))
    _require_short("steps", k, m)
    middle = (1 + m - h * LAM) / 2
    square = middle**2 - m
    apart = sp.sqrt(square)
    z, y = middle + apart, middle - apart
    left = (z**k * (z - m) - y**k * (y - m)) / (2 * apart)
    meet = middle**k * (k + 1 - k * middle)
    angle = sp.acos(middle / sp.sqrt(m)) if m != 0 else sp.S.Zero
    wave = m ** (k / 2) * (sp.sin((k + 1) * angle) - sp.sqrt(m) * sp.sin(k * angle)) / sp.sin(angle)
    return Filter(1 - _roots(square, meet, left, wave), False, needs)


def heavy_ball_flow(damping: object, time: object) -> Filter:
    """Momentum in continuous time, from rest: theta'' + damping theta' = -gradient; damping and time >= 0.

    It oscillates where damping^2 < 4 lam.
    """
    c, needs = _not_negative("damping", damping)
    t, more = _not_negative("time", time)
    square = c**2 / 4 - LAM
    speed, turn = sp.sqrt(square), sp.sqrt(-square)
    left = sp.cosh(speed * t) + c / (2 * speed) * sp.sinh(speed * t)
    wave = sp.cos(turn * t) + c / (2 * turn) * sp.sin(turn * t)
    return Filter(1 - sp.exp(-c * t / 2) * _roots(square, 1 + c * t / 2, left, wave), False, needs + more)


def _roots(square: sp.Expr, meet: sp.Expr, left: sp.Expr, wave: sp.Expr) -> sp.Expr:
    """By the square of half the distance of two roots: they meet, are real, or are complex."""
    known = number_sign(square) if square.is_number else -1 if square.is_negative else None
    if known is not None:
        return (meet, left, wave)[known]
    return sp.Piecewise((meet, sp.Eq(square, 0)), (left, square > 0), (wave, True))


# -- values ---------------------------------------------------------------------------------------------------


def _binary(value: Any) -> sp.Rational:
    """A float as the binary number that it is."""
    return sp.Rational(*float(value).as_integer_ratio())


def _nearest(expression: sp.Expr, point: Mapping[sp.Symbol, sp.Expr]) -> float:
    """The float nearest to the value at a point, proven by a ball; :class:`DomainError` where there is none."""

    def decided(value: BallNumber, last: bool) -> float | None:
        size = abs(ball(value))
        if size < _SMALLEST:
            return 0.0
        if size >= _LARGEST:
            raise DomainError(
                f"the gain {_shown(expression)} is beyond floats at lam={_at_lam(point)}; take a smaller step or fewer"
            )
        if isinstance(value, fmpq):
            return float(Fraction(int(value.p), int(value.q)))
        if value.contains(0) or not value.abs_lower() > _SMALLEST or not value.abs_upper() < _LARGEST:
            return None
        low, high = float(fraction(value.lower())), float(fraction(value.upper()))
        # Halfway between two floats no digits decide.
        return low if low == high or (last and math.nextafter(low, math.inf) == high) else None

    try:
        found = _decide(expression, point, decided)
    except OverflowError:
        found = None
    if found is None:
        raise DomainError(
            f"the gain {_shown(expression)} is not decided by {LAST_DIGITS} digits at lam={_at_lam(point)}; "
            "take less extreme numbers"
        )
    return found


def _decide(
    expression: sp.Expr,
    point: Mapping[sp.Symbol, sp.Expr],
    decided: Callable[[BallNumber, bool], T | None],
) -> T | None:
    """What ``decided`` makes of the value in as many digits as that takes; None when the last do not suffice."""
    digits = FIRST_DIGITS
    error: UndefinedError | None = None
    while digits <= LAST_DIGITS:
        try:
            # The ends of a ball are rounded outwards, to the digits at work.
            with ctx.workdps(digits + 10):
                found = decided(At(point, digits)(expression), 2 * digits > LAST_DIGITS)
            error = None
        except UndefinedError as undefined:
            found, error = None, undefined
        except UnsupportedError as unsupported:
            raise DomainError(f"{_shown(expression)}: {unsupported}; write it with other functions") from None
        if found is not None:
            return found
        digits *= 2
    if error is not None:
        raise DomainError(
            f"the gain {_shown(expression)} is not a real number there ({error!s:.80}); take whole steps or others"
        )
    return None


def _at_lam(point: Mapping[sp.Symbol, sp.Expr]) -> str:
    return str(point[LAM].n(6))


# -- matched progress -----------------------------------------------------------------------------------------


def flow_time(lam: object, progress: object) -> sp.Expr:
    """The time at which gradient flow has a given progress in (0, 1) on eigenvalue lam > 0, exact."""
    x, _ = _positive("lam", lam)
    return -sp.log(1 - _progress(progress)) / x


def descent_steps(step: object, lam: object, progress: object) -> sp.Expr:
    """The steps, in general no whole number, after which descent has a given progress; needs 0 < step lam < 1."""
    share = _positive("step", step)[0] * _positive("lam", lam)[0]
    _require("step lam", share, ("<", 1, "needs 0 < step lam < 1, else progress is not monotone; take a smaller step"))
    return sp.log(1 - _progress(progress)) / sp.log(1 - share)


def ridge_penalty(lam: object, progress: object) -> sp.Expr:
    """The penalty at which ridge has a given progress in (0, 1) on eigenvalue lam > 0, exact."""
    (y, _), x = _positive("lam", lam), _progress(progress)
    return y * (1 - x) / x


def iterated_ridge_rounds(penalty: object, lam: object, progress: object) -> sp.Expr:
    """The rounds, in general no whole number, after which iterated ridge has a given progress on lam > 0, exact."""
    mu, _ = _positive("penalty", penalty)
    x, _ = _positive("lam", lam)
    return sp.log(1 - _progress(progress)) / sp.log(mu / (x + mu))


def _progress(value: object) -> sp.Expr:
    x = _expression(value, "progress")
    advice = "needs 0 < progress < 1; no finite training has any other"
    _require("progress", x, (">", 0, advice), ("<", 1, advice))
    return x


def matched_root(
    family: Callable[[Any], Filter],
    lam: object,
    progress: object,
    bracket: tuple[float, float],
    digits: int | None = None,
) -> Enclosed:
    """The parameter in the bracket at which ``family(parameter)`` has a given progress on ``lam`` > 0, enclosed.

    The gain is proven to pass the progress between the two bounds of the result. Without ``digits`` these are so close
    that ``float(result)`` is the float nearest to the root; with ``digits`` they are closer than 10^-digits times it.
    With several roots it is one of them; the caller's bracket chooses.

    Raises :class:`DomainError` when the gains at the ends are not on different sides of the progress, when a sign
    cannot be proven, and for parameters in the bracket that are senseless for the family.
    """
    (at, _), aim = _positive("lam", lam), _expression(progress, "progress")
    if not (at.is_number and aim.is_number):
        raise DomainError(f"lam={at}, progress={aim}: a root needs two numbers")
    if digits is not None and (type(digits) is not int or not 1 <= digits <= MOST_DIGITS):
        raise DomainError(f"digits={digits!r:.60}: needs a whole number from 1 to {MOST_DIGITS}")
    parameter = sp.Dummy("parameter", real=True)
    method = _filter(family(parameter), "family(parameter)")
    excess = method.expression - aim
    if excess.free_symbols - {LAM, parameter}:
        raise DomainError(f"the family {_shown(method.expression)} has other parameters; give them numbers")

    def side(x: Fraction) -> int:
        point = {LAM: at, parameter: sp.Rational(x.numerator, x.denominator)}
        _meet(method.needs, point)
        found = _decide(excess, point, lambda value, last: sign_of_ball(value))
        if found is None and excess.xreplace(point) != 0:
            raise DomainError(
                f"at {float(x):g} {LAST_DIGITS} digits do not tell the gain from the progress; move the bracket"
            )
        return found or 0

    if not isinstance(bracket, (tuple, list)) or len(bracket) != 2:
        raise TypeError(f"bracket={bracket!r:.60}: give two numbers")
    bounds = [_expression(x, "bracket") for x in bracket]
    if not all(x.is_number for x in bounds) or max(map(abs, bounds)) >= 2**1023:
        raise DomainError(f"bracket={bracket!r:.60}: needs two finite numbers that floats reach")
    low, high = (Fraction(float(x)) for x in bounds)
    if low > high:
        low, high = high, low
    below, above = side(low), side(high)
    if not below or not above:
        exact = high if below else low
        return Enclosed(exact, exact)
    if below == above:
        gains = [_nearest(method.expression, {LAM: at, parameter: sp.Rational(x.numerator, x.denominator)})
                 for x in (low, high)]  # fmt: skip
        raise DomainError(
            f"no matched progress {float(aim):g} on lam={float(at):g} for certain in ({float(low):g}, "
            f"{float(high):g}): needs gains on both sides of it, they are {gains[0]:g} and {gains[1]:g}; "
            "widen or move the bracket"
        )
    while not _narrow(low, high, digits):
        middle = _between(low, high)
        here = side(middle)
        if not here:
            return Enclosed(middle, middle)
        low, high = (low, middle) if here == above else (middle, high)
    return Enclosed(low, high)


def _narrow(low: Fraction, high: Fraction, digits: int | None) -> bool:
    if digits is None:
        return float(low) == float(high)
    return (high - low) * 10**digits <= min(abs(low), abs(high)) and low * high > 0


def _between(low: Fraction, high: Fraction) -> Fraction:
    """A float between two numbers where there is one, so that fractions stay short; else the middle."""
    middle = (low + high) / 2
    rounded = Fraction(float(middle))
    return rounded if low < rounded < high else middle


__all__ = [
    "LAM",
    "LEAST_SQUARES",
    "Filter",
    "descent",
    "descent_steps",
    "flow",
    "flow_time",
    "heavy_ball",
    "heavy_ball_flow",
    "iterated_ridge",
    "iterated_ridge_rounds",
    "matched_root",
    "ridge",
    "ridge_penalty",
]

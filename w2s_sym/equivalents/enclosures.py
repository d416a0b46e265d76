"""Proven digits of an equivalent: the fixed points are enclosed by Krawczyk's test, and the lines evaluated in balls.

The float branch is the start. Newton steps in more digits bring the gains as close as is asked for. Then a box around
them is mapped into its own interior, which proves that it holds exactly one root of the core's equations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx, fmpq

from w2s_sym.equivalents.arithmetic import Array, PlainOperators
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.evaluation import Evaluation, PointValues
from w2s_sym.equivalents.inputs import exact_numbers, given_name, read
from w2s_sym.equivalents.numbers_at import solve_cores
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.equivalents.solving import Fixpoint, fixpoints
from w2s_sym.formula import display
from w2s_sym.spectra.enclosure import Enclosed

# More unknowns than these are solved in floats only.
MOST_UNKNOWNS = 12
MOST_DIGITS = 1000
LARGEST_DENSE = 120


@dataclass(frozen=True)
class EnclosedRisk:
    """The value of an equivalent, each number proven to lie in an interval; ``total`` and the parts as in a risk."""

    total: Enclosed
    parts: Mapping[str, Enclosed]
    radius: float
    note: str = ""

    def __float__(self) -> float:
        return float(self.total)

    def rows(self) -> list[tuple[str, str]]:
        """Each source with its part, then the total, in the digits that are proven."""
        return [(name, str(part)) for name, part in {**self.parts, "total": self.total}.items()]

    def __str__(self) -> str:
        return str(self.total)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("risk", self)


class _Balls(PlainOperators):
    """Numbers that are balls."""

    objects = True

    def number(self, q: Fraction) -> Any:
        """A rational number."""
        return arb(fmpq(q.numerator, q.denominator))

    def root(self, x: Any) -> Any:
        """The square root of a number."""
        return x.sqrt()

    def is_zero(self, x: Any) -> bool:
        """Whether a number is exactly zero."""
        return bool(x.is_zero()) if isinstance(x, arb) else x == 0


class BallMatrices(_Balls):
    """Matrices of balls."""

    def identity(self, size: int) -> Any:
        """The identity."""
        return arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])

    def times(self, a: Any, b: Any) -> Any:
        """The product."""
        return a * b

    def inverse(self, a: Any) -> Any:
        """The inverse."""
        return a.inv()

    def trace(self, a: Any, b: Any) -> Any:
        """tr(a b)."""
        product = a * b
        return sum((product[i, i] for i in range(product.nrows())), arb(0))

    def turned(self, a: Any) -> Any:
        """The transpose."""
        return a.transpose()


class BallVectors(_Balls):
    """Joint eigenvalues that are balls."""

    def identity(self, size: int) -> Array:
        """The identity."""
        return np.array([arb(1)] * size, dtype=object)

    def times(self, a: Array, b: Array) -> Any:
        """The product."""
        return np.multiply(a, b)

    def inverse(self, a: Array) -> Array:
        """The inverse."""
        return np.array([1 / x for x in a], dtype=object)

    def trace(self, a: Array, b: Array) -> Any:
        """tr(a b)."""
        return sum(a * b, arb(0))

    def turned(self, a: Array) -> Array:
        """The transpose."""
        return a


@contextmanager
def _precision(digits: int) -> Iterator[None]:
    before = ctx.dps
    ctx.dps = digits
    try:
        yield
    finally:
        ctx.dps = before


def enclosed_at(risk: Derived, given: Mapping[str, Any], digits: int, *, joint: bool) -> EnclosedRisk:
    """The risk to so many proven digits; see :meth:`~w2s_sym.equivalents.equivalent.Equivalent.at`."""
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MOST_DIGITS:
        raise EngineError(f"digits = {digits!r}: needs a number from 1 to {MOST_DIGITS}")
    cores = fixpoints(risk)
    if any(len(core.unknowns) > MOST_UNKNOWNS for core in cores):
        raise EngineError(f"a fixed point with more than {MOST_UNKNOWNS} unknowns: digits are not proven, use floats")
    exact, floats = exact_numbers(risk, given)
    values = read(risk, floats, joint=joint)
    if not joint and max(values.dimensions.values(), default=0) > LARGEST_DENSE:
        raise EngineError(f"matrices of more than {LARGEST_DENSE} rows: digits take too long, use floats or on()")
    start, radius = solve_cores(values, risk)
    for extra in (15, 40, 100):
        with _precision(digits + extra):
            found = _try(risk, cores, _in_balls(risk, values, exact, joint=joint), start, digits)
            if found is not None:
                total = sum(found.values(), arb(0))
                parts = {name: _enclosed(value) for name, value in found.items()}
                return EnclosedRisk(_enclosed(total), parts, radius)
    raise EngineError(f"{digits} digits could not be proven: the fixed point is nearly singular there; ask for fewer")


def _in_balls(risk: Derived, values: PointValues, exact: Mapping[str, Fraction], *, joint: bool) -> PointValues:
    arithmetic: Any = BallVectors() if joint else BallMatrices()
    names = {k: risk.book.numbers[k].name for k in values.numbers}
    numbers = {k: arithmetic.number(exact.get(names[k], Fraction(v))) for k, v in values.numbers.items()}
    matrices = {k: _balls(m) for k, m in values.matrices.items()}
    for k, vector in values.vectors.items():
        name = risk.book.letters[k].name
        if given_name(name) != name:  # the second moment in floats is rounded: that of the vector is meant
            b = [arb(float(x)) for x in vector]
            matrices[k] = _balls(vector) ** 2 if joint else arb_mat(len(b), 1, b) * arb_mat(1, len(b), b)
    return PointValues(numbers, matrices, values.dimensions, arithmetic)


def _try(
    risk: Derived, cores: Sequence[Fixpoint], values: PointValues, start: Mapping[int, float], digits: int
) -> dict[str, Any] | None:
    """The terms in balls; None where a box or the digits are not reached, or a ball that is inverted holds zero."""
    try:
        return _terms(risk, cores, values, start, digits)
    except ZeroDivisionError:
        return None


def _terms(
    risk: Derived, cores: Sequence[Fixpoint], values: PointValues, start: Mapping[int, float], digits: int
) -> dict[str, Any] | None:
    gains: dict[int, Any] = {}
    for core in cores:
        root = _root(core, values, [start[u] for u in core.unknowns], digits)
        if root is None:
            return None
        gains |= dict(zip(core.unknowns, root, strict=True))
    run = Evaluation(risk.book, values, gains)
    found = {t.name: run.polynomial(t.value)[0] for t in risk.terms}
    total: Any = sum(found.values(), arb(0))
    return found if total.rel_accuracy_bits() > digits * 3.33 else None


def _balls(m: Array) -> Any:
    if m.ndim == 1:
        return np.array([arb(float(x)) for x in m], dtype=object)
    rows, cols = m.shape
    return arb_mat(rows, cols, [arb(float(x)) for x in m.ravel()])


def _root(core: Fixpoint, values: PointValues, start: Sequence[float], digits: int) -> list[Any] | None:
    """A box that holds exactly one root of a core, near the start."""
    count = len(start)
    unit = [arb(int(k == j)) for k in range(count) for j in range(count)]
    seeds = {u: np.array(unit[k * count : (k + 1) * count], dtype=object) for k, u in enumerate(core.own)}

    def f(s: Sequence[Any], *, slopes: bool) -> tuple[list[Any], Any]:
        more = {**dict(zip(core.own, s, strict=True)), core.shift: arb(0)}
        run = Evaluation(core.book, values, more, seeds if slopes else None)
        out = [run.polynomial(core.book.core[u]) for u in core.own]
        slope = arb_mat(count, count, [arb(0) + x for _, row in out for x in row]) if slopes else None
        return [v for v, _ in out], slope

    identity = arb_mat(count, count, unit)
    s = [arb(x) for x in start]
    _, slope = f(s, slopes=True)
    rounded = (identity - slope).inv()
    near = arb_mat(count, count, [x.mid() for x in rounded.entries()])
    goal = arb(10) ** -(digits + 8)
    for _ in range(60):
        step = _times(near, [v - x for v, x in zip(f(s, slopes=False)[0], s, strict=True)])
        s = [(x + d).mid() for x, d in zip(s, step, strict=True)]
        if all(abs(d.mid()) < goal * abs(x) for d, x in zip(step, s, strict=True)):
            break
    value, _ = f(s, slopes=False)
    step = _times(near, [v - x for v, x in zip(value, s, strict=True)])
    wide = [4 * abs(d).upper() + goal * abs(x) for d, x in zip(step, s, strict=True)]
    box = [arb(x.mid(), w.upper()) for x, w in zip(s, wide, strict=True)]
    _, slope = f(box, slopes=True)
    rest = identity - near * (identity - slope)
    moved = _times(rest, [b - x for b, x in zip(box, s, strict=True)])
    image = [x + d + m for x, d, m in zip(s, step, moved, strict=True)]
    return image if all(_inside(i, b) for i, b in zip(image, box, strict=True)) else None


def _inside(one: Any, other: Any) -> bool:
    """Whether a ball lies in the interior of another."""
    return bool(one.lower() > other.lower() and one.upper() < other.upper())


def _times(m: Any, v: Sequence[Any]) -> list[Any]:
    return list((m * arb_mat(len(v), 1, list(v))).entries())


def _enclosed(x: Any) -> Enclosed:
    return Enclosed(_fraction(x.lower()), _fraction(x.upper()))


def _fraction(x: Any) -> Fraction:
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)

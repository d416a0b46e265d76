"""The mean of an expression by plain simulation: designs are drawn, and the expression is evaluated as it is written.

Nothing of the derivation is used. Sizes grow together: at c copies every fixed matrix is repeated c times along the
diagonal, a second moment of the truth also divided by c, and all sizes are multiplied by c. So a risk keeps its
equivalent, and what is left is the finite-size error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp
from threadpoolctl import threadpool_limits

from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.expressions import (
    Design,
    DesignRows,
    Fixed,
    Identity,
    Inverse,
    Matrix,
    MatrixProduct,
    MatrixSum,
    Sides,
    Stack,
    Zero,
    subexpressions,
)
from w2s_sym.equivalents.inputs import given_name, names, read, shape_of
from w2s_sym.equivalents.nonlinear import FreshMoment, NonlinearFeatures, Replaced, covariance_of, mean_eigenvalue
from w2s_sym.equivalents.numbers_at import numbers_at
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.formula import display

MOST_ENTRIES = 4_000_000
# Copies of what is given: as many that no size is above the moderate one. A simulation refuses sizes above the largest.
COPIES: tuple[tuple[int, ...], ...] = ((2, 4, 8), (1, 2, 4), (1, 2), (1,))
MODERATE_SIZE, LARGEST_SIZE = 400, 4000
COLUMNS = ("copies", "simulated", "error", "equivalent", "excess")


@dataclass(frozen=True)
class SimulatedSize:
    """One size: how many copies, the mean over draws with its standard error, and the equivalent there."""

    copies: int
    mean: float
    error: float
    equivalent: float

    @property
    def excess(self) -> float:
        """How far the mean lies from the equivalent, relative to it."""
        return self.mean / self.equivalent - 1


@dataclass(frozen=True)
class Simulated:
    """Means at growing sizes beside the equivalent, and the finite-size law that is fitted to them.

    The law is excess = slope/copies: its slope with a standard error, and the z value of the worst size against it.
    """

    rows: tuple[SimulatedSize, ...]
    slope: float
    slope_error: float
    worst: float

    def table(self) -> list[tuple[str, str, str, str, str]]:
        """The sizes as text: copies, simulated mean, its standard error, equivalent, excess of the mean."""
        return [
            (str(r.copies), f"{r.mean:.6g}", f"{r.error:.2g}", f"{r.equivalent:.6g}", f"{100 * r.excess:.2f}%")
            for r in self.rows
        ]

    @property
    def law(self) -> str:
        """The law that is fitted to the sizes, with the worst of them, as text."""
        return f"excess = ({self.slope:.3g} +- {self.slope_error:.2g})/copies; worst size {self.worst:+.1f} sigma"

    def __str__(self) -> str:
        rows = [COLUMNS, *self.table()]
        return "\n".join(["  ".join(map(str.rjust, row, (6, 12, 9, 12, 8))) for row in rows] + [self.law])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("simulated", self)


def simulate_risk(
    risk: Derived,
    values: Mapping[str, Any],
    copies: Sequence[int] | None = None,
    draws: int = 200,
    seed: int = 0,
) -> Simulated:
    """Simulate a risk at values as :meth:`~w2s_sym.equivalents.equivalent.Equivalent.at` takes them.

    Sizes must be integers after multiplication by the copies: 2, 4 and 8, or fewer where sizes are large. Draws with
    the same seed are the same on any machine of one kind. Raises :class:`EngineError` for values that do not fit, for
    sizes that are no integers, and for a size above 4000.
    """
    if not isinstance(values, Mapping) or shape_of(risk, values):
        raise EngineError("a simulation is at one point: give values by name, one number for each")
    largest = _largest(risk, values)
    copies = next((c for c in COPIES if largest * c[-1] <= MODERATE_SIZE), COPIES[-1]) if copies is None else copies
    if draws < 2 or not copies or min(copies) < 1 or seed < 0:
        raise EngineError(
            f"draws = {draws}, copies = {tuple(copies)}, seed = {seed}: needs two draws or more, positive copies, and "
            "a seed of at least zero"
        )
    if largest * max(copies) > LARGEST_SIZE:
        raise EngineError(
            f"a simulation with a size of {largest * max(copies):g}: give smaller sizes and matrices in the same "
            f"ratios, at most {LARGEST_SIZE}; the equivalent is the same"
        )
    rows = []
    for c in copies:
        grown = _grown(risk, values, c)
        checked = read(risk, grown, joint=False)
        point = _point(risk, checked.numbers)
        arrays = {given_name(risk.book.letters[k].name): m for k, m in checked.matrices.items()}
        rng = np.random.default_rng([seed, c])
        with threadpool_limits(1, user_api="blas"):
            found = np.array([_draw(risk, point, arrays, rng) for _ in range(draws)])
        error = float(found.std(ddof=1) / np.sqrt(draws))
        rows.append(SimulatedSize(c, float(found.mean()), error, float(numbers_at(risk, grown, joint=False))))
    return _fitted(tuple(rows))


def _largest(risk: Derived, values: Mapping[str, Any]) -> float:
    """The largest size, of a matrix or of a design."""
    point = read(risk, values, joint=False)
    sizes = [float(v) for k, v in point.numbers.items() if risk.book.numbers[k].kind == "size"]
    return max((*sizes, *point.dimensions.values()))


def _fitted(rows: tuple[SimulatedSize, ...]) -> Simulated:
    x = np.array([1 / r.copies for r in rows])
    y = np.array([r.excess for r in rows])
    s = np.array([r.error / abs(r.equivalent) for r in rows])
    weight = float((x**2 / s**2).sum())
    slope = float((x * y / s**2).sum()) / weight
    off = (y - slope * x) / s
    return Simulated(rows, slope, weight**-0.5, float(off[np.argmax(np.abs(off))]))


def _grown(risk: Derived, values: Mapping[str, Any], copies: int) -> dict[str, Any]:
    kinds = names(risk)
    found: dict[str, Any] = {}
    for name, value in values.items():
        kind = kinds.get(name, "number")
        if kind == "size":
            found[name] = float(value) * copies
        elif kind == "matrix":
            found[name] = np.kron(np.asarray(value, dtype=float), np.eye(copies))
        elif kind == "truth":
            moment = np.asarray(value, dtype=float)
            moment = np.outer(moment, moment) if moment.ndim == 1 else moment
            found[name] = np.kron(moment, np.eye(copies)) / copies
        else:
            found[name] = value
    return found


def _point(risk: Derived, numbers: Mapping[int, float]) -> dict[sp.Symbol, float]:
    found: dict[sp.Symbol, float] = {}
    for place, value in numbers.items():
        about = risk.book.numbers[place]
        if about.given is None:
            continue
        if about.kind == "size" and value != round(value):
            raise EngineError(f"{about.name} = {value:g} after growth: a simulation needs integers")
        found[about.given] = value
    return found


def _draw(risk: Derived, point: Mapping[sp.Symbol, float], arrays: Mapping[str, np.ndarray], rng: Any) -> float:
    return float(_drawn(risk, _Run(point, arrays), rng))


def _drawn(risk: Derived, run: _Run, rng: Any) -> Any:
    """The sum of all traces at new designs: a number, or an array where ``run`` draws many at once."""
    for sample, used in _samples(risk):
        run.draw(sample, used, rng)
    return sum(np.einsum("...ij,...ji->...", run.value(t.moment), run.value(t.expression)) for t in risk.terms)


def draws_of_risk(risk: Derived, values: Mapping[str, Any], draws: int, rng: np.random.Generator) -> np.ndarray:
    """So many draws of the sum of traces at values as for :func:`simulate_risk`, at these very sizes."""
    checked = read(risk, _grown(risk, values, 1), joint=False)
    point = _point(risk, checked.numbers)
    arrays = {given_name(risk.book.letters[k].name): m for k, m in checked.matrices.items()}
    entries = sum(point[n.given] for n in risk.book.numbers if n.given in point and n.kind == "size") ** 2
    batch = max(1, min(draws, int(MOST_ENTRIES / max(entries, 1))))
    parts = [min(batch, draws - start) for start in range(0, draws, batch)]
    return np.concatenate([np.broadcast_to(_drawn(risk, _Run(point, arrays, k), rng), (k,)) for k in parts])


def _samples(risk: Derived) -> list[tuple[DesignRows, list[str]]]:
    """The samples with the names of those of their blocks that occur: no other has a value."""
    found: dict[int, tuple[DesignRows, dict[str, None]]] = {}
    for term in risk.terms:
        for m in subexpressions(term.expression):
            if isinstance(m, Design):
                found.setdefault(id(m.sample), (m.sample, {}))[1][m.name] = None
    return [(s, [a for a, b in s.covariance if a == b and a in used]) for s, used in found.values()]


class _Run:
    """Values of expressions for one draw of all designs, or with ``draws`` for so many: along the first axis."""

    def __init__(self, point: Mapping[sp.Symbol, float], arrays: Mapping[str, np.ndarray], draws: int = 0) -> None:
        self.point, self.arrays = point, arrays
        self.many = (draws,) if draws else ()
        self.designs: dict[tuple[int, str], np.ndarray] = {}
        self.known: dict[Matrix, np.ndarray] = {}

    def number(self, c: sp.Expr) -> float:
        return float(c.xreplace(dict(self.point)))

    def size(self, side: Sides) -> int:
        return round(sum(self.number(s) for s in side))

    def draw(self, sample: DesignRows, used: Sequence[str], rng: Any) -> None:
        """Rows of these blocks of a sample, with their joint covariance."""
        blocks = [(a, sample.covariance[a, a]) for a in used]
        sides = [self.size(m.rows) for _, m in blocks]
        count = self.size((sample.count,))
        if count * sum(sides) > MOST_ENTRIES:
            raise EngineError(f"a design of {count} x {sum(sides)} entries: simulate fewer copies")
        joint = np.zeros((sum(sides), sum(sides)))
        start = np.concatenate([[0], np.cumsum(sides)])
        for i, (a, _) in enumerate(blocks):
            for j, (b, _) in enumerate(blocks):
                between = sample.between(a, b)
                if between is not None:
                    joint[start[i] : start[i + 1], start[j] : start[j + 1]] = self.value(between)
        values, vectors = np.linalg.eigh(joint)
        if values[0] < -1e-9 * values[-1]:
            raise EngineError(
                f"the joint covariance of {', '.join(a for a, _ in blocks)} has the eigenvalue {values[0]:.3g}"
            )
        rows = rng.standard_normal((*self.many, count, len(values))) @ (vectors * np.sqrt(np.clip(values, 0, None))).T
        for i, (a, _) in enumerate(blocks):
            self.designs[id(sample), a] = rows[..., start[i] : start[i + 1]]

    def _features(self, m: Replaced) -> np.ndarray:
        """The true features of points: nothing is replaced."""
        deviation = np.sqrt(mean_eigenvalue(covariance_of(m), self.arrays))
        return m.map.drawn(self.value(m.points), self.value(m.map.weights), float(deviation))

    def value(self, m: Matrix) -> np.ndarray:
        """The value of an expression."""
        found = self.known.get(m)
        if found is None:
            found = self.known[m] = self._value(m)
        return found

    def _value(self, m: Matrix) -> np.ndarray:
        if isinstance(m, Identity):
            return np.eye(self.size(m.rows))
        if isinstance(m, Zero):
            return np.zeros((self.size(m.rows), self.size(m.cols)))
        if isinstance(m, Fixed):
            name = given_name(m.name)
            if name not in self.arrays:
                raise EngineError(f"the limit does not depend on {name}, which has no value: designs cannot be drawn")
            found = self.arrays[name]
            return found.T if m.transposed else found
        if isinstance(m, Design):
            found = self.designs[id(m.sample), m.name]
            return found.swapaxes(-1, -2) if m.transposed else found
        if isinstance(m, Inverse):
            return np.linalg.inv(self.value(m.of))
        if isinstance(m, NonlinearFeatures):
            found = self._features(m)
            return found.swapaxes(-1, -2) if m.transposed else found
        if isinstance(m, FreshMoment):
            x = self.value(m.points)
            seen = np.concatenate([self._features(m), x], axis=-1)
            return np.asarray(seen.swapaxes(-1, -2) @ seen / x.shape[-2])
        if isinstance(m, MatrixProduct):
            found = self.value(m.factors[-1])
            for factor in reversed(m.factors[:-1]):
                found = self.value(factor) @ found
            return found
        if isinstance(m, MatrixSum):
            parts = [self.number(c) * self.value(part) for c, part in m.terms]
            return sum(parts[1:], parts[0])
        assert isinstance(m, Stack)
        blocks = [self.value(b) for b in m.blocks]
        blocks = [np.broadcast_to(b, (*self.many, *b.shape[-2:])) for b in blocks]
        return np.concatenate(blocks, axis=-1 if m.across else -2)
